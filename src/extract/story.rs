//! Which text of a page is its story: the chosen blocks, the page's own data where that has clearly more, or a stand-
//! in.
//!
//! In order: chosen blocks, short stories beside the headline, what was wrongly left out or kept, embedded JSON,
//! densest text, description. Refuses a consent dialog and a headline alone. A description stands in only on a page
//! that declares itself an article or shows nothing at all.

use super::blocks::{Blocks, Places};
use super::boilerplate_phrases::{PhraseKind, phrase_kinds};
use super::page_facts::Facts;
use super::parsed_page::ParsedPage;
use super::vocabulary::Topics;
use super::{
    blocks, body, drop_blocks, embedded_json, kind, markup, restore_blocks, short_story, text,
    word_overlap,
};
use crate::char_references::unescape;
use crate::model::{ExtractionMethod, WebUrl};
use crate::scripts::is_unspaced;

/// Tells which blocks of a page are its story.
pub(super) type Choose<'a> = &'a dyn Fn(&blocks::Blocks, &Facts) -> Vec<usize>;

/// The story of a page: in its elements, and in its data where that has clearly more.
pub(super) struct Story {
    pub(super) chosen: Vec<usize>,
    pub(super) in_dom: String,
    pub(super) data: Option<embedded_json::StoryInData>,
    /// How `in_dom` was found.
    pub(super) method: ExtractionMethod,
    /// Whether all of it stands with the page's headline, apart from lists of other stories.
    pub(super) is_brief: bool,
}

/// Shortest description that stands for a story which is not on its page, in characters.
const STUB_CHARS: usize = 60;

/// The story of a page, its blocks chosen by `choose`.
pub(super) fn story(
    page: &mut ParsedPage,
    source: &markup::Source<'_>,
    url: Option<&WebUrl>,
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
    if is_consent(&page.blocks, &chosen) {
        chosen.clear();
    }
    let brief = short_story::find(&page.blocks, &page.facts, headline);
    if let Some(brief) = brief.as_ref().filter(|b| b.is_outweighed(&page.blocks, &chosen)) {
        chosen = brief.with_own(&chosen);
    }
    chosen = restore_blocks::filled(&page.blocks, chosen, headline);
    chosen = drop_blocks::story_only(page, chosen, headline);
    let mut in_dom = body::join(&page.blocks, &chosen);
    // A headline alone is no story.
    if headline.is_some_and(|headline| text::same_letters(headline, &in_dom)) {
        chosen.clear();
        in_dom.clear();
    }
    let beside = is_beside_story(page, url, headline, &chosen, &in_dom);
    if beside {
        chosen.clear();
        in_dom.clear();
    }
    let data = embedded_json::better_than(&in_dom, page, source);
    let mut method = ExtractionMethod::Dom;
    if beside && data.is_none() {
        (in_dom, method) =
            (stub(page, url, headline).unwrap_or_default(), ExtractionMethod::Description);
    } else if chosen.is_empty() && data.is_none() {
        chosen = body::fallback(&page.blocks, kind::is_declared(&page.facts));
        if let Some(brief) = brief.as_ref().filter(|_| chosen.is_empty()) {
            chosen.clone_from(&brief.blocks);
        }
        in_dom = body::join(&page.blocks, &chosen);
        if is_beside_story(page, url, headline, &chosen, &in_dom) {
            chosen.clear();
        }
        if !chosen.is_empty() {
            method = ExtractionMethod::Density;
        } else if let Some(stub) = stub(page, url, headline) {
            (in_dom, method) = (stub, ExtractionMethod::Description);
        }
    }
    let is_brief = brief.is_some_and(|brief| brief.holds(&chosen));
    Story { chosen, in_dom, data, method, is_brief }
}

/// What an article's page says of it where it shows nothing of it: enough to know that there is a story.
fn stub(page: &ParsedPage, url: Option<&WebUrl>, headline: Option<&str>) -> Option<String> {
    let facts = &page.facts;
    let articles = facts.json_ld.articles();
    let stated = articles.iter().filter_map(|a| a.get("description")?.as_str());
    let texts = facts.descriptions().chain(stated);
    let stub = texts
        .map(|t| text::one_line(&unescape(t)))
        .find(|t| word_overlap::width(t) >= STUB_CHARS)?;
    let is_story = kind::is_declared(facts)
        || (is_empty(&page.blocks) && kind::is_called_a_story(page, url, headline));
    is_story.then_some(stub)
}

/// Most words of what stands beside a story that is not there, fewest letters of a word that tells what a story is
/// about, and fewest such words that headline and description have.
const BESIDE_WORDS: usize = 150;
/// The same of what is told by an offer in it.
const OFFER_WORDS: usize = 80;
const TELLING: usize = 4;
const TELLING_WORDS: usize = 5;

/// Whether all that an article's page shows is something else: few words, hardly any of which its headline and its
/// description have; more of them where all are readers' or about its author. An offer, a life, what a paper says of itself.
fn is_beside_story(
    page: &ParsedPage,
    url: Option<&WebUrl>,
    headline: Option<&str>,
    chosen: &[usize],
    in_dom: &str,
) -> bool {
    if chosen.is_empty()
        || in_dom.split_whitespace().count() > BESIDE_WORDS
        || in_dom.contains(is_unspaced)
        || !kind::is_declared(&page.facts)
    {
        return false;
    }
    let Some(description) = stub(page, url, headline) else { return false };
    // Endings differ.
    let stems = |text: &str| -> Vec<String> {
        let words = text.split(|c: char| !c.is_alphanumeric());
        let telling = words.filter(|word| word.chars().count() >= TELLING);
        telling.map(|word| word.to_lowercase().chars().take(TELLING).collect()).collect()
    };
    let titled = stems(headline.unwrap_or_default());
    let about: Vec<String> = titled.iter().cloned().chain(stems(&description)).collect();
    let blocks = &page.blocks;
    let named = |i: &usize| {
        let frame = blocks.frame(&blocks.blocks[*i]);
        frame.near.has(Topics::COMMENT.with(Topics::AUTHOR))
    };
    let own = stems(in_dom);
    let share = |words: &[String]| own.iter().filter(|stem| words.contains(stem)).count();
    let (shared, of_title) = (share(&about), share(&titled));
    let says = |i: &usize| {
        let kinds = phrase_kinds(blocks.text(&blocks.blocks[*i]));
        kinds.has(PhraseKind::Offers) || kinds.has(PhraseKind::Consent)
    };
    let is_offer = || chosen.iter().any(says) && in_dom.split_whitespace().count() <= OFFER_WORDS;
    let is_other = match chosen.iter().all(named) {
        true => shared * 3 < own.len(),
        false => of_title <= 1 && shared * 8 < own.len() && is_offer(),
    };
    about.len() >= TELLING_WORDS && own.len() >= TELLING_WORDS && is_other
}

/// Most words that a page shows beside its frame where its story is not in its elements.
const EMPTY_WORDS: u32 = 40;

/// Whether a page shows nothing but its frame, as an application does before it runs.
fn is_empty(blocks: &Blocks) -> bool {
    let outside = Places::NAV.with(Places::FOOTER).with(Places::HEADER).with(Places::HIDDEN);
    let inside = blocks.blocks.iter().filter(|b| !blocks.frame(b).places.has(outside));
    inside.map(|b| b.words).sum::<u32>() < EMPTY_WORDS
}

/// Whether all that was chosen is a dialog that asks for consent, by its names or by a name and its words: a class
/// alone rules out no story.
fn is_consent(blocks: &Blocks, chosen: &[usize]) -> bool {
    let said = |i: &usize| {
        let frame = blocks.frame(&blocks.blocks[*i]);
        frame.near.with(frame.far)
    };
    let asks = |i: &usize| {
        said(i).has(Topics::POPUP)
            || phrase_kinds(blocks.text(&blocks.blocks[*i])).has(PhraseKind::Consent)
    };
    chosen.iter().all(|i| said(i).has(Topics::CONSENT))
        && chosen.iter().filter(|i| asks(i)).count() * 2 > chosen.len()
}

#[cfg(test)]
mod tests {
    use crate::extract::{Settings, extract_html};

    #[test]
    fn page_showing_no_story_has_empty_body() {
        let comment = "whoever wants to get to the island in winter should learn to row, as my grandfather did";
        let comments: String = (0..9)
            .map(|i| format!("<div class=comment><b>reader{i}</b><p>Well, {comment} {i} times a week.</p></div>"))
            .collect();
        let asks: String = (0..6)
            .map(|i| format!("<p>We and our partners store {i} files on your device, and you may change your mind at any time in the settings.</p>"))
            .collect();
        for html in [
            format!(
                "<title>The ferry stays in harbour</title><h1>The ferry stays in harbour</h1><div class=comments>{comments}</div>"
            ),
            format!(
                "<title>The ferry stays in harbour</title><div class=consent-modal>{asks}</div>"
            ),
            "<title>The ferry stays in harbour until March</title><article><h1>The ferry stays in harbour until March</h1></article>".to_owned(),
        ] {
            let found = extract_html(&html, None, &Settings::default()).unwrap();
            assert_eq!(found.body, "", "{html}");
        }
    }
}
