//! The `ResourceList` that a KRM function is given on stdin.

use std::ops::Range;

use super::config;
use crate::diag::{Diagnostic, diagnostic, mask::Mask};
use crate::manifests::{self, JsonNode, JsonNodeKind};
use crate::source::{FileId, Span};

/// Versions of the list. The older ones have the same form (kyaml `fn/framework`).
const VERSIONS: [&str; 3] =
    ["config.kubernetes.io/v1", "config.kubernetes.io/v1beta1", "config.kubernetes.io/v1alpha1"];

pub(crate) struct ResourceList<'t> {
    pub file: FileId,
    pub text: &'t str,
    pub root: JsonNode<'t>,
}

impl<'t> ResourceList<'t> {
    pub(crate) fn read(file: FileId, text: &'t str) -> Result<Self, Diagnostic> {
        if text.trim().is_empty() {
            return Err(refuse("stdin is empty, but should contain a `ResourceList`").help(
                "to compile a spec to stdout, run `mintage build`; to try the function, see \
                 `mintage krm --help`",
            ));
        }
        let mut documents = manifests::load(file, text)?;
        let (Some(root), true) = (documents.pop(), documents.is_empty()) else {
            return Err(refuse("stdin is several documents, not one `ResourceList`").help(FILTER));
        };
        let word = |field: &str| root.get(field).and_then(JsonNode::text);
        let at = |field: &str| {
            let range = root.get(field).map(|node| node.range.clone());
            Span::new(file, range.unwrap_or(root.range.start..root.range.start))
        };
        if word("kind") != Some("ResourceList") {
            let diagnostic = refuse("stdin is not a `ResourceList`").at(at("kind"), "");
            return Err(match word("kind") {
                Some(config::KIND) => diagnostic
                    .note(
                        "this is the function's config, which belongs in the list as \
                        `functionConfig`",
                    )
                    .help(
                        "list the file under `generators:` in `kustomization.yaml`, or pass it to \
                         `kpt fn eval` with `--fn-config`",
                    ),
                _ => diagnostic.help(FILTER),
            });
        }
        if !word("apiVersion").is_some_and(|version| VERSIONS.contains(&version)) {
            return Err(diagnostic!(
                RESOURCE_LIST,
                "the `ResourceList` has an unknown `apiVersion`"
            )
            .at(at("apiVersion"), "")
            .help("write `config.kubernetes.io/v1`"));
        }
        match root.get("items").map(|items| &items.kind) {
            None | Some(JsonNodeKind::Null | JsonNodeKind::Array(_)) => {
                Ok(Self { file, text, root })
            }
            Some(_) => {
                Err(diagnostic!(RESOURCE_LIST, "`items` of the `ResourceList` is not a list")
                    .at(at("items"), "")
                    .help("write `items: []` if there are none"))
            }
        }
    }

    pub(crate) fn items(&self) -> &[JsonNode<'t>] {
        match self.root.get("items").map(|items| &items.kind) {
            Some(JsonNodeKind::Array(items)) => items,
            _ => &[],
        }
    }

    pub(crate) fn function_config(&self) -> Option<&JsonNode<'t>> {
        self.root.get("functionConfig").filter(|config| !matches!(config.kind, JsonNodeKind::Null))
    }

    /// What messages may quote: the names of fields, what an item is and its name, and the like of
    /// the config.
    pub(crate) fn mask(&self) -> Mask {
        let mut shown = self.function_config().map(config::harmless).unwrap_or_default();
        shown.extend(self.items().iter().flat_map(harmless));
        let mut unnamed = Vec::new();
        if let Some(config) = self.function_config() {
            manifests::mask::unnamed(config, &mut unnamed);
        }
        manifests::mask(self.text, shown).unnamed(unnamed)
    }
}

/// What messages may quote of a text that is no list.
pub(crate) fn mask(file: FileId, text: &str) -> Mask {
    let documents = manifests::load(file, text).unwrap_or_default();
    manifests::mask(text, documents.iter().flat_map(harmless).collect())
}

const FILTER: &str = "to add Secrets to a stream of manifests, as Helm's post-renderers do, run \
    `mintage post-render`";

fn refuse(message: &str) -> Diagnostic {
    diagnostic!(RESOURCE_LIST, "{message}")
        .note("kustomize and kpt pipe it into the function; it is not written by hand")
}

/// Tokens of an object that messages may quote: what it is, and its name.
pub(crate) fn harmless(item: &JsonNode<'_>) -> Vec<Range<usize>> {
    let metadata =
        ["name", "namespace"].iter().filter_map(|field| item.get("metadata")?.get(field));
    let fields = ["apiVersion", "kind"].iter().filter_map(|field| item.get(field));
    fields.chain(metadata).map(|node| node.range.clone()).collect()
}
