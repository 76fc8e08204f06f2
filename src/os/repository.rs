//! The folders above one, as far as its repository goes.

use std::fs;
use std::path::{Path, PathBuf};

use super::paths::here;

/// The root of the Git repository that a folder is in.
pub(crate) fn root_of(folder: &Path) -> Option<&Path> {
    folder.ancestors().find(|above| above.join(".git").exists())
}

/// The folders above `folder` up to the root of its Git repository, the nearest first, each as a
/// path that starts at `folder`: `..`, `../..`. None where `folder` is the root, or in no
/// repository.
pub(crate) fn folders_above(folder: &Path) -> Vec<PathBuf> {
    let given = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let Ok(real) = fs::canonicalize(given) else { return Vec::new() };
    let Some(root) = root_of(&real) else { return Vec::new() };
    let steps = real.strip_prefix(root).map_or(0, |inside| inside.components().count());
    let up = |path: &PathBuf| Some(path.join(".."));
    std::iter::successors(up(&folder.to_owned()), up).take(steps).collect()
}

/// A canonical folder and those above it, as far as a search upwards goes: to the root of its
/// repository; outside of any to the current directory, if that is above. What lies further up is
/// somebody else's.
pub(crate) fn upwards(folder: &Path) -> impl Iterator<Item = &Path> {
    let here = here();
    let top = match root_of(folder) {
        Some(root) => root.to_owned(),
        None if folder.starts_with(&here) => here,
        None => folder.to_owned(),
    };
    folder.ancestors().take_while(move |above| above.starts_with(&top))
}
