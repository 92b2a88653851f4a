//! Reading letters out of the out streams: those that pass the filter and are their key's last outcome.

use std::ops::RangeInclusive;

use async_nats::jetstream::consumer::{AckPolicy, DeliverPolicy, pull};
use async_nats::jetstream::stream::Stream;
use time::OffsetDateTime;

use super::filter::Filter;
use super::letter::Letter;
use crate::broker::topology::Outs;
use crate::cli::out_reader::next;

/// Calls `each` with every letter that passes the filter and is its key's last outcome, oldest first within each
/// stream.
pub(super) async fn letters(
    outs: &Outs,
    prefix: &str,
    filter: &Filter,
    mut each: impl AsyncFnMut(Letter) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let mut taken = 0;
    let mut all: Vec<&Stream> = outs.all().collect();
    all.sort_by_key(|out| out.cached_info().created);
    for out in all {
        taken += letters_of(outs, out, prefix, filter, taken, &mut each).await?;
    }
    Ok(())
}

/// The same of one stream, where so many were taken of others; how many were taken of it.
async fn letters_of(
    outs: &Outs,
    out: &Stream,
    prefix: &str,
    filter: &Filter,
    before: usize,
    each: &mut impl AsyncFnMut(Letter) -> anyhow::Result<()>,
) -> anyhow::Result<usize> {
    // What comes in meanwhile, the letters of what is replayed among it, is left for the next time.
    let last = out.get_info().await?.state.last_sequence;
    let subjects = filter.subjects(prefix)?;
    let (now, mut taken, mut next) = (OffsetDateTime::now_utc(), 0, 1);
    while next <= last {
        let some = some_letters(out, &subjects, next..=last).await?;
        next = some.next;
        for letter in some.letters {
            if filter.limit.is_some_and(|limit| before + taken >= limit) {
                return Ok(taken);
            }
            let is_taken = filter.takes_age(letter.stored, now) && filter.takes_host(&letter);
            if is_taken && is_last(outs, out, prefix, &letter).await? {
                taken += 1;
                each(letter).await?;
            }
        }
    }
    Ok(taken)
}

/// Some letters of a stream, in its order, and the sequence at which to go on.
struct SomeLetters {
    letters: Vec<Letter>,
    next: u64,
}

/// Reads as many letters as fit in memory. The reader is closed before they are looked at, and opened anew for those
/// behind them: the broker gives up one that asks for nothing while a slow terminal or a slow replay is served.
async fn some_letters(
    out: &Stream,
    subjects: &[String],
    range: RangeInclusive<u64>,
) -> anyhow::Result<SomeLetters> {
    const MOST: usize = 500;
    const MOST_BYTES: usize = 16 << 20;
    let (start_sequence, last) = range.into_inner();
    let reader = out
        .create_consumer(pull::Config {
            ack_policy: AckPolicy::None,
            filter_subjects: subjects.to_vec(),
            deliver_policy: DeliverPolicy::ByStartSequence { start_sequence },
            ..pull::Config::default()
        })
        .await?;
    let mut some = SomeLetters { letters: Vec::new(), next: last + 1 };
    let mut left = reader.cached_info().num_pending;
    let mut bytes = 0;
    let mut messages = reader.messages().await?;
    while left > 0 {
        let message = next(&mut messages).await?;
        let info = message.info().map_err(|error| anyhow::anyhow!("{error}"))?;
        if info.stream_sequence > last {
            break;
        }
        left = info.pending;
        bytes += message.length;
        some.letters.push(Letter {
            sequence: info.stream_sequence,
            stored: info.published,
            subject: message.subject.to_string(),
            headers: message.headers.clone().unwrap_or_default(),
            body: message.payload.clone(),
        });
        if some.letters.len() >= MOST || bytes >= MOST_BYTES {
            some.next = info.stream_sequence + 1;
            break;
        }
    }
    drop(messages);
    let name = &reader.cached_info().name;
    if let Err(error) = out.delete_consumer(name).await {
        tracing::debug!(%error, "the broker drops the reader by itself");
    }
    Ok(some)
}

/// Whether no later outcome of the key is stored, in its stream or in one that took its place.
async fn is_last(outs: &Outs, own: &Stream, prefix: &str, letter: &Letter) -> anyhow::Result<bool> {
    let outcomes = format!("{prefix}.*.*.*.{}", letter.key());
    let last = outs.last(letter.key(), &outcomes).await?;
    Ok(last.is_some_and(|(out, last)| std::ptr::eq(out, own) && last.sequence == letter.sequence))
}
