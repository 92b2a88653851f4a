//! What connections are made with beside the defaults: further roots of trust, and a proxy.

use super::settings::{Settings, SettingsError};
use crate::model::WebUrl;

/// The certificates of `extra_roots`, trusted beside the platform's.
///
/// # Errors
/// When a file can't be read or holds no certificate.
pub(super) fn extra_roots(settings: &Settings) -> Result<Vec<reqwest::Certificate>, SettingsError> {
    let mut roots = Vec::new();
    for path in &settings.extra_roots {
        let pem = std::fs::read(path).map_err(|source| SettingsError::File {
            key: "extra_roots",
            path: path.clone(),
            source,
        })?;
        let found = reqwest::Certificate::from_pem_bundle(&pem).unwrap_or_default();
        if found.is_empty() {
            let problem = format!("{} holds no PEM certificate", path.display());
            return Err(SettingsError::value("extra_roots", problem));
        }
        roots.extend(found);
    }
    Ok(roots)
}

/// The proxy and its host name, where one is set.
///
/// # Errors
/// When its URL or its credentials are bad.
pub(super) fn proxy(
    settings: &Settings,
) -> Result<Option<(reqwest::Proxy, String)>, SettingsError> {
    let Some(url) = settings.proxy.as_deref() else { return Ok(None) };
    let parsed = WebUrl::parse(url)
        .map_err(|e| SettingsError::value("proxy", format!("not an http(s) url: {e}")))?;
    if !parsed.as_url().username().is_empty() || parsed.as_url().password().is_some() {
        let problem = "must not carry credentials; put them into fetch.proxy_auth_file";
        return Err(SettingsError::value("proxy", problem));
    }
    let mut proxy = reqwest::Proxy::all(parsed.as_str()).map_err(SettingsError::Client)?;
    if let Some(path) = &settings.proxy_auth_file {
        let text = std::fs::read_to_string(path).map_err(|source| SettingsError::File {
            key: "proxy_auth_file",
            path: path.clone(),
            source,
        })?;
        let Some((user, password)) = text.trim_end().split_once(':') else {
            return Err(SettingsError::value("proxy_auth_file", "must hold user:password"));
        };
        proxy = proxy.basic_auth(user, password);
    }
    Ok(Some((proxy, parsed.host().to_owned())))
}
