//! How many partitions, servers and workers a rate of stories takes, and which limit is met first.
//!
//! usage: simulate-scale [name=value]...
//!
//! One group whose raw, retry and out streams are split into as many partitions as there are servers, their leaders and
//! copies spread evenly. What is not split is on one server: the log of seen stories, whose messages every worker reads; and
//! the bucket of hosts, which links need. The simulation goes through a day hour by
//! hour, with more stories by day than by night, and adds servers until the busiest hour fits, or says what no server
//! more can help. The costs of a story are those that `make bench` prints (see docs/scaling.md); give your own by name.
//! It knows no skew: a host or a source that is more than the others' needs room of its own.
#![allow(clippy::print_stdout)]

use anyhow::{Context as _, Result, bail};

/// Costs and limits, by name.
#[derive(Clone, Copy)]
struct Model {
    stories_per_day: f64,
    /// The busiest hour against the mean one.
    peak: f64,
    /// Share of the stories that are links, whose host's turn is asked for.
    links: f64,
    /// Processor time of a worker for a story, all stages.
    worker_ms: f64,
    worker_cores: f64,
    /// Processor time of the leading servers for a story without the log, of each copy, and of the log's leader for a
    /// message and for each worker that it is sent to.
    server_ms: f64,
    copy_ms: f64,
    entry_ms: f64,
    fan_out_ms: f64,
    /// Messages a second that a worker appends to the log at most; its entries share them.
    log_pace: f64,
    /// Processor time of the server of the hosts' bucket for a link.
    host_ms: f64,
    server_cores: f64,
    /// Share of cores, network, disk and memory that may be used.
    utilisation: f64,
    /// Messages of a story without the log; one more of each where keys are claimed in a guard stream.
    messages_in: f64,
    messages_out: f64,
    raw_bytes: f64,
    record_bytes: f64,
    entry_bytes: f64,
    key_bytes: f64,
    replicas: f64,
    out_days: f64,
    server_disk_gb: f64,
    server_memory_gb: f64,
    server_gbit: f64,
    /// How far back copies are looked for, and what an entry takes of each worker's memory.
    window_hours: f64,
    window_bytes: f64,
    worker_memory_gb: f64,
}

impl Model {
    fn new() -> Self {
        Self {
            stories_per_day: 1e9,
            peak: 1.6,
            links: 0.5,
            worker_ms: 8.0,
            worker_cores: 8.0,
            server_ms: 0.14,
            copy_ms: 0.2,
            entry_ms: 0.03,
            fan_out_ms: 0.015,
            log_pace: 200.0,
            host_ms: 0.06,
            server_cores: 8.0,
            utilisation: 0.7,
            messages_in: 2.1,
            messages_out: 3.1,
            raw_bytes: 4_000.0,
            record_bytes: 6_000.0,
            entry_bytes: 200.0,
            key_bytes: 450.0,
            replicas: 3.0,
            out_days: 1.0,
            server_disk_gb: 2_000.0,
            server_memory_gb: 64.0,
            server_gbit: 10.0,
            window_hours: 1.0,
            window_bytes: 300.0,
            worker_memory_gb: 32.0,
        }
    }

    fn field(&mut self, name: &str) -> Option<&mut f64> {
        Some(match name {
            "stories_per_day" => &mut self.stories_per_day,
            "peak" => &mut self.peak,
            "links" => &mut self.links,
            "worker_ms" => &mut self.worker_ms,
            "worker_cores" => &mut self.worker_cores,
            "server_ms" => &mut self.server_ms,
            "copy_ms" => &mut self.copy_ms,
            "entry_ms" => &mut self.entry_ms,
            "fan_out_ms" => &mut self.fan_out_ms,
            "log_pace" => &mut self.log_pace,
            "host_ms" => &mut self.host_ms,
            "server_cores" => &mut self.server_cores,
            "utilisation" => &mut self.utilisation,
            "messages_in" => &mut self.messages_in,
            "messages_out" => &mut self.messages_out,
            "raw_bytes" => &mut self.raw_bytes,
            "record_bytes" => &mut self.record_bytes,
            "entry_bytes" => &mut self.entry_bytes,
            "key_bytes" => &mut self.key_bytes,
            "replicas" => &mut self.replicas,
            "out_days" => &mut self.out_days,
            "server_disk_gb" => &mut self.server_disk_gb,
            "server_memory_gb" => &mut self.server_memory_gb,
            "server_gbit" => &mut self.server_gbit,
            "window_hours" => &mut self.window_hours,
            "window_bytes" => &mut self.window_bytes,
            "worker_memory_gb" => &mut self.worker_memory_gb,
            _ => return None,
        })
    }

    /// The day of so many servers, with a partition on each.
    fn day(&self, servers: f64) -> Day {
        let mut day =
            Day { workers: 0.0, messages: 0.0, split: [("", 0.0); 4], whole: [("", 0.0); 4] };
        let copies = self.replicas - 1.0;
        for hour in 0..24 {
            let swing = (f64::from(hour) / 24.0 * std::f64::consts::TAU).sin();
            let rate = self.stories_per_day / 86_400.0 * (1.0 + (self.peak - 1.0) * swing);
            let workers = (rate * self.worker_ms / 1e3 / self.utilisation / self.worker_cores)
                .ceil()
                .max(1.0);
            let log_rate = rate.min(workers * self.log_pace);
            let cores = |ms: f64| rate * ms / 1e3 / self.server_cores;
            let gbit = |bytes: f64| rate * bytes * 8.0 / 1e9 / self.server_gbit;
            let kept = self.stories_per_day * self.out_days * self.replicas / servers;
            let now = [
                ("processor", cores(self.server_ms + copies * self.copy_ms) / servers),
                // The leader sends what comes in to the copies, and the raw message to a worker.
                (
                    "network",
                    gbit((self.raw_bytes + self.record_bytes) * self.replicas + self.raw_bytes)
                        / servers,
                ),
                ("disk", kept * self.record_bytes / 1e9 / self.server_disk_gb),
                ("memory for keys", kept * self.key_bytes / 1e9 / self.server_memory_gb),
            ];
            let window = self.stories_per_day / 24.0 * self.window_hours * self.window_bytes;
            let whole = [
                (
                    "processor for the log of seen stories",
                    log_rate * (self.entry_ms + workers * self.fan_out_ms)
                        / 1e3
                        / self.server_cores,
                ),
                (
                    "network for the log of seen stories",
                    gbit(self.entry_bytes * (self.replicas + workers)),
                ),
                ("processor for the hosts' bucket", cores(self.links * self.host_ms)),
                ("memory of a worker for the log's window", window / 1e9 / self.worker_memory_gb),
            ];
            day.workers = day.workers.max(workers);
            let messages =
                rate * (self.messages_in + self.messages_out) + log_rate * (1.0 + workers);
            day.messages = day.messages.max(messages);
            raise(&mut day.split, now);
            raise(&mut day.whole, whole);
        }
        day
    }
}

/// Takes those that are more.
fn raise(most: &mut [(&'static str, f64); 4], now: [(&'static str, f64); 4]) {
    for (most, now) in most.iter_mut().zip(now) {
        if now.1 >= most.1 {
            *most = now;
        }
    }
}

/// What a day takes at its busiest, as shares of what a server or a worker has.
struct Day {
    workers: f64,
    messages: f64,
    /// Falls with the servers.
    split: [(&'static str, f64); 4],
    /// Does not.
    whole: [(&'static str, f64); 4],
}

fn tightest(used: [(&'static str, f64); 4]) -> (&'static str, f64) {
    used.into_iter().fold(("", 0.0), |most, used| if used.1 > most.1 { used } else { most })
}

fn main() -> Result<()> {
    let mut model = Model::new();
    for argument in std::env::args().skip(1) {
        let (name, value) = argument.split_once('=').context("arguments are name=value")?;
        let Some(field) = model.field(name) else { bail!("there is no {name}") };
        *field = value.parse().with_context(|| format!("{name} is a number"))?;
    }
    println!("{:>8}{:>10}{:>14}{:>10}  tightest", "servers", "workers", "messages/s", "used");
    let mut servers = model.replicas.max(1.0);
    loop {
        let day = model.day(servers);
        let (what, used) = tightest(day.split);
        println!(
            "{servers:>8}{:>10}{:>14.0}{:>9.0}%  {what}",
            day.workers,
            day.messages,
            used * 100.0
        );
        if used <= model.utilisation {
            conclude(&model, &day, servers, what);
            return Ok(());
        }
        if servers > 1e5 {
            bail!("{what}: more servers do not help");
        }
        // By doubling at first: each step halves a server's load.
        servers = if used > 2.0 * model.utilisation { servers * 2.0 } else { servers + 1.0 };
    }
}

fn conclude(model: &Model, day: &Day, servers: f64, what: &str) {
    let records = model.stories_per_day * model.record_bytes / 1e12;
    println!(
        "{} stories a day: {servers} partitions on {servers} servers of {} cores, {} workers of {} cores; {records:.1} TB of \
         records a day, {:.1} TB on disk in all; the first limit met is the {what}",
        model.stories_per_day,
        model.server_cores,
        day.workers,
        model.worker_cores,
        records * model.out_days * model.replicas,
    );
    for (what, used) in day.whole {
        let over = if used > model.utilisation { ": too much, and no partition helps" } else { "" };
        println!("  not split: {what}, {:.0} % of one{over}", used * 100.0);
    }
}
