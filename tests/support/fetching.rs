//! Fetchers for tests: no waiting, loopback open.

use std::io;
use std::net::IpAddr;
use std::sync::Arc;

use news_ingest::disposition::Classify as _;
use news_ingest::fetch::{Error, Fetcher, Settings};
use news_ingest::model::{
    Content, Hints, Identity, Origin, Page, RawArticle, StoryId, Validators, WebUrl,
};
use news_ingest::state::{self, State};

use super::site::{Reply, Site};

/// Settings under which a local site is fetched without delay.
pub fn settings() -> Settings {
    Settings {
        allow_addresses: vec!["127.0.0.0/8".to_owned()],
        allow_ports: Vec::new(),
        host_interval_ms: 0,
        host_concurrency: 8,
        robots: false,
        ..Settings::default()
    }
}

pub fn state() -> State {
    State::in_process(&state::Settings::default())
}

pub fn fetcher(settings: &Settings) -> Fetcher {
    Fetcher::new(settings, &state()).unwrap()
}

/// A fetcher that resolves names by a script.
pub fn fetcher_with(
    settings: &Settings,
    lookup: impl Fn(&str) -> io::Result<Vec<IpAddr>> + Send + Sync + 'static,
) -> Fetcher {
    let lookup = Arc::new(move |name: String| {
        let found = lookup(&name);
        Box::pin(async move { found }) as _
    });
    Fetcher::with_lookup(settings, &state(), lookup).unwrap()
}

pub fn link(url: &str) -> RawArticle {
    let url = WebUrl::parse(url).unwrap();
    RawArticle {
        identity: Identity::new(StoryId::of_url(&url), None),
        origin: Origin::Link { url, validators: Validators::default(), fallback: None },
        hints: Hints::default(),
    }
}

pub async fn fetch(settings: &Settings, url: &str) -> Result<Page, Error> {
    fetcher(settings).fetch(link(url)).await
}

/// Fetches one page of a site that answers everything alike.
pub async fn fetch_reply(settings: &Settings, answer: Reply) -> Result<Page, Error> {
    let site = Site::start(move |_| answer.clone()).await;
    fetch(settings, &site.url("/story")).await
}

pub fn code(result: Result<Page, Error>) -> &'static str {
    result.expect_err("there is no page").code()
}

/// The text of a page, whatever it was taken for.
pub fn html_text(page: &Page) -> &str {
    match &page.content {
        Content::Html(text) | Content::Text(text) => text,
        Content::TitledText { text, .. } => text,
    }
}
