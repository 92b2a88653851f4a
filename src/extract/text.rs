//! Text as browsers show it: white space, character references, tags left in values; and what of a text two wordings
//! of one thing share.

use crate::scripts::is_unspaced;
use crate::unicode;

/// White space that HTML collapses, and the no-break and zero-width kinds that pages put in its
/// place.
pub(super) fn is_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{200b}' | '\u{feff}' | '\u{2060}' | '\u{ad}')
}

/// Of each byte, whether a character that begins with it may be [`is_space`]: no others need be decoded.
static MAY_BE_SPACE: [bool; 256] = {
    let mut may = [false; 256];
    let mut at = b'\t';
    while at <= b'\r' {
        may[at as usize] = true;
        at += 1;
    }
    // U+0020, the no-break space and the soft hyphen, the space of Ogham, those of typography, the ideographic one, and the
    // mark of byte order.
    let firsts = [b' ', 0xc2, 0xe1, 0xe2, 0xe3, 0xef];
    let mut at = 0;
    while at < firsts.len() {
        may[firsts[at] as usize] = true;
        at += 1;
    }
    may
};

fn may_be_space(byte: u8) -> bool {
    MAY_BE_SPACE[usize::from(byte)]
}

/// Appends text with runs of white space collapsed to one space, also across calls; leading space
/// is dropped.
pub(super) fn push_collapsed(out: &mut String, text: &str) {
    let mut space = out.is_empty() || out.ends_with([' ', '\n']);
    let mut rest = text;
    while !rest.is_empty() {
        let end = collapsed_already(rest);
        if end > 0 {
            out.push_str(&rest[..end]);
            space = false;
            rest = &rest[end..];
        }
        let mut chars = rest.chars();
        let mut seen = false;
        while let Some(c) = chars.clone().next().filter(|c| is_space(*c)) {
            // A soft hyphen or zero-width space joins; it is no gap between words.
            seen |= !matches!(c, '\u{ad}' | '\u{200b}' | '\u{feff}' | '\u{2060}');
            chars.next();
        }
        rest = chars.as_str();
        if seen && !space {
            out.push(' ');
            space = true;
        }
    }
}

/// Bytes at the beginning of a text that stay as they are: up to white space that is more than one blank between two
/// words. Nearly all white space is ASCII.
fn collapsed_already(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        at += match byte {
            byte if !may_be_space(byte) => 1,
            b' ' if at > 0 && bytes.get(at + 1).is_some_and(|next| !may_be_space(*next)) => 1,
            ascii if ascii.is_ascii() => break,
            _ => match text[at..].chars().next() {
                Some(c) if !is_space(c) => c.len_utf8(),
                Some(_) | None => break,
            },
        };
    }
    at
}

/// Words of a text; where they aren't spaced, letters by twos.
pub(super) fn words(text: &str) -> u32 {
    let unspaced =
        if has_unspaced(text) { text.chars().filter(|c| is_unspaced(*c)).count() } else { 0 };
    u32::try_from(spaced_words(text) + unspaced / 2).unwrap_or(u32::MAX)
}

/// As many as [`str::split_whitespace`] gives.
pub(super) fn spaced_words(text: &str) -> usize {
    let bytes = text.as_bytes();
    let (mut spaced, mut inside, mut at) = (0, false, 0);
    while let Some(&byte) = bytes.get(at) {
        let (space, length) = match byte {
            byte if !may_be_space(byte) => (false, 1),
            ascii if ascii.is_ascii() => (true, 1),
            _ => text[at..].chars().next().map_or((true, 1), |c| (c.is_whitespace(), c.len_utf8())),
        };
        spaced += usize::from(!space && !inside);
        inside = !space;
        at += length;
    }
    spaced
}

/// Whether a text may have letters of scripts that put no spaces between words: these begin with one of a few bytes.
pub(super) fn has_unspaced(text: &str) -> bool {
    !text.is_ascii() && text.bytes().any(|b| matches!(b, 0xe3..=0xe9))
}

/// One line: white space collapsed, ends trimmed.
pub(super) fn one_line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    push_collapsed(&mut out, text);
    out.truncate(out.trim_end().len());
    out
}

/// Letters and digits in lower case: two wordings with the same are the same.
pub(super) fn letters(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii() {
            // Nearly all of most languages: no table need be asked.
            if c.is_ascii_alphanumeric() {
                out.push(c.to_ascii_lowercase());
            }
        } else if unicode::is_alphanumeric(c) {
            out.extend(c.to_lowercase());
        }
    }
    out
}

/// Whether two texts have the same [`letters`].
pub(super) fn same_letters(a: &str, b: &str) -> bool {
    let letters = |text| str::chars(text).filter(|c| unicode::is_alphanumeric(*c));
    letters(a).flat_map(unicode::lowercase).eq(letters(b).flat_map(unicode::lowercase))
}

/// Tags out of a text that may be HTML; entities stay.
pub(super) fn without_tags(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find('<') {
        out.push_str(&rest[..open]);
        out.push(' ');
        match rest[open..].find('>') {
            Some(close) => rest = &rest[open + close + 1..],
            None => {
                rest = "";
            }
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_collapses_to_one_blank_across_texts() {
        let collapsed = |texts: &[&str]| {
            let mut out = String::new();
            for text in texts {
                push_collapsed(&mut out, text);
            }
            out
        };
        assert_eq!(
            collapsed(&["  a b  c\n\td ", " e", "f\u{a0} \u{e9} g\u{ad}h"]),
            "a b c d ef \u{e9} gh"
        );
        assert_eq!(collapsed(&["a ", "\u{200b}", " b", "\u{200b} c"]), "a b c");
        assert_eq!(collapsed(&["a\u{b}b", "\u{3000}c \u{3000}", "d"]), "a b c d");
        assert_eq!(collapsed(&[" ", "\n"]), "");
    }

    #[test]
    fn every_space_begins_with_a_byte_that_says_so() {
        let mut buffer = [0; 4];
        for c in '\0'..=char::MAX {
            let first = c.encode_utf8(&mut buffer).as_bytes()[0];
            assert!(may_be_space(first) || !is_space(c), "{c:?}");
        }
    }

    #[test]
    fn words_are_counted_between_any_white_space() {
        for text in ["", " a", "a\u{a0}b\u{2003}c d\u{200b}e", "é ü\u{3000}я", "a\u{1c}b\r\n"] {
            assert_eq!(spaced_words(text), text.split_whitespace().count(), "{text:?}");
        }
        assert_eq!(words("\u{5927}\u{6865}\u{6628}\u{5929}\u{5173} ab"), 4);
    }

    #[test]
    fn letters_are_of_any_script_in_lower_case() {
        assert_eq!(
            letters("\u{c9}t\u{e9} 2026: \u{130}zmir\u{2019}s \u{39f}\u{394}"),
            "\u{e9}t\u{e9}2026i\u{307}zmirs\u{3bf}\u{3b4}"
        );
        for (a, b) in [("\u{130}zmir, 5", "i\u{307}zmir5"), ("A b", "a"), ("a", "a B"), ("", "-")] {
            assert_eq!(same_letters(a, b), letters(a) == letters(b), "{a}, {b}");
        }
    }
}
