//! A 64-bit hash that is the same on every machine and in every release: it is part of fitted
//! weights and of buckets that outlive a process. Not for secrets.
//!
//! Three are elsewhere: the recognisers' weights are stored under a faster one (`src/tag/feature_hash.rs`), those of topics in
//! other languages under one that rolls over a text (`src/tag/topics/other_languages.rs`), and phrases are looked for by three bytes
//! at a time (`src/extract/phrase_finder.rs`).

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

/// 2^64 over the golden ratio, odd: parts neighbouring numbers widely when they are multiplied by it or counted in its steps.
pub const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// A map whose keys are hashes.
pub type ByHash<V> = HashMap<u64, V, BuildHasherDefault<PassThrough>>;

/// A set of hashes.
pub type Hashes = HashSet<u64, BuildHasherDefault<PassThrough>>;

/// Passes a hash through, for keys that are hashes already.
#[derive(Clone, Copy, Debug, Default)]
pub struct PassThrough(u64);

impl Hasher for PassThrough {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = hash64(bytes);
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = value;
    }
}

/// FNV-1a over the bytes, then the finaliser of SplitMix64 to spread short inputs.
#[must_use]
pub fn hash64(bytes: &[u8]) -> u64 {
    finish(absorb(SEED, bytes))
}

/// The state before any byte.
pub const SEED: u64 = 0xcbf2_9ce4_8422_2325;

/// Takes a byte, or any other small number, into a state.
#[inline]
#[must_use]
pub const fn step(state: u64, value: u64) -> u64 {
    (state ^ value).wrapping_mul(0x0100_0000_01b3)
}

/// Takes more bytes into a state.
#[must_use]
pub fn absorb(state: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(state, |h, &b| step(h, u64::from(b)))
}

/// The hash of a state.
#[inline]
#[must_use]
pub const fn finish(state: u64) -> u64 {
    let mut z = state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// The next number of SplitMix64, whose state is one number: the same from the same start, everywhere.
pub const fn next_random(state: &mut u64) -> u64 {
    *state = state.wrapping_add(GOLDEN);
    finish(*state)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_numbers_are_those_of_splitmix() {
        let mut state = 1_234_567;
        assert_eq!(next_random(&mut state), 6_457_827_717_110_365_317);
        assert_eq!(next_random(&mut state), 3_203_168_211_198_807_973);
    }

    #[test]
    fn keys_that_are_hashes_stay_as_they_are() {
        let mut hasher = PassThrough::default();
        hasher.write_u64(7);
        assert_eq!(hasher.finish(), 7);
    }

    #[test]
    fn hash_of_known_text_never_changes() {
        assert_eq!(hash64(b""), finish(0xcbf2_9ce4_8422_2325));
        assert_eq!(hash64(b"news"), finish(absorb(absorb(SEED, b"ne"), b"ws")));
        assert_eq!(
            absorb(SEED, b"a"),
            0xaf63_dc4c_8601_ec8c,
            "FNV-1a of its authors' test vectors"
        );
    }
}
