//! Where the places of stories are.

use super::super::gazetteer::build;
use super::*;
use crate::tag::{names::samples::named, word_keys::keys};

/// Orland: a country, a division (of Varde), a city (of Varde) and a county there; other countries and divisions.
fn gazetteer() -> Gazetteer {
    let place = |class, country: &[u8; 2], division, population| Place {
        geonames: 1,
        wikidata: 0,
        class,
        country: *country,
        division,
        lat: 10.0,
        lon: 10.0,
        population,
    };
    let places = [
        place(Class::Country, b"OR", 0, 4_000_000),
        place(Class::Division, b"VA", 1, 9_000_000),
        place(Class::City, b"VA", 1, 90_000),
        place(Class::County, b"VA", 1, 40_000),
        place(Class::Country, b"HO", 0, 4_000_000),
        place(Class::Country, b"FE", 0, 4_000_000),
        place(Class::Division, b"VA", 2, 4_000_000),
        place(Class::Division, b"VA", 3, 4_000_000),
        place(Class::City, b"VA", 2, 900),
        place(Class::City, b"FE", 0, 8_000_000),
        place(Class::City, b"HO", 0, 500),
        place(Class::City, b"FE", 0, 700),
        place(Class::City, b"HO", 0, 90_000),
        place(Class::City, b"FE", 0, 8_000_000),
    ];
    let names = [
        ("Orland", 0),
        ("Orland", 1),
        ("Varde", 2),
        ("Varde County", 3),
        ("Holm", 4),
        ("Feld", 5),
        ("Nordmark", 6),
        ("Sudmark", 7),
        ("Arena", 2),
        ("Skov", 9),
        ("Skov", 2),
        ("Varden", 1),
        ("Hamlet", 8),
        ("Hamlet Park", 8),
        ("National Park", 8),
        ("Hamlet Park", 10),
        ("Burg", 11),
        ("Burg", 12),
        ("Torv", 13),
    ];
    let names: Vec<(String, u32)> = names.iter().map(|(n, p)| ((*n).to_owned(), *p)).collect();
    Gazetteer::from_bytes(build(&places, &names, &[])).unwrap()
}

/// Where the first of some names of places is.
fn first(body: &str, found: &[&str]) -> Option<Located> {
    let found: Vec<_> = found.iter().map(|words| (NameKind::Place, *words)).collect();
    located(body, &found).0
}

/// Where the first of some names is, and the places in names.
fn located(body: &str, found: &[(NameKind, &str)]) -> (Option<Located>, Vec<Inside>) {
    let text = Text::new(body);
    let mut names = named(&text, found);
    let wanted = names[0].tokens.clone();
    names.sort_by_key(|n| n.tokens.start);
    let keys = keys(&text);
    let listed = vec![0; keys.len()];
    let reading = Reading { text: &text, keys: &keys, listed: &listed };
    let at = names.iter().position(|n| n.tokens == wanted).unwrap();
    let (gazetteer, sure) = (gazetteer(), &[]);
    let matches = &gazetteer.matches(&text, &keys);
    let text = NamedPlaces { reading, matches, names: &names, sure, english: true };
    let (places, insides) = locate(&gazetteer, &[text], None);
    (places[0][at], insides)
}

fn number(body: &str, found: &[&str]) -> Option<u32> {
    first(body, found).map(|located| located.place)
}

#[test]
fn name_in_list_has_the_class_of_list() {
    let countries = ["Orland", "Holm", "Feld"];
    assert_eq!(number("Holm, Feld and Orland met.", &countries), Some(0));
    let states = ["Orland", "Nordmark", "Sudmark"];
    assert_eq!(number("Nordmark, Orland and Sudmark met.", &states), Some(1));
    assert_eq!(number("It rained in Orland state.", &["Orland"]), Some(1));
}

#[test]
fn country_beside_another_in_a_list_is_that() {
    assert_eq!(number("Orme sells to Feld and Holm.", &["Feld", "Holm"]), Some(5));
    let told = |body: &str, words: &str| {
        let text = Text::new(body);
        let at = (0..text.tokens.len()).find(|&i| text.word(i) == words).unwrap();
        is_told_as_town(&text, &(at..at + 1))
    };
    for body in [
        "An Orme woman fell.",
        "The village of Orme sank.",
        "It is in downtown Orme.",
        "It is in 40 Varde St., Orme.",
    ] {
        assert!(told(body, "Orme"), "{body}");
    }
    assert!(told("ORME (AP) \u{2014} It rained.", "ORME"));
    assert!(told("Orme High School won.", "Orme") && !told("He flew to Orme for talks.", "Orme"));
}

#[test]
fn town_is_where_its_container_is_or_nowhere() {
    assert_eq!(number("VARDE, Orland (AP) \u{2014} It rained.", &["VARDE"]), Some(2));
    assert_eq!(number("It rained in Varde, Nordmark, again.", &["Varde"]), None);
    assert_eq!(number("It rained in Varde, Nordmark and Feld.", &["Varde"]), Some(2));
}

#[test]
fn town_outside_its_told_container_is_nowhere() {
    for body in ["It rained in Varde, Nordmark.", "It rained in Varde, Holm, again."] {
        assert_eq!(number(body, &["Varde"]), None, "{body}");
    }
    let body = "It rained in Feld, Holm and Varde, Nordmark.";
    assert_eq!(number(body, &["Varde"]), None);
    assert_eq!(number("They saw Varde, Nordmark.", &["Varde"]), Some(2));
}

#[test]
fn town_told_in_a_country_is_there_or_nowhere() {
    for body in ["It fell near Skov in western Feld.", "It fell in Feld near Skov."] {
        assert_eq!(number(body, &["Skov", "Feld"]), Some(9), "{body}");
    }
    for body in ["It fell near Varde in western Holm.", "It fell in Holm near Varde."] {
        assert_eq!(number(body, &["Varde", "Holm"]), None, "{body}");
    }
    assert_eq!(number("It came from Varde in Holm.", &["Varde", "Holm"]), Some(2));
}

#[test]
fn division_behind_in_is_a_container() {
    let body = "He came from Skov in Varden to see it.";
    assert_eq!(number(body, &["Skov", "Varden"]), Some(2));
    let text = Text::new("He beat Skov in Varden.");
    let (gazetteer, keys) = (gazetteer(), keys(&text));
    let matches = gazetteer.matches(&text, &keys);
    let containers = container_behind_in(&gazetteer, &text, &matches, &(2..3), &[2, 9]);
    assert!(containers.is_empty(), "{containers:?}");
}

#[test]
fn word_of_bodys_name_is_no_hamlet() {
    let inside = |body: &str, name: &str| {
        let found = [(NameKind::Place, "Nordmark"), (NameKind::Organisation, name)];
        located(body, &found).1.len()
    };
    assert_eq!(inside("Nordmark is far. The Hamlet House knew.", "Hamlet House"), 0);
    assert_eq!(inside("Nordmark is far. The Hamlet Police knew.", "Hamlet Police"), 1);
}

#[test]
fn longer_name_is_not_at_its_word() {
    for name in ["Lake Varde", "Varde Newing"] {
        assert_eq!(number(&format!("{name} is far."), &[name]), None, "{name}");
    }
    assert_eq!(number("Varde Arena is in Varde.", &["Varde Arena", "Varde"]), Some(2));
    let park = ["Solma National Park", "Nordmark"];
    assert_eq!(number("Solma National Park is in Nordmark.", &park), None);
}

#[test]
fn village_of_a_compass_point_is_not_another() {
    assert_eq!(number("It rained in North Varde.", &["North Varde"]), None);
    assert_eq!(number("It rained in north Varde.", &["north Varde"]), Some(2));
    assert_eq!(number("It rained in North Skov.", &["North Skov"]), Some(9));
}

#[test]
fn quarter_of_any_city_needs_its_own() {
    assert_eq!(number("They met in Hamlet Park.", &["Hamlet Park"]), None);
    let told = ["Hamlet Park", "Nordmark"];
    assert_eq!(number("They met in Hamlet Park. Nordmark is far.", &told), Some(8));
}

#[test]
fn counties_of_one_noun_are_counties() {
    assert_eq!(number("It rained in Varde and Nordmark counties.", &["Varde"]), Some(3));
    assert_eq!(number("It rained in Varde and Nordmark.", &["Varde"]), Some(2));
    assert_eq!(number("It rained in four Varde counties.", &["Varde"]), Some(2));
}

#[test]
fn town_is_no_province_nor_river() {
    assert_eq!(number("It rained in Nordmark province.", &["Nordmark"]), Some(6));
    assert_eq!(number("It rained in Orland province.", &["Orland"]), Some(1));
    assert_eq!(number("It rained on the Varde river.", &["Varde"]), None);
}

#[test]
fn people_of_a_continent_are_of_no_country() {
    let wider = |body, words: &str| {
        let text = Text::new(body);
        let at = (0..text.tokens.len()).find(|&i| text.word(i) == words).unwrap();
        is_of_wider_people(&text, &(at..at + 1))
    };
    assert!(wider("The South American sides met.", "American"));
    assert!(!wider("The South Orlandish sides met.", "Orlandish"));
}

#[test]
fn part_of_place_is_not_the_whole() {
    assert!(first("It rained in Varde.", &["Varde"]).unwrap().whole);
    assert!(!first("It rained in northern Varde.", &["northern Varde"]).unwrap().whole);
}

#[test]
fn thing_named_after_place_is_not_the_whole() {
    let names = ["Varde", "Varde Memorial"];
    let body = "It rained in Varde. He lay in Varde Memorial.";
    let at = |found: &[&str]| first(body, found).map(|located| located.whole);
    assert_eq!(at(&names), Some(true));
    assert_ne!(at(&["Varde Memorial", "Varde"]), Some(true));
}

#[test]
fn houses_and_streets_are_not_the_named_place() {
    assert_eq!(number("They slept at The Varde on Monday.", &["Varde"]), None);
    assert_eq!(number("They sang at the QX Arena.", &["QX Arena"]), None);
    let names = ["Varde", "Varde Street"];
    assert_eq!(number("180 Varde is empty. It is in Varde Street.", &names), None);
    assert_eq!(number("In 1990 Varde was empty.", &["Varde"]), Some(2));
}

#[test]
fn suburb_is_in_its_city_or_nowhere() {
    assert_eq!(number("It rained in Varde, Torv, on Monday.", &["Varde"]), None);
    assert_eq!(number("It rained in Varde, Torv. Varde is wet.", &["Varde"]), None);
    for body in ["It rained in Varde, Torv and Holm.", "He flew from Varde, Torv, on Monday."] {
        assert_eq!(number(body, &["Varde"]), Some(2), "{body}");
    }
    assert_eq!(number("It rained in Burg, Torv, on Monday.", &["Burg"]), Some(11));
}

#[test]
fn police_of_city_tell_of_no_town_abroad() {
    assert_eq!(number("Torv police saw him in Varde.", &["Varde", "Torv"]), None);
    assert_eq!(number("Torv police saw him leave Varde.", &["Varde", "Torv"]), Some(2));
    assert_eq!(number("Skov saw him in Varde.", &["Varde", "Skov"]), Some(2));
    let body = "Torv police saw him in Varde. Nordmark is near.";
    assert_eq!(number(body, &["Varde", "Torv", "Nordmark"]), Some(2));
}
