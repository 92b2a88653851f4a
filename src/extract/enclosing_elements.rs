//! Whether an element is the story's own or stands in something beside it: a comment, a teaser, a list of other
//! stories, the page's frame.

use std::borrow::Cow;

use html5ever::local_name;

use super::blocks::{Block, Blocks};
use super::byline_words::BREAK;
use super::dom::{Attr, Dom, NodeId};
use super::parsed_page::ParsedPage;
use super::person_names::looks_like_name;
use super::vocabulary::Topics;
use super::word_overlap::width;

/// A block's text, its elements parted where they meet without a blank: `By Jo Poe` and `3 May` side by side.
pub(super) fn parted<'a>(page: &'a ParsedPage, block: &Block) -> Cow<'a, str> {
    let text = page.blocks.text(block);
    let frame = page.blocks.frame(block);
    let meet = |(a, b): (char, char)| {
        (a.is_lowercase() && b.is_uppercase())
            || (a.is_numeric() && b.is_alphabetic())
            || (a.is_alphabetic() && b.is_numeric())
    };
    // `18.42 BSTLast modified`: capitals, and a word behind them.
    let ends_capitals =
        |(a, b): (char, char), c: char| a.is_uppercase() && b.is_uppercase() && c.is_lowercase();
    let pairs = || text.chars().zip(text.chars().skip(1));
    let is_glued = || {
        pairs().any(meet) || pairs().zip(text.chars().skip(2)).any(|(ab, c)| ends_capitals(ab, c))
    };
    if block.words > PARTED_WORDS || frame.last - frame.first != 1 || !is_glued() {
        return Cow::Borrowed(text);
    }
    let parted = page.dom.parted_text(frame.node, 2 * text.len(), BREAK);
    match parted.contains(BREAK) {
        true => Cow::Owned(parted.replace(BREAK, "\n")),
        false => Cow::Borrowed(text),
    }
}

/// Most words of a line of facts whose elements are parted.
const PARTED_WORDS: u32 = 30;

/// Whether an element is not in a comment, a teaser of another story or the page's frame.
pub(super) fn is_own(page: &ParsedPage, story: Option<(usize, usize)>, id: NodeId) -> bool {
    let dom = &page.dom;
    !around(page, story, id).take(8).any(|up| {
        let said = page.names.topics(up);
        // A line of facts is named as an item too.
        let is_teaser = || said.has(Topics::TEASER) && dom.text(up, 2 * LINE).len() > LINE;
        said.has(Topics::COMMENT)
            || said.has(Topics::RELATED)
            || is_teaser()
            || is_apart(dom, up)
            || dom.name(up) == Some(&local_name!("footer"))
    })
}

/// Longest line of facts about a story, in bytes.
const LINE: usize = 80;

/// Longest text of an `aside` that may be a byline, in bytes.
const SHORT_ASIDE: usize = 160;

/// Whether an element is a menu, or an `aside` that is more than the story's byline.
fn is_apart(dom: &Dom, id: NodeId) -> bool {
    match dom.name(id) {
        Some(&local_name!("nav")) => true,
        Some(&local_name!("aside")) => {
            let is_other = |inner| {
                dom.name(inner).is_some_and(|n| {
                    matches!(
                        *n,
                        local_name!("h2")
                            | local_name!("h3")
                            | local_name!("h4")
                            | local_name!("article")
                    )
                })
            };
            dom.text(id, 2 * SHORT_ASIDE).len() > SHORT_ASIDE || dom.subtree(id).any(is_other)
        }
        _ => false,
    }
}

/// The elements around one, inside out, without those that hold the story too: their names are not those of
/// a comment or a teaser.
pub(super) fn around(
    page: &ParsedPage,
    story: Option<(usize, usize)>,
    id: NodeId,
) -> impl Iterator<Item = NodeId> + '_ {
    let dom = &page.dom;
    let node = |i: usize| page.blocks.frame(&page.blocks.blocks[i]).node;
    let ends = story.map(|(first, last)| [node(first), node(last)]);
    let holds = move |up: NodeId| {
        let inside = |at| at == up || dom.ancestors(at).any(|a| a == up);
        ends.is_some_and(|ends| ends.into_iter().any(inside))
    };
    dom.ancestors(id).take(10).take_while(move |up| !holds(*up))
}

/// Elements of one sort side by side that are a list of other stories, and how many are looked at.
const LISTED: usize = 3;

const MAX_SIBLINGS: usize = 60;

/// Fewest words of a linked title, and nodes of a teaser that are looked at for one.
const TITLE_WORDS: usize = 4;

const MAX_NODES: usize = 200;

/// What a teaser says beside the name in it, in bytes.
const TEASER_TEXT: usize = 30;

/// Whether a text stands in one of several elements of a sort that are not around the story: in a teaser.
pub(super) fn is_listed(
    page: &ParsedPage,
    story: Option<(usize, usize)>,
    id: NodeId,
    text: usize,
) -> bool {
    let dom = &page.dom;
    story.is_some()
        && around(page, story, id).any(|up| {
            let Some(parent) = dom.parent(up) else { return false };
            let sort = |at: NodeId| {
                (dom.name(at), dom.class(at).split_whitespace().next().unwrap_or_default())
            };
            let siblings =
                std::iter::successors(dom.first_child(parent), |at| dom.next_sibling(*at));
            let alike = siblings.take(MAX_SIBLINGS).filter(|at| sort(*at) == sort(up)).count();
            let is_title = |inner| {
                dom.name(inner) == Some(&local_name!("a"))
                    && dom.text(inner, 200).split_whitespace().count() >= TITLE_WORDS
            };
            alike >= LISTED
                && dom.text(up, text + 2 * TEASER_TEXT).len() > text + TEASER_TEXT
                && dom.subtree(up).take(MAX_NODES).any(is_title)
        })
}

/// Fewest words of a linked heading, and its least width where words are not parted.
const HEADING_WORDS: usize = 2;
const HEADING_WIDTH: usize = 12;

/// Whether a linked heading is another story's and nobody's name.
fn is_title(text: &str) -> bool {
    let words = text.split_whitespace().count();
    words >= TITLE_WORDS
        || (!looks_like_name(text) && (words >= HEADING_WORDS || width(text) >= HEADING_WIDTH))
}

/// Longest text of a teaser of one story, in bytes.
const ONE_TEASER: usize = 600;

/// Whether an element below the story stands in an element that has a linked heading: in the teaser of another story.
pub(super) fn is_of_next(page: &ParsedPage, story: Option<(usize, usize)>, id: NodeId) -> bool {
    let dom = &page.dom;
    let Some((_, last)) = story else { return false };
    let is_heading = |at: NodeId| {
        dom.name(at).is_some_and(|n| {
            matches!(
                *n,
                local_name!("h2") | local_name!("h3") | local_name!("h4") | local_name!("h5")
            )
        })
    };
    let leads = |inner: NodeId| {
        dom.name(inner) == Some(&local_name!("a"))
            && (dom.ancestors(inner).take(2).any(is_heading)
                || dom.subtree(inner).take(6).any(is_heading))
            && is_title(&dom.text(inner, 200))
    };
    id > page.blocks.frame(&page.blocks.blocks[last]).node
        && std::iter::once(id).chain(around(page, story, id)).take(4).any(|up| {
            dom.text(up, 2 * ONE_TEASER).len() <= ONE_TEASER
                && dom.subtree(up).take(MAX_NODES).any(leads)
        })
}

/// Whether an element below the story stands beside a link to another one, or above the headline behind one, in an element that has little else.
pub(super) fn beside_title(page: &ParsedPage, story: Option<(usize, usize)>, id: NodeId) -> bool {
    let dom = &page.dom;
    let Some((_, last)) = story else { return false };
    let leads = |at: NodeId| {
        let is_link = dom.name(at) == Some(&local_name!("a")) && dom.attr(at, Attr::Href).is_some();
        let text = || dom.text(at, 200);
        is_link && text().split_whitespace().count() >= TITLE_WORDS && !looks_like_name(&text())
    };
    let is_above = page.facts.headings.first().is_some_and(|(heading, _)| id < *heading);
    let is_below = id > page.blocks.frame(&page.blocks.blocks[last]).node;
    (is_above || is_below)
        && dom.parent(id).is_some_and(|parent| {
            let beside = std::iter::successors(dom.first_child(parent), |at| dom.next_sibling(*at));
            let mut beside = beside.take(LISTED).filter(|at| *at != id && (is_below || *at < id));
            beside.any(leads) && dom.text(parent, 2 * ONE_TEASER).len() <= ONE_TEASER
        })
}

/// Whether an element stands in a link that says more than it: a teaser, all of it clickable.
pub(super) fn in_teaser(dom: &Dom, id: NodeId, text: &str) -> bool {
    let mut links = dom.ancestors(id).take(8).filter(|up| dom.name(*up) == Some(&local_name!("a")));
    links.any(|link| dom.text(link, 400).len() > text.len() + 40)
}

/// The names of a block's element and of two around it that don't hold the story too, which say nothing of the block.
pub(super) fn names_beside(blocks: &Blocks, block: &Block, story: (usize, usize)) -> Topics {
    let holds = |at: &u32| {
        let frame = &blocks.frames[*at as usize];
        frame.first as usize <= story.0 && story.1 < frame.last as usize
    };
    let around = blocks.outwards(block.frame).take(3).take_while(|at| !holds(at));
    around.fold(block.inline, |said, at| said.with(blocks.frames[at as usize].own))
}

/// Fewest bytes of a title in a card, and most nodes of one.
const CARD_TITLE: usize = 8;
const CARD_NODES: usize = 30;

/// Whether an element stands in the card of another story: below the story with a link that is no name in an element
/// named for teasers, or beside a link to the same address that says something else.
pub(super) fn in_card(page: &ParsedPage, story: Option<(usize, usize)>, id: NodeId) -> bool {
    let dom = &page.dom;
    let Some((_, last)) = story else { return false };
    let own = dom.text(id, 200);
    let is_link = |at: &NodeId| dom.name(*at) == Some(&local_name!("a"));
    let leads = |at: &NodeId| {
        let text = dom.text(*at, 200);
        text.len() >= CARD_TITLE && !own.contains(&text) && !looks_like_name(&text)
    };
    let is_below = id > page.blocks.frame(&page.blocks.blocks[last]).node;
    let is_card = |up: NodeId| {
        let said = page.names.topics(up);
        said.has(Topics::TEASER)
            && !said.has(Topics::AUTHOR)
            && dom.subtree(up).take(CARD_NODES).filter(is_link).any(|at| leads(&at))
    };
    let link = std::iter::once(id).chain(dom.ancestors(id).take(2)).find(is_link);
    let same_address = || {
        let link = link?;
        let href = dom.attr(link, Attr::Href).filter(|href| !href.starts_with('#'))?;
        let beside = dom.subtree(dom.parent(link)?).take(CARD_NODES).filter(is_link);
        let mut same = beside.filter(|at| *at != link && dom.attr(*at, Attr::Href) == Some(href));
        same.any(|at| leads(&at) && dom.text(at, 200).contains(' ')).then_some(())
    };
    (is_below && around(page, story, id).take(3).any(is_card)) || same_address().is_some()
}

/// Whether an element stands right behind a picture in an element that has no other text: its caption.
pub(super) fn is_below_picture(dom: &Dom, id: NodeId) -> bool {
    is_behind_picture(dom, id) && {
        let text = dom.text(id, MAX_CAPTION);
        let parent = dom.parent(id);
        text.len() < MAX_CAPTION && parent.is_some_and(|up| dom.text(up, MAX_CAPTION) == text)
    }
}

/// Whether what stands before an element is a picture, without words of its own.
pub(super) fn is_behind_picture(dom: &Dom, id: NodeId) -> bool {
    let is_picture =
        |at: NodeId| matches!(dom.name(at), Some(&local_name!("img") | &local_name!("picture")));
    let holds_picture = |at: NodeId| dom.subtree(at).take(PICTURE_NODES).any(is_picture);
    let before = std::iter::successors(dom.prev_sibling(id), |at| dom.prev_sibling(*at));
    let mut before = before.take(LISTED).map(|at| (at, dom.text(at, 1).is_empty()));
    let nearest = before.find(|(at, is_empty)| !is_empty || holds_picture(*at));
    nearest.is_some_and(|(at, is_empty)| is_empty && holds_picture(at))
}

/// How many nodes of what stands before a caption are looked at, and the longest caption in bytes.
const PICTURE_NODES: usize = 12;
const MAX_CAPTION: usize = 600;

/// Whether an element stands in a quotation that is a part of the story or beside it.
pub(super) fn in_quotation(page: &ParsedPage, story: Option<(usize, usize)>, id: NodeId) -> bool {
    let dom = &page.dom;
    std::iter::once(id).chain(around(page, story, id)).any(|up| {
        dom.name(up) == Some(&local_name!("blockquote")) || page.names.topics(up).has(Topics::QUOTE)
    })
}

/// Whether an element is not in a comment, a teaser or the page's frame.
pub(super) fn in_story(page: &ParsedPage, story: Option<(usize, usize)>, id: NodeId) -> bool {
    let dom = &page.dom;
    !around(page, story, id).any(|up| {
        let said = page.names.topics(up);
        said.has(Topics::COMMENT)
            || said.has(Topics::RELATED)
            || said.has(Topics::CAPTION)
            || is_apart(dom, up)
            || dom.name(up) == Some(&local_name!("figure"))
    })
}
