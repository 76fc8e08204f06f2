//! Identity files that other users can read.

use std::{fs::Metadata, path::Path};

use crate::diag::phrases::code;
use crate::diag::{Diagnostic, diagnostic};

/// A warning about a file that is read as an identity, if others can read it.
#[cfg(unix)]
pub(crate) fn warning(path: &Path, found: &Metadata) -> Option<Diagnostic> {
    use std::os::unix::fs::MetadataExt;

    // Pipes belong to whoever opened them.
    let exposure =
        if found.is_file() { exposure(found.mode(), found.uid(), found.gid()) } else { None };
    let name = path.to_string_lossy();
    let is_plain = |c: char| c.is_alphanumeric() || "/.-_+=:,@%".contains(c);
    let argument = if name.chars().all(is_plain) { name.clone() } else { "FILE".into() };
    let diagnostic =
        diagnostic!(IDENTITY_PERMISSIONS, "other users can read the identity file {}", code(&name))
            .note("anyone who reads it can decrypt the files encrypted for it");
    Some(match exposure? {
        Exposure::Ours => diagnostic.help(format!("run `chmod 600 {argument}`")),
        Exposure::Mounted => diagnostic
            .note("the file belongs to another user")
            .help(format!("have its owner run `chmod o= {argument}`"))
            .help("set `defaultMode: 0440` if it is mounted from a Kubernetes Secret"),
    })
}

#[cfg(not(unix))]
pub(crate) fn warning(_path: &Path, _found: &Metadata) -> Option<Diagnostic> {
    None
}

#[cfg(unix)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Exposure {
    /// Of a file that we can change.
    Ours,
    Mounted,
}

/// Who may read our own file, only we decide: nobody else should. A file of another user, such as
/// one that Kubernetes mounts from a Secret, reaches us through its group (`fsGroup`), so a group
/// that we are in may read it.
#[cfg(unix)]
fn exposure(mode: u32, owner: u32, group: u32) -> Option<Exposure> {
    use rustix::process::{getegid, geteuid, getgroups};

    let groups = || getgroups().unwrap_or_default();
    judge(mode, owner == geteuid().as_raw(), || {
        group == getegid().as_raw() || groups().iter().any(|ours| ours.as_raw() == group)
    })
}

#[cfg(unix)]
fn judge(mode: u32, ours: bool, in_our_group: impl Fn() -> bool) -> Option<Exposure> {
    match (ours, mode & 0o070 != 0, mode & 0o007 != 0) {
        (_, false, false) => None,
        (true, ..) => Some(Exposure::Ours),
        (false, true, false) if in_our_group() => None,
        (false, ..) => Some(Exposure::Mounted),
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::{Exposure, judge};

    #[test]
    fn our_files_are_ours_alone_and_mounted_ones_our_group_s() {
        for (mode, ours, in_our_group, expected) in [
            (0o600, true, true, None),
            (0o400, true, false, None),
            (0o640, true, true, Some(Exposure::Ours)),
            (0o604, true, true, Some(Exposure::Ours)),
            (0o660, true, false, Some(Exposure::Ours)),
            (0o440, false, true, None),
            (0o640, false, false, Some(Exposure::Mounted)),
            (0o644, false, true, Some(Exposure::Mounted)),
            (0o400, false, false, None),
        ] {
            assert_eq!(judge(mode, ours, || in_our_group), expected, "{mode:o}, ours: {ours}");
        }
    }
}
