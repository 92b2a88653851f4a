//! Offices, ministries, broadcasters, papers and names that begin with a number, known by their shape alone.

use std::ops::Range;
use std::sync::LazyLock;

use foldhash::HashSet;

use super::{
    NameKind, NamedText, english, is_capital, is_title, match_at, overlapping, put, starting, word,
};
use crate::lang;
use crate::unicode;

/// French words that begin the name of a place, and what is between them and what it is of: `Gare du Nord`.
struct French {
    openings: HashSet<&'static str>,
    of: HashSet<&'static str>,
}

static FRENCH: LazyLock<French> = LazyLock::new(|| {
    let words = |kind| lang::of_kind("fr", "places.txt", kind).collect();
    French { openings: words("place-opening"), of: words("of") }
});

impl French {
    fn opens_place(&self, word: &str, next: &str) -> bool {
        self.openings.contains(word) && self.of.contains(next)
    }
}

/// Offices, ministries, broadcasters, papers and names that begin with a number, by their shape.
pub(super) fn claim(found: &mut NamedText<'_>, line: &Range<usize>, shouted: bool) {
    let text = found.text;
    for at in line.clone() {
        let lead = text.word(at);
        if lead.starts_with(|c: char| c.is_ascii_digit()) {
            let rest = &text.text[text.tokens[at].start as usize..];
            let listed = english::NUMBER_LED.iter().find(|name| {
                rest.strip_prefix(**name)
                    .is_some_and(|after| !after.starts_with(unicode::is_alphanumeric))
            });
            if let Some(name) = listed {
                let end = text.tokens[at].start + name.len() as u32;
                let last = (at..line.end).take_while(|&i| text.tokens[i].end <= end).last();
                if let Some(last) = last {
                    put(found.names, NameKind::Organisation, at..last + 1);
                }
            }
            continue;
        }
        if shouted || !is_capital(text, at) {
            continue;
        }
        let next = word(text, at + 1, line);
        let over = |tokens: &Range<usize>, found: &NamedText<'_>| {
            let over = overlapping(found.names, tokens);
            found.names[over]
                .iter()
                .all(|n| tokens.start <= n.tokens.start && n.tokens.end <= tokens.end)
        };
        let tokens = if english::OFFICE_HEADS.contains(next)
            && english::BEFORE_OFFICE.contains(lead)
        {
            at..at + 2
        } else if english::PARTIES.contains(lead) && english::MEMBERS.contains(next) {
            at..at + 1
        } else if next == "of" && english::BEFORE_OF.contains(lead) && line.contains(&(at + 2)) {
            let start = if text.word(at + 2) == "the" { at + 3 } else { at + 2 };
            if !line.contains(&start) || !is_capital(text, start) || is_title(text.word(start)) {
                continue;
            }
            at..start + 1
        } else if english::BEFORE_PLACES.contains(lead)
            && starting(found.names, at + 1).is_some_and(|n| n.kind == NameKind::Place)
        {
            at..starting(found.names, at + 1).map_or(at + 2, |n| n.tokens.end)
        } else if english::PAPER_ARTICLES.contains(lead)
            && starting(found.names, at)
                .is_some_and(|n| n.kind == NameKind::Person && n.tokens.end == at + 2)
        {
            at..at + 2
        } else if FRENCH.opens_place(lead, next) {
            let end = (at + 2..line.end).take_while(|&i| is_capital(text, i)).last();
            let Some(end) = end else { continue };
            put(found.names, NameKind::Place, at..end + 1);
            continue;
        } else if is_elided(lead) && match_at(found.matches, at).is_none() {
            at..at + 1
        } else {
            continue;
        };
        let covered = overlapping(found.names, &tokens);
        let one = found.names[covered].iter().any(|n| {
            n.kind == NameKind::Organisation
                && n.tokens.start <= tokens.start
                && n.tokens.end >= tokens.end
        });
        if !one && over(&tokens, found) {
            put(found.names, NameKind::Organisation, tokens);
        }
    }
}

/// `L'Avenir`: a French name with its article.
fn is_elided(word: &str) -> bool {
    let mut letters = word.chars();
    letters.next() == Some('L')
        && matches!(letters.next(), Some('\'' | '\u{2019}'))
        && letters.next().is_some_and(char::is_uppercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn french_words_open_places() {
        assert_eq!(
            lang::rows("fr", "places.txt").into_iter().flatten().count(),
            FRENCH.openings.len() + FRENCH.of.len()
        );
        assert!(FRENCH.opens_place("Gare", "du") && !FRENCH.opens_place("Gare", "Nord"));
    }
}
