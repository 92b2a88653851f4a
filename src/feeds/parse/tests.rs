use super::*;

fn at() -> WebUrl {
    WebUrl::parse("https://www.ex.com/feeds/news.xml").unwrap()
}

fn document(text: &str) -> Document {
    match parse(text, &at(), 1000, &Stop::default()) {
        Ok(Parsed::Feed(document)) => document,
        other => panic!("{other:?}"),
    }
}

fn code(text: &str) -> &'static str {
    match parse(text, &at(), 1000, &Stop::default()) {
        Ok(parsed) => panic!("{parsed:?}"),
        Err(error) => error.code(),
    }
}

/// An RSS feed with these items.
fn rss(items: &str) -> String {
    format!(
        "<?xml version='1.0' encoding='iso-8859-1'?>\n<rss version='2.0' \
         xmlns:dc='http://purl.org/dc/elements/1.1/' xmlns:atom='http://www.w3.org/2005/Atom'>\
         <channel><title>The Courier</title><link>https://www.ex.com/</link>\
         <language>en-US</language>{items}</channel></rss>"
    )
}

fn ids(document: &Document) -> Vec<&str> {
    document.entries.iter().map(|entry| entry.identity.id().as_str()).collect()
}

fn revision(entry: &Entry) -> Option<&str> {
    entry.identity.revision().map(crate::model::Revision::as_str)
}

#[test]
fn rss_gives_what_it_knows() {
    let document = document(&rss(
        "<ttl>30</ttl><item><title>Caf&#233; &amp;amp; bar &lt;b&gt;open&lt;/b&gt;</title>\
         <link>/2026/a?x=1&amp;y=2</link><guid isPermaLink='false'>4711</guid>\
         <pubDate>Sun, 20 Sep 2026 12:00:00 +0200</pubDate><dc:creator>Ann Berg</dc:creator>\
         <author>jo@ex.com (Jo Lind)</author><category>Sport</category></item>",
    ));
    assert_eq!((document.via, document.hint), ("rss", Some(Duration::from_secs(1800))));
    let [entry] = &document.entries[..] else { panic!("{document:?}") };
    assert_eq!(entry.identity.id().as_str(), "www.ex.com:4711");
    assert_eq!(entry.url.as_str(), "https://www.ex.com/2026/a?x=1&y=2");
    assert_eq!(entry.title.as_deref(), Some("Caf\u{e9} & bar open"));
    assert_eq!(entry.published.as_ref().unwrap().0, "2026-09-20T10:00:00Z");
    assert_eq!(revision(entry), None, "an update time that is the publication's is no revision");
    assert_eq!(entry.language.as_deref(), Some("en-US"));
    assert_eq!(entry.byline.as_deref(), Some("Ann Berg, Jo Lind"));
    assert_eq!(entry.section.as_deref(), Some("Sport"));
    assert_eq!(entry.keywords, ["Sport"]);
    assert_eq!(entry.publisher.as_deref(), Some("The Courier"));
}

#[test]
fn atom_revises_by_its_update_time_and_resolves_xml_base() {
    let atom = "<feed xmlns='http://www.w3.org/2005/Atom' xml:base='https://cdn.ex.com/base/'>\
        <title>T</title><id>urn:x</id><updated>2026-01-01T00:00:00Z</updated>\
        <entry xml:base='news/'><id>tag:ex.com,2026:1</id><title type='text'>1 &lt; 2</title>\
        <link rel='self' href='self.xml'/><link rel='enclosure' type='audio/mpeg' href='a.mp3'/>\
        <link href='one.html'/><published>2026-09-20T10:00:00Z</published>\
        <updated>2026-09-20T11:30:00+01:00</updated><category term='x' label='World'/>\
        <category term='Europe'/></entry></feed>";
    let document = document(atom);
    let entry = &document.entries[0];
    assert_eq!(document.via, "atom");
    assert_eq!(entry.url.as_str(), "https://cdn.ex.com/base/news/one.html");
    assert_eq!(entry.identity.id().as_str(), "tag:ex.com,2026:1");
    assert_eq!(revision(entry), Some("2026-09-20T10:30:00Z"));
    assert_eq!(entry.title.as_deref(), Some("1 < 2"));
    assert_eq!(
        (entry.section.as_deref(), &entry.keywords[..]),
        (None, &["World".to_owned(), "Europe".to_owned()][..])
    );
}

#[test]
fn json_feeds_are_read_and_attachments_are_no_stories() {
    let json = r#"{"version": "https://jsonfeed.org/version/1.1", "title": "T", "language": "de",
        "items": [{"id": "1", "url": "/a", "title": "A", "tags": ["x"],
                   "date_published": "2026-09-20T10:00:00Z", "date_modified": "2026-09-21T10:00:00Z"},
                  {"id": "2", "attachments": [{"url": "https://ex.com/a.zip", "mime_type": "application/zip"}]},
                  {"id": "https://www.ex.com/c"}]}"#;
    let document = document(json);
    assert_eq!((document.via, document.without_link), ("json", 1));
    assert_eq!(ids(&document), ["www.ex.com:1", "https://www.ex.com/c"]);
    assert_eq!(revision(&document.entries[0]), Some("2026-09-21T10:00:00Z"));
}

#[test]
fn rdf_with_syndication_hints_is_read() {
    let rdf = "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' \
        xmlns='http://purl.org/rss/1.0/' xmlns:sy='http://purl.org/rss/1.0/modules/syndication/'>\
        <channel rdf:about='x'><title>T</title><link>https://www.ex.com/</link>\
        <sy:updatePeriod> daily </sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency></channel>\
        <item rdf:about='y'><title>A</title><link>https://www.ex.com/a</link></item></rdf:RDF>";
    let document = document(rdf);
    assert_eq!(document.hint, Some(Duration::from_secs(6 * 3600)));
    assert_eq!(document.entries.len(), 1);
}

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
fn a_sitemap_index_gives_its_parts_the_newest_first() {
    let index = "<sitemapindex><sitemap><loc>/1.xml</loc><lastmod>2026-01-01</lastmod></sitemap>\
        <sitemap><loc>/2.xml</loc><lastmod>2026-03-01T10:00:00Z</lastmod></sitemap>\
        <sitemap><loc>/3.xml</loc></sitemap><sitemap><loc> </loc></sitemap></sitemapindex>";
    let read = parse(index, &at(), 10, &Stop::default());
    let Ok(Parsed::Index { parts, is_cut: false }) = read else { panic!() };
    let paths: Vec<&str> = parts.iter().map(|part| part.url.as_url().path()).collect();
    assert_eq!(paths, ["/3.xml", "/2.xml", "/1.xml"]);
}

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
fn of_a_hundred_thousand_entries_the_newest_are_taken() {
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
fn guids_that_cannot_be_ids_become_hashes_and_missing_ones_addresses() {
    let document = document(&rss(&format!(
        "<item><guid>12345 at https://ex.com</guid><link>/a</link></item>\
         <item><guid>{}</guid><link>/b</link></item><item><link>/c?utm_source=rss</link></item>\
         <item><guid>https://www.ex.com/d</guid></item><item><title>nowhere</title></item>\
         <item><guid>5</guid><link>mailto:me@ex.com</link></item>",
        "x".repeat(2000)
    )));
    assert_eq!((document.entries.len(), document.without_link), (4, 2));
    let ids = ids(&document);
    assert!(ids[0].starts_with("entry:") && ids[1].starts_with("entry:") && ids[0] != ids[1]);
    let plain = WebUrl::parse("https://www.ex.com/c").unwrap();
    assert_eq!(ids[2], crate::model::StoryId::of_url(&plain).as_str());
    assert_eq!(ids[3], "https://www.ex.com/d");
}

#[test]
fn a_guid_that_several_pages_share_names_none_of_them() {
    let shared = document(&rss(
        "<item><guid>0</guid><link>/a</link></item><item><guid>0</guid><link>/b</link></item>\
         <item><guid>7</guid><link>/c</link></item><item><guid>7</guid><link>/c</link></item>",
    ));
    let ids = ids(&shared);
    assert_eq!(ids.len(), 3);
    assert!(ids[0].starts_with("url:") && ids[1].starts_with("url:") && ids[0] != ids[1]);
    assert_eq!(ids[2], "www.ex.com:7");
}

#[test]
fn update_times_that_all_entries_share_are_the_feeds_own() {
    let entry = |n: u8, updated: &str| {
        format!("<entry><id>tag:x:{n}</id><link href='/{n}'/><updated>{updated}</updated></entry>")
    };
    let feed = |entries: &[String]| {
        let entries = entries.concat();
        document(&format!("<feed xmlns='http://www.w3.org/2005/Atom'>{entries}</feed>"))
    };
    let now = "2026-09-20T10:00:00Z";
    let alike = feed(&[entry(1, now), entry(2, "2026-09-20T10:00:02Z"), entry(3, now)]);
    assert!(alike.entries.iter().all(|entry| revision(entry).is_none()));
    let own = feed(&[entry(1, now), entry(2, now), entry(3, "2026-09-20T11:00:00Z")]);
    assert!(own.entries.iter().all(|entry| revision(entry).is_some()));
}

#[test]
fn of_an_id_that_stands_twice_the_latest_revision_counts() {
    let entry = |updated: &str| {
        format!("<entry><id>tag:x:1</id><link href='/1'/><updated>{updated}</updated></entry>")
    };
    let (old, new) = (entry("2026-09-20T10:00:00Z"), entry("2026-09-21T10:00:00Z"));
    let document =
        document(&format!("<feed xmlns='http://www.w3.org/2005/Atom'>{old}{new}</feed>"));
    let [entry] = &document.entries[..] else { panic!("{document:?}") };
    assert_eq!(revision(entry), Some("2026-09-21T10:00:00Z"));
}

#[test]
fn dates_that_are_none_are_left_out() {
    let document = document(&rss("<item><link>/a</link><pubDate>yesterday</pubDate></item>\
         <item><link>/b</link><pubDate>Thu, 01 Jan 1970 00:00:00 GMT</pubDate></item>\
         <item><link>/c</link><pubDate></pubDate></item>"));
    assert_eq!(document.entries.len(), 3);
    assert!(document.entries.iter().all(|entry| entry.published.is_none()));
}

#[test]
fn a_bare_ampersand_is_forgiven_and_html_entities_are_read() {
    let text = rss(
        "<item><title>R&D &nbsp;&eacute;t&eacute; & more</title><link>/a?x=1&y=2&copy=3</link>\
         <description><![CDATA[a && b]]></description></item>",
    );
    let entry = &document(&text).entries[0];
    assert_eq!(entry.title.as_deref(), Some("R&D \u{e9}t\u{e9} & more"));
    assert_eq!(entry.url.as_str(), "https://www.ex.com/a?x=1&y=2&copy=3");
}

#[test]
fn an_aggregators_title_is_not_its_stories_publisher() {
    let document = document(&rss("<item><link>https://other.org/a</link></item>"));
    assert_eq!(document.entries[0].publisher, None);
}

#[test]
fn texts_are_bounded_and_languages_are_tags() {
    let long = "word ".repeat(1000);
    let document = document(&rss(&format!("<item><title>{long}</title><link>/a</link></item>")));
    assert!(document.entries[0].title.as_ref().unwrap().len() <= entries::LONGEST_TITLE);
    for (given, tag) in [
        ("en_US", Some("en-US")),
        (" de ", Some("de")),
        ("english", None),
        ("zh-Hant-TW", Some("zh-Hant-TW")),
        ("", None),
        ("e n", None),
    ] {
        assert_eq!(plain_text::language(given).as_deref(), tag, "{given}");
    }
}

#[test]
fn nesting_without_end_costs_no_stack() {
    let text = format!("<rss version='2.0'><channel>{}", "<a>".repeat(200_000));
    assert_eq!(code(&text), "xml");
    let text = format!("<urlset>{}", "<url>".repeat(200_000));
    assert_eq!(code(&text), "xml");
}

fn urls(text: &str) -> Vec<String> {
    document(text).entries.iter().map(|entry| entry.url.to_string()).collect()
}

#[test]
fn every_flavour_of_feed_is_read() {
    let item = "<item><title>A</title><link>https://www.ex.com/a</link></item>";
    let entry = "<entry><title>A</title><link href='https://www.ex.com/a'/></entry>";
    for text in [
        format!("<rss><channel>{item}</channel></rss>"),
        format!("<rss version='0.94'><channel>{item}</channel></rss>"),
        format!("<rss version='2.0' xmlns='http://backend.userland.com/rss2'><channel>{item}</channel></rss>"),
        format!("<rss version='2.0'><channel><title>T</title></channel>{item}</rss>"),
        format!("<rss version='2.0'>{item}</rss>"),
        format!("<r:RDF xmlns:r='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://my.netscape.com/rdf/simple/0.9/'><channel/>{item}</r:RDF>"),
        "<rdf:RDF><item rdf:about='https://www.ex.com/a'><title>A</title></item></rdf:RDF>".to_owned(),
        "<RSS VERSION='2.0'><CHANNEL><ITEM><TITLE>A</TITLE><LINK>https://www.ex.com/a</LINK></ITEM></CHANNEL></RSS>".to_owned(),
        format!("<feed version='0.3' xmlns='http://purl.org/atom/ns#'>{entry}</feed>"),
        format!("<feed xmlns='https://www.w3.org/2005/Atom'>{entry}</feed>"),
        "<a:feed xmlns:a='http://www.w3.org/2005/Atom'><a:entry><a:title>A</a:title><a:link href='https://www.ex.com/a'/></a:entry></a:feed>".to_owned(),
        format!("<?xml version='1.0'?>{entry}"),
        "{\"version\": \"http://jsonfeed.org/version/1\", \"items\": [{\"id\": 7, \"title\": \"A\", \"url\": \"/a\"}, 5]}".to_owned(),
    ] {
        let document = document(&text);
        let [entry] = &document.entries[..] else { panic!("{text}: {document:?}") };
        assert_eq!(entry.url.as_str(), "https://www.ex.com/a", "{text}");
        assert_eq!(entry.title.as_deref(), Some("A"), "{text}");
    }
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
fn what_is_cut_off_costs_the_entry_that_it_is_in() {
    let whole = rss("<item><link>/a</link></item><item><link>/b</link></item>");
    let cut = document(&whole[..whole.len() - 12]);
    assert!(cut.is_cut && cut.entries.len() == 2);
    let cut = document(&whole[..=whole.find("/b</link>").unwrap()]);
    assert!(cut.is_cut && cut.entries.len() == 1);
    assert!(!document(&whole).is_cut);
}

#[test]
fn links_are_found_wherever_they_stand() {
    for (item, url) in [
        ("<item><guid isPermaLink='true'>/a</guid></item>", "https://www.ex.com/a"),
        ("<item><link href='/a'/></item>", "https://www.ex.com/a"),
        ("<item><atom:link href='/a'/></item>", "https://www.ex.com/a"),
        (
            "<item><link rel='http://www.iana.org/assignments/relation/alternate' href='/a'/></item>",
            "https://www.ex.com/a",
        ),
        ("<item><link rel='ALTERNATE' href='/a'/></item>", "https://www.ex.com/a"),
        ("<item><content src='/a'/></item>", "https://www.ex.com/a"),
    ] {
        assert_eq!(urls(&rss(item)), [url], "{item}");
    }
}

#[test]
fn texts_of_any_type_are_read() {
    for (kind, text) in
        [("HTML", "a &lt;b&gt;b&lt;/b&gt;"), ("html ", "a b"), ("", "a b"), ("text/x-y", "a b")]
    {
        let feed = format!(
            "<feed><entry><title type='{kind}'>{text}</title><link href='/a'/>\
             <content type='{kind}'/></entry></feed>"
        );
        assert_eq!(document(&feed).entries[0].title.as_deref(), Some("a b"), "{kind}");
    }
    let xhtml = "<feed><entry><title type='xhtml'><div>a <i>&lt;b></i></div></title>\
        <link href='/a'/><author><name>Ann Berg</name><uri>x</uri></author></entry></feed>";
    let entry = &document(xhtml).entries[0];
    assert_eq!(entry.title.as_deref(), Some("a <b>"));
    assert_eq!(entry.byline.as_deref(), Some("Ann Berg"));
}

#[test]
fn an_address_as_id_has_a_twin_of_the_other_scheme() {
    let of = |scheme: &str| {
        let item = format!("<item><link>/a</link><guid>{scheme}://www.ex.com/a</guid></item>");
        document(&rss(&item)).entries.remove(0)
    };
    let (plain, secure) = (of("http"), of("https"));
    assert_ne!(plain.identity, secure.identity);
    assert_eq!(secure.twin.as_ref(), Some(&plain.identity));
}

#[test]
fn the_story_in_a_feed_is_read_in_every_form() {
    let content = |text: &str| document(text).entries.remove(0).content;
    let item = |inside: &str| {
        let ns = "xmlns:content='http://purl.org/rss/1.0/modules/content/'";
        format!(
            "<rss version='2.0' {ns}><channel><item><link>/a</link>{inside}</item></channel></rss>"
        )
    };
    let atom = |inside: &str| {
        format!(
            "<feed xmlns='http://www.w3.org/2005/Atom'><entry><link href='/a'/>{inside}</entry></feed>"
        )
    };
    let json = |inside: &str| format!("{{\"items\": [{{\"url\": \"/a\", {inside}}}]}}");
    for (text, expected) in [
        (
            item("<content:encoded><![CDATA[<p>One <b>two</b></p>]]></content:encoded>"),
            Some("<p>One <b>two</b></p>"),
        ),
        (
            item("<content:encoded>&lt;p>One &amp;amp; two</content:encoded>"),
            Some("<p>One &amp; two"),
        ),
        (item("<description>&lt;p>Only a teaser</description>"), None),
        (item("<content:encoded> </content:encoded>"), None),
        (atom("<content type='html'>&lt;p>One</content>"), Some("<p>One")),
        (atom("<content>One &lt; two\n\nThree</content>"), Some("<p>One &lt; two</p><p>Three</p>")),
        (
            atom("<content type='xhtml'><div><p>One &lt; <i>two</i></p></div></content>"),
            Some("<div><p>One &lt; <i>two</i></p></div>"),
        ),
        (atom("<content type='image/png'>iVBORw0KGgo=</content>"), None),
        (atom("<content src='/a.html'/>"), None),
        (json("\"content_html\": \"<p>One\", \"content_text\": \"Two\""), Some("<p>One")),
        (json("\"content_text\": \"One & two\""), Some("<p>One &amp; two</p>")),
        (json("\"content_html\": 7"), None),
    ] {
        assert_eq!(content(&text).as_deref(), expected, "{text}");
    }
}

#[test]
fn what_stands_in_a_story_is_no_field_of_its_entry() {
    let atom = "<feed xmlns='http://www.w3.org/2005/Atom'><entry><id>tag:x,2026:1</id><link href='/a'/>\
        <content type='xhtml'><div><author>A. Quoted</author><link href='/b'/><id>2</id><p>One</p></div>\
        </content><title>After</title></entry></feed>";
    let document = document(atom);
    let [entry] = &document.entries[..] else { panic!("{document:?}") };
    assert_eq!(entry.identity.id().as_str(), "tag:x,2026:1");
    assert_eq!((entry.byline.as_deref(), entry.title.as_deref()), (None, Some("After")));
    assert!(entry.content.as_ref().unwrap().contains("<p>One</p>"));
}

#[test]
fn files_and_pictures_of_an_entry_are_found_once() {
    let text = "<rss version='2.0' xmlns:m='http://search.yahoo.com/mrss/'><channel><item><link>/a</link>\
        <enclosure url='/a.MP3' type='Audio/MPEG' length='1'/><enclosure url='/a.MP3'/>\
        <m:group><m:content url='/a.jpg' medium='image'/></m:group><m:thumbnail url='/b.jpg'/>\
        <m:content url='/c.mp4' type='video/mp4'><m:thumbnail url='/not-this'/></m:content>\
        </item></channel></rss>";
    let seen = |text: &str| {
        let media = document(text).entries.remove(0).media;
        let shown = media.into_iter().map(|m| (m.url.as_url().path().to_owned(), m.is_image));
        shown.collect::<Vec<_>>()
    };
    let expected = [("/a.MP3", false), ("/a.jpg", true), ("/b.jpg", true), ("/c.mp4", false)];
    assert_eq!(seen(text), expected.map(|(path, is_image)| (path.to_owned(), is_image)));
    let atom = "<feed xmlns='http://www.w3.org/2005/Atom'><entry><link href='/a'/>\
        <link rel='enclosure' href='/s.ogg' type='audio/ogg'/></entry></feed>";
    assert_eq!(seen(atom), [("/s.ogg".to_owned(), false)]);
    let json = r#"{"items": [{"url": "/a", "image": "/i.png", "attachments": [{"url": "/s.mp3",
        "mime_type": "audio/mpeg"}, {"mime_type": "audio/mpeg"}, 7]}]}"#;
    assert_eq!(seen(json), [("/i.png".to_owned(), true), ("/s.mp3".to_owned(), false)]);
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
fn a_slip_in_json_costs_the_item_that_it_is_in() {
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

#[test]
fn a_slip_in_a_sitemap_costs_no_more_than_its_entry() {
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

#[test]
fn an_author_is_a_person_with_fields_of_its_own() {
    let entry = |author: &str| {
        format!(
            "<feed xmlns='http://www.w3.org/2005/Atom'><author><name>The Desk</name></author>\
             <entry>{author}<id>tag:x,2026:1</id><link href='/a'/></entry></feed>"
        )
    };
    for (author, byline) in [
        (
            "<author><name>Ann</name><link rel='alternate' href='https://x.org/@ann'/></author>",
            "Ann",
        ),
        ("<author><id>https://x.org/ann</id><name>Ann</name></author>", "Ann"),
        ("<author><name xml:lang='en'>Ann &amp; Co</name></author>", "Ann & Co"),
        ("<author><nickname>ab</nickname><name>Ann</name></author>", "Ann"),
        ("<author><a:name>Ann</a:name></author>", "Ann"),
        ("", "The Desk"),
    ] {
        let document = document(&entry(author));
        let [entry] = &document.entries[..] else { panic!("{author}: {document:?}") };
        assert_eq!(entry.byline.as_deref(), Some(byline), "{author}");
        assert_eq!(entry.url.as_str(), "https://www.ex.com/a", "{author}");
        assert_eq!(entry.identity.id().as_str(), "tag:x,2026:1", "{author}");
    }
    let item = |author: &str| document(&rss(&format!("<item>{author}<link>/a</link></item>")));
    for (author, byline) in [
        ("<author>j@ex.com (Jo Lind (Oslo))</author>", "Jo Lind (Oslo)"),
        ("<author>Jo Lind", "Jo Lind"),
    ] {
        assert_eq!(item(author).entries[0].byline.as_deref(), Some(byline), "{author}");
        assert_eq!(item(author).entries[0].url.as_str(), "https://www.ex.com/a", "{author}");
    }
}

#[test]
fn feeds_are_read_under_any_namespace() {
    let odd = "<x:rss xmlns:x='http://example.org/any'><x:channel><x:item><x:title>T</x:title>\
        <x:link>/a</x:link></x:item></x:channel></x:rss>";
    assert_eq!(urls(odd), ["https://www.ex.com/a"]);
    for title in ["if a<b then", "Ann <a@ex.com> says"] {
        let item = format!("<item><title>{title}</title><link>/a</link></item>");
        assert_eq!(document(&rss(&item)).entries[0].title.as_deref(), Some(title));
    }
    let base64 = "<feed version='0.3' xmlns='http://purl.org/atom/ns#'><entry><link href='/a'/>\
        <content type='text/html' mode='base64'>PHA+T25l\nIHR3bzwvcD4=</content></entry></feed>";
    assert_eq!(document(base64).entries[0].content.as_deref(), Some("<p>One two</p>"));
}

#[test]
fn a_date_that_cannot_be_read_hides_none_that_can() {
    for dates in [
        "<pubDate>soon</pubDate><dc:date>2026-10-12T10:00:00Z</dc:date>",
        "<dc:date>2026-10-12T10:00:00Z</dc:date><pubDate>soon</pubDate>",
        "<dc:date>2025-01-01</dc:date><pubDate>2026-10-12T10:00:00Z</pubDate>",
        "<pubDate>2026-10-12T10:00:00Z</pubDate><dc:date>2025-01-01</dc:date>",
    ] {
        let document = document(&rss(&format!("<item><link>/a</link>{dates}</item>")));
        let published = document.entries[0].published.as_ref().unwrap();
        assert_eq!(published.0, "2026-10-12T10:00:00Z", "{dates}");
    }
}

#[test]
fn an_address_without_a_guid_has_a_twin_of_the_other_scheme() {
    let of =
        |url: &str| document(&rss(&format!("<item><link>{url}</link></item>"))).entries.remove(0);
    let (plain, secure) = (of("http://www.ex.com/a"), of("https://www.ex.com/a"));
    assert_eq!(secure.twin.as_ref(), Some(&plain.identity));
    assert_eq!(plain.twin.as_ref(), Some(&secure.identity));
}
