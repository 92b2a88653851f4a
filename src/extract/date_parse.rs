//! Reads points in time as pages write them: ISO 8601 and its neighbours, RFC 2822, and dates in
//! running text in the languages that `src/lang` names the months of, in their digits and calendars.
//!
//! Refuses what is no calendar date, years before 1900 or after 2100, the first day of 1970, and what lies
//! after the time that the caller names. An offset is only what the text states. Relative dates ("3 hours ago") are
//! not read here; those of a story's text are in `src/tag/dates.rs`.

mod days;
mod times;
mod tokens;

use time::{OffsetDateTime, PrimitiveDateTime, Time};

use super::calendars;
use crate::model::{Precision, Published};
use crate::{months, time_zones};
use days::{calendar, date_at, plausible};
use times::with_time;
use tokens::{Token, tokens};

/// How a page writes its dates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct ParsedDate {
    /// `03/04/2024` is the fourth of March.
    pub(super) month_first: bool,
    /// Where the page is from, in two lower-case letters.
    pub(super) country: Option<[u8; 2]>,
    /// The primary tag of the page's language.
    pub(super) language: Option<&'static str>,
    /// What lies later cannot have happened when the page was read.
    pub(super) latest: Option<OffsetDateTime>,
}

impl ParsedDate {
    fn allows(&self, found: &Published) -> bool {
        is_plausible(found, self.latest)
    }
}

/// Whether a story may be of a time: not of one that software states where it has none, nor later than `latest`.
pub(super) fn is_plausible(found: &Published, latest: Option<OffsetDateTime>) -> bool {
    latest.is_none_or(|latest| found.at <= latest)
        && plausible(found.at.year())
        // The beginning of clocks.
        && found.at.date() != OffsetDateTime::UNIX_EPOCH.date()
}

/// Reads a value that is meant to be a date: an attribute, a `<meta>`, a JSON field.
pub(super) fn value(text: &str, reading: ParsedDate) -> Option<Published> {
    let text = text.trim();
    if text.len() >= 9 && text.bytes().all(|b| b.is_ascii_digit()) {
        return digits(text).filter(|found| reading.allows(found));
    }
    if let Some(whole) = short_year(text) {
        return find(&whole, reading);
    }
    find(text, reading)
}

/// `14-12-29T22:15:00` with its whole year: machines write years first.
fn short_year(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let shape = bytes.get(..9)?.iter().map(|b| if b.is_ascii_digit() { b'0' } else { *b });
    shape.eq(*b"00-00-00T").then(|| format!("20{text}"))
}

/// The first date in a text, with the time next to it.
pub(super) fn find(text: &str, mut reading: ParsedDate) -> Option<Published> {
    let text = calendars::plain_digits(text);
    let tokens = tokens(&text);
    reading.month_first |=
        tokens.iter().any(|t| matches!(t, Token::Word(w) if time_zones::is_american(w)));
    (0..tokens.len()).find_map(|at| {
        let (date, next) = date_at(&tokens, at, reading)?;
        Some(with_time(&tokens, at, next, date, reading.country))
            .filter(|found| reading.allows(found))
    })
}

/// `20240503`, `20240503123000`, and seconds or milliseconds since 1970.
fn digits(text: &str) -> Option<Published> {
    let number: i64 = text.parse().ok()?;
    match text.len() {
        14 => {
            let date = calendar(
                text[..4].parse().ok()?,
                text[4..6].parse().ok()?,
                text[6..8].parse().ok()?,
            )?;
            let time = Time::from_hms(
                text[8..10].parse().ok()?,
                text[10..12].parse().ok()?,
                text[12..].parse().ok()?,
            )
            .ok()?;
            Some(Published {
                at: PrimitiveDateTime::new(date, time).assume_utc(),
                precision: Precision::Second,
            })
        }
        10 | 13 => {
            let seconds = if text.len() == 13 { number / 1000 } else { number };
            let at = OffsetDateTime::from_unix_timestamp(seconds).ok()?;
            plausible(at.year()).then_some(Published { at, precision: Precision::Second })
        }
        _ => None,
    }
}

/// Whether a word is the name of a month.
pub(super) fn is_month(word: &str) -> bool {
    months::of(&word.to_lowercase(), None).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::Month;
    use time::format_description::well_known::Rfc3339;

    fn read(text: &str) -> Option<(String, Precision)> {
        value(text, ParsedDate::default()).map(|p| (p.at.format(&Rfc3339).unwrap(), p.precision))
    }

    #[test]
    fn reads_machine_forms_with_their_offset() {
        for (text, at, precision) in [
            ("2024-05-03T12:30:15+02:00", "2024-05-03T12:30:15+02:00", Precision::Second),
            ("2024-05-03T23:30:15.123Z", "2024-05-03T23:30:15Z", Precision::Second),
            ("2024-05-03 12:30 -0330", "2024-05-03T12:30:00-03:30", Precision::Minute),
            ("2024-05-03", "2024-05-03T00:00:00Z", Precision::Day),
            ("20240503", "2024-05-03T00:00:00Z", Precision::Day),
            ("20240503T101112Z", "2024-05-03T00:00:00Z", Precision::Day),
            ("1714732215000", "2024-05-03T10:30:15Z", Precision::Second),
            ("Fri, 03 May 2024 12:30:15 GMT", "2024-05-03T12:30:15Z", Precision::Second),
        ] {
            assert_eq!(read(text), Some((at.to_owned(), precision)), "{text}");
        }
    }

    #[test]
    fn reads_dates_in_many_languages() {
        for (text, day) in [
            ("Stand: 3. Mai 2024, 17:45 Uhr", "2024-05-03"),
            ("May 3rd, 2024", "2024-05-03"),
            ("Publié le 1er août 2023", "2023-08-01"),
            ("3 de mayo de 2024", "2024-05-03"),
            ("03.05.24", "2024-05-03"),
            ("3. 5. 2024", "2024-05-03"),
            ("2024年5月3日", "2024-05-03"),
            ("10:32 a.m. EDT, Thursday, December 12, 2019", "2019-12-12"),
            ("12/31/2019", "2019-12-31"),
        ] {
            assert_eq!(
                read(text).map(|(at, _)| at[..10].to_owned()).as_deref(),
                Some(day),
                "{text}"
            );
        }
        let us =
            value("04/05/2024", ParsedDate { month_first: true, ..ParsedDate::default() }).unwrap();
        assert_eq!((us.at.month(), us.at.day()), (Month::April, 5));
    }

    #[test]
    fn times_of_day_and_offsets_as_readers_see_them() {
        for (text, at) in [
            ("18:42-6 May 2025", "2025-05-06T18:42:00Z"),
            ("6 May 2025, 18:42 -06", "2025-05-06T18:42:00-06:00"),
            ("6 May 2025, 18:42 (GMT +3)", "2025-05-06T18:42:00+03:00"),
            ("6 May 2025, 18:42 UTC + 3", "2025-05-06T18:42:00+03:00"),
            ("mardi 6 mai 2025 à 18 h 42", "2025-05-06T18:42:00Z"),
            ("6 मई 2025, शाम 6:42 बजे", "2025-05-06T18:42:00Z"),
            ("6 मई 2025, रात 2:42 बजे", "2025-05-06T02:42:00Z"),
            ("6 พฤษภาคม 2568 เวลา 18.42 น.", "2025-05-06T18:42:00Z"),
            ("06 مئی ، 2025", "2025-05-06T00:00:00Z"),
            ("10:00 AM EDT, Tue May 6, 2025", "2025-05-06T10:00:00-04:00"),
            ("6:00 a.m. ET May 6, 2025", "2025-05-06T06:00:00-04:00"),
            ("May 6, 2025 at 10:00 a.m. Pacific", "2025-05-06T10:00:00-07:00"),
        ] {
            assert_eq!(read(text).map(|(at, _)| at).as_deref(), Some(at), "{text}");
        }
    }

    #[test]
    fn stated_zone_is_kept_or_time_left_out() {
        for (text, country, at) in [
            ("3 Feb 2026 3:05 PM IST", Some(*b"in"), "2026-02-03T15:05:00+05:30"),
            ("3 Feb 2026 3:05 PM IST", None, "2026-02-03T00:00:00Z"),
            ("3 Feb 2026, 15:05 МСК", None, "2026-02-03T15:05:00+03:00"),
            ("Feb 3, 2026 3:05 PM Pacific", None, "2026-02-03T15:05:00-08:00"),
            ("Feb 3, 2026 15:05 Central Station", None, "2026-02-03T15:05:00Z"),
            ("Feb 3, 2026 3:05PMET", None, "2026-02-03T15:05:00-05:00"),
            ("Feb 3, 2026 3 PM EST", None, "2026-02-03T15:00:00-05:00"),
            ("Tue Feb 3 15:05:00 EST 2026", None, "2026-02-03T15:05:00-05:00"),
            ("3 februari 2026 08.15", None, "2026-02-03T08:15:00Z"),
            ("3 Feb '26", None, "2026-02-03T00:00:00Z"),
        ] {
            let found = value(text, ParsedDate { country, ..ParsedDate::default() }).unwrap();
            assert_eq!(found.at.format(&Rfc3339).unwrap(), at, "{text}");
        }
        let thai = ParsedDate { language: Some("th"), ..ParsedDate::default() };
        assert_eq!(find("3 ก.พ. 69", thai).unwrap().at.date().to_string(), "2026-02-03");
        let japanese = ParsedDate { language: Some("ja"), ..ParsedDate::default() };
        assert_eq!(find("R8.2.3", japanese).unwrap().at.date().to_string(), "2026-02-03");
    }

    #[test]
    fn refuses_what_is_no_date() {
        for text in [
            "",
            "31.02.2024",
            "version 1.2.3",
            "3 men in 2024",
            "0000-00-00",
            "May",
            "12:30",
            "99999999999999999999",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn reads_calendars_digits_and_names_of_the_world() {
        let cases = [
            ("Вторник, 3 февраля 2026 г., 06:40", "2026-02-03T06:40:00Z"),
            ("الثلاثاء ٣ شباط/فبراير ٢٠٢٦", "2026-02-03T00:00:00Z"),
            ("3 تشرين الثاني 2026", "2026-11-03T00:00:00Z"),
            ("3 กุมภาพันธ์ 2569 เวลา 06:40 น.", "2026-02-03T06:40:00Z"),
            ("3 ก.พ. 2569", "2026-02-03T00:00:00Z"),
            ("3 ก.พ. พ.ศ. 2569", "2026-02-03T00:00:00Z"),
            ("۱۴ بهمن ۱۴۰۴", "2026-02-03T00:00:00Z"),
            ("1404/11/14", "2026-02-03T00:00:00Z"),
            ("2026. 02. 03. 06:40", "2026-02-03T06:40:00Z"),
            ("令和8年2月3日 6時40分", "2026-02-03T06:40:00Z"),
            ("民國115年2月3日", "2026-02-03T00:00:00Z"),
            ("2026년 2월 3일 오후 6시 40분", "2026-02-03T18:40:00Z"),
            ("03 फरवरी 2026, 06:40", "2026-02-03T06:40:00Z"),
            ("৩ ফেব্রুয়ারি ২০২৬", "2026-02-03T00:00:00Z"),
            ("2026. február 3. 18:40", "2026-02-03T18:40:00Z"),
            ("2026 m. vasario 3 d.", "2026-02-03T00:00:00Z"),
            ("2026. gada 3. februāris", "2026-02-03T00:00:00Z"),
            ("Ngày 3 tháng 2 năm 2026", "2026-02-03T00:00:00Z"),
            ("3 Şubat 2026", "2026-02-03T00:00:00Z"),
            ("3 Φεβρουαρίου 2026", "2026-02-03T00:00:00Z"),
            ("3 בפברואר 2026", "2026-02-03T00:00:00Z"),
            ("3.2.2026 klo 18.40", "2026-02-03T18:40:00Z"),
            ("3 Februari 2026 18:40 WIB", "2026-02-03T18:40:00+07:00"),
            ("Feb. 3, 2026 at 6:40 p.m. ET", "2026-02-03T18:40:00-05:00"),
            ("2026年2月3", "2026-02-03T00:00:00Z"),
            ("2026년 2월 3", "2026-02-03T00:00:00Z"),
            ("令和8年2月3", "2026-02-03T00:00:00Z"),
            ("3 de febrero de 2026, 6:40 p. m.", "2026-02-03T18:40:00Z"),
            ("3 Φεβρουαρίου 2026, 6:40 μ.μ.", "2026-02-03T18:40:00Z"),
            ("3 फ़रवरी 2026, 6:40 अपराह्न", "2026-02-03T18:40:00Z"),
            ("3 Şubat 2026 12:40 ÖÖ", "2026-02-03T00:40:00Z"),
            ("July 3, 2026 6:40 AM PT", "2026-07-03T06:40:00-07:00"),
            ("02/03/2026 6:40 AM EST", "2026-02-03T06:40:00-05:00"),
            ("3 February 2026 06:40 GMT+2", "2026-02-03T06:40:00+02:00"),
            ("14-12-29T22:15:00+0000", "2014-12-29T22:15:00Z"),
            ("2026 оны 2-р сарын 3", "2026-02-03T00:00:00Z"),
            ("2026 оны хоёрдугаар сарын 3", "2026-02-03T00:00:00Z"),
            ("2026 оны арван нэгдүгээр сарын 3", "2026-11-03T00:00:00Z"),
            ("3 феврали соли 2026", "2026-02-03T00:00:00Z"),
            ("2026 жылғы 3 ақпан", "2026-02-03T00:00:00Z"),
            ("2026-yil 3-fevral", "2026-02-03T00:00:00Z"),
            ("2026-жылдын 3-февралы", "2026-02-03T00:00:00Z"),
            ("2026-njy ýylyň 3-nji fewraly", "2026-02-03T00:00:00Z"),
            ("ថ្ងៃទី ៣ ខែ កុម្ភៈ ឆ្នាំ ២០២៦", "2026-02-03T00:00:00Z"),
            ("د ۱۴۰۴ کال د سلواغې ۱۴مه", "2026-02-03T00:00:00Z"),
            ("Tue, 03/02/2026", "2026-02-03T00:00:00Z"),
            ("Tue, 02/03/2026", "2026-02-03T00:00:00Z"),
        ];
        let wrong: Vec<_> = cases
            .into_iter()
            .filter(|(text, at)| read(text).map(|(at, _)| at).as_deref() != Some(*at))
            .map(|(text, _)| (text, read(text)))
            .collect();
        assert!(wrong.is_empty(), "{wrong:?}");
    }

    #[test]
    fn date_cut_anywhere_is_read_or_rejected() {
        for text in [
            "2026年2月3日 下午6:40:15",
            "2026년 2월 3일 오후 6시 40분",
            "令和8年2月3日",
            "3 de febrero de 2026, 6:40:15 p. m. GMT+2",
            "3 Φεβρουαρίου 2026, 6:40 μ.μ. UTC",
            "2026. 02. 03. 18:40",
            "Ngày 3 tháng 2 năm 2026 lúc 18:40",
        ] {
            for (at, _) in text.char_indices() {
                for part in [&text[..at], &text[at..]] {
                    let found = value(part, ParsedDate::default());
                    assert!(found.is_none_or(|p| (1900..2100).contains(&p.at.year())), "{part}");
                }
            }
        }
    }

    #[test]
    fn refuses_what_cannot_have_been() {
        let latest = value("2026-02-04", ParsedDate::default()).unwrap().at;
        let reading = ParsedDate { latest: Some(latest), ..ParsedDate::default() };
        assert_eq!(value("2031-05-01T18:00", reading), None);
        assert_eq!(value("0000000000", reading), None);
        assert_eq!(value("1970-01-01T00:00:00Z", reading), None);
        assert_eq!(find("for 1 May 2031, of 3 May 2024", reading).unwrap().at.year(), 2024);
    }
}
