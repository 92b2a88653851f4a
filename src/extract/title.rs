//! The headline: what the page's own statements and its visible headings agree on, without the
//! site's name.
//!
//! Every source votes for its wording with a weight that was measured; wordings that differ in
//! punctuation and letter case only are one.

mod heading;
mod site_name;

use serde_json::{Map, Value};

use super::parsed_page::ParsedPage;
use super::text::{letters, one_line};
use crate::char_references::unescape;
use crate::model::{TitleFrom, WebUrl};
use heading::{heading, shown};
use site_name::{is_site, says_site_only, without_site};

pub(super) use site_name::site_names;

/// Longest headline taken, in bytes.
const MAX_LEN: usize = 600;

/// Shortest rest that a site's name may be cut from, in letters and digits.
const MIN_REST: usize = 8;

struct Candidate {
    text: String,
    /// Its letters: candidates are compared by them, each with each.
    letters: String,
    from: TitleFrom,
    weight: f32,
}

impl Candidate {
    fn new(mut text: String, from: TitleFrom, weight: f32) -> Self {
        // The mark of a link to the heading itself.
        text.truncate(text.trim_end_matches(['¶', ' ']).len());
        Self { letters: letters(&text), text, from, weight }
    }
}

/// The headline and where it came from.
pub(super) fn find(
    page: &ParsedPage,
    url: Option<&WebUrl>,
    article: Option<&Map<String, Value>>,
) -> Option<(String, TitleFrom)> {
    let mut raw = stated(page, article);
    let site = site_names(page, url);
    // What is only the site's name says nothing of the story, as long as anything else does.
    let is_site = |text: &str| is_site(text, &site);
    if raw.iter().any(|c| !is_site(&c.text))
        || page.facts.headings.iter().any(|(_, text)| !is_site(text))
    {
        raw.retain(|c| !is_site(&c.text));
    }
    if let Some((text, weight)) = heading(page, &raw, &is_site) {
        raw.push(Candidate::new(text, TitleFrom::Heading, weight));
    } else if let Some(text) = shown_part(page) {
        raw.push(Candidate::new(text, TitleFrom::Heading, SHOWN_WEIGHT));
    }
    let says_nothing = |text: &str| says_site_only(text, &site);
    if raw.iter().all(|c| says_nothing(&c.text))
        && let Some(text) = shown(page, &says_nothing)
    {
        raw = vec![Candidate::new(text, TitleFrom::Heading, SHOWN_WEIGHT)];
    }
    let cleaned: Vec<Candidate> = raw
        .iter()
        .map(|c| Candidate::new(without_site(&c.text, &raw, &site), c.from, c.weight))
        .collect();
    let best = agreed(&cleaned).or_else(|| heaviest(&cleaned))?;
    // They differ in punctuation or letter case only.
    let alike: Vec<&Candidate> = cleaned.iter().filter(|o| o.letters == best.letters).collect();
    let chosen = as_printed(as_most_say(best, &alike), &alike);
    let from = alike
        .iter()
        .filter(|o| o.text == chosen.text)
        .max_by(|a, b| a.weight.total_cmp(&b.weight))
        .map_or(chosen.from, |c| c.from);
    Some((chosen.text.clone(), from))
}

/// `<meta>` elements of several makers that hold the headline.
const META_NAMES: [&str; 7] = [
    "title",
    "dc.title",
    "dcterms.title",
    "parsely-title",
    "sailthru.title",
    "cxenseparse:title",
    "headline",
];

/// What the page states that its headline is, with the weight of each place.
fn stated(page: &ParsedPage, article: Option<&Map<String, Value>>) -> Vec<Candidate> {
    let facts = &page.facts;
    let mut raw: Vec<Candidate> = Vec::new();
    let mut add = |text: Option<&str>, from, weight| {
        let text = text.map(|t| one_line(&unescape(t))).unwrap_or_default();
        if !text.is_empty() && text.len() <= MAX_LEN {
            raw.push(Candidate::new(text, from, weight));
        }
    };
    let stated = article.and_then(|a| a.get("headline").or_else(|| a.get("name"))?.as_str());
    // Some templates put the description in its place.
    let described = |t: &str| {
        let own = letters(t);
        facts.descriptions().any(|d| letters(d) == own)
    };
    let weight = if stated.is_some_and(described) { 0.2 } else { 2.0 };
    add(stated, TitleFrom::SchemaOrg, weight);
    add(facts.meta(&["og:title"]), TitleFrom::OpenGraph, 0.9);
    add(facts.meta(&["twitter:title"]), TitleFrom::OpenGraph, 0.3);
    add(facts.meta(&META_NAMES), TitleFrom::Meta, 0.7);
    add(facts.title.as_deref(), TitleFrom::TitleElement, 0.1);
    add(marked(page).as_deref(), TitleFrom::SchemaOrg, 0.6);
    raw
}

/// How much a part of the title counts that readers see though it is no heading.
const SHOWN_WEIGHT: f32 = 0.8;
/// Fewest words of such a part.
const SHOWN_WORDS: usize = 4;

/// The first part of `<title>`, or its last, where it stands on the page as a text of its own, of a page without a heading.
fn shown_part(page: &ParsedPage) -> Option<String> {
    let title = one_line(&unescape(page.facts.title.as_deref()?));
    let first = title.split_once(" | ").or_else(|| title.split_once(" - ")).map(|(part, _)| part);
    let last = title.rsplit_once(" - ").map(|(_, part)| part);
    let blocks = &page.blocks;
    let is_shown = |part: &&str| {
        let own = letters(part);
        let near = |text: &&str| text.len().abs_diff(part.len()) <= SHOWN_WORDS;
        let texts = blocks.blocks.iter().filter_map(|block| blocks.text(block).lines().next());
        own.len() >= MIN_REST
            && part.split_whitespace().count() >= SHOWN_WORDS
            && texts.filter(near).any(|text| letters(text) == own)
    };
    first.into_iter().chain(last).find(is_shown).map(str::to_owned)
}

/// The wording that has the most weight, its equals counted; the first of several.
fn heaviest(cleaned: &[Candidate]) -> Option<&Candidate> {
    let weight = |c: &Candidate| {
        cleaned.iter().filter(|o| o.letters == c.letters).map(|o| o.weight).sum::<f32>()
    };
    let mut best: Option<(f32, &Candidate)> = None;
    for candidate in cleaned {
        let weight = weight(candidate);
        if best.is_none_or(|(most, _)| weight > most + 1e-3) {
            best = Some((weight, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// What readers see, where the page is shared under it: that outweighs the rest.
fn agreed(cleaned: &[Candidate]) -> Option<&Candidate> {
    let said_in = |from: TitleFrom| cleaned.iter().find(|c| c.from == from);
    let shared = said_in(TitleFrom::OpenGraph).or_else(|| said_in(TitleFrom::TitleElement));
    let both = shared.zip(said_in(TitleFrom::Heading));
    both.filter(|(shared, seen)| shared.letters == seen.letters).map(|(shared, _)| shared)
}

/// Of wordings that differ in punctuation or letter case, the one that most sources have.
fn as_most_say<'a>(best: &'a Candidate, alike: &[&'a Candidate]) -> &'a Candidate {
    let exact = |c: &Candidate| -> (usize, f32) {
        let same: Vec<f32> = alike.iter().filter(|o| o.text == c.text).map(|o| o.weight).collect();
        (same.len(), same.iter().sum())
    };
    let mut chosen = best;
    for candidate in alike.iter().copied() {
        if exact(candidate) > exact(chosen) {
            chosen = candidate;
        }
    }
    chosen
}

/// Data often has the quotation marks of keyboards where readers see the printed ones.
fn as_printed<'a>(chosen: &'a Candidate, alike: &[&'a Candidate]) -> &'a Candidate {
    if chosen.text.contains(PRINTED_MARKS) {
        return chosen;
    }
    let plain = plain_marks(&chosen.text);
    let is_printed =
        |c: &&Candidate| c.text.contains(PRINTED_MARKS) && plain_marks(&c.text) == plain;
    alike.iter().copied().find(is_printed).unwrap_or(chosen)
}

/// Quotation marks and apostrophes as they are printed.
const PRINTED_MARKS: [char; 6] = ['‘', '’', '“', '”', '„', '‚'];

/// A text with the quotation marks of keyboards.
fn plain_marks(text: &str) -> String {
    let plain = |c| match c {
        '‘' | '’' | '‚' => '\'',
        '“' | '”' | '„' => '"',
        other => other,
    };
    text.chars().map(plain).collect()
}

/// What an element marked as the headline says, where the page is shared under the same words: teasers have such
/// elements too.
fn marked(page: &ParsedPage) -> Option<String> {
    let shared = letters(page.facts.meta(&["og:title"])?);
    let named = page.facts.properties.iter().filter(|(_, property)| property == "headline");
    let texts = named.take(MAX_MARKED).map(|(id, _)| page.dom.text(*id, MAX_LEN));
    texts.filter(|text| !text.is_empty()).find(|text| letters(text) == shared)
}

/// Most elements marked as headlines looked at.
const MAX_MARKED: usize = 20;

#[cfg(test)]
mod tests {
    use super::site_name::SiteNames;
    use super::*;

    fn site_stated(names: &[&str]) -> SiteNames {
        SiteNames { stated: names.iter().map(|n| (*n).to_owned()).collect(), seen: Vec::new() }
    }

    #[test]
    fn cuts_site_names_without_spaces_and_from_links() {
        let site = SiteNames {
            stated: Vec::new(),
            seen: vec!["港口新闻".to_owned(), "theherald".to_owned()],
        };
        let cut = |text| without_site(text, &[], &site);
        assert_eq!(
            cut("渡轮公司将冬季班次削减三分之一_港口新闻"),
            "渡轮公司将冬季班次削减三分之一"
        );
        assert_eq!(
            cut("渡轮公司将冬季班次削减三分之一-港口新闻"),
            "渡轮公司将冬季班次削减三分之一"
        );
        assert_eq!(cut("Ferries run late again | Herald"), "Ferries run late again");
        for end in [
            " :: The Herald",
            " ‹ The Herald",
            " (The Herald)",
            ", The Herald",
            " | News | The Herald",
        ] {
            let text = format!("Ferries run late again{end}");
            assert_eq!(without_site(&text, &[], &site), "Ferries run late again");
        }
        assert_eq!(
            cut("渡轮公司将冬季班次削减三分之一【港口新闻】"),
            "渡轮公司将冬季班次削减三分之一"
        );
        assert_eq!(
            cut("Ferries run late - a herald of winter"),
            "Ferries run late - a herald of winter"
        );
    }

    #[test]
    fn marks_are_those_that_readers_see() {
        let html = "<title>Why Ostmark won't wait</title><meta property=og:title content=\"Why Ostmark won't wait\">\
            <h1>Why Ostmark won’t wait</h1><p>It has waited for nine years.</p>";
        let settings = crate::extract::Settings::default();
        let found = crate::extract::extract_html(html, None, &settings).unwrap().headline.unwrap();
        assert_eq!(found.0, "Why Ostmark won’t wait");
    }

    #[test]
    fn headings_that_are_not_the_storys_lose() {
        let title = |html: &str| {
            let settings = crate::extract::Settings::default();
            crate::extract::extract_html(html, None, &settings).unwrap().headline.unwrap().0
        };
        let text = "Ferries to Lowmere run late again";
        for html in [
            format!(
                "<title>{text} | Ostmark Today</title><h1>Morning Show Ostmark</h1><h2>{text}</h2>"
            ),
            format!(
                "<title>{text} | Ostmark Today</title><a href=/>Ostmark Today</a><h1>Ostmark Today</h1><h2>{text}</h2>"
            ),
            format!(
                "<meta property=og:title content='{text}'><h1><span>Harbour</span><span>{text}</span></h1>"
            ),
            format!("<title>{text} | Ostmark Today</title><h1><span>Exclusive</span>{text}</h1>"),
            format!(
                "<title>{text} | Ostmark Today</title><h1>{text}<small>Islanders wait</small></h1>"
            ),
            format!(
                "<title>Notes by Jo: {text}</title><meta property=og:title content='{text}'><h1>Notes by Jo</h1><h3>{text}</h3>"
            ),
        ] {
            assert_eq!(title(&html), text, "{html}");
        }
    }

    #[test]
    fn cuts_the_sites_name_from_either_end() {
        let site = site_stated(&["golemde", "dailymail"]);
        let cut = |text| without_site(text, &[], &site);
        assert_eq!(
            cut("Hat Quantumscape genug Akkus? - Golem.de"),
            "Hat Quantumscape genug Akkus?"
        );
        assert_eq!(
            cut("Daily Mail | Your dollar bill - and how to check"),
            "Your dollar bill - and how to check"
        );
        assert_eq!(cut("Jobs - Golem.de"), "Jobs - Golem.de", "too little would be left");
        assert_eq!(cut("Ein Satz ohne Ende -"), "Ein Satz ohne Ende");
        assert_eq!(cut("A - B story of two - parts"), "A - B story of two - parts");
    }

    #[test]
    fn visible_heading_text_is_not_the_site_name() {
        let site = site_stated(&["gardentips"]);
        let text = "Garden tips - for small plots";
        let heading = Candidate::new(text.to_owned(), TitleFrom::Heading, 1.0);
        assert_eq!(without_site(text, &[heading], &site), text);
        assert!(is_site("Garden Tips", &site_stated(&["gardentipsorg"])));
        assert!(!is_site("Garden", &site_stated(&["gardentipsorg"])));
    }
}
