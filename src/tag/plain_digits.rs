//! Bodies whose digits are of other scripts (`۲۵`, `२५`, `２５`), for what reads numbers: amounts and dates.
//!
//! A character stands for each character, so that spans are those of the body as it is written; only the words of what
//! was found have to be taken from there again.

use crate::model::Span;
use crate::unicode;

/// A body with ASCII digits and signs; `None` where it has no others.
pub(super) fn plain(body: &str) -> Option<String> {
    let is_other = |c: char| !c.is_ascii() && plain_character(c) != c;
    body.contains(is_other).then(|| body.chars().map(plain_character).collect())
}

fn plain_character(c: char) -> char {
    match c {
        '\u{66a}' | '\u{ff05}' => '%',
        '\u{66b}' | '\u{ff0e}' => '.',
        '\u{66c}' => ',',
        c => unicode::plain_digit(c),
    }
}

/// Takes the words of what was found from the body as it is written.
pub(super) fn restore<'a>(body: &str, found: impl Iterator<Item = (&'a mut String, Span)>) {
    let characters: Vec<char> = body.chars().collect();
    for (text, span) in found {
        *text = characters[span.start as usize..span.end as usize].iter().collect();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_stand_for_characters() {
        assert_eq!(plain("۲۵٫۵٪ و २५").as_deref(), Some("25.5% و 25"));
        assert_eq!(plain("25 км 三百"), None);
        let mut text = String::new();
        restore("a ۲۵ b", std::iter::once((&mut text, Span { start: 2, end: 4 })));
        assert_eq!(text, "۲۵");
    }
}
