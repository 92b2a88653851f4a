//! What the broker must hold for a worker group: streams, consumers, their names and limits.
//!
//! Workers bind and never create, so that operators keep the say; `provision` and the embedded
//! default create and update. Both are idempotent.

mod binding;
mod error;
mod features;
mod outs;
pub mod partitions;
mod provision;
mod settings;
mod streams;
mod takeover;

pub use binding::{
    Bound, bind, bind_consumer, bind_outs, bind_stream, consumer_info, created_millis, stream_of,
};
pub use error::Error;
pub use features::{has_filter_guard, has_message_ttl, has_schedules};
pub use outs::{Outs, last_of};
pub use provision::{Change, provision};
pub use settings::{Discard, LONGEST_HOURS, SeenWindow, Settings};

pub(crate) use binding::stream_error;
pub(crate) use streams::HEADER_ROOM;
