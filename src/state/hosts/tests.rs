//! Turns at one host, step by step under paused time.

use super::*;
use crate::model::{Identity, StoryId};

const HOST: &str = "ex.com";

const POLICY: HostPolicy = HostPolicy {
    interval: Duration::from_secs(10),
    delay_factor: 0.0,
    concurrency: 2,
    lease: Duration::from_secs(600),
    renewed_for: Duration::from_secs(15),
    max_wait: Duration::from_secs(5),
    max_reservation: Duration::from_secs(60),
    circuit_failures: 5,
    circuit_open: Duration::from_secs(30),
    dead_after: Duration::from_secs(3600),
    refusals: 2,
    refusal_pause: Duration::from_secs(60),
};

/// One request at a time, however soon.
const ONE: HostPolicy = HostPolicy { interval: Duration::ZERO, concurrency: 1, ..POLICY };

/// Two workers of a group.
fn workers() -> [Hosts; 2] {
    let clock = Clock::local();
    let bucket = Bucket::in_process(Duration::from_secs(86_400), 100, &clock);
    [(); 2].map(|()| Hosts::new(bucket.clone(), clock.clone()))
}

fn key(id: &str) -> Key {
    Identity::new(StoryId::new(id).unwrap(), None).key()
}

async fn turn(hosts: &Hosts, id: &str, policy: &HostPolicy) -> PermitReply {
    let deferred = hosts.deferred(key(id)).await.unwrap();
    let requester =
        Requester { story: key(id), deferred: deferred.as_ref(), resume: "https://ex.com/a" };
    hosts.acquire(HOST, Some(requester), policy).await.unwrap()
}

async fn go(hosts: &Hosts, id: &str, policy: &HostPolicy) -> HostPermit {
    match turn(hosts, id, policy).await {
        PermitReply::Go(permit) => permit,
        other => panic!("{id}: {other:?}"),
    }
}

async fn later(hosts: &Hosts, id: &str, policy: &HostPolicy) -> Duration {
    match turn(hosts, id, policy).await {
        PermitReply::Later { after } => after,
        other => panic!("{id}: {other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn a_far_place_is_kept_and_found_again() {
    let [hosts, other] = workers();
    let begun = Instant::now();
    let _first = go(&hosts, "first", &POLICY).await;
    // Early by half of what is waited out.
    for (id, after) in
        [("a", 7500), ("b", 17_500), ("c", 27_500), ("d", 37_500), ("e", 47_500), ("f", 57_500)]
    {
        assert_eq!(later(&hosts, id, &POLICY).await, Duration::from_millis(after), "{id}");
        let kept = hosts.deferred(key(id)).await.unwrap().unwrap();
        assert_eq!((kept.host.as_str(), kept.resume.as_str()), (HOST, "https://ex.com/a"));
    }
    // Further off nothing is kept.
    assert_eq!(later(&hosts, "g", &POLICY).await, Duration::from_millis(57_500));
    assert_eq!(hosts.deferred(key("g")).await.unwrap(), None);
    // What no story asks for has no place to keep.
    let robots = hosts.acquire(HOST, None, &POLICY).await.unwrap();
    assert!(matches!(robots, PermitReply::Later { .. }), "{robots:?}");
    tokio::time::advance(Duration::from_millis(7500)).await;
    let permit = go(&other, "a", &POLICY).await;
    assert_eq!((permit.host(), begun.elapsed()), (HOST, Duration::from_secs(10)));
    other.undefer(key("a")).await.unwrap();
    assert_eq!(other.deferred(key("a")).await.unwrap(), None);
    // Its place at another host is no place here.
    let elsewhere = hosts.deferred(key("b")).await.unwrap();
    let requester = Requester { story: key("b"), deferred: elsewhere.as_ref(), resume: "" };
    let there = hosts.acquire("other.example", Some(requester), &POLICY).await.unwrap();
    assert!(matches!(there, PermitReply::Go(_)), "{there:?}");
}

#[tokio::test(start_paused = true)]
async fn places_are_taken_before_they_are_waited_for() {
    let [hosts, _] = workers();
    let policy = HostPolicy { interval: Duration::from_secs(2), concurrency: 4, ..POLICY };
    let _first = go(&hosts, "first", &policy).await;
    let begun = Instant::now();
    let timed = async |id: &str| (turn(&hosts, id, &policy).await, begun.elapsed());
    let ((a, a_at), (b, b_at), (c, c_at)) = tokio::join!(timed("a"), timed("b"), timed("c"));
    assert!(matches!((a, b), (PermitReply::Go(_), PermitReply::Go(_))));
    assert_eq!((a_at, b_at), (Duration::from_secs(2), Duration::from_secs(4)));
    // The third place is too far to be waited for, which shows at once.
    assert!(matches!(c, PermitReply::Later { after } if after == Duration::from_millis(3500)));
    assert_eq!(c_at, Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn a_short_wait_is_waited_out() {
    let [hosts, other] = workers();
    let policy = HostPolicy { interval: Duration::from_secs(4), concurrency: 4, ..POLICY };
    let begun = Instant::now();
    drop(go(&hosts, "a", &policy).await);
    let robots = hosts.acquire(HOST, None, &policy).await.unwrap();
    assert!(matches!(robots, PermitReply::Go(_)) && begun.elapsed() == Duration::from_secs(4));
    drop(go(&other, "b", &policy).await);
    assert_eq!(begun.elapsed(), Duration::from_secs(8), "the page keeps its distance to it");
}

#[tokio::test(start_paused = true)]
async fn what_another_worker_freed_is_taken_at_once() {
    let [hosts, other] = workers();
    let begun = Instant::now();
    let permit = go(&hosts, "a", &ONE).await;
    let news = other.release(permit, Observation::Well, &ONE).await.unwrap();
    assert_eq!(news, None);
    // By what this worker wrote last the host is full.
    let permit = go(&hosts, "b", &ONE).await;
    assert_eq!(begun.elapsed(), Duration::ZERO);
    let freed = async {
        tokio::time::sleep(Duration::from_secs(2)).await;
        hosts.release(permit, Observation::Well, &ONE).await.unwrap();
    };
    let (permit, ()) = tokio::join!(go(&hosts, "c", &ONE), freed);
    assert_eq!(begun.elapsed(), Duration::from_secs(2));
    let freed = async {
        tokio::time::sleep(Duration::from_secs(2)).await;
        other.release(permit, Observation::Well, &ONE).await.unwrap();
    };
    let (_permit, ()) = tokio::join!(go(&hosts, "d", &ONE), freed);
    let waited = begun.elapsed().saturating_sub(Duration::from_secs(4));
    assert!(waited <= Duration::from_millis(150), "it looks every tenth of a second: {waited:?}");
}

#[tokio::test(start_paused = true)]
async fn who_finds_a_host_full_comes_back_later() {
    let [hosts, _] = workers();
    let two = HostPolicy { concurrency: 2, ..ONE };
    let _permits = (go(&hosts, "a", &two).await, go(&hosts, "b", &two).await);
    // Nothing is known of when it has room.
    let soon = |after: Duration| assert!((500..=600).contains(&after.as_millis()), "{after:?}");
    let local = hosts.local(&HOST.into());
    let begun = Instant::now();
    let waiting = [(); 3].map(|()| Waiting::new(&local.waiting));
    soon(later(&hosts, "c", &two).await);
    let waited = begun.elapsed();
    assert!(waited >= two.max_wait && waited < two.max_wait * 2, "{waited:?}");
    // Where two wait already for each of its places it is told at once.
    let _one_more = Waiting::new(&local.waiting);
    soon(later(&hosts, "d", &two).await);
    assert_eq!(begun.elapsed(), waited);
    drop(waiting);
}

#[tokio::test(start_paused = true)]
async fn refusals_are_told_by_who_causes_them() {
    let [hosts, other] = workers();
    let policy = HostPolicy { interval: Duration::ZERO, ..POLICY };
    let permit = go(&hosts, "a", &policy).await;
    assert_eq!(hosts.release(permit, Observation::Refused, &policy).await.unwrap(), None);
    let permit = go(&other, "a", &policy).await;
    let news = other.release(permit, Observation::Refused, &policy).await.unwrap();
    assert!(
        matches!(news, Some(HostNews::Refuses { refusals: 2, is_first: true, .. })),
        "{news:?}"
    );
    let reply = turn(&hosts, "a", &policy).await;
    assert!(matches!(reply, PermitReply::Refuses { refusals: 2, after: Some(_) }), "{reply:?}");
}

#[tokio::test(start_paused = true)]
async fn a_lease_is_renewed_while_its_permit_lives() {
    let [hosts, other] = workers();
    let permit = go(&hosts, "a", &ONE).await;
    tokio::time::sleep(Duration::from_secs(100)).await;
    later(&other, "b", &ONE).await;
    drop(permit);
    tokio::time::sleep(ONE.renewed_for).await;
    let _ = go(&other, "b", &ONE).await;
}

#[tokio::test(start_paused = true)]
async fn a_slow_write_stamps_the_start_anew() {
    let [hosts, _] = workers();
    let policy = HostPolicy { interval: Duration::from_secs(4), ..POLICY };
    let permit = go(&hosts, "a", &policy).await;
    let mut cached = None;
    let last = async |cached: &mut Option<(Record, Revision)>| {
        hosts.read(HOST, cached.take()).await.unwrap().0.last
    };
    let stamped = permit.started;
    tokio::time::advance(SLOW_WRITE).await;
    hosts.stamp(HOST, &mut cached, stamped).await.unwrap();
    assert_eq!(last(&mut cached).await, stamped.as_millis());
    tokio::time::advance(Duration::from_millis(1)).await;
    hosts.stamp(HOST, &mut cached, stamped).await.unwrap();
    assert_eq!(last(&mut cached).await, stamped.as_millis() + 16);
}

#[tokio::test(start_paused = true)]
async fn only_hosts_that_somebody_waits_for_are_remembered() {
    let [hosts, _] = workers();
    let name = |n: usize| -> Arc<str> { format!("h{n}.example").into() };
    let waited_for = hosts.local(&name(0));
    for n in 1..LOCAL_HOSTS {
        hosts.local(&name(n));
    }
    let known = || hosts.local.lock().unwrap().len();
    hosts.local(&name(7));
    assert_eq!(known(), LOCAL_HOSTS, "one that is known makes no room");
    hosts.local(&name(LOCAL_HOSTS));
    assert_eq!(known(), 2);
    assert!(Arc::ptr_eq(&waited_for, &hosts.local(&name(0))));
}
