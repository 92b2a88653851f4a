//! Sitemaps and their indexes.

use time::format_description::well_known::Rfc3339;

use super::*;

#[test]
fn of_a_sitemap_only_news_is_taken() {
    let sitemap = "<?xml version='1.0'?><urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9' \
        xmlns:news='http://www.google.com/schemas/sitemap-news/0.9' xmlns:image='i'>\
        <url><loc> https://www.ex.com/a?x=1&amp;y=2 </loc><lastmod>2026-09-21T09:00Z</lastmod>\
        <image:image><image:loc>https://www.ex.com/lead.jpg</image:loc></image:image>\
        <news:news><news:publication><news:name>The Ex</news:name><news:language>en</news:language>\
        </news:publication><news:publication_date>2026-09-20</news:publication_date>\
        <news:title><![CDATA[A & B]]> &amp;amp; C</news:title><news:keywords>one, two</news:keywords></news:news></url>\
        <url><loc>https://www.ex.com/about</loc></url>\
        <url><news:news><news:title>T</news:title></news:news></url></urlset>";
    let document = document(sitemap);
    assert_eq!((document.via, document.no_news, document.without_link), ("sitemap", 1, 1));
    let [entry] = &document.entries[..] else { panic!("{document:?}") };
    assert_eq!(entry.url.as_str(), "https://www.ex.com/a?x=1&y=2");
    assert_eq!(entry.identity.id(), &crate::model::StoryId::of_url(&entry.url));
    assert_eq!(entry.published.as_ref().unwrap().0, "2026-09-20", "as precise as it is given");
    assert_eq!(revision(entry), Some("2026-09-21T09:00:00Z"));
    assert_eq!(entry.title.as_deref(), Some("A & B & C"));
    assert_eq!(entry.keywords, ["one", "two"]);
    assert_eq!(entry.publisher.as_deref(), Some("The Ex"));
}

#[test]
fn sitemap_index_lists_its_parts_and_their_dates() {
    let index = "<sitemapindex><sitemap><loc>/1.xml</loc><lastmod>2026-01-01</lastmod></sitemap>\
        <sitemap><loc>/2.xml</loc><lastmod> 2026-03-01T10:00:00Z </lastmod></sitemap>\
        <sitemap><loc>/3.xml</loc></sitemap><sitemap><loc> </loc></sitemap>\
        <sitemap><loc>/4.xml</loc><lastmod>27 de noviembre</lastmod></sitemap></sitemapindex>";
    let read = parse(index, &at(), 10, &Stop::default());
    let Ok(Parsed::Index { parts, is_cut: false }) = read else { panic!() };
    let paths: Vec<&str> = parts.iter().map(|part| part.url.as_url().path()).collect();
    assert_eq!(paths, ["/1.xml", "/2.xml", "/3.xml", "/4.xml"]);
    let last = |at: usize| parts[at].last_modified.as_ref();
    let until = |at: usize| last(at).and_then(|last| last.until.format(&Rfc3339).ok());
    assert_eq!(until(0).as_deref(), Some("2026-01-02T12:00:00Z"), "over in the last zone");
    assert_eq!(until(1).as_deref(), Some("2026-03-01T10:01:00Z"));
    assert_eq!(last(1).map(|last| last.text.as_str()), Some("2026-03-01T10:00:00Z"));
    assert_eq!((last(2), last(3)), (None, None));
}

#[test]
fn sitemap_mistake_costs_at_most_its_own_entry() {
    let entry = |n: u8, title: &str| {
        format!(
            "<url><loc>https://www.ex.com/{n}</loc><news:news><news:publication><news:name>P</news:name>\
             </news:publication><news:title>{title}</news:title></news:news></url>"
        )
    };
    let both = ["https://www.ex.com/1", "https://www.ex.com/2"];
    let sitemap = |first: &str| format!("<urlset>{first}{}</urlset>", entry(2, "B"));
    for first in [
        entry(1, "I <3 snow"),
        entry(1, "a<br>b"),
        entry(1, "a & b &nbsp;"),
        entry(1, "A").replace("</news:news>", ""),
        entry(1, "A").replace("</news:title>", ""),
        entry(1, "A").replace("</loc>", ""),
        entry(1, "A").replace("</url>", ""),
        entry(1, "A").replace("</news:publication>", ""),
        entry(1, "A").replace("<url>", "<url a=b>"),
        entry(1, "A").replace(
            "</news:news>",
            "<image:image><image:loc>/i</image:loc><image:title>I</image:title>",
        ),
    ] {
        assert_eq!(urls(&sitemap(&first)), both, "{first}");
    }
    let unclosed = entry(1, "A").replace("</news:title></news:news>", "<news:keywords>x");
    assert_eq!(document(&sitemap(&unclosed)).entries[0].title.as_deref(), Some("A"));
    let whole = sitemap(&entry(1, "A"));
    let cut = document(&whole[..whole.len() - 30]);
    assert_eq!((cut.is_cut, cut.entries.len()), (true, 1));
    let index = "<sitemapindex><sitemap><loc>/1.xml</loc></sitemap><sitemap><loc>/2";
    let read = parse(index, &at(), 10, &Stop::default());
    let Ok(Parsed::Index { parts, is_cut: true }) = read else { panic!("{read:?}") };
    assert_eq!(parts.len(), 1);
}
