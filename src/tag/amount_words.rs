//! The words around numbers, by language: numbers in words, units, magnitudes, ranges, shares, changes, and what makes
//! a number no amount.
//!
//! Read once from `numbers.txt`, `number-words.txt`, `units.txt`, `magnitudes.txt`, `amounts.txt`, `plurals.txt` of
//! `src/lang`. A language without a list reads digits and the shared units alone. Which kind fills which list is the
//! table `KINDS`.

use std::sync::LazyLock;

use foldhash::{HashMap, HashSet};

use crate::lang;
use crate::model::LanguageCode;
use crate::tag::document::Splitting;
use crate::tag::listed_names::{ListedNames, is_character, is_word};
use crate::tag::word_set::WordSet;
use crate::unicode;

/// The list of some words that a kind fills.
type List = fn(&mut AmountWords) -> &mut Vec<&'static str>;

/// What the kinds of `amounts.txt` fill, beside those that are no phrases.
const KINDS: &[(&str, List)] = &[
    ("joint", |words| &mut words.joints),
    ("and", |words| &mut words.ands),
    ("between", |words| &mut words.between),
    ("minus", |words| &mut words.minus),
    ("not-minus", |words| &mut words.not_minus),
    ("below-zero", |words| &mut words.below_zero),
    ("below-zero-before", |words| &mut words.below_zero_before),
    ("no-degrees", |words| &mut words.no_degrees),
    ("change", |words| &mut words.change),
    ("changed", |words| &mut words.changed),
    ("change-behind", |words| &mut words.change_behind),
    ("change-verb", |words| &mut words.change_verbs),
    ("change-by", |words| &mut words.change_by),
    ("ranging", |words| &mut words.ranging),
    ("share", |words| &mut words.shares),
    ("base", |words| &mut words.bases),
    ("capital-counted", |words| &mut words.capital_counted),
    ("one", |words| &mut words.one),
    ("one-large", |words| &mut words.one_large),
    ("unsure-large", |words| &mut words.unsure_large),
    ("decimal-word", |words| &mut words.decimal_words),
    ("decimal-behind", |words| &mut words.decimal_behind),
    ("not-decimal", |words| &mut words.not_decimal),
    ("nought", |words| &mut words.noughts),
    ("number-and", |words| &mut words.number_and),
    ("rest-and", |words| &mut words.rest_and),
    ("unknown-sign", |words| &mut words.unknown_signs),
    ("and-a-half", |words| &mut words.and_a_half),
    ("object-word", |words| &mut words.object_words),
    ("object-opener", |words| &mut words.object_openers),
    ("not-object", |words| &mut words.not_objects),
    ("fraction", |words| &mut words.fractions),
    ("of", |words| &mut words.of),
    ("odd", |words| &mut words.odd),
    ("hyphened", |words| &mut words.hyphened),
    ("part-of-whose", |words| &mut words.part_of_whose),
    ("millions-of", |words| &mut words.millions_of),
    ("no-metre-behind", |words| &mut words.no_metre_behind),
    ("plural-ending", |words| &mut words.plural_endings),
    ("not-plural-ending", |words| &mut words.not_plural_endings),
    ("not-plural", |words| &mut words.not_plurals),
    ("ordinal-before", |words| &mut words.ordinals_before),
    ("ordinal-behind", |words| &mut words.ordinals_behind),
    ("clock-before", |words| &mut words.clock_before),
    ("clock-behind", |words| &mut words.clock_behind),
    ("not-degrees-behind", |words| &mut words.not_degrees_behind),
    ("by-side", |words| &mut words.sides),
    ("rate", |words| &mut words.rates),
    ("an-hour", |words| &mut words.an_hour),
    ("half-before", |words| &mut words.half_before),
    ("half-behind", |words| &mut words.half_behind),
    ("no-unit", |words| &mut words.no_unit),
    ("no-unit-joint", |words| &mut words.no_unit_joints),
    ("numeral-after", |words| &mut words.numeral_after),
];
/// Kinds that are a part of the large number behind them.
const PARTS: &[(&str, f64)] = &[
    ("half", 0.5),
    ("quarter", 0.25),
    ("three-quarters", 0.75),
    ("third", 1.0 / 3.0),
    ("two-thirds", 2.0 / 3.0),
];

/// The words of amounts of one language.
#[derive(Debug, Default)]
pub(super) struct AmountWords {
    /// Number below a hundred, and its value.
    small: HashMap<&'static str, f64>,
    /// Word that multiplies the number before it, and its factor.
    pub magnitudes: ListedNames<f64>,
    /// The same behind numbers in words, in small letters.
    large: HashMap<String, f64>,
    /// Short forms behind an amount of money alone, and those that may be another word where a blank stands before them.
    pub large_of_money: ListedNames<f64>,
    pub unsure_large: Vec<&'static str>,
    /// Unit behind a number, and its name in records.
    pub units: ListedNames<&'static str>,
    /// Plurals that no ending gives away.
    pub plurals: Vec<&'static str>,
    /// Endings of plurals, those that are none, and words that are none for all their ending. What is counted is read
    /// by them where the language has no list of it.
    pub plural_endings: Vec<&'static str>,
    pub not_plural_endings: Vec<&'static str>,
    pub not_plurals: Vec<&'static str>,
    /// Units that stand before a number: `yüzde`.
    units_before: Vec<(&'static str, &'static str)>,
    /// What numbers count.
    pub counted: ListedNames,
    /// Words of grammar that may stand in what is counted, and those that don't begin it.
    pub object_words: Vec<&'static str>,
    pub object_openers: Vec<&'static str>,
    /// Words that are never in what is counted: verbs behind a name that ends in a number.
    pub not_objects: Vec<&'static str>,
    /// What is counted and has a capital all the same: `Two Democrats`, and what a country's people are called. Where there
    /// are such, several of something else in capitals are a name at a sentence's start.
    pub capital_counted: Vec<&'static str>,
    pub peoples: HashSet<&'static str>,
    /// Whether a point parts the fraction and a comma thousands, as in English.
    pub point: bool,
    /// The country whose crown the language's papers mean by `kr`.
    pub home: Option<[u8; 2]>,
    /// Words that join the ends of a range.
    pub joints: Vec<&'static str>,
    /// The same behind `between`.
    pub ands: Vec<&'static str>,
    pub between: Vec<&'static str>,
    pub minus: Vec<&'static str>,
    /// Before such a word, makes `at least` of it: `al menos`.
    pub not_minus: Vec<&'static str>,
    /// Behind degrees, and before their number: what they are below zero by.
    pub below_zero: Vec<&'static str>,
    pub below_zero_before: Vec<&'static str>,
    /// Words of a clause whose degrees are of no temperature: `un sismo de 6,1 grados`.
    pub no_degrees: Vec<&'static str>,
    /// Behind degrees that are no temperature: `34C bra`, `10 degrees below freezing`; between the two sides of a thing.
    pub not_degrees_behind: Vec<&'static str>,
    pub sides: Vec<&'static str>,
    /// Before the first of two numbers that something changed from and to; beginnings of words that make a range of
    /// it all the same.
    pub change: Vec<&'static str>,
    pub ranging: Vec<&'static str>,
    /// Between these two numbers: `auf`.
    pub changed: Vec<&'static str>,
    /// Straight behind the second: `に`.
    pub change_behind: Vec<&'static str>,
    /// Before how much something changed: verbs, and what stands behind them and what they changed.
    pub change_verbs: Vec<&'static str>,
    /// `by`.
    pub change_by: Vec<&'static str>,
    /// Between the part and the whole of a share: `in`.
    pub shares: Vec<&'static str>,
    /// Before the number that a rate is of: `3 per 100,000 people`.
    pub bases: Vec<&'static str>,
    /// Counts one before a large number: `a`.
    pub one: Vec<&'static str>,
    /// Large numbers that are one of them where they stand alone: `milion`.
    pub one_large: Vec<&'static str>,
    /// Joins a large number and its rest in digits: `1 milhão e 200 mil`.
    pub rest_and: Vec<&'static str>,
    /// Signs before a number of which no money is known where the publisher's country is not: `$` in Spanish.
    pub unknown_signs: Vec<&'static str>,
    /// Parts the fraction of a number in words (`one point two`); before it where no number is, and before a number that it
    /// is of another sense behind: `at one point two men fled`; words for nothing.
    pub decimal_words: Vec<&'static str>,
    pub decimal_behind: Vec<&'static str>,
    pub not_decimal: Vec<&'static str>,
    pub noughts: Vec<&'static str>,
    /// Joins numbers in words, and a half to them.
    pub number_and: Vec<&'static str>,
    pub and_a_half: Vec<&'static str>,
    /// Parts of a whole: `two thirds of`, and the word behind them.
    pub fractions: Vec<&'static str>,
    pub of: Vec<&'static str>,
    /// Behind a round number: `30-odd`.
    pub odd: Vec<&'static str>,
    /// What a number and a hyphen count: `a 400-seat hall`.
    pub hyphened: Vec<&'static str>,
    /// Between `of` and the number of a whole: `1,200 of its 4,500 jobs`.
    pub part_of_whose: Vec<&'static str>,
    /// What `m` behind a number that is a race's makes millions of: `50m homes`.
    pub millions_of: Vec<&'static str>,
    /// Behind `m`, of which it is no unit: `20m-strong`.
    pub no_metre_behind: Vec<&'static str>,
    /// A unit, how many smaller ones make it, and a word for those; a hyphen where the number stands alone behind one.
    pub smaller: Vec<(&'static str, f64, &'static str)>,
    /// Phrases before a large number, with the part of it that they are.
    pub parts: Vec<(&'static str, f64)>,
    /// Words before a number that it names a thing of, and those behind a score.
    pub labels: HashSet<&'static str>,
    /// Those that are none without their capitals: `Year 6 pupils`, but `last year 6 pupils`.
    pub capital_labels: HashSet<&'static str>,
    /// Those of several words, or with a mark inside.
    pub label_phrases: Vec<&'static str>,
    pub scored: HashSet<&'static str>,
    /// Numbers that are a name with the word behind them: `911 calls`.
    pub named: Vec<&'static str>,
    /// What makes an ordinal of a number: before it, and behind what it counts.
    pub ordinals_before: Vec<&'static str>,
    pub ordinals_behind: Vec<&'static str>,
    /// What makes hours a time of day: before the number, and behind them.
    pub clock_before: Vec<&'static str>,
    pub clock_behind: Vec<&'static str>,
    /// Behind a distance or a mass of which that makes a speed or another rate: `per second`.
    pub rates: Vec<&'static str>,
    /// Before a distance that is travelled in an hour.
    pub an_hour: Vec<&'static str>,
    /// Between a number and its unit, and behind that: makes half of the unit more of it.
    half_before: Vec<&'static str>,
    half_behind: Vec<&'static str>,
    /// Beginnings of words before which a unit is another word: `złote medale`; and words that may stand between.
    no_unit: Vec<&'static str>,
    no_unit_joints: Vec<&'static str>,
    /// Behind which characters are no number or an unknown one: `数十人`. Where there are such, numbers are read in
    /// characters.
    pub numeral_after: Vec<&'static str>,
    pub has_numerals: bool,
    /// Words that are written together with digits behind them: `و3.5`.
    prefixes: Vec<&'static str>,
    /// First words of numbers in words.
    leads: WordSet<String>,
}

static LANGUAGES: LazyLock<HashMap<&'static str, AmountWords>> = LazyLock::new(|| {
    let with = |name| lang::languages_with(name);
    let codes = with("units.txt").chain(with("amounts.txt")).chain(with("numbers.txt"));
    codes.map(|code| (code, AmountWords::read(code))).collect()
});

/// The words of a language that has no list.
static NONE: LazyLock<AmountWords> = LazyLock::new(AmountWords::default);

impl AmountWords {
    /// The words of a language, English's where the language is not known; no words where it has no list.
    pub(super) fn of(language: LanguageCode) -> &'static Self {
        Self::of_code(language.or_english().as_str())
    }

    fn of_code(code: &str) -> &'static Self {
        LANGUAGES.get(lang::folder(code)).unwrap_or(&NONE)
    }

    /// The words of no one language.
    pub(super) fn shared() -> &'static Self {
        Self::of_code("mul")
    }

    fn read(code: &str) -> Self {
        let numbers = |(word, value): (&'static str, &str)| Some((word, value.parse().ok()?));
        let labels = |kind| {
            lang::rows(code, "number-words.txt")
                .into_iter()
                .flatten()
                .filter(move |(row, _)| *row == kind)
                .map(|(_, w)| w)
        };
        let mut words = Self {
            small: lang::rows(code, "numbers.txt")
                .into_iter()
                .flatten()
                .filter_map(numbers)
                .collect(),
            magnitudes: lang::rows(code, "magnitudes.txt")
                .into_iter()
                .flatten()
                .filter_map(numbers)
                .collect(),
            units: lang::rows(code, "units.txt").into_iter().flatten().collect(),
            plurals: lang::text(code, "plurals.txt").into_iter().flat_map(lang::entries).collect(),
            labels: labels("label").collect(),
            capital_labels: labels("capital-label").filter(|label| is_one_word(label)).collect(),
            label_phrases: labels("capital-label").filter(|label| !is_one_word(label)).collect(),
            scored: labels("scored").collect(),
            named: labels("named").collect(),
            ..Self::default()
        };
        words.large =
            words.magnitudes.iter().map(|(word, value)| (word.to_lowercase(), value)).collect();
        for (kind, row) in lang::rows(code, "amounts.txt").into_iter().flatten() {
            words.add(kind, row);
        }
        if !words.capital_counted.is_empty() {
            let rows = lang::rows(code, "nationalities.txt").into_iter().flatten();
            words.peoples = rows.map(|(_, people)| people).collect();
        }
        words.has_numerals = !words.numeral_after.is_empty();
        words.prefixes = Splitting::of(code).prefixes().collect();
        let first = |phrase: &&'static str| letters(&phrase.to_lowercase()).to_owned();
        let parts = words.parts.iter().map(|(phrase, _)| *phrase);
        words.leads = parts
            .chain(words.one.iter().copied())
            .chain(words.one_large.iter().copied())
            .chain(words.decimal_words.iter().copied())
            .chain(words.noughts.iter().copied())
            .chain(words.small.keys().copied())
            .map(|phrase| first(&phrase))
            .collect();
        words
    }

    fn add(&mut self, kind: &str, row: &'static str) {
        let phrases = row.split('|').map(str::trim);
        if let Some((_, list)) = KINDS.iter().find(|(name, _)| *name == kind) {
            list(self).extend(phrases);
            return;
        }
        if let Some((_, part)) = PARTS.iter().find(|(name, _)| *name == kind) {
            self.parts.extend(phrases.map(|phrase| (phrase, *part)));
            return;
        }
        match kind {
            "unit-before" => {
                self.units_before.extend(row.split_once('=').map(|(w, u)| (w.trim(), u.trim())));
            }
            "large-of-money" => self.large_of_money.extend(phrases.filter_map(|row| {
                let (word, factor) = row.split_once('=')?;
                Some((word, factor.parse().ok()?))
            })),
            "smaller-unit" => self.smaller.extend(phrases.filter_map(|row| {
                let mut parts = row.splitn(3, ' ');
                Some((parts.next()?, parts.next()?.parse().ok()?, parts.next()?))
            })),
            "counted" => self.counted.extend(row.split_whitespace().map(|name| (name, ()))),
            "decimal" => self.point = row == ".",
            "home" => self.home = row.as_bytes().try_into().ok(),
            _ => {}
        }
    }

    /// The unit that stands before a number, and how many bytes of the text name it, the blank included.
    pub(super) fn unit_before(&self, before: &str) -> Option<(&'static str, usize)> {
        let bare = before.strip_suffix([' ', '\u{a0}']).unwrap_or(before);
        self.units_before.iter().find_map(|(word, unit)| {
            let start = bare.len().checked_sub(word.len())?;
            let written = bare.get(start..)?;
            let alike = written == *word || unicode::to_lowercase(written) == *word;
            let free = !bare[..start].ends_with(unicode::is_alphanumeric)
                || word.starts_with(is_character);
            (alike && free).then_some((*unit, before.len() - start))
        })
    }

    /// The bytes of a word that is written together with the digits behind it, at the start of a text.
    pub(super) fn prefix_before_digits(&self, word: &str) -> Option<usize> {
        let fits = |prefix: &&&str| {
            word.strip_prefix(**prefix)
                .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
        };
        self.prefixes.iter().find(fits).map(|prefix| prefix.len())
    }

    /// Whether a text ends with such a word.
    pub(super) fn ends_with_prefix(&self, before: &str) -> bool {
        let last = before.rsplit(|c: char| !unicode::is_alphanumeric(c)).next().unwrap_or_default();
        !last.is_empty() && self.prefixes.contains(&last)
    }

    /// The bytes of what makes half of the unit behind it more: `个半`.
    pub(super) fn half_before(&self, rest: &str) -> Option<usize> {
        self.half_before.iter().find(|half| rest.starts_with(**half)).map(|half| half.len())
    }

    /// The bytes of what makes half more of the large number that a text stands behind: ` y medio` of `dos millones y medio`.
    pub(super) fn half_of_large(&self, rest: &str) -> Option<usize> {
        let word = rest.strip_prefix([' ', '\u{a0}'])?;
        let halves = self.and_a_half.iter().chain(&self.half_behind);
        let half = halves.filter(|half| is_word(word, half)).max_by_key(|half| half.len())?;
        let more = self.magnitudes.starting(word[half.len()..].trim_start()).next().is_some();
        (!more).then(|| rest.len() - word.len() + half.len())
    }

    /// The bytes of a half between a number and the large one behind it: ` buçuk` of `2 buçuk milyon`.
    pub(super) fn half_before_large(&self, rest: &str) -> Option<usize> {
        let word = rest.strip_prefix([' ', '\u{a0}'])?;
        let half = self.and_a_half.iter().find(|half| is_word(word, half))?;
        let large = word[half.len()..].strip_prefix([' ', '\u{a0}'])?;
        self.magnitudes.starting(large).next()?;
        Some(rest.len() - word.len() + half.len())
    }

    /// The bytes of what makes half of the unit before it more: ` y medio`; not where half of another number follows.
    pub(super) fn half_behind(&self, rest: &str) -> Option<usize> {
        let word = rest.strip_prefix([' ', '\u{a0}']).unwrap_or(rest);
        let half = self.half_behind.iter().find(|half| is_word(word, half))?;
        let next = word[half.len()..].trim_start();
        let more = self.magnitudes.starting(next).next().is_some();
        (!more).then(|| rest.len() - word.len() + half.len())
    }

    /// Whether what follows makes another word of a unit: `złote i srebrne medale`.
    pub(super) fn is_no_unit(&self, rest: &str) -> bool {
        if self.no_unit.is_empty() {
            return false;
        }
        let words =
            rest.split(' ').map(|word| word.trim_matches(|c: char| !unicode::is_alphanumeric(c)));
        let mut words = words.map(str::to_lowercase).filter(|word| !word.is_empty()).take(4);
        let joins = |word: &String| {
            self.no_unit_joints.contains(&word.as_str())
                || self.small(word).is_some()
                || word.starts_with(|c: char| c.is_ascii_digit())
        };
        words
            .find(|word| !joins(word))
            .is_some_and(|word| self.no_unit.iter().any(|beginning| word.starts_with(beginning)))
    }

    /// The value of a number below a hundred in small letters.
    pub(super) fn small(&self, lower: &str) -> Option<f64> {
        self.small.get(lower).copied()
    }

    /// Whether a number in words may begin with a token in lower case: with a small number, or a part of a
    /// large one.
    pub(super) fn may_lead(&self, lower: &str) -> bool {
        self.may_lead_as_whole(letters(lower))
    }

    /// The same of a word that is letters alone.
    pub(super) fn may_lead_as_whole(&self, lower: &str) -> bool {
        self.leads.contains(lower)
    }

    /// The factor of a word such as `million`, in small letters.
    pub(super) fn large(&self, lower: &str) -> Option<f64> {
        self.large.get(lower).copied()
    }
}

/// Whether a label is letters alone.
fn is_one_word(label: &str) -> bool {
    label.chars().all(unicode::is_alphanumeric)
}

/// The letters that a text begins with.
pub(in crate::tag) fn letters(text: &str) -> &str {
    let plain = text.bytes().take_while(u8::is_ascii_alphabetic).count();
    let rest = &text[plain..];
    if rest.bytes().next().is_none_or(|next| next.is_ascii()) {
        return &text[..plain];
    }
    let more = rest.find(|c: char| !unicode::is_alphabetic(c)).unwrap_or(rest.len());
    &text[..plain + more]
}

/// The numbers below a hundred in words of a language, in lower case.
pub fn small_numbers(code: &str) -> impl Iterator<Item = &'static str> {
    AmountWords::of_code(code).small.keys().copied()
}

/// A number below a hundred in words of a language, in lower case.
#[must_use]
pub fn small_number(code: &str, lower: &str) -> Option<i64> {
    AmountWords::of_code(code).small(lower).map(|value| value as i64)
}

/// Whether what stands behind a number is what numbers count or measure, by a language's list of what is counted.
#[must_use]
pub fn is_measured(code: &str, rest: &str) -> bool {
    let words = AmountWords::of_code(code);
    let word = rest.trim_start_matches([' ', '\u{a0}', '\u{202f}']);
    !words.counted.is_empty()
        && (words.counted.starting(word).next().is_some()
            || words.magnitudes.starting(word).next().is_some()
            || words.units.starting(word).next().is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn row_kinds_are_known_and_all_have_words() {
        let other = ["counted", "decimal", "home", "large-of-money", "smaller-unit", "unit-before"];
        let names = || KINDS.iter().map(|k| k.0).chain(PARTS.iter().map(|p| p.0)).chain(other);
        let mut used = HashSet::default();
        for code in lang::languages_with("amounts.txt") {
            for (kind, row) in lang::rows(code, "amounts.txt").into_iter().flatten() {
                assert!(names().any(|name| name == kind), "{code}: nothing reads {kind}");
                assert!(row.split('|').all(|phrase| !phrase.trim().is_empty()), "{code}: {kind}");
                used.insert(kind);
            }
        }
        for name in names() {
            assert!(used.contains(name), "no language has {name}");
        }
        for (kind, _) in lang::rows("en", "number-words.txt").into_iter().flatten() {
            assert!(
                ["label", "capital-label", "scored", "named"].contains(&kind),
                "nothing reads {kind}"
            );
        }
    }

    #[test]
    fn every_number_in_words_has_a_value() {
        for name in ["numbers.txt", "magnitudes.txt"] {
            for code in lang::languages_with(name) {
                for (word, value) in lang::rows(code, name).into_iter().flatten() {
                    let value: f64 = value.parse().unwrap();
                    assert!(value > 0.0, "{code}/{name}: {word}");
                }
            }
        }
    }

    #[test]
    fn a_language_without_a_list_has_no_words() {
        let words = AmountWords::of(LanguageCode::parse("lt").unwrap());
        assert!(words.units.is_empty() && !words.may_lead("three") && words.joints.is_empty());
        assert!(!AmountWords::of(LanguageCode::UND).units.is_empty());
    }
}
