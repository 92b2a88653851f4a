//! Copies of pages that are gone from where they were, at an archive that the operator names.
//!
//! An archive is a host like any other: under the address guard, by its robots.txt, in its turn. Its
//! copy stands for the page: what the page links to is where the page was.

use super::settings::Settings;
use super::settings_error::SettingsError;
use crate::model::WebUrl;

/// What of the setting stands for the page's address.
const PLACE: &str = "{url}";

/// Where an archive keeps copies.
pub(super) struct WebArchive {
    before: String,
    after: String,
    origin: url::Origin,
}

impl WebArchive {
    /// The archive of the settings, if one is set.
    ///
    /// # Errors
    /// When it is no address with a place for the page's.
    pub(super) fn new(settings: &Settings) -> Result<Option<Self>, SettingsError> {
        let Some(template) = &settings.archive else { return Ok(None) };
        let bad = |problem: String| SettingsError::value("archive", problem);
        let (before, after) = template
            .split_once(PLACE)
            .ok_or_else(|| bad(format!("the url has no {PLACE} for the page's address")))?;
        let at = WebUrl::parse(before).map_err(|e| bad(format!("not an http(s) url: {e}")))?;
        let has_user = !at.as_url().username().is_empty() || at.as_url().password().is_some();
        if has_user {
            return Err(bad("user information in the url is not used, remove it".to_owned()));
        }
        let origin = at.as_url().origin();
        Ok(Some(Self { before: before.to_owned(), after: after.to_owned(), origin }))
    }

    /// Where its copy of a page is, should it have one.
    pub(super) fn copy_of(&self, page: &WebUrl) -> Option<WebUrl> {
        WebUrl::parse(&format!("{}{page}{}", self.before, self.after)).ok()
    }

    /// Whether an address is the archive's.
    pub(super) fn holds(&self, at: &WebUrl) -> bool {
        at.as_url().origin() == self.origin
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn archive(template: &str) -> Result<Option<WebArchive>, SettingsError> {
        WebArchive::new(&Settings { archive: Some(template.to_owned()), ..Settings::default() })
    }

    #[test]
    fn archive_copy_is_requested_by_page_address() {
        let archive = archive("https://archive.example/web/2id_/{url}").unwrap().unwrap();
        let copy = archive.copy_of(&WebUrl::parse("https://ex.com/a?b=c").unwrap()).unwrap();
        assert_eq!(copy.as_str(), "https://archive.example/web/2id_/https://ex.com/a?b=c");
        assert!(archive.holds(&copy));
        assert!(!archive.holds(&WebUrl::parse("https://ex.com/a").unwrap()));
    }

    #[test]
    fn bad_ones_are_named() {
        let refused = |template: &str| archive(template).err().unwrap().to_string();
        assert!(refused("https://archive.example/").contains("fetch.archive"));
        let user = refused("https://desk:secret@archive.example/{url}");
        assert!(user.starts_with("fetch.archive: user information"), "{user}");
        for template in ["https://desk:secret@archive.example/", "https://desk:secret@/{url}"] {
            assert!(!refused(template).contains("secret"), "{template}");
        }
        assert!(refused("ftp://archive.example/{url}").contains("fetch.archive: not an http(s)"));
    }
}
