//! The real tools that tests compare against: kubectl, sops, age and so on. `tests/peers/install`
//! brings them.
//!
//! A test says `let Some(kubectl) = peers::need("kubectl") else { return };`: without the tool it
//! is skipped with a line that nobody overlooks, except in CI (`CI=true`), where a missing tool
//! fails the test.
//!
//! A peer is a program of a version: `tests/peers/versions` names both. kubectl 1.32 reads YAML
//! otherwise than kubectl 1.37 does, so a test that compares with whatever it finds passes here and
//! fails there.
#![allow(dead_code, reason = "each test target compiles this module and uses its own part of it")]

use std::collections::BTreeMap;
use std::env;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::{Mutex, PoisonError};
use std::thread;

/// Which versions of a program are the peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accepted {
    /// Any version.
    Any,
    /// Only what `tests/peers/install` made: a program of this name on the PATH would lack what it
    /// needs.
    Ours,
    /// `1.37`: 1.37 and 1.37.x.
    Of(&'static str),
    /// `>=1.1`: this version or a later one.
    From(&'static str),
}

impl Accepted {
    fn takes(self, version: &str) -> bool {
        match self {
            Self::Any | Self::Ours => true,
            Self::Of(wanted) => version
                .strip_prefix(wanted)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('.')),
            Self::From(least) => {
                let numbers = |text: &str| {
                    text.split('.').map(|part| part.parse().unwrap_or(0)).collect::<Vec<u64>>()
                };
                numbers(version) >= numbers(least)
            }
        }
    }

    fn text(self) -> String {
        match self {
            Self::Any | Self::Ours => "any version".to_owned(),
            Self::Of(wanted) => wanted.to_owned(),
            Self::From(least) => format!("{least} or later"),
        }
    }
}

/// What `tests/peers/versions` accepts as the peer of this name.
///
/// # Panics
/// When the file has no such row: a test that names a peer says of which version.
pub fn accepted(name: &str) -> Accepted {
    let rows = include_str!("versions").lines().filter(|line| !line.starts_with('#'));
    let row = rows
        .map(|line| line.split_whitespace().collect::<Vec<_>>())
        .find(|row| row.first() == Some(&name));
    let accepted = row.and_then(|row| row.get(1).copied());
    match accepted.unwrap_or_else(|| panic!("tests/peers/versions has no row for {name}")) {
        "any" => Accepted::Any,
        "ours" => Accepted::Ours,
        wanted => wanted.strip_prefix(">=").map_or(Accepted::Of(wanted), Accepted::From),
    }
}

/// How a program is asked for its version.
fn question(name: &str) -> &'static [&'static str] {
    match name {
        "kubectl" | "kubectl-1.32" => &["version", "--client"],
        "helm" | "helm-3" => &["version", "--short"],
        "openssl" => &["version"],
        _ => &["--version"],
    }
}

/// The version that a program says it is: the first number in its answer that has a dot.
fn version(name: &str, program: &Path) -> Option<String> {
    let output = command(program).args(question(name)).stdin(Stdio::null()).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned()
        + &String::from_utf8_lossy(&output.stderr);
    let numbers = text
        .split(|char: char| !char.is_ascii_digit() && char != '.')
        .map(|word| word.trim_matches('.'));
    numbers.into_iter().find(|word| word.contains('.')).map(str::to_owned)
}

/// The peer of this name in one of these folders; otherwise what was found in its place.
///
/// # Errors
/// When no folder has it. The text is empty if none has a program of this name either.
pub fn search(name: &str, folders: &[PathBuf]) -> Result<PathBuf, String> {
    let wanted = accepted(name);
    let mut others = Vec::new();
    for program in folders.iter().map(|folder| folder.join(name)).filter(|file| file.is_file()) {
        if matches!(wanted, Accepted::Any | Accepted::Ours) {
            return Ok(program);
        }
        match version(name, &program) {
            Some(version) if wanted.takes(&version) => return Ok(program),
            version => others.push((version, program)),
        }
    }
    Err(others.first().map_or_else(String::new, |(version, program)| {
        let version = version.as_deref().unwrap_or("of a version that it does not tell");
        format!("found {name} {version} ({}), needs {}", program.display(), wanted.text())
    }))
}

/// The peers that were looked for: each is asked for its version once in a process.
static FOUND: Mutex<BTreeMap<String, Result<PathBuf, String>>> = Mutex::new(BTreeMap::new());

/// Where a peer is: in `target/peers/bin` of this package, where `tests/peers/install` puts it, or
/// on the PATH.
///
/// # Errors
/// When it is nowhere, with what was found instead of it.
pub fn find(name: &str) -> Result<PathBuf, String> {
    let mut found = FOUND.lock().unwrap_or_else(PoisonError::into_inner);
    let look = || {
        let path =
            env::var_os("PATH").filter(|_| accepted(name) != Accepted::Ours).unwrap_or_default();
        let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("target/peers/bin")];
        folders.extend(env::split_paths(&path));
        search(name, &folders)
    };
    found.entry(name.to_owned()).or_insert_with(look).clone()
}

/// A tool that the running test can't do without. `None`: the test is to return at once, the skip
/// is already told.
///
/// # Panics
/// In CI, when the tool is missing.
pub fn need(name: &str) -> Option<PathBuf> {
    find(name).map_err(|instead| missing(name, &instead)).ok()
}

/// Says that the running test is skipped.
///
/// # Panics
/// In CI.
pub fn missing(name: &str, instead: &str) {
    let current = thread::current();
    let test = current.name().unwrap_or("a test");
    let instead = if instead.is_empty() { String::new() } else { format!(": {instead}") };
    let text = format!("{test} needs {name}{instead}; run tests/peers/install {name}");
    assert!(env::var("CI").as_deref() != Ok("true"), "{text}");
    // Straight to stderr: the test harness captures `eprintln!` and shows it for failures only.
    let _ = writeln!(std::io::stderr(), "SKIPPED: {text}");
}

/// A command for a tool, without what the user's own configuration would bring in.
pub(super) fn command(program: &Path) -> Command {
    let mut command = Command::new(program);
    command
        .env("KUBECONFIG", "/dev/null")
        .env_remove("SOPS_AGE_KEY")
        .env_remove("SOPS_AGE_KEY_FILE")
        .env_remove("PYTHONPATH");
    command
}

/// Runs a command with these bytes on stdin and gives what it wrote, whether it succeeded or not.
///
/// # Panics
/// When the program can't be started.
pub(super) fn run(command: &mut Command, stdin: &[u8]) -> Output {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command
        .spawn()
        .unwrap_or_else(|error| panic!("{}: {error}", command.get_program().display()));
    let mut input = child.stdin.take().expect("stdin is piped");
    // The writer has a thread of its own: a tool that answers before it has read everything would
    // block both sides otherwise.
    thread::scope(|scope| {
        scope.spawn(move || {
            // A tool may end without reading all; its exit code and output say more than the broken
            // pipe.
            let _ = input.write_all(stdin);
        });
        child.wait_with_output().expect("the program was started")
    })
}

/// Runs a command and gives its stdout.
///
/// # Panics
/// When it fails, with its stderr.
pub(super) fn stdout(command: &mut Command, stdin: &[u8]) -> Vec<u8> {
    let output = run(command, stdin);
    assert!(
        output.status.success(),
        "{} failed ({}): {}",
        command.get_program().display(),
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    output.stdout
}
