//! Encrypted files on the disk. They hold nothing that others may not see and are committed, so a
//! new one gets the usual mode, and one that is replaced keeps its own. All are written aside first
//! and take their names at the end: a file is the old one or the new one, whole, and if anything
//! fails before that, nothing has changed.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use tempfile::TempPath;

use super::bounded_read::{shorter_name, system_words};
use super::files::{self, Accept, ReadFault};
use super::lock::FolderLock;
use super::paths::{folder_of, real_path};
use super::texts::{no_file, shown_name};
use super::{reserved, signals};
use crate::diag::phrases::{code, plural, shell_word};
use crate::diag::{Diagnostic, diagnostic};
use crate::secret::bytes::SecretBytes;
use crate::world::MAX_FILE_BYTES;

/// New bytes for a file.
#[derive(Debug)]
pub(crate) struct Write {
    pub path: PathBuf,
    pub bytes: Vec<u8>,
    /// What the file holds so far; nothing where it must not be there.
    pub before: Option<Vec<u8>>,
}

/// The most of a file that is read for its header: age's headers have at most 2 MiB, which armor
/// makes a third longer.
const MAX_HEAD: usize = 3 * 1024 * 1024;

/// The start of a file, and whether that is all of it.
pub(crate) struct Head {
    pub bytes: Vec<u8>,
    pub is_whole: bool,
}

/// As much of a file as its header can have.
pub(crate) fn read_head(path: &Path) -> Result<Head, Box<Diagnostic>> {
    let opened = files::open(path, Accept::RegularFiles);
    let (file, found) = opened.map_err(|fault| cannot_read(path, fault))?;
    let expected = usize::try_from(found.len()).unwrap_or(MAX_HEAD).min(MAX_HEAD);
    // Room for one byte more: the read that finds the end needs it.
    let mut bytes = Vec::with_capacity(expected + 1);
    let read = file.take(MAX_HEAD as u64).read_to_end(&mut bytes);
    read.map_err(|error| cannot_read(path, ReadFault::Io(error)))?;
    let is_whole = bytes.len() < MAX_HEAD;
    Ok(Head { bytes, is_whole })
}

/// All bytes of a file, which must be a regular one of bounded size.
pub(crate) fn read(path: &Path) -> Result<SecretBytes, Box<Diagnostic>> {
    match files::read(path, Accept::RegularFiles, MAX_FILE_BYTES) {
        Ok((bytes, _)) => Ok(bytes),
        Err(fault) => Err(cannot_read(path, fault)),
    }
}

fn cannot_read(path: &Path, fault: ReadFault) -> Box<Diagnostic> {
    let name = code(&shown_name(path));
    if path.is_dir() {
        let found = diagnostic!(CANNOT_READ, "{name} is a folder, not a file");
        return Box::new(found.help("pass the path of a file in it"));
    }
    Box::new(match fault {
        ReadFault::Missing => no_file(path),
        ReadFault::TooLarge => diagnostic!(TOO_LARGE, "{name} is too large")
            .note(format!("the limit is {}", plural(MAX_FILE_BYTES, "byte"))),
        fault => {
            let why = system_words(&fault.into_io());
            diagnostic!(CANNOT_READ, "{name} can't be read: {why}")
        }
    })
}

/// A path that names no encrypted file. It may be that of the plaintext.
pub(crate) fn no_encrypted_file(path: &Path) -> Diagnostic {
    let problem = no_file(path);
    let mut encrypted = path.as_os_str().to_owned();
    encrypted.push(".age");
    let encrypted = Path::new(&encrypted);
    match encrypted.is_file() {
        true => problem.help(format!("pass {}, which exists", code(&shown_name(encrypted)))),
        false => problem,
    }
}

fn cannot_write(path: &Path, why: &str) -> Box<Diagnostic> {
    let name = code(&shown_name(path));
    Box::new(diagnostic!(CANNOT_WRITE, "can't write {name}: {why}"))
}

pub(super) fn system_refuses(path: &Path, error: &io::Error) -> Box<Diagnostic> {
    Box::new(cannot_write(path, &system_words(error)).maybe_help(shorter_name(error)))
}

pub(super) fn has_folder(path: &Path, parent: &Path) -> Result<(), Box<Diagnostic>> {
    let shown = code(&shown_name(parent));
    match fs::metadata(parent) {
        Ok(found) if found.is_dir() => Ok(()),
        Ok(_) => Err(cannot_write(path, &format!("{shown} is not a folder"))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let missing = cannot_write(path, &format!("the folder {shown} does not exist"));
            Err(Box::new(missing.help("create it with `mkdir -p`")))
        }
        Err(error) => Err(system_refuses(path, &error)),
    }
}

/// Writes all files or, if anything fails before the last moment, none. A link stays, and the file
/// that it leads to is replaced.
pub(crate) fn write_all(writes: &[Write]) -> Result<(), Box<Diagnostic>> {
    write_all_with(writes, None)
}

/// The same for a run that has the lock of a folder already.
pub(crate) fn write_all_with(
    writes: &[Write],
    held: Option<&FolderLock>,
) -> Result<(), Box<Diagnostic>> {
    // Another run may take its time, and it must be possible to stop waiting: not below, where
    // signals are held back.
    let locks = Locks::of(writes, held);
    let written = signals::after(|| {
        let mut staged = Vec::new();
        for write in writes {
            if signals::pending() {
                // Nobody gets to read this.
                return Err(cannot_write(&write.path, "interrupted"));
            }
            staged.push((write, stage(write)?));
        }
        flush(&staged.iter().map(|(_, staged)| staged).collect::<Vec<_>>());
        // What others wrote meanwhile is not lost.
        for (write, _) in &staged {
            check_unchanged(write)?;
        }
        let (all, mut done) = (staged.len(), 0);
        let parents: BTreeSet<PathBuf> =
            staged.iter().map(|(_, staged)| staged.parent.clone()).collect();
        for (write, staged) in staged {
            staged.place(write).map_err(|found| match done {
                0 => found,
                done => Box::new(
                    found
                        .note(format!("{done} of {} were written before", plural(all, "file")))
                        .help("run the same command again to write the rest"),
                ),
            })?;
            done += 1;
        }
        parents.iter().for_each(|parent| files::sync_names(parent));
        Ok(())
    });
    if written.is_ok() {
        locks.remove_leftovers();
    }
    written
}

/// Keeps other runs that write encrypted files out of folders for as long as it lives. Where the
/// file system has no locks there is none.
struct Locks(Vec<FolderLock>);

/// Most folders that are locked: each takes an open file.
const MAX_LOCKS: usize = 200;

impl Locks {
    fn of(writes: &[Write], held: Option<&FolderLock>) -> Self {
        // In one order, so that two runs don't wait for each other.
        let folders: BTreeSet<PathBuf> = writes
            .iter()
            .filter_map(|write| Some(folder_of(&real_path(&write.path)?).to_owned()))
            .filter(|folder| held.is_none_or(|held| held.folder != *folder))
            .collect();
        let folders = folders.iter().take(MAX_LOCKS);
        Self(folders.filter_map(|folder| FolderLock::of(folder)).collect())
    }

    /// Removes what runs left that were killed.
    fn remove_leftovers(&self) {
        for FolderLock { folder, .. } in &self.0 {
            reserved::remove_encrypted_leftovers(folder);
        }
    }
}

struct Staged {
    /// Closed: a process may have only so many open files.
    file: TempPath,
    /// Without links.
    target: PathBuf,
    parent: PathBuf,
}

fn stage(write: &Write) -> Result<Staged, Box<Diagnostic>> {
    let path = &write.path;
    let cannot = |error: &io::Error| system_refuses(path, error);
    let target = match write.before {
        Some(_) => fs::canonicalize(path).map_err(|error| cannot(&error))?,
        None => path.clone(),
    };
    let parent = folder_of(&target).to_owned();
    has_folder(path, &parent)?;
    let mut file = reserved::encrypted_file_in(&parent).map_err(|error| cannot(&error))?;
    let fill = |file: &mut File| -> io::Result<()> {
        file.write_all(&write.bytes)?;
        if write.before.is_some() {
            file.set_permissions(fs::metadata(&target)?.permissions())?;
        }
        Ok(())
    };
    fill(file.as_file_mut()).map_err(|error| cannot(&error))?;
    Ok(Staged { file: file.into_temp_path(), target, parent })
}

/// All bytes are on the disk before a name leads to them, as far as the system can say so. From
/// many files on, one flush of the whole file system is faster than one a file.
fn flush(staged: &[&Staged]) {
    #[cfg(target_os = "linux")]
    if staged.len() >= 32 {
        use std::os::unix::fs::MetadataExt;
        let mut devices = BTreeSet::new();
        for staged in staged {
            let Ok(file) = File::open(&staged.file) else { continue };
            if file.metadata().is_ok_and(|found| devices.insert(found.dev())) {
                let _ = rustix::fs::syncfs(&file);
            }
        }
        return;
    }
    for staged in staged {
        let _ = File::open(&staged.file).and_then(|file| file.sync_data());
    }
}

fn check_unchanged(write: &Write) -> Result<(), Box<Diagnostic>> {
    let Some(before) = &write.before else { return check_absent(&write.path) };
    if read(&write.path)?.expose() == before.as_slice() {
        return Ok(());
    }
    let found = cannot_write(&write.path, "another program has changed it meanwhile");
    Err(Box::new(found.note("nothing was written").help("run the command again")))
}

pub(super) fn check_absent(path: &Path) -> Result<(), Box<Diagnostic>> {
    match fs::symlink_metadata(path) {
        Ok(found) if found.is_symlink() => {
            let why = "it is a symbolic link to a file that does not exist";
            Err(Box::new(cannot_write(path, why).help("remove the link")))
        }
        Ok(_) => Err(cannot_write(path, "it exists now")),
        Err(_) => Ok(()),
    }
}

impl Staged {
    fn place(self, write: &Write) -> Result<(), Box<Diagnostic>> {
        let placed = match write.before {
            Some(_) => self.file.persist(&self.target),
            None => self.file.persist_noclobber(&self.target),
        };
        placed.map_err(|error| system_refuses(&write.path, &error.error))?;
        Ok(())
    }
}

/// Whether there is a file, or a link. An error if the system can't have one at this path.
pub(crate) fn exists(path: &Path) -> Result<bool, Box<Diagnostic>> {
    match fs::symlink_metadata(path) {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(system_refuses(path, &error)),
    }
}

/// Whether a file can be deleted, as far as that can be known before.
pub(crate) fn check_deletable(path: &Path) -> Result<(), Box<Diagnostic>> {
    #[cfg(unix)]
    {
        use rustix::fs::{Access, access};
        if let Err(error) = access(folder_of(path), Access::WRITE_OK | Access::EXEC_OK) {
            return Err(cannot_delete(path, &error.into()));
        }
    }
    Ok(())
}

pub(crate) fn delete(path: &Path) -> Result<(), Box<Diagnostic>> {
    fs::remove_file(path).map_err(|error| cannot_delete(path, &error))
}

fn cannot_delete(path: &Path, error: &io::Error) -> Box<Diagnostic> {
    let (name, why) = (code(&super::texts::shown_name(path)), system_words(error));
    Box::new(diagnostic!(CANNOT_WRITE, "{name} can't be deleted: {why}"))
}

/// Makes a new file that only its owner may read or write.
pub(crate) fn create_private(path: &Path, bytes: &SecretBytes) -> Result<(), Box<Diagnostic>> {
    has_folder(path, folder_of(path))?;
    signals::after(|| {
        let mut file = files::create_private(path).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => Box::new(
                diagnostic!(FOREIGN_FILES, "{} already exists", code(&shown_name(path)))
                    .note("identity files are never overwritten: files may need the old key")
                    .help("choose another path")
                    .help(format!(
                        "run `mintage keygen -y {}` to print the recipient of the old key",
                        shell_word(&shown_name(path))
                    )),
            ),
            _ => system_refuses(path, &error),
        })?;
        let written = file.write_all(bytes.expose()).and_then(|()| file.sync_all());
        written.map_err(|error| {
            // Half a key is of no use.
            let _ = fs::remove_file(path);
            system_refuses(path, &error)
        })
    })
}
