//! What operators do to a broker and a worker that run: domains, few rights, changed leases, lost buckets, sealed
//! streams, brokers that are gone at the end, and pipes that nobody reads.

use std::io::Read as _;
use std::process::Stdio;
use std::time::{Duration, Instant};

use news_ingest::broker::topology;
use rustix::process::Signal;

use super::support::broker::{Broker, Login};
use super::support::site::{Act, Request, Site, html, story};
use super::support::worker::{Worker, program};
use super::{link, text};

/// A server in domain `hub`, with a user who may listen to inboxes of its own alone.
async fn hub() -> Broker {
    let users = "accounts { SYS { users: [{user: sys, password: sys}] }\n\
        NEWS { jetstream: enabled, users: [{user: admin, password: admin},\n\
        {user: worker, password: w, permissions: {subscribe: {allow: [\"_INBOX_news.>\"]}}}] } }\n\
        system_account: SYS\n";
    let login = Login::Password("admin".to_owned(), "admin".to_owned());
    Broker::in_domain("hub", users, Some(login)).await
}

#[tokio::test]
async fn works_in_jetstream_domain_with_own_inbox() {
    let broker = hub().await;
    broker.provision().await;
    let context = broker.context().await;
    let site = Site::start(|_: &Request| html(story("In the domain"))).await;
    broker.put(&context, &[], text("n:1")).await;
    broker.put(&context, &[], link("n:2", &site.url("/a"))).await;
    let dir = tempfile::tempdir().unwrap();
    let password = dir.path().join("password");
    std::fs::write(&password, "w").unwrap();
    let settings = [
        ("NATS__DOMAIN", "hub"),
        ("NATS__INBOX_PREFIX", "_INBOX_news"),
        ("NATS__USER", "worker"),
        ("NATS__PASSWORD_FILE", password.to_str().unwrap()),
    ];
    let worker = Worker::start(broker.url(), &settings);
    let outcomes = broker.outcomes(&context, 2).await;
    assert!(outcomes.iter().all(|outcome| outcome.subject.starts_with("news.story.")));
    broker.drained(&context).await;
    assert!(worker.stop().await.success());
    let wrong = [("NATS__DOMAIN", "spoke"), ("NATS__USER", "admin"), ("NATS__PASSWORD_FILE", "p")];
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("p"), "admin").unwrap();
    let mut all = vec![("NATS__URL", broker.url())];
    all.extend_from_slice(&wrong);
    let mut worker = Worker::start_with(&all, dir);
    assert_eq!(worker.ended().await.code(), Some(69), "{}", worker.text());
}

#[tokio::test]
async fn streams_of_another_deployment_are_left_alone() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let mut provision = program();
    provision.arg("provision").env("NEWS_INGEST__NATS__URL", broker.url());
    for (key, value) in [("PREFIX", "wire"), ("RAW_STREAM", "W_RAW"), ("OUT_STREAM", "W_OUT")] {
        provision.env(format!("NEWS_INGEST__STREAMS__{key}"), value);
    }
    let output = provision.output().await.unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(64), "{said}");
    assert!(said.contains("is another deployment's"), "{said}");
    for stream in ["W_RAW", "W_OUT"] {
        assert!(context.get_stream(stream).await.is_err(), "{stream} was made");
    }
}

#[tokio::test]
async fn running_worker_follows_a_shorter_ack_wait() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let with = async |ack_wait: u64| {
        let (streams, ack_wait) = (topology::Settings::default(), Duration::from_secs(ack_wait));
        topology::provision(&context, &streams, ack_wait, false).await.unwrap();
    };
    with(600).await;
    // Several of the shorter leases.
    let site = Site::start(|_: &Request| {
        let mut acts = html(story("Slow"));
        acts.insert(0, Act::Sleep(Duration::from_secs(12)));
        acts
    })
    .await;
    let settings = [("FETCH__ROBOTS", "false"), ("FETCH__TOTAL_TIMEOUT_MS", "60000")];
    let worker = Worker::start(broker.url(), &settings);
    broker.put(&context, &[], link("n:1", &site.url("/slow"))).await;
    site.asked(1).await;
    with(3).await;
    worker.logged("ack_wait_changed").await;
    broker.outcomes(&context, 1).await;
    broker.drained(&context).await;
    let asked = site.requests().len();
    assert!(asked <= 2, "the page was asked for {asked} times");
}

#[tokio::test]
async fn a_sealed_out_stream_is_back_pressure() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let stream = context.get_stream("NEWS_OUT").await.unwrap();
    let mut config = stream.cached_info().config.clone();
    config.sealed = true;
    context.update_stream(config).await.unwrap();
    let worker = Worker::start(broker.url(), &[]);
    for number in 0..20 {
        broker.put(&context, &[], text(&format!("n:{number}"))).await;
    }
    worker.logged("out_blocked").await;
    let retry = context.get_stream("NEWS_RETRY").await.unwrap();
    assert_eq!(retry.cached_info().state.messages, 0, "nothing is moved to the retry stream");
    assert_eq!(broker.raw_left(&context).await, 20);
}

#[tokio::test]
async fn links_wait_while_the_hosts_bucket_is_lost() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let site = Site::start(|_: &Request| html(story("After the loss"))).await;
    let worker = Worker::start(broker.url(), &[]);
    worker.logged("start").await;
    context.delete_key_value("news_hosts").await.unwrap();
    broker.put(&context, &[], link("n:1", &site.url("/a"))).await;
    broker.put(&context, &[], link("n:2", &site.url("/b"))).await;
    let told = worker.logged("shared_state_away").await;
    assert!(told["message"].as_str().unwrap().contains("check --connect"), "{told}");
    worker.logged_with("story", |line| line["code"] == "fetch.state").await;
    let away = worker.lines().iter().filter(|line| line["event"] == "shared_state_away").count();
    assert_eq!(away, 1, "said once");
    broker.provision().await;
    broker.outcomes(&context, 2).await;
    worker.logged("shared_state_back").await;
}

#[tokio::test]
async fn idle_worker_without_broker_stops_at_once() {
    let mut broker = Broker::provisioned().await;
    let settings = [("WORKER__SHUTDOWN_DEADLINE_SECS", "60")];
    let mut worker = Worker::start(broker.url(), &settings);
    worker.logged("start").await;
    broker.kill();
    worker.logged("broker_disconnected").await;
    let told = Instant::now();
    worker.signal(Signal::TERM);
    assert!(worker.ended().await.success(), "{}", worker.text());
    assert!(told.elapsed() < Duration::from_secs(30), "{:?}", told.elapsed());
}

#[tokio::test]
async fn worker_with_unread_standard_error_works_on() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    // A line for each of these is several times what a pipe holds.
    const STORIES: usize = 600;
    for number in 0..STORIES {
        broker.put(&context, &[], text(&format!("n:{number}"))).await;
    }
    let mut child = program()
        .arg("run")
        .current_dir(tempfile::tempdir().unwrap().path())
        .env("NEWS_INGEST__NATS__URL", broker.url())
        .env("NEWS_INGEST__LOG__FORMAT", "json")
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let unread = child.stderr.take().unwrap();
    broker.outcomes(&context, STORIES).await;
    broker.drained(&context).await;
    child.kill().await.unwrap();
    let mut lines = String::new();
    std::fs::File::from(unread.into_owned_fd().unwrap()).read_to_string(&mut lines).unwrap();
    assert!(lines.len() < 1 << 20, "the pipe was read meanwhile");
}

#[tokio::test]
async fn account_without_room_causes_back_pressure_not_loss() {
    let accounts = "accounts { NEWS { jetstream: {max_file: 80MB, max_mem: 10MB, max_streams: 20, max_consumers: 50},\n\
        users: [{user: o, password: o}] } }\nno_auth_user: o\n";
    let broker = Broker::with_config(accounts.to_owned(), None).await;
    let streams = topology::Settings {
        raw_max_mib: 8,
        out_max_mib: 8,
        seen_window: topology::SeenWindow { mib: 8, ..topology::Settings::default().seen_window },
        ..topology::Settings::default()
    };
    broker.provision_with(&streams).await;
    let context = broker.context().await;
    let worker = Worker::start(broker.url(), &[("INTAKE__ACK_WAIT_SECS", "5")]);
    worker.logged("start").await;
    worker.signal(Signal::STOP);
    for number in 0..5 {
        broker.put(&context, &[], text(&format!("n:{number}"))).await;
    }
    context
        .create_stream(async_nats::jetstream::stream::Config {
            name: "OTHERS".to_owned(),
            subjects: vec!["others.>".to_owned()],
            ..Default::default()
        })
        .await
        .unwrap();
    for bytes in [500_000, 5_000, 500, 50] {
        while context.publish("others.a", vec![b'x'; bytes].into()).await.unwrap().await.is_ok() {}
    }
    worker.signal(Signal::CONT);
    let blocked = worker.logged("out_blocked").await;
    assert_eq!(blocked["stream"], "NEWS_OUT", "{blocked}");
    context.get_stream("OTHERS").await.unwrap().purge().await.unwrap();
    let outcomes = broker.outcomes(&context, 5).await;
    broker.drained(&context).await;
    assert!(outcomes.iter().all(|outcome| outcome.subject.starts_with("news.story.")));
    assert!(worker.stop().await.success());
}

#[tokio::test]
async fn a_stream_made_anew_is_not_settled_in() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let site = Site::start(|request: &Request| {
        let mut acts = html(story("In the end"));
        if request.path == "/slow" {
            acts.insert(0, Act::Sleep(Duration::from_secs(3)));
        }
        acts
    })
    .await;
    let worker = Worker::start(broker.url(), &[("FETCH__ROBOTS", "false")]);
    // The worker has just seen the stream, and may take its word for a moment.
    broker.put(&context, &[], link("quick", &site.url("/quick"))).await;
    broker.drained(&context).await;
    broker.put(&context, &[], link("slow", &site.url("/slow"))).await;
    site.asked(2).await;
    context.delete_stream("NEWS_RAW").await.unwrap();
    broker.provision().await;
    for id in ["new:1", "new:2"] {
        broker.put(&context, &[], text(id)).await;
    }
    // What the worker knew a moment ago is no reason to leave those of the new one.
    broker.outcomes(&context, 3).await;
    broker.drained(&context).await;
    // The sequence of the slow one is another message's now.
    let told = worker.logged("stream_recreated").await;
    assert_eq!((&told["stream"], &told["raw_seq"]), (&"NEWS_RAW".into(), &2.into()), "{told}");
    assert_eq!(broker.outcomes(&context, 4).await.len(), 4);
    assert!(worker.stop().await.success());
}

#[tokio::test]
async fn missing_raw_stream_is_waited_for() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let worker = Worker::start(broker.url(), &[]);
    broker.put(&context, &[], text("before")).await;
    broker.drained(&context).await;
    context.delete_stream("NEWS_RAW").await.unwrap();
    let asked = context.client().subscribe("$JS.API.STREAM.INFO.NEWS_RAW").await.unwrap();
    // When the worker asks again it has heard that there is none.
    let twice = futures_util::StreamExt::count(futures_util::StreamExt::take(asked, 2));
    let twice = tokio::time::timeout(Duration::from_secs(30), twice).await;
    assert_eq!(twice.expect("it goes on asking"), 2);
    broker.provision().await;
    broker.put(&context, &[], text("after")).await;
    assert_eq!(broker.outcomes(&context, 2).await.len(), 2);
    assert!(worker.stop().await.success());
}

#[tokio::test]
async fn buckets_forget_what_nobody_asks_for() {
    use async_nats::jetstream::stream::StorageType;
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    for (bucket, hours) in [("hosts", 26), ("robots", 26), ("feeds", 90 * 24)] {
        let stream = context.get_stream(format!("KV_news_{bucket}")).await.unwrap();
        let config = &stream.cached_info().config;
        assert_eq!(config.max_age, Duration::from_secs(hours * 3600), "{bucket}");
        assert_eq!((config.storage, config.max_messages_per_subject), (StorageType::File, 1));
        assert!(config.description.as_ref().is_some_and(|text| text.starts_with("news-ingest: ")));
    }
}
