//! `mintage diff`, against what other tools make of our Secrets.

use serde_json::Value;

use crate::case::{Case, Words, built, examples, items};
use crate::peers;

/// The exit code and the result as JSON.
#[track_caller]
fn diff(words: impl Words, stdin: &[u8]) -> (i32, Value) {
    let ran = Case::repository().args("diff --format json").args(words).stdin(stdin).run();
    let code = ran.code.unwrap();
    assert!(code < 2 && ran.stderr.is_empty(), "{}", ran.stderr);
    (code, ran.json())
}

fn specs() -> Vec<String> {
    examples()
        .into_iter()
        .filter_map(|example| <[String; 1]>::try_from(example).ok())
        .map(|[spec]| spec)
        .collect()
}

/// Each of these YAML texts, written again by PyYAML as YAML and as JSON.
fn written_again(python: &std::path::Path, texts: &[Vec<u8>]) -> Vec<[String; 2]> {
    let script = "import json, sys, yaml
answers = []
for text in json.load(sys.stdin):
    documents = list(yaml.safe_load_all(text))
    answers.append([yaml.safe_dump_all(documents), \
    json.dumps({'apiVersion': 'v1', 'kind': 'List', 'items': documents})])
json.dump(answers, sys.stdout)
";
    let texts: Vec<&str> = texts.iter().map(|text| std::str::from_utf8(text).unwrap()).collect();
    let answers = peers::stdout(
        peers::command(python).args(["-c", script]),
        serde_json::to_string(&texts).unwrap().as_bytes(),
    );
    serde_json::from_slice(&answers).unwrap()
}

#[test]
fn what_was_built_is_equal_whoever_wrote_it_again() {
    let Some(python) = peers::need("python") else { return };
    let specs = specs();
    let ours: Vec<Vec<u8>> = specs.iter().map(|spec| built([spec])).collect();
    for ((spec, ours), [yaml, json]) in specs.iter().zip(&ours).zip(written_again(&python, &ours)) {
        for text in [ours, &built([spec, "--format", "json"]), yaml.as_bytes(), json.as_bytes()] {
            let (code, result) = diff([spec, "-"], text);
            assert_eq!((code, result["secrets"].as_array().map(Vec::len)), (0, Some(0)), "{spec}");
        }
    }
}

#[test]
fn kubectls_change_is_the_only_one() {
    let Some(kubectl) = peers::need("kubectl") else { return };
    // One process for all of them.
    let specs = specs();
    let ours: Vec<Vec<u8>> = specs.iter().map(|spec| built([spec])).collect();
    // As YAML, this command writes documents without a line between them.
    let label = ["label", "--local", "-f", "-", "x=1", "-o", "json"];
    let changed = peers::stdout(peers::command(&kubectl).args(label), &ours.join(&b"---\n"[..]));
    let mut changed =
        serde_json::Deserializer::from_slice(&changed).into_iter::<Value>().map(Result::unwrap);
    for (spec, ours) in specs.iter().zip(&ours) {
        let count =
            ours.split(|byte| *byte == b'\n').filter(|line| *line == b"kind: Secret").count();
        let changed: String =
            changed.by_ref().take(count).map(|secret| secret.to_string()).collect();
        let (code, result) = diff([spec, "-"], changed.as_bytes());
        assert_eq!(code, 1);
        for secret in result["secrets"].as_array().unwrap() {
            let expected =
                serde_json::json!([{ "field": "label", "key": "x", "before": "1", "after": null }]);
            assert_eq!(
                (&secret["change"], &secret["parts"]),
                (&"changed".into(), &expected),
                "{spec}"
            );
            assert!(
                secret["data"].as_array().unwrap().iter().all(|datum| datum["change"] == "equal"),
                "{spec}"
            );
        }
    }
}

#[test]
fn a_cluster_adds_what_does_not_count() {
    let list: Value = serde_json::from_slice(&built("examples/shop --format json")).unwrap();
    let mut cluster = list.clone();
    let items = cluster["items"].as_array_mut().unwrap();
    for (index, item) in items.iter_mut().enumerate() {
        let metadata = item["metadata"].as_object_mut().unwrap();
        metadata.insert("uid".into(), format!("uid-{index}").into());
        metadata.insert("resourceVersion".into(), index.to_string().into());
        metadata.insert("creationTimestamp".into(), "2026-01-02T03:04:05Z".into());
        metadata.insert(
            "managedFields".into(),
            serde_json::json!([{ "manager": "x", "fieldsV1": { "f:data": {} } }]),
        );
        let applied = serde_json::json!({
            "kubectl.kubernetes.io/last-applied-configuration": "{}",
            "other": "x",
        });
        metadata.insert("annotations".into(), applied);
    }
    // Annotations of the spec's own would be missing now, so only Secrets without are asked.
    let plain: Vec<&Value> = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|item| item["metadata"]["annotations"].is_null())
        .collect();
    assert!(plain.len() > 5);
    let text = serde_json::to_vec(&cluster).unwrap();
    let (_, result) = diff("examples/shop -", &text);
    assert_eq!(result["summary"]["equal"], plain.len());
    let (_, pruned) = diff("examples/shop - --prune", &text);
    assert_eq!(pruned["summary"]["equal"], 0);
}

#[test]
fn folders_are_read_whole() {
    let rendered = Case::new();
    for item in items(&built("examples/shop --format json")) {
        let [namespace, name] =
            ["namespace", "name"].map(|field| item["metadata"][field].as_str().unwrap());
        rendered.write(&format!("{namespace}/{name}.yaml"), item.to_string());
    }
    rendered.write(
        "kustomization.yaml",
        "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: []\n",
    );
    let folder = rendered.path("");
    let path = folder.to_str().unwrap();
    assert_eq!(diff(["examples/shop", path], b"").0, 0);
    std::fs::remove_file(rendered.path("shop-dev/mysql.yaml")).unwrap();
    let (code, result) = diff(["examples/shop", path], b"");
    assert_eq!((code, &result["summary"]["added"]), (1, &1.into()));
    Case::repository().args("diff examples/shop no-such-folder").exits(2);
}

/// Two runs with values of other lengths and other equalities give the same masked text.
#[test]
fn a_mask_tells_nothing() {
    let masked = |values: [&str; 4], format: &str| {
        let manifest = |name: &str, value: &str| {
            format!(
                "apiVersion: v1\nkind: Secret\nmetadata: {{name: {name}}}\nstringData: \
                 {{k: {value}}}\n---\n"
            )
        };
        Case::new()
            .spec(
                "[[opaque]]\nname = \"a\"\ndata.k = { file = \"a\" }\n[[opaque]]\nname \
                 = \"b\"\ndata.k = { file = \"b\" }\n",
            )
            .file("old.yaml", manifest("a", values[0]) + &manifest("b", values[1]))
            .file("a", values[2])
            .file("b", values[3])
            .args(["diff", "--format", format, ".", "old.yaml"])
            .fails()
            .stdout
    };
    for format in ["text", "json", "markdown"] {
        assert_eq!(
            masked(["x", "x", "y", "y"], format),
            masked(["one", "other", "quite-another-one", "z"], format)
        );
    }
}
