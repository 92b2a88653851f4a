//! Which place a name means: by the other places of the story.
//!
//! Every name votes, softly and by its candidates, for countries, for first-level divisions and for
//! what is near; names of countries, divisions and peoples vote with certainty; then every name
//! takes the candidate that its own size and all other names' votes favour most (a few rounds of
//! this). One name means one place in one story, unless its container is named with it (`Paris,
//! Texas`).

mod senses;
mod weights;

use foldhash::{HashMap, HashSet};

use super::gazetteer::{Class, Gazetteer, Place};
use senses::{Sense, is_new, senses, softmax, voice};
pub use weights::Weights;

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
    /// Whether the words beside it are of a town's life: `Orland residents`, `the city of Orland`.
    pub local: bool,
}

/// Rounds of voting.
const ROUNDS: usize = 4;
/// Fewest people of a city that is what its name means even where a division has it too.
const METROPOLIS: u32 = 1_000_000;
/// How many times larger one of the New World must be to be meant first in spite of that.
const NAMESAKE: u32 = 2;
/// Fewest people of a city that overshadows others of its name, and how many times larger than these it is.
const SHADOWING: u32 = 500_000;
const SHADOW: u32 = 8;
/// Fewest people of a city that is meant before towns of its name, and how many times larger than these it is.
const LARGE: u32 = 100_000;
const OUTGROWN: u32 = 5;
/// How many times larger than a hamlet of its own country a city of [`SHADOWING`] is that is meant in spite of what is near.
const DWARF: u32 = 50;
/// How many times larger than a hamlet abroad one is that is meant unless the story names the hamlet's country or division.
const GIANT: u32 = 500;
/// Fewest people of a town of the publisher's country that its news means by its name.
const HOME_TOWN: u32 = 20_000;
/// A share of votes that only rounding makes.
const NOTHING: f64 = 1e-6;

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
    let divisions = told_divisions(gazetteer, &senses);
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
            .map(|at| {
                beliefs(
                    gazetteer,
                    &senses,
                    at,
                    (&all, (&told, &divisions)),
                    (weights, abroad, home),
                )
            })
            .collect();
        for (sense, beliefs) in senses.iter_mut().zip(next) {
            sense.beliefs = beliefs;
        }
    }
    let mut resolved = vec![None; toponyms.len()];
    for sense in senses {
        let best = sense.best();
        for member in sense.members {
            resolved[member] = best;
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

/// The divisions that a story names without doubt: by their names, by a place in them, or as what contains another.
fn told_divisions(gazetteer: &Gazetteer, senses: &[Sense]) -> HashSet<u16> {
    let named = senses.iter().flat_map(|sense| match sense.candidates[..] {
        [only] => vec![only],
        _ => sense.containers.clone(),
    });
    named.map(|place| gazetteer.place(place).division).filter(|division| *division != 0).collect()
}

/// How many countries the likeliest places of the story's names are in, before any vote: 0 for one, towards 1 for many.
fn spread(gazetteer: &Gazetteer, senses: &[Sense]) -> f64 {
    let mut countries: HashMap<Country, f64> = HashMap::default();
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

/// The cities of a name that others of it are measured by.
struct Rivals {
    /// The largest that is called by the name first, of [`SHADOWING`] people and more.
    metropolis: Option<Place>,
    /// The largest of a country that the story names, of [`LARGE`] and more.
    told: Option<Place>,
    /// Whether the publisher's country has a town of the name.
    at_home: bool,
}

impl Rivals {
    fn of(
        gazetteer: &Gazetteer,
        sense: &Sense,
        told: &HashSet<Country>,
        home: Option<Country>,
    ) -> Self {
        let cities = |least: u32| {
            let own = sense.candidates.iter().filter(|c| !sense.aliases.contains(c));
            let places = own.map(|c| gazetteer.place(*c));
            places.filter(move |place| place.class == Class::City && place.population >= least)
        };
        let is_told = |place: &Place| told.contains(&place.country);
        let mut all = sense.candidates.iter().map(|c| gazetteer.place(*c));
        Self {
            metropolis: cities(SHADOWING).max_by_key(|place| place.population),
            told: cities(LARGE).filter(is_told).max_by_key(|place| place.population),
            at_home: home.is_some_and(|home| {
                all.any(|place| {
                    place.class == Class::City
                        && place.country == home
                        && place.population >= HOME_TOWN
                })
            }),
        }
    }

    /// People of the largest city, if it is a large one.
    fn largest(&self) -> u32 {
        self.metropolis.as_ref().map_or(0, |city| city.population)
    }

    /// Whether a town is hardly meant beside a city of its name. Where the story names the country of a city, that is meant
    /// and not another country's town. A hamlet is not called as a large city of its country is, whatever else may be near; nor
    /// as one of the publisher's, or as one of millions abroad, where neither its country nor its division is told without doubt.
    fn outgrow(&self, town: &Place, home: Option<Country>, is_told: bool) -> bool {
        let told_smaller = self.told.as_ref().is_some_and(|city| {
            city.country != town.country && town.population < city.population / OUTGROWN
        });
        let dwarfed = self.metropolis.as_ref().is_some_and(|city| {
            let is_own = city.country == town.country;
            town.population < city.population / DWARF
                && (is_own || home == Some(city.country) && !is_told)
                || town.population < city.population / GIANT
                    && !is_told
                    && home != Some(town.country)
        });
        told_smaller || dwarfed
    }

    /// Whether a town of the publisher's country is meant before what is called so abroad: a division, a city by another name,
    /// or a smaller city than one of millions, where nothing else in the story is of its country.
    fn keep_out(
        &self,
        place: &Place,
        home: Option<Country>,
        (is_alias, is_unheard): (bool, bool),
    ) -> bool {
        let other = matches!(place.class, Class::Division | Class::County) || is_alias;
        let city = is_unheard && place.class == Class::City && place.population < METROPOLIS;
        self.at_home && Some(place.country) != home && (other || city)
    }
}

/// The belief in each candidate of one of the senses, by all votes.
fn beliefs(
    gazetteer: &Gazetteer,
    senses: &[Sense],
    at: usize,
    (all, (told, divisions)): (&Ballot, (&HashSet<Country>, &HashSet<u16>)),
    (weights, abroad, home): (&Weights, bool, Option<Country>),
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
    let rivals = Rivals::of(gazetteer, sense, told, home);
    let names_metropolis = rivals.largest() >= METROPOLIS;
    let old = sense.old(gazetteer);
    let rest = (all.total - own.total).max(0.0) + weights.smooth;
    let others = || senses.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, s)| s);
    let scores: Vec<f64> = sense
        .candidates
        .iter()
        .zip(&sense.points)
        .zip(&sense.scores)
        .zip(&sense.greats)
        .map(|(((candidate, point), score), great)| {
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
                && place.population < rivals.largest() / SHADOW
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
            let is_told = told > 0.0 || divisions.contains(&place.division);
            // In news of other languages a town is not called as a city of millions is.
            let is_hidden = abroad
                && told <= 0.0
                && names_metropolis
                && place.population < rivals.largest() / SHADOW;
            let bare = sense.containers.is_empty();
            let is_outgrown = bare
                && place.class == Class::City
                && place.population < LARGE
                && (is_hidden || rivals.outgrow(&place, home, is_told));
            let is_alias = sense.aliases.contains(candidate);
            let sorts = (is_alias, country < NOTHING);
            let is_foreign = bare && told <= 0.0 && rivals.keep_out(&place, home, sorts);
            let outgrown = if is_outgrown || is_foreign { weights.outgrown } else { 0.0 };
            // News of a state tells of the world, too: its governor flies to Peru, and not to the Peru of the state.
            let around = 1.0 - (near / weights.neighbours).min(1.0);
            let great = if sense.local || !bare { 0.0 } else { *great };
            let namesake = if is_younger { weights.namesake } else { 0.0 };
            score + told
                - unheard
                - undivided
                - outgrown
                - (shadow + namesake) * doubt
                - great * around
                + weights.country * (country + weights.floor).ln()
                + weights.division * (division + weights.floor).ln()
                + weights.near * (near + weights.floor).ln()
        })
        .collect();
    softmax(&scores)
}

#[cfg(test)]
mod tests {
    use super::super::gazetteer::build;
    use super::*;

    /// Paris in France (0) and in Texas (1); Texas (2), France (3), Dallas (4); a hamlet of France (5), a division of Orland
    /// (6) and two cities of another (7, 8), a hamlet of another state (9).
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
            place(Class::City, b"FR", 9, 900, 32.7),
            place(Class::Division, b"OR", 7, 900_000, 10.0),
            place(Class::City, b"OR", 8, 400_000, 10.0),
            place(Class::City, b"OR", 8, 90_000, 10.1),
            place(Class::City, b"US", 9, 900, 32.7),
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
            local: false,
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
    fn city_of_named_country_outgrows_foreign_town() {
        // Dallas is near to one of them, the country of the other is named.
        let near = name(2, &[4], &[]);
        let weights = Weights { near: 9.0, outgrown: 40.0, ..Weights::default() };
        let of = |toponyms: &[Toponym]| resolve(&gazetteer(), toponyms, &[], None, &weights)[0];
        assert_eq!(of(&[name(1, &[0, 1], &[]), near.clone()]), Some(1));
        assert_eq!(of(&[name(1, &[0, 1], &[]), near, name(3, &[3], &[])]), Some(0));
    }

    #[test]
    fn hamlet_is_not_meant_by_its_countrys_city() {
        let weights = Weights { near: 9.0, outgrown: 40.0, ..Weights::default() };
        let of = |toponyms: &[Toponym]| resolve(&gazetteer(), toponyms, &[], None, &weights)[0];
        assert_eq!(of(&[name(1, &[0, 5], &[]), name(2, &[4], &[])]), Some(0));
    }

    #[test]
    fn hamlet_abroad_is_not_meant_by_its_neighbours() {
        // What is likely Dallas is beside a hamlet that is called as a city of millions is.
        let weights = Weights { near: 9.0, outgrown: 40.0, ..Weights::default() };
        let of = |home| {
            let toponyms = [name(1, &[0, 9], &[]), name(2, &[4, 8], &[])];
            resolve(&gazetteer(), &toponyms, &[], home, &weights)[0]
        };
        assert_eq!((of(None), of(Some(*b"US"))), (Some(0), Some(9)));
    }

    #[test]
    fn town_at_home_is_meant_before_division_abroad() {
        let weights = Weights { outgrown: 40.0, ..Weights::default() };
        let of = |home| resolve(&gazetteer(), &[name(1, &[1, 6], &[])], &[], home, &weights)[0];
        assert_eq!((of(Some(*b"US")), of(None)), (Some(1), Some(6)));
    }

    #[test]
    fn city_of_millions_hides_town_abroad() {
        let near = || [name(1, &[0, 1], &[]), name(2, &[4], &[])];
        let weights = Weights { near: 9.0, outgrown: 40.0, ..Weights::default() };
        let of = |toponyms: &[Toponym]| resolve(&gazetteer(), toponyms, &[], None, &weights)[0];
        assert_eq!(of(&near()), Some(1));
        let mut abroad = near();
        for toponym in &mut abroad {
            toponym.abroad = true;
        }
        assert_eq!(of(&abroad), Some(0));
    }

    #[test]
    fn country_is_meant_before_its_namesake_in_a_state() {
        // Paris of Texas, called as a country is, in a story of Texas and of Dallas.
        let of = |local| {
            let town = Toponym { local, ..name(1, &[3, 1], &[]) };
            resolved(&[town, name(2, &[2], &[]), name(3, &[4], &[])])[0]
        };
        assert_eq!(of(false), Some(3));
        assert_eq!(of(true), Some(1));
    }

    #[test]
    fn town_at_home_is_meant_where_nothing_is_abroad() {
        // Two towns, the larger abroad; Dallas is beside that one.
        let home = Some(*b"US");
        let of = |toponyms: &[Toponym], home| {
            resolve(&gazetteer(), toponyms, &[], home, &Weights::default())[0]
        };
        let town = || name(1, &[7, 1], &[]);
        assert_eq!(of(&[town()], None), Some(7));
        assert_eq!(of(&[town()], home), Some(1));
        assert_eq!(of(&[town(), name(2, &[8], &[]), name(3, &[3], &[])], home), Some(7));
    }

    #[test]
    fn alias_match_does_not_beat_a_name_match() {
        // Dallas is called so; that large Paris is too, by some.
        let mut borrowed = name(1, &[4, 0], &[]);
        borrowed.aliases = vec![0];
        assert_eq!(resolved(&[borrowed]), [Some(4)]);
        assert_eq!(resolved(&[name(1, &[4, 0], &[])]), [Some(0)]);
    }

    #[test]
    fn large_city_overshadows_small_in_list_of_countries() {
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
    fn container_in_text_decides_for_every_mention() {
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
