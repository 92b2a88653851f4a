//! Some of a list that belongs to the tree.

use std::ops::Range;

/// Where a part of a list begins and ends.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part {
    start: u32,
    end: u32,
}

impl Part {
    pub(super) const NONE: Self = Self { start: 0, end: 0 };

    pub(super) fn of(start: usize, end: usize) -> Self {
        let place = |at| u32::try_from(at).expect("a page and what is made of it are below 4 GiB");
        Self { start: place(start), end: place(end) }
    }

    pub(super) const fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// Goes on to a later end.
    pub(super) fn extend_to(&mut self, end: usize) {
        *self = Self::of(self.start as usize, end);
    }
}
