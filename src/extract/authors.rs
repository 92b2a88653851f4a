//! Who wrote a story: people as separate names, without "By", titles, addresses; an organisation
//! only when it signs alone.

use html5ever::local_name;
use serde_json::{Map, Value};

use super::Read;
use super::blocks::Places;
use super::bylines::{
    BREAK, MAX_AUTHORS, byline_mark, is_organisation, looks_like_name, people, signature, submitted,
};
use super::json_ld::JsonLd;
use super::title::{self, letters};
use super::vocabulary::Topics;
use crate::model::WebUrl;

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
    url: Option<&WebUrl>,
    story: Option<(usize, usize)>,
    articles: &[&Map<String, Value>],
) -> Vec<String> {
    let json_ld = &read.facts.json_ld;
    let site = Site::of(read, url);
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
            || p.chars().any(|c| c.is_ascii_digit())
            || name.split_whitespace().any(|word| word.eq_ignore_ascii_case(p))
    })
}

/// The authors that the page's data names.
pub(super) fn of_data(names: &[String]) -> Vec<String> {
    people(names)
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
            .map_or_else(|| dom.parted_text(node, 300, BREAK), str::to_owned);
        out.push(text);
    }
    out.truncate(MAX_AUTHORS);
    out
}

fn links(read: &Read) -> Vec<String> {
    let dom = &read.dom;
    let own = read.facts.author_links.iter().filter(|id| is_own(dom, **id));
    own.map(|id| dom.parted_text(*id, 200, BREAK)).take(4).collect()
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
            let text = dom.parted_text(id, 200, BREAK);
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
        // A line of facts is named as an item too.
        let is_teaser = || said.has(Topics::TEASER) && dom.text(up, 2 * LINE).len() > LINE;
        said.has(Topics::COMMENT)
            || said.has(Topics::RELATED)
            || is_teaser()
            || is_apart(dom, up)
            || dom.name(up) == Some(&local_name!("footer"))
    })
}

/// Longest line of facts about a story, in bytes.
const LINE: usize = 80;

/// Longest text of an `aside` that may be a byline, in bytes.
const SHORT_ASIDE: usize = 160;

/// Whether an element is a menu, or an `aside` that is more than the story's byline.
fn is_apart(dom: &super::dom::Dom, id: super::dom::NodeId) -> bool {
    match dom.name(id) {
        Some(&local_name!("nav")) => true,
        Some(&local_name!("aside")) => {
            let is_other = |inner| {
                dom.name(inner).is_some_and(|n| {
                    matches!(
                        *n,
                        local_name!("h2")
                            | local_name!("h3")
                            | local_name!("h4")
                            | local_name!("article")
                    )
                })
            };
            dom.text(id, 2 * SHORT_ASIDE).len() > SHORT_ASIDE || dom.subtree(id).any(is_other)
        }
        _ => false,
    }
}

/// Names of classes for who signed a story that are words of their own in their languages.
const SIGNED: [&str; 16] = [
    "firma",
    "firmas",
    "signature",
    "signatur",
    "yazar",
    "muhabir",
    "penulis",
    "wartawan",
    "forfatter",
    "novinar",
    "avtor",
    "redaktor",
    "kirjoittaja",
    "szerzo",
    "tac-gia",
    "schrijver",
];

/// Attributes that name an element's part in a page beside `class`, as front ends write them.
const PARTS: [&str; 5] = ["data-component", "data-testid", "data-qa", "data-type", "data-role"];

/// The name of an element that says that it holds authors.
fn author_name(dom: &super::dom::Dom, id: super::dom::NodeId) -> Option<&str> {
    let class = dom.class(id);
    let says = |name: &str| {
        let signed = || name.split([' ', '-', '_']).any(|w| SIGNED.contains(&w));
        !name.is_empty() && (super::vocabulary::topics(name).has(Topics::AUTHOR) || signed())
    };
    if says(class) {
        return Some(class);
    }
    let mut parts = dom.attrs(id).iter().filter(|a| PARTS.contains(&&*a.name.local));
    parts.find(|a| says(&a.value)).map(|a| &*a.value)
}

/// Elements whose class names an author: the one that looks most like a byline, and its equals.
fn elements(read: &Read, story: Option<(usize, usize)>) -> Vec<String> {
    let dom = &read.dom;
    let node_of = |i: usize| i64::from(read.blocks.frame(&read.blocks.blocks[i]).node.0);
    let (first, last) =
        story.map_or((0, i64::MAX), |(first, last)| (node_of(first), node_of(last)));
    let mut found: Vec<(i64, i64, &str, String)> = Vec::new();
    for id in dom.subtree(super::dom::NodeId::ROOT) {
        let class = author_name(dom, id);
        let Some(class) = class.filter(|_| found.len() <= 40) else { continue };
        let mut text = dom.parted_text(id, 200, BREAK);
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
        let words = text.split(|c: char| c.is_whitespace() || c == BREAK);
        let single = words.filter(|w| !w.is_empty()).count() <= 3;
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
            || is_apart(dom, up)
            || dom.name(up) == Some(&local_name!("figure"))
    })
}

/// How much less a line at a story's end counts than one at its beginning, in blocks.
const END: usize = 4;

/// How much a line looks like a byline, and the names in it.
fn byline(line: &str, is_named: bool) -> Option<(i32, &str)> {
    if line.split_whitespace().count() > 20 || line.chars().count() > 160 {
        return None;
    }
    let submitted = submitted(line);
    let named = is_named || submitted.is_some();
    let signed = submitted.or_else(|| signature(line));
    let marked = byline_mark(line).is_some() || signed.is_some();
    if !named && !marked {
        return None;
    }
    let text = signed.unwrap_or(line);
    let names = people(&[text.to_owned()]);
    let whole = names.iter().all(|n| looks_like_name(n));
    if names.is_empty() || (!named && !whole) {
        return None;
    }
    let score = if named { 8 } else { 0 } + if marked { 8 } else { 0 } + if whole { 6 } else { 0 };
    Some((score, text))
}

/// Short lines near the story that are named as bylines, or read as one.
fn bylines(read: &Read, story: Option<(usize, usize)>) -> Vec<String> {
    let Some((first, last)) = story else { return Vec::new() };
    let blocks = &read.blocks;
    let mut best: Option<(i32, String)> = None;
    for i in first.saturating_sub(25)..blocks.blocks.len().min(last + 6) {
        let block = &blocks.blocks[i];
        let frame = blocks.frame(block);
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
        let is_named = near.has(Topics::AUTHOR);
        // Old pages part headline and byline by a line break only.
        for (line, is_first) in blocks.text(block).lines().take(3).zip([true, false, false]) {
            let Some((score, text)) = byline(line, is_named && is_first) else { continue };
            let away = i.abs_diff(first).min(i.abs_diff(last) + END);
            let score =
                score - i32::try_from(away.min(20)).unwrap_or(20) - if i > last { 6 } else { 0 };
            if best.as_ref().is_none_or(|(b, _)| score > *b) {
                best = Some((score, text.to_owned()));
            }
        }
    }
    best.filter(|(score, _)| *score > -6).map(|(_, text)| text).into_iter().collect()
}

/// What the publication and its owner are called, in letters and digits.
struct Site {
    names: Vec<String>,
    /// The lines that say whose the rights are.
    rights: Vec<String>,
}

/// Shortest name of an owner, in letters.
const MIN_OWNER: usize = 5;

impl Site {
    fn of(read: &Read, url: Option<&WebUrl>) -> Self {
        let said = read.facts.all_metas("copyright").chain(read.facts.all_metas("dc.rights"));
        Self {
            names: title::site_names(read, url).all(),
            rights: said.map(letters).chain(read.facts.json_ld.owners().map(letters)).collect(),
        }
    }

    /// Whether a name is the publication's, its owner's, or its staff's ("Herald Staff").
    fn is_named(&self, name: &str) -> bool {
        let name = letters(name);
        let is_site = self.names.iter().any(|site| {
            *site == name
                || (name.len() > 3 && site.contains(&name))
                || (site.len() > 5 && name.contains(site.as_str()))
        });
        let owns = || self.rights.iter().any(|line| line.contains(&name));
        is_site || (name.len() >= MIN_OWNER && owns())
    }
}
