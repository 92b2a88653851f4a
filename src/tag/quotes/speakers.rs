//! Who is named in a body, and where: the recognised entities, joined by names that only their
//! capitals give away, so that a speaker whom the recogniser missed still has a name.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

use super::verbs_of_speech::{Kind, Pronoun, SpeechWords};
use crate::model::{Entity, EntityKind, Field, LanguageCode};
use crate::tag::{Text, english};

/// Somebody, or a body of people, that can speak.
#[derive(Debug)]
pub(super) struct Named {
    /// The fullest form in the text.
    pub name: String,
    /// Index into the entities.
    pub entity: Option<usize>,
    /// Whether a human being.
    pub person: bool,
    pub gender: Option<Pronoun>,
}

impl Named {
    /// Whether a human being by more than capitals: these may be a headline's, a title's or a product's.
    pub(super) fn is_somebody(&self) -> bool {
        self.person && (self.entity.is_some() || self.gender.is_some() || bears_title(&self.name))
    }
}

/// A place where somebody is named.
#[derive(Clone, Debug)]
pub(super) struct NamedAt {
    /// Tokens.
    pub tokens: Range<usize>,
    /// Index into [`People::named`].
    pub who: usize,
}

/// Everybody named in a body.
#[derive(Debug, Default)]
pub(super) struct People {
    /// Who.
    pub named: Vec<Named>,
    /// Where, in the text's order.
    pub mentions: Vec<NamedAt>,
    /// For each token, whether it is of an entity's name.
    of_entities: Vec<bool>,
}

impl People {
    /// Finds everybody. Entities' mentions come first; a name already taken is not taken again.
    pub(super) fn of(text: &Text<'_>, entities: &[Entity]) -> Self {
        let mut people = Self::default();
        let mut taken = vec![false; text.tokens.len()];
        for (i, entity) in entities.iter().enumerate() {
            let person = entity.kind == EntityKind::Person;
            let speaks = person || entity.kind == EntityKind::Organisation;
            let who = people.named.len();
            if speaks {
                people.named.push(Named {
                    name: entity.name.clone(),
                    entity: Some(i),
                    person,
                    gender: first_name_gender(&entity.name),
                });
            }
            for mention in entity.mentions.iter().filter(|m| m.field == Field::Body) {
                let (start, end) = (mention.span.start, mention.span.end);
                let first = text.tokens.partition_point(|t| t.char_start < start);
                let last = text.tokens.partition_point(|t| t.char_start < end);
                if first < last {
                    // The name of a place is nobody's, however it is written.
                    taken[first..last].fill(true);
                    if speaks {
                        people.mentions.push(NamedAt { tokens: first..last, who });
                    }
                }
            }
        }
        people.mentions.sort_by_key(|m| m.tokens.start);
        people.of_entities.clone_from(&taken);
        people.add_capitalised(text, taken);
        people.note_honorifics(text);
        people
    }

    /// The mentions that lie within some tokens.
    pub(super) fn within(&self, tokens: Range<usize>) -> impl Iterator<Item = &NamedAt> {
        let end = tokens.end;
        let from = self.mentions.partition_point(|m| m.tokens.start < tokens.start);
        self.mentions[from..]
            .iter()
            .take_while(move |m| m.tokens.start < end)
            .filter(move |m| m.tokens.end <= end)
    }

    /// Whether a token is of an entity's name.
    pub(super) fn is_entity(&self, token: usize) -> bool {
        self.of_entities[token]
    }

    /// Whether a pronoun can stand for somebody.
    pub(super) fn fits(&self, who: usize, pronoun: Pronoun) -> bool {
        let named = &self.named[who];
        match pronoun {
            Pronoun::Other => true,
            Pronoun::He | Pronoun::She => {
                named.is_somebody() && named.gender.is_none_or(|gender| gender == pronoun)
            }
        }
    }

    /// Runs of capitalised words that are no entity's, from two words on, and later single words
    /// that end such a run.
    fn add_capitalised(&mut self, text: &Text<'_>, mut taken: Vec<bool>) {
        let is_capitalised = |i: usize| text.is_capital(i) && is_capitalised(text.word(i));
        let mut added = Vec::new();
        let mut next = 0;
        while next < text.tokens.len() {
            let at = next;
            let end = (at..text.tokens.len())
                .find(|&i| taken[i] || !is_capitalised(i))
                .unwrap_or(text.tokens.len());
            next = end.max(at + 1);
            if end < at + 2 {
                continue;
            }
            let opens = text.sentences.binary_search_by_key(&at, |sentence| sentence.start).is_ok();
            let start = if opens && is_common_opener(text.word(at)) { at + 1 } else { at };
            if end >= start + 2 && end - start <= 5 && !self.is_title(text, start..end) {
                added.push(start..end);
            }
        }
        for tokens in added {
            let words = text.slice(tokens.clone());
            let known = self.named.iter().position(|n| n.entity.is_none() && n.name == words);
            let who = known.unwrap_or_else(|| {
                self.named.push(Named {
                    name: words.to_owned(),
                    entity: None,
                    person: true,
                    gender: first_name_gender(words),
                });
                self.named.len() - 1
            });
            taken[tokens.clone()].fill(true);
            self.mentions.push(NamedAt { tokens, who });
        }
        // Of several with one surname, the one named last.
        let people = self.named.iter().enumerate().filter(|(_, n)| n.person);
        let surnames: HashMap<&str, usize> =
            people.filter_map(|(who, named)| Some((named.name.rsplit(' ').next()?, who))).collect();
        for at in (0..text.tokens.len()).filter(|&i| !taken[i]) {
            if !is_capitalised(at) {
                continue;
            }
            if let Some(&who) = surnames.get(text.word(at)) {
                self.mentions.push(NamedAt { tokens: at..at + 1, who });
            }
        }
        self.mentions.sort_by_key(|m| m.tokens.start);
    }

    /// Whether a run of capitalised words is a title: that of the person who is named straight behind it, or an office.
    fn is_title(&self, text: &Text<'_>, run: Range<usize>) -> bool {
        let behind = self.mentions.partition_point(|m| m.tokens.start < run.end);
        let behind = self.mentions.get(behind).filter(|m| m.tokens.start == run.end);
        let last = text.lower(run.end - 1).trim_end_matches('.');
        let office = english::TITLES.contains(last)
            && !english::TITLES_OR_NAMES.contains(last)
            && first_name_gender(text.slice(run)).is_none();
        office || behind.is_some_and(|m| self.named[m.who].person)
    }

    fn note_honorifics(&mut self, text: &Text<'_>) {
        for mention in &self.mentions {
            let before = mention.tokens.start.checked_sub(1).map(|i| text.word(i));
            for word in before.into_iter().chain([text.word(mention.tokens.start)]) {
                if let Some(gender) = gender_of_honorific(word) {
                    self.named[mention.who].gender.get_or_insert(gender);
                }
            }
        }
    }
}

/// Whether a name follows a title: `Minister Anna Berg`, not `US President`.
fn bears_title(name: &str) -> bool {
    let mut words = name.split_whitespace();
    words.any(is_honorific) && words.next().is_some()
}

/// Whether a word is `Mr.` or the like.
pub(super) fn is_honorific(word: &str) -> bool {
    english::HONORIFICS.contains_any_case(word.trim_end_matches('.'))
        || gender_of_honorific(word).is_some()
}

/// The gender that a word such as `Mr.` tells.
fn gender_of_honorific(word: &str) -> Option<Pronoun> {
    let word = word.trim_end_matches('.');
    let of_men = english::HONORIFICS_OF_MEN.contains_any_case(word).then_some(Pronoun::He);
    of_men.or_else(|| english::HONORIFICS_OF_WOMEN.contains_any_case(word).then_some(Pronoun::She))
}

/// Whether a word is written like a name.
pub(super) fn is_capitalised(word: &str) -> bool {
    let mut chars = word.chars();
    chars.next().is_some_and(char::is_uppercase) && (word.chars().count() > 1)
}

fn is_common_opener(word: &str) -> bool {
    let lower = word.to_lowercase();
    crate::tag::language::is_function_word(LanguageCode::EN, &lower)
}

fn first_name_gender(name: &str) -> Option<Pronoun> {
    let mut words = name.split_whitespace();
    let first = words.next()?.to_lowercase();
    words.next()?;
    FIRST_NAMES.get(first.as_str()).copied().flatten()
}

/// First names with the pronoun they go with; `None` for those of both lists.
static FIRST_NAMES: LazyLock<HashMap<&str, Option<Pronoun>>> = LazyLock::new(|| {
    let words = SpeechWords::of(LanguageCode::EN);
    let men = english::MEN.iter().chain(words.all(Kind::NameOfMen));
    let women = english::WOMEN.iter().chain(words.all(Kind::NameOfWomen));
    let men = men.map(|name| (name, Pronoun::He));
    let women = women.map(|name| (name, Pronoun::She));
    let mut names = HashMap::new();
    for (name, pronoun) in men.chain(women) {
        let known = names.entry(*name).or_insert(Some(pronoun));
        if *known != Some(pronoun) {
            *known = None;
        }
    }
    names
});
