//! Which entries of a feed were published: hashes of 64 bits, of a bounded number.
//!
//! A hash stands for an id and a revision. Entries that are still in the feed keep their hashes; of those
//! that have left it, as many as there is room for are remembered, the last ones seen, because feeds
//! bring entries back. Two entries share a hash with a chance of one in 10^13 among a thousand.

use std::collections::HashSet;

use crate::model::Key;
use crate::state::SeenHashes;

/// The hash of an entry.
pub(super) fn hash(key: Key) -> u64 {
    // 13 characters of base32 are 65 bits of a hash.
    key.as_str().bytes().take(13).fold(0, |hash, b| {
        let digit = if b.is_ascii_uppercase() { b - b'A' } else { b - b'2' + 26 };
        (hash << 5) | u64::from(digit)
    })
}

/// The hashes after a poll: those of entries that have left the feed, then those that are in it, `most`
/// at most, the latest.
pub(super) fn remembered(before: &SeenHashes, in_feed: &[u64], most: usize) -> SeenHashes {
    let present: HashSet<u64> = in_feed.iter().copied().collect();
    let left = before.0.iter().copied().filter(|hash| !present.contains(hash));
    let all: Vec<u64> = left.chain(in_feed.iter().copied()).collect();
    SeenHashes(all[all.len().saturating_sub(most)..].to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Identity, Revision, StoryId};

    #[test]
    fn a_hash_is_of_id_and_revision() {
        let id = |id: &str, revision: Option<&str>| {
            let revision = revision.map(|r| Revision::new(r).unwrap());
            hash(Identity::new(StoryId::new(id).unwrap(), revision).key())
        };
        let hashes = HashSet::from([id("a", None), id("b", None), id("a", Some("2"))]);
        assert_eq!(hashes.len(), 3);
        assert_eq!(id("a", None), id("a", None));
    }

    #[test]
    fn the_longest_gone_entries_are_forgotten_first() {
        let before = SeenHashes(vec![1, 2, 3, 4]);
        assert_eq!(remembered(&before, &[2, 9], 4), SeenHashes(vec![3, 4, 2, 9]));
        assert_eq!(remembered(&before, &[], 3), SeenHashes(vec![2, 3, 4]));
    }
}
