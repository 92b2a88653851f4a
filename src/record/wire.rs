//! The record as published, schema `news-ingest/record/1`: the ninjs item, and beside it all that ninjs has no place
//! for.
//!
//! The structs are the contract: the JSON Schema of `schema record` is derived from them, so a field is added, never
//! renamed or given another meaning. What is not known is null or left out as each field says; no value is made up to
//! fill one. Offsets count Unicode code points, times are milliseconds.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::value::RawValue;
use time::OffsetDateTime;

use super::ninjs::{self, Item};
use super::{SCHEMA, millis, raw_json};
use crate::model::{Article, Entity, FetchReport, Mention, Provenance, Span, Story, Timings};

/// A finished story as published.
#[derive(Serialize, JsonSchema)]
pub struct Record<'a> {
    /// `news-ingest/record/1`.
    schema: &'static str,
    /// The story's id: the producer's, or derived from URL or body.
    id: &'a str,
    /// 26 base32 characters of SHA-256(id, 0x00, revision).
    key: &'a str,
    /// IPTC ninjs 3.1.
    item: Item<'a>,
    /// How the page was fetched; null when the message carried the story.
    fetch: Option<Fetch<'a>>,
    /// How the article was found.
    extract: Extract<'a>,
    /// What was found in it. Offsets count Unicode code points.
    tags: Tags<'a>,
    /// Where the raw message came from; null fields without a broker.
    raw: Raw<'a>,
    /// The producer's own object, untouched; left out when it is empty.
    #[schemars(with = "Option<BTreeMap<String, serde_json::Value>>")]
    #[serde(skip_serializing_if = "Option::is_none")]
    meta: Option<Box<RawValue>>,
}

/// How a page was fetched.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Fetch<'a> {
    requested_url: &'a str,
    final_url: &'a str,
    canonical_url: Option<&'a str>,
    /// HTTP status.
    status: u16,
    /// Redirects followed.
    hops: u32,
    /// Decoded bytes.
    bytes: u64,
    /// WHATWG charset name.
    charset: &'a str,
    /// `allowed` or `ignored`.
    robots: &'static str,
    /// `free`, `paywall`, `consent` or `challenge`.
    access: &'static str,
    /// RFC 3339, UTC.
    fetched_at: Option<String>,
    /// For a conditional request later.
    etag: Option<&'a str>,
    /// For a conditional request later.
    last_modified: Option<&'a str>,
    /// Milliseconds.
    ms: f64,
}

/// How an article was found.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Extract<'a> {
    method: &'static str,
    version: u32,
    /// `article`, `live_blog`, `gallery`, `multi_article`, `video`, `forum`, `profile`, `index`, `error_page` or
    /// `text`.
    kind: &'static str,
    title_from: Option<&'static str>,
    date_from: Option<&'static str>,
    /// `day`, `minute` or `second`.
    date_precision: Option<&'static str>,
    /// Last change as the page says, RFC 3339.
    date_modified: Option<String>,
    /// Where the sub-headline stands in the body, `[start, end]`, where it is the first paragraph too; left out where
    /// it is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    standfirst: Option<[u32; 2]>,
    section: Option<&'a str>,
    /// The publisher's keywords.
    keywords: &'a [String],
    /// Milliseconds.
    ms: f64,
}

/// What the tagger found.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Tags<'a> {
    language: Language,
    /// `medtop:NNNNNNNN` of the best top-level IPTC Media Topic.
    topic: Option<String>,
    topics: Vec<Topic<'a>>,
    entities: Vec<WireEntity<'a>>,
    quotes: Vec<Quote<'a>>,
    amounts: Vec<Amount<'a>>,
    dates: Vec<Date<'a>>,
    keywords: Vec<Keyword<'a>>,
    /// Null where the tone is not known: languages other than English, and texts without a word that
    /// speaks of it.
    sentiment: Option<Sentiment>,
    /// 64-bit `SimHash` of the text, 16 hexadecimal digits.
    fingerprint: String,
    /// Key of the story that this one repeats or updates.
    duplicate_of: Option<String>,
    /// `duplicate` or `update`.
    relation: Option<&'static str>,
    /// Labels from the user's lists, by list; left out when there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    custom: Option<&'a BTreeMap<String, Vec<String>>>,
    /// What produced each part.
    models: &'a BTreeMap<&'static str, String>,
    /// What was left out of a record that was larger than the broker takes: `mentions` (all but each entity's first),
    /// `amounts`, `dates`, `quotes`.
    #[serde(skip_serializing_if = "Option::is_none")]
    left_out: Option<Vec<&'static str>>,
}

#[derive(Serialize, JsonSchema)]
struct Language {
    /// BCP 47 primary subtag, or `und`.
    code: String,
    /// 0 to 1.
    confidence: f32,
}

#[derive(Serialize, JsonSchema)]
struct Topic<'a> {
    /// `medtop:NNNNNNNN`.
    code: String,
    /// The token that subjects and routes use; of top-level topics only.
    #[serde(skip_serializing_if = "Option::is_none")]
    slug: Option<&'static str>,
    /// The topic's English name.
    name: &'a str,
    /// Calibrated chance that the topic fits, in per cent, 0 to 100; every other confidence and score
    /// of a record is from 0 to 1.
    confidence: u8,
    /// Terms that speak for it.
    why: &'a [String],
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct WireEntity<'a> {
    /// `PERSON`, `ORG`, `PLACE`, `NATIONALITY` (what people of a country and what is theirs are called: evidence of the
    /// country, which is no place of the story by that), `PLACE_IN_NAME` (a place that
    /// an organisation is named after, where the story tells of that place or its neighbours too: evidence of where
    /// the story plays, not where the organisation is), `LISTED` or a type of the user's lists.
    r#type: &'a str,
    name: &'a str,
    /// The English name, where the story is in another language and it is known: of countries, regions and cities that
    /// are located, of nationalities, and of persons and organisations that are linked to an item.
    #[serde(skip_serializing_if = "Option::is_none")]
    name_en: Option<&'a str>,
    /// Mentions in title and body.
    count: usize,
    /// 0 to 1.
    salience: f32,
    /// Wikidata item: of a person or an organisation that is linked; of a country, a city, a division or a region where
    /// it is known and the name means all of the place.
    #[serde(skip_serializing_if = "Option::is_none")]
    wikidata: Option<&'a str>,
    /// GeoNames id; of a nationality, its country's.
    #[serde(skip_serializing_if = "Option::is_none")]
    geonames: Option<u32>,
    /// ISO 3166-1 alpha-2. Of an organisation: the country or the people in its name, or its item's; of a person, the
    /// item's.
    #[serde(skip_serializing_if = "Option::is_none")]
    country: Option<String>,
    /// WGS 84 degrees.
    #[serde(skip_serializing_if = "Option::is_none")]
    lat: Option<f64>,
    /// WGS 84 degrees.
    #[serde(skip_serializing_if = "Option::is_none")]
    lon: Option<f64>,
    /// Id in the user's list.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    mentions: Vec<WireMention<'a>>,
}

#[derive(Serialize, JsonSchema)]
struct WireMention<'a> {
    /// `title` or `body`.
    field: &'static str,
    start: u32,
    end: u32,
    text: &'a str,
}

#[derive(Serialize, JsonSchema)]
struct Quote<'a> {
    /// The body between the first mark and the last.
    text: &'a str,
    start: u32,
    end: u32,
    /// Quoted pieces without marks, `[start, end]`.
    parts: Vec<[u32; 2]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    speaker: Option<Speaker<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cue: Option<&'a str>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Speaker<'a> {
    /// As the text has it: a name, "he", "the minister".
    name: &'a str,
    /// Who that is, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    full_name: Option<&'a str>,
    /// Index into `entities`.
    entity: Option<usize>,
}

#[derive(Serialize, JsonSchema)]
struct Amount<'a> {
    /// The number, its magnitude multiplied in; the lower end of a range.
    value: f64,
    /// Upper end of a range, in the same unit; left out where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    upper: Option<f64>,
    /// An SI symbol, an ISO 4217 code, `%`, `kr` where its country is not known, or an English word in
    /// the singular.
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<&'a str>,
    /// What is counted, where there is no unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    object: Option<&'a str>,
    /// The words of the body.
    text: &'a str,
    /// First code point in the body.
    start: u32,
    /// One past the last code point.
    end: u32,
}

#[derive(Serialize, JsonSchema)]
struct Date<'a> {
    /// The words of the body.
    text: &'a str,
    /// First code point in the body.
    start: u32,
    /// One past the last code point.
    end: u32,
    /// ISO 8601: a day (`2026-02-01`), a month (`2026-02`), a year (`2026`), or an interval of two such
    /// (`1980/1989` for a decade, `2023-10/2023-12` for a quarter). `2016~` is EDTF for "about 2016";
    /// `--02-01` is a day of a year that is not known.
    date: &'a str,
}

#[derive(Serialize, JsonSchema)]
struct Keyword<'a> {
    term: &'a str,
    /// 0 to 1.
    score: f32,
}

#[derive(Serialize, JsonSchema)]
struct Sentiment {
    /// Body, or the headline where no word of the body speaks of it, -1 to 1.
    score: f32,
    /// Headline, -1 to 1; null where no word of it speaks of it.
    title: Option<f32>,
}

#[derive(Serialize, JsonSchema)]
struct Raw<'a> {
    subject: Option<&'a str>,
    stream: Option<&'a str>,
    seq: Option<u64>,
    deliveries: Option<u64>,
    id: &'a str,
    revision: Option<&'a str>,
}

/// Builds the record of a story.
pub(super) fn record<'a>(
    story: &'a Story,
    provenance: &'a Provenance,
    timings: &Timings,
    now: OffsetDateTime,
) -> Record<'a> {
    let article = &story.article;
    let identity = &article.identity;
    Record {
        schema: SCHEMA,
        id: identity.id().as_str(),
        key: identity.key_str(),
        item: ninjs::item(story, now),
        fetch: article.fetch.as_ref().map(|report| fetch(article, report)),
        extract: extract(article, timings),
        tags: tags(story),
        raw: Raw {
            subject: provenance.subject.as_deref(),
            stream: provenance.stream.as_deref(),
            seq: provenance.sequence,
            deliveries: provenance.deliveries,
            id: identity.id().as_str(),
            revision: identity.revision().map(crate::model::Revision::as_str),
        },
        meta: article
            .hints
            .meta
            .as_ref()
            .filter(|meta| meta.as_str().chars().filter(|c| !c.is_whitespace()).count() > 2)
            .and_then(|meta| raw_json(meta.as_str())),
    }
}

fn fetch<'a>(article: &'a Article, report: &'a FetchReport) -> Fetch<'a> {
    Fetch {
        requested_url: report.requested_url.as_str(),
        final_url: report.final_url.as_str(),
        canonical_url: article.canonical_url.as_ref().map(crate::model::WebUrl::as_str),
        status: report.status,
        hops: report.hops,
        bytes: report.bytes,
        charset: report.charset,
        robots: report.robots.as_str(),
        access: article.access.as_str(),
        fetched_at: ninjs::date_time(report.fetched_at),
        etag: report.validators.etag.as_deref(),
        last_modified: report.validators.last_modified.as_deref(),
        ms: millis(report.elapsed),
    }
}

fn extract<'a>(article: &'a Article, timings: &Timings) -> Extract<'a> {
    let report = &article.report;
    Extract {
        method: report.method.as_str(),
        version: report.version,
        kind: report.kind.as_str(),
        title_from: report.title_from.map(crate::model::TitleFrom::as_str),
        date_from: report.date_from.map(crate::model::DateFrom::as_str),
        date_precision: article.published.map(|p| p.precision.as_str()),
        date_modified: article.modified.and_then(|p| ninjs::date_time(p.at)),
        standfirst: article.standfirst.map(|span| [span.start, span.end]),
        section: article.section.as_deref(),
        keywords: &article.keywords,
        ms: millis(timings.extract),
    }
}

fn tags(story: &Story) -> Tags<'_> {
    let tags = &story.tags;
    Tags {
        language: Language {
            code: tags.language.code.to_string(),
            confidence: tags.language.confidence,
        },
        topic: tags.topic.map(|code| code.to_string()),
        topics: tags
            .topics
            .iter()
            .map(|t| Topic {
                code: t.code.to_string(),
                slug: ninjs::TOPIC_SLUGS
                    .iter()
                    .find(|(code, _)| *code == t.code)
                    .map(|(_, slug)| *slug),
                name: &t.name,
                confidence: t.confidence,
                why: &t.why,
            })
            .collect(),
        entities: tags.entities.iter().map(entity).collect(),
        quotes: tags.quotes.iter().map(quote).collect(),
        amounts: tags
            .amounts
            .iter()
            .map(|a| Amount {
                value: a.value,
                upper: a.upper,
                unit: a.unit.as_deref(),
                object: a.object.as_deref(),
                text: &a.text,
                start: a.span.start,
                end: a.span.end,
            })
            .collect(),
        dates: tags
            .dates
            .iter()
            .map(|d| Date { text: &d.text, start: d.span.start, end: d.span.end, date: &d.date })
            .collect(),
        keywords: tags.keywords.iter().map(|k| Keyword { term: &k.term, score: k.score }).collect(),
        sentiment: tags.sentiment.map(|s| Sentiment { score: s.score, title: s.title }),
        fingerprint: format!("{:016x}", tags.fingerprint),
        duplicate_of: tags.copy.map(|c| c.of.to_string()),
        relation: tags.copy.map(|c| c.relation.as_str()),
        custom: Some(&tags.custom).filter(|custom| !custom.is_empty()),
        models: &tags.models,
        left_out: None,
    }
}

fn entity(e: &Entity) -> WireEntity<'_> {
    WireEntity {
        r#type: e.kind.as_str(),
        name: &e.name,
        name_en: e.name_en.as_deref(),
        count: e.mentions.len(),
        salience: e.salience,
        wikidata: e.wikidata.as_deref(),
        geonames: e.geonames,
        country: e.country.map(|c| c.iter().map(|&b| char::from(b)).collect()),
        lat: e.point.map(|p| p.lat),
        lon: e.point.map(|p| p.lon),
        id: e.list_id.as_deref(),
        mentions: e.mentions.iter().map(mention).collect(),
    }
}

fn mention(m: &Mention) -> WireMention<'_> {
    let Span { start, end } = m.span;
    WireMention { field: m.field.as_str(), start, end, text: &m.text }
}

fn quote(q: &crate::model::Quote) -> Quote<'_> {
    Quote {
        text: &q.text,
        start: q.span.start,
        end: q.span.end,
        parts: q.parts.iter().map(|p| [p.start, p.end]).collect(),
        speaker: q.speaker.as_ref().map(|s| Speaker {
            name: &s.name,
            full_name: s.full_name.as_deref(),
            entity: s.entity,
        }),
        cue: q.cue.as_deref(),
    }
}
