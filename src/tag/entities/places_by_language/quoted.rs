//! Names alone in quotation marks: in the languages that write names of things so (`src/lang/<code>/quoted.txt`), a
//! hotel, a ship or a club that is called as a place is, and no place.
//!
//! Refuses what is longer than the name: a quote may begin with a country.

use std::{
    collections::{BTreeMap, HashSet},
    ops::Range,
    sync::LazyLock,
};

use super::PlacesByLanguage;
use crate::lang;
use crate::tag::{
    TokenKind,
    entities::{Name, Reading, labels::NameKind},
};

/// Name of a language's list, and its kinds.
const LIST: &str = "quoted.txt";
const MARKS: &str = "marks";
const THING: &str = "thing";

/// The list of one language.
struct Quoted {
    marks: Vec<(&'static str, &'static str)>,
    things: HashSet<&'static str>,
}

static LANGUAGES: LazyLock<BTreeMap<&'static str, Quoted>> = LazyLock::new(|| {
    let read = |code| {
        let marks = lang::of_kind(code, LIST, MARKS).filter_map(|pair| pair.split_once(' '));
        let things = lang::of_kind(code, LIST, THING).collect();
        (code, Quoted { marks: marks.collect(), things })
    };
    lang::languages_with(LIST).map(read).collect()
});

impl PlacesByLanguage<'_> {
    /// Whether some tokens stand alone in quotation marks that names of things have.
    pub(in crate::tag::entities) fn is_quoted(
        &self,
        reading: &Reading<'_>,
        tokens: &Range<usize>,
    ) -> bool {
        let Some(list) = LANGUAGES.get(self.folder) else { return false };
        let Some(first) = tokens.start.checked_sub(1) else { return false };
        if reading.text.tokens[first].kind != TokenKind::Mark {
            return false;
        }
        let marks = (reading.text.word(first), reading.text.word_or_empty(tokens.end));
        list.marks.contains(&marks)
    }

    /// Makes organisations of places alone in such marks; what is told to be a thing is in no name.
    pub(in crate::tag::entities) fn claim_quoted(
        &self,
        reading: &Reading<'_>,
        names: &mut Vec<Name>,
    ) {
        let Some(list) = LANGUAGES.get(self.folder) else { return };
        names.retain_mut(|name| {
            if name.kind != NameKind::Place || !self.is_quoted(reading, &name.tokens) {
                return true;
            }
            name.kind = NameKind::Organisation;
            let before = name.tokens.start.checked_sub(2);
            let before = before.map_or("", |at| reading.text.lower(at));
            !list.things.contains(before)
        });
    }
}
