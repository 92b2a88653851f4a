//! Whether a story is a copy of one that came before it.
//!
//! A story enters the group's log before it is published; see [`crate::state::DuplicateLog`]. What
//! the log does not answer costs the mark, never the story. A copy is dropped only where the story
//! that it repeats is stored: one whose worker died just before may be a while in coming.

use std::time::Duration;

use async_nats::jetstream::Context;
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::task::AbortOnDropHandle;

use super::attempt_report::ms;
use super::context::Outputs;
use super::settings::RunSettings;
use crate::backoff::Backoff;
use crate::disposition::{Disposition, Failure};
use crate::hash::hash64;
use crate::model::{Key, OutcomeKind, Relation, Story};
use crate::publish::{self, Duplicates, Stored};
use crate::state::{Comparison, DuplicateLog, LogPlace, Seen, SeenEntry, Window};
use crate::tag;
use crate::tag::fingerprint::{Sketch, relation};

/// How long a worker reads the log before it takes work all the same.
const READING: Duration = Duration::from_secs(60);
/// How long a copy that would be dropped waits for the story that it repeats.
const ARRIVAL: Duration = Duration::from_secs(1);

/// How sketches are compared.
const SKETCHES: Comparison = Comparison {
    lookups: |bytes| {
        let sketch = Sketch::from_bytes(bytes)?;
        let anchors = sketch.anchors().iter().map(|anchor| u64::from(*anchor));
        Some(std::iter::once(sketch.exact()).chain(anchors).collect())
    },
    relate: |mine, theirs, same_page| {
        let likeness = Sketch::from_bytes(mine)?.likeness(&Sketch::from_bytes(theirs)?);
        relation(likeness, same_page)
    },
};

/// The log of the configuration; `None` where copies are published without a look.
pub(super) fn log(settings: &RunSettings, context: Context) -> Option<DuplicateLog> {
    if settings.publish.duplicates == Duplicates::Publish {
        return None;
    }
    let streams = &settings.streams;
    let place = LogPlace { stream: streams.seen_stream.clone(), subject: streams.seen_subject() };
    Some(DuplicateLog::new(context, place, window(&settings.publish), SKETCHES))
}

fn window(settings: &publish::Settings) -> Window {
    Window {
        age: Duration::from_secs(settings.duplicate_window_hours * 3600),
        bytes: usize::try_from(settings.duplicate_window_mib << 20).unwrap_or(usize::MAX),
    }
}

/// Keeps what is known of the log up to date until the handle is dropped. Should its reader panic, that is logged and it
/// is started again: copies would go unmarked from then on, and nothing else would tell.
pub(super) fn follow(log: DuplicateLog, connects: watch::Receiver<u64>) -> AbortOnDropHandle<()> {
    /// Between a panic and the next start.
    const PAUSE: Duration = Duration::from_secs(1);
    AbortOnDropHandle::new(tokio::spawn(async move {
        loop {
            let (reader, connects) = (log.clone(), connects.clone());
            let reading = tokio::spawn(async move { reader.follow(connects).await });
            if let Err(error) = AbortOnDropHandle::new(reading).await {
                tracing::error!(
                    event = "panic",
                    %error,
                    "the reader of the log of seen stories ended; it is started again"
                );
            }
            tokio::time::sleep(PAUSE).await;
        }
    }))
}

/// Reads the log before any work is taken, so that the first story is compared with all.
pub(super) async fn read(log: &DuplicateLog) {
    let begun = Instant::now();
    match log.ready(READING).await {
        Ok(stories) => {
            let (_, bytes) = log.size();
            let read = ms(begun.elapsed());
            tracing::info!(
                event = "duplicates_ready",
                stories,
                memory_mib = bytes as u64 >> 20,
                read_ms = read,
                "the log of seen stories is read"
            );
        }
        Err(reason) => tracing::warn!(
            event = "duplicates_unknown",
            reason,
            "the log of seen stories is not read: {reason}; stories are published unmarked until it is"
        ),
    }
}

/// Enters a story into the log and marks it when it is a copy. Whether it was entered.
pub(super) async fn mark_copy(
    log: Option<&DuplicateLog>,
    policy: Duplicates,
    story: &mut Story,
) -> bool {
    let Some(log) = log else { return false };
    if story.article.body.is_empty() {
        return false;
    }
    let article = &story.article;
    let page = article.canonical_url.as_ref().or(article.url.as_ref());
    let entry = SeenEntry {
        key: article.identity.key(),
        unrevised: article.identity.revision().map(|_| article.identity.unrevised_key()),
        page: page.map(|url| hash64(url.normalised().as_bytes())),
        drops_copies: policy == Duplicates::Skip,
        sketch: &story.tags.sketch,
    };
    match log.append_and_compare(entry).await {
        Seen::Copy(copy) => story.tags.copy = Some(copy),
        Seen::First | Seen::Unknown => {}
    }
    true
}

/// Takes the entry of a story out of the log again unless it is stored, or is going to be.
pub(super) async fn withdraw_unless_story(
    outputs: &Outputs,
    key: Key,
    stored: &Result<Stored, publish::Error>,
) {
    let Some(log) = &outputs.seen else { return };
    let is_story = match stored {
        // A repeat has the key of a message that was settled: its entry is that one's.
        Ok(Stored::Now(_) | Stored::Repeat { .. }) => true,
        Ok(Stored::Before { subject, .. }) => {
            outputs.publisher.subjects().kind(subject) == Some(OutcomeKind::Story)
        }
        Err(error) => match Failure::of(error).disposition {
            Disposition::Retry { .. } | Disposition::Defer { .. } => true,
            Disposition::Reject | Disposition::Skip => false,
        },
    };
    if !is_story {
        log.withdraw(key).await;
    }
}

/// Takes the entry that an earlier attempt at a story made out of the log again: the story failed. A copy that was
/// dropped keeps its entry: what repeats it repeats its original.
pub(super) async fn withdraw_failed(log: Option<&DuplicateLog>, key: Key, failure: &Failure) {
    let Some(log) = log else { return };
    if failure.code != tag::Error::DUPLICATE && log.age(key).is_some() {
        log.withdraw(key).await;
    }
}

/// Whether the configuration drops a story because of what it copies. Updates are never dropped.
pub(super) async fn is_dropped(outputs: &Outputs, settings: &RunSettings, story: &Story) -> bool {
    let Some(copy) = story.tags.copy else { return false };
    if settings.publish.duplicates != Duplicates::Skip || copy.relation == Relation::Update {
        return false;
    }
    let age = outputs.seen.as_ref().and_then(|log| log.age(copy.of));
    let stream_keeps = Duration::from_secs(settings.streams.out_max_age_hours * 3600);
    let story_ttl = settings.publish.ttl(OutcomeKind::Story);
    let kept = story_ttl.map_or(stream_keeps, |ttl| ttl.min(stream_keeps));
    if age.is_some_and(|age| came_long_since(age, kept)) {
        return true;
    }
    let deadline = Instant::now() + ARRIVAL;
    let mut waits = Backoff::new(Duration::from_millis(20), ARRIVAL);
    loop {
        if outputs.publisher.is_story(copy.of).await {
            return true;
        }
        let next = Instant::now() + waits.next();
        if next >= deadline {
            return false;
        }
        tokio::time::sleep_until(next).await;
    }
}

/// Whether an original of that age has come, whatever the out stream still knows: it may have forgotten it by now.
fn came_long_since(age: Duration, kept: Duration) -> bool {
    age > kept / 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_is_as_configured() {
        let settings = publish::Settings {
            duplicate_window_hours: 5,
            duplicate_window_mib: 17,
            ..publish::Settings::default()
        };
        let age = Duration::from_secs(5 * 3600);
        assert_eq!(window(&settings), Window { age, bytes: 17 << 20 });
    }

    #[test]
    fn original_is_sought_while_streams_hold_it() {
        let hours = |hours: u64| Duration::from_secs(hours * 3600);
        assert!(!came_long_since(Duration::ZERO, hours(10)));
        assert!(!came_long_since(hours(5), hours(10)));
        assert!(came_long_since(hours(5) + Duration::from_secs(1), hours(10)));
    }
}
