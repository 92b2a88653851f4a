//! The configuration of each stream and consumer of a group.
//!
//! Chosen so that nothing is lost by the broker's own rules: raw streams refuse when full, the retry stream has no
//! limit (a limit would drop schedules), `max_deliver` is unlimited because the worker dead-letters by its own count.
//! Each choice has its reason beside it; `doctor` reports deviations.

use std::time::Duration;

use async_nats::jetstream::consumer::{AckPolicy, pull};
use async_nats::jetstream::stream::{
    Config, DiscardPolicy, RetentionPolicy, StorageType, SubjectTransform,
};

use super::partitions::Partition;
use super::settings::{Discard, Settings};

/// Room for headers in a message that is published again, in bytes.
pub(crate) const HEADER_ROOM: usize = 32 << 10;

impl Settings {
    pub(super) fn raw(&self, part: Partition, max_payload: usize) -> Config {
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

    pub(super) fn out(&self, part: Partition, message_ttl: bool) -> Config {
        Config {
            name: self.out_name(part),
            subjects: self.out_taken(part),
            subject_transform: self.out_transform(part),
            description: Some(
                "every outcome of news-ingest: stories, skipped, dead letters".to_owned(),
            ),
            retention: RetentionPolicy::Limits,
            discard: match self.out_discard {
                Discard::Old => DiscardPolicy::Old,
                Discard::New => DiscardPolicy::New,
            },
            max_bytes: mib(self.out_max_mib),
            max_age: Duration::from_secs(self.out_max_age_hours * 3600),
            storage: StorageType::File,
            num_replicas: self.replicas,
            allow_direct: true,
            allow_message_ttl: message_ttl,
            ..Config::default()
        }
    }

    /// How a partition's out stream stores what it takes, so that readers see the same subjects whatever the number of partitions.
    pub(crate) fn out_transform(&self, part: Partition) -> Option<SubjectTransform> {
        (!part.is_only()).then(|| SubjectTransform {
            source: self.out_taken(part)[0].clone(),
            destination: format!("{}.>", self.prefix),
        })
    }

    /// The object store for bodies of dead letters, laid out as clients expect one. Its objects outlive
    /// their letter and those of three replays, after which a letter is deferred.
    pub(super) fn dead_letter_bodies(&self) -> Config {
        let bucket = &self.dlq_bucket;
        Config {
            name: self.bodies_stream(),
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

    /// No limits: a stream with schedules cannot discard new messages (error 10052), and one that
    /// discards old ones loses schedules silently.
    pub(super) fn retry(&self, part: Partition) -> Config {
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

    /// A subject for each key, so that the broker refuses a second mark; `None` where there is to be none.
    pub(super) fn guard(&self) -> Option<Config> {
        Some(Config {
            name: self.guard_stream()?,
            subjects: vec![self.guard_subject("*")],
            description: Some("keys of the stories that news-ingest published".to_owned()),
            retention: RetentionPolicy::Limits,
            discard: DiscardPolicy::Old,
            max_bytes: mib(self.guard_max_mib),
            max_age: Duration::from_secs(self.guard_hours() * 3600),
            storage: StorageType::File,
            num_replicas: self.replicas,
            ..Config::default()
        })
    }

    /// One subject, so that the server's memory does not grow with it.
    pub(super) fn seen(&self) -> Config {
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

    pub(super) fn consumer(&self, ack_wait: Duration, filter_subject: String) -> pull::Config {
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

#[cfg(test)]
mod tests {
    use super::*;

    /// What of a stream decides whether stories are lost.
    fn shown(config: &Config) -> String {
        let Config { name, retention, discard, max_bytes, max_age, max_message_size, .. } = config;
        let extras = [
            (config.allow_direct, "direct"),
            (config.allow_rollup, "rollup"),
            (config.allow_message_ttl, "ttl"),
            (config.allow_message_schedules, "schedules"),
        ];
        let extras: Vec<&str> =
            extras.iter().filter(|(has, _)| *has).map(|(_, name)| *name).collect();
        format!(
            "{name} [{}] {retention:?} discard {discard:?} {max_bytes} bytes {} h {max_message_size} a message x{} {:?} {}",
            config.subjects.join(" "),
            max_age.as_secs() / 3600,
            config.num_replicas,
            config.storage,
            extras.join(" "),
        )
    }

    #[test]
    fn streams_are_configured_to_lose_nothing() {
        let settings = Settings { replicas: 3, ..Settings::default() };
        let only = Partition::all(1).next().unwrap();
        let configs = [
            settings.raw(only, 1 << 20),
            settings.out(only, true),
            settings.retry(only),
            settings.guard().unwrap(),
            settings.seen(),
            settings.dead_letter_bodies(),
        ];
        assert_eq!(
            configs.iter().map(shown).collect::<Vec<_>>(),
            [
                "NEWS_RAW [news.raw.>] WorkQueue discard New 4294967296 bytes 0 h 1015808 a message x3 File ",
                "NEWS_OUT [news.story.*.*.* news.skipped.*.*.* news.dlq.*.*.*] Limits discard New 17179869184 bytes 720 h 0 a message x3 File direct ttl",
                "NEWS_RETRY [news.retry.>] WorkQueue discard Old 0 bytes 0 h 0 a message x3 File schedules",
                "NEWS_OUT_GUARD [news.guard.*] Limits discard Old 0 bytes 720 h 0 a message x3 File ",
                "NEWS_SEEN [news.seen.>] Limits discard Old 157286400 bytes 168 h 0 a message x3 File ",
                "OBJ_news_dlq [$O.news_dlq.C.> $O.news_dlq.M.>] Limits discard New 0 bytes 2880 h 0 a message x3 File direct rollup",
            ]
        );
        assert!(configs[1].subject_transform.is_none(), "outcomes are stored as published");
    }

    #[test]
    fn keys_are_remembered_while_stories_are_kept() {
        let hours = |guard, out| {
            let settings = Settings {
                guard_max_age_hours: guard,
                out_max_age_hours: out,
                ..Settings::default()
            };
            settings.guard().map(|config| config.max_age.as_secs() / 3600)
        };
        assert_eq!([hours(720, 48), hours(24, 48), hours(0, 48)], [Some(720), Some(48), None]);
    }

    #[test]
    fn an_out_stream_may_discard_its_oldest() {
        let settings = Settings { out_discard: Discard::Old, ..Settings::default() };
        let only = Partition::all(1).next().unwrap();
        assert_eq!(settings.out(only, true).discard, DiscardPolicy::Old);
    }

    #[test]
    fn a_partitions_out_stream_stores_common_subjects() {
        let settings = Settings { partitions: 4, ..Settings::default() };
        let second = settings.current().nth(1).unwrap();
        let out = settings.out(second, true);
        let stored = out.subject_transform.unwrap();
        assert_eq!(out.name, "NEWS_OUT_4_1");
        assert_eq!(out.subjects, [stored.source]);
        assert_eq!(stored.destination, "news.>");
    }

    #[test]
    fn a_consumer_never_gives_a_message_up() {
        let settings = Settings::default();
        let consumer = settings.consumer(Duration::from_secs(30), "news.retry.due.>".to_owned());
        assert_eq!((consumer.max_deliver, consumer.ack_policy), (-1, AckPolicy::Explicit));
        assert_eq!(consumer.durable_name.as_deref(), Some("news-ingest"));
        assert_eq!(consumer.filter_subject, "news.retry.due.>");
    }
}
