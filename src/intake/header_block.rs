//! Headers of a message as the broker stores them, read as far as possible.
//!
//! The broker stores whatever a producer sends: values in another encoding, lines without a colon, names
//! with spaces. What can be read is read, and what cannot is reported, so that the message can be
//! dead-lettered; a reader that gave up would be given the message again without end.

use super::{Headers, Unreadable};
use crate::headers;

/// A header block taken apart.
#[derive(Debug, Default)]
pub(super) struct HeaderBlock {
    pub(super) headers: Headers,
    /// Status and description: those of the broker's own notes.
    pub(super) status: Option<(u16, String)>,
    /// What cannot be read, where something cannot; that which hides the most.
    pub(super) unreadable: Option<Unreadable>,
}

impl HeaderBlock {
    fn note(&mut self, reason: String, hides_identity: bool) {
        match &mut self.unreadable {
            Some(noted) => noted.hides_identity |= hides_identity,
            None => self.unreadable = Some(Unreadable { reason, hides_identity }),
        }
    }
}

/// Reads a block, from `NATS/1.0` to the empty line.
pub(super) fn read(block: &[u8]) -> HeaderBlock {
    let mut lines =
        block.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    let mut found = HeaderBlock::default();
    let Some(first) = lines.next().and_then(|line| line.strip_prefix(b"NATS/1.0")) else {
        found.note("they do not begin with NATS/1.0".to_owned(), true);
        return found;
    };
    found.status = status(first);
    let mut read: Vec<(String, String)> = Vec::new();
    for (number, line) in lines.enumerate() {
        match field(line) {
            Line::Empty => {}
            Line::Folded(more) if !read.is_empty() => {
                if let Some((_, value)) = read.last_mut() {
                    value.push(' ');
                    value.push_str(more);
                }
            }
            Line::Field(name, value) => read.push((name.to_owned(), value.to_owned())),
            Line::Folded(_) => found.note(format!("line {} continues none", number + 2), true),
            Line::Bad(reason) => {
                found.note(format!("line {}: {reason}", number + 2), is_of_identity(line));
            }
        }
    }
    for (name, value) in read {
        found.headers.push(name, value);
    }
    found
}

/// Whether a line that cannot be read has the name of a header that says who the message is or how it is read.
fn is_of_identity(line: &[u8]) -> bool {
    let name = line.split(|byte| *byte == b':').next().unwrap_or(line).trim_ascii();
    let is = |header: &str| name.eq_ignore_ascii_case(header.as_bytes());
    let ours = [headers::ID, headers::REVISION, headers::URL, headers::OBJECT];
    ours.into_iter().any(is)
        || is("Content-Type")
        || is("Content-Encoding")
        || name.get(..3).is_some_and(|start| start.eq_ignore_ascii_case(b"ce-"))
}

enum Line<'a> {
    Empty,
    Field(&'a str, &'a str),
    /// Belongs to the line before.
    Folded(&'a str),
    Bad(&'static str),
}

fn field(line: &[u8]) -> Line<'_> {
    if line.is_empty() {
        return Line::Empty;
    }
    let Ok(line) = std::str::from_utf8(line) else { return Line::Bad("not UTF-8") };
    if line.starts_with([' ', '\t']) {
        return Line::Folded(line.trim());
    }
    match line.split_once(':') {
        None => Line::Bad("no colon"),
        Some(("", _)) => Line::Bad("no name"),
        Some((name, _)) if !name.bytes().all(|b| b.is_ascii_graphic()) => {
            Line::Bad("a name with a space or a character that is not ASCII")
        }
        Some((name, value)) => Line::Field(name, value.trim()),
    }
}

fn status(text: &[u8]) -> Option<(u16, String)> {
    let text = String::from_utf8_lossy(text);
    let (code, description) = text.trim().split_once(' ').unwrap_or((text.trim(), ""));
    Some((code.parse().ok()?, description.trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readable_headers_are_read_and_others_named() {
        let good = read(b"NATS/1.0\r\nNews-Id: a\r\nX-Long: one\r\n two\r\nX-Long: three\r\n\r\n");
        let all: Vec<_> = good.headers.iter().collect();
        assert_eq!(all, [("News-Id", "a"), ("X-Long", "one two"), ("X-Long", "three")]);
        assert_eq!(good.unreadable, None);
        for (line, reason) in [
            (&b"X-Note: na\xefve"[..], "not UTF-8"),
            (b"without a mark", "no colon"),
            (b"Two Words: 1", "a space"),
            (b": 1", "no name"),
        ] {
            let block = [b"NATS/1.0\r\nNews-Id: a\r\n", line, b"\r\n\r\n"].concat();
            let bad = read(&block);
            let Unreadable { reason: said, hides_identity } = bad.unreadable.unwrap();
            assert!(said.starts_with("line 3") && said.contains(reason), "{said}");
            assert!(!hides_identity);
            assert_eq!(bad.headers.get("News-Id"), Some("a"));
        }
        for line in
            [&b"news-id: caf\xe9"[..], b"Content-Type: \xff", b"ce-id: \xff", b"News-Url\xff"]
        {
            let block = [b"NATS/1.0\r\nX: a\r\nX-Note: \xff\r\n", line, b"\r\n\r\n"].concat();
            let hides = read(&block).unreadable.unwrap().hides_identity;
            assert_eq!(hides, line != b"News-Url\xff", "{line:?}");
        }
        assert!(read(b"HTTP/1.1 200\r\n\r\n").unreadable.is_some());
        let Unreadable { reason, hides_identity } =
            read(b"NATS/1.0\r\n more\r\nX: a\r\n\r\n").unreadable.unwrap();
        assert_eq!((reason.as_str(), hides_identity), ("line 2 continues none", true));
    }

    #[test]
    fn the_status_of_a_note_is_read() {
        let note = read(b"NATS/1.0 409 Consumer Deleted\r\n\r\n");
        assert_eq!(note.status, Some((409, "Consumer Deleted".to_owned())));
        assert_eq!(read(b"NATS/1.0\r\n\r\n").status, None);
    }
}
