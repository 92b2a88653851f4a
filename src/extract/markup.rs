//! Cuts out of a page's source what no article text is in, before it is parsed: scripts, styles,
//! drawings, frames. They are half of a news page's bytes and most of its parsing time.
//!
//! Scripts are kept aside as slices, since the page's data (JSON-LD, the state of its JavaScript
//! application) is in them. Tags are read as the HTML standard's tokenizer does, as far as it
//! matters for where they end; what can't be read so (an unclosed quote) is left to the parser.

use std::sync::LazyLock;

use memchr::memmem::{self, Finder};
use memchr::{memchr, memchr3};

/// A page's source, without the elements that hold no text.
#[derive(Debug, Default)]
pub(super) struct Source<'a> {
    /// What is to be parsed, in order.
    pub(super) pieces: Vec<&'a str>,
    /// The scripts with something in them.
    pub(super) scripts: Vec<Script<'a>>,
}

/// One script element.
#[derive(Clone, Copy, Debug)]
pub(super) struct Script<'a> {
    /// What stands between `<script` and `>`.
    pub(super) attributes: &'a str,
    /// What stands between the tags.
    pub(super) text: &'a str,
}

impl Script<'_> {
    /// Whether it holds JSON-LD.
    pub(super) fn is_json_ld(&self) -> bool {
        contains_ignore_case(self.attributes, "ld+json")
    }
}

/// Case-insensitive search for a short ASCII needle.
pub(super) fn contains_ignore_case(text: &str, needle: &str) -> bool {
    text.as_bytes().windows(needle.len()).any(|w| w.eq_ignore_ascii_case(needle.as_bytes()))
}

/// Elements that are cut out with all that is in them. `noscript` repeats images and pixels.
const CUT: [&str; 6] = ["script", "style", "svg", "iframe", "noscript", "select"];

/// What ends a comment, and what an end tag begins with: laid out once to be looked for often.
static COMMENT_END: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("-->"));
static END_TAG: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("</"));

#[derive(Debug, Default)]
struct Endless {
    comment: bool,
    names: Vec<&'static str>,
}

/// Reads the source once.
pub(super) fn read(html: &str) -> Source<'_> {
    let bytes = html.as_bytes();
    let mut source = Source::default();
    // Ends that were looked for and don't come any more: looking again would be quadratic.
    let mut endless = Endless::default();
    let (mut kept, mut at) = (0, 0);
    while let Some(found) = memchr(b'<', &bytes[at..]) {
        let open = at + found;
        let Some(&next) = bytes.get(open + 1) else { break };
        let cut_to = match next {
            b'!' if bytes[open..].starts_with(b"<!--") => {
                if endless.comment {
                    None
                } else {
                    comment_end(bytes, open).or_else(|| {
                        endless.comment = true;
                        None
                    })
                }
            }
            b'a'..=b'z' | b'A'..=b'Z' => {
                let Some(close) = tag_end(bytes, open + 1) else { break };
                at = close + 1;
                if close - open > LONG_TAG && attributes(&bytes[open..close]) > MAX_ATTRIBUTES {
                    if open > kept {
                        source.pieces.push(&html[kept..open]);
                    }
                    kept = at;
                    continue;
                }
                if shows_its_content(html, open, close) {
                    // The tag goes, what it holds stays; an end tag without a start is ignored.
                    if open > kept {
                        source.pieces.push(&html[kept..open]);
                    }
                    kept = at;
                    continue;
                }
                match cut_element(&html[open + 1..close]) {
                    Some(name) if !endless.names.contains(&name) => {
                        let end = element_end(html, open, close, name, &mut source);
                        if end.is_none() {
                            endless.names.push(name);
                        }
                        end
                    }
                    Some(_) | None => continue,
                }
            }
            b'/' => {
                at = tag_end(bytes, open + 2).map_or(bytes.len(), |close| close + 1);
                continue;
            }
            _ => {
                at = open + 1;
                continue;
            }
        };
        let Some(to) = cut_to else {
            at = at.max(open + 1);
            continue;
        };
        if open > kept {
            source.pieces.push(&html[kept..open]);
        }
        (kept, at) = (to, to);
    }
    if kept < html.len() {
        source.pieces.push(&html[kept..]);
    }
    source
}

/// Bytes behind a `noscript` tag that are looked at for a story.
const NOSCRIPT_WINDOW: usize = 4096;
/// Paragraphs that make one of it; what repeats pictures or asks for JavaScript has fewer.
const NOSCRIPT_PARAGRAPHS: usize = 2;

/// Whether a tag opens what readers see though it is no element of text: a declarative shadow root, or
/// a `noscript` with paragraphs in it.
fn shows_its_content(html: &str, open: usize, close: usize) -> bool {
    let tag = &html[open + 1..close];
    if !tag.starts_with(['t', 'T', 'n', 'N']) {
        return false;
    }
    let named = |name: &str| tag.get(..name.len()).is_some_and(|n| n.eq_ignore_ascii_case(name));
    if named("template") {
        return contains_ignore_case(tag, "shadowroot");
    }
    if !named("noscript") {
        return false;
    }
    let mut end = html.len().min(close + 1 + NOSCRIPT_WINDOW);
    while !html.is_char_boundary(end) {
        end -= 1;
    }
    let window = &html[close + 1..end];
    let content = window.find("</noscript").or_else(|| window.find("</NOSCRIPT"));
    let content = &window[..content.unwrap_or(window.len())];
    let paragraphs = memmem::find_iter(content.as_bytes(), b"<p").filter(|at| {
        content.as_bytes().get(at + 2).is_some_and(|b| *b == b'>' || b.is_ascii_whitespace())
    });
    paragraphs.count() >= NOSCRIPT_PARAGRAPHS
}

/// The name of the element to be cut that a tag opens.
fn cut_element(tag: &str) -> Option<&'static str> {
    let bytes = tag.as_bytes();
    // Most tags are told by their first letter.
    if !matches!(bytes.first()?.to_ascii_lowercase(), b's' | b'i' | b'n') {
        return None;
    }
    CUT.into_iter().find(|name| {
        bytes.len() >= name.len()
            && bytes[..name.len()].eq_ignore_ascii_case(name.as_bytes())
            && bytes.get(name.len()).is_none_or(|b| b.is_ascii_whitespace() || *b == b'/')
    })
}

/// Where the `>` of a tag is; quotes count after `=` only.
fn tag_end(bytes: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        let hit = at + memchr3(b'>', b'"', b'\'', bytes.get(at..)?)?;
        let quote = bytes[hit];
        if quote == b'>' {
            return Some(hit);
        }
        let before = bytes[from..hit].iter().rev().find(|b| !b.is_ascii_whitespace());
        at = hit + 1;
        if before == Some(&b'=') {
            at += memchr(quote, &bytes[at..])? + 1;
        }
    }
}

/// Tags longer than this, in bytes, are looked at more closely.
const LONG_TAG: usize = 2048;
/// A tag with more attributes is left out: html5ever compares each with all before it.
const MAX_ATTRIBUTES: usize = 400;

/// At least as many as the attributes of a tag.
fn attributes(tag: &[u8]) -> usize {
    let (mut count, mut quote, mut before) = (0, None, b' ');
    for &b in tag {
        match quote {
            Some(q) => {
                if q == b {
                    (quote, count) = (None, count + 1);
                }
            }
            None if matches!(b, b'"' | b'\'') && before == b'=' => quote = Some(b),
            None => count += usize::from(b.is_ascii_whitespace() || b == b'/'),
        }
        if !b.is_ascii_whitespace() {
            before = b;
        }
    }
    count
}

/// One past a comment that opens at `open`.
fn comment_end(bytes: &[u8], open: usize) -> Option<usize> {
    let body = open + 4;
    if bytes[body..].starts_with(b">") {
        return Some(body + 1);
    }
    if bytes[body..].starts_with(b"->") {
        return Some(body + 2);
    }
    COMMENT_END.find(&bytes[body..]).map(|n| body + n + 3)
}

/// One past the end of an element to be cut whose start tag is `open..=close`.
fn element_end<'a>(
    html: &'a str,
    open: usize,
    close: usize,
    name: &'static str,
    source: &mut Source<'a>,
) -> Option<usize> {
    let bytes = html.as_bytes();
    if name == "svg" && bytes[close - 1] == b'/' {
        return Some(close + 1);
    }
    let mut at = close + 1;
    let end = loop {
        let Some(found) = END_TAG.find(&bytes[at..]) else { break None };
        let tag = at + found;
        let after = tag + 2 + name.len();
        if bytes.get(tag + 2..after).is_some_and(|n| n.eq_ignore_ascii_case(name.as_bytes()))
            && bytes.get(after).is_none_or(|b| b.is_ascii_whitespace() || matches!(b, b'>' | b'/'))
        {
            break Some((
                tag,
                memchr(b'>', &bytes[after..]).map_or(bytes.len(), |n| after + n + 1),
            ));
        }
        at = tag + 2;
    };
    // An unclosed script runs to the end of the page; other elements are left to the parser.
    let (text_end, to) = match end {
        Some(end) => end,
        None if name == "script" => (bytes.len(), bytes.len()),
        None => return None,
    };
    if name == "script" {
        let text = html[close + 1..text_end].trim();
        if !text.is_empty() {
            let attributes = &html[open + 1 + name.len()..close];
            source.scripts.push(Script { attributes, text });
        }
    }
    Some(to)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(html: &str) -> String {
        read(html).pieces.concat()
    }

    #[test]
    fn cuts_scripts_styles_comments_and_drawings() {
        let html = "<p>a<script type='application/ld+json'>{\"x\": 1}</SCRIPT >b<!-- c --><style>d</style>\
                    <svg><title>e</title></svg>f</p>";
        let source = read(html);
        assert_eq!(source.pieces.concat(), "<p>abf</p>");
        assert_eq!(source.scripts.len(), 1);
        assert!(source.scripts[0].is_json_ld());
        assert_eq!(source.scripts[0].text, "{\"x\": 1}");
    }

    #[test]
    fn keeps_what_shadow_roots_and_noscript_show() {
        let shown = "<p>one</p><p>two</p>";
        assert_eq!(
            kept(&format!("<x-a><template shadowrootmode=open>{shown}</template></x-a>")),
            format!("<x-a>{shown}</template></x-a>")
        );
        assert_eq!(
            kept(&format!("a<noscript>{shown}</noscript>b")),
            format!("a{shown}</noscript>b")
        );
        assert_eq!(kept("a<noscript><img src=x></noscript>b"), "ab");
    }

    #[test]
    fn leaves_tags_inside_attribute_values_alone() {
        let html = "<div data-x=\"<script>\">a</div><p title='>'>b</p><q isn't>c</q>";
        assert_eq!(kept(html), html);
    }

    #[test]
    fn keeps_similarly_named_and_unclosed_elements() {
        assert_eq!(kept("<scripty>a</scripty><style>b"), "<scripty>a</scripty><style>b");
        assert_eq!(kept("a<script>b"), "a");
        assert_eq!(kept("a < b <!--> c <"), "a < b  c <");
        let many: String = (0..2000).map(|n| format!(" a{n}=1")).collect();
        assert_eq!(kept(&format!("a<p{many}>b</p>")), "ab</p>");
    }
}
