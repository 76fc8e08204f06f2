//! Every field in its place.

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
