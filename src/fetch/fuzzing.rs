//! Doors for `make fuzz` to what reads a site's answers and is private otherwise.

use reqwest::header::{HeaderMap, HeaderValue, SET_COOKIE};

use super::{cookies::Jar, robots_rules};
use crate::model::WebUrl;

/// Takes each line as a `Set-Cookie` header, and sends the cookies back.
pub fn cookies(lines: &[u8]) {
    let url = WebUrl::parse("https://www.example.org/a/b").expect("a URL");
    let mut headers = HeaderMap::new();
    for line in lines.split(|byte| *byte == b'\n').take(500) {
        if let Ok(value) = HeaderValue::from_bytes(line) {
            headers.append(SET_COOKIE, value);
        }
    }
    let mut jar = Jar::default();
    jar.take(&url, &headers);
    let _ = jar.header(&url);
}

/// Parses a robots.txt and asks it about a few addresses.
pub fn robots(file: &[u8]) {
    robots_rules::fuzz(file);
}
