//! Scripts that write no space between words: which letters are theirs.
//!
//! One place, so that extraction, tagging and fingerprints agree on what a word is. Scripts that a use counts in
//! beside these (Thai for fingerprints, Hangul where a word is as dense as a character) are named there.

use crate::unicode;

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

/// Whether a letter is of the kana that Japanese writes its endings and particles in.
#[must_use]
pub const fn is_hiragana(c: char) -> bool {
    matches!(c, '\u{3041}'..='\u{309f}')
}

/// Whether a letter is of the kana that foreign words are written in; the middle dot between such words is none.
#[must_use]
pub const fn is_katakana(c: char) -> bool {
    matches!(c, '\u{30a1}'..='\u{30fa}' | '\u{30fc}'..='\u{30ff}')
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

/// Whether a letter is of a script of Southeast Asia that writes phrases without spaces: Thai, Lao, Burmese, Khmer.
#[must_use]
const fn is_of_phrases(c: char) -> bool {
    matches!(c, '\u{0e00}'..='\u{0eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}')
}

/// Letters of Thai and its neighbours that make a word, on average.
const LETTERS_OF_A_WORD: usize = 4;

/// Words of a text, as word processors count: what stands between blanks, and where a script has none, each Chinese
/// character and kana, and each four letters of Thai, Lao, Burmese and Khmer.
#[must_use]
pub fn word_count(text: &str) -> usize {
    let words_of = |piece: &str| {
        let (mut characters, mut letters) = (0, 0_usize);
        for c in piece.chars() {
            characters += usize::from(is_unspaced(c));
            letters += usize::from(is_of_phrases(c));
        }
        let written = characters + letters.div_ceil(LETTERS_OF_A_WORD);
        if written == 0 {
            return 1;
        }
        let is_other = |c| !is_unspaced(c) && !is_of_phrases(c) && unicode::is_alphanumeric(c);
        written + usize::from(piece.chars().any(is_other))
    };
    let words_between_plain_blanks = |piece: &[u8]| {
        if piece.is_ascii() {
            return usize::from(!piece.is_empty());
        }
        // Beyond ASCII there may be other blanks.
        let piece = std::str::from_utf8(piece).unwrap_or_default();
        piece.split_whitespace().map(words_of).sum()
    };
    let is_plain_blank = |byte: &u8| matches!(byte, b' ' | b'\t'..=b'\r');
    text.as_bytes().split(is_plain_blank).map(words_between_plain_blanks).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_counted_in_every_script() {
        for (text, words) in [
            ("The bridge is closed.", 4),
            ("The bridge — is «closed».", 5),
            ("大桥昨天关闭。", 6),
            ("2026年に閉鎖", 5),
            ("สะพานปิดแล้ว", 3),
            ("다리가 닫혔다.", 2),
            ("", 0),
        ] {
            assert_eq!(word_count(text), words, "{text}");
        }
    }

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
