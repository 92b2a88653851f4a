//! Digits of other scripts than ours, and the calendars that pages date by beside the Gregorian one.

use std::borrow::Cow;

use time::{Date, Duration};

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
