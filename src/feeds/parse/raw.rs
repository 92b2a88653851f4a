//! Entries as they are written, before it is known what they say.

use super::media::Media;
use crate::model::WebUrl;

/// What a text is said to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TextKind {
    /// Characters, as Atom's `text`.
    Plain,
    /// Markup, or what may be markup.
    Html,
}

/// A text of an entry.
#[derive(Clone, Debug)]
pub(super) struct RawText {
    pub text: String,
    pub kind: TextKind,
}

/// A link of an entry.
#[derive(Clone, Debug)]
pub(super) struct RawLink {
    /// Lower case, without IANA's IRI; `alternate` where none is said.
    pub rel: String,
    pub media_type: Option<String>,
    pub url: Option<WebUrl>,
}

/// An entry as it is written.
#[derive(Clone, Debug, Default)]
pub(super) struct RawEntry {
    pub guid: String,
    /// The guid is said to be an address.
    pub guid_is_link: bool,
    /// What an RDF item is about.
    pub about: Option<WebUrl>,
    /// Where its relative addresses start from.
    pub base: Option<WebUrl>,
    pub title: Option<RawText>,
    pub links: Vec<RawLink>,
    /// The address before a service counted its readers.
    pub original: Option<WebUrl>,
    /// `<content src>`.
    pub content_src: Option<WebUrl>,
    pub published: String,
    pub updated: String,
    pub language: Option<String>,
    pub authors: Vec<String>,
    pub categories: Vec<String>,
    /// The story itself, where the feed carries it.
    pub content: Option<RawText>,
    pub media: Vec<Media>,
}
