//! Tokens in lower case, made once for all taggers: those that are another word then stand end to end in one string.
//!
//! Each is what [`str::to_lowercase`] makes of the token alone.

use std::borrow::Cow;

use crate::unicode;

/// The lower-case forms of a text's tokens.
#[derive(Debug)]
pub(super) struct LowerForms {
    letters: String,
    /// Where each form starts and ends; nowhere where the token is its own.
    places: Vec<(u32, u32)>,
}

impl LowerForms {
    pub(super) fn of(words: &[&str]) -> Self {
        let mut letters = String::new();
        let place = |word: &&str| {
            let start = letters.len();
            if word.is_ascii() {
                if word.bytes().any(|byte| byte.is_ascii_uppercase()) {
                    letters.push_str(word);
                    letters[start..].make_ascii_lowercase();
                }
            } else if let Cow::Owned(lower) = unicode::to_lowercase(word) {
                letters.push_str(&lower);
            }
            (start as u32, letters.len() as u32)
        };
        let places = words.iter().map(place).collect();
        Self { letters, places }
    }

    /// The form of a token that is not its own.
    #[inline]
    pub(super) fn get(&self, token: usize) -> Option<&str> {
        let (start, end) = self.places[token];
        (start < end).then(|| &self.letters[start as usize..end as usize])
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
