//! What a number counts: `111 drones`, `three civilian injuries`.

use super::AmountReader;
use super::numbers::number_at;
use crate::tag::listed_names::is_word;
use crate::tag::{dates, language};
use crate::unicode;

/// Most words of what is counted.
const MAX_OBJECT_WORDS: usize = 4;

impl AmountReader<'_> {
    /// What a number counts and where that ends: by the language's list, or by the endings of its plurals.
    pub(super) fn counted(&self, rest: &str) -> Option<(String, usize)> {
        // `a 400-seat hall`
        let hyphened = rest
            .strip_prefix('-')
            .and_then(|word| self.words.hyphened.iter().find(|name| is_word(word, name)));
        if let Some(name) = hyphened {
            return Some((format!("{name}s"), 1 + name.len()));
        }
        match self.listed(rest) {
            Some((name, length)) => Some((name.to_owned(), length)),
            None => self.object(rest),
        }
    }

    /// What a number counts of a whole that has a number, too, and where that ends: `1,200 of its 4,500 jobs`.
    pub(super) fn part_of(&self, rest: &str, part: f64) -> Option<(String, usize)> {
        let of = |of: &&str| rest.strip_prefix(' ')?.strip_prefix(*of)?.strip_prefix(' ');
        let owned = self.words.of.iter().find_map(of)?;
        let whose = |whose: &&str| owned.strip_prefix(*whose)?.strip_prefix(' ');
        let whole = self.words.part_of_whose.iter().find_map(whose).unwrap_or(owned);
        if !whole.starts_with(|c: char| c.is_ascii_digit()) {
            return None;
        }
        let number = number_at(whole, 0, self.marks).filter(|number| number.value > part)?;
        let (object, length) = self.object(&whole[number.end..])?;
        Some((object, rest.len() - whole.len() + number.end + length))
    }

    /// What a number counts by the language's list, and where that ends.
    pub(super) fn listed(&self, rest: &str) -> Option<(&'static str, usize)> {
        const BLANKS: [char; 3] = [' ', '\u{a0}', '\u{202f}'];
        let word = rest.strip_prefix(BLANKS).unwrap_or(rest);
        // `deux millions de personnes`
        let open = |opener: &&'static str| {
            let behind = word.strip_prefix(*opener)?;
            if opener.ends_with('\'') { Some(behind) } else { behind.strip_prefix(BLANKS) }
        };
        let word = self.words.object_openers.iter().find_map(open).unwrap_or(word);
        let listed = self.words.counted.starting(word).map(|(name, ())| name);
        let name = listed.max_by_key(|name| name.len())?;
        Some((name, rest.len() - word.len() + name.len()))
    }

    /// What is counted: words up to the first plural.
    pub(super) fn object(&self, rest: &str) -> Option<(String, usize)> {
        if self.words.plural_endings.is_empty() {
            return None;
        }
        // "40-odd people"
        let odd = self.words.odd.iter().find(|odd| is_word(rest, odd));
        let mut at = odd.map_or(0, |odd| odd.len());
        let mut words: Vec<(usize, &str)> = Vec::new();
        while words.len() < MAX_OBJECT_WORDS {
            let blank = rest[at..].starts_with([' ', '\u{a0}']);
            let hyphen = rest[at..].starts_with('-') && !words.is_empty();
            if !blank && !hyphen {
                return None;
            }
            let start = at + rest[at..].chars().next()?.len_utf8();
            let word =
                rest[start..].split(|c: char| !unicode::is_alphabetic(c)).next().unwrap_or("");
            if word.is_empty() {
                return None;
            }
            let lower = word.to_lowercase();
            let grammar = language::is_function_word(self.language, &lower);
            if grammar && !self.words.object_words.contains(&lower.as_str())
                || self.words.not_objects.contains(&lower.as_str())
                || dates::is_leading_month(self.language, word)
            {
                return None;
            }
            at = start + word.len();
            // "two thirds of voters" are not two of anything.
            if words.is_empty() && self.is_part(&lower, &rest[at..]) {
                return None;
            }
            // `three of seven towers`
            let all_open = words.iter().all(|(_, word)| self.words.object_openers.contains(word));
            if all_open && !words.is_empty() && self.words.small(&lower).is_some() {
                words.push((start, words[0].1));
                continue;
            }
            words.push((start, word));
            if self.is_plural(&lower) {
                let mut words = words.iter();
                let (from, _) = words.find(|(_, w)| !self.words.object_openers.contains(w))?;
                return Some((rest[*from..at].replace('\u{a0}', " "), at));
            }
        }
        None
    }

    /// Whether a word is a fraction's and what follows the whole: `thirds of`.
    fn is_part(&self, lower: &str, rest: &str) -> bool {
        let whole = |of: &str| rest.strip_prefix(' ').is_some_and(|rest| is_word(rest, of));
        self.words.fractions.contains(&lower) && self.words.of.iter().any(|of| whole(of))
    }

    pub(super) fn is_plural(&self, lower: &str) -> bool {
        let ends = |endings: &[&str]| endings.iter().any(|ending| lower.ends_with(ending));
        self.words.plurals.contains(&lower)
            || lower.len() > 3
                && ends(&self.words.plural_endings)
                && !ends(&self.words.not_plural_endings)
                && !self.words.not_plurals.contains(&lower)
    }
}
