//! Hashes of 64 bits that stand for entries where they are remembered. Two entries share one with a chance of one
//! in 10^13 among a thousand.

use crate::model::{Identity, Key, StoryId};

/// The hash of an id and a revision.
pub(super) fn hash(key: Key) -> u64 {
    // 13 characters of base32 are 65 bits of a hash.
    key.as_str().bytes().take(13).fold(0, |hash, b| {
        let digit = if b.is_ascii_uppercase() { b - b'A' } else { b - b'2' + 26 };
        (hash << 5) | u64::from(digit)
    })
}

/// The hash of an id alone.
pub(super) fn hash_of(id: &StoryId) -> u64 {
    hash(Identity::new(id.clone(), None).key())
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::model::Revision;

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
}
