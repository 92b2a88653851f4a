//! What the words of a list begin with, as a sieve: most texts begin with none of them, and are told so before anything of
//! them is compared.

/// Bits of a sieve; a power of two.
const BITS: usize = 512;

/// First characters, some of which share a bit.
#[derive(Clone, Debug)]
pub(super) struct FirstLetters([u64; BITS / 64]);

impl Default for FirstLetters {
    fn default() -> Self {
        Self([0; BITS / 64])
    }
}

impl FirstLetters {
    /// Adds what a word begins with, in small letters and in capitals.
    pub(super) fn add(&mut self, word: &str) {
        let forms =
            [word, &word.to_lowercase(), &word.to_uppercase()].map(|form| form.chars().next());
        for first in forms.into_iter().flatten() {
            self.set(first);
            match first {
                // A typographic apostrophe stands for the other, and a blank that does not break for a blank.
                '\'' => self.set('\u{2019}'),
                ' ' => self.set('\u{a0}'),
                _ => {}
            }
        }
    }

    fn set(&mut self, first: char) {
        let (at, bit) = place(first);
        self.0[at] |= bit;
    }

    /// Whether a text may begin with one of the words.
    #[inline]
    pub(super) fn may_open(&self, text: &str) -> bool {
        text.chars().next().is_some_and(|first| {
            let (at, bit) = place(first);
            self.0[at] & bit != 0
        })
    }
}

#[inline]
fn place(c: char) -> (usize, u64) {
    let code = c as usize;
    let number = (code ^ code >> 9) % BITS;
    (number / 64, 1 << (number % 64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_pass_in_any_case_and_most_others_do_not() {
        let mut sieve = FirstLetters::default();
        for word in ["vor", "'23", "\u{447}\u{435}\u{440}\u{435}\u{437}", "\u{524d}\u{65e5}"] {
            sieve.add(word);
        }
        for text in ["vor drei", "Vor", "\u{2019}23", "\u{427}\u{415}\u{420}", "\u{524d}"] {
            assert!(sieve.may_open(text), "{text}");
        }
        for text in ["", "in", "\u{432}", "\u{5f8c}"] {
            assert!(!sieve.may_open(text), "{text}");
        }
    }
}
