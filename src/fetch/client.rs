//! One HTTP exchange: a GET, its answer's headers, its body decoded and counted, all under
//! deadlines. Redirects are not followed here, and nothing is retried.
//!
//! Refused: TLS that does not verify (there is no switch), headers or bodies over their limits,
//! content codings that we do not undo, or more than two of them.
//!
//! Header lines that browsers read are read: folded ones, and a line that is none costs itself.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use http::header::{
    ACCEPT, ACCEPT_ENCODING, ACCEPT_LANGUAGE, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE,
    COOKIE, IF_MODIFIED_SINCE, IF_NONE_MATCH, LOCATION, TRANSFER_ENCODING,
};
use http::{HeaderMap, HeaderValue, StatusCode, Version};
use tokio::time::{Instant, timeout_at};

use super::classify_error::Classifier;
use super::connection;
use super::decode::{Coding, Codings, DecodeError, Decoder, undone};
use super::error::{Error, Phase};
use super::guard::{Forbidden, Guard};
use super::host_events;
use super::proxies::Proxies;
use super::resolve::{GuardedResolver, Lookup, resolve_guarded};
use super::settings::Settings;
use super::settings_error::SettingsError;
use crate::error_chain::find;
use crate::model::{Validators, WebUrl};
use crate::off_reactor;
use crate::sniff;

/// An answer whose body is complete.
#[derive(Debug)]
pub(super) struct Response {
    pub status: StatusCode,
    pub headers: HeaderMap,
    /// Decoded; empty for redirects and 304, whose bodies are not read.
    pub body: Vec<u8>,
    /// Whether the body was cut at the limit (only where that was asked for).
    pub cut: bool,
}

impl Response {
    /// Where it points, if it says: in UTF-8 as some send it, else in Latin-1 as browsers read it.
    pub(super) fn location(&self) -> Option<String> {
        let bytes = self.headers.get(LOCATION)?.as_bytes();
        Some(match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            // Bytes go out as they came in: an address is bytes, escaped.
            Err(_) => bytes.iter().fold(String::new(), |mut text, byte| {
                if byte.is_ascii() {
                    text.push(char::from(*byte));
                } else {
                    text.push_str(&format!("%{byte:02X}"));
                }
                text
            }),
        })
    }

    /// A header as text, if it is there and is UTF-8.
    pub(super) fn header(&self, name: impl http::header::AsHeaderName) -> Option<&str> {
        self.headers.get(name).and_then(|value| std::str::from_utf8(value.as_bytes()).ok())
    }

    /// Whether it points elsewhere.
    pub(super) fn is_redirect(&self) -> bool {
        matches!(self.status.as_u16(), 301 | 302 | 303 | 307 | 308)
    }
}

/// Refuses an answer by its `Content-Type`.
pub(super) type MediaTypeCheck = fn(Option<&str>) -> Result<(), Error>;

/// How much body is taken.
#[derive(Clone, Copy, Debug)]
pub(super) struct BodyLimit {
    /// Decoded bytes.
    pub bytes: u64,
    /// Whether a longer body is cut (robots.txt) or refused (pages).
    pub cut: bool,
    /// Refuses an answer by its media type, before its body.
    pub is_wanted: Option<MediaTypeCheck>,
}

/// A request.
pub(super) struct Request<'a> {
    pub url: &'a WebUrl,
    pub validators: &'a Validators,
    /// What is asked for; `None` asks for a page.
    pub accept: Option<&'static str>,
    /// The `Cookie` header.
    pub cookies: Option<String>,
    /// Further headers; they replace ours of the same name.
    pub headers: HeaderMap,
    pub limit: BodyLimit,
    /// For the whole exchange.
    pub budget: Duration,
}

/// The HTTP client with its guard and deadlines.
pub(super) struct Client {
    http: reqwest::Client,
    /// For servers that offer HTTP/2 and then ask for 1.1.
    http_1: reqwest::Client,
    /// Keeps no connections: for a request whose kept connection was dead, as all that are kept with a host may be.
    unkept: reqwest::Client,
    guard: Guard,
    lookup: Lookup,
    proxies: Option<Proxies>,
    classifier: Classifier,
    first_byte: Duration,
    read: Duration,
    max_header_bytes: usize,
}

impl Client {
    /// Builds the client.
    ///
    /// # Errors
    /// When a range, a certificate file or a proxy is bad.
    pub(super) fn new(settings: &Settings, lookup: Lookup) -> Result<Self, SettingsError> {
        // One provider for the process; the first caller has installed the same.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let guard = Guard::new(settings)?;
        let proxies = Proxies::new(settings)?;
        let proxy_hosts = proxies.as_ref().map(Proxies::hosts).unwrap_or_default();
        let resolver = GuardedResolver::new(guard.clone(), Arc::clone(&lookup), proxy_hosts);
        let resolver = Arc::new(resolver);

        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static(ACCEPTED_TYPES));
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static(Coding::ACCEPTED));
        // Sites that choose a language by this header should choose their own.
        headers.insert(ACCEPT_LANGUAGE, HeaderValue::from_static("*"));
        let connect = Duration::from_millis(settings.connect_timeout_ms);
        let read = Duration::from_millis(settings.read_timeout_ms);
        let roots = connection::extra_roots(settings)?;
        let builder = || {
            let builder = reqwest::Client::builder()
                .user_agent(settings.user_agent())
                .default_headers(headers.clone())
                .redirect(reqwest::redirect::Policy::none())
                .retry(reqwest::retry::never())
                .referer(false)
                .no_proxy()
                .dns_resolver(Arc::clone(&resolver))
                .connect_timeout(connect)
                .pool_idle_timeout(Duration::from_secs(30))
                .pool_max_idle_per_host(4)
                .http1_max_headers(super::error::MOST_HEADERS)
                .http1_allow_obsolete_multiline_headers_in_responses(true)
                .http1_ignore_invalid_headers_in_responses(true)
                .http1_allow_spaces_after_header_name_in_responses(true)
                .http2_max_header_list_size(
                    u32::try_from(settings.max_header_bytes.saturating_mul(H2_HEADER_ROOM))
                        .unwrap_or(u32::MAX),
                )
                // A stream that times out leaves its connection in the pool; if that is dead, all that
                // comes after would time out too.
                .http2_keep_alive_interval(read)
                .http2_keep_alive_timeout(read)
                .tls_certs_merge(roots.clone());
            match &proxies {
                Some(proxies) => builder.proxy(proxies.for_client()),
                None => builder,
            }
        };
        Ok(Self {
            http: builder().build().map_err(SettingsError::Client)?,
            http_1: builder().http1_only().build().map_err(SettingsError::Client)?,
            unkept: builder().pool_max_idle_per_host(0).build().map_err(SettingsError::Client)?,
            guard,
            lookup,
            classifier: Classifier {
                behind_proxy: proxies.is_some(),
                connect,
                max_header_bytes: settings.max_header_bytes,
            },
            proxies,
            first_byte: Duration::from_millis(settings.first_byte_timeout_ms),
            read,
            max_header_bytes: settings.max_header_bytes,
        })
    }

    /// Whether a URL may be asked for at all, as far as it can be told without resolving it.
    pub(super) fn check(&self, url: &WebUrl) -> Result<(), Error> {
        self.guard.check_url(url).map_err(Error::Forbidden)
    }

    /// Gets a URL.
    pub(super) async fn get(&self, request: Request<'_>) -> Result<Response, Error> {
        let host = request.url.host();
        let answer = self.exchange(request).await;
        if let (Err(Error::Proxy(_)), Some(proxies)) = (&answer, &self.proxies) {
            proxies.failed(host);
        }
        answer
    }

    async fn exchange(&self, request: Request<'_>) -> Result<Response, Error> {
        let Request { url, validators, accept, cookies, headers, limit, budget } = request;
        self.check(url)?;
        let total = Instant::now() + budget;
        if self.classifier.behind_proxy {
            self.check_behind_proxy(url, total).await?;
        }
        let mut request = self.http.get(url.as_url().clone()).headers(headers);
        for (name, value) in [
            (IF_NONE_MATCH, validators.etag.as_deref()),
            (IF_MODIFIED_SINCE, validators.last_modified.as_deref()),
            (ACCEPT, accept),
        ] {
            if let Some(value) = header_value(value.map(str::as_bytes)) {
                request = request.header(name, value);
            }
        }
        let cookies = cookies.map(|text| text.chars().map(|c| c as u8).collect::<Vec<_>>());
        if let Some(value) = header_value(cookies.as_deref()) {
            request = request.header(COOKIE, value);
        }
        let request = request.build().map_err(|e| self.classifier.classify(Phase::FirstByte, e))?;
        let deadline = Deadline { total, budget };
        let sent = self.sent(request, deadline).await?;
        let response = sent.map_err(|error| {
            let error = self.classifier.classify(Phase::FirstByte, error);
            if matches!(error, Error::NoDescriptors) {
                host_events::log_no_descriptors();
            }
            error
        })?;
        self.read(response, limit, deadline).await
    }

    /// Sends a GET, and once more where nothing of an answer was received, as browsers do: the server had
    /// closed a kept connection or did not take the request up, which a new connection mends, or it wants to be asked over
    /// HTTP/1.1.
    async fn sent(
        &self,
        request: reqwest::Request,
        deadline: Deadline,
    ) -> Result<Result<reqwest::Response, reqwest::Error>, Error> {
        let again = request.try_clone();
        let first = self.http.execute(request);
        let sent = deadline.wait(Phase::FirstByte, self.first_byte, first).await?;
        let (Err(error), Some(again)) = (&sent, again) else { return Ok(sent) };
        let client = if wants_http_1(error) {
            &self.http_1
        } else if is_stale(error) {
            &self.unkept
        } else {
            return Ok(sent);
        };
        deadline.wait(Phase::FirstByte, self.first_byte, client.execute(again)).await
    }

    async fn read(
        &self,
        mut response: reqwest::Response,
        limit: BodyLimit,
        deadline: Deadline,
    ) -> Result<Response, Error> {
        let status = response.status();
        if status == StatusCode::PROXY_AUTHENTICATION_REQUIRED && self.classifier.behind_proxy {
            return Err(Error::Proxy("status 407: the proxy wants other credentials".into()));
        }
        let headers = std::mem::take(response.headers_mut());
        let header_bytes: usize =
            headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
        if header_bytes > self.max_header_bytes {
            return Err(Error::HeadersTooLarge { limit: self.max_header_bytes });
        }
        let mut answer = Response { status, headers, body: Vec::new(), cut: false };
        if answer.is_redirect() || status == StatusCode::NOT_MODIFIED {
            return Ok(answer);
        }
        if !status.is_success() {
            answer.body = self.refusal(&answer, response, deadline).await;
            return Ok(answer);
        }
        if let Some(is_wanted) = limit.is_wanted {
            is_wanted(answer.header(CONTENT_TYPE))?;
        }
        let codings = codings(&answer.headers).ok_or_else(|| unsupported(&answer.headers))?;
        let coding = codings.outer;
        let announced = answer.header(CONTENT_LENGTH).and_then(|text| text.parse::<u64>().ok());
        if coding == Coding::Identity && !limit.cut && announced.is_some_and(|n| n > limit.bytes) {
            return Err(Error::TooLarge { limit: limit.bytes });
        }
        let ends_by_closing = response.version() <= Version::HTTP_11
            && announced.is_none()
            && !answer.headers.contains_key(TRANSFER_ENCODING);
        let mut decoder = Decoder::new(coding, limit.bytes);
        loop {
            let chunk = deadline.wait(Phase::Read, self.read, response.chunk()).await?;
            let chunk = match chunk {
                Ok(Some(chunk)) => chunk,
                Ok(None) => break,
                Err(error) if ends_by_closing && is_unannounced_end(&error) => break,
                Err(error) => return Err(self.classifier.classify(Phase::Read, error)),
            };
            match decoder.push(&chunk) {
                Ok(()) => {}
                Err(DecodeError::TooLarge { .. }) if limit.cut => {
                    answer.cut = true;
                    answer.body = decoder.into_partial();
                    return Ok(answer);
                }
                Err(error) => return Err(error.into()),
            }
        }
        answer.body = decoder.finish()?;
        if let Some(inner) = codings.inner {
            let body = std::mem::take(&mut answer.body);
            answer.body = off_reactor::blocking(move || undone(&body, inner, limit.bytes)).await?;
        }
        // A word that is no coding is ignored, as browsers do, where the body is not coded.
        if codings.has_unknown && sniff::is_binary(&answer.body) {
            return Err(unsupported(&answer.headers));
        }
        Ok(answer)
    }

    /// The body of an answer that is told by its status: a little of it, for the sake of the test for
    /// robots that it may be, and none where it can't be had or read.
    async fn refusal(
        &self,
        answer: &Response,
        mut response: reqwest::Response,
        deadline: Deadline,
    ) -> Vec<u8> {
        let codings = codings(&answer.headers).filter(|codings| codings.inner.is_none());
        let Some(Codings { outer: coding, .. }) = codings else { return Vec::new() };
        let mut decoder = Decoder::new(coding, MOST_OF_A_REFUSAL);
        let until = Instant::now() + self.read.min(LONGEST_REFUSAL);
        let mut started = 0;
        while let Ok(Ok(Some(chunk))) =
            timeout_at(until.min(deadline.total), response.chunk()).await
        {
            started += chunk.len();
            if decoder.push(&chunk).is_err() || started as u64 > MOST_OF_A_REFUSAL {
                break;
            }
        }
        decoder.into_partial()
    }

    /// The best that can be done when another machine connects: to judge what the name resolves
    /// to here. A name that only the proxy can resolve is the proxy's to judge.
    async fn check_behind_proxy(&self, url: &WebUrl, until: Instant) -> Result<(), Error> {
        if !matches!(url.as_url().host(), Some(url::Host::Domain(_))) {
            return Ok(());
        }
        let found = timeout_at(until, resolve_guarded(&self.guard, &self.lookup, url.host())).await;
        match found {
            Ok(Err(error)) => match find::<Forbidden>(error.as_ref()) {
                Some(forbidden) => Err(Error::Forbidden(forbidden.clone())),
                None => Ok(()),
            },
            Ok(Ok(_)) | Err(_) => Ok(()),
        }
    }
}

/// How much is read of the body of a refusal, in bytes, and how long it is waited for.
const MOST_OF_A_REFUSAL: u64 = 256 * 1024;
const LONGEST_REFUSAL: Duration = Duration::from_secs(2);

/// Longest `ETag`, date or `Cookie` that is sent, in bytes; servers refuse longer ones.
const LONGEST_VALUE: usize = 16 * 1024;

/// How far over `max_header_bytes` the HTTP/2 client lets headers go. It resets a stream whose headers are over its
/// limit as it does one that is malformed; with this room the limit is ours to check, and what it resets is
/// malformed. More than four times its own limit is named so by itself.
const H2_HEADER_ROOM: usize = 4;

/// What pages are asked for as.
const ACCEPTED_TYPES: &str = "text/html,application/xhtml+xml;q=0.9,text/plain;q=0.8,*/*;q=0.1";

/// The end of an exchange, whatever it waits for.
#[derive(Clone, Copy)]
struct Deadline {
    total: Instant,
    budget: Duration,
}

impl Deadline {
    async fn wait<T>(
        self,
        phase: Phase,
        limit: Duration,
        work: impl Future<Output = T>,
    ) -> Result<T, Error> {
        let phase_end = Instant::now() + limit;
        let end = phase_end.min(self.total);
        timeout_at(end, work).await.map_err(|_| {
            if self.total < phase_end {
                Error::Timeout { phase: Phase::Total, limit: self.budget }
            } else {
                Error::Timeout { phase, limit }
            }
        })
    }
}

/// Whether TLS ended without saying so, as many servers end a body that has no length.
fn is_unannounced_end(error: &reqwest::Error) -> bool {
    find::<io::Error>(error).is_some_and(|error| error.kind() == io::ErrorKind::UnexpectedEof)
}

/// Whether a connection ended before anything of an answer came, or the server says that it has not taken the
/// request up: a stream that it refuses, or that is behind the last one of a connection that it leaves.
fn is_stale(error: &reqwest::Error) -> bool {
    if error.is_connect() || error.is_timeout() {
        return false;
    }
    if let Some(h2) = find::<h2::Error>(error) {
        return h2.is_remote()
            && (h2.reason() == Some(h2::Reason::REFUSED_STREAM)
                || h2.is_go_away() && h2.reason() == Some(h2::Reason::NO_ERROR))
            || h2.get_io().is_some_and(is_hung_up);
    }
    find::<hyper::Error>(error).is_some_and(|hyper| {
        !hyper.is_timeout()
            && (hyper.is_incomplete_message()
                || hyper.is_canceled()
                || hyper.is_closed()
                || find::<io::Error>(hyper).is_some_and(is_hung_up))
    })
}

fn is_hung_up(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::BrokenPipe
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::NotConnected
            | io::ErrorKind::UnexpectedEof
    )
}

/// Whether a server that speaks HTTP/2 wants this to be asked over HTTP/1.1 (RFC 9113, 7).
fn wants_http_1(error: &reqwest::Error) -> bool {
    find::<h2::Error>(error)
        .is_some_and(|h2| h2.is_remote() && h2.reason() == Some(h2::Reason::HTTP_1_1_REQUIRED))
}

/// The codings that all `Content-Encoding` lines name together.
fn codings(headers: &HeaderMap) -> Option<Codings> {
    let lines = headers.get_all(CONTENT_ENCODING).iter();
    Codings::parse(lines.map(|line| String::from_utf8_lossy(line.as_bytes())))
}

fn unsupported(headers: &HeaderMap) -> Error {
    let lines = headers.get_all(CONTENT_ENCODING).iter();
    let lines: Vec<_> = lines.map(|line| String::from_utf8_lossy(line.as_bytes())).collect();
    let text: String = lines.join(", ").chars().take(100).collect();
    Error::Encoding(format!("content-encoding {text:?} is not supported").into())
}

/// A validator as a header; nothing for one that is no header value. It comes from a message, so it
/// must not be able to end the line and begin another.
fn header_value(text: Option<&[u8]>) -> Option<HeaderValue> {
    text.filter(|t| (1..=LONGEST_VALUE).contains(&t.len()))
        .and_then(|t| HeaderValue::from_bytes(t).ok())
}
