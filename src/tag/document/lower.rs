//! Tokens in lower case, made once for all taggers and kept end to end in one string.
//!
//! Each is what [`str::to_lowercase`] makes of the token alone.

use super::Token;
use crate::unicode;

/// The lower-case forms of a text's tokens.
#[derive(Debug)]
pub(super) struct LowerForms {
    letters: String,
    /// Where each form ends.
    ends: Vec<u32>,
}

impl LowerForms {
    pub(super) fn of(text: &str, tokens: &[Token]) -> Self {
        let mut letters = String::with_capacity(text.len());
        let mut ends = Vec::with_capacity(tokens.len());
        for token in tokens {
            let word = &text[token.start as usize..token.end as usize];
            if word.is_ascii() {
                let start = letters.len();
                letters.push_str(word);
                letters[start..].make_ascii_lowercase();
            } else {
                letters.push_str(&unicode::to_lowercase(word));
            }
            ends.push(letters.len() as u32);
        }
        Self { letters, ends }
    }

    #[inline]
    pub(super) fn get(&self, token: usize) -> &str {
        let start = token.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.letters[start as usize..self.ends[token] as usize]
    }
}

#[cfg(test)]
mod tests {
    use crate::tag::Text;

    #[test]
    fn each_token_is_what_it_is_alone() {
        let text = Text::new(
            "Mr. O\u{2019}Brien went to ΟΔΟΣ, İZMİR and GROẞ 3B\u{2026} \u{201c}Ja!\u{201d}",
        );
        for token in 0..text.tokens.len() {
            assert_eq!(text.lower(token), text.word(token).to_lowercase());
        }
        assert!(text.tokens.len() > 12);
    }
}
