//! Secrets as a stream of YAML documents.

use std::collections::BTreeMap;

use zeroize::Zeroizing;

use super::encode::{Base64, Base64Form};
use super::hash::is_asked_for;
use super::room;
use super::scalar::{push_key, push_line, push_scalar};
use crate::secret::Secret;

/// One document a Secret, in the order given, with `---` between documents and a newline at the
/// end; nothing for no Secrets.
///
/// Fields stand in the order `apiVersion`, `kind`, `metadata` (`name`, `namespace`, `labels`,
/// `annotations`), `immutable`, `type`, `data`, map keys sorted, empty maps left out. Values of
/// `data` are base64 on one line, always quoted: unquoted, a value such as `null` or `1234` would
/// be read as something else (go-yaml behind kubectl).
pub(crate) fn documents(secrets: &[Secret]) -> Zeroizing<String> {
    write(secrets, |_| Base64Form::Plain)
}

/// The same for kustomize: a Secret with the annotation [`super::hash::NEEDS_HASH`] is written as
/// its secretGenerator would, and so gets the suffix of [`super::hash::kustomize_suffix`].
pub(crate) fn documents_for_kustomize(secrets: &[Secret]) -> Zeroizing<String> {
    write(
        secrets,
        |secret| if is_asked_for(secret) { Base64Form::Generated } else { Base64Form::Plain },
    )
}

fn write(secrets: &[Secret], form: impl Fn(&Secret) -> Base64Form) -> Zeroizing<String> {
    let mut out = Zeroizing::new(String::with_capacity(room(secrets)));
    let reserved = out.capacity();
    let mut base64 = Base64::new();
    for (index, secret) in secrets.iter().enumerate() {
        if index > 0 {
            out.push_str("---\n");
        }
        push_secret(&mut out, &mut base64, secret, form(secret));
    }
    debug_assert_eq!(out.capacity(), reserved, "the buffer moved and left a copy behind");
    out
}

fn push_secret(out: &mut String, base64: &mut Base64, secret: &Secret, form: Base64Form) {
    out.push_str("apiVersion: v1\nkind: Secret\nmetadata:\n  name: ");
    push_scalar(out, &secret.name);
    if let Some(namespace) = &secret.namespace {
        out.push_str("\n  namespace: ");
        push_scalar(out, namespace);
    }
    push_texts(out, "labels", &secret.labels);
    push_texts(out, "annotations", &secret.annotations);
    match secret.immutable {
        Some(true) => out.push_str("\nimmutable: true"),
        Some(false) => out.push_str("\nimmutable: false"),
        None => {}
    }
    out.push_str("\ntype: ");
    push_scalar(out, &secret.type_);
    if !secret.data.is_empty() {
        out.push_str("\ndata:");
    } else if form == Base64Form::Generated {
        out.push_str("\ndata: {}");
    }
    for (key, value) in &secret.data {
        push_line(out, 2);
        push_key(out, key, 2);
        out.push_str(" \"");
        form.push(out, base64, value.expose());
        out.push('"');
    }
    out.push('\n');
}

fn push_texts(out: &mut String, field: &str, texts: &BTreeMap<String, String>) {
    if texts.is_empty() {
        return;
    }
    push_line(out, 2);
    push_key(out, field, 2);
    for (key, value) in texts {
        push_line(out, 4);
        push_key(out, key, 4);
        out.push(' ');
        push_scalar(out, value);
    }
}

#[cfg(test)]
mod tests {
    use super::documents;
    use crate::secret::Secret;

    #[test]
    fn every_field_in_its_place() {
        let full = Secret {
            name: "db".into(),
            namespace: Some("y".into()),
            labels: [("b".into(), "1".into()), ("app.kubernetes.io/name".into(), "db".into())]
                .into(),
            annotations: [("note".into(), "two\nlines".into())].into(),
            immutable: Some(true),
            type_: "Opaque".into(),
            data: [
                ("token".into(), "null?".into()),
                ("empty".into(), "".into()),
                ("07".into(), vec![0x9e, 0xe9, 0x65].into()),
            ]
            .into(),
        };
        let bare =
            Secret { name: "bare".into(), type_: "example.com/x y".into(), ..Secret::default() };
        let expected = r#"apiVersion: v1
kind: Secret
metadata:
  name: db
  namespace: "y"
  labels:
    app.kubernetes.io/name: db
    b: "1"
  annotations:
    note: "two\nlines"
immutable: true
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
        assert_eq!(*documents(&[full, bare]), expected);
        assert_eq!(*documents(&[]), "");
    }
}
