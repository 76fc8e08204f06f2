//! `mintage encrypt --literals`.

use super::Keys;

const SPEC: &str = r#"# The shop
vars.host = "db" # h

[[opaque]] # one
name = "shop"
data.PASSWORD = "correct horse battery" # two
data.HOST = "{{ vars.host }}"
data.API_TOKEN = { value = "tr0ub4dor&3 and more", trim = true }
data.DSN = "mysql://app:hunter2horse@{{ vars.host }}/shop" # stays
[opaque.data.SECRET_KEY]
base64 = "Y29ycmVjdCBob3JzZQ==" # three

[[basic-auth]]
name = "git"
username = "me"
password = "battery staple horse" # four

[[opaque]]
name = "allowed"
data.PASSWORD = "correct horse battery"
lint.allow = ["plaintext-secret"]
"#;

#[test]
fn a_spec_is_not_encrypted_as_a_whole_by_mistake() {
    let secrets = "[[opaque]]\nname = \"a\"\ndata.PASSWORD = \"hunter2\"\n";
    let keys = Keys::new(secrets);
    let text = keys.case.read("mintage.toml");
    for (name, text) in [
        ("other.toml", secrets),
        ("sub/mintage.toml", ""),
        ("tls.toml", "tls = { key = \"hunter2\" }\n"),
        ("broken.toml", "= hunter2"),
    ] {
        keys.case.write(name, text);
    }
    for spec in ["mintage.toml", "other.toml", "sub/mintage.toml"] {
        let ran = keys.case.args("encrypt").args([spec]).exits(2);
        ran.stderr_contains("`mintage encrypt --literals").never_says("hunter2");
        assert!(!keys.case.path(&format!("{spec}.age")).exists());
    }
    // The help works, both ways.
    keys.case.args("encrypt --literals other.toml").succeeds();
    keys.case.args("encrypt mintage.toml -o whole.age").succeeds();
    assert_eq!(keys.opened("whole.age"), text);
    for bundle in ["tls.toml", "broken.toml"] {
        keys.case.args("encrypt").args([bundle]).succeeds();
    }
}

#[test]
fn literals_move_and_nothing_else_changes() {
    let keys = Keys::new("");
    let tables = keys.rules();
    keys.case.write("mintage.toml", format!("{SPEC}\n{tables}"));
    let before = keys.built("");
    let text = keys.case.read("mintage.toml");
    let dry = keys.run("encrypt --literals --dry-run").run().never_says("horse");
    dry.stdout_is(
        "PASSWORD of shop: secrets/shop/PASSWORD.age\nAPI_TOKEN of shop: \
         secrets/shop/API_TOKEN.age\nSECRET_KEY of shop: secrets/shop/SECRET_KEY.age\npassword of \
         git: secrets/git/password.age\n",
    );
    assert_eq!(keys.case.read("mintage.toml"), text);
    assert!(!keys.case.path("secrets").exists());
    let ran = keys.run("encrypt --literals").exits(1).no_output().never_says("horse");
    ran.stderr_contains("moved 4 secrets out of `mintage.toml`")
        .stderr_contains("1 plaintext secret can't be moved");
    let after = keys.case.read("mintage.toml");
    let expected = text
        .replacen("\"correct horse battery\"", "{ age = \"secrets/shop/PASSWORD.age\" }", 1)
        .replace(
            "{ value = \"tr0ub4dor&3 and more\", trim = true }",
            "{ age = \"secrets/shop/API_TOKEN.age\" }",
        )
        .replace("\"battery staple horse\"", "{ age = \"secrets/git/password.age\" }");
    let without_table = |text: &str| -> Vec<String> {
        let lines = text.lines().filter(|line| !line.contains("SECRET_KEY") && !line.is_empty());
        let kept = lines.filter(|line| !line.starts_with("base64") && *line != "# three");
        kept.map(str::to_owned).collect()
    };
    assert_eq!(without_table(&after), without_table(&expected));
    assert!(after.contains("# three"), "{after}");
    assert_eq!(keys.built(""), before);
    // There is nothing left that can be moved.
    keys.run("encrypt --literals").exits(1).stderr_contains("no secret can be moved");
    assert_eq!(keys.case.read("mintage.toml"), after);
}

#[test]
fn values_move_however_they_are_written() {
    let keys = Keys::new("");
    let tables = keys.rules();
    let spec = r#"
[[opaque]]
name = "a"
data.PASSWORD.value = "correct horse battery" # one
data.PASSWORD.trim = true # two
data.PASSWORD-2 = "other horse battery"

[[opaque]] # of the same name
name = "a"
namespace = "b"
[opaque.data]
[opaque.data.PASSWORD] # three
trim = true
value = """
correct horse staple
"""
# four
[opaque.data.API_TOKEN]
base64 = "Y29ycmVjdCBob3JzZQ==" # five
"#;
    keys.case.write("mintage.toml", format!("{tables}{spec}"));
    let before = keys.built("");
    let ran = keys.run("encrypt --literals").succeeds();
    ran.stderr_contains("moved 4 secrets out of `mintage.toml`");
    let expected = r#"
[[opaque]]
name = "a"
data.PASSWORD.age = "secrets/a/PASSWORD.age" # one
# two
data.PASSWORD-2 = { age = "secrets/a/PASSWORD-2.age" }

[[opaque]] # of the same name
name = "a"
namespace = "b"
[opaque.data]
[opaque.data.PASSWORD] # three
age = "secrets/a/PASSWORD-3.age"
# four
[opaque.data.API_TOKEN]
age = "secrets/a/API_TOKEN.age" # five
"#;
    assert_eq!(keys.case.read("mintage.toml"), format!("{tables}{expected}"));
    assert_eq!(keys.built(""), before);
}

#[test]
fn a_clean_spec_stays() {
    let keys = Keys::new("[[opaque]]\nname = \"a\"\ndata.PORT = \"80\"\n");
    keys.run("encrypt --literals").succeeds().stderr_contains("the spec has no plaintext secrets");
    keys.run("encrypt --dry-run x").exits(2);
    keys.run("encrypt --literals --armor").exits(2);
}

#[test]
fn a_dry_run_finds_what_the_run_would_find() {
    let keys = Keys::new("");
    let spec = "[[opaque]]\nname = \"shop\"\ndata.PASSWORD = \"correct horse battery\"\n";
    let me = &keys.recipient;
    let pq = keys.case.args("keygen --pq -o pq.txt").succeeds().text();
    let pq = pq.trim();
    let tables = |to: &str| {
        format!("[recipients]\nme = \"{me}\"\npq = \"{pq}\"\n[[encrypt]]\npath = {to}\n")
    };
    for text in [
        spec.to_owned(),
        format!("recipients.me = \"{me}\"\n{spec}"),
        tables("\"other/**\"\nto = [\"me\"]") + spec,
        tables("\"**\"\nto = [\"me\", \"pq\"]") + spec,
        tables("\"**\"\nto = [\"nobody\"]") + spec,
    ] {
        keys.case.write("mintage.toml", &text);
        let dry = keys.run("encrypt --literals --dry-run").run().never_says("horse");
        let real = keys.run("encrypt --literals").run().never_says("horse");
        assert!(real.code != Some(0), "{text}");
        assert_eq!((dry.code, &dry.stderr), (real.code, &real.stderr), "{text}");
        assert_eq!(dry.text(), "");
        assert_eq!(keys.case.read("mintage.toml"), text);
        assert!(!keys.case.path("secrets").exists());
    }
    #[cfg(unix)]
    {
        use std::fs::{create_dir_all, remove_file};
        let text = tables("\"**\"\nto = [\"me\"]") + spec;
        keys.case.write("mintage.toml", &text);
        let same = || {
            let dry = keys.run("encrypt --literals --dry-run").exits(2);
            let real = keys.run("encrypt --literals").exits(2).no_output();
            assert_eq!((dry.text(), dry.stderr), (String::new(), real.stderr.clone()));
            assert_eq!(keys.case.read("mintage.toml"), text);
            real
        };
        keys.case.write("secrets", "");
        same()
            .stderr_contains("can't write `secrets/shop/PASSWORD.age`: `secrets` is not a folder");
        remove_file(keys.case.path("secrets")).unwrap();
        create_dir_all(keys.case.path("secrets/shop")).unwrap();
        let link = keys.case.path("secrets/shop/PASSWORD.age");
        std::os::unix::fs::symlink("nowhere", &link).unwrap();
        same().stderr_contains("it is a symbolic link to a file that does not exist");
    }
}
