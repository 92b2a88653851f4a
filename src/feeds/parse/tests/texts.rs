//! The texts of entries, and the stories in them.

use super::*;

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
fn story_in_feed_is_read_in_every_form() {
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
fn story_content_sets_no_fields_of_its_entry() {
    let atom = "<feed xmlns='http://www.w3.org/2005/Atom'><entry><id>tag:x,2026:1</id><link href='/a'/>\
        <content type='xhtml'><div><author>A. Quoted</author><link href='/b'/><id>2</id><p>One</p></div>\
        </content><title>After</title></entry></feed>";
    let document = document(atom);
    let [entry] = &document.entries[..] else { panic!("{document:?}") };
    assert_eq!(entry.identity.id().as_str(), "tag:x,2026:1");
    assert_eq!((entry.byline.as_deref(), entry.title.as_deref()), (None, Some("After")));
    assert!(entry.content.as_ref().unwrap().contains("<p>One</p>"));
}
