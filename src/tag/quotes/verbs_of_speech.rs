//! Words that give a quote its speaker, and words that a speaker's name never has, of each language that has a list of
//! both: `speech-verbs.txt` and `quotes.txt`.

use std::sync::LazyLock;

use foldhash::HashMap;

use crate::lang;
use crate::model::LanguageCode;
use crate::tag::word_set::WordSet;

/// Names of the lists.
const VERBS: &str = "speech-verbs.txt";
const AROUND: &str = "quotes.txt";

/// How a verb of speaking relates to its subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SpeechForm {
    /// `said`, `says`: its subject stands beside it.
    Finite,
    /// `saying`, `adding`: its subject is the sentence's.
    Participle,
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

impl Pronoun {
    /// Whether two stand for a man and a woman.
    pub(super) fn is_other(self, pronoun: Self) -> bool {
        self != pronoun && self != Self::Other && pronoun != Self::Other
    }

    /// Whether a word, in lower case, is this pronoun of one person where it is a subject.
    pub(super) fn is_subject(self, lower: &str) -> bool {
        match self {
            Self::He => lower == "he",
            Self::She => lower == "she",
            Self::Other => false,
        }
    }
}

/// What a word does beside a quote.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    /// Before a verb of asking in the passive, whose subject is the hearer then.
    Hearer,
    /// The verbs that do so.
    Hearing,
    /// May stand between a speaker and the verb.
    Adverb,
    /// Ends such words.
    AdverbEnding,
    /// Pronouns for a man.
    He,
    /// For a woman.
    She,
    /// For anyone, or a thing.
    Anyone,
    /// For several, never one person.
    Several,
    /// Makes a description of what follows.
    Possessive,
    /// Pronouns that stand before a verb.
    Subject,
    /// Articles.
    Article,
    /// The article of what is known.
    Definite,
    /// Begin a description.
    Determiner,
    /// Begin who speaks, straight behind a quote.
    Opener,
    /// End the description of a speaker behind the verb.
    EndsDescription,
    /// Tie a person to what they belong to.
    Belongs,
    /// Begin a description between commas, beside articles and what ties.
    Apposition,
    /// Begin another clause.
    Clause,
    /// Point at the quote before.
    Pointer,
    /// Join a quote to what it is.
    Be,
    /// What a quote is then.
    Reply,
    /// Phrases of two words that name a speaker ahead.
    Source,
    /// The first word of the one that is a cue.
    According,
    /// Works and what names them, before a title.
    Work,
    /// Makes a clause the reporter's.
    That,
    /// Joins two parts of one quote.
    Joint,
    /// Phrases of two words behind which another quote begins.
    GoesOn,
    /// Verbs of speaking only beside a quote and straight beside a name.
    VerbBehind,
    /// Before a name that is no sentence's subject then.
    Preposition,
    /// Ends verbs that such a name may be the object of.
    ObjectEnding,
    /// Before an office that its holder has no more, not yet or in part.
    NotHolder,
    /// Offices of those who are seldom whom a story is about: `judge`.
    Another,
    /// First names of men, beside those of `first-names.txt`, which tell more than whom a pronoun is for.
    NameOfMen,
    /// The same of women.
    NameOfWomen,
    /// Messages, which are no person even where they are somebody's.
    Message,
    /// Before whom a message comes from.
    Author,
    /// How verbs end that may tell who spoke, straight behind a quote and a name.
    VerbEnding,
    /// Give another's words, before `as saying`: `quoted`.
    Quoting,
    /// Between who is quoted and the verb: `as`.
    QuotedAs,
    /// What somebody did who heard, got or read another's words: `received a text saying`.
    Receiving,
    /// The same of who heard somebody speak: `heard a man shout`.
    Hearkening,
    /// Say that somebody did not say it: `denied saying`.
    Denying,
    /// The same before a verb: `never said`.
    Negation,
    /// Before whoever did what a passive tells: `was told by`.
    Agent,
    /// Joins two who say something together.
    Both,
}

/// Names of the kinds in lists.
const KINDS: &[(&str, Kind)] = &[
    ("hearer", Kind::Hearer),
    ("hearing", Kind::Hearing),
    ("adverb", Kind::Adverb),
    ("adverb-ending", Kind::AdverbEnding),
    ("he", Kind::He),
    ("she", Kind::She),
    ("anyone", Kind::Anyone),
    ("several", Kind::Several),
    ("possessive", Kind::Possessive),
    ("subject", Kind::Subject),
    ("article", Kind::Article),
    ("definite", Kind::Definite),
    ("determiner", Kind::Determiner),
    ("opener", Kind::Opener),
    ("ends-description", Kind::EndsDescription),
    ("belongs", Kind::Belongs),
    ("apposition", Kind::Apposition),
    ("clause", Kind::Clause),
    ("pointer", Kind::Pointer),
    ("be", Kind::Be),
    ("reply", Kind::Reply),
    ("source", Kind::Source),
    ("according", Kind::According),
    ("work", Kind::Work),
    ("that", Kind::That),
    ("joint", Kind::Joint),
    ("goes-on", Kind::GoesOn),
    ("verb-behind", Kind::VerbBehind),
    ("preposition", Kind::Preposition),
    ("object-ending", Kind::ObjectEnding),
    ("not-holder", Kind::NotHolder),
    ("another", Kind::Another),
    ("name-of-men", Kind::NameOfMen),
    ("name-of-women", Kind::NameOfWomen),
    ("message", Kind::Message),
    ("author", Kind::Author),
    ("verb-ending", Kind::VerbEnding),
    ("quoting", Kind::Quoting),
    ("quoted-as", Kind::QuotedAs),
    ("receiving", Kind::Receiving),
    ("hearkening", Kind::Hearkening),
    ("denying", Kind::Denying),
    ("negation", Kind::Negation),
    ("agent", Kind::Agent),
    ("both", Kind::Both),
];

/// The words or the endings that a kind of verbs fills.
type Set = fn(&mut SpeechWords) -> &mut WordSet;
type List = fn(&mut SpeechWords) -> &mut Vec<&'static str>;

/// Kinds of the list of verbs.
const VERB_KINDS: &[(&str, Set)] = &[
    ("stem", |words| &mut words.stems),
    ("form", |words| &mut words.forms),
    ("participle", |words| &mut words.participles),
    ("never", |words| &mut words.never),
];
/// Kinds of the list of verbs that are endings.
const ENDING_KINDS: &[(&str, List)] = &[
    ("ending-finite", |words| &mut words.finite_endings),
    ("ending-participle", |words| &mut words.participle_endings),
];

/// The words around quotes of one language.
#[derive(Debug, Default)]
pub(super) struct SpeechWords {
    stems: WordSet,
    forms: WordSet,
    participles: WordSet,
    never: WordSet,
    finite_endings: Vec<&'static str>,
    participle_endings: Vec<&'static str>,
    /// By kind; empty in a language that has no list.
    kinds: Vec<WordSet>,
}

static LANGUAGES: LazyLock<HashMap<&'static str, SpeechWords>> = LazyLock::new(|| {
    lang::languages_with(VERBS).map(|code| (code, SpeechWords::read(code))).collect()
});

/// The words of a language that has no list.
static NONE: LazyLock<SpeechWords> = LazyLock::new(SpeechWords::default);

impl SpeechWords {
    /// The words of a language, English's where the language is not known; no words where it has no list.
    pub(super) fn of(language: LanguageCode) -> &'static Self {
        LANGUAGES.get(language.or_english().as_str()).unwrap_or(&NONE)
    }

    fn read(code: &str) -> Self {
        let kinds = vec![WordSet::default(); KINDS.len()];
        let mut words = Self { kinds, ..Self::default() };
        for (kind, word) in lang::rows(code, VERBS).into_iter().flatten() {
            if let Some((_, list)) = VERB_KINDS.iter().find(|(name, _)| *name == kind) {
                list(&mut words).insert(word);
            }
            if let Some((_, list)) = ENDING_KINDS.iter().find(|(name, _)| *name == kind) {
                list(&mut words).push(word);
            }
        }
        for (kind, row) in lang::rows(code, AROUND).into_iter().flatten() {
            if let Some((_, kind)) = KINDS.iter().find(|(name, _)| *name == kind) {
                let list = &mut words.kinds[*kind as usize];
                list.extend(row.split('|').map(str::trim));
            }
        }
        words
    }

    /// The words of a kind.
    pub(super) fn all(&self, kind: Kind) -> impl Iterator<Item = &&'static str> {
        self.kinds.get(kind as usize).into_iter().flat_map(WordSet::iter)
    }

    /// Whether two words, in lower case, are a phrase of a kind.
    pub(super) fn is_phrase(&self, kind: Kind, first: &str, second: &str) -> bool {
        let phrases = self.kinds.get(kind as usize);
        phrases.is_some_and(|list| list.iter().any(|p| p.split_once(' ') == Some((first, second))))
    }

    /// Whether a word, in lower case, is of a kind.
    pub(super) fn is(&self, kind: Kind, lower: &str) -> bool {
        self.kinds.get(kind as usize).is_some_and(|words| words.contains(lower))
    }

    /// Whether a word, in lower case, is a verb of speaking.
    pub(super) fn cue(&self, lower: &str) -> Option<SpeechForm> {
        if self.participles.contains(lower) {
            return Some(SpeechForm::Participle);
        }
        if self.forms.contains(lower) {
            return Some(SpeechForm::Finite);
        }
        if self.never.contains(lower) || !lower.bytes().all(|b| b.is_ascii_lowercase()) {
            return None;
        }
        let ends = |endings: &[&str]| {
            endings
                .iter()
                .any(|ending| lower.strip_suffix(ending).is_some_and(|stem| self.is_stem(stem)))
        };
        if ends(&self.participle_endings) {
            Some(SpeechForm::Participle)
        } else if ends(&self.finite_endings) {
            Some(SpeechForm::Finite)
        } else {
            None
        }
    }

    fn is_stem(&self, stem: &str) -> bool {
        self.stems.contains(stem)
            || stem.ends_with("tt") && self.stems.contains(&stem[..stem.len() - 1])
    }

    /// Whether a word may stand between a speaker and the verb.
    pub(super) fn is_adverb(&self, lower: &str) -> bool {
        self.is(Kind::Adverb, lower) || self.ends_as(Kind::AdverbEnding, lower)
    }

    /// Whether a word, in lower case, has an ending of a kind.
    pub(super) fn ends_as(&self, kind: Kind, lower: &str) -> bool {
        let endings = self.kinds.get(kind as usize);
        endings.is_some_and(|endings| endings.iter().any(|ending| lower.ends_with(ending)))
    }

    /// A pronoun that can speak.
    pub(super) fn pronoun(&self, lower: &str) -> Option<Pronoun> {
        [(Kind::He, Pronoun::He), (Kind::She, Pronoun::She), (Kind::Anyone, Pronoun::Other)]
            .into_iter()
            .find_map(|(kind, pronoun)| self.is(kind, lower).then_some(pronoun))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_verbs_of_speaking_and_their_subjects() {
        let cue = |word| SpeechWords::of(LanguageCode::EN).cue(word);
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

    #[test]
    fn row_kinds_are_known_and_all_have_words() {
        for code in lang::languages_with(VERBS) {
            for (kind, word) in lang::rows(code, VERBS).into_iter().flatten() {
                let known = VERB_KINDS.iter().map(|k| k.0).chain(ENDING_KINDS.iter().map(|k| k.0));
                assert!(known.into_iter().any(|name| name == kind), "nothing reads {kind}");
                assert_eq!(word.trim(), word, "{code}: {word:?}");
            }
        }
        for code in lang::languages_with(AROUND) {
            for (kind, row) in lang::rows(code, AROUND).into_iter().flatten() {
                assert!(KINDS.iter().any(|(name, _)| *name == kind), "nothing reads {kind}");
                assert!(row.split('|').all(|word| !word.trim().is_empty()), "{code}: {kind}");
            }
        }
        let words = SpeechWords::of(LanguageCode::EN);
        for (name, kind) in KINDS {
            assert!(words.kinds[*kind as usize].iter().next().is_some(), "no word is {name}");
        }
    }

    #[test]
    fn a_language_without_a_list_has_no_verbs() {
        let words = SpeechWords::of(LanguageCode::parse("lt").unwrap());
        assert_eq!((words.cue("said"), words.pronoun("he")), (None, None));
    }
}
