//! What may be overwritten: never an input of the run, and nobody's file unasked.
#![cfg(unix)]

use std::fs;
use std::fs::File;
use std::os::unix::fs::{MetadataExt, symlink};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::{TempDir, tempdir};

use crate::support::{names, set_mode};

/// A folder with a spec, an identity, a file of vars, a file that the spec reads, and an age file.
struct Repository(TempDir);

const VALUE: &str = "an old value";

impl Repository {
    fn new() -> Self {
        let repository = Self(tempdir().unwrap());
        let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/shop");
        fs::copy(examples.join("TEST-ONLY-identity.txt"), repository.at("key.txt")).unwrap();
        fs::copy(examples.join("secrets/dev/dockerhub.age"), repository.at("a.age")).unwrap();
        fs::write(repository.at("plain.txt"), VALUE).unwrap();
        fs::write(repository.at("note.j2"), "{{ vars.note }}").unwrap();
        fs::write(repository.at("vars.toml"), "note = \"a note\"\n").unwrap();
        fs::create_dir(repository.at("sub")).unwrap();
        let spec = "[vars]\nnote = \"\"\n[[opaque]]\nname = \"a\"\n\
                    data = { A = { file = \"plain.txt\" }, B = { age = \"a.age\" }, \
                    C = { file = \"note.j2\", template = true } }\n";
        fs::write(repository.at("mintage.toml"), spec).unwrap();
        repository
    }

    fn at(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn build(&self, arguments: &[&str]) -> (i32, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mintage"));
        command.args(["build", "-A", "warnings", "--set-file", "vars.toml"]).args(arguments);
        command.current_dir(self.0.path()).env_clear().env("HOME", self.0.path());
        let output = command.stdin(File::open(self.at("key.txt")).unwrap()).output().unwrap();
        (output.status.code().unwrap_or(-1), String::from_utf8_lossy(&output.stderr).into_owned())
    }

    /// Every file with its bytes.
    fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut files: Vec<_> = fs::read_dir(self.0.path())
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.is_file())
            .collect();
        files.sort();
        files.into_iter().map(|path| (path.clone(), fs::read(path).unwrap())).collect()
    }
}

#[test]
fn an_input_is_never_an_output() {
    let repository = Repository::new();
    let identity = &["-i", "key.txt"][..];
    for (target, read_as, identity) in [
        ("mintage.toml", "a spec", identity),
        ("sub/../mintage.toml", "a spec", identity),
        ("hard.yaml", "a spec", identity),
        ("link.yaml", "a spec", identity),
        ("vars.toml", "a file of vars", identity),
        ("plain.txt", "a file of the spec", identity),
        ("note.j2", "a file of the spec", identity),
        ("a.age", "a file of the spec", identity),
        ("key.txt", "an identity", identity),
        ("key.txt", "an identity, by the path `standard input`", &["-i", "-"]),
        (".config/sops/age/keys.txt", "an identity", &[]),
    ] {
        fs::create_dir_all(repository.at(".config/sops/age")).unwrap();
        fs::copy(repository.at("key.txt"), repository.at(".config/sops/age/keys.txt")).unwrap();
        if !repository.at("link.yaml").exists() {
            fs::hard_link(repository.at("mintage.toml"), repository.at("hard.yaml")).unwrap();
            symlink("mintage.toml", repository.at("link.yaml")).unwrap();
        }
        let before = repository.files();
        for more in [&[][..], &["--force"], &["--check"], &["--format", "json"]] {
            let (status, stderr) = repository.build(&[identity, &["-o", target], more].concat());
            let said = stderr.contains("error[cannot-write]")
                && stderr.contains(&format!("`{target}`: this run reads it as input"));
            assert!(
                status == 2 && said && stderr.contains(&format!("mintage read it as {read_as}")),
                "{target} {more:?}: {stderr}"
            );
            assert!(repository.files() == before, "{target} {more:?}");
        }
        assert_eq!(
            fs::read(repository.at(".config/sops/age/keys.txt")).unwrap(),
            fs::read(repository.at("key.txt")).unwrap()
        );
    }
    // By the name of a device, or through a shell's redirection.
    let append = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mintage"));
        command.args(arguments).current_dir(repository.0.path()).env_clear();
        command
            .stdout(File::options().append(true).open(repository.at("mintage.toml")).unwrap())
            .output()
            .unwrap()
    };
    fs::write(repository.at("live.yaml"), "{}").unwrap();
    let build = ["build", "-i", "key.txt"];
    for arguments in [
        &build[..],
        &[&build[..], &["-o", "-"]].concat(),
        &[&build[..], &["-o", "/dev/stdout"]].concat(),
        &[&build[..], &["-o", "/dev/stdout", "--force"]].concat(),
        &["diff", "-i", "key.txt", "live.yaml"],
        &["post-render", "-i", "key.txt", "."],
        &["list", "-i", "key.txt"],
        &["show", "-i", "key.txt", "a"],
        &["show", "-i", "key.txt", "a", "--json"],
        &["show", "-i", "key.txt", "a", "--key", "A"],
        &["use", "-i", "key.txt", "a"],
    ] {
        let before = repository.files();
        let output = append(arguments);
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains("this run reads it as input"), "{arguments:?}: {said}");
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(repository.files() == before, "{arguments:?}");
    }
}

#[test]
fn only_our_own_output_is_replaced_without_force() {
    let repository = Repository::new();
    let out = repository.at("out.yaml");
    let build = |arguments: &[&str]| {
        repository.build(&[&["-i", "key.txt", "-o", "out.yaml"], arguments].concat())
    };
    // An empty file is nobody's work.
    File::create(&out).unwrap();
    assert_eq!(build(&[]), (0, "mintage: wrote 1 Secret to `out.yaml`\n".to_owned()));
    let ours = fs::read_to_string(&out).unwrap();
    // Other Secrets of another run, in another format, replace each other.
    for (value, format) in [("new", "yaml"), ("new", "json"), ("newer", "json"), (VALUE, "yaml")] {
        fs::write(repository.at("plain.txt"), value).unwrap();
        assert_eq!(build(&["--format", format]).0, 0, "{value} {format}");
    }
    assert_eq!(fs::read_to_string(&out).unwrap(), ours);
    fs::write(repository.at("plain.txt"), "new").unwrap();
    for other in [
        "replicas: 2\n".to_owned(),
        "\n".to_owned(),
        format!("# by hand\n{ours}"),
        ours.replace('\n', "\r\n"),
        ours.replace("type: Opaque", "type: \"Opaque\""),
        format!("{ours}---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n"),
        "\0".repeat(100),
    ] {
        fs::write(&out, &other).unwrap();
        let (status, stderr) = build(&[]);
        assert!(
            status == 2 && stderr.contains("error[foreign-files]") && stderr.contains("--force"),
            "{other}: {stderr}"
        );
        let (status, stderr) = build(&["--check"]);
        assert!(
            status == 1 && stderr.contains("error[output-differs]") && stderr.contains("--force"),
            "{other}: {stderr}"
        );
        assert_eq!(fs::read_to_string(&out).unwrap(), other);
        assert_eq!(
            names(repository.0.path()).iter().filter(|name| name.starts_with(".mintage")).count(),
            0
        );
        // Through a link, what counts is where it leads.
        symlink("out.yaml", repository.at("link.yaml")).unwrap();
        assert_eq!(repository.build(&["-i", "key.txt", "-o", "link.yaml"]).0, 2);
        fs::remove_file(repository.at("link.yaml")).unwrap();
        assert_eq!(build(&["--force"]).0, 0, "{other}");
        assert_ne!(fs::read_to_string(&out).unwrap(), ours);
    }
}

/// Root may read everything, so as root the program runs as nobody.
#[test]
fn a_file_that_can_not_be_read_is_not_replaced() {
    let repository = Repository::new();
    fs::write(repository.at("out.yaml"), "mine").unwrap();
    set_mode(repository.0.path(), 0o777);
    set_mode(&repository.at("key.txt"), 0o644);
    set_mode(&repository.at("out.yaml"), 0);
    let run = |more: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mintage"));
        command
            .args(["build", "-A", "warnings", "-i", "key.txt", "-o", "out.yaml"])
            .args(more)
            .current_dir(repository.0.path())
            .env_clear();
        if fs::metadata(repository.0.path()).unwrap().uid() == 0 {
            command.uid(65534).gid(65534);
        }
        command.output()
    };
    let output = run(&[]).unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        output.status.code() == Some(2)
            && stderr.contains("permission denied")
            && stderr.contains("--force"),
        "{stderr}"
    );
    assert_eq!(fs::metadata(repository.at("out.yaml")).unwrap().len(), 4);
    assert_eq!(run(&["--force"]).unwrap().status.code(), Some(0));
}

#[test]
fn a_dash_is_stdout() {
    let repository = Repository::new();
    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mintage"));
        command
            .args(["build", "-i", "key.txt"])
            .args(arguments)
            .current_dir(repository.0.path())
            .env_clear()
            .output()
            .unwrap()
    };
    let before = names(repository.0.path());
    let (plain, dash) = (run(&[]), run(&["-o", "-"]));
    assert!(plain.status.success() && dash.status.success() && !plain.stdout.is_empty());
    assert_eq!(plain.stdout, dash.stdout);
    assert_eq!(run(&["-o", "-", "--check"]).status.code(), Some(2));
    assert_eq!(names(repository.0.path()), before);
}
