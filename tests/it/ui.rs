//! What people get to see: every case of `tests/ui` is run and compared with what is checked in, byte for byte.
//!
//! `SNAPSHOTS=overwrite cargo test --test it ui` writes what the program says now; read the difference before you commit it.

use std::fs;
use std::collections::BTreeSet;
use std::fmt::Write;

use mintage::diag::codes;

use crate::cases::{self, Case, NO_CODE};

/// Codes without a case, and why.
const NOT_FROM_OUTSIDE: &[(&str, &str)] = &[
    ("read-back", "it finds mistakes in mintage itself; tests in `src/emit/read_back` damage a text to see that it does"),
    ("etcd-size", "it takes a manifest of more than 1.5 MiB; `tests/it/manifests.rs` makes one"),
    ("identity-permissions", "it is about a file's mode, which a checkout does not keep; `tests/it/kustomize_doors.rs` makes one"),
];

#[test]
fn every_case_says_what_is_checked_in() {
    let overwrite = std::env::var_os("SNAPSHOTS").is_some_and(|value| value == "overwrite");
    let cases = cases::all();
    let failures: String = cases::each(&cases, |case| check(case, overwrite)).concat();
    assert!(failures.is_empty(), "\n{failures}\nto take over what the program says now: SNAPSHOTS=overwrite cargo test --test it ui\n");
}

#[test]
fn every_code_has_a_case() {
    let known: BTreeSet<&str> = codes::ALL.iter().map(|code| code.name).collect();
    let except: BTreeSet<&str> = NOT_FROM_OUTSIDE.iter().map(|(name, _)| *name).collect();
    let cases = cases::all();
    let folders: BTreeSet<&str> = cases.iter().map(|case| case.code.as_str()).collect();
    for folder in &folders {
        assert!(known.contains(folder) || *folder == NO_CODE, "tests/ui/{folder}: there is no such code");
    }
    for name in &known {
        assert!(folders.contains(name) != except.contains(name), "the code {name} has no case in tests/ui, or one and an excuse for none");
    }
}

/// What is wrong with a case; nothing when all is well.
fn check(case: &Case, overwrite: bool) -> String {
    let ran = case.run(&[]);
    if overwrite {
        save(case, "stdout", &ran.stdout);
        save(case, "stderr", &ran.stderr);
        save(case, "status", if ran.status == 1 { String::new() } else { format!("{}\n", ran.status) }.as_bytes());
    }
    let mut failure = String::new();
    if ran.status != case.status() {
        writeln!(failure, "  status {} instead of {}", ran.status, case.status()).expect("a string takes all");
    }
    for (name, found) in [("stdout", &ran.stdout), ("stderr", &ran.stderr)] {
        let expected = case.file(name);
        if expected != *found {
            let difference = difference(&String::from_utf8_lossy(&expected), &String::from_utf8_lossy(found));
            write!(failure, "  {name}: - is expected, + is found\n{difference}").expect("a string takes all");
        }
    }
    let stderr = String::from_utf8_lossy(&ran.stderr);
    if case.code != NO_CODE && !names_code(&stderr, &case.code) {
        writeln!(failure, "  the code {} is not in stderr", case.code).expect("a string takes all");
    }
    if failure.is_empty() { failure } else { format!("{}\n{failure}", case.name) }
}

/// Whether a text, short or JSON message has this code.
fn names_code(stderr: &str, code: &str) -> bool {
    stderr.contains(&format!("[{code}]")) || stderr.contains(&format!("\"code\":\"{code}\""))
}

fn save(case: &Case, name: &str, bytes: &[u8]) {
    let path = case.folder.join(name);
    if bytes.is_empty() {
        let _ = fs::remove_file(path);
    } else {
        fs::write(path, bytes).expect("the folder of a case can be written to");
    }
}

/// The lines of two texts, with those that only one of them has marked; long runs of equal lines are left out.
fn difference(expected: &str, found: &str) -> String {
    let (old, new): (Vec<&str>, Vec<&str>) = (expected.split_inclusive('\n').collect(), found.split_inclusive('\n').collect());
    // Texts are short, so a table of longest common tails will do.
    let mut common = vec![vec![0; new.len() + 1]; old.len() + 1];
    for (row, line) in old.iter().enumerate().rev() {
        for (column, other) in new.iter().enumerate().rev() {
            common[row][column] =
                if line == other { common[row + 1][column + 1] + 1 } else { common[row + 1][column].max(common[row][column + 1]) };
        }
    }
    let (mut row, mut column, mut out) = (0, 0, String::new());
    while row < old.len() || column < new.len() {
        let (mark, line) = if row < old.len() && column < new.len() && old[row] == new[column] {
            (row, column) = (row + 1, column + 1);
            (' ', old[row - 1])
        } else if column == new.len() || (row < old.len() && common[row + 1][column] >= common[row][column + 1]) {
            row += 1;
            ('-', old[row - 1])
        } else {
            column += 1;
            ('+', new[column - 1])
        };
        let end = if line.ends_with('\n') { "" } else { "(no line break)\n" };
        write!(out, "    {mark} {line}{end}").expect("a string takes all");
    }
    out
}

#[test]
fn differences_show_each_line_once() {
    assert_eq!(difference("a\nb\nc\n", "a\nx\nc\nd"), "      a\n    - b\n    + x\n      c\n    + d(no line break)\n");
}
