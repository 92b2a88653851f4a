//! Names of cities: how the gazetteer spells them, and which of a city's other names are worth having.
//!
//! GeoNames lists what a city was called long ago and in jest beside what it is called. A name that does not resemble the
//! city's own is taken for one of those, where English is spoken; spellings of one name are told by their letters.

use std::collections::HashSet;

use news_ingest::tag::{
    Text,
    word_keys::{HYPHEN, keys},
};

/// A name as the gazetteer knows it: without accents, apostrophes and hyphens.
pub(super) fn spelling(name: &str) -> Vec<u64> {
    keys(&Text::new(name.trim())).into_iter().filter(|k| *k != HYPHEN).collect()
}

/// `U. S.` for `U.S.`: how tokenised text has it.
pub(super) fn spaced(name: &str) -> Option<String> {
    let letters: Vec<&str> = name.strip_suffix('.')?.split('.').collect();
    let single = |l: &&str| l.chars().count() == 1;
    (letters.len() > 1 && letters.iter().all(single)).then(|| letters.join(". ") + ".")
}

/// Countries whose cities other languages call by a form of their name.
pub(super) const ENGLISH_SPEAKING: [&str; 4] = ["US", "CA", "AU", "NZ"];
/// Articles of Arabic names.
const ARTICLES: [&str; 11] = ["Al", "Ad", "An", "Ar", "As", "Ash", "At", "Ath", "Az", "Adh", "El"];
/// Least share of pairs of letters that forms of one name have in common.
const FORM: f64 = 0.1;
/// The same of two spellings in Latin letters of one name.
const SPELLING: f64 = 0.6;

/// A name without the Arabic article at its front.
pub(super) fn without_article(name: &str) -> Option<&str> {
    let (article, rest) = name.split_once([' ', '-'])?;
    ARTICLES.contains(&article).then_some(rest)
}

/// Whether two names are spellings of one, by their pairs of letters.
pub(super) fn resembles(one: &str, other: &str) -> bool {
    other.is_ascii() && common_pairs(one, other) >= SPELLING
}

/// Whether what a city is called besides its name is a name of another kind: what it was called long ago, or in jest.
pub(super) fn is_nickname(alias: &str, name: &str) -> bool {
    let start = |word: &str| word.to_lowercase().chars().take(3).collect::<String>();
    let words = |name: &str| name.split([' ', '-']).map(start).collect::<HashSet<_>>();
    // `L.A.` is no jest.
    alias.is_ascii()
        && !alias.contains('.')
        && common_pairs(alias, name) < FORM
        && words(alias).is_disjoint(&words(name))
}

/// The share of pairs of letters next to each other that two names have in common.
fn common_pairs(one: &str, other: &str) -> f64 {
    let pairs = |name: &str| {
        let letters: Vec<char> = name
            .chars()
            .filter_map(|c| unaccented(c).filter(|c| c.is_alphabetic()))
            .flat_map(char::to_lowercase)
            .collect();
        letters.windows(2).map(|pair| (pair[0], pair[1])).collect::<HashSet<_>>()
    };
    let (one, other) = (pairs(one), pairs(other));
    let both = one.intersection(&other).count() as f64;
    2.0 * both / (one.len() + other.len()).max(1) as f64
}

/// A letter without its accents.
fn unaccented(letter: char) -> Option<char> {
    let mut base = None;
    unicode_normalization::char::decompose_canonical(letter, |c| base = base.or(Some(c)));
    base
}

/// Whether an alternate name is worth its room: those of large cities in any script, those of
/// smaller ones where they look like a name that English news would use.
pub(super) fn useful(alias: &str, name: &str, population: u32) -> bool {
    let letters = alias.chars().count();
    let first = alias.chars().next().unwrap_or(' ');
    // Airport codes, transliterations of transliterations and other lower-case entries.
    if !(3..=40).contains(&letters)
        || first.is_lowercase()
        || alias.chars().any(|c| c.is_numeric() || c == ',')
    {
        return false;
    }
    let upper = alias.chars().filter(|c| c.is_alphabetic()).all(char::is_uppercase);
    if upper && first.is_ascii() {
        // `L.A.`, but not airport codes.
        return population >= 1_000_000 && alias.ends_with('.');
    }
    let ascii = alias.is_ascii();
    let same_start = || {
        let fold = |s: &str| s.chars().next().map(|c| c.to_ascii_lowercase());
        fold(alias) == fold(name)
    };
    match population {
        100_000.. => true,
        15_000.. => {
            ascii
                || !('\u{250}'..'\u{3000}').contains(&first)
                || ('\u{400}'..'\u{530}').contains(&first)
        }
        _ => ascii && same_start(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_without_the_article_are_the_name() {
        let bare = |name: &str, alias: &str| {
            without_article(name).is_some_and(|name| resembles(name, alias))
        };
        assert!(bare("Al Vard\u{16b}jah", "Vardujah"));
        assert!(!bare("Al Vard\u{16b}jah", "Orland") && !bare("Alvarde", "Varde"));
    }

    #[test]
    fn old_names_and_names_in_jest_are_none() {
        assert!(is_nickname("Redtower", "Galling"));
        assert!(is_nickname("Big Oak", "Vardestad"));
        assert!(!is_nickname("Nueva Orlanda", "New Orland"));
        assert!(!is_nickname("Filadelfia", "Philadelphia"));
        assert!(!is_nickname("V.O.", "Galling"));
    }
}
