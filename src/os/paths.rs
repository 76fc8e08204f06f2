//! Paths on the disk: without links, from a folder, and as people would type them.

use std::path::{MAIN_SEPARATOR, Path, PathBuf};
use std::{env, fs};

/// The folder of a file: `.` if the path names none.
pub(crate) fn folder_of(path: &Path) -> &Path {
    let named = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    named.unwrap_or(Path::new("."))
}

/// A path without links. The file and its folder need not exist.
pub(crate) fn real_path(path: &Path) -> Option<PathBuf> {
    fs::canonicalize(path).ok().or_else(|| Some(real_folder(path)?.join(path.file_name()?)))
}

/// The folder of a path without links. What does not exist of it has none.
pub(crate) fn real_folder(path: &Path) -> Option<PathBuf> {
    let folder = folder_of(path);
    match fs::canonicalize(folder) {
        Ok(real) => Some(real),
        Err(_) if fs::symlink_metadata(folder).is_ok() => None,
        // Without a name at its end, as in `a/..`, it may be anywhere.
        Err(_) => Some(real_folder(folder)?.join(folder.file_name()?)),
    }
}

/// A path from a folder, with `/` between its parts. Both are without links.
pub(crate) fn inside(folder: &Path, real: &Path) -> Option<String> {
    with_slashes(real.strip_prefix(folder).ok()?)
}

/// With `/` between its parts, if it is UTF-8.
pub(crate) fn with_slashes(path: &Path) -> Option<String> {
    Some(path.to_str()?.replace(MAIN_SEPARATOR, "/"))
}

/// A path from the current directory, where that is above it: as people would type it. Otherwise
/// as it was given.
pub(crate) fn from_here(path: &Path) -> PathBuf {
    let here = here();
    match real_path(path) {
        Some(real) if !here.as_os_str().is_empty() => {
            real.strip_prefix(here).unwrap_or(path).to_owned()
        }
        _ => path.to_owned(),
    }
}

/// The current directory, without links.
pub(crate) fn here() -> PathBuf {
    env::current_dir().and_then(fs::canonicalize).unwrap_or_default()
}
