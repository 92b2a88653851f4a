//! Worker processes: the built program, as an operator would run it.

use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::process::{Child, Command};

/// A `run` process; killed when dropped.
pub struct Worker {
    pub child: Child,
    pub log: PathBuf,
    _dir: tempfile::TempDir,
}

/// The program under test, without this machine's environment in the way.
pub fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_news-ingest"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("NEWS_INGEST")) {
        command.env_remove(name);
    }
    command.stdin(Stdio::null()).kill_on_drop(true);
    command
}

impl Worker {
    /// Starts a worker on a broker, open to loopback sites, in an empty directory.
    pub fn start(url: &str, settings: &[(&str, &str)]) -> Self {
        let mut all = vec![("NATS__URL", url)];
        all.extend_from_slice(settings);
        Self::start_with(&all, tempfile::tempdir().unwrap())
    }

    /// Starts a worker with nothing but these settings in a directory.
    pub fn start_with(settings: &[(&str, &str)], dir: tempfile::TempDir) -> Self {
        Self::spawn(&["run"], settings, dir)
    }

    /// Starts `feeds` on a broker with these arguments, open to loopback sites.
    pub fn feeds(url: &str, args: &[&str], settings: &[(&str, &str)]) -> Self {
        let mut all = vec![("NATS__URL", url)];
        all.extend_from_slice(settings);
        Self::spawn(&[&["feeds"], args].concat(), &all, tempfile::tempdir().unwrap())
    }

    /// Starts the program with these arguments and settings in a directory.
    pub fn spawn(args: &[&str], settings: &[(&str, &str)], dir: tempfile::TempDir) -> Self {
        let log = dir.path().join("worker.log");
        let file = std::fs::File::create(&log).unwrap();
        let mut command = program();
        command
            .args(args)
            .current_dir(dir.path())
            .env("NEWS_INGEST__LOG__FORMAT", "json")
            .env("NEWS_INGEST__FETCH__ALLOW_ADDRESSES", "[\"127.0.0.0/8\"]")
            .env("NEWS_INGEST__FETCH__ALLOW_PORTS", "[]")
            .env("NEWS_INGEST__FETCH__HOST_INTERVAL_MS", "0")
            .env("NEWS_INGEST__FETCH__HOST_CONCURRENCY", "64")
            .env("NEWS_INGEST__WORKER__RETRY_MIN_SECS", "1")
            .env("NEWS_INGEST__INTAKE__ACK_WAIT_SECS", "5")
            .stdout(Stdio::null())
            .stderr(file);
        for (name, value) in settings {
            command.env(format!("NEWS_INGEST__{name}"), value);
        }
        Self { child: command.spawn().unwrap(), log, _dir: dir }
    }

    pub fn signal(&self, signal: rustix::process::Signal) {
        let pid = self.child.id().and_then(|id| i32::try_from(id).ok()).unwrap();
        rustix::process::kill_process(rustix::process::Pid::from_raw(pid).unwrap(), signal)
            .unwrap();
    }

    /// SIGTERM, and the exit status within 40 s.
    pub async fn stop(mut self) -> ExitStatus {
        self.signal(rustix::process::Signal::TERM);
        tokio::time::timeout(Duration::from_secs(40), self.child.wait())
            .await
            .expect("the worker stops")
            .unwrap()
    }

    /// Waits for the end of a process that ends by itself.
    pub async fn ended(&mut self) -> ExitStatus {
        tokio::time::timeout(Duration::from_secs(60), self.child.wait())
            .await
            .unwrap_or_else(|_| panic!("it does not end: {}", self.text()))
            .unwrap()
    }

    /// Waits for a log line with a value of `event`.
    pub async fn logged(&self, event: &str) -> serde_json::Value {
        self.logged_with(event, |_| true).await
    }

    /// Waits for a log line with a value of `event` that fits.
    pub async fn logged_with(
        &self,
        event: &str,
        fits: impl Fn(&serde_json::Value) -> bool,
    ) -> serde_json::Value {
        for _ in 0..600 {
            let found = self.lines().into_iter().find(|line| line["event"] == event && fits(line));
            if let Some(line) = found {
                return line;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("no such {event} in the log: {}", self.text());
    }

    /// The log so far, as it is.
    pub fn text(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// The log so far.
    pub fn lines(&self) -> Vec<serde_json::Value> {
        self.text().lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
    }
}
