//! Where a new identity goes, and how it is written: for its owner alone, and never over anything.

use std::ffi::OsString;
use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::signals;
use crate::age::Generated;
use crate::go::time;

/// The first of the usual places that are looked at: `$XDG_CONFIG_HOME/mintage/identities.txt`, or
/// below `~/.config`.
pub(crate) fn default_path(env: &dyn Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let set = |name: &str| env(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let home = || set(if cfg!(windows) { "USERPROFILE" } else { "HOME" });
    let config = set("XDG_CONFIG_HOME").filter(|path| path.is_absolute());
    let config = config.or_else(|| home().map(|home| home.join(".config")));
    config.map(|config| config.join("mintage/identities.txt"))
}

/// Writes an identity as age-keygen does, with mode 0600. Its folder is made with mode 0700.
pub(crate) fn write(path: &Path, identity: &Generated) -> io::Result<()> {
    if let Some(folder) = path.parent().filter(|folder| !folder.exists()) {
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(folder)?;
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    signals::after(|| {
        let mut file = options.open(path)?;
        let head = format!("{}# public key: {}\n", created(), identity.recipient);
        let written = file
            .write_all(head.as_bytes())
            .and_then(|()| file.write_all(identity.secret.expose()))
            .and_then(|()| file.write_all(b"\n"))
            .and_then(|()| file.sync_all());
        if written.is_err() {
            let _ = fs::remove_file(path);
        }
        written
    })
}

fn created() -> String {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).ok();
    let now = now.and_then(|now| i64::try_from(now.as_secs()).ok());
    now.map(|now| format!("# created: {}\n", time::day(now))).unwrap_or_default()
}
