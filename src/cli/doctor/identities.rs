//! Identity files of the person who runs the tool: whether others can read them.

use std::{env, fs};

use super::{Report, messages};
use crate::os::identity_files;

/// Looks at those named with `-i`, or those in the usual places.
pub(crate) fn check(flags: &[String], report: &mut Report) {
    // What can't be read is a finding of the run that wanted it.
    let Ok(gathered) = identity_files::gather(flags, &|name| env::var_os(name)) else { return };
    for identity in &gathered.identities {
        report.line("identity", identity.origin.as_str());
        if others_can_read(&identity.origin) {
            report.found.push(messages::open_identity(&identity.origin));
        }
    }
    if gathered.identities.is_empty() {
        report.line("identity", "none but those that specs name");
    }
}

/// Variables and standard input are no files.
#[cfg(unix)]
fn others_can_read(path: &str) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    fs::metadata(path).is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o044 != 0)
}

#[cfg(not(unix))]
fn others_can_read(_path: &str) -> bool {
    let _ = fs::metadata;
    false
}
