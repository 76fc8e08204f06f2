//! `mintage diff`, against what other tools make of our Secrets.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

use crate::peers;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn mintage(arguments: &[&str], stdin: &[u8]) -> Output {
    let home = tempfile::tempdir().unwrap();
    peers::run(Command::new(env!("CARGO_BIN_EXE_mintage")).args(arguments).current_dir(root()).env_clear().env("HOME", home.path()), stdin)
}

fn built(arguments: &[&str]) -> Vec<u8> {
    let output = mintage(&[&["build"], arguments].concat(), b"");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// The exit code and the result as JSON.
fn diff(arguments: &[&str], stdin: &[u8]) -> (i32, Value) {
    let output = mintage(&[&["diff", "--format", "json"], arguments].concat(), stdin);
    let code = output.status.code().unwrap();
    assert!(code < 2 && output.stderr.is_empty(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    (code, serde_json::from_slice(&output.stdout).unwrap())
}

fn specs() -> Vec<String> {
    let types = std::fs::read_dir(root().join("examples/types")).unwrap().map(|entry| entry.unwrap().path());
    let mut specs: Vec<String> = types
        .filter(|path: &PathBuf| path.extension().is_some_and(|extension| extension == "toml"))
        .map(|path| path.strip_prefix(root()).unwrap().display().to_string())
        .collect();
    specs.push("examples/shop".to_owned());
    specs
}

#[test]
fn what_was_built_is_equal_whoever_wrote_it_again() {
    let Some(python) = peers::need("python") else { return };
    let yaml = "import sys, yaml; yaml.safe_dump_all(yaml.safe_load_all(sys.stdin.buffer), sys.stdout)";
    let json = "import sys, yaml, json; json.dump({'apiVersion': 'v1', 'kind': 'List', 'items': list(yaml.safe_load_all(sys.stdin.buffer))}, sys.stdout)";
    for spec in specs() {
        let ours = built(&[&spec]);
        let mut texts = vec![ours.clone(), built(&[&spec, "--format", "json"])];
        texts.extend([yaml, json].map(|script| peers::stdout(peers::command(&python).args(["-c", script]), &ours)));
        for text in texts {
            let (code, result) = diff(&[&spec, "-"], &text);
            assert_eq!((code, result["secrets"].as_array().map(Vec::len)), (0, Some(0)), "{spec}");
        }
    }
}

#[test]
fn kubectls_change_is_the_only_one() {
    let Some(kubectl) = peers::need("kubectl") else { return };
    for spec in specs() {
        // As YAML, this command writes documents without a line between them.
        let changed = peers::stdout(peers::command(&kubectl).args(["label", "--local", "-f", "-", "x=1", "-o", "json"]), &built(&[&spec]));
        let (code, result) = diff(&[&spec, "-"], &changed);
        assert_eq!(code, 1);
        for secret in result["secrets"].as_array().unwrap() {
            let expected = serde_json::json!([{ "field": "label", "key": "x", "before": "1", "after": null }]);
            assert_eq!((&secret["change"], &secret["parts"]), (&"changed".into(), &expected), "{spec}");
            assert!(secret["data"].as_array().unwrap().iter().all(|datum| datum["change"] == "equal"), "{spec}");
        }
    }
}

#[test]
fn a_cluster_adds_what_does_not_count() {
    let list: Value = serde_json::from_slice(&built(&["examples/shop", "--format", "json"])).unwrap();
    let mut cluster = list.clone();
    let items = cluster["items"].as_array_mut().unwrap();
    for (index, item) in items.iter_mut().enumerate() {
        let metadata = item["metadata"].as_object_mut().unwrap();
        metadata.insert("uid".into(), format!("uid-{index}").into());
        metadata.insert("resourceVersion".into(), index.to_string().into());
        metadata.insert("creationTimestamp".into(), "2026-01-02T03:04:05Z".into());
        metadata.insert("managedFields".into(), serde_json::json!([{ "manager": "x", "fieldsV1": { "f:data": {} } }]));
        let applied = serde_json::json!({ "kubectl.kubernetes.io/last-applied-configuration": "{}", "other": "x" });
        metadata.insert("annotations".into(), applied);
    }
    // Annotations of the spec's own would be missing now, so only Secrets without are asked.
    let plain: Vec<&Value> = list["items"].as_array().unwrap().iter().filter(|item| item["metadata"]["annotations"].is_null()).collect();
    assert!(plain.len() > 5);
    let text = serde_json::to_vec(&cluster).unwrap();
    let (_, result) = diff(&["examples/shop", "-"], &text);
    assert_eq!(result["summary"]["equal"], plain.len());
    let (_, pruned) = diff(&["examples/shop", "-", "--prune"], &text);
    assert_eq!(pruned["summary"]["equal"], 0);
}

#[test]
fn folders_are_read_whole() {
    let folder = tempfile::tempdir().unwrap();
    let list: Value = serde_json::from_slice(&built(&["examples/shop", "--format", "json"])).unwrap();
    for item in list["items"].as_array().unwrap() {
        let namespace = folder.path().join(item["metadata"]["namespace"].as_str().unwrap());
        std::fs::create_dir_all(&namespace).unwrap();
        let name = item["metadata"]["name"].as_str().unwrap();
        std::fs::write(namespace.join(format!("{name}.yaml")), serde_json::to_vec(item).unwrap()).unwrap();
    }
    std::fs::write(
        folder.path().join("kustomization.yaml"),
        "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: []\n",
    )
    .unwrap();
    let path = folder.path().to_str().unwrap();
    assert_eq!(diff(&["examples/shop", path], b"").0, 0);
    std::fs::remove_file(folder.path().join("shop-dev/mysql.yaml")).unwrap();
    let (code, result) = diff(&["examples/shop", path], b"");
    assert_eq!((code, &result["summary"]["added"]), (1, &1.into()));
    let output = mintage(&["diff", "examples/shop", "no-such-folder"], b"");
    assert_eq!(output.status.code(), Some(2));
}

/// Two runs with values of other lengths and other equalities give the same masked text.
#[test]
fn a_mask_tells_nothing() {
    let masked = |values: [&str; 4], format: &str| {
        let folder = tempfile::tempdir().unwrap();
        let manifest = |name: &str, value: &str| {
            format!("apiVersion: v1\nkind: Secret\nmetadata: {{name: {name}}}\nstringData: {{k: {value}}}\n---\n")
        };
        std::fs::write(folder.path().join("old.yaml"), manifest("a", values[0]) + &manifest("b", values[1])).unwrap();
        std::fs::write(folder.path().join("a"), values[2]).unwrap();
        std::fs::write(folder.path().join("b"), values[3]).unwrap();
        let spec = "[[opaque]]\nname = \"a\"\ndata.k = { file = \"a\" }\n[[opaque]]\nname = \"b\"\ndata.k = { file = \"b\" }\n";
        std::fs::write(folder.path().join("mintage.toml"), spec).unwrap();
        let [spec, old] = [folder.path().to_str().unwrap().to_owned(), folder.path().join("old.yaml").to_str().unwrap().to_owned()];
        let output = mintage(&["diff", "--format", format, &spec, &old], b"");
        assert_eq!(output.status.code(), Some(1));
        output.stdout
    };
    for format in ["text", "json", "markdown"] {
        assert_eq!(masked(["x", "x", "y", "y"], format), masked(["one", "other", "quite-another-one", "z"], format));
    }
}
