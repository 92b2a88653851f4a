//! Which feeds there are: from the configuration, from the command line, from files.
//!
//! Every feed has a place where it was named, so that a bad or a repeated one can be pointed at. Two
//! spellings of one address are one feed.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::opml::{self, OpmlError};
use super::settings::{FeedSettings, Settings, TextSource};
use crate::model::{UrlError, WebUrl, is_token, without_www};

/// A feed to poll.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feed {
    /// Where it is.
    pub url: WebUrl,
    /// Tokens of its subject, under `<prefix>.raw.`.
    pub source: String,
    /// Section of its stories, where the operator says so.
    pub section: Option<String>,
    /// Language of its stories, where the operator says so.
    pub language: Option<String>,
    /// Where the text of its stories comes from, where the operator says so for this feed.
    pub text: Option<TextSource>,
    /// Where it was named, for messages.
    pub place: String,
}

/// Why a list of feeds cannot be used.
#[derive(Debug, Error)]
pub enum ListError {
    /// A file cannot be read.
    #[error("cannot read feeds from {path:?}")]
    Read {
        /// The file.
        path: PathBuf,
        /// What went wrong.
        #[source]
        source: std::io::Error,
    },
    /// A file is no OPML.
    #[error("{path:?}")]
    Opml {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        #[source]
        source: OpmlError,
    },
    /// A file names no feed.
    #[error("{path:?} names no feed")]
    Nothing {
        /// The file.
        path: PathBuf,
    },
    /// An address that no feed can have.
    #[error("{place}: {url:?}")]
    Url {
        /// Where it stands.
        place: String,
        /// The text.
        url: String,
        /// What is wrong.
        #[source]
        source: UrlError,
    },
    /// A name that is no file and no address.
    #[error(
        "command line: {name:?} is neither a file nor a URL that begins with https:// or http://"
    )]
    Neither {
        /// The name.
        name: String,
    },
    /// `user:password@` in an address.
    #[error("{place}: the url of {host} carries user information")]
    UserInfo {
        /// Where it stands.
        place: String,
        /// Its host.
        host: String,
    },
    /// A source that is no part of a subject.
    #[error("{place}: source {source_name:?} is not tokens of [A-Za-z0-9_-]")]
    Source {
        /// Where it stands.
        place: String,
        /// The text.
        source_name: String,
    },
    /// A feed that is named twice.
    #[error("{place}: {url} is named twice (first: {first})")]
    Twice {
        /// Where it stands again.
        place: String,
        /// The feed.
        url: String,
        /// Where it stands first.
        first: String,
    },
}

/// The feeds that the configuration names, its files included.
///
/// # Errors
/// Names the feed and the place.
pub fn configured(settings: &Settings) -> Result<Vec<Feed>, ListError> {
    let mut feeds = of_settings(settings)?;
    for path in &settings.files {
        feeds.extend(of_file(path, None)?);
    }
    joined(feeds)
}

/// The feeds of a command line: URLs, and files that name feeds. `source` is for all of them.
///
/// # Errors
/// Names the feed and the place.
pub fn named(
    names: &[String],
    files: &[PathBuf],
    source: Option<&str>,
) -> Result<Vec<Feed>, ListError> {
    let mut feeds = Vec::new();
    for name in names {
        let path = Path::new(name);
        if name.contains("://") {
            feeds.push(feed("command line".to_owned(), name, source)?);
        } else if path.exists() {
            feeds.extend(of_file(path, source)?);
        } else {
            return Err(ListError::Neither { name: name.clone() });
        }
    }
    for path in files {
        feeds.extend(of_file(path, source)?);
    }
    Ok(feeds)
}

/// One list of several, in which no feed may stand twice.
///
/// # Errors
/// Names the feed and both places.
pub fn joined(feeds: Vec<Feed>) -> Result<Vec<Feed>, ListError> {
    let mut places: HashMap<String, &str> = HashMap::new();
    for feed in &feeds {
        if let Some(first) = places.insert(feed.url.normalised(), &feed.place) {
            return Err(ListError::Twice {
                place: feed.place.clone(),
                url: feed.url.to_string(),
                first: first.to_owned(),
            });
        }
    }
    Ok(feeds)
}

impl Settings {
    /// Checks the limits, and the feeds that the configuration itself names.
    ///
    /// # Errors
    /// Names the key that is out of range, or the feed.
    pub fn check(&self) -> Result<(), String> {
        self.check_limits()?;
        of_settings(self).map(drop).map_err(|error| match std::error::Error::source(&error) {
            Some(cause) => format!("{error}: {cause}"),
            None => error.to_string(),
        })
    }
}

/// The feeds that stand in the configuration itself.
pub(super) fn of_settings(settings: &Settings) -> Result<Vec<Feed>, ListError> {
    let feeds = settings.list.iter().enumerate().map(|(at, named)| {
        let FeedSettings { url, source, section, language, text } = named;
        let mut feed = feed(format!("feeds.list[{at}]"), url, source.as_deref())?;
        (feed.section, feed.language) = (section.clone(), language.clone());
        feed.text = *text;
        Ok(feed)
    });
    joined(feeds.collect::<Result<_, _>>()?)
}

/// A file is OPML when it starts as XML does, else a list of URLs; `#` starts a comment.
fn of_file(path: &Path, source: Option<&str>) -> Result<Vec<Feed>, ListError> {
    let text = std::fs::read_to_string(path)
        .map_err(|source| ListError::Read { path: path.to_owned(), source })?;
    let text = text.trim_start_matches('\u{feff}');
    let shown = path.display();
    let feeds = if text.trim_start().starts_with('<') {
        let outlines =
            opml::read(text).map_err(|source| ListError::Opml { path: path.to_owned(), source })?;
        let of = |outline: opml::Outline| {
            feed(format!("{shown}:{}", outline.line), &outline.url, source)
        };
        outlines.into_iter().map(of).collect::<Result<Vec<_>, _>>()?
    } else {
        let lines = text.lines().enumerate().map(|(at, line)| (at + 1, line.trim()));
        let named = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
        named
            .map(|(number, line)| feed(format!("{shown}:{number}"), line, source))
            .collect::<Result<Vec<_>, _>>()?
    };
    if feeds.is_empty() {
        return Err(ListError::Nothing { path: path.to_owned() });
    }
    Ok(feeds)
}

fn feed(place: String, text: &str, source: Option<&str>) -> Result<Feed, ListError> {
    let url = match WebUrl::parse(text.trim()) {
        Ok(url) => url,
        Err(source) => {
            let url = text.chars().take(200).collect();
            return Err(ListError::Url { place, url, source });
        }
    };
    if !url.as_url().username().is_empty() || url.as_url().password().is_some() {
        return Err(ListError::UserInfo { place, host: url.host().to_owned() });
    }
    let source = match source {
        Some(source) if source.split('.').all(is_token) => source.to_owned(),
        Some(source) => return Err(ListError::Source { place, source_name: source.to_owned() }),
        None => source_of(url.host()),
    };
    Ok(Feed { url, source, section: None, language: None, text: None, place })
}

/// A host as one token: `www.ex.com` is `ex_com`.
fn source_of(host: &str) -> String {
    let host = without_www(host);
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' };
    let token: String = host.trim_matches(['[', ']', '.']).chars().map(plain).take(64).collect();
    token
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        file
    }

    fn read(text: &str) -> Result<Vec<Feed>, ListError> {
        let file = file(text);
        joined(named(&[file.path().to_str().unwrap().to_owned()], &[], None)?)
    }

    fn said(error: &dyn std::error::Error) -> String {
        let cause = error.source().map(|source| format!(": {source}")).unwrap_or_default();
        format!("{error}{cause}")
    }

    #[test]
    fn url_list_and_opml_name_the_same_feeds() {
        let list = "# mine\nhttps://www.ex.com/rss\n\n http://[::1]:81/a \n";
        let opml = "<?xml version='1.0'?><opml version='2.0'><body><outline text='News'>\n\
            <outline type='rss' text='Ex' xmlUrl='https://www.ex.com/rss'/></outline>\n\
            <outline xmlUrl='http://[::1]:81/a' text='A'/></body></opml>";
        for text in [list, opml] {
            let feeds = read(text).unwrap();
            let sources: Vec<&str> = feeds.iter().map(|f| f.source.as_str()).collect();
            assert_eq!(sources, ["ex_com", "__1"], "{text}");
            assert!(sources.iter().all(|s| is_token(s)));
        }
    }

    #[test]
    fn bad_and_repeated_feeds_are_reported_with_place() {
        for (text, words) in [
            ("https://ex.com/a\nfoo\n", &[":2", "foo", "not a url"][..]),
            ("ftp://ex.com/a\n", &[":1", "ftp"][..]),
            ("https://me:secret@ex.com/a\n", &[":1", "ex.com", "user information"][..]),
            ("https://ex.com/a\n\nhttps://EX.com:443/a#top\n", &[":3", "ex.com/a", ":1"][..]),
            ("# nothing\n", &["names no feed"][..]),
            ("<opml><body><outline xmlUrl='x y'/></body></opml>", &[":1", "x y"][..]),
            ("<opml><body><outline", &["line 1"][..]),
            ("<rss version='2.0'><channel/></rss>", &["<rss>", "opml"][..]),
        ] {
            let error = read(text).unwrap_err();
            let said = said(&error);
            assert!(words.iter().all(|word| said.contains(word)), "{text}: {said}");
            assert!(!said.contains("secret"), "{said}");
        }
    }

    #[test]
    fn configured_feed_is_a_url_or_a_table() {
        let read = |list: &str| toml::from_str::<Settings>(&format!("list = [{list}]"));
        let settings =
            read("'https://ex.com/a', { url = 'https://ex.com/b', section = 'Sport' }").unwrap();
        let feeds = configured(&settings).unwrap();
        let seen: Vec<_> = feeds.iter().map(|f| (f.url.as_str(), f.section.as_deref())).collect();
        assert_eq!(seen, [("https://ex.com/a", None), ("https://ex.com/b", Some("Sport"))]);
        let error = read("{ url = 'https://ex.com/a', sektion = 'Sport' }").unwrap_err();
        assert!(error.to_string().contains("`sektion`"), "{error}");
        let error = read("7").unwrap_err();
        assert!(error.to_string().contains("a URL, or a table"), "{error}");
        let again: Settings = toml::from_str(&toml::to_string(&settings).unwrap()).unwrap();
        assert_eq!(again.list, settings.list);
    }

    #[test]
    fn the_configuration_names_feeds_and_files() {
        let in_file = file("https://ex.com/b\n");
        let one = FeedSettings {
            url: "https://ex.com/a".to_owned(),
            source: Some("ex.sport".to_owned()),
            section: Some("Sport".to_owned()),
            language: None,
            text: None,
        };
        let mut settings = Settings {
            list: vec![one.clone()],
            files: vec![in_file.path().to_owned()],
            ..Settings::default()
        };
        let feeds = configured(&settings).unwrap();
        assert_eq!((feeds.len(), feeds[0].source.as_str()), (2, "ex.sport"));
        settings.list.push(FeedSettings { source: Some("a b".to_owned()), ..one.clone() });
        assert!(settings.check().unwrap_err().contains("feeds.list[1]"));
        settings.list[0].text = Some(TextSource::Longer);
        settings.list.truncate(1);
        assert_eq!(configured(&settings).unwrap()[0].text, Some(TextSource::Longer));
        settings.list.push(one.clone());
        settings.list[1] = one;
        assert!(settings.check().unwrap_err().contains("named twice (first: feeds.list[0])"));
    }
}
