//! A quick look over a page's markup: how much text there is, and what sort of page it might be.
//!
//! One pass without a tree, at the speed of a search for `<`. It knows just enough of HTML not to
//! take scripts for text; whatever is broken is read as text, and nothing fails.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use memchr::{memchr, memmem};

use crate::charset::attribute;
use crate::lang;

/// Longest title, heading or `<noscript>` text that is kept, in bytes.
const KEPT: usize = 400;

/// Prose from which on it is not told from asides any more: there is a story.
const ENOUGH: usize = 4000;

/// Longest visible text that is kept, in bytes.
const KEPT_TEXT: usize = 32 * 1024;

/// What a page consists of. Text is measured in bytes of UTF-8 without white space, so that scripts
/// that say more with a character count for more.
#[derive(Debug, Default)]
pub(super) struct PageScan<'a> {
    /// Visible text.
    pub text: usize,
    /// Text within paragraphs.
    pub paragraphs: usize,
    /// Text within paragraphs that neither sell nor ask for anything.
    pub prose: usize,
    /// The beginning of the visible text, in one line.
    pub words: String,
    /// Lower case, of `<title>`.
    pub title: String,
    /// Lower case, of the first `<h1>`.
    pub heading: String,
    /// Lower case, of all `<noscript>`s.
    pub noscript: String,
    /// Whether there is an `<input type=password>`.
    pub password: bool,
    /// Whether there is an `<input>` for an e-mail address.
    pub email: bool,
    /// `<script>`s that run.
    pub scripts: usize,
    /// The longest `<script>` that holds data, in bytes.
    pub longest_data: usize,
    /// Whether the page declares itself an article to other machines.
    pub declared: bool,
    /// Contents of `<script type="application/ld+json">`.
    pub json_ld: Vec<&'a str>,
    /// `<meta>` tags, without the brackets.
    pub metas: Vec<&'a str>,
    /// Where relative addresses start from, as `<base>` has it.
    pub base: Option<&'a str>,
}

/// Words of what stands around a story and not in it: offers, forms, consent. Lower case; where words
/// are cut short, several languages share them.
static ASIDES: LazyLock<AhoCorasick> = LazyLock::new(|| {
    literals(&lang::of_kind("mul", "interstitials.txt", "aside").collect::<Vec<_>>())
});

/// An automaton that finds any of some texts, in upper or lower case of ASCII.
pub(super) fn literals(texts: &[&str]) -> AhoCorasick {
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .build(texts)
        .expect("a list of literals is a valid automaton")
}

/// Where a scan is.
#[derive(Default)]
struct ScanState {
    in_paragraph: bool,
    in_heading: bool,
    /// Text of the paragraph so far, and whether it is an aside.
    paragraph: usize,
    aside: bool,
}

impl<'a> PageScan<'a> {
    /// Looks over a page.
    pub(super) fn of(html: &'a str) -> Self {
        let mut scan = Self::default();
        let mut rest = html;
        let mut place = ScanState::default();
        while let Some(at) = memchr(b'<', rest.as_bytes()) {
            scan.count(&rest[..at], &mut place);
            rest = &rest[at..];
            if let Some(comment) = rest.strip_prefix("<!--") {
                rest = after(comment, "-->");
                continue;
            }
            let closing = rest.as_bytes().get(1) == Some(&b'/');
            let name_start = if closing { 2 } else { 1 };
            let name_len = rest.as_bytes()[name_start..]
                .iter()
                .take_while(|b| b.is_ascii_alphanumeric())
                .count();
            if name_len == 0 {
                // "a < b" is text; "<!doctype>" and "<?xml?>" are not.
                rest = match rest.as_bytes().get(1) {
                    Some(b'!' | b'?' | b'/') => after(rest, ">"),
                    _ => &rest[1..],
                };
                continue;
            }
            let name = rest[name_start..name_start + name_len].to_ascii_lowercase();
            let end = tag_end(rest);
            let tag = &rest[name_start..end];
            rest = rest.get(end + 1..).unwrap_or_default();
            match (name.as_str(), closing) {
                ("p", _) => {
                    scan.end_paragraph(&mut place);
                    place.in_paragraph = !closing;
                }
                ("h1", _) => place.in_heading = !closing && scan.heading.is_empty(),
                // What can't be in a paragraph ends it.
                ("div" | "ul" | "ol" | "section" | "form" | "footer" | "nav" | "table", _) => {
                    scan.end_paragraph(&mut place);
                }
                ("meta", false) => scan.metas.push(tag),
                ("base", false) if scan.base.is_none() => scan.base = attribute(tag, "href"),
                ("input", false) => {
                    scan.password |= attribute(tag, "type") == Some("password");
                    scan.email |= ["type", "name", "autocomplete"].iter().any(|key| {
                        attribute(tag, key).is_some_and(|v| v.eq_ignore_ascii_case("email"))
                    });
                }
                ("script", false) => {
                    let (content, next) = raw_text(rest, "</script");
                    scan.script(tag, content);
                    rest = next;
                }
                ("noscript", false) => {
                    let (content, next) = raw_text(rest, "</noscript");
                    push_lower(&mut scan.noscript, content);
                    rest = next;
                }
                ("title", false) => {
                    let (content, next) = raw_text(rest, "</title");
                    // An <svg> has titles too; the page's comes first.
                    if scan.title.is_empty() {
                        push_lower(&mut scan.title, content);
                    }
                    rest = next;
                }
                ("style", false) => rest = raw_text(rest, "</style").1,
                ("template", false) => rest = raw_text(rest, "</template").1,
                ("svg", false) => rest = raw_text(rest, "</svg").1,
                ("textarea", false) => rest = raw_text(rest, "</textarea").1,
                _ => {}
            }
        }
        scan.count(rest, &mut place);
        scan.end_paragraph(&mut place);
        scan.declared |= scan.meta("og:type").is_some_and(|t| t.eq_ignore_ascii_case("article"))
            || scan.meta("article:published_time").is_some();
        scan
    }

    fn count(&mut self, text: &str, place: &mut ScanState) {
        let mut length = 0;
        for word in text.split_ascii_whitespace() {
            length += word.len();
            if self.words.len() + word.len() < KEPT_TEXT {
                self.words.push_str(word);
                self.words.push(' ');
            }
        }
        if length == 0 {
            return;
        }
        self.text += length;
        if place.in_paragraph {
            self.paragraphs += length;
            place.paragraph += length;
            place.aside |= self.prose < ENOUGH && ASIDES.is_match(text);
        }
        if place.in_heading {
            push_lower(&mut self.heading, text);
        }
    }

    fn end_paragraph(&mut self, place: &mut ScanState) {
        if !place.aside {
            self.prose += place.paragraph;
        }
        (place.in_paragraph, place.paragraph, place.aside) = (false, 0, false);
    }

    fn script(&mut self, tag: &'a str, content: &'a str) {
        match attribute(tag, "type").unwrap_or_default() {
            "application/ld+json" => {
                self.declared |= ["Article\"", "LiveBlogPosting\"", "BlogPosting\""]
                    .iter()
                    .any(|kind| content.contains(kind));
                self.json_ld.push(content);
            }
            kind if kind.contains("json") => {}
            "" | "text/javascript" | "application/javascript" | "module" => self.scripts += 1,
            _ => return,
        }
        self.longest_data = self.longest_data.max(content.len());
    }

    /// The content of the `<meta>` whose `name`, `property` or `itemprop` is given.
    pub(super) fn meta(&self, name: &str) -> Option<&'a str> {
        let named = |tag: &str| {
            ["name", "property", "itemprop"]
                .iter()
                .any(|key| attribute(tag, key).is_some_and(|v| v.eq_ignore_ascii_case(name)))
        };
        self.metas.iter().find(|tag| named(tag)).and_then(|tag| attribute(tag, "content"))
    }

    /// Whether it states when it was published, as stories do and notices do not.
    pub(super) fn is_dated(&self) -> bool {
        self.meta("article:published_time").is_some()
            || self.json_ld.iter().any(|text| text.contains("\"datePublished\""))
    }

    /// The content of `<meta http-equiv=refresh>`, as it is written.
    pub(super) fn refresh(&self) -> Option<&'a str> {
        let is_refresh = |tag: &&&str| {
            attribute(tag, "http-equiv").is_some_and(|v| v.eq_ignore_ascii_case("refresh"))
        };
        self.metas.iter().find(is_refresh).and_then(|tag| attribute(tag, "content"))
    }
}

/// The end of a tag, quoted attribute values skipped; the end of the page when it has none.
fn tag_end(tag: &str) -> usize {
    let mut quote = None;
    let mut after_equals = false;
    for (at, byte) in tag.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return at,
            // A quote opens only where a value can start, or an apostrophe would swallow the page.
            (None, b'"' | b'\'') if after_equals => quote = Some(byte),
            (Some(open), _) if byte == open => quote = None,
            _ => {}
        }
        after_equals = byte == b'=' || (after_equals && byte.is_ascii_whitespace());
    }
    tag.len()
}

/// The content up to an end tag, and what follows the end tag's name.
fn raw_text<'a>(rest: &'a str, end_tag: &str) -> (&'a str, &'a str) {
    let mut from = 0;
    while let Some(at) = memmem::find(&rest.as_bytes()[from..], b"</").map(|i| i + from) {
        let end = at + end_tag.len();
        if rest.as_bytes().get(at..end).is_some_and(|t| t.eq_ignore_ascii_case(end_tag.as_bytes()))
        {
            return (&rest[..at], after(&rest[end..], ">"));
        }
        from = at + 2;
    }
    (rest, "")
}

fn after<'a>(text: &'a str, end: &str) -> &'a str {
    text.find(end).map_or("", |at| &text[at + end.len()..])
}

fn push_lower(to: &mut String, text: &str) {
    let mut text = text.trim();
    while let Some(c) = text.chars().next() {
        if to.len() >= KEPT {
            return;
        }
        // Of character references only apostrophes matter: `can&#39;t`.
        let reference = APOSTROPHES.iter().find(|reference| text.starts_with(**reference));
        text = &text[reference.map_or(c.len_utf8(), |r| r.len())..];
        to.extend(reference.map_or(c, |_| '\'').to_lowercase());
    }
    to.push(' ');
}

const APOSTROPHES: [&str; 6] = ["&#39;", "&#039;", "&#x27;", "&apos;", "&#8217;", "&rsquo;"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_styles_and_comments_are_not_text() {
        let scan = PageScan::of(
            "<title>A &#8217;Title</title><style>p{}</style><!-- <p>no</p> --><script>if(a<b){'</p>'}</script>\
             <h1>Head</h1><p>four <b>five</b><div>six</div><noscript>Enable JavaScript</noscript>1 < 2",
        );
        assert_eq!(scan.text, "Headfourfivesix1<2".len() - 1);
        assert_eq!(scan.paragraphs, "fourfive".len());
        assert_eq!(scan.title.trim(), "a 'title");
        assert_eq!(scan.heading.trim(), "head");
        assert_eq!(scan.noscript.trim(), "enable javascript");
        assert_eq!(scan.scripts, 1);
        assert_eq!(scan.words, "Head four five six 1 2 ");
    }

    #[test]
    fn paragraphs_that_sell_or_ask_are_no_prose() {
        let scan = PageScan::of(
            "<p>four <b>five</b><p>Subscribe <i>now</i><p>Wir und unsere Partner nutzen Cookies.</p>six",
        );
        assert_eq!(scan.prose, "fourfive".len());
        assert!(scan.paragraphs > scan.prose && !scan.declared);
        for declared in [
            "<meta property=og:type content=article>",
            "<meta property='article:published_time' content='2026-09-20'>",
            r#"<script type="application/ld+json">{"@type":"NewsArticle"}</script>"#,
        ] {
            assert!(PageScan::of(declared).declared, "{declared}");
        }
    }

    #[test]
    fn broken_markup_ends() {
        for html in [
            "<",
            "</",
            "<p",
            "<script>",
            "<title>x",
            "<!--",
            "<a b='",
            "<p>\u{e9}<\u{e9}",
            "</script",
        ] {
            PageScan::of(html);
        }
    }
}
