//! What a write may replace: never an input of the run, and of other files only those that hold
//! nothing but output of mintage.
//!
//! The file is judged before anything is written and looked at again before the rename that
//! replaces it. What remains is the instant between that look and the rename: no system has a
//! rename that first compares.

use std::fs::{File, Metadata};
use std::path::Path;
use std::time::SystemTime;
use std::{fs, io};

use super::WriteReason;
use crate::os::bounded_read::{read_at_most, system_words};
use crate::os::inputs::Inputs;

/// Largest file that is read to see whether it is ours, in bytes.
pub(crate) const MAX_JUDGED_BYTES: usize = 256 << 20;

/// What a write may replace.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Overwrite<'a> {
    /// Files that the run has read, which no flag opens.
    pub inputs: &'a Inputs,
    /// Which other files that hold something.
    pub existing: Existing,
}

/// Which files that hold something may be replaced.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Existing {
    /// Those whose text this function knows as written by mintage.
    Ours(fn(&str) -> bool),
    /// All: `--force`.
    Any,
}

/// What was at a path. Two that are equal are the same file with the same content, as far as a file
/// system tells.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum FileState {
    Nothing,
    Something { number: (u64, u64), len: u64, modified: Option<SystemTime>, changed: (i64, i64) },
}

impl Overwrite<'_> {
    /// Refuses an input of the run. Links on the path are followed.
    pub(crate) fn refuse_input(&self, path: &Path) -> Result<(), WriteReason> {
        self.inputs.find(path).map_or(Ok(()), |input| Err(WriteReason::Input(input.clone())))
    }

    /// Whether the file at a path without links, if there is one, may be replaced; gives what was
    /// found there.
    pub(crate) fn judge(&self, target: &Path) -> Result<FileState, WriteReason> {
        self.refuse_input(target)?;
        let found = match fs::symlink_metadata(target) {
            Ok(found) => found,
            // A folder that is missing too is said by whoever makes the file.
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
                ) =>
            {
                return Ok(FileState::Nothing);
            }
            Err(error) => return Err(WriteReason::of(&error)),
        };
        self.judge_content(target, &found)?;
        Ok(FileState::of(&found))
    }

    /// Whether a regular file may be replaced for what it holds.
    pub(crate) fn judge_content(&self, path: &Path, found: &Metadata) -> Result<(), WriteReason> {
        match self.existing {
            Existing::Any => Ok(()),
            Existing::Ours(is_ours) => judge_text(path, found, is_ours),
        }
    }

    /// The same as [`Self::judge`] for a path that was judged before; reads the file again only if
    /// it has changed meanwhile.
    pub(crate) fn confirm(&self, target: &Path, judged: &FileState) -> Result<(), WriteReason> {
        let unchanged = match fs::symlink_metadata(target) {
            Ok(found) => FileState::of(&found) == *judged,
            Err(_) => *judged == FileState::Nothing,
        };
        if unchanged { Ok(()) } else { self.judge(target).map(|_| ()) }
    }
}

/// Whether a file holds what `is_ours` knows, or nothing.
pub(crate) fn judge_text(
    path: &Path,
    found: &Metadata,
    is_ours: fn(&str) -> bool,
) -> Result<(), WriteReason> {
    if !found.is_file() {
        return Err(WriteReason::Foreign);
    }
    if found.len() == 0 {
        return Ok(());
    }
    let read = File::open(path).and_then(|file| read_at_most(file, found.len(), MAX_JUDGED_BYTES));
    match read {
        Ok(Some(bytes)) if bytes.expose_str().is_some_and(is_ours) => Ok(()),
        Ok(Some(_)) => Err(WriteReason::Foreign),
        Ok(None) => {
            Err(WriteReason::Unknown(format!("is larger than {} MiB", MAX_JUDGED_BYTES >> 20)))
        }
        Err(error) => Err(WriteReason::Unknown(format!("can't be read: {}", system_words(&error)))),
    }
}

impl FileState {
    fn of(found: &Metadata) -> Self {
        #[cfg(unix)]
        let (number, changed) = {
            use std::os::unix::fs::MetadataExt;
            ((found.dev(), found.ino()), (found.ctime(), found.ctime_nsec()))
        };
        #[cfg(not(unix))]
        let (number, changed) = ((0, 0), (0, 0));
        Self::Something { number, len: found.len(), modified: found.modified().ok(), changed }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{Existing, FileState, Overwrite};
    use crate::os::inputs::Inputs;
    use crate::os::output::WriteReason;

    #[test]
    fn what_changes_after_the_judgement_is_judged_again() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("out.yaml");
        let inputs = Inputs::default();
        let overwrite =
            Overwrite { inputs: &inputs, existing: Existing::Ours(|text| text == "ours") };
        let judged = overwrite.judge(&path).unwrap();
        assert_eq!(judged, FileState::Nothing);
        assert_eq!(overwrite.confirm(&path, &judged), Ok(()));
        fs::write(&path, "mine").unwrap();
        assert_eq!(overwrite.confirm(&path, &judged), Err(WriteReason::Foreign));
        fs::write(&path, "ours").unwrap();
        let judged = overwrite.judge(&path).unwrap();
        assert_eq!(overwrite.confirm(&path, &judged), Ok(()));
        // Another file of the same length by the same name.
        fs::write(dir.path().join("next"), "mine").unwrap();
        fs::rename(dir.path().join("next"), &path).unwrap();
        assert_eq!(overwrite.confirm(&path, &judged), Err(WriteReason::Foreign));
        // That of another run is as good as the old one.
        fs::write(dir.path().join("next"), "ours").unwrap();
        fs::rename(dir.path().join("next"), &path).unwrap();
        assert_eq!(overwrite.confirm(&path, &judged), Ok(()));
    }
}
