//! Which objects of a document are Secrets: by `kind` and `apiVersion`, `List`s opened.

use super::node::{Node, NodeKind};

/// What an object is.
pub(super) enum Object<'n, 't> {
    /// A Secret. Some of them say less than they should.
    Secret(&'n Node<'t>, Said),
    /// Something else, which is none of our business.
    Other,
    /// Meant as a Secret, but no server takes it for one; where that is said, and how.
    Misnamed(&'n Node<'t>, Misnomer),
    /// No object at all.
    Bare(&'n Node<'t>),
    /// Nothing: `null`.
    Null(&'n Node<'t>),
}

/// How much a Secret says of what it is. Where something is missing, the server fills it in on a create; kubectl refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Said {
    /// Whether it has a `kind`, or stands in a `SecretList`.
    pub kind: bool,
    /// Whether it has an `apiVersion`, or stands in a `SecretList`.
    pub api_version: bool,
}

/// How a Secret is misnamed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Misnomer {
    /// `kind` is `Secret` in another spelling.
    Kind,
    /// `kind` is `Secret`, and `apiVersion` names a version that has none.
    ApiVersion,
    /// `kind` or `apiVersion` is no string.
    NotText,
}

/// Deepest nesting of lists in lists.
const MAX_LISTS: usize = 16;

/// Every object of a document.
pub(super) fn objects<'n, 't>(node: &'n Node<'t>) -> Vec<Object<'n, 't>> {
    let mut found = Vec::new();
    collect(node, false, 0, &mut found);
    found
}

fn collect<'n, 't>(node: &'n Node<'t>, in_secret_list: bool, depth: usize, found: &mut Vec<Object<'n, 't>>) {
    match &node.kind {
        NodeKind::Object(_) => {}
        NodeKind::Null => return found.push(Object::Null(node)),
        _ => return found.push(Object::Bare(node)),
    }
    let (kind, api_version) = (node.get("kind").filter(|kind| !is_null(kind)), node.get("apiVersion").filter(|version| !is_null(version)));
    let word = |node: Option<&'n Node<'t>>| node.map_or(Some(""), Node::text);
    let (Some(kind_text), Some(version_text)) = (word(kind), word(api_version)) else {
        // What is no string may be anything; with the word Secret or a Secret's fields it is ours.
        let ours = word(kind).is_some_and(|kind| kind == "Secret") || (word(kind).is_none() && looks_like_a_secret(node));
        let at = [kind, api_version].into_iter().flatten().find(|node| node.text().is_none()).unwrap_or(node);
        return found.push(if ours { Object::Misnamed(at, Misnomer::NotText) } else { Object::Other });
    };
    let said = Said { kind: in_secret_list || !kind_text.is_empty(), api_version: in_secret_list || !version_text.is_empty() };
    match (kind_text, version_text) {
        ("List" | "SecretList", "v1" | "") if depth < MAX_LISTS => {
            if let Some(NodeKind::Array(items)) = node.get("items").map(|items| &items.kind) {
                items.iter().for_each(|item| collect(item, kind_text == "SecretList", depth + 1, found));
            }
        }
        ("Secret", "v1" | "") => found.push(Object::Secret(node, said)),
        // A group of its own has Secrets of its own.
        ("Secret", version) if is_of_others(version) => found.push(Object::Other),
        ("Secret", _) => found.push(Object::Misnamed(api_version.unwrap_or(node), Misnomer::ApiVersion)),
        ("", "v1" | "") if in_secret_list || looks_like_a_secret(node) => found.push(Object::Secret(node, said)),
        (other, version) if is_nearly_secret(other) && !is_of_others(version) => {
            found.push(Object::Misnamed(kind.unwrap_or(node), Misnomer::Kind))
        }
        _ => found.push(Object::Other),
    }
}

fn is_null(node: &Node<'_>) -> bool {
    matches!(node.kind, NodeKind::Null)
}

/// Whether an `apiVersion` is that of somebody's own API group, which has a domain for a name.
fn is_of_others(api_version: &str) -> bool {
    api_version.split_once('/').is_some_and(|(group, _)| group.contains('.'))
}

/// `secret`, `Secrets` and the like.
fn is_nearly_secret(kind: &str) -> bool {
    let word = kind.trim().to_ascii_lowercase();
    kind != "Secret" && matches!(word.as_str(), "secret" | "secrets" | "v1/secret" | "core/secret")
}

/// Without a kind: `metadata` and nothing that a Secret does not have.
fn looks_like_a_secret(node: &Node<'_>) -> bool {
    const FIELDS: [&str; 7] = ["apiVersion", "kind", "metadata", "immutable", "data", "stringData", "type"];
    node.get("metadata").is_some() && node.members().iter().all(|member| FIELDS.contains(&member.key.as_ref()))
}
