//! The headline: what the page's own statements and its visible headings agree on, without the
//! site's name.
//!
//! Every source votes for its wording with a weight that was measured; wordings that differ in
//! punctuation and letter case only are one.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::Read;
use super::blocks::Shape;
use super::dom::NodeId;
use super::text::one_line;
use super::vocabulary::{Topics, topics};
use crate::model::{TitleFrom, WebUrl};

/// Longest headline taken, in bytes.
const MAX_LEN: usize = 600;
/// Shortest rest that a site's name may be cut from, in letters and digits.
const MIN_REST: usize = 8;

struct Candidate {
    text: String,
    from: TitleFrom,
    weight: f32,
}

/// The headline and where it came from.
pub(super) fn find(
    read: &Read,
    url: Option<&WebUrl>,
    article: Option<&Map<String, Value>>,
) -> Option<(String, TitleFrom)> {
    let facts = &read.facts;
    let mut raw: Vec<Candidate> = Vec::new();
    let mut add = |text: Option<&str>, from, weight| {
        let text = text.map(|t| one_line(&unescape(t))).unwrap_or_default();
        if !text.is_empty() && text.len() <= MAX_LEN {
            raw.push(Candidate { text, from, weight });
        }
    };
    let stated = article.and_then(|a| a.get("headline").or_else(|| a.get("name"))?.as_str());
    // Some templates put the description in its place.
    let descriptions = ["og:description", "description"];
    let described = |t: &str| {
        descriptions.iter().any(|n| facts.meta(&[*n]).is_some_and(|d| letters(d) == letters(t)))
    };
    let weight = if stated.is_some_and(described) { 0.2 } else { 2.0 };
    add(stated, TitleFrom::SchemaOrg, weight);
    add(facts.meta(&["og:title"]), TitleFrom::OpenGraph, 0.9);
    add(facts.meta(&["twitter:title"]), TitleFrom::OpenGraph, 0.3);
    add(
        facts.meta(&[
            "title",
            "dc.title",
            "dcterms.title",
            "parsely-title",
            "sailthru.title",
            "cxenseparse:title",
            "headline",
        ]),
        TitleFrom::Meta,
        0.7,
    );
    add(facts.title.as_deref(), TitleFrom::TitleElement, 0.1);
    let site = site_names(read, url);
    // What is only the site's name says nothing of the story, as long as anything else does.
    let is_site = |text: &str| is_site(text, &site);
    if raw.iter().any(|c| !is_site(&c.text))
        || read.facts.headings.iter().any(|(_, text)| !is_site(text))
    {
        raw.retain(|c| !is_site(&c.text));
    }
    let heading = heading(read, &raw, &is_site);
    if let Some((text, weight)) = heading {
        raw.push(Candidate { text, from: TitleFrom::Heading, weight });
    }
    let cleaned: Vec<Candidate> = raw
        .iter()
        .map(|c| Candidate {
            text: without_site(&c.text, &raw, &site),
            from: c.from,
            weight: c.weight,
        })
        .collect();
    let score = |c: &Candidate| {
        cleaned
            .iter()
            .filter(|o| letters(&o.text) == letters(&c.text))
            .map(|o| o.weight)
            .sum::<f32>()
    };
    let mut best: Option<(f32, &Candidate)> = None;
    for candidate in &cleaned {
        let score = score(candidate);
        if best.is_none_or(|(b, _)| score > b + 1e-3) {
            best = Some((score, candidate));
        }
    }
    // What readers see and what the page is shared under outweigh the rest where they agree.
    let said_in = |from: TitleFrom| cleaned.iter().find(|c| c.from == from);
    let agreed = said_in(TitleFrom::OpenGraph)
        .zip(said_in(TitleFrom::Heading))
        .filter(|(shared, seen)| letters(&shared.text) == letters(&seen.text))
        .map(|(shared, _)| shared);
    let best = agreed.or(best.map(|(_, candidate)| candidate))?;
    // Of wordings that differ in punctuation or letter case, the one that most sources have.
    let alike: Vec<&Candidate> =
        cleaned.iter().filter(|o| letters(&o.text) == letters(&best.text)).collect();
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
    let heaviest = alike
        .iter()
        .filter(|o| o.text == chosen.text)
        .max_by(|a, b| a.weight.total_cmp(&b.weight))
        .map_or(chosen.from, |c| c.from);
    Some((chosen.text.clone(), heaviest))
}

/// The heading that the page's statements are most like; one of the second rank only when it says
/// the same.
fn heading(
    read: &Read,
    raw: &[Candidate],
    is_site: &dyn Fn(&str) -> bool,
) -> Option<(String, f32)> {
    let alike = |text: &str| raw.iter().map(|c| likeness(text, &c.text)).fold(0.0_f32, f32::max);
    // Where a `<title>` has two parts, the story's comes first more often than the site's.
    let lefts = |c: &Candidate| -> Vec<String> {
        let lefts = cuts(&c.text).into_iter().map(|(left, _)| left);
        lefts.filter(|l| !is_colon(&c.text, *l)).map(|l| letters(&c.text[..l])).collect()
    };
    let openings: HashSet<String> =
        raw.iter().flat_map(lefts).filter(|own| own.len() >= MIN_REST).collect();
    let opening = |text: &str| openings.contains(&letters(text));
    let said = |text: &str| {
        let own = letters(text);
        own.len() >= MIN_REST
            && (openings.contains(&own) || raw.iter().any(|c| letters(&c.text) == own))
    };
    let headings = read.facts.headings.iter().take(MAX_HEADINGS);
    let firsts: Vec<String> = headings
        .map(|(id, text)| without_kicker(read, *id, text, &said))
        .filter(|text| text.len() <= MAX_LEN && !is_site(text))
        .collect();
    let mut best: Option<(f32, &str)> = None;
    for text in &firsts {
        let score = if opening(text) { 1.0 } else { alike(text) };
        if best.is_none_or(|(b, _)| score > b) {
            best = Some((score, text));
        }
    }
    let sure = best.is_some_and(|(score, _)| score >= SURE);
    let extends = |text: &str| {
        let own = letters(text);
        firsts.iter().any(|first| letters(first).contains(&own))
    };
    let other = |text: &str| said(text) && !extends(text);
    if !sure && let Some(text) = lower_heading(read, &other) {
        return Some((text, 1.4));
    }
    if let Some((score, text)) = best
        && (score >= 0.25 || raw.is_empty() || (firsts.len() == 1 && text.len() > 15))
    {
        return Some((text.to_owned(), 1.4));
    }
    lower_heading(read, &|text| alike(text) > 0.8 || opening(text)).map(|text| (text, 0.8))
}

/// Likeness from which a heading of the first rank is the story's; below it may be the logo, the section or
/// the programme.
const SURE: f32 = 0.6;
/// Most headings of the first rank looked at.
const MAX_HEADINGS: usize = 40;

/// The first heading of a lower rank near the beginning that says what is wanted.
fn lower_heading(read: &Read, is_wanted: &dyn Fn(&str) -> bool) -> Option<String> {
    let blocks = &read.blocks;
    let lower = blocks.blocks.iter().filter(|b| matches!(b.shape, Shape::Heading(2..=4)));
    lower.take(12).map(|b| one_line(blocks.text(b))).find(|text| is_wanted(text))
}

/// A heading without the kicker inside it: what one of its elements says, where the page says the same
/// elsewhere, or what is left without an element that is named as a kicker.
fn without_kicker(read: &Read, id: NodeId, text: &str, said: &dyn Fn(&str) -> bool) -> String {
    let dom = &read.dom;
    if said(text) {
        return text.to_owned();
    }
    let parts = || dom.subtree(id).skip(1).filter(|inner| dom.name(*inner).is_some());
    // The kicker stands before the headline, and is shorter.
    let is_headline = |part: &String| {
        text.ends_with(part.as_str()) && part.len() * 3 >= text.len() * 2 && said(part)
    };
    if let Some(part) = parts().map(|inner| dom.text(inner, MAX_LEN)).find(is_headline) {
        return part;
    }
    let is_kicker = |inner: &NodeId| topics(dom.class(*inner)).has(Topics::KICKER);
    let kicker = parts().find(is_kicker).map(|inner| dom.text(inner, MAX_LEN));
    let rest = kicker.as_deref().filter(|k| !k.is_empty()).and_then(|k| text.strip_prefix(k));
    match rest.map(|rest| rest.trim_start_matches([' ', ':', '|', '-', '–'])) {
        Some(rest) if letters(rest).len() >= MIN_REST => rest.to_owned(),
        _ => text.to_owned(),
    }
}

/// Words in common, 0 to 1 (Dice).
pub(super) fn likeness(a: &str, b: &str) -> f32 {
    let words = |text: &str| {
        let mut out = Vec::new();
        super::class_words::words(text, &mut out);
        out.sort_unstable();
        out.dedup();
        out
    };
    let (a, b) = (words(a), words(b));
    let common = a.iter().filter(|w| b.binary_search(w).is_ok()).count();
    2.0 * common as f32 / (a.len() + b.len()).max(1) as f32
}

/// Letters and digits in lower case: two wordings with the same are the same.
pub(super) fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// What a site is called, in letters and digits.
pub(super) struct SiteNames {
    /// As the page states it, and as the host is called; parts of it count too.
    stated: Vec<String>,
    /// As links to the front page are called; only the whole of it counts.
    seen: Vec<String>,
}

impl SiteNames {
    /// All of them.
    pub(super) fn all(self) -> Vec<String> {
        self.stated.into_iter().chain(self.seen).collect()
    }
}

pub(super) fn site_names(read: &Read, url: Option<&WebUrl>) -> SiteNames {
    let facts = &read.facts;
    let named =
        ["og:site_name", "application-name", "publisher", "al:ios:app_name", "twitter:site"];
    let metas = named.into_iter().filter_map(|n| facts.meta(&[n]));
    let of_page = url.map(|u| u.host().strip_prefix("www.").unwrap_or(u.host()));
    let is_own = |host: &str| {
        host.is_empty()
            || of_page.is_some_and(|own| host.strip_prefix("www.").unwrap_or(host) == own)
    };
    let publishers = facts.json_ld.publishers();
    let stated = metas.chain(publishers).chain(of_page).map(letters).filter(|n| !n.is_empty());
    let seen = facts.home_links.iter().filter(|(host, _)| is_own(host));
    let seen = seen.map(|(_, text)| letters(text)).filter(|n| n.len() >= 4);
    SiteNames { stated: stated.collect(), seen: seen.collect() }
}

/// Whether a text is the site's name and nothing else.
fn is_site(text: &str, site: &SiteNames) -> bool {
    let text = letters(text);
    // Most of a host name is the name of its site: `example` of `example.org`.
    site.stated.iter().any(|n| *n == text || (n.contains(&text) && text.len() * 10 >= n.len() * 7))
        || site.seen.contains(&text)
}

fn names_site(part: &str, site: &SiteNames) -> bool {
    let part = letters(part);
    let inside = |name: &String| {
        // A letter or two are in every name.
        (part.len() >= 3 && name.contains(&part))
            || (name.len() > 3 && part.contains(name.as_str()))
    };
    // A link's words may leave a little out, such as an article or `News`.
    let nearly = |name: &String| {
        (part.contains(name.as_str()) && part.len() * 6 <= name.len() * 10)
            || (name.contains(&part) && name.len() * 6 <= part.len() * 10)
    };
    site.stated.iter().any(|name| *name == part || inside(name))
        || (part.len() >= 3 && site.seen.iter().any(nearly))
}

/// Letters of scripts whose titles part the site's name without spaces.
const fn is_dense(c: char) -> bool {
    super::class_words::is_unspaced(c) || matches!(c, '\u{ac00}'..='\u{d7a3}')
}

/// Places where a title may be parted: (end of the left part, start of the right).
fn cuts(text: &str) -> Vec<(usize, usize)> {
    let mut out = Vec::new();
    for (at, c) in text.char_indices() {
        let end = at + c.len_utf8();
        let (left, right) = (&text[..at], &text[end..]);
        let spaced = left.ends_with(' ') && right.starts_with(' ');
        let parts = match c {
            '|' | 'ㅣ' | '｜' | '_' => true,
            // Where words aren't spaced, separators aren't either.
            '-' | '–' | '—' if left.ends_with(is_dense) && right.starts_with(is_dense) => true,
            '-' | '–' | '—' | '·' | '•' | '«' | '»' | '*' | '/' | '~' => spaced,
            ':' => right.starts_with(' '),
            _ => false,
        };
        if parts {
            out.push((
                left.trim_end_matches([' ', ':']).len(),
                end + right.len() - right.trim_start_matches([' ', ':']).len(),
            ));
        }
    }
    out
}

/// Whether the cut that ends a left part here is at a colon.
fn is_colon(text: &str, left: usize) -> bool {
    text[left..].trim_start().starts_with(':')
}

/// Cuts off what isn't the headline: down to what another source says, else every part at the end
/// (or one at the start) that names the site.
fn without_site(text: &str, others: &[Candidate], site: &SiteNames) -> String {
    let cuts = cuts(text);
    let whole = letters(text);
    let said = |part: &str| {
        let part = letters(part);
        part.len() >= MIN_REST && part != whole && others.iter().any(|o| letters(&o.text) == part)
    };
    for (left, right) in &cuts {
        if !is_colon(text, *left) && said(&text[..*left]) {
            return text[..*left].to_owned();
        }
        // What precedes another source's wording is a kicker; it stays when two sources have it.
        let agreed = || others.iter().filter(|o| letters(&o.text) == whole).count() > 1;
        if said(&text[*right..]) && (names_site(&text[..*left], site) || !agreed()) {
            return text[*right..].to_owned();
        }
    }
    // A colon parts a headline, never the site's name from it.
    let cuts: Vec<(usize, usize)> =
        cuts.into_iter().filter(|(left, _)| !is_colon(text, *left)).collect();
    let visible = |o: &Candidate| o.from == TitleFrom::Heading && letters(&o.text) == whole;
    if others.iter().any(visible) {
        return trimmed(text).to_owned();
    }
    let mut end = text.len();
    for (left, right) in cuts.iter().rev() {
        if letters(&text[..*left]).len() < MIN_REST || !names_site(&text[*right..end], site) {
            break;
        }
        end = *left;
    }
    if end == text.len()
        && let Some((left, right)) = cuts.first()
        && names_site(&text[..*left], site)
        && letters(&text[*right..]).len() >= MIN_REST
    {
        return text[*right..].to_owned();
    }
    trimmed(&text[..end]).to_owned()
}

/// A text without the separators that templates leave at the end when they have nothing to put
/// behind them.
fn trimmed(text: &str) -> &str {
    let cut = text.trim_end_matches(['|', '-', '–', '—', '·', '•', '«', '»', ' ']);
    if text[cut.len()..].starts_with(' ') { cut } else { text }
}

/// The character references that templates leave in JSON and attributes (`&amp;`, `&#039;`, `&uuml;`).
pub(super) fn unescape(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let known = rest
            .find(';')
            .filter(|end| *end <= 10)
            .and_then(|end| Some((reference(&rest[1..end])?, end)));
        match known {
            Some((c, end)) => {
                out.push(c);
                rest = &rest[end + 1..];
            }
            None => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

fn reference(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        };
        return char::from_u32(code).filter(|c| !c.is_control());
    }
    // html5ever's own table, which has names with their semicolon.
    let key = format!("{name};");
    let (first, second) = *html5ever::data::NAMED_ENTITIES.get(key.as_str())?;
    (second == 0).then(|| char::from_u32(first)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stated(names: &[&str]) -> SiteNames {
        SiteNames { stated: names.iter().map(|n| (*n).to_owned()).collect(), seen: Vec::new() }
    }

    #[test]
    fn cuts_names_of_sites_without_spaces_and_of_links() {
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
        assert_eq!(
            cut("Ferries run late - a herald of winter"),
            "Ferries run late - a herald of winter"
        );
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
            format!(
                "<title>Notes by Jo: {text}</title><meta property=og:title content='{text}'><h1>Notes by Jo</h1><h3>{text}</h3>"
            ),
        ] {
            assert_eq!(title(&html), text, "{html}");
        }
    }

    #[test]
    fn cuts_the_sites_name_from_either_end() {
        let site = stated(&["golemde", "dailymail"]);
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
    fn what_the_visible_heading_says_is_not_the_sites_name() {
        let site = stated(&["gardentips"]);
        let text = "Garden tips - for small plots";
        let heading = Candidate { text: text.to_owned(), from: TitleFrom::Heading, weight: 1.0 };
        assert_eq!(without_site(text, &[heading], &site), text);
        assert!(is_site("Garden Tips", &stated(&["gardentipsorg"])));
        assert!(!is_site("Garden", &stated(&["gardentipsorg"])));
    }

    #[test]
    fn unescapes_what_templates_escaped_twice() {
        assert_eq!(unescape("T&uuml;r &amp; &#039;Tor&#x27; &nix; &"), "Tür & 'Tor' &nix; &");
    }
}
