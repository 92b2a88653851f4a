//! Texts in a second script of their language (`src/lang/<code>/letters.txt`): Serbian in Cyrillic is read as in Latin, which the
//! recogniser and the lists know.
//!
//! A letter stands for each letter, so that spans are those of the text as it is written; pairs of Latin letters are the signs
//! that Unicode has for them (`\u{1c9}`). Only the words of what was found have to be taken from the text again. Refuses texts that are
//! hardly in the second script.

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap},
    sync::LazyLock,
};

use super::document::one_line;
use crate::{
    lang,
    model::{Entity, EntityKind, Field, LanguageCode},
};

/// Name of a language's list: a letter, a tab, the letter of the first script for it.
const LIST: &str = "letters.txt";
/// Least share of a text's letters that is of the second script, in hundredths.
const LEAST: usize = 50;

/// The signs that Unicode has for pairs of Latin letters, and these.
const PAIRS: [(&str, &str); 6] = [
    ("\u{1c5}", "D\u{17e}"),
    ("\u{1c6}", "d\u{17e}"),
    ("\u{1c8}", "Lj"),
    ("\u{1c9}", "lj"),
    ("\u{1cb}", "Nj"),
    ("\u{1cc}", "nj"),
];

type Letters = HashMap<char, char>;

static LANGUAGES: LazyLock<BTreeMap<&'static str, Letters>> = LazyLock::new(|| {
    let read = |code| {
        let letter = |text: &str| text.chars().next();
        let rows = lang::rows(code, LIST)?;
        let pairs = rows.filter_map(|(from, to)| Some((letter(from)?, letter(to)?)));
        Some((
            code,
            pairs.flat_map(|(from, to)| [(from, to), (capital(from), capital(to))]).collect(),
        ))
    };
    lang::languages_with(LIST).filter_map(read).collect()
});

/// The capital of a letter; of a sign for two, that of a word's start.
fn capital(letter: char) -> char {
    match letter {
        '\u{1c6}' | '\u{1c9}' | '\u{1cc}' => {
            char::from_u32(u32::from(letter) - 1).unwrap_or(letter)
        }
        _ => letter.to_uppercase().next().unwrap_or(letter),
    }
}

/// A headline and a body in the first script of their language; `None` where that is theirs.
pub(super) fn plain(title: &str, body: &str, language: LanguageCode) -> Option<[String; 2]> {
    let letters = LANGUAGES.get(lang::own_folder(language.as_str()))?;
    let (mut of_second, mut all) = (0, 0);
    for c in title.chars().chain(body.chars()).filter(|c| c.is_alphabetic()) {
        of_second += usize::from(letters.contains_key(&c));
        all += 1;
    }
    let is_second = of_second > 0 && 100 * of_second >= LEAST * all;
    let read = |text: &str| text.chars().map(|c| letters.get(&c).copied().unwrap_or(c)).collect();
    is_second.then(|| [read(title), read(body)])
}

/// As [`plain`], with two letters for the signs that stand for two: for who gives no spans.
pub(super) fn spelt(title: &str, body: &str, language: LanguageCode) -> Option<[String; 2]> {
    plain(title, body, language).map(|texts| texts.map(|text| in_two_letters(&text).into_owned()))
}

/// A text with two letters for each sign that stands for two.
pub(super) fn in_two_letters(text: &str) -> Cow<'_, str> {
    let mut text = Cow::Borrowed(text);
    for (sign, letters) in PAIRS {
        if text.contains(sign) {
            text = Cow::Owned(text.replace(sign, letters));
        }
    }
    text
}

/// Takes the words of entities from the texts as they are written, and writes a person's name that no text has in their script;
/// names of the user's lists are the lists' own.
pub(super) fn restore(title: &str, body: &str, language: LanguageCode, entities: &mut [Entity]) {
    let letters = LANGUAGES.get(lang::own_folder(language.as_str()));
    let is_second = |c: char| letters.is_some_and(|letters| letters.contains_key(&c));
    let [title, body] = [title, body].map(|text| text.chars().collect::<Vec<_>>());
    for entity in entities {
        let mut name = None;
        let is_in_text = entity.mentions.iter().any(|m| one_line(&m.text) == entity.name);
        for mention in &mut entity.mentions {
            let text = if mention.field == Field::Title { &title } else { &body };
            let span = mention.span.start as usize..mention.span.end as usize;
            let words: String = text.get(span).unwrap_or_default().iter().collect();
            if name.is_none() || mention.text == entity.name {
                name = Some(words.clone());
            }
            mention.text = words;
        }
        let is_listed = entity.name.contains(is_second);
        if let Some(name) = name.filter(|_| !is_listed) {
            let is_made = !is_in_text && entity.kind == EntityKind::Person;
            entity.name = match letters.filter(|_| is_made && name.contains(is_second)) {
                Some(letters) => in_second(&entity.name, letters),
                None => name,
            };
        }
    }
}

/// A name in the letters of the second script; of pairs of letters, in the one that their sign stands for.
fn in_second(name: &str, letters: &Letters) -> String {
    let mut name = name.to_owned();
    for (sign, pair) in PAIRS {
        name = name.replace(pair, sign);
    }
    let second =
        |c: char| letters.iter().find(|(_, of)| **of == c).map_or(c, |(letter, _)| *letter);
    name.chars().map(second).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain_of(body: &str, code: &str) -> Option<String> {
        let code = LanguageCode::parse(code).unwrap();
        plain("", body, code).map(|[_, body]| body)
    }

    #[test]
    fn a_letter_stands_for_each_letter() {
        let body = "Љиљана Џорд је у Орланду";
        let plain = plain_of(body, "sr").unwrap();
        assert_eq!(plain, "\u{1c8}i\u{1c9}ana \u{1c5}ord je u Orlandu");
        assert_eq!(plain.chars().count(), body.chars().count());
        let sr = LanguageCode::parse("sr").unwrap();
        assert_eq!(spelt("", body, sr).unwrap()[1], "Ljiljana Džord je u Orlandu");
        assert_eq!(plain_of("Ljiljana je u Orlandu", "sr"), None);
        assert_eq!(plain_of(body, "ru"), None);
    }

    #[test]
    fn names_that_no_text_has_are_written_in_the_second_script() {
        let letters = &LANGUAGES["sr"];
        assert_eq!(in_second("Ljiljana Vardanj", letters), "Љиљана Вардањ");
        assert_eq!(in_second("Nada Džoljević", letters), "Нада Џољевић");
    }
}
