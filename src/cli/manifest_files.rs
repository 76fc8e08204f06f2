//! The files of `check --manifests`: what is named on the command line, folders walked, stdin read.

use std::collections::BTreeSet;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::read::{read_text, utf16};
use crate::content::Content;
use crate::diag::phrases::code;
use crate::diag::{Diagnostic, diagnostic};
use crate::source::{FileId, SourceMap};

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
pub fn read(
    paths: &[PathBuf],
    sources: &mut SourceMap,
    problems: &mut Vec<Diagnostic>,
) -> ManifestFiles {
    let ManifestFiles { mut files, mut in_folders } = ManifestFiles::default();
    for path in paths {
        if path.as_os_str() == STDIN {
            files.extend(read_stdin(sources, problems));
        } else if path.is_dir() {
            let mut found = Vec::new();
            walk(path, &mut found, problems);
            if found.is_empty() {
                problems.push(
                    diagnostic!(
                        CANNOT_READ,
                        "there is no manifest in {}",
                        code(&path.display().to_string())
                    )
                    .note("of a folder the files that end in `.yaml`, `.yml` and `.json` are read"),
                );
            }
            found.sort();
            for path in &found {
                let file = read_text(path, "a file of manifests", sources, problems);
                files.extend(file);
                in_folders.extend(file);
            }
        } else {
            files.extend(read_text(path, "a file of manifests", sources, problems));
        }
    }
    ManifestFiles { files, in_folders }
}

/// Links to folders are not followed, as in kubectl.
fn walk(folder: &Path, found: &mut Vec<PathBuf>, problems: &mut Vec<Diagnostic>) {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => {
            let message = format!(
                "the folder {} can't be read: {}",
                code(&folder.display().to_string()),
                error.kind()
            );
            return problems.push(diagnostic!(CANNOT_READ, "{message}"));
        }
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

fn read_stdin(sources: &mut SourceMap, problems: &mut Vec<Diagnostic>) -> Option<FileId> {
    let mut bytes = Vec::new();
    if let Err(error) = std::io::stdin().lock().read_to_end(&mut bytes) {
        problems.push(diagnostic!(CANNOT_READ, "stdin can't be read: {}", error.kind()));
        return None;
    }
    match String::from_utf8(bytes) {
        Ok(text) => Some(sources.add_flag("stdin", text)),
        Err(error) if Content::of(error.as_bytes()) == Content::Utf16 => {
            problems.push(utf16("stdin"));
            None
        }
        Err(_) => {
            problems.push(diagnostic!(NOT_UTF8, "stdin is not UTF-8").help("manifests are UTF-8"));
            None
        }
    }
}
