//! Dates of `time` elements, of which a page has many: which one is the story's.
//!
//! By its label, its attributes and class, and the elements around it; the best one counts. Refused are those of teasers,
//! comments, events and boxes, and days inside the story's sentences.

use std::sync::LazyLock;

use foldhash::HashSet;
use html5ever::local_name;

use super::not_published::is_of_something;
use crate::extract::byline_words::BREAK;
use crate::extract::date_labels::{self as labels, Label};
use crate::extract::date_parse::{self, ParsedDate};
use crate::extract::dom::{Attr, Data, Dom, NodeId};
use crate::extract::enclosing_elements::{is_listed, is_of_next};
use crate::extract::parsed_page::ParsedPage;
use crate::extract::text::one_line;
use crate::extract::vocabulary::Topics;
use crate::extract::word_lists;
use crate::model::{Precision, Published};

pub(super) fn node_date(dom: &Dom, id: NodeId, order: ParsedDate) -> Option<Published> {
    let attribute = dom.attr(id, Attr::Datetime).or_else(|| dom.attr(id, Attr::Content));
    let exact = attribute.and_then(|v| date_parse::value(v, order));
    let moment = || {
        let epoch = dom.attr(id, Attr::DataTimestamp).or_else(|| dom.attr(id, Attr::DataTime))?;
        date_parse::value(epoch, order)
    };
    let titled = || {
        let title = dom.attr(id, Attr::Title)?;
        date_parse::value(title, order).or_else(|| date_parse::find(title, order))
    };
    exact.or_else(moment).or_else(titled).or_else(|| date_parse::find(&dom.text(id, 200), order))
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
    let mut best: Option<(i32, Published)> = None;
    for (i, id) in page.facts.times.iter().enumerate().take(MAX_TIMES) {
        if is_no_publication(page, story, *id) {
            continue;
        }
        // Of an element that is the last change, its text may say the publication too.
        let first = beside_change(&page.dom, *id, order);
        let Some(date) = first.or_else(|| node_date(&page.dom, *id, order)) else { continue };
        let is_change = first.is_none() && is_last_change(&page.dom, *id);
        let score = i32::from(date.precision != Precision::Day)
            - (i as i32).min(10)
            - if is_change { 8 } else { 0 }
            + stated(&page.dom, *id)
            + surroundings(page, *id)
            - if is_listed(page, story, *id, page.dom.text(*id, 100).len()) { 12 } else { 0 };
        if best.is_none_or(|(b, _)| score > b) {
            best = Some((score, date));
        }
    }
    best
}

/// Whether the date of an element is another story's, another thing's, or part of the story's text.
fn is_no_publication(page: &ParsedPage, story: Option<(usize, usize)>, id: NodeId) -> bool {
    is_of_next(page, story, id)
        || is_of_something(page, story, id)
        || is_beside_title(page, story, id)
        || in_running_text(page, story, id, page.dom.text(id, 100).len())
}

/// Words in classes of elements that hold a story's date, and its last change.
static PUBLISHED: LazyLock<HashSet<&str>> =
    LazyLock::new(|| word_lists::page_signs("published-class"));
static CHANGED: LazyLock<HashSet<&str>> = LazyLock::new(|| word_lists::page_signs("changed-class"));

fn is_last_change(dom: &Dom, id: NodeId) -> bool {
    let names = dom.attr(id, Attr::Itemprop).unwrap_or_default();
    names.split_ascii_whitespace().any(|name| name == "dateModified")
}

/// What label, attributes and class of an element speak for its being the publication.
fn stated(dom: &Dom, id: NodeId) -> i32 {
    let label = match label(dom, id) {
        Some(Label::Changed) => -9,
        Some(Label::Published) => 6,
        None => 0,
    };
    let class = dom.class(id);
    let says = |words: &HashSet<&str>| words.iter().any(|word| class.contains(word));
    let is_published = dom.attr(id, Attr::Pubdate).is_some() || says(&PUBLISHED);
    let is_changed = says(&CHANGED);
    label + if is_published { 8 } else { 0 } - if is_changed { 5 } else { 0 }
}

/// What the elements around speak for it.
fn surroundings(page: &ParsedPage, id: NodeId) -> i32 {
    /// How far out names of elements count.
    const LEVELS: usize = 6;
    let (dom, mut score, mut said) = (&page.dom, 0, page.names.topics(id));
    for (level, up) in dom.ancestors(id).enumerate() {
        let Some(name) = dom.name(up) else { break };
        match *name {
            local_name!("body") => break,
            local_name!("aside") | local_name!("nav") | local_name!("footer") => score -= 12,
            local_name!("li") | local_name!("a") => score -= 6,
            local_name!("article") | local_name!("main") | local_name!("header") => score += 3,
            _ => {}
        }
        if level < LEVELS {
            said = said.with(page.names.topics(up));
        }
    }
    let weights = [
        (Topics::RELATED, -10),
        (Topics::COMMENT, -12),
        (Topics::SIDEBAR, -6),
        (Topics::TEASER, -6),
        (Topics::DATE, 4),
        (Topics::AUTHOR, 2),
    ];
    score + weights.iter().filter(|(topic, _)| said.has(*topic)).map(|(_, w)| w).sum::<i32>()
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
