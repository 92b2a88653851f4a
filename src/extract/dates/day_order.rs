//! How a page writes days, by its language, its country and its address: `03/04` is in March or in April.

use std::sync::LazyLock;

use foldhash::HashSet;
use time::OffsetDateTime;

use crate::extract::date_parse::ParsedDate;
use crate::extract::parsed_page::ParsedPage;
use crate::extract::word_lists;
use crate::model::WebUrl;
use crate::months;

/// What says which number of a date is the month, by `src/lang/mul/date-order.txt`.
struct Order {
    month_first_regions: HashSet<&'static str>,
    day_first_regions: HashSet<&'static str>,
    day_first_addresses: Vec<&'static str>,
    /// Languages that write dates with dots, with dashes, or with the year first.
    no_slashes: HashSet<&'static str>,
}

static ORDER: LazyLock<Order> = LazyLock::new(|| Order {
    month_first_regions: word_lists::words(LIST, "month-first-region"),
    day_first_regions: word_lists::words(LIST, "day-first-region"),
    day_first_addresses: word_lists::words(LIST, "day-first-address"),
    no_slashes: word_lists::words(LIST, "no-slashes"),
});

const LIST: &str = "date-order.txt";

/// How the page writes dates: `03/04/2024` is the third of April in nearly all languages but English, and there by
/// the country. Where neither says, slashes are American, or software that was never told where it is.
pub(in crate::extract) fn reading(
    page: &ParsedPage,
    url: Option<&WebUrl>,
    latest: OffsetDateTime,
) -> ParsedDate {
    let locale = page.facts.meta(&["og:locale"]).unwrap_or_default();
    let (mut language, mut region) = parts(page.facts.lang.as_deref().unwrap_or_default());
    let shared = parts(locale);
    if language.is_empty() {
        language.clone_from(&shared.0);
    }
    // A language without a country is the one of the other statement.
    if region.is_empty() && language == shared.0 {
        region = shared.1;
    }
    let (language, region) = (language.as_str(), region.as_str());
    let host = url.map(WebUrl::host).unwrap_or_default();
    let day_first = match language {
        "" | "en" if ORDER.month_first_regions.contains(region) => false,
        "" | "en" if ORDER.day_first_regions.contains(region) => true,
        "" | "en" => ORDER.day_first_addresses.iter().any(|end| host.ends_with(end)),
        language => !ORDER.no_slashes.contains(language),
    };
    let of_host = host.rsplit('.').next().filter(|end| end.len() == 2 && *end != "tv");
    let country = Some(region).filter(|region| !region.is_empty()).or(of_host);
    ParsedDate {
        month_first: !day_first,
        country: country.and_then(|code| code.as_bytes().try_into().ok()),
        language: months::language(language),
        latest: Some(latest),
    }
}

/// Language and country of a tag: `en-GB`, `zh_Hant_TW`.
fn parts(tag: &str) -> (String, String) {
    let tag = tag.to_ascii_lowercase().replace('_', "-");
    let mut parts = tag.split('-');
    let language = parts.next().unwrap_or_default().to_owned();
    (language, parts.rfind(|part| part.len() == 2).unwrap_or_default().to_owned())
}
