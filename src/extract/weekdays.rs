//! Days of the week as pages write them beside dates: the names of `src/lang/<code>/weekdays.txt`, and those of
//! `date-words.txt` for languages without such a list and for short forms.

use std::sync::LazyLock;

use foldhash::HashMap;
use time::Weekday;

use super::word_lists;

const NAMES: &str = "weekdays.txt";
const WORDS: &str = "date-words.txt";

/// The days in the order of their numbers, which begin with Monday.
const DAYS: [(&str, Weekday); 7] = [
    ("monday", Weekday::Monday),
    ("tuesday", Weekday::Tuesday),
    ("wednesday", Weekday::Wednesday),
    ("thursday", Weekday::Thursday),
    ("friday", Weekday::Friday),
    ("saturday", Weekday::Saturday),
    ("sunday", Weekday::Sunday),
];

static WEEKDAYS: LazyLock<HashMap<&str, Weekday>> = LazyLock::new(|| {
    let numbered = word_lists::of_languages(NAMES).filter_map(|(name, number)| {
        let number: usize = number.parse().ok()?;
        Some((name, DAYS.get(number.checked_sub(1)?)?.1))
    });
    let named = word_lists::of_languages(WORDS).filter_map(|(kind, word)| {
        DAYS.iter().find(|(day, _)| *day == kind).map(|(_, day)| (word, *day))
    });
    named.chain(numbered).collect()
});

/// The day of the week that a word names in any language.
pub(super) fn of(word: &str) -> Option<Weekday> {
    WEEKDAYS.get(word.to_lowercase().as_str()).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_short_forms_of_many_languages() {
        for word in ["Tuesday", "Tue", "Dienstag", "mardi", "الثلاثاء", "Τρίτη", "kedd", "úterý"]
        {
            assert_eq!(of(word), Some(Weekday::Tuesday), "{word}");
        }
        assert_eq!(of("Toulouse"), None);
    }
}
