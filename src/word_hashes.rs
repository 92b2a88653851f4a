//! The words of a text as hashes: what extraction compares blocks by, and the sketch that finds a story's copies.
//!
//! Sketches are stored under these hashes, so a change here makes every stored one foreign.

use crate::hash::{SEED, absorb, finish, hash64, step};
use crate::unicode;

/// Calls `each` with a hash for each word of a text, letter case aside: runs of letters and digits; signs that stand alone, as
/// in scripts that put no spaces between words, are words of their own. An apostrophe or hyphen inside a word parts it:
/// "don't" is "don", "t" everywhere. Sketches of stories are stored by these hashes.
pub fn each(text: &str, stands_alone: impl Fn(char) -> bool, mut each: impl FnMut(u64)) {
    let bytes = text.as_bytes();
    let mut word = None;
    let mut buffer = [0; 4];
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let letter = LETTERS[usize::from(byte)];
        if letter != 0 {
            word = Some(step(word.unwrap_or(SEED), u64::from(letter)));
            at += 1;
            continue;
        }
        let c = if byte.is_ascii() { char::from(byte) } else { char_at(text, at) };
        at += c.len_utf8();
        if !c.is_ascii() && stands_alone(c) {
            if let Some(state) = word.take() {
                each(finish(state));
            }
            each(hash64(c.encode_utf8(&mut buffer).as_bytes()));
            continue;
        }
        if !c.is_ascii() && unicode::is_alphanumeric(c) {
            for lower in unicode::lowercase(c) {
                let bytes = lower.encode_utf8(&mut buffer).as_bytes();
                word = Some(absorb(word.unwrap_or(SEED), bytes));
            }
            continue;
        }
        if let Some(state) = word.take() {
            each(finish(state));
        }
    }
    if let Some(state) = word {
        each(finish(state));
    }
}

/// Of each byte the letter or digit of ASCII that it is, in lower case, or zero.
static LETTERS: [u8; 256] = {
    let mut letters = [0; 256];
    let mut byte = 0;
    while byte < 0x80 {
        if (byte as u8).is_ascii_alphanumeric() {
            letters[byte] = (byte as u8).to_ascii_lowercase();
        }
        byte += 1;
    }
    letters
};

fn char_at(text: &str, at: usize) -> char {
    text[at..].chars().next().expect("a character begins here")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_hashed_in_lower_case() {
        let mut words = Vec::new();
        each("Don't eat Öl日x", |c| c == '日', |word| words.push(word));
        let expected = ["don", "t", "eat", "öl", "日", "x"].map(|word| hash64(word.as_bytes()));
        assert_eq!(words, expected);
    }
}
