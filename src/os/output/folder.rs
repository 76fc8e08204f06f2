//! Results as a folder: a file a Secret, a `kustomization.yaml` that lists them, and the list of
//! what is ours.
//!
//! What is promised to readers meanwhile: each file is the old one or the new one, whole;
//! `kustomization.yaml` lists only files that are there. To the person who runs mintage: all
//! changes are made or none, whatever fails and whichever signal comes.

use std::path::{Path, PathBuf};
use std::{fs, io};

use super::changes::{Changes, LIST, OutputFolder};
use super::survey::Survey;
use super::swap::{Swap, make_directory, remove_directories};
use super::{WriteFault, WriteReason, make_private, messages};
use crate::diag::Diagnostic;
use crate::emit::files::OutputFile;
use crate::os::lock::FolderLock;
use crate::os::paths::folder_of;
use crate::os::reserved::{ATTEMPTS, remove_leftovers};
use crate::os::signals;

impl OutputFolder<'_> {
    /// Makes the folder hold these files, mode 0600, its `kustomization.yaml` and the list of what
    /// is ours, and none of our older files, if they are stale. The folder and those above it are
    /// made if need be. A file that holds the very bytes keeps its time. Others' files stay, and
    /// where they are in the way, or a file of ours was changed, nothing is written.
    pub(crate) fn write(&self, files: Vec<OutputFile>) -> Result<Changes, Box<Diagnostic>> {
        // Another run may take its time, and it must be possible to stop waiting: not below, where
        // signals are held back.
        let lock = FolderLock::of(self.path);
        signals::after(|| {
            let (made, _lock) = self.make_and_lock(lock)?;
            remove_leftovers(self.path);
            let changes = self.survey(files).and_then(|survey| self.apply(survey));
            if changes.is_err() {
                remove_directories(&made);
            }
            changes
        })
    }

    /// Makes the folder, and gives the directories that were made. A run that fails removes a
    /// folder that it made, also while another waits for its lock: then it is made anew.
    fn make_and_lock(
        &self,
        mut lock: Option<FolderLock>,
    ) -> Result<(Vec<PathBuf>, Option<FolderLock>), WriteFault> {
        let mut made = Vec::new();
        for _ in 0..ATTEMPTS {
            made.extend(make_directories(self.path)?);
            match lock.or_else(|| FolderLock::of(self.path)) {
                Some(old) if !old.is_of(self.path) => lock = None,
                current => return Ok((made, current)),
            }
        }
        Ok((made, None))
    }

    /// Says what [`Self::write`] would change. Writes nothing.
    pub(crate) fn compare(&self, files: Vec<OutputFile>) -> Result<(), Box<Diagnostic>> {
        let Survey { mut changes, old_list, list, .. } = self.survey(files)?;
        match old_list {
            None if changes.is_empty() => changes.created.push(LIST.to_owned()),
            Some(old) if changes.is_empty() && old != list => {
                changes.replaced.push(LIST.to_owned());
            }
            _ => {}
        }
        if changes.is_empty() {
            return Ok(());
        }
        Err(messages::folder_differs(self.path, &changes).into())
    }

    fn apply(&self, survey: Survey) -> Result<Changes, Box<Diagnostic>> {
        if !survey.changes.foreign.is_empty() {
            return Err(messages::foreign(self.path, &survey.changes).into());
        }
        if !survey.changes.is_empty() || survey.old_list.as_ref() != Some(&survey.list) {
            self.swap(&survey)?;
        }
        // What a laxer mode allows others is taken away.
        for path in &survey.changes.same {
            let path = self.path.join(path);
            let _ = fs::symlink_metadata(&path).and_then(|found| make_private(&path, &found));
        }
        Ok(survey.changes)
    }

    /// In this order a reader who begins with `kustomization.yaml` finds at any moment all that it
    /// lists.
    fn swap(&self, survey: &Survey) -> Result<(), Box<Diagnostic>> {
        let mut swap = Swap::new(self.path)?;
        let list = self.path.join(LIST);
        if survey.old_list.as_ref() != Some(&survey.list_meanwhile) {
            swap.write(&list, survey.list_meanwhile.as_bytes())?;
        }
        // `kustomization.yaml` is the last of them.
        for file in &survey.writes {
            swap.write(&self.path.join(&file.path), file.bytes.expose())?;
        }
        for path in &survey.changes.removed {
            swap.remove(&self.path.join(path));
        }
        if survey.list_meanwhile != survey.list {
            swap.write(&list, survey.list.as_bytes())?;
        }
        swap.commit().map_err(|failure| match failure.backups {
            None => Box::from(failure.fault),
            Some(backups) => Box::new(messages::not_put_back(&failure.fault, &backups)),
        })?;
        // A folder that has something left in it stays.
        for (namespace, _) in survey.changes.removed.iter().filter_map(|path| path.split_once('/'))
        {
            let _ = fs::remove_dir(self.path.join(namespace));
        }
        Ok(())
    }
}

/// Makes a directory and those above it that are missing, and gives those that were made.
fn make_directories(path: &Path) -> Result<Vec<PathBuf>, WriteFault> {
    if path.as_os_str().is_empty() {
        return Err(WriteReason::BadPath.at(path));
    }
    let mut missing = vec![];
    let mut next = path.to_owned();
    while matches!(fs::metadata(&next), Err(error) if error.kind() == io::ErrorKind::NotFound) {
        let parent = folder_of(&next).to_owned();
        missing.push(next);
        next = parent;
    }
    let mut made = Vec::new();
    for directory in missing.into_iter().rev() {
        match make_directory(&directory) {
            Ok(true) => made.push(directory),
            Ok(false) => {}
            Err(error) => {
                remove_directories(&made);
                return Err(WriteReason::of_parent(&error, folder_of(&directory)).at(path));
            }
        }
    }
    match fs::metadata(path) {
        Ok(found) if found.is_dir() => Ok(made),
        Ok(_) => Err(WriteReason::ParentNotDirectory(path.to_owned()).at(path)),
        Err(error) => Err(WriteReason::of_parent(&error, folder_of(path)).at(path)),
    }
}
