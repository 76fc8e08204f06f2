//! Encrypted files below folders: age files by their ending, and specs, which may hold armored
//! texts.

use std::fs;
use std::path::{Path, PathBuf};

use super::encrypted_files::no_encrypted_file;
use super::paths::from_here;
use super::texts::{cannot_read, walk};
use crate::diag::Diagnostic;
use crate::world::is_skipped_directory;

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    File(PathBuf),
    Spec(PathBuf),
}

/// What the paths name: folders with all that is in them, and files whatever their names are. A
/// link that is found below a folder is left out: what it leads to has a place of its own.
pub(crate) fn find(paths: &[PathBuf], problems: &mut Vec<Diagnostic>) -> Vec<Place> {
    let mut places = Vec::new();
    for path in paths {
        match fs::metadata(path) {
            Ok(found) if found.is_dir() => in_folder(path, &mut places, problems),
            Ok(_) if has_ending(path, "toml") => places.push(Place::Spec(real(path))),
            Ok(_) => places.push(Place::File(real(path))),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                problems.push(no_encrypted_file(path));
            }
            Err(error) => problems.push(cannot_read("", path, &error)),
        }
    }
    places.sort();
    places.dedup();
    places
}

/// What a path leads to: rules are for the file itself, not for links to it.
fn real(path: &Path) -> PathBuf {
    match fs::canonicalize(path) {
        Ok(real) if path.is_symlink() => from_here(&real),
        _ => path.strip_prefix("./").unwrap_or(path).to_owned(),
    }
}

fn in_folder(folder: &Path, places: &mut Vec<Place>, problems: &mut Vec<Diagnostic>) {
    let keep = |name: &str, is_folder: bool| match is_folder {
        true => !is_skipped_directory(name),
        false => name.ends_with(".age") || name == "mintage.toml",
    };
    let mut files = Vec::new();
    walk(folder, keep, &mut files, problems);
    for path in files {
        if path.is_symlink() {
            continue;
        }
        let path = path.strip_prefix("./").map(Path::to_owned).unwrap_or(path);
        match has_ending(&path, "age") {
            true => places.push(Place::File(path)),
            false => places.push(Place::Spec(path)),
        }
    }
}

fn has_ending(path: &Path, ending: &str) -> bool {
    path.extension().is_some_and(|found| found == ending)
}
