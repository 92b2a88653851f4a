//! Letters behind the numbers of a date and a time in languages that put one there, such as `2024年5月3日 8时30分`: those of dates
//! are in `src/lang/<code>/dates.txt`, as stories have them, those of times in `date-words.txt`.
//!
//! A date is read by those of any language. Numerals, and lines that hold nothing but a date, are read by Chinese ones alone:
//! Korean words are parted by blanks, so that their letters would say nothing there.

use std::sync::LazyLock;

use super::word_lists;
use crate::lang;

/// The lists in each language's folder.
const DATES: &str = "dates.txt";
const TIMES: &str = "date-words.txt";

/// The letters, by what the number before them counts.
#[derive(Debug, Default)]
pub(super) struct Signs {
    pub(super) years: Vec<char>,
    pub(super) months: Vec<char>,
    pub(super) days: Vec<char>,
    pub(super) hours: Vec<char>,
    pub(super) minutes: Vec<char>,
    seconds: Vec<char>,
    /// Behind a day in numerals.
    numeral_days: Vec<char>,
}

impl Signs {
    fn of(rows: impl Iterator<Item = (&'static str, &'static str)>) -> Self {
        let mut signs = Self::default();
        for (kind, sign) in rows {
            let list = match kind {
                "year-sign" => &mut signs.years,
                "month-sign" => &mut signs.months,
                "bare-day-sign" => &mut signs.days,
                "hour-sign" => &mut signs.hours,
                "minute-sign" => &mut signs.minutes,
                "second-sign" => &mut signs.seconds,
                "day-sign" => &mut signs.numeral_days,
                // Words, for who reads dates and times.
                _ => continue,
            };
            list.extend(sign.chars().filter(|c| !matches!(c, ' ' | '|')));
        }
        signs
    }

    /// Whether a letter is a token of its own.
    pub(super) fn has(&self, c: char) -> bool {
        let lists =
            [&self.years, &self.months, &self.days, &self.hours, &self.minutes, &self.seconds];
        !c.is_ascii() && lists.iter().any(|list| list.contains(&c))
    }

    /// Whether a letter stands behind a year, a month or a day.
    pub(super) fn is_of_date(&self, c: char) -> bool {
        [&self.years, &self.months, &self.days].iter().any(|list| list.contains(&c))
    }

    /// Whether a letter says that the numeral before it counts in a date.
    pub(super) fn follows_numeral(&self, c: char) -> bool {
        self.is_of_date(c) || self.numeral_days.contains(&c)
    }
}

/// The letters of all languages.
pub(super) static SIGNS: LazyLock<Signs> = LazyLock::new(|| {
    Signs::of(word_lists::of_languages(DATES).chain(word_lists::of_languages(TIMES)))
});

/// Those of Chinese, which Japanese shares.
pub(super) static CHINESE: LazyLock<Signs> = LazyLock::new(|| {
    Signs::of(
        lang::rows("zh", DATES)
            .into_iter()
            .flatten()
            .chain(lang::rows("zh", TIMES).into_iter().flatten()),
    )
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_are_letters_of_every_part() {
        assert_eq!(SIGNS.days.iter().collect::<String>(), "日일日");
        assert_eq!(CHINESE.numeral_days, ['日', '号', '號']);
        for c in "年月日时時点點分秒년월일시분초".chars() {
            assert!(SIGNS.has(c), "{c}");
        }
        assert!(!SIGNS.has('号') && !SIGNS.has('h'));
        assert!(CHINESE.follows_numeral('号') && !CHINESE.follows_numeral('時'));
        assert!(CHINESE.is_of_date('月') && !CHINESE.is_of_date('월'));
    }
}
