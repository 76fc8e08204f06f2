//! The `ResourceList` that a KRM function is given on stdin.

use std::ops::Range;

use super::{config, messages};
use crate::diag::Diagnostic;
use crate::diag::mask::Mask;
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
    /// Reads a list.
    ///
    /// # Errors
    /// It is neither YAML nor JSON, or no `ResourceList`.
    pub(crate) fn read(file: FileId, text: &'t str) -> Result<Self, Diagnostic> {
        if text.trim().is_empty() {
            return Err(messages::empty());
        }
        let mut documents = manifests::load(file, text)?;
        let (Some(root), true) = (documents.pop(), documents.is_empty()) else {
            return Err(messages::several());
        };
        let word = |field: &str| root.get(field).and_then(JsonNode::text);
        if word("kind") != Some("ResourceList") {
            return Err(messages::not_a_resource_list(word("kind"), &at(file, &root, "kind")));
        }
        if !word("apiVersion").is_some_and(|version| VERSIONS.contains(&version)) {
            return Err(messages::other_version(&at(file, &root, "apiVersion")));
        }
        match root.get("items").map(|items| &items.kind) {
            None | Some(JsonNodeKind::Null | JsonNodeKind::Array(_)) => {
                Ok(Self { file, text, root })
            }
            Some(_) => Err(messages::items_are_no_list(&at(file, &root, "items"))),
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
        manifests::mask(self.text, shown)
    }
}

/// What messages may quote of a text that is no list.
pub(crate) fn mask(file: FileId, text: &str) -> Mask {
    let documents = manifests::load(file, text).unwrap_or_default();
    manifests::mask(text, documents.iter().flat_map(harmless).collect())
}

/// Where a field's value stands, or else the beginning.
fn at(file: FileId, root: &JsonNode<'_>, field: &str) -> Span {
    Span::new(
        file,
        root.get(field).map_or(root.range.start..root.range.start, |node| node.range.clone()),
    )
}

/// Tokens of an object that messages may quote: what it is, and its name.
pub(crate) fn harmless(item: &JsonNode<'_>) -> Vec<Range<usize>> {
    let metadata =
        ["name", "namespace"].iter().filter_map(|field| item.get("metadata")?.get(field));
    let fields = ["apiVersion", "kind"].iter().filter_map(|field| item.get(field));
    fields.chain(metadata).map(|node| node.range.clone()).collect()
}
