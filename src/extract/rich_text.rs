//! The lines of a document as editors keep it in JSON: a tree of blocks and of pieces of text in them.
//!
//! One reading serves them all (Slate, ProseMirror, Lexical, Portable Text, Contentful, Editor.js): an object has its text
//! in a field, or others in a list; a list of nothing but pieces of text and links is one line. Objects of other kinds,
//! pictures and embedded things, have neither and give nothing.

use std::borrow::Cow;

use serde_json::{Map, Value};

/// How deep blocks may be nested: a list within a quotation within a column.
const MAX_DEPTH: usize = 8;
/// Fields that hold a block's own text.
const TEXTS: [&str; 6] = ["text", "content", "value", "html", "body", "paragraph"];
/// Fields that hold the blocks or pieces of a block.
const PARTS: [&str; 5] = ["children", "content", "data", "items", "root"];

/// Fields of what is no block: a list of stories is no document.
const STORY: [&str; 3] = ["title", "headline", "slug"];

/// The lines of a block; of a text its own.
pub(super) fn lines(block: &Value) -> Vec<Cow<'_, str>> {
    let mut out = Vec::new();
    add_lines(block, 0, &mut out);
    out
}

fn add_lines<'a>(block: &'a Value, depth: usize, out: &mut Vec<Cow<'a, str>>) {
    if let Some(text) = own_text(block) {
        out.push(text.into());
        return;
    }
    let is_story =
        |fields: &Map<String, Value>| STORY.iter().any(|name| fields.contains_key(*name));
    if depth == MAX_DEPTH || block.as_object().is_some_and(is_story) {
        return;
    }
    for part in block.as_object().into_iter().filter_map(parts) {
        match part {
            Value::Array(parts) if parts.iter().all(|part| is_inline(part, 0)) => {
                let mut line = String::new();
                for part in parts {
                    add_inline(part, &mut line);
                }
                out.push(line.into());
            }
            Value::Array(parts) => {
                for part in parts.iter().filter(|part| !part.is_string()) {
                    add_lines(part, depth + 1, out);
                }
            }
            other => add_lines(other, depth + 1, out),
        }
    }
}

fn own_text(block: &Value) -> Option<&str> {
    let fields = match block {
        Value::String(text) => return Some(text),
        Value::Object(fields) => fields,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => return None,
    };
    TEXTS.iter().find_map(|name| fields.get(*name)?.as_str())
}

fn parts(fields: &Map<String, Value>) -> Option<&Value> {
    PARTS
        .iter()
        .find_map(|name| fields.get(*name).filter(|part| part.is_array() || part.is_object()))
}

/// Whether a part is a piece of text, or a link or emphasis around such pieces.
fn is_inline(part: &Value, depth: usize) -> bool {
    let Value::Object(fields) = part else { return false };
    if own_text(part).is_some() {
        // A paragraph is a block, though its text may stand in one field.
        let kind =
            ["type", "_type", "nodeType"].iter().find_map(|name| fields.get(*name)?.as_str());
        return kind.is_none_or(|kind| matches!(kind, "text" | "span" | "link" | "linebreak"));
    }
    let Some(Value::Array(parts)) = parts(fields) else { return false };
    depth < MAX_DEPTH
        && fields.keys().all(|key| !matches!(key.as_str(), "style" | "listItem"))
        && is_link(fields)
        && parts.iter().all(|part| is_inline(part, depth + 1))
}

fn is_link(fields: &Map<String, Value>) -> bool {
    let kind = ["type", "_type", "nodeType"].iter().find_map(|name| fields.get(*name)?.as_str());
    kind.is_some_and(|kind| kind.ends_with("link") || kind == "autolink" || kind == "a")
}

fn add_inline(part: &Value, line: &mut String) {
    if let Some(text) = own_text(part) {
        line.push_str(text);
    } else if let Some(Value::Array(parts)) = part.as_object().and_then(parts) {
        for part in parts {
            add_inline(part, line);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn documents_of_every_editor_are_lines() {
        for (editor, document) in [
            ("a text", json!("The ferry is late.")),
            ("one field", json!({"type": "p", "html": "The ferry is late."})),
            (
                "Slate",
                json!({"type": "paragraph", "children": [{"text": "The "}, {"text": "ferry", "bold": true},
                    {"text": " is late."}]}),
            ),
            (
                "ProseMirror",
                json!({"type": "paragraph", "content": [{"type": "text", "text": "The "},
                    {"type": "text", "text": "ferry is late."}]}),
            ),
            (
                "Lexical",
                json!({"type": "paragraph", "children": [{"type": "text", "text": "The "},
                    {"type": "link", "children": [{"type": "text", "text": "ferry"}]},
                    {"type": "text", "text": " is late."}]}),
            ),
            (
                "Portable Text",
                json!({"_type": "block", "style": "normal", "children": [{"_type": "span", "text": "The ferry is late."}]}),
            ),
            (
                "Contentful",
                json!({"nodeType": "paragraph", "data": {}, "content": [{"nodeType": "text", "value": "The ferry is "},
                    {"nodeType": "hyperlink", "content": [{"nodeType": "text", "value": "late."}]}]}),
            ),
            ("Editor.js", json!({"type": "paragraph", "data": {"text": "The ferry is late."}})),
        ] {
            assert_eq!(lines(&document), ["The ferry is late."], "{editor}");
        }
    }

    #[test]
    fn blocks_in_blocks_are_lines_of_their_own() {
        let list = json!({"type": "list", "content": [
            {"type": "item", "content": [{"type": "paragraph", "content": [{"type": "text", "text": "One."}]}]},
            {"type": "item", "content": [{"type": "paragraph", "content": [{"type": "text", "text": "Two."}]}]},
        ]});
        assert_eq!(lines(&list), ["One.", "Two."]);
        let quotation = json!({"type": "quote", "children": [
            {"type": "paragraph", "children": [{"text": "One."}]}, {"type": "image", "src": "/a.jpg"}]});
        assert_eq!(lines(&quotation), ["One."]);
    }

    #[test]
    fn no_depth_is_followed_for_ever() {
        let mut block = json!({"text": "Deep."});
        for _ in 0..100 {
            block = json!({"children": [block, {"src": "/a.jpg"}]});
        }
        assert!(lines(&block).is_empty());
    }
}
