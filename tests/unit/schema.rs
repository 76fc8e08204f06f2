//! The JSON Schema: generated, current, and taken by the tools that editors use.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::spec::schema::schema;
use crate::unit::peers;
use crate::{Input, MemoryWorld, Options, SourceMap, compile};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn the_checked_in_schema_is_current() {
    let path = root().join("schemas/spec.v1.json");
    if std::env::var("UPDATE").as_deref() == Ok("1") {
        fs::write(&path, schema()).unwrap();
    }
    assert!(
        fs::read_to_string(&path).unwrap() == schema(),
        "stale: UPDATE=1 cargo test --lib schema"
    );
}

fn specs(folder: &str) -> Vec<PathBuf> {
    let mut specs: Vec<PathBuf> =
        fs::read_dir(root().join(folder)).unwrap().map(|entry| entry.unwrap().path()).collect();
    specs.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    specs.sort();
    specs
}

/// Specs that only the compiler sees to be wrong: what a template may give can't be said in a
/// schema, and keys that exclude each other are left to messages that explain it.
const COMPILER_ONLY: &[&str] = &[
    "basic-auth-of-nothing",
    "data-key-empty",
    "data-key-with-a-space",
    "data-key-with-two-dots",
    "default-namespace-with-dots",
    "dockerconfigjson-of-nothing",
    "format-of-a-tree",
    "generate-alphabet-of-one",
    "generate-alphabet-of-words",
    "generate-in-a-file",
    "generate-optional",
    "key-in-a-literal",
    "label-key-with-two-slashes",
    "name-in-capitals",
    "namespace-with-dots",
    "namespaces-empty",
    "registries-and-config",
    "template-of-a-literal",
    "template-of-a-tree",
];

/// taplo hands dates to the schema as strings.
const NOT_TAPLO: &[&str] = &["value-a-date"];

fn broken() -> Vec<PathBuf> {
    specs("tests/schema/broken")
}

/// Specs that the schema can see to be wrong.
fn broken_for_schema(except: &[&str]) -> Vec<PathBuf> {
    let name = |path: &PathBuf| path.file_stem().unwrap().to_string_lossy().into_owned();
    let mut broken = broken();
    assert!(
        COMPILER_ONLY
            .iter()
            .chain(except)
            .all(|known| broken.iter().any(|path| name(path) == *known))
    );
    broken.retain(|path| !COMPILER_ONLY.iter().chain(except).any(|known| name(path) == *known));
    broken
}

fn good() -> Vec<PathBuf> {
    let mut good = specs("examples/types");
    good.extend(specs("tests/schema/valid"));
    good.push(root().join("examples/shop/mintage.toml"));
    good
}

#[test]
fn the_compiler_refuses_every_broken_spec() {
    for path in broken() {
        let mut sources = SourceMap::new();
        let file = sources.add("mintage.toml", fs::read_to_string(&path).unwrap());
        let compiled = compile(
            &[Input { file, world: &MemoryWorld::default() }],
            &Options::default(),
            &mut sources,
        );
        assert!(compiled.has_errors(), "{}", path.display());
    }
}

/// Lets a linter judge every spec against the schema.
fn judge(specs: &[PathBuf], lint: impl Fn(&Path, &Path) -> Output, right: bool) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let schema_path = folder.path().join("spec.v1.json");
    fs::write(&schema_path, schema()).unwrap();
    let mut wrong = Vec::new();
    for spec in specs {
        // Its own directive may lead elsewhere; this one leads to the schema under test.
        let text = fs::read_to_string(spec).unwrap();
        let text: String = text
            .lines()
            .filter(|line| !line.starts_with("#:schema"))
            .map(|line| format!("{line}\n"))
            .collect();
        let path = folder.path().join("mintage.toml");
        fs::write(&path, format!("#:schema ./spec.v1.json\n{text}")).unwrap();
        let output = lint(&path, &schema_path);
        if output.status.success() != right {
            wrong.push(format!(
                "{}: {}{}",
                spec.file_name().unwrap().display(),
                String::from_utf8_lossy(&output.stderr),
                String::from_utf8_lossy(&output.stdout)
            ));
        }
    }
    wrong
}

fn tombi(program: &Path) -> impl Fn(&Path, &Path) -> Output {
    move |spec, _| {
        peers::run(
            Command::new(program)
                .args(["lint", "--offline"])
                .arg(spec)
                .current_dir(spec.parent().unwrap()),
            b"",
        )
    }
}

fn taplo(program: &Path) -> impl Fn(&Path, &Path) -> Output {
    move |spec, schema| {
        let url = format!("file://{}", schema.display());
        peers::run(
            Command::new(program)
                .args(["lint", "--schema", &url])
                .arg(spec)
                .current_dir(spec.parent().unwrap()),
            b"",
        )
    }
}

#[test]
fn tombi_agrees() {
    let Some(program) = peers::need("tombi") else { return };
    assert_eq!(judge(&good(), tombi(&program), true), [""; 0]);
    let missed = judge(&broken_for_schema(&[]), tombi(&program), false);
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

#[test]
fn taplo_agrees() {
    let Some(program) = peers::need("taplo") else { return };
    assert_eq!(judge(&good(), taplo(&program), true), [""; 0]);
    let missed = judge(&broken_for_schema(NOT_TAPLO), taplo(&program), false);
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}
