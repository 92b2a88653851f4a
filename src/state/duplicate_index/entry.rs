//! One entry of the log of seen stories, as bytes: version, flags, key, page, sketch.

use crate::model::Key;

const VERSION: u8 = 2;
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
        let mut bytes = Vec::with_capacity(HEAD + self.sketch.len());
        let paged = if self.page.is_some() { PAGED } else { 0 };
        bytes.extend([VERSION, paged | if self.drops_copies { DROPPED } else { 0 }]);
        bytes.extend(pack(self.key));
        bytes.extend(self.page.unwrap_or_default().to_le_bytes());
        bytes.extend(self.sketch);
        bytes
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
        let (page, sketch) = rest.split_first_chunk()?;
        let entry = Self {
            key: unpack(key)?,
            page: (flags & PAGED != 0).then(|| u64::from_le_bytes(*page)),
            drops_copies: flags & DROPPED != 0,
            sketch,
        };
        (version == VERSION).then_some((entry, flags))
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
