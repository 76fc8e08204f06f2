//! Identities that a command prints, passphrases from files, and who else can read an identity.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::case::{Case, MINTAGE, root};

const SPEC: &str = "[[opaque]]\nname = \"app\"\ndata.A = { age = \"a.age\" }\n";

fn test_file(name: &str) -> Vec<u8> {
    fs::read(root().join("tests/age").join(name)).unwrap()
}

/// A file for the key in `key.txt`, and one with a passphrase.
fn case() -> Case {
    Case::new()
        .spec(SPEC)
        .file("a.age", test_file("for-identity.age"))
        .file("key.txt", test_file("identity.txt"))
}

#[test]
fn a_command_prints_the_identity() {
    let case = case();
    for variable in ["MINTAGE_IDENTITY_CMD", "SOPS_AGE_KEY_CMD"] {
        for command in ["cat key.txt", "sh -c 'cat \"key.txt\"; echo asked >&2'"] {
            let ran = case.args("build").env(variable, command).succeeds();
            assert_eq!(ran.stderr.contains("asked"), command.contains("asked"));
            ran.stdout_contains("name: app");
        }
    }
    // Once, however many files there are; not at all with `-i`.
    let spec = SPEC.to_owned() + "data.B = { age = \"a.age\" }\n";
    case.write("mintage.toml", spec);
    let command = "sh -c 'echo x >> runs; cat key.txt'";
    case.args("build -i key.txt").env("MINTAGE_IDENTITY_CMD", command).succeeds();
    assert!(!case.path("runs").exists());
    case.args("build").env("MINTAGE_IDENTITY_CMD", command).succeeds();
    assert_eq!(case.read("runs"), "x\n");
    // It gets nothing of what is piped in.
    let ran = case.args("post-render").stdin("a: 1\n");
    ran.env("MINTAGE_IDENTITY_CMD", "sh -c 'cat; cat key.txt'").succeeds().stdout_contains("a: 1");
}

#[test]
fn a_command_that_fails_is_named_and_nothing_of_it_shown() {
    let case = case();
    for (command, why) in [
        ("sh -c 'cat key.txt; exit 3'", "failed with exit status 3"),
        ("sh -c 'kill -9 $$'", "was ended by a signal"),
        ("no-such-program AGE-SECRET-KEY-1", "can't be run: "),
        ("cat 'key.txt", "has a quote without its end"),
        (" ", "is empty"),
        ("yes hunter2", "prints more than 1,048,576 bytes"),
        ("cat /dev/zero", "prints more than 1,048,576 bytes"),
    ] {
        let ran = case.args("build").env("MINTAGE_IDENTITY_CMD", command).exits(2);
        ran.stderr_contains(&format!("the command in `MINTAGE_IDENTITY_CMD` {why}"))
            .never_says("AGE-SECRET")
            .never_says("hunter2");
    }
    let ran = case.args("build").env("MINTAGE_IDENTITY_CMD", "true").exits(2);
    ran.stderr_contains("`MINTAGE_IDENTITY_CMD` contains no usable identity: it is empty");
}

/// `identity.age` is the same key, encrypted with a passphrase.
fn locked() -> (Case, &'static str) {
    (case().file("key.age", test_file("identity.age")), PASSPHRASE)
}

/// See `tests/age/make`.
const PASSPHRASE: &str = "planted passphrase zebra-quartz";

#[test]
fn a_passphrase_from_a_file_a_descriptor_or_the_environment() {
    let (case, passphrase) = locked();
    case.write("good", format!("{passphrase}\n"));
    case.write("bad", "wrong\n");
    let build = || case.args("build -i key.age");
    build().env("MINTAGE_PASSPHRASE", passphrase).succeeds();
    build().env("MINTAGE_PASSPHRASE_FILE", "good").succeeds();
    // The first one counts: descriptor, file, variable.
    let file = build().env("MINTAGE_PASSPHRASE_FILE", "good").env("MINTAGE_PASSPHRASE", "wrong");
    file.args("-v").succeeds().stderr_contains("passphrase from `good`");
    let bash = |script: &str| case.tool(Path::new("/bin/bash"), ["-c", script, MINTAGE]);
    for script in [
        "\"$0\" build -i key.age --passphrase-fd 3 3<good",
        "cat good | \"$0\" build -i key.age --passphrase-fd 0",
        "\"$0\" build -i key.age --passphrase-fd 3 3< <(cat good)",
    ] {
        bash(script).env("MINTAGE_PASSPHRASE_FILE", "bad").succeeds();
    }
    bash("\"$0\" build -i key.age --passphrase-fd 3 3<bad")
        .exits(2)
        .stderr_contains("correct the passphrase that `--passphrase-fd 3` reads");
    bash("\"$0\" build -i key.age --passphrase-fd 7")
        .exits(2)
        .stderr_contains("the file descriptor is not open");
    build().args("--passphrase-fd 1").exits(2).stderr_contains("it is for output");
    for (file, why) in [
        ("none", "it does not exist"),
        ("/dev/zero", "it is a device, not a file"),
        ("/dev/null", "is empty"),
    ] {
        build().env("MINTAGE_PASSPHRASE_FILE", file).exits(2).stderr_contains(why);
    }
}

#[test]
fn what_was_added_to_a_passphrase_is_named() {
    let (case, passphrase) = locked();
    for (value, what) in [
        (format!("{passphrase}\n"), Some("`MINTAGE_PASSPHRASE` ends with a line break")),
        (format!(" {passphrase}"), Some("`MINTAGE_PASSPHRASE` starts with a blank")),
        ("wrong".to_owned(), None),
    ] {
        let ran = case.args("build -i key.age").env("MINTAGE_PASSPHRASE", &value).exits(2);
        let ran = ran.never_says(passphrase);
        match what {
            Some(what) => ran.stderr_contains(what),
            None => ran.never_says("line break").stderr_contains("correct `MINTAGE_PASSPHRASE`"),
        };
    }
    case.write("two", format!("{passphrase}\n\n"));
    let ran = case.args("build -i key.age").env("MINTAGE_PASSPHRASE_FILE", "two").exits(2);
    ran.stderr_contains("the passphrase in `two` ends with a line break");
}

#[test]
fn every_command_warns_of_an_identity_that_others_can_read() {
    let case = case();
    let list = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems: []\n\
        functionConfig:\n  apiVersion: mintage.dev/v1\n  kind: Mintage\n  metadata: {name: s}\n  \
        spec: {path: .}\n";
    for mode in [0o600, 0o640, 0o604] {
        fs::set_permissions(case.path("key.txt"), fs::Permissions::from_mode(mode)).unwrap();
        for words in [
            "build",
            "check",
            "list",
            "show app",
            "show --reveal app",
            "use app",
            "diff -",
            "krm",
            "post-render",
            "doctor",
        ] {
            let stdin = if words == "krm" { list } else { "{}" };
            let run = case.args(words).args("-i key.txt").stdin(stdin);
            let ran = run.run();
            let warned = ran.stderr.matches("warning[identity-permissions]").count();
            assert_eq!(warned, usize::from(mode != 0o600), "{words}, {mode:o}: {}", ran.stderr);
            assert!(ran.code == Some(0) || words == "diff -", "{words}: {}", ran.stderr);
        }
    }
    case.args("build -i key.txt -A identity-permissions").succeeds().quietly();
    case.args("build -i key.txt -D identity-permissions")
        .exits(1)
        .no_output()
        .stderr_contains("help: run `chmod 600 key.txt`");
}

/// The names of the environment's variables that a program found, from what `env` wrote.
fn names(text: &str) -> Vec<&str> {
    text.lines().filter_map(|line| line.split_once('=')).map(|(name, _)| name).collect()
}

#[test]
fn no_program_gets_the_keys_of_the_environment() {
    let case = case();
    let dump = case.path("env.txt");
    let script = |name: &str, then: &str| {
        let path = case.outside(name);
        fs::write(&path, format!("#!/bin/sh\nenv > {}\n{then}\n", dump.display())).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        path
    };
    let editor = script("bin/editor", "printf hunter2 > \"$1\"");
    let command = script("bin/keys", &format!("cat {}", case.path("key.txt").display()));
    // Another one: commands run if no other identity opens a file.
    case.args("keygen -o other.txt").succeeds();
    let key = case.read("other.txt");
    case.write("passphrase", "hunter2\n");
    let native = case.args("keygen -y key.txt").succeeds().text();
    case.write(
        "rules/mintage.toml",
        format!(
            "recipients.me = [\"{}\"]\n[[encrypt]]\npath = \"**\"\nto = [\"me\"]\n",
            native.trim()
        ),
    );
    let with_keys = |run: crate::case::Run| {
        run.env("MINTAGE_IDENTITY", &key)
            .env("SOPS_AGE_KEY", &key)
            .env("MINTAGE_PASSPHRASE", "hunter2")
            .env("MINTAGE_PASSPHRASE_FILE", case.path("passphrase"))
            .env("OTHER", "stays")
            .run()
    };
    for run in [
        case.args("edit rules/new.age").env("EDITOR", &editor),
        case.args("build").env("MINTAGE_IDENTITY_CMD", &command),
        case.args("build").env("SOPS_AGE_KEY_CMD", &command),
    ] {
        let ran = with_keys(run);
        let text = fs::read_to_string(&dump).unwrap_or_else(|_| panic!("{}", ran.said()));
        fs::remove_file(&dump).unwrap();
        let names = names(&text);
        assert!(names.contains(&"OTHER") && names.contains(&"PATH"), "{text}");
        let keys = |name: &&&str| {
            name.ends_with("IDENTITY") || name.ends_with("AGE_KEY") || name.contains("PASSPHRASE")
        };
        assert_eq!(names.iter().filter(keys).collect::<Vec<_>>(), Vec::<&&str>::new());
        assert!(!text.contains("AGE-SECRET-KEY") && !text.contains("hunter2"));
    }
}

#[test]
fn an_empty_variable_is_named_where_an_identity_is_missing() {
    let case = case();
    let empty = "`MINTAGE_IDENTITY` is set, but empty";
    let build = || case.args("build").env("MINTAGE_IDENTITY", "");
    build().exits(2).stderr_contains("no identity was given").stderr_contains(empty);
    case.args("keygen -o other.txt").succeeds();
    let other = || build().env("SOPS_AGE_KEY_FILE", "other.txt");
    other().exits(2).stderr_contains("none of the identities can").stderr_contains(empty);
    build().env("SOPS_AGE_KEY_FILE", "key.txt").succeeds().quietly();
    case.args("doctor")
        .env("SOPS_AGE_KEY_CMD", "")
        .run()
        .stdout_contains("SOPS_AGE_KEY_CMD (empty)");
}

/// A key where a path is expected, and the other way around: the help names the right variable.
#[test]
fn keys_and_paths_that_changed_places() {
    let case = case();
    let key = case.read("key.txt").lines().last().unwrap().to_owned();
    let public = case.args("keygen -y key.txt").succeeds().text();
    case.write("key.pub", &public);
    let says = |variable: &str, value: &str, help: &str| {
        let ran = case.args("build").env(variable, value).exits(2).never_says(&key);
        ran.stderr_contains(help);
    };
    says("MINTAGE_IDENTITY_FILE", &key, "set `MINTAGE_IDENTITY` to the key");
    says("SOPS_AGE_KEY_FILE", &key, "set `SOPS_AGE_KEY` to the key");
    says("MINTAGE_IDENTITY", "/home/a/key.txt", "or in `MINTAGE_IDENTITY_FILE`");
    says("SOPS_AGE_KEY", "/home/a/key.txt", "set `SOPS_AGE_KEY_FILE` to the path");
    says("MINTAGE_IDENTITY", "hunter2", "set it to the line of the identity file");
    let public = case.args("build -i").args([public.trim()]).exits(2);
    public.stderr_contains("it is a public key, not the path of a file");
    // Others may read public keys.
    fs::set_permissions(case.path("key.pub"), fs::Permissions::from_mode(0o644)).unwrap();
    let public = case.args("keygen -y key.pub").exits(2).stderr_contains("is a public key");
    public.never_says("other users can read");
}
