//! Values that are removed.

use super::Keys;

#[test]
fn a_file_of_its_own_goes_too() {
    let keys = Keys::new("[[opaque]]\nname = \"a\" # n\n");
    keys.set("a PW", "hunter2");
    keys.set("a OTHER", "hunter3");
    let ran = keys.run("unset a PW").succeeds().no_output();
    ran.stderr_contains("removed `PW` of `a`").stderr_contains("deleted `secrets/a/PW.age`");
    assert!(!keys.case.path("secrets/a/PW.age").exists());
    assert_eq!(keys.opened("secrets/a/OTHER.age"), "hunter3");
    keys.run("unset a OTHER").succeeds();
    assert_eq!(keys.spec(), "[[opaque]]\nname = \"a\" # n\n");
}

#[test]
fn what_others_use_stays() {
    let keys = Keys::new(
        r#"[[opaque]]
name = "a"
data.PW = { age = "pw.age" }
[[opaque]]
name = "b"
data.X = { age = "pw.age" }
data.Y = { age = "b.json.age", key = "y" }
[[opaque]]
name = "c"
data-from = [{ age = "b.json.age" }]
"#,
    );
    keys.encrypt("pw.age", "x");
    let json = "{\n  \"x\": 1,\n  \"y\": \"2\"\n}\n";
    keys.encrypt("b.json.age", json);
    keys.run("unset a PW").succeeds().stderr_contains("kept `pw.age`");
    assert_eq!(keys.opened("pw.age"), "x");
    keys.run("unset b Y").succeeds().stderr_contains("kept `b.json.age`");
    assert_eq!(keys.opened("b.json.age"), json);
    keys.run("unset c y").succeeds();
    assert_eq!(keys.opened("b.json.age"), "{\n  \"x\": 1\n}\n");
    assert_eq!(keys.value("", "c/x"), "1");
}

#[test]
fn a_key_of_a_bundle() {
    let spec = r#"[sources.db]
age = "db.toml.age"
[[opaque]]
name = "a"
[opaque.data]
# A
A = { source = "db", key = "r.a" }
B = { source = "db", key = "r.b" }
"#;
    let keys = Keys::new(spec);
    keys.encrypt("db.toml.age", "# c\n[r]\na = \"1\" # d\nb = \"2\"\n");
    keys.run("unset a A").succeeds();
    assert_eq!(keys.opened("db.toml.age"), "# c\n[r]\n# d\nb = \"2\"\n");
    assert_eq!(keys.spec(), spec.replace("A = { source = \"db\", key = \"r.a\" }\n", ""));
}

#[test]
fn what_a_type_needs_is_not_removed() {
    let keys = Keys::new("[[ssh-auth]]\nname = \"a\"\nprivate-key = { age = \"k.age\" }\n");
    keys.encrypt("k.age", "x");
    let before = keys.case.read("mintage.toml");
    let ran = keys.run("unset a ssh-privatekey").fails();
    ran.stderr_contains("nothing was written");
    assert_eq!(keys.case.read("mintage.toml"), before);
    assert!(keys.case.path("k.age").exists());
}

#[test]
fn a_file_that_something_else_may_read_stays() {
    let keys = Keys::new(
        r#"[sources.s]
age = "secrets/source.age"
[[opaque]]
name = "a"
data.ALIAS = { age = "secrets/alias.age" }
data.LINKED = { age = "secrets/linked.age" }
data.JOINED = { age = "secrets/joined.age" }
data.RENDERED = { age = "secrets/rendered.age" }
data.TREE = { age = "secrets/source.age" }
data.LOGIN = { age = "secrets/login.age" }
data.OWN = { age = "secrets/own.age" }
[[opaque]]
name = "b"
data.A = { age = "./secrets/../secrets/alias.age" }
data.B = { age = "link.age" }
data.C = { concat = [{ age = "secrets/joined.age" }, "x"] }
data.D = { age = "secrets/rendered.age", template = true }
data.E = { json = { a = "{{ sources.s }}" } }
[[dockerconfigjson]]
name = "c"
registries = [{ server = "docker.io", username = "u", password = { age = "secrets/login.age" } }]
"#,
    );
    for name in ["alias", "linked", "joined", "rendered", "source", "login", "own"] {
        keys.encrypt(&format!("secrets/{name}.age"), "hunter2");
    }
    #[cfg(unix)]
    std::os::unix::fs::symlink("secrets/linked.age", keys.case.path("link.age")).unwrap();
    for (key, file) in [
        ("ALIAS", "alias"),
        #[cfg(unix)]
        ("LINKED", "linked"),
        ("JOINED", "joined"),
        ("RENDERED", "rendered"),
        ("TREE", "source"),
        ("LOGIN", "login"),
    ] {
        let path = format!("secrets/{file}.age");
        let says = format!("kept `{path}`: something else uses it");
        keys.run(&format!("unset a {key}")).succeeds().stderr_contains(&says);
        assert_eq!(keys.opened(&path), "hunter2");
    }
    keys.run("unset a OWN").succeeds().stderr_contains("deleted `secrets/own.age`");
}

#[test]
fn a_key_that_a_template_reads_stays() {
    let keys = Keys::new(
        r#"[sources.db]
age = "db.env.age"
[[opaque]]
name = "a"
data-from = [{ age = "./db.env.age" }]
[[opaque]]
name = "b"
data.URL = "x:{{ sources.db.P | urlencode }}"
data.Q = "x:{{ sources.db.Q | urlencode }}"
"#,
    );
    let text = "P=hunter2\nQ=x\n";
    keys.encrypt("db.env.age", text);
    let ran = keys.run("unset a P").fails().never_says("hunter2");
    ran.stderr_contains("`sources.db` has no key `P`").stderr_contains("needed by `b`");
    assert_eq!(keys.opened("db.env.age"), text);
}

#[test]
fn only_age_files_are_deleted() {
    let spec = "[[opaque]]\nname = \"a\"\ndata.R = { age = \"README.md\" }\n\
                data.S = { age = \"mintage.toml\" }\n";
    let keys = Keys::new(spec);
    keys.case.write("README.md", "hello\n");
    let says = "kept `README.md`: it is not an age file";
    keys.run("unset a R").succeeds().stderr_contains(says);
    keys.run("unset a S").succeeds();
    assert_eq!(keys.case.read("README.md"), "hello\n");
    assert_eq!(keys.spec(), "[[opaque]]\nname = \"a\"\n");
}

#[test]
#[cfg(unix)]
fn a_path_means_the_same_file_for_reading_and_deleting() {
    let keys = Keys::new("[[opaque]]\nname = \"a\"\ndata.A = { age = \"link/../x.age\" }\n");
    std::fs::create_dir_all(keys.case.outside("other/folder")).unwrap();
    std::os::unix::fs::symlink("../other/folder", keys.case.path("link")).unwrap();
    keys.set("a A", "hunter2");
    assert_eq!(keys.opened("x.age"), "hunter2");
    std::fs::copy(keys.case.path("x.age"), keys.case.outside("other/x.age")).unwrap();
    keys.run("unset a A").succeeds();
    assert!(!keys.case.path("x.age").exists() && keys.case.outside("other/x.age").exists());
}
