//! Groups of names, by hand.

use super::*;
use crate::tag::{Text, names::samples::named_in_turn, word_keys::keys};

/// Groups of some names, given one per line with their kind before a colon.
fn grouped(lines: &str) -> Vec<Vec<String>> {
    let kinds =
        [("per", NameKind::Person), ("org", NameKind::Organisation), ("place", NameKind::Place)];
    let text = Text::new(lines);
    let names: Vec<Name> = text
        .lines
        .iter()
        .map(|line| {
            let kind = kinds.iter().find(|(k, _)| *k == text.word(line.start)).unwrap().1;
            Name { kind, tokens: line.start + 2..line.end }
        })
        .collect();
    groups_of(&text, &names)
}

fn groups_of(text: &Text<'_>, names: &[Name]) -> Vec<Vec<String>> {
    groups_in("en", text, names)
}

/// Words of the names in each group.
fn groups_in(folder: &str, text: &Text<'_>, names: &[Name]) -> Vec<Vec<String>> {
    let keys = keys(text);
    let listed = vec![0; keys.len()];
    let reading = Reading { text, keys: &keys, listed: &listed };
    let mentions: Vec<_> =
        names.iter().map(|name| Mention { text: 0, name, located: None }).collect();
    let words = |m: &Mention<'_>| text.slice(m.name.tokens.clone()).to_owned();
    let groups = group(&[reading], &mentions, |_| 0.0, folder);
    groups.iter().map(|g| g.mentions.iter().map(words).collect()).collect()
}

#[test]
fn surname_joins_full_name_wherever_it_stands() {
    assert_eq!(
        grouped("per: Zelensky\nper: Volodymyr Zelensky\nper: Putin\nper: Zelensky"),
        [vec!["Zelensky", "Volodymyr Zelensky", "Zelensky"], vec!["Putin"]]
    );
}

/// Groups of persons' names of a language, one per line.
fn people_in(folder: &str, lines: &str) -> Vec<Vec<String>> {
    let text = Text::new(lines);
    let name = |line: &Range<usize>| Name { kind: NameKind::Person, tokens: line.clone() };
    let names: Vec<Name> = text.lines.iter().map(name).collect();
    groups_in(folder, &text, &names)
}

#[test]
fn cases_of_one_name_are_one_person() {
    for (folder, lines) in [
        ("pl", "Orla Vardowicz\nOrlą Vardowicz\nVardowicz"),
        ("pl", "Jan Vardal\nJanem Vardalem\nVardala"),
        ("cs", "Petr Vardák\nPetra Vardáka\nVardákem"),
        ("sv", "Greta Varde\nGreta Vardes\nVardes"),
        ("fi", "Matti Vardunen\nMatti Vardusen\nVardusta"),
        ("hu", "Varde Zsolt\nVarde Zsoltot\nVarde Zsoltnak"),
        ("el", "Νίκος Βαρδάκης\nΝίκου Βαρδάκη\nΒαρδάκη"),
    ] {
        assert_eq!(people_in(folder, lines).len(), 1, "{lines}");
    }
}

#[test]
fn cases_of_a_name_untold_are_one_person() {
    for (folder, lines) in [
        ("pl", "Tomaszem Vardelskim\nTomasza Vardelskiego\nVardelskiemu"),
        ("ru", "Ивана Вардунова\nИвану Вардунову\nВардуновым"),
        ("hu", "Varde Bélának\nVarde Bélával"),
    ] {
        assert_eq!(people_in(folder, lines).len(), 1, "{lines}");
    }
    assert_eq!(people_in("ru", "Ивана Вардуна\nИваном Орлуновым").len(), 2);
    assert_eq!(people_in("ru", "Петр Вардунов\nПетра Вардунова").len(), 1);
    // A man's name is no case of a woman's.
    assert_eq!(people_in("hr", "Ivana Vardića\nIvanom Vardićem\nIvana Vardić").len(), 2);
}

#[test]
fn womans_name_is_no_case_of_a_mans() {
    assert_eq!(people_in("pl", "Stanisław Varde\nStanisława Varde").len(), 2);
    assert_eq!(people_in("ru", "Александр Вардов\nАлександра Вардова").len(), 2);
    assert_eq!(people_in("en", "Greta Varde\nGreta Vardes").len(), 2);
}

#[test]
fn two_people_of_one_surname_stay_two() {
    assert_eq!(grouped("per: Bill Clinton\nper: Hillary Clinton").len(), 2);
}

/// Groups of persons' names that stand in a running text.
fn grouped_in(body: &str, names: &[&str]) -> Vec<Vec<String>> {
    let text = Text::new(body);
    groups_of(&text, &named_in_turn(&text, NameKind::Person, names))
}

#[test]
fn shared_surname_is_the_last_named_person() {
    assert_eq!(
        grouped_in(
            "Arne Lund came. Lund sat. Berit Lund came too. Lund spoke.",
            &["Arne Lund", "Lund", "Berit Lund", "Lund"]
        ),
        [vec!["Arne Lund", "Lund"], vec!["Berit Lund", "Lund"]]
    );
}

#[test]
fn lone_relative_is_not_another_of_that_forename() {
    assert_eq!(
        grouped_in(
            "Berit Lund and her husband, Arne, fell. Arne Holm came.",
            &["Berit Lund", "Arne", "Arne Holm"]
        ),
        [vec!["Berit Lund"], vec!["Arne"], vec!["Arne Holm"]]
    );
    assert_eq!(
        grouped_in(
            "Berit Lund and her son Arne Lund fell. Her son Arne sat.",
            &["Berit Lund", "Arne Lund", "Arne"]
        ),
        [vec!["Berit Lund"], vec!["Arne Lund", "Arne"]]
    );
}

#[test]
fn surname_before_others_full_name_is_another_person() {
    assert_eq!(
        grouped_in("Lund came with Berit Lund. Lund sat.", &["Lund", "Berit Lund", "Lund"]),
        [vec!["Lund", "Lund"], vec!["Berit Lund"]]
    );
    assert_eq!(
        grouped_in("Lund lost his hat. Mary Lund sat.", &["Lund", "Mary Lund"]),
        [vec!["Lund"], vec!["Mary Lund"]]
    );
}

#[test]
fn pope_has_nobodys_surname() {
    assert_eq!(
        grouped_in("Pope Arne spoke. Odd Arne sat.", &["Arne", "Odd Arne"]),
        [vec!["Arne"], vec!["Odd Arne"]]
    );
}

#[test]
fn surname_does_not_mean_person_introduced_as_relative() {
    assert_eq!(
        grouped_in(
            "Arne Lund ran. His son Odd Lund had a seat. Lund spoke.",
            &["Arne Lund", "Odd Lund", "Lund"]
        ),
        [vec!["Arne Lund", "Lund"], vec!["Odd Lund"]]
    );
    assert_eq!(
        grouped_in(
            "Berit Lund sang. Arne Lund, her father, sat. Lund spoke.",
            &["Berit Lund", "Arne Lund", "Lund"]
        ),
        [vec!["Berit Lund", "Lund"], vec!["Arne Lund"]]
    );
}

/// Who of some people each `Lund` alone is grouped with; nobody is a group of its own.
fn meant(body: &str, people: &[&str]) -> Vec<String> {
    let mut names: Vec<(usize, &str)> =
        people.iter().map(|name| (body.find(name).unwrap(), *name)).collect();
    let alone = |at: &usize| !people.iter().any(|p| body[..at + 4].ends_with(p));
    names.extend(body.match_indices("Lund").filter(|(at, _)| alone(at)));
    names.sort_unstable();
    let names: Vec<&str> = names.iter().map(|(_, name)| *name).collect();
    let groups = grouped_in(body, &names);
    groups.iter().filter(|g| g.iter().any(|n| n == "Lund")).map(|g| g[0].clone()).collect()
}

#[test]
fn bearer_told_of_beside_another_is_set_aside() {
    for body in [
        "Arne Lund, no relation of the former minister Odd Lund, voted. Lund spoke.",
        "Arne Lund, the grandson of the late painter Odd Lund, voted. Lund spoke.",
        "Arne Lund, whose uncle, former mayor Odd Lund, is ill, voted. Lund spoke.",
        "Arne Lund is not related to Odd Lund. Lund spoke.",
        "Arne Lund, unlike his predecessor Odd Lund, voted. Lund spoke.",
        "Arne Lund, who took the seat of Odd Lund, voted. Lund spoke.",
        "Unlike Odd Lund, Arne Lund voted. Lund spoke.",
        "After Odd Lund had left, Arne Lund voted. Lund spoke.",
        "Arne Lund died. He leaves a nephew, Odd Lund, a singer. Lund wrote books.",
        "Arne Lund was found. The police told Odd Lund, the father, of it. Lund was 20.",
    ] {
        assert_eq!(meant(body, &["Arne Lund", "Odd Lund"]), ["Arne Lund"], "{body}");
    }
}

#[test]
fn nobody_is_meant_where_two_are_equal() {
    let body = "Arne Lund and Odd Lund voted. Lund spoke.";
    assert_eq!(meant(body, &["Arne Lund", "Odd Lund"]), ["Lund"]);
}

#[test]
fn pronoun_behind_a_surname_tells_its_bearer() {
    let body = "James Lund voted.\nMary Lund came.\nLund had sold his first shop.";
    assert_eq!(meant(body, &["James Lund", "Mary Lund"]), ["James Lund"]);
}

#[test]
fn forename_of_two_in_one_sentence_is_nobodys() {
    let body = "Arne Lund came with Arne Berg. Arne spoke.";
    let groups = grouped_in(body, &["Arne Lund", "Arne Berg", "Arne"]);
    assert_eq!(groups.len(), 3, "{groups:?}");
}

#[test]
fn nickname_in_marks_is_no_other_name() {
    let names = ["Arne \"Ace\" Lund", "Lund", "Berit Lund"];
    let body = "Arne \"Ace\" Lund ran. Lund won. His wife, Berit Lund, saw it.";
    assert_eq!(grouped_in(body, &names), [vec!["Arne \"Ace\" Lund", "Lund"], vec!["Berit Lund"]]);
}

#[test]
fn surname_of_two_words_has_one_bearer() {
    let body = "Arne Orme-Lund died. He leaves a son, Odd Orme-Lund. Orme-Lund was 90.";
    assert_eq!(
        grouped_in(body, &["Arne Orme-Lund", "Odd Orme-Lund", "Orme-Lund"]),
        [vec!["Arne Orme-Lund", "Orme-Lund"], vec!["Odd Orme-Lund"]]
    );
}

#[test]
fn a_forename_tells_who_the_next_surname_is() {
    assert_eq!(
        grouped_in(
            "Berit Lund was born to Arne Lund and Kari Lund. Berit was 12. Lund spoke.",
            &["Berit Lund", "Arne Lund", "Kari Lund", "Berit", "Lund"]
        ),
        [vec!["Berit Lund", "Berit", "Lund"], vec!["Arne Lund"], vec!["Kari Lund"]]
    );
}

#[test]
fn title_before_surname_identifies_its_bearer() {
    assert_eq!(
        grouped_in(
            "Governor Arne Lund came. Odd Lund had a seat. Governor Lund spoke. Ms. Lund left.",
            &["Arne Lund", "Odd Lund", "Lund", "Lund"]
        ),
        [vec!["Arne Lund", "Lund", "Lund"], vec!["Odd Lund"]]
    );
    assert_eq!(
        grouped_in(
            "James Lund came with Mary Lund. Ms. Lund spoke. Then Mr. Lund did.",
            &["James Lund", "Mary Lund", "Lund", "Lund"]
        ),
        [vec!["James Lund", "Lund"], vec!["Mary Lund", "Lund"]]
    );
}

#[test]
fn surname_in_other_paragraph_is_most_mentioned_person() {
    assert_eq!(
        grouped_in(
            "Arne Lund came. Arne Lund sat.\nOdd Lund had a seat.\nLund spoke.",
            &["Arne Lund", "Arne Lund", "Odd Lund", "Lund"]
        ),
        [vec!["Arne Lund", "Arne Lund", "Lund"], vec!["Odd Lund"]]
    );
}

#[test]
fn ruler_is_nobody_of_that_surname() {
    for (body, names) in [
        ("Pope Leo died. Odd Leo wept. Leo was old.", vec!["Leo", "Odd Leo", "Leo"]),
        ("The last pope, Leo, died. Odd Leo wept.", vec!["Leo", "Odd Leo"]),
        ("Leo spoke as pope there. Odd Leo wept. Leo left.", vec!["Leo", "Odd Leo", "Leo"]),
        ("King Leo came. Odd Leo-Moor met him. Leo left.", vec!["Leo", "Odd Leo-Moor", "Leo"]),
    ] {
        let groups = grouped_in(body, &names);
        assert_eq!(groups.len(), 2, "{groups:?}");
        assert_eq!(groups[1].len(), 1, "{groups:?}");
    }
    let body = "Pope Leo died. Odd Leo wept. Mr. Leo was old.";
    let groups = grouped_in(body, &["Leo", "Odd Leo", "Leo"]);
    assert_eq!(groups[1], ["Odd Leo", "Leo"]);
}

#[test]
fn name_endings_of_several_spellings_are_one() {
    assert_eq!(
        grouped("per: Orest Varskyy\nper: Varsky\nper: Orest Varskiy"),
        [vec!["Orest Varskyy", "Varsky", "Orest Varskiy"]]
    );
}

#[test]
fn birth_name_is_no_second_person() {
    let body = "Orla Lund died. She was born Orla Ada Berg in May.";
    assert_eq!(grouped_in(body, &["Orla Lund", "Orla Ada Berg"]).len(), 1);
    let body = "Orla Lund and Orla Moe spoke. She was born Orla Ada Berg in May.";
    assert_eq!(grouped_in(body, &["Orla Lund", "Orla Moe", "Orla Ada Berg"]).len(), 3);
    let body = "Odd Lund died. To him was born Orla Ada Berg.";
    assert_eq!(grouped_in(body, &["Odd Lund", "Orla Ada Berg"]).len(), 2);
}

#[test]
fn father_and_son_in_one_sentence_are_two() {
    assert_eq!(
        grouped_in("Arne Lund and his son Arne P. Lund came.", &["Arne Lund", "Arne P. Lund"])
            .len(),
        2
    );
    assert_eq!(
        grouped_in("Arne P. Lund came. Arne Lund spoke.", &["Arne P. Lund", "Arne Lund"]).len(),
        1
    );
}

#[test]
fn acronym_joins_long_form_and_company_forms_merge() {
    assert_eq!(
        grouped("org: World Health Organization\norg: WHO\norg: Acme Corp\norg: Acme"),
        [vec!["World Health Organization", "WHO"], vec!["Acme Corp", "Acme"]]
    );
}

#[test]
fn short_form_joins_the_only_long_one() {
    assert_eq!(
        grouped("org: Orme Foods Inc\norg: Orme\norg: Orland Hornets\norg: Hornets"),
        [vec!["Orme Foods Inc", "Orme"], vec!["Orland Hornets", "Hornets"]]
    );
    assert_eq!(
        grouped("org: Berg Marine Products\norg: Berg Marine"),
        [["Berg Marine Products", "Berg Marine"]]
    );
    let group = "org: Orme Foods\norg: Orme\norg: Orme Group";
    assert_eq!(grouped(group), [vec!["Orme Foods"], vec!["Orme", "Orme Group"]]);
    let two = "org: Orland Hornets\norg: Varde Hornets\norg: Hornets";
    assert_eq!(grouped(two).len(), 3, "whose is not known");
    assert_eq!(grouped("org: Orme Foods\norg: Orme Works\norg: Orme").len(), 3);
}

#[test]
fn person_and_organisation_of_same_name_stay_two() {
    assert_eq!(grouped("per: Ford\norg: Ford").len(), 2);
}

#[test]
fn fathers_name_is_not_the_sons() {
    let two = |lines: &str| people_in("en", lines).len();
    assert_eq!(two("Odd bin Arne Al Varde\nOrm bin Odd bin Arne Al Varde"), 2);
    assert_eq!(two("Odd bin Arne\nOrm bin Odd bin Arne"), 2);
    assert_eq!(two("Odd bin Arne Al Varde\nOdd bin Arne"), 1);
    assert_eq!(two("Osmo bin Laden\nbin Laden"), 1);
    let body = "Osman bin Sall and Nora binti Osman left. Osman spoke.";
    let groups = grouped_in(body, &["Osman bin Sall", "Nora binti Osman", "Osman"]);
    assert_eq!(groups, [vec!["Osman bin Sall", "Osman"], vec!["Nora binti Osman"]]);
}

#[test]
fn husbands_first_name_is_not_the_wifes() {
    let body = "Orla Nadeem and her husband, Nadeem Berg, died. Nadeem drove.";
    let groups = grouped_in(body, &["Orla Nadeem", "Nadeem Berg", "Nadeem"]);
    assert_eq!(groups, [vec!["Orla Nadeem"], vec!["Nadeem Berg", "Nadeem"]]);
    let body = "Orla Girma and Girma Berg ran. Girma won.";
    assert_eq!(grouped_in(body, &["Orla Girma", "Girma Berg", "Girma"]).len(), 3);
}

#[test]
fn sultan_or_imam_is_nobody_of_that_surname() {
    for title in ["Sultan", "Emir", "Imam", "Sheikh"] {
        let body = format!("Minister Odd Ibrahim met {title} Ibrahim. Later {title} Ibrahim left.");
        let groups = grouped_in(&body, &["Odd Ibrahim", "Ibrahim", "Ibrahim"]);
        assert_eq!(groups, [vec!["Odd Ibrahim"], vec!["Ibrahim", "Ibrahim"]], "{title}");
    }
}

#[test]
fn team_called_like_somebody_is_nobody() {
    use NameKind::{Organisation, Person};
    let groups = |body: &str, named_: &[(NameKind, &str)]| {
        let text = Text::new(body);
        let token = |byte: usize| text.tokens.partition_point(|t| (t.start as usize) < byte);
        let named = |(kind, words): &(NameKind, &str)| {
            let from = body.find(words).unwrap();
            Name { kind: *kind, tokens: token(from)..token(from + words.len()) }
        };
        let names: Vec<Name> = named_.iter().map(named).collect();
        groups_of(&text, &names)
    };
    let body = "Lund's Carlos Berg came tenth. Jockey Anna Lund rides.";
    let named = [(Person, "Lund"), (Person, "Carlos Berg"), (Person, "Anna Lund")];
    assert_eq!(groups(body, &named), [["Carlos Berg"], ["Anna Lund"]]);
    let body = "Orme, Varde and Lund were fined. Jockey Anna Lund rides.";
    let named =
        [(Organisation, "Orme"), (Organisation, "Varde"), (Person, "Lund"), (Person, "Anna Lund")];
    assert_eq!(groups(body, &named), [["Orme"], ["Varde"], ["Anna Lund"]]);
}
