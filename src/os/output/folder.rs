//! Results as a folder: a file a Secret, a `kustomization.yaml` that lists them, and the list of
//! what is ours.
//!
//! What is promised to whoever reads meanwhile: each file is the old one or the new one, whole;
//! `kustomization.yaml` lists only files that are there. To whoever runs us: all changes are made
//! or none, whatever fails and whichever signal comes.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::{fs, io};

use super::survey::{FolderFault, StaleFiles, Survey};
use super::swap::{Swap, make_directory, remove_leftovers};
use super::{Overwrite, WriteFault, WriteReason, marker, parent_of};
use crate::emit::files::OutputFile;
use crate::os::signals;

/// What became of a folder's files, by their paths from it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Changes {
    /// New ones; in a comparison those that are missing.
    pub created: Vec<String>,
    /// Those that held something else.
    pub replaced: Vec<String>,
    /// Those whose Secrets are gone.
    pub removed: Vec<String>,
    /// Those that are not ours and stand in the way; only in a comparison.
    pub foreign: Vec<String>,
    /// Those of ours that were changed, and would be replaced or removed; only in a comparison.
    pub edited: Vec<String>,
    /// How many were left alone.
    pub same: usize,
}

impl Changes {
    /// Whether the folder is as it should be.
    pub(crate) fn is_empty(&self) -> bool {
        [&self.created, &self.replaced, &self.removed, &self.foreign, &self.edited]
            .iter()
            .all(|paths| paths.is_empty())
    }
}

/// Makes a folder hold these files, mode 0600, its `kustomization.yaml` and the list of what is
/// ours, and none of our older files, if `rest` says so. The folder and those above it are made if
/// need be. A file that holds the very bytes keeps its time. Others' files stay, and where they are
/// in the way, or a file of ours was changed, nothing is written unless `overwrite` lets it.
pub(crate) fn write_folder(
    folder: &Path,
    files: Vec<OutputFile>,
    rest: StaleFiles,
    overwrite: Overwrite<'_>,
) -> Result<Changes, FolderFault> {
    if folder.as_os_str().is_empty() {
        return Err(fault(folder, WriteReason::BadPath));
    }
    // Another run may take its time, and whoever waits must be able to stop waiting: not below,
    // where signals are held back.
    let lock = Lock::of(folder);
    signals::after(|| {
        let made = make_directories(folder)?;
        let lock = lock.or_else(|| Lock::of(folder));
        let changes =
            Survey::new(folder, files, rest, overwrite).and_then(|survey| apply(folder, &survey));
        match &changes {
            Ok(_) if lock.is_some() => remove_leftovers(folder, overwrite.inputs),
            Ok(_) => {}
            Err(_) => made.iter().rev().for_each(|directory| _ = fs::remove_dir(directory)),
        }
        changes
    })
}

/// What [`write_folder`] would do. Writes nothing.
pub(crate) fn compare_folder(
    folder: &Path,
    files: Vec<OutputFile>,
    rest: StaleFiles,
    overwrite: Overwrite<'_>,
) -> Result<Changes, FolderFault> {
    let survey = Survey::new(folder, files, rest, overwrite)?;
    let mut changes = changes(&survey);
    changes.foreign.clone_from(&survey.foreign);
    changes.edited.clone_from(&survey.edited);
    if changes.is_empty() && !survey.is_clean() {
        let list = marker::NAME.to_owned();
        if survey.old_marker.is_none() {
            changes.created.push(list)
        } else {
            changes.replaced.push(list)
        }
    }
    Ok(changes)
}

fn changes(survey: &Survey) -> Changes {
    let paths = |replaces| {
        survey
            .writes
            .iter()
            .filter(move |write| write.replaces == replaces)
            .map(|write| write.path.clone())
    };
    Changes {
        created: paths(false).collect(),
        replaced: paths(true).collect(),
        removed: survey.stale.clone(),
        foreign: Vec::new(),
        edited: Vec::new(),
        same: survey.same.len(),
    }
}

fn apply(folder: &Path, survey: &Survey) -> Result<Changes, FolderFault> {
    if survey.is_blocked() {
        return Err(FolderFault::Foreign {
            folder: folder.to_owned(),
            paths: survey.foreign.clone(),
            stuck: survey.stuck,
            edited: survey.edited.clone(),
        });
    }
    if !survey.is_clean() {
        swap(folder, survey)?;
    }
    survey.make_private(folder);
    Ok(changes(survey))
}

/// In this order a reader who begins with `kustomization.yaml` finds at any moment all that it
/// lists.
fn swap(folder: &Path, survey: &Survey) -> Result<(), FolderFault> {
    let mut swap = Swap::new(folder).map_err(FolderFault::Write)?;
    let list = folder.join(marker::NAME);
    if survey.old_marker.as_ref() != Some(&survey.union) {
        swap.write(&list, survey.union.as_bytes()).map_err(FolderFault::Write)?;
    }
    // `kustomization.yaml` is the last of them.
    for write in &survey.writes {
        swap.write(&folder.join(&write.path), write.bytes.expose()).map_err(FolderFault::Write)?;
    }
    survey.stale.iter().for_each(|path| swap.remove(&folder.join(path)));
    if survey.union != survey.marker {
        swap.write(&list, survey.marker.as_bytes()).map_err(FolderFault::Write)?;
    }
    swap.commit().map_err(|failure| match failure.backups {
        None => FolderFault::Write(failure.fault),
        Some(backups) => FolderFault::NotPutBack { fault: failure.fault, backups },
    })?;
    // A folder that has something left in it stays.
    let namespaces = survey.stale.iter().filter_map(|path| path.split_once('/'));
    namespaces.for_each(|(namespace, _)| _ = fs::remove_dir(folder.join(namespace)));
    Ok(())
}

/// Makes a directory and those above it that are missing, and gives those that were made.
fn make_directories(path: &Path) -> Result<Vec<PathBuf>, FolderFault> {
    let mut missing = vec![];
    let mut next = path.to_owned();
    while matches!(fs::metadata(&next), Err(error) if error.kind() == io::ErrorKind::NotFound) {
        let parent = parent_of(&next);
        missing.push(next);
        next = parent;
    }
    let mut made = Vec::new();
    for directory in missing.into_iter().rev() {
        match make_directory(&directory) {
            Ok(true) => made.push(directory),
            Ok(false) => {}
            Err(error) => {
                made.iter().rev().for_each(|directory| _ = fs::remove_dir(directory));
                return Err(fault(path, WriteReason::of_parent(&error, &parent_of(&directory))));
            }
        }
    }
    match fs::metadata(path) {
        Ok(found) if found.is_dir() => Ok(made),
        Ok(_) => Err(fault(path, WriteReason::ParentNotDirectory(path.to_owned()))),
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
            Err(fault(path, WriteReason::ParentNotDirectory(parent_of(path))))
        }
        Err(error) => Err(fault(path, WriteReason::of(&error))),
    }
}

fn fault(path: &Path, reason: WriteReason) -> FolderFault {
    FolderFault::Write(WriteFault { target: path.to_string_lossy().into_owned(), reason })
}

/// Keeps other runs out of a folder for as long as it lives. Where the file system has no locks
/// there is none, and two runs at the same time may mix their files.
struct Lock(#[allow(dead_code, reason = "the lock lives as long as the file is open")] File);

impl Lock {
    #[cfg(unix)]
    fn of(folder: &Path) -> Option<Self> {
        let directory = File::open(folder).ok()?;
        rustix::fs::flock(&directory, rustix::fs::FlockOperation::LockExclusive).ok()?;
        Some(Self(directory))
    }

    #[cfg(not(unix))]
    fn of(_folder: &Path) -> Option<Self> {
        None
    }
}
