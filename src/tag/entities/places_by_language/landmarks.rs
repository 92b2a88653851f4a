//! Rivers, mountains, islands and streets that are called as a town or a country is
//! (`src/lang/<code>/landmarks.txt`): none of these is where they are.

use std::sync::LazyLock;

use super::{Listed, PlacesByLanguage};
use crate::tag::{
    entities::{Name, Reading, labels::NameKind},
    places::{gazetteer::Class, story_places::Located},
};
use crate::{lang, unicode};

/// Name of a language's list.
const LIST: &str = "landmarks.txt";

impl PlacesByLanguage<'_> {
    /// Takes the town from a name that a word for a landmark stands beside, or in a name that is no town's as a whole.
    pub(in crate::tag::entities) fn drop_landmarks(
        &self,
        reading: &Reading<'_>,
        listed: &[Listed],
        names: &[Name],
        located: &mut [Option<Located>],
    ) {
        if lang::text(self.folder, LIST).is_none() {
            return;
        }
        let of_kind = |kind| lang::of_kind(self.folder, LIST, kind).collect::<Vec<_>>();
        let (before, joints, behind) = (of_kind("before"), of_kind("of"), of_kind("behind"));
        // `barrio Orland` is called so, `un barrio de Orland` is a part of the town.
        let quarters = of_kind("quarter");
        // An island may be a country.
        let islands = of_kind("island");
        let text = reading.text;
        for (name, located) in names.iter().zip(located) {
            let class = located.as_ref().map(|l| self.gazetteer.place(l.place).class);
            let known = listed.iter().any(|(tokens, _)| tokens.len() > 1 && *tokens == name.tokens);
            if name.kind != NameKind::Place || matches!(class, None | Some(Class::Region)) {
                continue;
            }
            let word = |at: Option<usize>| at.map_or("", |at| text.lower(at));
            let first = name.tokens.start.checked_sub(1);
            let second = name.tokens.start.checked_sub(2);
            let is_landmark = |word: &str| {
                before.contains(&word) || class == Some(Class::City) && islands.contains(&word)
            };
            let led = is_landmark(word(first))
                || quarters.contains(&word(first))
                || class != Some(Class::Country)
                    && joints.contains(&word(first))
                    && is_landmark(word(second));
            let rest = text.tokens[name.tokens.end - 1].end as usize;
            let rest = text.text[rest..].trim_start_matches([' ', '\u{a0}']);
            let followed = behind.iter().any(|landmark| {
                rest.strip_prefix(*landmark).is_some_and(|rest| !rest.starts_with(unicode::goes_on))
            });
            let inside = || {
                let whole = self.gazetteer.exact(text, reading.keys, name.tokens.clone());
                name.tokens.len() > 1
                    && !known
                    && whole.is_empty()
                    && (before.contains(&text.lower(name.tokens.start))
                        || behind.contains(&text.lower(name.tokens.end - 1)))
            };
            if led || followed || inside() {
                *located = None;
            }
        }
    }

    /// Takes the town from a name that has a letter which its country's names have not: `Rømø` is not Rome, though both are found
    /// by the letters of plain Latin (`src/lang/mul/letters-of-lands.txt`).
    pub(in crate::tag::entities) fn drop_foreign(
        &self,
        reading: &Reading<'_>,
        listed: &[Listed],
        names: &[Name],
        located: &mut [Option<Located>],
    ) {
        for (name, located) in names.iter().zip(located) {
            if listed.iter().any(|(tokens, _)| *tokens == name.tokens) {
                continue;
            }
            let Some(place) = located.as_ref().map(|l| self.gazetteer.place(l.place)) else {
                continue;
            };
            let word = reading.text.slice(name.tokens.clone());
            if place.class != Class::City || word.is_ascii() {
                continue;
            }
            let foreign = |(letters, lands): &(&str, &str)| {
                word.contains(|c: char| letters.contains(c))
                    && !lands.split(' ').any(|land| land.as_bytes() == place.country)
            };
            if LETTERS.iter().any(foreign) {
                *located = None;
            }
        }
    }
}

/// Letters, and the countries whose towns have them in their names.
static LETTERS: LazyLock<Vec<(&str, &str)>> =
    LazyLock::new(|| lang::rows("mul", "letters-of-lands.txt").into_iter().flatten().collect());
