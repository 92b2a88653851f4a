//! A SOCKS5 proxy on a real socket (RFC 1928, RFC 1929): CONNECT only.

use std::collections::HashMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

/// A proxy that works until it is dropped.
pub struct Socks {
    pub address: SocketAddr,
    log: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

struct Rules {
    /// Where `host:port` is, as asked for: a name or an address.
    hosts: HashMap<String, SocketAddr>,
    /// `user:password` that it wants.
    wants: Option<&'static str>,
}

impl Socks {
    pub async fn start(wants: Option<&'static str>, hosts: &[(&str, SocketAddr)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let log = Arc::new(Mutex::new(Vec::new()));
        let hosts = hosts.iter().map(|(name, at)| ((*name).to_owned(), *at)).collect();
        let rules = Arc::new(Rules { hosts, wants });
        let task = tokio::spawn({
            let log = Arc::clone(&log);
            async move {
                let mut connections = JoinSet::new();
                while let Ok((stream, _)) = listener.accept().await {
                    let (rules, log) = (Arc::clone(&rules), Arc::clone(&log));
                    // Either side hangs up as it likes.
                    connections.spawn(async move {
                        let _ = serve(stream, &rules, &log).await;
                    });
                }
            }
        });
        Self { address, log, task }
    }

    pub fn url(&self, scheme: &str) -> String {
        format!("{scheme}://{}", self.address)
    }

    /// What was asked for: `host:port`, or `refused` for wrong credentials.
    pub fn asked(&self) -> Vec<String> {
        self.log.lock().unwrap().clone()
    }
}

impl Drop for Socks {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(mut stream: TcpStream, rules: &Rules, log: &Mutex<Vec<String>>) -> io::Result<()> {
    assert_eq!(stream.read_u8().await?, 5, "SOCKS version 5");
    let mut methods = vec![0; usize::from(stream.read_u8().await?)];
    stream.read_exact(&mut methods).await?;
    let method = u8::from(rules.wants.is_some()) * 2;
    if !methods.contains(&method) {
        return stream.write_all(&[5, 0xff]).await;
    }
    stream.write_all(&[5, method]).await?;
    if let Some(wants) = rules.wants {
        assert_eq!(stream.read_u8().await?, 1, "version of the sub-negotiation");
        let (user, password) = (text(&mut stream).await?, text(&mut stream).await?);
        let fits = format!("{user}:{password}") == wants;
        stream.write_all(&[1, u8::from(!fits)]).await?;
        if !fits {
            log.lock().unwrap().push("refused".to_owned());
            return Ok(());
        }
    }
    let mut head = [0; 4];
    stream.read_exact(&mut head).await?;
    assert_eq!(head[..3], [5, 1, 0], "CONNECT");
    let host = match head[3] {
        1 => Ipv4Addr::from(stream.read_u32().await?).to_string(),
        3 => text(&mut stream).await?,
        other => panic!("address type {other}"),
    };
    let asked = format!("{host}:{}", stream.read_u16().await?);
    log.lock().unwrap().push(asked.clone());
    let Some(target) = rules.hosts.get(&asked) else {
        // Host unreachable.
        return stream.write_all(&[5, 4, 0, 1, 0, 0, 0, 0, 0, 0]).await;
    };
    let mut site = TcpStream::connect(target).await?;
    stream.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).await?;
    copy_bidirectional(&mut stream, &mut site).await.map(|_| ())
}

/// A text with its length in a byte before it.
async fn text(stream: &mut TcpStream) -> io::Result<String> {
    let mut text = vec![0; usize::from(stream.read_u8().await?)];
    stream.read_exact(&mut text).await?;
    Ok(String::from_utf8(text).unwrap())
}
