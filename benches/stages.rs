//! Each pure stage on its own, over the pages of `PAGES` (NDJSON files of raw messages, gzip or not,
//! colon separated) or over one page written for this bench.
//!
//!     PAGES=set.jsonl.gz cargo bench --bench stages

use std::io::Read as _;
use std::path::Path;

use divan::counter::{BytesCount, ItemsCount};
use news_ingest::model::{Article, Content, Origin, Page, Provenance, Timings};
use news_ingest::record::Format;
use news_ingest::tag::{Document, Tagger, TokenKind};
use news_ingest::{extract, intake, record, tag};

fn main() {
    divan::main();
}

const PAGE: &str = "<html lang=en><head><title>Bridge to open</title></head><body><nav><a href=/>Home</a>\
    </nav><article><h1>Bridge to open</h1><p>The new bridge over the river will open in June, the mayor \
    of Oslo said on Monday, after four years of work and two of delay.</p><p>\u{201c}It carries trams, \
    bicycles and people on foot,\u{201d} said Peter Lund. It has cost the city 42 million euros.</p>\
    </article></body></html>";

/// Lines of the sets, at most 300 of each.
fn lines() -> Vec<Vec<u8>> {
    let Ok(paths) = std::env::var("PAGES") else {
        let line = serde_json::json!({"id": "a", "html": PAGE}).to_string();
        return vec![line.into_bytes()];
    };
    let mut lines = Vec::new();
    for path in paths.split(':') {
        let file = std::fs::read(path).unwrap_or_else(|error| panic!("{path}: {error}"));
        let mut text = Vec::new();
        if Path::new(path).extension() == Some("gz".as_ref()) {
            flate2::read::GzDecoder::new(&file[..]).read_to_end(&mut text).expect("a gzip file");
        } else {
            text = file;
        }
        lines.extend(
            text.split(|&b| b == b'\n').filter(|l| !l.is_empty()).take(300).map(<[u8]>::to_vec),
        );
    }
    lines
}

fn pages() -> Vec<Page> {
    let settings = intake::Settings::default();
    lines()
        .iter()
        .filter_map(|line| {
            let raw = intake::decode_json(line, &settings).ok()?;
            let Origin::Inline { url, content } = raw.origin else { return None };
            Some(Page { identity: raw.identity, hints: raw.hints, url, content, fetch: None })
        })
        .collect()
}

fn articles() -> Vec<Article> {
    let settings = extract::Settings::default();
    pages().into_iter().filter_map(|page| extract::extract(page, &settings).ok()).collect()
}

fn bytes(page: &Page) -> usize {
    match &page.content {
        Content::Html(text) | Content::Text(text) | Content::TitledText { text, .. } => text.len(),
    }
}

#[divan::bench(sample_count = 10)]
fn decode(bencher: divan::Bencher<'_, '_>) {
    let (lines, settings) = (lines(), intake::Settings::default());
    bencher
        .counter(ItemsCount::new(lines.len()))
        .counter(BytesCount::new(lines.iter().map(Vec::len).sum::<usize>()))
        .bench(|| lines.iter().filter(|line| intake::decode_json(line, &settings).is_ok()).count());
}

#[divan::bench(sample_count = 10)]
fn extract_pages(bencher: divan::Bencher<'_, '_>) {
    let (pages, settings) = (pages(), extract::Settings::default());
    bencher
        .counter(ItemsCount::new(pages.len()))
        .counter(BytesCount::new(pages.iter().map(bytes).sum::<usize>()))
        .with_inputs(|| pages.clone())
        .bench_values(|pages| {
            pages.into_iter().filter_map(|page| extract::extract(page, &settings).ok()).count()
        });
}

/// The page that takes longest, alone.
#[divan::bench(sample_count = 10)]
fn extract_slowest_page(bencher: divan::Bencher<'_, '_>) {
    let settings = extract::Settings::default();
    let took = |page: &Page| {
        let started = std::time::Instant::now();
        drop(extract::extract(page.clone(), &settings));
        started.elapsed()
    };
    let page = pages().into_iter().max_by_key(took).expect("a page at least");
    bencher
        .with_inputs(|| page.clone())
        .bench_values(|page| extract::extract(page, &settings).is_ok());
}

#[divan::bench(sample_count = 10)]
fn tag_articles(bencher: divan::Bencher<'_, '_>) {
    let articles = articles();
    let tagger = Tagger::new(&tag::Settings::default()).expect("the defaults are good");
    bencher
        .counter(ItemsCount::new(articles.len()))
        .counter(BytesCount::new(articles.iter().map(|a| a.body.len()).sum::<usize>()))
        .with_inputs(|| articles.clone())
        .bench_values(|articles| {
            articles.into_iter().map(|a| tagger.tag(a).tags.entities.len()).sum::<usize>()
        });
}

/// Tokenising, look-up in the gazetteer and the recogniser: the items are words.
#[divan::bench(sample_count = 10)]
fn recognise_words(bencher: divan::Bencher<'_, '_>) {
    let articles = articles();
    let finder = tag::models::finder(tag::lists::Lists::default(), None, &[]);
    let names = |a: &Article| -> usize {
        let document = Document::new(a.headline.as_deref().unwrap_or_default(), &a.body);
        finder.recognise(&document).iter().map(Vec::len).sum()
    };
    let words = |a: &Article| {
        let document = Document::new(a.headline.as_deref().unwrap_or_default(), &a.body);
        let texts = [&document.title, &document.body];
        let words = texts.map(|t| t.tokens.iter().filter(|t| t.kind == TokenKind::Word).count());
        words.iter().sum::<usize>()
    };
    bencher
        .counter(ItemsCount::new(articles.iter().map(words).sum::<usize>()))
        .bench(|| articles.iter().map(names).sum::<usize>());
}

#[divan::bench(sample_count = 10)]
fn write_records(bencher: divan::Bencher<'_, '_>) {
    let tagger = Tagger::new(&tag::Settings::default()).expect("the defaults are good");
    let stories: Vec<_> = articles().into_iter().map(|article| tagger.tag(article)).collect();
    let (from, timings) = (Provenance::default(), Timings::default());
    let now = time::OffsetDateTime::UNIX_EPOCH;
    bencher.counter(ItemsCount::new(stories.len())).bench(|| {
        stories
            .iter()
            .map(|story| record::to_json(Format::Record, story, &from, &timings, now).len())
            .sum::<usize>()
    });
}
