//! Folders for new files.

use std::fs;
use std::path::{Path, PathBuf};

use super::bounded_read::{shorter_name, system_words};
use super::texts::shown_name;
use crate::diag::{Diagnostic, diagnostic, phrases::code};

/// Folders that were made, which go again at the end if nothing is in them.
#[derive(Default)]
pub(crate) struct NewFolders(Vec<PathBuf>);

impl NewFolders {
    /// Makes the folders of a file that are missing.
    pub(crate) fn make_for(&mut self, file: &Path) -> Result<(), Box<Diagnostic>> {
        let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) else {
            return Ok(());
        };
        let is_missing = |folder: &&Path| !folder.as_os_str().is_empty() && !folder.exists();
        let missing: Vec<&Path> = folder.ancestors().take_while(is_missing).collect();
        let made = fs::create_dir_all(folder);
        self.0.extend(missing.into_iter().rev().map(Path::to_owned));
        made.map_err(|error| {
            let folder = code(&shown_name(folder));
            let why = system_words(&error);
            let problem = diagnostic!(CANNOT_WRITE, "can't create the folder {folder}: {why}");
            Box::new(problem.maybe_help(shorter_name(&error)))
        })
    }
}

impl Drop for NewFolders {
    fn drop(&mut self) {
        for folder in self.0.iter().rev() {
            let _ = fs::remove_dir(folder);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_made_and_is_empty_goes() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("old")).unwrap();
        let mut folders = NewFolders::default();
        for file in ["old/x.age", "old/new/x.age", "a/b/c/x.age", "a/b/x.age"] {
            folders.make_for(&dir.path().join(file)).unwrap();
        }
        fs::write(dir.path().join("a/b/x.age"), "").unwrap();
        drop(folders);
        let is_there = |path: &str| dir.path().join(path).exists();
        assert!(is_there("old") && is_there("a/b/x.age"));
        assert!(!is_there("old/new") && !is_there("a/b/c"));
    }
}
