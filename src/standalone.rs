//! HTML pages that stand alone: one file, nothing fetched, nothing run.
//!
//! The content security policy allows one thing, the page's own style sheet by its hash; so even
//! markup that slipped through the escaping (`maud` escapes every text it is given) could neither
//! run nor load anything. Style attributes are forbidden with it: sizes are SVG attributes.

use data_encoding::BASE64;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest as _, Sha256};

/// Writes a page in English around `body`, which stands for the whole `body` element's content. Pictures are loaded
/// from the origin `images` alone; from nowhere without it.
#[must_use]
pub fn document(title: &str, style: &str, images: Option<&str>, body: &Markup) -> String {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy(style, images));
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="referrer" content="no-referrer";
                meta name="color-scheme" content="light dark";
                title { (title) " · news-ingest" }
                style { (PreEscaped(style)) }
            }
            body { (body) }
        }
    }
    .into_string()
}

fn policy(style: &str, images: Option<&str>) -> String {
    let hash = BASE64.encode(&Sha256::digest(style));
    let images = images.map(|origin| format!("; img-src {origin}")).unwrap_or_default();
    format!(
        "default-src 'none'; style-src 'sha256-{hash}'{images}; base-uri 'none'; form-action 'none'"
    )
}
