//! Where a name ends and what stands before it begins: titles, articles and possessives are not
//! part of a name.

use std::ops::Range;

use super::{labels::NameKind, trades};
use crate::tag::english;
use crate::tag::{Text, TokenKind};

pub(super) fn is_title(word: &str) -> bool {
    english::TITLES.contains_any_case(word.trim_end_matches('.'))
}

/// A name without titles before a person, an article, quotes around it, or a possessive after it;
/// `None` when nothing is left.
#[must_use]
pub fn trim(text: &Text<'_>, kind: NameKind, mut tokens: Range<usize>) -> Option<Range<usize>> {
    while tokens.len() > 1 {
        let first = text.word(tokens.start);
        let mark = text.tokens[tokens.start].kind == TokenKind::Mark && !first.starts_with('@');
        // `As Halvorsen` of a headline: its small words have capitals too.
        let title = kind == NameKind::Person && (is_title(first) || is_small_headline_word(first));
        if !(mark || title || english::ARTICLES.contains(first)) {
            break;
        }
        tokens.start += 1;
    }
    while tokens.len() > 1 {
        let last = tokens.end - 1;
        let word = text.word(last);
        let closes = matches!(word, ")" | "]") && text.slice(tokens.clone()).contains(['(', '[']);
        match text.tokens[last].kind {
            TokenKind::Clitic => {}
            TokenKind::Mark if !closes => {}
            _ => break,
        }
        tokens.end -= 1;
    }
    let only = tokens.len() == 1;
    let blank = only
        && (text.tokens[tokens.start].kind == TokenKind::Mark || {
            let word = text.word(tokens.start);
            english::PERSON_TITLES.contains_any_case(word.trim_end_matches('.'))
                || kind == NameKind::Person
                    && (is_title(word) || english::LEADING_TITLES.contains_any_case(word))
                    && !english::TITLES_OR_NAMES.contains_any_case(word)
        });
    (!blank).then_some(tokens)
}

/// How many words at the start of some tokens are an office or a trade before somebody's whole name: `Dean Orla Berg`,
/// `Lance Corporal Orla Berg`. Two words and more must follow: `Dean Berg` may be a first name and a last.
pub(super) fn offices(text: &Text<'_>, tokens: &Range<usize>) -> usize {
    let bare = |at: usize| text.lower(at).trim_end_matches('.');
    let leads = |words: &str| {
        english::LEADING_TITLES.contains(words)
            || trades::is_trade(words) && !english::TRADES_OR_NAMES.contains(words)
    };
    let is_name = |at: usize| {
        let word = text.word(at);
        text.tokens[at].kind == TokenKind::Word
            && word.starts_with(char::is_uppercase)
            && word.trim_end_matches('.').chars().count() > 1
            && !english::PARTICLES.contains(text.lower(at))
    };
    let (start, end) = (tokens.start, tokens.end);
    // `Dean Berg-Orme` has a first name.
    let whole = |from: usize| {
        end >= from + 2
            && is_name(from)
            && is_name(end - 1)
            && text.tokens[from + 1].kind == TokenKind::Word
    };
    if whole(start + 2) && leads(&format!("{} {}", bare(start), bare(start + 1))) {
        2
    } else {
        let forename = |at: usize| {
            let lower = text.lower(at);
            english::MEN.contains(lower) || english::WOMEN.contains(lower)
        };
        let sure = |at: usize| !english::TITLES_OR_NAMES.contains(bare(at)) || forename(at + 1);
        usize::from(whole(start + 1) && leads(bare(start)) && sure(start))
    }
}

/// Words that a sentence or a headline capitalises without their being of a name.
pub(super) fn is_small_headline_word(word: &str) -> bool {
    english::HEADLINE_WORDS.contains_any_case(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trimmed(text: &str, kind: NameKind) -> Option<String> {
        let text = Text::new(text);
        let all = 0..text.tokens.len();
        trim(&text, kind, all).map(|tokens| text.slice(tokens).to_owned())
    }

    #[test]
    fn titles_and_possessives_are_no_part_of_names() {
        assert_eq!(
            trimmed("Prime Minister Dr. Ana Brnabic's", NameKind::Person).as_deref(),
            Some("Ana Brnabic")
        );
        assert_eq!(
            trimmed("the European Union", NameKind::Organisation).as_deref(),
            Some("European Union")
        );
        assert_eq!(
            trimmed("\u{201c}Paris Match\u{201d}", NameKind::Organisation).as_deref(),
            Some("Paris Match")
        );
    }

    #[test]
    fn small_headline_words_are_not_part_of_names() {
        assert_eq!(trimmed("As Halvorsen", NameKind::Person).as_deref(), Some("Halvorsen"));
    }

    #[test]
    fn lone_title_is_no_person_unless_a_name() {
        assert_eq!(trimmed("Mr.", NameKind::Person), None);
        assert_eq!(trimmed("Superintendent", NameKind::Person), None);
        assert_eq!(trimmed("Dean", NameKind::Person).as_deref(), Some("Dean"));
        assert_eq!(trimmed("King", NameKind::Person).as_deref(), Some("King"));
    }

    #[test]
    fn offices_lead_whole_names_alone() {
        let led = |text: &str| {
            let text = Text::new(text);
            offices(&text, &(0..text.tokens.len()))
        };
        for text in ["Dean Anna Berg", "WPC Orla Berg", "Alhaji Orla Berg", "Jockey Orla Berg"] {
            assert_eq!(led(text), 1, "{text}");
        }
        assert_eq!(led("Park Ranger Orla Berg"), 2);
        for text in [
            "Dean Berg",
            "Dean van Berg",
            "Orla Dean Berg",
            "Dean J. Berg",
            "Dean Witter Berg",
            "Dean Berg-Orme",
        ] {
            assert_eq!(led(text), 0, "{text}");
        }
    }

    #[test]
    fn titles_stay_in_names_of_other_things() {
        assert_eq!(
            trimmed("Prince George County", NameKind::Place).as_deref(),
            Some("Prince George County")
        );
    }
}
