//! The promises of the command line and of the data formats, held against the built program.
#![allow(clippy::unwrap_used, reason = "a panic is the report")]

mod support;

use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;

use serde_json::Value;
use support::worker::program;

const HTML: &str = "<html lang=en><head><title>Bridge to open - The Courier</title>\
    <meta property=og:site_name content='The Courier'><meta property=og:image content=/lead.jpg>\
    <meta property=article:published_time content='2026-03-02T07:30:00+01:00'></head><body><article>\
    <h1>Bridge to open</h1><p class=byline>By Ingrid Solheim</p><p>The new bridge over the river in \
    Oslo will open in June, the mayor, Peter Lund, said on Monday, after four years of work.</p><p>\
    \u{201c}It carries trams, bicycles and people on foot,\u{201d} Lund said. It has cost the city 42 \
    million euros so far.</p></article></body></html>";

/// Runs a command with standard input; exit code, lines of standard output, standard error.
async fn run(args: &[&str], input: &[u8]) -> (i32, Vec<String>, String) {
    let mut command = program();
    command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    let writer = tokio::spawn(async move {
        use tokio::io::AsyncWriteExt as _;
        let _ = stdin.write_all(&input).await;
    });
    let output = child.wait_with_output().await.unwrap();
    writer.await.unwrap();
    let stdout = String::from_utf8(output.stdout).unwrap();
    (
        output.status.code().unwrap(),
        stdout.split_terminator('\n').map(str::to_owned).collect(),
        String::from_utf8_lossy(&output.stderr).into_owned(),
    )
}

fn json(line: &str) -> Value {
    serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))
}

#[tokio::test]
async fn process_answers_every_line_in_order() {
    let mut input = Vec::new();
    for number in 0..200 {
        let line = match number % 5 {
            0 => format!("{{\"id\":\"{number}\",\"html\":{}}}", Value::from(HTML)),
            1 => format!("{{\"id\":\"{number}\",\"title\":\"T\",\"text\":\"a\u{2028}b\u{85}c\"}}"),
            2 => format!("{{\"id\":\"{number}\",\"url\":\"https://ex.com/{number}\"}}"),
            3 => format!("{{\"id\":\"{number}\"}}"),
            _ => "not json".to_owned(),
        };
        writeln!(input, "{line}").unwrap();
    }
    input.extend_from_slice(b"\n{\"id\":\"last\",\"text\":\"no newline at the end\"}");
    let (code, lines, stderr) = run(&["process", "--no-fetch"], &input).await;
    assert_eq!(code, 0, "{stderr}");
    assert_eq!(lines.len(), 202);
    for (number, line) in lines[..200].iter().enumerate() {
        let answer = json(line);
        assert!(!line.contains(['\u{85}', '\u{2028}', '\u{2029}']), "{line}");
        match number % 5 {
            0 => assert_eq!(answer["item"]["headlines"][0]["value"], "Bridge to open"),
            1 => assert_eq!(answer["item"]["bodies"][0]["value"], "a\u{2028}b\u{85}c"),
            2 => assert_eq!(answer["skipped"]["code"], "no_fetch"),
            3 => assert_eq!(answer["error"]["code"], "no_content"),
            _ => assert_eq!(answer["error"]["code"], "not_json"),
        }
        if number % 5 < 4 {
            assert_eq!(answer["id"], number.to_string());
        }
    }
    assert_eq!(json(&lines[200])["error"]["code"], "not_json");
    assert_eq!(json(&lines[201])["id"], "last");
}

#[tokio::test]
async fn process_refuses_line_over_limit_and_continues() {
    let mut input = vec![b'x'; 20 << 20];
    input.extend_from_slice(b"\n{\"id\":\"after\",\"title\":\"\",\"text\":\"a\"}\n");
    let (code, lines, _) = run(&["process"], &input).await;
    assert_eq!((code, lines.len()), (0, 2));
    assert_eq!(json(&lines[0])["error"]["code"], "too_large");
    assert_eq!(json(&lines[1])["id"], "after");
}

#[tokio::test]
async fn process_keeps_a_titled_text_as_it_is() {
    let text = "  First line \r\n\r\n\r\nLast\u{a0}line  ";
    let message = serde_json::json!({"id": "a", "title": "", "text": text}).to_string();
    let (_, lines, _) = run(&["process"], message.as_bytes()).await;
    let item = &json(&lines[0])["item"];
    assert_eq!(item["bodies"][0]["value"], "  First line \n\n\nLast\u{a0}line  ");
    assert_eq!(item.get("headlines"), None);
}

#[tokio::test]
async fn records_are_valid_against_our_schema_and_ninjs() {
    let dir = tempfile::tempdir().unwrap();
    let page = dir.path().join("page.html");
    std::fs::write(&page, HTML).unwrap();
    let page = page.to_str().unwrap();
    let url = ["--url", "https://courier.example/bridge|a[1]?q={x}"];
    let args = [&["process", "--html", page], &url[..]].concat();
    let (_, lines, stderr) = run(&args, b"").await;
    let record = json(&lines[0]);
    let (_, schema, _) = run(&["schema", "record"], b"").await;
    let schema = json(&schema.join("\n"));
    assert_valid(&jsonschema::validator_for(&schema).unwrap(), &record);
    assert_eq!(record["schema"], "news-ingest/record/1", "{stderr}");
    assert_eq!(record["item"]["by"], "Ingrid Solheim");
    assert_eq!(record["item"]["contentCreated"], "2026-03-02T07:30:00+01:00");

    let (_, lines, _) = run(&[&args[..], &["--format", "ninjs"]].concat(), b"").await;
    let item = json(&lines[0]);
    assert_eq!(item["uri"], record["item"]["uri"]);
    let (_, lines, _) = run(&[&args[..], &["--format", "schema-org"]].concat(), b"").await;
    assert_eq!(json(&lines[0])["@type"], "NewsArticle");

    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/ninjs-3.1.schema.json");
    let Ok(text) = std::fs::read_to_string(&path) else {
        eprintln!("not checked against ninjs 3.1: {path:?} is not here");
        return;
    };
    // The schema refers to GeoJSON on the web; a stand-in with what a point needs.
    let geo = serde_json::json!({
        "type": "object", "required": ["type", "coordinates"],
        "properties": {"type": {"const": "Point"},
                       "coordinates": {"type": "array", "minItems": 2, "maxItems": 2,
                                       "items": {"type": "number"}}}
    });
    let registry = jsonschema::Registry::new()
        .add("https://geojson.org/schema/GeoJSON.json", geo)
        .unwrap()
        .prepare()
        .unwrap();
    let ninjs = jsonschema::options()
        .with_registry(&registry)
        .should_validate_formats(true)
        .build(&json(&text))
        .unwrap();
    assert_valid(&ninjs, &item);
}

fn assert_valid(validator: &jsonschema::Validator, value: &Value) {
    let errors: Vec<String> = validator
        .iter_errors(value)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

#[tokio::test]
async fn exit_codes_are_what_the_readme_says() {
    let dir = tempfile::tempdir().unwrap();
    let bad = dir.path().join("bad.toml");
    std::fs::write(&bad, "[intake]\nslotz = 1\n").unwrap();
    let bad = bad.to_str().unwrap();
    let (code, _, stderr) = run(&["--config", bad, "check"], b"").await;
    assert_eq!(code, 64);
    assert!(stderr.contains("slotz"), "{stderr}");
    std::fs::write(bad, "[fetch]\nextra_roots = [\"/no/such.pem\"]\n").unwrap();
    let (code, _, stderr) = run(&["--config", bad, "check"], b"").await;
    assert_eq!(code, 64);
    assert!(stderr.contains("fetch.extra_roots"), "{stderr}");
    assert_eq!(run(&["nonsense"], b"").await.0, 2);
    assert_eq!(run(&["process", "/no/such/file"], b"").await.0, 1);
    // It opens, and cannot be read: the input did not end there.
    let (code, _, stderr) = run(&["process", dir.path().to_str().unwrap()], b"").await;
    assert_eq!(code, 1);
    assert!(stderr.contains("cannot read input to its end"), "{stderr}");
    let mut command = program();
    let port = support::broker::free_port();
    command.arg("provision").env("NEWS_INGEST__NATS__URL", format!("nats://127.0.0.1:{port}"));
    assert_eq!(command.output().await.unwrap().status.code(), Some(69));
}

#[tokio::test]
async fn streams_of_another_deployment_are_refused() {
    use news_ingest::broker::topology;
    let broker = support::broker::Broker::provisioned().await;
    let context = broker.context().await;
    let provision = async |settings: &topology::Settings| {
        topology::provision(&context, settings, std::time::Duration::from_secs(5), false).await
    };
    let other = topology::Settings { prefix: "other".to_owned(), ..topology::Settings::default() };
    let refused = provision(&other).await.unwrap_err().to_string();
    assert!(refused.contains("NEWS_RAW") && refused.contains("news.raw.>"), "{refused}");
    assert!(
        provision(&topology::Settings::default())
            .await
            .unwrap()
            .iter()
            .all(|c| c.how == "unchanged")
    );
}

#[tokio::test]
async fn provision_is_idempotent_and_dry_run_changes_nothing() {
    let broker = support::broker::Broker::start().await;
    let provision = async |args: &[&str]| {
        let mut command = program();
        command.arg("provision").args(args).env("NEWS_INGEST__NATS__URL", broker.url());
        let output = command.output().await.unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(provision(&["--dry-run"]).await.contains("NEWS_RAW: would be created"));
    assert!(broker.context().await.get_stream("NEWS_RAW").await.is_err());
    assert!(provision(&[]).await.contains("NEWS_RAW: created"));
    let again = provision(&[]).await;
    assert!(again.lines().all(|line| line.ends_with("unchanged")), "{again}");
}

#[tokio::test]
async fn publish_reads_every_kind_of_file() {
    let broker = support::broker::Broker::provisioned().await;
    let dir = tempfile::tempdir().unwrap();
    let files = [
        ("a.ndjson", "{\"text\":\"one\"}\n\n{\"text\":\"two\"}\n"),
        ("b.txt", "https://ex.com/1\n# no\nhttps://ex.com/2\n"),
        ("c.txt", "A headline\n\nA text.\n"),
        ("d.html", HTML),
    ];
    let mut command = program();
    command.arg("publish").env("NEWS_INGEST__NATS__URL", broker.url());
    for (name, text) in files {
        std::fs::write(dir.path().join(name), text).unwrap();
        command.arg(dir.path().join(name));
    }
    let output = command.output().await.unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.starts_with("6 published"), "{said} {}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(broker.raw_left(&broker.context().await).await, 6);
}

#[tokio::test]
async fn publish_compresses_what_is_over_the_brokers_limit() {
    let broker = support::broker::Broker::with_max_payload(128 << 10).await;
    broker.provision().await;
    let dir = tempfile::tempdir().unwrap();
    let long = HTML.replace("</article>", &"<p>More of the same.</p>".repeat(20_000));
    std::fs::write(dir.path().join("short.html"), HTML).unwrap();
    std::fs::write(dir.path().join("long.html"), &long).unwrap();
    let mut command = program();
    command.arg("publish").env("NEWS_INGEST__NATS__URL", broker.url());
    command.arg(dir.path().join("short.html")).arg(dir.path().join("long.html"));
    let output = command.output().await.unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.starts_with("2 published"), "{said} {}", String::from_utf8_lossy(&output.stderr));
    let raw = broker.raw(&broker.context().await).await;
    let codings: Vec<_> = raw.iter().map(|message| message.header("Content-Encoding")).collect();
    assert!(codings.contains(&None) && codings.contains(&Some("gzip")), "{codings:?}");
    let packed = raw.iter().find(|message| message.header("Content-Encoding").is_some()).unwrap();
    let mut text = String::new();
    std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(&packed.body[..]), &mut text)
        .unwrap();
    assert_eq!(text, long);
}

#[tokio::test]
async fn process_reads_a_page_in_its_own_charset() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let page = "<meta charset=windows-1252><title>Br\u{fc}cke</title><article><h1>Br\u{fc}cke</h1>\
        <p>Die Br\u{fc}cke bleibt bis zum Fr\u{fc}hjahr gesperrt, sagte die B\u{fc}rgermeisterin.</p>";
    let bytes: Vec<u8> = page.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    std::fs::write(file.path(), bytes).unwrap();
    let (code, lines, said) = run(&["process", "--html", file.path().to_str().unwrap()], b"").await;
    assert_eq!(code, 0, "{said}");
    assert_eq!(json(&lines[0])["item"]["headlines"][0]["value"], "Br\u{fc}cke");
}

/// Every command, as the help names them.
async fn commands() -> Vec<String> {
    let (_, help, _) = run(&["--help"], b"").await;
    let listed = help.iter().skip_while(|line| *line != "Commands:").skip(1);
    listed
        .take_while(|line| !line.is_empty())
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .map(str::to_owned)
        .collect()
}

#[tokio::test]
async fn completions_and_manual_pages_name_every_command() {
    let commands = commands().await;
    assert!(commands.len() > 12, "{commands:?}");
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let (code, script, said) = run(&["completions", shell], b"").await;
        let script = script.join("\n");
        assert_eq!(code, 0, "{said}");
        for command in &commands {
            assert!(script.contains(command), "{command} is not in the completions of {shell}");
        }
    }
    assert_eq!(run(&["completions", "cmd"], b"").await.0, 2);
    let (_, page, _) = run(&["man"], b"").await;
    let page = page.join("\n").replace("\\-", "-");
    assert!(page.contains(".TH news-ingest 1"), "{page}");
    let made = tempfile::tempdir().unwrap();
    let dir = tempfile::tempdir_in(&made).unwrap();
    // One that is not there yet is made.
    std::fs::remove_dir(dir.path()).unwrap();
    let (code, _, said) = run(&["man", "--dir", dir.path().to_str().unwrap()], b"").await;
    assert_eq!(code, 0, "{said}");
    for command in commands {
        assert!(page.contains(&format!("news-ingest-{command}(1)")), "{command}");
        let file = dir.path().join(format!("news-ingest-{command}.1"));
        let text = std::fs::read_to_string(&file).unwrap_or_else(|e| panic!("{file:?}: {e}"));
        assert!(text.contains(".SH SYNOPSIS"), "{text}");
    }
    assert!(dir.path().join("news-ingest-dlq-replay.1").is_file());
    assert_eq!(run(&["man", "--dir", "/dev/null/directory"], b"").await.0, 1);
}

/// Completions are taken by the shell itself, where it is on this machine.
#[tokio::test]
async fn bash_completes_a_command() {
    let (_, script, _) = run(&["completions", "bash"], b"").await;
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("completions");
    std::fs::write(&file, script.join("\n")).unwrap();
    let ask = "source \"$0\"; how=$(complete -p news-ingest); how=${how#*-F }; \
        COMP_WORDS=(news-ingest ta); COMP_CWORD=1; ${how%% *} news-ingest ta news-ingest; \
        printf '%s\\n' \"${COMPREPLY[@]}\"";
    let output = match std::process::Command::new("bash").arg("-c").arg(ask).arg(&file).output() {
        Ok(output) => output,
        Err(error) => {
            eprintln!("not tested: bash: {error}");
            return;
        }
    };
    assert_eq!(String::from_utf8_lossy(&output.stdout), "tail\n", "{output:?}");
}

/// What the AsyncAPI document says of messages, held against those that a worker publishes.
#[tokio::test]
async fn published_messages_are_as_the_asyncapi_document_says() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(
        dir.path().join("routes.toml"),
        "[[routes]]\nname = \"desk\"\nsubject = \"desk.{language}.{key}\"\nformat = \"ninjs\"\n",
    )
    .unwrap();
    let config = dir.path().join("routes.toml");
    let (code, document, said) =
        run(&["--config", config.to_str().unwrap(), "schema", "asyncapi"], b"").await;
    assert_eq!(code, 0, "{said}");
    let document = json(&document.join("\n"));

    let broker = support::broker::Broker::provisioned().await;
    let context = broker.context().await;
    context
        .create_stream(async_nats::jetstream::stream::Config {
            name: "DESK".to_owned(),
            subjects: vec!["desk.>".to_owned()],
            ..Default::default()
        })
        .await
        .unwrap();
    let mut command = program();
    let mut worker = command
        .args(["--config", config.to_str().unwrap(), "run"])
        .env("NEWS_INGEST__NATS__URL", broker.url())
        .env("NEWS_INGEST__INTAKE__ACK_WAIT_SECS", "5")
        .env("NEWS_INGEST__FETCH__ALLOW_ADDRESSES", "[\"127.0.0.0/8\"]")
        .env("NEWS_INGEST__FETCH__ALLOW_PORTS", "[]")
        .current_dir(dir.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let story = serde_json::json!({"id": "a", "revision": "2", "title": "T", "text": "The bridge in Oslo opened."});
    let sent = |id| [("traceparent", "00-a-b-01"), ("Nats-Msg-Id", id), ("X-Own", "kept")];
    broker.put(&context, &sent("1"), story.to_string()).await;
    let site = support::site::Site::start(|_| support::site::reply(410, &[], "")).await;
    let gone = serde_json::json!({"id": "b", "url": site.url("/gone")});
    broker.put(&context, &sent("2"), gone.to_string()).await;
    broker.put(&context, &sent("3"), "{ not JSON").await;
    let outcomes = broker.outcomes(&context, 3).await;
    let desk = context.get_stream("DESK").await.unwrap();
    for _ in 0..600 {
        if desk.get_info().await.unwrap().state.messages > 0 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    let routed = desk.get_raw_message(1).await.unwrap().into();
    worker.kill().await.unwrap();

    let mut seen = Vec::new();
    for outcome in outcomes.iter().chain([&routed]) {
        let (channel, message) = match outcome.subject.split('.').nth(1).unwrap() {
            _ if outcome.subject.starts_with("desk.") => ("route-desk", "routedNinjs"),
            "dlq" => ("dlq", "deadLetter"),
            "skipped" => ("skipped", "skipped"),
            _ => ("story", "story"),
        };
        seen.push(channel);
        let channel = &document["channels"][channel];
        assert!(channel["messages"].get(message).is_some());
        let tokens = channel["address"].as_str().unwrap().split('.').count();
        assert_eq!(outcome.subject.split('.').count(), tokens, "{}", outcome.subject);
        let of = |part: &str| {
            // References lead from the document's root.
            let mut schema = document["components"]["messages"][message][part].clone();
            schema["components"] = document["components"].clone();
            jsonschema::draft7::new(&schema).unwrap()
        };
        let headers: Value = outcome
            .headers
            .iter()
            .map(|(name, values)| (name.to_string(), Value::from(values[0].as_str())))
            .collect::<serde_json::Map<_, _>>()
            .into();
        assert_valid(&of("headers"), &headers);
        if message != "deadLetter" {
            assert_valid(&of("payload"), &outcome.json());
        }
    }
    seen.sort_unstable();
    assert_eq!(seen, ["dlq", "route-desk", "skipped", "story"]);
}
