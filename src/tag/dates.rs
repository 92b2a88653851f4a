//! Dates in a text, as ISO 8601 dates, reduced dates (`2026-02`, `2026`) or intervals, resolved
//! against the publication.
//!
//! A day of the week is the last such day up to the publication, unless "next" is before it; a day
//! and month without a year take the year that brings them nearest to the publication. Without a
//! publication date they stay `--02-01` (a day of any year, as in XML Schema's gMonthDay), and
//! words such as "yesterday" are left out. English in words; numeric dates in every language.
//! Refuses times of day, decades and bare months that may be names.

use std::ops::Range;

use time::{Date, Duration, Month, OffsetDateTime, Weekday};

use super::Text;
use crate::model::DateMention;

/// The dates of a body, in order; `published` anchors those that need it, in its own offset.
#[must_use]
pub fn dates(text: &Text<'_>, published: Option<OffsetDateTime>) -> Vec<DateMention> {
    let reader = Reader { text, today: published.map(OffsetDateTime::date) };
    let mut found = Vec::new();
    let mut at = 0;
    while at < text.tokens.len() {
        let Some((tokens, date)) = reader.date_at(at) else {
            at += 1;
            continue;
        };
        at = tokens.end;
        let bytes = text.bytes(tokens);
        found.push(DateMention {
            text: text.text[bytes.clone()].to_owned(),
            span: text.span(bytes),
            date,
        });
    }
    found
}

const MONTHS: [(&str, Month); 23] = [
    ("january", Month::January),
    ("february", Month::February),
    ("march", Month::March),
    ("april", Month::April),
    ("may", Month::May),
    ("june", Month::June),
    ("july", Month::July),
    ("august", Month::August),
    ("september", Month::September),
    ("october", Month::October),
    ("november", Month::November),
    ("december", Month::December),
    ("jan", Month::January),
    ("feb", Month::February),
    ("mar", Month::March),
    ("apr", Month::April),
    ("jun", Month::June),
    ("jul", Month::July),
    ("aug", Month::August),
    ("sept", Month::September),
    ("oct", Month::October),
    ("nov", Month::November),
    ("dec", Month::December),
];

/// Whether a word is an English month's name or its abbreviation, written with a capital.
#[must_use]
pub fn is_month(word: &str) -> bool {
    month(word).is_some()
}

fn month(word: &str) -> Option<Month> {
    if !word.starts_with(char::is_uppercase) {
        return None;
    }
    let lower = word.trim_end_matches('.').to_ascii_lowercase();
    let lower = if lower == "sep" { "sept" } else { lower.as_str() };
    MONTHS.iter().find(|(name, _)| *name == lower).map(|(_, month)| *month)
}

fn weekday(word: &str) -> Option<Weekday> {
    Some(match word {
        "Monday" => Weekday::Monday,
        "Tuesday" => Weekday::Tuesday,
        "Wednesday" => Weekday::Wednesday,
        "Thursday" => Weekday::Thursday,
        "Friday" => Weekday::Friday,
        "Saturday" => Weekday::Saturday,
        "Sunday" => Weekday::Sunday,
        _ => return None,
    })
}

struct Reader<'a> {
    text: &'a Text<'a>,
    today: Option<Date>,
}

type Found = Option<(Range<usize>, String)>;

impl Reader<'_> {
    fn word(&self, at: usize) -> &str {
        if at < self.text.tokens.len() { self.text.word(at) } else { "" }
    }

    fn lower(&self, at: usize) -> String {
        self.word(at).to_lowercase()
    }

    fn date_at(&self, at: usize) -> Found {
        let word = self.word(at);
        match word.bytes().next()? {
            b'0'..=b'9' => self
                .iso(at)
                .or_else(|| self.numeric(at))
                .or_else(|| self.day_month(at))
                .or_else(|| self.ago(at))
                .or_else(|| self.year(at)),
            b'A'..=b'Z' if month(word).is_some() => self.month_day(at),
            _ => self.weekday(at).or_else(|| self.relative(at)).or_else(|| self.ago(at)),
        }
    }

    /// `2026-02-01`, written as one token or as five.
    fn iso(&self, at: usize) -> Found {
        let start = self.text.tokens[at].start as usize;
        let written = self.text.text.get(start..start + 10)?;
        let mut parts = written.split('-');
        let mut next = |length: usize| {
            parts.next().filter(|p| p.len() == length).and_then(|p| p.parse::<u16>().ok())
        };
        let (year, month, day) = (next(4)?, next(2)?, next(2)?);
        let date = date(i32::from(year), month as u8, day as u8)?;
        let end = self.text.tokens.partition_point(|t| (t.end as usize) <= start + 10);
        Some((at..end, date.to_string()))
    }

    /// `01.02.2026`, the day first: with dots no other order is in use.
    fn numeric(&self, at: usize) -> Found {
        let start = self.text.tokens[at].start as usize;
        let rest = &self.text.text[start..];
        let length = rest.bytes().take_while(|b| b.is_ascii_digit() || *b == b'.').count();
        let written = rest[..length].trim_end_matches('.');
        let numbers: Vec<&str> = written.split('.').collect();
        let [day, month, year] = numbers.as_slice() else { return None };
        if year.len() != 4 || day.len() > 2 || month.len() > 2 {
            return None;
        }
        let date = date(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)?;
        let end = self.text.tokens.partition_point(|t| (t.end as usize) <= start + written.len());
        (end > at).then(|| (at..end, date.to_string()))
    }

    /// A day of the month: `1`, `1st`.
    fn day(&self, at: usize) -> Option<u8> {
        let word = self.word(at);
        let digits = word.bytes().take_while(u8::is_ascii_digit).count();
        let ending = &word[digits..];
        let day: u8 = word[..digits].parse().ok()?;
        let ordinal = matches!(ending, "" | "st" | "nd" | "rd" | "th");
        (ordinal && (1..=31).contains(&day)).then_some(day)
    }

    fn year_number(&self, at: usize) -> Option<i32> {
        let word = self.word(at);
        let year: i32 = word.parse().ok().filter(|_| word.len() == 4)?;
        (1500..2100).contains(&year).then_some(year)
    }

    /// The year at or behind a comma at `at`, and one past it.
    fn year_behind(&self, at: usize) -> (Option<i32>, usize) {
        let behind_comma = at + usize::from(self.word(at) == ",");
        match self.year_number(behind_comma) {
            Some(year) => (Some(year), behind_comma + 1),
            None => (None, at),
        }
    }

    /// The second day of a range at `at`, and one past it.
    fn until_day(&self, at: usize) -> Option<(u8, usize)> {
        let joint = matches!(self.word(at), "-" | "–" | "—" | "to" | "and");
        let day = self.day(at + 1).filter(|_| joint)?;
        Some((day, at + 2))
    }

    /// `February 1`, `Feb. 1-5, 2026`, `February 2026`, `in February`.
    fn month_day(&self, at: usize) -> Found {
        let month = month(self.word(at))?;
        let mut next = at + 1;
        if self.word(next) == "." {
            next += 1;
        }
        if let Some(year) = self.year_number(next) {
            return Some((at..next + 1, format!("{year:04}-{:02}", u8::from(month))));
        }
        if self.word(next) == ","
            && let Some(year) = self.year_number(next + 1)
        {
            return Some((at..next + 2, format!("{year:04}-{:02}", u8::from(month))));
        }
        if let Some(day) = self.day(next) {
            let (last, end) = match self.until_day(next + 1) {
                Some((last, end)) if last > day && self.month_of(end).is_none() => {
                    (Some(last), end)
                }
                _ => (None, next + 1),
            };
            let (year, end) = self.year_behind(end);
            return Some((at..end, self.days(month, day, last, year)?));
        }
        let before = at.checked_sub(1).map(|i| self.lower(i)).unwrap_or_default();
        let led = matches!(
            before.as_str(),
            "in" | "since"
                | "until"
                | "last"
                | "this"
                | "next"
                | "early"
                | "late"
                | "mid"
                | "by"
                | "of"
        );
        let today = self.today.filter(|_| led)?;
        let year = self.nearest_year(month, 15, today);
        let year = match before.as_str() {
            "last" if date(year, month.into(), 1)? > today => year - 1,
            "next" if date(year, month.into(), 28)? < today => year + 1,
            _ => year,
        };
        Some((at..at + 1, format!("{year:04}-{:02}", u8::from(month))))
    }

    fn month_of(&self, at: usize) -> Option<Month> {
        month(self.word(at + usize::from(self.word(at) == "of")))
    }

    /// `1 February`, `1-5 May 2026`, `the 1st of May`.
    fn day_month(&self, at: usize) -> Found {
        let day = self.day(at)?;
        let (last, next) = match self.until_day(at + 1) {
            Some((last, next)) if last > day => (Some(last), next),
            _ => (None, at + 1),
        };
        let month = self.month_of(next)?;
        let end = next + 1 + usize::from(self.word(next) == "of");
        let (year, end) = self.year_behind(end);
        Some((at..end, self.days(month, day, last, year)?))
    }

    fn days(&self, month: Month, day: u8, last: Option<u8>, year: Option<i32>) -> Option<String> {
        let number = u8::from(month);
        let year = year.or_else(|| self.today.map(|today| self.nearest_year(month, day, today)));
        let Some(year) = year else {
            date(2024, number, day)?;
            let first = format!("--{number:02}-{day:02}");
            return Some(match last {
                Some(last) => format!("{first}/--{number:02}-{last:02}"),
                None => first,
            });
        };
        let first = date(year, number, day)?;
        match last {
            Some(last) => Some(format!("{first}/{}", date(year, number, last)?)),
            None => Some(first.to_string()),
        }
    }

    /// The year in which a day lies nearest to the publication.
    fn nearest_year(&self, month: Month, day: u8, today: Date) -> i32 {
        let distance = |year: i32| {
            let near = date(year, month.into(), day.min(28)).unwrap_or(today);
            (near - today).whole_days().abs()
        };
        let year = today.year();
        [year, year - 1, year + 1].into_iter().min_by_key(|&y| distance(y)).unwrap_or(year)
    }

    /// `Tuesday`, `last Friday`, `next Monday`.
    fn weekday(&self, at: usize) -> Found {
        let led = matches!(self.lower(at).as_str(), "last" | "next" | "this");
        let name = at + usize::from(led);
        let day = weekday(self.word(name))?;
        let today = self.today?;
        let back = (i64::from(today.weekday().number_days_from_monday()) + 7
            - i64::from(day.number_days_from_monday()))
            % 7;
        let back = match (led.then(|| self.lower(at)).as_deref(), back) {
            (Some("next"), 0) => -7,
            (Some("next"), back) => back - 7,
            (Some("last"), 0) => 7,
            (_, back) => back,
        };
        let date = today.checked_sub(Duration::days(back))?;
        Some((at..name + 1, date.to_string()))
    }

    /// `yesterday`, `last week`, `this month`, `next year`.
    fn relative(&self, at: usize) -> Found {
        let today = self.today?;
        let one =
            |days: i64| Some((at..at + 1, today.checked_add(Duration::days(days))?.to_string()));
        let step = match self.lower(at).as_str() {
            "today" | "tonight" => return one(0),
            "yesterday" => return one(-1),
            "tomorrow" => return one(1),
            "last" => -1,
            "this" => 0,
            "next" => 1,
            _ => return None,
        };
        let date = match self.lower(at + 1).as_str() {
            "week" => {
                let monday = today
                    - Duration::days(i64::from(today.weekday().number_days_from_monday()))
                    + Duration::weeks(step);
                format!("{monday}/{}", monday + Duration::days(6))
            }
            "month" => reduced_month(today, step),
            "year" => format!("{:04}", today.year() + step as i32),
            "night" if step < 0 => (today - Duration::days(1)).to_string(),
            "morning" | "afternoon" | "evening" if step == 0 => today.to_string(),
            _ => return None,
        };
        Some((at..at + 2, date))
    }

    /// `three years ago`, `a week ago`.
    fn ago(&self, at: usize) -> Found {
        let today = self.today?;
        let count = match self.lower(at).as_str() {
            "a" | "an" | "one" => 1,
            "two" => 2,
            "three" => 3,
            "four" => 4,
            "five" => 5,
            "six" => 6,
            "seven" => 7,
            "eight" => 8,
            "nine" => 9,
            "ten" => 10,
            digits => digits.parse::<i64>().ok().filter(|n| (1..200).contains(n))?,
        };
        if self.lower(at + 2) != "ago" {
            return None;
        }
        let date = match self.lower(at + 1).trim_end_matches('s') {
            "day" => (today - Duration::days(count)).to_string(),
            "week" => (today - Duration::weeks(count)).to_string(),
            "month" => reduced_month(today, -count),
            "year" => format!("{:04}", i64::from(today.year()) - count),
            _ => return None,
        };
        Some((at..at + 3, date))
    }

    /// `in 2016`, `since 1989`, `2014-2016`.
    fn year(&self, at: usize) -> Found {
        let year = self.year_number(at)?;
        if matches!(self.word(at + 1), "-" | "–")
            && let Some(last) = self.year_number(at + 2).filter(|last| *last > year)
        {
            return Some((at..at + 3, format!("{year:04}/{last:04}")));
        }
        let before = at.checked_sub(1).map(|i| self.lower(i)).unwrap_or_default();
        let led = matches!(
            before.as_str(),
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
                | "im"
                | "jahr"
                | "en"
                | "seit"
                | "depuis"
                | "desde"
                | "nel"
                | "dal"
        );
        led.then(|| (at..at + 1, format!("{year:04}")))
    }
}

fn date(year: i32, month: u8, day: u8) -> Option<Date> {
    Date::from_calendar_date(year, Month::try_from(month).ok()?, day).ok()
}

fn reduced_month(today: Date, step: i64) -> String {
    let months = i64::from(today.year()) * 12 + i64::from(u8::from(today.month())) - 1 + step;
    format!("{:04}-{:02}", months.div_euclid(12), months.rem_euclid(12) + 1)
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    fn found(body: &str) -> Vec<(String, String)> {
        // A Saturday.
        let published = datetime!(2026-01-31 10:00 UTC);
        let dates = dates(&Text::new(body), Some(published));
        dates.into_iter().map(|d| (d.text, d.date)).collect()
    }

    #[test]
    fn resolves_against_the_publication() {
        for (body, text, date) in [
            ("Talks are on February 1 in Abu Dhabi.", "February 1", "2026-02-01"),
            ("He left on December 30, he said.", "December 30", "2025-12-30"),
            ("They met on Tuesday.", "Tuesday", "2026-01-27"),
            ("They met on Saturday.", "Saturday", "2026-01-31"),
            ("They meet next Monday.", "next Monday", "2026-02-02"),
            ("Sales fell last year.", "last year", "2025"),
            ("Sales fell last month.", "last month", "2025-12"),
            ("Sales fell last week.", "last week", "2026-01-19/2026-01-25"),
            ("It runs 1-5 May at the hall.", "1-5 May", "2026-05-01/2026-05-05"),
            ("It ran on May 1-5, 2024.", "May 1-5, 2024", "2024-05-01/2024-05-05"),
            ("It was on 3 March 2019.", "3 March 2019", "2019-03-03"),
            ("It was on the 3rd of March.", "3rd of March", "2026-03-03"),
            ("He came in February.", "February", "2026-02"),
            ("He came in June 2014.", "June 2014", "2014-06"),
            ("He came in 2014.", "2014", "2014"),
            ("He left three years ago.", "three years ago", "2023"),
            ("He left yesterday.", "yesterday", "2026-01-30"),
            ("Am 01.02.2026 war es so.", "01.02.2026", "2026-02-01"),
            ("Logged 2026-02-01 here.", "2026-02-01", "2026-02-01"),
        ] {
            assert_eq!(found(body), [(text.to_owned(), date.to_owned())], "{body}");
        }
    }

    #[test]
    fn names_and_numbers_are_no_dates() {
        for body in ["It may rain.", "Theresa May spoke.", "He has 2014 cows.", "On 31.02.2026."] {
            assert_eq!(found(body), [], "{body}");
        }
    }

    #[test]
    fn keeps_day_and_month_where_the_year_is_unknown() {
        let dates = dates(&Text::new("On February 1, or yesterday."), None);
        assert_eq!(dates.len(), 1);
        assert_eq!(dates[0].date, "--02-01");
    }
}
