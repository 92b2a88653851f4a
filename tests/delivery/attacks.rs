//! Messages, streams and producers that nobody planned for: each must end, once.

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};

use super::support::broker::{Broker, by_key, subjects};
use super::support::worker::{Worker, program};
use super::{key, text};

/// Publishes bytes as they are, over a plain socket, and waits until the broker has stored them.
async fn publish_bytes(broker: &Broker, subject: &[u8], headers: &[u8], body: &[u8]) {
    let address = broker.url().trim_start_matches("nats://").to_owned();
    let socket = tokio::net::TcpStream::connect(address).await.unwrap();
    let mut socket = BufReader::new(socket);
    let mut line = Vec::new();
    socket.read_until(b'\n', &mut line).await.unwrap();
    let sizes = format!(" _INBOX.bytes {} {}\r\n", headers.len(), headers.len() + body.len());
    let hello = b"CONNECT {\"verbose\":false,\"headers\":true,\"no_responders\":true}\r\nSUB _INBOX.bytes 1\r\nHPUB ";
    let all = [hello, subject, sizes.as_bytes(), headers, body, b"\r\n"].concat();
    socket.get_mut().write_all(&all).await.unwrap();
    loop {
        line.clear();
        socket.read_until(b'\n', &mut line).await.unwrap();
        assert!(!line.starts_with(b"-ERR"), "{}", String::from_utf8_lossy(&line));
        if line.starts_with(b"MSG") {
            line.clear();
            socket.read_until(b'\n', &mut line).await.unwrap();
            assert!(line.starts_with(b"{\"stream\""), "{}", String::from_utf8_lossy(&line));
            return;
        }
    }
}

#[tokio::test]
async fn unparsable_headers_and_subjects_become_letters() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    for (id, subject, block) in [
        ("odd-value", &b"news.raw.a"[..], &b"X-Desk: \xfcber\r\n"[..]),
        ("odd-line", b"news.raw.a", b"neither name nor value\r\n"),
        ("odd-name", b"news.raw.a", b"Two Words: 1\r\n"),
        ("odd-subject", "news.raw.a\u{2003}b".as_bytes(), b"X-Desk: fine\r\n"),
        ("odd-bytes", b"news.raw.\xe4", b"X-Desk: fine\r\n"),
    ] {
        let block = [b"NATS/1.0\r\n", block, b"\r\n"].concat();
        publish_bytes(&broker, subject, &block, text(id).as_bytes()).await;
    }
    publish_bytes(
        &broker,
        b"news.raw.a",
        b"NATS/1.0 409 Consumer Deleted\r\n\r\n",
        text("note").as_bytes(),
    )
    .await;
    broker.put(&context, &[], text("good")).await;
    let worker = Worker::start(broker.url(), &[]);
    let outcomes = broker.outcomes(&context, 7).await;
    broker.drained(&context).await;
    let of = |id: &str| outcomes.iter().find(|outcome| outcome.key() == key(id)).unwrap();
    for id in ["odd-value", "odd-line", "odd-name"] {
        let letter = of(id);
        assert!(letter.subject.starts_with("news.dlq.intake.header."), "{}", letter.subject);
        assert!(letter.header("News-Original-Header-Block").is_some());
    }
    for id in ["odd-subject", "odd-bytes", "note", "good"] {
        assert!(of(id).subject.starts_with("news.story."), "{:?}", subjects(&outcomes));
    }
    assert!(!worker.text().contains("broker_disconnected"));
    assert!(!worker.text().contains("pull_failed"));
    assert!(worker.stop().await.success());
}

#[tokio::test]
async fn later_message_replaces_dead_letter_but_never_story() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let worker = Worker::start(broker.url(), &[]);
    let bad = r#"{"id":"mended","text":"The ferry is late.","datePublished":"after lunch"}"#;
    // The producer sends it twice: one letter.
    for _ in 0..2 {
        broker.put(&context, &[], bad.to_owned()).await;
        broker.drained(&context).await;
    }
    let letter = broker.outcomes(&context, 1).await.remove(0);
    assert!(letter.subject.starts_with("news.dlq.intake.bad_date."), "{}", letter.subject);
    for _ in 0..2 {
        broker.put(&context, &[], text("mended")).await;
        broker.drained(&context).await;
    }
    let outcomes = broker.outcomes(&context, 2).await;
    assert!(outcomes[1].subject.starts_with("news.story."), "{:?}", subjects(&outcomes));
    assert_eq!(outcomes[1].header("News-Replaces"), Some(letter.sequence.to_string().as_str()));
    broker.put(&context, &[], bad.to_owned()).await;
    broker.drained(&context).await;
    assert_eq!(broker.outcomes(&context, 2).await.len(), 2, "a story stays a story");
    assert!(worker.stop().await.success());
}

#[tokio::test]
async fn headers_without_room_are_kept_as_an_object() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let note = "n".repeat(50_000);
    let headers = [("News-Id", "wordy"), ("X-Note", note.as_str()), ("X-Desk", "a")];
    broker.put(&context, &headers, "{no json".to_owned()).await;
    let worker = Worker::start(broker.url(), &[]);
    let letter = broker.outcomes(&context, 1).await.remove(0);
    broker.drained(&context).await;
    assert_eq!(letter.key(), key("wordy"));
    assert_eq!(letter.header("News-Original-X-Desk"), Some("a"));
    assert_eq!(letter.header("News-Original-X-Note"), None);
    let object = letter.header("News-More-Original").unwrap();
    assert!(object.starts_with("news_dlq/"), "{object}");
    assert!(worker.stop().await.success());
}

#[tokio::test]
async fn replayed_letters_with_unreadable_headers_leave_the_list() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let event = |source: &str| {
        serde_json::json!({"specversion": "1.0", "id": "1", "source": source, "type": "t",
            "data": {"title": source, "text": "The bridge is closed, said the mayor."}})
        .to_string()
    };
    let structured = b"Content-Type: application/cloudevents+json\r\n";
    let no_id = |text: &str| serde_json::json!({"title": text, "text": text}).to_string();
    for (block, body) in [
        (&structured[..], event("urn:a")),
        (structured, event("urn:b")),
        (b"", no_id("A bridge is closed, said the mayor of the town.")),
        (b"", text("named")),
        (b"News-Id: \xfc\r\n", no_id("Another bridge is closed, said the mayor.")),
    ] {
        let block = [b"NATS/1.0\r\n", block, b"X-Desk: \xfcber\r\n\r\n"].concat();
        publish_bytes(&broker, b"news.raw.a", &block, body.as_bytes()).await;
    }
    // The id of the events without their source is nobody's.
    broker.put(&context, &[], text("1")).await;
    let worker = Worker::start(broker.url(), &[]);
    let outcomes = broker.outcomes(&context, 6).await;
    broker.drained(&context).await;
    assert_eq!(by_key(&outcomes).len(), 6, "{:?}", subjects(&outcomes));
    let dlq = async |args: &[&str]| {
        let mut command = program();
        command.arg("dlq").args(args).env("NEWS_INGEST__NATS__URL", broker.url());
        let output = command.output().await.unwrap();
        String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap()
    };
    let listed = dlq(&["list"]).await;
    assert!(listed.contains("5 dead letters"), "{listed} of {:?}", subjects(&outcomes));
    assert!(dlq(&["replay", "--code", "intake.header"]).await.contains("5 replayed"));
    broker.outcomes(&context, 6).await;
    broker.drained(&context).await;
    let left = dlq(&["list"]).await;
    assert!(left.contains("no dead letters"), "{left}");
    assert!(worker.stop().await.success());
}

#[tokio::test]
async fn unusable_revision_is_its_own_dead_letter() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let worker = Worker::start(broker.url(), &[]);
    let body = |revision: serde_json::Value| {
        let text = "The bridge is closed. It will open again in June, said the mayor.";
        serde_json::json!({"id": "a", "title": "a", "text": text, "revision": revision}).to_string()
    };
    broker.put(&context, &[], text("a")).await;
    broker.outcomes(&context, 1).await;
    broker.put(&context, &[], body(5.into())).await;
    broker.put(&context, &[], body("1 2".into())).await;
    let outcomes = broker.outcomes(&context, 3).await;
    assert_eq!(by_key(&outcomes).len(), 3, "{:?}", subjects(&outcomes));
    // Mended, it takes the place of its letter.
    broker.put(&context, &[], body("5".into())).await;
    broker.drained(&context).await;
    let outcomes = broker.outcomes(&context, 4).await;
    let stories = outcomes.iter().filter(|o| o.subject.starts_with("news.story.")).count();
    assert_eq!((stories, by_key(&outcomes).len()), (2, 3), "{:?}", subjects(&outcomes));
    assert!(worker.stop().await.success());
}
