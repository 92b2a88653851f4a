//! Texts and names in them, for tests: as if a recogniser had found them.

use std::ops::Range;

use super::{Name, NameKind, Reading};
use crate::tag::{Text, document::Splitting, word_keys};

/// A text with its keys, of which the gazetteer knows nothing.
pub(in crate::tag) struct Sample<'t> {
    pub text: Text<'t>,
    pub keys: Vec<u64>,
    listed: Vec<u16>,
}

impl<'t> Sample<'t> {
    /// A text of a language by its folder.
    pub fn of(folder: &str, body: &'t str) -> Self {
        let text = Text::split(body, Splitting::of(folder));
        let keys = word_keys::keys(&text);
        Self { listed: vec![0; keys.len()], text, keys }
    }

    pub fn reading(&self) -> Reading<'_> {
        Reading { text: &self.text, keys: &self.keys, listed: &self.listed }
    }
}

fn tokens(text: &Text<'_>, bytes: Range<usize>) -> Range<usize> {
    let token = |byte| text.tokens.partition_point(|t| (t.start as usize) < byte);
    token(bytes.start)..token(bytes.end)
}

/// Names of a text, each where its words stand first.
pub(in crate::tag) fn named(text: &Text<'_>, found: &[(NameKind, &str)]) -> Vec<Name> {
    let name = |(kind, words): &(NameKind, &str)| {
        let from = text.text.find(words).unwrap();
        Name { kind: *kind, tokens: tokens(text, from..from + words.len()) }
    };
    found.iter().map(name).collect()
}

/// Names of a text, each behind the one before.
pub(in crate::tag) fn named_in_turn(text: &Text<'_>, kind: NameKind, found: &[&str]) -> Vec<Name> {
    let mut from = 0;
    let name = |words: &&str| {
        let start = from + text.text[from..].find(words).unwrap();
        from = start + words.len();
        Name { kind, tokens: tokens(text, start..from) }
    };
    found.iter().map(name).collect()
}

/// The kind and the words of each name.
pub(in crate::tag) fn written(text: &Text<'_>, names: &[Name]) -> Vec<String> {
    names.iter().map(|n| format!("{:?} {}", n.kind, text.slice(n.tokens.clone()))).collect()
}

/// The words of each name.
pub(in crate::tag) fn words_of(text: &Text<'_>, names: &[Name]) -> Vec<String> {
    names.iter().map(|n| text.slice(n.tokens.clone()).to_owned()).collect()
}
