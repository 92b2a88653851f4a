//! What a page says of itself, as sets of words that its blocks are compared with.

use crate::extract::page_facts::Facts;
use crate::extract::text::without_tags;
use crate::extract::word_overlap::{runs, words};
use crate::hash::Hashes;

fn trigrams(texts: impl Iterator<Item = String>) -> (Hashes, usize) {
    let mut set = Hashes::default();
    let mut buffer = Vec::new();
    let mut longest = 0;
    for text in texts {
        words(&text, &mut buffer);
        longest = longest.max(buffer.len());
        set.extend(runs(&buffer, 3));
    }
    (set, longest)
}

/// What the page says of itself, as word sets.
pub(super) struct Claims {
    pub(super) body: Hashes,
    pub(super) body_words: usize,
    pub(super) description: Hashes,
    pub(super) title: Hashes,
    pub(super) title_words: usize,
}

impl Claims {
    pub(super) fn of(facts: &Facts) -> Self {
        let text = |key: &'static str| {
            facts
                .json_ld
                .articles()
                .into_iter()
                .filter_map(move |a| a.get(key)?.as_str().map(without_tags))
                .collect::<Vec<_>>()
        };
        let (body, body_words) = trigrams(text("articleBody").into_iter());
        let metas = facts.descriptions().map(str::to_owned);
        let (description, _) = trigrams(metas.chain(text("description")));
        let mut title = Hashes::default();
        let mut buffer = Vec::new();
        let mut title_words = 0;
        for text in facts.titles().take(1) {
            words(&text, &mut buffer);
            title_words = buffer.len();
            title.extend(buffer.iter().copied());
        }
        Self { body, body_words, description, title, title_words }
    }
}
