//! `-o FILE` and `-o FOLDER` when a run is killed, when two write at once, and when the disk is
//! full: old or new, and nothing left beside.

use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::case::Case;
use crate::small_disk::SmallDisk;
use crate::support::names;

/// Larger raises it.
fn rounds() -> u32 {
    std::env::var("KILL_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(20)
}

/// Two specs, each of a Secret that is long enough to be caught half written.
fn two_versions() -> Case {
    let case = Case::new();
    for version in ["a", "b"] {
        let value = version.repeat(100_000);
        case.write(
            &format!("{version}.toml"),
            format!("[[opaque]]\nname = \"app\"\nnamespace = \"ns\"\ndata.V = \"{value}\"\n"),
        );
    }
    case
}

/// Which of the versions a file is, whole.
fn version(path: &Path, versions: &[Vec<u8>; 2]) -> usize {
    let held = fs::read(path).unwrap();
    let found = versions.iter().position(|version| *version == held);
    found.unwrap_or_else(|| panic!("{} bytes are neither", held.len()))
}

fn start(case: &Case, version: &str, target: &str) -> std::process::Child {
    let mut command = std::process::Command::new(crate::case::MINTAGE);
    command.args(["build", "-q", version, "-o", target, "-A", "warnings"]);
    command.current_dir(case.path("")).env("HOME", case.home(""));
    command.stdin(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

/// The two outputs, and how long it takes to write one.
fn built(case: &Case, target: &str, file: &str) -> ([Vec<u8>; 2], Duration) {
    let mut took = Duration::ZERO;
    let versions = ["a.toml", "b.toml"].map(|version| {
        let before = Instant::now();
        assert!(start(case, version, target).wait().unwrap().success());
        took = before.elapsed();
        fs::read(case.path(file)).unwrap()
    });
    assert_ne!(versions[0], versions[1]);
    (versions, took)
}

fn kill_at_any_moment(target: &str, file: &str, folder: &str, left: &[&str]) {
    let case = two_versions();
    fs::create_dir(case.path("out")).unwrap();
    let (versions, took) = built(&case, target, file);
    let (mut killed, mut leftovers) = (0, 0);
    for round in 0..rounds() {
        let name = ["a.toml", "b.toml"][round as usize % 2];
        let mut running = start(&case, name, target);
        // Every part of a run is hit.
        std::thread::sleep(took * ((round * 37) % 100) / 100);
        let _ = running.kill();
        killed += u32::from(running.wait().unwrap().signal() == Some(9));
        version(&case.path(file), &versions);
        leftovers += usize::from(names(&case.path(folder)) != left);
        if round % 10 == 9 {
            let next = start(&case, "a.toml", target).wait().unwrap();
            assert!(next.success());
            assert_eq!(version(&case.path(file), &versions), 0);
            assert_eq!(names(&case.path(folder)), left, "round {round}");
        }
    }
    assert!(start(&case, "a.toml", target).wait().unwrap().success());
    assert_eq!(names(&case.path(folder)), left);
    eprintln!("{killed} runs were killed; after {leftovers} there was something beside");
    assert!(killed > rounds() / 10);
}

#[test]
fn a_killed_run_leaves_the_old_file_or_the_new() {
    kill_at_any_moment("out/all.yaml", "out/all.yaml", "out", &["all.yaml"]);
}

#[test]
fn a_killed_run_leaves_whole_files_in_a_folder() {
    kill_at_any_moment("out", "out/ns/app.yaml", "out", &[".mintage", "kustomization.yaml", "ns"]);
}

/// What an earlier run left goes also if there is nothing to write.
#[test]
fn a_leftover_goes_when_the_file_is_up_to_date() {
    let case = Case::new().spec("[[opaque]]\nname = \"a\"\ndata.K = \"v\"\n");
    case.args("build -o all.yaml").succeeds();
    for name in [".mintage-abc123.tmp", ".mintage-notes.tmp"] {
        case.write(name, "hunter2");
    }
    case.args("build -o all.yaml").succeeds().stderr_contains("is up to date");
    assert_eq!(names(&case.path("")), [".mintage-notes.tmp", "all.yaml", "mintage.toml"]);
}

#[test]
fn of_two_writers_one_wins_whole() {
    for (target, file) in [("out/all.yaml", "out/all.yaml"), ("out", "out/ns/app.yaml")] {
        let case = two_versions();
        fs::create_dir(case.path("out")).unwrap();
        let (versions, _) = built(&case, target, file);
        for round in 0..rounds() / 10 {
            if round % 3 == 0 {
                // Both make it.
                fs::remove_dir_all(case.path("out")).unwrap();
                if target != "out" {
                    fs::create_dir(case.path("out")).unwrap();
                }
            }
            let running = ["a.toml", "b.toml"].map(|version| start(&case, version, target));
            for mut running in running {
                assert!(running.wait().unwrap().success(), "round {round}, {target}");
            }
            version(&case.path(file), &versions);
            let beside = names(&case.path("out"));
            assert!(beside.iter().all(|name| !name.ends_with(".tmp")), "{beside:?}");
        }
    }
}

/// A full disk, and the limit that a shell sets with `ulimit -f`.
#[test]
fn a_full_disk_keeps_the_old_file() {
    let case = Case::new().spec("[[opaque]]\nname = \"a\"\ndata.K = \"old\"\n");
    let long = format!("[[opaque]]\nname = \"a\"\ndata.K = \"{}\"\n", "x".repeat(100_000));
    let bash = Path::new("/bin/bash");
    let script = "ulimit -f 50; exec \"$0\" build -o \"$1\"";
    let check = |folder: &str, limited: bool| {
        let target = format!("{folder}/all.yaml");
        case.write("mintage.toml", "[[opaque]]\nname = \"a\"\ndata.K = \"old\"\n");
        case.args(["build", "-o", &target]).succeeds();
        let before = fs::read(case.path(&target)).unwrap();
        case.write("mintage.toml", &long);
        let run = if limited {
            case.tool(bash, ["-c", script, crate::case::MINTAGE, &target])
        } else {
            case.args(["build", "-o", &target])
        };
        run.exits(2).stderr_contains("no space left on the device");
        assert_eq!(fs::read(case.path(&target)).unwrap(), before);
        assert_eq!(names(&case.path(folder)), ["all.yaml"]);
    };
    fs::create_dir(case.path("limited")).unwrap();
    check("limited", true);
    if let Some(_disk) = SmallDisk::at(case.path("disk")) {
        check("disk", false);
    }
    let full = case.tool(bash, ["-c", "exec \"$0\" build >/dev/full", crate::case::MINTAGE]);
    full.exits(2).stderr_contains("can't write `stdout`: no space left on the device");
}

/// Rust opens `/dev/null` where stdout is closed; `/dev/null` itself is fine.
#[test]
fn a_result_without_stdout_is_an_error() {
    let case = Case::new();
    case.write("mintage.toml", "[[opaque]]\nname = \"a\"\ndata.K = \"v\"\n");
    let run = |command: &str| {
        let script = format!("exec \"$0\" {command}");
        case.tool(Path::new("/bin/bash"), ["-c", &script, crate::case::MINTAGE])
    };
    for command in ["build >&-", "build <&- >&-", "list >&-", "schema >&-", "explain tls-pair >&-"]
    {
        run(command).exits(2).stderr_contains("can't write `stdout`: bad file descriptor");
    }
    for command in ["build >/dev/null", "build 1<>/dev/null", "check >&-", "build -o a.yaml >&-"] {
        run(command).succeeds();
    }
}
