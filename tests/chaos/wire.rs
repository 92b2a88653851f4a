//! A publish over a bare socket: header blocks that no client would send.

use std::io;

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

/// Publishes a message with a header block as it is, and waits until the raw stream has stored it.
///
/// # Errors
/// When the server is away or the stream does not say that it stored the message.
pub async fn publish(server: &str, subject: &str, block: &[u8], body: &[u8]) -> io::Result<()> {
    let mut socket = BufReader::new(TcpStream::connect(server).await?);
    let mut line = String::new();
    socket.read_line(&mut line).await?;
    let (headers, all) = (block.len(), block.len() + body.len());
    // Nobody else listens on the subject of the answer.
    let answer = format!("answer.{}", rand::random::<u64>());
    let options =
        r#"{"verbose":false,"headers":true,"no_responders":true,"lang":"test","version":"0"}"#;
    let mut sent = format!(
        "CONNECT {options}\r\nSUB {answer} 1\r\nHPUB {subject} {answer} {headers} {all}\r\n"
    )
    .into_bytes();
    sent.extend_from_slice(block);
    sent.extend_from_slice(body);
    sent.extend_from_slice(b"\r\n");
    socket.get_mut().write_all(&sent).await?;
    loop {
        line.clear();
        if socket.read_line(&mut line).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if line.starts_with("PING") {
            socket.get_mut().write_all(b"PONG\r\n").await?;
        } else if line.starts_with("MSG ") {
            let length = line.split_whitespace().last().and_then(|length| length.parse().ok());
            let mut answer = vec![0; length.unwrap_or_default()];
            socket.read_exact(&mut answer).await?;
            let answer: serde_json::Value = serde_json::from_slice(&answer)?;
            return match answer["seq"].as_u64() {
                Some(_) => Ok(()),
                None => Err(io::Error::other(answer.to_string())),
            };
        } else if line.starts_with("HMSG") || line.starts_with("-ERR") {
            return Err(io::Error::other(line));
        }
    }
}
