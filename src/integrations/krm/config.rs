//! The function's config: an object of kind `Mintage` that says which spec to compile, and how.

use std::{borrow::Cow, ops::Range};

use super::inline;
use crate::diag::phrases::{code, did_you_mean, one_of};
use crate::diag::{Diagnostic, diagnostic, mask::Mask};
use crate::manifests::{self, JsonNode, JsonNodeKind};
use crate::source::{FileId, Span};
use crate::structure::KeyPath;

pub(crate) const API_VERSION: &str = "mintage.dev/v1";
pub(crate) const KIND: &str = "Mintage";

const FIELDS: [&str; 4] = ["apiVersion", "kind", "metadata", "spec"];
const SPEC_FIELDS: [&str; 5] = ["path", "inline", "env", "set", "only"];

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionConfig {
    /// `metadata.name`; empty without one.
    pub name: String,
    pub spec: SpecPlace,
    pub env: Option<String>,
    pub set: Vec<String>,
    pub only: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SpecPlace {
    /// In a file or a directory, from the working directory.
    Path(String),
    /// In the config itself: its tree, written as TOML.
    Inline(String),
}

/// Tokens of a config that messages may quote: names of fields, and what is not secret by its
/// nature.
pub(crate) fn harmless(config: &JsonNode<'_>) -> Vec<Range<usize>> {
    let annotations = config.get("metadata").and_then(|metadata| metadata.get("annotations"));
    let spec = config.get("spec");
    let set = spec.and_then(|spec| spec.get("set"));
    let objects = [Some(config), annotations, spec, set];
    let keys = objects.into_iter().flatten().flat_map(JsonNode::members);
    let values = ["apiVersion", "kind"]
        .iter()
        .filter_map(|name| config.get(name))
        .chain(["path", "env"].iter().filter_map(|name| spec.and_then(|spec| spec.get(name))));
    keys.filter(|member| manifests::mask::is_named(member) || FIELDS.contains(&member.key.as_ref()))
        .map(|member| member.key_range.clone())
        .chain(values.map(|node| node.range.clone()))
        .collect()
}

/// What messages may quote of a text with configs.
pub(crate) fn mask(text: &str, configs: &[JsonNode<'_>]) -> Mask {
    let mut unnamed = Vec::new();
    configs.iter().for_each(|config| manifests::mask::unnamed(config, &mut unnamed));
    manifests::mask(text, configs.iter().flat_map(harmless).collect()).unnamed(unnamed)
}

pub(crate) fn missing() -> Diagnostic {
    diagnostic!(FUNCTION_CONFIG, "the `ResourceList` has no `functionConfig` to name the spec")
        .help(
            "list the config under `generators:` (kustomize), or pass `--fn-config FILE` or set \
         `configPath` in the `Kptfile` (kpt)",
        )
}

pub(crate) fn read(
    file: FileId,
    text: &str,
    node: &JsonNode<'_>,
) -> Result<FunctionConfig, Vec<Diagnostic>> {
    let mut reader = ConfigReader { file, text, problems: Vec::new() };
    match reader.config(node) {
        Some(config) if reader.problems.is_empty() => Ok(config),
        _ => Err(reader.problems),
    }
}

struct ConfigReader<'t> {
    file: FileId,
    text: &'t str,
    problems: Vec<Diagnostic>,
}

impl ConfigReader<'_> {
    fn refuse(&mut self, range: &Range<usize>, message: &str, help: &str) {
        let span = Span::new(self.file, range.clone());
        self.problems.push(diagnostic!(FUNCTION_CONFIG, "{message}").at(span, "").help(help));
    }

    fn config(&mut self, node: &JsonNode<'_>) -> Option<FunctionConfig> {
        let word = |name: &str| node.get(name).and_then(JsonNode::text);
        if word("kind") != Some(KIND) || word("apiVersion") != Some(API_VERSION) {
            let field = if word("kind") == Some(KIND) { "apiVersion" } else { "kind" };
            let place = node.get(field).or(node.get("apiVersion")).unwrap_or(node);
            let message = match word("kind") {
                Some("ConfigMap") => {
                    "the config is a ConfigMap, as kpt makes it from arguments after `--`, not a \
                     mintage config"
                }
                _ => "the config is not a mintage config",
            };
            let help = "write `apiVersion: mintage.dev/v1` and `kind: Mintage`";
            self.refuse(&place.range, message, help);
            return None;
        }
        self.unknown(node, "the config", &FIELDS);
        let name = node.get("metadata").and_then(|metadata| metadata.get("name"));
        let name = name.and_then(JsonNode::text).unwrap_or_default().to_owned();
        let Some(spec) = node.get("spec").filter(|spec| !spec.members().is_empty()) else {
            let member = node.members().iter().find(|member| member.key == "spec");
            let at = member.map_or(&node.range, |member| &member.key_range).start;
            self.no_spec(&(at..at));
            return None;
        };
        self.unknown(spec, "`spec`", &SPEC_FIELDS);
        let place = self.place(spec);
        let env = optional(spec, "env").and_then(|env| self.string("spec.env", env));
        let (set, only) = (self.set(spec), self.only(spec));
        Some(FunctionConfig { name, spec: place?, env, set, only })
    }

    fn unknown(&mut self, node: &JsonNode<'_>, parent: &str, known: &[&str]) {
        for member in node.members().iter().filter(|member| !known.contains(&member.key.as_ref())) {
            let help = did_you_mean(&member.key, known.iter().copied())
                .unwrap_or_else(|| format!("use {}", one_of(known)));
            let message = format!("{parent} has no field {}", code(&member.key));
            self.refuse(&member.key_range, &message, &help);
        }
    }

    fn no_spec(&mut self, range: &Range<usize>) {
        let help =
            "set `spec.path` to the spec's folder or file, or write the spec in `spec.inline`";
        self.refuse(range, "the config does not name a spec", help);
    }

    fn place(&mut self, spec: &JsonNode<'_>) -> Option<SpecPlace> {
        match (spec.get("path"), spec.get("inline")) {
            (Some(_), Some(_)) => {
                let inline = spec.members().iter().find(|member| member.key == "inline")?;
                let message = "`spec.path` and `spec.inline` can't be used together";
                self.refuse(&inline.key_range, message, "remove one of the two");
                None
            }
            (Some(path), None) => self.string("spec.path", path).map(SpecPlace::Path),
            (None, Some(inline)) => {
                let read = inline::toml(self.file, self.text, inline);
                read.map(SpecPlace::Inline).map_err(|problem| self.problems.push(problem)).ok()
            }
            // With a field that is not known, it was probably meant as one of the two.
            (None, None) => {
                if self.problems.is_empty() {
                    let first = spec.members().first();
                    self.no_spec(first.map_or(&spec.range, |member| &member.key_range));
                }
                None
            }
        }
    }

    fn string(&mut self, path: &str, node: &JsonNode<'_>) -> Option<String> {
        let text = node.name().filter(|text| !text.is_empty()).map(Cow::into_owned);
        if text.is_none() {
            let help = "put it in quotes, so that YAML does not read it as a number or boolean";
            self.wrong_type(path, node, "a non-empty string", help);
        }
        text
    }

    fn wrong_type(&mut self, path: &str, node: &JsonNode<'_>, wanted: &str, help: &str) {
        let message = format!("{} must be {wanted}, not {}", code(path), node.class());
        self.refuse(&node.range, &message, help);
    }

    /// Numbers and booleans count as they are written: `--set` takes strings.
    fn set(&mut self, spec: &JsonNode<'_>) -> Vec<String> {
        let mut found = Vec::new();
        let Some(set) = optional(spec, "set") else { return found };
        if !matches!(set.kind, JsonNodeKind::Object(_)) {
            let help = "write `set: {domain: shop.example.com}`";
            self.wrong_type("spec.set", set, "an object of strings", help);
        }
        for member in set.members() {
            let key = inline::written_key(self.text, member);
            // `--set` splits at the first `=`.
            let is_path = KeyPath::parse(key.trim()).is_ok_and(|path| path.names().is_some());
            if key.contains('=') || !is_path {
                let message = format!("{} in `spec.set` is not a path into `[vars]`", code(key));
                let help =
                    "write the key as in TOML, with dots between tables: `domain` or `db.host`";
                self.refuse(&member.key_range, &message, help);
                continue;
            }
            let written = self.text.get(member.value.range.clone()).map(str::trim);
            let value = match &member.value.kind {
                JsonNodeKind::String(text) => Some(text.as_ref()),
                JsonNodeKind::Bool(_) | JsonNodeKind::Number(_) => {
                    written.filter(|text| !text.is_empty())
                }
                _ => None,
            };
            match value {
                Some(value) => found.push(format!("{key}={value}")),
                None => _ = self.string(&format!("spec.set.{key}"), &member.value),
            }
        }
        found
    }

    fn only(&mut self, spec: &JsonNode<'_>) -> Vec<String> {
        match optional(spec, "only").map(|only| (only, &only.kind)) {
            None => Vec::new(),
            Some((_, JsonNodeKind::Array(items))) => {
                items.iter().filter_map(|item| self.string("spec.only", item)).collect()
            }
            Some((only, _)) => {
                let help = "write `only: ['shop/*']`";
                self.wrong_type("spec.only", only, "a list of strings", help);
                Vec::new()
            }
        }
    }
}

fn optional<'n, 't>(node: &'n JsonNode<'t>, name: &str) -> Option<&'n JsonNode<'t>> {
    node.get(name).filter(|value| !value.is_null())
}
