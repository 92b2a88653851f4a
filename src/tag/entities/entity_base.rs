//! Persons and organisations of Wikidata by name: the prominent ones compiled in, or a file of the
//! user's.
//!
//! A base holds items (number, type, country, prior) and hashes of their names; the names themselves
//! are not kept. The file is one zstd frame and is made by `build-entities`. Offices and descriptions
//! go stale and are left out, but for the field that a person is known in.

use std::collections::{BTreeMap, HashSet};

use super::{labels::NameKind, trades::Fields};
use crate::model::LanguageCode;
use crate::scripts::{is_hangul, is_kana};
use crate::tag::{
    Text,
    document::Splitting,
    english, feature_hash,
    word_keys::{HYPHEN, keys},
};

/// What the format starts with.
const MAGIC: &[u8; 4] = b"NIE1";
/// Bytes of a name's hash that are stored.
const HASH_BYTES: usize = 6;
/// Set in a target when the name is the item's main one.
const MAIN: u32 = 1 << 31;
/// Bits before those of the fields in an item's kind.
const FIELDS: usize = 3;
/// Steps of a prior in one unit.
const PRIOR_STEPS: f32 = 10.0;
/// Most bytes of a base once unpacked: more than all people of Wikidata need is a mistake or an attack.
const MAX_BYTES: u64 = 1 << 30;

/// How many others may have an item's name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Rarity {
    /// Some.
    #[default]
    Usual,
    /// Hardly anybody: an unusual first or last name, or a word made up for it.
    Rare,
    /// Many: a common first and a common last name.
    Common,
}

/// An item of Wikidata.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Item {
    /// Its number: 42 for `Q42`.
    pub number: u32,
    /// A person or an organisation.
    pub kind: NameKind,
    /// ISO 3166-1 alpha-2, or zeros.
    pub country: [u8; 2],
    /// How prominent it is: about the number of languages and works that know it.
    pub prior: f32,
    /// How many may have its main name.
    pub rarity: Rarity,
    /// What a person does, by fields; none where it is not known.
    pub fields: Fields,
}

/// An item with its names; the first is the main one.
#[derive(Clone, Debug)]
pub struct Row {
    /// The item.
    pub item: Item,
    /// Its names.
    pub names: Vec<String>,
}

/// Items by name.
#[derive(Debug, Default)]
pub struct EntityBase {
    /// As read: head, items by column, and the items of names; the hashes are taken out.
    bytes: Vec<u8>,
    /// Number of items.
    count: usize,
    /// The parts of names' hashes below their first sixteen bits, in the order of the hashes.
    marks: Vec<u32>,
    /// Where the hashes of each first sixteen bits start, and the end of all.
    bounds: Vec<u32>,
}

/// Why a base could not be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file.
    #[error("{path}: {source}")]
    File {
        /// Which.
        path: String,
        /// Why not.
        source: std::io::Error,
    },
    /// The bytes are no base.
    #[error("{path}: not a base of entities as `build-entities` makes it")]
    Malformed {
        /// Which.
        path: String,
    },
}

/// The hash of a name by the keys of its words; hyphens don't count.
#[must_use]
pub fn phrase(keys: &[u64]) -> u64 {
    phrase_end(keys.iter().fold(START, |name, key| extend(Some(name), *key)))
}

/// What a name's hash starts from.
const START: u64 = 9;

/// The hash of a name's beginning with one more word; `None` before the first.
#[must_use]
pub(super) fn extend(name: Option<u64>, key: u64) -> u64 {
    let name = name.unwrap_or(START);
    if key == HYPHEN { name } else { feature_hash::two(82, name, key) }
}

/// The hash under which the items of a whole name are, by what [`extend`] gave for its last word.
#[must_use]
pub(super) fn phrase_end(name: u64) -> u64 {
    name >> (64 - 8 * HASH_BYTES)
}

/// Hashes under which a name is found, with whether the name was cut for it; none for a name that
/// says too little: a person's single word, a name turned round by a comma.
#[must_use]
pub fn name_hashes(kind: NameKind, name: &str) -> Vec<(u64, bool)> {
    let name = name.split_once(" (").map_or(name, |(name, _)| name);
    // The recogniser leaves articles out.
    let name = match name.strip_prefix("The ") {
        Some(rest) if kind == NameKind::Organisation => rest,
        _ => name,
    };
    let text = Text::split(name, splitting(name));
    let keys = keys(&text);
    let words = keys.iter().filter(|k| **k != HYPHEN).count();
    if words == 0 || kind == NameKind::Person && (words < 2 || name.contains(',')) {
        return Vec::new();
    }
    let mut hashes = vec![(phrase(&keys), false)];
    if kind == NameKind::Organisation {
        let cut = without_form(&text, 0..keys.len());
        if cut.len() < keys.len() && !cut.is_empty() {
            hashes.push((phrase(&keys[cut]), true));
        }
    }
    hashes
}

/// Whether a name is in a script that has no capitals.
fn is_uncased(name: &str) -> bool {
    !name.contains(|c: char| c.is_lowercase() || c.is_uppercase())
}

/// The hash of a name's first two words.
fn opening_of(name: &str) -> Option<u64> {
    let text = Text::split(name, splitting(name));
    let words: Vec<u64> = keys(&text).into_iter().filter(|key| *key != HYPHEN).collect();
    let [first, second, ..] = words[..] else { return None };
    Some(opening(first, second))
}

/// The hash under which the base has the first two words of names in scripts without capitals.
fn opening(first: u64, second: u64) -> u64 {
    phrase_end(feature_hash::two(83, first, second))
}

/// How the texts are parted in which a name stands, by its script: Han is read by characters in every language.
fn splitting(name: &str) -> &'static Splitting {
    let code = match name {
        _ if name.contains(is_hangul) => "ko",
        _ if name.contains(is_kana) => "ja",
        _ => LanguageCode::EN.as_str(),
    };
    Splitting::of(code)
}

/// An organisation's name without the legal form that it ends in.
#[must_use]
pub fn without_form(text: &Text<'_>, mut tokens: std::ops::Range<usize>) -> std::ops::Range<usize> {
    let whole = tokens.clone();
    while tokens.len() > 1 {
        let word = text.word(tokens.end - 1).replace('.', "").to_lowercase();
        if !word.is_empty() && word != "," && !is_form(&word) {
            return tokens;
        }
        tokens.end -= 1;
    }
    if tokens.is_empty() { whole } else { tokens }
}

/// The end of a name without which it says little.
const GROUP: &str = " Group";

/// A name with its umlauts as papers without them write them: `Jörg` as `Joerg`.
fn spelt_out(name: &str) -> Option<String> {
    const LETTERS: [(&str, &str); 6] =
        [("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("Ä", "Ae"), ("Ö", "Oe"), ("Ü", "Ue")];
    let plain = LETTERS.iter().fold(name.to_owned(), |name, (one, two)| name.replace(one, two));
    (plain != name).then_some(plain)
}

/// Stores rows; the inverse of [`EntityBase::from_bytes`].
#[must_use]
pub fn build(rows: &[Row]) -> Vec<u8> {
    // Hash, item, whether it is not the main name, and whether `Group` was cut off.
    let mut entries: Vec<(u64, u32, bool, bool)> = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        for (n, name) in row.names.iter().enumerate() {
            let (main, group) = (n == 0, name.ends_with(GROUP));
            // What papers without umlauts write is the name as well.
            for name in std::iter::once(name.clone()).chain(spelt_out(name)) {
                let hashes = name_hashes(row.item.kind, &name);
                let of = |(hash, cut): (u64, bool)| (hash, at as u32, !main, cut && group);
                entries.extend(hashes.into_iter().map(of));
            }
        }
    }
    // `Orme Group` is not what Orme means where another is called so.
    let whole: HashSet<u64> = entries.iter().filter(|entry| !entry.3).map(|e| e.0).collect();
    entries.retain(|(hash, _, _, cut)| !cut || !whole.contains(hash));
    let mut entries: Vec<(u64, u32, bool)> =
        entries.into_iter().map(|(hash, at, other, _)| (hash, at, other)).collect();
    let mut openings: BTreeMap<u64, u32> = BTreeMap::new();
    for (at, row) in (0..).zip(rows) {
        let names = row.names.iter().filter(|name| is_uncased(name));
        for hash in names.filter_map(|name| opening_of(name)) {
            openings.entry(hash).or_insert(at);
        }
    }
    entries.extend(openings.into_iter().map(|(hash, at)| (hash, at, true)));
    entries.sort_unstable();
    // A name that is an item's main one and another of its names is its main one.
    entries.dedup_by_key(|(hash, at, _)| (*hash, *at));
    let mut out = MAGIC.to_vec();
    out.extend((rows.len() as u32).to_le_bytes());
    out.extend((entries.len() as u32).to_le_bytes());
    for r in rows {
        out.extend(r.item.number.to_le_bytes());
    }
    for r in rows {
        let kind = u8::from(r.item.kind == NameKind::Organisation);
        out.push(kind | (r.item.rarity as u8) << 1 | r.item.fields << FIELDS);
    }
    for r in rows {
        out.extend(r.item.country);
    }
    for r in rows {
        out.push((r.item.prior * PRIOR_STEPS).round() as u8);
    }
    // Byte by byte from the highest: what is sorted is nearly the same from one to the next.
    for byte in (0..HASH_BYTES).rev() {
        for (hash, ..) in &entries {
            out.push((hash >> (8 * byte)) as u8);
        }
    }
    for (_, at, other) in &entries {
        out.extend((at | if *other { 0 } else { MAIN }).to_le_bytes());
    }
    out
}

/// Bits of a hash below its first sixteen.
const SHIFT: usize = 8 * HASH_BYTES - 16;
/// Bytes before the items.
const HEAD: usize = MAGIC.len() + 8;
/// Bytes of an item: number, kind, country and prior.
const ITEM_BYTES: usize = 4 + 1 + 2 + 1;

/// Reads sorted hashes, given byte by byte from the highest: where those of each first sixteen bits start, and the rest
/// of each. `None` when they are not sorted.
fn hashes(bytes: &[u8], names: usize) -> Option<(Vec<u32>, Vec<u32>)> {
    let planes: [&[u8]; HASH_BYTES] =
        std::array::from_fn(|byte| &bytes[byte * names..(byte + 1) * names]);
    let mut bounds = vec![0_u32; (1 << 16) + 1];
    let mut marks = Vec::with_capacity(names);
    let mut last = (0, 0);
    for at in 0..names {
        let [a, b, c, d, e, f] = planes.map(|plane| plane[at]);
        let next = (u16::from_be_bytes([a, b]), u32::from_be_bytes([c, d, e, f]));
        if next < last {
            return None;
        }
        bounds[usize::from(next.0) + 1] += 1;
        marks.push(next.1);
        last = next;
    }
    for at in 1..bounds.len() {
        bounds[at] += bounds[at - 1];
    }
    Some((bounds, marks))
}

impl EntityBase {
    /// Reads what [`build`] wrote; `None` when the bytes are not that.
    #[must_use]
    pub fn from_bytes(mut bytes: Vec<u8>) -> Option<Self> {
        let counts = bytes.strip_prefix(MAGIC)?.get(..8)?.as_chunks::<4>().0;
        let [count, names] = [counts[0], counts[1]].map(|n| u32::from_le_bytes(n) as usize);
        let planes = HEAD + count * ITEM_BYTES;
        let targets = planes + names * HASH_BYTES;
        if bytes.len() != targets + names * 4 {
            return None;
        }
        let (bounds, marks) = hashes(&bytes[planes..targets], names)?;
        let listed = bytes[targets..].as_chunks::<4>().0;
        let sound = listed.iter().all(|t| ((u32::from_le_bytes(*t) & !MAIN) as usize) < count);
        // What the hashes were read from is not needed any more.
        bytes.drain(planes..targets);
        bytes.shrink_to_fit();
        sound.then_some(Self { bytes, count, marks, bounds })
    }

    /// The columns of the items, then the items of the names.
    fn columns(&self) -> (&[u8], &[[u8; 4]]) {
        let bytes = self.bytes.get(HEAD..).unwrap_or_default();
        let (items, targets) = bytes.split_at(self.count * ITEM_BYTES);
        (items, targets.as_chunks().0)
    }

    fn item(&self, at: usize) -> Item {
        let (numbers, rest) = self.columns().0.split_at(4 * self.count);
        let (kinds, rest) = rest.split_at(self.count);
        let (countries, priors) = rest.split_at(2 * self.count);
        Item {
            number: u32::from_le_bytes(numbers.as_chunks().0[at]),
            kind: if kinds[at] & 1 == 0 { NameKind::Person } else { NameKind::Organisation },
            fields: kinds[at] >> FIELDS,
            rarity: match kinds[at] >> 1 & 3 {
                1 => Rarity::Rare,
                2 => Rarity::Common,
                _ => Rarity::Usual,
            },
            country: countries.as_chunks().0[at],
            prior: f32::from(priors[at]) / PRIOR_STEPS,
        }
    }

    /// Unpacks a base.
    #[must_use]
    pub fn unpack(packed: &[u8]) -> Option<Self> {
        use std::io::Read as _;
        let mut bytes = Vec::new();
        zstd::Decoder::new(packed).ok()?.take(MAX_BYTES).read_to_end(&mut bytes).ok()?;
        Self::from_bytes(bytes)
    }

    /// Reads a base from a file.
    ///
    /// # Errors
    /// When it cannot be read or is no base; names the file.
    pub fn read(path: &std::path::Path) -> Result<Self, Error> {
        let named = || path.display().to_string();
        let packed = std::fs::read(path).map_err(|source| Error::File { path: named(), source })?;
        Self::unpack(&packed).ok_or_else(|| Error::Malformed { path: named() })
    }

    /// Whether a name in a script without capitals begins with two words: most in a text begin none.
    #[must_use]
    pub fn opens(&self, first: u64, second: u64) -> bool {
        self.items(opening(first, second)).next().is_some()
    }

    /// The items of a name, with whether it is their main one.
    pub fn items(&self, name: u64) -> impl Iterator<Item = (Item, bool)> {
        let bucket = (name >> SHIFT) as usize;
        let (from, to) = match self.bounds.get(bucket..bucket + 2) {
            Some(&[from, to]) => (from as usize, to as usize),
            _ => (0, 0),
        };
        let mark = name as u32;
        let marks = &self.marks[from..to];
        let start = marks.partition_point(|m| *m < mark);
        marks[start..]
            .iter()
            .zip(&self.columns().1[from + start..])
            .take_while(move |(found, _)| **found == mark)
            .map(|(_, target)| {
                let target = u32::from_le_bytes(*target);
                (self.item((target & !MAIN) as usize), target & MAIN != 0)
            })
    }

    /// Number of items.
    #[must_use]
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }
}

/// Whether a word at the end of a name does not tell it from another.
fn is_form(word: &str) -> bool {
    english::COMPANY_FORMS.contains(word) || english::CLUB_FORMS.contains(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(number: u32, kind: NameKind, names: &[&str]) -> Row {
        let rarity = if number == 8 { Rarity::Rare } else { Rarity::Common };
        let item = Item { number, kind, country: *b"NO", prior: 2.5, rarity, fields: 9 };
        Row { item, names: names.iter().map(|n| (*n).to_owned()).collect() }
    }

    fn found(base: &EntityBase, name: &str) -> Vec<(u32, bool)> {
        let text = Text::new(name);
        base.items(phrase(&keys(&text))).map(|(item, main)| (item.number, main)).collect()
    }

    #[test]
    fn gives_back_items_by_their_names() {
        let rows = [
            row(7, NameKind::Person, &["Odd Fjellvik", "Fjellvik", "Fjellvik, Odd"]),
            row(8, NameKind::Organisation, &["Skarnes Fisk Ltd.", "SFL"]),
        ];
        let base = EntityBase::from_bytes(build(&rows)).unwrap();
        assert_eq!(found(&base, "ODD FJELLVIK"), [(7, true)]);
        assert_eq!(found(&base, "Fjellvik"), [], "a surname alone is nobody's name");
        assert_eq!(found(&base, "Skarnes Fisk"), [(8, true)]);
        assert_eq!(found(&base, "SFL"), [(8, false)]);
        let umlaut = [row(9, NameKind::Person, &["Jörg Fjellvik"])];
        let spelt = EntityBase::from_bytes(build(&umlaut)).unwrap();
        assert_eq!(found(&spelt, "Joerg Fjellvik"), [(9, true)]);
        let (item, _) = base.items(phrase(&keys(&Text::new("SFL")))).next().unwrap();
        assert_eq!(item, rows[1].item);
    }

    #[test]
    fn what_is_cut_or_changed_is_no_base() {
        let bytes = build(&[row(7, NameKind::Person, &["Odd Fjellvik"])]);
        assert!(EntityBase::from_bytes(bytes[..bytes.len() - 1].to_vec()).is_none());
        assert!(EntityBase::from_bytes(b"NIE1".to_vec()).is_none());
        assert!(EntityBase::unpack(&bytes).is_none(), "not packed");
    }

    #[test]
    fn a_file_that_is_no_base_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("people.base");
        std::fs::write(&path, b"no base").unwrap();
        let error = EntityBase::read(&path).unwrap_err();
        assert!(error.to_string().contains("people.base"), "{error}");
        assert!(matches!(error, Error::Malformed { .. }));
        let missing = EntityBase::read(&folder.path().join("none")).unwrap_err();
        assert!(matches!(missing, Error::File { .. }));
    }
}
