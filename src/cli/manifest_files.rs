//! The files of `check --manifests`: what is named on the command line, folders walked, stdin read.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::session::Session;
use crate::diag::phrases::code;
use crate::diag::{Diagnostic, diagnostic};
use crate::os::texts::{cannot_read, read_stdin};
use crate::source::FileId;

const ENDINGS: [&str; 3] = ["yaml", "yml", "json"];
/// What stands for stdin, as in kubectl.
const STDIN: &str = "-";

/// The files that were read.
#[derive(Default)]
pub struct ManifestFiles {
    /// All of them.
    pub files: Vec<FileId>,
    /// Those that were found in a folder.
    pub in_folders: BTreeSet<FileId>,
}

/// Reads every file of manifests; of a folder all below it, sorted by path, but for hidden ones.
pub fn read(paths: &[PathBuf], session: &mut Session) -> ManifestFiles {
    let mut read = ManifestFiles::default();
    for path in paths {
        if path.as_os_str() == STDIN {
            match read_stdin() {
                Ok(text) => read.files.push(session.sources.add_flag("stdin", text)),
                Err(diagnostic) => session.problems.push(*diagnostic),
            }
        } else if path.is_dir() {
            let mut found = Vec::new();
            walk(path, &mut found, &mut session.problems);
            if found.is_empty() {
                let folder = code(&path.display().to_string());
                session.problems.push(
                    diagnostic!(CANNOT_READ, "there is no manifest in {folder}").note(
                        "of a folder the files that end in `.yaml`, `.yml` and `.json` are read",
                    ),
                );
            }
            found.sort();
            for path in &found {
                let file = session.read(path, "a file of manifests");
                read.files.extend(file);
                read.in_folders.extend(file);
            }
        } else {
            read.files.extend(session.read(path, "a file of manifests"));
        }
    }
    read
}

/// Links to folders are not followed, as in kubectl.
fn walk(folder: &Path, found: &mut Vec<PathBuf>, problems: &mut Vec<Diagnostic>) {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => return problems.push(cannot_read("the folder ", folder, &error)),
    };
    for entry in entries.flatten() {
        let path = entry.path();
        let hidden = entry.file_name().to_string_lossy().starts_with('.');
        let Ok(kind) = entry.file_type() else { continue };
        if hidden {
        } else if kind.is_dir() {
            walk(&path, found, problems);
        } else if path
            .extension()
            .is_some_and(|ending| ENDINGS.iter().any(|known| ending == *known))
        {
            found.push(path);
        }
    }
}
