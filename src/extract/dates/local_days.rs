//! Which day a stated time is where the page was written, by its language and its address. No offset is made up.

use std::sync::LazyLock;

use foldhash::HashMap;

use super::time_elements::MAX_TIMES;
use crate::extract::date_parse::{self, ParsedDate};
use crate::extract::dom::Attr;
use crate::extract::parsed_page::ParsedPage;
use crate::lang;
use crate::model::{Precision, Published};

/// Hours of UTC until which it is still yesterday in the Americas, and from which it is tomorrow in the east.
const STILL_YESTERDAY: u8 = 10;

const TOMORROW_ALREADY: u8 = 13;

/// A time in UTC beside an address that has the day before or after. Where the page states the same moment
/// in another offset, that is the publisher's; else the day is the address's and its time is not known
/// there: no offset is made up. Where no clock could have both, the time stays as it is stated.
pub(super) fn localised(
    stated: Published,
    url: Option<Published>,
    page: &ParsedPage,
    order: ParsedDate,
) -> Published {
    let Some(url) = url else { return stated };
    if stated.precision == Precision::Day || !stated.at.offset().is_utc() {
        return stated;
    }
    let days = (url.at.date() - stated.at.date()).whole_days();
    if days == 0 {
        return stated;
    }
    if let Some(same) = same_moment(stated, page, order) {
        return same;
    }
    let hour = stated.at.hour();
    let agrees = (days == -1 && hour < STILL_YESTERDAY) || (days == 1 && hour >= TOMORROW_ALREADY);
    if agrees { Published { precision: Precision::Day, ..url } } else { stated }
}

/// The same moment as a `time` element states it in an offset of its own.
fn same_moment(stated: Published, page: &ParsedPage, order: ParsedDate) -> Option<Published> {
    let times = page.facts.times.iter().take(MAX_TIMES);
    times
        .filter_map(|id| date_parse::value(page.dom.attr(*id, Attr::Datetime)?, order))
        .find(|seen| !seen.at.offset().is_utc() && (seen.at - stated.at).whole_seconds().abs() < 60)
}

/// UTC offsets of a language's home countries, in hours, in winter and in summer, by its primary tag; a
/// timestamp at local midnight means only the day. Languages that are spoken around the world have none.
static MIDNIGHTS: LazyLock<HashMap<&str, [i8; 2]>> = LazyLock::new(|| {
    let hours = |row: (&'static str, &str)| {
        let (winter, summer) = row.1.split_once(' ')?;
        Some((row.0, [winter.parse().ok()?, summer.parse().ok()?]))
    };
    lang::rows("mul", LIST).into_iter().flatten().filter_map(hours).collect()
});

const LIST: &str = "midnights.txt";

/// A time in UTC that is midnight to the second where the page's language is spoken is a day, as
/// forms for dates store it.
pub(super) fn at_midnight(stated: Published, page: &ParsedPage) -> Published {
    let lang = page.facts.lang.as_deref().unwrap_or_default().to_ascii_lowercase();
    let primary = lang.split(['-', '_']).next().unwrap_or_default();
    let whole_hour = stated.at.minute() == 0 && stated.at.second() == 0;
    if stated.precision == Precision::Day || !stated.at.offset().is_utc() || !whole_hour {
        return stated;
    }
    let offsets = MIDNIGHTS.get(primary);
    let local = offsets.into_iter().flatten().find_map(|hours| {
        let at = stated.at.to_offset(time::UtcOffset::from_hms(*hours, 0, 0).ok()?);
        (at.hour() == 0).then_some(at)
    });
    match local {
        Some(at) if stated.at.hour() != 0 => {
            Published { at: at.date().midnight().assume_utc(), precision: Precision::Day }
        }
        _ => stated,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_a_language_and_its_clock() {
        assert_eq!(
            MIDNIGHTS.len(),
            lang::text("mul", LIST).map_or(0, |l| lang::entries(l).count())
        );
        assert_eq!((MIDNIGHTS.get("tr"), MIDNIGHTS.get("en")), (Some(&[3, 3]), None));
    }
}
