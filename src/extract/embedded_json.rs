//! Stories that are not in the page's elements: the `articleBody` of its JSON-LD, and the data that
//! its JavaScript application starts from (`__NEXT_DATA__` and its kin).
//!
//! Used only where the elements hold clearly less: a page's own text is what readers saw.

use std::time::Duration;

use serde_json::{Map, Value};

use super::blocks::{Places, cut};
use super::class_names::ClassNames;
use super::literal;
use super::markup::Source;
use super::parse::{Budget, parse};
use super::parsed_page::ParsedPage;
use super::payload;
use super::text::{one_line, unescape};
use super::vocabulary::Topics;
use crate::model::ExtractionMethod;

/// Below this a body found in the elements may be a teaser, in characters.
const SURE_CHARS: usize = 600;
/// How much longer the other text must be.
const LONGER: usize = 2;
/// Shortest paragraph counted in a page's data, in characters.
const PARAGRAPH_CHARS: usize = 80;
/// Shortest text with paragraphs marked up that is looked at in a page's data, in bytes.
const MARKED_UP: usize = 400;
/// Largest script parsed, in bytes.
const MAX_SCRIPT: usize = 4 * 1024 * 1024;

/// A story found in a page's data.
pub(super) struct StoryInData {
    pub(super) body: String,
    pub(super) method: ExtractionMethod,
    /// What the same object calls itself.
    pub(super) title: Option<String>,
    /// When the same object says it was published, as written.
    pub(super) date: Option<String>,
    /// Whom the same object names as its authors.
    pub(super) authors: Vec<String>,
}

/// How much more a text counts whose object has a title and a date: the same text often stands in the data
/// a second time, as it is rendered.
const TITLED: usize = 3;

impl StoryInData {
    fn worth(&self) -> usize {
        let facts = usize::from(self.title.is_some()) + usize::from(self.date.is_some());
        self.body.len() * (1 + facts)
    }
}

/// What the page's data holds, where that is clearly more than the elements do.
pub(super) fn better_than(
    in_dom: &str,
    page: &ParsedPage,
    source: &Source<'_>,
) -> Option<StoryInData> {
    if in_dom.len() >= SURE_CHARS {
        return None;
    }
    let wanted = in_dom.len().max(100) * LONGER;
    let articles = page.facts.json_ld.articles();
    let declared = articles
        .into_iter()
        .filter_map(|a| a.get("articleBody")?.as_str())
        .map(lines)
        .max_by_key(String::len);
    if let Some(body) = declared
        && body.len() >= wanted
    {
        return Some(StoryInData {
            body,
            method: ExtractionMethod::JsonLd,
            title: None,
            date: None,
            authors: Vec::new(),
        });
    }
    let scripts = source
        .scripts
        .iter()
        .filter(|s| !s.is_json_ld() && s.text.len() <= MAX_SCRIPT && s.text.len() > wanted);
    let states = scripts.filter_map(|s| {
        let value = value(s.text)?;
        let linked = payload::linked(&value);
        story(linked.as_ref().unwrap_or(&value))
    });
    let streamed = payload::flight(source).and_then(|value| story(&value));
    let found = states.chain(streamed).max_by_key(StoryInData::worth);
    found.filter(|f| f.body.len() >= wanted)
}

/// A script's JSON: all of it, or the first object in its code, or what a function returns for its arguments.
fn value(script: &str) -> Option<Value> {
    if let Some(value) = literal::of_function(script) {
        return Some(value);
    }
    let start = if script.starts_with(['{', '[']) {
        0
    } else {
        script.find("{\"").filter(|at| *at < 1000)?
    };
    serde_json::Deserializer::from_str(&script[start..]).into_iter::<Value>().next()?.ok()
}

/// The object with the longest running text, in one string or a list of paragraphs.
fn story(value: &Value) -> Option<StoryInData> {
    let mut best: Option<StoryInData> = None;
    let mut open: Vec<(&Value, Option<&Map<String, Value>>)> = vec![(value, None)];
    while let Some((value, around)) = open.pop() {
        let fields = match value {
            Value::Array(items) => {
                open.extend(items.iter().map(|item| (item, None)));
                continue;
            }
            Value::Object(fields) => fields,
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => continue,
        };
        open.extend(fields.values().map(|field| (field, Some(fields))));
        for field in fields.values() {
            let text = match field {
                Value::String(text)
                    if (text.len() > 1000 || (text.len() > MARKED_UP && text.contains("</p>")))
                        && text.contains(' ')
                        && !text.starts_with(['{', '[']) =>
                {
                    lines(text)
                }
                Value::Array(items) => match paragraphs(items) {
                    Some(text) => text,
                    None => continue,
                },
                Value::Null
                | Value::Bool(_)
                | Value::Number(_)
                | Value::String(_)
                | Value::Object(_) => continue,
            };
            if best.as_ref().is_some_and(|b| b.worth() >= TITLED * text.len()) {
                continue;
            }
            let found = described(text, fields, around);
            if best.as_ref().is_none_or(|b| found.worth() > b.worth()) {
                best = Some(found);
            }
        }
    }
    best
}

const TITLES: [&str; 5] = ["headline", "title", "headlines", "webTitle", "name"];
const AUTHORS: [&str; 7] =
    ["authors", "author", "byline", "credits", "creator", "writers", "contributors"];
const DATES: [&str; 13] = [
    "datePublished",
    "publishedAt",
    "published_at",
    "publishDate",
    "publish_date",
    "publicationDate",
    "firstPublished",
    "first_publish_date",
    "display_date",
    "published",
    "createdAt",
    "created_at",
    "date",
];

/// A text with what its object says of it; where the object is no more than the text's form (`content.rendered`),
/// what the object around it says.
fn described(
    body: String,
    fields: &Map<String, Value>,
    around: Option<&Map<String, Value>>,
) -> StoryInData {
    let first = |fields: &Map<String, Value>, names: &[&str]| {
        names.iter().find_map(|n| text_of(fields.get(*n)?)).map(str::to_owned)
    };
    let signed = |fields: &Map<String, Value>| {
        AUTHORS.iter().find_map(|key| Some(names(fields.get(*key)?)).filter(|n| !n.is_empty()))
    };
    let title = first(fields, &TITLES);
    let around = around.filter(|_| title.is_none());
    let named = |fields: &Map<String, Value>| {
        let mut named = fields.iter().filter(|(key, _)| names_publication(key));
        named.find_map(|(_, value)| value.as_str()).map(str::to_owned)
    };
    let date = |fields: &Map<String, Value>| first(fields, &DATES).or_else(|| named(fields));
    StoryInData {
        body,
        method: ExtractionMethod::State,
        title: title.or_else(|| first(around?, &TITLES)),
        date: date(fields).or_else(|| date(around?)),
        authors: signed(fields).or_else(|| signed(around?)).unwrap_or_default(),
    }
}

/// A text, or the text in an object that has it in several forms: `{"basic": ...}`, `{"rendered": ...}`.
fn text_of(value: &Value) -> Option<&str> {
    value.as_str().or_else(|| {
        let forms = value.as_object()?;
        ["basic", "rendered", "text"].iter().find_map(|form| forms.get(*form)?.as_str())
    })
}

/// The names in a field: a text, an object with a name, or a list of either.
fn names(value: &Value) -> Vec<String> {
    let one = |value: &Value| match value {
        Value::String(name) => Some(name.clone()),
        Value::Object(fields) => ["name", "fullName", "displayName", "title"]
            .iter()
            .find_map(|key| fields.get(*key)?.as_str())
            .map(str::to_owned),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => None,
    };
    match value {
        Value::Array(items) => items.iter().filter_map(one).take(8).collect(),
        // `credits` have lists of those who wrote it, drew it and so on.
        Value::Object(fields) if fields.get("by").is_some_and(Value::is_array) => {
            fields.get("by").map(names).unwrap_or_default()
        }
        other => one(other).into_iter().collect(),
    }
}

/// Whether a field says when its object came out: `publishDt`, `deployedAt`, `release_time`.
fn names_publication(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    ["publish", "deploy", "release", "issue", "posted"].iter().any(|word| key.starts_with(word))
        && ["date", "dt", "time", "at"].iter().any(|word| key.ends_with(word))
}

/// A list of paragraphs: strings, or objects with one text each.
fn paragraphs(items: &[Value]) -> Option<String> {
    let mut out = String::new();
    for item in items {
        let text = match item {
            Value::String(text) => Some(text.as_str()),
            Value::Object(fields) => ["text", "content", "value", "html", "body", "paragraph"]
                .iter()
                .find_map(|k| fields.get(*k)?.as_str()),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => None,
        };
        let Some(text) = text.filter(|t| t.contains(' ') && t.len() > 20) else { continue };
        if !out.is_empty() {
            out.push('\n');
        }
        out.push_str(&lines(text));
    }
    (out.len() > PARAGRAPH_CHARS * 2 && out.contains('\n')).then_some(out)
}

/// Text that may be HTML as lines, one per block; captions and notices by name are left out.
fn lines(text: &str) -> String {
    // Markup that was escaped once more on its way into the data.
    let unescaped;
    let mut text = text;
    if !text.contains('<') && text.contains("&lt;") {
        unescaped = unescape(text);
        text = &unescaped;
    }
    if !text.contains('<') {
        let plain = unescape(text);
        return plain
            .lines()
            .map(one_line)
            .filter(|l| !l.is_empty())
            .collect::<Vec<_>>()
            .join("\n");
    }
    let budget = Budget { max_nodes: 50_000, time: Duration::from_secs(1) };
    let Ok(dom) = parse(std::iter::once(text), budget) else { return String::new() };
    let blocks = cut(&dom, &ClassNames::of(&dom));
    let unwanted = [Topics::CAPTION, Topics::RELATED, Topics::AD, Topics::AUTHOR, Topics::SHARE];
    let kept = blocks.blocks.iter().filter(|b| {
        let frame = blocks.frame(b);
        !frame.places.has(Places::FIGURE) && !unwanted.iter().any(|t| frame.near.has(*t))
    });
    kept.map(|b| blocks.text(b)).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_list_of_paragraphs_in_a_state() {
        let long = "A sentence that is long enough to be a paragraph of a story, and then a bit more of it.";
        let script = format!(
            "window.__STATE__ = {{\"menu\": [\"Home\", \"Sport\"], \"page\": {{\"body\": [{{\"text\": \"<p>{long}</p>\"}}, {{\"text\": \"{long}\"}}]}}}}; run();"
        );
        assert_eq!(story(&value(&script).unwrap()).unwrap().body, format!("{long}\n{long}"));
        let script = format!(
            "{{\"deployDt\": \"2026.01.29 18:40\", \"menuDt\": \"x\", \"text\": [\"{long}\", \"{long}\"]}}"
        );
        let found = story(&value(&script).unwrap()).unwrap();
        assert_eq!(found.date.as_deref(), Some("2026.01.29 18:40"));
    }

    #[test]
    fn lines_are_blocks() {
        assert_eq!(lines("<p>a  b</p><p>c &amp; d</p>\n\n\ne"), "a b\nc & d\ne");
        assert_eq!(lines("a  b\n\nc &amp; d"), "a b\nc & d");
        assert_eq!(lines("&lt;p&gt;a&lt;/p&gt;&lt;p&gt;b&lt;/p&gt;"), "a\nb");
    }
}
