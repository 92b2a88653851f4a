//! Which feed is asked when, in this process: each at its time, so many at once.
//!
//! The times are this process's plan; whether a feed is due says what the group knows of it. A feed
//! that another worker polled meanwhile goes back into the plan for when it is due next.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::{Id, JoinError, JoinSet};
use tokio::time::Instant;

use super::interval::with_jitter;
use super::list::Feed;
use super::poll::{PollOutcome, Poller, SharedPoller};
use crate::terminal::counted;

/// How long a feed whose poll was dropped by a bug is left alone.
const AFTER_PANIC: Duration = Duration::from_secs(300);

/// Longest wait for a feed's turn, and how often it is waited for, where each feed is asked once.
const LONGEST_WAIT_ONCE: Duration = Duration::from_secs(60);
const TRIES_ONCE: u32 = 20;

/// Shortest time after which a feed that others poll is looked at again.
const LOOK_AGAIN: Duration = Duration::from_millis(500);

/// When polling ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// When every feed that is due was polled.
    Once,
    /// When told to.
    Always,
}

/// What was done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Feeds in the list.
    pub feeds: usize,
    /// Polls that worked.
    pub polled: usize,
    /// Polls that failed.
    pub failed: usize,
    /// Feeds that were not due, were another worker's, or are gone, where each is asked once.
    pub not_due: usize,
    /// Messages published.
    pub published: usize,
    /// Polls still under way at the deadline; their claims run out.
    pub unfinished: usize,
}

/// Polls feeds until there is nothing more to do in this mode, or until `shutdown` resolves; then
/// polls under way have until `deadline`.
pub async fn run(
    poller: Poller,
    feeds: Vec<Feed>,
    mode: Mode,
    deadline: Duration,
    shutdown: impl Future<Output = ()>,
) -> Summary {
    let (close, closing) = watch::channel(false);
    let concurrency = poller.settings.concurrency;
    let mut plan = Plan {
        poller: Arc::new(poller),
        tries: vec![0; feeds.len()],
        feeds: feeds.into_iter().map(Arc::new).collect(),
        times: BinaryHeap::new(),
        tasks: JoinSet::new(),
        running: HashMap::new(),
        mode,
        summary: Summary::default(),
        first_looks: FirstLooks::default(),
    };
    plan.summary.feeds = plan.feeds.len();
    let now = Instant::now();
    plan.times.extend((0..plan.feeds.len()).map(|feed| Reverse((now, feed))));
    tokio::pin!(shutdown);
    while mode == Mode::Always || !(plan.times.is_empty() && plan.tasks.is_empty()) {
        let next = plan.times.peek().map(|Reverse((at, _))| *at);
        tokio::select! {
            biased;
            () = &mut shutdown => break,
            Some(done) = plan.tasks.join_next_with_id(), if !plan.tasks.is_empty() => plan.note(done),
            () = tokio::time::sleep_until(next.unwrap_or_else(Instant::now)),
                if next.is_some() && plan.tasks.len() < concurrency => plan.start_next(&closing),
        }
    }
    if !plan.tasks.is_empty() {
        tracing::info!(
            event = "feeds_stopping",
            in_flight = plan.tasks.len(),
            "no more feeds are polled"
        );
    }
    let _ = close.send(true);
    let drained = tokio::time::timeout(deadline, async {
        while let Some(done) = plan.tasks.join_next_with_id().await {
            plan.note(done);
        }
    });
    if drained.await.is_err() {
        plan.summary.unfinished = plan.tasks.len();
        plan.tasks.shutdown().await;
    }
    plan.summary
}

struct Plan {
    poller: SharedPoller,
    feeds: Vec<Arc<Feed>>,
    /// When each feed is asked next, the first on top.
    times: BinaryHeap<Reverse<(Instant, usize)>>,
    tasks: JoinSet<PollOutcome>,
    running: HashMap<Id, usize>,
    /// How often each feed could not be asked yet.
    tries: Vec<u32>,
    mode: Mode,
    summary: Summary,
    first_looks: FirstLooks,
}

/// What the first look at each feed found, told once when all have been looked at: after a restart most may have
/// been polled a moment before, and silence would look like a fault.
#[derive(Default)]
struct FirstLooks {
    looked_at: HashSet<usize>,
    /// Feeds that are not due, and how soon the first of them is.
    waiting: usize,
    soonest: Option<Duration>,
}

impl FirstLooks {
    fn note(&mut self, feed: usize, due_after: Option<Duration>, all: usize) {
        if !self.looked_at.insert(feed) {
            return;
        }
        if let Some(after) = due_after {
            self.waiting += 1;
            self.soonest = Some(self.soonest.map_or(after, |soonest| soonest.min(after)));
        }
        let Some(soonest) = self.soonest.filter(|_| self.looked_at.len() == all) else { return };
        tracing::info!(
            event = "feeds_waiting",
            feeds = all,
            waiting = self.waiting,
            next_secs = soonest.as_secs(),
            "{} of {} polled recently and not due yet; the next is due in {} s",
            self.waiting,
            counted(all as u64, "feed"),
            soonest.as_secs()
        );
    }
}

impl Plan {
    fn start_next(&mut self, closing: &watch::Receiver<bool>) {
        let Some(Reverse((_, at))) = self.times.pop() else { return };
        let (poller, feed) = (Arc::clone(&self.poller), Arc::clone(&self.feeds[at]));
        let closing = closing.clone();
        let task = self.tasks.spawn(async move { poller.poll_if_due(&feed, &closing).await });
        self.running.insert(task.id(), at);
    }

    fn note(&mut self, done: Result<(Id, PollOutcome), JoinError>) {
        let (id, turned) = match done {
            Ok(done) => done,
            Err(error) => {
                tracing::error!(event = "panic", %error, "a poll was dropped; its feed will be polled again");
                (error.id(), PollOutcome::Failed { after: AFTER_PANIC, published: 0 })
            }
        };
        let Some(at) = self.running.remove(&id) else { return };
        if self.mode == Mode::Always {
            let due_after = match turned {
                PollOutcome::NotDue { after } => Some(after),
                _ => None,
            };
            self.first_looks.note(at, due_after, self.feeds.len());
        }
        let summary = &mut self.summary;
        let (again, after) = match turned {
            PollOutcome::Polled { after, published } => {
                summary.polled += 1;
                summary.published += published;
                (self.mode == Mode::Always, after)
            }
            PollOutcome::Failed { after, published } => {
                summary.failed += 1;
                summary.published += published;
                (self.mode == Mode::Always, after)
            }
            PollOutcome::Later { after, published } if self.mode == Mode::Once => {
                summary.published += published;
                self.tries[at] += 1;
                let again = after <= LONGEST_WAIT_ONCE && self.tries[at] < TRIES_ONCE;
                summary.failed += usize::from(!again);
                (again, after)
            }
            PollOutcome::Later { after, published } => {
                summary.published += published;
                (true, after)
            }
            PollOutcome::NotDue { after } | PollOutcome::Others { after } => {
                summary.not_due += usize::from(self.mode == Mode::Once);
                (self.mode == Mode::Always, with_jitter(after.max(LOOK_AGAIN)))
            }
            PollOutcome::Gone => {
                summary.not_due += usize::from(self.mode == Mode::Once);
                (false, Duration::ZERO)
            }
        };
        if again {
            self.times.push(Reverse((Instant::now() + after, at)));
        }
    }
}
