//! The story of a page: which of its blocks, what its data holds, or what stands in for a story that it does not show.

use super::page_facts::Facts;
use super::parsed_page::ParsedPage;
use super::{blocks, body, embedded_json, gaps, kind, markup, text, trim, word_hashes};
use crate::model::ExtractionMethod;

/// Tells which blocks of a page are its story.
pub(super) type Choose<'a> = &'a dyn Fn(&blocks::Blocks, &Facts) -> Vec<usize>;

/// The story of a page: in its elements, and in its data where that has clearly more.
pub(super) struct Story {
    pub(super) chosen: Vec<usize>,
    pub(super) in_dom: String,
    pub(super) data: Option<embedded_json::StoryInData>,
    /// How `in_dom` was found.
    pub(super) method: ExtractionMethod,
}

/// Shortest description that stands for a story which is not on its page, in characters.
const STUB_CHARS: usize = 60;

/// The story of a page, its blocks chosen by `choose`.
pub(super) fn story(
    page: &mut ParsedPage,
    source: &markup::Source<'_>,
    headline: Option<&str>,
    choose: Choose<'_>,
) -> Story {
    let choose = |blocks: &blocks::Blocks| choose(blocks, &page.facts);
    let mut chosen = choose(&page.blocks);
    let found = body::chars(&page.blocks, &chosen);
    if let Some(trusted) = blocks::trusted(&page.blocks, found) {
        let again = choose(&trusted);
        if body::chars(&trusted, &again) > found {
            (chosen, page.blocks) = (again, trusted);
        }
    }
    chosen = gaps::filled(&page.blocks, chosen, headline);
    chosen = trim::story_only(&page.blocks, chosen, headline);
    let mut in_dom = body::join(&page.blocks, &chosen);
    let data = embedded_json::better_than(&in_dom, page, source);
    let mut method = ExtractionMethod::Dom;
    if chosen.is_empty() && data.is_none() {
        chosen = body::fallback(&page.blocks, kind::is_declared(&page.facts));
        in_dom = body::join(&page.blocks, &chosen);
        if !chosen.is_empty() {
            method = ExtractionMethod::Density;
        } else if let Some(stub) = stub(&page.facts) {
            (in_dom, method) = (stub, ExtractionMethod::Description);
        }
    }
    Story { chosen, in_dom, data, method }
}

/// What an article's page says of it where it shows nothing of it: enough to know that there is a story.
fn stub(facts: &Facts) -> Option<String> {
    let articles = facts.json_ld.articles();
    let stated = articles.iter().filter_map(|a| a.get("description")?.as_str());
    let texts = facts.descriptions().chain(stated);
    let stub = texts
        .map(|t| text::one_line(&text::unescape(t)))
        .find(|t| word_hashes::width(t) >= STUB_CHARS);
    stub.filter(|_| kind::is_declared(facts))
}
