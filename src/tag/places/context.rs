//! What the words around a name tell of which of its places it means, or that it means none: a dateline, `counties` behind
//! a list, the other names of a list, `state` behind it, a house number before it.

use std::{collections::HashSet, ops::Range};

use super::gazetteer::{Class, Gazetteer};
use crate::punctuation::is_dash;
use crate::tag::{
    Text, english,
    names::{Name, Reading},
};

/// Fewest people of a city that news is sent from.
const DATELINE: u32 = 100_000;

/// How many times more people a country may have than its city of the same name where the two are one.
const CITY_STATE: u32 = 2;

/// A city that is all of the country of its name is that country: Singapore.
pub(super) fn as_city_state(
    gazetteer: &Gazetteer,
    (tokens, mut sites): (Range<usize>, Vec<u32>),
) -> (Range<usize>, Vec<u32>) {
    let mut countries = sites.iter().map(|site| gazetteer.place(*site));
    let country = countries.rfind(|place| place.class == Class::Country);
    if let Some(country) = country {
        sites.retain(|site| {
            let place = gazetteer.place(*site);
            place.class != Class::City
                || place.country != country.country
                || country.population / CITY_STATE > place.population
        });
    }
    (tokens, sites)
}

/// A dateline is a city, whatever state or country has its name: `WASHINGTON (AP) — `.
pub(super) fn as_dateline(
    gazetteer: &Gazetteer,
    text: &Text<'_>,
    (tokens, mut sites): (Range<usize>, Vec<u32>),
) -> (Range<usize>, Vec<u32>) {
    let is_city = |site: &u32| {
        let place = gazetteer.place(*site);
        place.class == Class::City && place.population >= DATELINE
    };
    if is_dateline(text, &tokens) && sites.iter().any(is_city) {
        sites.retain(is_city);
    }
    (tokens, sites)
}

/// Of `Orange and Riverside counties` both are counties, whatever cities have their names.
pub(super) fn as_counted(
    gazetteer: &Gazetteer,
    reading: &Reading<'_>,
    (tokens, mut sites): (Range<usize>, Vec<u32>),
) -> (Range<usize>, Vec<u32>) {
    const FAR: usize = 12;
    let text = reading.text;
    let behind = tokens.end..text.tokens.len().min(tokens.end + FAR);
    let is_join = |word: &str| word == "," || english::JOINTS.contains(word);
    let joins = |word: &str| is_join(word) || word.starts_with(char::is_uppercase);
    let listed = tokens.start > 0 && is_join(text.word(tokens.start - 1))
        || tokens.end < text.tokens.len() && is_join(text.word(tokens.end));
    let counties = behind.into_iter().map(|i| text.word(i)).find(|word| !joins(word));
    if listed && counties.is_some_and(|word| english::COUNTIES.contains(word)) {
        let is_county = |site: &u32| gazetteer.place(*site).class == Class::County;
        let named = gazetteer.with_word(&reading.keys[tokens.clone()], "county");
        let counties: Vec<u32> =
            named.into_iter().chain(sites.iter().copied()).filter(is_county).collect();
        if !counties.is_empty() {
            sites = counties;
        }
    }
    (tokens, sites)
}

/// In a list of countries a name that a state has too is the country, and in one of states the state, as it is before that word.
pub(super) fn as_listed(
    gazetteer: &Gazetteer,
    reading: &Reading<'_>,
    names: &[Name],
    at: usize,
    (tokens, mut sites): (Range<usize>, Vec<u32>),
) -> (Range<usize>, Vec<u32>) {
    let has = |sites: &[u32], class| sites.iter().any(|s| gazetteer.place(*s).class == class);
    let divided = has(&sites, Class::Division);
    if !divided && !has(&sites, Class::Country) || sites.len() == 1 {
        return (tokens, sites);
    }
    // `New York state`.
    let next = reading.text.tokens.get(tokens.end).map_or("", |_| reading.text.word(tokens.end));
    if divided && english::STATES.contains(next) {
        sites.retain(|site| gazetteer.place(*site).class == Class::Division);
        return (tokens, sites);
    }
    let beside = listed_beside(reading.text, names, at);
    let classes = beside.iter().map(|name| {
        let places = gazetteer.exact(reading.text, reading.keys, name.tokens.clone());
        (has(&places, Class::Country), has(&places, Class::Division))
    });
    let (mut countries, mut divisions) = (0, 0);
    for class in classes {
        countries += usize::from(class == (true, false));
        divisions += usize::from(class == (false, true));
    }
    let class = match (countries, divisions) {
        (2.., 0) if has(&sites, Class::Country) => Class::Country,
        // `Orland and Holm`, of which no state has the name of either
        (1, 0) if !divided && next != "," => Class::Country,
        (0, 2..) if divided => Class::Division,
        _ => return (tokens, sites),
    };
    sites.retain(|site| gazetteer.place(*site).class == class);
    (tokens, sites)
}

/// Whether the words beside a name are of a town's life, whatever country or great city has the name: `an Orland woman`, `the
/// village of Orland`, `downtown Orland`, `Orland High`, `4 Orme St., Orland`; no
/// news is sent from a country, either.
pub(super) fn is_told_as_town(text: &Text<'_>, tokens: &Range<usize>) -> bool {
    let lower = |at: usize| text.tokens.get(at).map_or("", |_| text.lower(at));
    let before = |back: usize| tokens.start.checked_sub(back).map_or("", lower);
    let next = lower(tokens.end);
    let body = text.word_or_empty(tokens.end).starts_with(char::is_uppercase)
        && english::BODIES_OF_TOWNS.contains(next);
    let settled = |word: &str| english::SETTLEMENTS.contains(word);
    body || is_dateline(text, tokens)
        || english::SOMEBODY_BEHIND_PLACE.contains(next)
        || english::PEOPLE_BEHIND_PLACE.contains(next)
        || english::TOWN_BEFORE_OF.contains(next)
        || english::TOWNS_OWN.contains(next)
        || english::TOWNS_OWN.contains(before(1))
        || before(1) == ","
            && english::STREETS
                .contains(before(2 + usize::from(before(2) == ".")).trim_end_matches('.'))
        || before(1) == "of" && (settled(before(2)) || before(2) == "mayor")
}

/// Whether a name stands in a list of places that may all be towns: `Orland, Varde and Holm`, but not `Orland and Holm
/// County`.
pub(super) fn is_among_towns(
    gazetteer: &Gazetteer,
    reading: &Reading<'_>,
    names: &[Name],
    at: usize,
) -> bool {
    let beside = listed_beside(reading.text, names, at);
    let is_town = |name: &&Name| {
        let places = gazetteer.exact(reading.text, reading.keys, name.tokens.clone());
        places.iter().any(|place| gazetteer.place(*place).class == Class::City)
    };
    !beside.is_empty() && beside.iter().all(is_town)
}

/// Most names before and behind a name of a list that are looked at.
const LISTED: usize = 8;

/// The names that commas and `and` join a name to.
fn listed_beside<'a>(text: &Text<'_>, names: &'a [Name], at: usize) -> Vec<&'a Name> {
    let joins = |from: usize, to: usize| {
        from < to && to - from < 4 && (from..to).all(|i| is_joint(text.word(i)))
    };
    let mut beside = Vec::new();
    for next in (at + 1..names.len()).take(LISTED) {
        if !joins(names[next - 1].tokens.end, names[next].tokens.start) {
            break;
        }
        beside.push(&names[next]);
    }
    for before in (0..at).rev().take(LISTED) {
        if !joins(names[before].tokens.end, names[before + 1].tokens.start) {
            break;
        }
        beside.push(&names[before]);
    }
    beside
}

fn is_joint(word: &str) -> bool {
    matches!(word, "," | ";" | "the") || english::JOINTS.contains(word)
}

/// `at The London on Monday`: a house that is called after a city.
pub(super) fn is_house(
    gazetteer: &Gazetteer,
    text: &Text<'_>,
    (tokens, sites): &(Range<usize>, Vec<u32>),
) -> bool {
    let Some(before) = tokens.start.checked_sub(2) else { return false };
    text.word(before + 1) == "The"
        && english::BEFORE_HOUSES.contains(text.word(before))
        && sites.iter().all(|site| gazetteer.place(*site).class != Class::Country)
        && sites.iter().any(|site| gazetteer.place(*site).class == Class::City)
}

/// Keys of the first words of streets: `Varde Street`.
pub(super) fn streets(reading: &Reading<'_>, names: &[Name]) -> HashSet<u64> {
    let is_street = |name: &&Name| {
        let last = reading.text.word(name.tokens.end - 1).trim_end_matches('.').to_lowercase();
        name.tokens.len() > 1 && english::STREETS.contains(last.as_str())
    };
    names.iter().filter(is_street).map(|name| reading.keys[name.tokens.start]).collect()
}

/// `180 Varde` of a story that tells of `Varde Street`: the street.
pub(super) fn is_numbered(
    reading: &Reading<'_>,
    streets: &HashSet<u64>,
    tokens: &Range<usize>,
) -> bool {
    let before = tokens.start.checked_sub(1).map_or("", |at| reading.text.word(at));
    tokens.len() == 1
        && !before.is_empty()
        && before.bytes().all(|byte| byte.is_ascii_digit())
        && streets.contains(&reading.keys[tokens.start])
}

/// `South American` is of a continent, and of no country that `American` is of.
pub(in crate::tag) fn is_of_wider_people(text: &Text<'_>, tokens: &Range<usize>) -> bool {
    tokens.len() == 1
        && tokens.start.checked_sub(1).is_some_and(|at| {
            text.word(at).starts_with(char::is_uppercase)
                && english::WIDER_PEOPLES
                    .contains(format!("{} {}", text.lower(at), text.lower(tokens.start)).as_str())
        })
}

/// Of `Orland province` the division is meant, whichever town elsewhere has its name, and of `the Orland river` no town.
pub(super) fn as_told_behind(
    gazetteer: &Gazetteer,
    text: &Text<'_>,
    (tokens, mut sites): (Range<usize>, Vec<u32>),
) -> Option<(Range<usize>, Vec<u32>)> {
    let class = |site: &u32| gazetteer.place(*site).class;
    let next = text.word_or_empty(tokens.end);
    let is_division = |site: &u32| matches!(class(site), Class::Division | Class::County);
    if english::DIVISIONS_ALONE.contains(next) && sites.iter().any(is_division) {
        sites.retain(is_division);
    }
    if english::PHYSICAL.contains(next) {
        sites.retain(|site| class(site) == Class::Region);
    }
    (!sites.is_empty()).then_some((tokens, sites))
}

/// Whether a name opens its text in capitals, with a dash or an agency in brackets near behind.
fn is_dateline(text: &Text<'_>, tokens: &Range<usize>) -> bool {
    const NEAR: usize = 6;
    let is_loud = |i: usize| !text.word(i).contains(char::is_lowercase);
    let behind = tokens.end..text.tokens.len().min(tokens.end + NEAR);
    tokens.start == 0
        && tokens.clone().all(is_loud)
        && behind.into_iter().any(|i| text.word(i) == "(" || is_dash(text.word(i)))
}
