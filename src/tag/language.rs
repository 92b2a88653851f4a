//! The language of a text: letters, function words and the publisher's declaration, weighed.
//!
//! Character trigrams (`whatlang`) are right on paragraphs and guess on headlines; function words
//! are right on headlines of the languages listed here and know some that `whatlang` does not; a
//! declared language is often the template's and not the text's, so it only tips a balance or
//! speaks where the text is silent. Refuses to name a language when nothing speaks for one: `und`.

use std::sync::LazyLock;

use foldhash::{HashMap, HashMapExt as _, HashSet};
use whatlang::Lang;

use crate::model::{Language, LanguageCode};
use crate::tag::english;
use crate::tag::word_set::WordSet;
use crate::unicode;
use crate::{lang, language_table};

/// Function words by language: English, which wins where two fit alike, then the others in the order of their codes. A
/// word's languages are kept as bits: at most 64.
static FUNCTION_WORDS: LazyLock<Vec<(&'static str, Vec<&'static str>)>> = LazyLock::new(|| {
    const LIST: &str = "function-words.txt";
    let words = |code| lang::text(code, LIST).into_iter().flat_map(lang::entries);
    let of = |code| words(code).flat_map(str::split_whitespace).collect();
    let mut codes: Vec<_> = lang::languages_with(LIST).collect();
    codes.sort_by_key(|code| *code != "en");
    codes.into_iter().map(|code| (code, of(code))).collect()
});

/// Characters looked at: more changes no verdict and costs time.
const SAMPLE_CHARS: usize = 1200;
/// What a sure trigram verdict weighs, in shares of function words.
const TRIGRAM_WEIGHT: f32 = 0.30;
/// What a declaration weighs, in the same.
const DECLARED_WEIGHT: f32 = 0.07;
/// What it weighs besides where trigrams cannot speak for the language: less than they do when they are sure.
const UNKNOWN_WEIGHT: f32 = 0.25;
/// How sure a producer's word for a short text is taken to be.
const TOLD_CONFIDENCE: f32 = 0.9;
/// What evidence for a language of few newspapers is worth: it must beat its larger neighbour's.
const SMALL_LANGUAGE: f32 = 0.88;
/// Words of a sample, share of function words among them, and most of that share for the language after, for which
/// trigrams need not be asked.
const PLENTY_OF_WORDS: f32 = 100.0;
const CLEAR_SHARE: f32 = 0.15;
const MOST_OF_SECOND: f32 = 0.4;
/// Words of which no language is guessed.
const GUESSED: f32 = 2.0;
/// Share of letters that a language does not have, which a text in it may have in names.
const FOREIGN_SHARE: f32 = 0.008;
/// Words after which the evidence is taken as it stands.
const ENOUGH_WORDS: f32 = 25.0;

/// Tells the language of an article.
///
/// `declared` is the page's or the producer's BCP 47 tag; `told` is the producer's alone, which wins
/// on a short text unless the script contradicts it.
#[must_use]
pub fn detect(title: &str, body: &str, declared: Option<&str>, told: Option<&str>) -> Language {
    let declared = declared.and_then(LanguageCode::parse).and_then(known);
    let sample = sample(title, body);
    let mut votes = function_word_shares(&sample);
    let words = votes.words;
    let size = (words / ENOUGH_WORDS).min(1.0);
    let trigrams = trigrams(&sample, &votes);
    if let Some(code) = told.and_then(LanguageCode::parse).and_then(known)
        && code != LanguageCode::UND
        && words < ENOUGH_WORDS
        && is_script_of(&sample, code)
    {
        return Language { code, confidence: TOLD_CONFIDENCE };
    }
    if let Some((code, confidence)) = trigrams {
        if HAS_SCRIPT_OF_ITS_OWN.contains(&code) {
            return Language { code, confidence: 0.99 };
        }
        votes.add(code, TRIGRAM_WEIGHT * (0.1 + 0.9 * size) * confidence);
    }
    if let Some(code) = declared
        && code != LanguageCode::UND
    {
        votes.add(code, DECLARED_WEIGHT);
        // Trigrams name a neighbour of a language that they don't know.
        if !HAS_TRIGRAMS.contains(&code) && is_script_of(&sample, code) {
            votes.add(code, UNKNOWN_WEIGHT);
        }
        votes.declared = Some(code);
    }
    votes.rule_out(&sample);
    let Some((code, best, second)) = votes.best() else {
        return Language::default();
    };
    // A character may be a word; two of English verbs are.
    let is_guess = words <= GUESSED && declared.is_none() && code != LanguageCode::EN;
    if is_guess && sample.chars().any(char::is_lowercase) {
        return Language::default();
    }
    let margin = (best - second) / (best + second);
    // Of languages that are told apart by little and read by the same lists, it is the one that is stated: Serbian in Latin.
    let code = declared.filter(|stated| is_sister(*stated, code)).unwrap_or(code);
    let agreed = if declared == Some(code) { 0.2 } else { 0.0 };
    let confidence = (0.25 + 0.75 * size) * (0.4 + 0.9 * margin) + agreed;
    Language { code, confidence: confidence.clamp(0.05, 0.99) }
}

/// Whether two codes are of two languages with one folder, as Serbian and Croatian are.
fn is_sister(one: LanguageCode, other: LanguageCode) -> bool {
    let (one, other) = (one.as_str(), other.as_str());
    lang::folder(one) == lang::folder(other) && lang::own_folder(one) != lang::own_folder(other)
}

/// What the trigrams of a sample speak for, and how surely. Where function words leave no doubt they would be sure of
/// the same language and are not asked: they are compared with those of forty.
fn trigrams(sample: &str, votes: &Votes) -> Option<(LanguageCode, f32)> {
    if let Some(code) = votes.beyond_doubt() {
        return Some((code, 1.0));
    }
    let info = whatlang::detect(sample)?;
    Some((code_of(info.lang()), info.confidence() as f32))
}

/// The function words of one language, which carry grammar and no subject.
#[derive(Clone, Copy, Debug)]
pub struct FunctionWords {
    /// The language's bit.
    mask: u64,
}

impl FunctionWords {
    /// Those of a language; `None` where there is no list.
    #[must_use]
    pub fn of(code: LanguageCode) -> Option<Self> {
        let at = FUNCTION_WORDS.iter().position(|(listed, _)| *listed == code.as_str())?;
        Some(Self { mask: 1 << at })
    }

    /// Whether a word, in lower case, is one of them.
    #[must_use]
    pub fn contains(self, word: &str) -> bool {
        WORDS.get(word).is_some_and(|languages| languages & self.mask != 0)
    }
}

/// Whether `word`, in lower case, is a function word of `code`.
#[must_use]
pub fn is_function_word(code: LanguageCode, word: &str) -> bool {
    FunctionWords::of(code).is_some_and(|words| words.contains(word))
}

/// The body's start, or the headline where the body is short.
fn sample(title: &str, body: &str) -> String {
    let mut sample: String = body.chars().take(SAMPLE_CHARS).collect();
    if sample.len() < SAMPLE_CHARS / 2 {
        sample.push_str(". ");
        sample.extend(title.chars().take(SAMPLE_CHARS / 4));
    }
    sample
}

struct Votes {
    words: f32,
    declared: Option<LanguageCode>,
    of: Vec<(LanguageCode, f32)>,
}

impl Votes {
    fn add(&mut self, code: LanguageCode, weight: f32) {
        match self.of.iter_mut().find(|(c, _)| *c == code) {
            Some((_, w)) => *w += weight,
            None => self.of.push((code, weight)),
        }
    }

    /// Takes away languages in Cyrillic whose alphabet lacks what the sample is written with.
    fn rule_out(&mut self, sample: &str) {
        if !self.of.iter().any(|(code, _)| FOREIGN_LETTERS.contains_key(code.as_str())) {
            return;
        }
        let (mut letters, mut counts) = (0_u32, HashMap::<char, u32>::new());
        for c in sample.chars().filter(|c| ('\u{400}'..'\u{500}').contains(c)) {
            letters += 1;
            if !('\u{430}'..='\u{44f}').contains(&c)
                || matches!(c, 'ы' | 'э' | 'ъ' | 'ь' | 'й' | 'и' | 'щ' | 'ю' | 'я')
            {
                *counts.entry(c).or_default() += 1;
            }
        }
        self.of.retain(|(code, _)| {
            let foreign = FOREIGN_LETTERS.get(code.as_str()).map_or("", |letters| *letters);
            let count: u32 = foreign.chars().filter_map(|c| counts.get(&c)).sum();
            count == 0 || (count as f32) < FOREIGN_SHARE * letters as f32
        });
    }

    /// The language that the function words of a long sample name beyond doubt, if trigrams know it.
    fn beyond_doubt(&self) -> Option<LanguageCode> {
        let (code, share, second) = self.best()?;
        let clear = self.words >= PLENTY_OF_WORDS
            && share >= CLEAR_SHARE
            && second <= share * MOST_OF_SECOND
            && HAS_TRIGRAMS.contains(&code)
            && !HAS_SCRIPT_OF_ITS_OWN.contains(&code);
        clear.then_some(code)
    }

    /// The winner with its votes and the runner-up's; the first listed wins a draw.
    fn best(&self) -> Option<(LanguageCode, f32, f32)> {
        let (mut best, mut second) = ((LanguageCode::UND, 0.0), 0.0);
        for &(code, weight) in &self.of {
            let small = language_table::facts(code.as_str()).is_some_and(|facts| facts.is_small)
                && self.declared != Some(code);
            let weight = if small { weight * SMALL_LANGUAGE } else { weight };
            if weight > best.1 {
                second = best.1;
                best = (code, weight);
            } else if weight > second {
                second = weight;
            }
        }
        (best.1 > 0.0).then_some((best.0, best.1, second))
    }
}

/// Letters that languages lack.
static FOREIGN_LETTERS: LazyLock<HashMap<&str, &str>> =
    LazyLock::new(|| lang::rows("mul", "foreign-letters.txt").into_iter().flatten().collect());

/// Word to the set of languages (bits, in the table's order) whose function word it is.
static WORDS: LazyLock<HashMap<&'static str, u64>> = LazyLock::new(|| {
    let mut words: HashMap<&str, u64> = HashMap::new();
    for (i, (_, list)) in FUNCTION_WORDS.iter().enumerate() {
        for word in list {
            *words.entry(word).or_default() |= 1 << i;
        }
    }
    words
});

/// Words of a sample in which those that carry a subject count, too: a headline has few others.
const SHORT: u32 = 14;

/// English verbs and nouns of the lists of other stages that no other language writes so as a word of grammar.
static ENGLISH: LazyLock<WordSet> = LazyLock::new(|| {
    let tenses = lang::rows("en", "tense.txt")
        .into_iter()
        .flatten()
        .filter(|(_, kind)| matches!(*kind, "past" | "present"))
        .map(|(word, _)| word);
    let listed = english::KEY_VERBS.iter().chain(english::KIN.iter()).copied();
    let long = |word: &&str| word.len() > 2 && !WORDS.contains_key(word);
    listed.chain(tenses).filter(long).collect()
});

/// The share of the sample's words that are function words of each language. A word of several
/// languages counts for each in full: the shares are compared, not summed.
fn function_word_shares(sample: &str) -> Votes {
    let (mut counts, mut english) = ([0u32; 64], 0u32);
    let mut words = 0u32;
    let lower = sample.chars().any(char::is_lowercase);
    let mut sentence_start = true;
    let mut after_name = false;
    let mut pieces =
        sample.split_inclusive(|c: char| !unicode::is_alphabetic(c) && c != '\'' && c != '’');
    while let Some(piece) = pieces.next() {
        let word =
            piece.trim_end_matches(|c: char| !unicode::is_alphabetic(c) && c != '\'' && c != '’');
        let starts = sentence_start;
        sentence_start = piece.ends_with(['.', '!', '?', '\n', ':', '"', '“', '„', '«'])
            || word.is_empty() && starts;
        if word.is_empty() {
            continue;
        }
        words += 1;
        // A name is written alike in every language; `de` and `van` inside one are part of it.
        let capital = lower && !starts && word.starts_with(char::is_uppercase);
        let part = after_name && PARTICLES.contains(word);
        after_name = capital || part || starts && word.starts_with(char::is_uppercase);
        if capital || part && followed_by_name(pieces.clone()) {
            continue;
        }
        let word = unicode::to_lowercase(word);
        let Some(mut mask) = WORDS.get(word.as_ref()).copied() else {
            english += u32::from(words <= SHORT && ENGLISH.contains(word.as_ref()));
            continue;
        };
        while mask != 0 {
            counts[mask.trailing_zeros() as usize] += 1;
            mask &= mask - 1;
        }
    }
    if words <= SHORT && FUNCTION_WORDS.first().is_some_and(|(code, _)| *code == "en") {
        counts[0] += english;
    }
    let of = FUNCTION_WORDS
        .iter()
        .zip(counts)
        .filter(|(_, n)| *n > 0)
        .filter_map(|((code, _), n)| {
            Some((LanguageCode::parse(code)?, n as f32 / words.max(1) as f32))
        })
        .collect();
    Votes { words: words as f32, declared: None, of }
}

/// Small words inside names of people and places.
static PARTICLES: LazyLock<WordSet> =
    LazyLock::new(|| lang::of_kind("mul", "names.txt", "particle").collect());

/// Whether the next word that is no particle has a capital.
fn followed_by_name<'a>(pieces: impl Iterator<Item = &'a str>) -> bool {
    pieces
        .map(|piece| piece.trim_end_matches(|c: char| !unicode::is_alphabetic(c)))
        .find(|word| !PARTICLES.contains(word))
        .is_some_and(|word| word.starts_with(char::is_uppercase))
}

/// Whether a text may be in a language by the script of its letters; a text without letters may be.
fn is_script_of(sample: &str, code: LanguageCode) -> bool {
    use whatlang::Script;
    let Some(script) = whatlang::detect_script(sample) else { return true };
    SCRIPTS.get(code.as_str()).map_or(script == Script::Latin, |usual| usual.contains(&script))
}

/// The scripts that languages are written in; others are in Latin letters.
static SCRIPTS: LazyLock<HashMap<&str, Vec<whatlang::Script>>> = LazyLock::new(|| {
    let scripts = |names: &[&str]| names.iter().filter_map(|name| name.parse().ok()).collect();
    language_table::all().map(|facts| (facts.code, scripts(&facts.scripts))).collect()
});

/// The code in records for what a page or producer calls its language; `None` where that is no language's code.
fn known(code: LanguageCode) -> Option<LanguageCode> {
    Some(macro_language(code)).filter(|code| language_table::is_code(code.as_str()))
}

/// One code for the written standards that publishers declare under several.
fn macro_language(code: LanguageCode) -> LanguageCode {
    language_table::code_in_records(code.as_str()).and_then(LanguageCode::parse).unwrap_or(code)
}

/// Languages that `whatlang` can name.
static HAS_TRIGRAMS: LazyLock<HashSet<LanguageCode>> =
    LazyLock::new(|| Lang::all().iter().map(|lang| code_of(*lang)).collect());

/// Those of them whose script is no other listed language's.
static HAS_SCRIPT_OF_ITS_OWN: LazyLock<HashSet<LanguageCode>> = LazyLock::new(|| {
    let own = language_table::all().filter(|facts| facts.has_own_script);
    own.filter_map(|facts| LanguageCode::parse(facts.code)).collect()
});

/// The codes in records of the languages that `whatlang` names by ISO 639-3.
static CODES: LazyLock<HashMap<&str, LanguageCode>> = LazyLock::new(|| {
    let code = |facts: &'static language_table::Facts| {
        Some((facts.iso_639_3?, LanguageCode::parse(facts.code)?))
    };
    language_table::all().filter_map(code).collect()
});

/// The code in records of a language that `whatlang` names; its own where that has no shorter one.
fn code_of(lang: Lang) -> LanguageCode {
    let known = CODES.get(lang.code()).copied();
    known.or_else(|| LanguageCode::parse(lang.code())).unwrap_or_default()
}

#[cfg(test)]
mod tests;
