//! Which worker polls a feed, and what the group knows of it.
//!
//! Each feed has one entry: when it is due, who holds it, and what is known. Whoever finds it due and
//! not held puts a claim on it by compare-and-set, so of any number of workers one polls. A claim lasts
//! for as long as its holder renews it; that of a worker that died runs out, and the feed, still due,
//! falls to the next one who asks. A holder that finds its claim gone stops: the feed is another's.
//!
//! Nothing here decides when a feed is due or what is worth knowing of it; [`KnownFeed`] is the
//! caller's. An entry that is lost costs a poll of everything the feed has, and no story.

mod known;
mod record;

use std::time::Duration;

use async_nats::jetstream;
use bytes::Bytes;
use tokio::time::Instant;

use super::{Bucket, Clock, Error, Kind, Moment, Revision, Settings, bucket_token};
use crate::model::WebUrl;
use record::{ClaimDecision, FeedHold, Record};

pub use known::{Hashes, KnownEntries, KnownEntry, KnownFeed, KnownPart, UpdateTime};

/// Lost races for one feed before the claim is left to others.
const MAX_RACES: usize = 4;

/// What became of asking for a feed.
#[derive(Debug)]
pub enum FeedReply {
    /// It is due and ours to poll.
    Ours(Box<FeedClaim>),
    /// It is due later.
    NotDue {
        /// When.
        after: Duration,
    },
    /// Another worker polls it.
    Held {
        /// The worker's name.
        by: String,
        /// When its claim runs out unless it is renewed.
        after: Duration,
    },
    /// It is not to be polled again.
    Gone,
}

/// A feed that is ours to poll. A dropped claim runs out by itself.
#[derive(Debug)]
pub struct FeedClaim {
    /// What is known, to be changed by the poll.
    pub known: KnownFeed,
    key: String,
    url: String,
    hold: FeedHold,
    revision: Revision,
    life: Duration,
    renew_at: Instant,
}

impl FeedClaim {
    /// When it is to be renewed.
    #[must_use]
    pub fn renew_at(&self) -> Instant {
        self.renew_at
    }
}

/// The feeds of the group. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Feeds {
    bucket: Bucket,
    clock: Clock,
    /// How long a claim lasts without being renewed.
    life: Duration,
    /// Who we are, for people who look into the bucket.
    name: String,
    /// Beginning of the keys: deployments that share the bucket know nothing of each other's feeds.
    root: String,
}

/// Beginning of a deployment's keys. That of the default prefix is as it was before keys named one.
fn root(deployment: &str) -> String {
    match deployment {
        "news" => "feed".to_owned(),
        other => format!("feed.{}", bucket_token(other)),
    }
}

impl Feeds {
    /// Binds the bucket that `provision` created. `deployment` is the prefix of the subjects that entries go to.
    ///
    /// # Errors
    /// When it does not exist or the broker does not answer.
    pub async fn bind(
        context: &jetstream::Context,
        settings: &Settings,
        clock: Clock,
        life: Duration,
        name: String,
        deployment: &str,
    ) -> Result<Self, Error> {
        let bucket = Bucket::bind(context, Kind::Feeds.name(settings)).await?;
        Ok(Self { bucket, clock, life, name, root: root(deployment) })
    }

    /// Claims a feed where it is due and not held.
    ///
    /// # Errors
    /// When the broker does not answer. The claim may stand all the same; it runs out.
    pub async fn claim(&self, url: &WebUrl) -> Result<FeedReply, Error> {
        self.claim_if(url, true).await
    }

    /// Claims a feed whether it is due or not, or gone, where it is not held.
    ///
    /// # Errors
    /// As [`Feeds::claim`].
    pub async fn claim_now(&self, url: &WebUrl) -> Result<FeedReply, Error> {
        self.claim_if(url, false).await
    }

    async fn claim_if(&self, url: &WebUrl, only_due: bool) -> Result<FeedReply, Error> {
        let key = format!("{}.{}", self.root, bucket_token(&url.normalised()));
        for _ in 0..MAX_RACES {
            let entry = self.bucket.get(&key).await?;
            let found = entry.as_ref().map(|entry| entry.revision);
            // A record that can't be read is from a version to come; it is written anew.
            let record: Record = entry
                .and_then(|entry| serde_json::from_slice(&entry.value).ok())
                .unwrap_or_default();
            let now = self.clock.now().await?;
            match record.decide(now, only_due) {
                ClaimDecision::Claim => {}
                ClaimDecision::Gone => return Ok(FeedReply::Gone),
                ClaimDecision::NotDue { after } => return Ok(FeedReply::NotDue { after }),
                ClaimDecision::Held { by, after } => return Ok(FeedReply::Held { by, after }),
            }
            let start = Instant::now();
            let hold = FeedHold {
                token: rand::random(),
                by: self.name.clone(),
                until: now.plus(self.life).as_millis(),
            };
            let mut claim = FeedClaim {
                known: record.known.clone(),
                key: key.clone(),
                url: url.as_str().to_owned(),
                hold,
                revision: Revision(0),
                life: self.life,
                renew_at: start + self.life / 3,
            };
            let value = claim.record(Moment::from_millis(record.due), true);
            if let Some(revision) = self.bucket.replace(&key, value, found).await? {
                claim.revision = revision;
                return Ok(FeedReply::Ours(Box::new(claim)));
            }
        }
        Ok(FeedReply::Held { by: "others".to_owned(), after: self.life })
    }

    /// Renews a claim and writes down what is known so far; `false` when it is another's by now.
    ///
    /// # Errors
    /// When the broker does not answer; to be tried again.
    pub async fn keep(&self, claim: &mut FeedClaim) -> Result<bool, Error> {
        let start = Instant::now();
        // Whatever comes of it, not at once again.
        claim.renew_at = start + self.life / 12;
        let now = self.clock.now().await?;
        claim.hold.until = now.plus(claim.life).as_millis();
        if !self.write(claim, now, true).await? {
            return Ok(false);
        }
        claim.renew_at = start + self.life / 3;
        Ok(true)
    }

    /// Gives a feed back that is due again `after` a while, with what is known of it; `false` when it
    /// is another's by now, and nothing was written.
    ///
    /// # Errors
    /// When the broker does not answer; to be tried again.
    pub async fn give_back(&self, claim: &mut FeedClaim, after: Duration) -> Result<bool, Error> {
        let due = self.clock.now().await?.plus(after);
        self.write(claim, due, false).await
    }

    /// What was written first under a name, of which this deployment's feeds share the meaning; `None` where that is
    /// `value`, from now on.
    ///
    /// # Errors
    /// When the broker does not answer.
    pub async fn first_of(&self, name: &str, value: String) -> Result<Option<Bytes>, Error> {
        let key = format!("first.{}.{}", self.root, bucket_token(name));
        for _ in 0..MAX_RACES {
            if let Some(found) = self.bucket.get(&key).await? {
                return Ok(Some(found.value));
            }
            if self.bucket.create(&key, value.clone().into()).await?.is_some() {
                return Ok(None);
            }
        }
        Ok(None)
    }

    async fn write(&self, claim: &mut FeedClaim, due: Moment, held: bool) -> Result<bool, Error> {
        for _ in 0..MAX_RACES {
            let value = claim.record(due, held);
            if let Some(revision) = self.bucket.update(&claim.key, value, claim.revision).await? {
                claim.revision = revision;
                return Ok(true);
            }
            // An earlier write of ours whose answer was lost is no loss of the claim.
            let Some(entry) = self.bucket.get(&claim.key).await? else { return Ok(false) };
            let record: Option<Record> = serde_json::from_slice(&entry.value).ok();
            if !record.is_some_and(|record| record.is_held_by(claim.hold.token)) {
                return Ok(false);
            }
            claim.revision = entry.revision;
        }
        Ok(false)
    }
}

impl FeedClaim {
    fn record(&self, due: Moment, held: bool) -> Bytes {
        let record = Record {
            url: self.url.clone(),
            due: due.as_millis(),
            claim: held.then(|| self.hold.clone()),
            known: self.known.clone(),
        };
        serde_json::to_vec(&record).expect("strings and numbers are JSON").into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIFE: Duration = Duration::from_secs(60);

    fn feeds() -> Feeds {
        let clock = Clock::local();
        let bucket = Bucket::in_process(Duration::from_secs(3600), 100, &clock);
        Feeds { bucket, clock, life: LIFE, name: "test".to_owned(), root: root("news") }
    }

    fn entry(id: u64) -> KnownEntry {
        KnownEntry { id, updated: Some(u32::MAX), text: 0x3fff, update: UpdateTime::Moved }
    }

    fn url() -> WebUrl {
        WebUrl::parse("https://ex.com/feed").unwrap()
    }

    async fn ours(feeds: &Feeds) -> FeedClaim {
        match feeds.claim(&url()).await.unwrap() {
            FeedReply::Ours(claim) => *claim,
            other => panic!("{other:?}"),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn one_of_many_claims_a_feed() {
        let feeds = feeds();
        let mut claim = ours(&feeds).await;
        assert!(
            matches!(feeds.claim(&url()).await.unwrap(), FeedReply::Held { after, by } if after <= LIFE && by == "test")
        );
        claim.known.etag = Some("e".to_owned());
        claim.known.marks = Hashes(vec![1, u64::MAX]);
        claim.known.entries = KnownEntries(vec![entry(1), entry(u64::MAX)]);
        assert!(feeds.give_back(&mut claim, Duration::from_secs(300)).await.unwrap());
        let asked = feeds.claim(&url()).await.unwrap();
        assert!(
            matches!(asked, FeedReply::NotDue { after } if after.as_secs() == 300),
            "{asked:?}"
        );
        tokio::time::advance(Duration::from_secs(300)).await;
        let again = ours(&feeds).await;
        assert_eq!(again.known, claim.known);
    }

    #[tokio::test(start_paused = true)]
    async fn first_of_a_name_stays_the_first() {
        let feeds = feeds();
        for (name, found) in [("ex.com:1", None), ("ex.com:2", None), ("ex.com:1", Some("1"))] {
            let value = name[name.len() - 1..].to_owned();
            let first = feeds.first_of(name, value).await.unwrap();
            assert_eq!(first.as_deref(), found.map(str::as_bytes), "{name}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn expired_feed_claim_is_taken_over_and_noticed() {
        let feeds = feeds();
        let mut dead = ours(&feeds).await;
        tokio::time::advance(LIFE / 2).await;
        dead.known.entries = KnownEntries(vec![entry(7)]);
        assert!(feeds.keep(&mut dead).await.unwrap());
        tokio::time::advance(LIFE.saturating_sub(Duration::from_secs(1))).await;
        assert!(matches!(feeds.claim(&url()).await.unwrap(), FeedReply::Held { .. }));
        tokio::time::advance(Duration::from_secs(1)).await;
        let mut heir = ours(&feeds).await;
        assert_eq!(heir.known.entries, KnownEntries(vec![entry(7)]), "progress is kept");
        assert!(!feeds.keep(&mut dead).await.unwrap());
        assert!(!feeds.give_back(&mut dead, LIFE).await.unwrap());
        assert!(feeds.give_back(&mut heir, LIFE).await.unwrap());
    }

    #[tokio::test(start_paused = true)]
    async fn a_claim_is_renewed_well_before_it_ends() {
        let feeds = feeds();
        let mut claim = ours(&feeds).await;
        assert_eq!(claim.renew_at() - Instant::now(), LIFE / 3);
        tokio::time::advance(LIFE / 3).await;
        assert!(feeds.keep(&mut claim).await.unwrap());
        assert_eq!(claim.renew_at() - Instant::now(), LIFE / 3);
        // Where that fails it is tried again soon, and not at once.
        tokio::time::advance(2 * LIFE).await;
        ours(&feeds).await;
        assert!(!feeds.keep(&mut claim).await.unwrap());
        assert_eq!(claim.renew_at() - Instant::now(), LIFE / 12);
    }

    #[tokio::test(start_paused = true)]
    async fn write_with_lost_answer_loses_no_claim() {
        let feeds = feeds();
        let mut claim = ours(&feeds).await;
        let known_before = claim.revision;
        assert!(feeds.keep(&mut claim).await.unwrap());
        claim.revision = known_before;
        assert!(feeds.give_back(&mut claim, LIFE).await.unwrap());
    }

    #[tokio::test(start_paused = true)]
    async fn a_feed_that_is_gone_is_nobodys() {
        let feeds = feeds();
        let mut claim = ours(&feeds).await;
        claim.known.gone = true;
        feeds.give_back(&mut claim, Duration::ZERO).await.unwrap();
        assert!(matches!(feeds.claim(&url()).await.unwrap(), FeedReply::Gone));
    }
}
