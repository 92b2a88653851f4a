//! What Wikidata's names and the shape of a sentence tell of names that the recogniser left out, cut
//! short or took for another kind.
//!
//! A name of several words that a prominent item bears is that item's kind; a word alone only where the
//! recogniser saw a name already and nothing in the story speaks against it. Lists and scores tell the
//! kind of what stands in them. Nothing is claimed in a line whose words all have capitals.

mod lists;
mod shapes;
mod uncased;
mod whole_names;

use std::ops::Range;

use foldhash::HashSet;

use super::{
    Name,
    entity_base::{self, EntityBase, Item, extend, phrase_end},
    gazetteer_rules::NamedText,
    labels::NameKind,
    titles::is_title,
};
use crate::tag::english;
use crate::tag::{
    Text, TokenKind,
    document::Splitting,
    names::{overlapping, put},
    places::gazetteer::{Class, Gazetteer, Match},
    word_keys::HYPHEN,
};
use crate::unicode;
use whole_names::{join_lands, join_particles, part_possessives};

/// Marks inside names; the last two part a foreigner's names in Chinese and Japanese.
const NAME_MARKS: [&str; 7] = ["&", "-", "'", ".", "\u{2019}", "\u{b7}", "\u{30fb}"];
/// Most tokens of a name that is looked up.
const MOST: usize = 7;
/// Least prior of an organisation of several words that claims words in no name.
const UNSEEN: f32 = 1.2;
/// Least prior of an organisation of several words that claims names of other kinds.
const SEEN: f32 = 0.5;
/// Least prior of an organisation that claims a place of its name in another language than English.
const BEFORE_PLACE: f32 = 2.0;
/// Least prior of an organisation that a word alone means.
const LONE: f32 = 2.2;
/// The same beside another organisation.
const LONE_BESIDE: f32 = 1.2;
/// Least prior of a person who claims words in no name.
const PERSON: f32 = 0.5;
/// How much better known one kind's item must be than the other's to decide.
const LEAD: f32 = 1.5;
/// Fewest people of a city that a company is not called after.
const CITY: u32 = 50_000;

/// Sets right the names of a story's texts by what is known of names.
pub(super) fn correct(base: &EntityBase, gazetteer: &Gazetteer, texts: &mut [NamedText<'_>]) {
    let parts: HashSet<u64> = texts.iter().flat_map(NamedText::parts_of_people).collect();
    for found in texts {
        let lines: Vec<Range<usize>> = found.text.lines.clone();
        for line in lines {
            let shouted = is_headline(found.text, &line);
            part_possessives(found, &line);
            join_particles(found, &line);
            join_lands(gazetteer, found, &line);
            if !shouted {
                claim_known(base, gazetteer, found, &line, &parts);
            }
            shapes::claim(found, &line, shouted);
            lists::correct_scores(found, &line);
            lists::correct_lists(base, found, &line, &parts);
            lists::correct_people(base, found, &line);
        }
    }
}

/// Sets right the names of several words in a text of another language than English. Words in small letters may be of a
/// name (`Commissione europea`) where the recogniser saw one in it.
pub(super) fn correct_elsewhere(
    base: &EntityBase,
    gazetteer: &Gazetteer,
    found: &mut NamedText<'_>,
    splitting: &Splitting,
) {
    for line in found.text.lines.clone() {
        if is_headline(found.text, &line) {
            continue;
        }
        let mut at = line.start;
        while at < line.end {
            let starts = splitting.uncased && found.text.tokens[at].kind == TokenKind::Word
                || is_capital(found.text, at) && !(at > line.start && found.keys[at - 1] == HYPHEN);
            let tokens = at..line.end.min(at + MOST);
            let known = match (starts, splitting.uncased) {
                (false, _) => None,
                (true, true) => uncased::longest(base, found, at..line.end, splitting.characters),
                (true, false) => longest(base, found, tokens, true),
            };
            let claimed = known.and_then(|(tokens, bearers)| {
                let end = tokens.end;
                let claimed = match splitting.uncased {
                    true => uncased::claim(gazetteer, found, tokens, &bearers),
                    false => claim_elsewhere(gazetteer, found, tokens, &bearers),
                };
                claimed.then_some(end)
            });
            at = claimed.unwrap_or(at + 1);
        }
    }
}

/// Gives a name of several words its kind by who bears it; parts from a person what was run together with the name.
fn claim_elsewhere(
    gazetteer: &Gazetteer,
    found: &mut NamedText<'_>,
    tokens: Range<usize>,
    bearers: &Bearers,
) -> bool {
    let words = tokens.clone().filter(|&i| found.text.tokens[i].kind == TokenKind::Word).count();
    let over = overlapping(found.names, &tokens);
    // `Le bus`, `O Amazonas`: an article opens the sentence; `J.-C.` are initials.
    let opens =
        found.text.sentences.binary_search_by_key(&tokens.start, |sentence| sentence.start).is_ok();
    let letters =
        |i: usize| found.text.word(i).chars().filter(|c| unicode::is_alphabetic(*c)).count();
    if opens && letters(tokens.start) < 4 || tokens.clone().filter(|&i| letters(i) > 1).count() < 2
    {
        return false;
    }
    let is_place = |n: &Name| n.kind == NameKind::Place && n.tokens == tokens;
    if bearers.organisation < BEFORE_PLACE && found.names[over.clone()].iter().any(is_place) {
        return false;
    }
    let loud = |i: usize| is_capital(found.text, i) || found.text.word(i).chars().count() < 4;
    if words < 2 || over.is_empty() && !tokens.clone().all(loud) {
        return false;
    }
    if let [name] = &mut found.names[over]
        && name.tokens.start < tokens.start
        && name.tokens.end == tokens.end
        && matches!(name.kind, NameKind::Person | NameKind::Organisation)
        && bearers.organisation == 0.0
        && bearers.person >= PERSON
    {
        // `Orlanii Anna Holm`: the front may be a country, which the lists tell.
        name.tokens.end = tokens.start;
        name.kind = NameKind::Organisation;
        let at = found.names.partition_point(|n| n.tokens.start < tokens.start);
        found.names.insert(at, Name { kind: NameKind::Person, tokens });
        return true;
    }
    claim_one(gazetteer, found, tokens, bearers, &HashSet::default())
}

fn word<'t>(text: &Text<'t>, at: usize, line: &Range<usize>) -> &'t str {
    if line.contains(&at) { text.word(at) } else { "" }
}

fn is_capital(text: &Text<'_>, at: usize) -> bool {
    text.tokens[at].kind == TokenKind::Word && text.is_capital(at)
}

/// Whether nearly all of a line's words have capitals.
fn is_headline(text: &Text<'_>, line: &Range<usize>) -> bool {
    let (mut capitals, mut words) = (0, 0);
    for at in line.clone() {
        if text.tokens[at].kind == TokenKind::Word && text.word(at).chars().nth(3).is_some() {
            words += 1;
            capitals += usize::from(is_capital(text, at));
        }
    }
    let closed = line.clone().next_back().is_some_and(|at| text.word(at) == ".");
    words >= 4 && !closed && capitals * 10 >= words * 8
}

/// The name that starts at a token, of names in their order.
fn starting(names: &[Name], at: usize) -> Option<&Name> {
    names[names.partition_point(|n| n.tokens.start < at)..].first().filter(|n| n.tokens.start == at)
}

/// The name that ends before a token.
fn ending(names: &[Name], end: usize) -> Option<&Name> {
    names[names.partition_point(|n| n.tokens.end < end)..].first().filter(|n| n.tokens.end == end)
}

/// The place name of the gazetteer that starts at a token.
fn match_at(matches: &[Match], at: usize) -> Option<&Match> {
    let first = matches.partition_point(|m| m.tokens.start < at);
    matches[first..].first().filter(|m| m.tokens.start == at)
}

/// The best known organisation and person of a name.
#[derive(Default)]
struct Bearers {
    organisation: f32,
    /// Of an organisation whose own name it is.
    own: f32,
    person: f32,
}

impl Bearers {
    fn of(items: impl Iterator<Item = (Item, bool)>) -> Option<Self> {
        let mut bearers = Self::default();
        let mut any = false;
        for (item, main) in items {
            any = true;
            // Another of an item's names says less than its own.
            let prior = item.prior + 0.2 - if main { 0.0 } else { 0.5 };
            match item.kind {
                NameKind::Person => bearers.person = bearers.person.max(prior),
                _ => {
                    bearers.organisation = bearers.organisation.max(prior);
                    if main {
                        bearers.own = bearers.own.max(prior);
                    }
                }
            }
        }
        any.then_some(bearers)
    }
}

fn claim_known(
    base: &EntityBase,
    gazetteer: &Gazetteer,
    found: &mut NamedText<'_>,
    line: &Range<usize>,
    parts: &HashSet<u64>,
) {
    let mut at = line.start;
    while at < line.end {
        let starts =
            is_capital(found.text, at) && !(at > line.start && found.keys[at - 1] == HYPHEN);
        let known =
            if starts { longest(base, found, at..line.end.min(at + MOST), false) } else { None };
        let claimed = known.and_then(|(tokens, bearers)| {
            let end = tokens.end;
            claim_one(gazetteer, found, tokens, &bearers, parts).then_some(end)
        });
        at = claimed.unwrap_or(at + 1);
    }
}

/// The longest name of an item that starts at a token; `small` where it may have words in small letters, whatever they are.
fn longest(
    base: &EntityBase,
    found: &NamedText<'_>,
    tokens: Range<usize>,
    small: bool,
) -> Option<(Range<usize>, Bearers)> {
    let text = found.text;
    let mut best = None;
    let mut hash = 0;
    for at in tokens.clone() {
        let mark = text.tokens[at].kind == TokenKind::Mark;
        if mark && !NAME_MARKS.contains(&text.word(at)) {
            break;
        }
        hash = extend((at > tokens.start).then_some(hash), found.keys[at]);
        // `Orla Ching-te`
        let joined = at > tokens.start && found.keys[at - 1] == HYPHEN && !mark;
        if is_capital(text, at)
            || joined
            || small && !mark
            || text.tokens[at].kind == TokenKind::Clitic
        {
            let whole = at + 1 >= found.keys.len() || found.keys[at + 1] != HYPHEN;
            if let Some(bearers) = Bearers::of(base.items(phrase_end(hash))).filter(|_| whole) {
                best = Some((tokens.start..at + 1, bearers));
            }
        } else if !mark && !english::INSIDE_NAMES.contains(text.word(at)) {
            break;
        }
    }
    best
}

/// Gives a name its kind by who bears it; whether it did.
fn claim_one(
    gazetteer: &Gazetteer,
    found: &mut NamedText<'_>,
    tokens: Range<usize>,
    bearers: &Bearers,
    parts: &HashSet<u64>,
) -> bool {
    let words = tokens.clone().filter(|&i| found.text.tokens[i].kind == TokenKind::Word).count();
    let over = overlapping(found.names, &tokens);
    let names = &found.names[over];
    if names.iter().any(|n| n.tokens.start < tokens.start || n.tokens.end > tokens.end) {
        return false;
    }
    let same = match_at(found.matches, tokens.start).filter(|m| m.tokens == tokens);
    let place = same.is_some_and(|one| {
        one.places.iter().map(|p| gazetteer.place(*p)).any(|p| match p.class {
            Class::City => p.population >= CITY,
            Class::County => false,
            Class::Country | Class::Division | Class::Region | Class::Demonym => true,
        })
    });
    if place || is_part_of_land(gazetteer, found, &tokens) {
        return false;
    }
    let organisation = bearers.organisation >= bearers.person + LEAD
        || bearers.person == 0.0 && bearers.organisation > 0.0;
    if words > 1 {
        let least = if names.is_empty() { UNSEEN } else { SEEN };
        if organisation && bearers.organisation >= least {
            put(found.names, NameKind::Organisation, tokens);
            return true;
        }
        let person = bearers.organisation == 0.0
            && bearers.person >= PERSON
            && !is_title(found.text.word(tokens.start))
            && tokens.clone().all(|i| !matches!(found.text.word(i), "of" | "the"));
        if person
            && names.iter().all(|n| n.kind != NameKind::Place || n.tokens.len() < tokens.len())
        {
            put(found.names, NameKind::Person, tokens);
            return true;
        }
        return false;
    }
    // A word alone: what is a name already, of a person who is not told of otherwise, and what
    // stands beside an organisation.
    if !organisation || parts.contains(&found.keys[tokens.start]) {
        return false;
    }
    let beside = is_beside(found, &tokens);
    let least = if beside { LONE_BESIDE } else { LONE };
    let may = match names {
        [] => beside,
        [Name { kind, tokens: own }] => {
            matches!(kind, NameKind::Person | NameKind::Other)
                && *own == tokens
                && !found.is_addressed(&tokens)
        }
        _ => false,
    };
    if may && bearers.own >= least {
        put(found.names, NameKind::Organisation, tokens);
        return true;
    }
    false
}

/// `West Orland`: a part of a country or of a division of one.
fn is_part_of_land(gazetteer: &Gazetteer, found: &NamedText<'_>, tokens: &Range<usize>) -> bool {
    let is_land = |one: &Match| {
        let places = || one.places.iter().map(|p| gazetteer.place(*p));
        one.tokens.end == tokens.end
            && places().any(|p| matches!(p.class, Class::Country | Class::Division))
    };
    english::PARTS.contains(found.text.lower(tokens.start))
        && match_at(found.matches, tokens.start + 1).is_some_and(is_land)
}

/// Whether a word is joined to an organisation, or whoever follows is its: `Reliance's Asha Rao`.
fn is_beside(found: &NamedText<'_>, tokens: &Range<usize>) -> bool {
    let joins = |at: usize| matches!(found.text.word(at), "," | "and" | "or");
    let is = |kind: NameKind, name: Option<&Name>| name.is_some_and(|n| n.kind == kind);
    let len = found.text.tokens.len();
    let before = tokens.start > 1
        && joins(tokens.start - 1)
        && is(NameKind::Organisation, ending(found.names, tokens.start - 1));
    let after = tokens.end + 1 < len
        && joins(tokens.end)
        && is(NameKind::Organisation, starting(found.names, tokens.end + 1));
    let owner = tokens.end + 1 < len
        && found.text.tokens[tokens.end].kind == TokenKind::Clitic
        && is(NameKind::Person, starting(found.names, tokens.end + 1));
    before || after || owner
}

#[cfg(test)]
mod tests {
    use super::super::entity_base::{Rarity, Row, build};
    use super::*;
    use crate::tag::{
        names::samples::{named, written},
        places::gazetteer,
        word_keys::keys,
    };

    fn base() -> EntityBase {
        let row = |number, kind, prior, names: &[&str]| Row {
            item: Item { number, kind, country: [0; 2], prior, rarity: Rarity::Usual, fields: 0 },
            names: names.iter().map(|n| (*n).to_owned()).collect(),
        };
        use NameKind::{Organisation, Person};
        let rows = [
            row(1, Organisation, 5.0, &["Vardebank"]),
            row(2, Organisation, 3.0, &["Orme Valley Rovers"]),
            row(3, Person, 3.0, &["Odd Fjellvik"]),
            row(4, Person, 5.0, &["\u{5965}\u{5c14}\u{59c6}", "\u{5965}\u{5c14}"]),
        ];
        EntityBase::from_bytes(build(&rows)).unwrap()
    }

    /// The names of a text after the rules, of those found before.
    fn corrected(body: &str, before: &[(NameKind, &str)]) -> Vec<String> {
        mended(body, before, |gazetteer, found| correct(&base(), gazetteer, found))
    }

    /// The same by those of other languages.
    fn corrected_elsewhere(body: &str, before: &[(NameKind, &str)]) -> Vec<String> {
        mended(body, before, |gazetteer, found| {
            correct_elsewhere(&base(), gazetteer, &mut found[0], Splitting::of("it"));
        })
    }

    fn mended(
        body: &str,
        before: &[(NameKind, &str)],
        mend: impl Fn(&Gazetteer, &mut [NamedText<'_>]),
    ) -> Vec<String> {
        let text = Text::new(body);
        let mut names = named(&text, before);
        let keys = keys(&text);
        let gazetteer = Gazetteer::from_bytes(gazetteer::build(&[], &[], &[])).unwrap();
        let mut found = [NamedText { text: &text, keys: &keys, matches: &[], names: &mut names }];
        mend(&gazetteer, &mut found);
        written(&text, &names)
    }

    use NameKind::{Organisation, Person, Place};

    #[test]
    fn several_word_names_are_found_in_other_languages() {
        let found = corrected_elsewhere(
            "Prezydent Orlanii Odd Fjellvik",
            &[(Organisation, "Orlanii Odd Fjellvik")],
        );
        assert_eq!(found, ["Organisation Orlanii", "Person Odd Fjellvik"]);
        let found = corrected_elsewhere("la Orme valley rovers ha", &[(Place, "Orme")]);
        assert_eq!(found, ["Organisation Orme valley rovers"]);
        // A hyphen is no end of a name, and an article opens none.
        let found = corrected_elsewhere("ha Orme Valley Rovers-kamp", &[]);
        assert_eq!(found, [""; 0]);
        // Small words that the recogniser saw no name in, and a word alone.
        assert_eq!(corrected_elsewhere("la Orme valley rovers ha", &[]), [""; 0]);
        assert_eq!(
            corrected_elsewhere("ha Vardebank", &[(Person, "Vardebank")]),
            ["Person Vardebank"]
        );
    }

    #[test]
    fn well_known_names_are_found_without_capitals() {
        let found = |body, before: &[(NameKind, &str)]| {
            mended(body, before, |gazetteer, found| {
                let splitting = Splitting::of("zh");
                correct_elsewhere(&base(), gazetteer, &mut found[0], splitting);
            })
        };
        let whole = "\u{6628}\u{5929}\u{5965}\u{5c14}\u{59c6}\u{8bf4}";
        let name = "Person \u{5965}\u{5c14}\u{59c6}";
        assert_eq!(found(whole, &[]), [name]);
        assert_eq!(found(whole, &[(Organisation, "\u{5c14}\u{59c6}")]), [name]);
        let longer = (Place, "\u{5c14}\u{59c6}\u{8bf4}");
        assert_eq!(found(whole, &[longer]), ["Place \u{5c14}\u{59c6}\u{8bf4}"]);
        // Two characters are other words as well.
        assert_eq!(found("\u{6628}\u{5929}\u{5965}\u{5c14}\u{8bf4}", &[]), [""; 0]);
    }

    #[test]
    fn known_name_of_several_words_is_found() {
        assert_eq!(
            corrected(
                "Fans of Orme Valley Rovers met Odd Fjellvik there.",
                &[(Place, "Orme Valley")]
            ),
            ["Organisation Orme Valley Rovers", "Person Odd Fjellvik"]
        );
    }

    #[test]
    fn known_lone_word_is_organisation_unless_persons_name() {
        let one = "They work for Vardebank in the north.";
        assert_eq!(corrected(one, &[(Person, "Vardebank")]), ["Organisation Vardebank"]);
        let two = "Karl Vardebank came late. Then Vardebank spoke of the north.";
        let names = [(Person, "Karl Vardebank")];
        assert_eq!(corrected(two, &names), ["Person Karl Vardebank"]);
    }

    #[test]
    fn the_teams_of_scores_are_organisations() {
        assert_eq!(
            corrected("Results: Tarnby 2 Holm City 1, Ost 0 Vik 3.", &[(Person, "Ost")]),
            [
                "Organisation Tarnby",
                "Organisation Holm City",
                "Organisation Ost",
                "Organisation Vik"
            ]
        );
        assert_eq!(corrected("On page 12 and in May 2 were seen.", &[]), [""; 0]);
    }

    #[test]
    fn particles_belong_to_a_persons_name() {
        assert_eq!(
            corrected("We saw Anna von der Linde there.", &[(Person, "Anna")]),
            ["Person Anna von der Linde"]
        );
    }

    #[test]
    fn ministries_offices_and_broadcasters_are_organisations() {
        assert_eq!(
            corrected("They told Labour MP Odd Fjellvik.", &[]),
            ["Organisation Labour", "Person Odd Fjellvik"]
        );
        assert_eq!(
            corrected(
                "The Ministry of Roads and the Home Office spoke to Radio Orland.",
                &[(Place, "Orland")]
            ),
            [
                "Organisation Ministry of Roads",
                "Organisation Home Office",
                "Organisation Radio Orland"
            ]
        );
    }

    #[test]
    fn known_company_ends_a_list_of_companies() {
        let two = [(Organisation, "Orme Works"), (Organisation, "Solma Works")];
        let kept = ["Organisation Orme Works", "Organisation Solma Works"];
        let last = |body: &str, name| {
            let found = corrected(body, &[two[0], two[1], (Place, name)]);
            assert_eq!(found[..2], kept, "{body}");
            found[2].clone()
        };
        let known = last("Orme Works, Solma Works and Vardebank fell.", "Vardebank");
        assert_eq!(known, "Organisation Vardebank");
        assert_eq!(last("Orme Works, Solma Works and Holm fell.", "Holm"), "Place Holm");
    }

    #[test]
    fn whoever_is_listed_between_people_is_one() {
        assert_eq!(
            corrected(
                "There were Anna Holm, Karl Stein, Mara Lind Ruud and Cor Berg too.",
                &[
                    (Person, "Anna Holm"),
                    (Person, "Karl Stein"),
                    (Person, "Ruud"),
                    (Organisation, "Cor Berg")
                ]
            ),
            ["Person Anna Holm", "Person Karl Stein", "Person Mara Lind Ruud", "Person Cor Berg"]
        );
    }

    #[test]
    fn a_people_and_its_body_are_one_organisation() {
        let place = gazetteer::Place {
            geonames: 1,
            wikidata: 0,
            class: Class::Demonym,
            country: *b"OR",
            division: 0,
            lat: 1.0,
            lon: 1.0,
            population: 1,
        };
        let bytes = gazetteer::build(&[place], &[("Orlandish".to_owned(), 0)], &[]);
        let gazetteer = Gazetteer::from_bytes(bytes).unwrap();
        let text = Text::new("The Orlandish Senate met.");
        let keys = keys(&text);
        let matches = gazetteer.matches(&text, &keys);
        let mut names = vec![Name { kind: Organisation, tokens: 2..3 }];
        let mut found =
            [NamedText { text: &text, keys: &keys, matches: &matches, names: &mut names }];
        correct(&base(), &gazetteer, &mut found);
        assert_eq!(names, [Name { kind: Organisation, tokens: 1..3 }]);
    }

    #[test]
    fn nothing_is_claimed_in_a_headline() {
        assert_eq!(corrected("Home Office Staff Walk Out After Long Dispute", &[]), [""; 0]);
    }
}
