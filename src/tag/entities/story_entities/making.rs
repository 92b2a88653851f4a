//! Entities of what was found: names with what is known of them, peoples of countries, places inside names, and what the
//! configuration lists.

use std::{borrow::Cow, collections::BTreeMap, ops::Range};

use super::{Finder, Layer, covered};
use crate::model::{self, Entity, EntityKind, Field, GeoPoint, LanguageCode};
use crate::punctuation::is_dash;
use crate::tag::{
    Document, Text,
    document::{Splitting, one_line},
    english,
    entities::{
        Name, Reading, english_names,
        entity_base::phrase,
        grouping::Group,
        labels::NameKind,
        linker::{self, Link},
        name_context,
        nominatives::nominative,
        trades,
    },
    places::{
        context::is_of_wider_people,
        countries::Countries,
        endings,
        gazetteer::{Class, Match, Place},
        nationalities::in_english,
        story_places::{Inside, Located},
    },
    word_keys::keys,
};

/// The type of entities such as `Ukrainian`.
const NATIONALITY: &str = "NATIONALITY";
/// The type of the place in `Orland Fire Department`.
const PLACE_IN_NAME: &str = "PLACE_IN_NAME";

impl Finder {
    /// What the people of a country are called, outside of names: entities of their own type, which
    /// tell the country, by its GeoNames id too, and are not places.
    pub(super) fn nationalities(
        &self,
        layers: &[Layer<'_>],
        names: &[Vec<Name>],
        english: bool,
    ) -> Vec<Entity> {
        let mut found: Vec<Entity> = Vec::new();
        for (at, (layer, names)) in layers.iter().zip(names).enumerate() {
            let names = names.iter().filter(|n| n.kind != NameKind::Other).map(|n| &n.tokens);
            let taken =
                covered(layer.keys.len(), names.chain(layer.listed.iter().map(|l| &l.tokens)));
            let free = |m: &&Match| {
                !taken[m.tokens.clone()].contains(&true)
                    && !name_context::is_called_after(layer.text, &m.tokens)
                    && !is_of_wider_people(layer.text, &m.tokens)
                    && !name_context::is_tongue(layer.text, &m.tokens)
            };
            for one in layer.matches.iter().filter(free) {
                let mut places = one.places.iter().map(|p| self.gazetteer.place(*p));
                let Some(people) = places.find(|p| p.class == Class::Demonym) else { continue };
                let mention = mention(layer.text, at, &one.tokens);
                match found.iter_mut().find(|e| e.country == Some(people.country)) {
                    Some(entity) => entity.mentions.push(mention),
                    None => found.push(Entity {
                        kind: EntityKind::Other(NATIONALITY.to_owned()),
                        name: one_line(&mention.text),
                        name_en: in_english(people.country).filter(|_| !english).map(Cow::Borrowed),
                        salience: 0.0,
                        wikidata: None,
                        geonames: (people.geonames != 0).then_some(people.geonames),
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
    pub(super) fn places_in_names(&self, layers: &[Layer<'_>], insides: &[Inside]) -> Vec<Entity> {
        let mut found: BTreeMap<u32, Entity> = BTreeMap::new();
        for Inside { text, tokens, located } in insides {
            let mention = mention(layers[*text].text, *text, tokens);
            let place = self.gazetteer.place(located.place);
            let entity = found.entry(located.place).or_insert_with(|| Entity {
                kind: EntityKind::Other(PLACE_IN_NAME.to_owned()),
                name: one_line(&mention.text),
                name_en: None,
                salience: 0.0,
                wikidata: self.item_of(&place),
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

    pub(super) fn entity(
        &self,
        readings: &[Reading<'_>],
        layers: &[Layer<'_>],
        (folder, countries): (&str, Option<&Countries>),
        group: &Group<'_>,
        link: Option<&Link>,
    ) -> Entity {
        let item = link.map(|link| link.item);
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
            Some(place) => self.item_of(&place).filter(|_| {
                let mut mentions = group.mentions.iter();
                place.class != Class::City
                    || !mentions.all(|m| self.is_around(&readings[m.text], &m.name.tokens, located))
            }),
            None => group
                .mentions
                .iter()
                .find_map(|m| {
                    self.known.item(group.kind, &readings[m.text].keys[m.name.tokens.clone()])
                })
                .filter(|_| {
                    group.kind != NameKind::Person
                        || !linker::is_namesake(readings, group, (trades::PUBLIC, f32::MAX), || {
                            linker::is_of_match(readings)
                        })
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
        // `Berg'in` is Berg.
        let name = reading.text.slice(tokens.clone());
        let name = endings::bare(folder, name).unwrap_or(name);
        let name = self.without_prefix(folder, countries, name, located.map(|l| l.place), &kind);
        let linked_by = link.and_then(|link| link.name.as_deref());
        let of_person = Some(name).filter(|_| kind == EntityKind::Person && linked_by.is_none());
        let in_nominative = of_person.and_then(|name| nominative(folder, name));
        let name = linked_by.or(in_nominative.as_deref()).unwrap_or(name);
        let name = canonical(&kind, name);
        let number = located.filter(|_| own_place.is_some()).map(|l| l.place);
        let in_english = || match number {
            Some(place) => countries
                .and_then(|countries| countries.label(place))
                .or_else(|| english_names::of_city(self.gazetteer.place(place).geonames))
                .map(Cow::Borrowed),
            None => self.item_in_english(readings, group, wikidata.as_deref()?, &name),
        };
        let name_en = if folder == LanguageCode::EN.as_str() { None } else { in_english() };
        Entity {
            name,
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

    /// The item of a place: the gazetteer's, else that of a city by its GeoNames id.
    fn item_of(&self, place: &Place) -> Option<String> {
        let own = (place.wikidata != 0).then_some(place.wikidata);
        let listed = || self.items.item(place.geonames).filter(|_| place.class == Class::City);
        own.or_else(listed).map(|number| format!("Q{number}"))
    }

    /// Whether a city's name tells of what is around the city, by a word in it or behind it: `Suburban Orland`, `Orland province`.
    fn is_around(&self, reading: &Reading<'_>, name: &Range<usize>, city: Option<Located>) -> bool {
        let text = reading.text;
        let is_called = || {
            let places = self.gazetteer.exact(text, reading.keys, name.clone());
            city.is_some_and(|city| places.contains(&city.place))
        };
        let is_word = |at: usize| english::AROUND_CITIES.contains_any_case(text.word(at));
        english::AROUND_CITIES.contains(text.word_or_empty(name.end))
            || name.len() > 1 && name.clone().any(is_word) && !is_called()
    }

    /// A name without the small word that is written together with it (`tokens.txt`), where that is no part of it: a place's
    /// that is called so without, and somebody's whose first word is a first name without.
    fn without_prefix<'n>(
        &self,
        folder: &str,
        countries: Option<&Countries>,
        name: &'n str,
        place: Option<u32>,
        kind: &EntityKind,
    ) -> &'n str {
        let splitting = Splitting::of(folder);
        if splitting.prefixes().next().is_none() {
            return name;
        }
        let mut bare = splitting.prefixes().filter_map(|prefix| name.strip_prefix(prefix));
        if *kind == EntityKind::Person {
            let is_first = |name: &str| {
                let text = Text::split(name, splitting);
                keys(&text).first().is_some_and(|key| self.recognisers.is_first_name(*key))
            };
            return if is_first(name) { name } else { bare.find(|b| is_first(b)).unwrap_or(name) };
        }
        let Some(place) = place else { return name };
        let is_called = |name: &str| {
            let text = Text::split(name, splitting);
            let keys = keys(&text);
            let listed = countries.and_then(|countries| countries.whole(name)) == Some(place);
            listed
                || !keys.is_empty()
                    && self.gazetteer.exact(&text, &keys, 0..keys.len()).contains(&place)
        };
        if is_called(name) { name } else { bare.find(|b| is_called(b)).unwrap_or(name) }
    }

    /// The English name of the item that a group is: the list's, else its own name where the base has the item by it first.
    fn item_in_english(
        &self,
        readings: &[Reading<'_>],
        group: &Group<'_>,
        wikidata: &str,
        name: &str,
    ) -> Option<Cow<'static, str>> {
        let number = wikidata.strip_prefix('Q')?.parse().ok()?;
        if let Some(listed) = english_names::of_item(number) {
            return Some(Cow::Borrowed(listed));
        }
        let fullest = &group.mentions[group.fullest];
        let keys = &readings[fullest.text].keys[fullest.name.tokens.clone()];
        let mut items = self.base.items(phrase(keys));
        let latin = name.chars().all(|c| c < '\u{250}' || ('\u{1e00}'..'\u{2100}').contains(&c));
        let first = latin && items.any(|(item, main)| main && item.number == number);
        first.then(|| Cow::Owned(name.to_owned()))
    }

    /// Adds what the lists have found to the entities, and gives their labels.
    pub(super) fn listed(
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
    let mut name = one_line(name);
    if *kind == EntityKind::Organisation
        && english::STOPPED_FORMS.iter().any(|form| name.ends_with(form))
    {
        name.pop();
    }
    name
}

/// `(AP)` of a dateline: who sent the story is not what it is about.
fn is_credit(document: &Document<'_>, mention: &model::Mention) -> bool {
    const HEAD: u32 = 80;
    let text = &document.body;
    let first = text.tokens.partition_point(|t| t.char_start < mention.span.start);
    let last = text.tokens.partition_point(|t| t.char_start < mention.span.end);
    mention.field == Field::Body
        && mention.span.start < HEAD
        && first > 0
        && text.word(first - 1) == "("
        && text.word_or_empty(last) == ")"
        && is_dash(text.word_or_empty(last + 1))
}

/// Sets salience and sorts by it: how often, how early, and whether the headline names it.
pub(super) fn rank(entities: &mut [Entity], document: &Document<'_>) {
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
            _ if entity.mentions.iter().all(|m| is_credit(document, m)) => 0.1,
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
