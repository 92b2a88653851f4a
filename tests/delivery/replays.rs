//! Replays of dead letters, by operators who also do other things.

use super::support::broker::{Broker, subjects};
use super::support::worker::{Worker, program};
use super::text;

#[tokio::test]
async fn a_replay_whose_letter_was_purged_or_expired_ends_all_the_same() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let worker = Worker::start(broker.url(), &[]);
    broker.put(&context, &[], r#"{"id": "x"}"#).await;
    let letter = broker.outcomes(&context, 1).await.remove(0);
    broker.drained(&context).await;
    assert!(worker.stop().await.success());
    let sequence = letter.sequence.to_string();
    broker.put(&context, &[("News-Replay-Of", &sequence)], text("x")).await;
    let out = context.get_stream("NEWS_OUT").await.unwrap();
    out.delete_message(letter.sequence).await.unwrap();
    let worker = Worker::start(broker.url(), &[]);
    broker.drained(&context).await;
    let outcomes = broker.outcomes(&context, 1).await;
    assert_eq!(outcomes.len(), 1, "{:?}", subjects(&outcomes));
    assert!(outcomes[0].subject.starts_with("news.story."), "{}", outcomes[0].subject);
    assert!(worker.stop().await.success());
}

#[tokio::test]
async fn a_replay_that_names_a_story_does_not_publish_it_twice() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let worker = Worker::start(broker.url(), &[]);
    broker.put(&context, &[], text("x")).await;
    let story = broker.outcomes(&context, 1).await.remove(0);
    let sequence = story.sequence.to_string();
    broker.put(&context, &[("News-Replay-Of", &sequence)], text("x")).await;
    broker.drained(&context).await;
    assert_eq!(broker.outcomes(&context, 1).await.len(), 1);
    assert!(worker.stop().await.success());
}

#[tokio::test]
async fn a_letter_is_listed_and_replayed_by_stage_code_key_and_age() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let worker = Worker::start(broker.url(), &[]);
    broker.put(&context, &[], r#"{"id": "empty"}"#).await;
    broker.put(&context, &[], r#"{"id": "typed", "url": 7}"#).await;
    let letters = broker.outcomes(&context, 2).await;
    assert!(worker.stop().await.success());
    let dlq = async |args: &[&str]| {
        let mut command = program();
        command.arg("dlq").args(args).env("NEWS_INGEST__NATS__URL", broker.url());
        let output = command.output().await.unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let empty = letters.iter().find(|letter| letter.subject.contains("no_content")).unwrap();
    let typed = letters.iter().find(|letter| letter.subject.contains("wrong_type")).unwrap();
    for (filter, with_empty, with_typed) in [
        (vec![], true, true),
        (vec!["--stage", "intake"], true, true),
        (vec!["--stage", "fetch"], false, false),
        (vec!["--code", "no_content"], true, false),
        (vec!["--key", typed.key()], false, true),
        (vec!["--older-than", "1"], false, false),
        (vec!["--newer-than", "1"], true, true),
        (vec!["--code", "wrong_type", "--key", empty.key()], false, false),
    ] {
        let listed = dlq(&[&["list"][..], &filter].concat()).await;
        assert_eq!(listed.contains(empty.key()), with_empty, "{filter:?}: {listed}");
        assert_eq!(listed.contains(typed.key()), with_typed, "{filter:?}: {listed}");
        let count = usize::from(with_empty) + usize::from(with_typed);
        let planned = dlq(&[&["replay", "--dry-run"][..], &filter].concat()).await;
        assert!(planned.contains(&format!("{count} would be")), "{filter:?}: {planned}");
    }
    assert_eq!(dlq(&["list", "--limit", "1"]).await.lines().count(), 1);
    assert_eq!(broker.raw_left(&context).await, 0, "a dry run sends nothing");
    let said = dlq(&["replay", "--rate", "5"]).await;
    assert!(said.contains("2 replayed"), "{said}");
    assert_eq!(broker.raw_left(&context).await, 2);
}
