//! Which objects of a document are Secrets: by `kind` and `apiVersion`, lists opened.
//!
//! What a list is, and what its items inherit, is kubectl's: `decode` and `decodeToList` in
//! `k8s.io/apimachinery/pkg/apis/meta/v1/unstructured/helpers.go`.

use std::ops::Range;

use super::messages;
use super::node::{JsonNode, JsonNodeKind};
use crate::content::ciphertext;
use crate::diag::{Diagnostic, phrases::nearest};

pub(crate) enum Object<'n, 't> {
    /// A Secret, and whether it says its `kind` and `apiVersion`, or inherits them from its list.
    /// Where one is missing, the server fills it in on a create; kubectl refuses.
    Secret(&'n JsonNode<'t>, bool),
    /// Meant as a Secret, but no server takes it for one; where that is said, and how.
    Misnamed {
        object: &'n JsonNode<'t>,
        at: &'n JsonNode<'t>,
        diagnostic: Diagnostic,
    },
    /// Secrets that SOPS encrypted, and where the document's `sops` stands.
    Encrypted {
        secrets: usize,
        key: Range<usize>,
    },
    /// Another kind, which is none of our business.
    Other(&'n JsonNode<'t>),
    Null(&'n JsonNode<'t>),
    /// Not an object, or not a list that kubectl opens.
    Malformed(&'n JsonNode<'t>, Diagnostic),
}

impl Object<'_, '_> {
    /// What is wrong with a Secret that is not decoded, where, and whether messages may quote that
    /// place.
    pub(crate) fn fault(self) -> Option<(Diagnostic, Range<usize>, bool)> {
        match self {
            Self::Encrypted { key, .. } => Some((messages::sops_manifest(), key, true)),
            Self::Misnamed { at, diagnostic, .. } => {
                Some((diagnostic, at.range.clone(), at.is_scalar()))
            }
            Self::Malformed(node, diagnostic) => Some((diagnostic, node.head(), false)),
            Self::Secret(..) | Self::Other(_) | Self::Null(_) => None,
        }
    }
}

/// A list, by what its items inherit that say neither `kind` nor `apiVersion`.
#[derive(Clone, Copy)]
struct List<'n> {
    kind: &'n str,
    api_version: &'n str,
}

pub(crate) fn all_objects<'n, 't>(node: &'n JsonNode<'t>) -> Vec<Object<'n, 't>> {
    let mut found = Vec::new();
    collect(node, None, &mut found);
    found
}

/// The objects of a document; all of them as one where SOPS encrypted it.
pub(crate) fn objects<'n, 't>(node: &'n JsonNode<'t>) -> Vec<Object<'n, 't>> {
    let found = all_objects(node);
    let is_encrypted = |value: Option<&JsonNode<'_>>| {
        value.and_then(JsonNode::text).is_some_and(ciphertext::is_sops_value)
    };
    if let Some(sops) = node.members().iter().find(|member| member.key == "sops")
        && is_encrypted(sops.value.get("mac"))
    {
        let is_secret = |object: &&Object<'_, '_>| {
            matches!(object, Object::Secret(..) | Object::Misnamed { .. })
        };
        let secrets = match is_encrypted(node.get("kind")) {
            // Without an `encrypted_regex`, its kind is encrypted, too.
            true => 1,
            false => found.iter().filter(is_secret).count(),
        };
        if secrets > 0 {
            return vec![Object::Encrypted { secrets, key: sops.key_range.clone() }];
        }
    }
    found
}

fn collect<'n, 't>(
    node: &'n JsonNode<'t>,
    list: Option<List<'n>>,
    found: &mut Vec<Object<'n, 't>>,
) {
    match &node.kind {
        JsonNodeKind::Object(_) => {}
        JsonNodeKind::Null if list.is_none() => return found.push(Object::Null(node)),
        _ => {
            let what = if list.is_some() { "an item of the list" } else { "the document" };
            let diagnostic = messages::not_an_object(what, node.class());
            return found.push(Object::Malformed(node, diagnostic));
        }
    }
    let said = |field: &str| node.get(field).filter(|value| !value.is_null());
    let (kind, api_version) = (said("kind"), said("apiVersion"));
    let text = |node: Option<&'n JsonNode<'t>>| node.map_or(Some(""), JsonNode::text);
    let misnamed = |at: Option<&'n JsonNode<'t>>, right: &str| {
        let at = at.unwrap_or(node);
        Object::Misnamed { object: node, at, diagnostic: messages::misnamed(at, right) }
    };
    let (Some(kind_text), Some(version_text)) = (text(kind), text(api_version)) else {
        // What is no string may be anything; with the word Secret or a Secret's fields it is ours.
        let ours = text(kind).map_or_else(|| looks_like_a_secret(node), |kind| kind == "Secret");
        let at = [kind, api_version].into_iter().flatten().find(|node| node.text().is_none());
        return found.push(match ours {
            true => misnamed(at, "apiVersion: v1` and `kind: Secret"),
            false => Object::Other(node),
        });
    };
    let (kind_text, version_text) = match list {
        Some(list) if kind_text.is_empty() && version_text.is_empty() => {
            (list.kind.strip_suffix("List").unwrap_or(list.kind), list.api_version)
        }
        _ => (kind_text, version_text),
    };
    let is_typed = !kind_text.is_empty() && !version_text.is_empty();
    // A group with a domain for a name is somebody's own, and may have kinds of these names.
    let of_others = version_text.split_once('/').is_some_and(|(group, _)| group.contains('.'));
    let is_core = matches!(version_text, "v1" | "/v1" | "");
    match kind_text {
        "Secret" if is_core => found.push(Object::Secret(node, is_typed)),
        "Secret" if !of_others => found.push(misnamed(api_version, "apiVersion: v1")),
        "" if is_core && looks_like_a_secret(node) => found.push(Object::Secret(node, is_typed)),
        "" | "Secret" => found.push(Object::Other(node)),
        other if !of_others && is_nearly_secret(other) => {
            found.push(misnamed(kind, "kind: Secret"))
        }
        other => match node.get("items") {
            Some(items) => {
                let near = nearest(other.trim(), ["SecretList", "List"]);
                if !of_others && other != "SecretList" && near == Some("SecretList") {
                    found.push(misnamed(kind, "kind: SecretList"));
                }
                let of = List { kind: other, api_version: version_text };
                collect_items(items, of, list.is_some(), found);
            }
            None => found.push(Object::Other(node)),
        },
    }
}

/// What has `items` is a list, whatever its kind, and is itself sent to no server.
fn collect_items<'n, 't>(
    items: &'n JsonNode<'t>,
    list: List<'n>,
    nested: bool,
    found: &mut Vec<Object<'n, 't>>,
) {
    // Of another kind it may be some other tool's input, for which other rules hold.
    let meant = list.kind.ends_with("List");
    match &items.kind {
        JsonNodeKind::Null => {}
        JsonNodeKind::Array(nodes) => {
            if nested {
                found.push(Object::Malformed(items, messages::nested_list()));
            }
            for node in nodes {
                if meant || matches!(node.kind, JsonNodeKind::Object(_)) {
                    collect(node, Some(list), found);
                }
            }
        }
        _ if meant => found.push(Object::Malformed(items, messages::bad_items(items.class()))),
        _ => found.push(Object::Other(items)),
    }
}

/// `secret`, `Secrets`, `Secert` and the like.
fn is_nearly_secret(kind: &str) -> bool {
    nearest(kind.trim(), ["Secret"]).is_some()
        || matches!(kind.trim(), "v1/Secret" | "core/Secret" | "Secret/v1")
}

/// Without a kind: `metadata` and nothing that a Secret does not have.
fn looks_like_a_secret(node: &JsonNode<'_>) -> bool {
    node.get("metadata").is_some()
        && node.members().iter().all(|member| SECRET_FIELDS.contains(&member.key.as_ref()))
}

pub(crate) const SECRET_FIELDS: [&str; 7] =
    ["apiVersion", "kind", "metadata", "immutable", "data", "stringData", "type"];
