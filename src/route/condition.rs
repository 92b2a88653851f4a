//! The language of conditions:
//!
//! ```text
//! language = en and topic in (sport, "medtop:16000000") and not access = paywall
//! entity = "Volodymyr Zelensky" or place = UA or label = "desks:east"
//! title contains "exclusive" or confidence >= 80 or words < 100
//! ```
//!
//! `and` binds tighter than `or`; `not` and parentheses as usual. Texts compare without regard to
//! case; a value with blanks or marks stands in quotes. A field of several values (topics, entities,
//! keywords) equals a value when one of them does, and `!=` holds when none does.

use std::fmt;

use super::fields::{Field, Number};
use super::known_values;
use super::story_facts::Facts;
use crate::model::TopicCode;
use crate::near_name::edits;

/// Deepest nesting of parentheses and `not`.
const MAX_DEPTH: usize = 32;

/// What is wrong with a text of the configuration, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The whole text.
    pub text: String,
    /// The byte at which it goes wrong.
    pub at: usize,
    /// What is wrong there.
    pub message: String,
}

impl Mistake {
    pub(super) fn new(text: &str, at: usize, message: String) -> Self {
        Self { text: text.to_owned(), at, message }
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line_start = self.text[..self.at].rfind('\n').map_or(0, |at| at + 1);
        let line = self.text[line_start..].lines().next().unwrap_or_default();
        let column = self.text[line_start..self.at].chars().count();
        write!(f, "{}\n  {line}\n  {:column$}^", self.message, "")
    }
}

impl std::error::Error for Mistake {}

/// A parsed condition.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// Holds for every story.
    Always,
    /// All of them hold.
    All(Vec<Condition>),
    /// One of them holds.
    Any(Vec<Condition>),
    /// It does not hold.
    Not(Box<Condition>),
    /// A field has one of some values.
    Is(Field, Vec<String>),
    /// A field has a text in it.
    Contains(Field, String),
    /// A number compares so.
    Compares(Number, Order, f64),
    /// The story has one of these topics, or a narrower one that was found under it.
    Topic(Vec<TopicCode>),
}

/// How numbers compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // named as in mathematics
pub enum Order {
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

enum Name {
    Text(Field),
    Number(Number),
    Topic,
}

const FIELDS: [(&str, Name); 21] = [
    ("language", Name::Text(Field::Language)),
    ("topic", Name::Topic),
    ("topic_name", Name::Text(Field::TopicName)),
    ("entity", Name::Text(Field::Entity)),
    ("person", Name::Text(Field::Person)),
    ("organisation", Name::Text(Field::Organisation)),
    ("organization", Name::Text(Field::Organisation)),
    ("place", Name::Text(Field::Place)),
    ("country", Name::Text(Field::Place)),
    ("publisher", Name::Text(Field::Publisher)),
    ("label", Name::Text(Field::Label)),
    ("access", Name::Text(Field::Access)),
    ("kind", Name::Text(Field::Kind)),
    ("section", Name::Text(Field::Section)),
    ("keyword", Name::Text(Field::Keyword)),
    ("author", Name::Text(Field::Author)),
    ("title", Name::Text(Field::Title)),
    ("relation", Name::Text(Field::Relation)),
    ("words", Name::Number(Number::Words)),
    ("sentiment", Name::Number(Number::Sentiment)),
    ("confidence", Name::Number(Number::Confidence)),
];

impl Condition {
    /// Parses a condition; an empty text holds for every story.
    ///
    /// # Errors
    /// Points at the first thing that cannot stand where it stands.
    pub fn parse(text: &str, slugs: &[(TopicCode, &'static str)]) -> Result<Self, Mistake> {
        if text.trim().is_empty() {
            return Ok(Self::Always);
        }
        let mut parser = Parser { text, at: 0, slugs };
        let condition = parser.any(0)?;
        match parser.next() {
            (at, None) if at == text.len() => Ok(condition),
            (at, _) => Err(parser.wrong(at, "expected and, or, or the end")),
        }
    }

    /// That a text field, or the topic, has one of some values.
    ///
    /// # Errors
    /// Points at a value that is no topic.
    pub fn one_of(
        field: &str,
        values: &[String],
        slugs: &[(TopicCode, &'static str)],
    ) -> Result<Self, Mistake> {
        let wrong = |message: &str| Mistake::new(field, 0, message.to_owned());
        let (_, name) = FIELDS
            .iter()
            .find(|(name, _)| *name == field)
            .ok_or_else(|| wrong("there is no such field"))?;
        let mut any = Vec::new();
        for value in values {
            let parser = Parser { text: value, at: 0, slugs };
            any.push(parser.is(name, vec![(0, value)])?);
        }
        Ok(Self::Any(any))
    }

    /// Whether it holds for a story.
    #[must_use]
    pub fn holds(&self, story: &impl Facts) -> bool {
        match self {
            Self::Always => true,
            Self::All(all) => all.iter().all(|c| c.holds(story)),
            Self::Any(any) => any.iter().any(|c| c.holds(story)),
            Self::Not(condition) => !condition.holds(story),
            Self::Is(field, values) => story
                .texts(*field)
                .any(|text| values.iter().any(|value| text.to_lowercase() == *value)),
            Self::Contains(field, part) => {
                story.texts(*field).any(|text| text.to_lowercase().contains(part))
            }
            Self::Compares(number, order, than) => {
                let value = story.number(*number);
                match order {
                    Order::Less => value < *than,
                    Order::LessOrEqual => value <= *than,
                    Order::Greater => value > *than,
                    Order::GreaterOrEqual => value >= *than,
                }
            }
            Self::Topic(codes) => story.topics().any(|code| codes.contains(&code)),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Sign<'a> {
    Word(&'a str),
    Quoted(&'a str),
    Mark(&'a str),
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    slugs: &'a [(TopicCode, &'static str)],
}

impl<'a> Parser<'a> {
    fn wrong(&self, at: usize, message: impl Into<String>) -> Mistake {
        Mistake::new(self.text, at, message.into())
    }

    /// The next sign and where it starts; `None` at the end and for what is no sign.
    fn peek(&self) -> (usize, Option<Sign<'a>>, usize) {
        let rest = self.text[self.at..].trim_start();
        let at = self.text.len() - rest.len();
        let Some(first) = rest.chars().next() else { return (at, None, at) };
        if matches!(first, '"' | '\'') {
            return match rest[1..].find(first) {
                Some(end) => (at, Some(Sign::Quoted(&rest[1..=end])), at + end + 2),
                None => (at, None, at),
            };
        }
        for mark in ["!=", "<=", ">=", "==", "=", "<", ">", "(", ")", ","] {
            if rest.starts_with(mark) {
                return (at, Some(Sign::Mark(mark)), at + mark.len());
            }
        }
        let is_word =
            |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':' | '*' | '&' | '/');
        let length = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
        if length == 0 {
            return (at, None, at);
        }
        (at, Some(Sign::Word(&rest[..length])), at + length)
    }

    fn next(&mut self) -> (usize, Option<Sign<'a>>) {
        let (at, sign, end) = self.peek();
        self.at = end;
        (at, sign)
    }

    fn takes(&mut self, word: &str) -> bool {
        let (_, sign, end) = self.peek();
        let matches = matches!(sign, Some(Sign::Word(w)) if w.eq_ignore_ascii_case(word));
        if matches {
            self.at = end;
        }
        matches
    }

    fn any(&mut self, depth: usize) -> Result<Condition, Mistake> {
        let mut any = vec![self.all(depth)?];
        while self.takes("or") {
            any.push(self.all(depth)?);
        }
        Ok(if any.len() == 1 { any.remove(0) } else { Condition::Any(any) })
    }

    fn all(&mut self, depth: usize) -> Result<Condition, Mistake> {
        let mut all = vec![self.one(depth)?];
        while self.takes("and") {
            all.push(self.one(depth)?);
        }
        Ok(if all.len() == 1 { all.remove(0) } else { Condition::All(all) })
    }

    fn one(&mut self, depth: usize) -> Result<Condition, Mistake> {
        if depth > MAX_DEPTH {
            return Err(self.wrong(self.at, format!("nested deeper than {MAX_DEPTH}")));
        }
        if self.takes("not") {
            return Ok(Condition::Not(Box::new(self.one(depth + 1)?)));
        }
        let (at, sign) = self.next();
        match sign {
            Some(Sign::Mark("(")) => {
                let condition = self.any(depth + 1)?;
                match self.next() {
                    (_, Some(Sign::Mark(")"))) => Ok(condition),
                    (at, _) => Err(self.wrong(at, "expected ) or and, or")),
                }
            }
            Some(Sign::Word(name)) => self.comparison(at, name),
            _ => Err(self.wrong(at, "expected a field, not, or (")),
        }
    }

    fn comparison(&mut self, at: usize, name: &str) -> Result<Condition, Mistake> {
        let lower = name.to_lowercase();
        let Some((_, field)) = FIELDS.iter().find(|(n, _)| *n == lower) else {
            let near = nearest(&lower);
            return Err(
                self.wrong(at, format!("there is no field {name:?}; did you mean {near:?}?"))
            );
        };
        let (at, sign) = self.next();
        match (field, sign) {
            (Name::Number(number), Some(Sign::Mark(mark))) => {
                let order = match mark {
                    "<" => Order::Less,
                    "<=" => Order::LessOrEqual,
                    ">" => Order::Greater,
                    ">=" => Order::GreaterOrEqual,
                    _ => return Err(self.wrong(at, "a number compares by <, <=, > or >=")),
                };
                let (at, value) = self.value()?;
                let value = value.parse().map_err(|_| self.wrong(at, "expected a number"))?;
                let (least, most) = known_values::range(*number);
                if !(least..=most).contains(&value) {
                    return Err(self.wrong(at, format!("not in {least} to {most}")));
                }
                Ok(Condition::Compares(*number, order, value))
            }
            (Name::Number(_), _) => Err(self.wrong(at, "a number compares by <, <=, > or >=")),
            (field, Some(Sign::Mark("=" | "=="))) => {
                let value = self.value()?;
                self.is(field, vec![value])
            }
            (field, Some(Sign::Mark("!="))) => {
                let value = self.value()?;
                Ok(Condition::Not(Box::new(self.is(field, vec![value])?)))
            }
            (field, Some(Sign::Word(word))) if word.eq_ignore_ascii_case("in") => {
                let values = self.list()?;
                self.is(field, values)
            }
            (Name::Text(field), Some(Sign::Word(word)))
                if word.eq_ignore_ascii_case("contains") =>
            {
                let (_, value) = self.value()?;
                Ok(Condition::Contains(*field, value.to_lowercase()))
            }
            _ => Err(self.wrong(at, "expected =, !=, in or contains")),
        }
    }

    fn value(&mut self) -> Result<(usize, &'a str), Mistake> {
        match self.next() {
            (at, Some(Sign::Word(value) | Sign::Quoted(value))) => Ok((at, value)),
            (at, _) if self.text[at..].starts_with(['"', '\'']) => {
                Err(self.wrong(at, "this quote is not closed"))
            }
            (at, _) => Err(self.wrong(at, "expected a value")),
        }
    }

    fn list(&mut self) -> Result<Vec<(usize, &'a str)>, Mistake> {
        match self.next() {
            (_, Some(Sign::Mark("("))) => {}
            (at, _) => return Err(self.wrong(at, "expected ( and values separated by commas")),
        }
        let mut values = vec![self.value()?];
        loop {
            match self.next() {
                (_, Some(Sign::Mark(","))) => values.push(self.value()?),
                (_, Some(Sign::Mark(")"))) => return Ok(values),
                (at, _) => return Err(self.wrong(at, "expected , or )")),
            }
        }
    }

    fn is(&self, field: &Name, values: Vec<(usize, &str)>) -> Result<Condition, Mistake> {
        match field {
            Name::Text(field) => {
                if let Some((at, why)) = values
                    .iter()
                    .find_map(|(at, value)| Some((*at, known_values::mistake(*field, value)?)))
                {
                    return Err(self.wrong(at, why));
                }
                let values = values.iter().map(|(_, value)| value.to_lowercase()).collect();
                Ok(Condition::Is(*field, values))
            }
            Name::Topic => {
                let codes = values.into_iter().map(|(at, value)| self.topic(at, value));
                Ok(Condition::Topic(codes.collect::<Result<_, _>>()?))
            }
            Name::Number(_) => Err(self.wrong(self.at, "a number compares by <, <=, > or >=")),
        }
    }

    /// A topic by its slug or its code.
    fn topic(&self, at: usize, value: &str) -> Result<TopicCode, Mistake> {
        let lower = value.to_lowercase();
        if let Some((code, _)) = self.slugs.iter().find(|(_, slug)| *slug == lower) {
            return Ok(*code);
        }
        let digits = lower.strip_prefix("medtop:").unwrap_or(&lower);
        match digits.parse() {
            Ok(code) if digits.len() == 8 => Ok(TopicCode(code)),
            _ => {
                let slugs: Vec<&str> = self.slugs.iter().map(|(_, slug)| *slug).collect();
                let slugs = slugs.join(", ");
                Err(self
                    .wrong(at, format!("{value:?} is no topic: medtop:NNNNNNNN or one of {slugs}")))
            }
        }
    }
}

/// The field whose name is nearest to a misspelt one, by edits.
fn nearest(name: &str) -> &'static str {
    let names = FIELDS.iter().map(|(field, _)| *field);
    names.min_by_key(|field| edits(name, field)).unwrap_or("topic")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::route::tests::{SLUGS, story};
    use proptest::prelude::*;

    fn holds(text: &str) -> bool {
        Condition::parse(text, SLUGS).unwrap_or_else(|m| panic!("{m}")).holds(&story())
    }

    /// A condition as somebody may write it, and whether it holds.
    fn made_up() -> impl Strategy<Value = (String, bool)> {
        let atoms =
            ["language = en", "words > 100000", "country = UA", "topic = sport", "words < 10"];
        let atom = prop::sample::select(atoms.to_vec());
        let atom = atom.prop_map(|atom| (atom.to_owned(), holds(atom)));
        atom.prop_recursive(4, 24, 4, |inner| {
            let several = prop::collection::vec(inner.clone(), 2..4);
            let joined = |word: &'static str, parts: &[(String, bool)]| {
                parts.iter().map(|(text, _)| format!("({text})")).collect::<Vec<_>>().join(word)
            };
            prop_oneof![
                several.clone().prop_map(move |parts| {
                    (joined(" and ", &parts), parts.iter().all(|(_, holds)| *holds))
                }),
                several.prop_map(move |parts| {
                    (joined(" or ", &parts), parts.iter().any(|(_, holds)| *holds))
                }),
                inner.prop_map(|(text, holds)| (format!("not ({text})"), !holds)),
            ]
        })
    }

    proptest! {
        #[test]
        fn made_up_conditions_hold_as_their_parts_say((text, expected) in made_up()) {
            prop_assert_eq!(holds(&text), expected, "{}", text);
        }

        #[test]
        fn a_mistake_points_into_its_text(text in "[ a-z0-9=<>!()\"',.:]{0,40}") {
            if let Err(mistake) = Condition::parse(&text, SLUGS) {
                prop_assert!(mistake.at <= text.len());
                prop_assert!(mistake.to_string().ends_with('^'));
            }
        }
    }

    #[test]
    fn reads_fields_of_the_story() {
        for text in [
            "",
            "language = en",
            "topic = conflict",
            "topic = medtop:16000000",
            "topic = 16000000",
            "entity = \"anna berg\"",
            "person = 'Anna Berg'",
            "place = Kyiv",
            "place = ua",
            "country = UA",
            "publisher = ex.com",
            "publisher = \"The Ex\"",
            "label = east",
            "access = free",
            "kind = article",
            "section = world",
            "keyword = Talks",
            "author contains doe",
            "title contains \"talks beg\"",
            "words < 10",
            "confidence >= 90",
            "language in (de, en)",
            "language != de",
        ] {
            assert!(holds(text), "{text}");
        }
        for text in [
            "language = de",
            "topic = sport",
            "organisation = \"Anna Berg\"",
            "relation = update",
            "words > 10",
            // Nothing is known of the tone.
            "sentiment <= 0",
            "sentiment > 0",
            "language in (de, fr)",
        ] {
            assert!(!holds(text), "{text}");
        }
    }

    #[test]
    fn and_binds_tighter_than_or() {
        assert!(holds("language = en or language = de and topic = sport"));
        assert!(!holds("(language = en or language = de) and topic = sport"));
        assert!(holds("not language = de and not (topic = sport or place = FR)"));
    }

    #[test]
    fn mistakes_point_at_the_spot() {
        for (text, at, message) in [
            ("langage = en", 0, "there is no field \"langage\"; did you mean \"language\"?"),
            ("language = ", 11, "expected a value"),
            ("language en", 9, "expected =, !=, in or contains"),
            ("language = \"en", 11, "this quote is not closed"),
            ("(language = en", 14, "expected ) or and, or"),
            ("language = en topic = sport", 14, "expected and, or, or the end"),
            ("words = 5", 6, "a number compares by <, <=, > or >="),
            ("words > many", 8, "expected a number"),
            (
                "topic = sports",
                8,
                "\"sports\" is no topic: medtop:NNNNNNNN or one of sport, conflict",
            ),
            ("language in en", 12, "expected ( and values separated by commas"),
            ("and", 0, "there is no field \"and\"; did you mean \"kind\"?"),
            ("language = en and", 17, "expected a field, not, or ("),
        ] {
            let mistake = Condition::parse(text, SLUGS).unwrap_err();
            assert_eq!((mistake.at, mistake.message.as_str()), (at, message), "{text}");
        }
        let deep = format!("{}language = en", "(".repeat(100));
        assert!(Condition::parse(&deep, SLUGS).unwrap_err().message.starts_with("nested deeper"));
    }

    #[test]
    fn the_caret_stands_under_the_spot() {
        let mistake = Condition::parse("place = é and x = 1", SLUGS).unwrap_err();
        assert_eq!(mistake.to_string().lines().last(), Some("                ^"));
    }
}
