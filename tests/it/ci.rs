//! What pipelines and hooks run, run: the scripts of `action.yml` and of the GitLab jobs as their
//! runners do, the hooks by pre-commit itself; and the image, the package and the workflows as far
//! as a machine without an engine can tell.
#![cfg(unix)]

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::case::{Case, MINTAGE, Ran, Run, Words, root};
use crate::peers;

/// A file of ours, as PyYAML reads it.
fn yaml(python: &Path, name: &str) -> Value {
    let script = "import sys, yaml, json; json.dump(yaml.load(sys.stdin.buffer, yaml.BaseLoader), \
        sys.stdout)";
    let text = fs::read(root().join(name)).unwrap();
    serde_json::from_slice(&peers::stdout(peers::command(python).args(["-c", script]), &text))
        .unwrap()
}

/// A runner's machine: a repository, and mintage on the PATH. None if there is no Git.
fn runner() -> Option<Case> {
    let spec = "[environments.dev]\n[environments.prod]\n[[opaque]]\nname \
        = \"a-{{ env }}\"\ndata.HOST = \"b\"\n";
    let case = Case::new().spec(spec).on_the_path("mintage");
    git(&case, "init -q")?;
    git(&case, "add .")?;
    Some(case)
}

/// Another program on the runner.
fn on(case: &Case, program: &Path, words: impl Words) -> Run {
    let mut run = case.tool(program, words);
    for (name, value) in [("NAME", "A"), ("EMAIL", "a@example.com")] {
        run = run
            .env(&format!("GIT_AUTHOR_{name}"), value)
            .env(&format!("GIT_COMMITTER_{name}"), value);
    }
    run.env("PRE_COMMIT_HOME", case.home("pre-commit")).env("GITHUB_PATH", case.home("github-path"))
}

fn git(case: &Case, words: impl Words) -> Option<()> {
    on(case, &peers::need("git")?, words).succeeds();
    Some(())
}

/// Runs the steps of the composite action as the runner does: expressions of `env` filled in, the
/// script a file that bash reads.
fn action(python: &Path, bash: &Path, runner: &Case, inputs: &[(&str, &str)]) -> Ran {
    let action = yaml(python, "action.yml");
    assert_eq!(action["runs"]["using"], "composite");
    let input = |name: &str| {
        let given =
            inputs.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        given.unwrap_or_else(|| {
            action["inputs"][name]["default"]
                .as_str()
                .unwrap_or_else(|| panic!("no input {name}"))
                .to_owned()
        })
    };
    let mut last = None;
    for step in action["runs"]["steps"].as_array().unwrap() {
        let script = step["run"].as_str().unwrap();
        assert!(!script.contains("${{"), "an expression in a script is an injection: {script}");
        assert_eq!(step["shell"], "bash");
        let file = runner.home("step.sh");
        fs::write(&file, script).unwrap();
        let mut run = on(runner, bash, "--noprofile --norc -e -o pipefail").args([&file]);
        for (name, value) in step["env"].as_object().unwrap() {
            let value = value.as_str().unwrap();
            let filled =
                match value.strip_prefix("${{ inputs.").and_then(|rest| rest.strip_suffix(" }}")) {
                    Some(name) => input(name),
                    None => value
                        .replace("${{ github.action_path }}", root().to_str().unwrap())
                        .replace("${{ runner.temp }}", "/nonexistent"),
                };
            assert!(!filled.contains("${{"), "{filled}");
            run = run.env(name, filled);
        }
        let ran = run.run();
        let failed = !ran.succeeded();
        last = Some(ran);
        if failed {
            break;
        }
    }
    last.unwrap()
}

#[test]
fn the_action_checks_builds_and_guards() {
    let (Some(python), Some(bash), Some(runner)) =
        (peers::need("python"), peers::need("bash"), runner())
    else {
        return;
    };
    let run = |inputs: &[(&str, &str)]| action(&python, &bash, &runner, inputs);
    let none = run(&[]);
    assert!(none.code == Some(1) && none.said().contains("unknown-environment"), "{}", none.said());
    let fine = run(&[("env", "prod"), ("args", "-D\nwarnings\n")]);
    assert!(fine.succeeded(), "{}", fine.said());
    runner.write("other/mintage.toml", "[[opaque]]\nname = \"A\"\ndata.A = \"b\"\n");
    let wrong = run(&[("spec", "other\n")]);
    assert_eq!(wrong.code, Some(1));
    assert!(wrong.said().contains("::error file=other/mintage.toml,line=2,"), "{}", wrong.said());
    // Secrets never get into the log.
    let logged = run(&[("command", "build"), ("env", "prod")]);
    assert!(logged.code == Some(2) && !logged.said().contains("kind: Secret"), "{}", logged.said());
    for stdout in ["-o\n-", "-o-", "--output=-", "-o\n/dev/stdout"] {
        let logged = run(&[("command", "build"), ("env", "prod"), ("args", stdout)]);
        assert!(
            logged.code == Some(2) && !logged.said().contains("kind: Secret"),
            "{stdout}: {}",
            logged.said()
        );
    }
    let built = run(&[("command", "build"), ("env", "prod"), ("args", "--output\nout.yaml")]);
    assert!(built.succeeded() && !built.said().contains("kind: Secret"), "{}", built.said());
    assert!(fs::read_to_string(runner.path("out.yaml")).unwrap().contains("name: a-prod"));
    // Inputs are data.
    for hostile in
        ["$(touch pwned)", "`touch pwned`", "x\"; touch pwned; \"", "-o", "--output=pwned"]
    {
        for input in ["spec", "env", "command"] {
            assert!(!run(&[(input, hostile)]).succeeded(), "{input} {hostile}");
            assert!(!runner.path("pwned").exists(), "{input} {hostile}");
        }
    }
    // Of the repository, not of what lies beside it.
    assert!(run(&[("command", "guard")]).succeeded());
    git(&runner, "add out.yaml");
    let guarded = run(&[("command", "guard")]);
    assert!(
        !guarded.succeeded() && guarded.said().contains("::error file=out.yaml,line=7"),
        "{}",
        guarded.said()
    );
    assert!(run(&[("command", "guard"), ("args", "--except\nout.*")]).succeeded());
}

/// Runs a job of the GitLab template as its runner does, in one shell.
fn job(python: &Path, bash: &Path, runner: &Case, name: &str, variables: &[(&str, &str)]) -> Ran {
    let template = yaml(python, "ci/gitlab/mintage.gitlab-ci.yml");
    let (base, job) = (&template[".mintage"], &template[name]);
    assert_eq!(job["extends"], ".mintage");
    let mut lines = Vec::new();
    for section in ["before_script", "script"] {
        let section = if job[section].is_null() { &base[section] } else { &job[section] };
        lines.extend(section.as_array().unwrap().iter().map(|line| line.as_str().unwrap()));
    }
    let mut run = on(runner, bash, "");
    for (name, value) in base["variables"].as_object().unwrap() {
        run = run.env(name, value.as_str().unwrap());
    }
    let run = variables.iter().fold(run, |run, (name, value)| run.env(name, value));
    run.stdin(format!("set -eo pipefail\n{}\n", lines.join("\n"))).run()
}

#[test]
fn the_gitlab_jobs_check_and_guard() {
    let (Some(python), Some(bash), Some(runner)) =
        (peers::need("python"), peers::need("bash"), runner())
    else {
        return;
    };
    let job =
        |name: &str, variables: &[(&str, &str)]| job(&python, &bash, &runner, name, variables);
    let fine = job("mintage-check", &[("MINTAGE_ENV", "prod"), ("MINTAGE_ARGS", "-D warnings")]);
    assert!(fine.succeeded(), "{}", fine.said());
    let wrong = job("mintage-check", &[("MINTAGE_ENV", "production")]);
    assert!(
        wrong.code == Some(2) && wrong.said().contains("unknown-environment"),
        "{}",
        wrong.said()
    );
    let missing = job("mintage-check", &[("MINTAGE_SPEC", "$(touch pwned)")]);
    assert!(missing.code == Some(2) && !runner.path("pwned").exists());
    assert!(job("mintage-guard", &[]).succeeded());
    runner.write("t/secret.yaml", "kind: Secret\nstringData: {a: hunter2}\n");
    git(&runner, "add .");
    let guarded = job("mintage-guard", &[]);
    assert!(
        !guarded.succeeded()
            && guarded.said().contains("t/secret.yaml:2:")
            && !guarded.said().contains("hunter2"),
        "{}",
        guarded.said()
    );
    assert!(job("mintage-guard", &[("MINTAGE_EXCEPT", "t/*.yaml")]).succeeded());
}

#[test]
fn pre_commit_runs_the_hooks() {
    let (Some(pre_commit), Some(git_program), Some(runner)) =
        (peers::need("pre-commit"), peers::need("git"), runner())
    else {
        return;
    };
    // The repository that the hooks come from.
    let hooks = Case::new()
        .file(".pre-commit-hooks.yaml", fs::read(root().join(".pre-commit-hooks.yaml")).unwrap());
    for command in ["init -q", "add .", "commit -qm hooks", "tag v1"] {
        git(&hooks, command);
    }
    let folder = hooks.path("");
    let url = folder.display();
    runner.write(
        ".pre-commit-config.yaml",
        format!(
            "repos:\n- repo: {url}\n  rev: v1\n  hooks:\n  - \
             {{id: mintage-check, language: system, args: [-e, prod]}}\n  - \
             {{id: mintage-guard, language: system, args: [--except, 'testdata/**']}}\n"
        ),
    );
    git(&runner, "add .");
    on(&runner, &pre_commit, "install").succeeds();
    let commit = |message: &str| on(&runner, &git_program, ["commit", "-qm", message]).run();
    let first = commit("first");
    assert!(first.succeeded(), "{}", first.said());
    // A rendered Secret, an identity, and one that is meant for everybody.
    runner.write(
        "rendered/a b.yaml",
        "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: {a: aHVudGVyMg==}\n",
    );
    let key = fs::read_to_string(root().join("examples/shop/TEST-ONLY-identity.txt")).unwrap();
    runner.write("keys/ci.txt", &key);
    runner.write("testdata/keys/ci.txt", &key);
    git(&runner, "add .");
    let second = commit("second");
    let text = second.said();
    assert!(
        !second.succeeded()
            && text.contains("rendered/a b.yaml:4:")
            && text.contains("keys/ci.txt:"),
        "{text}"
    );
    assert!(
        !text.contains("testdata/")
            && !text.contains("aHVudGVyMg")
            && !text.contains("AGE-SECRET-KEY-1Q"),
        "{text}"
    );
    git(&runner, "rm -qrf --cached rendered keys");
    assert!(commit("without them").succeeded());
    // A spec that has gone wrong.
    runner.write("mintage.toml", "[environments.prod]\n[[opaque]]\nname = \"A\"\n");
    git(&runner, "add mintage.toml");
    let third = commit("third");
    assert!(!third.succeeded() && third.said().contains("mintage.toml:3:8"), "{}", third.said());
}

#[test]
fn the_image_is_small_and_nobody() {
    let text = fs::read_to_string(root().join("Dockerfile")).unwrap();
    let last = text.rsplit("\nFROM ").next().unwrap();
    assert!(last.starts_with("scratch\n") && last.contains("\nUSER 999:999\n"), "{last}");
    // All that the build copies, and nothing else, is in the context.
    let ignored = fs::read_to_string(root().join(".dockerignore")).unwrap();
    let copied = text
        .lines()
        .filter(|line| line.starts_with("COPY ") && !line.contains("--from"))
        .flat_map(|line| {
            let words: Vec<&str> = line.split(' ').skip(1).collect();
            words[..words.len() - 1].iter().map(|word| (*word).to_owned()).collect::<Vec<_>>()
        });
    for path in copied {
        assert!(root().join(&path).exists(), "{path}");
        let kept = ignored.lines().any(|line| {
            line == format!("!{path}") || (line == "!LICENSE-*" && path.starts_with("LICENSE-"))
        });
        assert!(kept, "{path} is not in the context");
    }
    let Some(hadolint) = peers::need("hadolint") else { return };
    Case::repository().tool(&hadolint, "--no-color Dockerfile").succeeds();
}

#[test]
fn the_package_holds_the_program_and_its_papers() {
    let (Some(cargo_deb), Some(dpkg)) = (peers::need("cargo-deb"), peers::need("dpkg")) else {
        return;
    };
    let case = Case::new();
    // The program of the tests in the place of a release's, as small as that: packing a debug build
    // takes 15 s.
    let target = case.home("");
    let program = target.join("release/mintage");
    fs::create_dir(target.join("release")).unwrap();
    let stripped = Command::new("strip").arg(MINTAGE).arg("-o").arg(&program).status();
    if !stripped.is_ok_and(|status| status.success()) {
        fs::copy(MINTAGE, &program).unwrap();
    }
    let deb = target.join("mintage.deb");
    // In our own environment: cargo needs its home.
    let mut command = peers::command(&cargo_deb);
    command.args(["deb", "--no-build", "--no-strip", "--fast", "--output"]).arg(&deb);
    peers::stdout(command.current_dir(root()).env("CARGO_TARGET_DIR", &target), b"");
    let list = peers::stdout(Command::new(&dpkg).arg("-c").arg(&deb), b"");
    let list = String::from_utf8(list).unwrap();
    let has = |mode: &str, path: &str| {
        list.lines().any(|line| line.starts_with(mode) && line.ends_with(&format!(" ./{path}")))
    };
    assert!(has("-rwxr-xr-x 0/0", "usr/bin/mintage"), "{list}");
    for path in [
        "usr/share/doc/mintage/copyright",
        "usr/share/doc/mintage/docs/argocd.md",
        "usr/share/mintage/schemas/spec.v1.json",
    ] {
        assert!(has("-rw-r--r-- 0/0", path), "{path}\n{list}");
    }
    let unpacked = target.join("unpacked");
    peers::stdout(Command::new(&dpkg).arg("-x").arg(&deb).arg(&unpacked), b"");
    let version =
        peers::stdout(Command::new(unpacked.join("usr/bin/mintage")).arg("--version"), b"");
    assert_eq!(
        String::from_utf8(version).unwrap(),
        concat!("mintage ", env!("CARGO_PKG_VERSION"), "\n")
    );
}

#[test]
fn the_workflows_hold_together() {
    let (Some(python), Some(bash)) = (peers::need("python"), peers::need("bash")) else { return };
    for name in [".github/workflows/ci.yml", ".github/workflows/release.yml"] {
        let workflow = yaml(&python, name);
        assert!(
            workflow["on"].is_object() && workflow["permissions"]["contents"] == "read",
            "{name}"
        );
        for (job, steps) in workflow["jobs"].as_object().unwrap() {
            for step in steps["steps"].as_array().unwrap() {
                let Some(script) = step["run"].as_str() else { continue };
                assert!(
                    !script.contains("${{"),
                    "{name} {job}: an expression in a script is an injection: {script}"
                );
                let parsed = Case::repository().tool(&bash, "-n").stdin(script).run();
                assert!(parsed.succeeded(), "{name} {job}: {}", parsed.stderr);
                // What is called is there.
                for word in script.split_whitespace().filter(|word| word.starts_with(".ci/")) {
                    assert!(root().join(word).is_file(), "{word}");
                }
            }
        }
    }
}
