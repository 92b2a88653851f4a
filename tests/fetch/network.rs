//! The network at its worst, and the deadlines.

use super::*;

#[tokio::test]
async fn slow_headers_end_at_the_first_byte_deadline() {
    let quick = Settings { first_byte_timeout_ms: 100, ..settings() };
    let answer = vec![Act::Sleep(Duration::from_secs(30))];
    assert_eq!(ending(fetch_reply(&quick, answer).await), ("timeout_first_byte", RETRY));
}

#[tokio::test]
async fn endless_interim_answers_do_not_postpone_the_deadline() {
    let quick = Settings { first_byte_timeout_ms: 300, ..settings() };
    let answer = vec![Act::Forever(b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n".to_vec())];
    assert_eq!(ending(fetch_reply(&quick, answer).await), ("timeout_first_byte", RETRY));
}

#[tokio::test]
async fn many_headers_are_taken_but_too_many_refused() {
    for (count, taken) in [(300, true), (1000, false)] {
        let names: Vec<String> = (0..count).map(|n| format!("X-H{n}")).collect();
        let mut headers = vec![("Content-Type", "text/html")];
        headers.extend(names.iter().map(|name| (name.as_str(), "1")));
        let result = fetch_reply(&settings(), reply(200, &headers, story("A"))).await;
        match result {
            Ok(_) => assert!(taken, "{count}"),
            Err(error) => {
                assert_eq!((taken, error.code()), (false, "headers_too_large"), "{count}");
            }
        }
    }
}

#[tokio::test]
async fn headers_that_never_end_are_cut_off() {
    let answer =
        vec![Act::Send(b"HTTP/1.1 200 OK\r\nX-Pad: ".to_vec()), Act::Forever(vec![b'x'; 4096])];
    assert_eq!(
        ending(fetch_reply(&settings(), answer).await),
        ("headers_too_large", Disposition::Reject)
    );
    let long = "x".repeat(70_000);
    let answer = reply(200, &[("X-Pad", &long)], story("A"));
    assert_eq!(code(fetch_reply(&settings(), answer).await), "headers_too_large");
}

fn head(headers: &str) -> Act {
    Act::Send(format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n{headers}\r\n").into_bytes())
}

#[tokio::test]
async fn stalled_body_ends_at_the_read_deadline() {
    let quick = Settings { read_timeout_ms: 100, ..settings() };
    let answer = vec![
        head("Content-Length: 1000\r\n"),
        Act::Send(b"<html>".to_vec()),
        Act::Sleep(Duration::from_secs(30)),
    ];
    assert_eq!(ending(fetch_reply(&quick, answer).await), ("timeout_read", RETRY));
}

#[tokio::test]
async fn dripping_body_ends_at_the_total_deadline() {
    let quick = Settings { read_timeout_ms: 5000, total_timeout_ms: 300, ..settings() };
    let mut answer = vec![head("Content-Length: 1000\r\n")];
    for _ in 0..200 {
        answer.extend([Act::Send(b"x".to_vec()), Act::Sleep(Duration::from_millis(20))]);
    }
    assert_eq!(ending(fetch_reply(&quick, answer).await), ("timeout_total", RETRY));
}

#[tokio::test]
async fn redirects_share_the_total_deadline() {
    let quick = Settings { total_timeout_ms: 400, ..settings() };
    let site = Site::start(|r: &Request| {
        let n: u32 = r.path[1..].parse().unwrap();
        let mut answer = vec![Act::Sleep(Duration::from_millis(150))];
        answer.extend(redirect(302, &format!("/{}", n + 1)));
        answer
    })
    .await;
    assert_eq!(code(fetch(&quick, &site.url("/1")).await), "timeout_total");
    assert!(site.requests().len() <= 4);
}

#[tokio::test]
async fn endless_body_is_cut_off_at_limit() {
    let small = Settings { max_body_bytes: 100_000, ..settings() };
    let body = vec![b'x'; 8192];
    for headers in ["", "Content-Length: 999999999999\r\n", "Content-Encoding: identity\r\n"] {
        let answer = vec![head(headers), Act::Forever(body.clone())];
        assert_eq!(
            ending(fetch_reply(&small, answer).await),
            ("too_large", Disposition::Reject),
            "{headers:?}"
        );
    }
    let chunk = format!("2000\r\n{}\r\n", "x".repeat(0x2000)).into_bytes();
    let answer = vec![head("Transfer-Encoding: chunked\r\n"), Act::Forever(chunk)];
    assert_eq!(code(fetch_reply(&small, answer).await), "too_large");
}

#[tokio::test]
async fn a_connection_reset_mid_body_is_tried_again() {
    let answer = vec![
        head("Content-Length: 100000\r\n"),
        Act::Send(vec![b'x'; 5000]),
        Act::Sleep(Duration::from_millis(50)),
        Act::Reset,
    ];
    assert_eq!(ending(fetch_reply(&settings(), answer).await), ("truncated", RETRY));
    assert_eq!(ending(fetch_reply(&settings(), vec![Act::Reset]).await), ("truncated", RETRY));
}

#[tokio::test]
async fn a_body_shorter_than_announced_is_tried_again() {
    let answer =
        vec![head("Content-Length: 9999\r\n"), Act::Send(story("A").into_bytes()), Act::Close];
    assert_eq!(ending(fetch_reply(&settings(), answer).await), ("truncated", RETRY));
    let answer = vec![
        head("Transfer-Encoding: chunked\r\n"),
        Act::Send(b"5\r\nhello\r\n".to_vec()),
        Act::Close,
    ];
    assert_eq!(ending(fetch_reply(&settings(), answer).await), ("truncated", RETRY));
}

#[tokio::test]
async fn what_is_no_http_is_named_so() {
    let answer = vec![Act::Send(b"SSH-2.0-OpenSSH_9.9\r\n\r\n".to_vec()), Act::Close];
    assert_eq!(ending(fetch_reply(&settings(), answer).await), ("protocol", RETRY));
}

#[tokio::test]
async fn refused_connection_and_unknown_name_are_told_apart() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let refused = fetch(&settings(), &format!("http://{free}/a")).await;
    assert_eq!(ending(refused), ("connect", RETRY));

    let nowhere = fetcher_with(&settings(), |_| Err(std::io::ErrorKind::NotFound.into()));
    assert_eq!(ending(nowhere.fetch(link("http://no.example/a")).await), ("dns", RETRY));
    let nothing = fetcher_with(&settings(), |_| Ok(Vec::new()));
    assert_eq!(code(nothing.fetch(link("http://no.example/a")).await), "dns");
}

#[tokio::test]
async fn slow_name_resolution_ends_at_the_connect_deadline() {
    let quick = Settings { connect_timeout_ms: 100, ..settings() };
    let lookup: news_ingest::fetch::Lookup = Arc::new(|_| Box::pin(std::future::pending()));
    let fetcher = Fetcher::with_lookup(&quick, &support::fetching::state(), lookup).unwrap();
    assert_eq!(
        ending(fetcher.fetch(link("http://slow.example/")).await),
        ("timeout_connect", RETRY)
    );
}
