//! What tells an organisation.

use super::*;

#[test]
fn airline_with_a_towns_name_is_one() {
    for body in ["A Delta jet was shut.", "Delta said the flight was late."] {
        assert_eq!(corrected(body, &[(Place, "Delta")]), ["Organisation Delta"], "{body}");
    }
    assert_eq!(corrected("He flew to Delta again.", &[(Place, "Delta")]), ["Place Delta"]);
}

#[test]
fn well_known_companies_are_nobody() {
    for body in [
        "Quendale said on Monday it would cut jobs.",
        "Quendale cut its forecast.",
        "Shares in Quendale fell.",
        "They spoke of Quendale.",
    ] {
        assert_eq!(corrected(body, &[(Person, "Quendale")]), ["Organisation Quendale"], "{body}");
    }
    for body in ["Mr. Quendale said it would rain.", "President Quendale left."] {
        assert_eq!(corrected(body, &[(Person, "Quendale")]), ["Person Quendale"], "{body}");
    }
    let town = corrected("Varde said on Monday it would cut jobs.", &[(Person, "Varde")]);
    assert_ne!(town, ["Organisation Varde"]);
    let whole = "Odd Quendale left. Quendale said so.";
    let found = corrected(whole, &[(Person, "Odd Quendale"), (Person, "Quendale")]);
    assert!(found.contains(&"Person Odd Quendale".to_owned()), "{found:?}");
}

#[test]
fn products_are_called_after_their_maker() {
    for (kind, body) in [
        (Person, "A man in a black Quendale Berpa fled."),
        (Place, "He left an old Quendale Berpa there."),
    ] {
        assert_eq!(corrected(body, &[(kind, "Quendale Berpa")]), ["Other Quendale Berpa"]);
    }
    let land = corrected("They met in the Quendale Union.", &[(Place, "Quendale Union")]);
    assert_eq!(land, ["Place Quendale Union"]);
    let person = corrected("Then Quendale Berpa spoke.", &[(Person, "Quendale Berpa")]);
    assert_eq!(person, ["Person Quendale Berpa"]);
}

#[test]
fn company_words_tell_organisations() {
    for (body, kind, name) in [
        ("Solma, the kit supplier, pays.", Person, "Solma"),
        ("Analysts at Berpa agreed.", Person, "Berpa"),
        ("Shares in Berpa fell.", Place, "Berpa"),
        ("Solma said on Monday that it had cut jobs.", Person, "Solma"),
        ("The ferry operator Berpa said so.", Person, "Berpa"),
        ("A Berpafolha poll gave him 41%.", Person, "Berpafolha"),
        ("It was sold by Berpa's former chief executive.", Person, "Berpa"),
        ("They fly with Quendale at noon.", Place, "Quendale"),
        ("BerTech said so.", Person, "BerTech"),
        ("The XQM-P called it deaf.", Person, "XQM-P"),
        ("Orland beat the Berpas.", Person, "Berpas"),
        ("Solma is a small firm that sells kits.", Person, "Solma"),
        ("It was told to the newspaper Solma Berpa.", Person, "Solma Berpa"),
        ("The charity \"Berpa\" said so.", Person, "Berpa"),
        ("They own the start-up Berpa Solma now.", Person, "Berpa Solma"),
        ("He is chief executive officer of Berpa.", Person, "Berpa"),
    ] {
        assert_eq!(corrected(body, &[(kind, name)]), [format!("Organisation {name}")], "{body}");
    }
    for (body, name) in [
        ("McBerpa said so.", "McBerpa"),
        ("Anna Berpa, the supplier, pays.", "Anna Berpa"),
        ("They met Berpa at noon.", "Berpa"),
        ("The pollster Anna Berpa agreed.", "Anna Berpa"),
        ("Solma Berpa, a stall operator, agreed.", "Solma Berpa"),
        ("Berpa was their main supplier.", "Berpa"),
        ("Solma Berpa, a city official, agreed.", "Solma Berpa"),
    ] {
        assert_eq!(corrected(body, &[(Person, name)]), [format!("Person {name}")], "{body}");
    }
}

#[test]
fn noun_introduces_organisations_left_out() {
    let found = corrected("They told the newspaper Solma Berpa of it.", &[]);
    assert_eq!(found, ["Organisation Solma Berpa"]);
    for body in ["They told the newspaper Monday.", "They told the company President Lund."] {
        assert_eq!(corrected(body, &[]), [""; 0], "{body}");
    }
}

#[test]
fn peoples_and_agreements_are_no_organisations() {
    for (body, name) in [
        ("The Solma people live there.", "Solma"),
        ("He is a Solma.", "Solma"),
        ("They signed the Solma Trade Agreement.", "Solma Trade Agreement"),
    ] {
        assert_eq!(corrected(body, &[(Organisation, name)]), [""; 0], "{body}");
    }
    assert_eq!(corrected("It is the Solma language.", &[(Place, "Solma")]), [""; 0]);
    assert_eq!(corrected("The Varde people left.", &[(Place, "Varde")]), ["Place Varde"]);
    let two = [(Organisation, "Solma"), (Organisation, "Solmas")];
    assert_eq!(corrected("The Solma elders stayed. Many Solmas left.", &two), [""; 0]);
    assert_eq!(corrected("They won the Solma Cup.", &[(Person, "Solma Cup")]), [""; 0]);
    let known = corrected("The Quendale community met.", &[(Organisation, "Quendale")]);
    assert_eq!(known, ["Organisation Quendale"]);
}

#[test]
fn what_is_an_organisation_once_is_one_elsewhere() {
    let body = "Carla Lund of Berpa agreed. Shares in Berpa fell.";
    let text = Text::new(body);
    let at: Vec<usize> = (0..text.tokens.len()).filter(|&i| text.word(i) == "Berpa").collect();
    assert_eq!(at.len(), 2);
    let words = keys(&text);
    let mut found: Vec<Name> =
        at.iter().map(|&at| Name { kind: Person, tokens: at..at + 1 }).collect();
    let gazetteer = Gazetteer::from_bytes(gazetteer::build(&[], &[], &[])).unwrap();
    let named = NamedText { text: &text, keys: &words, matches: &[], names: &mut found };
    correct(&EntityBase::default(), &gazetteer, &mut [named]);
    assert!(found.iter().all(|n| n.kind == Organisation), "{found:?}");
}

#[test]
fn schools_are_called_after_people() {
    for (body, whole) in [
        ("Teachers at Solma Berg High left.", "Solma Berg High"),
        ("Teachers at Solma Berg Middle School left.", "Solma Berg Middle School"),
    ] {
        let found = corrected(body, &[(Person, "Solma Berg")]);
        assert_eq!(found, [format!("Organisation {whole}")]);
    }
    let body = "They saw Solma Berg Middle East films.";
    assert_eq!(corrected(body, &[(Person, "Solma Berg")]), ["Person Solma Berg"]);
}

#[test]
fn clubs_by_their_citys_name_are_no_places() {
    for body in [
        "Varde beat Solma 3-1 at home.",
        "They lost 1-0 to Varde on Monday.",
        "It had two bids from Varde for the winger.",
        "Varde, who drew 1-1 there, are third.",
        "Varde sign a midfielder from Solma.",
        "Solma thrashed Varde in the Bundesliga.",
        "Varde host the Ormes in the NHL tonight.",
        "Varde conceded two goals and lost 0-2.",
        "It was a 4-0 win over Varde.",
        "A late homer sank them against Varde in a 5-4 loss.",
        "The winger joined Varde on Monday.",
        "Varde coach Odd Lund left.",
        "Varde's goalkeeper fell.",
        "It was sung by Varde's supporters.",
    ] {
        assert_eq!(corrected(body, &[(Place, "Varde")]), ["Organisation Varde"], "{body}");
    }
    for body in [
        "They won 3-1 in Varde.",
        "Varde lost 400 jobs.",
        "He flew from Varde to see the striker.",
        "Varde beat the drought at last.",
        "Zenit Varde beat Solma 2-0.",
        "A coach in Varde left.",
    ] {
        assert_eq!(corrected(body, &[(Place, "Varde")]), ["Place Varde"], "{body}");
    }
}

#[test]
fn table_has_clubs_and_no_towns() {
    for body in ["They are three points behind Varde.", "They are two goals clear of Varde."] {
        assert_eq!(corrected(body, &[(Place, "Varde")]), ["Organisation Varde"], "{body}");
    }
    assert_eq!(corrected("It is behind Varde.", &[(Place, "Varde")]), ["Place Varde"]);
}

#[test]
fn part_of_an_organisations_name_is_no_person() {
    let body = "Goldberp's analyst agreed with Goldberp Banks at last.";
    let names = [(Person, "Goldberp"), (Organisation, "Goldberp Banks")];
    assert_eq!(corrected(body, &names)[0], "Organisation Goldberp");
}

#[test]
fn shares_move_by_per_cent() {
    let kind = |body: &str| corrected(body, &[(Person, "Solmera")]);
    assert_eq!(kind("Solmera jumped 13.4%, its best day."), ["Organisation Solmera"]);
    assert_eq!(kind("Solmera gained 45 percent of the vote."), ["Person Solmera"]);
    assert_eq!(kind("Solmera jumped 2 metres."), ["Person Solmera"]);
}
