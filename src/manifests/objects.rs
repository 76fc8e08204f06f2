//! Which objects of a document are Secrets: by `kind` and `apiVersion`, lists opened.
//!
//! What a list is, and what its items inherit, is kubectl's: `decode` and `decodeToList` in
//! `k8s.io/apimachinery/pkg/apis/meta/v1/unstructured/helpers.go`.

use std::ops::Range;

use super::node::{JsonNode, JsonNodeKind};
use crate::content::ciphertext;
use crate::diag::phrases::nearest;

pub(crate) enum Object<'n, 't> {
    /// A Secret. Some of them say less than they should.
    Secret(&'n JsonNode<'t>, HasTypeMeta),
    /// Something else, which is none of our business.
    Other,
    /// Meant as a Secret, but no server takes it for one; where that is said, and how.
    Misnamed {
        object: &'n JsonNode<'t>,
        at: &'n JsonNode<'t>,
        misnomer: Misnomer,
    },
    /// No object at all, and whether it stands in a list.
    Bare(&'n JsonNode<'t>, Place),
    Null(&'n JsonNode<'t>),
    BadItems(&'n JsonNode<'t>),
    /// A list in a list, which kubectl does not open; its items. What they are follows.
    NestedList(&'n JsonNode<'t>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Document,
    Item,
}

/// How much a Secret says of what it is. Where something is missing, the server fills it in on a
/// create; kubectl refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct HasTypeMeta {
    /// Whether it has a `kind`, or inherits it from a `SecretList`.
    pub kind: bool,
    /// Whether it has an `apiVersion`, or inherits it from its list.
    pub api_version: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Misnomer {
    /// `kind` is `Secret` in another spelling.
    Kind,
    /// `kind` is `SecretList` in another spelling.
    ListKind,
    /// `kind` is `Secret`, and `apiVersion` names a version that has none.
    ApiVersion,
    /// `kind` or `apiVersion` is no string.
    NotText,
}

/// A list, by what its items inherit that say neither `kind` nor `apiVersion`.
#[derive(Clone, Copy)]
struct List<'n> {
    kind: &'n str,
    api_version: &'n str,
}

impl<'n> List<'n> {
    fn item_kind(self) -> &'n str {
        self.kind.strip_suffix("List").unwrap_or(self.kind)
    }
}

pub(crate) fn objects<'n, 't>(node: &'n JsonNode<'t>) -> Vec<Object<'n, 't>> {
    let mut found = Vec::new();
    collect(node, None, &mut found);
    found
}

fn collect<'n, 't>(
    node: &'n JsonNode<'t>,
    list: Option<List<'n>>,
    found: &mut Vec<Object<'n, 't>>,
) {
    match (&node.kind, list) {
        (JsonNodeKind::Object(_), _) => {}
        (JsonNodeKind::Null, None) => return found.push(Object::Null(node)),
        (_, None) => return found.push(Object::Bare(node, Place::Document)),
        (_, Some(_)) => return found.push(Object::Bare(node, Place::Item)),
    }
    let said =
        |field: &str| node.get(field).filter(|value| !matches!(value.kind, JsonNodeKind::Null));
    let (kind, api_version) = (said("kind"), said("apiVersion"));
    let word = |node: Option<&'n JsonNode<'t>>| node.map_or(Some(""), JsonNode::text);
    let (Some(kind_text), Some(version_text)) = (word(kind), word(api_version)) else {
        // What is no string may be anything; with the word Secret or a Secret's fields it is ours.
        let ours = word(kind).is_some_and(|kind| kind == "Secret")
            || (word(kind).is_none() && looks_like_a_secret(node));
        let at = [kind, api_version]
            .into_iter()
            .flatten()
            .find(|node| node.text().is_none())
            .unwrap_or(node);
        return found.push(if ours {
            Object::Misnamed { object: node, at, misnomer: Misnomer::NotText }
        } else {
            Object::Other
        });
    };
    let (kind_text, version_text) = match list {
        Some(list) if kind_text.is_empty() && version_text.is_empty() => {
            (list.item_kind(), list.api_version)
        }
        _ => (kind_text, version_text),
    };
    let said = HasTypeMeta { kind: !kind_text.is_empty(), api_version: !version_text.is_empty() };
    let misnamed = |at: Option<&'n JsonNode<'t>>, misnomer| Object::Misnamed {
        object: node,
        at: at.unwrap_or(node),
        misnomer,
    };
    match (kind_text, version_text) {
        ("Secret", "v1" | "/v1" | "") => found.push(Object::Secret(node, said)),
        // A group of its own has Secrets of its own.
        ("Secret", version) if is_of_others(version) => found.push(Object::Other),
        ("Secret", _) => found.push(misnamed(api_version, Misnomer::ApiVersion)),
        ("", "v1" | "/v1" | "") if looks_like_a_secret(node) => {
            found.push(Object::Secret(node, said))
        }
        ("", _) => found.push(Object::Other),
        (other, version) if !is_of_others(version) && is_nearly_secret(other) => {
            found.push(misnamed(kind, Misnomer::Kind))
        }
        (other, version) => match node.get("items") {
            Some(items) => {
                if !is_of_others(version) && is_nearly_secret_list(other) {
                    found.push(misnamed(kind, Misnomer::ListKind));
                }
                collect_items(
                    items,
                    List { kind: other, api_version: version },
                    list.is_some(),
                    found,
                );
            }
            None => found.push(Object::Other),
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
                found.push(Object::NestedList(items));
            }
            let objects =
                nodes.iter().filter(|node| meant || matches!(node.kind, JsonNodeKind::Object(_)));
            objects.for_each(|node| collect(node, Some(list), found));
        }
        _ if meant => found.push(Object::BadItems(items)),
        _ => found.push(Object::Other),
    }
}

/// Whether an `apiVersion` is that of somebody's own API group, which has a domain for a name.
fn is_of_others(api_version: &str) -> bool {
    api_version.split_once('/').is_some_and(|(group, _)| group.contains('.'))
}

/// `secret`, `Secrets`, `Secert` and the like.
fn is_nearly_secret(kind: &str) -> bool {
    kind != "Secret"
        && (nearest(kind.trim(), ["Secret"]).is_some()
            || matches!(kind.trim(), "v1/Secret" | "core/Secret" | "Secret/v1"))
}

/// `secretlist`, `SecretsList` and the like.
fn is_nearly_secret_list(kind: &str) -> bool {
    kind != "SecretList" && nearest(kind.trim(), ["SecretList", "List"]) == Some("SecretList")
}

/// Without a kind: `metadata` and nothing that a Secret does not have.
fn looks_like_a_secret(node: &JsonNode<'_>) -> bool {
    const FIELDS: [&str; 7] =
        ["apiVersion", "kind", "metadata", "immutable", "data", "stringData", "type"];
    node.get("metadata").is_some()
        && node.members().iter().all(|member| FIELDS.contains(&member.key.as_ref()))
}

/// How many Secrets a document holds that SOPS encrypted, and where its `sops` stands; `None` if it
/// is no such document.
pub(crate) fn secrets(node: &JsonNode<'_>) -> Option<(usize, Range<usize>)> {
    let member = node.members().iter().find(|member| member.key == "sops")?;
    let is_value = |value: Option<&JsonNode<'_>>| {
        value.and_then(JsonNode::text).is_some_and(ciphertext::is_sops_value)
    };
    if !is_value(member.value.get("mac")) {
        return None;
    }
    // Without an `encrypted_regex`, its kind is encrypted, too.
    let count = if is_value(node.get("kind")) {
        1
    } else {
        let is_secret = |object: &&Object<'_, '_>| {
            matches!(object, Object::Secret(..) | Object::Misnamed { .. })
        };
        objects(node).iter().filter(is_secret).count()
    };
    (count > 0).then(|| (count, member.key_range.clone()))
}
