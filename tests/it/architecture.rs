//! The rules of the house that a machine can check: the compiler is pure, and ARCHITECTURE.md names what is there.

use std::fs;
use std::path::{Path, PathBuf};

/// What stands at the edges and may touch the machine.
const EDGES: &[&str] = &[
    "src/main.rs",
    "src/cli",
    "src/os/world.rs",
    "src/os_world",
    "src/os/sandbox.rs",
    "src/os/bounded_read.rs",
    "src/os/output/mod.rs",
    // Folders: what is there, and many files changed at once.
    "src/output",
    "src/os/identity_files.rs",
    "src/os/inputs.rs",
    "src/os/signals.rs",
    "src/os/terminal.rs",
];

const IMPURE: &[&str] = &[
    "std::fs",
    "std::env",
    "std::process",
    "std::io::std",
    "std::time",
    "SystemTime",
    "Instant::",
    "println!",
    "eprintln!",
    "dbg!",
    "env::var",
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn the_compiler_knows_no_file_clock_or_terminal() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    sources(&root.join("src"), &mut files);
    for file in files {
        let name = file.strip_prefix(root).unwrap();
        if EDGES.iter().any(|edge| name.starts_with(edge)) || name.ends_with("tests.rs") {
            continue;
        }
        let text = fs::read_to_string(&file).unwrap();
        let code = text.split("#[cfg(test)]").next().unwrap();
        for line in code.lines().filter(|line| !line.trim_start().starts_with("//")) {
            for word in IMPURE {
                assert!(!line.contains(word), "{}: {word} in a pure module: {line}", name.display());
            }
        }
    }
}

#[test]
fn every_path_that_architecture_names_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for page in ["ARCHITECTURE.md", "CONTRIBUTING.md", "README.md"] {
        let text = fs::read_to_string(root.join(page)).unwrap();
        for path in text.split('`').skip(1).step_by(2) {
            let is_path = ["src/", "tests/", "docs/", "examples/", "schemas/", ".ci/"].iter().any(|start| path.starts_with(start));
            if is_path && !path.contains(['<', '*', ' ', '{']) && !path.chars().any(char::is_uppercase) {
                assert!(root.join(path).exists(), "{page} names {path}, which is not there");
            }
        }
    }
}
