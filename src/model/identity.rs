//! Who a story is: its id, its revision, and the key that stands for both wherever a token is
//! needed. Never taken from what was fetched, so a redelivery always finds itself.

use std::fmt;
use std::sync::Arc;

use data_encoding::BASE32_NOPAD;
use sha2::{Digest, Sha256};
use thiserror::Error;

use super::WebUrl;

/// How a revision begins that stands for one that cannot be used.
const UNUSABLE: &str = "unusable:";

/// Longest id or revision accepted, in bytes.
const MAX_LEN: usize = 1024;

/// Why an id or a revision was refused.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum IdentityError {
    /// Zero characters.
    #[error("{field} is empty")]
    Empty {
        /// `id` or `revision`.
        field: &'static str,
    },
    /// More than 1,024 bytes.
    #[error("{field} has {bytes} bytes, more than {MAX_LEN}")]
    TooLong {
        /// `id` or `revision`.
        field: &'static str,
        /// Its length.
        bytes: usize,
    },
    /// White space and control characters make ids that cannot be logged, listed or typed.
    #[error("{field} has white space or a control character at byte {at}")]
    WhiteSpace {
        /// `id` or `revision`.
        field: &'static str,
        /// Offset of the first offender.
        at: usize,
    },
}

fn checked(field: &'static str, value: &str) -> Result<Arc<str>, IdentityError> {
    if value.is_empty() {
        return Err(IdentityError::Empty { field });
    }
    if value.len() > MAX_LEN {
        return Err(IdentityError::TooLong { field, bytes: value.len() });
    }
    if let Some((at, _)) = value.char_indices().find(|(_, c)| c.is_whitespace() || c.is_control()) {
        return Err(IdentityError::WhiteSpace { field, at });
    }
    Ok(value.into())
}

/// A story's id: 1 to 1,024 bytes without white space or control characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct StoryId(Arc<str>);

impl StoryId {
    /// The producer's id.
    ///
    /// # Errors
    /// When it is empty, too long, or has white space in it.
    pub fn new(id: &str) -> Result<Self, IdentityError> {
        checked("id", id).map(Self)
    }

    /// The id of a message that has none but names a page: a hash of the normalised URL.
    #[must_use]
    pub fn of_url(url: &WebUrl) -> Self {
        Self::hashed("url", url.normalised().as_bytes())
    }

    /// The id of a feed's entry whose own id cannot be written down: a hash of that.
    #[must_use]
    pub fn of_entry(guid: &str) -> Self {
        Self::hashed("entry", guid.as_bytes())
    }

    /// The id of a message that has neither id nor URL: a hash of its body.
    #[must_use]
    pub fn of_body(body: &[u8]) -> Self {
        Self::hashed("body", body)
    }

    /// The id of a message that names none and carries no article: a hash of all that was sent.
    #[must_use]
    pub fn of_message(parts: &[&[u8]]) -> Self {
        let mut hash = Sha256::new();
        for part in parts {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        let hash = data_encoding::HEXLOWER.encode(&hash.finalize()[..16]);
        Self(format!("message:{hash}").into())
    }

    fn hashed(kind: &str, bytes: &[u8]) -> Self {
        let hash = data_encoding::HEXLOWER.encode(&Sha256::digest(bytes)[..16]);
        Self(format!("{kind}:{hash}").into())
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for StoryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A story's revision: under a new one the same id is a new story.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Revision(Arc<str>);

impl Revision {
    /// The producer's revision.
    ///
    /// # Errors
    /// When it is empty, too long, or has white space in it.
    pub fn new(revision: &str) -> Result<Self, IdentityError> {
        checked("revision", revision).map(Self)
    }

    /// What stands for a revision that cannot be used: a hash of it.
    #[must_use]
    pub fn of_unusable(revision: &str) -> Self {
        let hash = data_encoding::HEXLOWER.encode(&Sha256::digest(revision.as_bytes())[..16]);
        Self(format!("{UNUSABLE}{hash}").into())
    }

    /// Whether a revision stands for one that cannot be used.
    #[must_use]
    pub fn is_unusable(revision: &str) -> bool {
        revision.starts_with(UNUSABLE)
    }

    /// The revision as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The only form of an id in a subject or a bucket key: the first 26 characters of the RFC 4648
/// base32 of SHA-256(id, 0x00, revision); 130 bits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key([u8; Key::LEN]);

impl Key {
    /// Characters in a key.
    pub const LEN: usize = 26;

    fn new(id: &StoryId, revision: Option<&Revision>) -> Self {
        let mut hash = Sha256::new();
        hash.update(id.as_str());
        hash.update([0]);
        hash.update(revision.map_or("", Revision::as_str));
        let text = BASE32_NOPAD.encode(&hash.finalize());
        let mut key = [0; Self::LEN];
        key.copy_from_slice(&text.as_bytes()[..Self::LEN]);
        Self(key)
    }

    /// Reads a key back, from a subject or a command line.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let key: [u8; Self::LEN] = text.as_bytes().try_into().ok()?;
        key.iter().all(|b| matches!(b, b'A'..=b'Z' | b'2'..=b'7')).then_some(Self(key))
    }

    /// The key as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("a key is ASCII")
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({self})")
    }
}

/// Id, revision and their key, made once and carried through every state. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    id: StoryId,
    revision: Option<Revision>,
    key: Key,
}

impl Identity {
    /// Joins an id and a revision.
    #[must_use]
    pub fn new(id: StoryId, revision: Option<Revision>) -> Self {
        let key = Key::new(&id, revision.as_ref());
        Self { id, revision, key }
    }

    /// The story's id.
    #[must_use]
    pub fn id(&self) -> &StoryId {
        &self.id
    }

    /// The story's revision.
    #[must_use]
    pub fn revision(&self) -> Option<&Revision> {
        self.revision.as_ref()
    }

    /// The key of both.
    #[must_use]
    pub fn key(&self) -> Key {
        self.key
    }

    /// The key of the id alone, which the revisions of a story have in common.
    #[must_use]
    pub fn unrevised_key(&self) -> Key {
        Key::new(&self.id, None)
    }

    /// The key of both as text, borrowed.
    #[must_use]
    pub fn key_str(&self) -> &str {
        self.key.as_str()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_is_base32_sha256_of_id_nul_revision() {
        let plain = Identity::new(StoryId::new("feed-812:abc").unwrap(), None);
        let revised =
            Identity::new(StoryId::new("feed-812:abc").unwrap(), Some(Revision::new("2").unwrap()));
        let expected = BASE32_NOPAD.encode(&Sha256::digest(b"feed-812:abc\0"));
        assert_eq!(plain.key().as_str(), &expected[..26]);
        assert_ne!(plain.key(), revised.key());
        assert_eq!(plain.key(), revised.unrevised_key());
        assert_eq!(Key::parse(plain.key().as_str()), Some(plain.key()));
    }

    #[test]
    fn refuses_ids_that_cannot_be_written_down() {
        assert_eq!(StoryId::new("a b.c"), Err(IdentityError::WhiteSpace { field: "id", at: 1 }));
        assert_eq!(StoryId::new(""), Err(IdentityError::Empty { field: "id" }));
        assert!(StoryId::new(&"x".repeat(1025)).is_err());
        assert!(StoryId::new("https://ex.com/?p=1.2").is_ok());
    }
}
