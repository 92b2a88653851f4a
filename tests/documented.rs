//! The documents are held against the program: `deploy/logs/README.md` names every log line with its fields and
//! every code, and what the README and `docs/` name (files, commands, options, configuration keys) exists.
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
    for (_, text) in all() {
        let mut parts: Vec<&str> = Vec::new();
        for (at, _) in text.match_indices("fn code(") {
            let open = at + text[at..].find('{').unwrap();
            if text[at..open].contains("&'static str") {
                parts.extend(inside(&text, open).split("=> \"").skip(1));
            }
        }
        parts.extend(text.split("code: \"").skip(1));
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

/// README.md, CONTRIBUTING.md and the pages of `docs/`, with their names.
fn documents() -> Vec<(String, String)> {
    let mut paths = vec![root().join("README.md"), root().join("CONTRIBUTING.md")];
    paths.extend(
        std::fs::read_dir(root().join("docs"))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|e| e == "md")),
    );
    let read = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).unwrap();
        (path.strip_prefix(root()).unwrap().display().to_string(), text)
    };
    paths.into_iter().map(read).collect()
}

/// Texts between single back quotes.
fn code_spans(text: &str) -> impl Iterator<Item = &str> {
    text.lines().flat_map(|line| line.split('`').skip(1).step_by(2))
}

#[test]
fn the_readme_is_short() {
    let text = std::fs::read_to_string(root().join("README.md")).unwrap();
    let words = text.split_whitespace().count();
    assert!(words < 1200, "{words} words: move something to docs/");
}

#[test]
fn files_that_the_documents_name_exist() {
    let tops = ["src/", "tests/", "config/", "deploy/", "docs/", "benches/"];
    let mut missing = Vec::new();
    for (name, text) in documents() {
        let spans = code_spans(&text)
            .filter(|span| tops.iter().any(|top| span.starts_with(top)))
            .filter(|span| !span.contains(['<', '*', '{', ' ', '=']))
            .map(|span| root().join(span));
        let folder = root().join(&name).parent().unwrap().to_owned();
        let links = text
            .split("](")
            .skip(1)
            .map(|rest| rest.split([')', '#']).next().unwrap())
            .filter(|link| !link.contains("://") && !link.is_empty())
            .map(|link| folder.join(link));
        let absent = spans.chain(links).filter(|path| !path.exists());
        missing.extend(absent.map(|path| format!("{name}: {}", path.display())));
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn commands_and_options_that_the_documents_name_exist() {
    use clap::CommandFactory as _;

    let mut cli = news_ingest::cli::Cli::command();
    cli.build();
    let mut wrong = Vec::new();
    for (name, text) in documents() {
        for (at, _) in text.match_indices("news-ingest ") {
            let rest =
                text[at + "news-ingest ".len()..].split(['\n', '`', '#', '|', '&', '>']).next();
            // A path that ends so (`target/release/news-ingest run`) counts; a name within a word does not.
            if text[..at].ends_with(|c: char| c.is_alphanumeric() || c == '-') {
                continue;
            }
            let mut command = &cli;
            for word in rest.unwrap_or_default().split_whitespace() {
                if let Some(option) = word.strip_prefix("--") {
                    let option = option.split('=').next().unwrap();
                    let known = command.get_arguments().any(|a| a.get_long() == Some(option));
                    if !known {
                        wrong
                            .push(format!("{name}: news-ingest {} --{option}", command.get_name()));
                    }
                } else if let Some(inner) = command.find_subcommand(word) {
                    command = inner;
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_command_stands_in_the_readme() {
    use clap::CommandFactory as _;

    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    let cli = news_ingest::cli::Cli::command();
    let absent: Vec<_> = cli
        .get_subcommands()
        .map(clap::Command::get_name)
        .filter(|name| !readme.contains(&format!("`{name}")))
        .collect();
    assert!(absent.is_empty(), "{absent:?}");
}

#[test]
fn configuration_keys_that_the_documents_name_exist() {
    let file = std::fs::read_to_string(root().join("config/news-ingest.toml")).unwrap();
    let (mut sections, mut keys) = (vec![], vec![]);
    for line in file.lines() {
        let line = line.trim_start_matches("# ").trim_start();
        if let Some(section) = line.strip_prefix('[').and_then(|l| l.split(']').next()) {
            sections.push(section.trim_start_matches('[').to_owned());
        } else if let (Some((key, _)), Some(section)) = (line.split_once(" = "), sections.last()) {
            keys.push(format!("{section}.{key}"));
        }
    }
    // What begins like a section but is a code of that stage, or a field of a record.
    let codes = codes();
    let stages = ["fetch", "intake", "extract", "tag", "publish", "feeds"];
    let record = |rest: &str| rest.chars().any(char::is_uppercase);
    let mut wrong = Vec::new();
    for (name, text) in documents() {
        for span in code_spans(&text) {
            let span = span.split(" = ").next().unwrap();
            let Some((section, rest)) = span.split_once('.') else { continue };
            let plain = rest
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "._".contains(c));
            let ours = sections.iter().any(|s| s.split('.').next() == Some(section));
            if !plain || !ours || record(rest) || rest.ends_with("rs") {
                continue;
            }
            let is_code = stages.contains(&section) && codes.iter().any(|code| code == rest);
            let known = keys.iter().any(|key| key == span) || sections.iter().any(|s| s == span);
            if !known && !is_code && !NO_KEYS.contains(&span) {
                wrong.push(format!("{name}: {span}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// What looks like a configuration key and is none: fields of a record, codes that no error has, old names of keys, a file.
const NO_KEYS: &[&str] = &[
    "extract.standfirst",
    "extract.dateModified",
    "extract.kind",
    "extract.method",
    "intake.repeat",
    "fetch.archive_write",
    "intake.slots",
    "state.seen_ttl_secs",
    "feeds.txt",
];

#[test]
fn example_configurations_are_read() {
    for entry in std::fs::read_dir(root().join("config/examples")).unwrap() {
        let path = entry.unwrap().path();
        news_ingest::config::load(Some(&path), std::iter::empty())
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }
}
