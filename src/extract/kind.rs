//! What sort of page a story stands on.

use serde_json::{Map, Value};

use super::Read;
use super::blocks::{Places, Shape};
use super::json_ld::types;
use super::page_facts::Facts;
use super::vocabulary::Topics;
use crate::model::ArticleKind;

/// Entries that make a running report or a collection of stories.
const MANY: usize = 4;

/// Whether a page says that it is an article.
pub(super) fn is_declared(facts: &Facts) -> bool {
    !facts.json_ld.articles().is_empty() || facts.meta(&["og:type"]) == Some("article")
}

/// Tells running reports, galleries, collections and indexes from single stories.
pub(super) fn of(
    read: &Read,
    story: &[usize],
    article: Option<&Map<String, Value>>,
) -> ArticleKind {
    let blocks = &read.blocks;
    let live = article.is_some_and(|a| types(a).any(|t| t == "LiveBlogPosting"))
        || read.facts.json_ld.objects().iter().any(|o| types(o).any(|t| t == "LiveBlogPosting"));
    let named_live =
        story.iter().filter(|i| blocks.frame(&blocks.blocks[**i]).near.has(Topics::LIVE)).count();
    if live
        || (named_live * 2 > story.len() && read.facts.times.len() >= MANY && story.len() >= MANY)
    {
        return ArticleKind::LiveBlog;
    }
    let words: u32 = story.iter().map(|i| blocks.blocks[*i].words).sum();
    let gallery =
        article.is_some_and(|a| types(a).any(|t| matches!(t, "ImageGallery" | "MediaGallery")));
    let pictured = blocks
        .blocks
        .iter()
        .filter(|b| b.shape == Shape::Caption && blocks.frame(b).near.has(Topics::MEDIA))
        .count();
    if gallery || (words < 150 && pictured >= 6) {
        return ArticleKind::Gallery;
    }
    // Stories side by side: several article elements, each with running text of the story's own.
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
    if parts.iter().filter(|(_, n)| *n > 60).count() >= 3 {
        return ArticleKind::MultiArticle;
    }
    let links: u32 = blocks.blocks.iter().filter(|b| b.words >= 4).map(|b| b.link_chars).sum();
    let chosen = || story.iter().map(|i| &blocks.blocks[*i]);
    let linked = chosen().map(|b| b.link_chars).sum::<u32>() * 2;
    let told = words >= 80 && linked < chosen().map(|b| b.chars).sum::<u32>();
    if !is_declared(&read.facts) && !told && links > 3000 {
        return ArticleKind::Index;
    }
    ArticleKind::Article
}
