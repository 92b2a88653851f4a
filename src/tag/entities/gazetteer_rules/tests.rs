//! Names that the gazetteer corrects.

use super::*;
use crate::tag::{
    names::samples::{named, written},
    places::gazetteer::build,
    word_keys::keys,
};

/// A place of Denmark.
fn place(class: Class, population: u32) -> Place {
    Place {
        geonames: 1,
        wikidata: 0,
        class,
        country: *b"DK",
        division: 0,
        lat: 55.6,
        lon: 8.5,
        population,
    }
}

/// The names of a text after the rules, by the places of a gazetteer and what was found before.
fn mended(
    body: &str,
    places: &[(&str, Place)],
    found: impl FnOnce(&Text<'_>, &[Match]) -> Vec<Name>,
) -> Vec<String> {
    let names: Vec<(String, u32)> =
        places.iter().zip(0..).map(|((name, _), number)| ((*name).to_owned(), number)).collect();
    let places: Vec<Place> = places.iter().map(|(_, place)| *place).collect();
    let gazetteer = Gazetteer::from_bytes(build(&places, &names, &[])).unwrap();
    let text = Text::new(body);
    let words = keys(&text);
    let matches = gazetteer.matches(&text, &words);
    let mut names = found(&text, &matches);
    let found = NamedText { text: &text, keys: &words, matches: &matches, names: &mut names };
    complete(&gazetteer, &mut [found]);
    written(&text, &names)
}

/// What the one organisation of a text becomes beside a place; Varde is a town.
fn completed(body: &str, organisation: &str, place_name: Option<&str>) -> Vec<String> {
    let town = Place { division: 1, ..place(Class::City, 14_000) };
    mended(body, &[("Varde", town)], |text, _| {
        let place = place_name.map(|name| (NameKind::Place, name));
        let found: Vec<_> =
            [(NameKind::Organisation, organisation)].into_iter().chain(place).collect();
        let mut names = named(text, &found);
        names.sort_by_key(|name| name.tokens.start);
        names
    })
}

#[test]
fn towns_that_are_named_as_such_are_places() {
    let of = |body| completed(body, "Varde", None);
    assert_eq!(of("Buses go to towns such as Varde (20) now."), ["Place Varde"]);
    assert_eq!(of("It bought firms such as Varde (20) now."), ["Organisation Varde"]);
    let way = |body| completed(body, "Varde", Some("Nirgen"));
    assert_eq!(way("It goes from Varde to Nirgen."), ["Place Varde", "Place Nirgen"]);
}

/// What the one person of a text becomes, where Orland is a country and Abu Orme a city of a million.
fn corrected(body: &str, person: &str) -> String {
    let places =
        [("Orland", place(Class::Country, 5_000_000)), ("Abu Orme", place(Class::City, 1_000_000))];
    let names = mended(body, &places, |text, _| named(text, &[(NameKind::Person, person)]));
    let kind = names.iter().find_map(|name| name.strip_suffix(person)?.strip_suffix(' '));
    kind.unwrap_or_default().to_owned()
}

/// The place that the gazetteer has first in a text.
fn first_place(_: &Text<'_>, matches: &[Match]) -> Vec<Name> {
    vec![Name { kind: NameKind::Place, tokens: matches[0].tokens.clone() }]
}

/// The names of a text with the city Abu Orme in it, of which the recogniser found that alone.
fn teams(body: &str) -> Vec<String> {
    mended(body, &[("Abu Orme", place(Class::City, 1_000_000))], first_place)
}

/// The names of a text with the country Orland in it, of which the recogniser found that alone.
fn surnamed(body: &str) -> Vec<String> {
    mended(body, &[("Orland", place(Class::Country, 5_000_000))], first_place)
}

#[test]
fn seat_and_member_are_two() {
    let of = |body: &str, name: &str| completed(body, name, None);
    let body = "The member for Varde Orla Berg spoke.";
    assert_eq!(of(body, "Varde Orla Berg"), ["Place Varde", "Person Orla Berg"]);
    let body = "The MP for Varde Park Solma Lund-Berg spoke.";
    assert_eq!(of(body, "Varde Park"), ["Place Varde Park", "Person Solma Lund-Berg"]);
    let body = "The MP for Nirgen Anna Berg spoke.";
    assert_eq!(of(body, "Nirgen Anna"), ["Place Nirgen", "Person Anna Berg"]);
    let body = "The candidate for Governor Anna Berg spoke.";
    assert_eq!(of(body, "Anna Berg"), ["Organisation Anna Berg"]);
    let body = "A prize for Varde Orla Berg came.";
    assert_eq!(of(body, "Varde Orla Berg"), ["Organisation Varde Orla Berg"]);
}

#[test]
fn a_country_ends_nobodys_name() {
    let festival = "They play at Orme Nation Orland in May.";
    assert_eq!(corrected(festival, "Orme Nation Orland"), "Organisation");
    assert_eq!(corrected("She was Miss Orland in May.", "Miss Orland"), "Other");
    assert_eq!(corrected("We met Anna Orland in May.", "Anna Orland"), "Person");
}

#[test]
fn place_and_nickname_are_a_team() {
    let team = "Then the Abu Orme Sharks won again.";
    assert_eq!(teams(team), ["Organisation Abu Orme Sharks"]);
    assert_eq!(teams("They saw sharks at Abu Orme again."), ["Place Abu Orme"]);
}

#[test]
fn a_land_behind_a_first_name_is_a_surname() {
    for (body, found) in [
        ("Darren Orland was told.", true),
        ("The referee was Jason Orland.", true),
        ("Mark Orland's feast in May.", false),
        ("They met Ann. Orland won.", false),
    ] {
        let person = body.split("Orland").next().unwrap().rsplit(". ").next().unwrap();
        let name =
            format!("{}Orland", &person[person.trim_end().rfind(' ').map_or(0, |i| i + 1)..]);
        assert_eq!(surnamed(body).contains(&format!("Person {name}")), found, "{body}");
    }
}

#[test]
fn a_large_city_of_several_words_is_nobody() {
    assert_eq!(corrected("They like Abu Orme a lot.", "Abu Orme"), "Place");
    assert_eq!(corrected("Mr Abu Orme spoke.", "Abu Orme"), "Person");
}

#[test]
fn unknown_name_with_a_mayor_is_a_place() {
    let of = |body, name| completed(body, name, None);
    assert_eq!(of("The mayor of Nirgen came.", "Nirgen"), ["Place Nirgen"]);
    assert_eq!(of("The head of Nirgen came.", "Nirgen"), ["Organisation Nirgen"]);
    let council = "The residents of Nirgen Council came.";
    assert_eq!(of(council, "Nirgen Council"), ["Organisation Nirgen Council"]);
}
