//! The forms that a person's name has in languages with cases: `Orlandem Berglem` is Orland Bergel.
//!
//! Endings are a language's own (`name-endings.txt`). A form is taken for a name where the story has that name, or where the grammar
//! leaves no other ([`nominatives`]), and a man's genitive that may be a woman's name for neither: two people in one entry
//! would be a false statement.

use std::collections::HashSet;

use super::{Mention, Reading};
use crate::tag::{
    Text, TokenKind,
    entities::{labels::NameKind, nominatives},
    places::endings,
    word_keys::{self, HYPHEN},
};

/// Gives people in inflected forms the words of the name that the story has for them elsewhere (`Orlandem Berglem` of Orland
/// Bergel), or that the grammar gives, and tells which these are. A name of several words is a form of the whole of another; a
/// man's in the genitive may be a woman's: then the last word must have an ending, too.
pub(super) fn decline(
    texts: &[Reading<'_>],
    mentions: &[Mention<'_>],
    spelled: &mut [Vec<u64>],
    folder: &str,
) -> Vec<bool> {
    let mut declined = vec![false; mentions.len()];
    if !endings::inflects_people(folder) {
        return declined;
    }
    let person = |i: &usize| mentions[*i].name.kind == NameKind::Person;
    let people: Vec<usize> = (0..mentions.len()).filter(person).collect();
    if people.len() < 2 || people.iter().all(|i| spelled[*i] == spelled[people[0]]) {
        return declined;
    }
    let tokens = |i: usize| mentions[i].name.tokens.clone();
    let text = |i: usize| texts[mentions[i].text].text;
    let words = |i: usize| text(i).slice(tokens(i));
    let of_grammar: Vec<Option<Vec<u64>>> = (0..mentions.len())
        .map(|i| {
            let several = person(&i) && spelled[i].len() > 1;
            let name = several.then(|| nominatives::nominative(folder, words(i)))??;
            let mut keys = word_keys::keys(&Text::new(&name));
            keys.retain(|key| *key != HYPHEN);
            Some(keys)
        })
        .collect();
    let name_of = |i: &usize| of_grammar[*i].as_ref().unwrap_or(&spelled[*i]).clone();
    let whole: HashSet<Vec<u64>> = people.iter().map(name_of).collect();
    let forms = |word: &str| {
        let bare = endings::bare(folder, word).map(|bare| (bare.to_owned(), false));
        let bases = endings::names_of_people(folder, word).chain(bare);
        let key = |base: String| word_keys::key(&base, TokenKind::Word, &mut Vec::new());
        bases.map(|(base, woman)| (key(base), woman)).collect::<Vec<_>>()
    };
    // Each word as it stands or in one of its bases; the last of a Hungarian name alone has an ending.
    let base_of = |i: usize, own: &[u64]| {
        let mut names: Vec<(Vec<u64>, bool)> = vec![(Vec::new(), false)];
        for (at, key) in tokens(i).zip(own) {
            let mut options = vec![(*key, false)];
            options.extend(forms(text(i).word(at)));
            let longer = names.iter().flat_map(|(name, woman)| {
                options.iter().map(move |(key, of_woman)| {
                    let name: Vec<u64> = name.iter().copied().chain([*key]).collect();
                    (name, *woman || *of_woman)
                })
            });
            names = longer.filter(|(name, _)| whole.iter().any(|w| w.starts_with(name))).collect();
        }
        let fits = |(name, woman): &&(Vec<u64>, bool)| {
            name != own && whole.contains(name) && !(*woman && name.last() == own.last())
        };
        names.iter().find(fits).map(|(name, _)| name.clone())
    };
    let (lone, several): (Vec<usize>, Vec<usize>) = people
        .iter()
        .copied()
        .filter(|&i| !spelled[i].is_empty() && spelled[i].len() == tokens(i).len())
        .partition(|&i| spelled[i].len() == 1);
    let of_story = several.iter().filter(|i| of_grammar[**i].is_none());
    let of_story: Vec<_> = of_story.filter_map(|&i| Some((i, base_of(i, &spelled[i])?))).collect();
    let of_grammar = of_grammar.into_iter().enumerate();
    for (i, base) in of_grammar.filter_map(|(i, keys)| Some((i, keys?))).chain(of_story) {
        spelled[i] = base;
        declined[i] = true;
    }
    // A surname alone is a form of one that the story has with a forename, itself in no form.
    let surnames: HashSet<u64> = people
        .iter()
        .filter(|i| spelled[**i].len() > 1)
        .filter_map(|i| spelled[*i].last().copied())
        .collect();
    for i in lone {
        let own = spelled[i][0];
        let mut bases = forms(text(i).word(tokens(i).start)).into_iter().map(|(key, _)| key);
        let base = bases.find(|key| *key != own && surnames.contains(key));
        if let Some(base) = base.filter(|_| !surnames.contains(&own)) {
            spelled[i] = vec![base];
            declined[i] = true;
        }
    }
    declined
}
