//! Addresses in a page, absolute and of the schemes that a reader may follow.

use url::Url;

use crate::extract::dom::{Attr, Dom, NodeId};
use crate::extract::page_facts::Facts;
use crate::model::WebUrl;

/// Longest address of a mailbox, in bytes.
const MAX_MAIL: usize = 500;

/// What relative addresses refer to.
pub(super) struct Addresses {
    base: Option<WebUrl>,
}

impl Addresses {
    pub(super) fn of(facts: &Facts, url: Option<&WebUrl>) -> Self {
        let stated = facts.base.as_deref().map(str::trim).filter(|base| !base.is_empty());
        let base = match (stated, url) {
            (Some(stated), Some(url)) => url.join(stated).ok().or_else(|| Some(url.clone())),
            (Some(stated), None) => WebUrl::parse(stated).ok(),
            (None, url) => url.cloned(),
        };
        Self { base }
    }

    /// Where a link leads; `None` for what is no address of the web or of a mailbox.
    pub(super) fn link(&self, href: &str) -> Option<String> {
        let href = href.trim();
        if href.get(..7).is_some_and(|scheme| scheme.eq_ignore_ascii_case("mailto:")) {
            let mail = Url::parse(href).ok().filter(|_| href.len() <= MAX_MAIL)?;
            return (mail.scheme() == "mailto").then(|| mail.into());
        }
        self.web(href).map(|url| url.as_str().to_owned())
    }

    /// Where a picture is: behind what stands in its place until a script loads it, too.
    pub(super) fn picture(&self, dom: &Dom, img: NodeId) -> Option<String> {
        let lazy = [Attr::DataSrc, Attr::DataOriginal, Attr::DataLazySrc, Attr::DataSrcset];
        let named = |name: Attr| dom.attr(img, name);
        let plain = dom.attr(img, Attr::Src).filter(|src| !src.trim().is_empty());
        let sources = lazy.into_iter().filter_map(named).chain(plain);
        let set = dom.attr(img, Attr::Srcset);
        // Of a set, the first: an address, then its width.
        let mut first = sources.chain(set).filter_map(|s| s.split_ascii_whitespace().next());
        first.find_map(|source| {
            self.web(source.trim_end_matches(',')).map(|url| url.as_str().to_owned())
        })
    }

    fn web(&self, reference: &str) -> Option<WebUrl> {
        match &self.base {
            Some(base) => base.join(reference).ok(),
            None => WebUrl::parse(reference).ok(),
        }
    }
}
