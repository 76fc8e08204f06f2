//! The spec that a typed command takes where none is named: that of a folder above.

use std::path::{Path, PathBuf};

use super::terminal::Terminal;
use crate::diag::phrases::code;
use crate::os::reading_specs::spec_text;
use crate::os::repository::folders_above;
use crate::os::texts::shown_name;
use crate::spec::lists_secrets;

/// Takes the spec above, and says so.
pub(crate) fn take_spec_above(terminal: &Terminal) -> Option<PathBuf> {
    let found = spec_above();
    if let Some(path) = &found {
        terminal.say(&format!("using {}", code(&shown_name(path))));
    }
    found
}

/// The nearest spec above the current folder that lists Secrets, in the same repository. `None`
/// where the folder has a spec of its own.
pub(crate) fn spec_above() -> Option<PathBuf> {
    if Path::new("mintage.toml").exists() {
        return None;
    }
    let specs = folders_above(Path::new("")).into_iter().map(|folder| folder.join("mintage.toml"));
    // What can't be read or parsed is for the message that says why.
    specs
        .filter(|path| path.is_file())
        .find(|path| spec_text(path).is_ok_and(|text| lists_secrets(&text)))
}
