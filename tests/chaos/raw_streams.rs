//! Two raw streams that one group works off, as two deployments or partitions have them: each worker is bound to
//! one of them, and they share the retry stream, the out stream and what the group knows.

use std::time::Duration;

use async_nats::jetstream::Context;
use async_nats::jetstream::consumer::{AckPolicy, pull};
use async_nats::jetstream::stream::{Config, RetentionPolicy};

/// Name and subject of each; `provision` makes the first.
pub const RAW: [(&str, &str); 2] = [("NEWS_RAW", "news.raw.chaos"), ("TWIN_RAW", "twin.raw.chaos")];

/// Makes the second as `provision` makes the first.
pub async fn create_second(context: &Context, replicas: usize) {
    let [_, (name, subject)] = RAW;
    let stream = context
        .create_stream(Config {
            name: name.to_owned(),
            subjects: vec![subject.to_owned()],
            retention: RetentionPolicy::WorkQueue,
            num_replicas: replicas,
            ..Config::default()
        })
        .await
        .unwrap();
    stream
        .create_consumer(pull::Config {
            durable_name: Some("news-ingest".to_owned()),
            ack_policy: AckPolicy::Explicit,
            ack_wait: Duration::from_secs(5),
            max_deliver: -1,
            max_ack_pending: 10_000,
            ..pull::Config::default()
        })
        .await
        .unwrap();
}

/// The stream that a worker is bound to.
pub fn of_worker(number: usize) -> &'static str {
    RAW[number % RAW.len()].0
}

/// The subject that a message goes to: a story that comes again may come by the other stream.
pub fn subject(message: usize) -> &'static str {
    RAW[message % RAW.len()].1
}
