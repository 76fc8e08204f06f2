//! The commands for keys and encrypted files, beside age and rage.

mod keygen;
mod readers;
mod rekey;
mod rules;

use crate::case::{Case, Ran};
use crate::peers;

/// A case with the identities `alice.key`, `bob.key` and `ci.key`, and their recipients.
pub struct People {
    pub case: Case,
    pub alice: String,
    pub bob: String,
    pub ci: String,
}

impl People {
    pub fn new() -> Self {
        let case = Case::new();
        let new = |name: &str| {
            case.args("keygen -o").args([name]).succeeds().quietly().text().trim().to_owned()
        };
        let (alice, bob, ci) = (new("alice.key"), new("bob.key"), new("ci.key"));
        Self { case, alice, bob, ci }
    }

    /// The tables of a spec in which files below `secrets` are for these people.
    pub fn rules(&self, to: &str) -> String {
        let Self { alice, bob, ci, .. } = self;
        let to: Vec<String> = to.split(' ').map(|name| format!("\"{name}\"")).collect();
        format!(
            "[recipients]\nalice = \"{alice}\"\nbob = [\"{bob}\"]\nci = \"{ci}\"\n\n[[encrypt]]\n\
             path = \"secrets/**\"\nto = [{}]\n",
            to.join(", ")
        )
    }

    pub fn say(&self, to: &str) {
        self.case.write("mintage.toml", self.rules(to));
    }

    /// An encrypted file with this content, by the rules that there are.
    #[track_caller]
    pub fn encrypt(&self, name: &str, content: &str) -> Ran {
        std::fs::create_dir_all(self.case.path(name).parent().unwrap()).unwrap();
        self.case.args("encrypt - -o").args([name]).stdin(content).succeeds()
    }

    #[track_caller]
    pub fn opens(&self, key: &str, name: &str, content: &str) {
        let flag = format!("{key}.key");
        self.case.args("decrypt -i").args([&flag, name]).succeeds().quietly().stdout_is(content);
        for tool in ["age", "rage"] {
            if let Some(tool) = peers::need(tool) {
                let run = self.case.tool(&tool, ["-d", "-i", &flag, name]);
                run.succeeds().stdout_is(content);
            }
        }
    }

    #[track_caller]
    pub fn is_closed_to(&self, key: &str, name: &str) {
        let flag = format!("{key}.key");
        self.case
            .args("decrypt -i")
            .args([&flag, name])
            .exits(2)
            .no_output()
            .stderr_contains("error[no-matching-identity]");
    }
}
