//! Which of several people of one surname a story means by the surname alone.
//!
//! The signs, in this order: a title that one of them had, or that only one's sex has; that one is told of as the
//! other's relative (`her father, Arne Lund`), whom news then calls by the forename; who was named last in the same
//! paragraph; whom the headline names; who is named most. A wrong choice puts one person's deeds on another, so the
//! nearest name alone does not decide.

use std::{collections::HashMap, ops::Range};

use super::{Reading, titles::is_title};
use crate::tag::{document::says_whose, english};

/// How much better known a person must be than all others of a surname to be meant by it and a title.
const LEAD: f32 = 2.0;
/// Words around a name within which a relation is told.
const NEAR: usize = 3;

/// Where a person is named, and what stands around the name.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sight {
    /// Number of the mention in the story's order.
    at: usize,
    text: usize,
    sentence: usize,
    paragraph: usize,
    /// Key of the title before the name.
    title: Option<u64>,
    /// Whether a man, by the title or the first name.
    is_man: Option<bool>,
    /// Whether told of as somebody's relative.
    is_relative: bool,
}

impl Sight {
    /// What stands around some tokens of a text of the story, the mention of number `at`.
    pub(super) fn of(
        reading: &Reading<'_>,
        (number, tokens): (usize, &Range<usize>),
        at: usize,
    ) -> Self {
        let text = reading.text;
        let before = (0..tokens.start).rev().find(|&i| text.word(i) != ".");
        let title = before.filter(|&i| is_title(text.word(i)));
        let sex = |word: &str| {
            let lower = word.to_lowercase();
            let man = english::MEN.contains(lower.as_str());
            let woman = english::WOMEN.contains(lower.as_str());
            (man != woman).then_some(man)
        };
        let by_name = || sex(text.word(tokens.start)).filter(|_| tokens.len() > 1);
        Self {
            at,
            text: number,
            sentence: text.sentences.partition_point(|s| s.end <= tokens.start),
            paragraph: text.lines.partition_point(|l| l.end <= tokens.start),
            title: title.map(|i| reading.keys[i]),
            is_man: title.and_then(|i| sex_of_title(text.word(i))).or_else(by_name),
            is_relative: is_relative(reading, tokens),
        }
    }

    /// Whether a title stands before the name.
    pub(super) fn is_titled(&self) -> bool {
        self.title.is_some()
    }

    fn place(&self) -> (usize, usize) {
        (self.text, self.paragraph)
    }
}

/// Whether only men or only women have a title.
fn sex_of_title(word: &str) -> Option<bool> {
    let lower = word.trim_end_matches('.').to_lowercase();
    let man = english::TITLES_OF_MEN.contains(lower.as_str());
    (man || english::TITLES_OF_WOMEN.contains(lower.as_str())).then_some(man)
}

/// `his son Odd Lund`, `Arne Lund, her father`: a word of kinship beside a name, with whose relative it is.
fn is_relative(reading: &Reading<'_>, tokens: &Range<usize>) -> bool {
    let text = reading.text;
    let is_kin = |at: usize| english::KIN.contains(text.word(at).to_lowercase().as_str());
    let is_owner = |at: usize| {
        let lower = text.word(at).to_lowercase();
        english::POSSESSIVES.contains(lower.as_str()) || says_whose(&lower)
    };
    let owned = |kin: usize| (kin.saturating_sub(NEAR)..kin).any(is_owner);
    let leads = (tokens.start.saturating_sub(2)..tokens.start)
        .find(|&at| is_kin(at))
        .is_some_and(|kin| owned(kin) && (kin + 1..tokens.start).all(|i| text.word(i) == ","));
    let end = text.tokens.len();
    let follows = tokens.end + 1 < end
        && text.word(tokens.end) == ","
        && is_owner(tokens.end + 1)
        && (tokens.end + 2..end.min(tokens.end + 2 + NEAR)).any(is_kin);
    leads || follows
}

/// Where the people of a story are named by more than their surname, by their group's number.
#[derive(Debug, Default)]
pub(super) struct Bearers {
    sights: HashMap<usize, Vec<Sight>>,
    prominence: HashMap<usize, f32>,
}

impl Bearers {
    /// Notes where somebody is named.
    pub(super) fn add(&mut self, group: usize, sight: Sight) {
        self.sights.entry(group).or_default().push(sight);
    }

    /// Notes how well known somebody is.
    pub(super) fn known(&mut self, group: usize, prominence: impl FnOnce() -> f32) {
        self.prominence.entry(group).or_insert_with(prominence);
    }

    /// Whether somebody is named in the same sentence.
    pub(super) fn is_beside(&self, group: usize, sight: &Sight) -> bool {
        let place = (sight.text, sight.sentence);
        self.of(group).any(|other| (other.text, other.sentence) == place)
    }

    fn of(&self, group: usize) -> impl Iterator<Item = &Sight> {
        self.sights.get(&group).into_iter().flatten()
    }

    /// Who of some groups is meant by the part of a name that they share.
    pub(super) fn bearer(&self, groups: &[usize], sight: &Sight) -> Option<usize> {
        let mut groups = groups.to_vec();
        if let Some(is_man) = sight.is_man {
            keep(&mut groups, |g| self.of(g).all(|s| s.is_man.is_none_or(|man| man == is_man)));
        }
        if sight.is_titled() {
            keep(&mut groups, |g| self.of(g).any(|s| s.title == sight.title));
            if let Some(group) = self.best_known(&groups) {
                return Some(group);
            }
        }
        keep(&mut groups, |g| !self.of(g).any(|s| s.is_relative));
        let before = |groups: &[usize], within: &dyn Fn(&Sight) -> bool| {
            let named = groups.iter().flat_map(|g| self.of(*g).map(move |s| (s, *g)));
            let earlier = named.filter(|(s, _)| s.at < sight.at && within(s));
            earlier.max_by_key(|(s, _)| s.at).map(|(_, group)| group)
        };
        if let Some(group) = before(&groups, &|s| s.place() == sight.place()) {
            return Some(group);
        }
        keep(&mut groups, |g| self.of(g).any(|s| s.text == 0));
        let most = groups.iter().map(|g| self.of(*g).count()).max().unwrap_or_default();
        keep(&mut groups, |g| self.of(g).count() == most);
        let first = || {
            let named = groups.iter().flat_map(|g| self.of(*g).map(move |s| (s.at, *g)));
            named.min().map(|(_, group)| group)
        };
        before(&groups, &|_| true).or_else(first).or_else(|| groups.first().copied())
    }

    /// The one who is far better known than all others, where several are left.
    fn best_known(&self, groups: &[usize]) -> Option<usize> {
        let known = |g: &usize| self.prominence.get(g).copied().unwrap_or_default();
        let best = groups.iter().max_by(|a, b| known(a).total_cmp(&known(b)))?;
        let leads = |g: &usize| g == best || known(best) >= known(g) + LEAD;
        groups.iter().all(leads).then_some(*best)
    }
}

/// Keeps the groups that are of a sort, if any is.
fn keep(groups: &mut Vec<usize>, is: impl Fn(usize) -> bool) {
    if groups.len() > 1 && groups.iter().any(|g| is(*g)) {
        groups.retain(|g| is(*g));
    }
}
