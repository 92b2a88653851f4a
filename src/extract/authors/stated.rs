//! Authors as a page's data states them: schema.org, `<meta>`, microdata.
//!
//! Refuses addresses as names, authors of comments and of teasers. What a template calls an organisation is believed
//! only if not everyone is one.

use std::sync::LazyLock;

use serde_json::{Map, Value};

use super::seen::{BESIDE_NODES, NEAR_NODES};
use crate::extract::byline_words::{BREAK, LIST};
use crate::extract::bylines::{MAX_AUTHORS, people};
use crate::extract::dom::{Attr, NodeId};
use crate::extract::enclosing_elements::around;
use crate::extract::json_ld::{self, JsonLd};
use crate::extract::parsed_page::ParsedPage;
use crate::extract::person_names::{is_organisation, looks_like_name};
use crate::extract::vocabulary::Topics;
use crate::extract::word_lists;

/// `<meta>` elements that name authors.
static META_NAMES: LazyLock<Vec<&str>> = LazyLock::new(|| word_lists::meta_names("author"));
/// What plug-ins call authors in link previews.
static WRITTEN_BY: LazyLock<Vec<&str>> = LazyLock::new(|| word_lists::words(LIST, "plugin-label"));

/// Authors that a schema.org statement calls organisations.
pub(super) fn typed_organisations(article: &Map<String, Value>) -> Vec<String> {
    let many = match article.get("author") {
        Some(Value::Array(items)) => items.as_slice(),
        Some(other) => std::slice::from_ref(other),
        None => &[],
    };
    let typed = many.iter().filter_map(Value::as_object);
    let typed = typed.filter(|o| json_ld::types(o).any(|t| t.ends_with("Organization")));
    let names = typed.filter_map(|o| o.get("name")?.as_str().map(str::to_owned));
    // Some templates call everyone an organisation.
    names.filter(|name| name.split(' ').count() != 2 || !looks_like_name(name)).collect()
}

pub(super) fn schema(article: &Map<String, Value>, json_ld: &JsonLd) -> Vec<String> {
    let mut out = Vec::new();
    for key in ["author", "creator"] {
        let Some(value) = article.get(key) else { continue };
        let many = match value {
            Value::Array(items) => items.as_slice(),
            other => std::slice::from_ref(other),
        };
        for item in many {
            match item {
                Value::String(name) => out.extend(named(name)),
                Value::Object(object) => {
                    // A role has the person in it under the same name.
                    let object = match object.get(key).and_then(Value::as_object) {
                        Some(inner) if json_ld::types(object).any(|t| t == "Role") => inner,
                        _ => object,
                    };
                    let known = object
                        .get("name")
                        .or_else(|| json_ld.by_id(object.get("@id")?.as_str()?)?.get("name"));
                    match known {
                        Some(Value::String(name)) => out.extend(named(name)),
                        None => out.extend(in_parts(object)),
                        Some(Value::Array(names)) => {
                            out.extend(names.iter().filter_map(|n| n.as_str().map(str::to_owned)));
                        }
                        _ => {}
                    }
                }
                Value::Array(inner) => out.extend(
                    inner.iter().filter_map(|v| v.get("name")?.as_str().map(str::to_owned)),
                ),
                Value::Null | Value::Bool(_) | Value::Number(_) => {}
            }
        }
        if !out.is_empty() {
            break;
        }
    }
    out
}

/// A stated name: none where it is an address; `Lind, Anna` in the order of speech.
fn named(name: &str) -> Option<String> {
    if name.contains("://") || name.starts_with('/') {
        return None;
    }
    let is_word = |part: &str| {
        !part.is_empty()
            && part.chars().all(|c| c.is_alphabetic() || matches!(c, '-' | '’' | '\''))
            && part.starts_with(char::is_uppercase)
            && !is_organisation(part)
    };
    let inverted = name.split_once(',').map(|(last, first)| (last.trim(), first.trim()));
    match inverted.filter(|(last, first)| is_word(last) && is_word(first)) {
        Some((last, first)) => Some(format!("{first} {last}")),
        None => Some(name.to_owned()),
    }
}

/// A person's name stated in its parts.
fn in_parts(object: &Map<String, Value>) -> Option<String> {
    let part = |key: &str| object.get(key).and_then(Value::as_str).map(str::trim);
    Some(format!("{} {}", part("givenName")?, part("familyName")?))
}

/// What `<meta>` elements say: the first that names a person, else the first that names anybody. Templates put the
/// owner of the site in one and the author in another.
pub(super) fn metas(page: &ParsedPage, is_person: &dyn Fn(&String) -> bool) -> Vec<String> {
    let mut others = Vec::new();
    for name in META_NAMES.iter() {
        let found: Vec<String> = page.facts.all_metas(name).filter_map(named).collect();
        let names = people(&found);
        if names.iter().any(is_person) {
            return found;
        }
        if others.is_empty() && !names.is_empty() {
            others = found;
        }
    }
    if others.is_empty() { of_services(page) } else { others }
}

/// What `<meta>` elements of analytics services and link previews say.
fn of_services(page: &ParsedPage) -> Vec<String> {
    // What analytics services call it: `vr:author`, `DCSext.author`, `article:byline`.
    let found = page.facts.metas.iter().find(|(name, value)| {
        let last = name.rsplit([':', '.', '-', '_']).next().unwrap_or_default();
        matches!(last, "author" | "authors" | "byline")
            && name.len() > last.len()
            && !name.starts_with("book:")
            && named(value).is_some()
            && !people(std::slice::from_ref(value)).is_empty()
    });
    if let Some((_, value)) = found {
        return named(value).into_iter().collect();
    }
    // "Written by" and its value, as plug-ins write them for link previews.
    for (label, data) in [("twitter:label1", "twitter:data1"), ("twitter:label2", "twitter:data2")]
    {
        let said = page.facts.meta(&[label]).unwrap_or_default().to_lowercase();
        if WRITTEN_BY.iter().any(|l| said.starts_with(l)) {
            return page.facts.meta(&[data]).map(str::to_owned).into_iter().collect();
        }
    }
    Vec::new()
}

/// Whether all elements stand below the story.
fn is_below(page: &ParsedPage, story: Option<(usize, usize)>, all: &[NodeId]) -> bool {
    story.is_some_and(|(_, last)| {
        let last = page.blocks.frame(&page.blocks.blocks[last]).node;
        all.iter().all(|id| *id > last)
    })
}

/// Authors in microdata: those nearest to the story's beginning, and those beside them. The others are those of
/// teasers.
pub(super) fn properties(page: &ParsedPage, story: Option<(usize, usize)>) -> Vec<String> {
    let dom = &page.dom;
    let named = page.facts.properties.iter().filter(|(_, property)| {
        property.split_ascii_whitespace().any(|p| p == "author" || p == "creator")
    });
    // A comment's author is not the story's.
    let says_comment = |up| page.names.topics(up).has(Topics::COMMENT);
    let is_comment = |id: NodeId| dom.ancestors(id).take(8).any(says_comment);
    let mut own: Vec<NodeId> = named.map(|(id, _)| *id).filter(|id| !is_comment(*id)).collect();
    // Those of a teaser are another story's; where all are, names of elements say nothing.
    let of_teaser = |id: &NodeId| {
        let mut around = around(page, story, *id);
        around.any(|up| page.names.topics(up).has(Topics::RELATED))
    };
    if !own.iter().all(of_teaser) || is_below(page, story, &own) {
        own.retain(|id| !of_teaser(id));
    }
    let last =
        story.map_or(u32::MAX, |(_, last)| page.blocks.frame(&page.blocks.blocks[last]).node.0);
    if own.iter().any(|id| id.0 <= last) {
        own.retain(|id| id.0 <= last);
    }
    let first = story.map(|(first, _)| page.blocks.frame(&page.blocks.blocks[first]).node);
    let away = |a: NodeId, b: NodeId| (i64::from(a.0) - i64::from(b.0)).abs();
    let nearest = first.and_then(|first| {
        let before = own.iter().rev().find(|id| id.0 <= first.0 && away(**id, first) <= NEAR_NODES);
        before.copied().or_else(|| own.iter().copied().min_by_key(|id| away(*id, first)))
    });
    let mut out = Vec::new();
    for id in own {
        if nearest.is_some_and(|nearest| away(id, nearest) > 2 * BESIDE_NODES) {
            continue;
        }
        let name = dom.subtree(id).find(|inner| dom.attr(*inner, Attr::Itemprop) == Some("name"));
        let node = name.unwrap_or(id);
        let text = dom
            .attr(node, Attr::Content)
            .map_or_else(|| dom.parted_text(node, 300, BREAK), str::to_owned);
        out.push(text);
    }
    out.truncate(MAX_AUTHORS);
    out
}
