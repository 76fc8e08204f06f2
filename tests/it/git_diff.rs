//! `mintage install git`, and what Git then shows of age files.

use std::path::Path;

use crate::case::{Case, Run};
use crate::peers;

struct Repository {
    case: Case,
    git: std::path::PathBuf,
}

impl Repository {
    fn new() -> Option<Self> {
        let git = peers::need("git")?;
        let repository = Self { case: Case::new(), git };
        repository.git("init -q").succeeds();
        repository.git("config user.name alice").succeeds();
        repository.git("config user.email alice@example.com").succeeds();
        repository.case.args("init").succeeds();
        Some(repository)
    }

    fn git(&self, words: &str) -> Run {
        self.case.tool(&self.git, words).env("GIT_PAGER", "cat")
    }

    fn write(&self, path: &str, text: &str) {
        let editor = self.case.outside("bin/editor");
        std::fs::write(self.case.outside("text"), text).unwrap();
        let script = format!("#!/bin/sh\ncat {} > \"$1\"\n", self.case.outside("text").display());
        std::fs::write(&editor, script).unwrap();
        std::fs::set_permissions(&editor, std::os::unix::fs::PermissionsExt::from_mode(0o755))
            .unwrap();
        self.case.args(["edit", path]).env("EDITOR", editor).succeeds();
    }

    fn diff(&self) -> String {
        self.git("diff").succeeds().text()
    }
}

/// The lines of a diff that start with these characters, but for its head.
fn lines<'d>(diff: &'d str, starts: &[char]) -> Vec<&'d str> {
    let body = diff.lines().filter(|line| !line.starts_with("+++") && !line.starts_with("---"));
    body.filter(|line| line.starts_with(starts)).collect()
}

#[test]
fn a_diff_shows_keys_and_masks() {
    let Some(repository) = Repository::new() else { return };
    let case = &repository.case;
    let installed = case.args("install git").succeeds().text();
    assert!(installed.contains("set `diff.mintage.textconv = "), "{installed}");
    // `init` wrote the attribute.
    assert!(installed.contains("already there: `*.age diff=mintage`"), "{installed}");
    case.args("install git").succeeds().stdout_contains("already there: `diff.mintage");
    repository.write("db.toml.age", "[root]\npassword = \"hunter2\"\nsame = \"hunter2\"\n");
    repository.write("word.age", "hunter2");
    repository.git("add .").succeeds();
    repository.git("commit -qm first").succeeds();
    let text = "[root]\npassword = \"hunter3\"\nsame = \"hunter2\"\nnew = 1\n";
    repository.write("db.toml.age", text);
    repository.write("word.age", "hunter3");
    let diff = repository.diff();
    assert!(!diff.contains("hunter"), "{diff}");
    let (old, new) = (lines(&diff, &['-']), lines(&diff, &['+']));
    assert_eq!((old.len(), new.len()), (2, 3), "{diff}");
    // Equal values have equal masks, in all files.
    let mask = |line: &str| line.split("***").nth(1).expect("a mask").to_owned();
    assert_eq!(mask(old[0]), mask(old[1]));
    assert_eq!(mask(new[0]), mask(new[2]));
    assert_ne!(mask(old[0]), mask(new[0]));
    assert_eq!(mask(old[0]).len(), 16);
    assert!(new[1].starts_with("+root.new = ***"), "{diff}");
    assert!(diff.contains(" root.same = ***"), "{diff}");
    let log = repository.git("log -p --format=%s").succeeds().text();
    assert!(log.contains("+root.password = ***") && !log.contains("hunter"), "{log}");
}

#[test]
fn another_identity_has_other_masks_and_none_has_no_masks() {
    let Some(repository) = Repository::new() else { return };
    let case = &repository.case;
    case.args("install git").succeeds();
    let other = case.args("keygen").succeeds().text();
    let recipient = other.lines().next().unwrap().replace("# public key: ", "");
    let spec = case.read("mintage.toml").replace("to = [", "to = [\"bob\", ");
    let spec = spec.replace("[recipients]", &format!("[recipients]\nbob = \"{recipient}\""));
    case.write("mintage.toml", spec);
    repository.write("word.age", "hunter2");
    let shown = |home: &Path, identity: &str| {
        let run = case.args("textconv word.age").env("HOME", home);
        run.env("MINTAGE_IDENTITY", identity).succeeds().quietly().text()
    };
    let mine = shown(&case.home(""), "");
    let theirs = shown(Path::new("/nonexistent"), &other);
    assert!(mine.contains("***") && theirs.contains("***"));
    assert_ne!(mine, theirs);
    assert!(mine.starts_with("# encrypted for 2 native recipients"), "{mine}");
    let nobody = shown(Path::new("/nonexistent"), "");
    assert!(nobody.starts_with("# encrypted for 2 native recipients"), "{nobody}");
    assert!(!nobody.contains("***"), "{nobody}");
    // git goes on.
    repository.git("add .").succeeds();
    repository.git("diff --cached").env("HOME", "/nonexistent").succeeds();
    case.args("textconv missing.age").succeeds().stdout_is("# can't be read\n");
}

#[test]
fn plaintext_where_an_age_file_should_be_is_not_shown() {
    let Some(repository) = Repository::new() else { return };
    let case = &repository.case;
    case.write("word.age", "hunter2");
    case.write("db.toml.age", "[root]\npassword = \"hunter2\"\n");
    let shown = |path: &str, home: &Path| {
        let run = case.args("textconv").args([path]).env("HOME", home);
        run.succeeds().quietly().never_says("hunter").text()
    };
    // The same mask as that of an encrypted value.
    let mine = shown("word.age", &case.home(""));
    let mask = mine.strip_prefix("# not an age file\n***").expect("a mask").trim_end();
    assert_eq!(mask.len(), 16, "{mine}");
    repository.write("other.age", "hunter2");
    assert!(shown("other.age", &case.home("")).ends_with(&format!("\n***{mask}\n")));
    // Whoever has no identity could test a guess with a hash.
    let nowhere = Path::new("/nonexistent");
    assert_eq!(shown("word.age", nowhere), "# not an age file\n***\n");
    assert_eq!(shown("db.toml.age", nowhere), "# not an age file\nroot.password = ***\n");
}

#[test]
fn the_doctor_finds_what_is_missing() {
    let Some(repository) = Repository::new() else { return };
    let case = &repository.case;
    let doctor = || case.args("doctor --allow-empty").succeeds();
    // `init` wrote the attribute, as a colleague may have.
    let ran = doctor().stderr_contains("warning[git-diff]");
    ran.stderr_contains("`diff.mintage.textconv` is not set in this clone's config");
    case.args("install git").succeeds();
    doctor().never_says("git-diff").stdout_contains("git diff       ");
    let attributes = case.read(".gitattributes");
    case.write(".gitattributes", "");
    doctor().stderr_contains("no `.gitattributes` has `*.age diff=mintage`");
    case.write(".gitattributes", attributes);
    for (command, fault) in [
        ("/nonexistent/mintage textconv", "there is no program `/nonexistent/mintage`"),
        ("no-such-mintage textconv", "there is no program `no-such-mintage`"),
        ("cat", "`cat` is not mintage"),
    ] {
        let arguments = ["config", "diff.mintage.textconv", command];
        case.tool(&repository.git, arguments).succeeds();
        doctor().stderr_contains(fault).stderr_contains("run `mintage install git`");
    }
    repository.git("config --unset diff.mintage.textconv").succeeds();
    case.write(".gitattributes", "");
    doctor().never_says("git-diff");
}

#[test]
fn outside_of_a_repository_git_says_why() {
    if peers::need("git").is_none() {
        return;
    }
    let case = Case::new();
    case.args("install git").exits(2).stderr_contains("not a git repository");
    assert!(!case.path(".gitattributes").exists());
}

#[test]
#[cfg(target_os = "linux")]
fn what_is_no_file_is_not_waited_for() {
    let case = Case::new();
    let pipe = case.path("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    if made.is_ok_and(|status| status.success()) {
        case.args("textconv pipe").succeeds().stdout_is("# can't be read\n");
    }
    case.args("textconv /dev/zero").succeeds().stdout_is("# can't be read\n");
}
