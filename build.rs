//! Embeds the languages' data: every file of `src/lang/<code>/` into one sorted table, so that a new
//! language is a new folder and no line of Rust.

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs, io};

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
    let mut table = String::from("&[\n");
    for (name, file) in files {
        let _ = writeln!(
            table,
            "({name:?}, include_bytes!({:?}) as &[u8]),",
            file.display().to_string()
        );
    }
    table.push(']');
    fs::write(Path::new(&env::var("OUT_DIR").map_err(io::Error::other)?).join("lang.rs"), table)
}
