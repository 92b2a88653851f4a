//! One record as one page for people: the article with what was found in it marked, the topics
//! with their reasons, a map of the places, and where each fact came from.
//!
//! The page stands alone (`standalone`): no script, no picture, no font, nothing fetched. Whatever
//! the story says is written as text, and only `http` and `https` addresses become links. A record is read as JSON rather than through the wire structs: records of older versions
//! lack fields, and a page with a gap beats none.

mod article;
mod facts;
mod land;
mod map;
mod names;
mod spans;
mod value;

use maud::{Markup, html};
use serde_json::Value;

use crate::{language_table, standalone};
use value::{list, number, text};

const STYLE: &str = include_str!("inspect/style.css");

/// What there is to show.
#[derive(Clone, Copy, Debug)]
pub struct Inspection<'a> {
    /// The record, `news-ingest/record/1`.
    pub record: &'a Value,
    /// Stage and milliseconds, in the order of the stages; empty for a record read from elsewhere,
    /// which tells its own two times.
    pub timings: &'a [(&'a str, f64)],
    /// Whether the lead picture is shown, and so loaded from its site.
    pub images: bool,
    /// Text blocks of the page that are not in the article, in the page's order; empty where the
    /// page is not at hand.
    pub cut: &'a [String],
}

/// Writes the page.
#[must_use]
pub fn page(inspection: &Inspection<'_>) -> String {
    let record = inspection.record;
    let title = text(record, "/item/headlines/0/value").unwrap_or("Story without a headline");
    let language = text(record, "/tags/language/code").filter(|code| *code != "und");
    let facts = language.and_then(language_table::facts);
    let direction = if facts.is_some_and(|facts| facts.is_right_to_left) { "rtl" } else { "ltr" };
    let body = html! {
        a.skip href="#article" { "Skip to the article" }
        header.top { (top(record)) }
        div.columns {
            main #article lang=[language] dir=(direction) tabindex="-1" {
                (article::article(record, inspection.images))
            }
            aside aria-label="What was found" {
                (facts::topics(record))
                (map::places(record))
                (names::entities(record))
                (facts::quotes(record))
                (facts::amounts(record))
                (facts::terms(record))
            }
            section.below aria-label="How it came about" {
                (facts::origins(record))
                (facts::timings(record, inspection.timings))
                (cut(inspection.cut))
                (raw(record))
            }
        }
        footer {
            "Made by news-ingest. This page runs nothing and loads "
            @if inspection.images { "the lead picture only." } @else { "nothing." }
        }
    };
    let picture = text(record, "/item/renditions/0/href").and_then(value::link);
    let origin = picture.filter(|_| inspection.images).and_then(value::origin);
    standalone::document(title, STYLE, origin.as_deref(), &body)
}

fn top(record: &Value) -> Markup {
    let counts = [
        (list(record, "/tags/entities").len(), "name", "names"),
        (list(record, "/tags/quotes").len(), "quote", "quotes"),
        (list(record, "/tags/amounts").len(), "amount", "amounts"),
    ];
    let words = number(record, "/item/bodies/0/wordCount");
    html! {
        span.brand { "news-ingest" span.thin { " / inspect" } }
        ul.glance {
            @if let Some(topic) = text(record, "/tags/topics/0/name") { li.lead { (topic) } }
            @if let Some(code) = text(record, "/tags/language/code") { li { abbr title="Language" { (code) } } }
            @if let Some(words) = words { li { (words) " words" } }
            @for (count, one, more) in counts { li { (count) " " (if count == 1 { one } else { more }) } }
            @if let Some(relation) = text(record, "/tags/relation") {
                li.warn { (relation) " of " code { (text(record, "/tags/duplicateOf").unwrap_or("another")) } }
            }
        }
    }
}

fn cut(blocks: &[String]) -> Markup {
    html! {
        @if !blocks.is_empty() {
            details.card #cut {
                summary { h2 { "Cut from the page" } span.count { (blocks.len()) } }
                p.note { "Text on the page that was not taken for the article." }
                ol.cut { @for block in blocks { li { (block) } } }
            }
        }
    }
}

fn raw(record: &Value) -> Markup {
    let json = serde_json::to_string_pretty(record).expect("a JSON value has string keys");
    html! {
        details.card #record {
            summary { h2 { "The record" } span.count { (json.len() / 1024 + 1) " KiB" } }
            pre tabindex="0" { code { (json) } }
        }
    }
}
