//! How a page writes days, by its language, its country and its address: `03/04` is in March or in April.

use time::OffsetDateTime;

use crate::extract::date_parse::Reading;
use crate::extract::parsed_page::ParsedPage;
use crate::model::WebUrl;
use crate::months;

/// How the page writes dates: `03/04/2024` is the third of April in nearly all languages but English, and there by
/// the country. Where neither says, slashes are American, or software that was never told where it is.
pub(in crate::extract) fn reading(
    page: &ParsedPage,
    url: Option<&WebUrl>,
    latest: OffsetDateTime,
) -> Reading {
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
    let day_first = [
        ".uk", ".au", ".nz", ".ie", ".in", ".za", ".ca", ".eu", ".fr", ".es", ".it", ".br", ".pt",
        ".gr", ".ng", ".ke", ".pk", ".bd", ".lk", ".sg", ".my", ".hk", ".mt",
    ];
    let day_first = match language {
        "" | "en" => match region {
            "us" | "ph" => false,
            "gb" | "au" | "nz" | "ie" | "in" | "za" | "ng" | "ke" | "pk" | "sg" | "my" | "hk" => {
                true
            }
            _ => day_first.iter().any(|end| host.ends_with(end)),
        },
        // These write dates with dots, with dashes, or with the year first.
        "de" | "nl" | "sv" | "da" | "nb" | "nn" | "no" | "fi" | "et" | "hu" | "lt" | "zh"
        | "ja" | "ko" => false,
        _ => true,
    };
    let of_host = host.rsplit('.').next().filter(|end| end.len() == 2 && *end != "tv");
    let country = Some(region).filter(|region| !region.is_empty()).or(of_host);
    Reading {
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
