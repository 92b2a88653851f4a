//! File and environment to one checked [`Config`]. Each stage owns its settings; this module
//! composes them and refuses what it does not know, by name.
//!
//! Variables of the environment override keys of the file (`environment`).

mod environment;

use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::broker::{self, address, topology};
use crate::near_name::edits;
use crate::{
    extract, feeds, fetch, http, intake, log, page_archive, publish, record, route, state, tag,
    worker,
};

pub use environment::{ENV_PREFIX, variables};

/// Where the configuration is looked for when no file is named.
pub const DEFAULT_PATH: &str = "config/news-ingest.toml";

/// The whole configuration.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Where the broker is.
    pub nats: broker::Settings,
    /// Streams and consumers.
    pub streams: topology::Settings,
    /// How raw messages are pulled and read.
    pub intake: intake::Settings,
    /// How pages are fetched.
    pub fetch: fetch::Settings,
    /// Which feeds `feeds` polls, and how often.
    pub feeds: feeds::Settings,
    /// Whether fetched pages are kept.
    pub archive: page_archive::Settings,
    /// How articles are extracted.
    pub extract: extract::Settings,
    /// How stories are tagged.
    pub tag: tag::Settings,
    /// What the group shares.
    pub state: state::Settings,
    /// How outcomes are published.
    pub publish: publish::Settings,
    /// Threads, limits of time, retries.
    pub worker: worker::Settings,
    /// Where the worker answers over HTTP.
    pub http: http::Settings,
    /// What is logged.
    pub log: log::Settings,
    /// Further subjects for some stories.
    pub routes: Vec<route::RouteSettings>,
    /// The file that was read, for reading it again.
    #[serde(skip)]
    pub source: Option<PathBuf>,
    /// Keys that were given by a name of an earlier version, for a warning: the old name and the new one.
    #[serde(skip)]
    pub renamed: Vec<(&'static str, &'static str)>,
}

/// Keys that have a new name, each read by both for one version; the setting's field has the old one as alias.
const RENAMED: &[(&str, &str)] = &[("intake.slots", "intake.max_in_flight")];

/// Why a configuration cannot be used.
#[derive(Debug, Error)]
pub enum Error {
    /// The file cannot be read.
    #[error("cannot read {path:?}")]
    Read {
        /// The file.
        path: PathBuf,
        /// What went wrong.
        #[source]
        source: std::io::Error,
    },
    /// The file is not TOML, has an unknown key, or a value of the wrong type.
    #[error("{path:?}: {source}{hint}")]
    File {
        /// The file.
        path: PathBuf,
        /// Names line, column and key.
        source: Box<toml::de::Error>,
        /// A key that may be meant, or nothing.
        hint: String,
    },
    /// An environment variable names no key, or its value has the wrong type.
    #[error("environment variable {name}: {reason}")]
    Environment {
        /// The variable, or the key.
        name: String,
        /// What is wrong.
        reason: String,
    },
    /// Values that contradict each other or are out of range.
    #[error("{0}")]
    Check(String),
}

/// Reads and checks the configuration. `file` must exist; `None` reads [`DEFAULT_PATH`] where it
/// exists. `environment` is the process's, or a test's own.
///
/// # Errors
/// Names the file and place, the variable, or the key.
pub fn load(
    file: Option<&Path>,
    environment: impl Iterator<Item = (String, String)>,
) -> Result<Config, Error> {
    let path = match file {
        Some(path) => Some(path.to_owned()),
        None => Some(PathBuf::from(DEFAULT_PATH)).filter(|path| path.is_file()),
    };
    let mut table = match &path {
        None => toml::Table::new(),
        Some(path) => {
            let text = std::fs::read_to_string(path)
                .map_err(|source| Error::Read { path: path.clone(), source })?;
            let at = |source: toml::de::Error| {
                let hint = near_key(source.message())
                    .map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
                Error::File { path: path.clone(), source: Box::new(source), hint }
            };
            // Read as a whole first: its errors name line and column.
            toml::from_str::<Config>(&text).map_err(at)?;
            text.parse().map_err(at)?
        }
    };
    table = environment::applied(table, environment)?;
    let mut config =
        parse(&table).map_err(|reason| Error::Check(format!("configuration: {reason}")))?;
    config.source = path;
    config.renamed = RENAMED.iter().filter(|(old, _)| has_key(&table, old)).copied().collect();
    if let Some(seconds) = config.state.seen_ttl_secs.take() {
        config.renamed.push(("state.seen_ttl_secs", "publish.duplicate_window_hours"));
        if !has_key(&table, "publish.duplicate_window_hours") {
            config.publish.duplicate_window_hours = seconds.div_ceil(3600);
        }
    }
    config.streams.seen_window = topology::SeenWindow {
        hours: config.publish.duplicate_window_hours,
        mib: config.publish.duplicate_window_mib,
    };
    config.check()?;
    Ok(config)
}

/// Of the keys that a message about an unknown one expects, the one that is close.
fn near_key(message: &str) -> Option<&str> {
    let (said, expected) = message.split_once(", expected ")?;
    if !said.contains("unknown field `") && !said.contains("unknown variant `") {
        return None;
    }
    let unknown = said.rsplit('`').nth(1)?;
    let near = expected
        .split('`')
        .skip(1)
        .step_by(2)
        .map(|known| (edits(unknown, known), known))
        .filter(|(distance, known)| *distance <= known.len().max(unknown.len()).div_ceil(3))
        .min();
    near.map(|(_, known)| known)
}

/// Whether a table holds a dotted key.
fn has_key(table: &toml::Table, key: &str) -> bool {
    let mut parts = key.split('.');
    let first = parts.next().and_then(|part| table.get(part));
    parts.fold(first, |at, part| at.and_then(|value| value.get(part))).is_some()
}

fn parse(table: &toml::Table) -> Result<Config, String> {
    serde_path_to_error::deserialize(toml::Value::Table(table.clone())).map_err(|error| {
        let path = error.path().to_string();
        let message = error.into_inner().to_string();
        let said = message.trim_end();
        match near_key(&message) {
            // The one that is meant, and not forty others.
            Some(near) => {
                let said = said.split(", expected ").next().unwrap_or_default();
                format!("{path}: {said}; did you mean `{near}`?")
            }
            None => format!("{path}: {said}"),
        }
    })
}

impl Config {
    /// The parts that a worker works by.
    #[must_use]
    pub fn for_worker(&self) -> worker::RunSettings {
        worker::RunSettings {
            nats: self.nats.clone(),
            streams: self.streams.clone(),
            intake: self.intake.clone(),
            publish: self.publish.clone(),
            worker: self.worker.clone(),
            routes: self.routes.clone(),
        }
    }

    /// Checks every stage's settings and what they mean to each other.
    ///
    /// # Errors
    /// Names the key.
    pub fn check(&self) -> Result<(), Error> {
        let stages = [
            self.nats.check(),
            self.streams.check(),
            self.intake.check(),
            self.fetch.check().map_err(|error| error.to_string()),
            self.feeds.check(),
            self.archive.check(),
            self.extract.check(),
            self.state.check(),
            self.publish.check(),
            self.worker.check(),
            self.log.check(),
        ];
        for result in stages {
            result.map_err(Error::Check)?;
        }
        route::Routes::compile(&self.routes, &record::TOPIC_SLUGS)
            .map_err(|error| Error::Check(error.to_string()))?;
        if let Some(route) =
            self.routes.iter().find(|r| self.streams.is_own_subject(&r.widest_subject()))
        {
            let (name, subject) = (&route.name, &route.subject);
            return Err(Error::Check(format!(
                "route {name:?}: subject {subject} is one of the service's own; choose one outside of {}.",
                self.streams.prefix
            )));
        }
        let max_in_flight = i64::try_from(self.intake.max_in_flight).unwrap_or(i64::MAX);
        if self.streams.max_ack_pending < max_in_flight {
            return Err(Error::Check(format!(
                "streams.max_ack_pending = {} is less than intake.max_in_flight = {max_in_flight}: some would never be used",
                self.streams.max_ack_pending
            )));
        }
        Ok(())
    }

    /// The configuration as TOML, with user info in addresses left out. Secrets are in files,
    /// which are named and not read.
    #[must_use]
    pub fn to_redacted_toml(&self) -> String {
        let mut config = self.clone();
        config.nats.url = config.nats.url.as_deref().map(address::redacted);
        toml::to_string(&config).expect("settings are tables of plain values")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_env(pairs: &[(&str, &str)]) -> Result<Config, Error> {
        let file = tempfile::NamedTempFile::new().unwrap();
        let pairs: Vec<_> = pairs.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        load(Some(file.path()), pairs.into_iter())
    }

    fn with_file(text: &str) -> Result<Config, Error> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        load(Some(file.path()), std::iter::empty())
    }

    #[test]
    fn environment_overrides_the_file() {
        let config = with_env(&[
            ("NEWS_INGEST__NATS__URL", "nats://b:4222"),
            ("NEWS_INGEST__INTAKE__MAX_IN_FLIGHT", "7"),
            ("OTHER", "x"),
        ])
        .unwrap();
        assert_eq!(config.nats.url.as_deref(), Some("nats://b:4222"));
        assert_eq!(config.intake.max_in_flight, 7);
    }

    #[test]
    fn unknown_keys_are_named_with_their_place() {
        let error = with_file("[intake]\nmax_in_flight = 4\nslotz = 3\n").unwrap_err().to_string();
        assert!(error.contains("slotz") && error.contains("line 3"), "{error}");
        let error = with_env(&[("NEWS_INGEST__INTAKE__SLOTZ", "3")]).unwrap_err().to_string();
        assert!(error.contains("SLOTZ") && error.contains("slotz"), "{error}");
        let error =
            with_env(&[("NEWS_INGEST__INTAKE__MAX_IN_FLIGHT", "many")]).unwrap_err().to_string();
        assert!(error.contains("intake.max_in_flight"), "{error}");
    }

    #[test]
    fn unknown_key_suggests_the_key_probably_meant() {
        let error = with_file("[fetch]\ncontakt = \"x\"\n").unwrap_err().to_string();
        assert!(error.contains("did you mean `contact`?"), "{error}");
        let error = with_env(&[("NEWS_INGEST__NATZ__URL", "x")]).unwrap_err().to_string();
        assert!(error.contains("did you mean `nats`?"), "{error}");
        let error = with_file("[fetch]\nzzz = 1\n").unwrap_err().to_string();
        assert!(!error.contains("did you mean"), "{error}");
    }

    #[test]
    fn routes_to_own_subjects_are_refused() {
        let with_route = |subject: &str| {
            with_file(&format!(
                "[[routes]]\nname = \"x\"\nwhen = \"language = en\"\nsubject = \"{subject}\"\n"
            ))
        };
        for own in [
            "news.raw.x.{key}",
            "news.story.en.{topic}.{key}",
            "news.guard.{key}",
            // What a page or a route is called may be the prefix.
            "{publisher}.story.{language}.x.{key}",
        ] {
            let error = with_route(own).unwrap_err().to_string();
            assert!(error.contains("route \"x\"") && error.contains(own), "{error}");
        }
        let named = "[[routes]]\nname = \"news\"\nsubject = \"{route}.raw.{key}\"\n";
        assert!(with_file(named).unwrap_err().to_string().contains("own"));
        for free in [
            "{publisher}.desk.{key}",
            "{language}.raw.{key}",
            "news.desk.{key}",
            "newsraw.{key}",
            "desk.raw.{key}",
        ] {
            assert!(with_route(free).is_ok(), "{free}");
        }
    }

    #[test]
    fn empty_variables_set_no_list() {
        for name in ["FETCH__ALLOW_PORTS", "EXTRACT__PUBLISH_KINDS", "INTAKE__MAX_IN_FLIGHT"] {
            let name = format!("NEWS_INGEST__{name}");
            let error = with_env(&[(&name, " ")]).unwrap_err().to_string();
            assert!(error.contains(&name) && error.contains("is empty"), "{error}");
        }
        let config = with_env(&[
            ("NEWS_INGEST__FETCH__ALLOW_PORTS", "[]"),
            ("NEWS_INGEST__WORKER__NAME", ""),
        ]);
        assert!(config.unwrap().fetch.allow_ports.is_empty());
    }

    #[test]
    fn variables_are_read_as_their_key_needs() {
        let config = with_env(&[
            ("NEWS_INGEST__FETCH__ALLOW_PORTS", "80,443"),
            ("NEWS_INGEST__FETCH__ALLOW_ADDRESSES", "127.0.0.1"),
            ("NEWS_INGEST__WORKER__NAME", "3"),
            ("NEWS_INGEST__STREAMS__GROUP", "true"),
            ("NEWS_INGEST__FEEDS__FILES", "a.opml, b.opml"),
        ])
        .unwrap();
        let same = with_file(
            "[fetch]\nallow_ports = [80, 443]\nallow_addresses = [\"127.0.0.1\"]\n[worker]\nname = \"3\"\n\
             [streams]\ngroup = \"true\"\n[feeds]\nfiles = [\"a.opml\", \"b.opml\"]\n",
        )
        .unwrap();
        assert_eq!(config.to_redacted_toml(), same.to_redacted_toml());
    }

    #[test]
    fn variables_that_would_do_nothing_are_refused() {
        let error = with_env(&[("NEWS_INGEST_NATS_URL", "x")]).unwrap_err().to_string();
        assert!(error.contains("NEWS_INGEST__NATS__URL"), "{error}");
        // Set by Kubernetes beside a Service of this name.
        with_env(&[
            ("NEWS_INGEST_CONFIG", "x"),
            ("NEWS_INGEST_SERVICE_HOST", "10.0.0.1"),
            ("NEWS_INGEST_PORT", "tcp://10.0.0.1:8686"),
            ("NEWS_INGEST_PORT_8686_TCP_ADDR", "10.0.0.1"),
        ])
        .unwrap();
    }

    #[test]
    fn old_names_of_keys_are_read_and_named() {
        let config = with_file("[intake]\nslots = 5\n").unwrap();
        assert_eq!(config.intake.max_in_flight, 5);
        assert_eq!(config.renamed, [("intake.slots", "intake.max_in_flight")]);
        let both = with_file("[intake]\nslots = 5\nmax_in_flight = 6\n").unwrap_err().to_string();
        assert!(both.contains("max_in_flight"), "{both}");
        assert_eq!(with_file("[intake]\nmax_in_flight = 5\n").unwrap().renamed, []);
        let config = with_file("[state]\nseen_ttl_secs = 7201\n").unwrap();
        assert_eq!(config.publish.duplicate_window_hours, 3);
        assert_eq!(config.streams.seen_window.hours, 3);
        assert_eq!(config.renamed, [("state.seen_ttl_secs", "publish.duplicate_window_hours")]);
    }

    #[test]
    fn values_out_of_range_are_named() {
        for (text, key) in [
            ("[intake]\nmax_in_flight = 0\n", "intake.max_in_flight"),
            ("[intake]\nheartbeat_secs = 30\n", "intake.heartbeat_secs"),
            ("[streams]\nprefix = \"a.b\"\n", "streams.prefix"),
            ("[streams]\nmax_ack_pending = 2\n", "streams.max_ack_pending"),
            ("[nats]\nuser = \"u\"\n", "nats.password_file"),
            ("[worker]\nretry_min_secs = 0\n", "worker.retry_min_secs"),
            ("[fetch]\nhost_concurrency = 0\n", "fetch.host_concurrency"),
            ("[extract]\ntime_budget_ms = 0\n", "extract.time_budget_ms"),
            ("[state]\nbucket_prefix = \"a b\"\n", "state.bucket_prefix"),
        ] {
            let error = with_file(text).unwrap_err().to_string();
            assert!(error.contains(key), "{error:?} does not name {key}");
        }
    }

    #[test]
    fn effective_configuration_reads_back_and_hides_user_info() {
        let config = with_file("[nats]\nurl = \"nats://me:secret@h:4222\"\n").unwrap();
        let text = config.to_redacted_toml();
        assert!(!text.contains("secret"), "{text}");
        toml::from_str::<Config>(&text).unwrap();
    }

    #[test]
    fn commented_file_documents_every_key_with_its_default() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/", "config/news-ingest.toml");
        let text = std::fs::read_to_string(path).unwrap();
        let as_shipped: Config = toml::from_str(&text).unwrap();
        let defaults = toml::Value::try_from(Config::default()).unwrap();
        assert_eq!(toml::Value::try_from(as_shipped).unwrap(), defaults);
        // Every key stands in the file, set or in a comment `# key = value`.
        let mut section = String::new();
        let mut keys = std::collections::BTreeSet::new();
        for line in text.lines() {
            let line = line.trim_start_matches("# ");
            if let Some(name) = line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) {
                section = name.to_owned();
            } else if let Some((key, _)) = line.split_once(" = ") {
                keys.insert(format!("{section}.{key}").trim_start_matches('.').to_owned());
            }
        }
        let schema = schemars::schema_for!(Config).to_value();
        let mut missing = Vec::new();
        walk(&schema, &schema, "", &mut |path| {
            if !keys.contains(path) {
                missing.push(path.to_owned());
            }
        });
        assert!(missing.is_empty(), "not in config/news-ingest.toml: {missing:?}");
    }

    /// Calls `leaf` with the dotted path of every key of a schema that is not a table itself.
    fn walk(
        root: &serde_json::Value,
        at: &serde_json::Value,
        path: &str,
        leaf: &mut impl FnMut(&str),
    ) {
        let reference = at["$ref"].as_str().or_else(|| at["allOf"][0]["$ref"].as_str());
        let at = match reference.and_then(|r| root.pointer(r.trim_start_matches('#'))) {
            Some(target) => target,
            None => at,
        };
        match at["properties"].as_object() {
            Some(properties) => {
                for (name, value) in properties {
                    let path =
                        if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                    walk(root, value, &path, leaf);
                }
            }
            None => leaf(path),
        }
    }
}
