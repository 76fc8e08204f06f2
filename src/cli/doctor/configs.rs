//! The configs of kind `Mintage` that a kustomization leads to, found as kustomize finds them.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::{Report, messages};
use crate::cli::read::read_text;
use crate::integrations::krm::{FunctionConfig, config};
use crate::manifests::{self, JsonNode, JsonNodeKind, load};
use crate::source::{FileId, SourceMap, Span};

/// What kustomize calls its files (`RecognizedKustomizationFileNames` in api/konfig).
const NAMES: [&str; 3] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];
/// Fields that name configs.
const CONFIGS: [&str; 3] = ["generators", "transformers", "validators"];
/// Fields that name other kustomizations.
const BASES: [&str; 3] = ["resources", "components", "bases"];
/// The annotation that makes a config one of a KRM function, and what it was called before.
const FUNCTION: [&str; 2] = ["config.kubernetes.io/function", "config.k8s.io/function"];
const MAX_FOLLOWED: usize = 1000;

#[derive(Default)]
pub(crate) struct Configs {
    pub kustomizations: usize,
    pub declared: Vec<Declared>,
    seen: BTreeSet<PathBuf>,
}

pub(crate) struct Declared {
    pub name: String,
    /// The directory that kustomize runs it in.
    pub base: PathBuf,
    pub config: FunctionConfig,
    pub function: Option<Function>,
}

/// `exec` of the annotation.
pub(crate) struct Function {
    /// The program, if it is one.
    pub program: Option<String>,
    pub span: Span,
}

/// A text that was read, with its place.
struct Text<'t> {
    file: FileId,
    text: &'t str,
    name: &'t str,
}

impl Configs {
    /// Reads the kustomization in a directory and those that it names.
    pub(crate) fn below(directory: &Path, sources: &mut SourceMap, report: &mut Report) -> Self {
        let mut configs = Self::default();
        configs.directory(directory, sources, report);
        configs
    }

    /// A directory that may have a kustomization; whether it has.
    fn directory(
        &mut self,
        directory: &Path,
        sources: &mut SourceMap,
        report: &mut Report,
    ) -> bool {
        let path = NAMES.iter().map(|name| directory.join(name)).find(|path| path.is_file());
        let Some(path) = path else { return false };
        let place = fs::canonicalize(&path).unwrap_or_else(|_| path.clone());
        if self.seen.len() >= MAX_FOLLOWED || !self.seen.insert(place) {
            return true;
        }
        self.kustomizations += 1;
        let Some(file) = read_text(&path, "a kustomization", sources, &mut report.found) else {
            return true;
        };
        let (name, text) = (sources.get(file).name.clone(), sources.get(file).text.clone());
        report.line("kustomization", name.as_str());
        sources.mask(file, manifests::mask(&text, Vec::new()));
        match load(file, &text) {
            Ok(documents) => {
                let text = Text { file, text: &text, name: &name };
                documents
                    .iter()
                    .for_each(|root| self.kustomization(&text, root, directory, sources, report));
            }
            Err(diagnostic) => report.found.push(diagnostic),
        }
        true
    }

    fn kustomization(
        &mut self,
        text: &Text<'_>,
        root: &JsonNode<'_>,
        directory: &Path,
        sources: &mut SourceMap,
        report: &mut Report,
    ) {
        let mut harmless = Vec::new();
        for field in CONFIGS {
            for entry in strings(root, field) {
                let named = entry.text().unwrap_or_default();
                if named.contains('\n') {
                    self.inline(text, named, entry, directory, report);
                    continue;
                }
                harmless.push(entry.range.clone());
                let path = directory.join(named);
                if path.is_dir() {
                    if !self.directory(&path, sources, report) {
                        report.found.push(messages::no_kustomization(
                            named,
                            Span::new(text.file, entry.range.clone()),
                        ));
                    }
                } else if path.is_file() {
                    self.file(&path, directory, sources, report);
                } else if !is_remote(named) {
                    report.found.push(messages::missing(
                        field,
                        named,
                        Span::new(text.file, entry.range.clone()),
                    ));
                }
            }
        }
        for field in BASES {
            for entry in strings(root, field) {
                let path = directory.join(entry.text().unwrap_or_default());
                if path.is_dir() {
                    self.directory(&path, sources, report);
                } else if path.is_file() {
                    // A directory of configs lists them as resources; they are run where they are
                    // named, by kustomize's own choice.
                    self.file(&path, directory, sources, report);
                }
            }
        }
        harmless.extend(root.members().iter().map(|member| member.key_range.clone()));
        sources.mask_anew(text.file, manifests::mask(text.text, harmless));
    }

    /// A file that may hold configs, among others.
    fn file(&mut self, path: &Path, base: &Path, sources: &mut SourceMap, report: &mut Report) {
        // What is not about us is kustomize's to complain about.
        let ours = fs::read(path).is_ok_and(|bytes| {
            bytes
                .windows(config::API_VERSION.len())
                .any(|part| part == config::API_VERSION.as_bytes())
        });
        let place = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        if !ours || !self.seen.insert(place) {
            return;
        }
        let Some(file) = read_text(path, "a config", sources, &mut report.found) else { return };
        let (name, text) = (sources.get(file).name.clone(), sources.get(file).text.clone());
        let mut harmless = Vec::new();
        match load(file, &text) {
            Ok(documents) => {
                for node in documents.iter().filter(|node| is_ours(node)) {
                    harmless.extend(config::harmless(node));
                    self.config(&Text { file, text: &text, name: &name }, node, base, report);
                }
            }
            Err(diagnostic) => report.found.push(diagnostic),
        }
        sources.mask(file, manifests::mask(&text, harmless));
    }

    /// A config that stands in the kustomization itself. Places in it are that of the whole.
    fn inline(
        &mut self,
        outer: &Text<'_>,
        text: &str,
        entry: &JsonNode<'_>,
        base: &Path,
        report: &mut Report,
    ) {
        let Ok(documents) = load(outer.file, text) else { return };
        let whole = Span::new(outer.file, entry.range.start..entry.range.start);
        for node in documents.iter().filter(|node| is_ours(node)) {
            let inner = Text { file: outer.file, text, name: outer.name };
            let (declared, found) = (self.declared.len(), report.found.len());
            self.config(&inner, node, base, report);
            for diagnostic in report.found.iter_mut().skip(found) {
                diagnostic.secondary.clear();
                diagnostic.primary.iter_mut().for_each(|label| label.span = whole);
            }
            self.declared
                .iter_mut()
                .skip(declared)
                .filter_map(|declared| declared.function.as_mut())
                .for_each(|function| function.span = whole);
        }
    }

    fn config(&mut self, text: &Text<'_>, node: &JsonNode<'_>, base: &Path, report: &mut Report) {
        match config::read(text.file, text.text, node) {
            Ok(config) => {
                let function = function(text.file, node);
                self.declared.push(Declared {
                    name: text.name.to_owned(),
                    base: base.to_owned(),
                    config,
                    function,
                });
            }
            Err(found) => report.found.extend(found),
        }
    }
}

fn is_ours(node: &JsonNode<'_>) -> bool {
    node.get("apiVersion").and_then(JsonNode::text) == Some(config::API_VERSION)
}

fn strings<'n, 't>(root: &'n JsonNode<'t>, field: &str) -> Vec<&'n JsonNode<'t>> {
    match root.get(field).map(|list| &list.kind) {
        Some(JsonNodeKind::Array(items)) => {
            items.iter().filter(|item| item.text().is_some()).collect()
        }
        _ => Vec::new(),
    }
}

/// A URL, or what git takes for one.
fn is_remote(text: &str) -> bool {
    text.contains("://")
        || text.contains("?ref=")
        || text.starts_with("git@")
        || text.starts_with("github.com/")
}

fn function(file: FileId, node: &JsonNode<'_>) -> Option<Function> {
    let annotations = node.get("metadata")?.get("annotations")?;
    let member =
        annotations.members().iter().find(|member| FUNCTION.contains(&member.key.as_ref()))?;
    let documents = load(file, member.value.text()?).unwrap_or_default();
    let program = documents
        .first()
        .and_then(|function| function.get("exec")?.get("path")?.text().map(str::to_owned));
    Some(Function { program, span: Span::new(file, member.key_range.clone()) })
}
