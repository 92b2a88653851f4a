//! What came back instead of the story: recognised, named, and never tried again as an error.
//!
//! The evidence is the status, the headers, where redirects led, and a survey of the markup. A wall is
//! seen only where the story is not: a page with paragraphs is a page, whatever scripts it carries, so
//! the markers of the vendors of walls, which lie about on ordinary pages too, count only on pages with
//! hardly any text. A paywalled page with a lead is let through and marked.

use std::fmt;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use http::HeaderMap;
use serde_json::Value;

use super::survey::Survey;
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
        })
    }
}

/// Paragraph text from which on a page has a story, in bytes without white space.
const STORY: usize = 1000;

/// Paragraph text that makes a lead worth publishing.
const LEAD: usize = 150;

/// Visible text up to which a page is a shell.
const SHELL: usize = 300;

/// Script data from which on the story may be in there, for the extractor to find.
const DATA: usize = 2000;

/// Marks of tests for robots in markup, lower case. Each is a vendor's own.
static CHALLENGES: LazyLock<AhoCorasick> = LazyLock::new(|| {
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .build([
            "_cf_chl_opt",             // Cloudflare
            "cf-browser-verification", // Cloudflare, older
            "challenge-error-text",    // Cloudflare
            "cf-error-details",        // Cloudflare, blocked
            "captcha-delivery.com",    // DataDome
            "px-captcha",              // HUMAN
            "_incapsula_resource",     // Imperva
            "distil_r_captcha",        // Imperva, older
            "sec-if-cpt-container",    // Akamai
            "sec-cpt-if",              // Akamai
            "awswafcookiedomainlist",  // AWS WAF
            "gokuprops",               // AWS WAF
            "ddos-guard.net/check",    // DDoS-Guard
            "kpsdk",                   // Kasada
            "sucuri_cloudproxy_js",    // Sucuri
            "geo.captcha",             // DataDome
            "hcaptcha.com/1/api.js",   // hCaptcha
            "recaptcha/api.js",        // reCAPTCHA
            "captcha-container",
        ])
        .expect("a list of literals is a valid automaton")
});

/// Titles of tests for robots.
const CHALLENGE_TITLES: &[&str] = &[
    "just a moment",
    "attention required",
    "are you a robot",
    "are you human",
    "robot check",
    "bot verification",
    "pardon our interruption",
    "access to this page has been denied",
    "checking your browser",
    "verify you are human",
    "human verification",
    "security check",
    "ddos-guard",
    "un momento",
    "nur einen moment",
    "un instant",
];

/// Words in hosts and paths of consent forms.
const CONSENT_PLACES: &[&str] = &[
    "consent",
    "guce",
    "myprivacy",
    "cookiewall",
    "cookie-wall",
    "privacywall",
    "privacygate",
    "privacy-gate",
    "zustimmung",
    "collectconsent",
];

/// Titles of consent forms.
const CONSENT_TITLES: &[&str] = &[
    "before you continue",
    "bevor sie fortfahren",
    "avant d'accéder",
    "antes de continuar",
    "prima di continuare",
    "cookie consent",
    "your privacy choices",
    "privacy settings",
    "privacy instellingen",
    "cookies toestaan",
    "zustimmung erforderlich",
    "einwilligung",
];

/// Words in paths of login forms.
const LOGIN_PLACES: &[&str] = &[
    "login",
    "log-in",
    "signin",
    "sign-in",
    "sso",
    "anmelden",
    "anmeldung",
    "connexion",
    "iniciar-sesion",
    "accedi",
    "inloggen",
    "logga-in",
];

/// Titles of login forms.
const LOGIN_TITLES: &[&str] = &[
    "log in",
    "login",
    "sign in",
    "anmelden",
    "anmeldung",
    "einloggen",
    "connexion",
    "se connecter",
    "iniciar sesión",
    "accedi",
    "inloggen",
    "logga in",
    "entrar",
    "войти",
];

/// What pages that are none say of themselves.
const NOT_FOUND: &[&str] = &[
    "page not found",
    "not found",
    "page cannot be found",
    "page can't be found",
    "page can’t be found",
    "page doesn't exist",
    "page doesn’t exist",
    "page does not exist",
    "no longer available",
    "error 404",
    "404 error",
    "seite nicht gefunden",
    "nicht gefunden",
    "page introuvable",
    "page non trouvée",
    "página no encontrada",
    "página não encontrada",
    "pagina non trovata",
    "pagina niet gevonden",
    "sidan hittades inte",
    "sidan kunde inte hittas",
    "siden blev ikke fundet",
    "siden finnes ikke",
    "sivua ei löydy",
    "strona nie została znaleziona",
    "nie znaleziono strony",
    "stránka nenalezena",
    "страница не найдена",
    "сторінку не знайдено",
    "sayfa bulunamadı",
    "ページが見つかりません",
    "页面不存在",
    "找不到页面",
    "페이지를 찾을 수 없습니다",
];

/// Ids that client-side frameworks hang a page on.
const MOUNTS: &[&str] = &["root", "app", "__next", "__nuxt", "react-root", "svelte", "main-app"];

/// An answer to be judged.
pub(super) struct Evidence<'a> {
    pub html: &'a str,
    pub requested: &'a WebUrl,
    pub answered: &'a WebUrl,
}

/// A wall that an answer with an error status is. Rate limits are left to be what they say.
pub(super) fn of_refusal(status: u16, headers: &HeaderMap, body: &[u8]) -> Option<Wall> {
    if !matches!(status, 401 | 403 | 405 | 406 | 503) {
        return None;
    }
    if challenge_headers(headers) {
        return Some(Wall::Challenge);
    }
    let html = String::from_utf8_lossy(&body[..body.len().min(256 * 1024)]);
    let survey = Survey::of(&html);
    (survey.paragraphs < STORY && is_challenge(&survey, &html)).then_some(Wall::Challenge)
}

/// Judges a page.
///
/// # Errors
/// With the wall, when there is no story that a reader could be shown.
pub(super) fn judge(headers: &HeaderMap, evidence: &Evidence<'_>) -> Result<Access, Wall> {
    let survey = Survey::of(evidence.html);
    if challenge_headers(headers) {
        return Err(Wall::Challenge);
    }
    let locked = is_locked(&survey);
    if survey.paragraphs >= STORY {
        return Ok(if locked { Access::Paywall } else { Access::Free });
    }
    if is_challenge(&survey, evidence.html) {
        return Err(Wall::Challenge);
    }
    if is_consent(&survey, evidence) {
        return Err(Wall::Consent);
    }
    if is_login(&survey, evidence) {
        return Err(Wall::Login);
    }
    if is_not_found(&survey, evidence) {
        return Err(Wall::Soft404);
    }
    if locked {
        return if survey.paragraphs >= LEAD { Ok(Access::Paywall) } else { Err(Wall::Paywall) };
    }
    if is_shell(&survey, evidence.html) {
        return Err(Wall::ScriptShell);
    }
    Ok(Access::Free)
}

fn challenge_headers(headers: &HeaderMap) -> bool {
    let is = |name: &str, values: &[&str]| {
        let value = headers.get(name).and_then(|v| v.to_str().ok());
        value.is_some_and(|v| values.iter().any(|want| v.eq_ignore_ascii_case(want)))
    };
    is("cf-mitigated", &["challenge"]) || is("x-amzn-waf-action", &["challenge", "captcha"])
}

fn is_challenge(survey: &Survey<'_>, html: &str) -> bool {
    if CHALLENGE_TITLES.iter().any(|t| survey.title.contains(t)) {
        return true;
    }
    // The form for a reader's comment may carry a captcha: only a page that is nothing else counts.
    survey.paragraphs < LEAD * 2 && survey.text < STORY && CHALLENGES.is_match(html)
}

fn is_consent(survey: &Survey<'_>, evidence: &Evidence<'_>) -> bool {
    led_to(evidence, CONSENT_PLACES)
        || (survey.password as usize == 0
            && survey.paragraphs < STORY
            && CONSENT_TITLES.iter().any(|t| survey.title.contains(t)))
}

fn is_login(survey: &Survey<'_>, evidence: &Evidence<'_>) -> bool {
    led_to(evidence, LOGIN_PLACES)
        || (survey.password
            && survey.paragraphs < LEAD * 2
            && LOGIN_TITLES.iter().any(|t| survey.title.contains(t)))
}

fn is_not_found(survey: &Survey<'_>, evidence: &Evidence<'_>) -> bool {
    let depth = |url: &WebUrl| url.as_url().path().trim_matches('/').len();
    let (from, to) = (evidence.requested, evidence.answered);
    let sent_home = from.as_str() != to.as_str()
        && depth(from) > 3
        && (depth(to) == 0 && to.as_url().query().is_none());
    let said = |text: &str| {
        let text = text.trim();
        text == "404" || text.starts_with("404 ") || NOT_FOUND.iter().any(|t| text.contains(t))
    };
    sent_home
        || led_to(evidence, &["404", "not-found", "notfound"])
        || said(&survey.title)
        || said(&survey.heading)
}

/// Whether redirects led to a place that is named so, from one that was not.
fn led_to(evidence: &Evidence<'_>, names: &[&str]) -> bool {
    let named = |url: &WebUrl| {
        let host = url.host().split('.').rev().skip(1);
        let path = url.as_url().path().to_ascii_lowercase();
        let words: Vec<&str> = host.chain(path.split(['/', '.', '_'])).collect();
        words.iter().any(|w| names.iter().any(|n| w == n || (n.len() > 5 && w.starts_with(n))))
    };
    named(evidence.answered) && !named(evidence.requested)
}

fn is_shell(survey: &Survey<'_>, html: &str) -> bool {
    if survey.text > SHELL || survey.longest_data > DATA {
        return false;
    }
    let asks = ["javascript", "java script", "scripts"].iter().any(|w| survey.noscript.contains(w));
    let mounted = || {
        MOUNTS
            .iter()
            .any(|id| html.contains(&format!("id=\"{id}\"")) || html.contains(&format!("id={id}>")))
    };
    survey.scripts > 0 && (asks || mounted())
}

/// Whether the page says that it is for subscribers: schema.org's `isAccessibleForFree`, or the
/// content tier that publishers tell social networks.
fn is_locked(survey: &Survey<'_>) -> bool {
    if survey.meta("article:content_tier").is_some_and(|t| t.eq_ignore_ascii_case("locked")) {
        return true;
    }
    if survey.meta("isAccessibleForFree").is_some_and(|t| t.eq_ignore_ascii_case("false")) {
        return true;
    }
    survey
        .json_ld
        .iter()
        .filter(|text| text.contains("isAccessibleForFree"))
        .any(|text| serde_json::from_str::<Value>(text).is_ok_and(|value| says_locked(&value, 0)))
}

/// Looks for `isAccessibleForFree: false` on a work itself, not on a part of it.
fn says_locked(value: &Value, depth: usize) -> bool {
    if depth > 6 {
        return false;
    }
    match value {
        Value::Array(items) => items.iter().any(|item| says_locked(item, depth + 1)),
        Value::Object(fields) => {
            let free = fields.get("isAccessibleForFree");
            let locked = match free {
                Some(Value::Bool(free)) => !free,
                Some(Value::String(text)) => text.to_ascii_lowercase().ends_with("false"),
                _ => false,
            };
            // A part may be locked while the work says it is free: then some of it is given away.
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
#[path = "walls_tests.rs"]
mod tests;
