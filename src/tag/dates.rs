//! Dates in a text, as ISO 8601 dates, reduced dates (`2026-02`, `2026`) or intervals, resolved
//! against the publication.
//!
//! A day of the week is the last one up to the publication in a clause that tells what was, and the
//! next one in a clause that tells what comes ([`tense`]). A day and month without a year take the
//! year that brings them nearest to the publication, unless the clause says otherwise. Without a
//! publication date they stay `--02-01` (a day of any year, as in XML Schema's gMonthDay), and words
//! such as "yesterday" are left out. Decades, quarters, halves, fiscal years, weekends and ranges are
//! intervals; what is only roughly known has EDTF's `~` behind it. Slashed dates are read in the order
//! of the publisher's country, else of the story's other dates, else the day first. Words are
//! English; months of other languages are read beside a day or a year where the language has a list.
//! Refuses times of day, quarters without a year, and bare months that may be names.

use std::ops::{Range, RangeInclusive};

use time::{Date, Month, OffsetDateTime, Weekday};

use super::Text;
use crate::model::{DateMention, LanguageCode};

mod feasts;
mod month_names;
mod numeric;
mod relative;
mod tense;
mod weekday;
mod words;
mod years;

use tense::Tense;
use words::Words;

/// Years of publication that relative dates are counted from: no count leaves the calendar.
const ANCHORS: RangeInclusive<i32> = 1000..=9000;

/// The dates of a body, in order; `published` anchors those that need it, in its own offset, and
/// `home` is the publisher's country.
#[must_use]
pub fn dates(
    text: &Text<'_>,
    published: Option<OffsetDateTime>,
    language: LanguageCode,
    home: Option<[u8; 2]>,
) -> Vec<DateMention> {
    let english = matches!(language, LanguageCode::EN | LanguageCode::UND);
    let words = Words::of(if english { LanguageCode::EN } else { language });
    let today = published.map(OffsetDateTime::date).filter(|date| ANCHORS.contains(&date.year()));
    let reader = Reader { text, today, words, english, home };
    let mut found = Vec::new();
    let mut at = 0;
    while at < text.tokens.len() {
        let Some((tokens, date)) = reader.date_at(at) else {
            at += 1;
            continue;
        };
        at = tokens.end.max(at + 1);
        let bytes = text.bytes(tokens);
        found.push(DateMention {
            text: text.text[bytes.clone()].to_owned(),
            span: text.span(bytes),
            date,
        });
    }
    found
}

/// Whether a word is an English month's name or its abbreviation, written with a capital.
#[must_use]
pub fn is_month(word: &str) -> bool {
    Words::of(LanguageCode::EN)
        .is_some_and(|words| words.month(word, &word.to_lowercase()).is_some())
}

struct Reader<'a> {
    text: &'a Text<'a>,
    today: Option<Date>,
    words: Option<&'static Words>,
    english: bool,
    home: Option<[u8; 2]>,
}

type Found = Option<(Range<usize>, String)>;

impl Reader<'_> {
    fn word(&self, at: usize) -> &str {
        if at < self.text.tokens.len() { self.text.word(at) } else { "" }
    }

    fn lower(&self, at: usize) -> &str {
        if at < self.text.tokens.len() { self.text.lower(at) } else { "" }
    }

    fn before(&self, at: usize) -> &str {
        at.checked_sub(1).map(|i| self.lower(i)).unwrap_or_default()
    }

    fn month(&self, at: usize) -> Option<Month> {
        self.words?.month(self.word(at), self.lower(at))
    }

    fn weekday_named(&self, at: usize) -> Option<Weekday> {
        self.words?.weekday(self.word(at), self.lower(at))
    }

    /// The text from a token on.
    fn rest(&self, at: usize) -> &str {
        self.text.tokens.get(at).map_or("", |token| &self.text.text[token.start as usize..])
    }

    /// One past the last token that ends within some bytes of a token's start.
    fn end_after(&self, at: usize, bytes: usize) -> usize {
        let end = self.text.tokens[at].start as usize + bytes;
        self.text.tokens.partition_point(|t| (t.end as usize) <= end).max(at + 1)
    }

    fn tense(&self, tokens: &Range<usize>) -> Option<Tense> {
        if !self.english {
            return None;
        }
        tense::tense(self.text, self.words?, tokens)
    }

    fn date_at(&self, at: usize) -> Found {
        let first = self.word(at).chars().next()?;
        if first.is_ascii_digit() {
            return self
                .iso(at)
                .or_else(|| self.numeric(at))
                .or_else(|| self.slashed(at))
                .or_else(|| self.named_range(at))
                .or_else(|| self.named(at))
                .or_else(|| self.ago(at))
                .or_else(|| self.part_of_year(at))
                .or_else(|| self.decade(at))
                .or_else(|| self.years(at))
                .or_else(|| self.year(at));
        }
        if !self.english {
            self.month(at)?;
            return self.named_range(at).or_else(|| self.named(at));
        }
        if !self.words?.may_lead(self.word(at), self.lower(at)) {
            return None;
        }
        let named =
            || self.named_range(at).or_else(|| self.named(at)).or_else(|| self.month_in(at));
        self.weekday(at)
            .or_else(named)
            .or_else(|| self.feast(at))
            .or_else(|| self.part_of_year(at))
            .or_else(|| self.fiscal(at))
            .or_else(|| self.relative(at))
            .or_else(|| self.ago(at))
            .or_else(|| self.in_time(at))
            .or_else(|| self.decade(at))
            .or_else(|| self.short_year(at))
    }
}

fn date(year: i32, month: u8, day: u8) -> Option<Date> {
    Date::from_calendar_date(year, Month::try_from(month).ok()?, day).ok()
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    fn found_of(body: &str, home: Option<[u8; 2]>) -> Vec<(String, String)> {
        // A Saturday.
        let published = datetime!(2026-01-31 10:00 UTC);
        let dates = dates(&Text::new(body), Some(published), LanguageCode::EN, home);
        dates.into_iter().map(|d| (d.text, d.date)).collect()
    }

    fn found(body: &str) -> Vec<(String, String)> {
        found_of(body, None)
    }

    #[test]
    fn tense_chooses_the_day_of_the_week() {
        for (body, date) in [
            ("The museum opens on Tuesday.", "2026-02-03"),
            ("The hearing will start on Thursday, a clerk said.", "2026-02-05"),
            ("Crews are to return on Monday.", "2026-02-02"),
            ("On Monday, ministers will meet again.", "2026-02-02"),
            ("Ministers met on Monday and will meet again.", "2026-01-26"),
            ("A clerk said on Thursday that the museum will open.", "2026-01-29"),
            ("The road was closed on Friday.", "2026-01-30"),
            ("She flew to Oslo on Friday.", "2026-01-30"),
            ("The vote is expected on Wednesday.", "2026-02-04"),
            ("Members vote on Sunday.", "2026-02-01"),
            ("They decided to postpone the match on Monday.", "2026-01-26"),
        ] {
            let dates: Vec<String> = found(body).into_iter().map(|d| d.1).collect();
            assert_eq!(dates, [date], "{body}");
        }
    }

    #[test]
    fn a_publication_at_the_end_of_the_calendar_anchors_nothing() {
        let body =
            Text::new("It will meet again next week, on Monday, in two weeks and this weekend.");
        for published in [datetime!(9999-12-31 10:00 UTC), datetime!(0000-01-01 10:00 UTC)] {
            assert!(dates(&body, Some(published), LanguageCode::EN, None).is_empty());
        }
    }

    #[test]
    fn reads_ranges_parts_of_years_and_feasts() {
        for (body, date) in [
            ("It ran from 27 November to 2 December 2022.", "2022-11-27/2022-12-02"),
            ("It ran from March 2019 to June 2020.", "2019-03/2020-06"),
            ("It ran between 2010 and 2015.", "2010/2015"),
            ("It ran from December 30 to January 4, 2025.", "2024-12-30/2025-01-04"),
            ("It was built in the 1970s.", "1970/1979"),
            ("Sales rose in Q2 2021.", "2021-04/2021-06"),
            ("Sales rose in the first half of last year.", "2025-01/2025-06"),
            ("The financial year 2021/22 was good.", "2021/2022"),
            ("Sales in fiscal 2023 fell.", "2023"),
            // Published on a Saturday: the weekend that has begun.
            ("It opened over the weekend and closed.", "2026-01-31/2026-02-01"),
            ("It will open at the weekend.", "2026-01-31/2026-02-01"),
            ("He came last weekend.", "2026-01-24/2026-01-25"),
            ("He left the day before yesterday.", "2026-01-29"),
            ("She leaves the day after tomorrow.", "2026-02-02"),
            ("They met on Good Friday 2024.", "2024-03-29"),
            ("They met on Boxing Day.", "2025-12-26"),
            ("The song of the winter of '78 is back.", "1978"),
            ("The bridge will open in two weeks.", "2026-02-14"),
            ("It was mid-2004 when they met.", "2004"),
            ("She came on Monday, 26 January, they said.", "2026-01-26"),
            ("The house was built circa 1850.", "1850~"),
        ] {
            let dates: Vec<String> = found(body).into_iter().map(|d| d.1).collect();
            assert_eq!(dates, [date], "{body}");
        }
        assert_eq!(found("The bridge was built in two weeks."), []);
    }

    #[test]
    fn slashed_dates_follow_the_publishers_country() {
        let date = |body: &str, home| found_of(body, home).pop().map(|d| d.1);
        let body = "The deed of 04/07/2019 was lost.";
        assert_eq!(date(body, Some(*b"GB")).as_deref(), Some("2019-07-04"));
        assert_eq!(date(body, Some(*b"US")).as_deref(), Some("2019-04-07"));
        assert_eq!(date(body, None).as_deref(), Some("2019-07-04"));
        let american = "It came on March 3. The deed of 04/07/2019 was lost.";
        assert_eq!(date(american, None).as_deref(), Some("2019-04-07"));
        assert_eq!(date("It is of 17/04/2019.", Some(*b"US")).as_deref(), Some("2019-04-17"));
    }

    #[test]
    fn resolves_against_the_publication() {
        for (body, text, date) in [
            ("Talks are on February 1 in Abu Dhabi.", "February 1", "2026-02-01"),
            ("He left on December 30, he said.", "December 30", "2025-12-30"),
            ("They met on Tuesday.", "Tuesday", "2026-01-27"),
            ("They met on Saturday.", "Saturday", "2026-01-31"),
            ("They met last Monday.", "last Monday", "2026-01-26"),
            ("They meet next Monday.", "next Monday", "2026-02-02"),
            ("Sales fell last year.", "last year", "2025"),
            ("Sales fell last month.", "last month", "2025-12"),
            ("Sales fell last week.", "last week", "2026-01-19/2026-01-25"),
            ("It runs 1-5 May at the hall.", "1-5 May", "2026-05-01/2026-05-05"),
            ("It ran on May 1-5, 2024.", "May 1-5, 2024", "2024-05-01/2024-05-05"),
            ("It was on 3 March 2019.", "3 March 2019", "2019-03-03"),
            ("It was on the 3rd of March.", "3rd of March", "2025-03-03"),
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
    fn both_forms_of_norwegian_have_their_months() {
        for code in ["no", "nb", "nn"] {
            let language = LanguageCode::parse(code).unwrap();
            let text = Text::new("Brua ble åpnet 12. desember 1998.");
            let found: Vec<_> =
                dates(&text, None, language, None).into_iter().map(|d| d.date).collect();
            assert_eq!(found, ["1998-12-12"], "{code}");
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
        let dates = dates(&Text::new("On February 1, or yesterday."), None, LanguageCode::EN, None);
        assert_eq!(dates.len(), 1);
        assert_eq!(dates[0].date, "--02-01");
    }
}
