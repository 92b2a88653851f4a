//! The hash that features and word classes are stored under.
//!
//! Weights are kept by hash, so these functions are part of the model's format: a change here needs
//! a new training. Folded multiplication as in wyhash, eight bytes at a step.

use crate::hash::GOLDEN;

const K0: u64 = GOLDEN;
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
    fold(hash ^ tail(chunks.remainder()), K0 ^ K1)
}

/// Up to seven bytes as a number, the first lowest: from both ends, which overlap.
#[inline]
fn tail(bytes: &[u8]) -> u64 {
    let len = bytes.len();
    if let (Some(first), Some(last)) = (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        let (first, last) = (u32::from_le_bytes(*first), u32::from_le_bytes(*last));
        return u64::from(first) | u64::from(last) << (8 * (len - 4));
    }
    if let (Some(first), Some(last)) = (bytes.first_chunk::<2>(), bytes.last_chunk::<2>()) {
        let (first, last) = (u16::from_le_bytes(*first), u16::from_le_bytes(*last));
        return u64::from(first) | u64::from(last) << (8 * (len - 2));
    }
    bytes.first().map_or(0, |byte| u64::from(*byte))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_bytes_count_each_in_its_place() {
        let text = b"abcdefg";
        for len in 0..=text.len() {
            let expected = (0..len).fold(0, |sum, i| sum | u64::from(text[i]) << (8 * i));
            assert_eq!(tail(&text[..len]), expected, "{len}");
        }
        assert_eq!(bytes(b"chancellor"), 0x9731_18c3_cf82_0dd9, "part of the models' format");
    }
}
