//! A web page in the place of a feed: the feeds that it names, or those at the paths where sites have them.

use tokio::sync::watch;

use super::Poller;
use crate::feeds::error::Error;
use crate::feeds::list::Feed;
use crate::feeds::parse::Part;
use crate::feeds::poll_report::PollReport;
use crate::fetch;
use crate::model::WebUrl;
use crate::state::{FeedClaim, bucket_token};

/// Where sites have their feed that name none, the likeliest first.
const WELL_KNOWN: [&str; 6] = ["/feed", "/rss.xml", "/rss", "/feed.xml", "/atom.xml", "/index.xml"];

impl Poller {
    /// Polls, in the place of a web page, the feeds that it names; where it names none, those at
    /// well-known paths, and then the sitemaps that robots.txt names. Without `discover` they are only
    /// named. Their entries are known by address alone, as one story is often in several of them.
    pub(super) async fn poll_page(
        &self,
        feed: &Feed,
        claim: &mut FeedClaim,
        page: &WebUrl,
        feeds: Vec<WebUrl>,
        closing: &watch::Receiver<bool>,
        report: &mut PollReport,
    ) -> Result<(), Error> {
        let sitemaps = self.fetcher.sitemaps(page).await?;
        if !self.discover {
            return Err(Error::Html { feeds: [feeds, sitemaps].concat() });
        }
        report.by_address = true;
        let groups = if feeds.is_empty() {
            let well_known = WELL_KNOWN.iter().filter_map(|path| page.join(path).ok());
            let mut groups: Vec<Vec<WebUrl>> = well_known.map(|url| vec![url]).collect();
            groups.push(sitemaps);
            // What answered the last time is asked alone.
            let known = |url: &WebUrl| claim.known.parts.contains_key(&bucket_token(url.as_str()));
            match groups.iter().position(|group| group.iter().any(known)) {
                Some(at) => vec![groups.swap_remove(at)],
                None => groups,
            }
        } else {
            vec![feeds]
        };
        let mut last = Error::Html { feeds: Vec::new() };
        for group in groups.into_iter().filter(|group| !group.is_empty()) {
            let parts: Vec<Part> =
                group.into_iter().map(|url| Part { url, last_modified: None }).collect();
            (report.parts_failed, report.parts_left_out) = (0, 0);
            match self.poll_parts(feed, claim, &parts, closing, report).await {
                Err(Error::Parts(error)) => last = Error::Parts(error),
                ended => return ended.map(|_| ()),
            }
        }
        Err(match last {
            // What stands at no well-known path says nothing of the page.
            Error::Parts(error) if matches!(*error, Error::Fetch(fetch::Error::Gone { .. })) => {
                Error::Html { feeds: Vec::new() }
            }
            last => last,
        })
    }
}
