//! What each format says of its entries.

use super::*;

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
fn atom_revises_by_updated_and_resolves_xml_base() {
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
fn json_feeds_are_read_without_attachments_as_stories() {
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
fn an_aggregators_title_is_not_its_stories_publisher() {
    let document = document(&rss("<item><link>https://other.org/a</link></item>"));
    assert_eq!(document.entries[0].publisher, None);
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
fn entry_files_and_pictures_are_found_once() {
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
fn author_is_a_person_with_its_own_fields() {
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
