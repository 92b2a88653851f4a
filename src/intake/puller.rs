//! Pulls messages from a durable consumer, never more than max_in_flight are free.
//!
//! Built on single pull requests rather than the client's message stream, whose batches are of a
//! fixed size and so prefetch messages that age in memory while every slot is busy. Every pull
//! names as many messages as max_in_flight are reserved for it, has an expiry and an idle heartbeat, and
//! a watchdog gives it up when the broker goes silent. No pull stays open for longer than half the
//! lease on what it brings: a message is only known to have been sent after it was asked for, and the
//! lease is counted from there.

use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::consumer::PullConsumer;
use async_nats::jetstream::consumer::pull::BatchConfig;
use async_nats::{StatusCode, Subscriber};
use futures_util::StreamExt as _;
use thiserror::Error;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use super::Settings;
use super::delivery::{Delivery, Pulled};

/// Why pulling stopped; the caller binds the consumer again after a pause.
#[derive(Debug, Error)]
pub enum PullError {
    /// The consumer or its stream was deleted.
    #[error("the consumer is gone: {0}")]
    ConsumerGone(String),
    /// Nothing was heard for two heartbeats.
    #[error("nothing heard from the broker for {0:?}")]
    Silent(Duration),
    /// The broker refuses the pull.
    #[error("the broker refuses to deliver: {0}")]
    Refused(String),
    /// The connection cannot take a subscription or a pull.
    #[error("cannot pull: {0}")]
    Connection(String),
}

/// A pull on one consumer.
#[derive(Debug)]
pub struct Puller {
    consumer: PullConsumer,
    context: async_nats::jetstream::Context,
    subscription: Subscriber,
    inbox: String,
    max_in_flight: Arc<Semaphore>,
    reserved: Vec<OwnedSemaphorePermit>,
    /// Messages that the open pull request may still bring.
    open: usize,
    /// Most messages that one pull request may ask for.
    most: usize,
    heard: Instant,
    /// When the open pull was made.
    asked: Instant,
    /// Whether headers that workers write are believed.
    trusted_headers: bool,
    ack_wait: Duration,
    expires: Duration,
    heartbeat: Duration,
    timeout: Duration,
}

impl Puller {
    /// Starts pulling from a consumer, with `max_in_flight` as the bound on deliveries in hand.
    ///
    /// Lease and limits of a pull are taken from the consumer, which may be somebody else's and differ
    /// from the settings. `trusted_headers` says that its messages were put there by workers, whose headers
    /// are to be believed.
    ///
    /// # Errors
    /// When the connection is closed.
    pub async fn new(
        consumer: PullConsumer,
        context: async_nats::jetstream::Context,
        max_in_flight: Arc<Semaphore>,
        settings: &Settings,
        timeout: Duration,
        trusted_headers: bool,
    ) -> Result<Self, PullError> {
        let client = context.client();
        let inbox = client.new_inbox();
        let subscription = client
            .subscribe(inbox.clone())
            .await
            .map_err(|error| PullError::Connection(error.to_string()))?;
        let config = &consumer.cached_info().config;
        let ack_wait = match config.ack_wait {
            Duration::ZERO => Duration::from_secs(settings.ack_wait_secs),
            ack_wait => ack_wait,
        };
        let mut expires = Duration::from_secs(settings.pull_expires_secs).min(ack_wait / 2);
        if !config.max_expires.is_zero() {
            expires = expires.min(config.max_expires);
        }
        let most = usize::try_from(config.max_batch).ok().filter(|most| *most > 0);
        Ok(Self {
            consumer,
            context,
            subscription,
            inbox,
            max_in_flight,
            reserved: Vec::new(),
            open: 0,
            most: most.unwrap_or(usize::MAX),
            heard: Instant::now(),
            asked: Instant::now(),
            trusted_headers,
            ack_wait,
            expires,
            // The server takes no heartbeat longer than half the expiry.
            heartbeat: Duration::from_secs(settings.heartbeat_secs).min(expires / 2),
            timeout,
        })
    }

    /// The next delivery; waits for a free slot and for a message. Cancel safe.
    ///
    /// # Errors
    /// When pulling cannot go on with this consumer or this subscription.
    pub async fn next(&mut self) -> Result<Delivery, PullError> {
        loop {
            if self.open == 0 {
                self.pull().await?;
            }
            let silence = 2 * self.heartbeat + Duration::from_secs(1);
            let Ok(message) =
                tokio::time::timeout_at(self.heard + silence, self.subscription.next()).await
            else {
                return Err(PullError::Silent(silence));
            };
            let message =
                message.ok_or_else(|| PullError::Connection("subscription ended".to_owned()))?;
            self.heard = Instant::now();
            if let Some(delivery) = self.accept(message)? {
                return Ok(delivery);
            }
        }
    }

    /// Stops pulling; what has arrived or is on its way, and was not taken. What the broker is too slow
    /// to bring within `timeout` comes again after the ack wait.
    pub async fn close(mut self, timeout: Duration) -> Vec<Delivery> {
        let mut left = Vec::new();
        let arriving = async {
            // Without interest in its inbox the broker drops the open pull request.
            if let Err(error) = self.subscription.drain().await {
                tracing::debug!(%error, "unsubscribe");
                return;
            }
            while let Some(message) = self.subscription.next().await {
                if let Ok(Some(delivery)) = self.accept(message) {
                    left.push(delivery);
                }
            }
        };
        if tokio::time::timeout(timeout, arriving).await.is_err() {
            tracing::debug!("the broker did not confirm the end of the pull");
        }
        left
    }

    /// Reserves every free slot, at least one, and asks for as many messages.
    async fn pull(&mut self) -> Result<(), PullError> {
        if self.reserved.is_empty() {
            let slot = Arc::clone(&self.max_in_flight).acquire_owned().await;
            self.reserved.push(slot.expect("the max_in_flight are never closed"));
        }
        while self.reserved.len() < self.most
            && let Ok(slot) = Arc::clone(&self.max_in_flight).try_acquire_owned()
        {
            self.reserved.push(slot);
        }
        self.asked = Instant::now();
        let request = BatchConfig {
            batch: self.reserved.len(),
            expires: Some(self.expires),
            idle_heartbeat: self.heartbeat,
            ..BatchConfig::default()
        };
        self.consumer
            .request_batch(request, self.inbox.as_str().into())
            .await
            .map_err(|error| PullError::Connection(error.to_string()))?;
        self.open = self.reserved.len();
        self.heard = Instant::now();
        Ok(())
    }

    /// Sorts stories from the broker's own notes.
    fn accept(&mut self, message: async_nats::Message) -> Result<Option<Delivery>, PullError> {
        match message.status {
            None | Some(StatusCode::OK) => {
                self.open = self.open.saturating_sub(1);
                // A message of a pull that we gave up: no slot is reserved for it, so it is left
                // for redelivery rather than worked on beyond the bound.
                let Some(slot) = self.reserved.pop() else { return Ok(None) };
                let pulled = Pulled {
                    message,
                    slot,
                    asked: self.asked,
                    trusted_headers: self.trusted_headers,
                };
                Ok(Delivery::new(pulled, &self.context, self.ack_wait, self.timeout))
            }
            Some(StatusCode::IDLE_HEARTBEAT) => Ok(None),
            Some(StatusCode::NO_RESPONDERS) => {
                Err(PullError::ConsumerGone("nobody answers for the consumer".to_owned()))
            }
            Some(StatusCode::TIMEOUT | StatusCode::NOT_FOUND) => {
                self.open = 0;
                Ok(None)
            }
            Some(_) => {
                self.open = 0;
                match message.description.as_deref().unwrap_or("no reason given") {
                    gone @ ("Consumer Deleted" | "Stream Deleted" | "Consumer is push based") => {
                        Err(PullError::ConsumerGone(gone.to_owned()))
                    }
                    // These end one pull request; the next may be answered.
                    "Leadership Change" | "Server Shutdown" | "Batch Completed" => Ok(None),
                    other => Err(PullError::Refused(other.to_owned())),
                }
            }
        }
    }
}
