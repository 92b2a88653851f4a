//! Text for terminals: painted, measured and cut in columns, with nothing in it that steers one.
//!
//! What stories and logs say is not ours: an escape sequence in a headline could rewrite the screen
//! or the clipboard, a bidirectional override could make a line read otherwise than it is. Every
//! such text goes through [`printable`] on its way.

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// Select Graphic Rendition codes.
pub const BOLD: &str = "1";
/// Faint.
pub const DIM: &str = "2";

/// A text in an SGR colour, where colour is wanted.
#[must_use]
pub fn paint(colour: bool, sgr: &str, text: &str) -> String {
    if colour && !text.is_empty() { format!("\x1b[{sgr}m{text}\x1b[0m") } else { text.to_owned() }
}

/// Whether a character steers the terminal or the order of others rather than being shown.
#[must_use]
pub fn steers(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A text as one line: white space that breaks it is a space, all else that steers U+FFFD.
#[must_use]
pub fn printable(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            c if !steers(c) => c,
            c if c.is_whitespace() => ' ',
            _ => char::REPLACEMENT_CHARACTER,
        })
        .collect()
}

/// A number with the noun that it counts: `1 feed`, `2 feeds`.
#[must_use]
pub fn counted(count: impl Into<u64>, noun: &str) -> String {
    let count = count.into();
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// Columns that a printable text takes.
#[must_use]
pub fn columns(text: &str) -> usize {
    text.width()
}

/// A printable text in at most `width` columns, its end marked where it was cut.
#[must_use]
pub fn cut(text: &str, width: usize) -> String {
    if columns(text) <= width {
        return text.to_owned();
    }
    let mut left = width.saturating_sub(1);
    let mut out: String = text
        .chars()
        .take_while(|c| {
            let wide = c.width().unwrap_or(0);
            let fits = wide <= left;
            left = left.saturating_sub(wide);
            fits
        })
        .collect();
    out.truncate(out.trim_end().len());
    if width > 0 {
        out.push('…');
    }
    out
}

/// A printable text in exactly `width` columns.
#[must_use]
pub fn fitted(text: &str, width: usize) -> String {
    let text = cut(text, width);
    let blank = width.saturating_sub(columns(&text));
    text + &" ".repeat(blank)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_printable_steers() {
        let hostile = "a\x1b[2J\tb\u{9b}31m\r\nc\u{202e}d\u{2066}e\x07\u{7f}\u{2028}f";
        let shown = printable(hostile);
        assert!(!shown.contains(steers), "{shown:?}");
        assert_eq!(shown, "a\u{fffd}[2J b\u{fffd}31m  c\u{fffd}d\u{fffd}e\u{fffd}\u{fffd} f");
        assert_eq!(printable("Zoë 🌍 عربي"), "Zoë 🌍 عربي");
    }

    #[test]
    fn cuts_by_columns_not_by_characters() {
        assert_eq!(cut("bridge", 6), "bridge");
        assert_eq!(cut("bridges", 6), "bridg…");
        assert_eq!(cut("the bridge", 5), "the…");
        assert_eq!(cut("橋が六月に開く", 7), "橋が六…");
        assert_eq!(cut("x", 0), "");
        for width in 0..20 {
            assert_eq!(columns(&fitted("橋が六月に開く", width)), width);
        }
    }
}
