//! What the words of a quote's speaker say of who that is: descriptions between commas, whom somebody belongs to, a title, a
//! surname. A name that is another's, or an office that several have had, stays open.

use std::ops::Range;

use super::Context;
use crate::tag::document::is_possessive;
use crate::tag::english;
use crate::tag::quotes::speakers::{NamedAt, is_capitalised, is_honorific};
use crate::tag::quotes::verbs_of_speech::Kind;

impl Context<'_> {
    /// The name that stands before or among descriptions between commas, which end before a verb: `Anna Berg, 42, from
    /// Elmhaven, said`, `her mother, Anna Berg, said`.
    pub(super) fn name_before_commas(&self, start: usize, end: usize) -> Option<Range<usize>> {
        let mut end = end.checked_sub(1).filter(|&i| i > start && self.text.word(i) == ",")?;
        let mut last = true;
        loop {
            let comma = (start..end).rev().find(|&i| self.parts_pieces(i));
            let piece = comma.map_or(start, |i| i + 1)..end;
            let name = self.people.within(piece.clone()).last();
            let name = name.filter(|m| {
                let speaks = !last || self.people.named[m.who].person;
                m.tokens.end == piece.end && speaks && !self.is_belonging(piece.start, m)
            });
            let comma = comma.filter(|&i| self.text.word(i) == ",");
            match name {
                // Straight before the verb, a name is what a description is of; it may also be another's in one.
                Some(m) if last => {
                    let whole = m.tokens.start == piece.start;
                    let described =
                        comma.is_some_and(|comma| self.is_description_before(start, comma));
                    return (whole && described).then(|| m.tokens.clone());
                }
                Some(m) => return Some(m.tokens.clone()),
                None if self.is_apposition(&piece) => {}
                None => return None,
            }
            last = false;
            end = comma?;
        }
    }

    /// Whether a token ends what descriptions between commas can belong to.
    fn parts_pieces(&self, token: usize) -> bool {
        self.quoted[token]
            || self.is(Kind::Clause, token)
            || self.is_mark(token) && self.text.word(token) != "."
    }

    /// Whether the piece before a comma describes somebody and names nobody but whom they belong to: `her mother,`,
    /// `Anna Berg's aunt,`.
    fn is_description_before(&self, start: usize, comma: usize) -> bool {
        let before = (start..comma).rev().find(|&i| self.parts_pieces(i));
        let piece = before.map_or(start, |i| i + 1)..comma;
        let owns = |i: usize| is_possessive(self.text.word(i));
        let opens = |i: usize| self.is(Kind::Possessive, i) || self.is(Kind::Article, i) || owns(i);
        let another = |m: &NamedAt| owns(m.tokens.end) || self.is_belonging(piece.start, m);
        piece.clone().any(opens)
            && self
                .people
                .within(piece.clone())
                .all(|m| !self.people.named[m.who].person || another(m))
    }

    /// Whether a piece between commas describes somebody: an age, a role, a place.
    fn is_apposition(&self, piece: &Range<usize>) -> bool {
        let Some(first) = piece.clone().next() else { return false };
        let word = self.text.word(first);
        word.starts_with(|c: char| c.is_ascii_digit())
            || self.is(Kind::Belongs, first)
            || self.is(Kind::Apposition, first)
            || piece.len() <= 4 && piece.clone().all(|i| is_capitalised(self.text.word(i)))
    }

    /// Whether a name says what somebody belongs to, who is described from a token on: `for the Harbour Party`.
    pub(super) fn is_belonging(&self, from: usize, named: &NamedAt) -> bool {
        let before = |at: usize| at.checked_sub(1).filter(|&i| i >= from);
        let beside = before(named.tokens.start);
        let mut beside = beside;
        // `for the late Mr. Berg`
        while let Some(i) = beside
            && (self.is(Kind::Article, i)
                || self.is(Kind::NotHolder, i)
                || is_honorific(self.text.word(i)))
        {
            beside = before(i);
        }
        beside.is_some_and(|i| self.is(Kind::Belongs, i))
    }

    /// Whether a title is the end of a longer one: `Prime Minister`, `Vice President`.
    fn is_half_title(&self, at: usize) -> bool {
        let Some(before) = at.checked_sub(1) else { return false };
        let portfolio = english::PORTFOLIO_HEADS.contains(self.text.word(at));
        is_capitalised(self.text.word(before))
            && (portfolio && self.text.is_capital(before) || self.is(Kind::NotHolder, before))
    }

    /// Words that name a speaker without what the person belongs to: `Ms. Berg of the Harbour Party`.
    fn without_belonging(&self, words: &Range<usize>) -> Range<usize> {
        let belongs = |m: &&NamedAt| {
            self.people.named[m.who].person
                && m.tokens.end < words.end
                && self.is(Kind::Belongs, m.tokens.end)
        };
        let member = self.people.within(words.clone()).find(belongs);
        words.start..member.map_or(words.end, |m| m.tokens.end)
    }

    /// Whoever has a surname that some words are, where it is a place's, too: the last one before.
    fn surname_at(&self, words: &Range<usize>) -> Option<usize> {
        let surname = self.text.word(words.start);
        if words.len() != 1 || !is_capitalised(surname) {
            return None;
        }
        let whole = |m: &&NamedAt| {
            m.tokens.len() > 1
                && self.people.named[m.who].person
                && self.text.word(m.tokens.end - 1) == surname
        };
        let ahead = self.people.mentions.partition_point(|m| m.tokens.start < words.start);
        self.people.mentions[..ahead].iter().rev().find(whole).map(|m| m.who)
    }

    /// The words that name a speaker, in full where the text gives a part of a name, and who that
    /// is.
    pub(in crate::tag::quotes) fn named(&self, words: &Range<usize>) -> (String, Option<usize>) {
        if words.is_empty() {
            return (String::new(), None);
        }
        if self.are_both(words) {
            return (self.text.slice(words.clone()).to_owned(), None);
        }
        let words = &self.without_belonging(words);
        let first = words.start;
        if words.len() == 1
            && let Some(pronoun) = self.words.pronoun(self.lower(first))
        {
            let who = self.antecedent(first, pronoun);
            let several = self.is(Kind::Several, first);
            let who = who.filter(|&who| !several || !self.people.named[who].person);
            return (self.text.word(first).to_owned(), who);
        }
        let mention = self.people.within(words.clone()).last();
        let described = self.is(Kind::Determiner, first) || !is_capitalised(self.text.word(first));
        let of_another = mention.is_some_and(|m| {
            self.is_belonging(first, m) && (described || self.people.named[m.who].person)
        });
        if let Some(m) = mention.filter(|m| !of_another && m.tokens.end + 1 >= words.end) {
            let printed = self.text.slice(m.tokens.clone());
            let titled = m.tokens.start > 0
                && is_honorific(self.text.word(m.tokens.start - 1))
                && !self.is_half_title(m.tokens.start - 1);
            let name = &self.people.named[m.who].name;
            let text = if titled {
                self.text.slice(m.tokens.start - 1..m.tokens.end).to_owned()
            } else if name.contains(printed) && !is_honorific(self.text.word(m.tokens.start)) {
                name.clone()
            } else {
                printed.to_owned()
            };
            return (text, Some(m.who));
        }
        let who =
            if of_another { None } else { self.surname_at(words).or_else(|| self.holder(words)) };
        let printed = self.text.slice(words.clone());
        (printed.split_whitespace().collect::<Vec<_>>().join(" "), who)
    }
}
