//! `mintage rekey`.

use super::People;
use crate::peers;

fn bytes(people: &People, name: &str) -> Vec<u8> {
    std::fs::read(people.case.path(name)).unwrap()
}

#[test]
fn only_what_differs_is_encrypted_again() {
    let people = People::new();
    let case = &people.case;
    people.say("alice bob");
    people.encrypt("secrets/a.age", "hunter2 a");
    people.say("alice");
    people.encrypt("secrets/b.age", "hunter2 b");
    let same = bytes(&people, "secrets/b.age");
    let dry = case.args("rekey -i alice.key --dry-run").succeeds();
    dry.stdout_is("secrets/a.age\n")
        .stderr_contains("would re-encrypt 1 file, and leave 1 unchanged");
    case.args("recipients").fails();
    let done = case.args("rekey -i alice.key").succeeds().no_output();
    done.stderr_contains("`bob` can no longer read `secrets/a.age`");
    assert_eq!(bytes(&people, "secrets/b.age"), same);
    people.opens("alice", "secrets/a.age", "hunter2 a");
    people.is_closed_to("bob", "secrets/a.age");
    case.args("recipients").succeeds().stdout_contains("alice, former bob");
    let again = bytes(&people, "secrets/a.age");
    case.args("rekey").succeeds().stderr_contains("nothing to do");
    assert_eq!(bytes(&people, "secrets/a.age"), again);
    // bob stays on the list until somebody knows better.
    case.args("rekey --forget carol").exits(2).stderr_contains("no file lists `carol`");
    case.args("rekey --forget bob -i alice.key").succeeds();
    case.args("recipients").succeeds().never_says("bob");
    case.args("rekey --forget bob -i alice.key").exits(2);
}

#[test]
fn new_readers_are_confirmed() {
    let people = People::new();
    let case = &people.case;
    people.say("alice");
    people.encrypt("secrets/a.age", "hunter2");
    let before = bytes(&people, "secrets/a.age");
    people.say("alice ci");
    let refused = case.args("rekey -i alice.key").exits(2);
    refused
        .stderr_contains("`ci` will be able to read `secrets/a.age`")
        .stderr_contains("error[new-readers]")
        .stderr_contains("--yes");
    assert_eq!(bytes(&people, "secrets/a.age"), before);
    case.args("rekey -i alice.key --yes").succeeds();
    people.opens("ci", "secrets/a.age", "hunter2");
}

#[test]
fn a_file_that_does_not_open_stops_it_all() {
    let people = People::new();
    let case = &people.case;
    people.say("alice");
    people.encrypt("secrets/a.age", "hunter2");
    people.say("bob");
    people.encrypt("secrets/b.age", "hunter2");
    people.encrypt("secrets/c.age", "hunter2");
    let files = ["secrets/a.age", "secrets/b.age", "secrets/c.age"];
    let before = files.map(|file| bytes(&people, file));
    people.say("alice bob");
    let stopped = case.args("rekey -i alice.key --yes").exits(2);
    stopped
        .stderr_contains("`secrets/b.age`")
        .stderr_contains("`secrets/c.age`")
        .stderr_contains("nothing was written")
        .never_says("a.age");
    assert_eq!(files.map(|file| bytes(&people, file)), before);
    case.args("rekey -i alice.key -i bob.key --yes").succeeds();
    case.args("recipients").succeeds();
    let folder = std::fs::read_dir(case.path("secrets")).unwrap();
    assert_eq!(folder.count(), 3, "nothing else is left");
}

#[test]
fn modes_links_and_forms_stay() {
    let people = People::new();
    let case = &people.case;
    people.say("alice");
    case.write("secrets/x", "");
    let armored = case.args("encrypt - --armor -o secrets/a.age").stdin("hunter2");
    armored.succeeds();
    people.encrypt("secrets/b.age", "hunter2");
    people.say("alice bob");
    #[cfg(unix)]
    {
        use std::os::unix::fs::{PermissionsExt as _, symlink};
        let mode = std::fs::Permissions::from_mode(0o640);
        std::fs::set_permissions(case.path("secrets/a.age"), mode).unwrap();
        symlink("secrets/b.age", case.path("link.age")).unwrap();
    }
    case.args("rekey -i alice.key --yes").succeeds();
    assert!(case.read("secrets/a.age").starts_with("-----BEGIN AGE ENCRYPTED FILE-----"));
    assert!(bytes(&people, "secrets/b.age").starts_with(b"age-encryption.org/v1\n"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = case.path("secrets/a.age").metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o640);
        assert!(case.path("link.age").is_symlink());
    }
    people.opens("bob", "secrets/a.age", "hunter2");
    people.opens("bob", "secrets/b.age", "hunter2");
}

#[test]
fn files_of_other_tools_get_a_list() {
    let (Some(age), people) = (peers::need("age"), People::new()) else { return };
    let case = &people.case;
    people.say("alice bob");
    case.write("secrets/x", "");
    let run = case.tool(&age, ["-r", &people.alice, "-r", &people.bob, "-o", "secrets/a.age"]);
    run.stdin("hunter2").succeeds();
    case.args("rekey -i bob.key").succeeds().stderr_contains("nothing to do");
    // Any of them may be new.
    case.args("rekey --all -i bob.key").exits(2).stderr_contains("can't tell who can");
    case.args("rekey --all -i bob.key --yes").succeeds();
    case.args("recipients -i bob.key").succeeds().stdout_contains("alice, bob");
    case.args("rekey --anonymous --yes -i bob.key").succeeds();
    case.args("recipients -i bob.key").succeeds().stdout_contains("2 age");
    people.opens("alice", "secrets/a.age", "hunter2");
}

#[test]
fn armored_texts_change_alone() {
    let people = People::new();
    let case = &people.case;
    case.write("mintage.toml", people.rules("alice").replace("secrets/**", "**"));
    case.args("encrypt - --armor -o a.txt").stdin("hunter2").succeeds();
    let armor: String = case.read("a.txt").lines().map(|line| format!("    {line}\n")).collect();
    std::fs::remove_file(case.path("a.txt")).unwrap();
    let spec = |to: &str, armor: &str| {
        let rules = people.rules(to).replace("secrets/**", "**");
        format!(
            "{rules}\n# A comment.\n[[opaque]]\nname = \"a\"   # as it is\ndata.A.armor = '''\n\
             {armor}    '''\ndata.B = \"x\"\n"
        )
    };
    case.write("mintage.toml", spec("alice bob", &armor));
    case.args("rekey -i alice.key --yes").succeeds();
    let after = case.read("mintage.toml");
    let start = after.find("    -----BEGIN").unwrap();
    let end = after.find("    '''\ndata.B").unwrap();
    let (now, everything) = (after[start..end].to_owned(), spec("alice bob", "@"));
    assert_ne!(now, armor);
    assert_eq!(after.replace(&now, "@"), everything);
    case.args("build -i bob.key").succeeds().stdout_contains("aHVudGVyMg==");
}

#[test]
fn all_armored_texts_of_a_spec_change() {
    let people = People::new();
    let case = &people.case;
    case.write("mintage.toml", people.rules("alice").replace("secrets/**", "**"));
    case.args("encrypt - --armor -o a.txt").stdin("hunter2").succeeds();
    let armor = case.read("a.txt");
    std::fs::remove_file(case.path("a.txt")).unwrap();
    let rules = people.rules("alice bob").replace("secrets/**", "**");
    // The first begins before line 100, the second behind it.
    let comments = "# A comment.\n".repeat(85);
    case.write(
        "mintage.toml",
        format!(
            "{rules}{comments}[[opaque]]\nname = \"a\"\ndata.A.armor = '''\n{armor}'''\n\
             data.B.armor = '''\n{armor}'''\n"
        ),
    );
    let listed = case.args("recipients").fails();
    listed.stdout_contains("mintage.toml:96").stdout_contains("mintage.toml:1");
    let done = case.args("rekey -i alice.key --yes").succeeds();
    done.stderr_contains("re-encrypted 2 files");
    case.args("recipients").succeeds();
    case.args("build -i bob.key").succeeds().stdout_contains("aHVudGVyMg==");
}

/// Whatever moment a run is killed at, every file is whole, and the next run does the rest.
#[test]
fn a_killed_run_is_finished_by_the_next() {
    let people = People::new();
    let case = &people.case;
    people.say("alice");
    people.encrypt("secrets/0.age", "hunter2");
    let file = bytes(&people, "secrets/0.age");
    for number in 1..60 {
        case.write(&format!("secrets/{number}.age"), &file);
    }
    people.say("alice bob");
    for delay in (0..40).map(|step| step * 3) {
        // Not in a session of its own: the program itself has to be killed.
        let program = std::path::Path::new(crate::case::MINTAGE);
        let mut command = case.tool(program, "rekey -q --yes -i alice.key").command();
        let mut child = command.stdin(std::process::Stdio::null()).spawn().unwrap();
        std::thread::sleep(std::time::Duration::from_millis(delay));
        let _ = child.kill();
        let _ = child.wait();
        let found = case.args("recipients -q --json secrets").run().json();
        let found = found.as_array().unwrap().clone();
        assert_eq!(found.len(), 60);
        let differ = found.iter().filter(|file| file["differs"] == true).count();
        if differ == 0 {
            break;
        }
    }
    people.say("alice bob ci");
    case.args("rekey --yes -i alice.key").succeeds();
    case.args("recipients").succeeds();
    people.opens("ci", "secrets/59.age", "hunter2");
    let folder = std::fs::read_dir(case.path("secrets")).unwrap();
    assert_eq!(folder.count(), 60, "nothing else is left");
}

/// Files without a rule are not said to be as the rules say.
#[test]
fn files_without_a_rule_are_left() {
    let people = People::new();
    people.say("alice");
    people.case.write("secrets/x", "hunter2");
    people.case.args("encrypt secrets/x").succeeds();
    people.case.write("mintage.toml", "");
    let ran = people.case.args("rekey -i alice.key").succeeds().never_says("as the rules say");
    ran.stderr_contains("no `[[encrypt]]` rule matches it").stderr_contains("nothing to do");
}

/// Whoever leaves stays in `[recipients]` as long as files list them, and no lint objects.
#[test]
fn former_readers_are_used_recipients() {
    let people = People::new();
    let secret = "[[opaque]]\nname = \"a\"\ndata.PW = { age = \"secrets/pw.age\" }\n";
    let case = &people.case;
    let write = |to: &str| case.write("mintage.toml", people.rules(to) + secret);
    let unused = |name: &str, words: &str| {
        let said = case.args(words).args("-i alice.key").succeeds().said();
        said.contains(&format!("the recipient `{name}` is not used"))
    };
    write("alice bob");
    people.encrypt("secrets/pw.age", "hunter2");
    write("alice");
    for words in ["check", "build"] {
        assert!(!unused("bob", words), "{words}: bob still reads the file");
        assert!(unused("ci", words), "{words}: no file lists ci");
    }
    case.args("rekey -i alice.key").succeeds();
    assert!(!unused("bob", "check"), "bob is a former reader");
    case.args("rekey --forget bob -i alice.key").succeeds();
    assert!(unused("bob", "check"));
}

#[test]
fn a_folder_without_encrypted_files_names_the_spec_above() {
    let people = People::new();
    let case = &people.case;
    let secret = "[[opaque]]\nname = \"a\"\ndata.PW = { age = \"secrets/pw.age\" }\n";
    case.write("mintage.toml", people.rules("alice") + secret);
    std::fs::create_dir_all(case.path(".git")).unwrap();
    std::fs::create_dir(case.path("sub")).unwrap();
    for command in ["recipients", "rekey"] {
        let run = || case.args(command).from(&case.path("sub"));
        let says = "found no encrypted files in `.`: pass `..` for those of `../mintage.toml`\n";
        run().succeeds().stderr_contains(says);
        run().args("../sub").succeeds().stderr_contains("found no encrypted files in `../sub`\n");
    }
}

/// Such as after a move to post-quantum keys, when the new identity is not in its place yet.
#[test]
fn who_locks_themselves_out_is_told() {
    let people = People::new();
    people.say("alice bob");
    people.encrypt("secrets/a.age", "hunter2");
    people.say("bob");
    let says = "none of your identities can decrypt `secrets/a.age` after this";
    let run = |words: &str| people.case.args(words).succeeds();
    run("rekey -i alice.key --dry-run").stderr_contains(says);
    run("rekey -i alice.key -i bob.key --dry-run").never_says("none of your identities");
    run("rekey -i alice.key").stderr_contains(says);
    people.is_closed_to("alice", "secrets/a.age");
}
