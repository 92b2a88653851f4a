//! What is stored of a key, and what the broker answers, without a worker.

use std::time::Duration;

use async_nats::HeaderMap;
use async_nats::jetstream::Context;
use async_nats::jetstream::stream::{Config, Info};
use news_ingest::broker::topology;
use news_ingest::model::{Identity, Key, OutcomeKind, RawPlace, StoryId};
use news_ingest::publish::{
    BodyStore, Error, OutcomeMessage, OutgoingRawMessage, Publisher, RawPublisher, RawStored,
    RoutedStory, Settings, Stored, Subjects,
};
use news_ingest::record;
use rustix::process::Signal;

use super::support::broker::Broker;

pub(super) async fn publisher(context: &Context, settings: Settings) -> Publisher {
    let streams = topology::Settings::default();
    let bound = topology::bind(context, &streams).await.unwrap();
    let subjects = Subjects::new(&streams.prefix, &record::TOPIC_SLUGS);
    Publisher::new(context.clone(), bound, subjects, streams, settings)
}

pub(super) fn key(id: &str) -> Key {
    Identity::new(StoryId::new(id).unwrap(), None).key()
}

pub(super) fn place(sequence: u64) -> RawPlace {
    RawPlace { stream: "NEWS_RAW".to_owned(), created: 1, sequence, since: 100 }
}

/// The record of a story, of so many bytes.
pub(super) fn story(id: &str, bytes: usize) -> OutcomeMessage {
    let mut headers = HeaderMap::new();
    headers.insert("News-Routes", "[]");
    headers.insert("News-Raw-Place", place(1).to_string());
    OutcomeMessage {
        kind: OutcomeKind::Story,
        subject: format!("news.story.en.none.{}", key(id)),
        headers,
        body: vec![b'a'; bytes].into(),
        ttl: None,
    }
}

#[tokio::test]
async fn a_record_of_the_largest_size_is_stored() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let publisher = publisher(&context, Settings::default()).await;
    let limit = context.client().server_info().max_payload;
    let refused = publisher.store(key("a"), &place(1), None, story("a", limit)).await.unwrap_err();
    let Error::TooLarge { bytes, limit: told } = refused else { panic!("{refused:?}") };
    assert_eq!(told, limit);
    // Beside the body these bytes are headers, which are counted as they are sent.
    let room = limit - (bytes - limit);
    let refused = publisher.store(key("a"), &place(1), None, story("a", room + 1)).await;
    assert!(matches!(refused, Err(Error::TooLarge { bytes, .. }) if bytes == limit + 1));
    let stored = publisher.store(key("a"), &place(1), None, story("a", room)).await.unwrap();
    assert_eq!(stored, Stored::Now(1));
}

#[tokio::test]
async fn silent_broker_is_retried_up_to_confirm_tries() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let settings = Settings { confirm_timeout_secs: 1, confirm_tries: 2, ..Settings::default() };
    let publisher = publisher(&context, settings).await;
    let place = place(1);
    broker.signal(Signal::STOP);
    let letter = OutcomeMessage { kind: OutcomeKind::DeadLetter, ..story("a", 10) };
    let store = publisher.store(key("a"), &place, None, letter);
    let refused = tokio::time::timeout(Duration::from_secs(20), store).await;
    broker.signal(Signal::CONT);
    assert!(matches!(refused, Ok(Err(Error::NotConfirmed { tries: 2 }))), "{refused:?}");
}

#[tokio::test]
async fn failed_broker_lookup_is_not_taken_as_nothing() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let publisher = publisher(&context, Settings::default()).await;
    let later = place(2);
    let look = || publisher.look(key("a"), &later, None);
    assert_eq!(look().await.unwrap(), None);
    let subject = story("a", 10).subject;
    let stored = |id: &str, name: &'static str| {
        let (publisher, key, subject) = (publisher.clone(), key(id), subject.clone());
        async move { publisher.stored(key, 1, &subject, name).await }
    };
    assert!(stored("a", "News-Routes").await.unwrap().is_none());
    assert!(!publisher.is_story(key("a")).await);
    publisher.store(key("a"), &place(1), None, story("a", 10)).await.unwrap();
    assert_eq!(look().await.unwrap(), Some(Stored::Repeat { raw_seq: 1 }));
    let (routes, body) = stored("a", "News-Routes").await.unwrap().unwrap();
    assert_eq!((routes.as_str(), body.len()), ("[]", 10));
    assert!(stored("a", "News-Other").await.unwrap().is_none());
    // Another outcome of that sequence in a stream that counts alike.
    let letter = format!("news.dlq.fetch.gone.{}", key("a"));
    assert!(publisher.stored(key("a"), 1, &letter, "News-Routes").await.unwrap().is_none());
    assert!(publisher.is_story(key("a")).await);
    assert_eq!(publisher.stream_of(key("a")), "NEWS_OUT");
    context.delete_stream("NEWS_OUT").await.unwrap();
    assert!(matches!(look().await, Err(Error::Send(_))));
    assert!(matches!(stored("a", "News-Routes").await, Err(Error::Send(_))));
    assert!(!publisher.is_story(key("a")).await);
}

#[tokio::test]
async fn failures_are_kept_as_long_as_configured() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let settings = Settings { skipped_ttl_hours: 5, dlq_ttl_hours: 0, ..Settings::default() };
    let publisher = publisher(&context, settings).await;
    let kinds = [OutcomeKind::Story, OutcomeKind::Skipped, OutcomeKind::DeadLetter];
    let five = Some(Duration::from_secs(5 * 3600));
    assert_eq!(
        kinds.map(|kind| publisher.ttl(kind)),
        [Some(Duration::from_secs(48 * 3600)), five, None]
    );
    let skipped = OutcomeMessage { ttl: five, ..story("a", 10) };
    publisher.store(key("a"), &place(1), None, skipped).await.unwrap();
    assert_eq!(broker.outcomes(&context, 1).await[0].header("Nats-TTL"), Some("18000s"));
}

#[tokio::test]
async fn the_guard_is_that_of_the_oldest_server() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let publisher = publisher(&context, Settings::default()).await;
    assert!(publisher.has_filter_guard());
    let new = context.get_stream("NEWS_OUT").await.unwrap().cached_info().clone();
    let mut old: Info = new.clone();
    old.config.metadata.remove("_nats.level");
    publisher.choose_guard([&new, &old].into_iter());
    assert!(!publisher.has_filter_guard());
    // By a message id it is stored once all the same.
    let first = publisher.store(key("a"), &place(1), None, story("a", 10)).await.unwrap();
    assert_eq!(first, Stored::Now(1));
    let again = publisher.store(key("a"), &place(2), None, story("a", 10)).await.unwrap();
    assert_eq!(again, Stored::Repeat { raw_seq: 1 });
    let stored = broker.outcomes(&context, 1).await;
    assert_eq!(stored[0].header("Nats-Msg-Id"), Some(format!("{}:0", key("a")).as_str()));
    publisher.choose_guard([&new].into_iter());
    assert!(publisher.has_filter_guard());
}

#[tokio::test]
async fn route_is_sent_once_and_refused_with_size() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let publisher = publisher(&context, Settings::default()).await;
    let subject = format!("desk.urgent.{}", key("a"));
    let desk = Config {
        name: "DESK".to_owned(),
        subjects: vec!["desk.>".to_owned()],
        max_message_size: 1000,
        // Only what the stream holds keeps a second one out.
        duplicate_window: Duration::from_millis(100),
        ..Config::default()
    };
    let desk = context.create_stream(desk).await.unwrap();
    let send = async |body: &str| {
        let (subject, body) = (subject.as_str(), body.to_owned().into());
        let story = RoutedStory { subject, route: "urgent", raw_seq: 1, message_id: "id", body };
        publisher.route(&story).await
    };
    match send(&"a".repeat(1000)).await.unwrap_err() {
        Error::OverMessageLimit { bytes, .. } => assert!((1100..1400).contains(&bytes), "{bytes}"),
        other => panic!("{other:?}"),
    }
    send("{}").await.unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    send("{}").await.unwrap();
    assert_eq!(desk.get_info().await.unwrap().state.messages, 1);
}

#[tokio::test]
async fn raw_messages_are_compressed_over_their_room() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let publisher = RawPublisher::new(context.client(), Duration::from_secs(5));
    let (one, two) = (publisher.fresh_id(), publisher.fresh_id());
    assert!(one != two && !one.is_empty());
    // What is left of a message beside headers, ours and those of a dead letter.
    let room = context.client().server_info().max_payload - (32 << 10) - (1 << 10);
    for (id, bytes) in [(&one, room), (&two, room + 1)] {
        let (subject, body) = ("news.raw.desk".to_owned(), vec![b'a'; bytes].into());
        let message = OutgoingRawMessage::new(subject, id, "text/plain", body);
        assert_eq!(publisher.store(&message).await.unwrap(), RawStored::Now);
        assert_eq!(publisher.store(&message).await.unwrap(), RawStored::Before);
    }
    let stored = broker.raw(&context).await;
    let encodings: Vec<_> = stored.iter().map(|raw| raw.header("Content-Encoding")).collect();
    assert_eq!(encodings, [None, Some("gzip")]);
    assert!(stored[1].body.len() < stored[0].body.len() / 10);
}

#[tokio::test]
async fn bodies_are_put_aside_in_parts_that_fit() {
    let broker = Broker::with_max_payload(64 << 10).await;
    let context = broker.context().await;
    let config = async_nats::jetstream::object_store::Config {
        bucket: "letters".to_owned(),
        ..Default::default()
    };
    let bucket = context.create_object_store(config).await.unwrap();
    let store = BodyStore::new(context, "letters".to_owned());
    let body: bytes::Bytes = vec![b'a'; 200 << 10].into();
    let reference = store.put(key("a"), &body).await.unwrap();
    let name = reference.strip_prefix("letters/").unwrap();
    assert!(name.starts_with(&format!("{}.", key("a"))), "{reference}");
    assert_eq!(bucket.info(name).await.unwrap().size, 200 << 10);
    // The same again is the same object, and another one is told from it.
    assert_eq!(store.put(key("a"), &body).await.unwrap(), reference);
    assert_ne!(store.put(key("a"), &body.slice(1..)).await.unwrap(), reference);
    let missing = BodyStore::new(broker.context().await, "none".to_owned());
    let refused = missing.put(key("a"), &body).await;
    assert!(matches!(refused, Err(Error::NotPutAside { bucket, .. }) if bucket == "none"));
}
