//! What a number counts: `111 drones`, `three civilian injuries`.

use super::{Reader, units};
use crate::model::LanguageCode;
use crate::tag::{dates, language};

/// Most words of what is counted.
const MAX_OBJECT_WORDS: usize = 4;

impl Reader<'_> {
    /// What a number counts in a language other than English, and where that ends.
    pub(super) fn counted(&self, rest: &str) -> Option<(&'static str, usize)> {
        let word = rest.strip_prefix([' ', '\u{a0}', '\u{202f}']).unwrap_or(rest);
        let listed = self.words.counted.iter().filter(|name| units::is_word(word, name));
        let name = listed.max_by_key(|name| name.len())?;
        Some((*name, rest.len() - word.len() + name.len()))
    }

    /// What is counted: words up to the first plural.
    pub(super) fn object(&self, rest: &str) -> Option<(String, usize)> {
        // "40-odd people"
        let mut at = if rest.starts_with("-odd ") { 4 } else { 0 };
        let mut words: Vec<(usize, &str)> = Vec::new();
        while words.len() < MAX_OBJECT_WORDS {
            let blank = rest[at..].starts_with([' ', '\u{a0}']);
            let hyphen = rest[at..].starts_with('-') && !words.is_empty();
            if !blank && !hyphen {
                return None;
            }
            let start = at + rest[at..].chars().next()?.len_utf8();
            let word = rest[start..].split(|c: char| !c.is_alphabetic()).next().unwrap_or("");
            if word.is_empty() {
                return None;
            }
            let lower = word.to_lowercase();
            let grammar = language::is_function_word(LanguageCode::EN, &lower);
            if grammar && !matches!(lower.as_str(), "more" | "other" | "new" | "of")
                || dates::is_month(word)
            {
                return None;
            }
            at = start + word.len();
            // "two thirds of voters" are not two of anything.
            if words.is_empty() && is_fraction(&lower) && rest[at..].starts_with(" of ") {
                return None;
            }
            words.push((start, word));
            if self.is_plural(&lower) {
                let mut words = words.iter();
                let (from, _) = words.find(|(_, w)| !matches!(*w, "more" | "other" | "of"))?;
                return Some((rest[*from..at].replace('\u{a0}', " "), at));
            }
        }
        None
    }

    pub(super) fn is_plural(&self, lower: &str) -> bool {
        const VERBS: &[&str] =
            &["is", "was", "has", "does", "says", "us", "this", "his", "its", "as"];
        self.words.plurals.contains(&lower)
            || lower.len() > 3
                && lower.ends_with('s')
                && !lower.ends_with("ss")
                && !lower.ends_with("us")
                && !lower.ends_with("is")
                && !VERBS.contains(&lower)
    }
}

fn is_fraction(lower: &str) -> bool {
    matches!(lower, "halves" | "thirds" | "quarters" | "fifths" | "sixths" | "eighths" | "tenths")
}
