//! The people, organisations, places and listed things of a story.
//!
//! The order of the passes: names by the recogniser, corrected by rules and context; places claimed and located;
//! mentions grouped to things; things linked to items. Each pass may take back what one before it found, none adds a
//! name that an earlier one refused.

mod doubtful_places;
mod known_alone;
mod making;
mod story_texts;
mod trimming;

use std::{collections::BTreeMap, ops::Range};

use foldhash::{HashMap, HashMapExt as _, HashSet};

use super::{
    Name, Reading, Recogniser, acronyms,
    entity_base::{EntityBase, Item, phrase},
    entity_links::Known,
    firms, first_names, gazetteer_rules,
    grouping::{Mention, group},
    known_names,
    labels::NameKind,
    languages::Recognisers,
    linker, name_bounds, name_context,
    not_names::NotNames,
    one_sense, organisation_bounds, organisation_rules,
    places_by_language::PlacesByLanguage,
};
use doubtful_places::Letters;
use making::rank;
use story_texts::{Layer, StoryTexts};

use crate::model::{Entity, LanguageCode};
use crate::tag::{
    Document,
    document::Splitting,
    english,
    language::FunctionWords,
    lists::Lists,
    places::{
        self,
        countries::{CountryNames, Found},
        gazetteer::{Class, Gazetteer, Match},
        items::Items,
        nationalities::NationalityNames,
        short_lands,
        story_places::{Inside, Located},
    },
    word_keys::keys,
};

/// Fewest people of a city whose bare name is taken for it in languages without a recogniser.
const LARGE_CITY: u32 = 100_000;

/// Most letters of an article.
const ARTICLE: usize = 3;
/// The language without capitals in which peoples' words are surnames as they stand: with an article they are none.
const HEBREW: &str = "he";

/// Everything that names are found with.
#[derive(Debug)]
pub struct Finder {
    /// Names, by language.
    pub recognisers: Recognisers,
    /// Places by name.
    pub gazetteer: Gazetteer,
    /// Wikidata items of cities.
    pub items: Items,
    /// Countries by their names in other languages.
    pub countries: CountryNames,
    /// Peoples by their names in other languages.
    pub nationalities: NationalityNames,
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

/// Most tokens of a name. What is longer is a list, or a text in capitals, and no database indexes it.
const MAX_NAME_TOKENS: usize = 30;

fn is_overlong(name: &Name) -> bool {
    name.tokens.len() > MAX_NAME_TOKENS
}

impl Finder {
    /// Finds the names of a story. `written` is the story as it is written, where it is read in another script; `home` is
    /// the country of its publisher, where known.
    #[must_use]
    pub fn find(
        &self,
        document: &Document<'_>,
        written: Option<&Document<'_>>,
        language: LanguageCode,
        home: Option<[u8; 2]>,
    ) -> Findings {
        let mut layers = self.layers(document, language);
        self.drop_surnames(&mut layers, language);
        if let Some(written) = written {
            // The user's lists have names in the story's own script.
            for (layer, text) in layers.iter_mut().zip([&written.title, &written.body]) {
                if text.tokens.len() == layer.text.tokens.len() {
                    layer.listed = self.lists.matches(text, &keys(text));
                }
            }
        }
        let story = self.story(&layers, &language, home);
        let recogniser = self.recognisers.of(language);
        let mut names = self.names(&layers, &story.readings, recogniser, story.folder);
        story.claim_places(&mut names);
        self.drop_peoples(&story, &mut names);
        let (mut located, insides) = story.locate(&self.gazetteer, &names);
        story.claim_clubs(&self.gazetteer, &mut names, &mut located);
        story.claim_letters(&mut names, &located);
        self.claim_known_alone(&story, &mut names, &located);
        self.drop_doubtful(&story, &names, &insides, &mut located);
        let mut entities = self.entities(&story, &names, &located);
        entities.extend(self.nationalities(&layers, &names, story.is_english()));
        if story.is_english() {
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
        self.drop_villages((story.folder, story.home), told.iter().copied(), &letters, located);
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
        let groups = group(&story.readings, &mentions, prominence, story.folder);
        let countries = self.countries(story.layers, located, story.home);
        let votes = linker::Story { countries, folder: story.folder, ..Default::default() };
        let links = linker::link(&self.base, &story.readings, &groups, &votes);
        let countries = story.others.as_ref().and_then(|others| others.countries);
        let language = (story.folder, countries);
        linker::join_forms(groups, links)
            .iter()
            .map(|(group, link)| {
                self.entity(&story.readings, story.layers, language, group, link.as_ref())
            })
            .collect()
    }

    /// The names in the texts, as the recogniser finds them and as English rules and lists mend them; without a
    /// recogniser, places that can be nothing else.
    fn names(
        &self,
        layers: &[Layer<'_>; 2],
        readings: &[Reading<'_>; 2],
        recogniser: Option<&Recogniser>,
        folder: &str,
    ) -> Vec<Vec<Name>> {
        let english = folder == LanguageCode::EN.as_str();
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
            self.correct_english(layers, &mut names);
        } else if recogniser.is_some() {
            self.correct_elsewhere(layers, readings, folder, &mut names);
        }
        names
    }

    /// Mends the names in the texts of an English story by rules, lists and context.
    fn correct_english(&self, layers: &[Layer<'_>; 2], names: &mut [Vec<Name>]) {
        let found = layers.iter().zip(names).map(|(layer, names)| layer.named(names));
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
        for found in &mut found {
            name_bounds::finish(found.text, found.names);
        }
    }

    /// The same in another language that has a recogniser.
    fn correct_elsewhere(
        &self,
        layers: &[Layer<'_>; 2],
        readings: &[Reading<'_>; 2],
        folder: &str,
        names: &mut [Vec<Name>],
    ) {
        let countries = self.countries.of(folder, &self.gazetteer);
        let splitting = Splitting::of(folder);
        for ((layer, reading), names) in layers.iter().zip(readings).zip(names) {
            if splitting.uncased && !splitting.characters {
                let roles = first_names::Roles {
                    is_first: &|key| self.recognisers.begins_names(key),
                    is_last: &|key| self.recognisers.ends_names(key),
                };
                first_names::join_halves(reading, names, &roles, splitting);
            }
            if !splitting.uncased {
                let is_first_name =
                    |at: usize, sure: bool| self.is_first_name(layer, folder, at, sure);
                let land =
                    |at: usize| countries.and_then(|c| c.whole(layer.text.word(at))).is_some();
                first_names::join_particles(reading, names, is_first_name, land);
                firms::join_ampersands(reading, names);
            }
            let mut found = layer.named(names);
            known_names::correct_elsewhere(&self.base, &self.gazetteer, &mut found, splitting);
        }
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
        let lower = |at: usize| layer.text.lower(at);
        let is_body = |at: usize| english::NATIONAL_BODIES.contains(lower(at));
        let last = tokens.end - 1;
        let of = |found: &Match| {
            let before = found.tokens.start.checked_sub(1).filter(|at| *at >= tokens.start);
            let before = before.map(lower);
            before.is_some_and(|word| english::BEFORE_COUNTRIES.contains(word))
                || found.tokens.end == tokens.end
        };
        let national = is_body(last)
            || tokens.len() > 2
                && (tokens.start + 1..last).any(|at| lower(at + 1) == "of" && is_body(at))
            || english::BEFORE_PLACES.contains(layer.text.word(tokens.start));
        // `Orlandish University of Holm` is in Holm, `Orlandish Holmer University` of two lands.
        let is_people = |m: &&Match| self.people(m).is_some();
        let is_led_by_of = |m: &Match| {
            m.tokens.end == tokens.end && m.tokens.start > tokens.start && {
                matches!(lower(m.tokens.start - 1), "of" | "in")
            }
        };
        let mut peoples = inside.clone().filter(is_people);
        if let Some(people) = peoples.next().and_then(|people| self.people(people)) {
            let other = peoples.filter_map(|other| self.people(other)).any(|p| p != people);
            let seat = inside.clone().find(|m| is_led_by_of(m));
            let lands = seat.map(|seat| self.seat(seat)).filter(|lands| !lands.contains(&people));
            if other || lands.as_ref().is_some_and(|lands| lands.len() != 1) {
                return None;
            }
            if let Some([land]) = lands.as_deref() {
                return Some(*land);
            }
        }
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

    /// The countries of which a name is one, or a large city in one.
    fn seat(&self, found: &Match) -> Vec<[u8; 2]> {
        let places = found.places.iter().map(|p| self.gazetteer.place(*p));
        let known = places.filter(|place| match place.class {
            Class::City => place.population >= LARGE_CITY,
            class => class == Class::Country,
        });
        let mut lands: Vec<[u8; 2]> = known.map(|place| place.country).collect();
        lands.sort_unstable();
        lands.dedup();
        lands
    }

    /// What the recogniser alone finds in an English story: names of the headline, and of the body.
    #[must_use]
    pub fn recognise(&self, document: &Document<'_>) -> Vec<Vec<Name>> {
        self.recognisers
            .english()
            .names(&self.layers(document, LanguageCode::EN).each_ref().map(Layer::reading))
    }

    fn layers<'a>(&self, document: &'a Document<'a>, language: LanguageCode) -> [Layer<'a>; 2] {
        let folder = crate::lang::folder(language.as_str());
        let peoples = self.nationalities.of(folder, &self.gazetteer);
        [&document.title, &document.body].map(|text| {
            let keys = keys(text);
            let mut matches = self.gazetteer.matches(text, &keys);
            if language == LanguageCode::EN {
                short_lands::add(&self.gazetteer, text, &mut matches);
            }
            let flags = places::flags(&self.gazetteer, &matches, keys.len());
            if language != LanguageCode::EN {
                self.drop_english_peoples(&mut matches);
                matches.extend(peoples.map(|p| p.found(text)).into_iter().flatten());
                matches.sort_by_key(|found| found.tokens.start);
            }
            let listed = self.lists.matches(text, &keys);
            Layer { text, keys, flags, matches, listed }
        })
    }

    /// Takes from names what they mean as English words for a people: a `Dane` of Polish is none.
    fn drop_english_peoples(&self, matches: &mut Vec<Match>) {
        for found in &mut *matches {
            found.places.retain(|place| self.gazetteer.place(*place).class != Class::Demonym);
        }
        matches.retain(|found| !found.places.is_empty());
    }

    /// Whether a word is a first name of many known people, or of a few where `sure`, and neither a title nor one of grammar.
    fn is_first_name(&self, layer: &Layer<'_>, folder: &str, at: usize, sure: bool) -> bool {
        let key = layer.keys[at];
        let known = self.recognisers.is_first_name(key);
        let grammar = LanguageCode::parse(folder).and_then(FunctionWords::of);
        (known || sure && self.recognisers.begins_names(key))
            && grammar.is_none_or(|words| !words.contains(layer.text.lower(at)))
            && NotNames::of(folder).is_none_or(|list| !list.lists(&[key]))
    }

    /// Takes the peoples away that somebody in the story is called by, in other languages than English: of `Anna Varder`, and
    /// wherever the story has that name alone.
    fn drop_surnames(&self, layers: &mut [Layer<'_>; 2], language: LanguageCode) {
        if language == LanguageCode::EN || self.recognisers.of(language).is_none() {
            return;
        }
        // Where the script has no capitals, a people's word behind a first name is seldom a surname but in Hebrew.
        let folder = crate::lang::folder(language.as_str());
        let uncased = Splitting::of(folder).uncased;
        if uncased && language.as_str() != HEBREW {
            return;
        }
        let is_surname = |layer: &Layer<'_>, found: &Match| {
            let at = found.tokens.start;
            found.tokens.len() == 1
                && self.people(found).is_some()
                && (uncased || layer.text.is_capital(at))
        };
        let mut surnames: HashSet<(String, [u8; 2])> = HashSet::default();
        for layer in &*layers {
            let behind_first_name = |found: &&Match| {
                let at = found.tokens.start;
                let inside = layer.text.sentences.binary_search_by_key(&at, |s| s.start).is_err();
                inside
                    && at.checked_sub(1).is_some_and(|before| {
                        (uncased || layer.text.is_capital(before))
                            && self.is_first_name(layer, folder, before, false)
                    })
            };
            let found = layer.matches.iter().filter(|found| is_surname(layer, found));
            let found = found.filter(behind_first_name);
            surnames.extend(found.filter_map(|found| {
                Some((layer.text.lower(found.tokens.start).to_owned(), self.people(found)?))
            }));
        }
        if surnames.is_empty() {
            return;
        }
        // `Slov\u{e1}ka` is a form of it, `slovensk\u{fd}` another word.
        let is_form = |one: &str, other: &str| one.starts_with(other) || other.starts_with(one);
        for layer in layers {
            let mut matches = std::mem::take(&mut layer.matches);
            matches.retain(|found| {
                let word = layer.text.lower(found.tokens.start);
                let people = self.people(found);
                !is_surname(layer, found)
                    || !surnames.iter().any(|(s, p)| people == Some(*p) && is_form(s, word))
            });
            layer.matches = matches;
        }
    }

    /// Takes away places whose whole name is a people's, and what is one with the article that opens the sentence, in other
    /// languages than English: `Japonais`, `Les Japonais`.
    fn drop_peoples(&self, story: &StoryTexts<'_>, names: &mut [Vec<Name>]) {
        if story.is_english() {
            return;
        }
        for ((layer, listed), names) in story.layers.iter().zip(&story.listed).zip(names) {
            let text = layer.text;
            let opens = |at: usize| text.sentences.binary_search_by_key(&at, |s| s.start).is_ok();
            let is_people = |name: &Name| {
                let Range { start, end } = name.tokens;
                let led =
                    end - start == 2 && opens(start) && text.word(start).chars().count() <= ARTICLE;
                let start = if led { start + 1 } else { start };
                let known = layer.matches.iter().filter(|m| m.tokens == (start..end));
                let mut peoples = known.filter_map(|m| self.people(m));
                (led || name.kind == NameKind::Place)
                    && peoples.next().is_some()
                    && !listed.iter().any(|(land, _)| *land == name.tokens)
            };
            names.retain(|name| !is_people(name));
        }
    }

    /// Places by the gazetteer alone: large ones, capitalised inside a sentence.
    fn plain_places(&self, layer: &Layer<'_>) -> Vec<Name> {
        let text = layer.text;
        let starts: HashSet<usize> = text.sentences.iter().map(|s| s.start).collect();
        let lower: HashSet<u64> = (0..text.tokens.len())
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

/// The letters of each name of the texts.
fn letters(readings: &[Reading<'_>], names: &[Vec<Name>]) -> Vec<Vec<Letters>> {
    let weight = |c: char| if c >= '\u{2e80}' { 3 } else { 1 };
    let of_text = |(reading, names): (&Reading<'_>, &Vec<Name>)| {
        let of_name = |n: &Name| {
            let name = reading.text.slice(n.tokens.clone());
            let latin = name.chars().next().is_some_and(|c| c < '\u{370}');
            Letters { count: name.chars().map(weight).sum(), latin }
        };
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
