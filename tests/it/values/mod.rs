//! `mintage set`, `mintage unset` and `mintage encrypt --literals`: what is written, what stays,
//! and what age and mintage itself read afterwards.

#[cfg(unix)]
mod armored;
mod literals;
#[cfg(target_os = "linux")]
mod prompts;
mod registries;
#[cfg(unix)]
mod sequences;
mod set;
mod set_fails;
mod unset;

use serde_json::Value;

use crate::case::{Case, Run};
use crate::peers;

/// A case with an identity, `key.txt`, whose recipient the rules of every spec name.
pub struct Keys {
    pub case: Case,
    pub recipient: String,
}

impl Keys {
    /// With this text below the rules.
    pub fn new(text: &str) -> Self {
        let case = Case::new();
        let ran = case.args("keygen -o key.txt").succeeds();
        let recipient = ran.text().trim().to_owned();
        let keys = Self { case, recipient };
        keys.case.write("mintage.toml", keys.rules() + text);
        keys
    }

    pub fn rules(&self) -> String {
        format!(
            "[recipients]\nme = \"{}\"\n\n[[encrypt]]\npath = \"**\"\nto = [\"me\"]\n\n",
            self.recipient
        )
    }

    /// The spec below the rules.
    pub fn spec(&self) -> String {
        let text = self.case.read("mintage.toml");
        text.strip_prefix(&self.rules()).expect("the rules stay").to_owned()
    }

    /// A run with the identity; a value goes to stdin.
    pub fn run(&self, words: &str) -> Run {
        self.case.args(words).args("-i key.txt")
    }

    /// Sets a value from stdin.
    #[track_caller]
    pub fn set(&self, words: &str, value: &str) -> crate::case::Ran {
        self.run(&format!("set {words}")).stdin(value).succeeds().no_output().never_says(value)
    }

    /// Encrypts a file by the rules.
    pub fn encrypt(&self, path: &str, content: &str) {
        let folder = self.case.path(path);
        std::fs::create_dir_all(folder.parent().expect("a folder")).expect("a folder");
        self.case.args("encrypt - -o").args([path]).stdin(content).succeeds();
    }

    /// The plaintext of an age file, as age itself opens it where it is installed.
    #[track_caller]
    pub fn opened(&self, path: &str) -> String {
        let ours = self.run(&format!("decrypt {path}")).succeeds().text();
        if let Some(age) = peers::need("age") {
            let theirs = self.case.tool(&age, ["-d", "-i", "key.txt", path]).succeeds().text();
            assert_eq!(ours, theirs);
        }
        ours
    }

    /// The values of the Secrets that a build gives, by `NAME/KEY`.
    #[track_caller]
    pub fn built(&self, words: &str) -> Vec<(String, String)> {
        use base64::Engine as _;
        let run = self.run(&format!("build --format json -A warnings {words}"));
        let ran = run.args("--allow-empty").run();
        assert!(ran.code == Some(0) || !ran.stdout.is_empty(), "{}", ran.stderr);
        let list: Value = ran.json();
        let mut values = Vec::new();
        for item in list["items"].as_array().expect("items") {
            let name = item["metadata"]["name"].as_str().expect("a name");
            for (key, value) in item["data"].as_object().into_iter().flatten() {
                let bytes = base64::engine::general_purpose::STANDARD
                    .decode(value.as_str().expect("base64"))
                    .expect("base64");
                let value = String::from_utf8(bytes).expect("UTF-8");
                values.push((format!("{name}/{key}"), value));
            }
        }
        values
    }

    #[track_caller]
    pub fn value(&self, words: &str, key: &str) -> String {
        let built = self.built(words);
        let found = built.iter().find(|(name, _)| name == key);
        found.unwrap_or_else(|| panic!("{key} in {built:?}")).1.clone()
    }
}

/// Every command that takes the name of a Secret says where it is.
#[test]
fn a_secret_of_another_environment_is_not_missing() {
    let keys = Keys::new(
        r#"[environments.dev]
[environments.stage]
[environments."pro d"]
[[opaque]]
name = "late"
environments = ["stage", "pro d"]
data.A = { age = "a.age", generate = { length = 9 } }
[[opaque]]
name = "in-{{ env | replace(' ', '-') }}"
data.A = "hunter2"
"#,
    );
    for (name, help) in [("late", "`-e stage`"), ("in-pro-d", "`-e 'pro d'`")] {
        for words in ["generate NAME", "show NAME", "use NAME", "set NAME A --generate"] {
            let ran = keys.run(&words.replace("NAME", name)).args("-e dev").exits(2);
            ran.stderr_contains(&format!("`{name}` is not built in `dev`"))
                .stderr_contains(&format!("help: pass {help}"))
                .never_says("has no Secret")
                .never_says("does not exist");
        }
        for words in ["unset NAME A", "edit NAME A", "generate NAME A", "set NAME B --generate"] {
            let ran = keys.run(&words.replace("NAME", name)).args("-e dev").exits(2);
            ran.stderr_contains(&format!("`{name}` is not built in `dev`"));
        }
    }
    keys.run("generate -e stage late").succeeds();
    keys.run("show late").args(["-e", "pro d"]).succeeds();
    // What is nowhere is missing.
    keys.run("generate -e dev lat").exits(2).stderr_contains("has no Secret");
    keys.run("show -e dev lat").exits(2).stderr_contains("does not exist");
}
