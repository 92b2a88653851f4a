//! Tells a front page or a list of stories from a story.
//!
//! A page is a list where its address and markup speak for one and its texts look like teasers, or where several whole
//! stories stand below each other under linked headlines. Neither address nor texture alone is enough; a short story
//! under a headline of its own needs stronger evidence.

use std::sync::LazyLock;

use foldhash::HashSet;
use serde_json::{Map, Value};

use crate::extract::blocks::{Block, Frame, Places, Shape};
use crate::extract::date_parse::{self, ParsedDate};
use crate::extract::drop_blocks::is_fact;
use crate::extract::json_ld::types;
use crate::extract::page_facts::Facts;
use crate::extract::parsed_page::ParsedPage;
use crate::extract::text::{letters, words};
use crate::extract::word_lists::{self, READ_ALSO};
use crate::extract::word_overlap::width;
use crate::model::WebUrl;

/// What a page's text looks like: teasers behind titles, or paragraphs that stand together.
#[derive(Debug, Default)]
struct Texture {
    /// Linked titles outside menus.
    titles: u32,
    /// Words of texts that stand behind a linked title, in a link, or are cut short.
    teaser_words: u32,
    /// Words of the other texts.
    own_words: u32,
    /// Most words of texts in a row without a linked title between.
    longest: u32,
}

/// Fewest words of a text.
const TEXT_WORDS: u32 = 8;

/// Fewest words of a title, and its least width in characters.
const TITLE_WORDS: u32 = 3;
const TITLE_WIDTH: u32 = 12;

/// Blocks between a title and its teaser.
const BESIDE: usize = 2;

impl Texture {
    fn of(page: &ParsedPage, story: &[usize]) -> Self {
        let blocks = &page.blocks;
        let outside = Places::NAV.with(Places::FOOTER).with(Places::HIDDEN);
        let is_title = |block: &Block| {
            let leads = block.link_chars * 10 >= block.chars * 9
                || (block.leading_link_chars >= 20 && block.link_chars * 2 > block.chars);
            leads
                && (block.chars >= TITLE_WIDTH || width(blocks.text(block)) >= TITLE_WIDTH as usize)
                && (block.words >= TITLE_WORDS || matches!(block.shape, Shape::Heading(_)))
                && !blocks.frame(block).places.has(outside)
        };
        // A title and its teaser in one paragraph, a line break between.
        let leads_line = |block: &Block| block.leading_link_chars >= 20 && block.breaks > 0;
        let leads_on = |block: &Block| is_cut(blocks.text(block)) || leads_line(block);
        let mut titles: Vec<bool> = blocks.blocks.iter().map(is_title).collect();
        for i in cards(page) {
            titles[i] = true;
        }
        let mut out =
            Self { titles: titles.iter().map(|t| u32::from(*t)).sum(), ..Self::default() };
        let (mut run, mut last) = (0, None);
        for &i in story {
            let block = &blocks.blocks[i];
            let count = block.words;
            if titles[i] {
                out.teaser_words += count;
                continue;
            }
            if count < TEXT_WORDS {
                continue;
            }
            let between = titles[last.map_or(i, |last: usize| last + 1)..i].iter().any(|t| *t);
            let behind = titles[i.saturating_sub(BESIDE)..i].iter().any(|t| *t);
            let linked = block.link_chars * 2 > block.chars;
            let leads = linked || leads_on(block);
            // What leads on has a title too, where that is no link.
            out.titles += u32::from(leads && !behind);
            if behind || leads {
                out.teaser_words += count;
            } else {
                out.own_words += count;
            }
            run = if between || leads { count } else { run + count };
            out.longest = out.longest.max(run);
            last = Some(i);
        }
        out
    }
}

/// Fewest cards that are a list, and most blocks of one.
const CARDS: usize = 4;
const CARD_BLOCKS: u32 = 6;

/// The headings of cards that a script makes links of: elements of one sort side by side, each a heading first and a
/// day at the end.
fn cards(page: &ParsedPage) -> Vec<usize> {
    let blocks = &page.blocks;
    let says_when = |i: u32| {
        let block = &blocks.blocks[i as usize];
        block.sentences == 0
            && block.digits >= 4
            && date_parse::find(blocks.text(block), ParsedDate::default()).is_some()
    };
    let is_card = |frame: &&Frame| {
        (2..=CARD_BLOCKS).contains(&(frame.last - frame.first))
            && matches!(blocks.blocks[frame.first as usize].shape, Shape::Heading(2..=4))
            && (frame.last.saturating_sub(2).max(frame.first + 1)..frame.last).any(says_when)
    };
    let found: Vec<&Frame> = blocks.frames.iter().filter(is_card).collect();
    let sort = |frame: &Frame| (frame.parent, frame.sort);
    let first = found.first().map(|frame| sort(frame));
    let alike = found.iter().filter(|frame| Some(sort(frame)) == first);
    let heads: Vec<usize> = alike.map(|frame| frame.first as usize).collect();
    if heads.len() < CARDS { Vec::new() } else { heads }
}

/// Whether a text is cut short, or ends with words such as "Read more".
fn is_cut(text: &str) -> bool {
    let text = text.trim_end_matches([']', ' ', ')', '»', '›', '→', '>']);
    if text.ends_with('…') || text.ends_with("...") {
        return true;
    }
    let tail: String = text.chars().rev().take(24).flat_map(char::to_lowercase).collect();
    let tail: String = tail.chars().rev().collect();
    READ_ALSO.iter().any(|words| tail.ends_with(words))
}

/// Words that speak for a list or for a story.
struct Signs {
    /// Last folders of addresses that lists have: `/tag/ferries`, `/category/sport/page/3`.
    folders: HashSet<&'static str>,
    /// Parameters of addresses that a search has.
    parameters: HashSet<&'static str>,
    /// Folders of front pages.
    fronts: HashSet<&'static str>,
    /// Names of `body` that content management systems give their lists.
    list_classes: HashSet<&'static str>,
    /// And those that they give their stories.
    story_classes: HashSet<&'static str>,
}

static SIGNS: LazyLock<Signs> = LazyLock::new(|| Signs {
    folders: word_lists::page_signs("list-folder"),
    parameters: word_lists::page_signs("list-parameter"),
    fronts: word_lists::page_signs("front-folder"),
    list_classes: word_lists::page_signs("list-class"),
    story_classes: word_lists::page_signs("story-class"),
});

/// How much speaks for a list before its text is looked at; below zero it speaks for a story.
fn evidence(facts: &Facts, url: Option<&WebUrl>, article: Option<&Map<String, Value>>) -> i32 {
    let mut score = 0;
    if let Some(url) = url.map(WebUrl::as_url) {
        let parts: Vec<&str> = url.path().split('/').filter(|p| !p.is_empty()).collect();
        let is_root = match parts[..] {
            [] => true,
            [only] => only.len() <= 3 || only.starts_with("index.") || SIGNS.fronts.contains(only),
            _ => false,
        };
        // A story's last part says what it is about in many words.
        let is_named = parts.last().is_some_and(|p| p.matches(['-', '_']).count() >= 4);
        let lists = has_list_folder(&parts);
        let asks = url.query_pairs().any(|(key, _)| SIGNS.parameters.contains(key.as_ref()));
        score += if is_root && url.query().is_none() { 2 } else { 0 };
        score += if lists && !is_named { SURE } else { 0 };
        score += if asks { 2 } else { 0 };
        score -= i32::from(is_named);
    }
    let is_list = |o: &Map<String, Value>| {
        types(o).any(|t| matches!(t, "CollectionPage" | "SearchResultsPage" | "ItemList"))
    };
    score += i32::from(facts.json_ld.objects().iter().any(is_list));
    let named =
        |names: &HashSet<&str>| facts.body_class.split_whitespace().any(|c| names.contains(c));
    score += i32::from(named(&SIGNS.list_classes));
    score -= i32::from(named(&SIGNS.story_classes));
    // A front page states its first story, too.
    let at_root =
        url.map(WebUrl::as_url).is_some_and(|u| u.path().len() <= 1 && u.query().is_none());
    let is_dated = !at_root && article.is_some_and(|a| a.contains_key("datePublished"));
    score -= if is_dated { 3 } else { 0 };
    let is_dated = !at_root && facts.meta(&["article:published_time"]).is_some();
    score -= if is_dated { 2 } else { 0 };
    score += if is_named_after_folder(facts, url) { 2 } else { 0 };
    score -= i32::from(!at_root && facts.meta(&["og:type"]) == Some("article"));
    score += i32::from(facts.meta(&["og:type"]) == Some("website"));
    score
}

/// Whether one of the last folders of an address is one that lists have.
fn has_list_folder(parts: &[&str]) -> bool {
    let tail = &parts[parts.len().saturating_sub(3)..];
    tail.iter().any(|p| SIGNS.folders.contains(p.to_ascii_lowercase().as_str()))
}

/// Whether the last folder of an address or the one before it is one that lists have: `/tag/ferries`.
fn is_in_list(url: Option<&WebUrl>) -> bool {
    let Some(url) = url.map(WebUrl::as_url) else { return false };
    let parts: Vec<&str> = url.path().split('/').filter(|part| !part.is_empty()).collect();
    parts.len() >= 2
        && has_list_folder(&parts[parts.len() - 2..])
        && parts.last().is_some_and(|last| last.matches(['-', '_']).count() < 2)
}

/// Most words of a section's name.
const SECTION_WORDS: usize = 3;

/// Whether the page's heading is the name of its folder: `/transport`, Transport.
fn is_named_after_folder(facts: &Facts, url: Option<&WebUrl>) -> bool {
    let Some(url) = url.map(WebUrl::as_url) else { return false };
    let mut parts = url.path().split('/').filter(|p| !p.is_empty());
    let (Some(folder), None) = (parts.next(), parts.next()) else { return false };
    facts.headings.iter().any(|(_, heading)| {
        heading.split_whitespace().count() <= SECTION_WORDS && letters(heading) == letters(folder)
    })
}

/// Fewest words of a headline, and of the text of a short item.
const HEADLINE_WORDS: u32 = 4;

const BRIEF_WORDS: u32 = 30;

/// Linked titles of a list.
const LIST_TITLES: u32 = 6;

/// Linked titles of a short list, and the evidence from which a page of few is one.
const FEW_TITLES: u32 = 4;
/// The same at the address of a list.
const LISTED_TITLES: u32 = 2;
const SURE: i32 = 2;

/// The least evidence with which a page may still look like a list.
const LEAST: i32 = -1;

/// Whether a text has as many words as headlines have; sections are called in a few.
pub(super) fn is_headline(text: &str) -> bool {
    words(text) >= HEADLINE_WORDS
}

/// Whether a page is a list by its address and what it says of itself.
pub(super) fn is_list(facts: &Facts, url: Option<&WebUrl>) -> bool {
    evidence(facts, url, None) >= SURE
}

/// How much less a page is a list that is signed or dated as a whole.
const SIGNED: i32 = 3;

/// Whether a byline or a date stands between an unlinked headline and the first linked title, and none beside the
/// titles: a briefing, whose entries lead to other stories. Lists say by whom and when beside each of theirs.
fn is_signed_above(page: &ParsedPage) -> bool {
    let blocks = &page.blocks;
    let is_own = |block: &Block| {
        block.shape == Shape::Heading(1) && block.link_chars == 0 && is_headline(blocks.text(block))
    };
    let leads = |block: &Block| {
        matches!(block.shape, Shape::Heading(_)) && block.link_chars * 10 >= block.chars * 7
    };
    let Some(own) = blocks.blocks.iter().position(is_own) else { return false };
    let Some(first) = blocks.blocks[own..].iter().position(leads).map(|at| own + at) else {
        return false;
    };
    let last = blocks.blocks.iter().rposition(leads).unwrap_or(first);
    let says = |block: &&Block| {
        block.words <= FACT_WORDS
            && block.digits + block.capitals > 0
            && blocks.text(block).lines().all(|line| is_fact(line, ""))
    };
    blocks.blocks[own + 1..first].iter().any(|block| says(&block))
        && blocks.blocks[first..=last].iter().filter(says).count() == 0
}

/// Most words of a line that says when or by whom.
const FACT_WORDS: u32 = 12;

/// Fewest whole stories one below the other, and fewest words of one.
const POSTS: usize = 3;
const POST_WORDS: u32 = 40;

/// The same at the address of a list.
const FEW_POSTS: usize = 2;
const FEW_POST_WORDS: u32 = 50;

/// Whether a page in a list's folder holds several stories, whole or not, each below its own linked headline, and none
/// below one that leads nowhere. The first of them alone may have been taken for the story.
fn is_list_of_posts(page: &ParsedPage, url: Option<&WebUrl>) -> bool {
    let blocks = &page.blocks;
    let is_text = |block: &Block| {
        let outside = Places::NAV.with(Places::FOOTER).with(Places::ASIDE).with(Places::HIDDEN);
        block.sentences > 0 && !blocks.frame(block).places.has(outside)
    };
    is_in_list(url) && !page.facts.headings.iter().any(|(_, text)| is_headline(text)) && {
        let texts = (0..blocks.blocks.len()).filter(|i| is_text(&blocks.blocks[*i]));
        let texts: Vec<usize> = texts.collect();
        posts(page, &texts, FEW_POST_WORDS) >= FEW_POSTS
    }
}

/// How many stories stand whole on a page, each below its own linked headline, as on a blog's front page.
fn posts(page: &ParsedPage, story: &[usize], least: u32) -> usize {
    let blocks = &page.blocks;
    let is_headline = |i: &usize| {
        let block = &blocks.blocks[*i];
        matches!(block.shape, Shape::Heading(_))
            && block.link_chars * 10 >= block.chars * 9
            && words(blocks.text(block)) >= TITLE_WORDS
    };
    let headlines: Vec<usize> = (0..blocks.blocks.len()).filter(is_headline).collect();
    let mut below = vec![0_u32; headlines.len() + 1];
    for i in story.iter().filter(|i| !is_headline(i)) {
        let block = &blocks.blocks[*i];
        if block.link_chars * 2 <= block.chars {
            below[headlines.partition_point(|at| at < i)] += words(blocks.text(block));
        }
    }
    below.iter().skip(1).filter(|n| **n >= least).count()
}

pub(super) fn is_index(
    page: &ParsedPage,
    url: Option<&WebUrl>,
    story: &[usize],
    article: Option<&Map<String, Value>>,
    in_words: usize,
    is_brief: bool,
) -> bool {
    let evidence = evidence(&page.facts, url, article);
    if evidence < LEAST || (is_brief && evidence < SURE) {
        return false;
    }
    if evidence >= SURE && (posts(page, story, POST_WORDS) >= POSTS || is_list_of_posts(page, url))
    {
        return true;
    }
    let texture = Texture::of(page, story);
    // A story in the page's data is not seen in its elements.
    let seen = (texture.own_words + texture.teaser_words) as usize;
    // A short item under a headline of its own; sections are called in a few words.
    let headings = page.facts.headings.iter();
    let titled = headings.filter(|(_, text)| is_headline(text)).count() > 0;
    let brief = if titled && texture.longest >= BRIEF_WORDS { 2 } else { 0 };
    let teasers = texture.teaser_words >= texture.own_words;
    let looks_like_list = |evidence: i32| {
        let least = match evidence >= SURE {
            true if is_in_list(url) => LISTED_TITLES,
            true => FEW_TITLES,
            false => LIST_TITLES,
        };
        if texture.titles < least || in_words > 2 * seen + 100 {
            return false;
        }
        match evidence - brief {
            4.. => texture.longest < 250,
            2..=3 => texture.longest < 150 || (teasers && texture.longest < 250),
            0..=1 => texture.longest < 80 && teasers,
            LEAST => texture.longest < 60 && teasers && texture.titles >= 3 * LIST_TITLES,
            _ => false,
        }
    };
    looks_like_list(evidence) && (looks_like_list(evidence - SIGNED) || !is_signed_above(page))
}
