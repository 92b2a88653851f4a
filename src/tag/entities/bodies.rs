//! A country's own bodies in its language: parliaments, courts, ministries, central banks (`src/lang/<code>/bodies.txt`).
//!
//! A recogniser trained on few stories misses them where a sentence begins with one, and runs others together with what they
//! did. What is listed is an organisation as it is listed, in the forms that its row has. Refuses to cut a longer name in
//! capitals: `Verwaltungsgericht Orland` stays whole.

use std::{
    collections::{BTreeMap, HashSet},
    ops::Range,
    sync::{LazyLock, OnceLock},
};

use super::{Name, Reading, labels::NameKind};
use crate::{
    hash::{ByHash, Hashes},
    lang,
    tag::{
        Text, TokenKind,
        document::Splitting,
        entities::entity_base::phrase,
        names::overlapping,
        word_keys::{HYPHEN, keys},
    },
};

/// Name of a language's list, and its kinds.
const LIST: &str = "bodies.txt";
const INSIDE: &str = "inside";
const OPENING: &str = "opening";
const ENDING: &str = "ending";

/// The capitals of a word, the fewer the less.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Capitals {
    None,
    First,
    All,
}

impl Capitals {
    fn of(word: &str) -> Self {
        match (word.starts_with(char::is_uppercase), word.contains(char::is_lowercase)) {
            (false, _) => Self::None,
            (true, true) => Self::First,
            (true, false) => Self::All,
        }
    }
}

/// How a listed form is written.
#[derive(Debug)]
struct Form {
    /// What capitals each of its words has.
    capitals: Vec<Capitals>,
    /// Whether it is another word, too, where it opens a sentence.
    inside: bool,
}

/// The bodies of one language.
#[derive(Debug, Default)]
pub(super) struct Bodies {
    forms: ByHash<Form>,
    /// The first words of the forms.
    first: Hashes,
    /// First words of names of organisations, in small letters: what is taken for somebody is one with it.
    openings: HashSet<&'static str>,
    /// Ends of such names behind a hyphen: what is taken for a place is one with it.
    endings: HashSet<&'static str>,
    /// Most words of a form.
    longest: usize,
}

/// Those of every language, each read when its first story comes.
static LANGUAGES: LazyLock<BTreeMap<&'static str, OnceLock<Bodies>>> =
    LazyLock::new(|| lang::languages_with(LIST).map(|code| (code, OnceLock::new())).collect());

impl Bodies {
    /// Of a language by its folder.
    pub(super) fn of(folder: &str) -> Option<&'static Self> {
        let (code, bodies) = LANGUAGES.get_key_value(folder)?;
        Some(bodies.get_or_init(|| Self::read(code)))
    }

    fn read(code: &'static str) -> Self {
        let mut bodies = Self::default();
        let splitting = Splitting::of(code);
        bodies.openings.extend(lang::of_kind(code, LIST, OPENING));
        bodies.endings.extend(lang::of_kind(code, LIST, ENDING));
        let rows = lang::rows(code, LIST).into_iter().flatten();
        for (kind, row) in rows.filter(|(kind, _)| ![OPENING, ENDING].contains(kind)) {
            for name in expanded(row) {
                let text = Text::split(&name, splitting);
                let keys = keys(&text);
                bodies.longest = bodies.longest.max(keys.len());
                bodies.first.extend(keys.first());
                let words = (0..keys.len()).filter(|at| keys[*at] != HYPHEN);
                let capitals: Vec<Capitals> = words.map(|at| Capitals::of(text.word(at))).collect();
                let inside = kind == INSIDE;
                // What is written in several ways has the fewest capitals of all.
                let form = bodies.forms.entry(phrase(&keys));
                let form = form.or_insert_with(|| Form { capitals: capitals.clone(), inside });
                for (one, other) in form.capitals.iter_mut().zip(capitals) {
                    *one = (*one).min(other);
                }
            }
        }
        bodies
    }

    /// Makes organisations of the bodies in a text.
    pub(super) fn claim(&self, reading: &Reading<'_>, names: &mut Vec<Name>) {
        for line in &reading.text.lines {
            let mut at = line.start;
            while at < line.end {
                let found = self.first.contains(&reading.keys[at]);
                let found = if found { self.longest_at(reading, at..line.end) } else { None };
                at = found.as_ref().map_or(at + 1, |tokens| tokens.end);
                if let Some(tokens) = found {
                    claim(reading, names, tokens);
                }
            }
        }
    }

    /// Makes organisations of people whose name begins as one's does (`Hospital Anna Berg`), and of places that end so
    /// (`Orme-Stiftung`).
    pub(super) fn mend_kinds(&self, reading: &Reading<'_>, names: &mut [Name]) {
        let text = reading.text;
        for name in names.iter_mut().filter(|n| n.tokens.len() > 1) {
            let (first, last) = (name.tokens.start, name.tokens.end - 1);
            let led = name.kind == NameKind::Person && self.openings.contains(text.lower(first));
            let ends = name.kind == NameKind::Place
                && self.endings.contains(text.lower(last))
                && matches!(text.word(last - 1), "-" | "\u{2010}" | "\u{2011}");
            if led || ends {
                name.kind = NameKind::Organisation;
            }
        }
    }

    /// The longest body that begins where some tokens do.
    fn longest_at(&self, reading: &Reading<'_>, tokens: Range<usize>) -> Option<Range<usize>> {
        let text = reading.text;
        let opens = text.sentences.binary_search_by_key(&tokens.start, |s| s.start).is_ok();
        let longest = self.longest.min(tokens.len());
        let ends = (1..=longest).rev().map(|len| tokens.start + len);
        let mut bodies = ends.map(|end| tokens.start..end);
        bodies.find(|body| {
            let Some(form) = self.forms.get(&phrase(&reading.keys[body.clone()])) else {
                return false;
            };
            let words = body.clone().filter(|at| reading.keys[*at] != HYPHEN);
            let mut written = form.capitals.iter().zip(words);
            !(opens && form.inside)
                && reading.keys[body.end - 1] != HYPHEN
                && written.all(|(wanted, at)| *wanted <= Capitals::of(text.word(at)))
                && !goes_on(text, body.end)
        })
    }
}

/// Whether a hyphen joins the next word to the one before a token: `Bundestag-Debatte`.
fn goes_on(text: &Text<'_>, at: usize) -> bool {
    let Some(mark) = text.tokens.get(at) else { return false };
    mark.kind == TokenKind::Mark
        && matches!(text.word(at), "-" | "\u{2010}" | "\u{2011}")
        && text.tokens[at - 1].end == mark.start
        && text.tokens.get(at + 1).is_some_and(|next| next.start == mark.end)
}

/// Makes one name of some tokens, unless a longer one has another word with a capital.
fn claim(reading: &Reading<'_>, names: &mut Vec<Name>, tokens: Range<usize>) {
    let text = reading.text;
    let over = overlapping(names, &tokens);
    let loud = |at: &usize| text.word(*at).starts_with(char::is_uppercase);
    let longer = |name: &Name| {
        let all = name.tokens.clone();
        all.into_iter().filter(|at| !tokens.contains(at)).any(|at| loud(&at))
    };
    if names[over.clone()].iter().any(longer) {
        return;
    }
    names.splice(over, [Name { kind: NameKind::Organisation, tokens }]);
}

/// The forms that a row stands for: `Orme(|s) Gericht(|s)` for four.
fn expanded(row: &str) -> Vec<String> {
    let Some((before, rest)) = row.split_once('(') else { return vec![row.to_owned()] };
    let Some((endings, behind)) = rest.split_once(')') else { return vec![row.to_owned()] };
    let behind = expanded(behind);
    let one = |ending| behind.iter().map(move |rest| format!("{before}{ending}{rest}"));
    endings.split('|').flat_map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tag::names::samples::{Sample, named, written};

    fn bodies(code: &str, body: &str, names: &[(NameKind, &str)]) -> Vec<String> {
        let sample = Sample::of(code, body);
        let mut names = named(&sample.text, names);
        Bodies::of(code).unwrap().claim(&sample.reading(), &mut names);
        written(&sample.text, &names)
    }

    #[test]
    fn a_row_stands_for_all_its_forms() {
        assert_eq!(expanded("Orm(|en) Varde"), ["Orm Varde", "Ormen Varde"]);
        assert_eq!(expanded("Orme"), ["Orme"]);
        assert_eq!(expanded("O(a|b) V(c|d)"), ["Oa Vc", "Oa Vd", "Ob Vc", "Ob Vd"]);
    }

    #[test]
    fn a_body_opens_a_sentence() {
        let found = bodies("ru", "Верховный суд отменил приговор.", &[]);
        assert_eq!(found, ["Organisation Верховный суд"]);
        let found = bodies("sv", "Riksdagen röstade. Alla i riksdagen var där.", &[]);
        assert_eq!(found, ["Organisation Riksdagen"]);
    }

    #[test]
    fn a_body_is_no_part_of_what_it_did() {
        let run = [(NameKind::Organisation, "Верховный суд отменил")];
        let found = bodies("ru", "Верховный суд отменил приговор.", &run);
        assert_eq!(found, ["Organisation Верховный суд"]);
    }

    #[test]
    fn a_longer_name_stays_whole() {
        let longer = [(NameKind::Organisation, "Верховный суд Орландии")];
        let found = bodies("ru", "Верховный суд Орландии отменил приговор.", &longer);
        assert_eq!(found, ["Organisation Верховный суд Орландии"]);
        assert_eq!(bodies("de", "Die Bundestag-Debatte dauert.", &[]), [""; 0]);
    }

    #[test]
    fn first_and_last_words_tell_an_organisation() {
        let kind = |code: &str, body: &str, kind: NameKind| {
            let sample = Sample::of(code, body);
            let mut names = [Name { kind, tokens: 0..sample.keys.len() }];
            Bodies::of(code).unwrap().mend_kinds(&sample.reading(), &mut names);
            names[0].kind
        };
        let organisation = NameKind::Organisation;
        assert_eq!(kind("pt", "Hospital Bento Serra", NameKind::Person), organisation);
        assert_eq!(kind("de", "Orme-Stiftung", NameKind::Place), organisation);
        assert_eq!(kind("de", "Orme-Stadt", NameKind::Place), NameKind::Place);
    }
}
