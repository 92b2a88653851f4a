//! Tone of a text: words of gain and loss, praise and blame, counted with negation and emphasis.
//!
//! It measures how the news reads, not what the writer thinks: a sober report of a war is negative.
//! The list was written for news, so that words which are neutral there ("bank", "strike" as a noun,
//! "right") are left out. Sarcasm, who is praised or blamed, and words outside the list are beyond
//! it; scores of single short texts are rough, their averages are what it is good for. Something bad
//! that becomes less ("unemployment falls") is good. English only: other languages, and texts without
//! a word of the list, have no tone rather than one of 0.

use std::sync::LazyLock;

use foldhash::HashMap;

use super::{Document, Text, word_set::WordMap};
use crate::model::{LanguageCode, Sentiment};
use crate::tag::english;

/// Words of a body looked at.
const MAX_TOKENS: usize = 1500;
/// Negation reaches over so many words.
const NEGATION_REACH: usize = 3;
/// Keeps a single word of a long text from deciding it.
const SMOOTHING: f32 = 3.0;

/// What a word does to the tone of its text.
#[derive(Clone, Copy, Debug, Default)]
struct Effect {
    tone: Option<f32>,
    negates: bool,
    emphasises: bool,
    lessens: bool,
}

/// The words that do anything: most do nothing, and are looked up once.
static EFFECTS: LazyLock<WordMap<Effect>> = LazyLock::new(|| {
    let mut effects: HashMap<&str, Effect> = HashMap::default();
    let mut set = |words: &english::Words, set: fn(&mut Effect)| {
        words.iter().for_each(|word| set(effects.entry(*word).or_default()));
    };
    set(&english::POSITIVE, |effect| effect.tone = Some(1.0));
    set(&english::NEGATIVE, |effect| effect.tone = Some(-1.0));
    set(&english::NEGATIONS, |effect| effect.negates = true);
    set(&english::EMPHASIS, |effect| effect.emphasises = true);
    set(&english::LESSENING, |effect| effect.lessens = true);
    effects.into()
});

fn effect(text: &Text<'_>, token: usize) -> Effect {
    EFFECTS.get(text.lower(token))
}

/// How far from a bad word the word that lessens it may stand, in tokens.
const LESSENING_REACH: usize = 4;

/// The tone of body and headline, each from -1 to 1; `None` for other languages than English and
/// for a text of which no word of the list speaks.
#[must_use]
pub fn sentiment(document: &Document<'_>, language: LanguageCode) -> Option<Sentiment> {
    if language != LanguageCode::EN {
        return None;
    }
    let title = tone(&document.title);
    let score = tone(&document.body).or(title)?;
    Some(Sentiment { score, title })
}

/// The tokens near one in its clause: `Thefts rose and unemployment fell` tells of two things.
fn near(text: &Text<'_>, token: usize) -> std::ops::Range<usize> {
    let parts = |i: &usize| {
        let word = text.word(*i);
        matches!(word, "." | "," | ";" | ":") || english::CLAUSE_JOINTS.contains(word)
    };
    let first = token.saturating_sub(LESSENING_REACH);
    let last = text.tokens.len().min(token + 1 + LESSENING_REACH);
    let start = (first..token).rev().find(parts).map_or(first, |i| i + 1);
    start..(token + 1..last).find(parts).unwrap_or(last)
}

/// Whether a word of lessening stands near a token in its clause.
fn is_lessened(text: &Text<'_>, token: usize) -> bool {
    near(text, token).any(|i| i != token && effect(text, i).lessens)
}

fn tone(text: &Text<'_>) -> Option<f32> {
    let (mut sum, mut weight) = (0.0, 0.0);
    let mut negated_until = 0;
    let mut emphasised = false;
    for token in 0..text.tokens.len().min(MAX_TOKENS) {
        let Effect { tone, negates, emphasises, lessens } = effect(text, token);
        if negates {
            negated_until = token + 1 + NEGATION_REACH;
        } else if let Some(tone) = tone {
            // "Unemployment falls": the fall is of something bad, and no news of its own.
            if lessens && tone < 0.0 {
                let mut near = near(text, token).filter(|&i| i != token).map(|i| effect(text, i));
                if near.any(|near| !near.lessens && near.tone.is_some_and(|tone| tone < 0.0)) {
                    continue;
                }
            }
            let tone =
                if !lessens && tone < 0.0 && is_lessened(text, token) { -tone } else { tone };
            let strength = if emphasised { 1.5 } else { 1.0 };
            // "Not good" is bad, but less so than "bad".
            let turned = if token < negated_until { -0.6 } else { 1.0 };
            sum += tone * strength * turned;
            weight += strength;
        }
        emphasised = emphasises;
        let lower = text.lower(token);
        if matches!(lower, "." | "," | ";") || english::CONTRASTS.contains(lower) {
            negated_until = 0;
        }
    }
    (weight > 0.0).then(|| sum / (weight + SMOOTHING))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn score(body: &str) -> f32 {
        sentiment(&Document::new("", body), LanguageCode::EN).unwrap().score
    }

    #[test]
    fn tells_good_news_from_bad() {
        assert!(score("The rescue was a great success and families celebrated.") > 0.3);
        assert!(score("Dozens were killed and many injured in the attack.") < -0.3);
        let silent = Document::new("", "The committee met in the hall.");
        assert_eq!(sentiment(&silent, LanguageCode::EN), None);
        assert!(score("Thefts dropped and unemployment fell last year.") > 0.0);
        assert!(score("Deaths rose and profit fell.") < 0.0);
        let sport =
            Document::new("Rovers win the cup", "The winger shot twice in the last ten minutes.");
        assert!(sentiment(&sport, LanguageCode::EN).unwrap().score > 0.0);
        let plain = Document::new("The council met", "The rescue was a great success.");
        assert_eq!(sentiment(&plain, LanguageCode::EN).unwrap().title, None);
    }

    #[test]
    fn negation_turns_and_emphasis_strengthens() {
        assert!(score("This is not good.") < 0.0);
        assert!(score("This is very bad.") < score("This is bad."));
        assert!(score("No victims, but a success.") > 0.0);
    }

    #[test]
    fn stays_within_bounds_and_out_of_other_languages() {
        assert!(score(&"killed ".repeat(500)) >= -1.0);
        let document = Document::new("", "terror war");
        assert_eq!(sentiment(&document, LanguageCode::UND), None);
    }
}
