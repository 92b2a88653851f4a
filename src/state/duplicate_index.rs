//! The stories that the group has seen, in memory, in the order of the log that tells of them.
//!
//! Workers that read the same log hold the same index, so a story's first is the same for every worker:
//! the earliest entry that it repeats. What is older than the window, or does not fit its bytes, is
//! forgotten, the oldest part first; a copy of something forgotten is new.
//!
//! A story with a revision is an update of the first of its id, whatever it says: who sent it says so. Only where that
//! was a copy of another story, and it is one still, it is that story's copy too.
//!
//! An entry is found by the hash of its text, by some of its shingles, by its page, by its key and by that of its id. A
//! table holds 32 bits for each of these, since what it finds is compared anyway. At most
//! [`HOLDERS`] entries stand at one shingle: what thousands of stories share tells none of them apart,
//! and a text that is sent a thousand times must not cost a thousand comparisons each.
//!
//! Nothing here knows what a sketch holds; see [`Comparison`].

mod entry;
mod segment;

use std::collections::VecDeque;
use std::time::Duration;

use super::Moment;
use crate::model::{Copy, Key, Relation};
pub use entry::SeenEntry;
use entry::{WITHDRAWN, pack};
use segment::{By, Lookup, Segment};

/// Entries that stand at one shingle.
const HOLDERS: usize = 4;
/// Entries that a story is compared with at most.
const COMPARED: usize = 64;

/// How much of the past is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Longest age of an entry.
    pub age: Duration,
    /// Memory that entries may take, in bytes.
    pub bytes: usize,
}

/// What a sketch means; the caller's.
#[derive(Clone, Copy, Debug)]
pub struct Comparison {
    /// Hashes by which copies of a sketch's text meet, that of the whole text first; `None` for bytes
    /// that are no sketch.
    pub lookups: fn(&[u8]) -> Option<Vec<u64>>,
    /// How a story relates to an earlier one: its sketch, the other's, and whether both are of one page.
    pub relate: fn(&[u8], &[u8], bool) -> Option<Relation>,
}

/// What was read of the log so far, within the window.
#[derive(Debug)]
pub struct DuplicateIndex {
    window: Window,
    comparison: Comparison,
    segments: VecDeque<Segment>,
    /// Number that the next entry gets.
    next: u64,
}

/// A story's relation to what came before it, and at which of its lookups others stand already.
struct Judged {
    copy: Option<Copy>,
    holders: Vec<usize>,
}

impl DuplicateIndex {
    /// Holds nothing yet.
    #[must_use]
    pub fn new(window: Window, comparison: Comparison) -> Self {
        Self { window, comparison, segments: VecDeque::new(), next: 0 }
    }

    /// Takes the log's next entry. What a story relates to, and which story that is; `None` where
    /// the entry tells of none, or cannot be read.
    pub fn read(&mut self, bytes: &[u8], written: Moment) -> Option<(Key, Option<Copy>)> {
        let (entry, flags) = SeenEntry::read(bytes)?;
        if flags & WITHDRAWN != 0 {
            if let Some((segment, at)) = self.find(entry.key) {
                self.segments.get_mut(segment)?.withdraw(at);
            }
            return None;
        }
        // A delivery of the story before this one wrote first.
        if let Some(known) = self.known(entry.key) {
            return Some((entry.key, known));
        }
        let lookups = self.lookups(&entry)?;
        let stamp = seconds(written);
        let judged = self.judge(&entry, &lookups, u64::MAX, stamp);
        let is_copy = judged.copy.is_some_and(|copy| copy.relation == Relation::Duplicate);
        if !(is_copy && entry.drops_copies) {
            let wanted = lookups.iter().zip(&judged.holders).filter(|(lookup, held)| {
                **held < if is_copy || lookup.by != By::Text { 1 } else { HOLDERS }
            });
            let wanted: Vec<Lookup> = wanted.map(|(lookup, _)| *lookup).collect();
            self.push(bytes, entry.key, &wanted, written);
        }
        Some((entry.key, judged.copy))
    }

    /// What a story relates to that the log holds; `None` where it has not.
    #[must_use]
    pub fn known(&self, key: Key) -> Option<Option<Copy>> {
        let (segment, at) = self.find(key)?;
        let segment = self.segments.get(segment)?;
        let (stamp, entry) = segment.entry(at)?;
        let lookups = self.lookups(&entry)?;
        Some(self.judge(&entry, &lookups, segment.first + at as u64, stamp).copy)
    }

    /// How much older a story's entry is than the last one; `None` where there is none.
    #[must_use]
    pub fn age(&self, key: Key) -> Option<Duration> {
        let (segment, at) = self.find(key)?;
        let (stamp, _) = self.segments.get(segment)?.entry(at)?;
        let last = seconds(self.segments.back()?.newest);
        Some(Duration::from_secs(last.saturating_sub(stamp).into()))
    }

    /// Entries held, and the memory that they take.
    #[must_use]
    pub fn size(&self) -> (usize, usize) {
        let entries = self.segments.iter().map(|segment| segment.starts.len()).sum();
        (entries, self.segments.iter().map(Segment::bytes).sum())
    }

    fn lookups(&self, entry: &SeenEntry<'_>) -> Option<Vec<Lookup>> {
        let texts = (self.comparison.lookups)(entry.sketch)?;
        let texts = texts.into_iter().map(|hash| Lookup::new(By::Text, hash));
        let page = entry.page.map(|page| Lookup::new(By::Page, page));
        let story = entry.unrevised.map(|key| Lookup::of_key(&pack(key)));
        Some(texts.chain(page).chain(story).collect())
    }

    fn find(&self, key: Key) -> Option<(usize, usize)> {
        let lookup = Lookup::of_key(&pack(key));
        let segments = self.segments.iter().enumerate().rev();
        segments
            .flat_map(|(number, segment)| segment.at(lookup).map(move |at| (number, segment, at)))
            .find(|(_, segment, at)| segment.entry(*at).is_some_and(|(_, e)| e.key == key))
            .map(|(number, _, at)| (number, at))
    }

    /// Compares an entry with those before a number.
    fn judge(&self, entry: &SeenEntry<'_>, lookups: &[Lookup], before: u64, stamp: u32) -> Judged {
        let oldest = stamp.saturating_sub(self.window.age.as_secs().try_into().unwrap_or(u32::MAX));
        let mut holders = vec![0; lookups.len()];
        let mut found = Vec::new();
        for segment in &self.segments {
            for (lookup, held) in lookups.iter().zip(&mut holders) {
                for at in segment.at(*lookup) {
                    let number = segment.first + at as u64;
                    let counts = segment
                        .entry(at)
                        .is_some_and(|(stamp, other)| stamp >= oldest && other.key != entry.key);
                    if number < before && counts {
                        *held += 1;
                        found.push((number, segment, at));
                    }
                }
            }
        }
        found.sort_unstable_by_key(|(number, ..)| *number);
        found.dedup_by_key(|(number, ..)| *number);
        let is_own =
            |other: &SeenEntry<'_>| entry.unrevised.is_some() && entry.story() == other.story();
        let own = found.iter().find_map(|(number, segment, at)| {
            let (stamp, other) = segment.entry(*at).filter(|(_, other)| is_own(other))?;
            Some((*number, stamp, other))
        });
        let mut update = None;
        let mut duplicate = None;
        for (_, segment, at) in found.into_iter().take(COMPARED) {
            let Some((_, other)) = segment.entry(at).filter(|(_, other)| !is_own(other)) else {
                continue;
            };
            let same_page = entry.page.is_some() && entry.page == other.page;
            match (self.comparison.relate)(entry.sketch, other.sketch, same_page) {
                Some(relation @ Relation::Duplicate) => {
                    duplicate = Some(Copy { of: other.key, relation });
                    break;
                }
                Some(relation @ Relation::Update) => {
                    update.get_or_insert(Copy { of: other.key, relation });
                }
                None => {}
            }
        }
        let copy = match own {
            Some((number, stamp, first))
                if !(duplicate.is_some() && self.is_duplicate(&first, number, stamp)) =>
            {
                Some(Copy { of: first.key, relation: Relation::Update })
            }
            _ => duplicate.or(update),
        };
        Judged { copy, holders }
    }

    /// Whether the entry of that number is the copy of another. Those before it are fewer, so this comes to an end.
    fn is_duplicate(&self, entry: &SeenEntry<'_>, number: u64, stamp: u32) -> bool {
        let judged =
            self.lookups(entry).and_then(|found| self.judge(entry, &found, number, stamp).copy);
        judged.is_some_and(|copy| copy.relation == Relation::Duplicate)
    }

    fn push(&mut self, bytes: &[u8], key: Key, lookups: &[Lookup], written: Moment) {
        if self.segments.back().is_none_or(Segment::is_full) {
            if let Some(last) = self.segments.back_mut() {
                last.seal();
            }
            self.segments.push_back(Segment::new(self.next));
        }
        let Some(segment) = self.segments.back_mut() else { return };
        let at = segment.push(seconds(written), bytes);
        for lookup in lookups {
            segment.put(*lookup, at);
        }
        segment.put(Lookup::of_key(&pack(key)), at);
        segment.newest = segment.newest.max(written);
        self.next += 1;
        self.forget(written);
    }

    fn forget(&mut self, now: Moment) {
        while let Some(oldest) = self.segments.front()
            && self.segments.len() > 1
            && (now.since(oldest.newest) > self.window.age || self.size().1 > self.window.bytes)
        {
            self.segments.pop_front();
        }
    }
}

fn seconds(moment: Moment) -> u32 {
    (moment.as_millis() / 1000).try_into().unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
