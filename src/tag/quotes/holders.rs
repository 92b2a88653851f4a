//! Who holds the office that a story calls a speaker by: `the health secretary said`.
//!
//! Somebody holds it whose title it is (`Health Secretary Orla Quendale`), whom it describes between commas (`Orla
//! Quendale, the health secretary,`), or who is named between commas behind it (`The health secretary, Orla Quendale,`).
//! Refuses those who are its deputy or its shadow or held it once (`not-holder` of `quotes.txt`), and those of another
//! field: the defence secretary is not the health secretary. What anyone may be (`one resident`) has no holder.

use std::ops::Range;

use super::attribution::Context;
use super::speakers::NamedAt;
use super::verbs_of_speech::Kind;
use crate::model::LanguageCode;
use crate::tag::document::says_whose;
use crate::tag::language::is_function_word;
use crate::unicode;

/// Most words of an office before its noun: `deputy prime` of a minister.
const FIELD: usize = 3;
/// Farthest place of an office (`the mayor of Orland`) from its holder's name, in tokens.
const NEAR: usize = 8;

/// An office in a text, as tokens.
struct Office {
    field: Range<usize>,
    noun: usize,
    /// The last word of what it is of.
    of: Option<usize>,
}

/// Whether two offices are called the same, or one has a part of the other's words.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fit {
    Whole,
    Part,
}

impl Context<'_> {
    /// Whoever is given an office in the text, by the words that name it: the last one before them, else the first after
    /// them; those whose office is called the same go first.
    pub(super) fn holder(&self, words: &Range<usize>) -> Option<usize> {
        let office = self.office(words)?;
        let mentions = &self.people.mentions;
        let ahead = mentions.partition_point(|m| m.tokens.start < words.start);
        let (earlier, later) = mentions.split_at(ahead);
        let found = |fit| {
            let holds = |m: &&NamedAt| self.held(m, &office) == Some(fit);
            earlier.iter().rev().find(holds).or_else(|| later.iter().find(holds))
        };
        found(Fit::Whole).or_else(|| found(Fit::Part)).map(|m| m.who)
    }

    /// The office that some words name: `the health secretary`, `the mayor of Orland`.
    fn office(&self, words: &Range<usize>) -> Option<Office> {
        let first = words.start;
        let of_one = self.is(Kind::Definite, first) || self.is(Kind::Possessive, first);
        let determined = self.is(Kind::Determiner, first);
        if determined && !of_one {
            return None;
        }
        let start = first + usize::from(determined);
        let end = (start..words.end).find(|&i| self.is(Kind::Belongs, i)).unwrap_or(words.end);
        let noun = end.checked_sub(1).filter(|&noun| noun >= start)?;
        Some(Office { field: start..noun, noun, of: (end < words.end).then(|| words.end - 1) })
    }

    /// How an office is that of somebody who is named.
    fn held(&self, m: &NamedAt, office: &Office) -> Option<Fit> {
        if !self.people.named[m.who].is_somebody() || !self.is_near(m, office) {
            return None;
        }
        let same = |i: usize| self.text.lower(i) == self.text.lower(office.noun);
        let text = self.text;
        // `Health Secretary Orla Quendale`; the recogniser may have taken the title into the name.
        let inside = (m.tokens.start..m.tokens.end - 1).find(|&i| same(i));
        let before = m.tokens.start.checked_sub(1);
        if let Some(noun) = inside.or_else(|| before.filter(|&i| same(i))) {
            return self.fit(noun, office);
        }
        // `The health secretary, Orla Quendale,`
        if let Some(noun) = m.tokens.start.checked_sub(2)
            && same(noun)
            && text.word(noun + 1) == ","
            && matches!(text.word_or_empty(m.tokens.end), "," | ")" | ".")
        {
            return self.fit(noun, office);
        }
        // `Orla Quendale, the health secretary,`
        if text.word_or_empty(m.tokens.end) != "," {
            return None;
        }
        let start = m.tokens.end + 1;
        let first = start + usize::from(self.is(Kind::Determiner, start));
        let end = text.tokens.len().min(first + FIELD + 1);
        let noun = (first..end).take_while(|&i| self.may_be_of_field(i)).find(|&i| same(i))?;
        let goes_on = says_whose(text.word_or_empty(noun + 1));
        (!goes_on).then(|| self.fit(noun, office)).flatten()
    }

    /// Whether the office that ends with a noun is called as another is.
    fn fit(&self, noun: usize, office: &Office) -> Option<Fit> {
        let first = self.text.sentences.partition_point(|s| s.start <= noun).checked_sub(1)?;
        let first = self.text.sentences[first].start.max(noun.saturating_sub(FIELD));
        let mut start = noun;
        while start > first && (self.may_be_of_field(start - 1) || self.text.word(start - 1) == "-")
        {
            start -= 1;
        }
        let field = start..noun;
        if field.clone().any(|i| self.is(Kind::NotHolder, i)) {
            // `the deputy mayor` is a deputy mayor.
            let same = field.len() >= office.field.len() && self.ends_alike(&field, &office.field);
            let told = office.field.clone().any(|i| self.is(Kind::NotHolder, i));
            return (same && told).then_some(Fit::Whole);
        }
        let alike = self.ends_alike(&field, &office.field);
        match field.len().cmp(&office.field.len()) {
            _ if !alike => None,
            std::cmp::Ordering::Equal => Some(Fit::Whole),
            _ => Some(Fit::Part),
        }
    }

    /// Whether the shorter of two fields is the end of the other.
    fn ends_alike(&self, left: &Range<usize>, right: &Range<usize>) -> bool {
        let mut pairs = left.clone().rev().zip(right.clone().rev());
        pairs.all(|(left, right)| self.text.lower(left) == self.text.lower(right))
    }

    /// Whether a token may be of an office's field: a word of no grammar.
    pub(super) fn may_be_of_field(&self, token: usize) -> bool {
        let word = self.text.word_or_empty(token);
        word.starts_with(unicode::is_alphabetic)
            && !is_function_word(LanguageCode::EN, self.text.lower(token))
            || self.is(Kind::NotHolder, token)
    }

    /// Whether what an office is of is named near somebody.
    fn is_near(&self, m: &NamedAt, office: &Office) -> bool {
        let Some(of) = office.of else { return true };
        let end = self.text.tokens.len().min(m.tokens.end + NEAR);
        let mut near = m.tokens.start.saturating_sub(NEAR)..end;
        near.any(|i| i != of && self.text.word(i) == self.text.word(of))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tag::Text;
    use crate::tag::quotes::in_language;

    #[test]
    fn office_is_its_holders_and_no_deputys() {
        for (body, office, who) in [
            ("Paul Varn, the shadow chancellor, spoke.", "the chancellor", ""),
            ("Deputy mayor Paul Varn spoke.", "the mayor", ""),
            ("Deputy mayor Paul Varn spoke.", "the deputy mayor", "Paul Varn"),
            ("Ex-president Paul Varn spoke.", "the president", ""),
            ("Paul Varn, the former governor, spoke.", "the governor", ""),
            ("Governor Paul Varn spoke.", "the governor", "Paul Varn"),
            ("The chancellor, Anna Berg, met Paul Varn.", "the chancellor", "Anna Berg"),
            ("Paul Varn, the health secretary, spoke.", "the defence secretary", ""),
            (
                "Health Minister Anna Berg met Defence Minister Paul Varn.",
                "the health minister",
                "Anna Berg",
            ),
            (
                "Anna Berg, the mayor of Orland, met Paul Varn, the governor of Tarsk.",
                "the mayor of Orland",
                "Anna Berg",
            ),
            ("President Anna Berg met Senate President Paul Varn.", "the president", "Anna Berg"),
            ("Anna Berg, a resident, left.", "one resident", ""),
            ("Prime Minister Anna Berg met Paul Varn.", "the Prime Minister", "Anna Berg"),
        ] {
            let body = format!("{body} “We will not forget it,” {office} said.");
            let quote = in_language(&Text::new(&body), &[], LanguageCode::EN).remove(0);
            let found = quote.speaker.and_then(|speaker| speaker.full_name).unwrap_or_default();
            assert!(found.ends_with(who) && found.is_empty() == who.is_empty(), "{body}: {found}");
        }
    }
}
