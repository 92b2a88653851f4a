//! Scripts that write no space between words: which letters are theirs.
//!
//! One place, so that extraction, tagging and fingerprints agree on what a word is. Scripts that a use counts in
//! beside these (Thai for fingerprints, Hangul where a word is as dense as a character) are named there.

/// Whether a letter is a Chinese character or kana, each of which stands for a syllable or a word.
#[must_use]
pub const fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}')
}

/// Whether a letter is kana.
#[must_use]
pub const fn is_kana(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}')
}

/// Whether a letter is a syllable of Hangul, which spaces its words and joins endings to them.
#[must_use]
pub const fn is_hangul(c: char) -> bool {
    matches!(c, '\u{ac00}'..='\u{d7af}')
}

/// Whether a letter is Thai.
#[must_use]
pub const fn is_thai(c: char) -> bool {
    matches!(c, '\u{0e00}'..='\u{0e7f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_of_their_scripts() {
        for (c, unspaced, hangul, thai) in [
            ('漢', true, false, false),
            ('か', true, false, false),
            ('カ', true, false, false),
            ('한', false, true, false),
            ('ก', false, false, true),
            ('a', false, false, false),
            ('、', false, false, false),
        ] {
            assert_eq!((is_unspaced(c), is_hangul(c), is_thai(c)), (unspaced, hangul, thai), "{c}");
        }
    }
}
