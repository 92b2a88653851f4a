//! What a recogniser takes for a name that is none: a title, a group of people (`src/lang/<code>/not-names.txt`), a day
//! of the week (`weekdays.txt`).
//!
//! A name goes when all its words are listed and nobody in the story bears one of them: `Präsident`, but not König
//! where Anna König spoke.

use std::collections::HashSet;

use super::{Name, Reading, labels::NameKind};
use crate::{
    lang,
    tag::{Text, document::Splitting, word_keys::keys},
};

/// Name of a language's list.
const LIST: &str = "not-names.txt";
/// Name of its days of the week: the day, a tab, its number.
const DAYS: &str = "weekdays.txt";

/// Drops the names of a text that are none; `people` are the words of names of people of several words.
pub(super) fn drop(
    folder: &str,
    reading: &Reading<'_>,
    people: &HashSet<u64>,
    names: &mut Vec<Name>,
) {
    let Some(list) = lang::text(folder, LIST) else { return };
    let splitting = Splitting::of(folder);
    let word = |entry: &'static str| keys(&Text::split(entry, splitting));
    let days: HashSet<u64> = lang::rows(folder, DAYS).flat_map(|(day, _)| word(day)).collect();
    let listed: HashSet<u64> = lang::entries(list).flat_map(word).collect();
    names.retain(|name| {
        let words = &reading.keys[name.tokens.clone()];
        // People are called Domingo.
        let day = |key: &u64| name.kind != NameKind::Person && days.contains(key);
        words.iter().any(|key| people.contains(key) || !listed.contains(key) && !day(key))
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(folder: &str, body: &str, found: &[&str], people: &[&str]) -> Vec<String> {
        kept_of(NameKind::Person, folder, body, found, people)
    }

    fn kept_of(
        kind: NameKind,
        folder: &str,
        body: &str,
        found: &[&str],
        people: &[&str],
    ) -> Vec<String> {
        let text = Text::split(body, Splitting::of(folder));
        let words = keys(&text);
        let listed = vec![0; words.len()];
        let reading = Reading { text: &text, keys: &words, listed: &listed };
        let mut names: Vec<Name> = found
            .iter()
            .map(|name| {
                let from = body.find(name).unwrap();
                let token = |byte| text.tokens.partition_point(|t| (t.start as usize) < byte);
                Name { kind, tokens: token(from)..token(from + name.len()) }
            })
            .collect();
        let people = people.iter().flat_map(|name| keys(&Text::new(name))).collect();
        drop(folder, &reading, &people, &mut names);
        names.into_iter().map(|name| text.slice(name.tokens).to_owned()).collect()
    }

    #[test]
    fn titles_and_groups_alone_are_nobody() {
        let body = "Der Präsident sagte den Journalisten, Präsident Berg komme.";
        assert_eq!(kept("de", body, &["Präsident", "Journalisten", "Berg"], &[]), ["Berg"]);
        let body = "قال الرئيس للصحفيين إن سالم وصل";
        assert_eq!(kept("ar", body, &["الرئيس", "للصحفيين", "سالم"], &[]), ["سالم"]);
    }

    #[test]
    fn days_are_nobody() {
        let body = "Pazartesi Varde'ye geldi, Domingo da.";
        assert_eq!(kept_of(NameKind::Place, "tr", body, &["Pazartesi"], &[]), [""; 0]);
        assert_eq!(kept("es", "Domingo llegó.", &["Domingo"], &[]), ["Domingo"]);
    }

    #[test]
    fn somebodys_name_stays() {
        assert_eq!(kept("de", "Morgen sprach.", &["Morgen"], &["Anna Morgen"]), ["Morgen"]);
        assert_eq!(kept("xx", "Präsident", &["Präsident"], &[]), ["Präsident"]);
    }
}
