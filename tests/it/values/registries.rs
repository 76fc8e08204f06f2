//! Credentials of registries: `SERVER.password`, or the field alone.

use serde_json::Value;

use super::Keys;

const SPEC: &str = r#"# head
[sources.s]
age = "s.toml.age"

[[dockerconfigjson]] # pull
name = "pull"
[[dockerconfigjson.registries]] # 1
server = "{{ 'ghcr' }}.io"
username = "octo" # 2
password = { age = "ghcr.age" } # 3

[[dockerconfigjson.registries]]
server = "https://index.docker.io/v1/"
username = "octo"
password = "literal-1"

[[dockercfg]]
name = "one"
registries = [{ server = "quay.io", username = "u", password = { source = "s", key = "q" } }] # 4
"#;

fn auths(keys: &Keys, key: &str) -> Value {
    let value: Value = serde_json::from_str(&keys.value("", key)).expect("JSON");
    value.get("auths").unwrap_or(&value).clone()
}

#[test]
fn credentials_are_set_and_removed() {
    let keys = Keys::new(SPEC);
    keys.encrypt("s.toml.age", "q = \"old\" # q\nr = \"r\"\n");
    keys.set("pull ghcr.io.password", "hunter2")
        .stderr_contains("set `ghcr.io.password` of `pull`");
    assert_eq!(keys.opened("ghcr.age"), "hunter2");
    assert_eq!(keys.spec(), SPEC);
    keys.set("one password", "hunter3").stderr_contains("set `quay.io.password` of `one`: `q`");
    assert_eq!(keys.opened("s.toml.age"), "q = \"hunter3\" # q\nr = \"r\"\n");
    assert_eq!(auths(&keys, "one/.dockercfg")["quay.io"]["password"], "hunter3");
    // A literal moves into a file, and what is not there yet gets one.
    keys.set("pull https://index.docker.io/v1/.password", "hunter4");
    keys.set("pull ghcr.io.email", "hunter5");
    keys.set("one email", "hunter6");
    let found = auths(&keys, "pull/.dockerconfigjson");
    assert_eq!(found["https://index.docker.io/v1/"]["password"], "hunter4");
    assert_eq!(found["ghcr.io"]["email"], "hunter5");
    assert_eq!(auths(&keys, "one/.dockercfg")["quay.io"]["email"], "hunter6");
    keys.run("unset one email")
        .succeeds()
        .stderr_contains("deleted `secrets/one/quay.io.email.age`");
    keys.run("unset pull ghcr.io.email").succeeds();
    let file = "{ age = \"secrets/pull/https---index.docker.io-v1-.password.age\" }";
    assert_eq!(keys.spec(), SPEC.replace("\"literal-1\"", file));
}

#[test]
fn an_editor_opens_what_holds_a_credential() {
    let keys = Keys::new(SPEC);
    keys.encrypt("s.toml.age", "q = \"old\"\n");
    keys.encrypt("ghcr.age", "old");
    let run = keys.run("edit one password").env("EDITOR", "sed -i s/old/hunter2/");
    run.succeeds().stderr_contains("wrote `s.toml.age`");
    assert_eq!(auths(&keys, "one/.dockercfg")["quay.io"]["password"], "hunter2");
}

#[test]
fn what_is_meant_must_be_clear() {
    let keys = Keys::new(SPEC);
    keys.encrypt("s.toml.age", "q = \"old\"\n");
    keys.encrypt("ghcr.age", "old");
    for (words, message) in [
        ("set pull password", "`pull` has 2 registries, so `password` is not unique"),
        ("set pull password", "write `ghcr.io.password` or `https://index.docker.io/v1/.password`"),
        ("set pull gcr.io.password", "`pull` has no registry `gcr.io`"),
        ("set pull .dockerconfigjson", "name one of its credentials, such as `ghcr.io.password`"),
        ("unset one email", "`one` has no key `quay.io.email`"),
    ] {
        let run = keys.run(words).stdin("hunter2");
        run.exits(2).stderr_contains(message).never_says("hunter2");
    }
    keys.run("unset pull ghcr.io.password").fails().stderr_contains("a registry needs `password`");
    assert_eq!(keys.spec(), SPEC);
    assert_eq!(keys.opened("ghcr.age"), "old");
}

#[test]
fn credentials_are_generated() {
    let spec = SPEC
        .replace("\"ghcr.age\" }", "\"ghcr.age\", generate = { length = 9 } }")
        .replace("\"s.toml.age\"\n", "\"s.toml.age\"\ngenerate.q = { length = 8 }\n");
    let keys = Keys::new(&spec);
    keys.run("generate pull ghcr.io.password").succeeds().stderr_contains("created `ghcr.age`");
    keys.run("generate one password").succeeds().stderr_contains("created `q` in `s.toml.age`");
    let first = auths(&keys, "one/.dockercfg")["quay.io"]["password"].clone();
    assert_eq!(first.as_str().map(str::len), Some(8));
    let old = keys.opened("ghcr.age");
    keys.run("generate --rotate pull password").succeeds();
    assert_ne!(keys.opened("ghcr.age"), old);
    assert_eq!(auths(&keys, "one/.dockercfg")["quay.io"]["password"], first);
    keys.run("generate one email").exits(2).stderr_contains("no `generate` for the key `email`");
}

/// A key that is no credential is a slip, and a new data key would be of no use.
#[test]
fn a_secret_of_registries_gets_no_other_keys() {
    let keys = Keys::new(
        r#"[[dockerconfigjson]]
name = "one"
registries = [{ server = "ghcr.io", username = "u", password = "p" }]
[[dockerconfigjson]]
name = "two"
registries = [
    { server = "ghcr.io", username = "u", password = "p" },
    { server = "quay.io", username = "u", password = "p" },
]
[[dockercfg]]
name = "whole"
config = { age = "config.age" }
[[dockercfg]]
name = "more"
config = { age = "config.age" }
data.extra = "hunter2"
[[dockerconfigjson]]
name = "none"
registries = []
"#,
    );
    let spec = keys.case.read("mintage.toml");
    let all = "write `ghcr.io.username`, `ghcr.io.password` or `ghcr.io.email`";
    for (words, message, help) in [
        ("one ghcr.io", "`one` has no key `ghcr.io`", all),
        ("two ghcr.io", "`two` has no key `ghcr.io`", all),
        ("two token", "`two` has no key `token`", "it has credentials for `ghcr.io` and `quay.io`"),
        ("two token", "`two` has no key `token`", "or `SERVER.email`"),
        ("one docker.io.password", "has no registry `docker.io`", "write `ghcr.io.password`, or"),
        ("whole password", "`whole` has no key `password`", "write `.dockercfg`"),
        ("whole ghcr.io.password", "has no registry `ghcr.io`", "write `.dockercfg`"),
        ("none ghcr.io.password", "has no registry `ghcr.io`", "add the registry to `registries`"),
    ] {
        for command in ["set", "unset", "edit"] {
            let run = keys.run(&format!("{command} {words}")).stdin("hunter2");
            run.exits(2).stderr_contains(message).stderr_contains(help).never_says("hunter2");
        }
    }
    assert_eq!(keys.case.read("mintage.toml"), spec);
    // What the spec has is another thing.
    keys.set("more extra", "hunter2");
    keys.set("whole .dockercfg", "{\"ghcr.io\": {\"username\": \"u\", \"password\": \"p\"}}");
}

/// What can't be read is one mistake, and `set` doesn't add to it.
#[test]
fn registries_of_a_wrong_type_are_one_error() {
    for registries in ["\"x\"", "3", "[\"x\"]", "{ server = \"ghcr.io\" }"] {
        let keys = Keys::new(&format!(
            "[[dockerconfigjson]]\nname = \"ghcr\"\nregistries = {registries}\n"
        ));
        let spec = keys.case.read("mintage.toml");
        let ran = keys.run("check -q").fails().stderr_contains("must be a list of tables");
        ran.stderr_contains("mintage: 1 error");
        for key in ["ghcr.io.password", "password", "ghcr.io"] {
            let run = keys.run(&format!("set ghcr {key}")).stdin("hunter2");
            run.exits(2).stderr_contains("run `mintage check`");
        }
        assert_eq!(keys.case.read("mintage.toml"), spec);
    }
}
