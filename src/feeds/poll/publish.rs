//! Publishes the new entries of a document as raw messages, the oldest first, each confirmed.
//!
//! An entry is remembered at once when it is stored, so that a poll cut short publishes it no second time. An entry too
//! large for the broker is published as a link to its page. On a failure what is in flight is still awaited.

use std::collections::{HashMap, HashSet};

use futures_util::StreamExt as _;
use time::OffsetDateTime;
use tokio::sync::watch;

use super::{Poller, numbered};
use crate::feeds::error::Error;
use crate::feeds::list::Feed;
use crate::feeds::parse::{Document, Entry, twins_of_url};
use crate::feeds::poll_report::PollReport;
use crate::feeds::settings::TextSource;
use crate::feeds::{known_entries, message};
use crate::model::{Identity, StoryId};
use crate::publish::RawStored;
use crate::state::{FeedClaim, Hashes, KnownEntries, KnownEntry};

/// Publishes of one feed that await their confirmation.
const IN_FLIGHT: usize = 32;

/// What a document announces.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// Its format.
    pub via: &'static str,
    /// Its entries, the oldest first.
    pub entries: Vec<KnownEntry>,
    /// The last of those without dates.
    pub ends: Hashes,
    /// Their marks.
    pub marks: Hashes,
    /// There is more to be had of it, whether it says that it has changed or not: it came cut, or has parts that do
    /// not say so.
    pub is_open: bool,
}

impl Poller {
    /// Publishes what is new, the oldest first; gives everything that the document announces.
    /// What is published is known to the claim at once.
    pub(super) async fn publish(
        &self,
        feed: &Feed,
        claim: &mut FeedClaim,
        mut document: Document,
        closing: &watch::Receiver<bool>,
        report: &mut PollReport,
    ) -> Result<Told, Error> {
        let text = feed.text.unwrap_or(self.settings.text);
        let ends = known_entries::ends(&document);
        known_entries::take_behind(&mut document, &claim.known.ends.0);
        for entry in document.entries.iter_mut().filter(|_| report.by_address) {
            entry.identity = Identity::new(StoryId::of_url(&entry.url), None);
            entry.twins = twins_of_url(&entry.url);
            entry.is_numbered = false;
            entry.loose_mark = None;
            entry.updated = None;
        }
        parted(&mut document.entries, text);
        report.via = document.via;
        report.entries += document.entries.len();
        report.without_link += document.without_link + document.malformed;
        report.no_news += document.no_news;
        report.left_out += document.left_out;
        let now = OffsetDateTime::now_utc();
        let judged = known_entries::judged(&document.entries, document.via, &claim.known, now);
        claim.known.earlier = Hashes(known_entries::earlier(&claim.known.earlier.0, &judged));
        let told = Told {
            via: document.via,
            ends: Hashes(ends),
            entries: judged.iter().rev().map(|judged| judged.known).collect(),
            marks: Hashes(document.entries.iter().flat_map(Entry::marks).collect()),
            is_open: document.is_cut,
        };
        let announced =
            message::Announced { places: &self.places, feed, via: document.via, now, text };
        let new = document.entries.into_iter().zip(judged).rev().filter_map(|(entry, judged)| {
            Some((Entry { identity: judged.publish?, ..entry }, judged.known))
        });
        let new: Vec<_> = new.collect();
        let publishing = futures_util::stream::iter(new).map(|(entry, known)| {
            let (mine, on_wait) = (closing.clone(), closing.clone());
            async move {
                if *mine.borrow() {
                    return Err(Error::Stopping);
                }
                let entry = numbered::told_apart(&self.feeds, &feed.url, entry).await?;
                let message = message::of_entry(announced, &entry);
                let mut stored = self.publisher.store_patiently(&message, on_wait.clone()).await;
                if let Err(error) = &stored
                    && error.is_too_large()
                {
                    tracing::debug!(%error, "the page of an entry is fetched");
                    let bare = message::of_bare_entry(announced, &entry);
                    stored = self.publisher.store_patiently(&bare, on_wait).await;
                }
                match stored {
                    Ok(stored) => Ok((stored, known)),
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
                Ok((stored, known)) => {
                    note(&mut claim.known.entries, known, self.most_remembered());
                    report.published += 1;
                    report.repeated += usize::from(stored == RawStored::Before);
                }
                Err(error) => failed = Some(error),
            }
        }
        failed.map_or(Ok(told), Err)
    }

    /// What is in the feed, and of what was in it as much as there is room for.
    pub(super) fn remembered(&self, before: &[KnownEntry], in_feed: &[KnownEntry]) -> KnownEntries {
        known_entries::remembered(before, in_feed, self.most_remembered())
    }

    fn most_remembered(&self) -> usize {
        self.settings.max_entries.saturating_mul(2)
    }
}

/// Remembers what was published at once, so that a poll that is cut short publishes it no second time.
fn note(entries: &mut KnownEntries, known: KnownEntry, most: usize) {
    /// Entries that are forgotten together.
    const BATCH: usize = 256;
    entries.0.push(known);
    if entries.0.len() > most + BATCH {
        entries.0.drain(..BATCH);
    }
}

/// Parts of a page are stories of their own where each comes with its own text; else they are one, the newest of
/// them.
fn parted(entries: &mut Vec<Entry>, text: TextSource) {
    type Told<'a> = (Option<&'a str>, Option<&'a str>);
    let is_part = |entry: &Entry| {
        text == TextSource::Feed && entry.content.is_some() && entry.fragment.is_some()
    };
    let mut told: HashMap<StoryId, HashSet<Told<'_>>> = HashMap::new();
    for entry in entries.iter().filter(|entry| is_part(entry)) {
        let own = (entry.title.as_deref(), entry.content.as_deref());
        told.entry(entry.identity.id().clone()).or_default().insert(own);
    }
    let several: HashSet<StoryId> =
        told.into_iter().filter(|(_, told)| told.len() > 1).map(|(id, _)| id).collect();
    for entry in entries.iter_mut().filter(|entry| is_part(entry)) {
        let part = entry.fragment.take_if(|_| several.contains(entry.identity.id()));
        if let Some(id) = part {
            entry.identity = Identity::new(id, entry.identity.revision().cloned());
            entry.twins = Vec::new();
            entry.is_numbered = false;
        }
    }
    let mut ids = HashSet::new();
    entries.retain(|entry| ids.insert(entry.identity.id().clone()));
}
