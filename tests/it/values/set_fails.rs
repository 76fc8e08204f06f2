//! What `set` refuses, before anything is written.

use super::Keys;

/// Each value, and what its error says.
#[test]
fn values_that_have_no_place_of_their_own() {
    let keys = Keys::new(
        r#"[sources.db]
age = "db.toml.age"
[[opaque]]
name = "a"
data.DSN = "mysql://u:{{ sources.db.pw | urlencode }}@h"
data.FILE = { file = "f" }
data.JSON = { json = { a = "{{ sources.db.pw }}" } }
data.BOTH = { concat = [{ age = "x.age" }, { file = "f" }] }
data.ENV = { env-var = "E" }
data.T = { age = "x.age", template = true }
"#,
    );
    keys.case.write("f", "x");
    keys.encrypt("db.toml.age", "pw = 'x'\n");
    keys.encrypt("x.age", "x");
    let before = keys.case.read("mintage.toml");
    for (key, says, help) in [
        ("DSN", "a template in the spec", "mintage edit db.toml.age"),
        ("FILE", "not encrypted", "write `age = "),
        ("JSON", "JSON that the spec writes", "change the tree"),
        ("BOTH", "joined from several values", "mintage edit x.age"),
        ("ENV", "environment variable `E`", "change the variable"),
        ("T", "rendered as a template", "mintage edit x.age"),
    ] {
        let ran = keys.run(&format!("set a {key}")).stdin("hunter2").exits(2).no_output();
        ran.stderr_contains(says).stderr_contains(help).never_says("hunter2");
    }
    assert_eq!(keys.case.read("mintage.toml"), before);
}

#[test]
fn values_are_judged_before_they_are_written() {
    // A key that is not its certificate's.
    let tls = |name: &str| {
        let path = crate::case::root().join("tests/keys/tls").join(name);
        std::fs::read_to_string(path).unwrap()
    };
    let keys =
        Keys::new("[[tls]]\nname = \"t\"\ncert = { file = \"c\" }\nkey = { age = \"k.age\" }\n");
    keys.case.write("c", tls("ed25519.crt"));
    keys.encrypt("k.age", &tls("ed25519.key"));
    let ran = keys.run("set t tls.key").stdin(tls("ed25519-other.key")).run();
    ran.stderr_contains("error[tls-pair]");
    let ran = keys.run("set t tls.key").stdin("hunter2").fails();
    ran.stderr_contains("[tls-key]").stderr_contains("nothing was written");
    assert_eq!(keys.opened("k.age"), tls("ed25519.key"));
}

#[test]
fn who_is_new_is_asked_about() {
    let keys = Keys::new("[[opaque]]\nname = \"a\"\ndata.PW = { age = \"pw.age\" }\n");
    keys.encrypt("pw.age", "old");
    let other = keys.case.args("keygen -o other.txt").succeeds().text();
    let text = keys.case.read("mintage.toml");
    let text =
        text.replace("[recipients]\n", &format!("[recipients]\neve = \"{}\"\n", other.trim()));
    keys.case.write("mintage.toml", text.replace("[\"me\"]", "[\"me\", \"eve\"]"));
    let run = || keys.run("set a PW").stdin("hunter2");
    run().exits(2).stderr_contains("`eve` will be able to read `pw.age`");
    assert_eq!(keys.opened("pw.age"), "old");
    run().args("--yes").succeeds();
    assert_eq!(keys.opened("pw.age"), "hunter2");
}

/// Who can read a text that does not open is not known, in a file as in the spec.
#[test]
fn readers_of_what_does_not_open_are_asked_about() {
    let keys = Keys::new("[[opaque]]\nname = \"a\"\n");
    keys.run("set a FILE").stdin("old").succeeds();
    keys.run("set a ARMOR --inline").stdin("old").succeeds();
    keys.case.args("keygen -o other.txt").succeeds();
    for key in ["FILE", "ARMOR"] {
        let before = keys.case.read("mintage.toml");
        let words = format!("set a {key} -i other.txt");
        let set = || keys.case.args(words.as_str()).stdin("hunter2");
        set().exits(2).stderr_contains("error[new-readers]").never_says("hunter2");
        assert_eq!(keys.case.read("mintage.toml"), before);
        set().args("--yes").succeeds();
    }
    keys.run("set a ARMR").stdin("x").succeeds().stderr_contains("there is also `ARMOR`");
}

#[test]
fn words_that_mean_nothing() {
    let keys = Keys::new(
        r#"[[opaque]]
name = "a"
namespace = "x"
[[opaque]]
name = "a"
namespace = "y"
"#,
    );
    let run = |words: &str| keys.run(words).stdin("hunter2").exits(2).never_says("hunter2");
    run("set a PW").stderr_contains("not unique").stderr_contains("NAMESPACE/NAME");
    run("set new PW --type nope").stderr_contains("is not a list of Secrets");
    run("set x/a PW --type tls").stderr_contains("`--type` is for new Secrets");
    run("set a").stderr_contains("the key of the value is missing");
    run("set nowhere/mintage.toml a PW").stderr_contains("does not exist");
    run("unset a PW");
    run("unset x/a PW").stderr_contains("`x/a` has no key `PW`");
    run("unset x/b PW").stderr_contains("write `x/a`");
    run("edit x/zzz PW").stderr_contains("the spec has no Secret `x/zzz`");
    run("edit x/a PW").stderr_contains("add a key with `mintage set NAME KEY`");
    run("generate zzz").stderr_contains("the spec has no Secret `zzz`");
    run("unset x/zzz PW").stderr_contains("the spec has no Secret `x/zzz`");
    // No rule says who may read the file.
    keys.case.write("mintage.toml", "[[opaque]]\nname = \"a\"\n");
    keys.run("set a PW").stdin("x").fails().stderr_contains("who may read");
    assert!(!keys.case.path("secrets").exists());
}

#[test]
fn paths_stay_inside_of_the_folder() {
    let keys =
        Keys::new("[[opaque]]\nname = \"a\"\ndata.PW = { age = \"../pw.age\" }\ndata.B = \"x\"\n");
    keys.run("set a PW").stdin("x").fails().stderr_contains("error[file-outside-root]");
    keys.run("set a B").stdin("x").run();
    assert!(!keys.case.outside("a-B.age").exists() && !keys.case.outside("pw.age").exists());
}

#[test]
#[cfg(unix)]
fn a_link_that_leads_nowhere_stays() {
    let spec = "[[opaque]]\nname = \"a\"\ndata.PW = { age = \"pw.age\" }\n";
    let keys = Keys::new(spec);
    std::os::unix::fs::symlink("nowhere", keys.case.path("pw.age")).unwrap();
    let run = keys.run("set a PW").stdin("hunter2");
    run.exits(2).stderr_contains("a symbolic link to a file that does not exist");
    assert!(!keys.case.path("nowhere").exists());
}

#[test]
fn a_namespace_has_a_name() {
    let keys = Keys::new("");
    let run = keys.run("set /a PW").stdin("hunter2");
    run.exits(2).stderr_contains("the namespace of `/a` is empty");
    assert_eq!(keys.spec(), "");
}

/// Each environment is named once, however many namespaces it has.
#[test]
fn an_environment_has_to_be_chosen() {
    let keys = Keys::new(
        r#"[environments.dev]
[environments.prod]
[[opaque]]
name = "a"
namespaces = ["x", "y"]
data.PW = { age = "{{ env }}.age" }
[[opaque]]
name = "b"
namespaces = ["x", "y"]
environments = ["prod"]
"#,
    );
    let ran = keys.run("set a PW").stdin("hunter2").exits(2);
    ran.stderr_contains("choose one with `-e`: `dev` or `prod`\n");
    let ran = keys.run("set -e dev b PW").stdin("hunter2").exits(2);
    ran.stderr_contains("it is built in `prod`\n").stderr_contains("pass `-e prod`");
}

/// The last of three arguments is no value, and a file of another value is not to be removed.
#[test]
fn mistakes_in_the_arguments() {
    let keys = Keys::new("[[opaque]]\nname = \"a\"\ndata.PW = { age = \"secrets/a/PW.age\" }\n");
    let ran = keys.run("set a PW hunter2").exits(2).never_says("hunter2");
    ran.stderr_contains("the first is a spec").stderr_contains("leave out the value");
    keys.set("a PW", "hunter2");
    let ran = keys.run("set prod/a PW").stdin("hunter2").exits(2);
    ran.stderr_contains("the spec reads it for `PW` of `a`").never_says("remove");
}

/// The system says no before anything is typed or written, and the help fits.
#[test]
#[cfg(unix)]
fn names_that_are_too_long_for_the_system() {
    let keys = Keys::new("[[opaque]]\nname = \"a\"\ndata.A = \"hunter2\"\n");
    keys.case.write("plain.txt", "hunter2");
    let (long, spec) = ("n".repeat(300), keys.spec());
    for words in [
        format!("edit {long}.age"),
        format!("edit {long}/x.age"),
        format!("encrypt plain.txt -o {long}.age"),
        format!("encrypt plain.txt -o {long}/x.age"),
        format!("keygen -o {long}"),
        format!("keygen -o {long}/x"),
        format!("init {long}"),
    ] {
        // An editor that ran would leave its mark.
        let run = keys.case.args(&*words).env("EDITOR", "touch edited.txt;");
        run.exits(2).stderr_contains("file name too long").stderr_contains("choose shorter names");
    }
    assert!(!keys.case.path("edited.txt").exists());
    keys.case.args("encrypt plain.txt -o plain.txt/x.age").exits(2).stderr_contains("directory");
    assert_eq!(keys.spec(), spec);
    // A data key that Kubernetes takes has a file, whatever its length is.
    let key = "k".repeat(253);
    keys.set(&format!("a {key}"), "hunter2");
    assert_eq!(keys.value("", &format!("a/{key}")), "hunter2");
}

/// Options may stand anywhere.
#[test]
fn a_key_that_is_missing_and_a_value_that_is_one_too_many() {
    let keys = Keys::new("");
    keys.run("set a --yes K --raw").stdin("x").succeeds();
    keys.run("unset a --yes").exits(2).stderr_contains("the key of the value is missing");
    keys.run("unset a --yes K").succeeds();
    for words in ["set", "unset", "edit"] {
        let ran = keys.run(&format!("{words} mintage.toml a --yes K hunter2")).stdin("x").exits(2);
        ran.stderr_contains("too many arguments")
            .stderr_contains(&format!("write `mintage {words} NAME KEY`"))
            .never_says("hunter2");
    }
}

/// A path in a message can be pasted into the next command, wherever that runs.
#[test]
fn paths_start_in_the_current_folder() {
    let keys = Keys::new(
        r#"[sources.db]
age = "my db.toml.age"
[[opaque]]
name = "a"
data.PW = { source = "db", key = "pw" }
data.DSN = "mysql://u:{{ sources.db.pw | urlencode }}@h"
data.BOTH = { concat = [{ age = "x.age" }, { file = "f" }] }
"#,
    );
    keys.case.write("f", "x");
    keys.encrypt("my db.toml.age", "pw = 'x'\n");
    keys.encrypt("x.age", "x");
    std::fs::create_dir(keys.case.path("sub")).unwrap();
    let sub = keys.case.path("sub");
    let run = |words: &str| keys.case.args(words).args("-i ../key.txt").from(&sub).stdin("hunter2");
    let dsn = run("set .. a DSN").exits(2);
    dsn.stderr_contains("change what it reads: `mintage edit '../my db.toml.age'`");
    // What is not encrypted is not for `edit`.
    let both = run("set .. a BOTH").exits(2);
    both.stderr_contains("change what it reads: `mintage edit ../x.age`, `../f`");
    let set = run("set .. a PW").succeeds();
    set.stderr_contains("set `PW` of `a`: `pw` in `../my db.toml.age`");
    let new = run("set .. a NEW").succeeds();
    new.stderr_contains("`me` can read `../secrets/a/NEW.age`")
        .stderr_contains(": `../secrets/a/NEW.age`");
    run("unset .. a NEW").succeeds().stderr_contains("deleted `../secrets/a/NEW.age`");
}

/// It is no part of the command, and so of no message.
#[test]
fn a_value_among_the_arguments_is_not_repeated() {
    let keys = Keys::new("[[opaque]]\nname = \"a\"\n");
    for words in ["set a PW=hunter2", "set a PW=", "set . a PW=hunter2"] {
        let ran = keys.run(words).stdin("x").exits(2).no_output().never_says("hunter2");
        ran.stderr_contains("KEY contains `=`").stderr_contains("leave out the value");
    }
    let ran = keys.run("set a PW hunter2").stdin("x").exits(2).never_says("hunter2");
    ran.stderr_contains("leave out the value");
    let ran = keys.run("set --generate hex:64 a PW").exits(2);
    ran.stderr_contains("write `--generate=hex:64`");
}

/// All of them at once, before the value is asked for, and not as lines of a spec that has none.
#[test]
fn names_that_kubernetes_refuses() {
    let keys = Keys::new("[[opaque]]\nname = \"a\"\ndata.A = { age = \"a.age\" }\n");
    let spec = keys.spec();
    let run = |words: [&str; 2]| {
        let ran = keys.case.args("set").args(words).stdin("hunter2").fails().never_says(" --> ");
        ran.no_output().never_says("hunter2")
    };
    run(["Bad_Name", "A"]).stderr_contains("the name `Bad_Name`").stderr_contains("`bad-name`");
    let both = run(["My.NS/b", "two words"]);
    both.stderr_contains("the namespace `My.NS`")
        .stderr_contains("write `my-ns`")
        .stderr_contains("the data key `two words`")
        .stderr_contains("write `two-words`");
    run(["a", "x/y"]).stderr_contains("the data key `x/y`").stderr_contains("write `x-y`");
    assert_eq!(keys.spec(), spec);
}
