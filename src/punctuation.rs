//! Marks that mean the same to every reader of texts: what ends a sentence, what closes a quotation, which signs are dashes.
//!
//! Whole sets, over all scripts that news is written in. Where the features of a fitted model count marks of their own,
//! those stay with the model: another set would need another fit. Marks that mean something in one place alone (between
//! two numbers, behind a byline) stand there.

/// Marks that end a sentence: of Latin scripts, Chinese and Japanese, Arabic and Urdu, Hindi.
pub const SENTENCE_ENDS: [char; 12] = [
    '.', '!', '?', '\u{2026}', '\u{3002}', '\u{ff01}', '\u{ff1f}', '\u{ff0e}', '\u{61f}',
    '\u{6d4}', '\u{964}', '\u{965}',
];

/// Marks that may stand behind the end of a sentence and belong to it.
const CLOSING: [char; 10] = [
    '"', '\'', '\u{201d}', '\u{2019}', '\u{201c}', '\u{bb}', '\u{300d}', '\u{300f}', ')',
    '\u{ff09}',
];

/// Whether a text ends as a sentence does, what is closed behind its end left aside: `He went.”`.
#[must_use]
pub fn ends_sentence(text: &str) -> bool {
    text.trim_end_matches(CLOSING).ends_with(SENTENCE_ENDS)
}

/// Whether a token is a dash as typists write it: a hyphen apart, two of them, or a dash of any length.
#[must_use]
pub fn is_dash(word: &str) -> bool {
    matches!(word, "-" | "--" | "\u{2012}" | "\u{2013}" | "\u{2014}" | "\u{2015}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_end_in_every_script() {
        for text in
            ["He went.", "He went.\u{201d}", "去了。", "去了？」", "वह गया।", "وہ گیا۔", "ذهب؟"]
        {
            assert!(ends_sentence(text), "{text}");
        }
        for text in ["", "He went,", "\u{201d}", "去了，", "a heading"] {
            assert!(!ends_sentence(text), "{text}");
        }
    }

    #[test]
    fn dashes_are_of_any_length() {
        assert!(["-", "--", "\u{2013}", "\u{2014}", "\u{2015}"].into_iter().all(is_dash));
        assert!(["", "a-b", "~", "\u{2022}"].into_iter().all(|word| !is_dash(word)));
    }
}
