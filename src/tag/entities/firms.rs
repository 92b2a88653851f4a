//! Firms whose names have an ampersand, in languages other than English: `Orme & Varde` is one organisation and no two people.

use super::{Name, Reading, labels::NameKind};
use crate::tag::{
    TokenKind,
    names::{overlapping, put},
};

/// Most words with a capital before an ampersand where no name is found.
const MOST: usize = 3;

/// Joins what stands on both sides of an ampersand.
pub(super) fn join_ampersands(reading: &Reading<'_>, names: &mut Vec<Name>) {
    let text = reading.text;
    let capital = |at: usize| text.tokens[at].kind == TokenKind::Word && text.is_capital(at);
    for line in &text.lines {
        let mut from = line.start;
        while let Some(sign) = (from..line.end).find(|&at| text.word(at) == "&") {
            from = sign + 1;
            let apart = sign > line.start
                && from < line.end
                && text.tokens[sign - 1].end < text.tokens[sign].start
                && text.tokens[sign].end < text.tokens[from].start;
            if !apart || !capital(sign - 1) || !capital(from) {
                continue;
            }
            let at = |token: usize| {
                let first = names.partition_point(|n| n.tokens.end <= token);
                names.get(first).filter(|n| n.tokens.start <= token)
            };
            let start = match at(sign - 1) {
                Some(name) => name.tokens.start,
                None => (line.start..sign)
                    .rev()
                    .take(MOST)
                    .take_while(|&at| capital(at))
                    .last()
                    .unwrap_or(sign - 1),
            };
            let end = at(from).map_or(from + 1, |name| name.tokens.end);
            let over = overlapping(names, &(start..end));
            // Where the recogniser saw somebody in it: a game or a film is no firm.
            if names[over].iter().any(|n| n.kind == NameKind::Person) {
                put(names, NameKind::Organisation, start..end);
                from = end;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tag::names::samples::{Sample, named, written};

    fn joined(body: &str, found: &[(NameKind, &str)]) -> Vec<String> {
        let sample = Sample::of("de", body);
        let mut names = named(&sample.text, found);
        join_ampersands(&sample.reading(), &mut names);
        written(&sample.text, &names)
    }

    #[test]
    fn two_names_and_their_sign_are_a_firm() {
        let both = [(NameKind::Person, "Orme"), (NameKind::Person, "Varde")];
        let firm = ["Organisation Orme & Varde"];
        assert_eq!(joined("Bei Orme & Varde wird gestreikt.", &both), firm);
        assert_eq!(joined("Bei Orme & Varde wird gestreikt.", &both[..1]), firm);
        let places = [(NameKind::Place, "Orme"), (NameKind::Place, "Varde")];
        let body = "Hotels in Orme & Varde.";
        assert_eq!(joined(body, &places), ["Place Orme", "Place Varde"]);
    }
}
