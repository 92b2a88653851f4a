//! The items that a name may mean, by its writings and by how well they fit the story: the likeliest and its rivals.
//! Whether one is meant at all is decided elsewhere.

use std::ops::Range;

use super::{
    super::{
        Reading,
        entity_base::{EntityBase, Item, Rarity, phrase, without_form},
        grouping::{Group, Mention},
        labels::NameKind,
    },
    Story,
    name_doubts::{follows_article, is_of_sport, is_regnal, names_land, without_article},
};
use crate::tag::{Text, TokenKind, english, places::endings, word_keys};

/// Least share of a story's votes for the land that `the Navy` is of.
const LAND_SHARE: f32 = 0.6;
/// Least prior of a person who is meant by a name with a letter doubled or not.
const RESPELT: f32 = 5.0;
/// Least prior of a person who is meant by a name in another case.
const INFLECTED: f32 = 2.5;
/// Most words of such a name.
const MOST_INFLECTED: usize = 3;
/// What an item's main name is worth against another of its names.
const MAIN_NAME: f32 = 0.4;
/// What the whole of a story's votes for the item's country is worth.
const COUNTRY: f32 = 1.0;
/// What it costs that a story of other countries has none of the item's.
const ELSEWHERE: f32 = 0.6;
/// Least prior of a person who is meant in a story that only touches the person's country.
const KNOWN_ABROAD: f32 = 2.5;
/// Least prior of a person of a common name who is meant in a story of the person's country.
const KNOWN_AT_HOME: f32 = 2.0;
/// Least prior of a person whose name others have, too, who is meant in a story that tells of other countries alone.
const KNOWN_EVERYWHERE: f32 = 8.0;
/// How many times the votes of a person's country may be fewer than the leading country's.
const LEAST: f32 = 3.0;

/// The body that `the Navy` and the like are in a story that is of one country nearly alone: the United States Navy.
pub(super) fn national_body(
    base: &EntityBase,
    texts: &[Reading<'_>],
    group: &Group<'_>,
    keys: &[u64],
    story: &Story<'_>,
) -> Option<Best> {
    if group.kind != NameKind::Organisation {
        return None;
    }
    let name = |mention: &Mention<'_>| {
        let reading = &texts[mention.text];
        reading.text.slice(without_article(reading, mention.name.tokens.clone()))
    };
    let led = |m: &Mention<'_>| follows_article(&texts[m.text], &m.name.tokens);
    let alone = group.mentions.iter().all(|m| english::LAND_BODIES_ALONE.contains(name(m)));
    let is_body = alone
        || group.mentions.iter().all(|m| english::LAND_BODIES.contains(name(m)))
            && group.mentions.iter().any(led);
    if !is_body || group.mentions.iter().any(|m| is_of_sport(&texts[m.text], &m.name.tokens)) {
        return None;
    }
    let prefixes = english::LAND_PREFIXES.iter().filter_map(|row| row.split_once(' '));
    let mut found = prefixes.filter_map(|(land, prefix)| {
        let land: [u8; 2] = land.as_bytes().try_into().ok()?;
        let told = story.countries.get(&land).copied().unwrap_or_default();
        let text = Text::new(prefix);
        let whole = [word_keys::keys(&text), keys.to_vec()].concat();
        let best = best(base, group.kind, &[phrase(&whole)], story);
        best.filter(|best| told >= LAND_SHARE && best.item.country == land)
    });
    found.next().filter(|_| found.next().is_none())
}

/// The best item of a group's name, or of its name without initials (`Maria K. Holm` is found as `Maria Holm`) and forms
/// of companies; and whether one word alone was left.
pub(super) fn search(
    base: &EntityBase,
    group: &Group<'_>,
    reading: &Reading<'_>,
    tokens: &Range<usize>,
    keys: &[u64],
    story: &Story<'_>,
) -> Option<(Best, bool)> {
    if let Some(found) = best(base, group.kind, &[phrase(keys)], story) {
        return Some((found, false));
    }
    let is_person = group.kind == NameKind::Person;
    if !is_person && let Some(found) = written_otherwise(base, reading, tokens, keys, story) {
        return Some((found, false));
    }
    let shorter: Vec<u64> = if is_person {
        tokens
            .clone()
            .filter(|&i| reading.text.word(i).trim_end_matches('.').chars().count() > 1)
            .map(|i| reading.keys[i])
            .collect()
    } else {
        reading.keys[without_form(reading.text, tokens.clone())].to_vec()
    };
    let enough = if is_person { 2 } else { 1 };
    if (enough..keys.len()).contains(&shorter.len())
        && let Some(found) = best(base, group.kind, &[phrase(&shorter)], story)
    {
        return Some((found, shorter.len() == 1));
    }
    if !is_person {
        return None;
    }
    let spelt = undoubled(base, reading, tokens, story);
    spelt.or_else(|| uninflected(base, reading, tokens, story)).map(|best| (best, false))
}

/// Somebody known by the name of which each word is a form in the story's language, or stands as it is: `Ормом Варде`. Of
/// several whose forms it may be, nobody is meant.
fn uninflected(
    base: &EntityBase,
    reading: &Reading<'_>,
    tokens: &Range<usize>,
    story: &Story<'_>,
) -> Option<Best> {
    if !endings::inflects_people(story.folder) || !(2..=MOST_INFLECTED).contains(&tokens.len()) {
        return None;
    }
    let mut names: Vec<Vec<String>> = vec![Vec::new()];
    for word in tokens.clone().map(|at| reading.text.word(at)) {
        let forms = endings::names_of_people(story.folder, word).map(|(base, _)| base);
        let mut options: Vec<String> = std::iter::once(word.to_owned()).chain(forms).collect();
        options.sort_unstable();
        options.dedup();
        let longer = |name: &Vec<String>| {
            let name = name.clone();
            options.iter().map(move |word| [&name[..], std::slice::from_ref(word)].concat())
        };
        names = names.iter().flat_map(longer).collect();
    }
    let mut buffer = Vec::new();
    let mut key = |word: &String| word_keys::key(word, TokenKind::Word, &mut buffer);
    let mut found: Option<(Best, String)> = None;
    for name in names {
        let keys: Vec<u64> = name.iter().map(&mut key).collect();
        let Some(best) = best(base, NameKind::Person, &[phrase(&keys)], story) else { continue };
        match &found {
            Some((known, _)) if known.item.number != best.item.number => return None,
            Some(_) => {}
            None => found = Some((best, name.join(" "))),
        }
    }
    let (best, name) = found?;
    (best.item.prior >= INFLECTED).then_some(Best { name: Some(name), ..best })
}

/// The organisation of a name with its country spelt out (`U.S. Orme Guard`), or with `and` for `&` and the other way round.
fn written_otherwise(
    base: &EntityBase,
    reading: &Reading<'_>,
    tokens: &Range<usize>,
    keys: &[u64],
    story: &Story<'_>,
) -> Option<Best> {
    let find = |keys: &[u64]| best(base, NameKind::Organisation, &[phrase(keys)], story);
    let first: String = reading.text.word(tokens.start).chars().filter(|c| *c != '.').collect();
    if names_land(reading, tokens) {
        let rows = english::LAND_PREFIXES.iter().filter_map(|row| row.split_once(' '));
        let spelt = rows.filter(|(land, _)| *land == first).find_map(|(_, prefix)| {
            find(&[&word_keys::keys(&Text::new(prefix))[..], &keys[1..]].concat())
        });
        if spelt.is_some() {
            return spelt;
        }
    }
    let and = tokens.clone().position(|at| matches!(reading.text.word(at), "and" | "&"))?;
    let sign = if reading.text.word(tokens.start + and) == "&" { "and" } else { "&" };
    let mut joined = keys.to_vec();
    joined[and] = word_keys::keys(&Text::new(sign))[0];
    // Of `Orme & Co.` the base has `Orme &`.
    let short = without_form(reading.text, tokens.clone()).len();
    find(&joined).or_else(|| find(&joined[..short]).filter(|_| short < joined.len()))
}

/// Somebody known whose last name papers write with a double letter that the base has once: `Vissa`.
fn undoubled(
    base: &EntityBase,
    reading: &Reading<'_>,
    tokens: &Range<usize>,
    story: &Story<'_>,
) -> Option<Best> {
    let last = tokens.end - 1;
    let word = reading.text.word(last);
    let doubled = word.as_bytes().windows(2).any(|pair| pair[0] == pair[1]);
    // `Otto III` is not Otto I.
    if tokens.len() < 2 || !doubled || is_regnal(reading, tokens) {
        return None;
    }
    let mut letters: Vec<char> = word.chars().collect();
    letters.dedup();
    let once: String = letters.into_iter().collect();
    let key = word_keys::key(&once, TokenKind::Word, &mut Vec::new());
    let whole = [&reading.keys[tokens.start..last], &[key]].concat();
    let found = best(base, NameKind::Person, &[phrase(&whole)], story)?;
    let is_one = found.item.rarity == Rarity::Rare && found.item.prior >= RESPELT;
    is_one.then_some(found)
}

/// The likeliest item of a name, with its score and the second's.
pub(super) struct Best {
    pub(super) item: Item,
    /// Whether the name is the item's main one.
    pub(super) main: bool,
    pub(super) score: f32,
    pub(super) second: f32,
    /// How well the best known is known that is called so first.
    pub(super) called: f32,
    /// The name that the story has in another case.
    pub(super) name: Option<String>,
}

impl Best {
    /// Whether nobody else is called so.
    pub(super) fn is_only(&self) -> bool {
        self.second == f32::MIN
    }
}

pub(super) fn best(
    base: &EntityBase,
    kind: NameKind,
    names: &[u64],
    story: &Story<'_>,
) -> Option<Best> {
    let mut best: Option<Best> = None;
    for (item, main) in names.iter().flat_map(|name| base.items(*name)) {
        if item.kind != kind {
            continue;
        }
        let score = score(&item, main, story);
        match &mut best {
            Some(best) if best.item.number == item.number => {
                best.score = best.score.max(score);
                best.main |= main;
            }
            Some(best) if best.score >= score => best.second = best.second.max(score),
            Some(old) => {
                best = Some(Best {
                    item,
                    main,
                    score,
                    second: old.score,
                    called: old.called,
                    name: None,
                });
            }
            None => {
                best = Some(Best { item, main, score, second: f32::MIN, called: 0.0, name: None });
            }
        }
        if let Some(best) = best.as_mut().filter(|_| main) {
            best.called = best.called.max(item.prior);
        }
    }
    best
}

fn score(item: &Item, main: bool, story: &Story<'_>) -> f32 {
    let prior = (item.prior + 0.2).ln() + if main { MAIN_NAME } else { 0.0 };
    if item.country == [0; 2] || story.countries.is_empty() {
        return prior;
    }
    let most = story.countries.values().copied().fold(0.0, f32::max);
    let is_person = item.kind == NameKind::Person;
    match story.countries.get(&item.country) {
        // Somebody of a country that the story only touches is more likely a namesake.
        Some(share)
            if is_person
                && share * LEAST < most
                && item.prior < KNOWN_ABROAD
                && item.rarity != Rarity::Rare =>
        {
            prior - ELSEWHERE
        }
        // Many of a country have a common name: the country does not tell which of them it is.
        Some(_) if is_person && item.rarity == Rarity::Common && item.prior < KNOWN_AT_HOME => {
            prior
        }
        Some(share) => prior + COUNTRY * share.sqrt(),
        None if is_person && item.rarity != Rarity::Rare && item.prior < KNOWN_EVERYWHERE => {
            f32::MIN
        }
        None => prior - ELSEWHERE,
    }
}
