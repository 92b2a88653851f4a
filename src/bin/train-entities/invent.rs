//! Stories with invented names, and set as headlines are.
//!
//! The names of the corpora are those of the news of a few years in a few countries. In some of the
//! stories names are replaced, the same word by the same word throughout, so that the model learns
//! to rest on what stands around a name; and some of their sentences are set in headline style or
//! in capitals or follow a dateline. These stories stand in for the originals: more sentences would
//! bind the model closer to the corpora.

use std::collections::{HashMap, HashSet};

use crate::{
    corpus::{Line, Story},
    random::Random,
};

/// Share of the stories that are varied.
const VARIED: f32 = 0.4;
/// Share of a kind's words that are replaced in a copy.
const REPLACED: f32 = 0.5;
/// Share of replaced words that become a word of another name instead of an invented one.
const BORROWED: f32 = 0.4;
/// Shares of a copy's sentences that are set in headline style, and in capitals.
const TITLED: f32 = 0.3;
const CAPITALS: f32 = 0.15;
/// Share of a copy's sentences that get a dateline.
const DATELINES: f32 = 0.05;
/// What a copy weighs against its story.
const WEIGHT: f32 = 0.5;

/// The stories, some of them varied.
pub fn vary(stories: &[Story]) -> Vec<Story> {
    let words = Words::of(stories);
    let mut random = Random(0x0dd_ba11);
    let mut vary = |story: &Story| {
        if random.unit() < VARIED { words.copy(story, &mut random) } else { story.clone() }
    };
    stories.iter().map(&mut vary).collect()
}

/// Words of names by kind, and the words that are not only names.
struct Words {
    by_kind: HashMap<String, Vec<String>>,
    common: HashSet<String>,
}

impl Words {
    /// Gathers the words of some stories.
    fn of(stories: &[Story]) -> Self {
        let lines = || stories.iter().flat_map(|s| &s.lines);
        let common: HashSet<String> = lines()
            .flat_map(|l| &l.tokens)
            .filter(|t| t.starts_with(char::is_lowercase))
            .cloned()
            .collect();
        let mut words = Self { by_kind: HashMap::new(), common };
        for line in lines() {
            for (from, to, kind) in &line.entities {
                for token in &line.tokens[*from..*to] {
                    if words.is_name(token) && is_title(token) {
                        words.by_kind.entry(kind.clone()).or_default().push(token.clone());
                    }
                }
            }
        }
        words
    }

    /// Whether a copy may have another word: places stay, since the gazetteer knows most.
    fn replaceable(&self, token: &str, kind: &str) -> bool {
        matches!(kind, "PERSON" | "ORG") && self.is_name(token)
    }

    /// Whether a word of a name is not also a common word.
    fn is_name(&self, token: &str) -> bool {
        token.len() >= 3
            && token.starts_with(char::is_uppercase)
            && token.chars().all(char::is_alphabetic)
            && !self.common.contains(&token.to_lowercase())
    }

    fn other(&self, kind: &str, random: &mut Random) -> String {
        let pool = &self.by_kind[kind];
        let one = &pool[random.below(pool.len())];
        if random.unit() < BORROWED {
            return one.clone();
        }
        let two = &pool[random.below(pool.len())];
        splice(one, two, random)
    }

    /// Puts a city in capitals before a sentence, in one of the ways of newspapers.
    fn dateline(&self, line: &mut Line, random: &mut Random) {
        const AGENCIES: &[&str] = &["AP", "Reuters", "AFP", "UPI"];
        // A script without capitals shows no words of names.
        let Some(pool) = self.by_kind.get("PLACE") else { return };
        let mut front = vec![pool[random.below(pool.len())].to_uppercase()];
        let mut entities = vec![(0, 1, "PLACE".to_owned())];
        match random.below(4) {
            0 => front.push("--".to_owned()),
            1 => front.push(":".to_owned()),
            2 => {
                front.extend([",", &pool[random.below(pool.len())], "\u{2013}"].map(str::to_owned));
                entities.push((2, 3, "PLACE".to_owned()));
            }
            _ => {
                let agency = AGENCIES[random.below(AGENCIES.len())];
                front.extend(["(", agency, ")", "\u{2014}"].map(str::to_owned));
                entities.push((2, 3, "ORG".to_owned()));
            }
        }
        let shift = front.len();
        let rest = line.entities.drain(..).map(|(from, to, kind)| (from + shift, to + shift, kind));
        entities.extend(rest);
        line.entities = entities;
        line.tokens.splice(0..0, front);
    }

    /// A copy of a story with other names.
    fn copy(&self, story: &Story, random: &mut Random) -> Story {
        let mut others: HashMap<String, Option<String>> = HashMap::new();
        let mut lines = story.lines.clone();
        for line in &mut lines {
            for (from, to, kind) in &line.entities {
                for token in &mut line.tokens[*from..*to] {
                    if !self.replaceable(token, kind) {
                        continue;
                    }
                    let other = others.entry(token.clone()).or_insert_with(|| {
                        (random.unit() < REPLACED).then(|| {
                            if is_title(token) {
                                self.other(kind, random)
                            } else {
                                letters(token.len(), random)
                            }
                        })
                    });
                    if let Some(other) = other {
                        token.clone_from(other);
                    }
                }
            }
            if random.unit() < DATELINES {
                self.dateline(line, random);
            }
            let set = random.unit();
            if set < TITLED {
                title(line);
            } else if set < TITLED + CAPITALS {
                capitals(line);
            }
        }
        Story { lines, weight: story.weight * WEIGHT }
    }
}

/// A capital, then small letters.
fn is_title(token: &str) -> bool {
    token.chars().skip(1).all(char::is_lowercase)
}

/// The front of one word and the back of another.
fn splice(one: &str, two: &str, random: &mut Random) -> String {
    let (one, two): (Vec<char>, Vec<char>) = (one.chars().collect(), two.chars().collect());
    let cut = |len: usize, random: &mut Random| 2 + random.below((len - 2).clamp(1, 4));
    let (front, back) = (cut(one.len(), random), cut(two.len(), random));
    one[..front.min(one.len())].iter().chain(&two[two.len() - back.min(two.len())..]).collect()
}

/// An acronym.
fn letters(len: usize, random: &mut Random) -> String {
    (0..len).map(|_| char::from(b'A' + random.below(26) as u8)).collect()
}

/// Sets a sentence as a headline: every word but the small ones capitalised.
pub fn title(line: &mut Line) {
    const SMALL: &[&str] = &[
        "a", "an", "and", "as", "at", "but", "by", "for", "from", "in", "into", "is", "nor", "of",
        "on", "or", "over", "than", "the", "to", "vs", "with", "that",
    ];
    for (at, token) in line.tokens.iter_mut().enumerate() {
        if (at == 0 || !SMALL.contains(&token.as_str())) && token.starts_with(char::is_lowercase) {
            let mut chars = token.chars();
            let first = chars.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
            *token = first + chars.as_str();
        }
    }
}

/// Sets a sentence in capitals.
pub fn capitals(line: &mut Line) {
    for token in &mut line.tokens {
        *token = token.to_uppercase();
    }
}
