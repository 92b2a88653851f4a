//! Pulls and leases.

use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::Context;
use async_nats::jetstream::consumer::{FromConsumer as _, PullConsumer, pull};
use news_ingest::broker::{self, connect, topology};
use news_ingest::intake::{AckWait, ByteBudget, Pull, PullError, Puller, Settings, SettleError};
use tokio::io::{
    AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, BufStream,
    DuplexStream,
};
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
async fn end_of_pull_is_not_mistaken_for_next() {
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
async fn pulls_stay_within_the_consumers_limits() {
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
async fn due_retries_are_pulled_beside_busy_raw_stream() {
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
async fn messages_with_omitted_bodies_are_left_in_place() {
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

/// What a pull asks, and an end of its socket that answers as a broker might.
struct Script {
    wire: BufStream<DuplexStream>,
    inbox: String,
}

impl Script {
    /// A puller with so many slots and bytes that talks to a script.
    fn puller(pull: Pull, slots: usize, bytes: usize) -> (Puller, Self) {
        let (socket, wire) = tokio::io::duplex(1 << 20);
        let budget = ByteBudget::new(bytes, 1 << 10);
        let slots = Arc::new(Semaphore::new(slots));
        let pull = Pull { socket: Box::new(socket), slots, budget, ..pull };
        let settings = Settings { heartbeat_secs: 1, ..Settings::default() };
        let puller = Puller::new(pull, &settings, Duration::from_secs(1));
        (puller, Self { wire: BufStream::new(wire), inbox: String::new() })
    }

    async fn line(&mut self) -> String {
        let mut line = String::new();
        let read = timeout(Duration::from_secs(10), self.wire.read_line(&mut line)).await;
        assert!(read.expect("it says something").unwrap() > 0);
        line.trim_end().to_owned()
    }

    /// The next pull that is asked for.
    async fn asked(&mut self) -> serde_json::Value {
        loop {
            let line = self.line().await;
            if let Some(inbox) = line.strip_prefix("SUB ").and_then(|rest| rest.strip_suffix(" 1"))
            {
                inbox.clone_into(&mut self.inbox);
            } else if line.starts_with("PUB $JS.API.CONSUMER.MSG.NEXT.NEWS_RAW.news-ingest ") {
                return serde_json::from_str(&self.line().await).unwrap();
            }
        }
    }

    async fn note(&mut self, status: &str) {
        let head = format!("NATS/1.0 {status}\r\n\r\n");
        let line = format!("HMSG {} 1 {} {}\r\n{head}\r\n", self.inbox, head.len(), head.len());
        self.say(&line).await;
    }

    /// Brings a message: its count of deliveries, sequence and body.
    async fn bring(&mut self, deliveries: u64, sequence: u64, body: &str) {
        let reply =
            format!("$JS.ACK.NEWS_RAW.news-ingest.{deliveries}.{sequence}.1.1700000000250000000.0");
        let head = "NATS/1.0\r\nNews-Replay-Of: 9\r\n\r\n";
        let (headed, total) = (head.len(), head.len() + body.len());
        let line = format!("HMSG news.raw.desk 1 {reply} {headed} {total}\r\n{head}{body}\r\n");
        self.say(&line).await;
    }

    async fn say(&mut self, text: &str) {
        self.wire.write_all(text.as_bytes()).await.unwrap();
        self.wire.flush().await.unwrap();
    }
}

#[tokio::test]
async fn a_pull_goes_on_or_ends_as_told() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    for note in [
        "404 No Messages",
        "408 Request Timeout",
        "409 Leadership Change",
        "409 Server Shutdown",
        "409 Message Size Exceeds MaxBytes",
    ] {
        let (mut puller, mut script) = Script::puller(pull_of(&broker, &context).await, 3, 4 << 20);
        let end = async {
            let first = script.asked().await;
            assert_eq!((&first["batch"], &first["max_bytes"]), (&3.into(), &(4 << 20).into()));
            // Neither ends a pull.
            script.note("100 Idle Heartbeat").await;
            script.note("409 Batch Completed").await;
            script.note(note).await;
            let second = script.asked().await;
            // A message that is larger than the bound is asked for alone and without one.
            let alone = note.contains("Exceeds");
            assert_eq!(second["batch"], if alone { 1 } else { 3 }, "{note}");
            assert_eq!(second["max_bytes"], if alone { 0 } else { 4 << 20 }, "{note}");
        };
        tokio::select! {
            ended = puller.next() => panic!("{note}: {ended:?}"),
            () = end => {}
        }
    }
    for (note, is_gone) in [
        ("503", true),
        ("409 Consumer Deleted", true),
        ("409 Stream Deleted", true),
        ("409 Consumer is push based", true),
        ("409 Exceeded MaxWaiting", false),
        ("400 Bad Request", false),
    ] {
        let (mut puller, mut script) = Script::puller(pull_of(&broker, &context).await, 3, 4 << 20);
        let told = async {
            script.asked().await;
            script.note(note).await;
        };
        let (ended, ()) = tokio::join!(timeout(Duration::from_secs(10), puller.next()), told);
        match ended.expect("it ends").unwrap_err() {
            PullError::ConsumerGone(_) => assert!(is_gone, "{note}"),
            PullError::Refused(reason) => assert!(!is_gone && note.contains(&reason), "{note}"),
            other => panic!("{note}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn a_pull_asks_for_what_is_free() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let (mut puller, mut script) = Script::puller(pull_of(&broker, &context).await, 3, 4 << 20);
    let brought = async {
        let asked = script.asked().await;
        // Half the ack wait of five seconds, and half of that at most between two signs of life.
        assert_eq!(asked["expires"], 2_500_000_000_u64);
        assert_eq!(asked["idle_heartbeat"], 1_000_000_000_u64);
        script.bring(5, 7, &"a".repeat(3000)).await;
    };
    let (delivery, ()) = tokio::join!(puller.next(), brought);
    let mut delivery = delivery.unwrap();
    assert_eq!((delivery.stream(), delivery.raw_seq(), delivery.deliveries()), ("NEWS_RAW", 7, 5));
    assert_eq!(delivery.replay_of(), Some(9));
    assert_eq!((delivery.unsettled_deliveries(), delivery.attempts_before()), (4, 0));
    assert_eq!(delivery.handed_back(), None, "not known yet");
    delivery.load_history(3, 2);
    assert_eq!(delivery.handed_back(), Some((3, 2)));
    assert_eq!((delivery.unsettled_deliveries(), delivery.attempts_before()), (1, 2));
    assert_eq!(delivery.since(), 1_700_000_000);
    assert_eq!(delivery.arrived().unix_timestamp_nanos(), 1_700_000_000_250_000_000);
    // While it is in hand its slot and its bytes are taken; a message counts with half a KiB beside it.
    let again = async {
        script.note("408 Request Timeout").await;
        let asked = script.asked().await;
        assert_eq!(
            (&asked["batch"], &asked["max_bytes"]),
            (&2.into(), &((4 << 20) - (4 << 10)).into())
        );
        script.note("409 Message Size Exceeds MaxBytes").await;
        assert_eq!(script.asked().await["batch"], 1);
        script.bring(1, 8, "b").await;
    };
    let (next, ()) = tokio::join!(puller.next(), again);
    drop((delivery, next));
    let all = async {
        let asked = script.asked().await;
        assert_eq!((&asked["batch"], &asked["max_bytes"]), (&3.into(), &(4 << 20).into()));
    };
    tokio::select! {
        ended = puller.next() => panic!("{ended:?}"),
        () = all => {}
    }
}

#[tokio::test]
async fn a_silent_broker_is_given_up() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let (mut puller, mut script) = Script::puller(pull_of(&broker, &context).await, 1, 0);
    let begun = std::time::Instant::now();
    let silent = async {
        script.asked().await;
        tokio::time::sleep(Duration::from_millis(500)).await;
        script.note("100 Idle Heartbeat").await;
    };
    let (ended, ()) = tokio::join!(puller.next(), silent);
    assert!(matches!(ended, Err(PullError::Silent(time)) if time == Duration::from_secs(3)));
    // Two heartbeats and a second after the last sign of life.
    let waited = begun.elapsed();
    assert!(
        waited >= Duration::from_millis(3500) && waited < Duration::from_secs(15),
        "{waited:?}"
    );
}

#[tokio::test]
async fn acknowledging_is_tried_three_times() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let (mut puller, mut script) = Script::puller(pull_of(&broker, &context).await, 1, 0);
    let brought = async {
        script.asked().await;
        script.bring(1, 7, "a").await;
    };
    let (delivery, ()) = tokio::join!(puller.next(), brought);
    let delivery = delivery.unwrap();
    // Nobody answers a delivery of a consumer that is gone.
    let acks = context.client().subscribe("$JS.ACK.NEWS_RAW.news-ingest.1.7.>").await.unwrap();
    context.delete_stream("NEWS_RAW").await.unwrap();
    let acked = timeout(Duration::from_secs(30), delivery.ack()).await.expect("it gives up");
    assert!(matches!(acked, Err(SettleError::NotConfirmed(_))));
    let asked = futures_util::StreamExt::take(acks, 3);
    let asked = timeout(Duration::from_secs(5), futures_util::StreamExt::count(asked)).await;
    assert_eq!(asked.expect("three times"), 3);
}
