//! Words to keys under which the gazetteer, the word classes and the model's features know them:
//! small letters, no accents, no full stops or apostrophes, digits as 0, `Saint` as `St.`

use unicode_normalization::char::decompose_canonical;

use crate::tag::{Text, TokenKind, feature_hash};
use crate::unicode::{self, Table};

/// Tokens that names leave out: `Asia-Pacific` is `Asia Pacific`.
pub const HYPHEN: u64 = 1;

/// A key for every token of a text.
#[must_use]
pub fn keys(text: &Text<'_>) -> Vec<u64> {
    let mut buffer = Vec::new();
    let of_token = |i: usize| {
        // Of most words the key is that of their small letters.
        if text.tokens[i].plain {
            of_letters(text.lower(i).as_bytes())
        } else {
            key(text.word(i), text.tokens[i].kind, &mut buffer)
        }
    };
    (0..text.tokens.len()).map(of_token).collect()
}

/// The key of one token.
pub fn key(word: &str, kind: TokenKind, buffer: &mut Vec<u8>) -> u64 {
    buffer.clear();
    if kind == TokenKind::Mark {
        return match word {
            "-" | "\u{2010}" | "\u{2011}" => HYPHEN,
            "\u{2013}" | "\u{2014}" | "--" => feature_hash::bytes(b"--"),
            "\u{201c}" | "\u{201d}" | "''" | "``" => feature_hash::bytes(b"\""),
            "\u{2018}" | "\u{2019}" => feature_hash::bytes(b"'"),
            _ => feature_hash::bytes(word.as_bytes()),
        };
    }
    if word.is_ascii() {
        buffer.extend(word.bytes().filter_map(ascii));
    } else {
        for c in word.chars() {
            match u8::try_from(c).ok().filter(u8::is_ascii) {
                Some(byte) => buffer.extend(ascii(byte)),
                None => match FOLDED.get(c) {
                    Some(folded) => push(folded, buffer),
                    None => fold(c, buffer),
                },
            }
        }
    }
    of_letters(buffer)
}

/// The key of what is left of a word.
fn of_letters(letters: &[u8]) -> u64 {
    match letters {
        b"saint" => feature_hash::bytes(b"st"),
        b"mount" => feature_hash::bytes(b"mt"),
        b"fort" => feature_hash::bytes(b"ft"),
        other => feature_hash::bytes(other),
    }
}

/// What a character of ASCII is in a key.
#[inline]
fn ascii(byte: u8) -> Option<u8> {
    match byte {
        b'.' | b'\'' => None,
        b'0'..=b'9' => Some(b'0'),
        _ => Some(byte.to_ascii_lowercase()),
    }
}

fn push(c: char, buffer: &mut Vec<u8>) {
    buffer.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
}

/// What [`fold`] makes of a character, where that is one character.
static FOLDED: Table<Option<char>> = Table::new(|c| {
    let mut buffer = Vec::new();
    fold(c, &mut buffer);
    let mut folded = std::str::from_utf8(&buffer).ok()?.chars();
    folded.next().filter(|_| folded.next().is_none())
});

/// Appends a character's small letter without its accents.
fn fold(c: char, buffer: &mut Vec<u8>) {
    for lower in unicode::lowercase(c) {
        match lower {
            '\u{142}' => buffer.push(b'l'),
            '\u{f8}' => buffer.push(b'o'),
            '\u{111}' | '\u{f0}' => buffer.push(b'd'),
            '\u{131}' => buffer.push(b'i'),
            '\u{df}' => buffer.extend(b"ss"),
            '\u{e6}' => buffer.extend(b"ae"),
            '\u{153}' => buffer.extend(b"oe"),
            '\u{1c6}' => buffer.extend(b"dz"),
            '\u{1c9}' => buffer.extend(b"lj"),
            '\u{1cc}' => buffer.extend(b"nj"),
            // Apostrophes and modifier letters that stand for them.
            '\u{2018}' | '\u{2019}' | '\u{2bb}'..='\u{2bf}' | '`' => {}
            _ => decompose_canonical(lower, |part| {
                if !('\u{300}'..'\u{370}').contains(&part) {
                    push(part, buffer);
                }
            }),
        }
    }
}
