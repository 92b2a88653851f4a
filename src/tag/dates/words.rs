//! Words of dates of each language that has lists of them: names of months, weekdays and feasts, words of tense, days of
//! known events, and what `dates.txt` knows.

use std::sync::LazyLock;

use foldhash::{HashMap, HashSet};
use time::{Month, Weekday};

use super::events::KnownDay;
use super::first_letters::FirstLetters;
use super::kinds::{KINDS, Kind, Tense};
use super::senses::{SENSES, Sense};
use crate::model::LanguageCode;
use crate::scripts::{is_hangul, is_unspaced};
use crate::tag::amount_words::{letters, small_numbers};
use crate::tag::places::endings;
use crate::tag::word_set::WordSet;
use crate::unicode;
use crate::{lang, months};

/// Kinds that a date may begin with.
const LEADS: &[Kind] = &[
    Kind::Last,
    Kind::This,
    Kind::Next,
    Kind::LastYear,
    Kind::ThisYear,
    Kind::NextYear,
    Kind::BeforeYesterday,
    Kind::Yesterday,
    Kind::LastNight,
    Kind::Today,
    Kind::Tomorrow,
    Kind::AfterTomorrow,
    Kind::YesterdayOrTomorrow,
    Kind::PastWeekday,
    Kind::ComingWeekday,
    Kind::Weekend,
    Kind::One,
    Kind::AgoLead,
    Kind::AgoAround,
    Kind::InTime,
    Kind::InTimeByTense,
    Kind::DecadeLead,
    Kind::First,
    Kind::Second,
    Kind::Third,
    Kind::Fourth,
    Kind::Fiscal,
];
/// Units, which a date begins with where what says which one stands behind: `la semaine dernière`.
const UNITS: &[Kind] = &[Kind::Week, Kind::Weekend, Kind::Month, Kind::Quarter, Kind::Year];

/// What a year in two digits may begin with, and what a quarter and a half.
const QUOTES: [&str; 3] = ["'", "‘", "’"];
const QUARTERS: [&str; 2] = ["q", "h"];

/// The words and phrases of a kind.
#[derive(Clone, Debug, Default)]
struct Phrases {
    /// As the list has them.
    phrases: Vec<&'static str>,
    lower: HashSet<String>,
    firsts: FirstLetters,
}

impl Phrases {
    fn add(&mut self, phrase: &'static str) {
        let lower = phrase.to_lowercase();
        self.firsts.add(phrase);
        self.lower.insert(lower);
        self.phrases.push(phrase);
    }

    fn may_start(&self, text: &str) -> bool {
        self.firsts.may_open(text)
    }
}

/// The words of dates of one language.
#[derive(Debug, Default)]
pub(super) struct DateWords {
    /// The code that its months are listed under.
    pub code: &'static str,
    weekdays: HashMap<&'static str, Weekday>,
    /// What stands behind a hyphen in days' names, by their first halves; and whether these are names alone.
    weekday_halves: HashMap<&'static str, (&'static str, bool)>,
    senses: HashMap<&'static str, Sense>,
    /// Endings of past and of future forms, those of words that only look like them, and those of adverbs.
    past_endings: Vec<&'static str>,
    not_past_endings: Vec<&'static str>,
    future_endings: Vec<&'static str>,
    not_future_endings: Vec<&'static str>,
    adverb_endings: Vec<&'static str>,
    /// Endings of a month that something was moved to: `Şubat'a`.
    aim_endings: Vec<&'static str>,
    /// Whether it has a list of tense.
    pub tenses: bool,
    /// Whether a bare day of the week is the last one where no verb is known.
    pub last_by_default: bool,
    /// What a date may begin with, names apart: the first [`lead`] of its words, in small letters.
    leads: WordSet<String>,
    /// What any word that [`Self::may_lead`] knows begins with.
    first: FirstLetters,
    /// By kind.
    kinds: Vec<Phrases>,
    /// Feast and its rule, longest name first.
    pub feasts: Vec<(&'static str, &'static str)>,
    /// What their names begin with, as [`feast_start`] has it.
    feast_starts: WordSet<String>,
    known_days: Vec<KnownDay>,
    /// Names of months and weekdays.
    day_and_month_names: WordSet,
    /// Whether they are written in small letters.
    pub feasts_are_small: bool,
    /// Months and weekdays have a capital.
    pub names_are_capital: bool,
    /// So has every noun: a word is another in small letters.
    pub nouns_are_capital: bool,
    /// The month may be written before its day.
    pub month_leads: bool,
    /// Whether the year may be written before a month without a day: `2022 márciusában`.
    pub year_leads: bool,
    /// Numbers of dates have signs behind them: `年`.
    pub has_signs: bool,
    /// Days may be those of the Persian solar calendar.
    pub has_persian: bool,
}

static LANGUAGES: LazyLock<HashMap<&'static str, DateWords>> = LazyLock::new(|| {
    let codes = lang::languages_with("months.txt").chain(lang::languages_with("dates.txt"));
    codes.map(|code| (code, DateWords::read(code))).collect()
});

impl DateWords {
    /// The words of a language; `None` where it has no list of dates or months.
    pub(super) fn of(language: LanguageCode) -> Option<&'static Self> {
        LANGUAGES.get(lang::own_folder(language.as_str()))
    }

    fn read(code: &'static str) -> Self {
        let mut words = Self {
            code,
            tenses: lang::text(code, "tense.txt").is_some(),
            has_persian: months::has_persian(code),
            kinds: vec![Phrases::default(); KINDS.len()],
            ..Self::default()
        };
        for (name, number) in lang::rows(code, "weekdays.txt").into_iter().flatten() {
            // `sexta-feira` is no number where its second half stands behind it.
            let (first, second) = name.split_once('-').unwrap_or((name, ""));
            words.weekdays.extend(weekday(number).map(|day| (first, day)));
            let halves = words.weekday_halves.entry(first).or_insert((second, second.is_empty()));
            halves.0 = if second.is_empty() { halves.0 } else { second };
            halves.1 |= second.is_empty();
        }
        words.day_and_month_names = words.weekdays.keys().copied().collect();
        words
            .day_and_month_names
            .extend(months::language(code).into_iter().flat_map(months::names_of));
        for (word, sense) in lang::rows(code, "tense.txt").into_iter().flatten() {
            match sense {
                "past-ending" => words.past_endings.push(word),
                "not-past-ending" => words.not_past_endings.push(word),
                "future-ending" => words.future_endings.push(word),
                "not-future-ending" => words.not_future_endings.push(word),
                "adverb-ending" => words.adverb_endings.push(word),
                "aim-ending" => words.aim_endings.push(word),
                _ => {
                    let field = SENSES.iter().find(|(name, _)| *name == sense);
                    if let Some((_, field)) = field {
                        *field(words.senses.entry(word).or_default()) = true;
                    }
                }
            }
        }
        for (name, rule) in lang::rows(code, "feasts.txt").into_iter().flatten() {
            words.feasts.push((name, rule));
            words.feast_starts.insert(feast_start(&name.to_lowercase()).to_owned());
        }
        words.feasts.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
        let known_days = lang::rows(code, "known-days.txt").into_iter().flatten();
        words.known_days.extend(known_days.filter_map(|(day, event)| KnownDay::read(day, event)));
        for (kind, phrases) in lang::rows(code, "dates.txt").into_iter().flatten() {
            words.add(kind, phrases.split('|').map(str::trim));
        }
        words.has_signs = !words.kinds[Kind::YearSign as usize].phrases.is_empty();
        if words.has_signs {
            words.leads.extend(
                words.weekdays.keys().filter_map(|name| name.chars().next()).map(String::from),
            );
        }
        if !words.kinds[Kind::Ago as usize].phrases.is_empty() {
            let numbers = small_numbers(code).map(str::to_owned);
            words.leads.extend(numbers);
        }
        let names = words.day_and_month_names.iter().copied();
        let listed = words.leads.iter().chain(words.feast_starts.iter()).map(String::as_str);
        let codes = words.kinds[Kind::FiscalCode as usize].phrases.iter().copied();
        for word in names.chain(listed).chain(codes).chain(QUARTERS).chain(QUOTES) {
            words.first.add(word);
        }
        words
    }

    fn add(&mut self, kind: &str, phrases: impl Iterator<Item = &'static str>) {
        if kind == "capitals" {
            for what in phrases.flat_map(str::split_whitespace) {
                self.names_are_capital |= what == "names";
                self.nouns_are_capital |= what == "nouns";
            }
            return;
        }
        if kind == "bare-weekday" {
            self.last_by_default = phrases.into_iter().any(|which| which == "last");
            return;
        }
        if kind == "feasts" {
            self.feasts_are_small = phrases.into_iter().any(|which| which == "small");
            return;
        }
        if kind == "order" {
            for order in phrases {
                self.month_leads |= order == "month day";
                self.year_leads |= order == "year month";
            }
            return;
        }
        let Some((_, kind)) = KINDS.iter().find(|(name, _)| *name == kind) else { return };
        for phrase in phrases {
            self.kinds[*kind as usize].add(phrase);
            if LEADS.contains(kind) || UNITS.contains(kind) {
                let lower = phrase.to_lowercase();
                self.leads.insert(lead(&lower).to_owned());
                // Each of these may be a token.
                let first = lower.chars().next().filter(|c| is_unspaced(*c) || is_hangul(*c));
                self.leads.extend(first.map(String::from));
            }
        }
    }

    /// The events that are called by a day of the year.
    pub(super) fn known_days(
        &self,
        month: u8,
        day: u8,
    ) -> impl Iterator<Item = &KnownDay> + Clone + use<'_> {
        self.known_days.iter().filter(move |known| known.month == month && known.day == day)
    }

    /// Whether a token in small letters is a word of a kind.
    pub(super) fn is(&self, kind: Kind, lower: &str) -> bool {
        let list = &self.kinds[kind as usize];
        list.may_start(lower) && list.lower.contains(lower)
    }

    /// Whether the language has words of a kind.
    pub(super) fn knows(&self, kind: Kind) -> bool {
        !self.kinds[kind as usize].phrases.is_empty()
    }

    /// The bytes of the longest phrase of a kind that a text begins with, and the phrase; `opens` where a sentence
    /// does.
    pub(super) fn phrase(
        &self,
        kind: Kind,
        text: &str,
        opens: bool,
    ) -> Option<(usize, &'static str)> {
        let list = &self.kinds[kind as usize];
        if !list.may_start(text) {
            return None;
        }
        let length = |phrase: &&'static str| {
            let wanted = if matches!(kind, Kind::PastWeekday | Kind::ComingWeekday) {
                phrase.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end()
            } else {
                *phrase
            };
            let length = starts_with(text, wanted)?;
            let small = wanted.starts_with(char::is_lowercase);
            let same = text.starts_with(char::is_lowercase) == small || small && opens;
            (same || !self.nouns_are_capital).then_some((length, *phrase))
        };
        list.phrases.iter().filter_map(length).max_by_key(|(length, _)| *length)
    }

    /// The bytes of the longest phrase of a kind that a text begins with, whatever follows it.
    pub(super) fn sign(&self, kind: Kind, text: &str) -> Option<usize> {
        let list = &self.kinds[kind as usize];
        list.phrases.iter().filter(|sign| text.starts_with(**sign)).map(|sign| sign.len()).max()
    }

    /// Whether a text ends with a phrase of a kind.
    pub(super) fn ends_with(&self, kind: Kind, text: &str) -> bool {
        self.kinds[kind as usize].phrases.iter().any(|phrase| text.ends_with(phrase))
    }

    /// Whether a word in lower case, and of more than an ending, has an ending of a kind.
    pub(super) fn ends_in(&self, kind: Kind, lower: &str) -> bool {
        let endings = &self.kinds[kind as usize].phrases;
        endings.iter().any(|ending| lower.len() > ending.len() + 1 && lower.ends_with(ending))
    }

    /// The bytes of the ending of a kind that a text begins with.
    pub(super) fn ending(&self, kind: Kind, text: &str) -> Option<usize> {
        let list = &self.kinds[kind as usize];
        if !list.may_start(text) {
            return None;
        }
        list.phrases.iter().filter_map(|ending| starts_with(text, ending)).max()
    }

    /// The month that a word names, given as written and in lower case.
    pub(super) fn month(&self, word: &str, lower: &str) -> Option<Month> {
        let number = months::of_language(self.named(word, lower)?, self.code)?;
        Month::try_from(number).ok()
    }

    /// The day of the week that a word names, given as written and in lower case.
    pub(super) fn weekday(&self, word: &str, lower: &str) -> Option<Weekday> {
        self.named(word, lower).and_then(|name| self.weekdays.get(name).copied())
    }

    /// The day of the week that a text begins with, whatever follows, and its bytes.
    pub(super) fn sign_weekday(&self, text: &str) -> Option<(Weekday, usize)> {
        let named = self.weekdays.iter().filter(|(name, _)| text.starts_with(**name));
        named.max_by_key(|(name, _)| name.len()).map(|(name, day)| (*day, name.len()))
    }

    /// Whether a text ends with a word of what comes: `将于`.
    pub(super) fn ends_with_modal(&self, text: &str) -> bool {
        self.senses.iter().any(|(word, sense)| sense.modal && text.ends_with(word))
    }

    /// What the first word in a text says of the time that is no ending of one.
    pub(super) fn first_sign_of_tense(&self, text: &str) -> Option<Tense> {
        let found = self.senses.iter().filter(|(_, sense)| sense.modal || sense.past);
        let first = found.filter_map(|(word, sense)| Some((text.find(word)?, sense.past))).min()?;
        Some(if first.1 { Tense::Past } else { Tense::Future })
    }

    /// Whether a text tells what somebody said.
    pub(super) fn tells_what_was_said(&self, text: &str) -> bool {
        self.senses.iter().any(|(word, sense)| sense.clause && text.contains(word))
    }

    /// What the end of a sentence says of the time.
    pub(super) fn tense_of_end(&self, text: &str) -> Option<Tense> {
        let ends = |endings: &[&str]| endings.iter().any(|ending| text.ends_with(ending));
        if ends(&self.past_endings) && !ends(&self.not_past_endings) {
            return Some(Tense::Past);
        }
        (ends(&self.future_endings) && !ends(&self.not_future_endings)).then_some(Tense::Future)
    }

    /// What stands behind a hyphen in the name of a day that begins with a word, given as written and in lower case, and
    /// whether it may lack.
    pub(super) fn weekday_half(&self, word: &str, lower: &str) -> Option<(&'static str, bool)> {
        self.named(word, lower).and_then(|name| self.weekday_halves.get(name).copied())
    }

    fn named<'l>(&self, word: &str, lower: &'l str) -> Option<&'l str> {
        if self.names_are_capital && !word.starts_with(unicode::is_uppercase) || word.len() > 40 {
            return None;
        }
        // `Nisan'da`, in a language that writes endings so.
        Some(endings::bare(self.code, lower).unwrap_or(lower).trim_end_matches('.'))
    }

    /// Whether a date may begin with a word that is no number, given as written and in lower case. Most words begin
    /// none, and need not be tried as each sort of date.
    pub(super) fn may_lead(&self, word: &str, lower: &str) -> bool {
        if !self.first.may_open(lower) {
            return false;
        }
        let capital = word.starts_with(unicode::is_uppercase);
        self.leads.contains(lead(lower))
            || QUOTES.iter().any(|quote| lower.starts_with(*quote))
            || (capital || !self.names_are_capital)
                && self.named(word, lower).is_some_and(|n| self.day_and_month_names.contains(n))
            || (capital || self.feasts_are_small) && self.may_be_feast(lower)
            || capital
                && (matches!(word.as_bytes(), [b'Q' | b'H', b'1'..=b'4'])
                    || self.ending(Kind::FiscalCode, letters(word)).is_some())
    }

    /// The same of a word of letters of ASCII, given in lower case, and whether it has a capital.
    pub(super) fn may_lead_as_whole(&self, capital: bool, lower: &str) -> bool {
        self.leads.contains(lower)
            || (capital || !self.names_are_capital) && self.day_and_month_names.contains(lower)
            || (capital || self.feasts_are_small) && self.may_be_feast(lower)
            || capital && self.ending(Kind::FiscalCode, lower).is_some()
    }

    /// Whether a feast's name begins as a word does.
    fn may_be_feast(&self, lower: &str) -> bool {
        self.feast_starts.contains(feast_start(lower))
    }

    /// What a word in lower case says of the time; nothing for most.
    pub(super) fn sense(&self, lower: &str) -> Sense {
        self.senses.get(lower).copied().unwrap_or_default()
    }

    /// Whether a word in lower case ends as past forms do.
    pub(super) fn ends_as_past(&self, lower: &str) -> bool {
        let ends = |endings: &[&str]| endings.iter().any(|ending| lower.ends_with(ending));
        lower.len() > 4
            && ends(&self.past_endings)
            && !ends(&self.not_past_endings)
            && !self.sense(lower).not_past
    }

    /// Whether a month in lower case has an ending that says that something was moved to it.
    pub(super) fn ends_as_aim(&self, lower: &str) -> bool {
        self.aim_endings.iter().any(|ending| lower.ends_with(ending))
    }

    /// Whether a word in lower case ends as future forms do.
    pub(super) fn ends_as_future(&self, lower: &str) -> bool {
        let ends = |endings: &[&str]| endings.iter().any(|ending| lower.ends_with(ending));
        lower.len() > 4 && ends(&self.future_endings) && !ends(&self.not_future_endings)
    }

    /// Whether a word in lower case is an adverb.
    pub(super) fn is_adverb(&self, lower: &str) -> bool {
        self.sense(lower).adverb || self.adverb_endings.iter().any(|ending| lower.ends_with(ending))
    }
}

/// The letters that a text begins with, or the one other character.
fn lead(text: &str) -> &str {
    match letters(text) {
        "" => &text[..text.chars().next().map_or(0, char::len_utf8)],
        letters => letters,
    }
}

/// What a feast's name must begin with to begin with a word, in lower case: its letters of ASCII, three at most, else its
/// first character.
fn feast_start(name: &str) -> &str {
    let letters = name.bytes().take(3).take_while(u8::is_ascii_alphabetic).count();
    let first = name.chars().next().map_or(0, char::len_utf8);
    &name[..letters.max(first)]
}

/// The weekday of a number of ISO 8601.
pub(super) fn weekday(number: &str) -> Option<Weekday> {
    let day = number.parse::<u8>().ok()?.checked_sub(1)?;
    (day < 7).then(|| Weekday::Monday.nth_next(day))
}

/// The length in bytes of a phrase at a text's start, in any case, with either apostrophe and any blanks; it ends
/// where a word does.
pub(super) fn starts_with(text: &str, phrase: &str) -> Option<usize> {
    let mut length = 0;
    let mut chars = text.chars();
    for wanted in phrase.chars() {
        let c = chars.next()?;
        if !is_alike(c, wanted) {
            return None;
        }
        length += c.len_utf8();
    }
    let goes_on = phrase.ends_with(|c| unicode::is_alphanumeric(c) && !is_unspaced(c))
        && chars.next().is_some_and(unicode::goes_on);
    (!goes_on).then_some(length)
}

/// Whether a character stands for one of a list, in any case.
fn is_alike(c: char, wanted: char) -> bool {
    if c.is_ascii() && wanted.is_ascii() {
        // Most texts differ here, at their first letter.
        return c.eq_ignore_ascii_case(&wanted);
    }
    c == wanted
        || c.to_lowercase().eq(wanted.to_lowercase())
        || wanted == '\'' && c == '’'
        || wanted == ' ' && c == '\u{a0}'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_match_any_case_apostrophe_and_blank() {
        for (text, phrase, length) in [
            ("LAST\u{a0}Week.", "last week", Some(10)),
            ("l\u{2019}an dernier", "l'an", Some(6)),
            ("\u{c9}T\u{c9}", "\u{e9}t\u{e9}", Some(5)),
            ("weekend", "week", None),
            ("wee", "week", None),
            ("wax", "week", None),
        ] {
            assert_eq!(starts_with(text, phrase), length, "{text}");
        }
    }

    #[test]
    fn row_kinds_are_known_and_all_have_words() {
        let mut used = HashSet::default();
        for code in lang::languages_with("dates.txt") {
            for (kind, phrases) in lang::rows(code, "dates.txt").into_iter().flatten() {
                let known = matches!(kind, "capitals" | "order" | "bare-weekday" | "feasts")
                    || KINDS.iter().any(|(name, _)| *name == kind);
                assert!(known, "{code}: nothing reads {kind}");
                assert!(phrases.split('|').all(|p| !p.trim().is_empty()), "{code}: {kind}");
                used.insert(kind);
            }
        }
        for (name, _) in KINDS {
            assert!(used.contains(name), "no language has {name}");
        }
        for code in lang::languages_with("tense.txt") {
            for (word, sense) in lang::rows(code, "tense.txt").into_iter().flatten() {
                let ending = sense.ends_with("-ending");
                assert!(ending || SENSES.iter().any(|(name, _)| *name == sense), "{code}: {word}");
            }
        }
    }

    #[test]
    fn every_known_day_is_read() {
        for code in lang::languages_with("known-days.txt") {
            for (day, event) in lang::rows(code, "known-days.txt").into_iter().flatten() {
                let known = KnownDay::read(day, event).filter(|known| !known.beside.is_empty());
                assert!(known.is_some_and(|known| !known.story.is_empty()), "{code}: {day}");
            }
        }
    }

    #[test]
    fn every_list_of_weekdays_has_seven() {
        for code in lang::languages_with("weekdays.txt") {
            let mut days: Vec<&str> =
                lang::rows(code, "weekdays.txt").into_iter().flatten().map(|(_, n)| n).collect();
            days.sort_unstable();
            days.dedup();
            assert_eq!(days, ["1", "2", "3", "4", "5", "6", "7"], "{code}");
        }
    }

    #[test]
    fn language_without_list_has_no_date_words() {
        let words = DateWords::of(LanguageCode::parse("lt").unwrap()).unwrap();
        assert!(words.phrase(Kind::Yesterday, "yesterday", false).is_none());
        assert!(!words.is(Kind::YearLead, "in"));
        assert!(DateWords::of(LanguageCode::parse("tlh").unwrap()).is_none());
    }
}
