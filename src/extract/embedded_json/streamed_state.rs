//! Data that front ends send in forms of their own, as plain JSON: the rows that Next.js streams
//! (`self.__next_f.push`), and the arrays of Nuxt 3 whose numbers point to other entries.
//!
//! Both may point in circles; what is built is bounded by depth and number.

use serde_json::{Map, Value};

use crate::extract::markup::Source;

/// Entries built of one payload.
const MAX_ENTRIES: usize = 20_000;
/// How deep pointers are followed.
const MAX_DEPTH: usize = 8;
/// Bytes of streamed rows read.
const MAX_STREAM: usize = 8 * 1024 * 1024;

/// Everything that Next.js streams in a page, as one array; `None` when it streams nothing.
pub(super) fn flight(source: &Source<'_>) -> Option<Value> {
    let mut stream = String::new();
    for script in &source.scripts {
        let Some(at) = script.text.find("__next_f.push(") else { continue };
        let call = &script.text[at + "__next_f.push(".len()..];
        let mut values = serde_json::Deserializer::from_str(call).into_iter::<Value>();
        if let Some(Ok(Value::Array(parts))) = values.next()
            && let Some(Value::String(rows)) = parts.get(1)
            && stream.len() + rows.len() <= MAX_STREAM
        {
            stream.push_str(rows);
        }
    }
    (!stream.is_empty()).then(|| Value::Array(rows(&stream)))
}

/// The rows of a stream: `id:json` a line, and `id:Tlength,` before a text of that many bytes, which other
/// rows name as `$id`.
fn rows(stream: &str) -> Vec<Value> {
    let (mut values, mut texts) = (Vec::new(), Map::new());
    let mut rest = stream;
    while let Some((id, row)) = rest.split_once(':') {
        if let Some((length, text)) = row.strip_prefix('T').and_then(|row| row.split_once(','))
            && let Ok(length) = usize::from_str_radix(length, 16)
            && let Some(text) = text.get(..length.min(text.len()))
        {
            texts.insert(format!("${}", id.trim()), Value::String(text.to_owned()));
            rest = &row[row.find(',').map_or(0, |at| at + 1) + text.len()..];
            continue;
        }
        let (line, after) = row.split_once('\n').unwrap_or((row, ""));
        let json = line.find(['{', '[', '"']).map(|at| &line[at..]).unwrap_or_default();
        if let Ok(value) = serde_json::from_str::<Value>(json) {
            values.push(value);
        }
        rest = after;
    }
    for value in &mut values {
        fill(value, &texts);
    }
    let rendered: Vec<Value> = values.iter().filter_map(rendered).collect();
    values.extend(rendered);
    if !texts.is_empty() {
        values.push(Value::Object(texts));
    }
    values
}

/// Puts texts in the place of what names them.
fn fill(value: &mut Value, texts: &Map<String, Value>) {
    let mut open = vec![value];
    while let Some(value) = open.pop() {
        match value {
            Value::String(name) if name.starts_with('$') => {
                if let Some(text) = texts.get(name.as_str()) {
                    *value = text.clone();
                }
            }
            Value::Array(items) => open.extend(items),
            Value::Object(fields) => open.extend(fields.values_mut()),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
}

/// The paragraphs of a tree of rendered elements, `["$", "p", null, {"children": ...}]`, as a list of texts.
fn rendered(value: &Value) -> Option<Value> {
    let mut paragraphs = Vec::new();
    let mut open = vec![value];
    while let Some(value) = open.pop() {
        match value {
            Value::Array(items) => match paragraph(items) {
                Some(text) => paragraphs.push(Value::String(text)),
                None => open.extend(items.iter().rev()),
            },
            // Attributes come in the order of their names; the text is in `children` alone.
            Value::Object(fields) => open.extend(fields.get("children")),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    (paragraphs.len() >= 2).then(|| {
        Value::Object(Map::from_iter([("paragraphs".to_owned(), Value::Array(paragraphs))]))
    })
}

/// The text of a rendered paragraph or heading.
fn paragraph(items: &[Value]) -> Option<String> {
    let [Value::String(mark), Value::String(name), _, Value::Object(fields), ..] = items else {
        return None;
    };
    (mark == "$" && matches!(name.as_str(), "p" | "h2" | "h3" | "h4" | "li" | "blockquote"))
        .then_some(())?;
    let mut out = String::new();
    let mut open = vec![fields.get("children")?];
    while let Some(value) = open.pop() {
        match value {
            Value::String(text) if text != "$" && !text.starts_with("$L") => out.push_str(text),
            Value::Array(items) => match items.as_slice() {
                [Value::String(mark), Value::String(_), _, Value::Object(fields), ..]
                    if mark == "$" =>
                {
                    open.extend(fields.get("children"));
                }
                items => open.extend(items.iter().rev()),
            },
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::String(_)
            | Value::Object(_) => {}
        }
    }
    (!out.trim().is_empty()).then_some(out)
}

/// A Nuxt 3 payload with its numbers put in: an array whose objects hold nothing but the places of their
/// values. `None` for any other JSON.
pub(super) fn linked(value: &Value) -> Option<Value> {
    let Value::Array(entries) = value else { return None };
    let points = |fields: &Map<String, Value>| {
        fields.values().all(|v| v.as_i64().is_some_and(|n| n < entries.len() as i64))
    };
    let mut objects = entries.iter().filter_map(Value::as_object).filter(|o| !o.is_empty());
    let first = entries.first()?;
    let is_linked = (first.is_object() || first.is_array())
        && entries.len() >= 4
        && objects.clone().next().is_some()
        && objects.all(points);
    if !is_linked {
        return None;
    }
    let mut budget = MAX_ENTRIES;
    let objects = entries.iter().filter(|entry| entry.is_object());
    Some(Value::Array(objects.map(|entry| resolved(entry, entries, 0, &mut budget)).collect()))
}

/// An entry with what it points to; what is too deep or too much is `null`.
fn resolved(entry: &Value, entries: &[Value], depth: usize, budget: &mut usize) -> Value {
    if depth > MAX_DEPTH || *budget == 0 {
        return Value::Null;
    }
    *budget -= 1;
    let follow = |value: &Value, budget: &mut usize| {
        let at = value.as_u64().and_then(|at| usize::try_from(at).ok());
        at.and_then(|at| entries.get(at))
            .map_or(Value::Null, |entry| resolved(entry, entries, depth + 1, budget))
    };
    match entry {
        // `["Reactive", 3]`, `["Date", "2026-..."]`
        Value::Array(items) => match items.as_slice() {
            [Value::String(_), Value::Number(at)] => follow(&Value::Number(at.clone()), budget),
            [Value::String(kind), Value::String(text)] if kind == "Date" => {
                Value::String(text.clone())
            }
            items => Value::Array(items.iter().map(|item| follow(item, budget)).collect()),
        },
        Value::Object(fields) => Value::Object(
            fields.iter().map(|(key, value)| (key.clone(), follow(value, budget))).collect(),
        ),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => entry.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_put_in_and_circles_end() {
        let value: Value = serde_json::from_str(
            r#"[{"a": 1}, {"title": 2, "by": 3, "self": 1}, "Hoard", ["Reactive", 4], {"name": 2}]"#,
        )
        .unwrap();
        let found = linked(&value).unwrap();
        assert_eq!(found[0]["a"]["title"], "Hoard");
        assert_eq!(found[0]["a"]["by"]["name"], "Hoard");
        assert_eq!(linked(&serde_json::json!([{"a": "x"}, 1, 2, 3])), None);
    }

    #[test]
    fn rows_name_texts_and_hold_elements() {
        let stream = "1:{\"body\":\"$2\"}\n2:T5,a\nb:c3:[\"$\",\"div\",null,{\"children\":[[\"$\",\"p\",null,{\"children\":[\"One \",[\"$\",\"b\",null,{\"children\":\"two\"}]]}],[\"$\",\"p\",null,{\"children\":\"Three\"}]]}]\n";
        let found = rows(stream);
        assert_eq!(found[0]["body"], "a\nb:c");
        assert!(
            found.iter().any(|row| row["paragraphs"] == serde_json::json!(["One two", "Three"]))
        );
    }
}
