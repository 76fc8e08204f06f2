//! `mintage use`, read by kubectl: what is to be pasted is accepted, and refers to what the build
//! gives.

use serde_json::Value;

use crate::case::{Case, built, examples, items};
use crate::peers;

/// Every reference to a Secret: its name, and the key where there is one.
fn references(value: &Value, found: &mut Vec<(String, Option<String>)>) {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    match value {
        Value::Object(fields) => {
            for (field, inner) in fields {
                match field.as_str() {
                    "secretKeyRef" | "secretRef" => {
                        found.push((text(&inner["name"]).unwrap(), text(&inner["key"])))
                    }
                    "secretName" => {
                        let name = text(inner).unwrap();
                        let items = fields
                            .get("items")
                            .and_then(Value::as_array)
                            .cloned()
                            .unwrap_or_default();
                        found.push((name.clone(), None));
                        found.extend(items.iter().map(|item| (name.clone(), text(&item["key"]))));
                    }
                    "imagePullSecrets" | "certificateRefs" => {
                        found.extend(
                            inner
                                .as_array()
                                .unwrap()
                                .iter()
                                .map(|item| (text(&item["name"]).unwrap(), None)),
                        );
                    }
                    _ => references(inner, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

/// What the cluster fills into a token.
const FILLED: [&str; 3] = ["ca.crt", "namespace", "token"];

#[test]
fn kubectl_accepts_what_is_to_be_pasted_and_it_refers_to_what_is_built() {
    let Some(kubectl) = peers::need("kubectl") else { return };
    let (mut secrets, mut objects) = (0, 0);
    for example in examples() {
        let (spec, more) = example.split_first().unwrap();
        for secret in
            items(&built([&example[..], &["--format".to_owned(), "json".to_owned()]].concat()))
        {
            let (name, namespace) = (
                secret["metadata"]["name"].as_str().unwrap(),
                secret["metadata"]["namespace"].as_str(),
            );
            let id = namespace.map_or(name.to_owned(), |namespace| format!("{namespace}/{name}"));
            let yaml = Case::repository()
                .args("use")
                .args(more)
                .args([spec, &id])
                .succeeds()
                .quietly()
                .stdout;
            secrets += 1;
            if secret["type"] == "bootstrap.kubernetes.io/token" {
                assert!(yaml.starts_with(b"# On the node"));
                continue;
            }
            let output = peers::run(
                peers::command(&kubectl).args(["label", "--local", "-f", "-", "x=y", "-o", "json"]),
                &yaml,
            );
            assert!(
                output.status.success(),
                "{id}: {}\n{}",
                String::from_utf8_lossy(&output.stderr),
                String::from_utf8_lossy(&yaml)
            );
            for object in serde_json::Deserializer::from_slice(&output.stdout)
                .into_iter::<Value>()
                .map(Result::unwrap)
            {
                objects += 1;
                assert_eq!(object["metadata"]["namespace"].as_str(), namespace, "{id}");
                let mut found = Vec::new();
                references(&object, &mut found);
                assert!(!found.is_empty() || object["kind"] == "ServiceAccount", "{id}: {object}");
                for (wanted, key) in found {
                    assert_eq!(wanted, name);
                    let filled = |key: &str| {
                        secret["type"] == "kubernetes.io/service-account-token"
                            && FILLED.contains(&key)
                    };
                    assert!(
                        key.as_deref()
                            .is_none_or(|key| secret["data"].get(key).is_some() || filled(key)),
                        "{id}: {key:?}"
                    );
                }
            }
        }
    }
    assert!(secrets >= 25 && objects >= 60, "{secrets} Secrets, {objects} objects");
}

#[test]
fn kubectl_knows_the_mode_and_the_files() {
    let Some(kubectl) = peers::need("kubectl") else { return };
    let yaml = Case::repository().args("use examples/shop deploy-key").succeeds().quietly().stdout;
    // `set env` needs the typed Pod, so what it gives has gone through the API's types; what those
    // don't have is gone.
    let output = peers::run(
        peers::command(&kubectl).args(["set", "env", "--local", "-f", "-", "A=b", "-o", "json"]),
        &yaml,
    );
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let pod: Value = serde_json::from_slice(&output.stdout).unwrap();
    let secret = &pod["spec"]["volumes"][0]["secret"];
    assert_eq!(
        (&secret["secretName"], &secret["defaultMode"]),
        (&"deploy-key".into(), &0o400.into())
    );
    let paths: Vec<&str> = secret["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["path"].as_str().unwrap())
        .collect();
    assert_eq!(paths, ["known_hosts", "ssh"]);
    assert_eq!(pod["spec"]["containers"][0]["volumeMounts"][0]["mountPath"], "/etc/git-secret");
}
