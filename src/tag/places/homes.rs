//! The countries whose news is in a language (`src/lang/<code>/home.txt`): a small town is rather there than elsewhere.

use std::{collections::BTreeMap, sync::LazyLock};

use crate::lang;

/// Name of a language's list.
const LIST: &str = "home.txt";

static LANGUAGES: LazyLock<BTreeMap<&'static str, Vec<[u8; 2]>>> = LazyLock::new(|| {
    let codes = |code| {
        let entries = lang::text(code, LIST).into_iter().flat_map(lang::entries);
        entries.filter_map(|country| country.as_bytes().try_into().ok()).collect()
    };
    lang::languages_with(LIST).map(|code| (code, codes(code))).collect()
});

/// Whether a country's news is in the language of a folder.
#[must_use]
pub fn is_home(folder: &str, country: [u8; 2]) -> bool {
    LANGUAGES.get(folder).is_some_and(|homes| homes.contains(&country))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_at_home_in_its_countries() {
        assert!(is_home("tr", *b"TR") && !is_home("tr", *b"BR"));
        assert!(!is_home("xx", *b"TR"));
    }
}
