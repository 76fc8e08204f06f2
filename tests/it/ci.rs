//! What pipelines and hooks run, run: the scripts of `action.yml` and of the GitLab jobs as their runners do, the hooks by pre-commit
//! itself; and the image, the package and the workflows as far as a machine without an engine can tell.
#![cfg(unix)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

use crate::peers;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A file of ours, as PyYAML reads it.
fn yaml(python: &Path, name: &str) -> Value {
    let script = "import sys, yaml, json; json.dump(yaml.load(sys.stdin.buffer, yaml.BaseLoader), sys.stdout)";
    let text = fs::read(root().join(name)).unwrap();
    serde_json::from_slice(&peers::stdout(peers::command(python).args(["-c", script]), &text)).unwrap()
}

/// A runner's machine: a repository, and mintage on the PATH.
struct Runner {
    folder: tempfile::TempDir,
}

impl Runner {
    fn new() -> Self {
        let runner = Self { folder: tempfile::tempdir().unwrap() };
        for name in ["bin", "home", "repo"] {
            fs::create_dir(runner.path(name)).unwrap();
        }
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_mintage"), runner.path("bin/mintage")).unwrap();
        runner.write("mintage.toml", "[environments.dev]\n[environments.prod]\n[[opaque]]\nname = \"a-{{ env }}\"\ndata.HOST = \"b\"\n");
        runner.git(&["init", "-q"]);
        runner.git(&["add", "."]);
        runner
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path("repo").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn command(&self, program: &Path) -> Command {
        let mut command = peers::command(program);
        let path = format!("{}:/usr/local/bin:/usr/bin:/bin", self.path("bin").display());
        command.current_dir(self.path("repo")).env_clear().env("PATH", path).env("HOME", self.path("home"));
        for (name, value) in [("NAME", "A"), ("EMAIL", "a@example.com")] {
            command.env(format!("GIT_AUTHOR_{name}"), value).env(format!("GIT_COMMITTER_{name}"), value);
        }
        command.env("PRE_COMMIT_HOME", self.path("home/pre-commit")).env("GITHUB_PATH", self.path("home/github-path"));
        command
    }

    fn git(&self, arguments: &[&str]) {
        peers::stdout(self.command(Path::new("git")).args(arguments), b"");
    }
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Runs the steps of the composite action as the runner does: expressions of `env` filled in, the script a file that bash reads.
fn action(python: &Path, runner: &Runner, inputs: &[(&str, &str)]) -> Output {
    let action = yaml(python, "action.yml");
    assert_eq!(action["runs"]["using"], "composite");
    let input = |name: &str| {
        let given = inputs.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        given.unwrap_or_else(|| action["inputs"][name]["default"].as_str().unwrap_or_else(|| panic!("no input {name}")).to_owned())
    };
    let mut last = None;
    for step in action["runs"]["steps"].as_array().unwrap() {
        let script = step["run"].as_str().unwrap();
        assert!(!script.contains("${{"), "an expression in a script is an injection: {script}");
        assert_eq!(step["shell"], "bash");
        let mut command = runner.command(Path::new("bash"));
        for (name, value) in step["env"].as_object().unwrap() {
            let value = value.as_str().unwrap();
            let filled = match value.strip_prefix("${{ inputs.").and_then(|rest| rest.strip_suffix(" }}")) {
                Some(name) => input(name),
                None => value.replace("${{ github.action_path }}", root().to_str().unwrap()).replace("${{ runner.temp }}", "/nonexistent"),
            };
            assert!(!filled.contains("${{"), "{filled}");
            command.env(name, filled);
        }
        let file = runner.path("home/step.sh");
        fs::write(&file, script).unwrap();
        let output = peers::run(command.args(["--noprofile", "--norc", "-e", "-o", "pipefail"]).arg(&file), b"");
        let failed = !output.status.success();
        last = Some(output);
        if failed {
            break;
        }
    }
    last.unwrap()
}

#[test]
fn the_action_checks_builds_and_guards() {
    let Some(python) = peers::need("python") else { return };
    let runner = Runner::new();
    let run = |inputs: &[(&str, &str)]| action(&python, &runner, inputs);
    let none = run(&[]);
    assert!(none.status.code() == Some(1) && said(&none).contains("unknown-environment"), "{}", said(&none));
    let fine = run(&[("env", "prod"), ("args", "-D\nwarnings\n")]);
    assert!(fine.status.success(), "{}", said(&fine));
    runner.write("other/mintage.toml", "[[opaque]]\nname = \"A\"\ndata.A = \"b\"\n");
    let wrong = run(&[("spec", "other\n")]);
    assert_eq!(wrong.status.code(), Some(1));
    assert!(said(&wrong).contains("::error file=other/mintage.toml,line=2,"), "{}", said(&wrong));
    // Secrets never get into the log.
    let logged = run(&[("command", "build"), ("env", "prod")]);
    assert!(logged.status.code() == Some(2) && !said(&logged).contains("kind: Secret"), "{}", said(&logged));
    for stdout in ["-o\n-", "-o-", "--output=-", "-o\n/dev/stdout"] {
        let logged = run(&[("command", "build"), ("env", "prod"), ("args", stdout)]);
        assert!(logged.status.code() == Some(2) && !said(&logged).contains("kind: Secret"), "{stdout}: {}", said(&logged));
    }
    let built = run(&[("command", "build"), ("env", "prod"), ("args", "--output\nout.yaml")]);
    assert!(built.status.success() && !said(&built).contains("kind: Secret"), "{}", said(&built));
    assert!(fs::read_to_string(runner.path("repo/out.yaml")).unwrap().contains("name: a-prod"));
    // Inputs are data.
    for hostile in ["$(touch pwned)", "`touch pwned`", "x\"; touch pwned; \"", "-o", "--output=pwned"] {
        for input in ["spec", "env", "command"] {
            assert!(!run(&[(input, hostile)]).status.success(), "{input} {hostile}");
            assert!(!runner.path("repo/pwned").exists(), "{input} {hostile}");
        }
    }
    // Of the repository, not of what lies beside it.
    assert!(run(&[("command", "guard")]).status.success());
    runner.git(&["add", "out.yaml"]);
    let guarded = run(&[("command", "guard")]);
    assert!(!guarded.status.success() && said(&guarded).contains("::error file=out.yaml,line=7"), "{}", said(&guarded));
    assert!(run(&[("command", "guard"), ("args", "--except\nout.*")]).status.success());
}

/// Runs a job of the GitLab template as its runner does, in one shell.
fn job(python: &Path, runner: &Runner, name: &str, variables: &[(&str, &str)]) -> Output {
    let template = yaml(python, "ci/gitlab/mintage.gitlab-ci.yml");
    let (base, job) = (&template[".mintage"], &template[name]);
    assert_eq!(job["extends"], ".mintage");
    let mut lines = Vec::new();
    for section in ["before_script", "script"] {
        let section = if job[section].is_null() { &base[section] } else { &job[section] };
        lines.extend(section.as_array().unwrap().iter().map(|line| line.as_str().unwrap()));
    }
    let mut command = runner.command(Path::new("bash"));
    for (name, value) in base["variables"].as_object().unwrap() {
        command.env(name, value.as_str().unwrap());
    }
    command.envs(variables.iter().copied());
    peers::run(&mut command, format!("set -eo pipefail\n{}\n", lines.join("\n")).as_bytes())
}

#[test]
fn the_gitlab_jobs_check_and_guard() {
    let Some(python) = peers::need("python") else { return };
    let runner = Runner::new();
    let fine = job(&python, &runner, "mintage-check", &[("MINTAGE_ENV", "prod"), ("MINTAGE_ARGS", "-D warnings")]);
    assert!(fine.status.success(), "{}", said(&fine));
    let wrong = job(&python, &runner, "mintage-check", &[("MINTAGE_ENV", "production")]);
    assert!(wrong.status.code() == Some(1) && said(&wrong).contains("unknown-environment"), "{}", said(&wrong));
    let missing = job(&python, &runner, "mintage-check", &[("MINTAGE_SPEC", "$(touch pwned)")]);
    assert!(missing.status.code() == Some(2) && !runner.path("repo/pwned").exists());
    assert!(job(&python, &runner, "mintage-guard", &[]).status.success());
    runner.write("t/secret.yaml", "kind: Secret\nstringData: {a: hunter2}\n");
    runner.git(&["add", "."]);
    let guarded = job(&python, &runner, "mintage-guard", &[]);
    assert!(
        !guarded.status.success() && said(&guarded).contains("t/secret.yaml:2:") && !said(&guarded).contains("hunter2"),
        "{}",
        said(&guarded)
    );
    assert!(job(&python, &runner, "mintage-guard", &[("MINTAGE_EXCEPT", "t/*.yaml")]).status.success());
}

#[test]
fn pre_commit_runs_the_hooks() {
    let Some(pre_commit) = peers::need("pre-commit") else { return };
    let runner = Runner::new();
    // The repository that the hooks come from.
    let hooks = runner.path("hooks");
    fs::create_dir(&hooks).unwrap();
    fs::copy(root().join(".pre-commit-hooks.yaml"), hooks.join(".pre-commit-hooks.yaml")).unwrap();
    for arguments in [&["init", "-q"][..], &["add", "."], &["commit", "-qm", "hooks"], &["tag", "v1"]] {
        peers::stdout(runner.command(Path::new("git")).current_dir(&hooks).args(arguments), b"");
    }
    let url = hooks.display();
    runner.write(
        ".pre-commit-config.yaml",
        &format!(
            "repos:\n- repo: {url}\n  rev: v1\n  hooks:\n  - {{id: mintage-check, language: system, args: [-e, prod]}}\n  \
             - {{id: mintage-guard, language: system, args: [--except, 'testdata/**']}}\n"
        ),
    );
    runner.git(&["add", "."]);
    peers::stdout(runner.command(&pre_commit).arg("install"), b"");
    let commit = |message: &str| peers::run(runner.command(Path::new("git")).args(["commit", "-qm", message]), b"");
    let first = commit("first");
    assert!(first.status.success(), "{}", said(&first));
    // A rendered Secret, an identity, and one that is meant for everybody.
    runner.write("rendered/a b.yaml", "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: {a: aHVudGVyMg==}\n");
    let key = fs::read_to_string(root().join("examples/shop/TEST-ONLY-identity.txt")).unwrap();
    runner.write("keys/ci.txt", &key);
    runner.write("testdata/keys/ci.txt", &key);
    runner.git(&["add", "."]);
    let second = commit("second");
    let text = said(&second);
    assert!(!second.status.success() && text.contains("rendered/a b.yaml:4:") && text.contains("keys/ci.txt:"), "{text}");
    assert!(!text.contains("testdata/") && !text.contains("aHVudGVyMg") && !text.contains("AGE-SECRET-KEY-1Q"), "{text}");
    runner.git(&["rm", "-qrf", "--cached", "rendered", "keys"]);
    assert!(commit("without them").status.success());
    // A spec that has gone wrong.
    runner.write("mintage.toml", "[environments.prod]\n[[opaque]]\nname = \"A\"\n");
    runner.git(&["add", "mintage.toml"]);
    let third = commit("third");
    assert!(!third.status.success() && said(&third).contains("mintage.toml:3:8"), "{}", said(&third));
}

#[test]
fn the_image_is_small_and_nobody() {
    let text = fs::read_to_string(root().join("Dockerfile")).unwrap();
    let last = text.rsplit("\nFROM ").next().unwrap();
    assert!(last.starts_with("scratch\n") && last.contains("\nUSER 999:999\n"), "{last}");
    // All that the build copies, and nothing else, is in the context.
    let ignored = fs::read_to_string(root().join(".dockerignore")).unwrap();
    let copied = text.lines().filter(|line| line.starts_with("COPY ") && !line.contains("--from")).flat_map(|line| {
        let words: Vec<&str> = line.split(' ').skip(1).collect();
        words[..words.len() - 1].iter().map(|word| (*word).to_owned()).collect::<Vec<_>>()
    });
    for path in copied {
        assert!(root().join(&path).exists(), "{path}");
        let kept = ignored.lines().any(|line| line == format!("!{path}") || (line == "!LICENSE-*" && path.starts_with("LICENSE-")));
        assert!(kept, "{path} is not in the context");
    }
    let Some(hadolint) = peers::need("hadolint") else { return };
    let output = peers::run(peers::command(&hadolint).arg("--no-color").arg(root().join("Dockerfile")), b"");
    assert!(output.status.success(), "{}", said(&output));
}

#[test]
fn the_package_holds_the_program_and_its_papers() {
    let Some(cargo_deb) = peers::need("cargo-deb") else { return };
    // The program of the tests in the place of a release's.
    let target = tempfile::tempdir().unwrap();
    fs::create_dir(target.path().join("release")).unwrap();
    fs::copy(env!("CARGO_BIN_EXE_mintage"), target.path().join("release/mintage")).unwrap();
    let mut command = peers::command(&cargo_deb);
    command.args(["deb", "--no-build", "--no-strip", "--fast", "--output"]).arg(target.path().join("mintage.deb"));
    let output = peers::run(command.current_dir(root()).env("CARGO_TARGET_DIR", target.path()), b"");
    assert!(output.status.success(), "{}", said(&output));
    let list = peers::stdout(Command::new("dpkg").arg("-c").arg(target.path().join("mintage.deb")), b"");
    let list = String::from_utf8(list).unwrap();
    let has = |mode: &str, path: &str| list.lines().any(|line| line.starts_with(mode) && line.ends_with(&format!(" ./{path}")));
    assert!(has("-rwxr-xr-x 0/0", "usr/bin/mintage"), "{list}");
    for path in ["usr/share/doc/mintage/copyright", "usr/share/doc/mintage/docs/argocd.md", "usr/share/mintage/schemas/spec.v1.json"] {
        assert!(has("-rw-r--r-- 0/0", path), "{path}\n{list}");
    }
    let unpacked = target.path().join("unpacked");
    peers::stdout(Command::new("dpkg").arg("-x").arg(target.path().join("mintage.deb")).arg(&unpacked), b"");
    let version = peers::stdout(Command::new(unpacked.join("usr/bin/mintage")).arg("--version"), b"");
    assert_eq!(String::from_utf8(version).unwrap(), concat!("mintage ", env!("CARGO_PKG_VERSION"), "\n"));
}

#[test]
fn the_workflows_hold_together() {
    let Some(python) = peers::need("python") else { return };
    for name in [".github/workflows/ci.yml", ".github/workflows/release.yml"] {
        let workflow = yaml(&python, name);
        assert!(workflow["on"].is_object() && workflow["permissions"]["contents"] == "read", "{name}");
        for (job, steps) in workflow["jobs"].as_object().unwrap() {
            for step in steps["steps"].as_array().unwrap() {
                let Some(script) = step["run"].as_str() else { continue };
                assert!(!script.contains("${{"), "{name} {job}: an expression in a script is an injection: {script}");
                let parsed = peers::run(Command::new("bash").arg("-n"), script.as_bytes());
                assert!(parsed.status.success(), "{name} {job}: {}", said(&parsed));
                // What is called is there.
                for word in script.split_whitespace().filter(|word| word.starts_with(".ci/")) {
                    assert!(root().join(word).is_file(), "{word}");
                }
            }
        }
    }
}
