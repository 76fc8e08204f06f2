//! Commands that print identities: when they run, and which recipient they are told, as by sops.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use crate::case::{Case, Run};
use crate::peers;

/// Prints the key of the recipient that it is asked for, and takes a note of that.
const KEEPER: &str =
    "echo \"${SOPS_AGE_RECIPIENT-anybody}\" >> asked\ncat \"kept/$SOPS_AGE_RECIPIENT\"\n";

struct Keeper {
    case: Case,
    people: Vec<(&'static str, String)>,
}

impl Keeper {
    /// With the keys of these people, of whom alice and bob may read everything below `all`, and
    /// each what is below a folder of the same name.
    fn new() -> Self {
        let case = Case::new().file("keeper", KEEPER);
        fs::create_dir(case.path("kept")).unwrap();
        let mut keeper = Self { case, people: Vec::new() };
        for (name, options) in [("alice", ""), ("bob", ""), ("carol", "--pq")] {
            let made =
                keeper.case.args(format!("keygen {options} -o {name}.txt").as_str()).succeeds();
            let recipient = made.text().trim().to_owned();
            keeper.keep(name, &recipient);
            keeper.people.push((name, recipient));
        }
        keeper
    }

    fn recipient(&self, name: &str) -> &str {
        &self.people.iter().find(|(known, _)| *known == name).expect("a person").1
    }

    /// File names are shorter than post-quantum recipients.
    fn keep(&self, name: &str, recipient: &str) {
        let key = self.case.read(&format!("{name}.txt"));
        if recipient.len() < 100 {
            self.case.write(&format!("kept/{recipient}"), key);
        }
    }

    /// A spec with a Secret of these files, and rules.
    fn spec(&self, files: &[&str]) {
        let mut text = "[recipients]\n".to_owned();
        for (name, recipient) in &self.people {
            text += &format!("{name} = \"{recipient}\"\n");
        }
        for (path, to) in [
            ("all/**", "\"alice\", \"bob\""),
            ("alice/**", "\"alice\""),
            ("bob/**", "\"bob\""),
            ("carol/**", "\"carol\""),
        ] {
            text += &format!("[[encrypt]]\npath = \"{path}\"\nto = [{to}]\n");
        }
        text += "[[opaque]]\nname = \"app\"\n";
        for (number, file) in files.iter().enumerate() {
            text += &format!("data.K{number} = {{ age = \"{file}\" }}\n");
        }
        self.case.write("mintage.toml", text);
    }

    fn encrypt(&self, path: &str, options: &str) {
        fs::create_dir_all(self.case.path(path).parent().expect("a folder")).unwrap();
        let run = self.case.args(format!("encrypt - --force --yes -o {path} {options}").as_str());
        run.stdin(format!("value of {path}")).succeeds();
    }

    fn run(&self, words: &str) -> Run {
        let _ = fs::remove_file(self.case.path("asked"));
        self.case.args(words).env("MINTAGE_IDENTITY_CMD", "sh keeper")
    }

    /// Whom the command was asked for since the last `run`.
    fn asked(&self) -> Vec<String> {
        let text = fs::read_to_string(self.case.path("asked")).unwrap_or_default();
        let name = |line: &str| {
            let person = self.people.iter().find(|(_, recipient)| recipient == line);
            person.map_or(line, |(name, _)| name).to_owned()
        };
        text.lines().map(name).collect()
    }
}

#[test]
fn the_list_of_readers_says_for_whom() {
    let keeper = Keeper::new();
    keeper.spec(&["bob/1.age", "bob/2.age", "bob/3.age"]);
    for path in ["bob/1.age", "bob/2.age", "bob/3.age", "alice/1.age"] {
        keeper.encrypt(path, "");
    }
    keeper.run("build").succeeds().stdout_contains("dmFsdWUgb2YgYm9iLzMuYWdl");
    assert_eq!(keeper.asked(), ["bob"]);
    keeper.run("decrypt alice/1.age").succeeds().stdout_is("value of alice/1.age");
    assert_eq!(keeper.asked(), ["alice"]);
    // Also what another wrote, and no rule names her for.
    keeper.encrypt("bob/1.age", &format!("-r {}", keeper.recipient("alice")));
    keeper.run("build").succeeds();
    let mut asked = keeper.asked();
    asked.sort();
    assert_eq!(asked, ["alice", "bob"]);
}

#[test]
fn without_a_list_all_recipients_of_the_kind_until_one_opens_it() {
    let keeper = Keeper::new();
    keeper.spec(&["bob/1.age", "bob/2.age"]);
    keeper.encrypt("bob/1.age", "--anonymous");
    keeper.encrypt("bob/2.age", "--anonymous");
    keeper.run("build").succeeds();
    // carol's key is of another kind.
    assert_eq!(keeper.asked(), ["alice", "bob"]);
    for words in ["decrypt bob/1.age", "rekey --all --yes bob"] {
        keeper.run(words).succeeds();
        assert_eq!(keeper.asked(), ["alice", "bob"], "{words}");
    }
    // They have lists now.
    keeper.run("build").succeeds();
    assert_eq!(keeper.asked(), ["bob"]);
}

#[test]
fn it_runs_only_if_a_file_needs_it() {
    let keeper = Keeper::new();
    keeper.spec(&["bob/1.age"]);
    keeper.encrypt("bob/1.age", "");
    for words in ["build -i bob.txt", "list -i bob.txt", "encrypt keeper -o bob/2.age"] {
        keeper.run(words).succeeds();
        assert_eq!(keeper.asked(), Vec::<String>::new(), "{words}");
    }
    let bob = keeper.case.path("bob.txt");
    keeper.run("build").env("MINTAGE_IDENTITY_FILE", bob).succeeds();
    assert_eq!(keeper.asked(), Vec::<String>::new());
    keeper.spec(&[]);
    keeper.run("check").run();
    assert_eq!(keeper.asked(), Vec::<String>::new());
}

#[test]
fn all_commands_that_decrypt_tell_it() {
    let keeper = Keeper::new();
    keeper.spec(&["bob/1.toml.age"]);
    keeper.case.write("text", "a = 'one'\n");
    fs::create_dir(keeper.case.path("bob")).unwrap();
    keeper.case.args("encrypt text -o bob/1.toml.age").succeeds();
    let spec = keeper
        .case
        .read("mintage.toml")
        .replace("{ age = \"bob/1.toml.age\" }", "{ age = \"bob/1.toml.age\", key = \"a\" }");
    keeper.case.write("mintage.toml", &spec);
    for words in [
        "check",
        "show app --reveal",
        "set app K0",
        "recipients",
        "edit bob/1.toml.age",
        "edit app K0",
        "rekey --anonymous --yes",
    ] {
        keeper.run(words).stdin("two").env("EDITOR", "true").succeeds();
        assert_eq!(keeper.asked(), ["bob"], "{words}");
    }
}

#[test]
fn the_rules_may_be_in_a_folder_above() {
    let keeper = Keeper::new();
    fs::create_dir(keeper.case.path(".git")).unwrap();
    keeper.spec(&[]);
    keeper.encrypt("bob/1.age", "");
    keeper
        .case
        .write("bob/mintage.toml", "[[opaque]]\nname = \"b\"\ndata.K = { age = \"1.age\" }\n");
    fs::copy(keeper.case.path("keeper"), keeper.case.path("bob/keeper")).unwrap();
    fs::rename(keeper.case.path("kept"), keeper.case.path("bob/kept")).unwrap();
    let run = keeper.run("build").from(&keeper.case.path("bob"));
    run.succeeds();
    let asked = keeper.case.read("bob/asked");
    assert_eq!(asked.trim(), keeper.recipient("bob"));
}

#[test]
fn nobody_is_named_where_no_recipient_is_known() {
    let keeper = Keeper::new();
    keeper.spec(&["bob/1.age"]);
    keeper.encrypt("bob/1.age", "");
    let rest = "[[opaque]]\nname = \"app\"\ndata.K0 = { age = \"bob/1.age\" }\n";
    keeper.case.write("mintage.toml", rest);
    let command = "sh -c 'echo \"${SOPS_AGE_RECIPIENT-anybody}\" >> asked; cat bob.txt'";
    // Not the one of a command that runs mintage either.
    let run = keeper.run("build").env("SOPS_AGE_RECIPIENT", keeper.recipient("alice"));
    run.env("MINTAGE_IDENTITY_CMD", command).succeeds();
    assert_eq!(keeper.asked(), ["anybody"]);
}

/// A command that does not care about the recipient, as `cat keys.txt`: a device is not touched
/// again for each.
#[test]
fn what_is_printed_again_is_not_tried_again() {
    let keeper = Keeper::new();
    keeper.spec(&["bob/1.age"]);
    keeper.encrypt("bob/1.age", "--anonymous");
    let plugin = keeper.case.path("age-plugin-foobar");
    let runs = keeper.case.path("plugin");
    fs::write(&plugin, format!("#!/bin/sh\necho ran >> '{}'\n", runs.display())).unwrap();
    fs::set_permissions(&plugin, fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:/usr/bin:/bin", keeper.case.path("").display());
    let command = "sh -c 'echo \"$SOPS_AGE_RECIPIENT\" >> asked; echo AGE-PLUGIN-FOOBAR-1QVHULF'";
    let run = keeper.run("build").env("PATH", &path).env("MINTAGE_IDENTITY_CMD", command);
    run.exits(2).stderr_contains("`age-plugin-foobar` ended without an answer");
    assert_eq!(keeper.asked(), ["alice", "bob"]);
    assert_eq!(keeper.case.read("plugin"), "ran\n");
}

#[test]
fn a_command_may_fail_for_some_but_not_for_all() {
    let keeper = Keeper::new();
    keeper.spec(&["all/1.age", "bob/1.age"]);
    keeper.encrypt("all/1.age", "");
    keeper.encrypt("bob/1.age", "");
    let alice = keeper.recipient("alice").to_owned();
    fs::remove_file(keeper.case.path(&format!("kept/{alice}"))).unwrap();
    keeper.run("build").succeeds();
    let bob = keeper.recipient("bob").to_owned();
    fs::remove_file(keeper.case.path(&format!("kept/{bob}"))).unwrap();
    keeper
        .run("build")
        .exits(2)
        .stderr_contains("the command in `MINTAGE_IDENTITY_CMD` failed with exit status 1")
        .stderr_contains("it is needed to decrypt `all/1.age`");
    let mut asked = keeper.asked();
    asked.sort();
    assert_eq!(asked, ["alice", "bob"]);
    // Somebody else's key is no failure.
    let run = keeper.run("build").env("MINTAGE_IDENTITY_CMD", "cat carol.txt");
    run.exits(2).stderr_contains("none of the identities can decrypt `bob/1.age`");
}

/// A repository names a plugin in a recipient, and brings the program along.
#[test]
fn no_plugin_runs_from_a_relative_folder() {
    let case = Case::new();
    let key = case.args("keygen -o key.txt").succeeds();
    let plugin = "age1foobar10t5vyf";
    let both = format!("me = \"{}\"\nplugin = \"{plugin}\"", key.text().trim());
    let rule = "[[encrypt]]\npath = \"**\"\nto = [\"me\", \"plugin\"]";
    let spec = format!("[recipients]\n{both}\n{rule}\n[[opaque]]\nname = \"a\"\n");
    case.write("mintage.toml", &spec);
    fs::create_dir(case.path("bin")).unwrap();
    for path in ["age-plugin-foobar", "bin/age-plugin-foobar"] {
        case.write(path, "#!/bin/sh\ntouch \"$RAN\"\n");
        fs::set_permissions(case.path(path), fs::Permissions::from_mode(0o755)).unwrap();
    }
    case.write("plugin.txt", "AGE-PLUGIN-FOOBAR-1QVHULF\n");
    let ran = case.path("ran");
    let run = |words: &str, path: &str| {
        let run = case.args(words).stdin("hunter2").env("PATH", path);
        run.env("RAN", &ran)
    };
    let refusal = "`age-plugin-foobar` is needed, and was not run: it is in a relative folder";
    for path in [".:/usr/bin:/bin", "/usr/bin:/bin:", ":/usr/bin:/bin", "/usr/bin::/bin", "bin"] {
        run("set a PW", path).exits(1).stderr_contains(refusal);
        assert!(!ran.exists() && case.read("mintage.toml") == spec, "{path}");
    }
    run("encrypt - -o x.age -r", "/usr/bin").args([key.text().trim()]).succeeds();
    run("decrypt x.age -i plugin.txt", ".:/usr/bin").exits(2).stderr_contains(refusal);
    assert!(!ran.exists());
    // The same program in a folder by its whole path.
    let path = format!("{}:/usr/bin:/bin", case.path("bin").display());
    run("set a PW", &path).exits(1).stderr_contains("ended without an answer");
    assert!(ran.exists());
}

/// The same command under the name that sops knows, asked for the same recipient by sops.
#[test]
fn sops_asks_in_the_same_way() {
    let Some(sops) = peers::need("sops") else { return };
    let keeper = Keeper::new();
    keeper.spec(&["bob/1.age"]);
    keeper.encrypt("bob/1.age", "");
    keeper.case.write("plain.json", "{\"a\": \"value\"}");
    let (bob, case) = (keeper.recipient("bob"), &keeper.case);
    let made = case.tool(&sops, ["encrypt", "--age", bob, "plain.json"]).succeeds();
    case.write("sops.json", made.text());
    let opened = case.tool(&sops, ["decrypt", "sops.json"]).env("SOPS_AGE_KEY_CMD", "sh keeper");
    opened.succeeds().stdout_contains("value");
    assert_eq!(keeper.asked(), ["bob"]);
    fs::remove_file(case.path("asked")).unwrap();
    case.args("build").env("SOPS_AGE_KEY_CMD", "sh keeper").succeeds();
    assert_eq!(keeper.asked(), ["bob"]);
}
