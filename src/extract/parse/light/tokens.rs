//! A page's tokens for the light builder: the standard's tokenizer on slices of the page.
//!
//! html5ever's tokenizer takes its input by the character and from a queue, which costs more than its tree
//! does. This one looks for the bytes that end a run, and gives up where the standard's states go another
//! way than plain markup does: a NUL, a tag or comment that a piece of input ends in, scripts with
//! comments in them, an attribute name that starts with `=`.

use std::borrow::Cow;

use html5ever::LocalName;
use html5ever::data::{C1_REPLACEMENTS, NAMED_ENTITIES};
use html5ever::tokenizer::TagKind;
use html5ever::tokenizer::states::RawKind;
use memchr::{memchr, memchr2, memmem};

use super::{Builder, Flow, Tag, Unsound};
use crate::extract::dom::{Attr, Attrs};

/// The longest name that may stand without its semicolon.
const LONGEST_BARE_NAME: usize = 6;

/// Reads one piece of the page.
pub(super) struct Tokens<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Tokens<'a> {
    pub(super) fn new(piece: &'a str) -> Result<Self, Unsound> {
        let plain = memchr(0, piece.as_bytes()).is_none() && !piece.starts_with('\u{feff}');
        if plain { Ok(Self { text: piece, at: 0 }) } else { Err(Unsound) }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.at >= self.text.len()
    }

    fn bytes(&self) -> &'a [u8] {
        self.text.as_bytes()
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn peek(&self, ahead: usize) -> Result<u8, Unsound> {
        self.bytes().get(self.at + ahead).copied().ok_or(Unsound)
    }

    /// Reads a run of text and the markup behind it; gives the bytes read.
    pub(super) fn step(&mut self, to: &mut Builder) -> Result<usize, Unsound> {
        let from = self.at;
        self.run(to)?;
        if !self.is_empty() {
            self.markup(to)?;
        }
        Ok(self.at - from)
    }

    /// Text up to the next markup.
    fn run(&mut self, to: &mut Builder) -> Result<(), Unsound> {
        let from = self.at;
        let mut run = from;
        loop {
            let Some(open) = memchr(b'<', &self.bytes()[run..]) else {
                self.at = self.text.len();
                return decoded(&self.text[from..], to, true);
            };
            let open = run + open;
            let next = *self.bytes().get(open + 1).ok_or(Unsound)?;
            if next.is_ascii_alphabetic() || matches!(next, b'/' | b'!' | b'?') {
                self.at = open;
                return decoded(&self.text[from..open], to, false);
            }
            run = open + 1;
        }
    }

    fn markup(&mut self, to: &mut Builder) -> Result<(), Unsound> {
        match self.peek(1)? {
            b'!' => self.declaration(to),
            b'?' => self.skip_to_close(),
            b'/' => match self.peek(2)? {
                b'>' => {
                    self.at += 3;
                    Ok(())
                }
                letter if letter.is_ascii_alphabetic() => {
                    self.at += 2;
                    self.tag(TagKind::EndTag, to)
                }
                _ => self.skip_to_close(),
            },
            _ => {
                self.at += 1;
                self.tag(TagKind::StartTag, to)
            }
        }
    }

    /// A bogus comment, or what is left of a doctype.
    fn skip_to_close(&mut self) -> Result<(), Unsound> {
        self.at += memchr(b'>', self.rest().as_bytes()).ok_or(Unsound)? + 1;
        Ok(())
    }

    fn declaration(&mut self, to: &mut Builder) -> Result<(), Unsound> {
        let rest = self.rest().as_bytes();
        let doctype = b"<!doctype";
        if rest.len() < doctype.len() {
            return Err(Unsound);
        }
        if rest.starts_with(b"<!--") {
            return self.comment();
        }
        if rest[..doctype.len()].eq_ignore_ascii_case(doctype) {
            let close = memchr(b'>', rest).ok_or(Unsound)?;
            let said = &rest[doctype.len()..close];
            to.doctype(said.trim_ascii().eq_ignore_ascii_case(b"html"));
        }
        self.skip_to_close()
    }

    fn comment(&mut self) -> Result<(), Unsound> {
        let body = &self.rest().as_bytes()[4..];
        let end = memmem::find(body, b"-->").ok_or(Unsound)?;
        // Ends that are seldom meant.
        if body.starts_with(b">") || body.starts_with(b"->") {
            return Err(Unsound);
        }
        if memmem::find(&body[..end + 2], b"--!>").is_some() {
            return Err(Unsound);
        }
        self.at += 4 + end + 3;
        Ok(())
    }

    fn tag(&mut self, kind: TagKind, to: &mut Builder) -> Result<(), Unsound> {
        let length = until(self.rest().as_bytes(), NAME_END).ok_or(Unsound)?;
        let name = name(&self.rest()[..length]);
        self.at += length;
        let attrs = self.attributes(kind, to)?;
        let element = name.clone();
        match to.tag(Tag { kind, name, attrs })? {
            Flow::Raw(kind) => self.raw_text(&element, kind, to),
            Flow::Done | Flow::Again => Ok(()),
        }
    }

    /// What stands between a tag's name and one past its `>`.
    fn attributes(&mut self, kind: TagKind, to: &mut Builder) -> Result<Attrs, Unsound> {
        let mut attrs = to.dom.begin_attrs();
        loop {
            match self.peek(0)? {
                b'>' => {
                    self.at += 1;
                    return Ok(attrs);
                }
                b'/' => self.at += 1,
                b if b.is_ascii_whitespace() => self.at += 1,
                b'=' => return Err(Unsound),
                _ => {
                    let (key, value) = self.attribute()?;
                    if kind == TagKind::StartTag
                        && let Some(key) = attribute_name(key)
                    {
                        to.dom.add_attr(&mut attrs, key, &attribute_value(value)?);
                    }
                }
            }
        }
    }

    fn attribute(&mut self) -> Result<(&'a str, &'a str), Unsound> {
        let rest = self.rest();
        let length = until(rest.as_bytes(), NAME_END | EQUALS).ok_or(Unsound)?;
        let key = &rest[..length];
        self.at += length;
        self.skip_white()?;
        if self.peek(0)? != b'=' {
            return Ok((key, ""));
        }
        self.at += 1;
        self.skip_white()?;
        let rest = self.rest();
        let (value, read) = match self.peek(0)? {
            b'>' => ("", 0),
            quote @ (b'"' | b'\'') => {
                let end = memchr(quote, &rest.as_bytes()[1..]).ok_or(Unsound)?;
                (&rest[1..=end], end + 2)
            }
            _ => {
                let end = until(rest.as_bytes(), VALUE_END).ok_or(Unsound)?;
                (&rest[..end], end)
            }
        };
        self.at += read;
        Ok((key, value))
    }

    fn skip_white(&mut self) -> Result<(), Unsound> {
        while self.peek(0)?.is_ascii_whitespace() {
            self.at += 1;
        }
        Ok(())
    }

    /// Text up to the element's end tag, which is read as well.
    fn raw_text(
        &mut self,
        element: &LocalName,
        kind: RawKind,
        to: &mut Builder,
    ) -> Result<(), Unsound> {
        let rest = self.rest();
        let end = memmem::find_iter(rest.as_bytes(), b"</").find(|open| {
            let after = &rest.as_bytes()[open + 2..];
            after.get(..element.len()).is_some_and(|n| n.eq_ignore_ascii_case(element.as_bytes()))
                && after.get(element.len()).copied().is_some_and(ends_name)
        });
        let text = &rest[..end.ok_or(Unsound)?];
        match kind {
            RawKind::Rcdata => decoded(text, to, false)?,
            RawKind::Rawtext => to.text(&unix_lines(text))?,
            RawKind::ScriptData if !text.contains("<!--") => {
                to.text(&unix_lines(text))?;
            }
            RawKind::ScriptData | RawKind::ScriptDataEscaped(_) => return Err(Unsound),
        }
        self.at += text.len() + 2;
        self.tag(TagKind::EndTag, to)
    }
}

/// What a byte ends: a name, a value without quotes, or the name of an attribute that has a value.
const NAME_END: u8 = 1;
const VALUE_END: u8 = 2;
const EQUALS: u8 = 4;

static ENDS: [u8; 256] = {
    let mut ends = [0; 256];
    let mut byte = 0;
    while byte < ends.len() {
        ends[byte] = match byte as u8 {
            b'/' => NAME_END,
            b'=' => EQUALS,
            b'>' => NAME_END | VALUE_END,
            other if other.is_ascii_whitespace() => NAME_END | VALUE_END,
            _ => 0,
        };
        byte += 1;
    }
    ends
};

/// Bytes before the first that ends one of some things.
fn until(bytes: &[u8], end: u8) -> Option<usize> {
    bytes.iter().position(|byte| ENDS[usize::from(*byte)] & end != 0)
}

fn ends_name(byte: u8) -> bool {
    ENDS[usize::from(byte)] & NAME_END != 0
}

fn name(text: &str) -> LocalName {
    if text.bytes().any(|b| b.is_ascii_uppercase()) {
        LocalName::from(text.to_ascii_lowercase())
    } else {
        LocalName::from(text)
    }
}

/// Line ends as the standard's input stream has them.
fn unix_lines(text: &str) -> Cow<'_, str> {
    if memchr(b'\r', text.as_bytes()).is_none() {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
}

/// Whether the next piece may be read as part of the last characters.
fn may_go_on(text: &str) -> bool {
    let last = text.trim_end_matches(|c: char| c.is_ascii_alphanumeric() || c == '#');
    last.ends_with(['&', '\r'])
}

/// Hands a run of text on, its references decoded. At the end of a piece it must not end in the middle
/// of a reference or a line end.
fn decoded(text: &str, to: &mut Builder, ends_piece: bool) -> Result<(), Unsound> {
    if text.is_empty() {
        return Ok(());
    }
    if ends_piece && may_go_on(text) {
        return Err(Unsound);
    }
    if memchr2(b'&', b'\r', text.as_bytes()).is_none() {
        return to.text(text);
    }
    to.text(&referred(&unix_lines(text), false)?)
}

fn attribute_name(key: &str) -> Option<Attr> {
    let is_capital = |b: u8| b.is_ascii_uppercase();
    Attr::named(key).or_else(|| {
        key.bytes().any(is_capital).then(|| Attr::named(&key.to_ascii_lowercase())).flatten()
    })
}

fn attribute_value(text: &str) -> Result<Cow<'_, str>, Unsound> {
    if memchr2(b'&', b'\r', text.as_bytes()).is_none() {
        return Ok(Cow::Borrowed(text));
    }
    referred(&unix_lines(text), true).map(Cow::Owned)
}

/// A text with what its character references stand for in their places.
fn referred(text: &str, in_attribute: bool) -> Result<String, Unsound> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memchr(b'&', rest.as_bytes()) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        rest = &rest[reference(rest, in_attribute, &mut out)?..];
    }
    out.push_str(rest);
    Ok(out)
}

/// Decodes the character reference at the start of `text`, or passes its bytes on. Gives the bytes read.
fn reference(text: &str, in_attribute: bool, out: &mut String) -> Result<usize, Unsound> {
    let bytes = text.as_bytes();
    if bytes.get(1) == Some(&b'#') {
        return number(text, out);
    }
    let length = bytes[1..].iter().take_while(|b| b.is_ascii_alphanumeric()).count();
    let next = bytes.get(1 + length).copied();
    if next == Some(b';') && push_named(&text[1..length + 2], out) {
        return Ok(length + 2);
    }
    // The longest name that needs no semicolon.
    for bare in (2..=length.min(LONGEST_BARE_NAME)).rev() {
        let goes_on = bare < length || next == Some(b'=');
        if in_attribute && goes_on {
            continue;
        }
        if push_named(&text[1..=bare], out) {
            return Ok(1 + bare);
        }
    }
    out.push_str(&text[..=length]);
    Ok(1 + length)
}

fn push_named(name: &str, out: &mut String) -> bool {
    let Some((first, second)) = NAMED_ENTITIES.get(name) else { return false };
    let Some(first) = char::from_u32(*first).filter(|c| *c != '\0') else { return false };
    out.push(first);
    if let Some(second) = char::from_u32(*second).filter(|c| *c != '\0') {
        out.push(second);
    }
    true
}

/// A reference by number.
fn number(text: &str, out: &mut String) -> Result<usize, Unsound> {
    let hex = text[2..].starts_with(['x', 'X']);
    let from = if hex { 3 } else { 2 };
    let radix = if hex { 16 } else { 10 };
    let digits = text[from..].bytes().take_while(|b| char::from(*b).is_digit(radix)).count();
    if digits == 0 {
        out.push_str(&text[..from]);
        return Ok(from);
    }
    let end = from + digits;
    let code = u32::from_str_radix(&text[from..end], radix).map_err(|_| Unsound)?;
    let char = match code {
        0 => None,
        0x80..=0x9f => usize::try_from(code - 0x80)
            .ok()
            .and_then(|at| C1_REPLACEMENTS[at])
            .or_else(|| char::from_u32(code)),
        _ => char::from_u32(code),
    };
    out.push(char.ok_or(Unsound)?);
    Ok(end + usize::from(text[end..].starts_with(';')))
}
