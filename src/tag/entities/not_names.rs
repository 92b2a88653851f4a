//! What a recogniser takes for a name that is none: a title, a group of people, a day (`src/lang/<code>/not-names.txt`).
//!
//! A name goes when all its words are listed and nobody in the story bears one of them: `Präsident`, but not König
//! where Anna König spoke.

use std::collections::HashSet;

use super::{Name, Reading};
use crate::{
    lang,
    tag::{Text, document::Splitting, places::keys::keys},
};

/// Name of a language's list.
const LIST: &str = "not-names.txt";

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
    let listed: HashSet<u64> = lang::entries(list).flat_map(word).collect();
    names.retain(|name| {
        let words = &reading.keys[name.tokens.clone()];
        words.iter().any(|key| !listed.contains(key) || people.contains(key))
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tag::entities::labels::NameKind;

    fn kept(folder: &str, body: &str, found: &[&str], people: &[&str]) -> Vec<String> {
        let text = Text::split(body, Splitting::of(folder));
        let words = keys(&text);
        let listed = vec![0; words.len()];
        let reading = Reading { text: &text, keys: &words, listed: &listed };
        let mut names: Vec<Name> = found
            .iter()
            .map(|name| {
                let from = body.find(name).unwrap();
                let token = |byte| text.tokens.partition_point(|t| (t.start as usize) < byte);
                Name { kind: NameKind::Person, tokens: token(from)..token(from + name.len()) }
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
    fn somebodys_name_stays() {
        assert_eq!(kept("de", "Morgen sprach.", &["Morgen"], &["Anna Morgen"]), ["Morgen"]);
        assert_eq!(kept("xx", "Präsident", &["Präsident"], &[]), ["Präsident"]);
    }
}
