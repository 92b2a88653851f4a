//! Topics of stories in languages other than English: what a language's `topics.txt` says that stories of
//! each top level speak of, and one model over the letters of all languages.
//!
//! The terms speak where there is text enough to hold some; the model, a multinomial logistic regression over
//! hashed runs of one to five letters, speaks where they do not, and knows five top levels and "none of them".
//! It was fitted by `src/bin/train-topics/languages.rs` to sentences of the languages that `mul/topics.languages.txt`
//! names, and speaks in those only. Refuses to name a topic where the model takes the text for something else
//! and no terms stand against that.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::{LazyLock, OnceLock};

use aho_corasick::AhoCorasick;
use foldhash::{HashMap, HashSet};

use super::TOPICS;
use crate::lang;
use crate::model::LanguageCode;
use crate::tag::document::Splitting;
use crate::tag::transliteration;
use crate::tag::unpack::unpack;
use crate::unicode;

/// Numbers of the top levels that the model knows; its last class is "none of them".
pub const KNOWN: [usize; 5] = [0, 6, 10, 12, 14];
/// Classes of the model.
pub const CLASSES: usize = KNOWN.len() + 1;
/// Buckets of the model; a power of two.
pub const BUCKETS: usize = 1 << BITS;
const BITS: u32 = 17;
/// Longest run of letters.
const RUN: usize = 5;
/// Letters of a text that the model looks at.
const MAX_LETTERS: usize = 1500;
/// Characters of a text that terms are looked for in.
const MAX_CHARS: usize = 8000;
/// Shortest beginning of a word that is a term; shorter terms are whole words.
const BEGINNING: usize = 4;
/// An occurrence in the headline counts as so many.
const TITLE_COUNT: f32 = 2.0;
/// Least that the model's word for a topic counts, as a logarithm.
const FLOOR: f32 = -3.0;
/// The same for a topic that the model does not know and of which there is evidence enough: letters of another do not
/// outvote two terms.
const UNKNOWN_FLOOR: f32 = -2.0;
/// What the model's "none of them" says for topics that it does not know, as a logarithm.
const UNKNOWN: f32 = -2.0;
/// Evidence of terms that halves what the model's word weighs.
const HALF: f32 = 2.0;
/// Chance of "none of them" above which the model alone names nothing.
const SILENT: f32 = 0.7;
/// Least evidence of terms that speaks against that.
const MIN_TERMS: f32 = 1.9;
const MAGIC: [u8; 4] = *b"NTM2";
const WEIGHTS: &str = "topics.weights.zst";
const LANGUAGES: &str = "topics.languages.txt";
const TERMS: &str = "topics.txt";
/// Folder of what serves several languages.
const SHARED: &str = "mul";
/// What stands for a top level before terms that are worth less, and what they are worth.
const WEAK: &str = "weak";
const WEAK_WEIGHT: f32 = 0.35;
/// What stands for a blank in a term of several words, and at the end of one that is a whole word.
const JOINT: &str = "_";

static MODEL: LazyLock<Option<LetterModel>> =
    LazyLock::new(|| LetterModel::from_bytes(&unpack(lang::bytes(SHARED, WEIGHTS)?)?));

static TERMS_BY_LANGUAGE: LazyLock<BTreeMap<&'static str, OnceLock<Terms>>> =
    LazyLock::new(|| lang::languages_with(TERMS).map(|code| (code, OnceLock::new())).collect());

/// What a text in a language says of its topics.
#[derive(Debug, Default)]
pub(super) struct TopicReading {
    /// Top level by number, what a term is worth for it, and the term.
    pub terms: Vec<(usize, f32, &'static str)>,
    /// Logarithms of the model's chances, "none of them" last; `None` where it does not know the language.
    pub chances: Option<[f32; CLASSES]>,
}

impl TopicReading {
    /// Reads a story; `None` for a language of which nothing is known.
    pub(super) fn of(title: &str, body: &str, language: LanguageCode) -> Option<Self> {
        let code = lang::folder(language.as_str());
        let terms = TERMS_BY_LANGUAGE.get_key_value(code);
        let modelled = lang::text(SHARED, LANGUAGES)
            .is_some_and(|list| lang::entries(list).any(|known| known == code));
        if terms.is_none() && !modelled {
            return None;
        }
        let terms = terms.map_or_else(Vec::new, |(code, terms)| {
            let terms = terms.get_or_init(|| Terms::read(code));
            match transliteration::spelt(title, body, language) {
                Some([title, body]) => terms.find(&title, &body),
                None => terms.find(title, body),
            }
        });
        let model = MODEL.as_ref().filter(|_| modelled);
        let chances = model.and_then(|model| model.chances(&features(title, body)));
        Some(Self { terms, chances })
    }

    /// The scores of the top levels from the evidence for each; `None` where no topic is to be named.
    pub(super) fn scores(&self, evidence: &[f32; TOPICS]) -> Option<[f32; TOPICS]> {
        let most = evidence.iter().copied().fold(0.0, f32::max);
        let Some(chances) = self.chances else {
            return (most >= MIN_TERMS).then(|| evidence.map(f32::ln_1p));
        };
        let none = chances[CLASSES - 1];
        if none.exp() > SILENT && most < MIN_TERMS {
            return None;
        }
        let share = 1.0 / (1.0 + evidence.iter().sum::<f32>() / HALF);
        Some(std::array::from_fn(|i| {
            let chance = match KNOWN.iter().position(|known| *known == i) {
                Some(class) => chances[class].max(FLOOR),
                None if evidence[i] >= MIN_TERMS => (none + UNKNOWN).max(UNKNOWN_FLOOR),
                None => (none + UNKNOWN).max(FLOOR),
            };
            share * chance + evidence[i].ln_1p()
        }))
    }
}

/// The chances of topics from their scores.
pub(super) fn chances<const N: usize>(scores: &[f32; N]) -> [f32; N] {
    let most = scores.iter().copied().fold(f32::MIN, f32::max);
    let exp = scores.map(|score| (score - most).exp());
    let sum: f32 = exp.iter().sum();
    exp.map(|e| e / sum)
}

/// The terms of one language.
#[derive(Debug, Default)]
struct Terms {
    tops: HashMap<&'static str, Vec<usize>>,
    /// The first letters of terms of [`BEGINNING`] and more: most words begin with none of them.
    heads: HashSet<&'static str>,
    /// Terms that are looked for anywhere, in a script without blanks.
    anywhere: Option<Anywhere>,
    /// Offices: whoever holds one is named in stories of anything.
    weak: HashSet<&'static str>,
    /// Terms that are no beginnings: `Haft` is none of `Haftung`.
    whole: HashSet<&'static str>,
    /// Words that are written together with the next, the longest first.
    prefixes: Vec<&'static str>,
    /// The first words of terms of several, and most words of one.
    openers: HashSet<&'static str>,
    longest: usize,
}

/// Terms that may stand anywhere in a text.
#[derive(Debug)]
struct Anywhere {
    terms: Vec<&'static str>,
    automaton: AhoCorasick,
}

impl Anywhere {
    fn new(terms: impl Iterator<Item = &'static str>) -> Self {
        let terms: Vec<&str> = terms.collect();
        let automaton = AhoCorasick::new(&terms).expect("a language's terms are few and short");
        Self { terms, automaton }
    }

    /// Calls `each` for the occurrences of each term that do not overlap with others of the same.
    fn find(&self, text: &str, mut each: impl FnMut(&'static str)) {
        let mut ends = vec![0; self.terms.len()];
        for found in self.automaton.find_overlapping_iter(text) {
            let term = found.pattern().as_usize();
            if found.start() >= ends[term] {
                ends[term] = found.end();
                each(self.terms[term]);
            }
        }
    }
}

impl Terms {
    fn read(code: &str) -> Self {
        let mut terms = Self::default();
        for entry in lang::text(code, TERMS).into_iter().flat_map(lang::entries) {
            let Some((top, words)) = entry.split_once('\t') else { continue };
            if top == WEAK {
                terms.weak.extend(words.split_whitespace().map(bare));
                continue;
            }
            let Some(top) = top.parse().ok().filter(|top| (1..=TOPICS).contains(top)) else {
                continue;
            };
            terms.list(top - 1, words);
        }
        terms.prefixes = Splitting::of(code).prefixes().collect();
        terms.prefixes.sort_by_key(|prefix| Reverse(prefix.len()));
        if Splitting::of(code).characters {
            terms.anywhere = Some(Anywhere::new(terms.tops.keys().copied()));
        }
        terms
    }

    /// Takes in a list of terms that speak of a top level.
    fn list(&mut self, top: usize, words: &'static str) {
        for listed in words.split_whitespace() {
            let word = bare(listed);
            if word != listed {
                self.whole.insert(word);
            }
            self.tops.entry(word).or_default().push(top);
            self.heads.extend(head(word));
            if let Some((first, rest)) = word.split_once(JOINT) {
                self.openers.insert(first);
                self.longest = self.longest.max(2 + rest.matches(JOINT).count());
            }
        }
    }

    fn find(&self, title: &str, body: &str) -> Vec<(usize, f32, &'static str)> {
        let mut counts: BTreeMap<&'static str, f32> = BTreeMap::new();
        for (text, count) in [(title, TITLE_COUNT), (body, 1.0)] {
            let letters = normalised(text, MAX_CHARS);
            if let Some(anywhere) = &self.anywhere {
                anywhere.find(&letters, |term| *counts.entry(term).or_default() += count);
            } else {
                let words: Vec<&str> = letters.split(' ').collect();
                let mut at = 0;
                while at < words.len() {
                    let (term, len) = match self.several(&words[at..]) {
                        Some((term, len)) => (Some(term), len),
                        None => (self.term(words[at]), 1),
                    };
                    if let Some(term) = term {
                        *counts.entry(term).or_default() += count;
                    }
                    at += len;
                }
            }
        }
        let worth = |(term, count): (&'static str, f32)| {
            let tops = &self.tops[term];
            let weight = if self.weak.contains(term) { WEAK_WEIGHT } else { 1.0 };
            let value = weight * (1.0 + count.ln()) / (tops.len() as f32).sqrt();
            tops.iter().map(move |top| (*top, value, term)).collect::<Vec<_>>()
        };
        counts.into_iter().flat_map(worth).collect()
    }

    /// The longest term of several words that some begin with, and how many it has.
    fn several(&self, words: &[&str]) -> Option<(&'static str, usize)> {
        if !self.openers.contains(words.first()?) {
            return None;
        }
        (2..=self.longest.min(words.len())).rev().find_map(|len| {
            let joined = words[..len].join(JOINT);
            self.tops.get_key_value(joined.as_str()).map(|(term, _)| (*term, len))
        })
    }

    /// The longest term that a word begins with, with a word before it that is written together with it, too.
    fn term(&self, word: &str) -> Option<&'static str> {
        self.beginning(word).or_else(|| {
            let bare = self.prefixes.iter().filter_map(|prefix| word.strip_prefix(prefix));
            bare.into_iter().find_map(|bare| self.beginning(bare))
        })
    }

    /// The longest term that a word begins with.
    fn beginning(&self, word: &str) -> Option<&'static str> {
        let Some(head) = head(word) else {
            word.chars().nth(1)?;
            return self.tops.get_key_value(word).map(|(term, _)| *term);
        };
        if !self.heads.contains(head) {
            return None;
        }
        let mut start = word;
        loop {
            if let Some((term, _)) = self.tops.get_key_value(start)
                && (start.len() == word.len() || !self.whole.contains(term))
            {
                return Some(term);
            }
            if start.len() == head.len() {
                return None;
            }
            start = &start[..start.len() - start.chars().next_back()?.len_utf8()];
        }
    }
}

/// The first letters of a word that may begin with a term; `None` of a shorter one.
fn head(word: &str) -> Option<&str> {
    let (last, c) = word.char_indices().nth(BEGINNING - 1)?;
    Some(&word[..last + c.len_utf8()])
}

/// A listed term without the mark of a whole word.
fn bare(listed: &'static str) -> &'static str {
    listed.strip_suffix(JOINT).unwrap_or(listed)
}

/// A term as texts have it.
pub(super) fn written(term: &'static str) -> Cow<'static, str> {
    match term.contains(JOINT) {
        true => Cow::Owned(term.replace(JOINT, " ")),
        false => Cow::Borrowed(term),
    }
}

/// Small letters, digits as noughts, and one blank for anything between words; a blank at both ends.
fn normalised(text: &str, most: usize) -> String {
    let mut letters = String::with_capacity(text.len().min(4 * most) + 2);
    letters.push(' ');
    let mut blank = true;
    let mut push = |c: char| {
        if c != ' ' || !blank {
            letters.push(c);
        }
        blank = c == ' ';
    };
    for c in text.chars().take(most) {
        if c.is_ascii() || !unicode::has_lowercase(c) {
            push(letter(c.to_ascii_lowercase()));
        } else {
            c.to_lowercase().map(letter).for_each(&mut push);
        }
    }
    push(' ');
    letters
}

/// What a small letter or a mark is in the text that terms and runs of letters are taken from.
fn letter(c: char) -> char {
    match c {
        'a'..='z' | '\u{aa}' | '\u{b5}' | '\u{ba}' | '\u{200c}' | '\u{200d}' => c,
        '0'..='9' => '0',
        '\u{0}'..='\u{bf}'
        | '\u{2000}'..='\u{206f}'
        | '\u{3000}'..='\u{303f}'
        | '\u{ff00}'..='\u{ff20}'
        | '\u{60c}'
        | '\u{61b}'
        | '\u{61f}'
        | '\u{964}'
        | '\u{965}' => ' ',
        _ => c,
    }
}

/// Buckets of the runs of letters within a story's words, with their values: 1 + ln(count), the whole of
/// length 1; in the order of buckets.
#[must_use]
pub fn features(title: &str, body: &str) -> Vec<(u32, f32)> {
    const STEP: u64 = crate::hash::GOLDEN;
    const LENGTHS: u64 = 0xd6e8_feb8_6659_fd93;
    let end = body.char_indices().nth(MAX_LETTERS).map_or(body.len(), |(at, _)| at);
    let text = [title, &body[..end]].join("\n");
    let letters: Vec<u64> =
        normalised(&text, MAX_LETTERS).chars().map(|c| u64::from(u32::from(c))).collect();
    let space = u64::from(u32::from(' '));
    let mut buckets: Vec<u32> = Vec::with_capacity(letters.len() * RUN);
    for start in 0..letters.len() {
        let mut hash = 0_u64;
        for (before, letter) in letters[start..].iter().take(RUN).enumerate() {
            let length = before as u64 + 1;
            hash = hash.wrapping_mul(STEP).wrapping_add(*letter).wrapping_add(1);
            if length > 1 || *letter != space {
                let mut mixed = hash.wrapping_add(length).wrapping_mul(LENGTHS);
                mixed ^= mixed >> 32;
                buckets.push((mixed.wrapping_mul(STEP) >> (u64::BITS - BITS)) as u32);
            }
            // A blank ends a run, or begins it.
            if *letter == space && length > 1 {
                break;
            }
        }
    }
    sort(&mut buckets);
    let mut counted: Vec<(u32, f32)> = Vec::new();
    for bucket in buckets {
        match counted.last_mut() {
            Some((last, count)) if *last == bucket => *count += 1.0,
            _ => counted.push((bucket, 1.0)),
        }
    }
    // Most come once.
    for (_, count) in counted.iter_mut().filter(|(_, count)| *count > 1.0) {
        *count = 1.0 + count.ln();
    }
    let length = counted.iter().map(|(_, value)| value * value).sum::<f32>().sqrt().max(1e-6);
    for (_, value) in &mut counted {
        *value /= length;
    }
    counted
}

/// Sorts buckets, by their lower and then by their upper bits: a text has thousands of them.
fn sort(buckets: &mut Vec<u32>) {
    const LOW: u32 = BITS.div_ceil(2);
    let mut sorted = vec![0; buckets.len()];
    for shift in [0, LOW] {
        let digit = |bucket: u32| (bucket >> shift) as usize % (1 << LOW);
        let mut ends = [0; 1 << LOW];
        for bucket in &*buckets {
            ends[digit(*bucket)] += 1;
        }
        let mut before = 0;
        for end in &mut ends {
            (*end, before) = (before, before + *end);
        }
        for bucket in &*buckets {
            let next = &mut ends[digit(*bucket)];
            sorted[*next] = *bucket;
            *next += 1;
        }
        std::mem::swap(buckets, &mut sorted);
    }
}

/// Weights of runs of letters for the classes.
#[derive(Clone, Debug, PartialEq)]
pub struct LetterModel {
    /// Score of a class without letters.
    pub bias: [f32; CLASSES],
    /// [`BUCKETS`] rows of a weight for each class, in units of `scale`.
    pub weights: Vec<[i8; CLASSES]>,
    /// What one step of a weight is worth.
    pub scale: f32,
}

impl LetterModel {
    /// Logarithms of the chances of the classes; `None` without letters.
    #[must_use]
    pub fn chances(&self, features: &[(u32, f32)]) -> Option<[f32; CLASSES]> {
        if features.is_empty() {
            return None;
        }
        let mut scores = self.bias;
        for (bucket, value) in features {
            let value = value * self.scale;
            for (score, &weight) in scores.iter_mut().zip(&self.weights[*bucket as usize]) {
                *score += value * f32::from(weight);
            }
        }
        Some(chances(&scores).map(|chance| chance.max(f32::MIN_POSITIVE).ln()))
    }

    /// Little endian: magic, scale, biases, weights.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend([self.scale].into_iter().chain(self.bias).flat_map(f32::to_le_bytes));
        bytes.extend(self.weights.iter().flatten().map(|w| w.cast_unsigned()));
        bytes
    }

    /// Reads what [`LetterModel::to_bytes`] wrote; `None` for anything else.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (head, weights) = bytes.strip_prefix(&MAGIC)?.split_at_checked(4 * (1 + CLASSES))?;
        let floats: Vec<f32> =
            head.as_chunks::<4>().0.iter().map(|b| f32::from_le_bytes(*b)).collect();
        let (rows, rest) = weights.as_chunks::<CLASSES>();
        let weights: Vec<_> = rows.iter().map(|row| row.map(u8::cast_signed)).collect();
        (rest.is_empty() && weights.len() == BUCKETS).then(|| Self {
            bias: std::array::from_fn(|i| floats[1 + i]),
            weights,
            scale: floats[0],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::next_random;

    #[test]
    fn terms_match_word_beginnings_short_ones_whole_words() {
        let terms = Terms::read("de");
        assert_eq!(terms.beginning("bundesligaspiel"), Some("bundesliga"));
        assert_eq!(terms.beginning("tor"), Some("tor"));
        assert_eq!(terms.beginning("torte"), None);
    }

    #[test]
    fn marked_terms_are_whole_words() {
        let mut terms = Terms::default();
        terms.list(14, "haft_ mord");
        assert_eq!(terms.beginning("haft"), Some("haft"));
        assert_eq!(terms.beginning("haftung"), None);
        assert_eq!(terms.beginning("mordfall"), Some("mord"));
    }

    #[test]
    fn terms_of_several_words_and_behind_prefixes_are_found() {
        let mut terms = Terms::read("he");
        assert!(terms.prefixes.windows(2).all(|pair| pair[0].len() >= pair[1].len()));
        terms.prefixes = vec!["\u{5d5}\u{5d1}", "\u{5d5}"];
        let term = "\u{5d0}\u{5d1}\u{5d2}\u{5d3}";
        terms.tops = HashMap::from_iter([(term, vec![3])]);
        terms.heads.extend(head(term));
        assert!(terms.term("\u{5d5}\u{5d1}\u{5d0}\u{5d1}\u{5d2}\u{5d3}\u{5d4}").is_some());
        assert!(terms.term("\u{5d4}\u{5d0}\u{5d1}\u{5d2}\u{5d3}").is_none());
        let terms = Terms::read("vi");
        let found = terms.find("", "b\u{f3}ng \u{111}\u{e1} v\u{e0} c\u{f4}ng an");
        assert!(
            found.iter().any(|(top, _, term)| *top == 14 && *term == "b\u{f3}ng_\u{111}\u{e1}")
        );
    }

    #[test]
    fn every_list_names_top_levels_and_small_letters() {
        for code in lang::languages_with(TERMS) {
            for entry in lang::entries(lang::text(code, TERMS).unwrap()) {
                let (top, words) =
                    entry.split_once('\t').unwrap_or_else(|| panic!("{code}: {entry}"));
                let top: usize = if top == WEAK { 1 } else { top.parse().unwrap() };
                assert!((1..=TOPICS).contains(&top), "{code}: {entry}");
                let kept = normalised(words, usize::MAX);
                let bare = words.split_whitespace().map(bare);
                for word in bare.filter(|w| w.chars().all(char::is_alphabetic)) {
                    assert!(kept.contains(word), "{code}: {word}");
                }
            }
        }
    }

    #[test]
    fn survives_a_round_trip_and_refuses_other_bytes() {
        let model = MODEL.clone().expect("the model is part of the program");
        let bytes = model.to_bytes();
        assert_eq!(LetterModel::from_bytes(&bytes), Some(model));
        assert_eq!(LetterModel::from_bytes(&bytes[..bytes.len() - 1]), None);
    }

    #[test]
    fn buckets_are_sorted_by_all_their_bits() {
        let mut state = 7;
        let mut buckets: Vec<u32> =
            (0..3000).map(|_| next_random(&mut state) as u32 % BUCKETS as u32).collect();
        let mut expected = buckets.clone();
        expected.sort_unstable();
        sort(&mut buckets);
        assert_eq!(buckets, expected);
    }

    #[test]
    fn runs_stay_within_words() {
        let parted: Vec<u32> = features("", "ab cd").iter().map(|f| f.0).collect();
        let other: Vec<u32> = features("", "cd ab").iter().map(|f| f.0).collect();
        assert_eq!(parted, other);
        assert!(features("", " ... ").is_empty());
    }
}
