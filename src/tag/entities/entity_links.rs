//! Wikidata items of people and organisations, from facts that don't change with the news
//! (`wikidata-items.txt`). Countries have theirs from the gazetteer.

use super::labels::NameKind;
use crate::hash::ByHash;
use crate::tag::{
    Text, feature_hash,
    word_keys::{HYPHEN, keys},
};

const TABLE: &str = include_str!("wikidata-items.txt");

/// Names with certain Wikidata items.
#[derive(Debug)]
pub struct Known(ByHash<&'static str>);

impl Known {
    /// Reads the table compiled in.
    #[must_use]
    pub fn new() -> Self {
        let mut names = ByHash::default();
        for line in TABLE.lines().filter(|l| !l.starts_with('#')) {
            let mut cells = line.split('|');
            let (Some(item), Some(kind), Some(name), Some(others)) =
                (cells.next(), cells.next(), cells.next(), cells.next())
            else {
                continue;
            };
            let kind = if kind == "PERSON" { NameKind::Person } else { NameKind::Organisation };
            for name in std::iter::once(name).chain(others.split(';')).filter(|n| !n.is_empty()) {
                let text = Text::new(name);
                names.insert(phrase(kind, &keys(&text)), item);
            }
        }
        Self(names)
    }

    /// The item of a name, given by the keys of its words.
    #[must_use]
    pub fn item(&self, kind: NameKind, keys: &[u64]) -> Option<&'static str> {
        self.0.get(&phrase(kind, keys)).copied()
    }
}

impl Default for Known {
    fn default() -> Self {
        Self::new()
    }
}

fn phrase(kind: NameKind, keys: &[u64]) -> u64 {
    keys.iter()
        .filter(|k| **k != HYPHEN)
        .fold(kind as u64, |phrase, key| feature_hash::two(80, phrase, *key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table_lines_are_well_formed_with_distinct_items() {
        let rows: Vec<Vec<&str>> =
            TABLE.lines().filter(|l| !l.starts_with('#')).map(|l| l.split('|').collect()).collect();
        let mut items = std::collections::HashSet::new();
        for row in rows {
            assert_eq!(row.len(), 4, "{row:?}");
            assert!(row[0].strip_prefix('Q').is_some_and(|n| n.parse::<u32>().is_ok()), "{row:?}");
            assert!(matches!(row[1], "PERSON" | "ORG"), "{row:?}");
            assert!(items.insert(row[0].to_owned()), "{row:?}");
        }
    }
}
