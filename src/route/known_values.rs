//! Fields of conditions whose values are of a known set, so that a misspelt one, which would never hold, is refused.

use super::fields::{Field, Number};
use crate::language_table;
use crate::model::{Access, ArticleKind, Relation};

/// What is wrong with a value of a field; `None` where it may hold.
pub(super) fn mistake(field: Field, value: &str) -> Option<String> {
    let value = value.to_lowercase();
    let one_of = |known: &[&str]| {
        (!known.contains(&value.as_str()))
            .then(|| format!("{value:?} is none of {}", known.join(", ")))
    };
    match field {
        Field::Kind => one_of(&ArticleKind::ALL.map(ArticleKind::as_str)),
        Field::Access => one_of(&Access::ALL.map(Access::as_str)),
        Field::Relation => one_of(&Relation::ALL.map(Relation::as_str)),
        Field::Language => (!language_table::is_code(&value)).then(|| {
            format!(
                "{value:?} is no language as records have it: a code such as en, without a region"
            )
        }),
        Field::TopicName
        | Field::Entity
        | Field::Person
        | Field::Organisation
        | Field::Place
        | Field::Publisher
        | Field::Label
        | Field::Section
        | Field::Keyword
        | Field::Author
        | Field::Title => None,
    }
}

/// The least and the greatest value of a number.
pub(super) fn range(number: Number) -> (f64, f64) {
    match number {
        Number::Words => (0.0, f64::MAX),
        Number::Sentiment => (-1.0, 1.0),
        Number::Confidence => (0.0, 100.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_that_never_hold_are_named() {
        for (field, good, bad) in [
            (Field::Kind, "Article", "artcle"),
            (Field::Access, "paywall", "bogus"),
            (Field::Relation, "update", "copy"),
            (Field::Language, "pt", "en-GB"),
            (Field::Language, "und", "klingon"),
        ] {
            assert_eq!(mistake(field, good), None, "{good}");
            let said = mistake(field, bad).unwrap();
            assert!(said.contains(&bad.to_lowercase()), "{said}");
        }
        assert_eq!(mistake(Field::Person, "anybody"), None);
    }
}
