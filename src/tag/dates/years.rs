//! Years, their parts, decades and spans of years. Refuses a number of four digits that nothing makes a year.

use super::relative::step;
use super::{Found, Reader};

impl Reader<'_> {
    pub(super) fn year_number(&self, at: usize) -> Option<i32> {
        let word = self.word(at);
        let year: i32 = word.parse().ok().filter(|_| word.len() == 4)?;
        (1500..2100).contains(&year).then_some(year)
    }

    /// A year or words for one at a token: `2023`, `last year`; and one past it.
    pub(super) fn year_phrase(&self, at: usize) -> Option<(i32, usize)> {
        if let Some(year) = self.year_number(at) {
            return Some((year, at + 1));
        }
        let step = step(self.lower(at))?;
        let today = self.today?;
        (self.lower(at + 1) == "year").then(|| (today.year() + step as i32, at + 2))
    }

    /// `Q4 2023`, `the second half of 2022`, `first quarter of this year`.
    pub(super) fn part_of_year(&self, at: usize) -> Found {
        let word = self.word(at);
        let (of, number, next) = match word.as_bytes() {
            [b'Q', n @ b'1'..=b'4'] => (4, n - b'0', at + 1),
            [b'H', n @ b'1'..=b'2'] => (2, n - b'0', at + 1),
            _ => {
                let number = match self.lower(at) {
                    "first" | "1st" => 1,
                    "second" | "2nd" => 2,
                    "third" | "3rd" => 3,
                    "fourth" | "4th" => 4,
                    _ => return None,
                };
                let next = at + 1 + usize::from(self.word(at + 1) == "-");
                match self.lower(next) {
                    "quarter" => (4, number, next + 1),
                    "half" if number <= 2 => (2, number, next + 1),
                    _ => return None,
                }
            }
        };
        let next = next + usize::from(matches!(self.word(next), "of" | "in" | ","));
        let (year, end) = self.year_phrase(next)?;
        let months = 12 / of;
        let first = (number - 1) * months + 1;
        Some((at..end, format!("{year:04}-{first:02}/{year:04}-{:02}", first + months - 1)))
    }

    /// `FY2024`, `fiscal 2024`.
    pub(super) fn fiscal(&self, at: usize) -> Found {
        if let Some(year) = self.word(at).strip_prefix("FY") {
            let year: i32 = year.parse().ok()?;
            let full = if year < 100 { 2000 + year } else { year };
            return (1900..2100).contains(&full).then(|| (at..at + 1, format!("{full:04}")));
        }
        let year = matches!(self.lower(at), "fiscal" | "fy").then_some(at + 1)?;
        if let Some((tokens, years)) = self.years(year) {
            return Some((tokens, years));
        }
        Some((year..year + 1, format!("{:04}", self.year_number(year)?)))
    }

    /// `the 1980s`, `the '80s`.
    pub(super) fn decade(&self, at: usize) -> Found {
        let first = at + usize::from(is_apostrophe(self.word(at)));
        let word = self.word(first).trim_start_matches(['\'', '‘', '’']);
        let digits = word.strip_suffix('s')?;
        let apostrophe = first > at || word.len() < self.word(first).len();
        let number: i32 = digits.parse().ok().filter(|n| n % 10 == 0)?;
        let start = match digits.len() {
            4 if (1500..2100).contains(&number) => number,
            2 if apostrophe => 1900 + number,
            2 if matches!(self.before(at), "early" | "late" | "mid")
                && at > 1
                && self.lower(at - 2) == "the" =>
            {
                1900 + number
            }
            _ => return None,
        };
        Some((at..first + 1, format!("{start:04}/{:04}", start + 9)))
    }

    /// `the summer of '69`.
    pub(super) fn short_year(&self, at: usize) -> Found {
        let first = at + usize::from(is_apostrophe(self.word(at)));
        let whole = self.word(first);
        let word = whole.trim_start_matches(['\'', '‘', '’']);
        let apostrophe = first > at || word.len() < whole.len();
        let beside = self.text.tokens.get(first)?.start == self.text.tokens[at].end || first == at;
        let led = matches!(
            self.before(at),
            "of" | "in" | "since" | "summer" | "winter" | "spring" | "autumn" | "fall"
        );
        let number: i32 = word.parse().ok().filter(|_| word.len() == 2)?;
        let this = self.today.map_or(30, |today| today.year() % 100);
        let year = if number <= this { 2000 + number } else { 1900 + number };
        (apostrophe && beside && led).then(|| (at..first + 1, format!("{year:04}")))
    }

    /// `2024/25`, `2014-16`, `2014-2016`, `from 2010 to 2015`.
    pub(super) fn years(&self, at: usize) -> Found {
        let rest = self.rest(at);
        let year: i32 = rest.get(..4)?.parse().ok().filter(|y| (1500..2100).contains(y))?;
        let mark = rest[4..].chars().next()?;
        let behind = &rest[4 + mark.len_utf8()..];
        let digits = behind.bytes().take_while(u8::is_ascii_digit).count();
        let followed = behind[digits..].starts_with(['-', '/', '–']);
        if matches!(mark, '/' | '-' | '–') && digits == 2 && !followed {
            let short: i32 = behind[..2].parse().ok()?;
            let last = year - year % 100 + short + if short < year % 100 { 100 } else { 0 };
            let near = last == year + 1 || mark != '/' && self.led(at) && last > year;
            let tokens = at..self.end_after(at, 4 + mark.len_utf8() + 2);
            return near.then(|| (tokens, format!("{year:04}/{last:04}")));
        }
        let year = self.year_number(at)?;
        let last = self.year_number(at + 2).filter(|last| *last > year)?;
        let dash = matches!(self.word(at + 1), "-" | "–");
        let led = matches!(self.before(at), "from" | "between");
        (dash || led && self.joins(at + 1, at))
            .then(|| (at..at + 3, format!("{year:04}/{last:04}")))
    }

    /// `in 2016`, `since 1989`, `circa 1850`.
    pub(super) fn year(&self, at: usize) -> Found {
        let year = self.year_number(at)?;
        if matches!(self.before(at), "circa" | "c." | "ca.") {
            return Some((at..at + 1, format!("{year:04}~")));
        }
        self.led(at).then(|| (at..at + 1, format!("{year:04}")))
    }

    /// Whether what stands before a number of four digits makes it a year.
    pub(super) fn led(&self, at: usize) -> bool {
        let before = self.before(at);
        if matches!(before, "-" | "–") {
            return at > 1
                && matches!(self.lower(at - 2), "mid" | "early" | "late" | "pre" | "post");
        }
        matches!(
            before,
            "in" | "since"
                | "until"
                | "by"
                | "of"
                | "from"
                | "during"
                | "late"
                | "early"
                | "mid"
                | "before"
                | "after"
                | "for"
                | "between"
                | "and"
                | "the"
                | "("
                | "summer"
                | "winter"
                | "spring"
                | "autumn"
                | "im"
                | "jahr"
                | "en"
                | "seit"
                | "depuis"
                | "desde"
                | "nel"
                | "dal"
        )
    }
}

fn is_apostrophe(word: &str) -> bool {
    matches!(word, "'" | "‘" | "’")
}
