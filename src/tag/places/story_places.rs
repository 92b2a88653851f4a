//! The places of one story: candidates for every name of a place, evidence around them, and their
//! resolution.

mod shared_names;

use super::{
    context::{
        as_city_state, as_counted, as_dateline, as_listed, as_told_behind, is_among_towns,
        is_house, is_numbered, is_of_wider_people, is_told_as_town, streets,
    },
    gazetteer::{Class, Gazetteer, Match, Place},
    resolve::{Toponym, Weights, resolve},
};
use crate::punctuation::is_dash;
use crate::tag::english;
use crate::tag::{
    Text, feature_hash,
    names::{Name, NameKind, Reading},
    word_keys::HYPHEN,
};
use std::{collections::HashMap, ops::Range};

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
/// Kilometres from the middle of a country at which a city is no town at its border.
const FAR_ABROAD: f64 = 3_000.0;
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
    for (which, Owner { text, name, tokens }) in owners.into_iter().enumerate() {
        let Some(number) = resolved[which] else { continue };
        let toponym = &toponyms[which];
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
        NameKind::Place => candidates(gazetteer, reading, name.tokens.clone())
            .map(|found| as_settled(reading.text, matches, found))
            .map(|found| as_city_state(gazetteer, found))
            .filter(|(_, sites)| {
                let named = (&name.tokens, sites.as_slice());
                !is_elsewhere(gazetteer, reading.text, matches, named)
                    && !is_outside(gazetteer, reading.text, matches, named)
            })
            .map(|found| {
                let contained =
                    !container(gazetteer, reading.text, matches, found.0.end).is_empty();
                if contained { found } else { as_dateline(gazetteer, reading.text, found) }
            })
            .map(|found| as_counted(gazetteer, reading, found))
            .map(|found| as_listed(gazetteer, reading, names, at, found))
            .and_then(|found| as_told_behind(gazetteer, reading.text, found))
            .filter(|found| !is_house(gazetteer, reading.text, found)),
        NameKind::Organisation => within(gazetteer, reading.text, matches, name),
        NameKind::Person | NameKind::Other => None,
    }
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

fn kilometres(one: &Place, other: &Place) -> f64 {
    let (a, b) = (one.lat.to_radians(), other.lat.to_radians());
    let (north, east) = (b - a, (other.lon - one.lon).to_radians());
    let h = (north / 2.0).sin().powi(2) + a.cos() * b.cos() * (east / 2.0).sin().powi(2);
    12_742.0 * h.sqrt().min(1.0).asin()
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

/// What a place name may mean: as it stands, else without words around the name proper, else the
/// longest name inside it.
fn candidates(
    gazetteer: &Gazetteer,
    reading: &Reading<'_>,
    tokens: Range<usize>,
) -> Option<(Range<usize>, Vec<u32>)> {
    let text = reading.text;
    if tokens.len() > 1 && is_street(text.word(tokens.end - 1)) {
        return None;
    }
    let whole = gazetteer.exact(text, reading.keys, tokens.clone());
    if let Some(sites) = sites(gazetteer, whole) {
        return Some((tokens, sites));
    }
    // `east Jerusalem`, a place of its own to which no country is given.
    let named = gazetteer.named(&reading.keys[tokens.clone()]);
    let contested = |place: &u32| gazetteer.place(*place).country == [0; 2];
    if tokens.len() > 1 && named.iter().any(contested) {
        return Some((tokens, named.into_iter().filter(contested).collect()));
    }
    // A lake is no town of its name, and a national park none.
    let physical = tokens.len() > 1
        && (english::PLACE_OPENINGS.contains(text.lower(tokens.start))
            || english::NATURE.contains(text.lower(tokens.end - 1)));
    let sites = |gazetteer: &Gazetteer, places: Vec<u32>| {
        let mut found = sites(gazetteer, places)?;
        found.retain(|site| !physical || gazetteer.place(*site).class == Class::Region);
        (!found.is_empty()).then_some(found)
    };
    // `North Orme` is a village of its own, which the gazetteer lacks: there are many Ormes.
    let compass = tokens.len() > 1
        && tokens.start > 0
        && text.word(tokens.start).starts_with(char::is_uppercase)
        && is_part(text.word(tokens.start));
    let sites = |gazetteer: &Gazetteer, places: Vec<u32>| {
        let known =
            |found: &Vec<u32>| found.iter().any(|site| !is_no_city(&gazetteer.place(*site)));
        sites(gazetteer, places).filter(|found| !compass || known(found))
    };
    let mut inner = tokens.clone();
    while inner.len() > 1 {
        if is_affix(text.word(inner.start)) {
            inner.start += 1;
        } else if is_affix(text.word(inner.end - 1)) {
            inner.end -= 1;
        } else {
            break;
        }
        // What is left of `Central Park` is a thing, whatever village is called so.
        if inner.len() == 1 && is_affix(text.word(inner.start)) {
            return None;
        }
        if let Some(sites) = sites(gazetteer, gazetteer.exact(text, reading.keys, inner.clone())) {
            return Some((inner, sites));
        }
    }
    (tokens.start..tokens.end)
        .filter_map(|start| gazetteer.longest(text, reading.keys, start, tokens.end))
        // The noun of `Varde Street` is no town, whichever is called so.
        .filter(|found| found.tokens.len() > 1 || !is_kind(text.word(found.tokens.start)))
        .filter_map(|found| Some((found.tokens, sites(gazetteer, found.places)?)))
        .max_by_key(|(range, sites)| {
            let people = sites.iter().map(|p| gazetteer.place(*p).population).max();
            (range.len(), people, range.start)
        })
}

/// The place that an organisation is named after (`Ohio Department of Development`, `Bank of
/// Canada`, `Canadian Coast Guard`): at the front of its name, after a preposition, or, where it
/// is well known, at the end.
fn within(
    gazetteer: &Gazetteer,
    text: &Text<'_>,
    matches: &[Match],
    name: &Name,
) -> Option<(Range<usize>, Vec<u32>)> {
    let first = matches.partition_point(|m| m.tokens.start < name.tokens.start);
    let inside = || {
        let from = matches[first..].iter().take_while(|m| m.tokens.start < name.tokens.end);
        from.filter(|m| m.tokens.end <= name.tokens.end)
    };
    let leads = inside()
        .filter(|_| name.tokens.len() > 1)
        .find(|m| m.tokens.start == name.tokens.start && !is_affix(text.word(m.tokens.start)));
    let linked = || {
        inside().find(|m| {
            let mut before = m.tokens.start;
            while before > name.tokens.start && is_part(text.word(before - 1)) {
                before -= 1;
            }
            before > name.tokens.start && is_link(text.word(before - 1))
        })
    };
    let well_known = |m: &&Match| {
        m.tokens.end == name.tokens.end
            && m.places.iter().map(|p| gazetteer.place(*p)).any(|p| match p.class {
                Class::Country | Class::Division => true,
                // A company may bear what is one of a city's many names.
                Class::City => p.population >= 100_000 && name.tokens.len() > 1,
                Class::Region | Class::County | Class::Demonym => false,
            })
    };
    let found = linked().or(leads).or_else(|| inside().find(well_known))?;
    Some((found.tokens.clone(), found.places.clone()))
}

/// Whether a town is told to be in a division or a country in which none of its name is known: `Orme, Va.`. In a list of places
/// that is no container: one that is set off behind, or written short, is.
fn is_elsewhere(
    gazetteer: &Gazetteer,
    text: &Text<'_>,
    matches: &[Match],
    (tokens, sites): (&Range<usize>, &[u32]),
) -> bool {
    let sites: Vec<Place> = sites.iter().map(|site| gazetteer.place(*site)).collect();
    let containers = container(gazetteer, text, matches, tokens.end);
    let containers: Vec<Place> = containers.iter().map(|c| gazetteer.place(*c)).collect();
    let Some(first) = containers.first() else { return false };
    let found = &matches[matches.partition_point(|m| m.tokens.start <= tokens.end)];
    let (end, behind) = (found.tokens.end, text.word_or_empty(found.tokens.end));
    // `in Orme, Orland.`, and `and Orme, Orland.` at a list's end
    let ends = matches!(behind, "" | "." | ";" | "?" | "!")
        && (follows_preposition(text, tokens)
            || tokens.start > 0 && english::JOINTS.contains(text.word(tokens.start - 1)));
    let set_off =
        ends || matches!(behind, "," | ")") || is_dash(behind) || text.word(end - 1).ends_with('.');
    // `London, New York, and Tokyo`
    let is_large = |place: &Place| place.class == Class::City && place.population >= LARGE;
    let listed = found.places.iter().any(|p| is_large(&gazetteer.place(*p)));
    // Borders have moved: a city is told to be in its neighbour.
    let sure = first.class == Class::Division || !sites.iter().any(is_large);
    set_off
        && sure
        && !listed
        && sites.iter().all(|place| place.class == Class::City)
        && !sites.iter().any(|place| containers.iter().any(|container| holds(container, place)))
}

/// The division or country that follows a name after a comma or in brackets: `Paris, Texas`.
fn container(gazetteer: &Gazetteer, text: &Text<'_>, matches: &[Match], end: usize) -> Vec<u32> {
    if !matches!(text.word_or_empty(end), "," | "(") {
        return Vec::new();
    }
    lands_at(gazetteer, matches, end + 1)
}

/// Whether a division or a country is where a place is.
fn holds(container: &Place, place: &Place) -> bool {
    container.country == place.country
        && (container.division == 0 || container.division == place.division)
}

/// The division or country that follows a town behind a preposition and `in`, where it has such a town: `from Paris in Texas`,
/// but not `beat Orland in Texas`; and that of `in Texas near Paris`.
fn container_behind_in(
    gazetteer: &Gazetteer,
    text: &Text<'_>,
    matches: &[Match],
    tokens: &Range<usize>,
    sites: &[u32],
) -> Vec<u32> {
    let mut containers = land_beside(gazetteer, text, matches, tokens);
    containers.retain(|container| {
        let container = gazetteer.place(*container);
        sites.iter().map(|site| gazetteer.place(*site)).any(|place| {
            matches!(place.class, Class::City | Class::County) && holds(&container, &place)
        })
    });
    containers
}

/// The division or country that is told of with `in` beside a town and its preposition: `near Paris in northern Texas`, `in
/// Texas near Paris`.
fn land_beside(
    gazetteer: &Gazetteer,
    text: &Text<'_>,
    matches: &[Match],
    tokens: &Range<usize>,
) -> Vec<u32> {
    if text.word_or_empty(tokens.end) == "in" && follows_preposition(text, tokens) {
        let start = tokens.end + 1;
        let lands = lands_at(gazetteer, matches, start);
        let part = text.tokens.get(start).is_some_and(|_| is_part(text.word(start)));
        return if lands.is_empty() && part {
            lands_at(gazetteer, matches, start + 1)
        } else {
            lands
        };
    }
    let Some(near) = tokens.start.checked_sub(1).filter(|at| text.lower(*at) == "near") else {
        return Vec::new();
    };
    let before = matches.partition_point(|m| m.tokens.end < near);
    let Some(found) = matches.get(before).filter(|m| m.tokens.end == near) else {
        return Vec::new();
    };
    let is_led = |at: usize| at > 0 && text.lower(at - 1) == "in";
    let start = found.tokens.start;
    let led = is_led(start) || start > 0 && is_part(text.word(start - 1)) && is_led(start - 1);
    if led { lands_at(gazetteer, matches, start) } else { Vec::new() }
}

/// Whether a town is told to be at a spot of a country in which none of its name is known, far from all that are: `near Orland
/// in western Varde`. Of what moves there nothing is known: `from Orland in Varde`.
fn is_outside(
    gazetteer: &Gazetteer,
    text: &Text<'_>,
    matches: &[Match],
    (tokens, sites): (&Range<usize>, &[u32]),
) -> bool {
    let at = tokens.start.checked_sub(1).map_or("", |at| text.lower(at));
    if at != "at" && !english::NEAR_PLACES.contains(at) {
        return false;
    }
    let lands: Vec<Place> = land_beside(gazetteer, text, matches, tokens)
        .into_iter()
        .map(|land| gazetteer.place(land))
        .filter(|land| land.class == Class::Country)
        .collect();
    let is_far = |site: &u32| {
        let place = gazetteer.place(*site);
        matches!(place.class, Class::City | Class::County | Class::Division)
            && lands.iter().all(|land| {
                !holds(land, &place)
                    && (is_no_city(&place) || kilometres(&place, land) > FAR_ABROAD)
            })
    };
    !lands.is_empty() && sites.iter().all(is_far)
}

/// Whether a preposition of place stands before some tokens.
fn follows_preposition(text: &Text<'_>, tokens: &Range<usize>) -> bool {
    tokens.start.checked_sub(1).is_some_and(|at| {
        let before = text.lower(at);
        before == "at"
            || english::NEAR_PLACES.contains(before)
            || english::BEFORE_TOWNS.contains(before)
    })
}

/// The divisions and countries that the name at a token may mean.
fn lands_at(gazetteer: &Gazetteer, matches: &[Match], at: usize) -> Vec<u32> {
    let first = matches.partition_point(|m| m.tokens.start < at);
    let Some(found) = matches.get(first).filter(|m| m.tokens.start == at) else {
        return Vec::new();
    };
    let holds = |p: &&u32| matches!(gazetteer.place(**p).class, Class::Division | Class::Country);
    found.places.iter().filter(holds).copied().collect()
}

#[cfg(test)]
mod tests;
