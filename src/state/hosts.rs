//! Whose turn it is at a host, by the whole group.
//!
//! A host's record holds the tail of its queue, the start of its last request, the leases of the
//! requests under way, and what is known of its health; it is changed by compare-and-set only. A
//! request passes two gates. It takes the next free slot, by moving the queue's tail on by the
//! interval: that is its place. And when its slot has come it takes a lease and stamps its start, which
//! it can do only an interval after the last start and while leases are free: that keeps the interval
//! and the concurrency, however many workers there are, and whichever is late. Where nobody waits, both
//! are one write. Moments are the group's clock's.
//!
//! A short wait is waited out here. For a longer one the slot is kept under the story's key: the story
//! is deferred and finds its place again at whatever worker it comes back to. Places are as far apart as the
//! host is able to answer, so that who comes back finds it free and is not deferred again and again.
//!
//! A host that refuses (403 and the like) several times in a row is left alone for a while; its stories wait
//! through one such pause, and where it goes on refusing they are told so without being asked for.
//!
//! A lease is renewed while its request is under way. A worker that dies leaves its lease, which expires
//! soon, and its slot, which passes unused; nothing is to be cleaned up. In a process, one claimer per host talks to the bucket at a time.

mod permit;
mod policy;
mod record;
#[cfg(test)]
mod simulation;

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rand::Rng as _;
use tokio::sync::Notify;
use tokio::time::Instant;
use tokio_util::task::AbortOnDropHandle;

use super::{Bucket, Clock, Error, Moment, Revision, bucket_token};
use crate::model::Key;
use crate::mutex::lock;
pub use permit::{Deferred, HostNews, HostPermit, Observation, PermitReply, Requester};
pub use policy::HostPolicy;
use record::{Decision, Record, Starter};

/// A start that took longer to be written than this is stamped anew, so that the next one keeps its
/// distance from when the request was made and not from when that was decided.
const SLOW_WRITE: Duration = Duration::from_millis(15);

/// Least time that a deferred story is away.
const SHORTEST_DEFERRAL: Duration = Duration::from_millis(500);

/// How often a full host is looked at for leases that other workers gave back.
const POLL: Duration = Duration::from_millis(100);

/// How often a lease is renewed within the time that a renewal lasts: one that is late or lost is no harm.
const RENEWALS: u32 = 3;

/// Tasks of this process that wait for a full host at a time, for each request it may have under
/// way. The rest is deferred, so that a slow host does not take all of a worker's slots.
const WAITERS: usize = 2;

/// Hosts remembered in the process before those without waiters are dropped.
const LOCAL_HOSTS: usize = 10_000;

#[derive(Debug, Default)]
struct Local {
    /// The record as this process last wrote it; held by the host's claimer.
    record: tokio::sync::Mutex<Option<(Record, Revision)>>,
    /// A lease was given back in this process.
    freed: Notify,
    /// Tasks that wait for one.
    waiting: AtomicUsize,
}

/// The turns of all hosts. Cheap to clone; clones share what they know.
#[derive(Clone, Debug)]
pub struct Hosts {
    bucket: Bucket,
    clock: Clock,
    local: Arc<Mutex<HashMap<Arc<str>, Arc<Local>>>>,
}

impl Hosts {
    pub(super) fn new(bucket: Bucket, clock: Clock) -> Self {
        Self { bucket, clock, local: Arc::default() }
    }

    /// The group's clock.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The slot that was kept for a story, if one was.
    ///
    /// # Errors
    /// When the broker does not answer.
    pub async fn deferred(&self, story: Key) -> Result<Option<Deferred>, Error> {
        let entry = self.bucket.get(&slot_key(story)).await?;
        Ok(entry.and_then(|e| serde_json::from_slice(&e.value).ok()))
    }

    /// Forgets the slot that was kept for a story.
    ///
    /// # Errors
    /// When the broker does not answer.
    pub async fn undefer(&self, story: Key) -> Result<(), Error> {
        let key = slot_key(story);
        if let Some(entry) = self.bucket.get(&key).await? {
            self.bucket.delete(&key, entry.revision).await?;
        }
        Ok(())
    }

    /// Waits for a turn at a host, at most `policy.max_wait`. Without a requester it is for what no story asks for, such
    /// as robots.txt: the next page keeps the interval to it, and no Crawl-delay.
    ///
    /// # Errors
    /// When the broker does not answer.
    pub async fn acquire(
        &self,
        host: &str,
        requester: Option<Requester<'_>>,
        policy: &HostPolicy,
    ) -> Result<PermitReply, Error> {
        let host: Arc<str> = host.into();
        let local = self.local(&host);
        let give_up = Instant::now() + policy.max_wait;
        let kept = requester.and_then(|r| r.deferred).filter(|p| p.host == *host);
        let mut slot = kept.map(|p| Moment::from_millis(p.slot));
        loop {
            let freed = local.freed.notified();
            // Held over reading and writing: of this process's tasks one at a time changes the host's record.
            let mut cached = local.record.lock().await;
            let known = cached.take();
            let is_fresh = known.is_none();
            let (mut record, revision) = self.read(&host, known).await?;
            let now = self.clock.now().await?;
            let decision = record.decide(slot, now, policy);
            if !is_fresh && !matches!(decision, Decision::Start) {
                // By what this process knows the host is not free; the bucket may know better.
                continue;
            }
            let (due, is_full) = match decision {
                Decision::Closed(reply) => {
                    *cached = revision.map(|r| (record, r));
                    return Ok(reply);
                }
                Decision::Start => {
                    let starter =
                        Starter { is_story: requester.is_some(), is_taken: slot.is_some() };
                    let read = (record, revision);
                    match self.start(&host, &mut cached, read, starter, now, policy).await? {
                        Some(permit) => return Ok(PermitReply::Go(permit)),
                        None => continue,
                    }
                }
                Decision::Wait { due } => (due, false),
                Decision::Full { due } => (due, true),
            };
            let wait = due.since(now);
            let left = give_up.saturating_duration_since(Instant::now());
            if wait > left || left.is_zero() || (is_full && !local.has_room(policy)) {
                let place = match slot {
                    Some(slot) if !is_full && slot.as_millis() >= record.held => Some(slot),
                    _ if requester.is_none() || wait > policy.max_reservation => None,
                    _ => {
                        let place = record.reserve(due, is_full, now, policy);
                        if !self.write(&host, &mut cached, record, revision).await? {
                            continue;
                        }
                        Some(place)
                    }
                };
                drop(cached);
                let wait = place.map_or(wait, |place| place.since(now));
                return self.defer(requester, &host, place, wait, policy).await;
            }
            // Without an interval there are no places: whoever finds a lease goes.
            if slot.is_none() && !record.interval(policy).is_zero() {
                // Take the place in the queue before waiting for it.
                record.reserve(due, false, now, policy);
                if self.write(&host, &mut cached, record, revision).await? {
                    slot = Some(due);
                }
                continue;
            }
            *cached = revision.map(|r| (record, r));
            drop(cached);
            if is_full {
                // A lease may be given back here, or by another worker.
                let _waiting = Waiting::new(&local.waiting);
                let poll = POLL.mul_f64(rand::rng().random_range(0.8..1.2)).min(left);
                let _ = tokio::time::timeout(poll, freed).await;
            } else {
                self.clock.sleep_until(due).await;
            }
        }
    }

    /// Writes that a request starts now; `None` when another worker was first.
    async fn start(
        &self,
        host: &Arc<str>,
        cached: &mut Option<(Record, Revision)>,
        (mut record, revision): (Record, Option<Revision>),
        starter: Starter,
        now: Moment,
        policy: &HostPolicy,
    ) -> Result<Option<HostPermit>, Error> {
        let lease = rand::random();
        record.start(lease, starter, now, policy);
        if !self.write(host, cached, record, revision).await? {
            return Ok(None);
        }
        if starter.is_story {
            self.stamp(host, cached, now).await?;
        }
        let renewal = self.clone().renew(Arc::clone(host), lease, now, *policy);
        let renewal = AbortOnDropHandle::new(tokio::spawn(renewal));
        Ok(Some(HostPermit { host: Arc::clone(host), lease, started: now, renewal }))
    }

    /// Stamps a start anew when it took long to be written. Once: where every write is slow, all
    /// starts are late alike.
    async fn stamp(
        &self,
        host: &str,
        cached: &mut Option<(Record, Revision)>,
        stamped: Moment,
    ) -> Result<(), Error> {
        let now = self.clock.local_now();
        if now.since(stamped) <= SLOW_WRITE {
            return Ok(());
        }
        loop {
            let (mut record, revision) = self.read(host, cached.take()).await?;
            record.last = record.last.max(now.as_millis());
            if self.write(host, cached, record, revision).await? {
                return Ok(());
            }
        }
    }

    /// Renews a lease in good time as long as its request may take. Where that fails the lease expires, and one
    /// request more than the rules allow may be under way.
    async fn renew(self, host: Arc<str>, lease: u64, started: Moment, policy: HostPolicy) {
        let local = self.local(&host);
        loop {
            tokio::time::sleep(policy.renewed_for / RENEWALS).await;
            match self.renew_once(&local, &host, lease, started, &policy).await {
                Ok(true) => {}
                Ok(false) => return,
                Err(error) => tracing::debug!(%error, %host, "a lease was not renewed"),
            }
        }
    }

    /// Renews a lease now; `false` when there is nothing to renew any more. A lost race is no reason to wait: three of
    /// them in a row would lose the lease.
    async fn renew_once(
        &self,
        local: &Local,
        host: &str,
        lease: u64,
        started: Moment,
        policy: &HostPolicy,
    ) -> Result<bool, Error> {
        loop {
            let mut cached = local.record.lock().await;
            let (mut record, revision) = self.read(host, cached.take()).await?;
            let now = self.clock.now().await?;
            if !record.renew(lease, started, now, policy) {
                *cached = revision.map(|revision| (record, revision));
                return Ok(false);
            }
            if self.write(host, &mut cached, record, revision).await? {
                return Ok(true);
            }
        }
    }

    /// Gives a permit back and notes what its request told of the host; what changed by it.
    ///
    /// # Errors
    /// When the broker does not answer. The lease then expires by itself.
    pub async fn release(
        &self,
        permit: HostPermit,
        observation: Observation,
        policy: &HostPolicy,
    ) -> Result<Option<HostNews>, Error> {
        permit.renewal.abort();
        let local = self.local(&permit.host);
        loop {
            let mut cached = local.record.lock().await;
            let (mut record, revision) = self.read(&permit.host, cached.take()).await?;
            let now = self.clock.now().await?;
            record.leases.retain(|(id, _)| *id != permit.lease);
            let news = record.note(observation, now, policy);
            record.pace(observation, now.since(permit.started), policy);
            if self.write(&permit.host, &mut cached, record, revision).await? {
                local.freed.notify_one();
                return Ok(news);
            }
        }
    }

    /// The record as this process knows it, or as the bucket does. A stale one costs one lost race.
    async fn read(
        &self,
        host: &str,
        cached: Option<(Record, Revision)>,
    ) -> Result<(Record, Option<Revision>), Error> {
        if let Some((record, revision)) = cached {
            return Ok((record, Some(revision)));
        }
        match self.bucket.get(&host_key(host)).await? {
            None => Ok((Record::default(), None)),
            Some(entry) => {
                self.clock.observe(entry.written);
                // A record that can't be read is from a version to come; it is written anew.
                let record = serde_json::from_slice(&entry.value).unwrap_or_default();
                Ok((record, Some(entry.revision)))
            }
        }
    }

    /// Writes a record and remembers it; `false` when another worker was first.
    async fn write(
        &self,
        host: &str,
        cached: &mut Option<(Record, Revision)>,
        record: Record,
        replaces: Option<Revision>,
    ) -> Result<bool, Error> {
        let value = serde_json::to_vec(&record).expect("a record of numbers is JSON");
        let written = self.bucket.replace(&host_key(host), value.into(), replaces).await?;
        *cached = written.map(|revision| (record, revision));
        Ok(cached.is_some())
    }

    /// Keeps a story's place and says when to come back for it: early by half of what is waited
    /// out here, so as not to miss it.
    async fn defer(
        &self,
        requester: Option<Requester<'_>>,
        host: &str,
        place: Option<Moment>,
        wait: Duration,
        policy: &HostPolicy,
    ) -> Result<PermitReply, Error> {
        if let (Some(requester), Some(slot)) = (requester, place) {
            let resume = requester.resume.to_owned();
            let deferred = Deferred { host: host.to_owned(), slot: slot.as_millis(), resume };
            if requester.deferred != Some(&deferred) {
                let value = serde_json::to_vec(&deferred).expect("strings and a number are JSON");
                self.bucket.put(&slot_key(requester.story), value.into()).await?;
            }
        }
        let after = if wait.is_zero() {
            // Nothing is known of when the host has room.
            spread(
                policy
                    .interval
                    .clamp(SHORTEST_DEFERRAL, policy.max_reservation.max(SHORTEST_DEFERRAL)),
            )
        } else {
            wait.min(policy.max_reservation)
                .saturating_sub(policy.max_wait / 2)
                .max(SHORTEST_DEFERRAL)
        };
        Ok(PermitReply::Later { after })
    }

    fn local(&self, host: &Arc<str>) -> Arc<Local> {
        let mut hosts = lock(&self.local);
        if hosts.len() >= LOCAL_HOSTS && !hosts.contains_key(host) {
            hosts.retain(|_, local| Arc::strong_count(local) > 1);
        }
        Arc::clone(hosts.entry(Arc::clone(host)).or_default())
    }
}

impl Local {
    fn has_room(&self, policy: &HostPolicy) -> bool {
        self.waiting.load(Ordering::Relaxed) < WAITERS * policy.concurrency as usize
    }
}

/// Counts a waiting task, also when it is dropped.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn new(waiting: &'a AtomicUsize) -> Self {
        waiting.fetch_add(1, Ordering::Relaxed);
        Self(waiting)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

fn host_key(host: &str) -> String {
    format!("host.{}", bucket_token(host))
}

fn slot_key(story: Key) -> String {
    format!("slot.{story}")
}

/// A wait and up to a fifth more, so that those who wait do not come back at once.
fn spread(wait: Duration) -> Duration {
    wait + wait.mul_f64(rand::rng().random_range(0.0..0.2))
}

#[cfg(test)]
mod tests;
