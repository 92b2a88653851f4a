//! Whose a story is, on what terms, and what sort of journalism: as the page's data states it. Nothing is
//! concluded: a page that names no licence has none here.

use serde_json::{Map, Value};

use super::parsed_page::ParsedPage;
use super::text::one_line;
use crate::char_references::unescape;
use crate::model::{Rights, WebUrl};

/// Longest statement kept, in characters.
const MAX_CHARS: usize = 500;
/// Most genres kept, and the longest, in characters.
const MAX_GENRES: usize = 8;
const GENRE_CHARS: usize = 60;

/// The rights in the story.
pub(super) fn rights(
    page: &ParsedPage,
    url: Option<&WebUrl>,
    article: Option<&Map<String, Value>>,
) -> Rights {
    let facts = &page.facts;
    let stated = |key: &str| article.and_then(|a| a.get(key)).and_then(name_of);
    let holders = ["dcterms.rightsholder", "dc.rights.holder", "copyright-holder"];
    let notices = ["copyright", "dcterms.rights", "dc.rights", "rights"];
    let terms = stated("usageInfo").or_else(|| stated("license"));
    let is_address = |text: &String| text.contains("://");
    let license = ["license", "usageInfo"]
        .into_iter()
        .find_map(|key| address_of(article?.get(key)?).and_then(|text| resolve(&text, url)));
    Rights {
        holder: stated("copyrightHolder").or_else(|| facts.meta(&holders).and_then(text)),
        notice: stated("copyrightNotice").or_else(|| facts.meta(&notices).and_then(text)),
        license: license.or_else(|| resolve(facts.license.as_deref()?, url)),
        terms: terms.filter(|text| !is_address(text)),
    }
}

/// The sorts of journalism that a page says it is.
pub(super) fn genres(page: &ParsedPage, article: Option<&Map<String, Value>>) -> Vec<String> {
    let stated = match article.and_then(|a| a.get("genre")) {
        Some(Value::Array(items)) => items.iter().filter_map(name_of).collect(),
        Some(one) => name_of(one).into_iter().collect(),
        None => Vec::new(),
    };
    let metas = page.facts.all_metas("genre").filter_map(text);
    let found = if stated.is_empty() { metas.collect() } else { stated };
    let mut out: Vec<String> = Vec::new();
    for genre in found.iter().flat_map(|text| text.split([',', ';'])).map(str::trim) {
        let fits = (1..=GENRE_CHARS).contains(&genre.chars().count()) && !genre.contains("://");
        if fits && out.len() < MAX_GENRES && !out.iter().any(|o| o.eq_ignore_ascii_case(genre)) {
            out.push(genre.to_owned());
        }
    }
    out
}

/// The words of a value: a text, or the name of what it describes.
pub(super) fn name_of(value: &Value) -> Option<String> {
    match value {
        Value::String(words) => text(words),
        Value::Object(object) => text(object.get("name")?.as_str()?),
        Value::Array(items) => items.first().filter(|item| !item.is_array()).and_then(name_of),
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

/// The address in a value: a text, or the address of what it describes.
fn address_of(value: &Value) -> Option<String> {
    let object = || value.as_object().and_then(|o| o.get("url").or_else(|| o.get("@id")));
    Some(value.as_str().or_else(|| object()?.as_str())?.trim().to_owned())
}

/// An address of the web; other words are no licence's.
fn resolve(text: &str, url: Option<&WebUrl>) -> Option<WebUrl> {
    if text.contains("://") {
        return WebUrl::parse(text).ok();
    }
    text.starts_with('/').then(|| url?.join(text).ok()).flatten()
}

pub(super) fn text(words: &str) -> Option<String> {
    let line = one_line(&unescape(words));
    (!line.is_empty() && line.chars().count() <= MAX_CHARS).then_some(line)
}
