//! Which articles in a page's data are the page's own: pages also list the stories that they link to.

use serde_json::{Map, Value};

use super::page_facts::Facts;
use super::text::letters;
use super::{json_ld, word_overlap};

/// Fewest articles in a page's data that are other pages'.
const OTHERS: usize = 4;

/// The page's schema.org articles; those that are called like the page first.
pub(super) fn articles(facts: &Facts) -> Vec<&Map<String, Value>> {
    let mut articles = facts.json_ld.articles();
    let called = |a: &Map<String, Value>| {
        let title = a.get("headline").or_else(|| a.get("name")).and_then(Value::as_str);
        title.is_some_and(|title| is_title(facts, title))
    };
    let has_own = articles.iter().any(|a| called(a));
    // Many articles of which none is called like the page are those that it leads to.
    if articles.len() >= OTHERS && !has_own {
        return Vec::new();
    }
    // What is called otherwise is another's beside the page's own, in a list, and where it is no story by its kind.
    let may_be_others =
        |a| has_own || is_beside(a) || facts.json_ld.is_listed(a) || is_of_elsewhere(facts, a);
    articles.retain(|a| called(a) || !is_called(a) || !may_be_others(a));
    articles.sort_by_key(|a| !called(a));
    articles
}

/// Likeness of titles that have next to no word in common.
const UNLIKE: f32 = 0.15;

/// Whether an article has nothing of what the page's title and heading say, and does not say that it is at the
/// page's address: a story that the page leads to.
fn is_of_elsewhere(facts: &Facts, article: &Map<String, Value>) -> bool {
    let title = article.get("headline").or_else(|| article.get("name")).and_then(Value::as_str);
    let Some(title) = title else { return false };
    let Some(name) = facts.title.as_deref().or_else(|| facts.meta(&["og:title"])) else {
        return false;
    };
    let is_long = |text: &str| text.split_whitespace().count() >= AGREED_WORDS;
    let agrees = |heading: &str| is_long(name) || letters(name).contains(&letters(heading));
    let mut headings = facts.headings.iter().map(|(_, heading)| heading.as_str());
    let Some(heading) = headings.find(|heading| is_long(heading) && agrees(heading)) else {
        return false;
    };
    let states_address =
        ["url", "mainEntityOfPage", "@id"].iter().any(|key| article.contains_key(*key));
    !states_address && is_unlike(title, heading) && is_unlike(title, name)
}

/// Whether two titles have next to no word in common.
fn is_unlike(title: &str, name: &str) -> bool {
    word_overlap::likeness(title, name) < UNLIKE
}

/// Whether a title has next to no word in common with any that the page has.
pub(super) fn is_of_another(facts: &Facts, title: &str) -> bool {
    let headings = facts.headings.iter().map(|(_, heading)| heading.as_str());
    let mut names =
        facts.meta(&["og:title"]).into_iter().chain(facts.title.as_deref()).chain(headings);
    names.all(|name| is_unlike(title, name))
}

/// Fewest words of a heading that says what the page is about.
const AGREED_WORDS: usize = 4;

/// Whether an object has a title.
fn is_called(object: &Map<String, Value>) -> bool {
    object.contains_key("headline") || object.contains_key("name")
}

/// Whether an object may be what stands beside a story: a film, a recipe, what is reviewed.
fn is_beside(object: &Map<String, Value>) -> bool {
    let mut types = json_ld::types(object);
    types.all(|kind| !kind.ends_with("Article") && !kind.ends_with("BlogPosting"))
}

/// Whether a title is much like what the page is called, in its head or in a heading.
pub(super) fn is_title(facts: &Facts, title: &str) -> bool {
    let headings = facts.headings.iter().map(|(_, heading)| heading.as_str());
    let mut names =
        facts.meta(&["og:title"]).into_iter().chain(facts.title.as_deref()).chain(headings);
    names.any(|name| word_overlap::likeness(title, name) > 0.5)
}
