//! The order of the modules: who may import whom, held as one list of layers, and who may name the network.
//!
//! Read from the sources as text: paths that begin with `crate`, `super` or `self`, in `use` and in code, resolved to
//! files. A file and the one it is a module of may use each other; any other circle is a fault.
#![allow(clippy::unwrap_used, reason = "a panic is the report")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// From the top down. A module imports from layers below its own; those of one layer leave each other alone.
const LAYERS: &[&[&str]] = &[
    &["cli"],
    &["config"],
    &["http", "asyncapi"],
    &["worker"],
    &["pipeline", "feeds", "route"],
    &["intake", "fetch", "extract", "tag", "publish", "record", "page_archive", "export"],
    &["state"],
    &["broker"],
    &["inspect", "report", "tail"],
    &["sniff"],
    &["charset"],
    &["months", "language_table", "log", "time_zones", "word_hashes"],
    &[
        "model",
        "backoff",
        "char_references",
        "disposition",
        "error_chain",
        "hash",
        "headers",
        "lang",
        "mutex",
        "near_name",
        "off_reactor",
        "open_files",
        "punctuation",
        "scripts",
        "settings_limits",
        "standalone",
        "terminal",
    ],
    &["unicode"],
];

/// Sources by their module path, such as `fetch::guard`; code without comments and without unit tests.
struct Tree(BTreeMap<String, String>);

impl Tree {
    fn read(root: &Path) -> Self {
        let mut files = Vec::new();
        sources(root, &mut files);
        let tree = files.into_iter().filter_map(|path| {
            let name = module_of(path.strip_prefix(root).unwrap())?;
            Some((name, code_of(&std::fs::read_to_string(&path).unwrap())))
        });
        Self(tree.collect())
    }

    /// Modules that each module names, its own part of the tree left out.
    fn imports(&self) -> BTreeMap<&str, BTreeSet<&str>> {
        self.0
            .iter()
            .map(|(from, code)| {
                let named = paths(code).into_iter().filter_map(|path| self.resolve(from, &path));
                (from.as_str(), named.filter(|to| !are_kin(from, to)).collect())
            })
            .collect()
    }

    /// The module that a path named in `from` is in.
    fn resolve(&self, from: &str, path: &str) -> Option<&str> {
        let mut at: Vec<&str> = from.split("::").collect();
        let mut parts = path.split("::").peekable();
        match parts.next()? {
            "crate" => at.clear(),
            "self" => {}
            _ => {
                at.pop();
                while parts.next_if_eq(&"super").is_some() {
                    at.pop();
                }
            }
        }
        at.extend(parts);
        // The longest beginning that is a module; what is behind it is an item of it.
        (1..=at.len()).rev().find_map(|length| {
            self.0.get_key_value(&at[..length].join("::")).map(|(name, _)| name.as_str())
        })
    }

    /// Imports that no layer allows, as `from -> to`.
    fn against(&self, layers: &[&[&str]]) -> Vec<String> {
        let layer = |module: &str| {
            let top = module.split("::").next().unwrap();
            let found = layers.iter().position(|layer| layer.contains(&top));
            found.unwrap_or_else(|| panic!("src/{top} is new: give it a layer"))
        };
        let mut wrong = Vec::new();
        for (from, imports) in self.imports() {
            let top = from.split("::").next().unwrap();
            for to in imports {
                if !are_kin(top, to.split("::").next().unwrap()) && layer(to) <= layer(from) {
                    wrong.push(format!("{from} -> {to}"));
                }
            }
        }
        wrong
    }

    /// Folders of a stage that import each other, likewise: what is inside one counts as the folder.
    fn circles_of_folders(&self) -> Vec<Vec<&str>> {
        let mut imports: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for (from, to) in self.imports() {
            let to = to.into_iter().map(folder).filter(|to| !are_kin(folder(from), to));
            imports.entry(folder(from)).or_default().extend(to);
        }
        circles(&imports)
    }

    /// Modules that import each other, by whatever way round; each circle once.
    fn circles(&self) -> Vec<Vec<&str>> {
        circles(&self.imports())
    }
}

/// The folder or file of a stage that a module is in.
fn folder(module: &str) -> &str {
    module.match_indices("::").nth(1).map_or(module, |(end, _)| &module[..end])
}

fn circles<'a>(imports: &BTreeMap<&'a str, BTreeSet<&'a str>>) -> Vec<Vec<&'a str>> {
    let reach = |from: &'a str| {
        let mut seen = BTreeSet::new();
        let mut next: Vec<&str> = imports[from].iter().copied().collect();
        while let Some(module) = next.pop() {
            if seen.insert(module) {
                next.extend(imports.get(module).into_iter().flatten());
            }
        }
        seen
    };
    let reached: BTreeMap<&str, BTreeSet<&str>> =
        imports.keys().map(|from| (*from, reach(from))).collect();
    let mut circles = BTreeSet::new();
    for (from, seen) in &reached {
        if seen.contains(from) {
            let circle =
                seen.iter().filter(|to| reached.get(**to).is_some_and(|back| back.contains(from)));
            circles.insert(circle.copied().collect::<Vec<&str>>());
        }
    }
    circles.into_iter().collect()
}

fn sources(directory: &Path, out: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, out);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            out.push(path);
        }
    }
}

/// The module of a file below `src`; `None` for programs, the crate's root and files of tests.
fn module_of(path: &Path) -> Option<String> {
    let name = path.with_extension("");
    let parts: Vec<&str> =
        name.components().map(|part| part.as_os_str().to_str().unwrap()).collect();
    let first = parts[0];
    let is_test = parts.last().is_some_and(|last| last.ends_with("tests"));
    (!matches!(first, "lib" | "main" | "bin") && !is_test).then(|| parts.join("::"))
}

/// Code without what is compiled for unit tests alone, and without comments.
fn code_of(text: &str) -> String {
    let mut code = String::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if line.trim() == "#[cfg(test)]" {
            // One item: up to its semicolon or its brace.
            let indent = &line[..line.len() - line.trim_start().len()];
            let end = format!("{indent}}}");
            let mut item = lines.by_ref().skip_while(|line| line.trim_start().starts_with("#["));
            let first = item.next().unwrap_or_default();
            if !first.ends_with([';', '}']) {
                item.find(|line| *line == end || *line == format!("{end};"));
            }
        } else if !line.trim_start().starts_with("//") {
            code.extend([line, "\n"]);
        }
    }
    code
}

/// Whether one module is inside the other.
fn are_kin(a: &str, b: &str) -> bool {
    let inside = |inner: &str, outer: &str| {
        inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
    };
    inside(a, b) || inside(b, a)
}

/// Paths that begin with `crate`, `super` or `self`, groups in braces taken apart.
fn paths(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    for start in ["crate::", "super::", "self::"] {
        for (at, _) in code.match_indices(start) {
            let before = code[..at].chars().next_back();
            if before.is_none_or(|c| !c.is_alphanumeric() && c != '_' && c != ':') {
                spread(String::new(), &code[at..], &mut found);
            }
        }
    }
    found
}

/// Takes one path, or each of a group, from the beginning of `text`; what is left of it.
fn spread<'a>(mut path: String, mut text: &'a str, found: &mut Vec<String>) -> &'a str {
    loop {
        let end = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
        if end > 0 && text[..end] != *"self" || path.is_empty() {
            if !path.is_empty() {
                path.push_str("::");
            }
            path.push_str(&text[..end]);
        }
        text = &text[end..];
        let Some(rest) = text.strip_prefix("::") else {
            found.push(path);
            return text;
        };
        let Some(mut group) = rest.strip_prefix('{') else {
            if let Some(rest) = rest.strip_prefix('*') {
                found.push(path);
                return rest;
            }
            text = rest;
            continue;
        };
        loop {
            group = group.trim_start_matches([' ', '\n', ',']);
            match group.chars().next() {
                None => return group,
                Some('}') => return &group[1..],
                Some(c) if c.is_alphanumeric() || c == '_' => {
                    group = spread(path.clone(), group, found);
                    // `as name`
                    let end = group.find([',', '}']).unwrap_or(group.len());
                    group = &group[end..];
                }
                Some(c) => group = &group[c.len_utf8()..],
            }
        }
    }
}

fn tree() -> Tree {
    Tree::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"))
}

/// A made-up tree: module and code.
fn made_up(files: &[(&str, &str)]) -> Tree {
    Tree(files.iter().map(|(name, code)| ((*name).to_owned(), code_of(code))).collect())
}

#[test]
fn imports_go_down_the_layers() {
    assert_eq!(tree().against(LAYERS), Vec::<String>::new());
}

#[test]
fn no_files_import_each_other() {
    assert_eq!(tree().circles(), Vec::<Vec<&str>>::new());
}

#[test]
fn no_folders_import_each_other() {
    assert_eq!(tree().circles_of_folders(), Vec::<Vec<&str>>::new());
}

#[test]
fn circles_of_folders_are_found() {
    let tree = made_up(&[
        ("stage", "mod one; mod two;"),
        ("stage::one", ""),
        ("stage::one::deep", "use crate::stage::two::other::X;"),
        ("stage::two", "mod other;"),
        ("stage::two::other", ""),
        ("stage::two::third", "use crate::stage::one;"),
    ]);
    assert_eq!(tree.circles(), Vec::<Vec<&str>>::new());
    assert_eq!(tree.circles_of_folders(), [["stage::one", "stage::two"]]);
}

#[test]
fn imports_up_and_sideways_are_found() {
    let layers: &[&[&str]] = &[&["top"], &["left", "right"], &["ground"]];
    let tree = made_up(&[
        ("top", "use crate::{left::Thing, ground};\n"),
        (
            "left",
            "use crate::right::inner::Other;\nuse crate::ground::{self, deep::{A, B as C}};\n",
        ),
        ("right", ""),
        ("right::inner", "fn f() { crate::ground::g() }\n"),
        ("ground", "// use crate::top::Nothing;\n#[cfg(test)]\nmod tests { use crate::top; }"),
        ("ground::deep", "use crate::{\n    left,\n    ground::x,\n};\n"),
    ]);
    assert_eq!(tree.against(layers), ["ground::deep -> left", "left -> right::inner"]);
}

#[test]
fn import_cycles_between_files_are_found_excluding_kin() {
    let tree = made_up(&[
        ("a", "mod one; mod two; mod three; use one::X;"),
        ("a::one", "use super::two::Y;\nuse super::Shared;"),
        ("a::two", "use super::three;"),
        ("a::three", "use crate::a::one::X;"),
        ("b", "use crate::a::three::Z;"),
    ]);
    assert_eq!(tree.circles(), [["a::one", "a::three", "a::two"]]);
}

#[test]
#[should_panic(expected = "src/new is new")]
fn a_module_without_a_layer_is_named() {
    made_up(&[("new", "use crate::old;"), ("old", "")]).against(&[&["old"]]);
}

#[test]
fn only_modules_that_face_the_network_name_it() {
    let facing = [
        ("async_nats::", &["intake", "publish", "state", "broker", "worker", "cli"][..]),
        ("reqwest::", &["fetch"][..]),
    ];
    let mut wrong = Vec::new();
    for (module, code) in tree().0 {
        for (name, allowed) in facing {
            if code.contains(name) && !allowed.contains(&module.split("::").next().unwrap()) {
                wrong.push(format!("{module}: {name}"));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn stages_and_models_do_no_io() {
    let pure = [
        "model",
        "charset",
        "disposition",
        "extract",
        "record",
        "inspect",
        "report",
        "tail",
        "standalone",
        "terminal",
        "asyncapi",
        "lang",
    ];
    let mut wrong = Vec::new();
    for (module, code) in tree().0 {
        if pure.contains(&module.split("::").next().unwrap()) {
            for name in ["std::fs", "std::net", "std::env::var", "tokio::"] {
                if code.contains(name) {
                    wrong.push(format!("{module}: {name}"));
                }
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn code_behind_test_items_is_read() {
    let text = "#[cfg(test)]\nmod tests;\nuse crate::a;\n\n    #[cfg(test)]\n    fn x() {\n        crate::b();\n    }\n\
                use crate::c;\n#[cfg(test)]\n#[allow(dead_code)]\nmod more {\n    use crate::d;\n}\nuse crate::e;\n";
    let code = code_of(text);
    for (module, is_read) in [("a", true), ("b", false), ("c", true), ("d", false), ("e", true)] {
        assert_eq!(code.contains(&format!("crate::{module}")), is_read, "{module}: {code}");
    }
}
