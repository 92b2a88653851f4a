//! Feeds mutated pages to the extractor for a bounded time and stops at the first that panics or
//! takes longer than a second; its bytes are kept for a test.
//!
//! usage: fuzz-extract SECONDS [FILE.html...]
//!
//! Works on stable Rust, without instrumentation: mutations are splices between pages, repeats,
//! cuts and noise, from a seed that is printed.
#![allow(clippy::print_stdout)]

use std::panic::catch_unwind;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use news_ingest::extract::{Settings, extract_html};
use rand::{Rng as _, SeedableRng as _, rngs::StdRng};

/// Longest page tried, in bytes.
const MAX_LEN: usize = 1 << 20;

fn main() -> Result<()> {
    let mut args = std::env::args().skip(1);
    let seconds: u64 =
        args.next().context("usage: fuzz-extract SECONDS [FILE.html...]")?.parse()?;
    let mut corpus =
        vec![b"<html><body><article><h1>A</h1><p>Text, and more of it.</p></article>".to_vec()];
    for path in args {
        corpus.push(std::fs::read(&path).with_context(|| path.clone())?);
    }
    let seed = rand::rng().random::<u64>();
    println!("seed {seed}, {} pages", corpus.len());
    let mut rng = StdRng::seed_from_u64(seed);
    let until = Instant::now() + Duration::from_secs(seconds);
    let settings = Settings::default();
    let (mut runs, mut worst) = (0_u64, Duration::ZERO);
    while Instant::now() < until {
        let mut page = corpus[rng.random_range(0..corpus.len())].clone();
        for _ in 0..rng.random_range(1..16) {
            mutate(&mut page, &corpus, &mut rng);
        }
        page.truncate(MAX_LEN);
        let html = String::from_utf8_lossy(&page).into_owned();
        let started = Instant::now();
        let ended =
            catch_unwind(|| extract_html(&html, None, &settings).map(|found| found.body.len()));
        let took = started.elapsed();
        worst = worst.max(took);
        runs += 1;
        if ended.is_err() || took > Duration::from_secs(1) {
            let path = std::env::temp_dir().join(format!("fuzz-extract-{seed}.html"));
            std::fs::write(&path, &page)?;
            bail!(
                "run {runs} {} after {took:?}; the page is {}",
                if ended.is_err() { "panicked" } else { "was slow" },
                path.display()
            );
        }
    }
    println!("{runs} pages, slowest {worst:?}");
    Ok(())
}

fn mutate(page: &mut Vec<u8>, corpus: &[Vec<u8>], rng: &mut StdRng) {
    let len = page.len().max(1);
    let a = rng.random_range(0..len).min(page.len());
    let b = (a + rng.random_range(0..512)).min(page.len());
    match rng.random_range(0..6) {
        0 => drop(page.drain(a..b)),
        1 => {
            let piece = page[a..b].repeat(rng.random_range(1..64));
            page.splice(a..a, piece);
        }
        2 => {
            let other = &corpus[rng.random_range(0..corpus.len())];
            let from = rng.random_range(0..=other.len());
            let to = (from + rng.random_range(0..4096)).min(other.len());
            page.splice(a..b, other[from..to].iter().copied());
        }
        3 => page[a..b].iter_mut().for_each(|byte| *byte = rng.random()),
        4 => {
            page.splice(a..a, std::iter::once(b"<>\"'=&/!-"[rng.random_range(0..9)])).for_each(drop)
        }
        _ => page[a..b].reverse(),
    }
    page.truncate(MAX_LEN);
}
