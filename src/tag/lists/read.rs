//! List files to entries.

use std::collections::HashMap;

use serde::Deserialize;

use super::{Entry, Error, Settings};
use crate::model::EntityKind;

/// An entry as a JSON list has it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    name: String,
    #[serde(default)]
    aliases: Vec<String>,
    #[serde(default, rename = "type")]
    kind: Option<String>,
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    label: Option<String>,
    #[serde(default)]
    wikidata: Option<String>,
}

/// Reads and checks a list's file.
pub(super) fn entries(list: usize, settings: &Settings) -> Result<Vec<Entry>, Error> {
    let fail = |line: Option<u64>, problem: String| Error {
        list: settings.name.clone(),
        path: settings.path.clone(),
        line,
        problem,
    };
    let token = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if settings.name.is_empty() || !settings.name.chars().all(token) {
        return Err(fail(None, "a list's name is made of letters, digits, _ and -".into()));
    }
    let bytes =
        std::fs::read(&settings.path).map_err(|e| fail(None, format!("cannot be read: {e}")))?;
    let text = str::from_utf8(&bytes).map_err(|e| {
        let line = memchr::memchr_iter(b'\n', &bytes[..e.valid_up_to()]).count() as u64 + 1;
        fail(Some(line), "is not UTF-8".into())
    })?;
    let text = text.trim_start_matches('\u{feff}');
    let json = settings.path.extension().is_some_and(|e| e.eq_ignore_ascii_case("json"));
    let rows = if json { json_rows(text) } else { csv_rows(text) }
        .map_err(|(line, problem)| fail(line, problem))?;
    let mut ids: HashMap<String, u64> = HashMap::new();
    let mut entries = Vec::with_capacity(rows.len());
    for (line, row) in rows {
        if row.name.trim().is_empty() {
            return Err(fail(Some(line), "an entry with an empty name".into()));
        }
        if let Some(id) = &row.id
            && let Some(first) = ids.insert(id.clone(), line)
        {
            return Err(fail(Some(line), format!("id {id:?} is that of line {first}")));
        }
        let kind = row.kind.as_deref().or(settings.kind.as_deref());
        let kind = kind.map(kind_of).transpose().map_err(|problem| fail(Some(line), problem))?;
        entries.push(Entry {
            list,
            name: row.name.trim().to_owned(),
            aliases: row
                .aliases
                .iter()
                .map(|a| a.trim().to_owned())
                .filter(|a| !a.is_empty())
                .collect(),
            kind,
            id: row.id,
            label: row.label,
            wikidata: row.wikidata,
        });
    }
    Ok(entries)
}

fn kind_of(name: &str) -> Result<EntityKind, String> {
    Ok(match name {
        "PERSON" => EntityKind::Person,
        "ORG" => EntityKind::Organisation,
        "PLACE" => EntityKind::Place,
        _ if !name.is_empty()
            && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_') =>
        {
            EntityKind::Other(name.to_owned())
        }
        _ => return Err(format!("type {name:?} is not made of upper case letters, digits and _")),
    })
}

type Rows = Result<Vec<(u64, Row)>, (Option<u64>, String)>;

fn csv_rows(text: &str) -> Rows {
    const COLUMNS: [&str; 6] = ["name", "aliases", "type", "id", "label", "wikidata"];
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
    let wrong = |e: &csv::Error| (e.position().map(csv::Position::line), e.to_string());
    let header = reader.headers().map_err(|e| wrong(&e))?.clone();
    if let Some(unknown) = header.iter().find(|c| !COLUMNS.contains(c)) {
        if !header.iter().any(|c| c == "name") {
            return Err((Some(1), "no column \"name\"".into()));
        }
        return Err((
            Some(1),
            format!("unknown column {unknown:?}; known are {}", COLUMNS.join(", ")),
        ));
    }
    let column = |name: &str| header.iter().position(|c| c == name);
    let Some(name) = column("name") else { return Err((Some(1), "no column \"name\"".into())) };
    let [aliases, kind, id, label, wikidata] = [1, 2, 3, 4, 5].map(|at| column(COLUMNS[at]));
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|e| wrong(&e))?;
        let line = record.position().map_or(0, csv::Position::line);
        let cell = |column: Option<usize>| {
            column.and_then(|at| record.get(at)).filter(|c| !c.is_empty()).map(str::to_owned)
        };
        rows.push((
            line,
            Row {
                name: cell(Some(name)).unwrap_or_default(),
                aliases: cell(aliases)
                    .map(|a| a.split('|').map(str::to_owned).collect())
                    .unwrap_or_default(),
                kind: cell(kind),
                id: cell(id),
                label: cell(label),
                wikidata: cell(wikidata),
            },
        ));
    }
    Ok(rows)
}

fn json_rows(text: &str) -> Rows {
    let line_at = |part: &str| {
        let offset = part.as_ptr() as usize - text.as_ptr() as usize;
        text[..offset].matches('\n').count() as u64 + 1
    };
    let raw: Vec<&serde_json::value::RawValue> =
        serde_json::from_str(text).map_err(|e| (Some(e.line() as u64), e.to_string()))?;
    raw.into_iter()
        .map(|value| {
            let line = line_at(value.get());
            let row = serde_json::from_str(value.get())
                .map_err(|e| (Some(line + e.line() as u64 - 1), e.to_string()))?;
            Ok((line, row))
        })
        .collect()
}
