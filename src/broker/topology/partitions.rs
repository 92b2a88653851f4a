//! How a group's streams are split over several, so that it grows past one broker.
//!
//! With `streams.partitions = 1` there is one stream of each kind. With more, each kind has as many, told
//! apart by tokens of their subjects such as `4.0`, the first of four: `<prefix>.part.4.0.raw.…`, streams
//! `NEWS_RAW_4_0`. The number of partitions is part of every name, so that another number makes other streams
//! and the ones before can be worked off beside them.
//!
//! - An outcome goes to the partition of its key, always the same one: the once-only guard is a stream's own.
//!   It is published under the partition's subject, and the stream stores it (`subject_transform`) under the
//!   one that readers know, `<prefix>.story.<lang>.<topic>.<key>`: one subject space over all partitions.
//! - A raw message goes where its producer puts it. `publish` and `feeds` choose by [`RawPlaces::subject`]; what comes
//!   without a partition, under `<prefix>.raw.`, is in the stream that there is without partitions too.
//! - A retry goes by the place that its message had in a raw stream.
//!
//! The hash is the server's own, `partition(n, …)` of its subject mappings, so that an operator may let
//! the server choose the same partition.

use std::fmt;

use super::Settings;

/// Most partitions: each is a stream of each kind, and a subscription of each worker.
pub const MOST: usize = 256;

/// One of a kind's streams.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Partition {
    number: usize,
    of: usize,
}

/// `4.0`, the subject tokens: the server's `partition(n, …)` makes whole tokens only.
impl fmt::Display for Partition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.of, self.number)
    }
}

impl Partition {
    /// All partitions of a number of them.
    pub fn all(of: usize) -> impl Iterator<Item = Self> + Clone {
        (0..of).map(move |number| Self { number, of })
    }

    /// The partition that a text belongs to.
    #[must_use]
    pub fn by(text: &str, of: usize) -> Self {
        Self { number: number_of(text, of), of }
    }

    /// Its number, from 0.
    #[must_use]
    pub fn number(self) -> usize {
        self.number
    }

    /// Whether there are no others.
    #[must_use]
    pub fn is_only(self) -> bool {
        self.of == 1
    }

    /// The name of its stream.
    fn name(self, base: &str) -> String {
        if self.is_only() { base.to_owned() } else { format!("{base}_{}_{}", self.of, self.number) }
    }

    /// Its subjects of a kind: `<prefix>.<kind>`, or `<prefix>.part.4.0.<kind>`.
    fn root(self, prefix: &str, kind: &str) -> String {
        if self.is_only() {
            format!("{prefix}.{kind}")
        } else {
            format!("{prefix}.part.{self}.{kind}")
        }
    }
}

/// Number of the partition that a text belongs to, as the server's `partition(of, …)` counts: FNV-1a of 32 bits.
#[must_use]
pub fn number_of(text: &str, of: usize) -> usize {
    let hash = text
        .bytes()
        .fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    hash as usize % of.max(1)
}

impl Settings {
    /// The partitions in force.
    pub fn current(&self) -> impl Iterator<Item = Partition> + Clone {
        Partition::all(self.partitions)
    }

    /// The partitions that were in force before, and are worked off, the latest first.
    pub fn earlier(&self) -> impl Iterator<Item = Partition> + '_ {
        self.previous_partitions.iter().rev().flat_map(|of| Partition::all(*of))
    }

    /// Names of the raw streams in force; the last is the one for messages without a partition.
    #[must_use]
    pub fn raw_streams(&self) -> Vec<String> {
        let mut names: Vec<String> = self.current().map(|part| self.raw_name(part)).collect();
        if self.partitions > 1 {
            names.push(self.raw_stream.clone());
        }
        names
    }

    /// Names of the retry streams in force.
    #[must_use]
    pub fn retry_streams(&self) -> Vec<String> {
        self.current().map(|part| self.retry_name(part)).collect()
    }

    /// Names of the out streams in force.
    #[must_use]
    pub fn out_streams(&self) -> Vec<String> {
        self.current().map(|part| self.out_name(part)).collect()
    }

    /// Names of every out stream that may hold outcomes, the latest first.
    #[must_use]
    pub fn all_out_streams(&self) -> Vec<String> {
        self.current().chain(self.earlier()).map(|part| self.out_name(part)).collect()
    }

    /// Raw streams of earlier partitions. The stream without partitions is always in force.
    #[must_use]
    pub fn earlier_raw_streams(&self) -> Vec<String> {
        self.earlier().filter(|part| !part.is_only()).map(|part| self.raw_name(part)).collect()
    }

    /// Retry streams of earlier partitions.
    #[must_use]
    pub fn earlier_retry_streams(&self) -> Vec<String> {
        self.earlier().map(|part| self.retry_name(part)).collect()
    }

    /// Whether this worker pulls from a partition: `streams.bind`.
    #[must_use]
    pub fn is_bound(&self, part: Partition) -> bool {
        self.bind.is_empty() || self.bind.contains(&part.number())
    }

    /// Whether this worker pulls what has no partition or an earlier one: as the workers of the first one do.
    #[must_use]
    pub fn binds_the_rest(&self) -> bool {
        self.bind.is_empty() || self.bind.contains(&0)
    }

    /// Name of a partition's raw stream.
    #[must_use]
    pub fn raw_name(&self, part: Partition) -> String {
        part.name(&self.raw_stream)
    }

    /// Name of a partition's retry stream.
    #[must_use]
    pub fn retry_name(&self, part: Partition) -> String {
        part.name(&self.retry_stream)
    }

    /// Name of a partition's out stream.
    #[must_use]
    pub fn out_name(&self, part: Partition) -> String {
        part.name(&self.out_stream)
    }

    /// Beginning of a partition's raw subjects, without the full stop behind it.
    pub(super) fn raw_root(&self, part: Partition) -> String {
        part.root(&self.prefix, "raw")
    }

    /// Beginning of a partition's retry subjects.
    #[must_use]
    pub fn retry_root(&self, part: Partition) -> String {
        part.root(&self.prefix, "retry")
    }

    /// Subjects that an out stream takes; those of an only one are the outcomes' own.
    pub(crate) fn out_taken(&self, part: Partition) -> Vec<String> {
        if part.is_only() {
            self.out_subjects()
        } else {
            vec![format!("{}.>", part.root(&self.prefix, "out"))]
        }
    }

    /// The one subject that an out stream takes which was closed: nothing is published there.
    pub(crate) fn closed_subjects(&self, part: Partition) -> String {
        format!("{}.part.{part}.closed.>", self.prefix)
    }

    /// Where an outcome is published that is to be stored under a subject.
    #[must_use]
    pub fn out_subject(&self, part: Partition, stored: &str) -> String {
        match stored.strip_prefix(&self.prefix) {
            Some(rest) if !part.is_only() => format!("{}{rest}", part.root(&self.prefix, "out")),
            _ => stored.to_owned(),
        }
    }

    /// How raw messages find their partition.
    #[must_use]
    pub fn raw_places(&self) -> RawPlaces {
        RawPlaces { prefix: self.prefix.clone(), partitions: self.partitions }
    }

    /// Checks numbers of partitions.
    ///
    /// # Errors
    /// Names the key that is out of range.
    pub(super) fn check_partitions(&self) -> Result<(), String> {
        let counts = 1..=MOST;
        if !counts.contains(&self.partitions) {
            return Err(format!("streams.partitions = {} is not in 1..={MOST}", self.partitions));
        }
        let earlier = &self.previous_partitions;
        for (at, of) in earlier.iter().enumerate() {
            if !counts.contains(of) {
                return Err(format!("streams.previous_partitions names {of}, not 1..={MOST}"));
            }
            if *of == self.partitions || earlier[..at].contains(of) {
                return Err(format!(
                    "streams.previous_partitions names {of}, which is in force or named twice"
                ));
            }
        }
        if let Some(number) = self.bind.iter().find(|number| **number >= self.partitions) {
            return Err(format!(
                "streams.bind names partition {number}, there are {} from 0 on",
                self.partitions
            ));
        }
        Ok(())
    }
}

/// Where raw messages are published.
#[derive(Clone, Debug)]
pub struct RawPlaces {
    prefix: String,
    partitions: usize,
}

impl RawPlaces {
    /// Whether messages go to different streams.
    #[must_use]
    pub fn are_many(&self) -> bool {
        self.partitions > 1
    }

    /// The subject of a message of a source: that of a link by its host, so that one partition has all links of
    /// a host; of others by their key.
    #[must_use]
    pub fn subject(&self, source: &str, by: &str) -> String {
        let root = Partition::by(by, self.partitions).root(&self.prefix, "raw");
        format!("{root}.{source}")
    }

    /// All subjects of a source, as a person would write them.
    #[must_use]
    pub fn any(&self, source: &str) -> String {
        match self.partitions {
            1 => self.subject(source, ""),
            of => format!("{}.part.{of}.*.raw.{source}", self.prefix),
        }
    }

    /// The subject of a message that was published under another, in the partitions in force.
    #[must_use]
    pub fn again(&self, subject: &str, by: &str) -> Option<String> {
        let part = subject.strip_prefix(&self.prefix)?.strip_prefix(".part.")?;
        let (_of, part) = part.split_once('.')?;
        let (_number, rest) = part.split_once('.')?;
        Some(self.subject(rest.strip_prefix("raw.")?, by))
    }
}

/// What links of a host are told apart by: one token, which the server's own `partition(n, …)` can take too.
#[must_use]
pub fn host_token(host: &str) -> String {
    host.to_ascii_lowercase().replace('.', "_")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(partitions: usize, previous: &[usize]) -> Settings {
        let previous_partitions = previous.to_vec();
        Settings { partitions, previous_partitions, ..Settings::default() }
    }

    #[test]
    fn one_partition_has_the_names_without_any() {
        let one = settings(1, &[]);
        let part = Partition::by("a", 1);
        assert_eq!(one.raw_streams(), ["NEWS_RAW"]);
        assert_eq!(one.all_out_streams(), ["NEWS_OUT"]);
        assert_eq!(one.retry_root(part), "news.retry");
        assert_eq!(one.out_subject(part, "news.story.en.sport.K"), "news.story.en.sport.K");
        assert_eq!(one.raw_places().subject("feeds", "host"), "news.raw.feeds");
    }

    #[test]
    fn every_name_tells_number_and_count() {
        let two = settings(2, &[1, 4]);
        assert_eq!(two.raw_streams(), ["NEWS_RAW_2_0", "NEWS_RAW_2_1", "NEWS_RAW"]);
        assert_eq!(two.earlier_raw_streams().len(), 4, "NEWS_RAW is in force");
        assert_eq!(two.earlier_retry_streams().last().unwrap(), "NEWS_RETRY");
        let part = Partition::all(2).last().unwrap();
        assert_eq!(two.out_subject(part, "news.dlq.a.b.K"), "news.part.2.1.out.dlq.a.b.K");
        assert_eq!(two.out_taken(part), ["news.part.2.1.out.>"]);
        assert_eq!(two.closed_subjects(part), "news.part.2.1.closed.>");
    }

    #[test]
    fn resent_message_uses_the_partitions_in_force() {
        let places = settings(4, &[2]).raw_places();
        let subject = places.again("news.part.2.1.raw.feeds.a", "K").unwrap();
        assert_eq!(subject, places.subject("feeds.a", "K"));
        assert_eq!(places.again("news.raw.feeds", "K"), None);
        let back = settings(1, &[2]).raw_places();
        assert_eq!(back.again("news.part.2.1.raw.feeds.a", "K").unwrap(), "news.raw.feeds.a");
    }

    #[test]
    fn keys_spread_evenly() {
        let mut counts = [0; 4];
        for n in 0..4000 {
            counts[number_of(&format!("key{n}"), 4)] += 1;
        }
        assert!(counts.iter().all(|count| (900..1100).contains(count)), "{counts:?}");
    }

    #[test]
    fn numbers_out_of_range_are_named() {
        for (settings, word) in [
            (settings(0, &[]), "streams.partitions"),
            (settings(4, &[4]), "in force"),
            (settings(4, &[0]), "previous_partitions"),
            (Settings { bind: vec![4], ..settings(4, &[]) }, "streams.bind"),
        ] {
            let error = settings.check_partitions().unwrap_err();
            assert!(error.contains(word), "{error}");
        }
    }
}
