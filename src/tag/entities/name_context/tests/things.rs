//! What is no entity, and what is called after one.

use super::*;

#[test]
fn parishes_oils_and_tongues_are_no_names() {
    for (body, kind, name) in [
        ("A St Orla man fell.", Person, "St Orla"),
        ("Brent crude fell.", Place, "Brent"),
        ("Oil fell. Brent was at $64 a barrel.", Place, "Brent"),
        ("Pupils of St Orla's Primary School sang.", Place, "St Orla"),
        ("The Solma language is old.", Organisation, "Solma"),
    ] {
        assert_eq!(corrected(body, &[(kind, name)]), [""; 0], "{body}");
    }
}

#[test]
fn place_in_title_of_work_is_none() {
    let of = |body: &str| corrected(body, &[(Place, "Varde")]).len();
    assert_eq!(of("They saw \"The Varde Foxes\" twice."), 0);
    assert_eq!(of("They saw \"Foxes in Varde\" twice."), 1);
    assert_eq!(of("\"Foxes like Varde,\" he said."), 1);
    assert_eq!(of("They call it \"Varde\" there."), 1);
}

#[test]
fn rivers_works_storms_and_cars_are_no_places() {
    let left = |body: &str, kind: NameKind, name: &str| corrected(body, &[(kind, name)]).len();
    for (body, name) in [
        ("The Niger burst its banks.", "Niger"),
        ("He fell into the Niger, they said.", "Niger"),
        ("He swam in the Gambia.", "Gambia"),
        ("Varde made her a star.", "Varde"),
        ("She starred in Foxes of Varde (1992) once.", "Varde"),
        ("Her first film, \"Varde,\" was cheap.", "Varde"),
        ("It is the worst storm since Ida in 2021.", "Ida"),
        ("They saw it with Ida, the storm of old.", "Ida"),
        ("He took his mother's old Austin there.", "Austin"),
        ("They saw a black Austin.", "Austin"),
        ("Lord Varde told peers so.", "Varde"),
        ("They met Lord Berg of Varde there.", "Varde"),
    ] {
        assert_eq!(left(body, Place, name), 0, "{body}");
    }
    for (body, name) in [
        ("The Niger government fell.", "Niger"),
        ("He lives in the Gambia now.", "Gambia"),
        ("She starred in Varde for years.", "Varde"),
        ("They moved there from Ida in 2021.", "Ida"),
        ("The storm hit Ida on Monday.", "Ida"),
        ("He lives in Austin now.", "Austin"),
        ("They met the Lord Mayor of Varde.", "Varde"),
    ] {
        assert_eq!(left(body, Place, name), 1, "{body}");
    }
    assert_eq!(left("The hurricane took more than Ida.", Person, "Ida"), 0);
    assert_eq!(left("It took more than Ida.", Person, "Ida"), 1);
}

#[test]
fn tongue_is_no_people() {
    let is = |body: &str| {
        let text = Text::new(body);
        let at = (0..text.tokens.len()).find(|&i| text.word(i) == "Orlandish").unwrap();
        is_tongue(&text, &(at..at + 1))
    };
    assert!(is("She speaks Orlandish and Varde.") && is("He taught Orlandish."));
    assert!(!is("She taught Orlandish children.") && !is("The Orlandish came."));
}

#[test]
fn labels_things_and_party_marks_are_no_entities() {
    for (body, kind, name) in [
        ("Obituary: a life", Person, "Obituary"),
        ("He wore a Panama hat there.", Place, "Panama"),
        ("They ate Brazil nuts.", Place, "Brazil"),
        ("Anna Lund, R-Varde, left.", Person, "R-Varde"),
        ("ST. ANNA, Orl. - It rained.", Person, "ANNA"),
    ] {
        assert_eq!(corrected(body, &[(kind, name)]), Vec::<String>::new(), "{body}");
    }
    let hosts = "The derby is on Monday, and Orme Works host Varde.";
    assert_eq!(
        corrected(hosts, &[(Organisation, "Orme Works"), (Place, "Varde")]),
        ["Organisation Orme Works", "Organisation Varde"]
    );
    let kept = corrected("He went to Brazil twice.", &[(Place, "Brazil")]);
    assert_eq!(kept, ["Place Brazil"]);
}

#[test]
fn ships_storms_and_rockets_are_no_entities() {
    for (body, kind, name) in [
        ("The ferry Glen Berpa left.", Person, "Glen Berpa"),
        ("The submarine Varde sank.", Place, "Varde"),
        ("The lifeboat Anna Lund was launched.", Person, "Anna Lund"),
        ("Cyclone Solma grew.", Person, "Cyclone Solma"),
        ("They launched Berpa 9 again.", Person, "Berpa 9"),
        ("The boat, the MV Santa Solma, sank.", Place, "MV Santa Solma"),
        ("It was the MV Santa Solma that sank.", Person, "Solma"),
        ("Bishop warns of hunger.", Person, "Bishop"),
    ] {
        assert_eq!(corrected(body, &[(kind, name)]), Vec::<String>::new(), "{body}");
    }
    let body = "Hurricane Solma grew. Odd Lund saw that Berpa fled from it: Solma came.";
    let names = [(Person, "Solma"), (Person, "Odd Lund"), (Person, "Berpa")];
    assert_eq!(corrected(body, &names), ["Person Odd Lund", "Person Berpa"]);
    let body = "The captain of the ferry is Anna Lund.";
    assert_eq!(corrected(body, &[(Person, "Anna Lund")]), ["Person Anna Lund"]);
}

#[test]
fn bridge_is_called_after_somebody() {
    let named = |noun: &str| {
        let body = format!("The Orla Berg {noun} was closed.");
        corrected(&body, &[(Person, "Orla Berg")])
    };
    assert_eq!(named("Bridge"), ["Place Orla Berg Bridge"]);
    assert_eq!(named("Hospital"), ["Organisation Orla Berg Hospital"]);
    assert_eq!(named("bridge"), ["Person Orla Berg"]);
}

#[test]
fn prizes_films_and_moneys_are_nobody() {
    for (body, kind, name) in [
        ("He won the Solma Quendell Medal.", Person, "Solma Quendell"),
        ("It fell from the maunga Quendell.", Person, "Quendell"),
        ("The film Quendell opens soon.", Person, "Quendell"),
        ("Varde, directed by Anna Berg, opens soon.", Place, "Varde"),
        ("A US$30m bridge opens.", Place, "US"),
    ] {
        assert_eq!(corrected(body, &[(kind, name)]), [""; 0], "{body}");
    }
    let made = corrected("The film Quendell made is old.", &[(Person, "Quendell")]);
    assert_eq!(made, ["Person Quendell"]);
}

#[test]
fn names_of_the_list_are_what_it_says() {
    let of = |body: &str, kind, name: &str| corrected(body, &[(kind, name)]);
    assert_eq!(of("They marked Onam.", Person, "Onam"), [""; 0]);
    assert_eq!(of("The land of Ngāti Orme.", Person, "Ngāti Orme"), ["Organisation Ngāti Orme"]);
    assert_eq!(of("He left Muda.", Person, "Muda"), ["Person Muda"]);
    assert_eq!(of("Muda won 14 seats.", Person, "Muda"), ["Organisation Muda"]);
    assert_eq!(of("It is Orme Stadium.", Person, "Orme Stadium"), ["Place Orme Stadium"]);
}
