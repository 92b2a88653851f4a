//! `deploy/logs/README.md` names every log line with its fields and every code: held against the source.
#![allow(clippy::unwrap_used, reason = "a panic is the report")]

use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Path and text of the library's files; what tests log is not looked at.
fn sources(dir: &Path, out: &mut Vec<(PathBuf, String)>) {
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("src/bin") {
            sources(&path, out);
        } else if path.extension().is_some_and(|e| e == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            let text = text.split("#[cfg(test)]").next().unwrap().to_owned();
            out.push((path, text));
        }
    }
}

fn all() -> Vec<(PathBuf, String)> {
    let mut files = Vec::new();
    sources(&root().join("src"), &mut files);
    files
}

/// What stands between the bracket at `open` and its partner.
fn inside(text: &str, open: usize) -> &str {
    let (mut depth, mut quoted) = (0usize, false);
    let bytes = text.as_bytes();
    for at in open..bytes.len() {
        match bytes[at] {
            b'"' if bytes[at - 1] != b'\\' => quoted = !quoted,
            b'(' | b'{' if !quoted => depth += 1,
            b')' | b'}' if !quoted => {
                depth -= 1;
                if depth == 0 {
                    return &text[open + 1..at];
                }
            }
            _ => {}
        }
    }
    panic!("no partner of the bracket in {}", &text[open..(open + 80).min(text.len())]);
}

/// Arguments at the top level of a call.
fn arguments(text: &str) -> Vec<&str> {
    let (mut depth, mut quoted, mut from, mut out) = (0i32, false, 0, Vec::new());
    let bytes = text.as_bytes();
    for at in 0..bytes.len() {
        match bytes[at] {
            b'"' if at == 0 || bytes[at - 1] != b'\\' => quoted = !quoted,
            b'(' | b'{' | b'[' if !quoted => depth += 1,
            b')' | b'}' | b']' if !quoted => depth -= 1,
            b',' if !quoted && depth == 0 => {
                out.push(text[from..at].trim());
                from = at + 1;
            }
            _ => {}
        }
    }
    out.push(text[from..].trim());
    out
}

/// Events at `info` and above, with their fields.
fn events() -> Vec<(String, Vec<String>)> {
    let mut found = Vec::new();
    for (_, text) in all() {
        for (at, _) in text.match_indices("tracing::") {
            let rest = &text[at + "tracing::".len()..];
            let Some(bang) = rest.find("!(") else { continue };
            if !matches!(&rest[..bang], "info" | "warn" | "error" | "$level") {
                continue;
            }
            let call = inside(rest, bang + 1);
            let (mut event, mut fields) = (None, Vec::new());
            for argument in arguments(call) {
                let name = argument.split('=').next().unwrap().trim().trim_start_matches('%');
                let is_name = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
                if name == "event" {
                    event = argument.split('"').nth(1).map(str::to_owned);
                } else if is_name && !name.is_empty() {
                    fields.push(name.to_owned());
                }
            }
            if let Some(event) = event {
                found.push((event, fields));
            }
        }
    }
    found
}

/// Texts that `code()` gives back, and codes of failures made elsewhere.
fn codes() -> Vec<String> {
    let mut found = Vec::new();
    for (path, text) in all() {
        let mut parts: Vec<&str> = Vec::new();
        for (at, _) in text.match_indices("fn code(") {
            let open = at + text[at..].find('{').unwrap();
            if text[at..open].contains("&'static str") {
                parts.extend(inside(&text, open).split("=> \"").skip(1));
            }
        }
        if !path.ends_with("dlq.rs") {
            parts.extend(text.split("code: \"").skip(1));
        }
        found.extend(parts.into_iter().map(|part| part.split('"').next().unwrap().to_owned()));
    }
    found
}

#[test]
fn every_event_field_and_code_is_documented() {
    let document = std::fs::read_to_string(root().join("deploy/logs/README.md")).unwrap();
    let (events, codes) = (events(), codes());
    assert!(events.len() > 25 && codes.len() > 60, "{} {}", events.len(), codes.len());
    let mut missing = Vec::new();
    for (event, fields) in events {
        let section = match event.as_str() {
            // Their fields have tables of their own.
            "story" | "totals" | "feed" => {
                document.split(&format!("## Fields of `{event}`")).nth(1)
            }
            // Of commands for people: the event is named, that is all.
            "input" | "demo_site" => {
                Some(document.as_str()).filter(|d| d.contains(&format!("`{event}`")))
            }
            _ => document.lines().find(|line| line.starts_with(&format!("| `{event}` |"))),
        };
        let Some(section) = section else {
            missing.push(format!("event {event}"));
            continue;
        };
        let fields = fields.iter().filter(|field| !section.contains(&format!("`{field}`")));
        missing.extend(fields.map(|field| format!("field {field} of {event}")));
    }
    let listed = document.split("## Codes").nth(1).unwrap();
    missing.extend(
        codes
            .iter()
            .filter(|code| !listed.contains(&format!("`{code}`")))
            .map(|code| format!("code {code}")),
    );
    assert!(missing.is_empty(), "say in deploy/logs/README.md: {missing:#?}");
}
