//! What people get to see: every case of `tests/ui` is run and compared with what is checked in,
//! byte for byte.
//!
//! `UPDATE=1 cargo test --test it ui::` writes what the program says now; read the difference
//! before you commit it.

pub(crate) mod markdown;
pub(crate) mod planted;
mod update;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{LazyLock, Mutex};

use similar::TextDiff;

use crate::explain::all_codes;
use markdown::{Case, Content, NO_CODE, root};

/// Codes without a case, and why.
const NOT_FROM_OUTSIDE: &[(&str, &str)] = &[
    (
        "read-back",
        "it finds mistakes in mintage itself; tests in `src/emit/read_back` damage a text to see \
         that it does",
    ),
    ("git-diff", "it takes a Git repository; `tests/it/git_diff.rs` makes one"),
    ("etcd-size", "it takes a manifest of more than 1.5 MiB; `tests/it/manifests.rs` makes one"),
    (
        "identity-permissions",
        "it is about a file's mode, which a checkout does not keep; `tests/it/kustomize_doors.rs` \
         makes one",
    ),
];

/// Every case.
pub(crate) static CASES: LazyLock<Vec<Case>> = LazyLock::new(markdown::all);

/// What a run of each case gave, in their order: several tests look at it, and none runs them
/// again.
pub(crate) static RUNS: LazyLock<Vec<Ran>> = LazyLock::new(|| each(&CASES, |case| run(case, &[])));

/// What a run gave.
pub(crate) struct Ran {
    pub stdout: Vec<u8>,
    pub stderr: Vec<u8>,
    pub status: i32,
}

/// Runs the program in a folder with the case's files, in an environment that holds nothing but an
/// empty `HOME` and the case's variables. `more` goes behind the command's name.
pub(crate) fn run(case: &Case, more: &[&str]) -> Ran {
    let place = tempfile::tempdir().expect("a temporary folder");
    let [folder, home] = ["case", "home"].map(|name| place.path().join(name));
    for folder in [&folder, &home] {
        fs::create_dir(folder).expect("a folder in the temporary one");
    }
    case.unpack(&folder);
    let program = env!("CARGO_BIN_EXE_mintage");
    // In a session of its own there is no terminal, so that nothing waits for a passphrase.
    let mut command = if Path::new("/usr/bin/setsid").exists() {
        let mut command = Command::new("/usr/bin/setsid");
        command.args(["--wait", program]);
        command
    } else {
        Command::new(program)
    };
    command
        .args(&case.args[..1])
        .args(more)
        .args(&case.args[1..])
        .current_dir(&folder)
        .env_clear()
        .env("HOME", home);
    let here = folder.to_string_lossy();
    command.envs(case.env.iter().map(|(name, value)| (name, value.replace("$PWD", &here))));
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap_or_else(|error| panic!("{}: {error}", case.name));
    // A program that does not read its stdin closes it early.
    let _ = child.stdin.take().expect("piped").write_all(&case.bytes("stdin"));
    let output = child.wait_with_output().unwrap_or_else(|error| panic!("{}: {error}", case.name));
    Ran { stdout: output.stdout, stderr: output.stderr, status: output.status.code().unwrap_or(-1) }
}

/// Does `work` for every case on all cores, and gives what came of it in the order of the cases.
pub(crate) fn each<T: Send>(cases: &[Case], work: impl Fn(&Case) -> T + Sync) -> Vec<T> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::with_capacity(cases.len()));
    let threads = std::thread::available_parallelism().map_or(1, usize::from) * 2;
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(case) = cases.get(index) else { break };
                    let result = work(case);
                    done.lock().expect("no thread panics").push((index, result));
                }
            });
        }
    });
    let mut done = done.into_inner().expect("no thread panics");
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, result)| result).collect()
}

#[test]
fn every_case_says_what_is_checked_in() {
    if std::env::var_os("UPDATE").is_some_and(|value| value == "1") {
        return update::update(&CASES, &RUNS);
    }
    let failures: String =
        CASES.iter().zip(RUNS.iter()).map(|(case, ran)| difference(case, ran)).collect();
    assert!(
        failures.is_empty(),
        "\n{failures}\nto take over what the program says now: UPDATE=1 cargo test --test it ui::\n"
    );
}

/// What is wrong with a case; nothing when all is well.
fn difference(case: &Case, ran: &Ran) -> String {
    let mut failure = String::new();
    if ran.status != case.status {
        writeln!(failure, "  exit {} instead of {}", ran.status, case.status)
            .expect("a string takes all");
    }
    for (name, found) in [("stdout", &ran.stdout), ("stderr", &ran.stderr)] {
        let expected = case.bytes(name);
        if expected != *found {
            let [expected, found] = [&expected, found].map(|bytes| String::from_utf8_lossy(bytes));
            let diff = TextDiff::from_lines(&expected, &found);
            write!(
                failure,
                "{}",
                diff.unified_diff().header(&format!("{name}: expected"), "found")
            )
            .expect("a string takes all");
        }
    }
    if failure.is_empty() { failure } else { format!("{}\n{failure}", case.name) }
}

#[test]
fn every_code_has_a_case() {
    let codes = all_codes();
    let known: BTreeSet<&str> = codes.iter().map(String::as_str).collect();
    let except: BTreeSet<&str> = NOT_FROM_OUTSIDE.iter().map(|(name, _)| *name).collect();
    let files: BTreeSet<&str> = CASES.iter().map(|case| case.code.as_str()).collect();
    for file in &files {
        assert!(
            known.contains(file) || *file == NO_CODE,
            "tests/ui/{file}.md: there is no such code"
        );
    }
    for name in &known {
        assert!(
            files.contains(name) != except.contains(name),
            "the code {name} has no case in tests/ui, or one and an excuse for none"
        );
    }
    for (case, ran) in CASES.iter().zip(RUNS.iter()).filter(|(case, _)| case.code != NO_CODE) {
        let stderr = String::from_utf8_lossy(&ran.stderr);
        assert!(
            names_code(&stderr, &case.code),
            "{}: the code {} is not in stderr",
            case.name,
            case.code
        );
    }
}

/// Whether a text, short, JSON, SARIF or GitHub message has this code.
fn names_code(stderr: &str, code: &str) -> bool {
    stderr.contains(&format!("[{code}]"))
        || stderr.contains(&format!("\"code\":\"{code}\""))
        || stderr.contains(&format!("\"ruleId\":\"{code}\""))
}

#[test]
fn every_file_is_named_by_a_case() {
    let named: BTreeSet<&str> = CASES
        .iter()
        .flat_map(|case| case.pieces.values())
        .filter_map(|piece| match &piece.content {
            Content::Named(path) => Some(path.as_str()),
            _ => None,
        })
        .collect();
    let mut folders = vec!["files".to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(root().join(&folder)).expect("a folder of tests/ui") {
            let entry = entry.expect("a directory entry");
            let path = format!("{folder}/{}", entry.file_name().display());
            if entry.path().is_dir() {
                folders.push(path);
            } else {
                assert!(named.contains(path.as_str()), "no case names tests/ui/{path}");
            }
        }
    }
}

/// A slip in a Markdown file is told, with its line, rather than taken for words to people.
#[test]
fn what_is_no_case_is_refused() {
    for (text, line) in [
        ("# b\n", 1),
        ("# a\n\n`x`\n", 3),
        ("# a\n## A\n```toml\n```\n", 3),
        ("# a\n## A\n`x`\n\nText\n```toml\n```\n", 3),
        ("# a\n## A\n`x`\n", 3),
        ("# a\n## A\n`x` and more\n", 3),
        ("# a\n## A\n`x`\n````toml\n```\n", 4),
        ("# a\n## A\n- `x` is `files/y\n", 3),
        ("# a\n## A\n- `x` is many zeros\n", 3),
        ("# a\n## A\n```console\n$ rm x\n```\n", 3),
        ("# a\n## A\n```console\n$ mintage build\nexit x\n```\n", 3),
        ("# a\n### A\n", 2),
        ("# a\n## A\n```console\n$ mintage build\n```\n### B\n", 2),
    ] {
        let error = markdown::parse("a", text).unwrap_err();
        assert!(error.starts_with(&format!("tests/ui/a.md:{line}: ")), "{text}\n{error}");
    }
}

#[test]
fn cases_have_the_files_of_the_heading_above() {
    let text = "# a\n## A\n`x`\n```text\n1\n```\n- `y` is empty\n### B\n`x`\n```text\n2\n```\n### \
        C\n- `z` is 3 zeros\n## D\n";
    let cases = markdown::parse("a", text).unwrap();
    let names = |case: &Case| case.pieces.keys().cloned().collect::<String>();
    assert_eq!(cases.iter().map(names).collect::<Vec<_>>(), ["xy", "xyz", ""]);
    assert_eq!((cases[0].bytes("x"), cases[1].bytes("x")), (b"2\n".to_vec(), b"1\n".to_vec()));
}
