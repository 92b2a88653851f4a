//! Whether a story is a copy of one that the group has published.
//!
//! Claims are made before the story is published and made to last after; see
//! [`crate::state::SeenStories`]. A bucket that does not answer costs the mark, never the story, and
//! so does another's claim that stays pending for longer than [`PENDING_LIFE`].

use std::time::Duration;

use tokio::time::Instant;

use super::attempt::WorkerContext;
use crate::model::{Identity, Key, Relation, Story};
use crate::publish::Duplicates;
use crate::state::{Claim, PENDING_LIFE, Seen};
use crate::tag::fingerprint::{Sketch, relation};
use crate::tag::hash::hash64;

/// What is claimed for a story; owned, so that it outlives the story's publication.
pub(super) struct Claimed {
    identity: Identity,
    exact: u64,
    anchors: Vec<u32>,
    page: Option<u64>,
    sketch: Vec<u8>,
}

impl Claimed {
    fn of(story: &Story) -> Option<(Self, Sketch)> {
        let sketch = Sketch::from_bytes(&story.tags.sketch)?;
        let article = &story.article;
        let page = article.canonical_url.as_ref().or(article.url.as_ref());
        let claimed = Self {
            identity: article.identity.clone(),
            exact: sketch.exact(),
            anchors: sketch.anchors().to_vec(),
            page: page.map(|url| hash64(url.normalised().as_bytes())),
            sketch: story.tags.sketch.clone(),
        };
        Some((claimed, sketch))
    }

    fn claim(&self) -> Claim<'_> {
        Claim {
            key: self.identity.key(),
            exact: self.exact,
            anchors: &self.anchors,
            page: self.page,
            sketch: &self.sketch,
        }
    }

    /// Makes the claim last: the story is published. Tried again, because a claim that stays pending
    /// holds up whatever resembles the story.
    pub(super) async fn published(self, shared: &WorkerContext) {
        for tries in 1..=3 {
            let Err(error) = shared.seen.published(self.claim()).await else { return };
            tracing::debug!(%error, tries, "a published story is not in the duplicate index");
        }
    }

    /// Takes the claim back: the story will not be published.
    pub(super) async fn abandoned(self, shared: &WorkerContext) {
        if let Err(error) = shared.seen.abandoned(self.identity.key()).await {
            tracing::debug!(%error, "a claim was not taken back; it ends by itself");
        }
    }
}

/// Claims a story and marks it when it is a copy. A claim of another worker that is about to
/// publish the like is waited out, under the story's lease.
pub(super) async fn claim(shared: &WorkerContext, story: &mut Story) -> Option<Claimed> {
    if shared.config.publish.duplicates == Duplicates::Publish || story.article.body.is_empty() {
        return None;
    }
    let (claimed, mine) = Claimed::of(story)?;
    let compare = |theirs: &[u8], same_page: bool| -> Option<Relation> {
        relation(mine.likeness(&Sketch::from_bytes(theirs)?), same_page)
    };
    let mut closed = shared.closed.clone();
    let mut wait = Duration::from_millis(50);
    let patience = Instant::now() + PENDING_LIFE;
    loop {
        match shared.seen.claim(claimed.claim(), compare).await {
            Ok(Seen::New) => return Some(claimed),
            Ok(Seen::Copy(copy)) => {
                story.tags.copy = Some(copy);
                return Some(claimed);
            }
            Ok(Seen::Wait(_)) if *closed.borrow() || Instant::now() >= patience => {
                return Some(claimed);
            }
            Ok(Seen::Wait(left)) => {
                // At random: stories that resemble each other and came back at one moment, as they do
                // after a cut, would else meet in each other's claims again and again.
                let pause = wait.min(left).mul_f64(0.5 + rand::random::<f64>());
                tokio::select! {
                    () = tokio::time::sleep(pause) => {}
                    _ = closed.wait_for(|closed| *closed) => {}
                }
                wait = (wait * 2).min(Duration::from_secs(1));
            }
            Err(error) => {
                tracing::debug!(%error, "the duplicate index does not answer; published unmarked");
                // Its announcement may be stored: it is not to stay pending.
                return Some(claimed);
            }
        }
    }
}

/// A delivery before this one stored the story: a claim that it left pending is made to last.
pub(super) async fn settled(shared: &WorkerContext, key: Key) {
    if shared.config.publish.duplicates == Duplicates::Publish {
        return;
    }
    if let Err(error) = shared.seen.settled(key).await {
        tracing::debug!(%error, "a published story is not in the duplicate index");
    }
}

/// Whether the configuration drops a story because of what it copies. Updates are never dropped.
pub(super) fn is_dropped(shared: &WorkerContext, story: &Story) -> bool {
    shared.config.publish.duplicates == Duplicates::Skip
        && story.tags.copy.is_some_and(|copy| copy.relation == Relation::Duplicate)
}
