//! Names of months, weekdays and feasts, and words of tense, of each language that has a list of them.

use std::sync::LazyLock;

use foldhash::{HashMap, HashSet};
use time::{Month, Weekday};

use crate::model::LanguageCode;
use crate::tag::amounts::words::small_numbers;
use crate::{lang, months};

/// Words of English, in lower case, that a date may begin with, beside numbers in words.
const LEADS: &[&str] = &[
    "last",
    "next",
    "this",
    "first",
    "second",
    "third",
    "fourth",
    "fiscal",
    "fy",
    "today",
    "tonight",
    "yesterday",
    "tomorrow",
    "day",
    "weekend",
    "a",
    "an",
    "in",
];

/// What a word says about the time of its sentence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Sense {
    /// Stands before an infinitive: `will`.
    pub modal: bool,
    /// Announces a plan before `to`: `due`.
    pub plan: bool,
    /// A past form: `went`.
    pub past: bool,
    /// A present form that speaks of a fixed day: `opens`.
    pub present: bool,
}

/// The words of dates of one language.
#[derive(Debug)]
pub(super) struct Words {
    /// The code that its months are listed under.
    code: &'static str,
    weekdays: HashMap<&'static str, Weekday>,
    senses: HashMap<&'static str, Sense>,
    /// Words in lower case that a date may begin with, names apart.
    leads: HashSet<&'static str>,
    /// Feast and its rule, longest name first.
    pub feasts: Vec<(&'static str, &'static str)>,
    /// First bytes of their names.
    feast_starts: [bool; 256],
    /// Months and weekdays have a capital.
    capitals: bool,
}

static LANGUAGES: LazyLock<HashMap<&'static str, Words>> = LazyLock::new(|| {
    lang::languages_with("months.txt").map(|code| (code, Words::read(code))).collect()
});

impl Words {
    /// The words of a language; `None` where it has no list of months.
    pub(super) fn of(language: LanguageCode) -> Option<&'static Self> {
        LANGUAGES.get(months::language(language.as_str())?)
    }

    fn read(code: &'static str) -> Self {
        let pairs = |name: &str| {
            let list = lang::text(code, name).unwrap_or_default();
            lang::entries(list).filter_map(|line| line.split_once('\t'))
        };
        let mut words = Self {
            code,
            weekdays: HashMap::default(),
            senses: HashMap::default(),
            leads: LEADS.iter().copied().chain(small_numbers()).collect(),
            feasts: Vec::new(),
            feast_starts: [false; 256],
            capitals: matches!(code, "en" | "de"),
        };
        for (name, number) in pairs("weekdays.txt") {
            let days = number.parse::<u8>().ok().and_then(|n| n.checked_sub(1));
            let day = days.filter(|n| *n < 7).map(|n| Weekday::Monday.nth_next(n));
            words.weekdays.extend(day.map(|day| (name, day)));
        }
        for (word, sense) in pairs("tense.txt") {
            let entry = words.senses.entry(word).or_default();
            match sense {
                "modal" => entry.modal = true,
                "plan" => entry.plan = true,
                "past" => entry.past = true,
                "present" => entry.present = true,
                _ => {}
            }
        }
        for (name, rule) in pairs("feasts.txt") {
            words.feasts.push((name, rule));
            words.feast_starts[usize::from(name.as_bytes()[0])] = true;
        }
        words.feasts.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
        words
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

    fn named<'l>(&self, word: &str, lower: &'l str) -> Option<&'l str> {
        if self.capitals && !word.starts_with(char::is_uppercase) || word.len() > 40 {
            return None;
        }
        Some(lower.trim_end_matches('.'))
    }

    /// Whether a date of English may begin with a word that is no number, given as written and in lower case. Most
    /// words begin none, and need not be tried as each sort of date.
    pub(super) fn may_lead(&self, word: &str, lower: &str) -> bool {
        self.leads.contains(lower)
            || word.starts_with(char::is_uppercase)
                && (self.weekday(word, lower).is_some()
                    || self.month(word, lower).is_some()
                    || self.may_be_feast(lower)
                    || matches!(word.as_bytes(), [b'Q' | b'H', b'1'..=b'4'] | [b'F', b'Y', ..]))
            || lower.starts_with(['\'', '‘', '’'])
    }

    /// Whether a feast's name begins as a word does.
    fn may_be_feast(&self, lower: &str) -> bool {
        let first = lower.as_bytes().first();
        first.is_some_and(|first| self.feast_starts[usize::from(*first)])
    }

    /// What a word in lower case says of the time; nothing for most.
    pub(super) fn sense(&self, lower: &str) -> Sense {
        self.senses.get(lower).copied().unwrap_or_default()
    }
}
