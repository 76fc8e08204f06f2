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
        "[[opaque]]\nname = \"a\"\ndata.PW = { age = \"pw.age\" }\n[[opaque]]\nname = \"b\"\ndata.X = \
         { age = \"pw.age\" }\ndata.Y = { age = \"b.json.age\", key = \"y\" }\n[[opaque]]\nname = \
         \"c\"\ndata-from = [{ age = \"b.json.age\" }]\n",
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
    let spec = "[sources.db]\nage = \"db.toml.age\"\n[[opaque]]\nname = \"a\"\n[opaque.data]\n# A\nA \
                = { source = \"db\", key = \"r.a\" }\nB = { source = \"db\", key = \"r.b\" }\n";
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
