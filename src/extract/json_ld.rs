//! schema.org statements of a page, from its JSON-LD scripts: read tolerantly, since publishers
//! write them with templates, and looked through without recursion.

use serde_json::{Map, Value};

use crate::char_references::unescape;

/// Objects looked at on a page; more is a catalogue, not an article.
const MAX_OBJECTS: usize = 4096;

/// The schema.org objects of a page.
#[derive(Debug, Default)]
pub(super) struct JsonLd {
    objects: Vec<Map<String, Value>>,
    /// Of each object, whether it is an entry of a list: another page's, where there are several.
    listed: Vec<bool>,
}

impl JsonLd {
    /// Reads every script; those that can't be read are left out.
    pub(super) fn read<'a>(scripts: impl Iterator<Item = &'a str>) -> Self {
        let mut out = Self::default();
        for script in scripts {
            if let Some(value) = parse(script) {
                out.flatten(value);
            }
        }
        out
    }

    pub(super) fn objects(&self) -> &[Map<String, Value>] {
        &self.objects
    }

    /// Whether one of the objects is an entry of a list.
    pub(super) fn is_listed(&self, object: &Map<String, Value>) -> bool {
        let mut all = self.objects.iter().zip(&self.listed);
        all.any(|(one, listed)| *listed && std::ptr::eq(one, object))
    }

    /// The objects that are articles of any kind, the ones that say most first. Those of a list are of other
    /// pages where there are more than one of them.
    pub(super) fn articles(&self) -> Vec<&Map<String, Value>> {
        let all = self.objects.iter().zip(&self.listed).filter(|(o, _)| types(o).any(is_article));
        let (listed, own): (Vec<_>, Vec<_>) = all.partition(|(_, listed)| **listed);
        let listed = listed.into_iter().filter(|_| own.is_empty());
        let mut listed: Vec<_> = listed.map(|(object, _)| object).collect();
        listed.truncate(usize::from(listed.len() <= 1));
        let mut found: Vec<_> = own.into_iter().map(|(object, _)| object).chain(listed).collect();
        found.sort_by_key(|o| std::cmp::Reverse(fullness(o)));
        found
    }

    /// Takes a document apart: graphs, lists, and the objects that stand inside others. Depth is
    /// bounded by `serde_json`'s own limit of 128.
    fn flatten(&mut self, value: Value) {
        let mut open = vec![(value, false)];
        while let Some((value, listed)) = open.pop() {
            match value {
                Value::Array(items) => {
                    open.extend(items.into_iter().rev().map(|item| (item, listed)));
                }
                Value::Object(mut object) => {
                    if self.objects.len() >= MAX_OBJECTS {
                        return;
                    }
                    for key in INNER {
                        let is_inner = |v: &Value| v.is_array() || v.is_object();
                        if object.get(key).is_some_and(is_inner) {
                            let inner = object.remove(key);
                            open.extend(inner.map(|v| (v, listed || key == "itemListElement")));
                        }
                    }
                    self.objects.push(object);
                    self.listed.push(listed);
                }
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
            }
        }
    }

    /// The publishers that the objects name, and the sites.
    pub(super) fn publishers(&self) -> impl Iterator<Item = &str> {
        let named = |o: &'_ Map<String, Value>, key: &str| o.get(key).is_some();
        self.objects.iter().filter_map(move |o| {
            if types(o).any(|t| t == "WebSite") && named(o, "name") {
                return o.get("name")?.as_str();
            }
            let publisher = o.get("publisher")?;
            publisher.as_str().or_else(|| publisher.get("name")?.as_str())
        })
    }

    /// Whom the objects name as holders of the rights.
    pub(super) fn owners(&self) -> impl Iterator<Item = &str> {
        self.objects.iter().filter_map(|o| {
            let holder = o.get("copyrightHolder")?;
            holder.as_str().or_else(|| holder.get("name")?.as_str())
        })
    }

    /// The object with a given `@id`.
    pub(super) fn by_id(&self, id: &str) -> Option<&Map<String, Value>> {
        self.objects
            .iter()
            .filter(|o| o.get("@id").and_then(Value::as_str) == Some(id))
            .max_by_key(|o| o.len())
    }
}

/// The names in `@type`.
pub(super) fn types(object: &Map<String, Value>) -> impl Iterator<Item = &str> {
    let value = object.get("@type");
    let many = value.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    value
        .and_then(Value::as_str)
        .into_iter()
        .chain(many.iter().filter_map(Value::as_str))
        .map(|t| t.rsplit(['/', '#', ':']).next().unwrap_or(t))
}

/// schema.org's Article and the kinds below it, and what the press uses in their place.
fn is_article(kind: &str) -> bool {
    kind.ends_with("Article")
        || kind.ends_with("BlogPosting")
        || matches!(
            kind,
            "Report"
                | "Blog"
                | "Review"
                | "Recipe"
                | "CreativeWork"
                | "AnalysisNewsArticle"
                | "BackgroundNewsArticle"
                | "Posting"
                | "VideoObject"
        )
}

fn fullness(object: &Map<String, Value>) -> usize {
    let weight = |key| usize::from(object.get(key).is_some_and(|v| !v.is_null()));
    let article = types(object).any(|t| t.ends_with("Article") || t.ends_with("BlogPosting"));
    usize::from(article) * 8
        + weight("headline") * 4
        + weight("datePublished") * 3
        + weight("author") * 2
        + weight("articleBody") * 2
        + weight("mainEntityOfPage")
}

fn parse(script: &str) -> Option<Value> {
    // A mark of byte order at the beginning is no part of the document.
    let text = script
        .trim()
        .trim_start_matches('\u{feff}')
        .trim_start()
        .trim_start_matches("<!--")
        .trim_end_matches("-->")
        .trim_start_matches("//<![CDATA[")
        .trim_start_matches("<![CDATA[")
        .trim_end_matches("//]]>")
        .trim_end_matches("]]>")
        .trim()
        .trim_end_matches(';');
    if let Ok(value) = serde_json::from_str(text) {
        return Some(value);
    }
    // Line breaks inside strings are the commonest fault, then two documents in a row, then a
    // comma before a closing bracket.
    let flat: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if let Some(Ok(value)) = serde_json::Deserializer::from_str(&flat).into_iter().next() {
        return Some(value);
    }
    if let Ok(value) = serde_json::from_str(&without_trailing_commas(&flat)) {
        return Some(value);
    }
    // Quotes written as entities, by templates that escape everything.
    let is_escaped = flat.contains("&quot;") || flat.contains("&#34;") || flat.contains("&#x22;");
    is_escaped.then(|| serde_json::from_str(&unescape(&flat)).ok()).flatten()
}

fn without_trailing_commas(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let (mut quoted, mut escaped) = (false, false);
    for c in text.chars() {
        if quoted {
            quoted = escaped || c != '"';
            escaped = !escaped && c == '\\';
        } else if c == '"' {
            quoted = true;
        } else if matches!(c, '}' | ']') {
            let kept = out.trim_end().len();
            if out[..kept].ends_with(',') {
                out.truncate(kept - 1);
            }
        }
        out.push(c);
    }
    out
}

/// Properties whose objects are looked at by themselves.
const INNER: [&str; 7] =
    ["@graph", "mainEntity", "mainEntityOfPage", "itemListElement", "item", "hasPart", "about"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_templates_write() {
        let scripts = [
            "<!-- {\"@type\": \"NewsArticle\", \"headline\": \"a\nb\",} -->",
            "[{\"@graph\": [{\"@type\": [\"http://schema.org/WebPage\"]}]}];",
            "not json",
            "\u{feff}{\"@type\": \"Organization\"}",
            "{&quot;@type&quot;: &quot;Person&quot;, &quot;name&quot;: &quot;A&quot;}",
        ];
        let found = JsonLd::read(scripts.into_iter());
        assert_eq!(found.articles().len(), 1);
        assert_eq!(found.articles()[0]["headline"], "a b");
        assert!(found.objects().iter().any(|o| types(o).eq(["WebPage"])));
        assert!(found.objects().iter().any(|o| types(o).eq(["Person"])));
        assert!(found.objects().iter().any(|o| types(o).eq(["Organization"])));
    }

    #[test]
    fn articles_of_a_list_are_other_pages() {
        let entry = r#"{"@type": "ListItem", "item": {"@type": "NewsArticle", "headline": "a"}}"#;
        let list =
            |entries: &str| format!(r#"{{"@type": "ItemList", "itemListElement": [{entries}]}}"#);
        let articles = |script: &str| JsonLd::read(std::iter::once(script)).articles().len();
        assert_eq!(articles(&list(&format!("{entry}, {entry}"))), 0);
        assert_eq!(articles(&list(entry)), 1);
        assert_eq!(articles(&format!(r#"[{{"@type": "Article"}}, {}]"#, list(entry))), 1);
    }
}
