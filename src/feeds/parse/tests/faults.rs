//! What is broken, hostile or too much.

use super::*;

#[test]
fn what_is_no_feed_has_a_code() {
    for (text, expected) in [
        ("<!DOCTYPE html><html><head><title>Home</title></head></html>", "html"),
        ("<!doctype HTML>\n<meta charset=utf-8><p>Hello & goodbye", "html"),
        ("<HTML><body>", "html"),
        ("<opml version='2.0'><body/></opml>", "not_a_feed"),
        ("just a text", "not_a_feed"),
        ("", "not_a_feed"),
        ("\u{0}\u{1}PNG", "not_a_feed"),
        ("<rss version='2.0'><channel><item><title>A</b></item></channel></rss>", "unreadable"),
        ("<rss version='2.0'><channel><item><title>A", "xml"),
        ("<urlset><url><loc>https://ex.com/a</loc>", "xml"),
        ("<feed><entry><title>A</title></entry></feed>", "unreadable"),
        ("{\"version\": \"https://jsonfeed.org/version/1\", \"items\": [7, null]}", "unreadable"),
        ("{\"version\": \"https://jsonfeed.org/version/1\", \"items\": 7}", "json"),
        ("{\"version\": \"2\", \"title\": \"T\", \"items\": []}", "version"),
    ] {
        assert_eq!(code(text), expected, "{text}");
    }
}

#[test]
fn an_entity_bomb_stays_as_it_is_written() {
    let mut text = String::from("<?xml version='1.0'?><!DOCTYPE rss [<!ENTITY a0 'lol'>");
    for level in 1..30 {
        let before = format!("&a{};", level - 1).repeat(10);
        text.push_str(&format!("<!ENTITY a{level} '{before}'>"));
    }
    text.push_str("<!ENTITY file SYSTEM 'file:///etc/passwd'>]>");
    text.push_str("<rss version='2.0'><channel><item><title>&a29; &file;</title><link>https://ex.com/a</link></item></channel></rss>");
    let document = document(&text);
    let title = document.entries[0].title.as_deref().unwrap();
    assert_eq!(title, "&a29; &file;");
}

#[test]
fn newest_of_a_hundred_thousand_entries_are_taken() {
    use std::fmt::Write as _;
    let mut items = String::new();
    for number in 0..100_000_u32 {
        let day = 1 + number % 28;
        write!(
            items,
            "<item><link>/{number}</link><pubDate>{day} Jan {} 00:00 GMT</pubDate></item>",
            2000 + number % 20
        )
        .unwrap();
    }
    let document = document(&rss(&items));
    assert_eq!((document.entries.len(), document.left_out), (1000, 99_000));
    let newest = &document.entries[0].published.as_ref().unwrap().0;
    assert!(newest.starts_with("2019-01-28"), "{newest}");
    assert!(
        document.entries.iter().all(|e| e.published.as_ref().unwrap().0.starts_with("2019-01-"))
    );
}

#[test]
fn bare_ampersands_and_html_entities_are_accepted() {
    let text = rss(
        "<item><title>R&D &nbsp;&eacute;t&eacute; & more</title><link>/a?x=1&y=2&copy=3</link>\
         <description><![CDATA[a && b]]></description></item>",
    );
    let entry = &document(&text).entries[0];
    assert_eq!(entry.title.as_deref(), Some("R&D \u{e9}t\u{e9} & more"));
    assert_eq!(entry.url.as_str(), "https://www.ex.com/a?x=1&y=2&copy=3");
}

#[test]
fn nesting_without_end_costs_no_stack() {
    let text = format!("<rss version='2.0'><channel>{}", "<a>".repeat(200_000));
    assert_eq!(code(&text), "xml");
    let text = format!("<urlset>{}", "<url>".repeat(200_000));
    assert_eq!(code(&text), "xml");
}

#[test]
fn a_slip_in_the_markup_costs_no_entry() {
    let after = "<item><title>B</title><link>/b</link></item>";
    for (slip, title) in [
        ("<item><title>I <3 snow</title><link>/a</link></item>", Some("I <3 snow")),
        ("<item><title>a < b</title><link>/a</link></item>", Some("a < b")),
        ("<item><title>one<br>two</title><link>/a</link></item>", Some("one two")),
        ("<item><title>A<link>/a</link></item>", Some("A")),
        ("<item><title>A</title><link>/a</link>", Some("A")),
        (
            "<item><title>A</title><link>/a</link><description><p>x<img src=y></description></item>",
            Some("A"),
        ),
        ("<item><title>A&#0;\u{8}</title><link>/a</link></b></item>", Some("A\u{fffd}")),
    ] {
        let document = document(&rss(&format!("{slip}{after}")));
        let titles: Vec<_> = document.entries.iter().map(|e| e.title.as_deref()).collect();
        assert_eq!(titles, [title, Some("B")], "{slip}");
    }
    let whole = rss(after);
    assert_eq!(urls(&format!("<br />\n<b>Notice</b>: x in <b>f.php</b>\n{whole}")).len(), 1);
    assert_eq!(urls(&whole.replace("?>", ">")).len(), 1);
}

#[test]
fn truncated_feed_loses_only_the_cut_entry() {
    let whole = rss("<item><link>/a</link></item><item><link>/b</link></item>");
    let cut = document(&whole[..whole.len() - 12]);
    assert!(cut.is_cut && cut.entries.len() == 2);
    let cut = document(&whole[..=whole.find("/b</link>").unwrap()]);
    assert!(cut.is_cut && cut.entries.len() == 1);
    assert!(!document(&whole).is_cut);
}

#[test]
fn hostile_documents_are_read_in_linear_time() {
    let item = "<item><link>/a</link></item>";
    let many = |count: usize, of: fn(usize) -> String| (0..count).map(of).collect::<String>();
    let attributes = many(900_000, |n| format!(" a{n}"));
    let filling = "x".repeat(7_000_000);
    for text in [
        rss(&format!("<x{attributes}/>{item}")),
        format!("<!DOCTYPE html><link rel=feed href=/a><p{}>", &attributes[..100_000]),
        rss(&format!("{}{item}", "<item/>".repeat(1_000_000))),
        rss(&format!(
            "<item><link>/a</link>{}</item>",
            many(300_000, |n| format!("<author>{n}</author>"))
        )),
        rss(&format!("<item>{}</item>", "<link>/a</link>".repeat(400_000))),
        format!("{}{filling}", "<!-- ".repeat(13_000)),
        format!("{}{filling}", "<!doctype a[> ".repeat(4000)),
        rss(&format!("{}{item}", "</x>".repeat(1_500_000))),
        rss(&"<a b='".repeat(1_000_000)),
        "<".repeat(7_000_000),
        format!(
            "{{\"_x\": [{}1], \"items\": [{}{{\"id\": 1, \"url\": \"/a\"}}]}}",
            "[],".repeat(1_000_000),
            "{},".repeat(1_000_000)
        ),
        format!("{{\"items\": [{}", "{\"a\": \"},{".repeat(500_000)),
        format!("<urlset>{}", "<url><loc>/a</loc><news:news/>".repeat(200_000)),
        format!("<sitemapindex>{}", "<sitemap><loc>/a</loc>".repeat(300_000)),
    ] {
        let start = std::time::Instant::now();
        let _ = parse(&text, &at(), 1000, &Stop::default());
        let taken = start.elapsed();
        assert!(taken < Duration::from_secs(8), "{taken:?} for {text:.60}");
    }
}

#[test]
fn entries_are_bounded_while_they_are_read() {
    let document = document(&rss(&format!(
        "{}<item><link>/a</link><pubDate>2026-09-20</pubDate></item>",
        (0..50_000).map(|n| format!("<item><link>/{n}</link></item>")).collect::<String>()
    )));
    assert_eq!((document.entries.len(), document.left_out), (1000, 49_001));
    assert_eq!(document.entries[0].url.as_url().path(), "/a");
    assert_eq!(document.entries[1].url.as_url().path(), "/0");
}

#[test]
fn a_reading_that_is_told_to_stop_ends() {
    let stop = Stop::default();
    stop.set();
    for text in
        [rss("<item><link>/a</link></item>"), "{\"items\": []}".to_owned(), "<urlset>".to_owned()]
    {
        let error = parse(&text, &at(), 10, &stop).unwrap_err();
        assert_eq!(error.code(), "stopping", "{text}");
    }
}

#[test]
fn json_mistake_costs_at_most_its_own_item() {
    let item = |n: u8, more: &str| format!("{{\"id\": \"{n}\", \"url\": \"/{n}\"{more}}}");
    let feed = |first: &str| {
        format!(
            "{{\"version\": \"https://jsonfeed.org/version/1.1\", \"items\": [{first}, {}]}}",
            item(2, "")
        )
    };
    let both = ["https://www.ex.com/1", "https://www.ex.com/2"];
    for more in [
        ", \"title\": \"A \\ud83d x\"",
        ", \"title\": \"A\n\tb\"",
        ", \"_x\": 1e999",
        ", \"title\": \"A \\x\"",
        ",",
    ] {
        assert_eq!(urls(&feed(&item(1, more))), both, "{more}");
    }
    assert_eq!(urls(&format!("{}\n<!-- cached -->", feed(&item(1, "")))), both);
    for more in [", \"title\": \"a \"b\" c\"", ", \"title\": \"5\" pipe\"", ", title: 1"] {
        let document = document(&feed(&item(1, more)));
        assert_eq!(document.entries.len(), 1, "{more}: {document:?}");
        assert_eq!((document.entries[0].url.as_str(), document.malformed), (both[1], 1), "{more}");
    }
    let whole = feed(&item(1, ""));
    let cut = document(&whole[..whole.len() - 10]);
    assert_eq!((cut.is_cut, cut.entries.len()), (true, 1));
    // Parts of an item that is cut are no items.
    let attached = whole.replace(
        "\"id\": \"2\"",
        "\"attachments\": [{\"url\": \"/a.mp3\"}, {\"url\": \"/b.mp3\"}], \"id\": \"2\"",
    );
    assert_eq!(urls(&attached[..attached.len() - 10]), both[..1]);
    assert_eq!(code(&whole[..whole.find("items").unwrap()]), "json");
    assert_eq!(code("{\"items\": [{\"id\": \"1\", "), "json");
    let author = "{\"authors\": [{\"name\": \"Ann Berg\"}], \"items\": [{\"url\": \"/1\"}]}";
    assert_eq!(document(author).entries[0].byline.as_deref(), Some("Ann Berg"));
}
