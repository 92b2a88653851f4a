//! What a recogniser takes for a name that is none: a title, a group of people (`src/lang/<code>/not-names.txt`), a day
//! of the week (`weekdays.txt`).
//!
//! A name goes when all its words are listed and nobody in the story bears one of them: `Präsident`, but not König
//! where Anna König spoke. In scripts without capitals a name loses the day at its end, of which a recogniser makes a part of it
//! (`dates.txt`: `Orland yesterday`). A country that is called as a listed word is (`مالي`: Mali, financial) is one behind a word of
//! place alone, and where the script has capitals inside a sentence, too
//! (`Mali yıl`), or wherever the story tells of it.

use std::{collections::BTreeMap, sync::LazyLock};

use foldhash::HashSet;

use super::{Name, Reading, labels::NameKind};
use crate::{
    lang,
    scripts::is_unspaced,
    tag::{Text, TokenKind, document::Splitting, feature_hash, word_keys::keys},
};

/// Name of a language's list.
const LIST: &str = "not-names.txt";
/// Name of its days of the week: the day, a tab, its number.
const DAYS: &str = "weekdays.txt";

/// Name of its words of dates, and the kinds that are days and years by themselves.
const DATES: &str = "dates.txt";
const TIMES: [&str; 9] = [
    "before-yesterday",
    "yesterday",
    "last-night",
    "today",
    "tomorrow",
    "after-tomorrow",
    "last-year",
    "this-year",
    "next-year",
];

/// Words of a title with a whole name.
const TITLED: usize = 3;

/// What is no name in one language.
#[derive(Debug)]
pub(super) struct NotNames {
    words: HashSet<u64>,
    days: HashSet<u64>,
    /// Days and years, word by word, that end no name; none where capitals tell names.
    times: Vec<Vec<u64>>,
    /// Whether names are listed whole, for their characters are in other names too.
    whole: bool,
}

static LANGUAGES: LazyLock<BTreeMap<&'static str, NotNames>> =
    LazyLock::new(|| lang::languages_with(LIST).map(|code| (code, NotNames::read(code))).collect());

impl NotNames {
    /// Of a language by its folder.
    pub(super) fn of(folder: &str) -> Option<&'static Self> {
        LANGUAGES.get(folder)
    }

    fn read(code: &'static str) -> Self {
        let splitting = Splitting::of(code);
        let whole = splitting.characters;
        let words = |entry: &'static str| {
            let keys = keys(&Text::split(entry, splitting));
            if whole { vec![phrase(&keys)] } else { keys }
        };
        let list = lang::text(code, LIST).into_iter().flat_map(lang::entries);
        let of_kind = |kind: &'static str| lang::of_kind(code, DATES, kind);
        let times = TIMES.into_iter().filter(|_| splitting.uncased).flat_map(of_kind);
        let days = lang::rows(code, DAYS).into_iter().flatten().map(|(day, _)| day);
        let days = days.filter(|day| splitting.uncased && day.chars().count() > 1);
        let times = times.flat_map(|words| words.split('|')).chain(days);
        let times = times.map(|time| keys(&Text::split(time.trim(), splitting)));
        Self {
            times: times.filter(|time| !time.is_empty()).collect(),
            words: list.flat_map(words).collect(),
            days: lang::rows(code, DAYS)
                .into_iter()
                .flatten()
                .flat_map(|(day, _)| words(day))
                .collect(),
            whole,
        }
    }

    /// Whether all words of a name are listed.
    pub(super) fn lists(&self, words: &[u64]) -> bool {
        match self.whole {
            true => self.words.contains(&phrase(words)),
            false => words.iter().all(|key| self.words.contains(key)),
        }
    }

    /// Takes the days and years from the ends of a text's names; what is left of one is told by `changed`.
    pub(super) fn cut_times(
        &self,
        reading: &Reading<'_>,
        names: &mut [Name],
        changed: impl Fn(&mut Name),
    ) {
        let tokens = &reading.text.tokens;
        for name in names {
            let cut = self.times.iter().find_map(|time| {
                let start = name.tokens.end.checked_sub(time.len())?;
                let parted = start > name.tokens.start
                    && reading.keys[start..name.tokens.end] == **time
                    && (tokens[start - 1].end < tokens[start].start
                        || reading.text.word(start).starts_with(is_unspaced));
                parted.then_some(start)
            });
            if let Some(end) = cut {
                name.tokens.end = end;
                changed(name);
            }
        }
    }

    /// Takes the title from the front of a person's name of three words and more: `Advokát Jan Berg`.
    pub(super) fn cut_titles(&self, reading: &Reading<'_>, names: &mut [Name]) {
        // `Hejtman Jan Berg` is somebody, whatever the recogniser takes the title for.
        let whole = |n: &Name| n.kind == NameKind::Organisation && n.tokens.len() == TITLED;
        let titled = |n: &&mut Name| !self.whole && (n.kind == NameKind::Person || whole(n));
        for name in names.iter_mut().filter(titled) {
            let all = |at: usize| reading.text.tokens[at].kind == TokenKind::Word;
            let first = reading.keys[name.tokens.start];
            if name.tokens.len() > 2 && name.tokens.clone().all(all) && self.words.contains(&first)
            {
                let loud = |at: usize| {
                    let word = reading.text.word(at);
                    word.starts_with(char::is_uppercase) && word.contains(char::is_lowercase)
                };
                if name.kind == NameKind::Person {
                    name.tokens.start += 1;
                } else if name.tokens.clone().all(loud) {
                    name.tokens.start += 1;
                    name.kind = NameKind::Person;
                }
            }
        }
    }

    /// Drops the names of a text that are none; `people` are the words of names of people of several words.
    pub(super) fn drop(&self, reading: &Reading<'_>, people: &HashSet<u64>, names: &mut Vec<Name>) {
        names.retain(|name| {
            let words = &reading.keys[name.tokens.clone()];
            if self.whole {
                let phrase = phrase(words);
                return !self.words.contains(&phrase) && !self.days.contains(&phrase);
            }
            // People are called Domingo.
            let day = |key: &u64| name.kind != NameKind::Person && self.days.contains(key);
            let listed = |key: &u64| self.words.contains(key);
            words.iter().any(|key| people.contains(key) || !listed(key) && !day(key))
        });
    }
}

fn phrase(words: &[u64]) -> u64 {
    words.iter().fold(0, |phrase, word| feature_hash::two(78, phrase, *word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tag::names::samples::{Sample, named, words_of};

    fn kept(folder: &str, body: &str, found: &[&str], people: &[&str]) -> Vec<String> {
        kept_of(NameKind::Person, folder, body, found, people)
    }

    fn kept_of(
        kind: NameKind,
        folder: &str,
        body: &str,
        found: &[&str],
        people: &[&str],
    ) -> Vec<String> {
        let sample = Sample::of(folder, body);
        let found: Vec<_> = found.iter().map(|words| (kind, *words)).collect();
        let mut names = named(&sample.text, &found);
        let people = people.iter().flat_map(|name| keys(&Text::new(name))).collect();
        if let Some(list) = NotNames::of(folder) {
            list.drop(&sample.reading(), &people, &mut names);
        }
        words_of(&sample.text, &names)
    }

    #[test]
    fn titles_and_groups_alone_are_nobody() {
        let body = "Der Präsident sagte den Journalisten, Präsident Berg komme.";
        assert_eq!(kept("de", body, &["Präsident", "Journalisten", "Berg"], &[]), ["Berg"]);
        let body = "قال الرئيس للصحفيين إن سالم وصل";
        assert_eq!(kept("ar", body, &["الرئيس", "للصحفيين", "سالم"], &[]), ["سالم"]);
    }

    #[test]
    fn a_title_before_a_whole_name_is_cut() {
        let cut = |body: &str| {
            let sample = Sample::of("cs", body);
            let mut names = [Name { kind: NameKind::Person, tokens: 0..sample.keys.len() }];
            NotNames::of("cs").unwrap().cut_titles(&sample.reading(), &mut names);
            sample.text.slice(names[0].tokens.clone()).to_owned()
        };
        assert_eq!(cut("Poslanec Jan Varda"), "Jan Varda");
        assert_eq!(cut("Poslanec Varda"), "Poslanec Varda");
    }

    #[test]
    fn a_day_ends_no_name_without_capitals() {
        let cut = |folder: &str, body: &str| {
            let sample = Sample::of(folder, body);
            let tokens = 0..sample.keys.len();
            let mut names = [Name { kind: NameKind::Organisation, tokens }];
            let list = NotNames::of(folder).unwrap();
            list.cut_times(&sample.reading(), &mut names, |name| name.kind = NameKind::Place);
            let [name] = names;
            (sample.text.slice(name.tokens).to_owned(), name.kind)
        };
        assert_eq!(cut("zh", "甲乙昨天"), ("甲乙".to_owned(), NameKind::Place));
        assert_eq!(cut("zh", "昨天甲乙"), ("昨天甲乙".to_owned(), NameKind::Organisation));
        assert_eq!(cut("ar", "سالم أمس"), ("سالم".to_owned(), NameKind::Place));
        assert_eq!(
            cut("de", "Varde gestern"),
            ("Varde gestern".to_owned(), NameKind::Organisation)
        );
    }

    #[test]
    fn days_are_nobody() {
        let body = "Pazartesi Varde'ye geldi, Domingo da.";
        assert_eq!(kept_of(NameKind::Place, "tr", body, &["Pazartesi"], &[]), [""; 0]);
        assert_eq!(kept("es", "Domingo llegó.", &["Domingo"], &[]), ["Domingo"]);
    }

    #[test]
    fn somebodys_name_stays() {
        assert_eq!(kept("de", "Morgen sprach.", &["Morgen"], &["Anna Morgen"]), ["Morgen"]);
        assert_eq!(kept("xx", "Präsident", &["Präsident"], &[]), ["Präsident"]);
    }

    #[test]
    fn characters_are_listed_as_whole_names() {
        let body = "\u{6e2f}\u{53e3}\u{548c}\u{6e2f}\u{533a}";
        let port = ["\u{6e2f}\u{53e3}", "\u{6e2f}\u{533a}"];
        assert_eq!(kept("zh", body, &port, &[]), port[1..]);
    }
}
