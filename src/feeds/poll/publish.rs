//! The entries of a document that are new, as raw messages: the oldest first, each confirmed.

use std::collections::HashSet;

use futures_util::StreamExt as _;
use time::OffsetDateTime;
use tokio::sync::watch;

use super::Poller;
use crate::feeds::error::Error;
use crate::feeds::list::Feed;
use crate::feeds::parse::{Document, Entry, twin_of_url};
use crate::feeds::poll_report::PollReport;
use crate::feeds::{message, seen_entries};
use crate::model::{Identity, StoryId};
use crate::publish::RawStored;
use crate::state::{FeedClaim, SeenHashes};

/// Publishes of one feed that await their confirmation.
const IN_FLIGHT: usize = 32;

impl Poller {
    /// Publishes what is new, the oldest first; the hashes of everything that the document announces.
    /// What is published is known to the claim at once.
    pub(super) async fn publish(
        &self,
        feed: &Feed,
        claim: &mut FeedClaim,
        mut document: Document,
        closing: &watch::Receiver<bool>,
        report: &mut PollReport,
    ) -> Result<Vec<u64>, Error> {
        if report.by_address {
            for entry in &mut document.entries {
                entry.identity = Identity::new(StoryId::of_url(&entry.url), None);
                entry.twin = twin_of_url(&entry.url);
            }
        }
        report.via = document.via;
        report.entries += document.entries.len();
        report.without_link += document.without_link + document.malformed;
        report.no_news += document.no_news;
        report.left_out += document.left_out;
        let hashes: Vec<u64> =
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
            .zip(&hashes)
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
                    report.published += 1;
                    report.repeated += usize::from(stored == RawStored::Before);
                }
                Err(error) => failed = Some(error),
            }
        }
        failed.map_or(Ok(hashes), Err)
    }

    /// What is in the feed, and of what was in it as much as there is room for.
    pub(super) fn remembered(&self, before: &SeenHashes, in_feed: &[u64]) -> SeenHashes {
        seen_entries::remembered(before, in_feed, self.settings.max_entries.saturating_mul(2))
    }
}
