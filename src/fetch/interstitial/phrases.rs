//! What interstitials say of themselves, in the languages that have a list of it (`interstitials.txt`, and for missing pages
//! `error-pages.txt`). All languages are looked for at once: a consent form need not be in its page's language.
//!
//! A phrase is never proof by itself: a story may be about any of these words, so `interstitial` asks besides where the
//! story should be.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use foldhash::HashSet;

use crate::fetch::page_scan::literals;
use crate::lang;

const LIST: &str = "interstitials.txt";
const MISSING_PAGES: &str = "error-pages.txt";

/// Titles of tests for robots.
pub(super) static CHALLENGE_TITLES: LazyLock<HashSet<String>> =
    LazyLock::new(|| titles("challenge-title").collect());

/// How titles of consent forms begin.
pub(super) static CONSENT_TITLES: LazyLock<Vec<String>> =
    LazyLock::new(|| titles("consent-title").collect());

/// What consent forms say.
pub(super) static CONSENT_WORDS: LazyLock<AhoCorasick> = LazyLock::new(|| texts("consent-words"));

/// Titles of login forms.
pub(super) static LOGIN_TITLES: LazyLock<HashSet<String>> =
    LazyLock::new(|| titles("login-title").collect());

/// Titles and headings of missing pages, as a whole.
pub(super) static MISSING_TITLES: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let lists =
        lang::languages_with(MISSING_PAGES).filter_map(|code| lang::text(code, MISSING_PAGES));
    lists.flat_map(lang::entries).map(words).chain(titles("missing-title")).collect()
});

/// Words that stand before what a missing page says: `sorry`, a status.
pub(super) static MISSING_OPENINGS: LazyLock<HashSet<String>> =
    LazyLock::new(|| titles("missing-opening").collect());

/// Titles of pages that say that the site can't give any now, as a whole.
pub(super) static UNAVAILABLE_TITLES: LazyLock<HashSet<String>> =
    LazyLock::new(|| titles("unavailable-title").collect());

/// Titles of notices that ask for something else or offer it, as a whole.
pub(super) static NOTICE_TITLES: LazyLock<HashSet<String>> =
    LazyLock::new(|| titles("notice-title").collect());

/// What missing pages say somewhere in a title or heading, and stories hardly do.
pub(super) static MISSING_WORDS: LazyLock<Vec<String>> =
    LazyLock::new(|| titles("missing-words").collect());

/// What paywalls without schema.org's mark say of the story that they cut short.
pub(super) static OFFERS: LazyLock<AhoCorasick> = LazyLock::new(|| texts("offer"));

/// What a page without scripts asks for.
pub(super) static SCRIPTS: LazyLock<AhoCorasick> = LazyLock::new(|| texts("noscript"));

/// The phrases of a kind, in every language.
fn of_kind(wanted: &'static str) -> impl Iterator<Item = &'static str> {
    let rows =
        lang::languages_with(LIST).flat_map(|code| lang::rows(code, LIST).into_iter().flatten());
    rows.filter_map(move |(kind, phrase)| (kind == wanted).then_some(phrase))
}

fn titles(kind: &'static str) -> impl Iterator<Item = String> {
    of_kind(kind).map(words)
}

fn texts(kind: &'static str) -> AhoCorasick {
    literals(&of_kind(kind).collect::<Vec<_>>())
}

/// Letters and digits of a text, a blank between words.
pub(super) fn words(text: &str) -> String {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_of_a_known_kind() {
        let kinds = [
            "challenge-title",
            "consent-title",
            "consent-words",
            "login-title",
            "missing-opening",
            "missing-title",
            "missing-words",
            "noscript",
            "notice-title",
            "offer",
            "unavailable-title",
            // Read where addresses and the texts around a story are looked at.
            "consent-place",
            "login-place",
            "login-end",
            "aside",
        ];
        for code in lang::languages_with(LIST) {
            for (kind, phrase) in lang::rows(code, LIST).into_iter().flatten() {
                assert!(kinds.contains(&kind), "{code}: {kind}");
                assert_eq!(phrase, phrase.to_lowercase(), "{code}");
            }
        }
        for kind in kinds {
            assert!(of_kind(kind).next().is_some(), "{kind}");
        }
    }

    #[test]
    fn titles_are_compared_without_signs() {
        assert_eq!(words("Page can\u{2019}t be found!"), "Page can t be found");
        assert!(MISSING_TITLES.contains("page can t be found"));
        assert!(MISSING_TITLES.contains("страница не найдена"));
        assert!(LOGIN_TITLES.contains("đăng nhập") && !LOGIN_TITLES.contains("log"));
    }
}
