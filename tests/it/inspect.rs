//! `mintage list` and `mintage show`: without identities, with some, and through pipes.

use std::fs;

use serde_json::Value;

use crate::case::{Case, Words, root};
use crate::peers;

#[track_caller]
fn list(case: &Case, words: impl Words) -> Vec<Value> {
    serde_json::from_value(case.args("list --json").args(words).succeeds().quietly().json())
        .unwrap()
}

/// A spec whose values are for a native key, an ssh key and a native key together, and a file of
/// many keys; beside it the identities.
fn encrypted() -> Option<Case> {
    let (age, keygen, ssh) =
        (peers::need("age")?, peers::need("age-keygen")?, peers::need("ssh-keygen")?);
    let case = Case::new();
    let recipient = |key: &str| {
        case.tool(&keygen, ["-o", key]).succeeds();
        case.tool(&keygen, ["-y", key]).succeeds().text().trim().to_owned()
    };
    let (one, two) = (recipient("one.txt"), recipient("two.txt"));
    case.tool(&ssh, ["-q", "-t", "ed25519", "-N", "", "-f", "id"]).succeeds();
    let encrypt = |name: &str, plain: &[u8], arguments: &[&str]| {
        case.tool(&age, arguments).args(["-o", name]).stdin(plain).succeeds()
    };
    encrypt("one.age", b"hunter2\0\xff\n", &["-r", &one]);
    encrypt("both.age", b"hunter2", &["-r", &two, "-R", "id.pub"]);
    encrypt("env.age", b"A=hunter2\nB=hunter2-b\n", &["-r", &two, "-r", &one]);
    let spec = r#"
[sources.env]
age = "env.age"
format = "dotenv"

[[opaque]]
name = "one"
data.blob = { age = "one.age" }
data.plain = "x"

[[opaque]]
name = "both"
data.key = { age = "both.age" }
data.joined = "{{ sources.env.A }}"

[[opaque]]
name = "many"
hash-suffix = true
data-from = [{ source = "env" }]
"#;
    Some(case.spec(spec))
}

#[test]
fn with_and_without_identities() {
    let Some(case) = encrypted() else { return };
    let rows = |words: &str| -> Vec<(String, Vec<String>, bool, Vec<String>)> {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let texts = |values: &Value, name: &str| {
            values.as_array().unwrap().iter().map(|value| text(&value[name])).collect()
        };
        list(&case, words)
            .iter()
            .map(|row| {
                (
                    text(&row["name"]),
                    texts(&row["keys"], "key"),
                    row["moreKeys"] == true,
                    texts(&row["files"], "opens"),
                )
            })
            .collect()
    };
    let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    let none = rows("");
    assert_eq!(none[0], ("one".into(), owned(&["blob", "plain"]), false, owned(&["no"])));
    assert_eq!(none[1], ("both".into(), owned(&["joined", "key"]), false, owned(&["no", "no"])));
    assert_eq!(none[2], ("many-*".into(), owned(&[]), true, owned(&["no"])));
    let with_one = rows("-i one.txt");
    assert_eq!(with_one[0].3, ["yes"]);
    assert_eq!(with_one[1].3, ["no", "yes"]);
    assert_eq!((&with_one[2].1, with_one[2].2), (&owned(&["A", "B"]), false));
    assert!(with_one[2].0.starts_with("many-") && with_one[2].0.len() == 15, "{}", with_one[2].0);
    assert_eq!(rows("-i id")[1].3, ["yes", "no"]);

    let recipients = &list(&case, "")[1]["files"];
    assert_eq!(recipients[0]["recipients"], serde_json::json!({ "age": 1, "ssh": 1 }));
    assert_eq!(recipients[1]["recipients"], serde_json::json!({ "age": 2 }));
    let table = case.args("list").run().text();
    assert!(
        table.lines().nth(2).is_some_and(|line| line.contains("age+ssh") && line.ends_with("no")),
        "{table}"
    );
}

#[test]
fn a_value_comes_as_it_is() {
    let Some(case) = encrypted() else { return };
    let identity = case.read("one.txt");
    // Stdin can be read once only, and the spec is looked at twice.
    for (identities, stdin) in [("-i one.txt", ""), ("-i -", identity.as_str())] {
        let run = case.args("show one --key blob").args(identities).stdin(stdin);
        run.succeeds().quietly().stdout_is(b"hunter2\0\xff\n");
    }
    case.args("show many --key B -i one.txt").succeeds().stdout_is("hunter2-b");
    case.args("show one --key blob").exits(2).no_output().stderr_contains("[no-identity]");
    // What it takes to see one Secret is what this one needs.
    case.args("show one --reveal -i one.txt")
        .succeeds()
        .stdout_contains("blob: base64 aHVudGVyMgD/Cg==, from age one.age");
}

#[test]
fn masked_without_an_identity() {
    let Some(case) = encrypted() else { return };
    case.args("show both").succeeds().stdout_contains("key: not known, from age both.age");
    let many = case.args("show many").run();
    many.stdout_contains("not known without an identity")
        .stdout_contains("the keys of a file that can't be decrypted");
    case.args("use many").succeeds().stdout_contains("more keys");
}

#[test]
fn passphrases_are_not_asked_for() {
    let case = Case::new().spec("[[opaque]]\nname = \"a\"\ndata.k = { age = \"a.age\" }\n");
    case.write("a.age", fs::read(root().join("tests/ui/files/age/passphrase.age")).unwrap());
    let rows = list(&case, "");
    assert_eq!(rows[0]["files"][0]["recipients"], serde_json::json!({ "passphrase": 1 }));
    assert_eq!(rows[0]["files"][0]["opens"], "asks");
}
