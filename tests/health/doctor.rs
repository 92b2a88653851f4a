//! `check --connect`: each thing set up wrongly by hand gives its finding, and the exit code.

use std::time::Duration;

use async_nats::jetstream::Context;
use async_nats::jetstream::consumer::{
    AckPolicy, PriorityPolicy, PullConsumer, ReplayPolicy, pull,
};
use async_nats::jetstream::stream::{
    Config, DiscardPolicy, RetentionPolicy, StorageType, SubjectTransform,
};

use news_ingest::broker::topology;

use super::support::broker::{Broker, free_port};
use super::support::worker::program;

/// Exit code and what was said.
async fn check(url: &str, settings: &[(&str, &str)]) -> (i32, String) {
    let mut command = program();
    command.args(["check", "--connect"]).env("NEWS_INGEST__NATS__URL", url);
    // What the test's broker is provisioned with.
    command.env("NEWS_INGEST__INTAKE__ACK_WAIT_SECS", "5");
    command.env("NEWS_INGEST__NATS__REQUEST_TIMEOUT_SECS", "1");
    for (name, value) in settings {
        command.env(format!("NEWS_INGEST__{name}"), value);
    }
    let output = command.output().await.unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned()
        + &String::from_utf8_lossy(&output.stderr);
    (output.status.code().unwrap(), text)
}

async fn change_stream(context: &Context, name: &str, change: impl FnOnce(&mut Config)) {
    let mut config = context.get_stream(name).await.unwrap().cached_info().config.clone();
    change(&mut config);
    context.update_stream(&config).await.unwrap();
}

/// Puts another stream in the place of one.
async fn replace_stream(context: &Context, name: &str, change: impl FnOnce(&mut Config)) {
    let mut config = context.get_stream(name).await.unwrap().cached_info().config.clone();
    context.delete_stream(name).await.unwrap();
    change(&mut config);
    context.create_stream(config).await.unwrap();
}

/// The configuration of the group's consumer on a stream.
async fn consumer_of(context: &Context, stream: &str) -> pull::Config {
    let consumer: PullConsumer =
        context.get_consumer_from_stream("news-ingest", stream).await.unwrap();
    let config = consumer.cached_info().config.clone();
    async_nats::jetstream::consumer::FromConsumer::try_from_consumer_config(config).unwrap()
}

async fn change_consumer(context: &Context, change: impl FnOnce(&mut pull::Config)) {
    let mut config = consumer_of(context, "NEWS_RAW").await;
    change(&mut config);
    context.create_consumer_on_stream(config, "NEWS_RAW").await.unwrap();
}

#[tokio::test]
async fn provisioned_broker_is_usable_with_single_server_warning() {
    let broker = Broker::provisioned().await;
    let (code, said) = check(broker.url(), &[]).await;
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("usable"), "{said}");
    let all = "streams NEWS_RAW, NEWS_OUT, NEWS_OUT_GUARD, NEWS_RETRY, NEWS_SEEN, OBJ_news_dlq have replicas = 1:";
    assert!(said.contains(&format!("warning: {all}")), "{said}");
    assert!(said.contains("sync_interval"), "{said}");
    assert_eq!(said.matches("warning:").count(), 1, "{said}");
    assert!(!said.contains("error:"), "{said}");
    let mut quiet = program();
    quiet.args(["check", "--connect", "--quiet"]).env("NEWS_INGEST__NATS__URL", broker.url());
    let output = quiet.output().await.unwrap();
    assert!(output.status.success() && output.stdout.is_empty());
}

#[tokio::test]
async fn the_doctor_examines_every_partition() {
    let broker = Broker::start().await;
    let mut settings = topology::Settings { partitions: 2, ..topology::Settings::default() };
    broker.provision_with(&settings).await;
    let context = broker.context().await;
    let (code, said) = check(broker.url(), &[("STREAMS__PARTITIONS", "2")]).await;
    assert_eq!(code, 0, "{said}");
    context.delete_stream("NEWS_OUT_2_1").await.unwrap();
    let (code, said) = check(broker.url(), &[("STREAMS__PARTITIONS", "2")]).await;
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("error: stream NEWS_OUT_2_1 does not exist"), "{said}");
    broker.provision_with(&settings).await;
    settings.partitions = 3;
    settings.previous_partitions = vec![2];
    let three = [("STREAMS__PARTITIONS", "3"), ("STREAMS__PREVIOUS_PARTITIONS", "[2]")];
    let (code, said) = check(broker.url(), &three).await;
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("stream NEWS_OUT_2_0 still accepts outcomes"), "{said}");
    broker.provision_with(&settings).await;
    let (code, said) = check(broker.url(), &three).await;
    assert_eq!(code, 0, "{said}");
}

#[tokio::test]
async fn unreachable_broker_exits_69_empty_one_names_command() {
    let (code, said) = check(&format!("nats://127.0.0.1:{}", free_port()), &[]).await;
    assert_eq!(code, 69, "{said}");
    let broker = Broker::start().await;
    let (code, said) = check(broker.url(), &[]).await;
    assert_eq!(code, 1, "{said}");
    for what in [
        "error: stream NEWS_RAW does not exist",
        "error: stream NEWS_OUT does not exist",
        "warning: stream NEWS_RETRY does not exist",
        "error: bucket news_hosts does not exist",
        "error: bucket news_robots does not exist",
        "warning: stream NEWS_SEEN does not exist",
        "change: run `news-ingest provision`",
    ] {
        assert!(said.contains(what), "{what:?} is not in {said}");
    }
}

/// Sets one thing wrongly on a broker of its own and expects exactly one more finding.
async fn finds(
    wrong: impl AsyncFnOnce(&Context),
    settings: &[(&str, &str)],
    code: i32,
    finding: &str,
    change: &str,
) {
    let broker = Broker::provisioned().await;
    wrong(&broker.context().await).await;
    let (exit, said) = check(broker.url(), settings).await;
    assert!(said.contains(finding), "{finding:?} is not in {said}");
    assert!(said.contains(change), "{change:?} is not in {said}");
    assert_eq!(exit, code, "{said}");
}

#[tokio::test]
async fn faults_of_the_raw_stream_are_found() {
    let raw = "NEWS_RAW";
    let old = async |c: &Context| {
        change_stream(c, raw, |config| config.discard = DiscardPolicy::Old).await;
    };
    finds(old, &[], 1, "NEWS_RAW discards old messages", "set discard of NEWS_RAW to new").await;
    let aged = async |c: &Context| {
        change_stream(c, raw, |config| config.max_age = Duration::from_secs(3600)).await;
    };
    finds(aged, &[], 1, "NEWS_RAW drops messages after 3600s", "set max_age of NEWS_RAW to 0")
        .await;
    let large = async |c: &Context| {
        change_stream(c, raw, |config| config.max_message_size = 1 << 20).await;
    };
    finds(large, &[], 0, "max_msg_size (1048576)", "set max_msg_size of NEWS_RAW to 1015808").await;
    let single = async |c: &Context| {
        change_stream(c, raw, |config| config.max_messages_per_subject = 1).await;
    };
    let change = "set max_msgs_per_subject of NEWS_RAW to -1";
    finds(single, &[], 1, "NEWS_RAW keeps 1 messages of a subject", change).await;
    let small = async |c: &Context| {
        change_stream(c, raw, |config| config.max_message_size = 1000).await;
    };
    finds(small, &[], 0, "no message over 1000 bytes", "set max_msg_size of NEWS_RAW to").await;
    let open = async |c: &Context| {
        change_stream(c, raw, |config| config.max_bytes = -1).await;
    };
    finds(open, &[], 0, "NEWS_RAW has no bound", "set max_bytes of NEWS_RAW").await;
    let kept = async |c: &Context| {
        replace_stream(c, raw, |config| config.retention = RetentionPolicy::Limits).await;
    };
    finds(kept, &[], 1, "NEWS_RAW is no work queue", "make NEWS_RAW a work queue").await;
    let interest = async |c: &Context| {
        replace_stream(c, raw, |config| config.retention = RetentionPolicy::Interest).await;
    };
    finds(interest, &[], 1, "NEWS_RAW has interest retention", "make NEWS_RAW a work queue").await;
    let rolled = async |c: &Context| {
        change_stream(c, raw, |config| config.allow_rollup = true).await;
    };
    finds(rolled, &[], 1, "NEWS_RAW allows rollups", "set allow_rollup_hdrs of NEWS_RAW").await;
    let bare = async |c: &Context| {
        c.delete_stream("OBJ_news_dlq").await.unwrap();
    };
    finds(bare, &[], 0, "object store news_dlq does not exist", "run `news-ingest provision`")
        .await;
}

#[tokio::test]
async fn faults_of_the_out_stream_are_found() {
    let out = "NEWS_OUT";
    let old = async |c: &Context| {
        change_stream(c, out, |config| config.discard = DiscardPolicy::Old).await;
    };
    finds(old, &[], 1, "NEWS_OUT discards old messages", "set discard of NEWS_OUT to new").await;
    let unguarded = [("STREAMS__OUT_DISCARD", "old"), ("STREAMS__GUARD_MAX_AGE_HOURS", "0")];
    finds(old, &unguarded, 0, "and forgets their keys", "set streams.guard_max_age_hours").await;
    let discards = [("STREAMS__OUT_DISCARD", "old")];
    let new = async |_: &Context| {};
    finds(new, &discards, 0, "NEWS_OUT accepts nothing when it is full", "provision").await;
    let few = async |c: &Context| {
        change_stream(c, out, |config| config.subjects.retain(|s| !s.contains("dlq"))).await;
    };
    finds(few, &[], 1, "NEWS_OUT lacks the subjects news.dlq.*.*.*", "provision").await;
    let read_once = async |c: &Context| {
        replace_stream(c, out, |config| config.retention = RetentionPolicy::WorkQueue).await;
    };
    finds(read_once, &[], 1, "the once-only guard forgets", "limits retention").await;
    let no_ttl = async |c: &Context| {
        replace_stream(c, out, |config| config.allow_message_ttl = false).await;
    };
    finds(no_ttl, &[], 0, "NEWS_OUT does not allow per-message TTLs", "allow_msg_ttl").await;
    let brief = async |c: &Context| {
        change_stream(c, out, |config| config.max_age = Duration::from_secs(3600)).await;
    };
    finds(brief, &[], 0, "NEWS_OUT drops outcomes after 1.0 h", "provision").await;
    let narrow = async |c: &Context| {
        change_stream(c, out, |config| config.max_message_size = 4096).await;
    };
    finds(narrow, &[], 1, "accepts no message over 4096 bytes", "raise max_msg_size").await;
    let once = async |c: &Context| {
        change_stream(c, out, |config| {
            config.max_messages_per_subject = 1;
            config.discard_new_per_subject = true;
        })
        .await;
    };
    finds(once, &[], 1, "accepts no second message on a subject", "discard_new_per_subject").await;
    let memory = async |c: &Context| {
        replace_stream(c, out, |config| config.storage = StorageType::Memory).await;
    };
    finds(memory, &[], 1, "NEWS_OUT is in memory", "file storage").await;
}

#[tokio::test]
async fn streams_that_confirm_nothing_are_found() {
    for name in ["NEWS_RAW", "NEWS_OUT", "NEWS_RETRY", "OBJ_news_dlq", "KV_news_hosts"] {
        let silent =
            async |c: &Context| change_stream(c, name, |config| config.no_ack = true).await;
        let (finding, change) =
            (format!("{name} has no_ack"), format!("set no_ack of {name} to false"));
        finds(silent, &[], 1, &finding, &change).await;
    }
}

#[tokio::test]
async fn filling_out_stream_is_reported_from_half_full() {
    let filled = |bytes: usize| {
        async move |c: &Context| {
            change_stream(c, "NEWS_OUT", |config| config.max_bytes = 100_000).await;
            let stored = c.publish("news.story.en.none.KEY", vec![b'x'; bytes].into()).await;
            stored.unwrap().await.unwrap();
        }
    };
    let (told, change) = ("% of its max_bytes", "raise streams.out_max_mib");
    finds(filled(60_000), &[], 0, &format!("advice: stream NEWS_OUT has used 60 {told}"), change)
        .await;
    finds(filled(85_000), &[], 0, &format!("warning: stream NEWS_OUT has used 85 {told}"), change)
        .await;
    let broker = Broker::provisioned().await;
    filled(20_000)(&broker.context().await).await;
    let (_, said) = check(broker.url(), &[]).await;
    assert!(!said.contains(told), "{said}");
}

#[tokio::test]
async fn provision_says_what_a_rate_needs() {
    let broker = Broker::provisioned().await;
    let mut command = program();
    command.args([
        "provision",
        "--dry-run",
        "--stories-per-day",
        "1000000",
        "--record-bytes",
        "6000",
    ]);
    let output = command.env("NEWS_INGEST__NATS__URL", broker.url()).output().await.unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    for part in [
        "2 days are 11445 of its 16384 MiB",
        "859 MiB for 2000000 keys",
        "11731 MiB for 30000000 keys",
    ] {
        assert!(said.contains(part), "{part:?} is not in {said}");
    }
}

#[tokio::test]
async fn faults_of_the_guard_stream_are_found() {
    let guard = "NEWS_OUT_GUARD";
    let gone = async |c: &Context| {
        c.delete_stream(guard).await.unwrap();
    };
    finds(gone, &[], 0, "NEWS_OUT_GUARD does not exist", "provision").await;
    let brief = async |c: &Context| {
        change_stream(c, guard, |config| config.max_age = Duration::from_secs(3600)).await;
    };
    finds(brief, &[], 0, "NEWS_OUT_GUARD forgets keys after 1.0 h", "provision").await;
    let refuses = async |c: &Context| {
        change_stream(c, guard, |config| {
            config.max_bytes = 10_000;
            config.discard = DiscardPolicy::New;
        })
        .await;
    };
    finds(refuses, &[], 1, "NEWS_OUT_GUARD accepts no keys when it is full", "set discard").await;
    let cut = async |c: &Context| {
        change_stream(c, guard, |config| config.max_messages = 10).await;
    };
    finds(cut, &[], 1, "NEWS_OUT_GUARD has max_msgs 10", "provision").await;
    let passing = async |c: &Context| {
        let mut config = c.get_stream(guard).await.unwrap().cached_info().config.clone();
        c.delete_stream(guard).await.unwrap();
        config.retention = RetentionPolicy::Interest;
        c.create_stream(config).await.unwrap();
    };
    finds(passing, &[], 1, "NEWS_OUT_GUARD forgets keys at once", "delete NEWS_OUT_GUARD").await;
    let filled = async |c: &Context| {
        change_stream(c, guard, |config| config.max_bytes = 10_000).await;
        for key in 0..70 {
            let claim = c.publish(format!("news.guard.K{key}"), vec![b'x'; 60].into());
            claim.await.unwrap().await.unwrap();
        }
    };
    finds(filled, &[], 0, "NEWS_OUT_GUARD has used", "raise streams.guard_max_mib").await;
}

#[tokio::test]
async fn missing_permission_to_read_keys_is_found() {
    let denied = "$JS.API.STREAM.MSG.GET.NEWS_OUT_GUARD";
    let user = format!(
        "{{ user: worker, password: w, permissions: {{ publish: {{ deny: [\"{denied}\"] }} }} }}"
    );
    let broker = Broker::with_users(&user).await;
    broker.provision().await;
    let secret = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(secret.path(), "w").unwrap();
    let path = secret.path().to_str().unwrap();
    let settings = [("NATS__USER", "worker"), ("NATS__PASSWORD_FILE", path)];
    let (code, said) = check(broker.url(), &settings).await;
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("messages of stream NEWS_OUT_GUARD cannot be read"), "{said}");
    assert!(said.contains(&format!("permit {denied}")), "{said}");
}

#[tokio::test]
async fn faults_of_the_retry_stream_are_found() {
    let retry = "NEWS_RETRY";
    let plain = async |c: &Context| {
        replace_stream(c, retry, |config| config.allow_message_schedules = false).await;
    };
    let change = "set allow_msg_schedules of NEWS_RETRY";
    finds(plain, &[], 1, "NEWS_RETRY does not allow schedules", change).await;
    let bounded = async |c: &Context| {
        change_stream(c, retry, |config| config.max_messages = 100).await;
    };
    finds(bounded, &[], 1, "NEWS_RETRY is bounded", "remove the limits max_bytes, max_msgs").await;
    let narrow = async |c: &Context| {
        let filter_subject = "news.retry.due.desk.>".to_owned();
        let config = pull::Config { filter_subject, ..consumer_of(c, retry).await };
        c.create_consumer_on_stream(config, retry).await.unwrap();
    };
    finds(narrow, &[], 1, "and not news.retry.due.>", "news-ingest provision").await;
}

#[tokio::test]
async fn subjects_that_streams_transform_are_found() {
    for (name, source, destination) in [
        ("NEWS_RAW", "news.raw.>", "other.raw.>"),
        ("NEWS_RETRY", "news.retry.>", "other.retry.>"),
        ("NEWS_OUT", "news.story.>", "other.story.>"),
        ("NEWS_OUT_GUARD", "news.guard.*", "other.guard.{{wildcard(1)}}"),
    ] {
        let (source, destination) = (source.to_owned(), destination.to_owned());
        let other = async |c: &Context| {
            change_stream(c, name, |config| {
                config.subject_transform = Some(SubjectTransform { source, destination });
            })
            .await;
        };
        finds(other, &[], 1, &format!("stream {name} stores"), "news-ingest provision").await;
    }
}

#[tokio::test]
async fn faults_of_the_consumer_are_found() {
    let limited = async |c: &Context| change_consumer(c, |config| config.max_deliver = 5).await;
    finds(limited, &[], 1, "has max_deliver 5", "set max_deliver to -1").await;
    let bare = async |c: &Context| change_consumer(c, |config| config.headers_only = true).await;
    finds(bare, &[], 1, "is set to headers_only", "set headers_only to false").await;
    let filtered = async |c: &Context| {
        change_consumer(c, |config| config.filter_subject = "news.raw.desk".to_owned()).await;
    };
    finds(filtered, &[], 1, "delivers news.raw.desk only", "take its filter off").await;
    let narrow = async |c: &Context| change_consumer(c, |config| config.max_ack_pending = 8).await;
    finds(narrow, &[], 0, "this worker alone works on 64", "workers x intake.max_in_flight").await;
    let small = async |c: &Context| change_consumer(c, |config| config.max_ack_pending = 200).await;
    finds(small, &[], 0, "enough for 3 worker(s)", "news-ingest provision").await;
    let hasty = async |c: &Context| {
        change_consumer(c, |config| config.ack_wait = Duration::from_secs(2)).await;
    };
    finds(hasty, &[], 0, "intake.ack_wait_secs is 5s", "news-ingest provision").await;
    let as_asked = async |_: &Context| {};
    let slow = [("NATS__REQUEST_TIMEOUT_SECS", "20")];
    finds(as_asked, &slow, 0, "one slow answer may give", "raise intake.ack_wait_secs").await;
    let stepped = async |c: &Context| {
        change_consumer(c, |config| {
            config.max_deliver = 5;
            config.backoff = vec![Duration::from_secs(1), Duration::from_secs(2)];
        })
        .await;
    };
    finds(stepped, &[], 1, "has a backoff", "take it off").await;
    let gone = async |c: &Context| {
        c.delete_consumer_from_stream("news-ingest", "NEWS_RAW").await.unwrap();
    };
    finds(gone, &[], 1, "consumer news-ingest on stream NEWS_RAW does not exist", "provision")
        .await;
    let gone = async |c: &Context| {
        c.delete_consumer_from_stream("news-ingest", "NEWS_RETRY").await.unwrap();
    };
    finds(gone, &[], 1, "consumer news-ingest on stream NEWS_RETRY does not exist", "provision")
        .await;
    let passing = async |c: &Context| {
        change_consumer(c, |config| config.inactive_threshold = Duration::from_secs(3600)).await;
    };
    finds(passing, &[], 1, "has inactive_threshold 3600s", "set inactive_threshold to 0").await;
    let paused = async |c: &Context| {
        let until = time::OffsetDateTime::now_utc() + Duration::from_secs(3600);
        let raw = c.get_stream("NEWS_RAW").await.unwrap();
        raw.pause_consumer("news-ingest", until).await.unwrap();
    };
    finds(paused, &[], 1, "news-ingest on NEWS_RAW is paused", "nats consumer resume").await;
}

#[tokio::test]
async fn consumers_of_another_kind_are_found() {
    let remade = async |c: &Context, change: fn(&mut pull::Config)| {
        let mut config = consumer_of(c, "NEWS_RAW").await;
        change(&mut config);
        c.delete_consumer_from_stream("news-ingest", "NEWS_RAW").await.unwrap();
        c.create_consumer_on_stream(config, "NEWS_RAW").await.unwrap();
    };
    let grouped = async |c: &Context| {
        remade(c, |config| {
            config.priority_groups = vec!["desk".to_owned()];
            config.priority_policy = PriorityPolicy::Overflow;
        })
        .await;
    };
    finds(grouped, &[], 1, "has priority_groups (desk)", "delete it and run").await;
    let paced = async |c: &Context| {
        remade(c, |config| config.replay_policy = ReplayPolicy::Original).await;
    };
    finds(paced, &[], 0, "has replay_policy original", "delete it and run").await;
    let remake = async |c: &Context, config: async_nats::jetstream::consumer::push::Config| {
        c.delete_consumer_from_stream("news-ingest", "NEWS_RAW").await.unwrap();
        c.create_consumer_on_stream(config, "NEWS_RAW").await.unwrap();
    };
    let push = async_nats::jetstream::consumer::push::Config {
        durable_name: Some("news-ingest".to_owned()),
        deliver_subject: "somewhere".to_owned(),
        ack_policy: AckPolicy::Explicit,
        ack_wait: Duration::from_secs(5),
        ..Default::default()
    };
    finds(async |c: &Context| remake(c, push).await, &[], 1, "is a push consumer", "delete it")
        .await;
}

#[tokio::test]
async fn a_used_up_ack_budget_is_found() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    change_consumer(&context, |config| {
        config.max_ack_pending = 1;
        config.ack_wait = Duration::from_secs(600);
    })
    .await;
    broker.put(&context, &[], "{}").await;
    let consumer: PullConsumer =
        context.get_consumer_from_stream("news-ingest", "NEWS_RAW").await.unwrap();
    use futures_util::StreamExt as _;
    let mut batch = consumer.batch().max_messages(1).messages().await.unwrap();
    let _held = batch.next().await.unwrap().unwrap();
    let (code, said) = check(broker.url(), &[]).await;
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("has used up max_ack_pending"), "{said}");
}
