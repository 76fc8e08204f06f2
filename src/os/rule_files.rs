//! Which spec says who may read a file: the one that reads it, or else the nearest `mintage.toml`
//! above that has `[recipients]` or `[[encrypt]]`, up to the repository's root.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::paths::{folder_of, from_here, inside, real_folder, real_path};
use super::reading_specs::{ReadingSpec, read_spec, spec_text};
use super::repository::upwards;
use super::texts::shown_name;
use crate::diag::Diagnostic;
use crate::encrypted::{Audience, RuleFault, Rules, is_reserved, messages};
use crate::source::SourceMap;
use crate::world::SpecAbove;

/// The rules of one spec, and where it is.
#[derive(Debug)]
pub(crate) struct RuleFile {
    /// What messages call the spec.
    pub name: String,
    /// Without links.
    path: PathBuf,
    pub rules: Rules,
}

impl RuleFile {
    /// `path` is without links.
    fn new(rules: Rules, path: PathBuf) -> Self {
        Self { name: shown_name(&from_here(&path)), path, rules }
    }

    fn folder(&self) -> &Path {
        folder_of(&self.path)
    }
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
        let folder = folder_of(&path).to_owned();
        Some(Self { rules: rules.map(|rules| Arc::new(RuleFile::new(rules, path))), folder })
    }
}

/// That the rules for a file can't be told: a spec with rules is broken, or two have some. That is
/// one of the problems.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unclear;

/// The spec with the rules for a file, if there is one.
type Nearest = Result<Option<Arc<RuleFile>>, Unclear>;

/// Rules by folder; each spec is read once.
#[derive(Debug, Default)]
pub(crate) struct RuleFiles {
    by_folder: BTreeMap<PathBuf, Nearest>,
    /// The folders of paths without links.
    real: BTreeMap<PathBuf, Option<PathBuf>>,
    /// The specs in folders above one, and the files that they read.
    above: BTreeMap<PathBuf, Arc<Vec<ReadingSpec>>>,
    /// The spec whose files these are, if there is one.
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

    /// The rules for the file at a path, which need not exist, and which these specs read, as far
    /// as is known.
    pub(crate) fn of(
        &mut self,
        path: &Path,
        readers: &[SpecAtWork],
        sources: &mut SourceMap,
    ) -> Nearest {
        let Some(real) = self.real(path) else { return Ok(None) };
        let folder = folder_of(&real).to_owned();
        let mut found = self.of_folder(&folder, sources)?;
        for reader in readers.iter().filter(|reader| folder.starts_with(&reader.folder)) {
            let own = match reader.rules.clone() {
                Some(own) => Some(own),
                None => self.of_folder(&reader.folder, sources)?,
            };
            self.compare(path, own.as_ref(), found.as_ref())?;
            found = own.or(found);
        }
        let Some(nearest) = &found else { return Ok(None) };
        let above = self.specs_above(nearest.folder(), sources);
        for spec in above.iter().filter(|spec| spec.reads(&real)) {
            let theirs = self.of_folder(&spec.folder, sources)?;
            self.compare(path, theirs.as_ref(), found.as_ref())?;
        }
        Ok(found)
    }

    /// Two specs are a problem, said once for each pair.
    fn compare(
        &mut self,
        path: &Path,
        own: Option<&Arc<RuleFile>>,
        nearest: Option<&Arc<RuleFile>>,
    ) -> Result<(), Unclear> {
        let (Some(own), Some(nearest)) = (own, nearest) else { return Ok(()) };
        if own.path == nearest.path {
            return Ok(());
        }
        if self.differing.insert((own.path.clone(), nearest.path.clone())) {
            let problem = messages::two_specs(&shown_name(path), &own.name, &nearest.name);
            self.problems.push(problem);
        }
        Err(Unclear)
    }

    /// The specs in the folders above, without those that can't be read.
    fn specs_above(&mut self, folder: &Path, sources: &mut SourceMap) -> Arc<Vec<ReadingSpec>> {
        if let Some(known) = self.above.get(folder) {
            return Arc::clone(known);
        }
        let mut found = Vec::new();
        for above in upwards(folder).skip(1) {
            let path = above.join("mintage.toml");
            if path.is_file()
                && let Ok(spec) = read_spec(&from_here(&path), sources)
            {
                found.push(ReadingSpec::of(&spec, above, sources));
            }
        }
        let found = Arc::new(found);
        self.above.insert(folder.to_owned(), Arc::clone(&found));
        found
    }

    /// The path with the rule for it, if there is one in this file.
    pub(crate) fn ruled(&mut self, file: &Arc<RuleFile>, path: &Path) -> Option<Ruled> {
        let inside = self.inside(file, path)?;
        let audience = Arc::clone(file.rules.audience(&inside).ok()?);
        Some(Ruled { file: Arc::clone(file), audience })
    }

    /// A path as rules see it: from the folder of the spec, `/` between its parts.
    fn inside(&mut self, file: &RuleFile, path: &Path) -> Option<String> {
        inside(file.folder(), &self.real(path)?)
    }

    /// Without links: rules are for the file itself, whatever links lead to it.
    fn real(&mut self, path: &Path) -> Option<PathBuf> {
        if path.is_symlink() {
            return real_path(path);
        }
        Some(self.real_parent(path)?.join(path.file_name()?))
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

    fn of_folder(&mut self, folder: &Path, sources: &mut SourceMap) -> Nearest {
        if let Some(known) = self.by_folder.get(folder) {
            return known.clone();
        }
        let found = match read(folder, sources) {
            Ok(Some(found)) => Ok(Some(Arc::new(found))),
            Ok(None) => match upwards(folder).nth(1) {
                Some(above) => self.of_folder(above, sources),
                None => Ok(None),
            },
            Err(problems) => {
                self.problems.extend(problems);
                Err(Unclear)
            }
        };
        self.by_folder.insert(folder.to_owned(), found.clone());
        found
    }

    /// For whom the file at a path is to be encrypted, and the rules that say so.
    pub(crate) fn audience(
        &mut self,
        path: &Path,
        sources: &mut SourceMap,
    ) -> Result<Ruled, Vec<Diagnostic>> {
        let (ruled, inside) = self.found(path, sources)?;
        match is_reserved(&inside) {
            true => Err(vec![messages::reserved(&shown_name(path))]),
            false => Ok(ruled),
        }
    }

    /// The same for an armored text in the file at a path, which is a spec.
    pub(crate) fn audience_of_text(
        &mut self,
        path: &Path,
        sources: &mut SourceMap,
    ) -> Result<Ruled, Vec<Diagnostic>> {
        self.found(path, sources).map(|(ruled, _)| ruled)
    }

    /// The same with the path as the rules see it.
    fn found(
        &mut self,
        path: &Path,
        sources: &mut SourceMap,
    ) -> Result<(Ruled, String), Vec<Diagnostic>> {
        let before = self.problems.len();
        let name = shown_name(path);
        let missing = || vec![messages::rule_fault(RuleFault::MissingTables, &name, "", "")];
        let reader = self.spec.clone();
        let file = match self.of(path, reader.as_slice(), sources) {
            Ok(Some(file)) => file,
            Ok(None) => return Err(missing()),
            Err(Unclear) => return Err(self.problems.split_off(before)),
        };
        let inside = self.inside(&file, path).ok_or_else(missing)?;
        match file.rules.audience(&inside).cloned() {
            Ok(audience) => Ok((Ruled { file, audience }, inside)),
            Err(fault) => Err(vec![messages::rule_fault(fault, &name, &file.name, &inside)]),
        }
    }
}

/// Whom a rule names for a path.
#[derive(Clone, Debug)]
pub(crate) struct Ruled {
    file: Arc<RuleFile>,
    pub audience: Arc<Audience>,
}

impl Ruled {
    pub(crate) fn rules(&self) -> &Rules {
        &self.file.rules
    }
}

/// The rules of the spec in a folder, if there is one that has any.
fn read(folder: &Path, sources: &mut SourceMap) -> Result<Option<RuleFile>, Vec<Diagnostic>> {
    let path = folder.join("mintage.toml");
    if !path.is_file() {
        return Ok(None);
    }
    let spec = read_spec(&from_here(&path), sources)?;
    Ok(Rules::of(&spec).map(|rules| RuleFile::new(rules, path)))
}

/// The specs in the folders above a canonical folder, as far as rules are looked for. What can't be
/// read is left out.
pub(crate) fn specs_above(root: &Path) -> Vec<SpecAbove> {
    let mut found = Vec::new();
    for above in upwards(root).skip(1) {
        let path = from_here(&above.join("mintage.toml"));
        if let (true, Some(inside)) = (path.is_file(), inside(above, root))
            && let Ok(text) = spec_text(&path)
        {
            found.push(SpecAbove { name: shown_name(&path), text, prefix: format!("{inside}/") });
        }
    }
    found
}
