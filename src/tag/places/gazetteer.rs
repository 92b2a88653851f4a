//! The places of the world by name: GeoNames cut to what news needs, compiled in.
//!
//! Names are kept as hashes only. A name's words are found by their keys (see `src/tag/word_keys.rs`), so
//! spelling in capitals, accents and hyphens don't matter; what must be in capitals in the text
//! (`US`, `UAE`, `IN`) is marked.

use std::ops::Range;

use prefetch_index::prefetch_index;

use crate::tag::{Text, TokenKind, feature_hash};
use crate::unicode;

use crate::tag::word_keys::{self, HYPHEN};

/// What sort of place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Class {
    /// A country or a territory with a code of its own.
    Country,
    /// A first-level division that news knows by its name alone.
    Division,
    /// A county, and any other division of the first or the second level.
    County,
    /// A settlement of 500 people or more.
    City,
    /// A continent, a sea, a region.
    Region,
    /// What people of a country are called: evidence for it, not a place.
    Demonym,
}

const CLASSES: [Class; 6] =
    [Class::Country, Class::Division, Class::County, Class::City, Class::Region, Class::Demonym];

/// A place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place {
    /// GeoNames id, or 0.
    pub geonames: u32,
    /// Number of the Wikidata item, or 0.
    pub wikidata: u32,
    /// What sort.
    pub class: Class,
    /// ISO 3166-1 alpha-2, or zeros.
    pub country: [u8; 2],
    /// A number for the first-level division, the same for all places in it, or 0.
    pub division: u16,
    /// WGS 84 degrees.
    pub lat: f64,
    /// WGS 84 degrees.
    pub lon: f64,
    /// People, or 0.
    pub population: u32,
}

/// Kilometres from one place to another.
pub(in crate::tag) fn kilometres(one: &Place, other: &Place) -> f64 {
    let (a, b) = (one.lat.to_radians(), other.lat.to_radians());
    let (north, east) = (b - a, (other.lon - one.lon).to_radians());
    let h = (north / 2.0).sin().powi(2) + a.cos() * b.cos() * (east / 2.0).sin().powi(2);
    12_742.0 * h.sqrt().min(1.0).asin()
}

/// Log2 of the buckets of name hashes, and of the table of first words.
const BUCKETS: u32 = 16;
const FIRSTS: u32 = 19;
/// Set in a name's place number when the name must be in capitals.
const CAPITALS: u32 = 1 << 31;
/// The same when it is not what the place is called first: a name of other times or in another language.
const ALIAS: u32 = 1 << 30;
const FLAGS: u32 = CAPITALS | ALIAS;
/// Most words of a name.
const MAX_WORDS: usize = 7;
const MAGIC: &[u8; 4] = b"NIG2";

/// Places by name, read where they lie: column by column, in the bytes that [`build`] wrote.
#[derive(Debug)]
pub struct Gazetteer {
    bytes: Vec<u8>,
    places: Columns,
    /// Name hashes by bucket: `bounds[b]..bounds[b + 1]` of marks and targets.
    bounds: Vec<u32>,
    /// Where the columns of names are.
    marks: Range<usize>,
    targets: Range<usize>,
    /// Where it is told how many words a name has at most that starts with a word of some hash.
    firsts: usize,
}

/// Where the columns of places start.
#[derive(Clone, Copy, Debug)]
struct Columns {
    count: usize,
    geonames: usize,
    wikidata: usize,
    classes: usize,
    countries: usize,
    divisions: usize,
    lats: usize,
    lons: usize,
    populations: usize,
}

/// A name found in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    /// Its tokens.
    pub tokens: Range<usize>,
    /// The places of that name, by number.
    pub places: Vec<u32>,
}

fn extend(name: u64, word: u64) -> u64 {
    feature_hash::two(77, name, word)
}

/// The hash of a name by the keys of its words.
fn name_of(keys: &[u64]) -> u64 {
    keys.iter().filter(|key| **key != HYPHEN).fold(0, |name, word| extend(name, *word))
}

/// The part of a name's hash below the bits that choose its bucket: it sorts as the hash does.
fn mark(name: u64) -> u32 {
    (name >> (32 - BUCKETS)) as u32
}

/// Stores places, their names, and what they are called beside these; the inverse of [`Gazetteer::from_bytes`].
#[must_use]
pub fn build(places: &[Place], names: &[(String, u32)], aliases: &[(String, u32)]) -> Vec<u8> {
    let mut firsts = vec![0_u8; 1 << FIRSTS];
    let mut entries = Vec::new();
    let first_names = names.iter().map(|named| (named, 0));
    for ((name, place), alias) in first_names.chain(aliases.iter().map(|named| (named, ALIAS))) {
        // An abbreviation's full stop stands alone at the end of a text and not inside one.
        let text = Text::new(name.strip_suffix('.').unwrap_or(name));
        let keys: Vec<u64> = word_keys::keys(&text).into_iter().filter(|k| *k != HYPHEN).collect();
        if keys.is_empty() || keys.len() > MAX_WORDS {
            continue;
        }
        let letters = || name.chars().filter(|c| unicode::is_alphabetic(*c));
        let capitals = letters().count() <= 4 && letters().all(char::is_uppercase);
        let hash = name_of(&keys);
        let first = &mut firsts[(keys[0] >> (64 - FIRSTS)) as usize];
        *first = (*first).max(keys.len() as u8);
        entries.push((hash, place | alias | if capitals { CAPITALS } else { 0 }));
    }
    // What a place is called first and beside that, in other accents, it is called first.
    entries.sort_unstable_by_key(|(hash, target)| (*hash, target & !ALIAS, target & ALIAS));
    entries.dedup_by_key(|(hash, target)| (*hash, *target & !ALIAS));
    let mut bounds = vec![0_u32; (1 << BUCKETS) + 1];
    for (hash, _) in &entries {
        bounds[(hash >> (64 - BUCKETS)) as usize + 1] += 1;
    }
    for i in 1..bounds.len() {
        bounds[i] += bounds[i - 1];
    }
    let mut out = MAGIC.to_vec();
    out.extend((places.len() as u32).to_le_bytes());
    out.extend((entries.len() as u32).to_le_bytes());
    // Column by column: like stands by like and packs well.
    let degrees = |d: f64| ((d * 1e5).round() as i32).to_le_bytes();
    for p in places {
        out.extend(p.geonames.to_le_bytes());
    }
    for p in places {
        out.extend(p.wikidata.to_le_bytes());
    }
    for p in places {
        out.push(p.class as u8);
    }
    for p in places {
        out.extend(p.country);
    }
    for p in places {
        out.extend(p.division.to_le_bytes());
    }
    for p in places {
        out.extend(degrees(p.lat));
    }
    for p in places {
        out.extend(degrees(p.lon));
    }
    for p in places {
        out.extend(p.population.to_le_bytes());
    }
    for b in &bounds {
        out.extend(b.to_le_bytes());
    }
    for (hash, _) in &entries {
        out.extend(mark(*hash).to_le_bytes());
    }
    for (_, place) in &entries {
        out.extend(place.to_le_bytes());
    }
    out.extend(firsts);
    out
}

/// Lays columns behind one another.
struct Layout {
    end: usize,
}

impl Layout {
    /// Where the next column is.
    fn next(&mut self, cells: usize, size: usize) -> Option<Range<usize>> {
        let start = self.end;
        self.end = cells.checked_mul(size)?.checked_add(start)?;
        Some(start..self.end)
    }
}

/// The numbers of a column.
fn numbers(column: &[u8]) -> impl Iterator<Item = u32> {
    column.as_chunks::<4>().0.iter().map(|number| u32::from_le_bytes(*number))
}

impl Gazetteer {
    /// Reads what [`build`] wrote; `None` when the bytes are not that.
    #[must_use]
    pub fn from_bytes(bytes: Vec<u8>) -> Option<Self> {
        const HEAD: usize = MAGIC.len() + 8;
        let counts = bytes.strip_prefix(MAGIC)?.get(..8)?.as_chunks::<4>().0;
        let [count, names] = [counts[0], counts[1]].map(|n| u32::from_le_bytes(n) as usize);
        let mut layout = Layout { end: HEAD };
        let places = Columns {
            count,
            geonames: layout.next(count, 4)?.start,
            wikidata: layout.next(count, 4)?.start,
            classes: layout.next(count, 1)?.start,
            countries: layout.next(count, 2)?.start,
            divisions: layout.next(count, 2)?.start,
            lats: layout.next(count, 4)?.start,
            lons: layout.next(count, 4)?.start,
            populations: layout.next(count, 4)?.start,
        };
        let bounds = layout.next((1 << BUCKETS) + 1, 4)?;
        let (marks, targets) = (layout.next(names, 4)?, layout.next(names, 4)?);
        let firsts = layout.next(1 << FIRSTS, 1)?.start;
        if bytes.len() != layout.end {
            return None;
        }
        let classes = &bytes[places.classes..places.countries];
        let bounds: Vec<u32> = numbers(&bytes[bounds]).collect();
        let sound = bounds.is_sorted()
            && bounds.last() == Some(&(names as u32))
            && classes.iter().all(|class| usize::from(*class) < CLASSES.len())
            && numbers(&bytes[targets.clone()]).all(|t| ((t & !FLAGS) as usize) < count);
        sound.then_some(Self { bytes, places, bounds, marks, targets, firsts })
    }

    /// A place by its number.
    #[expect(clippy::inline_always, reason = "who asks for one column waits for no other")]
    #[inline(always)]
    #[must_use]
    pub fn place(&self, number: u32) -> Place {
        let (at, columns) = (number as usize, &self.places);
        assert!(at < columns.count, "numbers of places are the gazetteer's own");
        let degrees = |raw: u32| f64::from(raw.cast_signed()) / 1e5;
        Place {
            geonames: self.number(columns.geonames, at),
            wikidata: self.number(columns.wikidata, at),
            class: CLASSES[usize::from(self.bytes[columns.classes + at])],
            country: self.pair(columns.countries, at),
            division: u16::from_le_bytes(self.pair(columns.divisions, at)),
            lat: degrees(self.number(columns.lats, at)),
            lon: degrees(self.number(columns.lons, at)),
            population: self.number(columns.populations, at),
        }
    }

    /// The GeoNames id of a place by its number, or 0.
    #[must_use]
    pub fn geonames(&self, number: u32) -> u32 {
        let (at, columns) = (number as usize, &self.places);
        assert!(at < columns.count, "numbers of places are the gazetteer's own");
        self.number(columns.geonames, at)
    }

    #[inline]
    fn number(&self, column: usize, at: usize) -> u32 {
        let cell = self.bytes[column + 4 * at..].first_chunk();
        u32::from_le_bytes(*cell.expect("columns lie within the bytes"))
    }

    #[inline]
    fn pair(&self, column: usize, at: usize) -> [u8; 2] {
        let cell = self.bytes[column + 2 * at..].first_chunk();
        *cell.expect("columns lie within the bytes")
    }

    /// Number of places.
    #[must_use]
    pub fn len(&self) -> usize {
        self.places.count
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.places.count == 0
    }

    /// Where the names of a name's bucket are.
    fn bucket(&self, name: u64) -> Range<usize> {
        let bucket = (name >> (64 - BUCKETS)) as usize;
        self.bounds[bucket] as usize..self.bounds[bucket + 1] as usize
    }

    /// Entries of a name: place numbers, some with [`CAPITALS`] and [`ALIAS`].
    fn entries(&self, name: u64) -> impl Iterator<Item = u32> + Clone {
        let within = self.bucket(name);
        let marks = &self.bytes[self.marks.clone()].as_chunks().0[within.clone()];
        let targets = &self.bytes[self.targets.clone()].as_chunks().0[within];
        let mark = mark(name);
        let start = marks.partition_point(|m| u32::from_le_bytes(*m) < mark);
        let len = marks[start..].iter().take_while(|m| u32::from_le_bytes(**m) == mark).count();
        targets[start..start + len].iter().map(|target| u32::from_le_bytes(*target))
    }

    /// The longest name that starts at a token and ends before `end`, if the case of the text allows
    /// it.
    #[must_use]
    pub fn longest(
        &self,
        text: &Text<'_>,
        keys: &[u64],
        start: usize,
        end: usize,
    ) -> Option<Match> {
        // Most words are ruled out by their first letter: without a look at the table.
        if !starts_name(text.word(start)) {
            return None;
        }
        let most = self.bytes[self.firsts + (keys[start] >> (64 - FIRSTS)) as usize];
        if most == 0 {
            return None;
        }
        let marks = self.bytes[self.marks.clone()].as_chunks::<4>().0;
        let words = (start..end).filter(|at| keys[*at] != HYPHEN).take(usize::from(most));
        let (mut names, mut count, mut name) = ([(0, 0); MAX_WORDS], 0, 0);
        for (to, at) in names.iter_mut().zip(words) {
            name = extend(name, keys[at]);
            *to = (name, at + 1);
            count += 1;
            // All of them are far apart in memory, and brought near together.
            prefetch_index(marks, self.bucket(name).start);
        }
        let (end, entries) = names[..count].iter().rev().find_map(|(name, end)| {
            let entries = self.entries(*name);
            entries.clone().next().is_some().then_some((*end, entries))
        })?;
        let capitals = text
            .slice(start..end)
            .chars()
            .filter(|c| unicode::is_alphabetic(*c))
            .all(char::is_uppercase);
        let mut places: Vec<u32> =
            entries.filter(|e| capitals || e & CAPITALS == 0).map(|e| e & !FLAGS).collect();
        places.sort_unstable();
        places.dedup();
        // A full stop makes it an abbreviation: `Fla.` is not the village of Flå.
        let division = |p: &u32| self.place(*p).class == Class::Division;
        if text.word(end - 1).ends_with('.') && places.iter().any(division) {
            places.retain(division);
        }
        (!places.is_empty()).then_some(Match { tokens: start..end, places })
    }

    /// The places that a name, given as a run of tokens, may mean; the whole run must match.
    #[must_use]
    pub fn exact(&self, text: &Text<'_>, keys: &[u64], tokens: Range<usize>) -> Vec<u32> {
        match self.longest(text, keys, tokens.start, tokens.end) {
            Some(found) if found.tokens == tokens => found.places,
            _ => Vec::new(),
        }
    }

    /// The places that are not called first by a name, of those that it may mean.
    #[must_use]
    pub fn by_alias(&self, keys: &[u64]) -> Vec<u32> {
        let others = self.entries(name_of(keys)).filter(|e| e & ALIAS != 0);
        others.map(|e| e & !FLAGS).collect()
    }

    /// The places that are called by a name, however it is written.
    #[must_use]
    pub fn named(&self, keys: &[u64]) -> Vec<u32> {
        self.entries(name_of(keys)).map(|e| e & !FLAGS).collect()
    }

    /// The places that are called by the words of a name and one more word: `Orland` `County`.
    #[must_use]
    pub fn with_word(&self, keys: &[u64], word: &str) -> Vec<u32> {
        let word = word_keys::key(word, TokenKind::Word, &mut Vec::new());
        self.entries(extend(name_of(keys), word)).map(|e| e & !FLAGS).collect()
    }

    /// Every name in a text, the longest at each point, without overlaps.
    #[must_use]
    pub fn matches(&self, text: &Text<'_>, keys: &[u64]) -> Vec<Match> {
        let mut found = Vec::new();
        for line in &text.lines {
            let mut at = line.start;
            while at < line.end {
                match self.longest(text, keys, at, line.end) {
                    Some(one) => {
                        at = one.tokens.end;
                        found.push(one);
                    }
                    None => at += 1,
                }
            }
        }
        found
    }
}

/// Names start with a capital, or with a letter of a script that has none.
fn starts_name(word: &str) -> bool {
    match word.chars().next() {
        Some(c) if c.is_ascii() => c.is_ascii_uppercase(),
        Some(c) => unicode::is_alphabetic(c) && !c.is_lowercase(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tag::word_keys::keys;

    fn gazetteer() -> Gazetteer {
        let place = |class, population, lat| Place {
            geonames: population + 1,
            wikidata: 0,
            class,
            country: *b"US",
            division: 7,
            lat,
            lon: -83.5,
            population,
        };
        let places = [
            place(Class::City, 20_000, 40.1),
            place(Class::City, 300, 33.2),
            place(Class::Country, 1, 39.0),
            place(Class::Division, 2, 38.0),
        ];
        let names = [
            ("Springfield", 0),
            ("Springfield", 1),
            ("New Springfield", 1),
            ("US", 2),
            ("Tenn.", 3),
        ];
        let names: Vec<(String, u32)> = names.iter().map(|(n, p)| ((*n).to_owned(), *p)).collect();
        let aliases = [("Old Springs".to_owned(), 0), ("SPRINGFIELD".to_owned(), 0)];
        Gazetteer::from_bytes(build(&places, &names, &aliases)).unwrap()
    }

    fn found(text: &str) -> Vec<(String, Vec<u32>)> {
        let text = Text::new(text);
        let matches = gazetteer().matches(&text, &keys(&text));
        matches.into_iter().map(|m| (text.slice(m.tokens).to_owned(), m.places)).collect()
    }

    #[test]
    fn gives_back_places_and_the_longest_names() {
        assert_eq!(gazetteer().place(0).lat, 40.1);
        assert_eq!(
            found("From New Springfield to SPRINGFIELD, Tenn., by train"),
            [
                ("New Springfield".to_owned(), vec![1]),
                ("SPRINGFIELD".to_owned(), vec![0, 1]),
                ("Tenn.".to_owned(), vec![3])
            ]
        );
    }

    #[test]
    fn short_names_in_capitals_match_no_similar_words() {
        assert_eq!(found("Us and us in the US and U.S. forces").len(), 2);
    }

    #[test]
    fn knows_what_a_place_is_called_first() {
        let by_alias = |name: &str| gazetteer().by_alias(&keys(&Text::new(name)));
        assert_eq!(by_alias("Old Springs"), [0]);
        assert_eq!(by_alias("Springfield"), [] as [u32; 0]);
        assert_eq!(found("in Old Springs"), [("Old Springs".to_owned(), vec![0])]);
        assert_eq!(gazetteer().with_word(&keys(&Text::new("New")), "Springfield"), [1]);
    }

    #[test]
    fn refuses_torn_bytes() {
        assert!(Gazetteer::from_bytes(b"NIG1".to_vec()).is_none());
        assert!(Gazetteer::from_bytes(Vec::new()).is_none());
    }
}
