//! The IPTC ninjs 3.1 item of a story.

use schemars::JsonSchema;
use serde::Serialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::model::{Access, Entity, EntityKind, Story, TopicCode, WebUrl};

/// The 17 top-level IPTC Media Topics and the token each has in subjects.
pub const TOPIC_SLUGS: [(TopicCode, &str); 17] = [
    (TopicCode(1_000_000), "arts"),
    (TopicCode(2_000_000), "crime"),
    (TopicCode(3_000_000), "disaster"),
    (TopicCode(4_000_000), "economy"),
    (TopicCode(5_000_000), "education"),
    (TopicCode(6_000_000), "environment"),
    (TopicCode(7_000_000), "health"),
    (TopicCode(8_000_000), "human-interest"),
    (TopicCode(9_000_000), "labour"),
    (TopicCode(10_000_000), "lifestyle"),
    (TopicCode(11_000_000), "politics"),
    (TopicCode(12_000_000), "religion"),
    (TopicCode(13_000_000), "science"),
    (TopicCode(14_000_000), "society"),
    (TopicCode(15_000_000), "sport"),
    (TopicCode(16_000_000), "conflict"),
    (TopicCode(17_000_000), "weather"),
];

/// Least salience of what a story is about.
const ABOUT_SALIENCE: f32 = 0.3;

/// A ninjs 3.1 item.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Item<'a> {
    /// The canonical URL, or `urn:news-ingest:<key>`.
    uri: String,
    /// Always `text`.
    r#type: &'static str,
    /// `partial` behind a paywall, else `full`.
    representation_type: &'static str,
    /// BCP 47; `und` when unknown.
    language: String,
    /// Publication, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    content_created: Option<String>,
    /// Processing, RFC 3339, UTC.
    version_created: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    headlines: Vec<Value<'a>>,
    bodies: Vec<Value<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    descriptions: Vec<Value<'a>>,
    /// Names joined by "; ".
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    people: Vec<Named<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    organisations: Vec<Named<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    places: Vec<Place<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    subjects: Vec<Subject<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    info_sources: Vec<InfoSource<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    renditions: Vec<Rendition>,
    alt_ids: Vec<AltId<'a>>,
    standard: Standard,
}

/// A text with its role.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Value<'a> {
    role: &'static str,
    content_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    char_count: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    word_count: Option<usize>,
    value: &'a str,
}

/// A person or an organisation.
#[derive(Serialize, JsonSchema)]
struct Named<'a> {
    name: &'a str,
    /// `author`, `about` for what is salient, else `mentions`.
    rel: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    uri: Option<String>,
}

/// A place, with a GeoJSON point where it is known.
#[derive(Serialize, JsonSchema)]
struct Place<'a> {
    name: &'a str,
    rel: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    uri: Option<String>,
    #[serde(rename = "geoJSON", skip_serializing_if = "Option::is_none")]
    geo_json: Option<Point>,
}

/// A GeoJSON point: longitude, then latitude.
#[derive(Serialize, JsonSchema)]
struct Point {
    r#type: &'static str,
    coordinates: [f64; 2],
}

/// An IPTC Media Topic.
#[derive(Serialize, JsonSchema)]
struct Subject<'a> {
    name: &'a str,
    rel: &'static str,
    uri: String,
    confidence: u8,
}

/// Who publishes the story.
#[derive(Serialize, JsonSchema)]
struct InfoSource<'a> {
    name: &'a str,
    role: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    uri: Option<String>,
}

/// A picture of the story.
#[derive(Serialize, JsonSchema)]
struct Rendition {
    name: &'static str,
    href: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    width: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    height: Option<u32>,
}

/// Another id of the story.
#[derive(Serialize, JsonSchema)]
struct AltId<'a> {
    role: &'static str,
    value: &'a str,
}

/// The standard that the item follows.
#[derive(Serialize, JsonSchema)]
struct Standard {
    name: &'static str,
    version: &'static str,
    schema: &'static str,
}

/// RFC 3339 of a time; years outside 0..=9999 cannot be written and give `None`.
pub(super) fn date_time(at: OffsetDateTime) -> Option<String> {
    at.format(&Rfc3339).ok()
}

/// A web address as an RFC 3986 URI: what the WHATWG rules leave raw is percent-encoded.
pub(super) fn uri(url: &WebUrl) -> String {
    let mut out = String::with_capacity(url.as_str().len());
    let mut brackets_allowed = 2; // the host may be an IPv6 literal
    for c in url.as_str().chars() {
        match c {
            '[' | ']' if brackets_allowed > 0 && url.host().starts_with('[') => {
                brackets_allowed -= 1;
                out.push(c);
            }
            '[' | ']' | '{' | '}' | '|' | '\\' | '^' | '`' | '"' | '<' | '>' | ' ' => {
                out.push_str(&format!("%{:02X}", u32::from(c)));
            }
            c => out.push(c),
        }
    }
    out
}

pub(super) fn story_uri(story: &Story) -> String {
    let article = &story.article;
    match article.canonical_url.as_ref().or(article.url.as_ref()) {
        Some(url) => uri(url),
        None => format!("urn:news-ingest:{}", article.identity.key()),
    }
}

fn wikidata(entity: &Entity) -> Option<String> {
    entity.wikidata.as_ref().map(|q| format!("http://www.wikidata.org/entity/{q}"))
}

fn named<'a>(story: &'a Story, kind: &'a EntityKind) -> impl Iterator<Item = &'a Entity> {
    story.tags.entities.iter().filter(move |e| e.kind == *kind)
}

/// Whether the story is about an entity or only mentions it.
fn rel(entity: &Entity) -> &'static str {
    if entity.salience >= ABOUT_SALIENCE { "about" } else { "mentions" }
}

fn text_value<'a>(role: &'static str, value: &'a str) -> Value<'a> {
    Value { role, content_type: "text/plain", char_count: None, word_count: None, value }
}

/// Builds the item of a story.
pub(super) fn item(story: &Story, now: OffsetDateTime) -> Item<'_> {
    let article = &story.article;
    let about = |e: &Entity| Named { name: "", rel: rel(e), uri: wikidata(e) };
    let authors = article.authors.iter().map(|name| Named { name, rel: "author", uri: None });
    let headlines = [("main", &article.headline), ("sub", &article.sub_headline)]
        .into_iter()
        .filter_map(|(role, text)| text.as_deref().map(|text| text_value(role, text)))
        .collect();
    let body = Value {
        char_count: Some(article.body.chars().count()),
        word_count: Some(article.body.split_whitespace().count()),
        ..text_value("main", &article.body)
    };
    let publisher = article.hints.publisher.as_ref();
    let source_name = article
        .site_name
        .as_deref()
        .or(publisher.and_then(|p| p.name.as_deref()))
        .or(publisher.and_then(|p| p.domain.as_deref()));
    Item {
        uri: story_uri(story),
        r#type: "text",
        representation_type: match article.access {
            Access::Free => "full",
            Access::Paywall | Access::Consent | Access::Challenge => "partial",
        },
        language: story.tags.language.code.to_string(),
        content_created: article.published.and_then(|p| date_time(p.at)),
        version_created: date_time(now).expect("the present has a four-digit year"),
        headlines,
        bodies: vec![body],
        descriptions: story
            .tags
            .summary
            .as_deref()
            .map(|text| text_value("summary", text))
            .into_iter()
            .collect(),
        by: (!article.authors.is_empty()).then(|| article.authors.join("; ")),
        people: authors
            .chain(named(story, &EntityKind::Person).map(|e| Named { name: &e.name, ..about(e) }))
            .collect(),
        organisations: named(story, &EntityKind::Organisation)
            .map(|e| Named { name: &e.name, ..about(e) })
            .collect(),
        places: named(story, &EntityKind::Place)
            .map(|e| Place {
                name: &e.name,
                rel: rel(e),
                uri: e
                    .geonames
                    .map(|id| format!("https://sws.geonames.org/{id}/"))
                    .or_else(|| wikidata(e)),
                geo_json: e.point.map(|p| Point { r#type: "Point", coordinates: [p.lon, p.lat] }),
            })
            .collect(),
        subjects: story
            .tags
            .topics
            .iter()
            .map(|topic| Subject {
                name: &topic.name,
                rel: "about",
                uri: format!("http://cv.iptc.org/newscodes/mediatopic/{:08}", topic.code.0),
                confidence: topic.confidence,
            })
            .collect(),
        info_sources: source_name
            .map(|name| InfoSource {
                name,
                role: "publisher",
                uri: publisher
                    .and_then(|p| p.domain.as_deref())
                    .or(article.url.as_ref().map(WebUrl::host))
                    .and_then(|host| WebUrl::parse(&format!("https://{host}/")).ok())
                    .map(|url| uri(&url)),
            })
            .into_iter()
            .collect(),
        renditions: article
            .image
            .as_ref()
            .map(|image| Rendition {
                name: "lead",
                href: uri(&image.url),
                width: image.width,
                height: image.height,
            })
            .into_iter()
            .collect(),
        alt_ids: vec![AltId { role: "id", value: article.identity.id().as_str() }],
        standard: Standard {
            name: "ninjs",
            version: "3.1",
            schema: "https://www.iptc.org/std/ninjs/ninjs-schema_3.1.json",
        },
    }
}
