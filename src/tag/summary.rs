//! The lead: the best one or two sentences of a body, word for word.
//!
//! News says the most at its start, so the candidates are the first sentences; among them wins the
//! one that shares most words with the headline, the earlier the better. Nothing is rewritten.
//! Refuses bylines, credits, captions, headings and what has no full stop; an article without a
//! fitting sentence has no lead.

use std::ops::Range;
use std::sync::LazyLock;

use foldhash::HashSet;

use super::document::one_line;
use super::language::FunctionWords;
use super::{Document, Text};
use crate::model::LanguageCode;
use crate::punctuation::ends_sentence;
use crate::scripts::{is_hangul, is_unspaced};
use crate::tag::english;
use crate::unicode;

/// Sentences looked at.
const CANDIDATES: usize = 8;
/// Shortest and longest sentence taken, in letters of scripts that have some twenty; a character of Chinese,
/// Japanese or Korean says as much as [`DENSE`] of them.
const LENGTH: Range<usize> = 40..450;
const DENSE: usize = 3;
/// A second sentence is added while the lead stays this short, in characters.
const WITH_SECOND: usize = 280;

/// The lead of an article.
#[must_use]
pub fn lead(document: &Document<'_>, language: LanguageCode) -> Option<String> {
    let body = &document.body;
    let grammar = FunctionWords::of(language);
    let title = content_words(&document.title, 0..document.title.tokens.len(), grammar);
    let mut best: Option<(f32, usize)> = None;
    let fitting = body.sentences.iter().enumerate().filter(|(_, s)| is_sentence(body, s));
    for (place, (i, sentence)) in fitting.take(CANDIDATES).enumerate() {
        let words = content_words(body, sentence.clone(), grammar);
        let shared = words.intersection(&title).count() as f32;
        let overlap = shared / (title.len().max(1) as f32);
        let score = overlap + 0.6 / (1.0 + place as f32);
        if best.is_none_or(|(most, _)| score > most) {
            best = Some((score, i));
        }
    }
    let (_, first) = best?;
    let mut tokens = body.sentences[first].clone();
    let same_line = |a: usize, b: usize| body.line_of(a).is_some_and(|line| line.contains(&b));
    if let Some(second) = body.sentences.get(first + 1)
        && is_sentence(body, second)
        && same_line(tokens.start, second.start)
        && chars(body, tokens.start..second.end) <= WITH_SECOND
    {
        tokens.end = second.end;
    }
    Some(one_line(body.slice(tokens)))
}

fn chars(text: &Text<'_>, tokens: Range<usize>) -> usize {
    let dense = |c: char| is_unspaced(c) || is_hangul(c);
    text.slice(tokens).chars().map(|c| if dense(c) { DENSE } else { 1 }).sum()
}

/// How sentences begin that sum up nothing.
static NO_SUMMARIES: LazyLock<Vec<String>> =
    LazyLock::new(|| english::NO_SUMMARIES.iter().map(|words| words.replace('_', " ")).collect());

fn is_sentence(text: &Text<'_>, tokens: &Range<usize>) -> bool {
    if tokens.len() < 5 || !LENGTH.contains(&chars(text, tokens.clone())) {
        return false;
    }
    let words = text.slice(tokens.clone());
    ends_sentence(words) && !NO_SUMMARIES.iter().any(|start| starts_with(words, start))
}

/// Whether a text, in lower case, starts with a name that is in lower case.
fn starts_with(text: &str, name: &str) -> bool {
    let mut letters = text.chars().flat_map(char::to_lowercase);
    name.chars().all(|letter| letters.next() == Some(letter))
}

fn content_words<'t>(
    text: &'t Text<'_>,
    tokens: Range<usize>,
    grammar: Option<FunctionWords>,
) -> HashSet<&'t str> {
    tokens
        .filter(|&i| {
            let word = text.word(i);
            word.starts_with(unicode::is_alphanumeric) && word.chars().nth(2).is_some()
        })
        .map(|i| text.lower(i))
        .filter(|word| !grammar.is_some_and(|grammar| grammar.contains(word)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_the_sentence_that_repeats_the_headline() {
        let document = Document::new(
            "Central bank raises interest rates",
            "By Anna Berg\nIt was a cold morning in the old town of Frankfurt on Thursday.\n\
             The central bank raised interest rates by half a point. It was the third rise.\n",
        );
        assert_eq!(
            lead(&document, LanguageCode::EN).as_deref(),
            Some("The central bank raised interest rates by half a point.")
        );
    }

    #[test]
    fn adds_a_second_sentence_that_fits() {
        let body = "The central bank raised interest rates by half a point. \
                    It was the third rise since the start of the war in spring.";
        let document = Document::new("Bank raises interest rates", body);
        assert_eq!(lead(&document, LanguageCode::EN).as_deref(), Some(body));
    }

    #[test]
    fn sentences_of_every_script_end() {
        for (code, first) in [
            ("ja", "市議会は新しい橋の建設を賛成多数で決めた。"),
            ("ko", "시의회는 새 다리를 짓기로 결정했다고 밝혔다."),
            ("zh", "市议会周二以多数票决定修建一座新的桥梁。"),
            ("hi", "नगर परिषद ने मंगलवार को नया पुल बनाने का फैसला किया।"),
            ("ar", "قرر مجلس المدينة يوم الثلاثاء بناء جسر جديد فوق النهر."),
            ("ur", "سٹی کونسل نے منگل کو دریا پر نیا پل بنانے کا فیصلہ کیا۔"),
        ] {
            let language = LanguageCode::parse(code).unwrap();
            let document = Document::in_language("", first, language);
            assert_eq!(lead(&document, language).as_deref(), Some(first));
        }
    }

    #[test]
    fn headings_alone_give_no_lead() {
        assert_eq!(
            lead(&Document::new("", "Photos of the day\nMore soon"), LanguageCode::EN),
            None
        );
        assert_eq!(lead(&Document::new("", ""), LanguageCode::EN), None);
    }
}
