//! Organisations of one word that are well known and that a recogniser of another language takes for places or people:
//! `Orme` in a story of its shares.
//!
//! Refuses what is a place of the gazetteer, what somebody in the story is called, what stands in small letters in it too, and what a
//! known person is called.

use std::{cell::OnceCell, collections::HashSet};

use super::{Finder, story_texts::StoryTexts};
use crate::hash::ByHash;
use crate::tag::{
    TokenKind,
    document::Splitting,
    entities::{
        Name,
        entity_base::{Item, phrase},
        labels::NameKind,
    },
    places::{endings, gazetteer::Class, story_places::Located},
    word_keys,
};

/// Least prior of an organisation that a place of one word, which nothing knows, is.
const OF_PLACE: f32 = 2.2;
/// The same of somebody of one word.
const OF_PERSON: f32 = 2.6;
/// Fewest letters of such a name.
const LETTERS: usize = 2;

impl Finder {
    /// Makes organisations of places and people of one word that are known as such and as nothing else.
    pub(super) fn claim_known_alone(
        &self,
        story: &StoryTexts<'_>,
        names: &mut [Vec<Name>],
        located: &[Vec<Option<Located>>],
    ) {
        if story.is_english() || Splitting::of(story.folder).uncased {
            return;
        }
        let small = OnceCell::new();
        let is_small = |key: u64| small.get_or_init(|| story.in_small_letters()).contains(&key);
        let people: HashSet<u64> = story
            .readings
            .iter()
            .zip(&*names)
            .flat_map(|(reading, names)| {
                let whole =
                    names.iter().filter(|n| n.kind == NameKind::Person && n.tokens.len() > 1);
                whole.flat_map(|n| reading.keys[n.tokens.clone()].iter().copied())
            })
            .collect();
        // How often a word stands as a name, and how often of these behind a word of place: `in Orme`.
        let mut seen: ByHash<(usize, usize)> = ByHash::default();
        for (reading, names) in story.readings.iter().zip(&*names) {
            for name in names.iter().filter(|n| n.tokens.len() == 1) {
                let at = name.tokens.start;
                let cued = story.others.as_ref().is_some_and(|o| o.is_cued(reading, at));
                let (all, sites) = seen.entry(reading.keys[at]).or_default();
                *all += 1;
                *sites += usize::from(cued);
            }
        }
        let is_site = |key: &u64| seen.get(key).is_some_and(|(all, sites)| sites * 2 > *all);
        for ((reading, names), located) in story.readings.iter().zip(names).zip(located) {
            for (name, located) in names.iter_mut().zip(located) {
                let (least, form) = match name.kind {
                    NameKind::Place if located.is_none() => (OF_PLACE, true),
                    NameKind::Person => (OF_PERSON, false),
                    _ => continue,
                };
                let at = name.tokens.start;
                let one = name.tokens.len() == 1
                    && reading.text.tokens[at].kind == TokenKind::Word
                    && reading.text.word(at).chars().count() >= LETTERS;
                let key = reading.keys[at];
                if one
                    && !people.contains(&key)
                    && (name.kind == NameKind::Person || !is_site(&key))
                    && self.is_organisation_alone(
                        key,
                        least,
                        form.then_some((story.folder, reading.text.word(at))),
                    )
                    && !is_small(key)
                {
                    name.kind = NameKind::Organisation;
                }
            }
        }
    }

    /// Whether a word, or where it is told with its language what it is a form of, is what an organisation of some prior is
    /// called, and no person nor place.
    fn is_organisation_alone(&self, key: u64, least: f32, form: Option<(&str, &str)>) -> bool {
        let is_place = |key: u64| {
            let places = self.gazetteer.named(&[key]).into_iter();
            places.map(|p| self.gazetteer.place(p)).any(|p| p.class != Class::County)
        };
        let known = |key: u64| {
            let known = |(item, main): (Item, bool)| {
                let own = item.kind == NameKind::Organisation && main && item.prior >= least;
                (own, item.kind == NameKind::Person && item.prior * 2.0 >= least)
            };
            let all = self.base.items(phrase(&[key])).map(known);
            all.fold((false, false), |all, one| (all.0 | one.0, all.1 | one.1)) == (true, false)
        };
        if known(key) {
            return !is_place(key);
        }
        let mut buffer = Vec::new();
        let is_form = |(base, _): (String, bool)| {
            let key = word_keys::key(&base, TokenKind::Word, &mut buffer);
            known(key) && !is_place(key)
        };
        form.is_some_and(|(folder, word)| {
            !is_place(key) && endings::bases(folder, word).any(is_form)
        })
    }
}
