//! Which item of Wikidata a person or an organisation of the story is, or none.
//!
//! A story's clusters are linked, not single mentions: by the fullest name, by how prominent the items
//! of that name are, and by the countries that the story tells of. A person's single word never links,
//! nor does what is below the floor or has a near second: no item is better than a wrong one.

mod name_doubts;
mod players;
mod search;

use std::{cell::OnceCell, ops::Range};

use foldhash::HashMap;

use super::{
    Reading,
    entity_base::{EntityBase, Item, Rarity, phrase},
    grouping::{Group, Mention, bare_key, nickname},
    labels::NameKind,
    name_context::TIMES,
    titles::is_title,
    trades::{self, Fields, OtherTrades},
};
use crate::model::LanguageCode;
use crate::tag::word_keys::HYPHEN;
use name_doubts::{
    always_goes_on, is_acronym, is_common, is_credit, is_doubtful, is_long_acronym,
    is_of_other_game, is_office, is_other_acronym, is_place_name, is_regnal, is_told_as_place,
    names_land, without_article,
};
pub(super) use players::is_of_match;
use search::{Best, best, national_body, search};

/// Least prior of an organisation that has a place's name of several words.
const PLACE_PRIOR: f32 = 3.0;
/// Least score of a link of a name of several words.
const FLOOR: f32 = 0.9;
/// The same for an organisation of one word, and for an acronym whose long form the story lacks.
const LONE_FLOOR: f32 = 1.5;
/// The same for an organisation that is called by that word first, and for an acronym of four letters and more.
const NAMED_LONE_FLOOR: f32 = 1.2;
/// Least prior of the organisation that an acronym means which is not its main name.
const ACRONYM_PRIOR: f32 = 3.0;
/// The same for an acronym of four letters and more, which fewer share.
const LONG_ACRONYM_PRIOR: f32 = 1.0;
/// Least prior of an organisation that a single word means which is neither: `Fed`.
const HOUSEHOLD_PRIOR: f32 = 10.0;
/// The same in a story that has this share of its votes for the organisation's country.
const NATIONAL_PRIOR: f32 = 4.0;
const NATIONAL_SHARE: f32 = 0.5;
/// The same for a person's full name: many people have the name of a known one.
const PERSON_FLOOR: f32 = 1.2;
/// The same for a name that hardly anybody else has.
const RARE_FLOOR: f32 = 0.55;
/// The same for a ruler by first name and number.
const REGNAL_FLOOR: f32 = 1.8;
/// The same for an organisation of one word that is no other word, and for a long acronym of nobody else.
const RARE_LONE_FLOOR: f32 = 0.9;
/// The same for an agency in a dateline.
const CREDIT_FLOOR: f32 = 0.5;
/// How much better than the second.
const GAP: f32 = 0.6;

/// Least prior of a person of no country that is known, who is meant in a story that is no English one.
const KNOWN_OF_NO_LAND: f32 = 2.5;
/// Fewest letters of a word cut short that tell which word it is.
const CUT_SHORT: usize = 3;
/// Least prior of a person who is meant by a title and a surname, and of one in a story of no country.
const TITLED_PRIOR: f32 = 4.0;
const TITLED_EVERYWHERE: f32 = 8.0;

/// Least share of a story's votes for the country of an organisation that has its name in common with
/// those of other countries.
const COMMON_SHARE: f32 = 0.3;

/// What a story says about what its names may mean.
#[derive(Debug, Default)]
pub struct Story<'a> {
    /// Votes by country, which sum to 1.
    pub countries: HashMap<[u8; 2], f32>,
    /// The folder of its language.
    pub folder: &'a str,
    /// Whether it is about a match, once that was asked.
    pub of_match: OnceCell<bool>,
}

impl Story<'_> {
    fn is_of_match(&self, texts: &[Reading<'_>]) -> bool {
        *self.of_match.get_or_init(|| is_of_match(texts))
    }

    /// Whether it is no English one.
    fn is_abroad(&self) -> bool {
        self.folder != LanguageCode::EN.as_str()
    }
}

/// What a group is.
#[derive(Clone, Debug, PartialEq)]
pub struct Link {
    /// The item.
    pub item: Item,
    /// The name of a person that the group has in other cases alone: `Орм Варде` of `Ормом Варде`.
    pub name: Option<String>,
}

/// The items of a story's groups, one answer per group.
#[must_use]
pub fn link(
    base: &EntityBase,
    texts: &[Reading<'_>],
    groups: &[Group<'_>],
    story: &Story<'_>,
) -> Vec<Option<Link>> {
    let found: Vec<Option<Best>> =
        groups.iter().map(|group| item(base, texts, groups, group, story)).collect();
    // Two things of one story are not one item: the one that is called by its own name is. An acronym and
    // a word cut short are no other thing than their long form.
    let other = |at: usize, best: &Best| {
        found.iter().enumerate().any(|(i, rival)| {
            i != at
                && rival
                    .as_ref()
                    .is_some_and(|r| r.item.number == best.item.number && (r.main || !best.main))
                && !shortens(texts, &groups[at], &groups[i])
                && !shortens(texts, &groups[i], &groups[at])
                && !abbreviates(texts, &groups[at], &groups[i])
                && best.name.is_none()
        })
    };
    (0..found.len())
        .map(|at| found[at].as_ref().filter(|best| !other(at, best)))
        .map(|best| best.map(|best| Link { item: best.item, name: best.name.clone() }))
        .collect()
}

/// The groups with their links, those of one person in other cases in one group: `Ормом Варде` and `Орма Варде`.
#[must_use]
pub fn join_forms(
    groups: Vec<Group<'_>>,
    links: Vec<Option<Link>>,
) -> Vec<(Group<'_>, Option<Link>)> {
    let mut joined: Vec<(Group<'_>, Option<Link>)> = Vec::with_capacity(groups.len());
    for (group, link) in groups.into_iter().zip(links) {
        let same = |(_, known): &&mut (Group<'_>, Option<Link>)| {
            known.as_ref().zip(link.as_ref()).is_some_and(|(known, link)| {
                known.item.number == link.item.number
                    && (known.name.is_some() || link.name.is_some())
            })
        };
        let Some((known, of)) = joined.iter_mut().find(same) else {
            joined.push((group, link));
            continue;
        };
        let own = |link: &Option<Link>| link.as_ref().is_some_and(|link| link.name.is_none());
        let fullest = match own(&link) && !own(of) {
            true => group.mentions[group.fullest],
            false => known.mentions[known.fullest],
        };
        if own(&link) {
            *of = link;
        }
        let place = |m: &Mention<'_>| (m.text, m.name.tokens.start);
        known.mentions.extend(group.mentions);
        known.mentions.sort_by_key(place);
        known.fullest = known.mentions.partition_point(|m| place(m) < place(&fullest));
    }
    joined
}

/// Whether one group's name is an acronym whose letters begin words of the other's, in their order.
fn shortens(texts: &[Reading<'_>], short: &Group<'_>, long: &Group<'_>) -> bool {
    let name = |group: &Group<'_>| {
        let fullest = &group.mentions[group.fullest];
        (&texts[fullest.text], fullest.name.tokens.clone())
    };
    let (reading, tokens) = name(short);
    let word = reading.text.word(tokens.start);
    if tokens.len() != 1 || !is_acronym(word) {
        return false;
    }
    let (reading, tokens) = name(long);
    let mut initials = tokens.filter_map(|at| reading.text.word(at).chars().next());
    let mut letters = word.chars().filter(|c| *c != '.');
    letters.all(|letter| initials.any(|initial| initial.eq_ignore_ascii_case(&letter)))
}

/// Whether one group's name is the beginning of the other's first word, or all of it: `Fjell` beside Fjellbank Orland.
fn abbreviates(texts: &[Reading<'_>], short: &Group<'_>, long: &Group<'_>) -> bool {
    let name = |group: &Group<'_>| {
        let fullest = &group.mentions[group.fullest];
        let reading = &texts[fullest.text];
        (reading.text, without_article(reading, fullest.name.tokens.clone()))
    };
    let ((text, tokens), (other, long)) = (name(short), name(long));
    let word = text.lower(tokens.start);
    tokens.len() == 1
        && long.len() > 1
        && word.chars().count() >= CUT_SHORT
        && other.lower(long.start).starts_with(word)
}

/// Whether a word is one of few letters, not all of them capitals.
fn is_cut(word: &str) -> bool {
    word.chars().count() <= CUT_SHORT
        && word.starts_with(char::is_uppercase)
        && word.contains(char::is_lowercase)
}

fn item(
    base: &EntityBase,
    texts: &[Reading<'_>],
    groups: &[Group<'_>],
    group: &Group<'_>,
    story: &Story<'_>,
) -> Option<Best> {
    if !matches!(group.kind, NameKind::Person | NameKind::Organisation) {
        return None;
    }
    let fullest = &group.mentions[group.fullest];
    let reading = &texts[fullest.text];
    let tokens = without_article(reading, fullest.name.tokens.clone());
    let nickname = match group.kind {
        NameKind::Person => nickname(reading, &tokens),
        _ => 0..0,
    };
    let keys = name_keys(reading, tokens.clone().filter(|i| !nickname.contains(i)), story.folder);
    let lone = keys.iter().filter(|k| **k != HYPHEN).count() == 1;
    // `Ov`, a party, is not the agency `OV`.
    if lone && story.is_abroad() && is_cut(reading.text.word(tokens.start)) {
        return None;
    }
    if lone && group.kind == NameKind::Person {
        return titled(base, texts, group, story);
    }
    if lone && is_doubtful(texts, groups, keys[0]) {
        return None;
    }
    // A city's club is its football club, but not in a story of another game.
    if lone && is_place_name(reading, &tokens) && texts.iter().any(is_of_other_game) {
        return None;
    }
    if lone && group.kind == NameKind::Organisation && is_told_as_place(texts, group) {
        return None;
    }
    let (found, cut) = match national_body(base, texts, group, &keys, story) {
        Some(body) => (body, false),
        None => search(base, group, reading, &tokens, &keys, story)?,
    };
    let candidate = Candidate { texts, group, reading, tokens, keys, lone, cut, found };
    if candidate.is_doubted(story) {
        return None;
    }
    let floor = candidate.floor();
    let found = candidate.found;
    (found.score >= floor && found.score - found.second >= GAP).then_some(found)
}

/// The keys of a name's tokens, the last without an ending behind an apostrophe where the language writes endings so.
fn name_keys(
    reading: &Reading<'_>,
    tokens: impl DoubleEndedIterator<Item = usize> + Clone,
    folder: &str,
) -> Vec<u64> {
    let mut keys: Vec<u64> = tokens.clone().map(|at| reading.keys[at]).collect();
    let bare = tokens.last().and_then(|last| bare_key(reading, last, folder));
    if let (Some(key), Some(bare)) = (keys.last_mut(), bare) {
        *key = bare;
    }
    keys
}

/// Who is meant by a surname behind a title, where one known person alone is called so: `President Quendale`.
fn titled(
    base: &EntityBase,
    texts: &[Reading<'_>],
    group: &Group<'_>,
    story: &Story<'_>,
) -> Option<Best> {
    let mut found = group.mentions.iter().filter_map(|mention| {
        let (reading, tokens) = (&texts[mention.text], &mention.name.tokens);
        let before = tokens.start.checked_sub(1)?;
        let keys = &reading.keys[before..tokens.end];
        // Titles of other languages are in no list: what the base has whole is one with its title.
        let led = is_title(reading.text.word(before)) || story.is_abroad();
        let is_titled = tokens.len() == 1 && led;
        is_titled.then(|| best(base, group.kind, &[phrase(keys)], story))?
    });
    let best = found.next()?;
    let told = story.countries.contains_key(&best.item.country);
    let least = match told {
        true => TITLED_PRIOR,
        false if story.countries.is_empty() => TITLED_EVERYWHERE,
        false => f32::MAX,
    };
    let is_one = best.item.prior >= least
        && best.score - best.second >= GAP
        && !is_namesake(texts, group, (best.item.fields, best.item.prior), || {
            story.is_of_match(texts)
        });
    is_one.then_some(best)
}

/// An item that a group's name may mean.
struct Candidate<'a> {
    texts: &'a [Reading<'a>],
    group: &'a Group<'a>,
    /// The text of the fullest name, and its words without article.
    reading: &'a Reading<'a>,
    tokens: Range<usize>,
    keys: Vec<u64>,
    /// Whether the name is one word.
    lone: bool,
    /// Whether one word was left of a longer name.
    cut: bool,
    found: Best,
}

impl Candidate<'_> {
    fn is_organisation(&self) -> bool {
        self.group.kind == NameKind::Organisation
    }

    /// The least score of a link.
    fn floor(&self) -> f32 {
        let rarity = if self.found.main { self.found.item.rarity } else { Rarity::Usual };
        match (self.lone, self.group.kind, rarity) {
            (true, _, Rarity::Rare) => RARE_LONE_FLOOR,
            (true, ..) if self.is_credited() => CREDIT_FLOOR,
            (true, ..) if self.found.is_only() && is_long_acronym(self.first()) => RARE_LONE_FLOOR,
            (true, ..) if self.found.main || is_long_acronym(self.first()) => NAMED_LONE_FLOOR,
            (true, ..) => LONE_FLOOR,
            (false, NameKind::Person, _) if is_regnal(self.reading, &self.tokens) => REGNAL_FLOOR,
            (false, NameKind::Person, Rarity::Rare) => RARE_FLOOR,
            (false, NameKind::Person, _) => PERSON_FLOOR,
            _ => FLOOR,
        }
    }

    fn first(&self) -> &str {
        self.reading.text.word(self.tokens.start)
    }

    /// Whether the name may mean something else than its best item, whatever its score.
    fn is_doubted(&self, story: &Story<'_>) -> bool {
        let Self { texts, group, reading, tokens, keys, lone, cut, found } = self;
        let told = story.countries.get(&found.item.country).copied().unwrap_or_default();
        let is_other_word =
            *lone && (is_other_acronym(texts, keys[0]) || !self.is_known_alone(told));
        // `Orme Corp` is not what is called Orme for short.
        let is_short = *cut && self.is_organisation() && !found.main;
        // `Orange County` may be the place: a club is not called so in full.
        let is_place = !lone
            && self.is_organisation()
            && (!found.main || found.item.prior < PLACE_PRIOR)
            && is_place_name(reading, tokens);
        let is_namesake = group.kind == NameKind::Person
            && is_namesake(texts, group, (found.item.fields, found.item.prior), || {
                story.is_of_match(texts)
            });
        // `Bank of Orland` is what the land's is called.
        let is_of_place = || {
            found.main
                && tokens.len() == 3
                && reading.text.word(tokens.start + 1) == "of"
                && is_place_name(reading, &(tokens.end - 1..tokens.end))
        };
        let is_words = self.is_organisation()
            && told < COMMON_SHARE
            && !names_land(reading, tokens)
            && is_common(reading, tokens)
            && !is_of_place();
        let is_private = || {
            let trades = OtherTrades::of(story.folder).filter(|_| story.is_abroad());
            let mut mentions = group.mentions.iter();
            group.kind == NameKind::Person
                && trades.is_some_and(|trades| {
                    mentions.any(|m| trades.tell(&texts[m.text], &m.name.tokens, told == 0.0))
                })
        };
        // Fields of trades beside a name are read in English alone.
        let is_unsure = group.kind == NameKind::Person
            && story.is_abroad()
            && found.item.country == [0; 2]
            && found.item.prior < KNOWN_OF_NO_LAND;
        let is_office = || {
            self.is_organisation()
                && story.is_abroad()
                && told < COMMON_SHARE
                && is_office(reading, tokens)
        };
        // What is one of an item's many names and another's own.
        let is_others = !found.main && found.called * 2.0 >= found.item.prior;
        // `Sunday Times` is what many papers are called, and one item by the way.
        let is_of_day = !found.main
            && self.is_organisation()
            && TIMES.contains(reading.text.lower(tokens.start));
        is_other_word
            || is_others
            || is_of_day
            || is_short
            || is_place
            || always_goes_on(texts, group, keys, story.folder)
            || is_namesake
            || is_words
            || is_unsure
            || is_office()
            || is_private()
    }

    /// Whether a story is from it: `VARDE (UPI) --`.
    fn is_credited(&self) -> bool {
        let mut mentions = self.group.mentions.iter();
        self.is_organisation() && mentions.any(|m| is_credit(&self.texts[m.text], &m.name.tokens))
    }

    /// Whether one word alone means the item, in a story with such a share of votes for the item's country.
    fn is_known_alone(&self, told: f32) -> bool {
        let item = &self.found.item;
        // `GM` is what General Motors is called; `Navy` is not its academy.
        let least = if is_long_acronym(self.first()) { LONG_ACRONYM_PRIOR } else { ACRONYM_PRIOR };
        let is_called = is_acronym(self.first()) && item.prior >= least;
        // `Conservatives`, in a story of one country; but `Navy` may be its academy.
        let is_national = || {
            self.is_organisation()
                && item.prior >= NATIONAL_PRIOR
                && told >= NATIONAL_SHARE
                && !is_common(self.reading, &self.tokens)
        };
        self.found.main
            || is_called
            || item.prior >= HOUSEHOLD_PRIOR
            || is_national()
            || self.is_credited()
    }
}

/// Whether the story, which may be of a match, tells of a person that an item is another's.
pub(super) fn is_namesake(
    texts: &[Reading<'_>],
    group: &Group<'_>,
    (fields, prior): (Fields, f32),
    is_of_match: impl FnOnce() -> bool,
) -> bool {
    let names = group.mentions.iter().map(|m| (&texts[m.text], &m.name.tokens));
    trades::contradict(names, fields, prior)
        || players::is_player(texts, group, fields, is_of_match)
}

#[cfg(test)]
mod tests;
