//! The schema.org articles of a page that are its own: pages name those that they lead to as well.

use serde_json::{Map, Value};

use super::page_facts::Facts;
use super::word_hashes;

/// Fewest articles in a page's data that are other pages'.
const OTHERS: usize = 4;

/// The page's schema.org articles; those that are called like the page first.
pub(super) fn articles(facts: &Facts) -> Vec<&Map<String, Value>> {
    let mut articles = facts.json_ld.articles();
    let names: Vec<&str> = facts
        .meta(&["og:title"])
        .into_iter()
        .chain(facts.title.as_deref())
        .chain(facts.headings.iter().map(|(_, h)| h.as_str()))
        .collect();
    let called = |a: &Map<String, Value>| {
        let called =
            a.get("headline").or_else(|| a.get("name")).and_then(Value::as_str).unwrap_or_default();
        names.iter().any(|name| word_hashes::likeness(called, name) > 0.5)
    };
    // Many articles of which none is called like the page are those that it leads to.
    if articles.len() >= OTHERS && !articles.iter().any(|a| called(a)) {
        return Vec::new();
    }
    articles.sort_by_key(|a| !called(a));
    articles
}
