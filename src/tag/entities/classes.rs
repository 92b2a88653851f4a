//! Word classes: what sort of company a word keeps, from k-means over word vectors, at two
//! granularities. They carry what was learnt of one name over to the names like it.
//!
//! Stored as an open-addressed table of 32-bit cells (13 bits of hash, 8 and 11 bits of class), so
//! about one unknown word in two thousand gets another's classes.

use prefetch_index::prefetch_index;

use crate::tag::{TokenKind, word_keys::key};

/// The classes of a word, 1-based; 0 for unknown words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Classes {
    /// One of 256.
    pub coarse: u16,
    /// One of 1,500.
    pub fine: u16,
}

/// Word to classes.
#[derive(Debug)]
pub struct ClassTable {
    /// Cells as [`ClassTable::build`] wrote them, of four bytes each.
    bytes: Vec<u8>,
}

impl ClassTable {
    /// Reads a table as [`ClassTable::build`] wrote it; `None` when its size is not a power of two
    /// of cells.
    #[must_use]
    pub fn from_bytes(bytes: Vec<u8>) -> Option<Self> {
        let sound = bytes.len().is_multiple_of(4) && (bytes.len() / 4).is_power_of_two();
        sound.then_some(Self { bytes })
    }

    /// The table of some lower-case words with their classes (0-based: 256 and 1,500), as bytes.
    #[must_use]
    pub fn build(words: &[(String, u8, u16)]) -> Vec<u8> {
        let size = (words.len() * 5 / 4).next_power_of_two();
        let mut cells = vec![0_u32; size];
        let mut buffer = Vec::new();
        for (word, coarse, fine) in words {
            let hash = key(word, TokenKind::Word, &mut buffer);
            let mut at = hash as usize & (size - 1);
            while cells[at] != 0 {
                at = (at + 1) & (size - 1);
            }
            cells[at] = mark(hash) << 19 | u32::from(*coarse) << 11 | (u32::from(*fine) + 1);
        }
        cells.into_iter().flat_map(u32::to_le_bytes).collect()
    }

    /// Has the cell of a word brought near, for [`ClassTable::get`] a little later.
    #[inline]
    pub fn expect(&self, hash: u64) {
        let cells = self.bytes.as_chunks::<4>().0;
        prefetch_index(cells, hash as usize & (cells.len() - 1));
    }

    /// The classes of the word with this key.
    #[inline]
    #[must_use]
    pub fn get(&self, hash: u64) -> Classes {
        let cells = self.bytes.as_chunks::<4>().0;
        let mask = cells.len() - 1;
        let mut at = hash as usize & mask;
        // A full table has no empty cell to end at; a run never gets near 64.
        for _ in 0..64 {
            let cell = u32::from_le_bytes(cells[at]);
            if cell == 0 {
                break;
            }
            if cell >> 19 == mark(hash) {
                return Classes {
                    coarse: (cell >> 11 & 0xff) as u16 + 1,
                    fine: (cell & 0x7ff) as u16,
                };
            }
            at = (at + 1) & mask;
        }
        Classes::default()
    }
}

fn mark(hash: u64) -> u32 {
    (hash >> 51) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_back_the_classes_of_its_words() {
        let words: Vec<_> = (0..1000_u16)
            .map(|i| {
                (
                    format!("{}{}", char::from(b'a' + (i % 26) as u8), "x".repeat(i as usize / 26)),
                    (i % 256) as u8,
                    i,
                )
            })
            .collect();
        let table = ClassTable::from_bytes(ClassTable::build(&words)).unwrap();
        for (word, coarse, fine) in &words {
            let classes = table.get(key(word, TokenKind::Word, &mut Vec::new()));
            // Another word with the same 13 bits may stand before it.
            if classes.fine == fine + 1 {
                assert_eq!(classes.coarse, u16::from(*coarse) + 1);
            }
        }
        let right = words
            .iter()
            .filter(|(w, _, f)| table.get(key(w, TokenKind::Word, &mut Vec::new())).fine == f + 1)
            .count();
        assert!(right > 990, "{right}");
    }

    #[test]
    fn refuses_a_torn_table() {
        assert!(ClassTable::from_bytes(vec![0; 12]).is_none());
    }
}
