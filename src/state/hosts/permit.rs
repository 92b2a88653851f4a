//! What is asked of a host's turns, and what is answered: the story that asks, a permit or when to come back; and what
//! a request says of the host.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio_util::task::AbortOnDropHandle;

use super::super::Moment;
use crate::model::Key;

/// A turn taken: the request may start now. To be given back with [`release`](super::Hosts::release); a dropped one
/// expires.
#[derive(Debug)]
#[must_use]
pub struct HostPermit {
    pub(super) host: Arc<str>,
    pub(super) lease: u64,
    pub(super) started: Moment,
    /// Renews the lease until the permit is given back or dropped.
    pub(super) renewal: AbortOnDropHandle<()>,
}

/// Whether a request may start.
#[derive(Debug)]
pub enum PermitReply {
    /// Now.
    Go(HostPermit),
    /// Not before `after`; a slot is kept where that could be done.
    Later {
        /// When to come back.
        after: Duration,
    },
    /// Not before the circuit closes.
    Open {
        /// When to come back.
        after: Duration,
    },
    /// The host has failed for too long.
    Dead,
    /// The host refuses everybody.
    Refuses {
        /// So many times in a row.
        refusals: u32,
        /// When to come back; `None` when it has refused again after a pause.
        after: Option<Duration>,
    },
}

/// What a request says of its host's health.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Observation {
    /// It answers.
    Well,
    /// It answers, and sends on: whether it would let us in is not known.
    Redirected,
    /// It answers, and does not let us in.
    Refused,
    /// It does not, or says that it can't.
    Failed,
    /// It answers, and asks to be left alone for so long.
    Held(Duration),
    /// It can't, and asks to be left alone for so long.
    FailedAndHeld(Duration),
    /// It was not reached, for a reason of our own: that says nothing of it.
    NotAsked,
}

/// What changed at a host, for the worker that caused it to log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HostNews {
    /// It refuses, and is not asked for a while.
    Refuses {
        /// So many times in a row.
        refusals: u32,
        /// How long it is not asked.
        pause: Duration,
        /// Whether its stories wait; those of a later pause are skipped.
        is_first: bool,
    },
    /// It answers again after a pause.
    LetsIn {
        /// How often it refused in a row.
        refusals: u32,
    },
}

/// A story that waits for a slot it has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deferred {
    pub(super) host: String,
    pub(super) slot: u64,
    /// Where the story was when it was deferred; opaque here.
    pub resume: String,
}

/// Who asks for a turn, so that a far slot can be kept for it.
#[derive(Clone, Copy, Debug)]
pub struct Requester<'a> {
    /// The story.
    pub story: Key,
    /// The slot it was found to have, if any.
    pub deferred: Option<&'a Deferred>,
    /// Kept with a reserved slot; comes back as [`Deferred::resume`].
    pub resume: &'a str,
}

impl HostPermit {
    /// Whose turn it is.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }
}
