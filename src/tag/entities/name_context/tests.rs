//! Kinds of names in sentences.

use super::*;
use crate::tag::{
    Text,
    entities::entity_base::{Item, Rarity, Row, build},
    places::gazetteer::{self, Place as Town},
    word_keys::keys,
};

/// The kinds that some names of a text get; Varde and Holm are towns, Quendale and Orme companies of the base.
fn corrected(body: &str, names: &[(NameKind, &str)]) -> Vec<String> {
    let town = |geonames| Town {
        geonames,
        wikidata: 0,
        class: Class::City,
        country: *b"DK",
        division: 1,
        lat: 55.6,
        lon: 8.5,
        population: 20_000,
    };
    let people = Town { class: Class::Demonym, ..town(3) };
    let named = [("Varde".into(), 0), ("Holm".into(), 1), ("Orlandish".into(), 2)];
    let bytes = gazetteer::build(&[town(1), town(2), people], &named, &[]);
    let gazetteer = Gazetteer::from_bytes(bytes).unwrap();
    let row = |number, name: &str| Row {
        item: Item {
            number,
            kind: Organisation,
            country: [0; 2],
            prior: 2.6,
            rarity: Rarity::Usual,
            fields: 0,
        },
        names: vec![name.to_owned()],
    };
    let base = EntityBase::from_bytes(build(&[row(1, "Quendale"), row(2, "Orme Works")])).unwrap();
    let text = Text::new(body);
    let words = keys(&text);
    let matches = gazetteer.matches(&text, &words);
    let token = |byte| text.tokens.partition_point(|t| (t.start as usize) < byte);
    let mut found: Vec<Name> = names
        .iter()
        .map(|(kind, name)| {
            let from = body.find(name).unwrap();
            Name { kind: *kind, tokens: token(from)..token(from + name.len()) }
        })
        .collect();
    let named = NamedText { text: &text, keys: &words, matches: &matches, names: &mut found };
    correct(&base, &gazetteer, &mut [named]);
    found.iter().map(|n| format!("{:?} {}", n.kind, text.slice(n.tokens.clone()))).collect()
}

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
fn shares_and_neighbours_tell_towns_from_companies() {
    let varde = |body| corrected(body, &[(Place, "Varde")]);
    assert_eq!(varde("Shares in Varde fell 3%."), ["Organisation Varde"]);
    assert_eq!(varde("Varde's shares fell."), ["Organisation Varde"]);
    assert_eq!(varde("A house in Varde fell."), ["Place Varde"]);
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
fn whoever_has_a_courtesy_title_is_somebody() {
    let of = |body| corrected(body, &[(Organisation, "Berpa")]);
    assert_eq!(of("They saw Dr Berpa there."), ["Person Berpa"]);
    assert_eq!(of("They saw the Berpa there."), ["Organisation Berpa"]);
    let known = corrected("They saw Dr Quendale there.", &[(Organisation, "Quendale")]);
    assert_eq!(known, ["Organisation Quendale"]);
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
fn place_in_title_of_work_is_none() {
    let of = |body: &str| corrected(body, &[(Place, "Varde")]).len();
    assert_eq!(of("They saw \"The Varde Foxes\" twice."), 0);
    assert_eq!(of("They saw \"Foxes in Varde\" twice."), 1);
    assert_eq!(of("\"Foxes like Varde,\" he said."), 1);
    assert_eq!(of("They call it \"Varde\" there."), 1);
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
fn part_of_an_organisations_name_is_no_person() {
    let body = "Goldberp's analyst agreed with Goldberp Banks at last.";
    let names = [(Person, "Goldberp"), (Organisation, "Goldberp Banks")];
    assert_eq!(corrected(body, &names)[0], "Organisation Goldberp");
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
fn shares_move_by_per_cent() {
    let kind = |body: &str| corrected(body, &[(Person, "Solmera")]);
    assert_eq!(kind("Solmera jumped 13.4%, its best day."), ["Organisation Solmera"]);
    assert_eq!(kind("Solmera gained 45 percent of the vote."), ["Person Solmera"]);
    assert_eq!(kind("Solmera jumped 2 metres."), ["Person Solmera"]);
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
