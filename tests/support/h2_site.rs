//! A site that speaks HTTP/2 over TLS, as well or as badly as a script says.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::net::TcpListener;
use tokio::task::{JoinHandle, JoinSet};

/// What is done about a request.
pub enum Play {
    /// Headers and body.
    Answer(http::Response<()>, Vec<u8>),
    /// Headers and a part of the body, then the stream is reset.
    Break(http::Response<()>, Vec<u8>),
    /// The stream is reset for this reason before anything of an answer.
    Reset(h2::Reason),
    /// The connection is closed without a word.
    HangUp,
    /// Nothing, ever; other requests of the connection are served.
    Hold,
    /// The connection stays open and nobody looks at it any more.
    Freeze,
}

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Number of the connection, from 0.
    pub connection: usize,
    pub host: String,
    pub path: String,
}

/// A site that answers until it is dropped.
pub struct H2Site {
    pub address: SocketAddr,
    log: Arc<Mutex<Vec<Seen>>>,
    task: JoinHandle<()>,
}

type Handler = dyn Fn(&http::Request<h2::RecvStream>) -> Play + Send + Sync;

impl H2Site {
    pub async fn start(
        config: Arc<rustls::ServerConfig>,
        handler: impl Fn(&http::Request<h2::RecvStream>) -> Play + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let log = Arc::new(Mutex::new(Vec::new()));
        let acceptor = tokio_rustls::TlsAcceptor::from(config);
        let handler: Arc<Handler> = Arc::new(handler);
        let task = tokio::spawn({
            let log = Arc::clone(&log);
            async move {
                let mut connections = JoinSet::new();
                let mut number = 0;
                while let Ok((stream, _)) = listener.accept().await {
                    let (acceptor, handler) = (acceptor.clone(), Arc::clone(&handler));
                    let log = Arc::clone(&log);
                    connections.spawn(async move {
                        if let Ok(stream) = acceptor.accept(stream).await {
                            // The other side hangs up as it likes.
                            let _ = serve(stream, number, &*handler, &log).await;
                        }
                    });
                    number += 1;
                }
            }
        });
        Self { address, log, task }
    }

    pub fn url_as(&self, host: &str, path: &str) -> String {
        format!("https://{host}:{}{path}", self.address.port())
    }

    pub fn requests(&self) -> Vec<Seen> {
        self.log.lock().unwrap().clone()
    }
}

impl Drop for H2Site {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(
    stream: tokio_rustls::server::TlsStream<tokio::net::TcpStream>,
    number: usize,
    handler: &Handler,
    log: &Mutex<Vec<Seen>>,
) -> Result<(), h2::Error> {
    if stream.get_ref().1.alpn_protocol() == Some(b"http/1.1") {
        answer_once(stream).await;
        return Ok(());
    }
    let mut connection = h2::server::handshake(stream).await?;
    let mut held = Vec::new();
    while let Some(request) = connection.accept().await {
        let (request, mut respond) = request?;
        log.lock().unwrap().push(Seen {
            connection: number,
            host: request.uri().host().unwrap_or_default().to_owned(),
            path: request.uri().path().to_owned(),
        });
        match handler(&request) {
            Play::Answer(head, body) => {
                respond.send_response(head, false)?.send_data(body.into(), true)?;
            }
            Play::Break(head, body) => {
                let mut stream = respond.send_response(head, false)?;
                stream.send_data(body.into(), false)?;
                stream.send_reset(h2::Reason::INTERNAL_ERROR);
            }
            Play::Reset(reason) => respond.send_reset(reason),
            Play::HangUp => return Ok(()),
            Play::Hold => held.push(respond),
            Play::Freeze => std::future::pending().await,
        }
    }
    Ok(())
}

/// What is answered to who speaks HTTP/1.1.
pub const OVER_ONE: &str = "<!DOCTYPE html><title>Over one</title><p>Asked over HTTP/1.1.";

async fn answer_once(mut stream: tokio_rustls::server::TlsStream<tokio::net::TcpStream>) {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let mut request = [0; 4096];
    let _ = stream.read(&mut request).await;
    let length = OVER_ONE.len();
    let head =
        format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {length}\r\n\r\n");
    // The other side hangs up as it likes.
    let _ = stream.write_all(format!("{head}{OVER_ONE}").as_bytes()).await;
    let _ = stream.shutdown().await;
}
