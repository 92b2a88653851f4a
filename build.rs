//! Embeds the languages' data: every file of `src/lang/<code>/` into one sorted table, so that a new
//! language is a new folder and no line of Rust.
//!
//! Lists are embedded without their comments, and long ones packed: most programs never read those of most languages.
//! English ones stay as they are, for every program reads them when it starts.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::{env, fs, io};

use flate2::{Compression, write::DeflateEncoder};

/// Fewest bytes of a list that is packed.
const LONG: usize = 2048;
/// The language whose lists are read at each start.
const AT_START: &str = "en/";

fn main() -> io::Result<()> {
    // Shown by --version; releases set it.
    println!("cargo:rerun-if-env-changed=NEWS_INGEST_COMMIT");
    let root =
        Path::new(&env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?).join("src/lang");
    println!("cargo:rerun-if-changed={}", root.display());
    let mut files = Vec::new();
    for folder in fs::read_dir(&root)? {
        let folder = folder?.path();
        if !folder.is_dir() {
            continue;
        }
        println!("cargo:rerun-if-changed={}", folder.display());
        for file in fs::read_dir(&folder)? {
            let file = file?.path();
            let name =
                file.strip_prefix(&root).map_err(io::Error::other)?.to_string_lossy().into_owned();
            if file.extension().is_some_and(|e| e != "md") {
                files.push((name, file));
            }
        }
    }
    files.sort();
    let out = Path::new(&env::var("OUT_DIR").map_err(io::Error::other)?).to_path_buf();
    let mut table = format!("static FILES: [(&str, Stored); {}] = [\n", files.len());
    for (number, (name, file)) in files.iter().enumerate() {
        let is_list = file.extension().is_some_and(|e| e == "txt");
        let (kind, file) = if is_list {
            let list = without_comments(&fs::read_to_string(file)?);
            let is_packed = list.len() >= LONG && !name.starts_with(AT_START);
            let stored = out.join(format!("list{number}"));
            write_changed(&stored, &if is_packed { packed(&list)? } else { list.into_bytes() })?;
            (if is_packed { "packed" } else { "as_is" }, stored)
        } else {
            ("as_is", file.clone())
        };
        let path = file.display().to_string();
        let _ = writeln!(table, "({name:?}, Stored::{kind}(include_bytes!({path:?}))),");
    }
    table.push_str("];\n");
    fs::write(out.join("lang.rs"), table)
}

/// A list without the lines that say what it is.
fn without_comments(list: &str) -> String {
    let lines = list.lines().filter(|line| !line.trim_start().starts_with('#'));
    lines.flat_map(|line| [line, "\n"]).collect()
}

fn packed(list: &str) -> io::Result<Vec<u8>> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(list.as_bytes())?;
    encoder.finish()
}

/// Writes a file that has another content; what depends on one that has not is built no second time.
fn write_changed(path: &Path, content: &[u8]) -> io::Result<()> {
    match fs::read(path) {
        Ok(own) if own == content => Ok(()),
        _ => fs::write(path, content),
    }
}
