//! What the group knows of a feed between two polls, and how it is written down: hashes in base64, entries in a few bytes
//! each. What is worth knowing is the caller's.

use std::collections::BTreeMap;

use data_encoding::BASE64_NOPAD;
use serde::{Deserialize, Serialize};

/// What is known of a feed between two polls.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct KnownFeed {
    /// Where it has moved for good.
    pub moved: Option<String>,
    /// Validator of the last document.
    pub etag: Option<String>,
    /// Validator of the last document.
    pub last_modified: Option<String>,
    /// The address whose answer gave the validators.
    pub validated: Option<String>,
    /// The interval that its changes call for, in seconds; 0 before the first poll.
    pub interval_secs: u64,
    /// Failed polls in a row.
    pub failures: u32,
    /// It answered 410 and is not polled again.
    pub gone: bool,
    /// The entries that were published, those seen longest ago first.
    pub entries: KnownEntries,
    /// The format of the last document; empty before the first, and where a version before this one read it.
    pub via: String,
    /// Marks of the entries that were in the last document, by which one is known whose id has changed.
    pub marks: Hashes,
    /// What entries said before they said something else, the latest last: hashes of both who and what.
    pub earlier: Hashes,
    /// The last entries of the last document that have no date.
    pub ends: Hashes,
    /// Hashes of what a version before this one published.
    pub seen: Hashes,
    /// What is known of a sitemap index's parts, by a hash of the address.
    pub parts: BTreeMap<String, KnownPart>,
    /// How many undated parts of sitemap indexes were read so far: those that come next have their turn.
    pub turn: u64,
}

/// What is known of a part of a sitemap index.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownPart {
    /// `lastmod` of the index when the part was last read, where that tells whether it has changed since.
    pub last_modified: Option<String>,
    /// When it was last read, in seconds since the epoch.
    pub read: u64,
    /// The entries that were published from it.
    pub entries: KnownEntries,
    /// Hashes of what a version before this one published from it.
    pub seen: Hashes,
}

/// What is known of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownEntry {
    /// Hash of its id.
    pub id: u64,
    /// Its latest update time, in seconds since the epoch; none where it has never had one.
    pub updated: Option<u32>,
    /// Hash of what it says, of [`KnownEntry::TEXT_BITS`].
    pub text: u16,
    /// What its update time has done.
    pub update: UpdateTime,
}

/// What the update time of an entry has done so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UpdateTime {
    /// Nothing yet.
    First = 0,
    /// It stayed while other things in the feed changed.
    Kept = 1,
    /// It moved, and that is settled: the entry was published again, or the time is none of its own.
    Settled = 2,
    /// It moved without anything else, and it is not known yet whether that is a revision.
    Moved = 3,
}

impl KnownEntry {
    /// Bits of the hash of what an entry says.
    pub const TEXT_BITS: u32 = 14;
    /// Bytes of an entry where it is written down.
    const BYTES: usize = 14;

    fn to_bytes(self) -> [u8; Self::BYTES] {
        let mut bytes = [0; Self::BYTES];
        let state = self.text << 2 | self.update as u16;
        bytes[..8].copy_from_slice(&self.id.to_le_bytes());
        bytes[8..12].copy_from_slice(&self.updated.unwrap_or_default().to_le_bytes());
        bytes[12..].copy_from_slice(&state.to_le_bytes());
        bytes
    }

    fn from_bytes(bytes: [u8; Self::BYTES]) -> Self {
        let [a, b, c, d, e, f, g, h, i, j, k, l, m, n] = bytes;
        let updated = u32::from_le_bytes([i, j, k, l]);
        let state = u16::from_le_bytes([m, n]);
        Self {
            id: u64::from_le_bytes([a, b, c, d, e, f, g, h]),
            updated: (updated > 0).then_some(updated),
            text: state >> 2,
            update: match state & 3 {
                0 => UpdateTime::First,
                1 => UpdateTime::Kept,
                2 => UpdateTime::Settled,
                _ => UpdateTime::Moved,
            },
        }
    }
}

/// Entries, in base64 where they are written down.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct KnownEntries(pub Vec<KnownEntry>);

impl From<KnownEntries> for String {
    fn from(entries: KnownEntries) -> Self {
        let bytes: Vec<u8> = entries.0.into_iter().flat_map(KnownEntry::to_bytes).collect();
        BASE64_NOPAD.encode(&bytes)
    }
}

impl TryFrom<String> for KnownEntries {
    type Error = data_encoding::DecodeError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let bytes = BASE64_NOPAD.decode(text.as_bytes())?;
        let (entries, _) = bytes.as_chunks();
        Ok(Self(entries.iter().map(|entry| KnownEntry::from_bytes(*entry)).collect()))
    }
}

/// Hashes of 64 bits, in base64 where they are written down.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Hashes(pub Vec<u64>);

impl From<Hashes> for String {
    fn from(hashes: Hashes) -> Self {
        let bytes: Vec<u8> = hashes.0.iter().flat_map(|hash| hash.to_le_bytes()).collect();
        BASE64_NOPAD.encode(&bytes)
    }
}

impl TryFrom<String> for Hashes {
    type Error = data_encoding::DecodeError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let bytes = BASE64_NOPAD.decode(text.as_bytes())?;
        let (hashes, _) = bytes.as_chunks();
        Ok(Self(hashes.iter().map(|hash| u64::from_le_bytes(*hash)).collect()))
    }
}
