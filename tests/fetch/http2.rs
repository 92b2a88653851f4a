//! HTTP/2 over TLS, and what hostile servers do with it; connections kept and not shared.

use super::*;
use support::h2_site::{H2Site, Play};

fn answer(headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Play {
    let mut head = http::Response::builder().header("content-type", "text/html");
    for (name, value) in headers {
        head = head.header(*name, *value);
    }
    Play::Answer(head.body(()).unwrap(), body.as_ref().to_vec())
}

/// A fetcher that trusts an authority, and to which every name is 127.0.0.1 but those of `private.`.
fn trusting(authority: &Authority, settings: Settings) -> Fetcher {
    let only_one = Settings {
        extra_roots: vec![authority.root()],
        allow_addresses: vec!["127.0.0.1".to_owned()],
        ..settings
    };
    fetcher_with(&only_one, |name| {
        let address = if name.starts_with("private.") { "127.0.0.2" } else { "127.0.0.1" };
        Ok(vec![address.parse().unwrap()])
    })
}

async fn site(
    authority: &Authority,
    play: impl Fn(&http::Request<h2::RecvStream>) -> Play + Send + Sync + 'static,
) -> H2Site {
    let names = ["a.example", "b.example", "private.example"];
    H2Site::start(authority.server(&names, &["h2", "http/1.1"]), play).await
}

#[tokio::test]
async fn http_2_is_used_where_server_offers_it() {
    let authority = Authority::new();
    let page = |r: &http::Request<h2::RecvStream>| {
        assert_eq!(r.version(), http::Version::HTTP_2);
        assert!(r.headers()["user-agent"].to_str().unwrap().starts_with("news-ingest/"));
        answer(&[], story("By two"))
    };
    let site = site(&authority, page).await;
    let fetcher = trusting(&authority, settings());
    for n in 0..5 {
        let url = site.url_as("a.example", &format!("/{n}"));
        let page = fetcher.fetch(link(&url)).await.unwrap();
        assert_eq!(page.content, Content::Html(story("By two")));
    }
    // All on one connection.
    assert_eq!(site.requests().len(), 5);
    assert!(site.requests().iter().all(|r| r.connection == 0));
}

#[tokio::test]
async fn http_1_is_used_if_nothing_else_offered() {
    let authority = Authority::new();
    for protocols in [&["http/1.1"][..], &[]] {
        let server = authority.server(&["a.example"], protocols);
        let site = Site::start_tls(server, |_: &Request| html(story("By one"))).await;
        let fetcher = trusting(&authority, settings());
        for n in 0..3 {
            let url = site.url_as("a.example", &format!("/{n}"));
            assert!(fetcher.fetch(link(&url)).await.is_ok());
        }
        // Kept alive and used again.
        let connections: Vec<_> = site.requests().iter().map(|r| r.connection).collect();
        assert_eq!(connections, [0, 0, 0]);
    }
}

#[tokio::test]
async fn a_connection_is_not_used_for_another_name() {
    // One certificate for all, so that a browser might share the connection.
    let authority = Authority::new();
    let site = site(&authority, |_| answer(&[], story("Public"))).await;
    let fetcher = trusting(&authority, settings());
    assert!(fetcher.fetch(link(&site.url_as("a.example", "/"))).await.is_ok());
    let ended = ending(fetcher.fetch(link(&site.url_as("private.example", "/"))).await);
    assert_eq!(ended, ("address_forbidden", Disposition::Reject));
    assert!(fetcher.fetch(link(&site.url_as("b.example", "/"))).await.is_ok());
    let seen: Vec<_> = site.requests().into_iter().map(|r| (r.connection, r.host)).collect();
    assert_eq!(seen, [(0, "a.example".to_owned()), (1, "b.example".to_owned())]);
}

#[tokio::test]
async fn alternative_services_are_not_followed() {
    let authority = Authority::new();
    let elsewhere = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    elsewhere.set_nonblocking(true).unwrap();
    let service = format!("h2=\"{0}\"; ma=60, h3=\"{0}\"", elsewhere.local_addr().unwrap());
    let site = site(&authority, move |_| answer(&[("alt-svc", &service)], story("Here"))).await;
    let fetcher = trusting(&authority, settings());
    for n in 0..3 {
        let url = site.url_as("a.example", &format!("/{n}"));
        assert!(fetcher.fetch(link(&url)).await.is_ok());
    }
    assert_eq!(site.requests().len(), 3);
    let nobody = elsewhere.accept().unwrap_err();
    assert_eq!(nobody.kind(), std::io::ErrorKind::WouldBlock);
}

#[tokio::test]
async fn compressed_headers_are_counted_as_they_unfold() {
    // Said once, then pointed at: two kilobytes that unfold to a hundred, or to two thousand.
    let authority = Authority::new();
    let pad = "x".repeat(1000);
    let site = site(&authority, move |r| match r.uri().path() {
        "/over" => answer(&vec![("x-pad", pad.as_str()); 100], story("Over")),
        "/far-over" => answer(&vec![("x-pad", pad.as_str()); 2000], story("Far over")),
        _ => answer(&[], story("Fine")),
    })
    .await;
    let fetcher = trusting(&authority, settings());
    for path in ["/over", "/far-over"] {
        let ended = ending(fetcher.fetch(link(&site.url_as("a.example", path))).await);
        assert_eq!(ended, ("headers_too_large", Disposition::Reject), "{path}");
        assert!(fetcher.fetch(link(&site.url_as("a.example", "/fine"))).await.is_ok());
    }
}

#[tokio::test]
async fn limits_and_deadlines_hold_as_over_http_1() {
    let authority = Authority::new();
    let bomb = zstd::encode_all(&vec![0; 64 << 20][..], 1).unwrap();
    let site = site(&authority, move |r| match r.uri().path() {
        "/bomb" => answer(&[("content-encoding", "zstd")], &bomb),
        "/hold" => Play::Hold,
        "/break" => {
            let head = http::Response::builder().header("content-type", "text/html");
            Play::Break(head.body(()).unwrap(), b"<p>It breaks".to_vec())
        }
        _ => answer(&[], story("Fine")),
    })
    .await;
    let quick = Settings { first_byte_timeout_ms: 300, ..settings() };
    let fetcher = trusting(&authority, quick);
    for (path, expected) in [
        ("/bomb", ("too_large", Disposition::Reject)),
        ("/hold", ("timeout_first_byte", RETRY)),
        ("/break", ("truncated", RETRY)),
    ] {
        let ended = ending(fetcher.fetch(link(&site.url_as("a.example", path))).await);
        assert_eq!(ended, expected, "{path}");
        // The connection has outlived it.
        assert!(fetcher.fetch(link(&site.url_as("a.example", "/fine"))).await.is_ok());
    }
    assert!(site.requests().iter().all(|r| r.connection == 0));
}

#[tokio::test]
async fn a_dead_connection_is_left() {
    let authority = Authority::new();
    let site = site(&authority, |r| match r.uri().path() {
        "/freeze" => Play::Freeze,
        _ => answer(&[], story("Fine")),
    })
    .await;
    let quick = Settings { read_timeout_ms: 200, first_byte_timeout_ms: 60_000, ..settings() };
    let fetcher = trusting(&authority, quick);
    assert!(fetcher.fetch(link(&site.url_as("a.example", "/1"))).await.is_ok());
    // Found dead by a ping that is not answered, long before the deadline for an answer.
    let ended = ending(fetcher.fetch(link(&site.url_as("a.example", "/freeze"))).await);
    assert_eq!(ended, ("truncated", RETRY));
    assert!(fetcher.fetch(link(&site.url_as("a.example", "/2"))).await.is_ok());
    let connections: Vec<_> = site.requests().iter().map(|r| r.connection).collect();
    assert_eq!(connections, [0, 0, 1]);
}

#[tokio::test]
async fn server_that_breaks_protocol_is_named_so() {
    let authority = Authority::new();
    // It agrees to HTTP/2 and then sends something else.
    let server = authority.server(&["a.example"], &["h2"]);
    let site = Site::start_tls(server, |_: &Request| {
        vec![Act::Send(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".to_vec()), Act::Close]
    })
    .await;
    let fetcher = trusting(&authority, settings());
    let ended = ending(fetcher.fetch(link(&site.url_as("a.example", "/"))).await);
    assert_eq!(ended, ("protocol", RETRY));
}

#[tokio::test]
async fn request_not_taken_up_is_sent_once_more() {
    use std::sync::atomic::{AtomicUsize, Ordering};
    let authority = Authority::new();
    let asked = AtomicUsize::new(0);
    let site = site(&authority, move |r| {
        let is_first = |play| {
            if asked.fetch_add(1, Ordering::SeqCst) == 0 {
                play
            } else {
                answer(&[], story("Again"))
            }
        };
        match r.uri().path() {
            "/refused" => is_first(Play::Reset(h2::Reason::REFUSED_STREAM)),
            "/hung-up" => is_first(Play::HangUp),
            "/always-refused" => Play::Reset(h2::Reason::REFUSED_STREAM),
            _ => {
                asked.store(0, Ordering::SeqCst);
                answer(&[], story("Fine"))
            }
        }
    })
    .await;
    let fetcher = trusting(&authority, settings());
    for path in ["/refused", "/hung-up"] {
        assert!(fetcher.fetch(link(&site.url_as("a.example", "/fine"))).await.is_ok());
        let page = fetcher.fetch(link(&site.url_as("a.example", path))).await.unwrap();
        assert_eq!(page.content, Content::Html(story("Again")), "{path}");
    }
    let before = site.requests().len();
    let ended = ending(fetcher.fetch(link(&site.url_as("a.example", "/always-refused"))).await);
    assert_eq!(ended, ("truncated", RETRY));
    assert_eq!(site.requests().len() - before, 2);
}

#[tokio::test]
async fn server_requiring_http_1_is_asked_over_it() {
    let authority = Authority::new();
    let server = authority.server(&["a.example"], &["h2", "http/1.1"]);
    let site = H2Site::start(server, |_| Play::Reset(h2::Reason::HTTP_1_1_REQUIRED)).await;
    let fetcher = trusting(&authority, settings());
    let page = fetcher.fetch(link(&site.url_as("a.example", "/"))).await.unwrap();
    assert_eq!(page.content, Content::Html(support::h2_site::OVER_ONE.to_owned()));
    assert_eq!(site.requests().len(), 1);
}

#[tokio::test]
async fn stream_faults_are_named_for_what_they_are() {
    let authority = Authority::new();
    let site = site(&authority, |r| match r.uri().path() {
        "/two-lengths" => answer(&[("content-length", "5"), ("content-length", "6")], "short"),
        "/no-number" => answer(&[("content-length", "many")], "short"),
        "/breaks-off" => Play::Reset(h2::Reason::INTERNAL_ERROR),
        _ => answer(&[], story("Fine")),
    })
    .await;
    let fetcher = trusting(&authority, settings());
    for (path, expected) in
        [("/two-lengths", "protocol"), ("/no-number", "protocol"), ("/breaks-off", "truncated")]
    {
        let ended = ending(fetcher.fetch(link(&site.url_as("a.example", path))).await);
        assert_eq!(ended, (expected, RETRY), "{path}");
        assert!(fetcher.fetch(link(&site.url_as("a.example", "/fine"))).await.is_ok());
    }
}

#[tokio::test]
async fn dead_connection_is_not_replaced_by_another() {
    const KEPT: usize = 3;
    let site = Site::start(|request: &Request| match request.path.as_str() {
        "/later" if request.connection < KEPT => vec![Act::Reset],
        "/later" => html(story("Later")),
        _ => {
            let mut acts = vec![Act::Sleep(Duration::from_millis(300))];
            acts.extend(html(story("At first")));
            acts
        }
    })
    .await;
    let fetcher = fetcher(&settings());
    let first = async |path: &str| fetcher.fetch(link(&site.url(path))).await.unwrap();
    tokio::join!(first("/1"), first("/2"), first("/3"));
    let mut connections: Vec<_> = site.requests().iter().map(|r| r.connection).collect();
    connections.sort_unstable();
    assert_eq!(connections, [0, 1, 2]);
    let later = fetcher.fetch(link(&site.url("/later"))).await.unwrap();
    assert_eq!(later.content, Content::Html(story("Later")));
}
