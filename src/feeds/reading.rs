//! Reads a document off the reactor, in bounded memory and time.
//!
//! Large documents are read one at a time, so that memory does not grow with the feeds that are polled at
//! once. A reading that takes too long, or whose caller is gone because the process stops, is told
//! to end: it never holds up a stop.

use std::time::Duration;

use tokio::sync::Semaphore;

use super::Error;
use super::parse::{Parsed, Stop, parse};
use crate::fetch::FeedDocument;

/// Documents over so many bytes are read one at a time.
const LARGE: usize = 1 << 20;
static ONE_LARGE: Semaphore = Semaphore::const_new(1);

/// Longest time for one document; one of 8 MiB takes a second.
const LONGEST: Duration = Duration::from_secs(10);

/// Reads a document; at most `most` entries of it.
pub(super) async fn read(document: FeedDocument, most: usize) -> Result<Parsed, Error> {
    within(LONGEST, document, most).await
}

async fn within(limit: Duration, document: FeedDocument, most: usize) -> Result<Parsed, Error> {
    let permit = if document.body.len() > LARGE {
        Some(ONE_LARGE.acquire().await.expect("the semaphore is never closed"))
    } else {
        None
    };
    let stop = StopOnDrop(Stop::default());
    let told = stop.0.clone();
    let reading = tokio::task::spawn_blocking(move || {
        // Until the reading ends, even if its caller is gone.
        let _permit = permit;
        let (text, at) = document.into_text()?;
        parse(&text, &at, most, &told)
    });
    match tokio::time::timeout(limit, reading).await {
        Ok(Ok(parsed)) => parsed,
        // A document that is too much for a parser is the document's fault.
        Ok(Err(error)) => Err(Error::Malformed(error.into())),
        Err(_) => Err(Error::TooSlow { limit }),
    }
}

/// Stops a parse whose caller is gone.
struct StopOnDrop(Stop);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.set();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Validators, WebUrl};

    fn large() -> FeedDocument {
        let text = format!("<rss><channel>{}", "<item><link>/a</link></item>".repeat(200_000));
        FeedDocument {
            bytes: text.len() as u64,
            body: text.into_bytes(),
            label: None,
            at: WebUrl::parse("https://www.ex.com/rss").unwrap(),
            validators: Validators::default(),
        }
    }

    #[tokio::test]
    async fn slow_document_fails_and_the_next_is_read() {
        let failed = within(Duration::from_millis(1), large(), 10).await.unwrap_err();
        assert_eq!(failed.code(), "too_slow");
        assert!(matches!(read(large(), 10).await, Ok(Parsed::Feed(_))));
    }
}
