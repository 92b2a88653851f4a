//! Where the name of an organisation goes on behind what the recogniser took for all of it: at a noun that ends one
//! (`Orland High` `School`), at `of` and what it is of (`Orland Panel` `on Sea Trade`), at `and` inside a ministry's name.
//!
//! Only words that are no name of their own are taken, or places and organisations inside them: whom a body is named
//! beside stays who it is. Headlines, where all words have capitals, are not read.

use std::ops::Range;

use super::{Name, labels::NameKind};
use crate::tag::{Text, TokenKind, english};

/// Most words that a name goes on for.
const MOST: usize = 5;
/// Fewest of them behind `on` and `for`, before which a name may end.
const FEWEST: usize = 2;

/// Lengthens the names of a text.
pub(super) fn widen(text: &Text<'_>, names: &mut Vec<Name>) {
    let mut at = 0;
    while at < names.len() {
        if let Some(tokens) = whole(text, names, at) {
            let last = names.partition_point(|n| n.tokens.start < tokens.end);
            names.splice(at..last, [Name { kind: NameKind::Organisation, tokens }]);
        }
        at += 1;
    }
}

/// The tokens of the longer organisation that a name begins.
fn whole(text: &Text<'_>, names: &[Name], at: usize) -> Option<Range<usize>> {
    let Name { kind, tokens } = &names[at];
    let (start, end) = (tokens.start, tokens.end);
    let body = *kind == NameKind::Organisation;
    if *kind == NameKind::Other || !text.word(start).starts_with(char::is_uppercase) {
        return None;
    }
    let last = text.lower(end - 1);
    let next = text.word_or_empty(end);
    if body && matches!(last, "and" | "of") {
        let run = run(text, names, at, end);
        return Some(start..if run.is_empty() { end - 1 } else { run.end });
    }
    // `Orland High School`, with nothing behind that makes `Orland Police Chief Anna Berg` of it
    let noun = run(text, names, at, end);
    if !noun.is_empty() && is_noun(text.lower(noun.end - 1)) && !is_noun(last) {
        return Some(start..noun.end);
    }
    if !body {
        return None;
    }
    let words = end + 1 + usize::from(text.word_or_empty(end + 1) == "the");
    let behind = run(text, names, at, words);
    let unnamed = names.get(at + 1).is_none_or(|n| n.tokens.start >= behind.end);
    let goes_on = match next {
        "of" => is_noun(last) && !behind.is_empty(),
        "on" => english::BEFORE_ON.contains(last) && behind.len() >= FEWEST && unnamed,
        "and" => {
            let of = tokens.clone().skip(1).find(|&i| text.word(i) == "of");
            // `Orland Office of Herring and Trade`
            let is_field = behind.len() == 1 && english::FIELDS.contains(text.lower(words));
            let is_body = |of: usize| {
                english::BEFORE_OF.contains(text.word(of - 1))
                    || is_field && is_noun(text.lower(of - 1))
            };
            of.is_some_and(is_body)
                && words == end + 1
                && !behind.is_empty()
                && (unnamed || is_field)
        }
        _ => false,
    };
    goes_on.then_some(start..behind.end)
}

/// The capitalised words from a token on, as far as they are no person's name and end where a name inside them ends.
fn run(text: &Text<'_>, names: &[Name], at: usize, from: usize) -> Range<usize> {
    let limit = text.sentence_of(names[at].tokens.start).map_or(from, |s| s.end);
    let is_word = |i: &usize| {
        text.tokens[*i].kind == TokenKind::Word && text.word(*i).starts_with(char::is_uppercase)
    };
    let end = from + (from..limit).take_while(is_word).count();
    let mut inside = names[at + 1..].iter().take_while(|n| n.tokens.start < end);
    let fits = inside
        .all(|n| n.tokens.end <= end && matches!(n.kind, NameKind::Place | NameKind::Organisation));
    if fits && end - from <= MOST { from..end } else { from..from }
}

fn is_noun(word: &str) -> bool {
    english::ORGANISATION_NOUNS.contains(word) || english::ORGANISATION_ENDINGS.contains(word)
}

#[cfg(test)]
mod tests {
    use super::{NameKind::*, *};
    use crate::tag::names::samples::{named, written};

    fn widened(body: &str, found: &[(NameKind, &str)]) -> Vec<String> {
        let text = Text::new(body);
        let mut names = named(&text, found);
        widen(&text, &mut names);
        written(&text, &names)
    }

    #[test]
    fn noun_behind_a_name_makes_it_an_organisation() {
        assert_eq!(
            widened("He left Varde High School early.", &[(Place, "Varde")]),
            ["Organisation Varde High School"]
        );
        let chief = [(Place, "Varde"), (Person, "Odd Berg")];
        let kept = ["Place Varde", "Person Odd Berg"];
        assert_eq!(widened("Varde Police Chief Odd Berg left.", &chief), kept);
    }

    #[test]
    fn organisation_goes_on_behind_small_words() {
        for (body, name, whole) in [
            (
                "The Orme Commission on Sea Trade met.",
                "Orme Commission",
                "Orme Commission on Sea Trade",
            ),
            ("The Orme Party of Varde met.", "Orme Party", "Orme Party of Varde"),
            (
                "The Ministry of Food and Roads met.",
                "Ministry of Food",
                "Ministry of Food and Roads",
            ),
            ("The Front for Food and Roads met.", "Front for Food and", "Front for Food and Roads"),
            ("The Orme Commission on Monday met.", "Orme Commission", "Orme Commission"),
        ] {
            let whole = format!("Organisation {whole}");
            assert_eq!(widened(body, &[(Organisation, name)]), [whole], "{body}");
        }
        let field = [(Organisation, "Orme Office of Herring"), (Organisation, "Budget")];
        let whole = ["Organisation Orme Office of Herring and Budget"];
        assert_eq!(widened("The Orme Office of Herring and Budget met.", &field), whole);
        let two = [(Organisation, "Ministry of Food"), (Organisation, "Orme Bank")];
        let kept = ["Organisation Ministry of Food", "Organisation Orme Bank"];
        assert_eq!(widened("The Ministry of Food and Orme Bank met.", &two), kept);
    }
}
