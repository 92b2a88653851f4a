//! Reads the parts of a sitemap index that changed since the last poll, and indexes within it down to two levels.
//!
//! A part without a date is read in turn, one that failed is read again; the poll fails only where every part did. How
//! many parts are read and remembered is bounded (`feeds.max_sitemaps`, 50,000 entries).

use time::OffsetDateTime;
use tokio::sync::watch;

use super::Poller;
use super::choice::{Choice, chosen};
use super::publish::Told;
use crate::feeds::error::Error;
use crate::feeds::list::Feed;
use crate::feeds::parse::{Parsed, Part};
use crate::feeds::poll_report::PollReport;
use crate::feeds::reading;
use crate::fetch;
use crate::model::Validators;
use crate::state::{FeedClaim, KnownFeed, KnownPart, bucket_token};

/// Sitemap indexes that may stand in one another below the first.
const DEEPEST_INDEX: usize = 2;

/// Room for what is known of all parts, in entries: with as many the feed's state fits into one message of a broker
/// that takes a megabyte.
const ROOM: usize = 50_000;

/// What a part takes beside its entries, in entries.
const PART: usize = 6;

impl Poller {
    /// Reads the parts of a sitemap index that changed since they were last read. Says whether the index is to be
    /// read again although it has not changed: for parts that do not say when they change, or came cut.
    pub(super) async fn poll_parts(
        &self,
        feed: &Feed,
        claim: &mut FeedClaim,
        parts: &[Part],
        closing: &watch::Receiver<bool>,
        report: &mut PollReport,
    ) -> Result<bool, Error> {
        let now = OffsetDateTime::now_utc();
        let known = &mut claim.known;
        known.turn = known.turn.wrapping_add(1);
        let gave = |part: &Part| {
            let known = known.parts.get(&bucket_token(part.url.as_str()));
            known.is_some_and(|known| !known.entries.0.is_empty() || !known.seen.0.is_empty())
        };
        let Choice { parts: wanted, undated_left } =
            chosen(parts, self.settings.max_sitemaps, now, known.turn, gave);
        report.parts_left_out += parts.len() - wanted.len();
        forget(known, parts, &wanted);
        let mut is_open = undated_left > 0;
        let mut last_error = None;
        for part in &wanted {
            let name = bucket_token(part.url.as_str());
            let known = claim.known.parts.get(&name).and_then(|known| known.last_modified.as_ref());
            let stated = part.last_modified.as_ref();
            if stated.is_some_and(|stated| known == Some(&stated.text)) {
                continue;
            }
            match self.poll_part(feed, claim, part, closing, report, DEEPEST_INDEX).await {
                Ok(told) => {
                    let proof = stated.filter(|last| !told.is_open && last.until <= now);
                    is_open |= proof.is_none();
                    let known = claim.known.parts.remove(&name).unwrap_or_default();
                    let published = std::mem::take(&mut claim.known.entries.0);
                    let before = [known.entries.0, published].concat();
                    let part = KnownPart {
                        last_modified: proof.map(|last| last.text.clone()),
                        read: u64::try_from(now.unix_timestamp()).unwrap_or_default(),
                        entries: self.remembered(&before, &told.entries),
                        seen: known.seen,
                    };
                    claim.known.parts.insert(name, part);
                }
                Err(error @ (Error::Lost | Error::Stopping | Error::Publish(_))) => {
                    return Err(error);
                }
                Err(error) => {
                    tracing::debug!(%error, part = part.url.as_str(), "part of a sitemap index");
                    report.parts_failed += 1;
                    is_open = true;
                    last_error = Some(error);
                }
            }
        }
        match last_error {
            Some(error) if report.parts_failed == wanted.len() => {
                Err(Error::Parts(Box::new(error)))
            }
            _ => Ok(is_open),
        }
    }

    async fn poll_part(
        &self,
        feed: &Feed,
        claim: &mut FeedClaim,
        part: &Part,
        closing: &watch::Receiver<bool>,
        report: &mut PollReport,
        deeper: usize,
    ) -> Result<Told, Error> {
        let limit = self.settings.max_body_bytes;
        let document = loop {
            let none = Validators::default();
            let answer = self.fetcher.fetch_feed(&part.url, &none, None, limit);
            match self.holding(claim, closing, answer).await? {
                Ok(answer) => break answer.document,
                // Its turn at the host comes after that of the index.
                Err(fetch::Error::HostTurn { after, .. }) => {
                    self.holding(claim, closing, tokio::time::sleep(after)).await?;
                }
                Err(error) => return Err(error.into()),
            }
        };
        // The request was unconditional.
        let Some(document) = document else { return Ok(Told::default()) };
        report.bytes += document.bytes;
        let reading = reading::read(document, self.settings.max_entries);
        match self.holding(claim, closing, reading).await?? {
            Parsed::Feed(document) => self.publish(feed, claim, document, closing, report).await,
            Parsed::Index { .. } if deeper == 0 => Err(Error::NestedIndex),
            Parsed::Index { parts, is_cut } => {
                let (most, now) = (self.settings.max_sitemaps, OffsetDateTime::now_utc());
                let Choice { parts: wanted, undated_left } =
                    chosen(&parts, most, now, claim.known.turn, |_| false);
                report.parts_left_out += parts.len() - wanted.len();
                let is_open = is_cut || undated_left > 0;
                let mut told = Told { is_open, ..Told::default() };
                for part in wanted {
                    let read = self.poll_part(feed, claim, part, closing, report, deeper - 1);
                    let read = Box::pin(read).await?;
                    let is_settled = part.last_modified.as_ref().is_some_and(|l| l.until <= now);
                    told.is_open |= read.is_open || !is_settled;
                    told.entries.extend(read.entries);
                }
                Ok(told)
            }
        }
    }
}

/// Forgets parts that the index does not name any more, and, where there are too many, those read longest ago.
fn forget(known: &mut KnownFeed, parts: &[Part], wanted: &[&Part]) {
    let names = |parts: &mut dyn Iterator<Item = &Part>| -> std::collections::HashSet<String> {
        parts.map(|part| bucket_token(part.url.as_str())).collect()
    };
    let (all, wanted) = (names(&mut parts.iter()), names(&mut wanted.iter().copied()));
    known.parts.retain(|name, part| {
        let has_entries = !part.entries.0.is_empty() || !part.seen.0.is_empty();
        wanted.contains(name) || has_entries && all.contains(name)
    });
    let size = |part: &KnownPart| PART + part.entries.0.len() + part.seen.0.len() / 2;
    let mut room = known.parts.values().map(size).sum::<usize>();
    let mut oldest: Vec<(u64, String)> =
        known.parts.iter().map(|(name, part)| (part.read, name.clone())).collect();
    oldest.sort();
    for (_, name) in oldest.into_iter().filter(|(_, name)| !wanted.contains(name)) {
        if room <= ROOM {
            break;
        }
        room -= known.parts.remove(&name).map_or(0, |part| size(&part));
    }
}
