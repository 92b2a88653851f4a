//! English word lists that are used for English stories only: names, places, tone, key terms.
//!
//! Each is a list of `src/lang/en/`, whose kinds are described in `src/lang/README.md`. What other languages have
//! too is read where it is used.

use std::sync::LazyLock;

use foldhash::HashSet;

use crate::lang;

/// Words, each once.
pub(in crate::tag) type Words = LazyLock<HashSet<&'static str>>;

/// Lists and their kinds, for the test that none is left unread.
#[cfg(test)]
const READ: &[(&str, &str)] = &[
    ("names.txt", "title"),
    ("names.txt", "title-or-name"),
    ("names.txt", "organisation-noun"),
    ("names.txt", "organisation-alone"),
    ("names.txt", "rank"),
    ("names.txt", "number-led"),
    ("names.txt", "organisation-before-place"),
    ("names.txt", "paper-article"),
    ("names.txt", "paper-or-name-article"),
    ("names.txt", "before-office"),
    ("names.txt", "organisation-before-of"),
    ("names.txt", "particle"),
    ("places.txt", "division"),
    ("abbreviations.txt", "leads"),
    ("abbreviations.txt", "may-end"),
    ("tone.txt", "positive"),
    ("tone.txt", "negative"),
    ("tone.txt", "negation"),
    ("tone.txt", "emphasis"),
    ("tone.txt", "lessening"),
    ("key-terms.txt", "common"),
    ("first-names.txt", "he"),
    ("first-names.txt", "she"),
    ("names.txt", "headline-word"),
    ("names.txt", "organisation-sort"),
    ("names.txt", "title-of-men"),
    ("names.txt", "title-of-women"),
    ("names.txt", "honorific"),
    ("names.txt", "honorific-of-men"),
    ("names.txt", "honorific-of-women"),
    ("names.txt", "company-form"),
    ("names.txt", "kin"),
    ("names.txt", "no-organisation"),
    ("names.txt", "office-word"),
    ("names.txt", "organisation-ending"),
    ("names.txt", "company-word"),
    ("places.txt", "part"),
    ("places.txt", "beside-division"),
    ("places.txt", "affix"),
    ("places.txt", "street"),
    ("places.txt", "place-ending"),
    ("places.txt", "place-opening"),
    ("places.txt", "places"),
    ("places.txt", "before-of"),
];

/// Titles that lead a person's name, in small letters and without their full stop.
pub(in crate::tag) static TITLES: Words = LazyLock::new(|| words("names.txt", "title"));
/// Titles that are also a part of names: kept where only one word follows.
pub(in crate::tag) static TITLES_OR_NAMES: Words =
    LazyLock::new(|| words("names.txt", "title-or-name"));
/// Titles that only men have.
pub(in crate::tag) static TITLES_OF_MEN: Words =
    LazyLock::new(|| words("names.txt", "title-of-men"));
/// Titles that only women have.
pub(in crate::tag) static TITLES_OF_WOMEN: Words =
    LazyLock::new(|| words("names.txt", "title-of-women"));
/// Abbreviations of things and hours that are nobody's name.
pub(in crate::tag) static NO_ORGANISATIONS: Words =
    LazyLock::new(|| words("names.txt", "no-organisation"));
/// Words that make an office together with each other or with a title.
pub(in crate::tag) static OFFICE_WORDS: Words = LazyLock::new(|| words("names.txt", "office-word"));
/// Nouns that end an organisation's name, and nobody's nor a place's.
pub(in crate::tag) static ORGANISATION_ENDINGS: Words =
    LazyLock::new(|| words("names.txt", "organisation-ending"));
/// What companies have and places do not.
pub(in crate::tag) static COMPANY_WORDS: Words =
    LazyLock::new(|| words("names.txt", "company-word"));
/// What stands before a surname of men and women.
pub(in crate::tag) static HONORIFICS: Words = LazyLock::new(|| words("names.txt", "honorific"));
/// The same that only men have.
pub(in crate::tag) static HONORIFICS_OF_MEN: Words =
    LazyLock::new(|| words("names.txt", "honorific-of-men"));
/// The same that only women have.
pub(in crate::tag) static HONORIFICS_OF_WOMEN: Words =
    LazyLock::new(|| words("names.txt", "honorific-of-women"));
/// Words at the end of a company's name that don't tell it from another.
pub(in crate::tag) static COMPANY_FORMS: Words =
    LazyLock::new(|| words("names.txt", "company-form"));
/// What people are to their relatives.
pub(in crate::tag) static KIN: Words = LazyLock::new(|| words("names.txt", "kin"));
/// Nouns that organisations' names end in, or begin with before `of`.
pub(in crate::tag) static ORGANISATION_NOUNS: Words =
    LazyLock::new(|| words("names.txt", "organisation-noun"));
/// Nouns that name nothing when they stand alone.
pub(in crate::tag) static GENERIC_ORGANISATIONS: Words =
    LazyLock::new(|| words("names.txt", "organisation-alone"));
/// Ranks that go with a place which they are not in.
pub(in crate::tag) static RANKS: Words = LazyLock::new(|| words("names.txt", "rank"));
/// Organisations whose names begin with a number.
pub(in crate::tag) static NUMBER_LED: Words = LazyLock::new(|| words("names.txt", "number-led"));
/// Words before a place that make an organisation of both.
pub(in crate::tag) static BEFORE_PLACES: Words =
    LazyLock::new(|| words("names.txt", "organisation-before-place"));
/// Articles that begin a paper's name and no person's.
pub(in crate::tag) static PAPER_ARTICLES: Words =
    LazyLock::new(|| words("names.txt", "paper-article"));
/// Articles that begin a paper's name, where an organisation stands beside it.
pub(in crate::tag) static SHARED_ARTICLES: Words =
    LazyLock::new(|| words("names.txt", "paper-or-name-article"));
/// Offices of a government, by their first word, before `Office`.
pub(in crate::tag) static BEFORE_OFFICE: Words =
    LazyLock::new(|| words("names.txt", "before-office"));
/// Nouns that an organisation's name begins with before `of`.
pub(in crate::tag) static BEFORE_OF: Words =
    LazyLock::new(|| words("names.txt", "organisation-before-of"));
/// Particles inside a person's name.
pub(in crate::tag) static PARTICLES: Words = LazyLock::new(|| words("names.txt", "particle"));
/// What parts of countries are called, and what stands between such a word and the name.
pub(in crate::tag) static DIVISIONS: Words = LazyLock::new(|| words("places.txt", "division"));
/// Words that never end a sentence with their full stop: titles, and others that lead a name or a number.
pub(in crate::tag) static LEADING: Words = LazyLock::new(|| words("abbreviations.txt", "leads"));
/// Words whose full stop ends a sentence when a word follows that often starts one.
pub(in crate::tag) static ENDING: Words = LazyLock::new(|| words("abbreviations.txt", "may-end"));
/// Words of gain and praise.
pub(in crate::tag) static POSITIVE: Words = LazyLock::new(|| words("tone.txt", "positive"));
/// Words of loss and blame.
pub(in crate::tag) static NEGATIVE: Words = LazyLock::new(|| words("tone.txt", "negative"));
/// Words that turn the tone of what follows.
pub(in crate::tag) static NEGATIONS: Words = LazyLock::new(|| words("tone.txt", "negation"));
/// Words that make what follows count for more.
pub(in crate::tag) static EMPHASIS: Words = LazyLock::new(|| words("tone.txt", "emphasis"));
/// Words that say that something becomes less: what is bad turns good beside them.
pub(in crate::tag) static LESSENING: Words = LazyLock::new(|| words("tone.txt", "lessening"));
/// Words of reporting: on every page and about nothing.
pub(in crate::tag) static COMMON_WORDS: Words = LazyLock::new(|| words("key-terms.txt", "common"));
/// First names that "he" goes with, written from general knowledge.
pub(in crate::tag) static MEN: Words = LazyLock::new(|| words("first-names.txt", "he"));
/// First names that "she" goes with.
pub(in crate::tag) static WOMEN: Words = LazyLock::new(|| words("first-names.txt", "she"));
/// Words that a sentence or a headline capitalises without their being of a name.
pub(in crate::tag) static HEADLINE_WORDS: Words =
    LazyLock::new(|| words("names.txt", "headline-word"));
/// Nouns of organisations that many countries have one of.
pub(in crate::tag) static ORGANISATION_SORTS: Words =
    LazyLock::new(|| words("names.txt", "organisation-sort"));
/// Words that say which part of a place: `northern Iraq`.
pub(in crate::tag) static PARTS: Words = LazyLock::new(|| words("places.txt", "part"));
/// Nouns that begin a place's name and hardly anybody's.
pub(in crate::tag) static PLACE_OPENINGS: Words =
    LazyLock::new(|| words("places.txt", "place-opening"));
/// Nouns for several places: `towns such as Orland`.
pub(in crate::tag) static PLACES: Words = LazyLock::new(|| words("places.txt", "places"));
/// What a town has or is, before `of` and the town's name, and no organisation has: `mayor of Orland`.
pub(in crate::tag) static TOWN_BEFORE_OF: Words =
    LazyLock::new(|| words("places.txt", "before-of"));
/// Nouns that end a place's name and no organisation's.
pub(in crate::tag) static PLACE_ENDINGS: Words =
    LazyLock::new(|| words("places.txt", "place-ending"));
/// What streets and houses are called behind a name.
pub(in crate::tag) static STREETS: Words = LazyLock::new(|| words("places.txt", "street"));
/// Words beside such a word: `a suburb of`.
pub(in crate::tag) static BESIDE_DIVISIONS: Words =
    LazyLock::new(|| words("places.txt", "beside-division"));
/// Words around a place's own name that make it a thing of that place: `airport`.
pub(in crate::tag) static AFFIXES: Words = LazyLock::new(|| words("places.txt", "affix"));

fn words(file: &str, kind: &str) -> HashSet<&'static str> {
    lang::rows("en", file).filter(|(row, _)| *row == kind).map(|(_, word)| word).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_words_and_is_read() {
        for (file, kind) in READ {
            assert!(!words(file, kind).is_empty(), "{file}: {kind}");
            for (row, word) in lang::rows("en", file) {
                assert!(READ.contains(&(file, row)), "{file}: nothing reads {row}");
                assert_eq!(word.trim(), word, "{file}: {word:?}");
            }
        }
    }

    #[test]
    fn no_word_is_good_and_bad() {
        assert!(POSITIVE.is_disjoint(&NEGATIVE));
    }
}
