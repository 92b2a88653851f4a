//! What tells a place.

use super::*;

#[test]
fn shares_and_neighbours_tell_towns_from_companies() {
    let varde = |body| corrected(body, &[(Place, "Varde")]);
    assert_eq!(varde("Shares in Varde fell 3%."), ["Organisation Varde"]);
    assert_eq!(varde("Varde's shares fell."), ["Organisation Varde"]);
    assert_eq!(varde("A house in Varde fell."), ["Place Varde"]);
}

#[test]
fn sites_called_after_people_are_places() {
    for (body, name) in [
        ("Solma Lund airport was shut.", "Solma Lund"),
        ("She died at Solma Lund hospital.", "Solma Lund"),
        ("Residents of Solma Lund blocked a road.", "Solma Lund"),
        ("Flights left Marco Polo before dawn.", "Marco Polo"),
    ] {
        assert_eq!(corrected(body, &[(Person, name)]), [format!("Place {name}")], "{body}");
    }
    for (body, name) in [
        ("Solma Lund hospital stay goes on.", "Solma Lund"),
        ("Residents of Solma Lund's street came.", "Solma Lund"),
        ("They left Marco Polo before dawn.", "Marco Polo"),
    ] {
        assert_eq!(corrected(body, &[(Person, name)]), [format!("Person {name}")], "{body}");
    }
}

#[test]
fn abbreviations_and_compass_regions_are_no_places() {
    let dropped = |body: &str, name: &str| corrected(body, &[(Place, name)]).is_empty();
    assert!(dropped("A funeral Mass was said.", "Mass"));
    assert!(dropped("The North East will love her.", "North East"));
    assert!(!dropped("It lies in Varde, Mass., he said.", "Mass"));
    assert!(!dropped("It lies in Varde now.", "Varde"));
    assert!(!dropped("The mayor of North East, Orland, resigned.", "North East"));
}

#[test]
fn prepositions_and_nouns_tell_places() {
    for (body, kind, name) in [
        ("A mill at Varde burnt.", Organisation, "Varde"),
        ("It lies in Varde, he said.", Person, "Varde"),
        ("Solma, a village drowned in 1950, is seen.", Organisation, "Solma"),
        ("She is the MP for Solma.", Person, "Solma"),
        ("He represents Solma in the assembly.", Person, "Solma"),
        ("They will sell the Varde refinery.", Organisation, "Varde"),
        ("He lives on West Solma Avenue.", Person, "Solma Avenue"),
        ("They met at his Solma County home.", Organisation, "Solma County"),
        ("It is on the Isle of Solma.", Organisation, "Isle of Solma"),
        ("Traders in Solma Market left.", Person, "Solma Market"),
    ] {
        assert_eq!(corrected(body, &[(kind, name)]), [format!("Place {name}")], "{body}");
    }
    let body = "Mayor Anna Lund of Varde spoke.";
    assert_eq!(
        corrected(body, &[(Person, "Anna Lund"), (Organisation, "Varde")]),
        ["Person Anna Lund", "Place Varde"]
    );
    let body = "The road between Holm and Varde is shut.";
    assert_eq!(
        corrected(body, &[(Place, "Holm"), (Person, "Varde")]),
        ["Place Holm", "Place Varde"]
    );
    let kept = corrected("She teaches at Varde and rows.", &[(Person, "Varde")]);
    assert_eq!(kept, ["Person Varde"]);
    let kept = corrected("It lies in the Quendale, they say.", &[(Place, "Quendale")]);
    assert_eq!(kept, ["Place Quendale"]);
    let kept = corrected("She works at Quendale now.", &[(Organisation, "Quendale")]);
    assert_eq!(kept, ["Organisation Quendale"]);
}

#[test]
fn towns_band_is_not_its_club() {
    for body in ["The Varde four-piece sang.", "The Varde trio sang."] {
        assert_eq!(corrected(body, &[(Organisation, "Varde")]), ["Place Varde"], "{body}");
    }
}

#[test]
fn home_of_folk_is_a_place() {
    for body in ["Solma farmer Anna Lund spoke.", "Solma councillors voted."] {
        assert_eq!(corrected(body, &[(Person, "Solma")]), ["Place Solma"], "{body}");
    }
    for body in ["Anna farmers like.", "Solma and farmers spoke.", "Solma farmer and poet."] {
        let name = body.split(' ').next().unwrap();
        assert_eq!(corrected(body, &[(Person, name)]), [format!("Person {name}")], "{body}");
    }
}

#[test]
fn clauses_seats_ways_and_lists_tell_places() {
    for (body, kind, name) in [
        ("Residents said Varde had no water.", Person, "Varde"),
        ("Officials said that Varde was calm.", Organisation, "Varde"),
        ("Two men drowned off Solma Point.", Person, "Solma Point"),
        ("A man from Berpa Nagar was held.", Person, "Berpa Nagar"),
        ("It flows into the River Solma.", Person, "River Solma"),
        ("A ferry between Solma and Varde sank.", Person, "Solma"),
        ("They saw flights to Varde.", Organisation, "Varde"),
        ("The Solma MP Anna Lund left.", Organisation, "Solma"),
        ("A new member of parliament for Solma spoke.", Person, "Solma"),
        ("The villages of Orm, Solma and Berpa burned.", Person, "Solma"),
        ("He died in Solma National Park.", Organisation, "Solma National Park"),
        ("He sat in Solma Berpa prison.", Person, "Solma Berpa"),
        ("A Solma man told the court.", Person, "Solma"),
        ("Varde residents are angry.", Organisation, "Varde"),
    ] {
        assert_eq!(corrected(body, &[(kind, name)]), [format!("Place {name}")], "{body}");
    }
    for (body, kind, name) in [
        ("He said Varde had been late.", Person, "Varde"),
        ("Police said Varde had left. Karl Varde is 54.", Person, "Varde"),
        ("Letters to Solma Point her way.", Person, "Solma Point"),
        ("Talks between Solma and Berpa failed.", Person, "Solma"),
    ] {
        let same = format!("{kind:?} {name}");
        assert_eq!(corrected(body, &[(kind, name)]), [same], "{body}");
    }
}

#[test]
fn streets_in_lists_and_behind_buildings_are_places() {
    let streets = [(Place, "Orm Road"), (Person, "Solma Lane"), (Person, "Berpa Way")];
    let body = "They ran along Orm Road, Solma Lane and Berpa Way.";
    assert_eq!(
        corrected(body, &streets),
        ["Place Orm Road", "Place Solma Lane", "Place Berpa Way"]
    );
    let body = "They met at the Orm Cemetery, Solma.";
    let found = corrected(body, &[(Place, "Orm Cemetery"), (Person, "Solma")]);
    assert_eq!(found, ["Place Orm Cemetery", "Place Solma"]);
}

#[test]
fn list_behind_a_preposition_is_of_places() {
    let of =
        |body: &str| corrected(body, &[(Place, "Varde"), (Person, "Solma"), (Person, "Berpa")]);
    let places = ["Place Varde", "Place Solma", "Place Berpa"];
    assert_eq!(of("Mills in Varde, Solma and Berpa would close."), places);
    assert_eq!(of("In Varde, Solma and Berpa met.")[1..], ["Person Solma", "Person Berpa"]);
}

#[test]
fn names_before_counties_are_places() {
    let found = corrected("Storms hit both Varde and Holm counties.", &[(Person, "Varde")]);
    assert_eq!(found, ["Place Varde", "Place Holm"]);
    let found = corrected("It hit Varde and Holm counties.", &[(Organisation, "Varde and Holm")]);
    assert_eq!(found, ["Place Varde", "Place Holm"]);
    assert_eq!(corrected("Solma and Varde counties were hit.", &[]), [""; 0]);
}

#[test]
fn town_of_namesake_is_a_place() {
    let kinds = |body| corrected(body, &[(Person, "Varde"), (Person, "Odd Varde")]);
    assert_eq!(
        kinds("She was born in Varde. Odd Varde spoke."),
        ["Place Varde", "Person Odd Varde"]
    );
    assert_eq!(
        kinds("They believe in Varde. Odd Varde spoke."),
        ["Person Varde", "Person Odd Varde"]
    );
}

#[test]
fn capitals_before_a_dash_are_one_town() {
    let of = |body: &str, found: &[(NameKind, &str)]| corrected(body, found);
    let found = [(Organisation, "NORTH"), (Place, "VARDE")];
    assert_eq!(
        of("NORTH VARDE \u{2014} It rained.", &found),
        ["Organisation NORTH", "Place VARDE"]
    );
    let found = [(Organisation, "SOUTH"), (Place, "HOLM")];
    assert_eq!(of("SOUTH HOLM \u{2014} It rained.", &found), ["Place SOUTH HOLM"]);
}

#[test]
fn who_speaks_or_has_an_age_is_no_quarter() {
    for body in [
        "Solvo Nagar, 68, left.",
        "\"No,\" Solvo Nagar told them.",
        "He was identified as Solvo Nagar.",
    ] {
        assert_eq!(corrected(body, &[(Person, "Solvo Nagar")]), ["Person Solvo Nagar"], "{body}");
    }
    let there = corrected("A bus burnt in Solvo Nagar.", &[(Person, "Solvo Nagar")]);
    assert_eq!(there, ["Place Solvo Nagar"]);
}
