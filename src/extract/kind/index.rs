//! Tells a front page or a list of stories from a story.
//!
//! A page is a list where its address and markup speak for one and its texts look like teasers, or where several whole
//! stories stand below each other under linked headlines. Neither address nor texture alone is enough; a short story
//! under a headline of its own needs stronger evidence.

use std::sync::LazyLock;

use foldhash::HashSet;
use serde_json::{Map, Value};

use crate::extract::blocks::{Block, Places, Shape};
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
        let titles: Vec<bool> = blocks.blocks.iter().map(is_title).collect();
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
        let tail = &parts[parts.len().saturating_sub(3)..];
        // A story's last part says what it is about in many words.
        let is_named = parts.last().is_some_and(|p| p.matches(['-', '_']).count() >= 4);
        let lists = tail.iter().any(|p| SIGNS.folders.contains(p.to_ascii_lowercase().as_str()));
        let asks = url.query_pairs().any(|(key, _)| SIGNS.parameters.contains(key.as_ref()));
        score += if is_root && url.query().is_none() { 2 } else { 0 };
        score += if lists && !is_named { 2 } else { 0 };
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
    score -= if facts.meta(&["article:published_time"]).is_some() { 2 } else { 0 };
    score += if is_named_after_folder(facts, url) { 2 } else { 0 };
    score -= i32::from(facts.meta(&["og:type"]) == Some("article"));
    score += i32::from(facts.meta(&["og:type"]) == Some("website"));
    score
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

/// Fewest whole stories one below the other, and fewest words of one.
const POSTS: usize = 3;
const POST_WORDS: u32 = 40;

/// How many stories stand whole on a page, each below its own linked headline, as on a blog's front page.
fn posts(page: &ParsedPage, story: &[usize]) -> usize {
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
    below.iter().skip(1).filter(|n| **n >= POST_WORDS).count()
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
    if evidence >= SURE && posts(page, story) >= POSTS {
        return true;
    }
    let texture = Texture::of(page, story);
    // A story in the page's data is not seen in its elements.
    let seen = (texture.own_words + texture.teaser_words) as usize;
    let least = if evidence >= SURE { FEW_TITLES } else { LIST_TITLES };
    if texture.titles < least || in_words > 2 * seen + 100 {
        return false;
    }
    let teasers = texture.teaser_words >= texture.own_words;
    // A short item under a headline of its own; sections are called in a few words.
    let headings = page.facts.headings.iter();
    let titled = headings.filter(|(_, text)| is_headline(text)).count() > 0;
    let brief = if titled && texture.longest >= BRIEF_WORDS { 2 } else { 0 };
    match evidence - brief {
        4.. => texture.longest < 250,
        2..=3 => texture.longest < 150 || (teasers && texture.longest < 250),
        0..=1 => texture.longest < 80 && teasers,
        LEAST => texture.longest < 60 && teasers && texture.titles >= 3 * LIST_TITLES,
        _ => false,
    }
}
