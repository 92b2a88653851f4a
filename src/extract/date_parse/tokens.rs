//! Cuts a text into numbers, words and marks, in every script.

use crate::extract::date_signs::SIGNS;
use crate::time_zones;

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Token<'a> {
    Number(&'a str),
    Word(&'a str),
    Mark(char),
    Gap,
}

/// Longest text looked at, in tokens: dates stand near the start.
const MAX_TOKENS: usize = 400;

pub(super) fn tokens(text: &str) -> Vec<Token<'_>> {
    let signs = &*SIGNS;
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if out.len() >= MAX_TOKENS {
            break;
        }
        let end = |test: fn(char) -> bool| rest.find(|c| !test(c)).unwrap_or(rest.len());
        let cut = if c.is_ascii_digit() {
            let cut = end(|c| c.is_ascii_digit());
            out.push(Token::Number(&rest[..cut]));
            cut
        } else if signs.has(c) {
            out.push(Token::Mark(c));
            c.len_utf8()
        } else if is_word(c) {
            let cut = rest.find(|c: char| !is_word(c) || signs.has(c)).unwrap_or(rest.len());
            let cut = glued_half(&rest[..cut]).unwrap_or(cut);
            out.push(Token::Word(&rest[..cut]));
            cut
        } else if c.is_whitespace() {
            let cut = end(char::is_whitespace);
            out.push(Token::Gap);
            cut
        } else {
            out.push(Token::Mark(c));
            c.len_utf8()
        };
        rest = &rest[cut..];
    }
    out
}

/// Where a half of the day ends that a zone is glued to: `3:05PMET`.
fn glued_half(word: &str) -> Option<usize> {
    let zone = ["AM", "PM"].iter().find_map(|half| word.strip_prefix(half))?;
    time_zones::named(zone).map(|_| word.len() - zone.len())
}

/// Letters, and the marks that scripts write above and below them.
fn is_word(c: char) -> bool {
    c.is_alphabetic()
        || matches!(c, '\u{300}'..='\u{36f}' | '\u{64b}'..='\u{65f}' | '\u{200c}' | '\u{200d}')
        || (matches!(c, '\u{900}'..='\u{dff}' | '\u{e31}'..='\u{e4e}' | '\u{eb1}'..='\u{ecd}' | '\u{102b}'..='\u{103e}' | '\u{17b6}'..='\u{17d3}')
            && !c.is_numeric()
            && !matches!(c, '।' | '॥' | '॰'))
}

pub(super) fn number(token: Option<&Token<'_>>, longest: usize) -> Option<i32> {
    match token {
        Some(Token::Number(n)) if n.len() <= longest => n.parse().ok(),
        _ => None,
    }
}

/// Whether a token is one of some letters behind numbers.
pub(super) fn is_one_of(token: Option<&Token<'_>>, signs: &[char]) -> bool {
    matches!(token, Some(Token::Mark(mark)) if signs.contains(mark))
}
