//! The templates of a token's features: what of the words around it each of them asks for, under its number.

use super::{AFFIXES, HYPHEN, MAX_FEATURES, Sentence, TokenFeatures};
use crate::tag::feature_hash;

/// The features of a token as they are written. Each is hashed under the number of its template, and its weight stored under that
/// hash: a number that models were trained with is never another's.
pub(super) struct Row<'a> {
    pub(super) out: &'a mut [u64; MAX_FEATURES],
    pub(super) len: usize,
}

impl Row<'_> {
    #[inline]
    pub(super) fn put(&mut self, hash: u64) {
        self.out[self.len] = hash;
        self.len += 1;
    }

    #[inline]
    pub(super) fn one(&mut self, template: u64, value: u64) {
        self.put(feature_hash::one(template, value));
    }

    #[inline]
    pub(super) fn two(&mut self, template: u64, first: u64, second: u64) {
        self.put(feature_hash::two(template, first, second));
    }

    #[inline]
    pub(super) fn three(&mut self, template: u64, first: u64, second: u64, third: u64) {
        self.two(template, feature_hash::two(0, first, second), third);
    }
}

/// A token and its neighbours.
pub(super) struct Window<'a> {
    pub(super) left2: &'a TokenFeatures,
    pub(super) left: &'a TokenFeatures,
    pub(super) own: &'a TokenFeatures,
    pub(super) right: &'a TokenFeatures,
    pub(super) right2: &'a TokenFeatures,
    english: bool,
    uncased: bool,
}

impl<'a> Window<'a> {
    #[inline]
    pub(super) fn around(sentence: &'a Sentence, i: usize) -> Self {
        let Sentence { padded, english, uncased, .. } = sentence;
        let [left2, left, own, right, right2] =
            [i - 2, i - 1, i, i + 1, i + 2].map(|at| &padded[at]);
        Self { left2, left, own, right, right2, english: *english, uncased: *uncased }
    }

    /// The word by its letters, near a name with its parts and the words beside it. Of other languages' words no part is asked for
    /// that is all of the word.
    #[inline]
    pub(super) fn put_word(&self, row: &mut Row<'_>, near: bool) {
        let own = self.own;
        let has = |affix: usize| self.english || own.letters > AFFIXES[affix];
        row.one(1, own.lower);
        if has(2) && !own.is_sign {
            row.one(9, own.suffix(2));
        }
        if near {
            if has(0) {
                row.one(22, own.prefix(0));
            }
            row.two(29, self.left.lower, own.lower);
            row.two(30, own.lower, self.right.lower);
        }
        if near && !own.is_sign {
            row.one(20, own.word);
            row.one(21, own.shape);
            if has(1) {
                row.one(23, own.prefix(1));
                row.one(26, own.suffix(1));
            }
            if has(2) {
                row.one(24, own.prefix(2));
            }
            if has(0) {
                row.one(25, own.suffix(0));
            }
        }
    }

    /// What is asked of every token: its outline and its class, and its neighbours'.
    #[inline]
    pub(super) fn put_outline(&self, row: &mut Row<'_>) {
        let Self { left, own, right, .. } = self;
        row.one(2, own.brief);
        row.two(3, own.brief, left.brief);
        row.two(4, own.brief, right.brief);
        row.one(5, left.lower);
        row.one(6, right.lower);
        row.two(7, own.coarse(), own.form);
        if self.tells(own.fine()) {
            row.two(8, own.fine(), own.form);
        }
        if self.tells(left.coarse() | own.coarse()) {
            row.two(10, left.coarse(), own.coarse());
        }
        if self.tells(own.coarse() | right.coarse()) {
            row.two(11, own.coarse(), right.coarse());
        }
        if own.listed != 0 {
            row.two(12, u64::from(own.listed), own.form);
        }
    }

    /// Whether what is known of words is worth asking for: in other languages the classes, which are of English words, know
    /// few, and that a word has none says nothing beside its outline.
    #[inline]
    pub(super) fn tells(&self, known: u64) -> bool {
        self.english || known != 0
    }

    /// The words and outlines of the neighbours; of two on either side in English and where no capital tells of a name.
    #[inline]
    pub(super) fn put_neighbours(&self, row: &mut Row<'_>) {
        let Self { left2, left, own, right, right2, .. } = self;
        let wide = self.english || self.uncased;
        if wide {
            row.one(27, left2.lower);
            row.one(28, right2.lower);
        }
        row.two(31, left.lower, own.brief);
        row.two(32, right.lower, own.brief);
        if wide {
            row.two(33, left2.lower, left.lower);
            row.two(34, right.lower, right2.lower);
            row.two(35, left.lower, right.lower);
            row.three(36, left.brief, own.brief, right.brief);
            row.three(37, left2.brief, left.brief, own.brief);
            row.three(38, own.brief, right.brief, right2.brief);
        }
    }

    /// The classes of the neighbours.
    #[inline]
    pub(super) fn put_classes(&self, row: &mut Row<'_>) {
        let Self { left2, left, own, right, right2, .. } = self;
        if self.tells(left.coarse()) {
            row.two(39, left.coarse(), own.brief);
        }
        if self.tells(right.coarse()) {
            row.two(40, right.coarse(), own.brief);
        }
        if self.english {
            row.two(41, left2.coarse(), own.brief);
            row.two(42, right2.coarse(), own.brief);
            row.two(43, left.fine(), own.brief);
            row.two(44, right.fine(), own.brief);
        }
        let (has_left, has_right) = (self.tells(left.fine()), self.tells(right.fine()));
        let has_own = self.tells(own.fine());
        if has_left && has_own && has_right {
            row.three(45, left.coarse(), own.coarse(), right.coarse());
        }
        if has_left && has_own {
            row.two(46, left.fine(), own.fine());
        }
        if has_own && has_right {
            row.two(47, own.fine(), right.fine());
        }
        if has_left && self.tells(left2.fine()) {
            row.three(48, left2.coarse(), left.coarse(), own.brief);
        }
        if has_right && self.tells(right2.fine()) {
            row.three(49, right.coarse(), right2.coarse(), own.brief);
        }
    }

    /// Over a hyphen: `Sang-min`, `US-Iran`, `Washington-based`.
    #[inline]
    pub(super) fn put_over_hyphens(&self, row: &mut Row<'_>) {
        let Self { left2, left, own, right, right2, .. } = self;
        if right.lower == HYPHEN {
            row.two(75, right2.coarse(), own.brief);
            row.two(76, own.lower, right2.lower);
        }
        if left.lower == HYPHEN {
            row.two(77, left2.fine(), own.brief);
            row.two(78, left2.lower, own.lower);
        }
    }

    /// The word's case elsewhere in the story, with whether it starts the sentence here; and names that lists know.
    #[inline]
    pub(super) fn put_story(&self, row: &mut Row<'_>, first: u64, style: u64) {
        let Self { left, own, right, .. } = self;
        let listed = u64::from(own.listed);
        let evidence = u64::from(own.evidence) << 1 | first;
        row.two(50, evidence, own.form);
        if self.tells(own.coarse()) {
            row.three(51, evidence, style, own.coarse());
        }
        if self.tells(u64::from(left.listed | own.listed | right.listed)) {
            row.three(52, listed, u64::from(left.listed), u64::from(right.listed));
        }
        if self.tells(listed) {
            row.three(53, listed, own.brief, left.lower);
            row.three(54, listed, own.brief, right.lower);
            row.three(55, listed, first, own.coarse());
        }
    }

    /// What the words do in known names.
    #[inline]
    pub(super) fn put_roles(&self, row: &mut Row<'_>) {
        let Self { left, own, right, .. } = self;
        if left.role | own.role | right.role != 0 {
            row.two(80, own.role, own.form);
            row.two(81, left.role, own.role);
            row.two(82, own.role, right.role);
            row.two(83, own.role, left.lower);
            row.two(84, own.role, right.lower);
            row.three(85, left.role, own.role, right.role);
            row.two(86, own.role, u64::from(own.listed));
        }
    }

    /// Three words in a row, where no capital tells of a name.
    #[inline]
    pub(super) fn put_trigrams(&self, row: &mut Row<'_>) {
        let Self { left2, left, own, right, right2, .. } = self;
        row.three(87, left.lower, own.lower, right.lower);
        row.three(88, left2.lower, left.lower, own.lower);
        row.three(89, own.lower, right.lower, right2.lower);
    }
}
