//! The places of one story: candidates for every name of a place, evidence around them, and their
//! resolution.

mod candidates;
mod city_bodies;
mod shared_names;

use super::{
    context::{
        as_city_state, as_counted, as_dateline, as_listed, as_told_behind, is_among_towns,
        is_house, is_numbered, is_of_wider_people, is_told_as_town, streets,
    },
    gazetteer::{Class, Gazetteer, Match, Place, kilometres},
    resolve::{Toponym, Weights, resolve},
};
use crate::tag::english;
use crate::tag::{
    Text, feature_hash,
    names::{Name, NameKind, Reading},
    word_keys::HYPHEN,
};
use std::{collections::HashMap, ops::Range};

use candidates::{
    as_short_form, candidates, container, container_behind_in, inside_told, is_elsewhere,
    is_outside, within,
};

/// What a name of the story was found to mean.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Located {
    /// The place's number in the gazetteer.
    pub place: u32,
    /// WGS 84 degrees.
    pub lat: f64,
    /// WGS 84 degrees.
    pub lon: f64,
    /// Whether the name means all of the place: not `northern Orland`.
    pub whole: bool,
    /// Whether the place is called otherwise first.
    pub alias: bool,
}

/// A place that an organisation is named after, where the story's other places are as well.
#[derive(Clone, Debug, PartialEq)]
pub struct Inside {
    /// Which of the story's texts.
    pub text: usize,
    /// The place's tokens, within the organisation's.
    pub tokens: Range<usize>,
    /// Where it is.
    pub located: Located,
}

/// One of a story's texts with the names in it.
#[derive(Clone, Copy, Debug)]
pub struct NamedPlaces<'a> {
    /// The text.
    pub reading: Reading<'a>,
    /// The gazetteer's names in it.
    pub matches: &'a [Match],
    /// The recogniser's.
    pub names: &'a [Name],
    /// What a list of the language says that these are, of those that it knows; may be shorter than `names`.
    pub sure: &'a [Option<u32>],
    /// Whether the words around names are English ones.
    pub english: bool,
}

/// Kilometres within which another place of the story speaks for a word in a longer name.
const AROUND: f64 = 160.0;
/// Fewest people of a city that a body's name may begin with where the story tells of its division alone.
const LARGE: u32 = 100_000;

/// Resolves the names of a story's texts: for every text, for every name of a place, where it is;
/// and the places in organisations' names. What is only a word of a longer name (`Orland Bridge`) is
/// somewhere only where the story tells of that place, its division or its neighbours by another name:
/// a bridge may bear the name of any place.
#[must_use]
pub fn locate(
    gazetteer: &Gazetteer,
    texts: &[NamedPlaces<'_>],
    home: Option<[u8; 2]>,
) -> (Vec<Vec<Option<Located>>>, Vec<Inside>) {
    let settled = shared_names::settled(gazetteer, texts, home);
    let settled: Vec<NamedPlaces<'_>> = settled
        .iter()
        .flat_map(|all| texts.iter().zip(all))
        .map(|(text, matches)| NamedPlaces { matches, ..*text })
        .collect();
    let texts = if settled.is_empty() { texts } else { settled.as_slice() };
    let (owners, toponyms): (Vec<Owner>, Vec<Toponym>) =
        texts.iter().enumerate().flat_map(|(at, text)| toponyms(gazetteer, at, text)).unzip();
    let peoples = peoples(gazetteer, texts);
    let resolved = resolve(gazetteer, &toponyms, &peoples, home, &Weights::default());
    let mut out: Vec<Vec<Option<Located>>> =
        texts.iter().map(|text| vec![None; text.names.len()]).collect();
    let mut insides = Vec::new();
    let foreign = city_bodies::foreign_to_police(gazetteer, texts, (&owners, &toponyms), &resolved);
    for (which, Owner { text, name, tokens }) in owners.into_iter().enumerate() {
        let Some(number) = resolved[which] else { continue };
        let toponym = &toponyms[which];
        if foreign.contains(&toponym.name) {
            continue;
        }
        let place = gazetteer.place(number);
        let common =
            toponym.containers.is_empty() && is_called_anywhere(texts[text].reading.text, &tokens);
        let itself = is_no_city(&place) && opens_body(&texts[text], name, &tokens)
            || place.class == Class::City && is_word_of_name(&texts[text], name, &tokens);
        let doubtful = toponym.part || common && is_no_city(&place);
        if doubtful && !is_told_of(gazetteer, &toponyms, &resolved, which, itself) {
            continue;
        }
        let whole = is_whole(&texts[text], &texts[text].names[name], &tokens, toponym);
        let alias = toponym.aliases.contains(&number);
        let located = Located { place: number, lat: place.lat, lon: place.lon, whole, alias };
        // An organisation hears and votes, but is not where a word of its name is.
        if texts[text].names[name].kind == NameKind::Place {
            out[text][name] = Some(located);
        } else if place.class != Class::Demonym {
            insides.push(Inside { text, tokens, located });
        }
    }
    (out, insides)
}

/// Whose toponym one is: a name of a text, with the place's tokens in it.
struct Owner {
    text: usize,
    name: usize,
    tokens: Range<usize>,
}

/// The toponyms of a text, in its names' order.
fn toponyms(gazetteer: &Gazetteer, at: usize, text: &NamedPlaces<'_>) -> Vec<(Owner, Toponym)> {
    let NamedPlaces { reading, matches, names, english, .. } = text;
    let streets = streets(reading, names);
    let toponym = |(n, name): (usize, &Name)| {
        let (tokens, candidates) = meant(gazetteer, text, n)?;
        let part = name.kind == NameKind::Organisation
            || is_named_after(reading.text, &name.tokens, &tokens)
            || is_numbered(reading, &streets, &tokens);
        // What words that are not English make of it is not known: it says nothing of the others.
        let weight = match name.kind {
            NameKind::Place if part && !english => 0.0,
            NameKind::Place => 1.0,
            _ => 0.5,
        };
        let mut containers = container(gazetteer, reading.text, matches, name.tokens.end);
        if containers.is_empty() && name.kind == NameKind::Place {
            let told = inside_told(gazetteer, reading.text, matches, (&tokens, &candidates));
            containers = told.map(|told| told.containers).unwrap_or_default();
        }
        if containers.is_empty() && name.kind == NameKind::Place {
            containers =
                container_behind_in(gazetteer, reading.text, matches, &tokens, &candidates);
        }
        let toponym = Toponym {
            name: spelling(reading, tokens.clone()),
            aliases: aliases(gazetteer, reading, &tokens, &candidates),
            candidates,
            containers,
            weight,
            part,
            listed: is_among_towns(gazetteer, reading, names, n),
            abroad: !english,
            local: is_told_as_town(reading.text, &tokens),
        };
        Some((Owner { text: at, name: n, tokens }, toponym))
    };
    names.iter().enumerate().filter_map(toponym).collect()
}

/// The tokens of a name that are a place's, and what they may mean by the words around them.
fn meant(
    gazetteer: &Gazetteer,
    text: &NamedPlaces<'_>,
    at: usize,
) -> Option<(Range<usize>, Vec<u32>)> {
    let NamedPlaces { reading, matches, names, sure, .. } = text;
    let name = &names[at];
    match name.kind {
        NameKind::Place if sure.get(at).is_some_and(Option::is_some) => {
            sure[at].map(|place| (name.tokens.clone(), vec![place]))
        }
        NameKind::Place => {
            let short = as_short_form(gazetteer, reading.text, matches, &name.tokens);
            let found = short.or_else(|| candidates(gazetteer, reading, name.tokens.clone()))?;
            meant_as_place(gazetteer, text, at, found)
        }
        NameKind::Organisation => within(gazetteer, reading.text, matches, name),
        NameKind::Person | NameKind::Other => None,
    }
}

/// What a name of a place may mean by the words around it, of its candidates; nothing that is told to be in a land in which none
/// of its name is known.
fn meant_as_place(
    gazetteer: &Gazetteer,
    text: &NamedPlaces<'_>,
    at: usize,
    found: (Range<usize>, Vec<u32>),
) -> Option<(Range<usize>, Vec<u32>)> {
    let NamedPlaces { reading, matches, names, .. } = text;
    let words = reading.text;
    let found = as_city_state(gazetteer, as_settled(words, matches, found));
    let named = (&found.0, found.1.as_slice());
    if let Some(told) = inside_told(gazetteer, words, matches, named) {
        return Some((found.0, told.sites));
    }
    if is_elsewhere(gazetteer, words, matches, named) {
        return Some((found.0, Vec::new()));
    }
    if is_outside(gazetteer, words, matches, named) {
        return None;
    }
    let contained = !container(gazetteer, words, matches, found.0.end).is_empty();
    let found = if contained { found } else { as_dateline(gazetteer, words, found) };
    let found = as_counted(gazetteer, reading, found);
    let found = as_listed(gazetteer, reading, names, at, found);
    as_told_behind(gazetteer, words, found).filter(|found| !is_house(gazetteer, words, found))
}

/// What a name that two lands have means in the story.
fn as_settled(
    text: &Text<'_>,
    matches: &[Match],
    (tokens, sites): (Range<usize>, Vec<u32>),
) -> (Range<usize>, Vec<u32>) {
    let own = matches.get(matches.partition_point(|m| m.tokens.start < tokens.start));
    match own
        .filter(|m| m.tokens == tokens && shared_names::is_shared(text.slice(m.tokens.clone())))
    {
        Some(own) => (tokens, own.places.clone()),
        None => (tokens, sites),
    }
}

/// How often the story speaks of each country's people, at most twice, by country.
fn peoples(gazetteer: &Gazetteer, texts: &[NamedPlaces<'_>]) -> Vec<([u8; 2], f64)> {
    let mut peoples: HashMap<[u8; 2], f64> = HashMap::new();
    for NamedPlaces { reading, matches, names, .. } in texts {
        let is_of_person = |found: &Match| {
            let before = names.partition_point(|name| name.tokens.end <= found.tokens.start);
            names.get(before).is_some_and(|name| {
                name.kind == NameKind::Person && name.tokens.contains(&found.tokens.start)
            })
        };
        let is_wider = |found: &Match| is_of_wider_people(reading.text, &found.tokens);
        for found in matches.iter().filter(|found| !is_of_person(found) && !is_wider(found)) {
            let places = found.places.iter().map(|p| gazetteer.place(*p));
            for place in places.filter(|p| p.class == Class::Demonym) {
                *peoples.entry(place.country).or_default() += 0.5 / found.places.len() as f64;
            }
        }
    }
    let mut peoples: Vec<_> = peoples.into_iter().map(|(c, w)| (c, w.min(2.0))).collect();
    peoples.sort_unstable_by_key(|(country, _)| *country);
    peoples
}

/// Whether a name means all of its place. What words that are not English make of it is not known: a club, an office,
/// a street.
fn is_whole(text: &NamedPlaces<'_>, name: &Name, tokens: &Range<usize>, toponym: &Toponym) -> bool {
    let words = text.reading.text;
    let mut around = (name.tokens.start..tokens.start).chain(tokens.end..name.tokens.end);
    let part =
        around.any(|i| is_part(words.word(i))) || is_named_after(words, &name.tokens, tokens);
    !part && (text.english || !toponym.part)
}

/// Those of some candidates that are called otherwise first.
fn aliases(
    gazetteer: &Gazetteer,
    reading: &Reading<'_>,
    tokens: &Range<usize>,
    candidates: &[u32],
) -> Vec<u32> {
    let mut aliases = gazetteer.by_alias(&reading.keys[tokens.clone()]);
    aliases.retain(|place| candidates.contains(place));
    aliases
}

/// Whether a name is a body's that begins with one word, or a saint, and has no noun of what towns have behind that:
/// `Orme Project`, but not `Orme Police`. The word may be anything: there are hamlets called White, Justice and Union.
fn opens_body(text: &NamedPlaces<'_>, name: usize, place: &Range<usize>) -> bool {
    let Name { kind, tokens } = &text.names[name];
    let words = text.reading.text;
    *kind == NameKind::Organisation
        && tokens.start == place.start
        && (place.len() == 1 || english::SAINTS.contains(words.lower(place.start)))
        && !english::BODIES_OF_TOWNS.contains(words.lower(place.end.min(tokens.end - 1)))
}

/// Whether a place's name ends in a capital that is no noun of buildings and the like, and has more than a town's:
/// `Orme Newington`. A national park has nothing of the town either.
fn is_word_of_name(text: &NamedPlaces<'_>, name: usize, place: &Range<usize>) -> bool {
    let Name { kind, tokens } = &text.names[name];
    let words = text.reading.text;
    let is_noun = |word: &str| {
        is_kind(word) || english::BODIES_OF_TOWNS.contains(word.to_lowercase().as_str())
    };
    let around = || (tokens.start..place.start).chain(place.end..tokens.end);
    let unknown =
        |at: usize| words.word(at).starts_with(char::is_uppercase) && !is_noun(words.word(at));
    *kind == NameKind::Place
        && around().any(unknown)
        && (!is_noun(words.word(tokens.end - 1))
            || tokens.clone().any(|at| words.word(at) == "National"))
}

/// Whether many a city has a quarter, a park or a lake of a name: `Orme Park`, `Mount Orme`.
fn is_called_anywhere(text: &Text<'_>, tokens: &Range<usize>) -> bool {
    tokens.len() > 1
        && (english::QUARTERS.contains(text.lower(tokens.end - 1))
            || english::PLACE_OPENINGS.contains(text.lower(tokens.start)))
}

/// Whether a place is a settlement that news of the world does not know.
fn is_no_city(place: &Place) -> bool {
    place.class == Class::City && place.population < LARGE
}

/// Whether the story tells of a place, of its division or of a neighbour by a name of its own; of the place alone, if only
/// `itself` counts.
fn is_told_of(
    gazetteer: &Gazetteer,
    toponyms: &[Toponym],
    resolved: &[Option<u32>],
    which: usize,
    itself: bool,
) -> bool {
    let Some(own) = resolved[which] else { return false };
    let place = gazetteer.place(own);
    let Toponym { name, part, .. } = &toponyms[which];
    toponyms.iter().zip(resolved).any(|(toponym, other)| {
        let Some(other) = *other else { return false };
        // A whole name does not speak for itself.
        if !part && toponym.name == *name {
            return false;
        }
        let near = gazetteer.place(other);
        let same_division = place.division != 0 && place.division == near.division;
        !toponym.part
            && (own == other
                || !itself
                    && (same_division
                        || matches!(near.class, Class::City | Class::County)
                            && kilometres(&place, &near) <= AROUND))
    })
}

/// Whether a place's name has words that make it a thing called after the place: a bridge, a tower.
fn is_named_after(text: &Text<'_>, name: &Range<usize>, place: &Range<usize>) -> bool {
    let around = (name.start..place.start).chain(place.end..name.end);
    around.into_iter().any(|i| !is_part(text.word(i)) && !is_division_word(text.word(i)))
}

/// Words that leave a place what it is: `Helmand province`, `City of London`.
fn is_division_word(word: &str) -> bool {
    matches!(word, "," | "-")
        || english::DIVISIONS.contains_any_case(word)
        || english::BESIDE_DIVISIONS.contains_any_case(word)
}

fn spelling(reading: &Reading<'_>, tokens: Range<usize>) -> u64 {
    reading.keys[tokens]
        .iter()
        .filter(|k| **k != HYPHEN)
        .fold(0, |name, key| feature_hash::two(78, name, *key))
}

fn sites(gazetteer: &Gazetteer, places: Vec<u32>) -> Option<Vec<u32>> {
    let sites: Vec<u32> =
        places.into_iter().filter(|p| gazetteer.place(*p).class != Class::Demonym).collect();
    (!sites.is_empty()).then_some(sites)
}

/// Words that say which part of a place: `northern Iraq`.
fn is_part(word: &str) -> bool {
    english::PARTS.contains_any_case(word)
}

/// What joins a place to the rest of an organisation's name: `Bank of Orland`, `Orme, Varde`.
fn is_link(word: &str) -> bool {
    word == "," || english::PLACE_LINKS.contains(word)
}

/// Words around a place's own name: `northern Iraq`, `Helmand province`, `City of London`.
fn is_affix(word: &str) -> bool {
    is_part(word)
        || english::DIVISIONS.contains_any_case(word)
        || english::AFFIXES.contains_any_case(word)
}

/// Nouns that streets' names alone end in: whatever hamlet is called `Orme Road`, the street is meant.
fn is_street(word: &str) -> bool {
    english::STREETS_ALONE.contains(word)
}

/// Nouns that say what kind of thing a name is of: `Street`, `Bridge`.
fn is_kind(word: &str) -> bool {
    is_affix(word)
        || english::STREETS.contains_any_case(word)
        || english::NAMED_THINGS.contains_any_case(word)
}

#[cfg(test)]
mod tests;
