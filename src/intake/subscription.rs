//! One subscription on a socket of its own: how pulled messages come in.
//!
//! The client library ends its connection at a message whose subject or headers it cannot parse, and
//! the broker delivers that message again to the next one, without end and with all its neighbours. So
//! messages are read here, where what a producer may have sent is no reason to give up; everything
//! else, acknowledgements too, goes over the client. The socket comes logged in; see
//! [`crate::broker::connect`]'s dialler.

use std::io;

use bytes::{Buf as _, Bytes, BytesMut};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::broker::dial::Socket;

/// Longest line of the protocol, in bytes: servers allow 4 KiB by default, and notes of their own.
const MAX_LINE: usize = 64 << 10;

/// Largest message that is read, in bytes: servers take 64 MiB at most.
const MAX_MESSAGE: usize = 65 << 20;

/// A message as it came.
#[derive(Debug)]
pub(super) struct Inbound {
    pub(super) subject: String,
    pub(super) reply: Option<String>,
    /// The header block as sent.
    pub(super) headers: Option<Bytes>,
    pub(super) payload: Bytes,
}

impl Inbound {
    /// What the broker counts of the message against a pull's bytes, roughly.
    pub(super) fn size(&self) -> usize {
        self.payload.len() + self.headers.as_ref().map_or(0, Bytes::len)
    }
}

/// What comes in.
#[derive(Debug)]
enum Frame {
    Message(Inbound),
    Ping,
    Pong,
    Other,
}

/// The subscription.
pub(super) struct Subscription {
    socket: Box<dyn Socket>,
    input: BytesMut,
    output: BytesMut,
    /// Whether the socket has not been told to send what was written to it.
    unflushed: bool,
}

impl std::fmt::Debug for Subscription {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Subscription").finish_non_exhaustive()
    }
}

impl Subscription {
    /// Subscribes to an inbox.
    pub(super) fn new(socket: Box<dyn Socket>, inbox: &str) -> Self {
        let output = BytesMut::from(format!("SUB {inbox} 1\r\n").as_bytes());
        Self { socket, input: BytesMut::new(), output, unflushed: false }
    }

    /// Sends a message with the next [`Subscription::next`].
    pub(super) fn publish(&mut self, subject: &str, reply: &str, payload: &[u8]) {
        let line = format!("PUB {subject} {reply} {}\r\n", payload.len());
        self.output.extend_from_slice(line.as_bytes());
        self.output.extend_from_slice(payload);
        self.output.extend_from_slice(b"\r\n");
    }

    /// The next message. Cancel safe.
    pub(super) async fn next(&mut self) -> io::Result<Inbound> {
        loop {
            if let Frame::Message(message) = self.frame().await? {
                return Ok(message);
            }
        }
    }

    /// The next message that was on its way when the subscription ended, `None` when there is no more.
    pub(super) async fn next_before_close(&mut self) -> io::Result<Option<Inbound>> {
        loop {
            match self.frame().await? {
                Frame::Message(message) => return Ok(Some(message)),
                Frame::Pong => return Ok(None),
                Frame::Ping | Frame::Other => {}
            }
        }
    }

    /// Asks for the end of the subscription; see [`Subscription::next_before_close`].
    pub(super) fn unsubscribe(&mut self) {
        self.output.extend_from_slice(b"UNSUB 1\r\nPING\r\n");
    }

    /// Sends what is to be sent and reads until something is there.
    async fn frame(&mut self) -> io::Result<Frame> {
        loop {
            if let Some(frame) = parse(&mut self.input)? {
                if matches!(frame, Frame::Ping) {
                    self.output.extend_from_slice(b"PONG\r\n");
                }
                return Ok(frame);
            }
            while !self.output.is_empty() {
                self.unflushed = true;
                self.socket.write_buf(&mut self.output).await?;
            }
            if self.unflushed {
                self.socket.flush().await?;
                self.unflushed = false;
            }
            if self.socket.read_buf(&mut self.input).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
    }
}

fn bad(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what.to_owned())
}

/// Takes one frame off the input; `None` where it is not all there yet.
fn parse(input: &mut BytesMut) -> io::Result<Option<Frame>> {
    let Some(end) = input.windows(2).take(MAX_LINE).position(|two| two == b"\r\n") else {
        return if input.len() > MAX_LINE { Err(bad("a line without end")) } else { Ok(None) };
    };
    let line = &input[..end];
    let (verb, rest) = match line.iter().position(|byte| matches!(byte, b' ' | b'\t')) {
        Some(at) => (&line[..at], &line[at..]),
        None => (line, &line[line.len()..]),
    };
    let frame = match verb.to_ascii_uppercase().as_slice() {
        b"MSG" => return message(input, end, false),
        b"HMSG" => return message(input, end, true),
        b"PING" => Frame::Ping,
        b"PONG" => Frame::Pong,
        b"-ERR" => {
            let text = String::from_utf8_lossy(rest).trim().trim_matches('\'').to_owned();
            return Err(io::Error::other(text));
        }
        _ => Frame::Other,
    };
    input.advance(end + 2);
    Ok(Some(frame))
}

/// Subject, subscription, perhaps a reply, and sizes: apart by ASCII white space alone, because a subject
/// may hold any other.
fn message(input: &mut BytesMut, end: usize, headed: bool) -> io::Result<Option<Frame>> {
    let parts: Vec<&[u8]> = input[..end]
        .split(|byte| matches!(byte, b' ' | b'\t'))
        .filter(|part| !part.is_empty())
        .collect();
    let sizes = if headed { 2 } else { 1 };
    let (named, counted) =
        parts.split_at_checked(parts.len().saturating_sub(sizes)).ok_or_else(|| bad("no sizes"))?;
    let (subject, reply) = match named {
        [_, subject, _sid] => (*subject, None),
        [_, subject, _sid, reply] => (*subject, Some(*reply)),
        _ => return Err(bad("a message line of another form")),
    };
    let size = |part: &[u8]| -> io::Result<usize> {
        let size = std::str::from_utf8(part).ok().and_then(|text| text.parse().ok());
        size.filter(|size| *size <= MAX_MESSAGE).ok_or_else(|| bad("a size that cannot be read"))
    };
    let total = size(counted.last().ok_or_else(|| bad("no sizes"))?)?;
    let head = if headed { size(counted[0])? } else { 0 };
    if head > total {
        return Err(bad("headers larger than their message"));
    }
    let whole = end + 2 + total + 2;
    if input.len() < whole {
        input.reserve(whole - input.len());
        return Ok(None);
    }
    let subject = String::from_utf8_lossy(subject).into_owned();
    let reply = reply.map(|reply| String::from_utf8_lossy(reply).into_owned());
    input.advance(end + 2);
    let mut body = input.split_to(total).freeze();
    input.advance(2);
    let headers = headed.then(|| body.split_to(head));
    Ok(Some(Frame::Message(Inbound { subject, reply, headers, payload: body })))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_waits_until_all_is_there() {
        for whole in [
            &b"MSG news.raw.a 1 $JS.ACK.x 2\r\nhi\r\n"[..],
            b"HMSG in 1 12 14\r\nNATS/1.0\r\n\r\nyo\r\n",
            b"HMSG in 1 12 12\r\nNATS/1.0\r\n\r\n\r\n",
            b"MSG a 1 0\r\n\r\n",
        ] {
            for end in 0..whole.len() {
                let mut input = BytesMut::from(&whole[..end]);
                assert!(parse(&mut input).unwrap().is_none(), "{end} of {whole:?}");
                assert_eq!(input, whole[..end]);
            }
            let mut input = BytesMut::from(whole);
            assert!(matches!(parse(&mut input), Ok(Some(Frame::Message(_)))), "{whole:?}");
            assert!(input.is_empty(), "{input:?}");
        }
    }

    #[test]
    fn the_longest_line_is_read() {
        let line = [b"INFO ", &vec![b'a'; MAX_LINE - 6][..]].concat();
        let mut input = BytesMut::from(&line[..]);
        assert!(parse(&mut input).unwrap().is_none());
        input.extend_from_slice(b"\r\n");
        assert!(matches!(parse(&mut input), Ok(Some(Frame::Other))));
        assert!(parse(&mut BytesMut::from(&vec![b'a'; MAX_LINE][..])).unwrap().is_none());
        assert!(parse(&mut BytesMut::from(&vec![b'a'; MAX_LINE + 1][..])).is_err());
    }

    #[test]
    fn a_message_counts_with_its_headers() {
        let size = |headers: Option<&'static str>, payload: &'static str| {
            let headers = headers.map(Bytes::from);
            Inbound { subject: String::new(), reply: None, headers, payload: payload.into() }.size()
        };
        assert_eq!(size(Some("NATS/1.0\r\n\r\n"), "four"), 16);
        assert_eq!((size(None, "four"), size(None, "")), (4, 0));
    }

    async fn sent(server: &mut tokio::io::DuplexStream, expected: &str) {
        let mut read = vec![0; expected.len()];
        server.read_exact(&mut read).await.unwrap();
        assert_eq!(String::from_utf8_lossy(&read), expected);
    }

    #[tokio::test]
    async fn a_subscription_talks_as_the_protocol_says() {
        let (client, mut server) = tokio::io::duplex(1 << 16);
        let mut subscription = Subscription::new(Box::new(client), "_INBOX.a");
        subscription.publish("$JS.API.next", "_INBOX.a", b"{}");
        server.write_all(b"PING\r\nMSG _INBOX.a 1 2\r\nhi\r\n").await.unwrap();
        assert_eq!(&subscription.next().await.unwrap().payload[..], b"hi");
        sent(&mut server, "SUB _INBOX.a 1\r\nPUB $JS.API.next _INBOX.a 2\r\n{}\r\n").await;
        subscription.unsubscribe();
        server.write_all(b"PING\r\nMSG _INBOX.a 1 2\r\nyo\r\n").await.unwrap();
        let late = subscription.next_before_close().await.unwrap().unwrap();
        assert_eq!(&late.payload[..], b"yo");
        server.write_all(b"PONG\r\nMSG _INBOX.a 1 2\r\nno\r\n").await.unwrap();
        assert!(subscription.next_before_close().await.unwrap().is_none());
        sent(&mut server, "PONG\r\nUNSUB 1\r\nPING\r\nPONG\r\n").await;
        assert_eq!(&subscription.next().await.unwrap().payload[..], b"no");
        drop(server);
        let error = subscription.next().await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
    }

    #[test]
    fn messages_are_parsed_whatever_their_subject_contains() {
        let mut input = BytesMut::from(
            &b"MSG news.raw.a\xc2\xa0b 1 $JS.ACK.x 2\r\nhi\r\nHMSG in\xe9 1 12 14\r\nNATS/1.0\r\n\r\nyo\r\nPING\r\nMSG a 1 9\r\npart"[..],
        );
        let Frame::Message(one) = parse(&mut input).unwrap().unwrap() else { panic!() };
        assert_eq!(
            (one.subject.as_str(), one.reply.as_deref()),
            ("news.raw.a\u{a0}b", Some("$JS.ACK.x"))
        );
        assert_eq!((one.headers, &one.payload[..]), (None, &b"hi"[..]));
        let Frame::Message(two) = parse(&mut input).unwrap().unwrap() else { panic!() };
        assert_eq!((two.subject.as_str(), two.reply), ("in\u{fffd}", None));
        assert_eq!(
            (&two.headers.unwrap()[..], &two.payload[..]),
            (&b"NATS/1.0\r\n\r\n"[..], &b"yo"[..])
        );
        assert!(matches!(parse(&mut input).unwrap(), Some(Frame::Ping)));
        assert!(parse(&mut input).unwrap().is_none(), "the rest has not come yet");
    }

    #[test]
    fn what_is_no_protocol_ends_the_subscription() {
        let why = |input: &[u8]| parse(&mut BytesMut::from(input)).unwrap_err().to_string();
        for (line, reason) in [
            ("MSG a 1\r\n", "a message line of another form"),
            ("MSG a 1 x\r\n", "a size that cannot be read"),
            ("HMSG a 1 9 3\r\n", "headers larger than their message"),
            ("-ERR 'Authorization Violation'\r\n", "Authorization Violation"),
        ] {
            assert_eq!(why(line.as_bytes()), reason, "{line}");
        }
        assert_eq!(why(&vec![b'a'; MAX_LINE + 2]), "a line without end");
    }
}
