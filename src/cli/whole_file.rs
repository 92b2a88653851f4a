//! Reads a page or a text whole, as `--html`, `--text`, `inspect` and `publish` take one. Refuses what is larger than any
//! broker carries, before memory is full.

use std::io::Read;
use std::path::Path;

use anyhow::Context as _;

/// Most bytes of one page or text: servers take messages of 64 MiB at most.
const MOST: u64 = 64 << 20;

/// A file's bytes.
///
/// # Errors
/// When it cannot be read, or is too large.
pub(super) fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    let shown = path.display();
    let file = std::fs::File::open(path).with_context(|| format!("cannot read {shown}"))?;
    bounded(file, MOST, &shown.to_string())
}

/// The bytes of standard input.
///
/// # Errors
/// When it cannot be read, or is too large.
pub(super) fn read_stdin() -> anyhow::Result<Vec<u8>> {
    bounded(std::io::stdin().lock(), MOST, "standard input")
}

fn bounded(source: impl Read, most: u64, shown: &str) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let read = source.take(most + 1).read_to_end(&mut bytes);
    read.with_context(|| format!("cannot read {shown}"))?;
    anyhow::ensure!(bytes.len() as u64 <= most, "{shown} has more than {most} bytes");
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn larger_than_the_bound_is_refused() {
        assert_eq!(bounded(&b"page"[..], 4, "a.html").unwrap(), b"page");
        let error = bounded(std::io::repeat(b'x'), 4, "a.html").unwrap_err();
        assert_eq!(error.to_string(), "a.html has more than 4 bytes");
    }
}
