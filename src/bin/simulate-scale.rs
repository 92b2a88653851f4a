//! How many groups, servers and workers a rate of stories takes, and which limit is met first.
//!
//! usage: simulate-scale [name=value]...
//!
//! A group is one set of streams, led by one server; a worker reads the group's log of seen stories, so
//! each further worker costs the server a message a story. The simulation goes through a day hour by hour, with more
//! stories by day than by night, and adds groups until the busiest hour fits. The costs of a story
//! are those that `make bench` prints (see docs/scaling.md); give your own by name. It knows no skew: a group whose
//! hosts or ids are more than the others' needs room of its own.
#![allow(clippy::print_stdout)]

use anyhow::{Context as _, Result, bail};

/// Costs and limits, by name.
#[derive(Clone, Copy)]
struct Model {
    stories_per_day: f64,
    /// The busiest hour against the mean one.
    peak: f64,
    /// Processor time of a worker for a story, all stages.
    worker_ms: f64,
    worker_cores: f64,
    /// Processor time of the leading server for a story with one worker, and for each log entry sent to a further
    /// worker.
    server_ms: f64,
    fan_out_ms: f64,
    server_cores: f64,
    /// Share of cores, network, disk and memory that may be used.
    utilisation: f64,
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
}

impl Model {
    fn new() -> Self {
        Self {
            stories_per_day: 1e9,
            peak: 1.6,
            worker_ms: 8.0,
            worker_cores: 8.0,
            server_ms: 0.17,
            fan_out_ms: 0.015,
            server_cores: 8.0,
            utilisation: 0.7,
            messages_in: 3.1,
            messages_out: 4.0,
            raw_bytes: 4_000.0,
            record_bytes: 6_000.0,
            entry_bytes: 200.0,
            key_bytes: 450.0,
            replicas: 3.0,
            out_days: 1.0,
            server_disk_gb: 2_000.0,
            server_memory_gb: 64.0,
            server_gbit: 10.0,
        }
    }

    fn field(&mut self, name: &str) -> Option<&mut f64> {
        Some(match name {
            "stories_per_day" => &mut self.stories_per_day,
            "peak" => &mut self.peak,
            "worker_ms" => &mut self.worker_ms,
            "worker_cores" => &mut self.worker_cores,
            "server_ms" => &mut self.server_ms,
            "fan_out_ms" => &mut self.fan_out_ms,
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
            _ => return None,
        })
    }

    /// The day of one of so many groups, each on as many servers as there are replicas.
    fn day(&self, groups: f64) -> Day {
        let mut day = Day { workers: 0.0, messages: 0.0, used: [("", 0.0); 4] };
        let (mut processor, mut network): (f64, f64) = (0.0, 0.0);
        for hour in 0..24 {
            let swing = (f64::from(hour) / 24.0 * std::f64::consts::TAU).sin();
            let rate = self.stories_per_day / 86_400.0 / groups * (1.0 + (self.peak - 1.0) * swing);
            let cores = rate * self.worker_ms / 1e3 / self.utilisation;
            let workers = (cores / self.worker_cores).ceil().max(1.0);
            let further = workers - 1.0;
            let server_ms = self.server_ms + further * self.fan_out_ms;
            // The leader sends what comes in to the other replicas too.
            let bytes = (self.raw_bytes + self.record_bytes) * self.replicas
                + self.raw_bytes
                + self.entry_bytes * (self.replicas + workers);
            processor = processor.max(rate * server_ms / 1e3 / self.server_cores);
            network = network.max(rate * bytes * 8.0 / 1e9 / self.server_gbit);
            day.workers = day.workers.max(workers);
            let messages = self.messages_in + self.messages_out + further;
            day.messages = day.messages.max(rate * messages);
        }
        let kept = self.stories_per_day / groups * self.out_days;
        day.used = [
            ("processor of the leading server", processor),
            ("network of the leading server", network),
            ("disk", kept * self.record_bytes / 1e9 / self.server_disk_gb),
            ("memory for keys", kept * self.key_bytes / 1e9 / self.server_memory_gb),
        ];
        day
    }
}

/// What a group's day takes at its busiest.
struct Day {
    workers: f64,
    messages: f64,
    /// Shares of what a server has.
    used: [(&'static str, f64); 4],
}

impl Day {
    fn tightest(&self) -> (&'static str, f64) {
        self.used
            .into_iter()
            .fold(("", 0.0), |most, used| if used.1 > most.1 { used } else { most })
    }
}

fn main() -> Result<()> {
    let mut model = Model::new();
    for argument in std::env::args().skip(1) {
        let (name, value) = argument.split_once('=').context("arguments are name=value")?;
        let Some(field) = model.field(name) else { bail!("there is no {name}") };
        *field = value.parse().with_context(|| format!("{name} is a number"))?;
    }
    println!("{:>8}{:>10}{:>14}{:>10}  tightest", "groups", "workers", "messages/s", "used");
    let mut groups = 1.0;
    loop {
        let day = model.day(groups);
        let (what, used) = day.tightest();
        println!(
            "{groups:>8}{:>10}{:>14.0}{:>9.0}%  {what}",
            day.workers * groups,
            day.messages * groups,
            used * 100.0
        );
        if used <= model.utilisation {
            println!(
                "{} stories a day: {groups} groups, {} servers of {} cores, {} workers of {} cores; {:.1} TB of records a day, \
                 {:.1} TB on disk in all; the first limit met is the {what}",
                model.stories_per_day,
                groups * model.replicas,
                model.server_cores,
                day.workers * groups,
                model.worker_cores,
                model.stories_per_day * model.record_bytes / 1e12,
                model.stories_per_day * model.record_bytes * model.out_days * model.replicas / 1e12,
            );
            return Ok(());
        }
        if groups > 1e5 {
            bail!("{what}: more groups do not help");
        }
        // By doubling at first: each step halves a group's load.
        groups = if used > 2.0 * model.utilisation {
            groups * 2.0
        } else {
            groups + (groups / 8.0).ceil()
        };
    }
}
