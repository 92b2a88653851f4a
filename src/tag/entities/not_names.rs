//! What a recogniser takes for a name that is none: a title, a group of people (`src/lang/<code>/not-names.txt`), a day
//! of the week (`weekdays.txt`).
//!
//! A name goes when all its words are listed and nobody in the story bears one of them: `Präsident`, but not König
//! where Anna König spoke. A country that is called as a listed word is (`مالي`: Mali, financial) is one behind a word of
//! place alone, and where the script has capitals inside a sentence, too (`Mali yıl`).

use std::{
    collections::{BTreeMap, HashSet},
    sync::LazyLock,
};

use super::{Name, Reading, labels::NameKind};
use crate::{
    lang,
    tag::{Text, document::Splitting, feature_hash, word_keys::keys},
};

/// Name of a language's list.
const LIST: &str = "not-names.txt";
/// Name of its days of the week: the day, a tab, its number.
const DAYS: &str = "weekdays.txt";

/// What is no name in one language.
#[derive(Debug)]
pub(super) struct NotNames {
    words: HashSet<u64>,
    days: HashSet<u64>,
    /// Whether names are listed whole, for their characters are in other names too.
    whole: bool,
}

static LANGUAGES: LazyLock<BTreeMap<&'static str, NotNames>> =
    LazyLock::new(|| lang::languages_with(LIST).map(|code| (code, NotNames::read(code))).collect());

impl NotNames {
    /// Of a language by its folder.
    pub(super) fn of(folder: &str) -> Option<&'static Self> {
        LANGUAGES.get(folder)
    }

    fn read(code: &'static str) -> Self {
        let splitting = Splitting::of(code);
        let whole = splitting.characters;
        let words = |entry: &'static str| {
            let keys = keys(&Text::split(entry, splitting));
            if whole { vec![phrase(&keys)] } else { keys }
        };
        let list = lang::text(code, LIST).into_iter().flat_map(lang::entries);
        Self {
            words: list.flat_map(words).collect(),
            days: lang::rows(code, DAYS)
                .into_iter()
                .flatten()
                .flat_map(|(day, _)| words(day))
                .collect(),
            whole,
        }
    }

    /// Whether all words of a name are listed.
    pub(super) fn lists(&self, words: &[u64]) -> bool {
        match self.whole {
            true => self.words.contains(&phrase(words)),
            false => words.iter().all(|key| self.words.contains(key)),
        }
    }

    /// Drops the names of a text that are none; `people` are the words of names of people of several words.
    pub(super) fn drop(&self, reading: &Reading<'_>, people: &HashSet<u64>, names: &mut Vec<Name>) {
        names.retain(|name| {
            let words = &reading.keys[name.tokens.clone()];
            if self.whole {
                let phrase = phrase(words);
                return !self.words.contains(&phrase) && !self.days.contains(&phrase);
            }
            // People are called Domingo.
            let day = |key: &u64| name.kind != NameKind::Person && self.days.contains(key);
            let listed = |key: &u64| self.words.contains(key);
            words.iter().any(|key| people.contains(key) || !listed(key) && !day(key))
        });
    }
}

fn phrase(words: &[u64]) -> u64 {
    words.iter().fold(0, |phrase, word| feature_hash::two(78, phrase, *word))
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
        if let Some(list) = NotNames::of(folder) {
            list.drop(&reading, &people, &mut names);
        }
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

    #[test]
    fn characters_are_listed_as_whole_names() {
        let body = "\u{6e2f}\u{53e3}\u{548c}\u{6e2f}\u{533a}";
        let port = ["\u{6e2f}\u{53e3}", "\u{6e2f}\u{533a}"];
        assert_eq!(kept("zh", body, &port, &[]), port[1..]);
    }
}
