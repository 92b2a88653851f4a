//! Entries on their way to the log, several to a message.
//!
//! The log costs the broker and every worker that reads it by the message, hardly by the byte. So the first entry after
//! a pause is sent at once, and those that follow within [`PACE`] of a message share the next one: a worker appends at
//! most 200 messages a second, and no story waits longer than that for the others.
//!
//! No task owns the sending. Each entry waits until the batch is due, and the first to wake sends what is there, so a
//! delivery that is dropped meanwhile delays no other.

use std::time::Duration;

use bytes::Bytes;
use tokio::time::Instant;

/// Least time between two messages of a worker.
const PACE: Duration = Duration::from_millis(5);
/// Bytes of entries that are sent without waiting.
const FULL: usize = 32 << 10;
/// First byte of a message of several entries; a message of one begins with its entry's own version.
const SEVERAL: u8 = 3;
/// Bytes before each of several entries: its length.
const LENGTH: usize = 2;

/// Entries that wait for the next message.
#[derive(Debug, Default)]
pub(super) struct Batch {
    waiting: Vec<Vec<u8>>,
    bytes: usize,
    sent: Option<Instant>,
}

impl Batch {
    /// Adds entries, which stay together, and says when the batch is to be sent.
    pub(super) fn add(
        &mut self,
        entries: impl IntoIterator<Item = Vec<u8>>,
        now: Instant,
    ) -> Instant {
        for entry in entries {
            self.bytes += entry.len();
            self.waiting.push(entry);
        }
        self.due(now)
    }

    /// The message of all entries that wait, if it is time; `None` where another sent them.
    pub(super) fn take_due(&mut self, now: Instant) -> Option<Bytes> {
        if self.waiting.is_empty() || self.due(now) > now {
            return None;
        }
        self.sent = Some(now);
        self.bytes = 0;
        message(std::mem::take(&mut self.waiting))
    }

    fn due(&self, now: Instant) -> Instant {
        match self.sent {
            Some(sent) if self.bytes < FULL => now.max(sent + PACE),
            Some(_) | None => now,
        }
    }
}

/// One entry is a message as it is, as it was before messages held several.
fn message(mut entries: Vec<Vec<u8>>) -> Option<Bytes> {
    if entries.len() < 2 {
        return entries.pop().map(Bytes::from);
    }
    let mut bytes = vec![SEVERAL];
    for entry in entries {
        // An entry is a key, two hashes and a sketch of some hundred bytes.
        let length = u16::try_from(entry.len()).ok()?;
        bytes.extend(length.to_le_bytes());
        bytes.extend(entry);
    }
    Some(bytes.into())
}

/// The entries of a message, in their order. One that is cut short ends them.
pub(super) fn entries(message: &[u8]) -> impl Iterator<Item = &[u8]> {
    let (mut one, mut several) = match message.split_first() {
        Some((&SEVERAL, rest)) => (None, rest),
        Some(_) => (Some(message), &[][..]),
        None => (None, &[][..]),
    };
    std::iter::from_fn(move || {
        one.take().or_else(|| {
            let (length, rest) = several.split_first_chunk::<LENGTH>()?;
            let (entry, rest) = rest.split_at_checked(u16::from_le_bytes(*length).into())?;
            several = rest;
            Some(entry)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(message: &[u8]) -> Vec<&[u8]> {
        entries(message).collect()
    }

    #[test]
    fn entries_after_a_pause_go_at_once() {
        let (mut batch, start) = (Batch::default(), Instant::now());
        let at = |ms| start + Duration::from_millis(ms);
        assert_eq!(batch.add([b"\x02a".to_vec()], at(0)), at(0));
        assert_eq!(read(&batch.take_due(at(0)).unwrap()), [b"\x02a"]);
        // The next two wait for the pace, and the first to wake sends both.
        assert_eq!(batch.add([b"\x02b".to_vec()], at(1)), at(5));
        assert_eq!(batch.add([b"\x02c".to_vec()], at(2)), at(5));
        assert_eq!(batch.take_due(at(4)), None);
        assert_eq!(read(&batch.take_due(at(6)).unwrap()), [b"\x02b", b"\x02c"]);
        assert_eq!(batch.take_due(at(7)), None);
        // What came meanwhile waits for its own time, whoever wakes late.
        assert_eq!(batch.add([b"\x02d".to_vec()], at(7)), at(11));
        assert_eq!(batch.take_due(at(8)), None);
        assert!(batch.take_due(at(11)).is_some());
        assert_eq!(batch.add([b"\x02e".to_vec()], at(500)), at(500));
    }

    #[test]
    fn a_full_batch_does_not_wait() {
        let (mut batch, now) = (Batch::default(), Instant::now());
        batch.add([vec![2]], now);
        assert!(batch.take_due(now).is_some());
        assert_eq!(batch.add([vec![2; FULL - 1]], now), now + PACE);
        assert_eq!(batch.add([vec![2]], now), now);
        let message = batch.take_due(now).unwrap();
        assert_eq!(read(&message).iter().map(|entry| entry.len()).sum::<usize>(), FULL);
    }

    #[test]
    fn what_is_cut_short_ends_the_entries() {
        assert!(read(b"").is_empty());
        assert!(read(&[SEVERAL]).is_empty());
        let message = message(vec![b"\x02one".to_vec(), b"\x02two".to_vec()]).unwrap();
        assert_eq!(read(&message), [b"\x02one", b"\x02two"]);
        for cut in 1..message.len() {
            let whole = cut >= 1 + LENGTH + b"\x02one".len();
            assert_eq!(read(&message[..cut]).len(), usize::from(whole), "{cut}");
        }
    }
}
