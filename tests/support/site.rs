//! A news site on a real socket that behaves as badly as a script says.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Request {
    /// Path and query.
    pub path: String,
    /// Names in lower case.
    pub headers: HashMap<String, String>,
    /// When its head was complete.
    pub at: Instant,
    /// Number of the connection it came on, from 0.
    pub connection: usize,
}

/// A step of an answer.
#[derive(Clone, Debug)]
pub enum Act {
    /// Writes bytes.
    Send(Vec<u8>),
    /// Waits.
    Sleep(Duration),
    /// Writes the bytes over and over until the other side is gone.
    Forever(Vec<u8>),
    /// Resets the connection (RST).
    Reset,
    /// Closes the connection. Without it the next request is read.
    Close,
}

/// An answer: what is done, in order.
pub type Reply = Vec<Act>;

/// An answer with a status, headers and a body of the announced length.
pub fn reply(status: u16, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Reply {
    let body = body.as_ref();
    let mut head = format!("HTTP/1.1 {status} Status\r\n");
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str(&format!("Content-Length: {}\r\n\r\n", body.len()));
    let mut bytes = head.into_bytes();
    bytes.extend_from_slice(body);
    vec![Act::Send(bytes)]
}

/// An HTML page.
pub fn html(body: impl AsRef<[u8]>) -> Reply {
    reply(200, &[("Content-Type", "text/html; charset=utf-8")], body)
}

/// A redirect.
pub fn redirect(status: u16, to: &str) -> Reply {
    reply(status, &[("Location", to)], "")
}

/// A page that no recogniser takes for anything but a story.
pub fn story(title: &str) -> String {
    let paragraph = "<p>The council met on Tuesday evening to talk about the bridge over the \
        river, which has been closed since spring. Several residents asked when it would open \
        again, and the engineer in charge said that the work would take until autumn.</p>";
    format!(
        "<!DOCTYPE html><html><head><title>{title}</title></head><body><h1>{title}</h1>{}</body></html>",
        paragraph.repeat(6)
    )
}

type Handler = dyn Fn(&Request) -> Reply + Send + Sync;

/// A site that answers until it is dropped.
pub struct Site {
    pub address: SocketAddr,
    scheme: &'static str,
    log: Arc<Mutex<Vec<Request>>>,
    task: JoinHandle<()>,
}

impl Site {
    /// Starts a site on a free port of 127.0.0.1.
    pub async fn start(handler: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Self {
        Self::start_at("127.0.0.1:0", handler).await
    }

    /// Starts a site at an address.
    pub async fn start_at(
        address: &str,
        handler: impl Fn(&Request) -> Reply + Send + Sync + 'static,
    ) -> Self {
        Self::listen(address, None, Arc::new(handler)).await
    }

    /// Starts a site that speaks TLS.
    pub async fn start_tls(
        config: Arc<rustls::ServerConfig>,
        handler: impl Fn(&Request) -> Reply + Send + Sync + 'static,
    ) -> Self {
        Self::listen("127.0.0.1:0", Some(config), Arc::new(handler)).await
    }

    async fn listen(
        address: &str,
        tls: Option<Arc<rustls::ServerConfig>>,
        handler: Arc<Handler>,
    ) -> Self {
        let listener = TcpListener::bind(address).await.unwrap();
        let address = listener.local_addr().unwrap();
        let log = Arc::new(Mutex::new(Vec::new()));
        let scheme = if tls.is_some() { "https" } else { "http" };
        let task = tokio::spawn({
            let log = Arc::clone(&log);
            let acceptor = tls.map(tokio_rustls::TlsAcceptor::from);
            async move {
                // Connections end with the site.
                let mut connections = tokio::task::JoinSet::new();
                let mut number = 0;
                while let Ok((stream, _)) = listener.accept().await {
                    let connection = number;
                    number += 1;
                    let (handler, log) = (Arc::clone(&handler), Arc::clone(&log));
                    let acceptor = acceptor.clone();
                    connections.spawn(async move {
                        // The other side hangs up as it likes.
                        let _ = stream.set_nodelay(true);
                        let _ = match acceptor {
                            None => serve(stream, connection, &*handler, &log).await,
                            Some(acceptor) => match acceptor.accept(stream).await {
                                Ok(stream) => serve(stream, connection, &*handler, &log).await,
                                Err(e) => Err(e),
                            },
                        };
                    });
                }
            }
        });
        Self { address, scheme, log, task }
    }

    /// The URL of a path.
    pub fn url(&self, path: &str) -> String {
        format!("{}://{}{path}", self.scheme, self.address)
    }

    /// The URL of a path under another host name.
    pub fn url_as(&self, host: &str, path: &str) -> String {
        format!("{}://{host}:{}{path}", self.scheme, self.address.port())
    }

    /// Every request so far.
    pub fn requests(&self) -> Vec<Request> {
        self.log.lock().unwrap().clone()
    }

    /// Waits until there were so many requests.
    pub async fn asked(&self, count: usize) {
        for _ in 0..1500 {
            if self.requests().len() >= count {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("{} of {count} requests", self.requests().len());
    }

    /// Requests so far, robots.txt left out.
    pub fn pages(&self) -> Vec<Request> {
        let mut requests = self.requests();
        requests.retain(|r| r.path != "/robots.txt");
        requests
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.task.abort();
    }
}

trait Stream: AsyncRead + AsyncWrite + Unpin {
    fn reset(self);
}

impl Stream for TcpStream {
    fn reset(self) {
        // With no time to linger the close is a reset.
        let _ = self.set_zero_linger();
    }
}

impl Stream for tokio_rustls::server::TlsStream<TcpStream> {
    fn reset(self) {
        self.into_inner().0.reset();
    }
}

async fn serve<S: Stream>(
    mut stream: S,
    connection: usize,
    handler: &Handler,
    log: &Mutex<Vec<Request>>,
) -> io::Result<()> {
    let mut buffer = Vec::new();
    loop {
        let end = loop {
            if let Some(end) = buffer.windows(4).position(|w| w == b"\r\n\r\n") {
                break end + 4;
            }
            if stream.read_buf(&mut buffer).await? == 0 {
                return Ok(());
            }
        };
        let head = String::from_utf8_lossy(&buffer[..end]).into_owned();
        buffer.drain(..end);
        let mut lines = head.lines();
        let path = lines.next().and_then(|l| l.split(' ').nth(1)).unwrap_or_default().to_owned();
        let headers = lines
            .filter_map(|l| l.split_once(':'))
            .map(|(n, v)| (n.to_ascii_lowercase(), v.trim().to_owned()))
            .collect();
        let request = Request { path, headers, at: Instant::now(), connection };
        let acts = handler(&request);
        log.lock().unwrap().push(request);
        for act in acts {
            match act {
                Act::Send(bytes) => stream.write_all(&bytes).await?,
                Act::Sleep(time) => tokio::time::sleep(time).await,
                Act::Forever(bytes) => loop {
                    stream.write_all(&bytes).await?;
                },
                Act::Reset => {
                    stream.reset();
                    return Ok(());
                }
                Act::Close => return stream.shutdown().await,
            }
        }
    }
}
