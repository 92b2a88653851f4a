//! Who is a verb's subject, of those named around it: a person before an organisation, and nobody whom the words before
//! their name set aside.

use std::ops::Range;

use super::{BEFORE_PLACED, LED_IN, MAX_NAME, SpeechListReader, TO_HEARER, TO_ORGANISATION, Who};
use crate::model::EntityKind;
use crate::tag::{Initial, TokenKind};

impl SpeechListReader<'_> {
    /// Whether a pronoun is a verb's subject: straight behind it (`dit-il`), or before it with an auxiliary between.
    pub(super) fn pronoun_at(&self, from: usize, verb: &Range<usize>) -> Option<usize> {
        let text = self.text;
        let is_pronoun = |i: &usize| {
            let lower = text.lower(*i);
            self.speech.pronouns.contains(lower) || self.speech.other_pronouns.contains(lower)
        };
        let hyphens = |&i: &usize| matches!(text.word(i), "-" | "t" | "\u{2011}");
        let behind = verb.end + (verb.end..text.tokens.len()).take_while(hyphens).count();
        if behind < text.tokens.len() && is_pronoun(&behind) {
            return Some(behind);
        }
        let before = |back: usize| verb.start.checked_sub(back).filter(|&i| i >= from);
        let auxiliary = before(1).is_some_and(|i| self.speech.is_grammar(text.lower(i)));
        let with_auxiliary = || before(2).filter(is_pronoun).filter(|_| auxiliary);
        before(1).filter(is_pronoun).or_else(with_auxiliary)
    }

    pub(super) fn is_person(&self, at: usize) -> bool {
        self.entities[self.mentions[at].1].kind == EntityKind::Person
    }

    /// The mentions that lie within some tokens and in no quote.
    pub(super) fn named(&self, tokens: Range<usize>) -> impl DoubleEndedIterator<Item = usize> {
        self.named_in(tokens).filter(|at| !self.quoted[self.mentions[*at].0.start])
    }

    /// The same in quotes, too.
    pub(super) fn named_in(&self, tokens: Range<usize>) -> Range<usize> {
        let first = self.mentions.partition_point(|(m, _)| m.start < tokens.start);
        let last = self.mentions.partition_point(|(m, _)| m.end <= tokens.end).max(first);
        first..last
    }

    /// Whether the words before a name say that it is another's than the speaker's: the hearer's, or whose office
    /// somebody has. `from` is the first token that is looked at.
    pub(super) fn leads_another(&self, at: usize, from: usize) -> bool {
        let text = self.text;
        let name = self.mentions[at].0.start;
        let passes = |&i: &usize| {
            text.tokens[i].kind == TokenKind::Word
                && (self.speech.nouns || !text.is_capital(i))
                && !self.mentions.iter().any(|(m, _)| m.contains(&i))
        };
        let told = |i: usize| self.speech.told_to.contains(text.lower(i));
        // `von Herrn Berg`
        let title = |i: &usize| self.speech.titles.contains(text.word(*i).trim_end_matches('.'));
        let last = name.checked_sub(1);
        let last = last.filter(title).map_or(last, |title| title.checked_sub(1));
        self.is_whose(at)
            || last.is_some_and(|last| last >= from && self.speech.leads_another(text.lower(last)))
            || (from.max(name.saturating_sub(TO_HEARER))..name).rev().take_while(passes).any(told)
    }

    /// Whether a name is that of whose lawyer, mother or spokesman is meant beside it: `Jans advokat`, `adwokat Jana`. Where a
    /// lawyer's own name may stand behind the word, the name must be in the genitive for sure.
    pub(super) fn is_whose(&self, at: usize) -> bool {
        let (name, who) = &self.mentions[at];
        let (text, speech) = (self.text, self.speech);
        self.is_hearer(name, *who)
            || self.is_before_whose(name.end)
            || name.start.checked_sub(1).is_some_and(|before| {
                let title = speech.titles.contains(text.word(before).trim_end_matches('.'));
                let before = before.checked_sub(usize::from(title)).unwrap_or(before);
                speech.whose.contains(text.lower(before)) && self.is_genitive(name, *who)
            })
    }

    /// Whether the form of a name, or what stands straight beside it, says that it is whom something is told to: `Jánosnak`,
    /// `李明に`.
    fn is_hearer(&self, name: &Range<usize>, who: usize) -> bool {
        let (text, speech) = (self.text, self.speech);
        // `Demir'e göre`
        let next = (name.end < text.tokens.len()).then(|| text.lower(name.end));
        if next.is_some_and(|next| speech.according_behind.contains(next)) {
            return false;
        }
        let printed = text.slice(name.clone());
        let ends = |word: &str, ending: &str| word.len() > ending.len() && word.ends_with(ending);
        let all = |ending: &str| printed.split(' ').all(|word| ends(word, ending));
        let (start, end) = (text.tokens[name.start].start, text.tokens[name.end - 1].end);
        let (before, behind) = (&text.text[..start as usize], &text.text[end as usize..]);
        let behind = behind.trim_start_matches([' ', '\u{a0}']);
        // `للمى` and `لمى`: the name has the letter itself where the story has none without.
        let led = |prefix: &str| {
            let entity = &self.entities[who].name;
            printed.strip_prefix(prefix).is_some_and(|bare| bare == entity)
        };
        let follows = |word: &&str| {
            behind
                .strip_prefix(*word)
                .is_some_and(|rest| speech.characters || !rest.starts_with(crate::unicode::goes_on))
        };
        speech.told_to_endings.iter().any(|ending| ends(printed, ending))
            || name.len() > 1 && speech.told_to_both.iter().any(|ending| all(ending))
            || speech.told_to_prefixes.iter().any(|prefix| led(prefix))
            || speech.told_to_behind.iter().any(follows)
            || speech.characters && speech.told_to.iter().any(|word| before.ends_with(word))
    }

    /// Whether what somebody has stands at a token: `advokat`, `的律师`.
    fn is_before_whose(&self, at: usize) -> bool {
        let speech = self.speech;
        if speech.whose_behind.is_empty() || at >= self.text.tokens.len() {
            return false;
        }
        if speech.of_sign.is_empty() {
            return speech.whose_behind.contains(self.text.lower(at));
        }
        let before = self.text.tokens[at - 1].end as usize;
        let rest = &self.text.text[before..];
        let nouns = speech.of_sign.iter().filter_map(|sign| rest.strip_prefix(sign));
        let mut nouns = nouns.map(str::trim_start);
        nouns.any(|rest| speech.whose_behind.iter().any(|noun| rest.starts_with(noun)))
    }

    /// Whether a name behind a noun is in the genitive: by its words, or as the story has it in another form. Where no list
    /// says what a genitive is, there is no other form.
    fn is_genitive(&self, name: &Range<usize>, who: usize) -> bool {
        let speech = self.speech;
        if speech.genitives.is_empty() && speech.genitive_both.is_empty() {
            return true;
        }
        let (first, last) = (self.text.lower(name.start), self.text.lower(name.end - 1));
        let ends = |word: &str, ending: &str| word.len() > ending.len() && word.ends_with(ending);
        let full = &self.entities[who].name;
        let words = full.split_whitespace().count();
        speech.genitives.contains(first)
            || speech.genitive_endings.iter().any(|ending| ends(last, ending))
            || name.len() > 1
                && speech.genitive_both.iter().any(|e| ends(first, e) && ends(last, e))
            || words == name.len() && full != self.text.slice(name.clone())
    }

    /// Whether an organisation is named at the start of some tokens, with nothing before it but an article.
    pub(super) fn leads(&self, at: usize, from: usize) -> bool {
        let name = self.mentions[at].0.start;
        let article = |i: usize| {
            let lower = self.text.lower(i);
            // `l'Orme`
            let elided = lower.ends_with(['\'', '\u{2019}']);
            (elided || self.speech.is_grammar(lower)) && !self.speech.leads_another(lower)
        };
        name - from <= TO_ORGANISATION && (from..name).all(article)
    }

    /// Who speaks of those named behind a verb: the first person who is not another, or else an organisation
    /// straight behind the verb.
    pub(super) fn subject_behind(&self, verb: &Range<usize>, stop: usize) -> Option<Who> {
        if self.speech.characters {
            return self.named(verb.end..stop).find(|&at| !self.is_whose(at)).map(Who::Named);
        }
        let first = self.named(verb.end..stop).next()?;
        let leads = !self.is_person(first) && self.leads(first, verb.end);
        let from = if leads { self.mentions[first].0.end } else { verb.end };
        let mut people = self.named(from..stop).filter(|&at| self.is_person(at));
        let person = people.find(|&at| !self.leads_another(at, verb.end));
        // `säger Ormes presschef Anna Lind`, where the recogniser takes an organisation for somebody.
        let person = person.map(|at| match people.next() {
            Some(next) if self.is_whose_office(at, next) => next,
            Some(_) | None => at,
        });
        let person = person.filter(|&at| self.in_same_part(from..self.mentions[at].0.start, leads));
        person.or(leads.then_some(first)).map(Who::Named)
    }

    /// Whether a name of one word is that of whom the next person works for: nothing but an office is between.
    fn is_whose_office(&self, at: usize, next: usize) -> bool {
        let (name, between) =
            (&self.mentions[at].0, self.mentions[at].0.end..self.mentions[next].0.start);
        let office = |i: usize| {
            let lower = self.text.lower(i);
            self.text.tokens[i].initial == Initial::Small
                && !self.speech.is_grammar(lower)
                && !self.speech.leads_another(lower)
        };
        name.len() == 1
            && (1..=TO_ORGANISATION).contains(&between.len())
            && between.clone().all(office)
    }

    /// Whether a name goes with what stands before it: no comma is between, or one straight before the name or its
    /// title (`le ministre de Varde, Luc Perrin`). Behind an organisation that may speak itself, there is none.
    fn in_same_part(&self, between: Range<usize>, organisation: bool) -> bool {
        let comma = |i: &usize| matches!(self.text.word(*i), "," | "\u{60c}" | ";" | ":" | "(");
        let mut commas = between.clone().filter(comma);
        match (commas.next(), commas.next()) {
            (None, _) => !organisation || between.len() <= TO_HEARER,
            (Some(comma), None) => {
                let grammar = |i: usize| self.speech.is_grammar(self.text.lower(i));
                !organisation && between.end - comma <= 2 && !(comma + 1..between.end).any(grammar)
            }
            (Some(_), Some(_)) => false,
        }
    }

    /// Who speaks of those named before a verb or a quote: the last person who is not another, or else an
    /// organisation at the start of the clause, if those are looked for.
    pub(super) fn subject_before(&self, tokens: Range<usize>, organisations: bool) -> Option<Who> {
        if self.speech.characters {
            return self.named(tokens).rfind(|&at| !self.is_whose(at)).map(Who::Named);
        }
        let person = |&at: &usize| self.is_person(at) && !self.leads_another(at, tokens.start);
        let clause = |at: usize| {
            let comma = |i: &usize| matches!(self.text.word(*i), "," | "\u{60c}" | ":" | ";");
            let name = self.mentions[at].0.start;
            (tokens.start..name).rev().find(comma).map_or(tokens.start, |comma| comma + 1)
        };
        let organisation =
            |&at: &usize| organisations && !self.is_person(at) && self.leads(at, clause(at));
        let last = self.named(tokens.clone()).rev().find(person);
        last.or_else(|| self.named(tokens.clone()).rev().find(organisation)).map(Who::Named)
    }

    /// Whom a colon alone makes the speaker: the name before it, or the one that its clause begins with.
    pub(super) fn announced(&self, tokens: Range<usize>) -> Option<Who> {
        let who = self.subject_before(tokens.clone(), true)?;
        let Who::Named(at) = who else { return None };
        let name = &self.mentions[at].0;
        let opens = |i: usize| matches!(self.text.word(i), ":" | "," | ";");
        let clause = (tokens.start..name.start).rev().find(|&i| opens(i));
        let from = clause.map_or(tokens.start, |mark| mark + 1);
        let near = name.start - from <= TO_HEARER || name.end == tokens.end;
        (self.speech.characters || near).then_some(who)
    }

    /// A person behind a quote and behind words in small letters that can only be a verb, though no list has it:
    /// `«...», a prévenu Luc Perrin`.
    pub(super) fn placed(&self, tokens: Range<usize>) -> Option<Who> {
        let text = self.text;
        if self.speech.characters {
            return None;
        }
        let name = self.named(tokens.clone()).next()?;
        if !self.is_person(name) || self.is_whose(name) {
            return None;
        }
        let before = tokens.start..self.mentions[name].0.start;
        let small = |i: usize| {
            text.tokens[i].initial == Initial::Small && !self.speech.leads_another(text.lower(i))
        };
        let verb = before.end.checked_sub(1).filter(|&last| last >= before.start)?;
        (before.len() <= BEFORE_PLACED
            && before.clone().all(small)
            && !self.speech.is_grammar(text.lower(verb)))
        .then_some(Who::Named(name))
    }

    /// Whom words such as `according to` before a quote or behind it give it to.
    pub(super) fn according(&self, tokens: Range<usize>) -> Option<(Range<usize>, usize)> {
        let straight = |at: usize, from: usize| {
            let name = self.mentions[at].0.start;
            let small = |i: usize| self.text.tokens[i].kind == TokenKind::Word;
            self.is_person(at) && name - from <= TO_HEARER && (from..name).all(small)
        };
        let before = tokens.clone().filter(|&i| !self.quoted[i]).find_map(|i| {
            let end = self.speech.according(self.text, i)?;
            let first = self.named(end..tokens.end).next().filter(|&at| straight(at, end))?;
            (!self.is_whose(first)).then_some((i..end, first))
        });
        before.or_else(|| {
            self.named(tokens.clone()).filter(|&at| self.is_person(at)).find_map(|at| {
                let behind = self.mentions[at].0.end;
                let lower = (behind < tokens.end).then(|| self.text.lower(behind))?;
                let is = self.speech.according_behind.contains(lower) && !self.is_whose(at);
                is.then_some((behind..behind + 1, at))
            })
        })
    }

    /// Whose opinion a sentence gives that begins with `for` and a name: `Pour Anne Moreau, maire de Lens, «...»`.
    pub(super) fn in_view(&self, tokens: Range<usize>) -> Option<(Range<usize>, usize)> {
        let lead = tokens.start;
        let leads = lead < tokens.end && self.speech.in_view.contains(self.text.lower(lead));
        let first = self.named(lead + 1..tokens.end).next().filter(|_| leads)?;
        let straight = self.mentions[first].0.start == lead + 1 && self.is_person(first);
        straight.then_some((lead..lead + 1, first))
    }

    /// The first words with capitals, where the language has them: straight behind the verb, where nouns have them, too.
    pub(super) fn capitals(&self, tokens: Range<usize>) -> Option<Who> {
        let capital = |&i: &usize| self.text.is_capital(i);
        let reach = if self.speech.nouns { 1 } else { LED_IN };
        let words = |i: &usize| self.text.tokens[*i].kind != TokenKind::Mark;
        let start = tokens.clone().take(reach).take_while(words).find(capital)?;
        let other = |i: usize| self.speech.leads_another(self.text.lower(i));
        let letters = self.text.word(start).chars();
        // `le PDG`, `polisen i Orland`
        let office = letters.clone().count() > 1 && letters.clone().all(char::is_uppercase);
        if office || (tokens.start..start).any(other) {
            return None;
        }
        let words = (start..tokens.end).take_while(capital).take(MAX_NAME).count();
        Some(Who::SpeechWords(start..start + words))
    }
}
