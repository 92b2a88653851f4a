//! Finds phrases of a list in short texts, letter case of ASCII aside: which, and where each begins.
//!
//! Most places of a text are the beginning of none. They are told by their first three bytes, without a look at the
//! phrases; an automaton goes through as many states as there are bytes, which lie far from each other in memory, and
//! takes longer to build than a page takes to read.

/// Bits of the hash of three bytes.
const BITS: u32 = 15;
/// Multiplier of it: the golden ratio's, as Knuth has it (The Art of Computer Programming 6.4).
const GOLDEN: u32 = 0x9e37_79b1;
/// Bytes that are compared at once.
const HEAD: usize = 8;

/// The hash of the first three bytes of a window.
#[inline]
fn hash(window: u64) -> usize {
    ((window as u32 & 0x00ff_ffff).wrapping_mul(GOLDEN) >> (32 - BITS)) as usize
}

/// Eight bytes in their small letters: a byte that is a capital has its third bit from above set.
#[inline]
fn lower(window: u64) -> u64 {
    const EACH: u64 = 0x0101_0101_0101_0101;
    let sevens = window & (0x7f * EACH);
    let from_a = sevens + u64::from(0x80 - b'A') * EACH;
    let behind_z = sevens + u64::from(0x7f - b'Z') * EACH;
    let capitals = !window & (from_a ^ behind_z) & (0x80 * EACH);
    window | capitals >> 2
}

/// A window that has gone on by one byte, which is taken in its small letter; behind the end are zeros.
#[inline]
fn next(window: u64, byte: Option<&u8>) -> u64 {
    window >> 8 | u64::from(byte.map_or(0, u8::to_ascii_lowercase)) << 56
}

/// The first bytes of a text, the first of them lowest.
fn window(bytes: &[u8]) -> u64 {
    match bytes.first_chunk::<HEAD>() {
        Some(head) => lower(u64::from_le_bytes(*head)),
        None => (0..HEAD).fold(0, |window, at| next(window, bytes.get(at))),
    }
}

/// A phrase as it is compared.
#[derive(Debug)]
struct Phrase {
    /// Its first bytes, and which of a window's bytes they stand for.
    head: u64,
    mask: u64,
    /// The bytes behind them.
    rest: Box<[u8]>,
    number: usize,
}

impl Phrase {
    fn new(number: usize, text: &str) -> Self {
        let lower = text.to_ascii_lowercase().into_bytes();
        let mask = u64::MAX.checked_shr(64 - 8 * lower.len().min(HEAD) as u32).unwrap_or_default();
        let rest = lower.get(HEAD..).unwrap_or_default().into();
        Self { head: window(&lower), mask, rest, number }
    }
}

/// A list of phrases, laid out to be looked for.
#[derive(Debug)]
pub(super) struct PhraseFinder {
    /// One bit of each hash: whether a phrase begins so.
    begun: Vec<u64>,
    /// Where the phrases of each hash begin in `longer`.
    starts: Vec<u16>,
    longer: Vec<Phrase>,
    /// Whether a phrase of one or two bytes begins with a byte, and these phrases.
    short: [bool; 256],
    shorter: Vec<Phrase>,
    /// Bytes of each phrase.
    lengths: Vec<usize>,
}

impl PhraseFinder {
    /// Takes the phrases in the order in which they are numbered: a few thousand of them at most.
    pub(super) fn new<'p>(phrases: impl Iterator<Item = &'p str> + Clone) -> Self {
        let all = phrases.clone().enumerate().filter(|(_, text)| !text.is_empty());
        let (mut longer, shorter): (Vec<_>, Vec<_>) =
            all.map(|(number, text)| Phrase::new(number, text)).partition(|p| p.mask >> 16 != 0);
        longer.sort_by_key(|phrase| hash(phrase.head));
        let mut short = [false; 256];
        for phrase in &shorter {
            let first = phrase.head as u8;
            short[usize::from(first)] = true;
            short[usize::from(first.to_ascii_uppercase())] = true;
        }
        let mut begun = vec![0; (1 << BITS) / 64];
        let mut starts = vec![0_u16; (1 << BITS) + 1];
        for phrase in &longer {
            let hash = hash(phrase.head);
            begun[hash / 64] |= 1 << (hash % 64);
            starts[hash + 1] += 1;
        }
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        Self { begun, starts, longer, short, shorter, lengths: phrases.map(str::len).collect() }
    }

    /// Gives every occurrence to `found`, overlapping ones too: its first byte and the phrase's number.
    pub(super) fn each(&self, text: &str, mut found: impl FnMut(usize, usize)) {
        let bytes = text.as_bytes();
        let mut window = window(bytes);
        for at in 0..bytes.len() {
            self.at(window, &bytes[at..], |number| found(at, number));
            window = next(window, bytes.get(at + HEAD));
        }
    }

    /// The same of those that no letter or digit of ASCII stands before.
    pub(super) fn each_apart(&self, text: &str, mut found: impl FnMut(usize, usize)) {
        let bytes = text.as_bytes();
        let mut inside = false;
        for (at, byte) in bytes.iter().enumerate() {
            if !inside {
                let rest = &bytes[at..];
                self.at(window(rest), rest, |number| found(at, number));
            }
            inside = byte.is_ascii_alphanumeric();
        }
    }

    /// Where each phrase that a text has is first, and its number, by these.
    pub(super) fn firsts(&self, text: &str) -> Vec<(usize, usize)> {
        let mut firsts: Vec<(usize, usize)> = Vec::new();
        self.each(text, |at, number| {
            if !firsts.iter().any(|(_, known)| *known == number) {
                firsts.push((at, number));
            }
        });
        firsts.sort_unstable();
        firsts
    }

    /// Gives those phrases to `found` that a text begins with; the window is its own.
    #[inline]
    fn at(&self, window: u64, text: &[u8], mut found: impl FnMut(usize)) {
        if text.first().is_some_and(|first| self.short[usize::from(*first)]) {
            compare(&self.shorter, window, text, &mut found);
        }
        let hash = hash(window);
        if self.begun[hash / 64] >> (hash % 64) & 1 == 1 {
            let begun = usize::from(self.starts[hash])..usize::from(self.starts[hash + 1]);
            compare(&self.longer[begun], window, text, found);
        }
    }

    /// Bytes of a phrase.
    pub(super) fn len_of(&self, number: usize) -> usize {
        self.lengths[number]
    }
}

/// Gives those phrases to `found` that a text begins with.
#[inline]
fn compare(phrases: &[Phrase], window: u64, text: &[u8], mut found: impl FnMut(usize)) {
    for phrase in phrases {
        if (window ^ phrase.head) & phrase.mask == 0 {
            let here = text.get(HEAD..HEAD + phrase.rest.len());
            if phrase.rest.is_empty() || here.is_some_and(|h| h.eq_ignore_ascii_case(&phrase.rest))
            {
                found(phrase.number);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found(phrases: &[&str], text: &str) -> Vec<(usize, usize)> {
        let mut out = Vec::new();
        PhraseFinder::new(phrases.iter().copied()).each(text, |at, number| out.push((at, number)));
        out.sort_unstable();
        out
    }

    fn slowly(phrases: &[&str], text: &str) -> Vec<(usize, usize)> {
        let lower = text.to_ascii_lowercase();
        let each = phrases.iter().enumerate().flat_map(|(number, phrase)| {
            let phrase = phrase.to_ascii_lowercase();
            let places = (0..text.len()).filter(|at| lower.is_char_boundary(*at));
            let here = places.filter(|at| lower[*at..].starts_with(&phrase)).collect::<Vec<_>>();
            here.into_iter().map(move |at| (at, number))
        });
        let mut out: Vec<_> = each.collect();
        out.sort_unstable();
        out
    }

    #[test]
    fn overlapping_and_short_phrases_match_in_any_case() {
        let phrases = ["ad", "q", "Read", "read more", "\u{a9}", "\u{444}\u{43e}\u{442}\u{43e}"];
        assert_eq!(found(&phrases, "READ more Q"), [(0, 2), (0, 3), (2, 0), (10, 1)]);
        assert_eq!(found(&phrases, "\u{a9} \u{444}\u{43e}\u{442}\u{43e}"), [(0, 4), (3, 5)]);
        assert_eq!(found(&phrases, ""), []);
        assert_eq!(found(&phrases, "rea"), []);
    }

    #[test]
    fn phrases_are_found_where_no_letter_stands_before() {
        let finder = PhraseFinder::new(["read", "ad", "e more"].into_iter());
        let mut apart = Vec::new();
        finder.each_apart("re-READ \u{e9}ad READ e more", |at, number| apart.push((at, number)));
        assert_eq!(apart, [(3, 0), (10, 1), (13, 0), (18, 2)]);
        assert_eq!(finder.firsts("ad read ad"), [(0, 1), (3, 0)]);
    }

    proptest! {
        #[test]
        fn eight_bytes_are_lowered_at_once(bytes: [u8; HEAD]) {
            prop_assert_eq!(lower(u64::from_le_bytes(bytes)).to_le_bytes(), bytes.map(|b| b.to_ascii_lowercase()));
        }

        #[test]
        fn finds_what_a_plain_search_finds(text in "[abAB\u{e9} ]{0,40}") {
            let phrases = ["a", "ab", "bA", "aba", "b a", "\u{e9}a", "abab", "aa\u{e9}b"];
            prop_assert_eq!(found(&phrases, &text), slowly(&phrases, &text));
        }
    }
}
