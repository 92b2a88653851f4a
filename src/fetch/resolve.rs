//! Name resolution under the address guard: the client connects to what this returns and to nothing
//! else, so what is connected to is what was checked, whatever a second lookup would say.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use futures_util::future::BoxFuture;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::guard::Guard;

/// Looks up the addresses of a host name.
pub type Lookup = Arc<dyn Fn(String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> + Send + Sync>;

/// The platform's resolver.
#[must_use]
pub fn system_lookup() -> Lookup {
    Arc::new(|name| {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name, 0)).await?;
            Ok(found.map(|socket| socket.ip()).collect())
        })
    })
}

/// A name that could not be resolved.
#[derive(Debug, thiserror::Error)]
#[error("{name} can't be resolved")]
pub(super) struct Unresolved {
    name: String,
    #[source]
    source: io::Error,
}

/// The client's resolver.
pub(super) struct GuardedResolver {
    guard: Guard,
    lookup: Lookup,
    /// The proxies' own names: chosen by the operator, so not judged.
    proxy_hosts: Vec<String>,
}

impl GuardedResolver {
    pub(super) fn new(guard: Guard, lookup: Lookup, proxy_hosts: Vec<String>) -> Self {
        Self { guard, lookup, proxy_hosts }
    }
}

/// The addresses of a name that may be connected to. An answer that mixes allowed and forbidden
/// addresses keeps the allowed ones; with none left, the first refusal is the error.
pub(super) async fn resolve_guarded(
    guard: &Guard,
    lookup: &Lookup,
    name: &str,
) -> Result<Vec<IpAddr>, reqwest_error::BoxError> {
    let unresolved = |source| Unresolved { name: name.to_owned(), source };
    let found = lookup(name.to_owned()).await.map_err(unresolved)?;
    let mut refusal = None;
    let mut allowed = Vec::with_capacity(found.len());
    for address in found {
        match guard.check_address(address) {
            Ok(()) => allowed.push(address),
            Err(forbidden) => refusal = refusal.or(Some(forbidden)),
        }
    }
    match (allowed.is_empty(), refusal) {
        (false, _) => Ok(allowed),
        (true, Some(forbidden)) => Err(forbidden.into()),
        (true, None) => Err(unresolved(io::ErrorKind::NotFound.into()).into()),
    }
}

/// What the client takes as a resolver's error.
pub(super) mod reqwest_error {
    pub(in crate::fetch) type BoxError = Box<dyn std::error::Error + Send + Sync>;
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let name = name.as_str().to_owned();
        let lookup = Arc::clone(&self.lookup);
        let guard = self.guard.clone();
        let trusted = self.proxy_hosts.contains(&name);
        Box::pin(async move {
            let found = if trusted {
                lookup(name).await?
            } else {
                resolve_guarded(&guard, &lookup, &name).await?
            };
            // Port 0 is replaced by the URL's.
            Ok(Box::new(found.into_iter().map(|ip| SocketAddr::new(ip, 0))) as Addrs)
        })
    }
}
