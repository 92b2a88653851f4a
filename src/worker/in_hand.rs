//! Which messages this worker has in hand, so that one that comes again meanwhile is not worked on beside itself.
//!
//! After a pause (the machine slept, the link was cut) for longer than the lease, the broker delivers what is in hand again,
//! often to the same worker. The first delivery goes on, and its signs of life keep the message from coming a third time.

use std::collections::HashSet;
use std::sync::Mutex;

use crate::intake::Delivery;
use crate::mutex::lock;

/// A message in its stream: the stream, when it was created, the sequence.
type Place = (String, i64, u64);

/// Messages that are in hand.
#[derive(Debug, Default)]
pub(super) struct MessagesInHand(Mutex<HashSet<Place>>);

/// A message that is in hand until this is dropped.
#[derive(Debug)]
pub(super) struct Taken<'a> {
    messages: &'a MessagesInHand,
    place: Place,
}

impl MessagesInHand {
    /// Takes the message of a delivery into hand; `None` where it is already.
    pub(super) fn take(&self, delivery: &Delivery) -> Option<Taken<'_>> {
        let sequence = delivery.place_in_stream().sequence;
        self.take_place((delivery.stream().to_owned(), delivery.stream_created(), sequence))
    }

    fn take_place(&self, place: Place) -> Option<Taken<'_>> {
        let is_new = lock(&self.0).insert(place.clone());
        is_new.then(|| Taken { messages: self, place })
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        lock(&self.messages.0).remove(&self.place);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn message_is_in_hand_once_until_dropped() {
        let messages = MessagesInHand::default();
        let place = |stream: &str, created, sequence| (stream.to_owned(), created, sequence);
        let first = messages.take_place(place("NEWS_RAW", 1, 7)).unwrap();
        assert!(messages.take_place(place("NEWS_RAW", 1, 7)).is_none());
        for other in [place("NEWS_RETRY", 1, 7), place("NEWS_RAW", 2, 7), place("NEWS_RAW", 1, 8)] {
            assert!(messages.take_place(other).is_some());
        }
        drop(first);
        assert!(messages.take_place(place("NEWS_RAW", 1, 7)).is_some());
    }
}
