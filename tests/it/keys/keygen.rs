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
    again.stderr_contains("never overwritten").stderr_contains("`mintage keygen -y key.txt`");
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
fn own_recipients_remove_readers_by_name() {
    let people = People::new();
    people.say("alice bob");
    let case = &people.case;
    case.write("secrets/a", "hunter2");
    case.args("encrypt secrets/a").succeeds();
    let again = ["encrypt", "secrets/a", "--force", "--yes", "-i", "alice.key", "-r", &people.ci];
    let ran = case.args(again).succeeds();
    ran.stderr_contains("`alice` and `bob` can no longer read `secrets/a.age`");
    people.opens("ci", "secrets/a.age", "hunter2");
    people.is_closed_to("alice", "secrets/a.age");
    // Without rules that can be read, only the keys are known, and that is no reason to fail.
    case.write("mintage.toml", "[[");
    case.args(["encrypt", "secrets/a", "--force", "--yes", "-i", "ci.key", "-r", &people.bob])
        .succeeds()
        .stderr_contains("`unknown key ")
        .stderr_contains(" can no longer read `secrets/a.age`");
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

#[test]
fn recipients_of_identities_that_are_there() {
    let case = Case::new();
    case.args("keygen -o a.txt").succeeds();
    case.args("keygen --pq -o pq.txt").succeeds();
    case.write("both.txt", case.read("a.txt") + &case.read("pq.txt"));
    let ours = |words: &str| case.args(words).succeeds().quietly().text();
    assert_eq!(ours("keygen -y both.txt"), ours("keygen -y a.txt") + &ours("keygen -y pq.txt"));
    if let Some(keygen) = peers::need("age-keygen") {
        for file in ["a.txt", "pq.txt", "both.txt"] {
            let theirs = case.tool(&keygen, ["-y", file]).run();
            // Those before age 1.3 know no post-quantum keys.
            if theirs.succeeded() {
                assert_eq!(ours(&format!("keygen --recipient {file}")), theirs.text());
            }
        }
        assert!(case.tool(&keygen, ["-y", "a.txt"]).run().succeeded());
    }
    let stdin = case.args("keygen -y -").stdin(case.read("a.txt")).succeeds();
    stdin.stdout_is(ours("keygen -y a.txt"));
    case.args("keygen -y a.txt -o x").exits(2);
    case.args("keygen -y no.txt").exits(2).stderr_contains("it does not exist");
    case.write("public.txt", ours("keygen -y a.txt"));
    case.args("keygen -y public.txt").exits(2).stderr_contains("error[bad-identity]");
    // Nothing of a key is in a message or a result.
    let ran = case.args("keygen -y both.txt").succeeds();
    assert!(!ran.text().contains("SECRET") && !ran.said().contains("SECRET"));
}

#[test]
fn recipients_of_ssh_keys() {
    let Some(ssh) = peers::need("ssh-keygen") else { return };
    let case = Case::new();
    for (file, words) in [
        ("ed25519", "-q -t ed25519 -f ed25519 -C c -N"),
        ("rsa", "-q -t rsa -b 2048 -f rsa -C c -N"),
        ("locked", "-q -t ed25519 -f locked -C c -N"),
        ("pem", "-q -t rsa -b 2048 -m PEM -f pem -C c -N"),
    ] {
        let passphrase = if file == "locked" { "hunter2" } else { "" };
        let words = words.split(' ').chain([passphrase]);
        case.tool(&ssh, words.collect::<Vec<_>>()).succeeds();
        let public = case.read(&format!("{file}.pub"));
        let line = public.strip_suffix(" c\n").unwrap();
        // The public half is not locked.
        let ran = case.args(["keygen", "-y", file]).succeeds();
        ran.quietly().stdout_is(format!("{line}\n"));
        case.args(["encrypt", "-", "-r", line, "-o", &format!("{file}.age")]).stdin("x").succeeds();
    }
}

#[test]
fn recipients_of_locked_files_and_plugins() {
    let case = Case::new();
    let recipient = case.args("keygen -o a.txt").succeeds().text();
    let plugin = "AGE-PLUGIN-FOOBAR-1QVHULF";
    case.write("mixed.txt", case.read("a.txt") + plugin + "\n");
    let ran = case.args("keygen -y mixed.txt").exits(2).stdout_is(&recipient);
    ran.stderr_contains("only `age-plugin-foobar` can tell").never_says(plugin);
    // See `tests/age/make`.
    let passphrase = "planted passphrase zebra-quartz";
    for name in ["identity.txt", "identity.age"] {
        case.write(name, std::fs::read(crate::case::root().join("tests/age").join(name)).unwrap());
    }
    let recipient = case.args("keygen -y identity.txt").succeeds().text();
    let run = || case.args("keygen -y identity.age");
    run().env("MINTAGE_PASSPHRASE", passphrase).succeeds().quietly().stdout_is(&recipient);
    let none = run().exits(2).no_output();
    none.stderr_contains("needs a passphrase, and none was given").never_says("decrypt");
    let wrong = run().env("MINTAGE_PASSPHRASE", "hunter2").exits(2).no_output();
    wrong.stderr_contains("error[passphrase]").never_says("hunter2");
}

#[test]
fn an_empty_stdin_is_not_encrypted() {
    let people = People::new();
    people.say("alice");
    std::fs::create_dir(people.case.path("secrets")).unwrap();
    let ran = people.case.args("encrypt - -o secrets/a.age").stdin("").exits(2).no_output();
    ran.stderr_contains("stdin is empty").stderr_contains("pass an empty file");
    assert!(!people.case.path("secrets/a.age").exists());
    people.case.write("secrets/empty", "");
    people.case.args("encrypt secrets/empty -o secrets/a.age").succeeds();
}

/// All that is said of a recipient tells it from others, and hides nothing.
#[test]
fn recipients_of_the_command_line_are_named() {
    let case = Case::new().file("a.txt", "hunter2");
    let long = case.args("keygen --pq -o long.key").succeeds().text();
    let short = case.args("keygen -o short.key").succeeds().text();
    let long = format!("`{}…`", &long[..18]);
    let short = format!("`{}`", short.trim());
    let encrypt = |key: &str| {
        let key = case.args("keygen -y").args([key]).succeeds().text();
        case.args("encrypt a.txt --force --yes -i long.key -r").args([key.trim()]).succeeds()
    };
    encrypt("long.key").stderr_contains(&format!("{long} can read `a.txt.age`"));
    encrypt("short.key").stderr_contains(&format!("{short} will be able to read"));
}

/// Whoever has no identity follows the help, and so does a reader.
#[test]
fn someone_without_an_identity_becomes_a_reader() {
    let people = People::new();
    people.say("alice");
    people.encrypt("secrets/a.age", "hunter2");
    let case = &people.case;
    let decrypt = || case.args("decrypt secrets/a.age");
    let ran = decrypt().exits(2).stderr_contains("error[no-identity]");
    let help = ran.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
    let command = "`mintage keygen -o ~/.config/mintage/identities.txt`";
    assert!(help.contains(&format!("create one if you have none: {command}")), "{help}");
    assert!(help.contains("to add you to `[recipients]`") && help.contains("`mintage rekey`"));
    let file = case.home(".config/mintage/identities.txt");
    let mine = case.args("keygen -o").args([&file]).succeeds().text();
    let spec = people.rules("alice").replace("to = [\"alice\"", "to = [\"me\", \"alice\"");
    let spec = spec.replace("[recipients]\n", &format!("[recipients]\nme = \"{}\"\n", mine.trim()));
    case.write("mintage.toml", spec);
    case.args("rekey -i alice.key --yes").succeeds();
    decrypt().succeeds().stdout_is("hunter2");
}

/// What is not encrypted, or is not there: the help is about the file that was named.
#[test]
fn a_wrong_file_gets_help_that_fits() {
    let people = People::new();
    people.say("alice");
    people.encrypt("secrets/db.toml.age", "a = 'hunter2'\n");
    people.case.write("secrets/db.toml", "a = 'hunter2'\n");
    people.case.write("secrets/plain.age", "hunter2");
    let run = |words: &str| {
        let run = people.case.args(words).env("MINTAGE_IDENTITY_FILE", "alice.key");
        run.env("EDITOR", "true").run().no_output().never_says("hunter2")
    };
    for words in ["decrypt", "edit", "recipients", "rekey"] {
        let plain = run(&format!("{words} secrets/db.toml"));
        if words == "decrypt" || words == "edit" {
            let says = "and delete the plaintext: `mintage encrypt secrets/db.toml`";
            plain.stderr_contains(says).never_says("instead of `age`");
        }
        let named = run(&format!("{words} secrets/plain.age"));
        named.stderr_contains("encrypt secrets/plain.age.plain -o secrets/plain.age");
        let spec = run(&format!("{words} mintage.toml"));
        spec.never_says("mintage encrypt mintage.toml").never_says("mv mintage.toml");
    }
    std::fs::remove_file(people.case.path("secrets/db.toml")).unwrap();
    for words in ["decrypt", "edit", "recipients", "rekey"] {
        let missing = run(&format!("{words} secrets/db.toml"));
        missing.stderr_contains("pass `secrets/db.toml.age`, which exists");
    }
    run("decrypt .").stderr_contains("`.` is a folder, not a file");
    run("decrypt ./").stderr_contains("`.` is a folder, not a file");
    run("edit mintage.toml").stderr_contains("`mintage.toml` is a spec, which is not encrypted");
}

/// On the command line there is no spec and no name, and so no help about them.
#[test]
fn wrong_recipients_on_the_command_line() {
    let people = People::new();
    people.case.write("bob.pub", &people.bob);
    people.case.write("s.yaml", "a: ENC[AES256_GCM,data:x]\nsops:\n    version: 3.9.0\n");
    let (alice, bob) = (&people.alice, &people.bob);
    let key = people.case.read("alice.key").lines().last().unwrap().to_owned();
    let run = |recipient: &str| {
        let run = people.case.args("encrypt - -o x.age -r").args([recipient]).stdin("hunter2");
        run.fails().no_output().never_says("the spec")
    };
    run(&key).stderr_contains("other users of the machine").never_says(&key);
    run(&format!("{alice},{bob}")).stderr_contains("pass `-r` once for each key");
    run("alice").stderr_contains("leave out `-r`");
    run("alice.key").stderr_contains("pass the key: `-r \"$(mintage keygen -y alice.key)\"`");
    run("bob.pub").stderr_contains("pass the key: `-r \"$(cat bob.pub)\"`");
    let sops = people.case.args("encrypt s.yaml -r").args([alice]).exits(2);
    sops.stderr_contains("already encrypted with SOPS");
    let sops = people.case.args("decrypt s.yaml -i alice.key").fails().no_output();
    sops.stderr_contains("`sops decrypt s.yaml | mintage encrypt - -o s.yaml.age`");
}
