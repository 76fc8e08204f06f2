//! Secrets as a stream of YAML documents.

use zeroize::Zeroizing;

use super::encode::Base64Form;
use super::layout::{Field, fields, form_for_kustomize, written};
use super::scalar::{push_key, push_scalar};
use crate::secret::Secret;

/// One document a Secret, in the order given, with `---` between documents and a newline at the
/// end; nothing for no Secrets. Fields stand in the order of [`fields`].
///
/// Values of `data` are base64 on one line, always quoted: unquoted, a value such as `null` or
/// `1234` would be read as something else (go-yaml behind kubectl).
pub(crate) fn documents(secrets: &[Secret]) -> Zeroizing<String> {
    write(secrets, |_| Base64Form::Plain)
}

/// The same for kustomize, in the form of [`form_for_kustomize`].
pub(crate) fn documents_for_kustomize(secrets: &[Secret]) -> Zeroizing<String> {
    write(secrets, form_for_kustomize)
}

fn write(secrets: &[Secret], form: impl Fn(&Secret) -> Base64Form) -> Zeroizing<String> {
    let secrets: Vec<_> = secrets.iter().map(|secret| fields(secret, form(secret))).collect();
    written(&secrets, |out| {
        for (index, fields) in secrets.iter().enumerate() {
            out.push_str(if index == 0 { "" } else { "---\n" });
            push_map(out, fields, 0);
        }
    })
}

/// The entries of a map, a line each.
fn push_map(out: &mut String, entries: &[(&str, Field<'_>)], indent: usize) {
    for (key, field) in entries {
        out.extend(std::iter::repeat_n(' ', indent));
        push_key(out, key, indent);
        match field {
            Field::Map(entries) if entries.is_empty() => out.push_str(" {}"),
            Field::Map(entries) => {
                out.push('\n');
                push_map(out, entries, indent + 2);
                continue;
            }
            Field::Text(text) => {
                out.push(' ');
                push_scalar(out, text);
            }
            Field::Bool(value) => out.push_str(if *value { " true" } else { " false" }),
            Field::Bytes(bytes, form) => {
                out.push(' ');
                form.push(out, bytes);
            }
        }
        out.push('\n');
    }
}
