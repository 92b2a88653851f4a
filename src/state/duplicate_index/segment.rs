//! A fixed-size part of the index of seen stories: entries in the log's order, and an open-addressing table that finds
//! them by key, page or text.
//!
//! 2^15 entries and 2^19 places of 4 bytes, about 2 MiB and the entries; the oldest segment is dropped as a whole, so
//! nothing is moved or freed one by one. A lookup gives candidates (16-bit tags); the caller compares.

use super::super::Moment;
use super::entry::{PACKED_KEY, SeenEntry, WITHDRAWN};
use crate::hash;

/// Entries of a segment; the oldest is forgotten as a whole.
pub(super) const SEGMENT: usize = 1 << 15;
/// Places in a segment's table.
const PLACES: usize = 1 << 19;
/// Places that may be taken; beyond that a segment is full.
const TAKEN: usize = PLACES / 4 * 3;

/// Time, before an entry in memory.
const STAMP: usize = 4;

/// By what an entry is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    Text,
    Page,
    Key,
}

/// A hash of what an entry is found by: its place in a table, and the tag that it has there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lookup {
    pub(super) by: By,
    hash: u64,
}

impl Lookup {
    pub(super) fn new(by: By, value: u64) -> Self {
        Self { by, hash: hash::finish(value ^ (by as u64 + 1).wrapping_mul(hash::GOLDEN)) }
    }

    pub(super) fn of_key(packed: &[u8; PACKED_KEY]) -> Self {
        let first = packed.first_chunk().copied().unwrap_or_default();
        Self::new(By::Key, u64::from_le_bytes(first))
    }

    fn place(self) -> usize {
        (self.hash >> 20) as usize % PLACES
    }

    fn tag(self) -> u32 {
        (self.hash >> 48) as u32
    }
}

/// Some of the log's entries, in its order.
#[derive(Debug)]
pub(super) struct Segment {
    /// Number of its first entry.
    pub(super) first: u64,
    data: Vec<u8>,
    /// Where each entry begins in `data`.
    pub(super) starts: Vec<u32>,
    /// A tag of 16 bits, and one more than an entry's number within the segment; 0 where none is.
    table: Vec<u32>,
    taken: usize,
    pub(super) newest: Moment,
}

impl Segment {
    pub(super) fn new(first: u64) -> Self {
        let (data, starts) = (Vec::new(), Vec::new());
        let newest = Moment::from_millis(0);
        Self { first, data, starts, table: vec![0; PLACES], taken: 0, newest }
    }

    pub(super) fn is_full(&self) -> bool {
        self.starts.len() >= SEGMENT || self.taken >= TAKEN
    }

    pub(super) fn bytes(&self) -> usize {
        self.data.capacity() + 4 * (self.starts.capacity() + self.table.len())
    }

    /// When an entry was written, in seconds, and what it says.
    pub(super) fn entry(&self, at: usize) -> Option<(u32, SeenEntry<'_>)> {
        let begin = *self.starts.get(at)? as usize;
        let end = self.starts.get(at + 1).map_or(self.data.len(), |next| *next as usize);
        let (stamp, bytes) = self.data.get(begin..end)?.split_first_chunk()?;
        let (entry, flags) = SeenEntry::read(bytes)?;
        (flags & WITHDRAWN == 0).then(|| (u32::from_le_bytes(*stamp), entry))
    }

    pub(super) fn withdraw(&mut self, at: usize) {
        if let Some(start) = self.starts.get(at)
            && let Some(flags) = self.data.get_mut(*start as usize + STAMP + 1)
        {
            *flags |= WITHDRAWN;
        }
    }

    /// Numbers within the segment of what may stand at a lookup.
    pub(super) fn at(&self, lookup: Lookup) -> impl Iterator<Item = usize> + '_ {
        let begin = lookup.place();
        (0..PLACES)
            .map(move |step| self.table[(begin + step) % PLACES])
            .take_while(|found| *found != 0)
            .filter(move |found| found >> 16 == lookup.tag())
            .map(|found| (found & 0xffff) as usize - 1)
    }

    pub(super) fn push(&mut self, stamp: u32, bytes: &[u8]) -> usize {
        let room = STAMP + bytes.len();
        if self.data.capacity() - self.data.len() < room {
            // In steps: doubling would hold twice of what is needed.
            self.data.reserve_exact(room.max(256 << 10));
        }
        self.starts.push(self.data.len() as u32);
        self.data.extend(stamp.to_le_bytes());
        self.data.extend(bytes);
        self.starts.len() - 1
    }

    pub(super) fn put(&mut self, lookup: Lookup, at: usize) {
        let mut place = lookup.place();
        while self.table[place] != 0 {
            place = (place + 1) % PLACES;
        }
        self.table[place] = lookup.tag() << 16 | (at as u32 + 1);
        self.taken += 1;
    }

    pub(super) fn seal(&mut self) {
        self.data.shrink_to_fit();
        self.starts.shrink_to_fit();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_segment_is_full_by_its_table_too() {
        let mut segment = Segment::new(0);
        for n in 0..TAKEN as u64 {
            assert!(!segment.is_full(), "{n}");
            segment.put(Lookup::new(By::Text, n), n as usize % 7);
        }
        assert!(segment.is_full());
        assert!(segment.at(Lookup::new(By::Text, 12)).any(|at| at == 12 % 7));
    }

    #[test]
    fn memory_is_counted_and_spare_room_given_back() {
        let mut segment = Segment::new(0);
        assert_eq!(segment.bytes(), 4 * PLACES);
        let entries: usize = (0..100).map(|_| segment.push(1, &[0; 50])).count();
        assert!(segment.bytes() >= 4 * PLACES + (256 << 10), "room is taken in steps");
        segment.seal();
        assert_eq!(segment.bytes(), 4 * PLACES + entries * (STAMP + 50 + 4));
    }
}
