//! What is emitted, read by the readers of other people: kubectl (go-yaml, YAML 1.1, and Go's JSON)
//! and PyYAML (YAML 1.1).

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::emit::{json, scalar, yaml};
use crate::secret::Secret;
use crate::unit::{peers, support::thinned};

/// Strings that YAML readers are known to take for something else, one JSON object with `string` a
/// line.
const SCALARS: &str = include_str!("../readers/yaml_scalars.jsonl");

const TEXTS: &[&str] = &[
    "a\nb\n",
    "a\nb",
    "a\n\n  b\n\tc\n",
    "\ta\nb\n",
    " a\nb\n",
    "\n\na\n",
    "a\nb\n\n",
    "a \nb\n",
    "a\n \nb\n",
    "a\r\nb\r\n",
    "---\n...\n",
    "# a\n- b: c\n\"d\\\n",
    "a: b\n%c\n",
    "é\n\u{1f511}\n",
    "a\n\u{85}b\n",
    "a\n\u{2028}b\n",
    "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
];

/// The strings of the fixture, texts of several lines, every character of the basic plane and some
/// beyond between letters, and every string of up to three characters out of those that words and
/// numbers are made of.
fn strings() -> Vec<String> {
    let fixture = SCALARS.lines().map(|line| {
        serde_json::from_str::<Value>(line).unwrap()["string"].as_str().unwrap().to_owned()
    });
    let mut all: BTreeSet<String> =
        fixture.chain(TEXTS.iter().map(|text| (*text).to_owned())).collect();
    all.insert("ab: cd #".repeat(200));
    let basic: Vec<char> = ('\0'..='\u{ffff}').collect();
    all.extend(basic.chunks(64).map(|chars| chars.iter().flat_map(|c| [*c, 'a']).collect()));
    all.extend(basic.chunks(64).map(|chars| chars.iter().collect()));
    let beyond = [
        '\u{10000}',
        '\u{1f511}',
        '\u{1fffe}',
        '\u{e0001}',
        '\u{e007f}',
        '\u{10fffd}',
        '\u{10ffff}',
    ];
    all.extend(beyond.iter().map(|c| format!("a{c}")));
    let alphabet = [
        'y', 'N', 'o', 'e', 'E', 'x', '0', '1', '8', '_', '.', '-', '+', ':', ' ', '~', '=', '<',
        '#', '\n', '\t',
    ];
    let mut short = vec![String::new()];
    for length in 1..=3 {
        short = short
            .iter()
            .flat_map(|start| alphabet.iter().map(move |c| format!("{start}{c}")))
            .chain([String::new()])
            .collect();
        // Those of three characters are most of them.
        let step = if length == 3 { thinned(4) } else { 1 };
        all.extend(short.iter().step_by(step).cloned());
    }
    all.into_iter().collect()
}

fn is_name(text: &str, extra: &str) -> bool {
    let inside = |c: char| c.is_ascii_alphanumeric() || extra.contains(c);
    let edge = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    text.len() <= 63
        && edge(text.chars().next())
        && edge(text.chars().next_back())
        && text.chars().all(inside)
}

/// Every string wherever Kubernetes lets it stand.
fn secrets() -> Vec<Secret> {
    let strings = strings();
    let named = |name: String| Secret { name, type_: "Opaque".into(), ..Secret::default() };
    let mut all = Vec::new();
    // Annotation values take anything; in pieces, as kubectl would hardly see one of this size.
    for (index, part) in strings.chunks(500).enumerate() {
        let annotations = part
            .iter()
            .enumerate()
            .map(|(index, text)| (format!("k{index}"), text.clone()))
            .collect();
        all.push(Secret {
            annotations,
            immutable: Some(index % 2 == 0),
            ..named(format!("annotations-{index}"))
        });
    }
    let keys: Vec<&String> = strings.iter().filter(|text| is_name(text, "-_.")).collect();
    let map = |value: &str| {
        keys.iter().map(|key| ((*key).clone(), value.to_owned())).collect::<BTreeMap<_, _>>()
    };
    all.push(Secret { labels: map("y"), annotations: map("1"), ..named("keys".into()) });
    for (index, value) in keys.iter().enumerate() {
        let labels = [("value".to_owned(), (*value).clone())].into();
        all.push(Secret { labels, type_: (*value).clone(), ..named(format!("label-{index}")) });
    }
    for name in strings
        .iter()
        .filter(|text| is_name(text, "-") && !text.chars().any(|c| c.is_ascii_uppercase()))
    {
        all.push(Secret { namespace: Some("prod".into()), ..named(name.clone()) });
    }
    let data_key = |text: &&String| !text.is_empty() && *text != "." && !text.starts_with("..");
    let data_keys = strings
        .iter()
        .filter(|text| text.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c)));
    // 9e e9 65 is `null` in base64.
    let values: [&[u8]; 5] = [
        b"",
        &[0x9e, 0xe9, 0x65],
        b"\0",
        &[0xd7, 0x6d, 0xf8],
        b"a longer value that fills more than one line of seventy six",
    ];
    let data = data_keys
        .filter(data_key)
        .zip(values.iter().cycle())
        .map(|(key, value)| (key.clone(), (*value).into()))
        .collect();
    all.push(Secret { data, ..named("data".into()) });
    all
}

/// What a reader is to find, as JSON.
fn meant(secret: &Secret) -> Value {
    let data: BTreeMap<&String, String> =
        secret.data.iter().map(|(key, value)| (key, STANDARD.encode(value.expose()))).collect();
    let mut metadata = serde_json::json!({"name": secret.name});
    if let Some(namespace) = &secret.namespace {
        metadata["namespace"] = namespace.as_str().into();
    }
    for (field, texts) in [("labels", &secret.labels), ("annotations", &secret.annotations)] {
        if !texts.is_empty() {
            metadata[field] = serde_json::json!(texts);
        }
    }
    let mut meant = serde_json::json!({
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": metadata,
        "type": secret.type_,
    });
    if let Some(immutable) = secret.immutable {
        meant["immutable"] = immutable.into();
    }
    if !data.is_empty() {
        meant["data"] = serde_json::json!(data);
    }
    meant
}

fn assert_same(read: &[Value], meant: &[Value]) {
    assert_eq!(read.len(), meant.len());
    for (read, meant) in read.iter().zip(meant) {
        // Value by value first: a difference of whole documents fills screens.
        for (group, field) in [("metadata", "annotations"), ("metadata", "labels")] {
            for (key, value) in meant[group][field].as_object().into_iter().flatten() {
                assert_eq!(&read[group][field][key], value, "{group}.{field}.{key}");
            }
        }
        assert_eq!(read, meant);
    }
}

/// What kubectl reads, without the annotation that makes it answer.
fn kubectl_reads(kubectl: &std::path::Path, text: &str) -> Vec<Value> {
    let mut command = peers::command(kubectl);
    let answer = peers::stdout(
        command.args(["annotate", "--local", "-f", "-", "zz=1", "-o", "json"]),
        text.as_bytes(),
    );
    let read: Result<Vec<Value>, _> =
        serde_json::Deserializer::from_slice(&answer).into_iter().collect();
    let mut read = read.unwrap();
    for object in &mut read {
        let metadata = object["metadata"].as_object_mut().unwrap();
        // Versions before 1.36 print it as null.
        metadata.remove("creationTimestamp");
        let annotations = metadata["annotations"].as_object_mut().unwrap();
        assert_eq!(annotations.remove("zz"), Some("1".into()));
        if annotations.is_empty() {
            metadata.remove("annotations");
        }
    }
    read
}

const PYTHON: &str = "import json, sys, yaml; \
    json.dump(list(yaml.safe_load_all(sys.stdin.buffer.read().decode('utf-8'))), sys.stdout)";

fn pyyaml_reads(python: &std::path::Path, text: &str) -> Vec<Value> {
    let answer = peers::stdout(peers::command(python).args(["-c", PYTHON]), text.as_bytes());
    serde_json::from_slice(&answer).unwrap()
}

#[test]
fn kubectl_reads_the_yaml_and_the_json() {
    let Some(kubectl) = peers::need("kubectl") else { return };
    let secrets = secrets();
    let meant: Vec<Value> = secrets.iter().map(meant).collect();
    assert_same(&kubectl_reads(&kubectl, &yaml::documents(&secrets)), &meant);
    assert_same(&kubectl_reads(&kubectl, &json::list(&secrets)), &meant);
}

#[test]
fn pyyaml_reads_the_yaml_and_the_json() {
    let Some(python) = peers::need("python") else { return };
    let secrets = secrets();
    let meant: Vec<Value> = secrets.iter().map(meant).collect();
    assert_same(&pyyaml_reads(&python, &yaml::documents(&secrets)), &meant);
    let list = pyyaml_reads(&python, &json::list(&secrets));
    assert_eq!(list.len(), 1);
    assert_same(list[0]["items"].as_array().unwrap(), &meant);
}

/// A tree with literal blocks and keys of any form and length, as config files need them.
#[test]
fn blocks_and_keys_of_any_form() {
    let mut entries: BTreeMap<String, String> =
        strings().into_iter().map(|text| (text.clone(), text)).collect();
    entries.insert("long".repeat(300), "a".into());
    entries.insert("long: ".repeat(200), "a\nb\n".into());
    let mut text = String::from("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:");
    for (key, value) in &entries {
        text.push_str("\n  ");
        scalar::push_key(&mut text, key, 2);
        text.push(' ');
        scalar::push_text(&mut text, value, 4);
    }
    text.push('\n');
    let meant = serde_json::json!({
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "a"},
        "data": entries,
    });
    if let Some(python) = peers::need("python") {
        compare_data(&pyyaml_reads(&python, &text)[0], &meant);
    }
    if let Some(kubectl) = peers::need("kubectl") {
        compare_data(&kubectl_reads(&kubectl, &text)[0], &meant);
    }
}

fn compare_data(read: &Value, meant: &Value) {
    for (key, value) in meant["data"].as_object().unwrap() {
        assert_eq!(read["data"].get(key), Some(value), "{key:?}");
    }
    assert_eq!(read, meant);
}
