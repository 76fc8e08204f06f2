//! Which age files specs of the repository read, by the text of each: two specs may share a file.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::age_files::{Place, find};
use super::paths::{folder_of, from_here, inside, real_path};
use super::sandbox::SpecPath;
use super::{files::Accept, inputs::Inputs, repository::root_of, texts};
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
    /// One that can't be read as a spec, as in a merge: its text.
    pub broken: Option<String>,
}

impl ReadingSpec {
    /// The spec in a canonical folder.
    pub(crate) fn of(spec: &Spec, folder: &Path, sources: &SourceMap) -> Self {
        let name = sources.name(spec.file).to_owned();
        let on_disk = |inside: &&str| real_path(&SpecPath::new(inside).on_disk(folder));
        let files = age_files(spec).iter().filter_map(on_disk).collect();
        let (folder, patterns) = (folder.to_owned(), age_file_patterns(spec));
        Self { name, folder, files, patterns, broken: None }
    }

    fn broken(path: &Path) -> Self {
        let text = spec_text(path).unwrap_or_default();
        Self {
            name: texts::shown_name(&from_here(path)),
            folder: folder_of(path).to_owned(),
            files: BTreeSet::new(),
            patterns: Vec::new(),
            broken: Some(text),
        }
    }

    /// Whether it reads, or may read, the file at a path without links.
    pub(crate) fn reads(&self, real: &Path) -> bool {
        if self.files.contains(real) {
            return true;
        }
        if let Some(text) = &self.broken {
            let name = real.file_name().and_then(OsStr::to_str);
            let is_named = name.is_none_or(|name| text.contains(name));
            return is_named || real.starts_with(&self.folder);
        }
        let Some(inside) = inside(&self.folder, real) else { return false };
        self.patterns.iter().any(|pattern| pattern.matches(&inside))
    }
}

/// The text of a spec.
pub(crate) fn spec_text(path: &Path) -> Result<String, Box<Diagnostic>> {
    let mut inputs = Inputs::default();
    texts::read_file(path, "a spec", Accept::RegularFiles, MAX_FILE_BYTES, &mut inputs)
}

/// The spec at a path, which messages call by that path.
pub(crate) fn read_spec(path: &Path, sources: &mut SourceMap) -> Result<Spec, Vec<Diagnostic>> {
    let text = spec_text(path).map_err(|problem| vec![*problem])?;
    let file = sources.add(texts::shown_name(path), text);
    let (spec, problems) = spec::parse(file, sources, MAX_FILE_BYTES);
    spec.ok_or(problems)
}

/// All other specs called `mintage.toml` in the repository of one.
pub(crate) fn other_specs(than: &Path, sources: &mut SourceMap) -> Vec<ReadingSpec> {
    let Some(own) = real_path(than) else { return Vec::new() };
    let Some(root) = own.parent().and_then(root_of) else { return Vec::new() };
    let mut others = Vec::new();
    for place in find(&[root.to_owned()], &mut Vec::new()) {
        let Place::Spec(path) = place else { continue };
        if path == own {
            continue;
        }
        others.push(match read_spec(&from_here(&path), sources) {
            Ok(spec) => ReadingSpec::of(&spec, folder_of(&path), sources),
            Err(_) => ReadingSpec::broken(&path),
        });
    }
    others
}
