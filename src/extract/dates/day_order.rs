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
    let stated = page.facts.lang.as_deref().or_else(|| page.facts.meta(&["og:locale"]));
    let tag = stated.unwrap_or_default().to_ascii_lowercase().replace('_', "-");
    let host = url.map(WebUrl::host).unwrap_or_default();
    let mut parts = tag.split('-');
    let language = parts.next().unwrap_or_default();
    let region = parts.rfind(|part| part.len() == 2).unwrap_or_default();
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
    Reading { month_first: !day_first, language: months::language(language), latest: Some(latest) }
}
