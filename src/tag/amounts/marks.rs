//! Which of point and comma parts the fraction of a number: by the language, and by the publisher's country where the countries of a
//! language differ (`1,200` in Mexico and in Spain; `2.5` and `2,5` in Switzerland).
//!
//! Refuses to say what three digits behind a mark are where that country is not known, or writes both ways.

use std::sync::LazyLock;

use crate::lang;
use crate::model::LanguageCode;
use crate::tag::amount_words::AmountWords;

/// Name of the list of languages and countries: what parts the fraction, a tab, a language and its countries.
const LIST: &str = "number-marks.txt";

/// What parts the fraction of numbers, and what thousands.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Marks {
    /// Whether a point parts the fraction and a comma thousands, as in English.
    pub point: bool,
    /// Whether the other mark parts a fraction as well, where it cannot be one of thousands.
    pub either: bool,
    /// Whether it is not known which of both it is.
    pub unknown: bool,
}

/// A row of the list.
struct Row {
    language: &'static str,
    point: bool,
    either: bool,
    /// Countries, none where it is so in all.
    lands: Vec<[u8; 2]>,
}

static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| {
    let rows = lang::rows("mul", LIST).into_iter().flatten();
    let read = |(mark, row): (&'static str, &'static str)| {
        let mut words = row.split_whitespace();
        Some(Row {
            language: words.next()?,
            point: mark == "point",
            either: mark != "point" || row.contains(' '),
            lands: words.filter_map(|land| land.as_bytes().try_into().ok()).collect(),
        })
    };
    rows.filter_map(read).collect()
});

impl Marks {
    /// The marks of a language in a publisher's country.
    pub(super) fn of(language: LanguageCode, home: Option<[u8; 2]>) -> Self {
        let words = AmountWords::of(language);
        let code = lang::own_folder(language.as_str());
        let mut rows = ROWS.iter().filter(|row| row.language == code).peekable();
        let differs = rows.peek().is_some_and(|row| row.point && !words.point && row.either);
        let in_land = |row: &Row| home.is_some_and(|land| row.lands.contains(&land));
        let here = |row: &&Row| row.lands.is_empty() || in_land(row);
        match rows.find(here) {
            Some(row) => {
                Self { point: row.point || words.point, either: row.either, unknown: false }
            }
            None => Self {
                point: words.point,
                either: false,
                unknown: home.is_none() && differs || words.units.is_empty(),
            },
        }
    }

    /// Whether three digits behind a mark and a whole number may be thousands as well as a fraction.
    pub(super) fn is_unsure(self, whole: &str) -> bool {
        (self.either || self.unknown) && whole != "0"
    }
}

/// The country of a language's tag such as `es-MX`, where numbers are written otherwise there than elsewhere in the language.
pub(in crate::tag) fn land_of(tag: &str) -> Option<[u8; 2]> {
    let mut parts = tag.trim().split(['-', '_']);
    let code = parts.next()?.to_ascii_lowercase();
    let land: [u8; 2] = parts.next_back()?.to_ascii_uppercase().as_bytes().try_into().ok()?;
    ROWS.iter().any(|row| row.language == code && row.lands.contains(&land)).then_some(land)
}
