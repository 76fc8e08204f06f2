//! Which spec says who may read a file: the nearest `mintage.toml` above it that has `[recipients]`
//! or `[[encrypt]]`, up to the repository's root.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::reading_specs::{ReadingSpec, inside, real_folder, real_path, spec_text};
use super::repository::{from_here, is_top};
use super::texts;
use crate::diag::Diagnostic;
use crate::encrypted::{Audience, RuleFault, Rules, is_reserved, messages};
use crate::source::SourceMap;
use crate::spec;
use crate::world::{MAX_FILE_BYTES, SpecAbove};

/// The rules of one spec, and where it is.
#[derive(Debug)]
pub(crate) struct RuleFile {
    /// What messages call the spec.
    pub name: String,
    /// Without links.
    path: PathBuf,
    folder: PathBuf,
    pub rules: Rules,
}

/// A spec that is at work: its rules, or those of the nearest one above, are for the files that it
/// reads.
#[derive(Clone, Debug)]
pub(crate) struct SpecAtWork {
    folder: PathBuf,
    /// Its own.
    rules: Option<Arc<RuleFile>>,
}

impl SpecAtWork {
    pub(crate) fn new(rules: Option<Rules>, path: &Path) -> Option<Self> {
        let path = real_path(path)?;
        let folder = path.parent()?.to_owned();
        let name = texts::shown_name(&from_here(&path));
        let of = |rules| Arc::new(RuleFile { name, path, folder: folder.clone(), rules });
        Some(Self { rules: rules.map(of), folder: folder.clone() })
    }
}

/// Rules by folder; each spec is read once.
#[derive(Debug, Default)]
pub(crate) struct RuleFiles {
    by_folder: BTreeMap<PathBuf, Option<Arc<RuleFile>>>,
    /// The folders of paths without links.
    real: BTreeMap<PathBuf, Option<PathBuf>>,
    /// The specs in folders above one, and the files that they read.
    above: BTreeMap<PathBuf, Arc<Vec<ReadingSpec>>>,
    spec: Option<SpecAtWork>,
    /// Pairs of specs that were reported.
    differing: BTreeSet<(PathBuf, PathBuf)>,
    /// What is wrong with specs on the way.
    pub problems: Vec<Diagnostic>,
}

impl RuleFiles {
    /// For files of a spec.
    pub(crate) fn of_spec(rules: Option<Rules>, path: &Path) -> Self {
        Self { spec: SpecAtWork::new(rules, path), ..Self::default() }
    }

    /// The rules for the file at a path, which need not exist. `None` where no spec has any, or one
    /// on the way is broken, or two specs have rules for it, which is one of the problems then.
    pub(crate) fn of(&mut self, path: &Path, sources: &mut SourceMap) -> Option<Arc<RuleFile>> {
        let spec = self.spec.clone();
        self.of_file(path, spec.as_slice(), sources)
    }

    /// The same for a file that these specs read, as far as is known.
    pub(crate) fn of_file(
        &mut self,
        path: &Path,
        readers: &[SpecAtWork],
        sources: &mut SourceMap,
    ) -> Option<Arc<RuleFile>> {
        let folder = self.real_parent(path)?;
        let before = self.problems.len();
        let mut found = self.of_folder(&folder, sources);
        for reader in readers.iter().filter(|reader| folder.starts_with(&reader.folder)) {
            let own = reader.rules.clone();
            let own = own.or_else(|| self.of_folder(&reader.folder, sources));
            found = self.agreed(path, own, found)?;
        }
        let nearest = found.clone()?;
        let above = self.specs_above(&nearest.folder, sources);
        // Most files are below no further spec, and links need not be followed for them.
        let real = if above.is_empty() { None } else { real_path(path) };
        for spec in above.iter().filter(|spec| real.as_ref().is_some_and(|it| spec.reads(it))) {
            let theirs = self.of_folder(&spec.folder, sources);
            found = self.agreed(path, theirs, found)?;
        }
        if self.problems.len() > before { None } else { found }
    }

    /// One of two, which are the same where both are. Otherwise that is a problem, said once for
    /// each pair of specs.
    fn agreed(
        &mut self,
        path: &Path,
        own: Option<Arc<RuleFile>>,
        nearest: Option<Arc<RuleFile>>,
    ) -> Option<Option<Arc<RuleFile>>> {
        match (&own, &nearest) {
            (Some(own), Some(nearest)) if own.path != nearest.path => {
                let pair = (own.path.clone(), nearest.path.clone());
                if self.differing.insert(pair) {
                    let name = texts::shown_name(path);
                    self.problems.push(messages::two_specs(&name, &own.name, &nearest.name));
                }
                None
            }
            _ => Some(own.or(nearest)),
        }
    }

    /// The specs in the folders above, without those that can't be read.
    fn specs_above(&mut self, folder: &Path, sources: &mut SourceMap) -> Arc<Vec<ReadingSpec>> {
        if let Some(known) = self.above.get(folder) {
            return Arc::clone(known);
        }
        let mut found = Vec::new();
        let mut at = folder;
        while let (false, Some(parent)) = (is_top(at), at.parent()) {
            at = parent;
            let path = at.join("mintage.toml");
            if !path.is_file() {
                continue;
            }
            let Ok(text) = spec_text(&path) else { continue };
            let name = texts::shown_name(&from_here(&path));
            let file = sources.add(&name, text);
            if let (Some(spec), _) = spec::parse(file, sources, MAX_FILE_BYTES) {
                found.push(ReadingSpec::of(&spec, name, at));
            }
        }
        let found = Arc::new(found);
        self.above.insert(folder.to_owned(), Arc::clone(&found));
        found
    }

    /// The path with the rule for it, if there is one in this file.
    pub(crate) fn ruled(&mut self, file: &Arc<RuleFile>, path: &Path) -> Option<Ruled> {
        let inside = self.inside(file, path)?;
        file.rules.audience(&inside).ok()?;
        Some(Ruled { file: Arc::clone(file), inside })
    }

    /// A path as rules see it: from the folder of the spec, `/` between its parts.
    fn inside(&mut self, file: &RuleFile, path: &Path) -> Option<String> {
        inside(&file.folder, &self.real_parent(path)?.join(path.file_name()?))
    }

    /// The folder of a path without links.
    fn real_parent(&mut self, path: &Path) -> Option<PathBuf> {
        let parent = path.parent()?;
        if let Some(known) = self.real.get(parent) {
            return known.clone();
        }
        let real = real_folder(path);
        self.real.insert(parent.to_owned(), real.clone());
        real
    }

    fn of_folder(&mut self, folder: &Path, sources: &mut SourceMap) -> Option<Arc<RuleFile>> {
        if let Some(known) = self.by_folder.get(folder) {
            return known.clone();
        }
        let found = match self.read(folder, sources) {
            Ok(Some(found)) => Some(Arc::new(found)),
            Ok(None) => match folder.parent() {
                Some(parent) if !is_top(folder) => self.of_folder(parent, sources),
                _ => None,
            },
            Err(problems) => {
                self.problems.extend(problems);
                None
            }
        };
        self.by_folder.insert(folder.to_owned(), found.clone());
        found
    }

    /// The rules of the spec in a folder, if there is one that has any.
    fn read(
        &self,
        folder: &Path,
        sources: &mut SourceMap,
    ) -> Result<Option<RuleFile>, Vec<Diagnostic>> {
        let path = folder.join("mintage.toml");
        if !path.is_file() {
            return Ok(None);
        }
        let path = from_here(&path);
        let text = spec_text(&path);
        let text = text.map_err(|problem| vec![*problem])?;
        let name = texts::shown_name(&path);
        let file = sources.add(&name, text);
        match spec::parse(file, sources, MAX_FILE_BYTES) {
            (Some(spec), _) => {
                let rules = Rules::of(&spec);
                let (path, folder) = (folder.join("mintage.toml"), folder.to_owned());
                Ok(rules.map(|rules| RuleFile { name, path, folder, rules }))
            }
            (None, problems) => Err(problems),
        }
    }

    /// For whom the file at a path is to be encrypted, and the rules that say so.
    pub(crate) fn audience(
        &mut self,
        path: &Path,
        sources: &mut SourceMap,
    ) -> Result<Ruled, Vec<Diagnostic>> {
        let ruled = self.audience_of_text(path, sources)?;
        match is_reserved(&ruled.inside) {
            true => Err(vec![messages::reserved(&texts::shown_name(path))]),
            false => Ok(ruled),
        }
    }

    /// The same for an armored text in the file at a path, which is a spec.
    pub(crate) fn audience_of_text(
        &mut self,
        path: &Path,
        sources: &mut SourceMap,
    ) -> Result<Ruled, Vec<Diagnostic>> {
        let before = self.problems.len();
        let name = texts::shown_name(path);
        let Some(file) = self.of(path, sources) else {
            let broken = self.problems.split_off(before);
            return Err(match broken.is_empty() {
                true => vec![messages::rule_fault(RuleFault::MissingTables, &name, "", "")],
                false => broken,
            });
        };
        match self.inside(&file, path) {
            Some(inside) => match file.rules.audience(&inside) {
                Ok(_) => Ok(Ruled { file, inside }),
                Err(fault) => Err(vec![messages::rule_fault(fault, &name, &file.name, &inside)]),
            },
            None => Err(vec![messages::rule_fault(RuleFault::MissingTables, &name, "", "")]),
        }
    }
}

/// A path that a rule is for.
#[derive(Clone, Debug)]
pub(crate) struct Ruled {
    pub file: Arc<RuleFile>,
    inside: String,
}

impl Ruled {
    pub(crate) fn rules(&self) -> &Rules {
        &self.file.rules
    }

    /// It was found before.
    pub(crate) fn audience(&self) -> Option<&Audience> {
        self.file.rules.audience(&self.inside).ok()
    }
}

/// The specs in the folders above a canonical folder, as far as rules are looked for. What can't be
/// read is left out.
pub(crate) fn specs_above(root: &Path) -> Vec<SpecAbove> {
    let mut found = Vec::new();
    let mut folder = root;
    while let (false, Some(parent)) = (is_top(folder), folder.parent()) {
        folder = parent;
        let path = from_here(&folder.join("mintage.toml"));
        let inside = root.strip_prefix(folder).ok().and_then(Path::to_str);
        if let (true, Some(inside)) = (path.is_file(), inside)
            && let Ok(text) = spec_text(&path)
        {
            let prefix = format!("{}/", inside.replace(std::path::MAIN_SEPARATOR, "/"));
            found.push(SpecAbove { name: texts::shown_name(&path), text, prefix });
        }
    }
    found
}
