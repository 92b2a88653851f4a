//! Article to story: language, entities, topics, quotes, figures, fingerprint. Pure: models and
//! gazetteers are compiled in, the user's lists are read once at start.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use time::OffsetDateTime;

use crate::model::{
    Amount, Article, DateMention, Entity, EntityKind, Field, LanguageCode, Mention, Span, Story,
    Tags,
};

mod amount_words;
mod amounts;
mod dates;
pub mod document;
mod english;
pub mod entities;
mod error;
pub mod feature_hash;
pub mod fingerprint;
mod keywords;
mod language;
mod listed_names;
pub mod lists;
pub mod models;
pub mod names;
pub mod places;
mod plain_digits;
mod quotes;
mod sentiment;
mod summary;
pub mod topics;
mod transliteration;
mod unpack;
pub mod word_keys;
mod word_set;

use entities::{entity_base::EntityBase, story_entities::Finder};
use fingerprint::Sketch;
use lists::Lists;
use topics::{TermError, Topics};

pub use document::{Document, Initial, Text, Token, TokenKind};
pub use error::Error;

/// How stories are tagged.
#[derive(Clone, Debug, Default, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The user's own lists of names.
    pub lists: Vec<lists::Settings>,
    /// Directory of topic files: one of a built-in file's name replaces it, others are added.
    pub topics_dir: Option<PathBuf>,
    /// Languages (ISO 639-1) whose recognisers may be loaded beside that of English; all when empty.
    pub languages: Vec<String>,
    /// A file of people and organisations of Wikidata, as `build-entities` makes it, to link names with in place of
    /// those compiled in.
    pub entity_base: Option<PathBuf>,
}

/// Why a tagger could not be made.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// A list of names is bad.
    #[error(transparent)]
    List(#[from] lists::Error),
    /// A topic file.
    #[error("topics: {0}")]
    Topics(#[from] TermError),
    /// A language that is no code.
    #[error("tag.languages: {0:?} is no language code such as \"de\"")]
    Language(String),
    /// The entities to link names with.
    #[error("tag.entity_base: {0}")]
    Entities(#[from] entities::entity_base::Error),
}

/// The tag stage with its models and lists. Made once, shared by all threads.
#[derive(Debug)]
pub struct Tagger {
    finder: Finder,
    topics: Topics,
}

impl Tagger {
    /// Loads models and lists.
    ///
    /// # Errors
    /// When a list or a topic file is bad; names the file and the line.
    pub fn new(settings: &Settings) -> Result<Self, SettingsError> {
        let parse = |code: &String| {
            LanguageCode::parse(code).ok_or_else(|| SettingsError::Language(code.clone()))
        };
        let wanted = settings.languages.iter().map(parse).collect::<Result<Vec<_>, _>>()?;
        Ok(Self {
            finder: models::finder(
                Lists::read(&settings.lists)?,
                settings.entity_base.as_deref().map(EntityBase::read).transpose()?,
                &wanted,
            ),
            topics: Topics::new(settings.topics_dir.as_deref())?,
        })
    }

    /// Tags an article.
    #[must_use]
    pub fn tag(&self, article: Article) -> Story {
        let title = article.headline.as_deref().unwrap_or_default();
        let language = language::detect(
            title,
            &article.body,
            article.declared_language.as_deref(),
            article.hints.in_language.as_deref(),
        );
        let document = Document::in_language(title, &article.body, language.code);
        let home = article.url.as_ref().and_then(places::home);
        let found = match transliteration::plain(title, &article.body, language.code) {
            Some([plain_title, plain_body]) => {
                let plain = Document::in_language(&plain_title, &plain_body, language.code);
                let mut found = self.finder.find(&plain, Some(&document), language.code, home);
                transliteration::restore(title, &article.body, language.code, &mut found.entities);
                found
            }
            None => self.finder.find(&document, None, language.code, home),
        };
        let topics = self.topics.find(&article, language);
        let mut models = models::names(found.recognised, language.code);
        models.insert("topics", topics::model(language.code).to_owned());
        let (sketch, simhash) = Sketch::of(&article.body);
        let keywords = keywords::keywords(&document, language.code, &found.entities);
        let subject = country_told_of(countries(&found.entities));
        let (amounts, dates) = numbers(&document, &article, language.code, home, subject);
        let entities = without_currencies(found.entities, &amounts);
        let (amounts, dates) = without_names(amounts, dates, &entities);
        let tags = Tags {
            language,
            topic: topics.top,
            topics: topics.topics,
            quotes: quotes::in_language(&document.body, &entities, language.code),
            amounts,
            dates,
            summary: summary::lead(&document, language.code),
            sentiment: sentiment::sentiment(&document, language.code),
            entities,
            custom: found.custom,
            models,
            keywords,
            fingerprint: simhash,
            sketch: sketch.to_bytes(),
            ..Tags::default()
        };
        Story { article, tags }
    }
}

/// Entities without those that are only words or letters of a currency: `30 million Hong Kong dollars`, `HK$30`.
fn without_currencies(mut entities: Vec<Entity>, amounts: &[Amount]) -> Vec<Entity> {
    let money = amounts.iter().filter(|a| a.unit.as_deref().is_some_and(is_currency));
    let spans: Vec<&Span> = money.map(|amount| &amount.span).collect();
    let of_currency = |m: &Mention| {
        let in_it = |s: &&Span| s.start <= m.span.start && m.span.end <= s.end;
        m.field == Field::Body && spans.iter().any(in_it)
    };
    entities.retain_mut(|entity| {
        let is_name = matches!(
            entity.kind,
            EntityKind::Place | EntityKind::Organisation | EntityKind::Person
        );
        if !is_name || !entity.mentions.iter().any(of_currency) {
            return true;
        }
        entity.mentions.retain(|mention| !of_currency(mention));
        !entity.mentions.is_empty()
    });
    entities
}

/// Amounts and dates without those that are a part of a name: `Orland Wednesday`, `the 4 Lakes Open`.
fn without_names(
    mut amounts: Vec<Amount>,
    mut dates: Vec<DateMention>,
    entities: &[Entity],
) -> (Vec<Amount>, Vec<DateMention>) {
    let mentions = || {
        let all = entities.iter().flat_map(|entity| &entity.mentions);
        all.filter(|mention| mention.field == Field::Body).map(|mention| mention.span)
    };
    let digits = |text: &str| text.contains(|c: char| c.is_ascii_digit());
    dates.retain(|date| {
        let inside = |name: Span| {
            name != date.span && name.start <= date.span.start && date.span.end <= name.end
        };
        digits(&date.text) || !mentions().any(inside)
    });
    amounts.retain(|amount| {
        let opens = |name: Span| name.start <= amount.span.start && amount.span.start < name.end;
        amount.unit.is_some() || !mentions().any(opens)
    });
    (amounts, dates)
}

/// Whether a unit is a currency's code of ISO 4217.
fn is_currency(unit: &str) -> bool {
    unit.len() == 3 && unit.bytes().all(|byte| byte.is_ascii_uppercase())
}

/// The countries of a story's places, each with how often the place is named.
fn countries(entities: &[Entity]) -> impl Iterator<Item = ([u8; 2], usize)> {
    let places = entities.iter().filter(|entity| entity.kind == EntityKind::Place);
    places.filter_map(|place| Some((place.country?, place.mentions.len())))
}

/// The amounts and dates of a story. `home` is its publisher's country, `subject` the one that it tells of.
fn numbers(
    document: &Document<'_>,
    article: &Article,
    language: LanguageCode,
    home: Option<[u8; 2]>,
    subject: Option<[u8; 2]>,
) -> (Vec<Amount>, Vec<DateMention>) {
    let digits = plain_digits::plain(&article.body);
    let letters = transliteration::plain("", digits.as_ref().unwrap_or(&article.body), language);
    let plain = letters.map(|[_, body]| body).or(digits);
    let read_plain = plain.as_deref().map(|body| Document::in_language("", body, language));
    let body = &read_plain.as_ref().unwrap_or(document).body;
    let read = if article.url.is_some() { amounts::amounts_on_site } else { amounts::amounts };
    let declared = [&article.declared_language, &article.hints.in_language];
    let region = || declared.into_iter().flatten().find_map(|tag| amounts::land_of(tag));
    let mut amounts = read(body, language, home.or_else(region), subject);
    let mut dates = dates::dates(body, written(article), language, home);
    if plain.is_some() {
        let of_amounts = amounts.iter_mut().map(|amount| (&mut amount.text, amount.span));
        let of_dates = dates.iter_mut().map(|date| (&mut date.text, date.span));
        plain_digits::restore(&article.body, of_amounts.chain(of_dates));
    }
    (amounts, dates)
}

/// The country that more than half of a story's namings of places are in.
fn country_told_of(countries: impl Iterator<Item = ([u8; 2], usize)>) -> Option<[u8; 2]> {
    let mut votes: BTreeMap<[u8; 2], usize> = BTreeMap::new();
    for (country, mentions) in countries {
        *votes.entry(country).or_default() += mentions;
    }
    let all: usize = votes.values().sum();
    let (country, most) = votes.into_iter().max_by_key(|(_, votes)| *votes)?;
    (2 * most > all).then_some(country)
}

/// When a text was written, as nearly as is known: its publication, else its fetch.
fn written(article: &Article) -> Option<OffsetDateTime> {
    let fetched = article.fetch.as_ref().map(|fetch| fetch.fetched_at);
    article.published.map(|published| published.at).or(fetched)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_numbers_of_names_are_none() {
        let span = |start, end| Span { start, end };
        let mention = |start, end| Mention {
            field: Field::Body,
            span: span(start, end),
            text: String::new(),
        };
        // `Orland Friday beat Tarsk on Friday; 4 Lakes Open, 4 boats`
        let names = vec![mention(0, 13), mention(37, 49)];
        let name = Entity {
            kind: EntityKind::Organisation,
            name: String::new(),
            name_en: None,
            salience: 1.0,
            wikidata: None,
            geonames: None,
            country: None,
            point: None,
            list_id: None,
            mentions: names,
        };
        let date = |start, end| DateMention {
            text: "Friday".to_owned(),
            span: span(start, end),
            date: String::new(),
        };
        let amount = |start, end| Amount {
            value: 4.0,
            upper: None,
            unit: None,
            object: None,
            text: String::new(),
            span: span(start, end),
        };
        let (amounts, dates) = without_names(
            vec![amount(37, 44), amount(51, 58)],
            vec![date(7, 13), date(28, 34)],
            &[name],
        );
        assert_eq!((amounts.len(), amounts[0].span.start), (1, 51));
        assert_eq!((dates.len(), dates[0].span.start), (1, 28));
    }

    #[test]
    fn story_country_is_that_of_most_places() {
        let told = |votes: &[([u8; 2], usize)]| country_told_of(votes.iter().copied());
        assert_eq!(told(&[(*b"CA", 3), (*b"US", 2)]), Some(*b"CA"));
        assert_eq!(told(&[(*b"CA", 2), (*b"US", 1), (*b"CA", 1)]), Some(*b"CA"));
        assert_eq!(told(&[(*b"CA", 2), (*b"US", 2)]), None);
        assert_eq!(told(&[]), None);
    }
}
