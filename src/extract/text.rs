//! Text as browsers show it: white space, character references, tags left in values; and what of a text two wordings
//! of one thing share.

use crate::unicode;

/// White space that HTML collapses, and the no-break and zero-width kinds that pages put in its
/// place.
pub(super) fn is_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{200b}' | '\u{feff}' | '\u{2060}' | '\u{ad}')
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
            b' ' if at > 0 && bytes.get(at + 1).is_some_and(u8::is_ascii_graphic) => 1,
            b' ' | b'\t'..=b'\r' => break,
            ascii if ascii.is_ascii() => 1,
            _ => match text[at..].chars().next() {
                Some(c) if !is_space(c) => c.len_utf8(),
                Some(_) | None => break,
            },
        };
    }
    at
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
    fn letters_are_of_any_script_in_lower_case() {
        assert_eq!(
            letters("\u{c9}t\u{e9} 2026: \u{130}zmir\u{2019}s \u{39f}\u{394}"),
            "\u{e9}t\u{e9}2026i\u{307}zmirs\u{3bf}\u{3b4}"
        );
    }
}
