//! What a write may replace: never an input of the run, and of other files only those that hold
//! nothing but output of mintage.

use std::fs::Metadata;
use std::io::Read as _;
use std::path::Path;
use std::{fs, io};

use super::WriteReason;
use crate::content::Content;
use crate::os::bounded_read::system_words;
use crate::os::files::{self, Accept, ReadFault};
use crate::os::inputs::Inputs;

/// Largest file that is read to see whether it is ours, in bytes.
const MAX_JUDGED_BYTES: usize = 256 << 20;

/// As much of a file as tells whether age encrypted it.
const HEAD: usize = 1024;

#[derive(Clone, Copy, Debug)]
pub(crate) struct Overwrite<'a> {
    pub inputs: &'a Inputs,
    pub existing: Existing,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Existing {
    /// Those whose text this function knows as written by mintage.
    Ours(fn(&str) -> bool),
    /// All but those that age encrypted: `--force`.
    Any,
}

impl Overwrite<'_> {
    /// Refuses an input of the run. Links on the path are followed.
    pub(crate) fn refuse_input(&self, path: &Path) -> Result<(), WriteReason> {
        self.inputs.find(path).map_or(Ok(()), |input| Err(WriteReason::Input(input.clone())))
    }

    /// Whether the file at a path without links, if there is one, may be replaced.
    pub(crate) fn judge(&self, target: &Path) -> Result<(), WriteReason> {
        self.refuse_input(target)?;
        match fs::symlink_metadata(target) {
            Ok(found) => self.judge_content(target, &found),
            // A folder that is missing too is reported when the file is made.
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
                ) =>
            {
                Ok(())
            }
            Err(error) => Err(WriteReason::of(&error)),
        }
    }

    pub(crate) fn judge_content(&self, path: &Path, found: &Metadata) -> Result<(), WriteReason> {
        if is_encrypted(path) {
            return Err(WriteReason::Encrypted);
        }
        match self.existing {
            Existing::Any => Ok(()),
            Existing::Ours(is_ours) => judge_text(path, found, is_ours),
        }
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
    match files::read(path, Accept::RegularFiles, MAX_JUDGED_BYTES) {
        Ok((bytes, _)) if bytes.expose_str().is_some_and(is_ours) => Ok(()),
        Ok(_) | Err(ReadFault::TooLarge) => Err(WriteReason::Foreign),
        Err(fault) => Err(WriteReason::Unreadable(system_words(&fault.into_io()))),
    }
}

/// A file that can't be read is no reason to keep it from `--force`.
fn is_encrypted(path: &Path) -> bool {
    let Ok((file, _)) = files::open(path, Accept::RegularFiles) else { return false };
    let head = files::read_open(file.take(HEAD as u64), HEAD as u64, HEAD);
    head.is_ok_and(|head| matches!(Content::of(head.expose()), Content::Age(_)))
}
