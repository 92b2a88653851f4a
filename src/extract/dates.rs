//! When a story was published and last changed: every place that a page says so, ranked. A
//! copyright line or a neighbour's teaser is never asked.

mod address;
mod dated_lines;
mod day_order;
mod local_days;
mod not_published;
mod time_elements;

use std::sync::LazyLock;

use serde_json::{Map, Value};

use super::date_parse::{self, ParsedDate};
use super::json_ld::types;
use super::parsed_page::ParsedPage;
use super::word_lists;
use crate::model::{DateFrom, Precision, Published, WebUrl};
use address::{day_first, day_folders, in_url};
use dated_lines::{in_text, last_change};
use local_days::{at_midnight, localised};
use time_elements::{best_time, node_date, time_element};

pub(super) use day_order::reading;

/// `<meta>` elements that state either, the most trusted first.
static PUBLISHED: LazyLock<Vec<&str>> = LazyLock::new(|| word_lists::meta_names("published"));
static MODIFIED: LazyLock<Vec<&str>> = LazyLock::new(|| word_lists::meta_names("modified"));

/// The header of HTTP, as pages repeat it.
const OF_SERVER: &str = "last-modified";

/// Publication and last change.
pub(super) struct Dates {
    pub(super) published: Option<(Published, DateFrom)>,
    pub(super) modified: Option<Published>,
}

/// Finds both. `story` is the first and last block of the story, where known.
pub(super) fn find(
    page: &ParsedPage,
    url: Option<&WebUrl>,
    story: Option<(usize, usize)>,
    articles: &[&Map<String, Value>],
    order: ParsedDate,
) -> Dates {
    let facts = &page.facts;
    let schema = |key: &str| {
        articles
            .iter()
            .filter_map(|a| a.get(key)?.as_str())
            .find_map(|t| date_parse::value(t, order))
    };
    let meta = |names: &[&str]| {
        names.iter().find_map(|n| facts.all_metas(n).find_map(|v| date_parse::value(v, order)))
    };
    let modified = schema("dateModified")
        .or_else(|| meta(&MODIFIED))
        .or_else(|| property(page, "dateModified", order));
    // What a server last wrote its file at is no publication, and says so under a name of its own.
    let of_server = facts.meta(&[OF_SERVER]).is_some()
        && schema("dateModified").is_none()
        && MODIFIED.iter().filter(|n| **n != OF_SERVER).all(|n| facts.meta(&[n]).is_none());
    let url_date = url.and_then(|u| in_url(u.as_url().path()));
    let published = schema("datePublished")
        .map(|p| (p, DateFrom::SchemaOrg))
        .or_else(|| {
            Some((
                meta(&[
                    "article:published_time",
                    "og:published_time",
                    "og:article:published_time",
                    "article:published",
                ])?,
                DateFrom::OpenGraph,
            ))
        })
        .or_else(|| Some((property(page, "datePublished", order)?, DateFrom::SchemaOrg)))
        .or_else(|| Some((meta(&PUBLISHED)?, DateFrom::Meta)))
        .or_else(|| Some((of_web_page(page, order)?, DateFrom::SchemaOrg)))
        .or_else(|| {
            Some((
                property(page, "uploadDate", order).or_else(|| meta(&["uploaddate"]))?,
                DateFrom::SchemaOrg,
            ))
        })
        .map(|(p, from)| {
            let day = url.and_then(|u| day_folders(u.as_url().path()).or_else(|| day_first(u)));
            (at_midnight(localised(p, day, page, order), page), from)
        })
        .map(|(p, from)| {
            let named = url_date.is_some_and(|day| day.at.date() == p.at.date());
            let seen = if named { None } else { first_published(p, modified, page, story, order) };
            seen.map_or((p, from), |seen| (seen, DateFrom::TimeElement))
        })
        .or_else(|| {
            // What stands in the page may be another story's; a day in the address is this one's.
            let seen = time_element(page, story, order)
                .filter(|p| !is_of_event(page, articles, p, order))
                .map(|p| (p, DateFrom::TimeElement))
                .or_else(|| {
                    Some((
                        schema("dateCreated").or_else(|| schema("uploadDate"))?,
                        DateFrom::SchemaOrg,
                    ))
                })
                .or_else(|| Some((in_text(page, story, order)?, DateFrom::Text)))
                .filter(|(p, _)| !is_of_event(page, articles, p, order));
            match (seen, url_date) {
                (Some((p, _)), Some(url)) if (p.at - url.at).whole_days().abs() > 1 => {
                    Some((url, DateFrom::Url))
                }
                (Some(seen), _) => Some(seen),
                (None, url) => url.map(|url| (url, DateFrom::Url)),
            }
        })
        .or_else(|| modified.filter(|_| !of_server).map(|p| (p, DateFrom::Meta)))
        .or_else(|| Some((last_change(page, order)?, DateFrom::Text)));
    Dates { published, modified }
}

/// The day that readers see beside the headline, where a page states its last change as its
/// publication: both at the same time, or the publication later.
fn first_published(
    stated: Published,
    modified: Option<Published>,
    page: &ParsedPage,
    story: Option<(usize, usize)>,
    order: ParsedDate,
) -> Option<Published> {
    if stated.precision == Precision::Day || modified?.at > stated.at {
        return None;
    }
    let (score, seen) = best_time(page, story, order)?;
    (score >= SURE_TIME && seen.at.date() < stated.at.date()).then_some(seen)
}

/// Score from which a `time` element is beside the headline.
const SURE_TIME: i32 = 0;

fn property(page: &ParsedPage, name: &str, order: ParsedDate) -> Option<Published> {
    let mut named =
        page.facts.properties.iter().filter(|(_, p)| p.split_ascii_whitespace().any(|p| p == name));
    named.find_map(|(id, _)| node_date(&page.dom, *id, order))
}

/// Whether a page announces an event, and a date is the day on which it takes place.
fn is_of_event(
    page: &ParsedPage,
    articles: &[&Map<String, Value>],
    found: &Published,
    order: ParsedDate,
) -> bool {
    let starts = |event: &Map<String, Value>| {
        let day = date_parse::value(event.get("startDate")?.as_str()?, order)?;
        Some(day.at.date() == found.at.date())
    };
    let mut events =
        page.facts.json_ld.objects().iter().filter(|o| types(o).any(|t| t.ends_with("Event")));
    articles.is_empty() && events.any(|event| starts(event) == Some(true))
}

/// A page that is no article by its own word may still be dated.
fn of_web_page(page: &ParsedPage, order: ParsedDate) -> Option<Published> {
    let pages =
        page.facts.json_ld.objects().iter().filter(|o| types(o).any(|t| t.ends_with("Page")));
    pages.filter_map(|o| o.get("datePublished")?.as_str()).find_map(|t| date_parse::value(t, order))
}
