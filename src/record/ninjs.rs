//! The IPTC ninjs 3.1 item of a story.
//!
//! Holds what the standard has a place for, in its words and units; everything else is in `wire`. Refuses empty lists
//! and objects, which readers of columns stumble over, and facts that are not known: they are left out.

use schemars::JsonSchema;
use serde::Serialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::model::{Access, Entity, EntityKind, Field, Image, Mention, Story, TopicCode, WebUrl};
use crate::scripts::word_count;

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
/// Characters of a body in which what is named once is what the story is about.
const OPENING: u32 = 250;

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
    /// The plain text first; behind it, where `extract.html` asks for it, the same as clean HTML.
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
    /// The lead picture with its caption and credit, where the page has either.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    associations: Vec<Picture<'a>>,
    /// What sort of journalism the page says it is.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    genres: Vec<Genre<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    copyright_holder: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    copyright_notice: Option<&'a str>,
    /// The terms of use in the page's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    usage_terms: Option<&'a str>,
    /// Where the licence is.
    #[serde(skip_serializing_if = "Option::is_none")]
    rights_info: Option<RightsInfo>,
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

/// An IPTC Media Topic, or what the publisher files the story under.
#[derive(Serialize, JsonSchema)]
struct Subject<'a> {
    name: &'a str,
    /// `about` for Media Topics, `section` and `keyword` for the publisher's.
    rel: &'static str,
    /// Of Media Topics only.
    #[serde(skip_serializing_if = "Option::is_none")]
    uri: Option<String>,
    /// Who says so, for what the publisher says: its name, or `publisher`.
    #[serde(skip_serializing_if = "Option::is_none")]
    creator: Option<&'a str>,
    /// Of Media Topics only.
    #[serde(skip_serializing_if = "Option::is_none")]
    confidence: Option<u8>,
}

/// A picture as an item of its own.
#[derive(Serialize, JsonSchema)]
struct Picture<'a> {
    /// `lead`.
    name: &'static str,
    uri: String,
    /// `picture`.
    r#type: &'static str,
    /// The caption.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    descriptions: Vec<Value<'a>>,
    /// The credit.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<&'a str>,
    renditions: Vec<Rendition>,
}

/// A sort of journalism.
#[derive(Serialize, JsonSchema)]
struct Genre<'a> {
    name: &'a str,
}

/// The rights in a story.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct RightsInfo {
    linked_rights: String,
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

/// Whether the story is about an entity or only mentions it: what is named once, in passing, is no subject.
fn rel(entity: &Entity) -> &'static str {
    let early = |m: &Mention| m.field == Field::Title || m.span.start < OPENING;
    let told = entity.mentions.len() > 1 || entity.mentions.iter().any(early);
    if told && entity.salience >= ABOUT_SALIENCE { "about" } else { "mentions" }
}

fn text_value<'a>(role: &'static str, value: &'a str) -> Value<'a> {
    Value { role, content_type: "text/plain", char_count: None, word_count: None, value }
}

fn rendition(image: &Image) -> Rendition {
    Rendition { name: "lead", href: uri(&image.url), width: image.width, height: image.height }
}

/// The lead picture as an item, where there is more to say than where it is.
fn picture(image: &Image) -> Option<Picture<'_>> {
    let caption = image.caption.as_deref();
    let (credit, known) = (image.credit.as_deref(), caption.or(image.credit.as_deref()));
    known.is_some().then(|| Picture {
        name: "lead",
        uri: uri(&image.url),
        r#type: "picture",
        descriptions: caption.map(|text| text_value("caption", text)).into_iter().collect(),
        by: credit,
        renditions: vec![rendition(image)],
    })
}

/// Section and keywords of the publisher.
fn filed_under<'a>(
    story: &'a Story,
    publisher: Option<&'a str>,
) -> impl Iterator<Item = Subject<'a>> {
    let article = &story.article;
    let section = article.section.iter().map(|name| (name, "section"));
    let keywords = article.keywords.iter().map(|name| (name, "keyword"));
    let creator = Some(publisher.unwrap_or("publisher"));
    section.chain(keywords).map(move |(name, rel)| Subject {
        name,
        rel,
        uri: None,
        creator,
        confidence: None,
    })
}

/// Who signed a story: people, or agencies and desks.
fn signed(story: &Story, organisations: bool) -> impl Iterator<Item = Named<'_>> {
    let article = &story.article;
    let is_wanted =
        move |name: &&String| article.signing_organisations.contains(name) == organisations;
    let signers = article.authors.iter().filter(is_wanted);
    signers.map(|name| Named { name, rel: "author", uri: None })
}

/// Whom a story names.
fn mentioned<'a>(story: &'a Story, kind: &'a EntityKind) -> impl Iterator<Item = Named<'a>> {
    named(story, kind).map(|e| Named { name: &e.name, rel: rel(e), uri: wikidata(e) })
}

/// Builds the item of a story.
pub(super) fn item(story: &Story, now: OffsetDateTime) -> Item<'_> {
    let article = &story.article;
    let headlines = [("main", &article.headline), ("sub", &article.sub_headline)]
        .into_iter()
        .filter_map(|(role, text)| text.as_deref().map(|text| text_value(role, text)))
        .collect();
    let body = Value {
        char_count: Some(article.body.chars().count()),
        word_count: Some(word_count(&article.body)),
        ..text_value("main", &article.body)
    };
    let html = article
        .html
        .as_deref()
        .map(|html| Value { content_type: "text/html", ..text_value("main", html) });
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
        bodies: std::iter::once(body).chain(html).collect(),
        descriptions: story
            .tags
            .summary
            .as_deref()
            .map(|text| text_value("summary", text))
            .into_iter()
            .collect(),
        by: (!article.authors.is_empty()).then(|| article.authors.join("; ")),
        people: signed(story, false).chain(mentioned(story, &EntityKind::Person)).collect(),
        organisations: signed(story, true)
            .chain(mentioned(story, &EntityKind::Organisation))
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
                uri: Some(format!("http://cv.iptc.org/newscodes/mediatopic/{:08}", topic.code.0)),
                creator: None,
                confidence: Some(topic.confidence),
            })
            .chain(filed_under(story, source_name))
            .collect(),
        info_sources: source_name
            .map(|name| InfoSource {
                name,
                role: "publisher",
                uri: site_of(publisher.and_then(|p| p.domain.as_deref()), article.url.as_ref())
                    .map(|url| uri(&url)),
            })
            .into_iter()
            .collect(),
        renditions: article.image.as_ref().map(rendition).into_iter().collect(),
        associations: article.image.as_ref().and_then(picture).into_iter().collect(),
        genres: article.genres.iter().map(|name| Genre { name }).collect(),
        copyright_holder: article.rights.holder.as_deref(),
        copyright_notice: article.rights.notice.as_deref(),
        usage_terms: article.rights.terms.as_deref(),
        rights_info: article
            .rights
            .license
            .as_ref()
            .map(|license| RightsInfo { linked_rights: uri(license) }),
        alt_ids: vec![AltId { role: "id", value: article.identity.id().as_str() }],
        standard: Standard {
            name: "ninjs",
            version: "3.1",
            schema: "https://www.iptc.org/std/ninjs/ninjs-schema_3.1.json",
        },
    }
}

/// The publisher's site: the origin of the page where that is on it, else the site of its domain.
fn site_of(domain: Option<&str>, page: Option<&WebUrl>) -> Option<WebUrl> {
    let site = match (domain, page) {
        (Some(domain), Some(page)) if page.host() != domain => format!("https://{domain}/"),
        (_, Some(page)) => format!("{}/", page.as_url().origin().ascii_serialization()),
        (Some(domain), None) => format!("https://{domain}/"),
        (None, None) => return None,
    };
    WebUrl::parse(&site).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passing_mention_is_no_subject() {
        let at = |field, start| Mention {
            field,
            span: crate::model::Span { start, end: start + 4 },
            text: "Orme".to_owned(),
        };
        let rel = |mentions: Vec<Mention>, salience| {
            rel(&Entity {
                kind: EntityKind::Organisation,
                name: "Orme".to_owned(),
                name_en: None,
                salience,
                wikidata: None,
                geonames: None,
                country: None,
                point: None,
                list_id: None,
                mentions,
            })
        };
        assert_eq!(rel(vec![at(Field::Body, 900)], 0.5), "mentions");
        assert_eq!(rel(vec![at(Field::Body, 900), at(Field::Body, 990)], 0.5), "about");
        assert_eq!(rel(vec![at(Field::Body, 40)], 0.5), "about");
        assert_eq!(rel(vec![at(Field::Title, 900)], 0.5), "about");
        assert_eq!(rel(vec![at(Field::Title, 4)], 0.1), "mentions");
    }

    #[test]
    fn publisher_site_is_the_origin_of_its_page() {
        let page = WebUrl::parse("http://127.0.0.1:8000/tram.html").unwrap();
        let site = |domain, page| site_of(domain, page).map(|url| url.as_str().to_owned());
        let own = Some("http://127.0.0.1:8000/".to_owned());
        assert_eq!(
            (site(Some("127.0.0.1"), Some(&page)), site(None, Some(&page))),
            (own.clone(), own)
        );
        let other = Some("https://gazette.example/".to_owned());
        assert_eq!(site(Some("gazette.example"), Some(&page)), other);
        assert_eq!((site(Some("gazette.example"), None), site(None, None)), (other, None));
    }
}
