//! What the people of a country and what is theirs are called in a language: words (`src/lang/<code>/nationalities.txt`) with
//! the endings of their patterns (`nationality-endings.txt`).
//!
//! Names of no place: they tell of a country as `Kenyan` does. A word that is listed in small letters is none with a
//! capital inside a sentence, where it is part of a name (`Polska Akademia`); one that two countries share is
//! in no list. English ones are in the gazetteer.

use std::{
    collections::{BTreeMap, HashSet},
    ops::Range,
    sync::{LazyLock, OnceLock},
};

use super::gazetteer::{Class, Gazetteer, Match};
use crate::{
    hash::{ByHash, Hashes},
    lang,
    tag::{
        Text, TokenKind,
        document::{Initial, Splitting},
        feature_hash,
    },
};

/// Name of a language's list: an ISO 3166-1 code, a word without its ending, and the pattern of its endings.
const LIST: &str = "nationalities.txt";
/// Name of the list of patterns: a pattern and an ending.
const ENDINGS: &str = "nationality-endings.txt";
/// The pattern whose entries are letters that may stand before any word.
const PREFIX: &str = "prefix";
/// Name of the list of words beside which such a word tells of no people: `before`, `behind`, `joined` before it, and `speech`.
const NO_PEOPLE: &str = "no-nationalities.txt";
/// Names of the lists of words of grammar, and of what joins two tongues.
const GRAMMAR: &str = "function-words.txt";
const SPEECH: &str = "speech.txt";
/// What joins the words of one form and is left out of it.
const HYPHENS: [&str; 3] = ["-", "\u{2010}", "\u{2011}"];

/// English words, by country.
static ENGLISH: LazyLock<BTreeMap<[u8; 2], &'static str>> = LazyLock::new(|| {
    let rows = lang::rows("en", LIST).into_iter().flatten();
    rows.filter_map(|(iso, word)| Some((country(iso)?, word))).collect()
});

/// What the people of a country are called in English.
#[must_use]
pub fn in_english(country: [u8; 2]) -> Option<&'static str> {
    ENGLISH.get(&country).copied()
}

fn country(iso: &str) -> Option<[u8; 2]> {
    iso.as_bytes().try_into().ok()
}

/// What a form means, and how it is written inside a sentence.
#[derive(Clone, Copy, Debug)]
struct Form {
    /// The people's number in the gazetteer.
    people: u32,
    small: bool,
    capital: bool,
}

/// The words of one language.
#[derive(Debug, Default)]
pub struct Nationalities {
    /// By the hash of all words of a form.
    forms: ByHash<Form>,
    /// The first words of forms of several.
    openers: Hashes,
    /// Most words of a form.
    longest: usize,
    /// Words beside which one tells of no people.
    before: Words,
    behind: Words,
    joined: Words,
    /// Verbs of speaking and learning, before a tongue.
    speech: Words,
    /// Two words, one of which is called so, that are another thing.
    pairs: HashSet<(&'static str, &'static str)>,
    /// Words of grammar, which no people is called by, and those that join two tongues.
    grammar: HashSet<&'static str>,
    and: HashSet<&'static str>,
}

/// Words of a list; those with a hyphen at their end by how they begin.
#[derive(Debug, Default)]
struct Words {
    whole: HashSet<&'static str>,
    beginnings: Vec<&'static str>,
}

impl Words {
    fn of(code: &str, kind: &str) -> Self {
        let mut words = Self::default();
        for word in lang::of_kind(code, NO_PEOPLE, kind) {
            match word.strip_suffix('-') {
                Some(beginning) => words.beginnings.push(beginning),
                None => _ = words.whole.insert(word),
            }
        }
        words
    }

    fn contains(&self, word: &str) -> bool {
        self.whole.contains(word) || self.beginnings.iter().any(|start| word.starts_with(start))
    }
}

/// Why a word beside another is no people's.
#[derive(Clone, Copy, PartialEq, Eq)]
enum NoPeople {
    /// The word before it says so, of a tongue for instance.
    Led,
    Other,
}

/// The words of every language, each read when its first story comes.
#[derive(Debug)]
pub struct NationalityNames {
    languages: BTreeMap<&'static str, OnceLock<Nationalities>>,
    /// The numbers of peoples in the gazetteer.
    peoples: OnceLock<BTreeMap<[u8; 2], u32>>,
}

impl Default for NationalityNames {
    fn default() -> Self {
        let languages = lang::languages_with(LIST).map(|code| (code, OnceLock::new())).collect();
        Self { languages, peoples: OnceLock::new() }
    }
}

impl NationalityNames {
    /// Those of a language by its folder.
    #[must_use]
    pub fn of(&self, folder: &str, gazetteer: &Gazetteer) -> Option<&Nationalities> {
        let (code, words) = self.languages.get_key_value(folder)?;
        let peoples = || self.peoples.get_or_init(|| peoples(gazetteer));
        Some(words.get_or_init(|| Nationalities::read(code, peoples())))
    }
}

fn peoples(gazetteer: &Gazetteer) -> BTreeMap<[u8; 2], u32> {
    let numbers = (0..gazetteer.len() as u32).map(|number| (gazetteer.place(number), number));
    let peoples = numbers.filter(|(place, _)| place.class == Class::Demonym);
    peoples.map(|(place, number)| (place.country, number)).collect()
}

/// The hash of some words in small letters, with their accents: `fin\u{e9}s` is no `fines`.
fn phrase(text: &Text<'_>, tokens: Range<usize>) -> u64 {
    let words = tokens.map(|at| text.lower(at)).filter(|word| !HYPHENS.contains(word));
    words
        .fold(0, |phrase, word| feature_hash::two(79, phrase, feature_hash::bytes(word.as_bytes())))
}

impl Nationalities {
    fn read(code: &str, peoples: &BTreeMap<[u8; 2], u32>) -> Self {
        let splitting = Splitting::of(code);
        let mut endings: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for entry in lang::text(code, ENDINGS).into_iter().flat_map(lang::entries) {
            // The ending that is none: the line ends behind the pattern.
            let (pattern, ending) = entry.split_once('\t').unwrap_or((entry, ""));
            endings.entry(pattern).or_default().push(ending);
        }
        let prefixes = endings.remove(PREFIX).unwrap_or_default();
        let grammar = lang::entries_of_all(code, GRAMMAR).flat_map(str::split_whitespace);
        let and = lang::of_kind(code, SPEECH, "and").flat_map(str::split_whitespace);
        let pairs = lang::of_kind(code, NO_PEOPLE, "pair");
        let mut words = Self {
            before: Words::of(code, "before"),
            behind: Words::of(code, "behind"),
            joined: Words::of(code, "joined"),
            speech: Words::of(code, "speech"),
            pairs: pairs.filter_map(|pair| pair.split_once(' ')).collect(),
            grammar: grammar.collect(),
            and: and.collect(),
            ..Self::default()
        };
        for (iso, rest) in lang::rows(code, LIST).into_iter().flatten() {
            let (stem, pattern) = rest.split_once('\t').unwrap_or((rest, ""));
            let people = country(iso).and_then(|country| peoples.get(&country));
            let Some(people) = people else { continue };
            for ending in endings.get(pattern).map_or(&[""][..], Vec::as_slice) {
                for prefix in std::iter::once(&"").chain(&prefixes) {
                    words.add(&format!("{prefix}{stem}{ending}"), *people, splitting);
                }
            }
        }
        words
    }

    fn add(&mut self, form: &str, people: u32, splitting: &Splitting) {
        let text = Text::split(form, splitting);
        let len = text.tokens.len();
        let Some(first) = text.tokens.first() else { return };
        let (small, capital) = match first.initial {
            Initial::Small => (true, false),
            Initial::Capital => (false, true),
            Initial::Other => (true, true),
        };
        self.longest = self.longest.max(len);
        if len > 1 {
            self.openers.insert(phrase(&text, 0..1));
        }
        let known = self.forms.entry(phrase(&text, 0..len)).or_insert(Form {
            people,
            small: false,
            capital: false,
        });
        known.small |= small;
        known.capital |= capital;
    }

    /// The words of a text, the longest at each point, in its order.
    #[must_use]
    pub fn found(&self, text: &Text<'_>) -> Vec<Match> {
        let mut found = Vec::new();
        for sentence in &text.sentences {
            let mut at = sentence.start;
            let mut opens = true;
            // Where the last one ends that the word before it makes none.
            let mut led = None;
            while at < sentence.end {
                let most = match self.openers.contains(&phrase(text, at..at + 1)) {
                    true => self.longest.min(sentence.end - at),
                    false => 1,
                };
                let longest = (1..=most).rev().find_map(|len| {
                    let form = self.forms.get(&phrase(text, at..at + len))?;
                    let written = match text.tokens[at].initial {
                        Initial::Capital => form.capital || opens,
                        Initial::Small => form.small,
                        Initial::Other => true,
                    };
                    let ends = !HYPHENS.contains(&text.word(at + len - 1));
                    if !written || !ends {
                        return None;
                    }
                    // `habla danés y noruego`
                    let joined = led.is_some_and(|end| self.joins(text, end..at));
                    match self.is_no_people(text, &(at..at + len), sentence) {
                        None if !joined => return Some((len, form.people)),
                        None | Some(NoPeople::Led) => led = Some(at + len),
                        Some(NoPeople::Other) => {}
                    }
                    None
                });
                opens &= text.tokens[at].kind != TokenKind::Word;
                let (len, people) = longest.map_or((1, None), |(len, people)| (len, Some(people)));
                found.extend(people.map(|p| Match { tokens: at..at + len, places: vec![p] }));
                at += len;
            }
        }
        found
    }

    /// Whether the words around some tokens make something else of them: `en fran\u{e7}ais`, `sud-am\u{e9}ricain`, `talar
    /// danska`.
    fn is_no_people(
        &self,
        text: &Text<'_>,
        tokens: &Range<usize>,
        sentence: &Range<usize>,
    ) -> Option<NoPeople> {
        let word = |back: usize| {
            let at = tokens.start.checked_sub(back).filter(|at| sentence.contains(at));
            at.map_or("", |at| text.lower(at))
        };
        // `apprend l'allemand`
        let spoken = || {
            let article = word(1).ends_with(['\'', '\u{2019}']) || self.grammar.contains(word(1));
            // `parla català i francès`
            let second = self.and.contains(word(1)) && self.speech.contains(word(3));
            second || self.speech.contains(word(1)) || article && self.speech.contains(word(2))
        };
        if self.before.contains(word(1)) || spoken() && self.ends(text, tokens.end, sentence) {
            return Some(NoPeople::Led);
        }
        let next = if sentence.contains(&tokens.end) { text.lower(tokens.end) } else { "" };
        let own = text.lower(tokens.start);
        let other = HYPHENS.contains(&word(1)) && self.joined.contains(word(2))
            || self.behind.contains(next)
            || self.pairs.contains(&(word(1), own))
            || self.pairs.contains(&(own, next));
        other.then_some(NoPeople::Other)
    }

    /// Whether no noun stands at a token that a word before it may belong to.
    fn ends(&self, text: &Text<'_>, at: usize, sentence: &Range<usize>) -> bool {
        !sentence.contains(&at)
            || text.tokens[at].kind != TokenKind::Word
            || self.grammar.contains(text.lower(at))
    }

    /// Whether some tokens are one word that joins, or a comma.
    fn joins(&self, text: &Text<'_>, tokens: Range<usize>) -> bool {
        tokens.len() == 1
            && (text.word(tokens.start) == "," || self.and.contains(text.lower(tokens.start)))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    /// What of a text is a people's, by words that stand as they are listed.
    fn found<'t>(words: &[&str], code: &str, body: &'t str) -> Vec<&'t str> {
        let splitting = Splitting::of(code);
        let mut nationalities = Nationalities::default();
        for word in words {
            nationalities.add(word, 1, splitting);
        }
        let text = Text::split(body, splitting);
        let found = nationalities.found(&text);
        found.into_iter().map(|m| &body[text.bytes(m.tokens)]).collect()
    }

    #[test]
    fn small_words_have_capitals_only_in_front() {
        let words = ["orlandais"];
        let body = "Orlandais et Varde: les orlandais, la Banque Orlandais.";
        assert_eq!(found(&words, "fr", body), ["Orlandais", "orlandais"]);
    }

    #[test]
    fn words_with_capitals_are_found_with_them_alone() {
        assert_eq!(
            found(&["Orl\u{e4}nder"], "de", "Ein Orl\u{e4}nder, kein orl\u{e4}nder."),
            ["Orl\u{e4}nder"]
        );
    }

    #[test]
    fn the_longest_of_several_words_is_found() {
        let words = ["orme varden", "varden", "US-ormen"];
        let body = "Man orme varden US-ormen med varden.";
        assert_eq!(found(&words, "sv", body), ["orme varden", "US-ormen", "varden"]);
    }

    #[test]
    fn tongues_and_other_accents_are_no_people() {
        let spanish = Nationalities::read("es", &BTreeMap::from([(*b"FI", 7), (*b"GB", 8)]));
        let body =
            "a fines de mayo, en ingl\u{e9}s, un fin\u{e9}s y un ingl\u{e9}s, sud-fin\u{e9}s";
        let text = Text::split(body, Splitting::of("es"));
        let found: Vec<_> = spanish.found(&text).into_iter().map(|m| m.places).collect();
        assert_eq!(found, [[7], [8]]);
    }

    #[test]
    fn a_tongue_that_somebody_speaks_is_no_people() {
        let of = |code: &str, body: &str, country: [u8; 2]| {
            let peoples = BTreeMap::from([(country, 7), (*b"GB", 8)]);
            let words = Nationalities::read(code, &peoples);
            let text = Text::split(body, Splitting::of(code));
            words.found(&text).len()
        };
        assert_eq!(of("sv", "Hon talar danska. Danska lag vann.", *b"DK"), 1);
        assert_eq!(of("sv", "Nu talar danska kvinnor.", *b"DK"), 1);
        assert_eq!(of("fr", "Il apprend l'allemand. L'allemand gagne.", *b"DE"), 1);
        assert_eq!(of("ca", "Parla català i alemany.", *b"DE"), 0);
        assert_eq!(of("es", "Habla danés e inglés con un inglés.", *b"DK"), 1);
    }

    #[test]
    fn things_called_after_a_people_are_none() {
        let of = |code: &str, body: &str| {
            let peoples = BTreeMap::from([(*b"DE", 7), (*b"RU", 8)]);
            let words = Nationalities::read(code, &peoples);
            let text = Text::split(body, Splitting::of(code));
            words.found(&text).len()
        };
        assert_eq!(of("es", "Un pastor alemán y un alemán."), 1);
        assert_eq!(of("ru", "Немецкая овчарка нашла немецкую девочку."), 1);
        assert_eq!(of("tr", "Rus ruleti oynayan Rus."), 1);
    }

    #[test]
    fn forms_have_the_endings_of_their_pattern() {
        let peoples = BTreeMap::from([(*b"FR", 7), (*b"DE", 8)]);
        let german = Nationalities::read("de", &peoples);
        let text = Text::split("mit franz\u{f6}sischen und deutschen Gästen", Splitting::of("de"));
        let found = german.found(&text);
        let places: Vec<u32> = found.iter().flat_map(|m| m.places.clone()).collect();
        assert_eq!(places, [7, 8]);
    }

    #[test]
    fn no_form_is_of_two_countries() {
        for code in lang::languages_with(LIST).filter(|code| *code != "en") {
            let countries: Vec<&str> =
                lang::rows(code, LIST).into_iter().flatten().map(|r| r.0).collect();
            let number = |iso: &str| countries.iter().position(|c| *c == iso).unwrap() as u32;
            let peoples: BTreeMap<[u8; 2], u32> =
                countries.iter().map(|iso| (country(iso).unwrap(), number(iso))).collect();
            let mut of_word: BTreeMap<String, &str> = BTreeMap::new();
            let words = Nationalities::read(code, &peoples);
            assert!(words.forms.len() > countries.len() / 2, "{code}");
            for (iso, rest) in lang::rows(code, LIST).into_iter().flatten() {
                let other = of_word.insert(rest.to_owned(), iso);
                assert!(
                    other.is_none_or(|other| other == iso),
                    "{code}: {rest} of {other:?} and {iso}"
                );
                let (_, pattern) = rest.split_once('\t').unwrap_or((rest, ""));
                let known = lang::text(code, ENDINGS).into_iter().flat_map(lang::entries);
                let known = known.map(|entry| entry.split('\t').next().unwrap_or_default());
                assert!(pattern.is_empty() || { known }.any(|p| p == pattern), "{code}: {rest}");
            }
        }
    }

    #[test]
    fn every_english_word_is_of_one_country() {
        assert_eq!(in_english(*b"FR"), Some("French"));
        assert_eq!(in_english(*b"AQ"), None);
    }
}
