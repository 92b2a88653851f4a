//! Names that are several: a country and somebody's name or a city, and lists of places that were run together.

use std::ops::Range;

use super::{LARGE, Listed, METROPOLIS, PlacesByLanguage, SURE, trimmed};
use crate::tag::{
    TokenKind,
    entities::{Name, Reading, labels::NameKind},
    places::{endings, homes},
};

impl PlacesByLanguage<'_> {
    /// Parts the country before a person's name from it, where it has an ending, and the one behind it where an apostrophe
    /// parts its ending; a country from its city, whatever the two were taken for; and a town from who has an office there.
    pub(in crate::tag::entities) fn part_people(
        &self,
        reading: &Reading<'_>,
        listed: &[Listed],
        names: &mut Vec<Name>,
    ) {
        let inflects = endings::inflects(self.folder);
        let mut at = 0;
        while at < names.len() {
            let whole = names[at].tokens.clone();
            let kind = names[at].kind;
            let cut = (inflects && kind != NameKind::Other)
                .then(|| {
                    listed
                        .iter()
                        .map(|(tokens, _)| tokens)
                        .find_map(|country| self.cut(reading, &whole, kind, country))
                })
                .flatten();
            if let Some((middle, kinds)) = cut.or_else(|| self.office(reading, &names[at])) {
                let parts = [(whole.start..middle, kinds[0]), (middle..whole.end, kinds[1])];
                let parts = parts.map(|(tokens, kind)| Name { kind, tokens });
                names.splice(at..=at, parts);
                at += 1;
            }
            at += 1;
        }
    }

    /// Where a town parts from the name of two or three words of somebody who has an office there: `mayor of Orland Anna Berg`.
    fn office(&self, reading: &Reading<'_>, name: &Name) -> Option<(usize, [NameKind; 2])> {
        let (start, middle, end) = (name.tokens.start, name.tokens.start + 1, name.tokens.end);
        let loud = |at: usize| reading.text.word(at).starts_with(char::is_uppercase);
        let fits = name.kind != NameKind::Other
            && (2..=3).contains(&end.saturating_sub(middle))
            && (start..end).all(loud)
            && !self.is_large(reading, &name.tokens);
        if !fits {
            return None;
        }
        let of_office =
            || self.is_of_office(reading, start) && self.is_large(reading, &(start..middle));
        // `Orlanda Anna Berg`: a form of a large city at home that nobody's first name has.
        let form = || {
            let word = reading.text.word(start);
            let city = endings::city(self.gazetteer, self.folder, word)?;
            let city = self.gazetteer.place(city);
            let bare = self.gazetteer.exact(reading.text, reading.keys, start..middle);
            let sure = city.population >= METROPOLIS
                && homes::is_home(self.folder, city.country)
                && bare.is_empty();
            sure.then_some(())
        };
        let town = of_office()
            || name.kind == NameKind::Person && endings::inflects(self.folder) && form().is_some();
        town.then_some((middle, [NameKind::Place, NameKind::Person]))
    }

    /// Where a country parts a name, and what is before and behind that.
    fn cut(
        &self,
        reading: &Reading<'_>,
        whole: &Range<usize>,
        kind: NameKind,
        country: &Range<usize>,
    ) -> Option<(usize, [NameKind; 2])> {
        let word = |tokens: &Range<usize>| reading.text.slice(tokens.clone());
        let declined = || self.countries.is_some_and(|c| c.whole(word(country)).is_none());
        if country.start == whole.start && country.end < whole.end {
            let rest = country.end..whole.end;
            let city = endings::city(self.gazetteer, self.folder, word(&rest));
            let known = city.is_some_and(|city| self.gazetteer.place(city).population >= LARGE);
            if known || self.is_large(reading, &rest) {
                return Some((country.end, [NameKind::Place; 2]));
            }
            // `Orlandii Anna Berg` is no place.
            let person = || {
                let loud = |at: usize| reading.text.word(at).starts_with(char::is_uppercase);
                kind == NameKind::Place
                    && endings::bare(self.folder, word(country)).is_none()
                    && rest.len() == 2
                    && rest.clone().all(loud)
                    && self.gazetteer.exact(reading.text, reading.keys, rest.clone()).is_empty()
            };
            let parted = declined() && (kind == NameKind::Person || person());
            return parted.then_some((country.end, [NameKind::Place, NameKind::Person]));
        }
        let behind = country.end == whole.end && country.start > whole.start;
        // `Anny Berg Orlandia`: a whole name stands before the country that the sentence goes on with.
        let goes_on = || {
            whole.len() == 3
                && country.len() == 1
                && reading.text.word_or_empty(country.end).starts_with(char::is_lowercase)
                && endings::names_of_people(self.folder, reading.text.word(whole.start))
                    .next()
                    .is_some()
        };
        if behind && kind == NameKind::Person && !declined() && goes_on() {
            return Some((country.start, [NameKind::Person, NameKind::Place]));
        }
        let parted =
            kind == NameKind::Person && endings::bare(self.folder, word(country)).is_some();
        (behind && parted).then_some((country.start, [NameKind::Person, NameKind::Place]))
    }

    /// Parts the places that run a list of places together.
    pub(in crate::tag::entities) fn part(
        &self,
        reading: &Reading<'_>,
        listed: &[Listed],
        names: &mut Vec<Name>,
    ) {
        let mut parted = Vec::with_capacity(names.len());
        for mut name in names.drain(..) {
            if name.kind == NameKind::Other && is_list(reading, listed, &name.tokens) {
                name.kind = NameKind::Place;
            }
            if name.kind != NameKind::Place || self.is_known(reading, listed, &name.tokens) {
                parted.push(name);
                continue;
            }
            let parts = self.parts(reading, listed, &name.tokens);
            parted.extend(parts.into_iter().map(|tokens| Name { kind: NameKind::Place, tokens }));
        }
        *names = parted;
    }

    /// The parts of a name, or the whole.
    fn parts(
        &self,
        reading: &Reading<'_>,
        listed: &[Listed],
        whole: &Range<usize>,
    ) -> Vec<Range<usize>> {
        let text = reading.text;
        let comma = |at: &usize| matches!(text.word(*at), "," | ";" | "、" | "،");
        let small = |at: &usize| {
            text.tokens[*at].kind == TokenKind::Word
                && text.word(*at).starts_with(char::is_lowercase)
        };
        let commas = split(whole, comma);
        let mut parts = Vec::new();
        for piece in commas.iter().map(|piece| trimmed(piece, small)).filter(|p| !p.is_empty()) {
            let words = split(&piece, small);
            let names: Vec<_> = words.iter().filter(|w| !w.is_empty()).cloned().collect();
            let known = |tokens: &Range<usize>| self.is_known(reading, listed, tokens);
            // `Estonya Tallinn ve İskoçya Edinburgh`.
            let pairs: Vec<_> =
                names.iter().flat_map(|n| self.behind_country(reading, listed, n)).collect();
            if names.len() > 1 && pairs.iter().all(known) {
                parts.extend(pairs);
            } else {
                parts.extend(self.behind_country(reading, listed, &piece));
            }
        }
        // What is no list keeps its small words: they are a part of its name.
        if commas.len() == 1 && parts.len() == 1 { vec![whole.clone()] } else { parts }
    }

    /// `Litauen Vilnius` as the country and the city in it, and where names have endings `Orlanie Vardii` as two places, both of them
    /// large.
    fn behind_country(
        &self,
        reading: &Reading<'_>,
        listed: &[Listed],
        piece: &Range<usize>,
    ) -> Vec<Range<usize>> {
        let country = listed.iter().map(|(tokens, _)| tokens).find(|tokens| {
            tokens.start == piece.start
                && piece.contains(&tokens.end)
                && !self.is_known(reading, listed, piece)
        });
        match country {
            Some(country) if self.is_known(reading, listed, &(country.end..piece.end)) => {
                vec![country.clone(), country.end..piece.end]
            }
            _ => {
                let large = |tokens: &Range<usize>| {
                    let word = reading.text.slice(tokens.clone());
                    listed.iter().any(|(known, _)| known == tokens)
                        || endings::city(self.gazetteer, self.folder, word)
                            .is_some_and(|city| self.gazetteer.place(city).population >= SURE)
                };
                let middle = (piece.start + 1..piece.end).find(|middle| {
                    endings::inflects(self.folder)
                        && large(&(piece.start..*middle))
                        && large(&(*middle..piece.end))
                });
                match middle.filter(|_| !self.is_known(reading, listed, piece)) {
                    Some(middle) => vec![piece.start..middle, middle..piece.end],
                    None => vec![piece.clone()],
                }
            }
        }
    }
}

/// Whether a name begins with a country and has commas: it is a list of places, whatever it was taken for.
fn is_list(reading: &Reading<'_>, listed: &[Listed], name: &Range<usize>) -> bool {
    name.clone().any(|at| reading.text.word(at) == ",")
        && listed.iter().any(|(known, _)| known.start == name.start && known.end < name.end)
}

/// A range without what separates its parts.
fn split(whole: &Range<usize>, separates: impl Fn(&usize) -> bool) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let mut start = whole.start;
    for at in whole.clone().filter(separates) {
        parts.push(start..at);
        start = at + 1;
    }
    parts.push(start..whole.end);
    parts
}
