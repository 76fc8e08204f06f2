//! Which rules a file has.

use super::People;
use crate::case::Case;

#[test]
fn a_spec_above_has_the_rules() {
    let people = People::new();
    let case = &people.case;
    std::fs::create_dir(case.path(".git")).unwrap();
    case.write("mintage.toml", people.rules("alice").replace("secrets/**", "shop/secrets/**"));
    case.write("shop/mintage.toml", "[[opaque]]\nname = \"a\"\ndata.A.age = \"secrets/a.age\"\n");
    people.encrypt("shop/secrets/a.age", "hunter2");
    people.opens("alice", "shop/secrets/a.age", "hunter2");
    // From within too.
    let within = case.args("encrypt - -o secrets/b.age").from(&case.path("shop"));
    within.stdin("hunter2").succeeds();
    people.opens("alice", "shop/secrets/b.age", "hunter2");
    // Nearer rules are the only ones.
    case.write("shop/mintage.toml", people.rules("bob"));
    people.encrypt("shop/secrets/c.age", "hunter2");
    people.opens("bob", "shop/secrets/c.age", "hunter2");
    people.is_closed_to("alice", "shop/secrets/c.age");
    case.write("shop/other/x.txt", "hunter2");
    let found = case.args("encrypt shop/other/x.txt").fails();
    found.stderr_contains("no `[[encrypt]]` rule of `shop/mintage.toml` matches");
    // Building needs none of it.
    case.write("shop/mintage.toml", "[[opaque]]\nname = \"a\"\ndata.A = \"x\"\n");
    case.args("build shop").succeeds();
    case.args("build").fails().stderr_contains("error[no-secrets]");
}

#[test]
fn the_search_ends_at_the_root_of_the_repository() {
    let people = People::new();
    people.say("alice");
    let case = &people.case;
    std::fs::create_dir_all(case.path("secrets/inner/.git")).unwrap();
    case.write("secrets/inner/x.txt", "hunter2");
    let found = case.args("encrypt secrets/inner/x.txt").fails();
    found.stderr_contains("no `mintage.toml` says who may read");
}

#[test]
fn what_is_missing_is_said() {
    let case = Case::new().file("x.txt", "hunter2");
    case.args("encrypt x.txt").fails().stderr_contains("no `mintage.toml` says who may read");
    let key = case.args("keygen -o key.txt").succeeds().text();
    case.write("mintage.toml", format!("recipients.me = \"{}\"\n", key.trim()));
    case.args("encrypt x.txt").fails().stderr_contains("has no rule that says who may read");
    let pq = case.args("keygen --pq -o pq.txt").succeeds().text();
    case.write(
        "mintage.toml",
        format!(
            "[recipients]\nme = [\"{}\", \"{}\"]\n[[encrypt]]\npath = \"**\"\nto = [\"me\"]\n",
            key.trim(),
            pq.trim()
        ),
    );
    case.args("encrypt x.txt").fails().stderr_contains("can't mix post-quantum recipients");
}

#[test]
fn all_kinds_of_recipients_can_be_read() {
    let Some(ssh) = crate::peers::need("ssh-keygen") else { return };
    let people = People::new();
    let case = &people.case;
    case.tool(&ssh, ["-q", "-t", "ed25519", "-N", "", "-f", "id"]).succeeds();
    let line = case.read("id.pub");
    case.write(
        "mintage.toml",
        format!(
            "[recipients]\nlaptop = [\"{}\", \"{}\"]\n[[encrypt]]\npath = \"**\"\n\
             to = [\"laptop\"]\n",
            line.trim(),
            people.alice
        ),
    );
    people.encrypt("a.age", "hunter2");
    people.opens("alice", "a.age", "hunter2");
    case.args("decrypt a.age -i id").succeeds().stdout_is("hunter2");
    case.args("recipients").succeeds().stdout_contains("laptop").stdout_contains("ok");
}

/// A plugin that leaves a mark and does nothing.
#[cfg(unix)]
#[test]
fn no_plugin_runs_before_its_readers_are_confirmed() {
    const EVIL: &str = "age1evil1qqqqqqqqzpgazj";
    let people = People::new();
    let case = &people.case;
    let plugin = case.outside("bin/age-plugin-evil");
    let mark = case.outside("ran");
    std::fs::write(&plugin, format!("#!/bin/sh\ntouch '{}'\n", mark.display())).unwrap();
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(&plugin, mode).unwrap();
    let secret = "[sources.s]\nage = \"secrets/b.toml.age\"\ngenerate.g = { length = 8 }\n\
                  [[opaque]]\nname = \"a\"\ndata.B = { source = \"s\", key = \"g\" }\n";
    case.write("mintage.toml", people.rules("alice") + secret);
    people.encrypt("secrets/a.age", "hunter2");
    people.encrypt("secrets/b.toml.age", "x = \"1\"\n");
    let rules =
        people.rules("alice evil").replace("alice = ", &format!("evil = {EVIL:?}\nalice = "));
    case.write("mintage.toml", rules + secret);
    for words in
        ["build", "check", "list", "recipients", "rekey --dry-run", "decrypt secrets/a.age"]
    {
        let identity = if words == "recipients" { "" } else { "-i alice.key" };
        let _ = case.args(words).args(identity).run();
        assert!(!mark.exists(), "{words}");
    }
    for words in ["rekey", "set a B", "generate a", "edit secrets/a.age"] {
        let run = case.args(words).args("-i alice.key").env("EDITOR", "echo hunter3 >>");
        run.stdin("hunter3").exits(2).stderr_contains("error[new-readers]");
        assert!(!mark.exists(), "{words}");
    }
    let ran = case.args("rekey --yes -i alice.key").fails();
    ran.stderr_contains("`evil` will be able to read").stderr_contains("running `age-plugin-evil`");
    assert!(mark.exists());
}

#[test]
fn the_rules_of_a_spec_are_for_all_of_its_files() {
    let people = People::new();
    let case = &people.case;
    let spec = "[[opaque]]\nname = \"a\"\n\
                data.G = { age = \"secrets/in/g.age\", generate = { length = 8 } }\n\
                data.S = { age = \"secrets/in/s.age\" }\ndata.E = { age = \"secrets/in/e.age\" }\n";
    case.write("mintage.toml", people.rules("alice") + spec);
    let other = people.rules("alice").replace(&people.alice, &people.ci);
    std::fs::create_dir_all(case.path("secrets/in")).unwrap();
    case.write("secrets/in/mintage.toml", other.replace("secrets/**", "**"));
    case.args("generate -i alice.key").succeeds();
    case.args("set a S -i alice.key").stdin("hunter2").succeeds();
    case.args("edit a E -i alice.key").env("EDITOR", "echo hunter2 >").succeeds();
    for name in ["g", "s", "e"] {
        people.is_closed_to("ci", &format!("secrets/in/{name}.age"));
    }
}
