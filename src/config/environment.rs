//! Variables of the environment that override keys: `NEWS_INGEST__NATS__URL` is the key `nats.url`.
//!
//! A value is read as the key's type needs: as TOML (`8`, `true`, `["a"]`), as a string, or as a list with commas
//! (`80,443`). Refuses an empty variable where a text cannot stand, and any other variable `NEWS_INGEST_*`: it is a key with an underscore too few, and would do nothing.

use std::ffi::OsString;

use super::{Config, Error, parse};

/// Prefix of environment variables that override keys.
pub const ENV_PREFIX: &str = "NEWS_INGEST__";

/// The variables of the process. One that is not Unicode is left out unless it is one of ours.
///
/// # Errors
/// Names a variable of ours that is not Unicode.
pub fn variables() -> Result<Vec<(String, String)>, Error> {
    let unicode =
        |(name, value): (OsString, OsString)| match (name.into_string(), value.into_string()) {
            (Ok(name), Ok(value)) => Some(Ok((name, value))),
            (Ok(name), Err(_)) if name.starts_with(ENV_PREFIX) => {
                Some(Err(Error::Environment { name, reason: "is not Unicode".to_owned() }))
            }
            (Ok(_) | Err(_), _) => None,
        };
    std::env::vars_os().filter_map(unicode).collect()
}

/// A table with what the environment overrides. One variable at a time, so that an error names it.
///
/// # Errors
/// Names the variable.
pub(super) fn applied(
    mut table: toml::Table,
    environment: impl Iterator<Item = (String, String)>,
) -> Result<toml::Table, Error> {
    let mut overrides = Vec::new();
    for (name, value) in environment {
        if name.starts_with(ENV_PREFIX) {
            overrides.push((name, value));
        } else {
            refuse_unknown(&name, &value)?;
        }
    }
    overrides.sort();
    for (name, value) in &overrides {
        table = overridden(&table, name, value)?;
    }
    Ok(table)
}

/// Refuses a variable that looks like one of ours and would do nothing.
fn refuse_unknown(name: &str, value: &str) -> Result<(), Error> {
    let Some(rest) = name.strip_prefix("NEWS_INGEST_") else { return Ok(()) };
    if OTHER_VARIABLES.contains(&name) || is_service_link(name, value) {
        return Ok(());
    }
    let reason = match meant_variable(rest) {
        Some(meant) => format!("is not read; did you mean {meant}?"),
        None => format!(
            "is not read; the variable of a key is {ENV_PREFIX}SECTION__KEY, with two underscores between the parts"
        ),
    };
    Err(Error::Environment { name: name.to_owned(), reason })
}

/// The variable that a name of another number of underscores is likely to stand for.
fn meant_variable(rest: &str) -> Option<String> {
    let words: Vec<&str> = rest.split('_').filter(|word| !word.is_empty()).collect();
    let defaults = toml::Table::try_from(Config::default()).ok()?;
    let mut tables = Vec::new();
    name_tables(&defaults, "", &mut tables);
    // The deepest first: `nats.embedded` before `nats`.
    tables.sort_by_key(|table| std::cmp::Reverse(table.len()));
    tables.iter().find_map(|table| {
        let variable = table.to_ascii_uppercase().replace('.', "__");
        let parts = variable.split('_').filter(|part| !part.is_empty()).count();
        let (section, key) = words.split_at_checked(parts)?;
        let is_section = section.join("_") == variable.replace("__", "_");
        (is_section && !key.is_empty())
            .then(|| format!("{ENV_PREFIX}{variable}__{}", key.join("_")))
    })
}

/// The dotted names of the tables within a table.
fn name_tables(table: &toml::Table, prefix: &str, names: &mut Vec<String>) {
    for (key, value) in table {
        let toml::Value::Table(inner) = value else { continue };
        let name = format!("{prefix}{key}");
        name_tables(inner, &format!("{name}."), names);
        names.push(name);
    }
}

/// Variables with our prefix that are no keys: the file, and those that builds and tests read.
const OTHER_VARIABLES: [&str; 3] =
    ["NEWS_INGEST_CONFIG", "NEWS_INGEST_COMMIT", "NEWS_INGEST_PAGES"];

/// Kubernetes sets such variables in every pod of a namespace that has a Service `news-ingest…`.
fn is_service_link(name: &str, value: &str) -> bool {
    name.contains("_SERVICE_HOST")
        || name.contains("_SERVICE_PORT")
        || (name.ends_with("_PORT") && value.contains("://"))
        || ["_TCP", "_UDP", "_SCTP"].iter().any(|protocol| {
            name.split_once("_PORT_").is_some_and(|(_, rest)| rest.contains(protocol))
        })
}

/// A table with a variable's value, read as the first of its forms that the key takes.
fn overridden(table: &toml::Table, name: &str, text: &str) -> Result<toml::Table, Error> {
    let mut first = None;
    for value in readings(text) {
        let mut table = table.clone();
        put(&mut table, name, value)?;
        match parse(&table) {
            Ok(_) => return Ok(table),
            Err(reason) => first = first.or(Some(reason)),
        }
    }
    let reason = match text.trim() {
        "" => "is empty; take it away, or write [] for an empty list".to_owned(),
        _ => first.unwrap_or_default(),
    };
    Err(Error::Environment { name: name.to_owned(), reason })
}

/// What a variable's text may stand for, the likeliest first.
fn readings(text: &str) -> Vec<toml::Value> {
    let toml = |text: &str| {
        format!("value = {text}").parse::<toml::Table>().ok().and_then(|mut t| t.remove("value"))
    };
    let string = |text: &str| toml::Value::String(text.to_owned());
    // An empty one is more likely to be forgotten than to mean an empty list, which may allow everything.
    if text.trim().is_empty() {
        return vec![string(text)];
    }
    let parts = || text.split(',').map(str::trim).filter(|part| !part.is_empty());
    let typed = parts().map(|part| toml(part).unwrap_or_else(|| string(part))).collect();
    let strings = parts().map(string).collect();
    let mut all: Vec<_> = toml(text).into_iter().collect();
    all.extend([string(text), toml::Value::Array(typed), toml::Value::Array(strings)]);
    all
}

fn put(table: &mut toml::Table, name: &str, value: toml::Value) -> Result<(), Error> {
    let bad =
        |reason: &str| Error::Environment { name: name.to_owned(), reason: reason.to_owned() };
    let path: Vec<String> =
        name[ENV_PREFIX.len()..].split("__").map(str::to_ascii_lowercase).collect();
    let (key, parents) = path.split_last().ok_or_else(|| bad("names no key"))?;
    let mut at = table;
    for parent in parents {
        at = at
            .entry(parent.clone())
            .or_insert_with(|| toml::Value::Table(toml::Table::new()))
            .as_table_mut()
            .ok_or_else(|| bad("names a key below one that is no table"))?;
    }
    at.insert(key.clone(), value);
    Ok(())
}
