//! Structured texts that stand in the spec, armored: one key of them, and the whole in an editor.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use super::Keys;
use crate::case::Ran;

const BUNDLE: &str = "# top\n[root]\npw = \"old\" # c\nuser = \"u\"\n";

/// A spec with the bundle in a source, in a value, and in `data-from`.
fn spec_with_bundles() -> (Keys, String) {
    let keys = Keys::new("");
    let armored = |text: &str| {
        keys.case.args("encrypt - --armor -o x.age").stdin(text).succeeds();
        let armor = keys.case.read("x.age");
        fs::remove_file(keys.case.path("x.age")).unwrap();
        armor
    };
    let indented = armored(BUNDLE).trim().replace('\n', "\n    ");
    let spec = format!(
        r#"# head
[sources.db] # db
armor = '''
    {indented}
''' # after
format = "toml"

[[opaque]] # a
name = "a"
data.PW = {{ source = "db", key = "root.pw" }} # pw
data.USER = "{{{{ sources.db.root.user }}}}"
data.DSN = "x://{{{{ sources.db.root.user }}}}"
data.OWN = {{ armor = """
{}""", format = "json", key = "own" }}

[[opaque]]
name = "b"
data-from = [{{ armor = '''
{}''', format = "dotenv" }}]
# end
"#,
        armored("{\"own\": \"old\"}"),
        armored("# e\nFROM=old # f\nMORE=x\n"),
    );
    keys.case.write("mintage.toml", keys.rules() + &spec);
    (keys, spec)
}

/// The lines outside of armor.
fn frame(spec: &str) -> Vec<&str> {
    let mut inside = false;
    let outside = |line: &&str| {
        inside = (inside || line.contains("-----BEGIN")) && !line.contains("-----END");
        !inside
    };
    spec.lines().filter(outside).collect()
}

fn edit(keys: &Keys, words: &str, script: &str) -> Ran {
    let editor = keys.case.outside("bin/editor");
    fs::write(&editor, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&editor, fs::Permissions::from_mode(0o755)).unwrap();
    keys.run(&format!("edit {words}")).env("EDITOR", editor).run()
}

#[test]
fn one_key_is_set() {
    let (keys, before) = spec_with_bundles();
    let ran = keys.set("a PW", "hunter2");
    ran.stderr_contains("set `PW` of `a`: `root.pw` in `mintage.toml:10`");
    keys.set("a USER", "hunter3").stderr_contains("set `USER` of `a`");
    keys.set("a OWN", "hunter4");
    keys.set("b FROM", "hunter5");
    for (key, value) in [
        ("a/PW", "hunter2"),
        ("a/USER", "hunter3"),
        ("a/DSN", "x://hunter3"),
        ("a/OWN", "hunter4"),
        ("b/FROM", "hunter5"),
        ("b/MORE", "x"),
    ] {
        assert_eq!(keys.value("", key), value, "{key}");
    }
    let after = keys.spec();
    assert_eq!(frame(&after), frame(&before));
    // Comments of the bundle stay, and the indentation of the armor.
    let shown = edit(&keys, "a PW", "cat \"$1\"").text();
    assert_eq!(shown, BUNDLE.replace("old", "hunter2").replace("\"u\"", "\"hunter3\""));
    let armor = after.split_once("'''\n").unwrap().1.split_once("\n'''").unwrap().0;
    assert!(armor.lines().all(|line| line.starts_with("    ")), "{armor}");
}

#[test]
fn one_key_is_removed() {
    let (keys, before) = spec_with_bundles();
    let without = |spec: &str, line: &str| {
        let start = spec.find(line).unwrap();
        let end = start + spec[start..].find('\n').unwrap();
        format!("{}{}", &spec[..start], &spec[end + 1..])
    };
    let before = without(&before, "data.DSN");
    keys.case.write("mintage.toml", keys.rules() + &before);
    keys.run("unset a USER").succeeds().stderr_is("mintage: removed `USER` of `a`\n");
    assert_eq!(edit(&keys, "a PW", "cat \"$1\"").text(), BUNDLE.replace("user = \"u\"\n", ""));
    let before = without(&before, "data.USER");
    assert_eq!(frame(&keys.spec()), frame(&before));
    // A key of all of the text.
    keys.run("unset b FROM").succeeds();
    assert_eq!(edit(&keys, "b MORE", "cat \"$1\"").text(), "# e\n# f\nMORE=x\n");
    assert_eq!(frame(&keys.spec()), frame(&before));
    // What stands in the value goes with it.
    keys.run("unset a OWN").succeeds();
    let own = before.find("data.OWN").unwrap();
    let end = own + before[own..].find("key = \"own\" }\n").unwrap() + 14;
    let before = format!("{}{}", &before[..own], &before[end..]);
    assert_eq!(frame(&keys.spec()), frame(&before));
}

#[test]
fn what_others_use_stays() {
    let (keys, _) = spec_with_bundles();
    // A template may use any key of what it reads.
    let kept = "kept `mintage.toml:10`: something else uses it";
    keys.run("unset a PW").succeeds().stderr_contains(kept);
    assert_eq!(edit(&keys, "a USER", "cat \"$1\"").text(), BUNDLE);
    // A value that the type requires.
    keys.case.args("encrypt - --armor -o x.age").stdin("{\"tls.key\": \"hunter2\"}").succeeds();
    let armor = keys.case.read("x.age");
    let tls =
        "[[custom]]\nname = \"c\"\ntype = \"kubernetes.io/tls\"\ndata-from = [{ armor = '''\n";
    let spec = keys.case.read("mintage.toml") + tls + &armor + "''', format = \"json\" }]\n";
    keys.case.write("mintage.toml", &spec);
    let ran = keys.run("unset c tls.key").run();
    assert_ne!(ran.code, Some(0), "{}", ran.stderr);
    ran.never_says("hunter2");
    assert_eq!(keys.case.read("mintage.toml"), spec);
}

#[test]
fn an_editor_opens_the_text() {
    let (keys, before) = spec_with_bundles();
    let ran = edit(&keys, "a PW", "cat \"$1\"; echo \"$1\"; sed -i s/old/hunter2/ \"$1\"");
    assert!(ran.text().starts_with(BUNDLE) && ran.text().ends_with("/secret.toml\n"));
    ran.stderr_contains("wrote `mintage.toml:10`");
    assert_eq!(keys.value("", "a/PW"), "hunter2");
    assert_eq!(frame(&keys.spec()), frame(&before));
    // One that is a value alone gets no line break.
    keys.set("one WHOLE --inline", "old");
    edit(&keys, "one WHOLE", "echo hunter3 > \"$1\"").stderr_contains("removed the line break");
    assert_eq!(keys.value("", "one/WHOLE"), "hunter3");
}

#[test]
fn an_edit_that_fails_changes_nothing() {
    let (keys, _) = spec_with_bundles();
    let before = keys.case.read("mintage.toml");
    for (script, status, message) in [
        ("true", 0, "is unchanged"),
        ("exit 3", 2, "failed with status 3"),
        (": > \"$1\"", 2, "`mintage unset NAME KEY`"),
        ("rm \"$1\"", 2, "left no text"),
        ("echo 'hunter3 = =' >> \"$1\"", 1, "syntax error"),
    ] {
        let ran = edit(&keys, "a PW", script);
        assert_eq!(ran.code, Some(status), "{script}: {}", ran.stderr);
        ran.stderr_contains(message).never_says("hunter");
        assert_eq!(keys.case.read("mintage.toml"), before, "{script}");
    }
    // Another program changes the spec meanwhile.
    let path = keys.case.path("mintage.toml");
    let script = format!("echo '# new' >> '{}'; sed -i s/old/hunter2/ \"$1\"", path.display());
    let ran = edit(&keys, "a PW", &script);
    assert_eq!(ran.code, Some(2));
    ran.stderr_contains("another program has changed it meanwhile");
    assert_eq!(keys.case.read("mintage.toml"), before + "# new\n");
    // New readers need a yes.
    let text = keys.case.read("mintage.toml");
    let other = keys.case.args("keygen -o other.txt").succeeds().text();
    let more = format!("bob = \"{}\"\n\n[[encrypt]]", other.trim());
    let text = text.replace("\n[[encrypt]]", &more).replace("[\"me\"]", "[\"me\", \"bob\"]");
    keys.case.write("mintage.toml", &text);
    let script = "sed -i s/old/hunter2/ \"$1\"";
    edit(&keys, "a PW", script).stderr_contains("error[new-readers]");
    assert_eq!(keys.case.read("mintage.toml"), text);
    edit(&keys, "a PW --yes", script).stderr_contains("wrote `mintage.toml:11`");
    assert_eq!(keys.value("", "a/PW"), "hunter2");
}

#[test]
fn what_can_not_be_opened_is_not_replaced() {
    let (keys, _) = spec_with_bundles();
    let before = keys.case.read("mintage.toml");
    keys.case.args("keygen -o other.txt").succeeds();
    for words in ["set a PW", "unset b FROM", "edit a PW"] {
        let run = keys.case.args(words).args("-i other.txt").stdin("hunter2").env("EDITOR", "true");
        run.exits(2).stderr_contains("error[no-matching-identity]").never_says("hunter");
        assert_eq!(keys.case.read("mintage.toml"), before);
    }
}

/// What is around an armored text of a spec is not to be removed.
#[test]
fn a_spec_is_not_decrypted_as_a_whole() {
    let keys = Keys::new("[[opaque]]\nname = \"a\"\n");
    keys.set("a PW --inline", "hunter2");
    let ran = keys.run("decrypt mintage.toml").fails();
    ran.stderr_contains("run `mintage show NAME --key KEY`").never_says("remove everything");
}
