//! A generator whose numbers are the same everywhere and always: training is repeatable.

/// SplitMix64.
#[derive(Clone)]
pub struct Random(pub u64);

impl Random {
    pub fn number(&mut self) -> u64 {
        news_ingest::hash::next_random(&mut self.0)
    }

    /// In [0, 1).
    pub fn unit(&mut self) -> f32 {
        (self.number() >> 40) as f32 / (1 << 24) as f32
    }

    /// One of `0..len`.
    pub fn below(&mut self, len: usize) -> usize {
        (self.number() % len as u64) as usize
    }

    /// Fisher and Yates.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for i in (1..items.len()).rev() {
            items.swap(i, self.below(i + 1));
        }
    }
}
