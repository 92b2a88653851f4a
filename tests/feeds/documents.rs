//! Documents as bad as they come: each has its ending, and none harms the others.

use std::collections::BTreeMap;
use std::io::Write as _;

use super::support::broker::Broker;
use super::support::site::{Act, Site, html, reply};
use super::support::worker::Worker;
use super::{feed, rss};

fn titled(title: &[u8], head: &str) -> Vec<u8> {
    let (before, after) = ("<rss version='2.0'><channel><item><link>/", "</link><title>");
    let mut text = head.as_bytes().to_vec();
    text.extend(format!("{before}{}{after}", head.len()).bytes());
    text.extend(title);
    text.extend(b"</title></item></channel></rss>");
    text
}

#[tokio::test]
async fn every_document_has_its_ending() {
    let site = Site::start(|request| match request.path.as_str() {
        "/html" => html("<!DOCTYPE html><title>Home</title><p>Not a feed"),
        "/broken" => feed("<rss version='2.0'><channel><item></channel></rss>"),
        "/json" => reply(200, &[("Content-Type", "application/json")], "{\"a\": 1}"),
        "/nothing" => feed("  \n "),
        "/opml" => feed("<opml version='2.0'><body/></opml>"),
        // 20 MB, announced, and without end.
        "/large" => feed(vec![b' '; 20 << 20]),
        "/endless" => vec![
            Act::Send(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n<rss version='2.0'>".to_vec()),
            Act::Forever(vec![b' '; 1 << 16]),
        ],
        "/bomb.gz" => {
            let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
            for _ in 0..64 {
                gzip.write_all(&vec![b' '; 1 << 20]).unwrap();
            }
            reply(200, &[("Content-Type", "application/gzip")], gzip.finish().unwrap())
        }
        "/entities" => feed(format!(
            "<!DOCTYPE r [<!ENTITY a 'lol'>{}]><rss version='2.0'><channel><item><link>/x</link>\
             <title>&b19;</title></item></channel></rss>",
            (0..20)
                .map(|n| {
                    let inner = if n == 0 { "&a;".to_owned() } else { format!("&b{};", n - 1) };
                    format!("<!ENTITY b{n} '{}'>", inner.repeat(10))
                })
                .collect::<String>()
        )),
        "/many" => feed(rss(0..50_000)),
        path if path.starts_with("/nested") => feed(format!(
            "<sitemapindex><sitemap><loc>http://{}{path}n</loc></sitemap></sitemapindex>",
            request.headers["host"]
        )),
        "/late" => reply(451, &[], ""),
        "/well" => feed(rss([1])),
        _ => reply(404, &[], ""),
    })
    .await;
    let paths = [
        ("/html", "html"),
        ("/broken", "unreadable"),
        ("/json", "json"),
        ("/nothing", "empty"),
        ("/opml", "not_a_feed"),
        ("/large", "too_large"),
        ("/endless", "too_large"),
        ("/bomb.gz", "too_large"),
        ("/entities", "new"),
        ("/many", "new"),
        ("/late", "legal"),
        ("/nested", "parts"),
        ("/missing", "not_found"),
        ("/well", "new"),
    ];
    let broker = Broker::provisioned().await;
    let urls = paths.map(|(path, _)| site.url(path));
    let mut args = vec!["--once"];
    args.extend(urls.iter().map(String::as_str));
    let mut feeds = Worker::feeds(broker.url(), &args, &[]);
    assert_eq!(feeds.ended().await.code(), Some(1), "{}", feeds.text());
    let lines = feeds.lines();
    let lines: BTreeMap<&str, &serde_json::Value> = lines
        .iter()
        .filter(|line| line["event"] == "feed")
        .map(|line| (line["feed"].as_str().unwrap(), line))
        .collect();
    for (url, (path, code)) in urls.iter().zip(paths) {
        assert_eq!(lines[url.as_str()]["code"], code, "{path}: {}", lines[url.as_str()]);
    }
    let nested = lines[urls[11].as_str()];
    assert!(nested["reason"].as_str().unwrap().contains("nested too deep"), "{nested}");
    let many = lines[urls[9].as_str()];
    assert_eq!((&many["published"], &many["left_out"]), (&1000.into(), &49_000.into()));
    assert_eq!(broker.raw_left(&broker.context().await).await, 1001, "one story is in two feeds");
}

#[tokio::test]
async fn feeds_are_read_in_their_own_charset() {
    let gzipped = {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        gzip.write_all(&titled("Größe".as_bytes(), "")).unwrap();
        gzip.finish().unwrap()
    };
    let utf_16: Vec<u8> = {
        let text = String::from_utf8(titled(
            "Größe".as_bytes(),
            "<?xml version='1.0' encoding='UTF-16'?>",
        ));
        let units = std::iter::once(0xfeff).chain(text.unwrap().encode_utf16().collect::<Vec<_>>());
        units.flat_map(u16::to_le_bytes).collect()
    };
    let latin = encoding_rs::WINDOWS_1252.encode("Größe").0.into_owned();
    let declared = titled(&latin, "<?xml version='1.0' encoding='ISO-8859-1'?>");
    let in_header = titled(&latin, "");
    // Says latin in the document, is UTF-8, and the header knows.
    let corrected = titled("Größe".as_bytes(), "<?xml version='1.0' encoding='iso-8859-1' ?>  ");
    let site = Site::start(move |request| match request.path.as_str() {
        "/gzipped" => reply(200, &[("Content-Type", "application/x-gzip")], &gzipped),
        "/utf-16" => feed(&utf_16),
        "/declared" => feed(&declared),
        "/header" => reply(200, &[("Content-Type", "text/xml; charset=iso-8859-1")], &in_header),
        "/corrected" => reply(200, &[("Content-Type", "text/xml; charset=utf-8")], &corrected),
        _ => reply(404, &[], ""),
    })
    .await;
    let broker = Broker::provisioned().await;
    let urls = ["gzipped", "utf-16", "declared", "header", "corrected"]
        .map(|path| site.url(&format!("/{path}")));
    let mut args = vec!["--once"];
    args.extend(urls.iter().map(String::as_str));
    // Their stories have one address each, by the length of the head.
    let mut feeds = Worker::feeds(broker.url(), &args, &[("FEEDS__CONCURRENCY", "1")]);
    assert!(feeds.ended().await.success(), "{}", feeds.text());
    let raw = broker.raw(&broker.context().await).await;
    assert_eq!(raw.len(), 4, "two are one story");
    assert!(raw.iter().all(|message| message.json()["title"] == "Größe"));
}
