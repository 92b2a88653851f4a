//! Copies and updates among entries.

use super::*;
use crate::model::{Identity, StoryId};

/// A sketch of these tests: hashes of one byte each, the first of the whole text; two texts are near
/// when they share half of the others.
const LETTERS: Comparison = Comparison {
    lookups: |sketch| Some(sketch.iter().map(|byte| u64::from(*byte)).collect()),
    relate: |mine, theirs, same_page| {
        let shared = mine[1..].iter().filter(|byte| theirs[1..].contains(byte)).count();
        match (mine[0] == theirs[0], 2 * shared >= mine.len() - 1, same_page) {
            (true, ..) | (false, true, false) => Some(Relation::Duplicate),
            (false, _, true) => Some(Relation::Update),
            (false, false, false) => None,
        }
    },
};

const DAY: Duration = Duration::from_secs(24 * 3600);

fn index() -> DuplicateIndex {
    DuplicateIndex::new(Window { age: DAY, bytes: 64 << 20 }, LETTERS)
}

fn key(id: &str) -> Key {
    Identity::new(StoryId::new(id).unwrap(), None).key()
}

fn entry<'a>(id: &str, sketch: &'a [u8]) -> SeenEntry<'a> {
    SeenEntry { key: key(id), unrevised: None, page: None, drops_copies: false, sketch }
}

fn revision<'a>(id: &str, revision: &str, sketch: &'a [u8]) -> SeenEntry<'a> {
    let revision = crate::model::Revision::new(revision).unwrap();
    let revised = Identity::new(StoryId::new(id).unwrap(), Some(revision));
    SeenEntry { key: revised.key(), unrevised: Some(key(id)), ..entry(id, sketch) }
}

fn read(index: &mut DuplicateIndex, entry: SeenEntry<'_>, secs: u64) -> Option<Copy> {
    let (key, copy) =
        index.read(&entry.to_bytes(), Moment::from_millis(secs * 1000)).expect("it is read");
    assert_eq!(key, entry.key);
    copy
}

fn copy(of: &str, relation: Relation) -> Copy {
    Copy { of: key(of), relation }
}

#[test]
fn first_in_log_is_original_of_all_copies() {
    let mut index = index();
    assert_eq!(read(&mut index, entry("a", b"Aabcd"), 1), None);
    for n in 0..100 {
        let found = read(&mut index, entry(&format!("copy-{n}"), b"Aabcd"), 2);
        assert_eq!(found, Some(copy("a", Relation::Duplicate)));
    }
    assert_eq!(read(&mut index, entry("cut", b"Bcd"), 3), Some(copy("a", Relation::Duplicate)));
    assert_eq!(read(&mut index, entry("other", b"Caxyz"), 3), None, "one shared shingle");
}

#[test]
fn a_redelivery_gets_the_same_answer() {
    let mut index = index();
    read(&mut index, entry("a", b"Aabcd"), 1);
    read(&mut index, entry("b", b"Babcx"), 1);
    for _ in 0..2 {
        assert_eq!(read(&mut index, entry("a", b"Aabcd"), 2), None);
        assert_eq!(read(&mut index, entry("b", b"Babcx"), 2), Some(copy("a", Relation::Duplicate)));
    }
    assert_eq!(index.known(key("a")), Some(None));
    assert_eq!(index.known(key("c")), None);
    read(&mut index, entry("d", b"Dwxyz"), 9);
    assert_eq!(index.age(key("a")), Some(Duration::from_secs(8)));
    assert_eq!(index.age(key("c")), None);
    assert_eq!(index.size().0, 3);
}

#[test]
fn what_came_later_is_nobodys_first() {
    let mut index = index();
    for (id, sketch, found) in [
        ("a", b"Axyzw", None),
        ("b", b"Babcd", None),
        ("c", b"Cabcd", Some(copy("b", Relation::Duplicate))),
    ] {
        assert_eq!(read(&mut index, entry(id, sketch), 1), found, "{id}");
    }
    for (id, found) in [("a", None), ("b", None), ("c", Some(copy("b", Relation::Duplicate)))] {
        assert_eq!(index.known(key(id)), Some(found), "{id}");
    }
}

#[test]
fn later_longer_story_is_no_original() {
    let mut index = index();
    read(&mut index, entry("a", b"Axyzw"), 1);
    read(&mut index, entry("short", b"Bbc"), 1);
    // It holds all of the short one, which is little of it.
    assert_eq!(read(&mut index, entry("long", b"Cbcdefg"), 1), None);
    assert_eq!(index.known(key("short")), Some(None));
    assert_eq!(read(&mut index, entry("cut", b"Dbc"), 1), Some(copy("short", Relation::Duplicate)));
}

#[test]
fn every_story_with_a_shared_shingle_is_compared() {
    let mut index = index();
    read(&mut index, entry("far", b"Aawxy"), 1);
    read(&mut index, entry("near", b"Bbcde"), 1);
    // The first that it meets is not like it; the second is.
    assert_eq!(
        read(&mut index, entry("new", b"Cabcd"), 1),
        Some(copy("near", Relation::Duplicate))
    );
}

#[test]
fn a_bounded_number_stands_at_each_lookup() {
    let mut index = index();
    let standing =
        |index: &DuplicateIndex, by, hash| index.segments[0].at(Lookup::new(by, hash)).count();
    for n in 0..10_u8 {
        // Strangers that share one shingle.
        let sketch = [n, 255, 30 + 3 * n, 31 + 3 * n, 32 + 3 * n];
        assert_eq!(read(&mut index, entry(&format!("stranger-{n}"), &sketch), 1), None);
    }
    assert_eq!(standing(&index, By::Text, 255), HOLDERS);
    assert_eq!(standing(&index, By::Text, 0), 1);
    for n in 0..10 {
        read(&mut index, entry(&format!("copy-{n}"), &[100, 101, 102, 103]), 1);
    }
    // What a copy shares with its first finds the first; what it alone has finds the copy.
    assert_eq!([100, 101].map(|hash| standing(&index, By::Text, hash)), [1, 1]);
    read(&mut index, entry("cut", &[110, 101, 102, 104]), 1);
    assert_eq!([101, 104, 110].map(|hash| standing(&index, By::Text, hash)), [1, 1, 1]);
    for n in 0..3_u8 {
        let sketch = [200 + 10 * n, 201 + 10 * n, 202 + 10 * n, 203 + 10 * n];
        let entry = SeenEntry { page: Some(7), ..entry(&format!("update-{n}"), &sketch) };
        read(&mut index, entry, 1);
    }
    assert_eq!(standing(&index, By::Page, 7), 1);
}

/// An index of one full segment and the beginning of the next, an entry a millisecond.
fn two_segments(age: Duration, bytes: usize) -> DuplicateIndex {
    let mut index = DuplicateIndex::new(Window { age, bytes }, LETTERS);
    for n in 0..=segment::SEGMENT as u64 {
        let entry = entry(&n.to_string(), b"");
        index.read(&entry.to_bytes(), Moment::from_millis(n)).expect("it is read");
    }
    index
}

#[test]
fn too_old_segments_are_forgotten_whole() {
    let full = segment::SEGMENT;
    let mut index = two_segments(DAY, 64 << 20);
    assert_eq!((index.segments.len(), index.size().0), (2, full + 1));
    assert_eq!(index.segments[1].first, full as u64);
    // The newest entry of the first segment is as old as the window is wide.
    let at = |millis| Moment::from_millis(full as u64 - 1 + DAY.as_millis() as u64 + millis);
    index.read(&entry("last", b"").to_bytes(), at(0));
    assert_eq!(index.size().0, full + 2);
    index.read(&entry("next", b"").to_bytes(), at(1));
    assert_eq!(index.size().0, 3);
}

#[test]
fn the_last_segment_stays_whatever_it_takes() {
    let index = two_segments(DAY, 0);
    assert_eq!((index.segments.len(), index.size().0), (1, 1));
}

#[test]
fn same_page_gives_update_of_the_first() {
    let mut index = index();
    let page = Some(7);
    for (id, sketch, expected) in [
        ("a", b"Aabcd", None),
        ("b", b"Bwxyz", Some(copy("a", Relation::Update))),
        ("c", b"Cklmn", Some(copy("a", Relation::Update))),
        ("d", b"Aabcd", Some(copy("a", Relation::Duplicate))),
    ] {
        let entry = SeenEntry { page, ..entry(id, sketch) };
        assert_eq!(read(&mut index, entry, 1), expected, "{id}");
    }
}

#[test]
fn a_revision_updates_its_own_id() {
    let mut index = index();
    let update = |of| Some(Copy { of, relation: Relation::Update });
    // The same text, a corrected one, another one, the same again: each updates the first, none is its copy.
    read(&mut index, entry("a", b"Aabcd"), 1);
    for (number, sketch) in [b"Aabcd", b"Babcx", b"Cwxyz", b"Aabcd"].into_iter().enumerate() {
        let revised =
            SeenEntry { drops_copies: true, ..revision("a", &number.to_string(), sketch) };
        assert_eq!(read(&mut index, revised, 2), update(key("a")), "{number}");
    }
    // Of revisions alone the first is the one that the others update, however late they come.
    let first = revision("b", "1", b"Dklmn");
    assert_eq!(read(&mut index, first, 2), None);
    assert_eq!(read(&mut index, revision("b", "2", b"Eopqr"), 3), update(first.key));
    assert_eq!(read(&mut index, revision("b", "3", b"Dklmn"), 3), update(first.key));
    assert_eq!(index.known(revision("b", "3", b"").key), Some(update(first.key)));
    // Another story's copy of a revision is a copy.
    assert_eq!(
        read(&mut index, entry("c", b"Fopqx"), 4).map(|copy| copy.relation),
        Some(Relation::Duplicate)
    );
}

#[test]
fn revision_of_a_copy_stays_a_copy() {
    let mut index = index();
    read(&mut index, entry("a", b"Aabcd"), 1);
    assert_eq!(read(&mut index, entry("b", b"Aabcd"), 1), Some(copy("a", Relation::Duplicate)));
    let revised = read(&mut index, revision("b", "2", b"Babcx"), 2);
    assert_eq!(revised, Some(copy("a", Relation::Duplicate)));
    let rewritten = read(&mut index, revision("b", "3", b"Cwxyz"), 2);
    assert_eq!(rewritten, Some(copy("b", Relation::Update)));
}

#[test]
fn older_workers_read_revisions_in_their_form() {
    let revised = SeenEntry { page: Some(7), ..revision("a", "2", b"Aabcd") };
    let messages: Vec<Vec<u8>> = revised.messages().collect();
    assert_eq!(messages.iter().map(|message| message[0]).collect::<Vec<u8>>(), [4, 2]);
    let read_back = |at: usize| SeenEntry::read(&messages[at]).map(|(entry, _)| entry);
    assert_eq!(read_back(0), Some(revised));
    assert_eq!(read_back(1), Some(SeenEntry { unrevised: None, ..revised }));
    assert_eq!(entry("a", b"A").messages().count(), 1);
    // Both are one story, in whichever order they come.
    for order in [[0, 1], [1, 0]] {
        let mut index = index();
        for at in order {
            index.read(&messages[at], Moment::from_millis(1000));
        }
        assert_eq!((index.size().0, index.known(revised.key)), (1, Some(None)), "{order:?}");
    }
}

#[test]
fn what_is_withdrawn_is_nobodys_first() {
    let mut index = index();
    read(&mut index, entry("a", b"Aabcd"), 1);
    assert_eq!(index.read(&SeenEntry::withdrawal(key("a")), Moment::from_millis(1)), None);
    assert_eq!(read(&mut index, entry("b", b"Aabcd"), 2), None);
    assert_eq!(read(&mut index, entry("a", b"Aabcd"), 3), Some(copy("b", Relation::Duplicate)));
}

#[test]
fn a_dropped_copy_is_nobodys_first() {
    let mut index = index();
    let drops = |id, sketch| SeenEntry { drops_copies: true, ..entry(id, sketch) };
    read(&mut index, drops("a", b"Aabcd"), 1);
    assert_eq!(read(&mut index, drops("b", b"Bcdef"), 2), Some(copy("a", Relation::Duplicate)));
    // Like the dropped one, and not like the first.
    assert_eq!(read(&mut index, drops("c", b"Cefgh"), 3), None);
    assert_eq!(read(&mut index, drops("b", b"Bcdef"), 4), Some(copy("a", Relation::Duplicate)));
}

#[test]
fn what_is_older_than_the_window_is_forgotten() {
    let mut index = index();
    read(&mut index, entry("a", b"Aabcd"), 1);
    assert_eq!(read(&mut index, entry("b", b"Aabcd"), 2 + DAY.as_secs()), None);
}

#[test]
fn memory_stays_bounded_by_dropping_the_oldest() {
    let bytes = 8 << 20;
    let window = Window { age: DAY, bytes };
    let hashes = |sketch: &[u8]| {
        let (words, _) = sketch.as_chunks::<8>();
        Some(words.iter().map(|word| u64::from_le_bytes(*word)).collect())
    };
    let comparison = Comparison {
        lookups: hashes,
        relate: |mine, theirs, _| (mine == theirs).then_some(Relation::Duplicate),
    };
    let mut index = DuplicateIndex::new(window, comparison);
    let sketch = |n: u64| n.wrapping_mul(crate::hash::GOLDEN).to_le_bytes();
    for n in 0..150_000 {
        assert_eq!(read(&mut index, entry(&n.to_string(), &sketch(n)), n / 100), None, "{n}");
        assert!(index.size().1 <= bytes, "{:?}", index.size());
    }
    let copy_of = |n: u64| Some(copy(&n.to_string(), Relation::Duplicate));
    assert_eq!(read(&mut index, entry("new", &sketch(149_000)), 1500), copy_of(149_000));
    assert_eq!(read(&mut index, entry("kept", &sketch(120_000)), 1500), copy_of(120_000));
    assert_eq!(read(&mut index, entry("old", &sketch(5)), 1500), None);
}

#[test]
fn entries_round_trip_and_other_bytes_are_refused() {
    for id in ["a", "b", "feed-812:abc"] {
        let entry = SeenEntry { page: Some(u64::MAX), drops_copies: true, ..entry(id, b"sketch") };
        let bytes = entry.to_bytes();
        assert_eq!(SeenEntry::read(&bytes).map(|(entry, _)| entry), Some(entry));
        assert_eq!(SeenEntry::read(&bytes[..20]), None);
    }
    assert_eq!(index().read(b"", Moment::from_millis(0)), None);
    assert_eq!(index().read(&[1; 40], Moment::from_millis(0)), None);
}

proptest::proptest! {
    /// Whatever the order of the log, and however often a delivery that came again wrote once more: of a
    /// text's stories the one that the log has first is the first, and all others are its copies.
    #[test]
    fn of_each_text_the_logs_first_is_first(
        log in proptest::collection::vec((0_u8..12, 0_u8..4), 1..120),
    ) {
        let mut index = index();
        let mut first: std::collections::HashMap<u8, u8> = std::collections::HashMap::new();
        for (at, (story, text)) in log.into_iter().enumerate() {
            // A story keeps its text: it is told by its number.
            let text = story % 4 + text / 4;
            let sketch = [text, 100 + text, 120 + text, 140 + text];
            let found = read(&mut index, entry(&story.to_string(), &sketch), at as u64);
            let leader = *first.entry(text).or_insert(story);
            let expected = (leader != story)
                .then_some(Copy { of: key(&leader.to_string()), relation: Relation::Duplicate });
            proptest::prop_assert_eq!(found, expected);
        }
    }
}
