//! What the broker must hold for a worker group: streams, consumers, their names and limits.
//!
//! Workers bind and never create, so that operators keep the say; `provision` and the embedded
//! default create and update. Both are idempotent.

mod binding;
pub mod partitions;
mod takeover;

pub use binding::{
    Bound, Outs, bind, bind_consumer, bind_outs, bind_stream, consumer_info, created_millis,
};

pub(crate) use binding::stream_error;
pub(super) use binding::stream_of;
use std::time::Duration;

use async_nats::jetstream::Context;
use async_nats::jetstream::consumer::{AckPolicy, pull};
use async_nats::jetstream::stream::{
    Config, DiscardPolicy, Info, RetentionPolicy, StorageType, SubjectTransform,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use partitions::Partition;

/// Room for headers in a message that is published again, in bytes.
pub(crate) const HEADER_ROOM: usize = 32 << 10;

/// Names and limits of the group's streams and consumers.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// First token of every subject.
    pub prefix: String,
    /// Work queue of raw messages.
    pub raw_stream: String,
    /// Stories to be tried later, as scheduled messages (server 2.12).
    pub retry_stream: String,
    /// Stream of every outcome.
    pub out_stream: String,
    /// Log of what was seen, by which copies are known.
    pub seen_stream: String,
    /// Object store for bodies of dead letters that are too large for a message.
    pub dlq_bucket: String,
    /// Durable consumer that all workers of the group share.
    pub group: String,
    /// How many raw, retry and out streams share the work; 1: one of each.
    pub partitions: usize,
    /// Earlier numbers of partitions, the latest last, whose streams are worked off and whose outcomes count.
    pub previous_partitions: Vec<usize>,
    /// Partitions that a worker pulls from, by number from 0; empty: all.
    pub bind: Vec<usize>,
    /// Size bound of each raw stream, in MiB; a full stream refuses new messages.
    pub raw_max_mib: u64,
    /// Size bound of each out stream, in MiB; a full stream refuses new messages, so that no
    /// outcome is lost unread.
    pub out_max_mib: u64,
    /// How long outcomes are kept, in hours: also how long the once-only guard remembers a story.
    pub out_max_age_hours: u64,
    /// Copies of each stream in a cluster: 1, 3 or 5.
    pub replicas: usize,
    /// Scheduled retries beyond which workers hand messages back with a delay instead: the retry
    /// stream has no limit of its own, because one would lose schedules.
    pub retry_max_messages: u64,
    /// Deliveries that may be unacknowledged over all workers; at least workers x `intake.max_in_flight`.
    pub max_ack_pending: i64,
    /// What the log of seen stories keeps: `publish.duplicate_window_*`.
    #[serde(skip)]
    #[schemars(skip)]
    pub seen_window: SeenWindow,
}

/// How much the log of seen stories keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeenWindow {
    /// Longest age of an entry, in hours.
    pub hours: u64,
    /// Size bound, in MiB; the oldest goes first.
    pub mib: u64,
}

impl Default for SeenWindow {
    fn default() -> Self {
        Self { hours: 7 * 24, mib: 150 }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            prefix: "news".to_owned(),
            raw_stream: "NEWS_RAW".to_owned(),
            retry_stream: "NEWS_RETRY".to_owned(),
            out_stream: "NEWS_OUT".to_owned(),
            seen_stream: "NEWS_SEEN".to_owned(),
            dlq_bucket: "news_dlq".to_owned(),
            group: "news-ingest".to_owned(),
            partitions: 1,
            previous_partitions: Vec::new(),
            bind: Vec::new(),
            raw_max_mib: 4 << 10,
            out_max_mib: 16 << 10,
            out_max_age_hours: 30 * 24,
            replicas: 1,
            retry_max_messages: 1_000_000,
            max_ack_pending: 10_000,
            seen_window: SeenWindow::default(),
        }
    }
}

impl Settings {
    /// Checks names and limits.
    ///
    /// # Errors
    /// Names the key that is out of range.
    pub fn check(&self) -> Result<(), String> {
        for (key, name) in [
            ("prefix", &self.prefix),
            ("raw_stream", &self.raw_stream),
            ("retry_stream", &self.retry_stream),
            ("out_stream", &self.out_stream),
            ("seen_stream", &self.seen_stream),
            ("dlq_bucket", &self.dlq_bucket),
            ("group", &self.group),
        ] {
            if !crate::model::is_token(name) {
                return Err(format!("streams.{key} = {name:?} is not 1 to 64 of [A-Za-z0-9_-]"));
            }
        }
        let names = [&self.raw_stream, &self.retry_stream, &self.out_stream, &self.seen_stream];
        if names.iter().enumerate().any(|(at, name)| names[..at].contains(name)) {
            return Err("streams.raw_stream, retry_stream, out_stream and seen_stream must differ"
                .to_owned());
        }
        if !matches!(self.replicas, 1 | 3 | 5) {
            return Err(format!("streams.replicas = {} is not 1, 3 or 5", self.replicas));
        }
        if self.raw_max_mib == 0 || self.out_max_mib == 0 || self.out_max_age_hours == 0 {
            return Err(
                "streams.raw_max_mib, out_max_mib and out_max_age_hours must be above 0".to_owned()
            );
        }
        if self.max_ack_pending < 1 {
            return Err("streams.max_ack_pending must be above 0".to_owned());
        }
        self.check_partitions()
    }

    /// Subjects of outcomes, as they are stored.
    #[must_use]
    pub fn out_subjects(&self) -> Vec<String> {
        ["story", "skipped", "dlq"].map(|kind| format!("{}.{kind}.*.*.*", self.prefix)).into()
    }

    fn raw(&self, part: Partition, max_payload: usize) -> Config {
        Config {
            name: self.raw_name(part),
            subjects: vec![format!("{}.>", self.raw_root(part))],
            description: Some("raw articles, a work queue of news-ingest".to_owned()),
            retention: RetentionPolicy::WorkQueue,
            discard: DiscardPolicy::New,
            max_bytes: mib(self.raw_max_mib),
            // Anything accepted can also be dead-lettered with more headers.
            max_message_size: i32::try_from(max_payload.saturating_sub(HEADER_ROOM))
                .unwrap_or(i32::MAX),
            storage: StorageType::File,
            num_replicas: self.replicas,
            ..Config::default()
        }
    }

    fn out(&self, part: Partition, message_ttl: bool) -> Config {
        let taken = self.out_taken(part);
        let stored = (!part.is_only()).then(|| SubjectTransform {
            source: taken[0].clone(),
            destination: format!("{}.>", self.prefix),
        });
        Config {
            name: self.out_name(part),
            subjects: taken,
            subject_transform: stored,
            description: Some(
                "every outcome of news-ingest: stories, skipped, dead letters".to_owned(),
            ),
            retention: RetentionPolicy::Limits,
            discard: DiscardPolicy::New,
            max_bytes: mib(self.out_max_mib),
            max_age: Duration::from_secs(self.out_max_age_hours * 3600),
            storage: StorageType::File,
            num_replicas: self.replicas,
            allow_direct: true,
            allow_message_ttl: message_ttl,
            ..Config::default()
        }
    }

    /// The stream that is the object store for bodies of dead letters.
    pub(super) fn letters_stream(&self) -> String {
        format!("OBJ_{}", self.dlq_bucket)
    }

    /// The object store for bodies of dead letters, laid out as clients expect one. Its objects outlive
    /// their letter and those of three replays, after which a letter is deferred.
    fn letters(&self) -> Config {
        let bucket = &self.dlq_bucket;
        Config {
            name: self.letters_stream(),
            subjects: vec![format!("$O.{bucket}.C.>"), format!("$O.{bucket}.M.>")],
            description: Some("bodies of dead letters that are too large for a message".to_owned()),
            retention: RetentionPolicy::Limits,
            discard: DiscardPolicy::New,
            max_age: Duration::from_secs(self.out_max_age_hours * 3600) * 4,
            storage: StorageType::File,
            num_replicas: self.replicas,
            allow_rollup: true,
            allow_direct: true,
            ..Config::default()
        }
    }

    /// Where retries come due.
    fn due_subjects(&self, part: Partition) -> String {
        format!("{}.due.>", self.retry_root(part))
    }

    /// No limits: a stream with schedules cannot discard new messages (error 10052), and one that
    /// discards old ones loses schedules silently.
    fn retry(&self, part: Partition) -> Config {
        Config {
            name: self.retry_name(part),
            subjects: vec![format!("{}.>", self.retry_root(part))],
            description: Some("stories that news-ingest tries again later".to_owned()),
            retention: RetentionPolicy::WorkQueue,
            storage: StorageType::File,
            num_replicas: self.replicas,
            allow_message_schedules: true,
            ..Config::default()
        }
    }

    /// Subject of the log of seen stories.
    #[must_use]
    pub fn seen_subject(&self) -> String {
        format!("{}.seen.log", self.prefix)
    }

    /// One subject, so that the server's memory does not grow with it.
    fn seen(&self) -> Config {
        Config {
            name: self.seen_stream.clone(),
            subjects: vec![format!("{}.seen.>", self.prefix)],
            description: Some("what news-ingest has seen, by which it knows copies".to_owned()),
            retention: RetentionPolicy::Limits,
            discard: DiscardPolicy::Old,
            max_bytes: mib(self.seen_window.mib),
            max_age: Duration::from_secs(self.seen_window.hours * 3600),
            storage: StorageType::File,
            num_replicas: self.replicas,
            ..Config::default()
        }
    }

    fn consumer(&self, ack_wait: Duration, filter_subject: String) -> pull::Config {
        pull::Config {
            filter_subject,
            durable_name: Some(self.group.clone()),
            description: Some("shared by all news-ingest workers of the group".to_owned()),
            ack_policy: AckPolicy::Explicit,
            ack_wait,
            // Workers read the delivery count and dead-letter by it: at max_deliver a message
            // would just stay in the stream, invisible.
            max_deliver: -1,
            max_ack_pending: self.max_ack_pending,
            ..pull::Config::default()
        }
    }
}

fn mib(mib: u64) -> i64 {
    i64::try_from(mib.saturating_mul(1 << 20)).unwrap_or(i64::MAX)
}

/// Why the broker does not hold what is needed.
#[derive(Debug, Error)]
pub enum Error {
    /// A stream is missing.
    #[error("stream {0} does not exist; `news-ingest provision` creates it")]
    NoStream(String),
    /// The server has no JetStream, or none where it is asked.
    #[error(
        "JetStream is not enabled on this server: start nats-server with -js (where it is in another domain or \
         account, set nats.domain or nats.api_prefix)"
    )]
    NoJetStream,
    /// A consumer is missing.
    #[error(
        "consumer {consumer} on stream {stream} does not exist; `news-ingest provision` creates it"
    )]
    NoConsumer {
        /// The consumer.
        consumer: String,
        /// Its stream.
        stream: String,
    },
    /// The broker refuses or does not answer.
    #[error("{what}: {reason}")]
    Broker {
        /// What was being done.
        what: String,
        /// The broker's words.
        reason: String,
    },
    /// The server is too old.
    #[error("the server is {0}, at least 2.10 is needed")]
    TooOld(String),
    /// Some out streams of an earlier number of partitions are gone, and others not.
    #[error(
        "some out streams of {0} partitions do not exist; delete the others too, or remove {0} from \
         streams.previous_partitions"
    )]
    Incomplete(usize),
    /// Another number of partitions is in force.
    #[error(
        "stream {stream} was closed when streams.partitions became {now}; set that, or name {now} in \
         streams.previous_partitions and run `news-ingest provision`"
    )]
    Closed {
        /// The out stream.
        stream: String,
        /// The number in force.
        now: String,
    },
    /// An out stream of an earlier number of partitions takes outcomes: a key could have two.
    #[error("stream {0} still accepts outcomes; `news-ingest provision` closes it")]
    Open(String),
    /// Another number of partitions is in force, which the settings do not name.
    #[error(
        "the streams are those of {0} partition(s); name {0} in streams.previous_partitions, so that they are \
         closed and worked off"
    )]
    InForce(String),
}

/// Whether the server keeps messages for less long than their stream (2.11).
#[must_use]
pub fn has_message_ttl(context: &Context) -> bool {
    context.client().is_server_compatible(2, 11, 0)
}

/// Whether the server that keeps a stream guards a publish over a filter of subjects (2.11). It says so with
/// every answer about the stream; the server that a client is connected to may be another.
#[must_use]
pub fn has_filter_guard(info: &Info) -> bool {
    let level = info.config.metadata.get("_nats.level");
    level.and_then(|level| level.parse::<u32>().ok()).is_some_and(|level| level >= 1)
}

/// Whether the server delivers messages at a time (2.12).
#[must_use]
pub fn has_schedules(context: &Context) -> bool {
    context.client().is_server_compatible(2, 12, 0)
}

/// What `provision` did or would do to one thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// `stream NEWS_RAW`, `consumer news-ingest on NEWS_RAW`.
    pub what: String,
    /// `created`, `updated` or `unchanged`.
    pub how: &'static str,
}

/// Creates or updates streams and consumers. With `dry_run` nothing is changed.
///
/// # Errors
/// When the server is too old, refuses, or does not answer.
pub async fn provision(
    context: &Context,
    settings: &Settings,
    ack_wait: Duration,
    dry_run: bool,
) -> Result<Vec<Change>, Error> {
    let server = context.client().server_info();
    if !context.client().is_server_compatible(2, 10, 0) {
        return Err(Error::TooOld(server.version));
    }
    takeover::nothing_is_left_out(context, settings).await?;
    let mut changes = takeover::close_earlier(context, settings, dry_run).await?;
    let ttl = has_message_ttl(context);
    let mut configs = Vec::new();
    for part in settings.current().filter(|part| !part.is_only()) {
        configs.push(settings.raw(part, server.max_payload));
    }
    for part in Partition::all(1) {
        let metadata = takeover::noted(settings);
        configs.push(Config { metadata, ..settings.raw(part, server.max_payload) });
    }
    configs.extend(settings.current().map(|part| settings.out(part, ttl)));
    configs.extend([settings.letters(), settings.seen()]);
    for config in configs {
        changes.push(provision_stream(context, config, dry_run).await?);
    }
    let consumer = async |stream: &str, filter: String| {
        provision_consumer(context, settings, stream, filter, ack_wait, dry_run).await
    };
    for stream in settings.raw_streams() {
        changes.push(consumer(&stream, String::new()).await?);
    }
    if has_schedules(context) {
        for part in settings.current() {
            changes.push(provision_stream(context, settings.retry(part), dry_run).await?);
            changes.push(consumer(&settings.retry_name(part), settings.due_subjects(part)).await?);
        }
    }
    Ok(changes)
}

async fn provision_consumer(
    context: &Context,
    settings: &Settings,
    stream: &str,
    filter: String,
    ack_wait: Duration,
    dry_run: bool,
) -> Result<Change, Error> {
    let what = format!("consumer {} on {stream}", settings.group);
    let existing = match binding::consumer_info(context, settings, stream).await {
        Ok(info) => Some(info.config),
        // A dry run comes before the stream is made.
        Err(Error::NoConsumer { .. } | Error::NoStream(_)) => None,
        Err(error) => return Err(error),
    };
    let wanted = settings.consumer(ack_wait, filter);
    let how = match &existing {
        None => "created",
        Some(c)
            if c.ack_wait == ack_wait
                && c.max_ack_pending == wanted.max_ack_pending
                && c.max_deliver == wanted.max_deliver
                && c.ack_policy == wanted.ack_policy
                && c.headers_only == wanted.headers_only
                && c.filter_subject == wanted.filter_subject
                && c.filter_subjects == wanted.filter_subjects =>
        {
            "unchanged"
        }
        Some(_) => "updated",
    };
    if !dry_run && how != "unchanged" {
        context
            .create_consumer_on_stream(wanted, stream)
            .await
            .map_err(|error| Error::Broker { what: what.clone(), reason: error.to_string() })?;
    }
    Ok(Change { what, how })
}

async fn provision_stream(
    context: &Context,
    wanted: Config,
    dry_run: bool,
) -> Result<Change, Error> {
    let what = format!("stream {}", wanted.name);
    let broker = |reason: String| Error::Broker { what: what.clone(), reason };
    let how = match context.get_stream(&wanted.name).await {
        Ok(stream) => {
            let have = &stream.cached_info().config;
            let same = have.subjects == wanted.subjects
                && have.subject_transform == wanted.subject_transform
                && takeover::note_the_same(have, &wanted)
                && have.max_bytes.max(0) == wanted.max_bytes.max(0)
                && have.max_age == wanted.max_age
                && have.discard == wanted.discard
                && have.max_message_size.max(0) == wanted.max_message_size.max(0)
                && have.num_replicas == wanted.num_replicas
                && have.allow_message_ttl == wanted.allow_message_ttl;
            if same { "unchanged" } else { "updated" }
        }
        Err(error) => match stream_error(&wanted.name, &error) {
            Error::NoStream(_) => "created",
            error => return Err(error),
        },
    };
    if !dry_run && how != "unchanged" {
        context.create_or_update_stream(wanted).await.map_err(|error| broker(error.to_string()))?;
    }
    Ok(Change { what, how })
}
