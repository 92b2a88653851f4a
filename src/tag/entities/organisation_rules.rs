//! What the shape of a name tells of organisations: two capitals around `&` are one, `A Bank and B
//! Bank` is two, a generic word, an office or an abbreviation of a thing alone is none, what ends in a noun of
//! organisations is one, and a place in a title (`Duke of`) is no place.

use std::ops::Range;

use super::{
    Name,
    labels::NameKind,
    titles::{is_small_headline_word, is_title},
};
use crate::tag::english;
use crate::tag::{Text, TokenKind};

/// Most words on either side of an `&`.
const SIDE: usize = 2;

/// Sets right the names of a text.
pub(super) fn correct(text: &Text<'_>, names: &mut Vec<Name>) {
    for name in names.iter_mut() {
        complete_office(text, name);
        if ends_as_organisation(text, name) {
            name.kind = NameKind::Organisation;
        } else if ends_as_place(text, name) || begins_as_place(text, name) {
            name.kind = NameKind::Place;
        }
    }
    names.retain(|name| {
        !is_generic(text, name)
            && !is_in_title(text, name)
            && !is_of_title(text, name)
            && !is_no_organisation(text, name)
    });
    part(text, names);
    join(text, names);
}

fn is_generic(text: &Text<'_>, name: &Name) -> bool {
    name.kind == NameKind::Organisation
        && name.tokens.len() == 1
        && english::GENERIC_ORGANISATIONS.contains_any_case(text.word(name.tokens.start))
}

/// Offices, portfolios, abbreviations of things and hours, groups of a draw, a party and its state, months.
fn is_no_organisation(text: &Text<'_>, name: &Name) -> bool {
    if name.kind == NameKind::Person || name.kind == NameKind::Other {
        return false;
    }
    let tokens = &name.tokens;
    let lower = |at: usize| text.lower(at).trim_end_matches('.');
    let first = lower(tokens.start);
    let rest = tokens.end - tokens.start - 1;
    let is_thing = || {
        let whole = text.slice(tokens.clone()).replace('.', "").to_lowercase();
        english::NO_ORGANISATIONS.contains(whole.as_str())
    };
    // `the A666`
    let is_road = || {
        let word = text.word(tokens.start);
        let digits = word.strip_prefix(['A', 'B']).unwrap_or_default();
        rest == 0 && matches!(digits.len(), 3 | 4) && digits.bytes().all(|b| b.is_ascii_digit())
    };
    if is_thing() || is_road() {
        return true;
    }
    if name.kind == NameKind::Place {
        return false;
    }
    let is_office =
        |at: usize| is_title(text.word(at)) || english::OFFICE_WORDS.contains(lower(at));
    let is_party =
        || english::PARTY_LETTERS.contains(first) && rest > 0 && text.word(tokens.start + 1) == "-";
    let is_draw = || {
        english::DRAW_WORDS.contains(first)
            && rest == 1
            && text.word(tokens.end - 1).chars().count() == 1
    };
    let is_month =
        || english::BEFORE_MONTHS.contains(first) && rest > 0 && text.word(tokens.start + 1) == "-";
    tokens.clone().all(is_office)
        || is_party()
        || is_draw()
        || is_month()
        || is_portfolio(text, tokens)
}

/// `Commissioner for Sea Trade`: what somebody is responsible for.
fn is_portfolio(text: &Text<'_>, tokens: &Range<usize>) -> bool {
    // `Labour Minister Anna Berg`
    let capital = |at: usize| {
        text.tokens.get(at).is_some_and(|_| text.word(at).starts_with(char::is_uppercase))
    };
    let office = tokens.len() < 4
        && capital(tokens.end + 1)
        && !english::GENERALS.contains(text.word(tokens.end + 1))
        && english::PORTFOLIO_HEADS.contains(text.word(tokens.end))
        && tokens.clone().all(|i| text.word(i).contains(char::is_lowercase));
    let of = tokens.start > 1
        && text.word(tokens.start - 1) == "of"
        && english::MINISTERS.contains(text.word(tokens.start - 2));
    office
        || of
        || tokens.start > 1
            && text.word(tokens.start - 1) == "for"
            && english::PORTFOLIOS.contains(text.word(tokens.start - 2))
}

/// `Office of the Inspector` goes on with `General`; `Orland State Attorney` before it is somebody's office.
fn complete_office(text: &Text<'_>, name: &mut Name) {
    let tokens = &mut name.tokens;
    if name.kind != NameKind::Organisation
        || tokens.len() < 2
        || tokens.end >= text.tokens.len()
        || !english::GENERALS.contains(text.word(tokens.end))
        || !english::BEFORE_GENERAL.contains(text.word(tokens.end - 1))
    {
        return;
    }
    if tokens.clone().any(|i| english::OFFICE_HEADS.contains(text.word(i))) {
        tokens.end += 1;
    } else {
        tokens.end -= 1;
    }
}

/// Whether people's and places' names never end as a name does: `Sandvik Infirmary`.
fn ends_as_organisation(text: &Text<'_>, name: &Name) -> bool {
    let last = || text.word(name.tokens.end - 1);
    matches!(name.kind, NameKind::Person | NameKind::Place)
        && name.tokens.len() > 1
        && last().starts_with(char::is_uppercase)
        && (english::ORGANISATION_ENDINGS.contains_any_case(last())
            || english::SCHOOL_ENDINGS.contains_any_case(last()))
}

/// `De Varde Street`, `Orme Peninsula`: whatever the words before it may be.
fn ends_as_place(text: &Text<'_>, name: &Name) -> bool {
    let last = text.word(name.tokens.end - 1);
    name.kind == NameKind::Organisation
        && name.tokens.len() > 1
        && last.starts_with(char::is_uppercase)
        && english::PLACE_ENDINGS.contains_any_case(last)
        && !english::STREETS_IN_NAMES.contains(text.word(name.tokens.end - 2))
}

/// `Lake Orland`, which is nobody.
fn begins_as_place(text: &Text<'_>, name: &Name) -> bool {
    name.kind == NameKind::Person
        && (2..=3).contains(&name.tokens.len())
        && english::PLACE_OPENINGS.contains_any_case(text.word(name.tokens.start))
}

fn is_in_title(text: &Text<'_>, name: &Name) -> bool {
    let at = name.tokens.start;
    name.kind == NameKind::Place
        && at > 1
        && text.word(at - 1) == "of"
        && text.word(at - 2).starts_with(char::is_uppercase)
        && english::RANKS.contains_any_case(text.word(at - 2))
}

/// `Duchess`, `of Orland`: the parts of a title that the recogniser takes for somebody's name.
fn is_of_title(text: &Text<'_>, name: &Name) -> bool {
    let first = text.word(name.tokens.start);
    let next = text.word_or_empty(name.tokens.end);
    name.kind == NameKind::Person
        && (first == "of" || name.tokens.len() == 1 && next == "of" && is_title(first))
}

/// Parts `Bank of A and B Bank`: both sides have a noun of their own.
fn part(text: &Text<'_>, names: &mut Vec<Name>) {
    let mut at = 0;
    while at < names.len() {
        let Name { kind, tokens } = names[at].clone();
        let and = tokens.clone().rev().find(|&i| text.word(i) == "and");
        if kind == NameKind::Organisation
            && let Some(and) = and
            && is_whole(text, tokens.start..and)
            && is_whole(text, and + 1..tokens.end)
        {
            names[at].tokens = tokens.start..and;
            let start = if text.word(and + 1) == "the" { and + 2 } else { and + 1 };
            names.insert(at + 1, Name { kind, tokens: start..tokens.end });
        }
        at += 1;
    }
}

fn is_whole(text: &Text<'_>, tokens: Range<usize>) -> bool {
    let head = |at: usize| english::ORGANISATION_NOUNS.contains_any_case(text.word(at));
    tokens.len() > 1
        && (head(tokens.end - 1)
            || head(tokens.start) && tokens.len() > 2 && text.word(tokens.start + 1) == "of")
}

/// Makes one organisation of the capitalised words around an `&`.
fn join(text: &Text<'_>, names: &mut Vec<Name>) {
    for at in 1..text.tokens.len().saturating_sub(1) {
        if text.word(at) != "&" || text.tokens[at].kind != TokenKind::Mark {
            continue;
        }
        let Some(tokens) = around(text, at) else { continue };
        // Two whole people are two: `Anna Berg & Karl Stein`.
        let whole = |n: &&Name| {
            n.kind == NameKind::Person
                && n.tokens.len() > 1
                && (n.tokens.end == at || n.tokens.start == at + 1)
        };
        if names.iter().filter(whole).count() == 2 {
            continue;
        }
        let (mut start, mut end) = (tokens.start, tokens.end);
        for name in names.iter().filter(|n| n.kind == NameKind::Organisation) {
            if name.tokens.start < end && start < name.tokens.end {
                start = start.min(name.tokens.start);
                end = end.max(name.tokens.end);
            }
        }
        names.retain(|n| n.tokens.end <= start || end <= n.tokens.start);
        let place = names.partition_point(|n| n.tokens.start < start);
        names.insert(place, Name { kind: NameKind::Organisation, tokens: start..end });
    }
}

/// The capitalised words before and after an `&`.
fn around(text: &Text<'_>, and: usize) -> Option<Range<usize>> {
    let capital = |at: usize| {
        let word = text.word(at);
        text.tokens[at].kind == TokenKind::Word
            && word.starts_with(char::is_uppercase)
            && !is_title(word)
            && !is_small_headline_word(word)
    };
    let line = text.line_of(and)?;
    let mut start = and;
    while start > line.start && and - start < SIDE && capital(start - 1) {
        start -= 1;
    }
    let mut end = and + 1;
    while end < line.end && end - and - 1 < SIDE && capital(end) {
        end += 1;
    }
    // `Q & A` and `R & B` name nothing.
    let long = |range: Range<usize>| range.clone().any(|i| text.word(i).chars().count() > 1);
    (start < and && end > and + 1 && (long(start..and) || long(and + 1..end))).then_some(start..end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tag::names::samples::{named, written};

    fn corrected(body: &str, found: &[(NameKind, &str)]) -> Vec<String> {
        let text = Text::new(body);
        let mut names = named(&text, found);
        correct(&text, &mut names);
        written(&text, &names)
    }

    #[test]
    fn capitals_around_an_ampersand_are_one_organisation() {
        assert_eq!(
            corrected(
                "Hollis & Varn fell, and so did Orme & Tait.",
                &[(NameKind::Person, "Hollis"), (NameKind::Place, "Tait")]
            ),
            ["Organisation Hollis & Varn", "Organisation Orme & Tait"]
        );
        assert_eq!(corrected("A long Q & A followed.", &[]), [""; 0]);
    }

    #[test]
    fn a_road_is_no_organisation() {
        let studio = corrected("The A24 is here.", &[(NameKind::Organisation, "A24")]);
        assert_eq!(studio, ["Organisation A24"]);
        let found = corrected("The A666 is shut.", &[(NameKind::Organisation, "A666")]);
        assert_eq!(found, [""; 0]);
    }

    #[test]
    fn parts_of_a_title_are_nobody() {
        let found = [(NameKind::Person, "Duchess"), (NameKind::Person, "of Orland")];
        assert_eq!(corrected("The Duchess of Orland came.", &found), [""; 0]);
        let one = [(NameKind::Person, "Duke")];
        assert_eq!(corrected("It was Duke who came.", &one), ["Person Duke"]);
    }

    #[test]
    fn a_lake_is_nobody() {
        let person = |name| corrected("They sailed on Lake Orland.", &[(NameKind::Person, name)]);
        assert_eq!(person("Lake Orland"), ["Place Lake Orland"]);
        assert_eq!(person("Orland"), ["Person Orland"]);
    }

    #[test]
    fn two_whole_people_around_an_ampersand_stay_two() {
        assert_eq!(
            corrected(
                "Words by Anna Holm & Karl Stein.",
                &[(NameKind::Person, "Anna Holm"), (NameKind::Person, "Karl Stein")]
            ),
            ["Person Anna Holm", "Person Karl Stein"]
        );
    }

    #[test]
    fn two_organisations_joined_by_and_are_two() {
        let whole = "Bank of Orland and Feldmark Bank";
        assert_eq!(
            corrected(
                "The Bank of Orland and Feldmark Bank met.",
                &[(NameKind::Organisation, whole)]
            ),
            ["Organisation Bank of Orland", "Organisation Feldmark Bank"]
        );
        let one = "Ministry of Food and Rural Affairs";
        assert_eq!(
            corrected("The Ministry of Food and Rural Affairs.", &[(NameKind::Organisation, one)]),
            ["Organisation Ministry of Food and Rural Affairs"]
        );
    }

    #[test]
    fn offices_and_abbreviations_of_things_are_no_organisations() {
        let none = |body: &str, words: &str| {
            assert_eq!(corrected(body, &[(NameKind::Organisation, words)]), [""; 0], "{body}");
        };
        none("The Managing Director left.", "Managing Director");
        none("He left at 10 GMT today.", "GMT");
        none("Orland won in Group C again.", "Group C");
        none("Anna Berg, R-Wis., left.", "R-Wis.");
        none("The High Commissioner for Sea Trade left.", "Sea Trade");
        none("Labour Minister Anna Berg spoke.", "Labour");
        none("The Minister of Sea Trade spoke.", "Sea Trade");
        let alliance = "The OATN Secretary General Odd Berg spoke.";
        assert_eq!(corrected(alliance, &[(NameKind::Organisation, "OATN")]), ["Organisation OATN"]);
        let kept = corrected("The GMTV left.", &[(NameKind::Organisation, "GMTV")]);
        assert_eq!(kept, ["Organisation GMTV"]);
    }

    #[test]
    fn organisation_noun_ending_makes_an_organisation() {
        let found =
            [(NameKind::Person, "Sandvik Royal Infirmary"), (NameKind::Person, "Ada Church")];
        assert_eq!(
            corrected("Sandvik Royal Infirmary treated Ada Church.", &found),
            ["Organisation Sandvik Royal Infirmary", "Person Ada Church"]
        );
        let found = [(NameKind::Place, "North Sea Council")];
        assert_eq!(
            corrected("The North Sea Council met.", &found),
            ["Organisation North Sea Council"]
        );
        let found = [(NameKind::Organisation, "De Varde Street")];
        assert_eq!(corrected("They met in De Varde Street.", &found), ["Place De Varde Street"]);
    }

    #[test]
    fn office_is_named_whole_or_not_at_all() {
        let found = [(NameKind::Organisation, "Office of the Inspector")];
        assert_eq!(
            corrected("The Office of the Inspector General wrote.", &found),
            ["Organisation Office of the Inspector General"]
        );
        let found = [(NameKind::Organisation, "Orland State Attorney")];
        assert_eq!(
            corrected("Orland State Attorney General Anna Berg wrote.", &found),
            ["Organisation Orland State"]
        );
    }

    #[test]
    fn generic_words_and_title_places_are_no_names() {
        assert_eq!(
            corrected(
                "The Council heard the Bishop of Wells in Wells.",
                &[(NameKind::Organisation, "Council"), (NameKind::Place, "Wells")]
            ),
            [""; 0]
        );
    }
}
