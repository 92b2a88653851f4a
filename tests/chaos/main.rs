//! A ledger under fire: what goes in comes out exactly once, whatever dies meanwhile.
//!
//! The built program as a black box on a real `nats-server`: a producer puts in stories with known
//! ids, a seeded schedule kills, stops and cuts off workers and server while each burst of them is
//! worked on, and at the end the out stream is held against what a calm run of the same messages
//! gives. `make test` runs a small schedule; `make chaos` sets the variables of [`Plan`].
//!
//! JetStream's pitfalls, where each is handled, and what shows it (`worker`, `health`, `delivery` are the
//! tests beside this one; `chaos` is this one):
//!
//! | pitfall | handled in | shown by |
//! |---|---|---|
//! | no idle heartbeat by default | `intake::puller`: each pull names expiry and heartbeat | `health`: a server that falls silent |
//! | the first error ends a stream of messages | `worker::pull_source`: bind again with back-off, for ever | `worker`: server restarts; chaos: cuts |
//! | a missed heartbeat is acted on late | `intake::puller`: own watchdog, two heartbeats | `health`: a server that falls silent, with an expiry of 600 s; chaos: freezes |
//! | a deleted consumer ends the stream | `worker::pull_source`, not ready meanwhile | `worker`: consumer deleted; `health`: ready again |
//! | prefetched messages age | `intake::puller`: as many as slots are free; a lease counts from the pull, which is open for half of it at most | `worker`: a full out stream leaves the rest in the raw stream; `delivery`: pulls |
//! | a long fetch | `Delivery::keep_alive` each third of `ack_wait`; `fetch.total_timeout_ms` | chaos: slow pages; `fetch`: deadlines |
//! | consumer `backoff` replaces `ack_wait` | none is set; explicit delays | `health`: the doctor finds one |
//! | a delayed nak counts in `max_ack_pending` | scheduled messages in a stream of their own; naks only without one, and said | `worker`: retries, dead letter after its attempts; `delivery`: fallbacks |
//! | a nak counts as a delivery like any other | each is noted before it is made (`state::returns`) and not held against the message | `delivery`: fallbacks |
//! | `max_ack_pending` is shared | `config`, the doctor | `health`: doctor; `config`: a unit test |
//! | at `max_deliver` a message just stays | none on our consumers; dead-lettered by its count before any work | `worker`: delivered too often; `health`: doctor |
//! | a lost ack means redelivery | ack twice confirmed, after the outcome; `worker::redelivery` looks first | `worker`: acknowledgement lost; chaos |
//! | a late nak takes the message from its new owner | `Delivery::hand_back` refuses when the lease may be over, and a late sign of life revives none | `delivery`: a lease that ran out; chaos: SIGSTOP beyond `ack_wait` |
//! | the duplicate window ends | guard on `news.*.*.*.<key>`, no `Nats-Msg-Id`; before 2.11 a look and an id | `worker`: the same id; `delivery`: old servers; chaos |
//! | a publish without an answer may be stored | repeated under the guard | chaos: freezes and kills |
//! | the publish-ack wait uses the context's timeout | `publish`: own request timeout | chaos: freezes |
//! | a dropped publish-ack future is swallowed | requests whose answer is awaited; there is no such future | by construction |
//! | 5,000 publishes in flight | at most one per slot | by construction: a delivery publishes one thing at a time |
//! | slow consumers drop messages | no more is asked for than slots; the event is logged | no test: it would need 65,536 messages unasked for |
//! | exit with buffered acks | every ack awaited, drain, flush, exit 1 with what is left | `worker`: a stopped one loses none; `delivery`: shutdown; chaos: SIGTERM |
//! | max payload | record too large is rejected; bodies by `News-Object`, those of large letters too; raw `max_msg_size` | `worker`: over the max payload; `delivery`: letters; `health`: doctor |
//! | workers that create streams | they bind; `provision` creates | `worker`: without its streams |
//! | subject tokens from input | keys and fixed slugs only; `route::subject` | unit tests of `publish::subject`, `route::subject` |
//! | the `Nats-` prefix | dropped, kept as `News-Original-*` | `worker`: dead letter after its attempts |
//! | one schedule per subject, target in the stream | by origin, in a stream without limits; one of another message is not replaced | `worker`: retries; `delivery`: headers; `health`: doctor |
//! | acknowledged before it is synced | not ours to mend: README, the doctor's advice, `nats.embedded.sync_always` | no test: it takes a power failure |
//!
//! Beyond that table: a consumer's own limits on pulls (`delivery`: pulls), a due retry behind a busy raw
//! stream (`delivery`: pulls), replays of letters that are gone (`delivery`: replays), routes that never
//! take a story (`delivery`: routes), lame duck mode (`health`).
//!
//! Leaders that change: `cluster`. Another number of partitions while the group works: `takeover`. Credentials that are revoked or expire: `health`. Clocks that jump: turns at hosts,
//! ages and schedules go by the broker's clock, carried forward by the monotonic one
//! (`state::Clock`), leases and time-outs by the monotonic one alone; only times in records, headers
//! and logs are this machine's wall clock. Not tested: a process cannot set its own wall clock.

#![allow(clippy::print_stdout, reason = "the report is a table")]
#![allow(clippy::unwrap_used, reason = "a test that fails says where")]

#[path = "../support/mod.rs"]
mod support;

mod cluster;
mod group;
mod ledger;
mod link;
mod one_server;
mod plan;
mod producer;
mod routes;
mod stories;
mod streams;
mod takeover;
mod wire;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use async_nats::jetstream::Context;

use group::Group;
use ledger::{Ledger, read_all};
use plan::Plan;
use producer::Producer;
use stories::{Input, Sites};
use streams::Streams;
use support::broker;

/// What goes in, and what must come out of it.
struct Scene {
    plan: Plan,
    inputs: Arc<Vec<Input>>,
    ledger: Ledger,
    _sites: Sites,
}

impl Scene {
    async fn set(mut plan: Plan) -> Self {
        let calm = Arc::new(AtomicBool::new(true));
        let sites = Sites::start(Arc::clone(&calm)).await;
        let inputs = Arc::new(stories::make(plan.stories, &mut plan.rng, &sites));
        let ledger = Ledger::open(&inputs).await;
        calm.store(false, Ordering::Relaxed);
        Self { plan, inputs, ledger, _sites: sites }
    }

    /// Lets `strike` do its worst between a producer and a group of workers, waits until everything
    /// is settled, and closes the ledger.
    async fn play(
        self,
        producers_url: &str,
        workers_url: &str,
        strike: impl AsyncFnOnce(&mut Plan, &Group, &Producer),
    ) {
        let Self { mut plan, inputs, ledger, _sites } = self;
        let context = broker::connect(producers_url).await;
        stories::create_bucket(&context, plan.replicas).await;
        let streams = plan.streams.clone();
        streams.create_twin(&context).await;
        let desk = routes::Desk::start(&context);
        let group = Group::start(plan.workers, workers_url, &streams);
        let producer = Producer::start(producers_url, inputs, streams.clone()).await;
        let started = Instant::now();
        strike(&mut plan, &group, &producer).await;
        let sent = producer.finish().await;
        let struck = started.elapsed();
        let left = drained(&context, &streams).await;
        let elapsed = started.elapsed();
        let workers = group.end().await;
        let mut stored = Vec::new();
        for out in streams.out() {
            stored.extend(read_all(&context, &out).await);
        }
        let report = ledger.close(&stored, &desk.end(&context).await);

        println!("\n{plan}\n{sent}\n{workers}\n{report}");
        println!(
            "seconds {:.0}, {:.0} of them under fire, stories/s {:.0}, left in the raw streams {}, in the retry streams {}",
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
}

/// Waits until the first outcome is there: workers are up.
async fn under_way(context: &Context, streams: &Streams) {
    for _ in 0..1200 {
        if messages(context, &streams.out()).await > 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("no story came out in a minute");
}

/// Waits until every message is acknowledged; what is left in the raw streams and in the retry stream.
async fn drained(context: &Context, streams: &Streams) -> (u64, u64) {
    let deadline = Instant::now() + plan::DRAIN;
    let mut empty = 0;
    loop {
        let raw = messages(context, &streams.raw()).await;
        let left = (raw, messages(context, &streams.retry()).await);
        empty = if left == (0, 0) { empty + 1 } else { 0 };
        // A retry is in neither stream's numbers for an instant while it comes due.
        if empty >= 5 || Instant::now() >= deadline {
            return left;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// Messages of some streams.
async fn messages(context: &Context, streams: &[String]) -> u64 {
    let mut all = 0;
    for stream in streams {
        all += messages_of(context, stream).await;
    }
    all
}

/// Messages of a stream; waits for a leader that can tell.
async fn messages_of(context: &Context, stream: &str) -> u64 {
    for _ in 0..60 {
        if let Ok(stream) = context.get_stream(stream).await {
            return stream.cached_info().state.messages;
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    panic!("nobody answers for stream {stream}");
}
