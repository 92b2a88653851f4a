//! Markup made fit for the tokenizer of the browsers, and handed to it in pieces.
//!
//! What is mended is what that tokenizer reads otherwise than a feed means it: a bare `&`, and a `<` in a text
//! that begins no element. Attributes beyond [`MOST_ATTRIBUTES`] are dropped, as the tokenizer compares each
//! with all before it. One pass, in time that grows with the text and not with its square; a reading that
//! is told to stop ends within a piece.

use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{BufferQueue, TokenSink, Tokenizer, TokenizerOpts};
use memchr::{memchr, memchr2, memmem};

use super::Error;

/// Most attributes that an element keeps.
const MOST_ATTRIBUTES: usize = 100;

/// What is read between two looks at [`Stop`], in bytes.
const PIECE: usize = 8 * 1024;

/// Tells a reading to end: its time is over, or the process stops.
#[derive(Clone, Debug, Default)]
pub(in crate::feeds) struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Ends the reading soon.
    pub(in crate::feeds) fn set(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// An error where it is to end.
    pub(super) fn check(&self) -> Result<(), Error> {
        if self.0.load(Ordering::Relaxed) { Err(Error::Stopping) } else { Ok(()) }
    }
}

/// Reads a text into a sink.
pub(super) fn tokenize<S: TokenSink<Handle = ()>>(
    text: &str,
    sink: S,
    stop: &Stop,
) -> Result<S, Error> {
    let tokenizer = Tokenizer::new(sink, TokenizerOpts::default());
    let input = BufferQueue::default();
    let mut rest = text;
    while !rest.is_empty() {
        stop.check()?;
        let (piece, after) = rest.split_at(boundary(rest, PIECE));
        input.push_back(StrTendril::from_slice(piece));
        let _ = tokenizer.feed(&input);
        rest = after;
    }
    tokenizer.end();
    Ok(tokenizer.sink)
}

/// The last place between two characters that is not beyond `most`.
pub(super) fn boundary(text: &str, most: usize) -> usize {
    (0..=text.len().min(most)).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default()
}

/// The text with every `&` that begins no reference and every `<` that begins no element made one, outside
/// of CDATA and comments, and with no more attributes than are read.
pub(super) fn mended(text: &str) -> Cow<'_, str> {
    mended_as(text, false)
}

/// The same of a text that is whole: what has no end there is no element either.
pub(super) fn mended_text(text: &str) -> Cow<'_, str> {
    mended_as(text, true)
}

fn mended_as(text: &str, is_whole: bool) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let mut out = String::new();
    let mut done = 0;
    let mut at = 0;
    // Up to here a tag goes: what looks like one within its values is none.
    let mut tag_end = 0;
    let mut has_tags = true;
    let mut put = |from: usize, to: usize, instead: &str| {
        out.push_str(&text[done..from]);
        out.push_str(instead);
        done = to;
    };
    while let Some(found) = memchr2(b'&', b'<', &bytes[at..]) {
        at += found;
        if bytes[at] == b'&' {
            // Where no name follows the tokenizer takes it for text itself.
            let is_name =
                bytes.get(at + 1).is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'#');
            if is_name && !is_reference(&text[at..]) {
                put(at, at + 1, "&amp;");
            }
        } else if !has_tags {
            put(at, at + 1, "&lt;");
        } else if at >= tag_end {
            if let Some(end) = passed_over(bytes, at) {
                at = end;
                continue;
            }
            match scanned(bytes, at) {
                Scanned::Tag { end, cut: None } => tag_end = end,
                Scanned::Tag { end, cut: Some(cut) } => {
                    put(cut, end, if bytes[end - 2] == b'/' { "/>" } else { ">" });
                    at = end;
                    continue;
                }
                Scanned::Text => put(at, at + 1, "&lt;"),
                Scanned::Unterminated if is_whole => {
                    has_tags = false;
                    continue;
                }
                Scanned::Unterminated => tag_end = bytes.len(),
                Scanned::NoName => {}
            }
        }
        at += 1;
    }
    if done == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(&text[done..]);
    Cow::Owned(out)
}

/// Where a comment, a CDATA section, a declaration or an instruction ends that begins here.
fn passed_over(bytes: &[u8], at: usize) -> Option<usize> {
    let rest = &bytes[at..];
    if rest.starts_with(b"<!--") {
        return Some(comment_end(bytes, at + 4));
    }
    if rest.starts_with(b"<![CDATA[") {
        return Some(memmem::find(rest, b"]]>").map_or(bytes.len(), |end| at + end + 3));
    }
    let is_other = match rest.get(1..3) {
        Some([b'!' | b'?', _]) => true,
        Some([b'/', next]) => !next.is_ascii_alphabetic() && *next != b'>',
        _ => false,
    };
    is_other.then(|| memchr(b'>', rest).map_or(bytes.len(), |end| at + end + 1))
}

/// Where a comment ends whose text begins at `start`: also at `--!>`, and at once at `>` and `->`.
fn comment_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start;
    while let Some(found) = memchr(b'>', &bytes[at..]) {
        at += found + 1;
        let inside = &bytes[start..at - 1];
        if inside.is_empty()
            || inside == b"-"
            || inside.ends_with(b"--")
            || inside.ends_with(b"--!")
        {
            return at;
        }
    }
    bytes.len()
}

/// What a `<` begins.
enum Scanned {
    /// A tag, and from where on its attributes are too many.
    Tag { end: usize, cut: Option<usize> },
    /// A tag that is cut off, which the tokenizer drops.
    Unterminated,
    /// Nothing: it is a character of the text.
    Text,
    /// Something without a name, which the tokenizer takes for text itself.
    NoName,
}

/// Goes over a tag as the tokenizer does. It is none where another `<` comes before its end, or where
/// its name is an address for mail.
fn scanned(bytes: &[u8], start: usize) -> Scanned {
    let byte = |at: usize| bytes.get(at).copied();
    let is_break = |b: u8| b.is_ascii_whitespace() || matches!(b, b'/' | b'>');
    let mut at = start + 1 + usize::from(byte(start + 1) == Some(b'/'));
    if !byte(at).is_some_and(|b| b.is_ascii_alphabetic()) {
        return Scanned::NoName;
    }
    while let Some(b) = byte(at).filter(|b| !is_break(*b)) {
        if matches!(b, b'<' | b'@') {
            return Scanned::Text;
        }
        at += 1;
    }
    let (mut attributes, mut cut, mut has_values) = (0, None, false);
    loop {
        while byte(at).is_some_and(|b| is_break(b) && b != b'>') {
            at += 1;
        }
        match byte(at) {
            None => return Scanned::Unterminated,
            Some(b'>') => return Scanned::Tag { end: at + 1, cut },
            Some(_) => {}
        }
        attributes += 1;
        if attributes == MOST_ATTRIBUTES + 1 {
            cut = Some(at);
        }
        let name = at;
        while let Some(b) = byte(at).filter(|b| !is_break(*b) && (*b != b'=' || at == name)) {
            if b == b'<' && !has_values {
                return Scanned::Text;
            }
            at += 1;
        }
        while byte(at).is_some_and(|b| b.is_ascii_whitespace()) {
            at += 1;
        }
        if byte(at) != Some(b'=') {
            continue;
        }
        has_values = true;
        at += 1;
        while byte(at).is_some_and(|b| b.is_ascii_whitespace()) {
            at += 1;
        }
        match byte(at) {
            Some(quote @ (b'"' | b'\'')) => match memchr(quote, &bytes[at + 1..]) {
                Some(length) => at += length + 2,
                None => return Scanned::Unterminated,
            },
            _ => {
                while byte(at).is_some_and(|b| !b.is_ascii_whitespace() && b != b'>') {
                    at += 1;
                }
            }
        }
    }
}

/// Whether a text that begins with `&` begins with a reference.
fn is_reference(text: &str) -> bool {
    /// Longest name of an entity that is looked for; HTML's has 31 characters.
    const LONGEST: usize = 40;
    let name =
        text[1..].bytes().take(LONGEST).take_while(|b| b.is_ascii_alphanumeric() || *b == b'#');
    let length = name.count();
    length > 0 && text.as_bytes().get(1 + length) == Some(&b';')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bare_ampersand_and_less_than_are_mended() {
        for (text, right) in [
            (
                "<![CDATA[a &b<c d]]>&x; &b & <!-- &b -->&b",
                "<![CDATA[a &b<c d]]>&x; &amp;b & <!-- &b -->&amp;b",
            ),
            ("<t>if a<b then</t>", "<t>if a&lt;b then</t>"),
            ("<t>Ann <a@ex.com> says</t>", "<t>Ann &lt;a@ex.com> says</t>"),
            ("<t>I <3 snow</t>", "<t>I <3 snow</t>"),
            ("<a b='<c' d=\"?x&y\">e</a>", "<a b='<c' d=\"?x&amp;y\">e</a>"),
            (
                "<!--> &a <!---> &a <!-- --!> &a <!",
                "<!--> &amp;a <!---> &amp;a <!-- --!> &amp;a <!",
            ),
            ("<a b", "<a b"),
            ("<a b='", "<a b='"),
            ("<", "<"),
            ("</", "</"),
            ("</>&a", "</>&amp;a"),
        ] {
            assert_eq!(mended(text), right, "{text}");
        }
    }

    #[test]
    fn unclosed_markup_in_text_is_text() {
        assert_eq!(mended_text("if a<b then <c &d"), "if a&lt;b then &lt;c &amp;d");
        assert_eq!(mended_text("<b>a</b> <c"), "<b>a</b> &lt;c");
    }

    #[test]
    fn attributes_without_end_are_dropped() {
        let attributes =
            |count: usize| -> String { (0..count).map(|n| format!(" a{n}='<&'")).collect() };
        let mended = mended(&format!("<x{}/>&a<y>", attributes(300))).into_owned();
        assert_eq!(mended, format!("<x{} />&amp;a<y>", attributes(100)));
    }
}
