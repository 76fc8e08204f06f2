//! Which age files specs of the repository read, by the text of each: two specs may share a file.

use std::collections::BTreeSet;
use std::fs;
use std::path::{MAIN_SEPARATOR, Path, PathBuf};

use super::age_files::{Place, find};
use super::sandbox::SpecPath;
use super::{files::Accept, inputs::Inputs, repository, texts};
use crate::diag::Diagnostic;
use crate::encrypted::armored::{age_file_patterns, age_files};
use crate::source::SourceMap;
use crate::spec::path_pattern::PathPattern;
use crate::spec::{self, Spec};
use crate::world::MAX_FILE_BYTES;

/// A spec, and the age files that it reads.
#[derive(Debug)]
pub(crate) struct ReadingSpec {
    /// What messages call it.
    pub name: String,
    /// Without links.
    pub folder: PathBuf,
    files: BTreeSet<PathBuf>,
    patterns: Vec<PathPattern>,
}

impl ReadingSpec {
    /// The spec in a canonical folder.
    pub(crate) fn of(spec: &Spec, name: String, folder: &Path) -> Self {
        let on_disk = |inside: &&str| real_path(&SpecPath::new(inside).on_disk(folder));
        let files = age_files(spec).iter().filter_map(on_disk).collect();
        Self { name, folder: folder.to_owned(), files, patterns: age_file_patterns(spec) }
    }

    /// Whether it reads, or may read, the file at a path without links.
    pub(crate) fn reads(&self, real: &Path) -> bool {
        if self.files.contains(real) {
            return true;
        }
        let Some(inside) = inside(&self.folder, real) else { return false };
        self.patterns.iter().any(|pattern| pattern.matches(&inside))
    }
}

/// A path without links. The file and its folder need not exist.
pub(crate) fn real_path(path: &Path) -> Option<PathBuf> {
    fs::canonicalize(path).ok().or_else(|| Some(real_folder(path)?.join(path.file_name()?)))
}

/// The folder of a path without links. What does not exist of it has none.
pub(crate) fn real_folder(path: &Path) -> Option<PathBuf> {
    let folder = match path.parent()? {
        folder if folder.as_os_str().is_empty() => Path::new("."),
        folder => folder,
    };
    match fs::canonicalize(folder) {
        Ok(real) => Some(real),
        Err(_) if fs::symlink_metadata(folder).is_ok() => None,
        // Without a name at its end, as in `a/..`, it may be anywhere.
        Err(_) => Some(real_folder(folder)?.join(folder.file_name()?)),
    }
}

/// A path from a folder, with `/` between its parts. Both are without links.
pub(crate) fn inside(folder: &Path, real: &Path) -> Option<String> {
    Some(real.strip_prefix(folder).ok()?.to_str()?.replace(MAIN_SEPARATOR, "/"))
}

/// The text of a spec.
pub(crate) fn spec_text(path: &Path) -> Result<String, Box<Diagnostic>> {
    let mut inputs = Inputs::default();
    texts::read_file(path, "a spec", Accept::RegularFiles, MAX_FILE_BYTES, &mut inputs)
}

/// All other specs called `mintage.toml` in the repository of one. What can't be read is left out.
pub(crate) fn other_specs(than: &Path, sources: &mut SourceMap) -> Vec<ReadingSpec> {
    let Some(own) = real_path(than) else { return Vec::new() };
    let Some(root) = own.parent().and_then(repository::root_of) else { return Vec::new() };
    let mut others = Vec::new();
    for place in find(&[root.to_owned()], &mut Vec::new()) {
        let Place::Spec(path) = place else { continue };
        if path == own {
            continue;
        }
        let (Ok(text), Some(folder)) = (spec_text(&path), path.parent()) else { continue };
        let name = texts::shown_name(&repository::from_here(&path));
        let file = sources.add(&name, text);
        if let (Some(spec), _) = spec::parse(file, sources, MAX_FILE_BYTES) {
            others.push(ReadingSpec::of(&spec, name, folder));
        }
    }
    others
}
