//! What is done to whom, from a seed.

use std::fmt;
use std::ops::Range;
use std::time::Duration;

use super::streams::Streams;

/// SplitMix64: small, seeded, the same on every platform.
#[derive(Clone, Debug)]
pub struct Rng(pub u64);

impl Rng {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).unwrap()
    }

    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    pub fn millis(&mut self, range: Range<u64>) -> Duration {
        Duration::from_millis(range.start + self.next() % (range.end - range.start))
    }
}

/// How long what the faults leave behind may take to end; draining stops as soon as it has.
pub const DRAIN: Duration = Duration::from_secs(600);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// kill -9 of a worker, which is started again.
    KillWorker,
    /// SIGSTOP for longer than `ack_wait`, then SIGCONT.
    PauseWorker,
    /// SIGTERM of a worker, which is started again.
    StopWorker,
    /// kill -9 of the server, which is started again.
    KillServer,
    /// Every worker's connection is closed and refused for a while.
    Cut,
    /// Every worker's connection stays open and nothing gets through for a while.
    Freeze,
    /// The leader of a stream or a consumer steps down (cluster).
    StepDown,
    /// kill -9 of one of three servers, which is started again (cluster).
    KillNode,
}

/// A run: `CHAOS_STORIES`, `CHAOS_KILLS` (workers and server together), `CHAOS_WORKERS`,
/// `CHAOS_SEED`, and `CHAOS_SECONDS`, over which the faults are spread. What they leave behind has
/// [`DRAIN`] to end, so that a slow machine loses nothing by being slow.
#[derive(Debug)]
pub struct Plan {
    pub stories: usize,
    pub workers: usize,
    pub faults: Vec<Fault>,
    pub striking: Duration,
    pub rng: Rng,
    /// Copies of each stream.
    pub replicas: usize,
    pub streams: Streams,
    seed: u64,
}

impl Plan {
    /// Workers and one server, behind a wire that can be cut.
    pub fn one_server(partitions: usize) -> Self {
        let kills: usize = number("CHAOS_KILLS", 6);
        let server = kills.div_ceil(5);
        Self::of(
            800,
            20,
            Streams::new(partitions, 1),
            &[
                (Fault::KillWorker, kills - server),
                (Fault::KillServer, server),
                (Fault::PauseWorker, kills.div_ceil(8)),
                (Fault::StopWorker, kills.div_ceil(8)),
                (Fault::Cut, kills.div_ceil(8)),
                (Fault::Freeze, kills.div_ceil(12)),
            ],
        )
    }

    /// Workers and three servers.
    pub fn cluster(partitions: usize) -> Self {
        let kills: usize = number("CHAOS_KILLS", 2);
        let nodes = kills.div_ceil(2);
        Self::of(
            300,
            9,
            Streams::new(partitions, 3),
            &[
                (Fault::KillWorker, kills - nodes),
                (Fault::KillNode, nodes),
                (Fault::StepDown, kills * 3),
            ],
        )
    }

    /// Workers that die while another number of partitions takes over.
    pub fn takeover() -> Self {
        let kills: usize = number("CHAOS_KILLS", 8);
        Self::of(800, 20, Streams::new(2, 1), &[(Fault::KillWorker, kills)])
    }

    fn of(stories: usize, seconds: u64, streams: Streams, counts: &[(Fault, usize)]) -> Self {
        let seed = number("CHAOS_SEED", 20_260_923);
        let mut faults = Vec::new();
        for (fault, count) in counts {
            faults.extend(std::iter::repeat_n(*fault, *count));
        }
        let mut rng = Rng(seed);
        for at in (1..faults.len()).rev() {
            faults.swap(at, rng.below(at + 1));
        }
        Self {
            stories: number("CHAOS_STORIES", stories),
            workers: number("CHAOS_WORKERS", 3),
            faults,
            striking: Duration::from_secs(number("CHAOS_SECONDS", seconds)),
            rng,
            replicas: streams.settings().replicas,
            streams,
            seed,
        }
    }

    /// Between two faults.
    pub fn interval(&self) -> Duration {
        self.striking / u32::try_from(self.faults.len()).unwrap()
    }

    /// Messages that the producer sends: every story, and one in twelve a second time.
    pub fn messages(&self) -> usize {
        self.stories + self.stories / 12
    }
}

/// A number of the environment, or its default.
fn number<T: std::str::FromStr<Err: fmt::Debug>>(name: &str, default: T) -> T {
    std::env::var(name).map_or(default, |text| text.parse().unwrap())
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let partitions = self.streams.settings().partitions;
        write!(f, "seed {}, {} workers, {} stories", self.seed, self.workers, self.stories)?;
        write!(f, ", {partitions} partition(s)")?;
        for (fault, what) in [
            (Fault::KillWorker, "kill -9 of a worker"),
            (Fault::KillServer, "kill -9 of the server"),
            (Fault::KillNode, "kill -9 of one of three servers"),
            (Fault::StepDown, "leader stepped down"),
            (Fault::PauseWorker, "SIGSTOP"),
            (Fault::StopWorker, "SIGTERM"),
            (Fault::Cut, "connections cut"),
            (Fault::Freeze, "connections frozen"),
        ] {
            match self.faults.iter().filter(|f| **f == fault).count() {
                0 => {}
                count => write!(f, "; {what}: {count}")?,
            }
        }
        Ok(())
    }
}
