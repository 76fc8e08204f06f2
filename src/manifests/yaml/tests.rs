use serde_json::Value;

use super::*;

fn value(node: &JsonNode<'_>) -> Value {
    match &node.kind {
        JsonNodeKind::Null => Value::Null,
        JsonNodeKind::Bool(value) => (*value).into(),
        // Which number it is matters nowhere but for integers.
        JsonNodeKind::Number(number) => number.map_or("a number".into(), Value::from),
        JsonNodeKind::String(text) => text.as_ref().into(),
        JsonNodeKind::Array(items) => items.iter().map(value).collect(),
        JsonNodeKind::Object(members) => Value::Object(
            members.iter().map(|member| (member.key.to_string(), value(&member.value))).collect(),
        ),
    }
}

fn tree(text: &str) -> Result<Value, YamlFaultKind> {
    match read(text, 0..text.len()) {
        Ok(node) => Ok(node.map_or(Value::Null, |node| value(&node))),
        Err(fault) => Err(fault.kind),
    }
}

#[test]
fn texts_at_which_the_parser_stumbles() {
    // kubectl ends the last line itself.
    assert_eq!(tree("a: |\n  x").unwrap()["a"], "x\n");
    for header in ["|+", ">-", "|2-", "|-"] {
        assert!(tree(&format!("a: {header}\n  x")).is_ok(), "{header}");
    }
    assert_eq!(tree("a: {b: \"x\"!, c: d}"), Err(YamlFaultKind::Syntax));
    assert_eq!(tree("a: [!<tag:yaml.org,2002:str> 1]").unwrap()["a"][0], "1");
    assert_eq!(tree("\u{feff}a: b\nc: d").unwrap()["c"], "d");
    assert_eq!(tree("a: b\n\u{feff}\nc: d"), Err(YamlFaultKind::ControlCharacter('\u{feff}')));
}

#[test]
fn places_are_bytes() {
    let text = "é: 日本\r\n\"ü\": 'x'\nkey: |\n  é\n";
    let node = read(text, 0..text.len()).unwrap().unwrap();
    let parts: Vec<(&str, &str)> = node
        .members()
        .iter()
        .map(|member| (&text[member.key_range.clone()], &text[member.value.range.clone()]))
        .collect();
    assert_eq!(parts[..2], [("é", "日本"), ("\"ü\"", "'x'")]);
    assert_eq!((parts[2].0, parts[2].1.trim_end()), ("key", "|\n  é"));
}

/// What sigs.k8s.io/yaml said of a text: a value, or that it does not read it.
fn recorded(becomes: &Value, plain_ok: bool) -> Option<Value> {
    match becomes {
        Value::String(text)
            if !plain_ok
                && (text.starts_with("yaml: ")
                    || text.starts_with("unsupported map key")
                    || text.starts_with("json: ")) =>
        {
            None
        }
        Value::Number(number) if number.as_i64().is_none() => Some("a number".into()),
        other => Some(other.clone()),
    }
}

#[test]
fn scalars_are_read_as_kubernetes_reads_them() {
    let mut tried = 0;
    let mut disagreements = Vec::new();
    for line in include_str!("../../../tests/readers/yaml_scalars.jsonl").lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        let text = row["string"].as_str().unwrap();
        tried += 1;
        let ours = tree(&format!("m:\n  k: {text}\n")).ok();
        let theirs = recorded(&row["value_becomes"], row["plain_value_ok"].as_bool().unwrap());
        // Where the text changed the structure, the whole tree is recorded.
        let is_tree = row["value_becomes"].is_object();
        let expected = theirs
            .map(|value| if is_tree { value } else { serde_json::json!({"m": {"k": value}}) });
        let big = row["value_becomes"].as_f64().is_some_and(|value| value.abs() >= 9.0e15);
        if ours != expected && !big {
            disagreements.push(format!("value {text:?}: {ours:?} instead of {expected:?}"));
        }
        let key = tree(&format!("m:\n  {text}: v\n  z: w\n"))
            .ok()
            .and_then(|tree| tree["m"].as_object()?.keys().find(|key| *key != "z").cloned());
        let theirs = recorded(&row["key_becomes"], row["plain_key_ok"].as_bool().unwrap())
            .and_then(|key| key.as_str().map(String::from));
        if key != theirs {
            disagreements.push(format!("key {text:?}: {key:?} instead of {theirs:?}"));
        }
    }
    assert_eq!((tried, disagreements), (171, Vec::<String>::new()));
}
