//! Stories that are not in the page's elements: the `articleBody` of its JSON-LD, and the data that
//! its JavaScript application starts from (`__NEXT_DATA__` and its kin).
//!
//! Used only where the elements hold clearly less: a page's own text is what readers saw. The data has other stories and
//! notices too: a text whose object is called otherwise, and that shares nothing with what the page shows and says of its
//! story, stands for it only where the page shows nothing.

mod js_literal;
mod streamed_state;

use std::borrow::Cow;
use std::time::Duration;

use serde_json::{Map, Value};

use super::blocks::{Places, cut};
use super::class_names::ClassNames;
use super::markup::Source;
use super::page_articles;
use super::page_facts::Facts;
use super::parse::{Budget, parse};
use super::parsed_page::ParsedPage;
use super::text::one_line;
use super::vocabulary::Topics;
use super::word_overlap::{self, runs, words};
use super::{kind, rich_text};
use crate::char_references::unescape;
use crate::model::ExtractionMethod;
use crate::scripts::is_unspaced;

/// Below this a body found in the elements may be a teaser, in characters.
const SURE_CHARS: usize = 600;
/// How much longer the other text must be.
const LONGER: usize = 2;
/// Shortest paragraph counted in a page's data, in characters.
const PARAGRAPH_CHARS: usize = 80;
/// Shortest text with paragraphs marked up that is looked at in a page's data, and shortest other, in bytes; those of
/// scripts whose characters are words are as long in half.
const MARKED_UP: usize = 400;
const RUNNING_TEXT: usize = 1000;
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

/// Visible text up to which another story's text may stand for the page's own, in characters: a page that shows nothing.
const NOTHING: usize = 100;
/// Share of the word trigrams of what a page shows, or says of its story, that the same story has.
const SHARED: f32 = 0.3;

/// Whose a text in a page's data is, the likelier its own the higher.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Belongs {
    ToAnother,
    /// Nothing tells, and the page shows no story.
    Unknown,
    ToPage,
}

/// What tells a page's own story from the others in its data.
struct Own<'a> {
    facts: &'a Facts,
    /// What the page shows, and how it describes its story.
    told: Vec<Vec<u64>>,
    /// Whether the page shows some paragraphs of its own.
    shows_story: bool,
}

impl<'a> Own<'a> {
    fn of(page: &'a ParsedPage, in_dom: &str) -> Self {
        let texts = std::iter::once(in_dom).chain(page.facts.descriptions());
        let paragraphs = in_dom.lines().filter(|l| word_overlap::width(l) >= PARAGRAPH_CHARS);
        let shows_story = paragraphs.count() >= 2;
        Self { facts: &page.facts, told: texts.map(trigrams).collect(), shows_story }
    }

    /// A text that is called like the page, or tells what the page does, is its own.
    fn belongs(&self, found: &StoryInData) -> Belongs {
        let title = found.title.as_ref();
        if title.is_some_and(|title| page_articles::is_title(self.facts, &unescape(title)))
            || self.is_told_in(&found.body)
        {
            Belongs::ToPage
        } else if title.is_none() && !self.shows_story {
            Belongs::Unknown
        } else {
            Belongs::ToAnother
        }
    }

    fn is_told_in(&self, body: &str) -> bool {
        let body = trigrams(body);
        self.told.iter().filter(|told| !told.is_empty()).any(|told| {
            let shared = told.iter().filter(|run| body.binary_search(run).is_ok()).count();
            shared as f32 >= SHARED * told.len() as f32
        })
    }
}

/// The hashes of a text's word trigrams, in order.
fn trigrams(text: &str) -> Vec<u64> {
    let mut buffer = Vec::new();
    words(text, &mut buffer);
    let mut found: Vec<u64> = runs(&buffer, 3).collect();
    found.sort_unstable();
    found
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
    let own = Own::of(page, in_dom);
    let shows_nothing = word_overlap::width(in_dom) < NOTHING;
    let declared = page.facts.json_ld.articles().into_iter().filter_map(declared);
    let declared = declared.filter(|story| story.body.len() >= wanted);
    let belongs = |story: &StoryInData| own.belongs(story);
    // An article that describes itself is not another story of its data that is called otherwise.
    let is_described = kind::is_declared(&page.facts)
        && page.facts.descriptions().any(|text| word_overlap::width(text) >= NOTHING);
    let is_elsewhere = |story: &StoryInData| {
        let title = story.title.as_deref().filter(|_| is_described);
        title.is_some_and(|title| page_articles::is_of_another(&page.facts, &unescape(title)))
    };
    let is_taken = |whose: Belongs, story: &StoryInData| {
        whose > Belongs::ToAnother || (shows_nothing && !is_elsewhere(story))
    };
    let declared = declared
        .map(|story| (belongs(&story), story))
        .filter(|(whose, story)| is_taken(*whose, story))
        .max_by_key(|(whose, story)| (*whose, story.body.len()));
    // What is said of the story in JSON-LD is read with the page's other facts.
    if let Some((_, story)) = declared {
        return Some(StoryInData { title: None, ..story });
    }
    let scripts = source
        .scripts
        .iter()
        .filter(|s| !s.is_json_ld() && s.text.len() <= MAX_SCRIPT && s.text.len() > wanted);
    let states = scripts.filter_map(|s| {
        let value = value(s.text)?;
        let linked = streamed_state::linked(&value);
        story(linked.as_ref().unwrap_or(&value), &belongs)
    });
    let streamed = streamed_state::flight(source).and_then(|value| story(&value, &belongs));
    let found = states.chain(streamed).filter(|found| found.body.len() >= wanted);
    let found = found.map(|story| (belongs(&story), story));
    let found = found.filter(|(whose, story)| is_taken(*whose, story));
    found.max_by_key(|(whose, story)| (*whose, story.worth())).map(|(_, story)| story)
}

/// The body that a schema.org article states.
fn declared(article: &Map<String, Value>) -> Option<StoryInData> {
    let title = article.get("headline").or_else(|| article.get("name"));
    Some(StoryInData {
        body: lines(article.get("articleBody")?.as_str()?),
        method: ExtractionMethod::JsonLd,
        title: title.and_then(Value::as_str).map(str::to_owned),
        date: None,
        authors: Vec::new(),
    })
}

/// A script's JSON, JSON in its strings put in their place.
fn value(script: &str) -> Option<Value> {
    let mut value = read(script)?;
    let mut open = vec![(&mut value, 0)];
    while let Some((value, depth)) = open.pop() {
        if let Value::String(text) = value
            && text.len() > MARKED_UP
            && text.starts_with(['{', '['])
            && depth < MAX_NESTED
            && let Ok(inner) = serde_json::from_str(text)
        {
            *value = inner;
            open.push((value, depth + 1));
            continue;
        }
        match value {
            Value::Array(items) => open.extend(items.iter_mut().map(|item| (item, depth))),
            Value::Object(fields) => open.extend(fields.values_mut().map(|field| (field, depth))),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    Some(value)
}

/// How often JSON may stand in a string of JSON.
const MAX_NESTED: usize = 2;
/// Where the data of a script may begin, in bytes.
const HEAD: usize = 1000;

/// All of a script, the first object in its code, what it parses (`JSON.parse("...")`), or what a function returns for
/// its arguments.
fn read(script: &str) -> Option<Value> {
    if let Some(value) = js_literal::of_function(script) {
        return Some(value);
    }
    if script.trim_start().starts_with("{&q;") {
        return serde_json::from_str(&of_angular(script)).ok();
    }
    const PARSED: &str = "JSON.parse(\"";
    if let Some(at) = script.find(PARSED).filter(|at| *at < HEAD) {
        let text = &script[at + PARSED.len() - 1..];
        return serde_json::Deserializer::from_str(text).into_iter::<Value>().next()?.ok();
    }
    let start = if script.starts_with(['{', '[']) {
        0
    } else {
        script.find("{\"").filter(|at| *at < HEAD)?
    };
    serde_json::Deserializer::from_str(&script[start..]).into_iter::<Value>().next()?.ok()
}

/// The state that Angular hands from server to page, which has escapes of its own.
fn of_angular(script: &str) -> String {
    let marks = [("&q;", "\""), ("&s;", "'"), ("&l;", "<"), ("&g;", ">"), ("&a;", "&")];
    marks.iter().fold(script.to_owned(), |text, (escape, mark)| text.replace(escape, mark))
}

/// Whether a text runs on: it has several words.
fn is_running(text: &str) -> bool {
    text.contains(' ') || text.chars().filter(|c| is_unspaced(*c)).nth(RUNNING).is_some()
}

/// An object around a value, and how many are between them.
type Around<'a> = (&'a Map<String, Value>, usize);

/// How many objects may stand between a story and its text that are forms of it alone.
const FORMS: usize = 2;
/// Characters of a script without spaces that are several words.
const RUNNING: usize = 12;

/// The object with the longest running text, in one string or a list of paragraphs; before all one that
/// `belongs` to the page.
fn story(value: &Value, belongs: &dyn Fn(&StoryInData) -> Belongs) -> Option<StoryInData> {
    let mut best: Option<(Belongs, StoryInData)> = None;
    let mut open: Vec<(&Value, Option<Around<'_>>)> = vec![(value, None)];
    while let Some((value, around)) = open.pop() {
        let fields = match value {
            Value::Array(items) => {
                open.extend(items.iter().map(|item| (item, None)));
                continue;
            }
            Value::Object(fields) => fields,
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => continue,
        };
        // An object without a title is the form of one around it that has one: `body.root.children`.
        let titled = TITLES.iter().any(|name| fields.get(*name).and_then(text_of).is_some());
        let outer = around.filter(|(_, levels)| !titled && *levels < FORMS);
        let near = outer.map_or((fields, 0), |(outer, levels)| (outer, levels + 1));
        open.extend(fields.values().map(|field| (field, Some(near))));
        for field in fields.values() {
            let text = match field {
                Value::String(text)
                    if is_long(text) && is_running(text) && !text.starts_with(['{', '[']) =>
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
            let is_own = |whose: Belongs| whose == Belongs::ToPage;
            let is_beyond = |(whose, b): &(Belongs, StoryInData)| {
                is_own(*whose) && b.worth() >= TITLED * text.len()
            };
            if best.as_ref().is_some_and(is_beyond) {
                continue;
            }
            let found = described(text, fields, around.map(|(outer, _)| outer));
            let whose = belongs(&found);
            let is_better =
                |(was, b): &(Belongs, StoryInData)| (whose, found.worth()) > (*was, b.worth());
            if best.as_ref().is_none_or(is_better) {
                best = Some((whose, found));
            }
        }
    }
    best.map(|(_, story)| story)
}

/// Fewest long lines of a text in paragraphs.
const LINES: usize = 3;

/// Whether a text may be a story: long, or less long in paragraphs.
fn is_long(text: &str) -> bool {
    let is_longer = |least: usize| {
        text.len() > least
            || (text.len() > least / 2
                && text.chars().filter(|c| is_unspaced(*c)).count() > least / 8)
    };
    is_longer(RUNNING_TEXT) || (is_longer(MARKED_UP) && is_in_paragraphs(text))
}

fn is_in_paragraphs(text: &str) -> bool {
    let lines = || text.lines().filter(|line| line.len() >= PARAGRAPH_CHARS);
    text.contains("</p>") || text.contains("\n\n") || lines().count() >= LINES
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
    // What static sites keep in a page's head.
    let head = fields.get("frontmatter").and_then(Value::as_object);
    let in_head = |names: &[&str]| head.and_then(|head| first(head, names));
    let title = first(fields, &TITLES).or_else(|| in_head(&TITLES));
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
        date: date(fields).or_else(|| in_head(&DATES)).or_else(|| date(around?)),
        authors: signed(fields)
            .or_else(|| signed(head?))
            .or_else(|| signed(around?))
            .unwrap_or_default(),
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
    let named = |fields: &Map<String, Value>| {
        let keys = ["name", "fullName", "displayName", "title"];
        keys.iter().find_map(|key| fields.get(*key)?.as_str()).map(str::to_owned)
    };
    // Content management systems put an entry's fields into an object of their own.
    let inside = |fields: &Map<String, Value>| {
        ["node", "fields", "attributes"]
            .iter()
            .find_map(|key| named(fields.get(*key)?.as_object()?))
    };
    let one = |value: &Value| match value {
        Value::String(name) => Some(name.clone()),
        Value::Object(fields) => named(fields).or_else(|| inside(fields)),
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

/// Whether an entry of a list is a story of its own, with a title: no paragraph of another.
fn is_titled_story(item: &Value) -> bool {
    let Value::Object(fields) = item else { return false };
    TITLES.iter().any(|name| fields.get(*name).and_then(text_of).is_some())
        && fields.values().filter_map(Value::as_str).any(is_long)
}

/// A list of paragraphs: strings, objects with one text each, or what an editor makes of them.
fn paragraphs(items: &[Value]) -> Option<String> {
    let mut out = String::new();
    for item in items.iter().filter(|item| !is_titled_story(item)) {
        for text in rich_text::lines(item) {
            if text.len() <= 20 || !is_running(&text) {
                continue;
            }
            if !out.is_empty() {
                out.push('\n');
            }
            out.push_str(&lines(&text));
        }
    }
    (out.len() > PARAGRAPH_CHARS * 2 && out.contains('\n')).then_some(out)
}

/// Text that may be HTML as lines, one per block; captions and notices by name are left out.
fn lines(text: &str) -> String {
    // Markup that was escaped once or twice more on its way into the data.
    let mut unescaped = Cow::Borrowed(text);
    for escape in ["&amp;lt;", "&lt;"] {
        if !unescaped.contains('<') && unescaped.contains(escape) {
            unescaped = Cow::Owned(unescape(&unescaped));
        }
    }
    let text = unescaped.as_ref();
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
        assert_eq!(
            story(&value(&script).unwrap(), &|_| Belongs::Unknown).unwrap().body,
            format!("{long}\n{long}")
        );
        let script = format!(
            "{{\"deployDt\": \"2026.01.29 18:40\", \"menuDt\": \"x\", \"text\": [\"{long}\", \"{long}\"]}}"
        );
        let found = story(&value(&script).unwrap(), &|_| Belongs::Unknown).unwrap();
        assert_eq!(found.date.as_deref(), Some("2026.01.29 18:40"));
    }

    #[test]
    fn states_of_more_systems_have_text_and_authors() {
        let long = "A sentence that is long enough to be a paragraph of a story, and then a bit more of it.";
        let body = format!("<p>{long}</p><p>{long} Again.</p>").repeat(4);
        let page = serde_json::json!({"title": "A bridge", "body": body, "author": "Jo Poe"});
        let angular = page.to_string().replace('"', "&q;").replace('<', "&l;").replace('>', "&g;");
        let entry = serde_json::json!({"title": "A bridge", "body": body, "author": {"node": {"name": "Jo Poe"}}});
        let site = serde_json::json!({"html": body, "frontmatter": {"title": "A bridge", "author": "Jo Poe"}});
        for script in [angular, entry.to_string(), site.to_string()] {
            let found = story(&value(&script).unwrap(), &|_| Belongs::Unknown).unwrap();
            assert_eq!(
                (found.title.as_deref(), &found.authors[..]),
                (Some("A bridge"), &["Jo Poe".to_owned()][..])
            );
        }
    }

    #[test]
    fn lines_are_blocks() {
        assert_eq!(lines("<p>a  b</p><p>c &amp; d</p>\n\n\ne"), "a b\nc & d\ne");
        assert_eq!(lines("a  b\n\nc &amp; d"), "a b\nc & d");
        assert_eq!(lines("&lt;p&gt;a&lt;/p&gt;&lt;p&gt;b&lt;/p&gt;"), "a\nb");
        assert_eq!(lines("&amp;lt;p&amp;gt;a&amp;lt;/p&amp;gt;&amp;lt;p&amp;gt;b"), "a\nb");
    }
}
