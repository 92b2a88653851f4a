//! The demo's news site: pages over HTTP on a loopback port, and the messages that name them.

use std::net::SocketAddr;
use std::sync::Arc;

use async_nats::HeaderMap;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use bytes::Bytes;

use super::stories::{STORIES, Story};
use crate::intake::{self, Headers, RawMessage};
use crate::model::Key;

/// A raw message of the demo and the key that it must end under.
pub(super) struct Message {
    pub(super) key: Key,
    pub(super) content_type: &'static str,
    pub(super) body: Bytes,
}

impl Message {
    fn new(content_type: &'static str, body: impl Into<Bytes>) -> Self {
        let body = body.into();
        let mut headers = Headers::default();
        headers.push("Content-Type", content_type);
        let message = RawMessage { headers, body: body.clone(), unreadable: None };
        let key = match intake::decode(message.clone(), &intake::Settings::default()) {
            Ok(raw) => raw.identity.key(),
            Err(_) => intake::identify(&message, &intake::Settings::default()).key(),
        };
        Self { key, content_type, body }
    }

    pub(super) fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert("Content-Type", self.content_type);
        headers
    }
}

/// Starts the site on a free loopback port; it lives as long as the process.
pub(super) async fn start() -> anyhow::Result<SocketAddr> {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = listener.local_addr()?;
    let app = Router::new()
        .route("/robots.txt", get(|| async { "User-agent: *\nDisallow: /members/\n" }))
        .route("/{edition}/{slug}", get(page))
        .with_state(Arc::new(address));
    tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, app).await {
            tracing::error!(event = "demo_site", %error, "the site stopped");
        }
    });
    Ok(address)
}

async fn page(
    State(site): State<Arc<SocketAddr>>,
    Path((edition, slug)): Path<(String, String)>,
) -> Response {
    match STORIES.iter().find(|story| story.slug == slug) {
        Some(story) => Html(html(&site, &edition, story)).into_response(),
        None => (
            StatusCode::NOT_FOUND,
            [(header::CONTENT_TYPE, "text/html; charset=utf-8")],
            "<!doctype html><title>Not found</title><p>There is no such story.",
        )
            .into_response(),
    }
}

fn html(site: &SocketAddr, edition: &str, story: &Story) -> String {
    let Story { slug, headline, standfirst, author, published, section, paragraphs } = story;
    let url = format!("http://{site}/{edition}/{slug}");
    let body: String = paragraphs.iter().map(|p| format!("<p>{p}</p>\n")).collect();
    let schema = serde_json::json!({
        "@context": "https://schema.org", "@type": "NewsArticle", "headline": headline,
        "datePublished": published, "author": [{"@type": "Person", "name": author}],
        "articleSection": section, "mainEntityOfPage": url, "isAccessibleForFree": true,
        "publisher": {"@type": "NewsMediaOrganization", "name": "The Harbour Courier"},
    });
    format!(
        "<!doctype html><html lang=en><head><meta charset=utf-8><title>{headline} - The Harbour \
         Courier</title><link rel=canonical href=\"{url}\"><meta property=og:site_name content=\
         \"The Harbour Courier\"><script type=application/ld+json>{schema}</script></head><body>\
         <header><nav><a href=/>Home</a> <a href=/sport>Sport</a> <a href=/weather>Weather</a></nav>\
         </header><main><article><h1>{headline}</h1><p class=standfirst>{standfirst}</p>\
         <p class=byline>By {author}</p>\n{body}</article><aside><h2>Most read</h2><ul>\
         <li><a href=/a>Ten walks for the weekend</a><li><a href=/b>Crossword</a></ul></aside></main>\
         <footer>Subscribe to our newsletter. Copyright The Harbour Courier.</footer></body></html>"
    )
}

/// `count` messages: links to the site's stories and, one in ten, something that cannot become a
/// story or was sent before.
pub(super) fn messages(site: SocketAddr, count: u32) -> Vec<Message> {
    (0..count)
        .map(|number| {
            let slug = STORIES[number as usize % STORIES.len()].slug;
            let edition = format!("edition-{}", number as usize / STORIES.len());
            let url = format!("http://{site}/{edition}/{slug}");
            let id = format!("demo:{number}");
            match number {
                n if n % 10 != 9 => Message::new(
                    "application/json",
                    serde_json::json!({"id": id, "url": url, "meta": {"number": n}}).to_string(),
                ),
                n if n % 60 == 9 => {
                    Message::new("application/json", format!("{{\"id\": \"{id}\", broken"))
                }
                n if n % 60 == 19 => Message::new(
                    "application/json",
                    serde_json::json!({"id": id, "url": format!("http://{site}/x/gone")})
                        .to_string(),
                ),
                n if n % 60 == 29 => Message::new(
                    "application/json",
                    serde_json::json!({"id": id, "url": format!("http://{site}/members/{slug}")})
                        .to_string(),
                ),
                n if n % 60 == 39 => Message::new("text/uri-list", format!("{url}?n={n}\n{url}\n")),
                n if n % 60 == 49 => Message::new(
                    "application/json",
                    // Sent before, under the same id.
                    serde_json::json!({"id": "demo:0", "url": url}).to_string(),
                ),
                n => Message::new(
                    "application/json",
                    format!("{{\"id\": \"{id}\", \"title\": {n}}}"),
                ),
            }
        })
        .collect()
}
