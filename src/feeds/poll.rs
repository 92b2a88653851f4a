//! One poll of one feed: claim, fetch, parse, publish what is new, write down what is known.
//!
//! The claim is renewed for as long as the poll takes, also while a full raw stream is waited for; a
//! poll whose claim is lost stops at once. Validators are remembered only when everything that the
//! document announces is published: a poll that was cut short finds the document again.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use time::OffsetDateTime;
use tokio::sync::watch;
use tokio::time::Instant;

use super::error::{Error, Next};
use super::interval::{Bounds, with_jitter};
use super::list::Feed;
use super::parse::{Document, Entry, Parsed, Part, twin_of_url};
use super::poll_report::PollReport;
use super::settings::Settings;
use super::{message, reading, seen_entries};
use crate::broker::topology::partitions::RawPlaces;
use crate::fetch::{self, Fetcher};
use crate::model::{Identity, StoryId, Validators, WebUrl};
use crate::publish::{RawPublisher, RawStored};
use crate::state::{Asked, FeedClaim, Feeds, KnownPart, SeenHashes, bucket_token};

/// Publishes of one feed that await their confirmation.
const IN_FLIGHT: usize = 32;

/// Tries to write down what a poll found, while the broker is away.
const WRITES: u32 = 5;

/// Sitemap indexes that may stand in one another below the first.
const DEEPEST_INDEX: usize = 2;

/// Where sites have their feed that name none, the likeliest first.
const WELL_KNOWN: [&str; 6] = ["/feed", "/rss.xml", "/rss", "/feed.xml", "/atom.xml", "/index.xml"];

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
    /// Whether feeds are asked that are not due.
    pub now: bool,
    /// Whether the feeds of a web page are polled in its place.
    pub discover: bool,
}

/// What became of a feed at its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turned {
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
    /// Polls a feed if it is due and nobody else does.
    pub(super) async fn turn(&self, feed: &Feed, closing: &watch::Receiver<bool>) -> Turned {
        let start = Instant::now();
        let asked = if self.now {
            self.feeds.claim_now(&feed.url).await
        } else {
            self.feeds.claim(&feed.url).await
        };
        let claim = match asked {
            Ok(Asked::Ours(claim)) => claim,
            Ok(Asked::NotDue { after }) => return Turned::NotDue { after },
            Ok(Asked::Held { after }) => return Turned::Others { after },
            Ok(Asked::Gone) => return Turned::Gone,
            Err(error) => {
                let error = Error::State(error);
                let after = self.again(&error, 0);
                PollReport::default().log_ending(feed, &error, 0, after, start);
                return Turned::Later { after: after.unwrap_or_default(), published: 0 };
            }
        };
        let mut claim = *claim;
        let mut findings = PollReport::default();
        let result = self.poll(feed, &mut claim, closing, &mut findings).await;
        self.settle(feed, claim, result, &findings, start).await
    }

    /// Says what comes next for a feed, and writes it down.
    async fn settle(
        &self,
        feed: &Feed,
        mut claim: FeedClaim,
        result: Result<(), Error>,
        findings: &PollReport,
        start: Instant,
    ) -> Turned {
        let published = findings.published;
        let is_ours = result.as_ref().is_err_and(Error::is_ours);
        let turned = match result {
            Ok(()) => {
                let bounds = Bounds::new(&self.settings);
                let interval = bounds.adapted(claim.known.interval_secs, published > 0);
                claim.known.interval_secs = interval.as_secs();
                claim.known.failures = 0;
                let hints = if self.settings.hints { &findings.hints[..] } else { &[] };
                let after = with_jitter(bounds.next(interval, hints));
                findings.log(feed, after, start);
                Turned::Polled { after, published }
            }
            Err(error) => {
                let next = error.next();
                if let Next::BackOff { .. } = next {
                    claim.known.failures = claim.known.failures.saturating_add(1);
                    if claim.known.failures.is_multiple_of(MOVED_TRIES) {
                        // Where it is said to have moved it is not: back to where we were told.
                        claim.known.moved = None;
                    }
                }
                claim.known.gone = next == Next::Stop;
                let after = self.again(&error, claim.known.failures);
                findings.log_ending(feed, &error, claim.known.failures, after, start);
                match (next, after) {
                    (Next::BackOff { .. }, Some(after)) => Turned::Failed { after, published },
                    (Next::Stop, _) => Turned::Gone,
                    (Next::Leave, _) => {
                        return Turned::Others {
                            after: Duration::from_secs(self.settings.claim_secs),
                        };
                    }
                    (_, after) => Turned::Later { after: after.unwrap_or_default(), published },
                }
            }
        };
        let after = match turned {
            Turned::Polled { after, .. }
            | Turned::Failed { after, .. }
            | Turned::NotDue { after }
            | Turned::Others { after } => after,
            // Who has mended the configuration is not to wait.
            Turned::Later { .. } if is_ours => Duration::ZERO,
            // Early, so that who comes back at the time finds it due.
            Turned::Later { after, .. } => after / 2,
            Turned::Gone => Duration::ZERO,
        };
        self.write_down(feed, &mut claim, after).await;
        turned
    }

    /// Gives the feed back. Where that can't be written the claim runs out: the feed is polled again,
    /// and what was published is told as repeated.
    async fn write_down(&self, feed: &Feed, claim: &mut FeedClaim, after: Duration) {
        for tries in 1..=WRITES {
            match self.feeds.give_back(claim, after).await {
                Ok(true) => return,
                Ok(false) => {
                    tracing::warn!(
                        event = "feed_lost",
                        feed = feed.url.as_str(),
                        "its claim expired"
                    );
                    return;
                }
                Err(error) => {
                    tracing::debug!(%error, tries, "giving a feed back");
                    tokio::time::sleep(Duration::from_millis(200) * tries).await;
                }
            }
        }
        let feed = feed.url.as_str();
        tracing::warn!(event = "feed_kept", feed, "the feed's state could not be written");
    }

    /// When a feed is asked again after a poll that did not come to its end, if it is.
    fn again(&self, error: &Error, failures: u32) -> Option<Duration> {
        match error.next() {
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
        findings: &mut PollReport,
    ) -> Result<(), Error> {
        let at = claim.known.moved.as_deref().and_then(|url| WebUrl::parse(url).ok());
        let at = at.unwrap_or_else(|| feed.url.clone());
        let known = Validators {
            etag: claim.known.etag.clone(),
            last_modified: claim.known.last_modified.clone(),
        };
        let limit = self.settings.max_body_bytes;
        let answer = self.fetcher.fetch_feed(&at, &known, limit);
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
        findings.hints[1] = answer.fresh;
        let Some(document) = answer.document else {
            findings.not_modified = true;
            return Ok(());
        };
        findings.bytes = document.bytes;
        let mut validators = document.validators.clone();
        let page = document.at.clone();
        let reading = reading::read(document, self.settings.max_entries);
        let parsed = match self.holding(claim, closing, reading).await? {
            Err(Error::Html { feeds }) => {
                self.poll_page(feed, claim, &page, feeds, closing, findings).await?;
                // The page may be as it was while its feeds are not.
                claim.known.etag = None;
                claim.known.last_modified = None;
                return Ok(());
            }
            parsed => parsed?,
        };
        match parsed {
            Parsed::Feed(document) => {
                findings.hints[0] = document.hint;
                if document.is_cut {
                    // What was cut off is to be had the next time.
                    validators = Validators::default();
                }
                let marks = self.publish(feed, claim, document, closing, findings).await?;
                claim.known.seen = self.remembered(&claim.known.seen, &marks);
            }
            Parsed::Index { parts, is_cut } => {
                findings.via = "sitemap";
                let parts = &parts[..parts.len().min(self.settings.max_sitemaps)];
                self.poll_parts(feed, claim, parts, closing, findings).await?;
                // The index is to be read again for parts that failed, or change without its saying so.
                let is_silent = parts.iter().any(|part| part.last_modified.is_none());
                if is_cut || findings.parts_failed > 0 || is_silent {
                    validators = Validators::default();
                }
            }
        }
        (claim.known.etag, claim.known.last_modified) = (validators.etag, validators.last_modified);
        Ok(())
    }

    /// Polls, in the place of a web page, the feeds that it names; where it names none, those at
    /// well-known paths, and then the sitemaps that robots.txt names. Without `discover` they are only
    /// named. Their entries are known by address alone, as one story is often in several of them.
    async fn poll_page(
        &self,
        feed: &Feed,
        claim: &mut FeedClaim,
        page: &WebUrl,
        feeds: Vec<WebUrl>,
        closing: &watch::Receiver<bool>,
        findings: &mut PollReport,
    ) -> Result<(), Error> {
        let sitemaps = self.fetcher.sitemaps(page).await?;
        if !self.discover {
            return Err(Error::Html { feeds: [feeds, sitemaps].concat() });
        }
        findings.by_address = true;
        let groups = if feeds.is_empty() {
            let well_known = WELL_KNOWN.iter().filter_map(|path| page.join(path).ok());
            let mut groups: Vec<Vec<WebUrl>> = well_known.map(|url| vec![url]).collect();
            groups.push(sitemaps);
            // What answered the last time is asked alone.
            let known = |url: &WebUrl| claim.known.parts.contains_key(&bucket_token(url.as_str()));
            match groups.iter().position(|group| group.iter().any(known)) {
                Some(at) => vec![groups.swap_remove(at)],
                None => groups,
            }
        } else {
            vec![feeds]
        };
        let mut last = Error::Html { feeds: Vec::new() };
        for group in groups.into_iter().filter(|group| !group.is_empty()) {
            let parts: Vec<Part> = group
                .into_iter()
                .take(self.settings.max_sitemaps)
                .map(|url| Part { url, last_modified: None })
                .collect();
            findings.parts_failed = 0;
            match self.poll_parts(feed, claim, &parts, closing, findings).await {
                Err(Error::Parts(error)) => last = Error::Parts(error),
                ended => return ended,
            }
        }
        Err(match last {
            // What stands at no well-known path says nothing of the page.
            Error::Parts(error) if matches!(*error, Error::Fetch(fetch::Error::Gone { .. })) => {
                Error::Html { feeds: Vec::new() }
            }
            last => last,
        })
    }

    /// Reads the parts of a sitemap index that changed since they were last read.
    async fn poll_parts(
        &self,
        feed: &Feed,
        claim: &mut FeedClaim,
        parts: &[Part],
        closing: &watch::Receiver<bool>,
        findings: &mut PollReport,
    ) -> Result<(), Error> {
        let names: HashSet<String> =
            parts.iter().map(|part| bucket_token(part.url.as_str())).collect();
        claim.known.parts.retain(|name, _| names.contains(name));
        let mut last_error = None;
        for part in parts {
            let name = bucket_token(part.url.as_str());
            let known = claim.known.parts.get(&name);
            if part.last_modified.is_some()
                && known.is_some_and(|known| known.last_modified == part.last_modified)
            {
                continue;
            }
            match self.poll_part(feed, claim, part, closing, findings, DEEPEST_INDEX).await {
                Ok(marks) => {
                    let known = claim.known.parts.remove(&name).unwrap_or_default();
                    let published = std::mem::take(&mut claim.known.seen);
                    let before = SeenHashes([known.seen.0, published.0].concat());
                    let seen = self.remembered(&before, &marks);
                    let last_modified = part.last_modified.clone();
                    claim.known.parts.insert(name, KnownPart { last_modified, seen });
                }
                Err(error @ (Error::Lost | Error::Stopping | Error::Publish(_))) => {
                    return Err(error);
                }
                Err(error) => {
                    tracing::debug!(%error, part = part.url.as_str(), "part of a sitemap index");
                    findings.parts_failed += 1;
                    last_error = Some(error);
                }
            }
        }
        match last_error {
            Some(error) if findings.parts_failed == parts.len() => {
                Err(Error::Parts(Box::new(error)))
            }
            _ => Ok(()),
        }
    }

    async fn poll_part(
        &self,
        feed: &Feed,
        claim: &mut FeedClaim,
        part: &Part,
        closing: &watch::Receiver<bool>,
        findings: &mut PollReport,
        deeper: usize,
    ) -> Result<Vec<u64>, Error> {
        let none = Validators::default();
        let limit = self.settings.max_body_bytes;
        let document = loop {
            let answer = self.fetcher.fetch_feed(&part.url, &none, limit);
            match self.holding(claim, closing, answer).await? {
                Ok(answer) => break answer.document,
                // Its turn at the host comes after that of the index.
                Err(fetch::Error::HostPermit { after, .. }) => {
                    self.holding(claim, closing, tokio::time::sleep(after)).await?;
                }
                Err(error) => return Err(error.into()),
            }
        };
        // Nobody asked for it conditionally.
        let Some(document) = document else { return Ok(Vec::new()) };
        findings.bytes += document.bytes;
        let reading = reading::read(document, self.settings.max_entries);
        match self.holding(claim, closing, reading).await?? {
            Parsed::Feed(document) => self.publish(feed, claim, document, closing, findings).await,
            Parsed::Index { .. } if deeper == 0 => Err(Error::NestedIndex),
            Parsed::Index { parts, .. } => {
                let mut marks = Vec::new();
                for part in parts.iter().take(self.settings.max_sitemaps) {
                    let read = self.poll_part(feed, claim, part, closing, findings, deeper - 1);
                    marks.extend(Box::pin(read).await?);
                }
                Ok(marks)
            }
        }
    }

    /// Publishes what is new, the oldest first; the marks of everything that the document announces.
    /// What is published is known to the claim at once.
    async fn publish(
        &self,
        feed: &Feed,
        claim: &mut FeedClaim,
        mut document: Document,
        closing: &watch::Receiver<bool>,
        findings: &mut PollReport,
    ) -> Result<Vec<u64>, Error> {
        if findings.by_address {
            for entry in &mut document.entries {
                entry.identity = Identity::new(StoryId::of_url(&entry.url), None);
                entry.twin = twin_of_url(&entry.url);
            }
        }
        findings.via = document.via;
        findings.entries += document.entries.len();
        findings.without_link += document.without_link + document.malformed;
        findings.no_news += document.no_news;
        findings.left_out += document.left_out;
        let marks: Vec<u64> =
            document.entries.iter().rev().map(|e| seen_entries::hash(e.identity.key())).collect();
        let parts = claim.known.parts.values().flat_map(|part| &part.seen.0);
        let seen: HashSet<u64> = claim.known.seen.0.iter().chain(parts).copied().collect();
        let announced = message::Announced {
            places: &self.places,
            feed,
            via: document.via,
            now: OffsetDateTime::now_utc(),
            text: feed.text.unwrap_or(self.settings.text),
        };
        let is_twin_seen = |entry: &Entry| {
            entry.twin.as_ref().is_some_and(|t| seen.contains(&seen_entries::hash(t.key())))
        };
        let new = document
            .entries
            .iter()
            .rev()
            .zip(&marks)
            .filter(|(entry, hash)| !seen.contains(hash) && !is_twin_seen(entry));
        let new: Vec<_> =
            new.map(|(entry, hash)| (message::of_entry(announced, entry), *hash)).collect();
        let publishing = futures_util::stream::iter(new).map(|(message, hash)| {
            let (mine, on_wait) = (closing.clone(), closing.clone());
            async move {
                if *mine.borrow() {
                    return Err(Error::Stopping);
                }
                let stored = self.publisher.store_patiently(&message, on_wait).await;
                match stored {
                    Ok(stored) => Ok((stored, hash)),
                    Err(_) if *mine.borrow() => Err(Error::Stopping),
                    Err(error) => Err(Error::Publish(error)),
                }
            }
        });
        let mut publishing = std::pin::pin!(publishing.buffered(IN_FLIGHT));
        let mut failed = None;
        // To the end, also behind a failure: what is in flight may be stored.
        while let Some(done) = self.kept(claim, publishing.next()).await? {
            match done {
                Ok((stored, hash)) => {
                    claim.known.seen.0.push(hash);
                    findings.published += 1;
                    findings.repeated += usize::from(stored == RawStored::Before);
                }
                Err(error) => failed = Some(error),
            }
        }
        failed.map_or(Ok(marks), Err)
    }

    /// What is in the feed, and of what was in it as much as there is room for.
    fn remembered(&self, before: &SeenHashes, in_feed: &[u64]) -> SeenHashes {
        seen_entries::remembered(before, in_feed, self.settings.max_entries.saturating_mul(2))
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
