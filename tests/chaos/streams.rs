//! The streams that one group works off. Without partitions two raw streams, as two deployments have them: each worker is
//! bound to one of them, and they share the retry stream, the out stream and what the group knows. With partitions
//! those, and the raw stream for what names none. Their number may change while the group works.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_nats::jetstream::Context;
use async_nats::jetstream::consumer::{AckPolicy, pull};
use async_nats::jetstream::stream::{Config, RetentionPolicy};
use news_ingest::broker::topology::Settings;

/// The second raw stream where there are no partitions.
const TWIN: (&str, &str) = ("TWIN_RAW", "twin.raw.chaos");

/// The names in force; clones are one.
#[derive(Clone, Debug)]
pub struct Streams(Arc<Mutex<Settings>>);

impl Streams {
    pub fn new(partitions: usize, replicas: usize) -> Self {
        let settings = Settings { partitions, replicas, ..Settings::default() };
        Self(Arc::new(Mutex::new(settings)))
    }

    pub fn settings(&self) -> Settings {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Another number of partitions, beside the one in force.
    pub fn take_over(&self, partitions: usize) -> Settings {
        let mut settings = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let before = std::mem::replace(&mut settings.partitions, partitions);
        settings.previous_partitions.push(before);
        settings.clone()
    }

    /// Names of every raw stream.
    pub fn raw(&self) -> Vec<String> {
        let settings = self.settings();
        let mut names = settings.raw_streams();
        names.extend(settings.earlier_raw_streams());
        if names.len() == 1 {
            names.push(TWIN.0.to_owned());
        }
        names
    }

    /// Names of every retry stream.
    pub fn retry(&self) -> Vec<String> {
        let settings = self.settings();
        [settings.retry_streams(), settings.earlier_retry_streams()].concat()
    }

    /// Names of every out stream.
    pub fn out(&self) -> Vec<String> {
        self.settings().all_out_streams()
    }

    /// The subject that a message goes to: a story that comes again may come by another stream.
    pub fn subject(&self, message: usize) -> String {
        match self.settings().partitions {
            1 if message.is_multiple_of(2) => "news.raw.chaos".to_owned(),
            1 => TWIN.1.to_owned(),
            _ if message.is_multiple_of(5) => "news.raw.chaos".to_owned(),
            of => format!("news.part.{of}.{}.raw.chaos", message % of),
        }
    }

    /// What a worker is told.
    pub fn of_worker(&self, number: usize) -> Vec<(&'static str, String)> {
        let settings = self.settings();
        let raw = if settings.partitions == 1 && number % 2 == 1 { TWIN.0 } else { "NEWS_RAW" };
        vec![
            ("STREAMS__RAW_STREAM", raw.to_owned()),
            ("STREAMS__PARTITIONS", settings.partitions.to_string()),
            ("STREAMS__PREVIOUS_PARTITIONS", format!("{:?}", settings.previous_partitions)),
        ]
    }

    /// Makes the second raw stream as `provision` makes the first, where there is one.
    pub async fn create_twin(&self, context: &Context) {
        let Settings { partitions: 1, replicas: num_replicas, .. } = self.settings() else {
            return;
        };
        let stream = context
            .create_stream(Config {
                name: TWIN.0.to_owned(),
                subjects: vec![TWIN.1.to_owned()],
                retention: RetentionPolicy::WorkQueue,
                num_replicas,
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
}
