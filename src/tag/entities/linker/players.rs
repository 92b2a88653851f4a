//! Whether a story tells of somebody in a match: a player, an umpire or a trainer is no politician or artist of that name.
//!
//! Hears of no match where an office, a trade or a title stands beside one of the names: a minister may watch it.

use super::super::{
    Reading,
    grouping::Group,
    titles::is_title,
    trades::{self, BUSINESS, Fields, SPORT},
};
use crate::tag::{Text, english};

/// How many different words of a match make a story one about it, and within how many words one of them stands.
const SIGNS: usize = 4;
const NEAR: usize = 40;

/// Whether a group is of somebody whom the story knows from a match, while an item's fields have neither sport nor
/// business.
pub(super) fn is_player(
    texts: &[Reading<'_>],
    group: &Group<'_>,
    item: Fields,
    is_of_match: impl FnOnce() -> bool,
) -> bool {
    if item == 0 || item & (SPORT | BUSINESS) != 0 {
        return false;
    }
    let mut mentions = group.mentions.iter().map(|m| (&texts[m.text], &m.name.tokens));
    let has_office = mentions.clone().any(|(reading, tokens)| {
        let before = tokens.start.checked_sub(1).map_or("", |at| reading.text.word(at));
        let is_office = is_title(before)
            && !english::COURTESY_TITLES.contains_any_case(before)
            && !english::MATCH_TITLES.contains_any_case(before);
        is_office || trades::fields_beside(reading, tokens) & !SPORT != 0
    });
    !has_office
        && (mentions.any(|(reading, tokens)| plays_in_sentence(reading.text, tokens.start))
            || is_of_match())
}

/// Whether the sentence of a token tells of a match.
fn plays_in_sentence(text: &Text<'_>, at: usize) -> bool {
    let sentence = text.sentences.partition_point(|s| s.end <= at);
    let sentence = text.sentences.get(sentence).cloned().unwrap_or_default();
    let mut pair = String::new();
    let mut is_pair = |at: usize| {
        // `semi-final`
        let next = at + 1 + usize::from(text.word_or_empty(at + 1) == "-");
        pair.clear();
        pair.extend([text.lower(at), " ", text.word_or_empty(next)]);
        sentence.contains(&next) && english::MATCH_WORDS.contains_any_case(&pair)
    };
    sentence.clone().any(|at| is_sign(text, at) || is_pair(at) || takes_wickets(text, at))
}

fn is_sign(text: &Text<'_>, at: usize) -> bool {
    english::SPORT_SIGNS.contains(text.word(at)) || english::MATCH_WORDS.contains(text.lower(at))
}

/// `took 4 for 41`
fn takes_wickets(text: &Text<'_>, at: usize) -> bool {
    let is_number = |at| text.word_or_empty(at).starts_with(|c: char| c.is_ascii_digit());
    text.word(at) == "took"
        && is_number(at + 1)
        && matches!(text.word_or_empty(at + 2), "for" | "-")
        && is_number(at + 3)
}

/// Whether a story is about a match.
pub(in crate::tag::entities) fn is_of_match(texts: &[Reading<'_>]) -> bool {
    let mut signs: Vec<&str> = Vec::new();
    let mut count = 0;
    for text in texts.iter().map(|reading| reading.text) {
        let tells =
            |at: &usize| is_sign(text, *at) || english::MATCH_STORIES.contains(text.lower(*at));
        for at in (0..text.tokens.len()).filter(tells) {
            count += 1;
            if !signs.contains(&text.lower(at)) {
                signs.push(text.lower(at));
            }
        }
    }
    let length: usize = texts.iter().map(|reading| reading.text.tokens.len()).sum();
    signs.len() >= SIGNS && count * NEAR >= length
}

#[cfg(test)]
mod tests {
    use super::super::super::{Name, grouping::Mention, labels::NameKind};
    use super::*;
    use crate::tag::word_keys::keys;

    /// Whether Anna Lund of a text is no item of public life or of some other fields.
    fn is_other(body: &str, item: Fields) -> bool {
        let text = Text::new(body);
        let keys = keys(&text);
        let listed = vec![0; keys.len()];
        let texts = [Reading { text: &text, keys: &keys, listed: &listed }];
        let at = (0..keys.len()).find(|&i| text.word(i) == "Anna").unwrap();
        let name = Name { kind: NameKind::Person, tokens: at..at + 2 };
        let mentions = vec![Mention { text: 0, name: &name, located: None }];
        let group = Group { kind: NameKind::Person, mentions, fullest: 0 };
        is_player(&texts, &group, item, || is_of_match(&texts))
    }

    #[test]
    fn who_plays_is_no_politician() {
        for body in [
            "Anna Lund took 4 for 41.",
            "Anna Lund made an unbeaten 143 from 160 balls.",
            "Umpire Anna Lund gave him out lbw.",
            "Captain Anna Lund lost in the quarter-finals.",
            "Anna Lund converted a penalty corner.",
            "Anna Lund was glad. The striker left the squad. The coach said the final went to overtime.",
        ] {
            assert!(is_other(body, trades::PUBLIC), "{body}");
            assert!(!is_other(body, SPORT | trades::PUBLIC), "{body}");
        }
    }

    #[test]
    fn office_beside_a_match_and_words_of_none_tell_nothing() {
        for body in [
            "Minister Anna Lund saw the unbeaten side win the quarter-finals.",
            "Anna Lund, the mayor, saw a touchdown.",
            "Anna Lund took 4 for lunch.",
            "Anna Lund left. The quarter ended. Finals came. It was a touchdown. The squad left.",
        ] {
            assert!(!is_other(body, trades::PUBLIC), "{body}");
        }
    }
}
