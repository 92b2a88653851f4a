//! Binding to what `provision` made: the streams and consumers that a worker works with.
//!
//! Creates nothing. What is missing is named, with the command that creates it.

use async_nats::jetstream::consumer::{self, PullConsumer};
use async_nats::jetstream::context::{
    GetStreamError, GetStreamErrorKind, RequestError, RequestErrorKind,
};
use async_nats::jetstream::response::Response;
use async_nats::jetstream::stream::Stream;
use async_nats::jetstream::{Context, ErrorCode};

use serde::Deserialize;

use super::outs::Outs;
use super::partitions::Partition;
use super::{Error, Settings, takeover};

/// What a worker works with.
#[derive(Clone, Debug)]
pub struct Bound {
    /// One of the raw streams.
    pub raw: Stream,
    /// The out streams.
    pub outs: Outs,
    /// Where keys of stories are claimed; `None` where none is configured, or it does not exist.
    pub guard: Option<Stream>,
    /// The retry streams, by partition; `None` where the server has no schedules or a stream does not allow them.
    pub retry: Option<Vec<Stream>>,
}

/// Binds to the streams, which must exist.
///
/// # Errors
/// Names what is missing and the command that creates it.
pub async fn bind(context: &Context, settings: &Settings) -> Result<Bound, Error> {
    let mut raw = None;
    for stream in settings.raw_streams() {
        raw = Some(bind_stream(context, &stream).await?);
    }
    let raw = raw.ok_or_else(|| Error::NoStream(settings.raw_stream.clone()))?;
    let outs = bind_outs(context, settings).await?;
    takeover::check(&outs)?;
    let guard = bind_guard(context, settings).await?;
    let mut retry = Some(Vec::new());
    for stream in settings.retry_streams() {
        match bind_stream(context, &stream).await {
            Ok(stream) if stream.cached_info().config.allow_message_schedules => {
                if let Some(all) = &mut retry {
                    all.push(stream);
                }
            }
            Ok(_) | Err(Error::NoStream(_)) => retry = None,
            Err(error) => return Err(error),
        }
    }
    Ok(Bound { raw, outs, guard, retry })
}

/// The guard stream. An out stream that `provision` made before there were guard streams does without.
async fn bind_guard(context: &Context, settings: &Settings) -> Result<Option<Stream>, Error> {
    let Some(name) = settings.guard_stream() else { return Ok(None) };
    match bind_stream(context, &name).await {
        Ok(stream) => Ok(Some(stream)),
        Err(Error::NoStream(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Binds to the out streams. Earlier ones may be gone.
///
/// # Errors
/// Names what is missing and the command that creates it.
pub async fn bind_outs(context: &Context, settings: &Settings) -> Result<Outs, Error> {
    let mut outs = Outs { current: Vec::new(), earlier: Vec::new() };
    for name in settings.out_streams() {
        outs.current.push(bind_stream(context, &name).await?);
    }
    for of in settings.previous_partitions.iter().rev() {
        let mut streams = Vec::new();
        for part in Partition::all(*of) {
            match bind_stream(context, &settings.out_name(part)).await {
                Ok(stream) => streams.push(stream),
                Err(Error::NoStream(_)) => {}
                Err(error) => return Err(error),
            }
        }
        // One that was deleted makes the others useless: which one has a key goes by their number.
        match streams.len() {
            0 => {}
            have if have == *of => outs.earlier.push(streams),
            _ => return Err(Error::Incomplete(*of)),
        }
    }
    Ok(outs)
}

/// The stream that takes a subject, which may have wildcards; `None` where none does.
///
/// # Errors
/// When the broker does not answer.
pub async fn stream_of(context: &Context, subject: &str) -> Result<Option<String>, Error> {
    #[derive(Deserialize)]
    struct Names {
        #[serde(default)]
        streams: Option<Vec<String>>,
    }
    let asked = context.request("STREAM.NAMES", &serde_json::json!({"subject": subject})).await;
    let broker = |reason: String| Error::Broker { what: format!("streams of {subject}"), reason };
    match asked {
        Ok(Response::<Names>::Ok(names)) => {
            Ok(names.streams.unwrap_or_default().into_iter().next())
        }
        Ok(Response::Err { error }) => Err(broker(error.to_string())),
        Err(error) => Err(broker(error.to_string())),
    }
}

/// When a stream was created, Unix milliseconds: one that is recreated under its name is another.
#[must_use]
pub fn created_millis(stream: &Stream) -> i64 {
    let nanos = stream.cached_info().created.unix_timestamp_nanos();
    i64::try_from(nanos / 1_000_000).unwrap_or_default()
}

/// State and configuration of the group's consumer on a stream, of whatever kind it is.
///
/// # Errors
/// Names what is missing and the command that creates it.
pub async fn consumer_info(
    context: &Context,
    settings: &Settings,
    stream: &str,
) -> Result<consumer::Info, Error> {
    let (consumer, stream) = (settings.group.clone(), stream.to_owned());
    let subject = format!("CONSUMER.INFO.{stream}.{consumer}");
    let what = format!("consumer {consumer} on {stream}");
    match context.request(subject, &serde_json::json!({})).await {
        Ok(Response::Ok(info)) => Ok(info),
        Ok(Response::Err { error }) if error.error_code() == ErrorCode::CONSUMER_NOT_FOUND => {
            Err(Error::NoConsumer { consumer, stream })
        }
        Ok(Response::Err { error }) if error.error_code() == ErrorCode::STREAM_NOT_FOUND => {
            Err(Error::NoStream(stream))
        }
        Ok(Response::Err { error }) => Err(Error::Broker { what, reason: error.to_string() }),
        Err(error) => Err(Error::Broker { what, reason: error.to_string() }),
    }
}

/// Binds to the group's consumer on a stream, which must exist.
///
/// # Errors
/// Names what is missing and the command that creates it.
pub async fn bind_consumer(
    context: &Context,
    settings: &Settings,
    stream: &str,
) -> Result<PullConsumer, Error> {
    let bound = bind_stream(context, stream).await?;
    // The client's own look-up says why it failed in words only.
    consumer_info(context, settings, stream).await?;
    bound.get_consumer(&settings.group).await.map_err(|error| Error::Broker {
        what: format!("consumer {} on {stream}", settings.group),
        reason: error.to_string(),
    })
}

/// Binds to a stream, which must exist.
///
/// # Errors
/// Names what is missing and the command that creates it.
pub async fn bind_stream(context: &Context, name: &str) -> Result<Stream, Error> {
    context.get_stream(name).await.map_err(|error| stream_error(name, &error))
}

/// What it means that a stream could not be looked at: every command says it in the same words.
pub(crate) fn stream_error(name: &str, error: &GetStreamError) -> Error {
    let of_request = std::error::Error::source(error)
        .and_then(|source| source.downcast_ref::<RequestError>())
        .map(RequestError::kind);
    match (error.kind(), of_request) {
        (GetStreamErrorKind::JetStream(error), _)
            if error.error_code() == ErrorCode::STREAM_NOT_FOUND =>
        {
            Error::NoStream(name.to_owned())
        }
        // No server listens where JetStream is asked.
        (_, Some(RequestErrorKind::NoResponders)) => Error::NoJetStream,
        _ => Error::Broker { what: format!("stream {name}"), reason: error.to_string() },
    }
}
