//! Words that give a quote its speaker, and words that a speaker's name never has.

use crate::tag::english;
/// How a verb of speaking relates to its subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SpeechForm {
    /// `said`, `says`: its subject stands beside it.
    Finite,
    /// `saying`, `adding`: its subject is the sentence's.
    Participle,
}

/// Whether a word, in lower case, is a verb of speaking.
pub(super) fn cue(lower: &str) -> Option<SpeechForm> {
    if lower == "saying" || lower == "telling" || lower == "asking" {
        return Some(SpeechForm::Participle);
    }
    if english::SPEECH_FORMS.contains(lower) {
        return Some(SpeechForm::Finite);
    }
    if english::NEVER_SPEECH.contains(lower) || !lower.bytes().all(|b| b.is_ascii_lowercase()) {
        return None;
    }
    let form = |ending: &str| {
        lower.strip_suffix(ending).is_some_and(|stem| {
            english::SPEECH_STEMS.contains(stem)
                || stem.ends_with("tt") && english::SPEECH_STEMS.contains(&stem[..stem.len() - 1])
        })
    };
    if form("ing") || form("ying") {
        Some(SpeechForm::Participle)
    } else if form("ed") || form("es") || form("s") || form("ied") || form("ies") || form("e") {
        Some(SpeechForm::Finite)
    } else {
        None
    }
}

/// Whether two words make their subject the hearer: `was asked`, `were told`.
pub(super) fn is_hearing(before: &str, verb: &str) -> bool {
    matches!(before, "was" | "were" | "been" | "being" | "when" | "if")
        && matches!(verb, "asked" | "told" | "questioned" | "pressed" | "quizzed")
}

/// Words that may stand between a speaker and the verb.
pub(super) fn is_adverb(lower: &str) -> bool {
    lower.ends_with("ly")
        || matches!(
            lower,
            "also"
                | "later"
                | "then"
                | "once"
                | "has"
                | "had"
                | "have"
                | "further"
                | "again"
                | "even"
                | "just"
                | "still"
                | "now"
                | "himself"
                | "herself"
                | "is"
                | "was"
                | "would"
                | "will"
                | "who"
                | "never"
                | "always"
                | "often"
        )
}

/// A pronoun that can speak.
pub(super) fn pronoun(lower: &str) -> Option<Pronoun> {
    Some(match lower {
        "he" | "him" | "his" => Pronoun::He,
        "she" | "her" | "hers" => Pronoun::She,
        "they" | "them" | "we" | "it" | "who" | "i" => Pronoun::Other,
        _ => return None,
    })
}

/// Whom a pronoun can stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pronoun {
    /// A man.
    He,
    /// A woman.
    She,
    /// Anyone, or a thing.
    Other,
}

/// Words that end the description of a speaker that follows a verb.
pub(super) fn ends_description(lower: &str) -> bool {
    matches!(
        lower,
        "in" | "on"
            | "at"
            | "during"
            | "to"
            | "as"
            | "after"
            | "before"
            | "when"
            | "while"
            | "who"
            | "that"
            | "because"
            | "if"
            | "and"
            | "but"
            | "with"
            | "about"
            | "by"
            | "via"
            | "from"
            | "monday"
            | "tuesday"
            | "wednesday"
            | "thursday"
            | "friday"
            | "saturday"
            | "sunday"
            | "yesterday"
            | "today"
            | "last"
            | "this"
            | "earlier"
            | "told"
            | "referring"
            | "following"
            | "adding"
            | "speaking"
            | "recently"
            | "later"
            | "again"
            | "where"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_verbs_of_speaking_and_their_subjects() {
        for word in ["said", "tweeted", "explained", "continued", "replied", "admits", "urged"] {
            assert_eq!(cue(word), Some(SpeechForm::Finite), "{word}");
        }
        for word in ["saying", "adding", "stating", "replying"] {
            assert_eq!(cue(word), Some(SpeechForm::Participle), "{word}");
        }
        for word in ["state", "museum", "not", "reporters", "green", "is", "press"] {
            assert_eq!(cue(word), None, "{word}");
        }
    }
}
