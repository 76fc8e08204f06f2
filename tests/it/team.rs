//! `docs/team.md`, as it is written: people with homes of their own, their commands, and edits of
//! the spec. Every line below a command has to be in what it prints, in this order.

use std::fs;
use std::path::Path;

use crate::case::{Case, root};

struct Team {
    case: Case,
}

impl Team {
    /// All that a command of a person prints.
    fn run(&self, who: &str, command: &str) -> String {
        let home = self.case.outside(who);
        fs::create_dir_all(&home).expect("a home");
        // In a session of its own there is no terminal to ask on.
        let script = format!("{{ {command}; }} 2>&1 </dev/null");
        let words = ["--wait", "/bin/sh", "-c", script.as_str()];
        let run = self.case.tool(Path::new("/usr/bin/setsid"), words);
        run.env("HOME", home).env("USER", who).run().text()
    }

    /// The recipient of a person.
    fn recipient(&self, who: &str) -> String {
        let path = self.case.outside(who).join(".config/mintage/identities.txt");
        let text = fs::read_to_string(path).expect("an identity");
        let line = text.lines().find_map(|line| line.strip_prefix("# public key: "));
        line.expect("a recipient").to_owned()
    }

    /// Does to the spec what a block with `+` and `-` says.
    fn edit(&self, diff: &str) {
        let side = |other: char| -> String {
            let lines = diff.lines().filter(|line| !line.starts_with(other));
            lines.flat_map(|line| [line.get(1..).unwrap_or_default(), "\n"]).collect()
        };
        let mut new = side('-');
        for who in ["bob", "ci"] {
            let placeholder = format!("age1...{who}");
            if new.contains(&placeholder) {
                new = new.replace(&placeholder, &self.recipient(who));
            }
        }
        let spec = self.case.read("mintage.toml");
        assert_eq!(spec.matches(&side('+')).count(), 1, "{diff}\n{spec}");
        self.case.write("mintage.toml", spec.replace(&side('+'), &new));
    }

    fn session(&self, block: &str) {
        let mut printed = String::new();
        let mut command = "";
        for line in block.lines() {
            let typed =
                line.split_once("$ ").filter(|(who, _)| ["alice", "bob", "ci"].contains(who));
            if let Some((who, typed)) = typed {
                command = line;
                printed = self.run(who, typed);
                continue;
            }
            let start = line.trim_end_matches("...");
            let is_start = start != line;
            let lines: Vec<&str> = printed.lines().collect();
            let found = lines.iter().position(|printed| {
                printed.trim() == line.trim() || (is_start && printed.starts_with(start))
            });
            let Some(at) = found else { panic!("{command}\nexpected: {line}\n{printed}") };
            printed = lines.get(at + 1..).unwrap_or_default().join("\n");
        }
    }
}

#[test]
fn the_week_goes_as_the_page_says() {
    let page = fs::read_to_string(root().join("docs/team.md")).expect("the page");
    let team = Team { case: Case::new().on_the_path("mintage") };
    fs::create_dir(team.case.path(".git")).expect("a repository");
    let mut blocks = 0;
    for block in page.split("```").skip(1).step_by(2) {
        match block.split_once('\n') {
            Some(("console", text)) => team.session(text),
            Some(("diff", text)) => team.edit(text),
            other => panic!("{other:?}"),
        }
        blocks += 1;
    }
    assert!(blocks >= 10, "{blocks}");
}
