//! Two runs at the same time: one waits for the other, or leaves alone what the other has. The
//! system frees the locks of a process that ends, however it ends.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

/// Keeps other runs out of a folder for as long as it lives. Where the file system has no locks
/// there is none, and two runs at the same time may mix their files.
pub(crate) struct FolderLock {
    /// Without links.
    pub folder: PathBuf,
    open: File,
}

impl FolderLock {
    #[cfg(unix)]
    pub(crate) fn of(folder: &Path) -> Option<Self> {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let folder = fs::canonicalize(folder).ok()?;
        let directory = File::open(&folder).ok()?;
        rustix::fs::flock(&directory, rustix::fs::FlockOperation::LockExclusive).ok()?;
        Some(Self { folder, open: directory })
    }

    /// Whether the folder that was locked is still the one of this path.
    #[cfg(unix)]
    pub(crate) fn is_of(&self, folder: &Path) -> bool {
        use std::os::unix::fs::MetadataExt;
        match (self.open.metadata(), fs::metadata(folder)) {
            (Ok(locked), Ok(named)) => (locked.dev(), locked.ino()) == (named.dev(), named.ino()),
            _ => false,
        }
    }

    #[cfg(not(unix))]
    pub(crate) fn is_of(&self, _folder: &Path) -> bool {
        self.open.metadata().is_ok()
    }

    #[cfg(not(unix))]
    pub(crate) fn of(_folder: &Path) -> Option<Self> {
        None
    }
}

/// What came of an attempt to lock a file or a folder.
pub(crate) enum Lock {
    /// Until it is closed.
    Ours,
    Taken,
    /// The system or the file system has no locks.
    Unsupported,
}

#[cfg(unix)]
pub(crate) fn try_lock(file: &File) -> Lock {
    use rustix::fs::FlockOperation::NonBlockingLockExclusive;
    match rustix::fs::flock(file, NonBlockingLockExclusive) {
        Ok(()) => Lock::Ours,
        Err(rustix::io::Errno::WOULDBLOCK) => Lock::Taken,
        Err(_) => Lock::Unsupported,
    }
}

#[cfg(not(unix))]
pub(crate) fn try_lock(_file: &File) -> Lock {
    Lock::Unsupported
}
