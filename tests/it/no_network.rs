//! Never a cluster: no command opens a socket of any kind, seen by the kernel's own record of every
//! system call of the network.
#![cfg(target_os = "linux")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::case::{Case, MINTAGE};
use crate::peers;

/// Arguments for each command, among them the doors that other programs call; a run a line. `{}` is
/// a folder of the test's own.
const RUNS: &[(&str, &[&[&str]])] = &[
    (
        "build",
        &[
            &["examples/shop"],
            &["examples/shop", "-e", "prod", "-o", "{}/out.yaml"],
            &["examples/types/tls.toml", "--format", "json"],
        ],
    ),
    (
        "check",
        &[
            &["examples/shop"],
            &["examples/shop", "--message-format", "sarif"],
            &["--manifests", "{}/old.yaml"],
        ],
    ),
    ("explain", &[&[], &["tls-pair"]]),
    ("schema", &[&[]]),
    ("completions", &[&["bash"]]),
    ("diff", &[&["examples/shop", "{}/old.yaml"], &["examples/shop", "-", "--reveal"]]),
    ("list", &[&["examples/shop"], &["examples/shop", "--json"]]),
    ("show", &[&["examples/shop", "mysql"], &["examples/shop", "mysql", "--reveal"]]),
    ("use", &[&["examples/shop", "mysql"]]),
    ("set", &[&["{}/keys", "a", "PW", "--generate"]]),
    ("unset", &[&["{}/keys", "a", "PW"]]),
    ("init", &[&["{}/keys"]]),
    ("edit", &[&["{}/keys/new.age"]]),
    ("generate", &[&["examples/shop"], &["{}/keys", "--dry-run"]]),
    ("keygen", &[&[], &["--pq"]]),
    ("encrypt", &[&["README.md", "-o", "{}/readme.age", "-r", RECIPIENT]]),
    ("decrypt", &[&["examples/shop/secrets/dev/github.age", "-i", IDENTITY]]),
    ("recipients", &[&["examples/shop"], &["examples/shop", "--json", "-i", IDENTITY]]),
    ("rekey", &[&["examples/shop", "--dry-run", "-i", IDENTITY]]),
    ("krm", &[&[]]),
    ("post-render", &[&["examples/shop"]]),
    ("install kustomize", &[&["--dir", "{}"]]),
    ("install helm", &[&["--dir", "{}/helm"]]),
    ("install git", &[&["--dir", "{}/keys"]]),
    ("textconv", &[&["README.md"], &["examples/shop/secrets/dev/github.age"]]),
    ("doctor", &[&["examples/shop"]]),
    ("guard", &[&["docs", "examples/types"]]),
    ("install argocd", &[&[], &["--part", "patch"]]),
    ("argocd generate", &[&[]]),
    ("argocd parameters", &[&[]]),
    ("help", &[&[], &["build"]]),
];

/// What kustomize pipes into the function.
const LIST: &[u8] =
    b"apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems: []\nfunctionConfig:\n  \
        apiVersion: mintage.dev/v1\n  kind: Mintage\n  metadata: {name: shop}\n  spec: \
        {path: examples/shop}\n";

const RECIPIENT: &str = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";
const IDENTITY: &str = "examples/shop/TEST-ONLY-identity.txt";

/// A Secret, in `{}/old.yaml` and on the stdin of those that read manifests.
const MANIFEST: &[u8] = b"apiVersion: v1\nkind: Secret\nmetadata: {name: a}\n";

/// A spec that encrypts, in `{}/keys`.
const KEYS: &str = r#"[recipients]
me = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"
[[encrypt]]
path = "**"
to = ["me"]
[[opaque]]
name = "a"
"#;

/// The commands that `--help` lists, those below others by all their words.
fn commands(above: &[String]) -> BTreeSet<String> {
    let help = Case::new().args(above).args("--help").succeeds().text();
    // The program lists its commands under headings of their own.
    let listed = match help.split_once("Commands:\n") {
        Some((_, rest)) => rest.split("\n\n").next().unwrap(),
        None if above.is_empty() => help.split("Options:\n").next().unwrap(),
        None => return BTreeSet::from([above.join(" ")]),
    };
    // Deeper lines go on with what a command does.
    let lines = listed.lines().filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    let names = lines.filter_map(|line| line.split_whitespace().next());
    // Every command with commands below it has a `help` of its own, which is the same.
    let names = names.filter(|name| *name != "help" || above.is_empty());
    names
        .flat_map(|name| {
            if name == "help" {
                BTreeSet::from([name.to_owned()])
            } else {
                commands(&[above, &[name.to_owned()]].concat())
            }
        })
        .collect()
}

#[test]
fn every_command_has_a_row() {
    let rows: BTreeSet<String> = RUNS.iter().map(|(command, _)| (*command).to_owned()).collect();
    assert_eq!(commands(&[]), rows, "each command needs runs in this test");
}

/// The network's system calls of a program and all its children. None is justified: names of hosts,
/// users and services are nobody's business here, so that even Unix and netlink sockets, which
/// glibc opens to look them up, would be one too many.
fn traced(case: &Case, strace: &Path, program: &Path, arguments: &[String]) -> String {
    let trace = case.outside("trace");
    // Signals and exits are no calls of the network.
    let mut run = case
        .tool(strace, "-f -qq -e trace=%network -e signal=none -o")
        .args([trace.as_path(), program])
        .args(arguments)
        .env("EDITOR", "true");
    if arguments.first().is_some_and(|command| command == "argocd") {
        run = run.from(&case.path("examples/shop")).env("ARGOCD_ENV_MINTAGE_ENV", "prod");
    }
    // A function gets its list, and a post-renderer what a chart renders.
    let stdin: &[u8] = match arguments.first().map(String::as_str) {
        Some("krm") => LIST,
        Some("post-render" | "diff") => MANIFEST,
        _ => b"",
    };
    let ran = run.stdin(stdin).run();
    assert!(ran.code.is_some_and(|code| code < 2), "{arguments:?}: {}", ran.stderr);
    fs::read_to_string(trace).unwrap()
}

#[test]
fn no_command_opens_a_socket() {
    let Some(strace) = peers::need("strace") else { return };
    let case = Case::repository();
    fs::write(case.home("old.yaml"), MANIFEST).unwrap();
    fs::create_dir(case.home("keys")).unwrap();
    fs::write(case.home("keys/mintage.toml"), KEYS).unwrap();
    // As much of a repository as Git asks for.
    for folder in ["objects", "refs"] {
        fs::create_dir_all(case.home("keys/.git").join(folder)).unwrap();
    }
    fs::write(case.home("keys/.git/HEAD"), "ref: refs/heads/main\n").unwrap();
    let mut runs = 0;
    for (command, lists) in RUNS {
        for list in *lists {
            let arguments: Vec<String> = command
                .split(' ')
                .chain(list.iter().copied())
                .map(|word| word.replace("{}", case.outside("home").to_str().unwrap()))
                .collect();
            let trace = traced(&case, &strace, Path::new(MINTAGE), &arguments);
            assert_eq!(trace, "", "{arguments:?}");
            runs += 1;
        }
    }
    assert!(runs >= 15);
}

/// The trace is able to fail.
#[test]
fn the_trace_sees_sockets() {
    let (Some(strace), Some(python)) = (peers::need("strace"), peers::need("python")) else {
        return;
    };
    let script = "import socket\nfor family in (socket.AF_INET, socket.AF_INET6, socket.AF_UNIX): \
        socket.socket(family).close()";
    let trace =
        traced(&Case::repository(), &strace, &python, &["-c".to_owned(), script.to_owned()]);
    for family in ["AF_INET,", "AF_INET6,", "AF_UNIX,"] {
        assert!(trace.contains(&format!("socket({family}")), "{trace}");
    }
}
