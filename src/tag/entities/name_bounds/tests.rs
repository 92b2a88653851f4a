//! Where names end in sentences.

use super::*;
use crate::tag::names::samples::{named, written};

/// The names of an English text, of which the recogniser found some.
fn english_of(body: &str, found: &[(NameKind, &str)]) -> Vec<String> {
    let text = Text::new(body);
    let mut names = named(&text, found);
    cut_english(&text, &mut names);
    cut(&text, &mut names);
    finish(&text, &mut names);
    written(&text, &names)
}

#[test]
fn role_opens_sentence_before_person() {
    use NameKind::{Organisation, Person};
    for (body, kind, found) in [
        ("Postman Anna Quendale opened it.", Person, "Postman Anna"),
        ("Hooker Solma Quendale opened it.", Organisation, "Hooker Solma Quendale"),
    ] {
        let name = body.split(' ').skip(1).take(2).collect::<Vec<_>>().join(" ");
        assert_eq!(english_of(body, &[(kind, found)]), [format!("Person {name}")], "{body}");
    }
    let kept = [(Organisation, "Hooker Furnishings")];
    assert_eq!(english_of("Hooker Furnishings fell.", &kept), ["Organisation Hooker Furnishings"]);
}

#[test]
fn initials_belong_to_their_name() {
    let of = |body| english_of(body, &[(NameKind::Person, "Quendale")]);
    assert_eq!(of("Then KL Quendale spoke."), ["Person KL Quendale"]);
    assert_eq!(of("Then PM Quendale spoke."), ["Person Quendale"]);
}

#[test]
fn judges_and_officers_are_people() {
    use NameKind::{Organisation, Person};
    for (body, kind, found, name) in [
        ("The bench led by Justice Quendale sat.", Organisation, "Justice Quendale", "Quendale"),
        ("\"Why?\" Justice Quendale asked.", Organisation, "Justice Quendale", "Quendale"),
        ("Dean Orla Quendale said so.", Person, "Dean Orla Quendale", "Orla Quendale"),
        (
            "It is backed by Principal Tim Orland.",
            Organisation,
            "Principal Tim Orland",
            "Tim Orland",
        ),
        ("Paul Orr Sr. Orr has left.", Person, "Paul Orr Sr. Orr", "Paul Orr Sr."),
        ("Gov. E. Michael Orr left.", Person, "Michael Orr", "E. Michael Orr"),
        ("Odd Lund hosts Orme.", Person, "Odd Lund hosts Orme", "Odd Lund"),
        ("It met Princess Charlotte.", Organisation, "Princess Charlotte", "Charlotte"),
        ("They met Laurence des Orme.", Person, "Laurence", "Laurence des Orme"),
    ] {
        assert_eq!(english_of(body, &[(kind, found)]), [format!("Person {name}")], "{body}");
    }
    let party = [(Organisation, "Justice Party")];
    assert_eq!(english_of("Led by Justice Party, it won.", &party), ["Organisation Justice Party"]);
}

#[test]
fn family_name_follows_a_first_name() {
    let of = |body: &str, found: &str| english_of(body, &[(NameKind::Person, found)]);
    for body in ["Police held Solma Choi Orl-mok here.", "Solma Choi Orl-mok is here."] {
        assert_eq!(of(body, "Solma Choi"), ["Person Solma Choi Orl-mok"], "{body}");
    }
    let married = "Police held Solma Lau Choi Orl-mok here.";
    assert_eq!(of(married, "Solma Lau"), ["Person Solma Lau Choi Orl-mok"]);
    let titled = "Captain Choi Orl-mok is here.";
    assert_eq!(of(titled, "Choi"), ["Person Choi Orl-mok"]);
}

#[test]
fn name_goes_on_behind_particle() {
    use NameKind::{Person, Place};
    let found = [(Person, "Orla Berg"), (Place, "Varde")];
    let body = "They met Orla Berg do Holm dos Varde again.";
    assert_eq!(english_of(body, &found), ["Person Orla Berg do Holm dos Varde"]);
    let kept = english_of("What will Orla Berg do Monday?", &found[..1]);
    assert_eq!(kept, ["Person Orla Berg"]);
}

#[test]
fn home_behind_of_is_no_part() {
    let found = english_of(
        "A sister, Charlotte Orr of Varde, and two sons.",
        &[(NameKind::Organisation, "Charlotte Orr of Varde")],
    );
    assert_eq!(found, ["Person Charlotte Orr", "Place Varde"]);
    let school = [(NameKind::Organisation, "Charlotte School of Law")];
    assert_eq!(
        english_of("Charlotte School of Law fell.", &school),
        ["Organisation Charlotte School of Law"]
    );
}

#[test]
fn nicknames_are_whole_where_a_mark_was_cut() {
    for (body, found, name) in [
        ("Odd \"Ace\" Lund fell.", "Odd \"Ace", "Odd \"Ace\" Lund"),
        ("James (Jim) Lund fell.", "James", "James (Jim) Lund"),
        ("Paris \"Ace\" Lund fell.", "Paris", "Paris \"Ace\" Lund"),
        ("Odd \"Ace\" Lund Jr. fell.", "Odd \"Ace", "Odd \"Ace\" Lund Jr."),
    ] {
        let names = english_of(body, &[(NameKind::Person, found)]);
        assert_eq!(names, [format!("Person {name}")], "{body}");
    }
}

#[test]
fn families_first_and_whom_firms_have_are_found() {
    assert_eq!(english_of("Choi Orl-mok said so.", &[]), ["Person Choi Orl-mok"]);
    let cut = [(NameKind::Person, "Li Ka")];
    assert_eq!(english_of("They met Li Ka-shing there.", &cut), ["Person Li Ka-shing"]);
    assert_eq!(english_of("A Park Avenue-like street.", &[]), [""; 0]);
    assert_eq!(english_of("Orme Foods' Orla Berg resigned.", &[]), ["Person Orla Berg"]);
    assert_eq!(english_of("Orme Foods' Orla Range grew.", &[]), [""; 0]);
    let town = [(NameKind::Place, "Paris")];
    assert_eq!(english_of("\"No,\" said Paris Berg of Orme.", &town), ["Person Paris Berg"]);
}

fn cut_of(body: &str, kind: NameKind, words: &str) -> Vec<String> {
    let text = Text::new(body);
    let at = body.find(words).unwrap() as u32;
    let first = text.tokens.partition_point(|t| t.start < at);
    let last = text.tokens.partition_point(|t| t.start < at + words.len() as u32);
    let mut names = vec![Name { kind, tokens: first..last }];
    cut_english(&text, &mut names);
    cut(&text, &mut names);
    names.into_iter().map(|name| text.slice(name.tokens).to_owned()).collect()
}

#[test]
fn leader_stands_behind_the_organisation() {
    let cut = |body| cut_of(body, NameKind::Organisation, "Orme Solma Berg");
    assert_eq!(cut("Chief executive of Orme Solma Berg said no."), ["Orme", "Solma Berg"]);
    assert_eq!(cut("The chief executive of Orme Solma Berg said no."), ["Orme Solma Berg"]);
    assert_eq!(cut("Chief executive of Orme Solma Berg, he said."), ["Orme Solma Berg"]);
}

#[test]
fn mark_that_nothing_closes_begins_a_name() {
    let cut = |body, words| cut_of(body, NameKind::Organisation, words);
    assert_eq!(cut("позов фірми «Орме», суд", "фірми «Орме"), ["Орме"]);
    assert_eq!(cut("the «Orme» Works", "«Orme» Works"), ["«Orme» Works"]);
}

#[test]
fn apostrophe_at_a_start_joins_names() {
    let text = Text::new("at St Orlas\u{2019} Park they won.");
    let at = |word: &str| (0..text.tokens.len()).find(|&i| text.word(i) == word).unwrap();
    let (saint, park) = (at("St"), at("Park"));
    let place = |tokens| Name { kind: NameKind::Place, tokens };
    let mut names = vec![place(saint..park - 1), place(park - 1..park + 1)];
    cut(&text, &mut names);
    assert_eq!(names, [place(saint..park + 1)]);
    let mut names = vec![place(park - 1..park + 1)];
    cut(&text, &mut names);
    assert_eq!(names, [place(park..park + 1)]);
}

#[test]
fn small_letters_end_names_of_other_languages() {
    for body in ["Варда облысы", "Orland brevpost", "Solma-Berg dal"] {
        let text = Text::new(body);
        let tokens = 0..text.tokens.len();
        let mut names = vec![Name { kind: NameKind::Place, tokens: tokens.clone() }];
        cut(&text, &mut names);
        assert_eq!(names, [Name { kind: NameKind::Place, tokens }], "{body}");
    }
}

#[test]
fn verb_ends_a_name() {
    let place = |body| cut_of(body, NameKind::Place, "Orland play Varde");
    assert_eq!(place("On Sunday Orland play Varde."), ["Orland", "Varde"]);
    let body = |words| cut_of(&format!("{words} plan"), NameKind::Organisation, words);
    assert_eq!(body("Council rejects Orland"), ["Council"]);
    assert_eq!(body("Council of Orland"), ["Council of Orland"]);
    assert_eq!(body("Orme Council rejects"), ["Orme Council rejects"]);
}

#[test]
fn nickname_in_marks_joins_names() {
    let text = Text::new("Arne \u{201c}Ace\u{201d} Lund ran. Odd Berg \"Never again,\" he said.");
    let person = |tokens| Name { kind: NameKind::Person, tokens };
    let mut names = vec![person(0..1), person(4..5), person(7..9)];
    cut(&text, &mut names);
    assert_eq!(names, [person(0..5), person(7..9)]);
    let text = Text::new("Orla Berg Calls Odd Berg \u{2018}A Disgrace\u{2019} Over Bill");
    let mut names = vec![person(3..5)];
    cut(&text, &mut names);
    assert_eq!(names, [person(3..5)]);
}

#[test]
fn names_end_at_dashes_and_persons_at_apostrophes() {
    let person = |body, words| cut_of(body, NameKind::Person, words);
    assert_eq!(person("OSLO - Quendale spoke.", "OSLO - Quendale"), ["OSLO", "Quendale"]);
    assert_eq!(person("Orla Berns\u{2019} Oslo office", "Orla Berns\u{2019} Oslo"), ["Orla Berns"]);
    assert_eq!(person("Ana Ruiz-Berg spoke.", "Ana Ruiz-Berg"), ["Ana Ruiz-Berg"]);
    assert_eq!(person("Omar al - Rashid spoke.", "Omar al - Rashid"), ["Omar al - Rashid"]);
    assert_eq!(
        person("Orla Berg, Quendale spoke.", "Orla Berg, Quendale"),
        ["Orla Berg", "Quendale"]
    );
    assert_eq!(person("Odd Berg, Jr. spoke.", "Odd Berg, Jr."), ["Odd Berg, Jr."]);
    assert_eq!(person("Odd Berg Jr. spoke.", "Odd Berg"), ["Odd Berg Jr."]);
    assert_eq!(person("Odd Berg, Sr., spoke.", "Odd Berg"), ["Odd Berg, Sr."]);
    assert_eq!(person("Orla Berg KC said no.", "Orla Berg KC"), ["Orla Berg"]);
    assert_eq!(person("said A. K. Berg of Varde", "K. Berg"), ["A. K. Berg"]);
    assert_eq!(person("in group A K. Berg won", "K. Berg"), ["K. Berg"]);
    assert_eq!(person("Orla Quendale's Norse aide", "Orla Quendale's Norse"), ["Orla Quendale"]);
    assert_eq!(person("Orme's Anna Berg spoke.", "Orme's Anna Berg"), ["Orme's Anna Berg"]);
    let listed = cut_of("an Oslo-listed firm", NameKind::Organisation, "Oslo-listed");
    assert_eq!(listed, ["Oslo"]);
    let organisation = |body, words| cut_of(body, NameKind::Organisation, words);
    assert_eq!(
        organisation("the Oslo-based Orme Works", "Oslo-based Orme Works"),
        ["Oslo", "Orme Works"]
    );
    assert_eq!(
        organisation("Orme's New Oslo-listed shares", "Orme's New Oslo-listed"),
        ["Orme", "New Oslo"]
    );
    assert_eq!(organisation("an Orme-led group", "Orme-led"), ["Orme"]);
    assert_eq!(person("Varde sack Odd Berg now", "sack Odd Berg"), ["Odd Berg"]);
    assert_eq!(person("Ada von Berg spoke.", "von Berg"), ["von Berg"]);
    assert_eq!(person("said Solma-Ann Berg.", "Ann Berg"), ["Solma-Ann Berg"]);
    assert_eq!(person("an Ex-Ann Berg aide", "Ann Berg"), ["Ann Berg"]);
    let place = |body, words| cut_of(body, NameKind::Place, words);
    assert_eq!(place("Varde hire Odd Berg", "Varde hire"), ["Varde"]);
    assert_eq!(place("ORLA, Vd. - Varde farmers", "Vd. - Varde"), ["Vd.", "Varde"]);
    assert_eq!(place("in Varde province now", "Varde province"), ["Varde province"]);
    let school =
        organisation("Orland College graduate Ada Berg", "Orland College graduate Ada Berg");
    assert_eq!(school, ["Orland College", "Ada Berg"]);
    let guild =
        cut_of("the Writers\u{2019} Guild", NameKind::Organisation, "Writers\u{2019} Guild");
    assert_eq!(guild, ["Writers\u{2019} Guild"]);
}

#[test]
fn verb_of_a_headline_is_no_part_of_names() {
    use NameKind::{Organisation, Person};
    for (body, kind, name, left) in [
        ("Orme Rout Varde", Person, "Orme Rout Varde", "Person Orme Rout Varde"),
        ("Ormes Rout Vardes", Person, "Ormes Rout Vardes", ""),
        ("Quendale Hails Orr", Person, "Quendale Hails Orr", ""),
        ("Ormes Fire Quendale", Person, "Fire Quendale", ""),
        ("Orland's Orr meets Lund", Organisation, "Orr meets Lund", ""),
        ("Paul Orr Beats Lund In Varde", Person, "Paul Orr Beats Lund", "Person Paul Orr"),
        ("She met Orla Fire Orr.", Person, "Orla Fire Orr", "Person Orla Fire Orr"),
    ] {
        assert_eq!(english_of(body, &[(kind, name)]).join(" "), left, "{body}");
    }
}

#[test]
fn companys_form_with_a_stop_ends_its_name() {
    let of = |body| english_of(body, &[(NameKind::Organisation, "Orme Works Corp. Varde")]);
    let both = ["Organisation Orme Works Corp.", "Organisation Varde"];
    assert_eq!(of("A loan comes from Orme Works Corp. Varde shares fell."), both);
    assert_eq!(of("A loan comes from Orme Works Corp. Varde wept."), both[..1]);
}

#[test]
fn statesmen_are_people_and_drugs_nobody() {
    let of = |body, kind, name| english_of(body, &[(kind, name)]);
    assert_eq!(
        of("Orr called Trump's levy dear.", NameKind::Organisation, "Trump"),
        ["Person Trump"]
    );
    assert_eq!(of("Critics of Modi marched.", NameKind::Place, "Modi"), ["Person Modi"]);
    assert_eq!(of("He took Wegovy for a year.", NameKind::Person, "Wegovy"), [""; 0]);
}

#[test]
fn sets_are_played_by_people() {
    use NameKind::{Organisation, Person, Place};
    let both = ["Person Ozo Quendale", "Person Sim Varde"];
    let body = "At Orland, Ozo Quendale beat Sim Varde 6-1, 6-3 to go on.";
    assert_eq!(english_of(body, &[(Organisation, "Ozo Quendale"), (Person, "Sim Varde")]), both);
    let body = "Ozo Quendale upset Sim Varde 7-6 (4), 6-4.";
    assert_eq!(english_of(body, &[(Place, "Sim Varde")]), both);
    assert_eq!(english_of("Ozo Quendale beat Sim Varde 6-1.", &[]), [""; 0]);
}

#[test]
fn hyphened_surname_is_whole() {
    use NameKind::{Person, Place};
    let of = |body, found: &[(NameKind, &str)]| english_of(body, found);
    for (body, found) in [
        ("ActionOrme's Odd Quendale-Botha backed it.", "Odd Quendale"),
        ("Then Marie-Claire Quendale-Botha spoke.", "Marie-Claire Quendale"),
        ("Then Anna Quendale-Botha spoke.", "Quendale-Botha"),
    ] {
        let name = body.split(' ').skip(1).take(2).collect::<Vec<_>>().join(" ");
        assert_eq!(of(body, &[(Person, found)]), [format!("Person {name}")], "{body}");
    }
    let two = [(Person, "Odane"), (Place, "Quendale-Botha")];
    assert_eq!(of("Then Odane Quendale-Botha spoke.", &two), ["Person Odane Quendale-Botha"]);
    let led = of("The Odd Quendale-Led team won.", &[(Person, "Odd Quendale")]);
    assert_eq!(led, ["Person Odd Quendale"]);
}

#[test]
fn hyphen_between_two_people_parts_them() {
    let of = |found| {
        english_of("The Odd Quendale-Arne Botha final is on.", &[(NameKind::Person, found)])
    };
    let two = ["Person Odd Quendale", "Person Arne Botha"];
    assert_eq!(of("Odd Quendale-Arne Botha"), two);
    assert_eq!(of("Odd Quendale-Arne"), two);
    assert_eq!(of("Odd Quendale")[..1], two[..1]);
}

#[test]
fn letters_before_name_are_initials() {
    use NameKind::Person;
    for (body, found, name) in [
        ("Then N G Ravi Quendale spoke.", "Ravi Quendale", "N G Ravi Quendale"),
        ("Then V V S Quendale spoke.", "S Quendale", "V V S Quendale"),
        ("Then A M M Quendale spoke.", "M M", "A M M Quendale"),
        ("Then Plan B Ravi Quendale spoke.", "Ravi Quendale", "Ravi Quendale"),
        ("A Ravi Quendale fan spoke.", "Ravi Quendale", "Ravi Quendale"),
        ("R Ravi Quendale spoke.", "Ravi Quendale", "R Ravi Quendale"),
        ("Orme: G Lund; S Quendale (capt)", "Quendale", "Quendale"),
        ("Then H E Ravi Quendale spoke.", "Ravi Quendale", "Ravi Quendale"),
    ] {
        assert_eq!(english_of(body, &[(Person, found)]), [format!("Person {name}")], "{body}");
    }
    assert_eq!(english_of("They saw M M there.", &[(Person, "M M")]), [""; 0]);
}

#[test]
fn fathers_and_children_are_part_of_names() {
    use NameKind::Person;
    for (body, found, name) in [
        ("said Umm Khaled Quendale, 52", vec![(Person, "Khaled Quendale")], "Umm Khaled Quendale"),
        (
            "said Obaid Saif Al Quendale, 52",
            vec![(Person, "Saif Al Quendale")],
            "Obaid Saif Al Quendale",
        ),
        (
            "said Brig Obaid Saif Al Quendale",
            vec![(Person, "Obaid"), (Person, "Al Quendale")],
            "Obaid Saif Al Quendale",
        ),
        ("said Vice President Al Quendale", vec![(Person, "Al Quendale")], "Al Quendale"),
        (
            "said Hala bint Khaled Al-Quendale",
            vec![(Person, "Hala"), (Person, "Khaled Al-Quendale")],
            "Hala bint Khaled Al-Quendale",
        ),
        (
            "said Siti Mariam binti Quendale",
            vec![(Person, "Siti Mariam")],
            "Siti Mariam binti Quendale",
        ),
    ] {
        assert_eq!(english_of(body, &found), [format!("Person {name}")], "{body}");
    }
}

#[test]
fn letters_behind_somebody_are_nothing() {
    use NameKind::{Organisation, Person, Place};
    let left = |body: &str, found: &[(NameKind, &str)]| {
        let text = Text::new(body);
        let token = |byte: usize| text.tokens.partition_point(|t| (t.start as usize) < byte);
        let named = |(kind, words): &(NameKind, &str)| {
            let from = body.find(words).unwrap();
            Name { kind: *kind, tokens: token(from)..token(from + words.len()) }
        };
        let mut names: Vec<Name> = found.iter().map(named).collect();
        drop_post_nominals(&text, &mut names);
        names.len()
    };
    let somebody = (Person, "Odd Quendale");
    assert_eq!(left("Odd Quendale, MD, said so.", &[somebody, (Place, "MD")]), 1);
    assert_eq!(
        left(
            "Odd Quendale, M.D., MPH, said so.",
            &[somebody, (Place, "M.D."), (Organisation, "MPH")]
        ),
        1
    );
    assert_eq!(
        left("Odd Quendale, of Varde, MD, said so.", &[somebody, (Place, "Varde"), (Place, "MD")]),
        3
    );
    assert_eq!(left("Odd Quendale, CA residents, came.", &[somebody, (Place, "CA")]), 2);
}

#[test]
fn member_of_parliament_stands_behind_the_party() {
    use NameKind::{Organisation, Person};
    let both = ["Organisation Orme", "Person Anna Quendale"];
    for kind in [Person, Organisation] {
        let found = [(kind, "Orme TD Anna Quendale")];
        assert_eq!(english_of("Orme TD Anna Quendale left.", &found), both);
    }
    let found = [(Person, "MK Anna Quendale")];
    assert_eq!(english_of("Then MK Anna Quendale left.", &found), ["Person Anna Quendale"]);
    assert_eq!(english_of("Then MK Anna Quendale left.", &[]), ["Person Anna Quendale"]);
    let found = [(Organisation, "TD Orme Bank")];
    assert_eq!(english_of("The TD Orme Bank fell.", &found), ["Organisation TD Orme Bank"]);
}

#[test]
fn titles_of_other_lands_are_no_names() {
    use NameKind::{Organisation, Person};
    for title in ["Datuk", "Tan Sri", "Encik", "Smt.", "Kgosi"] {
        for kind in [Person, Organisation] {
            let name = format!("{title} Solma Quendale");
            let body = format!("They met {name} there.");
            assert_eq!(english_of(&body, &[(kind, &name)]), ["Person Solma Quendale"], "{body}");
        }
    }
}

#[test]
fn title_alone_is_nobody() {
    use NameKind::Person;
    let found = [(Person, "Shri"), (Person, "Solma Quendale")];
    let named = english_of("They met late Shri Solma Quendale there.", &found);
    assert_eq!(named, ["Person Solma Quendale"]);
    let found = [(Person, "Datuk Seri"), (Person, "Orl Quendale")];
    let named = english_of("They met Datuk Seri Solma Orl Quendale there.", &found);
    assert_eq!(named, ["Person Solma Orl Quendale"]);
}

#[test]
fn given_names_stand_behind_the_family() {
    use NameKind::{Organisation, Person};
    let teo = |found: &[(NameKind, &str)], body: &str| english_of(body, found);
    let whole = ["Person Anna Teo Orl Mok"];
    assert_eq!(teo(&[(Person, "Anna Teo"), (Person, "Orl Mok")], "It is Anna Teo Orl Mok."), whole);
    let whole = ["Person Teo Orl Mok"];
    assert_eq!(teo(&[(Person, "Orl Mok")], "It is Teo Orl Mok."), whole);
    assert_eq!(teo(&[(Organisation, "Teo Orl Mok")], "It is Teo Orl Mok."), whole);
    assert_eq!(teo(&[], "Teo Orl Mok, 41, left."), whole);
    assert_eq!(teo(&[], "Teo Orl Mok is new."), [""; 0]);
    let road = [(Organisation, "Teo Orl Road")];
    assert_eq!(teo(&road, "It is Teo Orl Road."), ["Organisation Teo Orl Road"]);
}
