//! What tells a person.

use super::*;

#[test]
fn ages_trades_and_quotes_tell_people() {
    for (body, kind, name) in [
        ("Tyra Fields, 33, of Varde, was held.", Organisation, "Tyra Fields"),
        ("\"It is cold,\" Solma Berpa said.", Organisation, "Solma Berpa"),
        ("Devin Parks, a program manager, left.", Place, "Devin Parks"),
        ("Dagny Fields, a nurse, agreed.", Place, "Dagny Fields"),
        ("The striker Solma Berpa scored.", Place, "Solma Berpa"),
        ("The panel, chaired by Solma Berpa, met.", Organisation, "Solma Berpa"),
        ("Diego Simeral refused to speak.", Organisation, "Diego Simeral"),
        ("It rose, said the economist Solma Berpa of Quendale.", Place, "Solma Berpa"),
        ("A medal came from King Odd XVI Gustav himself.", Organisation, "King Odd XVI Gustav"),
        ("Elena Berpa sang there.", Organisation, "Elena Berpa"),
        ("Solma Berpa, the goalkeeper, fell.", Organisation, "Solma Berpa"),
        ("They signed winger Solma Berpa on loan.", Organisation, "Solma Berpa"),
        ("Attendance: 20. Referee: Solma Fields.", Place, "Solma Fields"),
        ("Orme's Solma Ada Berpa said so.", Place, "Solma Ada Berpa"),
        ("Madison Berpa said so.", Place, "Madison Berpa"),
        ("Orme's Madison Berpa filed it.", Organisation, "Madison Berpa"),
        ("Then Solma Berpa hit his head.", Organisation, "Solma Berpa"),
        ("KL Berpa said so.", Organisation, "KL Berpa"),
        ("Then Choi Orl Berpa told them so.", Organisation, "Choi Orl Berpa"),
    ] {
        assert_eq!(corrected(body, &[(kind, name)]), [format!("Person {name}")], "{body}");
    }
    for (body, name) in [
        ("\"It is cold,\" Orme Works said.", "Orme Works"),
        ("\"It is cold,\" Solma Berpa International said.", "Solma Berpa International"),
        ("Solma Council, a nurse body, agreed.", "Solma Council"),
        ("Solma Berpa grew by a third.", "Solma Berpa"),
        ("He left Solma Berpa following his arrest.", "Solma Berpa"),
        ("It made Solma Berpa as his work.", "Solma Berpa"),
        ("They left Solma Berpa, a firm of brokers, at once.", "Solma Berpa"),
    ] {
        assert_eq!(corrected(body, &[(Organisation, name)]), [format!("Organisation {name}")]);
    }
}

#[test]
fn who_stands_between_people_is_somebody() {
    let people = [(Person, "Odd Lund"), (Place, "Solma Park"), (Person, "Anna Berg")];
    let listed = corrected("It has Odd Lund, Solma Park and Anna Berg.", &people);
    assert_eq!(listed[1], "Person Solma Park");
    let walked = corrected("Odd Lund left Solma Park with Anna Berg.", &people);
    assert_eq!(walked[1], "Place Solma Park");
    let places = [(Person, "Orme Point"), (Place, "Solma Park"), (Person, "Varde Nek")];
    let shores = corrected("From Orme Point, Solma Park and Varde Nek.", &places);
    assert_eq!(shores[1], "Place Solma Park");
}

#[test]
fn relatives_have_first_names() {
    for body in [
        "Her son Varde fell.",
        "His mother, Varde, fell.",
        "Berg's daughter Varde fell.",
        "Their sons Odd and Varde fell.",
    ] {
        let names: &[_] = if body.contains("Odd") {
            &[(Person, "Odd"), (Place, "Varde")]
        } else {
            &[(Place, "Varde")]
        };
        assert!(corrected(body, names).contains(&"Person Varde".to_owned()), "{body}");
    }
    for body in [
        "He leaves a wife, Varde, and a son.",
        "Their newborn daughter, Varde, died.",
        "Lund's dog, Varde, was found.",
        "Varde, 6, and her brother died.",
        "Varde was a lovely girl.",
    ] {
        assert_eq!(corrected(body, &[(Place, "Varde")]), ["Person Varde"], "{body}");
    }
    for body in [
        "She leaves seven grandchildren, including Varde, Ada and Odd.",
        "She leaves nine grandchildren, including Ada, Odd and Varde.",
        "They have three children: Ada, Odd and Varde.",
        "The couple had two girls, Ada and Varde.",
        "Her children, Varde (Paul) Berg and Dale (Sue) Berg, survive her.",
        "My daughter, Varde, wants to sing.",
        "A dog called Chester and a cat called Varde slept.",
    ] {
        assert_eq!(corrected(body, &[(Place, "Varde")]), ["Person Varde"], "{body}");
    }
    let known = corrected(
        "Solma Berpa, 48, known as Varde, fell.",
        &[(Person, "Solma Berpa"), (Place, "Varde")],
    );
    assert_eq!(known, ["Person Solma Berpa", "Person Varde"]);
    for body in [
        "In Varde, 6, her place.",
        "Varde is a partner.",
        "Her sisters live in Fargo, Austin and Varde.",
        "He leaves two brothers, Odd of Varde and Tom of Holm.",
        "Towns for children, such as Orme, Solma and Varde, grow.",
    ] {
        assert_eq!(corrected(body, &[(Place, "Varde")]), ["Place Varde"], "{body}");
    }
    for body in ["The mother Varde fell.", "His mother left Varde.", "It is Mother Varde."] {
        assert_eq!(corrected(body, &[(Place, "Varde")]), ["Place Varde"], "{body}");
    }
}

#[test]
fn whom_offices_and_homes_tell() {
    let of = |body, name, kind, who| {
        corrected(body, &[(kind, name), (Person, who)]).contains(&format!("Organisation {name}"))
    };
    assert!(of("Solma chief executive Ada Berg left.", "Solma", Person, "Ada Berg"));
    assert!(of("Solma's Ada Berg said so.", "Solma", Person, "Ada Berg"));
    assert!(!of("Solma's Ada Berg left.", "Solma", Person, "Ada Berg"));
    assert!(!of("Mr Solma's Ada Berg said so.", "Solma", Person, "Solma's"));
    let town = |body| {
        corrected(body, &[(Person, "Ada Berg"), (Organisation, "Varde")])
            .contains(&"Place Varde".to_owned())
    };
    assert!(town("They met Ada Berg of Varde."));
    assert!(town("Ada Berg is from Varde too."));
    let unknown = [(Person, "Ada Berg"), (Organisation, "Solma")];
    let aged = corrected("Ada Berg, 34, of Solma, was fined.", &unknown);
    assert_eq!(aged, ["Person Ada Berg", "Place Solma"]);
    assert!(!town("They met Ada Berg of Varde Works."));
    let governed = corrected("The Solma governor left.", &[(Organisation, "Solma")]);
    assert_eq!(governed, ["Place Solma"]);
}

#[test]
fn whoever_has_a_courtesy_title_is_somebody() {
    let of = |body| corrected(body, &[(Organisation, "Berpa")]);
    assert_eq!(of("They saw Dr Berpa there."), ["Person Berpa"]);
    assert_eq!(of("They saw the Berpa there."), ["Organisation Berpa"]);
    let known = corrected("They saw Dr Quendale there.", &[(Organisation, "Quendale")]);
    assert_eq!(known, ["Organisation Quendale"]);
}

#[test]
fn people_of_land_and_houses_are_nobody() {
    let two = [(Person, "Orlandish"), (Person, "Orla Berg")];
    let qualifier = corrected("On Monday Orlandish qualifier Orla Berg won.", &two);
    assert_eq!(qualifier, ["Person Orla Berg"]);
    let theft = "Thieves broke into the Solmera on Monday. Solmera had no guard.";
    assert_eq!(corrected(theft, &[(Person, "Solmera")]), [""; 0]);
    let late = "They buried the late Solmera on Monday.";
    assert_eq!(corrected(late, &[(Person, "Solmera")]), ["Person Solmera"]);
}

#[test]
fn who_beats_somebody_is_no_club() {
    let body = "On Monday Solma Bergqvist beat Tyra Lundqvist 6-2, 6-4.";
    let found = corrected(body, &[(Person, "Solma Bergqvist"), (Person, "Tyra Lundqvist")]);
    assert_eq!(found, ["Person Solma Bergqvist", "Person Tyra Lundqvist"]);
}

#[test]
fn surname_of_the_story_that_speaks_is_somebody() {
    let kind =
        |body: &str| corrected(body, &[(Organisation, "Lundqvist"), (Person, "Tyra Lundqvist")]);
    assert_eq!(kind("Lundqvist said so. Tyra Lundqvist left.")[0], "Person Lundqvist");
    assert_eq!(kind("Lundqvist grew. Tyra Lundqvist left.")[0], "Organisation Lundqvist");
}

#[test]
fn who_sings_is_no_church() {
    let kind = |body: &str| corrected(body, &[(Organisation, "Anna Church")]);
    assert_eq!(kind("On Monday Anna Church sang in Varde."), ["Person Anna Church"]);
    assert_eq!(kind("On Monday Anna Church opened in Varde."), ["Organisation Anna Church"]);
}
