//! Planted secrets: whatever the cases of `tests/ui` hold that is secret bears a mark, and nothing
//! that is printed about a failing run bears it, in any of the ways in which bytes can be written.
//! What the other formats print is looked at in `tests/unit/formats`.

use std::process::{Command, Stdio};

use crate::ui::markdown::Case;
use crate::ui::planted::leak;
use crate::ui::{CASES, RUNS, Ran, each, run};

/// What a run shows of what is planted; nothing when all is well.
fn shown(case: &Case, ran: &Ran) -> String {
    let command = case.args[0].as_str();
    // Their results are masked too, unless somebody asks for the values.
    let reveals = case.args.iter().any(|flag| flag == "--reveal" || flag == "--key");
    let masks = ["diff", "list", "show", "use"].contains(&command);
    let mut printed = String::from_utf8_lossy(&ran.stderr).into_owned();
    if (masks || ran.status != 0) && !reveals {
        printed.push_str(&String::from_utf8_lossy(&ran.stdout));
    }
    leak(&printed)
        .map(|disguise| format!("{}: {disguise}\n{printed}\n", case.name))
        .unwrap_or_default()
}

#[test]
fn no_case_prints_what_is_planted() {
    let failures: String =
        CASES.iter().zip(RUNS.iter()).map(|(case, ran)| shown(case, ran)).collect();
    assert!(failures.is_empty(), "{failures}");
}

/// In colour, and with all that `-v` tells.
#[test]
fn no_verbose_case_prints_what_is_planted() {
    let mut cases = CASES.clone();
    cases.retain(|case| {
        ["build", "check", "diff", "list", "show", "use"].contains(&case.args[0].as_str())
    });
    assert!(cases.len() > 250, "{}", cases.len());
    // The last of two formats or colours would be an error of clap's.
    let more = |case: &Case| {
        if case.asks_for_a_format() { vec!["-v"] } else { vec!["--message-format", "text", "-v"] }
    };
    let failures = each(&cases, |case| shown(case, &run(case, &more(case)))).concat();
    assert!(failures.is_empty(), "{failures}");
}

/// A key where a name or a path belongs, as people type, cut and change it.
#[test]
fn no_argument_prints_a_private_key() {
    const DATA: &str = "QQPQPGZZ3RYUWHM7VQK0E9XF5J2N4T8DCL6SAGRYQPZ7X3VW9MK2JHEDTQ";
    let key = format!("AGE-SECRET-KEY-1{DATA}");
    let pem = format!("-----BEGIN OPENSSH PRIVATE KEY-----\n{DATA}\n");
    let (first, rest) = key.split_at(40);
    let keys = [
        vec![key.clone()],
        vec![key.to_lowercase()],
        vec![format!("KEY-1{DATA}")],
        vec![key.replace("SECRET", "SERCET")],
        vec![format!("'{key}'")],
        vec![format!("{}.txt", DATA.to_lowercase())],
        vec![pem.clone()],
        vec![pem.replace('\n', " ")],
        vec![first.to_owned(), rest.to_owned()],
    ];
    let places = "build KEY|build -e KEY|build -i KEY|build -iKEY|build --identity=KEY|build \
        --only [KEY|build --at KEY|build --set KEY|build --set x=KEY|build --set KEY=x|build \
        --set-file KEY|build -o no/KEY/a|build -D KEY|build --message-format KEY|build KEY \
        --message-format json|build -e KEY --message-format sarif|build KEY --message-format \
        github|build --KEY|KEY|show KEY|show . KEY|show . x --key KEY|diff . KEY|explain KEY|guard \
        KEY|doctor KEY|install KEY|check --manifests KEY|completions KEY|post-render KEY|build -e \
        KEY --color always";
    let variables = [
        "MINTAGE_ENV",
        "MINTAGE_IDENTITY",
        "MINTAGE_IDENTITY_FILE",
        "SOPS_AGE_KEY_FILE",
        "SOURCE_DATE_EPOCH",
    ];
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("mintage.toml"),
        "[[opaque]]\nname = 'x'\ndata.A = 'abcdef'\n",
    )
    .unwrap();
    let said = |arguments: &[String], variable: Option<(&str, &String)>| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mintage"));
        command
            .args(arguments)
            .current_dir(folder.path())
            .env_clear()
            .env("HOME", folder.path())
            .envs(variable);
        let output = command.stdin(Stdio::null()).output().unwrap();
        let said =
            String::from_utf8(output.stderr).unwrap() + &String::from_utf8(output.stdout).unwrap();
        let upper = said.to_ascii_uppercase();
        let shown = (0..DATA.len() - 10).find(|at| upper.contains(&DATA[*at..at + 10]));
        assert_eq!(shown, None, "{arguments:?} {variable:?}: {said}");
        said
    };
    for key in &keys {
        for place in places.split('|') {
            let words = place.split(' ').flat_map(|word| match word {
                "KEY" => key.clone(),
                word => vec![word.replace("KEY", &key.concat())],
            });
            said(&words.collect::<Vec<_>>(), None);
        }
        variables.iter().for_each(|variable| {
            drop(said(&["build".to_owned()], Some((variable, &key.concat()))))
        });
    }
    for place in ["build KEY", "build -e KEY", "build -i KEY", "KEY", "show KEY", "explain KEY"] {
        let words: Vec<String> = place.split(' ').map(|word| word.replace("KEY", &key)).collect();
        assert!(said(&words, None).contains("`MINTAGE_IDENTITY`"), "{place}");
    }
}

/// A key in a spec or a manifest, where a name or a path belongs: the results of commands that look
/// don't show it either.
#[test]
fn no_result_prints_a_private_key() {
    const DATA: &str = "qqpqpgzz3ryuwhm7vqk0e9xf5j2n4t8dcl6sagryqpz7x3vw9mk2jhedtq";
    const PEM: &str = "MIIEowIBAAKCAQEAqA57f+1Cr1EG8hYS6xXKnc18mQ0fZk3Jx9VbYw2LrT5uPd7s";
    let key = format!("age-secret-key-1{DATA}");
    let spec = "[[opaque]]\nname = 'a'\nnamespace = 'KEY'\nlabels.x = 'a'\nannotations.KEY = \
        'KEY'\ndata.KEY = { file = 'f' }\ndata.A = { file = 'KEY' }\ndata.B = { env-var = 'KEY' }\n\
        [[tls]]\nname = 'KEY'\ncert = { file = 'KEY' }\nkey = { file = 'KEY' }\n";
    let manifest = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: KEY\n  namespace: KEY\n  \
        labels: {KEY: a}\n  annotations: {a: KEY}\ntype: KEY\ndata: {KEY: eA==}\n";
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        std::fs::write(folder.path().join(name), text.replace("KEY", &key)).unwrap()
    };
    write("mintage.toml", spec);
    write("small.toml", "[[opaque]]\nname = 'b'\ndata.A = 'abcdef'\n");
    write("pem.toml", &format!("[[opaque]]\nname = '{PEM}'\ndata.'{PEM}' = 'abcdef'\n"));
    write("f", "hunter2");
    write(&key, "hunter2");
    write("m.yaml", manifest);
    let commands = "list|list --json|show a|show a --json|use a|show KEY|use KEY|diff small.toml \
        m.yaml --prune|diff small.toml m.yaml --prune --format json|diff small.toml m.yaml --prune \
        --format markdown|diff small.toml m.yaml --prune --reveal|doctor|check pem.toml";
    for command in commands.split('|') {
        let output = Command::new(env!("CARGO_BIN_EXE_mintage"))
            .args(command.split_whitespace().map(|word| word.replace("KEY", &key)))
            .current_dir(folder.path())
            .env_clear()
            .env("HOME", folder.path())
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let said =
            String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
        assert!(said.contains("***") || said.contains("&#42;"), "{command}: {said}");
        let shown = (0..DATA.len() - 10).find(|at| said.contains(&DATA[*at..at + 10]));
        assert_eq!(shown, None, "{command}: {said}");
        let lower = said.to_lowercase();
        assert!(!lower.contains(&PEM.to_lowercase()[..20]), "{command}: {said}");
    }
}

/// A crash must not write the memory to the disk. The child is looked at while it waits for its
/// stdin.
#[test]
#[cfg(target_os = "linux")]
fn there_are_no_core_dumps() {
    let mut command = Command::new("sh");
    // With what the system allows at most, so that it is mintage that lowers it.
    command.args([
        "-c",
        "ulimit -c $(ulimit -H -c) && exec \"$@\"",
        "sh",
        env!("CARGO_BIN_EXE_mintage"),
        "post-render",
    ]);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let limits = format!("/proc/{}/limits", child.id());
    let core = || -> Option<String> {
        let text = std::fs::read_to_string(&limits).ok()?;
        Some(
            text.lines()
                .find(|line| line.starts_with("Max core file size"))?
                .split_whitespace()
                .skip(4)
                .collect::<Vec<_>>()
                .join(" "),
        )
    };
    // The child may not have come that far yet.
    let none = (0..600).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(50));
        core().as_deref() == Some("0 0 bytes")
    });
    assert!(none, "{:?}", core());
    drop(child.stdin.take());
    child.wait().unwrap();
}
