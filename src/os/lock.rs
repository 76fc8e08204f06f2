//! Two runs at the same time: one waits for the other.

use std::fs::File;
use std::path::Path;

/// Keeps other runs out of a folder for as long as it lives. Where the file system has no locks
/// there is none, and two runs at the same time may mix their files.
pub(crate) struct FolderLock(
    #[allow(dead_code, reason = "the lock lives as long as the file is open")] File,
);

impl FolderLock {
    #[cfg(unix)]
    pub(crate) fn of(folder: &Path) -> Option<Self> {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let directory = File::open(folder).ok()?;
        rustix::fs::flock(&directory, rustix::fs::FlockOperation::LockExclusive).ok()?;
        Some(Self(directory))
    }

    #[cfg(not(unix))]
    pub(crate) fn of(_folder: &Path) -> Option<Self> {
        None
    }
}
