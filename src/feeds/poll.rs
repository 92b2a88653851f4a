//! One poll of one feed: claim, fetch, parse, publish what is new, write down what is known.
//!
//! The claim is renewed for as long as the poll takes, also while a full raw stream is waited for; a
//! poll whose claim is lost stops at once. Validators are remembered only when everything that the
//! document announces is published: a poll that was cut short finds the document again.

mod choice;
mod numbered;
mod page;
mod parts;
mod publish;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

use super::error::{Error, Next};
use super::interval::{Bounds, with_jitter};
use super::list::Feed;
use super::parse::Parsed;
use super::poll_report::PollReport;
use super::reading;
use super::settings::Settings;
use crate::backoff::{Backoff, Tries};
use crate::broker::topology::partitions::RawPlaces;
use crate::fetch::Fetcher;
use crate::model::{Validators, WebUrl};
use crate::publish::RawPublisher;
use crate::state::{FeedClaim, FeedReply, Feeds, Hashes};

/// Tries to write down what a poll found, while the broker is away.
const WRITES: u32 = 5;

/// Failures in a row after which a permanent redirect is forgotten.
const MOVED_TRIES: u32 = 3;

/// Polls feeds. Made once, shared by all polls.
pub struct Poller {
    /// Gets the documents.
    pub fetcher: Fetcher,
    /// What the group knows of its feeds.
    pub feeds: Feeds,
    /// Takes the messages.
    pub publisher: RawPublisher,
    /// Where messages go.
    pub places: RawPlaces,
    /// Limits and intervals.
    pub settings: Settings,
    /// Whether each feed is asked once.
    pub once: bool,
    /// Whether feeds are asked that are not due.
    pub now: bool,
    /// Whether the feeds of a web page are polled in its place.
    pub discover: bool,
}

/// What became of a feed at its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PollOutcome {
    /// It was polled, and is due again after a while.
    Polled { after: Duration, published: usize },
    /// The poll failed; it is tried again after a while.
    Failed { after: Duration, published: usize },
    /// It could not be asked yet, or the poll was cut short.
    Later { after: Duration, published: usize },
    /// It is due after a while.
    NotDue { after: Duration },
    /// Another worker polls it.
    Others { after: Duration },
    /// It is not polled any more.
    Gone,
}

impl Poller {
    /// Polls a feed if it is due and not claimed.
    pub(super) async fn poll_if_due(
        &self,
        feed: &Feed,
        closing: &watch::Receiver<bool>,
    ) -> PollOutcome {
        let start = Instant::now();
        let asked = if self.now {
            self.feeds.claim_now(&feed.url).await
        } else {
            self.feeds.claim(&feed.url).await
        };
        let claim = match asked {
            Ok(FeedReply::Ours(claim)) => claim,
            Ok(FeedReply::NotDue { after }) => return PollOutcome::NotDue { after },
            Ok(FeedReply::Held { by, after }) => {
                // Of a worker that died nothing else is heard.
                if self.once {
                    tracing::warn!(
                        event = "feed_held",
                        feed = feed.url.as_str(),
                        by,
                        next_secs = after.as_secs(),
                        "not polled: held by {by}, which polls it or died doing so; its claim ends in {} s",
                        after.as_secs()
                    );
                }
                return PollOutcome::Others { after };
            }
            Ok(FeedReply::Gone) => return PollOutcome::Gone,
            Err(error) => {
                let error = Error::State(error);
                let next = error.next();
                let after = self.after(next, 0);
                PollReport::default().log_ending(feed, &error, next, 0, after, start);
                return PollOutcome::Later { after: after.unwrap_or_default(), published: 0 };
            }
        };
        let mut claim = *claim;
        let mut report = PollReport::default();
        let result = self.poll(feed, &mut claim, closing, &mut report).await;
        self.settle(feed, claim, result, &report, start).await
    }

    /// Says what comes next for a feed, and writes it down.
    async fn settle(
        &self,
        feed: &Feed,
        mut claim: FeedClaim,
        result: Result<(), Error>,
        report: &PollReport,
        start: Instant,
    ) -> PollOutcome {
        let published = report.published;
        let is_ours = result.as_ref().is_err_and(Error::is_ours);
        let turned = match result {
            Ok(()) => {
                let bounds = Bounds::new(&self.settings);
                let interval = bounds.adapted(claim.known.interval_secs, published > 0);
                claim.known.interval_secs = interval.as_secs();
                claim.known.failures = 0;
                let hints = if self.settings.hints { &report.hints[..] } else { &[] };
                let after = with_jitter(bounds.next(interval, hints));
                report.log(feed, after, start);
                PollOutcome::Polled { after, published }
            }
            Err(error) => {
                let mut next = error.next();
                // What is said at the address that it moved to is not the last word: the site may have taken it back.
                let is_final = is_ours || next == Next::Stop;
                if is_final && claim.known.moved.take().is_some() && next == Next::Stop {
                    next = Next::BackOff { after: None };
                }
                if let Next::BackOff { .. } = next {
                    claim.known.failures = claim.known.failures.saturating_add(1);
                    if claim.known.failures.is_multiple_of(MOVED_TRIES) {
                        // Where it is said to have moved it is not: back to where we were told.
                        claim.known.moved = None;
                    }
                }
                claim.known.gone = next == Next::Stop;
                let after = self.after(next, claim.known.failures);
                report.log_ending(feed, &error, next, claim.known.failures, after, start);
                match (next, after) {
                    (Next::BackOff { .. }, Some(after)) => PollOutcome::Failed { after, published },
                    (Next::Stop, _) => PollOutcome::Gone,
                    (Next::Leave, _) => {
                        return PollOutcome::Others {
                            after: Duration::from_secs(self.settings.claim_secs),
                        };
                    }
                    (_, after) => {
                        PollOutcome::Later { after: after.unwrap_or_default(), published }
                    }
                }
            }
        };
        let after = match turned {
            PollOutcome::Polled { after, .. }
            | PollOutcome::Failed { after, .. }
            | PollOutcome::NotDue { after }
            | PollOutcome::Others { after } => after,
            // Who has mended the configuration is not to wait.
            PollOutcome::Later { .. } if is_ours => Duration::ZERO,
            // Early, so that who comes back at the time finds it due.
            PollOutcome::Later { after, .. } => after / 2,
            PollOutcome::Gone => Duration::ZERO,
        };
        self.write_down(feed, &mut claim, after).await;
        turned
    }

    /// Gives the feed back. Where that can't be written the claim runs out: the feed is polled again,
    /// and what was published is told as repeated.
    async fn write_down(&self, feed: &Feed, claim: &mut FeedClaim, after: Duration) {
        let feed = feed.url.as_str();
        let waits = Backoff::new(Duration::from_millis(200), Duration::from_secs(2));
        let mut tries = Tries::new(WRITES, waits);
        while tries.next().await {
            match self.feeds.give_back(claim, after).await {
                Ok(true) => return,
                Ok(false) => {
                    tracing::warn!(event = "feed_lost", feed, "its claim expired");
                    return;
                }
                Err(error) => tracing::debug!(%error, feed, "giving a feed back"),
            }
        }
        tracing::warn!(event = "feed_kept", feed, "the feed's state could not be written");
    }

    /// When a feed is asked again after a poll that did not come to its end, if it is.
    fn after(&self, next: Next, failures: u32) -> Option<Duration> {
        match next {
            Next::BackOff { after } => {
                Some(with_jitter(Bounds::new(&self.settings).backoff(failures, after)))
            }
            Next::Later { after } => Some(with_jitter(after)),
            Next::Stop | Next::Leave => None,
        }
    }

    async fn poll(
        &self,
        feed: &Feed,
        claim: &mut FeedClaim,
        closing: &watch::Receiver<bool>,
        report: &mut PollReport,
    ) -> Result<(), Error> {
        let at = claim.known.moved.as_deref().and_then(|url| WebUrl::parse(url).ok());
        let at = at.unwrap_or_else(|| feed.url.clone());
        let known = Validators {
            etag: claim.known.etag.clone(),
            last_modified: claim.known.last_modified.clone(),
        };
        let limit = self.settings.max_body_bytes;
        // They are of one address: what another answers is another document.
        let valid_at = claim.known.validated.as_deref().and_then(|url| WebUrl::parse(url).ok());
        let answer = self.fetcher.fetch_feed(&at, &known, valid_at.as_ref(), limit);
        let answer = self.holding(claim, closing, answer).await??;
        if let Some(moved) = answer.moved {
            tracing::info!(
                event = "feed_moved",
                feed = feed.url.as_str(),
                to = moved.as_str(),
                "the new address is polled from now on"
            );
            claim.known.moved = Some(moved.to_string());
        }
        report.hints[1] = answer.fresh;
        let Some(document) = answer.document else {
            report.not_modified = true;
            return Ok(());
        };
        report.bytes = document.bytes;
        let mut validators = document.validators.clone();
        let page = document.at.clone();
        let reading = reading::read(document, self.settings.max_entries);
        let parsed = match self.holding(claim, closing, reading).await? {
            Err(Error::Html { feeds }) => {
                self.poll_page(feed, claim, &page, feeds, closing, report).await?;
                // The page may be as it was while its feeds are not.
                claim.known.etag = None;
                claim.known.last_modified = None;
                return Ok(());
            }
            parsed => parsed?,
        };
        match parsed {
            Parsed::Feed(document) => {
                report.hints[0] = document.hint;
                if document.is_cut {
                    // What was cut off is to be had the next time.
                    validators = Validators::default();
                }
                let is_cut = document.is_cut;
                let told = self.publish(feed, claim, document, closing, report).await?;
                let known = &mut claim.known;
                known.entries = self.remembered(&known.entries.0, &told.entries);
                known.marks = told.marks;
                // Of one that was cut the end is not known.
                known.ends = if is_cut { Hashes::default() } else { told.ends };
                told.via.clone_into(&mut known.via);
            }
            Parsed::Index { parts, is_cut } => {
                report.via = "sitemap";
                let is_open = self.poll_parts(feed, claim, &parts, closing, report).await?;
                // The index is to be read again for parts that failed, or change without its saying so.
                if is_cut || is_open {
                    validators = Validators::default();
                }
            }
        }
        claim.known.validated = (!validators.is_empty()).then(|| page.to_string());
        (claim.known.etag, claim.known.last_modified) = (validators.etag, validators.last_modified);
        Ok(())
    }

    /// Waits for work that may be dropped when the process stops, and keeps the claim meanwhile.
    async fn holding<T>(
        &self,
        claim: &mut FeedClaim,
        closing: &watch::Receiver<bool>,
        work: impl Future<Output = T>,
    ) -> Result<T, Error> {
        let mut closing = closing.clone();
        let work = async {
            tokio::select! {
                done = work => Ok(done),
                _ = closing.wait_for(|closing| *closing) => Err(Error::Stopping),
            }
        };
        self.kept(claim, work).await?
    }

    /// Waits for work, and keeps the claim meanwhile.
    async fn kept<T>(
        &self,
        claim: &mut FeedClaim,
        work: impl Future<Output = T>,
    ) -> Result<T, Error> {
        let mut work = std::pin::pin!(work);
        loop {
            tokio::select! {
                biased;
                () = tokio::time::sleep_until(claim.renew_at()) => {
                    match self.feeds.keep(claim).await {
                        Ok(true) => {}
                        Ok(false) => return Err(Error::Lost),
                        // The broker is away. Whether the claim is still ours it says when it is back.
                        Err(error) => tracing::debug!(%error, "renewing a claim"),
                    }
                }
                done = &mut work => return Ok(done),
            }
        }
    }
}

impl std::fmt::Debug for Poller {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Poller").field("settings", &self.settings).finish_non_exhaustive()
    }
}

/// Polls that run at once share one poller.
pub(super) type SharedPoller = Arc<Poller>;
