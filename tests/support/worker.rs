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
        let log = dir.path().join("worker.log");
        let file = std::fs::File::create(&log).unwrap();
        let mut command = program();
        command
            .arg("run")
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

    /// Waits for a log line with a value of `event`.
    pub async fn logged(&self, event: &str) -> serde_json::Value {
        for _ in 0..600 {
            if let Some(line) = self.lines().into_iter().find(|line| line["event"] == event) {
                return line;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("no {event} in the log: {}", std::fs::read_to_string(&self.log).unwrap());
    }

    /// The log so far.
    pub fn lines(&self) -> Vec<serde_json::Value> {
        let text = std::fs::read_to_string(&self.log).unwrap_or_default();
        text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
    }
}
