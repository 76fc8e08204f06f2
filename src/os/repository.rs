//! The folders above one, as far as its repository goes.

use std::fs;
use std::path::{Path, PathBuf};

/// The folders above `folder` up to the root of its git repository, the nearest first, each as a
/// path that starts at `folder`: `..`, `../..`. None where `folder` is the root, or in no
/// repository.
pub(crate) fn folders_above(folder: &Path) -> Vec<PathBuf> {
    let given = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let Ok(real) = fs::canonicalize(given) else { return Vec::new() };
    let mut above = Vec::new();
    let mut relative = folder.to_owned();
    for place in real.ancestors() {
        if place != real {
            relative.push("..");
            above.push(relative.clone());
        }
        if place.join(".git").exists() {
            return above;
        }
    }
    Vec::new()
}
