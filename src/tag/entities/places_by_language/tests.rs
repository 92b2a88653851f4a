use foldhash::{HashSet, HashSetExt as _};

use super::*;
use crate::tag::{
    document::Splitting,
    places::{countries::CountryNames, gazetteer::build},
};

fn gazetteer() -> Gazetteer {
    let city = |lat| Place {
        geonames: 1,
        wikidata: 0,
        class: Class::City,
        country: *b"BG",
        division: 1,
        lat,
        lon: 0.0,
        population: 500_000,
    };
    let names = [
        ("Sofia".into(), 0),
        ("Varde".into(), 1),
        ("Orland".into(), 2),
        ("Isle of Orme".into(), 2),
    ];
    Gazetteer::from_bytes(build(&[city(1.0), city(2.0), city(3.0)], &names, &[])).unwrap()
}

#[test]
fn place_word_makes_a_city_name_a_place() {
    let gazetteer = gazetteer();
    let places = PlacesByLanguage { gazetteer: &gazetteer, countries: None, folder: "no" };
    let text = Text::new("Berg bor i Varde med Varde");
    let keys = keys(&text);
    let flags = vec![0; keys.len()];
    let reading = Reading { text: &text, keys: &keys, listed: &flags };
    let name = |at: usize| Name { kind: NameKind::Organisation, tokens: at..at + 1 };
    let mut found = vec![name(3), name(5)];
    places.claim_cued(&reading, &HashSet::new(), &mut found);
    let kinds: Vec<_> = found.iter().map(|n| n.kind).collect();
    assert_eq!(kinds, [NameKind::Place, NameKind::Organisation]);
    let people = HashSet::from_iter([keys[3]]);
    let mut found = vec![name(3)];
    places.claim_cued(&reading, &people, &mut found);
    assert_eq!(found[0].kind, NameKind::Organisation);
}

#[test]
fn place_ending_makes_a_city_name_a_place() {
    let gazetteer = gazetteer();
    let places = PlacesByLanguage { gazetteer: &gazetteer, countries: None, folder: "tr" };
    let text = Text::new("Sofia'ya Varde'den geldi, Orland'ın kızı");
    let keys = keys(&text);
    let flags = vec![0; keys.len()];
    let reading = Reading { text: &text, keys: &keys, listed: &flags };
    let person = |at: usize| Name { kind: NameKind::Person, tokens: at..at + 1 };
    let mut names = vec![person(0), person(1), person(4)];
    places.claim_cued(&reading, &HashSet::new(), &mut names);
    let kinds: Vec<_> = names.iter().map(|name| name.kind).collect();
    assert_eq!(kinds, [NameKind::Person, NameKind::Place, NameKind::Person]);
}

#[test]
fn small_words_are_trimmed_and_large_cities_found() {
    let gazetteer = gazetteer();
    let places = PlacesByLanguage { gazetteer: &gazetteer, countries: None, folder: "uk" };
    let text = Text::new("Вона була у штаті Varde –, а потім в Orlandі та Orland");
    let keys = keys(&text);
    let flags = vec![0; keys.len()];
    let reading = Reading { text: &text, keys: &keys, listed: &flags };
    let mut names = vec![Name { kind: NameKind::Place, tokens: 3..6 }];
    places.trim(&reading, &[], &mut names);
    assert_eq!(names[0].tokens, 4..5);
    places.claim_large(&reading, &mut names);
    let found: Vec<_> = names.into_iter().map(|n| text.slice(n.tokens).to_owned()).collect();
    assert_eq!(found, ["Varde", "Orlandі"]);
}

#[test]
fn last_word_of_city_name_has_the_ending() {
    let place = |class, population| Place {
        geonames: 1,
        wikidata: 0,
        class,
        country: *b"BG",
        division: 1,
        lat: 1.0,
        lon: 0.0,
        population,
    };
    let places = [place(Class::City, 700_000), place(Class::Division, 900_000)];
    let names = [("San Orme".into(), 0), ("Varde".into(), 1), ("Varde".into(), 0)];
    let gazetteer = Gazetteer::from_bytes(build(&places, &names, &[])).unwrap();
    let places = PlacesByLanguage { gazetteer: &gazetteer, countries: None, folder: "tr" };
    let text = Text::new("Berg dün San Orme'ye geldi, San Orme'de kaldı; Varde'de");
    let keys = keys(&text);
    let flags = vec![0; keys.len()];
    let reading = Reading { text: &text, keys: &keys, listed: &flags };
    let mut names = vec![Name { kind: NameKind::Place, tokens: 3..4 }];
    places.widen(&reading, &mut names);
    places.claim_large(&reading, &mut names);
    let found: Vec<_> = names.into_iter().map(|n| text.slice(n.tokens).to_owned()).collect();
    assert_eq!(found, ["San Orme'ye", "San Orme'de", "Varde'de"]);
    // The city, not the division.
    assert_eq!(places.named("Varde"), Some(0));
}

#[test]
fn inflected_division_is_found_before_a_small_city() {
    let place = |class, population| Place {
        geonames: 1,
        wikidata: 0,
        class,
        country: *b"US",
        division: 1,
        lat: 1.0,
        lon: 0.0,
        population,
    };
    let places = [place(Class::Division, 900_000), place(Class::City, 90_000)];
    let names = [("Orland".into(), 0), ("Orland".into(), 1)];
    let gazetteer = Gazetteer::from_bytes(build(&places, &names, &[])).unwrap();
    let places = PlacesByLanguage { gazetteer: &gazetteer, countries: None, folder: "sv" };
    let text = Text::new("Orlands kust");
    let keys = keys(&text);
    let flags = vec![0; keys.len()];
    let reading = Reading { text: &text, keys: &keys, listed: &flags };
    let mut found = [None];
    places.locate(&reading, &[], &[Name { kind: NameKind::Place, tokens: 0..1 }], &mut found);
    assert_eq!(found[0].map(|l| l.place), Some(0));
}

#[test]
fn a_town_at_home_comes_before_one_abroad() {
    let place = |country: &[u8; 2], population| Place {
        geonames: 1,
        wikidata: 0,
        class: Class::City,
        country: *country,
        division: 1,
        lat: 1.0,
        lon: 0.0,
        population,
    };
    let places = [place(b"BR", 90_000), place(b"TR", 20_000)];
    let names = [("Holm".into(), 0), ("Holm".into(), 1)];
    let gazetteer = Gazetteer::from_bytes(build(&places, &names, &[])).unwrap();
    let places = PlacesByLanguage { gazetteer: &gazetteer, countries: None, folder: "tr" };
    assert_eq!(places.named("Holm"), Some(1));
    // Behind a word of place a town at home needs not be large.
    let text = Text::new("i Holm og Holm");
    let keys = keys(&text);
    let flags = vec![0; keys.len()];
    let reading = Reading { text: &text, keys: &keys, listed: &flags };
    let organisation = |at: usize| Name { kind: NameKind::Organisation, tokens: at..at + 1 };
    let kinds = |country: &[u8; 2]| {
        let towns = [place(country, 20_000)];
        let gazetteer = build(&towns, &[("Holm".into(), 0)], &[]);
        let gazetteer = Gazetteer::from_bytes(gazetteer).unwrap();
        let places = PlacesByLanguage { gazetteer: &gazetteer, countries: None, folder: "no" };
        let mut names = vec![organisation(1), organisation(3)];
        places.claim_cued(&reading, &HashSet::new(), &mut names);
        names.into_iter().map(|n| n.kind).collect::<Vec<_>>()
    };
    assert_eq!(kinds(b"NO"), [NameKind::Place, NameKind::Organisation]);
    assert_eq!(kinds(b"US"), [NameKind::Organisation; 2]);
}

#[test]
fn an_abbreviation_is_no_town() {
    let gazetteer = gazetteer();
    let places = PlacesByLanguage { gazetteer: &gazetteer, countries: None, folder: "no" };
    let text = Text::new("VAR og Varde");
    let keys = keys(&text);
    let flags = vec![0; keys.len()];
    let reading = Reading { text: &text, keys: &keys, listed: &flags };
    let place = |at: usize| Name { kind: NameKind::Place, tokens: at..at + 1 };
    let located = Located { place: 1, lat: 2.0, lon: 0.0, whole: true, alias: false };
    let mut found = [Some(located), Some(located)];
    places.locate(&reading, &[], &[place(0), place(2)], &mut found);
    assert_eq!(found.map(|l| l.is_some()), [false, true]);
    // One that a list has is what the list says.
    places.locate(&reading, &[(0..1, 2)], &[place(0), place(2)], &mut found);
    assert_eq!(found[0].map(|l| l.place), Some(2));
}

#[test]
fn a_city_has_all_words_of_its_name() {
    let gazetteer = gazetteer();
    let places = PlacesByLanguage { gazetteer: &gazetteer, countries: None, folder: "no" };
    let text = Text::new("til Isle of Orme og Sofia");
    let keys = keys(&text);
    let flags = vec![0; keys.len()];
    let reading = Reading { text: &text, keys: &keys, listed: &flags };
    let place = |tokens| Name { kind: NameKind::Place, tokens };
    let mut names = vec![place(1..2), place(3..4), place(5..6)];
    places.widen(&reading, &mut names);
    let found: Vec<_> = names.into_iter().map(|n| n.tokens).collect();
    assert_eq!(found, [1..4, 5..6]);
}

#[test]
fn inflected_country_is_no_part_of_persons_name() {
    let gazetteer = gazetteer();
    let text = Text::new("prezydent Danii Jan Berg, Dania Berg i Danii Sofia");
    let keys = keys(&text);
    let flags = vec![0; keys.len()];
    let reading = Reading { text: &text, keys: &keys, listed: &flags };
    let names = crate::tag::places::countries::CountryNames::default();
    let land = Place { class: Class::Country, country: *b"DK", ..gazetteer.place(0) };
    let lands = [land, gazetteer.place(0)];
    let gazetteer = Gazetteer::from_bytes(build(&lands, &[("Sofia".into(), 1)], &[])).unwrap();
    let countries = names.of("pl", &gazetteer);
    let places = PlacesByLanguage { gazetteer: &gazetteer, countries, folder: "pl" };
    let listed = places.listed(&reading).0;
    let person = |tokens| Name { kind: NameKind::Person, tokens };
    let mut found = vec![person(1..4), person(5..7), person(8..10)];
    places.part_people(&reading, &listed, &mut found);
    let found: Vec<_> = found.into_iter().map(|n| (n.tokens, n.kind)).collect();
    let (place, person) = (NameKind::Place, NameKind::Person);
    assert_eq!(
        found,
        [(1..2, place), (2..4, person), (5..7, person), (8..9, place), (9..10, place)]
    );
}

#[test]
fn name_with_ending_is_found_without_it() {
    let gazetteer = gazetteer();
    let places = PlacesByLanguage { gazetteer: &gazetteer, countries: None, folder: "tr" };
    let text = Text::new("Varde'deki ev");
    let keys = keys(&text);
    let flags = vec![0; keys.len()];
    let reading = Reading { text: &text, keys: &keys, listed: &flags };
    let names = [Name { kind: NameKind::Place, tokens: 0..1 }];
    let mut located = [None];
    places.locate(&reading, &[], &names, &mut located);
    assert_eq!(located[0].map(|l| l.place), Some(1));
}

/// The places that one name of all of a text is parted into.
fn parted(text: &str) -> Vec<String> {
    let gazetteer = gazetteer();
    let text = Text::new(text);
    let keys = keys(&text);
    let flags = vec![0; keys.len()];
    let reading = Reading { text: &text, keys: &keys, listed: &flags };
    let places = PlacesByLanguage { gazetteer: &gazetteer, countries: None, folder: "no" };
    let mut found = vec![Name { kind: NameKind::Place, tokens: 0..keys.len() }];
    places.part(&reading, &[], &mut found);
    found.into_iter().map(|name| text.slice(name.tokens).to_owned()).collect()
}

#[test]
fn a_list_of_places_is_parted() {
    assert_eq!(parted("i Sofia, Varde i Orland, Nirgen i"), ["Sofia", "Varde", "Orland", "Nirgen"]);
}

#[test]
fn list_is_split_whatever_its_label() {
    let gazetteer = gazetteer();
    let places = PlacesByLanguage { gazetteer: &gazetteer, countries: None, folder: "tr" };
    let text = Text::new("Bulgaristan Sofia, Varde");
    let keys = keys(&text);
    let flags = vec![0; keys.len()];
    let reading = Reading { text: &text, keys: &keys, listed: &flags };
    let mut names = vec![Name { kind: NameKind::Other, tokens: 0..4 }];
    places.part(&reading, &[(0..1, 0)], &mut names);
    let found: Vec<_> = names.into_iter().map(|n| (n.tokens, n.kind)).collect();
    let place = NameKind::Place;
    assert_eq!(found, [(0..1, place), (1..2, place), (3..4, place)]);
}

#[test]
fn name_that_is_no_list_keeps_small_words() {
    assert_eq!(parted("Isle of Orme"), ["Isle of Orme"]);
    assert_eq!(parted("Nirgen i Orland"), ["Nirgen i Orland"]);
}

#[test]
fn river_and_lake_are_no_town() {
    let gazetteer = gazetteer();
    let places = PlacesByLanguage { gazetteer: &gazetteer, countries: None, folder: "es" };
    let text = Text::new("el lago Varde, el r\u{ed}o de Orland y Sofia");
    let keys = keys(&text);
    let flags = vec![0; keys.len()];
    let reading = Reading { text: &text, keys: &keys, listed: &flags };
    let names = [2, 7, 9].map(|at| Name { kind: NameKind::Place, tokens: at..at + 1 });
    let at = Located { place: 0, lat: 1.0, lon: 1.0, whole: true, alias: false };
    let mut located = vec![Some(at); 3];
    places.drop_landmarks(&reading, &[], &names, &mut located);
    assert_eq!(located.iter().map(Option::is_some).collect::<Vec<_>>(), [false, false, true]);
}

#[test]
fn article_belongs_to_the_larger_citys_name() {
    let place = |population| Place {
        geonames: 1,
        wikidata: 0,
        class: Class::City,
        country: *b"BG",
        division: 1,
        lat: 1.0,
        lon: 0.0,
        population,
    };
    let names = [("Orme".into(), 0), ("Los Orme".into(), 1), ("Las Varde".into(), 0)];
    let places = [place(60_000), place(900_000)];
    let gazetteer = Gazetteer::from_bytes(build(&places, &names, &[])).unwrap();
    let places = PlacesByLanguage { gazetteer: &gazetteer, countries: None, folder: "es" };
    let text = Text::new("lleg\u{f3} a los Orme");
    let keys = keys(&text);
    let flags = vec![0; keys.len()];
    let reading = Reading { text: &text, keys: &keys, listed: &flags };
    let mut names = vec![Name { kind: NameKind::Place, tokens: 3..4 }];
    places.widen(&reading, &mut names);
    assert_eq!(names[0].tokens, 2..4);
}

#[test]
fn article_is_none_of_listed_countrys_name() {
    let gazetteer = gazetteer();
    let places = PlacesByLanguage { gazetteer: &gazetteer, countries: None, folder: "fr" };
    let text = Text::new("La Holm gagne");
    let keys = keys(&text);
    let flags = vec![0; keys.len()];
    let reading = Reading { text: &text, keys: &keys, listed: &flags };
    let mut names = vec![Name { kind: NameKind::Place, tokens: 0..2 }];
    places.trim(&reading, &[(1..2, 0)], &mut names);
    assert_eq!(names[0].tokens, 1..2);
}

#[test]
fn city_before_a_day_begins_a_dateline() {
    let gazetteer = gazetteer();
    let places = PlacesByLanguage { gazetteer: &gazetteer, countries: None, folder: "es" };
    let kind = |body: &str| {
        let text = Text::new(body);
        let keys = keys(&text);
        let flags = vec![0; keys.len()];
        let reading = Reading { text: &text, keys: &keys, listed: &flags };
        let mut names = vec![Name { kind: NameKind::Person, tokens: 0..1 }];
        places.claim_datelines(&reading, &mut names);
        names[0].kind
    };
    assert_eq!(kind("Varde, 9 abr.- La ministra dijo que no."), NameKind::Place);
    assert_eq!(kind("Varde, 34 de edad, dijo que no."), NameKind::Person);
    assert_eq!(kind("Varde, la ministra, dijo que no."), NameKind::Person);
    assert_eq!(kind("Quendale, 9 abr.- La ministra dijo que no."), NameKind::Person);
}

fn city(country: [u8; 2], population: u32) -> Place {
    let class = Class::City;
    Place { geonames: 1, wikidata: 0, class, country, division: 1, lat: 1.0, lon: 0.0, population }
}

fn located(places: &PlacesByLanguage<'_>, body: &str, tokens: Range<usize>) -> Option<u32> {
    let text = Text::new(body);
    let keys = keys(&text);
    let flags = vec![0; keys.len()];
    let reading = Reading { text: &text, keys: &keys, listed: &flags };
    let names = [Name { kind: NameKind::Place, tokens }];
    let listed = places.listed(&reading).0;
    let mut found = [None];
    places.locate(&reading, &listed, &names, &mut found);
    found[0].map(|l| l.place)
}

#[test]
fn town_in_some_form_is_no_other_country() {
    let peru = Place { class: Class::Country, ..city(*b"PE", 30_000_000) };
    let names = [("Peru".into(), 0), ("Перь".into(), 1)];
    let gazetteer =
        Gazetteer::from_bytes(build(&[peru, city(*b"RU", 90_000)], &names, &[])).unwrap();
    let countries = CountryNames::default();
    let countries = countries.of("ru", &gazetteer);
    let places = PlacesByLanguage { gazetteer: &gazetteer, countries, folder: "ru" };
    assert_eq!(located(&places, "Он живет в Пери", 3..4), Some(1));
    assert_eq!(located(&places, "Он живет в Перу", 3..4), Some(0));
    assert_eq!(located(&places, "Новости Перуа", 1..2), Some(0));
}

#[test]
fn all_words_of_a_city_are_inflected() {
    let names = [("Nová Varda".into(), 0)];
    let gazetteer = Gazetteer::from_bytes(build(&[city(*b"CZ", 60_000)], &names, &[])).unwrap();
    let places = PlacesByLanguage { gazetteer: &gazetteer, countries: None, folder: "cs" };
    let body = "Berg bydlí v Nové Vardě";
    assert_eq!(located(&places, body, 3..5), Some(0));
    let text = Text::new(body);
    let keys = keys(&text);
    let flags = vec![0; keys.len()];
    let reading = Reading { text: &text, keys: &keys, listed: &flags };
    let mut names = Vec::new();
    places.claim_large(&reading, &mut names);
    assert_eq!(names, [Name { kind: NameKind::Place, tokens: 3..5 }]);
    let mut names = vec![Name { kind: NameKind::Organisation, tokens: 2..5 }];
    places.claim_cued(&reading, &HashSet::new(), &mut names);
    assert_eq!(names, [Name { kind: NameKind::Place, tokens: 3..5 }]);
}

#[test]
fn ending_of_place_makes_a_town_a_place() {
    let names = [("Vardere".into(), 0)];
    let gazetteer = Gazetteer::from_bytes(build(&[city(*b"FI", 60_000)], &names, &[])).unwrap();
    let places = PlacesByLanguage { gazetteer: &gazetteer, countries: None, folder: "fi" };
    let text = Text::new("Varderella satoi, Vardere voitti");
    let keys = keys(&text);
    let flags = vec![0; keys.len()];
    let reading = Reading { text: &text, keys: &keys, listed: &flags };
    let mut names = Vec::new();
    places.claim_large(&reading, &mut names);
    assert_eq!(names, [Name { kind: NameKind::Place, tokens: 0..1 }]);
}

#[test]
fn town_parts_from_who_has_an_office_there() {
    let gazetteer = gazetteer();
    let places = PlacesByLanguage { gazetteer: &gazetteer, countries: None, folder: "it" };
    let parts = |body: &str, tokens: Range<usize>| {
        let text = Text::new(body);
        let keys = keys(&text);
        let flags = vec![0; keys.len()];
        let reading = Reading { text: &text, keys: &keys, listed: &flags };
        let mut names = vec![Name { kind: NameKind::Place, tokens }];
        places.part_people(&reading, &[], &mut names);
        names
    };
    let place = Name { kind: NameKind::Place, tokens: 3..4 };
    let person = Name { kind: NameKind::Person, tokens: 4..6 };
    assert_eq!(parts("Il sindaco di Varde Anna Berg", 3..6), [place, person]);
    assert_eq!(parts("Il film di Varde Anna Berg", 3..6).len(), 1);
}

#[test]
fn what_a_town_has_makes_its_name_a_place() {
    let gazetteer = gazetteer();
    let places = PlacesByLanguage { gazetteer: &gazetteer, countries: None, folder: "it" };
    let kind = |body: &str| {
        let text = Text::new(body);
        let keys = keys(&text);
        let flags = vec![0; keys.len()];
        let reading = Reading { text: &text, keys: &keys, listed: &flags };
        let last = keys.len() - 1;
        let mut names = vec![Name { kind: NameKind::Organisation, tokens: last..last + 1 }];
        places.claim_cued(&reading, &HashSet::new(), &mut names);
        names[0].kind
    };
    assert_eq!(kind("Crollo in provincia di Varde"), NameKind::Place);
    assert_eq!(kind("Il gol di Varde"), NameKind::Organisation);
}

#[test]
fn bare_name_is_the_city_of_the_publishers_country() {
    let cities = [city(*b"VE", 900_000), city(*b"ES", 300_000), city(*b"VE", 80_000)];
    let names = [("Varde".into(), 0), ("Varde".into(), 1), ("Orland".into(), 2)];
    let gazetteer = Gazetteer::from_bytes(build(&cities, &names, &[])).unwrap();
    let meant = |folder, publisher, body: &str| {
        let places = PlacesByLanguage { gazetteer: &gazetteer, countries: None, folder };
        let text = Text::new(body);
        let keys = keys(&text);
        let flags = vec![0; keys.len()];
        let reading = Reading { text: &text, keys: &keys, listed: &flags };
        let at = |word: &str| (0..keys.len()).find(|at| text.word(*at) == word);
        let found: Vec<(usize, u32)> =
            [("Varde", 0), ("Orland", 2)].iter().filter_map(|(w, p)| Some((at(w)?, *p))).collect();
        let name = |at: usize| Name { kind: NameKind::Place, tokens: at..at + 1 };
        let names = vec![found.iter().map(|(at, _)| name(*at)).collect::<Vec<_>>()];
        let one = |place| Located { place, lat: 0.0, lon: 0.0, whole: true, alias: false };
        let mut located =
            vec![found.iter().map(|(_, place)| Some(one(*place))).collect::<Vec<_>>()];
        places.prefer_home(&[reading], publisher, &names, &mut located);
        located[0][0].map(|l| l.place)
    };
    assert_eq!(meant("es", Some(*b"ES"), "En Varde hubo protestas"), Some(1));
    assert_eq!(meant("es", None, "En Varde hubo protestas"), Some(0));
    assert_eq!(meant("ca", None, "A Varde"), Some(1));
    // The story tells of another place there.
    assert_eq!(meant("es", Some(*b"ES"), "En Varde y en Orland"), Some(0));
}

#[test]
fn listed_city_is_one_where_a_place_was_found() {
    let tokyo = Place { geonames: 1_850_147, ..city(*b"JP", 9_000_000) };
    let names = [("Tokyo".into(), 0)];
    let gazetteer = Gazetteer::from_bytes(build(&[tokyo], &names, &[])).unwrap();
    let countries = CountryNames::default();
    let countries = countries.of("ja", &gazetteer);
    let places = PlacesByLanguage { gazetteer: &gazetteer, countries, folder: "ja" };
    let text = Text::split("東京に着いた", Splitting::of("ja"));
    let keys = keys(&text);
    let flags = vec![0; keys.len()];
    let reading = Reading { text: &text, keys: &keys, listed: &flags };
    let listed = places.listed(&reading).0;
    assert_eq!(listed, []);
    let mut found = [None];
    let names = [Name { kind: NameKind::Place, tokens: 0..2 }];
    places.locate(&reading, &listed, &names, &mut found);
    assert_eq!(found[0].map(|l| l.place), Some(0));
}

/// What passes make of places of a Spanish text, whose names are located as given.
fn passed(
    body: &str,
    given: &[(&str, u32)],
    pass: impl Fn(&PlacesByLanguage<'_>, &Reading<'_>, &[Name], &mut Vec<Option<Located>>),
) -> Vec<Option<u32>> {
    let land = Place { class: Class::Country, ..city(*b"AR", 40_000_000) };
    let cities = [
        city(*b"MX", 1_500_000),
        city(*b"ES", 90_000),
        city(*b"ES", 85_000),
        city(*b"EC", 270_000),
        city(*b"ES", 55_000),
        land,
        city(*b"AR", 20_000),
    ];
    let names = ["Varde", "Varde", "Orland", "Holm", "Holm", "Argentina", "Varde"];
    let names: Vec<(String, u32)> = names.iter().map(|n| (*n).to_owned()).zip(0..).collect();
    let gazetteer = Gazetteer::from_bytes(build(&cities, &names, &[])).unwrap();
    let places = PlacesByLanguage { gazetteer: &gazetteer, countries: None, folder: "es" };
    let text = Text::new(body);
    let keys = keys(&text);
    let flags = vec![0; keys.len()];
    let reading = Reading { text: &text, keys: &keys, listed: &flags };
    let at = |word: &str| (0..keys.len()).find(|at| text.word(*at) == word).unwrap();
    let name = |(word, _): &(&str, u32)| {
        let at = at(word);
        Name { kind: NameKind::Place, tokens: at..at + 1 }
    };
    let names: Vec<Name> = given.iter().map(name).collect();
    let one = |place| Located { place, lat: 0.0, lon: 0.0, whole: true, alias: false };
    let mut located: Vec<_> = given.iter().map(|(_, place)| Some(one(*place))).collect();
    pass(&places, &reading, &names, &mut located);
    located.into_iter().map(|l| l.map(|l| l.place)).collect()
}

#[test]
fn other_towns_tell_which_namesake_is_meant() {
    let told = |body: &str, given: &[(&str, u32)]| {
        passed(body, given, |places, reading, names, located| {
            let names = [names.to_vec()];
            let mut all = [std::mem::take(located)];
            places.prefer_told(std::slice::from_ref(reading), None, &names, &mut all);
            [*located] = all;
        })
    };
    let three = [("Varde", 0), ("Orland", 2), ("Holm", 3)];
    assert_eq!(told("En Varde, Orland y Holm", &three), [Some(1), Some(2), Some(4)]);
    assert_eq!(told("En Varde", &[("Varde", 0)]), [Some(0)]);
}

#[test]
fn a_country_in_brackets_tells_the_town() {
    let told = |body: &str, given: &[(&str, u32)]| {
        passed(body, given, |places, reading, names, located| {
            places.heed_containers(reading, names, located);
        })
    };
    let land = ("Argentina", 5);
    assert_eq!(told("En Varde (Argentina)", &[("Varde", 0), land]), [Some(6), Some(5)]);
    assert_eq!(told("En Holm (Argentina)", &[("Holm", 3), land]), [None, Some(5)]);
    assert_eq!(told("En Varde, Argentina.", &[("Varde", 0), land]), [Some(6), Some(5)]);
    let listed = [("Orland", 2), ("Varde", 0), land];
    assert_eq!(told("En Orland, Varde, Argentina.", &listed), [Some(2), Some(0), Some(5)]);
}
