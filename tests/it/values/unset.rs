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
    keys.run("unset a PW").succeeds().stderr_contains("`pw.age` stays");
    assert_eq!(keys.opened("pw.age"), "x");
    keys.run("unset b Y").succeeds().stderr_contains("`b.json.age` stays");
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
