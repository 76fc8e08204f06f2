//! The configs of kind `Mintage` that a kustomization leads to, found as kustomize finds them.

use std::path::{Path, PathBuf};
use std::{collections::BTreeSet, fs};

use super::Report;
use crate::cli::session::Session;
use crate::diag::{diagnostic, phrases::code};
use crate::integrations::krm::{FunctionConfig, config};
use crate::manifests::{self, JsonNode, JsonNodeKind, load};
use crate::os::files::{self, Accept};
use crate::source::{FileId, Span};
use crate::world::MAX_FILE_BYTES;

/// What kustomize calls its files (`RecognizedKustomizationFileNames` in api/konfig).
const NAMES: [&str; 3] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];
const CONFIGS: [&str; 3] = ["generators", "transformers", "validators"];
const BASES: [&str; 3] = ["resources", "components", "bases"];
/// The annotation that makes a config one of a KRM function, and what it was called before.
const FUNCTION: [&str; 2] = ["config.kubernetes.io/function", "config.k8s.io/function"];
const MAX_FOLLOWED: usize = 1000;

#[derive(Default)]
pub struct Configs {
    pub kustomizations: usize,
    pub declared: Vec<Declared>,
    seen: BTreeSet<PathBuf>,
}

pub struct Declared {
    pub name: String,
    /// The directory that kustomize runs it in.
    pub base: PathBuf,
    pub config: FunctionConfig,
    pub function: Option<Function>,
}

/// `exec` of the annotation.
pub struct Function {
    /// The program, if it is one.
    pub program: Option<String>,
    pub span: Span,
}

impl Configs {
    /// Reads the kustomization in a directory and those that it names. What is wrong with them is
    /// among the session's problems.
    pub fn below(directory: &Path, session: &mut Session, report: &mut Report) -> Self {
        let mut configs = Self::default();
        configs.directory(directory, session, report);
        configs
    }

    /// A directory that may have a kustomization; whether it has.
    fn directory(&mut self, directory: &Path, session: &mut Session, report: &mut Report) -> bool {
        let path = NAMES.iter().map(|name| directory.join(name)).find(|path| path.is_file());
        let Some(path) = path else { return false };
        if !self.is_new(&path) {
            return true;
        }
        self.kustomizations += 1;
        let Some(file) = session.read_found(&path, "a kustomization") else { return true };
        let (name, text) =
            (session.sources.get(file).name.clone(), session.sources.get(file).text.clone());
        report.line("kustomization", &name);
        session.sources.mask(file, manifests::mask(&text, Vec::new()));
        let documents = match load(file, &text) {
            Ok(documents) => documents,
            Err(diagnostic) => {
                session.problems.push(diagnostic);
                return true;
            }
        };
        let mut harmless = Vec::new();
        for root in &documents {
            let members = root.members().iter().filter(|member| manifests::mask::is_named(member));
            harmless.extend(members.map(|member| member.key_range.clone()));
            for (field, entry) in strings(root, &CONFIGS) {
                let named = entry.text().unwrap_or_default();
                if named.contains('\n') {
                    let inline = session.sources.add_flag(format!("`{field}`"), named);
                    self.text(inline, directory, session);
                    continue;
                }
                harmless.push(entry.range.clone());
                let path = directory.join(named);
                let message = if path.is_dir() && !self.directory(&path, session, report) {
                    format!("the folder {} has no `kustomization.yaml`", code(named))
                } else if path.is_dir() || self.file(&path, directory, session) || is_remote(named)
                {
                    continue;
                } else {
                    format!("{} lists {}, which does not exist", code(field), code(named))
                };
                session.problems.push(
                    diagnostic!(KUSTOMIZATION, "{message}")
                        .at(Span::new(file, entry.range.clone()), "")
                        .note("paths are relative to the kustomization's folder")
                        .help(
                            "list the config file, or a folder whose `kustomization.yaml` lists \
                            it under `resources:`",
                        ),
                );
            }
            for (_, entry) in strings(root, &BASES) {
                let path = directory.join(entry.text().unwrap_or_default());
                if path.is_dir() {
                    self.directory(&path, session, report);
                } else {
                    // A directory of configs lists them as resources; they are run where they are
                    // named, by kustomize's own choice.
                    self.file(&path, directory, session);
                }
            }
        }
        session.sources.mask_anew(file, manifests::mask(&text, harmless));
        true
    }

    /// A file that may hold configs, among others; whether there is one.
    fn file(&mut self, path: &Path, base: &Path, session: &mut Session) -> bool {
        let read = files::read(path, Accept::RegularFiles, MAX_FILE_BYTES);
        let Ok((bytes, _)) = read else { return path.is_file() };
        // What is not about us is kustomize's to complain about.
        let ours = String::from_utf8_lossy(bytes.expose()).contains(config::API_VERSION);
        if ours
            && self.is_new(path)
            && let Some(file) = session.read_found(path, "a config")
        {
            self.text(file, base, session);
        }
        true
    }

    fn text(&mut self, file: FileId, base: &Path, session: &mut Session) {
        let (name, text) =
            (session.sources.get(file).name.clone(), session.sources.get(file).text.clone());
        let mut configs = Vec::new();
        let documents = load(file, &text).unwrap_or_else(|diagnostic| {
            session.problems.push(diagnostic);
            Vec::new()
        });
        for node in &documents {
            if node.get("apiVersion").and_then(JsonNode::text) != Some(config::API_VERSION) {
                continue;
            }
            configs.push(node.clone());
            match config::read(file, &text, node) {
                Ok(config) => self.declared.push(Declared {
                    name: name.clone(),
                    base: base.to_owned(),
                    config,
                    function: function(file, node),
                }),
                Err(found) => session.problems.extend(found),
            }
        }
        session.sources.mask(file, config::mask(&text, &configs));
    }

    fn is_new(&mut self, path: &Path) -> bool {
        let place = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        self.seen.len() < MAX_FOLLOWED && self.seen.insert(place)
    }
}

/// The texts in lists of these fields, each with the field.
fn strings<'n, 't>(
    root: &'n JsonNode<'t>,
    fields: &'n [&'static str],
) -> impl Iterator<Item = (&'static str, &'n JsonNode<'t>)> {
    fields.iter().flat_map(|field| {
        let items = match root.get(field).map(|list| &list.kind) {
            Some(JsonNodeKind::Array(items)) => items.as_slice(),
            _ => &[],
        };
        items.iter().filter(|item| item.text().is_some()).map(|item| (*field, item))
    })
}

/// A URL, or what Git takes for one.
fn is_remote(text: &str) -> bool {
    ["://", "?ref=", "git@", "github.com/"].iter().any(|part| text.contains(part))
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
