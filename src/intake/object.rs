//! Bodies by reference: `News-Object: <bucket>/<name>` names an object that holds the message's
//! body. Objects are read and never deleted: they are the producer's.
//!
//! Only the buckets that the configuration names are read, and no links: one that names itself would
//! be followed without end. Bytes are counted as they come, because the size in an object's metadata
//! is its writer's word; an object whose chunks do not come is an attempt at the story like any other.

use std::time::Duration;

use async_nats::connection::State;
use async_nats::jetstream::context::ObjectStoreErrorKind;
use async_nats::jetstream::object_store::{GetErrorKind, InfoErrorKind};
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
    let (bucket, name) = reference
        .split_once('/')
        .filter(|(bucket, name)| !bucket.is_empty() && !name.is_empty())
        .ok_or_else(|| Error::ObjectName(shown(reference)))?;
    let allowed = |name: &String| name == "*" || name == bucket;
    if !settings.object_buckets.iter().any(allowed) {
        return Err(Error::ObjectBucket(shown(reference)));
    }
    let (bucket, name) = (bucket.to_owned(), name.to_owned());
    let (bucket, name, reference) = (bucket.as_str(), name.as_str(), shown(reference));
    let away = |reason: String| Error::ObjectStoreAway { name: reference.clone(), reason };
    let unavailable = |reason: String, silent: bool| {
        if silent || context.client().connection_state() != State::Connected {
            return away(reason);
        }
        Error::ObjectUnavailable { name: reference.clone(), reason }
    };
    let store = context.get_object_store(bucket).await.map_err(|error| match error.kind() {
        ObjectStoreErrorKind::InvalidBucketName => Error::ObjectName(reference.clone()),
        ObjectStoreErrorKind::GetStore if stream_is_missing(&error) => {
            Error::ObjectMissing(reference.clone())
        }
        ObjectStoreErrorKind::GetStore => unavailable(error.to_string(), is_silence(&error)),
    })?;
    let info = match store.info(name).await {
        Ok(info) => info,
        Err(error) => {
            return Err(match error.kind() {
                InfoErrorKind::InvalidName => Error::ObjectName(reference),
                InfoErrorKind::TimedOut => away(error.to_string()),
                InfoErrorKind::NotFound | InfoErrorKind::Other => {
                    match at_the_leader(context, bucket, name).await {
                        AtLeader::Missing => Error::ObjectMissing(reference),
                        AtLeader::Unknown => away(error.to_string()),
                        AtLeader::There if error.kind() == InfoErrorKind::NotFound => {
                            away("the server that was asked does not have it yet".to_owned())
                        }
                        AtLeader::There => unavailable(error.to_string(), is_silence(&error)),
                    }
                }
            });
        }
    };
    if info.deleted {
        return Err(Error::ObjectMissing(reference));
    }
    if info.options.is_some_and(|options| options.link.is_some()) {
        return Err(Error::ObjectLink(reference));
    }
    let mut object = store.get(name).await.map_err(|error| match error.kind() {
        // It was there a moment ago.
        GetErrorKind::NotFound => away(error.to_string()),
        GetErrorKind::InvalidName => Error::ObjectName(reference.clone()),
        _ => unavailable(error.to_string(), is_silence(&error)),
    })?;
    let limit = settings.max_body_bytes;
    let too_large = || Error::TooLarge { field: "object in header News-Object", limit };
    if object.info.size > limit {
        return Err(too_large());
    }
    let reading = async {
        let (mut body, mut part) = (Vec::new(), vec![0; 64 << 10]);
        loop {
            let read = match tokio::time::timeout(PART_TIMEOUT, object.read(&mut part)).await {
                Ok(read) => {
                    read.map_err(|error| unavailable(error.to_string(), is_silence(&error)))?
                }
                Err(_) => {
                    let reason =
                        format!("{} bytes came, then nothing for {PART_TIMEOUT:?}", body.len());
                    return Err(unavailable(reason, false));
                }
            };
            if read == 0 {
                return Ok(body);
            }
            if body.len() + read > limit {
                return Err(too_large());
            }
            body.extend_from_slice(&part[..read]);
        }
    };
    let body = match tokio::time::timeout(READ_TIMEOUT, reading).await {
        Ok(body) => body?,
        Err(_) => return Err(unavailable(format!("not read in {READ_TIMEOUT:?}"), false)),
    };
    Ok(RawMessage { body: Bytes::from(body), ..message })
}

/// A reference as errors show it.
fn shown(reference: &str) -> String {
    const MOST: usize = 300;
    reference.chars().take(MOST).collect()
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
