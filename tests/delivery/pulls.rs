//! Pulls and leases.

use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::Context;
use async_nats::jetstream::consumer::{FromConsumer as _, PullConsumer, pull};
use news_ingest::broker::{self, connect, topology};
use news_ingest::intake::{AckWait, ByteBudget, Pull, Puller, Settings, SettleError};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::support::broker::Broker;
use super::support::worker::Worker;
use super::text;

async fn change_consumer(context: &Context, change: impl FnOnce(&mut pull::Config)) {
    let consumer: PullConsumer =
        context.get_consumer_from_stream("news-ingest", "NEWS_RAW").await.unwrap();
    let mut config =
        pull::Config::try_from_consumer_config(consumer.cached_info().config.clone()).unwrap();
    change(&mut config);
    context.create_consumer_on_stream(config, "NEWS_RAW").await.unwrap();
}

async fn puller(broker: &Broker, context: &Context) -> Puller {
    let pull = pull_of(broker, context).await;
    Puller::new(pull, &Settings::default(), Duration::from_secs(5))
}

async fn pull_of(broker: &Broker, context: &Context) -> Pull {
    let consumer = context.get_consumer_from_stream("news-ingest", "NEWS_RAW").await.unwrap();
    let stream = topology::bind_stream(context, "NEWS_RAW").await.unwrap();
    let settings = broker::Settings::default();
    let connection = connect::connect(&settings, broker.url(), "test").await.unwrap();
    Pull {
        consumer,
        context: context.clone(),
        api: connection.api.clone(),
        ack_wait: AckWait::new(Duration::from_secs(5)),
        socket: Box::new(connection.dialler.dial().await.unwrap()),
        created: topology::created_millis(&stream),
        slots: Arc::new(Semaphore::new(1)),
        budget: ByteBudget::new(0, context.client().max_payload()),
        trusted_headers: false,
    }
}

#[tokio::test]
async fn a_late_sign_of_life_revives_no_lease() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    change_consumer(&context, |config| config.ack_wait = Duration::from_secs(1)).await;
    broker.put(&context, &[], text("a")).await;
    let (mut old_owner, mut new_owner) =
        (puller(&broker, &context).await, puller(&broker, &context).await);
    let old = old_owner.next().await.unwrap();
    let new = new_owner.next().await.unwrap();
    assert_eq!(new.deliveries(), 2, "the message has a new owner");
    // The broker answers these as if they were the new owner's.
    let signs =
        timeout(Duration::from_secs(1), async { tokio::join!(old.keep_alive(), new.keep_alive()) });
    assert!(signs.await.is_err(), "signs of life have no end");
    assert!(old.is_stale() && !new.is_stale());
    assert!(matches!(old.nak(Duration::ZERO).await, Err(SettleError::LeaseLost)));
    new.ack().await.unwrap();
    assert_eq!(broker.raw_left(&context).await, 0);
}

#[tokio::test]
async fn the_end_of_a_pull_is_not_taken_for_the_next_ones() {
    const MESSAGES: u64 = 40;
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    for number in 0..MESSAGES {
        broker.put(&context, &[], text(&format!("m{number}"))).await;
    }
    // One at a time, so that every message ends a pull.
    let mut pulling = puller(&broker, &context).await;
    for _ in 0..MESSAGES {
        let next = timeout(Duration::from_secs(10), pulling.next()).await;
        let delivery = next.expect("no message waits for its redelivery").unwrap();
        assert_eq!(delivery.deliveries(), 1);
        delivery.ack().await.unwrap();
    }
    assert_eq!(broker.raw_left(&context).await, 0);
}

#[tokio::test]
async fn a_closed_pull_gives_out_what_arrived() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let mut waiting = puller(&broker, &context).await;
    // Asks, and is not asked again until the message lies there.
    assert!(timeout(Duration::from_millis(200), waiting.next()).await.is_err());
    broker.put(&context, &[], text("a")).await;
    let mut consumer: PullConsumer =
        context.get_consumer_from_stream("news-ingest", "NEWS_RAW").await.unwrap();
    while consumer.info().await.unwrap().num_ack_pending == 0 {}
    let left = waiting.close(Duration::from_secs(10)).await;
    assert_eq!(left.len(), 1);
    for delivery in left {
        delivery.nak(Duration::ZERO).await.unwrap();
    }
    assert_eq!(puller(&broker, &context).await.next().await.unwrap().deliveries(), 2);
}

#[tokio::test]
async fn a_consumer_that_limits_pulls_is_pulled_from_within_its_limits() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    change_consumer(&context, |config| {
        config.max_batch = 2;
        config.max_expires = Duration::from_secs(2);
    })
    .await;
    for number in 0..20 {
        broker.put(&context, &[], text(&format!("n:{number}"))).await;
    }
    let worker = Worker::start(broker.url(), &[]);
    broker.outcomes(&context, 20).await;
    broker.drained(&context).await;
    assert!(worker.lines().iter().all(|line| line["event"] != "pull_failed"));
    assert!(worker.stop().await.success());
}

/// Forwards connections to an address; every piece of data is under way for `delay`.
async fn slow_wire(to: std::net::SocketAddr, delay: Duration) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("nats://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let server = TcpStream::connect(to).await.unwrap();
            let (from_client, to_client) = client.into_split();
            let (from_server, to_server) = server.into_split();
            tokio::spawn(carry(from_client, to_server, delay));
            tokio::spawn(carry(from_server, to_client, delay));
        }
    });
    url
}

async fn carry(mut from: impl AsyncRead + Unpin, mut to: impl AsyncWrite + Unpin, delay: Duration) {
    let mut buffer = vec![0; 64 << 10];
    while let Ok(read @ 1..) = from.read(&mut buffer).await {
        tokio::time::sleep(delay).await;
        if to.write_all(&buffer[..read]).await.is_err() {
            return;
        }
    }
}

#[tokio::test]
async fn due_retries_are_pulled_beside_a_busy_raw_stream() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let headers = async_nats::HeaderMap::from_iter([
        ("News-Origin".parse().unwrap(), "1".parse().unwrap()),
        ("News-Attempts".parse().unwrap(), "1".parse().unwrap()),
    ]);
    let due = context.publish_with_headers("news.retry.due.1", headers, text("due").into());
    due.await.unwrap().await.unwrap();
    for number in 0..3000 {
        // The same story again and again: nothing is published, and a delivery ends soon.
        let _stored = context.publish("news.raw.test", text("raw").into()).await.unwrap();
        if number % 500 == 499 {
            context.client().flush().await.unwrap();
        }
    }
    let url = slow_wire(broker.address(), Duration::from_millis(10)).await;
    let worker = Worker::start(&url, &[]);
    broker.outcomes(&context, 2).await;
    assert!(broker.raw_left(&context).await > 0, "the retry waited for the raw stream to end");
    assert!(worker.stop().await.success());
}

/// A text message of about so many bytes.
fn long(id: &str, bytes: usize) -> String {
    let text = "The bridge is closed. It will open again in June, said the mayor.\n\n";
    let text = text.repeat(bytes / text.len() + 1);
    serde_json::json!({"id": id, "title": id, "text": text}).to_string()
}

#[tokio::test]
async fn messages_larger_than_a_pull_are_taken_alone() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    change_consumer(&context, |config| config.max_bytes = 20_000).await;
    broker.put(&context, &[], text("before")).await;
    broker.put(&context, &[], long("large", 100_000)).await;
    for number in 0..5 {
        broker.put(&context, &[], text(&format!("behind:{number}"))).await;
    }
    let worker = Worker::start(broker.url(), &[]);
    broker.outcomes(&context, 7).await;
    broker.drained(&context).await;
    assert!(worker.lines().iter().all(|line| line["event"] != "pull_failed"));
    assert!(worker.stop().await.success());
}

#[tokio::test]
async fn pulls_from_a_broker_whose_max_payload_grew() {
    let broker = Broker::with_max_payload(1 << 20).await;
    broker.provision().await;
    let context = broker.context().await;
    broker.put(&context, &[], text("a")).await;
    let mut puller = Puller::new(
        Pull { budget: ByteBudget::new(0, 1 << 10), ..pull_of(&broker, &context).await },
        &Settings::default(),
        Duration::from_secs(5),
    );
    let next = timeout(Duration::from_secs(10), puller.next()).await;
    next.expect("the budget is smaller than what the broker takes").unwrap().ack().await.unwrap();
}

#[tokio::test]
async fn messages_whose_bodies_a_consumer_leaves_out_are_left_where_they_are() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let worker = Worker::start(broker.url(), &[]);
    broker.put(&context, &[], text("before")).await;
    broker.outcomes(&context, 1).await;
    change_consumer(&context, |config| config.headers_only = true).await;
    for number in 0..5 {
        broker.put(&context, &[], text(&format!("n:{number}"))).await;
    }
    let failed = worker.logged("pull_failed").await;
    assert!(failed["reason"].as_str().unwrap().contains("headers_only"), "{failed}");
    change_consumer(&context, |config| config.headers_only = false).await;
    // A producer's own header of that name leaves nothing out.
    broker.put(&context, &[("Nats-Msg-Size", "7")], "").await;
    let outcomes = broker.outcomes(&context, 7).await;
    broker.drained(&context).await;
    let stories = outcomes.iter().filter(|o| o.subject.starts_with("news.story.")).count();
    assert_eq!((stories, outcomes.len()), (6, 7));
    assert!(worker.stop().await.success());
}

#[tokio::test]
async fn a_paused_or_filtered_consumer_is_not_ready() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let worker = Worker::start(broker.url(), &[("WORKER__TOTALS_INTERVAL_SECS", "1")]);
    worker.logged("start").await;
    change_consumer(&context, |config| config.filter_subject = "news.raw.desk".to_owned()).await;
    let held = worker.logged("consumer_held").await;
    assert_eq!(held["reason"], "consumer news-ingest on NEWS_RAW has a filter", "{held}");
    change_consumer(&context, |config| config.filter_subject = String::new()).await;
    worker.logged("consumer_released").await;
    let raw = context.get_stream("NEWS_RAW").await.unwrap();
    let until = time::OffsetDateTime::now_utc() + Duration::from_secs(3600);
    raw.pause_consumer("news-ingest", until).await.unwrap();
    worker
        .logged_with("consumer_held", |line| {
            line["reason"] == "consumer news-ingest on NEWS_RAW is paused"
        })
        .await;
    assert!(worker.stop().await.success());
}
