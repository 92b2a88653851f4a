//! Bodies of dead letters that no message of the out stream holds, and headers that an outcome has no room for: put
//! aside as objects. A letter names its body in `News-Object`, as producers name theirs, and is read and replayed as
//! any other.
//!
//! Needed only where the raw stream is not ours: ours takes no message that could not be
//! dead-lettered whole. Objects are never overwritten, so that no letter's body can change, and never
//! deleted: they expire with the age limit of the bucket, also where the letter was not stored after all.

use async_nats::jetstream::Context;
use async_nats::jetstream::object_store::ObjectMetadata;
use bytes::Bytes;

use super::Error;
use crate::hash::hash64;
use crate::model::Key;

/// Bytes of an object's body in one message, at most: what clients of object stores commonly use.
const CHUNK: usize = 128 << 10;

/// The object store for bodies of dead letters and long headers.
#[derive(Clone, Debug)]
pub struct BodyStore {
    context: Context,
    bucket: String,
}

impl BodyStore {
    /// The store `bucket`, which need not be there before it is needed.
    #[must_use]
    pub fn new(context: Context, bucket: String) -> Self {
        Self { context, bucket }
    }

    /// Puts a body aside and gives the reference to it: `<bucket>/<name>`.
    ///
    /// # Errors
    /// When the store is missing or does not take it.
    pub async fn put(&self, key: Key, body: &Bytes) -> Result<String, Error> {
        let not_put = |reason: String| Error::NotPutAside { bucket: self.bucket.clone(), reason };
        let store = self
            .context
            .get_object_store(&self.bucket)
            .await
            .map_err(|error| not_put(format!("{error}; `news-ingest provision` creates it")))?;
        // By its contents: the same letter again is the same object, and another one is told from it.
        let name = format!("{key}.{:016x}", hash64(body));
        let chunk_size = CHUNK.min(self.context.client().max_payload());
        let object = ObjectMetadata {
            name: name.clone(),
            chunk_size: Some(chunk_size),
            ..ObjectMetadata::default()
        };
        store.put(object, &mut &body[..]).await.map_err(|error| not_put(error.to_string()))?;
        Ok(format!("{}/{name}", self.bucket))
    }
}
