//! Deliveries of one stream, whatever happens to the connection.

use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::Context;
use tokio::sync::Semaphore;

use super::watch::Watch;
use crate::broker::connect::Connection;
use crate::broker::topology;
use crate::config::Config;
use crate::intake::{Delivery, PullError, Puller};

/// Deliveries from the group's consumer, whatever happens to the connection: a pull that fails is
/// made anew, with back-off, for as long as the worker lives.
pub(super) struct Source {
    stream: String,
    context: Context,
    connection: Connection,
    slots: Arc<Semaphore>,
    config: Config,
    watch: Watch,
    puller: Option<Puller>,
    failures: u32,
}

impl Source {
    pub(super) fn new(
        stream: &str,
        context: Context,
        connection: Connection,
        slots: Arc<Semaphore>,
        config: &Config,
        watch: Watch,
    ) -> Self {
        Self {
            stream: stream.to_owned(),
            context,
            connection,
            slots,
            config: config.clone(),
            watch,
            puller: None,
            failures: 0,
        }
    }

    /// The next delivery. Cancel safe.
    pub(super) async fn next(&mut self) -> Delivery {
        loop {
            if self.puller.is_none() {
                match self.bind().await {
                    Ok(puller) => {
                        if self.failures > 0 {
                            tracing::info!(
                                event = "pulling",
                                stream = self.stream,
                                "pulling again"
                            );
                        }
                        self.connection.connects.mark_unchanged();
                        self.watch.pulling(&self.stream, true);
                        self.puller = Some(puller);
                    }
                    Err(error) => self.pause(&error.to_string()).await,
                }
            }
            let Some(puller) = &mut self.puller else { continue };
            tokio::select! {
                biased;
                changed = self.connection.connects.changed() => {
                    // An open pull does not survive a reconnect.
                    if changed.is_ok() {
                        self.give_up().await;
                    }
                }
                delivery = puller.next() => match delivery {
                    Ok(delivery) => {
                        self.failures = 0;
                        return delivery;
                    }
                    Err(error) => {
                        self.give_up().await;
                        self.pause(&error.to_string()).await;
                    }
                },
            }
        }
    }

    async fn bind(&self) -> Result<Puller, PullError> {
        let consumer = topology::bind_consumer(&self.context, &self.config.streams, &self.stream)
            .await
            .map_err(|error| PullError::ConsumerGone(error.to_string()))?;
        let timeout = self.config.nats.request_timeout_secs.duration();
        Puller::new(
            consumer,
            self.context.clone(),
            Arc::clone(&self.slots),
            &self.config.intake,
            timeout,
        )
        .await
    }

    async fn give_up(&mut self) {
        if let Some(puller) = self.puller.take() {
            puller.close().await;
        }
    }

    async fn pause(&mut self, reason: &str) {
        let wait = Duration::from_millis(250 << self.failures.min(5));
        self.failures = self.failures.saturating_add(1);
        self.watch.pulling(&self.stream, false);
        tracing::warn!(
            event = "pull_failed",
            stream = self.stream,
            reason,
            failures = self.failures,
            "pull failed"
        );
        tokio::time::sleep(wait).await;
    }

    pub(super) async fn close(mut self) {
        self.give_up().await;
    }
}
