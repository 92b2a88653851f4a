//! The streams that a worker pulls from, and whose turn it is.
//!
//! Each has slots of its own, because a pull reserves them while it waits; what is worked on at once is bounded over
//! all of them, in the order of arrival. Where there are several streams of a kind each has twice its share: one that
//! is busier than the others uses what they leave idle.

use std::sync::Arc;

use futures_util::future::{join_all, select_all};
use tokio::sync::Semaphore;

use super::pull_source::{PullTarget, Source};
use super::settings::RunSettings;
use crate::broker::topology;
use crate::intake::{AckWait, Delivery};

/// Sources of one kind, raw messages or retries.
pub(super) struct Sources {
    all: Vec<Source>,
    turn: usize,
}

impl Sources {
    /// Opens each with its share of slots and of bytes.
    pub(super) fn open(
        targets: Vec<PullTarget>,
        settings: &RunSettings,
        bytes: usize,
        open: impl Fn(PullTarget, (Arc<Semaphore>, usize)) -> Source,
    ) -> Self {
        let slots = share(settings.intake.max_in_flight, targets.len());
        let bytes = bytes / targets.len().max(1);
        let open = |target| open(target, (Arc::new(Semaphore::new(slots)), bytes));
        Self { all: targets.into_iter().map(open).collect(), turn: 0 }
    }

    /// The next delivery of any; never, where there are none. Cancel safe.
    pub(super) async fn next(&mut self) -> Delivery {
        if self.all.is_empty() {
            return std::future::pending().await;
        }
        // Another one is asked first each time, so that none is always the last.
        self.turn = (self.turn + 1) % self.all.len();
        let (later, first) = self.all.split_at_mut(self.turn);
        let each = first.iter_mut().chain(later).map(|source| Box::pin(source.next()));
        select_all(each).await.0
    }

    /// Streams and the ack waits of what is pulled from them.
    pub(super) fn ack_waits(&self) -> impl Iterator<Item = (String, AckWait)> + '_ {
        self.all.iter().map(Source::ack_wait)
    }

    /// Stops pulling and hands back what arrived and was not taken.
    pub(super) async fn close(self) {
        join_all(self.all.into_iter().map(Source::close)).await;
    }
}

/// Slots of each of so many streams.
fn share(max_in_flight: usize, streams: usize) -> usize {
    match streams {
        0 | 1 => max_in_flight,
        streams => (2 * max_in_flight).div_ceil(streams).min(max_in_flight),
    }
}

/// The raw streams of a worker: those of its partitions, and with the first one the rest.
pub(super) fn raw(streams: &topology::Settings) -> Vec<PullTarget> {
    let own = streams.current().filter(|part| streams.is_bound(*part));
    let mut all: Vec<PullTarget> =
        own.map(|part| in_force(streams.raw_name(part), false)).collect();
    if streams.binds_the_rest() {
        if streams.partitions > 1 {
            all.push(in_force(streams.raw_stream.clone(), false));
        }
        all.extend(streams.earlier_raw_streams().into_iter().map(|name| earlier(name, false)));
    }
    all
}

/// The retry streams of a worker.
pub(super) fn retries(streams: &topology::Settings) -> Vec<PullTarget> {
    let own = streams.current().filter(|part| streams.is_bound(*part));
    let mut all: Vec<PullTarget> =
        own.map(|part| in_force(streams.retry_name(part), true)).collect();
    if streams.binds_the_rest() {
        all.extend(streams.earlier_retry_streams().into_iter().map(|name| earlier(name, true)));
    }
    all
}

fn in_force(stream: String, is_retry: bool) -> PullTarget {
    PullTarget { stream, is_retry, is_earlier: false }
}

fn earlier(stream: String, is_retry: bool) -> PullTarget {
    PullTarget { stream, is_retry, is_earlier: true }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stream_shares_never_exceed_max_in_flight() {
        assert_eq!([1, 2, 5, 200].map(|streams| share(64, streams)), [64, 64, 26, 1]);
    }

    #[test]
    fn first_partition_workers_take_the_remaining_streams() {
        let streams = |bind: &[usize]| topology::Settings {
            partitions: 4,
            previous_partitions: vec![1, 2],
            bind: bind.to_vec(),
            ..topology::Settings::default()
        };
        let names = |targets: Vec<PullTarget>| -> Vec<String> {
            targets.into_iter().map(|target| target.stream).collect()
        };
        assert_eq!(names(raw(&streams(&[1, 3]))), ["NEWS_RAW_4_1", "NEWS_RAW_4_3"]);
        assert_eq!(
            names(raw(&streams(&[0]))),
            ["NEWS_RAW_4_0", "NEWS_RAW", "NEWS_RAW_2_0", "NEWS_RAW_2_1"]
        );
        assert_eq!(raw(&streams(&[])).len(), 7);
        assert_eq!(
            names(retries(&streams(&[0]))),
            ["NEWS_RETRY_4_0", "NEWS_RETRY_2_0", "NEWS_RETRY_2_1", "NEWS_RETRY"]
        );
        let one = topology::Settings::default();
        assert_eq!(names(raw(&one)), ["NEWS_RAW"]);
        assert_eq!(names(retries(&one)), ["NEWS_RETRY"]);
    }
}
