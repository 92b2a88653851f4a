//! What a condition asks of a story: of one as worked on, and of one as published.
//!
//! A record keeps what a route could ask, but for the publisher's name and domain from the raw
//! message where the page named the site itself, and section and keywords from the raw message.

use serde_json::Value;

use super::fields::{Field, Number};
use crate::model::{EntityKind, Story, TopicCode};
use crate::scripts::word_count;

/// A story as conditions see it.
pub trait Facts {
    /// The values of a field.
    fn texts(&self, field: Field) -> Box<dyn Iterator<Item = &str> + '_>;
    /// The value of a number.
    fn number(&self, number: Number) -> f64;
    /// Every topic that was found, and the best top-level one.
    fn topics(&self) -> Box<dyn Iterator<Item = TopicCode> + '_>;
}

impl Facts for Story {
    fn texts(&self, field: Field) -> Box<dyn Iterator<Item = &str> + '_> {
        let (article, tags) = (&self.article, &self.tags);
        let of = |kind: EntityKind| {
            tags.entities.iter().filter(move |e| e.kind == kind).map(|e| e.name.as_str())
        };
        match field {
            Field::Language => Box::new(std::iter::once(tags.language.code.as_str())),
            Field::TopicName => Box::new(tags.topics.iter().map(|t| t.name.as_str())),
            Field::Entity => Box::new(tags.entities.iter().flat_map(|e| {
                [Some(e.name.as_str()), e.wikidata.as_deref(), e.list_id.as_deref()]
                    .into_iter()
                    .flatten()
            })),
            Field::Person => Box::new(of(EntityKind::Person)),
            Field::Organisation => Box::new(of(EntityKind::Organisation)),
            Field::Place => {
                let places = tags.entities.iter().filter(|e| e.kind == EntityKind::Place);
                Box::new(places.flat_map(|e| {
                    let country = e.country.as_ref().and_then(|c| std::str::from_utf8(c).ok());
                    [Some(e.name.as_str()), country].into_iter().flatten()
                }))
            }
            Field::Publisher => {
                let publisher = article.hints.publisher.as_ref();
                let said =
                    publisher.into_iter().flat_map(|p| [p.name.as_deref(), p.domain.as_deref()]);
                let host = article.url.as_ref().map(|u| u.host().trim_start_matches("www."));
                Box::new(said.chain([article.site_name.as_deref(), host]).flatten())
            }
            Field::Label => Box::new(tags.custom.values().flatten().map(String::as_str)),
            Field::Access => Box::new(std::iter::once(article.access.as_str())),
            Field::Kind => Box::new(std::iter::once(article.report.kind.as_str())),
            Field::Section => Box::new(
                [article.section.as_deref(), article.hints.section.as_deref()]
                    .into_iter()
                    .flatten(),
            ),
            Field::Keyword => {
                Box::new(article.keywords.iter().chain(&article.hints.keywords).map(String::as_str))
            }
            Field::Author => Box::new(article.authors.iter().map(String::as_str)),
            Field::Title => Box::new(article.headline.as_deref().into_iter()),
            Field::Relation => Box::new(tags.copy.iter().map(|copy| copy.relation.as_str())),
        }
    }

    fn number(&self, number: Number) -> f64 {
        match number {
            Number::Words => word_count(&self.article.body) as f64,
            // Unknown tone is neither below nor above anything.
            Number::Sentiment => self.tags.sentiment.map_or(f64::NAN, |s| s.score.into()),
            Number::Confidence => self.tags.topics.first().map_or(0.0, |t| t.confidence.into()),
        }
    }

    fn topics(&self) -> Box<dyn Iterator<Item = TopicCode> + '_> {
        Box::new(self.tags.topics.iter().map(|t| t.code).chain(self.tags.topic))
    }
}

/// A published record. Read as JSON rather than through the wire structs: records of older versions
/// lack fields, and what is not there has no value.
#[derive(Clone, Copy, Debug)]
pub struct Published<'a>(pub &'a Value);

impl<'a> Published<'a> {
    fn tags(self) -> &'a Value {
        &self.0["tags"]
    }

    fn item(self) -> &'a Value {
        &self.0["item"]
    }

    fn entities(self, kind: Option<EntityKind>) -> impl Iterator<Item = &'a Value> {
        list(&self.tags()["entities"])
            .filter(move |e| kind.as_ref().is_none_or(|kind| e["type"] == kind.as_str()))
    }
}

impl Facts for Published<'_> {
    fn texts(&self, field: Field) -> Box<dyn Iterator<Item = &str> + '_> {
        let (item, tags, extract) = (self.item(), self.tags(), &self.0["extract"]);
        let names = |kind| {
            Box::new(self.entities(Some(kind)).filter_map(|e| e["name"].as_str()))
                as Box<dyn Iterator<Item = &str>>
        };
        match field {
            Field::Language => Box::new(text(&tags["language"]["code"])),
            Field::TopicName => {
                Box::new(list(&tags["topics"]).filter_map(|topic| topic["name"].as_str()))
            }
            Field::Entity => Box::new(
                self.entities(None)
                    .flat_map(|e| ["name", "wikidata", "id"].map(|key| e[key].as_str()))
                    .flatten(),
            ),
            Field::Person => names(EntityKind::Person),
            Field::Organisation => names(EntityKind::Organisation),
            Field::Place => Box::new(
                self.entities(Some(EntityKind::Place))
                    .flat_map(|e| ["name", "country"].map(|key| e[key].as_str()))
                    .flatten(),
            ),
            Field::Publisher => Box::new(
                list(&item["infoSources"])
                    .flat_map(|source| [source["name"].as_str(), source["uri"].as_str().map(host)])
                    .chain([item["uri"].as_str().map(host)])
                    .flatten()
                    .filter(|text| !text.is_empty()),
            ),
            Field::Label => Box::new(
                tags["custom"]
                    .as_object()
                    .into_iter()
                    .flat_map(|lists| lists.values())
                    .flat_map(list)
                    .filter_map(Value::as_str),
            ),
            // Only a page that was fetched can be behind something.
            Field::Access => {
                Box::new(std::iter::once(self.0["fetch"]["access"].as_str().unwrap_or("free")))
            }
            Field::Kind => Box::new(text(&extract["kind"])),
            Field::Section => Box::new(text(&extract["section"])),
            Field::Keyword => Box::new(list(&extract["keywords"]).filter_map(Value::as_str)),
            Field::Author => Box::new(text(&item["by"]).flat_map(|by| by.split("; "))),
            Field::Title => Box::new(
                list(&item["headlines"])
                    .filter(|h| h["role"] == "main")
                    .filter_map(|h| h["value"].as_str()),
            ),
            Field::Relation => Box::new(text(&tags["relation"])),
        }
    }

    fn number(&self, number: Number) -> f64 {
        let value = match number {
            Number::Words => &self.item()["bodies"][0]["wordCount"],
            Number::Sentiment => &self.tags()["sentiment"]["score"],
            Number::Confidence => &self.tags()["topics"][0]["confidence"],
        };
        let unknown = if matches!(number, Number::Sentiment) { f64::NAN } else { 0.0 };
        value.as_f64().unwrap_or(unknown)
    }

    fn topics(&self) -> Box<dyn Iterator<Item = TopicCode> + '_> {
        let tags = self.tags();
        let codes = list(&tags["topics"]).map(|topic| &topic["code"]).chain([&tags["topic"]]);
        Box::new(
            codes.filter_map(|code| {
                code.as_str()?.strip_prefix("medtop:")?.parse().ok().map(TopicCode)
            }),
        )
    }
}

fn text(value: &Value) -> impl Iterator<Item = &str> {
    value.as_str().into_iter()
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// The host of an address, as publishers are named.
fn host(uri: &str) -> &str {
    let Some((_, rest)) = uri.split_once("://") else { return "" };
    let end = rest.find(['/', '?', '#', ':']).unwrap_or(rest.len());
    rest[..end].trim_start_matches("www.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Copy, Language, Provenance, Relation, Sentiment, Timings, WebUrl};
    use crate::record::{Format, to_json};
    use crate::route::Condition;
    use crate::route::tests::{SLUGS, story};

    /// Every field of the language, on a story and on its record: the same answer.
    #[test]
    fn condition_gives_same_answer_for_record_and_story() {
        let mut story = story();
        let hints = std::mem::take(&mut story.article.hints);
        story.article.site_name = hints.publisher.and_then(|publisher| publisher.name);
        story.article.url = WebUrl::parse("https://www.ex.com/talks?a=1").ok();
        story.article.authors.push("Kim Roe".to_owned());
        story.tags.language = Language { confidence: 1.0, ..story.tags.language };
        story.tags.sentiment = Some(Sentiment { score: -0.5, title: None });
        story.tags.entities[0].wikidata = Some("Q42".to_owned());
        story.tags.copy =
            Some(Copy { of: story.article.identity.key(), relation: Relation::Update });
        let now = time::OffsetDateTime::UNIX_EPOCH;
        let json =
            to_json(Format::Record, &story, &Provenance::default(), &Timings::default(), now);
        let record: Value = serde_json::from_str(&json).unwrap();
        let holds = |text: &str| {
            let condition = Condition::parse(text, SLUGS).unwrap_or_else(|m| panic!("{m}"));
            let (as_story, as_record) =
                (condition.holds(&story), condition.holds(&Published(&record)));
            assert_eq!(as_story, as_record, "{text}");
            as_record
        };
        for text in [
            "language = en",
            "topic = conflict",
            "topic_name = \"conflict, war and peace\"",
            "entity = Q42",
            "person = 'Anna Berg'",
            "place = Kyiv",
            "country = UA",
            "publisher = ex.com",
            "publisher = \"The Ex\"",
            "label = east",
            "access = free",
            "kind = article",
            "section = world",
            "keyword = Talks",
            "author = 'kim roe'",
            "title contains \"talks beg\"",
            "relation = update",
            "words <= 4 and words >= 4",
            "sentiment < -0.4",
            "confidence >= 90",
        ] {
            assert!(holds(text), "{text}");
        }
        for text in
            ["organisation = \"Anna Berg\"", "topic = sport", "publisher = www", "words > 4"]
        {
            assert!(!holds(text), "{text}");
        }
    }

    #[test]
    fn a_record_that_lacks_everything_has_no_values() {
        let empty = serde_json::json!({"tags": [], "item": null});
        for (text, holds) in [
            ("", true),
            ("language = en", false),
            ("topic = sport", false),
            ("publisher != ex.com", true),
            ("words < 1", true),
        ] {
            let condition = Condition::parse(text, SLUGS).unwrap();
            assert_eq!(condition.holds(&Published(&empty)), holds, "{text}");
        }
    }
}
