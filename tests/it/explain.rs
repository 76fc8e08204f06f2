//! `mintage explain` and the texts of `--help`.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

/// The names of all codes, as `mintage explain` lists them.
pub(crate) fn all_codes() -> BTreeSet<String> {
    let output = Command::new(env!("CARGO_BIN_EXE_mintage")).arg("explain").output().unwrap();
    let list = String::from_utf8(output.stdout).unwrap();
    let names: BTreeSet<String> = list.lines().filter_map(|line| line.split(' ').next().map(str::to_owned)).collect();
    assert!(names.len() > 100, "{list}");
    names
}

#[test]
fn the_program_prints_pages_and_suggests_names() {
    let run = |arguments: &[&str]| Command::new(env!("CARGO_BIN_EXE_mintage")).arg("explain").args(arguments).output().unwrap();
    let pages = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/diag/explain");
    let names = all_codes();
    for name in &names {
        let page = fs::read_to_string(pages.join(format!("{name}.md"))).unwrap();
        let output = run(&[name]);
        assert!(output.status.success() && String::from_utf8(output.stdout).unwrap().contains(&page), "{name}");
    }
    assert_eq!(fs::read_dir(pages).unwrap().count(), names.len());
    let unknown = run(&["tls-pairs"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(String::from_utf8(unknown.stderr).unwrap().contains("did you mean `tls-pair`?"));
}

#[test]
fn help_has_examples_and_completions_are_for_every_shell() {
    let run = |arguments: &[&str]| Command::new(env!("CARGO_BIN_EXE_mintage")).args(arguments).output().unwrap();
    for command in [
        &["--help"][..],
        &["build", "--help"],
        &["check", "--help"],
        &["diff", "--help"],
        &["list", "--help"],
        &["show", "--help"],
        &["use", "--help"],
        &["krm", "--help"],
        &["post-render", "--help"],
        &["install", "--help"],
        &["install", "kustomize", "--help"],
        &["install", "helm", "--help"],
        &["doctor", "--help"],
        &["explain", "--help"],
        &["schema", "--help"],
        &["completions", "--help"],
        &["guard", "--help"],
        &["install", "--help"],
        &["install", "argocd", "--help"],
        &["argocd", "--help"],
        &["argocd", "generate", "--help"],
        &["argocd", "parameters", "--help"],
    ] {
        let output = run(command);
        assert!(output.status.success() && String::from_utf8(output.stdout).unwrap().contains("Example"), "{command:?}");
    }
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        assert!(run(&["completions", shell]).stdout.len() > 500, "{shell}");
    }
    assert_eq!(run(&["build", "--nope"]).status.code(), Some(2));
}
