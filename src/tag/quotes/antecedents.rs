//! Whom a pronoun stands for, and who leads a sentence.
//!
//! The one who is named last in a leading place of a sentence, and does not stand behind a preposition there (`Flanked by
//! Orla Quendale, Anna Berg opened the bridge`: `she` is Anna Berg), nor owns what is spoken of. A sentence whose subject
//! is an office (`The president, who was met by Orla Quendale,`) is its holder's, else of nobody who is named in it; of a
//! judge's, it is nobody's of whom the story told before.

use std::ops::Range;

use super::attribution::Context;
use super::speakers::{NamedAt, is_capitalised};
use super::verbs_of_speech::{Kind, Pronoun};
use crate::model::LanguageCode;
use crate::tag::document::is_possessive;
use crate::tag::{dates, english};

/// Sentences before a pronoun that are looked at.
const SENTENCES_BACK: usize = 8;
/// Most words of titles before a name.
const TITLES: usize = 5;
/// Fewest letters of a verb in `-ing`.
const MIN_VERB: usize = 5;
/// Farthest verb of a clause about somebody from the name, in tokens.
const RELATIVE: usize = 6;
/// Most words of an office that a sentence begins with.
const OFFICE: usize = 3;

impl Context<'_> {
    /// The last person named before a token in a leading place of a sentence, whom the pronoun can stand for. Quoted tokens
    /// don't count.
    pub(super) fn antecedent(&self, before: usize, pronoun: Pronoun) -> Option<usize> {
        let at = self.text.sentences.partition_point(|s| s.start < before);
        let mut agent = None;
        for sentence in self.text.sentences[..at].iter().rev().take(SENTENCES_BACK) {
            let tokens = sentence.start..sentence.end.min(before);
            // `He said that Mr. Berg's doctors had left`: a name behind the pronoun is another's.
            let mut unquoted = tokens.clone().filter(|&i| !self.quoted[i]);
            let spoken_of = unquoted.find(|&i| pronoun.is_subject(self.text.lower(i)));
            if spoken_of.is_none()
                && let Some(office) = self.office_ahead(&tokens)
            {
                let other = self.is(Kind::Another, office.end - 1);
                match self.holder(&office).filter(|who| self.people.fits(*who, pronoun)) {
                    None if !other => continue,
                    holder => return holder,
                }
            }
            let until = spoken_of.unwrap_or(tokens.end);
            let fits = |m: &&NamedAt| self.people.fits(m.who, pronoun);
            let Some(m) = self.leading(tokens.start..until, spoken_of.is_none(), fits) else {
                continue;
            };
            match agent {
                None if self.is_agent(tokens.start, m) => agent = Some(m.who),
                // `The veteran was joined by Ken Orrin`: the one or the other.
                Some(agent) if agent != m.who => return None,
                _ => return Some(m.who),
            }
        }
        agent
    }

    /// Whether somebody did what a sentence says that was done, and is not its subject: `was joined by Ken Orrin`.
    fn is_agent(&self, first: usize, m: &NamedAt) -> bool {
        let from = first.max(m.tokens.start.saturating_sub(TITLES));
        let mut before = (from..m.tokens.start).rev();
        let lead = before.find(|&i| {
            let word = self.text.word(i);
            !is_capitalised(word) && !is_possessive(word) && word != "."
        });
        lead.is_some_and(|i| self.is(Kind::Agent, i) && i > first + 1)
    }

    /// Who is named first in some tokens of a sentence, not behind a preposition; where nobody is, the only one who is
    /// named at all, if `alone` may.
    pub(super) fn leading(
        &self,
        tokens: Range<usize>,
        alone: bool,
        fits: impl Fn(&&NamedAt) -> bool,
    ) -> Option<&NamedAt> {
        let first = tokens.start;
        let owns = |m: &&NamedAt| is_possessive(self.text.word_or_empty(m.tokens.end));
        let named = || {
            let within = self.people.within(tokens.clone());
            within.filter(|m| !self.quoted[m.tokens.start] && !owns(m)).filter(&fits)
        };
        let leads = |m: &&NamedAt| !self.is_behind_preposition(first, m) || self.is_told_of(m);
        if let Some(subject) = named().find(leads) {
            // `a question from the MP for Orland, Ken Orrin, Paul Varn said`: who is set off before a speaker is none.
            let next = subject.tokens.end + 1;
            let speaks =
                |m: &&NamedAt| m.tokens.start == next && self.cue_at(m.tokens.end).is_some();
            let set_off = self.text.word_or_empty(subject.tokens.end) == ",";
            return named().find(|m| set_off && speaks(m)).or(Some(subject));
        }
        let only = named().next().filter(|_| alone)?;
        named().all(|m| m.who == only.who).then_some(only)
    }

    /// Whether a preposition stands before a name and its titles, or a verb whose object it is: `flanked by Mayor Orla
    /// Quendale`, `after beating Orla Quendale`. What somebody is said to have said is theirs: `according to`.
    fn is_behind_preposition(&self, first: usize, m: &NamedAt) -> bool {
        let mut titled = false;
        let from = first.max(m.tokens.start.saturating_sub(TITLES));
        for at in (from..m.tokens.start).rev() {
            let (word, lower) = (self.text.word(at), self.text.lower(at));
            if self.is(Kind::Preposition, at) {
                return at == first || !self.is_phrase(Kind::Source, at - 1);
            }
            if self.is_participle_at(first, at) {
                return self.cue_at(at).is_none();
            }
            let bare = lower.trim_end_matches('.');
            let title = english::TITLES.contains(bare) || english::OFFICE_WORDS.contains(bare);
            titled |= title;
            let date = self.is(Kind::EndsDescription, at)
                || dates::is_leading_month(LanguageCode::EN, word);
            let capital = is_capitalised(word) && !date && (titled || !self.people.is_entity(at));
            let kin = || english::KIN.contains(bare) || self.is(Kind::Possessive, at);
            let small_word = || self.is(Kind::Article, at) || self.is(Kind::NotHolder, at);
            if !(title || capital || word == "." || kin() || small_word()) {
                return false;
            }
        }
        false
    }

    /// Whether a token is a verb in `-ing` with its object, and no noun: `After beating`, `Thanking`, but not `a June
    /// evening`.
    fn is_participle_at(&self, first: usize, at: usize) -> bool {
        let lower = self.text.lower(at);
        let opens = at == first
            || self.is(Kind::Preposition, at - 1)
            || self.is(Kind::Clause, at - 1)
            || self.text.word(at - 1) == ",";
        opens && lower.len() >= MIN_VERB && self.words.ends_as(Kind::ObjectEnding, lower)
    }

    /// Whether a clause about somebody who is named says what they said: `for Orla Quendale, 49, who told`.
    fn is_told_of(&self, m: &NamedAt) -> bool {
        let end = self.text.tokens.len().min(m.tokens.end + RELATIVE);
        let who = (m.tokens.end..end).find(|&i| self.text.lower(i) == "who");
        who.is_some_and(|who| who + 1 < end && self.cue_at(who + 1).is_some())
    }

    /// The office that a sentence begins with as its subject: `The president, who`, `The mayor also opened`.
    fn office_ahead(&self, sentence: &Range<usize>) -> Option<Range<usize>> {
        let start = sentence.start;
        let text = self.text;
        if !self.is(Kind::Definite, start) || self.quoted[start] {
            return None;
        }
        let end = sentence.end.min(start + 1 + OFFICE);
        let is_title = |i: &usize| english::TITLES.contains(text.lower(*i));
        let noun =
            (start + 1..end).take_while(|&i| self.may_be_of_field(i)).filter(is_title).last()?;
        let next = noun + 1;
        if next >= sentence.end {
            return None;
        }
        let lower = text.lower(next);
        let clause = text.word(next) == "," && next + 1 < sentence.end && {
            let word = text.word(next + 1);
            word.starts_with(char::is_lowercase)
        };
        let small = text.word(next).starts_with(char::is_lowercase);
        let verb = self.cue_at(next).is_some()
            || self.words.is_adverb(lower)
            || self.words.ends_as(Kind::VerbEnding, lower);
        (clause || small && verb).then_some(start..next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tag::Text;
    use crate::tag::quotes::in_language;

    #[test]
    fn pronoun_is_whoever_leads_the_sentence() {
        for (body, who) in [
            ("Flanked by Ken Orrin, Paul Varn opened the bridge.", "Paul Varn"),
            ("After beating Ken Orrin, Paul Varn left the court.", "Paul Varn"),
            ("Speaking after a meeting with Ken Orrin, Paul Varn said no.", "Paul Varn"),
            ("A lawyer for Ken Orrin, Paul Varn, said no.", "Paul Varn"),
            ("Asked by the MP for Orland, Ken Orrin, Paul Varn said no.", "Paul Varn"),
            ("Quoting Ken Orrin, Paul Varn said no.", "Paul Varn"),
            ("Paul Varn came. Joined by Mayor Ken Orrin, he said it was late.", "Paul Varn"),
            ("On a June evening Paul Varn met Ken Orrin.", "Paul Varn"),
            ("According to Paul Varn, Ken Orrin had left.", "Paul Varn"),
            ("It was a hard day for Paul Varn.", "Paul Varn"),
            ("Paul Varn left. Charlotte Orrin saw it.", "Paul Varn"),
            ("It is a first for Paul Varn, 49, who told Ken Orrin he had waited.", "Paul Varn"),
            ("Paul Varn landed. The president, who was met by Ken Orrin, left.", "Paul Varn"),
            ("President Paul Varn came. Ken Orrin left. The president also left.", "Paul Varn"),
            ("Paul Varn lost. The judge told Ken Orrin to be quiet.", ""),
            ("Paul Varn sang. The veteran was joined by Ken Orrin.", "Paul Varn"),
            ("Paul Varn sang. The song was written by James Orrin.", ""),
            ("The song was written by Paul Varn.", "Paul Varn"),
        ] {
            let body = format!("{body} “We will not forget it,” he said.");
            let quote = in_language(&Text::new(&body), &[], LanguageCode::EN).remove(0);
            let found = quote.speaker.and_then(|speaker| speaker.full_name).unwrap_or_default();
            assert!(found.ends_with(who) && found.is_empty() == who.is_empty(), "{body}: {found}");
        }
    }
}
