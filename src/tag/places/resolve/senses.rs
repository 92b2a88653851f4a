//! The readings of each place name in a story: its candidates, what speaks for each by itself (size, kind, container),
//! and how loudly the name votes on the others.
//!
//! At most 24 candidates are weighed. A candidate for which the name is only another name counts less where a town of
//! that very name is known. Pure; no names of places stand here.

use std::collections::BTreeMap;

use super::{Country, METROPOLIS, SHADOW, Toponym, Weights};
use crate::tag::places::gazetteer::{Class, Gazetteer, Place};

/// Most candidates of a name that are weighed: those that are likeliest by themselves.
const MOST: usize = 24;
/// Fewest people of a town whose own name is not a larger one's other name.
const OWN_NAME: u32 = 50_000;
/// How many times larger a place must be to be meant by another name in spite of that.
const LARGER: u32 = 20;
/// Fewest people of a city of Europe that others are called after.
const OLD_CITY: u32 = 100_000;
/// Kilometres at which a place is half as near as one at the same spot.
const HALF: f64 = 60.0;

/// The candidates of one spelling with one container, and the belief in each.
pub(super) struct Sense {
    pub(super) candidates: Vec<u32>,
    pub(super) aliases: Vec<u32>,
    /// What each candidate scores by itself.
    pub(super) scores: Vec<f64>,
    pub(super) beliefs: Vec<f64>,
    /// Where each candidate is on the unit sphere; `None` for what is too large to be near.
    pub(super) points: Vec<Option<[f64; 3]>>,
    pub(super) containers: Vec<u32>,
    pub(super) weight: f64,
    /// How loudly it votes in this round.
    pub(super) voice: f64,
    /// Whether it stands in a list of towns, or in a story of another language.
    pub(super) listed: bool,
    /// Whether the words beside one of its mentions are of a town's life.
    pub(super) local: bool,
    /// What speaks against each candidate for the name that a country or a great city has, too.
    pub(super) greats: Vec<f64>,
    /// Toponyms of this sense, by index.
    pub(super) members: Vec<usize>,
}

/// Many mentions say more than one, but not that many times more.
pub(super) fn voice(weight: f64) -> f64 {
    weight.min(1.0) + weight.max(1.0).ln()
}

pub(super) fn senses(toponyms: &[Toponym]) -> Vec<Sense> {
    let mut by_name: BTreeMap<(u64, Vec<u32>), Sense> = BTreeMap::new();
    for (at, toponym) in toponyms.iter().enumerate() {
        let sense =
            by_name.entry((toponym.name, toponym.containers.clone())).or_insert_with(|| Sense {
                candidates: toponym.candidates.clone(),
                aliases: toponym.aliases.clone(),
                scores: Vec::new(),
                beliefs: Vec::new(),
                points: Vec::new(),
                containers: toponym.containers.clone(),
                weight: 0.0,
                voice: 0.0,
                listed: false,
                local: false,
                greats: Vec::new(),
                members: Vec::new(),
            });
        sense.listed |= toponym.listed || toponym.abroad;
        sense.local |= toponym.local;
        sense.weight += toponym.weight;
        sense.members.push(at);
    }
    // A bare name takes the sense that its container is given for elsewhere, if there is only one.
    let mut merged: Vec<Sense> = Vec::new();
    let mut group: Vec<Sense> = Vec::new();
    let mut name = None;
    for ((spelling, _), sense) in by_name {
        if name != Some(spelling) {
            flush(&mut group, &mut merged);
            name = Some(spelling);
        }
        group.push(sense);
    }
    flush(&mut group, &mut merged);
    merged
}

/// Joins a bare sense (first, by order of keys) to the only contained one.
fn flush(group: &mut Vec<Sense>, merged: &mut Vec<Sense>) {
    if group.len() == 2 && group[0].containers.is_empty() {
        let bare = group.remove(0);
        group[0].weight += bare.weight;
        group[0].listed |= bare.listed;
        group[0].local |= bare.local;
        group[0].members.extend(bare.members);
    }
    merged.append(group);
}

/// Countries whose cities were called after those of Europe.
pub(super) fn is_new(country: Country) -> bool {
    const NEW: [&Country; 6] = [b"US", b"CA", b"AU", b"NZ", b"ZA", b"JM"];
    NEW.contains(&&country)
}

/// Whether a place is in Europe, about.
fn is_old(place: &Place) -> bool {
    (35.0..72.0).contains(&place.lat) && (-25.0..45.0).contains(&place.lon)
}

fn own_score(gazetteer: &Gazetteer, candidate: u32, containers: &[u32], weights: &Weights) -> f64 {
    let place = gazetteer.place(candidate);
    let prominence = match place.class {
        Class::Country => weights.prominence,
        Class::Region => weights.prominence * weights.region,
        Class::Division => weights.division_prominence,
        Class::County | Class::City | Class::Demonym => 0.0,
    };
    let population = match place.class {
        // A county of nobody that is known here is about as large as a small city.
        Class::County => f64::from(place.population.max(20_000)),
        // What a division is known by is its name, not its people.
        Class::Division | Class::Country | Class::Region => 500_000.0,
        Class::City | Class::Demonym => f64::from(place.population.max(300)),
    };
    let inside = containers.iter().any(|c| {
        let container = gazetteer.place(*c);
        candidate != *c
            && container.country == place.country
            && (container.division == 0 || container.division == place.division)
    });
    let contained = if inside { weights.container } else { 0.0 };
    let world = place.class == Class::City && place.population >= METROPOLIS;
    let prominence = prominence + if world { weights.world } else { 0.0 };
    prominence + weights.population * population.ln() + contained
}

impl Sense {
    /// Scores the candidates by themselves and keeps the likeliest.
    pub(super) fn weigh(&mut self, gazetteer: &Gazetteer, weights: &Weights) {
        let metropolis = self
            .candidates
            .iter()
            .map(|c| gazetteer.place(*c))
            .any(|place| place.class == Class::City && place.population >= METROPOLIS);
        let called = self.called(gazetteer);
        let score = |c: u32| {
            let place = gazetteer.place(c);
            let overshadowed = metropolis && place.class == Class::Division;
            let borrowed = self.aliases.contains(&c) && place.population / LARGER < called;
            own_score(gazetteer, c, &self.containers, weights)
                - if overshadowed { weights.metropolis } else { 0.0 }
                - if borrowed { weights.alias } else { 0.0 }
        };
        let mut scored: Vec<(f64, u32)> = self.candidates.iter().map(|&c| (score(c), c)).collect();
        scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        scored.truncate(MOST);
        (self.scores, self.candidates) = scored.into_iter().unzip();
        self.greats = self.greats(gazetteer, weights);
        let first: Vec<f64> = self.scores.iter().map(|s| s * weights.first).collect();
        self.beliefs = softmax(&first);
        let point = |c: &u32| point(&gazetteer.place(*c));
        self.points = self.candidates.iter().map(point).collect();
    }

    /// What speaks against each candidate that is a town or a county and has the name of a country, or of a city abroad many
    /// times larger.
    fn greats(&self, gazetteer: &Gazetteer, weights: &Weights) -> Vec<f64> {
        let own = || self.candidates.iter().filter(|c| !self.aliases.contains(c));
        let places = || own().map(|c| gazetteer.place(*c));
        let is_country = places().any(|place| place.class == Class::Country);
        let cities =
            || places().filter(|p| p.class == Class::City && p.population >= weights.great_least);
        let largest = cities().max_by_key(|place| place.population);
        let country = largest.as_ref().map(|place| place.country);
        let abroad =
            cities().filter(|p| Some(p.country) != country).max_by_key(|place| place.population);
        let against = |c: &u32| {
            let place = gazetteer.place(*c);
            if !matches!(place.class, Class::City | Class::County) {
                return 0.0;
            }
            if is_country {
                return weights.great_land;
            }
            let rival = if Some(place.country) == country { &abroad } else { &largest };
            let is_small =
                rival.as_ref().is_some_and(|city| place.population < city.population / SHADOW);
            if is_small { weights.great_city } else { 0.0 }
        };
        self.candidates.iter().map(against).collect()
    }

    /// People of the largest place that is called by this name first, if it is no small town.
    fn called(&self, gazetteer: &Gazetteer) -> u32 {
        let own = self.candidates.iter().filter(|c| !self.aliases.contains(c));
        let people = own.map(|c| gazetteer.place(*c)).map(|place| match place.class {
            Class::City => place.population,
            Class::County | Class::Demonym => 0,
            Class::Country | Class::Division | Class::Region => u32::MAX,
        });
        people.filter(|people| *people >= OWN_NAME).max().unwrap_or_default()
    }

    /// People of the largest city of Europe that is called by this name first, if it is a large one.
    pub(super) fn old(&self, gazetteer: &Gazetteer) -> u32 {
        let own = self.candidates.iter().filter(|c| !self.aliases.contains(c));
        let people = own
            .map(|c| gazetteer.place(*c))
            .filter(|place| place.class == Class::City && !is_new(place.country) && is_old(place));
        people.map(|place| place.population).filter(|p| *p >= OLD_CITY).max().unwrap_or_default()
    }

    /// The candidate that is believed most; of equals the first.
    pub(super) fn best(&self) -> Option<u32> {
        let beliefs = self.beliefs.iter().enumerate();
        let best = beliefs.max_by(|a, b| a.1.total_cmp(b.1).then(b.0.cmp(&a.0)));
        best.map(|(at, _)| self.candidates[at])
    }

    /// How much of this sense's vote goes to places near a point.
    pub(super) fn near(&self, point: [f64; 3]) -> f64 {
        let near = |other: &Option<[f64; 3]>| other.map_or(0.0, |other| nearness(point, other));
        self.points.iter().zip(&self.beliefs).map(|(p, belief)| near(p) * belief).sum::<f64>()
            * self.voice
    }

    /// How loudly it votes: by its mentions, and by how sure it is of its place.
    pub(super) fn set_voice(&mut self, weights: &Weights) {
        let surest = self.beliefs.iter().copied().fold(0.0, f64::max);
        let certain = if self.candidates.len() == 1 { weights.certain } else { 1.0 };
        self.voice = voice(self.weight) * surest.powf(weights.sure) * certain;
    }
}

/// A settlement's or a county's place on the unit sphere.
fn point(place: &Place) -> Option<[f64; 3]> {
    let (lat, lon) = (place.lat.to_radians(), place.lon.to_radians());
    matches!(place.class, Class::City | Class::County)
        .then(|| [lat.cos() * lon.cos(), lat.cos() * lon.sin(), lat.sin()])
}

/// From 1 at the same spot towards 0.
fn nearness(one: [f64; 3], other: [f64; 3]) -> f64 {
    const EARTH: f64 = 6371.0;
    let chord: f64 = one.iter().zip(&other).map(|(a, b)| (a - b) * (a - b)).sum();
    1.0 / (1.0 + chord * (EARTH / HALF) * (EARTH / HALF))
}

pub(super) fn softmax(scores: &[f64]) -> Vec<f64> {
    let max = scores.iter().fold(f64::MIN, |a, b| a.max(*b));
    let powers: Vec<f64> = scores.iter().map(|s| (s - max).exp()).collect();
    let sum: f64 = powers.iter().sum();
    powers.into_iter().map(|p| p / sum).collect()
}
