//! Secrets as one JSON document: a `v1` `List`, as kubectl reads and writes several objects in
//! JSON.

use std::slice;

use zeroize::Zeroizing;

use super::encode::Base64Form;
use super::layout::{Field, fields, written};
use super::scalar::{AstralEscapes, push_escaped, push_line};
use crate::secret::Secret;

/// A `List` of the Secrets in the order given, indented by two blanks, with a newline at the end.
///
/// It is YAML too: no surrogate pairs, which the YAML readers of Kubernetes tools refuse.
pub(crate) fn list(secrets: &[Secret]) -> Zeroizing<String> {
    let secrets: Vec<_> = secrets.iter().map(|secret| fields(secret, Base64Form::Plain)).collect();
    written(&secrets, |out| {
        out.push_str("{\n  \"apiVersion\": \"v1\",\n  \"kind\": \"List\",\n  \"items\": [");
        for (index, fields) in secrets.iter().enumerate() {
            out.push_str(if index == 0 { "" } else { "," });
            push_line(out, 4);
            push_map(out, fields, 4);
        }
        if !secrets.is_empty() {
            push_line(out, 2);
        }
        out.push_str("]\n}\n");
    })
}

/// One Secret by itself, in the manner of [`list`], with a newline at the end.
pub(crate) fn object(secret: &Secret) -> Zeroizing<String> {
    let fields = fields(secret, Base64Form::Plain);
    written(slice::from_ref(&fields), |out| {
        push_map(out, &fields, 0);
        out.push('\n');
    })
}

/// A map whose braces stand at column `indent`.
fn push_map(out: &mut String, entries: &[(&str, Field<'_>)], indent: usize) {
    out.push('{');
    for (index, (key, field)) in entries.iter().enumerate() {
        out.push_str(if index == 0 { "" } else { "," });
        push_line(out, indent + 2);
        push_string(out, key);
        out.push_str(": ");
        match field {
            Field::Text(text) => push_string(out, text),
            Field::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            Field::Bytes(bytes, form) => form.push(out, bytes),
            Field::Map(entries) => push_map(out, entries, indent + 2),
        }
    }
    push_line(out, indent);
    out.push('}');
}

fn push_string(out: &mut String, text: &str) {
    out.push('"');
    push_escaped(out, text, AstralEscapes::Raw);
    out.push('"');
}
