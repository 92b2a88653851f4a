//! Which of several people of one surname a story means by the surname alone.
//!
//! The signs, in this order: a title that one of them had, or that only one's sex has; that one is told of as the
//! other's relative (`her father, Arne Lund`; `no relation of Arne Lund`), whom news then calls by the forename; who
//! was named last in the same paragraph, and of two in one sentence its subject; whom the headline names; who is named
//! most. A wrong choice puts one person's deeds on another, so the nearest name alone does not decide, and where
//! nothing does, nobody is meant.

use std::{collections::HashMap, ops::Range};

use super::{Reading, titles::is_title};
use crate::tag::{document::says_whose, english};

/// How much better known a person must be than all others of a surname to be meant by it and a title.
const LEAD: f32 = 2.0;
/// Words around a name within which a relation is told.
const NEAR: usize = 3;
/// Words before a name within which it is told whose relation its bearer is: `no relation of the late architect`.
const FAR: usize = 8;

/// Where a person is named, and what stands around the name.
#[derive(Clone, Copy, Debug)]
pub(super) struct MentionContext {
    /// Number of the mention in the story's order.
    at: usize,
    text: usize,
    sentence: usize,
    paragraph: usize,
    /// Key of the title before the name.
    title: Option<u64>,
    /// Whether that is one of rulers, who have no surname (`Pope`), or the words beside tell of one: `the last pope, Arne,`.
    is_ruler: bool,
    /// Whether the title is one of those that people are called by with their first name, as a faith or a house gives it.
    is_of_house: bool,
    /// Whether a man, by the title or the first name.
    is_man: Option<bool>,
    /// Whether told of as somebody's relative.
    is_relative: bool,
    /// Whether the sentence begins with a word that sets the name aside: `Unlike Arne Lund, …`.
    is_fronted: bool,
    /// Whether `and` joins the name to what stands before.
    is_joined: bool,
    /// Whether the name opens its sentence.
    opens: bool,
}

impl MentionContext {
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
            let man = english::MEN.contains_any_case(word);
            let woman = english::WOMEN.contains_any_case(word);
            (man != woman).then_some(man)
        };
        let by_name = || sex(text.word(tokens.start)).filter(|_| tokens.len() > 1);
        let by_pronoun = || sex_by_pronoun(reading, tokens).filter(|_| tokens.len() == 1);
        let sentence = text.sentences.partition_point(|s| s.end <= tokens.start);
        let first = text.sentences.get(sentence).map_or(0, |s| s.start);
        let led = text.lower(first);
        let joint = (first..tokens.start).rev().find(|&i| {
            text.word(i) != "."
                && !is_title(text.word(i))
                && !text.word(i).starts_with(char::is_uppercase)
        });
        Self {
            at,
            text: number,
            sentence,
            paragraph: text.lines.partition_point(|l| l.end <= tokens.start),
            title: title.map(|i| reading.keys[i]),
            is_ruler: title.is_some_and(|i| english::RULERS.contains(text.lower(i)))
                || is_told_to_rule(reading, tokens),
            is_of_house: title.is_some_and(|i| english::TITLES_OF_HOUSES.contains(text.lower(i))),
            is_man: title
                .and_then(|i| sex_of_title(text.word(i)))
                .or_else(by_name)
                .or_else(by_pronoun),
            is_relative: is_relative(reading, tokens) || is_relation(reading, tokens, first),
            is_fronted: english::FRONTING.contains(led)
                && (first..tokens.start).all(|i| text.word(i) != ","),
            opens: (first..tokens.start).all(|i| is_title(text.word(i)) || text.word(i) == "."),
            is_joined: joint.is_some_and(|i| matches!(text.word(i), "and" | "or" | "&" | ",")),
        }
    }

    /// Whether a title stands before the name.
    pub(super) fn is_titled(&self) -> bool {
        self.title.is_some()
    }

    /// Whether told of as a ruler.
    pub(super) fn is_ruler(&self) -> bool {
        self.is_ruler
    }

    /// Whether told of as somebody's relative.
    pub(super) fn is_relative(&self) -> bool {
        self.is_relative
    }

    fn place(&self) -> (usize, usize) {
        (self.text, self.paragraph)
    }
}

/// `the last pope, Arne,`, `Arne, the first Orlandish pope,`, `Arne spoke as pope`: a name alone beside what rulers are.
fn is_told_to_rule(reading: &Reading<'_>, tokens: &Range<usize>) -> bool {
    let text = reading.text;
    let rules = |at: usize| {
        text.word_or_empty(at).starts_with(char::is_lowercase)
            && english::RULERS.contains(text.lower(at))
    };
    let lower = text.lower(tokens.start);
    let given = english::MEN.contains(lower) || english::WOMEN.contains(lower);
    if tokens.len() != 1 || !given {
        return false;
    }
    let led = tokens.start > 1 && text.word(tokens.start - 1) == "," && rules(tokens.start - 2);
    let sentence = text.sentence_of(tokens.start);
    let end = sentence.map_or(tokens.end, |s| s.end);
    let apposed = text.word_or_empty(tokens.end) == ","
        && text.word_or_empty(tokens.end + 1) == "the"
        && (tokens.end + 2..end.min(tokens.end + FAR))
            .take_while(|&at| text.word(at) != ",")
            .any(rules);
    let opens = sentence.is_some_and(|s| s.start == tokens.start);
    let office = opens && (tokens.end..end).any(|at| text.word(at) == "as" && rules(at + 1));
    led || apposed || office
}

/// Whether only men or only women have a title.
fn sex_of_title(word: &str) -> Option<bool> {
    let lower = word.trim_end_matches('.').to_lowercase();
    let man = english::TITLES_OF_MEN.contains(lower.as_str());
    (man || english::TITLES_OF_WOMEN.contains(lower.as_str())).then_some(man)
}

/// The sex that the first pronoun behind a surname says, before anybody else is named: `Lund opened his first store`.
fn sex_by_pronoun(reading: &Reading<'_>, tokens: &Range<usize>) -> Option<bool> {
    let text = reading.text;
    let sentence = text.sentence_of(tokens.start)?;
    for at in tokens.end..sentence.end {
        match text.word(at) {
            word if english::PRONOUNS_OF_MEN.contains(word) => return Some(true),
            word if english::PRONOUNS_OF_WOMEN.contains(word) => return Some(false),
            word if word.starts_with(char::is_uppercase) => return None,
            _ => {}
        }
    }
    None
}

/// `no relation of Arne Lund`, `daughter of the late architect Arne Lund`, `whose father, former mayor Arne Lund`: a
/// word of relation before a name, with nobody else between.
fn is_relation(reading: &Reading<'_>, tokens: &Range<usize>, first: usize) -> bool {
    let text = reading.text;
    let from = first.max(tokens.start.saturating_sub(FAR));
    let lower = |at: usize| text.lower(at);
    let is_owner = |word: &str| word == "whose" || english::DETERMINERS.contains(word);
    let relates = |at: usize| {
        let word = lower(at);
        english::RELATIONS.contains(word) || english::KIN.contains(word)
    };
    (from..tokens.start).rev().any(|at| {
        if !relates(at) {
            return false;
        }
        let between = at + 1..tokens.start;
        let parted = between.clone().any(|i| {
            let word = text.word(i);
            english::PARTING.contains(word) || matches!(word, ";" | ":" | "\"" | "\u{201d}")
        });
        let comma = between.clone().any(|i| text.word(i) == ",");
        let joined = english::BEHIND_RELATIONS.contains(text.word(at + 1)) && !comma;
        let owner = at > first && is_owner(lower(at - 1));
        let beside = between.is_empty() || between.len() <= NEAR + 1 && text.word(at + 1) == ",";
        !parted && (joined || owner && beside)
    })
}

/// `his son Odd Lund`, `Arne Lund, her father`: a word of kinship beside a name, with whose relative it is.
fn is_relative(reading: &Reading<'_>, tokens: &Range<usize>) -> bool {
    let text = reading.text;
    let is_kin = |at: usize| english::KIN.contains_any_case(text.word(at));
    let is_owner =
        |at: usize| english::POSSESSIVES.contains(text.lower(at)) || says_whose(text.lower(at));
    let owned = |kin: usize| (kin.saturating_sub(NEAR)..kin).any(is_owner);
    let leads = (tokens.start.saturating_sub(2)..tokens.start)
        .find(|&at| is_kin(at))
        .is_some_and(|kin| owned(kin) && (kin + 1..tokens.start).all(|i| text.word(i) == ","));
    let end = text.tokens.len();
    let follows = tokens.end + 1 < end
        && text.word(tokens.end) == ","
        && is_owner(tokens.end + 1)
        && (tokens.end + 2..end.min(tokens.end + 2 + NEAR)).any(is_kin);
    // `Berit Lund, the widow, said`
    let known = tokens.end + 3 < end
        && text.word(tokens.end) == ","
        && text.word(tokens.end + 1) == "the"
        && is_kin(tokens.end + 2)
        && text.word(tokens.end + 3) == ",";
    leads || follows || known
}

/// Where the people of a story are named by more than their surname, by their group's number.
#[derive(Debug, Default)]
pub(super) struct Bearers {
    sights: HashMap<usize, Vec<MentionContext>>,
    prominence: HashMap<usize, f32>,
}

impl Bearers {
    /// Notes where somebody is named.
    pub(super) fn add(&mut self, group: usize, sight: MentionContext) {
        self.sights.entry(group).or_default().push(sight);
    }

    /// Notes how well known somebody is.
    pub(super) fn known(&mut self, group: usize, prominence: impl FnOnce() -> f32) {
        self.prominence.entry(group).or_insert_with(prominence);
    }

    /// Whether somebody is named in the same sentence.
    pub(super) fn is_beside(&self, group: usize, sight: &MentionContext) -> bool {
        let place = (sight.text, sight.sentence);
        self.of(group).any(|other| (other.text, other.sentence) == place)
    }

    /// Whether somebody is named before.
    pub(super) fn is_named_before(&self, group: usize, sight: &MentionContext) -> bool {
        self.of(group).any(|other| other.at < sight.at)
    }

    /// Whether two whom a sentence names are relatives, if one names both.
    pub(super) fn are_beside(&self, one: usize, other: usize) -> Option<bool> {
        let pairs = self.of(one).flat_map(|sight| self.of(other).map(move |other| (sight, other)));
        pairs
            .filter(|(one, other)| (one.text, one.sentence) == (other.text, other.sentence))
            .map(|(one, other)| one.is_relative || other.is_relative)
            .max()
    }

    /// Whether somebody is told of as a relative, too.
    pub(super) fn has_relative(&self, group: usize) -> bool {
        self.of(group).any(|sight| sight.is_relative)
    }

    /// Whether somebody may be meant by a surname alone. A ruler is called by a first name, which is nobody's surname; a man
    /// is not meant by what is said of a woman; and whom a sentence introduces behind the surname that opens it is another one.
    pub(super) fn may_be_called_so(&self, group: usize, sight: &MentionContext) -> bool {
        let titled = |other: &MentionContext| match sight.title {
            Some(_) => other.title == sight.title,
            None => other.is_ruler,
        };
        let ruler = !sight.is_ruler || self.of(group).any(titled);
        // `Imam Lund` is not the minister Lund.
        let untitled = || self.of(group).all(|other| other.title.is_none());
        let house = !sight.is_of_house || self.of(group).any(titled) || untitled();
        let sex = |other: &MentionContext| {
            other.is_man.zip(sight.is_man).is_none_or(|(other, own)| other == own)
        };
        let behind = |other: &MentionContext| {
            other.at > sight.at && (other.text, other.sentence) == (sight.text, sight.sentence)
        };
        let first = self.of(group).min_by_key(|other| other.at);
        ruler && house && self.of(group).all(sex) && !(sight.opens && first.is_some_and(behind))
    }

    fn of(&self, group: usize) -> impl Iterator<Item = &MentionContext> {
        self.sights.get(&group).into_iter().flatten()
    }

    /// Who of some groups is meant by the part of a name that they share; papers call the subject of a sentence by the
    /// `surname`, so a forename that two of it have is nobody's.
    pub(super) fn bearer(
        &self,
        groups: &[usize],
        sight: &MentionContext,
        surname: bool,
    ) -> Option<usize> {
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
        keep(&mut groups, |g| {
            let told = self.of(g).filter(|s| s.is_relative).count();
            told * 2 < self.of(g).count().max(1)
        });
        let here = self.latest(&groups, sight, surname, |s| s.place() == sight.place());
        if let Latest::One(group) = here {
            return Some(group);
        }
        keep(&mut groups, |g| self.of(g).any(|s| s.text == 0));
        let most = groups.iter().map(|g| self.of(*g).count()).max().unwrap_or_default();
        keep(&mut groups, |g| self.of(g).count() == most);
        if let [group] = groups[..] {
            return Some(group);
        }
        match self.latest(&groups, sight, surname, |_| true) {
            Latest::One(group) => Some(group),
            Latest::Several => None,
            // Before anybody is named in full, one who is far better known is meant; a headline's is whom the text names first,
            // and of others nobody can tell.
            Latest::Nobody => self.best_known(&groups).or_else(|| {
                let named = groups.iter().flat_map(|g| self.of(*g).map(move |s| (s.at, *g)));
                named.min().filter(|_| sight.text == 0).map(|(_, group)| group)
            }),
        }
    }

    /// Who of some groups the last sentence before a name tells of that names one: of several its subject.
    fn latest(
        &self,
        groups: &[usize],
        sight: &MentionContext,
        surname: bool,
        within: impl Fn(&MentionContext) -> bool,
    ) -> Latest {
        let named = groups.iter().flat_map(|g| self.of(*g).map(move |s| (s, *g)));
        let mut earlier: Vec<_> = named.filter(|(s, _)| s.at < sight.at && within(s)).collect();
        earlier.sort_by_key(|(s, _)| s.at);
        let Some((last, _)) = earlier.last() else { return Latest::Nobody };
        let place = (last.text, last.sentence);
        earlier.retain(|(s, _)| (s.text, s.sentence) == place);
        let free = earlier.iter().find(|(s, _)| !s.is_fronted);
        let Some((subject, group)) = free.or(earlier.first()).copied() else {
            return Latest::Nobody;
        };
        // Who are joined by `and` are both.
        let equal = |(s, g): &(&MentionContext, usize)| {
            *g != group && s.at > subject.at && (s.is_joined || !surname)
        };
        if earlier.iter().any(equal) { Latest::Several } else { Latest::One(group) }
    }

    /// The one who is far better known than all others, where several are left.
    fn best_known(&self, groups: &[usize]) -> Option<usize> {
        let known = |g: &usize| self.prominence.get(g).copied().unwrap_or_default();
        let best = groups.iter().max_by(|a, b| known(a).total_cmp(&known(b)))?;
        let leads = |g: &usize| g == best || known(best) >= known(g) + LEAD;
        groups.iter().all(leads).then_some(*best)
    }
}

/// Whom the last sentence that names one of several tells of.
enum Latest {
    Nobody,
    One(usize),
    Several,
}

/// Keeps the groups that are of a sort, if any is.
fn keep(groups: &mut Vec<usize>, is: impl Fn(usize) -> bool) {
    if groups.len() > 1 && groups.iter().any(|g| is(*g)) {
        groups.retain(|g| is(*g));
    }
}
