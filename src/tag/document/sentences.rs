//! Tokens to sentences, by rules: an end mark, closing quotes and brackets, then a word that can
//! start a sentence. Lines are never joined, and what goes on without an end is parted.

use std::ops::Range;

use super::{
    Splitting, Token, TokenKind,
    abbreviations::{self, OwnStop, Stop},
};
use crate::punctuation::SENTENCE_ENDS;

/// Most tokens of a sentence. What is longer is a list or no text, and many rules look through a name's whole sentence.
const LONGEST: usize = 2000;

/// Sentences as ranges over tokens.
pub(super) fn split(
    text: &str,
    tokens: &[Token],
    words: &[&str],
    lines: &[Range<usize>],
    splitting: &Splitting,
) -> Vec<Range<usize>> {
    let own = splitting.abbreviations.as_ref();
    let mut sentences = Vec::with_capacity(lines.len() * 3);
    for line in lines {
        let mut start = line.start;
        let mut i = line.start;
        while i < line.end {
            let strength = match end_strength(tokens[i], words[i]) {
                End::Full => match own.and_then(|own| own.stop(text, tokens, line.start, i)) {
                    Some(OwnStop::Leads) => End::No,
                    Some(OwnStop::MayEnd) => End::Own,
                    Some(OwnStop::Ordinal) => End::Ordinal,
                    None => End::Full,
                },
                strength => strength,
            };
            i += 1;
            if strength == End::No {
                continue;
            }
            while i < line.end && tokens[i].kind == TokenKind::Mark && closes(text, tokens, i) {
                i += 1;
            }
            if i < line.end && follows(text, tokens, i..line.end, strength, splitting) {
                sentences.extend(parted(start..i));
                start = i;
            }
        }
        if start < line.end {
            sentences.extend(parted(start..line.end));
        }
    }
    sentences
}

/// A sentence in parts of at most [`LONGEST`] tokens.
fn parted(sentence: Range<usize>) -> impl Iterator<Item = Range<usize>> {
    let end = sentence.end;
    sentence.step_by(LONGEST).map(move |start| start..end.min(start + LONGEST))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    No,
    /// An abbreviation's full stop.
    Weak,
    /// That of an abbreviation of the language's own, and of an ordinal.
    Own,
    Ordinal,
    Full,
}

fn end_strength(token: Token, word: &str) -> End {
    match token.kind {
        TokenKind::Mark => match word.chars().next() {
            Some(mark) if SENTENCE_ENDS.contains(&mark) => End::Full,
            Some(_) | None => End::No,
        },
        TokenKind::Word if word.len() > 1 && word.as_bytes().ends_with(b".") => {
            match abbreviations::stop(&word[..word.len() - 1]) {
                Some(Stop::MayEnd) => End::Weak,
                Some(Stop::Leads) | None => End::No,
            }
        }
        _ => End::No,
    }
}

/// Whether a mark closes what was opened before: it stands at the end mark, without a blank.
fn closes(text: &str, tokens: &[Token], i: usize) -> bool {
    let token = tokens[i];
    let mark = &text[token.start as usize..token.end as usize];
    let attached = tokens[i - 1].end == token.start;
    let leads = tokens.get(i + 1).is_some_and(|next| next.start == token.end);
    match mark {
        // `. »Det` opens, in languages that quote so.
        "\u{201d}" | "\u{bb}" => attached || !leads,
        "\u{2019}" | ")" | "]" | "''" => true,
        "\"" | "'" | "!" | "?" | "." => attached,
        // `Orland.- El dique`
        "-" | "\u{2013}" | "\u{2014}" => attached && !leads,
        _ => false,
    }
}

/// Whether a sentence can start at the first of some tokens, which reach to the end of the line.
fn follows(
    text: &str,
    tokens: &[Token],
    rest: Range<usize>,
    strength: End,
    splitting: &Splitting,
) -> bool {
    let word = |i: usize| &text[tokens[i].start as usize..tokens[i].end as usize];
    let own = splitting.abbreviations.as_ref();
    let (mut i, end) = (rest.start, rest.end);
    let mut quoted = false;
    while i < end && tokens[i].kind == TokenKind::Mark {
        quoted |= word(i).starts_with(['"', '\'', '\u{201c}', '\u{2018}', '\u{ab}', '`', '(', '[']);
        i += 1;
    }
    if i >= end {
        return false;
    }
    let Some(first) = word(i).chars().next() else { return false };
    match strength {
        End::No => false,
        End::Weak => {
            abbreviations::starts_sentence(word(i))
                || own.is_some_and(|own| own.is_function_word(word(i)))
                || (quoted && first.is_uppercase())
        }
        End::Own => {
            own.is_some_and(|own| own.starts_sentence(word(i))) || (quoted && first.is_uppercase())
        }
        End::Ordinal => own.is_some_and(|own| own.is_function_word(word(i))),
        // Scripts without case start sentences with any letter.
        End::Full => !first.is_lowercase(),
    }
}
