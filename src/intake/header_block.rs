//! Headers of a message as they lie on the wire, read with patience.
//!
//! The broker stores whatever a producer sends: values in another encoding, lines without a colon, names
//! with spaces. What can be read is read, and what cannot is told, so that the message can be
//! dead-lettered; a reader that gives up would be given the message again without end.

use super::Headers;

/// A header block taken apart.
#[derive(Debug, Default)]
pub(super) struct HeaderBlock {
    pub(super) headers: Headers,
    /// Status and description: those of the broker's own notes.
    pub(super) status: Option<(u16, String)>,
    /// What cannot be read, where something cannot.
    pub(super) unreadable: Option<String>,
}

/// Reads a block, from `NATS/1.0` to the empty line.
pub(super) fn read(block: &[u8]) -> HeaderBlock {
    let mut lines =
        block.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    let mut found = HeaderBlock::default();
    let Some(first) = lines.next().and_then(|line| line.strip_prefix(b"NATS/1.0")) else {
        found.unreadable = Some("they do not begin with NATS/1.0".to_owned());
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
            Line::Folded(_) => {
                found
                    .unreadable
                    .get_or_insert_with(|| format!("line {} continues none", number + 2));
            }
            Line::Bad(reason) => {
                found.unreadable.get_or_insert_with(|| format!("line {}: {reason}", number + 2));
            }
        }
    }
    for (name, value) in read {
        found.headers.push(name, value);
    }
    found
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
    fn what_can_be_read_is_read_and_the_rest_is_named() {
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
            let said = bad.unreadable.unwrap();
            assert!(said.starts_with("line 3") && said.contains(reason), "{said}");
            assert_eq!(bad.headers.get("News-Id"), Some("a"));
        }
        assert!(read(b"HTTP/1.1 200\r\n\r\n").unreadable.is_some());
    }

    #[test]
    fn the_status_of_a_note_is_read() {
        let note = read(b"NATS/1.0 409 Consumer Deleted\r\n\r\n");
        assert_eq!(note.status, Some((409, "Consumer Deleted".to_owned())));
        assert_eq!(read(b"NATS/1.0\r\n\r\n").status, None);
    }
}
