//! Values that are set.

use std::fs;

use super::Keys;

#[test]
fn a_file_of_its_own() {
    let spec =
        "# The database\n[[opaque]]\nname = \"db\" # c\ndata.PW = { age = \"pw.age\" } # d\n";
    let keys = Keys::new(spec);
    keys.encrypt("pw.age", "old");
    keys.set("db PW", "hunter2\n")
        .stderr_contains("removed the final line break")
        .stderr_contains("set `PW` of `db`: `pw.age`");
    assert_eq!(keys.opened("pw.age"), "hunter2");
    assert_eq!(keys.spec(), spec);
    keys.run("set db PW --raw").stdin("hunter2\n").succeeds().never_says("removed");
    assert_eq!(keys.opened("pw.age"), "hunter2\n");
    // A file that is armored stays so.
    fs::remove_file(keys.case.path("pw.age")).unwrap();
    keys.case.args("encrypt - --armor -o pw.age").stdin("old").succeeds();
    keys.set("db PW", "hunter2");
    assert!(keys.case.read("pw.age").starts_with("-----BEGIN AGE"));
    assert_eq!(keys.opened("pw.age"), "hunter2");
}

#[test]
fn a_key_of_a_bundle_by_every_way() {
    let spec = r#"[sources.db]
age = "db.yaml.age"

[[opaque]]
name = "a"
data.A = { source = "db", key = "root.password" }
data.B = { age = "db.yaml.age", key = "users[0].pw" }
data.C = "{{ sources.db['root'].user }}"
data-from = [{ age = "app.env.age" }]
"#;
    let keys = Keys::new(spec);
    let yaml = "# c1\nroot:\n  password: old # c2\n  user: 'u'\nusers:\n- pw: x\n";
    keys.encrypt("db.yaml.age", yaml);
    keys.encrypt("app.env.age", "# c3\nexport D=old # c4\n");
    for (key, value) in
        [("A", "hunter2 a"), ("B", "hunter2b"), ("C", "hunter2 c"), ("D", "hunter2d")]
    {
        keys.set(&format!("a {key}"), value);
        assert_eq!(keys.value("", &format!("a/{key}")), value);
    }
    assert_eq!(
        keys.opened("db.yaml.age"),
        "# c1\nroot:\n  password: \"hunter2 a\" # c2\n  user: 'hunter2 c'\nusers:\n- pw: hunter2b\n"
    );
    assert_eq!(keys.opened("app.env.age"), "# c3\nexport D=hunter2d # c4\n");
    assert_eq!(keys.spec(), spec);
}

#[test]
fn an_armored_text_keeps_its_lines() {
    let keys = Keys::new("[[opaque]]\nname = \"a\"\n");
    keys.set("a PW --inline", "one");
    let spec = keys.spec();
    assert!(spec.starts_with("[[opaque]]\nname = \"a\"\ndata.PW = { armor = \"\"\"\n-----BEGIN"));
    // Indented, as people do.
    let (head, armor) = spec.split_once("-----BEGIN").unwrap();
    let (armor, tail) = armor.split_once("\n\"\"\"").unwrap();
    let armor = format!("    -----BEGIN{}", armor.replace('\n', "\n    "));
    let (head, tail) = (format!("# c\n{head}"), format!("\n\"\"\"{tail}# end\n"));
    keys.case.write("mintage.toml", format!("{}{head}{armor}{tail}", keys.rules()));
    assert_eq!(keys.value("", "a/PW"), "one");
    keys.set("a PW", "hunter2");
    assert_eq!(keys.value("", "a/PW"), "hunter2");
    let after = keys.spec();
    let new = after.strip_prefix(&head).unwrap().strip_suffix(&tail).unwrap();
    assert!(new != armor && new.lines().all(|line| line.starts_with("    ")));
}

#[test]
fn what_is_not_there_gets_a_file() {
    let keys = Keys::new("# c\n[[opaque]]\nname = \"db\"\n\n# end\n");
    keys.set("db PW", "hunter2").stderr_contains("me` can read `secrets/db/PW.age`");
    assert_eq!(
        keys.spec(),
        "# c\n[[opaque]]\nname = \"db\"\ndata.PW = { age = \"secrets/db/PW.age\" }\n\n# end\n"
    );
    assert_eq!(keys.opened("secrets/db/PW.age"), "hunter2");
    // Beside the other files of the Secret.
    keys.set("db tls.key", "hunter3");
    assert_eq!(keys.opened("secrets/db/tls.key.age"), "hunter3");
    // A new Secret.
    keys.set("shop/web TOKEN", "hunter4").stderr_contains("set `TOKEN` of `shop/web`");
    assert!(keys.spec().ends_with(
        "\n[[opaque]]\nname = \"web\"\nnamespace = \"shop\"\ndata.TOKEN = { age = \
         \"secrets/web/TOKEN.age\" }\n"
    ));
    keys.set("git password --type basic-auth", "hunter5");
    assert!(keys.spec().ends_with(
        "[[basic-auth]]\nname = \"git\"\npassword = { age = \"secrets/git/password.age\" }\n"
    ));
    let values = keys.built("");
    assert_eq!(values.len(), 4, "{values:?}");
}

#[test]
fn a_literal_is_moved() {
    let keys = Keys::new(
        "[[basic-auth]]\nname = \"git\"\nusername = \"me\" # u\npassword = \"hunter1\" # p\n",
    );
    keys.set("git password", "hunter2");
    assert_eq!(
        keys.spec(),
        "[[basic-auth]]\nname = \"git\"\nusername = \"me\" # u\npassword = { age = \
         \"secrets/git/password.age\" } # p\n"
    );
    assert_eq!(keys.value("", "git/password"), "hunter2");
}

#[test]
fn values_from_files_and_chance() {
    let keys = Keys::new("[[opaque]]\nname = \"a\"\n");
    keys.case.write("value", b"\xff\x00bytes\n");
    keys.run("set a BIN --from-file value").succeeds().quietly_but_for("can read");
    let raw = keys.run("decrypt secrets/a/BIN.age").succeeds().stdout;
    assert_eq!(raw, b"\xff\x00bytes\n");
    keys.run("set a PW --generate").succeeds();
    let first = keys.value_of("PW");
    assert!(first.len() == 32 && first.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    keys.run("set a PW --generate=hex:64").succeeds();
    let second = keys.value_of("PW");
    assert!(second.len() == 64 && second.bytes().all(|byte| byte.is_ascii_hexdigit()));
    keys.run("set a PW --generate=words:3").exits(2).stderr_contains("`hex:64`");
    keys.run("set a PW").stdin("").exits(2).stderr_contains("stdin is empty");
}

#[test]
fn the_old_value_need_not_be_readable() {
    let keys = Keys::new("[[opaque]]\nname = \"a\"\ndata.PW = { age = \"pw.age\" }\n");
    keys.encrypt("pw.age", "old");
    let run = || keys.case.args("set a PW").stdin("hunter2");
    // Nobody can tell who could read it so far.
    run().exits(2).stderr_contains("error[new-readers]");
    run().args("--yes").succeeds().stderr_contains("no identity can decrypt `pw.age`");
    assert_eq!(keys.opened("pw.age"), "hunter2");
    // A bundle has other values that have to stay.
    let text = "[[opaque]]\nname = \"a\"\ndata.PW = { age = \"b.json.age\", key = \"pw\" }\n";
    keys.case.write("mintage.toml", keys.rules() + text);
    keys.encrypt("b.json.age", "{\"pw\": \"x\"}");
    run().args("--yes").exits(2).stderr_contains("error[no-identity]");
    assert_eq!(keys.opened("b.json.age"), "{\"pw\": \"x\"}");
}

#[test]
fn others_that_change_are_named() {
    let keys = Keys::new(
        r#"[environments.dev]
[environments.prod]
[sources.db]
age = "db.toml.age"
[[opaque]]
name = "a"
data.PW = { source = "db", key = "pw" }
[[opaque]]
name = "b"
data.X = "{{ sources.db.pw }}"
"#,
    );
    keys.encrypt("db.toml.age", "pw = 'old' # c\n");
    // The same in every environment: none has to be chosen.
    let ran = keys.set("a PW", "hunter2");
    ran.stderr_contains("`X` of `b` in `prod`").stderr_contains("`PW` of `a` in `prod`");
    assert_eq!(keys.opened("db.toml.age"), "pw = 'hunter2' # c\n");
}

#[test]
fn environments_have_files_of_their_own() {
    let keys = Keys::new(
        "[environments.dev]\n[environments.prod]\n[[opaque]]\nname = \"a\"\ndata.PW = { age = \
         \"{{ env }}/pw.age\" }\n",
    );
    keys.encrypt("dev/pw.age", "dev");
    keys.encrypt("prod/pw.age", "prod");
    let run = || keys.run("set a PW").stdin("hunter2");
    run().exits(2).stderr_contains("`dev`: `dev/pw.age`").stderr_contains("`dev` or `prod`");
    run().args("-e prod").succeeds();
    assert_eq!(
        (keys.opened("dev/pw.age"), keys.opened("prod/pw.age")),
        ("dev".into(), "hunter2".into())
    );
}

#[test]
fn items_have_files_of_their_own() {
    let keys = Keys::new("");
    keys.case.write(
        "mintage.toml",
        format!("{}{}", "vars.tenants = [\"x\", \"y\"]\n", keys.rules())
            + "[[opaque]]\nfor-each = \"vars.tenants\"\nname = \"t-{{ each.value }}\"\n",
    );
    let ran = keys.set("t-x PW", "hunter2 x");
    ran.stderr_contains("have no value yet: `PW` of `t-y`");
    assert!(
        keys.case
            .read("mintage.toml")
            .ends_with("data.PW = { age = \"secrets/t-{{ each.value }}/PW.age\" }\n")
    );
    keys.set("t-y PW", "hunter2 y").never_says("do not exist");
    assert_eq!(keys.opened("secrets/t-x/PW.age"), "hunter2 x");
    assert_eq!(keys.opened("secrets/t-y/PW.age"), "hunter2 y");
}

#[test]
fn specs_elsewhere_have_their_own_rules() {
    let keys = Keys::new("[[opaque]]\nname = \"other\"\n");
    let text = keys.case.read("mintage.toml").replace("\"other\"", "\"a\"");
    let folder = keys.case.outside("elsewhere");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("mintage.toml"), text).unwrap();
    let spec = folder.to_str().unwrap();
    keys.set(&format!("{spec} a PW"), "hunter2");
    assert_eq!(keys.value(spec, "a/PW"), "hunter2");
    assert!(folder.join("secrets/a/PW.age").exists() && !keys.case.path("secrets").exists());
}

#[test]
fn a_new_secret_may_get_its_values_one_by_one() {
    let keys = Keys::new("");
    let tls =
        |name: &str| fs::read_to_string(crate::case::root().join("tests/keys/tls").join(name));
    let ran = keys.run("set web tls.key --type tls").stdin(tls("ed25519.key").unwrap());
    ran.succeeds().stderr_contains("needs `cert`");
    keys.run("build").fails();
    keys.run("set web tls.crt").stdin(tls("ed25519.crt").unwrap()).succeeds();
    assert_eq!(keys.built("").len(), 2);
}

/// A kill at any time leaves the file as it was or as it should be.
#[test]
#[cfg(unix)]
fn a_kill_leaves_files_whole() {
    let keys = Keys::new("[[opaque]]\nname = \"a\"\ndata-from = [{ age = \"a.env.age\" }]\n");
    keys.encrypt("a.env.age", "# c\nA=0\nB=1\n");
    let spec = keys.spec();
    for n in 0..12u64 {
        fs::write(keys.case.path("v"), format!("v{n}")).unwrap();
        let mut child = keys.run("set -q a A --from-file v").command().spawn().unwrap();
        std::thread::sleep(std::time::Duration::from_millis(n * 7));
        child.kill().unwrap();
        child.wait().unwrap();
        let now = keys.opened("a.env.age");
        assert!(now.starts_with("# c\nA=") && now.ends_with("\nB=1\n"), "{now}");
        assert_eq!(keys.spec(), spec);
    }
    keys.set("a A", "last");
    assert_eq!(keys.opened("a.env.age"), "# c\nA=last\nB=1\n");
}

#[test]
fn two_at_once_both_end_up_in() {
    let keys = Keys::new("[[opaque]]\nname = \"a\"\ndata-from = [{ age = \"a.env.age\" }]\n");
    let lines: String = (0..8).map(|n| format!("K{n}=old\n")).collect();
    keys.encrypt("a.env.age", &lines);
    let mut children = Vec::new();
    for n in 0..8 {
        let value = keys.case.path(&format!("v{n}"));
        fs::write(&value, format!("new{n}")).unwrap();
        let run = keys.run(&format!("set a K{n} --from-file v{n}"));
        children.push(run.command().spawn().unwrap());
    }
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    let expected: String = (0..8).map(|n| format!("K{n}=new{n}\n")).collect();
    assert_eq!(keys.opened("a.env.age"), expected);
}

impl Keys {
    fn value_of(&self, key: &str) -> String {
        self.opened(&format!("secrets/a/{key}.age"))
    }
}

trait ButFor {
    fn quietly_but_for(self, text: &str) -> Self;
}

impl ButFor for crate::case::Ran {
    fn quietly_but_for(self, text: &str) -> Self {
        let others = self.stderr.lines().filter(|line| !line.contains(text));
        assert!(others.clone().all(|line| line.starts_with("mintage: set ")), "{}", self.stderr);
        self
    }
}

/// Who could read a file knows a value that is set again.
#[test]
fn former_readers_are_forgotten_with_the_last_value_that_they_know() {
    let keys = Keys::new(
        "[[opaque]]\nname = \"a\"\ndata.K = { age = \"k.age\" }\n\
         data.L = { age = \"l.toml.age\", key = \"l\" }\n",
    );
    let bob = keys.case.args("keygen -o bob.txt").succeeds().text();
    let rules = keys.rules();
    let both = rules
        .replace("me = ", &format!("bob = \"{}\"\nme = ", bob.trim()))
        .replace("[\"me\"]", "[\"me\", \"bob\"]");
    let spec = keys.case.read("mintage.toml");
    keys.case.write("mintage.toml", spec.replace(&rules, &both));
    keys.set("a K", "hunter2");
    keys.set("a L", "hunter2");
    keys.case.write("mintage.toml", spec.replace(&rules, &both.replace(", \"bob\"", "")));
    let readers = || keys.case.args("recipients").succeeds().text();
    for key in ["K", "L"] {
        keys.set(&format!("a {key}"), "hunter2");
    }
    assert_eq!(readers().matches("former bob").count(), 2, "{}", readers());
    for (key, left) in [("K", 1), ("L", 0)] {
        keys.set(&format!("a {key}"), "hunter3");
        assert_eq!(readers().matches("former bob").count(), left, "{}", readers());
    }
}

/// `NAME` is the Secret without a namespace if there is one: it has no other name.
#[test]
fn a_secret_without_a_namespace_can_be_named() {
    let keys = Keys::new(
        r#"[[opaque]]
name = "a"
data.PW = { age = "pw.age", generate = { length = 32 } }
[[opaque]]
name = "a"
namespace = "x"
data.PW = { age = "x.age", generate = { length = 32 } }
[[opaque]]
name = "b"
namespace = "x"
data.PW = { age = "b.age" }
"#,
    );
    keys.set("a PW", "one");
    keys.set("x/a PW", "two");
    keys.set("b PW", "three");
    let opened = || ["pw.age", "x.age", "b.age"].map(|file| keys.opened(file));
    assert_eq!(opened(), ["one", "two", "three"]);
    keys.run("show a --key PW").succeeds().stdout_is("one");
    keys.run("show x/a --key PW").succeeds().stdout_is("two");
    keys.run("generate --rotate a").succeeds().stderr_contains("replaced `pw.age`");
    assert_eq!(opened()[1..], ["two", "three"]);
    keys.run("unset a PW").succeeds();
    assert!(!keys.case.path("pw.age").exists() && keys.case.path("x.age").exists());
    // Another namespace is another Secret.
    let new = keys.run("set y/b PW").stdin("four").succeeds();
    new.stderr_contains("this is a new Secret; there is also `x/b`");
}
