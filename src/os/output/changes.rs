//! An output folder, and what becomes of its files.

use std::path::Path;

use super::Overwrite;

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
    pub replaced: Vec<String>,
    pub removed: Vec<String>,
    /// Those that are not as mintage wrote them, and stand in the way.
    pub foreign: Vec<String>,
    /// Some of the foreign ones `--force` does not overwrite either.
    pub stuck: bool,
    pub same: Vec<String>,
}

impl Changes {
    pub(crate) fn is_empty(&self) -> bool {
        [&self.created, &self.replaced, &self.removed, &self.foreign]
            .iter()
            .all(|paths| paths.is_empty())
    }
}
