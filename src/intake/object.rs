//! Bodies by reference: `News-Object: <bucket>/<name>` names an object that holds the message's
//! body. Objects are read and never deleted: they are the producer's.
//!
//! Only the buckets that the configuration names are read, and no links: one that names itself would
//! be followed without end. Bytes are counted as they come, because an object's metadata may
//! state another size; an object whose chunks do not come is an attempt at the story like any other.

use std::time::Duration;

use async_nats::connection::State;
use async_nats::jetstream::context::ObjectStoreErrorKind;
use async_nats::jetstream::object_store::{GetErrorKind, InfoError, InfoErrorKind, Object};
use async_nats::jetstream::stream::LastRawMessageErrorKind;
use async_nats::jetstream::{Context, context};
use async_nats::{RequestError, RequestErrorKind};
use bytes::Bytes;
use tokio::io::AsyncReadExt as _;

use super::{Error, RawMessage, Settings};
use crate::headers;

/// Longest time for reading an object.
const READ_TIMEOUT: Duration = Duration::from_secs(60);

/// Longest time between two parts of an object, whose reader waits for missing ones without end.
const PART_TIMEOUT: Duration = Duration::from_secs(5);

/// Replaces the body of a message that names an object by the object's bytes.
///
/// # Errors
/// When the reference is malformed, the object is missing or too large, the store fails, or the
/// broker is away.
pub async fn resolve(
    message: RawMessage,
    context: &Context,
    settings: &Settings,
) -> Result<RawMessage, Error> {
    let Some(reference) = message.headers.get(headers::OBJECT) else {
        return Ok(message);
    };
    let reference = Reference::parse(reference, settings)?;
    let object = find(context, &reference).await?;
    let body = read_bounded(object, context, &reference, settings.max_body_bytes).await?;
    Ok(RawMessage { body, ..message })
}

/// Bucket and name of an object, in a bucket that messages may name.
struct Reference {
    bucket: String,
    name: String,
    /// As errors show it.
    shown: String,
}

impl Reference {
    fn parse(text: &str, settings: &Settings) -> Result<Self, Error> {
        let (bucket, name) = text
            .split_once('/')
            .filter(|(bucket, name)| !bucket.is_empty() && !name.is_empty())
            .ok_or_else(|| Error::ObjectName(shown(text)))?;
        let is_allowed = |allowed: &String| allowed == "*" || allowed == bucket;
        if !settings.object_buckets.iter().any(is_allowed) {
            return Err(Error::ObjectBucket(shown(text)));
        }
        Ok(Self { bucket: bucket.to_owned(), name: name.to_owned(), shown: shown(text) })
    }

    fn missing(&self) -> Error {
        Error::ObjectMissing(self.shown.clone())
    }

    fn malformed(&self) -> Error {
        Error::ObjectName(self.shown.clone())
    }

    /// Nothing is known of it now.
    fn away(&self, reason: String) -> Error {
        Error::ObjectStoreAway { name: self.shown.clone(), reason }
    }

    /// The store fails, or the broker is away: `is_silent` where it did not answer.
    fn unavailable(&self, context: &Context, reason: String, is_silent: bool) -> Error {
        if is_silent || context.client().connection_state() != State::Connected {
            return self.away(reason);
        }
        Error::ObjectUnavailable { name: self.shown.clone(), reason }
    }

    fn failed(&self, context: &Context, error: &(dyn std::error::Error + 'static)) -> Error {
        self.unavailable(context, error.to_string(), is_silence(error))
    }
}

/// Finds an object that is no link.
async fn find(context: &Context, reference: &Reference) -> Result<Object, Error> {
    let Reference { bucket, name, shown } = reference;
    let store = context.get_object_store(bucket).await.map_err(|error| match error.kind() {
        ObjectStoreErrorKind::InvalidBucketName => reference.malformed(),
        ObjectStoreErrorKind::GetStore if stream_is_missing(&error) => reference.missing(),
        ObjectStoreErrorKind::GetStore => reference.failed(context, &error),
    })?;
    let info = match store.info(name).await {
        Ok(info) => info,
        Err(error) => return Err(not_found(context, reference, &error).await),
    };
    if info.deleted {
        return Err(reference.missing());
    }
    if info.options.is_some_and(|options| options.link.is_some()) {
        return Err(Error::ObjectLink(shown.clone()));
    }
    store.get(name).await.map_err(|error| match error.kind() {
        // It was there a moment ago.
        GetErrorKind::NotFound => reference.away(error.to_string()),
        GetErrorKind::InvalidName => reference.malformed(),
        _ => reference.failed(context, &error),
    })
}

/// Reads an object of at most `limit` bytes, in bounded time.
async fn read_bounded(
    mut object: Object,
    context: &Context,
    reference: &Reference,
    limit: usize,
) -> Result<Bytes, Error> {
    let too_large = || Error::TooLarge { field: "object in header News-Object", limit };
    if object.info.size > limit {
        return Err(too_large());
    }
    let reading = async {
        let (mut body, mut part) = (Vec::new(), vec![0; 64 << 10]);
        loop {
            let Ok(read) = tokio::time::timeout(PART_TIMEOUT, object.read(&mut part)).await else {
                let reason =
                    format!("{} bytes came, then nothing for {PART_TIMEOUT:?}", body.len());
                return Err(reference.unavailable(context, reason, false));
            };
            let read = read.map_err(|error| reference.failed(context, &error))?;
            if read == 0 {
                return Ok(Bytes::from(body));
            }
            if body.len() + read > limit {
                return Err(too_large());
            }
            body.extend_from_slice(&part[..read]);
        }
    };
    match tokio::time::timeout(READ_TIMEOUT, reading).await {
        Ok(body) => body,
        Err(_) => {
            Err(reference.unavailable(context, format!("not read in {READ_TIMEOUT:?}"), false))
        }
    }
}

/// A reference as errors show it.
fn shown(reference: &str) -> String {
    const MOST: usize = 300;
    reference.chars().take(MOST).collect()
}

/// Why there is no metadata of an object that a server was asked for.
async fn not_found(context: &Context, reference: &Reference, error: &InfoError) -> Error {
    let is_unknown = match error.kind() {
        InfoErrorKind::InvalidName => return reference.malformed(),
        InfoErrorKind::TimedOut => return reference.away(error.to_string()),
        InfoErrorKind::NotFound => true,
        InfoErrorKind::Other => false,
    };
    match at_the_leader(context, &reference.bucket, &reference.name).await {
        AtLeader::Missing => reference.missing(),
        AtLeader::There if is_unknown => {
            reference.away("the server that was asked does not have it yet".to_owned())
        }
        AtLeader::There => reference.failed(context, error),
        AtLeader::Unknown => reference.away(error.to_string()),
    }
}

/// What the leader of a bucket's stream knows of an object.
enum AtLeader {
    There,
    /// Never stored, or deleted.
    Missing,
    Unknown,
}

/// Asks the leader: metadata is read from any server that has a replica, and one that is behind has never heard of
/// an object that was stored. Also, other clients leave a deleted object's metadata in a form that ours does not read.
async fn at_the_leader(context: &Context, bucket: &str, name: &str) -> AtLeader {
    #[derive(serde::Deserialize)]
    struct Metadata {
        #[serde(default)]
        deleted: bool,
    }
    let name = data_encoding::BASE64URL.encode(name.as_bytes());
    let Ok(stream) = context.get_stream_no_info(format!("OBJ_{bucket}")).await else {
        return AtLeader::Unknown;
    };
    let subject = format!("$O.{bucket}.M.{name}");
    match stream.get_last_raw_message_by_subject(&subject).await {
        Ok(message) => match serde_json::from_slice::<Metadata>(&message.payload) {
            Ok(Metadata { deleted: true }) => AtLeader::Missing,
            Ok(_) | Err(_) => AtLeader::There,
        },
        Err(error) if error.kind() == LastRawMessageErrorKind::NoMessageFound => AtLeader::Missing,
        Err(_) => AtLeader::Unknown,
    }
}

/// Whether the broker did not answer at all.
fn is_silence(error: &(dyn std::error::Error + 'static)) -> bool {
    use async_nats::jetstream::context::RequestErrorKind as Kind;
    let mut cause = Some(error);
    while let Some(error) = cause {
        let kind = error.downcast_ref::<RequestError>().map(RequestError::kind);
        if matches!(kind, Some(RequestErrorKind::TimedOut | RequestErrorKind::NoResponders)) {
            return true;
        }
        let kind = error.downcast_ref::<context::RequestError>().map(context::RequestError::kind);
        if matches!(kind, Some(Kind::TimedOut | Kind::NoResponders)) {
            return true;
        }
        cause = error.source();
    }
    false
}

fn stream_is_missing(error: &(dyn std::error::Error + 'static)) -> bool {
    use async_nats::jetstream::{ErrorCode, context::GetStreamError, context::GetStreamErrorKind};
    let mut cause = Some(error);
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<GetStreamError>()
            && let GetStreamErrorKind::JetStream(error) = error.kind()
        {
            return error.error_code() == ErrorCode::STREAM_NOT_FOUND;
        }
        cause = error.source();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str, buckets: &[&str]) -> Result<(String, String), Error> {
        let object_buckets = buckets.iter().map(|bucket| (*bucket).to_owned()).collect();
        let settings = Settings { object_buckets, ..Settings::default() };
        Reference::parse(text, &settings).map(|reference| (reference.bucket, reference.name))
    }

    #[test]
    fn a_reference_is_a_bucket_and_a_name() {
        let named = |bucket: &str, name: &str| (bucket.to_owned(), name.to_owned());
        assert_eq!(parsed("pages/a/b", &["*"]).unwrap(), named("pages", "a/b"));
        assert_eq!(parsed("pages/a", &["desk", "pages"]).unwrap(), named("pages", "a"));
        for text in ["pages", "/a", "pages/", "/"] {
            assert!(matches!(parsed(text, &["*"]), Err(Error::ObjectName(_))), "{text}");
        }
        for buckets in [&["desk"][..], &[]] {
            assert!(matches!(parsed("pages/a", buckets), Err(Error::ObjectBucket(_))));
        }
        let long = format!("/{}", "é".repeat(400));
        let Err(Error::ObjectName(shown)) = parsed(&long, &["*"]) else { panic!() };
        assert_eq!(shown.chars().count(), 300);
    }

    /// What a client library wraps around the cause that counts.
    #[derive(Debug, thiserror::Error)]
    #[error("wrapped")]
    struct Wrapped<E: std::error::Error + 'static>(#[source] E);

    #[test]
    fn silence_is_told_from_an_answer() {
        for (kind, is_silent) in [
            (RequestErrorKind::TimedOut, true),
            (RequestErrorKind::NoResponders, true),
            (RequestErrorKind::Other, false),
        ] {
            let error = Wrapped(RequestError::new(kind));
            assert_eq!(is_silence(&error), is_silent, "{error:?}");
        }
        use context::RequestErrorKind as Kind;
        for (kind, is_silent) in
            [(Kind::TimedOut, true), (Kind::NoResponders, true), (Kind::Other, false)]
        {
            let error = Wrapped(context::RequestError::new(kind));
            assert_eq!(is_silence(&error), is_silent, "{error:?}");
        }
    }

    #[test]
    fn only_a_stream_not_found_is_missing() {
        use async_nats::jetstream::context::{GetStreamError, GetStreamErrorKind};
        let of = |err_code: u64| {
            let answer = serde_json::json!({"code": 404, "err_code": err_code});
            let answer = serde_json::from_value(answer).unwrap();
            stream_is_missing(&Wrapped(GetStreamError::new(GetStreamErrorKind::JetStream(answer))))
        };
        assert!(of(10_059));
        assert!(!of(10_039));
        assert!(!stream_is_missing(&Wrapped(GetStreamError::new(GetStreamErrorKind::Request))));
    }
}
