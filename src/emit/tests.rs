//! Every field in its place, in YAML and JSON.

use super::encode::base64;
use super::json::{list, object};
use super::yaml::documents;
use crate::secret::Secret;

/// One with every field, and one with nothing but a name and a type.
pub(crate) fn secrets() -> Vec<Secret> {
    let full = Secret {
        name: "db".into(),
        namespace: Some("y".into()),
        labels: [("app".into(), "y".into()), ("app.kubernetes.io/name".into(), "db".into())].into(),
        annotations: [
            ("kubectl.kubernetes.io/last-applied-configuration".into(), "{}".into()),
            ("note".into(), "two\nlines \u{1f511}\u{1fffe}\u{7f}".into()),
        ]
        .into(),
        immutable: Some(false),
        type_: "Opaque".into(),
        data: [
            ("token".into(), "null?".into()),
            ("empty".into(), "".into()),
            ("07".into(), vec![0x9e, 0xe9, 0x65].into()),
        ]
        .into(),
    };
    let bare = Secret { name: "bare".into(), type_: "example.com/x y".into(), ..Secret::default() };
    vec![full, bare]
}

#[test]
fn yaml() {
    let expected = r#"apiVersion: v1
kind: Secret
metadata:
  name: db
  namespace: "y"
  labels:
    app: "y"
    app.kubernetes.io/name: db
  annotations:
    kubectl.kubernetes.io/last-applied-configuration: "{}"
    note: "two\nlines @KEY@\U0001fffe\u007f"
immutable: false
type: Opaque
data:
  "07": "null"
  empty: ""
  token: "bnVsbD8="
---
apiVersion: v1
kind: Secret
metadata:
  name: bare
type: "example.com/x y"
"#;
    assert_eq!(*documents(&secrets()), expected.replace("@KEY@", "\u{1f511}"));
    assert_eq!(*documents(&[]), "");
}

#[test]
fn json() {
    let bare = r#"{
  "apiVersion": "v1",
  "kind": "Secret",
  "metadata": {
    "name": "bare"
  },
  "type": "example.com/x y"
}
"#;
    let secrets = secrets();
    assert_eq!(*object(&secrets[1]), bare);
    // No surrogate pairs, which YAML readers refuse.
    let note = "\"note\": \"two\\nlines \u{1f511}\u{1fffe}\\u007f\"\n    }\n  },\n";
    assert!(object(&secrets[0]).contains(note));
    // The same texts in a list, four blanks further to the right.
    let items = secrets.iter().map(|secret| {
        let lines: Vec<String> = object(secret).lines().map(|line| format!("    {line}")).collect();
        lines.join("\n")
    });
    let items = items.collect::<Vec<_>>().join(",\n");
    let head = "{\n  \"apiVersion\": \"v1\",\n  \"kind\": \"List\",\n  \"items\": [";
    assert_eq!(*list(&secrets), format!("{head}\n{items}\n  ]\n}}\n"));
    assert_eq!(*list(&[]), format!("{head}]\n}}\n"));
}

#[test]
fn base64_of_rfc_4648() {
    // Section 10.
    for (bytes, expected) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foobar", "Zm9vYmFy")] {
        assert_eq!(*base64(bytes.as_bytes()), expected);
    }
}
