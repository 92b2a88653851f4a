//! A 64-bit hash that is the same on every machine and in every release: it is part of fitted
//! weights and of buckets that outlive a process. Not for secrets. The recognisers' weights have a faster one of
//! their own (`src/tag/feature_hash.rs`), which they are stored under.

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn never_changes() {
        assert_eq!(hash64(b""), finish(0xcbf2_9ce4_8422_2325));
        assert_eq!(hash64(b"news"), finish(absorb(absorb(SEED, b"ne"), b"ws")));
        assert_eq!(
            absorb(SEED, b"a"),
            0xaf63_dc4c_8601_ec8c,
            "FNV-1a of its authors' test vectors"
        );
    }
}
