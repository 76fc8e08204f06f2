//! `mintage explain` and the texts of `--help`.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::case::Case;

/// The names of all codes, as `mintage explain` lists them.
pub(crate) fn all_codes() -> BTreeSet<String> {
    let list = Case::new().args("explain").succeeds().text();
    let names: BTreeSet<String> =
        list.lines().filter_map(|line| line.split(' ').next().map(str::to_owned)).collect();
    assert!(names.len() > 100, "{list}");
    names
}

#[test]
fn the_program_prints_pages_and_suggests_names() {
    let pages = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/diag/explain");
    let case = Case::new();
    let names = all_codes();
    for name in &names {
        let page = fs::read_to_string(pages.join(format!("{name}.md"))).unwrap();
        case.args("explain").args(name.as_str()).succeeds().stdout_contains(&page);
    }
    assert_eq!(fs::read_dir(pages).unwrap().count(), names.len());
    case.args("explain unused-var").succeeds().stdout_contains("is now called `unused`");
    case.args("explain username-colon").exits(2).stderr_contains("no longer exists");
    case.args("explain tls-pairs").exits(2).stderr_contains("did you mean `tls-pair`?");
}

#[test]
fn help_has_examples_and_completions_are_for_every_shell() {
    let case = Case::new();
    for command in [
        "",
        "build",
        "check",
        "diff",
        "list",
        "show",
        "use",
        "krm",
        "post-render",
        "install",
        "install kustomize",
        "install helm",
        "install argocd",
        "doctor",
        "explain",
        "schema",
        "completions",
        "guard",
        "argocd",
        "argocd generate",
        "argocd parameters",
    ] {
        case.args(command).args("--help").succeeds().stdout_contains("Example");
    }
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        assert!(case.args("completions").args(shell).succeeds().stdout.len() > 500, "{shell}");
    }
    case.args("build --nope").exits(2);
}
