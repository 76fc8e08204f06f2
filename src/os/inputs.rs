//! The files that a run has read. None of them is ever one of its outputs, whatever flags say.

use std::path::{Path, PathBuf};
use std::{collections::BTreeMap, fs, fs::Metadata};

use super::paths::real_path;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputFile {
    /// As what, with its article: `a spec`.
    pub read_as: &'static str,
    /// What whoever named it calls it.
    pub name: String,
}

/// Device and inode, which all names of a file share.
type FileNumber = (u64, u64);

/// Regular files that were read, by path and by file number: a hard link has another path, and an
/// editor that saves gives the path another file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inputs {
    paths: BTreeMap<PathBuf, InputFile>,
    numbers: BTreeMap<FileNumber, InputFile>,
}

impl Inputs {
    /// Records a file; `found` comes from the handle that is read. `path` is `None` where nobody
    /// knows one, as with stdin. Pipes and devices hold nothing that could be lost.
    pub fn add(
        &mut self,
        read_as: &'static str,
        name: &str,
        path: Option<&Path>,
        found: &Metadata,
    ) {
        if !found.is_file() {
            return;
        }
        let input = InputFile { read_as, name: name.to_owned() };
        if let Some(number) = number(found) {
            self.numbers.entry(number).or_insert_with(|| input.clone());
        }
        if let Some(path) = path.and_then(|path| fs::canonicalize(path).ok()) {
            self.paths.entry(path).or_insert(input);
        }
    }

    pub fn extend(&mut self, others: Self) {
        self.paths.extend(others.paths);
        self.numbers.extend(others.numbers);
    }

    /// The input at a path, links followed.
    pub fn find(&self, path: &Path) -> Option<&InputFile> {
        let found = fs::metadata(path).ok().and_then(|found| self.find_file(&found));
        found.or_else(|| self.paths.get(&real_path(path)?))
    }

    pub fn find_file(&self, found: &Metadata) -> Option<&InputFile> {
        number(found).and_then(|number| self.numbers.get(&number))
    }
}

#[cfg(unix)]
fn number(found: &Metadata) -> Option<FileNumber> {
    use std::os::unix::fs::MetadataExt;
    Some((found.dev(), found.ino()))
}

#[cfg(not(unix))]
fn number(_found: &Metadata) -> Option<FileNumber> {
    None
}
