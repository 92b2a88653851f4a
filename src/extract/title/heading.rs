//! The visible heading that says what the page's statements say.

use foldhash::HashSet;

use super::site_name::{cuts, is_colon};
use super::{Candidate, MAX_LEN, MIN_REST};
use crate::extract::blocks::{Block, Places, Shape};
use crate::extract::dom::NodeId;
use crate::extract::parsed_page::ParsedPage;
use crate::extract::text::{letters, one_line};
use crate::extract::vocabulary::Topics;
use crate::extract::word_overlap::{likeness, width};

/// The heading that the page's statements are most like; one of the second rank only when it says
/// the same.
pub(super) fn heading(
    page: &ParsedPage,
    raw: &[Candidate],
    is_site: &dyn Fn(&str) -> bool,
) -> Option<(String, f32)> {
    let alike = |text: &str| raw.iter().map(|c| likeness(text, &c.text)).fold(0.0_f32, f32::max);
    // Where a `<title>` has two parts, the story's comes first more often than the site's.
    let lefts = |c: &Candidate| -> Vec<String> {
        let lefts = cuts(&c.text).into_iter().map(|(left, _)| left);
        lefts.filter(|l| !is_colon(&c.text, *l)).map(|l| letters(&c.text[..l])).collect()
    };
    // Behind the site's name and a colon it stands, too: `The Example: Ferries run late`.
    let rights = |c: &Candidate| -> Vec<String> {
        let cuts = cuts(&c.text).into_iter();
        let behind = cuts.filter(|(left, _)| is_site(&c.text[..*left]));
        behind.map(|(_, right)| letters(&c.text[right..])).collect()
    };
    let openings: HashSet<String> = raw
        .iter()
        .flat_map(|c| lefts(c).into_iter().chain(rights(c)))
        .filter(|own| own.len() >= MIN_REST)
        .collect();
    let opening = |text: &str| openings.contains(&letters(text));
    let said = |text: &str| {
        let own = letters(text);
        own.len() >= MIN_REST && (openings.contains(&own) || raw.iter().any(|c| c.letters == own))
    };
    let headings = page.facts.headings.iter().take(MAX_HEADINGS);
    let firsts: Vec<String> = headings
        .map(|(id, text)| without_kicker(page, *id, text, &said))
        .filter(|text| text.len() <= MAX_LEN && !is_site(text))
        .collect();
    let mut best: Option<(f32, &str)> = None;
    for text in &firsts {
        let score = if opening(text) { 1.0 } else { alike(text) };
        if best.is_none_or(|(b, _)| score > b) {
            best = Some((score, text));
        }
    }
    let sure = best.is_some_and(|(score, _)| score >= SURE);
    let extends = |text: &str| {
        let own = letters(text);
        firsts.iter().any(|first| letters(first).contains(&own))
    };
    let other = |text: &str| said(text) && !extends(text);
    if !sure && let Some(text) = lower_heading(page, &other) {
        return Some((text, 1.4));
    }
    if let Some((score, text)) = best
        && (score >= 0.25 || raw.is_empty() || (firsts.len() == 1 && text.len() > 15))
    {
        return Some((text.to_owned(), 1.4));
    }
    lower_heading(page, &|text| alike(text) > 0.8 || opening(text)).map(|text| (text, 0.8))
}

/// Likeness from which a heading of the first rank is the story's; below it may be the logo, the section or
/// the programme.
const SURE: f32 = 0.6;

/// Most headings of the first rank looked at.
const MAX_HEADINGS: usize = 40;

/// The first heading of a lower rank near the beginning that says what is wanted.
fn lower_heading(page: &ParsedPage, is_wanted: &dyn Fn(&str) -> bool) -> Option<String> {
    let blocks = &page.blocks;
    let lower = blocks.blocks.iter().filter(|b| matches!(b.shape, Shape::Heading(2..=4)));
    lower.take(12).map(|b| one_line(blocks.text(b))).find(|text| is_wanted(text))
}

/// Most elements of a heading looked at.
const MAX_PARTS: usize = 12;

/// A heading without the kicker inside it: what one of its elements says, where the page says the same
/// elsewhere, or what is left without an element that is named as a kicker.
fn without_kicker(
    page: &ParsedPage,
    id: NodeId,
    text: &str,
    said: &dyn Fn(&str) -> bool,
) -> String {
    let dom = &page.dom;
    if said(text) {
        return text.to_owned();
    }
    let parts = || dom.subtree(id).skip(1).filter(|inner| dom.name(*inner).is_some());
    // The kicker stands before the headline, and is shorter.
    let is_headline = |part: &String| {
        text.ends_with(part.as_str()) && part.len() * 3 >= text.len() * 2 && said(part)
    };
    if let Some(part) = parts().map(|inner| dom.text(inner, MAX_LEN)).find(is_headline) {
        return part;
    }
    // What is left beside one of its elements, where the page says that elsewhere.
    let beside = |part: String| -> Option<String> {
        let rests = [text.strip_prefix(part.as_str()), text.strip_suffix(part.as_str())];
        let rests = rests
            .into_iter()
            .flatten()
            .map(|rest| rest.trim_matches([' ', ':', '|', '-', '–']).to_owned());
        rests.into_iter().find(|rest| said(rest))
    };
    let names = parts().map(|inner| dom.text(inner, MAX_LEN)).filter(|part| !part.is_empty());
    if let Some(rest) = names.take(MAX_PARTS).find_map(beside) {
        return rest;
    }
    let is_kicker = |inner: &NodeId| page.names.topics(*inner).has(Topics::KICKER);
    let kicker = parts().find(is_kicker).map(|inner| dom.text(inner, MAX_LEN));
    let rest = kicker.as_deref().filter(|k| !k.is_empty()).and_then(|k| text.strip_prefix(k));
    match rest.map(|rest| rest.trim_start_matches([' ', ':', '|', '-', '–'])) {
        Some(rest) if letters(rest).len() >= MIN_REST => rest.to_owned(),
        _ => text.to_owned(),
    }
}

/// Blocks of a page among which a headline is looked for that no statement knows.
const SHOWN_WITHIN: usize = 40;

/// The headline of a page that states only what its site or section is called: the first text before the story that is
/// named as a title or is a heading, and leads nowhere.
pub(super) fn shown(page: &ParsedPage, is_named: &dyn Fn(&str) -> bool) -> Option<String> {
    let blocks = &page.blocks;
    let outside = Places::NAV.with(Places::FOOTER).with(Places::ASIDE).with(Places::HIDDEN);
    let is_running = |block: &&Block| block.sentences > 0 && block.words > SENTENCE_WORDS;
    let before = blocks.blocks.iter().take(SHOWN_WITHIN).take_while(|block| !is_running(block));
    let is_title = |block: &&Block| {
        let frame = blocks.frame(block);
        let named = frame.own.with(block.inline).has(Topics::TITLE);
        let is_heading = matches!(block.shape, Shape::Heading(_));
        (named || is_heading)
            && block.link_chars == 0
            && !frame.places.has(outside)
            && width(blocks.text(block)) >= MIN_REST
            && !is_named(blocks.text(block))
    };
    before.filter(is_title).map(|block| one_line(blocks.text(block))).next()
}

/// Most words of a headline that reads as a sentence.
const SENTENCE_WORDS: u32 = 25;
