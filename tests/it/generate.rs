//! `mintage generate`: what is made once, stays, and is never shown.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::case::Case;
use crate::peers;

const SPEC: &str = r#"
[sources.db]
age = "secrets/{{ vars.stage }}/db.toml.age"
generate."root.password" = { length = 40, alphabet = "hex" }
generate.token = { bytes = 16 }
[vars]
stage = "prod"
[[opaque]]
name = "mysql"
namespace = "shop"
data.ROOT = { source = "db", key = "root.password" }
data.TOKEN = { source = "db", key = "token", decode = "base64" }
data.DSN = "mysql://{{ sources.db.root.password }}"
data.WORDS = { age = "secrets/words.age", generate = { words = 6 } }
data.ID = { age = "secrets/id.json.age", key = "a.id", generate = { uuid = true } }
data.RAW = { age = "secrets/raw.age", generate = { bytes = 8 } }
[[ssh-auth]]
name = "deploy"
private-key = { age = "secrets/deploy.age", generate = { ssh-key = "ed25519" } }
"#;

/// A case with an identity and a spec that declares values.
fn declared() -> Case {
    let case = Case::new();
    case.args("init").succeeds();
    let spec = case.read("mintage.toml") + SPEC;
    case.spec(&spec)
}

fn values(case: &Case) -> BTreeMap<String, Vec<u8>> {
    let value = |(name, key): (&str, &str)| {
        let ran = case.args(["show", name, "--key", key]).succeeds();
        (key.to_owned(), ran.stdout)
    };
    let keys = ["ROOT", "TOKEN", "DSN", "WORDS", "ID", "RAW"].map(|key| ("mysql", key));
    keys.into_iter().chain([("deploy", "ssh-privatekey")]).map(value).collect()
}

fn files(folder: &Path, found: &mut BTreeMap<String, Vec<u8>>) {
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        match entry.path() {
            path if path.is_dir() => files(&path, found),
            path => {
                found.insert(path.display().to_string(), fs::read(&path).expect("a file"));
            }
        }
    }
}

fn all_files(case: &Case) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    files(&case.path(""), &mut found);
    found
}

#[test]
fn values_are_made_once() {
    let case = declared();
    let missing = case.args("build").fails().stderr;
    assert_eq!(missing.matches("run `mintage generate`").count(), 5, "{missing}");
    let before = all_files(&case);
    let listed = case.args("generate --dry-run").succeeds().text();
    assert_eq!(listed.lines().count(), 6, "{listed}");
    assert!(listed.contains("would create `root.password` in `secrets/prod/db.toml.age`: 40 char"));
    assert_eq!(all_files(&case), before);

    let ran = case.args("generate").succeeds();
    let made = values(&case);
    let text = |key: &str| String::from_utf8(made[key].clone()).expect("UTF-8");
    assert!(text("ROOT").len() == 40 && text("ROOT").chars().all(|c| c.is_ascii_hexdigit()));
    assert_eq!(text("DSN"), format!("mysql://{}", text("ROOT")));
    assert_eq!((made["TOKEN"].len(), made["RAW"].len()), (16, 8));
    assert!(text("WORDS").split('-').count() >= 6);
    assert_eq!(text("ID").split('-').map(str::len).collect::<Vec<_>>(), [8, 4, 4, 4, 12]);
    // Nothing of it was said, but for the public half of the key.
    for key in ["ROOT", "WORDS", "ID"] {
        assert!(!ran.said().contains(&text(key)));
    }
    assert!(ran.stdout.is_empty());

    let written = all_files(&case);
    case.args("generate").succeeds().stderr_contains("no generated value is missing");
    assert_eq!(all_files(&case), written);
    case.args("check").succeeds();
}

#[test]
fn ssh_keygen_reads_the_key() {
    let Some(keygen) = peers::need("ssh-keygen") else { return };
    let case = declared();
    let said = case.args("generate deploy").succeeds().stderr;
    assert!(!said.contains("PRIVATE"));
    assert!(!case.path("secrets/words.age").exists());
    let key = case.args("show deploy --key ssh-privatekey").succeeds().stdout;
    case.write("key", key);
    fs::set_permissions(case.path("key"), std::os::unix::fs::PermissionsExt::from_mode(0o600))
        .expect("a mode");
    let public = case.tool(&keygen, "-y -f key").succeeds().text();
    assert!(public.starts_with("ssh-ed25519 ") && said.contains(public.trim()), "{said}");
}

#[test]
fn a_bundle_keeps_what_it_has() {
    let case = declared();
    let editor =
        "#!/bin/sh\nprintf '# ours\\nold = \"kept\" # why\\n[root]\\nuser = 1\\n' > \"$1\"\n";
    case.write("editor", editor);
    fs::set_permissions(case.path("editor"), std::os::unix::fs::PermissionsExt::from_mode(0o755))
        .expect("a mode");
    let path = "secrets/prod/db.toml.age";
    case.args(["edit", path]).env("EDITOR", case.path("editor")).succeeds();
    case.args("generate").succeeds();
    let text = case.args(["decrypt", path]).succeeds().text();
    let (token, root) = (text.find("token = "), text.find("password = "));
    assert!(token.is_some() && root.is_some(), "{text}");
    for kept in ["# ours\nold = \"kept\" # why\n", "[root]\nuser = 1\n"] {
        assert!(text.contains(kept), "{text}");
    }
}

#[test]
fn one_value_is_rotated() {
    let case = declared();
    case.args("generate").succeeds();
    let before = values(&case);
    case.args("generate --rotate").exits(2).stderr_contains("needs the name");
    case.args("generate --rotate shop/mysql ROOT")
        .succeeds()
        .stderr_contains("replaced `root.pass");
    let after = values(&case);
    let changed: Vec<&str> =
        before.keys().filter(|key| before[*key] != after[*key]).map(String::as_str).collect();
    assert_eq!(changed, ["DSN", "ROOT"]);
}

#[test]
fn names_that_lead_nowhere() {
    let case = declared();
    case.args("generate mysq").exits(2).stderr_contains("write `mysql`");
    let says = "no `generate` for the key `DSN`";
    case.args("generate mysql DSN").exits(2).stderr_contains(says);
    case.args("generate . mysql ROOT --dry-run").succeeds().stdout_contains("`root.password`");
    let plain = Case::new().spec("[[opaque]]\nname = \"a\"\ndata.A = \"hello world\"\n");
    plain.args("generate").succeeds().stderr_contains("declares no values");
}

#[test]
fn all_files_are_written_or_none() {
    let case = declared();
    // Nobody is to read one of the files.
    let spec = case.read("mintage.toml").replace("path = \"**\"", "path = \"secrets/*.age\"");
    let case = case.spec(&spec);
    case.args("generate").exits(1).stderr_contains("no `[[encrypt]]` rule");
    assert!(!case.path("secrets").exists());
    // A file that does not open is no file without values.
    let case = declared();
    case.args("generate").succeeds();
    let written = all_files(&case);
    case.args("generate --rotate mysql").env("HOME", "/nonexistent").exits(2);
    assert_eq!(all_files(&case), written);
}

#[test]
fn no_folder_stays_where_nothing_is_written() {
    let case = Case::new().spec(
        "[[opaque]]\nname = 'a'\ndata.A = { age = 'new/deep/a.age', generate = { length = 8 } }\n",
    );
    case.args("generate").fails();
    assert!(!case.path("new").exists());
}

#[test]
fn no_file_is_made_outside() {
    let case = Case::new();
    case.args("init").succeeds();
    std::os::unix::fs::symlink(case.outside("home"), case.path("link")).expect("a link");
    let start = case.read("mintage.toml");
    for path in ["../x.age", "link/x.age", "link/new/x.age"] {
        let value = format!("{{ age = \"{path}\", generate = {{ uuid = true }} }}");
        case.write(
            "mintage.toml",
            format!("{start}\n[[opaque]]\nname = \"a\"\ndata.A = {value}\n"),
        );
        case.args("generate").fails().stderr_contains("outside");
        assert!(!case.outside("x.age").exists() && !case.home("new").exists());
    }
}

#[test]
fn two_recipes_for_one_value() {
    let case = Case::new();
    case.args("init").succeeds();
    let values = "data.A = { age = \"a.age\", generate = { words = 6 } }\n\
        data.B = { age = \"a.age\", generate = { uuid = true } }\n";
    let spec = format!("{}\n[[opaque]]\nname = \"a\"\n{values}", case.read("mintage.toml"));
    case.spec(&spec).args("generate").fails().stderr_contains("two recipes for `a.age`");
}

#[test]
fn a_template_that_lacks_a_generated_key_says_so() {
    let case = declared();
    fs::create_dir_all(case.path("secrets/prod")).expect("a folder");
    case.args("encrypt - -o secrets/prod/db.toml.age --force").stdin("a = \"x\"\n").succeeds();
    for (template, is_declared) in [
        ("{{ sources.db.root.password }}", true),
        ("{{ sources.db.token }}", true),
        ("x-{{ sources.db.token | upper }}", true),
        ("{{ sources.db.other }}", false),
        ("{{ sources.db.a }}{{ vars.root }}", false),
    ] {
        let spec = SPEC.split("[[opaque]]").next().unwrap_or_default();
        let entry = format!("[[opaque]]\nname = \"a\"\ndata.A = \"{template}\"\n");
        case.write("lacks.toml", format!("{spec}{entry}"));
        let ran = case.args("build lacks.toml").fails();
        assert!(ran.stderr.contains("[undefined-variable]"), "{template}: {}", ran.stderr);
        let has_help = ran.stderr.contains("run `mintage generate`");
        assert_eq!(has_help, is_declared, "{template}: {}", ran.stderr);
        // A template that is a secret itself is not quoted, and has the help too.
        let entry = "[[opaque]]\nname = \"a\"\ndata.A = { age = \"t.age\", template = true }\n";
        case.write("lacks.toml", format!("{spec}{entry}"));
        case.args("encrypt - -o t.age --force").stdin(template).succeeds();
        let ran = case.args("build lacks.toml").fails();
        let has_help = ran.stderr.contains("run `mintage generate`");
        assert_eq!(has_help, is_declared, "{template}: {}", ran.stderr);
    }
}

#[test]
#[cfg(unix)]
fn a_file_that_is_written_in_two_ways_is_made_once() {
    let case = Case::new();
    case.args("init").succeeds();
    case.write("r/a", "");
    std::os::unix::fs::symlink("r", case.path("l")).expect("a link");
    let rules = case.read("mintage.toml");
    let spec = |length: &str| {
        let values: Vec<String> = ["x", "./x", "r/x", "l/x", "l/../y", "y"]
            .iter()
            .enumerate()
            .map(|(at, path)| {
                let length = if at % 2 == 0 { "7" } else { length };
                format!(
                    "data.K{at} = {{ age = \"{path}.age\", generate = {{ length = {length} }} }}\n"
                )
            })
            .collect();
        format!("{rules}\n[[opaque]]\nname = \"a\"\n{}", values.concat())
    };
    case.write("mintage.toml", spec("8"));
    let refused = case.args("generate").fails();
    let refused = refused.stderr_contains("two recipes for `./x.age`").stderr_contains("`l/x.age`");
    refused.stderr_contains("two recipes for `y.age`").stderr_contains("3 errors");
    assert!(!case.path("x.age").exists());
    case.write("mintage.toml", spec("7"));
    case.args("generate").succeeds().stderr_contains("created `l/../y.age`");
    for (one, other) in [("K0", "K1"), ("K2", "K3"), ("K4", "K5")] {
        let value = |key| case.args(["show", "a", "--key", key]).succeeds().text();
        assert_eq!(value(one), value(other));
    }
}

#[test]
#[cfg(unix)]
fn a_dry_run_finds_a_file_that_can_not_be_made() {
    let case = declared();
    fs::create_dir_all(case.path("secrets")).unwrap();
    std::os::unix::fs::symlink("nowhere", case.path("secrets/words.age")).unwrap();
    let dry = case
        .args("generate --dry-run")
        .exits(2)
        .no_output()
        .stderr_contains("it is a symbolic link to a file that does not exist");
    let real = case.args("generate").exits(2).no_output();
    assert_eq!(dry.stderr, real.stderr);
    assert!(!case.path("secrets/raw.age").exists());
}
