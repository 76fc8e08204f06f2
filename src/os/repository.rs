//! The folders above one, as far as its repository goes.

use std::path::{Path, PathBuf};
use std::{env, fs};

/// The root of the git repository that a folder is in.
pub(crate) fn root_of(folder: &Path) -> Option<&Path> {
    folder.ancestors().find(|above| above.join(".git").exists())
}

/// The folders above `folder` up to the root of its git repository, the nearest first, each as a
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

/// Whether a search upwards ends at a canonical folder: at the root of a repository; outside of any
/// at the current directory, or at once where that is elsewhere: what lies above is somebody
/// else's.
pub(crate) fn is_top(folder: &Path) -> bool {
    if let Some(root) = root_of(folder) {
        return root == folder;
    }
    let here = here();
    folder == here || !folder.starts_with(&here)
}

/// A path from the current directory, where that is above it: as people would type it.
pub(crate) fn from_here(path: &Path) -> PathBuf {
    let here = here();
    match path.strip_prefix(&here) {
        Ok(inside) if !here.as_os_str().is_empty() => inside.to_owned(),
        _ => path.to_owned(),
    }
}

fn here() -> PathBuf {
    env::current_dir().and_then(fs::canonicalize).unwrap_or_default()
}
