//! Names that a list knows (`src/lang/en/known-names.txt`): parties, peoples, clubs, grounds, feasts and schemes of the
//! English-speaking countries, which the recogniser takes for people. Of English stories alone.
//!
//! What is a common word or somebody's name too is what the list says only where the sentence has a sign of it; within a
//! longer name it is nothing.

use std::{ops::Range, sync::LazyLock};

use foldhash::{HashMap, HashSet};

use super::{Name, NameKind, NamedText, Organisation, Person, Place, phrase};
use crate::{
    lang,
    tag::{Text, english, word_keys},
};

/// Name of the list.
const LIST: &str = "known-names.txt";
/// Most tokens of a name, hyphens too.
const TOKENS: usize = 7;

/// What a name of the list is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sort {
    Organisation,
    /// An organisation where the sentence tells of politics.
    Party,
    /// The same of sport.
    Club,
    Place,
    /// What is none of these and nobody.
    Nothing,
}

#[derive(Default)]
struct Listed {
    names: HashMap<u64, Sort>,
    /// Keys of their first words.
    firsts: HashSet<u64>,
    /// First words of organisations' names of two words and more, and last ones.
    openings: HashSet<&'static str>,
    endings: HashSet<&'static str>,
    /// Last words of grounds' names.
    grounds: HashSet<&'static str>,
    signs: HashSet<&'static str>,
}

static LISTED: LazyLock<Listed> = LazyLock::new(|| {
    let mut listed = Listed::default();
    for (kind, name) in lang::rows("en", LIST).into_iter().flatten() {
        let sort = match kind {
            "organisation" => Sort::Organisation,
            "party" => Sort::Party,
            "club" => Sort::Club,
            "place" => Sort::Place,
            "nothing" => Sort::Nothing,
            other => {
                let words = match other {
                    "opening" => &mut listed.openings,
                    "ending" => &mut listed.endings,
                    "ground" => &mut listed.grounds,
                    _ => &mut listed.signs,
                };
                words.insert(name);
                continue;
            }
        };
        let keys = word_keys::keys(&Text::new(name));
        listed.firsts.extend(keys.first());
        listed.names.insert(phrase(&keys), sort);
    }
    listed
});

/// Gives the names of a text that the list has their kinds, and takes away those of things.
pub(super) fn settle(found: &mut NamedText<'_>) {
    let text = found.text;
    let capital = |at: usize| text.word_or_empty(at).starts_with(char::is_uppercase);
    for name in found.names.iter_mut() {
        let tokens = &name.tokens;
        let opens = LISTED.openings.contains(text.word(tokens.start));
        let ends = LISTED.endings.contains(text.word(tokens.end - 1));
        if matches!(name.kind, Person | Place) && tokens.len() > 1 && (opens || ends) {
            name.kind = Organisation;
        } else if name.kind == Person
            && tokens.len() > 1
            && LISTED.grounds.contains(text.word(tokens.end - 1))
        {
            name.kind = Place;
        }
    }
    let mut at = 0;
    while at < text.tokens.len() {
        let start = at;
        at += 1;
        if !capital(start) || !LISTED.firsts.contains(&found.keys[start]) {
            continue;
        }
        let most = text.tokens.len().min(start + TOKENS);
        let known = (start + 1..=most).rev().find_map(|end| {
            let sort = LISTED.names.get(&phrase(&found.keys[start..end]))?;
            // A hyphen behind a name is no part of it.
            capital(end - 1).then_some((start..end, *sort))
        });
        let Some((tokens, sort)) = known else { continue };
        at = tokens.end;
        settle_one(found, tokens, sort);
    }
}

fn settle_one(found: &mut NamedText<'_>, tokens: Range<usize>, sort: Sort) {
    let text = found.text;
    let is_sign = |at: usize| match sort {
        Sort::Party => LISTED.signs.contains(text.lower(at)),
        Sort::Club => {
            english::PLAY_VERBS.contains(text.lower(at))
                || english::SPORT_SIGNS.contains(text.lower(at))
                || english::CLUB_WORDS.contains(text.lower(at))
        }
        Sort::Organisation | Sort::Place | Sort::Nothing => true,
    };
    let sentence = text.sentences.partition_point(|s| s.end <= tokens.start);
    let sentence = text.sentences.get(sentence).cloned().unwrap_or_default();
    if !sentence.into_iter().filter(|at| !tokens.contains(at)).any(is_sign) {
        return;
    }
    let meets = |n: &Name| n.tokens.start < tokens.end && tokens.start < n.tokens.end;
    let inside = |n: &Name| tokens.start <= n.tokens.start && n.tokens.end <= tokens.end;
    if found.names.iter().any(|n| meets(n) && !inside(n)) {
        return;
    }
    let kind = match sort {
        Sort::Organisation | Sort::Party | Sort::Club => Organisation,
        Sort::Place => Place,
        Sort::Nothing => NameKind::Other,
    };
    let any = found.names.iter().any(meets);
    found.names.retain(|n| !meets(n));
    // What the recogniser did not see is a name where the list says so of all that is written so.
    let sure = tokens.len() > 1 && !matches!(sort, Sort::Nothing | Sort::Place);
    if kind != NameKind::Other && (any || sure) {
        let at = found.names.partition_point(|n| n.tokens.end <= tokens.start);
        found.names.insert(at, Name { kind, tokens });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_read() {
        let rows: Vec<_> = lang::rows("en", LIST).into_iter().flatten().collect();
        let of = |kinds: &[&str]| rows.iter().filter(|(kind, _)| kinds.contains(kind)).count();
        assert_eq!(of(&["organisation", "party", "club", "place", "nothing"]), LISTED.names.len());
        assert_eq!(of(&["opening"]), LISTED.openings.len());
        assert_eq!(of(&["ending"]), LISTED.endings.len());
        assert_eq!(of(&["ground"]), LISTED.grounds.len());
        assert_eq!(of(&["politics"]), LISTED.signs.len());
    }
}
