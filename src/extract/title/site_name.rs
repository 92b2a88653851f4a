//! What a site is called, and headlines without it.

use std::sync::LazyLock;

use foldhash::HashSet;

use super::{Candidate, MIN_REST};
use crate::extract::parsed_page::ParsedPage;
use crate::extract::text::letters;
use crate::extract::word_lists;
use crate::model::{TitleFrom, WebUrl, without_www};
use crate::scripts::{is_hangul, is_unspaced};

/// What a site is called, in letters and digits.
pub(in crate::extract) struct SiteNames {
    /// As the page states it, and as the host is called; parts of it count too.
    pub(super) stated: Vec<String>,
    /// As links to the front page are called; only the whole of it counts.
    pub(super) seen: Vec<String>,
}

impl SiteNames {
    /// All of them.
    pub(in crate::extract) fn all(self) -> Vec<String> {
        self.stated.into_iter().chain(self.seen).collect()
    }
}

pub(in crate::extract) fn site_names(page: &ParsedPage, url: Option<&WebUrl>) -> SiteNames {
    let facts = &page.facts;
    let named =
        ["og:site_name", "application-name", "publisher", "al:ios:app_name", "twitter:site"];
    let metas = named.into_iter().filter_map(|n| facts.meta(&[n]));
    let of_page = url.map(WebUrl::host_without_www);
    let is_own =
        |host: &str| host.is_empty() || of_page.is_some_and(|own| without_www(host) == own);
    let publishers = facts.json_ld.publishers();
    let stated = metas.chain(publishers).chain(of_page).map(letters).filter(|n| !n.is_empty());
    let seen = facts.home_links.iter().filter(|(host, _)| is_own(host));
    let seen = seen.map(|(_, text)| letters(text)).chain(holders(page)).filter(|n| n.len() >= 4);
    SiteNames { stated: stated.collect(), seen: seen.collect() }
}

/// Whom the lines below a page name as holders of its rights: `© 2019-2026 The Example. All rights reserved.`
fn holders(page: &ParsedPage) -> impl Iterator<Item = String> + '_ {
    let blocks = &page.blocks;
    let last = blocks.blocks.iter().rev().take(30).map(|b| blocks.text(b));
    last.filter_map(|text| {
        let (_, rest) = text.split_once('©')?;
        let rest = rest.trim_start_matches(|c: char| !c.is_alphabetic());
        let end = rest.find(['.', ',', '|', '–', '—', '\n', ';', '(', '0', '1', '2']);
        let name = rest[..end.unwrap_or(rest.len())].trim();
        (name.chars().count() <= MAX_HOLDER).then(|| letters(name))
    })
}

/// Longest name of a holder of rights, in characters.
const MAX_HOLDER: usize = 40;

/// Whether a text is the site's name and nothing else.
pub(super) fn is_site(text: &str, site: &SiteNames) -> bool {
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
    is_unspaced(c) || is_hangul(c)
}

/// Places where a title may be parted: (end of the left part, start of the right).
pub(super) fn cuts(text: &str) -> Vec<(usize, usize)> {
    let mut out = Vec::new();
    for (at, c) in text.char_indices() {
        let end = at + c.len_utf8();
        let (left, right) = (&text[..at], &text[end..]);
        let spaced = left.ends_with(' ') && right.starts_with(' ');
        let parts = match c {
            '|' | 'ㅣ' | '｜' | '_' => true,
            // Where words aren't spaced, separators aren't either.
            '-' | '–' | '—' if left.ends_with(is_dense) && right.starts_with(is_dense) => true,
            '-' | '–' | '—' | '·' | '•' | '«' | '»' | '*' | '/' | '~' | '‹' | '›' | '<' | '@' => {
                spaced
            }
            ':' => right.starts_with(' ') || (left.ends_with(' ') && right.starts_with(": ")),
            '：' => true,
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
pub(super) fn is_colon(text: &str, left: usize) -> bool {
    let behind = text[left..].trim_start();
    behind.starts_with([':', '：']) && !behind.starts_with("::")
}

/// Cuts off what isn't the headline: down to what another source says, else every part at the end
/// (or one at the start) that names the site.
pub(super) fn without_site(text: &str, others: &[Candidate], site: &SiteNames) -> String {
    let cuts = cuts(text);
    let whole = letters(text);
    let said = |part: &str| {
        let part = letters(part);
        part.len() >= MIN_REST && part != whole && others.iter().any(|o| o.letters == part)
    };
    for (left, right) in &cuts {
        if !is_colon(text, *left) && said(&text[..*left]) {
            return text[..*left].to_owned();
        }
        // What precedes another source's wording is a kicker; it stays when two sources have it.
        let agreed = || others.iter().filter(|o| o.letters == whole).count() > 1;
        if said(&text[*right..]) && (names_site(&text[..*left], site) || !agreed()) {
            return text[*right..].to_owned();
        }
    }
    // A colon parts a headline, never the site's name from it.
    let cuts: Vec<(usize, usize)> =
        cuts.into_iter().filter(|(left, _)| !is_colon(text, *left)).collect();
    let visible = |o: &Candidate| o.from == TitleFrom::Heading && o.letters == whole;
    let is_visible = others.iter().any(visible);
    // Of what readers see only the whole of the name is the site's.
    let is_sites = |part: &str| match is_visible {
        true => is_site(part, site),
        false => names_site(part, site),
    };
    let names: Vec<bool> = std::iter::once(text.len())
        .chain(cuts.iter().rev().map(|(left, _)| *left))
        .zip(cuts.iter().rev())
        .map(|(end, (_, right))| is_sites(&text[(*right).min(end)..end]))
        .collect();
    let any_name = names.iter().any(|is_name| *is_name);
    let mut end = without_bracket(text, site).len();
    for ((left, right), is_name) in cuts.iter().rev().zip(names) {
        // Beside the site's name, a section's says nothing of the story either.
        let is_section = any_name && is_section(&text[(*right).min(end)..end]);
        if letters(&text[..*left]).len() < MIN_REST || !(is_name || is_section) {
            break;
        }
        end = *left;
    }
    if is_visible {
        return trimmed(&text[..end]).to_owned();
    }
    if end == text.len()
        && let Some((left, right)) = cuts.first()
        && (names_site(&text[..*left], site) || is_section(&text[..*left]))
        && letters(&text[*right..]).len() >= MIN_REST
    {
        return without_section(&text[*right..]).to_owned();
    }
    if end == text.len() {
        end = before_name(text, &cuts, site).unwrap_or(end);
    } else {
        end = before_section(&text[..end]).unwrap_or(end);
    }
    trimmed(&text[..end]).to_owned()
}

/// A text without the name of a section that it opens with: `Blog Archive » Ferries run late`.
fn without_section(text: &str) -> &str {
    let cut = cuts(text).into_iter().find(|(left, _)| is_section(&text[..*left]));
    cut.map_or(text, |(_, right)| &text[right..])
}

/// Fewest words of a headline before the site's name and its motto, and before a section's name.
const HEADLINE_WORDS: usize = 4;

/// Where the site's whole name begins behind a headline, with the site's motto behind it.
fn before_name(text: &str, cuts: &[(usize, usize)], site: &SiteNames) -> Option<usize> {
    let parts = cuts.iter().zip(cuts.iter().skip(1));
    let mut named = parts.filter(|((_, right), (next, _))| {
        text.get(*right..*next).is_some_and(|part| is_site(part, site))
    });
    let ((left, _), (_, motto)) = named.next()?;
    let is_headline = text[..*left].split_whitespace().count() >= HEADLINE_WORDS;
    (is_headline && text[*motto..].len() < text[..*left].len()).then_some(*left)
}

/// Most words of a section's name.
const SECTION_WORDS: usize = 2;

/// Where a section's name begins that stands between a headline and the site's name, a bar between them.
fn before_section(text: &str) -> Option<usize> {
    let (headline, section) = text.rsplit_once(" | ")?;
    let is_headline = headline.split_whitespace().count() >= HEADLINE_WORDS;
    (is_headline && section.split_whitespace().count() <= SECTION_WORDS).then_some(headline.len())
}

/// Most words of a site's name.
const SITE_WORDS: usize = 5;

/// Whether all parts of a text are the site's name or a section's.
pub(super) fn says_site_only(text: &str, site: &SiteNames) -> bool {
    let cuts = cuts(text);
    let starts = std::iter::once(0).chain(cuts.iter().map(|(_, right)| *right));
    let ends = cuts.iter().map(|(left, _)| *left).chain([text.len()]);
    let mut parts = starts.zip(ends).filter_map(|(start, end)| text.get(start..end));
    // Templates call their site by the headline, too.
    let is_short = |part: &str| part.split_whitespace().count() <= SITE_WORDS;
    parts.all(|part| {
        part.trim().is_empty() || (is_short(part) && is_site(part, site)) || is_section(part)
    })
}

/// What sections are called that say nothing of a story: News, Nachrichten.
static SECTIONS: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let words: Vec<&str> = word_lists::words("bylines.txt", "placeholder");
    words.into_iter().map(letters).collect()
});

fn is_section(part: &str) -> bool {
    SECTIONS.contains(&letters(part))
}

/// A text without the site's whole name in brackets, or behind a comma, at its end.
fn without_bracket<'a>(text: &'a str, site: &SiteNames) -> &'a str {
    const BRACKETS: [(char, char); 4] = [('(', ')'), ('[', ']'), ('【', '】'), ('（', '）')];
    let inside = BRACKETS.iter().find_map(|(open, close)| {
        let (before, name) = text.trim_end().strip_suffix(*close)?.rsplit_once(*open)?;
        Some((before, name))
    });
    let parts = inside.or_else(|| text.rsplit_once(", "));
    match parts {
        Some((before, name)) if is_site(name, site) && letters(before).len() >= MIN_REST => {
            before.trim_end()
        }
        _ => text,
    }
}

/// A text without the separators that templates leave at the end when they have nothing to put
/// behind them.
fn trimmed(text: &str) -> &str {
    let cut = text.trim_end_matches(['|', '-', '–', '—', '·', '•', '«', '»', ' ']);
    if text[cut.len()..].starts_with(' ') { cut } else { text }
}
