//! The files of `check --manifests`: what is named on the command line, folders walked, stdin read.

use std::{collections::BTreeSet, path::PathBuf};

use super::session::Session;
use crate::diag::{diagnostic, phrases::code};
use crate::os::texts::{read_stdin, walk};
use crate::source::FileId;

const ENDINGS: [&str; 3] = ["yaml", "yml", "json"];
const STDIN: &str = "-";

#[derive(Default)]
pub struct ManifestFiles {
    pub files: Vec<FileId>,
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
            walk(path, may_hold_manifests, &mut found, &mut session.problems);
            if found.is_empty() {
                let folder = code(&path.display().to_string());
                session.problems.push(
                    diagnostic!(CANNOT_READ, "no manifests found in {folder}").note(
                        "in a folder, mintage reads files that end in `.yaml`, `.yml` or `.json`",
                    ),
                );
            }
            for path in &found {
                let file = session.read_found(path, "a file of manifests");
                read.files.extend(file);
                read.in_folders.extend(file);
            }
        } else {
            read.files.extend(session.read(path, "a file of manifests"));
        }
    }
    read
}

/// Hidden ones are passed over.
fn may_hold_manifests(name: &str, is_folder: bool) -> bool {
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    !name.starts_with('.') && (is_folder || ENDINGS.contains(&ending))
}
