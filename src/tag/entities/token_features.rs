//! Tokens to features: what the model sees of a token and its neighbours.
//!
//! Each token is reduced once to hashes and flags ([`TokenFeatures`]); templates then combine those of a
//! window. The templates are those of the classic linear models for names (word, affixes, shape,
//! word classes, window of two), with some of our own: the run of capitalised words around a token,
//! the words at its edges and how many of it are unknown; what stands beyond a hyphen; what the
//! rest of the story shows of the word's case; and how the line is set.
//!
//! Models of other languages than English are asked for a third less: beginnings and endings are of characters there (a letter of
//! Cyrillic has two bytes), none that is the whole word, and what says the same as another template where a class or a list says
//! nothing is left out, as is what was found to tell nothing there. A table has room for a part of a model's features: those
//! crowded out others.

mod templates;

use super::{
    Evidence, Reading,
    classes::{ClassTable, Classes},
};
use crate::{
    scripts::{is_hiragana, is_unspaced},
    unicode,
};
use std::sync::Arc;

use crate::tag::{
    Text, TokenKind, feature_hash,
    word_keys::{self, HYPHEN},
};
use templates::{Row, Window};

/// Room for the longest beginning and ending that are seen of a word: four characters of three bytes.
const AFFIX: usize = 12;

/// How long the beginnings and endings are that are seen of a word: in English in bytes, in other languages in characters.
const AFFIXES: [u8; 3] = [2, 3, 4];

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
    /// Of the characters' classes, those in a row that are the same once.
    pub brief: u64,
    /// Its first bytes, and its last ones.
    first: [u8; AFFIX],
    last: [u8; AFFIX],
    /// How many of these there are.
    bytes: u8,
    /// How many of them each of [`AFFIXES`] has, at the front and at the back.
    prefixes: [u8; AFFIXES.len()],
    suffixes: [u8; AFFIXES.len()],
    /// How many characters the word has.
    letters: u8,
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
    /// Whether it is one character of Chinese or kana: it has no beginning, end or shape beside itself.
    is_sign: bool,
    /// Whether it is hiragana or a mark, in such a script: where three stand in a row, there is hardly ever a name.
    is_hiragana: bool,
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

/// How [`Sentence::style`] says that a line is set as running text.
const NORMAL: u64 = CaseStyle::Normal as u64 + 1;

/// Padding on either side of a sentence's tokens.
const PAD: usize = 2;

/// One sentence as the model sees it; reused from sentence to sentence.
#[derive(Debug, Default)]
pub struct Sentence {
    padded: Vec<TokenFeatures>,
    /// One more than the number of its [`CaseStyle`]: models were trained so.
    style: u64,
    /// Whether the script has no capitals: every token may be part of a name.
    uncased: bool,
    /// Whether the model is English's: others are not asked for what tells little in their languages.
    english: bool,
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
        self.english = lexicon.roles.is_none();
        let Reading { text, keys, listed } = *reading;
        let style = case_style(text, tokens.clone());
        self.style = style as u64 + 1;
        self.padded.clear();
        let edge = |value| TokenFeatures {
            word: value,
            lower: value,
            shape: value,
            brief: value,
            ..TokenFeatures::default()
        };
        self.padded.extend([edge(11), edge(12)]);
        for key in &keys[tokens.clone()] {
            lexicon.classes.expect(*key);
        }
        for i in tokens {
            let mut features = features_of(text, i, keys[i], style, self.english, &mut self.buffer);
            features.classes = lexicon.classes.get(features.lower);
            if text.tokens[i].kind == TokenKind::Word
                && (features.is_capital() || lexicon.uncased)
                && let Some(roles) = &lexicon.roles
            {
                features.role = role(roles, text.word(i), keys[i], &mut self.buffer);
            }
            features.listed = listed[i];
            if lexicon.uncased {
                let is_mark = text.tokens[i].kind == TokenKind::Mark;
                let mut letters = text.word(i).chars();
                features.is_sign =
                    letters.next().is_some_and(is_unspaced) && letters.next().is_none();
                features.is_hiragana = is_mark || text.word(i).chars().all(is_hiragana);
            }
            if features.case != Case::None {
                features.evidence = evidence.get(features.lower);
            }
            self.padded.push(features);
        }
        self.padded.extend([edge(13), edge(14)]);
        self.mark_runs();
    }

    /// Number of tokens.
    #[must_use]
    pub fn len(&self) -> usize {
        self.padded.len() - 2 * PAD
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What is seen of each token.
    #[must_use]
    pub fn tokens(&self) -> &[TokenFeatures] {
        &self.padded[PAD..self.padded.len() - PAD]
    }

    /// Finds the runs of capitalised words; hyphens inside belong to them.
    fn mark_runs(&mut self) {
        let end = self.padded.len() - PAD;
        let mut at = PAD;
        while at < end {
            if !self.padded[at].is_capital() {
                self.padded[at].run = (at as u32, at as u32);
                at += 1;
                continue;
            }
            let start = at;
            at += 1;
            while at < end
                && (self.padded[at].is_capital()
                    || (self.padded[at].lower == HYPHEN && self.padded[at + 1].is_capital()))
            {
                at += 1;
            }
            for features in &mut self.padded[start..at] {
                features.run = (start as u32, at as u32);
            }
        }
    }

    /// Writes the hashes of a token's features: those of the word itself first. Returns how many of
    /// these there are, and how many in all.
    pub fn features(&self, token: usize, out: &mut [u64; MAX_FEATURES]) -> (usize, usize) {
        let i = token + PAD;
        let window = Window::around(self, i);
        let near = self.is_near_a_name(&window);
        let mut row = Row { out, len: 0 };
        window.put_word(&mut row, near);
        let lexical = row.len;
        window.put_outline(&mut row);
        if self.uncased {
            window.put_trigrams(&mut row);
        }
        if !near {
            return (lexical, row.len);
        }
        window.put_neighbours(&mut row);
        window.put_classes(&mut row);
        window.put_over_hyphens(&mut row);
        window.put_story(&mut row, u64::from(token == 0), self.style);
        window.put_roles(&mut row);
        if window.own.is_capital() {
            self.put_run(i, &mut row);
        }
        (lexical, row.len)
    }

    /// Far from any capital or list entry there is hardly ever a name: most of the work is spared there.
    fn is_near_a_name(&self, window: &Window<'_>) -> bool {
        window.own.is_capital()
            || window.left.is_capital()
            || window.right.is_capital()
            || window.own.listed != 0
            || self.style != NORMAL
            || self.uncased
                && !(window.left.is_hiragana && window.own.is_hiragana && window.right.is_hiragana)
    }

    /// What stands at the edges of the capitalised run around a token.
    fn put_run(&self, i: usize, row: &mut Row<'_>) {
        let own = &self.padded[i];
        let (start, end) = (own.run.0 as usize, own.run.1 as usize);
        let (first, last) = (&self.padded[start], &self.padded[end - 1]);
        let (before, after) = (&self.padded[start - 1], &self.padded[end]);
        let place =
            self.style << 4 | (((i - start).min(3) as u64) << 2) | (end - 1 - i).min(3) as u64;
        row.one(60, place);
        row.two(61, last.lower, place);
        let tells = |known: u64| self.english || known != 0;
        if tells(last.fine()) {
            row.two(62, last.fine(), place);
        }
        if tells(first.fine()) {
            row.two(63, first.fine(), place);
        }
        row.two(64, before.lower, place);
        row.two(65, after.lower, place);
        if self.english {
            row.three(66, before.lower, after.lower, place);
        }
        if tells(before.coarse() | after.coarse()) {
            row.three(67, before.coarse(), after.coarse(), place);
        }
        if tells(first.coarse() | last.coarse()) {
            row.three(68, first.coarse(), last.coarse(), place);
        }
        row.one(69, last.lower);
        if self.english {
            row.two(70, first.lower, place);
        }
        if first.role | last.role != 0 {
            row.three(97, first.role, last.role, place);
            row.two(98, last.role, place);
        }
        // Of a run that is no name any more the beginning tells: each of its words asks for this.
        let told = &self.padded[start..end.min(start + LONGEST_RUN)];
        let unknown = told.iter().filter(|s| s.classes.fine == 0).count().min(3) as u64;
        let length = (end - start).min(6) as u64;
        let unknown = unknown << 3 | length;
        if self.english {
            row.two(71, unknown, before.lower);
            row.two(72, unknown, after.lower);
        }
        if tells(u64::from(own.listed)) {
            row.two(73, unknown, u64::from(own.listed));
        }
    }
}

impl TokenFeatures {
    /// The class of words that it is of, by few classes.
    fn coarse(&self) -> u64 {
        u64::from(self.classes.coarse)
    }

    /// The same by many.
    fn fine(&self) -> u64 {
        u64::from(self.classes.fine)
    }

    /// Of the first bytes, by the number of the affix; of a word of one, that word.
    fn prefix(&self, affix: usize) -> u64 {
        self.affix(&self.first[..usize::from(self.prefixes[affix])])
    }

    /// The same of the last ones.
    fn suffix(&self, affix: usize) -> u64 {
        self.affix(&self.last[AFFIX - usize::from(self.suffixes[affix])..])
    }

    fn affix(&self, bytes: &[u8]) -> u64 {
        if self.bytes > 1 { feature_hash::bytes(bytes) ^ self.form } else { self.lower }
    }

    fn is_capital(&self) -> bool {
        matches!(self.case, Case::Title | Case::Upper | Case::Mixed)
    }
}

/// How the line that a sentence is part of is set, judged by the sentence.
pub(super) fn case_style(text: &Text<'_>, tokens: std::ops::Range<usize>) -> CaseStyle {
    let (mut words, mut capitals, mut upper, mut long_lower) = (0, 0, 0, 0);
    for i in tokens {
        if text.tokens[i].kind != TokenKind::Word {
            continue;
        }
        let word = text.word(i);
        words += 1;
        if text.is_capital(i) {
            capitals += 1;
            upper += usize::from(if text.tokens[i].plain {
                !word.bytes().any(|byte| byte.is_ascii_lowercase())
            } else {
                !word.chars().any(unicode::is_lowercase)
            });
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

/// The outline of a word, as its characters' classes come: 1 is a small letter, 2 a capital.
struct Outline {
    style: CaseStyle,
    shape: u64,
    brief: u64,
    last: u64,
    chars: usize,
    uppers: usize,
    lowers: usize,
    first_upper: bool,
}

impl Outline {
    /// Letters of a word that its shape has.
    const LONGEST: usize = 12;

    fn new(style: CaseStyle) -> Self {
        let (uppers, lowers, first_upper) = (0, 0, false);
        Self { style, shape: 1, brief: 1, last: 0, chars: 0, uppers, lowers, first_upper }
    }

    #[inline]
    fn add(&mut self, class: u64) {
        let first = self.chars == 0;
        self.uppers += usize::from(class == 2);
        self.lowers += usize::from(class == 1);
        self.first_upper |= first && class == 2;
        let class =
            if self.style == CaseStyle::Capitals && class == 2 && !first { 1 } else { class };
        if self.chars < Self::LONGEST {
            self.shape = self.shape.wrapping_mul(131).wrapping_add(class);
        }
        if class != self.last {
            self.brief = self.brief.wrapping_mul(131).wrapping_add(class);
            self.last = class;
        }
        self.chars += 1;
    }

    fn case(&self) -> Case {
        match (self.uppers, self.lowers) {
            (0, 0) => Case::None,
            _ if self.style == CaseStyle::Capitals && self.first_upper => Case::Title,
            (1, _) if self.first_upper => Case::Title,
            (_, 0) => Case::Upper,
            _ if self.first_upper || self.uppers > 1 => Case::Mixed,
            (0, _) => Case::Lower,
            _ => Case::Mixed,
        }
    }
}

/// The class of a character, and what it is in the beginnings and endings of words.
fn class_of(c: char) -> (u64, char) {
    match c {
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
    }
}

/// How many bytes the first characters have, by [`AFFIXES`].
fn prefixes(bytes: &[u8]) -> [u8; AFFIXES.len()] {
    let mut lengths = [bytes.len() as u8; AFFIXES.len()];
    let starts = (0..).zip(bytes).filter(|(_, byte)| is_start(**byte)).map(|(at, _)| at);
    // Two characters end where the third starts.
    lengths.iter_mut().zip(starts.skip(2)).for_each(|(length, start)| *length = start);
    lengths
}

/// The same of the last ones.
fn suffixes(bytes: &[u8]) -> [u8; AFFIXES.len()] {
    let mut lengths = [bytes.len() as u8; AFFIXES.len()];
    let starts = (1..).zip(bytes.iter().rev()).filter(|(_, byte)| is_start(**byte));
    lengths.iter_mut().zip(starts.skip(1)).for_each(|(length, (start, _))| *length = start);
    lengths
}

/// Whether a character starts in a byte.
const fn is_start(byte: u8) -> bool {
    byte & 0xc0 != 0x80
}

/// Reduces a word to hashes. In a line set in capitals, words are seen as if capitalised.
fn features_of(
    text: &Text<'_>,
    token: usize,
    key: u64,
    style: CaseStyle,
    english: bool,
    buffer: &mut Vec<u8>,
) -> TokenFeatures {
    let (word, kind) = (text.word(token), text.tokens[token].kind);
    let mut outline = Outline::new(style);
    let folded = if text.tokens[token].plain {
        word.bytes().for_each(|byte| outline.add(if byte.is_ascii_lowercase() { 1 } else { 2 }));
        text.lower(token).as_bytes()
    } else {
        buffer.clear();
        for (class, folded) in word.chars().map(class_of) {
            outline.add(class);
            match u8::try_from(folded) {
                Ok(byte) if byte.is_ascii() => buffer.push(byte),
                _ => buffer.extend_from_slice(folded.encode_utf8(&mut [0; 4]).as_bytes()),
            }
        }
        buffer.as_slice()
    };
    let case = outline.case();
    let Outline { shape, brief, chars, .. } = outline;
    let salt = style as u64;
    let form = case as u64 | salt << 4;
    let lower = key;
    let bytes = folded.len().min(AFFIX);
    let (mut first, mut last) = ([0; AFFIX], [0; AFFIX]);
    first[..bytes].copy_from_slice(&folded[..bytes]);
    last[AFFIX - bytes..].copy_from_slice(&folded[folded.len() - bytes..]);
    let (prefixes, suffixes) = if english || folded.is_ascii() {
        let affixes = AFFIXES.map(|affix| affix.min(bytes as u8));
        (affixes, affixes)
    } else {
        (prefixes(&first[..bytes]), suffixes(&last[AFFIX - bytes..]))
    };
    TokenFeatures {
        word: lower ^ (form + 1),
        lower,
        shape: shape ^ salt << 56,
        brief: brief ^ (kind as u64) << 60 ^ salt << 56,
        first,
        last,
        bytes: bytes as u8,
        prefixes,
        suffixes,
        letters: chars.min(usize::from(u8::MAX)) as u8,
        classes: Classes::default(),
        role: 0,
        case,
        form,
        listed: 0,
        evidence: 0,
        is_sign: false,
        is_hiragana: false,
        run: (0, 0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tag::document::Splitting;

    fn read(text: &str, english: bool) -> Vec<TokenFeatures> {
        let body = Text::split(text, Splitting::of("en"));
        let keys = word_keys::keys(&body);
        let mut buffer = Vec::new();
        (0..body.tokens.len())
            .map(|i| features_of(&body, i, keys[i], CaseStyle::Normal, english, &mut buffer))
            .collect()
    }

    /// The affixes of a word's two, three and four characters.
    fn affixes(word: &TokenFeatures) -> Vec<(u64, u64)> {
        (0..AFFIXES.len()).map(|affix| (word.prefix(affix), word.suffix(affix))).collect()
    }

    #[test]
    fn affixes_are_of_characters_outside_english() {
        let bytes =
            |text: &str, word: &TokenFeatures| feature_hash::bytes(text.as_bytes()) ^ word.form;
        for (word, parts) in [
            ("Орлова", [("ор", "ва"), ("орл", "ова"), ("орло", "лова")]),
            ("Østby", [("øs", "by"), ("øst", "tby"), ("østb", "stby")]),
            ("ओर्ला", [("ओर", "ला"), ("ओर्", "्ला"), ("ओर्ल", "र्ला")]),
            ("Orlova", [("or", "va"), ("orl", "ova"), ("orlo", "lova")]),
            ("Œd", [("œd", "œd"), ("œd", "œd"), ("œd", "œd")]),
        ] {
            let features = read(word, false)[0];
            let right =
                parts.map(|(first, last)| (bytes(first, &features), bytes(last, &features)));
            assert_eq!(affixes(&features), right, "{word}");
        }
        let english = read("Øst", true)[0];
        assert_eq!(english.prefix(0), bytes("ø", &english), "part of the models' format");
    }

    #[test]
    fn other_models_are_asked_for_less() {
        let count = |english: bool| {
            let body = Text::split("In Orme sagt Ada Berg das.", Splitting::of("de"));
            let keys = word_keys::keys(&body);
            let listed = vec![0; body.tokens.len()];
            let reading = Reading { text: &body, keys: &keys, listed: &listed };
            let classes = Arc::new(ClassTable::from_bytes(ClassTable::build(&[])).unwrap());
            let roles = (!english).then(|| Arc::clone(&classes));
            let lexicon = Lexicon { classes, roles, uncased: false };
            let mut sentence = Sentence::default();
            sentence.read(&reading, body.sentences[0].clone(), &lexicon, &Evidence::of(&[reading]));
            let count = |token| sentence.features(token, &mut [0; MAX_FEATURES]).1;
            (0..sentence.len()).map(count).sum::<usize>()
        };
        assert!(count(false) * 3 < count(true) * 2, "{} of {}", count(false), count(true));
    }
}
