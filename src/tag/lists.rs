//! The user's own names: lists of people, organisations, places or anything else to be found in
//! every story, in any language.
//!
//! A list is a CSV file with a header or a JSON array of objects. Columns: `name` (required),
//! `aliases` (separated by `|`; an array in JSON), `type` (`PERSON`, `ORG`, `PLACE` or a type of
//! one's own), `id`, `label`, `wikidata`. A name matches whole words only. One without capitals
//! matches any case; one with capitals matches as it is written, or set all in capitals. Names are
//! hashed by word, so a story costs the same whatever the lists' size.
//!
//! A list that cannot be read, lacks a column, repeats an id or is not UTF-8 stops the start.

use std::ops::Range;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Text, feature_hash,
    word_keys::{HYPHEN, keys},
};
use crate::hash::ByHash;
use crate::model::EntityKind;
use crate::unicode;

mod read;

/// A list of names.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// What the list is called in `tags.custom`: letters, digits, `_` and `-`.
    pub name: String,
    /// A CSV file (`.csv`) or a JSON file (`.json`).
    pub path: PathBuf,
    /// Type of entries that have none of their own: upper case letters, digits and `_`.
    #[serde(default, rename = "type")]
    pub kind: Option<String>,
}

/// Why a list cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("list {list:?}, {}{}: {problem}", path.display(), line.map(|l| format!(" line {l}")).unwrap_or_default())]
pub struct Error {
    /// The list's name.
    pub list: String,
    /// Its file.
    pub path: PathBuf,
    /// The line, where the problem is in one.
    pub line: Option<u64>,
    /// What is wrong.
    pub problem: String,
}

/// A listed thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Index into the settings' lists.
    pub list: usize,
    /// Its name.
    pub name: String,
    /// Other names.
    pub aliases: Vec<String>,
    /// Its type; that of what the recogniser sees there when `None`.
    pub kind: Option<EntityKind>,
    /// The user's id.
    pub id: Option<String>,
    /// What stands for it in `tags.custom`; else its name.
    pub label: Option<String>,
    /// Wikidata item.
    pub wikidata: Option<String>,
}

/// An entry found in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListMatch {
    /// The tokens of the name.
    pub tokens: Range<usize>,
    /// Index of the entry.
    pub entry: usize,
}

/// All lists, ready to match.
#[derive(Debug, Default)]
pub struct Lists {
    names: Vec<String>,
    entries: Vec<Entry>,
    /// By the hash of a name's words: entries, with the name as listed.
    phrases: ByHash<Vec<(usize, String)>>,
    /// By the hash of a name's first word: most words of such a name.
    firsts: ByHash<usize>,
}

impl Lists {
    /// Reads the lists.
    ///
    /// # Errors
    /// At the first bad file; names it and the line.
    pub fn read(settings: &[Settings]) -> Result<Self, Error> {
        let mut lists = Self::default();
        for (at, list) in settings.iter().enumerate() {
            let entries = read::entries(at, list)?;
            lists.names.push(list.name.clone());
            for entry in entries {
                lists.add(entry);
            }
        }
        Ok(lists)
    }

    fn add(&mut self, entry: Entry) {
        let at = self.entries.len();
        for name in std::iter::once(&entry.name).chain(&entry.aliases) {
            let text = Text::new(name);
            let words: Vec<u64> = keys(&text).into_iter().filter(|k| *k != HYPHEN).collect();
            let Some(first) = words.first() else { continue };
            let most = self.firsts.entry(*first).or_default();
            *most = (*most).max(words.len());
            let phrase = words.iter().fold(0, |phrase, word| feature_hash::two(79, phrase, *word));
            self.phrases.entry(phrase).or_default().push((at, name.clone()));
        }
        self.entries.push(entry);
    }

    /// Whether there is nothing to match.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// An entry by its index.
    #[must_use]
    pub fn entry(&self, at: usize) -> &Entry {
        &self.entries[at]
    }

    /// The name of a list by its index.
    #[must_use]
    pub fn name(&self, list: usize) -> &str {
        &self.names[list]
    }

    /// Every listed name in a text, the longest at each point; several entries where several lists
    /// have it.
    #[must_use]
    pub fn matches(&self, text: &Text<'_>, keys: &[u64]) -> Vec<ListMatch> {
        let mut found = Vec::new();
        if self.is_empty() {
            return found;
        }
        for line in &text.lines {
            let mut at = line.start;
            while at < line.end {
                let longest = self.longest(text, keys, at, line.end);
                at = longest.first().map_or(at + 1, |f| f.tokens.end);
                found.extend(longest);
            }
        }
        found
    }

    fn longest(&self, text: &Text<'_>, keys: &[u64], start: usize, end: usize) -> Vec<ListMatch> {
        let Some(&most) = self.firsts.get(&keys[start]) else { return Vec::new() };
        let (mut phrase, mut words, mut at) = (0, 0, start);
        let mut found = Vec::new();
        while at < end && words < most {
            let key = keys[at];
            at += 1;
            if key == HYPHEN {
                continue;
            }
            phrase = feature_hash::two(79, phrase, key);
            words += 1;
            let written = text.slice(start..at);
            let fits = self
                .phrases
                .get(&phrase)
                .into_iter()
                .flatten()
                .filter(|(_, name)| case_fits(name, written));
            let here: Vec<ListMatch> =
                fits.map(|(entry, _)| ListMatch { tokens: start..at, entry: *entry }).collect();
            if !here.is_empty() {
                found = here;
            }
        }
        found.dedup();
        found
    }
}

/// Whether a text may be a listed name by its case.
fn case_fits(name: &str, written: &str) -> bool {
    let mut name_letters = name.chars().filter(|c| unicode::is_alphabetic(*c));
    if !name.chars().any(char::is_uppercase) {
        return true;
    }
    let mut letters = written.chars().filter(|c| unicode::is_alphabetic(*c));
    let same = || {
        let as_written =
            written.chars().filter(|c| unicode::is_alphabetic(*c)).map(char::is_uppercase);
        name.chars().filter(|c| unicode::is_alphabetic(*c)).map(char::is_uppercase).eq(as_written)
    };
    same() || (name_letters.by_ref().count() > 3 && letters.all(char::is_uppercase))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lists(csv: &str) -> Result<Lists, Error> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("watch.csv");
        std::fs::write(&path, csv).unwrap();
        Lists::read(&[Settings { name: "watch".into(), path, kind: None }])
    }

    fn found(lists: &Lists, text: &str) -> Vec<String> {
        let text = Text::new(text);
        lists
            .matches(&text, &keys(&text))
            .into_iter()
            .map(|f| text.slice(f.tokens).to_owned())
            .collect()
    }

    #[test]
    fn matches_whole_words_the_longest_first() {
        let lists = lists("name,aliases,id\nAcme,Acme Widgets|ACME-Werke,1\n").unwrap();
        assert_eq!(
            found(&lists, "Acme Widgets and Acmeville, Acme\u{2019}s."),
            ["Acme Widgets", "Acme"]
        );
    }

    #[test]
    fn only_names_with_capitals_need_capitals() {
        let lists = lists("name\nApple\nlithium battery\n").unwrap();
        assert_eq!(found(&lists, "an apple; APPLE; Apple"), ["APPLE", "Apple"]);
        assert_eq!(
            found(&lists, "Lithium battery, LITHIUM BATTERY"),
            ["Lithium battery", "LITHIUM BATTERY"]
        );
    }

    #[test]
    fn matches_in_other_scripts() {
        let lists = lists("name\n\u{41a}\u{438}\u{457}\u{432}\n").unwrap();
        assert_eq!(
            found(&lists, "\u{443} \u{41a}\u{438}\u{457}\u{432}."),
            ["\u{41a}\u{438}\u{457}\u{432}"]
        );
    }

    #[test]
    fn bad_lists_name_file_and_line() {
        for (csv, line, problem) in [
            ("nom,id\nAcme,1\n", Some(1), "no column \"name\""),
            ("name,id\nAcme,1\nBeta,1\n", Some(3), "id \"1\" is that of line 2"),
            ("name,id\nAcme,1\n,2\n", Some(3), "empty name"),
            ("name,type\nAcme,my type\n", Some(2), "type \"my type\""),
        ] {
            let error = lists(csv).unwrap_err();
            assert_eq!(error.line, line, "{error}");
            assert!(error.to_string().contains(problem), "{error}");
            assert!(error.to_string().contains("watch.csv"), "{error}");
        }
    }

    #[test]
    fn list_that_is_not_utf8_names_the_line() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("watch.csv");
        std::fs::write(&path, b"name\nAcme\nZo\xeb\n").unwrap();
        let error =
            Lists::read(&[Settings { name: "watch".into(), path, kind: None }]).unwrap_err();
        assert_eq!(error.line, Some(3));
        assert!(error.problem.contains("UTF-8"));
    }

    #[test]
    fn reads_json_lists() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("watch.json");
        std::fs::write(&path, r#"[{"name": "Acme", "aliases": ["Acme Inc"], "type": "ORG", "id": "7", "label": "tools"}]"#)
            .unwrap();
        let lists =
            Lists::read(&[Settings { name: "watch".into(), path: path.clone(), kind: None }])
                .unwrap();
        assert_eq!(lists.entry(0).label.as_deref(), Some("tools"));
        assert_eq!(lists.entry(0).kind, Some(EntityKind::Organisation));
        std::fs::write(&path, "[\n{\"name\": \"A\"},\n{\"nom\": \"B\"}\n]").unwrap();
        let error =
            Lists::read(&[Settings { name: "watch".into(), path, kind: None }]).unwrap_err();
        assert_eq!(error.line, Some(3), "{error}");
    }
}
