//! Tokens to features: what the model sees of a token and its neighbours.
//!
//! Each token is reduced once to hashes and flags ([`TokenFeatures`]); templates then combine those of a
//! window. The templates are those of the classic linear models for names (word, affixes, shape,
//! word classes, window of two), with some of our own: the run of capitalised words around a token,
//! the words at its edges and how many of it are unknown; what stands beyond a hyphen; what the
//! rest of the story shows of the word's case; and how the line is set.

use super::{
    Evidence, Reading,
    classes::{ClassTable, Classes},
};
use crate::unicode;
use std::sync::Arc;

use crate::tag::{
    Text, TokenKind, feature_hash,
    word_keys::{self, HYPHEN},
};

/// Most features of a token.
pub const MAX_FEATURES: usize = 96;

/// What of a token's letters are capitals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Case {
    /// No letters, or a script without case.
    #[default]
    None,
    /// Starts with a small letter.
    Lower,
    /// A capital, then small letters; also a single capital.
    Title,
    /// Capitals only, at least two.
    Upper,
    /// `McDonald`, `eBay`.
    Mixed,
}

/// What a story shows of a word's case, in places where case tells something.
pub mod evidence {
    /// Also written with a small letter.
    pub const LOWER: u8 = 1;
    /// Also capitalised inside a sentence.
    pub const CAPITAL: u8 = 2;
    /// In capitals inside a line that is not all capitals.
    pub const ACRONYM: u8 = 4;
}

/// What the model sees of one token.
#[derive(Clone, Copy, Debug, Default)]
pub struct TokenFeatures {
    /// Of the word, in the case it would have in running text.
    pub word: u64,
    /// Of the word in small letters, digits as 0.
    pub lower: u64,
    /// Of the characters' classes.
    pub shape: u64,
    /// Of the same without repeats.
    pub brief: u64,
    prefixes: [u64; 3],
    suffixes: [u64; 3],
    classes: Classes,
    /// What the word does in known names, with whether an ending was taken off; 0 in English.
    role: u64,
    /// Capitals.
    pub case: Case,
    /// Capitals, and how the line is set: what a capital tells in running text it does not tell in
    /// a headline, so that the two are learnt apart.
    pub form: u64,
    /// Flags of gazetteer phrases that the token is part of.
    pub listed: u16,
    /// From [`evidence`].
    pub evidence: u8,
    /// The capitalised run the token is in, as positions in the padded sentence.
    run: (u32, u32),
}

/// How a line is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CaseStyle {
    /// As running text.
    Normal,
    /// All in capitals.
    Capitals,
    /// Headline style: nearly every word capitalised.
    Title,
}

/// What is known of words before a text is read.
#[derive(Clone, Debug)]
pub struct Lexicon {
    /// Classes of words, from English text; they hold names of the whole world.
    pub classes: Arc<ClassTable>,
    /// What words do in known names of people and organisations; none in English.
    pub roles: Option<Arc<ClassTable>>,
    /// Whether the script has no capitals.
    pub uncased: bool,
}

/// The role of a word; where it is unknown, that of the word without a case ending.
fn role(roles: &ClassTable, word: &str, key: u64, buffer: &mut Vec<u8>) -> u64 {
    let known = roles.get(key).coarse;
    if known != 0 {
        return u64::from(known);
    }
    let ends = word.char_indices().rev().map(|(at, _)| at).take(3);
    for end in ends.filter(|end| word[..*end].chars().nth(3).is_some()) {
        let stem = word_keys::key(&word[..end], TokenKind::Word, buffer);
        let known = roles.get(stem).coarse;
        if known != 0 {
            return u64::from(known) | 0x100;
        }
    }
    0
}

/// Words of a capitalised run that are looked through for unknown ones.
const LONGEST_RUN: usize = 64;

/// Padding on either side of a sentence's sights.
const PAD: usize = 2;

/// One sentence as the model sees it; reused from sentence to sentence.
#[derive(Debug, Default)]
pub struct Sentence {
    sights: Vec<TokenFeatures>,
    setting: u64,
    /// Whether the script has no capitals: every token may be part of a name.
    uncased: bool,
    buffer: Vec<u8>,
}

impl Sentence {
    /// Looks at the tokens of a sentence.
    pub fn read(
        &mut self,
        reading: &Reading<'_>,
        tokens: std::ops::Range<usize>,
        lexicon: &Lexicon,
        evidence: &Evidence,
    ) {
        self.uncased = lexicon.uncased;
        let Reading { text, keys, listed } = *reading;
        let setting = setting(text, tokens.clone());
        self.setting = setting as u64 + 1;
        self.sights.clear();
        let edge = |value| TokenFeatures {
            word: value,
            lower: value,
            shape: value,
            brief: value,
            ..TokenFeatures::default()
        };
        self.sights.extend([edge(11), edge(12)]);
        for i in tokens {
            let mut sight =
                sight(text.word(i), keys[i], text.tokens[i].kind, setting, &mut self.buffer);
            sight.classes = lexicon.classes.get(sight.lower);
            if text.tokens[i].kind == TokenKind::Word
                && (sight.is_capital() || lexicon.uncased)
                && let Some(roles) = &lexicon.roles
            {
                sight.role = role(roles, text.word(i), keys[i], &mut self.buffer);
            }
            sight.listed = listed[i];
            if sight.case != Case::None {
                sight.evidence = evidence.get(sight.lower);
            }
            self.sights.push(sight);
        }
        self.sights.extend([edge(13), edge(14)]);
        self.mark_runs();
    }

    /// Number of tokens.
    #[must_use]
    pub fn len(&self) -> usize {
        self.sights.len() - 2 * PAD
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What is seen of a token.
    #[must_use]
    pub fn sight(&self, token: usize) -> &TokenFeatures {
        &self.sights[token + PAD]
    }

    /// Finds the runs of capitalised words; hyphens inside belong to them.
    fn mark_runs(&mut self) {
        let end = self.sights.len() - PAD;
        let mut at = PAD;
        while at < end {
            if !self.sights[at].is_capital() {
                self.sights[at].run = (at as u32, at as u32);
                at += 1;
                continue;
            }
            let start = at;
            at += 1;
            while at < end
                && (self.sights[at].is_capital()
                    || (self.sights[at].lower == HYPHEN && self.sights[at + 1].is_capital()))
            {
                at += 1;
            }
            for sight in &mut self.sights[start..at] {
                sight.run = (start as u32, at as u32);
            }
        }
    }

    /// Writes the hashes of a token's features: those of the word itself first. Returns how many of
    /// these there are, and how many in all.
    #[expect(clippy::too_many_lines, reason = "a table: each line is one of the model's features")]
    pub fn features(&self, token: usize, out: &mut [u64; MAX_FEATURES]) -> (usize, usize) {
        let i = token + PAD;
        let [l2, l1, own, r1, r2] = [i - 2, i - 1, i, i + 1, i + 2].map(|at| &self.sights[at]);
        // Far from any capital or list entry there is hardly ever a name: spare most of the work.
        let near = own.is_capital()
            || l1.is_capital()
            || r1.is_capital()
            || own.listed != 0
            || self.setting != 1
            || self.uncased;
        let mut n = 0;
        let mut put = |hash: u64| {
            out[n] = hash;
            n += 1;
        };
        let c = |sight: &TokenFeatures| u64::from(sight.classes.coarse);
        let f = |sight: &TokenFeatures| u64::from(sight.classes.fine);

        put(feature_hash::one(1, own.lower));
        put(feature_hash::one(9, own.suffixes[2]));
        let mut lexical = 2;
        if near {
            put(feature_hash::one(20, own.word));
            put(feature_hash::one(21, own.shape));
            put(feature_hash::one(22, own.prefixes[0]));
            put(feature_hash::one(23, own.prefixes[1]));
            put(feature_hash::one(24, own.prefixes[2]));
            put(feature_hash::one(25, own.suffixes[0]));
            put(feature_hash::one(26, own.suffixes[1]));
            put(feature_hash::two(29, l1.lower, own.lower));
            put(feature_hash::two(30, own.lower, r1.lower));
            lexical = 11;
        }
        put(feature_hash::one(2, own.brief));
        put(feature_hash::two(3, own.brief, l1.brief));
        put(feature_hash::two(4, own.brief, r1.brief));
        put(feature_hash::one(5, l1.lower));
        put(feature_hash::one(6, r1.lower));
        put(feature_hash::two(7, c(own), own.form));
        put(feature_hash::two(8, f(own), own.form));
        put(feature_hash::two(10, c(l1), c(own)));
        put(feature_hash::two(11, c(own), c(r1)));
        if own.listed != 0 {
            put(feature_hash::two(12, u64::from(own.listed), own.form));
        }
        if !near {
            return (lexical, n);
        }
        put(feature_hash::one(27, l2.lower));
        put(feature_hash::one(28, r2.lower));
        put(feature_hash::two(31, l1.lower, own.brief));
        put(feature_hash::two(32, r1.lower, own.brief));
        put(feature_hash::two(33, l2.lower, l1.lower));
        put(feature_hash::two(34, r1.lower, r2.lower));
        put(feature_hash::two(35, l1.lower, r1.lower));
        put(feature_hash::two(36, feature_hash::two(0, l1.brief, own.brief), r1.brief));
        put(feature_hash::two(37, feature_hash::two(0, l2.brief, l1.brief), own.brief));
        put(feature_hash::two(38, feature_hash::two(0, own.brief, r1.brief), r2.brief));
        put(feature_hash::two(39, c(l1), own.brief));
        put(feature_hash::two(40, c(r1), own.brief));
        put(feature_hash::two(41, c(l2), own.brief));
        put(feature_hash::two(42, c(r2), own.brief));
        put(feature_hash::two(43, f(l1), own.brief));
        put(feature_hash::two(44, f(r1), own.brief));
        put(feature_hash::two(45, feature_hash::two(0, c(l1), c(own)), c(r1)));
        put(feature_hash::two(46, f(l1), f(own)));
        put(feature_hash::two(47, f(own), f(r1)));
        put(feature_hash::two(48, feature_hash::two(0, c(l2), c(l1)), own.brief));
        put(feature_hash::two(49, feature_hash::two(0, c(r1), c(r2)), own.brief));
        // Over a hyphen: `Sang-min`, `US-Iran`, `Washington-based`.
        if r1.lower == HYPHEN {
            put(feature_hash::two(75, c(r2), own.brief));
            put(feature_hash::two(76, own.lower, r2.lower));
        }
        if l1.lower == HYPHEN {
            put(feature_hash::two(77, f(l2), own.brief));
            put(feature_hash::two(78, l2.lower, own.lower));
        }
        // The word's case elsewhere in the story, with whether it starts the sentence here.
        let first = u64::from(token == 0);
        put(feature_hash::two(50, u64::from(own.evidence) << 1 | first, own.form));
        put(feature_hash::two(
            51,
            feature_hash::two(0, u64::from(own.evidence) << 1 | first, self.setting),
            c(own),
        ));
        // Names that lists know.
        put(feature_hash::two(
            52,
            feature_hash::two(0, u64::from(own.listed), u64::from(l1.listed)),
            u64::from(r1.listed),
        ));
        put(feature_hash::two(
            53,
            feature_hash::two(0, u64::from(own.listed), own.brief),
            l1.lower,
        ));
        put(feature_hash::two(
            54,
            feature_hash::two(0, u64::from(own.listed), own.brief),
            r1.lower,
        ));
        put(feature_hash::two(55, feature_hash::two(0, u64::from(own.listed), first), c(own)));
        if l1.role | own.role | r1.role != 0 {
            put(feature_hash::two(80, own.role, own.form));
            put(feature_hash::two(81, l1.role, own.role));
            put(feature_hash::two(82, own.role, r1.role));
            put(feature_hash::two(83, own.role, l1.lower));
            put(feature_hash::two(84, own.role, r1.lower));
            put(feature_hash::two(85, feature_hash::two(0, l1.role, own.role), r1.role));
            put(feature_hash::two(86, own.role, u64::from(own.listed)));
        }
        if self.uncased {
            put(feature_hash::two(87, feature_hash::two(0, l1.lower, own.lower), r1.lower));
            put(feature_hash::two(88, feature_hash::two(0, l2.lower, l1.lower), own.lower));
            put(feature_hash::two(89, feature_hash::two(0, own.lower, r1.lower), r2.lower));
        }
        let n = if own.is_capital() { self.run_features(i, out, n) } else { n };
        (lexical, n)
    }

    /// What stands at the edges of the capitalised run around a token.
    fn run_features(&self, i: usize, out: &mut [u64; MAX_FEATURES], mut n: usize) -> usize {
        let own = &self.sights[i];
        let (start, end) = (own.run.0 as usize, own.run.1 as usize);
        let (first, last) = (&self.sights[start], &self.sights[end - 1]);
        let (before, after) = (&self.sights[start - 1], &self.sights[end]);
        let place =
            self.setting << 4 | (((i - start).min(3) as u64) << 2) | (end - 1 - i).min(3) as u64;
        let mut put = |hash: u64| {
            out[n] = hash;
            n += 1;
        };
        put(feature_hash::one(60, place));
        put(feature_hash::two(61, last.lower, place));
        put(feature_hash::two(62, u64::from(last.classes.fine), place));
        put(feature_hash::two(63, u64::from(first.classes.fine), place));
        put(feature_hash::two(64, before.lower, place));
        put(feature_hash::two(65, after.lower, place));
        put(feature_hash::two(66, feature_hash::two(0, before.lower, after.lower), place));
        put(feature_hash::two(
            67,
            feature_hash::two(0, u64::from(before.classes.coarse), u64::from(after.classes.coarse)),
            place,
        ));
        put(feature_hash::two(
            68,
            feature_hash::two(0, u64::from(first.classes.coarse), u64::from(last.classes.coarse)),
            place,
        ));
        put(feature_hash::one(69, last.lower));
        put(feature_hash::two(70, first.lower, place));
        // Of a run that is no name any more the beginning tells: each of its words asks for this.
        let told = &self.sights[start..end.min(start + LONGEST_RUN)];
        let unknown = told.iter().filter(|s| s.classes.fine == 0).count().min(3) as u64;
        let length = (end - start).min(6) as u64;
        if first.role | last.role != 0 {
            put(feature_hash::two(97, feature_hash::two(0, first.role, last.role), place));
            put(feature_hash::two(98, last.role, place));
        }
        put(feature_hash::two(71, unknown << 3 | length, before.lower));
        put(feature_hash::two(72, unknown << 3 | length, after.lower));
        put(feature_hash::two(73, unknown << 3 | length, u64::from(own.listed)));
        n
    }
}

impl TokenFeatures {
    fn is_capital(&self) -> bool {
        matches!(self.case, Case::Title | Case::Upper | Case::Mixed)
    }
}

/// How the line that a sentence is part of is set, judged by the sentence.
pub(super) fn setting(text: &Text<'_>, tokens: std::ops::Range<usize>) -> CaseStyle {
    let (mut words, mut capitals, mut upper, mut long_lower) = (0, 0, 0, 0);
    for i in tokens {
        if text.tokens[i].kind != TokenKind::Word {
            continue;
        }
        let word = text.word(i);
        let Some(first) = word.chars().next() else { continue };
        words += 1;
        if first.is_uppercase() {
            capitals += 1;
            upper += usize::from(!word.chars().any(char::is_lowercase));
        } else if word.len() > 3 {
            long_lower += 1;
        }
    }
    if words >= 3 && upper * 5 >= words * 4 {
        CaseStyle::Capitals
    } else if words >= 4 && long_lower * 8 <= words && capitals * 2 > words {
        CaseStyle::Title
    } else {
        CaseStyle::Normal
    }
}

/// Reduces a word to hashes. In a line set in capitals, words are seen as if capitalised.
fn sight(
    word: &str,
    key: u64,
    kind: TokenKind,
    setting: CaseStyle,
    buffer: &mut Vec<u8>,
) -> TokenFeatures {
    buffer.clear();
    let (mut shape, mut brief) = (1_u64, 1_u64);
    let (mut uppers, mut lowers, mut first_upper, mut last) = (0, 0, false, 0);
    for (at, c) in word.chars().enumerate() {
        let (class, folded) = match c {
            'a'..='z' => (1, c),
            'A'..='Z' => (2, c.to_ascii_lowercase()),
            '0'..='9' => (3, '0'),
            '\u{2019}' | '\u{2018}' => (4, '\''),
            '\u{201c}' | '\u{201d}' => (5, '"'),
            '\u{2013}' | '\u{2014}' => (6, '-'),
            _ if c.is_ascii() => (c as u64 & 0x3f | 0x40, c),
            _ if unicode::is_lowercase(c) => (1, c),
            _ if unicode::is_uppercase(c) => (2, unicode::lowercase(c).next().unwrap_or(c)),
            _ if unicode::is_alphabetic(c) => (7, c),
            _ => (8, c),
        };
        match class {
            1 => lowers += 1,
            2 => {
                uppers += 1;
                first_upper |= at == 0;
            }
            _ => {}
        }
        let class = if setting == CaseStyle::Capitals && class == 2 && at > 0 { 1 } else { class };
        if at < 12 {
            shape = shape.wrapping_mul(131).wrapping_add(class);
        }
        if class != last {
            brief = brief.wrapping_mul(131).wrapping_add(class);
            last = class;
        }
        match u8::try_from(folded) {
            Ok(byte) if byte.is_ascii() => buffer.push(byte),
            _ => buffer.extend_from_slice(folded.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    let case = match (uppers, lowers) {
        (0, 0) => Case::None,
        _ if setting == CaseStyle::Capitals && first_upper => Case::Title,
        (1, _) if first_upper => Case::Title,
        (_, 0) => Case::Upper,
        _ if first_upper || uppers > 1 => Case::Mixed,
        (0, _) => Case::Lower,
        _ => Case::Mixed,
    };
    let salt = setting as u64;
    let form = case as u64 | salt << 4;
    let lower = key;
    let affix = |bytes: &[u8]| feature_hash::bytes(bytes) ^ form;
    let len = buffer.len();
    let (prefixes, suffixes) = if len > 1 {
        (
            [2, 3, 4].map(|n| affix(&buffer[..n.min(len)])),
            [2, 3, 4].map(|n| affix(&buffer[len - n.min(len)..])),
        )
    } else {
        ([lower; 3], [lower; 3])
    };
    TokenFeatures {
        word: lower ^ (form + 1),
        lower,
        shape: shape ^ salt << 56,
        brief: brief ^ (kind as u64) << 60 ^ salt << 56,
        prefixes,
        suffixes,
        classes: Classes::default(),
        role: 0,
        case,
        form,
        listed: 0,
        evidence: 0,
        run: (0, 0),
    }
}
