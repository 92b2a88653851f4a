//! What sort of page a story stands on.
//!
//! An index (front page, section, list of search results) is told from a story by its text: teasers stand
//! each behind a linked title, a story's paragraphs stand together. What the page says of itself and what its
//! address looks like moves the bar, and decides nothing alone: front pages call themselves articles, and
//! stories have the addresses of sections. A page of these kinds has no author and no date of its own, so none
//! is taken from it.

mod index;

use std::sync::LazyLock;

use foldhash::HashSet;
use serde_json::{Map, Value};

use super::blocks::{Block, Places, Shape};
use super::json_ld::types;
use super::page_facts::Facts;
use super::parsed_page::ParsedPage;
use super::person_names::looks_like_name;
use super::text::{self, letters};
use super::vocabulary::Topics;
use super::word_lists;
use crate::lang;
use crate::model::{ArticleKind, WebUrl};
use index::{is_headline, is_index, is_list};

/// Entries that make a running report or a collection of stories.
const MANY: usize = 4;

/// Whether a page says that it is an article.
pub(super) fn is_declared(facts: &Facts) -> bool {
    !facts.json_ld.articles().is_empty() || facts.meta(&["og:type"]) == Some("article")
}

/// Whether a page that does not say so is a story's by its headline and its address: neither a front page nor a
/// list, and no notice of an error.
pub(super) fn is_called_a_story(
    page: &ParsedPage,
    url: Option<&WebUrl>,
    headline: Option<&str>,
) -> bool {
    headline.is_some_and(is_headline) && !is_list(&page.facts, url) && !is_error(page, None, 0)
}

/// Tells the kinds of pages apart. `words` are those of the story, wherever it was found; `is_brief` where it is a
/// short one under a headline of its own.
pub(super) fn of(
    page: &ParsedPage,
    url: Option<&WebUrl>,
    story: &[usize],
    article: Option<&Map<String, Value>>,
    words: usize,
    is_brief: bool,
) -> ArticleKind {
    if is_error(page, article, words) {
        ArticleKind::ErrorPage
    } else if is_live(page, url, story, article) {
        ArticleKind::LiveBlog
    } else if is_index(page, url, story, article, words, is_brief) {
        ArticleKind::Index
    } else if is_forum(page, url, article) {
        ArticleKind::Forum
    } else if is_profile(page, url, article) {
        ArticleKind::Profile
    } else if is_gallery(page, story, words) {
        ArticleKind::Gallery
    } else if is_video(page, article, words) {
        ArticleKind::Video
    } else if has_several_stories(page, story) {
        ArticleKind::MultiArticle
    } else {
        ArticleKind::Article
    }
}

fn is_live(
    page: &ParsedPage,
    url: Option<&WebUrl>,
    story: &[usize],
    article: Option<&Map<String, Value>>,
) -> bool {
    let blocks = &page.blocks;
    let is_report = |o: &Map<String, Value>| types(o).any(|t| t == "LiveBlogPosting");
    let named = story.iter().map(|i| blocks.frame(&blocks.blocks[*i]));
    let named = named.filter(|frame| frame.near.has(Topics::LIVE)).count();
    article.is_some_and(is_report)
        || page.facts.json_ld.objects().iter().any(is_report)
        || (named * 2 > story.len() && page.facts.times.len() >= MANY && story.len() >= MANY)
        || (named * 2 > story.len() && has_clocks(page, story))
        || (is_called_live(page, url) && has_running_clocks(page, story))
}

/// Folders of addresses and words in titles of running reports.
static LIVE_FOLDERS: LazyLock<HashSet<&str>> =
    LazyLock::new(|| word_lists::page_signs("live-folder"));
static LIVE_TITLES: LazyLock<HashSet<&str>> =
    LazyLock::new(|| word_lists::page_signs("live-title"));

/// Whether address or title say that a report is running.
fn is_called_live(page: &ParsedPage, url: Option<&WebUrl>) -> bool {
    let path = url.map(|url| url.as_url().path().to_ascii_lowercase()).unwrap_or_default();
    let title = page.facts.title.as_deref().unwrap_or_default().to_lowercase();
    let says = |words: &str| {
        title.match_indices(words).any(|(at, _)| {
            let parted = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
            parted(title[..at].chars().next_back())
                && parted(title[at + words.len()..].chars().next())
        })
    };
    path.split('/').any(|folder| LIVE_FOLDERS.contains(folder))
        || LIVE_TITLES.iter().any(|words| says(words))
}

/// Entries of a running report that nothing but its name and their times tell.
const RUNNING: usize = 4;

/// Whether times of day open the paragraphs of a story or stand above them, one later than the other all along.
fn has_running_clocks(page: &ParsedPage, story: &[usize]) -> bool {
    let (Some(first), Some(last)) = (story.first(), story.last()) else { return false };
    let texts = (first.saturating_sub(2)..=*last).map(|i| &page.blocks.blocks[i]);
    let clocks: Vec<u32> =
        texts.filter_map(|block| opening_clock(page.blocks.text(block))).collect();
    let told = story.iter().filter(|i| page.blocks.blocks[**i].sentences > 0).count();
    clocks.len() >= RUNNING
        && clocks.len() * 2 >= told
        && (clocks.windows(2).all(|w| w[0] <= w[1]) || clocks.windows(2).all(|w| w[0] >= w[1]))
}

/// The minutes of the day that a text opens with: `20:10`, `8.10pm`, `14h05`.
fn opening_clock(text: &str) -> Option<u32> {
    let (hour, rest) = text.trim_start().split_once([':', '.', 'h'])?;
    let minutes = rest.get(..2)?;
    let hour = hour.parse::<u32>().ok().filter(|hour| *hour < 24)?;
    let minute = minutes.parse::<u32>().ok().filter(|minute| *minute < 60)?;
    let behind = rest[2..].trim_start().to_ascii_lowercase();
    if behind.starts_with(|c: char| c.is_ascii_digit() || matches!(c, ':' | '.' | ',')) {
        return None;
    }
    let later =
        if (behind.starts_with("pm") || behind.starts_with("p.m")) && hour < 12 { 12 } else { 0 };
    Some((hour + later) * 60 + minute)
}

/// Entries of a running report that have the time of day above them.
const CLOCKS: usize = 3;

/// Whether times of day stand alone between the paragraphs of a story.
fn has_clocks(page: &ParsedPage, story: &[usize]) -> bool {
    let (Some(first), Some(last)) = (story.first(), story.last()) else { return false };
    let around = first.saturating_sub(2)..*last;
    let texts = around.map(|i| page.blocks.text(&page.blocks.blocks[i]));
    texts.filter(|text| is_clock(text)).count() >= CLOCKS
}

/// Whether a text is a time of day and no more than a word beside it: `14:05`, `14.05 Uhr`.
fn is_clock(text: &str) -> bool {
    let Some((hour, rest)) = text.trim().split_once([':', '.', 'h']) else { return false };
    let minutes: String = rest.chars().take_while(char::is_ascii_digit).collect();
    let is_number = |text: &str, below: u8| text.parse::<u8>().is_ok_and(|n| n < below);
    is_number(hour, 24)
        && minutes.len() == 2
        && is_number(&minutes, 60)
        && rest[2..].split_whitespace().count() <= 1
        && !rest[2..].contains(|c: char| c.is_ascii_digit())
}

/// Words below which pictures or a film are what a page is about.
const FEW_WORDS: usize = 150;

/// Captions that make a gallery.
const PICTURES: usize = 6;

fn is_gallery(page: &ParsedPage, story: &[usize], words: usize) -> bool {
    let blocks = &page.blocks;
    let is_caption = |b: &Block| {
        b.shape == Shape::Caption || blocks.frame(b).own.with(b.inline).has(Topics::CAPTION)
    };
    // Those of other stories' pictures stand elsewhere.
    let ends = story.first().copied().zip(story.last().copied()).unwrap_or_default();
    let around = ends.0.saturating_sub(2)..(ends.1 + 3).min(blocks.blocks.len());
    let captions: Vec<&Block> = blocks.blocks[around].iter().filter(|b| is_caption(b)).collect();
    let pictured = captions.iter().filter(|b| blocks.frame(b).near.has(Topics::MEDIA)).count();
    let is_gallery =
        |o: &Map<String, Value>| types(o).any(|t| matches!(t, "ImageGallery" | "MediaGallery"));
    // What is told beside the pictures.
    let told = story.iter().map(|i| &blocks.blocks[*i]).filter(|b| !is_caption(b));
    let count = |b: &Block| text::words(blocks.text(b));
    let told: u32 = told.map(count).sum();
    let shown: u32 = captions.iter().map(|b| count(b)).sum();
    (words < FEW_WORDS && pictured >= PICTURES)
        || ((told as usize) < FEW_WORDS
            && (page.facts.json_ld.objects().iter().any(is_gallery)
                || (captions.len() >= PICTURES && shown > told)))
}

fn is_video(page: &ParsedPage, article: Option<&Map<String, Value>>, words: usize) -> bool {
    let is_film = |a: &Map<String, Value>| types(a).all(|t| t == "VideoObject");
    let says_so = page.facts.meta(&["og:type"]).is_some_and(|t| t.starts_with("video"));
    words < FEW_WORDS && (says_so || article.is_some_and(|a| a.contains_key("@type") && is_film(a)))
}

/// Words of a story among several on a page.
const OWN_WORDS: u32 = 60;

/// Stories side by side: several article elements, each with running text of the story's own.
fn has_several_stories(page: &ParsedPage, story: &[usize]) -> bool {
    let blocks = &page.blocks;
    let mut parts: Vec<(u32, u32)> = Vec::new();
    for i in story {
        let block = &blocks.blocks[*i];
        let frame = blocks.outwards(block.frame).find(|f| {
            blocks.frames[*f as usize].places.has(Places::ARTICLE)
                && !blocks.frames[blocks.frames[*f as usize].parent as usize]
                    .places
                    .has(Places::ARTICLE)
        });
        if let Some(frame) = frame {
            match parts.iter_mut().find(|(f, _)| *f == frame) {
                Some((_, n)) => *n += block.words,
                None => parts.push((frame, block.words)),
            }
        }
    }
    parts.iter().filter(|(_, n)| *n > OWN_WORDS).count() >= 3
}

/// Names of `body` on pages that say that there is no such page.
static ERROR_CLASSES: LazyLock<HashSet<&str>> =
    LazyLock::new(|| word_lists::page_signs("error-class"));

/// Words of a page that is more than a notice.
const NOTICE_WORDS: usize = 120;

/// Letters that the part of a title with the notice may have beside it: `Oops!`, a number.
const BESIDE_NOTICE: usize = 14;

static ERRORS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let lists = lang::languages_with("error-pages.txt");
    let phrases = lists.filter_map(|code| lang::text(code, "error-pages.txt"));
    phrases.flat_map(lang::entries).map(letters).collect()
});

/// Fewest words of a sentence of it.
const SENTENCE_WORDS: u32 = 4;

/// Words of a notice that says so in its first sentence alone.
const FEW_NOTICE_WORDS: usize = 60;

const WALLS: &str = "interstitials.txt";

/// Titles of tests for robots, of login forms and of sites in maintenance, and how those of consent forms begin, in
/// letters and digits.
static WALL_TITLES: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let rows = word_lists::of_languages(WALLS);
    let is_whole =
        |kind: &str| matches!(kind, "challenge-title" | "login-title" | "unavailable-title");
    let titles = rows.filter(|(kind, _)| is_whole(kind));
    titles.map(|(_, title)| letters(title)).collect()
});
static CONSENT_TITLES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let titles: Vec<&str> = word_lists::words(WALLS, "consent-title");
    titles.into_iter().map(letters).collect()
});

/// Whether a title or heading is that of what stands between a reader and a story: a page that came with a message
/// was not looked at when it was fetched.
fn says_wall(title: &str) -> bool {
    title.split(['|', '-', '–', '—', '·', '»']).map(letters).any(|part| {
        WALL_TITLES.contains(&part)
            || CONSENT_TITLES.iter().any(|title| part.starts_with(title.as_str()))
    })
}

/// Whether a page is the site's notice that it has no such page, given out as if it were one.
fn is_error(page: &ParsedPage, article: Option<&Map<String, Value>>, words: usize) -> bool {
    let dated = article.is_some_and(|a| a.contains_key("datePublished"));
    // Content management systems name the page itself; what they recommend there may be long.
    let mut classes = page.facts.body_class.split_whitespace();
    if !dated && classes.any(|class| ERROR_CLASSES.contains(class)) {
        return true;
    }
    if words >= NOTICE_WORDS || dated || page.facts.meta(&["article:published_time"]).is_some() {
        return false;
    }
    let headings = page.facts.headings.iter().take(3).map(|(_, text)| text.as_str());
    let titles = page.facts.title.as_deref().into_iter().chain(page.facts.meta(&["og:title"]));
    if titles.clone().chain(headings.clone()).any(says_wall) {
        return true;
    }
    // Below a bare `Oops!` the first sentence says it.
    let is_text = |block: &&Block| block.sentences > 0 && block.words >= SENTENCE_WORDS;
    let first = page.blocks.blocks.iter().find(is_text);
    let first = first.map(|block| page.blocks.text(block)).and_then(|t| t.split(['.', '!']).next());
    let headings = headings.chain(first.filter(|_| words < FEW_NOTICE_WORDS));
    let parts =
        titles.chain(headings).flat_map(|text| text.split(['|', '-', '–', '—', '·', ':', '»']));
    parts.map(letters).any(|part| {
        let long = part.chars().count();
        let says = |phrase: &String| {
            part.contains(phrase.as_str()) && long <= phrase.chars().count() + BESIDE_NOTICE
        };
        part == "404" || ERRORS.iter().any(says)
    })
}

struct Forums {
    /// Programs that forums run on, as they sign in `<meta name=generator>`.
    software: HashSet<&'static str>,
    /// What the addresses of threads have in them.
    paths: HashSet<&'static str>,
}

static FORUMS: LazyLock<Forums> = LazyLock::new(|| Forums {
    software: word_lists::page_signs("forum-software"),
    paths: word_lists::page_signs("forum-path"),
});

fn is_forum(page: &ParsedPage, url: Option<&WebUrl>, article: Option<&Map<String, Value>>) -> bool {
    let is_thread = |o: &Map<String, Value>| {
        types(o).any(|t| matches!(t, "DiscussionForumPosting" | "QAPage" | "Conversation"))
    };
    let software = page.facts.meta(&["generator"]).unwrap_or_default().to_lowercase();
    let path = url.map(|u| u.as_url().path().to_lowercase()).unwrap_or_default();
    let host = url.map(WebUrl::host).unwrap_or_default();
    let runs = FORUMS.software.iter().any(|name| software.contains(*name));
    let named = FORUMS.paths.iter().any(|part| path.contains(*part))
        || host.starts_with("forum.")
        || host.starts_with("forums.")
        || page.facts.title.as_deref().is_some_and(is_of_community);
    let is_news = article.is_some_and(|a| types(a).any(|t| t.ends_with("Article")));
    page.facts.json_ld.objects().iter().any(is_thread)
        || (!is_news && (runs || (named && !is_declared(&page.facts))))
}

/// Whether a title ends in the name of a community: `… : r/gardening`.
fn is_of_community(title: &str) -> bool {
    title.rsplit_once(" : r/").is_some_and(|(_, name)| !name.is_empty() && !name.contains(' '))
}

/// Folders of addresses that people's pages stand in.
static PROFILE_FOLDERS: LazyLock<HashSet<&str>> =
    LazyLock::new(|| word_lists::page_signs("profile-folder"));

/// Whether a page's heading is the name that its address has in a folder of people: `/people/jo-poe`, Jo Poe.
fn is_named_in_address(page: &ParsedPage, url: Option<&WebUrl>) -> bool {
    let Some(url) = url.map(WebUrl::as_url) else { return false };
    let mut parts = url.path().rsplit('/').filter(|part| !part.is_empty());
    let (Some(name), Some(folder)) = (parts.next(), parts.next()) else { return false };
    let is_name = |text: &str| looks_like_name(text) && letters(text) == letters(name);
    PROFILE_FOLDERS.contains(folder) && page.facts.headings.iter().any(|(_, text)| is_name(text))
}

fn is_profile(
    page: &ParsedPage,
    url: Option<&WebUrl>,
    article: Option<&Map<String, Value>>,
) -> bool {
    let mut objects = page.facts.json_ld.objects().iter();
    article.is_none()
        && (is_named_in_address(page, url)
            || page.facts.meta(&["og:type"]) == Some("profile")
            || objects.any(|o| types(o).any(|t| t == "ProfilePage")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::{Settings, extract_html};

    fn kind(html: &str, url: &str) -> ArticleKind {
        let url = WebUrl::parse(url).unwrap();
        extract_html(html, Some(&url), &Settings::default()).unwrap().kind
    }

    /// `n` teasers with titles of their own.
    fn teasers(n: usize) -> String {
        let things = ["bridge", "harbour", "orchard", "museum", "library", "stadium", "bakery"];
        (0..n)
            .map(|i| {
                let thing = things[i % things.len()];
                format!(
                    "<div class=card><h3><a href=/n/{i}>The {thing} of Ostmark opens for the {i}th time</a></h3>\
                     <p>After a year of works number {i} the {thing} was opened by the mayor, who cut a ribbon in the rain.</p>\
                     <span>By Jo Bloom</span> <time datetime=2026-02-0{}>a date</time></div>",
                    i % 9 + 1
                )
            })
            .collect()
    }

    /// `n` pictures with captions.
    fn pictures(n: usize) -> String {
        (0..n)
            .map(|i| format!("<figure><img src={i}.jpg><figcaption>The harbour in the year 19{i}0, seen from the tower of the church.</figcaption></figure>"))
            .collect()
    }

    /// `n` entries of a running report.
    fn entries(n: usize) -> String {
        (0..n)
            .map(|i| format!("<div class=liveblog-entry><span class=time>1{i}:05</span><p>Speaker number {i} says that the harbour needs a second crane before the end of the year.</p></div>"))
            .collect()
    }

    const STORY: &str = "<p>The orchard at the edge of Ostmark was planted in 1911 by a teacher who wanted every pupil to \
        own a tree, and most of the trees still bear fruit, the council said on Monday.</p><p>It will now be looked \
        after by a club of forty members, who have rented it for ten years and mean to open it to visitors on the \
        first Sunday of every month, beginning in May.</p><p>“We have counted sixty sorts of apples,” said Ella Frost, \
        who leads the club. “Nine of them grow nowhere else, and two have no name that anybody can remember.”</p>";

    #[test]
    fn lists_of_teasers_are_indexes() {
        for (html, url) in [
            (format!("<title>Ostmark Herald</title>{}", teasers(20)), "https://herald.example/"),
            (format!("<h1>Culture</h1>{}", teasers(9)), "https://herald.example/category/culture"),
            (format!("<h1>Results</h1>{}", teasers(9)), "https://herald.example/find?q=ostmark"),
            (
                format!("<meta property=og:type content=article>{}", teasers(30)),
                "https://herald.example/",
            ),
        ] {
            assert_eq!(kind(&html, url), ArticleKind::Index, "{url}");
            let url = WebUrl::parse(url).unwrap();
            let found = extract_html(&html, Some(&url), &Settings::default()).unwrap();
            assert_eq!((found.authors, found.published), (Vec::new(), None), "of teasers");
        }
    }

    #[test]
    fn a_story_among_teasers_is_a_story() {
        let html = format!("<h1>An orchard for forty</h1>{STORY}<div>{}</div>", teasers(20));
        assert_eq!(kind(&html, "https://herald.example/news/orchard"), ArticleKind::Article);
    }

    #[test]
    fn notices_that_there_is_no_page_are_errors() {
        for title in
            ["404", "Page not found | Herald", "Seite nicht gefunden", "Página no encontrada"]
        {
            let html = format!(
                "<title>{title}</title><h1>{title}</h1><p>We looked everywhere for the page that you asked for, but \
                 it is not there, so please go on from our front page or use the search.</p>"
            );
            assert_eq!(
                kind(&html, "https://herald.example/news/gone"),
                ArticleKind::ErrorPage,
                "{title}"
            );
        }
        let story = format!(
            "<title>Page not found: how links rot</title><h1>Page not found: how links rot</h1>{STORY}{STORY}"
        );
        assert_ne!(kind(&story, "https://herald.example/news/rot"), ArticleKind::ErrorPage);
    }

    #[test]
    fn what_else_pages_say_that_they_are() {
        let data = |kind: &str| {
            format!("<script type=application/ld+json>{{\"@type\": \"{kind}\"}}</script>{STORY}")
        };
        for (html, expected) in [
            (data("DiscussionForumPosting"), ArticleKind::Forum),
            (data("ProfilePage"), ArticleKind::Profile),
            (data("VideoObject"), ArticleKind::Video),
            (
                format!(
                    "<script type=application/ld+json>{{\"@type\": \"ImageGallery\"}}</script>{STORY}"
                ),
                ArticleKind::Gallery,
            ),
            (
                format!("<article><h1>The harbour in pictures</h1>{}</article>", pictures(8)),
                ArticleKind::Gallery,
            ),
            (
                format!("<article><h1>The town votes on the harbour</h1>{}</article>", entries(5)),
                ArticleKind::LiveBlog,
            ),
            (
                format!(
                    "<title>When does the ferry sail? : r/ostmark</title><article>{STORY}</article>"
                ),
                ArticleKind::Forum,
            ),
            (format!("<meta name=generator content='phpBB 3'>{STORY}"), ArticleKind::Forum),
            (format!("<meta property=og:type content=profile>{STORY}"), ArticleKind::Profile),
            (format!("<meta property=og:type content=video.other>{STORY}"), ArticleKind::Video),
        ] {
            assert_eq!(kind(&html, "https://herald.example/a/orchard"), expected, "{html}");
        }
    }
}
