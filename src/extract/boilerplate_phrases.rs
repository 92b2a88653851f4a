//! Phrases that give a block away, of `src/lang/<code>/boilerplate.txt`: "read also", "sign up", "photo:".
//! Evidence for the classifier; a phrase alone decides nothing, and a page's language is not asked, since pages
//! mix them.

use std::sync::LazyLock;

use super::phrase_finder::PhraseFinder;
use super::word_lists;

/// Kinds of phrases, in the order of the model's columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PhraseKind {
    /// Links to other stories.
    Elsewhere,
    /// Newsletters, applications, memberships.
    Offers,
    /// Rights.
    Rights,
    /// Pictures.
    Pictures,
    /// Sharing and following.
    Sharing,
    /// Comments.
    Comments,
    /// Times of publication.
    Times,
    /// Advertising.
    Advertising,
    /// Who wrote it, and how to reach them.
    Writers,
    /// Consent, legal, access to the page itself.
    Consent,
    /// About the publisher, the sender of a press release, the text itself.
    Publisher,
}

impl PhraseKind {
    pub(super) const ALL: [Self; COUNT] = [
        Self::Elsewhere,
        Self::Offers,
        Self::Rights,
        Self::Pictures,
        Self::Sharing,
        Self::Comments,
        Self::Times,
        Self::Advertising,
        Self::Writers,
        Self::Consent,
        Self::Publisher,
    ];

    /// The word for it in the lists.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Elsewhere => "elsewhere",
            Self::Offers => "offers",
            Self::Rights => "rights",
            Self::Pictures => "pictures",
            Self::Sharing => "sharing",
            Self::Comments => "comments",
            Self::Times => "times",
            Self::Advertising => "advertising",
            Self::Writers => "writers",
            Self::Consent => "consent",
            Self::Publisher => "publisher",
        }
    }

    fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cue| cue.name() == name)
    }
}

/// How many kinds there are.
pub(super) const COUNT: usize = PhraseKind::Publisher as usize + 1;

/// Bytes of a block that are looked at.
const WINDOW: usize = 160;

/// What the phrases at the beginning of a text say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct PhraseKinds([u8; COUNT]);

impl PhraseKinds {
    /// 0 not there, 1 inside the first 160 bytes, 2 at the very start.
    pub(super) const fn strength(self, cue: PhraseKind) -> u8 {
        self.0[cue as usize]
    }

    pub(super) const fn has(self, cue: PhraseKind) -> bool {
        self.strength(cue) > 0
    }

    /// The strength of each kind, in the order of [`PhraseKind::ALL`].
    pub(super) const fn strengths(self) -> [u8; COUNT] {
        self.0
    }
}

struct Phrases {
    finder: PhraseFinder,
    /// Of each phrase.
    phrase_kinds: Vec<PhraseKind>,
}

static PHRASES: LazyLock<Phrases> = LazyLock::new(|| {
    let rows = word_lists::of_languages("boilerplate.txt");
    let (phrase_kinds, phrases): (Vec<PhraseKind>, Vec<String>) = rows
        .filter_map(|(kind, phrase)| Some((PhraseKind::named(kind)?, word_lists::spaced(phrase))))
        .unzip();
    let finder = PhraseFinder::new(phrases.iter().map(String::as_str));
    Phrases { finder, phrase_kinds }
});

/// Which kinds of phrases a text begins with.
pub(super) fn phrase_kinds(text: &str) -> PhraseKinds {
    let mut found = PhraseKinds::default();
    let window = 0..=text.len().min(WINDOW);
    let end = window.rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default();
    let Phrases { finder, phrase_kinds } = &*PHRASES;
    finder.each_apart(&text[..end], |start, number| {
        let strength = &mut found.0[phrase_kinds[number] as usize];
        *strength = (*strength).max(1 + u8::from(start < 3));
    });
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_phrase_is_of_a_known_kind() {
        let rows: Vec<_> = word_lists::of_languages("boilerplate.txt").collect();
        let unknown: Vec<_> =
            rows.iter().filter(|(kind, _)| PhraseKind::named(kind).is_none()).collect();
        assert!(unknown.is_empty(), "{unknown:?}");
        assert_eq!(rows.len(), PHRASES.phrase_kinds.len());
    }

    #[test]
    fn phrases_count_at_the_start_of_words() {
        assert_eq!(phrase_kinds("Lesen Sie auch: Regen").strength(PhraseKind::Elsewhere), 2);
        assert_eq!(phrase_kinds("A long text. Read more").strength(PhraseKind::Elsewhere), 1);
        assert!(!phrase_kinds("Nothing of the sort").has(PhraseKind::Offers));
        assert!(phrase_kinds("By Jo Poe").has(PhraseKind::Writers));
        assert!(!phrase_kinds("Standby").has(PhraseKind::Writers), "a space belongs to the phrase");
    }
}
