//! Who we are to the broker, read from files at every connect.
//!
//! A secret that is rotated, or credentials that expired and were renewed, are taken up by the next
//! attempt to connect: no worker needs a restart for it.

use std::path::{Path, PathBuf};

use async_nats::Auth;
use nkeys::KeyPair;
use thiserror::Error;

use super::Settings;

/// A secret's file that cannot be used.
#[derive(Debug, Error)]
#[error("cannot read {name} {path:?}")]
pub struct SecretError {
    /// The key of the configuration.
    name: &'static str,
    /// The file.
    path: PathBuf,
    /// What went wrong.
    #[source]
    source: std::io::Error,
}

/// How we prove who we are.
#[derive(Clone, Debug)]
pub(super) enum Secret {
    Password {
        user: String,
        file: PathBuf,
    },
    Token(PathBuf),
    Nkey(PathBuf),
    /// A JWT and the seed that belongs to it.
    Credentials(PathBuf),
}

impl Secret {
    /// The one that the settings name; they exclude each other.
    pub(super) fn of(settings: &Settings) -> Option<Self> {
        if let (Some(user), Some(file)) = (&settings.user, &settings.password_file) {
            return Some(Self::Password { user: user.clone(), file: file.clone() });
        }
        if let Some(file) = &settings.token_file {
            return Some(Self::Token(file.clone()));
        }
        if let Some(file) = &settings.nkey_file {
            return Some(Self::Nkey(file.clone()));
        }
        settings.creds_file.clone().map(Self::Credentials)
    }

    /// What to answer a server that greets with `nonce`.
    pub(super) fn answer(&self, nonce: &[u8]) -> Result<Auth, SecretError> {
        let mut auth = Auth::new();
        match self {
            Self::Password { user, file } => {
                auth.username = Some(user.clone());
                auth.password = Some(read("nats.password_file", file)?);
            }
            Self::Token(file) => auth.token = Some(read("nats.token_file", file)?),
            Self::Nkey(file) => {
                let name = "nats.nkey_file";
                let key = key_pair(name, file, &read(name, file)?)?;
                auth.nkey = Some(key.public_key());
                auth.signature = Some(sign(name, file, &key, nonce)?);
            }
            Self::Credentials(file) => {
                let name = "nats.creds_file";
                let text = read(name, file)?;
                let (jwt, seed) = parts(&text)
                    .ok_or_else(|| bad(name, file, "no user JWT and nkey seed are in it"))?;
                let key = key_pair(name, file, seed)?;
                auth.jwt = Some(jwt.to_owned());
                auth.signature = Some(sign(name, file, &key, nonce)?);
            }
        }
        Ok(auth)
    }
}

/// JWT and seed of a credentials file: each stands between two lines of dashes.
fn parts(text: &str) -> Option<(&str, &str)> {
    let after = |title: &str| {
        let mut lines = text.lines().skip_while(|line| !line.contains(title)).skip(1);
        lines.find(|line| !line.trim().is_empty()).map(str::trim)
    };
    Some((after("BEGIN NATS USER JWT")?, after("BEGIN USER NKEY SEED")?))
}

fn read(name: &'static str, path: &Path) -> Result<String, SecretError> {
    let text = std::fs::read_to_string(path).map_err(|source| SecretError {
        name,
        path: path.to_owned(),
        source,
    })?;
    Ok(text.trim().to_owned())
}

fn key_pair(name: &'static str, path: &Path, seed: &str) -> Result<KeyPair, SecretError> {
    KeyPair::from_seed(seed).map_err(|error| bad(name, path, &error.to_string()))
}

fn sign(
    name: &'static str,
    path: &Path,
    key: &KeyPair,
    nonce: &[u8],
) -> Result<Vec<u8>, SecretError> {
    key.sign(nonce).map_err(|error| bad(name, path, &error.to_string()))
}

fn bad(name: &'static str, path: &Path, reason: &str) -> SecretError {
    let source = std::io::Error::new(std::io::ErrorKind::InvalidData, reason.to_owned());
    SecretError { name, path: path.to_owned(), source }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        file
    }

    #[test]
    fn credentials_hold_jwt_and_signing_seed() {
        let key = KeyPair::new_user();
        let text = format!(
            "-----BEGIN NATS USER JWT-----\na.b.c\n------END NATS USER JWT------\n\n\
             ************************* IMPORTANT *************************\n\n\
             -----BEGIN USER NKEY SEED-----\n{}\n------END USER NKEY SEED------\n",
            key.seed().unwrap()
        );
        let file = file(&text);
        let auth = Secret::Credentials(file.path().to_owned()).answer(b"nonce").unwrap();
        assert_eq!(auth.jwt.as_deref(), Some("a.b.c"));
        key.verify(b"nonce", &auth.signature.unwrap()).unwrap();
        std::fs::write(file.path(), "a.b.c").unwrap();
        let error = Secret::Credentials(file.path().to_owned()).answer(b"").err().unwrap();
        assert!(error.to_string().contains("nats.creds_file"), "{error}");
    }

    #[test]
    fn an_nkey_is_known_by_its_public_key() {
        let key = KeyPair::new_user();
        let file = file(&format!("{}\n", key.seed().unwrap()));
        let auth = Secret::Nkey(file.path().to_owned()).answer(b"nonce").unwrap();
        assert_eq!(auth.nkey, Some(key.public_key()));
        key.verify(b"nonce", &auth.signature.unwrap()).unwrap();
    }
}
