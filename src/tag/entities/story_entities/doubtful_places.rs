//! Places that a story's names would be, and are not: old and foreign names of cities, and villages far from everything
//! else in the story.

use foldhash::{HashMap, HashMapExt as _, HashSet};

use super::Finder;
use crate::model::LanguageCode;
use crate::tag::entities::places_by_language::SHORT;
use crate::tag::places::{gazetteer::Class, homes, story_places::Located};

/// Fewest people of a town in a country whose news is in the language, which a story in another language than English
/// names without naming that country.
const VILLAGE: u32 = 15_000;
/// The same of a town elsewhere.
const TOWN: u32 = 50_000;
/// The same of one that is called otherwise first.
const OTHER_NAME: u32 = 100_000;
/// The same of one that is called so by few letters: words of many languages are spelt so.
const SHORT_NAME: u32 = 300_000;
/// The same in English, whose news is full of small towns.
const HAMLET: u32 = 5_000;
/// The same in English news that is from another country, or of several places elsewhere: what is called as a small town of a
/// country that nothing else is in is more often than not no town at all, or another one.
const STRAY: u32 = 100_000;
/// Places elsewhere that are several.
const ELSEWHERE: usize = 5;
/// Fewest people of a city that English news may call by another name than its first.
const METROPOLIS: u32 = 1_000_000;

/// The letters of a name.
#[derive(Clone, Copy, Debug)]
pub(super) struct Letters {
    /// How many there are; a character of China or Japan says as much as three.
    pub(super) count: usize,
    /// Whether they are Latin ones.
    pub(super) latin: bool,
}

impl Finder {
    /// Takes away cities by names that they have in other languages or had in other times, where nothing else in an
    /// English story is in their country: what is spelt so there is another thing. Cities of millions are
    /// known by such names.
    pub(super) fn drop_aliases(
        &self,
        told: &HashSet<[u8; 2]>,
        located: &mut [Vec<Option<Located>>],
    ) {
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
    /// language is called as some village somewhere is. In English two of a country speak for each other, three where the
    /// publisher is from another one. Told are the letters of each name.
    pub(super) fn drop_villages(
        &self,
        (folder, home): (&str, Option<[u8; 2]>),
        told_of: impl Iterator<Item = [u8; 2]>,
        letters: &[Vec<Letters>],
        located: &mut [Vec<Option<Located>>],
    ) {
        let english = folder == LanguageCode::EN.as_str();
        let places: HashSet<u32> = located.iter().flatten().flatten().map(|l| l.place).collect();
        let least = if home.is_some() || places.len() > ELSEWHERE { STRAY } else { HAMLET };
        let small = |l: &Located, letters: Letters| {
            let place = self.gazetteer.place(l.place);
            let most = match (english, l.alias, homes::is_home(folder, place.country)) {
                (true, ..) => least,
                (false, true, false) if letters.count <= SHORT => SHORT_NAME,
                // Towns are called first by their names in Latin letters, whatever their own are.
                (false, true, true) if !letters.latin => VILLAGE,
                (false, true, _) => OTHER_NAME,
                (false, false, true) => VILLAGE,
                (false, false, false) => TOWN,
            };
            place.class == Class::City && place.population < most
        };
        let country = |l: &Located| self.gazetteer.place(l.place).country;
        let mut known: HashSet<[u8; 2]> = told_of.collect();
        let mut villages: HashMap<[u8; 2], HashSet<u32>> = HashMap::new();
        let letters = || letters.iter().flatten().copied();
        for (one, letters) in located.iter().flatten().zip(letters()) {
            let Some(one) = one else { continue };
            if small(one, letters) {
                villages.entry(country(one)).or_default().insert(one.place);
            } else {
                known.insert(country(one));
            }
        }
        if english {
            let most = |country: &[u8; 2]| if home.is_none_or(|h| h == *country) { 1 } else { 2 };
            let several = villages.into_iter().filter(|(c, villages)| villages.len() > most(c));
            known.extend(several.map(|(country, _)| country));
        }
        for (one, letters) in located.iter_mut().flatten().zip(letters()) {
            let far = |l: &Located| small(l, letters) && !known.contains(&country(l));
            if one.as_ref().is_some_and(far) {
                *one = None;
            }
        }
    }
}
