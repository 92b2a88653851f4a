//! The user's own routes: which further subjects a story goes to, and in which form.
//!
//! A route is a condition over the story (`condition` has the language), a subject template and a
//! format. All are parsed when the program starts; a mistake stops it and points at the spot. What
//! a story's fields put into a subject is sanitised, so no page can name a subject of its own.
//! Pure: publishing is another's work.

use serde::{Deserialize, Serialize};

use crate::model::{Story, TopicCode, is_token};
use crate::record::Format;

mod condition;
mod fields;
mod known_values;
mod story_facts;
mod subject_template;

pub use condition::{Condition, Mistake};
pub use story_facts::{Facts, Published};
pub use subject_template::SubjectTemplate;

/// A route as configured.
#[derive(Clone, Debug, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RouteSettings {
    /// Names the route in logs and errors: `[A-Za-z0-9_-]`, 1 to 64 characters.
    pub name: String,
    /// Which stories take it, such as `language = en and (topic = "sport" or entity = "Uefa")`;
    /// empty for every story.
    #[serde(default)]
    pub when: String,
    /// Where they go, such as `desk.{language}.{topic}.{key}`.
    pub subject: String,
    /// In which form.
    #[serde(default)]
    pub format: Format,
}

impl RouteSettings {
    /// The subject with `*` for the tokens that a page or producer may choose the text of. The other fields have values
    /// of their own kinds, none of which is a word of the service's subjects.
    #[must_use]
    pub fn widest_subject(&self) -> String {
        let named = self.subject.replace("{route}", &self.name);
        let tokens =
            named.split('.').map(|token| if token.contains("{publisher}") { "*" } else { token });
        tokens.collect::<Vec<_>>().join(".")
    }

    /// The subject with `*` for the tokens that a story decides.
    #[must_use]
    pub fn subject_filter(&self) -> String {
        let tokens =
            self.subject.split('.').map(|token| if token.contains('{') { "*" } else { token });
        tokens.collect::<Vec<_>>().join(".")
    }
}

/// Why a route cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RouteError {
    /// A name that cannot stand in logs and headers.
    #[error("route {0:?}: a name is 1 to 64 of [A-Za-z0-9_-]")]
    Name(String),
    /// Two routes of one name.
    #[error("route {0:?} is defined twice")]
    Twice(String),
    /// Two routes that some story takes both, to one subject, which takes one message.
    #[error(
        "routes {first:?} and {second:?} have one subject: each story would go by the first alone"
    )]
    SameSubject {
        /// The earlier one.
        first: String,
        /// The later one.
        second: String,
    },
    /// The condition is wrong.
    #[error("route {route:?}, when: {mistake}")]
    Condition {
        /// The route's name.
        route: String,
        /// What is wrong, and where.
        mistake: Mistake,
    },
    /// The subject is wrong.
    #[error("route {route:?}, subject: {mistake}")]
    Subject {
        /// The route's name.
        route: String,
        /// What is wrong, and where.
        mistake: Mistake,
    },
}

/// Routes, ready to be asked.
#[derive(Clone, Debug, Default)]
pub struct Routes(Vec<Route>);

#[derive(Clone, Debug)]
struct Route {
    name: String,
    when: Condition,
    /// The subject as configured, with the route's name.
    template: String,
    subject: SubjectTemplate,
    format: Format,
}

/// Where a story goes by one route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Routed<'a> {
    /// The route's name.
    pub name: &'a str,
    /// The subject, valid to publish to.
    pub subject: String,
    /// In which form.
    pub format: Format,
}

impl Routes {
    /// Parses and checks routes. `slugs` are the subject tokens of the top-level topics; a condition
    /// may name a topic by them.
    ///
    /// # Errors
    /// Names the route and points at the spot.
    pub fn compile(
        routes: &[RouteSettings],
        slugs: &'static [(TopicCode, &'static str)],
    ) -> Result<Self, RouteError> {
        let mut compiled: Vec<Route> = Vec::new();
        for RouteSettings { name, when, subject, format } in routes {
            if !is_token(name) {
                return Err(RouteError::Name(name.clone()));
            }
            if compiled.iter().any(|route| route.name == *name) {
                return Err(RouteError::Twice(name.clone()));
            }
            let route = || name.clone();
            let when = Condition::parse(when, slugs)
                .map_err(|mistake| RouteError::Condition { route: route(), mistake })?;
            let template = subject.replace("{route}", name);
            let same = compiled.iter().find(|route| {
                let overlaps =
                    route.when == when || [&route.when, &when].contains(&&Condition::Always);
                route.template == template && overlaps
            });
            if let Some(first) = same {
                return Err(RouteError::SameSubject { first: first.name.clone(), second: route() });
            }
            let subject = SubjectTemplate::parse(subject, slugs)
                .map_err(|mistake| RouteError::Subject { route: route(), mistake })?;
            compiled.push(Route { name: name.clone(), when, template, subject, format: *format });
        }
        Ok(Self(compiled))
    }

    /// The routes that a story takes, in the order of the configuration; of those that would make the same message
    /// the first.
    #[must_use]
    pub fn matching(&self, story: &Story) -> Vec<Routed<'_>> {
        let mut taken: Vec<Routed<'_>> = Vec::new();
        for route in self.0.iter().filter(|route| route.when.holds(story)) {
            let subject = route.subject.fill(story, &route.name);
            if !taken.iter().any(|t| t.subject == subject && t.format == route.format) {
                taken.push(Routed { name: &route.name, subject, format: route.format });
            }
        }
        taken
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::model::{
        Access, Article, ArticleKind, Entity, EntityKind, ExtractionMethod, ExtractionReport,
        Hints, Identity, Language, LanguageCode, Publisher, StoryId, Tags, Topic,
    };

    pub(crate) const SLUGS: &[(TopicCode, &str)] =
        &[(TopicCode(15_000_000), "sport"), (TopicCode(16_000_000), "conflict")];

    /// An English story of the conflict desk about Anna Berg in Ukraine.
    pub(crate) fn story() -> Story {
        let entity = |kind, name: &str, country| Entity {
            kind,
            name: name.to_owned(),
            name_en: None,
            salience: 1.0,
            wikidata: None,
            geonames: None,
            country,
            point: None,
            list_id: None,
            mentions: Vec::new(),
        };
        let publisher =
            Publisher { name: Some("The Ex".to_owned()), domain: Some("ex.com".to_owned()) };
        Story {
            article: Article {
                identity: Identity::new(StoryId::new("a").unwrap(), None),
                hints: Hints { publisher: Some(publisher), ..Hints::default() },
                fetch: None,
                url: None,
                canonical_url: None,
                headline: Some("Talks begin".to_owned()),
                sub_headline: None,
                body: "One two three four.".to_owned(),
                authors: vec!["Jo Doe".to_owned()],
                signing_organisations: Vec::new(),
                published: None,
                modified: None,
                declared_language: None,
                site_name: None,
                section: Some("World".to_owned()),
                keywords: vec!["talks".to_owned()],
                image: None,
                html: None,
                standfirst: None,
                rights: crate::model::Rights::default(),
                genres: Vec::new(),
                access: Access::Free,
                report: ExtractionReport {
                    method: ExtractionMethod::Text,
                    version: 1,
                    kind: ArticleKind::Article,
                    title_from: None,
                    date_from: None,
                },
            },
            tags: Tags {
                language: Language { code: LanguageCode::EN, confidence: 0.9 },
                topic: Some(TopicCode(16_000_000)),
                topics: vec![Topic {
                    code: TopicCode(16_000_000),
                    name: "conflict, war and peace".to_owned(),
                    confidence: 90,
                    why: Vec::new(),
                }],
                entities: vec![
                    entity(EntityKind::Person, "Anna Berg", None),
                    entity(EntityKind::Place, "Kyiv", Some(*b"UA")),
                ],
                custom: [("desks".to_owned(), vec!["east".to_owned()])].into(),
                ..Tags::default()
            },
        }
    }

    fn route(name: &str, when: &str, subject: &str) -> RouteSettings {
        let (name, when, subject) = (name.to_owned(), when.to_owned(), subject.to_owned());
        RouteSettings { name, when, subject, format: Format::Ninjs }
    }

    #[test]
    fn routes_that_always_meet_need_two_subjects() {
        let route = |name: &str, when: &str, subject: &str| RouteSettings {
            name: name.to_owned(),
            when: when.to_owned(),
            subject: subject.to_owned(),
            format: Format::Record,
        };
        let refused = |one: [&str; 2], two: [&str; 2]| {
            let routes = [route("a", one[0], one[1]), route("b", two[0], two[1])];
            Routes::compile(&routes, SLUGS).is_err()
        };
        assert!(refused(["", "desk.{key}"], ["language = en", "desk.{key}"]));
        assert!(refused(["language = en", "desk.{key}"], ["language = en", "desk.{key}"]));
        assert!(!refused(["language = de", "desk.{key}"], ["language = en", "desk.{key}"]));
        assert!(!refused(["", "{route}.{key}"], ["", "{route}.{key}"]));
        // Of two that make the same message one is enough.
        let routes = [route("a", "words > 0", "desk.{key}"), route("b", "words > 1", "desk.{key}")];
        let routes = Routes::compile(&routes, SLUGS).unwrap();
        let story = story();
        let taken: Vec<&str> = routes.matching(&story).iter().map(|routed| routed.name).collect();
        assert_eq!(taken, ["a"]);
    }

    #[test]
    fn a_story_takes_the_routes_whose_condition_holds() {
        let settings = [
            route("all", "", "all.{key}"),
            route("war", "topic = conflict and place = UA", "desk.{topic}.{language}.{key}"),
            route("sport", "topic = sport", "desk.sport.{key}"),
        ];
        let routes = Routes::compile(&settings, SLUGS).unwrap();
        let story = story();
        let key = story.article.identity.key();
        let taken: Vec<_> =
            routes.matching(&story).into_iter().map(|r| (r.name.to_owned(), r.subject)).collect();
        assert_eq!(
            taken,
            [
                ("all".to_owned(), format!("all.{key}")),
                ("war".to_owned(), format!("desk.conflict.en.{key}")),
            ]
        );
    }

    #[test]
    fn mistakes_name_the_route_and_the_position() {
        let error = |settings: &[RouteSettings]| {
            Routes::compile(settings, SLUGS).map(|_| ()).unwrap_err().to_string()
        };
        assert_eq!(
            error(&[route("war", "langage = en", "a.{key}")]),
            "route \"war\", when: there is no field \"langage\"; did you mean \"language\"?\n  \
             langage = en\n  ^"
        );
        assert_eq!(
            error(&[route("war", "", "a.{kez}")]),
            "route \"war\", subject: there is no token {kez}\n  a.{kez}\n    ^"
        );
        assert!(error(&[route("a b", "", "a.{key}")]).contains("a name is"));
        assert!(error(&[route("a", "", "a.{key}"), route("a", "", "a.{key}")]).contains("twice"));
    }
}
