//! Pages whose lines are tried: every `$` line of a `console` block is run, and has to print what
//! stands below it.

use std::path::Path;

use crate::case::{Case, root};

const PAGES: [&str; 2] = ["docs/diff.md", "docs/inspect.md"];

/// The commands of a page, each with what it should print.
fn commands(page: &str) -> Vec<(String, String)> {
    let mut commands: Vec<(String, String)> = Vec::new();
    for block in page.split("```console\n").skip(1) {
        for line in block.split("```").next().unwrap_or_default().lines() {
            match line.strip_prefix("$ ") {
                Some(command) => commands.push((command.to_owned(), String::new())),
                None => {
                    let (_, expected) = commands.last_mut().expect("a block begins with a command");
                    expected.push_str(line);
                    expected.push('\n');
                }
            }
        }
    }
    commands
}

#[test]
fn every_line_prints_what_the_page_says() {
    let mut tried = 0;
    for name in PAGES {
        // The file that the page writes goes to a folder of this run.
        let case = Case::repository().on_the_path("mintage");
        let page = std::fs::read_to_string(root().join(name))
            .unwrap()
            .replace("/tmp/", &format!("{}/", case.outside("home").display()));
        for (command, expected) in commands(&page) {
            let printed = case
                .tool(Path::new("/bin/sh"), ["-c", &format!("{{ {command}; }} 2>&1")])
                .run()
                .text();
            assert_eq!(
                printed.trim_end_matches('\n'),
                expected.trim_end_matches('\n'),
                "{name}: {command}"
            );
            tried += 1;
        }
    }
    assert!(tried >= 9, "{tried} commands");
}

/// The fenced block of this language that stands first behind `before`.
fn block<'p>(page: &'p str, before: &str, language: &str) -> &'p str {
    let (_, rest) = page.split_once(before).expect("the page has this text");
    let (_, rest) = rest.split_once(&format!("```{language}\n")).expect("a block follows");
    rest.split("```").next().unwrap_or_default()
}

/// The first spec of the README, with the printed commands and the printed result; then its two
/// mistakes, and the printed errors.
#[test]
fn the_first_spec_of_the_readme_works() {
    let page = std::fs::read_to_string(root().join("README.md")).unwrap();
    let case = Case::new().on_the_path("mintage");
    let sh = |script: &str| case.tool(Path::new("/bin/sh"), ["-ec", script]);
    let printed = sh(block(&page, "## A first spec", "sh")).succeeds().text();
    let (_, built) = printed.split_once("in `git diff`\n").expect("what init prints");
    assert_eq!(built, block(&page, "The last command prints", "yaml"));
    let wrong = case.read("mintage.toml").replace("password =", "pasword =");
    case.write("mintage.toml", wrong.replace("\"dashboard\"", "\"Dashboard\""));
    let errors = sh("mintage check").fails();
    assert_eq!(errors.stderr, block(&page, "To see an error", "console"));
}
