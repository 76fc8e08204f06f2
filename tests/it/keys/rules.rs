//! Which rules a file has.

use super::People;
use crate::case::Case;

#[test]
fn a_spec_above_has_the_rules() {
    let people = People::new();
    let case = &people.case;
    std::fs::create_dir(case.path(".git")).unwrap();
    case.write("mintage.toml", people.rules("alice").replace("secrets/**", "shop/secrets/**"));
    case.write("shop/mintage.toml", "[[opaque]]\nname = \"a\"\ndata.A.age = \"secrets/a.age\"\n");
    people.encrypt("shop/secrets/a.age", "hunter2");
    people.opens("alice", "shop/secrets/a.age", "hunter2");
    // From within too.
    let within = case.args("encrypt - -o secrets/b.age").from(&case.path("shop"));
    within.stdin("hunter2").succeeds();
    people.opens("alice", "shop/secrets/b.age", "hunter2");
    // Nearer rules are the only ones.
    case.write("shop/mintage.toml", people.rules("bob"));
    people.encrypt("shop/secrets/c.age", "hunter2");
    people.opens("bob", "shop/secrets/c.age", "hunter2");
    people.is_closed_to("alice", "shop/secrets/c.age");
    case.write("shop/other/x.txt", "hunter2");
    let found = case.args("encrypt shop/other/x.txt").fails();
    found.stderr_contains("no `[[encrypt]]` rule of `shop/mintage.toml` matches");
    // Building needs none of it.
    case.write("shop/mintage.toml", "[[opaque]]\nname = \"a\"\ndata.A = \"x\"\n");
    case.args("build shop").succeeds();
    case.args("build").fails().stderr_contains("error[no-secrets]");
}

#[test]
fn the_search_ends_at_the_root_of_the_repository() {
    let people = People::new();
    people.say("alice");
    let case = &people.case;
    std::fs::create_dir_all(case.path("secrets/inner/.git")).unwrap();
    case.write("secrets/inner/x.txt", "hunter2");
    let found = case.args("encrypt secrets/inner/x.txt").fails();
    found.stderr_contains("no `mintage.toml` says who may read");
}

#[test]
fn what_is_missing_is_said() {
    let case = Case::new().file("x.txt", "hunter2");
    case.args("encrypt x.txt").fails().stderr_contains("no `mintage.toml` says who may read");
    let key = case.args("keygen -o key.txt").succeeds().text();
    case.write("mintage.toml", format!("recipients.me = \"{}\"\n", key.trim()));
    case.args("encrypt x.txt").fails().stderr_contains("has no rule that says who may read");
    let pq = case.args("keygen --pq -o pq.txt").succeeds().text();
    case.write(
        "mintage.toml",
        format!(
            "[recipients]\nme = [\"{}\", \"{}\"]\n[[encrypt]]\npath = \"**\"\nto = [\"me\"]\n",
            key.trim(),
            pq.trim()
        ),
    );
    case.args("encrypt x.txt").fails().stderr_contains("can't mix post-quantum recipients");
}

#[test]
fn all_kinds_of_recipients_can_be_read() {
    let Some(ssh) = crate::peers::need("ssh-keygen") else { return };
    let people = People::new();
    let case = &people.case;
    case.tool(&ssh, ["-q", "-t", "ed25519", "-N", "", "-f", "id"]).succeeds();
    let line = case.read("id.pub");
    case.write(
        "mintage.toml",
        format!(
            "[recipients]\nlaptop = [\"{}\", \"{}\"]\n[[encrypt]]\npath = \"**\"\n\
             to = [\"laptop\"]\n",
            line.trim(),
            people.alice
        ),
    );
    people.encrypt("a.age", "hunter2");
    people.opens("alice", "a.age", "hunter2");
    case.args("decrypt a.age -i id").succeeds().stdout_is("hunter2");
    case.args("recipients").succeeds().stdout_contains("laptop").stdout_contains("ok");
}

/// A plugin that leaves a mark and does nothing.
#[cfg(unix)]
#[test]
fn no_plugin_runs_before_its_readers_are_confirmed() {
    const EVIL: &str = "age1evil1qqqqqqqqzpgazj";
    let people = People::new();
    let case = &people.case;
    let plugin = case.outside("bin/age-plugin-evil");
    let mark = case.outside("ran");
    std::fs::write(&plugin, format!("#!/bin/sh\ntouch '{}'\n", mark.display())).unwrap();
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(&plugin, mode).unwrap();
    let secret = "[sources.s]\nage = \"secrets/b.toml.age\"\ngenerate.g = { length = 8 }\n\
                  [[opaque]]\nname = \"a\"\ndata.B = { source = \"s\", key = \"g\" }\n";
    case.write("mintage.toml", people.rules("alice") + secret);
    people.encrypt("secrets/a.age", "hunter2");
    people.encrypt("secrets/b.toml.age", "x = \"1\"\n");
    let rules =
        people.rules("alice evil").replace("alice = ", &format!("evil = {EVIL:?}\nalice = "));
    case.write("mintage.toml", rules + secret);
    for words in
        ["build", "check", "list", "recipients", "rekey --dry-run", "decrypt secrets/a.age"]
    {
        let identity = if words == "recipients" { "" } else { "-i alice.key" };
        let _ = case.args(words).args(identity).run();
        assert!(!mark.exists(), "{words}");
    }
    for words in ["rekey", "set a B", "generate a", "edit secrets/a.age"] {
        let run = case.args(words).args("-i alice.key").env("EDITOR", "echo hunter3 >>");
        run.stdin("hunter3").exits(2).stderr_contains("error[new-readers]");
        assert!(!mark.exists(), "{words}");
    }
    let ran = case.args("rekey --yes -i alice.key").fails();
    ran.stderr_contains("`evil` will be able to read").stderr_contains("running `age-plugin-evil`");
    assert!(mark.exists());
}

/// What each command that needs the rules of `secrets/in/*.age` says about them.
fn commands(case: &Case) -> Vec<crate::case::Run> {
    case.write("secrets/in/plain.txt", "hunter2");
    vec![
        case.args("generate -i alice.key"),
        case.args("generate --dry-run"),
        case.args("set a S -i alice.key").stdin("hunter2"),
        case.args("edit a E -i alice.key").env("EDITOR", "echo hunter2 >"),
        case.args("edit secrets/in/e.age").env("EDITOR", "echo hunter2 >"),
        case.args("encrypt - -o secrets/in/e.age").stdin("hunter2"),
        case.args("encrypt --literals --dry-run -i alice.key"),
        case.args("encrypt --literals -i alice.key"),
    ]
}

#[test]
fn two_specs_with_rules_for_a_file_are_an_error_of_every_command() {
    let people = People::new();
    let case = &people.case;
    let spec = "[[opaque]]\nname = \"a\"\n\
                data.G = { age = \"secrets/in/g.age\", generate = { length = 8 } }\n\
                data.S = { age = \"secrets/in/s.age\" }\ndata.E = { age = \"secrets/in/e.age\" }\n\
                data.PASSWORD = \"correct horse battery\"\n";
    std::fs::create_dir_all(case.path("secrets/in")).unwrap();
    let own = people.rules("alice") + spec;
    // Rules nearer to the files than those of the spec that reads them.
    let other = people.rules("ci").replace("secrets/**", "**");
    let both = "both `mintage.toml` and `secrets/in/mintage.toml` say who may read";
    let check = |says: &str| {
        let ran = case.args("check -i alice.key -A warnings").fails();
        ran.stderr_contains("error[recipient]").stderr_contains(says);
    };
    case.write("mintage.toml", &own);
    people.encrypt("secrets/in/old.age", "hunter2");
    let reads_old = own.replace("secrets/in/g.age", "secrets/in/old.age");
    case.write("secrets/in/mintage.toml", &other);
    for (command, run) in commands(case).into_iter().enumerate() {
        // Literals move to `secrets/a`, for which one spec alone has rules.
        if command < 6 {
            run.fails().stderr_contains(both).stderr_contains("keep `[recipients]`");
        }
    }
    for name in ["g", "s", "e"] {
        assert!(!case.path(&format!("secrets/in/{name}.age")).exists());
    }
    case.write("mintage.toml", &reads_old);
    for words in ["recipients", "recipients secrets", "rekey --dry-run -i alice.key", "rekey"] {
        case.args(words).run().stderr_contains(both);
    }
    check(both);
    // What only a template names.
    case.write("mintage.toml", own.replace("secrets/in/s.age", "secrets/{{ vars.x }}/s.age"));
    case.args("encrypt - -o secrets/in/s.age").stdin("x").fails().stderr_contains(both);
    // A file that no other spec reads has the rules of the nearest.
    case.args("encrypt - -o secrets/in/free.age").stdin("hunter2").succeeds();
    people.opens("ci", "secrets/in/free.age", "hunter2");
}

#[test]
fn a_spec_of_another_name_agrees_with_the_one_beside_it() {
    let people = People::new();
    let case = &people.case;
    let spec = "[[opaque]]\nname = \"a\"\ndata.S = { age = \"secrets/s.age\" }\n";
    // Its own rules, where no other spec has any.
    case.write("shop.toml", people.rules("alice") + spec);
    case.args("set shop.toml a S -i alice.key").stdin("hunter2").succeeds();
    people.opens("alice", "secrets/s.age", "hunter2");
    case.args("recipients shop.toml").succeeds().stdout_contains("alice");
    // Two specs in one folder.
    people.say("ci");
    let both = "both `shop.toml` and `mintage.toml` say who may read `secrets/s.age`";
    let set = || case.args("set shop.toml a S -i alice.key").stdin("hunter2");
    set().fails().stderr_contains(both);
    case.args("rekey shop.toml --dry-run -i alice.key").fails().stderr_contains(both);
    case.args("check shop.toml -i alice.key").fails().stderr_contains(both);
    // Without own rules it takes those beside it, in every command.
    case.write("shop.toml", spec);
    set().exits(2).stderr_contains("`ci` will be able to read `secrets/s.age`");
    let check = case.args("check shop.toml -i alice.key").succeeds();
    check.stderr_contains("warning[readers-differ]");
}

#[test]
fn no_file_is_written_where_git_or_mintage_read_it() {
    let people = People::new();
    let case = &people.case;
    std::fs::create_dir_all(case.path(".git/hooks")).unwrap();
    case.write(".git/hooks/old.age", "x");
    let everything = people.rules("alice").replace("secrets/**", "**");
    for path in [".git/hooks/x.age", ".GIT/hooks/x.age", "a/.git./x.age"] {
        let spec = format!(
            "{everything}[[opaque]]\nname = \"a\"\n\
             data.G = {{ age = \"{path}\", generate = {{ length = 8 }} }}\n"
        );
        case.write("mintage.toml", &spec);
        let says = format!("`{path}` can't be an encrypted file");
        for run in [
            case.args("set a G -i alice.key").stdin("hunter2"),
            case.args("generate -i alice.key"),
            case.args("edit a G -i alice.key").env("EDITOR", "echo hunter2 >"),
            case.args(["encrypt", "-", "-o", path]).stdin("hunter2"),
        ] {
            run.fails().stderr_contains(&says).stderr_contains("choose another path");
        }
        assert_eq!(case.read("mintage.toml"), spec);
        assert!(!case.path(path).exists());
    }
    let spec = case.args("encrypt - -o sub/mintage.toml").stdin("hunter2").fails();
    spec.stderr_contains("`sub/mintage.toml` can't be an encrypted file");
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(".git/hooks", case.path("link")).unwrap();
        let link = case.args("encrypt - -o link/x.age").stdin("hunter2").fails();
        link.stderr_contains("can't be an encrypted file");
    }
    // Where no rule says who may read it, no file is started, and no folder for one.
    let workflow = ".github/workflows/x.age";
    let spec = people.rules("alice")
        + &format!(
            "[[opaque]]\nname = \"a\"\n\
             data.G = {{ age = \"{workflow}\", generate = {{ length = 8 }} }}\n"
        );
    case.write("mintage.toml", &spec);
    for run in [
        case.args("set a G -i alice.key").stdin("hunter2"),
        case.args("generate -i alice.key"),
        case.args("generate --dry-run"),
        case.args("edit a G -i alice.key").env("EDITOR", "echo hunter2 >"),
    ] {
        run.fails();
    }
    let set = case.args("set a G -i alice.key").stdin("hunter2").fails();
    set.stderr_contains("no `[[encrypt]]` rule of `mintage.toml` matches");
    assert!(!case.path(".github").exists());
}

#[test]
fn who_can_read_a_new_file_is_said_in_any_case() {
    let people = People::new();
    let case = &people.case;
    let spec = "[[opaque]]\nname = \"a\"\n\
                data.G = { age = \"secrets/g.age\", generate = { length = 8 } }\n\
                data.S = { age = \"secrets/s.age\" }\ndata.E = { age = \"secrets/e.age\" }\n";
    case.write("mintage.toml", people.rules("alice bob") + spec);
    let says = |name: &str| format!("`alice` and `bob` can read `secrets/{name}.age`");
    case.args("generate -q").succeeds().stderr_is(&format!("mintage: {}\n", says("g")));
    let set = case.args("set -q a S").stdin("hunter2").succeeds();
    set.stderr_is(&format!("mintage: {}\n", says("s")));
    let edit = case.args("edit -q secrets/e.age").env("EDITOR", "printf hunter2 >").succeeds();
    edit.stderr_is(&format!("mintage: {}\n", says("e")));
    std::fs::remove_file(case.path("secrets/s.age")).unwrap();
    let json = case.args("set -q --message-format json a S").stdin("hunter2").succeeds();
    json.stderr_contains("can read `secrets/s.age`").stderr_contains("\"new-readers\"");
    // And who gets to read an old one, where nobody is asked.
    case.write("mintage.toml", people.rules("alice bob ci") + spec);
    let rekey = case.args("rekey -q --yes -i alice.key").succeeds();
    rekey.stderr_contains("`ci` will be able to read");
}

/// A link is another way to a file, and not another set of readers.
#[test]
#[cfg(unix)]
fn a_link_has_the_rules_of_its_file() {
    use std::os::unix::fs::symlink;
    let people = People::new();
    let People { case, alice, bob, .. } = &people;
    let spec = format!(
        "[recipients]\nalice = \"{alice}\"\nbob = \"{bob}\"\n\
         [[encrypt]]\npath = \"prod/**\"\nto = [\"alice\"]\n\
         [[encrypt]]\npath = \"**\"\nto = [\"alice\", \"bob\"]\n\
         [[opaque]]\nname = \"a\"\n\
         data.K = {{ age = \"dev/x.age\" }}\ndata.L = {{ age = \"link/y.age\" }}\n\
         data.M = {{ age = \"dev/./../prod/z.age\" }}\n"
    );
    case.write("mintage.toml", spec);
    case.write("dev/a", "");
    for name in ["x", "y", "z"] {
        people.encrypt(&format!("prod/{name}.age"), "hunter2");
    }
    symlink("../prod/x.age", case.path("dev/x.age")).unwrap();
    symlink("prod", case.path("link")).unwrap();
    case.args("check -i alice.key -D warnings").succeeds();
    let table = case.args("recipients mintage.toml").succeeds().text();
    let lines: Vec<&str> = table.lines().skip(1).collect();
    assert_eq!(lines.len(), 3, "{lines:?}");
    assert!(lines.iter().all(|line| line.starts_with("prod/")), "{lines:?}");
    for paths in ["mintage.toml", "mintage.toml prod", "mintage.toml ."] {
        case.args("rekey --all -i alice.key").args(paths).succeeds();
    }
    case.args("set a K -i alice.key").stdin("hunter3").succeeds();
    case.args("set a L -i alice.key").stdin("hunter3").succeeds();
    case.args("edit dev/x.age -i alice.key").env("EDITOR", "echo new >").succeeds();
    case.args("edit a L -i alice.key").env("EDITOR", "echo new >").succeeds();
    case.args("encrypt - --force -o dev/x.age -i alice.key").stdin("hunter4").succeeds();
    for name in ["x", "y", "z"] {
        people.is_closed_to("bob", &format!("prod/{name}.age"));
    }
    assert!(case.path("dev/x.age").is_symlink());
}

#[test]
#[cfg(unix)]
fn a_spec_changes_no_file_outside_of_its_folder() {
    let people = People::new();
    let People { case, alice, bob, .. } = &people;
    std::fs::create_dir_all(case.path("repo/sub")).unwrap();
    std::fs::create_dir_all(case.path("other")).unwrap();
    case.args("encrypt - -o other/o.age -r").args([alice]).stdin("hunter2").succeeds();
    let before = std::fs::read(case.path("other/o.age")).unwrap();
    std::os::unix::fs::symlink("../other/o.age", case.path("repo/x.age")).unwrap();
    std::os::unix::fs::symlink("../../other", case.path("repo/sub/link")).unwrap();
    let spec = format!(
        "[recipients]\nalice = \"{alice}\"\nbob = \"{bob}\"\n\
         [[encrypt]]\npath = \"**\"\nto = [\"alice\", \"bob\"]\n\
         [[opaque]]\nname = \"a\"\ndata.A = {{ age = \"x.age\" }}\n\
         data.B = {{ age = \"sub/link/o.age\" }}\ndata.C = {{ age = \"../other/o.age\" }}\n"
    );
    case.write("repo/mintage.toml", spec);
    for paths in ["repo/mintage.toml", "repo", "repo/mintage.toml repo"] {
        case.args("rekey --all --yes -i alice.key").args(paths).succeeds();
        case.args("recipients").args(paths).succeeds().stdout_is("");
    }
    assert_eq!(std::fs::read(case.path("other/o.age")).unwrap(), before);
}
