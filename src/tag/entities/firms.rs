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
    use crate::tag::{Text, document::Splitting, word_keys::keys};

    fn joined(body: &str, found: &[(NameKind, &str)]) -> Vec<String> {
        let text = Text::split(body, Splitting::of("de"));
        let words = keys(&text);
        let reading = Reading { text: &text, keys: &words, listed: &vec![0; words.len()] };
        let token = |byte| text.tokens.partition_point(|t| (t.start as usize) < byte);
        let name = |(kind, words): &(NameKind, &str)| {
            let from = body.find(words).unwrap();
            Name { kind: *kind, tokens: token(from)..token(from + words.len()) }
        };
        let mut names: Vec<Name> = found.iter().map(name).collect();
        join_ampersands(&reading, &mut names);
        names.iter().map(|n| format!("{:?} {}", n.kind, text.slice(n.tokens.clone()))).collect()
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
