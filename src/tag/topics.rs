//! IPTC Media Topics of an article, each with a confidence and the terms that speak for it.
//!
//! Two sources of evidence are joined. Curated terms (`config/topics`, or an editor's own) decide
//! what a story of some length is about and name deeper topics; a linear model over words, fitted
//! on headlines, helps where a story is so short that few listed terms occur. The publisher's
//! section and keywords count as evidence too. Other languages have lists and a model of their own
//! ([`other_languages`]), and give top levels only; where a language has neither, the publisher's word is
//! the only evidence. Refuses to name a topic on less than a strong term's worth of evidence.

use std::borrow::Cow;
use std::path::Path;

use crate::model::{Article, Language, LanguageCode, Topic, TopicCode};

mod linear;
pub mod other_languages;
mod taxonomy;
mod terms;
mod topic_words;

use other_languages::TopicReading;

pub use linear::{BUCKETS, Calibration, LinearModel, TOPICS, beginning, features, leads};
pub use taxonomy::{name_of, top_index, top_level};
pub use terms::{TermError, TopicTerms};
pub use topic_words::TopicWords;

/// What produces the topics of a language, for the record.
#[must_use]
pub fn model(language: LanguageCode) -> &'static str {
    if language == LanguageCode::EN { "iptc-terms+headlines/1" } else { "iptc-terms+letters/1" }
}

/// Weight of the linear model's score beside the logarithm of the terms' score.
const LINEAR_WEIGHT: f32 = 0.12;
/// Most that the linear model may say for or against a topic: four top levels have no headlines to
/// learn from, and it must not speak against them louder than a story's own terms speak for them.
const MAX_LINEAR: f32 = 3.0;
/// What a section's name weighs, in units of a term's value.
const SECTION_VALUE: f32 = 6.0;
/// What a publisher's keyword that is a section's name weighs.
const KEYWORD_VALUE: f32 = 2.0;
/// Least evidence for a topic.
const MIN_EVIDENCE: f32 = 2.5;
/// Least evidence for a deeper topic, unless a single decisive term stands in the headline.
const MIN_DEEPER_EVIDENCE: f32 = 4.5;
/// Least confidence that is published.
const MIN_CONFIDENCE: f32 = 0.20;
/// `TopicTerms` given as reasons.
const MAX_WHY: usize = 6;
/// Deeper topics given at most.
const MAX_DEEPER: usize = 8;

/// What happens and is answered: paragraphs on ministers and companies follow, which the story is not about.
const EVENTS: [TopicCode; 2] = [TopicCode(3_000_000), TopicCode(17_000_000)];
/// What their terms in a headline that tells of them are worth.
const EVENT_IN_HEADLINE: f32 = 2.5;
/// Values of terms of weight 5, and of weight 4.
const DECISIVE: f32 = 3.0;
const STRONG: f32 = 2.3;

/// Finds topics; made once from the terms.
#[derive(Debug)]
pub struct Topics {
    terms: TopicTerms,
    linear: LinearModel,
}

/// What was found of an article's topics.
#[derive(Debug, Default, PartialEq)]
pub struct StoryTopics {
    /// The best top level.
    pub top: Option<TopicCode>,
    /// All topics, best first.
    pub topics: Vec<Topic>,
}

/// Evidence for one topic.
#[derive(Clone, Debug, Default)]
struct Evidence<'t> {
    score: f32,
    why: Vec<(f32, Cow<'t, str>)>,
    in_title: bool,
    terms: u32,
}

impl<'t> Evidence<'t> {
    fn add(&mut self, value: f32, reason: impl Into<Cow<'t, str>>) {
        self.score += value;
        self.terms += 1;
        self.why.push((value, reason.into()));
    }

    fn reasons(&mut self) -> Vec<String> {
        self.why.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        self.why.drain(..).take(MAX_WHY).map(|(_, why)| why.into_owned()).collect()
    }
}

impl Topics {
    /// Reads the built-in terms, then those of `dir`: a file there replaces the built-in file of the
    /// same name, files of other names are added.
    ///
    /// # Errors
    /// Names the file and the line that is wrong.
    pub fn new(dir: Option<&Path>) -> Result<Self, TermError> {
        Ok(Self { terms: TopicTerms::load(dir)?, linear: LinearModel::embedded() })
    }

    /// The topics of an article.
    #[must_use]
    pub fn find(&self, article: &Article, language: Language) -> StoryTopics {
        let title = article.headline.as_deref().unwrap_or_default();
        let section = article.section.as_deref().or(article.hints.section.as_deref());
        let keywords = article.keywords.iter().chain(&article.hints.keywords);
        let keywords: Vec<&str> = keywords.map(String::as_str).collect();
        self.find_in(title, &article.body, section, &keywords, language.code)
    }

    /// As [`Topics::find`], of the parts.
    fn find_in(
        &self,
        title: &str,
        body: &str,
        section: Option<&str>,
        keywords: &[&str],
        language: LanguageCode,
    ) -> StoryTopics {
        let mut tops: [Evidence<'_>; TOPICS] = Default::default();
        let mut deeper: Vec<(TopicCode, Evidence<'_>)> = Vec::new();
        self.publisher_evidence(section, keywords, &mut tops);
        if let Some(reading) = TopicReading::of(title, body, language) {
            return read(&reading, tops);
        }
        let mut linear = None;
        if language == LanguageCode::EN {
            let words = StoryWords::of(title, body);
            let keywords: Vec<TopicWords> =
                keywords.iter().map(|keyword| TopicWords::of(keyword)).collect();
            self.term_evidence(&words, &keywords, &mut tops, &mut deeper);
            linear = Some(words.scores(&self.linear));
        }
        let scores = joined(&tops, linear.as_ref());
        let confidences = self.linear.confidences(&scores);
        let mut order: Vec<usize> = (0..TOPICS)
            .filter(|&i| tops[i].score >= MIN_EVIDENCE && confidences[i] >= MIN_CONFIDENCE)
            .collect();
        order.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]).then(a.cmp(&b)));
        let Some(&best) = order.first() else { return StoryTopics::default() };
        let mut topics: Vec<Topic> =
            order.iter().map(|&i| topic(top_level(i), confidences[i], tops[i].reasons())).collect();
        deeper.retain(|(code, evidence)| {
            order.contains(&top_index(*code))
                && (evidence.score >= MIN_DEEPER_EVIDENCE && evidence.terms > 1
                    || evidence.in_title && evidence.score >= MIN_EVIDENCE)
        });
        deeper.sort_by(|a, b| b.1.score.total_cmp(&a.1.score).then(a.0.cmp(&b.0)));
        deeper.truncate(MAX_DEEPER);
        for (code, mut evidence) in deeper {
            // The chance of the top level times how much of it this evidence would make certain.
            let certain = evidence.score / (evidence.score + MIN_EVIDENCE);
            let confidence = confidences[top_index(code)] * certain;
            if confidence >= MIN_CONFIDENCE {
                topics.push(topic(code, confidence, evidence.reasons()));
            }
        }
        topics[order.len()..].sort_by_key(|topic| std::cmp::Reverse(topic.confidence));
        StoryTopics { top: Some(top_level(best)), topics }
    }

    /// The joined score of each top level by the English terms and a linear model: what a
    /// calibration is fitted to.
    #[must_use]
    pub fn scores(&self, linear: &LinearModel, title: &str, body: &str) -> [f32; TOPICS] {
        let mut tops: [Evidence<'_>; TOPICS] = Default::default();
        let words = StoryWords::of(title, body);
        self.term_evidence(&words, &[], &mut tops, &mut Vec::new());
        joined(&tops, Some(&words.scores(linear)))
    }

    fn publisher_evidence(
        &self,
        section: Option<&str>,
        keywords: &[&str],
        tops: &mut [Evidence<'_>; TOPICS],
    ) {
        let section = section.into_iter().flat_map(|s| s.split(['/', '>', '|', ';']));
        let mut named = [false; TOPICS];
        for (name, value) in
            section.map(|s| (s, SECTION_VALUE)).chain(keywords.iter().map(|&k| (k, KEYWORD_VALUE)))
        {
            for code in self.terms.section(name) {
                let i = top_index(code);
                if !std::mem::replace(&mut named[i], true) {
                    tops[i].add(value, format!("section: {}", name.trim()));
                }
            }
        }
    }

    fn term_evidence<'t>(
        &'t self,
        words: &StoryWords,
        keywords: &[TopicWords],
        tops: &mut [Evidence<'t>; TOPICS],
        deeper: &mut Vec<(TopicCode, Evidence<'t>)>,
    ) {
        let hits = self.terms.find(&words.title, &words.body, keywords);
        let happened = EVENTS.map(|event| is_headline(&hits, top_index(event)));
        for hit in hits {
            let spread = (hit.tops.len() as f32).sqrt();
            let often = 1.0 + hit.count.max(1.0).ln();
            for &(i, value) in hit.tops {
                let told =
                    happened.iter().zip(EVENTS).any(|(is, event)| *is && i == top_index(event));
                let event = if told && hit.in_title { EVENT_IN_HEADLINE } else { 1.0 };
                tops[i].add(value * often * event / spread, hit.term);
            }
            for &(code, value) in hit.deeper {
                let evidence = match deeper.iter_mut().find(|(c, _)| *c == code) {
                    Some((_, evidence)) => evidence,
                    None => {
                        deeper.push((code, Evidence::default()));
                        &mut deeper.last_mut().expect("just pushed").1
                    }
                };
                evidence.add(value * often / spread, hit.term);
                evidence.in_title |= hit.in_title;
            }
        }
    }
}

/// Whether a headline tells of an event: by a decisive term, or by two strong ones.
fn is_headline(hits: &[terms::Hit<'_>], event: usize) -> bool {
    let values = || {
        let title = hits.iter().filter(|hit| hit.in_title).flat_map(|hit| hit.tops);
        title.filter(|(top, _)| *top == event).map(|(_, value)| *value)
    };
    values().any(|value| value >= DECISIVE) || values().filter(|v| *v >= STRONG).count() > 1
}

/// The words of a story, cut once for terms and model.
struct StoryWords {
    title: TopicWords,
    body: TopicWords,
    /// Those of the body's beginning, where that is not all of it.
    beginning: Option<TopicWords>,
}

impl StoryWords {
    fn of(title: &str, body: &str) -> Self {
        let beginning = linear::beginning(body);
        Self {
            title: TopicWords::of(title),
            body: TopicWords::of(body),
            beginning: (beginning.len() < body.len()).then(|| TopicWords::of(beginning)),
        }
    }

    fn scores(&self, model: &LinearModel) -> [f32; TOPICS] {
        model.scores(&self.title, self.beginning.as_ref().unwrap_or(&self.body))
    }
}

/// What a reading in a language other than English, and what the publisher says, make of the topics.
fn read<'t>(reading: &'t TopicReading, mut tops: [Evidence<'t>; TOPICS]) -> StoryTopics {
    for (top, value, term) in &reading.terms {
        tops[*top].add(*value, other_languages::written(term));
    }
    let evidence = std::array::from_fn(|i| tops[i].score);
    let Some(scores) = reading.scores(&evidence) else { return StoryTopics::default() };
    let chances = other_languages::chances(&scores);
    let mut order: Vec<usize> = (0..TOPICS).collect();
    order.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]).then(a.cmp(&b)));
    let best = order[0];
    order.retain(|&i| i == best || evidence[i] >= MIN_EVIDENCE && chances[i] >= MIN_CONFIDENCE);
    let topics =
        order.iter().map(|&i| topic(top_level(i), chances[i], tops[i].reasons())).collect();
    StoryTopics { top: Some(top_level(best)), topics }
}

fn joined(tops: &[Evidence<'_>; TOPICS], linear: Option<&[f32; TOPICS]>) -> [f32; TOPICS] {
    std::array::from_fn(|i| {
        tops[i].score.ln_1p()
            + LINEAR_WEIGHT * linear.map_or(0.0, |scores| scores[i].clamp(-MAX_LINEAR, MAX_LINEAR))
    })
}

fn topic(code: TopicCode, confidence: f32, why: Vec<String>) -> Topic {
    let name = name_of(code).expect("terms and tops are of the taxonomy").to_owned();
    Topic { code, name, confidence: (confidence * 100.0).round() as u8, why }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(title: &str, body: &str, section: Option<&str>, language: LanguageCode) -> StoryTopics {
        let topics = Topics::new(None).expect("the built-in terms are valid");
        topics.find_in(title, body, section, &[], language)
    }

    #[test]
    fn names_top_level_and_deeper_topics_with_reasons() {
        let found = find(
            "Striker signs for United",
            "The midfielder scored twice in the Premier League. The goalkeeper kept a clean sheet \
             and the manager praised the team after the match.",
            None,
            LanguageCode::EN,
        );
        assert_eq!(found.top, Some(TopicCode(15_000_000)));
        let soccer = found.topics.iter().find(|t| t.code == TopicCode(20_001_065)).unwrap();
        assert_eq!(soccer.name, "soccer");
        assert!(soccer.why.iter().any(|w| w == "Premier League"), "{soccer:?}");
    }

    #[test]
    fn gives_several_topics_where_a_story_has_several() {
        let found = find(
            "Court fines drug maker over cancer drug",
            "The supreme court upheld the verdict of the jury. The lawsuit said that patients with \
             breast cancer were not told of the side effects of the drug. The judge fined the \
             company, whose share price fell. Doctors and hospitals stopped prescribing it.",
            None,
            LanguageCode::EN,
        );
        let codes: Vec<u32> = found.topics.iter().map(|t| t.code.0).collect();
        assert!(codes.contains(&2_000_000) && codes.contains(&7_000_000), "{found:?}");
    }

    #[test]
    fn disaster_in_the_headline_is_the_topic() {
        for (title, body) in [
            (
                "Landslide buries village in Orland",
                "At least 30 people were buried when a hill gave way. The prime minister promised money and the \
                 interior ministry sent troops. Shares of the builder fell.",
            ),
            (
                "Blast at chemical plant injures 40",
                "A blast injured 40 workers. The company said production would stop; the minister demanded a report.",
            ),
            (
                "Volcano erupts, airport shut",
                "Ash shut the airport and airlines lost millions. The tourism minister called on visitors to leave.",
            ),
            (
                "Bushfire nears Orme",
                "Thousands fled. The premier asked the federal government for help and insurers expect claims.",
            ),
        ] {
            let found = find(title, body, None, LanguageCode::EN);
            assert_eq!(found.top, Some(TopicCode(3_000_000)), "{title}: {found:?}");
        }
        let found = find("Stocks crash", "Shares fell on the exchange.", None, LanguageCode::EN);
        assert_eq!(found.top, Some(TopicCode(4_000_000)));
    }

    #[test]
    fn says_nothing_where_nothing_speaks() {
        let found = find("", "It is what it is, and so it goes.", None, LanguageCode::EN);
        assert_eq!(found, StoryTopics::default());
    }

    #[test]
    fn section_speaks_in_other_languages() {
        let et = LanguageCode::parse("et").unwrap();
        let found = find("Üks värav", "Klubi võitis.", Some("Fußball"), et);
        assert_eq!(found.top, Some(TopicCode(15_000_000)));
        assert_eq!(found.topics[0].why, ["section: Fußball"]);
        assert_eq!(find("Üks värav", "Klubi võitis.", None, et), StoryTopics::default());
    }

    #[test]
    fn other_language_stories_have_topics_by_text() {
        for (code, title, body, top) in [
            (
                "de",
                "Notenbank senkt die Zinsen",
                "Die Inflation fiel, die Aktien stiegen an der Börse.",
                4,
            ),
            (
                "fr",
                "La grève continue",
                "Les syndicats et les salariés refusent la baisse du salaire.",
                9,
            ),
            (
                "es",
                "El equipo gana la final",
                "El entrenador elogió al portero tras los penaltis.",
                15,
            ),
            ("pl", "Sąd skazał oszusta", "Prokuratura i policja zatrzymały podejrzanych.", 2),
            (
                "ru",
                "Землетрясение на острове",
                "Спасатели эвакуируют пострадавших из-под завалов.",
                3,
            ),
            ("tr", "Meclis yasayı kabul etti", "Muhalefet milletvekilleri oylamaya katılmadı.", 11),
            ("sv", "Storm och snö i norr", "SMHI varnar för orkan och låga temperaturer.", 17),
            ("ja", "中央銀行が金利を引き上げ", "円安と輸出の減少で企業の利益は減った。", 4),
            ("ko", "결승에서 우승", "감독은 선수들을 칭찬했고 팀은 리그 경기에서 승리했다.", 15),
        ] {
            let found = find(title, body, None, LanguageCode::parse(code).unwrap());
            assert_eq!(found.top, Some(TopicCode(top * 1_000_000)), "{title}: {found:?}");
        }
    }

    #[test]
    fn flashes_of_other_languages_have_topics() {
        for (code, title, body, top) in [
            ("cs", "Vláda ustála hlasování o nedůvěře", "Pro bylo 92 poslanců.", 11),
            ("ja", "与党が過半数割れ", "首相は続投の意向を表明した。", 11),
            ("he", "שביתה בנמל", "הוועד מאיים להשבית את הרציפים.", 9),
            ("nl", "Rivier treedt buiten oevers", "De burgemeester roept de noodtoestand uit.", 3),
            ("pl", "Rzeka wylała", "Burmistrz ogłosił alarm przeciwpowodziowy.", 3),
            ("ko", "한별전자 영업이익 반토막", "주가는 5% 내렸다.", 4),
            ("zh", "边境城镇遭空袭", "军方称目标是叛军的弹药库。", 16),
            ("sr", "Тројица ухапшена због пљачке", "Полиција трага за саучесником.", 2),
        ] {
            let found = find(title, body, None, LanguageCode::parse(code).unwrap());
            assert_eq!(found.top, Some(TopicCode(top * 1_000_000)), "{title}: {found:?}");
        }
    }

    #[test]
    fn general_text_has_no_topic_in_other_languages() {
        for (code, text) in [
            (
                "de",
                "Die Insel liegt vor der Küste und ist mit der Fähre in zwei Stunden zu erreichen.",
            ),
            ("hu", "A sejtésem szerint szívesen jönnek, és nem okoznak csalódást."),
            ("he", "בקרב הדיירים יש מי שמעוניינים לשמש דוגמה, וזה מקרה מתאים."),
        ] {
            let found = find("", text, None, LanguageCode::parse(code).unwrap());
            assert_eq!(found, StoryTopics::default(), "{text}");
        }
    }

    #[test]
    fn confidence_falls_down_the_list_of_top_levels() {
        let found = find(
            "Ministers plan tax on bank profits",
            "The prime minister told parliament that the chancellor would tax banks. Shares fell \
             on the stock market. The opposition said that the government had no policy.",
            None,
            LanguageCode::EN,
        );
        let tops: Vec<u8> =
            found.topics.iter().filter(|t| t.code.0 < 20_000_000).map(|t| t.confidence).collect();
        assert!(tops.is_sorted_by(|a, b| a >= b) && tops[0] >= 50, "{tops:?}");
    }
}
