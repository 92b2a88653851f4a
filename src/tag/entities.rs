//! Names in a text: who and where.
//!
//! A linear-chain conditional random field over hashed features, one for each language that has
//! `entities.weights.zst` in its folder, trained by `src/bin/train-entities` and compiled in. Lists and the
//! gazetteer alone serve the languages that have none.

use std::sync::Arc;

pub use super::names::{Name, Reading};
use super::{Initial, Text, TokenKind};
use crate::hash::ByHash;
use crate::unicode;

mod acronyms;
mod bodies;
pub mod classes;
mod clubs;
mod coreference;
pub mod decode;
mod english_names;
pub mod entity_base;
pub mod entity_links;
mod firms;
mod first_names;
mod gazetteer_rules;
pub mod grouping;
mod known_names;
pub mod labels;
pub mod languages;
pub mod linker;
mod name_bounds;
mod name_context;
mod named_things;
mod namesakes;
mod nominatives;
mod not_names;
mod one_sense;
mod organisation_bounds;
mod organisation_rules;
mod places_by_language;
pub mod second_pass;
pub mod story_entities;
pub mod titles;
pub mod token_features;
pub mod trades;
pub mod weights;

use classes::ClassTable;
use decode::Decoder;
use labels::LANES;
use second_pass::Votes;
use token_features::{Lexicon, MAX_FEATURES, Sentence, TokenFeatures, evidence};
use weights::Weights;

/// The model, ready to run.
#[derive(Debug)]
pub struct Recogniser {
    weights: Weights,
    decoder: Decoder,
    lexicon: Lexicon,
}

impl Recogniser {
    /// Puts a model together from its parts' bytes.
    #[must_use]
    pub fn from_bytes(weights: &[u8], classes: Vec<u8>) -> Option<Self> {
        let classes = Arc::new(ClassTable::from_bytes(classes)?);
        let weights = Weights::from_bytes(weights)?;
        Some(Self::with(weights, Lexicon { classes, roles: None, uncased: false }))
    }

    /// A model from its weights, with what is known of words.
    #[must_use]
    pub fn with(weights: Weights, lexicon: Lexicon) -> Self {
        let decoder = Decoder::new(&weights);
        Self { weights, decoder, lexicon }
    }

    /// The classes of words, to share with another language's model.
    #[must_use]
    pub fn classes(&self) -> Arc<ClassTable> {
        Arc::clone(&self.lexicon.classes)
    }

    /// The names of a story's texts, in order, one list per text: read once, then again with what
    /// the first reading found in all of them; then what is left of disagreement is settled.
    #[must_use]
    pub fn names(&self, texts: &[Reading<'_>]) -> Vec<Vec<Name>> {
        let evidence = Evidence::of(texts);
        let mut scored: Vec<Scored> =
            texts.iter().map(|text| self.score(text, &evidence)).collect();
        let mut names: Vec<Vec<Name>> =
            texts.iter().zip(&scored).map(|(text, s)| self.decode(text, s)).collect();
        let mut votes = Votes::default();
        for (reading, names) in texts.iter().zip(&names) {
            votes.add(reading.text, reading.keys, names);
        }
        for ((reading, names), scored) in texts.iter().zip(&mut names).zip(&mut scored) {
            let hints = votes.hints(reading.text, reading.keys, names);
            let changed = self.rescore(reading, &hints, scored);
            *names = self.decode_again(reading, scored, &changed, names);
        }
        let rows: Vec<&[[i16; LANES]]> = scored.iter().map(|s| s.rows.as_slice()).collect();
        one_sense::correct(texts, &rows, &evidence, &mut names);
        // Other languages' recognisers know what words are of names.
        let english = self.lexicon.roles.is_none();
        coreference::unify(texts, &evidence, &mut names, english);
        names
    }

    /// The names that the first reading alone finds in a text.
    #[must_use]
    pub fn first_names(&self, reading: Reading<'_>) -> Vec<Name> {
        let evidence = Evidence::of(&[reading]);
        self.decode(&reading, &self.score(&reading, &evidence))
    }

    fn score(&self, reading: &Reading<'_>, evidence: &Evidence) -> Scored {
        let text = reading.text;
        let mut scored = Scored {
            rows: Vec::with_capacity(text.tokens.len()),
            tokens: Vec::with_capacity(text.tokens.len()),
        };
        let mut sentence = Sentence::default();
        // Of the token before, whose marks were on their way while the features of the next one are written.
        let (mut own, mut other) = ([0; MAX_FEATURES], [0; MAX_FEATURES]);
        let (mut hashes, mut next) = (&mut own, &mut other);
        let (mut found, mut ends) = (Vec::new(), Vec::new());
        for tokens in &text.sentences {
            sentence.read(reading, tokens.clone(), &self.lexicon, evidence);
            found.clear();
            ends.clear();
            let mut expected = 0;
            for token in 0..sentence.len() {
                let (_, count) = sentence.features(token, next);
                self.weights.expect(&next[..count]);
                if token > 0 {
                    self.weights.find(&hashes[..expected], &mut found);
                    ends.push(found.len());
                }
                std::mem::swap(&mut hashes, &mut next);
                expected = count;
            }
            scored.tokens.extend_from_slice(sentence.tokens());
            self.weights.find(&hashes[..expected], &mut found);
            ends.push(found.len());
            let mut start = 0;
            for end in &ends {
                let mut row = [0_i16; LANES];
                self.weights.add(&found[start..*end], &mut row);
                scored.rows.push(row);
                start = *end;
            }
        }
        scored
    }

    /// Adds what the hints tell to the scores; gives the sentences that they tell something of.
    fn rescore(
        &self,
        reading: &Reading<'_>,
        hints: &[second_pass::Hint],
        scored: &mut Scored,
    ) -> Vec<bool> {
        let mut hashes = [0; second_pass::MAX_FEATURES];
        let mut found = Vec::new();
        let mut changed = vec![false; reading.text.sentences.len()];
        for (tokens, changed) in reading.text.sentences.iter().zip(&mut changed) {
            for i in tokens.clone() {
                let window = second_pass::window(hints, i, tokens);
                let count = second_pass::features(
                    &scored.tokens[i],
                    window,
                    i == tokens.start,
                    &mut hashes,
                );
                if count > 0 {
                    found.clear();
                    self.weights.find(&hashes[..count], &mut found);
                    self.weights.add(&found, &mut scored.rows[i]);
                    *changed = true;
                }
            }
        }
        changed
    }

    fn decode(&self, reading: &Reading<'_>, scored: &Scored) -> Vec<Name> {
        let changed = vec![true; reading.text.sentences.len()];
        self.decode_again(reading, scored, &changed, &[])
    }

    /// The names of a text by its scores: of sentences whose scores did not change, those found before.
    fn decode_again(
        &self,
        reading: &Reading<'_>,
        scored: &Scored,
        changed: &[bool],
        before: &[Name],
    ) -> Vec<Name> {
        let (mut names, mut sums, mut labels) = (Vec::new(), Vec::new(), Vec::new());
        for (tokens, changed) in reading.text.sentences.iter().zip(changed) {
            if !changed {
                let first = before.partition_point(|name| name.tokens.start < tokens.start);
                let own = before[first..].iter().take_while(|name| name.tokens.start < tokens.end);
                names.extend(own.cloned());
                continue;
            }
            self.decoder.decode(&scored.rows[tokens.clone()], &mut sums, &mut labels);
            names.extend(labels::names(&labels).filter_map(|(kind, range)| {
                let tokens = range.start + tokens.start..range.end + tokens.start;
                Some(Name { kind, tokens: titles::trim(reading.text, kind, tokens)? })
            }));
        }
        names
    }
}

/// A text's tokens as scored, with what the second reading needs.
#[derive(Debug)]
struct Scored {
    rows: Vec<[i16; LANES]>,
    tokens: Vec<TokenFeatures>,
}

/// What a story shows of its words' case, by the hash of the word in small letters.
#[derive(Debug, Default)]
pub struct Evidence(ByHash<u8>);

impl Evidence {
    /// Gathers evidence from a story's texts with their keys.
    #[must_use]
    pub fn of(texts: &[Reading<'_>]) -> Self {
        let mut evidence = Self::default();
        for reading in texts {
            evidence.add(reading.text, reading.keys);
        }
        evidence
    }

    fn add(&mut self, text: &Text<'_>, keys: &[u64]) {
        for sentence in &text.sentences {
            let words = || sentence.clone().filter(|&i| text.tokens[i].kind == TokenKind::Word);
            let capitals = words().filter(|&i| text.is_capital(i)).count();
            // Headlines and lists of names tell nothing of case.
            let telling = capitals * 2 <= words().count();
            for i in words() {
                let word = text.word(i);
                let flag = if text.tokens[i].initial == Initial::Small {
                    evidence::LOWER
                } else if !text.is_capital(i) || !telling {
                    continue;
                } else if word.len() > 1 && !word.chars().any(unicode::is_lowercase) {
                    evidence::ACRONYM
                } else if i > sentence.start && text.tokens[i - 1].kind != TokenKind::Mark {
                    evidence::CAPITAL
                } else {
                    continue;
                };
                *self.0.entry(keys[i]).or_default() |= flag;
            }
        }
    }

    /// Flags from [`token_features::evidence`].
    #[must_use]
    pub fn get(&self, lower: u64) -> u8 {
        self.0.get(&lower).copied().unwrap_or_default()
    }
}
