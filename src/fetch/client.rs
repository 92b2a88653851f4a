//! One HTTP exchange: a GET, its answer's headers, its body decoded and counted, all under
//! deadlines. Redirects are not followed here, and nothing is retried.
//!
//! Refused: TLS that does not verify (there is no switch), headers or bodies over their limits,
//! content codings that are unknown or stacked.

use std::error::Error as StdError;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use http::header::{
    ACCEPT, ACCEPT_ENCODING, ACCEPT_LANGUAGE, CONTENT_ENCODING, CONTENT_LENGTH, COOKIE,
    IF_MODIFIED_SINCE, IF_NONE_MATCH,
};
use http::{HeaderMap, HeaderValue, StatusCode};
use tokio::time::{Instant, timeout_at};

use super::decode::{Coding, DecodeError, Decoder};
use super::error::{Error, Phase};
use super::guard::{Forbidden, Guard};
use super::resolve::{GuardedResolver, Lookup, Unresolved, resolve_guarded};
use super::settings::{Settings, SettingsError};
use crate::model::{Validators, WebUrl};

/// An answer whose body is complete.
#[derive(Debug)]
pub(super) struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    /// Decoded; empty for redirects and 304, whose bodies nobody reads.
    pub body: Vec<u8>,
    /// Whether the body was cut at the limit (only where that was asked for).
    pub cut: bool,
}

impl Answer {
    /// A header as text, if it is there and is UTF-8 (as some send their redirects).
    pub(super) fn header(&self, name: impl http::header::AsHeaderName) -> Option<&str> {
        self.headers.get(name).and_then(|value| std::str::from_utf8(value.as_bytes()).ok())
    }

    /// Whether it points elsewhere.
    pub(super) fn is_redirect(&self) -> bool {
        matches!(self.status.as_u16(), 301 | 302 | 303 | 307 | 308)
    }
}

/// How much body is taken.
#[derive(Clone, Copy, Debug)]
pub(super) struct BodyLimit {
    /// Decoded bytes.
    pub bytes: u64,
    /// Whether a longer body is cut (robots.txt) or refused (pages).
    pub cut: bool,
}

/// A request.
pub(super) struct Request<'a> {
    pub url: &'a WebUrl,
    pub validators: &'a Validators,
    /// What is asked for; `None` asks for a page.
    pub accept: Option<&'static str>,
    /// The `Cookie` header.
    pub cookies: Option<String>,
    pub limit: BodyLimit,
    /// For the whole exchange.
    pub budget: Duration,
}

/// The HTTP client with its guard and deadlines.
pub(super) struct Client {
    http: reqwest::Client,
    guard: Guard,
    lookup: Lookup,
    behind_proxy: bool,
    connect: Duration,
    first_byte: Duration,
    read: Duration,
    max_header_bytes: usize,
}

impl Client {
    /// Builds the client.
    ///
    /// # Errors
    /// When a range, a certificate file or the proxy is bad.
    pub(super) fn new(settings: &Settings, lookup: Lookup) -> Result<Self, SettingsError> {
        // One provider for the process; whoever came first has installed the same.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let guard = Guard::new(settings)?;
        let proxy = settings.proxy.as_deref().map(|url| proxy(url, settings)).transpose()?;
        let (proxy, proxy_host) = proxy.unzip();
        let resolver = GuardedResolver::new(guard.clone(), Arc::clone(&lookup), proxy_host.clone());

        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static(ACCEPTED_TYPES));
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static(Coding::ACCEPTED));
        // Sites that choose a language by this header should choose their own.
        headers.insert(ACCEPT_LANGUAGE, HeaderValue::from_static("*"));
        let connect = Duration::from_millis(settings.connect_timeout_ms);
        let mut builder = reqwest::Client::builder()
            .user_agent(settings.user_agent())
            .default_headers(headers)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .no_proxy()
            .dns_resolver(resolver)
            .connect_timeout(connect)
            .pool_idle_timeout(Duration::from_secs(30))
            .pool_max_idle_per_host(4)
            .http2_max_header_list_size(
                u32::try_from(settings.max_header_bytes).unwrap_or(u32::MAX),
            )
            .tls_certs_merge(extra_roots(settings)?);
        if let Some(proxy) = proxy {
            builder = builder.proxy(proxy);
        }
        Ok(Self {
            http: builder.build().map_err(SettingsError::Client)?,
            guard,
            lookup,
            behind_proxy: proxy_host.is_some(),
            connect,
            first_byte: Duration::from_millis(settings.first_byte_timeout_ms),
            read: Duration::from_millis(settings.read_timeout_ms),
            max_header_bytes: settings.max_header_bytes,
        })
    }

    /// Whether a URL may be asked for at all, as far as it can be told without resolving it.
    pub(super) fn check(&self, url: &WebUrl) -> Result<(), Error> {
        self.guard.check_url(url).map_err(Error::Forbidden)
    }

    /// Gets a URL.
    pub(super) async fn get(&self, request: Request<'_>) -> Result<Answer, Error> {
        let Request { url, validators, accept, cookies, limit, budget } = request;
        self.check(url)?;
        let total = Instant::now() + budget;
        if self.behind_proxy {
            self.check_behind_proxy(url, total).await?;
        }
        let mut request = self.http.get(url.as_url().clone());
        for (name, value) in [
            (IF_NONE_MATCH, validators.etag.as_deref()),
            (IF_MODIFIED_SINCE, validators.last_modified.as_deref()),
            (COOKIE, cookies.as_deref()),
            (ACCEPT, accept),
        ] {
            if let Some(value) = header_value(value) {
                request = request.header(name, value);
            }
        }
        let deadline = Deadline { total, budget };
        let response = deadline
            .wait(Phase::FirstByte, self.first_byte, request.send())
            .await?
            .map_err(|e| self.classify(e))?;
        self.read(response, limit, deadline).await
    }

    async fn read(
        &self,
        mut response: reqwest::Response,
        limit: BodyLimit,
        deadline: Deadline,
    ) -> Result<Answer, Error> {
        let status = response.status();
        let headers = std::mem::take(response.headers_mut());
        let header_bytes: usize =
            headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
        if header_bytes > self.max_header_bytes {
            return Err(Error::HeadersTooLarge { limit: self.max_header_bytes });
        }
        let mut answer = Answer { status, headers, body: Vec::new(), cut: false };
        if answer.is_redirect() || status == StatusCode::NOT_MODIFIED {
            return Ok(answer);
        }
        let coding = match answer.headers.get(CONTENT_ENCODING) {
            None => Coding::Identity,
            Some(value) => {
                let parsed = value.to_str().ok().and_then(Coding::parse);
                parsed.ok_or_else(|| {
                    let text = String::from_utf8_lossy(value.as_bytes()).into_owned();
                    Error::Encoding(format!("content-encoding {text:?} is not supported").into())
                })?
            }
        };
        let announced = answer.header(CONTENT_LENGTH).and_then(|text| text.parse::<u64>().ok());
        if coding == Coding::Identity && !limit.cut && announced.is_some_and(|n| n > limit.bytes) {
            return Err(Error::TooLarge { limit: limit.bytes });
        }
        let mut decoder = Decoder::new(coding, limit.bytes);
        loop {
            let chunk = deadline.wait(Phase::Read, self.read, response.chunk()).await?;
            let Some(chunk) = chunk.map_err(|e| self.classify(e))? else { break };
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
        Ok(answer)
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

    /// What a client's error means, told by the types in its chain of sources.
    fn classify(&self, error: reqwest::Error) -> Error {
        let error = error.without_url();
        if let Some(forbidden) = find::<Forbidden>(&error) {
            return Error::Forbidden(forbidden.clone());
        }
        if find::<Unresolved>(&error).is_some() {
            return Error::Dns(error.into());
        }
        if find::<rustls::Error>(&error).is_some() {
            return Error::Tls(error.into());
        }
        if error.is_timeout() && error.is_connect() {
            return Error::Timeout { phase: Phase::Connect, limit: self.connect };
        }
        if error.is_connect() {
            return Error::Connect(error.into());
        }
        if let Some(hyper) = find::<hyper::Error>(&error) {
            if hyper.is_parse_too_large() {
                return Error::HeadersTooLarge { limit: self.max_header_bytes };
            }
            if hyper.is_parse() {
                return Error::Protocol(error.into());
            }
        }
        Error::Truncated(error.into())
    }
}

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

fn header_value(text: Option<&str>) -> Option<HeaderValue> {
    text.filter(|t| !t.is_empty()).and_then(|t| HeaderValue::from_str(t).ok())
}

/// The first error of a type in a chain of sources, looking into `io::Error`s, which hide what
/// they wrap.
fn find<'a, T: StdError + 'static>(error: &'a (dyn StdError + 'static)) -> Option<&'a T> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<T>() {
            return Some(found);
        }
        if let Some(inner) = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref)
            && let Some(found) = find::<T>(inner)
        {
            return Some(found);
        }
        next = error.source();
    }
    None
}

fn extra_roots(settings: &Settings) -> Result<Vec<reqwest::Certificate>, SettingsError> {
    let mut roots = Vec::new();
    for path in &settings.extra_roots {
        let pem = std::fs::read(path).map_err(|source| SettingsError::File {
            key: "extra_roots",
            path: path.clone(),
            source,
        })?;
        let found = reqwest::Certificate::from_pem_bundle(&pem).unwrap_or_default();
        if found.is_empty() {
            let problem = format!("{} holds no PEM certificate", path.display());
            return Err(SettingsError::value("extra_roots", problem));
        }
        roots.extend(found);
    }
    Ok(roots)
}

/// The proxy and its host name.
fn proxy(url: &str, settings: &Settings) -> Result<(reqwest::Proxy, String), SettingsError> {
    let parsed = WebUrl::parse(url)
        .map_err(|e| SettingsError::value("proxy", format!("not an http(s) url: {e}")))?;
    if !parsed.as_url().username().is_empty() || parsed.as_url().password().is_some() {
        let problem = "must not carry credentials; put them into fetch.proxy_auth_file";
        return Err(SettingsError::value("proxy", problem));
    }
    let mut proxy = reqwest::Proxy::all(parsed.as_str()).map_err(SettingsError::Client)?;
    if let Some(path) = &settings.proxy_auth_file {
        let text = std::fs::read_to_string(path).map_err(|source| SettingsError::File {
            key: "proxy_auth_file",
            path: path.clone(),
            source,
        })?;
        let Some((user, password)) = text.trim_end().split_once(':') else {
            return Err(SettingsError::value("proxy_auth_file", "must hold user:password"));
        };
        proxy = proxy.basic_auth(user, password);
    }
    Ok((proxy, parsed.host().to_owned()))
}
