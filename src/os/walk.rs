//! The files below a root, without following links.

use std::fs;
use std::path::{Path, PathBuf};

use crate::world::{Listing, MAX_LISTED, is_skipped_directory};

/// Files below a canonical directory whose names end in `suffix`; `None` when there is too much to look at, or the system says no.
pub(crate) fn list(root: &Path, suffix: &str) -> Option<Listing> {
    let mut listing = Listing { root: text(root)?, ..Listing::default() };
    let mut directories: Vec<(PathBuf, String)> = vec![(root.to_owned(), String::new())];
    let mut entries = 0;
    while let Some((directory, prefix)) = directories.pop() {
        for entry in fs::read_dir(&directory).ok()? {
            let entry = entry.ok()?;
            entries += 1;
            if entries > MAX_LISTED {
                return None;
            }
            // What is not UTF-8 can't be named in a spec.
            let Ok(name) = entry.file_name().into_string() else { continue };
            let kind = entry.file_type().ok()?;
            let path = format!("{prefix}{name}");
            if kind.is_symlink() {
                listing.links.extend(target(root, &entry.path()).map(|target| (path, target)));
            } else if kind.is_dir() {
                let below = entry.path();
                if !is_skipped_directory(&name) && !below.join("mintage.toml").exists() {
                    directories.push((below, format!("{path}/")));
                }
            } else if name.ends_with(suffix) {
                listing.files.push(path);
            }
        }
    }
    listing.files.sort_unstable();
    listing.links.sort_unstable();
    Some(listing)
}

/// Where a link leads, as a path from the root, if it stays inside.
fn target(root: &Path, link: &Path) -> Option<String> {
    let canonical = fs::canonicalize(link).ok()?;
    text(canonical.strip_prefix(root).ok()?)
}

/// With `/` between its parts, if it is UTF-8.
fn text(path: &Path) -> Option<String> {
    path.to_str().map(|text| text.replace(std::path::MAIN_SEPARATOR, "/"))
}
