//! No path that a command is given, or finds, is waited for or read without end.

use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::Command;

use crate::case::{Case, MINTAGE, Ran, root};

const SPEC: &str = "[[opaque]]\nname = \"a\"\ndata.K = \"v\"\n";

/// Ended by a signal after a while, which no command here may come to.
fn run(case: &Case, words: &str) -> Ran {
    let run = case.tool(Path::new("/usr/bin/timeout"), ["20", MINTAGE]);
    let ran = run.args(words).run();
    assert_ne!(ran.code, Some(124), "{words} was waited for");
    ran
}

fn make_pipe(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

fn place() -> (Case, UnixListener) {
    let case = Case::new().spec(SPEC).file("key.txt", "");
    symlink("/dev/zero", case.path("zero")).unwrap();
    std::fs::create_dir(case.path("dir.d")).unwrap();
    let socket = UnixListener::bind(case.path("socket")).unwrap();
    (case, socket)
}

/// Every option and argument that takes the path of a file to read; `{}` is that path.
const NAMED: [&str; 12] = [
    "build {}",
    "check {}",
    "list {}",
    "show {} a",
    "use {} a",
    "diff {}",
    "diff {} .",
    "build --set-file {}",
    "build -i {}",
    "check --manifests {}",
    "post-render {}",
    "guard {}",
];

#[test]
fn what_is_named_and_is_no_file_is_refused_at_once() {
    let (case, _socket) = place();
    for words in NAMED {
        for (path, why) in [
            ("/dev/zero", "it is a device, not a file"),
            ("zero", "it is a device, not a file"),
            ("socket", "it is a socket, not a file"),
        ] {
            if words == "guard {}" && path == "zero" {
                // What is committed is the link.
                continue;
            }
            let ran = run(&case, &words.replace("{}", path));
            assert_eq!(ran.code, Some(2), "{words}, {path}: {}", ran.stderr);
            ran.stderr_contains(why);
        }
    }
    for words in ["build --set-file dir.d", "build -i dir.d"] {
        run(&case, words).stderr_contains("it is a folder");
    }
    run(&case, "build dir.d").stderr_contains("`dir.d/mintage.toml` does not exist");
    run(&case, "build --set-file /dev/null -q").stdout_contains("kind: Secret");
}

/// Nobody writes to these pipes.
#[test]
fn pipes_in_folders_are_not_waited_for() {
    let (case, _socket) = place();
    std::fs::create_dir(case.path("specs")).unwrap();
    make_pipe(&case.path("specs/mintage.toml"));
    make_pipe(&case.path("dir.d/pipe.yaml"));
    symlink("pipe.yaml", case.path("dir.d/link.yaml")).unwrap();
    symlink("/dev/zero", case.path("dir.d/zero.yaml")).unwrap();
    case.write("vars.toml", "a = 1\n");
    for words in [
        "build specs",
        "check specs",
        "list specs",
        "post-render specs",
        "doctor specs",
        "check --manifests dir.d",
        "diff dir.d",
    ] {
        let ran = run(&case, words);
        assert_eq!(ran.code, Some(2), "{words}: {}", ran.stderr);
        assert!(ran.stderr.contains("it is a pipe, not a file"), "{words}: {}", ran.stderr);
    }
    // Links and pipes can't be committed with what they lead to.
    assert_eq!(run(&case, "guard dir.d specs").code, Some(0));

    case.write("kustomization.yaml", "generators: [dir.d/pipe.yaml]\nresources: [zero, socket]\n");
    assert_eq!(run(&case, "doctor").code, Some(1));
    let spec = "[[opaque]]\nname = \"a\"\ndata.K = { file = \"dir.d/pipe.yaml\" }\n";
    case.write("mintage.toml", spec);
    assert_eq!(run(&case, "build").code, Some(1));
    let env = case.tool(Path::new("/usr/bin/timeout"), ["20", MINTAGE, "argocd", "generate"]);
    let ran = env.env("ARGOCD_ENV_MINTAGE_SPEC", "specs").run();
    assert_eq!(ran.code, Some(2), "{}", ran.stderr);
    let config = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems: []\n\
        functionConfig:\n  apiVersion: mintage.dev/v1\n  kind: Mintage\n  metadata: {name: s}\n  \
        spec: {path: specs}\n";
    let krm = case.tool(Path::new("/usr/bin/timeout"), ["20", MINTAGE, "krm"]).stdin(config);
    assert_ne!(krm.run().code, Some(124));
}

#[test]
fn pipes_that_a_person_names_are_read() {
    let case = Case::new().spec("[[opaque]]\nname = \"a\"\ndata.K = \"{{ vars.v }}\"\n");
    let identity = std::fs::read(root().join("tests/age/identity.txt")).unwrap();
    case.write("key.txt", identity);
    let secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {K: v}\n";
    case.write("secret.yaml", secret);
    let bash = |script: &str| {
        let script = format!("{script} | cat");
        case.tool(Path::new("/bin/bash"), ["-c", &script, MINTAGE]).run()
    };
    bash("\"$0\" build -q --set-file <(echo 'v = \"x\"')").stdout_contains("K: \"eA==\"");
    bash("\"$0\" check --manifests <(cat secret.yaml) 2>&1").stdout_contains("checked 1 Secret");
    bash("\"$0\" guard <(cat key.txt) 2>&1").stdout_contains("committed-secret");
    // What has no end is too much.
    bash("\"$0\" build -i <(yes) 2>&1").stdout_contains("it is larger than 1,048,576 bytes");
    bash("\"$0\" build --set-file <(yes) 2>&1").stdout_contains("is too large");
}
