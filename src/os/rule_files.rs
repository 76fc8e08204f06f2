//! Which spec says who may read a file: the nearest `mintage.toml` above it that has `[recipients]`
//! or `[[encrypt]]`, up to the repository's root.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::repository::{from_here, is_top};
use super::{files::Accept, inputs::Inputs, texts};
use crate::diag::Diagnostic;
use crate::encrypted::{Audience, RuleFault, Rules, messages};
use crate::source::SourceMap;
use crate::spec;
use crate::world::{MAX_FILE_BYTES, SpecAbove};

/// The rules of one spec, and where it is.
#[derive(Debug)]
pub(crate) struct RuleFile {
    /// What messages call the spec.
    pub name: String,
    folder: PathBuf,
    pub rules: Rules,
}

/// Rules by folder; each spec is read once.
#[derive(Debug, Default)]
pub(crate) struct RuleFiles {
    by_folder: BTreeMap<PathBuf, Option<Arc<RuleFile>>>,
    /// Folders as paths name them, and without links.
    real: BTreeMap<PathBuf, Option<PathBuf>>,
    /// The spec that is at work, if it has rules: they are for all files below it.
    own: Option<Arc<RuleFile>>,
    /// What is wrong with specs on the way.
    pub problems: Vec<Diagnostic>,
}

impl RuleFiles {
    /// Those of a spec, in this folder, before all others.
    pub(crate) fn of_spec(rules: Option<Rules>, name: &str, root: &Path) -> Self {
        let root = if root.as_os_str().is_empty() { Path::new(".") } else { root };
        let own = rules.zip(fs::canonicalize(root).ok());
        let own = own.map(|(rules, folder)| RuleFile { name: name.to_owned(), folder, rules });
        Self { own: own.map(Arc::new), ..Self::default() }
    }

    /// The rules for the file at a path, which need not exist; its folder must. `None` where no
    /// spec has any, or one on the way is broken, which is one of the problems then.
    pub(crate) fn of(&mut self, path: &Path, sources: &mut SourceMap) -> Option<Arc<RuleFile>> {
        let folder = self.real_parent(path)?;
        match &self.own {
            Some(own) if folder.starts_with(&own.folder) => Some(Arc::clone(own)),
            _ => self.of_folder(&folder, sources),
        }
    }

    /// The path with the rule for it, if there is one in this file.
    pub(crate) fn ruled(&mut self, file: &Arc<RuleFile>, path: &Path) -> Option<Ruled> {
        let inside = self.inside(file, path)?;
        file.rules.audience(&inside).ok()?;
        Some(Ruled { file: Arc::clone(file), inside })
    }

    /// A path as rules see it: from the folder of the spec, `/` between its parts.
    fn inside(&mut self, file: &RuleFile, path: &Path) -> Option<String> {
        let real = self.real_parent(path)?.join(path.file_name()?);
        let inside = real.strip_prefix(&file.folder).ok()?.to_str()?;
        Some(inside.replace(std::path::MAIN_SEPARATOR, "/"))
    }

    /// The folder of a path without links.
    fn real_parent(&mut self, path: &Path) -> Option<PathBuf> {
        let parent = match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        if let Some(known) = self.real.get(parent) {
            return known.clone();
        }
        let real = fs::canonicalize(parent).ok();
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
                Ok(rules.map(|rules| RuleFile { name, folder: folder.to_owned(), rules }))
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

fn spec_text(path: &Path) -> Result<String, Box<Diagnostic>> {
    let mut inputs = Inputs::default();
    texts::read_file(path, "a spec", Accept::RegularFiles, MAX_FILE_BYTES, &mut inputs)
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
