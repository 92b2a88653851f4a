//! Which letters a command is about: by stage, code, key, host and age.

use time::OffsetDateTime;

use super::letter::{Letter, kind};
use crate::disposition::Stage;
use crate::model::WebUrl;

#[derive(Debug, Default, clap::Args)]
pub(super) struct Filter {
    /// Selects skipped messages instead of dead letters.
    #[arg(long)]
    pub(super) skipped: bool,
    /// Only of this stage.
    #[arg(long, value_parser = clap::builder::PossibleValuesParser::new(Stage::ALL.map(Stage::as_str)))]
    pub(super) stage: Option<String>,
    /// Only with this code, alone (`timeout_total`) or as it is printed (`fetch.timeout_total`).
    #[arg(long)]
    pub(super) code: Option<String>,
    /// Only with this key.
    #[arg(long)]
    pub(super) key: Option<String>,
    /// Only pages at this host, such as `www.ex.com`.
    #[arg(long)]
    pub(super) host: Option<String>,
    /// Only letters at least this old, in hours.
    #[arg(long, value_name = "HOURS")]
    pub(super) older_than: Option<u64>,
    /// Only letters at most this old, in hours.
    #[arg(long, value_name = "HOURS")]
    pub(super) newer_than: Option<u64>,
    /// At most this many.
    #[arg(long)]
    pub(super) limit: Option<usize>,
}

impl Filter {
    /// What is looked for, in words.
    pub(super) fn what(&self) -> &'static str {
        if self.skipped { "skipped message" } else { "dead letter" }
    }

    /// Whether nothing narrows it.
    pub(super) fn is_everything(&self) -> bool {
        self.stage.is_none()
            && self.code.is_none()
            && self.key.is_none()
            && self.host.is_none()
            && self.older_than.is_none()
            && self.newer_than.is_none()
            && self.limit.is_none()
    }

    /// The subject filters that the broker applies: one, and for a code of before 0.2 those of its new names.
    pub(super) fn subjects(&self, prefix: &str) -> anyhow::Result<Vec<String>> {
        // As they are printed: `fetch.timeout_total` names stage and code.
        let (stage, code) = match self.code.as_deref().and_then(|code| code.split_once('.')) {
            Some((stage, code)) => {
                let other = self.stage.as_deref().is_some_and(|other| other != stage);
                anyhow::ensure!(!other, "--code {stage}.{code} is not of --stage {:?}", self.stage);
                (Some(stage), Some(code))
            }
            None => (self.stage.as_deref(), self.code.as_deref()),
        };
        let key = self.key.as_deref();
        for (name, value) in [("stage", stage), ("code", code), ("key", key)] {
            let token = value.unwrap_or("*");
            anyhow::ensure!(
                token == "*" || crate::model::is_token(token),
                "--{name} {token:?} is not of [A-Za-z0-9_-]"
            );
        }
        let (stage, code, key) = (stage.unwrap_or("*"), code.unwrap_or("*"), key.unwrap_or("*"));
        let codes = std::iter::once((stage, code)).chain(renamed(stage, code).iter().copied());
        let kind = kind(self.skipped).as_str();
        Ok(codes.map(|(stage, code)| format!("{prefix}.{kind}.{stage}.{code}.{key}")).collect())
    }

    pub(super) fn takes_host(&self, letter: &Letter) -> bool {
        let Some(wanted) = &self.host else { return true };
        let url = letter.url().and_then(|url| WebUrl::parse(&url).ok());
        url.is_some_and(|url| url.host().eq_ignore_ascii_case(wanted))
    }

    pub(super) fn takes_age(&self, stored: OffsetDateTime, now: OffsetDateTime) -> bool {
        let hours = (now - stored).whole_seconds().max(0).unsigned_abs() / 3600;
        self.older_than.is_none_or(|least| hours >= least)
            && self.newer_than.is_none_or(|most| hours < most)
    }
}

/// Stages and codes that a failure of before 0.2 has now, beside its own; read for one version.
fn renamed(stage: &str, code: &str) -> &'static [(&'static str, &'static str)] {
    match (stage, code) {
        // The time of a story was up in any stage.
        ("extract" | "*", "timeout") => &[("*", "story_timeout")],
        // Intake and tagging panic under names of their own.
        ("extract", "panic") => &[("intake", "panic"), ("tag", "panic")],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn former_codes_also_select_their_current_names() {
        let subjects = |stage: Option<&str>, code: &str| {
            let (stage, code) = (stage.map(str::to_owned), Some(code.to_owned()));
            Filter { stage, code, ..Filter::default() }.subjects("news")
        };
        assert_eq!(subjects(None, "fetch.dns").unwrap(), ["news.dlq.fetch.dns.*"]);
        assert_eq!(
            subjects(None, "extract.timeout").unwrap(),
            ["news.dlq.extract.timeout.*", "news.dlq.*.story_timeout.*"]
        );
        assert_eq!(
            subjects(Some("extract"), "panic").unwrap(),
            ["news.dlq.extract.panic.*", "news.dlq.intake.panic.*", "news.dlq.tag.panic.*"]
        );
        assert_eq!(subjects(None, "panic").unwrap(), ["news.dlq.*.panic.*"]);
        assert!(subjects(Some("fetch"), "tag.panic").is_err());
        assert!(subjects(None, "a b").is_err());
    }
}
