//! schema.org statements of a page, from its JSON-LD scripts: read tolerantly, since publishers
//! write them with templates, and looked through without recursion.

use serde_json::{Map, Value};

/// Objects looked at on a page; more is a catalogue, not an article.
const MAX_OBJECTS: usize = 4096;

/// The schema.org objects of a page.
#[derive(Debug, Default)]
pub(super) struct JsonLd {
    objects: Vec<Map<String, Value>>,
}

impl JsonLd {
    /// Reads every script; those that can't be read are left out.
    pub(super) fn read<'a>(scripts: impl Iterator<Item = &'a str>) -> Self {
        let mut objects = Vec::new();
        for script in scripts {
            if let Some(value) = parse(script) {
                flatten(value, &mut objects);
            }
        }
        Self { objects }
    }

    pub(super) fn objects(&self) -> &[Map<String, Value>] {
        &self.objects
    }

    /// The objects that are articles of any kind, the ones that say most first.
    pub(super) fn articles(&self) -> Vec<&Map<String, Value>> {
        let mut found: Vec<_> = self.objects.iter().filter(|o| types(o).any(is_article)).collect();
        found.sort_by_key(|o| std::cmp::Reverse(fullness(o)));
        found
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
    let text = script
        .trim()
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
    serde_json::from_str(&without_trailing_commas(&flat)).ok()
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

/// Takes a document apart: graphs, lists, and the objects that stand inside others. Depth is
/// bounded by serde_json's own limit of 128.
fn flatten(value: Value, out: &mut Vec<Map<String, Value>>) {
    let mut open = vec![value];
    while let Some(value) = open.pop() {
        match value {
            Value::Array(items) => open.extend(items.into_iter().rev()),
            Value::Object(mut object) => {
                if out.len() >= MAX_OBJECTS {
                    return;
                }
                for key in INNER {
                    if object.get(key).is_some_and(|inner| inner.is_array() || inner.is_object()) {
                        open.extend(object.remove(key));
                    }
                }
                out.push(object);
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_templates_write() {
        let scripts = [
            "<!-- {\"@type\": \"NewsArticle\", \"headline\": \"a\nb\",} -->",
            "[{\"@graph\": [{\"@type\": [\"http://schema.org/WebPage\"]}]}];",
            "not json",
        ];
        let found = JsonLd::read(scripts.into_iter());
        assert_eq!(found.articles().len(), 1);
        assert_eq!(found.articles()[0]["headline"], "a b");
        assert!(found.objects().iter().any(|o| types(o).eq(["WebPage"])));
    }
}
