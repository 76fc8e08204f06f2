//! `mintage keygen`, `encrypt` and `decrypt`.

use super::People;
use crate::case::Case;
use crate::peers;

#[test]
fn an_identity_is_one_of_age_and_only_its_owners() {
    let case = Case::new();
    let recipient = case.args("keygen -o key.txt").succeeds().quietly().text();
    assert!(recipient.starts_with("age1") && recipient.len() == 63);
    if let Some(keygen) = peers::need("age-keygen") {
        case.tool(&keygen, ["-y", "key.txt"]).succeeds().stdout_is(&recipient);
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = case.path("key.txt").metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let before = case.read("key.txt");
    let again = case.args("keygen -o key.txt").exits(2).no_output();
    again.stderr_contains("never overwritten");
    assert_eq!(case.read("key.txt"), before);
    let no_folder = case.args("keygen -o no/key.txt").exits(2);
    no_folder.stderr_contains("error[cannot-write]").stderr_contains("`mkdir -p`");
}

#[test]
fn an_identity_on_stdout_is_an_identity_file() {
    let case = Case::new();
    let made = case.args("keygen").succeeds();
    let text = made.text();
    let recipient = made.stderr.trim().strip_prefix("mintage: recipient: ").unwrap().to_owned();
    assert!(text.starts_with(&format!("# public key: {recipient}\nAGE-SECRET-KEY-1")), "{text}");
    let made = case.args("keygen --pq -q").succeeds().quietly();
    assert!(made.text().contains("\nAGE-SECRET-KEY-PQ-1"));
}

#[test]
fn files_are_encrypted_by_the_rules() {
    let people = People::new();
    people.say("alice bob");
    let case = &people.case;
    case.write("secrets/db.toml", "password = 'hunter2'\n");
    let done = case.args("encrypt secrets/db.toml").succeeds().no_output();
    done.stderr_contains("`alice` and `bob` can read `secrets/db.toml.age`")
        .stderr_contains("`secrets/db.toml` is still there in plain text: delete it");
    assert_eq!(case.read("secrets/db.toml"), "password = 'hunter2'\n");
    people.opens("alice", "secrets/db.toml.age", "password = 'hunter2'\n");
    people.opens("bob", "secrets/db.toml.age", "password = 'hunter2'\n");
    people.is_closed_to("ci", "secrets/db.toml.age");

    let before = std::fs::read(case.path("secrets/db.toml.age")).unwrap();
    case.args("encrypt secrets/db.toml").exits(2).stderr_contains("already exists");
    assert_eq!(std::fs::read(case.path("secrets/db.toml.age")).unwrap(), before);
    case.args("encrypt secrets/db.toml.age").exits(2).stderr_contains("already encrypted with age");
    // Nobody new can read it, which an identity that opens it can tell.
    case.args("encrypt secrets/db.toml --force -i alice.key").succeeds();
    case.args("encrypt secrets/db.toml --force").exits(2).stderr_contains("error[new-readers]");
    case.args("encrypt secrets/db.toml --force --yes").succeeds();
    let same = case.args("encrypt secrets/db.toml -o secrets/db.toml --force").exits(2);
    same.stderr_contains("is not an age file");
}

#[test]
fn stdin_armor_and_own_recipients() {
    let people = People::new();
    people.say("alice");
    let case = &people.case;
    people.encrypt("secrets/token.age", "hunter2");
    people.opens("alice", "secrets/token.age", "hunter2");
    case.args("encrypt -").stdin("hunter2").exits(2).stderr_contains("-o FILE.age");
    case.args("encrypt - --armor -o secrets/a.age").stdin("hunter2\0\u{ff}").succeeds();
    assert!(case.read("secrets/a.age").starts_with("-----BEGIN AGE ENCRYPTED FILE-----\n"));
    people.opens("alice", "secrets/a.age", "hunter2\0\u{ff}");
    let run = case.args(["encrypt", "-", "-o", "elsewhere.age", "-r", &people.ci]);
    run.stdin("hunter2").succeeds();
    people.opens("ci", "elsewhere.age", "hunter2");
    let run = case.args(["encrypt", "-", "-o", "b.age", "-r", &people.ci[..60]]);
    run.stdin("hunter2").fails().stderr_contains("error[recipient]");
    // What an age file is for is in nobody's way.
    case.args("encrypt alice.key -o secrets/key.age").succeeds();
}

#[test]
fn files_of_other_tools_are_decrypted() {
    let people = People::new();
    for tool in ["age", "rage"] {
        let Some(tool) = peers::need(tool) else { continue };
        let run = people.case.tool(&tool, ["-a", "-r", &people.bob, "-o", "x.age"]);
        run.stdin("hunter2").succeeds();
        people.case.args("decrypt x.age -i bob.key").succeeds().stdout_is("hunter2");
        std::fs::remove_file(people.case.path("x.age")).unwrap();
    }
    people.case.args("decrypt none.age").exits(2).stderr_contains("does not exist");
    people.case.write("y.age", "no age file");
    people.case.args("decrypt y.age -i bob.key").fails().stderr_contains("error[not-age]");
}

#[test]
fn a_dash_is_stdout_or_refused_and_never_a_file() {
    let case = Case::new();
    let made = case.args("keygen -o -").succeeds();
    assert!(made.text().contains("\nAGE-SECRET-KEY-1"));
    case.args("encrypt - -o -").stdin("hunter2").exits(2).no_output().stderr_contains("./-");
    assert!(!case.path("-").exists());
}
