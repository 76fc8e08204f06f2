//! Lints about tools, against those tools: what kustomize makes of an annotation's key, and how
//! large kubectl's copy of a manifest is.

use std::path::Path;

use serde_json::{Map, Value, json};

use crate::check::practice::{self, apply_size};
use crate::secret::Secret;
use crate::unit::peers;
use crate::unit::support::Folder;

/// Keys that the API server takes and that a YAML reader might take for something else.
const KEYS: &str = "y Y n N yes Yes no on On off OFF true True TRUE tRUE false null Null NULL nUll \
    1 12 0 00 012 08 0x1F 0XfF 0x 0o17 0O17 0o8 0b11 0B1 0b12 1_000 1_ 1__0 1e3 1E3 1.5 1. 1.5e3 \
    1e 1e400 1e-3 01.5 1.2.3 2001-01-01 2001-1-1 2001-02-29 2001-13-01 2001-01 20010101T000000Z \
    nan NaN inf infinity 1a a1 0x1Fg 9999999999999999999999 0xFFFFFFFFFFFFFFFF 0xFFFFFFFFFFFFFFFFF \
    0x1p-2 v1 1-2 1.0-rc1 0e1234 0_7 0x_1F 0_b1 0b1_1 1e1_0 18446744073709551616 a.com/true \
    a.com/1 1.com/1 e1";

/// Whether kustomize renders Secrets with these keys of annotations.
fn renders(kubectl: &Path, keys: &[&str]) -> bool {
    let folder = Folder::new();
    let secret = |(index, key): (usize, &&str)| {
        let metadata = json!({"name": format!("s{index}"), "annotations": {*key: "v"}});
        json!({"apiVersion": "v1", "kind": "Secret", "metadata": metadata}).to_string()
    };
    folder.write(
        "secrets.yaml",
        keys.iter().enumerate().map(secret).collect::<Vec<_>>().join("\n---\n"),
    );
    folder.write("kustomization.yaml", "resources: [secrets.yaml]\n");
    peers::run(peers::command(kubectl).arg("kustomize").arg(folder.path("")), b"").status.success()
}

#[test]
fn kustomize_fails_at_the_keys_that_the_lint_names() {
    let Some(kubectl) = peers::need("kubectl") else { return };
    let (named, fine): (Vec<&str>, Vec<&str>) =
        KEYS.split_whitespace().partition(|key| practice::is_yaml_typed(key));
    assert!(named.len() > 30, "{}", named.len());
    for key in &named {
        assert!(!renders(&kubectl, &[key]), "{key}");
    }
    // Those that are fine are so all at once, in one process.
    if !renders(&kubectl, &fine) {
        let wrong: Vec<&&str> = fine.iter().filter(|key| !renders(&kubectl, &[key])).collect();
        panic!("kustomize fails at {wrong:?}");
    }
}

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
