//! The worker under a service manager: told when it is ready, alive and stopping, and reloaded by SIGHUP.
#![allow(clippy::unwrap_used, reason = "a panic is the report")]

mod support;

use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use support::broker::Broker;
use support::worker::{Worker, program};
use tokio::net::UnixDatagram;

const MAX_WAIT: Duration = Duration::from_secs(30);

/// The next message to the service manager that holds `wanted`.
async fn told(socket: &UnixDatagram, wanted: &str) -> String {
    let mut buffer = [0; 512];
    let told = async {
        loop {
            let length = socket.recv(&mut buffer).await.unwrap();
            let text = String::from_utf8_lossy(&buffer[..length]).into_owned();
            if text.contains(wanted) {
                return text;
            }
        }
    };
    tokio::time::timeout(MAX_WAIT, told).await.unwrap_or_else(|_| panic!("never told {wanted}"))
}

fn labels(record: &Value) -> Vec<String> {
    record["tags"]["custom"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, _)| name.clone())
        .collect()
}

#[tokio::test]
async fn a_reload_reads_lists_again_and_drains_nothing() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let directory = tempfile::tempdir().unwrap();
    let manager = UnixDatagram::bind(directory.path().join("notify")).unwrap();
    let config = directory.path().join("news-ingest.toml");
    std::fs::write(&config, format!("[nats]\nurl = \"{}\"\n", broker.url())).unwrap();
    let list = directory.path().join("desk.csv");
    std::fs::write(&list, "name,label\nHarbour Board,north\n").unwrap();
    let log = std::fs::File::create(directory.path().join("log")).unwrap();
    let mut child = program()
        .arg("run")
        .current_dir(directory.path())
        .env("NEWS_INGEST_CONFIG", &config)
        .env("NOTIFY_SOCKET", directory.path().join("notify"))
        .env("WATCHDOG_USEC", "400000")
        .stderr(log)
        .spawn()
        .unwrap();
    let pid = Pid::from_raw(child.id().unwrap().try_into().unwrap()).unwrap();
    told(&manager, "READY=1").await;
    told(&manager, "WATCHDOG=1").await;
    let story = |id: &str| {
        json!({"id": id, "title": "A meeting", "text": "The Harbour Board met on Monday."})
            .to_string()
    };
    broker.put(&context, &[], story("before")).await;
    let before = broker.outcomes(&context, 1).await;
    assert_eq!(labels(&before[0].json()), Vec::<String>::new());

    let text = format!(
        "[nats]\nurl = \"{}\"\n[[tag.lists]]\nname = \"desks\"\npath = {:?}\n",
        broker.url(),
        list.display().to_string()
    );
    std::fs::write(&config, text).unwrap();
    kill_process(pid, Signal::HUP).unwrap();
    told(&manager, "RELOADING=1").await;
    told(&manager, "READY=1").await;
    broker.put(&context, &[], story("after")).await;
    let after = broker.outcomes(&context, 2).await;
    assert_eq!(labels(&after[1].json()), ["desks"]);

    // A configuration that cannot be used changes nothing.
    std::fs::write(&config, "[tag]\nnothing = 1\n").unwrap();
    kill_process(pid, Signal::HUP).unwrap();
    told(&manager, "RELOADING=1").await;
    told(&manager, "READY=1").await;
    broker.put(&context, &[], story("still")).await;
    assert_eq!(labels(&broker.outcomes(&context, 3).await[2].json()), ["desks"]);
    kill_process(pid, Signal::TERM).unwrap();
    told(&manager, "STOPPING=1").await;
    let status = tokio::time::timeout(MAX_WAIT, child.wait()).await.unwrap().unwrap();
    assert!(status.success(), "{status}");
    let log = std::fs::read_to_string(directory.path().join("log")).unwrap();
    assert!(log.contains("\"reload_failed\"") && log.contains("nothing"), "{log}");
}

#[tokio::test]
async fn hangups_end_nothing_that_waits() {
    let broker = Broker::start().await;
    for args in [&["run"][..], &["feeds", "http://127.0.0.1:1/feed"]] {
        let settings = [("NATS__URL", broker.url())];
        let waiting = Worker::spawn(args, &settings, tempfile::tempdir().unwrap());
        waiting.logged("not_provisioned").await;
        waiting.signal(Signal::HUP);
        // A process that a signal ended has no exit code.
        assert!(waiting.stop().await.code().is_some(), "{args:?}");
    }
}
