//! Who wrote a story: people as separate names, without "By", titles, addresses; an organisation
//! only when it signs alone.

use html5ever::local_name;
use serde_json::{Map, Value};

use super::Read;
use super::blocks::Places;
use super::bylines::{
    MAX_AUTHORS, byline_mark, is_organisation, looks_like_name, people, signature, submitted,
};
use super::json_ld::JsonLd;
use super::title::letters;
use super::vocabulary::Topics;

const METAS: [&str; 14] = [
    "author",
    "article:author",
    "og:article:author",
    "authors",
    "byl",
    "dc.creator",
    "dcterms.creator",
    "dc.author",
    "parsely-author",
    "sailthru.author",
    "cxenseparse:author",
    "article.author",
    "rnews:author",
    "creator",
];

/// The authors, in the page's order. `articles` are the page's schema.org statements, the most
/// telling first.
pub(super) fn find(
    read: &Read,
    story: Option<(usize, usize)>,
    articles: &[&Map<String, Value>],
) -> Vec<String> {
    let json_ld = &read.facts.json_ld;
    let site = Site::of(read);
    let stated = articles
        .iter()
        .map(|a| people(&schema(a, json_ld)))
        .find(|names| !names.is_empty())
        .unwrap_or_default();
    // The first people found, unless they are login names or the like, and the first organisations.
    let (mut weak, mut organisations) = (Vec::new(), Vec::new());
    // A stated list is kept as it stands but for the publication's own name beside people.
    if stated.iter().any(|n| !is_organisation(n) && !site.is_named(n)) {
        let names: Vec<String> = stated.into_iter().filter(|n| !site.is_named(n)).collect();
        if !names.iter().all(|n| is_partial(n)) {
            return names;
        }
        weak = names;
    } else {
        organisations = stated;
    }
    let sources: [(&dyn Fn() -> Vec<String>, bool); 6] = [
        (&|| metas(read), false),
        (&|| properties(read), false),
        (&|| links(read), true),
        (&|| elements(read, story), true),
        (&|| profiles(read, story), true),
        (&|| bylines(read, story), true),
    ];
    for (source, must_look) in sources {
        let (none, some): (Vec<String>, Vec<String>) =
            people(&source()).into_iter().partition(|n| is_organisation(n) || site.is_named(n));
        let full = some.iter().all(|n| looks_like_name(n));
        if !some.is_empty() {
            let completes = weak.is_empty() || (full && some.iter().any(|n| completes(n, &weak)));
            let alike = full || !must_look || organisations.is_empty();
            if completes && alike {
                if !some.iter().all(|n| is_partial(n)) {
                    return some;
                }
                weak = some;
            }
        }
        if organisations.is_empty() {
            organisations = none;
        }
    }
    if weak.is_empty() { organisations } else { weak }
}

/// Whether a name may be less than a person's whole name: a login, a first name.
fn is_partial(name: &str) -> bool {
    !name.contains(' ') && name.is_ascii()
}

/// Whether a person's whole name may stand in place of partial ones: it has them in it, or they are
/// logins, which say nothing.
fn completes(name: &str, partial: &[String]) -> bool {
    partial.iter().any(|p| {
        !p.chars().any(char::is_uppercase)
            || name.split_whitespace().any(|word| word.eq_ignore_ascii_case(p))
    })
}

/// The producer's byline, parted into names.
pub(super) fn of_byline(text: &str) -> Vec<String> {
    people(&[text.to_owned()])
}

fn schema(article: &Map<String, Value>, json_ld: &JsonLd) -> Vec<String> {
    let mut out = Vec::new();
    for key in ["author", "creator"] {
        let Some(value) = article.get(key) else { continue };
        let many = match value {
            Value::Array(items) => items.as_slice(),
            other => std::slice::from_ref(other),
        };
        for item in many {
            match item {
                Value::String(name) => out.push(name.clone()),
                Value::Object(object) => {
                    let known = object
                        .get("name")
                        .or_else(|| json_ld.by_id(object.get("@id")?.as_str()?)?.get("name"));
                    match known {
                        Some(Value::String(name)) => out.push(name.clone()),
                        Some(Value::Array(names)) => {
                            out.extend(names.iter().filter_map(|n| n.as_str().map(str::to_owned)))
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

fn metas(read: &Read) -> Vec<String> {
    for name in METAS {
        let found: Vec<String> =
            read.facts.all_metas(name).filter(|v| !v.contains("://")).map(str::to_owned).collect();
        if !people(&found).is_empty() {
            return found;
        }
    }
    // What analytics services call it: `vr:author`, `DCSext.author`, `article:byline`.
    let named = read.facts.metas.iter().find(|(name, value)| {
        let last = name.rsplit([':', '.', '-', '_']).next().unwrap_or_default();
        matches!(last, "author" | "authors" | "byline")
            && name.len() > last.len()
            && !name.starts_with("book:")
            && !value.contains("://")
            && !people(std::slice::from_ref(value)).is_empty()
    });
    if let Some((_, value)) = named {
        return vec![value.clone()];
    }
    // "Written by" and its value, as plug-ins write them for link previews.
    for (label, data) in [("twitter:label1", "twitter:data1"), ("twitter:label2", "twitter:data2")]
    {
        let said = read.facts.meta(&[label]).unwrap_or_default().to_lowercase();
        if [
            "written by",
            "verfasst von",
            "geschrieben von",
            "écrit par",
            "escrito por",
            "scritto da",
            "geschreven door",
            "skriven av",
            "skrevet av",
            "skrevet af",
            "napisane przez",
            "autor",
        ]
        .iter()
        .any(|l| said.starts_with(l))
        {
            return read.facts.meta(&[data]).map(str::to_owned).into_iter().collect();
        }
    }
    Vec::new()
}

fn properties(read: &Read) -> Vec<String> {
    let dom = &read.dom;
    let mut out = Vec::new();
    for (id, property) in &read.facts.properties {
        if !property.split_ascii_whitespace().any(|p| p == "author" || p == "creator") {
            continue;
        }
        // A comment's author is not the story's.
        if dom
            .ancestors(*id)
            .take(8)
            .any(|up| super::vocabulary::topics(dom.class(up)).has(Topics::COMMENT))
        {
            continue;
        }
        let name = dom
            .subtree(*id)
            .find(|inner| dom.attr(*inner, &local_name!("itemprop")) == Some("name"));
        let node = name.unwrap_or(*id);
        let text = dom
            .attr(node, &local_name!("content"))
            .map_or_else(|| dom.text(node, 300), str::to_owned);
        out.push(text);
    }
    out.truncate(MAX_AUTHORS);
    out
}

fn links(read: &Read) -> Vec<String> {
    let dom = &read.dom;
    let own = read.facts.author_links.iter().filter(|id| is_own(dom, **id));
    own.map(|id| dom.text(*id, 200)).take(4).collect()
}

/// Folders of addresses that people's pages stand in.
const PROFILES: [&str; 30] = [
    "author",
    "authors",
    "autor",
    "autores",
    "autoren",
    "autorin",
    "auteur",
    "auteurs",
    "autore",
    "autori",
    "autorzy",
    "by",
    "byline",
    "columnist",
    "columnists",
    "contributor",
    "contributors",
    "forfatter",
    "journalist",
    "journalists",
    "journalistes",
    "people",
    "person",
    "profile",
    "profil",
    "redakteur",
    "reporter",
    "staff",
    "staff-contributors",
    "writers",
];

/// How far from a story's first block a link to its author's page stands, in nodes.
const NEAR_NODES: i64 = 400;
/// How far apart the links to the authors of one story stand, in nodes.
const BESIDE_NODES: i64 = 30;

/// Links to people's pages near the story's beginning: the nearest, and those beside it.
fn profiles(read: &Read, story: Option<(usize, usize)>) -> Vec<String> {
    let Some((first, _)) = story else { return Vec::new() };
    let dom = &read.dom;
    let first = i64::from(read.blocks.frame(&read.blocks.blocks[first]).node.0);
    let mut found: Vec<(i64, String)> = Vec::new();
    for id in dom.subtree(super::dom::NodeId::ROOT) {
        let at = i64::from(id.0);
        if at > first + NEAR_NODES {
            break;
        }
        if at < first - NEAR_NODES || dom.name(id) != Some(&local_name!("a")) {
            continue;
        }
        let Some(href) = dom.attr(id, &local_name!("href")) else { continue };
        let path = href.split(['?', '#']).next().unwrap_or_default();
        let mut folders = path.split('/').rev().skip(1);
        if folders.any(|f| PROFILES.contains(&f.to_ascii_lowercase().as_str())) && is_own(dom, id) {
            let text = dom.text(id, 200);
            let names = people(std::slice::from_ref(&text));
            if !names.is_empty() && names.iter().all(|n| looks_like_name(n)) {
                found.push((at, text));
            }
        }
    }
    let Some(nearest) = found.iter().map(|(at, _)| *at).min_by_key(|at| (at - first).abs()) else {
        return Vec::new();
    };
    let beside = found.into_iter().filter(|(at, _)| (at - nearest).abs() <= BESIDE_NODES);
    beside.map(|(_, text)| text).take(6).collect()
}

/// Whether an element is not in a comment, a teaser of another story or the page's frame.
fn is_own(dom: &super::dom::Dom, id: super::dom::NodeId) -> bool {
    !dom.ancestors(id).take(8).any(|up| {
        let said = super::vocabulary::topics(dom.class(up));
        said.has(Topics::COMMENT)
            || said.has(Topics::RELATED)
            || said.has(Topics::TEASER)
            || dom.name(up).is_some_and(|n| {
                matches!(*n, local_name!("aside") | local_name!("footer") | local_name!("nav"))
            })
    })
}

/// Elements whose class names an author: the one that looks most like a byline, and its equals.
fn elements(read: &Read, story: Option<(usize, usize)>) -> Vec<String> {
    let dom = &read.dom;
    let node_of = |i: usize| i64::from(read.blocks.frame(&read.blocks.blocks[i]).node.0);
    let (first, last) =
        story.map_or((0, i64::MAX), |(first, last)| (node_of(first), node_of(last)));
    let mut found: Vec<(i64, i64, &str, String)> = Vec::new();
    for id in dom.subtree(super::dom::NodeId::ROOT) {
        let class = dom.class(id);
        if class.is_empty()
            || found.len() > 40
            || !super::vocabulary::topics(class).has(Topics::AUTHOR)
        {
            continue;
        }
        let mut text = dom.text(id, 200);
        let boxed = text.chars().count() > 120;
        if boxed {
            text = heading_of_box(dom, id);
        }
        let names = people(std::slice::from_ref(&text));
        if names.is_empty()
            || names.len() > 6
            || (boxed && !names.iter().all(|n| looks_like_name(n)))
            || !in_story(dom, id)
            || in_teaser(dom, id, &text)
        {
            continue;
        }
        let lower = class.to_lowercase();
        if ["license", "licence", "credit", "photo", "copyright"].iter().any(|w| lower.contains(w))
        {
            continue;
        }
        let at = i64::from(id.0);
        let mut score = if ["author", "byline", "autor", "auteur", "redakteur"]
            .iter()
            .any(|w| lower.contains(w))
        {
            6
        } else {
            0
        };
        score += if names.iter().all(|n| looks_like_name(n)) { 10 } else { 0 };
        score -=
            ((at - first).abs().min((at - last).abs()) / 60).min(8) + if at > last { 4 } else { 0 };
        score -= if ["bio", "about", "info", "image", "avatar", "desc"]
            .iter()
            .any(|w| lower.contains(w))
        {
            4
        } else {
            0
        };
        // As the hCard and hAtom formats mark authors.
        score +=
            if lower.split_ascii_whitespace().any(|w| matches!(w, "vcard" | "author" | "byline")) {
                3
            } else {
                0
            };
        score -= if boxed { 6 } else { 0 };
        let single = text.split_whitespace().count() <= 3;
        score -= if single { 0 } else { 2 };
        found.push((score, at, class, text));
    }
    let Some((best, place, class)) =
        found.iter().map(|(s, at, c, _)| (*s, *at, *c)).rev().max_by_key(|(s, ..)| *s)
    else {
        return Vec::new();
    };
    if best < 0 {
        return Vec::new();
    }
    found
        .into_iter()
        .filter(|(s, at, c, _)| {
            *c == class && *s >= best - 1 && (at - place).abs() <= 2 * BESIDE_NODES
        })
        .map(|(_, _, _, text)| text)
        .take(6)
        .collect()
}

/// Whether an element stands in a link that says more than it: a teaser, all of it clickable.
fn in_teaser(dom: &super::dom::Dom, id: super::dom::NodeId, text: &str) -> bool {
    let mut links = dom.ancestors(id).take(8).filter(|up| dom.name(*up) == Some(&local_name!("a")));
    links.any(|link| dom.text(link, 400).len() > text.len() + 40)
}

/// How far into a box about an author its name is looked for, in nodes.
const BOX_NODES: usize = 60;

/// What stands first in a box about an author: a heading, a link or bold text.
fn heading_of_box(dom: &super::dom::Dom, id: super::dom::NodeId) -> String {
    let is_heading = |inner: &super::dom::NodeId| {
        dom.name(*inner).is_some_and(|n| {
            matches!(
                *n,
                local_name!("h2")
                    | local_name!("h3")
                    | local_name!("h4")
                    | local_name!("h5")
                    | local_name!("h6")
                    | local_name!("strong")
                    | local_name!("b")
                    | local_name!("a")
            )
        })
    };
    let mut texts =
        dom.subtree(id).take(BOX_NODES).filter(is_heading).map(|inner| dom.text(inner, 200));
    texts.find(|text| !text.is_empty()).unwrap_or_default()
}

/// Whether an element is not in a comment, a teaser or the page's frame.
fn in_story(dom: &super::dom::Dom, id: super::dom::NodeId) -> bool {
    !dom.ancestors(id).take(10).any(|up| {
        let said = super::vocabulary::topics(dom.class(up));
        said.has(Topics::COMMENT)
            || said.has(Topics::RELATED)
            || said.has(Topics::CAPTION)
            || dom.name(up).is_some_and(|n| {
                matches!(*n, local_name!("aside") | local_name!("nav") | local_name!("figure"))
            })
    })
}

/// How much less a line at a story's end counts than one at its beginning, in blocks.
const END: usize = 4;

/// Short lines near the story that are named as bylines, or read as one.
fn bylines(read: &Read, story: Option<(usize, usize)>) -> Vec<String> {
    let Some((first, last)) = story else { return Vec::new() };
    let blocks = &read.blocks;
    let mut best: Option<(i32, String)> = None;
    for i in first.saturating_sub(25)..blocks.blocks.len().min(last + 6) {
        let block = &blocks.blocks[i];
        let frame = blocks.frame(block);
        if block.words > 20 || block.chars > 160 {
            continue;
        }
        let near = frame.near.with(block.inline);
        if near.has(Topics::COMMENT)
            || near.has(Topics::RELATED)
            || near.has(Topics::CAPTION)
            || frame.places.has(Places::NAV)
            || frame.places.has(Places::ASIDE)
            || frame.places.has(Places::FIGURE)
            || near.has(Topics::TEASER)
        {
            continue;
        }
        let text = blocks.text(block);
        let submitted = submitted(text);
        let named = near.has(Topics::AUTHOR) || submitted.is_some();
        let signed = submitted.or_else(|| signature(text));
        let marked = byline_mark(text).is_some() || signed.is_some();
        if !named && !marked {
            continue;
        }
        let text = signed.unwrap_or(text);
        let names = people(&[text.to_owned()]);
        if names.is_empty() || (!named && !names.iter().all(|n| looks_like_name(n))) {
            continue;
        }
        let mut score = if named { 8 } else { 0 } + if marked { 8 } else { 0 }
            - (i.abs_diff(first).min(i.abs_diff(last) + END) as i32).min(20);
        score += if i > last { -6 } else { 0 };
        if names.iter().all(|n| looks_like_name(n)) {
            score += 6;
        }
        if best.as_ref().is_none_or(|(b, _)| score > *b) {
            best = Some((score, text.to_owned()));
        }
    }
    best.filter(|(score, _)| *score > -6).map(|(_, text)| text).into_iter().collect()
}

/// What the publication is called, in letters and digits.
struct Site(String);

impl Site {
    fn of(read: &Read) -> Self {
        Self(letters(read.facts.meta(&["og:site_name"]).unwrap_or_default()))
    }

    /// Whether a name is the publication's, or its staff's ("Herald Staff").
    fn is_named(&self, name: &str) -> bool {
        let name = letters(name);
        !self.0.is_empty()
            && (name == self.0
                || (name.len() > 3 && self.0.contains(&name))
                || (self.0.len() > 5 && name.contains(&self.0)))
    }
}
