//! The worker with a broker of its own: one server for all that run on a directory, whoever started it.

use std::time::Duration;

use crate::support;
use crate::support::worker::Worker;

/// An embedded broker that a worker is to start, on a port and in a directory of its own.
struct Embedded {
    port: u16,
    data: tempfile::TempDir,
}

impl Embedded {
    fn new() -> Self {
        Self { port: support::broker::free_port(), data: tempfile::tempdir().unwrap() }
    }

    /// A worker that starts it or joins it.
    fn worker(&self) -> Worker {
        let listen = format!("\"127.0.0.1:{}\"", self.port);
        let data_dir = self.data.path().join("nats").display().to_string();
        let program = support::broker::server_program().display().to_string();
        let settings = [
            ("NATS__EMBEDDED__LISTEN", listen.as_str()),
            ("NATS__EMBEDDED__DATA_DIR", data_dir.as_str()),
            ("NATS__EMBEDDED__PROGRAM", program.as_str()),
        ];
        Worker::start_with(&settings, tempfile::tempdir().unwrap())
    }

    async fn connect(&self) -> Result<async_nats::Client, async_nats::ConnectError> {
        async_nats::connect(format!("127.0.0.1:{}", self.port)).await
    }
}

#[tokio::test]
async fn a_second_run_joins_the_embedded_broker() {
    let server = Embedded::new();
    let first = server.worker();
    let started = first.logged("broker_started").await;
    assert_eq!(started["url"], format!("nats://127.0.0.1:{}", server.port));
    first.logged("start").await;
    let second = server.worker();
    second.logged("broker_joined").await;
    second.logged("start").await;
    assert!(second.stop().await.success());
    let client = server.connect().await.unwrap();
    drop(client);
    let log = first.log.clone();
    let status = first.stop().await;
    assert!(status.success(), "{status} {:?}", std::fs::read_to_string(log));
    assert!(server.connect().await.is_err(), "the server is stopped");
}

#[tokio::test]
async fn an_embedded_broker_that_dies_is_restarted() {
    let server = Embedded::new();
    let worker = server.worker();
    let pid = worker.logged("broker_started").await["pid"].as_i64().unwrap();
    worker.logged("start").await;
    let process = rustix::process::Pid::from_raw(i32::try_from(pid).unwrap()).unwrap();
    rustix::process::kill_process(process, rustix::process::Signal::KILL).unwrap();
    let died = worker.logged("broker_died").await;
    assert_eq!(died["level"], "ERROR");
    assert!(died["status"].as_str().unwrap().contains("SIGKILL"), "{died}");
    worker.logged_with("broker_started", |line| line["pid"].as_i64() != Some(pid)).await;
    let client = server.connect().await.unwrap();
    let context = async_nats::jetstream::new(client);
    let body =
        serde_json::json!({"id": "a", "title": "Harbour", "text": "The harbour is open again."});
    let stored = context.publish("news.raw.test", body.to_string().into()).await.unwrap();
    stored.await.unwrap();
    worker.logged_with("story", |line| line["outcome"] == "story").await;
    let second = server.worker();
    second.logged("broker_joined").await;
    assert!(second.stop().await.success());
    let log = worker.log.clone();
    let status = worker.stop().await;
    assert!(status.success(), "{status} {:?}", std::fs::read_to_string(log));
    assert!(server.connect().await.is_err(), "it is stopped");
}

#[tokio::test]
async fn an_orphaned_embedded_broker_is_joined() {
    let server = Embedded::new();
    let mut first = server.worker();
    let pid = first.logged("broker_started").await["pid"].as_i64().unwrap();
    first.logged("start").await;
    first.child.kill().await.unwrap();
    let second = server.worker();
    assert_eq!(second.logged("broker_joined").await["pid"].as_i64().unwrap(), pid);
    second.logged("start").await;
    assert!(second.stop().await.success());
    let pid = rustix::process::Pid::from_raw(i32::try_from(pid).unwrap()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
}

#[tokio::test]
async fn directory_locked_by_another_program_is_an_error() {
    let data = tempfile::tempdir().unwrap();
    let lock = std::fs::File::create(data.path().join("lock")).unwrap();
    lock.lock().unwrap();
    let port = support::broker::free_port();
    let listen = format!("\"127.0.0.1:{port}\"");
    let data_dir = data.path().display().to_string();
    let settings = [
        ("NATS__EMBEDDED__LISTEN", listen.as_str()),
        ("NATS__EMBEDDED__DATA_DIR", data_dir.as_str()),
        ("NATS__EMBEDDED__START_TIMEOUT_SECS", "1"),
    ];
    let mut worker = Worker::start_with(&settings, tempfile::tempdir().unwrap());
    let status = tokio::time::timeout(Duration::from_secs(20), worker.child.wait()).await;
    assert_eq!(status.unwrap().unwrap().code(), Some(69));
    let log = std::fs::read_to_string(&worker.log).unwrap();
    assert!(log.contains("locked by another program"), "{log}");
}
