//! `inspect` and `report` against the built program, and their pages in a real browser.
#![allow(clippy::unwrap_used, reason = "a panic is the report")]

mod support;

use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};
use support::browser::{Browser, chromium};

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
fn a_record_may_begin_with_a_byte_order_mark() {
    let dir = temporary();
    let path = dir.path().join("record.json");
    std::fs::write(&path, format!("\u{feff}{}", hostile_record())).unwrap();
    let bare = dir.path().join("bare.json");
    std::fs::write(&bare, hostile_record().to_string()).unwrap();
    let title = |path: &std::path::Path| {
        let page = page(&["inspect", path.to_str().unwrap()]);
        page.split("<title>").nth(1).unwrap().split("</title>").next().unwrap().to_owned()
    };
    assert_eq!(title(&path), title(&bare));
}

#[test]
fn inspect_shows_what_was_cut_of_a_page() {
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
fn report_counts_bad_lines_without_colour_in_pipe() {
    let dir = temporary();
    let log = log_file(dir.path());
    let text = page(&["report", &log]);
    assert!(text.contains("60 attempts") && text.contains("1 not understood"), "{text}");
    assert!(text.contains("fetch.timeout") && !text.contains('\x1b'), "{text}");
}

#[test]
fn report_refuses_what_is_no_log() {
    let dir = temporary();
    let file = dir.path().join("notes.txt");
    std::fs::write(&file, "one\ntwo\n").unwrap();
    let ended = run(&["report", file.to_str().unwrap()]);
    assert_eq!(ended.status.code(), Some(1));
    let said = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert!(
        said.contains("not one line") && said.contains("NEWS_INGEST__LOG__FORMAT=json"),
        "{said}"
    );
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

/// A record of a story without malice, made by the program.
fn story_page(dir: &Path) -> std::path::PathBuf {
    let file = dir.join("bridge.html");
    let html = "<html lang=en><title>Bridge to open</title><article><h1>Bridge to open</h1>\
        <p>The new bridge over the river in Oslo will open in June, the mayor, Peter Lund, said on \
        Monday, after four years of work that cost 42 million euros.</p><p>\u{201c}It carries trams, \
        bicycles and people on foot,\u{201d} said Lund. Trains from Bergen and Trondheim will use it \
        from 2027, and the city council expects 12,000 people a day to walk over it.</p></article>";
    std::fs::write(&file, html).unwrap();
    let out = dir.join("bridge.page.html");
    page(&["inspect", file.to_str().unwrap(), "--out", out.to_str().unwrap()]);
    out
}

#[allow(clippy::print_stderr, reason = "says why nothing was tested")]
fn browser() -> Option<Browser> {
    let Some(program) = chromium() else {
        eprintln!("not tested in a browser: there is no Chromium on this machine");
        return None;
    };
    Some(Browser::start(program))
}

#[test]
fn pages_run_and_load_nothing_and_fit_screens() {
    let Some(mut browser) = browser() else { return };
    let dir = temporary();
    let record = dir.path().join("record.json");
    std::fs::write(&record, hostile_record().to_string()).unwrap();
    let (story, report) = (dir.path().join("story.html"), dir.path().join("report.html"));
    page(&["inspect", record.to_str().unwrap(), "--out", story.to_str().unwrap()]);
    page(&["report", &log_file(dir.path()), "--html", report.to_str().unwrap()]);
    let ran = "document.documentElement.dataset.ran || ''";

    // The checks can fail: unescaped, the same text runs, loads and is complained of.
    let control = dir.path().join("control.html");
    let policy = "<meta http-equiv=Content-Security-Policy content=\"default-src 'none'\">";
    std::fs::write(&control, format!("<!doctype html><p>{HOSTILE}")).unwrap();
    browser.open(&control, 800, 600, "light");
    assert_ne!(browser.value(ran), "");
    assert!(browser.requests.len() > 1, "{:?}", browser.requests);
    std::fs::write(&control, format!("<!doctype html>{policy}<p>{HOSTILE}")).unwrap();
    browser.open(&control, 800, 600, "light");
    assert_eq!(browser.value(ran), "", "the policy alone holds too");
    assert!(!browser.console.is_empty());

    // The hostile story's names of things are long.
    for (file, word, most_lines) in [
        (&story, "Marked in the text", 30.0),
        (&story_page(dir.path()), "Marked in the text", 4.0),
        (&report, "Attempts over time", 4.0),
    ] {
        let mut pictures = Vec::new();
        for (width, height, scheme) in
            [(1280, 1000, "light"), (1280, 1000, "dark"), (390, 844, "light")]
        {
            browser.open(file, width, height, scheme);
            let text = browser.value("document.body.innerText");
            assert!(text.as_str().unwrap().contains(word), "{word} is not in the page");
            assert_eq!(browser.value(ran), "", "markup in the story ran");
            assert_eq!(browser.requests.len(), 1, "{:?}", browser.requests);
            // A breach of the page's own policy, its style sheet's hash too, is told there.
            assert!(browser.console.is_empty(), "{:?}", browser.console);
            let overflow = browser.value("document.documentElement.scrollWidth - innerWidth");
            assert!(
                overflow.as_i64().unwrap() <= 0,
                "{overflow} too wide at {width}: {}",
                file.display()
            );
            // A column too narrow for its words stands them on end, a letter a line.
            let tallest = "Math.max(0, ...[...document.querySelectorAll('th, dt, .key li')]\
                .map(e => e.clientHeight / parseFloat(getComputedStyle(e).lineHeight)))";
            let lines = browser.value(tallest).as_f64().unwrap();
            assert!(lines < most_lines, "{lines} lines at {width}: {}", file.display());
            let png = browser.picture();
            let at = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap());
            assert_eq!((at(16), at(20)), (width, height));
            pictures.push(png);
        }
        assert!(pictures[0] != pictures[1], "dark looks like light");
    }
}

#[test]
fn a_story_is_read_by_keyboard() {
    let Some(mut browser) = browser() else { return };
    let dir = temporary();
    browser.open(&story_page(dir.path()), 1280, 1000, "light");
    let focus = "(e => e.id || e.className || e.tagName)(document.activeElement)";
    browser.press("Tab");
    assert_eq!(browser.value(focus), "skip");
    let shown = "document.activeElement.getBoundingClientRect().left >= 0";
    assert_eq!(browser.value(shown), true, "the link to the article is seen when it has the focus");
    browser.press("Enter");
    assert_eq!(browser.value(focus), "article");

    // Every switch and every mark is reached, in the order of the text, and seen to be.
    let mut reached = Vec::new();
    for _ in 0..40 {
        browser.press("Tab");
        reached.push(browser.value(focus).as_str().unwrap().to_owned());
        let outline = "getComputedStyle(document.activeElement).outlineStyle";
        assert_ne!(browser.value(outline), "none", "{reached:?}");
        if reached.last().is_some_and(|id| id.starts_with("amount-")) {
            break;
        }
    }
    for id in ["show-person", "show-place", "show-quote", "name-"] {
        assert!(reached.iter().any(|r| r.starts_with(id)), "{id}: {reached:?}");
    }
    // A mark leads to what is known of it, and that is where the focus goes.
    browser.value("document.querySelector('article .m.place').focus()");
    browser.press("Enter");
    assert_eq!(browser.value("location.hash.startsWith('#name-')"), true);
    assert_eq!(browser.value("document.querySelector(':target').matches('.names li')"), true);

    // The space bar switches a kind of marks off, without any script.
    let mark = "getComputedStyle(document.querySelector('article p .m.place')).borderBottomColor";
    let on = browser.value(mark);
    browser.value("document.getElementById('show-place').focus()");
    browser.press(" ");
    assert_eq!(browser.value("document.getElementById('show-place').checked"), false);
    assert_ne!(browser.value(mark), on);
}

#[test]
fn report_follows_a_log_through_rotation() {
    struct Killed(std::process::Child);
    impl Drop for Killed {
        fn drop(&mut self) {
            let _ = self.0.kill();
            let _ = self.0.wait();
        }
    }
    let dir = temporary();
    let log = log_file(dir.path());
    let out = dir.path().join("report.html");
    let follow = Command::new(env!("CARGO_BIN_EXE_news-ingest"))
        .args(["report", "--follow", "--html", out.to_str().unwrap(), &log])
        .env_remove("NEWS_INGEST_CONFIG")
        .spawn()
        .unwrap();
    let _follow = Killed(follow);
    let shows = |word: &str| {
        for _ in 0..600 {
            if std::fs::read_to_string(&out).is_ok_and(|page| page.contains(word)) {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        panic!("{word} is never shown");
    };
    shows("fetch.timeout");
    let line = |code: &str| {
        format!("{{\"event\":\"story\",\"outcome\":\"dlq\",\"code\":\"{code}\",\"total_ms\":1}}\n")
    };
    let mut file = std::fs::OpenOptions::new().append(true).open(&log).unwrap();
    std::io::Write::write_all(&mut file, line("fetch.tls").as_bytes()).unwrap();
    shows("fetch.tls");
    std::fs::rename(&log, dir.path().join("worker.log.1")).unwrap();
    std::fs::write(&log, line("intake.not_json")).unwrap();
    shows("intake.not_json");
    shows("fetch.tls");
}
