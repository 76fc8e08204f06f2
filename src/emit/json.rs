//! Secrets as one JSON document: a `v1` `List`, as kubectl reads and writes several objects in
//! JSON.

use std::collections::BTreeMap;
use std::slice;

use zeroize::Zeroizing;

use super::encode::{Base64, Base64Form};
use super::room;
use super::scalar::{AstralEscapes, push_escaped, push_line};
use crate::secret::Secret;

/// A `List` of the Secrets in the order given, indented by two blanks, fields in the order of
/// [`super::yaml::documents`], with a newline at the end.
///
/// It is YAML too: no surrogate pairs, which the YAML readers of Kubernetes tools refuse.
pub(crate) fn list(secrets: &[Secret]) -> Zeroizing<String> {
    let mut out = Zeroizing::new(String::with_capacity(room(secrets)));
    let reserved = out.capacity();
    let mut base64 = Base64::new();
    out.push_str("{\n  \"apiVersion\": \"v1\",\n  \"kind\": \"List\",\n  \"items\": [");
    for (index, secret) in secrets.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        push_line(&mut out, 4);
        push_secret(&mut out, &mut base64, secret, 4);
    }
    if !secrets.is_empty() {
        push_line(&mut out, 2);
    }
    out.push_str("]\n}\n");
    debug_assert_eq!(out.capacity(), reserved, "the buffer moved and left a copy behind");
    out
}

/// One Secret by itself, in the manner of [`list`], with a newline at the end.
pub(crate) fn object(secret: &Secret) -> Zeroizing<String> {
    let mut out = Zeroizing::new(String::with_capacity(room(slice::from_ref(secret))));
    let reserved = out.capacity();
    push_secret(&mut out, &mut Base64::new(), secret, 0);
    out.push('\n');
    debug_assert_eq!(out.capacity(), reserved, "the buffer moved and left a copy behind");
    out
}

fn push_secret(out: &mut String, base64: &mut Base64, secret: &Secret, indent: usize) {
    out.push('{');
    push_field(out, indent + 2, "apiVersion", true);
    out.push_str("\"v1\"");
    push_field(out, indent + 2, "kind", false);
    out.push_str("\"Secret\"");
    push_field(out, indent + 2, "metadata", false);
    out.push('{');
    push_field(out, indent + 4, "name", true);
    push_string(out, &secret.name);
    if let Some(namespace) = &secret.namespace {
        push_field(out, indent + 4, "namespace", false);
        push_string(out, namespace);
    }
    push_texts(out, "labels", &secret.labels, indent + 4);
    push_texts(out, "annotations", &secret.annotations, indent + 4);
    push_line(out, indent + 2);
    out.push('}');
    if let Some(immutable) = secret.immutable {
        push_field(out, indent + 2, "immutable", false);
        out.push_str(if immutable { "true" } else { "false" });
    }
    push_field(out, indent + 2, "type", false);
    push_string(out, &secret.type_);
    if !secret.data.is_empty() {
        push_field(out, indent + 2, "data", false);
        out.push('{');
        for (index, (key, value)) in secret.data.iter().enumerate() {
            push_field(out, indent + 4, key, index == 0);
            out.push('"');
            Base64Form::Plain.push(out, base64, value.expose());
            out.push('"');
        }
        push_line(out, indent + 2);
        out.push('}');
    }
    push_line(out, indent);
    out.push('}');
}

fn push_texts(out: &mut String, field: &str, texts: &BTreeMap<String, String>, indent: usize) {
    if texts.is_empty() {
        return;
    }
    push_field(out, indent, field, false);
    out.push('{');
    for (index, (key, value)) in texts.iter().enumerate() {
        push_field(out, indent + 2, key, index == 0);
        push_string(out, value);
    }
    push_line(out, indent);
    out.push('}');
}

/// The comma after what stood before, a new line, and the field's name.
fn push_field(out: &mut String, indent: usize, name: &str, first: bool) {
    if !first {
        out.push(',');
    }
    push_line(out, indent);
    push_string(out, name);
    out.push_str(": ");
}

fn push_string(out: &mut String, text: &str) {
    out.push('"');
    push_escaped(out, text, AstralEscapes::Raw);
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::{list, object};
    use crate::secret::Secret;

    #[test]
    fn every_field_in_its_place() {
        let full = Secret {
            name: "db".into(),
            namespace: Some("prod".into()),
            labels: [("a".into(), "1".into())].into(),
            annotations: [("note".into(), "\"\u{1f511}\u{1fffe}\u{7f}\n".into())].into(),
            immutable: Some(false),
            type_: "Opaque".into(),
            data: [("a".into(), "x".into()), ("b".into(), "".into())].into(),
        };
        let bare = Secret { name: "bare".into(), type_: "Opaque".into(), ..Secret::default() };
        let expected = r#"{
  "apiVersion": "v1",
  "kind": "List",
  "items": [
    {
      "apiVersion": "v1",
      "kind": "Secret",
      "metadata": {
        "name": "db",
        "namespace": "prod",
        "labels": {
          "a": "1"
        },
        "annotations": {
          "note": "\"@KEY@\u007f\n"
        }
      },
      "immutable": false,
      "type": "Opaque",
      "data": {
        "a": "eA==",
        "b": ""
      }
    },
    {
      "apiVersion": "v1",
      "kind": "Secret",
      "metadata": {
        "name": "bare"
      },
      "type": "Opaque"
    }
  ]
}
"#;
        let items = list(&[full.clone(), bare.clone()]);
        for secret in [full.clone(), bare.clone()] {
            // The same text as in a list, four blanks further to the left.
            let alone: String =
                object(&secret).lines().map(|line| format!("    {line}\n")).collect();
            assert!(items.contains(alone.trim_end()), "{alone}");
        }
        assert_eq!(*list(&[full, bare]), expected.replace("@KEY@", "\u{1f511}\u{1fffe}"));
        assert_eq!(
            *list(&[]),
            "{\n  \"apiVersion\": \"v1\",\n  \"kind\": \"List\",\n  \"items\": []\n}\n"
        );
    }
}
