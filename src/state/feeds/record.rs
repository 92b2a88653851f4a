//! A feed's entry in the bucket: when it is due, who holds it, what is known of it, and what follows for who asks. Pure: no
//! clock, no bucket.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{KnownFeed, Moment};

/// A feed's entry. Moments in milliseconds since the epoch.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Record {
    /// For people who look into the bucket.
    pub(super) url: String,
    pub(super) due: u64,
    pub(super) claim: Option<FeedHold>,
    pub(super) known: KnownFeed,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct FeedHold {
    /// Tells this claim from all others.
    pub(super) token: u64,
    /// For people who look into the bucket.
    pub(super) by: String,
    pub(super) until: u64,
}

/// What a feed's entry says to who wants to poll it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ClaimDecision {
    /// It may be claimed.
    Claim,
    /// It is due later.
    NotDue { after: Duration },
    /// Another worker polls it.
    Held { by: String, after: Duration },
    /// It is not to be polled again.
    Gone,
}

impl Record {
    /// Decides about a claim at a moment; one that is not `only_due` is for a feed whether it is due or not, or gone.
    pub(super) fn decide(&self, now: Moment, only_due: bool) -> ClaimDecision {
        // A version before this one did not ask the feed's own address where the one that it had moved to was gone.
        let is_gone = self.known.gone && self.known.moved.is_none();
        if is_gone && only_due {
            return ClaimDecision::Gone;
        }
        let due = Moment::from_millis(self.due);
        if due > now && only_due {
            return ClaimDecision::NotDue { after: due.since(now) };
        }
        let until = |hold: &FeedHold| Moment::from_millis(hold.until);
        match self.claim.as_ref().filter(|hold| until(hold) > now) {
            Some(hold) => {
                ClaimDecision::Held { by: hold.by.clone(), after: until(hold).since(now) }
            }
            None => ClaimDecision::Claim,
        }
    }

    /// Whether the claim on it is the one of a token.
    pub(super) fn is_held_by(&self, token: u64) -> bool {
        self.claim.as_ref().is_some_and(|hold| hold.token == token)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(due: u64, held_until: Option<u64>, gone: bool) -> Record {
        let hold = |until| FeedHold { token: 7, by: "one".to_owned(), until };
        Record {
            due,
            claim: held_until.map(hold),
            known: KnownFeed { gone, ..KnownFeed::default() },
            ..Record::default()
        }
    }

    #[test]
    fn a_feed_is_claimed_when_due_and_free() {
        use ClaimDecision::{Claim, Gone, Held, NotDue};
        let after = Duration::from_millis;
        // When it is due, until when it is held, whether it is gone; whether only a feed that is due is asked for.
        for (due, held, gone, only_due, decision) in [
            (1000, None, false, true, Claim),
            (1001, None, false, true, NotDue { after: after(1) }),
            (1001, None, false, false, Claim),
            (900, Some(1300), false, true, Held { by: "one".to_owned(), after: after(300) }),
            (900, Some(1300), false, false, Held { by: "one".to_owned(), after: after(300) }),
            // The claim of a worker that died runs out.
            (900, Some(1000), false, true, Claim),
            (900, None, true, true, Gone),
            (900, None, true, false, Claim),
            (2000, Some(1300), false, true, NotDue { after: after(1000) }),
        ] {
            let found = record(due, held, gone).decide(Moment::from_millis(1000), only_due);
            assert_eq!(found, decision, "{due} {held:?} {gone} {only_due}");
        }
    }

    #[test]
    fn gone_elsewhere_is_asked_where_it_was() {
        let mut found = record(900, None, true);
        found.known.moved = Some("https://ex.com/feed.xml".to_owned());
        assert_eq!(found.decide(Moment::from_millis(1000), true), ClaimDecision::Claim);
    }

    #[test]
    fn a_claim_is_known_by_its_token() {
        assert!(record(0, Some(1), false).is_held_by(7));
        assert!(!record(0, Some(1), false).is_held_by(8));
        assert!(!record(0, None, false).is_held_by(7));
    }
}
