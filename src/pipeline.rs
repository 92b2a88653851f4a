//! The data path, top to bottom, shared by `run` and `process`: raw article in, story or a named
//! failure out, with the time each stage took.
//!
//! Knows no broker and no output. CPU work runs on threads of its own, one a core, so that the
//! reactor stays free for leases and sockets.

mod cores;
mod progress;

use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use tracing::{Instrument as _, Span};

use self::cores::Cores;
use self::progress::Progress;
use crate::disposition::Failure;
use crate::extract;
use crate::fetch::{self, Fetcher, TurnWait};
use crate::log::traces;
use crate::model::{Article, Captured, Content, Origin, Page, RawArticle, Story, Timings};
use crate::page_archive::PageArchive;
use crate::tag::Tagger;

/// How a raw article ended, and what it cost.
#[derive(Debug)]
pub struct Outcome {
    /// The story, or why there is none.
    pub result: Result<Story, Failure>,
    /// Time per stage; `intake` and `publish` are the caller's.
    pub timings: Timings,
    /// Bytes of UTF-8 that went into extraction.
    pub bytes: usize,
}

/// The stages, ready to run. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Pipeline {
    fetcher: Option<Arc<Fetcher>>,
    archive: Option<PageArchive>,
    extract: Arc<extract::Settings>,
    /// Replaced as a whole on a reload; a story keeps the one it began with.
    tagger: Arc<RwLock<Arc<Tagger>>>,
    cores: Arc<Cores>,
    tag_max_bytes: usize,
    /// Whether stories of kinds that `extract.publish_kinds` leaves out are skipped.
    by_kind: bool,
}

/// Bytes of a body that are tagged unless told otherwise: tagging looks at words in the light of others,
/// and costs more than in proportion on texts that no newspaper prints.
const TAG_MAX_BYTES: usize = 256 << 10;

impl Pipeline {
    /// A pipeline over `cores` threads. Without a fetcher, articles that are only a link are
    /// skipped with the code `no_fetch`.
    ///
    /// # Errors
    ///
    /// When the system refuses a thread.
    pub fn new(
        fetcher: Option<Fetcher>,
        extract: extract::Settings,
        tagger: Tagger,
        cores: usize,
    ) -> std::io::Result<Self> {
        Ok(Self {
            fetcher: fetcher.map(Arc::new),
            archive: None,
            extract: Arc::new(extract),
            tagger: Arc::new(RwLock::new(Arc::new(tagger))),
            cores: Arc::new(Cores::new(cores)?),
            tag_max_bytes: TAG_MAX_BYTES,
            by_kind: false,
        })
    }

    /// Tags no more of a body than so many bytes.
    #[must_use]
    pub fn with_tag_limit(self, tag_max_bytes: usize) -> Self {
        Self { tag_max_bytes, ..self }
    }

    /// Skips stories of kinds that `extract.publish_kinds` leaves out, for callers that publish; who only
    /// looks at a page is told its kind.
    #[must_use]
    pub fn by_published_kinds(self) -> Self {
        Self { by_kind: true, ..self }
    }

    /// The same pipeline that also keeps the pages it fetches.
    #[must_use]
    pub fn with_archive(self, archive: Option<PageArchive>) -> Self {
        Self { archive, ..self }
    }

    /// Tags by other lists from the next story on, in all clones.
    pub fn replace_tagger(&self, tagger: Tagger) {
        *self.tagger.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(tagger);
    }

    fn tagger(&self) -> Arc<Tagger> {
        Arc::clone(&self.tagger.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes one article through fetch, extract and tag.
    pub async fn run(&self, raw: RawArticle) -> Outcome {
        self.run_tracked(raw, &Progress::default()).await
    }

    /// [`Pipeline::run`] for no longer than `limit`; the failure names the stage that the story was in then.
    pub async fn run_within(&self, raw: RawArticle, limit: Duration) -> Outcome {
        let progress = Progress::default();
        match tokio::time::timeout(limit, self.run_tracked(raw, &progress)).await {
            Ok(outcome) => outcome,
            Err(_) => Outcome {
                result: Err(progress.timed_out(limit)),
                timings: Timings::default(),
                bytes: 0,
            },
        }
    }

    async fn run_tracked(&self, raw: RawArticle, progress: &Progress) -> Outcome {
        let (started, waited) = (Instant::now(), TurnWait::default());
        let fetching = traces::span(|| tracing::info_span!("fetch"));
        let page = self.fetch(raw, &waited).instrument(fetching).await;
        let fetch = started.elapsed();
        self.work_on(page, fetch, waited.get().min(fetch), progress).await
    }

    /// Takes a page that an archive kept through extract and tag. `raw` is the message that led to it.
    pub async fn run_archived(&self, raw: RawArticle, captured: Captured) -> Outcome {
        let started = Instant::now();
        let page = fetch::read_captured(raw.identity, raw.hints, captured).await;
        let found = page.map(PageOrText::from).map_err(|error| Failure::of(&error));
        self.work_on(found, started.elapsed(), Duration::ZERO, &Progress::default()).await
    }

    async fn work_on(
        &self,
        found: Result<PageOrText, Failure>,
        fetch: Duration,
        turn: Duration,
        progress: &Progress,
    ) -> Outcome {
        let mut timings = Timings { fetch, turn, ..Timings::default() };
        let PageOrText { page, fallback } = match found {
            Ok(found) => found,
            Err(failure) => return Outcome { result: Err(failure), timings, bytes: 0 },
        };
        let bytes = match &page.content {
            Content::Html(text) | Content::Text(text) | Content::TitledText { text, .. } => {
                text.len()
            }
        };
        let (settings, tagger) = (Arc::clone(&self.extract), self.tagger());
        let (limit, by_kind) = (self.tag_max_bytes, self.by_kind);
        let (parent, stage) = (Span::current(), progress.clone());
        progress.extracting();
        let work = move || {
            let _entered = parent.entered();
            let extracting = traces::span(|| tracing::info_span!("extract")).entered();
            let started = Instant::now();
            let article = match fallback {
                None => extract::extract(page, &settings),
                Some(fallback) => {
                    let other = extract::extract(page.with_html(fallback), &settings);
                    longer(extract::extract(page, &settings), other)
                }
            };
            let article = article.and_then(|a| if by_kind { settings.admit(a) } else { Ok(a) });
            let extract = started.elapsed();
            drop(extracting);
            stage.tagging();
            let _tagging = traces::span(|| tracing::info_span!("tag")).entered();
            tag(article, extract, &tagger, limit)
        };
        let done = self.cores.run(work).await;
        timings.queue = done.queue;
        let result = match done.result {
            Ok((result, extract, tag)) => {
                (timings.extract, timings.tag) = (extract, tag);
                result
            }
            Err(message) => Err(progress.panicked(message)),
        };
        Outcome { result, timings, bytes }
    }

    async fn fetch(&self, raw: RawArticle, waited: &TurnWait) -> Result<PageOrText, Failure> {
        let RawArticle { identity, origin, hints } = raw;
        match (&self.fetcher, origin) {
            (_, Origin::Inline { url, content }) => {
                Ok(Page { identity, hints, url, content, fetch: None }.into())
            }
            (Some(fetcher), Origin::Link { url, validators, fallback }) => {
                let raw = RawArticle {
                    identity: identity.clone(),
                    origin: Origin::Link { url: url.clone(), validators, fallback: None },
                    hints: hints.clone(),
                };
                let fetched = fetcher.fetch_and_capture(raw, self.archive.is_some(), waited).await;
                let (page, captured) = match (fetched, fallback) {
                    (Ok((page, captured)), fallback) => (PageOrText { page, fallback }, captured),
                    (Err(error), Some(html)) if error.allows_fallback() => {
                        let (url, content) = (Some(url), Content::Html(html));
                        return Ok(Page { identity, hints, url, content, fetch: None }.into());
                    }
                    (Err(error), _) => return Err(Failure::of(&error)),
                };
                if let (Some(archive), Some(captured)) = (&self.archive, captured) {
                    let kept = archive.keep(&identity, &hints, captured).await;
                    kept.map_err(|error| Failure::of(&error))?;
                }
                Ok(page)
            }
            (None, Origin::Link { url, fallback: Some(html), .. }) => {
                let (url, content) = (Some(url), Content::Html(html));
                Ok(Page { identity, hints, url, content, fetch: None }.into())
            }
            (None, Origin::Link { .. }) => Err(Failure::of(&fetch::Error::NotFetched)),
        }
    }
}

/// A page, and a text of the same story from elsewhere.
struct PageOrText {
    page: Page,
    fallback: Option<String>,
}

impl From<Page> for PageOrText {
    fn from(page: Page) -> Self {
        Self { page, fallback: None }
    }
}

/// The page's article, with the other's text where that is longer; the other where the page has none.
fn longer(
    page: Result<Article, extract::Error>,
    other: Result<Article, extract::Error>,
) -> Result<Article, extract::Error> {
    match (page, other) {
        (Ok(mut page), Ok(other)) => {
            if other.body.chars().count() > page.body.chars().count() {
                (page.body, page.html) = (other.body, other.html);
                // It is a place in the body that was there before.
                page.standfirst = None;
                page.report.method = other.report.method;
            }
            Ok(page)
        }
        (Err(_), Ok(other)) => Ok(other),
        (page, Err(_)) => page,
    }
}

/// Tags an article whose extraction took `extract`.
fn tag(
    article: Result<Article, extract::Error>,
    extract: Duration,
    tagger: &Tagger,
    tag_max_bytes: usize,
) -> (Result<Story, Failure>, Duration, Duration) {
    match article {
        Ok(mut article) => {
            let started = Instant::now();
            // Spans count from the body's start, so those of its first part are right for the whole.
            let rest = article.body.split_off(tagged_part(&article.body, tag_max_bytes));
            let mut story = tagger.tag(article);
            story.article.body.push_str(&rest);
            (Ok(story), extract, started.elapsed())
        }
        Err(error) => (Err(Failure::of(&error)), extract, Duration::ZERO),
    }
}

/// How much of a body is tagged: to the end of the last line, else of the last word, within the limit.
fn tagged_part(body: &str, limit: usize) -> usize {
    if body.len() <= limit {
        return body.len();
    }
    let end = (0..=limit).rev().find(|at| body.is_char_boundary(*at)).unwrap_or_default();
    let part = &body[..end];
    part.rfind('\n').or_else(|| part.rfind(char::is_whitespace)).unwrap_or(part.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disposition::Stage;
    use crate::{intake, tag};

    #[tokio::test]
    async fn failures_name_the_stage_of_their_story() {
        let tagger = Tagger::new(&tag::Settings::default()).unwrap();
        let pipeline = Pipeline::new(None, extract::Settings::default(), tagger, 1).unwrap();
        let message = |json: &str| {
            intake::decode_json(json.as_bytes(), &intake::Settings::default()).unwrap()
        };
        // Longer at work than the clock needs to notice.
        let long = "The harbour opened again on Monday. ".repeat(5000);
        let text = message(&serde_json::json!({"text": long}).to_string());
        let failure = pipeline.run_within(text, Duration::ZERO).await.result.unwrap_err();
        // Which of the two it was in goes by the clock; `progress` has the table.
        assert!(matches!(failure.stage, Stage::Extract | Stage::Tag), "{failure}");
        assert_eq!(failure.code, "story_timeout", "{failure}");
        let link = message(r#"{"url":"https://paper.example/a"}"#);
        let failure = pipeline.run_within(link, Duration::from_secs(60)).await.result.unwrap_err();
        assert!(failure.to_string().starts_with("fetch.no_fetch: "), "{failure}");
    }

    #[test]
    fn a_body_is_cut_for_tagging_between_words() {
        assert_eq!(tagged_part("one line", 100), 8);
        assert_eq!(tagged_part("one\ntwo three", 8), 3);
        assert_eq!(tagged_part("one two three", 8), 7);
        assert_eq!(tagged_part("\u{fc}\u{fc}\u{fc}", 3), 2);
    }
}
