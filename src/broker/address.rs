//! Addresses of the broker, as `nats.url` lists them.

use async_nats::{Auth, ServerAddr};

/// Parses a comma separated list of addresses.
///
/// # Errors
/// Says which one is malformed.
pub fn addresses(url: &str) -> Result<Vec<ServerAddr>, String> {
    let addresses: Result<Vec<ServerAddr>, String> = url
        .split(',')
        .map(str::trim)
        .filter(|address| !address.is_empty())
        .map(|address| address.parse().map_err(|error| format!("{}: {error}", redacted(address))))
        .collect();
    let addresses = addresses?;
    // The client would take such a one for a plain address: it is built without web sockets.
    if let Some(other) = addresses.iter().find(|address| ["ws", "wss"].contains(&address.scheme()))
    {
        return Err(format!("scheme {}: only nats and tls are spoken", other.scheme()));
    }
    if addresses.is_empty() {
        return Err("no address".to_owned());
    }
    Ok(addresses)
}

/// User and password, or the token, that the first address with user info has.
pub(super) fn url_login(url: &str) -> Option<Auth> {
    let login = addresses(url).ok()?.into_iter().find_map(|address| {
        let user = address.username()?.to_owned();
        Some((user, address.password().map(str::to_owned)))
    });
    let plain =
        |text: String| percent_encoding::percent_decode_str(&text).decode_utf8_lossy().into_owned();
    let (user, password) = login?;
    let mut auth = Auth::new();
    match password {
        Some(password) => {
            auth.username = Some(plain(user));
            auth.password = Some(plain(password));
        }
        None => auth.token = Some(plain(user)),
    }
    Some(auth)
}

/// An address list without user info, for messages and logs.
#[must_use]
pub fn redacted(url: &str) -> String {
    url.split(',')
        .map(|address| match (address.find("://"), address.rfind('@')) {
            (Some(scheme), Some(at)) if at > scheme => {
                format!("{}{}", &address[..scheme + 3], &address[at + 1..])
            }
            (None, Some(at)) => address[at + 1..].to_owned(),
            _ => address.to_owned(),
        })
        .collect::<Vec<_>>()
        .join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_info_of_address_is_login_or_token() {
        let login = url_login("nats://a:4222,nats://anna:p%40ss@b:4222").unwrap();
        assert_eq!(
            (login.username.as_deref(), login.password.as_deref()),
            (Some("anna"), Some("p@ss"))
        );
        assert_eq!(url_login("nats://s3cr3t@a:4222").unwrap().token.as_deref(), Some("s3cr3t"));
        assert!(url_login("nats://a:4222").is_none());
    }

    #[test]
    fn addresses_are_shown_without_user_info() {
        assert_eq!(redacted("nats://u:p@a:4222,tls://b"), "nats://a:4222,tls://b");
        assert_eq!(redacted("u:p@a:4222"), "a:4222");
        let error = addresses("nats://u:secret@[bad").unwrap_err();
        assert!(!error.contains("secret"), "{error}");
        assert!(addresses("ws://a:80").unwrap_err().contains("scheme ws"));
    }
}
