//! A page, parsed and cut into blocks: what every part of extraction reads.

use std::time::Duration;

use super::error::Error;
use super::settings::Settings;
use super::{blocks, class_names, dom, json_ld, markup, page_facts, parse};

/// A page, parsed and cut up.
pub(super) struct ParsedPage {
    pub(super) dom: dom::Dom,
    pub(super) names: class_names::ClassNames,
    pub(super) blocks: blocks::Blocks,
    pub(super) facts: page_facts::Facts,
}

pub(super) fn read(source: &markup::Source<'_>, settings: &Settings) -> Result<ParsedPage, Error> {
    let allowed = Duration::from_millis(settings.time_budget_ms);
    let budget = parse::Budget { max_nodes: settings.max_nodes, time: allowed };
    let dom = parse::parse(source.pieces.iter().copied(), budget)
        .map_err(|parse::TooSlow| Error::TooSlow { budget_ms: settings.time_budget_ms })?;
    let json_ld =
        json_ld::JsonLd::read(source.scripts.iter().filter(|s| s.is_json_ld()).map(|s| s.text));
    let facts = page_facts::Facts::collect(&dom, json_ld);
    let names = class_names::ClassNames::of(&dom);
    let blocks = blocks::cut(&dom, &names);
    Ok(ParsedPage { dom, names, blocks, facts })
}

/// The first `max` bytes, to a character's end.
pub(super) fn head_of(html: &str, max: usize) -> &str {
    let mut end = html.len().min(max);
    while !html.is_char_boundary(end) {
        end -= 1;
    }
    &html[..end]
}
