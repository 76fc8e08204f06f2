//! Many files change at once, or none does. All bytes are written aside first, so that a full disk
//! shows before anything has changed; what follows are renames, each of which can be undone.

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::{fs, io};

use super::{WriteFault, WriteReason, fill};
use crate::os::files::{create_private, create_private_folder, sync_names};
use crate::os::paths::folder_of;
use crate::os::reserved::{ReservedFolder, folder_in};
use crate::os::signals;

/// From this many files on, one flush of the whole file system is faster than one a file.
const MANY: usize = 32;

/// Changes of a folder's files that are prepared and not made yet. Dropped, it leaves nothing
/// behind.
pub(crate) struct Swap {
    folder: PathBuf,
    aside: ReservedFolder,
    aside_files: usize,
    steps: Vec<Step>,
    /// Directories of targets that were not there before.
    made: Vec<PathBuf>,
}

struct Step {
    target: PathBuf,
    /// The file that was written aside and takes the target's name; without it, the target goes.
    placed: Option<PathBuf>,
    backup: Option<PathBuf>,
}

pub(crate) struct Failure {
    pub fault: WriteFault,
    /// Where the old files are that could not be put back; `None` if everything is as it was.
    pub backups: Option<PathBuf>,
}

impl Swap {
    /// Prepares changes of files in and below a folder that is there.
    pub(crate) fn new(folder: &Path) -> Result<Self, WriteFault> {
        let aside =
            folder_in(folder).map_err(|error| WriteReason::of_parent(&error, folder).at(folder))?;
        Ok(Self {
            folder: folder.to_owned(),
            aside,
            aside_files: 0,
            steps: Vec::new(),
            made: Vec::new(),
        })
    }

    /// A file that will have these bytes and mode 0600. What is there before will be replaced; the
    /// directory that holds it is made.
    pub(crate) fn write(&mut self, target: &Path, bytes: &[u8]) -> Result<(), WriteFault> {
        let of = |error: io::Error| WriteReason::of(&error).at(target);
        if signals::pending() {
            // The rest need not be waited for. Nobody gets to read this.
            return Err(WriteReason::Io("interrupted".to_owned()).at(target));
        }
        let parent = folder_of(target);
        match make_directory(parent) {
            Ok(true) => self.made.push(parent.to_owned()),
            Ok(false) => {}
            Err(error) => return Err(WriteReason::of_parent(&error, parent).at(target)),
        }
        let aside = self.next();
        create_private(&aside).and_then(|mut file| fill(&mut file, bytes)).map_err(of)?;
        let backup = match fs::symlink_metadata(target) {
            Ok(_) => {
                let backup = self.next();
                // Not every file system has links, and not everybody may link to a file of somebody
                // else.
                fs::hard_link(target, &backup)
                    .or_else(|_| fs::copy(target, &backup).map(|_| ()))
                    .map_err(of)?;
                Some(backup)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(of(error)),
        };
        self.steps.push(Step { target: target.to_owned(), placed: Some(aside), backup });
        Ok(())
    }

    pub(crate) fn remove(&mut self, target: &Path) {
        let backup = self.next();
        self.steps.push(Step { target: target.to_owned(), placed: None, backup: Some(backup) });
    }

    pub(crate) fn commit(mut self) -> Result<(), Failure> {
        self.flush().map_err(|error| Failure {
            fault: WriteReason::of(&error).at(&self.folder),
            backups: None,
        })?;
        for (done, step) in self.steps.iter().enumerate() {
            if let Err(error) = step.take() {
                let fault =
                    WriteReason::of_parent(&error, folder_of(&step.target)).at(&step.target);
                let backups = self.undo(done);
                return Err(Failure { fault, backups });
            }
        }
        self.made.clear();
        // After the first, the others have little left to do.
        let folders: BTreeSet<_> = self.steps.iter().map(|step| folder_of(&step.target)).collect();
        folders.into_iter().for_each(sync_names);
        Ok(())
    }

    /// Takes back the first steps. Gives where the old files are if that fails.
    fn undo(&mut self, done: usize) -> Option<PathBuf> {
        let undone = self.steps.iter().take(done).rev().map(Step::undo);
        // All that can be undone is, whatever fails before it.
        if undone.filter(Result::is_err).count() == 0 {
            return None;
        }
        self.aside.folder.disable_cleanup(true);
        // The next run removes what is left by this name.
        let kept = self.aside.folder.path().with_extension("kept");
        Some(match fs::rename(self.aside.folder.path(), &kept) {
            Ok(()) => kept,
            Err(_) => self.aside.folder.path().to_owned(),
        })
    }

    fn next(&mut self) -> PathBuf {
        self.aside_files += 1;
        self.aside.folder.path().join(self.aside_files.to_string())
    }

    /// All bytes are on the disk before a name leads to them.
    fn flush(&self) -> io::Result<()> {
        if self.steps.len() >= MANY && flush_all(&self.folder).is_ok() {
            return Ok(());
        }
        let mut placed = self.steps.iter().filter_map(|step| step.placed.as_ref());
        placed.try_for_each(|aside| File::open(aside)?.sync_all())
    }
}

impl Drop for Swap {
    fn drop(&mut self) {
        remove_directories(&self.made);
    }
}

impl Step {
    fn take(&self) -> io::Result<()> {
        match (&self.placed, &self.backup) {
            (Some(placed), _) => fs::rename(placed, &self.target),
            (None, Some(backup)) => fs::rename(&self.target, backup),
            (None, None) => Ok(()),
        }
    }

    fn undo(&self) -> io::Result<()> {
        match &self.backup {
            Some(backup) => fs::rename(backup, &self.target),
            None => match fs::remove_file(&self.target) {
                // Of two writes to a new file the first to be undone has removed it.
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
                removed => removed,
            },
        }
    }
}

/// Makes a directory that only its owner may look into, unless it is there. Gives whether it was
/// made.
pub(crate) fn make_directory(path: &Path) -> io::Result<bool> {
    match create_private_folder(path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error),
    }
}

/// Inner ones were made last; one that somebody has put something into stays.
pub(super) fn remove_directories(made: &[PathBuf]) {
    for directory in made.iter().rev() {
        let _ = fs::remove_dir(directory);
    }
}

#[cfg(target_os = "linux")]
fn flush_all(folder: &Path) -> io::Result<()> {
    Ok(rustix::fs::syncfs(File::open(folder)?)?)
}

#[cfg(not(target_os = "linux"))]
fn flush_all(_folder: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}
