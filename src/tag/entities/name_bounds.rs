//! Where a name ends, whatever the recogniser says: at the dash of a dateline (`PARIS - Berg said`), and a person's at
//! the apostrophe of a plural or a name in s (`Harris\u{2019} Oslo office`).

use super::{Name, labels::NameKind};
use crate::tag::Text;

/// Cuts the names of a text that run over their end. Before a dash stands a dateline, which the gazetteer reads.
pub(super) fn cut(text: &Text<'_>, names: &mut Vec<Name>) {
    for name in names.iter_mut() {
        if let Some(dash) = name.tokens.clone().find(|&i| is_dash_apart(text, i))
            && (name.tokens.start..dash).all(|i| is_loud(text.word(i)))
        {
            name.tokens.start = dash + 1;
        }
        if name.kind == NameKind::Person
            && let Some(end) = name.tokens.clone().find(|&i| is_bare_possessive(text, i))
        {
            name.tokens.end = end;
        }
    }
    names.retain(|name| !name.tokens.is_empty());
}

/// Whether a word is in capitals, as datelines are; `Al - Rashid` is a name.
fn is_loud(word: &str) -> bool {
    word.chars().count() > 2 && !word.contains(char::is_lowercase)
}

fn is_dash_apart(text: &Text<'_>, token: usize) -> bool {
    let tokens = &text.tokens;
    let is_apart = |one: usize, other: usize| {
        tokens.get(one).zip(tokens.get(other)).is_some_and(|(one, other)| one.end < other.start)
    };
    matches!(text.word(token), "-" | "\u{2013}" | "\u{2014}" | "--")
        && token > 0
        && is_apart(token - 1, token)
        && is_apart(token, token + 1)
}

fn is_bare_possessive(text: &Text<'_>, token: usize) -> bool {
    matches!(text.word(token), "'" | "\u{2019}")
        && token > 0
        && text.word(token - 1).ends_with(['s', 'x', 'z'])
        && text.tokens[token - 1].end == text.tokens[token].start
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut_of(body: &str, kind: NameKind, words: &str) -> Vec<String> {
        let text = Text::new(body);
        let at = body.find(words).unwrap() as u32;
        let first = text.tokens.partition_point(|t| t.start < at);
        let last = text.tokens.partition_point(|t| t.start < at + words.len() as u32);
        let mut names = vec![Name { kind, tokens: first..last }];
        cut(&text, &mut names);
        names.into_iter().map(|name| text.slice(name.tokens).to_owned()).collect()
    }

    #[test]
    fn names_end_at_dashes_and_a_persons_at_an_apostrophe() {
        let person = |body, words| cut_of(body, NameKind::Person, words);
        assert_eq!(person("OSLO - Quendale spoke.", "OSLO - Quendale"), ["Quendale"]);
        assert_eq!(
            person("Orla Berns\u{2019} Oslo office", "Orla Berns\u{2019} Oslo"),
            ["Orla Berns"]
        );
        assert_eq!(person("Ana Ruiz-Berg spoke.", "Ana Ruiz-Berg"), ["Ana Ruiz-Berg"]);
        assert_eq!(person("Omar al - Rashid spoke.", "Omar al - Rashid"), ["Omar al - Rashid"]);
        let guild =
            cut_of("the Writers\u{2019} Guild", NameKind::Organisation, "Writers\u{2019} Guild");
        assert_eq!(guild, ["Writers\u{2019} Guild"]);
    }
}
