//! Words that are not those of who is named beside them: of somebody whom another quotes (`Solma News quoted Anna Berg as
//! saying`), of who told, asked or warned the one who is named (`Anna Berg was told`), of a message or a stranger (`received a
//! text saying`, `heard a man shout`), of nobody (`denied saying`), or of two (`Anna Berg and Paul Varn said`).

use std::ops::Range;

use super::{Attribution, Context};
use crate::tag::english;
use crate::tag::quotes::speakers::NamedAt;
use crate::tag::quotes::verbs_of_speech::{Kind, SpeechForm};

/// Most words of who is quoted: `the minister, Anna Berg,`.
const QUOTED: usize = 14;

impl Context<'_> {
    /// Whose words are given by a verb behind a quote, where they are not its subject's, which begins at `from`.
    pub(super) fn of_another(&self, from: usize, verb: usize, end: usize) -> Option<Attribution> {
        if self.is(Kind::Quoting, verb)
            && let Some(words) = self.quoted_as(verb, end)
        {
            return Some(Attribution { words, cue: Some(verb) });
        }
        if self.is_heard(from, verb) {
            return Some(self.by_agent(verb, end));
        }
        let denied = self.is(Kind::Denying, verb) && self.is_participle(verb + 1);
        (denied || self.is_negated(from, verb)).then(|| nobody(verb))
    }

    /// The same of what stands before a quote in its sentence.
    pub(super) fn of_another_ahead(&self, tokens: Range<usize>) -> Option<Attribution> {
        let Range { start, end: open } = tokens.clone();
        let verb = tokens.clone().rev().find(|&i| !self.quoted[i] && self.cue_at(i).is_some());
        let Some(verb) = verb else {
            let unknown = Attribution { words: start..start, cue: None };
            return self.is_received(tokens, None).then_some(unknown);
        };
        if self.is_heard(start, verb) && !self.is(Kind::Clause, verb - 1) {
            return Some(self.by_agent(verb, open));
        }
        let denies = |i: usize| {
            let having = usize::from(!self.is_participle(i + 1));
            self.is(Kind::Denying, i) && i + 1 + having == verb
        };
        let ends = verb + 1 >= open || self.is_mark(verb + 1);
        let denied = (start..verb).any(denies) || ends && self.is_negated(start, verb);
        (denied || self.is_received(tokens, Some(verb))).then(|| nobody(verb))
    }

    /// Whether a verb tells what was said to its subject: `was asked`, `was later told`, `had been warned`.
    pub(super) fn is_heard(&self, start: usize, verb: usize) -> bool {
        if !self.is(Kind::Hearing, verb) {
            return false;
        }
        let mut before = (start..verb).rev();
        let hearer = before.find(|&i| self.is(Kind::Hearer, i) || !self.is_adverb(i));
        hearer.is_some_and(|i| self.is(Kind::Hearer, i))
    }

    /// Who told or asked somebody, where the passive says so: `was told by Anna Berg`.
    fn by_agent(&self, verb: usize, end: usize) -> Attribution {
        let led = self.is(Kind::Agent, verb + 1);
        let words = led.then(|| self.description(verb + 2, end)).flatten();
        Attribution { words: words.unwrap_or(verb..verb), cue: Some(verb) }
    }

    /// Who is quoted between a verb and `as saying`.
    fn quoted_as(&self, verb: usize, end: usize) -> Option<Range<usize>> {
        let reach = end.min(self.text.tokens.len()).min(verb + QUOTED);
        let is_as = |i: &usize| self.is(Kind::QuotedAs, *i) && self.is_participle(i + 1);
        let last = (verb + 1..reach).find(is_as)?;
        let last = last - usize::from(self.text.word(last - 1) == ",");
        let words = verb + 1..last;
        if words.is_empty() || self.is(Kind::Preposition, words.start) {
            return None;
        }
        let person = self.people.within(words.clone()).filter(|m| self.people.named[m.who].person);
        // `quoted the minister, Anna Berg, as saying`, `quoted Anna Berg, a minister, as saying`
        let apposed =
            |m: &&NamedAt| m.tokens.end == words.end || self.text.word(m.tokens.end) == ",";
        let mut person = person.filter(apposed);
        let first = person.next();
        let named =
            first.filter(|m| m.tokens.start == words.start).or_else(|| person.last().or(first));
        let until = words.clone().find(|&i| self.text.word(i) == ",").unwrap_or(words.end);
        // Whom `quoted him as saying` means is not known.
        let lower = self.text.lower(words.start);
        let is_him = english::PRONOUNS_OF_MEN.contains(lower)
            || english::PRONOUNS_OF_WOMEN.contains(lower)
            || matches!(lower, "it" | "me" | "them" | "us");
        if words.len() == 1 && is_him {
            return Some(words.start..words.start);
        }
        Some(named.map_or(words.start..until, |m| m.tokens.clone()))
    }

    /// Who is quoted before a quote: `quoted Anna Berg as saying: "`.
    pub(super) fn quoted_before(
        &self,
        start: usize,
        verb: usize,
        end: usize,
    ) -> Option<Attribution> {
        let from = start.max(verb.saturating_sub(QUOTED));
        let quoting = (from..verb).rev().find(|&i| self.is(Kind::Quoting, i))?;
        let words = self.quoted_as(quoting, end).filter(|words| verb <= words.end + 2)?;
        Some(Attribution { words, cue: Some(quoting) })
    }

    fn is_participle(&self, token: usize) -> bool {
        token < self.text.tokens.len() && self.cue_at(token) == Some(SpeechForm::Participle)
    }

    /// Whether a verb tells what was not said: `never said`, `did not say`.
    fn is_negated(&self, start: usize, verb: usize) -> bool {
        let mut before =
            (start..verb).rev().take_while(|&i| self.is_adverb(i) || self.is(Kind::Negation, i));
        before.any(|i| self.is(Kind::Negation, i))
    }

    /// Whether somebody heard, got or read what is told: `received a text saying: "`, `heard a man shout: "`.
    fn is_received(&self, tokens: Range<usize>, cue: Option<usize>) -> bool {
        let told = |i: &usize| self.is(Kind::Receiving, *i) || self.is(Kind::Hearkening, *i);
        let Some(verb) = tokens.clone().rev().find(told) else { return false };
        let last = tokens.end - 1;
        let behind = verb + 1..last;
        let other = |i: usize| {
            let clause = self.is(Kind::Clause, i) && !self.is(Kind::That, i);
            self.quoted[i] || clause || self.is_mark(i)
        };
        if behind.is_empty() || behind.clone().any(other) {
            return false;
        }
        if self.is(Kind::Hearkening, verb) {
            let lower = self.text.lower(last - 1);
            let bare = || self.words.cue(&format!("{lower}s")).is_some();
            let stranger = self.is(Kind::Article, verb + 1) && last > verb + 3;
            if stranger && (self.is_participle(last - 1) || bare()) {
                return true;
            }
        }
        let Some(noun) = behind.clone().find(|&i| self.is(Kind::Message, i)) else { return false };
        // `a letter that said`, `a sign reading`, but not `a letter and said`.
        let of_message = |cue: usize| {
            let before = (verb..cue).rev().find(|&i| !self.is_adverb(i)).unwrap_or(verb);
            let told = before == noun || self.is(Kind::That, before);
            cue > noun && (told || self.is_participle(cue) && !self.is(Kind::Preposition, before))
        };
        let person = |m: &NamedAt| self.people.named[m.who].person;
        let own = self.is(Kind::Possessive, noun - 1);
        let another = self.people.within(verb + 1..noun).any(person);
        !own && !another && cue.is_none_or(|cue| cue < verb || of_message(cue))
    }

    /// The words of two who say something together, by those of the second: `Anna Berg and Paul Varn said`.
    pub(super) fn with_other(&self, start: usize, words: Range<usize>) -> Range<usize> {
        let Some(joint) = words.start.checked_sub(1).filter(|&i| self.is(Kind::Both, i)) else {
            return words;
        };
        let first = self.people.within(start..joint).find(|m| m.tokens.end == joint);
        let leads = |first: usize| {
            first <= start + 1 || self.is_mark(first - 1) || self.is(Kind::Clause, first - 1)
        };
        let both = first.filter(|m| leads(m.tokens.start)).map(|m| m.tokens.start..words.end);
        both.filter(|both| self.are_both(both)).unwrap_or(words)
    }

    /// The words of two behind a verb, by those of the first: `said Anna Berg and Paul Varn.`
    pub(super) fn with_second(&self, words: &Range<usize>, end: usize) -> Option<Range<usize>> {
        let joint = Some(words.end).filter(|&i| self.is(Kind::Both, i))?;
        let second = self.people.within(joint + 1..end).next()?;
        let both = words.start..second.tokens.end;
        let ends = self.is_mark(second.tokens.end) || self.is(Kind::Preposition, second.tokens.end);
        (ends && self.are_both(&both)).then_some(both)
    }

    /// Whether words are two people's names and what joins them.
    pub(super) fn are_both(&self, words: &Range<usize>) -> bool {
        let mut named = self.people.within(words.clone());
        let (Some(first), Some(second), None) = (named.next(), named.next(), named.next()) else {
            return false;
        };
        let person = |who: usize| self.people.named[who].person;
        first.tokens.start == words.start
            && (first.tokens.end + 1..second.tokens.start).all(|i| self.is_title(i))
            && second.tokens.end == words.end
            && self.is(Kind::Both, first.tokens.end)
            && person(first.who)
            && person(second.who)
            && first.who != second.who
    }
}

/// What nobody who is named said.
fn nobody(verb: usize) -> Attribution {
    Attribution { words: verb..verb, cue: Some(verb) }
}

#[cfg(test)]
mod tests {
    use crate::model::LanguageCode;
    use crate::tag::Text;
    use crate::tag::quotes::in_language;

    fn assert_speakers(cases: &[(&str, &str)]) {
        for (body, who) in cases {
            let quote = in_language(&Text::new(body), &[], LanguageCode::EN).remove(0);
            let found = quote.speaker.map(|speaker| speaker.name).unwrap_or_default();
            assert_eq!(found, *who, "{body}");
        }
    }

    #[test]
    fn quoted_person_speaks_and_no_agency() {
        assert_speakers(&[
            ("“The plan is dead,” the Solma News quoted Anna Berg as saying.", "Anna Berg"),
            ("The Solma News quoted Anna Berg as saying: “The plan is dead.”", "Anna Berg"),
            ("“The plan is dead,” the Solma News quoted him as saying.", ""),
            (
                "“The plan is dead,” local media quoted the mayor, Anna Berg, as saying.",
                "Anna Berg",
            ),
            (
                "The Solma News quoted Anna Berg, a mayor, as saying: “The plan is dead.”",
                "Anna Berg",
            ),
            ("“The plan is dead,” local media quoted one trader as saying.", "one trader"),
            ("“The plan is dead,” Anna Berg was quoted as saying.", "Anna Berg"),
        ]);
    }

    #[test]
    fn who_was_told_does_not_speak() {
        assert_speakers(&[
            ("“You are fired,” Anna Berg was told.", ""),
            ("“You are fired,” Anna Berg was told by Paul Varn.", "Paul Varn"),
            ("Anna Berg was later warned: “You will lose the house.”", ""),
            ("“Why did you do it?” Anna Berg was asked.", ""),
            ("Anna Berg told Paul Varn: “You are fired.”", "Anna Berg"),
            ("Asked if it was true, Anna Berg said: “You are wrong.”", "Anna Berg"),
        ]);
    }

    #[test]
    fn who_hears_or_reads_words_does_not_speak() {
        assert_speakers(&[
            ("Anna Berg received a text saying: “You are fired.”", ""),
            ("Anna Berg heard a man shout: “You are all going to die.”", ""),
            ("Anna Berg got a letter that said: “You are fired.”", ""),
            ("Anna Berg held up a sign reading: “You are not above the law.”", ""),
            ("Anna Berg found her. It said: “You are fired.”", "It"),
            ("Anna Berg issued a statement saying: “You are fired.”", "Anna Berg"),
            ("Anna Berg got a letter and said: “You are fired.”", "Anna Berg"),
        ]);
    }

    #[test]
    fn two_who_speak_are_both_named() {
        assert_speakers(&[
            ("“You are fired,” Anna Berg and Paul Varn said.", "Anna Berg and Paul Varn"),
            ("“You are fired,” said Anna Berg and Paul Varn.", "Anna Berg and Paul Varn"),
            ("Anna Berg and Paul Varn said: “You are fired.”", "Anna Berg and Paul Varn"),
            ("Anna Berg left and Paul Varn said: “You are fired.”", "Paul Varn"),
        ]);
    }

    #[test]
    fn denied_words_are_nobodys() {
        assert_speakers(&[
            ("Anna Berg has denied saying: “The plan is dead.”", ""),
            ("Anna Berg never said: “The plan is dead.”", ""),
            ("Anna Berg did not say: “The plan is dead.”", ""),
            ("“The plan is dead,” Anna Berg denied saying.", ""),
            ("“The plan is not dead,” Anna Berg said.", "Anna Berg"),
        ]);
    }
}
