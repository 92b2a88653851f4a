//! What came back instead of the story: recognised, named, and never tried again as an error.
//!
//! The evidence is the status, the headers, where redirects led, and a scan of the markup. A wall is
//! seen only where the story is not: a page with paragraphs is a page, whatever scripts it carries, and
//! so is a short one that declares itself an article. The marks of walls (`signatures`) and what they say of themselves
//! (`phrases`), which are on ordinary pages too, count only on pages with hardly any text. A paywalled page with a lead is let
//! through and marked.
//!
//! A notice (maintenance, an error, a queue, content that was removed, a demand to switch off an ad blocker) is known by
//! its heading, which says that and nothing more, on a short page without a date. What may pass by itself is tried again.

mod phrases;
mod signatures;

use std::fmt;

use foldhash::HashSet;
use http::HeaderMap;
use serde_json::Value;

use super::page_scan::PageScan;
use crate::model::{Access, WebUrl};

/// What stands between a reader and a story.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Wall {
    /// Subscribers only, and no usable lead.
    Paywall,
    /// A consent form instead of the page.
    Consent,
    /// A test for robots instead of the page.
    Challenge,
    /// A page that says, with a success status, that there is no such page.
    Soft404,
    /// A login form instead of the page.
    Login,
    /// A page that is empty until scripts have run.
    ScriptShell,
    /// A page that says, with a success status, that the site can't give any now: maintenance, an error, a queue.
    Unavailable,
    /// A notice that asks for something else, or offers it: an ad blocker to be switched off, an app, the domain.
    Notice,
}

impl Wall {
    /// The code of the outcome.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Paywall => "paywall",
            Self::Consent => "consent_wall",
            Self::Challenge => "challenge",
            Self::Soft404 => "soft_404",
            Self::Login => "login",
            Self::ScriptShell => "script_shell",
            Self::Unavailable => "unavailable",
            Self::Notice => "notice",
        }
    }
}

impl fmt::Display for Wall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Paywall => "a paywall without a lead stands for the page",
            Self::Consent => "a consent form stands for the page",
            Self::Challenge => "a test for robots stands for the page",
            Self::Soft404 => "a page that says it is none",
            Self::Login => "a login form stands for the page",
            Self::ScriptShell => "the page is empty without scripts",
            Self::Unavailable => "a page that says that the site is not available now",
            Self::Notice => "a notice stands for the page",
        })
    }
}

/// Paragraph text from which on a page has a story, in bytes without white space.
const STORY: usize = 1000;

/// Paragraph text from which on a page is more than a notice, and visible text of all of it.
const NOTICE: usize = 600;
const NOTICE_TEXT: usize = 3000;

/// Paragraph text that makes a lead worth publishing.
const LEAD: usize = 150;

/// Visible text, and prose, up to which a page is a shell.
const SHELL: usize = 300;
const SHELL_PROSE: usize = 80;

/// Prose up to which a page that offers a subscription gives away only a part.
const LONG_LEAD: usize = 3000;

/// Bytes of a refusal's body that are looked at.
const REFUSAL: usize = 256 * 1024;

/// Phrases of consent by which a page speaks of nothing else.
const CONSENT_PHRASES: usize = 3;

/// Longest path of a front page, in bytes: `/en`.
const FRONT_PAGE: usize = 3;

/// Levels of a page's JSON-LD that are looked through.
const DEPTH: usize = 6;

/// Script data from which on the story may be in there, for the extractor to find.
const DATA: usize = 2000;

/// An answer to be judged.
pub(super) struct Evidence<'a> {
    pub html: &'a str,
    pub requested: &'a WebUrl,
    pub answered: &'a WebUrl,
}

/// A wall that an answer with an error status is. Rate limits are left to be what they say, unless their
/// headers are a vendor's.
pub(super) fn of_refusal(status: u16, headers: &HeaderMap, body: &[u8]) -> Option<Wall> {
    if !matches!(status, 401 | 403 | 405 | 406 | 429 | 503) {
        return None;
    }
    if signatures::challenge_headers(headers) || signatures::refusal_headers(headers) {
        return Some(Wall::Challenge);
    }
    if status == 429 {
        return None;
    }
    let html = String::from_utf8_lossy(&body[..body.len().min(REFUSAL)]);
    let scan = PageScan::of(&html);
    let marked = is_title(&scan.title, &phrases::CHALLENGE_TITLES)
        || (scan.paragraphs < STORY && signatures::CHALLENGES.is_match(html.as_ref()))
        || (scan.text < SHELL && signatures::CAPTCHAS.is_match(html.as_ref()));
    marked.then_some(Wall::Challenge)
}

/// Judges a page.
///
/// # Errors
/// With the wall, when there is no story that a reader could be shown.
pub(super) fn judge(headers: &HeaderMap, evidence: &Evidence<'_>) -> Result<Access, Wall> {
    let scan = PageScan::of(evidence.html);
    if signatures::challenge_headers(headers) {
        return Err(Wall::Challenge);
    }
    // However much they say: these are not where the story is.
    if is_sent_home(evidence) {
        return Err(Wall::Soft404);
    }
    if !scan.declared {
        if led_right_to(evidence, &signatures::CONSENT_PLACES)
            || is_consent_text(&scan, evidence.html)
        {
            return Err(Wall::Consent);
        }
        if notice(&scan, evidence) == Some(Wall::Unavailable) {
            return Err(Wall::Unavailable);
        }
        if is_missing_all_over(&scan) {
            return Err(Wall::Soft404);
        }
    }
    let locked = is_locked(&scan);
    if scan.paragraphs >= STORY {
        let locked = locked || (scan.prose < LONG_LEAD && is_offered(&scan, evidence.html));
        return Ok(if locked { Access::Paywall } else { Access::Free });
    }
    if is_challenge(&scan, evidence.html) {
        return Err(Wall::Challenge);
    }
    if led_to_form(&scan, evidence, &signatures::CONSENT_PLACES) || is_consent_form(&scan) {
        return Err(Wall::Consent);
    }
    if is_login(&scan, evidence) {
        return Err(Wall::Login);
    }
    if let Some(wall) = notice(&scan, evidence) {
        return Err(wall);
    }
    if is_not_found(&scan, evidence) {
        return Err(Wall::Soft404);
    }
    if locked || is_offered(&scan, evidence.html) {
        return if scan.prose >= LEAD { Ok(Access::Paywall) } else { Err(Wall::Paywall) };
    }
    if is_shell(&scan, evidence.html) {
        return Err(Wall::ScriptShell);
    }
    Ok(Access::Free)
}

/// A test for robots is hardly any text under a title of its own, or under a vendor's mark. A short
/// story that declares itself one may be about tests for robots.
fn is_challenge(scan: &PageScan<'_>, html: &str) -> bool {
    let titled = is_title(&scan.title, &phrases::CHALLENGE_TITLES)
        || (is_short(scan) && phrases::CHALLENGE_TITLES.contains(&phrases::words(&scan.heading)));
    if scan.declared {
        return titled && scan.paragraphs < LEAD && signatures::CHALLENGES.is_match(html);
    }
    titled
        || (scan.paragraphs < LEAD * 2
            && scan.text < STORY
            && signatures::CHALLENGES.is_match(html))
        // The form for a reader's comment may carry a captcha: only a page that is nothing else counts.
        || (scan.text < SHELL && signatures::CAPTCHAS.is_match(html))
}

/// A form for consent by its title, on a page without a story.
fn is_consent_form(scan: &PageScan<'_>) -> bool {
    !scan.declared
        && !scan.password
        && segments(&scan.title)
            .any(|s| phrases::CONSENT_TITLES.iter().any(|title| s.starts_with(title.as_str())))
}

/// A page that speaks of nothing but consent, by a consent manager, in whatever length.
fn is_consent_text(scan: &PageScan<'_>, html: &str) -> bool {
    scan.prose < LEAD
        && scan.text > SHELL
        && phrases::CONSENT_WORDS.find_iter(&scan.words).take(CONSENT_PHRASES).count()
            == CONSENT_PHRASES
        && signatures::CONSENT_MANAGERS.is_match(html)
}

fn is_login(scan: &PageScan<'_>, evidence: &Evidence<'_>) -> bool {
    let asks = (scan.password || scan.email) && scan.prose < LEAD * 2 && !is_declared_lead(scan);
    led_to_form(scan, evidence, &signatures::LOGIN_PLACES)
        || (asks && (led_to_end(evidence, &signatures::LOGIN_ENDS) || is_gate(evidence)))
        || (asks
            && (is_title(&scan.title, &phrases::LOGIN_TITLES)
                || is_title(&scan.heading, &phrases::LOGIN_TITLES)))
}

/// Whether redirects led to an address that keeps the one that was asked for, to go back there.
fn is_gate(evidence: &Evidence<'_>) -> bool {
    let (asked, at) = (evidence.requested.as_url(), evidence.answered.as_url());
    let path = asked.path();
    path.len() > 1 && at.path() != path && at.query_pairs().any(|(_, value)| value.contains(path))
}

/// Whether redirects led to a path that ends in one of these words.
fn led_to_end(evidence: &Evidence<'_>, names: &[&str]) -> bool {
    let ends = |url: &WebUrl| {
        let path = url.as_url().path().to_ascii_lowercase();
        names.contains(&path.trim_end_matches('/').rsplit('/').next().unwrap_or_default())
    };
    ends(evidence.answered) && !ends(evidence.requested)
}

/// What a short page says in a story's place by its heading or title.
fn notice(scan: &PageScan<'_>, evidence: &Evidence<'_>) -> Option<Wall> {
    if !is_short(scan) {
        return None;
    }
    let says = |titles: &HashSet<String>| is_headed(scan, evidence, titles);
    if says(&phrases::UNAVAILABLE_TITLES) {
        Some(Wall::Unavailable)
    } else if says(&phrases::NOTICE_TITLES) {
        Some(Wall::Notice)
    } else if says(&phrases::MISSING_TITLES) {
        Some(Wall::Soft404)
    } else {
        None
    }
}

/// Whether a page is no longer than a notice, and of no day.
fn is_short(scan: &PageScan<'_>) -> bool {
    let most = if scan.declared { STORY } else { NOTICE_TEXT };
    scan.paragraphs < NOTICE && scan.text < most && !scan.is_dated()
}

/// Whether a page's heading is one of these and nothing more; where there is none, or it is the site's name, a part of its
/// title.
fn is_headed(scan: &PageScan<'_>, evidence: &Evidence<'_>, titles: &HashSet<String>) -> bool {
    let heading = phrases::words(&scan.heading);
    let parts: Vec<String> = segments(&scan.title).filter(|part| !part.is_empty()).collect();
    let host = phrases::words(evidence.answered.host_without_www());
    let named = scan.meta("og:site_name").map(|name| phrases::words(&name.to_lowercase()));
    let names = || parts.iter().chain(&named).chain([&host]);
    let is_one = |text: &str| {
        let bare = without_openings(text);
        let bare = bare.trim_start_matches(|c: char| c.is_ascii_digit()).trim_start();
        // `The Paper is down for maintenance`.
        let own = names().find_map(|name| bare.strip_prefix(name.as_str())?.strip_prefix(' '));
        [Some(text), Some(bare), own].into_iter().flatten().any(|text| titles.contains(text))
    };
    if is_one(&heading) {
        return true;
    }
    let is_name = heading.is_empty() || named.as_ref() == Some(&heading) || host == heading;
    if is_name {
        return parts.iter().any(|part| is_one(part));
    }
    // Behind a headline the title has the section, which may be called so.
    parts.contains(&heading) && parts.first().is_some_and(|part| is_one(part))
}

/// Whether a page was asked for and the front page of the same publisher answered.
fn is_sent_home(evidence: &Evidence<'_>) -> bool {
    let length = |url: &WebUrl| url.as_url().path().trim_matches('/').len();
    let (from, to) = (evidence.requested, evidence.answered);
    from.as_str() != to.as_str()
        && from.same_publisher(to)
        && length(from) > FRONT_PAGE
        && length(to) == 0
        && to.as_url().query().is_none()
}

/// Title and heading alike: among the stories it recommends in the missing one's place, none is it.
fn is_missing_all_over(scan: &PageScan<'_>) -> bool {
    says_missing(&scan.title) && says_missing(&scan.heading)
}

fn is_not_found(scan: &PageScan<'_>, evidence: &Evidence<'_>) -> bool {
    led_to(evidence, signatures::NOT_FOUND_PLACES)
        || (!scan.declared && (says_missing(&scan.title) || says_missing(&scan.heading)))
}

fn says_missing(text: &str) -> bool {
    segments(text).any(|segment| {
        let bare = without_openings(&segment);
        let bare = bare.strip_suffix(" 404").unwrap_or(bare);
        bare == "404"
            || [bare, segment.as_str()].iter().any(|title| phrases::MISSING_TITLES.contains(*title))
            || phrases::MISSING_WORDS.iter().any(|words| segment.contains(words.as_str()))
    })
}

/// A title without the words that missing pages begin with.
fn without_openings(title: &str) -> &str {
    let mut rest = title;
    while let Some((word, behind)) = rest.split_once(' ')
        && phrases::MISSING_OPENINGS.contains(word)
    {
        rest = behind;
    }
    rest
}

/// Whether a part of a title, the name of the site aside, is one of these and nothing more.
fn is_title(text: &str, titles: &HashSet<String>) -> bool {
    segments(text).any(|segment| titles.contains(&segment))
}

/// The parts of a title between its dashes and bars, letters and digits only.
fn segments(title: &str) -> impl Iterator<Item = String> {
    title
        .split(['|', '\u{2013}', '\u{2014}', '\u{b7}', '\u{bb}', '\u{2022}'])
        .flat_map(|part| part.split(" - ").map(phrases::words))
}

/// Whether redirects led to a place that is called so, from one that was not: by a label of its host or
/// a directory.
fn led_right_to(evidence: &Evidence<'_>, names: &[&str]) -> bool {
    let called = |url: &WebUrl| is_host_called(url, names) || has_directory(url, names);
    called(evidence.answered) && !called(evidence.requested)
}

/// The same, or by a word of the path.
fn led_to(evidence: &Evidence<'_>, names: &[&str]) -> bool {
    let named = |url: &WebUrl| is_named(url, names);
    led_right_to(evidence, names) || (named(evidence.answered) && !named(evidence.requested))
}

/// Whether redirects led to a form that is called so. A page that declares itself an article, says something and asks
/// for no password is none by the words of its path: stories and sections have them too.
fn led_to_form(scan: &PageScan<'_>, evidence: &Evidence<'_>, names: &[&str]) -> bool {
    let at_host =
        is_host_called(evidence.answered, names) && !is_host_called(evidence.requested, names);
    at_host || (!is_declared_lead(scan) && led_to(evidence, names))
}

/// Whether a page declares itself an article, says something and asks for no password.
fn is_declared_lead(scan: &PageScan<'_>) -> bool {
    scan.declared && scan.prose >= LEAD && !scan.password
}

fn is_host_called(url: &WebUrl, names: &[&str]) -> bool {
    url.host().split('.').rev().skip(1).any(|label| names.contains(&label))
}

fn has_directory(url: &WebUrl, names: &[&str]) -> bool {
    url.as_url().path().to_ascii_lowercase().split('/').any(|name| names.contains(&name))
}

/// Whether a word of the path is one of these, or one and a number: `signin-v2`, and not `signings`.
fn is_named(url: &WebUrl, names: &[&str]) -> bool {
    let path = url.as_url().path().to_ascii_lowercase();
    if path.split(['/', '.']).any(|part| is_form(part, names)) {
        return true;
    }
    path.split(['/', '.', '_']).any(|word| {
        let unnumbered = word.trim_end_matches(|c: char| c.is_ascii_digit());
        let bare = if unnumbered.len() < word.len() {
            let bare = unnumbered.strip_suffix('v').unwrap_or(unnumbered);
            bare.trim_end_matches('-')
        } else {
            word
        };
        names.contains(&word) || (bare.len() > 5 && names.contains(&bare))
    })
}

/// What addresses of forms have behind a form's name.
const BEHIND_FORMS: &[&str] =
    &["", "callback", "form", "gate", "oidc", "page", "redirect", "required", "wall"];

/// Whether a part of a path is one of these words however it is written (`sign_in`), or one and a technical word:
/// `signin-oidc`, `loginpage`.
fn is_form(part: &str, names: &[&str]) -> bool {
    let bare = |text: &str| text.replace(['-', '_'], "");
    let part = bare(part);
    names.iter().any(|name| {
        part.strip_prefix(&bare(name)).is_some_and(|behind| BEHIND_FORMS.contains(&behind))
    })
}

fn is_shell(scan: &PageScan<'_>, html: &str) -> bool {
    if scan.text > SHELL || scan.prose > SHELL_PROSE || scan.longest_data > DATA {
        return false;
    }
    let asks = phrases::SCRIPTS.is_match(&scan.noscript);
    let mounted = || {
        signatures::MOUNTS.iter().any(|id| {
            ["id=\"", "id='", "id="].iter().any(|quote| {
                let end = quote.chars().last().filter(|c| *c != '=').unwrap_or('>');
                html.contains(&format!("{quote}{id}{end}"))
            })
        })
    };
    scan.scripts > 0 && (asks || mounted())
}

/// Whether the page asks for a subscription to this very story, in the markup of a paywall.
fn is_offered(scan: &PageScan<'_>, html: &str) -> bool {
    phrases::OFFERS.is_match(&scan.words) && signatures::PAYWALLS.is_match(html)
}

/// Whether the page says that it is for subscribers: schema.org's `isAccessibleForFree`, or the
/// content tier that publishers tell social networks.
fn is_locked(scan: &PageScan<'_>) -> bool {
    if scan.meta("article:content_tier").is_some_and(|t| t.eq_ignore_ascii_case("locked")) {
        return true;
    }
    if scan.meta("isAccessibleForFree").is_some_and(|t| t.eq_ignore_ascii_case("false")) {
        return true;
    }
    scan.json_ld.iter().filter(|text| text.contains("isAccessibleForFree")).any(|text| {
        match serde_json::from_str::<Value>(text) {
            Ok(value) => says_locked(&value, 0),
            // Line breaks within strings and the like; a work says it of itself before its parts.
            Err(_) => says_locked_first(text),
        }
    })
}

fn says_locked_first(text: &str) -> bool {
    let value = text.split("\"isAccessibleForFree\"").nth(1).map(str::trim_start);
    let value = value.and_then(|v| v.strip_prefix(':')).map(|v| v.trim_start_matches([' ', '"']));
    value.is_some_and(|v| v.get(..5).is_some_and(|v| v.eq_ignore_ascii_case("false")))
}

/// Looks for `isAccessibleForFree: false` on a work itself; on its parts only where the work says
/// nothing.
fn says_locked(value: &Value, depth: usize) -> bool {
    if depth > DEPTH {
        return false;
    }
    match value {
        Value::Array(items) => items.iter().any(|item| says_locked(item, depth + 1)),
        Value::Object(fields) => {
            let free = fields.get("isAccessibleForFree");
            let locked = match free {
                Some(Value::Bool(free)) => !free,
                Some(Value::String(text)) => text.to_ascii_lowercase().ends_with("false"),
                // A part may be locked while the work says it is free: then some of it is given away.
                None => fields.get("hasPart").is_some_and(|parts| says_locked(parts, depth + 1)),
                Some(_) => false,
            };
            locked
                || ["@graph", "mainEntity", "mainEntityOfPage"]
                    .iter()
                    .filter_map(|key| fields.get(*key))
                    .any(|inner| says_locked(inner, depth + 1))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests;
