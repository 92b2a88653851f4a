//! Who wrote a story: people as separate names, without "By", titles, addresses; an organisation
//! only when it signs alone.

use html5ever::local_name;
use serde_json::{Map, Value};

use super::Read;
use super::blocks::Places;
use super::json_ld::JsonLd;
use super::text::one_line;
use super::title::unescape;
use super::vocabulary::Topics;

/// More names than this are a list of contributors, not a byline.
const MAX_AUTHORS: usize = 20;
/// Longest name, in characters.
const MAX_NAME: usize = 60;

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
    let stated = articles
        .iter()
        .map(|a| people(&schema(a, json_ld)))
        .find(|names| !names.is_empty())
        .unwrap_or_default();
    // A stated list is kept as it stands but for the publication's own name beside people.
    let site = |n: &String| names_site(n, read);
    if stated.iter().any(|n| !is_organisation(n) && !site(n)) {
        return stated.into_iter().filter(|n| !site(n)).collect();
    }
    let mut organisations = stated;
    for (source, must_look) in [
        (metas(read), false),
        (properties(read), false),
        (links(read), true),
        (elements(read, story), true),
        (bylines(read, story), true),
    ] {
        let names = people(&source);
        let (none, some): (Vec<String>, Vec<String>) =
            names.into_iter().partition(|n| is_organisation(n) || site(n));
        let alike =
            !must_look || organisations.is_empty() || some.iter().all(|n| looks_like_name(n));
        if !some.is_empty() && alike {
            return some;
        }
        if organisations.is_empty() {
            organisations = none;
        }
    }
    organisations
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
    let of_story = |id: &&super::dom::NodeId| {
        !dom.ancestors(**id).take(8).any(|up| {
            let said = super::vocabulary::topics(dom.class(up));
            said.has(Topics::COMMENT)
                || said.has(Topics::RELATED)
                || said.has(Topics::TEASER)
                || dom.name(up).is_some_and(|n| {
                    matches!(*n, local_name!("aside") | local_name!("footer") | local_name!("nav"))
                })
        })
    };
    read.facts.author_links.iter().filter(of_story).map(|id| dom.text(*id, 200)).take(4).collect()
}

/// Elements whose class names an author: the one that looks most like a byline, and its equals.
fn elements(read: &Read, story: Option<(usize, usize)>) -> Vec<String> {
    let dom = &read.dom;
    let node_of = |i: usize| i64::from(read.blocks.frame(&read.blocks.blocks[i]).node.0);
    let (first, last) =
        story.map_or((0, i64::MAX), |(first, last)| (node_of(first), node_of(last)));
    let mut found: Vec<(i64, &str, String)> = Vec::new();
    for id in dom.subtree(super::dom::NodeId::ROOT) {
        let class = dom.class(id);
        if class.is_empty()
            || found.len() > 40
            || !super::vocabulary::topics(class).has(Topics::AUTHOR)
        {
            continue;
        }
        let text = dom.text(id, 200);
        let names = people(std::slice::from_ref(&text));
        if text.chars().count() > 120 || names.is_empty() || names.len() > 6 || !in_story(dom, id) {
            continue;
        }
        let lower = class.to_lowercase();
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
        score -= ((at - first).abs() / 60).min(8) + if at > last { 4 } else { 0 };
        score -= if ["bio", "about", "info", "image", "avatar", "desc"]
            .iter()
            .any(|w| lower.contains(w))
        {
            4
        } else {
            0
        };
        let single = text.split_whitespace().count() <= 3;
        score -= if single { 0 } else { 2 };
        found.push((score, class, text));
    }
    let Some((best, class)) = found.iter().map(|(s, c, _)| (*s, *c)).max_by_key(|(s, _)| *s) else {
        return Vec::new();
    };
    if best < 0 {
        return Vec::new();
    }
    found
        .into_iter()
        .filter(|(s, c, _)| *c == class && *s >= best - 1)
        .map(|(_, _, text)| text)
        .take(6)
        .collect()
}

/// Whether an element is not in a comment, a teaser or the page's frame.
fn in_story(dom: &super::dom::Dom, id: super::dom::NodeId) -> bool {
    !dom.ancestors(id).take(10).any(|up| {
        let said = super::vocabulary::topics(dom.class(up));
        said.has(Topics::COMMENT)
            || said.has(Topics::RELATED)
            || dom.name(up).is_some_and(|n| matches!(*n, local_name!("aside") | local_name!("nav")))
    })
}

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
            || frame.places.has(Places::NAV)
            || frame.places.has(Places::ASIDE)
            || near.has(Topics::TEASER)
        {
            continue;
        }
        let text = blocks.text(block);
        let named = near.has(Topics::AUTHOR);
        let signed = signature(text);
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
            - ((i as i32 - first as i32).abs()).min(20);
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

/// Words that open a byline, lower case.
const MARKS: [&str; 38] = [
    "by ",
    "by: ",
    "written by ",
    "words by ",
    "story by ",
    "reporting by ",
    "text by ",
    "von ",
    "von: ",
    "autor: ",
    "autorin: ",
    "text: ",
    "author: ",
    "par ",
    "por ",
    "di ",
    "door ",
    "av ",
    "af ",
    "tekst: ",
    "text ",
    "autor ",
    "auteur : ",
    "posted by ",
    "authors: ",
    "a cura di ",
    "auteur: ",
    "autore: ",
    "redaktion: ",
    "interview: ",
    "artikel von ",
    "verfasst von ",
    "geschrieben von ",
    "gespeichert von ",
    "published by ",
    "author ",
    "tekst ",
    "redactie: ",
];

/// The rest of a line that opens like a byline.
fn byline_mark(text: &str) -> Option<&str> {
    let trimmed = text.trim_start_matches(|c: char| !c.is_alphanumeric());
    MARKS.iter().find_map(|mark| {
        let head = trimmed.get(..mark.len())?;
        head.to_lowercase().eq(mark).then(|| &trimmed[mark.len()..])
    })
}

/// The name in a line such as `3 May 2024 | by Jane Doe | Comments`.
fn signature(text: &str) -> Option<&str> {
    let lower = text.to_lowercase();
    // Offsets are of use only where lower case keeps lengths.
    (lower.len() == text.len()).then_some(())?;
    [" von ", " by ", " par ", " por ", " door ", " av ", " af ", "von: ", "autor: "]
        .iter()
        .find_map(|mark| {
            let start = lower.find(mark)? + mark.len();
            let rest = text.get(start..)?;
            let lower = lower.get(start..)?;
            let marks =
                rest.find(['|', '•', '·', ',', '@', '(', '/', '–', '[']).unwrap_or(rest.len());
            let words = [" am ", " on ", " um ", " in ", " at ", " le ", " - ", " / "]
                .iter()
                .filter_map(|w| lower.find(w))
                .min()
                .unwrap_or(rest.len());
            let digit = rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len());
            let name = rest[..marks.min(words).min(digit)].trim();
            looks_like_name(name).then_some(name)
        })
}

/// Two to four capitalised words.
fn looks_like_name(name: &str) -> bool {
    let words: Vec<&str> = name.split_whitespace().collect();
    (2..=4).contains(&words.len())
        && words.iter().all(|w| {
            w.chars().next().is_some_and(char::is_uppercase)
                || matches!(
                    *w,
                    "de" | "van"
                        | "von"
                        | "der"
                        | "den"
                        | "da"
                        | "di"
                        | "del"
                        | "la"
                        | "le"
                        | "dos"
                        | "el"
                        | "al"
                        | "bin"
                        | "ter"
                        | "zu"
                )
        })
        && !name.chars().any(|c| c.is_ascii_digit())
}

/// Parts what sources say into names.
fn people(texts: &[String]) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for text in texts {
        let line = one_line(&unescape(&super::features::without_tags(text)));
        for part in split(&line) {
            if let Some(name) = clean(part)
                && !out.iter().any(|o| o.eq_ignore_ascii_case(&name))
                && out.len() < MAX_AUTHORS
            {
                out.push(name);
            }
        }
    }
    out
}

/// Parts a byline at its separators.
fn split(line: &str) -> Vec<&str> {
    let mut parts = vec![line];
    for separator in [
        ";", "|", " / ", "/", ",", " and ", " und ", " et ", " & ", " y ", " e ", " och ", " og ",
        " en ", " with ", " mit ", " • ", " · ", " – ", " - ", "\u{2022}", " AND ", " für ",
        " for ", " in ", " from ", " aus ",
    ] {
        parts = parts.into_iter().flat_map(|p| p.split(separator)).collect();
    }
    parts
}

/// Words that make a part a title or a note, not a name; lower case.
const NOT_NAMES: [&str; 70] = [
    "editor",
    "reporter",
    "correspondent",
    "writer",
    "journalist",
    "contributor",
    "columnist",
    "producer",
    "analyst",
    "senior",
    "chief",
    "bureau",
    "director",
    "manager",
    "fellow",
    "professor",
    "photographer",
    "redakteur",
    "redakteurin",
    "korrespondent",
    "korrespondentin",
    "volontär",
    "volontärin",
    "journaliste",
    "rédacteur",
    "redactor",
    "redactora",
    "periodista",
    "giornalista",
    "redacteur",
    "verslaggever",
    "updated",
    "published",
    "posted",
    "aktualisiert",
    "uhr",
    "min",
    "read",
    "zur",
    "artikelübersicht",
    "hinterlasse",
    "uncategorized",
    "organization",
    "phd",
    "text",
    "comments",
    "kommentare",
    "http",
    "www",
    "@",
    "twitter",
    "facebook",
    "follow",
    "email",
    "e-mail",
    "photo",
    "foto",
    "view",
    "profile",
    "more",
    "all",
    "articles",
    "posts",
    "about",
    "autor",
    "author",
    "today",
    "yesterday",
    "ago",
    "copyright",
];

/// A name without what stands around it.
fn clean(part: &str) -> Option<String> {
    let mut part = part.trim();
    while let Some(rest) = byline_mark(part) {
        part = rest.trim();
    }
    if let Some(at) = part.find(['(', '[', '<']) {
        part = part[..at].trim();
    }
    let part =
        part.trim_matches(|c: char| !(c.is_alphanumeric() || matches!(c, '.' | '’' | '\''))).trim();
    let lower = part.to_lowercase();
    let words = part.split_whitespace().count();
    let digits = part.chars().filter(char::is_ascii_digit).count();
    let noted =
        lower.split(|c: char| !c.is_alphanumeric() && c != '@').any(|w| NOT_NAMES.contains(&w));
    let refused = part.chars().count() < 2
        || part.chars().count() > MAX_NAME
        || words > 6
        || digits > 2
        || noted
        || lower.contains('@')
        || matches!(
            lower.as_str(),
            "admin"
                | "administrator"
                | "unknown"
                | "null"
                | "undefined"
                | "none"
                | "by"
                | "von"
                | "root"
                | "user"
                | "guest"
                | "anonymous"
                | "author name"
                | "webmaster"
                | "online"
                | "redaktion online"
        );
    (!refused).then(|| part.to_owned())
}

/// Whether a name is an agency's, a desk's or a publication's.
fn is_organisation(name: &str) -> bool {
    const WORDS: [&str; 30] = [
        "redaktion",
        "redaction",
        "rédaction",
        "redacción",
        "redazione",
        "redactie",
        "redakcja",
        "news",
        "desk",
        "team",
        "press",
        "agency",
        "agence",
        "agentur",
        "zeitung",
        "magazin",
        "magazine",
        "online",
        "media",
        "newsroom",
        "editorial",
        "gmbh",
        "inc",
        "ltd",
        "verlag",
        "tv",
        "radio",
        "post",
        "times",
        "network",
    ];
    const AGENCIES: [&str; 14] = [
        "afp",
        "dpa",
        "reuters",
        "ap",
        "associated press",
        "pa media",
        "ansa",
        "efe",
        "apa",
        "sda",
        "tt",
        "ntb",
        "ritzau",
        "xinhua",
    ];
    let lower = name.to_lowercase();
    AGENCIES.contains(&lower.as_str())
        || [".com", ".de", ".net", ".org", ".at", ".ch"].iter().any(|end| lower.ends_with(end))
        || lower.split(|c: char| !c.is_alphanumeric()).any(|w| WORDS.contains(&w))
}

/// Whether a name is the publication's own.
fn names_site(name: &str, read: &Read) -> bool {
    let site = read.facts.meta(&["og:site_name"]).unwrap_or_default().to_lowercase();
    let lower = name.to_lowercase();
    !site.is_empty() && (lower == site || (site.contains(&lower) && lower.len() > 3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_bylines_into_people() {
        let read = |text: &str| of_byline(text);
        assert_eq!(
            read("By Jane Doe and John O’Neill, Senior Editor"),
            ["Jane Doe", "John O’Neill"]
        );
        assert_eq!(
            read("Von Anna-Lena Müller und Max Weiß (dpa)"),
            ["Anna-Lena Müller", "Max Weiß"]
        );
        assert_eq!(read("Jane Doe; Jane Doe; jd@example.org"), ["Jane Doe"]);
        assert_eq!(read("Updated 3 May 2024"), Vec::<String>::new());
        assert_eq!(read("Par <a href='x'>Zoé Ruiz</a>"), ["Zoé Ruiz"]);
    }
}
