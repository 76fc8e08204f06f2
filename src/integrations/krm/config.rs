//! The function's config: an object of kind `Mintage` that says which spec to compile, and how.

use std::borrow::Cow;
use std::ops::Range;

use super::{inline, messages as words};
use crate::diag::Diagnostic;
use crate::manifests::{JsonNode, JsonNodeKind, Member};
use crate::source::{FileId, Span};
use crate::structure::KeyPath;

pub(crate) const API_VERSION: &str = "mintage.dev/v1";
pub(crate) const KIND: &str = "Mintage";

pub(crate) use words::missing;

const FIELDS: [&str; 4] = ["apiVersion", "kind", "metadata", "spec"];
const SPEC_FIELDS: [&str; 5] = ["path", "inline", "env", "set", "only"];

/// What a config says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionConfig {
    /// `metadata.name`; empty without one.
    pub name: String,
    pub spec: SpecPlace,
    pub env: Option<String>,
    /// Values over `[vars]`, each as `--set` takes it.
    pub set: Vec<String>,
    /// Globs, as `--only` takes them.
    pub only: Vec<String>,
}

/// Where the spec is.
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
    let mut found: Vec<Range<usize>> =
        config.members().iter().map(|member| member.key_range.clone()).collect();
    found.extend(
        ["apiVersion", "kind"]
            .iter()
            .filter_map(|name| config.get(name))
            .map(|node| node.range.clone()),
    );
    let annotations = config.get("metadata").and_then(|metadata| metadata.get("annotations"));
    found.extend(
        annotations.into_iter().flat_map(JsonNode::members).map(|member| member.key_range.clone()),
    );
    if let Some(spec) = config.get("spec") {
        found.extend(spec.members().iter().map(|member| member.key_range.clone()));
        found.extend(
            spec.get("set")
                .into_iter()
                .flat_map(JsonNode::members)
                .map(|member| member.key_range.clone()),
        );
        found.extend(
            ["path", "env"].iter().filter_map(|name| spec.get(name)).map(|node| node.range.clone()),
        );
    }
    found
}

/// Reads a config out of the text that it stands in.
///
/// # Errors
/// Everything that is wrong with it.
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
    fn span(&self, range: &Range<usize>) -> Span {
        Span::new(self.file, range.clone())
    }

    fn config(&mut self, node: &JsonNode<'_>) -> Option<FunctionConfig> {
        let word = |name: &str| node.get(name).and_then(JsonNode::text);
        if word("kind") != Some(KIND) || word("apiVersion") != Some(API_VERSION) {
            let place = node
                .get("kind")
                .filter(|_| word("kind") != Some(KIND))
                .or(node.get("apiVersion"))
                .unwrap_or(node);
            self.problems.push(words::other_kind(word("kind"), &self.span(&place.range)));
            return None;
        }
        self.unknown(node, "", &FIELDS);
        let name = node
            .get("metadata")
            .and_then(|metadata| metadata.get("name"))
            .and_then(JsonNode::text)
            .unwrap_or_default();
        let Some(spec) = node.get("spec").filter(|spec| !spec.members().is_empty()) else {
            let place = node
                .members()
                .iter()
                .find(|member| member.key == "spec")
                .map_or(&node.range, |member| &member.key_range);
            self.problems.push(words::no_spec(&self.span(&(place.start..place.start))));
            return None;
        };
        self.unknown(spec, "spec", &SPEC_FIELDS);
        let place = self.place(spec);
        let (env, set, only) = (self.env(spec), self.set(spec), self.only(spec));
        Some(FunctionConfig { name: name.to_owned(), spec: place?, env, set, only })
    }

    fn unknown(&mut self, node: &JsonNode<'_>, parent: &str, known: &[&str]) {
        for member in node.members().iter().filter(|member| !known.contains(&member.key.as_ref())) {
            let span = self.span(&member.key_range);
            self.problems.push(words::unknown_field(parent, &member.key, known, &span));
        }
    }

    fn place(&mut self, spec: &JsonNode<'_>) -> Option<SpecPlace> {
        let member = |name: &str| spec.members().iter().find(|member| member.key == name);
        match (member("path"), member("inline")) {
            (Some(path), Some(inline)) => {
                let (path, inline) = (self.span(&path.key_range), self.span(&inline.key_range));
                self.problems.push(words::both(&path, &inline));
                None
            }
            (Some(Member { value, .. }), None) => match value.name() {
                Some(path) if !path.is_empty() => Some(SpecPlace::Path(path.into_owned())),
                _ => self.not_text("spec.path", value),
            },
            (None, Some(Member { value, .. })) => match inline::toml(self.text, value) {
                Ok(text) => Some(SpecPlace::Inline(text)),
                Err(fault) => {
                    let span = self.span(&fault.range);
                    self.problems.push(words::inline(&fault, &span));
                    None
                }
            },
            // With a field that is not known, it was probably meant as one of the two.
            (None, None) if !self.problems.is_empty() => None,
            (None, None) => {
                let first = spec
                    .members()
                    .first()
                    .map_or(spec.range.clone(), |member| member.key_range.clone());
                self.problems.push(words::no_spec(&self.span(&first)));
                None
            }
        }
    }

    fn not_text<T>(&mut self, path: &str, node: &JsonNode<'_>) -> Option<T> {
        let span = self.span(&node.range);
        self.problems.push(words::not_text(path, node.class(), &span));
        None
    }

    fn env(&mut self, spec: &JsonNode<'_>) -> Option<String> {
        let env = spec.get("env").filter(|env| !matches!(env.kind, JsonNodeKind::Null))?;
        env.name().map(Cow::into_owned).or_else(|| self.not_text("spec.env", env))
    }

    /// Numbers and booleans count as they are written: `--set` takes strings.
    fn set(&mut self, spec: &JsonNode<'_>) -> Vec<String> {
        let Some(set) = spec.get("set").filter(|set| !matches!(set.kind, JsonNodeKind::Null))
        else {
            return Vec::new();
        };
        if !matches!(set.kind, JsonNodeKind::Object(_)) {
            let span = self.span(&set.range);
            self.problems.push(words::not_an_object("spec.set", set.class(), &span));
            return Vec::new();
        }
        let mut found = Vec::new();
        for member in set.members() {
            let key = inline::written_key(self.text, member);
            // `--set` splits at the first `=`.
            if key.contains('=')
                || KeyPath::parse(key.trim()).ok().and_then(|path| path.names()).is_none()
            {
                let span = self.span(&member.key_range);
                self.problems.push(words::no_key(key, &span));
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
                None => _ = self.not_text::<()>(&format!("spec.set.{key}"), &member.value),
            }
        }
        found
    }

    fn only(&mut self, spec: &JsonNode<'_>) -> Vec<String> {
        let Some(only) = spec.get("only").filter(|only| !matches!(only.kind, JsonNodeKind::Null))
        else {
            return Vec::new();
        };
        let JsonNodeKind::Array(items) = &only.kind else {
            let span = self.span(&only.range);
            self.problems.push(words::not_a_list("spec.only", only.class(), &span));
            return Vec::new();
        };
        items
            .iter()
            .filter_map(|item| {
                item.name().map(Cow::into_owned).or_else(|| self.not_text("spec.only", item))
            })
            .collect()
    }
}
