//! Feeds mutated input to what reads input from outside, for a bounded time each, and stops at the first
//! that panics or takes longer than a second; its bytes are kept for a test.
//!
//! usage: fuzz SECONDS TARGET [FILE...]
//!
//! Targets: `pages`, `messages` (raw messages in all their forms), `events` (CloudEvents), `cookies`,
//! `robots`, `feeds`, `sitemaps`. Files are added to what a target starts from.
//!
//! Works on stable Rust, without instrumentation: mutations are splices between inputs, repeats,
//! cuts and noise, from a seed that is printed.
#![allow(clippy::print_stdout)]

use std::panic::catch_unwind;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use news_ingest::{
    extract::{self, extract_html},
    feeds, fetch,
    intake::{self, Headers, RawMessage},
};
use rand::{Rng as _, SeedableRng as _, rngs::StdRng};

/// Longest input tried, in bytes.
const MAX_LEN: usize = 1 << 20;
/// Longest that one input may take.
const SLOW: Duration = Duration::from_secs(1);

/// What reads input, what it starts from, and the bytes that mean something to it.
struct Target {
    name: &'static str,
    seeds: &'static [&'static [u8]],
    marks: &'static [u8],
    read: fn(&[u8]),
}

const TARGETS: &[Target] = &[
    Target {
        name: "pages",
        seeds: &[b"<html><body><article><h1>A</h1><p>Text, and more of it.</p></article>"],
        marks: b"<>\"'=&/!-",
        read: |bytes| {
            let html = String::from_utf8_lossy(bytes);
            let _ = extract_html(&html, None, &extract::Settings::default());
        },
    },
    Target {
        name: "messages",
        seeds: &[
            b"{\"id\":\"a\",\"title\":\"T\",\"text\":\"Text.\",\"meta\":{\"n\":1e4}}",
            b"{\"url\":\"https://example.org/a\",\"html\":\"<p>Text.</p>\",\"publisher\":{\"name\":\"P\"}}",
            b"Content-Type: text/html\nNews-Id: a\nNews-Url: https://example.org/\n\n<p>Text.</p>",
            b"Content-Type: application/json\nContent-Encoding: gzip\n\n{\"id\":\"a\"}",
        ],
        marks: b"{}[]\":,\\\n.e-",
        read: |bytes| read_message(bytes),
    },
    Target {
        name: "events",
        seeds: &[
            b"Content-Type: application/cloudevents+json\n\n{\"specversion\":\"1.0\",\"type\":\"t\",\"source\":\"urn:s\",\"id\":\"a\",\
              \"datacontenttype\":\"application/json\",\"data\":{\"text\":\"Text.\"}}",
            b"ce-specversion: 1.0\nce-type: t\nce-source: urn:s\nce-id: a\nContent-Type: text/html\n\n<p>Text.</p>",
            b"Content-Type: application/cloudevents+json\n\n{\"specversion\":\"1.0\",\"type\":\"t\",\"source\":\"s\",\"id\":\"b\",\"data_base64\":\"e30=\"}",
        ],
        marks: b"{}[]\":,\\\n.#-",
        read: |bytes| read_message(bytes),
    },
    Target {
        name: "cookies",
        seeds: &[
            b"a=b; Path=/; Domain=example.org; Expires=Wed, 21 Oct 2015 07:28:00 GMT; Secure",
            b"a=b; Max-Age=0\nc=\"d\"; HttpOnly; SameSite=Lax",
        ],
        marks: b"=;, \"\n-",
        read: fetch::fuzzing::cookies,
    },
    Target {
        name: "robots",
        seeds: &[
            b"User-agent: *\nDisallow: /a*b$\nAllow: /\nCrawl-delay: 2\nSitemap: https://example.org/s.xml\n",
            b"User-agent: a\nUser-agent: b\n\nDisallow:\n# x\nAllow: /%2A\n",
        ],
        marks: b":*$%#\n\r /",
        read: fetch::fuzzing::robots,
    },
    Target {
        name: "feeds",
        seeds: &[
            b"<rss version=\"2.0\"><channel><title>T</title><item><title>A</title><link>https://example.org/a</link>\
              <pubDate>Mon, 02 Jan 2006 15:04:05 GMT</pubDate><guid isPermaLink=\"false\">1</guid></item></channel></rss>",
            b"<feed xmlns=\"http://www.w3.org/2005/Atom\"><entry><id>x</id><title type=\"html\">&lt;b&gt;A</title>\
              <link rel=\"alternate\" href=\"/a\"/><updated>2006-01-02T15:04:05Z</updated></entry></feed>",
            b"{\"version\":\"https://jsonfeed.org/version/1.1\",\"items\":[{\"id\":\"1\",\"url\":\"https://example.org/a\"}]}",
            b"<html><link rel=alternate type=application/rss+xml href=/f></html>",
        ],
        marks: b"<>\"'=&/!?-]",
        read: feeds::fuzzing::document,
    },
    Target {
        name: "sitemaps",
        seeds: &[
            b"<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\" xmlns:news=\"http://www.google.com/schemas/sitemap-news/0.9\">\
              <url><loc>https://example.org/a</loc><news:news><news:publication_date>2006-01-02</news:publication_date>\
              <news:title>A</news:title></news:news></url></urlset>",
            b"<sitemapindex><sitemap><loc>https://example.org/s.xml</loc><lastmod>2006-01-02</lastmod></sitemap></sitemapindex>",
        ],
        marks: b"<>\"'=&/!?-:",
        read: feeds::fuzzing::document,
    },
];

/// Header lines, an empty line and a body, or a body alone: read, and identified once more.
fn read_message(bytes: &[u8]) {
    let blank = bytes.windows(2).position(|two| two == b"\n\n");
    let (head, body) = match blank {
        Some(at) if !bytes.starts_with(b"{") => (&bytes[..at], &bytes[at + 2..]),
        _ => (&bytes[..0], bytes),
    };
    let mut headers = Headers::default();
    for line in String::from_utf8_lossy(head).lines() {
        if let Some((name, value)) = line.split_once(':') {
            headers.push(name.trim(), value.trim());
        }
    }
    let message = RawMessage { headers, body: body.to_vec().into(), unreadable: None };
    let settings = intake::Settings::default();
    let early = intake::identify(&message, &settings);
    if let Ok(article) = intake::decode(message, &settings) {
        assert_eq!(article.identity.key(), early.key(), "one message has one identity");
    }
}

fn main() -> Result<()> {
    const USAGE: &str = "usage: fuzz SECONDS TARGET [FILE...]";
    let mut args = std::env::args().skip(1);
    let seconds: u64 = args.next().context(USAGE)?.parse()?;
    let wanted = args.next().context(USAGE)?;
    let known = || TARGETS.iter().map(|t| t.name).collect::<Vec<_>>().join(", ");
    let target = TARGETS
        .iter()
        .find(|target| target.name == wanted)
        .with_context(|| format!("no target {wanted:?}; there are {}", known()))?;
    let mut corpus: Vec<Vec<u8>> = target.seeds.iter().map(|seed| seed.to_vec()).collect();
    for path in args {
        corpus.push(std::fs::read(&path).with_context(|| path.clone())?);
    }
    let seed = rand::rng().random::<u64>();
    println!("{wanted}: seed {seed}, {} inputs", corpus.len());
    let mut rng = StdRng::seed_from_u64(seed);
    let until = Instant::now() + Duration::from_secs(seconds);
    let (mut runs, mut worst) = (0_u64, Duration::ZERO);
    while Instant::now() < until {
        let mut input = corpus[rng.random_range(0..corpus.len())].clone();
        for _ in 0..rng.random_range(1..16) {
            mutate(&mut input, &corpus, target.marks, &mut rng);
        }
        input.truncate(MAX_LEN);
        let started = Instant::now();
        let ended = catch_unwind(|| (target.read)(&input));
        let took = started.elapsed();
        worst = worst.max(took);
        runs += 1;
        if ended.is_err() || took > SLOW {
            let path = std::env::temp_dir().join(format!("fuzz-{wanted}-{seed}"));
            std::fs::write(&path, &input)?;
            let how = if ended.is_err() { "panicked" } else { "was slow" };
            bail!("run {runs} {how} after {took:?}; the input is {}", path.display());
        }
    }
    println!("{runs} inputs, slowest {worst:?}");
    Ok(())
}

fn mutate(input: &mut Vec<u8>, corpus: &[Vec<u8>], marks: &[u8], rng: &mut StdRng) {
    let len = input.len().max(1);
    let a = rng.random_range(0..len).min(input.len());
    let b = (a + rng.random_range(0..512)).min(input.len());
    match rng.random_range(0..6) {
        0 => drop(input.drain(a..b)),
        1 => {
            let piece = input[a..b].repeat(rng.random_range(1..64));
            input.splice(a..a, piece);
        }
        2 => {
            let other = &corpus[rng.random_range(0..corpus.len())];
            let from = rng.random_range(0..=other.len());
            let to = (from + rng.random_range(0..4096)).min(other.len());
            input.splice(a..b, other[from..to].iter().copied());
        }
        3 => input[a..b].iter_mut().for_each(|byte| *byte = rng.random()),
        4 => {
            let mark = marks[rng.random_range(0..marks.len())];
            input.splice(a..a, std::iter::once(mark)).for_each(drop);
        }
        _ => input.truncate(b),
    }
}
