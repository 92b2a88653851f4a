//! The forms of date that producers send: RFC 3339 with or without seconds and offset, a space for the `T`, a date
//! alone, RFC 2822. A time without an offset is UTC.

use time::format_description::BorrowedFormatItem;
use time::format_description::well_known::{Rfc2822, Rfc3339};
use time::macros::format_description;
use time::{Date, OffsetDateTime, PrimitiveDateTime};

use super::super::Error;
use crate::model::{Precision, Published};
use crate::time_zones;

type Format = &'static [BorrowedFormatItem<'static>];

/// One form beside those of the RFCs.
struct Form {
    format: Format,
    read: fn(&str, Format) -> Option<OffsetDateTime>,
    precision: Precision,
}

/// They are tried in this order.
const FORMS: [Form; 5] = [
    Form {
        format: format_description!(
            "[year]-[month]-[day]T[hour]:[minute]:[second][offset_hour sign:mandatory][offset_minute]"
        ),
        read: with_offset,
        precision: Precision::Second,
    },
    Form {
        format: format_description!(
            "[year]-[month]-[day]T[hour]:[minute][offset_hour sign:mandatory]:[offset_minute]"
        ),
        read: with_offset,
        precision: Precision::Minute,
    },
    Form {
        format: format_description!(
            "[year]-[month]-[day]T[hour]:[minute]:[second][optional [.[subsecond]]]"
        ),
        read: in_utc,
        precision: Precision::Second,
    },
    Form {
        format: format_description!("[year]-[month]-[day]T[hour]:[minute]"),
        read: in_utc,
        precision: Precision::Minute,
    },
    Form {
        format: format_description!("[year]-[month]-[day]"),
        read: day,
        precision: Precision::Day,
    },
];

fn with_offset(text: &str, format: Format) -> Option<OffsetDateTime> {
    OffsetDateTime::parse(text, format).ok()
}

fn in_utc(text: &str, format: Format) -> Option<OffsetDateTime> {
    let time = PrimitiveDateTime::parse(text.trim_end_matches('Z'), format).ok()?;
    Some(time.assume_utc())
}

fn day(text: &str, format: Format) -> Option<OffsetDateTime> {
    Some(Date::parse(text, format).ok()?.midnight().assume_utc())
}

/// Reads the `datePublished` of a message.
pub(super) fn date_published(text: &str) -> Result<Published, Error> {
    let value = text.trim();
    let iso = match value.as_bytes().get(10) {
        Some(b' ') => value.replacen(' ', "T", 1),
        _ => value.to_owned(),
    };
    let of_rfc =
        OffsetDateTime::parse(&iso, &Rfc3339).or_else(|_| OffsetDateTime::parse(value, &Rfc2822));
    let of_form = |form: &Form| {
        let at = (form.read)(&iso, form.format)?;
        Some(Published { at, precision: form.precision })
    };
    let second = |at| Published { at, precision: Precision::Second };
    let found = of_rfc.ok().map(second).or_else(|| FORMS.iter().find_map(of_form));
    found
        .filter(|found| time_zones::is_in_use(found.at.offset()))
        .ok_or_else(|| Error::BadDate(value.chars().take(60).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form_is_read_with_its_precision() {
        use Precision::{Day, Minute, Second};
        for (text, utc, precision) in [
            ("2026-03-01T10:20:30Z", "2026-03-01T10:20:30Z", Second),
            ("2026-03-01T10:20:30.25+02:00", "2026-03-01T08:20:30.25Z", Second),
            ("Sun, 01 Mar 2026 10:20:30 +0100", "2026-03-01T09:20:30Z", Second),
            ("2026-03-01T10:20:30+0100", "2026-03-01T09:20:30Z", Second),
            ("2026-03-01T10:20+01:00", "2026-03-01T09:20:00Z", Minute),
            ("2026-03-01 10:20:30", "2026-03-01T10:20:30Z", Second),
            ("2026-03-01T10:20:30.5", "2026-03-01T10:20:30.5Z", Second),
            ("2026-03-01T10:20Z", "2026-03-01T10:20:00Z", Minute),
            ("2026-03-01 10:20", "2026-03-01T10:20:00Z", Minute),
            (" 2026-03-01 ", "2026-03-01T00:00:00Z", Day),
        ] {
            let at = OffsetDateTime::parse(utc, &Rfc3339).unwrap();
            assert_eq!(date_published(text).unwrap(), Published { at, precision }, "{text}");
        }
        for text in [
            "",
            "yesterday",
            "01/03/2026",
            "2026-02-30",
            "2026-03-01T25:00:00Z",
            "2026-03-01T10:00:00+19:00",
        ] {
            assert!(matches!(date_published(text), Err(Error::BadDate(_))), "{text}");
        }
    }
}
