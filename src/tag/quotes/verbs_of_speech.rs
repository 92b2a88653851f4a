//! Words that give a quote its speaker, and words that a speaker's name never has.

/// How a verb of speaking relates to its subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SpeechForm {
    /// `said`, `says`: its subject stands beside it.
    Finite,
    /// `saying`, `adding`: its subject is the sentence's.
    Participle,
}

const STEMS: &[&str] = &[
    "acknowledg",
    "add",
    "admit",
    "advis",
    "affirm",
    "agree",
    "allege",
    "announc",
    "answer",
    "argu",
    "ask",
    "assert",
    "assur",
    "begin",
    "boast",
    "call",
    "caution",
    "charg",
    "claim",
    "comment",
    "complain",
    "conced",
    "conclud",
    "confess",
    "confid",
    "confirm",
    "contend",
    "continu",
    "counter",
    "credit",
    "criticiz",
    "criticis",
    "cry",
    "declar",
    "defend",
    "demand",
    "deny",
    "describ",
    "elaborat",
    "emphasiz",
    "emphasis",
    "estimat",
    "exclaim",
    "explain",
    "express",
    "fum",
    "hint",
    "insist",
    "interject",
    "joke",
    "jok",
    "lament",
    "maintain",
    "mus",
    "not",
    "observ",
    "offer",
    "opin",
    "order",
    "plead",
    "pledg",
    "point",
    "post",
    "prais",
    "predict",
    "press",
    "proclaim",
    "promis",
    "proposal",
    "quipp",
    "quip",
    "quot",
    "read",
    "recall",
    "recount",
    "reflect",
    "remark",
    "remind",
    "repeat",
    "repl",
    "report",
    "respond",
    "reveal",
    "shout",
    "signal",
    "sing",
    "snapp",
    "stat",
    "stress",
    "suggest",
    "tell",
    "testif",
    "thunder",
    "told",
    "tweet",
    "urg",
    "vow",
    "warn",
    "whisper",
    "wonder",
    "wrot",
    "writ",
    "yell",
    "concurr",
    "joked",
    "gush",
    "bemoan",
    "enthus",
    "inform",
    "instruct",
    "implor",
    "decr",
    "retort",
    "scoff",
    "admonish",
    "attack",
    "blast",
    "condemn",
    "denounc",
    "dismiss",
    "mock",
    "rebuk",
    "scold",
    "slamm",
];

const FORMS: &[&str] = &[
    "said",
    "says",
    "say",
    "told",
    "tells",
    "tell",
    "wrote",
    "writes",
    "read",
    "reads",
    "went",
    "began",
    "asks",
    "spoke",
    "sang",
    "sings",
    "swore",
    "put",
    "thinks",
    "thought",
    "agrees",
    "replied",
    "replies",
    "cried",
    "denied",
    "testified",
    "decried",
    "noted",
    "notes",
    "opined",
    "according",
];

/// Nouns and the like that only look like cues.
const NEVER: &[&str] = &[
    "state",
    "states",
    "note",
    "report",
    "reports",
    "offer",
    "offers",
    "order",
    "orders",
    "post",
    "posts",
    "press",
    "point",
    "points",
    "call",
    "calls",
    "claim",
    "claims",
    "charge",
    "charges",
    "credit",
    "credits",
    "comment",
    "comments",
    "demand",
    "demands",
    "promise",
    "pledge",
    "pledges",
    "reading",
    "answer",
    "answers",
    "reported",
    "ordered",
    "offered",
    "pointed",
    "defend",
    "defending",
    "called",
    "calling",
    "posted",
    "posting",
    "credited",
    "charged",
    "pressed",
    "reporting",
    "ordering",
    "beginning",
    "muse",
    "proposals",
    "signal",
    "signals",
    "signed",
    "described",
    "describes",
    "describing",
    "promises",
    "praises",
    "praised",
    "expressed",
    "expressing",
    "revealed",
    "reveals",
    "attacks",
    "attacking",
    "blasts",
];

/// Whether a word, in lower case, is a verb of speaking.
pub(super) fn cue(lower: &str) -> Option<SpeechForm> {
    if lower == "saying" || lower == "telling" || lower == "asking" {
        return Some(SpeechForm::Participle);
    }
    if FORMS.contains(&lower) {
        return Some(SpeechForm::Finite);
    }
    if NEVER.contains(&lower) || !lower.bytes().all(|b| b.is_ascii_lowercase()) {
        return None;
    }
    let form = |ending: &str| {
        lower.strip_suffix(ending).is_some_and(|stem| {
            STEMS.contains(&stem)
                || stem.ends_with("tt") && STEMS.contains(&&stem[..stem.len() - 1])
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
