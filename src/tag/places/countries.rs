//! Countries and territories by the names that a language has for them (`src/lang/<code>/countries.txt`), and
//! continents, seas, regions and divisions (`regions.txt`, by their English names in the gazetteer), and cities that the
//! gazetteer does not know by their names in the language (`cities.txt`, by their GeoNames ids).
//!
//! A name as it is listed is a country wherever no other name covers it, and so is one of five letters or more with
//! an ending of the language in its place (`endings.txt`: `Danii`). In another inflected form (`Slovenijo`) it is
//! one only where the recogniser has found a place: a people's name often begins as its country's does. A beginning
//! that two countries share tells neither. Where words have no blanks, a name may be found inside other words: a list
//! names those (`regions.txt` with a hyphen for a place), and kana beside kana goes on.

mod inflected;
mod listed;

use std::{
    collections::{BTreeMap, HashSet},
    ops::Range,
    sync::OnceLock,
};

use super::gazetteer::Gazetteer;
use crate::{
    hash::{ByHash, Hashes},
    lang,
    scripts::{is_hangul, is_katakana},
    tag::{
        Text, TokenKind,
        document::Splitting,
        feature_hash,
        word_keys::{HYPHEN, key, keys},
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
/// The same of one of several words, and of a short name.
const LEAST_OF_SEVERAL: usize = 3;
/// Most words of a name whose words may each be inflected (`Stanów Zjednoczonych`).
const MOST_INFLECTED: usize = 3;
/// Most letters of an article.
const ARTICLE: usize = 3;
/// Letters that a name loses, and those that an inflected form has after that, at most.
const LOST: usize = 2;

/// The names of one language.
#[derive(Debug, Default)]
pub struct Countries {
    /// Countries' place numbers by the hash of all words of a name.
    names: ByHash<u32>,
    /// Cities that are known only where something else says that there is a place.
    cities: ByHash<u32>,
    /// The same as `names` by the beginnings of names of one word, with how many letters of the name they lack; `None` where
    /// two countries share one.
    beginnings: ByHash<Option<(u32, usize)>>,
    /// The first letters of names of one word.
    heads: Hashes,
    /// The first words of names of several.
    openers: Hashes,
    /// The same by the beginnings of all words of a name of several.
    inflected: ByHash<Option<u32>>,
    /// Beginnings that such names begin with.
    first: Hashes,
    /// Names of an article and a word with a capital.
    with_article: Hashes,
    /// Words that hold a country's name and are none.
    nothing: Hashes,
    /// What all of these begin with, up to any of their words: where a text goes on otherwise, none of them stands.
    openings: Hashes,
    /// Names of one word as they are spelt, in small letters, where marks tell words apart.
    spelt: HashSet<String>,
    /// English names by place number.
    labels: ByHash<&'static str>,
    /// Most words of a name.
    longest: usize,
    splitting: Option<&'static Splitting>,
    /// The language's folder.
    code: &'static str,
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

/// Names in a text with their places, and words that hold a name and are none.
pub type Found = (Vec<(Range<usize>, u32)>, Vec<Range<usize>>);

fn phrase(keys: impl Iterator<Item = u64>) -> u64 {
    keys.fold(0, with_word)
}

/// The hash of a phrase and one word more.
fn with_word(phrase: u64, word: u64) -> u64 {
    if word == HYPHEN { phrase } else { feature_hash::two(78, phrase, word) }
}

/// The hashes of the beginnings of a phrase, up to each of its words.
fn openings(keys: &[u64]) -> impl Iterator<Item = u64> {
    keys.iter().scan(0, |phrase, word| {
        *phrase = with_word(*phrase, *word);
        Some(*phrase)
    })
}

impl Countries {
    /// What a place of the lists is called in English.
    #[must_use]
    pub fn label(&self, place: u32) -> Option<&'static str> {
        self.labels.get(&u64::from(place)).copied()
    }

    /// The names of countries in a text as they are listed, the longest at each point; those of several
    /// words also in inflected forms; and the words that hold such a name and are none.
    #[must_use]
    pub fn found(&self, text: &Text<'_>, keys: &[u64]) -> Found {
        let (mut found, mut nothing) = (Vec::new(), Vec::new());
        let uncased = self.splitting.is_some_and(|s| s.uncased);
        for line in &text.lines {
            let mut at = line.start;
            while at < line.end {
                let capital = |i: usize| text.is_capital(i);
                let named = uncased || capital(at);
                // `den demokratiska republiken Kongo`: a name may begin with a small word.
                let most = match self.openers.contains(&keys[at]) {
                    true => self.longest.min(line.end - at),
                    false => usize::from(named && text.tokens[at].kind == TokenKind::Word),
                };
                let known =
                    openings(&keys[at..at + most]).take_while(|o| self.openings.contains(o));
                let known = known.count();
                // Of the last word, only what stands before an apostrophe may be in the name.
                let is_bare = known > 0 || bare_key(text.word(at)).is_some();
                let most = if is_bare { most.min(known + 1) } else { 0 };
                let longest = (1..=most).rev().find_map(|len| {
                    // A hyphen says nothing in a name, but behind it `Orland-Varde` goes on.
                    if keys[at + len - 1] == HYPHEN || is_compound(text, keys, at + len) {
                        return None;
                    }
                    let named = named || len > 1 && (at..at + len).any(capital);
                    let whole = phrase(keys[at..at + len].iter().copied());
                    if self.nothing.contains(&whole) {
                        return Some((at..at + len, None));
                    }
                    // `La réunion` is none, nor is `el salvador`.
                    if len > 1 && !capital(at + len - 1) && self.with_article.contains(&whole) {
                        return None;
                    }
                    let spelt = |_: &&u32| named && (len > 1 || self.is_spelt(text.lower(at)));
                    let place = self.names.get(&whole).filter(spelt).or_else(|| {
                        let last = bare_key(text.word(at + len - 1)).filter(|_| named)?;
                        let rest = keys[at..at + len - 1].iter().copied();
                        self.names.get(&phrase(rest.chain(std::iter::once(last))))
                    })?;
                    (!uncased || is_whole_word(text, &(at..at + len)))
                        .then_some((at..at + len, Some(*place)))
                });
                // `островах Орма`.
                let leads = named || at + 1 < line.end && capital(at + 1);
                let leads = leads && !uncased && text.tokens[at].kind == TokenKind::Word;
                let longest = longest.or_else(|| {
                    let (len, place) =
                        if leads { self.several(text, at, line.end)? } else { None? };
                    Some((at..at + len, Some(place)))
                });
                let longest = longest.or_else(|| {
                    let word = text.word(at);
                    // Any word may open a sentence.
                    let least = LEAST_DECLINED + usize::from(opens(text, at));
                    let long = leads && named && word.chars().count() >= least;
                    let declined = if long { self.declined(word)? } else { None? };
                    let sure = declined.letters >= least && !declined.adjective;
                    sure.then(|| (at..at + 1, Some(declined.place)))
                });
                at = longest.as_ref().map_or(at + 1, |(tokens, _)| tokens.end);
                match longest {
                    Some((tokens, Some(place))) => found.push((tokens, place)),
                    Some((tokens, None)) => nothing.push(tokens),
                    None => {}
                }
            }
        }
        (found, nothing)
    }

    /// Whether a word in small letters is a name with its marks: `bỉ`, not `bị`.
    fn is_spelt(&self, lower: &str) -> bool {
        self.splitting.is_none_or(|splitting| !splitting.marks) || self.spelt.contains(lower)
    }

    /// The country or the region of a whole name as it is listed.
    #[must_use]
    pub fn whole(&self, name: &str) -> Option<u32> {
        let text = Text::split(name, self.splitting?);
        self.names.get(&phrase(keys(&text).into_iter())).copied()
    }

    /// The city that a place's name is as a whole.
    #[must_use]
    pub fn city(&self, keys: &[u64]) -> Option<u32> {
        self.cities.get(&phrase(keys.iter().copied())).copied()
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

/// Whether tokens of a script without blanks begin and end where words do: not inside a word of kana (`デュアルバンド`), nor
/// behind a syllable of Hangul (`교통수단`).
pub(in crate::tag) fn is_whole_word(text: &Text<'_>, tokens: &Range<usize>) -> bool {
    let (first, last) = (text.word(tokens.start), text.word(tokens.end - 1));
    let before = tokens.start.checked_sub(1).filter(|before| joins(text, *before));
    let before = before.map_or("", |before| text.word(before));
    let behind = if joins(text, tokens.end - 1) { text.word_or_empty(tokens.end) } else { "" };
    let kana = |word: &str| word.chars().all(is_katakana) && !word.is_empty();
    let hangul = |word: &str| word.chars().all(is_hangul) && !word.is_empty();
    let goes_on = hangul(before) && hangul(first)
        || kana(before) && kana(first)
        || kana(last) && kana(behind);
    !goes_on
}

/// Whether nothing stands between a token and the next.
fn joins(text: &Text<'_>, at: usize) -> bool {
    text.tokens.get(at + 1).is_some_and(|next| next.start == text.tokens[at].end)
}

/// Whether a token is the first word of a sentence.
fn opens(text: &Text<'_>, at: usize) -> bool {
    let start = text.sentence_of(at).map_or(at, |sentence| sentence.start);
    (start..at).all(|i| text.tokens[i].kind != TokenKind::Word)
}

/// The key of a word's first letters.
fn head(word: &str, buffer: &mut Vec<u8>) -> u64 {
    let end = word.char_indices().nth(HEAD).map_or(word.len(), |(at, _)| at);
    key(&word[..end], TokenKind::Word, buffer)
}

/// The key of what stands before an apostrophe or a colon in a word: `USA:s`.
fn bare_key(word: &str) -> Option<u64> {
    // Most words have no byte of any.
    if !word.bytes().any(|byte| matches!(byte, b'\'' | b':' | 0xe2)) {
        return None;
    }
    let (bare, ending) = word.rsplit_once(['\'', '\u{2019}', ':'])?;
    let is_ending = !bare.is_empty() && ending.chars().all(char::is_lowercase);
    is_ending.then(|| key(bare, TokenKind::Word, &mut Vec::new()))
}

#[cfg(test)]
mod tests {
    use super::super::gazetteer::{Place, build};
    use super::*;
    use crate::tag::places::gazetteer::Class;

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
            .found(&text, &keys(&text))
            .0
            .into_iter()
            .map(|(tokens, place)| (text.slice(tokens), place))
            .collect();
        assert_eq!(found, [("Italie", 2), ("Pays-Bas", 1), ("Cor\u{e9}e du Sud", 3)]);
        let text = Text::split("les liens Italie-Pays-Bas", Splitting::of("fr"));
        assert_eq!(french.found(&text, &keys(&text)).0, [(2..3, 2), (4..7, 1)]);
        let text = Text::split("les experts Italie-atlantiques", Splitting::of("fr"));
        assert_eq!(french.found(&text, &keys(&text)).0, []);
    }

    #[test]
    fn case_endings_are_tolerated_but_shared_beginnings_ignored() {
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
    fn same_beginning_with_other_ending_is_another_name() {
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
        assert_eq!(hungarian.found(&text, &keys(&text)).0, [(3..4, 1)]);
        assert_eq!(hungarian.inflected("Orlandiai"), Some(1));
    }

    #[test]
    fn inflected_names_are_found_where_nothing_else_is() {
        let polish = countries(&[("Dania", 1), ("Kuba", 2)], "pl");
        let text = "Z Danii na Kuby i do danii, Danek mówi.\nDanii nie było.";
        let text = Text::split(text, Splitting::of("pl"));
        assert_eq!(polish.found(&text, &keys(&text)).0, [(1..2, 1)]);
    }

    #[test]
    fn a_name_may_begin_with_a_small_letter() {
        let swedish = countries(&[("Demokratiska republiken Varde", 1)], "sv");
        let text = "i den demokratiska republiken Varde, en demokratiska republiken varde";
        let text = Text::split(text, Splitting::of("sv"));
        assert_eq!(swedish.found(&text, &keys(&text)).0, [(2..5, 1)]);
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
            .found(&text, &keys(&text))
            .0
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
            russian.found(&text, &keys(&text)).0
        };
        assert_eq!(found("в Новой Зеландии"), [(1..3, 1)]);
        assert_eq!(found("на островах Орма и острова для новых"), [(1..3, 2)]);
        assert_eq!(found("в Новой Зеландии Варде"), [(1..4, 3)]);
    }

    #[test]
    fn endings_behind_mark_are_cut_in_running_text() {
        let swedish = countries(&[("USA", 1)], "sv");
        let text = Text::split("Det var USA:s sak.", Splitting::of("sv"));
        assert_eq!(swedish.found(&text, &keys(&text)).0.len(), 1);
        let turkish = countries(&[("Kuzey Varde", 1)], "tr");
        let text = Text::split("Kuzey Varde'deki kent", Splitting::of("tr"));
        assert_eq!(turkish.found(&text, &keys(&text)).0, [(0..2, 1)]);
        assert_eq!(turkish.whole("Kuzey Varde"), Some(1));
    }

    #[test]
    fn ending_behind_apostrophe_is_no_part_of_name() {
        let turkish = countries(&[("Peru", 1)], "tr");
        assert_eq!(turkish.inflected("Peru'ya"), Some(1));
    }

    #[test]
    fn joined_prefix_words_are_no_part_of_names() {
        let arabic = countries(&[("\u{645}\u{635}\u{631}", 1)], "ar");
        let text = Text::split("\u{648}\u{645}\u{635}\u{631}", Splitting::of("ar"));
        assert_eq!(arabic.found(&text, &keys(&text)).0, [(0..1, 1)]);
    }

    #[test]
    fn no_article_is_joined_before_a_country() {
        let arabic = countries(&[("\u{645}\u{627}\u{644}\u{64a}", 1)], "ar");
        let text = "\u{627}\u{644}\u{645}\u{627}\u{644}\u{64a} \u{648}\u{645}\u{627}\u{644}\u{64a}";
        let text = Text::split(text, Splitting::of("ar"));
        assert_eq!(arabic.found(&text, &keys(&text)).0, [(1..2, 1)]);
    }

    #[test]
    fn marks_tell_words_from_countries() {
        let vietnamese = countries(&[("Orm\u{e8}", 1), ("Varde", 2)], "vi");
        let text = Text::split("Orm\u{e9} v\u{e0} Orm\u{e8}, Varde", Splitting::of("vi"));
        assert_eq!(vietnamese.found(&text, &keys(&text)).0, [(2..3, 1), (4..5, 2)]);
    }

    #[test]
    fn characters_need_no_blanks() {
        let japanese = countries(&[("\u{97d3}\u{56fd}", 1)], "ja");
        let text = Text::split("\u{6628}\u{65e5}\u{97d3}\u{56fd}\u{3067}", Splitting::of("ja"));
        assert_eq!(japanese.found(&text, &keys(&text)).0, [(2..4, 1)]);
    }

    #[test]
    fn kana_beside_kana_is_no_country() {
        let japanese = countries(&[("\u{30bf}\u{30a4}", 1)], "ja");
        let found = |text: &str| {
            let text = Text::split(text, Splitting::of("ja"));
            japanese.found(&text, &keys(&text)).0
        };
        assert_eq!(found("\u{30ea}\u{30bf}\u{30a4}\u{30a2}\u{3057}\u{305f}"), []);
        assert_eq!(found("\u{30bf}\u{30a4}\u{3068}\u{97d3}\u{56fd}"), [(0..2, 1)]);
    }

    #[test]
    fn words_that_hold_a_country_are_none() {
        let mut chinese = countries(&[("\u{6d77}\u{5730}", 1)], "zh");
        chinese.add_nothing("\u{6cbf}\u{6d77}", Splitting::of("zh"));
        let text = Text::split(
            "\u{6cbf}\u{6d77}\u{5730}\u{533a}\u{548c}\u{6d77}\u{5730}",
            Splitting::of("zh"),
        );
        let (found, nothing) = chinese.found(&text, &keys(&text));
        assert_eq!(found, [(5..7, 1)]);
        assert!(matches!(nothing[..], [Range { start: 0, end: 2 }]), "{nothing:?}");
    }

    #[test]
    fn shorter_form_is_of_another_name() {
        let russian = countries(
            &[("\u{420}\u{43e}\u{441}\u{441}\u{438}\u{44f}", 1), ("\u{41f}\u{410}\u{420}", 2)],
            "ru",
        );
        let found = |word| russian.inflected(word);
        assert_eq!(found("\u{420}\u{43e}\u{441}\u{441}\u{430}"), None);
        assert_eq!(found("\u{41f}\u{430}\u{440}\u{43e}"), None);
        assert_eq!(found("\u{420}\u{43e}\u{441}\u{441}\u{438}\u{438}"), Some(1));
    }

    #[test]
    fn small_word_behind_article_is_no_country() {
        let french = countries(&[("La R\u{e9}union", 1)], "fr");
        let found = |text: &str| {
            let text = Text::split(text, Splitting::of("fr"));
            french.found(&text, &keys(&text)).0
        };
        assert_eq!(found("La r\u{e9}union de Varde"), []);
        assert_eq!(found("La R\u{e9}union vote"), [(0..2, 1)]);
    }

    #[test]
    fn hangul_behind_hangul_is_no_country() {
        let korean = countries(&[("\u{c218}\u{b2e8}", 1)], "ko");
        let found = |text: &str| {
            let text = Text::split(text, Splitting::of("ko"));
            korean.found(&text, &keys(&text)).0
        };
        assert_eq!(found("\u{ad50}\u{d1b5}\u{c218}\u{b2e8}"), []);
        assert_eq!(found("\u{c218}\u{b2e8} \u{c815}\u{bd80}"), [(0..2, 1)]);
    }
}
