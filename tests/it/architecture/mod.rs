//! The rules of the house that a machine can check. That the compiler is pure is clippy's part:
//! clippy.toml.

mod imports;
mod modules;

use std::fs;
use std::path::Path;
use std::process::Command;

use modules::{Modules, rust_files};

/// What may do without some rules of clippy.toml: the machine, the program, and functions that work
/// in parallel.
const IMPURE: &[&str] = &[
    "src/cli/mod.rs",
    // It allows them to tests.
    "src/lib.rs",
    "src/main.rs",
    "src/os/mod.rs",
    "src/parallel.rs",
    "src/template/worker.rs",
];

/// The lints that clippy.toml fills.
const PURITY: &[&str] = &[
    "disallowed_macros",
    "disallowed_methods",
    "disallowed_types",
    "print_stderr",
    "print_stdout",
    "dbg_macro",
];

/// Lines of a file: more than this are two subjects.
const MAX_LINES: usize = 500;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every file of src: its path from the root, and its text.
fn sources() -> Vec<(String, String)> {
    let name = |file: &Path| file.strip_prefix(root()).unwrap().to_str().unwrap().to_owned();
    rust_files(&root().join("src"))
        .iter()
        .map(|file| (name(file), fs::read_to_string(file).unwrap()))
        .collect()
}

#[test]
fn no_file_imports_itself_by_way_of_others() {
    let cycles = Modules::read(root()).cycles();
    let advice =
        "Move what both need into a file below them, or let one of them be called by a third.";
    assert!(cycles.is_empty(), "import cycles:\n\n{}\n\n{advice}", cycles.join("\n\n"));
}

#[test]
fn only_the_edges_lift_the_lints_of_purity() {
    for (file, text) in sources() {
        if !IMPURE.contains(&file.as_str()) {
            for lint in PURITY {
                assert!(
                    !text.contains(lint),
                    "{file} names clippy::{lint}; only these may: {IMPURE:?}"
                );
            }
        }
    }
}

#[test]
fn a_file_has_at_most_500_lines() {
    let long: Vec<_> = sources()
        .into_iter()
        .map(|(file, text)| (file, text.lines().count()))
        .filter(|(_, lines)| *lines > MAX_LINES)
        .collect();
    assert!(long.is_empty(), "more than {MAX_LINES} lines: {long:?}");
}

/// Lines of Rust have at most this many characters. rustfmt leaves macros, strings and comments as
/// they are.
const MAX_CHARACTERS: usize = 100;

#[test]
fn a_line_has_at_most_100_characters() {
    let mut long = Vec::new();
    for file in ["src", "tests"].iter().flat_map(|folder| rust_files(&root().join(folder))) {
        let text = fs::read_to_string(&file).unwrap();
        // Whether the line before ends inside of a raw string.
        let mut raw = false;
        for (number, line) in text.lines().enumerate() {
            let (opens, closes) = (line.rfind("r#\""), line.rfind("\"#"));
            let is_table = ["//! |", "/// |"].iter().any(|row| line.trim_start().starts_with(row));
            let is_data = raw || opens.is_some() || is_table || line.contains("://");
            if line.chars().count() > MAX_CHARACTERS && !is_data {
                long.push(format!("{}:{}", file.display(), number + 1));
            }
            raw = if opens.is_some() || closes.is_some() { opens > closes } else { raw };
        }
    }
    assert!(long.is_empty(), "more than {MAX_CHARACTERS} characters:\n{}", long.join("\n"));
}

/// What stands in front of the unit tests of a file, without comments.
fn code(text: &str) -> String {
    let code = text.split("\n#[cfg(test)]\nmod ").next().unwrap_or_default();
    let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.map(|line| format!("{line}\n")).collect()
}

/// The strings that the table of Secret types gives a name: types, data keys, the annotation.
fn spellings() -> Vec<String> {
    let table = fs::read_to_string(root().join(TABLE)).unwrap();
    let constants =
        table.lines().filter(|line| line.contains(" const ") && line.contains(": &str"));
    let named = constants.filter_map(|line| line.split('"').nth(1)).map(str::to_owned);
    // Words that registries, programs and specs have too.
    let generic = ["username", "password", "description", "expiration"];
    let spellings: Vec<String> = named.filter(|text| !generic.contains(&text.as_str())).collect();
    assert!(
        spellings.len() > 20 && spellings.iter().any(|text| text == "tls.crt"),
        "{spellings:?}"
    );
    spellings
}

/// The one table of Secret types.
const TABLE: &str = "src/secret/kind.rs";

/// Sentences of messages may name a type or a key; code has to ask the table.
#[test]
fn only_the_table_spells_secret_types_and_their_keys() {
    let spellings = spellings();
    let mut wrong = Vec::new();
    let library = |file: &str| file != TABLE && !file.ends_with("tests.rs");
    for (file, text) in sources().into_iter().filter(|(file, _)| library(file)) {
        for spelling in &spellings {
            if code(&text).contains(&format!("\"{spelling}\"")) {
                wrong.push(format!("{file}: \"{spelling}\""));
            }
        }
    }
    assert!(wrong.is_empty(), "use the constants of {TABLE}:\n{}", wrong.join("\n"));
}

/// The doc comment above line `at`; attributes may stand between them.
fn doc_comment(lines: &[&str], at: usize) -> String {
    let above = lines[..at].iter().rev().take_while(|line| !line.is_empty() && **line != "}");
    let mut comment: Vec<&str> = above.filter_map(|line| line.strip_prefix("///")).collect();
    comment.reverse();
    comment.join("\n")
}

/// `compile`, if a line begins the definition of the public item `compile`.
fn public_item(line: &str) -> Option<&str> {
    let (kind, name) = line.strip_prefix("pub ")?.split_once(' ')?;
    let end = name.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(name.len());
    ["enum", "fn", "struct", "trait", "type"].contains(&kind).then(|| &name[..end])
}

#[test]
fn every_item_of_the_library_has_an_example() {
    let library = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let exported = library
        .lines()
        .filter_map(|line| line.strip_prefix("pub use "))
        .flat_map(|path| path.split(['{', '}', ',', ';']))
        .map(|name| name.rsplit("::").next().unwrap_or(name).trim())
        .filter(|name| !name.is_empty());
    let names: Vec<&str> = exported.chain(library.lines().filter_map(public_item)).collect();
    assert!((20..=28).contains(&names.len()), "{} items: {names:?}", names.len());
    let mut missing = names.clone();
    for (_, text) in sources() {
        let lines: Vec<&str> = text.lines().collect();
        for (at, line) in lines.iter().enumerate() {
            if let Some(item) = public_item(line)
                && doc_comment(&lines, at).lines().any(|line| line.trim() == "```")
            {
                missing.retain(|name| *name != item);
            }
        }
    }
    assert!(missing.is_empty(), "no example in the doc comment of {missing:?}");
}

#[test]
fn codes_are_compared_by_identity() {
    for (file, text) in sources() {
        let code = code(&text);
        for name in code.split("codes::").skip(1) {
            let word = name.trim_start_matches(|c: char| c.is_ascii_uppercase() || c == '_');
            assert!(!word.starts_with(".name"), "{file}: compare with `&codes::...`, not by name");
        }
    }
}

/// After reading, what a spec says is in the fields of structs: a name that is misspelt there does
/// not compile.
#[test]
fn only_the_reader_names_keys_of_the_language() {
    let language = fs::read_to_string(root().join("src/spec/language.rs")).unwrap();
    // Only names that can't be anything else: `key` and `data` are words of other languages too.
    let keys = language.split('"').filter(|key| key.contains('-') && !key.contains(' '));
    let keys: Vec<String> = keys.map(|key| format!("\"{key}\"")).collect();
    assert!(keys.contains(&"\"hash-suffix\"".to_owned()), "{keys:?}");
    // Some codes of diagnostics have the name of a key.
    let may_name = |file: &str| file.starts_with("src/spec/") || file == "src/diag/codes.rs";
    for (file, text) in sources().into_iter().filter(|(file, _)| !may_name(file)) {
        for key in &keys {
            assert!(!code(&text).contains(key), "{file}: take {key} from its struct");
        }
    }
}

#[test]
fn what_the_pages_name_exists() {
    let modules = Modules::read(root());
    let mut wrong = Vec::new();
    for page in ["ARCHITECTURE.md", "CONTRIBUTING.md", "README.md"] {
        let text = fs::read_to_string(root().join(page)).unwrap();
        // What is fenced is an example.
        let prose: String = text.split("```").step_by(2).collect();
        for name in prose.split('`').skip(1).step_by(2) {
            let is_there = match kind_of(name, &modules) {
                Name::File => root().join(name).exists(),
                Name::Item => modules.has(&segments(name)),
                Name::Other => true,
            };
            if !is_there {
                wrong.push(format!("{page}: {name}"));
            }
        }
    }
    assert!(wrong.is_empty(), "named, and not there:\n{}", wrong.join("\n"));
}

enum Name {
    /// A file or folder of this repository.
    File,
    /// A module or an item of the library.
    Item,
    Other,
}

fn kind_of(name: &str, modules: &Modules) -> Name {
    let is_pattern = name.contains(['<', '*', ' ', '{'])
        || ["CODE", "NAME"].iter().any(|filler| name.contains(filler));
    let is_path = ["src/", "tests/", "docs/", "examples/", "schemas/", "ci/", ".ci/", ".github/"]
        .iter()
        .any(|start| name.starts_with(start));
    let segments = segments(name);
    match segments.as_slice() {
        _ if is_pattern => Name::Other,
        _ if is_path => Name::File,
        [first, _, ..] if first == "crate" || modules.has(std::slice::from_ref(first)) => {
            Name::Item
        }
        _ => Name::Other,
    }
}

/// `crate::a::b` and `a::b()` as `a`, `b`.
fn segments(name: &str) -> Vec<String> {
    name.trim_start_matches("crate::")
        .trim_end_matches("()")
        .split("::")
        .map(str::to_owned)
        .collect()
}

#[test]
fn the_justfile_runs_the_commands_of_contributing() {
    let page = fs::read_to_string(root().join("CONTRIBUTING.md")).unwrap();
    let justfile = fs::read_to_string(root().join("justfile")).unwrap();
    let mut rows = 0;
    for row in page.lines().filter_map(|line| line.strip_prefix("| `just ")) {
        let mut cells = row.split('|');
        let recipe = cells.next().unwrap().trim().trim_end_matches('`');
        let is_head = |line: &&str| line.split([' ', ':']).next() == Some(recipe);
        let body: Vec<&str> = justfile
            .lines()
            .skip_while(|line| !is_head(line))
            .skip(1)
            .take_while(|line| line.starts_with(' '))
            .collect();
        for command in cells.next().unwrap().split('`').skip(1).step_by(2) {
            assert!(
                body.iter().any(|line| line.trim().starts_with(command)),
                "justfile: `{recipe}` does not run `{command}`: {body:?}"
            );
        }
        rows += 1;
    }
    assert_eq!(
        rows,
        justfile
            .lines()
            .filter(|line| line.ends_with(':') && !line.starts_with([' ', '_']))
            .count(),
        "recipes and rows"
    );
}

/// With the features and on the machine of the test; what Windows needs is not looked at.
#[test]
fn no_dependency_needs_a_newer_rust_than_we_promise() {
    let cargo = |args: &[&str]| {
        let output = Command::new(env!("CARGO")).args(args).current_dir(root()).output().unwrap();
        assert!(
            output.status.success(),
            "cargo {args:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).unwrap()
    };
    let version = cargo(&["-vV"]);
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    let metadata = cargo(&[
        "metadata",
        "--offline",
        "--locked",
        "--format-version",
        "1",
        "--filter-platform",
        host,
    ]);
    let metadata: serde_json::Value = serde_json::from_str(&metadata).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let ours = rust_version(env!("CARGO_PKG_RUST_VERSION"));
    let newer: Vec<String> = packages
        .iter()
        .filter_map(|package| {
            Some((
                package["name"].as_str()?,
                package["version"].as_str()?,
                package["rust_version"].as_str()?,
            ))
        })
        .filter(|(_, _, needed)| rust_version(needed) > ours)
        .map(|(name, version, needed)| format!("{name} {version} needs Rust {needed}"))
        .collect();
    assert!(packages.len() > 50, "cargo metadata gives only {} packages", packages.len());
    assert!(
        newer.is_empty(),
        "Cargo.toml promises Rust {}, but:\n{}",
        env!("CARGO_PKG_RUST_VERSION"),
        newer.join("\n")
    );
}

/// `1.88` as numbers; what is left out counts as 0.
fn rust_version(text: &str) -> [u32; 3] {
    let mut numbers = text.split('.').map(|number| number.parse().unwrap());
    std::array::from_fn(|_| numbers.next().unwrap_or(0))
}
