//! Lints about tools, against those tools: how large kubectl's copy of a manifest is.

use serde_json::{Map, Value, json};

use crate::check::practice::apply_size;
use crate::secret::Secret;

/// The value of kubectl's annotation, made by another writer: Go escapes a little more, so the
/// texts here have nothing to escape.
fn written(secret: &Secret) -> usize {
    let texts = |map: &std::collections::BTreeMap<String, String>| {
        map.iter().map(|(key, value)| (key.clone(), json!(value))).collect::<Map<_, _>>()
    };
    let base64 = |bytes: usize| "A".repeat(bytes.div_ceil(3) * 4);
    let data: Map<String, Value> =
        secret.data.iter().map(|(key, value)| (key.clone(), json!(base64(value.len())))).collect();
    let mut manifest = json!({
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {
            "annotations": texts(&secret.annotations),
            "name": secret.name,
            "namespace": secret.namespace.as_deref().unwrap_or("default"),
        },
        "type": secret.type_,
    });
    if !secret.labels.is_empty() {
        manifest["metadata"]["labels"] = json!(texts(&secret.labels));
    }
    if !secret.data.is_empty() {
        manifest["data"] = Value::Object(data);
    }
    if let Some(immutable) = secret.immutable {
        manifest["immutable"] = json!(immutable);
    }
    manifest.to_string().len() + 1
}

#[test]
fn the_size_of_the_copy_is_that_of_the_json() {
    let mut secret = Secret { name: "app".into(), type_: "Opaque".into(), ..Secret::default() };
    assert_eq!(apply_size::size(&secret), written(&secret));
    // What `kubectl apply` writes for it.
    let text = "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"annotations\":{},\
                \"name\":\"app\",\"namespace\":\"default\"},\"type\":\"Opaque\"}\n";
    assert_eq!(apply_size::size(&secret), text.len());
    secret.namespace = Some("shop".into());
    secret.immutable = Some(false);
    for count in 0..5_usize {
        secret.data.insert(format!("key-{count}"), vec![0; count * 7].into());
        secret.labels.insert(format!("label-{count}"), "x".repeat(count));
        secret.annotations.insert(format!("example.com/{count}"), "\"quoted\"\n".repeat(count));
        assert_eq!(apply_size::size(&secret), written(&secret));
    }
}
