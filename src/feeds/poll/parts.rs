//! The parts of a sitemap index, and of indexes within it: those that changed are read.

use std::collections::HashSet;

use tokio::sync::watch;

use super::Poller;
use crate::feeds::error::Error;
use crate::feeds::list::Feed;
use crate::feeds::parse::{Parsed, Part};
use crate::feeds::poll_report::PollReport;
use crate::feeds::reading;
use crate::fetch;
use crate::model::Validators;
use crate::state::{FeedClaim, KnownPart, SeenHashes, bucket_token};

/// Sitemap indexes that may stand in one another below the first.
const DEEPEST_INDEX: usize = 2;

impl Poller {
    /// Reads the parts of a sitemap index that changed since they were last read.
    pub(super) async fn poll_parts(
        &self,
        feed: &Feed,
        claim: &mut FeedClaim,
        parts: &[Part],
        closing: &watch::Receiver<bool>,
        report: &mut PollReport,
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
            match self.poll_part(feed, claim, part, closing, report, DEEPEST_INDEX).await {
                Ok(hashes) => {
                    let known = claim.known.parts.remove(&name).unwrap_or_default();
                    let published = std::mem::take(&mut claim.known.seen);
                    let before = SeenHashes([known.seen.0, published.0].concat());
                    let seen = self.remembered(&before, &hashes);
                    let last_modified = part.last_modified.clone();
                    claim.known.parts.insert(name, KnownPart { last_modified, seen });
                }
                Err(error @ (Error::Lost | Error::Stopping | Error::Publish(_))) => {
                    return Err(error);
                }
                Err(error) => {
                    tracing::debug!(%error, part = part.url.as_str(), "part of a sitemap index");
                    report.parts_failed += 1;
                    last_error = Some(error);
                }
            }
        }
        match last_error {
            Some(error) if report.parts_failed == parts.len() => Err(Error::Parts(Box::new(error))),
            _ => Ok(()),
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
    ) -> Result<Vec<u64>, Error> {
        let none = Validators::default();
        let limit = self.settings.max_body_bytes;
        let document = loop {
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
        // Nobody asked for it conditionally.
        let Some(document) = document else { return Ok(Vec::new()) };
        report.bytes += document.bytes;
        let reading = reading::read(document, self.settings.max_entries);
        match self.holding(claim, closing, reading).await?? {
            Parsed::Feed(document) => self.publish(feed, claim, document, closing, report).await,
            Parsed::Index { .. } if deeper == 0 => Err(Error::NestedIndex),
            Parsed::Index { parts, .. } => {
                let mut hashes = Vec::new();
                for part in parts.iter().take(self.settings.max_sitemaps) {
                    let read = self.poll_part(feed, claim, part, closing, report, deeper - 1);
                    hashes.extend(Box::pin(read).await?);
                }
                Ok(hashes)
            }
        }
    }
}
