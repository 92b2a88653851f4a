//! Short forms of divisions and counties behind a town and a comma (`src/lang/en/short-lands.txt`): `London, Ont.`, `Boston,
//! Lincs`. Of English stories alone.
//!
//! A form is a division's nowhere else: most are other words, too. One that is a common word needs a town that the gazetteer
//! knows there.

use std::sync::LazyLock;

use foldhash::HashMap;

use super::gazetteer::{Class, Gazetteer, Match, Place, kilometres};
use crate::{
    lang,
    tag::{Text, word_keys},
};

/// Name of the list.
const LIST: &str = "short-lands.txt";
/// Most words of a short form.
const WORDS: usize = 2;
/// Kilometres from the middle of a county within which its towns are.
pub(super) const COUNTY: f64 = 80.0;

/// What a short form stands for.
struct Land {
    country: [u8; 2],
    name: &'static str,
    /// Whether the form is another word, too.
    doubtful: bool,
}

static LANDS: LazyLock<HashMap<&str, Vec<Land>>> = LazyLock::new(|| {
    let mut lands: HashMap<&str, Vec<Land>> = HashMap::default();
    for (form, row) in lang::rows("en", LIST).into_iter().flatten() {
        lands.entry(form).or_default().extend(parse(row));
    }
    lands
});

fn parse(row: &'static str) -> Option<Land> {
    let known = row.strip_prefix('?');
    let (country, name) = known.unwrap_or(row).split_once(' ')?;
    Some(Land { country: country.as_bytes().try_into().ok()?, name, doubtful: known.is_some() })
}

/// The lands that a run of tokens is a short form of.
fn lands(text: &Text<'_>, tokens: std::ops::Range<usize>) -> Option<&'static [Land]> {
    let words: Vec<&str> = tokens.map(|at| text.word(at).trim_end_matches('.')).collect();
    LANDS.get(words.join(" ").as_str()).map(Vec::as_slice)
}

/// Puts the short forms of a text among the gazetteer's names in it, in place of what else these words are.
pub(in crate::tag) fn add(gazetteer: &Gazetteer, text: &Text<'_>, matches: &mut Vec<Match>) {
    let commas = (1..text.tokens.len()).filter(|at| text.word(*at) == ",");
    let found: Vec<Match> = commas.filter_map(|at| found(gazetteer, text, matches, at)).collect();
    if found.is_empty() {
        return;
    }
    let overlaps = |one: &Match| {
        let before = found.partition_point(|short| short.tokens.end <= one.tokens.start);
        found.get(before).is_some_and(|short| short.tokens.start < one.tokens.end)
    };
    matches.retain(|one| !overlaps(one));
    matches.extend(found);
    matches.sort_by_key(|one| one.tokens.start);
}

/// The short form behind a comma.
fn found(gazetteer: &Gazetteer, text: &Text<'_>, matches: &[Match], comma: usize) -> Option<Match> {
    let start = comma + 1;
    let capital = |at: usize| text.word_or_empty(at).starts_with(char::is_uppercase);
    if !capital(start) || !text.word(comma - 1).starts_with(char::is_alphabetic) {
        return None;
    }
    let most = (start + WORDS).min(text.tokens.len());
    let (tokens, lands) =
        (start + 1..=most).rev().find_map(|end| Some((start..end, lands(text, start..end)?)))?;
    let stop = text.word(tokens.end - 1).ends_with('.') || text.word_or_empty(tokens.end) == ".";
    // `Anna, Vic Orme and Karl`
    if !stop && capital(tokens.end) {
        return None;
    }
    let town = matches.get(matches.partition_point(|m| m.tokens.end < comma));
    let town = town.filter(|m| m.tokens.end == comma);
    // `Bellevue, WA`: the town that the gazetteer has in another land of that form.
    let own = matches.get(matches.partition_point(|m| m.tokens.start < start));
    let own = own.filter(|m| m.tokens == tokens).into_iter().flat_map(|m| &m.places);
    let divisions = own.map(|place| gazetteer.place(*place)).filter(|p| p.class == Class::Division);
    let mut towns = town.iter().flat_map(|town| &town.places).map(|place| gazetteer.place(*place));
    let divisions: Vec<Place> = divisions.collect();
    if towns.any(|town| divisions.iter().any(|division| is_inside(&town, division))) {
        return None;
    }
    let places = lands.iter().flat_map(|land| {
        let places = gazetteer.named(&word_keys::keys(&Text::new(land.name))).into_iter();
        places.filter(|number| {
            let place = gazetteer.place(*number);
            let known = || {
                let mut towns = town.iter().flat_map(|town| &town.places);
                towns.any(|town| is_inside(&gazetteer.place(*town), &place))
            };
            matches!(place.class, Class::Division | Class::County)
                && place.country == land.country
                && (!land.doubtful || known())
        })
    });
    let places: Vec<u32> = places.collect();
    (!places.is_empty()).then_some(Match { tokens, places })
}

/// Whether a town is in a division or a county.
pub(super) fn is_inside(town: &Place, land: &Place) -> bool {
    matches!(town.class, Class::City | Class::County)
        && town.country == land.country
        && (land.division == 0 || town.division == land.division)
        && (land.class != Class::County || kilometres(town, land) <= COUNTY)
}

/// Whether a name in a text was found to be a short form behind a comma.
pub(super) fn is_short(gazetteer: &Gazetteer, text: &Text<'_>, found: &Match) -> bool {
    let comma = found.tokens.start.checked_sub(1).map_or("", |at| text.word(at));
    let is_of = |lands: &[Land]| {
        found.places.iter().map(|place| gazetteer.place(*place)).all(|place| {
            matches!(place.class, Class::Division | Class::County)
                && lands.iter().any(|land| land.country == place.country)
        })
    };
    comma == "," && lands(text, found.tokens.clone()).is_some_and(is_of)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tag::{places::gazetteer::build, word_keys::keys};

    fn found(body: &str) -> Vec<(String, Vec<u32>)> {
        let place = |class, country: &[u8; 2], division| Place {
            geonames: 1,
            wikidata: 0,
            class,
            country: *country,
            division,
            lat: 10.0,
            lon: 10.0,
            population: 9_000,
        };
        let places = [
            place(Class::Division, b"CA", 1),
            place(Class::Division, b"AU", 2),
            place(Class::City, b"ES", 3),
            place(Class::City, b"AU", 2),
        ];
        let names = [("Ontario", 0), ("Victoria", 1), ("Vic", 2), ("Orme", 3)];
        let names: Vec<(String, u32)> = names.iter().map(|(n, p)| ((*n).to_owned(), *p)).collect();
        let gazetteer = Gazetteer::from_bytes(build(&places, &names, &[])).unwrap();
        let text = Text::new(body);
        let mut matches = gazetteer.matches(&text, &keys(&text));
        add(&gazetteer, &text, &mut matches);
        matches.into_iter().map(|m| (text.slice(m.tokens).to_owned(), m.places)).collect()
    }

    #[test]
    fn short_form_behind_comma_is_a_division() {
        assert_eq!(found("It rained in Varde, Ont., again."), [("Ont.".to_owned(), vec![0])]);
        assert_eq!(found("Ont. is a word."), []);
        let both = [("Orme".to_owned(), vec![3]), ("Vic".to_owned(), vec![1])];
        assert_eq!(found("It rained in Orme, Vic, again."), both);
    }

    #[test]
    fn doubtful_form_needs_a_town_there() {
        assert_eq!(found("It rained in Varde, Vic, again."), [("Vic".to_owned(), vec![2])]);
        assert_eq!(
            found("She met Orme, Vic Berg and Anna."),
            [("Orme".to_owned(), vec![3]), ("Vic".to_owned(), vec![2])]
        );
    }

    #[test]
    fn every_row_is_read() {
        let rows = lang::text("en", LIST).unwrap();
        assert_eq!(lang::entries(rows).count(), LANDS.values().map(Vec::len).sum::<usize>());
    }
}
