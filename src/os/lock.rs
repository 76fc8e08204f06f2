//! Two runs at the same time: one waits for the other.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

/// Keeps other runs out of a folder for as long as it lives. Where the file system has no locks
/// there is none, and two runs at the same time may mix their files.
pub(crate) struct FolderLock {
    /// Without links.
    pub folder: PathBuf,
    _open: File,
}

impl FolderLock {
    #[cfg(unix)]
    pub(crate) fn of(folder: &Path) -> Option<Self> {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let folder = fs::canonicalize(folder).ok()?;
        let directory = File::open(&folder).ok()?;
        rustix::fs::flock(&directory, rustix::fs::FlockOperation::LockExclusive).ok()?;
        Some(Self { folder, _open: directory })
    }

    #[cfg(not(unix))]
    pub(crate) fn of(_folder: &Path) -> Option<Self> {
        None
    }
}
