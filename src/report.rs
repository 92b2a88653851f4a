//! Logs of workers into one report: totals, rates, percentiles per stage, hosts, codes, a timeline.
//!
//! Memory does not grow with the log: times go into histograms, the timeline has a fixed number
//! of intervals that widen, and the tables of hosts and codes are bounded. A line that is not a
//! JSON object is counted and passed over, for logs pass through shells and collectors that add
//! their own.

mod columns;
mod findings;
mod incidents;
mod page;
mod rows;
mod tally;
mod terminal;
mod time_line;
mod times;

pub use page::page;
pub use tally::Tally;
pub use terminal::{Look, text};
