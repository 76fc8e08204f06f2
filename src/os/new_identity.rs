//! Where a new identity goes, and how it is written: for its owner alone, and never over anything.

use std::env;
use std::fs::DirBuilder;
use std::path::{Path, PathBuf};

use super::bounded_read::{shorter_name, system_words};
use super::encrypted_files::create_private;
use super::texts::shown_name;
use crate::age::Generated;
use crate::diag::{Diagnostic, diagnostic, phrases::code};

/// The first of the usual places that are looked at: `$XDG_CONFIG_HOME/mintage/identities.txt`, or
/// below `~/.config`.
pub(crate) fn default_path() -> Option<PathBuf> {
    let set = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let home = || set(if cfg!(windows) { "USERPROFILE" } else { "HOME" });
    let config = set("XDG_CONFIG_HOME").filter(|path| path.is_absolute());
    let config = config.or_else(|| home().map(|home| home.join(".config")));
    config.map(|config| config.join("mintage/identities.txt"))
}

/// Writes an identity as age-keygen does, with mode 0600. Its folder is made with mode 0700.
pub(crate) fn write(path: &Path, identity: &Generated) -> Result<(), Box<Diagnostic>> {
    if let Some(folder) = path.parent().filter(|folder| !folder.exists()) {
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(folder).map_err(|error| {
            let folder = code(&shown_name(folder));
            let why = system_words(&error);
            let problem = diagnostic!(CANNOT_WRITE, "can't create the folder {folder}: {why}");
            Box::new(problem.maybe_help(shorter_name(&error)))
        })?;
    }
    create_private(path, &identity.file_text())
}
