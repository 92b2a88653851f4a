//! A ledger under fire: what goes in comes out exactly once, whatever dies meanwhile.
//!
//! The built program as a black box on a real `nats-server`: a producer puts in stories with known
//! ids, a seeded schedule kills, stops and cuts off workers and server while each burst of them is
//! worked on, and at the end the out stream is held against what a calm run of the same messages
//! gives. `make test` runs a small schedule; `make chaos` sets the variables of [`Plan`].

#![allow(clippy::print_stdout, reason = "the report is a table")]
#![allow(clippy::unwrap_used, reason = "a test that fails says where")]

#[path = "../support/mod.rs"]
mod support;

mod group;
mod ledger;
mod link;
mod plan;
mod producer;
mod stories;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use async_nats::jetstream::Context;
use tokio::task::JoinSet;

use group::{Group, Order};
use ledger::Ledger;
use link::{Link, Proxy};
use plan::{Fault, Plan};
use producer::Producer;
use support::broker::Broker;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_and_nothing_comes_twice_under_fire() {
    let mut plan = Plan::from_environment();
    let calm = Arc::new(AtomicBool::new(true));
    let sites = stories::Sites::start(Arc::clone(&calm)).await;
    let inputs = Arc::new(stories::make(plan.stories, &mut plan.rng, &sites));
    let ledger = Ledger::open(&inputs).await;
    calm.store(false, Ordering::Relaxed);

    let mut broker = Broker::provisioned().await;
    let proxy = Proxy::start(broker.address()).await;
    let group = Group::start(plan.workers, &proxy.url());
    let producer = Producer::start(broker.url(), Arc::clone(&inputs)).await;
    let started = Instant::now();
    strike(&mut plan, &mut broker, &proxy, &group, &producer).await;
    let sent = producer.finish().await;
    let context = broker.context().await;
    let struck = started.elapsed();
    let left = drained(&context).await;
    let elapsed = started.elapsed();
    let workers = group.end().await;
    let report = ledger.close(&ledger::read_all(&context).await);

    println!("\n{plan}\n{sent}\n{workers}\n{report}");
    println!(
        "seconds {:.0}, {:.0} of them under fire, stories/s {:.0}, left in NEWS_RAW {}, in NEWS_RETRY {}",
        elapsed.as_secs_f64(),
        struck.as_secs_f64(),
        plan.stories as f64 / elapsed.as_secs_f64(),
        left.0,
        left.1,
    );
    report.assert_balanced();
    workers.assert_orderly();
    assert_eq!(left, (0, 0), "every message is acknowledged");
}

/// Strikes each fault into a burst of stories.
async fn strike(
    plan: &mut Plan,
    broker: &mut Broker,
    proxy: &Proxy,
    group: &Group,
    producer: &Producer,
) {
    let mut recoveries = JoinSet::new();
    let faults = plan.faults.clone();
    producer.send_up_to(plan.messages() / faults.len());
    let context = broker.context().await;
    for _ in 0..400 {
        if messages(&context, "NEWS_OUT").await > 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    drop(context);
    let mut next = tokio::time::Instant::now();
    for (number, fault) in faults.iter().enumerate() {
        next += plan.interval();
        producer.send_up_to((number + 1) * plan.messages() / faults.len());
        tokio::time::sleep(plan.rng.millis(0..900)).await;
        match fault {
            Fault::KillWorker => {
                group.order(&mut plan.rng, |rng| Order::Kill { down: rng.millis(0..2000) })
            }
            Fault::PauseWorker => {
                group.order(&mut plan.rng, |rng| Order::Pause(rng.millis(6000..9000)))
            }
            Fault::StopWorker => {
                group.order(&mut plan.rng, |rng| Order::Stop { down: rng.millis(0..2000) })
            }
            Fault::KillServer => {
                broker.kill();
                tokio::time::sleep(plan.rng.millis(100..2500)).await;
                broker.resume().await;
            }
            Fault::Cut => {
                recoveries.spawn(proxy.disturb(Link::Cut, plan.rng.millis(200..4000)));
            }
            Fault::Freeze => {
                recoveries.spawn(proxy.disturb(Link::Frozen, plan.rng.millis(3000..14_000)));
            }
        }
        tokio::time::sleep_until(next).await;
    }
    while let Some(done) = recoveries.join_next().await {
        done.unwrap();
    }
}

/// Waits until every message is acknowledged; what is left in the raw and the retry stream.
async fn drained(context: &Context) -> (u64, u64) {
    let deadline = Instant::now() + plan::DRAIN;
    let mut empty = 0;
    loop {
        let left = (messages(context, "NEWS_RAW").await, messages(context, "NEWS_RETRY").await);
        empty = if left == (0, 0) { empty + 1 } else { 0 };
        // A retry is in neither stream's numbers for an instant while it comes due.
        if empty >= 5 || Instant::now() >= deadline {
            return left;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

async fn messages(context: &Context, stream: &str) -> u64 {
    context.get_stream(stream).await.unwrap().cached_info().state.messages
}
