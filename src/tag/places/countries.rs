//! Countries and territories by the names that a language has for them (`src/lang/<code>/countries.txt`), and
//! continents, seas, regions and divisions (`regions.txt`, by their English names in the gazetteer).
//!
//! A name as it is listed is a country wherever no other name covers it, and so is one of five letters or more with
//! an ending of the language in its place (`endings.txt`: `Danii`). In another inflected form (`Slovenijo`) it is
//! one only where the recogniser has found a place: a people's name often begins as its country's does. A beginning
//! that two countries share tells neither.

use std::{
    collections::{BTreeMap, HashMap, HashSet, hash_map::Entry},
    ops::Range,
    sync::OnceLock,
};

use super::{
    endings,
    gazetteer::{Class, Gazetteer},
    keys::{HYPHEN, key, keys},
};
use crate::{
    lang,
    tag::{
        Text, TokenKind,
        document::Splitting,
        entities::{PassThrough, hash},
    },
};

/// Name of a language's list: an ISO 3166-1 code and a name.
const LIST: &str = "countries.txt";
/// Fewest letters of a beginning that tells a country.
const LEAST: usize = 4;
/// Fewest letters of a name that is found with an ending where nothing else says that it is a place.
const LEAST_DECLINED: usize = 5;
/// Letters that tell whether a word may be a form of some name.
const HEAD: usize = 3;
/// Name of the list of English names, which records give beside those of other languages.
const LABELS: &str = "labels.txt";
/// Name of a language's list of other places: a name of the gazetteer and a name.
const REGIONS: &str = "regions.txt";
/// Most letters of an inflected form of a name whose beginning has fewer.
const SHORT: usize = 5;
/// The same of one of several words, and of a short name.
const LEAST_OF_SEVERAL: usize = 3;
/// Most words of a name whose words may each be inflected (`Stanów Zjednoczonych`).
const MOST_INFLECTED: usize = 3;
/// Endings that a language has at most whose list has them all.
const FEW: usize = 5;
/// Letters that a name loses, and those that an inflected form has after that, at most.
const LOST: usize = 2;
const ENDING: usize = 4;

type ByHash<V> = HashMap<u64, V, std::hash::BuildHasherDefault<PassThrough>>;

/// The names of one language.
#[derive(Debug, Default)]
pub struct Countries {
    /// Countries' place numbers by the hash of all words of a name.
    names: ByHash<u32>,
    /// The same by the beginnings of names of one word, with how many letters of the name they lack; `None` where
    /// two countries share one.
    beginnings: ByHash<Option<(u32, usize)>>,
    /// The first letters of names of one word.
    heads: HashSet<u64, std::hash::BuildHasherDefault<PassThrough>>,
    /// The first words of names of several.
    openers: HashSet<u64, std::hash::BuildHasherDefault<PassThrough>>,
    /// The same by the beginnings of all words of a name of several.
    inflected: ByHash<Option<u32>>,
    /// Beginnings that such names begin with.
    first: HashSet<u64, std::hash::BuildHasherDefault<PassThrough>>,
    /// English names by place number.
    labels: ByHash<&'static str>,
    /// Most words of a name.
    longest: usize,
    splitting: Option<&'static Splitting>,
    /// The language's folder.
    code: &'static str,
}

/// A country by an inflected form of its name.
struct Declined {
    place: u32,
    /// How many letters the name has.
    letters: usize,
    /// Whether the form may be an adjective of the name.
    adjective: bool,
}

/// The names of every language, each read when its first story comes.
#[derive(Debug)]
pub struct CountryNames(BTreeMap<&'static str, OnceLock<Countries>>);

impl Default for CountryNames {
    fn default() -> Self {
        Self(lang::languages_with(LIST).map(|code| (code, OnceLock::new())).collect())
    }
}

impl CountryNames {
    /// Those of a language by its folder.
    #[must_use]
    pub fn of(&self, folder: &str, gazetteer: &Gazetteer) -> Option<&Countries> {
        let (code, countries) = self.0.get_key_value(folder)?;
        Some(countries.get_or_init(|| Countries::read(code, gazetteer)))
    }
}

fn phrase(keys: impl Iterator<Item = u64>) -> u64 {
    keys.filter(|k| *k != HYPHEN).fold(0, |phrase, word| hash::two(78, phrase, word))
}

impl Countries {
    fn read(code: &'static str, gazetteer: &Gazetteer) -> Self {
        let places: BTreeMap<[u8; 2], u32> = (0..gazetteer.len() as u32)
            .filter(|p| gazetteer.place(*p).class == Class::Country)
            .map(|p| (gazetteer.place(p).country, p))
            .collect();
        let splitting = Splitting::of(code);
        let mut countries = Self { splitting: Some(splitting), code, ..Self::default() };
        let of_code = |iso: &str| places.get(&<[u8; 2]>::try_from(iso.as_bytes()).ok()?).copied();
        for (iso, label) in lang::rows("en", LABELS) {
            countries.labels.extend(of_code(iso).map(|place| (u64::from(place), label)));
        }
        for entry in lang::text(code, LIST).into_iter().flat_map(lang::entries) {
            let Some((iso, name)) = entry.split_once('\t') else { continue };
            if let Some(place) = of_code(iso) {
                countries.add(name.trim(), place, splitting);
            }
        }
        for entry in lang::text(code, REGIONS).into_iter().flat_map(lang::entries) {
            let Some((english, name)) = entry.split_once('\t') else { continue };
            let text = Text::new(english);
            let keys = self::keys(&text);
            let found = gazetteer.exact(&text, &keys, 0..keys.len());
            let wide = |p: &u32| !matches!(gazetteer.place(*p).class, Class::City | Class::Demonym);
            if let Some(place) = found.into_iter().find(wide) {
                countries.add(name.trim(), place, splitting);
                countries.labels.entry(u64::from(place)).or_insert(english);
            }
        }
        countries
    }

    /// What a place of the lists is called in English.
    #[must_use]
    pub fn label(&self, place: u32) -> Option<&'static str> {
        self.labels.get(&u64::from(place)).copied()
    }

    fn add(&mut self, name: &str, place: u32, splitting: &'static Splitting) {
        let text = Text::split(name, splitting);
        let keys = keys(&text);
        self.longest = self.longest.max(keys.len());
        self.names.entry(phrase(keys.iter().copied())).or_insert(place);
        if keys.len() > 1 {
            self.openers.insert(keys[0]);
        }
        for prefix in splitting.prefixes() {
            let word = format!("{prefix}{name}");
            let text = Text::split(&word, splitting);
            let prefixed = self::keys(&text);
            self.names.entry(phrase(prefixed.iter().copied())).or_insert(place);
        }
        if !splitting.uncased && (2..=MOST_INFLECTED).contains(&keys.len()) {
            self.add_inflected(&text, place);
        }
        if keys.len() != 1 || splitting.uncased {
            return;
        }
        let letters: Vec<usize> = name.char_indices().map(|(at, _)| at).collect();
        let mut buffer = Vec::new();
        self.heads.insert(head(name, &mut buffer));
        for lost in 0..=LOST {
            let kept = letters.len() - lost.min(letters.len());
            // A short name, such as Peru, is told by what a longer one is not.
            let least = if letters.len() > LEAST { LEAST } else { LEAST_OF_SEVERAL };
            if kept < least {
                break;
            }
            let end = letters.get(kept).copied().unwrap_or(name.len());
            match self.beginnings.entry(key(&name[..end], TokenKind::Word, &mut buffer)) {
                Entry::Vacant(entry) => {
                    entry.insert(Some((place, lost)));
                }
                Entry::Occupied(mut entry) if entry.get().is_none_or(|(own, _)| own != place) => {
                    entry.insert(None);
                }
                Entry::Occupied(_) => {}
            }
        }
    }

    /// A name of several words by the beginnings of all of them.
    fn add_inflected(&mut self, text: &Text<'_>, place: u32) {
        let mut buffer = Vec::new();
        let words = 0..text.tokens.len();
        let beginning = |i: usize| {
            let word = text.word(i);
            let letters = word.chars().count();
            let kept = letters.saturating_sub(LOST).max(LEAST_OF_SEVERAL).min(letters);
            word.char_indices().nth(kept).map_or(word, |(at, _)| &word[..at])
        };
        if words.clone().any(|i| text.word(i).chars().count() < LEAST) {
            return;
        }
        let keys: Vec<u64> =
            words.map(|i| key(beginning(i), TokenKind::Word, &mut buffer)).collect();
        self.first.insert(keys[0]);
        match self.inflected.entry(phrase(keys.into_iter())) {
            Entry::Vacant(entry) => {
                entry.insert(Some(place));
            }
            Entry::Occupied(mut entry) if *entry.get() != Some(place) => {
                entry.insert(None);
            }
            Entry::Occupied(_) => {}
        }
    }

    /// The country whose name of several words, each in some inflected form, starts at a token, and how
    /// many words it has.
    fn several(&self, text: &Text<'_>, at: usize, end: usize) -> Option<(usize, u32)> {
        let starts = beginnings(text.word(at));
        if !starts.iter().any(|key| self.first.contains(key)) {
            return None;
        }
        let mut phrases: Vec<u64> = starts.iter().map(|key| hash::two(78, 0, *key)).collect();
        let mut longest = None;
        for len in 2..=MOST_INFLECTED.min(end - at) {
            let next = beginnings(text.word(at + len - 1));
            phrases = phrases
                .iter()
                .flat_map(|phrase| next.iter().map(|key| hash::two(78, *phrase, *key)))
                .collect();
            let place = phrases.iter().find_map(|phrase| *self.inflected.get(phrase)?);
            longest = place.map(|place| (len, place)).or(longest);
        }
        longest
    }

    /// The names of countries in a text as they are listed, the longest at each point; those of several
    /// words also in inflected forms.
    #[must_use]
    pub fn matches(&self, text: &Text<'_>, keys: &[u64]) -> Vec<(Range<usize>, u32)> {
        let mut found = Vec::new();
        let uncased = self.splitting.is_some_and(|s| s.uncased);
        for line in &text.lines {
            let mut at = line.start;
            while at < line.end {
                let capital = |i: usize| text.word(i).starts_with(char::is_uppercase);
                let named = uncased || capital(at);
                // `den demokratiska republiken Kongo`: a name may begin with a small word.
                let starts = text.tokens[at].kind == TokenKind::Word
                    && (named || self.openers.contains(&keys[at]));
                let most = if starts { self.longest.min(line.end - at) } else { 0 };
                let longest = (1..=most).rev().find_map(|len| {
                    // A hyphen says nothing in a name, but behind it `Orland-Varde` goes on.
                    if keys[at + len - 1] == HYPHEN || is_compound(text, keys, at + len) {
                        return None;
                    }
                    let named = named || len > 1 && (at..at + len).any(capital);
                    let whole = keys[at..at + len].iter().copied();
                    let place = self.names.get(&phrase(whole)).filter(|_| named).or_else(|| {
                        let last = bare_key(text.word(at + len - 1)).filter(|_| named)?;
                        let rest = keys[at..at + len - 1].iter().copied();
                        self.names.get(&phrase(rest.chain(std::iter::once(last))))
                    })?;
                    Some((at..at + len, *place))
                });
                // `островах Орма`.
                let leads = named || at + 1 < line.end && capital(at + 1);
                let leads = leads && !uncased && text.tokens[at].kind == TokenKind::Word;
                let longest = longest.or_else(|| {
                    let (len, place) =
                        if leads { self.several(text, at, line.end)? } else { None? };
                    Some((at..at + len, place))
                });
                let longest = longest.or_else(|| {
                    let word = text.word(at);
                    // Any word may open a sentence.
                    let least = LEAST_DECLINED + usize::from(opens(text, at));
                    let long = leads && named && word.chars().count() >= least;
                    let declined = if long { self.declined(word)? } else { None? };
                    let sure = declined.letters >= least && !declined.adjective;
                    sure.then(|| (at..at + 1, declined.place))
                });
                at = longest.as_ref().map_or(at + 1, |(tokens, _)| tokens.end);
                found.extend(longest);
            }
        }
        found
    }

    /// The country whose name has one of the language's endings in a word.
    fn declined(&self, word: &str) -> Option<Declined> {
        let mut buffer = Vec::new();
        if !self.heads.contains(&head(word, &mut buffer)) {
            return None;
        }
        let mut found = endings::bases(self.code, word).filter_map(|(base, adjective)| {
            let key = key(&base, TokenKind::Word, &mut buffer);
            let place = *self.names.get(&phrase(std::iter::once(key)))?;
            Some(Declined { place, letters: base.chars().count(), adjective })
        });
        let mut first = found.next()?;
        for other in found {
            if other.place != first.place {
                return None;
            }
            first.adjective |= other.adjective;
        }
        Some(first)
    }

    /// The country or the region of a whole name as it is listed.
    #[must_use]
    pub fn whole(&self, name: &str) -> Option<u32> {
        let text = Text::split(name, self.splitting?);
        self.names.get(&phrase(keys(&text).into_iter())).copied()
    }

    /// The country whose name, in some inflected form, is the one word of a place's name.
    #[must_use]
    pub fn inflected(&self, word: &str) -> Option<u32> {
        // `Amerika'ya`: an ending behind an apostrophe is none of the name's.
        let bare = word.split(['\'', '\u{2019}']).next().filter(|bare| !bare.is_empty());
        let mut buffer = Vec::new();
        if let Some(bare) = bare.filter(|bare| bare.len() < word.len())
            && let Some(place) =
                self.names.get(&phrase(std::iter::once(key(bare, TokenKind::Word, &mut buffer))))
        {
            return Some(*place);
        }
        if let Some(declined) = self.declined(word) {
            return Some(declined.place);
        }
        let ends = word.char_indices().rev().map(|(at, _)| at).take(ENDING);
        let ends = std::iter::once(word.len()).chain(ends);
        // Of a short beginning little may be left: `Azji` is Asia's, `Azymut` is not.
        let letters = word.chars().count();
        let told = |end: &usize| {
            let kept = word[..*end].chars().count();
            kept >= LEAST || kept == LEAST_OF_SEVERAL && letters <= SHORT
        };
        for end in ends.take_while(told) {
            let found = self.beginnings.get(&key(&word[..end], TokenKind::Word, &mut buffer));
            match found {
                Some(None) => return None,
                Some(Some((place, lost))) if self.ends(&word[end..], *lost) => return Some(*place),
                Some(Some(_)) | None => {}
            }
        }
        None
    }

    /// Whether what stands behind a name's beginning is an ending, with letters before it for those that the beginning
    /// lacks, or only the last letter is missing: `Palawan` is no form of Palau, nor `Norweg` of Norwegia. A language
    /// with many endings has more short ones than its list; of one without endings nothing is known.
    fn ends(&self, rest: &str, lost: usize) -> bool {
        if !endings::inflects(self.code) || rest.is_empty() {
            return lost < LOST || !endings::inflects(self.code);
        }
        if endings::count(self.code) > FEW && rest.chars().count() <= LOST {
            return true;
        }
        let starts = rest.char_indices().map(|(at, _)| at).chain(std::iter::once(rest.len()));
        starts.take(lost + 1).any(|start| endings::is_ending(self.code, &rest[start..]))
    }
}

/// Whether a hyphen and a small word follow: `Orland-ekspertene` are people.
fn is_compound(text: &Text<'_>, keys: &[u64], at: usize) -> bool {
    at + 1 < keys.len()
        && keys[at] == HYPHEN
        && text.tokens[at].start == text.tokens[at - 1].end
        && text.tokens[at].end == text.tokens[at + 1].start
        && text.word(at + 1).starts_with(char::is_lowercase)
}

/// Whether a token is the first word of a sentence.
fn opens(text: &Text<'_>, at: usize) -> bool {
    let next = text.sentences.partition_point(|sentence| sentence.end <= at);
    let start = text.sentences.get(next).map_or(at, |sentence| sentence.start);
    (start..at).all(|i| text.tokens[i].kind != TokenKind::Word)
}

/// The key of a word's first letters.
fn head(word: &str, buffer: &mut Vec<u8>) -> u64 {
    let end = word.char_indices().nth(HEAD).map_or(word.len(), |(at, _)| at);
    key(&word[..end], TokenKind::Word, buffer)
}

/// The key of what stands before an apostrophe or a colon in a word: `USA:s`.
fn bare_key(word: &str) -> Option<u64> {
    let (bare, ending) = word.rsplit_once(['\'', '\u{2019}', ':'])?;
    let is_ending = !bare.is_empty() && ending.chars().all(char::is_lowercase);
    is_ending.then(|| key(bare, TokenKind::Word, &mut Vec::new()))
}

/// The keys of what a word may be an inflected form of: itself, and less up to [`ENDING`] letters.
fn beginnings(word: &str) -> Vec<u64> {
    let mut buffer = Vec::new();
    let ends = word.char_indices().rev().map(|(at, _)| at).take(ENDING);
    std::iter::once(word.len())
        .chain(ends)
        .take_while(|end| word[..*end].chars().count() >= LEAST_OF_SEVERAL)
        .map(|end| key(&word[..end], TokenKind::Word, &mut buffer))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::gazetteer::{Place, build};
    use super::*;

    fn countries(names: &[(&str, u32)], code: &'static str) -> Countries {
        let splitting = Splitting::of(code);
        let mut countries = Countries { splitting: Some(splitting), code, ..Countries::default() };
        for (name, place) in names {
            countries.add(name, *place, splitting);
        }
        countries
    }

    #[test]
    fn whole_names_are_found_in_running_text() {
        let french = countries(&[("Pays-Bas", 1), ("Italie", 2), ("Cor\u{e9}e du Sud", 3)], "fr");
        let text =
            Text::split("L'Italie, les Pays-Bas et la Cor\u{e9}e du Sud", Splitting::of("fr"));
        let found: Vec<_> = french
            .matches(&text, &keys(&text))
            .into_iter()
            .map(|(tokens, place)| (text.slice(tokens), place))
            .collect();
        assert_eq!(found, [("Italie", 2), ("Pays-Bas", 1), ("Cor\u{e9}e du Sud", 3)]);
        let text = Text::split("les liens Italie-Pays-Bas", Splitting::of("fr"));
        assert_eq!(french.matches(&text, &keys(&text)), [(2..3, 2), (4..7, 1)]);
        let text = Text::split("les experts Italie-atlantiques", Splitting::of("fr"));
        assert_eq!(french.matches(&text, &keys(&text)), []);
    }

    #[test]
    fn case_endings_are_tolerated_and_shared_beginnings_tell_nothing() {
        let polish = countries(&[("Dania", 1), ("Austria", 2), ("Australia", 3)], "pl");
        assert_eq!(polish.inflected("Danii"), Some(1));
        assert_eq!(polish.inflected("Austrii"), Some(2));
        assert_eq!(polish.inflected("Dan"), None);
        let asia = countries(&[("Azja", 4)], "pl");
        assert_eq!(asia.inflected("Azji"), Some(4));
        assert_eq!(asia.inflected("Azymut"), None);
        let shared = countries(&[("Varda", 1), ("Vardo", 2)], "pl");
        assert_eq!(shared.inflected("Vardxyz"), None);
    }

    #[test]
    fn what_begins_as_a_name_does_and_goes_on_otherwise_is_another() {
        let polish = countries(&[("Palau", 1)], "pl");
        assert_eq!(polish.inflected("Palawan"), None);
        let polish = countries(&[("Norwegia", 1), ("Chiny", 2)], "pl");
        assert_eq!((polish.inflected("Norweg"), polish.inflected("Chin")), (None, Some(2)));
        let danish = countries(&[("Jordan", 1)], "da");
        assert_eq!(danish.inflected("Jorden"), None);
        assert_eq!(danish.inflected("Jordans"), Some(1));
        // The form of one name is not the beginning of another.
        let both = countries(&[("Indie", 1), ("Indiana", 2)], "pl");
        assert_eq!(both.inflected("Indiami"), Some(1));
    }

    #[test]
    fn an_adjective_is_no_country() {
        let hungarian = countries(&[("Orlandia", 1)], "hu");
        let text = Text::split("Az Orlandiai csapat Orlandiában", Splitting::of("hu"));
        assert_eq!(hungarian.matches(&text, &keys(&text)), [(3..4, 1)]);
        assert_eq!(hungarian.inflected("Orlandiai"), Some(1));
    }

    #[test]
    fn names_with_endings_are_found_where_nothing_else_is() {
        let polish = countries(&[("Dania", 1), ("Kuba", 2)], "pl");
        let text = "Z Danii na Kuby i do danii, Danek mówi.\nDanii nie było.";
        let text = Text::split(text, Splitting::of("pl"));
        assert_eq!(polish.matches(&text, &keys(&text)), [(1..2, 1)]);
    }

    #[test]
    fn a_name_may_begin_with_a_small_letter() {
        let swedish = countries(&[("Demokratiska republiken Varde", 1)], "sv");
        let text = "i den demokratiska republiken Varde, en demokratiska republiken varde";
        let text = Text::split(text, Splitting::of("sv"));
        assert_eq!(swedish.matches(&text, &keys(&text)), [(2..5, 1)]);
    }

    #[test]
    fn places_of_the_lists_have_english_names() {
        let place = Place {
            geonames: 1,
            wikidata: 0,
            class: Class::Country,
            country: *b"DK",
            division: 0,
            lat: 0.0,
            lon: 0.0,
            population: 1,
        };
        let region = Place { class: Class::Region, country: [0; 2], ..place };
        let bytes = build(&[place, region], &[("Africa".into(), 1)], &[]);
        let gazetteer = Gazetteer::from_bytes(bytes).unwrap();
        let names = CountryNames::default();
        let polish = names.of("pl", &gazetteer).unwrap();
        assert_eq!((polish.label(0), polish.label(1)), (Some("Denmark"), Some("Africa")));
        assert_eq!(polish.label(2), None);
    }

    #[test]
    fn every_word_of_a_name_may_be_inflected() {
        let polish = countries(&[("Stany Zjednoczone", 1), ("Arabia Saudyjska", 2)], "pl");
        let text = "Ze Stanów Zjednoczonych do Arabii Saudyjskiej; stan zjednoczenia.";
        let text = Text::split(text, Splitting::of("pl"));
        let found: Vec<_> = polish
            .matches(&text, &keys(&text))
            .into_iter()
            .map(|(tokens, place)| (text.slice(tokens), place))
            .collect();
        assert_eq!(found, [("Stanów Zjednoczonych", 1), ("Arabii Saudyjskiej", 2)]);
    }

    #[test]
    fn short_words_of_several_may_be_inflected() {
        let names = [("Новая Зеландия", 1), ("Острова Орма", 2), ("Новая Зеландия Варде", 3)];
        let russian = countries(&names, "ru");
        let found = |text: &str| {
            let text = Text::split(text, Splitting::of("ru"));
            russian.matches(&text, &keys(&text))
        };
        assert_eq!(found("в Новой Зеландии"), [(1..3, 1)]);
        assert_eq!(found("на островах Орма и острова для новых"), [(1..3, 2)]);
        assert_eq!(found("в Новой Зеландии Варде"), [(1..4, 3)]);
    }

    #[test]
    fn endings_behind_a_mark_are_none_of_a_name_in_running_text() {
        let swedish = countries(&[("USA", 1)], "sv");
        let text = Text::split("Det var USA:s sak.", Splitting::of("sv"));
        assert_eq!(swedish.matches(&text, &keys(&text)).len(), 1);
        let turkish = countries(&[("Kuzey Varde", 1)], "tr");
        let text = Text::split("Kuzey Varde'deki kent", Splitting::of("tr"));
        assert_eq!(turkish.matches(&text, &keys(&text)), [(0..2, 1)]);
        assert_eq!(turkish.whole("Kuzey Varde"), Some(1));
    }

    #[test]
    fn an_ending_behind_an_apostrophe_is_none_of_the_name() {
        let turkish = countries(&[("Peru", 1)], "tr");
        assert_eq!(turkish.inflected("Peru'ya"), Some(1));
    }

    #[test]
    fn words_that_are_written_with_the_next_are_no_part_of_a_name() {
        let arabic = countries(&[("\u{645}\u{635}\u{631}", 1)], "ar");
        let text = Text::split("\u{648}\u{645}\u{635}\u{631}", Splitting::of("ar"));
        assert_eq!(arabic.matches(&text, &keys(&text)), [(0..1, 1)]);
    }

    #[test]
    fn characters_need_no_blanks() {
        let japanese = countries(&[("\u{97d3}\u{56fd}", 1)], "ja");
        let text = Text::split("\u{6628}\u{65e5}\u{97d3}\u{56fd}\u{3067}", Splitting::of("ja"));
        assert_eq!(japanese.matches(&text, &keys(&text)), [(2..4, 1)]);
    }
}
