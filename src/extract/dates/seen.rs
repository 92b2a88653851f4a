//! Dates as readers see them: `time` elements, and lines beside the story.
//!
//! A label before a date says what it is of; without one it must stand near the story, in a line that says little else. Refused are
//! dates of teasers, comments, events and boxes, and days inside the story's sentences.

use std::sync::LazyLock;

use foldhash::HashSet;
use html5ever::local_name;

use super::not_published::{is_life, is_of_reading, stands_outside};
use crate::extract::blocks::{Block, Blocks, Places, Shape};
use crate::extract::boilerplate_phrases::{PhraseKind, phrase_kinds};
use crate::extract::byline_words::BREAK;
use crate::extract::date_labels::{self as labels, Label};
use crate::extract::date_parse::{self, ParsedDate};
use crate::extract::date_signs::CHINESE;
use crate::extract::dom::{Attr, Data, Dom, NodeId};
use crate::extract::enclosing_elements::{
    around, is_listed, is_of_next, is_own, names_beside, parted,
};
use crate::extract::parsed_page::ParsedPage;
use crate::extract::text::one_line;
use crate::extract::vocabulary::Topics;
use crate::extract::word_lists;
use crate::model::{Precision, Published};
use crate::punctuation::SENTENCE_ENDS;
use crate::scripts::{is_thai, is_unspaced};

pub(super) fn node_date(dom: &Dom, id: NodeId, order: ParsedDate) -> Option<Published> {
    let attribute = dom.attr(id, Attr::Datetime).or_else(|| dom.attr(id, Attr::Content));
    let exact = attribute.and_then(|v| date_parse::value(v, order));
    exact.or_else(|| date_parse::find(&dom.text(id, 200), order))
}

/// The `time` element of the story itself: not inside a teaser, a comment or a sidebar, and best
/// one that says it is the publication.
pub(super) fn time_element(
    page: &ParsedPage,
    story: Option<(usize, usize)>,
    order: ParsedDate,
) -> Option<Published> {
    best_time(page, story, order).filter(|(score, _)| *score > -10).map(|(_, date)| date)
}

/// Most `time` elements looked at.
pub(super) const MAX_TIMES: usize = 40;

/// Longest label before a date, in bytes.
const MAX_LABEL: usize = 60;

/// What stands before an element, or before an element around it, says of its date.
fn label(dom: &Dom, id: NodeId) -> Option<Label> {
    let mut at = id;
    for _ in 0..3 {
        let mut before = dom.prev_sibling(at);
        while let Some(sibling) = before {
            let text = match dom.data(sibling) {
                Data::Text(text) => one_line(text),
                Data::Element { .. } => dom.text(sibling, MAX_LABEL),
                Data::Document | Data::Other => String::new(),
            };
            if !text.is_empty() {
                return if text.len() <= MAX_LABEL { labels::of(&text) } else { None };
            }
            before = dom.prev_sibling(sibling);
        }
        at = dom.parent(at)?;
    }
    None
}

/// The publication in the text of a `time` element that is the last change, `3 May | Updated 5 May`. Where the
/// attribute and the text say the same change, they say which of day and month comes first.
fn beside_change(dom: &Dom, id: NodeId, order: ParsedDate) -> Option<Published> {
    const SEPARATORS: [char; 5] = ['|', '•', '·', ';', BREAK];
    let text = dom.parted_text(id, 200, BREAK);
    let (changed, other): (Vec<&str>, Vec<&str>) =
        text.split(SEPARATORS).partition(|part| labels::of(part) == Some(Label::Changed));
    let stated = dom.attr(id, Attr::Datetime).and_then(|v| date_parse::value(v, order));
    let swapped = ParsedDate { month_first: !order.month_first, ..order };
    let agrees = |order: ParsedDate| {
        let seen = changed.iter().find_map(|part| date_parse::find(part, order));
        seen.zip(stated).is_some_and(|(seen, stated)| seen.at.date() == stated.at.date())
    };
    let order = if agrees(swapped) && !agrees(order) { swapped } else { order };
    if changed.is_empty() {
        return None;
    }
    other.iter().find_map(|part| date_parse::find(part, order))
}

/// The best `time` element and how good it is.
pub(super) fn best_time(
    page: &ParsedPage,
    story: Option<(usize, usize)>,
    order: ParsedDate,
) -> Option<(i32, Published)> {
    let dom = &page.dom;
    let mut best: Option<(i32, Published)> = None;
    for (i, id) in page.facts.times.iter().enumerate().take(MAX_TIMES) {
        let outer = || dom.text(*id, 100).len();
        if is_of_next(page, story, *id)
            || is_of_something(page, story, *id)
            || is_beside_title(page, story, *id)
            || in_running_text(page, story, *id, outer())
        {
            continue;
        }
        let is_change = dom
            .attr(*id, Attr::Itemprop)
            .is_some_and(|p| p.split_ascii_whitespace().any(|p| p == "dateModified"));
        // Of an element that is the last change, its text may say the publication too.
        let first = beside_change(dom, *id, order);
        let Some(date) = first.or_else(|| node_date(dom, *id, order)) else { continue };
        let mut score = -(i as i32).min(10);
        score -= if is_change && first.is_none() { 8 } else { 0 };
        score += match label(dom, *id) {
            Some(Label::Changed) => -9,
            Some(Label::Published) => 6,
            None => 0,
        };
        let mut said = page.names.topics(*id);
        if dom.attr(*id, Attr::Pubdate).is_some() || dom.class(*id).contains("publish") {
            score += 8;
        }
        if dom.class(*id).contains("update") || dom.class(*id).contains("modif") {
            score -= 5;
        }
        for (level, up) in dom.ancestors(*id).enumerate() {
            let Some(name) = dom.name(up) else { break };
            match *name {
                local_name!("body") => break,
                local_name!("aside") | local_name!("nav") | local_name!("footer") => score -= 12,
                local_name!("li") | local_name!("a") => score -= 6,
                local_name!("article") | local_name!("main") | local_name!("header") => score += 3,
                _ => {}
            }
            if level < 6 {
                said = said.with(page.names.topics(up));
            }
        }
        for (topic, weight) in [
            (Topics::RELATED, -10),
            (Topics::COMMENT, -12),
            (Topics::SIDEBAR, -6),
            (Topics::TEASER, -6),
            (Topics::DATE, 4),
            (Topics::AUTHOR, 2),
        ] {
            if said.has(topic) {
                score += weight;
            }
        }
        score += i32::from(date.precision != Precision::Day);
        score -= if is_listed(page, story, *id, dom.text(*id, 100).len()) { 12 } else { 0 };
        if best.is_none_or(|(b, _)| score > b) {
            best = Some((score, date));
        }
    }
    best
}

/// Names of elements whose dates say when something else is or was.
static OTHERS: LazyLock<HashSet<&str>> =
    LazyLock::new(|| word_lists::page_signs("dates-of-others"));

/// Properties of schema.org that are days of other things than publication.
const OTHER_DAYS: [&str; 5] = ["startDate", "endDate", "birthDate", "deathDate", "foundingDate"];

/// Whether an element states when something takes place or was made that the story has in it or beside it: an event, a film,
/// a message, a box of facts.
fn is_of_something(page: &ParsedPage, story: Option<(usize, usize)>, id: NodeId) -> bool {
    let dom = &page.dom;
    let states = |id: NodeId| {
        let mut names = dom.attr(id, Attr::Itemprop).unwrap_or_default().split_ascii_whitespace();
        names.any(|name| OTHER_DAYS.contains(&name))
    };
    let is_named = |up: NodeId| {
        let mut words = dom.class(up).split(|c: char| !c.is_alphanumeric());
        words.any(|word| OTHERS.contains(word.to_ascii_lowercase().as_str()))
    };
    states(id)
        || std::iter::once(id).chain(around(page, story, id).take(OTHER_LEVELS)).any(is_named)
}

/// Fewest words of a linked title beside a date, and most text beside both, in bytes.
const TITLE_WORDS: usize = 4;
const BESIDE_TITLE: usize = 20;

/// Whether a date below the story stands with a linked title and nothing else: the line of another story.
fn is_beside_title(page: &ParsedPage, story: Option<(usize, usize)>, id: NodeId) -> bool {
    let dom = &page.dom;
    let Some((_, last)) = story else { return false };
    let Some(line) = dom.parent(id) else { return false };
    let own = dom.text(id, 100).len();
    let links = |inner: &NodeId| {
        dom.name(*inner) == Some(&local_name!("a")) && dom.ancestors(id).all(|up| up != *inner)
    };
    id > page.blocks.frame(&page.blocks.blocks[last]).node
        && dom.subtree(line).take(30).filter(links).any(|link| {
            let title = dom.text(link, 300);
            title.split_whitespace().count() >= TITLE_WORDS
                && dom.text(line, 500).len() <= title.len() + own + BESIDE_TITLE
        })
}

/// How far out from a date the element of the other thing is looked for.
const OTHER_LEVELS: usize = 4;

/// Least text that a date stands in within the story, in bytes, where it is a part of a sentence.
const SENTENCE_BYTES: usize = 60;

/// Whether a date stands within a paragraph of the story.
fn in_running_text(
    page: &ParsedPage,
    story: Option<(usize, usize)>,
    id: NodeId,
    text: usize,
) -> bool {
    let dom = &page.dom;
    let Some((first, last)) = story else { return false };
    let node = |i: usize| page.blocks.frame(&page.blocks.blocks[i]).node;
    if id <= node(first) || id >= node(last) {
        return false;
    }
    let is_paragraph = |up: &NodeId| {
        dom.name(*up).is_some_and(|n| matches!(*n, local_name!("p") | local_name!("blockquote")))
    };
    let paragraph = dom.ancestors(id).take(4).find(is_paragraph);
    paragraph
        .is_some_and(|up| dom.text(up, text + 2 * SENTENCE_BYTES).len() > text + SENTENCE_BYTES)
}

/// Most words of a line that says when, and of nothing else.
const LINE_WORDS: u32 = 12;
/// Fewest words before the day in a heading of the story: lines of dates and names are headings on some pages.
const LEADING_WORDS: usize = 4;
/// Most words of a line that is no sentence, though it ends as one: `Tuesday, 3 February 2026.`
const SENTENCE_WORDS: u32 = 5;

/// Whether a text has the digits of a day: four of any script, or fewer where the year is an era's or cut short.
fn has_day(text: &str) -> bool {
    let digits = text.chars().filter(|c| c.is_numeric()).take(4).count();
    let has = |signs: &[char]| text.contains(signs);
    digits >= 4
        || (digits >= 2
            && (has(&CHINESE.years) || text.contains(['\'', '’']) || text.chars().any(is_thai)))
        || has(&CHINESE.years) && has(&CHINESE.months) && has(&CHINESE.days)
        || text.starts_with(['R', 'H']) && digits >= 3
}

/// A line's date: of several with labels, that of the publication.
fn published_in(line: &str, order: ParsedDate) -> Option<(&str, Published)> {
    let parts = labels::parts(line);
    let published = parts.iter().filter(|(label, _)| parts.len() > 1 && *label == Label::Published);
    let mut dates = published.filter_map(|(_, part)| Some((*part, date_parse::find(part, order)?)));
    let found = dates.next().or_else(|| Some((line, date_parse::find(line, order)?)));
    found.filter(|(part, date)| !is_life(part, date, order))
}

/// Whether a block stands in the site's header or menu, which have the day on which the page was read: above the
/// headline, in an element that does not hold it.
fn is_sites(blocks: &Blocks, block: &Block, headline: usize) -> bool {
    let frames = Places::HEADER.with(Places::NAV);
    let is_frame = |at: &u32| blocks.frames[*at as usize].places.has(frames);
    let outer = blocks.outwards(block.frame).take_while(is_frame).last();
    outer.map(|at| &blocks.frames[at as usize]).is_some_and(|frame| {
        frame.last as usize <= headline && !frame.places.has(Places::ARTICLE.with(Places::MAIN))
    })
}

/// Most words of a link that is a date, as blogs link theirs to what came out on the same day.
const LINKED_DATE_WORDS: u32 = 5;

/// Whether a block outside the story stands in a teaser, a menu, a list of other stories or a comment.
fn is_others(page: &ParsedPage, story: Option<(usize, usize)>, block: &Block) -> bool {
    let node = page.blocks.frame(block).node;
    page.dom.name(node) == Some(&local_name!("nav"))
        || !is_own(page, story, node)
        || is_of_next(page, story, node)
        || is_listed(page, story, node, page.blocks.text(block).len())
}

/// Most blocks of an `aside` that holds facts about the story, and most words of one of them.
const FACTS: u32 = 10;
const FACT_WORDS: u32 = 6;

/// Whether a block stands in a short `aside` of facts at the story's beginning.
fn is_facts(blocks: &Blocks, block: &Block, first: usize) -> bool {
    let in_aside = |at: &u32| blocks.frames[*at as usize].places.has(Places::ASIDE);
    let aside = blocks.outwards(block.frame).take_while(in_aside).last();
    aside.map(|at| &blocks.frames[at as usize]).is_some_and(|aside| {
        block.words <= FACT_WORDS
            && aside.last - aside.first <= FACTS
            && aside.last as usize <= first
    })
}

/// A date in a short line near the story: between a little before the headline and a little after
/// the story's end.
pub(super) fn in_text(
    page: &ParsedPage,
    story: Option<(usize, usize)>,
    order: ParsedDate,
) -> Option<Published> {
    let blocks = &page.blocks;
    let (first, last) = story?;
    let headline = (first.saturating_sub(40)..first)
        .find(|i| matches!(blocks.blocks[*i].shape, Shape::Heading(_)))
        .unwrap_or(first);
    let mut best: Option<(i32, Published)> = None;
    for i in headline.saturating_sub(8)..blocks.blocks.len().min(last + 8) {
        let block = &blocks.blocks[i];
        let frame = blocks.frame(block);
        let near = names_beside(blocks, block, (first, last));
        let dated = near.has(Topics::DATE);
        let inside = i >= first && i <= last;
        // A paragraph counts only when it opens with the date, as dispatches do, or says when it was published.
        let opens = i <= first + 3;
        let is_text = block.chars > 400
            || (inside
                && block.words > LINE_WORDS
                && !phrase_kinds(blocks.text(block)).has(PhraseKind::Times));
        if (is_text && !opens)
            || (block.digits < 4 && !has_day(blocks.text(block)))
            || near.has(Topics::COMMENT)
            || block.shape == Shape::Caption
            || (inside && frame.places.has(Places::QUOTE))
            || (i > first && is_value_of_other(page, i))
            || is_of_something(page, story, frame.node)
            || is_sites(blocks, block, headline)
            || (frame.places.has(Places::ASIDE) && !(dated && is_facts(blocks, block, first)))
        {
            continue;
        }
        let text: String = if is_text {
            blocks.text(block).chars().take(40).collect()
        } else if i > headline && i <= last && is_sentence(block, blocks.text(block)) {
            match dateline(blocks.text(block)) {
                Some(line) if opens => line.to_owned(),
                _ => continue,
            }
        } else {
            let parted = parted(page, block);
            let is_day = |line: &str| date_parse::find(line, order).is_some();
            let text = if parted.lines().any(is_day) { parted } else { blocks.text(block).into() };
            text.into_owned()
        };
        let lines = text
            .lines()
            .filter(|line| !line.contains('©') && !line.to_lowercase().contains("copyright"));
        let Some((line, date)) =
            lines.filter_map(|line| published_in(line, order)).min_by_key(|(line, _)| {
                let is_change = labels::of(line) == Some(Label::Changed);
                (is_change, std::cmp::Reverse(phrase_kinds(line).strength(PhraseKind::Times)))
            })
        else {
            continue;
        };
        if i < headline && is_of_reading(&date, order) && stands_outside(blocks, i, headline) {
            continue;
        }
        // Below a heading at the story's end or behind it stands when what it names takes place.
        let is_headed =
            i >= last && i > first + 1 && matches!(blocks.blocks[i - 1].shape, Shape::Heading(_));
        if is_headed && labels::of(line).is_none() && !phrase_kinds(line).has(PhraseKind::Times) {
            continue;
        }
        let leads_on = block.link_chars * 2 > block.chars && block.words > LINKED_DATE_WORDS;
        if (i > last && leads_on) || ((i < headline || i > last) && is_others(page, story, block)) {
            continue;
        }
        let mut score = -((i as i32) - first as i32).abs().min(20);
        score += if dated { 14 } else { 0 } + if block.words <= LINE_WORDS { 6 } else { 0 }
            - if inside { 8 } else { 0 };
        score += i32::from(phrase_kinds(line).strength(PhraseKind::Times)) * 5;
        score -= if labels::of(line) == Some(Label::Changed) { 8 } else { 0 };
        score -=
            if near.has(Topics::RELATED) || block.link_chars * 2 > block.chars { 12 } else { 0 };
        if best.is_none_or(|(b, _)| score > b) {
            best = Some((score, date));
        }
    }
    best.filter(|(score, _)| *score > -16).map(|(_, date)| date)
}

/// Fewest words beside the day of a line that is a sentence.
const SENTENCE: usize = 2;

/// Words of a line; where they are not parted, letters by twos.
fn words_of(text: &str) -> u32 {
    let unspaced = text.chars().filter(|c| is_unspaced(*c)).count() / 2;
    u32::try_from(text.split_whitespace().count() + unspaced).unwrap_or(u32::MAX)
}

/// Words that are neither numbers nor months.
fn words_beside_day(text: &str) -> usize {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let is_other =
        |word: &&str| word.chars().all(char::is_alphabetic) && !date_parse::is_month(word);
    let unspaced = text.chars().filter(|c| is_unspaced(*c) && !CHINESE.is_of_date(*c));
    words.filter(is_other).count().max(unspaced.count() / 2)
}

/// Whether a block is a value beside a label that says what it is, and not that it came out then: `Opened: 14 May 1987`.
fn is_value_of_other(page: &ParsedPage, i: usize) -> bool {
    let blocks = &page.blocks;
    let block = &blocks.blocks[i];
    let is_value = block.shape == Shape::Cell
        || page.dom.name(blocks.frame(block).node) == Some(&local_name!("dd"));
    let Some(label) = i.checked_sub(1).filter(|_| is_value).map(|at| &blocks.blocks[at]) else {
        return false;
    };
    let label = blocks.text(label);
    labels::of(label) != Some(Label::Published) && !phrase_kinds(label).has(PhraseKind::Times)
}

/// Longest dateline, in characters.
const DATELINE: usize = 60;

/// Whether a short line is a sentence or a heading of the story, and says nothing of when it came out.
fn is_sentence(block: &Block, text: &str) -> bool {
    let end = text.trim_end_matches(['"', '”', '»', '’', '」', ')']);
    // `3:05 p. m.` ends in no sentence.
    let is_letter = |word: &str| word.chars().count() == 1 && word.chars().all(char::is_alphabetic);
    let is_short = end.ends_with('.') && end.rsplit([' ', '.']).nth(1).is_some_and(is_letter);
    let ends = !is_short && end.ends_with(SENTENCE_ENDS);
    let before = text.find(|c: char| c.is_numeric()).unwrap_or(text.len());
    let leads_to_day = text[..before].split_whitespace().count() >= LEADING_WORDS;
    let follows = text.rfind(|c: char| c.is_numeric()).map_or("", |at| &text[at..]);
    let is_small = |word: &&str| word.starts_with(char::is_lowercase);
    let leads_to_day = leads_to_day
        || follows.split_whitespace().skip(1).filter(is_small).count() >= LEADING_WORDS;
    (words_of(text) > SENTENCE_WORDS || (ends && words_beside_day(text) >= SENTENCE))
        && (ends || (matches!(block.shape, Shape::Heading(_)) && leads_to_day))
        && !phrase_kinds(text).has(PhraseKind::Times)
        && labels::of(text).is_none()
}

/// What stands before the story's first words: `OSLO, 3 February 2026 –`.
fn dateline(text: &str) -> Option<&str> {
    let (line, _) = text.split_once([':', '–', '—', '|', ')'])?;
    (line.chars().count() <= DATELINE).then_some(line)
}

/// "This page was last changed on", as wikis write below their pages.
pub(super) fn last_change(page: &ParsedPage, order: ParsedDate) -> Option<Published> {
    let blocks = &page.blocks;
    blocks.blocks.iter().rev().take(60).filter(|b| b.chars < 300 && b.digits >= 4).find_map(
        |block| {
            let text = blocks.text(block).to_lowercase();
            labels::says_last_change(&text).then(|| date_parse::find(&text, order)).flatten()
        },
    )
}
