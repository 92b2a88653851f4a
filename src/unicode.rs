//! What a character is, looked up by its number.
//!
//! The standard library searches its tables for each character beyond ASCII: that was a quarter of the time that a story
//! in Hindi took to tag, and a sixth of one in Ukrainian. Here a block of 256 characters is asked once, when the
//! first of them comes. The answers are the standard library's.

use std::borrow::Cow;
use std::sync::OnceLock;

/// Characters in a block.
const BLOCK: usize = 256;
/// Blocks of the basic multilingual plane; what lies beyond is asked each time.
const BLOCKS: usize = 256;

const ALPHABETIC: u8 = 1;
const NUMERIC: u8 = 2;
const LOWERCASE: u8 = 4;
const UPPERCASE: u8 = 8;
/// Lower case is another character.
const CHANGES: u8 = 16;

/// What is known of each character, by blocks.
#[derive(Debug)]
pub struct Table<T> {
    blocks: [OnceLock<[T; BLOCK]>; BLOCKS],
    of: fn(char) -> T,
}

impl<T: Copy> Table<T> {
    /// A table of what a function says.
    #[must_use]
    pub const fn new(of: fn(char) -> T) -> Self {
        Self { blocks: [const { OnceLock::new() }; BLOCKS], of }
    }

    /// What is known of a character.
    #[inline]
    pub fn get(&self, c: char) -> T {
        let number = c as usize;
        // No character has the number of a surrogate: nobody asks for these.
        let of = |n: usize| (self.of)(char::from_u32(n as u32).unwrap_or_default());
        match self.blocks.get(number / BLOCK) {
            Some(block) => {
                let first = number - number % BLOCK;
                block.get_or_init(|| std::array::from_fn(|n| of(first + n)))[number % BLOCK]
            }
            None => (self.of)(c),
        }
    }
}

static CLASSES: Table<u8> = Table::new(of);

/// As [`char::is_alphabetic`].
#[must_use]
pub fn is_alphabetic(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_alphabetic() } else { class(c) & ALPHABETIC != 0 }
}

/// As [`char::is_alphanumeric`].
#[must_use]
pub fn is_alphanumeric(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_alphanumeric() } else { class(c) & (ALPHABETIC | NUMERIC) != 0 }
}

/// Whether a character behind a letter goes on with its word: the dot and the stroke of Devanagari do, and are neither
/// letters nor numbers.
#[must_use]
pub fn goes_on(c: char) -> bool {
    is_alphanumeric(c) || matches!(c, '\u{93c}' | '\u{94d}')
}

/// As [`char::is_lowercase`].
#[must_use]
pub fn is_lowercase(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_lowercase() } else { class(c) & LOWERCASE != 0 }
}

/// As [`char::is_uppercase`].
#[must_use]
pub fn is_uppercase(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_uppercase() } else { class(c) & UPPERCASE != 0 }
}

/// Whether [`char::to_lowercase`] gives anything else than the character.
#[must_use]
pub fn has_lowercase(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_uppercase() } else { class(c) & CHANGES != 0 }
}

/// As [`char::to_lowercase`].
pub fn lowercase(c: char) -> impl Iterator<Item = char> {
    let changed = has_lowercase(c).then(|| c.to_lowercase());
    let same = changed.is_none().then_some(c);
    same.into_iter().chain(changed.into_iter().flatten())
}

/// As [`str::to_lowercase`].
#[must_use]
pub fn to_lowercase(text: &str) -> Cow<'_, str> {
    if text.chars().any(has_lowercase) { Cow::Owned(text.to_lowercase()) } else { text.into() }
}

/// Where the decimal digits of other scripts begin (Unicode, general category Nd), those of full width last.
const ZEROS: [u32; 17] = [
    0x0660, 0x06f0, 0x07c0, 0x0966, 0x09e6, 0x0a66, 0x0ae6, 0x0b66, 0x0be6, 0x0c66, 0x0ce6, 0x0d66,
    0x0e50, 0x0ed0, 0x1040, 0x17e0, 0xff10,
];

/// The ASCII digit that a decimal digit of another script is; any other character as it is.
#[must_use]
pub fn plain_digit(c: char) -> char {
    let code = c as u32;
    if code < ZEROS[0] {
        return c;
    }
    let zero = ZEROS.iter().find(|zero| (**zero..**zero + 10).contains(&code));
    zero.and_then(|zero| char::from_digit(code - zero, 10)).unwrap_or(c)
}

fn class(c: char) -> u8 {
    CLASSES.get(c)
}

fn of(c: char) -> u8 {
    let flag = |is: bool, flag: u8| if is { flag } else { 0 };
    flag(c.is_alphabetic(), ALPHABETIC)
        | flag(c.is_numeric(), NUMERIC)
        | flag(c.is_lowercase(), LOWERCASE)
        | flag(c.is_uppercase(), UPPERCASE)
        | flag(!c.to_lowercase().eq([c]), CHANGES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_as_standard_library_says() {
        for c in '\0'..=char::MAX {
            assert_eq!(is_alphabetic(c), c.is_alphabetic(), "{c:?}");
            assert_eq!(is_alphanumeric(c), c.is_alphanumeric(), "{c:?}");
            assert_eq!(is_lowercase(c), c.is_lowercase(), "{c:?}");
            assert_eq!(is_uppercase(c), c.is_uppercase(), "{c:?}");
            assert!(lowercase(c).eq(c.to_lowercase()), "{c:?}");
            assert_eq!(has_lowercase(c), !c.to_lowercase().eq([c]), "{c:?}");
        }
    }

    #[test]
    fn texts_become_small_as_in_standard_library() {
        for text in
            ["", "Plain", "small", "ΌΔΟΣ ΣΟΦΟΣ", "ИВАН", "иван", "İzmir", "हिन्दी", "\u{10400}"]
        {
            assert_eq!(to_lowercase(text), text.to_lowercase(), "{text}");
        }
        assert!(matches!(to_lowercase("иван"), Cow::Borrowed(_)));
    }
}
