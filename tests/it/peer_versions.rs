//! A peer is a program of a version: another one that happens to be on the PATH is not compared
//! with.
#![cfg(unix)]

use std::fs::{Permissions, set_permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use crate::peers;
use crate::support::Folder;

/// A folder with a program that says this when it is asked for its version.
fn program(folder: &Folder, place: &str, name: &str, says: &str) -> PathBuf {
    folder.write(&format!("{place}/{name}"), format!("#!/bin/sh\necho '{says}'\n"));
    set_permissions(folder.path(place).join(name), Permissions::from_mode(0o755)).unwrap();
    folder.path(place)
}

#[test]
fn a_program_of_another_version_is_passed_over() {
    let folder = Folder::new();
    let old = program(&folder, "old", "kubectl", "Client Version: v1.32.4-dispatcher");
    let new = program(&folder, "new", "kubectl", "Client Version: v1.37.1");
    let found = peers::search("kubectl", std::slice::from_ref(&old));
    assert_eq!(
        found,
        Err(format!("found kubectl 1.32.4 ({}), needs 1.37", old.join("kubectl").display()))
    );
    assert_eq!(peers::search("kubectl", &[old, new.clone()]), Ok(new.join("kubectl")));
    assert_eq!(peers::search("kubectl", &[folder.path("none")]), Err(String::new()));
}

#[test]
fn versions_are_compared_as_numbers() {
    let folder = Folder::new();
    for (name, says, is_peer) in [
        ("age", "v1.1.1", true),
        ("age", "1.10.0", true),
        ("age", "2.0", true),
        ("age", "1.0.0", false),
        ("helm", "v4.3.1+g1", true),
        ("helm", "v40.0.1", false),
        ("openssl", "OpenSSL 3.0.19 27 Jan 2026", true),
        ("openssl", "OpenSSL 1.1.1w  11 Sep 2023", false),
        ("rage", "no numbers at all", false),
        // Any version is as good.
        ("git", "no numbers at all", true),
    ] {
        let place = program(&folder, "bin", name, says);
        assert_eq!(peers::search(name, &[place]).is_ok(), is_peer, "{name} {says}");
    }
}
