//! `mintage init`: what it writes, and what it leaves alone.

use std::fs;

use crate::case::Case;
use crate::peers;
use crate::support::mode;

#[test]
fn a_new_folder_gets_everything() {
    let Some(keygen) = peers::need("age-keygen") else { return };
    let case = Case::new();
    let said = case.args("init").env("USER", "alice b").succeeds().quietly().text();
    assert!(said.contains("mintage set mysql MYSQL_ROOT_PASSWORD\n"), "{said}");
    let identity = case.home(".config/mintage/identities.txt");
    assert_eq!((mode(&identity), mode(identity.parent().unwrap())), (0o600, 0o700));
    let recipient = case.tool(&keygen, ["-y", identity.to_str().unwrap()]).succeeds().text();
    let spec = case.read("mintage.toml");
    assert!(spec.contains(&format!("\"alice b\" = \"{}\"", recipient.trim())), "{spec}");
    assert!(!said.contains("AGE-SECRET-KEY") && !spec.contains("AGE-SECRET-KEY"));
    case.args("check --allow-empty").succeeds();
    // The example in it works when it is uncommented.
    let example = spec.replace("# [[", "[[").replace("# name", "name").replace("# data", "data");
    case.write("mintage.toml", example);
    case.args("check").fails().stderr_contains("`secrets/mysql-root-password.age` does not exist");
}

#[test]
fn what_is_there_stays() {
    let case =
        Case::new().file(".gitignore", "mine").file(".gitattributes", "*.age -text -merge\n");
    let first = case.args("init").succeeds().stdout_contains("wrote `mintage.toml`").text();
    assert!(first.contains("added") && first.contains("to `.gitignore`"), "{first}");
    assert!(case.read(".gitignore").starts_with("mine\n"));
    assert_eq!(case.read(".gitattributes"), "*.age -text -merge\n*.age diff=mintage\n");
    let names = ["mintage.toml", ".gitignore", ".gitattributes"];
    let before = names.map(|name| case.read(name));
    let identity = fs::read(case.home(".config/mintage/identities.txt")).unwrap();
    let second = case.args("init").succeeds().text();
    assert_eq!(second.matches("kept").count(), 4, "{second}");
    assert_eq!(names.map(|name| case.read(name)), before);
    assert_eq!(fs::read(case.home(".config/mintage/identities.txt")).unwrap(), identity);
}

#[test]
fn an_identity_that_is_there_is_used() {
    let case = Case::new();
    let made = case.args("keygen").succeeds();
    let recipient = made.text().lines().next().unwrap().replace("# public key: ", "");
    let identity = made.text();
    case.args("init").env("MINTAGE_IDENTITY", identity).succeeds().stdout_contains("kept your");
    assert!(case.read("mintage.toml").contains(&recipient));
    assert!(!case.home(".config").exists());
    // One that can't be read is no reason for a second one.
    let case = Case::new().file("key", "AGE-SECRET-KEY-1ABC\n");
    let run = case.args("init").env("MINTAGE_IDENTITY_FILE", case.path("key"));
    run.exits(2).stderr_contains("contains no usable identity");
    assert!(!case.home(".config").exists() && !case.path("mintage.toml").exists());
}

#[test]
fn below_a_spec_with_recipients_the_tables_are_not_repeated() {
    let case = Case::new();
    fs::create_dir(case.path(".git")).unwrap();
    case.args("init").succeeds();
    case.args("init apps/shop").succeeds().stdout_contains("; `mintage.toml` says");
    let spec = case.read("apps/shop/mintage.toml");
    assert!(spec.contains("see ../../mintage.toml"), "{spec}");
    assert!(!spec.contains("[recipients]"));
    // Somebody who is not listed there is told.
    fs::remove_file(case.home(".config/mintage/identities.txt")).unwrap();
    let said = case.args("init apps/other").env("USER", "bob").succeeds().text();
    assert!(said.contains("does not list your recipient: add `bob = "), "{said}");
    // Another person of the same login name gets another name.
    let text = case.read("mintage.toml");
    let known = text.lines().find_map(|line| line.split_once(" = \"age1")).expect("a recipient").0;
    let said = case.args("init apps/other").env("USER", known).succeeds().text();
    assert!(said.contains(&format!("add `{known}-2 = ")), "{said}");
}

/// A spec without readers stays, and the lines that `init` prints are all that it lacks.
#[test]
fn a_spec_without_readers_gets_lines_to_add() {
    let spec = "[[opaque]]\nname = \"a\"\ndata.PASSWORD = \"correct horse battery\"\n";
    let case = Case::new().spec(spec);
    case.args("encrypt --literals").exits(1).stderr_contains("run `mintage init`");
    let said = case.args("init").env("USER", "alice").succeeds().text();
    assert_eq!(case.read("mintage.toml"), spec);
    let lines = said.split_once("[recipients]").expect("the tables").1;
    let lines = lines.split_once("\nNext:").expect("an end").0;
    case.write("mintage.toml", format!("{spec}[recipients]{lines}"));
    case.args("encrypt --literals").succeeds();
    case.args("check -D warnings").succeeds();
}

/// The spec above the current folder is for people: programs name theirs.
#[test]
fn the_spec_of_a_folder_above_is_found() {
    let case = Case::new()
        .spec("[[opaque]]\nname = \"above\"\ndata.A = \"hello world\"\n")
        .file("a/b/c/file", "")
        .file("a/b/mintage.toml", "[recipients]\n");
    let below = case.path("a/b/c");
    // Outside of a repository nothing above counts.
    case.args("build").from(&below).exits(2).stderr_contains("`mintage.toml` does not exist");
    fs::create_dir(case.path(".git")).unwrap();
    let run = || case.args("build").from(&below);
    run().succeeds().stdout_contains("name: above").stderr_contains("../../../mintage.toml`");
    case.args("show above").from(&below).succeeds().stdout_contains("above");
    run().args("-q").succeeds().quietly();
    // Named is named, also `.`; and a folder's own spec counts, whatever is in it.
    run().args(".").from(&below).exits(2);
    case.args("build").from(&case.path("a/b")).fails();
    // What other programs start reads what it is given.
    case.args("post-render").from(&below).exits(2).stderr_contains("does not exist");
    // The search ends at the root of the repository.
    fs::create_dir(case.path("a/.git")).unwrap();
    run().exits(2).stderr_contains("`mintage.toml` does not exist");
}

#[test]
fn a_folder_is_shown_as_a_word_of_a_shell() {
    let case = Case::new();
    let key = "AGE-SECRET-KEY-1".to_owned() + &"Q".repeat(58);
    for (folder, shown) in
        [("my app", "cd 'my app'\n"), ("a\u{1b}[31m", "cd 'a\\u001b[31m'\n"), (&*key, "cd ***\n")]
    {
        case.args(["init", folder]).succeeds().stdout_contains(shown);
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_leaves_no_part_of_a_file() {
    use crate::small_disk::SmallDisk;
    let case = Case::new();
    let Some(_disk) = SmallDisk::at(case.path("disk")) else { return };
    let path = |name: &str| case.path("disk").join(name);
    let list = "# as long as a page, but for a few bytes\n".repeat(99) + &"#".repeat(30) + "\n";
    assert!((4080..4096).contains(&list.len()));
    // Room for the spec alone.
    fs::write(path("full"), vec![0; 15 * 4096]).unwrap();
    let why = "no space left on device";
    case.args("init disk").exits(2).stderr_contains(why).stderr_contains("disk/.gitignore");
    assert!(path("mintage.toml").exists() && !path(".gitignore").exists());
    fs::write(path("full"), vec![0; 14 * 4096]).unwrap();
    fs::write(path(".gitignore"), &list).unwrap();
    case.args("init disk").exits(2).stderr_contains(why);
    assert_eq!(fs::read_to_string(path(".gitignore")).unwrap(), list);
    fs::remove_file(path("full")).unwrap();
    case.args("init disk").succeeds();
    assert!(fs::read_to_string(path(".gitignore")).unwrap().ends_with("identities.txt\n.env\n"));
}

/// As if nothing had been done, also of the folder.
#[test]
fn what_fails_leaves_no_folder() {
    let case = Case::new().file("old/x", "").file("closed", "");
    for (folder, made) in [("new/sub", "new"), ("old/sub", "old/sub")] {
        let run = case.args(["init", folder]).env("MINTAGE_IDENTITY_FILE", "missing.txt");
        run.exits(2).stderr_contains("can't read the identity file `missing.txt`");
        assert!(!case.path(made).exists());
    }
    let run = case.args("init closed/sub");
    run.exits(2).stderr_contains("can't create the folder `closed/sub`");
    case.args("init new/sub").succeeds();
    assert!(case.path("new/sub/mintage.toml").exists());
}

#[test]
#[cfg(unix)]
fn a_link_to_nothing_is_no_spec() {
    let case = Case::new();
    std::os::unix::fs::symlink("nowhere", case.path("mintage.toml")).unwrap();
    case.args("init").exits(2).stderr_contains("can't write `mintage.toml`");
}
