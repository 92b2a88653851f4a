//! `inspect` and `report` against the built program, and their pages in a real browser.
#![allow(clippy::unwrap_used, reason = "a panic is the report")]

use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};

/// Runs if any of it is taken for markup; shows as `data-ran` on the root element.
const HOSTILE: &str = "<script>document.documentElement.dataset.ran=1</script>\
    <img src=x onerror=\"document.documentElement.dataset.ran=2\">\
    \"'><svg onload=document.documentElement.dataset.ran=3></style></title>\
    <b onclick=alert(1)>";

fn run(args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_news-ingest"));
    command.args(args).env_remove("NEWS_INGEST_CONFIG").output().unwrap()
}

fn page(args: &[&str]) -> String {
    let output = run(args);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn temporary() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

/// A record whose every text is hostile, spans and numbers in place.
fn hostile_record() -> Value {
    let body = format!("Zoë 🌍 said: “{HOSTILE}” in Oslo.\nA second line, 42 km long.");
    let chars = body.chars().count();
    let mention = |start: usize, end: usize, field: &str| json!({"field": field, "start": start, "end": end, "text": HOSTILE});
    json!({
        "schema": "news-ingest/record/1", "id": HOSTILE, "key": HOSTILE,
        "item": {
            "uri": "javascript:document.documentElement.dataset.ran=4", "language": "en", "by": HOSTILE,
            "contentCreated": HOSTILE,
            "headlines": [{"role": "main", "value": HOSTILE}, {"role": "sub", "value": HOSTILE}],
            "bodies": [{"role": "main", "value": body, "wordCount": 12}],
            "descriptions": [{"role": "summary", "value": HOSTILE}],
            "infoSources": [{"name": HOSTILE}],
            "renditions": [{"href": "data:text/html,<script>1</script>"}],
        },
        "extract": {"titleFrom": HOSTILE, "datePrecision": HOSTILE, "method": HOSTILE, "keywords": [HOSTILE]},
        "fetch": {"requestedUrl": "javascript:alert(1)", "finalUrl": HOSTILE, "ms": 12.5},
        "tags": {
            "language": {"code": HOSTILE, "confidence": 0.5},
            "topics": [{"code": HOSTILE, "name": HOSTILE, "confidence": 90, "why": [HOSTILE]}],
            "entities": [
                {"type": "PERSON", "name": HOSTILE, "salience": 1.0, "wikidata": "Q1\" onclick=\"alert(1)",
                 "mentions": [mention(0, 3, "body"), mention(0, 2, "title"), mention(9, 90_000, "body")]},
                {"type": "PLACE", "name": HOSTILE, "lat": 59.9, "lon": 10.7, "country": HOSTILE,
                 "mentions": [mention(chars - 32, chars - 28, "body"), mention(5, 4, "body")]},
                {"type": HOSTILE, "name": HOSTILE, "id": HOSTILE, "mentions": []},
            ],
            "quotes": [{"text": HOSTILE, "start": 12, "end": 60, "parts": [], "cue": HOSTILE,
                        "speaker": {"name": HOSTILE, "entity": 0}}],
            "amounts": [{"value": 42, "unit": HOSTILE, "text": HOSTILE, "start": chars - 11, "end": chars - 6}],
            "dates": [{"text": HOSTILE, "start": 1, "end": 2, "date": HOSTILE}],
            "keywords": [{"term": HOSTILE, "score": 0.5}],
            "sentiment": {"score": -0.5, "title": 9e99},
            "custom": {HOSTILE: [HOSTILE]}, "models": {HOSTILE: HOSTILE}, "relation": HOSTILE,
        },
        "raw": {"subject": HOSTILE}, "meta": {HOSTILE: HOSTILE},
    })
}

fn assert_no_markup_came_through(page: &str) {
    let lower = page.to_ascii_lowercase();
    for tag in ["<script", "<img", "<b ", "href=\"javascript", "href=\"data:", "<svg onload"] {
        assert!(!lower.contains(tag), "{tag} in the page");
    }
    assert!(page.contains("default-src 'none'"));
}

#[test]
fn markup_in_a_record_stays_text() {
    let dir = temporary();
    let file = dir.path().join("record.json");
    std::fs::write(&file, hostile_record().to_string()).unwrap();
    let page = page(&["inspect", file.to_str().unwrap()]);
    assert_no_markup_came_through(&page);
    assert!(page.contains("&lt;script&gt;"), "the text is there to be read");
}

#[test]
fn a_record_that_lacks_everything_makes_a_page() {
    let dir = temporary();
    let file = dir.path().join("record.json");
    std::fs::write(&file, r#"{"schema":"news-ingest/record/1","tags":[],"item":null}"#).unwrap();
    assert!(page(&["inspect", file.to_str().unwrap()]).contains("Story without a headline"));
}

#[test]
fn a_page_in_a_file_is_worked_on_and_tells_what_was_cut() {
    let dir = temporary();
    let file = dir.path().join("story.html");
    let paragraph = "<p>The new bridge over the river in Oslo will open in June, the mayor, Peter \
        Lund, said on Monday, after four years of work that cost 42 million euros.</p>";
    let html = format!(
        "<html lang=en><title>Bridge &lt;script&gt; to open</title><nav><ul><li><a href=/>Front page \
         of the Courier</a></ul></nav><article><h1>Bridge &lt;script&gt; to open</h1>{}</article></html>",
        paragraph.repeat(3)
    );
    std::fs::write(&file, html).unwrap();
    let page = page(&["inspect", file.to_str().unwrap(), "--url", "https://ex.com/bridge"]);
    assert_no_markup_came_through(&page);
    for word in ["Bridge &lt;script&gt; to open", "Cut from the page", "Front page", "extract"] {
        assert!(page.contains(word), "{word} is not in the page");
    }
}

#[test]
fn a_story_must_be_named_and_named_once() {
    assert_eq!(run(&["inspect"]).status.code(), Some(2));
    assert_eq!(run(&["inspect", "a.html", "--key", "x"]).status.code(), Some(2));
    assert_eq!(run(&["inspect", "/nowhere/story.html"]).status.code(), Some(1));
}

#[test]
fn a_report_counts_bad_lines_and_has_no_colour_in_a_pipe() {
    let dir = temporary();
    let log = log_file(dir.path());
    let text = page(&["report", &log]);
    assert!(text.contains("60 attempts") && text.contains("1 not understood"), "{text}");
    assert!(text.contains("fetch.timeout") && !text.contains('\x1b'), "{text}");
}

fn log_file(dir: &Path) -> String {
    let mut log = String::from("not json\n");
    for second in 0..60 {
        let (outcome, code) = if second % 7 == 0 {
            ("retry", json!("fetch.timeout"))
        } else {
            ("story", Value::Null)
        };
        let line = json!({
            "timestamp": format!("2026-11-23T06:14:{second:02}Z"), "level": "INFO", "event": "story",
            "outcome": outcome, "code": code, "host": HOSTILE, "attempt": 1, "bytes": 2048,
            "fetch_ms": 10 * second, "extract_ms": 1.5, "total_ms": 10 * second + 3,
        });
        log.push_str(&format!("{line}\n"));
    }
    let file = dir.join("worker.log");
    std::fs::write(&file, log).unwrap();
    file.to_str().unwrap().to_owned()
}

/// Chromium on this machine, if there is one.
fn chromium() -> Option<&'static str> {
    ["chromium", "chromium-browser", "google-chrome"]
        .into_iter()
        .find(|name| Command::new(name).arg("--version").output().is_ok_and(|o| o.status.success()))
}

/// Opens a page from `file://`; standard output, and what the browser says of it.
fn browse(browser: &str, page: &Path, arguments: &[&str]) -> (String, String) {
    let profile = temporary();
    let output = Command::new(browser)
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-dev-shm-usage",
            "--hide-scrollbars",
            "--enable-logging=stderr",
        ])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .args(arguments)
        .arg(format!("file://{}", page.display()))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let told = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (told(&output.stdout), told(&output.stderr))
}

#[test]
#[allow(clippy::print_stderr, reason = "says why nothing was tested")]
fn pages_run_nothing_and_load_nothing_in_a_browser() {
    let Some(browser) = chromium() else {
        eprintln!("not tested: there is no Chromium on this machine");
        return;
    };
    let dir = temporary();
    let record = dir.path().join("record.json");
    std::fs::write(&record, hostile_record().to_string()).unwrap();
    let (story, report) = (dir.path().join("story.html"), dir.path().join("report.html"));
    page(&["inspect", record.to_str().unwrap(), "--out", story.to_str().unwrap()]);
    page(&["report", &log_file(dir.path()), "--html", report.to_str().unwrap()]);

    // The check can fail: unescaped, the same text runs.
    let control = dir.path().join("control.html");
    std::fs::write(&control, format!("<!doctype html><p>{HOSTILE}")).unwrap();
    assert!(browse(browser, &control, &["--dump-dom"]).0.contains("data-ran"));

    for (file, word) in [(&story, "Marked in the text"), (&report, "Time line")] {
        let (dom, console) = browse(browser, file, &["--dump-dom"]);
        assert!(dom.contains(word), "{word} is not in the page");
        assert!(!dom.contains("data-ran"), "markup in the story ran");
        // A breach of the page's own policy, its style sheet's hash too, is told there.
        assert!(!console.contains("CONSOLE"), "{console}");
        for (width, height) in [(1280, 1600), (500, 1600)] {
            let picture = dir.path().join("picture.png");
            let size = format!("--window-size={width},{height}");
            browse(browser, file, &[&size, &format!("--screenshot={}", picture.display())]);
            let png = std::fs::read(&picture).unwrap();
            let at = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap());
            assert_eq!((at(16), at(20)), (width, height));
            std::fs::remove_file(&picture).unwrap();
        }
    }
}
