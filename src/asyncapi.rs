//! The subjects and their messages as one AsyncAPI 3.0 document, with the names in force.
//!
//! Seen from the worker: it receives raw messages and sends outcomes. Payloads are the schemas that
//! `schema raw` and `schema record` print, their definitions moved to where AsyncAPI keeps them.
//! The retry subjects are left out: they are the workers' own, and change without notice.

mod headers;

use serde_json::{Map, Value, json};

use crate::broker::{address, topology};
use crate::disposition::Stage;
use crate::record::{Format, TOPIC_SLUGS};
use crate::route::RouteSettings;
use crate::{intake, record};

/// A stream's name; of several partitions, all of theirs.
fn names(streams: &[String]) -> Value {
    match streams {
        [one] => one.as_str().into(),
        many => many.into(),
    }
}

/// Writes the document for a broker and the streams and routes of a configuration.
#[must_use]
pub fn document(url: &str, streams: &topology::Settings, routes: &[RouteSettings]) -> Value {
    let mut schemas = Map::new();
    let raw = component(&mut schemas, "raw", intake::schema());
    let story = component(&mut schemas, "record", record::schema());
    let mut traffic = Traffic::default();
    traffic.receive_raw(streams);
    traffic.send_outcomes(streams);
    for route in routes {
        traffic.send_to_route(route);
    }
    json!({
        "asyncapi": "3.0.0",
        "id": "urn:news-ingest",
        "info": {
            "title": "news-ingest",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Turns news articles into structured, tagged records on NATS JetStream. \
                            Every raw message ends exactly once: as a story, as skipped, or as a dead letter.",
            "license": {"name": "MIT"},
        },
        "defaultContentType": "application/json",
        "servers": servers(url),
        "channels": traffic.channels,
        "operations": traffic.operations,
        "components": {"messages": components(&raw, &story), "schemas": schemas},
    })
}

/// The channels, and what the worker does on each.
#[derive(Default)]
struct Traffic {
    channels: Map<String, Value>,
    operations: Map<String, Value>,
}

impl Traffic {
    /// Adds a channel and the one operation on it.
    fn put(&mut self, name: &str, action: &str, summary: &str, channel: Value) {
        let messages = channel["messages"].as_object().into_iter().flat_map(Map::keys);
        let messages: Vec<Value> =
            messages.map(|m| reference(&format!("#/channels/{name}/messages/{m}"))).collect();
        let operation = json!({
            "action": action, "summary": summary, "messages": messages,
            "channel": reference(&format!("#/channels/{name}")),
        });
        self.operations.insert(format!("{action}-{name}"), operation);
        self.channels.insert(name.to_owned(), channel);
    }

    fn receive_raw(&mut self, streams: &topology::Settings) {
        let names_of_messages =
            ["rawArticle", "rawEvent", "rawPage", "rawText", "rawLink", "rawReference"];
        let channel = json!({
            "address": format!("{}.raw.{{source}}", streams.prefix),
            "title": "Raw articles",
            "description": "A work queue. It refuses messages when it is full: wait for the \
                            publish acknowledgement of each.",
            "parameters": {"source": {
                "description": "Identifies the source within a producer: one token, or several separated by full stops.",
            }},
            "messages": messages(&names_of_messages),
            "x-jetstream-stream": names(&streams.raw_streams()),
        });
        self.put("raw", "receive", "Turns each raw message into one outcome.", channel);
    }

    fn send_outcomes(&mut self, streams: &topology::Settings) {
        let prefix = &streams.prefix;
        let channel = json!({
            "address": format!("{prefix}.story.{{language}}.{{topic}}.{{key}}"),
            "title": "Stories",
            "parameters": parameters(&["language", "topic", "key"]),
            "messages": messages(&["story"]),
            "x-jetstream-stream": names(&streams.out_streams()),
        });
        self.put("story", "send", "A story was made.", channel);
        for (name, title, message, summary) in [
            ("skipped", "Skipped", "skipped", "There was nothing to publish."),
            (
                "dlq",
                "Dead letters",
                "deadLetter",
                "The message is bad, or its story could not be had.",
            ),
        ] {
            let channel = json!({
                "address": format!("{prefix}.{name}.{{stage}}.{{code}}.{{key}}"),
                "title": title,
                "parameters": parameters(&["stage", "code", "key"]),
                "messages": messages(&[message]),
                "x-jetstream-stream": names(&streams.out_streams()),
            });
            self.put(name, "send", summary, channel);
        }
    }

    fn send_to_route(&mut self, route: &RouteSettings) {
        let message = match route.format {
            Format::Record => "routedRecord",
            Format::Ninjs => "routedNinjs",
            Format::SchemaOrg => "routedSchemaOrg",
            Format::NoBodies => "routedNoBodies",
        };
        let when = if route.when.is_empty() { "every story" } else { route.when.trim() };
        let channel = json!({
            "address": route.subject,
            "title": format!("Route {}", route.name),
            "description": format!("Stories for which holds: {when}"),
            "parameters": parameters(&fields(&route.subject)),
            "messages": messages(&[message]),
        });
        self.put(&format!("route-{}", route.name), "send", "A story takes the route.", channel);
    }
}

fn reference(to: &str) -> Value {
    json!({"$ref": to})
}

fn messages(names: &[&str]) -> Value {
    let all = names
        .iter()
        .map(|name| ((*name).to_owned(), reference(&format!("#/components/messages/{name}"))));
    Value::Object(all.collect())
}

/// The broker's addresses, user info left out.
fn servers(url: &str) -> Value {
    let url = address::redacted(url);
    let addresses = url.split(',').map(str::trim).filter(|address| !address.is_empty());
    let servers = addresses.enumerate().map(|(at, address)| {
        let (scheme, host) = address.split_once("://").unwrap_or(("nats", address));
        let server = json!({
            "host": host.trim_end_matches('/'),
            "protocol": if scheme == "tls" { "nats" } else { scheme },
            "description": if scheme == "tls" { "NATS with JetStream, over TLS" } else { "NATS with JetStream" },
        });
        (format!("nats-{}", at + 1), server)
    });
    Value::Object(servers.collect())
}

/// Names in braces.
fn fields(template: &str) -> Vec<&str> {
    let inside = template.split('{').skip(1).filter_map(|rest| rest.split('}').next());
    inside.collect()
}

fn parameters(names: &[&str]) -> Value {
    let topics = || TOPIC_SLUGS.iter().map(|(_, slug)| *slug).chain(["none"]).collect::<Vec<_>>();
    let all = names.iter().map(|name| {
        let parameter = match *name {
            "language" => json!({
                "description": "BCP 47 primary subtag, or `und`.", "examples": ["en", "de", "und"],
            }),
            "topic" => json!({
                "description": "The best top-level IPTC Media Topic.", "enum": topics(),
            }),
            "key" => json!({
                "description": "26 base32 characters of SHA-256(id, 0x00, revision).",
            }),
            "stage" => json!({
                "description": "The stage at which the story ended.", "enum": Stage::ALL.map(Stage::as_str),
            }),
            "code" => json!({"description": "The reason, from a bounded set.", "examples": ["timeout"]}),
            "publisher" => json!({"description": "The publisher's domain or name, as one token."}),
            "country" => json!({"description": "Country of the most salient place, or `none`."}),
            "access" => json!({"description": "Whether the page was free to read."}),
            "kind" => json!({"description": "The kind of page that the story came from."}),
            "route" => json!({"description": "The route's name."}),
            _ => json!({}),
        };
        ((*name).to_owned(), parameter)
    });
    Value::Object(all.collect())
}

fn components(raw: &Value, story: &Value) -> Value {
    let text = |what: &str| json!({"type": "string", "description": what});
    let raw_message = |title: &str, content_type: &str, payload: Value| {
        json!({
            "title": title, "contentType": content_type, "headers": headers::raw(), "payload": payload,
        })
    };
    let story_message = |title: &str, payload: &Value| {
        json!({
            "title": title, "contentType": "application/json", "headers": headers::story(),
            "payload": payload,
        })
    };
    let routed = |title: &str, payload: Value| {
        json!({
            "title": title, "contentType": "application/json", "headers": headers::routed(),
            "payload": payload,
        })
    };
    json!({
        "rawArticle": raw_message("Raw article", "application/json", raw.clone()),
        "rawEvent": raw_message(
            "Raw article as a CloudEvent in structured mode", "application/cloudevents+json",
            json!({
                "type": "object",
                "required": ["specversion", "id", "source", "type"],
                "properties": {
                    "specversion": {"const": "1.0"}, "id": {"type": "string"}, "source": {"type": "string"},
                    "type": {"type": "string"}, "datacontenttype": {"type": "string"},
                    "data": {"description": "A raw article, or the text of a page or story."},
                    "data_base64": {"type": "string"},
                },
            }),
        ),
        "rawPage": raw_message("Page; its address in News-Url", "text/html", text("The page.")),
        "rawText": raw_message("Story as plain text", "text/plain", text("Headline first.")),
        "rawLink": raw_message("Link", "text/uri-list", text("One address.")),
        "rawReference": raw_message(
            "Any of the others, its body in an object store", "application/json",
            json!({"description": "Empty: the header News-Object names the body."}),
        ),
        "story": story_message("Story", story),
        "skipped": {
            "title": "Skipped",
            "contentType": "application/json",
            "headers": headers::ended("skipped"),
            "payload": {
                "type": "object",
                "required": ["id", "key", "skipped"],
                "properties": {
                    "id": {"type": "string"},
                    "key": {"type": "string"},
                    "skipped": {
                        "type": "object",
                        "required": ["stage", "code", "message"],
                        "properties": {
                            "stage": {"enum": Stage::ALL.map(Stage::as_str)},
                            "code": {"type": "string"},
                            "message": {"type": "string"},
                        },
                    },
                },
            },
        },
        "deadLetter": {
            "title": "Dead letter",
            "description": "The raw message's body, untouched, under its own content type.",
            "headers": headers::ended("dlq"),
            "payload": {"description": "Whatever the raw message carried."},
        },
        "routedRecord": routed("Story on a route", story.clone()),
        "routedNinjs": routed("IPTC ninjs 3.1 item on a route", reference("#/components/schemas/record.Item")),
        "routedSchemaOrg": routed(
            "schema.org NewsArticle on a route",
            json!({"type": "object", "required": ["@context", "@type"], "properties": {"@type": {"const": "NewsArticle"}}}),
        ),
        "routedNoBodies": routed(
            "Story without bodies on a route",
            json!({"type": "object", "description": "The record without `item.bodies`.", "required": ["schema", "id", "key"]}),
        ),
    })
}

/// Puts a schema and its definitions among the components, under names of its own; a reference to it.
fn component(schemas: &mut Map<String, Value>, name: &str, mut schema: Value) -> Value {
    fn rewrite(value: &mut Value, prefix: &str) {
        match value {
            Value::Object(map) => {
                for (key, value) in map {
                    match value {
                        Value::String(to) if key == "$ref" => {
                            *to =
                                to.replace("#/$defs/", &format!("#/components/schemas/{prefix}."));
                        }
                        value => rewrite(value, prefix),
                    }
                }
            }
            Value::Array(all) => all.iter_mut().for_each(|value| rewrite(value, prefix)),
            _ => {}
        }
    }
    rewrite(&mut schema, name);
    if let Some(map) = schema.as_object_mut() {
        // AsyncAPI has a dialect of its own, and resolves references from the document's root.
        for key in ["$schema", "$id"] {
            map.remove(key);
        }
        if let Some(Value::Object(definitions)) = map.remove("$defs") {
            schemas.extend(
                definitions.into_iter().map(|(key, value)| (format!("{name}.{key}"), value)),
            );
        }
    }
    schemas.insert(name.to_owned(), schema);
    reference(&format!("#/components/schemas/{name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn references(value: &Value, out: &mut Vec<String>) {
        match value {
            Value::Object(map) => {
                if let Some(Value::String(to)) = map.get("$ref") {
                    out.push(to.clone());
                }
                map.values().for_each(|value| references(value, out));
            }
            Value::Array(all) => all.iter().for_each(|value| references(value, out)),
            _ => {}
        }
    }

    fn made() -> Value {
        let streams =
            topology::Settings { prefix: "wire".to_owned(), ..topology::Settings::default() };
        let route = RouteSettings {
            name: "sport-desk".to_owned(),
            when: "topic = sport".to_owned(),
            subject: "desk.{language}-{topic}.{key}".to_owned(),
            format: Format::Ninjs,
        };
        document("nats://user:secret@a:4222, tls://b:4223", &streams, &[route])
    }

    #[test]
    fn every_reference_leads_somewhere() {
        let document = made();
        let mut all = Vec::new();
        references(&document, &mut all);
        assert!(all.len() > 40, "{}", all.len());
        for to in all {
            let pointer = to.strip_prefix('#').unwrap_or_else(|| panic!("{to} leads out"));
            assert!(document.pointer(pointer).is_some(), "{to}");
        }
    }

    #[test]
    fn names_are_those_of_the_configuration() {
        let document = made();
        let address = |channel: &str| document["channels"][channel]["address"].as_str().unwrap();
        assert_eq!(address("raw"), "wire.raw.{source}");
        assert_eq!(address("dlq"), "wire.dlq.{stage}.{code}.{key}");
        assert_eq!(address("route-sport-desk"), "desk.{language}-{topic}.{key}");
        assert_eq!(document["servers"]["nats-2"]["host"], "b:4223");
        assert!(!document.to_string().contains("secret"));
        for (name, channel) in document["channels"].as_object().unwrap() {
            let has: Vec<&str> =
                channel["parameters"].as_object().unwrap().keys().map(String::as_str).collect();
            let mut named = fields(channel["address"].as_str().unwrap());
            named.sort_unstable();
            assert_eq!(has, named, "{name}");
        }
    }
}
