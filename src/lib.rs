//! news-ingest: raw articles in, structured and tagged news records out.
//!
//! The data flows one way, and each stage does one thing to it:
//!
//! ```text
//! news.raw.> --> intake -> fetch -> extract -> tag -> publish --> news.story.<lang>.<topic>.<key>
//!                RawArticle  Page   Article   Story              news.skipped.<stage>.<code>.<key>
//!                                                                news.dlq.<stage>.<code>.<key>
//! ```
//!
//! | module | what it does | what it may touch |
//! |---|---|---|
//! | [`model`] | the states of a story | nothing of ours |
//! | [`disposition`] | what becomes of a story that a stage could not pass on | nothing of ours |
//! | [`headers`] | names of our own message headers | nothing of ours |
//! | [`hash`] | one hash that never changes | nothing of ours |
//! | [`lang`] | what is known of each language, as files of `src/lang/<code>/` | nothing of ours |
//! | `months` | their names in the world's languages | [`lang`] |
//! | `time_zones` | abbreviations of time zones | nothing of ours |
//! | `language_table` | codes, scripts and directions of languages | [`lang`] |
//! | `char_references` | `&amp;` and its kin | nothing of ours |
//! | `sniff` | what bytes are, whatever is said of them | nothing of ours |
//! | `charset` | bytes to text, as browsers do it | nothing of ours |
//! | `backoff`, `mutex` | waits between tries; locking | nothing of ours |
//! | `near_name` | which known name a misspelt one is near to | nothing of ours |
//! | `error_chain` | an error of a type among the causes of another | nothing of ours |
//! | `off_reactor` | long work on bytes, on a thread for it | nothing of ours |
//! | `open_files` | the limit of open files, raised at the start | nothing of ours |
//! | `punctuation` | what ends a sentence, which signs are dashes | nothing of ours |
//! | `scripts` | which letters are of scripts without spaces | nothing of ours |
//! | `unicode` | what a character is, by a table | nothing of ours |
//! | `word_hashes` | the words of a text as hashes that never change | [`hash`] |
//! | [`intake`] | raw message to raw article; owns the acknowledgement | the broker |
//! | [`fetch`] | URL to page | the network, [`state`] |
//! | [`page_archive`] | pages as WARC files, and back | files |
//! | [`extract`] | page to article | nothing: pure |
//! | [`tag`] | article to story | at start: lists, topics and bases in files; then nothing |
//! | [`record`] | story to its wire forms | nothing: pure |
//! | [`publish`] | outcome to the broker, once | the broker |
//! | [`route`] | further subjects of a story, by the user's conditions | nothing: pure |
//! | [`state`] | what the group shares | the broker's buckets, or this process |
//! | [`pipeline`] | the data path | the stages |
//! | [`feeds`] | feeds to raw messages | [`fetch`], [`state`], [`publish`] |
//! | [`worker`] | deliveries through the pipeline, settled | intake, pipeline, publish |
//! | [`broker`] | connection, streams, the embedded server | the broker, a child process |
//! | [`http`] | whether a worker is ready, and its metrics | a socket |
//! | [`config`], [`log`] | settings, logging | files, environment |
//! | [`inspect`], [`report`], [`tail`] | records and logs for people; [`standalone`] pages, [`terminal`] text | nothing: pure |
//! | [`export`] | records as files by the hour | files |
//! | [`asyncapi`] | the subjects and messages as an AsyncAPI document | nothing: pure |
//! | [`cli`] | one file per subcommand | all |
//!
//! Imports run one way: cli -> config -> http, worker -> pipeline and feeds -> the stages -> state -> broker -> model. No stage
//! imports another. `tests/architecture.rs` enforces these edges.

pub mod asyncapi;
mod backoff;
pub mod broker;
mod char_references;
mod charset;
pub mod cli;
pub mod config;
pub mod disposition;
mod error_chain;
pub mod export;
pub mod extract;
pub mod feeds;
pub mod fetch;
pub mod hash;
pub mod headers;
pub mod http;
pub mod inspect;
pub mod intake;
pub mod lang;
mod language_table;
pub mod log;
pub mod model;
mod months;
mod mutex;
mod near_name;
mod off_reactor;
pub mod open_files;
pub mod page_archive;
pub mod pipeline;
pub mod publish;
mod punctuation;
pub mod record;
pub mod report;
pub mod route;
mod scripts;
#[cfg(test)]
mod settings_limits;
mod sniff;
pub mod standalone;
pub mod state;
pub mod tag;
pub mod tail;
pub mod terminal;
mod time_zones;
mod unicode;
mod word_hashes;
pub mod worker;
