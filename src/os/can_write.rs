//! Whether an encrypted file could be written, before anything is asked or written: as far as that
//! can be known, a dry run fails where the real run does.

use std::fs;
use std::path::Path;

use super::encrypted_files::{check_absent, has_folder, system_refuses};
use super::paths::folder_of;
use crate::diag::Diagnostic;

/// A file that is there can be replaced.
pub(crate) fn check_replaceable(path: &Path) -> Result<(), Box<Diagnostic>> {
    let target = fs::canonicalize(path).map_err(|error| system_refuses(path, &error))?;
    check_folder(path, folder_of(&target))
}

/// A file that is not there can be made, and its folders too.
pub(crate) fn check_new(path: &Path) -> Result<(), Box<Diagnostic>> {
    check_absent(path)?;
    let is_there = |folder: &&Path| fs::symlink_metadata(folder).is_ok();
    let folder = folder_of(path).ancestors().find(is_there).unwrap_or(Path::new("."));
    has_folder(path, folder)?;
    check_folder(path, folder)
}

fn check_folder(path: &Path, folder: &Path) -> Result<(), Box<Diagnostic>> {
    #[cfg(unix)]
    {
        use rustix::fs::{Access, access};
        access(folder, Access::WRITE_OK | Access::EXEC_OK)
            .map_err(|error| system_refuses(path, &error.into()))?;
    }
    #[cfg(not(unix))]
    let _ = (path, folder);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_the_way_is_found() {
        let dir = tempfile::tempdir().unwrap();
        let path = |name: &str| dir.path().join(name);
        fs::write(path("file"), "").unwrap();
        assert!(check_new(&path("a/b/c.age")).is_ok() && check_replaceable(&path("file")).is_ok());
        assert!(!path("a").exists());
        for name in ["file", "file/c.age", "file/b/c.age"] {
            assert!(check_new(&path(name)).is_err(), "{name}");
        }
        assert!(check_replaceable(&path("missing")).is_err());
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink("nowhere", path("link")).unwrap();
            for name in ["link", "link/c.age", "link/b/c.age"] {
                assert!(check_new(&path(name)).is_err(), "{name}");
            }
            assert!(check_replaceable(&path("link")).is_err());
        }
    }

    #[test]
    #[cfg(unix)]
    fn a_folder_that_is_closed_is_found() {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("a.age");
        fs::write(&file, "").unwrap();
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o500)).unwrap();
        // root may write anywhere.
        let is_open = fs::write(dir.path().join("b.age"), "").is_ok();
        assert_eq!(check_replaceable(&file).is_ok(), is_open);
        assert_eq!(check_new(&dir.path().join("c/d.age")).is_ok(), is_open);
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o700)).unwrap();
    }
}
