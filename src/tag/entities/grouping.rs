//! Names to things: one entry per person, organisation and place of a story, however it is called.
//!
//! Refuses to make one of two where the story leaves it open: two people under one Wikidata item would be a false
//! statement about a person, while one person in two entries is only untidy.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::LazyLock;

use super::{
    Name, Reading,
    labels::NameKind,
    namesakes::{Bearers, MentionContext},
};
use crate::lang;
use crate::tag::{
    TokenKind, english, feature_hash,
    places::{endings, story_places::Located},
    word_keys::{self, HYPHEN},
};

/// A name with its text.
#[derive(Clone, Copy, Debug)]
pub struct Mention<'a> {
    /// Which of the story's texts.
    pub text: usize,
    /// The name.
    pub name: &'a Name,
    /// Where it is, for places and organisations named after one.
    pub located: Option<Located>,
}

/// What one thing is called in a story.
#[derive(Debug)]
pub struct Group<'a> {
    /// What sort of thing.
    pub kind: NameKind,
    /// Its names, in the story's order.
    pub mentions: Vec<Mention<'a>>,
    /// The mention with its fullest name.
    pub fullest: usize,
}

/// Groups the names of persons, organisations and places, in order of their first mention; `prominence` is how well
/// known the best known person of a name is, `folder` that of the language.
#[must_use]
pub fn group<'a>(
    texts: &[Reading<'_>],
    mentions: &[Mention<'a>],
    prominence: impl Fn(&[u64]) -> f32,
    folder: &str,
) -> Vec<Group<'a>> {
    let mut spelled: Vec<Vec<u64>> = mentions.iter().map(|m| words(texts, m)).collect();
    let declined = decline(texts, mentions, &mut spelled, folder);
    let mut groups = Groups::default();
    // Long names first, so that short ones find them wherever they stand.
    let mut order: Vec<usize> = (0..mentions.len()).collect();
    // `Orme Group` before Orme: it is not short for Orme Foods.
    let has_form = |i: usize| form_of(texts, &mentions[i]);
    order.sort_by_key(|&i| (std::cmp::Reverse(spelled[i].len()), !has_form(i), i));
    for i in order {
        let (mention, words) = (&mentions[i], &spelled[i]);
        let group = match mention.name.kind {
            NameKind::Person => {
                let sight = MentionContext::of(
                    &texts[mention.text],
                    (mention.text, &mention.name.tokens),
                    i,
                );
                groups.person(words, sight, &prominence)
            }
            // A town's name is not short for each of its bodies.
            NameKind::Organisation
                if words.len() == 1 && (mention.located.is_some() || has_form(i)) =>
            {
                groups.organisation_of_its_own(words)
            }
            NameKind::Organisation => groups.organisation(words, &initials(texts, mention)),
            NameKind::Place => groups.place(words, mention.located),
            NameKind::Other => continue,
        };
        groups.members[group].push(i);
    }
    let mut out: Vec<Group<'a>> = groups
        .members
        .into_iter()
        .map(|mut members| {
            members.sort_unstable();
            let fullest = (0..members.len())
                .max_by_key(|&m| {
                    // A name that is a place's own whole comes before one with words around it.
                    let whole = mentions[members[m]].located.is_some_and(|l| l.whole);
                    let own = !declined[members[m]];
                    (whole, spelled[members[m]].len(), own, std::cmp::Reverse(m))
                })
                .unwrap_or_default();
            let mentions: Vec<_> = members.iter().map(|&i| mentions[i]).collect();
            Group { kind: mentions[fullest].name.kind, mentions, fullest }
        })
        .collect();
    out.sort_by_key(|g| (g.mentions[0].text, g.mentions[0].name.tokens.start));
    out
}

/// The keys of a name's words; hyphens left out.
fn words(texts: &[Reading<'_>], mention: &Mention<'_>) -> Vec<u64> {
    let reading = &texts[mention.text];
    let tokens = mention.name.tokens.clone();
    // `Arne "Ace" Lund` is Arne Lund.
    let nickname = nickname(reading, &tokens);
    let mut keys: Vec<u64> = tokens
        .clone()
        .filter(|i| reading.keys[*i] != HYPHEN && !nickname.contains(i))
        .map(|i| reading.keys[i])
        .collect();
    if mention.name.kind == NameKind::Person {
        let last = tokens.end - 1;
        if let (Some(key), Some(other)) = (keys.last_mut(), other_ending(reading.text.word(last))) {
            *key = word_keys::key(&other, TokenKind::Word, &mut Vec::new());
        }
    }
    if keys.len() > 1 && form_of(texts, mention) {
        keys.pop();
    }
    keys
}

/// Gives people in inflected forms the words of the name that the story has for them elsewhere (`Orlandem Berglem` of Orland
/// Bergel), and tells which these are. A name of several words is a form of the whole of another; a man's in the genitive may
/// be a woman's: then the last word must have an ending, too.
fn decline(
    texts: &[Reading<'_>],
    mentions: &[Mention<'_>],
    spelled: &mut [Vec<u64>],
    folder: &str,
) -> Vec<bool> {
    let mut declined = vec![false; mentions.len()];
    if !endings::inflects_people(folder) {
        return declined;
    }
    let person = |i: &usize| mentions[*i].name.kind == NameKind::Person;
    let people: Vec<usize> = (0..mentions.len()).filter(person).collect();
    if people.len() < 2 || people.iter().all(|i| spelled[*i] == spelled[people[0]]) {
        return declined;
    }
    let whole: HashSet<Vec<u64>> = people.iter().map(|i| spelled[*i].clone()).collect();
    let forms = |word: &str| {
        let bare = endings::bare(folder, word).map(|bare| (bare.to_owned(), false));
        let bases = endings::names_of_people(folder, word).chain(bare);
        let key = |base: String| word_keys::key(&base, TokenKind::Word, &mut Vec::new());
        bases.map(|(base, woman)| (key(base), woman)).collect::<Vec<_>>()
    };
    let tokens = |i: usize| mentions[i].name.tokens.clone();
    let text = |i: usize| texts[mentions[i].text].text;
    // Each word as it stands or in one of its bases; the last of a Hungarian name alone has an ending.
    let base_of = |i: usize, own: &[u64]| {
        let mut names: Vec<(Vec<u64>, bool)> = vec![(Vec::new(), false)];
        for (at, key) in tokens(i).zip(own) {
            let mut options = vec![(*key, false)];
            options.extend(forms(text(i).word(at)));
            let longer = names.iter().flat_map(|(name, woman)| {
                options.iter().map(move |(key, of_woman)| {
                    let name: Vec<u64> = name.iter().copied().chain([*key]).collect();
                    (name, *woman || *of_woman)
                })
            });
            names = longer.filter(|(name, _)| whole.iter().any(|w| w.starts_with(name))).collect();
        }
        let fits = |(name, woman): &&(Vec<u64>, bool)| {
            name != own && whole.contains(name) && !(*woman && name.last() == own.last())
        };
        names.iter().find(fits).map(|(name, _)| name.clone())
    };
    let (lone, several): (Vec<usize>, Vec<usize>) = people
        .iter()
        .copied()
        .filter(|&i| !spelled[i].is_empty() && spelled[i].len() == tokens(i).len())
        .partition(|&i| spelled[i].len() == 1);
    let bases: Vec<_> =
        several.iter().filter_map(|&i| Some((i, base_of(i, &spelled[i])?))).collect();
    for (i, base) in bases {
        spelled[i] = base;
        declined[i] = true;
    }
    // A surname alone is a form of one that the story has with a forename, itself in no form.
    let surnames: HashSet<u64> = people
        .iter()
        .filter(|i| spelled[**i].len() > 1)
        .filter_map(|i| spelled[*i].last().copied())
        .collect();
    for i in lone {
        let own = spelled[i][0];
        let mut bases = forms(text(i).word(tokens(i).start)).into_iter().map(|(key, _)| key);
        let base = bases.find(|key| *key != own && surnames.contains(key));
        if let Some(base) = base.filter(|_| !surnames.contains(&own)) {
            spelled[i] = vec![base];
            declined[i] = true;
        }
    }
    declined
}

/// Whether the name of an organisation ends in a company's form.
fn form_of(texts: &[Reading<'_>], mention: &Mention<'_>) -> bool {
    let tokens = &mention.name.tokens;
    let last = || texts[mention.text].text.lower(tokens.end - 1).trim_end_matches('.');
    mention.name.kind == NameKind::Organisation
        && tokens.len() > 1
        && english::COMPANY_FORMS.contains(last())
}

/// Endings of surnames that are one in other papers.
static ENDINGS: LazyLock<Vec<&str>> =
    LazyLock::new(|| lang::of_kind("mul", "names.txt", "surname-ending").collect());

/// What stands in quotation marks inside a name, the marks included.
pub(super) fn nickname(reading: &Reading<'_>, tokens: &Range<usize>) -> Range<usize> {
    let marks = || tokens.clone().filter(|&i| is_quotation_mark(reading.text.word(i)));
    match (marks().next(), marks().next_back()) {
        (Some(first), Some(last)) if first < last => first..last + 1,
        _ => 0..0,
    }
}

/// Whether a token opens or closes a nickname.
pub(super) fn is_quotation_mark(word: &str) -> bool {
    matches!(word, "\"" | "\u{201c}" | "\u{201d}" | "\u{2018}" | "\u{2019}" | "'")
}

/// One form of surnames that news writes in several: `Zelenskiy` and `Zelenskyy` are `Zelensky`.
fn other_ending(word: &str) -> Option<String> {
    let stem = ENDINGS.iter().find_map(|end| word.strip_suffix(end))?;
    (stem.chars().count() > 3 && stem.ends_with('k')).then(|| format!("{stem}y"))
}

/// Capitals that start the words of a name.
fn initials(texts: &[Reading<'_>], mention: &Mention<'_>) -> String {
    let text = texts[mention.text].text;
    let tokens = mention.name.tokens.clone();
    tokens.filter_map(|i| text.word(i).chars().next().filter(|c| c.is_uppercase())).collect()
}

#[derive(Default)]
struct Groups {
    members: Vec<Vec<usize>>,
    exact: HashMap<(NameKind, Vec<u64>), usize>,
    /// Groups of persons by the last, and by any other word of their name.
    surnames: HashMap<u64, Vec<usize>>,
    forenames: HashMap<u64, Vec<usize>>,
    /// The words of a person's name, by group.
    people: HashMap<usize, Vec<u64>>,
    /// Where persons are named by more than their surname.
    bearers: Bearers,
    /// Whom the story names by a forename alone, as somebody's relative.
    relatives: HashMap<u64, usize>,
    /// Groups of organisations of several words, by the first and by the last of them, with all of them.
    begun: HashMap<u64, Vec<(usize, Vec<u64>)>>,
    ended: HashMap<u64, Vec<(usize, Vec<u64>)>>,
    acronyms: HashMap<u64, usize>,
    places: HashMap<u32, usize>,
}

impl Groups {
    fn new_group(&mut self, kind: NameKind, words: &[u64]) -> usize {
        self.members.push(Vec::new());
        let group = self.members.len() - 1;
        self.exact.insert((kind, words.to_vec()), group);
        group
    }

    fn known(&self, kind: NameKind, words: &[u64]) -> Option<usize> {
        self.exact.get(&(kind, words.to_vec())).copied()
    }

    /// The group of a person's name.
    fn person(
        &mut self,
        words: &[u64],
        sight: MentionContext,
        prominence: &impl Fn(&[u64]) -> f32,
    ) -> usize {
        if let [one] = words
            && let Some(group) = self.lone_person(*one, &sight)
        {
            return group;
        }
        let group = self.person_group(words, &sight);
        if words.len() > 1 {
            self.bearers.add(group, sight);
            self.bearers.known(group, || prominence(words));
        }
        group
    }

    /// The group of a surname or a forename alone, where somebody of the story, or nobody of it, is meant for certain.
    fn lone_person(&mut self, word: u64, sight: &MentionContext) -> Option<usize> {
        if let Some(relative) = self.relatives.get(&word) {
            return Some(*relative);
        }
        let Some(bearers) = self.surnames.get(&word) else {
            let bearers = self.forenames.get(&word)?;
            let told = bearers.iter().any(|group| self.bearers.has_relative(*group));
            if sight.is_relative() && !told {
                // `her husband, Arne`: not the Arne Holm of the story, who is nobody's husband in it.
                let group = self.person_group(&[word], sight);
                self.relatives.insert(word, group);
                return Some(group);
            }
            let group = self.bearers.bearer(bearers, sight, false)?;
            // A forename tells who the next bare surname is.
            self.bearers.add(group, *sight);
            return Some(group);
        };
        let fits = |group: &usize| self.bearers.may_be_called_so(*group, sight);
        let fitting: Vec<usize> = bearers.iter().copied().filter(fits).collect();
        if fitting.is_empty() {
            // None of those named in full: `Lund came with Berit Lund` tells of another one.
            let group = self.person_group(&[word], sight);
            let bearers = self.surnames.entry(word).or_default();
            if !bearers.contains(&group) {
                bearers.push(group);
            }
            self.bearers.add(group, *sight);
            return Some(group);
        }
        let group = self.bearers.bearer(&fitting, sight, true)?;
        // So does a surname with a title.
        if sight.is_titled() {
            self.bearers.add(group, *sight);
        }
        Some(group)
    }

    fn person_group(&mut self, words: &[u64], sight: &MentionContext) -> usize {
        if let Some(group) = self.known(NameKind::Person, words) {
            return group;
        }
        if let [_, .., last] = words {
            // A surname of two words: `Orme-Lund`, of Arne Orme-Lund and of Odd Orme-Lund.
            if let Some(groups) = self.surnames.get(last)
                && let bearers = groups
                    .iter()
                    .copied()
                    .filter(|g| {
                        self.people[g].len() > words.len() && self.people[g].ends_with(words)
                    })
                    .collect::<Vec<_>>()
                && bearers.len() > 1
                && let Some(group) = self.bearers.bearer(&bearers, sight, true)
            {
                return group;
            }
            // Who is named twice and differently in one sentence is two: a father and a son.
            let joined = self.surnames.get(last).and_then(|groups| {
                let mut fitting =
                    groups.iter().copied().filter(|g| is_subsequence(words, &self.people[g]));
                fitting
                    .next()
                    .filter(|g| !self.bearers.is_beside(*g, sight) && fitting.next().is_none())
            });
            if let Some(group) = joined {
                self.exact.insert((NameKind::Person, words.to_vec()), group);
                return group;
            }
        }
        let group = self.new_group(NameKind::Person, words);
        self.people.insert(group, words.to_vec());
        if let [first @ .., last] = words {
            self.surnames.entry(*last).or_default().push(group);
            for word in first {
                self.forenames.entry(*word).or_default().push(group);
            }
        }
        group
    }

    fn organisation(&mut self, words: &[u64], initials: &str) -> usize {
        if let Some(group) = self.known(NameKind::Organisation, words) {
            return group;
        }
        if let [one] = words
            && let Some(group) = self.acronyms.get(one)
        {
            return *group;
        }
        if let Some(group) = self.shortened(words) {
            self.exact.insert((NameKind::Organisation, words.to_vec()), group);
            return group;
        }
        let group = self.new_group(NameKind::Organisation, words);
        if let [first, .., last] = words {
            self.begun.entry(*first).or_default().push((group, words.to_vec()));
            self.ended.entry(*last).or_default().push((group, words.to_vec()));
        }
        if words.len() > 1 && initials.len() > 1 {
            let key = feature_hash::bytes(initials.to_lowercase().as_bytes());
            self.acronyms.entry(key).or_insert(group);
        }
        group
    }

    fn organisation_of_its_own(&mut self, words: &[u64]) -> usize {
        self.known(NameKind::Organisation, words)
            .unwrap_or_else(|| self.new_group(NameKind::Organisation, words))
    }

    /// The only organisation of the story whose name begins with some words, or ends in one: `Orme` of Orme Foods,
    /// `the Hornets` of the Orland Hornets.
    fn shortened(&self, words: &[u64]) -> Option<usize> {
        let only = |groups: Option<&Vec<(usize, Vec<u64>)>>, fits: &dyn Fn(&[u64]) -> bool| {
            let mut fitting = groups.into_iter().flatten().filter(|(_, long)| fits(long));
            let (group, _) = fitting.next()?;
            fitting.all(|(other, _)| other == group).then_some(*group)
        };
        let begins = |long: &[u64]| long.len() > words.len() && long.starts_with(words);
        let ends = |long: &[u64]| words.len() == 1 && long.len() > 1 && long.ends_with(words);
        let begun = only(words.first().and_then(|word| self.begun.get(word)), &begins);
        begun.or_else(|| only(words.last().and_then(|word| self.ended.get(word)), &ends))
    }

    fn place(&mut self, words: &[u64], located: Option<Located>) -> usize {
        // A part of a place is not the place: `southern Orland`.
        if let Some(Located { place, whole: true, .. }) = located {
            if let Some(group) = self.places.get(&place) {
                return *group;
            }
            self.members.push(Vec::new());
            let group = self.members.len() - 1;
            self.places.insert(place, group);
            return group;
        }
        self.known(NameKind::Place, words).unwrap_or_else(|| self.new_group(NameKind::Place, words))
    }
}

fn is_subsequence(short: &[u64], long: &[u64]) -> bool {
    let mut long = long.iter();
    short.iter().all(|word| long.any(|other| other == word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tag::{Text, word_keys::keys};

    /// Groups of some names, given one per line with their kind before a colon.
    fn grouped(lines: &str) -> Vec<Vec<String>> {
        let kinds = [
            ("per", NameKind::Person),
            ("org", NameKind::Organisation),
            ("place", NameKind::Place),
        ];
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
        let mut from = 0;
        let names: Vec<Name> = names
            .iter()
            .map(|words| {
                let at = from + body[from..].find(words).unwrap();
                from = at + words.len();
                let token = |byte| text.tokens.partition_point(|t| (t.start as usize) < byte);
                Name { kind: NameKind::Person, tokens: token(at)..token(from) }
            })
            .collect();
        groups_of(&text, &names)
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
        assert_eq!(
            grouped_in(body, &names),
            [vec!["Arne \"Ace\" Lund", "Lund"], vec!["Berit Lund"]]
        );
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
    fn name_endings_of_several_spellings_are_one() {
        assert_eq!(
            grouped("per: Orest Varskyy\nper: Varsky\nper: Orest Varskiy"),
            [vec!["Orest Varskyy", "Varsky", "Orest Varskiy"]]
        );
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
}
