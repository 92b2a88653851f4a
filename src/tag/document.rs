//! An article's headline and body, tokenised once for all taggers.
//!
//! Words are those of Unicode's word boundaries (UAX 29), joined and split where news text wants it:
//!
//! - a full stop stays with an abbreviation or an initial (`U.S.`, `Mr.`, `J.`, `p.m.`);
//! - a possessive or a clitic is a token of its own (`Malawi` `'s`, `we` `'ll`, `players` `'`);
//! - every hyphen, dash, quote and currency sign is a token (`US` `-` `Iran`, `$` `1,234.50`);
//! - web and mail addresses, `@names` and `#tags` are one token each;
//! - words that lack the blank after a full stop are parted (`ended.Then`).
//!
//! A line break ends a sentence, so headings are sentences of their own. Taggers work on bytes;
//! [`Text::span`] turns byte ranges into the code point offsets of records. White space, soft
//! hyphens apart, is never part of a token. Texts over 4 GiB are refused by the stages before.
//!
//! Who else cuts text into words does so before there is a document, or by rules that something stored was made with: sketches and
//! blocks of pages by `word_hashes`, terms of topics by `topics/topic_words.rs`, runs of letters by `topics/other_languages.rs`, a
//! sample whose language is not known yet by `language.rs`, and dates of pages, whose marks count, by `extract/date_parse`.

use std::ops::Range;

use crate::model::{LanguageCode, Span};

mod abbreviations;
mod lower;
mod sentences;
mod splitting;
mod tokens;

use lower::LowerForms;
pub use splitting::Splitting;

/// A tokenised article.
#[derive(Debug)]
pub struct Document<'a> {
    /// The headline; empty when there is none.
    pub title: Text<'a>,
    /// The body.
    pub body: Text<'a>,
}

impl<'a> Document<'a> {
    /// Tokenises a headline and a body.
    #[must_use]
    pub fn new(title: &'a str, body: &'a str) -> Self {
        Self { title: Text::new(title), body: Text::new(body) }
    }

    /// As [`Document::new`], with what a language parts that others leave whole.
    #[must_use]
    pub fn in_language(title: &'a str, body: &'a str, language: LanguageCode) -> Self {
        let splitting = Splitting::of(language.as_str());
        Self { title: Text::split(title, splitting), body: Text::split(body, splitting) }
    }
}

/// A tokenised text.
#[derive(Debug)]
pub struct Text<'a> {
    /// The text.
    pub text: &'a str,
    /// Words, numbers and punctuation marks; white space is left out.
    pub tokens: Vec<Token>,
    /// Ranges over `tokens`, in order and without gaps; a line break always ends a sentence.
    pub sentences: Vec<Range<usize>>,
    /// Ranges over `tokens`, one per non-blank line, in order and without gaps.
    pub lines: Vec<Range<usize>>,
    /// The characters of each token.
    words: Vec<&'a str>,
    lower: LowerForms,
}

/// A token's place in its text, and what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
    /// Code points before `start`.
    pub char_start: u32,
    /// What it is.
    pub kind: TokenKind,
    /// What it begins with.
    pub initial: Initial,
    /// Whether it has letters of ASCII and nothing else: most words of many languages, of which much need not be asked.
    pub plain: bool,
}

/// What a token's first character is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Initial {
    /// A capital.
    Capital,
    /// A small letter.
    Small,
    /// Neither, as in scripts without case.
    Other,
}

/// What a token is, by its characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// Starts with a letter; abbreviations (`U.S.`, `Mr.`) included.
    Word,
    /// Starts with a digit: `1,234.5`, `86m`, `19th`, `2010`.
    Number,
    /// What is split from the end of a word: `'s`, `'ll`, or a lone apostrophe after an `s`.
    Clitic,
    /// A web or mail address, an `@name` or a `#tag`.
    Address,
    /// Punctuation, a currency sign, any other symbol; runs of dots and of hyphens are one token.
    Mark,
}

impl<'a> Text<'a> {
    /// Tokenises a text.
    #[must_use]
    pub fn new(text: &'a str) -> Self {
        Self::split(text, &splitting::NONE)
    }

    /// Tokenises a text as a language's rules say.
    #[must_use]
    pub fn split(text: &'a str, splitting: &Splitting) -> Self {
        let (tokens, lines) = tokens::tokenise(text, splitting);
        let word = |token: &Token| &text[token.start as usize..token.end as usize];
        let words: Vec<&str> = tokens.iter().map(word).collect();
        let sentences = sentences::split(text, &tokens, &words, &lines, splitting);
        let lower = LowerForms::of(&words);
        Self { text, tokens, sentences, lines, words, lower }
    }

    /// A token's characters.
    #[inline]
    #[must_use]
    pub fn word(&self, token: usize) -> &'a str {
        self.words[token]
    }

    /// The characters of a token that need not be there; none behind the end.
    #[must_use]
    pub fn word_or_empty(&self, token: usize) -> &'a str {
        self.words.get(token).copied().unwrap_or_default()
    }

    /// Whether a token begins with a capital.
    #[inline]
    #[must_use]
    pub fn is_capital(&self, token: usize) -> bool {
        self.tokens[token].initial == Initial::Capital
    }

    /// A token's characters in lower case.
    #[inline]
    #[must_use]
    pub fn lower(&self, token: usize) -> &str {
        self.lower.get(token).unwrap_or(self.words[token])
    }

    /// The sentence that holds a token; none behind the end.
    #[must_use]
    pub fn sentence_of(&self, token: usize) -> Option<&Range<usize>> {
        self.sentences.get(self.sentences.partition_point(|sentence| sentence.end <= token))
    }

    /// The line that holds a token; none behind the end.
    #[must_use]
    pub fn line_of(&self, token: usize) -> Option<&Range<usize>> {
        self.lines.get(self.lines.partition_point(|line| line.end <= token))
    }

    /// The bytes from the first of some tokens to the last; the range must not be empty.
    #[must_use]
    pub fn bytes(&self, tokens: Range<usize>) -> Range<usize> {
        self.tokens[tokens.start].start as usize..self.tokens[tokens.end - 1].end as usize
    }

    /// The text from the first of some tokens to the last; the range must not be empty.
    #[must_use]
    pub fn slice(&self, tokens: Range<usize>) -> &'a str {
        &self.text[self.bytes(tokens)]
    }

    /// The code points that a range of bytes covers; both ends must be character boundaries.
    #[must_use]
    pub fn span(&self, bytes: Range<usize>) -> Span {
        let before = self.tokens.partition_point(|t| (t.start as usize) <= bytes.start);
        let (from, chars) = match before.checked_sub(1).map(|i| self.tokens[i]) {
            Some(token) => (token.start as usize, token.char_start),
            None => (0, 0),
        };
        let start = chars + self.text[from..bytes.start].chars().count() as u32;
        Span { start, end: start + self.text[bytes].chars().count() as u32 }
    }
}

/// Whether a token is the ending of a possessive: `'s`.
pub(in crate::tag) fn is_possessive(word: &str) -> bool {
    word.strip_prefix(APOSTROPHES) == Some("s")
}

/// Whether a token says that what follows is somebody's: `'s`, or the mark alone behind a plural.
pub(in crate::tag) fn says_whose(word: &str) -> bool {
    is_possessive(word) || matches!(word, "'" | "\u{2019}")
}

/// A word without the ending of a possessive.
pub(in crate::tag) fn without_possessive(word: &str) -> Option<&str> {
    word.strip_suffix('s')?.strip_suffix(APOSTROPHES)
}

const APOSTROPHES: [char; 2] = ['\'', '\u{2019}'];

/// A part of a text on one line, its white space collapsed. Characters that are not seen stay, unlike those of a page: a record's
/// names are found again in its text.
pub(in crate::tag) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<&str> {
        let text = Text::new(text);
        (0..text.tokens.len()).map(|i| text.word(i)).collect()
    }

    fn sentences(text: &str) -> Vec<&str> {
        let text = Text::new(text);
        text.sentences.iter().map(|s| text.slice(s.clone())).collect()
    }

    #[test]
    fn splits_possessives_and_clitics_but_not_names() {
        assert_eq!(
            words("Malawi's O'Brien said we'll go; the players\u{2019} wives don't."),
            [
                "Malawi", "'s", "O'Brien", "said", "we", "'ll", "go", ";", "the", "players",
                "\u{2019}", "wives", "don't", "."
            ]
        );
        assert_eq!(words("N\u{2019}Djamena\u{2019}s"), ["N\u{2019}Djamena", "\u{2019}s"]);
    }

    #[test]
    fn each_token_has_its_sentence_and_line() {
        let text = Text::new("Orme left. Varde\nstayed.");
        let of = |token| text.sentence_of(token).cloned();
        assert_eq!([0, 2, 3, 4, 5].map(of), [0..3, 0..3, 3..4, 4..6, 4..6].map(Some));
        assert_eq!((of(6), Text::new("").sentence_of(0)), (None, None));
        assert_eq!(
            [3, 4, 6].map(|token| text.line_of(token).cloned()),
            [Some(0..4), Some(4..6), None]
        );
    }

    #[test]
    fn splits_hyphens_dashes_and_currency() {
        assert_eq!(
            words("US-Iran talks \u{2014} \u{20ac}1,234.50 or $86m -- 5-10%"),
            [
                "US", "-", "Iran", "talks", "\u{2014}", "\u{20ac}", "1,234.50", "or", "$", "86m",
                "--", "5", "-", "10", "%"
            ]
        );
    }

    #[test]
    fn keeps_the_full_stop_of_abbreviations_and_initials() {
        assert_eq!(
            words("Mr. George W. Bush left the U.S. at 5 p.m. Acme Corp. paid."),
            [
                "Mr.", "George", "W.", "Bush", "left", "the", "U.S.", "at", "5", "p.m.", "Acme",
                "Corp.", "paid", "."
            ]
        );
    }

    #[test]
    fn keeps_addresses_whole_and_leaves_their_end_punctuation() {
        assert_eq!(
            words("See https://ex.com/a-b?c=d, www.ex.com. Mail a.b@ex.com (@paul, #news-day)."),
            [
                "See",
                "https://ex.com/a-b?c=d",
                ",",
                "www.ex.com",
                ".",
                "Mail",
                "a.b@ex.com",
                "(",
                "@paul",
                ",",
                "#news",
                "-",
                "day",
                ")",
                "."
            ]
        );
    }

    #[test]
    fn splits_words_lacking_blank_after_full_stop() {
        assert_eq!(words("It ended.Then rain."), ["It", "ended", ".", "Then", "rain", "."]);
        assert_eq!(words("Amazon.com rose"), ["Amazon.com", "rose"]);
    }

    #[test]
    fn gathers_dots_and_quotes() {
        assert_eq!(words("\"Wait...\" ''no''"), ["\"", "Wait", "...", "\"", "''", "no", "''"]);
        assert_eq!(words("\u{201c}Yes\u{201d} 'tis"), ["\u{201c}", "Yes", "\u{201d}", "'", "tis"]);
    }

    #[test]
    fn sentences_without_an_end_are_parted() {
        let body = "Orme, ".repeat(2500);
        let lengths: Vec<usize> =
            Text::new(&body).sentences.iter().map(ExactSizeIterator::len).collect();
        assert_eq!(lengths, [2000, 2000, 1000]);
    }

    #[test]
    fn sentences_end_at_marks_and_breaks_not_abbreviations() {
        assert_eq!(
            sentences("A Heading\n\nMr. Xi met U.S. envoys. \"Go!\" he said. In the U.S. The end."),
            ["A Heading", "Mr. Xi met U.S. envoys.", "\"Go!\" he said.", "In the U.S.", "The end."]
        );
    }

    #[test]
    fn closing_quote_belongs_to_the_sentence_it_closes() {
        assert_eq!(
            sentences("\u{201c}It is.\u{201d} The rest."),
            ["\u{201c}It is.\u{201d}", "The rest."]
        );
    }

    #[test]
    fn offsets_count_code_points() {
        let text = Text::new("\u{1f600} Zo\u{eb} na\u{ef}ve\nKyiv");
        let last = text.tokens.len() - 1;
        assert_eq!(text.word(last), "Kyiv");
        assert_eq!(text.span(text.bytes(last..last + 1)), Span { start: 12, end: 16 });
        assert_eq!(text.span(5..9), Span { start: 2, end: 5 });
        assert_eq!(text.lines, [0..3, 3..4]);
    }

    #[test]
    fn tokens_and_sentences_cover_all_but_blanks() {
        for text in [
            "",
            " \n ",
            "\u{4eca}\u{65e5}\u{306f} A.\r\nB",
            "...'''\u{301}x",
            "@ # a@ .com http://",
            "1.2.3. U.S.A.",
        ] {
            let parsed = Text::new(text);
            let kept: String = (0..parsed.tokens.len()).map(|i| parsed.word(i)).collect();
            let want: String = text.chars().filter(|c| !c.is_whitespace()).collect();
            assert_eq!(kept.replace(char::is_whitespace, ""), want, "{text:?}");
            let mut next = 0;
            for sentence in &parsed.sentences {
                assert_eq!(sentence.start, next);
                assert!(sentence.end > sentence.start);
                next = sentence.end;
            }
            assert_eq!(next, parsed.tokens.len());
        }
    }
}
