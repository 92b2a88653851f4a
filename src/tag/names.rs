//! A text as names are looked for in it, and a name that was found: what the recognisers, the user's lists and the
//! places share.

use std::ops::Range;

use super::Text;

/// What a name names, as far as the model tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NameKind {
    /// A human being.
    Person,
    /// An organisation.
    Organisation,
    /// A place.
    Place,
    /// Nationalities, events, works, products; told apart only to keep them out of the others.
    Other,
}

impl NameKind {
    /// Every kind, in the order of the model's labels.
    pub const ALL: [Self; 4] = [Self::Person, Self::Organisation, Self::Place, Self::Other];
}

/// A name in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// Of what.
    pub kind: NameKind,
    /// Its tokens.
    pub tokens: Range<usize>,
}

/// A text with what is known of its tokens before names are looked for.
#[derive(Clone, Copy, Debug)]
pub struct Reading<'a> {
    /// The text.
    pub text: &'a Text<'a>,
    /// Its tokens' keys.
    pub keys: &'a [u64],
    /// Its tokens' flags from the gazetteer.
    pub listed: &'a [u16],
}
