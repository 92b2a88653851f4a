//! An HTTP proxy on a real socket: tunnels by CONNECT, and answers plain requests itself.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

use super::site::{Act, html, story};

/// A request as it came to the proxy.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Such as `CONNECT ex.com:443`.
    pub what: String,
    pub authorization: Option<String>,
}

/// A proxy that works until it is dropped.
pub struct Proxy {
    pub address: SocketAddr,
    scheme: &'static str,
    log: Arc<Mutex<Vec<Asked>>>,
    task: JoinHandle<()>,
}

/// What a proxy knows.
struct Rules {
    /// Where `host:port` is.
    hosts: HashMap<String, SocketAddr>,
    /// The `Proxy-Authorization` it wants.
    wants: Option<&'static str>,
}

impl Proxy {
    pub async fn start(
        tls: Option<Arc<rustls::ServerConfig>>,
        wants: Option<&'static str>,
        hosts: &[(&str, SocketAddr)],
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let log = Arc::new(Mutex::new(Vec::new()));
        let scheme = if tls.is_some() { "https" } else { "http" };
        let acceptor = tls.map(tokio_rustls::TlsAcceptor::from);
        let hosts = hosts.iter().map(|(name, at)| ((*name).to_owned(), *at)).collect();
        let rules = Arc::new(Rules { hosts, wants });
        let task = tokio::spawn({
            let log = Arc::clone(&log);
            async move {
                let mut connections = JoinSet::new();
                while let Ok((stream, _)) = listener.accept().await {
                    let (acceptor, rules) = (acceptor.clone(), Arc::clone(&rules));
                    let log = Arc::clone(&log);
                    connections.spawn(async move {
                        // Either side hangs up as it likes.
                        let _ = match acceptor {
                            None => serve(stream, &rules, &log).await,
                            Some(acceptor) => match acceptor.accept(stream).await {
                                Ok(stream) => serve(stream, &rules, &log).await,
                                Err(error) => Err(error),
                            },
                        };
                    });
                }
            }
        });
        Self { address, scheme, log, task }
    }

    pub fn url(&self, host: &str) -> String {
        format!("{}://{host}:{}", self.scheme, self.address.port())
    }

    pub fn requests(&self) -> Vec<Asked> {
        self.log.lock().unwrap().clone()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    rules: &Rules,
    log: &Mutex<Vec<Asked>>,
) -> io::Result<()> {
    loop {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            if stream.read_buf(&mut head).await? == 0 {
                return Ok(());
            }
        }
        let head = String::from_utf8_lossy(&head).into_owned();
        let mut lines = head.lines();
        let line = lines.next().unwrap_or_default();
        let what = line.trim_end_matches(" HTTP/1.1").to_owned();
        let authorization = lines
            .filter_map(|l| l.split_once(": "))
            .find(|(name, _)| name.eq_ignore_ascii_case("proxy-authorization"))
            .map(|(_, value)| value.to_owned());
        let allowed = rules.wants.is_none_or(|wants| authorization.as_deref() == Some(wants));
        log.lock().unwrap().push(Asked { what: what.clone(), authorization });
        if !allowed {
            let refusal = "HTTP/1.1 407 Authentication Required\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n";
            stream.write_all(refusal.as_bytes()).await?;
            continue;
        }
        let Some(target) = what.strip_prefix("CONNECT ") else {
            let Some(Act::Send(page)) = html(story("By proxy")).pop() else { unreachable!() };
            stream.write_all(&page).await?;
            continue;
        };
        let Some(at) = rules.hosts.get(target) else {
            return stream.write_all(b"HTTP/1.1 502 Bad Gateway\r\n\r\n").await;
        };
        let mut upstream = TcpStream::connect(at).await?;
        stream.write_all(b"HTTP/1.1 200 Established\r\n\r\n").await?;
        tokio::io::copy_bidirectional(&mut stream, &mut upstream).await?;
        return Ok(());
    }
}
