//! What is said about the cases of `tests/ui`, in every format: rendered in the process, from the
//! findings of one run.
//!
//! The program reads its folder and its environment, and a process has only one of each. So this
//! test starts itself again, with [`child`] alone, and that goes from folder to folder.

mod fixes;
mod github;
mod leaks;
mod sarif;

use std::cell::RefCell;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tempfile::TempDir;

use crate::diag::Diagnostic;
use crate::diag::render::{MessageFormat, RenderOptions, render, render_counted};
use crate::unit::peers;
use crate::unit::ui::{Case, all};
use crate::{SourceMap, cli};

/// What a run reports, in every format.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Said {
    pub text: String,
    pub short: String,
    pub json: String,
    pub sarif: String,
    pub github: String,
}

thread_local! {
    static SAID: RefCell<Said> = RefCell::default();
}

/// `cli::terminal` hands over what it is about to print.
pub(crate) fn record(diagnostics: &[Diagnostic], sources: &SourceMap, counted: &[(&str, usize)]) {
    let to =
        |format| render(diagnostics, sources, &RenderOptions { format, color: false, width: 100 });
    assert!(
        SAID.take().json.is_empty(),
        "a run reports once: formats for programs have a beginning and an end"
    );
    SAID.set(Said {
        text: to(MessageFormat::Text),
        short: to(MessageFormat::Short),
        json: render_counted(
            diagnostics,
            sources,
            &RenderOptions { format: MessageFormat::Json, color: false, width: 100 },
            counted,
        ),
        sarif: to(MessageFormat::Sarif),
        github: to(MessageFormat::Github),
    });
}

/// A case, and what is said about it.
pub(crate) struct Judged {
    pub case: Case,
    pub said: Said,
}

/// The cases that report anything: where clap answers, there is no format to choose.
static JUDGED: LazyLock<Vec<Judged>> = LazyLock::new(|| {
    let cases = all();
    let folders: Vec<TempDir> = cases.iter().map(unpacked).collect();
    let runs: Vec<(&Case, &Path)> = cases.iter().zip(folders.iter().map(TempDir::path)).collect();
    let said = run(&runs);
    cases
        .into_iter()
        .zip(said)
        .filter(|(_, said)| !said.json.is_empty())
        .map(|(case, said)| Judged { case, said })
        .collect()
});

/// The cases of `build` and `check`, which are about a spec or manifests.
fn of_specs() -> impl Iterator<Item = &'static Judged> {
    JUDGED.iter().filter(|judged| ["build", "check"].contains(&judged.case.args[0].as_str()))
}

impl Judged {
    /// The findings as JSON has them, without the summary.
    fn findings(&self) -> Vec<Value> {
        findings(&self.said)
    }
}

fn findings(said: &Said) -> Vec<Value> {
    let mut lines: Vec<Value> =
        said.json.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let summary = lines.pop();
    assert!(summary.is_some_and(|summary| summary.get("summary").is_some()), "{}", said.json);
    lines
}

/// A folder with a folder `case` that holds the files of a case.
fn unpacked(case: &Case) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let inner = folder.path().join("case");
    fs::create_dir(&inner).unwrap();
    case.unpack(&inner);
    folder
}

#[derive(Serialize, Deserialize)]
struct Job {
    folder: PathBuf,
    args: Vec<String>,
}

const JOBS: &str = "MINTAGE_TEST_JOBS";

/// What is said about cases that are unpacked in these folders.
fn run(cases: &[(&Case, &Path)]) -> Vec<Said> {
    // Whoever has variables or a pipe of their own gets a process too; the others share two.
    let (own, shared): (Vec<usize>, Vec<usize>) = (0..cases.len()).partition(|index| {
        let case = cases[*index].0;
        !case.env.is_empty() || case.pieces.contains_key("stdin")
    });
    let (left, right) = shared.split_at(shared.len() / 2);
    let mut batches: Vec<&[usize]> = own.chunks(1).collect();
    batches.extend([left, right]);
    let mut said = vec![Said::default(); cases.len()];
    let run_all = |batches: &[&[usize]]| -> Vec<(usize, Said)> {
        batches
            .iter()
            .flat_map(|batch| {
                batch
                    .iter()
                    .copied()
                    .zip(run_batch(&batch.iter().map(|index| cases[*index]).collect::<Vec<_>>()))
            })
            .collect()
    };
    let (first, second) = batches.split_at(batches.len() - 1);
    let found = std::thread::scope(|scope| {
        let other = scope.spawn(|| run_all(second));
        [run_all(first), other.join().unwrap()].concat()
    });
    for (index, what) in found {
        said[index] = what;
    }
    said
}

fn run_batch(cases: &[(&Case, &Path)]) -> Vec<Said> {
    let Some((first, folder)) = cases.first() else { return Vec::new() };
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("jobs");
    let jobs: Vec<Job> = cases
        .iter()
        .map(|(case, folder)| Job { folder: folder.join("case"), args: case.args.clone() })
        .collect();
    fs::write(&path, serde_json::to_string(&jobs).unwrap()).unwrap();
    let program = std::env::current_exe().unwrap();
    // In a session of its own there is no terminal, so that nothing waits for a passphrase.
    let setsid = Path::new("/usr/bin/setsid");
    let mut command = Command::new(if setsid.exists() { setsid } else { &program });
    if setsid.exists() {
        command.arg("--wait").arg(&program);
    }
    command.args(["--exact", "unit::formats::child", "--nocapture"]);
    command.env_clear().env("HOME", place.path()).env(JOBS, &path);
    let here = folder.join("case");
    let here = here.to_string_lossy();
    command.envs(first.env.iter().map(|(name, value)| (name, value.replace("$PWD", &here))));
    let output = peers::run(&mut command, &first.bytes("stdin"));
    let what = || String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{}", what());
    let said: Vec<Said> = serde_json::from_slice(&fs::read(path).unwrap())
        .unwrap_or_else(|error| panic!("{error}\n{}", what()));
    assert_eq!(said.len(), cases.len());
    said
}

/// Runs command lines one after the other, in a process that [`run_batch`] starts for it. Without
/// it there is nothing to do.
#[test]
fn child() {
    let Some(path) = std::env::var_os(JOBS) else { return };
    let jobs: Vec<Job> = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    let run = |job: &Job| {
        std::env::set_current_dir(&job.folder).unwrap();
        cli::run(
            ["mintage"].into_iter().chain(job.args.iter().map(String::as_str)).map(Into::into),
        );
        SAID.take()
    };
    let said: Vec<Said> = jobs.iter().map(run).collect();
    fs::write(path, serde_json::to_string(&said).unwrap()).unwrap();
}

/// What is rendered here is what the program prints: the expected text has it, whole.
#[test]
fn the_findings_are_those_of_the_program() {
    let wanted = all();
    // Clap, and commands that say all they say in their result.
    assert!(JUDGED.len() * 10 > wanted.len() * 9, "{} of {}", JUDGED.len(), wanted.len());
    for Judged { case, said } in JUDGED.iter().filter(|judged| !judged.case.asks_for_a_format()) {
        let stderr = String::from_utf8(case.bytes("stderr")).unwrap();
        // Argo CD shows people one line.
        let expected = if case.args[0] == "argocd" { &said.short } else { &said.text };
        assert!(stderr.contains(expected), "{}\n{}\ninstead of\n{stderr}", case.name, said.text);
        let codes: Vec<String> = findings(said)
            .iter()
            .map(|finding| format!("[{}]", finding["code"].as_str().unwrap()))
            .collect();
        assert_eq!(
            said.short.lines().filter(|line| codes.iter().any(|code| line.contains(code))).count(),
            codes.len(),
            "{}",
            said.short
        );
    }
}
