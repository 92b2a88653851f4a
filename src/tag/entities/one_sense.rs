//! One word, one kind: what a story's mentions of a word that stands alone are, by the sum of what
//! the recogniser makes of each.
//!
//! Where the sentence says little, a name seen nowhere else is a company in one line and a town in
//! the next. The mentions of one story are of one thing more often than not, so the clear ones
//! decide for the others.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

use super::{
    Evidence, Name, Reading,
    gazetteer_rules::NamedText,
    labels::{LANES, NameKind, OUTSIDE, label},
    token_features::evidence,
};
use crate::tag::{TokenKind, word_keys::HYPHEN};

/// Where a word stands alone: the text, the token, and the name that it is.
struct Mention {
    text: usize,
    token: usize,
    name: Option<usize>,
}

/// Settles the kinds of names of one word; `rows` are the scores of the texts' tokens.
pub fn correct(
    texts: &[Reading<'_>],
    rows: &[&[[i16; LANES]]],
    evidence: &Evidence,
    names: &mut [Vec<Name>],
) {
    let mut words: BTreeMap<u64, Vec<Mention>> = BTreeMap::new();
    for (text, (reading, names)) in texts.iter().zip(names.iter()).enumerate() {
        let mut at = 0;
        for (index, name) in names.iter().enumerate() {
            outside(&mut words, text, reading, evidence, at..name.tokens.start);
            at = name.tokens.end;
            if name.tokens.len() == 1 && alone(reading, evidence, name.tokens.start) {
                let token = name.tokens.start;
                let mention = Mention { text, token, name: Some(index) };
                words.entry(reading.keys[token]).or_default().push(mention);
            }
        }
        outside(&mut words, text, reading, evidence, at..reading.text.tokens.len());
    }
    let mut added: Vec<Vec<Name>> = vec![Vec::new(); texts.len()];
    for mentions in words.values().filter(|m| m.len() > 1 && m.iter().any(|m| m.name.is_some())) {
        let Some(kind) = kind(rows, mentions) else { continue };
        for Mention { text, token, name } in mentions {
            match name {
                Some(index) => names[*text][*index].kind = kind,
                None => added[*text].push(Name { kind, tokens: *token..token + 1 }),
            }
        }
    }
    for (names, added) in names.iter_mut().zip(added) {
        names.extend(added);
        names.sort_by_key(|n| n.tokens.start);
    }
}

/// Gives a name of several words one kind wherever it stands: a person's where it is the hyphenated surname of one, else that
/// of most of its mentions, and an organisation's where no kind has more.
pub(super) fn settle(texts: &mut [NamedText<'_>]) {
    const ORDER: [NameKind; 3] = [NameKind::Organisation, NameKind::Place, NameKind::Person];
    let mut counts: BTreeMap<Vec<u64>, [usize; 3]> = BTreeMap::new();
    let mut surnames: BTreeSet<Vec<u64>> = BTreeSet::new();
    for found in texts.iter() {
        for name in found.names.iter().filter(|n| n.tokens.len() > 1) {
            let keys = &found.keys[name.tokens.clone()];
            if let Some(at) = ORDER.iter().position(|kind| *kind == name.kind) {
                counts.entry(keys.to_vec()).or_default()[at] += 1;
            }
            if name.kind == NameKind::Person {
                let ends = (1..keys.len() - 1).map(|start| &keys[start..]);
                let several = ends.filter(|end| end.contains(&HYPHEN) && end[0] != HYPHEN);
                surnames.extend(several.take(LONGEST).map(<[u64]>::to_vec));
            }
        }
    }
    let kind = |keys: &[u64]| {
        let counts = counts.get(keys)?;
        if surnames.contains(keys) {
            return Some(NameKind::Person);
        }
        let most = counts.iter().max()?;
        let mut best = (0..ORDER.len()).filter(|&at| counts[at] == *most);
        let first = best.next()?;
        (first == 0 || best.next().is_none()).then(|| ORDER[first])
    };
    for found in texts {
        for name in found.names.iter_mut().filter(|n| ORDER.contains(&n.kind)) {
            if let Some(kind) = kind(&found.keys[name.tokens.clone()]) {
                name.kind = kind;
            }
        }
    }
}

/// Most ends of a person's name that are looked at.
const LONGEST: usize = 4;

fn outside(
    words: &mut BTreeMap<u64, Vec<Mention>>,
    text: usize,
    reading: &Reading<'_>,
    evidence: &Evidence,
    tokens: Range<usize>,
) {
    for token in tokens.filter(|&t| alone(reading, evidence, t)) {
        let mention = Mention { text, token, name: None };
        words.entry(reading.keys[token]).or_default().push(mention);
    }
}

/// Whether a token is a capitalised word that the story never has in small letters.
fn alone(reading: &Reading<'_>, evidence: &Evidence, token: usize) -> bool {
    reading.text.tokens[token].kind == TokenKind::Word
        && reading.text.is_capital(token)
        && evidence.get(reading.keys[token]) & evidence::LOWER == 0
}

/// The kind that all mentions together speak for; `None` when they are no name.
fn kind(rows: &[&[[i16; LANES]]], mentions: &[Mention]) -> Option<NameKind> {
    let sum = |label: usize| -> i32 {
        mentions.iter().map(|m| i32::from(rows[m.text][m.token][label])).sum()
    };
    let (kind, score) = NameKind::ALL
        .into_iter()
        .map(|kind| (kind, sum(label(kind, 0, 1))))
        .max_by_key(|(_, score)| *score)?;
    (score > sum(OUTSIDE)).then_some(kind)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tag::{Text, word_keys::keys};

    #[test]
    fn clear_mentions_of_a_word_decide_for_others() {
        let text = Text::new("It was Jumia. They said Jumia fell. We saw Jumia there.");
        let keys = keys(&text);
        let listed = vec![0; keys.len()];
        let reading = Reading { text: &text, keys: &keys, listed: &listed };
        let at: Vec<usize> = (0..keys.len()).filter(|&i| text.word(i) == "Jumia").collect();
        let mut rows = vec![[0_i16; LANES]; keys.len()];
        rows[at[0]][label(NameKind::Organisation, 0, 1)] = 90;
        rows[at[1]][label(NameKind::Person, 0, 1)] = 20;
        rows[at[2]][OUTSIDE] = 10;
        let name = |at: usize, kind| Name { kind, tokens: at..at + 1 };
        let mut names = [vec![name(at[0], NameKind::Organisation), name(at[1], NameKind::Person)]];
        correct(&[reading], &[&rows], &Evidence::of(&[reading]), &mut names);
        let want: Vec<Name> = at.iter().map(|&at| name(at, NameKind::Organisation)).collect();
        assert_eq!(names, [want]);
    }

    #[test]
    fn a_name_of_several_words_is_one_thing() {
        let text = Text::new("Orme Hall fell. We saw Orme Hall. They like Orme Hall.");
        let keys = keys(&text);
        let at: Vec<usize> = (0..keys.len()).filter(|&i| text.word(i) == "Orme").collect();
        let kinds = [NameKind::Place, NameKind::Organisation, NameKind::Organisation];
        let name = |(at, kind): (&usize, NameKind)| Name { kind, tokens: *at..at + 2 };
        let mut names: Vec<Name> = at.iter().zip(kinds).map(name).collect();
        let found = NamedText { text: &text, keys: &keys, matches: &[], names: &mut names };
        settle(&mut [found]);
        assert!(names.iter().all(|n| n.kind == NameKind::Organisation));
        // `Ada Orme-Hall` is somebody, and `Orme-Hall` her.
        let text = Text::new("Ada Orme-Hall came. Orme-Hall sat.");
        let keys = crate::tag::word_keys::keys(&text);
        let name = |kind, tokens| Name { kind, tokens };
        let mut names = vec![name(NameKind::Person, 0..4), name(NameKind::Organisation, 6..9)];
        let found = NamedText { text: &text, keys: &keys, matches: &[], names: &mut names };
        settle(&mut [found]);
        assert!(names.iter().all(|n| n.kind == NameKind::Person));
    }
}
