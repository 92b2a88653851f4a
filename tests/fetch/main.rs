//! Every way in which a fetch ends, against a site on a real socket: outcome and code.

#![allow(clippy::unwrap_used, reason = "a test that fails says where")]

#[path = "../support/mod.rs"]
mod support;

mod addresses;
mod charsets;
mod content;
mod encodings;
mod endings;
mod guard;
mod http2;
mod network;
mod pages;
mod proxy;
mod redirects;
mod robots;
mod shared;
mod sites;
mod slowing;
mod socks;
mod statuses;
mod tls;
mod walls;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use news_ingest::disposition::{Classify as _, Disposition};
use news_ingest::fetch::{Error, Fetcher, Settings};
use news_ingest::model::{Access, Content, Origin, Page, Validators};
use support::fetching::{
    code, fetch, fetch_reply, fetcher, fetcher_with, html_text, link, settings,
};
use support::site::{Act, Reply, Request, Site, html, redirect, reply, story};
use support::tls::Authority;

/// What is to become of the message of a failed fetch.
fn ending(result: Result<Page, Error>) -> (&'static str, Disposition) {
    let error = result.expect_err("there is no page");
    (error.code(), error.disposition())
}

const RETRY: Disposition = Disposition::Retry { after: None };

/// The wait that a host asks for before a story comes again.
fn retry_after(result: Result<Page, Error>, expected: &str) -> Duration {
    match ending(result) {
        (code, Disposition::Defer { after }) if code == expected => after,
        other => panic!("{other:?}"),
    }
}
