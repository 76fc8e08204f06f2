//! Whether client-side `kubectl apply` can keep a Secret's manifest in its annotation.
//!
//! Source: `GetModifiedConfiguration` in `staging/src/k8s.io/kubectl/pkg/util/apply.go`. kubectl
//! writes the manifest as compact JSON of Go, keys sorted, with `annotations` even if there are
//! none, the namespace filled in, and a line break at the end.

use std::collections::BTreeMap;

use super::LAST_APPLIED;
use crate::check::api::{ANNOTATIONS_MAX, DATA_MAX};
use crate::go::json::write::string_len;
use crate::secret::Secret;

/// What kubectl writes for a manifest without a namespace, unless its context says another one.
const DEFAULT_NAMESPACE: &str = "default";

/// The size of the annotation, if it is too much together with the others. Nothing where the API
/// server refuses the Secret for its size anyway.
///
/// Finalizers and owners of a finished manifest are not counted, so the size is a little too low
/// for one that has them.
pub(crate) fn too_large(secret: &Secret) -> Option<usize> {
    let sum = |with: bool| -> usize {
        secret
            .annotations
            .iter()
            .filter(|(key, _)| with || *key != LAST_APPLIED)
            .map(|(key, value)| key.len() + value.len())
            .sum()
    };
    let data: usize = secret.data.values().map(|value| value.len()).sum();
    if sum(true) > ANNOTATIONS_MAX || data > DATA_MAX {
        return None;
    }
    let size = size(secret);
    (sum(false) + LAST_APPLIED.len() + size > ANNOTATIONS_MAX).then_some(size)
}

/// The bytes of the annotation's value.
pub(crate) fn size(secret: &Secret) -> usize {
    let texts = |map: &BTreeMap<String, String>, without: &str| {
        object(
            map.iter()
                .filter(|(key, _)| *key != without)
                .map(|(key, value)| (key.as_str(), string_len(value))),
        )
    };
    let mut metadata = vec![("annotations", texts(&secret.annotations, LAST_APPLIED))];
    if !secret.labels.is_empty() {
        metadata.push(("labels", texts(&secret.labels, "")));
    }
    metadata.push(("name", string_len(&secret.name)));
    metadata
        .push(("namespace", string_len(secret.namespace.as_deref().unwrap_or(DEFAULT_NAMESPACE))));
    let mut fields = vec![("apiVersion", string_len("v1")), ("kind", string_len("Secret"))];
    fields.push(("metadata", object(metadata.into_iter())));
    fields.push(("type", string_len(&secret.type_)));
    if !secret.data.is_empty() {
        // Two quotes, and base64 with padding.
        fields.push((
            "data",
            object(
                secret
                    .data
                    .iter()
                    .map(|(key, value)| (key.as_str(), 2 + value.len().div_ceil(3) * 4)),
            ),
        ));
    }
    fields.extend(secret.immutable.map(|immutable| ("immutable", if immutable { 4 } else { 5 })));
    object(fields.into_iter()) + 1
}

/// The bytes of an object with values of these sizes.
fn object<'a>(fields: impl Iterator<Item = (&'a str, usize)>) -> usize {
    let (count, bytes) = fields.fold((0, 0), |(count, bytes), (key, value)| {
        (count + 1, bytes + string_len(key) + 1 + value)
    });
    2 + bytes + usize::saturating_sub(count, 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_is_where_a_real_cluster_has_it() {
        let with = |bytes: usize| Secret {
            name: "x".into(),
            type_: "Opaque".into(),
            data: [("a".into(), vec![0; bytes].into())].into(),
            ..Secret::default()
        };
        assert_eq!(too_large(&with(196_400)), None);
        assert!(too_large(&with(196_500)).is_some());
        // That is too much for the API server too.
        assert_eq!(too_large(&with(1_048_577)), None);
    }
}
