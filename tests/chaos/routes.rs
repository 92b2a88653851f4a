//! A route of the user's: some of the stories, read by a desk all the time.
//!
//! In a cluster its stream is a work queue, which holds none of what was read. On one server it keeps what it
//! got: a server that is killed before it answers a publish forgets the ids of what was read from a work queue,
//! and nobody can tell then whether the message was stored. `delivery` has the work queue on one server.

use std::time::Duration;

use async_nats::jetstream::Context;
use async_nats::jetstream::consumer::{PullConsumer, pull};
use async_nats::jetstream::stream::{Config, RetentionPolicy};
use futures_util::StreamExt as _;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::support::broker::Stored;

pub const STREAM: &str = "DESK";

/// Stories with the word in their headline: the inline ones.
const WORD: &str = "votes";

pub const SETTING: &str = r#"[{name = "votes", when = "title contains votes", subject = "desk.{language}.{key}", format = "no-bodies"}]"#;

/// Whether a record takes the route.
pub fn takes(item: &serde_json::Value) -> bool {
    item["headlines"][0]["value"].as_str().is_some_and(|title| title.contains(WORD))
}

pub async fn create_stream(context: &Context, replicas: usize) {
    let config = Config {
        name: STREAM.to_owned(),
        subjects: vec!["desk.>".to_owned()],
        retention: match replicas {
            1 => RetentionPolicy::Limits,
            _ => RetentionPolicy::WorkQueue,
        },
        num_replicas: replicas,
        ..Config::default()
    };
    context.create_stream(config).await.unwrap();
}

/// Whoever reads the route.
pub struct Desk {
    ending: watch::Sender<bool>,
    reading: JoinHandle<Vec<Stored>>,
}

impl Desk {
    pub fn start(context: &Context) -> Self {
        let (ending, ended) = watch::channel(false);
        Self { ending, reading: tokio::spawn(read(context.clone(), ended)) }
    }

    /// Everything that came, once all of it is read. A message that was delivered a second time, because its
    /// acknowledgement was lost, is one message.
    pub async fn end(self, context: &Context) -> Vec<Stored> {
        for _ in 0..600 {
            if is_read(context).await {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        self.ending.send_replace(true);
        let mut all = self.reading.await.unwrap();
        all.sort_by_key(|stored| stored.sequence);
        all.dedup_by_key(|stored| stored.sequence);
        all
    }
}

/// Whether the desk has read and acknowledged everything.
async fn is_read(context: &Context) -> bool {
    let Ok(stream) = context.get_stream_no_info(STREAM).await else { return false };
    let Ok(info) = stream.consumer_info("desk").await else { return false };
    info.num_pending == 0 && info.num_ack_pending == 0
}

/// Reads until the end; whatever happens to the broker, it tries again.
async fn read(context: Context, mut ended: watch::Receiver<bool>) -> Vec<Stored> {
    let mut all = Vec::new();
    loop {
        tokio::select! {
            _ = ended.wait_for(|ended| *ended) => return all,
            () = some(&context, &mut all) => {}
        }
        tokio::select! {
            _ = ended.wait_for(|ended| *ended) => return all,
            () = tokio::time::sleep(Duration::from_millis(200)) => {}
        }
    }
}

/// Takes what is there; ends at the first fault.
async fn some(context: &Context, all: &mut Vec<Stored>) {
    let config = pull::Config { durable_name: Some("desk".to_owned()), ..pull::Config::default() };
    let Ok(stream) = context.get_stream_no_info(STREAM).await else { return };
    let consumer: Result<PullConsumer, _> = stream.get_or_create_consumer("desk", config).await;
    let Ok(consumer) = consumer else { return };
    let batch = consumer.fetch().max_messages(200).expires(Duration::from_secs(2));
    let Ok(mut batch) = batch.messages().await else { return };
    while let Some(Ok(message)) = batch.next().await {
        let Ok(info) = message.info() else { return };
        let stored = Stored {
            subject: message.subject.to_string(),
            sequence: info.stream_sequence,
            headers: message.headers.clone().unwrap_or_default(),
            body: message.payload.to_vec(),
        };
        // Known before it is taken away.
        all.push(stored);
        if message.double_ack().await.is_err() {
            return;
        }
    }
}
