//! Names of months in the languages that `src/lang` has them of: those of pages, of feeds and of stories' texts.
//!
//! A name that is another month in another language (`listopad`) is read in the language that is asked for where
//! that has it, else as most languages mean it. A text's form of a letter that Unicode writes in one character or
//! two does not matter where a name is looked up in any language.

use std::borrow::Cow;
use std::sync::LazyLock;

use foldhash::{HashMap, HashMapExt as _, HashSet};
use time::{Date, Duration};
use unicode_normalization::UnicodeNormalization as _;

use crate::lang;

/// Shortest name looked up in languages of which nothing is known, in bytes.
const SHORTEST: usize = 3;
/// Most words and dots of a name: `ม.ค`, `تشرين الثاني`.
pub const MAX_PARTS: usize = 4;
/// Names of a language's lists.
const LIST: &str = "months.txt";
const PRESS: &str = "months-press.txt";
const PERSIAN: &str = "months-persian.txt";
const WORDS: &str = "date-words.txt";
/// The kind of its rows that is read here.
const PREFIX: &str = "month-prefix";

/// A month as a name says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Named {
    /// The month's number, from one.
    pub number: i32,
    /// Of the Persian solar calendar.
    pub persian: bool,
}

#[derive(Default)]
struct Names {
    anywhere: HashMap<String, Vec<u8>>,
    by_language: HashMap<&'static str, HashMap<String, u8>>,
    persian: HashMap<String, u8>,
    /// First words of names of several.
    openings: HashSet<String>,
    /// What is written together with a name: Hebrew writes "in" and the month as one word.
    prefixes: Vec<&'static str>,
}

/// Month and name of each form, composed as Unicode has it.
fn rows(list: &'static str) -> impl Iterator<Item = (u8, String)> {
    lang::columns(list).flat_map(|(number, forms)| {
        let number = number.parse().unwrap_or_default();
        forms.split(',').map(move |form| (number, form.nfc().collect()))
    })
}

static NAMES: LazyLock<Names> = LazyLock::new(|| {
    let mut names = Names::default();
    for code in lang::languages_with(LIST) {
        let Some(list) = lang::text(code, LIST) else { continue };
        let mut own = HashMap::new();
        for (number, form) in rows(list) {
            if form.len() >= SHORTEST {
                if let Some((first, _)) = form.split_once([' ', '.']) {
                    names.openings.insert(first.to_owned());
                }
                names.anywhere.entry(form.clone()).or_default().push(number);
            }
            own.insert(form, number);
        }
        names.by_language.insert(code, own);
    }
    // They say what a name means where no page's language tells.
    for code in lang::languages_with(PRESS) {
        for (number, form) in lang::text(code, PRESS).into_iter().flat_map(rows) {
            names.anywhere.entry(form).or_default().push(number);
        }
    }
    let words =
        lang::languages_with(WORDS).flat_map(|code| lang::rows(code, WORDS).into_iter().flatten());
    names.prefixes = words.filter(|(kind, _)| *kind == PREFIX).map(|(_, prefix)| prefix).collect();
    for list in lang::languages_with(PERSIAN).filter_map(|code| lang::text(code, PERSIAN)) {
        names.persian.extend(rows(list).map(|(number, form)| (form, number)));
    }
    names
});

/// The code that a language's months are listed under, from its primary tag; `None` where there is no list. Forms of
/// Serbo-Croatian name their months each in its own way.
#[must_use]
pub fn language(tag: &str) -> Option<&'static str> {
    NAMES.by_language.get_key_value(lang::own_folder(tag)).map(|(code, _)| *code)
}

/// The month that a name in lower case is in a language and in no other; `tag` is a primary tag.
#[must_use]
pub fn of_language(name: &str, tag: &str) -> Option<u8> {
    NAMES.by_language.get(language(tag)?)?.get(name).copied()
}

/// The names of months of a language in lower case, by the code that they are listed under.
pub fn names_of(code: &str) -> impl Iterator<Item = &'static str> {
    NAMES.by_language.get(code).into_iter().flat_map(|names| names.keys().map(String::as_str))
}

/// The month of a name in lower case; `tag` is the primary tag of the language that it is most likely in.
#[must_use]
pub fn of(name: &str, tag: Option<&str>) -> Option<Named> {
    if name.len() < SHORTEST {
        return None;
    }
    // Some letters are written in one character or two.
    let composed: Cow<'_, str> =
        if name.is_ascii() { name.into() } else { name.nfc().collect::<String>().into() };
    let name = composed.as_ref();
    let own = tag.and_then(|tag| of_language(name, tag));
    let gregorian = || {
        let numbers = NAMES.anywhere.get(name)?;
        let count = |n: u8| memchr::memchr_iter(n, numbers).count();
        numbers.iter().copied().max_by_key(|n| (count(*n), *n))
    };
    let bare = NAMES.prefixes.iter().find_map(|prefix| name.strip_prefix(*prefix));
    if let Some(bare) = bare.filter(|bare| NAMES.anywhere.contains_key(*bare)) {
        return of(bare, tag);
    }
    if let Some(number) = own.or_else(gregorian) {
        return Some(Named { number: i32::from(number), persian: false });
    }
    NAMES.persian.get(name).map(|number| Named { number: i32::from(*number), persian: true })
}

/// Whether a word begins a name of several words.
#[must_use]
pub fn opens(word: &str) -> bool {
    NAMES.openings.contains(word)
}

/// Whether a year is one of the Persian solar calendar's of the press.
#[must_use]
pub fn is_persian_year(year: i32) -> bool {
    (1300..=1479).contains(&year)
}

/// A day of the Persian solar calendar, by the 33-year rule, which holds for the years
/// [`is_persian_year`] lets through.
#[must_use]
pub fn persian(year: i32, month: i32, day: i32) -> Option<Date> {
    let leaps = |year: i32| (year * 8 + 21).div_euclid(33);
    let is_leap = leaps(year + 1) - leaps(year) == 1;
    let longest = match month {
        1..=6 => 31,
        7..=11 => 30,
        12 => 29 + i32::from(is_leap),
        _ => return None,
    };
    if !is_persian_year(year) || !(1..=longest).contains(&day) {
        return None;
    }
    // 1 Farvardin 1404 was 21 March 2025.
    let start = Date::from_calendar_date(2025, time::Month::March, 21).ok()?;
    let years = (year - 1404) * 365 + leaps(year) - leaps(1404);
    let months = if month <= 7 { (month - 1) * 31 } else { 6 * 31 + (month - 7) * 30 };
    start.checked_add(Duration::days(i64::from(years + months + day - 1)))
}

/// The number of a month of the Persian solar calendar by its name.
#[must_use]
pub fn persian_month(name: &str) -> Option<u8> {
    NAMES.persian.get(name).copied()
}

/// Whether a language's texts date by that calendar.
#[must_use]
pub fn has_persian(code: &str) -> bool {
    lang::text(code, PERSIAN).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn persian_days_are_ours() {
        for (day, ours) in [
            ((1404, 11, 14), "2026-02-03"),
            ((1403, 12, 30), "2025-03-20"),
            ((1399, 12, 30), "2021-03-20"),
            ((1400, 1, 1), "2021-03-21"),
            ((1408, 1, 1), "2029-03-20"),
        ] {
            assert_eq!(persian(day.0, day.1, day.2).unwrap().to_string(), ours);
        }
        assert_eq!(persian(1404, 12, 30), None);
    }

    #[test]
    fn knows_months_in_the_pages_language() {
        let number = |name, tag| of(name, tag).map(|m| m.number);
        assert_eq!(number("listopada", Some("hr")), Some(10));
        assert_eq!(number("listopada", Some("pl")), Some(11));
        assert_eq!(number("listopada", None), Some(11));
        assert_eq!(number("vasario", None), Some(2));
        assert_eq!(number("बैठक", Some("hi")), None);
        assert_eq!(number("בינואר", Some("he")), Some(1));
        assert!(of("بهمن", Some("fa")).is_some_and(|m| m.persian && m.number == 11));
    }

    #[test]
    fn single_language_knows_only_its_own_month_names() {
        assert_eq!(of_language("oktober", "nb"), Some(10));
        assert_eq!(of_language("oktober", "en"), None);
        assert_eq!(of_language("october", "xx"), None);
        assert_eq!(
            (language("nn"), language("fil"), language("sr"), language("xx")),
            (Some("no"), Some("tl"), Some("sr"), None)
        );
    }

    #[test]
    fn every_list_has_twelve_months_in_lower_case() {
        for (file, code) in [LIST, PERSIAN]
            .into_iter()
            .flat_map(|file| lang::languages_with(file).map(move |code| (file, code)))
        {
            let rows: Vec<_> = lang::text(code, file).into_iter().flat_map(rows).collect();
            let mut numbers: Vec<u8> = rows.iter().map(|(number, _)| *number).collect();
            numbers.dedup();
            assert_eq!(numbers, (1..=12).collect::<Vec<_>>(), "{code}/{file}");
            assert!(rows.iter().all(|(_, form)| form.trim() == form), "{code}/{file}");
        }
    }
}
