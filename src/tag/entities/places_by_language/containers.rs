//! A town with the country or the division behind it that it is in, behind a comma or in brackets: `Orlando (Varda)`.
//!
//! The town of that name there is meant, else none: what is told to be elsewhere is not where the largest of the name is.
//! Refuses lists, where a country may follow a town: `Varde, Orland et Orme`.

use std::ops::Range;

use super::{PlacesByLanguage, SURE};
use crate::tag::{
    Text,
    entities::{Name, Reading, labels::NameKind},
    places::{
        endings,
        gazetteer::{Class, Place},
        story_places::Located,
    },
    word_keys::keys,
};

/// Most tokens between the names of a list.
const BETWEEN: usize = 2;

impl PlacesByLanguage<'_> {
    /// Moves towns to the country that is told behind them, and takes away those that are not there.
    pub(in crate::tag::entities) fn heed_containers(
        &self,
        reading: &Reading<'_>,
        names: &[Name],
        located: &mut [Option<Located>],
    ) {
        let text = reading.text;
        for at in 0..names.len().saturating_sub(1) {
            let (name, next) = (&names[at], &names[at + 1]);
            let place = |l: &Located| self.gazetteer.place(l.place);
            let (Some(town), Some(land)) = (located[at].as_ref(), located[at + 1].as_ref()) else {
                continue;
            };
            let (town, land) = (place(town), place(land));
            let is_led = name.kind == NameKind::Place
                && next.kind == NameKind::Place
                && name.tokens.end + 1 == next.tokens.start;
            let is_land = matches!(land.class, Class::Country | Class::Division);
            if !is_led || !is_land || town.class != Class::City || town.country == land.country {
                continue;
            }
            let bracketed =
                text.word(name.tokens.end) == "(" && text.word_or_empty(next.tokens.end) == ")";
            let near = |one: Option<&Name>, end: usize| {
                one.is_some_and(|one| one.tokens.start <= end + BETWEEN)
            };
            let before = at.checked_sub(1).map(|before| names[before].tokens.end);
            let listed = before.is_some_and(|end| name.tokens.start <= end + BETWEEN)
                || near(names.get(at + 2), next.tokens.end);
            let led = text.word(name.tokens.end) == "," && !listed;
            if !bracketed && !led {
                continue;
            }
            match self.town_in(reading, &name.tokens, &land) {
                Some(number) => {
                    let there = self.gazetteer.place(number);
                    if let Some(one) = &mut located[at] {
                        *one = Located { place: number, lat: there.lat, lon: there.lon, ..*one };
                    }
                }
                None if bracketed || town.population < SURE => located[at] = None,
                None => {}
            }
        }
    }

    /// The largest town by a name, or by what it is a form of, in a country.
    fn town_in(&self, reading: &Reading<'_>, tokens: &Range<usize>, land: &Place) -> Option<u32> {
        let own = self.gazetteer.named(&reading.keys[tokens.clone()]);
        let bases = endings::bases(self.folder, reading.text.slice(tokens.clone()));
        let forms = bases.flat_map(|(base, _)| self.gazetteer.named(&keys(&Text::new(&base))));
        let there = own.into_iter().chain(forms).filter(|number| {
            let place = self.gazetteer.place(*number);
            place.class == Class::City && place.country == land.country
        });
        there.max_by_key(|number| self.gazetteer.place(*number).population)
    }
}
