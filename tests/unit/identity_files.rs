//! Which identities a person has: in which places, in which order, and what is told when one can't be read.
#![cfg(unix)]

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::fs::{File, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

use crate::os::identity_files::{Gathered, IdentityFileFault, IdentityFileReason, MAX_IDENTITY_BYTES, NamedBy, gather};

/// Somebody with a home directory and variables, relative values of which start with `~/`.
struct Person {
    home: TempDir,
    variables: BTreeMap<&'static str, String>,
}

impl Person {
    fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let variables = [("HOME", home.path().to_str().unwrap().to_owned())].into();
        Self { home, variables }
    }

    fn path(&self, path: &str) -> PathBuf {
        self.home.path().join(path)
    }

    /// Each file holds its own path.
    fn with(self, files: &[&str]) -> Self {
        for file in files {
            let path = self.path(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, file).unwrap();
        }
        self
    }

    fn set(mut self, name: &'static str, value: &str) -> Self {
        let value = value.strip_prefix("~/").map(|path| self.path(path).to_str().unwrap().to_owned()).unwrap_or(value.to_owned());
        self.variables.insert(name, value);
        self
    }

    fn gather(&self, flags: &[&str]) -> Result<Gathered, Vec<IdentityFileFault>> {
        let flags: Vec<String> = flags.iter().map(|flag| flag.replacen("~", self.home.path().to_str().unwrap(), 1)).collect();
        gather(&flags, &|name| self.variables.get(name).map(OsString::from))
    }

    /// What the found files hold; with `!` if only for ssh.
    fn found(&self, flags: &[&str]) -> Vec<String> {
        let found = self.gather(flags).unwrap();
        assert_eq!(found.skipped, []);
        let mark = |only: bool| if only { "!" } else { "" };
        found.identities.iter().map(|found| mark(found.only_for_ssh).to_owned() + found.bytes.expose_str().unwrap()).collect()
    }
}

fn reasons(faults: &[IdentityFileFault]) -> Vec<(NamedBy, IdentityFileReason)> {
    faults.iter().map(|fault| (fault.named_by, fault.reason.clone())).collect()
}

const USUAL: [&str; 4] = [".config/mintage/identities.txt", ".config/sops/age/keys.txt", ".ssh/id_ed25519", ".ssh/id_rsa"];

#[test]
fn nobody_has_anything() {
    assert_eq!(Person::new().found(&[]), [""; 0]);
    assert_eq!(gather(&[], &|_| None), Ok(Gathered::default()));
}

#[test]
fn usual_places_in_order() {
    let person = Person::new().with(&USUAL).with(&["mine", "sops"]).set("MINTAGE_IDENTITY", "key 1").set("SOPS_AGE_KEY", "key 2");
    let person = person.set("MINTAGE_IDENTITY_FILE", "~/mine").set("SOPS_AGE_KEY_FILE", "~/sops");
    let ssh = ["!.ssh/id_ed25519", "!.ssh/id_rsa"];
    assert_eq!(person.found(&[]), [&["key 1", "mine", "key 2", "sops", USUAL[0], USUAL[1]], ssh.as_slice()].concat());
    let origins: Vec<String> = person.gather(&[]).unwrap().identities.into_iter().map(|found| found.origin).collect();
    assert_eq!(origins[0], "MINTAGE_IDENTITY");
    assert_eq!(origins[1], person.path("mine").to_str().unwrap());
}

#[test]
fn flags_replace_all_others() {
    let person = Person::new().with(&USUAL).with(&["a", "b"]).set("MINTAGE_IDENTITY", "key").set("SOPS_AGE_KEY_FILE", "~/none");
    assert_eq!(person.found(&["~/b", "~/a"]), ["b", "a"]);
    assert_eq!(person.found(&["~/.ssh/id_rsa"]), [".ssh/id_rsa"], "a key named with -i is for all files");
}

#[test]
fn config_home() {
    let person = || Person::new().with(&["xdg/mintage/identities.txt", "xdg/sops/age/keys.txt", USUAL[0]]);
    let in_xdg = ["xdg/mintage/identities.txt", "xdg/sops/age/keys.txt"];
    assert_eq!(person().set("XDG_CONFIG_HOME", "~/xdg").found(&[]), in_xdg);
    // By the specification, an empty or relative path counts as none.
    assert_eq!(person().set("XDG_CONFIG_HOME", "").found(&[]), [USUAL[0]]);
    assert_eq!(person().set("XDG_CONFIG_HOME", "xdg").found(&[]), [USUAL[0]]);
}

#[test]
fn empty_variables_are_unset() {
    let person = Person::new();
    let person = person.set("MINTAGE_IDENTITY", "").set("MINTAGE_IDENTITY_FILE", "").set("SOPS_AGE_KEY", "").set("SOPS_AGE_KEY_FILE", "");
    assert_eq!(person.found(&[]), [""; 0]);
}

#[test]
fn a_file_named_twice_is_read_once() {
    let person = Person::new().with(&[USUAL[1]]).set("SOPS_AGE_KEY_FILE", "~/.config/sops/age/keys.txt");
    assert_eq!(person.found(&[]), [USUAL[1]]);
    assert_eq!(person.found(&["~/.config/sops/age/keys.txt", "~/.config/sops/age/keys.txt"]), [USUAL[1]]);
}

#[test]
fn every_named_file_that_can_not_be_read_is_told() {
    let person = Person::new().with(&["a"]);
    File::create(person.path("large")).unwrap().set_len(MAX_IDENTITY_BYTES as u64 + 1).unwrap();
    let faults = person.gather(&["~/none", "~/a", "~", "~/large", "~/a/b", "/dev/zero"]).unwrap_err();
    use IdentityFileReason::{Directory, Missing, TooLarge};
    let want = [Missing, Directory, TooLarge, Missing, TooLarge].map(|reason| (NamedBy::Flag, reason));
    assert_eq!(reasons(&faults), want);
    assert_eq!(faults[0].message(), format!("can't read the identity file `{}`: it does not exist", person.path("none").display()));

    let person = person.set("MINTAGE_IDENTITY_FILE", "~/none").set("SOPS_AGE_KEY_FILE", "~/large");
    let want = [(NamedBy::Variable("MINTAGE_IDENTITY_FILE"), Missing), (NamedBy::Variable("SOPS_AGE_KEY_FILE"), TooLarge)];
    assert_eq!(reasons(&person.gather(&[]).unwrap_err()), want);
}

#[test]
fn a_home_that_no_shell_filled_in() {
    let faults = gather(&["~/key.txt".to_owned()], &|_| None).unwrap_err();
    assert!(faults[0].help().unwrap().contains("\"$HOME/key.txt\""));
}

#[test]
fn a_key_in_place_of_a_path_is_not_shown() {
    let key = "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX";
    let person = Person::new().set("MINTAGE_IDENTITY_FILE", key).set("SOPS_AGE_KEY_FILE", &format!("# a comment\n{key}\n"));
    let by_flag = person.gather(&[key]).unwrap_err();
    let by_variable = person.gather(&[]).unwrap_err();
    assert_eq!((by_flag.len(), by_variable.len()), (1, 2));
    for fault in by_flag.iter().chain(&by_variable) {
        assert_eq!(fault.reason, IdentityFileReason::KeyItself);
        let shown = format!("{fault:?} {} {}", fault.message(), fault.help().unwrap());
        assert!(!shown.contains("1GF") && !shown.contains("comment"), "{shown}");
    }
    let (_, headless) = key.split_at(9);
    for other in [key.to_lowercase(), headless.to_owned(), key.replace("SECRET", "SCRET"), format!("\"{key}\"")] {
        assert_eq!(reasons(&person.gather(&[&other]).unwrap_err()), [(NamedBy::Flag, IdentityFileReason::KeyItself)], "{other}");
    }
    // Names that are like one are names.
    assert_eq!(reasons(&person.gather(&["~/age-secret-key.txt"]).unwrap_err()), [(NamedBy::Flag, IdentityFileReason::Missing)]);
}

/// Usual places that are something else than a file, or not to be seen, are as good as missing; one that is locked is told.
#[test]
fn usual_places_that_can_not_be_read() {
    let Some(home) = std::env::var_os("IDENTITY_TEST_HOME") else {
        let person = Person::new().with(&[".config/mintage/identities.txt", ".config/sops/age/keys.txt", ".ssh/id_rsa"]);
        fs::create_dir(person.path(".ssh/id_ed25519")).unwrap();
        let mode = |path: &str, mode| fs::set_permissions(person.path(path), Permissions::from_mode(mode)).unwrap();
        mode("", 0o755);
        mode(".config/mintage/identities.txt", 0o000);
        mode(".config/sops", 0o000);
        mode(".ssh/id_rsa", 0o644);
        let mut command = this_test("usual_places_that_can_not_be_read");
        if fs::metadata(person.home.path()).unwrap().uid() == 0 {
            command.uid(65534).gid(65534);
        }
        let output = command.env("IDENTITY_TEST_HOME", person.home.path()).output();
        mode(".config/sops", 0o755);
        return assert_passed(&output.unwrap());
    };
    let found = gather(&[], &|name| (name == "HOME").then(|| home.clone())).unwrap();
    assert_eq!(found.identities.len(), 1);
    assert!(found.identities[0].origin.ends_with(".ssh/id_rsa"));
    assert_eq!(reasons(&found.skipped), [(NamedBy::Default, IdentityFileReason::Io("permission denied".to_owned()))]);
    assert_eq!(Path::new(&found.skipped[0].path), Path::new(&home).join(".config/mintage/identities.txt"));
    // Named, the same file is an error.
    assert_eq!(reasons(&gather(&[found.skipped[0].path.clone()], &|_| None).unwrap_err())[0].0, NamedBy::Flag);
}

/// `-i -`, and `-i <(command)`, which is a pipe too.
#[test]
fn stdin_and_pipes() {
    if std::env::var_os("IDENTITY_TEST_STDIN").is_some() {
        let found = gather(&["-".to_owned(), "-".to_owned(), "/dev/fd/3".to_owned()], &|_| None).unwrap();
        assert_eq!(found.identities.len(), 2);
        assert_eq!((found.identities[0].origin.as_str(), found.identities[0].bytes.len()), ("standard input", 100_000));
        assert_eq!(found.identities[1].bytes.expose(), b"three\n");
        return;
    }
    let mut command = Command::new("sh");
    command.args(["-c", "echo three | { exec 3<&0; head -c 100000 /dev/zero | \"$@\"; }", "sh"]);
    command.arg(std::env::current_exe().unwrap()).args(["--exact", "stdin_and_pipes", "--nocapture"]).env("IDENTITY_TEST_STDIN", "");
    assert_passed(&command.stdin(Stdio::null()).output().unwrap());
}

fn this_test(name: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", name, "--nocapture"]);
    command
}

fn assert_passed(output: &Output) {
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && stdout.contains("1 passed"), "{stdout}{}", String::from_utf8_lossy(&output.stderr));
}
