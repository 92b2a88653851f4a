//! What is known of languages beside their words: codes, scripts, direction, by `src/lang/mul/languages.txt`.
//!
//! A language that is not listed has no row here, and may be in use all the same: it is written in Latin letters then, from left to
//! right, and has one code.

use std::sync::LazyLock;

use foldhash::{HashMap, HashSet};

use crate::lang;

const LIST: &str = "languages.txt";

/// A row of the table.
#[derive(Debug)]
pub struct Facts {
    /// The code in records.
    pub code: &'static str,
    /// Its code in ISO 639-3.
    pub iso_639_3: Option<&'static str>,
    /// The scripts that it is written in.
    pub scripts: Vec<&'static str>,
    /// Other codes that publishers give for it.
    also: Vec<&'static str>,
    /// Alone in its script among the languages that trigrams tell apart.
    pub has_own_script: bool,
    /// Written from right to left.
    pub is_right_to_left: bool,
    /// Its function words are largely those of a larger neighbour.
    pub is_small: bool,
    /// Windows-1252 has all its letters.
    pub is_western: bool,
}

impl Facts {
    fn read(row: &'static str) -> Option<Self> {
        let [code, iso_639_3, scripts, also, notes] =
            row.split('\t').collect::<Vec<_>>().try_into().ok()?;
        let words = |cell: &'static str| cell.split(' ').filter(|word| *word != "-");
        let has = |note: &str| words(notes).any(|word| word == note);
        Some(Self {
            code,
            iso_639_3: words(iso_639_3).next(),
            scripts: words(scripts).collect(),
            also: words(also).collect(),
            has_own_script: has("own-script"),
            is_right_to_left: has("right-to-left"),
            is_small: has("small"),
            is_western: has("western"),
        })
    }
}

static TABLE: LazyLock<HashMap<&str, Facts>> = LazyLock::new(|| {
    let rows = lang::text("mul", LIST).into_iter().flat_map(lang::entries);
    rows.filter_map(Facts::read).map(|facts| (facts.code, facts)).collect()
});

static OTHER_CODES: LazyLock<HashMap<&str, &str>> = LazyLock::new(|| {
    let codes = |facts: &'static Facts| facts.also.iter().map(|other| (*other, facts.code));
    TABLE.values().flat_map(codes).collect()
});

/// What is known of a language, by its code in records.
#[must_use]
pub fn facts(code: &str) -> Option<&'static Facts> {
    TABLE.get(code)
}

/// Whether windows-1252 has all letters of a language.
#[must_use]
pub fn is_western(code: &str) -> bool {
    facts(code_in_records(code).unwrap_or(code)).is_some_and(|facts| facts.is_western)
}

/// All languages of the table, in no order.
pub fn all() -> impl Iterator<Item = &'static Facts> {
    TABLE.values()
}

/// The code in records for a language that a publisher gives another code.
#[must_use]
pub fn code_in_records(code: &str) -> Option<&'static str> {
    OTHER_CODES.get(code).copied()
}

/// Whether a code in lower case may be a language's: of two letters one of ISO 639-1, or any of three.
#[must_use]
pub fn is_code(code: &str) -> bool {
    match code.len() {
        2 => ISO_639_1.contains(code),
        3 => code.bytes().all(|byte| byte.is_ascii_lowercase()),
        _ => false,
    }
}

static ISO_639_1: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    let list = lang::text("mul", "iso-639-1.txt").unwrap_or_default();
    lang::entries(list).flat_map(str::split_whitespace).collect()
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_has_five_columns() {
        let rows = lang::text("mul", LIST).map_or(0, |list| lang::entries(list).count());
        assert_eq!(TABLE.len(), rows);
        assert!(all().all(|facts| !facts.scripts.is_empty()));
    }

    #[test]
    fn languages_have_codes_scripts_and_directions() {
        let facts = |code| facts(code).unwrap();
        assert_eq!((facts("de").iso_639_3, facts("ia").iso_639_3), (Some("deu"), None));
        assert_eq!(facts("sr").scripts, ["Cyrillic", "Latin"]);
        assert!(facts("he").is_right_to_left && !facts("de").is_right_to_left);
        assert!(facts("ja").has_own_script && !facts("ru").has_own_script);
        assert!(facts("gl").is_small && !facts("es").is_small);
        assert_eq!((code_in_records("sh"), code_in_records("hr")), (Some("hr"), None));
        assert_eq!((code_in_records("dk"), code_in_records("ua")), (Some("da"), Some("uk")));
    }

    #[test]
    fn codes_of_countries_are_no_languages() {
        for (code, is_one) in
            [("da", true), ("dk", false), ("xx", false), ("ckb", true), ("en-gb", false)]
        {
            assert_eq!(is_code(code), is_one, "{code}");
        }
        assert!(all().all(|facts| is_code(facts.code)));
    }
}
