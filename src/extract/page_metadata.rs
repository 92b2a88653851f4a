//! What else a page says of itself: its own address, language, site, section, keywords, image,
//! sub-headline, and whether readers get all of it.

use serde_json::{Map, Value};

use super::blocks::{Places, Shape};
use super::parsed_page::ParsedPage;
use super::text::one_line;
use super::vocabulary::Topics;
use crate::char_references::unescape;
use crate::model::{Access, Span, WebUrl};

/// Most keywords kept.
const MAX_KEYWORDS: usize = 32;

/// The page's own name for itself, when it stays on the publisher (see [`WebUrl::canonical`]). Of a directory above the
/// page and `og:url`, where that is the page itself, the directory is a template's mistake.
pub(super) fn canonical(page: &ParsedPage, url: Option<&WebUrl>) -> Option<WebUrl> {
    let facts = &page.facts;
    let shared = facts.meta(&["og:url"]);
    let named = facts.canonical.as_deref().or(shared)?;
    let Some(url) = url else { return WebUrl::parse(named).ok().map(WebUrl::without_user_info) };
    let base = facts.base.as_deref().and_then(|base| url.join(base.trim()).ok());
    let resolved = |named: &str| match base.as_ref().and_then(|base| base.join(named).ok()) {
        Some(absolute) => url.canonical(absolute.as_str()),
        None => url.canonical(named),
    };
    let canonical = resolved(named)?;
    let is_section = canonical.is_directory_above(url);
    let own = shared.filter(|_| is_section).and_then(resolved);
    Some(own.filter(|own| own.normalised() == url.normalised()).unwrap_or(canonical))
}

/// The declared language as a BCP 47 tag.
pub(super) fn language(page: &ParsedPage, article: Option<&Map<String, Value>>) -> Option<String> {
    let facts = &page.facts;
    let declared = article
        .and_then(|a| a.get("inLanguage")?.as_str())
        .or(facts.lang.as_deref())
        .or_else(|| {
            facts.meta(&[
                "content-language",
                "og:locale",
                "dc.language",
                "dcterms.language",
                "language",
                "inlanguage",
            ])
        })?;
    let tag = declared.trim().split([',', ';', ' ']).next()?.replace('_', "-");
    let plausible = tag.split('-').next().is_some_and(|p| (2..=3).contains(&p.len()))
        && tag.len() <= 20
        && tag.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    plausible.then_some(tag)
}

/// The publication's name.
pub(super) fn site_name(page: &ParsedPage, article: Option<&Map<String, Value>>) -> Option<String> {
    let publisher = || article.and_then(|a| a.get("publisher")?.get("name")?.as_str());
    let name = page
        .facts
        .meta(&["og:site_name"])
        .or_else(publisher)
        .or_else(|| page.facts.meta(&["application-name"]))?;
    Some(one_line(&unescape(name))).filter(|n| !n.is_empty() && n.len() <= 200)
}

/// The section.
pub(super) fn section(page: &ParsedPage, article: Option<&Map<String, Value>>) -> Option<String> {
    let schema = || {
        let value = article?.get("articleSection")?;
        value.as_str().or_else(|| value.as_array()?.first()?.as_str())
    };
    let name = page
        .facts
        .meta(&[
            "article:section",
            "og:article:section",
            "section",
            "parsely-section",
            "cxenseparse:section",
        ])
        .or_else(schema)?;
    Some(one_line(&unescape(name))).filter(|n| !n.is_empty() && n.len() <= 200)
}

/// The page's keywords, in its order, each once.
pub(super) fn keywords(page: &ParsedPage, article: Option<&Map<String, Value>>) -> Vec<String> {
    let facts = &page.facts;
    let mut out: Vec<String> = Vec::new();
    let mut add = |text: &str| {
        for part in text.split([',', ';']) {
            let word = one_line(&unescape(part));
            if !word.is_empty()
                && word.chars().count() <= 80
                && out.len() < MAX_KEYWORDS
                && !out.iter().any(|o| o.eq_ignore_ascii_case(&word))
            {
                out.push(word);
            }
        }
    };
    match article.and_then(|a| a.get("keywords")) {
        Some(Value::String(text)) => add(text),
        Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).for_each(&mut add),
        _ => {}
    }
    for name in ["article:tag", "news_keywords", "keywords", "parsely-tags", "sailthru.tags"] {
        facts.all_metas(name).for_each(&mut add);
    }
    out
}

/// The sub-headline: a line named as one, between the headline and the first paragraph.
pub(super) fn sub_headline(
    page: &ParsedPage,
    story: Option<(usize, usize)>,
    headline: Option<&str>,
) -> Option<String> {
    let (first, last) = story?;
    let blocks = &page.blocks;
    (first.saturating_sub(6)..=last.min(first + 3)).map(|i| &blocks.blocks[i]).find_map(|block| {
        let frame = blocks.frame(block);
        let named = frame.own.with(block.inline).has(Topics::LEAD);
        let fits = (20..=500).contains(&block.chars)
            && block.link_chars * 3 < block.chars
            && !frame.places.has(Places::FIGURE);
        let shape = matches!(block.shape, Shape::Paragraph | Shape::Heading(2..) | Shape::Loose);
        let text = one_line(blocks.text(block));
        (named && fits && shape && Some(text.as_str()) != headline).then_some(text)
    })
}

/// Lines of a body that its standfirst is among.
const STANDFIRST_WITHIN: usize = 4;

/// Where a sub-headline stands in the body.
pub(super) fn standfirst(body: &str, sub_headline: &str) -> Option<Span> {
    let mut start = 0;
    for line in body.split('\n').take(STANDFIRST_WITHIN) {
        let chars = u32::try_from(line.chars().count()).ok()?;
        if line == sub_headline {
            return Some(Span { start, end: start + chars });
        }
        start += chars + 1;
    }
    None
}

/// What a work says of itself.
fn is_free(work: &Map<String, Value>) -> Option<bool> {
    work.get("isAccessibleForFree").map(|v| match v {
        Value::Bool(free) => *free,
        Value::String(text) => !text.eq_ignore_ascii_case("false") && !text.ends_with("/False"),
        Value::Null | Value::Number(_) | Value::Array(_) | Value::Object(_) => true,
    })
}

/// What a work that says nothing of itself says of its parts, by the markup that search engines ask of
/// subscription sites.
fn are_parts_free(work: &Map<String, Value>) -> Option<bool> {
    let parts = match work.get("hasPart")? {
        Value::Array(parts) => parts.as_slice(),
        part => std::slice::from_ref(part),
    };
    parts.iter().filter_map(|part| is_free(part.as_object()?)).reduce(|all, free| all && free)
}

/// Whether readers get the whole story: what the page declares, and the gate it puts up.
pub(super) fn access(page: &ParsedPage, article: Option<&Map<String, Value>>) -> Access {
    let declared = article.and_then(|article| is_free(article).or_else(|| are_parts_free(article)));
    let tier = page
        .facts
        .meta(&["article:content_tier", "content_tier"])
        .map(|t| matches!(t, "locked" | "metered"));
    match (declared, tier) {
        (Some(false), _) | (None, Some(true)) => Access::Paywall,
        _ => Access::Free,
    }
}
