//! Names that become places, or lose what is none of theirs: by the language's lists, by words of place before them, and
//! by large cities.

use std::{collections::BTreeMap, ops::Range, sync::LazyLock};

use foldhash::HashSet;

use super::{
    BEFORE_DIVISION, BEFORE_PEOPLE, BEFORE_PLACES, LARGE, Listed, PlacesByLanguage, SURE, is_large,
    trimmed,
};
use crate::lang;
use crate::model::LanguageCode;
use crate::punctuation::is_dash;
use crate::tag::{
    Text, TokenKind,
    document::Splitting,
    entities::{Name, Reading, labels::NameKind},
    language::is_function_word,
    places::{
        endings,
        gazetteer::{Class, Place},
    },
    word_keys::keys,
};

/// Fewest people of a town at home that is one behind a word of place, where the recogniser saw no name.
const UNSEEN: u32 = 30_000;
/// Fewest letters of a word with an ending that is a city's name where it opens a sentence.
const LONG: usize = 9;
/// Fewest characters of a name that is no surname of China, Japan or Korea.
const FOREIGN: usize = 3;
/// Most words of a city's name.
const MOST_WORDS: usize = 5;
/// Most letters of an article.
const LONGEST_ARTICLE: usize = 3;
/// What stands before a pair of words that says nothing.
const NOT: &str = "-";
/// What a language's list of dates says where all nouns have capitals.
const NOUNS: &str = "capitals\tnames nouns";

/// The words of place of a language, and its pairs of such words with the second ones of these.
#[derive(Default)]
struct Cues {
    words: HashSet<&'static str>,
    pairs: HashSet<(&'static str, &'static str)>,
    second: HashSet<&'static str>,
    /// Pairs whose second word says nothing: `đàn ông`, a man, not Mr.
    not: HashSet<(&'static str, &'static str)>,
}

static CUES: LazyLock<BTreeMap<&'static str, Cues>> = LazyLock::new(|| read(BEFORE_PLACES));
static TITLES: LazyLock<BTreeMap<&'static str, Cues>> = LazyLock::new(|| read(BEFORE_PEOPLE));

/// The words of a list of every language that has it.
fn read(list: &str) -> BTreeMap<&'static str, Cues> {
    let read = |code| {
        let mut cues = Cues::default();
        for cue in lang::text(code, list).into_iter().flat_map(lang::entries) {
            match cue.split_once(' ') {
                Some((NOT, pair)) => cues.not.extend(pair.split_once(' ')),
                Some(pair) => {
                    cues.pairs.insert(pair);
                    cues.second.insert(pair.1);
                }
                None => {
                    cues.words.insert(cue);
                }
            }
        }
        (code, cues)
    };
    lang::languages_with(list).map(read).collect()
}

impl Cues {
    /// Whether one of them, or a pair, stands before a token; without `one_word` pairs alone.
    fn stand_before(&self, reading: &Reading<'_>, at: usize, one_word: bool) -> bool {
        let Some(before) = at.checked_sub(1) else { return false };
        let word = reading.text.lower(before);
        let first = || before.checked_sub(1).map_or("", |first| reading.text.lower(first));
        let listed = || self.words.contains(word) || self.words.contains(reading.text.word(before));
        one_word && listed() && !self.not.contains(&(first(), word))
            || self.second.contains(word) && self.pairs.contains(&(first(), word))
    }
}

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

    /// Whether some tokens are a large city's name, however the script parts them.
    pub(in crate::tag::entities) fn is_city(
        &self,
        reading: &Reading<'_>,
        tokens: &Range<usize>,
    ) -> bool {
        let text = Text::new(reading.text.slice(tokens.clone()));
        let listed = self.countries.and_then(|c| c.city(&reading.keys[tokens.clone()]));
        let found = self.gazetteer.named(&keys(&text)).into_iter().chain(listed);
        found
            .map(|place| self.gazetteer.place(place))
            .any(|place| place.class == Class::City && place.population >= BEFORE_DIVISION)
    }

    /// Makes places of people whose whole name is a large city's, where names are read by characters and nobody in the text has
    /// it in a longer one: the recogniser takes a foreign city for somebody.
    pub(in crate::tag::entities) fn claim_whole(&self, reading: &Reading<'_>, names: &mut [Name]) {
        if !Splitting::of(self.folder).characters {
            return;
        }
        let person = |n: &&Name| n.kind == NameKind::Person;
        let people: Vec<&str> =
            names.iter().filter(person).map(|n| reading.text.slice(n.tokens.clone())).collect();
        for name in names.iter_mut() {
            let word = reading.text.slice(name.tokens.clone());
            let borne = || people.iter().any(|p| p.len() > word.len() && p.contains(word));
            if name.kind == NameKind::Person
                && name.tokens.len() >= FOREIGN
                && self.is_city(reading, &name.tokens)
                && !borne()
            {
                name.kind = NameKind::Place;
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
            let line = reading.text.line_of(start);
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

    /// Whether a word of place, or two, stand before a token.
    pub(in crate::tag::entities) fn is_cued(&self, reading: &Reading<'_>, at: usize) -> bool {
        self.is_cued_by(reading, at, true)
    }

    /// Whether what a town has stands before a token, and the word that says so: `mayor of`.
    pub(super) fn is_of_office(&self, reading: &Reading<'_>, at: usize) -> bool {
        self.is_cued_by(reading, at, false)
    }

    fn is_cued_by(&self, reading: &Reading<'_>, at: usize, one_word: bool) -> bool {
        let Some(cues) = CUES.get(self.folder) else { return false };
        cues.stand_before(reading, at, one_word)
    }

    /// Whether a country's name of one word is somebody's, for a word stands before it that says so: `Mrs Orland`.
    pub(in crate::tag::entities) fn is_somebody(
        &self,
        reading: &Reading<'_>,
        tokens: &Range<usize>,
    ) -> bool {
        let titles = || TITLES.get(self.folder);
        tokens.len() == 1 && titles().is_some_and(|t| t.stand_before(reading, tokens.start, true))
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

    /// Makes a place of what is in no name, where a word of place stands before it, or an ending of place is its own, and it
    /// is a large city by name, in some form, or a town at home; not where all nouns have capitals.
    pub(in crate::tag::entities) fn claim_large(
        &self,
        reading: &Reading<'_>,
        names: &mut Vec<Name>,
    ) {
        let Some(Cues { words: cues, .. }) = CUES.get(self.folder) else { return };
        if !endings::inflects(self.folder)
            || lang::text(self.folder, "dates.txt").is_some_and(|dates| dates.contains(NOUNS))
        {
            return;
        }
        let endings: Vec<&str> = cues.iter().filter_map(|cue| cue.strip_prefix('-')).collect();
        let text = reading.text;
        let loud = |at: usize| {
            text.tokens[at].kind == TokenKind::Word
                && text.word(at).starts_with(char::is_uppercase)
                && text.word(at).contains(char::is_lowercase)
        };
        for (line, at) in text.lines.iter().flat_map(|line| line.clone().map(move |at| (line, at)))
        {
            let free = names.partition_point(|n| n.tokens.end <= at);
            let taken = |end: usize| names.get(free).is_some_and(|n| n.tokens.start <= end);
            if !loud(at) || taken(at) {
                continue;
            }
            let last = (at + 1..line.end).take_while(|at| loud(*at)).last();
            let end = last.unwrap_or(at) + 1;
            let floor = free.checked_sub(1).map_or(0, |before| names[before].tokens.end);
            // `i Orlands Tidende` is a paper, `v Nové Vardě` is the town.
            let cued = self.is_cued(reading, at);
            let cased = endings.iter().any(|ending| text.word(end - 1).ends_with(ending));
            let with_ending =
                (end == at + 1).then(|| self.with_ending(reading, floor, at, cues)).flatten();
            if let Some(start) = with_ending.filter(|_| !taken(end)) {
                names.insert(free, Name { kind: NameKind::Place, tokens: start..at + 1 });
                continue;
            }
            if !cued && !cased || taken(end) {
                continue;
            }
            let city = endings::city(self.gazetteer, self.folder, text.slice(at..end));
            let city = city.map(|city| self.gazetteer.place(city));
            // Any noun may open a sentence, and have such an ending; a long one hardly is some city's.
            let opens =
                || text.sentences.binary_search_by_key(&at, |sentence| sentence.start).is_ok();
            let long = || text.slice(at..end).chars().count() >= LONG;
            if city.is_some_and(|city| {
                city.population >= UNSEEN && self.is_town(&city)
                    || city.population >= SURE && (cued || long() || !opens())
            }) {
                names.insert(free, Name { kind: NameKind::Place, tokens: at..end });
            }
        }
    }

    /// Where the name of a large city begins whose last word has an ending of place behind an apostrophe: `Varde'de`.
    fn with_ending(
        &self,
        reading: &Reading<'_>,
        floor: usize,
        at: usize,
        cues: &HashSet<&'static str>,
    ) -> Option<usize> {
        let word = reading.text.word(at);
        let bare = endings::bare(self.folder, word)?;
        let ending = word[bare.len()..].replace('\u{2019}', "'");
        if !cues.contains(ending.as_str()) {
            return None;
        }
        let line = reading.text.line_of(at)?;
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
        let cues = CUES.get(self.folder).map(|cues| &cues.words);
        let is_cue = |word: &str| cues.is_some_and(|cues| cues.contains(word));
        let mark = |at: &usize| reading.text.word(*at) == "," || is_dash(reading.text.word(*at));
        for name in names.iter_mut().filter(|n| n.kind == NameKind::Place && n.tokens.len() > 1) {
            let own = trimmed(&name.tokens, mark);
            if !own.is_empty() {
                name.tokens = own;
            }
            while name.tokens.len() > 1 && is_cue(reading.text.word(name.tokens.start)) {
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
        let Some(Cues { words: cues, .. }) = CUES.get(self.folder) else { return };
        let site = |tokens: Range<usize>| {
            let words = reading.text.slice(tokens.clone());
            let city = || endings::city(self.gazetteer, self.folder, words);
            let city = endings::inflects(self.folder).then(city).flatten();
            let is_site = |place: Place| place.population >= SURE || self.is_town(&place);
            self.is_large(reading, &tokens)
                || city.is_some_and(|city| is_site(self.gazetteer.place(city)))
        };
        for name in names.iter_mut().filter(|n| n.kind != NameKind::Place) {
            // `V Orlandu`: the word of place opens a sentence.
            let rest = name.tokens.start + 1..name.tokens.end;
            let first = reading.text.word(name.tokens.start).to_lowercase();
            if !rest.is_empty() && cues.contains(first.as_str()) && site(rest.clone()) {
                *name = Name { kind: NameKind::Place, tokens: rest };
                continue;
            }
            let start = name.tokens.start;
            let word = reading.text.slice(name.tokens.clone());
            let before = self.is_cued(reading, start);
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
                    let city = || endings::city(self.gazetteer, self.folder, word);
                    endings::inflects(self.folder).then(city).flatten()
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
