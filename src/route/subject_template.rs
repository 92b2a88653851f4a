//! Subject templates: tokens parted by full stops, each a literal with fields in braces.
//!
//! Fields: `{language}`, `{topic}` (the slug of the top level, or `none`), `{key}`, `{publisher}`,
//! `{country}` (of the most salient place), `{access}`, `{kind}`, `{route}`. Their values become
//! lower case `[a-z0-9_-]` of at most 64 characters, `none` when nothing is left; the key stays as it is.
//! Every template must hold `{key}`, so that each story has a subject of its own and the broker can
//! refuse a second one.

use super::condition::Mistake;
use crate::model::{EntityKind, MAX_TOKEN, Story, TopicCode, WebUrl};

const MAX_TOKENS: usize = 16;
/// Longest template; with every field at its longest a subject stays under 1,024 bytes.
const MAX_LEN: usize = 200;

/// A parsed subject template.
#[derive(Clone, Debug)]
pub struct SubjectTemplate {
    parts: Vec<Part>,
    slugs: &'static [(TopicCode, &'static str)],
}

#[derive(Clone, Debug)]
enum Part {
    Literal(String),
    Field(Field),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    Language,
    Topic,
    Key,
    Publisher,
    Country,
    Access,
    Kind,
    Route,
}

const FIELDS: [(&str, Field); 8] = [
    ("language", Field::Language),
    ("topic", Field::Topic),
    ("key", Field::Key),
    ("publisher", Field::Publisher),
    ("country", Field::Country),
    ("access", Field::Access),
    ("kind", Field::Kind),
    ("route", Field::Route),
];

impl SubjectTemplate {
    /// Parses a template.
    ///
    /// # Errors
    /// Points at what cannot stand in a subject.
    pub fn parse(text: &str, slugs: &'static [(TopicCode, &'static str)]) -> Result<Self, Mistake> {
        let wrong = |at: usize, message: String| Mistake::new(text, at, message);
        if text.len() > MAX_LEN || text.split('.').count() > MAX_TOKENS {
            let message = format!("more than {MAX_LEN} bytes or {MAX_TOKENS} tokens");
            return Err(wrong(0, message));
        }
        let mut parts = Vec::new();
        let mut literal = String::new();
        let mut at = 0;
        let mut token_starts = true;
        while let Some(c) = text[at..].chars().next() {
            match c {
                '{' => {
                    let end = text[at..].find('}');
                    let end = at + end.ok_or_else(|| wrong(at, "a { without its }".to_owned()))?;
                    let name = &text[at + 1..end];
                    let field = FIELDS.iter().find(|(n, _)| *n == name).map(|(_, f)| *f);
                    let field =
                        field.ok_or_else(|| wrong(at, format!("there is no token {{{name}}}")))?;
                    if !literal.is_empty() {
                        parts.push(Part::Literal(std::mem::take(&mut literal)));
                    }
                    parts.push(Part::Field(field));
                    at = end + 1;
                    token_starts = false;
                    continue;
                }
                '.' if token_starts => return Err(wrong(at, "an empty token".to_owned())),
                '.' => token_starts = true,
                c if c.is_ascii_alphanumeric() || matches!(c, '-' | '_') => token_starts = false,
                _ => return Err(wrong(at, format!("{c:?} can't stand in a subject"))),
            }
            literal.push(c);
            at += c.len_utf8();
        }
        if token_starts {
            return Err(wrong(text.len(), "an empty token".to_owned()));
        }
        if !literal.is_empty() {
            parts.push(Part::Literal(literal));
        }
        if !parts.iter().any(|part| matches!(part, Part::Field(Field::Key))) {
            let message = "{key} is missing: each story needs a subject of its own";
            return Err(wrong(text.len(), message.to_owned()));
        }
        Ok(Self { parts, slugs })
    }

    /// The subject of a story.
    #[must_use]
    pub fn fill(&self, story: &Story, route: &str) -> String {
        let mut subject = String::new();
        for part in &self.parts {
            match part {
                Part::Literal(literal) => subject.push_str(literal),
                Part::Field(field) => subject.push_str(&self.value(*field, story, route)),
            }
        }
        subject
    }

    fn value(&self, field: Field, story: &Story, route: &str) -> String {
        let article = &story.article;
        let publisher = article.hints.publisher.as_ref();
        match field {
            Field::Key => article.identity.key().as_str().to_owned(),
            Field::Language => sanitised(story.tags.language.code.as_str()),
            Field::Topic => {
                let slug = self.slugs.iter().find(|(code, _)| Some(*code) == story.tags.topic);
                slug.map_or("none", |(_, slug)| slug).to_owned()
            }
            Field::Publisher => {
                let domain = publisher.and_then(|p| p.domain.as_deref());
                let host = article.url.as_ref().map(WebUrl::host);
                sanitised(domain.or(host).unwrap_or_default().trim_start_matches("www."))
            }
            Field::Country => {
                let mut places = story.tags.entities.iter().filter(|e| e.kind == EntityKind::Place);
                let country = places.find_map(|e| e.country);
                sanitised(country.as_ref().and_then(|c| std::str::from_utf8(c).ok()).unwrap_or(""))
            }
            Field::Access => article.access.as_str().to_owned(),
            Field::Kind => article.report.kind.as_str().to_owned(),
            Field::Route => route.to_owned(),
        }
    }
}

/// A value as part of a token.
fn sanitised(value: &str) -> String {
    let mut out: String = value
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || c == '_' { c.to_ascii_lowercase() } else { '-' })
        .take(MAX_TOKEN)
        .collect();
    while out.contains("--") {
        out = out.replace("--", "-");
    }
    let out = out.trim_matches('-');
    if out.is_empty() { "none".to_owned() } else { out.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::route::tests::{SLUGS, story};

    #[test]
    fn fills_and_sanitises() {
        let template =
            SubjectTemplate::parse("a.{publisher}.{country}-x.{topic}.{key}", SLUGS).unwrap();
        let mut story = story();
        story.article.hints.publisher.as_mut().unwrap().domain = Some("Ex.*.> é.com".to_owned());
        let key = story.article.identity.key();
        assert_eq!(template.fill(&story, "r"), format!("a.ex-com.ua-x.conflict.{key}"));
        story.article.hints.publisher = None;
        story.tags.topic = None;
        assert_eq!(template.fill(&story, "r"), format!("a.none.ua-x.none.{key}"));
    }

    #[test]
    fn refuses_wildcards_empty_tokens_and_a_missing_key() {
        for (text, at) in [
            ("a.*.{key}", 2),
            ("a..{key}", 2),
            ("a.{key}.", 8),
            (".{key}", 0),
            ("a b.{key}", 1),
            ("a.{key", 2),
            ("a.b", 3),
            ("", 0),
        ] {
            let mistake = SubjectTemplate::parse(text, SLUGS).map(|_| ()).unwrap_err();
            assert_eq!(mistake.at, at, "{text}: {mistake}");
        }
    }
}
