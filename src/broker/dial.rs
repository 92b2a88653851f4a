//! A socket of its own to the broker, logged in as the client is: for what must not go through the
//! client's parser.
//!
//! The same addresses, secrets and certificates as [`super::connect`]; made again by its owner when
//! it breaks.

use std::io;
use std::sync::Arc;

use async_nats::{Client, ServerAddr, ServerInfo};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::Settings;
use super::address::{addresses, redacted, url_login};
use super::secrets::Secret;

/// A socket, plain or under TLS.
pub trait Socket: AsyncRead + AsyncWrite + Send + Sync + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Sync + Unpin> Socket for T {}

/// Opens sockets to the broker of one client.
#[derive(Clone, Debug)]
pub struct Dialler {
    settings: Settings,
    url: String,
    name: String,
    client: Client,
}

impl Dialler {
    pub(super) fn new(settings: &Settings, url: &str, name: &str, client: Client) -> Self {
        Self { settings: settings.clone(), url: url.to_owned(), name: name.to_owned(), client }
    }

    /// A socket that the broker has let in: what is sent next is obeyed.
    ///
    /// # Errors
    /// When none of the configured and advertised addresses lets us in; that of the last one.
    pub async fn dial(&self) -> io::Result<Box<dyn Socket>> {
        let mut last = io::Error::other("no address");
        for address in self.addresses() {
            let limit = self.settings.connect_timeout_secs.duration();
            match tokio::time::timeout(limit, self.enter(&address)).await {
                Ok(Ok(socket)) => return Ok(socket),
                Ok(Err(error)) => last = error,
                Err(_) => last = io::ErrorKind::TimedOut.into(),
            }
        }
        Err(io::Error::new(last.kind(), format!("{}: {last}", redacted(&self.url))))
    }

    /// Those of the configuration, at random, then those that the server named.
    fn addresses(&self) -> Vec<ServerAddr> {
        let mut own = addresses(&self.url).unwrap_or_default();
        let start = rand::random_range(0..own.len().max(1));
        own.rotate_left(start);
        let named = self.client.server_info().connect_urls;
        own.extend(named.iter().filter_map(|address| address.parse().ok()));
        own
    }

    async fn enter(&self, address: &ServerAddr) -> io::Result<Box<dyn Socket>> {
        let mut plain =
            TcpStream::connect((address.host().trim_matches(['[', ']']), address.port())).await?;
        plain.set_nodelay(true)?;
        let info = read_line(&mut plain).await?;
        let info = info.strip_prefix("INFO ").ok_or_else(|| io::Error::other("no greeting"))?;
        let info: ServerInfo = serde_json::from_str(info).map_err(io::Error::other)?;
        let tls = info.tls_required || address.tls_required() || self.settings.tls_required;
        let mut socket: Box<dyn Socket> = if tls {
            let name = ServerName::try_from(address.host().to_owned()).map_err(io::Error::other)?;
            let connector = tokio_rustls::TlsConnector::from(Arc::new(self.tls()?));
            Box::new(connector.connect(name, plain).await?)
        } else {
            Box::new(plain)
        };
        let hello = self.hello(&info, tls)?;
        socket.write_all(format!("CONNECT {hello}\r\nPING\r\n").as_bytes()).await?;
        socket.flush().await?;
        loop {
            let line = read_line(&mut socket).await?;
            if line == "PONG" {
                return Ok(socket);
            }
            if let Some(error) = line.strip_prefix("-ERR") {
                return Err(io::Error::new(
                    io::ErrorKind::PermissionDenied,
                    error.trim().to_owned(),
                ));
            }
        }
    }

    fn hello(&self, info: &ServerInfo, tls: bool) -> io::Result<serde_json::Value> {
        let mut hello = serde_json::json!({
            "verbose": false, "pedantic": false, "headers": true, "no_responders": true, "protocol": 1,
            "lang": "rust", "version": env!("CARGO_PKG_VERSION"), "name": self.name, "tls_required": tls,
        });
        let auth = match Secret::of(&self.settings) {
            Some(secret) => secret.answer(info.nonce.as_bytes()).map_err(io::Error::other)?,
            None => match url_login(&self.url) {
                Some(login) => login,
                None => return Ok(hello),
            },
        };
        let signature = auth.signature.map(|bytes| data_encoding::BASE64URL_NOPAD.encode(&bytes));
        for (name, value) in [
            ("user", auth.username),
            ("pass", auth.password),
            ("auth_token", auth.token),
            ("nkey", auth.nkey),
            ("jwt", auth.jwt),
            ("sig", signature),
        ] {
            if let Some(value) = value {
                hello[name] = value.into();
            }
        }
        Ok(hello)
    }

    /// As the client's: the system's roots unless one is configured.
    fn tls(&self) -> io::Result<ClientConfig> {
        let mut roots = RootCertStore::empty();
        match &self.settings.tls_ca_file {
            Some(path) => {
                for certificate in CertificateDer::pem_file_iter(path).map_err(io::Error::other)? {
                    let certificate = certificate.map_err(io::Error::other)?;
                    roots.add(certificate).map_err(io::Error::other)?;
                }
            }
            None => {
                roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
            }
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(io::Error::other)?
            .with_root_certificates(roots);
        let (Some(cert), Some(key)) = (&self.settings.tls_cert_file, &self.settings.tls_key_file)
        else {
            return Ok(config.with_no_client_auth());
        };
        let chain: Result<Vec<_>, _> =
            CertificateDer::pem_file_iter(cert).map_err(io::Error::other)?.collect();
        let key = PrivateKeyDer::from_pem_file(key).map_err(io::Error::other)?;
        config
            .with_client_auth_cert(chain.map_err(io::Error::other)?, key)
            .map_err(io::Error::other)
    }
}

/// One line of the greeting, byte by byte: what follows is for the next protocol layer.
async fn read_line(socket: &mut (impl AsyncRead + Unpin)) -> io::Result<String> {
    /// A greeting names every server of the cluster.
    const LONGEST: usize = 64 << 10;
    let mut line = Vec::new();
    while !line.ends_with(b"\r\n") {
        if line.len() > LONGEST {
            return Err(io::Error::other("a greeting without end"));
        }
        line.push(socket.read_u8().await?);
    }
    line.truncate(line.len() - 2);
    Ok(String::from_utf8_lossy(&line).into_owned())
}
