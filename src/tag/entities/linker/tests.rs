//! Items of names in small stories.

use super::*;
use crate::tag::{
    Text,
    entities::{
        Name,
        entity_base::{Row, build},
        grouping::{Mention, group},
    },
    word_keys::keys,
};

fn base() -> EntityBase {
    let row = |number, kind, country: &[u8; 2], prior, names: &[&str]| Row {
        item: Item {
            number,
            kind,
            country: *country,
            prior,
            fields: 0,
            rarity: match number {
                8..10 | 19 => Rarity::Rare,
                10 => Rarity::Common,
                _ => Rarity::Usual,
            },
        },
        names: names.iter().map(|n| (*n).to_owned()).collect(),
    };
    use NameKind::{Organisation, Person};
    let rows = [
        row(1, Person, b"NO", 6.0, &["Odd Fjellvik"]),
        row(2, Person, b"NO", 4.0, &["Kari Myhre"]),
        row(3, Person, b"SE", 4.0, &["Kari Myhre"]),
        row(4, Organisation, b"FI", 8.0, &["Tunturi"]),
        row(5, Organisation, b"NO", 5.0, &["Skarnes Fisk", "SF", "Sunday Fisk"]),
        row(6, Person, b"NO", 0.3, &["Per Ukjent"]),
        row(7, Organisation, b"NO", 5.0, &["Orme Works", "Lower Orme Foundry"]),
        row(8, Person, b"NO", 1.0, &["Ysolde Quendale"]),
        row(9, Organisation, b"NO", 1.6, &["Skarnia"]),
        row(10, Person, b"NO", 1.0, &["John Smith"]),
        row(11, Organisation, b"NO", 9.0, &["HP"]),
        row(12, Organisation, b"NO", 5.0, &["Norwegian Fjordguard", "Fjordguard"]),
        row(13, Organisation, b"NO", 3.2, &["Norwegian Orme Rescue", "NORE", "NOR"]),
        row(14, Organisation, &[0; 2], 2.6, &["Kvarsted"]),
        row(15, Organisation, &[0; 2], 2.0, &["Vestholm"]),
        row(16, Organisation, b"NO", 3.0, &["Vestmark Group"]),
        row(17, Organisation, b"NO", 4.8, &["Vestmark Party", "Vestmark"]),
        row(18, Organisation, b"US", 4.8, &["United States Congress"]),
        row(19, Person, b"NO", 6.0, &["Ulfo Visa"]),
        row(20, Organisation, b"NO", 4.2, &["Holm Brothers", "Fjellsang"]),
        row(21, Organisation, b"SE", 4.2, &["Fjellsang"]),
        row(22, Person, b"NO", 4.5, &["Sindre Vassmo", "President Vassmo"]),
        row(23, Organisation, b"NO", 12.0, &["Tinderbank Norge", "Tinder"]),
        row(24, Organisation, b"NO", 5.0, &["Solheim & Co."]),
        row(25, Organisation, b"NO", 2.5, &["Varden Rescue Aid", "VRAX"]),
        row(26, Organisation, b"NO", 4.0, &["Tribunal del Fjord"]),
        row(
            27,
            Person,
            b"NO",
            6.0,
            &["\u{41e}\u{440}\u{43c} \u{412}\u{430}\u{440}\u{434}\u{435}\u{43d}"],
        ),
        row(28, Person, b"NO", 6.0, &["Orm Vardem"]),
    ];
    EntityBase::from_bytes(build(&rows)).unwrap()
}

#[test]
fn day_led_alias_links_nothing() {
    assert_eq!(linked("org Skarnes Fisk", Some(b"NO")), [Some(5)]);
    assert_eq!(linked("org Sunday Fisk", Some(b"NO")), [None]);
}

/// The items of names, one a line with `per` or `org` before it, in a story of a country.
fn linked(lines: &str, country: Option<&[u8; 2]>) -> Vec<Option<u32>> {
    let folder = if lines.contains("del") { "es" } else { "en" };
    links(lines, country, folder).into_iter().map(|(number, _)| number).collect()
}

/// The items with the names that groups have in other cases alone, in a language.
fn links(
    lines: &str,
    country: Option<&[u8; 2]>,
    folder: &str,
) -> Vec<(Option<u32>, Option<String>)> {
    let text = Text::new(lines);
    let name = |line: &std::ops::Range<usize>| Name {
        kind: match text.word(line.start) {
            "per" | "President" => NameKind::Person,
            _ => NameKind::Organisation,
        },
        tokens: line.start + 1..line.end,
    };
    let names: Vec<Name> = text.lines.iter().map(name).collect();
    let keys = keys(&text);
    let listed = vec![0; keys.len()];
    let readings = [Reading { text: &text, keys: &keys, listed: &listed }];
    let mentions: Vec<_> =
        names.iter().map(|name| Mention { text: 0, name, located: None }).collect();
    let countries = country.map(|c| (*c, 1.0)).into_iter().collect();
    let story = Story { countries, folder, ..Story::default() };
    let groups = group(&readings, &mentions, |_| 0.0, folder);
    let links = link(&base(), &readings, &groups, &story);
    let links = join_forms(groups, links).into_iter().map(|(_, link)| link);
    links.map(|l| (l.as_ref().map(|l| l.item.number), l.and_then(|l| l.name))).collect()
}

#[test]
fn full_name_links_but_surname_alone_does_not() {
    assert_eq!(linked("per Odd Fjellvik\nper Fjellvik", None), [Some(1)]);
    assert_eq!(linked("per Odd B. Fjellvik", None), [Some(1)]);
    assert_eq!(linked("per Fjellvik", None), [None]);
    assert_eq!(linked("org Odd Fjellvik", None), [None], "of another type");
}

#[test]
fn title_and_surname_of_one_person_link_at_home() {
    assert_eq!(linked("President Vassmo", Some(b"NO")), [Some(22)]);
    assert_eq!(linked("President Vassmo", Some(b"SE")), [None]);
    assert_eq!(linked("President Vassmo", None), [None]);
    assert_eq!(linked("per Vassmo", Some(b"NO")), [None]);
}

#[test]
fn offices_of_other_languages_link_in_their_land_only() {
    assert_eq!(linked("org Tribunal del Fjord", Some(b"NO")), [Some(26)]);
    assert_eq!(linked("org Tribunal del Fjord", Some(b"SE")), [None]);
    assert_eq!(linked("org Tribunal del Fjord", None), [None]);
}

#[test]
fn word_cut_short_is_its_long_form() {
    assert_eq!(linked("org Tinderbank Norge\norg Tinder", None), [Some(23); 2]);
}

#[test]
fn sign_and_word_for_and_are_the_same() {
    assert_eq!(linked("org Solheim and Co", None), [Some(24)]);
    assert_eq!(linked("org Solheim and Berg", None), [None]);
}

#[test]
fn long_acronym_of_one_organisation_links() {
    assert_eq!(linked("org VRAX", None), [Some(25)]);
}

#[test]
fn namesakes_are_told_apart_by_story_country_only() {
    assert_eq!(linked("per Kari Myhre", None), [None]);
    assert_eq!(linked("per Kari Myhre", Some(b"SE")), [Some(3)]);
}

#[test]
fn beginning_of_longer_name_is_not_linked() {
    assert_eq!(linked("org Skarnes Fisk", None), [Some(5)]);
    assert_eq!(linked("org The Skarnes Fisk", None), [Some(5)]);
}

#[test]
fn two_things_of_story_are_not_one_item() {
    assert_eq!(linked("org Lower Orme Foundry", None), [Some(7)]);
    assert_eq!(linked("org Orme Works\norg Lower Orme Foundry", None), [Some(7), None]);
}

#[test]
fn acronym_and_long_form_are_one_thing() {
    assert_eq!(linked("org Skarnes Fisk\norg SF", None), [Some(5)], "one group");
    assert_eq!(linked("org Norwegian Skarnes Fisk\norg SF", None), [None, Some(5)]);
}

#[test]
fn cut_name_or_place_name_is_no_alias() {
    assert_eq!(linked("org SF Corp", None), [None]);
}

#[test]
fn rare_name_needs_less_evidence_than_common_one() {
    assert_eq!(linked("per Ysolde Quendale", Some(b"NO")), [Some(8)]);
    assert_eq!(linked("per Ysolde Quendale", Some(b"SE")), [None]);
    assert_eq!(linked("org Skarnia", None), [Some(9)]);
    assert_eq!(linked("per John Smith", Some(b"NO")), [None]);
}

#[test]
fn short_name_links_in_story_of_its_country() {
    assert_eq!(linked("org Fjordguard", Some(b"NO")), [Some(12)]);
    assert_eq!(linked("org Fjordguard", None), [None]);
}

#[test]
fn single_word_primary_name_or_acronym_links_sooner() {
    assert_eq!(linked("org NORE", Some(b"NO")), [Some(13)]);
    assert_eq!(linked("org Kvarsted", Some(b"NO")), [Some(14)]);
    assert_eq!(linked("org Vestholm", Some(b"NO")), [None]);
}

#[test]
fn acronym_standing_for_a_thing_is_not_linked() {
    assert_eq!(linked("org HP", None), [Some(11)]);
    let story = |text: &str| {
        let text = Text::new(text);
        let keys = keys(&text);
        let at = (0..keys.len()).find(|&i| text.word(i) == "HP").unwrap();
        let listed = vec![0; keys.len()];
        is_other_acronym(&[Reading { text: &text, keys: &keys, listed: &listed }], keys[at])
    };
    assert!(story("It is called hot pressing (HP). The HP is slow."));
    assert!(story("It needs very little HP indeed."));
    assert!(!story("The Hollow Press (HP) and the HP desk."));
}

#[test]
fn group_is_not_its_founder() {
    assert_eq!(linked("org Vestmark", Some(b"NO")), [Some(17)]);
    assert_eq!(linked("org Vestmark Group", Some(b"NO")), [Some(16)]);
}

#[test]
fn body_of_land_is_meant_in_its_stories() {
    assert_eq!(linked("org Congress", Some(b"US")), [Some(18)]);
    assert_eq!(linked("org Congress", Some(b"NO")), [None]);
}

#[test]
fn known_name_with_double_letter_links() {
    assert_eq!(linked("per Ulfo Vissa", Some(b"NO")), [Some(19)]);
    assert_eq!(linked("per Ulfo Visssa", Some(b"NO")), [Some(19)]);
    assert_eq!(linked("per Odd Fjelllvik", Some(b"NO")), [None], "not rare");
}

#[test]
fn another_items_own_name_is_no_alias() {
    assert_eq!(linked("org Fjellsang", Some(b"NO")), [None]);
    assert_eq!(linked("org Fjellsang", Some(b"SE")), [Some(21)]);
}

#[test]
fn other_games_are_told_by_their_words() {
    let other = |body: &str| {
        let text = Text::new(body);
        let keys = keys(&text);
        let listed = vec![0; keys.len()];
        is_of_other_game(&Reading { text: &text, keys: &keys, listed: &listed })
    };
    assert!(other("Rugby: Varde beat Solma 27-24."));
    assert!(!other("Varde beat Solma 2-1."));
}

#[test]
fn suburb_is_no_club() {
    let told = |body: &str| {
        let text = Text::new(body);
        let keys = keys(&text);
        let at = (0..keys.len()).find(|&i| text.word(i) == "Orme").unwrap();
        let mut listed = vec![0; keys.len()];
        listed[at] = 9 << 3 | 1;
        let reading = Reading { text: &text, keys: &keys, listed: &listed };
        let name = Name { kind: NameKind::Organisation, tokens: at..at + 1 };
        let mentions = vec![Mention { text: 0, name: &name, located: None }];
        let group = Group { kind: NameKind::Organisation, mentions, fullest: 0 };
        is_told_as_place(&[reading], &group)
    };
    assert!(told("Repairs in Orme will be late."));
    assert!(!told("Repairs in Orme will be late, the club said."));
    assert!(!told("He has shares in Orme now."));
    assert!(!told("Orme will be late."));
}

#[test]
fn person_of_country_untold_is_a_namesake() {
    assert_eq!(linked("per Odd Fjellvik", Some(b"NO")), [Some(1)]);
    assert_eq!(linked("per Odd Fjellvik", Some(b"SE")), [None]);
}

#[test]
fn agency_of_dateline_is_known_by_its_letters() {
    let credit = |body: &str| {
        let text = Text::new(body);
        let keys = keys(&text);
        let listed = vec![0; keys.len()];
        let at = (0..keys.len()).find(|&i| text.word(i) == "UPI" || text.word(i) == "OPI").unwrap();
        is_credit(&Reading { text: &text, keys: &keys, listed: &listed }, &(at..at + 1))
    };
    assert!(credit("VARDE, Norway, Aug. 11 (UPI) -- It rained."));
    assert!(credit("VARDE (UPI) \u{2014} It rained."));
    assert!(!credit("VARDE (OPI) \u{2014} It rained."));
    assert!(!credit("The agency (UPI) said it rained."));
}

#[test]
fn who_is_hardly_known_is_not_linked() {
    assert_eq!(linked("per Per Ukjent", None), [None]);
}

#[test]
fn lone_word_links_only_where_nobody_bears_it() {
    assert_eq!(linked("org Tunturi", None), [Some(4)]);
    assert_eq!(linked("org Tunturi\nper Kalle Tunturi", None), [None, None]);
}

#[test]
fn persons_in_other_cases_are_linked_and_one() {
    let name = "\u{41e}\u{440}\u{43c} \u{412}\u{430}\u{440}\u{434}\u{435}\u{43d}";
    let instrumental = "per \u{41e}\u{440}\u{43c}\u{43e}\u{43c} \u{412}\u{430}\u{440}\u{434}\u{435}\u{43d}\u{43e}\u{43c}";
    let genitive =
        "per \u{41e}\u{440}\u{43c}\u{430} \u{412}\u{430}\u{440}\u{434}\u{435}\u{43d}\u{430}";
    let both = format!("{instrumental}\n{genitive}");
    assert_eq!(links(&both, Some(b"NO"), "ru"), [(Some(27), Some(name.to_owned()))]);
    let nominative = format!("{instrumental}\nper {name}");
    assert_eq!(links(&nominative, Some(b"NO"), "ru"), [(Some(27), None)]);
    assert_eq!(links(instrumental, Some(b"NO"), "en"), [(None, None)]);
}

#[test]
fn endings_behind_an_apostrophe_are_not_of_the_name() {
    assert_eq!(links("per Orm Vardem'in", Some(b"NO"), "tr"), [(Some(28), None)]);
    assert_eq!(links("per Orm Vardem'in\nper Orm Vardem", Some(b"NO"), "tr").len(), 1);
}
