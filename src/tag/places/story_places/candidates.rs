//! The places that a name in a story may mean: by the words around it, by what it is said to be in, and by what is listed with
//! it.

use std::ops::Range;

use super::{LARGE, is_affix, is_kind, is_link, is_no_city, is_part, is_street, sites};
use crate::punctuation::is_dash;
use crate::tag::{
    Text, english,
    names::{Name, Reading},
    places::{
        gazetteer::{Class, Gazetteer, Match, Place, kilometres},
        short_lands,
    },
};

/// Kilometres from the middle of a city, and of a county, within which a place is that is told to be in it.
const SUBURB: f64 = 60.0;
const COUNTY: f64 = short_lands::COUNTY;
/// Kilometres from the middle of a country at which a city is no town at its border.
const FAR_ABROAD: f64 = 3_000.0;

/// What a place name may mean: as it stands, else without words around the name proper, else the
/// longest name inside it.
pub(super) fn candidates(
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
pub(super) fn within(
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
pub(super) fn is_elsewhere(
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
    let told = is_at(text, tokens) && closes(gazetteer, text, matches, found);
    let listed = !told && found.places.iter().any(|p| is_large(&gazetteer.place(*p)));
    // Borders have moved: a city is told to be in its neighbour.
    let sure = first.class == Class::Division || !sites.iter().any(is_large);
    set_off
        && sure
        && !listed
        && sites
            .iter()
            .all(|place| place.class == Class::City || told && place.class == Class::County)
        && !sites.iter().any(|place| containers.iter().any(|container| holds(container, place)))
}

/// The division or country that follows a name after a comma or in brackets: `Paris, Texas`.
pub(super) fn container(
    gazetteer: &Gazetteer,
    text: &Text<'_>,
    matches: &[Match],
    end: usize,
) -> Vec<u32> {
    if !matches!(text.word_or_empty(end), "," | "(") {
        return Vec::new();
    }
    match match_at(matches, end + 1) {
        Some(found) if short_lands::is_short(gazetteer, text, found) => found.places.clone(),
        _ => lands_at(gazetteer, matches, end + 1),
    }
}

/// What a name is told to be in, and which of its places are there.
pub(super) struct Told {
    pub(super) containers: Vec<u32>,
    pub(super) sites: Vec<u32>,
}

/// The short form of a division or a county behind a town and a comma.
pub(super) fn as_short_form(
    gazetteer: &Gazetteer,
    text: &Text<'_>,
    matches: &[Match],
    tokens: &Range<usize>,
) -> Option<(Range<usize>, Vec<u32>)> {
    let found = match_at(matches, tokens.start)?;
    let same = found.tokens == *tokens && short_lands::is_short(gazetteer, text, found);
    same.then(|| (tokens.clone(), found.places.clone()))
}

/// Those of a name's places that are in the land of a short form, the city or the county that follows it: `Orme, Ont.`, `in Orme,
/// Feld, on Monday`. Of a town that is told to be in a city the gazetteer may know others alone: it is none of these.
pub(super) fn inside_told(
    gazetteer: &Gazetteer,
    text: &Text<'_>,
    matches: &[Match],
    (tokens, sites): (&Range<usize>, &[u32]),
) -> Option<Told> {
    if text.word_or_empty(tokens.end) != "," {
        return None;
    }
    let found = match_at(matches, tokens.end + 1)?;
    let inside = |containers: Vec<u32>, within: &dyn Fn(&Place, &Place) -> bool| {
        let is_there = |site: &u32| {
            let place = gazetteer.place(*site);
            containers.iter().any(|c| within(&place, &gazetteer.place(*c)))
        };
        let sites = sites.iter().copied().filter(is_there).collect();
        Told { containers, sites }
    };
    if short_lands::is_short(gazetteer, text, found) {
        return Some(inside(found.places.clone(), &short_lands::is_inside));
    }
    let of = |is: &dyn Fn(&Place) -> bool| -> Vec<u32> {
        found.places.iter().copied().filter(|place| is(&gazetteer.place(*place))).collect()
    };
    let is_land = |place: &Place| matches!(place.class, Class::Division | Class::Country);
    let towns = sites.iter().all(|site| !is_land(&gazetteer.place(*site)));
    if !towns || !of(&is_land).is_empty() || !closes(gazetteer, text, matches, found) {
        return None;
    }
    let counties = of(&|place| place.class == Class::County);
    let cities = of(&|place| place.class == Class::City && place.population >= LARGE);
    let told = inside([cities.clone(), counties.clone()].concat(), &|place, container| {
        let near = if container.class == Class::County { COUNTY } else { SUBURB };
        place.country == container.country && kilometres(place, container) <= near
    });
    let sure = counties.is_empty() && !cities.is_empty() && is_at(text, tokens);
    (sure || !told.sites.is_empty() && (!counties.is_empty() || is_at(text, tokens)))
        .then_some(told)
}

/// Whether a preposition stands before some tokens behind which a place has no list of towns: `in Orme`, but not `from Orme`.
fn is_at(text: &Text<'_>, tokens: &Range<usize>) -> bool {
    tokens.start.checked_sub(1).is_some_and(|at| {
        let before = text.lower(at);
        matches!(before, "at" | "of") || english::NEAR_PLACES.contains(before)
    })
}

/// Whether a city behind a comma is the last name of a list of two, of which the first is in it: `in Orme, Feld, on Monday`, but
/// not `in Orme, Feld and Holm`.
fn closes(gazetteer: &Gazetteer, text: &Text<'_>, matches: &[Match], found: &Match) -> bool {
    let end = found.tokens.end;
    let behind = text.word_or_empty(end);
    if behind == "," {
        let next = text.word_or_empty(end + 1);
        let held = lands_at(gazetteer, matches, end + 1).into_iter().any(|land| {
            let land = gazetteer.place(land);
            found.places.iter().any(|place| holds(&land, &gazetteer.place(*place)))
        });
        let small = next.starts_with(|c: char| !c.is_uppercase());
        return held || small && !english::JOINTS.contains(next);
    }
    matches!(behind, "." | ";" | ":" | ")" | "on" | "at" | "in" | "after" | "where" | "when")
        || is_dash(behind)
}

/// The gazetteer's name at a token.
fn match_at(matches: &[Match], at: usize) -> Option<&Match> {
    matches.get(matches.partition_point(|m| m.tokens.start < at)).filter(|m| m.tokens.start == at)
}

/// Whether a division or a country is where a place is.
fn holds(container: &Place, place: &Place) -> bool {
    container.country == place.country
        && (container.division == 0 || container.division == place.division)
}

/// The division or country that follows a town behind a preposition and `in`, where it has such a town: `from Paris in Texas`,
/// but not `beat Orland in Texas`; and that of `in Texas near Paris`.
pub(super) fn container_behind_in(
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
pub(super) fn is_outside(
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
    let Some(found) = match_at(matches, at) else { return Vec::new() };
    let holds = |p: &&u32| matches!(gazetteer.place(**p).class, Class::Division | Class::Country);
    found.places.iter().filter(holds).copied().collect()
}
