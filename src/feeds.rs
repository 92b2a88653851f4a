//! Feeds in: RSS, Atom, JSON Feed and news sitemaps, polled into raw messages.
//!
//! ```text
//! list -> schedule -> claim -> fetch -> parse -> what is new -> publish -> what is known, due again
//!         every feed  state    fetch   (pure)   memory         publish    state
//! ```
//!
//! Any number of processes share the feeds: the first to find one due claims it, and what was published is
//! remembered with it. A crash between a publish and the writing down of it publishes the entry again
//! under the same id and revision; the raw stream's duplicate window drops that, and past the window
//! the workers' once-only guard settles it as a repeat.
//!
//! Refused at the start, by name: bad URLs, and a feed that is named twice. Refused of a feed: what is
//! no feed, and more than its limits. Feeds are fetched by [`crate::fetch`], under the same guard,
//! turns and robots.txt as pages.

mod error;
#[cfg(feature = "tools")]
pub mod fuzzing;
mod hashes;
mod interval;
mod known_entries;
mod list;
mod message;
mod opml;
mod parse;
mod poll;
mod poll_report;
mod reading;
mod schedule;
mod settings;

pub use error::{Error, Next};
pub use list::{Feed, ListError, configured, joined, named};
pub use poll::Poller;
pub use schedule::{Mode, Summary, run};
pub use settings::{FeedSettings, Settings, TextSource};
