//! An output folder, and what becomes of its files.

use std::path::Path;

use super::{Overwrite, WriteFault};
use crate::diag::Diagnostic;

/// The name of the list of what is ours.
pub(super) const LIST: &str = ".mintage";

pub(crate) struct OutputFolder<'a> {
    pub path: &'a Path,
    pub stale: StaleFiles,
    pub overwrite: Overwrite<'a>,
}

/// What happens to files of ours that are not among those to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StaleFiles {
    /// Their Secrets are gone, so they go too.
    Removed,
    /// Only some of the Secrets were asked for: they stay, and stay listed.
    Kept,
}

/// What becomes of a folder's files, by their paths from it.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    pub created: Vec<String>,
    /// Those that hold something else.
    pub replaced: Vec<String>,
    pub removed: Vec<String>,
    /// Those that are not as mintage wrote them, and stand in the way.
    pub foreign: Vec<String>,
    /// How many of the foreign ones `--force` does not overwrite either.
    pub stuck: usize,
    pub same: usize,
}

impl Changes {
    pub(crate) fn is_empty(&self) -> bool {
        [&self.created, &self.replaced, &self.removed, &self.foreign]
            .iter()
            .all(|paths| paths.is_empty())
    }
}

/// A folder that could not be written or looked at.
#[derive(Debug)]
pub(crate) enum FolderFault {
    /// Nothing in it has changed.
    Write(WriteFault),
    Refused(Box<Diagnostic>),
}

impl From<WriteFault> for FolderFault {
    fn from(fault: WriteFault) -> Self {
        Self::Write(fault)
    }
}

impl From<Diagnostic> for FolderFault {
    fn from(diagnostic: Diagnostic) -> Self {
        Self::Refused(Box::new(diagnostic))
    }
}
