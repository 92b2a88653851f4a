//! Outcomes out: every raw message ends as one message on the out stream, published once.
//!
//! The guard: a publish expects that no message with the story's key is on any of the three
//! subjects yet, and the broker refuses it otherwise. `Nats-Msg-Id` is never sent together with it.
//! Servers older than 2.11 do not know the guard; there `Nats-Msg-Id` takes its place. A publish whose answer was lost is
//! repeated; the guard tells whether the first one was stored. A guard stream remembers a story's key for longer than the
//! out stream keeps the story.

mod body_store;
mod claim;
mod claim_owner;
mod error;
mod headers;
mod key_state;
mod once_only;
mod publisher;
mod raw;
mod request;
mod retry;
mod route;
mod stored;
mod subject;

pub use body_store::BodyStore;
pub use error::Error;
pub use headers::{OutcomeContext, headers_json, outcome_headers, split_headers};
pub use key_state::Stored;
pub use once_only::OutcomeMessage;
pub use publisher::Publisher;
pub use raw::{OutgoingRawMessage, RawPublisher, RawStored};
pub use retry::ScheduledRetry;
pub use route::RoutedStory;
pub use subject::Subjects;

use std::time::Duration;

use crate::broker::topology::{LONGEST_HOURS, SeenWindow};
use crate::model::OutcomeKind;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How outcomes are published.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// How long to wait for the broker's word that an outcome is stored, in seconds, before the
    /// publish is repeated.
    pub confirm_timeout_secs: u64,
    /// How often a publish without an answer is repeated before the story is handed back.
    pub confirm_tries: u32,
    /// How long stories stay on the out stream, in hours; 0 keeps them as long as the stream keeps anything
    /// (`streams.out_max_age_hours`).
    pub story_ttl_hours: u64,
    /// How long skipped messages stay on the out stream, in hours; 0: likewise.
    pub skipped_ttl_hours: u64,
    /// How long dead letters stay on the out stream, in hours; 0: likewise.
    pub dlq_ttl_hours: u64,
    /// What becomes of stories that repeat the text of another: `mark` them (tags.duplicateOf),
    /// `skip` them, or `publish` them without looking.
    pub duplicates: Duplicates,
    /// How far back copies are looked for, in hours.
    pub duplicate_window_hours: u64,
    /// Memory of each worker, and disk of the broker, for what is looked back on, in MiB; the oldest goes
    /// first. 150 hold about half a million stories.
    pub duplicate_window_mib: u64,
    /// CloudEvents `source` of published messages.
    pub event_source: String,
}

/// What becomes of stories that repeat the text of another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Duplicates {
    /// Published like any other, without a look at the index.
    Publish,
    /// Published with `tags.duplicateOf` and `tags.relation`.
    #[default]
    Mark,
    /// Copies are skipped with the code `tag.duplicate`; updates are published and marked.
    Skip,
}

impl Default for Settings {
    fn default() -> Self {
        let window = SeenWindow::default();
        Self {
            confirm_timeout_secs: 5,
            confirm_tries: 4,
            story_ttl_hours: 48,
            skipped_ttl_hours: 7 * 24,
            dlq_ttl_hours: 30 * 24,
            duplicates: Duplicates::default(),
            duplicate_window_hours: window.hours,
            duplicate_window_mib: window.mib,
            event_source: "urn:news-ingest".to_owned(),
        }
    }
}

impl Settings {
    /// How long outcomes of a kind are kept, where that may be less than their stream keeps them.
    #[must_use]
    pub fn ttl(&self, kind: OutcomeKind) -> Option<Duration> {
        let hours = match kind {
            OutcomeKind::Story => self.story_ttl_hours,
            OutcomeKind::Skipped => self.skipped_ttl_hours,
            OutcomeKind::DeadLetter => self.dlq_ttl_hours,
        };
        (hours > 0).then(|| Duration::from_secs(hours * 3600))
    }

    /// Checks the limits.
    ///
    /// # Errors
    /// Names the key that is out of range.
    pub fn check(&self) -> Result<(), String> {
        if !(1..=60).contains(&self.confirm_timeout_secs) {
            return Err("publish.confirm_timeout_secs is not in 1..=60".to_owned());
        }
        if !(1..=20).contains(&self.confirm_tries) {
            return Err("publish.confirm_tries is not in 1..=20".to_owned());
        }
        if !(1..=366 * 24).contains(&self.duplicate_window_hours) {
            return Err("publish.duplicate_window_hours is not in 1..=8784".to_owned());
        }
        if !(16..=65_536).contains(&self.duplicate_window_mib) {
            return Err("publish.duplicate_window_mib is not in 16..=65536".to_owned());
        }
        for (key, hours) in [
            ("story_ttl_hours", self.story_ttl_hours),
            ("skipped_ttl_hours", self.skipped_ttl_hours),
            ("dlq_ttl_hours", self.dlq_ttl_hours),
        ] {
            if hours > LONGEST_HOURS {
                return Err(format!("publish.{key} is not in 0..={LONGEST_HOURS}"));
            }
        }
        if self.event_source.is_empty() || self.event_source.contains(char::is_whitespace) {
            return Err("publish.event_source is not a URI reference".to_owned());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings_limits::{Row, try_each};

    #[test]
    fn settings_are_checked_at_their_limits() {
        let text =
            |text: &'static str| Settings { event_source: text.to_owned(), ..Settings::default() };
        let rows: &[Row<Settings>] = &[
            ("confirm_timeout_secs", |s, n| s.confirm_timeout_secs = n, &[1, 60], &[0, 61]),
            ("confirm_tries", |s, n| s.confirm_tries = n as u32, &[1, 20], &[0, 21]),
            ("duplicate_window_hours", |s, n| s.duplicate_window_hours = n, &[1, 8784], &[0, 8785]),
            ("story_ttl_hours", |s, n| s.story_ttl_hours = n, &[0, 87_600], &[87_601]),
            ("skipped_ttl_hours", |s, n| s.skipped_ttl_hours = n, &[0, 87_600], &[87_601]),
            ("dlq_ttl_hours", |s, n| s.dlq_ttl_hours = n, &[0, 87_600], &[87_601]),
            (
                "duplicate_window_mib",
                |s, n| s.duplicate_window_mib = n,
                &[16, 65_536],
                &[15, 65_537],
            ),
        ];
        try_each("publish", rows, Settings::check);
        assert_eq!(text("urn:desk").check(), Ok(()));
        for source in ["", "urn: desk"] {
            assert!(text(source).check().unwrap_err().starts_with("publish.event_source "));
        }
    }
}
