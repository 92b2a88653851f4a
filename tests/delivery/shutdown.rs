//! The end of a worker that cannot finish in time.

use std::time::Duration;

use rustix::process::Signal;

use super::link;
use super::support::broker::Broker;
use super::support::site::{Act, Request, Site, html, story};
use super::support::worker::Worker;

#[tokio::test]
async fn worker_at_deadline_names_what_is_left() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let site = Site::start(|request: &Request| {
        let mut acts = html(story("In the end"));
        if !request.path.starts_with("/quick") {
            acts.insert(0, Act::Sleep(Duration::from_secs(600)));
        }
        acts
    })
    .await;
    for number in 1..=3 {
        broker.put(&context, &[], link(&format!("n:{number}"), &site.url("/slow"))).await;
    }
    let settings = [("FETCH__ROBOTS", "false"), ("WORKER__SHUTDOWN_DEADLINE_SECS", "1")];
    let mut worker = Worker::start(broker.url(), &settings);
    site.asked(3).await;
    worker.signal(Signal::TERM);
    assert_eq!(worker.child.wait().await.unwrap().code(), Some(1));
    let stop = worker.logged("stop").await;
    assert_eq!((&stop["unfinished"], &stop["left"]), (&3.into(), &"1 2 3".into()), "{stop}");
    assert_eq!(broker.raw_left(&context).await, 3, "nothing is acknowledged");
}

#[tokio::test]
async fn a_stop_waits_for_what_is_in_hand() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let site = Site::start(|_: &Request| {
        let mut acts = html(story("In the end"));
        acts.insert(0, Act::Sleep(Duration::from_secs(2)));
        acts
    })
    .await;
    broker.put(&context, &[], link("a", &site.url("/slow"))).await;
    let mut worker = Worker::start(broker.url(), &[("FETCH__ROBOTS", "false")]);
    site.asked(1).await;
    worker.signal(Signal::TERM);
    worker.logged("stopping").await;
    // What comes now is for another worker.
    broker.put(&context, &[], super::text("b")).await;
    let stop = worker.logged("stop").await;
    assert_eq!((&stop["unfinished"], &stop["stories"]), (&0.into(), &1.into()), "{stop}");
    assert_eq!(stop["level"], "INFO", "{stop}");
    let told = worker.lines();
    let starts: Vec<_> = told.iter().filter(|line| line["event"] == "start").collect();
    assert_eq!(starts.len(), 1, "nothing that the broker lacks: {starts:?}");
    assert!(worker.ended().await.success());
    assert_eq!(broker.outcomes(&context, 1).await[0].key(), super::key("a"));
    assert_eq!(broker.raw_left(&context).await, 1);
}

#[tokio::test]
async fn worker_with_silent_broker_stops_at_deadline() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    for number in 0..200 {
        broker.put(&context, &[], super::text(&format!("n:{number}"))).await;
    }
    let settings = [("WORKER__SHUTDOWN_DEADLINE_SECS", "2")];
    let mut worker = Worker::start(broker.url(), &settings);
    broker.outcomes(&context, 1).await;
    broker.signal(Signal::STOP);
    worker.signal(Signal::TERM);
    // A request to the broker may take five seconds; there were one after the other for each message.
    let ended = tokio::time::timeout(Duration::from_secs(30), worker.child.wait()).await;
    let code = ended.expect("the deadline holds").unwrap().code();
    broker.signal(Signal::CONT);
    assert!(matches!(code, Some(0 | 1)), "{code:?}");
}
