//! Names that become places, or lose what is none of theirs: by the language's lists, by words of place before them, and
//! by large cities.

use std::{collections::HashSet, ops::Range};

use super::{BEFORE_PLACES, LARGE, Listed, PlacesByLanguage, SURE, is_large, trimmed};
use crate::lang;
use crate::model::LanguageCode;
use crate::punctuation::is_dash;
use crate::tag::{
    TokenKind,
    entities::{Name, Reading, labels::NameKind},
    language::is_function_word,
    places::{
        endings,
        gazetteer::{Class, Place},
        homes,
    },
};

/// Fewest people of a town at home that is one behind a word of place.
const TOWN: u32 = 10_000;
/// Most words of a city's name.
const MOST_WORDS: usize = 5;
/// Most letters of an article.
const LONGEST_ARTICLE: usize = 3;
/// What a language's list of dates says where all nouns have capitals.
const NOUNS: &str = "capitals\tnames nouns";

impl PlacesByLanguage<'_> {
    /// Makes the listed names places where no other name covers them. One that the recogniser took for a person
    /// is one where somebody in the story is called so.
    pub(in crate::tag::entities) fn claim<'a>(
        listed: impl Iterator<Item = &'a Range<usize>>,
        keys: &[u64],
        people: &HashSet<u64>,
        names: &mut Vec<Name>,
    ) {
        for tokens in listed {
            let at = names.partition_point(|n| n.tokens.end <= tokens.start);
            match names.get_mut(at) {
                Some(name) if name.tokens == *tokens => {
                    // What is a list's whole name of several words is not in its own way.
                    let called = || tokens.len() == 1 && people.contains(&keys[tokens.start]);
                    if name.kind != NameKind::Person || !called() {
                        name.kind = NameKind::Place;
                    }
                }
                Some(name) if name.tokens.start < tokens.end => take_whole(names, at, tokens),
                _ => names.insert(at, Name { kind: NameKind::Place, tokens: tokens.clone() }),
            }
        }
    }

    /// `Varde, 9 abr`: a city at the start of a line, before a day.
    pub(in crate::tag::entities) fn claim_datelines(
        &self,
        reading: &Reading<'_>,
        names: &mut [Name],
    ) {
        let text = reading.text;
        for line in &text.lines {
            let at = names.partition_point(|n| n.tokens.start < line.start);
            let Some(name) = names.get_mut(at).filter(|n| n.tokens.start == line.start) else {
                continue;
            };
            let end = name.tokens.end;
            let is_dateline = name.tokens.len() < MOST_WORDS
                && text.word_or_empty(end) == ","
                && text.word_or_empty(end + 1).starts_with(|c: char| c.is_ascii_digit())
                && (end + 2..text.tokens.len().min(end + 4))
                    .any(|at| self.is_month(text.lower(at)));
            if is_dateline && self.is_large(reading, &name.tokens) {
                name.kind = NameKind::Place;
            }
        }
    }

    fn is_month(&self, lower: &str) -> bool {
        let mut rows = lang::rows(self.folder, "months.txt").into_iter().flatten();
        rows.any(|(_, forms)| forms.split(',').any(|form| form == lower))
    }

    /// Lets a place's name have all words of a larger city's: `Santiago de Orland`.
    pub(in crate::tag::entities) fn widen(&self, reading: &Reading<'_>, names: &mut Vec<Name>) {
        let mut at = 0;
        while at < names.len() {
            let start = names[at].tokens.start;
            let line = reading.text.lines.iter().find(|line| line.contains(&start));
            let longer = line.filter(|_| names[at].kind == NameKind::Place).and_then(|line| {
                let end = line.end.min(start + MOST_WORDS);
                let found = self.gazetteer.longest(reading.text, reading.keys, start, end)?;
                Some(found.tokens)
            });
            let longer = longer.filter(|tokens| {
                let last = reading.text.word(tokens.end - 1);
                tokens.end > names[at].tokens.end
                    && last.starts_with(char::is_uppercase)
                    && self.is_large(reading, tokens)
            });
            let floor = at.checked_sub(1).map_or(0, |before| names[before].tokens.end);
            let front =
                || line.and_then(|line| self.front(reading, line.start.max(floor), &names[at]));
            if let Some(tokens) = longer {
                take_whole(names, at, &tokens);
            } else if let Some(start) = front().or_else(|| self.article(reading, &names[at])) {
                names[at].tokens.start = start;
            }
            at += 1;
        }
    }

    /// The article before a name of which it is a part, as a city is called that is no small one and larger than the others of
    /// the name: `los Ángeles`.
    fn article(&self, reading: &Reading<'_>, name: &Name) -> Option<usize> {
        let start = name.tokens.start.checked_sub(1).filter(|_| name.kind == NameKind::Place)?;
        if !self.is_function_word(reading.text.lower(start)) {
            return None;
        }
        let people = |tokens: Range<usize>| {
            let found = self.gazetteer.named(&reading.keys[tokens]);
            let cities = found.into_iter().map(|place| self.gazetteer.place(place));
            cities.filter(|p| p.class == Class::City).map(|p| p.population).max().unwrap_or(0)
        };
        let whole = people(start..name.tokens.end);
        (whole >= LARGE && whole > people(name.tokens.clone())).then_some(start)
    }

    /// Where a large city's name begins, of which an ending behind an apostrophe hid the first words: `Santiago Orland'da`.
    fn front(&self, reading: &Reading<'_>, floor: usize, name: &Name) -> Option<usize> {
        let (start, end) = (name.tokens.start, name.tokens.end);
        if name.kind != NameKind::Place || name.tokens.len() > 1 {
            return None;
        }
        endings::bare(self.folder, reading.text.word(start)).filter(|bare| !self.is_site(bare))?;
        let loud = |at: usize| reading.text.word(at).starts_with(char::is_uppercase);
        let starts = (floor..start).rev().take_while(|at| loud(*at)).take(MOST_WORDS - 1);
        let large = |at: &usize| {
            let whole = endings::bare(self.folder, reading.text.slice(*at..end));
            let place = whole.and_then(|whole| self.named(whole));
            place.is_some_and(|place| is_large(&self.gazetteer.place(place)))
        };
        starts.filter(large).last()
    }

    /// Whether a word of place stands before a token.
    pub(in crate::tag::entities) fn is_cued(&self, reading: &Reading<'_>, at: usize) -> bool {
        let Some(before) = at.checked_sub(1) else { return false };
        let word = reading.text.lower(before);
        lang::text(self.folder, BEFORE_PLACES)
            .is_some_and(|cues| lang::entries(cues).any(|cue| cue == word))
    }

    /// Whether a place is a town that is no small one where the language is at home.
    fn is_town(&self, place: &Place) -> bool {
        place.class == Class::City
            && place.population >= TOWN
            && homes::is_home(self.folder, place.country)
    }

    /// Makes places of organisations of one word that is a country's name with a sure ending: `Norges statsminister`.
    pub(in crate::tag::entities) fn claim_declined(
        &self,
        reading: &Reading<'_>,
        names: &mut [Name],
    ) {
        let Some(countries) = self.countries else { return };
        let organisation = |n: &&mut Name| n.kind == NameKind::Organisation && n.tokens.len() == 1;
        for name in names.iter_mut().filter(organisation) {
            if countries.is_declined(reading.text.slice(name.tokens.clone())) {
                name.kind = NameKind::Place;
            }
        }
    }

    fn is_site(&self, bare: &str) -> bool {
        self.named(bare).is_some_and(|place| is_large(&self.gazetteer.place(place)))
    }

    /// Makes a place of what is in no name, where a word of place stands before it and it is a large city by name, in
    /// some form; not where all nouns have capitals.
    pub(in crate::tag::entities) fn claim_large(
        &self,
        reading: &Reading<'_>,
        names: &mut Vec<Name>,
    ) {
        let Some(cues) = lang::text(self.folder, BEFORE_PLACES) else { return };
        if !endings::inflects(self.folder)
            || lang::text(self.folder, "dates.txt").is_some_and(|dates| dates.contains(NOUNS))
        {
            return;
        }
        let cues: HashSet<&str> = lang::entries(cues).collect();
        let text = reading.text;
        for at in 1..text.tokens.len() {
            let word = text.word(at);
            let free = names.partition_point(|n| n.tokens.end <= at);
            let taken = names.get(free).is_some_and(|n| n.tokens.start <= at + 1);
            // `i Orlands Tidende` is a paper.
            let goes_on =
                at + 1 < text.tokens.len() && text.word(at + 1).starts_with(char::is_uppercase);
            let named = text.tokens[at].kind == TokenKind::Word
                && word.starts_with(char::is_uppercase)
                && word.contains(char::is_lowercase);
            if taken || goes_on || !named {
                continue;
            }
            let floor = free.checked_sub(1).map_or(0, |before| names[before].tokens.end);
            if let Some(start) = self.with_ending(reading, floor, at, &cues) {
                names.insert(free, Name { kind: NameKind::Place, tokens: start..at + 1 });
                continue;
            }
            if !cues.contains(text.word(at - 1).to_lowercase().as_str()) {
                continue;
            }
            let city = endings::city(self.gazetteer, self.folder, word);
            if city.is_some_and(|city| self.gazetteer.place(city).population >= SURE) {
                names.insert(free, Name { kind: NameKind::Place, tokens: at..at + 1 });
            }
        }
    }

    /// Where the name of a large city begins whose last word has an ending of place behind an apostrophe: `Varde'de`.
    fn with_ending(
        &self,
        reading: &Reading<'_>,
        floor: usize,
        at: usize,
        cues: &HashSet<&str>,
    ) -> Option<usize> {
        let word = reading.text.word(at);
        let bare = endings::bare(self.folder, word)?;
        let ending = word[bare.len()..].replace('\u{2019}', "'");
        if !cues.contains(ending.as_str()) {
            return None;
        }
        let line = reading.text.lines.iter().find(|line| line.contains(&at))?;
        let loud = |at: usize| reading.text.word(at).starts_with(char::is_uppercase);
        let floor = floor.max(line.start);
        let first = (floor..at).rev().take_while(|at| loud(*at)).last().unwrap_or(at);
        // All words in capitals are one name: of `Kuzey Varde'de` no part is the city.
        let whole = endings::bare(self.folder, reading.text.slice(first..at + 1))?;
        let place = self.gazetteer.place(self.named(whole)?);
        let city = place.class == Class::City && place.population >= SURE;
        city.then_some(first)
    }

    /// Takes from places' names the words of place at their front (`штате Орланд`), and marks at their ends.
    pub(in crate::tag::entities) fn trim(
        &self,
        reading: &Reading<'_>,
        listed: &[Listed],
        names: &mut [Name],
    ) {
        let cues: HashSet<&str> =
            lang::text(self.folder, BEFORE_PLACES).into_iter().flat_map(lang::entries).collect();
        let mark = |at: &usize| reading.text.word(*at) == "," || is_dash(reading.text.word(*at));
        for name in names.iter_mut().filter(|n| n.kind == NameKind::Place && n.tokens.len() > 1) {
            let own = trimmed(&name.tokens, mark);
            if !own.is_empty() {
                name.tokens = own;
            }
            while name.tokens.len() > 1 && cues.contains(reading.text.word(name.tokens.start)) {
                name.tokens.start += 1;
            }
            if name.tokens.len() > 1 && self.is_article_of_known(reading, listed, &name.tokens) {
                name.tokens.start += 1;
            }
        }
    }

    /// Whether a name that is no place's as a whole begins with an article before one that is: `La France`.
    fn is_article_of_known(
        &self,
        reading: &Reading<'_>,
        listed: &[Listed],
        name: &Range<usize>,
    ) -> bool {
        let rest = name.start + 1..name.end;
        let word = reading.text.lower(name.start);
        (self.is_function_word(word) || word.ends_with(['\'', '’']))
            && listed.iter().any(|(tokens, _)| *tokens == rest)
            && !listed.iter().any(|(tokens, _)| tokens == name)
            && !self.is_large(reading, name)
    }

    /// Whether a word is a short one of grammar, as articles are.
    fn is_function_word(&self, lower: &str) -> bool {
        lower.chars().count() <= LONGEST_ARTICLE
            && LanguageCode::parse(self.folder).is_some_and(|code| is_function_word(code, lower))
    }

    /// Makes a place of what the recogniser took for another thing, where a word of place stands before it and it is
    /// a country, a division or a city that is no small one by name, but nobody in the story.
    pub(in crate::tag::entities) fn claim_cued(
        &self,
        reading: &Reading<'_>,
        people: &HashSet<u64>,
        names: &mut [Name],
    ) {
        let Some(cues) = lang::text(self.folder, BEFORE_PLACES) else { return };
        let cues: HashSet<&str> = lang::entries(cues).collect();
        for name in names.iter_mut().filter(|n| n.kind != NameKind::Place) {
            let start = name.tokens.start;
            let word = reading.text.slice(name.tokens.clone());
            let before =
                start > 0 && cues.contains(reading.text.word(start - 1).to_lowercase().as_str());
            // `Varde'de`: an ending says what a word before it says elsewhere.
            let bare = endings::bare(self.folder, word);
            let ending = bare.map_or("", |bare| &word[bare.len()..]).replace('\u{2019}', "'");
            let cued = before || cues.contains(ending.as_str());
            let borne = || reading.keys[name.tokens.clone()].iter().any(|key| people.contains(key));
            let inflected = || {
                let one = name.tokens.len() == 1 && endings::inflects(self.folder);
                one && self.countries.is_some_and(|c| c.inflected(word).is_some())
            };
            let bare_is_large = || {
                let place = bare.and_then(|bare| self.named(bare));
                place.is_some_and(|place| is_large(&self.gazetteer.place(place)))
            };
            let town = || {
                let found = self.gazetteer.exact(reading.text, reading.keys, name.tokens.clone());
                let form = || {
                    let one = name.tokens.len() == 1 && endings::inflects(self.folder);
                    let city = || endings::city(self.gazetteer, self.folder, word);
                    one.then(city).flatten()
                };
                before
                    && (form().is_some()
                        || found.into_iter().any(|p| self.is_town(&self.gazetteer.place(p))))
            };
            let large =
                || self.is_large(reading, &name.tokens) || bare_is_large() || inflected() || town();
            if cued && !borne() && large() {
                name.kind = NameKind::Place;
            }
        }
    }
}

/// Makes a place of some tokens in place of the names in them, if all of these are places and none reaches beyond.
fn take_whole(names: &mut Vec<Name>, at: usize, tokens: &Range<usize>) {
    let over = names[at..].iter().take_while(|n| n.tokens.start < tokens.end);
    let inside = |n: &Name| {
        n.kind == NameKind::Place && tokens.start <= n.tokens.start && n.tokens.end <= tokens.end
    };
    let (count, fits) = over.fold((0, true), |(count, fits), n| (count + 1, fits && inside(n)));
    if fits && count > 0 {
        let whole = Name { kind: NameKind::Place, tokens: tokens.clone() };
        names.splice(at..at + count, [whole]);
    }
}
