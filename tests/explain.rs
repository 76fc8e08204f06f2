//! `mintage explain`: every code has its page, with a wrong and a right example, and the program prints it.

use std::process::Command;

use mintage::diag::codes;

#[test]
fn every_code_has_a_page_with_both_examples() {
    for code in codes::ALL {
        let page = code.explanation;
        let (wrong, right) = (page.find("## Wrong"), page.find("## Right"));
        assert!(wrong.is_some() && wrong < right, "{}", code.name);
        assert!(page.matches("```").count() >= 4 && page.matches("```").count() % 2 == 0, "{}", code.name);
    }
}

#[test]
fn the_program_prints_pages_and_suggests_names() {
    let run = |arguments: &[&str]| Command::new(env!("CARGO_BIN_EXE_mintage")).arg("explain").args(arguments).output().unwrap();
    for code in codes::ALL {
        let output = run(&[code.name]);
        assert!(output.status.success() && String::from_utf8(output.stdout).unwrap().contains(code.explanation), "{}", code.name);
    }
    assert_eq!(String::from_utf8(run(&[]).stdout).unwrap().lines().count(), codes::ALL.len());
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
        &["explain", "--help"],
        &["schema", "--help"],
        &["completions", "--help"],
    ] {
        let output = run(command);
        assert!(output.status.success() && String::from_utf8(output.stdout).unwrap().contains("Example"), "{command:?}");
    }
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        assert!(run(&["completions", shell]).stdout.len() > 500, "{shell}");
    }
    assert_eq!(run(&["build", "--nope"]).status.code(), Some(2));
}
