//! The people, organisations, places and listed things of a story.
//!
//! The order of the passes: names by the recogniser, corrected by rules and context; places claimed and located;
//! mentions grouped to things; things linked to items. Each pass may take back what one before it found, none adds a
//! name that an earlier one refused.

mod doubtful_places;
mod making;

use std::{
    cell::OnceCell,
    collections::{BTreeMap, HashMap, HashSet},
    ops::Range,
};

use super::{
    Name, Reading, Recogniser, acronyms,
    entity_base::{EntityBase, Item, phrase},
    entity_links::Known,
    gazetteer_rules,
    grouping::{Mention, group},
    known_names,
    labels::NameKind,
    languages::Recognisers,
    linker, name_bounds, name_context,
    not_names::NotNames,
    one_sense, organisation_bounds, organisation_rules,
    places_by_language::{Listed, PlacesByLanguage},
};
use making::rank;

use crate::tag::{
    Document, Text, TokenKind,
    document::Splitting,
    english,
    language::FunctionWords,
    lists::{ListMatch, Lists},
    places::{
        self,
        countries::{CountryNames, Found},
        gazetteer::{Class, Gazetteer, Match},
        story_places::{Inside, Located, NamedPlaces, locate},
    },
    word_keys::keys,
};
use crate::{
    lang,
    model::{Entity, LanguageCode},
};

/// Name of a language's list of words that a country is called by, too.
const HOMONYMS: &str = "homonyms.txt";
/// Fewest people of a city whose bare name is taken for it in languages without a recogniser.
const LARGE_CITY: u32 = 100_000;

/// Everything that names are found with.
#[derive(Debug)]
pub struct Finder {
    /// Names, by language.
    pub recognisers: Recognisers,
    /// Places by name.
    pub gazetteer: Gazetteer,
    /// Countries by their names in other languages.
    pub countries: CountryNames,
    /// The user's lists.
    pub lists: Lists,
    /// Wikidata items beyond doubt.
    pub known: Known,
    /// Wikidata's people and organisations, of the user's file.
    pub base: EntityBase,
}

/// What was found.
#[derive(Debug, Default)]
pub struct Findings {
    /// One entry per thing, most salient first.
    pub entities: Vec<Entity>,
    /// Labels by list.
    pub custom: BTreeMap<String, Vec<String>>,
    /// Whether the recogniser ran.
    pub recognised: bool,
}

/// One text of the story with all that is known of it.
struct Layer<'a> {
    text: &'a Text<'a>,
    keys: Vec<u64>,
    flags: Vec<u16>,
    matches: Vec<Match>,
    listed: Vec<ListMatch>,
}

impl Layer<'_> {
    fn reading(&self) -> Reading<'_> {
        Reading { text: self.text, keys: &self.keys, listed: &self.flags }
    }
}

/// A story's texts, and what its language and its publisher say of places.
struct StoryTexts<'a> {
    layers: &'a [Layer<'a>; 2],
    readings: [Reading<'a>; 2],
    /// What the language's lists of countries and regions name in each text.
    listed: [Vec<Listed>; 2],
    /// Words in each text that hold the name of a place and are none.
    nothing: [Vec<Range<usize>>; 2],
    /// The rules of places of languages other than English.
    others: Option<PlacesByLanguage<'a>>,
    /// The language's folder.
    folder: &'a str,
    /// The country of the publisher, where known.
    home: Option<[u8; 2]>,
}

impl StoryTexts<'_> {
    fn is_english(&self) -> bool {
        self.others.is_none()
    }

    /// Adds to each text's names the places that lists of the language and of the user name, and takes away what these
    /// say is no name of its own.
    fn claim_places(&self, names: &mut [Vec<Name>]) {
        let people = parts_of_people(self.layers, names);
        let small = OnceCell::new();
        let homonyms = lang::text(self.folder, HOMONYMS).into_iter().flat_map(lang::entries);
        let homonyms: Vec<&str> = homonyms.collect();
        if self.others.is_some() {
            self.claim_bearers(names);
            trim(&self.readings, self.folder, names);
        }
        for ((listed, reading), names) in self.listed.iter().zip(&self.readings).zip(&mut *names) {
            let not_names = NotNames::of(self.folder);
            if let Some(not_names) = not_names {
                not_names.drop(reading, &people, names);
            }
            if let Some(others) = &self.others {
                others.widen(reading, names);
                others.part_people(reading, listed, names);
                let uncased = Splitting::of(self.folder).uncased;
                let opens = |at: usize| {
                    let sentences = &reading.text.sentences;
                    sentences.binary_search_by_key(&at, |sentence| sentence.start).is_ok()
                };
                let small = |key: u64| small.get_or_init(|| self.in_small_letters()).contains(&key);
                // `Mısır` at a start, in a story of `mısır`
                let is_word = |tokens: &Range<usize>| {
                    tokens.len() == 1
                        && opens(tokens.start)
                        && homonyms.contains(&reading.text.lower(tokens.start))
                        && small(reading.keys[tokens.start])
                };
                names.retain(|n| {
                    let is_listed = || listed.iter().any(|(tokens, _)| *tokens == n.tokens);
                    n.kind != NameKind::Place || !is_word(&n.tokens) || !is_listed()
                });
                let sure = |tokens: &Range<usize>| {
                    !is_word(tokens)
                        && (!not_names.is_some_and(|n| n.lists(&reading.keys[tokens.clone()]))
                            || others.is_cued(reading, tokens.start)
                            || !uncased && !opens(tokens.start))
                };
                if uncased {
                    names.retain(|name| !is_number(reading, name));
                }
                let listed = listed.iter().map(|(tokens, _)| tokens).filter(|t| sure(t));
                PlacesByLanguage::claim(listed, reading.keys, &people, names);
            }
            if let Some(others) = &self.others {
                others.claim_cued(reading, &people, names);
                others.claim_datelines(reading, names);
                others.claim_declined(reading, names);
                others.claim_large(reading, names);
                others.part(reading, listed, names);
                others.trim(reading, listed, names);
            }
        }
        for (nothing, names) in self.nothing.iter().zip(&mut *names) {
            // What begins inside such words is cut from them: of `发展中国家`, no part is a country.
            let cut = |name: &Name| {
                let (start, end) = (name.tokens.start, name.tokens.end);
                let inside = |n: &Range<usize>| {
                    n.start < start && start < n.end || n.start == start && end < n.end
                };
                name.kind == NameKind::Place && nothing.iter().any(inside)
            };
            names.retain(|name| !cut(name));
        }
        for (layer, names) in self.layers.iter().zip(names) {
            let taken = covered(layer.keys.len(), layer.listed.iter().map(|l| &l.tokens));
            names.retain(|name| !taken[name.tokens.clone()].contains(&true));
        }
    }

    /// The keys of the texts' words in small letters.
    fn in_small_letters(&self) -> HashSet<u64> {
        let of = |reading: &Reading<'_>| {
            let is_small = |at: &usize| reading.text.word(*at).starts_with(char::is_lowercase);
            let all = (0..reading.keys.len()).filter(is_small);
            all.map(|at| reading.keys[at]).collect::<Vec<_>>()
        };
        self.readings.iter().flat_map(of).collect()
    }

    /// Gives a person's whole name back where a text has a country's in it: characters are words of their own.
    fn claim_bearers(&self, names: &mut [Vec<Name>]) {
        if !Splitting::of(self.folder).uncased {
            return;
        }
        let persons = self.readings.iter().zip(&*names).flat_map(|(reading, names)| {
            let persons = names.iter().filter(|n| n.kind == NameKind::Person && n.tokens.len() > 2);
            persons.map(|n| &reading.keys[n.tokens.clone()])
        });
        let persons: HashSet<Vec<u64>> = persons.map(<[u64]>::to_vec).collect();
        for ((reading, listed), names) in self.readings.iter().zip(&self.listed).zip(names) {
            let text = reading.text;
            for (place, _) in listed {
                let Some(start) = place.start.checked_sub(1) else { continue };
                let whole = start..place.end;
                let person = |n: &Name| n.kind == NameKind::Person && n.tokens.len() > 1;
                // `何日本、李德国`: whom another one is named with.
                let is_listed = text.tokens[start].kind == TokenKind::Word
                    && start
                        .checked_sub(1)
                        .is_none_or(|at| text.tokens[at].kind == TokenKind::Mark)
                    && text.word_or_empty(place.end) == "、"
                    && names.iter().any(|n| n.tokens.start == place.end + 1 && person(n));
                let is_free = |n: &Name| n.tokens.end <= whole.start || whole.end <= n.tokens.start;
                let is_inside =
                    |n: &Name| whole.start <= n.tokens.start && n.tokens.end <= whole.end;
                if (is_listed || persons.contains(&reading.keys[whole.clone()]))
                    && names.iter().all(|n| is_free(n) || is_inside(n))
                {
                    names.retain(is_free);
                    let at = names.partition_point(|n| n.tokens.start < whole.start);
                    names.insert(at, Name { kind: NameKind::Person, tokens: whole });
                }
            }
        }
    }

    /// Where each name of the texts is, and the places inside names of organisations.
    fn locate(
        &self,
        gazetteer: &Gazetteer,
        names: &[Vec<Name>],
    ) -> (Vec<Vec<Option<Located>>>, Vec<Inside>) {
        let sure: Vec<Vec<Option<u32>>> = self
            .readings
            .iter()
            .zip(&self.listed)
            .zip(names)
            .map(|((r, l), n)| self.others.as_ref().map_or_else(Vec::new, |o| o.sure(r, l, n)))
            .collect();
        let texts: Vec<_> = self
            .readings
            .iter()
            .zip(self.layers)
            .zip(names)
            .zip(&sure)
            .map(|(((reading, layer), names), sure)| NamedPlaces {
                reading: *reading,
                matches: &layer.matches,
                names,
                sure,
                english: self.is_english(),
            })
            .collect();
        let (mut located, insides) = locate(gazetteer, &texts, self.home);
        if let Some(others) = &self.others {
            for ((((reading, listed), nothing), names), located) in self
                .readings
                .iter()
                .zip(&self.listed)
                .zip(&self.nothing)
                .zip(names)
                .zip(&mut located)
            {
                others.locate(reading, listed, names, located);
                others.drop_landmarks(reading, listed, names, located);
                for (name, located) in names.iter().zip(located) {
                    if nothing.contains(&name.tokens) {
                        *located = None;
                    }
                }
            }
        }
        (located, insides)
    }
}

/// Cuts what no name ends in: a word of grammar (`Orland de`), and the small word behind a name of the story (`Orla Union
/// klagt`).
fn trim(readings: &[Reading<'_>], folder: &str, names: &mut [Vec<Name>]) {
    let Some(grammar) = LanguageCode::parse(folder).and_then(FunctionWords::of) else { return };
    // `UN-a` is a case of the name.
    let is_small = |reading: &Reading<'_>, at: usize| {
        let tokens = &reading.text.tokens;
        reading.text.word(at).starts_with(char::is_lowercase)
            && tokens[at - 1].end < tokens[at].start
    };
    for (reading, names) in readings.iter().zip(&mut *names) {
        for name in names.iter_mut() {
            let last = |name: &Name| name.tokens.end - 1;
            while name.tokens.len() > 1
                && is_small(reading, last(name))
                && grammar.contains(reading.text.lower(last(name)))
            {
                name.tokens.end -= 1;
            }
        }
    }
    let whole = readings.iter().zip(&*names).flat_map(|(reading, names)| {
        let names = names.iter().filter(|n| n.kind == NameKind::Organisation && n.tokens.len() > 1);
        names.map(|n| phrase(&reading.keys[n.tokens.clone()]))
    });
    let whole: HashSet<u64> = whole.collect();
    for (reading, names) in readings.iter().zip(names) {
        for name in names.iter_mut().filter(|n| n.kind == NameKind::Organisation) {
            let shorter = name.tokens.start..name.tokens.end - 1;
            if shorter.len() > 1
                && is_small(reading, shorter.end)
                && whole.contains(&phrase(&reading.keys[shorter.clone()]))
            {
                name.tokens = shorter;
            }
        }
    }
}

/// Most tokens of a name. What is longer is a list, or a text in capitals, and no database indexes it.
const MAX_NAME_TOKENS: usize = 30;

fn is_overlong(name: &Name) -> bool {
    name.tokens.len() > MAX_NAME_TOKENS
}

/// Whether a name is one word of digits: `و3.5`.
fn is_number(reading: &Reading<'_>, name: &Name) -> bool {
    let word = reading.text.word(name.tokens.start);
    name.tokens.len() == 1
        && word.contains(char::is_numeric)
        && !word.contains(|c: char| c.is_ascii_alphabetic())
}

impl Finder {
    /// Finds the names of a story. `home` is the country of its publisher, where known.
    #[must_use]
    pub fn find(
        &self,
        document: &Document<'_>,
        language: LanguageCode,
        home: Option<[u8; 2]>,
    ) -> Findings {
        let layers = self.layers(document);
        let story = self.story(&layers, &language, home);
        let recogniser = self.recognisers.of(language);
        let mut names = self.names(&layers, &story.readings, recogniser, story.is_english());
        story.claim_places(&mut names);
        let (mut located, insides) = story.locate(&self.gazetteer, &names);
        self.drop_doubtful(&story, &names, &insides, &mut located);
        let mut entities = self.entities(&story, &names, &located);
        if story.is_english() {
            entities.extend(self.nationalities(&layers, &names));
            entities.extend(self.places_in_names(&layers, &insides));
        }
        let custom = self.listed(&layers, &mut entities);
        rank(&mut entities, document);
        Findings { entities, custom, recognised: recogniser.is_some() }
    }

    fn story<'a>(
        &'a self,
        layers: &'a [Layer<'a>; 2],
        language: &'a LanguageCode,
        home: Option<[u8; 2]>,
    ) -> StoryTexts<'a> {
        let folder = crate::lang::folder(language.as_str());
        let others = (*language != LanguageCode::EN).then(|| PlacesByLanguage {
            gazetteer: &self.gazetteer,
            countries: self.countries.of(folder, &self.gazetteer),
            folder,
        });
        let readings = layers.each_ref().map(Layer::reading);
        let found = readings.map(|r| others.as_ref().map_or_else(Found::default, |o| o.listed(&r)));
        let [(title, not_title), (body, not_body)] = found;
        let (listed, nothing) = ([title, body], [not_title, not_body]);
        StoryTexts { layers, readings, listed, nothing, others, folder, home }
    }

    /// Takes the place from names that are hardly it: a town by another name and a village, where the story tells of
    /// nothing else in its country.
    fn drop_doubtful(
        &self,
        story: &StoryTexts<'_>,
        names: &[Vec<Name>],
        insides: &[Inside],
        located: &mut [Vec<Option<Located>>],
    ) {
        let peoples = story.layers.iter().flat_map(|l| &l.matches).filter_map(|m| self.people(m));
        // The police of a state tell of its country as the state does.
        let lands = insides.iter().map(|inside| self.gazetteer.place(inside.located.place));
        let lands = lands.filter(|p| matches!(p.class, Class::Country | Class::Division));
        let told: HashSet<[u8; 2]> =
            peoples.chain(story.home).chain(lands.map(|place| place.country)).collect();
        if story.is_english() {
            self.drop_aliases(&told, located);
        }
        let letters = letters(&story.readings, names);
        self.drop_villages(story.folder, told.iter().copied(), &letters, located);
    }

    /// One entity for all names of the same, with its item.
    fn entities(
        &self,
        story: &StoryTexts<'_>,
        names: &[Vec<Name>],
        located: &[Vec<Option<Located>>],
    ) -> Vec<Entity> {
        let mentions: Vec<Mention<'_>> = names
            .iter()
            .zip(located)
            .enumerate()
            .flat_map(|(text, (names, places))| {
                let whole = names.iter().zip(places).filter(move |(name, _)| !is_overlong(name));
                whole.map(move |(name, located)| Mention { text, name, located: *located })
            })
            .collect();
        let prior = |item: (Item, bool)| (item.0.kind == NameKind::Person).then_some(item.0.prior);
        let prominence =
            |words: &[u64]| self.base.items(phrase(words)).filter_map(prior).fold(0.0, f32::max);
        let groups = group(&story.readings, &mentions, prominence);
        let countries = self.countries(story.layers, located, story.home);
        let votes = linker::Story { countries, abroad: !story.is_english() };
        let items = linker::link(&self.base, &story.readings, &groups, &votes);
        let countries = story.others.as_ref().and_then(|others| others.countries);
        let language = (story.folder, countries);
        groups
            .iter()
            .zip(items)
            .map(|(group, item)| self.entity(&story.readings, story.layers, language, group, item))
            .collect()
    }

    /// The names in the texts, as the recogniser finds them and as English rules and lists mend them; without a
    /// recogniser, places that can be nothing else.
    fn names(
        &self,
        layers: &[Layer<'_>; 2],
        readings: &[Reading<'_>; 2],
        recogniser: Option<&Recogniser>,
        english: bool,
    ) -> Vec<Vec<Name>> {
        let mut names = match recogniser {
            Some(recogniser) => recogniser.names(readings),
            None => layers.iter().map(|layer| self.plain_places(layer)).collect(),
        };
        for (layer, names) in layers.iter().zip(&mut names) {
            if english {
                name_bounds::cut_english(layer.text, names);
            }
            name_bounds::cut(layer.text, names);
        }
        if english {
            let found =
                layers.iter().zip(&mut names).map(|(layer, names)| gazetteer_rules::NamedText {
                    text: layer.text,
                    keys: &layer.keys,
                    matches: &layer.matches,
                    names,
                });
            let mut found = found.collect::<Vec<_>>();
            gazetteer_rules::complete(&self.gazetteer, &mut found);
            for found in &mut found {
                organisation_rules::correct(found.text, found.names);
            }
            known_names::correct(&self.base, &self.gazetteer, &mut found);
            // The headline's words have capitals all.
            if let [_, body] = &mut found[..] {
                organisation_bounds::widen(body.text, body.names);
            }
            name_context::correct(&self.base, &self.gazetteer, &mut found);
            acronyms::claim(&mut found);
            one_sense::settle(&mut found);
        }
        if recogniser.is_some() && !english {
            for (layer, names) in layers.iter().zip(&mut names) {
                let mut found = gazetteer_rules::NamedText {
                    text: layer.text,
                    keys: &layer.keys,
                    matches: &layer.matches,
                    names,
                };
                known_names::correct_elsewhere(&self.base, &self.gazetteer, &mut found);
            }
        }
        names
    }

    /// The story's votes for countries, by its places, peoples and publisher; they sum to 1.
    fn countries(
        &self,
        layers: &[Layer<'_>],
        located: &[Vec<Option<Located>>],
        home: Option<[u8; 2]>,
    ) -> HashMap<[u8; 2], f32> {
        let places =
            located.iter().flatten().flatten().map(|l| self.gazetteer.place(l.place).country);
        let peoples = layers.iter().flat_map(|l| &l.matches).filter_map(|m| self.people(m));
        let mut votes: HashMap<[u8; 2], f32> = HashMap::new();
        for country in places.chain(peoples).chain(home).filter(|c| *c != [0; 2]) {
            *votes.entry(country).or_default() += 1.0;
        }
        let total: f32 = votes.values().sum();
        for vote in votes.values_mut() {
            *vote /= total;
        }
        votes
    }

    /// The country whose people a name means, if it means nothing else.
    fn people(&self, found: &Match) -> Option<[u8; 2]> {
        let mut places = found.places.iter().map(|p| self.gazetteer.place(*p));
        let first = places.next().filter(|p| p.class == Class::Demonym)?;
        places
            .all(|p| p.class == Class::Demonym && p.country == first.country)
            .then_some(first.country)
    }

    /// The country that an organisation's name has whole, or the people of, in it: `Bank of Ghana`. A
    /// town in it tells nothing: `Leeds Castle Brewery` may be anywhere.
    fn country_in_name(&self, layer: &Layer<'_>, tokens: &Range<usize>) -> Option<[u8; 2]> {
        let first = layer.matches.partition_point(|m| m.tokens.start < tokens.start);
        let inside = layer.matches[first..].iter().take_while(|m| m.tokens.start < tokens.end);
        // `Orland Grill` may be anywhere, `Orland Airlines`, `Bank of Orland` and `Orme Orland` are of there.
        let lower = |at: usize| layer.text.word(at).to_lowercase();
        let is_body = |at: usize| english::NATIONAL_BODIES.contains(lower(at).as_str());
        let last = tokens.end - 1;
        let of = |found: &Match| {
            let before = found.tokens.start.checked_sub(1).filter(|at| *at >= tokens.start);
            let before = before.map(lower);
            before.is_some_and(|word| english::BEFORE_COUNTRIES.contains(word.as_str()))
                || found.tokens.end == tokens.end
        };
        let national = is_body(last)
            || tokens.len() > 2
                && (tokens.start + 1..last).any(|at| lower(at + 1) == "of" && is_body(at))
            || english::BEFORE_PLACES.contains(layer.text.word(tokens.start));
        let inside = inside.filter(|m| national || of(m));
        inside.filter(|m| m.tokens.end <= tokens.end).find_map(|found| {
            let mut places = found.places.iter().map(|p| self.gazetteer.place(*p));
            let divided = places.clone().any(|p| p.class == Class::Division);
            places
                // `Orme Orlandish` says of nothing that it is of there.
                .find(|p| match p.class {
                    Class::Demonym => found.tokens.end < tokens.end,
                    class => class == Class::Country,
                })
                .filter(|_| !divided)
                .map(|p| p.country)
        })
    }

    /// What the recogniser alone finds in an English story: names of the headline, and of the body.
    #[must_use]
    pub fn recognise(&self, document: &Document<'_>) -> Vec<Vec<Name>> {
        self.recognisers.english().names(&self.layers(document).each_ref().map(Layer::reading))
    }

    fn layers<'a>(&self, document: &'a Document<'a>) -> [Layer<'a>; 2] {
        [&document.title, &document.body].map(|text| {
            let keys = keys(text);
            let matches = self.gazetteer.matches(text, &keys);
            let flags = places::flags(&self.gazetteer, &matches, keys.len());
            let listed = self.lists.matches(text, &keys);
            Layer { text, keys, flags, matches, listed }
        })
    }

    /// Places by the gazetteer alone: large ones, capitalised inside a sentence.
    fn plain_places(&self, layer: &Layer<'_>) -> Vec<Name> {
        let text = layer.text;
        let starts: std::collections::HashSet<usize> =
            text.sentences.iter().map(|s| s.start).collect();
        let lower: std::collections::HashSet<u64> = (0..text.tokens.len())
            .filter(|&i| text.word(i).starts_with(char::is_lowercase))
            .map(|i| layer.keys[i])
            .collect();
        let known = |m: &&Match| {
            let large = m.places.iter().map(|p| self.gazetteer.place(*p)).any(|p| match p.class {
                Class::Country | Class::Region | Class::Division => true,
                Class::City => p.population >= LARGE_CITY,
                Class::County | Class::Demonym => false,
            });
            // A word that may be common stands capitalised where a sentence starts.
            let common = m.tokens.len() == 1
                && (lower.contains(&layer.keys[m.tokens.start])
                    || text.word(m.tokens.start).chars().count() < 4);
            let first =
                starts.contains(&m.tokens.start) && m.tokens.len() == 1 && text.sentences.len() > 1;
            large && !common && !first
        };
        let matches = layer.matches.iter().filter(known);
        matches.map(|m| Name { kind: NameKind::Place, tokens: m.tokens.clone() }).collect()
    }
}

/// The words of the people who are named in a story by more than one.
fn parts_of_people(layers: &[Layer<'_>], names: &[Vec<Name>]) -> HashSet<u64> {
    let whole = |name: &&Name| name.kind == NameKind::Person && name.tokens.len() > 1;
    let keys = |(layer, names): (&Layer<'_>, &Vec<Name>)| {
        let parts =
            names.iter().filter(whole).flat_map(|name| layer.keys[name.tokens.clone()].to_vec());
        parts.collect::<Vec<_>>()
    };
    layers.iter().zip(names).flat_map(keys).collect()
}

/// How many letters each name of the texts has; a character of China or Japan says as much as three.
fn letters(readings: &[Reading<'_>], names: &[Vec<Name>]) -> Vec<Vec<usize>> {
    let weight = |c: char| if c >= '\u{2e80}' { 3 } else { 1 };
    let of_text = |(reading, names): (&Reading<'_>, &Vec<Name>)| {
        let of_name = |n: &Name| reading.text.slice(n.tokens.clone()).chars().map(weight).sum();
        names.iter().map(of_name).collect()
    };
    readings.iter().zip(names).map(of_text).collect()
}

/// Which of a text's tokens some ranges cover.
fn covered<'a>(tokens: usize, ranges: impl Iterator<Item = &'a Range<usize>>) -> Vec<bool> {
    let mut covered = vec![false; tokens];
    for range in ranges {
        covered[range.clone()].fill(true);
    }
    covered
}
