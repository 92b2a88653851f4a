//! Additional trusted root certificates for connections.

use super::settings::Settings;
use super::settings_error::SettingsError;

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
