//! Names of months in the languages that `src/lang` has them of, digits of other scripts, and the calendars
//! that pages date by beside the Gregorian one.
//!
//! A name that is another month in another language (`listopad`) is read in the page's language where that
//! has it, else as most languages mean it.

use std::borrow::Cow;
use std::sync::LazyLock;

use foldhash::{HashMap, HashMapExt as _};
use time::{Date, Duration};
use unicode_normalization::UnicodeNormalization as _;

use crate::lang;

/// Shortest name looked up, in bytes.
const SHORTEST: usize = 3;
/// Most words and dots of a name: `ม.ค`, `تشرين الثاني`.
pub(super) const MAX_PARTS: usize = 4;

/// A month as a name says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) number: i32,
    /// Of the Persian solar calendar.
    pub(super) persian: bool,
}

#[derive(Default)]
struct Names {
    anywhere: HashMap<String, Vec<i32>>,
    by_language: HashMap<&'static str, HashMap<String, i32>>,
    persian: HashMap<String, i32>,
    /// First words of names of several.
    openings: HashMap<String, ()>,
}

/// Month and name of each form, composed as Unicode has it.
fn rows(list: &'static str) -> impl Iterator<Item = (i32, String)> {
    lang::entries(list).filter_map(|line| line.split_once('\t')).flat_map(|(number, forms)| {
        let number = number.parse().unwrap_or_default();
        forms.split(',').map(move |form| (number, form.nfc().collect()))
    })
}

static NAMES: LazyLock<Names> = LazyLock::new(|| {
    let mut names = Names::default();
    for code in lang::languages_with("months.txt") {
        let Some(list) = lang::text(code, "months.txt") else { continue };
        let mut own = HashMap::new();
        for (number, form) in rows(list).filter(|(_, form)| form.len() >= SHORTEST) {
            if let Some((first, _)) = form.split_once([' ', '.']) {
                names.openings.insert(first.to_owned(), ());
            }
            names.anywhere.entry(form.clone()).or_default().push(number);
            own.insert(form, number);
        }
        names.by_language.insert(code, own);
    }
    // They say what a name means where no page's language tells.
    for code in lang::languages_with("months-press.txt") {
        for (number, form) in lang::text(code, "months-press.txt").into_iter().flat_map(rows) {
            names.anywhere.entry(form).or_default().push(number);
        }
    }
    if let Some(list) = lang::text("fa", "months-persian.txt") {
        names.persian.extend(rows(list).map(|(number, form)| (form, number)));
    }
    names
});

/// The month of a name in lower case; `language` is a primary tag.
pub(super) fn of(name: &str, language: Option<&str>) -> Option<Named> {
    if name.len() < SHORTEST {
        return None;
    }
    // Some letters are written in one character or two.
    let composed: Cow<'_, str> =
        if name.is_ascii() { name.into() } else { name.nfc().collect::<String>().into() };
    let name = composed.as_ref();
    let own = language
        .map(|code| if matches!(code, "nb" | "nn") { "no" } else { code })
        .and_then(|code| NAMES.by_language.get(code)?.get(name).copied());
    let gregorian = || {
        let numbers = NAMES.anywhere.get(name)?;
        let count = |n: i32| numbers.iter().filter(|m| **m == n).count();
        numbers.iter().copied().max_by_key(|n| (count(*n), *n))
    };
    // Hebrew writes "in" and the month as one word.
    if let Some(bare) = name.strip_prefix('ב').filter(|bare| NAMES.anywhere.contains_key(*bare)) {
        return of(bare, language);
    }
    if let Some(number) = own.or_else(gregorian) {
        return Some(Named { number, persian: false });
    }
    NAMES.persian.get(name).map(|number| Named { number: *number, persian: true })
}

/// Whether a word begins a name of several words.
pub(super) fn opens(word: &str) -> bool {
    NAMES.openings.contains_key(word)
}

/// Where the digits of a script begin.
const ZEROS: [u32; 16] = [
    0x0660, 0x06f0, 0x07c0, 0x0966, 0x09e6, 0x0a66, 0x0ae6, 0x0b66, 0x0be6, 0x0c66, 0x0ce6, 0x0d66,
    0x0e50, 0x0ed0, 0x1040, 0x17e0,
];

/// Digits of any script as ASCII ones; marks of writing direction are left out.
pub(super) fn plain_digits(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let map = |c: char| -> Option<char> {
        let code = c as u32;
        if matches!(code, 0x200e | 0x200f | 0x202a..=0x202e | 0x2066..=0x2069 | 0x061c) {
            return None;
        }
        let zero = ZEROS.iter().chain(&[0xff10]).find(|zero| (**zero..**zero + 10).contains(&code));
        Some(zero.and_then(|zero| char::from_digit(code - zero, 10)).unwrap_or(c))
    };
    Cow::Owned(text.chars().filter_map(map).collect())
}

/// Years between the Buddhist era and ours.
const BUDDHIST: i32 = 543;

/// A year as ours, where no other calendar could mean it: 2569 is Buddhist.
pub(super) const fn common_year(year: i32) -> i32 {
    if year >= 2443 && year <= 2643 { year - BUDDHIST } else { year }
}

/// The first year of an era less one: `令和8年` is 2018 + 8.
pub(super) fn era(name: &str) -> Option<i32> {
    Some(match name {
        "令和" => 2018,
        "平成" => 1988,
        "昭和" => 1925,
        "民國" | "民国" => 1911,
        _ => return None,
    })
}

/// Whether a year is one of the Persian solar calendar's of the press.
pub(super) fn is_persian_year(year: i32) -> bool {
    (1300..=1479).contains(&year)
}

/// A day of the Persian solar calendar, by the 33-year rule, which holds for the years
/// [`is_persian_year`] lets through.
pub(super) fn persian(year: i32, month: i32, day: i32) -> Option<Date> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_months_in_the_pages_language() {
        let number = |name, language| of(name, language).map(|m| m.number);
        assert_eq!(number("listopada", Some("hr")), Some(10));
        assert_eq!(number("listopada", Some("pl")), Some(11));
        assert_eq!(number("listopada", None), Some(11));
        assert_eq!(number("vasario", None), Some(2));
        assert_eq!(number("बैठक", Some("hi")), None);
        assert!(of("بهمن", Some("fa")).is_some_and(|m| m.persian && m.number == 11));
    }

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
    fn digits_of_other_scripts_are_plain() {
        assert_eq!(plain_digits("\u{200f}٢٠٢٦ ۱۴ २६ ２"), "2026 14 26 2");
    }
}
