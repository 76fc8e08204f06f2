//! A stream of manifests that the spec's Secrets join at the end: Helm's post-renderer, and a
//! transformer of kustomize's old kind.

use std::collections::HashMap;

use zeroize::Zeroizing;

use super::{krm::list, krm::merge::Id};
use crate::diag::{Diagnostic, diagnostic, mask::Mask, phrases::code};
use crate::manifests::{self, JsonNode, JsonNodeKind};
use crate::secret::Secret;
use crate::source::{FileId, Span};

/// The text as it is, byte for byte, and the documents behind it.
pub(crate) fn join(text: &str, documents: &str) -> Zeroizing<String> {
    let mut out = Zeroizing::new(String::with_capacity(text.len() + documents.len() + 5));
    out.push_str(text);
    if !text.trim().is_empty() && !documents.is_empty() {
        // The last separator may be there, with nothing behind it.
        let last = text.trim_end().rsplit('\n').next().unwrap_or_default();
        out.push_str(if text.ends_with('\n') { "" } else { "\n" });
        out.push_str(if last == "---" { "" } else { "---\n" });
    }
    out.push_str(documents);
    out
}

/// Secrets that are in the stream already. What in it can't be read is left to whoever reads it
/// next.
pub(crate) fn conflicts(file: FileId, text: &str, secrets: &[Secret]) -> Vec<Diagnostic> {
    let documents = manifests::load(file, text).unwrap_or_default();
    let mut objects = Vec::new();
    documents.iter().for_each(|document| collect(document, 0, &mut objects));
    // Of two with one name the first counts.
    let mut names: HashMap<Id<'_>, &JsonNode<'_>> = HashMap::new();
    for (id, name) in objects
        .iter()
        .filter_map(|object| Some((Id::of(object)?, object.get("metadata")?.get("name")?)))
    {
        names.entry(id).or_insert(name);
    }
    let mut found = Vec::new();
    for secret in secrets {
        if let Some(name) = names.get(&Id::of_secret(secret)) {
            found.push(
                diagnostic!(
                    DUPLICATE_SECRET,
                    "the input already contains the Secret {}",
                    code(&secret.id())
                )
                .at(Span::new(file, name.range.clone()), "already exists here")
                .help("remove one of the two, or give each its own name or namespace")
                .about(secret.id()),
            );
        }
    }
    found
}

/// What messages may quote of a stream: the names of fields, and what its Secrets are called.
pub(crate) fn mask(file: FileId, text: &str) -> Mask {
    let documents = manifests::load(file, text).unwrap_or_default();
    let mut objects = Vec::new();
    documents.iter().for_each(|document| collect(document, 0, &mut objects));
    manifests::mask(text, objects.into_iter().flat_map(list::harmless).collect())
}

fn collect<'n, 't>(node: &'n JsonNode<'t>, depth: usize, found: &mut Vec<&'n JsonNode<'t>>) {
    let word = |field: &str| node.get(field).and_then(JsonNode::text);
    match (word("apiVersion"), word("kind")) {
        (Some("v1"), Some("Secret")) => found.push(node),
        (Some("v1"), Some("List")) if depth < 16 => {
            if let Some(JsonNodeKind::Array(items)) = node.get("items").map(|items| &items.kind) {
                items.iter().for_each(|item| collect(item, depth + 1, found));
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::join;

    #[test]
    fn one_separator_and_every_byte() {
        for text in
            ["", "\n", "a: 1", "a: 1\n", "a: 1\n---\n", "---\r\na: 1\r\n", "a: |+\n  x\n\n\n"]
        {
            let joined = join(text, "b: 2\n");
            assert!(joined.starts_with(text));
            let rest = joined[text.len()..].trim_start();
            let separated = text.trim().is_empty() || text.ends_with("---\n");
            assert_eq!(rest, if separated { "b: 2\n" } else { "---\nb: 2\n" }, "{text:?}");
        }
        assert_eq!(join("a: 1", "").as_str(), "a: 1");
    }
}
