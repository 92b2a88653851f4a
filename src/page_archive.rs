//! Fetched pages as WARC/1.1 files (ISO 28500), so that a better extractor can run over them again.
//!
//! Every page is two records, each a gzip member of its own: a `metadata` record with the raw message and
//! the facts of the fetch, and the `response` as the site gave it, its body with the content coding
//! undone. The message comes first, so that a file that was cut never has a page without it. Files grow under
//! a name that ends in `.open` and get their own name when they are full or the program ends; what a killed
//! one left open gets its name from the next.
//!
//! The forms are written and read here rather than by a crate: those at hand hold a record of any size in
//! memory and take a file that ends within a header for a whole one.

mod read;
mod write;

pub use read::{ArchiveReader, Archived, ReadError};
pub use write::{PageArchive, WriteError};

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Name and version of the JSON that goes with each page.
const SCHEMA: &str = "news-ingest/archived/1";

/// Whether and where fetched pages are kept.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Directory for WARC files of the pages fetched; none keeps no pages.
    pub warc_dir: Option<PathBuf>,
    /// Size at which a file is finished and the next one begun, in MiB.
    pub warc_max_mib: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self { warc_dir: None, warc_max_mib: 1024 }
    }
}

impl Settings {
    /// Checks the size.
    ///
    /// # Errors
    /// Names the key that is out of range.
    pub fn check(&self) -> Result<(), String> {
        if !(1..=1 << 20).contains(&self.warc_max_mib) {
            return Err(format!(
                "archive.warc_max_mib = {} is not in 1..=1048576",
                self.warc_max_mib
            ));
        }
        Ok(())
    }
}
