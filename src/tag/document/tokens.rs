//! Cuts a text into tokens and lines.
//!
//! Words are those of Unicode's text segmentation (UAX 29), but for what news needs otherwise: addresses, handles and numbers stay
//! whole, a full stop stays with the abbreviations that keep one, short forms (`'s`, `'ll`) are tokens of their own, and scripts
//! without blanks are read letter by letter. A token never spans white space. Nothing is normalised: a token is a range of the text.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation as _;

use super::{Initial, Splitting, Token, TokenKind, abbreviations};
use crate::scripts::is_katakana;
use crate::tag::english;
use crate::unicode;

/// The tokens of a text, and its non-blank lines as ranges over them.
pub(super) fn tokenise(text: &str, splitting: &Splitting) -> (Vec<Token>, Vec<Range<usize>>) {
    let mut out = Tokeniser {
        text,
        splitting,
        tokens: Vec::with_capacity(text.len() / 5),
        lines: Vec::new(),
        line: 0,
        single_quotes: Default::default(),
        at: 0,
        chars: 0,
    };
    let mut taken = 0;
    for (start, piece) in pieces(text) {
        if start < taken {
            continue;
        }
        if is_word_alone(piece, &text.as_bytes()[start + piece.len()..]) {
            out.push(start, start + piece.len(), TokenKind::Word);
            continue;
        }
        let Some(first) = piece.chars().next() else { continue };
        if splitting.characters && is_sign_letter(first) && piece.len() == first.len_utf8() {
            out.push(start, start + piece.len(), TokenKind::Word);
            continue;
        }
        if matches!(first, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}') {
            out.end_line();
        } else if !first.is_whitespace() {
            taken = out.piece(start, piece, first);
        }
    }
    out.end_line();
    (out.tokens, out.lines)
}

/// The pieces between the word boundaries of a text, with their places.
fn pieces(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = &text[at..];
        let length = plain_piece(rest).or_else(|| Some(rest.split_word_bounds().next()?.len()))?;
        at += length;
        Some((at - length, &rest[..length]))
    })
}

/// The length of the piece that a text begins with, where it needs no tables: plain letters and digits before what parts
/// words there, one blank before something visible, or a mark; or a sign of Chinese or Japanese. Most pieces of most languages are
/// such.
fn plain_piece(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let first = *bytes.first()?;
    if first == b' ' {
        let visible = match bytes.get(1)? {
            next if next.is_ascii() => next.is_ascii_graphic(),
            _ => text[1..].starts_with(is_plain_letter),
        };
        return visible.then_some(1);
    }
    let next_is = |at: usize, is: fn(&u8) -> bool| bytes.get(at).is_none_or(is);
    if first.is_ascii_punctuation() {
        return (first != b'_' && next_is(1, u8::is_ascii)).then_some(1);
    }
    let mut length = bytes.iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
    if !next_is(length, u8::is_ascii) {
        let goes_on =
            |c: &char| c.is_ascii_alphanumeric() || is_plain_letter(*c) || is_plain_sign(*c);
        let rest = &text[length..];
        let starts = length > 0 || rest.starts_with(is_plain_letter);
        length += rest
            .chars()
            .take_while(goes_on)
            .take_while(|_| starts)
            .map(char::len_utf8)
            .sum::<usize>();
    }
    let parts = match bytes.get(length) {
        None => true,
        // Between two letters or two digits they may be part of the word: `3.5`, `o'clock`.
        Some(b'.' | b'\'' | b':' | b',' | b';') => {
            next_is(length + 1, |next| next.is_ascii() && !next.is_ascii_alphanumeric())
        }
        Some(next) => next.is_ascii() && *next != b'_',
    };
    if length == 0 { sign(text) } else { parts.then_some(length) }
}

/// Whether a character is a letter or a digit of the alphabets that most news is written in, and nothing else to where words
/// part.
const fn is_plain_letter(c: char) -> bool {
    matches!(c, '\u{c0}'..='\u{24f}' | '\u{388}'..='\u{38a}' | '\u{38c}' | '\u{38e}'..='\u{3a1}' | '\u{3a3}'..='\u{3ce}' | '\u{400}'..='\u{481}' | '\u{48a}'..='\u{52f}'
        | '\u{620}'..='\u{64a}' | '\u{660}'..='\u{669}' | '\u{671}'..='\u{6d3}'
        | '\u{904}'..='\u{939}' | '\u{958}'..='\u{961}' | '\u{966}'..='\u{96f}'
        | '\u{1e00}'..='\u{1eff}')
        && !matches!(c, '\u{d7}' | '\u{f7}')
}

/// Whether a character is a sign on the letter before it: a vowel of Arabic or Devanagari.
const fn is_plain_sign(c: char) -> bool {
    matches!(c, '\u{64b}'..='\u{65f}' | '\u{93a}'..='\u{957}' | '\u{962}'..='\u{963}')
}

/// The length of the Chinese character, the hiragana or the mark of such texts that a text begins with, where what stands behind
/// it is no part of it either.
fn sign(text: &str) -> Option<usize> {
    let alone = |c: char| {
        is_sign_letter(c) || matches!(c, '\u{3001}'..='\u{3003}' | '\u{3008}'..='\u{3011}')
    };
    let mut chars = text.chars();
    let own = chars.next().filter(|c| alone(*c))?;
    let parts = |next: char| next.is_ascii() || alone(next) || is_katakana(next);
    chars.next().is_none_or(parts).then(|| own.len_utf8())
}

/// Whether a character is a Chinese one or hiragana, each of which is a piece of its own.
const fn is_sign_letter(c: char) -> bool {
    matches!(c, '\u{3041}'..='\u{3096}' | '\u{4e00}'..='\u{9fff}')
}

/// Whether a piece is a word that nothing behind it can be a part of: letters of ASCII before a blank, a comma or the end of a
/// line.
fn is_word_alone(piece: &str, behind: &[u8]) -> bool {
    matches!(behind.first(), None | Some(b' ' | b',' | b'\n'))
        && piece.bytes().all(|byte| byte.is_ascii_alphabetic())
}

/// Whether a single quote is open after the tokens of a line that were looked at.
#[derive(Clone, Copy, Default)]
struct SingleQuotes {
    /// First token of the line.
    line: usize,
    /// Tokens of the text that were looked at.
    tokens: usize,
    open: bool,
}

struct Tokeniser<'a> {
    text: &'a str,
    splitting: &'a Splitting,
    tokens: Vec<Token>,
    lines: Vec<Range<usize>>,
    /// First token of the current line.
    line: usize,
    /// Curly and straight single quotes of the current line, as far as they were looked at.
    single_quotes: [SingleQuotes; 2],
    /// A byte position and the code points before it.
    at: usize,
    chars: u32,
}

impl Tokeniser<'_> {
    fn end_line(&mut self) {
        if self.tokens.len() > self.line {
            self.lines.push(self.line..self.tokens.len());
            self.line = self.tokens.len();
        }
    }

    fn push(&mut self, start: usize, end: usize, kind: TokenKind) {
        let bytes = self.text.as_bytes();
        self.chars += count_chars(&bytes[self.at..start]);
        self.at = start;
        let first = match bytes[start] {
            first if first.is_ascii() => Some(char::from(first)),
            _ => self.text[start..].chars().next(),
        };
        let initial = match first {
            Some(first) if unicode::is_lowercase(first) => Initial::Small,
            Some(first) if unicode::is_uppercase(first) => Initial::Capital,
            _ => Initial::Other,
        };
        let plain = bytes[start..end].iter().all(u8::is_ascii_alphabetic);
        self.tokens.push(Token {
            start: start as u32,
            end: end as u32,
            char_start: self.chars,
            kind,
            initial,
            plain,
        });
    }

    /// Takes a piece between two word boundaries, and what belongs to it; returns where that ends.
    fn piece(&mut self, start: usize, piece: &str, first: char) -> usize {
        let end = start + piece.len();
        if let Some(end) = self.address(start, end, first) {
            self.push(start, end, TokenKind::Address);
            return end;
        }
        if unicode::is_alphabetic(first) {
            if self.splitting.characters && !first.is_ascii() {
                return self.characters(start, end);
            }
            return self.word(start, end);
        }
        if first.is_numeric() {
            self.push(start, end, TokenKind::Number);
            return end;
        }
        self.mark(start, end, first)
    }

    /// The end of an address that starts here.
    fn address(&self, start: usize, end: usize, first: char) -> Option<usize> {
        let rest = &self.text[start..];
        if matches!(first, '@' | '#') {
            let word = rest[1..]
                .split(|c: char| !(unicode::is_alphanumeric(c) || c == '_'))
                .next()
                .unwrap_or_default();
            return word.starts_with(unicode::is_alphanumeric).then(|| start + 1 + word.len());
        }
        if !first.is_ascii_alphanumeric() {
            return None;
        }
        let piece = &self.text[start..end];
        let web = (matches!(piece, "http" | "https" | "ftp")
            && self.text[end..].starts_with("://"))
            || (piece.len() > 4 && piece.as_bytes()[..4].eq_ignore_ascii_case(b"www."));
        let next = self.text.as_bytes().get(end).copied();
        // A mail address: local part and host have no blank between them.
        let mail = || {
            /// Longest address, in bytes (RFC 5321): a run of words and hyphens may be as long as the text.
            const LONGEST: usize = 64 + 1 + 255;
            let part = |b: &u8| b.is_ascii_alphanumeric() || b"._-+@".contains(b);
            let run = rest.bytes().take(LONGEST).take_while(part).count();
            let run = &rest[..run];
            let (local, host) = run.split_once('@')?;
            (!local.is_empty()
                && host.contains('.')
                && host.starts_with(|c: char| c.is_ascii_alphanumeric()))
            .then_some(run)
        };
        let run = if web {
            rest.split(|c: char| c.is_whitespace() || "\"<>\u{201c}\u{201d}".contains(c)).next()?
        } else if matches!(next, Some(b'@' | b'+' | b'-')) {
            mail()?
        } else {
            return None;
        };
        Some(
            start
                + run
                    .trim_end_matches(['.', ',', ';', ':', '!', '?', ')', ']', '\'', '-'])
                    .len()
                    .max(piece.len()),
        )
    }

    /// A run of letters of a script that is read by characters: each is a token.
    fn characters(&mut self, start: usize, end: usize) -> usize {
        let text = self.text;
        let mut open = start;
        for (at, c) in text[start..end].char_indices().skip(1) {
            // What is no letter of its own belongs to the letter before it.
            if unicode::is_alphanumeric(c) {
                self.push(open, start + at, TokenKind::Word);
                open = start + at;
            }
        }
        self.push(open, end, TokenKind::Word);
        end
    }

    fn word(&mut self, start: usize, end: usize) -> usize {
        let text = self.text;
        let word = &text[start..end];
        if let Some(article) = self.splitting.elided(word) {
            self.push(start, start + article, TokenKind::Word);
            return if start + article < end { self.word(start + article, end) } else { end };
        }
        if !word.as_bytes().iter().any(|b| matches!(b, b'.' | b'\'' | b':') || *b >= 0x80) {
            return self.plain_word(start, end);
        }
        if let Some(at) = clitic(word) {
            let middle = start + at;
            self.plain_word(start, middle);
            self.push(middle, end, TokenKind::Clitic);
            return end;
        }
        if let Some(at) = missing_blank(word) {
            let stop = self.plain_word(start, start + at);
            if stop == start + at {
                self.push(stop, stop + 1, TokenKind::Mark);
            }
            return self.word(start + at + 1, end);
        }
        self.plain_word(start, end)
    }

    /// A word without clitics; takes the full stop of an abbreviation, and parts the apostrophe
    /// that follows a plural.
    fn plain_word(&mut self, start: usize, end: usize) -> usize {
        let (text, bytes) = (self.text, self.text.as_bytes());
        if bytes.get(end) == Some(&b'.') && bytes.get(end + 1) != Some(&b'.') {
            let keeps = abbreviations::stop(&text[start..end]).is_some()
                && !(end > start + 1
                    && !text[start..end].contains('.')
                    && ends_text(&text[end + 1..]));
            if keeps {
                self.push(start, end + 1, TokenKind::Word);
                return end + 1;
            }
        }
        self.push(start, end, TokenKind::Word);
        if end > start && matches!(bytes[end - 1], b's' | b'S') {
            let mark = &text[end..];
            let len = if mark.starts_with('\'') && !mark.starts_with("''") {
                1
            } else if mark.starts_with('\u{2019}') {
                '\u{2019}'.len_utf8()
            } else {
                return end;
            };
            // A blank must follow; whether it closes a quote instead is not known here.
            if text[end + len..].starts_with(' ') && !self.single_quote_open(mark) {
                self.push(end, end + len, TokenKind::Clitic);
                return end + len;
            }
        }
        end
    }

    /// Whether a single quote of the kind that `mark` starts with was opened on this line and not
    /// yet closed.
    fn single_quote_open(&mut self, mark: &str) -> bool {
        let straight = mark.starts_with('\'');
        let (open, close) = if straight { ("'", "'") } else { ("\u{2018}", "\u{2019}") };
        let seen = &mut self.single_quotes[usize::from(straight)];
        if seen.line != self.line {
            *seen = SingleQuotes { line: self.line, tokens: self.line, open: false };
        }
        for token in &self.tokens[seen.tokens..] {
            if token.kind == TokenKind::Mark {
                match &self.text[token.start as usize..token.end as usize] {
                    mark if mark == close && seen.open => seen.open = false,
                    mark if mark == open => seen.open = true,
                    _ => {}
                }
            }
        }
        seen.tokens = self.tokens.len();
        seen.open
    }

    fn mark(&mut self, start: usize, end: usize, first: char) -> usize {
        let rest = &self.text[start..];
        let run = match first {
            '.' | '-' => rest.len() - rest.trim_start_matches(first).len(),
            '\'' if rest.starts_with("''") => 2,
            '`' if rest.starts_with("``") => 2,
            // A clitic parted from its word by a blank, as in tokenised text.
            '\'' | '\u{2019}' => {
                let mark = first.len_utf8();
                let letters = rest[mark..]
                    .split(|c: char| !unicode::is_alphabetic(c))
                    .next()
                    .unwrap_or_default();
                if is_clitic(letters)
                    && !rest[mark + letters.len()..].starts_with(['\'', '\u{2019}'])
                {
                    let end = start + mark + letters.len();
                    self.push(start, end, TokenKind::Clitic);
                    return end;
                }
                0
            }
            _ => 0,
        };
        let end = end.max(start + run);
        self.push(start, end, TokenKind::Mark);
        end
    }
}

/// The characters that begin among some bytes of a text.
fn count_chars(bytes: &[u8]) -> u32 {
    bytes.iter().filter(|byte| byte.cast_signed() >= -0x40).count() as u32
}

/// Whether nothing but closing marks is left on the line.
fn ends_text(rest: &str) -> bool {
    let rest = rest.trim_start_matches(['"', '\'', ')', ']', '\u{201d}', '\u{2019}', ' ', '\t']);
    rest.is_empty() || rest.starts_with(['\n', '\r'])
}

fn is_clitic(letters: &str) -> bool {
    letters.len() <= 2 && english::CLITICS.contains(letters)
}

/// Where a word's clitic starts.
fn clitic(word: &str) -> Option<usize> {
    let (at, mark) = word.char_indices().rev().find(|(_, c)| matches!(c, '\'' | '\u{2019}'))?;
    (at > 0 && is_clitic(&word[at + mark.len_utf8()..])).then_some(at)
}

/// Where the full stop between two sentences is, in a word such as `ended.Then`.
fn missing_blank(word: &str) -> Option<usize> {
    word.match_indices('.').map(|(at, _)| at).find(|&at| {
        let before = word[..at].chars().rev().take(2);
        let mut after = word[at + 1..].chars();
        before.filter(|c| c.is_lowercase()).count() == 2
            && after.next().is_some_and(char::is_uppercase)
            && after.next().is_some_and(char::is_lowercase)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn plain_pieces_end_where_the_standard_parts(
            text in "[a-cX0-2 ,.'\"();\r\n\u{e9}\u{d7}\u{301}\u{200d}\u{3002}\u{3042}\u{3099}\u{30a2}\u{30fc}\u{5927}_:-]{0,24}"
        ) {
            let standard: Vec<_> = text.split_word_bound_indices().collect();
            prop_assert_eq!(pieces(&text).collect::<Vec<_>>(), standard);
        }

        #[test]
        fn plain_pieces_end_so_in_other_alphabets(
            text in "[a1 ,.'_\u{2019}\u{434}\u{456}\u{483}\u{387}\u{3c9}\u{3f6}\u{628}\u{640}\u{650}\u{60c}\u{663}\u{6d4}\u{915}\u{93e}\u{94d}\u{964}\u{967}\u{1ea1}\u{d7}\u{5d0}\u{200c}]{0,24}"
        ) {
            let standard: Vec<_> = text.split_word_bound_indices().collect();
            prop_assert_eq!(pieces(&text).collect::<Vec<_>>(), standard);
        }
    }

    #[test]
    fn plain_letters_and_signs_part_no_words() {
        let pieces = |text: String| text.split_word_bounds().count();
        for c in '\0'..='\u{ffff}' {
            if is_plain_letter(c) {
                assert_eq!((pieces(format!("a{c}b")), pieces(format!(" {c}"))), (1, 2), "{c:?}");
            }
            if is_plain_sign(c) {
                assert_eq!(pieces(format!("a{c}b")), 1, "{c:?}");
            }
        }
    }
}
