//! The connection's life, as far as the chaos test does not show it one by one.

use std::time::Duration;

use news_ingest::disposition::{Classify as _, Disposition};
use news_ingest::intake::{self, RawMessage};
use rustix::process::Signal;
use tokio::io::AsyncReadExt as _;

use super::http::readyz;
use super::support::broker::{Broker, Login, by_key, free_port};
use super::support::jwt::Operator;
use super::support::worker::Worker;

fn text(id: &str) -> String {
    let text = "The bridge is closed. It will open again in June, said the mayor.";
    serde_json::json!({"id": id, "title": id, "text": text}).to_string()
}

#[tokio::test]
async fn revoked_password_is_replaced_by_new_one() {
    let mut broker = Broker::with_users("{ user: worker, password: old }").await;
    broker.provision().await;
    let context = broker.context().await;
    let secret = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(secret.path(), "old\n").unwrap();
    let port = free_port();
    let listen = format!("127.0.0.1:{port}");
    let settings = [
        ("HTTP__LISTEN", listen.as_str()),
        ("NATS__USER", "worker"),
        ("NATS__PASSWORD_FILE", secret.path().to_str().unwrap()),
    ];
    let worker = Worker::start(broker.url(), &settings);
    readyz(port, 200, "ready").await;
    broker.reload_users("{ user: worker, password: new }");
    readyz(port, 503, "not connected").await;
    worker.logged("broker_client_error").await;
    broker.put(&context, &[], text("after")).await;
    std::fs::write(secret.path(), "new\n").unwrap();
    readyz(port, 200, "ready").await;
    let outcomes = broker.outcomes(&context, 1).await;
    assert!(outcomes[0].subject.starts_with("news.story."), "{}", outcomes[0].subject);
    assert!(worker.stop().await.success());
}

#[tokio::test]
async fn takes_up_renewed_credentials() {
    let operator = Operator::new();
    let login = Login::Credentials(operator.credentials(None));
    let broker = Broker::with_config(operator.server_config(), Some(login)).await;
    broker.provision().await;
    let context = broker.context().await;
    let secret = tempfile::NamedTempFile::new().unwrap();
    // Long enough for a start on a busy machine.
    std::fs::write(secret.path(), operator.credentials(Some(12))).unwrap();
    let port = free_port();
    let listen = format!("127.0.0.1:{port}");
    let settings =
        [("HTTP__LISTEN", listen.as_str()), ("NATS__CREDS_FILE", secret.path().to_str().unwrap())];
    let worker = Worker::start(broker.url(), &settings);
    readyz(port, 200, "ready").await;
    readyz(port, 503, "not connected").await;
    broker.put(&context, &[], text("after")).await;
    std::fs::write(secret.path(), operator.credentials(None)).unwrap();
    readyz(port, 200, "ready").await;
    let outcomes = broker.outcomes(&context, 1).await;
    assert!(outcomes[0].subject.starts_with("news.story."), "{}", outcomes[0].subject);
    assert!(worker.stop().await.success());
}

#[tokio::test]
async fn broker_ending_after_lame_duck_costs_nothing() {
    let config = "lame_duck_grace_period: 1s\nlame_duck_duration: 30s\n".to_owned();
    let mut broker = Broker::with_config(config, None).await;
    broker.provision().await;
    let context = broker.context().await;
    for number in 0..300 {
        broker.put(&context, &[], text(&format!("n:{number}"))).await;
    }
    let worker = Worker::start(broker.url(), &[("INTAKE__SLOTS", "4")]);
    broker.outcomes(&context, 1).await;
    // nats-server --signal ldm
    broker.signal(Signal::USR2);
    worker.logged("broker_lame_duck").await;
    broker.ended().await;
    broker.resume().await;
    let context = broker.context().await;
    let outcomes = broker.outcomes(&context, 300).await;
    broker.drained(&context).await;
    assert_eq!((by_key(&outcomes).len(), outcomes.len()), (300, 300), "none lost, none twice");
    assert!(worker.stop().await.success());
}

#[tokio::test]
async fn worker_that_may_not_connect_exits_69() {
    let broker = Broker::with_users("{ user: worker, password: right }").await;
    let secret = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(secret.path(), "wrong").unwrap();
    let settings = [
        ("NATS__CONNECT_WAIT_SECS", "1"),
        ("NATS__USER", "worker"),
        ("NATS__PASSWORD_FILE", secret.path().to_str().unwrap()),
    ];
    let mut worker = Worker::start(broker.url(), &settings);
    assert_eq!(worker.child.wait().await.unwrap().code(), Some(69));
    let log = std::fs::read_to_string(&worker.log).unwrap();
    assert!(log.contains("authorization violation"), "{log}");
}

#[tokio::test]
async fn worker_waits_for_streams_and_says_so() {
    let broker = Broker::start().await;
    let worker = Worker::start(broker.url(), &[("NATS__CONNECT_WAIT_SECS", "30")]);
    let waiting = worker.logged("not_provisioned").await;
    assert_eq!(waiting["wait_secs"], 30, "{waiting}");
    broker.provision().await;
    worker.logged("start").await;
    let context = broker.context().await;
    broker.put(&context, &[], text("first")).await;
    broker.outcomes(&context, 1).await;
    assert!(worker.stop().await.success());
}

#[tokio::test]
async fn worker_without_streams_exits_69_in_time() {
    let broker = Broker::start().await;
    let mut worker = Worker::start(broker.url(), &[("NATS__CONNECT_WAIT_SECS", "1")]);
    assert_eq!(worker.child.wait().await.unwrap().code(), Some(69));
    let log = std::fs::read_to_string(&worker.log).unwrap();
    assert!(log.contains("provision"), "{log}");
}

#[tokio::test]
async fn silent_server_is_noticed_by_missing_heartbeats() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let port = free_port();
    let listen = format!("127.0.0.1:{port}");
    let settings = [
        ("HTTP__LISTEN", listen.as_str()),
        ("INTAKE__HEARTBEAT_SECS", "1"),
        ("INTAKE__PULL_EXPIRES_SECS", "600"),
    ];
    let worker = Worker::start(broker.url(), &settings);
    readyz(port, 200, "ready").await;
    broker.signal(Signal::STOP);
    let failed = worker.logged("pull_failed").await;
    assert!(failed["reason"].as_str().unwrap().contains("nothing heard"), "{failed}");
    readyz(port, 503, "cannot pull").await;
    broker.signal(Signal::CONT);
    broker.put(&context, &[], text("after")).await;
    broker.outcomes(&context, 1).await;
    readyz(port, 200, "ready").await;
    assert!(worker.stop().await.success());
}

#[tokio::test]
async fn a_broker_away_costs_objects_no_attempt() {
    let mut broker = Broker::provisioned().await;
    let context = broker.context().await;
    let store = context
        .create_object_store(async_nats::jetstream::object_store::Config {
            bucket: "pages".to_owned(),
            ..Default::default()
        })
        .await
        .unwrap();
    store.put("one", &mut text("object").as_bytes()).await.unwrap();
    let mut read = String::new();
    store.get("one").await.unwrap().read_to_string(&mut read).await.unwrap();
    let mut message = RawMessage::default();
    message.headers.push("News-Object", "pages/one");
    let settings = intake::Settings::default();
    broker.kill();
    let error = intake::resolve_object(message.clone(), &context, &settings).await.unwrap_err();
    assert_eq!(error.code(), "object_store_away", "{error}");
    assert!(matches!(error.disposition(), Disposition::Defer { .. }));
    broker.resume().await;
    for _ in 0..600 {
        match intake::resolve_object(message.clone(), &context, &settings).await {
            Ok(resolved) => {
                assert_eq!(resolved.body, read);
                return;
            }
            Err(error) => assert_eq!(error.code(), "object_store_away", "{error}"),
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the object never came back");
}
