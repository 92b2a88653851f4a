//! What goes in: inline stories in three forms, links to good, slow, missing, moody and dead pages,
//! and messages that cannot be read. A tenth is odd: header blocks that clients cannot parse, bodies in an
//! object store, CloudEvents, codings on codings.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_nats::jetstream::Context;
use async_nats::jetstream::object_store::Config;
use serde_json::json;

use super::plan::Rng;
use super::support::site::{Act, Reply, Request, Site, html, reply, story};

/// A raw message, and the line that says the same to `process`.
#[derive(Debug, Default)]
pub struct Input {
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
    pub line: Vec<u8>,
    /// A header block as it goes over the wire, instead of `headers`.
    pub block: Option<&'static [u8]>,
    /// Name and content of an object in [`BUCKET`] that holds the body.
    pub object: Option<(String, Vec<u8>)>,
    /// How it must end where that is not what `process` makes of the line.
    pub ending: Option<&'static str>,
}

/// Object store of the bodies that are not in their messages.
pub const BUCKET: &str = "chaos";

/// Creates [`BUCKET`].
pub async fn create_bucket(context: &Context, replicas: usize) {
    let config = Config { bucket: BUCKET.to_owned(), num_replicas: replicas, ..Config::default() };
    context.create_object_store(config).await.unwrap();
}

/// Where links lead.
pub struct Sites {
    good: Site,
    moody: Site,
}

impl Sites {
    /// While it is calm every page is there at the first request.
    pub async fn start(calm: Arc<AtomicBool>) -> Self {
        let good = Site::start(|request: &Request| page(&request.path)).await;
        let asked = Mutex::new(HashSet::new());
        // A host of its own, so that its failures are not held against the good one.
        let moody = Site::start_at("127.0.0.2:0", move |request: &Request| {
            let first = asked.lock().unwrap().insert(request.path.clone());
            if first && !calm.load(Ordering::Relaxed) {
                reply(503, &[], "later")
            } else {
                page(&request.path)
            }
        })
        .await;
        Self { good, moody }
    }
}

fn page(path: &str) -> Reply {
    if path.starts_with("/gone") {
        return reply(404, &[], "no such page");
    }
    let mut acts = Vec::new();
    if path.starts_with("/slow") {
        let number: u64 = path.rsplit('/').next().and_then(|n| n.parse().ok()).unwrap_or_default();
        acts.push(Act::Sleep(Duration::from_millis(500 + number * 37 % 3000)));
    }
    acts.extend(html(story(&format!("The bridge at {path} is closed"))));
    acts
}

const PEOPLE: [&str; 6] =
    ["Anna Weber", "John Okafor", "Maria Silva", "Pierre Martin", "Li Wei", "Sarah Cohen"];
const CITIES: [&str; 6] = ["Leeds", "Lyon", "Hamburg", "Porto", "Nairobi", "Toronto"];
const SUBJECTS: [&str; 6] = [
    "the new tram line",
    "the hospital budget",
    "a flood defence plan",
    "the school strike",
    "the harbour extension",
    "a rise in rents",
];

/// A few sentences that no other story has.
fn paragraphs(number: usize, rng: &mut Rng) -> [String; 3] {
    let (who, city, what) = (*rng.pick(&PEOPLE), *rng.pick(&CITIES), *rng.pick(&SUBJECTS));
    let (other, sum) = (*rng.pick(&PEOPLE), 3 + rng.below(900));
    [
        format!(
            "The council of {city} met on Monday to talk about {what}, item {number} of a long agenda."
        ),
        format!(
            "\u{201c}It will cost {sum} million euros and take until 2031,\u{201d} said {who}, who chairs the committee."
        ),
        format!(
            "{other} disagreed, and asked for a second vote before the end of the month. Nobody else spoke."
        ),
    ]
}

/// Makes the stories; the kinds are mixed throughout.
pub fn make(count: usize, rng: &mut Rng, sites: &Sites) -> Vec<Input> {
    (0..count).map(|number| input(number, rng, sites)).collect()
}

fn input(number: usize, rng: &mut Rng, sites: &Sites) -> Input {
    let id = format!("chaos:{number}");
    let title = format!("Council of {} votes on item {number}", rng.pick(&CITIES));
    let link = |url: String| json(&json!({"id": id, "url": url}));
    match rng.below(222) {
        0..110 => json(&json!({"id": id, "html": document(&title, &paragraphs(number, rng))})),
        110..140 => {
            json(&json!({"id": id, "title": title, "text": paragraphs(number, rng).join("\n\n")}))
        }
        140..155 => {
            let html = document(&title, &paragraphs(number, rng));
            let headers = vec![("Content-Type", "text/html".to_owned()), ("News-Id", id.clone())];
            let line = json!({"id": id, "html": html}).to_string().into();
            Input { headers, body: html.into(), line, ..Input::default() }
        }
        155..175 => link(sites.good.url(&format!("/fast/{number}"))),
        175..180 => link(sites.good.url(&format!("/slow/{number}"))),
        180..184 => link(sites.good.url(&format!("/gone/{number}"))),
        184..187 => link(sites.moody.url(&format!("/moody/{number}"))),
        // Nobody listens on port 1; a few hosts, each of them dead.
        187..190 => link(format!("http://127.0.0.{}:1/dead/{number}", 3 + rng.below(4))),
        190..193 => plain(format!("this is no JSON {number}")),
        193..196 => json(&json!({"id": id})),
        196..198 => json(&json!({"id": id, "url": 7})),
        198..200 => json(&json!({"id": id, "url": "ftp://ex.com/a"})),
        _ => odd(
            number,
            &json!({"id": id, "title": title, "text": paragraphs(number, rng).join("\n\n")}),
        ),
    }
}

/// The same story in a form that few producers use.
fn odd(number: usize, story: &serde_json::Value) -> Input {
    let plain = json(story);
    match number % 4 {
        0 => Input {
            block: Some(b"NATS/1.0\r\nNews-Section: caf\xe9\r\nno colon\r\n\r\n"),
            ending: Some("dlq intake.header"),
            ..plain
        },
        1 => Input {
            headers: vec![("News-Object", format!("{BUCKET}/{number}"))],
            object: Some((number.to_string(), plain.body)),
            body: Vec::new(),
            line: plain.line,
            ..Input::default()
        },
        2 => {
            let event = json!({
                "specversion": "1.0", "type": "story", "source": "urn:chaos", "id": number.to_string(),
                "datacontenttype": "application/json", "data": story,
            });
            let headers = vec![("Content-Type", "application/cloudevents+json".to_owned())];
            Input { headers, body: event.to_string().into(), ..plain }
        }
        _ => Input {
            headers: vec![("Content-Encoding", "gzip, gzip".to_owned())],
            body: gzip(&gzip(&plain.body)),
            ..plain
        },
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write as _;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn document(title: &str, paragraphs: &[String; 3]) -> String {
    let paragraphs: String = paragraphs.iter().map(|p| format!("<p>{p}</p>")).collect();
    format!(
        "<html lang=en><head><title>{title}</title></head><body><nav><a href=/>Home</a></nav>\
         <article><h1>{title}</h1>{paragraphs}</article></body></html>"
    )
}

fn json(message: &serde_json::Value) -> Input {
    plain(message.to_string())
}

fn plain(body: String) -> Input {
    Input { line: body.clone().into(), body: body.into(), ..Input::default() }
}
