//! Digits of other scripts than ours, and the calendars that pages date by beside the Gregorian one.

use std::borrow::Cow;
use std::sync::LazyLock;

use super::date_signs::CHINESE;
use crate::lang;
use crate::unicode;

/// Digits of any script as ASCII ones; marks of writing direction are left out. Chinese numerals before the words for year,
/// month and day are numbers too.
pub(super) fn plain_digits(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let numbered = text.contains(CHINESE.years.as_slice()).then(|| plain_numerals(text));
    let text = numbered.as_deref().unwrap_or(text);
    let is_mark =
        |c: char| matches!(c as u32, 0x200e | 0x200f | 0x202a..=0x202e | 0x2066..=0x2069 | 0x061c);
    Cow::Owned(text.chars().filter(|c| !is_mark(*c)).map(unicode::plain_digit).collect())
}

/// Numerals `二〇二六`, `二十三` before the words for year, month and day as digits, and an era's first year, `元`, as one.
fn plain_numerals(text: &str) -> String {
    const NUMERALS: [char; 12] =
        ['〇', '一', '二', '三', '四', '五', '六', '七', '八', '九', '十', '百'];
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(|c| NUMERALS.contains(&c) || matches!(c, '元' | '○' | '零'))
    {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let is_numeral = |c: char| NUMERALS.contains(&c) || matches!(c, '○' | '零');
        let first = rest.chars().next().map_or(0, char::len_utf8);
        let end = rest.find(|c| !is_numeral(c)).unwrap_or(rest.len()).max(first);
        let (numeral, behind) = rest.split_at(end);
        let counts = behind.starts_with(|c| CHINESE.follows_numeral(c));
        match value_of(numeral).filter(|_| counts) {
            Some(value) => out.push_str(&value),
            None => out.push_str(numeral),
        }
        rest = behind;
    }
    out.push_str(rest);
    out
}

/// A numeral's digits: by places (`二〇二六`), or by tens and hundreds (`百十五`).
fn value_of(numeral: &str) -> Option<String> {
    if numeral == "元" {
        return Some("1".to_owned());
    }
    let digit = |c: char| match c {
        '〇' | '○' | '零' => Some(0),
        other => "一二三四五六七八九".chars().position(|d| d == other).map(|at| at + 1),
    };
    if !numeral.contains(['十', '百']) {
        return numeral.chars().map(|c| digit(c).map(|d| d.to_string())).collect();
    }
    let (mut sum, mut last) = (0, None);
    for c in numeral.chars() {
        match c {
            '百' => sum += 100 * last.take().unwrap_or(1),
            '十' => sum += 10 * last.take().unwrap_or(1),
            other => last = Some(digit(other)?),
        }
    }
    Some((sum + last.unwrap_or(0)).to_string())
}

/// An era that years are counted in.
struct Era {
    language: &'static str,
    name: &'static str,
    /// The letter that forms write for it.
    letter: Option<&'static str>,
    /// The year before its first.
    before: i32,
}

/// The eras of `src/lang/<code>/eras.txt`.
static ERAS: LazyLock<Vec<Era>> = LazyLock::new(|| {
    let rows = lang::languages_with(LIST)
        .flat_map(|code| lang::rows(code, LIST).into_iter().flatten().map(move |row| (code, row)));
    let era = |(language, (name, years)): (&'static str, (&'static str, &'static str))| {
        let (years, letter) = years.split_once('\t').map_or((years, None), |(y, l)| (y, Some(l)));
        Some(Era { language, name, letter, before: years.parse().ok()? })
    };
    rows.filter_map(era).collect()
});

const LIST: &str = "eras.txt";

/// Years between the Buddhist era and ours.
pub(super) const BUDDHIST: i32 = 543;

/// A year as ours, where no other calendar could mean it: 2569 is Buddhist.
pub(super) const fn common_year(year: i32) -> i32 {
    if year >= 2443 && year <= 2643 { year - BUDDHIST } else { year }
}

/// The first year of an era less one: `令和8年` is 2018 + 8.
pub(super) fn era(name: &str) -> Option<i32> {
    if name.is_ascii() {
        return None;
    }
    ERAS.iter().find(|era| era.name == name).map(|era| era.before)
}

/// The same by the letter that forms in a language write for an era.
pub(super) fn short_era(language: &str, letter: &str) -> Option<i32> {
    let is_meant = |era: &&Era| era.letter == Some(letter) && era.language == language;
    ERAS.iter().find(is_meant).map(|era| era.before)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_era_has_a_year() {
        let rows = lang::languages_with(LIST)
            .flat_map(|code| lang::rows(code, LIST).into_iter().flatten())
            .count();
        assert_eq!(ERAS.len(), rows);
        for (name, before) in
            [("令和", 2018), ("平成", 1988), ("昭和", 1925), ("民国", 1911), ("中華民國", 1911)]
        {
            assert_eq!(era(name), Some(before), "{name}");
        }
        assert_eq!((short_era("ja", "R"), short_era("zh", "R")), (Some(2018), None));
        assert_eq!((short_era("ja", "S"), era("R")), (Some(1925), None));
    }

    #[test]
    fn numerals_before_year_month_and_day_are_numbers() {
        assert_eq!(plain_digits("令和八年二月三日"), "令和8年2月3日");
        assert_eq!(plain_digits("二〇二六年十二月二十三日"), "2026年12月23日");
        assert_eq!(plain_digits("民國一百一十五年"), "民國115年");
        assert_eq!(plain_digits("令和元年五月七日"), "令和1年5月7日");
        assert_eq!(plain_digits("三人の年"), "三人の年");
    }

    #[test]
    fn digits_of_other_scripts_are_plain() {
        assert_eq!(plain_digits("\u{200f}٢٠٢٦ ۱۴ २६ ２"), "2026 14 26 2");
    }
}
