//! What is known of each language: word lists and models, as files of `src/lang/<code>/` that are part of
//! the program.
//!
//! Knows names of files and nothing of what is in them: who uses a list says what its columns mean. A
//! file that a language lacks is `None`, never an empty list, so that "not known" cannot be taken for
//! "nothing found". Models are handed out as stored; who needs one unpacks it when a story of the language
//! comes. Long lists are unpacked when they are asked for first, and stay so.

use std::{io::Read as _, sync::OnceLock};

use flate2::read::DeflateDecoder;

// Path below `src/lang` and content, sorted by path; written by `build.rs`.
include!(concat!(env!("OUT_DIR"), "/lang.rs"));

/// A file's content.
struct Stored {
    bytes: &'static [u8],
    /// Of one that is packed, what it unpacks to.
    unpacked: Option<OnceLock<Vec<u8>>>,
}

impl Stored {
    const fn as_is(bytes: &'static [u8]) -> Self {
        Self { bytes, unpacked: None }
    }

    const fn packed(bytes: &'static [u8]) -> Self {
        Self { bytes, unpacked: Some(OnceLock::new()) }
    }

    fn bytes(&'static self) -> &'static [u8] {
        let unpacked = |own: &'static OnceLock<Vec<u8>>| {
            own.get_or_init(|| {
                let mut list = Vec::new();
                let read = DeflateDecoder::new(self.bytes).read_to_end(&mut list);
                read.expect("packed by the build script");
                list
            })
        };
        self.unpacked.as_ref().map_or(self.bytes, |own| unpacked(own).as_slice())
    }
}

/// The folder that serves a language, by its code: both Norwegian forms are one, and so are those of
/// Serbo-Croatian. Lists that differ between these, such as names of months, are in their [`own_folder`].
#[must_use]
pub fn folder(code: &str) -> &str {
    match code {
        "sr" | "bs" | "sh" | "cnr" => "hr",
        code => own_folder(code),
    }
}

/// The folder of a language alone, by its code: of two codes for one language that both are in use, it is that of one.
#[must_use]
pub fn own_folder(code: &str) -> &str {
    match code {
        "nb" | "nn" => "no",
        "fil" => "tl",
        code => code,
    }
}

/// The entries of a list in every folder of the languages that a [`folder`] serves: those of both Norwegian forms.
pub fn entries_of_all(of: &str, name: &str) -> impl Iterator<Item = &'static str> {
    let codes = languages_with(name).filter(move |code| folder(code) == of);
    codes.filter_map(move |code| text(code, name)).flat_map(entries)
}

/// The content of a language's file, such as `bytes("de", "entities.weights.zst")`.
#[must_use]
pub fn bytes(code: &str, name: &str) -> Option<&'static [u8]> {
    let wanted = format!("{code}/{name}");
    let at = FILES.binary_search_by(|(path, _)| (*path).cmp(wanted.as_str())).ok()?;
    Some(FILES[at].1.bytes())
}

/// The text of a language's list, such as `text("de", "months.txt")`.
///
/// # Panics
/// When the file is not UTF-8, which a test of this module rules out for every list.
#[must_use]
pub fn text(code: &str, name: &str) -> Option<&'static str> {
    bytes(code, name).map(|bytes| std::str::from_utf8(bytes).expect("lists are UTF-8"))
}

/// The entries of a list: lines without comments, blank lines and white space around them.
pub fn entries(list: &'static str) -> impl Iterator<Item = &'static str> {
    list.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// The rows of a language's list that has kinds: what stands before the tab and what behind it; `None` where there is no
/// such list, which is no finding that it is empty.
#[must_use]
pub fn rows(code: &str, name: &str) -> Option<impl Iterator<Item = (&'static str, &'static str)>> {
    text(code, name).map(columns)
}

/// The rows of a list that has two columns.
pub fn columns(list: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    entries(list).filter_map(|row| row.split_once('\t'))
}

/// The words of a kind in a language's list; none where there is no such list, or no row of the kind in it.
pub fn of_kind(code: &str, name: &str, kind: &str) -> impl Iterator<Item = &'static str> {
    let rows = rows(code, name).into_iter().flatten();
    rows.filter(move |(row, _)| *row == kind).map(|(_, words)| words)
}

/// Codes of the languages that have a file of the name, in alphabetical order.
pub fn languages_with(name: &str) -> impl Iterator<Item = &'static str> {
    FILES.iter().filter_map(move |(path, _)| {
        let (code, file) = path.split_once('/')?;
        (file == name).then_some(code)
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn codes_of_one_language_have_one_folder() {
        for (code, shared, own) in [
            ("nb", "no", "no"),
            ("nn", "no", "no"),
            ("fil", "tl", "tl"),
            ("sr", "hr", "sr"),
            ("bs", "hr", "bs"),
            ("de", "de", "de"),
        ] {
            assert_eq!((folder(code), own_folder(code)), (shared, own), "{code}");
        }
    }

    #[test]
    fn every_list_is_utf8_and_has_entries() {
        for (path, content) in
            FILES.iter().filter(|(path, _)| Path::new(path).extension() == Some("txt".as_ref()))
        {
            let list = std::str::from_utf8(content.bytes())
                .unwrap_or_else(|error| panic!("{path}: {error}"));
            assert!(entries(list).next().is_some(), "{path} has no entry");
        }
    }

    #[test]
    fn every_folder_says_where_its_files_come_from() {
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/src/lang");
        for (path, _) in &FILES {
            let (code, name) = path.split_once('/').expect("files are in folders");
            let readme =
                std::fs::read_to_string(format!("{root}/{code}/README.md")).unwrap_or_default();
            assert!(readme.contains(name), "src/lang/{code}/README.md does not name {name}");
        }
    }

    #[test]
    fn a_language_without_a_file_has_none() {
        assert_eq!(text("xx", "months.txt"), None);
        assert!(rows("xx", "speech.txt").is_none());
        assert!(languages_with("no such file").next().is_none());
    }
}
