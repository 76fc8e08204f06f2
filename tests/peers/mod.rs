//! The real tools that tests compare against: kubectl, sops, age and so on. `tests/peers/install` brings them.
//!
//! A test says `let Some(kubectl) = peers::need("kubectl") else { return };`: without the tool it is skipped with a line that
//! nobody overlooks, except in CI (`CI=true`), where a missing tool fails the test.
#![allow(dead_code, reason = "every integration test compiles this module and uses its own part of it")]

use std::env;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread;

/// Peers that are more than a program: any `python` or `node` on the PATH would lack the modules.
const OURS_ONLY: [&str; 2] = ["python", "typage"];

/// Where a tool is: `target/peers/bin` of this package first, since the versions there are pinned, then the PATH.
pub(super) fn find(name: &str) -> Option<PathBuf> {
    let ours = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/peers/bin");
    let path = env::var_os("PATH").filter(|_| !OURS_ONLY.contains(&name)).unwrap_or_default();
    std::iter::once(ours).chain(env::split_paths(&path)).map(|folder| folder.join(name)).find(|file| file.is_file())
}

/// A tool that the running test can't do without. `None`: the test is to return at once, the skip is already told.
///
/// # Panics
/// In CI, when the tool is missing.
pub(super) fn need(name: &str) -> Option<PathBuf> {
    let found = find(name);
    if found.is_none() {
        let current = thread::current();
        let test = current.name().unwrap_or("a test");
        assert!(env::var("CI").as_deref() != Ok("true"), "{test} needs {name}; run tests/peers/install {name}");
        // Straight to stderr: the test harness captures `eprintln!` and shows it for failures only.
        let _ = writeln!(std::io::stderr(), "SKIPPED: {test} needs {name}; run tests/peers/install {name}");
    }
    found
}

/// A command for a tool, without what the user's own configuration would bring in.
pub(super) fn command(program: &Path) -> Command {
    let mut command = Command::new(program);
    command.env("KUBECONFIG", "/dev/null").env_remove("SOPS_AGE_KEY").env_remove("SOPS_AGE_KEY_FILE").env_remove("PYTHONPATH");
    command
}

/// Runs a command with these bytes on stdin and gives what it wrote, whether it succeeded or not.
///
/// # Panics
/// When the program can't be started.
pub(super) fn run(command: &mut Command, stdin: &[u8]) -> Output {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap_or_else(|error| panic!("{}: {error}", command.get_program().display()));
    let mut input = child.stdin.take().expect("stdin is piped");
    // The writer has a thread of its own: a tool that answers before it has read everything would block both sides otherwise.
    thread::scope(|scope| {
        scope.spawn(move || {
            // A tool may end without reading all; its exit code and output say more than the broken pipe.
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
