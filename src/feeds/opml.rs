//! OPML: the feeds that other readers export.

use quick_xml::events::Event;
use quick_xml::{Reader, XmlVersion};
use thiserror::Error;

/// An outline that names a feed.
#[derive(Debug)]
pub(super) struct Outline {
    pub url: String,
    pub line: usize,
}

/// Why a text is no OPML.
#[derive(Debug, Error)]
pub enum OpmlError {
    /// Not well-formed.
    #[error("line {line}")]
    Xml {
        /// Where.
        line: usize,
        /// What is wrong.
        #[source]
        source: quick_xml::Error,
    },
    /// Another document.
    #[error(
        "<{0}> is not <opml>: a file names feeds, and a feed itself is polled at its URL, as `news-ingest feeds URL`"
    )]
    Root(String),
}

/// Every outline with an `xmlUrl`, whatever folder it is in.
pub(super) fn read(text: &str) -> Result<Vec<Outline>, OpmlError> {
    let mut reader = Reader::from_str(text);
    reader.config_mut().allow_dangling_amp = true;
    // Counted on from the last place: a list may be long.
    let (mut counted, mut lines) = (0, 1);
    let mut line = |at: u64| {
        let at = usize::try_from(at).unwrap_or(usize::MAX).clamp(counted, text.len());
        lines += memchr::memchr_iter(b'\n', &text.as_bytes()[counted..at]).count();
        counted = at;
        lines
    };
    let mut outlines = Vec::new();
    let mut root = true;
    loop {
        let event = reader
            .read_event()
            .map_err(|source| OpmlError::Xml { line: line(reader.error_position()), source })?;
        let element = match event {
            Event::Eof => return Ok(outlines),
            Event::Start(element) | Event::Empty(element) => element,
            _ => continue,
        };
        let name = element.local_name().into_inner().to_owned();
        if std::mem::take(&mut root) && !name.eq_ignore_ascii_case("opml") {
            return Err(OpmlError::Root(name.chars().take(40).collect()));
        }
        for attribute in element.attributes().with_checks(false).flatten() {
            if attribute.key.as_ref().eq_ignore_ascii_case("xmlurl") {
                let value = attribute.normalized_value(XmlVersion::Implicit1_0);
                // A broken reference stays as it stands: the URL then says what is wrong.
                let url = value.unwrap_or(attribute.value).trim().to_owned();
                outlines.push(Outline { url, line: line(reader.buffer_position()) });
            }
        }
    }
}
