//! The names that outputs have until they are complete: `.mintage-XXXXXX.tmp` beside them, a file
//! or a folder.
//!
//! The process that makes one locks it. SIGKILL or a power cut leaves the plaintext there, but not
//! the lock, so the next run that writes to the folder finds it and removes it.
//!
//! Encrypted files are written many at a time, more than a process may have open. They are called
//! `.mintage-age-XXXXXX.tmp` and have no lock of their own: a run locks their folders.

use std::fs::File;
use std::path::Path;
use std::{fs, io};

use tempfile::{NamedTempFile, TempDir};

use super::lock::{Lock, try_lock};

/// Hidden, and without an ending that a reader of manifests looks for.
const PREFIX: &str = ".mintage-";
const SUFFIX: &str = ".tmp";
const RANDOM: usize = 6;

/// What comes before the random part of the name of an encrypted file.
const ENCRYPTED: &str = ".mintage-age-";

/// How often a name is given up to another run that takes it for one that was left.
pub(crate) const ATTEMPTS: usize = 100;

/// A folder that goes when this is dropped.
pub(crate) struct ReservedFolder {
    // Dropped, and so removed, before the lock goes.
    pub(crate) folder: TempDir,
    _lock: Option<File>,
}

/// A file that only its owner can read. It goes when it is dropped.
pub(crate) fn file_in(folder: &Path) -> io::Result<NamedTempFile> {
    for _ in 0..ATTEMPTS {
        let file = builder(PREFIX).tempfile_in(folder)?;
        if hold(file.as_file(), file.path()) {
            return Ok(file);
        }
    }
    Err(lost())
}

/// A file that holds nothing that others may not see, in a folder that is locked.
pub(crate) fn encrypted_file_in(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = builder(ENCRYPTED);
    // The umask takes its part.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644));
    builder.tempfile_in(folder)
}

/// A folder that only its owner can look into.
pub(crate) fn folder_in(folder: &Path) -> io::Result<ReservedFolder> {
    let mut builder = builder(PREFIX);
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
    for _ in 0..ATTEMPTS {
        let folder = builder.tempdir_in(folder)?;
        let lock = if cfg!(unix) { Some(File::open(folder.path())?) } else { None };
        if lock.as_ref().is_none_or(|lock| hold(lock, folder.path())) {
            return Ok(ReservedFolder { folder, _lock: lock });
        }
    }
    Err(lost())
}

fn builder(prefix: &'static str) -> tempfile::Builder<'static, 'static> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(prefix).suffix(SUFFIX).rand_bytes(RANDOM);
    builder
}

fn lost() -> io::Error {
    io::Error::other("other runs of mintage remove its temporary files")
}

/// Whether `file` is ours from now on: no other run has it, and the name still leads to it.
fn hold(file: &File, path: &Path) -> bool {
    match try_lock(file) {
        Lock::Taken => false,
        // Where there are no locks, other runs can't get one either, and remove nothing.
        Lock::Unsupported => true,
        // A run that cleaned up may have been faster.
        Lock::Ours => fs::symlink_metadata(path).is_ok(),
    }
}

/// Removes what killed runs left in a folder. What holds anything but files of ours stays.
pub(crate) fn remove_leftovers(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if !entry.file_name().to_str().is_some_and(|name| is_reserved(name, PREFIX)) {
            continue;
        }
        let Some(file) = open_left(&path) else { continue };
        if !matches!(try_lock(&file), Lock::Ours) {
            continue;
        }
        match file.metadata() {
            Ok(found) if found.is_file() => _ = fs::remove_file(&path),
            Ok(found) if found.is_dir() && holds_only_numbers(&path) => {
                _ = fs::remove_dir_all(&path);
            }
            _ => {}
        }
    }
}

/// The same of encrypted files, in a folder that is locked.
pub(crate) fn remove_encrypted_leftovers(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let is_ours = entry.file_name().to_str().is_some_and(|name| is_reserved(name, ENCRYPTED));
        if is_ours && entry.file_type().is_ok_and(|kind| kind.is_file()) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

fn is_reserved(name: &str, prefix: &str) -> bool {
    let random = name.strip_prefix(prefix).and_then(|name| name.strip_suffix(SUFFIX));
    random.is_some_and(|random| {
        random.len() == RANDOM && random.bytes().all(|byte| byte.is_ascii_alphanumeric())
    })
}

/// The files of a [`ReservedFolder`] are called by numbers.
fn holds_only_numbers(folder: &Path) -> bool {
    fs::read_dir(folder).is_ok_and(|mut entries| {
        entries.all(|entry| {
            entry.is_ok_and(|entry| {
                entry.file_type().is_ok_and(|kind| kind.is_file())
                    && entry.file_name().to_str().is_some_and(|name| name.parse::<usize>().is_ok())
            })
        })
    })
}

/// Opens a file or a folder that may be one of ours; nothing else, and no link.
#[cfg(unix)]
fn open_left(path: &Path) -> Option<File> {
    use rustix::fs::{Mode, OFlags, open};
    let found = fs::symlink_metadata(path).ok()?;
    // NFS locks for writing only what is open for writing.
    let access = if found.is_file() { OFlags::RDWR } else { OFlags::DIRECTORY };
    let flags = access | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    open(path, flags, Mode::empty()).ok().map(File::from)
}

#[cfg(not(unix))]
fn open_left(_path: &Path) -> Option<File> {
    None
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn only_what_no_process_holds_is_removed() {
        let dir = tempfile::tempdir().unwrap();
        let (file, folder) = (file_in(dir.path()).unwrap(), folder_in(dir.path()).unwrap());
        fs::write(folder.folder.path().join("1"), "").unwrap();
        for name in [".mintage-aaaaaa.tmp", ".mintage-notes.tmp", ".mintage-bbbbbb.yaml"] {
            fs::write(dir.path().join(name), "").unwrap();
        }
        for (name, inner) in [(".mintage-cccccc.tmp", "12"), (".mintage-dddddd.tmp", "notes")] {
            fs::create_dir(dir.path().join(name)).unwrap();
            fs::write(dir.path().join(name).join(inner), "").unwrap();
        }
        std::os::unix::fs::symlink(file.path(), dir.path().join(".mintage-eeeeee.tmp")).unwrap();
        remove_leftovers(dir.path());
        let gone = [".mintage-aaaaaa.tmp", ".mintage-cccccc.tmp"];
        assert!(gone.iter().all(|name| !dir.path().join(name).exists()));
        assert!(file.path().exists() && folder.folder.path().join("1").exists());
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 6);
        // As after SIGKILL.
        let (_, path) = file.keep().unwrap();
        remove_leftovers(dir.path());
        assert!(!path.exists());
    }

    #[test]
    fn either_kind_leaves_the_other_one_alone() {
        let dir = tempfile::tempdir().unwrap();
        let is_there = |name: &str| dir.path().join(name).exists();
        let (plain, encrypted) = (".mintage-aaaaaa.tmp", ".mintage-age-aaaaaa.tmp");
        for name in [plain, encrypted, ".mintage-age-notes.tmp"] {
            fs::write(dir.path().join(name), "").unwrap();
        }
        remove_leftovers(dir.path());
        assert!(!is_there(plain) && is_there(encrypted));
        fs::write(dir.path().join(plain), "").unwrap();
        remove_encrypted_leftovers(dir.path());
        assert!(is_there(plain) && !is_there(encrypted) && is_there(".mintage-age-notes.tmp"));
    }
}
