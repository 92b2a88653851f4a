//! What a line or a text may be that is no raw message, and which command reads it.

/// Whether a text starts as a feed or a sitemap does.
pub(in crate::cli) fn looks_like_feed(text: &str) -> bool {
    let roots = ["<rss", "<feed", "<rdf:RDF", "<urlset", "<sitemapindex"];
    let start: String = text.chars().take(1000).collect();
    roots.iter().any(|root| start.contains(root)) && !start.contains("<html")
}

/// A line without what may stand before its first character.
fn bare(line: &[u8]) -> &[u8] {
    let line = line.trim_ascii_start();
    line.strip_prefix("\u{feff}".as_bytes()).unwrap_or(line)
}

pub(super) fn starts_as_markup(line: &[u8]) -> bool {
    bare(line).starts_with(b"<")
}

/// What a line that begins as markup does may be, and what that needs.
pub(super) fn markup_hint(line: &[u8]) -> &'static str {
    if looks_like_feed(&String::from_utf8_lossy(line)) || bare(line).starts_with(b"<?xml") {
        return "this looks like a feed: `news-ingest feeds URL` polls it";
    }
    "this looks like HTML: `news-ingest process --html FILE` reads a page"
}

/// What a line that is no raw message may be, and what that needs.
pub(super) fn hint(line: &[u8]) -> Option<&'static str> {
    let line = bare(line);
    if line.starts_with(b"<") {
        return Some(markup_hint(line));
    }
    if line.starts_with(b"[") {
        return Some("this looks like a list: write one object a line, as `jq -c '.[]'` does");
    }
    if line.starts_with(b"http://") || line.starts_with(b"https://") {
        return Some("this looks like a URL: `process --url URL`, or a line {\"url\": \"…\"}");
    }
    matches!(line, b"{" | b"{\r").then_some(
        "this looks like JSON over several lines: write one object a line, as `jq -c .` does",
    )
}
