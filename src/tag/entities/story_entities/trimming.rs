//! What stands at the ends of names of other languages than English and is none of them: words of grammar and of speaking,
//! prepositions with a capital, datelines' articles, and quotation marks of which a name has one.

use std::{
    collections::{BTreeMap, HashSet},
    sync::{LazyLock, OnceLock},
};

use crate::tag::{
    TokenKind,
    entities::{Name, Reading, entity_base::phrase, labels::NameKind},
    language::FunctionWords,
};
use crate::{lang, model::LanguageCode};

/// Name of a language's list of verbs of speaking.
const SPEECH: &str = "speech.txt";
/// Name of its list of verbs of time, and the kinds of it that are verbs in themselves.
const TENSE: &str = "tense.txt";
const VERB_KINDS: [&str; 3] = ["past", "present", "modal"];
/// Name of the list of particles of names of all languages, and its kind.
const NAMES: &str = "names.txt";
const PARTICLE: &str = "particle";
/// Fewest letters of a preposition that opens a sentence before a name: shorter ones may be a part of it.
const PREPOSITION: usize = 3;
/// Fewest letters of a city in a dateline.
const DATELINE: usize = 3;

/// Verbs of speaking by language, in the forms that stand beside quotes.
static VERBS: LazyLock<BTreeMap<&'static str, HashSet<&'static str>>> = LazyLock::new(|| {
    let verbs = |code| {
        let rows = lang::text(code, SPEECH).into_iter().flat_map(lang::entries);
        let rows = rows.filter(|row| !row.contains('\t'));
        (code, rows.flat_map(str::split_whitespace).collect())
    };
    lang::languages_with(SPEECH).map(verbs).collect()
});

/// Verbs that tell a sentence's time, by language, each read when its first story comes; nouns of places may be spelt so.
static TENSES: LazyLock<BTreeMap<&'static str, OnceLock<HashSet<&'static str>>>> =
    LazyLock::new(|| lang::languages_with(TENSE).map(|code| (code, OnceLock::new())).collect());

fn tenses(folder: &str) -> Option<&'static HashSet<&'static str>> {
    let (code, verbs) = TENSES.get_key_value(folder)?;
    Some(verbs.get_or_init(|| {
        let rows = lang::rows(code, TENSE).into_iter().flatten();
        rows.filter(|(_, kind)| VERB_KINDS.contains(kind)).map(|(word, _)| word).collect()
    }))
}

/// Particles of names, which may begin one.
static PARTICLES: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| lang::of_kind("mul", NAMES, PARTICLE).collect());

/// Cuts what no name ends in: a word of grammar (`Orland de`), a verb (`Orla Union hevder`), and the small word behind a name
/// of the story (`Orla Union klagt`); and what none begins with.
pub(super) fn trim(readings: &[Reading<'_>], folder: &str, names: &mut [Vec<Name>]) {
    let Some(grammar) = LanguageCode::parse(folder).and_then(FunctionWords::of) else { return };
    let (verbs, tenses) = (VERBS.get(folder), tenses(folder));
    // `UN-a` is a case of the name.
    let is_small = |reading: &Reading<'_>, at: usize| {
        let tokens = &reading.text.tokens;
        reading.text.word(at).starts_with(char::is_lowercase)
            && tokens[at - 1].end < tokens[at].start
    };
    for (reading, names) in readings.iter().zip(&mut *names) {
        for name in names.iter_mut() {
            let last = |name: &Name| name.tokens.end - 1;
            let tenses = tenses.filter(|_| name.kind != NameKind::Place);
            let is_none = |word: &str| {
                grammar.contains(word)
                    || [verbs, tenses].iter().flatten().any(|verbs| verbs.contains(word))
            };
            while name.tokens.len() > 1
                && is_small(reading, last(name))
                && is_none(reading.text.lower(last(name)))
            {
                name.tokens.end -= 1;
            }
            cut_front(reading, grammar, name);
        }
    }
    let whole = readings.iter().zip(&*names).flat_map(|(reading, names)| {
        let names = names.iter().filter(|n| n.kind == NameKind::Organisation && n.tokens.len() > 1);
        names.map(|n| phrase(&reading.keys[n.tokens.clone()]))
    });
    let whole: HashSet<u64> = whole.collect();
    for (reading, names) in readings.iter().zip(names) {
        for name in names.iter_mut().filter(|n| n.kind == NameKind::Organisation) {
            let shorter = name.tokens.start..name.tokens.end - 1;
            if shorter.len() > 1
                && is_small(reading, shorter.end)
                && whole.contains(&phrase(&reading.keys[shorter.clone()]))
            {
                name.tokens = shorter;
            }
        }
    }
}

/// Cuts a preposition that opens a sentence from a whole name (`Per Anna Berg`), the article behind a dateline from it
/// (`ORLAND Il`), and takes the second quotation mark into a name that has the first, or leaves both out where only the word
/// that opens the sentence stands before them.
fn cut_front(reading: &Reading<'_>, grammar: FunctionWords, name: &mut Name) {
    let text = reading.text;
    let (start, end) = (name.tokens.start, name.tokens.end);
    if name.tokens.len() < 2 {
        return;
    }
    let opens = text.sentences.binary_search_by_key(&start, |s| s.start).is_ok();
    let is_grammar = |at: usize| {
        text.tokens[at].kind == TokenKind::Word
            && text.word(at).starts_with(char::is_uppercase)
            && text.word(at).contains(char::is_lowercase)
            && grammar.contains(text.lower(at))
    };
    let letters = |at: usize| text.word(at).chars().count();
    if opens
        && name.kind == NameKind::Person
        && name.tokens.len() > 2
        && is_grammar(start)
        && letters(start) >= PREPOSITION
        && !PARTICLES.contains(text.lower(start))
    {
        name.tokens.start += 1;
        return;
    }
    let loud = |at: usize| text.word(at).chars().all(char::is_uppercase);
    if opens && is_grammar(end - 1) && (start..end - 1).all(loud) && letters(start) >= DATELINE {
        name.tokens.end -= 1;
        name.kind = NameKind::Place;
        return;
    }
    let mark = name.tokens.clone().find(|at| text.word(*at) == "«");
    if let Some(mark) = mark
        && text.word_or_empty(end) == "»"
        && (mark..end).all(|at| text.word(at) != "»")
    {
        name.tokens = match opens && mark == start + 1 {
            true => mark + 1..end,
            false => start..end + 1,
        };
    }
}
