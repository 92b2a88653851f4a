//! Many workers at a few hosts under paused time, checked against what the record promises: starts at a host keep the
//! interval, no more requests than allowed are under way, whoever dies is forgotten soon, and everybody gets a turn.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use tokio::task::JoinSet;

use super::*;
use crate::model::{Identity, StoryId};

const HOSTS: usize = 3;
const WORKERS: usize = 4;
const STORIES: usize = 60;

const POLICY: HostPolicy = HostPolicy {
    interval: Duration::from_millis(800),
    delay_factor: 0.0,
    concurrency: 2,
    lease: Duration::from_secs(60),
    renewed_for: Duration::from_secs(15),
    max_wait: Duration::from_secs(2),
    max_reservation: Duration::from_secs(3600),
    circuit_failures: 5,
    circuit_open: Duration::from_secs(30),
    dead_after: Duration::from_secs(3600),
    refusals: 100,
    refusal_pause: Duration::from_secs(60),
};

/// What was seen of each host.
#[derive(Default)]
struct Seen {
    starts: HashMap<String, Vec<Moment>>,
    under_way: HashMap<String, usize>,
    most: usize,
}

/// A worker's end of a request, counted out also when its task is dropped.
struct UnderWay(Arc<Mutex<Seen>>, String);

impl UnderWay {
    fn begin(seen: &Arc<Mutex<Seen>>, host: &str, at: Moment) -> Self {
        let mut now = seen.lock().unwrap();
        now.starts.entry(host.to_owned()).or_default().push(at);
        let count = now.under_way.entry(host.to_owned()).or_default();
        *count += 1;
        let count = *count;
        now.most = now.most.max(count);
        Self(Arc::clone(seen), host.to_owned())
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        *self.0.lock().unwrap().under_way.get_mut(&self.1).unwrap() -= 1;
    }
}

/// Fetches one story as a worker does: its turn, waited for or put aside, and the request. One in ten requests ends
/// with its worker's death: nothing is given back, and the story comes again.
async fn fetch(hosts: Hosts, seen: Arc<Mutex<Seen>>, number: usize, mut random: StdRng) {
    let story = Identity::new(StoryId::new(&number.to_string()).unwrap(), None).key();
    let host = format!("h{}.example", number % HOSTS);
    loop {
        let deferred = hosts.deferred(story).await.unwrap();
        let requester = Requester { story, deferred: deferred.as_ref(), resume: "" };
        match hosts.acquire(&host, Some(requester), &POLICY).await.unwrap() {
            PermitReply::Go(permit) => {
                let request = UnderWay::begin(&seen, &host, hosts.clock().local_now());
                let answer = Duration::from_millis(random.random_range(20..25_000));
                if random.random_bool(0.1) {
                    tokio::time::sleep(answer.min(Duration::from_secs(3))).await;
                    drop((request, permit));
                    tokio::time::sleep(Duration::from_secs(5)).await;
                    continue;
                }
                tokio::time::sleep(answer).await;
                drop(request);
                let observation =
                    if random.random_bool(0.1) { Observation::Failed } else { Observation::Well };
                hosts.release(permit, observation, &POLICY).await.unwrap();
                hosts.undefer(story).await.unwrap();
                return;
            }
            PermitReply::Later { after } | PermitReply::Open { after } => {
                tokio::time::sleep(after).await;
            }
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn workers_keep_the_rules_and_all_get_turns() {
    for seed in 0..8 {
        let clock = Clock::local();
        let bucket = Bucket::in_process(Duration::from_secs(86_400), 10_000, &clock);
        // Each has a memory of its own, as processes do.
        let workers: Vec<Hosts> =
            (0..WORKERS).map(|_| Hosts::new(bucket.clone(), clock.clone())).collect();
        let seen = Arc::new(Mutex::new(Seen::default()));
        let mut stories = JoinSet::new();
        for number in 0..STORIES {
            let random = StdRng::seed_from_u64(seed * 1000 + number as u64);
            let hosts = workers[number % WORKERS].clone();
            stories.spawn(fetch(hosts, Arc::clone(&seen), number, random));
        }
        let all = async { while stories.join_next().await.transpose().unwrap().is_some() {} };
        let begun = Instant::now();
        tokio::time::timeout(Duration::from_secs(6 * 3600), all).await.expect("all had a turn");
        let took = begun.elapsed();
        let seen = seen.lock().unwrap();
        assert!(seen.most <= POLICY.concurrency as usize, "seed {seed}: {} at once", seen.most);
        for (host, starts) in &seen.starts {
            let mut starts = starts.clone();
            starts.sort();
            let closest = starts.windows(2).map(|pair| pair[1].since(pair[0])).min().unwrap();
            assert!(closest >= POLICY.interval, "seed {seed}: {closest:?} at {host}");
        }
        // Twenty stories of 12 seconds, two at a time, with deaths and failures: minutes, not hours.
        assert!(took < Duration::from_secs(1800), "seed {seed}: {took:?}");
    }
}
