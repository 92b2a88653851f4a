//! Names of months, weekdays and feasts, and words of tense, of each language that has a list of them.

use std::sync::LazyLock;

use foldhash::HashMap;
use time::{Month, Weekday};

use crate::model::LanguageCode;
use crate::{lang, months};

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
#[derive(Debug, Default)]
pub(super) struct Words {
    /// The code that its months are listed under.
    code: &'static str,
    weekdays: HashMap<&'static str, Weekday>,
    senses: HashMap<&'static str, Sense>,
    /// Feast and its rule, longest name first.
    pub feasts: Vec<(&'static str, &'static str)>,
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
        let mut words = Self { code, capitals: matches!(code, "en" | "de"), ..Self::default() };
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
        }
        words.feasts.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
        words
    }

    /// The month that a word names.
    pub(super) fn month(&self, word: &str) -> Option<Month> {
        let number = months::of_language(&self.named(word)?, self.code)?;
        Month::try_from(number).ok()
    }

    /// The day of the week that a word names.
    pub(super) fn weekday(&self, word: &str) -> Option<Weekday> {
        self.named(word).and_then(|name| self.weekdays.get(name.as_str()).copied())
    }

    fn named(&self, word: &str) -> Option<String> {
        if self.capitals && !word.starts_with(char::is_uppercase) || word.len() > 40 {
            return None;
        }
        Some(word.trim_end_matches('.').to_lowercase())
    }

    /// What a word in lower case says of the time; nothing for most.
    pub(super) fn sense(&self, lower: &str) -> Sense {
        self.senses.get(lower).copied().unwrap_or_default()
    }
}
