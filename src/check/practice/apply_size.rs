//! Whether client-side `kubectl apply` can keep a Secret's manifest in its annotation.
//!
//! Source: `GetModifiedConfiguration` in `staging/src/k8s.io/kubectl/pkg/util/apply.go`. kubectl
//! writes the manifest as compact JSON of Go, keys sorted, with `annotations` even if there are
//! none, the namespace filled in, and a line break at the end.

use super::{LAST_APPLIED, is_refused, text_size};
use crate::check::api::ANNOTATIONS_MAX;
use crate::go::json::write::string_len;
use crate::secret::Secret;

/// The size of the annotation, if it is too much together with the others and the API server takes
/// the Secret. Finalizers and owners are not counted, so it may be a little too low.
pub(crate) fn too_large(secret: &Secret) -> Option<usize> {
    let own = secret.annotations.get(LAST_APPLIED);
    let own = own.map_or(0, |value| LAST_APPLIED.len() + value.len());
    let (others, size) = (text_size(&secret.annotations) - own, size(secret));
    let is_too_large = others + LAST_APPLIED.len() + size > ANNOTATIONS_MAX;
    (is_too_large && !is_refused(secret)).then_some(size)
}

pub(crate) fn size(secret: &Secret) -> usize {
    let text = |(key, value): (&'_ String, &'_ String)| (string_len(key), string_len(value));
    // Unless kubectl's context says another one.
    let namespace = secret.namespace.as_deref().unwrap_or("default");
    let annotations = secret.annotations.iter().filter(|(key, _)| *key != LAST_APPLIED);
    let mut metadata = vec![
        field("annotations", object(annotations.map(text))),
        field("name", string_len(&secret.name)),
        field("namespace", string_len(namespace)),
    ];
    if !secret.labels.is_empty() {
        metadata.push(field("labels", object(secret.labels.iter().map(text))));
    }
    let mut fields = vec![
        field("apiVersion", string_len("v1")),
        field("kind", string_len("Secret")),
        field("metadata", object(metadata)),
        field("type", string_len(&secret.type_)),
    ];
    if !secret.data.is_empty() {
        // Two quotes, and base64 with padding.
        let base64 = |bytes: usize| 2 + bytes.div_ceil(3) * 4;
        let data = secret.data.iter().map(|(key, value)| (string_len(key), base64(value.len())));
        fields.push(field("data", object(data)));
    }
    if let Some(immutable) = secret.immutable {
        fields.push(field("immutable", immutable.to_string().len()));
    }
    object(fields) + 1
}

fn field(key: &str, value: usize) -> (usize, usize) {
    (string_len(key), value)
}

/// The bytes of an object with keys and values of these sizes: braces, a colon each, and commas.
fn object(fields: impl IntoIterator<Item = (usize, usize)>) -> usize {
    let sizes: Vec<usize> = fields.into_iter().map(|(key, value)| key + 1 + value).collect();
    2 + sizes.iter().sum::<usize>() + sizes.len().saturating_sub(1)
}
