//! What the words beside a name say of its kind, where the recogniser took it for another: ages, trades and verbs of
//! speech for people (`Fern Lund, 33,`), nouns and shares of companies (`the pollster Orme`, `shares in Orme`), prepositions
//! before names of the gazetteer and nouns of settlements for places (`Varde, a village`), and ships, storms and rockets,
//! which are none of these and no entities.
//!
//! Nothing is concluded from a name's spelling alone but where it can be of no other kind: a person's name has no
//! digits. Names that the base of entities knows as something else keep their kind.

mod bodies;
mod like_places;
mod listed;
mod people;
mod things;
mod towns;

use std::{cell::OnceCell, ops::Range};

use foldhash::HashSet;

pub(super) use bodies::TIMES;
use like_places::drop_like_places;
use things::{drop_houses, drop_no_bodies, drop_things};
pub(super) use things::{is_called_after, is_tongue};

use super::{
    Name,
    entity_base::{EntityBase, phrase},
    gazetteer_rules::NamedText,
    labels::NameKind::{self, Organisation, Person, Place},
};
use crate::tag::{
    Text, TokenKind, english,
    places::gazetteer::{Class, Gazetteer, Match},
    word_keys::key,
};

/// Least prior of an organisation that keeps a name from being a place's or a person's.
const KNOWN: f32 = 1.0;
/// The same of one that a name is which no place has.
const NO_PLACE: f32 = 1.5;
/// Least prior of a company that a word alone means beside what companies do, where a small town has the name, too.
const COMPANY: f32 = 2.5;
/// The same where a large city or a land has it.
const HOUSEHOLD: f32 = 5.0;
/// Most words of a product's name, with its maker's.
const PRODUCT: usize = 3;
/// Most people of a small town.
const TOWN: u32 = 200_000;
/// Words of a description behind a name in which its noun stands.
const NEAR: usize = 5;
/// The oldest that people are.
pub(super) const OLDEST: u32 = 115;
/// Words behind a name and its verb of speech within which `it` or `its` is what speaks.
const ITS: usize = 7;

/// What names of a story were found to be, to tell the others of the same words.
#[derive(Default)]
struct Told {
    /// Words alone that are an organisation's name once: they are so wherever they stand for nobody.
    bodies: HashSet<u64>,
    /// Names of several words that are.
    whole: HashSet<u64>,
    /// Companies that are called as a place is.
    companies: HashSet<u64>,
    /// First names that a town has, too.
    born: HashSet<u64>,
    /// Surnames that stood as organisations.
    surnames: HashSet<u64>,
}

/// Sets right the names of a story's texts by the words beside them.
pub(super) fn correct(base: &EntityBase, gazetteer: &Gazetteer, texts: &mut [NamedText<'_>]) {
    let parts: HashSet<u64> = texts.iter().flat_map(NamedText::parts_of_people).collect();
    let mut things: HashSet<u64> = HashSet::default();
    // Houses that the recogniser has as people.
    let mut houses: HashSet<u64> = HashSet::default();
    let mut told = Told::default();
    for found in texts.iter_mut() {
        listed::settle(found);
        towns::claim_dateline(gazetteer, found);
        bodies::claim_introduced(found);
        towns::claim_counties(gazetteer, found);
        told.correct_kinds(base, gazetteer, found, &parts, |_| true);
        // What is a company now tells of those beside it.
        if !told.companies.is_empty() || !told.bodies.is_empty() {
            told.correct_kinds(base, gazetteer, found, &parts, |name| name.kind == Place);
        }
        call_after_people(found);
        call_after_lands(gazetteer, found);
        drop_people_of_lands(gazetteer, found);
        houses.extend(drop_houses(found, &parts));
        drop_like_places(found, &parts);
        things.extend(drop_things(found, &parts));
    }
    drop_no_bodies(base, texts);
    let shorts = short_forms(texts);
    for found in texts {
        told.spread(found, &shorts, &parts);
        let keys = found.keys;
        found.names.retain(|n| {
            let key = &keys[n.tokens.start];
            n.tokens.len() > 1
                || !things.contains(key) && (n.kind != Person || !houses.contains(key))
        });
    }
}

impl Told {
    /// Gives some names of a text their kinds by what stands around each.
    fn correct_kinds(
        &mut self,
        base: &EntityBase,
        gazetteer: &Gazetteer,
        found: &mut NamedText<'_>,
        parts: &HashSet<u64>,
        which: impl Fn(&Name) -> bool,
    ) {
        let sport = OnceCell::new();
        for at in 0..found.names.len() {
            if !which(&found.names[at]) {
                continue;
            }
            let kind = if is_college(base, found, at) {
                Some(Organisation)
            } else {
                NameInText::of(base, gazetteer, found, at, (parts, &sport)).kind()
            };
            let Some(kind) = kind else { continue };
            let was = std::mem::replace(&mut found.names[at].kind, kind);
            let tokens = &found.names[at].tokens;
            let first = found.keys[tokens.start];
            match (kind, tokens.len()) {
                (Person, 1) if was == Place => self.born.extend([first]),
                (Person, 1) if was == Organisation => self.surnames.extend([first]),
                (Organisation, 1) => {
                    self.companies.extend((was == Place).then_some(first));
                    self.bodies.insert(first);
                }
                (Organisation, _) => self.whole.extend([phrase(&found.keys[tokens.clone()])]),
                _ => {}
            }
        }
    }

    /// Gives other names of the same words their kinds; `shorts` may be short for organisations, `parts` are of people.
    fn spread(&self, found: &mut NamedText<'_>, shorts: &HashSet<u64>, parts: &HashSet<u64>) {
        let (text, keys) = (found.text, found.keys);
        for name in found.names.iter_mut() {
            let start = name.tokens.start;
            let key = keys[start];
            let before = start.checked_sub(1).map_or("", |at| text.lower(at));
            let near = english::NEAR_PLACES.contains(before);
            name.kind = match (name.kind, name.tokens.len()) {
                (Person, 1)
                    if (self.bodies.contains(&key) || shorts.contains(&key))
                        && !parts.contains(&key) =>
                {
                    Organisation
                }
                (Organisation, 1) if self.surnames.contains(&key) => Person,
                (Person, 2..) if self.whole.contains(&phrase(&keys[name.tokens.clone()])) => {
                    Organisation
                }
                (Place, 1)
                    if self.companies.contains(&key)
                        && !near
                        && !matches!(before, "the" | "from") =>
                {
                    Organisation
                }
                (Place, 1)
                    if self.born.contains(&key)
                        && !near
                        && !english::BEFORE_TOWNS.contains(before)
                        && text.word_or_empty(start + 1) != "," =>
                {
                    Person
                }
                (kind, _) => kind,
            };
        }
    }
}

/// Makes a bridge or a school of somebody's name before such a noun: `Orla Berg Bridge`, `Orla Berg High`.
fn call_after_people(found: &mut NamedText<'_>) {
    let text = found.text;
    let capital = |at: usize| text.word_or_empty(at).starts_with(char::is_uppercase);
    for at in 0..found.names.len() {
        let Name { kind, tokens } = found.names[at].clone();
        let noun = text.tokens.get(tokens.end).map_or("", |_| text.lower(tokens.end));
        let school = english::SCHOOL_ENDINGS.contains(noun) && tokens.len() > 1;
        let next = text.tokens.get(tokens.end + 1).map_or("", |_| text.lower(tokens.end + 1));
        let goes_on = school && capital(tokens.end + 1);
        let is_called_so = kind == Person
            && capital(tokens.end)
            && (school || english::THINGS_BEHIND.contains(noun))
            && (!goes_on || english::ORGANISATION_NOUNS.contains(next));
        let end = tokens.end + usize::from(goes_on);
        let is_free = found.names.get(at + 1).is_none_or(|n| n.tokens.start > end);
        if !is_called_so || !is_free || english::NOBODY_ENDINGS.contains(noun) {
            continue;
        }
        found.names[at].tokens.end += 1 + usize::from(goes_on);
        let is_body = school
            || english::ORGANISATION_NOUNS.contains(noun)
            || english::ORGANISATION_SORTS.contains(noun);
        found.names[at].kind = if is_body { Organisation } else { Place };
    }
}

/// Makes a body of a land's name and the word beside it, and nothing of a contest: `Athletics Orland`, `the Orland Open`.
fn call_after_lands(gazetteer: &Gazetteer, found: &mut NamedText<'_>) {
    let text = found.text;
    let names = std::mem::take(found.names);
    let capital = |at: usize| text.word_or_empty(at).starts_with(char::is_uppercase);
    let lower = |at: usize| text.tokens.get(at).map_or("", |_| text.lower(at));
    for name in names {
        let Range { start, end } = name.tokens;
        let land = || {
            let first = found.matches.partition_point(|m| m.tokens.start < start);
            let one = found.matches.get(first).filter(|m| m.tokens == name.tokens);
            one.is_some_and(|m| {
                let mut places = m.places.iter().map(|p| gazetteer.place(*p).class);
                places.any(|class| matches!(class, Class::Country | Class::Division))
            })
        };
        let before =
            start > 0 && capital(start - 1) && english::BODIES_BEFORE.contains(lower(start - 1));
        let behind = capital(end) && english::BODIES_BEHIND.contains(lower(end));
        let contest = capital(end) && english::CONTESTS.contains(lower(end));
        if name.kind != Place || !(before || behind || contest) || !land() {
            // What is inside of the body before it.
            if found.names.last().is_none_or(|n: &Name| n.tokens.end <= start) {
                found.names.push(name);
            }
            continue;
        }
        if contest {
            continue;
        }
        let tokens = start - usize::from(before)..end + usize::from(behind);
        while found.names.last().is_some_and(|n| n.tokens.end > tokens.start) {
            found.names.pop();
        }
        found.names.push(Name { kind: Organisation, tokens });
    }
}

/// `the Orlandish qualifier Orla Berg`: whom a people's name stands before is of that people, and the name nobody's.
fn drop_people_of_lands(gazetteer: &Gazetteer, found: &mut NamedText<'_>) {
    let (text, matches) = (found.text, found.matches);
    let of_people = |at: usize| {
        let name = &found.names[at];
        let is_people = |m: &Match| {
            let mut places = m.places.iter().map(|place| gazetteer.place(*place).class);
            m.tokens == name.tokens && places.all(|class| class == Class::Demonym)
        };
        let first = matches.partition_point(|m| m.tokens.start < name.tokens.start);
        let who = found.names.get(at + 1).filter(|n| n.kind == Person);
        name.kind == Person
            && who.is_some_and(|n| n.tokens.start == name.tokens.end + 1)
            && text.word(name.tokens.end).starts_with(char::is_lowercase)
            && !english::JOINTS.contains(text.word(name.tokens.end))
            && matches.get(first).is_some_and(is_people)
    };
    let dropped: Vec<bool> = (0..found.names.len()).map(of_people).collect();
    let mut dropped = dropped.into_iter();
    found.names.retain(|_| !dropped.next().unwrap_or_default());
}

/// The words that may be short for organisations of the story: the first of `Orme Foods`, the last of `Orland Hornets`.
/// What is called in somebody's memory has the name of a person.
fn short_forms(texts: &[NamedText<'_>]) -> HashSet<u64> {
    let mut shorts = HashSet::default();
    for found in texts {
        for name in found.names.iter().filter(|n| n.kind == Organisation && n.tokens.len() > 1) {
            let last = name.tokens.end - 1;
            let lower = found.text.lower(last);
            let in_memory =
                english::ORGANISATION_NOUNS.contains(lower) || english::MEMORIALS.contains(lower);
            if !in_memory {
                shorts.insert(found.keys[name.tokens.start]);
                shorts.extend(lower.ends_with('s').then(|| found.keys[last]));
            }
        }
    }
    shorts
}

/// A name with what stands around it.
struct NameInText<'a> {
    found: &'a NamedText<'a>,
    at: usize,
    name: &'a Name,
    sentence: Range<usize>,
    /// The name's words that no person of the story bears.
    is_free: bool,
    /// Whether the gazetteer has a place of the name, and whether one of them is more than a settlement.
    is_place: bool,
    is_land: bool,
    organisation: f32,
    person: f32,
    /// The prior of an organisation whose own name it is.
    own: f32,
    /// Whether a company's, behind an article: `a black Orme Holm`.
    is_product: bool,
    /// People of the largest city of the name.
    people: u32,
    /// Whether the text has a word about matches, once that is asked.
    sport: &'a OnceCell<bool>,
}

impl<'a> NameInText<'a> {
    fn of(
        base: &EntityBase,
        gazetteer: &Gazetteer,
        found: &'a NamedText<'_>,
        at: usize,
        (parts, sport): (&HashSet<u64>, &'a OnceCell<bool>),
    ) -> Self {
        let name = &found.names[at];
        let keys = &found.keys[name.tokens.clone()];
        let first = found.matches.partition_point(|m| m.tokens.end <= name.tokens.start);
        let around =
            found.matches[first..].iter().take_while(|m| m.tokens.start <= name.tokens.start);
        // `Washington`, of what the gazetteer has as Washington state, is a place, too.
        let places: Vec<_> = around
            .filter(|m| m.tokens.end >= name.tokens.end)
            .flat_map(|m| m.places.iter().map(|p| gazetteer.place(*p)))
            .collect();
        let people = places.iter().filter(|p| p.class == Class::City).map(|p| p.population).max();
        let classes: Vec<Class> =
            places.iter().map(|p| p.class).filter(|class| *class != Class::Demonym).collect();
        let (mut organisation, mut person, mut own) = (0.0_f32, 0.0_f32, 0.0_f32);
        for (item, main) in base.items(phrase(keys)) {
            if item.kind != Person && main {
                own = own.max(item.prior);
            }
            let best = if item.kind == Person { &mut person } else { &mut organisation };
            *best = best.max(item.prior + 0.1);
        }
        Self {
            found,
            at,
            name,
            sentence: found.text.sentence_of(name.tokens.start).cloned().unwrap_or_default(),
            is_free: name.tokens.len() > 1 || !parts.contains(&keys[0]),
            is_place: !classes.is_empty(),
            is_land: classes.iter().any(|class| !matches!(class, Class::City | Class::County)),
            organisation,
            person,
            own,
            is_product: name.kind != Organisation
                && classes.is_empty()
                && person == 0.0
                && organisation == 0.0
                && is_product(base, found, at),
            people: people.unwrap_or_default(),
            sport,
        }
    }

    fn kind(&self) -> Option<NameKind> {
        if self.name.kind == NameKind::Other {
            return None;
        }
        let kind = self.name.kind;
        if self.is_product {
            Some(NameKind::Other)
        } else if kind != Person && self.is_person() {
            Some(Person)
        } else if kind != Organisation && self.is_organisation() {
            Some(Organisation)
        } else if kind != Place && self.is_where() {
            Some(Place)
        } else {
            None
        }
    }

    /// A word of the sentence so many before or behind the name, in small letters.
    fn word(&self, at: usize) -> &str {
        if self.sentence.contains(&at) { self.found.text.lower(at) } else { "" }
    }

    fn before(&self, back: usize) -> &str {
        self.name.tokens.start.checked_sub(back).map_or("", |at| self.word(at))
    }

    fn behind(&self, on: usize) -> &str {
        self.word(self.name.tokens.end + on)
    }

    fn is_capital(&self, at: usize) -> bool {
        self.sentence.contains(&at) && self.found.text.word(at).starts_with(char::is_uppercase)
    }

    /// Whether the name's last word is of organisations or of places.
    fn has_noun(&self) -> bool {
        let last = self.word(self.name.tokens.end - 1);
        let places = [
            &english::AFFIXES,
            &english::STREETS,
            &english::PLACE_ENDINGS,
            &english::DIVISIONS,
            &english::VESSELS,
        ];
        self.has_noun_of_bodies() || places.into_iter().any(|list| list.contains(last))
    }

    /// Whether the name's last word is of organisations, or the name has small words.
    fn has_noun_of_bodies(&self) -> bool {
        let last = self.word(self.name.tokens.end - 1);
        let small = |i: usize| english::SMALL_WORDS.contains(self.found.text.word(i));
        [
            &english::ORGANISATION_NOUNS,
            &english::ORGANISATION_ENDINGS,
            &english::ORGANISATION_SORTS,
            &english::COMPANY_FORMS,
            &english::COMPANY_NOUNS,
        ]
        .into_iter()
        .any(|list| list.contains(last))
            || self.name.tokens.clone().any(small)
    }

    fn is_forename(&self) -> bool {
        let first = self.word(self.name.tokens.start);
        self.name.tokens.len() > 1
            && (english::MEN.contains(first) || english::WOMEN.contains(first))
    }

    /// The noun phrase in apposition behind the name: `, a retired teacher from`; its tokens.
    fn apposition(&self) -> Range<usize> {
        self.described_by(self.behind(0) == ",")
    }

    /// The noun phrase that the name is said to be: `is a small company that`; its tokens.
    fn copula(&self) -> Range<usize> {
        self.described_by(english::COPULAS.contains(self.behind(0)))
    }

    /// The noun phrase behind the name and one more word, if that is of it.
    fn described_by(&self, is: bool) -> Range<usize> {
        let start = self.name.tokens.end + 1;
        if !is || !english::DETERMINERS.contains(self.behind(1)) {
            return start..start;
        }
        let goes_on = |at: &usize| {
            let word = self.word(*at);
            !matches!(word, "" | "," | "." | ";" | ":")
                && !english::BEHIND_NOUNS.contains(word)
                && !english::BEHIND_APPOSITIONS.contains(word)
        };
        start..start + (start..start + NEAR + 2).take_while(goes_on).count()
    }
}

/// `Orla Berg and Orland State played`: a university that is called after somebody, beside another college.
fn is_college(base: &EntityBase, found: &NamedText<'_>, at: usize) -> bool {
    let Name { kind, tokens } = &found.names[at];
    if *kind != Person || tokens.len() < 2 {
        return false;
    }
    let text = found.text;
    let beside = |n: &Name, from: usize, to: usize| {
        n.kind == Organisation
            && from + 1 == to
            && english::COLLEGES.contains(text.lower(n.tokens.end - 1))
            && (matches!(text.word(from), "and" | "or" | ",")
                || english::PLAY_VERBS.contains(text.lower(from)))
    };
    let earlier = at.checked_sub(1).map(|at| &found.names[at]);
    let college = earlier.is_some_and(|n| beside(n, n.tokens.end, tokens.start))
        || found.names.get(at + 1).is_some_and(|n| beside(n, tokens.end, n.tokens.start));
    let university = || {
        let mut words = found.keys[tokens.clone()].to_vec();
        words.push(key("university", TokenKind::Word, &mut Vec::new()));
        base.items(phrase(&words)).any(|(item, _)| item.kind == Organisation)
    };
    college && university()
}

/// Whether a name stands behind an article and begins with a maker's, or stands behind the maker that does: `a black Orme Holm`.
fn is_product(base: &EntityBase, found: &NamedText<'_>, at: usize) -> bool {
    let tokens = &found.names[at].tokens;
    let makes = |key: &u64| {
        base.items(phrase(&[*key])).any(|(item, main)| {
            item.kind == Organisation && item.prior >= if main { KNOWN } else { NO_PLACE }
        })
    };
    let earlier = at.checked_sub(1).and_then(|at| found.names.get(at));
    let maker = earlier
        .filter(|n| n.kind == Organisation && n.tokens.len() == 1 && n.tokens.end == tokens.start);
    let start = maker.map_or(tokens.start, |n| n.tokens.start);
    (2..=PRODUCT).contains(&(tokens.end - start))
        && follows_article(found.text, start)
        && makes(&found.keys[start])
}

/// Whether `a` stands before a token, one adjective at most between.
fn follows_article(text: &Text<'_>, at: usize) -> bool {
    let word = |back: usize| at.checked_sub(back).map_or("", |at| text.lower(at));
    let is_article = |word: &str| matches!(word, "a" | "an");
    is_article(word(1)) || is_article(word(2)) && text.word(at - 1).starts_with(char::is_lowercase)
}

#[cfg(test)]
mod tests;
