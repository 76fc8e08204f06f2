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
    let keys = Keys::new(
        r#"[[ssh-auth]]
name = "a"
private-key = { age = "k.age" }
[[basic-auth]]
name = "b"
password = { age = "k.age" }
[[custom]]
name = "c"
type = "example.com/x"
required-keys = ["K"]
data.K = { age = "k.age" }
[[dockerconfigjson]]
name = "d"
registries = [{ server = "quay.io", username = "u", password = { age = "k.age" } }]
"#,
    );
    keys.encrypt("k.age", "x");
    let before = keys.case.read("mintage.toml");
    for (words, help) in [
        ("a ssh-privatekey", "or move it to a list of another"),
        ("b password", "or move it to a list of another"),
        ("c K", "or change its `type` or"),
        ("d password", "remove the whole registry"),
    ] {
        let ran = keys.run(&format!("unset {words}")).fails();
        ran.stderr_contains("nothing was written")
            .stderr_contains("help: remove the whole")
            .stderr_contains(help)
            .never_says("help: add")
            .never_says("help: write");
    }
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

#[test]
fn what_was_not_named_is_asked_about() {
    let spec = r#"[vars]
tenants = ["acme", "umbrella"]
[[opaque]]
for-each = "vars.tenants"
name = "tenant-{{ each.value }}"
data.PW = { age = "secrets/{{ each.value }}.age" }
data.OTHER = { age = "secrets/other.age" }
"#;
    let keys = Keys::new(spec);
    for name in ["acme", "umbrella", "other"] {
        keys.encrypt(&format!("secrets/{name}.age"), "hunter2");
    }
    for words in ["unset tenant-acme PW", "unset tenant-acme OTHER"] {
        let refused = keys.run(words).exits(2).no_output();
        refused
            .stderr_contains("must be confirmed, and there is no terminal to ask on")
            .stderr_contains("of `tenant-umbrella`")
            .stderr_contains("nothing was written");
    }
    assert_eq!(keys.spec(), spec);
    let ran = keys.run("unset --yes tenant-acme PW").succeeds();
    let said = &ran.stderr;
    let before = said.find("this also removes `PW` of `tenant-umbrella`").expect("said");
    assert!(before < said.find("removed `PW`").expect("said"), "{said}");
    assert!(!keys.case.path("secrets/umbrella.age").exists());
    assert!(keys.case.path("secrets/other.age").exists());

    // All namespaces are named by the name alone, and one is not all.
    let spec = "[[opaque]]\nname = \"a\"\nnamespaces = [\"x\", \"y\"]\n\
                data.PW = { age = \"pw.age\" }\n";
    let keys = Keys::new(spec);
    keys.encrypt("pw.age", "hunter2");
    keys.run("unset x/a PW").exits(2).stderr_contains("this also removes `PW` of `y/a`");
    keys.run("unset a PW").succeeds().stderr_contains("this also changes `PW` of `y/a`");

    // An environment that was not chosen.
    let spec = "[environments.dev]\n[environments.prod]\n[[opaque]]\nname = \"a\"\n\
                data.PW = { age = \"pw.age\" }\n";
    let keys = Keys::new(spec);
    keys.encrypt("pw.age", "hunter2");
    keys.run("unset -e prod a PW").exits(2).stderr_contains("`PW` of `a` in `dev`");
    keys.run("unset a PW").succeeds();

    // Another Secret that takes all keys of a file.
    let spec = "[[opaque]]\nname = \"a\"\ndata-from = [{ age = \"all.env.age\" }]\n\
                [[opaque]]\nname = \"b\"\ndata-from = [{ age = \"all.env.age\" }]\n";
    let keys = Keys::new(spec);
    keys.encrypt("all.env.age", "A=x\nB=y\n");
    keys.run("unset a A").exits(2).stderr_contains("this also removes `b`");
    keys.run("unset a A -y").succeeds();
    assert_eq!(keys.opened("all.env.age"), "B=y\n");
}

#[test]
fn what_another_spec_of_the_repository_reads_stays() {
    let keys = Keys::new(
        r#"[[opaque]]
name = "a"
data.FILE = { age = "secrets/file.age" }
data.MADE = { age = "secrets/made.age" }
data.KEY = { age = "db.toml.age", key = "k" }
data.OWN = { age = "own.age" }
data-from = [{ age = "all.env.age" }]
"#,
    );
    for name in ["secrets/file.age", "secrets/made.age", "own.age"] {
        keys.encrypt(name, "hunter2");
    }
    keys.encrypt("db.toml.age", "k = \"hunter2\"\n");
    keys.encrypt("all.env.age", "A=hunter2\nB=y\n");
    std::fs::create_dir_all(keys.case.path(".git")).unwrap();
    std::fs::create_dir_all(keys.case.path("other/deep")).unwrap();
    keys.case.write(
        "other/deep/mintage.toml",
        r#"[[opaque]]
name = "b"
data.A = { age = "../../secrets/file.age" }
data.B = { age = "../../db.toml.age", key = "k" }
data.C = { age = "../../all.env.age", key = "A" }
"#,
    );
    keys.case.write(
        "secrets/mintage.toml",
        "[[opaque]]\nname = \"c\"\ndata.A = { age = \"{{ vars.x }}.age\" }\n",
    );
    for (key, file, spec) in [
        ("FILE", "secrets/file.age", "other/deep/mintage.toml"),
        ("MADE", "secrets/made.age", "secrets/mintage.toml"),
        ("KEY", "db.toml.age", "other/deep/mintage.toml"),
    ] {
        let before = keys.opened(file);
        let ran = keys.run(&format!("unset a {key}")).succeeds();
        ran.stderr_contains(&format!("kept `{file}`: `{spec}` reads it too"));
        assert_eq!(keys.opened(file), before);
    }
    let all = keys.run("unset a A").exits(2);
    all.stderr_contains(
        "removes the key from `all.env.age`, and `other/deep/mintage.toml` reads it",
    );
    assert_eq!(keys.opened("all.env.age"), "A=hunter2\nB=y\n");
    keys.run("unset a OWN").succeeds().stderr_contains("deleted `own.age`");
}

#[test]
fn what_a_spec_with_errors_may_read_stays() {
    let other = "[[opaque]]\nname = \"{{ vars.nothing }}\"\ndata.K = { age = \"x.age\" }\n";
    let path = "[[opaque]]\nname = \"b\"\ndata.K = { age = \"{{ vars.nothing }}.age\" }\n";
    for other in [other, path] {
        let first = "[[opaque]]\nname = \"a\"\ndata.K = { age = \"x.age\" }\n\
                     data.L = { age = \"y.toml.age\", key = \"l\" }\n";
        let keys = Keys::new(&format!("{first}{other}"));
        keys.encrypt("x.age", "hunter2");
        keys.encrypt("y.toml.age", "l = \"hunter2\"\n");
        let says = "kept `x.age`: the spec has errors, so something else may use it";
        keys.run("unset a K").succeeds().stderr_contains(says);
        keys.run("unset a L").succeeds().stderr_contains("kept `y.toml.age`");
        assert_eq!(keys.opened("x.age"), "hunter2");
        assert_eq!(keys.opened("y.toml.age"), "l = \"hunter2\"\n");
    }

    let keys = Keys::new(
        "[[opaque]]\nname = \"a\"\ndata.K = { age = \"x.age\" }\n\
         data.L = { age = \"other/y.age\" }\ndata.M = { age = \"z.age\" }\n",
    );
    for name in ["x.age", "other/y.age", "z.age"] {
        keys.encrypt(name, "hunter2");
    }
    std::fs::create_dir_all(keys.case.path(".git")).unwrap();
    keys.case.write(
        "other/mintage.toml",
        "<<<<<<< HEAD\n[[opaque]]\nname = \"b\"\ndata.K = { age = \"../x.age\" }\n",
    );
    let says = "`other/mintage.toml` has errors, and may read it";
    for (key, name) in [("K", "x.age"), ("L", "other/y.age")] {
        keys.run(&format!("unset a {key}")).succeeds().stderr_contains(says);
        assert_eq!(keys.opened(name), "hunter2");
    }
    keys.run("unset a M").succeeds();
    assert!(!keys.case.path("z.age").exists());
}

#[test]
#[cfg(unix)]
fn a_file_that_is_written_in_two_ways_is_one() {
    let spec = "[[opaque]]\nname = \"a\"\ndata-from = [{ age = \"all.env.age\" }]\n\
                [[opaque]]\nname = \"b\"\ndata-from = [{ age = \"./x/../all.env.age\" }]\n\
                [[opaque]]\nname = \"c\"\ndata-from = [{ age = \"link/all.env.age\" }]\n\
                [[opaque]]\nname = \"d\"\nfor-each = [\"./w\", \"w\"]\n\
                data.\"{{ each.index }}\" = { age = \"{{ each.value }}.age\" }\n";
    let spec = spec.replace("data.\"{{ each.index }}\"", "data.W");
    let spec = spec.replace("name = \"d\"", "name = \"d-{{ each.index }}\"");
    let keys = Keys::new(&spec);
    std::os::unix::fs::symlink(".", keys.case.path("link")).unwrap();
    keys.encrypt("all.env.age", "A=x\nB=y\n");
    let says = "the same value is used by `b`, `c`";
    keys.run("set a A").stdin("hunter2").succeeds().stderr_contains(says);
    let ran = keys.run("unset a A").exits(2);
    ran.stderr_contains("this also removes `b` and `c`").stderr_contains("nothing was written");
    assert_eq!(keys.opened("all.env.age"), "A=hunter2\nB=y\n");
    keys.run("unset a A --yes").succeeds();
    assert_eq!(keys.opened("all.env.age"), "B=y\n");
    keys.encrypt("w.age", "hunter2");
    keys.run("unset d-0 W --yes").succeeds().stderr_contains("deleted `w.age`");
    assert!(!keys.case.path("w.age").exists());
}
