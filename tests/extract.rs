//! The extractor on whole pages: what it finds on those under `tests/pages`, and that no mutation
//! of them makes it panic, hang, or lose the bounds that it promises.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use news_ingest::extract::{Extracted, Settings, extract_html};
use news_ingest::model::WebUrl;
use rand::{Rng, SeedableRng, rngs::StdRng};
use serde_json::{Value, json};

fn cases() -> Vec<(String, String, Value)> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/pages");
    let mut cases: Vec<_> = fs::read_dir(root)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let html = fs::read_to_string(path.join("source.html")).unwrap();
            let expected = fs::read_to_string(path.join("expected.json")).unwrap();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, html, serde_json::from_str(&expected).unwrap())
        })
        .collect();
    cases.sort_by(|a, b| a.0.cmp(&b.0));
    cases
}

#[test]
fn section_page_is_no_canonical_address() {
    let page = "https://www.ex.com/news/tram.html";
    let canonical = |canonical: &str, shared: &str| {
        let html = format!(
            "<html><head><title>Tram</title><link rel=canonical href='{canonical}'>\
             <meta property='og:url' content='{shared}'></head><body><h1>Tram</h1><p>The council of Oslo \
             approved a tram line on Tuesday, after four years of debate about its route.</p></body></html>"
        );
        let url = WebUrl::parse(page).unwrap();
        let found = extract_html(&html, Some(&url), &Settings::default()).unwrap();
        found.canonical_url.unwrap().as_str().to_owned()
    };
    assert_eq!(canonical("/news/", page), page, "og:url says that it is the page");
    assert_eq!(canonical("/news/", "/news/"), "https://www.ex.com/news/");
    assert_eq!(canonical("/news/a-tram", page), "https://www.ex.com/news/a-tram");
    assert_eq!(canonical("/news/", "https://www.ex.com/other"), "https://www.ex.com/news/");
}

#[test]
fn finds_what_each_page_is_known_to_hold() {
    for (name, html, expected) in cases() {
        let url = expected["url"].as_str().map(|u| WebUrl::parse(u).unwrap());
        let found = extract_html(&html, url.as_ref(), &Settings::default()).unwrap();
        let text = |key: &str| expected[key].as_str();
        if let Some(body) = expected["body"].as_array() {
            let lines: Vec<&str> = body.iter().map(|l| l.as_str().unwrap()).collect();
            assert_eq!(found.body, lines.join("\n"), "{name}: body");
        }
        let headline = found.headline.as_ref();
        assert_eq!(headline.map(|(t, _)| t.as_str()), text("headline"), "{name}: headline");
        let date = found
            .published
            .map(|(p, _)| p.at.format(&time::format_description::well_known::Rfc3339).unwrap());
        assert_eq!(date.as_deref(), text("published"), "{name}: published");
        let authors: Vec<&str> =
            expected["authors"].as_array().unwrap().iter().map(|a| a.as_str().unwrap()).collect();
        assert_eq!(found.authors, authors, "{name}: authors");
        assert_eq!(found.kind.as_str(), text("kind").unwrap(), "{name}: kind");
        assert_eq!(found.method.as_str(), text("method").unwrap(), "{name}: method");
        if let Some(sub) = text("subHeadline") {
            assert_eq!(found.sub_headline.as_deref(), Some(sub), "{name}: sub-headline");
        }
        let about = about(&found);
        for key in ["rights", "genres", "image", "standfirst"] {
            if let Some(value) = expected.get(key) {
                assert_eq!(&about[key], value, "{name}: {key}");
            }
        }
    }
}

/// What a page says of its story besides the text: rights, genres, lead image, and the part of the body that is its
/// standfirst.
fn about(found: &Extracted) -> Value {
    let rights = &found.rights;
    let standfirst = found.standfirst.map(|span| {
        let chars = found.body.chars().skip(span.start as usize);
        let text: String = chars.take((span.end - span.start) as usize).collect();
        json!({"start": span.start, "end": span.end, "text": text})
    });
    let image = found.image.as_ref().map(|image| {
        json!({
            "url": image.url.as_str(),
            "width": image.width,
            "height": image.height,
            "caption": image.caption,
            "credit": image.credit,
        })
    });
    json!({
        "rights": {
            "holder": rights.holder,
            "notice": rights.notice,
            "license": rights.license.as_ref().map(WebUrl::as_str),
            "terms": rights.terms,
        },
        "genres": found.genres,
        "image": image,
        "standfirst": standfirst,
    })
}

#[test]
fn the_same_page_gives_the_same_article() {
    for (name, html, _) in cases() {
        let once = extract_html(&html, None, &Settings::default()).unwrap();
        assert_eq!(once, extract_html(&html, None, &Settings::default()).unwrap(), "{name}");
    }
}

/// The lines of clean HTML, with those in figures or without.
fn lines_of(html: &str, with_figures: bool) -> Vec<String> {
    const INLINE: [&str; 28] = [
        "a", "abbr", "b", "bdi", "bdo", "cite", "code", "del", "dfn", "em", "i", "ins", "kbd",
        "mark", "q", "rp", "rt", "ruby", "s", "samp", "small", "strong", "sub", "sup", "time", "u",
        "var", "img",
    ];
    let (mut text, mut figures) = (String::new(), 0);
    for part in html.split('<') {
        let (tag, words) = part.split_once('>').unwrap_or(("", part));
        let name = tag.trim_start_matches('/').split(' ').next().unwrap();
        match tag.split(' ').next() {
            Some("figure") => figures += 1,
            Some("/figure") => figures -= 1,
            _ => {}
        }
        if !INLINE.contains(&name) {
            text.push('\n');
        }
        if figures == 0 || with_figures {
            text.push_str(words);
        }
    }
    let plain = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    let lines = plain.lines().map(|l| l.split_whitespace().collect::<Vec<_>>().join(" "));
    lines.filter(|line| !line.is_empty()).collect()
}

#[test]
fn clean_html_has_the_words_of_the_body() {
    let settings = Settings { html: true, ..Settings::default() };
    for (name, html, expected) in cases() {
        let url = expected["url"].as_str().map(|u| WebUrl::parse(u).unwrap());
        let found = extract_html(&html, url.as_ref(), &settings).unwrap();
        let body: Vec<String> = found
            .body
            .lines()
            .map(|l| l.split_whitespace().collect::<Vec<_>>().join(" "))
            .filter(|l| !l.is_empty())
            .collect();
        let html = found.html.unwrap();
        // Of a gallery, captions are the body; elsewhere they stand beside it.
        let all = lines_of(&html, true);
        let mut rest = all.iter();
        assert!(body.iter().all(|line| rest.any(|l| l == line)), "{name}: {all:?}");
        assert!(lines_of(&html, false).iter().all(|line| body.contains(line)), "{name}: {all:?}");
    }
}

/// One random change: cut, repeat, swap, or put in something that parsers stumble over.
fn mutate(html: &mut String, rng: &mut StdRng) {
    const PIECES: [&str; 24] = [
        "<div>",
        "</div>",
        "<p>",
        "<table><tr>",
        "</table>",
        "<b><i><a href=x>",
        "<!--",
        "-->",
        "<script>",
        "</script>",
        "<style>",
        "<svg/>",
        "\0",
        "&#x10ffff;",
        "&",
        "<h1>",
        "\"",
        "'>",
        "<li class=\"article-body comment\">",
        "\u{feff}",
        "2024-13-45",
        "99999999999999",
        "<script type=\"application/ld+json\">{\"@type\":\"NewsArticle\",\"headline\":",
        "<time datetime=\"",
    ];
    let boundary = |html: &str, mut at: usize| {
        while !html.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let a = boundary(html, rng.random_range(0..=html.len()));
    let b = boundary(html, (a + rng.random_range(0..200)).min(html.len()));
    match rng.random_range(0..5) {
        0 => html.replace_range(a..b, ""),
        1 => {
            let piece = html[a..b].to_owned();
            html.insert_str(a, &piece.repeat(rng.random_range(1..20)));
        }
        2 => html.insert_str(a, PIECES[rng.random_range(0..PIECES.len())]),
        3 => html.insert_str(
            a,
            &PIECES[rng.random_range(0..PIECES.len())].repeat(rng.random_range(1..400)),
        ),
        _ => html.truncate(a.max(10)),
    }
}

#[test]
fn no_mutation_of_a_page_panics_or_hangs() {
    let cases = cases();
    let mut rng = StdRng::seed_from_u64(20_260_923);
    let settings = Settings { html: true, ..Settings::default() };
    let url = WebUrl::parse("https://news.example/2024/05/03/a").unwrap();
    for round in 0..400 {
        let (name, html, _) = &cases[round % cases.len()];
        let mut html = html.clone();
        for _ in 0..rng.random_range(1..12) {
            mutate(&mut html, &mut rng);
            if html.is_empty() || html.len() > 400_000 {
                break;
            }
        }
        let started = Instant::now();
        let found = extract_html(&html, Some(&url), &settings);
        assert!(started.elapsed() < Duration::from_secs(5), "{name}, round {round}");
        if let Ok(found) = found {
            assert!(
                found.body.lines().all(|l| l.trim() == l && !l.is_empty()),
                "{name}, round {round}"
            );
            assert!(found.headline.is_none_or(|(h, _)| !h.contains('\n')), "{name}, round {round}");
        }
    }
}

#[test]
fn hostile_pages_cost_little() {
    let settings = Settings { html: true, ..Settings::default() };
    let many = |piece: &str, bytes: usize| piece.repeat(bytes / piece.len());
    let attributes: String = (0..60_000).map(|n| format!(" a{n}=1")).collect();
    for (name, html) in [
        ("nested", many("<div>", 512 * 1024)),
        ("nested with classes", many("<div class=\"article author comment\">", 512 * 1024)),
        ("formatting", many("<b><i><p>x", 512 * 1024)),
        ("links", many("<a href=x><div>", 512 * 1024)),
        ("tables", many("<table><td>", 512 * 1024)),
        ("styles without end", many("<style>", 512 * 1024)),
        ("comments without end", many("<!--", 512 * 1024)),
        ("attributes", format!("<p{attributes}>text")),
        ("headings", many("<h1>a", 512 * 1024)),
        ("times", many("<time>1.1.2020</time>", 512 * 1024)),
        ("less-than", many("<", 512 * 1024)),
        ("references", many("&amp", 512 * 1024)),
    ] {
        let started = Instant::now();
        let _ = extract_html(&html, None, &settings);
        assert!(started.elapsed() < Duration::from_secs(4), "{name}: {:?}", started.elapsed());
    }
}
