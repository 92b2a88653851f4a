//! One entry of the log of seen stories, as bytes: version, flags, key, page, sketch. A story with a revision is told
//! twice: in a version that says between page and sketch whose revision it is, and, behind that, in the one that workers
//! built before it read; these pass over the other.

use crate::model::Key;

const VERSION: u8 = 2;
/// Of an entry that says whose revision it is. Messages of several entries begin with a 3.
const VERSION_REVISED: u8 = 4;
pub(super) const PACKED_KEY: usize = 17;
/// Version, flags, key, page.
const HEAD: usize = 2 + PACKED_KEY + 8;

const PAGED: u8 = 1;
const DROPPED: u8 = 2;
/// The story was not published after all.
pub(super) const WITHDRAWN: u8 = 4;

/// What the log says of a story.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeenEntry<'a> {
    /// The story.
    pub key: Key,
    /// The key of its id alone, where it has a revision: the stories of one id have this in common.
    pub unrevised: Option<Key>,
    /// Hash of its page's address, where it has one.
    pub page: Option<u64>,
    /// Whether its worker drops copies: then nothing else repeats it when it is one.
    pub drops_copies: bool,
    /// What it is compared by; opaque here.
    pub sketch: &'a [u8],
}

impl<'a> SeenEntry<'a> {
    /// The entry as bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(HEAD + PACKED_KEY + self.sketch.len());
        let paged = if self.page.is_some() { PAGED } else { 0 };
        let version = if self.unrevised.is_some() { VERSION_REVISED } else { VERSION };
        bytes.extend([version, paged | if self.drops_copies { DROPPED } else { 0 }]);
        bytes.extend(pack(self.key));
        bytes.extend(self.page.unwrap_or_default().to_le_bytes());
        bytes.extend(self.unrevised.map(pack).into_iter().flatten());
        bytes.extend(self.sketch);
        bytes
    }

    /// What the log is told, in this order: the entry, and where that is of a newer version the same in the older one.
    pub(in crate::state) fn messages(&self) -> impl Iterator<Item = Vec<u8>> {
        let older = self.unrevised.map(|_| Self { unrevised: None, ..*self }.to_bytes());
        std::iter::once(self.to_bytes()).chain(older)
    }

    /// The key of its id alone.
    pub(super) fn story(&self) -> Key {
        self.unrevised.unwrap_or(self.key)
    }

    /// An entry that takes a story's entry back: it will not be published.
    #[must_use]
    pub fn withdrawal(key: Key) -> Vec<u8> {
        let mut bytes = vec![VERSION, WITHDRAWN];
        bytes.extend(pack(key));
        bytes.extend([0; 8]);
        bytes
    }

    pub(super) fn read(bytes: &'a [u8]) -> Option<(Self, u8)> {
        let (&[version, flags], rest) = bytes.split_first_chunk::<2>()?;
        let (key, rest) = rest.split_first_chunk::<PACKED_KEY>()?;
        let (page, rest) = rest.split_first_chunk()?;
        let (unrevised, sketch) = match version {
            VERSION => (None, rest),
            VERSION_REVISED => {
                let (story, sketch) = rest.split_first_chunk::<PACKED_KEY>()?;
                (Some(unpack(story)?), sketch)
            }
            _ => return None,
        };
        let entry = Self {
            key: unpack(key)?,
            unrevised,
            page: (flags & PAGED != 0).then(|| u64::from_le_bytes(*page)),
            drops_copies: flags & DROPPED != 0,
            sketch,
        };
        Some((entry, flags))
    }
}

/// A key's 26 characters of five bits each.
pub(super) fn pack(key: Key) -> [u8; PACKED_KEY] {
    let mut packed = [0; PACKED_KEY];
    for (at, c) in key.as_str().bytes().enumerate() {
        let value = u16::from(if c < b'A' { c - b'2' + 26 } else { c - b'A' });
        let (byte, shift) = (at * 5 / 8, 11 - at * 5 % 8);
        let [high, low] = (value << shift).to_be_bytes();
        packed[byte] |= high;
        if let Some(next) = packed.get_mut(byte + 1) {
            *next |= low;
        }
    }
    packed
}

fn unpack(packed: &[u8; PACKED_KEY]) -> Option<Key> {
    let mut text = [0; Key::LEN];
    for (at, c) in text.iter_mut().enumerate() {
        let (byte, shift) = (at * 5 / 8, 11 - at * 5 % 8);
        let low = packed.get(byte + 1).copied().unwrap_or_default();
        let value = (u16::from_be_bytes([packed[byte], low]) >> shift & 31) as u8;
        *c = if value < 26 { b'A' + value } else { b'2' + value - 26 };
    }
    Key::parse(std::str::from_utf8(&text).ok()?)
}
