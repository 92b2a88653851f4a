//! The workers, each with a supervisor that starts it again, as an operator's would.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use rustix::process::Signal;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::plan::Rng;
use super::routes;
use super::streams::Streams;
use super::support::worker::Worker;

/// Settings of every worker, beside those of [`Worker::start`]: short waits, loopback hosts that
/// are asked as often as one likes.
pub const SETTINGS: [(&str, &str); 10] = [
    ("INTAKE__SLOTS", "32"),
    ("WORKER__RETRY_MIN_SECS", "1"),
    ("WORKER__RETRY_MAX_SECS", "2"),
    ("WORKER__MAX_ATTEMPTS", "3"),
    ("WORKER__SHUTDOWN_DEADLINE_SECS", "10"),
    ("FETCH__ROBOTS", "false"),
    ("FETCH__HOST_CONCURRENCY", "1000"),
    ("FETCH__CIRCUIT_FAILURES", "1000"),
    ("FETCH__TOTAL_TIMEOUT_MS", "15000"),
    ("PUBLISH__CONFIRM_TIMEOUT_SECS", "2"),
];

/// How long a worker may take to stop on SIGTERM: its deadline, and a flush with no server there.
const LONGEST_STOP: Duration = Duration::from_secs(30);

/// What is done to one worker.
#[derive(Debug)]
pub enum Order {
    Kill { down: Duration },
    Pause(Duration),
    Stop { down: Duration },
}

pub struct Group {
    members: Vec<Member>,
}

struct Member {
    orders: mpsc::Sender<Order>,
    task: JoinHandle<Tally>,
}

/// How workers ended, and what their logs tell.
#[derive(Debug, Default)]
pub struct Tally {
    /// Ends that nobody ordered, and ends after SIGTERM.
    exits: BTreeMap<String, usize>,
    /// Log lines of deliveries by outcome.
    deliveries: BTreeMap<String, usize>,
    panics: Vec<String>,
    hung: usize,
}

impl Group {
    pub fn start(workers: usize, url: &str, streams: &Streams) -> Self {
        let members = (0..workers).map(|number| {
            let (orders, receiver) = mpsc::channel(100);
            let task = tokio::spawn(supervise(url.to_owned(), number, streams.clone(), receiver));
            Member { orders, task }
        });
        Self { members: members.collect() }
    }

    /// Gives an order to a worker of the generator's choice.
    pub fn order(&self, rng: &mut Rng, order: impl Fn(&mut Rng) -> Order) {
        let order = order(rng);
        // One that is being restarted or sleeps does what it is told when it is back; another one
        // is rather taken.
        let idle: Vec<&Member> = self
            .members
            .iter()
            .filter(|m| m.orders.capacity() == m.orders.max_capacity())
            .collect();
        let all: Vec<&Member> = self.members.iter().collect();
        let member = rng.pick(if idle.is_empty() { &all } else { &idle });
        member.orders.try_send(order).unwrap();
    }

    /// Gives an order to every worker.
    pub fn order_all(&self, order: impl Fn() -> Order) {
        for member in &self.members {
            member.orders.try_send(order()).unwrap();
        }
    }

    /// Carries out what is ordered, then stops every worker.
    pub async fn end(self) -> Tally {
        let mut all = Tally::default();
        for Member { orders, task } in self.members {
            drop(orders);
            let Tally { exits, deliveries, panics, hung } = task.await.unwrap();
            for (exit, count) in exits {
                *all.exits.entry(exit).or_default() += count;
            }
            for (outcome, count) in deliveries {
                *all.deliveries.entry(outcome).or_default() += count;
            }
            all.panics.extend(panics);
            all.hung += hung;
        }
        all
    }
}

async fn supervise(
    url: String,
    number: usize,
    streams: Streams,
    mut orders: mpsc::Receiver<Order>,
) -> Tally {
    let mut tally = Tally::default();
    loop {
        let of_worker = streams.of_worker(number);
        let mut worker = start(&url, &of_worker);
        // Until this one has ended, one way or another.
        let down = loop {
            tokio::select! {
                status = worker.child.wait() => {
                    *tally.exits.entry(format!("by itself, {}", status.unwrap())).or_default() += 1;
                    break Some(Duration::from_millis(500));
                }
                order = orders.recv() => match order {
                    Some(Order::Pause(time)) => {
                        worker.signal(Signal::STOP);
                        tokio::time::sleep(time).await;
                        worker.signal(Signal::CONT);
                    }
                    Some(Order::Kill { down }) => {
                        worker.child.kill().await.unwrap();
                        break Some(down);
                    }
                    Some(Order::Stop { down }) => {
                        stop(&mut worker, &mut tally).await;
                        break Some(down);
                    }
                    None => {
                        stop(&mut worker, &mut tally).await;
                        break None;
                    }
                },
            }
        };
        tally.read(&worker);
        match down {
            Some(down) => tokio::time::sleep(down).await,
            None => return tally,
        }
    }
}

/// Workers' directories go unless `CHAOS_KEEP` names one to keep their logs in.
fn start(url: &str, of_worker: &[(&'static str, String)]) -> Worker {
    let mut settings = vec![("NATS__URL", url), ("ROUTES", routes::SETTING)];
    settings.extend(of_worker.iter().map(|(name, value)| (*name, value.as_str())));
    settings.extend(SETTINGS);
    let dir = match std::env::var_os("CHAOS_KEEP") {
        Some(keep) => {
            std::fs::create_dir_all(&keep).unwrap();
            tempfile::Builder::new()
                .prefix("worker-")
                .disable_cleanup(true)
                .tempdir_in(keep)
                .unwrap()
        }
        None => tempfile::tempdir().unwrap(),
    };
    Worker::start_with(&settings, dir)
}

async fn stop(worker: &mut Worker, tally: &mut Tally) {
    worker.signal(Signal::TERM);
    match tokio::time::timeout(LONGEST_STOP, worker.child.wait()).await {
        Ok(status) => {
            *tally.exits.entry(format!("on SIGTERM, {}", status.unwrap())).or_default() += 1;
        }
        Err(_) => {
            tally.hung += 1;
            worker.child.kill().await.unwrap();
        }
    }
}

impl Tally {
    fn read(&mut self, worker: &Worker) {
        for line in worker.lines() {
            match line["event"].as_str() {
                Some("story") => {
                    let outcome = line["outcome"].as_str().unwrap_or("unknown");
                    *self.deliveries.entry(outcome.to_owned()).or_default() += 1;
                }
                Some("panic") => self.panics.push(line.to_string()),
                _ => {}
            }
        }
    }

    /// A worker ends by itself only when it finds no broker at its start (69), and on SIGTERM in
    /// good order (0), at its deadline or without a broker to tell (1, 69), or of the signal itself
    /// when that comes before it listens.
    pub fn assert_orderly(&self) {
        for exit in self.exits.keys() {
            let fine = match exit.split_once(", ") {
                Some(("on SIGTERM", status)) => {
                    ["exit status: 0", "exit status: 1", "exit status: 69", "signal: 15 (SIGTERM)"]
                        .contains(&status)
                }
                _ => exit.ends_with("exit status: 69"),
            };
            assert!(fine, "a worker ended {exit}");
        }
        assert_eq!(self.hung, 0, "workers stop on SIGTERM");
        assert!(self.panics.is_empty(), "{:?}", self.panics);
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "workers' ends other than by kill -9: {:?}", self.exits)?;
        write!(f, "deliveries by how they ended: {:?}", self.deliveries)
    }
}
