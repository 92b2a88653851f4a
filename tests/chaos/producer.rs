//! A producer that does what the README asks of one: every publish is confirmed, or repeated.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_nats::HeaderMap;
use async_nats::jetstream::Context;
use futures_util::StreamExt as _;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::stories::{BUCKET, Input};
use super::streams::Streams;
use super::support::broker;
use super::wire;

/// Publishes under way at a time.
const IN_FLIGHT: usize = 64;

pub struct Producer {
    allowed: watch::Sender<usize>,
    task: JoinHandle<Sent>,
}

/// What the producer did.
#[derive(Debug, Default)]
pub struct Sent {
    messages: usize,
    /// Publishes without an answer, made again.
    again: usize,
}

impl Producer {
    /// Sends nothing yet. The `number`-th message is the story of that number; beyond the last one,
    /// stories from all over come a second time.
    pub async fn start(url: &str, inputs: Arc<Vec<Input>>, streams: Streams) -> Self {
        let context = broker::connect(url).await;
        let servers: Vec<String> = url.split(',').map(|url| url.replace("nats://", "")).collect();
        let (allowed, mut limit) = watch::channel(0);
        let task = tokio::spawn(async move {
            let (mut sent, mut from) = (Sent::default(), 0);
            while limit.changed().await.is_ok() {
                let to = *limit.borrow_and_update();
                let mut burst = futures_util::stream::iter(from..to)
                    .map(|number| {
                        let input = &inputs[story_of(number, inputs.len())];
                        publish(&context, &servers, streams.subject(number), input)
                    })
                    .buffer_unordered(IN_FLIGHT);
                while let Some(again) = burst.next().await {
                    sent.messages += 1;
                    sent.again += again;
                }
                from = from.max(to);
            }
            sent
        });
        Self { allowed, task }
    }

    /// Lets messages go up to a number.
    pub fn send_up_to(&self, number: usize) {
        self.allowed.send_replace(number);
    }

    /// Waits until all that may go is stored.
    pub async fn finish(self) -> Sent {
        drop(self.allowed);
        self.task.await.unwrap()
    }
}

/// Every thirteenth message is a story that was sent before.
fn story_of(number: usize, stories: usize) -> usize {
    let (round, place) = (number / 13, number % 13);
    let story = if place == 12 { round * 5 } else { round * 12 + place };
    story % stories
}

/// Publishes until it is confirmed; how often it had to be repeated.
async fn publish(context: &Context, servers: &[String], subject: String, input: &Input) -> usize {
    for again in 0.. {
        if again > 0 {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        if let Some(block) = input.block {
            let server = &servers[again % servers.len()];
            let stored = tokio::time::timeout(
                Duration::from_secs(2),
                wire::publish(server, &subject, block, &input.body),
            );
            if matches!(stored.await, Ok(Ok(()))) {
                return again;
            }
            continue;
        }
        if let Some((name, content)) = &input.object {
            let put = async {
                let store = context.get_object_store(BUCKET).await.ok()?;
                store.put(name.as_str(), &mut content.as_slice()).await.ok()
            };
            if !matches!(tokio::time::timeout(Duration::from_secs(5), put).await, Ok(Some(_))) {
                continue;
            }
        }
        let mut headers = HeaderMap::new();
        for (name, value) in &input.headers {
            headers.insert(*name, value.as_str());
        }
        let stored = async {
            let body = input.body.clone().into();
            context.publish_with_headers(subject.clone(), headers, body).await?.await
        };
        if let Ok(Ok(_)) = tokio::time::timeout(Duration::from_secs(2), stored).await {
            return again;
        }
    }
    unreachable!("the range has no end")
}

impl fmt::Display for Sent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "messages in {}, publishes repeated {}", self.messages, self.again)
    }
}
