//! Which identities a home has: in which places, in which order, and what is told when one can't be
//! read.
#![cfg(unix)]

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::fs::{File, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::age::{IdentityInput, IdentitySource::UsualSshKey};
use crate::diag::Diagnostic;
use crate::os::identity_files::{GatheredIdentities, MAX_IDENTITY_BYTES, gather};
use crate::secret::bytes::SecretBytes;
use crate::unit::support::{Folder, again, assert_passed, only, this_program};

/// A home directory and variables, relative values of which start with `~/`.
struct Home {
    folder: Folder,
    variables: BTreeMap<&'static str, String>,
}

impl Home {
    fn new() -> Self {
        let folder = Folder::new();
        let variables = [("HOME", folder.path("").to_str().unwrap().to_owned())].into();
        Self { folder, variables }
    }

    fn path(&self, path: &str) -> PathBuf {
        self.folder.path(path)
    }

    /// Each file holds its own path.
    fn with(self, files: &[&str]) -> Self {
        for file in files {
            self.folder.write(file, file);
            fs::set_permissions(self.path(file), Permissions::from_mode(0o600)).unwrap();
        }
        self
    }

    fn set(mut self, name: &'static str, value: &str) -> Self {
        let value = value
            .strip_prefix("~/")
            .map(|path| self.path(path).to_str().unwrap().to_owned())
            .unwrap_or(value.to_owned());
        self.variables.insert(name, value);
        self
    }

    fn gather(&self, flags: &[&str]) -> Result<GatheredIdentities, Vec<Diagnostic>> {
        let flags: Vec<String> = flags
            .iter()
            .map(|flag| flag.replacen("~", self.path("").to_str().unwrap(), 1))
            .collect();
        gather(&flags, &|name| self.variables.get(name).map(OsString::from))
    }

    /// What the found files hold; with `!` if only for ssh.
    fn found(&self, flags: &[&str]) -> Vec<String> {
        let found = self.gather(flags).unwrap();
        assert!(found.notes.is_empty());
        let mark = |only: bool| if only { "!" } else { "" };
        found
            .identities
            .iter()
            .map(|found| {
                let is_for_ssh = matches!(found, IdentityInput::Bytes { source: UsualSshKey, .. });
                mark(is_for_ssh).to_owned() + bytes_of(found).expose_str().unwrap()
            })
            .collect()
    }
}

fn bytes_of(input: &IdentityInput) -> &SecretBytes {
    match input {
        IdentityInput::Bytes { bytes, .. } => bytes,
        other => panic!("{other:?} was not given"),
    }
}

/// What messages say behind the path: the variable that names it, and why it can't be read.
fn reasons(faults: &[Diagnostic]) -> Vec<&str> {
    faults.iter().map(|fault| fault.message.splitn(3, '`').nth(2).unwrap()).collect()
}

const USUAL: [&str; 4] = [
    ".config/mintage/identities.txt",
    ".config/sops/age/keys.txt",
    ".ssh/id_ed25519",
    ".ssh/id_rsa",
];

#[test]
fn nobody_has_anything() {
    assert_eq!(Home::new().found(&[]), [""; 0]);
    assert!(gather(&[], &|_| None).unwrap().identities.is_empty());
}

#[test]
fn usual_places_in_order() {
    let home = Home::new()
        .with(&USUAL)
        .with(&["mine", "sops"])
        .set("MINTAGE_IDENTITY", "key 1")
        .set("SOPS_AGE_KEY", "key 2");
    let home = home.set("MINTAGE_IDENTITY_FILE", "~/mine").set("SOPS_AGE_KEY_FILE", "~/sops");
    let ssh = ["!.ssh/id_ed25519", "!.ssh/id_rsa"];
    assert_eq!(
        home.found(&[]),
        [&["key 1", "mine", "key 2", "sops", USUAL[0], USUAL[1]], ssh.as_slice()].concat()
    );
    let origins: Vec<String> = home
        .gather(&[])
        .unwrap()
        .identities
        .iter()
        .map(|found| found.description().into_owned())
        .collect();
    assert_eq!(origins[0], "MINTAGE_IDENTITY");
    assert_eq!(origins[1], home.path("mine").to_str().unwrap());
}

#[test]
fn flags_replace_all_others() {
    let home = Home::new()
        .with(&USUAL)
        .with(&["a", "b"])
        .set("MINTAGE_IDENTITY", "key")
        .set("SOPS_AGE_KEY_FILE", "~/none");
    assert_eq!(home.found(&["~/b", "~/a"]), ["b", "a"]);
    assert_eq!(
        home.found(&["~/.ssh/id_rsa"]),
        [".ssh/id_rsa"],
        "a key named with -i is for all files"
    );
}

#[test]
fn config_home() {
    let home =
        || Home::new().with(&["xdg/mintage/identities.txt", "xdg/sops/age/keys.txt", USUAL[0]]);
    let in_xdg = ["xdg/mintage/identities.txt", "xdg/sops/age/keys.txt"];
    assert_eq!(home().set("XDG_CONFIG_HOME", "~/xdg").found(&[]), in_xdg);
    // By the specification, an empty or relative path counts as none.
    assert_eq!(home().set("XDG_CONFIG_HOME", "").found(&[]), [USUAL[0]]);
    assert_eq!(home().set("XDG_CONFIG_HOME", "xdg").found(&[]), [USUAL[0]]);
}

#[test]
fn empty_variables_are_unset() {
    let home = Home::new();
    let home = home
        .set("MINTAGE_IDENTITY", "")
        .set("MINTAGE_IDENTITY_FILE", "")
        .set("SOPS_AGE_KEY", "")
        .set("SOPS_AGE_KEY_FILE", "");
    let found = home.gather(&[]).unwrap().identities;
    let listed: Vec<String> = found.iter().map(|found| found.description().into_owned()).collect();
    // Only for messages.
    assert!(found.iter().all(|found| matches!(found, IdentityInput::Empty(_))));
    assert_eq!(listed[1], "MINTAGE_IDENTITY_FILE (empty)");
    assert_eq!(listed.len(), 4);
}

#[test]
fn a_file_named_twice_is_read_once() {
    let home =
        Home::new().with(&[USUAL[1]]).set("SOPS_AGE_KEY_FILE", "~/.config/sops/age/keys.txt");
    assert_eq!(home.found(&[]), [USUAL[1]]);
    assert_eq!(
        home.found(&["~/.config/sops/age/keys.txt", "~/.config/sops/age/keys.txt"]),
        [USUAL[1]]
    );
}

#[test]
fn every_named_file_that_can_not_be_read_is_told() {
    let home = Home::new().with(&["a"]);
    File::create(home.path("large")).unwrap().set_len(MAX_IDENTITY_BYTES as u64 + 1).unwrap();
    let faults = home.gather(&["~/none", "~/a", "~", "~/large", "~/a/b", "/dev/zero"]).unwrap_err();
    let large = ": it is larger than 1,048,576 bytes";
    let missing = ": it does not exist";
    let device = ": it is a device, not a file";
    let want = [missing, ": it is a folder", large, missing, device];
    assert_eq!(reasons(&faults), want);
    assert!(faults[0].message.contains(&format!("`{}`", home.path("none").display())));

    let home = home.set("MINTAGE_IDENTITY_FILE", "~/none").set("SOPS_AGE_KEY_FILE", "~/large");
    let want = [
        " from `MINTAGE_IDENTITY_FILE`: it does not exist",
        " from `SOPS_AGE_KEY_FILE`: it is larger than 1,048,576 bytes",
    ];
    assert_eq!(reasons(&home.gather(&[]).unwrap_err()), want);
}

#[test]
fn a_home_that_no_shell_filled_in() {
    let faults = gather(&["~/key.txt".to_owned()], &|_| None).unwrap_err();
    assert!(faults[0].helps[0].contains("\"$HOME/"));
}

#[test]
fn a_key_in_place_of_a_path_is_not_shown() {
    let key = "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX";
    let home = Home::new()
        .set("MINTAGE_IDENTITY_FILE", key)
        .set("SOPS_AGE_KEY_FILE", &format!("# a comment\n{key}\n"));
    let by_flag = home.gather(&[key]).unwrap_err();
    let by_variable = home.gather(&[]).unwrap_err();
    assert_eq!((by_flag.len(), by_variable.len()), (1, 2));
    for fault in by_flag.iter().chain(&by_variable) {
        assert!(fault.message.ends_with("it is a key, not the path of a file"));
        let shown = format!("{} {:?} {:?}", fault.message, fault.notes, fault.helps);
        assert!(!shown.contains("1GF") && !shown.contains("comment"), "{shown}");
    }
    let (_, headless) = key.split_at(9);
    for other in [
        key.to_lowercase(),
        headless.to_owned(),
        key.replace("SECRET", "SCRET"),
        format!("\"{key}\""),
    ] {
        assert_eq!(
            reasons(&home.gather(&[&other]).unwrap_err()),
            [": it is a key, not the path of a file"],
            "{other}"
        );
    }
    // Names that are like one are names.
    assert_eq!(
        reasons(&home.gather(&["~/age-secret-key.txt"]).unwrap_err()),
        [": it does not exist"]
    );
}

/// Usual places that are something else than a file, or not to be seen, are as good as missing; one
/// that is locked is told.
#[test]
fn usual_places_that_can_not_be_read() {
    let Some(home_path) = std::env::var_os("IDENTITY_TEST_HOME") else {
        let home = Home::new().with(&[
            ".config/mintage/identities.txt",
            ".config/sops/age/keys.txt",
            ".ssh/id_rsa",
        ]);
        fs::create_dir(home.path(".ssh/id_ed25519")).unwrap();
        let mode = |path: &str, mode| {
            fs::set_permissions(home.path(path), Permissions::from_mode(mode)).unwrap()
        };
        mode("", 0o755);
        mode(".config/mintage/identities.txt", 0o000);
        mode(".config/sops", 0o000);
        mode(".ssh/id_rsa", 0o644);
        let mut command = again(module_path!(), "usual_places_that_can_not_be_read");
        if fs::metadata(home.path("")).unwrap().uid() == 0 {
            command.uid(65534).gid(65534);
        }
        let output = command.env("IDENTITY_TEST_HOME", home.path("")).output();
        mode(".config/sops", 0o755);
        return assert_passed(&output.unwrap());
    };
    let found = gather(&[], &|name| (name == "HOME").then(|| home_path.clone())).unwrap();
    assert_eq!(found.identities.len(), 1);
    assert!(found.identities[0].description().ends_with(".ssh/id_rsa"));
    // The second is that others can read `id_rsa`.
    assert_eq!(reasons(&found.notes), [" in its usual place: permission denied", ""]);
    let path = Path::new(&home_path).join(".config/mintage/identities.txt");
    assert!(found.notes[0].message.contains(path.to_str().unwrap()));
    // Named, the same file is an error.
    assert_eq!(
        reasons(&gather(&[path.to_str().unwrap().to_owned()], &|_| None).unwrap_err()),
        [": permission denied"]
    );
}

/// `-i -`, and `-i <(command)`, which is a pipe too.
#[test]
fn stdin_and_pipes() {
    if std::env::var_os("IDENTITY_TEST_STDIN").is_some() {
        let found =
            gather(&["-".to_owned(), "-".to_owned(), "/dev/fd/3".to_owned()], &|_| None).unwrap();
        assert_eq!(found.identities.len(), 2);
        assert_eq!(
            (found.identities[0].description().as_ref(), bytes_of(&found.identities[0]).len()),
            ("standard input", 100_000)
        );
        assert_eq!(bytes_of(&found.identities[1]).expose(), b"three\n");
        return;
    }
    let mut command = Command::new("sh");
    command.args(["-c", "echo three | { exec 3<&0; head -c 100000 /dev/zero | \"$@\"; }", "sh"]);
    command
        .arg(this_program())
        .args(only(module_path!(), "stdin_and_pipes"))
        .env("IDENTITY_TEST_STDIN", "");
    assert_passed(&command.stdin(Stdio::null()).output().unwrap());
}
