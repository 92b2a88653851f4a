//! Clubs that are called as their city, beside the score of a game, in languages other than English (`src/lang/<code>/games.txt`):
//! `Orme slog Varde 2-1`.
//!
//! Refuses a sentence without a score, a city where the game was, and lands (who asks knows them).

use std::{collections::BTreeMap, ops::Range, sync::LazyLock};

use foldhash::HashSet;

use super::{Name, Reading, labels::NameKind};
use crate::{
    lang,
    tag::{Text, TokenKind},
};

/// Name of a language's list, and its kinds.
const LIST: &str = "games.txt";
const VERB: &str = "verb";
const AGAINST: &str = "against";
/// Most goals or points.
const DIGITS: usize = 3;
/// How far behind the first club the verb is, with an auxiliary between.
const TO_VERB: usize = 2;
/// Most letters of an article before the first club.
const ARTICLE: usize = 3;

/// The list of one language.
#[derive(Debug)]
pub(super) struct Games {
    verbs: HashSet<&'static str>,
    against: HashSet<&'static str>,
}

static LANGUAGES: LazyLock<BTreeMap<&'static str, Games>> = LazyLock::new(|| {
    let read = |code| {
        let of_kind = |kind| lang::of_kind(code, LIST, kind).flat_map(str::split_whitespace);
        let (verbs, against) = (of_kind(VERB).collect(), of_kind(AGAINST).collect());
        (code, Games { verbs, against })
    };
    lang::languages_with(LIST).map(read).collect()
});

impl Games {
    /// Of a language by its folder.
    pub(super) fn of(folder: &str) -> Option<&'static Self> {
        LANGUAGES.get(folder)
    }

    /// Which of a text's places play.
    pub(super) fn clubs(&self, reading: &Reading<'_>, names: &[Name]) -> Vec<usize> {
        let text = reading.text;
        let mut clubs = Vec::new();
        for sentence in text.sentences.iter().filter(|s| has_score(text, s)) {
            let verb = |at: usize| sentence.contains(&at) && self.verbs.contains(text.lower(at));
            if !sentence.clone().any(verb) {
                continue;
            }
            let plays = |name: &Name| {
                let Range { start, end } = name.tokens;
                let article = |at: usize| text.word(at).chars().count() <= ARTICLE;
                let leads = start == sentence.start
                    || start == sentence.start + 1 && article(sentence.start);
                let before = |at: usize| at.checked_sub(1).filter(|at| *at >= sentence.start);
                let against = |at: usize| self.against.contains(text.lower(at));
                let other = |at: usize| verb(at) || against(at);
                let led = before(start).is_some_and(|at| {
                    // `ante el Orme`
                    other(at) || article(at) && before(at).is_some_and(against)
                });
                leads && (end..end + TO_VERB).any(verb) || led
            };
            let first = names.partition_point(|n| n.tokens.start < sentence.start);
            let inside = (first..names.len()).take_while(|n| names[*n].tokens.start < sentence.end);
            clubs.extend(inside.filter(|n| names[*n].kind == NameKind::Place && plays(&names[*n])));
        }
        clubs
    }
}

/// Whether a sentence has two small numbers with a sign between: `2-1`, `2:1`.
fn has_score(text: &Text<'_>, sentence: &Range<usize>) -> bool {
    let number = |word: &str| {
        !word.is_empty() && word.len() <= DIGITS && word.bytes().all(|b| b.is_ascii_digit())
    };
    let score = |word: &str| {
        let parts = word.split_once(['-', ':', '\u{2013}']);
        parts.is_some_and(|(one, other)| number(one) && number(other))
    };
    let parted = |at: usize| {
        at + 2 < sentence.end
            && number(text.word(at))
            && matches!(text.word(at + 1), "-" | ":" | "\u{2013}")
            && text.tokens[at + 1].kind == TokenKind::Mark
            && number(text.word(at + 2))
            && text.tokens[at].end == text.tokens[at + 1].start
    };
    sentence.clone().any(|at| score(text.word(at)) || parted(at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tag::names::samples::{Sample, named_in_turn, words_of};

    fn playing(code: &str, body: &str, found: &[&str]) -> Vec<String> {
        let sample = Sample::of(code, body);
        let names = named_in_turn(&sample.text, NameKind::Place, found);
        let clubs = Games::of(code).unwrap().clubs(&sample.reading(), &names);
        let clubs: Vec<Name> = clubs.into_iter().map(|n| names[n].clone()).collect();
        words_of(&sample.text, &clubs)
    }

    #[test]
    fn both_sides_of_a_score_are_clubs() {
        let both = ["Orme", "Varde"];
        assert_eq!(playing("da", "Orme slog Varde 2-1.", &both), both);
        assert_eq!(playing("de", "Orme verlor gegen Varde 1:3.", &both), both);
        assert_eq!(playing("fr", "Orme a battu Varde 3-1.", &both), both);
        assert_eq!(playing("es", "El Orme perdió 2-0 ante el Varde.", &both), both);
    }

    #[test]
    fn where_a_game_was_is_a_city() {
        let both = ["Orme", "Varde"];
        assert_eq!(playing("de", "Orme verlor in Varde 1:3.", &both), ["Orme"]);
        assert_eq!(playing("de", "Orme verlor gegen Varde.", &both), [""; 0]);
    }
}
