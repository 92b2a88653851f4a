//! Tone of a text: words of gain and loss, praise and blame, counted with negation and emphasis.
//!
//! It measures how the news reads, not what the writer thinks: a sober report of a war is negative.
//! The list was written for news, so that words which are neutral there ("bank", "strike" as a noun,
//! "right") are left out. Sarcasm, who is praised or blamed, and words outside the list are beyond
//! it; scores of single short texts are rough, their averages are what it is good for. Something bad
//! that becomes less ("unemployment falls") is good. English only: other languages, and texts without
//! a word of the list, have no tone rather than one of 0.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::{Document, Text};
use crate::model::{LanguageCode, Sentiment};

/// Words of a body looked at.
const MAX_TOKENS: usize = 1500;
/// Negation reaches over so many words.
const NEGATION_REACH: usize = 3;
/// Keeps a single word of a long text from deciding it.
const SMOOTHING: f32 = 3.0;

const POSITIVE: &str = "accolade acclaim acclaimed accomplish accomplished accomplishment achieve \
    achieved achievement admire admired agreement applaud applauded approve approved award awarded \
    beautiful benefit best better boom boost boosted bravery brave breakthrough bright brilliant \
    calm celebrate celebrated celebration champion cheer cheered comfort confidence confident \
    congratulate cooperation courage cure cured delight delighted eager ease eased effective elegant \
    encourage encouraged encouraging enjoy enjoyed enthusiastic excellent excited exciting extraordinary \
    fair faith famous fantastic favourite favorite festive flourish fortunate free freed freedom fresh \
    friendly fun gain gained gains generous gift glad glory good grateful great growth happy harmony \
    heal healthy heartwarming help helped hero heroic honour honoured honor honored hope hopeful hopes \
    impressive improve improved improvement improving innovative inspire inspired inspiring joy joyful \
    keen kind laugh launch lift lively love loved lucky memorable milestone miracle nice optimism \
    optimistic outstanding overcome peace peaceful perfect pleased pleasure popular positive praise \
    praised pride prize profit progress promising prosper prosperity protect proud rally rebound recover \
    recovered recovery relief relieved remarkable rescue rescued resilient resolve resolved respect \
    revive reward rewarded rise safe safety satisfied smile solution solve solved stable star strength \
    strong stunning succeed succeeded success successful support supported surge survive survived \
    thank thankful thrilled thrive triumph triumphant trust upbeat victory vibrant vital warm welcome \
    welcomed win winner winning wins won wonderful";
const NEGATIVE: &str = "abuse abused accident accuse accused afraid aggression aggressive alarm alarming \
    anger angry anxiety anxious arrest arrested assault atrocity attack attacked attacks bad ban banned \
    bankrupt bankruptcy blame blamed blast blaze bleak blow bomb bombed bombing brutal burden \
    catastrophe catastrophic chaos cheat collapse collapsed complain complaint concern concerned concerns \
    condemn condemned conflict confusion controversial corrupt corruption crash crashed crime criminal \
    crisis critical criticise criticised criticism criticize criticized cruel cut cuts damage damaged \
    danger dangerous dead deadly death deaths decline declined defeat defeated deficit delay delayed \
    demolish deny depressed depression desperate despair destroy destroyed destruction die died dies \
    difficult difficulty dire disappoint disappointed disappointing disaster disastrous disease dismal \
    dispute doubt downturn drop dropped drought emergency emission enemy error evil expel explosion fail \
    failed failing failure fake fall fallen fatal fatality fear feared fears fell \
    fire fired flaw fraud freezing fury gloom gloomy grief grim guilty gun harass harassment harm \
    harmful harsh hate hatred horrific horror hostage hostile hunger hurt hurts illegal illness impossible \
    incident inflation injure injured injuries injury insult jail jailed kill killed killer killing lack \
    lawsuit layoff lie lied lose loses losing loss losses lost mass mess miss mistake murder murdered \
    negative neglect nightmare outbreak outrage pain painful panic penalty plague plunge plunged poison \
    pollution poor poverty pressure prison problem problems protest rape recession refuse refused reject \
    rejected resign resigned riot risk risks ruin ruined sad sadness scam scandal scare scared sentenced \
    setback severe shame shock shocked shocking shooting shortage sick slow slump slumped stabbed \
    stolen storm stress struggle struggled struggling suffer suffered suffering suicide suspect suspended \
    tension tensions terrible terror terrorism terrorist terrorists theft thefts threat threaten threatened \
    threats tough toxic tragedy tragic trapped trauma trouble troubled unable unemployed unemployment \
    unfair unfortunate unhappy unrest unsafe upset victim victims violence violent virus war warn warned \
    warning weak weakness worried worries worry worse worsen worst wound wounded wrong";
const NEGATIONS: &[&str] = &[
    "not",
    "no",
    "never",
    "without",
    "n't",
    "n’t",
    "hardly",
    "neither",
    "nor",
    "cannot",
    "barely",
    "don't",
    "didn't",
    "doesn't",
    "isn't",
    "wasn't",
    "weren't",
    "won't",
    "can't",
    "couldn't",
    "wouldn't",
    "shouldn't",
    "don’t",
    "didn’t",
    "doesn’t",
    "isn’t",
    "wasn’t",
    "weren’t",
    "won’t",
    "can’t",
    "couldn’t",
    "wouldn’t",
    "shouldn’t",
];
const EMPHASIS: &[&str] = &[
    "very",
    "extremely",
    "deeply",
    "hugely",
    "highly",
    "really",
    "most",
    "so",
    "too",
    "badly",
    "severely",
    "greatly",
    "sharply",
    "massive",
    "huge",
];

static TONE: LazyLock<HashMap<&'static str, f32>> = LazyLock::new(|| {
    let words = |list: &'static str, tone| list.split_whitespace().map(move |word| (word, tone));
    words(POSITIVE, 1.0).chain(words(NEGATIVE, -1.0)).collect()
});

/// Words that say that something becomes less: what is bad turns good beside them.
const LESSENING: &[&str] = &[
    "fall",
    "falls",
    "fell",
    "fallen",
    "drop",
    "drops",
    "dropped",
    "decline",
    "declines",
    "declined",
    "fewer",
    "less",
    "ease",
    "eases",
    "eased",
    "shrink",
    "shrinks",
    "shrank",
    "lower",
    "lowest",
    "down",
    "cut",
    "cuts",
    "reduce",
    "reduces",
    "reduced",
    "end",
    "ends",
    "ended",
    "halved",
    "slow",
    "slows",
    "slowed",
    "avert",
    "averted",
    "avoid",
    "avoided",
    "prevent",
    "prevented",
    "defuse",
    "defused",
];
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
    Some(Sentiment { score, title: title.unwrap_or(0.0) })
}

/// The tokens near one in its clause: `Thefts rose and unemployment fell` tells of two things.
fn near(text: &Text<'_>, token: usize) -> std::ops::Range<usize> {
    let parts =
        |i: &usize| matches!(text.word(*i), "." | "," | ";" | ":" | "and" | "but" | "while");
    let first = token.saturating_sub(LESSENING_REACH);
    let last = text.tokens.len().min(token + 1 + LESSENING_REACH);
    let start = (first..token).rev().find(parts).map_or(first, |i| i + 1);
    start..(token + 1..last).find(parts).unwrap_or(last)
}

/// Whether a word of lessening stands near a token in its clause.
fn is_lessened(text: &Text<'_>, token: usize) -> bool {
    near(text, token)
        .any(|i| i != token && LESSENING.contains(&text.word(i).to_lowercase().as_str()))
}

fn tone(text: &Text<'_>) -> Option<f32> {
    let (mut sum, mut weight) = (0.0, 0.0);
    let mut negated_until = 0;
    let mut emphasised = false;
    for token in 0..text.tokens.len().min(MAX_TOKENS) {
        let lower = text.word(token).to_lowercase();
        if NEGATIONS.contains(&lower.as_str()) {
            negated_until = token + 1 + NEGATION_REACH;
        } else if let Some(&tone) = TONE.get(lower.as_str()) {
            // "Unemployment falls": the fall is of something bad, and no news of its own.
            let lessens = LESSENING.contains(&lower.as_str());
            if lessens && tone < 0.0 {
                let mut near =
                    near(text, token).filter(|&i| i != token).map(|i| text.word(i).to_lowercase());
                if near.any(|w| {
                    !LESSENING.contains(&w.as_str())
                        && TONE.get(w.as_str()).is_some_and(|t| *t < 0.0)
                }) {
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
        emphasised = EMPHASIS.contains(&lower.as_str());
        if matches!(lower.as_str(), "." | "," | ";" | "but") {
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

    #[test]
    fn no_word_is_both() {
        let positive: Vec<&str> = POSITIVE.split_whitespace().collect();
        assert!(NEGATIVE.split_whitespace().all(|word| !positive.contains(&word)));
    }
}
