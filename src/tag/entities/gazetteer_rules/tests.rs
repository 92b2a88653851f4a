//! Names that the gazetteer corrects.

use super::*;
use crate::tag::{places::gazetteer::build, word_keys::keys};

/// What the one organisation of a text becomes beside a place; Varde is a town.
fn completed(body: &str, organisation: &str, place: Option<&str>) -> Vec<String> {
    let town = Place {
        geonames: 1,
        wikidata: 0,
        class: Class::City,
        country: *b"DK",
        division: 1,
        lat: 55.6,
        lon: 8.5,
        population: 14_000,
    };
    let bytes = build(&[town], &[("Varde".into(), 0)], &[]);
    let gazetteer = Gazetteer::from_bytes(bytes).unwrap();
    let text = Text::new(body);
    let words = keys(&text);
    let matches = gazetteer.matches(&text, &words);
    let name = |kind, words: &str| {
        let from = body.find(words).unwrap();
        let token = |byte| text.tokens.partition_point(|t| (t.start as usize) < byte);
        Name { kind, tokens: token(from)..token(from + words.len()) }
    };
    let mut names = vec![name(NameKind::Organisation, organisation)];
    names.extend(place.map(|place| name(NameKind::Place, place)));
    names.sort_by_key(|name| name.tokens.start);
    let found = NamedText { text: &text, keys: &words, matches: &matches, names: &mut names };
    complete(&gazetteer, &mut [found]);
    names.iter().map(|n| format!("{:?} {}", n.kind, text.slice(n.tokens.clone()))).collect()
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
    let place = |class, population| Place {
        geonames: 1,
        wikidata: 0,
        class,
        country: *b"DK",
        division: 0,
        lat: 55.6,
        lon: 8.5,
        population,
    };
    let places = [place(Class::Country, 5_000_000), place(Class::City, 1_000_000)];
    let names = [("Orland".into(), 0), ("Abu Orme".into(), 1)];
    let gazetteer = Gazetteer::from_bytes(build(&places, &names, &[])).unwrap();
    let text = Text::new(body);
    let words = keys(&text);
    let matches = gazetteer.matches(&text, &words);
    let from = body.find(person).unwrap();
    let token = |byte| text.tokens.partition_point(|t| (t.start as usize) < byte);
    let tokens = token(from)..token(from + person.len());
    let mut names = vec![Name { kind: NameKind::Person, tokens }];
    let found = NamedText { text: &text, keys: &words, matches: &matches, names: &mut names };
    complete(&gazetteer, &mut [found]);
    let found = names.iter().find(|n| text.slice(n.tokens.clone()) == person);
    found.map_or_else(String::new, |n| format!("{:?}", n.kind))
}

/// The names of a text with the city Abu Orme in it, of which the recogniser found that alone.
fn teams(body: &str) -> Vec<String> {
    let city = Place {
        geonames: 1,
        wikidata: 0,
        class: Class::City,
        country: *b"DK",
        division: 0,
        lat: 55.6,
        lon: 8.5,
        population: 1_000_000,
    };
    let bytes = build(&[city], &[("Abu Orme".into(), 0)], &[]);
    let gazetteer = Gazetteer::from_bytes(bytes).unwrap();
    let text = Text::new(body);
    let words = keys(&text);
    let matches = gazetteer.matches(&text, &words);
    let tokens = matches[0].tokens.clone();
    let mut names = vec![Name { kind: NameKind::Place, tokens }];
    let found = NamedText { text: &text, keys: &words, matches: &matches, names: &mut names };
    complete(&gazetteer, &mut [found]);
    names.iter().map(|n| format!("{:?} {}", n.kind, text.slice(n.tokens.clone()))).collect()
}

/// The names of a text with the country Orland in it, of which the recogniser found that alone.
fn surnamed(body: &str) -> Vec<String> {
    let land = Place {
        geonames: 1,
        wikidata: 0,
        class: Class::Country,
        country: *b"DK",
        division: 0,
        lat: 55.6,
        lon: 8.5,
        population: 5_000_000,
    };
    let bytes = build(&[land], &[("Orland".into(), 0)], &[]);
    let gazetteer = Gazetteer::from_bytes(bytes).unwrap();
    let text = Text::new(body);
    let words = keys(&text);
    let matches = gazetteer.matches(&text, &words);
    let tokens = matches[0].tokens.clone();
    let mut names = vec![Name { kind: NameKind::Place, tokens }];
    let found = NamedText { text: &text, keys: &words, matches: &matches, names: &mut names };
    complete(&gazetteer, &mut [found]);
    names.iter().map(|n| format!("{:?} {}", n.kind, text.slice(n.tokens.clone()))).collect()
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
