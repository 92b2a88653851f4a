//! What first names tell of the words behind them, in other languages than English.
//!
//! A small word such as `van` between a first name and a word with a capital is of a surname (`names.txt` of `mul`), whatever town is
//! called as that word is; a people's name straight behind one is a surname, too. Refuses whatever the recogniser has in a
//! longer name of another kind.

use std::{ops::Range, sync::LazyLock};

use foldhash::HashSet;

use super::{Name, Reading, labels::NameKind};
use crate::{
    lang,
    tag::{
        TokenKind,
        document::Splitting,
        names::{overlapping, put},
        word_keys::key,
    },
};

/// Name of the list of words of names in any language, and its kind.
const LIST: &str = "names.txt";
const KIND: &str = "surname-particle";
/// Most words before a particle, with a second first name.
const FIRST_NAMES: usize = 2;
/// Fewest letters of a first name that the recogniser did not see: shorter ones are words of grammar, too.
const LETTERS: usize = 3;

/// The particles, word by word, the longest first.
static PARTICLES: LazyLock<Vec<Vec<&str>>> = LazyLock::new(|| {
    let rows = lang::of_kind("mul", LIST, KIND);
    let mut particles: Vec<Vec<&str>> = rows.map(|row| row.split(' ').collect()).collect();
    particles.sort_by_key(|words| std::cmp::Reverse(words.len()));
    particles
});
/// Their first words.
static OPENERS: LazyLock<HashSet<&str>> =
    LazyLock::new(|| PARTICLES.iter().filter_map(|words| words.first().copied()).collect());

/// Makes one person of a first name, a particle and the word with a capital behind it: `Ada von Orm`. Whether a word is a first
/// name is asked with whether nothing else is likely.
pub(super) fn join_particles(
    reading: &Reading<'_>,
    names: &mut Vec<Name>,
    is_first_name: impl Fn(usize, bool) -> bool,
    is_land: impl Fn(usize) -> bool,
) {
    let text = reading.text;
    let word = |at: usize| text.tokens[at].kind == TokenKind::Word;
    let capital = |at: usize| word(at) && text.is_capital(at);
    for sentence in &text.sentences {
        let mut at = sentence.start + 1;
        while at < sentence.end {
            let from = at;
            at += 1;
            if !OPENERS.contains(text.word(from)) || !capital(from - 1) {
                continue;
            }
            let is_here = |words: &&Vec<&str>| {
                let all = words.iter().enumerate();
                from + words.len() < sentence.end
                    && all.into_iter().all(|(i, w)| text.word(from + i) == *w)
                    && capital(from + words.len())
            };
            let Some(particle) = PARTICLES.iter().find(is_here) else { continue };
            let last = from + particle.len();
            // `van der` is in surnames alone.
            let sure = particle.len() > 1;
            let mut start = from;
            while start > sentence.start
                && from - start < FIRST_NAMES
                && capital(start - 1)
                && is_first_name(start - 1, sure)
            {
                start -= 1;
            }
            // `Philippe du Royaume-Uni` rules it.
            if start == from || is_land(last) {
                continue;
            }
            if let Some(whole) = whole(names, start..last + 1, from) {
                at = whole.end;
                put(names, NameKind::Person, whole);
            }
        }
    }
}

/// What words do in names of known people.
pub(super) struct Roles<'a> {
    /// Whether a word is a first name, by its key.
    pub(super) is_first: &'a dyn Fn(u64) -> bool,
    /// Whether it is a last one.
    pub(super) is_last: &'a dyn Fn(u64) -> bool,
}

/// Makes one person of a first name and the last one behind it, where the script has no capitals and the recogniser saw one of
/// them, or two people.
pub(super) fn join_halves(
    reading: &Reading<'_>,
    names: &mut Vec<Name>,
    roles: &Roles<'_>,
    splitting: &Splitting,
) {
    let text = reading.text;
    let is_first = |at: usize| {
        // `لسالم`, with what is written together with it.
        let bare = |prefix: &str| {
            let rest = text.word(at).strip_prefix(prefix)?;
            Some((roles.is_first)(key(rest, TokenKind::Word, &mut Vec::new())))
        };
        (roles.is_first)(reading.keys[at]) || splitting.prefixes().filter_map(bare).any(|is| is)
    };
    let is_person = |n: &Name| n.kind == NameKind::Person && n.tokens.len() == 1;
    let mut at = 0;
    while at < names.len() {
        let Name { kind, tokens } = names[at].clone();
        at += 1;
        if kind != NameKind::Person || tokens.len() > 1 {
            continue;
        }
        let Some(sentence) = text.sentence_of(tokens.start) else { continue };
        let word = |at: usize| sentence.contains(&at) && text.tokens[at].kind == TokenKind::Word;
        let next = tokens.end;
        let behind = names.get(at).filter(|n| n.tokens.start == next).cloned();
        let is_last = |at: usize| (roles.is_last)(reading.keys[at]);
        match behind {
            Some(name)
                if word(next) && is_person(&name) && (is_first(tokens.start) || is_last(next)) =>
            {
                names[at - 1].tokens.end = name.tokens.end;
                names.remove(at);
                continue;
            }
            None if word(next) && is_first(tokens.start) && is_last(next) => {
                names[at - 1].tokens.end = next + 1;
                continue;
            }
            _ => {}
        }
        let Some(before) = tokens.start.checked_sub(1).filter(|before| word(*before)) else {
            continue;
        };
        let free = at < 2 || names[at - 2].tokens.end <= before;
        if free
            && !is_first(tokens.start)
            && text.word(before).chars().count() >= LETTERS
            && is_first(before)
        {
            names[at - 1].tokens.start = before;
        }
    }
}

/// The tokens of a name that a particle at `from` joins, with what the recogniser has before and behind it; none where one of these
/// is another's name.
fn whole(names: &[Name], tokens: Range<usize>, from: usize) -> Option<Range<usize>> {
    let mut whole = tokens.clone();
    for name in &names[overlapping(names, &tokens)] {
        let Range { start, end } = name.tokens;
        let inside = tokens.start <= start && end <= tokens.end;
        let is_person = name.kind == NameKind::Person;
        // `van Orme United`: what somebody is of.
        let body = name.kind == NameKind::Organisation && start >= from && end - start > 1;
        if body || !inside && !is_person {
            return None;
        }
        whole = whole.start.min(start)..whole.end.max(end);
    }
    Some(whole)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tag::{
        Text,
        names::samples::{Sample, named, written},
        word_keys::keys,
    };

    #[test]
    fn halves_without_capitals_are_one_person() {
        let sample = Sample::of("ar", "قال سالم الورمي إن فارس غادر");
        let words = &sample.keys;
        let of = |at: usize| Name { kind: NameKind::Person, tokens: at..at + 1 };
        let found = |mut names: Vec<Name>| {
            let roles = Roles {
                is_first: &|key| key == words[1] || key == words[4],
                is_last: &|key| key == words[2],
            };
            join_halves(&sample.reading(), &mut names, &roles, Splitting::of("ar"));
            names.into_iter().map(|n| (n.tokens.start, n.tokens.end)).collect::<Vec<_>>()
        };
        assert_eq!(found(vec![of(1)]), [(1, 3)]);
        assert_eq!(found(vec![of(2)]), [(1, 3)]);
        assert_eq!(found(vec![of(1), of(2), of(4)]), [(1, 3), (4, 5)]);
    }

    /// The names of a text in which `Anna` and `Jan` are first names.
    fn joined(body: &str, found: &[(NameKind, &str)]) -> Vec<String> {
        let sample = Sample::of("nl", body);
        let mut names = named(&sample.text, found);
        let known = keys(&Text::new("Anna Jan"));
        join_particles(
            &sample.reading(),
            &mut names,
            |at, _| known.contains(&sample.keys[at]),
            |at| sample.text.word(at) == "Orland",
        );
        written(&sample.text, &names)
    }

    #[test]
    fn a_particle_is_of_one_surname() {
        let town = [(NameKind::Person, "Anna"), (NameKind::Place, "Orme")];
        assert_eq!(joined("Bioloog Anna van Orme spreekt.", &town), ["Person Anna van Orme"]);
        assert_eq!(joined("Jan van der Orm zweeg.", &[]), ["Person Jan van der Orm"]);
    }

    #[test]
    fn a_town_behind_a_trade_stays_one() {
        let town = [(NameKind::Place, "Orme")];
        assert_eq!(joined("Burgemeester van Orme spreekt.", &town), ["Place Orme"]);
        let land = [(NameKind::Place, "Orland")];
        assert_eq!(joined("Koning Jan van Orland spreekt.", &land), ["Place Orland"]);
        let club = [(NameKind::Person, "Anna"), (NameKind::Organisation, "Orme United")];
        assert_eq!(
            joined("Anna van Orme United.", &club),
            ["Person Anna", "Organisation Orme United"]
        );
    }
}
