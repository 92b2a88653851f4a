//! What the names in `class` and `id` say, by topic: the terms of `data/class-names.txt`.
//!
//! A name is evidence for the classifier, never a verdict. Letter case says nothing; a word must stand between
//! separators (`ad` is not in `header`), a part may stand anywhere.

use std::sync::LazyLock;

use foldhash::HashSet;

use super::phrase_finder::PhraseFinder;
use super::word_lists;
use crate::lang;

/// A set of topics, one bit each. Those without a constant are asked for by the model only.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Topics(pub(super) u32);

impl Topics {
    pub(super) const BODY: Self = Self(1 << 0);
    pub(super) const ARTICLE: Self = Self(1 << 1);
    pub(super) const LEAD: Self = Self(1 << 2);
    pub(super) const TITLE: Self = Self(1 << 3);
    pub(super) const NAV: Self = Self(1 << 4);
    pub(super) const RELATED: Self = Self(1 << 5);
    pub(super) const COMMENT: Self = Self(1 << 6);
    pub(super) const SHARE: Self = Self(1 << 7);
    pub(super) const AD: Self = Self(1 << 8);
    pub(super) const PROMO: Self = Self(1 << 9);
    pub(super) const AUTHOR: Self = Self(1 << 10);
    pub(super) const CAPTION: Self = Self(1 << 11);
    pub(super) const FRAME: Self = Self(1 << 12);
    pub(super) const SIDEBAR: Self = Self(1 << 13);
    pub(super) const DATE: Self = Self(1 << 14);
    pub(super) const CONSENT: Self = Self(1 << 15);
    pub(super) const PAYWALL: Self = Self(1 << 16);
    pub(super) const HIDDEN: Self = Self(1 << 17);
    pub(super) const TAGS: Self = Self(1 << 18);
    pub(super) const TEASER: Self = Self(1 << 19);
    pub(super) const MEDIA: Self = Self(1 << 20);
    pub(super) const QUOTE: Self = Self(1 << 21);
    pub(super) const LIVE: Self = Self(1 << 23);
    pub(super) const POPUP: Self = Self(1 << 25);
    pub(super) const KICKER: Self = Self(1 << 27);
    pub(super) const COUNT: usize = 28;

    /// What each topic is called, from the lowest bit.
    pub(super) const NAMES: [&'static str; Self::COUNT] = [
        "body", "article", "lead", "title", "nav", "related", "comment", "share", "ad", "promo",
        "author", "caption", "frame", "sidebar", "date", "consent", "paywall", "hidden", "tags",
        "teaser", "media", "quote", "box", "live", "list", "popup", "embed", "kicker",
    ];

    fn named(name: &str) -> Option<Self> {
        Self::NAMES.iter().position(|n| *n == name).map(|bit| Self(1 << bit))
    }

    pub(super) const fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(super) const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// What a name says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) topics: Topics,
    /// Whether a word of it is one for who signed a story.
    pub(super) is_signed: bool,
}

#[derive(Clone, Copy)]
struct Term {
    topic: Topics,
    whole: bool,
}

impl Term {
    /// Reads `nav part` or `nav word`.
    fn read(kind: &str) -> Option<Self> {
        let (topic, how) = kind.split_once(' ')?;
        let whole = match how {
            "word" => true,
            "part" => false,
            _ => return None,
        };
        Some(Self { topic: Topics::named(topic)?, whole })
    }
}

struct Vocabulary {
    /// The terms, and behind them the words for who signed a story.
    finder: PhraseFinder,
    terms: Vec<Term>,
    signed: Vec<&'static str>,
}

static VOCABULARY: LazyLock<Vocabulary> = LazyLock::new(|| {
    let rows = lang::columns(word_lists::CLASS_NAMES);
    let (terms, patterns): (Vec<Term>, Vec<&str>) =
        rows.filter_map(|(kind, text)| Some((Term::read(kind)?, text))).unzip();
    let signed: Vec<&str> = word_lists::page_signs("signed-class");
    let finder = PhraseFinder::new(patterns.iter().chain(&signed).copied());
    Vocabulary { finder, terms, signed }
});

/// The topics that a `class` or `id` value names.
pub(super) fn topics(names: &str) -> Topics {
    said(names).topics
}

/// All that a `class` or `id` value says.
pub(super) fn said(names: &str) -> Said {
    let mut said = Said::default();
    let bytes = names.as_bytes();
    let Vocabulary { finder, terms, signed } = &*VOCABULARY;
    finder.each(names, |start, number| {
        let end = start + finder.len_of(number);
        let Some(Term { topic, whole }) = terms.get(number) else {
            let word = signed[number - terms.len()];
            let parts = |byte: Option<&u8>| byte.is_none_or(|b| matches!(b, b' ' | b'-' | b'_'));
            said.is_signed |= &names[start..end] == word
                && parts(start.checked_sub(1).map(|before| &bytes[before]))
                && parts(bytes.get(end));
            return;
        };
        if (!whole || stands_alone(bytes, start, end))
            && !(*topic == Topics::COMMENT && is_state(names, start, end))
        {
            said.topics = said.topics.with(*topic);
        }
    });
    said
}

/// Words before and behind `comment` in a name that says that an element may have comments.
static STATE_BEFORE: LazyLock<HashSet<&str>> =
    LazyLock::new(|| word_lists::page_signs("state-before"));
static STATE_AFTER: LazyLock<HashSet<&str>> =
    LazyLock::new(|| word_lists::page_signs("state-after"));

/// Whether a name says that an element has comments or may be commented on, not that it is one:
/// `has-comments`, `comments-open`, `commentable`, `kommentierbar`, `commentOnSelection`.
fn is_state(names: &str, start: usize, end: usize) -> bool {
    // Names are parted by white space of ASCII; any other is part of one.
    let parts = |c: char| c.is_ascii_whitespace();
    let token_start = names[..start].rfind(parts).map_or(0, |at| at + 1);
    let token_end = names[end..].find(parts).map_or(names.len(), |at| end + at);
    let word = |text: &str, last: bool| -> String {
        let mut parts = text.split(['-', '_']).filter(|p| !p.is_empty());
        let part = if last { parts.next_back() } else { parts.next() };
        part.unwrap_or_default().to_ascii_lowercase()
    };
    let before = word(&names[token_start..start], true);
    let rest =
        names[end..token_end].strip_prefix(['s', 'S', 'i', 'e']).unwrap_or(&names[end..token_end]);
    let after = word(rest, false);
    let after = after.strip_prefix("er").unwrap_or(&after);
    STATE_BEFORE.contains(before.as_str())
        || STATE_AFTER.contains(after)
        || after.starts_with("able")
        || rest.starts_with("On")
}

/// Whether a match is a word of its own: `article-ad`, `adBox`, `ad_1`.
fn stands_alone(bytes: &[u8], start: usize, end: usize) -> bool {
    let starts = start == 0
        || !bytes[start - 1].is_ascii_alphanumeric()
        || (bytes[start].is_ascii_uppercase() && !bytes[start - 1].is_ascii_uppercase());
    let ends = end == bytes.len()
        || !bytes[end].is_ascii_alphabetic()
        || (bytes[end].is_ascii_uppercase() && !bytes[end - 1].is_ascii_uppercase());
    starts && ends
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_term_is_of_a_known_topic() {
        for (kind, term) in lang::columns(word_lists::CLASS_NAMES) {
            assert!(Term::read(kind).is_some(), "{kind}: {term}");
        }
        assert_eq!(Topics::named("kicker"), Some(Topics::KICKER));
        assert_eq!(Topics::named("body"), Some(Topics::BODY));
    }

    #[test]
    fn short_terms_must_stand_alone() {
        assert!(topics("article-ad").has(Topics::AD));
        assert!(topics("adBox").has(Topics::AD));
        assert!(!topics("shadow header").has(Topics::AD));
        assert!(topics("td-post-content").has(Topics::BODY));
        assert!(topics("Newsletter_Teaser").has(Topics::PROMO));
        assert_eq!(topics(""), Topics::default());
    }

    #[test]
    fn words_for_who_signed_stand_between_separators() {
        let word = word_lists::page_signs::<Vec<&str>>("signed-class")[0];
        for (names, is_signed) in [
            (word.to_owned(), true),
            (format!("box {word}-2_a"), true),
            (format!("box_{word}"), true),
            (format!("{word}s"), false),
            (format!("a{word}"), false),
            (word.to_ascii_uppercase(), false),
        ] {
            assert_eq!(said(&names).is_signed, is_signed, "{names}");
        }
    }

    #[test]
    fn other_white_space_is_part_of_a_name() {
        assert!(topics("a\u{a0}b-comment").has(Topics::COMMENT));
        assert!(topics("comment\u{3000}c").has(Topics::COMMENT));
    }

    #[test]
    fn element_having_comments_is_not_a_comment() {
        for names in [
            "article-body has-comments",
            "post comments-open",
            "commentable",
            "kommentierbar",
            "commentOnSelection",
            "with-comments",
            "comment-closed",
        ] {
            assert!(!topics(names).has(Topics::COMMENT), "{names}");
        }
        for names in ["comments", "comment-list", "article-comments", "kommentare", "comment-body"]
        {
            assert!(topics(names).has(Topics::COMMENT), "{names}");
        }
    }
}
