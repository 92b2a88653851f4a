//! Why the broker does not hold what is needed.

use thiserror::Error;

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
    /// A stream of the name belongs to a deployment with another prefix.
    #[error(
        "stream {stream} is another deployment's, it takes {subjects}: give the streams of this one names of their own \
         (streams.raw_stream, out_stream, retry_stream, seen_stream, dlq_bucket), or set streams.prefix to its prefix"
    )]
    Another {
        /// The stream.
        stream: String,
        /// Its subjects.
        subjects: String,
    },
    /// What is wanted is another stream's or another consumer's already.
    #[error("{what}: {reason}; {way}")]
    Taken {
        /// What was being made.
        what: String,
        /// The broker's words.
        reason: String,
        /// What to change.
        way: &'static str,
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
