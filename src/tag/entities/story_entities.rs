//! The people, organisations, places and listed things of a story.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    ops::Range,
};

use super::{
    Name, Reading, Recogniser,
    entity_base::{EntityBase, Item, phrase},
    entity_links::Known,
    gazetteer_rules,
    grouping::{Group, Mention, group},
    known_names,
    labels::NameKind,
    languages::Recognisers,
    linker, name_bounds, not_names, one_sense, organisation_rules,
    places_by_language::PlacesByLanguage,
};
use crate::model::{self, Entity, EntityKind, Field, GeoPoint, LanguageCode};
use crate::tag::{
    Document, Text,
    lists::{ListMatch, Lists},
    places::{
        self,
        countries::{Countries, CountryNames},
        endings,
        gazetteer::{Class, Gazetteer, Match},
        keys::keys,
        story_places::{Inside, Located, NamedPlaces, locate},
    },
};

/// Fewest people of a city whose bare name is taken for it in languages without a recogniser.
const LARGE_CITY: u32 = 100_000;

/// Fewest people of a town in a country whose news is in the language, which a story in another language than English
/// names without naming that country.
const VILLAGE: u32 = 15_000;
/// The same of a town elsewhere.
const TOWN: u32 = 50_000;
/// Name of a language's list of such countries.
const HOME: &str = "home.txt";
/// The same of one that is called otherwise first.
const OTHER_NAME: u32 = 100_000;
/// The same in English, whose news is full of small towns.
const HAMLET: u32 = 5_000;

/// Fewest people of a city that English news may call by another name than its first.
const METROPOLIS: u32 = 1_000_000;

/// The type of entities such as `Ukrainian`.
const NATIONALITY: &str = "NATIONALITY";
/// The type of the place in `Orland Fire Department`.
const PLACE_IN_NAME: &str = "PLACE_IN_NAME";

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
        let readings = layers.each_ref().map(Layer::reading);
        let english = language == LanguageCode::EN;
        let recogniser = self.recognisers.of(language);
        let recognised = recogniser.is_some();
        let mut names = self.names(&layers, &readings, recogniser, english);
        let folder = crate::lang::folder(language.as_str());
        let others = (!english).then(|| PlacesByLanguage {
            gazetteer: &self.gazetteer,
            countries: self.countries.of(folder, &self.gazetteer),
            folder,
        });
        let listed = readings.map(|r| others.as_ref().map_or_else(Vec::new, |o| o.listed(&r)));
        let people = parts_of_people(&layers, &names);
        for ((listed, reading), names) in listed.iter().zip(&readings).zip(&mut names) {
            not_names::drop(folder, reading, &people, names);
            if let Some(others) = &others {
                others.widen(reading, names);
                others.part_people(reading, listed, names);
            }
            PlacesByLanguage::claim(listed, reading.keys, &people, names);
            if let Some(others) = &others {
                others.claim_cued(reading, &people, names);
                others.claim_large(reading, names);
                others.part(reading, listed, names);
                others.trim(reading, names);
            }
        }
        for (layer, names) in layers.iter().zip(&mut names) {
            let taken = covered(layer.keys.len(), layer.listed.iter().map(|l| &l.tokens));
            names.retain(|name| !taken[name.tokens.clone()].contains(&true));
        }
        let sure: Vec<Vec<Option<u32>>> = readings
            .iter()
            .zip(&listed)
            .zip(&names)
            .map(|((r, l), n)| others.as_ref().map_or_else(Vec::new, |o| o.sure(r, l, n)))
            .collect();
        let texts: Vec<_> = readings
            .iter()
            .zip(&layers)
            .zip(&names)
            .zip(&sure)
            .map(|(((reading, layer), names), sure)| NamedPlaces {
                reading: *reading,
                matches: &layer.matches,
                names,
                sure,
                english,
            })
            .collect();
        let (mut located, insides) = locate(&self.gazetteer, &texts, home);
        if let Some(others) = &others {
            for (((reading, listed), names), located) in
                readings.iter().zip(&listed).zip(&names).zip(&mut located)
            {
                others.locate(reading, listed, names, located);
            }
        }
        let peoples = layers.iter().flat_map(|l| &l.matches).filter_map(|m| self.people(m));
        let told: HashSet<[u8; 2]> = peoples.chain(home).collect();
        if english {
            self.drop_aliases(&told, &mut located);
        }
        self.drop_villages(folder, told.iter().copied(), &mut located);
        let mentions: Vec<Mention<'_>> = names
            .iter()
            .zip(&located)
            .enumerate()
            .flat_map(|(text, (names, places))| {
                names.iter().zip(places).map(move |(name, located)| Mention {
                    text,
                    name,
                    located: *located,
                })
            })
            .collect();
        let prior = |item: (Item, bool)| (item.0.kind == NameKind::Person).then_some(item.0.prior);
        let prominence =
            |words: &[u64]| self.base.items(phrase(words)).filter_map(prior).fold(0.0, f32::max);
        let groups = group(&readings, &mentions, prominence);
        let story = linker::Story { countries: self.countries(&layers, &located, home) };
        let items = linker::link(&self.base, &readings, &groups, &story);
        let countries = others.as_ref().and_then(|others| others.countries);
        let mut entities: Vec<Entity> = groups
            .iter()
            .zip(items)
            .map(|(group, item)| self.entity(&readings, &layers, (folder, countries), group, item))
            .collect();
        if english {
            entities.extend(self.nationalities(&layers, &names));
            entities.extend(self.places_in_names(&layers, &insides));
        }
        let custom = self.listed(&layers, &mut entities);
        rank(&mut entities, document);
        Findings { entities, custom, recognised }
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
            one_sense::settle(&mut found);
        }
        names
    }

    /// Takes away cities by names that they have in other languages or had in other times, where nothing else in an
    /// English story is in their country: what is spelt so there is another thing. Cities of millions are
    /// known by such names.
    fn drop_aliases(&self, told: &HashSet<[u8; 2]>, located: &mut [Vec<Option<Located>>]) {
        let place = |l: &Located| self.gazetteer.place(l.place);
        let doubtful = |l: &Located| {
            let place = place(l);
            l.alias && place.class == Class::City && place.population < METROPOLIS
        };
        let sure = located.iter().flatten().flatten().filter(|l| !doubtful(l));
        let known: HashSet<[u8; 2]> =
            sure.map(|l| place(l).country).chain(told.iter().copied()).collect();
        for one in located.iter_mut().flatten() {
            if one.as_ref().is_some_and(|l| doubtful(l) && !known.contains(&place(l).country)) {
                *one = None;
            }
        }
    }

    /// Takes away villages far from everything else in a story: a river, a street or a word of another
    /// language is called as some village somewhere is. In English two of a country speak for each other.
    fn drop_villages(
        &self,
        folder: &str,
        told_of: impl Iterator<Item = [u8; 2]>,
        located: &mut [Vec<Option<Located>>],
    ) {
        let english = folder == LanguageCode::EN.as_str();
        let homes = crate::lang::text(folder, HOME).into_iter().flat_map(crate::lang::entries);
        let at_home: HashSet<[u8; 2]> =
            homes.filter_map(|code| code.as_bytes().try_into().ok()).collect();
        let small = |l: &Located| {
            let place = self.gazetteer.place(l.place);
            let most = match (english, l.alias, at_home.contains(&place.country)) {
                (true, ..) => HAMLET,
                (false, true, _) => OTHER_NAME,
                (false, false, true) => VILLAGE,
                (false, false, false) => TOWN,
            };
            place.class == Class::City && place.population < most
        };
        let country = |l: &Located| self.gazetteer.place(l.place).country;
        let mut known: HashSet<[u8; 2]> = told_of.collect();
        let mut villages: HashMap<[u8; 2], HashSet<u32>> = HashMap::new();
        for one in located.iter().flatten().flatten() {
            if small(one) {
                villages.entry(country(one)).or_default().insert(one.place);
            } else {
                known.insert(country(one));
            }
        }
        if english {
            let several = villages.into_iter().filter(|(_, villages)| villages.len() > 1);
            known.extend(several.map(|(country, _)| country));
        }
        for one in located.iter_mut().flatten() {
            let far = |l: &Located| small(l) && !known.contains(&country(l));
            if one.as_ref().is_some_and(far) {
                *one = None;
            }
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
        inside.filter(|m| m.tokens.end <= tokens.end).find_map(|found| {
            let mut places = found.places.iter().map(|p| self.gazetteer.place(*p));
            let divided = places.clone().any(|p| p.class == Class::Division);
            places
                .find(|p| matches!(p.class, Class::Country | Class::Demonym))
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

    /// What the people of a country are called, outside of names: entities of their own type, which
    /// tell the country and are not places.
    fn nationalities(&self, layers: &[Layer<'_>], names: &[Vec<Name>]) -> Vec<Entity> {
        let mut found: Vec<Entity> = Vec::new();
        for (at, (layer, names)) in layers.iter().zip(names).enumerate() {
            let names = names.iter().filter(|n| n.kind != NameKind::Other).map(|n| &n.tokens);
            let taken =
                covered(layer.keys.len(), names.chain(layer.listed.iter().map(|l| &l.tokens)));
            let free = |m: &&Match| !taken[m.tokens.clone()].contains(&true);
            for one in layer.matches.iter().filter(free) {
                let mut places = one.places.iter().map(|p| self.gazetteer.place(*p));
                let Some(people) = places.find(|p| p.class == Class::Demonym) else { continue };
                let mention = mention(layer.text, at, &one.tokens);
                match found.iter_mut().find(|e| e.country == Some(people.country)) {
                    Some(entity) => entity.mentions.push(mention),
                    None => found.push(Entity {
                        kind: EntityKind::Other(NATIONALITY.to_owned()),
                        name: one_line(&mention.text),
                        name_en: None,
                        salience: 0.0,
                        wikidata: None,
                        geonames: None,
                        country: Some(people.country),
                        point: Some(GeoPoint { lat: people.lat, lon: people.lon }),
                        list_id: None,
                        mentions: vec![mention],
                    }),
                }
            }
        }
        found
    }

    /// The places that organisations are named after: entities of a type of their own, for an
    /// organisation is not where its name says.
    fn places_in_names(&self, layers: &[Layer<'_>], insides: &[Inside]) -> Vec<Entity> {
        let mut found: BTreeMap<u32, Entity> = BTreeMap::new();
        for Inside { text, tokens, located } in insides {
            let mention = mention(layers[*text].text, *text, tokens);
            let place = self.gazetteer.place(located.place);
            let entity = found.entry(located.place).or_insert_with(|| Entity {
                kind: EntityKind::Other(PLACE_IN_NAME.to_owned()),
                name: one_line(&mention.text),
                name_en: None,
                salience: 0.0,
                wikidata: (place.wikidata != 0).then(|| format!("Q{}", place.wikidata)),
                geonames: (place.geonames != 0).then_some(place.geonames),
                country: Some(place.country).filter(|c| *c != [0; 2]),
                point: Some(GeoPoint { lat: located.lat, lon: located.lon }),
                list_id: None,
                mentions: Vec::new(),
            });
            entity.mentions.push(mention);
        }
        found.into_values().collect()
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

    fn entity(
        &self,
        readings: &[Reading<'_>],
        layers: &[Layer<'_>],
        (folder, countries): (&str, Option<&Countries>),
        group: &Group<'_>,
        item: Option<Item>,
    ) -> Entity {
        let fullest = &group.mentions[group.fullest];
        let reading = &readings[fullest.text];
        let tokens = fullest.name.tokens.clone();
        let kind = match group.kind {
            NameKind::Person => EntityKind::Person,
            NameKind::Organisation => EntityKind::Organisation,
            NameKind::Place | NameKind::Other => EntityKind::Place,
        };
        let located = group.mentions.iter().find_map(|m| m.located);
        let place = located.map(|l| self.gazetteer.place(l.place));
        // A part of a place has the place's country and is about where it is, but is not it.
        let is_whole = located.is_some_and(|l| l.whole);
        let own_place = place.filter(|_| kind == EntityKind::Place && is_whole);
        let wikidata = match own_place {
            Some(place) => (place.wikidata != 0).then(|| format!("Q{}", place.wikidata)),
            None => group
                .mentions
                .iter()
                .find_map(|m| {
                    self.known.item(group.kind, &readings[m.text].keys[m.name.tokens.clone()])
                })
                .map(str::to_owned)
                .or_else(|| item.map(|item| format!("Q{}", item.number))),
        };
        let linked = item.filter(|i| wikidata == Some(format!("Q{}", i.number)));
        let country = match (&kind, place) {
            (EntityKind::Organisation, _) => linked
                .map(|i| i.country)
                .filter(|c| *c != [0; 2])
                .or_else(|| self.country_in_name(&layers[fullest.text], &fullest.name.tokens)),
            (EntityKind::Person, _) => linked.map(|i| i.country),
            (_, place) => place.map(|p| p.country),
        };
        let number = located.filter(|_| own_place.is_some()).map(|l| l.place);
        let name_en = number.and_then(|place| countries?.label(place));
        // `Berg'in` is Berg.
        let name = reading.text.slice(tokens.clone());
        let name = endings::bare(folder, name).unwrap_or(name);
        Entity {
            name: canonical(&kind, name),
            kind,
            name_en,
            salience: 0.0,
            wikidata,
            geonames: own_place.and_then(|p| (p.geonames != 0).then_some(p.geonames)),
            country: country.filter(|c| *c != [0; 2]),
            point: located.map(|l| GeoPoint { lat: l.lat, lon: l.lon }),
            list_id: None,
            mentions: group
                .mentions
                .iter()
                .map(|m| mention(readings[m.text].text, m.text, &m.name.tokens))
                .collect(),
        }
    }

    /// Adds what the lists have found to the entities, and gives their labels.
    fn listed(
        &self,
        layers: &[Layer<'_>],
        entities: &mut Vec<Entity>,
    ) -> BTreeMap<String, Vec<String>> {
        let mut custom: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut at: BTreeMap<usize, usize> = BTreeMap::new();
        for (text, layer) in layers.iter().enumerate() {
            for found in &layer.listed {
                let entry = self.lists.entry(found.entry);
                let entity = *at.entry(found.entry).or_insert_with(|| {
                    let labels = custom.entry(self.lists.name(entry.list).to_owned()).or_default();
                    let label = entry.label.as_ref().unwrap_or(&entry.name);
                    if !labels.contains(label) {
                        labels.push(label.clone());
                    }
                    entities.push(Entity {
                        kind: entry
                            .kind
                            .clone()
                            .unwrap_or_else(|| EntityKind::Other("LISTED".into())),
                        name: entry.name.clone(),
                        name_en: None,
                        salience: 0.0,
                        wikidata: entry.wikidata.clone(),
                        geonames: None,
                        country: None,
                        point: None,
                        list_id: entry.id.clone(),
                        mentions: Vec::new(),
                    });
                    entities.len() - 1
                });
                entities[entity].mentions.push(mention(layer.text, text, &found.tokens));
            }
        }
        custom
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

/// Which of a text's tokens some ranges cover.
fn covered<'a>(tokens: usize, ranges: impl Iterator<Item = &'a Range<usize>>) -> Vec<bool> {
    let mut covered = vec![false; tokens];
    for range in ranges {
        covered[range.clone()].fill(true);
    }
    covered
}

fn mention(text: &Text<'_>, at: usize, tokens: &Range<usize>) -> model::Mention {
    let bytes = text.bytes(tokens.clone());
    model::Mention {
        field: if at == 0 { Field::Title } else { Field::Body },
        span: text.span(bytes.clone()),
        text: text.text[bytes].to_owned(),
    }
}

/// A name as it is published: a legal form without its full stop, `Orme & Co` for `Orme & Co.`
fn canonical(kind: &EntityKind, name: &str) -> String {
    const FORMS: &[&str] = &["Co.", "Corp.", "Inc.", "Ltd."];
    let mut name = one_line(name);
    if *kind == EntityKind::Organisation && FORMS.iter().any(|form| name.ends_with(form)) {
        name.pop();
    }
    name
}

fn one_line(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Sets salience and sorts by it: how often, how early, and whether the headline names it.
fn rank(entities: &mut [Entity], document: &Document<'_>) {
    let length = document.body.tokens.last().map_or(1, |t| t.char_start + 1) as f32;
    for entity in entities.iter_mut() {
        let count = entity.mentions.len() as f32;
        let titled = entity.mentions.iter().any(|m| m.field == Field::Title);
        let early = entity
            .mentions
            .iter()
            .find(|m| m.field == Field::Body)
            .map_or(0.5, |m| 1.0 - m.span.start as f32 / length);
        // A place is where things happen more often than what the story is about.
        let weight = match &entity.kind {
            EntityKind::Place => 0.8,
            EntityKind::Other(kind) if kind == NATIONALITY || kind == PLACE_IN_NAME => 0.4,
            EntityKind::Person | EntityKind::Organisation | EntityKind::Other(_) => 1.0,
        };
        entity.salience = weight * (count.ln_1p() + early + if titled { 1.0 } else { 0.0 });
    }
    let most = entities.iter().map(|e| e.salience).fold(0.0, f32::max);
    for entity in entities.iter_mut() {
        entity.salience = (entity.salience / most * 1000.0).round() / 1000.0;
    }
    entities.sort_by(|a, b| b.salience.total_cmp(&a.salience));
}
