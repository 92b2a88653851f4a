//! Which entries of a document are new, and which were revised since they were published.
//!
//! An entry is known by its id; by that id under the other scheme or with `www.`; or, where a feed gives its
//! entries new ids, by its address, title, text and publication together, if no entry that is known by its id has them.
//! Of entries without a guid, which are known by their address, a query, what stands behind a `;` and a slash at the end
//! do not count there: sites put sessions and random tokens into them.
//!
//! A new entry is published under its id alone, whatever its update time: the entry of another feed of the site, or of
//! the same feed in another format, is that story. What revises it is a time that has moved since it was first seen.
//!
//! A revision is an update time that is the entry's own. One that several entries share, or that moves from
//! poll to poll while the entry says the same, is that of the feed's making. So of an entry that is known:
//!
//! * a time that has not moved revises nothing, whatever the others' times are;
//! * a time that moved revises the entry where its title or text changed too, unless all entries share it; so does one
//!   that went back, unless the entry says what it said before: then an older copy of the document was served;
//! * a time that moved alone revises the entry where times in this feed are seen to stay; else, and where it moved the
//!   last time as well, only once it is seen to stay itself while the feed changes.
//!
//! Of each entry 14 bytes are remembered, of a bounded number: those in the feed, and of those that have left it as
//! many as there is room for, the last ones seen, because feeds bring entries back.

use std::collections::{HashMap, HashSet};

use time::OffsetDateTime;

use super::hashes::{hash, hash_of};
use super::parse::{Document, Entry, MADE_WITHIN, revision};
use crate::model::Identity;
use crate::state::{KnownEntries, KnownEntry, KnownFeed, UpdateTime};

/// Moves of an update time that are none, in seconds: two servers round it each in its own way.
const ROUNDING: u32 = 1;

/// How far ahead of us a publisher's clock, and its zone, may be. What is later is a slip, and nothing is earlier than
/// it.
const AHEAD: time::Duration = time::Duration::hours(24);

/// Most earlier texts of a feed's entries that are remembered.
const MOST_EARLIER: usize = 256;

/// What is to become of an entry.
#[derive(Debug)]
pub(super) struct Judged {
    /// What it said before, where it says something else now.
    pub earlier: Option<u64>,
    /// Under whom it is published, where it is new or revised.
    pub publish: Option<Identity>,
    /// What is known of it from then on.
    pub known: KnownEntry,
}

/// Judges the entries of a document, in its order.
/// `via` is its format: where that is another than before, an entry that has an update time now may have had it before.
pub(super) fn judged(
    entries: &[Entry],
    via: &str,
    known: &KnownFeed,
    now: OffsetDateTime,
) -> Vec<Judged> {
    let memory = Memory::of(known);
    let before: Vec<Option<KnownEntry>> = memory.find_all(entries);
    let latest = seconds(now + AHEAD).unwrap_or(u32::MAX);
    let moved = |(entry, before): (&Entry, &Option<KnownEntry>)| {
        before.as_ref().map_or(Move::New, |before| moved(entry, before, &memory, latest))
    };
    let moves: Vec<Move> = entries.iter().zip(&before).map(moved).collect();
    let others = Others {
        share_all: entries.iter().all(|entry| entry.is_shared),
        stay: moves.iter().filter(|moved| **moved == Move::None { has_time: true }).count(),
        is_new_format: !known.via.is_empty() && known.via != via,
        is_format_unknown: known.via.is_empty(),
        change: moves.iter().any(|moved| !matches!(moved, Move::None { .. } | Move::Back)),
        // Of all entries but those whose time stayed: what is made at once moves at once.
        times: {
            let moving = entries.iter().zip(&moves).filter(|(_, moved)| moved.is_forth());
            let mut times: Vec<_> = moving.filter_map(|(entry, _)| entry.updated).collect();
            times.sort_unstable();
            times
        },
    };
    let each = entries.iter().zip(before).zip(moves);
    each.map(|((entry, before), moved)| verdict(entry, before, moved, &others)).collect()
}

/// What entries said before, after a poll; the latest last.
pub(super) fn earlier(before: &[u64], judged: &[Judged]) -> Vec<u64> {
    let mut all = before.to_vec();
    all.extend(judged.iter().filter_map(|judged| judged.earlier));
    all.drain(..all.len().saturating_sub(MOST_EARLIER));
    all
}

/// Entries at a document's end by which that is known again.
const ENDS: usize = 8;

/// Of entries without dates more than are wanted, where the oldest come first, takes those behind what was the
/// document's end, in place of the first that are too many; `ends` is what [`ends`] gave before.
pub(super) fn take_behind(document: &mut Document, ends: &[u64]) {
    if document.last.is_empty() {
        return;
    }
    let most = document.entries.len();
    let dated = document.entries.iter().position(|entry| !entry.is_dated()).unwrap_or(most);
    let mut undated = document.entries.split_off(dated);
    undated.append(&mut document.last);
    let end = undated.iter().rposition(|entry| ends.contains(&hash_of(entry.identity.id())));
    let behind = undated.split_off(end.map_or(undated.len(), |end| end + 1));
    document.entries.extend(behind.into_iter().rev().chain(undated).take(most - dated));
}

/// The last entries of a document without dates, by which its end is known again.
pub(super) fn ends(document: &Document) -> Vec<u64> {
    let undated = document.entries.iter().filter(|entry| !entry.is_dated());
    let last = undated.chain(&document.last).map(|entry| hash_of(entry.identity.id()));
    let last: Vec<u64> = last.collect();
    last[last.len().saturating_sub(ENDS)..].to_vec()
}

/// The entries after a poll: those that have left the feed, then those that are in it, `most` at most, the latest.
pub(super) fn remembered(
    before: &[KnownEntry],
    in_feed: &[KnownEntry],
    most: usize,
) -> KnownEntries {
    // The last of an id counts: what was published since the poll began stands behind.
    let mut present: HashSet<u64> = HashSet::new();
    let mut all: Vec<KnownEntry> = in_feed
        .iter()
        .rev()
        .chain(before.iter().rev())
        .filter(|entry| present.insert(entry.id))
        .copied()
        .collect();
    all.truncate(most);
    all.reverse();
    KnownEntries(all)
}

/// What was published of a feed and its parts.
struct Memory {
    entries: HashMap<u64, KnownEntry>,
    seen: HashSet<u64>,
    marks: HashSet<u64>,
    earlier: HashSet<u64>,
}

impl Memory {
    fn of(known: &KnownFeed) -> Self {
        let parts = || known.parts.values();
        let mut entries: HashMap<u64, KnownEntry> = HashMap::new();
        let all = known.entries.0.iter().chain(parts().flat_map(|part| &part.entries.0));
        for entry in all {
            let at = entries.entry(entry.id).or_insert(*entry);
            if entry.updated >= at.updated {
                *at = *entry;
            }
        }
        let seen = known.seen.0.iter().chain(parts().flat_map(|part| &part.seen.0));
        Self {
            entries,
            seen: seen.copied().collect(),
            marks: known.marks.0.iter().copied().collect(),
            earlier: known.earlier.0.iter().copied().collect(),
        }
    }

    fn find_all(&self, entries: &[Entry]) -> Vec<Option<KnownEntry>> {
        let mut found: Vec<Option<KnownEntry>> =
            entries.iter().map(|entry| self.by_id(entry)).collect();
        let marks: [fn(&Entry) -> Option<u64>; 2] = [|entry| entry.mark, |entry| entry.loose_mark];
        for mark_of in marks {
            // A mark stands for one entry: where that is known already, another of the same mark is new.
            let known = entries.iter().zip(&found).filter(|(_, found)| found.is_some());
            let mut taken: HashSet<u64> = known.filter_map(|(entry, _)| mark_of(entry)).collect();
            let unknown = entries.iter().zip(&mut found).filter(|(_, found)| found.is_none());
            for (entry, found) in unknown {
                let is_known = |mark: &u64| self.marks.contains(mark) && taken.insert(*mark);
                *found = mark_of(entry).filter(is_known).map(|_| first(entry));
            }
        }
        found
    }

    fn by_id(&self, entry: &Entry) -> Option<KnownEntry> {
        let ids = || std::iter::once(entry.identity.id()).chain(&entry.twins);
        ids().find_map(|id| self.entries.get(&hash_of(id)).copied()).or_else(|| {
            let revision = entry.identity.revision();
            ids().find_map(|id| {
                let revised = Identity::new(id.clone(), revision.cloned());
                if self.seen.contains(&hash(revised.key())) {
                    return Some(first(entry));
                }
                let is_seen = self.seen.contains(&hash_of(id));
                is_seen.then(|| KnownEntry { updated: None, ..first(entry) })
            })
        })
    }
}

/// An entry as it is when it is first seen.
fn first(entry: &Entry) -> KnownEntry {
    KnownEntry {
        id: hash_of(entry.identity.id()),
        updated: entry.updated.and_then(seconds),
        text: entry.text,
        update: UpdateTime::First,
    }
}

/// Who says what, in one number.
fn saying(entry: &KnownEntry) -> u64 {
    entry.id.rotate_left(KnownEntry::TEXT_BITS) ^ u64::from(entry.text)
}

fn seconds(at: OffsetDateTime) -> Option<u32> {
    u32::try_from(at.unix_timestamp()).ok()
}

/// What an entry has done since it was last seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Move {
    /// It is new.
    New,
    /// Its update time is as it was, or there is none.
    None { has_time: bool },
    /// Its update time went back: an older copy of the document was served.
    Back,
    /// It has an update time for the first time.
    Appeared { says_else: bool },
    /// Its update time moved.
    Forth { says_else: bool },
}

impl Move {
    fn is_forth(self) -> bool {
        matches!(self, Self::New | Self::Appeared { .. } | Self::Forth { .. })
    }
}

/// `latest` is the latest update time that can be true.
fn moved(entry: &Entry, before: &KnownEntry, memory: &Memory, latest: u32) -> Move {
    // Versions before this one remembered no text of entries without an update time.
    let says_else = before.text != entry.text && (before.text != 0 || before.updated.is_some());
    let is_earlier =
        || memory.earlier.contains(&saying(&KnownEntry { text: entry.text, ..*before }));
    match (before.updated, entry.updated.and_then(seconds)) {
        (_, None) => Move::None { has_time: false },
        (None, Some(_)) => Move::Appeared { says_else },
        (Some(then), Some(now)) if then.abs_diff(now) <= ROUNDING => Move::None { has_time: true },
        (Some(then), Some(now))
            if now < then && (is_earlier() || !(says_else || then > latest)) =>
        {
            Move::Back
        }
        (Some(_), Some(_)) => Move::Forth { says_else },
    }
}

/// What the entries of a document do together.
struct Others {
    /// Whether all entries have one time: it is that of the feed's making, whatever they say.
    share_all: bool,
    /// How many update times stayed.
    stay: usize,
    /// Whether the feed has changed its format.
    is_new_format: bool,
    /// Whether a version that did not remember its format read it last.
    is_format_unknown: bool,
    /// Whether the document says anything that the last one did not.
    change: bool,
    /// Update times that moved, and those of new entries; sorted.
    times: Vec<OffsetDateTime>,
}

impl Others {
    /// Whether another entry has an update time of the same moment.
    fn are_made_with(&self, at: OffsetDateTime) -> bool {
        let from = self.times.partition_point(|time| *time < at - MADE_WITHIN);
        let to = self.times.partition_point(|time| *time <= at + MADE_WITHIN);
        to - from > 1
    }
}

fn verdict(entry: &Entry, before: Option<KnownEntry>, moved: Move, others: &Others) -> Judged {
    let now = first(entry);
    let Some(before) = before else {
        let publish = Identity::new(entry.identity.id().clone(), None);
        return Judged { earlier: None, publish: Some(publish), known: now };
    };
    let says_else =
        matches!(moved, Move::Appeared { says_else: true } | Move::Forth { says_else: true });
    // Whoever makes a feed does not change what its entries say.
    let own = entry.updated.filter(|_| !entry.is_shared || (says_else && !others.share_all));
    let with_others = entry.updated.is_some_and(|at| others.are_made_with(at));
    let keeps = KnownEntry { id: now.id, ..before };
    let (is_revision, known) = match moved {
        // Who was known by another id stays as it is.
        Move::New | Move::Back | Move::None { has_time: false } => (false, keeps),
        Move::None { has_time: true } if !others.change => (false, keeps),
        Move::None { has_time: true } => {
            let known = KnownEntry { text: now.text, update: UpdateTime::Kept, ..keeps };
            (before.update == UpdateTime::Moved && own.is_some(), known)
        }
        // Nothing says that it is later than what was published.
        Move::Appeared { .. }
            if others.is_new_format || (others.is_format_unknown && entry.published.is_none()) =>
        {
            (false, now)
        }
        Move::Appeared { .. } | Move::Forth { .. } => {
            let is_alone =
                matches!(moved, Move::Appeared { .. }) || may_be_own(before.update, others);
            let is_revision = own.is_some() && (says_else || (!with_others && is_alone));
            let is_settled = is_revision || own.is_none();
            let update = if is_settled { UpdateTime::Settled } else { UpdateTime::Moved };
            (is_revision, KnownEntry { update, ..now })
        }
    };
    let revision = own.filter(|_| is_revision).and_then(revision);
    let publish =
        revision.map(|revision| Identity::new(entry.identity.id().clone(), Some(revision)));
    let is_replaced = before.text != known.text && before.text != 0;
    let earlier = is_replaced.then(|| saying(&KnownEntry { id: known.id, ..before }));
    Judged { earlier, publish, known }
}

/// Whether a time that moved alone may be an entry's own.
fn may_be_own(before: UpdateTime, others: &Others) -> bool {
    match before {
        UpdateTime::Kept => true,
        UpdateTime::First => others.stay > 0,
        UpdateTime::Settled | UpdateTime::Moved => false,
    }
}

#[cfg(test)]
mod tests;
