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
