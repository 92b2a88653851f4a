//! The recogniser of a story's language, unpacked when the first story of the language comes.
//!
//! English is unpacked at start; the others cost nothing until they are needed. A language without
//! weights (`src/lang/<code>/entities.weights.zst`) has no recogniser, nor has one that the settings leave out.

use std::{
    collections::BTreeMap,
    ops::RangeInclusive,
    sync::{Arc, OnceLock},
};

use super::{Recogniser, classes::ClassTable, token_features::Lexicon, weights::Weights};
use crate::{
    lang,
    model::LanguageCode,
    tag::{document::Splitting, unpack::unpack},
};

/// Name of a language's weights.
const WEIGHTS: &str = "entities.weights.zst";
/// Folder of what serves several languages.
const SHARED: &str = "mul";
/// Name of the table of what words do in known names.
const ROLES: &str = "names.roles.zst";
/// Roles of words that known people are called by first and seldom otherwise, in order of how often, where they are known to begin
/// four names or more; and where most that have them have them first.
const FIRST: [u16; 3] = [3, 4, 20];
/// Roles of words that are first names before all, and of those that stand behind others.
const BEFORE_OTHERS: [RangeInclusive<u16>; 2] = [1..=4, 13..=20];
const BEHIND_OTHERS: [RangeInclusive<u16>; 2] = [5..=8, 21..=28];
/// Version of the weights, changed with them.
const VERSION: u32 = 3;

/// A recogniser for each language.
#[derive(Debug)]
pub struct Recognisers {
    english: Recogniser,
    others: BTreeMap<&'static str, OnceLock<Option<Recogniser>>>,
    roles: OnceLock<Option<Arc<ClassTable>>>,
}

impl Recognisers {
    /// That of English, and of each language with weights that `wanted` names; of all when it names
    /// none.
    #[must_use]
    pub fn new(english: Recogniser, wanted: &[LanguageCode]) -> Self {
        let chosen = |code: &&'static str| {
            wanted.is_empty() || wanted.iter().any(|wanted| lang::folder(wanted.as_str()) == *code)
        };
        let others =
            lang::languages_with(WEIGHTS).filter(chosen).map(|code| (code, OnceLock::new()));
        Self { english, others: others.collect(), roles: OnceLock::new() }
    }

    /// The recogniser of English.
    #[must_use]
    pub fn english(&self) -> &Recogniser {
        &self.english
    }

    /// The recogniser of a language, if there is one.
    #[must_use]
    pub fn of(&self, language: LanguageCode) -> Option<&Recogniser> {
        if language == LanguageCode::EN {
            return Some(&self.english);
        }
        let code = lang::folder(language.as_str());
        self.others.get(code)?.get_or_init(|| self.unpack(code)).as_ref()
    }

    /// Whether a word, by its key, is a first name of many known people.
    #[must_use]
    pub fn is_first_name(&self, key: u64) -> bool {
        let roles = self.roles.get_or_init(roles).as_ref();
        roles.is_some_and(|roles| FIRST.contains(&roles.get(key).coarse))
    }

    /// Whether a word, by its key, is a first name before all, of however few known people.
    #[must_use]
    pub fn begins_names(&self, key: u64) -> bool {
        self.is_one_of(&BEFORE_OTHERS, key)
    }

    /// Whether a word, by its key, stands behind a first name before all.
    #[must_use]
    pub fn ends_names(&self, key: u64) -> bool {
        self.is_one_of(&BEHIND_OTHERS, key)
    }

    fn is_one_of(&self, known: &[RangeInclusive<u16>], key: u64) -> bool {
        let roles = self.roles.get_or_init(roles).as_ref();
        let role = roles.map(|roles| roles.get(key).coarse);
        role.is_some_and(|role| known.iter().any(|known| known.contains(&role)))
    }

    fn unpack(&self, code: &str) -> Option<Recogniser> {
        let weights = Weights::from_bytes(&unpack(lang::bytes(code, WEIGHTS)?)?)?;
        let roles = self.roles.get_or_init(roles).clone();
        let uncased = Splitting::of(code).uncased;
        let lexicon = Lexicon { classes: self.english.classes(), roles, uncased };
        Some(Recogniser::with(weights, lexicon))
    }
}

fn roles() -> Option<Arc<ClassTable>> {
    ClassTable::from_bytes(unpack(lang::bytes(SHARED, ROLES)?)?).map(Arc::new)
}

/// What produced the names of a language, for the record.
#[must_use]
pub fn name(language: LanguageCode) -> String {
    format!("crf-{}/{VERSION}", lang::folder(language.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_with_weights_unpacks() {
        for code in lang::languages_with(WEIGHTS) {
            let weights = unpack(lang::bytes(code, WEIGHTS).unwrap()).unwrap();
            assert!(Weights::from_bytes(&weights).is_some(), "{code}");
        }
        assert!(roles().is_some());
    }
}
