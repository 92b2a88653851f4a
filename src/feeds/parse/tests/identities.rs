//! What an entry is called, and which of its dates revise it.

use super::*;

#[test]
fn unusable_guids_become_hashes_and_missing_ones_addresses() {
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
fn guid_shared_by_pages_identifies_none_of_them() {
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
fn update_times_shared_by_entries_belong_to_feed() {
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
fn latest_revision_of_a_repeated_id_counts() {
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
fn address_as_id_has_other_scheme_twin() {
    let of = |scheme: &str| {
        let item = format!("<item><link>/a</link><guid>{scheme}://www.ex.com/a</guid></item>");
        document(&rss(&item)).entries.remove(0)
    };
    let (plain, secure) = (of("http"), of("https"));
    assert_ne!(plain.identity, secure.identity);
    assert!(secure.twins.contains(plain.identity.id()));
}

#[test]
fn unreadable_date_hides_no_readable_date() {
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
fn address_without_guid_has_other_scheme_twin() {
    let of =
        |url: &str| document(&rss(&format!("<item><link>{url}</link></item>"))).entries.remove(0);
    let (plain, secure) = (of("http://www.ex.com/a"), of("https://www.ex.com/a"));
    assert!(secure.twins.contains(plain.identity.id()));
    assert!(plain.twins.contains(secure.identity.id()));
}
