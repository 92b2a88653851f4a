//! Authors as readers see them: links to people's pages, elements named for authors, lines that read as bylines.
//!
//! All of them stand elsewhere on a page, too. Refused are those of teasers and of the next story, of cards and quotations, in
//! lists, and those who took the pictures; of what is left the nearest to the story's beginning is asked first.

use std::sync::LazyLock;

use foldhash::HashSet;
use html5ever::local_name;

use crate::extract::blocks::{Blocks, Places, Shape};
use crate::extract::boilerplate_phrases::{PhraseKind, phrase_kinds};
use crate::extract::byline_words::{BREAK, byline_mark};
use crate::extract::bylines::{opens_with_and, people, signature, submitted};
use crate::extract::class_names::says_authors;
use crate::extract::dom::{Attr, Dom, NodeId};
use crate::extract::enclosing_elements::{
    around, beside_title, in_card, in_quotation, in_story, in_teaser, is_listed, is_of_next,
    is_own, names_beside, parted,
};
use crate::extract::parsed_page::ParsedPage;
use crate::extract::person_names::{ends_in_title, is_organisation, looks_like_name};
use crate::extract::text::spaced_words;
use crate::extract::vocabulary::Topics;
use crate::extract::word_lists;

/// The text of a link to a person's page. Elements in it part names, but for a first and a last name.
fn name_in(dom: &Dom, id: NodeId) -> String {
    let parted = dom.parted_text(id, 200, BREAK);
    let whole = dom.text(id, 200);
    let is_word = |part: &str| !part.trim().contains(' ');
    if parted.contains(BREAK) && parted.split(BREAK).all(is_word) && looks_like_name(&whole) {
        return whole;
    }
    parted
}

pub(super) fn links(page: &ParsedPage, story: Option<(usize, usize)>) -> Vec<String> {
    let dom = &page.dom;
    let is_authors = |id: &&NodeId| is_own(page, story, **id) && !in_card(page, story, **id);
    let own = page.facts.author_links.iter().filter(is_authors);
    // Many below the story are all who write for the site.
    let last = story.map(|(_, last)| page.blocks.frame(&page.blocks.blocks[last]).node);
    let own: Vec<&NodeId> = own.collect();
    let are_staff =
        last.is_some_and(|last| own.len() >= TEASERS && own.iter().all(|id| id.0 > last.0));
    let own = own.into_iter().filter(|_| !are_staff);
    let texts = own.map(|id| (*id, name_in(dom, *id)));
    let texts = texts.filter(|(id, text)| !is_listed(page, story, *id, text.len()));
    texts.map(|(id, text)| whole_line(dom, id, text)).take(4).collect()
}

/// How far around a name its line is looked for, and how long that is at most, in bytes.
const LINE_LEVELS: usize = 3;
const LINE: usize = 160;

/// The line of a byline around a name in it, where it names others beside that one: the first may be a link and the
/// second not.
fn whole_line(dom: &Dom, id: NodeId, text: String) -> String {
    let own = people(std::slice::from_ref(&text));
    let extends = |line: &String| {
        if line.len() > LINE || byline_mark(line).is_none() {
            return false;
        }
        let names = people(std::slice::from_ref(line));
        let others = names.iter().filter(|name| !own.contains(name));
        names.len() > own.len()
            && own.iter().all(|name| names.contains(name))
            && others.clone().all(|name| looks_like_name(name) || is_organisation(name))
            && others.clone().any(|name| !is_organisation(name))
    };
    // Other facts stand behind it, parted by marks.
    let own_part = |line: String| {
        let end = line.find(|c: char| matches!(c, '|' | '•' | '·' | BREAK) || c.is_numeric());
        end.map_or(line.clone(), |end| line[..end].to_owned())
    };
    let ups = dom.ancestors(id).take(LINE_LEVELS);
    let lines = ups.map(|up| own_part(dom.parted_text(up, LINE, BREAK)));
    lines.into_iter().find(extends).unwrap_or(text)
}

/// The name in an hCard, whatever the words around it.
fn of_card(dom: &Dom, id: NodeId) -> Option<String> {
    let is_name = |at: &NodeId| dom.class(*at).split_ascii_whitespace().any(|class| class == "fn");
    let name = dom.subtree(id).skip(1).take(BOX_NODES).find(is_name)?;
    Some(dom.text(name, 200)).filter(|name| !name.is_empty())
}

/// What is in names of elements around words of others: a reader's praise, a review.
static OTHERS: LazyLock<HashSet<&str>> =
    LazyLock::new(|| word_lists::page_signs("others-author-class"));

/// Whether an element below or beside the story is one of those.
fn is_of_others(page: &ParsedPage, story: Option<(usize, usize)>, id: NodeId) -> bool {
    let says = |up: NodeId| {
        let class = page.dom.class(up).to_ascii_lowercase();
        OTHERS.iter().any(|word| class.contains(word))
    };
    std::iter::once(id).chain(around(page, story, id)).take(LINE_LEVELS).any(says)
}

/// Folders of addresses that people's pages stand in.
static PROFILE_FOLDERS: LazyLock<HashSet<&str>> =
    LazyLock::new(|| word_lists::page_signs("profile-folder"));

/// How far from a story's first block a link to its author's page stands, in nodes.
pub(super) const NEAR_NODES: i64 = 400;

/// How far apart the links to the authors of one story stand, in nodes.
pub(super) const BESIDE_NODES: i64 = 30;

/// Links to people's pages near the story's beginning: the nearest, and those beside it.
pub(super) fn profiles(page: &ParsedPage, story: Option<(usize, usize)>) -> Vec<String> {
    let Some((first, _)) = story else { return Vec::new() };
    let dom = &page.dom;
    let first = i64::from(page.blocks.frame(&page.blocks.blocks[first]).node.0);
    let mut found: Vec<(i64, String)> = Vec::new();
    let near = |id: &&NodeId| i64::from(id.0) >= first - NEAR_NODES;
    for &id in page.facts.links.iter().filter(near) {
        let at = i64::from(id.0);
        if at > first + NEAR_NODES {
            break;
        }
        let Some(href) = dom.attr(id, Attr::Href) else { continue };
        let path = href.split(['?', '#']).next().unwrap_or_default();
        if in_profiles(path) && is_own(page, story, id) && !in_card(page, story, id) {
            let text = name_in(dom, id);
            let names = people(std::slice::from_ref(&text));
            if !names.is_empty()
                && names.iter().all(|n| looks_like_name(n))
                && !is_listed(page, story, id, text.len())
            {
                found.push((at, text));
            }
        }
    }
    let Some(nearest) = found.iter().map(|(at, _)| *at).min_by_key(|at| (at - first).abs()) else {
        return Vec::new();
    };
    let beside = found.into_iter().filter(|(at, _)| (at - nearest).abs() <= BESIDE_NODES);
    beside.map(|(_, text)| text).take(6).collect()
}

/// Whether an address is of something in a folder of people's pages.
fn in_profiles(path: &str) -> bool {
    let is_capital = |b: u8| b.is_ascii_uppercase();
    path.split('/').rev().skip(1).any(|folder| match folder.bytes().any(is_capital) {
        true => PROFILE_FOLDERS.contains(folder.to_ascii_lowercase().as_str()),
        false => PROFILE_FOLDERS.contains(folder),
    })
}

/// Attributes that name an element's part in a page beside `class`, as front ends write them.
const PARTS: [Attr; 5] =
    [Attr::DataComponent, Attr::DataTestid, Attr::DataQa, Attr::DataType, Attr::DataRole];

/// Words in classes of elements about the site.
static ABOUT_SITE: LazyLock<HashSet<&str>> =
    LazyLock::new(|| word_lists::page_signs("about-class"));

/// The name of an element that says that it holds authors.
fn author_name(page: &ParsedPage, id: NodeId) -> Option<&str> {
    let dom = &page.dom;
    if page.names.say_authors(id) {
        let class = dom.class(id);
        // What is about the site has the name too: there only a line that reads as a byline counts.
        let is_menu = || {
            ABOUT_SITE.iter().any(|word| class.to_ascii_lowercase().contains(word))
                && !dom.text(id, 200).contains(char::is_numeric)
                && byline_mark(&dom.text(id, 200)).is_none()
                && !SURE_NAMES.iter().any(|n| class.to_ascii_lowercase().contains(n))
        };
        return (!is_menu()).then_some(class);
    }
    let parts = dom.attrs(id).filter(|(name, _)| PARTS.contains(name));
    parts.map(|(_, value)| value).find(|value| says_authors(value))
}

/// What is in names of elements that hold authors and nothing else.
static SURE_NAMES: LazyLock<HashSet<&str>> =
    LazyLock::new(|| word_lists::page_signs("author-class"));

/// What is in names of elements that tell about authors.
static BESIDE_AUTHORS: LazyLock<HashSet<&str>> =
    LazyLock::new(|| word_lists::page_signs("beside-author-class"));

/// Classes by which the hCard and hAtom formats mark authors.
static AUTHOR_FORMATS: LazyLock<HashSet<&str>> =
    LazyLock::new(|| word_lists::page_signs("author-format-class"));

/// What is in names of elements that say whose a picture is.
static PICTURE_NAMES: LazyLock<HashSet<&str>> =
    LazyLock::new(|| word_lists::page_signs("picture-class"));

/// Elements whose class names an author: the one that looks most like a byline, and its equals.
pub(super) fn elements(page: &ParsedPage, story: Option<(usize, usize)>) -> Vec<String> {
    let dom = &page.dom;
    let node_of = |i: usize| i64::from(page.blocks.frame(&page.blocks.blocks[i]).node.0);
    let (first, last) =
        story.map_or((0, i64::MAX), |(first, last)| (node_of(first), node_of(last)));
    let mut found: Vec<(i64, i64, &str, String)> = Vec::new();
    for id in dom.subtree(NodeId::ROOT) {
        if found.len() > MAX_FOUND {
            break;
        }
        let Some(class) = author_name(page, id) else { continue };
        let mut text = of_card(dom, id).unwrap_or_else(|| dom.parted_text(id, 200, BREAK));
        let boxed = text.chars().count() > 120;
        if boxed {
            text = heading_of_box(dom, id);
        }
        let names = people(std::slice::from_ref(&text));
        // A menu has few parts that look like names.
        let parts = text.split(BREAK).count();
        let is_menu = parts >= MENU_PARTS && names.len() * 3 < parts;
        if names.is_empty()
            || names.len() > 6
            || is_menu
            || (boxed && !names.iter().all(|n| looks_like_name(n)))
            || !in_story(page, story, id)
            || in_teaser(dom, id, &text)
            || is_listed(page, story, id, text.len())
            || is_of_next(page, story, id)
            || in_card(page, story, id)
            || in_quotation(page, story, id)
            || beside_title(page, story, id)
            || is_of_others(page, story, id)
        {
            continue;
        }
        let lower = class.to_lowercase();
        if is_pictures(class) || dom.subtree(id).take(6).any(|inner| is_pictures(dom.class(inner)))
        {
            continue;
        }
        let at = i64::from(id.0);
        let has = |words: &HashSet<&str>| words.iter().any(|word| lower.contains(word));
        let mut score = if has(&SURE_NAMES) { 6 } else { 0 };
        score += if names.iter().all(|n| looks_like_name(n)) { 10 } else { 0 };
        score -=
            ((at - first).abs().min((at - last).abs()) / 60).min(8) + if at > last { 4 } else { 0 };
        score -= if has(&BESIDE_AUTHORS) { 4 } else { 0 };
        let is_format = lower.split_ascii_whitespace().any(|word| AUTHOR_FORMATS.contains(word));
        score += if is_format { 3 } else { 0 };
        score -= if boxed { 6 } else { 0 };
        let words = text.split(|c: char| c.is_whitespace() || c == BREAK);
        let single = words.filter(|w| !w.is_empty()).count() <= 3;
        score -= if single { 0 } else { 2 };
        found.push((score, at, class, text));
    }
    without_teasers(&mut found, first, last);
    let Some((best, place, class)) =
        found.iter().map(|(s, at, c, _)| (*s, *at, *c)).rev().max_by_key(|(s, ..)| *s)
    else {
        return Vec::new();
    };
    if best < 0 {
        return Vec::new();
    }
    found
        .into_iter()
        .filter(|(s, at, c, _)| {
            // Below the story it is the next one's.
            let is_next = place <= first && *at > last;
            *c == class && *s >= best - 1 && (at - place).abs() <= 2 * BESIDE_NODES && !is_next
        })
        .map(|(_, at, _, text)| match u32::try_from(at) {
            Ok(at) => whole_line(dom, NodeId(at), text),
            Err(_) => text,
        })
        .take(6)
        .collect()
}

/// Fewest parts of a menu.
const MENU_PARTS: usize = 6;

/// Elements that name authors, after which no more are looked for.
const MAX_FOUND: usize = 40;

/// Fewest elements of one class with other names that are those of teasers.
const TEASERS: usize = 3;

/// Leaves out elements below the story whose class names several people there, far from each other: the authors of
/// other stories.
fn without_teasers(found: &mut Vec<(i64, i64, &str, String)>, first: i64, last: i64) {
    let outside = |at: i64| at > last || at < first - NEAR_NODES;
    let is_list = |class: &str| {
        let of_class = found.iter().filter(|(_, at, c, _)| *c == class && outside(*at));
        let (mut names, mut places): (Vec<&str>, Vec<i64>) =
            of_class.map(|(_, at, _, text)| (text.as_str(), *at)).unzip();
        names.sort_unstable();
        names.dedup();
        places.sort_unstable();
        let spread = places.last().zip(places.first()).map_or(0, |(last, first)| last - first);
        (names.len() >= TEASERS || places.len() > TEASERS) && spread > 2 * BESIDE_NODES
    };
    let lists: Vec<bool> = found.iter().map(|(_, _, class, _)| is_list(class)).collect();
    let mut listed = lists.into_iter();
    found.retain(|(_, at, ..)| !(listed.next() == Some(true) && outside(*at)));
}

/// Whether a name is one of elements that say whose a picture is.
fn is_pictures(class: &str) -> bool {
    let lower = class.to_lowercase();
    PICTURE_NAMES.iter().any(|word| lower.contains(word))
}

/// How far into a box about an author its name is looked for, in nodes.
const BOX_NODES: usize = 60;

/// What stands first in a box about an author: a heading, a link or bold text.
fn heading_of_box(dom: &Dom, id: NodeId) -> String {
    let is_heading = |inner: &NodeId| {
        dom.name(*inner).is_some_and(|n| {
            matches!(
                *n,
                local_name!("h2")
                    | local_name!("h3")
                    | local_name!("h4")
                    | local_name!("h5")
                    | local_name!("h6")
                    | local_name!("strong")
                    | local_name!("b")
                    | local_name!("a")
            )
        })
    };
    let mut texts =
        dom.subtree(id).take(BOX_NODES).filter(is_heading).map(|inner| dom.text(inner, 200));
    texts.find(|text| !text.is_empty()).unwrap_or_default()
}

/// How much less a line at a story's end counts than one at its beginning, in blocks.
const END: usize = 4;

/// Most words and characters of a byline's line.
const LINE_WORDS: usize = 20;
const LINE_CHARS: usize = 160;

/// How much a line looks like a byline, and the names in it.
fn byline(
    line: &str,
    is_named: bool,
    is_heading: bool,
    is_sure: impl Fn() -> bool,
) -> Option<(i32, &str)> {
    // No character has more than four bytes.
    let is_long = |line: &str| {
        line.len() > 4 * LINE_CHARS
            || line.chars().count() > LINE_CHARS
            || spaced_words(line) > LINE_WORDS
    };
    // What says when at length stands behind the name.
    let line = match line.find(char::is_numeric).filter(|_| is_long(line)) {
        Some(at) => Some(&line[..at]).filter(|head| byline_mark(head).is_some())?,
        None => line,
    };
    if is_long(line) {
        return None;
    }
    let submitted = submitted(line);
    let named = is_named || submitted.is_some();
    let signed = submitted.or_else(|| signature(line, is_heading));
    let marked = byline_mark(line).is_some() || signed.is_some() || ends_in_title(line);
    if !named && !marked {
        return None;
    }
    let text = signed.unwrap_or(line);
    let names = people(&[text.to_owned()]);
    // An agency beside people says for whom.
    let mut own = names.iter().filter(|n| !is_organisation(n)).peekable();
    let whole = own.peek().is_some() && own.all(|n| looks_like_name(n));
    let sure = submitted.is_some() || (named && (marked || is_sure()));
    if names.is_empty() || (!sure && !whole) {
        return None;
    }
    let score = if named { 8 } else { 0 } + if marked { 8 } else { 0 } + if whole { 6 } else { 0 };
    Some((score, text))
}

/// The first line and the next, where that goes on with `and`.
fn and_next(text: &str) -> Option<String> {
    let (first, rest) = text.split_once('\n')?;
    let next = rest.lines().next()?;
    (byline_mark(first).is_some() && opens_with_and(next)).then(|| format!("{first} {next}"))
}

/// Fewest words of a link to another story.
const TITLE_WORDS: usize = 4;

/// Whether a line opens with a link that is the title of another story.
fn leads_before(page: &ParsedPage, id: NodeId, line: &str) -> bool {
    let dom = &page.dom;
    let is_link = |at: &NodeId| dom.name(*at) == Some(&local_name!("a"));
    let link = dom.subtree(id).take(4).find(is_link).map(|link| dom.text(link, 200));
    link.is_some_and(|text| {
        text.split_whitespace().count() >= TITLE_WORDS
            && line.starts_with(&text)
            && byline_mark(&text).is_none()
    })
}

/// Most words of a line above comments.
const ABOVE_COMMENTS: u32 = 4;

/// Whether a line between the story and a block says that comments follow.
fn below_comments(blocks: &Blocks, last: usize, i: usize) -> bool {
    blocks.blocks[last + 1..i].iter().any(|block| {
        block.words <= ABOVE_COMMENTS && phrase_kinds(blocks.text(block)).has(PhraseKind::Comments)
    })
}

/// Short lines near the story that are named as bylines, or read as one.
pub(super) fn bylines(page: &ParsedPage, story: Option<(usize, usize)>) -> Vec<String> {
    let Some((first, last)) = story else { return Vec::new() };
    let blocks = &page.blocks;
    let mut best: Option<(i32, String)> = None;
    for i in first.saturating_sub(25)..blocks.blocks.len().min(last + 6) {
        let block = &blocks.blocks[i];
        let frame = blocks.frame(block);
        let near = names_beside(blocks, block, (first, last));
        let quoted = frame.places.has(Places::QUOTE)
            && (page.dom.name(frame.node) == Some(&local_name!("cite"))
                || (first..=last).contains(&i));
        if quoted
            || near.has(Topics::COMMENT)
            || near.has(Topics::RELATED)
            || near.has(Topics::CAPTION)
            || frame.places.has(Places::NAV)
            || (frame.places.has(Places::ASIDE)
                && !(i < first
                    && is_own(page, Some((first, last)), frame.node)
                    && byline_mark(blocks.text(block)).is_some()))
            || frame.places.has(Places::FIGURE)
            || near.has(Topics::TEASER)
        {
            continue;
        }
        let shown = || page.dom.subtree(frame.node).take(6);
        if near.has(Topics::AUTHOR) && shown().any(|inner| is_pictures(page.dom.class(inner))) {
            continue;
        }
        // `about` and `profile` name menus too: there only what looks like a name is one.
        let is_named = near.has(Topics::AUTHOR);
        let around = || page.dom.ancestors(frame.node).take(3).chain([frame.node]);
        let is_sure = || {
            around().any(|up| {
                let class = page.dom.class(up).to_ascii_lowercase();
                SURE_NAMES.iter().any(|name| class.contains(name))
            })
        };
        // Old pages part headline and byline by a line break only.
        let beside = if (first..=last).contains(&i) {
            blocks.text(block).into()
        } else {
            parted(page, block)
        };
        let is_heading = matches!(block.shape, Shape::Heading(_));
        let joined = and_next(&beside);
        let lines = joined.as_deref().into_iter().chain(beside.lines()).take(3);
        for (line, is_first) in lines.zip([true, false, false]) {
            let Some((score, text)) = byline(line, is_named && is_first, is_heading, is_sure)
            else {
                continue;
            };
            if is_of_others(page, story, frame.node)
                || leads_before(page, frame.node, line)
                || (i > last && below_comments(blocks, last, i))
            {
                break;
            }
            if in_quotation(page, story, frame.node) || in_card(page, story, frame.node) {
                break;
            }
            let away = i.abs_diff(first).min(i.abs_diff(last) + END);
            let score =
                score - i32::try_from(away.min(20)).unwrap_or(20) - if i > last { 6 } else { 0 };
            if best.as_ref().is_none_or(|(b, _)| score > *b) {
                best = Some((score, text.to_owned()));
            }
        }
    }
    best.filter(|(score, _)| *score > -6).map(|(_, text)| text).into_iter().collect()
}

/// The name that a line is in brackets: `（三枝美咲）`, as Japanese papers sign.
pub(in crate::extract) fn bracketed_name(line: &str) -> Option<&str> {
    const BRACKETS: [(char, char); 2] = [('（', '）'), ('【', '】')];
    let inside = |(open, close): (char, char)| line.strip_prefix(open)?.strip_suffix(close);
    BRACKETS
        .into_iter()
        .find_map(inside)
        .filter(|name| !name.contains(' ') && looks_like_name(name))
}

/// The name that signs a story in its last line, behind a dash or on the right.
pub(super) fn signed(page: &ParsedPage, story: Option<(usize, usize)>) -> Vec<String> {
    let Some((first, last)) = story.filter(|(first, last)| first < last) else { return Vec::new() };
    let blocks = &page.blocks;
    let said_by = |i: usize| {
        let block = blocks.blocks.get(i)?;
        let frame = blocks.frame(block);
        let text = blocks.text(block).trim();
        let name = text.trim_start_matches(['—', '–', '-', ' ']);
        if let Some(name) = bracketed_name(text).filter(|_| i > first) {
            return Some(name.to_owned());
        }
        let style = page.dom.attr(frame.node, Attr::Style).unwrap_or_default();
        let is_right = || style.split(':').skip(1).any(|value| value.trim().starts_with("right"));
        // Behind a quotation it is whom it is from.
        let before = blocks.text(blocks.blocks.get(i.checked_sub(1)?)?);
        let is_own = looks_like_name(name)
            && (name.len() < text.len() || is_right())
            && block.link_chars == 0
            && !frame.places.has(Places::QUOTE)
            && !name.to_lowercase().starts_with("the ")
            && !before.ends_with(['”', '"', '»', '“', '’', '\'', '」'])
            && i > first;
        is_own.then(|| name.to_owned())
    };
    [last, last + 1].into_iter().find_map(said_by).into_iter().collect()
}
