//! The hash that features and word classes are stored under.
//!
//! Weights are kept by hash, so these functions are part of the model's format: a change here needs
//! a new training. Folded multiplication as in wyhash, eight bytes at a step.

const K0: u64 = 0x9e37_79b9_7f4a_7c15;
const K1: u64 = 0xd6e8_feb8_6659_fd93;

/// Folds the 128-bit product of two numbers.
#[inline]
fn fold(a: u64, b: u64) -> u64 {
    let wide = u128::from(a) * u128::from(b);
    (wide as u64) ^ ((wide >> 64) as u64)
}

/// Hash of some bytes.
#[inline]
#[must_use]
pub fn bytes(bytes: &[u8]) -> u64 {
    let mut hash = K1 ^ bytes.len() as u64;
    let mut chunks = bytes.chunks_exact(8);
    for chunk in &mut chunks {
        let word = u64::from_le_bytes(chunk.try_into().expect("a chunk of eight bytes"));
        hash = fold(hash ^ word, K0);
    }
    let mut tail = 0;
    for (i, byte) in chunks.remainder().iter().enumerate() {
        tail |= u64::from(*byte) << (8 * i);
    }
    fold(hash ^ tail, K0 ^ K1)
}

/// Hash of a value under a template's number.
#[inline]
#[must_use]
pub fn one(template: u64, value: u64) -> u64 {
    fold(value ^ K1, K0.wrapping_add(template << 32 | template))
}

/// Hash of two values under a template's number.
#[inline]
#[must_use]
pub fn two(template: u64, first: u64, second: u64) -> u64 {
    one(template, first.rotate_left(23).wrapping_add(second.wrapping_mul(K0)))
}
