//! Which place a name means: by the other places of the story.
//!
//! Every name votes, softly and by its candidates, for countries, for first-level divisions and for
//! what is near; names of countries, divisions and peoples vote with certainty; then every name
//! takes the candidate that its own size and all other names' votes favour most (a few rounds of
//! this). One name means one place in one story, unless its container is named with it (`Paris,
//! Texas`).

use std::collections::{BTreeMap, HashMap, HashSet};

use super::gazetteer::{Class, Gazetteer, Place};

/// A name of the story, with what it may mean.
#[derive(Clone, Debug)]
pub struct Toponym {
    /// Its spelling, by key; names of one spelling are one.
    pub name: u64,
    /// Candidate places.
    pub candidates: Vec<u32>,
    /// Those of them that are called otherwise first.
    pub aliases: Vec<u32>,
    /// Places that the text names as containing it.
    pub containers: Vec<u32>,
    /// How much it votes: 1 for a mention of a place.
    pub weight: f64,
    /// Whether it is a part of a longer name: `Orland` in `Orland Bridge`.
    pub part: bool,
    /// Whether it stands in a list of towns.
    pub listed: bool,
    /// Whether the story is no English one, so that its news is less likely to be of an English-speaking town.
    pub abroad: bool,
}

/// Rounds of voting.
const ROUNDS: usize = 4;
/// Most candidates of a name that are weighed: those that are likeliest by themselves.
const MOST: usize = 24;
/// Fewest people of a city that is what its name means even where a division has it too.
const METROPOLIS: u32 = 1_000_000;
/// Fewest people of a town whose own name is not a larger one's other name.
const OWN_NAME: u32 = 50_000;
/// How many times larger a place must be to be meant by another name in spite of that.
const LARGER: u32 = 20;
/// Fewest people of a city of Europe that others are called after.
const OLD_CITY: u32 = 100_000;
/// How many times larger one of the New World must be to be meant first in spite of that.
const NAMESAKE: u32 = 2;
/// Fewest people of a city that overshadows others of its name, and how many times larger than these it is.
const SHADOWING: u32 = 500_000;
const SHADOW: u32 = 8;
/// A share of votes that only rounding makes.
const NOTHING: f64 = 1e-6;
/// Kilometres at which a place is half as near as one at the same spot.
const HALF: f64 = 60.0;

/// How evidence is weighed: fitted by random search on local news of the United States, Wikinews of the whole
/// world and lists of large cities together. The sums are flat around these: settings drawn at random differ by a
/// few points in a hundred, and what does better on either half of a set does better on the other.
#[derive(Clone, Copy, Debug)]
pub struct Weights {
    /// Of the logarithm of the population.
    pub population: f64,
    /// Of the logarithm of the share of votes for the same division.
    pub division: f64,
    /// Of the logarithm of the share of votes for the same country.
    pub country: f64,
    /// Of the logarithm of the share of votes for what is near.
    pub near: f64,
    /// Smoothing of the shares.
    pub floor: f64,
    /// For countries.
    pub prominence: f64,
    /// For divisions.
    pub division_prominence: f64,
    /// Against a division that shares its name with a metropolis or a capital: `New York`.
    pub metropolis: f64,
    /// For a candidate inside a container that the text names.
    pub container: f64,
    /// How much quieter a name votes that is not sure of its place: the power of its best belief.
    pub sure: f64,
    /// How much a name's own size says before any vote is heard.
    pub first: f64,
    /// How much louder a name votes that can mean only one place.
    pub certain: f64,
    /// What a region has of a country's prominence, as a factor.
    pub region: f64,
    /// Votes that are for no place.
    pub smooth: f64,
    /// For a city of a million people or more, and a capital: news of the whole world names it.
    pub world: f64,
    /// For a place in a country that the story names, or whose people it names.
    pub told: f64,
    /// Against a division that shares its name with a country, where nothing speaks for the division's own.
    pub unheard: f64,
    /// Against a division that shares its name with a capital or another city of millions, where nothing in the
    /// story is in the division.
    pub undivided: f64,
    /// Against a place that is called otherwise first, where another is called so and is not much smaller.
    pub alias: f64,
    /// Against a city that a large one overshadows by name, outside of the countries that the story names.
    pub shadow: f64,
    /// Against a city of the New World that is called as a large one of Europe is, and is not much larger.
    pub namesake: f64,
    /// Share of votes for a country at which nothing of these two is left.
    pub heard: f64,
}

impl Default for Weights {
    fn default() -> Self {
        Self {
            world: 0.687,
            told: 1.0,
            unheard: 1.0,
            undivided: 1.6,
            alias: 3.0,
            shadow: 4.0,
            namesake: 1.5,
            heard: 0.8,
            certain: 2.293,
            region: 1.311,
            smooth: 0.779,
            population: 0.519,
            division: 1.077,
            country: 0.295,
            near: 2.191,
            floor: 0.0392,
            prominence: 3.106,
            division_prominence: 3.69,
            metropolis: 0.641,
            container: 12.0,
            sure: 1.014,
            first: 1.346,
        }
    }
}

type Country = [u8; 2];

/// Votes for countries and divisions.
#[derive(Debug, Default)]
struct Ballot {
    countries: HashMap<Country, f64>,
    divisions: HashMap<u16, f64>,
    total: f64,
}

impl Ballot {
    fn add(&mut self, place: &Place, weight: f64) {
        if place.country != [0; 2] {
            *self.countries.entry(place.country).or_default() += weight;
        }
        if place.division != 0 {
            *self.divisions.entry(place.division).or_default() += weight;
        }
        self.total += weight;
    }

    fn country(&self, country: Country) -> f64 {
        self.countries.get(&country).copied().unwrap_or_default()
    }

    fn division(&self, division: u16) -> f64 {
        if division == 0 { 0.0 } else { self.divisions.get(&division).copied().unwrap_or_default() }
    }
}

/// The candidates of one spelling with one container, and the belief in each.
struct Sense {
    candidates: Vec<u32>,
    aliases: Vec<u32>,
    /// What each candidate scores by itself.
    scores: Vec<f64>,
    beliefs: Vec<f64>,
    /// Where each candidate is on the unit sphere; `None` for what is too large to be near.
    points: Vec<Option<[f64; 3]>>,
    containers: Vec<u32>,
    weight: f64,
    /// How loudly it votes in this round.
    voice: f64,
    /// Whether it stands in a list of towns, or in a story of another language.
    listed: bool,
    /// Toponyms of this sense, by index.
    members: Vec<usize>,
}

/// The place of each toponym. `home` is the country of the publisher, where known.
#[must_use]
pub fn resolve(
    gazetteer: &Gazetteer,
    toponyms: &[Toponym],
    peoples: &[(Country, f64)],
    home: Option<Country>,
    weights: &Weights,
) -> Vec<Option<u32>> {
    let mut senses = senses(toponyms);
    for sense in &mut senses {
        sense.weigh(gazetteer, weights);
    }
    let told = told(gazetteer, &senses, peoples);
    let abroad = toponyms.iter().any(|toponym| toponym.abroad);
    let spread = if abroad { 1.0 } else { spread(gazetteer, &senses) };
    let weights = &Weights {
        shadow: weights.shadow * (2.0 * spread).min(1.0),
        namesake: weights.namesake * (2.0 * spread).min(1.0),
        ..*weights
    };
    for _ in 0..ROUNDS {
        for sense in &mut senses {
            sense.set_voice(weights);
        }
        let mut all = Ballot::default();
        for (country, weight) in peoples {
            *all.countries.entry(*country).or_default() += weight;
            all.total += weight;
        }
        if let Some(home) = home {
            *all.countries.entry(home).or_default() += 1.0;
            all.total += 1.0;
        }
        for sense in &senses {
            let voice = sense.voice;
            for (candidate, belief) in sense.candidates.iter().zip(&sense.beliefs) {
                all.add(&gazetteer.place(*candidate), belief * voice);
            }
        }
        let next: Vec<Vec<f64>> = (0..senses.len())
            .map(|at| beliefs(gazetteer, &senses, at, (&all, &told), weights))
            .collect();
        for (sense, beliefs) in senses.iter_mut().zip(next) {
            sense.beliefs = beliefs;
        }
    }
    let mut resolved = vec![None; toponyms.len()];
    for sense in senses {
        let best =
            sense.beliefs.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1).then(b.0.cmp(&a.0)));
        for member in sense.members {
            resolved[member] = best.map(|(i, _)| sense.candidates[i]);
        }
    }
    resolved
}

/// The countries that a story names without doubt, by their names or their peoples'.
fn told(gazetteer: &Gazetteer, senses: &[Sense], peoples: &[(Country, f64)]) -> HashSet<Country> {
    let countries = senses.iter().filter_map(|sense| match sense.candidates[..] {
        [only] => Some(gazetteer.place(only)).filter(|place| place.class == Class::Country),
        _ => None,
    });
    countries.map(|place| place.country).chain(peoples.iter().map(|(c, _)| *c)).collect()
}

/// How many countries the likeliest places of the story's names are in, before any vote: 0 for one, towards 1 for many.
fn spread(gazetteer: &Gazetteer, senses: &[Sense]) -> f64 {
    let mut countries: HashMap<Country, f64> = HashMap::new();
    for sense in senses {
        let likeliest =
            sense.beliefs.iter().zip(&sense.candidates).max_by(|a, b| a.0.total_cmp(b.0));
        let Some((belief, place)) = likeliest else { continue };
        let place = gazetteer.place(*place);
        if place.country != [0; 2] {
            *countries.entry(place.country).or_default() += belief * voice(sense.weight);
        }
    }
    let total: f64 = countries.values().sum();
    if total <= 0.0 {
        0.0
    } else {
        1.0 - countries.values().map(|c| (c / total).powi(2)).sum::<f64>()
    }
}

/// Many mentions say more than one, but not that many times more.
fn voice(weight: f64) -> f64 {
    weight.min(1.0) + weight.max(1.0).ln()
}

fn senses(toponyms: &[Toponym]) -> Vec<Sense> {
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
                members: Vec::new(),
            });
        sense.listed |= toponym.listed || toponym.abroad;
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
        group[0].members.extend(bare.members);
    }
    merged.append(group);
}

/// Countries whose cities were called after those of Europe.
fn is_new(country: Country) -> bool {
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
    fn weigh(&mut self, gazetteer: &Gazetteer, weights: &Weights) {
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
        let first: Vec<f64> = self.scores.iter().map(|s| s * weights.first).collect();
        self.beliefs = softmax(&first);
        let point = |c: &u32| point(&gazetteer.place(*c));
        self.points = self.candidates.iter().map(point).collect();
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
    fn old(&self, gazetteer: &Gazetteer) -> u32 {
        let own = self.candidates.iter().filter(|c| !self.aliases.contains(c));
        let people = own
            .map(|c| gazetteer.place(*c))
            .filter(|place| place.class == Class::City && !is_new(place.country) && is_old(place));
        people.map(|place| place.population).filter(|p| *p >= OLD_CITY).max().unwrap_or_default()
    }

    /// How much of this sense's vote goes to places near a point.
    fn near(&self, point: [f64; 3]) -> f64 {
        let near = |other: &Option<[f64; 3]>| other.map_or(0.0, |other| nearness(point, other));
        self.points.iter().zip(&self.beliefs).map(|(p, belief)| near(p) * belief).sum::<f64>()
            * self.voice
    }

    /// How loudly it votes: by its mentions, and by how sure it is of its place.
    fn set_voice(&mut self, weights: &Weights) {
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

/// The belief in each candidate of one of the senses, by all votes.
fn beliefs(
    gazetteer: &Gazetteer,
    senses: &[Sense],
    at: usize,
    (all, told): (&Ballot, &HashSet<Country>),
    weights: &Weights,
) -> Vec<f64> {
    let sense = &senses[at];
    if let [_] = sense.candidates[..] {
        return vec![1.0];
    }
    // A sense must not vote for itself.
    let mut own = Ballot::default();
    let voice = sense.voice;
    for (candidate, belief) in sense.candidates.iter().zip(&sense.beliefs) {
        own.add(&gazetteer.place(*candidate), belief * voice);
    }
    let is_country = |c: &u32| gazetteer.place(*c).class == Class::Country;
    let names_country = sense.candidates.iter().any(is_country);
    let is_metropolis = |c: &u32| {
        let place = gazetteer.place(*c);
        place.class == Class::City && place.population >= METROPOLIS
    };
    let names_metropolis =
        sense.candidates.iter().any(|c| is_metropolis(c) && !sense.aliases.contains(c));
    let largest = sense
        .candidates
        .iter()
        .filter(|c| !sense.aliases.contains(c))
        .map(|c| gazetteer.place(*c))
        .filter(|place| place.class == Class::City && place.population >= SHADOWING)
        .map(|place| place.population)
        .max()
        .unwrap_or_default();
    let old = sense.old(gazetteer);
    let rest = (all.total - own.total).max(0.0) + weights.smooth;
    let others = || senses.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, s)| s);
    let scores: Vec<f64> = sense
        .candidates
        .iter()
        .zip(&sense.points)
        .zip(&sense.scores)
        .map(|((candidate, point), score)| {
            let place = gazetteer.place(*candidate);
            let country = (all.country(place.country) - own.country(place.country)).max(0.0) / rest;
            let division =
                (all.division(place.division) - own.division(place.division)).max(0.0) / rest;
            // What has no spot of its own is near to what is in it.
            let near = point.map_or(division, |p| others().map(|s| s.near(p)).sum::<f64>() / rest);
            let is_unheard =
                names_country && place.class == Class::Division && country <= f64::EPSILON;
            let unheard = if is_unheard { weights.unheard } else { 0.0 };
            let is_undivided =
                names_metropolis && place.class == Class::Division && division < NOTHING;
            let undivided = if is_undivided { weights.undivided } else { 0.0 };
            let told = if told.contains(&place.country) { weights.told } else { 0.0 };
            let is_shadowed = sense.listed
                && place.class == Class::City
                && told <= 0.0
                && place.population < largest / SHADOW
                && sense.containers.is_empty();
            // What is said in the story of the place's country speaks for it.
            let doubt = (1.0 - country / weights.heard).max(0.0);
            let shadow = if is_shadowed { weights.shadow } else { 0.0 };
            let is_younger = sense.listed
                && place.class == Class::City
                && is_new(place.country)
                && told <= 0.0
                && sense.containers.is_empty()
                && place.population / NAMESAKE < old;
            let namesake = if is_younger { weights.namesake } else { 0.0 };
            score + told - unheard - undivided - (shadow + namesake) * doubt
                + weights.country * (country + weights.floor).ln()
                + weights.division * (division + weights.floor).ln()
                + weights.near * (near + weights.floor).ln()
        })
        .collect();
    softmax(&scores)
}

fn softmax(scores: &[f64]) -> Vec<f64> {
    let max = scores.iter().fold(f64::MIN, |a, b| a.max(*b));
    let powers: Vec<f64> = scores.iter().map(|s| (s - max).exp()).collect();
    let sum: f64 = powers.iter().sum();
    powers.into_iter().map(|p| p / sum).collect()
}

#[cfg(test)]
mod tests {
    use super::super::gazetteer::build;
    use super::*;

    /// Paris in France (0) and in Texas (1); Texas (2), France (3), Dallas (4).
    fn gazetteer() -> Gazetteer {
        let place = |class, country: &[u8; 2], division, population, lat| Place {
            geonames: 1,
            wikidata: 0,
            class,
            country: *country,
            division,
            lat,
            lon: 0.0,
            population,
        };
        let places = [
            place(Class::City, b"FR", 1, 2_138_551, 48.9),
            place(Class::City, b"US", 2, 25_000, 33.7),
            place(Class::Division, b"US", 2, 28_000_000, 31.3),
            place(Class::Country, b"FR", 0, 67_000_000, 46.0),
            place(Class::City, b"US", 2, 1_300_000, 32.8),
        ];
        Gazetteer::from_bytes(build(&places, &[("Paris".into(), 0)], &[])).unwrap()
    }

    fn name(name: u64, candidates: &[u32], containers: &[u32]) -> Toponym {
        Toponym {
            name,
            candidates: candidates.to_vec(),
            aliases: Vec::new(),
            containers: containers.to_vec(),
            weight: 1.0,
            part: false,
            listed: false,
            abroad: false,
        }
    }

    fn resolved(toponyms: &[Toponym]) -> Vec<Option<u32>> {
        resolve(&gazetteer(), toponyms, &[], None, &Weights::default())
    }

    #[test]
    fn a_bare_name_is_its_largest_place() {
        assert_eq!(resolved(&[name(1, &[0, 1], &[])]), [Some(0)]);
    }

    #[test]
    fn people_of_a_country_speak_for_its_places() {
        let toponyms = [name(1, &[0, 1], &[])];
        let told = |country: &[u8; 2]| {
            let peoples = [(*country, 1.0)];
            resolve(
                &gazetteer(),
                &toponyms,
                &peoples,
                None,
                &Weights { told: 9.0, ..Weights::default() },
            )
        };
        assert_eq!((told(b"US"), told(b"FR")), (vec![Some(1)], vec![Some(0)]));
    }

    #[test]
    fn what_is_called_otherwise_first_does_not_beat_what_is_called_so() {
        // Dallas is called so; that large Paris is too, by some.
        let mut borrowed = name(1, &[4, 0], &[]);
        borrowed.aliases = vec![0];
        assert_eq!(resolved(&[borrowed]), [Some(4)]);
        assert_eq!(resolved(&[name(1, &[4, 0], &[])]), [Some(0)]);
    }

    #[test]
    fn in_a_list_of_many_countries_the_large_city_overshadows_the_small() {
        // Near Dallas a town is the likelier one, but in a list with other countries' cities.
        let near = || [name(1, &[0, 1], &[]), name(2, &[4], &[])];
        let weights = Weights { shadow: 40.0, near: 9.0, heard: 4.0, ..Weights::default() };
        let of = |toponyms: &[Toponym]| resolve(&gazetteer(), toponyms, &[], None, &weights)[0];
        assert_eq!(of(&near()), Some(1));
        let mut listed = near();
        for toponym in &mut listed {
            toponym.listed = true;
        }
        assert_eq!(of(&listed), Some(0));
        let mut abroad = near();
        for toponym in &mut abroad {
            toponym.abroad = true;
        }
        assert_eq!(of(&abroad), Some(0));
    }

    #[test]
    fn a_container_in_the_text_decides_for_every_mention() {
        let toponyms = [name(1, &[0, 1], &[2]), name(1, &[0, 1], &[])];
        assert_eq!(resolved(&toponyms), [Some(1), Some(1)]);
    }

    #[test]
    fn the_other_places_of_the_story_vote() {
        let toponyms = [name(1, &[0, 1], &[]), name(2, &[2], &[]), name(3, &[4], &[])];
        assert_eq!(resolved(&toponyms)[0], Some(1));
        let toponyms = [name(1, &[0, 1], &[]), name(2, &[3], &[])];
        assert_eq!(resolved(&toponyms)[0], Some(0));
    }
}
