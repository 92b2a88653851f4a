//! Which stories the group has seen, so that a copy knows the story it repeats.
//!
//! A story puts its claim on each of its index keys (its text, some shingles of it, its page); the
//! first to claim a key is whom later ones are compared with. What is known of a story stands in an
//! entry of its own: that it is pending, or published, and its sketch. Keys are claimed in ascending
//! order, so of two copies at the same moment one finds the other's claim, and no two wait for each
//! other. A claim is pending for [`PENDING_LIFE`] at most: a worker that dies takes no story with it.
//!
//! A story's own key is never its duplicate, so a redelivery finds itself. Only a published story can
//! make another a copy; a pending one is waited for. What counts as a copy is decided by the caller.

use std::time::Duration;

use bytes::Bytes;

use super::{Bucket, Clock, Entry, Error, Moment, Revision};
use crate::model::{Copy, Key, Relation};

/// How long a claim without a publication counts.
pub const PENDING_LIFE: Duration = Duration::from_secs(60);
/// Lost races for one key before the rest of the claim goes on without it.
const MAX_RACES: usize = 8;
const VERSION: u8 = 1;

/// What is known of a story before it is published.
#[derive(Clone, Copy, Debug)]
pub struct Claim<'a> {
    /// The story.
    pub key: Key,
    /// Hash of the whole text.
    pub exact: u64,
    /// Hashes of some of its parts; copies share one at least.
    pub anchors: &'a [u32],
    /// Hash of its page's address, where it has one.
    pub page: Option<u64>,
    /// What a later story is compared with; opaque here.
    pub sketch: &'a [u8],
}

/// What a claim found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// Nothing like it: publish, then [`SeenStories::published`].
    New,
    /// It repeats or updates a published story; [`SeenStories::published`] after an update is
    /// published too.
    Copy(Copy),
    /// It resembles a story that another worker is about to publish: ask again by then.
    Wait(Duration),
}

/// The stories that the group has seen.
#[derive(Clone, Debug)]
pub struct SeenStories {
    bucket: Bucket,
    clock: Clock,
}

/// What stands in a story's own entry.
struct Known {
    published: bool,
    page: Option<u64>,
    sketch: Bytes,
}

impl SeenStories {
    /// Over the group's bucket.
    #[must_use]
    pub fn new(bucket: Bucket, clock: Clock) -> Self {
        Self { bucket, clock }
    }

    /// Claims a story's keys. `compare` is given another story's sketch, and whether both are of one
    /// page, and says how this story relates to that one.
    ///
    /// # Errors
    /// When the bucket does not answer.
    pub async fn claim(
        &self,
        claim: Claim<'_>,
        compare: impl Fn(&[u8], bool) -> Option<Relation>,
    ) -> Result<Seen, Error> {
        let own = story_key(claim.key);
        let Some(mine) = self.announce(&own, &claim).await? else { return Ok(Seen::New) };
        let mut update = None;
        for index in index_keys(&claim) {
            match self.claim_one(&claim, &index, &compare).await? {
                Seen::New => {}
                Seen::Copy(copy) if copy.relation == Relation::Update => {
                    update.get_or_insert(copy);
                }
                found @ (Seen::Copy(_) | Seen::Wait(_)) => {
                    // Nobody is to wait for a story that will not be the first. By revision: another
                    // delivery of this story may have announced it anew.
                    self.bucket.delete(&own, mine).await?;
                    return Ok(found);
                }
            }
        }
        Ok(update.map_or(Seen::New, Seen::Copy))
    }

    /// Makes a story's claims last: it is published. May be repeated.
    ///
    /// # Errors
    /// When the bucket does not answer.
    pub async fn published(&self, claim: Claim<'_>) -> Result<(), Error> {
        self.bucket.put(&story_key(claim.key), Known::write(true, &claim)).await?;
        Ok(())
    }

    /// Makes a story's claims last that an earlier delivery of it left pending: it turned out to be
    /// published. Without such claims nothing happens.
    ///
    /// # Errors
    /// When the bucket does not answer.
    pub async fn settled(&self, key: Key) -> Result<(), Error> {
        let own = story_key(key);
        for _ in 0..MAX_RACES {
            let Some(entry) = self.bucket.get(&own).await? else { return Ok(()) };
            if Known::read(&entry.value).is_none_or(|known| known.published) {
                return Ok(());
            }
            let value = Known::made_last(&entry.value);
            if self.bucket.update(&own, value, entry.revision).await?.is_some() {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Takes a story's claims back: it will not be published.
    ///
    /// # Errors
    /// When the bucket does not answer.
    pub async fn abandoned(&self, key: Key) -> Result<(), Error> {
        let own = story_key(key);
        if let Some(entry) = self.bucket.get(&own).await?
            && Known::read(&entry.value).is_some_and(|known| !known.published)
        {
            self.bucket.delete(&own, entry.revision).await?;
        }
        Ok(())
    }

    /// Says that a story is pending; `None` when it is published already. Never overwrites what
    /// another delivery of the same story says meanwhile without having read it.
    async fn announce(&self, own: &str, claim: &Claim<'_>) -> Result<Option<Revision>, Error> {
        // Nearly every story is met for the first time: written first, and read where that fails.
        let mut found: Option<Entry> = None;
        for _ in 0..MAX_RACES {
            if let Some(entry) = &found
                && Known::read(&entry.value).is_some_and(|known| known.published)
            {
                return Ok(None);
            }
            let replaces = found.map(|entry| entry.revision);
            let pending = Known::write(false, claim);
            if let Some(mine) = self.bucket.replace(own, pending, replaces).await? {
                return Ok(Some(mine));
            }
            found = self.bucket.get(own).await?;
        }
        // Others announce it all the time; what they say is as good.
        Ok(found.map(|entry| entry.revision))
    }

    async fn claim_one(
        &self,
        claim: &Claim<'_>,
        index: &str,
        compare: impl Fn(&[u8], bool) -> Option<Relation>,
    ) -> Result<Seen, Error> {
        let mine = Bytes::copy_from_slice(claim.key.as_str().as_bytes());
        for _ in 0..MAX_RACES {
            if self.bucket.create(index, mine.clone()).await?.is_some() {
                return Ok(Seen::New);
            }
            let Some(holder) = self.bucket.get(index).await? else { continue };
            let owner = std::str::from_utf8(&holder.value).ok().and_then(Key::parse);
            if owner == Some(claim.key) {
                return Ok(Seen::New);
            }
            let entry = match owner {
                Some(owner) => self.bucket.get(&story_key(owner)).await?,
                None => None,
            };
            let now = self.clock.now().await?;
            let known = entry.as_ref().and_then(|entry| Self::alive(entry, now));
            let (Some(owner), Some((known, left))) = (owner, known) else {
                // Its claimer is gone: the key is free to whoever replaces it first.
                if self.bucket.update(index, mine.clone(), holder.revision).await?.is_some() {
                    return Ok(Seen::New);
                }
                continue;
            };
            let same_page = known.page.is_some() && known.page == claim.page;
            return Ok(match compare(&known.sketch, same_page) {
                None => Seen::New,
                Some(_) if !known.published => Seen::Wait(left),
                Some(relation) => Seen::Copy(Copy { of: owner, relation }),
            });
        }
        Ok(Seen::New)
    }

    /// What an entry says, with the time that is left of a pending one; `None` when it is over.
    fn alive(entry: &Entry, now: Moment) -> Option<(Known, Duration)> {
        let known = Known::read(&entry.value)?;
        let age = now.since(entry.written);
        let left = PENDING_LIFE.checked_sub(age).filter(|left| !left.is_zero());
        match (known.published, left) {
            (true, _) => Some((known, Duration::ZERO)),
            (false, left) => Some((known, left?)),
        }
    }
}

impl Known {
    fn write(published: bool, claim: &Claim<'_>) -> Bytes {
        let mut bytes = vec![VERSION, u8::from(published), u8::from(claim.page.is_some())];
        bytes.extend(claim.page.unwrap_or_default().to_le_bytes());
        bytes.extend(claim.sketch);
        bytes.into()
    }

    /// The same entry, of a published story.
    fn made_last(bytes: &Bytes) -> Bytes {
        let mut bytes = bytes.to_vec();
        if let Some(published) = bytes.get_mut(1) {
            *published = 1;
        }
        bytes.into()
    }

    fn read(bytes: &Bytes) -> Option<Self> {
        let (head, rest) = bytes.split_first_chunk::<3>()?;
        let (page, sketch) = rest.split_first_chunk()?;
        let &[VERSION, published @ 0..=1, paged @ 0..=1] = head else { return None };
        Some(Self {
            published: published == 1,
            page: (paged == 1).then(|| u64::from_le_bytes(*page)),
            sketch: bytes.slice_ref(sketch),
        })
    }
}

fn story_key(key: Key) -> String {
    format!("s.{key}")
}

/// Every key that a copy may share, ascending.
fn index_keys(claim: &Claim<'_>) -> Vec<String> {
    let anchors = claim.anchors.iter().map(|anchor| format!("a.{anchor:08x}"));
    let page = claim.page.map(|page| format!("p.{page:016x}"));
    let mut keys: Vec<String> = anchors.chain(page).collect();
    keys.push(format!("x.{:016x}", claim.exact));
    keys.sort();
    keys.dedup();
    keys
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Identity, StoryId};
    use crate::state::{Settings, State};

    fn stories() -> SeenStories {
        let state = State::in_process(&Settings::default());
        SeenStories::new(state.seen().clone(), state.clock().clone())
    }

    fn key(id: &str) -> Key {
        Identity::new(StoryId::new(id).unwrap(), None).key()
    }

    fn claim<'a>(id: &str, anchors: &'a [u32], page: u64) -> Claim<'a> {
        Claim { key: key(id), exact: 7, anchors, page: Some(page), sketch: b"sketch" }
    }

    fn copies(_: &[u8], same_page: bool) -> Option<Relation> {
        Some(if same_page { Relation::Update } else { Relation::Duplicate })
    }

    #[tokio::test(start_paused = true)]
    async fn of_two_copies_at_once_one_waits_and_then_knows_the_first() {
        let stories = stories();
        let (a, b) = (claim("a", &[1, 5], 1), claim("b", &[2, 5], 2));
        let (first, second) = tokio::join!(stories.claim(a, copies), stories.claim(b, copies));
        let found = [first.unwrap(), second.unwrap()];
        let winner = found.iter().position(|f| *f == Seen::New).expect("one is new");
        assert!(matches!(found[1 - winner], Seen::Wait(_)), "{found:?}");
        let (winner, loser) = if winner == 0 { (a, b) } else { (b, a) };
        stories.published(winner).await.unwrap();
        let expected = Copy { of: winner.key, relation: Relation::Duplicate };
        assert_eq!(stories.claim(loser, copies).await.unwrap(), Seen::Copy(expected));
    }

    #[tokio::test(start_paused = true)]
    async fn a_redelivery_finds_itself() {
        let stories = stories();
        let a = claim("a", &[1], 1);
        assert_eq!(stories.claim(a, copies).await.unwrap(), Seen::New);
        assert_eq!(stories.claim(a, copies).await.unwrap(), Seen::New);
        stories.published(a).await.unwrap();
        assert_eq!(stories.claim(a, copies).await.unwrap(), Seen::New);
    }

    #[tokio::test(start_paused = true)]
    async fn a_claim_whose_worker_died_is_taken_over() {
        let stories = stories();
        assert_eq!(stories.claim(claim("a", &[1], 1), copies).await.unwrap(), Seen::New);
        let b = claim("b", &[1], 2);
        assert!(matches!(stories.claim(b, copies).await.unwrap(), Seen::Wait(_)));
        tokio::time::advance(PENDING_LIFE).await;
        assert_eq!(stories.claim(b, copies).await.unwrap(), Seen::New);
    }

    #[tokio::test(start_paused = true)]
    async fn a_redelivery_never_makes_a_published_story_pending() {
        let stories = stories();
        let a = claim("a", &[1], 1);
        // Two deliveries of one story at once: the first publishes while the second has claimed.
        stories.claim(a, copies).await.unwrap();
        stories.claim(a, copies).await.unwrap();
        stories.published(a).await.unwrap();
        stories.abandoned(key("a")).await.unwrap();
        let found = stories.claim(claim("b", &[1], 2), copies).await.unwrap();
        assert_eq!(found, Seen::Copy(Copy { of: key("a"), relation: Relation::Duplicate }));
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_left_pending_by_a_story_that_is_stored_holds_nobody_up() {
        let stories = stories();
        stories.claim(claim("a", &[1], 1), copies).await.unwrap();
        stories.settled(key("a")).await.unwrap();
        let found = stories.claim(claim("b", &[1], 2), copies).await.unwrap();
        assert_eq!(found, Seen::Copy(Copy { of: key("a"), relation: Relation::Duplicate }));
        stories.settled(key("never-claimed")).await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn an_abandoned_claim_is_free_at_once() {
        let stories = stories();
        assert_eq!(stories.claim(claim("a", &[1], 1), copies).await.unwrap(), Seen::New);
        stories.abandoned(key("a")).await.unwrap();
        assert_eq!(stories.claim(claim("b", &[1], 2), copies).await.unwrap(), Seen::New);
    }

    #[tokio::test(start_paused = true)]
    async fn the_same_page_gives_an_update_of_the_first() {
        let stories = stories();
        stories.claim(claim("a", &[1], 1), copies).await.unwrap();
        stories.published(claim("a", &[1], 1)).await.unwrap();
        let expected = Copy { of: key("a"), relation: Relation::Update };
        let b = claim("b", &[2], 1);
        assert_eq!(stories.claim(b, copies).await.unwrap(), Seen::Copy(expected));
    }

    #[tokio::test(start_paused = true)]
    async fn a_shared_shingle_alone_makes_no_copy() {
        let stories = stories();
        let mut a = claim("a", &[1], 1);
        a.exact = 1;
        stories.claim(a, |_, _| None).await.unwrap();
        stories.published(a).await.unwrap();
        assert_eq!(stories.claim(claim("b", &[1], 2), |_, _| None).await.unwrap(), Seen::New);
    }
}
