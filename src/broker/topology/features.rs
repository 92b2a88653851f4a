//! What a server can do, by its version.

use async_nats::jetstream::Context;
use async_nats::jetstream::stream::Info;

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
