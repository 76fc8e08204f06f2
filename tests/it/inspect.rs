//! `mintage list` and `mintage show`: without identities, with some, and through pipes.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

use crate::peers;

fn mintage(folder: &Path, arguments: &[&str], stdin: &[u8]) -> Output {
    let home = tempfile::tempdir().unwrap();
    let program = env!("CARGO_BIN_EXE_mintage");
    // In a session of its own there is no terminal that could be asked for a passphrase.
    let mut command = Command::new("/usr/bin/setsid");
    peers::run(command.args(["--wait", program]).args(arguments).current_dir(folder).env_clear().env("HOME", home.path()), stdin)
}

fn list(folder: &Path, arguments: &[&str]) -> Vec<Value> {
    let output = mintage(folder, &[&["list", "--json"], arguments].concat(), b"");
    assert!(output.status.success() && output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// A spec whose values are for a native key, an ssh key and a native key together, and a file of many keys; beside it the identities.
fn encrypted(folder: &Path) -> Option<()> {
    let (age, keygen, ssh) = (peers::need("age")?, peers::need("age-keygen")?, peers::need("ssh-keygen")?);
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    for key in ["one.txt", "two.txt"] {
        peers::stdout(peers::command(&keygen).args(["-o", &path(key)]), b"");
    }
    peers::stdout(peers::command(&ssh).args(["-q", "-t", "ed25519", "-N", "", "-f", &path("id")]), b"");
    let recipient =
        |key: &str| String::from_utf8(peers::stdout(peers::command(&keygen).args(["-y", &path(key)]), b"")).unwrap().trim().to_owned();
    let (one, two) = (recipient("one.txt"), recipient("two.txt"));
    let encrypt = |name: &str, plain: &[u8], arguments: &[&str]| {
        peers::stdout(peers::command(&age).args(arguments).args(["-o", &path(name)]), plain);
    };
    encrypt("one.age", b"hunter2\0\xff\n", &["-r", &one]);
    encrypt("both.age", b"hunter2", &["-r", &two, "-R", &path("id.pub")]);
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
    fs::write(folder.join("mintage.toml"), spec).unwrap();
    Some(())
}

#[test]
fn with_and_without_identities() {
    let folder = tempfile::tempdir().unwrap();
    let Some(()) = encrypted(folder.path()) else { return };
    let rows = |arguments: &[&str]| -> Vec<(String, Vec<String>, bool, Vec<String>)> {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let texts = |values: &Value, name: &str| values.as_array().unwrap().iter().map(|value| text(&value[name])).collect();
        list(folder.path(), arguments)
            .iter()
            .map(|row| (text(&row["name"]), texts(&row["keys"], "key"), row["moreKeys"] == true, texts(&row["files"], "opens")))
            .collect()
    };
    let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    let none = rows(&[]);
    assert_eq!(none[0], ("one".into(), owned(&["blob", "plain"]), false, owned(&["no"])));
    assert_eq!(none[1], ("both".into(), owned(&["joined", "key"]), false, owned(&["no", "no"])));
    assert_eq!(none[2], ("many-*".into(), owned(&[]), true, owned(&["no"])));
    let with_one = rows(&["-i", "one.txt"]);
    assert_eq!(with_one[0].3, ["yes"]);
    assert_eq!(with_one[1].3, ["no", "yes"]);
    assert_eq!((&with_one[2].1, with_one[2].2), (&owned(&["A", "B"]), false));
    assert!(with_one[2].0.starts_with("many-") && with_one[2].0.len() == 15, "{}", with_one[2].0);
    assert_eq!(rows(&["-i", "id"])[1].3, ["yes", "no"]);

    let recipients = &list(folder.path(), &[])[1]["files"];
    assert_eq!(recipients[0]["recipients"], serde_json::json!({ "age": 1, "ssh": 1 }));
    assert_eq!(recipients[1]["recipients"], serde_json::json!({ "age": 2 }));
    let table = String::from_utf8(mintage(folder.path(), &["list"], b"").stdout).unwrap();
    assert!(table.lines().nth(2).is_some_and(|line| line.contains("age+ssh") && line.ends_with("no")), "{table}");
}

#[test]
fn a_value_comes_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let Some(()) = encrypted(folder.path()) else { return };
    let identity = fs::read(folder.path().join("one.txt")).unwrap();
    // Stdin can be read once only, and the spec is looked at twice.
    for (arguments, stdin) in [(["-i", "one.txt"], &b""[..]), (["-i", "-"], &identity)] {
        let output = mintage(folder.path(), &[&["show", "one", "--key", "blob"], &arguments[..]].concat(), stdin);
        assert_eq!(output.stdout, b"hunter2\0\xff\n", "{}", String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success() && output.stderr.is_empty());
    }
    let output = mintage(folder.path(), &["show", "many", "--key", "B", "-i", "one.txt"], b"");
    assert_eq!(output.stdout, b"hunter2-b");
    let output = mintage(folder.path(), &["show", "one", "--key", "blob"], b"");
    assert_eq!((output.status.code(), output.stdout.is_empty()), (Some(2), true));
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(text.contains("[no-identity]"), "{text}");
    // What it takes to see one Secret is what this one needs.
    let output = mintage(folder.path(), &["show", "one", "--reveal", "-i", "one.txt"], b"");
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && text.contains("blob: base64 aHVudGVyMgD/Cg==, from age one.age"), "{text}");
}

#[test]
fn masked_without_an_identity() {
    let folder = tempfile::tempdir().unwrap();
    let Some(()) = encrypted(folder.path()) else { return };
    let output = mintage(folder.path(), &["show", "both"], b"");
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && text.contains("key: not known, from age both.age"), "{text}");
    let output = mintage(folder.path(), &["show", "many"], b"");
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("not known without an identity") && text.contains("the keys of a file that does not open"), "{text}");
    let output = mintage(folder.path(), &["use", "many"], b"");
    assert!(output.status.success() && String::from_utf8(output.stdout).unwrap().contains("more keys"));
}

#[test]
fn passphrases_are_not_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let age = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ui/files/age/passphrase.age");
    fs::copy(age, folder.path().join("a.age")).unwrap();
    fs::write(folder.path().join("mintage.toml"), "[[opaque]]\nname = \"a\"\ndata.k = { age = \"a.age\" }\n").unwrap();
    let rows = list(folder.path(), &[]);
    assert_eq!(rows[0]["files"][0]["recipients"], serde_json::json!({ "passphrase": 1 }));
    assert_eq!(rows[0]["files"][0]["opens"], "asks");
}
