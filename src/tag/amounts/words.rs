//! Numbers in words, units and magnitudes of each language that has lists of them.

use std::sync::LazyLock;

use foldhash::HashMap;

use crate::lang;
use crate::model::LanguageCode;

/// The words of amounts of one language.
#[derive(Debug, Default)]
pub(super) struct Words {
    /// Number below a hundred, and its value.
    pub small: HashMap<&'static str, f64>,
    /// Word that multiplies the number before it, and its factor.
    pub magnitudes: Vec<(&'static str, f64)>,
    /// Unit behind a number, and its name in records.
    pub units: Vec<(&'static str, &'static str)>,
    /// Plurals that no ending gives away.
    pub plurals: Vec<&'static str>,
    /// What numbers count, in languages other than English.
    pub counted: Vec<&'static str>,
    /// Whether a point parts the fraction and a comma thousands, as in English.
    pub point: bool,
}

static LANGUAGES: LazyLock<HashMap<&'static str, Words>> = LazyLock::new(|| {
    lang::languages_with("units.txt").map(|code| (code, Words::read(code))).collect()
});

impl Words {
    /// The words of a language; those of English where it has no list of units.
    ///
    /// # Panics
    /// When English has no list, which the tests rule out.
    pub(super) fn of(language: LanguageCode) -> &'static Self {
        let own = LANGUAGES.get(lang::folder(language.as_str()));
        own.or_else(|| LANGUAGES.get("en")).expect("English has a list of units")
    }

    /// The words of no one language.
    ///
    /// # Panics
    /// When there is no list of them, which the tests rule out.
    pub(super) fn shared() -> &'static Self {
        LANGUAGES.get("mul").expect("`mul` has a list of units")
    }

    fn read(code: &str) -> Self {
        let pairs = |name: &str| {
            let list = lang::text(code, name).unwrap_or_default();
            lang::entries(list).filter_map(|line| line.split_once('\t'))
        };
        let numbers = |(word, value): (&'static str, &str)| Some((word, value.parse().ok()?));
        Self {
            small: pairs("numbers.txt").filter_map(numbers).collect(),
            magnitudes: pairs("magnitudes.txt").filter_map(numbers).collect(),
            units: pairs("units.txt").collect(),
            counted: pairs("amounts.txt")
                .filter(|(kind, _)| *kind == "counted")
                .flat_map(|(_, words)| words.split_whitespace())
                .collect(),
            point: pairs("amounts.txt").any(|(kind, sign)| kind == "decimal" && sign == "."),
            plurals: lang::entries(lang::text(code, "plurals.txt").unwrap_or_default()).collect(),
        }
    }

    pub(super) fn small(&self, lower: &str) -> Option<f64> {
        self.small.get(lower).copied()
    }

    /// Whether a number in words may begin with a token in lower case: with a small number, or a part of a
    /// large one.
    pub(super) fn may_lead(&self, lower: &str) -> bool {
        let word = lower.split(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
        matches!(word, "a" | "half" | "quarter") || self.small.contains_key(word)
    }

    /// The factor of a word such as `million`.
    pub(super) fn large(&self, lower: &str) -> Option<f64> {
        self.magnitudes.iter().find(|(word, _)| *word == lower).map(|(_, factor)| *factor)
    }
}

/// The English numbers below a hundred in words, in lower case.
pub fn small_numbers() -> impl Iterator<Item = &'static str> {
    Words::of(LanguageCode::EN).small.keys().copied()
}

/// An English number below a hundred in words, in lower case.
#[must_use]
pub fn small_number(lower: &str) -> Option<i64> {
    Words::of(LanguageCode::EN).small(lower).map(|value| value as i64)
}
