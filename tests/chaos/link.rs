//! The wire between workers and server, which can be cut and can go silent.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Mutex, watch};
use tokio::task::{JoinHandle, JoinSet};

/// How the wire is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    Up,
    /// Connections are closed, and new ones at once.
    Cut,
    /// Connections stay open; nothing gets through.
    Frozen,
}

/// Forwards connections to the server.
pub struct Proxy {
    address: SocketAddr,
    link: watch::Sender<Link>,
    /// One disturbance at a time.
    turn: Arc<Mutex<()>>,
    task: JoinHandle<()>,
}

impl Proxy {
    pub async fn start(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (link, state) = watch::channel(Link::Up);
        let task = tokio::spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((client, _)) = listener.accept().await {
                while connections.try_join_next().is_some() {}
                if *state.borrow() != Link::Cut {
                    connections.spawn(forward(client, server, state.clone()));
                }
            }
        });
        Self { address, link, turn: Arc::default(), task }
    }

    pub fn url(&self) -> String {
        format!("nats://{}", self.address)
    }

    /// Brings the wire into a state for a while.
    pub fn disturb(&self, to: Link, time: Duration) -> impl Future<Output = ()> + Send + 'static {
        let (link, turn) = (self.link.clone(), Arc::clone(&self.turn));
        async move {
            let _turn = turn.lock().await;
            link.send_replace(to);
            tokio::time::sleep(time).await;
            link.send_replace(Link::Up);
        }
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn forward(client: TcpStream, server: SocketAddr, mut link: watch::Receiver<Link>) {
    let Ok(server) = TcpStream::connect(server).await else { return };
    let _ = (client.set_nodelay(true), server.set_nodelay(true));
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    tokio::select! {
        () = pump(from_client, to_server, link.clone()) => {}
        () = pump(from_server, to_client, link.clone()) => {}
        _ = link.wait_for(|link| *link == Link::Cut) => {}
    }
}

async fn pump(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    mut link: watch::Receiver<Link>,
) {
    let mut buffer = vec![0; 64 << 10];
    while let Ok(read @ 1..) = from.read(&mut buffer).await {
        if link.wait_for(|link| *link != Link::Frozen).await.is_err()
            || to.write_all(&buffer[..read]).await.is_err()
        {
            return;
        }
    }
}
