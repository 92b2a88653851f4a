//! A feed's document: the same walk as a page's, through the same gates.
//!
//! What the text is (RSS, a sitemap, a home page) is not judged here. Permanent redirects
//! are told, so that the poller can ask the new address next time; a file that is gzip in itself, as
//! sitemaps are, is opened within the same limit.

use std::time::Duration;

use http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, LAST_MODIFIED};

use super::client::BodyLimit;
use super::error::Error;
use super::{Conditions, Fetcher, Giver, Wanted, decode, page_text};
use crate::charset::{self, Decoded};
use crate::model::{Identity, Revision, StoryId, Validators, WebUrl};
use crate::off_reactor;

/// What feeds are asked for as.
const ACCEPTED_TYPES: &str = "application/atom+xml,application/rss+xml,application/feed+json,\
    application/xml;q=0.9,text/xml;q=0.9,application/json;q=0.8,*/*;q=0.1";

/// What a feed's address answers.
#[derive(Debug)]
pub struct FeedAnswer {
    /// The document; `None` when it is as the validators say.
    pub document: Option<FeedDocument>,
    /// Where the feed has moved for good.
    pub moved: Option<WebUrl>,
    /// `max-age` of `Cache-Control`: how long the document holds.
    pub fresh: Option<Duration>,
}

/// A document that may be a feed.
#[derive(Debug)]
pub struct FeedDocument {
    /// As it came, its content coding undone.
    pub body: Vec<u8>,
    /// The charset that its answer names.
    pub label: Option<String>,
    /// Where it was found, behind all redirects.
    pub at: WebUrl,
    /// For the next request.
    pub validators: Validators,
    /// Size, decoded.
    pub bytes: u64,
}

impl FeedDocument {
    /// Its text, whatever charset it came in; an XML declaration may still name that. Takes time and memory
    /// with the document's size: a reader has it done aside, and when it comes to it.
    ///
    /// # Errors
    /// When it is in no charset that is read.
    pub fn into_text(self) -> Result<(String, WebUrl), Error> {
        // UTF-16 without a mark is known by how every XML document begins (XML 1.0, F.1).
        let label = charset::utf_16_xml(&self.body).or(self.label.as_deref());
        let Decoded { text, .. } = charset::decode(self.body, label, true, self.at.host())
            .map_err(|label| Error::Charset { label })?;
        Ok((text, self.at))
    }
}

impl Fetcher {
    /// The document at a feed's address, at most `max_bytes` of it decoded. Takes its turn as
    /// [`Fetcher::fetch`] does, and ends in the same ways but that "not modified" is an answer. The validators are
    /// those of `valid_at`, else of the feed's address: where redirects lead elsewhere nothing is conditional.
    ///
    /// # Errors
    /// When there is no document; see [`Error`].
    pub async fn fetch_feed(
        &self,
        url: &WebUrl,
        validators: &Validators,
        valid_at: Option<&WebUrl>,
        max_bytes: u64,
    ) -> Result<FeedAnswer, Error> {
        // A slot at a busy host is kept for the feed, and not for a story of the same address.
        let role = Revision::new("feed").expect("a word is a revision");
        let turn = Identity::new(StoryId::of_url(url), Some(role)).key();
        let wanted = Wanted {
            limit: BodyLimit {
                bytes: max_bytes,
                cut: false,
                is_wanted: Some(page_text::may_be_document),
            },
            accept: Some(ACCEPTED_TYPES),
        };
        let mut walk = self.walk(turn, url.clone(), wanted).await?;
        let conditions = Conditions { validators, of: Giver::Address(valid_at.unwrap_or(url)) };
        let answer = match self.follow(&mut walk, conditions).await {
            Ok((answer, _)) => answer,
            Err(Error::NotModified) => {
                return Ok(FeedAnswer { document: None, moved: walk.moved, fresh: None });
            }
            Err(error) => return Err(error),
        };
        let validators = Validators {
            etag: answer.header(ETAG).map(str::to_owned),
            last_modified: answer.header(LAST_MODIFIED).map(str::to_owned),
        };
        let fresh = answer.header(CACHE_CONTROL).and_then(max_age);
        let label =
            answer.header(CONTENT_TYPE).and_then(charset::charset_parameter).map(str::to_owned);
        let status = answer.status.as_u16();
        let body = answer.body;
        let body = off_reactor::run(body.len(), move || decode::gunzipped(body, max_bytes)).await?;
        if body.iter().all(u8::is_ascii_whitespace) {
            return Err(Error::Empty { status });
        }
        let bytes = body.len() as u64;
        let document = FeedDocument { body, label, at: walk.at, validators, bytes };
        Ok(FeedAnswer { document: Some(document), moved: walk.moved, fresh })
    }
}

/// The `max-age` of a `Cache-Control`; none where the answer is not to be kept at all.
fn max_age(header: &str) -> Option<Duration> {
    let directives = || header.split(',').map(|d| d.trim().to_ascii_lowercase());
    if directives().any(|d| d == "no-store" || d == "no-cache") {
        return None;
    }
    directives()
        .find_map(|d| d.strip_prefix("max-age=")?.trim_matches('"').parse().ok())
        .map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn max_age_is_read_only_from_cacheable_answers() {
        for (header, secs) in [
            ("max-age=300", Some(300)),
            ("public, Max-Age=\"60\", must-revalidate", Some(60)),
            ("no-cache, max-age=300", None),
            ("s-maxage=10", None),
            ("max-age=soon", None),
        ] {
            assert_eq!(max_age(header), secs.map(Duration::from_secs), "{header}");
        }
    }
}
