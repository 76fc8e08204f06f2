//! Every kind of Secret that a spec can list, and what its snippets refer to.

use serde_yaml::Value;

use super::yaml;
use crate::views::inspect::inspect;
use crate::{Input, MemoryWorld, Options, SourceMap};

fn used(spec: &str) -> String {
    let world = MemoryWorld::default().with_file("a.txt", "hunter2");
    let mut sources = SourceMap::new();
    let file = sources.add("mintage.toml", spec);
    let inspection = inspect(&[Input { file, world: &world }], &Options::default(), &mut sources);
    assert!(inspection.diagnostics.is_empty(), "{:?}", inspection.diagnostics);
    let text = yaml(&inspection.secrets[0]);
    assert!(!text.contains("hunter2"), "{text}");
    text
}

fn documents(text: &str) -> Vec<Value> {
    use serde::Deserialize;
    serde_yaml::Deserializer::from_str(text)
        .map(|document| Value::deserialize(document).unwrap())
        .collect()
}

#[test]
fn each_key_that_can_be_a_variable() {
    let spec = "[[opaque]]\nname = \"a\"\nnamespace = \"n\"\ndata.A_1 = \
        { file = \"a.txt\" }\ndata.\"b.c\" = \"x\"\ndata.2d = \"x\"\n";
    let text = used(spec);
    let pods = documents(&text);
    assert_eq!(pods.len(), 3);
    let env = pods[0]["spec"]["containers"][0]["env"].as_sequence().unwrap();
    assert_eq!(env.len(), 1);
    assert_eq!(env[0]["valueFrom"]["secretKeyRef"]["key"], "A_1");
    assert!(pods.iter().all(|pod| pod["metadata"]["namespace"] == "n"));
    assert!(text.contains("Shells can't read 2d, b.c"), "{text}");
}

#[test]
fn no_variable_at_all() {
    assert_eq!(documents(&used("[[opaque]]\nname = \"a\"\ndata.\"b.c\" = \"x\"\n")).len(), 2);
}

#[test]
fn volumes_have_names_that_are_labels() {
    let text = used(&format!("[[opaque]]\nname = \"a.{}\"\ndata.a = \"x\"\n", "b".repeat(100)));
    let pod = documents(&text).pop().unwrap();
    let name = pod["spec"]["volumes"][0]["name"].as_str().unwrap();
    assert!(name.len() == 63 && name.starts_with("a-b"), "{name}");
    assert_eq!(pod["spec"]["containers"][0]["volumeMounts"][0]["name"], name);
}

#[test]
fn the_name_with_its_hash() {
    let text = used("[[opaque]]\nname = \"a\"\nhash-suffix = true\ndata.a = \"x\"\n");
    assert!(text.starts_with("# The Secret's name ends in a hash"), "{text}");
    // What kubectl kustomize makes of the same data: tests/unit/hash.rs compares the function with
    // it.
    let name = documents(&text).pop().unwrap()["spec"]["volumes"][0]["secret"]["secretName"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(name.len(), "a-".len() + 10);
}

#[test]
fn a_node_joins_without_the_token_being_said() {
    let spec = "[[bootstrap-token]]\ntoken-id = \"abcdef\"\ntoken-secret \
        = \"hunter2hunter2xx\"\nusages = [\"authentication\"]\n";
    let text = used(spec);
    assert!(text.contains("--token abcdef.***"), "{text}");
}

#[test]
fn the_account_of_a_token() {
    let text = used("[[service-account-token]]\nname = \"t\"\nservice-account = \"robot\"\n");
    assert_eq!(documents(&text)[0]["metadata"]["name"], "robot");
}
