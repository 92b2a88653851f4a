//! Names to things: one entry per person, organisation and place of a story, however it is called.
//!
//! Refuses to make one of two where the story leaves it open: two people under one Wikidata item would be a false
//! statement about a person, while one person in two entries is only untidy.

use std::ops::Range;
use std::sync::LazyLock;

use foldhash::HashMap;

use super::{
    Name, Reading,
    labels::NameKind,
    namesakes::{Bearers, MentionContext},
};
use crate::lang;
use crate::tag::{
    TokenKind,
    document::says_whose,
    english, feature_hash,
    places::{endings, story_places::Located},
    word_keys::{self, HYPHEN},
};

mod cases;

use cases::decline;

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
    let mut spelled: Vec<Vec<u64>> = mentions.iter().map(|m| words(texts, m, folder)).collect();
    let declined = decline(texts, mentions, &mut spelled, folder);
    let mut groups = Groups::default();
    // Long names first, so that short ones find them wherever they stand.
    let mut order: Vec<usize> = (0..mentions.len()).collect();
    // `Orme Group` before Orme: it is not short for Orme Foods.
    let has_form = |i: usize| form_of(texts, &mentions[i]);
    // A birth name is whose the story has by another.
    let is_born = |i: usize| is_birth_name(texts, &mentions[i]);
    order.sort_by_key(|&i| {
        let born = is_born(i) && spelled[i].len() > 1;
        (born, std::cmp::Reverse(spelled[i].len()), !has_form(i), i)
    });
    for i in order {
        let (mention, words) = (&mentions[i], &spelled[i]);
        // A team that is called like somebody is nobody.
        if let [word] = words[..]
            && groups.is_surname(word)
            && is_team(texts, mentions, i)
        {
            continue;
        }
        let group = match mention.name.kind {
            NameKind::Person => {
                let sight = MentionContext::of(
                    &texts[mention.text],
                    (mention.text, &mention.name.tokens),
                    i,
                );
                let born = is_born(i).then(|| groups.born(words)).flatten();
                born.unwrap_or_else(|| groups.person(words, sight, &prominence))
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
                    let now = !is_born(members[m]);
                    (whole, now, spelled[members[m]].len(), own, std::cmp::Reverse(m))
                })
                .unwrap_or_default();
            let mentions: Vec<_> = members.iter().map(|&i| mentions[i]).collect();
            Group { kind: mentions[fullest].name.kind, mentions, fullest }
        })
        .collect();
    out.sort_by_key(|g| (g.mentions[0].text, g.mentions[0].name.tokens.start));
    out
}

/// `Lund's Odd Berg`, whom a team has, and `Orme, Varde and Lund`, a list of organisations: a name alone that is nobody's there.
fn is_team(texts: &[Reading<'_>], mentions: &[Mention<'_>], at: usize) -> bool {
    let Mention { text: number, name, .. } = mentions[at];
    let text = texts[number].text;
    if name.kind != NameKind::Person {
        return false;
    }
    let owner = name.tokens.end;
    let is_capital = |at: usize| text.word_or_empty(at).starts_with(char::is_uppercase);
    // Whom the recogniser left out.
    let is_given = || {
        let lower = text.word_or_empty(owner + 1).to_lowercase();
        (english::MEN.contains(&lower) || english::WOMEN.contains(&lower)) && is_capital(owner + 2)
    };
    let is_whole = |m: &Mention<'_>| {
        let other = &m.name.tokens;
        m.text == number
            && m.name.kind == NameKind::Person
            && other.start == owner + 1
            && other.len() > 1
    };
    let owns = says_whose(text.word_or_empty(owner))
        && is_capital(owner + 1)
        && (mentions.get(at + 1).is_some_and(is_whole) || is_given());
    // Where the organisation begins that stands before a comma or `and`.
    let before = |start: usize| {
        let joint = start.checked_sub(1)?;
        let found =
            mentions[at.saturating_sub(2)..at].iter().map(|m| (m.text, m.name)).find(|(t, n)| {
                *t == number && n.kind == NameKind::Organisation && n.tokens.end == joint
            });
        found.filter(|_| matches!(text.word(joint), "," | "and")).map(|(_, n)| n.tokens.start)
    };
    let listed = before(name.tokens.start).and_then(before).is_some();
    owns || listed
}

/// `She was born Orla Maria Lund`: the name that somebody had first.
fn is_birth_name(texts: &[Reading<'_>], mention: &Mention<'_>) -> bool {
    let (text, tokens) = (texts[mention.text].text, &mention.name.tokens);
    mention.name.kind == NameKind::Person
        && tokens.start.checked_sub(1).is_some_and(|at| english::BORN.contains(text.lower(at)))
}

/// The keys of a name's words; hyphens left out.
fn words(texts: &[Reading<'_>], mention: &Mention<'_>, folder: &str) -> Vec<u64> {
    let reading = &texts[mention.text];
    let tokens = mention.name.tokens.clone();
    // `Arne "Ace" Lund` is Arne Lund.
    let nickname = nickname(reading, &tokens);
    let mut keys: Vec<u64> = tokens
        .clone()
        .filter(|i| reading.keys[*i] != HYPHEN && !nickname.contains(i))
        .map(|i| reading.keys[i])
        .collect();
    let last = tokens.end - 1;
    // `Varde'nin` is Varde.
    if let (Some(key), Some(bare)) = (keys.last_mut(), bare_key(reading, last, folder)) {
        *key = bare;
    }
    if mention.name.kind == NameKind::Person
        && let (Some(key), Some(other)) = (keys.last_mut(), other_ending(reading.text.word(last)))
    {
        *key = word_keys::key(&other, TokenKind::Word, &mut Vec::new());
    }
    if keys.len() > 1 && form_of(texts, mention) {
        keys.pop();
    }
    keys
}

/// The key of a word without the ending that an apostrophe parts from it, where the language writes endings so.
pub(super) fn bare_key(reading: &Reading<'_>, at: usize, folder: &str) -> Option<u64> {
    let bare = endings::bare(folder, reading.text.word(at))?;
    Some(word_keys::key(bare, TokenKind::Word, &mut Vec::new()))
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

/// Particles before a father's name.
static PATRONYMICS: LazyLock<Vec<u64>> = LazyLock::new(|| {
    let key = |word| word_keys::key(word, TokenKind::Word, &mut Vec::new());
    lang::of_kind("mul", "names.txt", "patronymic").map(key).collect()
});

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
    /// Rulers by the name that they have alone; none where several have it.
    rulers: HashMap<u64, Option<usize>>,
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

    /// Whether somebody's last name is a word.
    fn is_surname(&self, word: u64) -> bool {
        self.surnames.contains_key(&word)
    }

    fn known(&self, kind: NameKind, words: &[u64]) -> Option<usize> {
        self.exact.get(&(kind, words.to_vec())).copied()
    }

    /// The only person of the story with the first of some words for a first name, where these are a birth name.
    fn born(&mut self, words: &[u64]) -> Option<usize> {
        let first = words.first().filter(|_| words.len() > 1)?;
        let bearers = self.forenames.get(first)?;
        let mut fitting = bearers.iter().filter(|group| self.people[*group].first() == Some(first));
        let group = *fitting.next()?;
        if fitting.any(|other| *other != group) {
            return None;
        }
        self.exact.entry((NameKind::Person, words.to_vec())).or_insert(group);
        Some(group)
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
            self.reigns(words, &sight, group);
            return group;
        }
        let group = self.person_group(words, &sight);
        self.reigns(words, &sight, group);
        if words.len() > 1 {
            self.bearers.add(group, sight);
            self.bearers.known(group, || prominence(words));
        }
        group
    }

    /// Notes a ruler, who is called by the first name wherever that stands without a title.
    fn reigns(&mut self, words: &[u64], sight: &MentionContext, group: usize) {
        if let Some(first) = words.first().filter(|_| sight.is_ruler()) {
            let ruler = self.rulers.entry(*first).or_insert(Some(group));
            *ruler = ruler.filter(|known| *known == group);
        }
    }

    /// The group of a surname or a forename alone, where somebody of the story, or nobody of it, is meant for certain.
    fn lone_person(&mut self, word: u64, sight: &MentionContext) -> Option<usize> {
        if let Some(relative) = self.relatives.get(&word) {
            return Some(*relative);
        }
        // `Pope Arne` is meant by `Arne`, whoever else has it for a surname.
        if (sight.is_ruler() || !sight.is_titled())
            && let Some(Some(ruler)) = self.rulers.get(&word)
        {
            return Some(*ruler);
        }
        let named = |groups: &Vec<usize>| -> Vec<usize> {
            groups.iter().copied().filter(|group| !self.ends_in_father(*group)).collect()
        };
        let bearers = self.surnames.get(&word).map(named).filter(|bearers| !bearers.is_empty());
        let Some(bearers) = bearers else {
            let bearers = self.forenames.get(&word)?;
            // `King Arne` is none of those who have it among their names.
            let crowned = |group: &usize| self.bearers.may_be_called_so(*group, sight);
            if sight.is_ruler() && !bearers.iter().any(crowned) {
                return None;
            }
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
        // `Odd Arne and Arne Berg left. Arne said`: one of relatives is called by the first name, and of others nobody knows who.
        let first = self.called_first(word, &bearers, sight);
        let sights = &self.bearers;
        let pairs = bearers.iter().flat_map(|bearer| first.iter().map(move |one| (*bearer, *one)));
        let beside = pairs.filter_map(|(bearer, one)| Some((one, sights.are_beside(one, bearer)?)));
        if !sight.is_titled()
            && let Some((one, are_kin)) = beside.max_by_key(|(_, are_kin)| *are_kin)
        {
            return Some(one).filter(|_| are_kin && first.len() == 1);
        }
        let fits = |group: &usize| self.bearers.may_be_called_so(*group, sight);
        let fitting: Vec<usize> = bearers.into_iter().filter(fits).collect();
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
        if let Some(group) = self.son_of(words) {
            self.exact.insert((NameKind::Person, words.to_vec()), group);
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
                    groups.iter().copied().filter(|g| is_short_for(words, &self.people[g]));
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
            // What the father is called is not what somebody is called.
            let own = first.iter().take_while(|word| !PATRONYMICS.contains(word));
            for word in own {
                self.forenames.entry(*word).or_default().push(group);
            }
        }
        group
    }

    /// Whether somebody's name ends in the father's: `Orla binti Odd`.
    fn ends_in_father(&self, group: usize) -> bool {
        matches!(self.people[&group][..], [.., particle, _] if PATRONYMICS.contains(&particle))
    }

    /// The only person whose name begins with a first name and the father's: `Odd bin Arne`, of Odd bin Arne Al Varde.
    fn son_of(&self, words: &[u64]) -> Option<usize> {
        let [first, particle, ..] = words else { return None };
        let bearers = self.forenames.get(first).filter(|_| PATRONYMICS.contains(particle))?;
        let mut fitting = bearers.iter().filter(|group| self.people[*group].starts_with(words));
        fitting.next().filter(|_| fitting.next().is_none()).copied()
    }

    /// Whose first name a word is that is another's last name, of those whom the story has named before.
    fn called_first(&self, word: u64, bearers: &[usize], sight: &MentionContext) -> Vec<usize> {
        let groups = self.forenames.get(&word).into_iter().flatten().copied();
        let is_first = |group: &usize| self.people[group].first() == Some(&word);
        groups
            .filter(is_first)
            .filter(|group| !bearers.contains(group) && self.bearers.is_named_before(*group, sight))
            .collect()
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

/// Whether a longer name has a name's words in their order, none of them as the father's: `Odd bin Arne` is no short form of
/// `Orla bint Odd bin Arne`.
fn is_short_for(short: &[u64], long: &[u64]) -> bool {
    let first = short.first().and_then(|first| long.iter().position(|word| word == first));
    let is_father =
        |at: usize| at > 0 && PATRONYMICS.contains(&long[at - 1]) && short[0] != long[at - 1];
    let mut rest = long.iter();
    first.is_none_or(|at| !is_father(at))
        && short.iter().all(|word| rest.any(|other| other == word))
}

#[cfg(test)]
mod tests;
