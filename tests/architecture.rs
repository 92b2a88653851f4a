//! The house's edges: who may import whom, and who may name the network.
#![allow(clippy::unwrap_used, reason = "a panic is the report")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn sources(dir: &Path, out: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, out);
        } else if path.extension().is_some_and(|e| e == "rs") {
            out.push(path);
        }
    }
}

/// Top-level module and code, comments and doc links left out, of every file of the library.
fn modules() -> Vec<(String, PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    files
        .into_iter()
        .filter_map(|path| {
            let inside = path.strip_prefix(&root).unwrap();
            let first = inside.components().next().unwrap().as_os_str().to_str().unwrap();
            let module = first.trim_end_matches(".rs").to_owned();
            let code = std::fs::read_to_string(&path).unwrap();
            let code: String = code
                .lines()
                .filter(|line| !line.trim_start().starts_with("//"))
                .flat_map(|line| [line, "\n"])
                .collect();
            (!matches!(module.as_str(), "lib" | "main" | "bin")).then_some((module, path, code))
        })
        .collect()
}

/// Modules of ours that a text names by `crate::`.
fn imports(code: &str) -> BTreeSet<&str> {
    let mut found = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        match rest.strip_prefix('{') {
            Some(list) => {
                let mut depth = 0;
                let end = list
                    .find(|c| {
                        depth += i32::from(c == '{') - i32::from(c == '}');
                        depth < 0
                    })
                    .unwrap_or(list.len());
                let mut depth = 0;
                for part in list[..end].split_inclusive([',', '{', '}']) {
                    if depth == 0 {
                        let name =
                            part.trim().split(|c: char| !c.is_alphanumeric() && c != '_').next();
                        found.extend(name.filter(|n| !n.is_empty()));
                    }
                    depth += i32::from(part.ends_with('{')) - i32::from(part.ends_with('}'));
                }
            }
            None => {
                let end =
                    rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
                found.insert(&rest[..end]);
            }
        }
    }
    found
}

#[test]
fn imports_run_one_way() {
    let allowed = |module: &str| -> &[&str] {
        match module {
            "model" | "disposition" | "lang" => &[],
            "log" | "headers" => &[],
            "intake" => &["model", "disposition", "headers"],
            "state" => &["model", "disposition"],
            "extract" | "tag" => &["model", "disposition", "lang"],
            "fetch" => &["model", "disposition", "state"],
            "record" => &["model"],
            "publish" => &["model", "disposition", "headers"],
            "route" => &["model", "record", "publish"],
            "feeds" => &["model", "disposition", "lang", "fetch", "state", "publish"],
            "page_archive" => &["model", "disposition"],
            "pipeline" => {
                &["model", "disposition", "fetch", "extract", "tag", "state", "page_archive"]
            }
            "broker" => &["model", "publish"],
            "config" => &[
                "record",
                "broker",
                "extract",
                "feeds",
                "page_archive",
                "fetch",
                "http",
                "intake",
                "log",
                "publish",
                "route",
                "state",
                "tag",
                "worker",
            ],
            "worker" => &[
                "tag",
                "model",
                "disposition",
                "intake",
                "publish",
                "record",
                "route",
                "pipeline",
                "broker",
                "config",
                "state",
                "headers",
            ],
            "http" => &["worker"],
            "cli" => &[
                "page_archive",
                "export",
                "feeds",
                "http",
                "standalone",
                "terminal",
                "asyncapi",
                "inspect",
                "report",
                "tail",
                "model",
                "disposition",
                "intake",
                "fetch",
                "extract",
                "tag",
                "record",
                "publish",
                "route",
                "state",
                "pipeline",
                "worker",
                "broker",
                "config",
                "log",
                "headers",
            ],
            "inspect" => &["standalone"],
            "report" => &["standalone", "terminal"],
            "tail" => &["terminal"],
            "standalone" | "terminal" | "export" => &[],
            "asyncapi" => &["disposition", "headers", "intake", "record", "broker", "route"],
            other => panic!("src/{other} is new: say here what it may import"),
        }
    };
    let mut wrong = Vec::new();
    for (module, path, code) in modules() {
        for import in imports(&code) {
            if import != module && !allowed(&module).contains(&import) {
                wrong.push(format!("{}: crate::{import}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn only_the_rooms_that_face_the_network_name_it() {
    let facing = [
        ("async_nats", &["intake", "publish", "state", "broker", "worker", "cli"][..]),
        ("reqwest", &["fetch"][..]),
    ];
    let mut wrong = Vec::new();
    for (module, path, code) in modules() {
        for (name, rooms) in facing {
            if code.contains(name) && !rooms.contains(&module.as_str()) {
                wrong.push(format!("{}: {name}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn stages_and_models_do_no_io() {
    let mut wrong = Vec::new();
    for (module, path, code) in modules() {
        let code = code.split("#[cfg(test)]").next().unwrap_or_default();
        if matches!(
            module.as_str(),
            "model"
                | "disposition"
                | "extract"
                | "record"
                | "inspect"
                | "report"
                | "tail"
                | "standalone"
                | "terminal"
                | "asyncapi"
        ) {
            for name in ["std::fs", "std::net", "std::env::var", "tokio::"] {
                if code.contains(name) {
                    wrong.push(format!("{}: {name}", path.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
