//! What a story calls by a full name once, it means wherever it says a part of that name.
//!
//! The recogniser reads sentence by sentence; its second reading hears of the rest of the story,
//! but softly. Some things are certain enough to overrule it: a part of a person's full name alone
//! is that person, an acronym is the organisation whose long form stands elsewhere, and a name of
//! several words that was found once is a name wherever it stands. A headline capitalises its verbs
//! too: `Merkel Meets Tusk` is two people where the text below tells of both.

use std::ops::Range;

use super::{
    Evidence, Name, Reading,
    labels::NameKind,
    name_context::TIMES,
    second_pass,
    token_features::{CaseStyle, case_style, evidence},
};
use crate::hash::ByHash;
use crate::tag::{
    Text, TokenKind, english, feature_hash,
    word_keys::{self, HYPHEN},
};

/// What words and phrases stand for in a story, by hash.
#[derive(Default)]
struct NameWords {
    /// Ends of persons' names of several words, with how often.
    persons: ByHash<usize>,
    /// Words of organisations' and places' names of several words, with how often.
    others: ByHash<usize>,
    acronyms: ByHash<NameKind>,
    /// Kinds of names of several words.
    names: ByHash<NameKind>,
    /// Most tokens of a name.
    longest: usize,
    english: bool,
}

/// Sets right the names of a story's texts, in order, one list per text; what words of `english` open a sentence is known.
pub fn unify(texts: &[Reading<'_>], evidence: &Evidence, names: &mut [Vec<Name>], english: bool) {
    part_headlines(texts, names);
    let words = NameWords { english, ..NameWords::of(texts, names) };
    for (reading, names) in texts.iter().zip(names) {
        for name in names.iter_mut() {
            if let Some(kind) = words.kind(reading, evidence, &name.tokens) {
                name.kind = kind;
            }
        }
        words.complete(reading, evidence, names);
    }
}

/// Parts what a headline seems to call by one name where both its ends are names of the text.
fn part_headlines(texts: &[Reading<'_>], names: &mut [Vec<Name>]) {
    let mut known: ByHash<NameKind> = ByHash::default();
    for (reading, names) in texts.iter().zip(names.iter()) {
        for sentence in running(reading, true) {
            let first = names.partition_point(|n| n.tokens.start < sentence.start);
            let from = names[first..].iter().take_while(|n| n.tokens.start < sentence.end);
            for name in from.filter(|n| inside(n, &sentence)) {
                let keys = &reading.keys[name.tokens.clone()];
                known.entry(phrase(keys)).or_insert(name.kind);
                if name.kind == NameKind::Person {
                    known.entry(phrase(&keys[keys.len() - 1..])).or_insert(name.kind);
                }
            }
        }
    }
    for (reading, names) in texts.iter().zip(names) {
        let headlines: Vec<Range<usize>> = running(reading, false).collect();
        let mut parted = Vec::new();
        names.retain(|name| {
            let at = headlines.partition_point(|line| line.end <= name.tokens.start);
            if !headlines.get(at).is_some_and(|line| inside(name, line)) {
                return true;
            }
            let parts = parts(reading, &known, &name.tokens);
            let whole = parts.len() < 2
                || parts[0].tokens.start != name.tokens.start
                || parts[parts.len() - 1].tokens.end != name.tokens.end;
            if !whole {
                parted.extend(parts);
            }
            whole
        });
        names.extend(parted);
        names.sort_by_key(|n| n.tokens.start);
    }
}

/// The sentences that are set as running text, or those that are not.
fn running<'a>(reading: &'a Reading<'_>, normal: bool) -> impl Iterator<Item = Range<usize>> + 'a {
    let set = move |s: &&Range<usize>| case_style(reading.text, (*s).clone()) == CaseStyle::Normal;
    reading.text.sentences.iter().filter(move |s| set(s) == normal).cloned()
}

fn inside(name: &Name, sentence: &Range<usize>) -> bool {
    sentence.start <= name.tokens.start && name.tokens.end <= sentence.end
}

/// Most words of a name that is looked for within what a headline seems to call by one.
const LONGEST_PART: usize = 16;

/// The known names within some tokens, the longest at each point.
fn parts(reading: &Reading<'_>, known: &ByHash<NameKind>, tokens: &Range<usize>) -> Vec<Name> {
    let mut parts = Vec::new();
    let mut at = tokens.start;
    while at < tokens.end {
        let furthest = tokens.end.min(at + LONGEST_PART);
        let part = (at + 1..=furthest).rev().find_map(|end| {
            let kind = *known.get(&phrase(&reading.keys[at..end]))?;
            Some(Name { kind, tokens: at..end })
        });
        at = part.as_ref().map_or(at + 1, |name| name.tokens.end);
        parts.extend(part);
    }
    parts
}

impl NameWords {
    fn of(texts: &[Reading<'_>], names: &[Vec<Name>]) -> Self {
        let mut words = Self::default();
        for (reading, names) in texts.iter().zip(names) {
            for name in names.iter().filter(|n| n.tokens.len() > 1) {
                words.add(reading, name);
            }
        }
        words
    }

    fn add(&mut self, reading: &Reading<'_>, name: &Name) {
        let (text, tokens) = (reading.text, name.tokens.clone());
        let keys = &reading.keys[tokens.clone()];
        match name.kind {
            NameKind::Person => {
                for start in tokens.start + 1..tokens.end {
                    let surname = starts_word(text, reading.keys, start)
                        && text.word(start).starts_with(char::is_uppercase);
                    if surname {
                        let end = phrase(&reading.keys[start..tokens.end]);
                        *self.persons.entry(end).or_default() += 1;
                    }
                }
                // Also a given name, or a family name that comes first, unless it is a place's.
                let first = tokens.start;
                if reading.listed[first] == 0 && text.word(first).len() > 2 {
                    *self.persons.entry(phrase(&keys[..1])).or_default() += 1;
                }
            }
            NameKind::Organisation | NameKind::Place => {
                for key in keys {
                    *self.others.entry(phrase(&[*key])).or_default() += 1;
                }
                if let Some(initials) = second_pass::initials(text, name) {
                    let key = word_keys::key(&initials, TokenKind::Word, &mut Vec::new());
                    self.acronyms.entry(phrase(&[key])).or_insert(name.kind);
                }
            }
            NameKind::Other => {}
        }
        self.names.entry(phrase(keys)).or_insert(name.kind);
        self.longest = self.longest.max(keys.len());
    }

    /// What some tokens that stand alone are, if that is certain.
    fn kind(
        &self,
        reading: &Reading<'_>,
        evidence: &Evidence,
        tokens: &Range<usize>,
    ) -> Option<NameKind> {
        let phrase = phrase(&reading.keys[tokens.clone()]);
        let count = |counts: &ByHash<usize>| counts.get(&phrase).copied().unwrap_or_default();
        let persons = count(&self.persons);
        if tokens.len() > 1 {
            return (persons > 0).then_some(NameKind::Person);
        }
        let word = reading.text.word(tokens.start);
        if reading.text.tokens[tokens.start].kind != TokenKind::Word
            || !word.starts_with(char::is_uppercase)
            || evidence.get(reading.keys[tokens.start]) & evidence::LOWER != 0
            || self.english && is_word(reading.text, tokens.start)
        {
            return None;
        }
        let acronym = word.len() > 1 && !word.chars().any(char::is_lowercase);
        if let Some(kind) = self.acronyms.get(&phrase).filter(|_| acronym) {
            return Some(*kind);
        }
        (persons > count(&self.others)).then_some(NameKind::Person)
    }

    /// Adds the names that were missed where they are certain.
    fn complete(&self, reading: &Reading<'_>, evidence: &Evidence, names: &mut Vec<Name>) {
        let mut added = Vec::new();
        let mut known = names.iter().map(|n| n.tokens.clone()).peekable();
        for sentence in &reading.text.sentences {
            let mut at = sentence.start;
            while at < sentence.end {
                while known.next_if(|tokens| tokens.end <= at).is_some() {}
                if let Some(tokens) = known.peek().filter(|t| t.start <= at) {
                    at = tokens.end;
                    continue;
                }
                let end = known.peek().map_or(sentence.end, |t| t.start.min(sentence.end));
                let found = self.missed(reading, evidence, at..end);
                at = found.as_ref().map_or(at + 1, |name| name.tokens.end);
                added.extend(found);
            }
        }
        names.extend(added);
        names.sort_by_key(|n| n.tokens.start);
    }

    /// The name that starts with the first of some tokens that are in none, if that is certain.
    fn missed(
        &self,
        reading: &Reading<'_>,
        evidence: &Evidence,
        tokens: Range<usize>,
    ) -> Option<Name> {
        if !reading.text.word(tokens.start).starts_with(char::is_uppercase) {
            return None;
        }
        let start = tokens.start;
        let most = tokens.end.min(start + self.longest);
        let several = (start + 2..=most).rev().find_map(|end| {
            let phrase = phrase(&reading.keys[start..end]);
            let person = || self.persons.get(&phrase).map(|_| NameKind::Person);
            let kind = self.names.get(&phrase).copied().or_else(person)?;
            Some(Name { kind, tokens: start..end })
        });
        several.or_else(|| {
            let tokens = start..start + 1;
            Some(Name { kind: self.kind(reading, evidence, &tokens)?, tokens })
        })
    }
}

/// Whether a capital is a word's own or the sentence's, and no name's: a day, a month, and at a sentence's start a surname
/// that is an English word, where nothing behind it is what somebody does: `Price rises will hit them`.
fn is_word(text: &Text<'_>, at: usize) -> bool {
    let lower = text.lower(at);
    if TIMES.contains(lower) {
        return true;
    }
    let next = text.tokens.get(at + 1).map_or("", |_| text.lower(at + 1));
    english::SURNAME_WORDS.contains(lower)
        && text.sentences.binary_search_by_key(&at, |s| s.start).is_ok()
        && text.word_or_empty(at + 1).starts_with(char::is_lowercase)
        && !english::TELLING.contains(next)
        && !english::SPEAKING.contains(next)
        && !english::SURNAME_VERBS.contains(next)
        && !english::is_participle(next)
}

/// Whether a token starts a word: it is no hyphen and follows none.
fn starts_word(text: &Text<'_>, keys: &[u64], at: usize) -> bool {
    text.tokens[at].kind == TokenKind::Word && keys[at - 1] != HYPHEN
}

fn phrase(keys: &[u64]) -> u64 {
    keys.iter().fold(0, |phrase, key| feature_hash::two(81, phrase, *key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tag::names::samples::{Sample, named, written};

    /// The names of a text after unification, as `kind text`, when those given were found: each the
    /// first occurrence of its words.
    fn unified(text: &str, found: &[(NameKind, &str)]) -> Vec<String> {
        let sample = Sample::of("en", text);
        let mut names = named(&sample.text, found);
        names.sort_by_key(|n| n.tokens.start);
        let (mut names, reading) = ([names], sample.reading());
        unify(&[reading], &Evidence::of(&[reading]), &mut names, true);
        written(&sample.text, &names[0])
    }

    #[test]
    fn surname_alone_is_person_of_full_name() {
        assert_eq!(
            unified(
                "It was Quendale again. Orla Quendale spoke, and Quendale left.",
                &[(NameKind::Organisation, "Quendale"), (NameKind::Person, "Orla Quendale")]
            ),
            ["Person Quendale", "Person Orla Quendale", "Person Quendale"]
        );
        assert_eq!(
            unified(
                "Dana Tizya-Tramm came. Then Tizya-Tramm spoke.",
                &[(NameKind::Person, "Dana Tizya-Tramm")]
            ),
            ["Person Dana Tizya-Tramm", "Person Tizya-Tramm"]
        );
    }

    #[test]
    fn headline_name_is_split_if_text_names_both() {
        let body = "\nIn the evening Angela Merkel met Donald Tusk, whose government \
            wanted nothing.";
        assert_eq!(
            unified(
                &format!("Merkel Meets Tusk In Style{body}"),
                &[
                    (NameKind::Place, "Merkel Meets Tusk"),
                    (NameKind::Person, "Angela Merkel"),
                    (NameKind::Person, "Donald Tusk")
                ]
            )[..2],
            ["Person Merkel", "Person Tusk"]
        );
    }

    #[test]
    fn word_found_in_lower_case_is_no_surname() {
        assert_eq!(
            unified(
                "Rosa Park met us in the park. Park benches are wet.",
                &[(NameKind::Person, "Rosa Park")]
            ),
            ["Person Rosa Park"]
        );
    }

    #[test]
    fn days_and_words_that_open_sentences_are_nobody() {
        for (body, person) in [
            ("Ann Price spoke. Price rises will hurt.", "Ann Price"),
            ("April Berg spoke. It fell in April.", "April Berg"),
            ("Will Berg spoke. Will it work?", "Will Berg"),
            ("Tom Young spoke. Young voters left.", "Tom Young"),
        ] {
            assert_eq!(unified(body, &[(NameKind::Person, person)]), [format!("Person {person}")]);
        }
        assert_eq!(
            unified("Ann Price spoke. Price said so.", &[(NameKind::Person, "Ann Price")]),
            ["Person Ann Price", "Person Price"]
        );
    }

    #[test]
    fn an_acronym_is_what_its_long_form_is() {
        assert_eq!(
            unified(
                "The Widget Makers Union met. Officials of WMU said so.",
                &[(NameKind::Organisation, "Widget Makers Union")]
            ),
            ["Organisation Widget Makers Union", "Organisation WMU"]
        );
    }

    #[test]
    fn name_of_several_words_is_name_everywhere() {
        assert_eq!(
            unified(
                "He left Doctors Without Borders. Later Doctors Without Borders said no.",
                &[(NameKind::Organisation, "Doctors Without Borders")]
            ),
            ["Organisation Doctors Without Borders", "Organisation Doctors Without Borders"]
        );
    }
}
