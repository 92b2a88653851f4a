//! Storms, ships and houses that are called as people and places are (`src/lang/<code>/named-things.txt`), in other languages than
//! English: none of them is anybody's name.
//!
//! Refuses what is behind a word for a ship that tells whose somebody is: `the captain of the ferry Anna Berg`.

use std::{collections::BTreeMap, ops::Range, sync::LazyLock};

use foldhash::HashSet;

use super::{Name, Reading, labels::NameKind};
use crate::{
    hash::Hashes,
    lang,
    tag::{Text, TokenKind, names::overlapping},
};

/// Name of a language's list, and its kinds.
const LIST: &str = "named-things.txt";
const STORM: &str = "storm";
const STORM_BEHIND: &str = "storm-behind";
const SHIP: &str = "ship";
const OF: &str = "of";
const AFTER: &str = "after";
const HOUSE: &str = "house";
const SAINT: &str = "saint";
const JOINT: &str = "joint";
/// How far before a ship the word is that says whose somebody is.
const WHOSE: usize = 2;

/// The list of one language.
#[derive(Debug)]
pub(super) struct NamedThings {
    storms: HashSet<&'static str>,
    storms_behind: HashSet<&'static str>,
    ships: HashSet<&'static str>,
    of: HashSet<&'static str>,
    after: HashSet<&'static str>,
    houses: HashSet<&'static str>,
    /// What saints are called; with a hyphen at its end how that begins.
    saints: Vec<&'static str>,
    joints: HashSet<&'static str>,
}

static LANGUAGES: LazyLock<BTreeMap<&'static str, NamedThings>> = LazyLock::new(|| {
    let read = |code| {
        let of_kind = |kind| lang::of_kind(code, LIST, kind).flat_map(str::split_whitespace);
        let things = NamedThings {
            storms: of_kind(STORM).collect(),
            storms_behind: of_kind(STORM_BEHIND).collect(),
            ships: of_kind(SHIP).collect(),
            of: of_kind(OF).collect(),
            after: of_kind(AFTER).collect(),
            houses: of_kind(HOUSE).collect(),
            saints: of_kind(SAINT).collect(),
            joints: of_kind(JOINT).collect(),
        };
        (code, things)
    };
    lang::languages_with(LIST).map(read).collect()
});

impl NamedThings {
    /// Of a language by its folder.
    pub(super) fn of(folder: &str) -> Option<&'static Self> {
        LANGUAGES.get(folder)
    }

    /// Drops from the names of a story's texts those of storms and ships, wherever the story has them alone, too.
    pub(super) fn drop(&self, readings: &[Reading<'_>], names: &mut [Vec<Name>]) {
        let mut things = Hashes::default();
        let mut people = Hashes::default();
        for (reading, names) in readings.iter().zip(&mut *names) {
            names.retain(|name| {
                let thing = self.is_thing(reading, name);
                let words = &reading.keys[name.tokens.clone()];
                if thing {
                    things.extend(words);
                } else if name.kind == NameKind::Person && words.len() > 1 {
                    people.extend(words);
                }
                !thing && !self.is_patron(reading.text, name)
            });
        }
        if things.is_empty() {
            return;
        }
        let alone = |reading: &Reading<'_>, name: &Name| {
            let word = reading.keys[name.tokens.start];
            name.kind == NameKind::Person
                && name.tokens.len() == 1
                && things.contains(&word)
                && !people.contains(&word)
        };
        for (reading, names) in readings.iter().zip(names) {
            names.retain(|name| !alone(reading, name));
        }
    }

    /// Whether a name is a storm's or a ship's: the word for it stands before it, in its front or behind it.
    fn is_thing(&self, reading: &Reading<'_>, name: &Name) -> bool {
        if !matches!(name.kind, NameKind::Person | NameKind::Place) {
            return false;
        }
        let text = reading.text;
        let (first, last) = (name.tokens.start, name.tokens.end - 1);
        if name.tokens.len() > 1
            && (self.storms.contains(text.lower(first))
                || self.storms_behind.contains(text.lower(last)))
        {
            return true;
        }
        let behind = text.tokens.get(last + 1).map_or("", |_| text.lower(last + 1));
        // `Ormund'un gemisi` is somebody's.
        let owns = text.word(last).contains(['\'', '\u{2019}']);
        if !owns && self.storms_behind.contains(behind) {
            return true;
        }
        let Some(start) = text.sentence_of(first).map(|s| s.start) else { return false };
        // `„Xaver“`
        let marked = first > start && is_quotation_mark(text, first - 1);
        let Some(noun) = first.checked_sub(1 + usize::from(marked)).filter(|at| *at >= start)
        else {
            return false;
        };
        if self.storms.contains(text.lower(noun)) {
            return true;
        }
        let whose = (start..noun).rev().take(WHOSE).any(|at| self.of.contains(text.lower(at)));
        name.kind == NameKind::Person && self.ships.contains(text.lower(noun)) && !whose
    }

    /// Makes one organisation of a word for a house and the saint or the person that it is called after: `l'hôpital
    /// Saint-Orme`, `Liceo Ugo Orme`.
    pub(super) fn claim_houses(&self, reading: &Reading<'_>, names: &mut Vec<Name>) {
        if self.houses.is_empty() {
            return;
        }
        let mut at = 0;
        while at < names.len() {
            let Name { kind, tokens } = names[at].clone();
            let house = matches!(kind, NameKind::Person | NameKind::Place)
                .then(|| self.house_before(reading.text, kind, &tokens))
                .flatten();
            at += 1;
            if let Some(start) = house {
                let over = overlapping(names, &(start..tokens.end));
                let start = names[over.start].tokens.start.min(start);
                at = over.start + 1;
                let house = Name { kind: NameKind::Organisation, tokens: start..tokens.end };
                names.splice(over, [house]);
            }
        }
    }

    /// The token of a word for a house that a name is of.
    fn house_before(&self, text: &Text<'_>, kind: NameKind, name: &Range<usize>) -> Option<usize> {
        let first = name.start;
        let start = text.sentence_of(first)?.start;
        let before = |at: usize| at.checked_sub(1).filter(|before| *before >= start);
        let is_saint = |at: usize| {
            let lower = text.lower(at);
            let is = |saint: &&str| match saint.strip_suffix('-') {
                Some(front) => lower.starts_with(front),
                None => lower.trim_end_matches('.') == *saint,
            };
            text.is_capital(at) && self.saints.iter().any(is)
        };
        // `St. Orla`
        let (mut front, mut saint) = (first, is_saint(first));
        let stop = before(front).filter(|at| text.word(*at) == ".").and_then(before);
        if let Some(at) = stop.or_else(|| before(front)).filter(|at| is_saint(*at)) {
            (front, saint) = (at, true);
        }
        let noun = before(front)?;
        if self.houses.contains(text.lower(noun)) {
            // `the head of the hospital Orla Berg`: she may be its head.
            let of = |at: usize| self.of.contains(text.lower(at));
            let whose = before(noun).is_some_and(|at| of(at) || before(at).is_some_and(of));
            let somebody = kind == NameKind::Person && name.len() > 1;
            return (saint || somebody && !whose).then_some(noun);
        }
        let noun = before(noun).filter(|_| self.joints.contains(text.lower(noun)))?;
        // `l'hôpital de Saint-Orme` is that of the town.
        let called = text.is_capital(noun) && self.houses.contains(text.lower(noun));
        (saint && called).then_some(noun)
    }

    /// Whether a name is that of whom a house is called after: `имени Ормы`.
    fn is_patron(&self, text: &Text<'_>, name: &Name) -> bool {
        let Some(mut at) = name.tokens.start.checked_sub(1) else { return false };
        if text.word(at) == "." && at > 0 {
            at -= 1;
        }
        matches!(name.kind, NameKind::Person | NameKind::Place)
            && self.after.contains(text.lower(at).trim_end_matches('.'))
    }
}

fn is_quotation_mark(text: &Text<'_>, at: usize) -> bool {
    text.tokens[at].kind == TokenKind::Mark
        && matches!(text.word(at), "«" | "»" | "„" | "“" | "”" | "\"" | "'" | "‘" | "’" | "‚")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tag::names::samples::{Sample, named_in_turn, words_of};

    fn kept(code: &str, body: &str, found: &[&str]) -> Vec<String> {
        let sample = Sample::of(code, body);
        let mut names = [named_in_turn(&sample.text, NameKind::Person, found)];
        NamedThings::of(code).unwrap().drop(&[sample.reading()], &mut names);
        words_of(&sample.text, &names[0])
    }

    #[test]
    fn storms_are_nobody() {
        let body = "Orkan Ormund kommt. Ormund bringt Regen, sagte Anna Varde.";
        assert_eq!(kept("de", body, &["Ormund", "Ormund", "Anna Varde"]), ["Anna Varde"]);
        assert_eq!(kept("sv", "Stormen Ormund drog in.", &["Stormen Ormund"]), [""; 0]);
        assert_eq!(kept("tr", "Ormund Kasırgası geldi.", &["Ormund"]), [""; 0]);
        assert_eq!(kept("tr", "Ormund'un gemisi battı.", &["Ormund'un"]), ["Ormund'un"]);
        let body = "Orkan Anna kommt, sagte Anna Varde. Anna warnte.";
        assert_eq!(kept("de", body, &["Anna", "Anna Varde", "Anna"]), ["Anna Varde", "Anna"]);
    }

    #[test]
    fn ships_are_nobody_but_their_masters_are() {
        assert_eq!(kept("nl", "De kotter Anna Varde zonk.", &["Anna Varde"]), [""; 0]);
        let master = "El patrón del pesquero Ugo Orme habló.";
        assert_eq!(kept("es", master, &["Ugo Orme"]), ["Ugo Orme"]);
    }

    #[test]
    fn a_house_and_its_saint_are_one() {
        let houses = |code: &str, body: &str, kind: NameKind, found: &[&str]| {
            let sample = Sample::of(code, body);
            let mut names = named_in_turn(&sample.text, kind, found);
            NamedThings::of(code).unwrap().claim_houses(&sample.reading(), &mut names);
            words_of(&sample.text, &names)
        };
        let (person, place) = (NameKind::Person, NameKind::Place);
        let body = "Il est à l'hôpital Saint-Orme.";
        assert_eq!(houses("fr", body, place, &["Saint-Orme"]), ["hôpital Saint-Orme"]);
        let body = "A greve no Hospital de São Orme.";
        let both = ["Hospital", "São Orme"];
        assert_eq!(houses("pt", body, place, &both), ["Hospital de São Orme"]);
        let body = "Le lycée Ugo Orme ferme.";
        assert_eq!(houses("fr", body, person, &["Ugo Orme"]), ["lycée Ugo Orme"]);
        let body = "Le chef de l'hôpital Ugo Orme parle.";
        assert_eq!(houses("fr", body, person, &["Ugo Orme"]), ["Ugo Orme"]);
        let body = "Il est à l'hôpital de Saint-Orme.";
        assert_eq!(houses("fr", body, place, &["Saint-Orme"]), ["Saint-Orme"]);
        let body = "Il est à l'hôpital Orme.";
        assert_eq!(houses("fr", body, place, &["Orme"]), ["Orme"]);
    }

    #[test]
    fn houses_are_not_whom_they_are_called_after() {
        assert_eq!(kept("ru", "в больнице им. Ормина", &["Ормина"]), [""; 0]);
        assert_eq!(kept("pl", "Teatr im. Jana Orma", &["Jana Orma"]), [""; 0]);
    }
}
