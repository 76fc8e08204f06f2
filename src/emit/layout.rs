//! A Secret as Kubernetes lays it out, for the writers of YAML and JSON.

use zeroize::Zeroizing;

use super::encode::{Base64Form, base64_len};
use super::hash::is_asked_for;
use crate::secret::Secret;

pub(crate) enum Field<'s> {
    Text(&'s str),
    Bool(bool),
    Bytes(&'s [u8], Base64Form),
    Map(Vec<(&'s str, Field<'s>)>),
}

/// The fields in the order `apiVersion`, `kind`, `metadata` (`name`, `namespace`, `labels`,
/// `annotations`), `immutable`, `type`, `data`, map keys sorted, empty maps left out.
pub(crate) fn fields(secret: &Secret, form: Base64Form) -> Vec<(&str, Field<'_>)> {
    let mut metadata = vec![("name", Field::Text(&secret.name))];
    metadata.extend(secret.namespace.as_deref().map(|text| ("namespace", Field::Text(text))));
    for (field, texts) in [("labels", &secret.labels), ("annotations", &secret.annotations)] {
        if !texts.is_empty() {
            let texts = texts.iter().map(|(key, text)| (key.as_str(), Field::Text(text)));
            metadata.push((field, Field::Map(texts.collect())));
        }
    }
    let mut fields = vec![
        ("apiVersion", Field::Text("v1")),
        ("kind", Field::Text("Secret")),
        ("metadata", Field::Map(metadata)),
    ];
    fields.extend(secret.immutable.map(|value| ("immutable", Field::Bool(value))));
    fields.push(("type", Field::Text(&secret.type_)));
    if !secret.data.is_empty() || form == Base64Form::Generated {
        let data = secret.data.iter();
        let data = data.map(|(key, value)| (key.as_str(), Field::Bytes(value.expose(), form)));
        fields.push(("data", Field::Map(data.collect())));
    }
    fields
}

/// How a Secret is written for kustomize: one with the annotation [`super::hash::NEEDS_HASH`] as
/// its secretGenerator would, and so it gets the suffix of [`super::hash::kustomize_suffix`].
pub(crate) fn form_for_kustomize(secret: &Secret) -> Base64Form {
    if is_asked_for(secret) { Base64Form::Generated } else { Base64Form::Plain }
}

/// What `write` appends to a buffer that has room for these Secrets as YAML or JSON.
///
/// The room is reserved in one piece: a buffer that grows by moving would leave copies of secrets
/// in freed memory.
pub(crate) fn written(
    secrets: &[Vec<(&str, Field<'_>)>],
    write: impl FnOnce(&mut String),
) -> Zeroizing<String> {
    // 128: the head of a list.
    let room = 128 + secrets.iter().map(|fields| room(fields)).sum::<usize>();
    let mut out = Zeroizing::new(String::with_capacity(room));
    let reserved = out.capacity();
    write(&mut out);
    debug_assert_eq!(out.capacity(), reserved, "the buffer moved and left a copy behind");
    out
}

/// An upper bound of the bytes of fields.
fn room(fields: &[(&str, Field<'_>)]) -> usize {
    // 64 is more than the indentation, quotes, punctuation and separator of any entry.
    let one = |(key, field): &(&str, Field<'_>)| {
        let value = match field {
            Field::Text(text) => text_room(text),
            Field::Bool(_) => 5,
            // In lines of 70.
            Field::Bytes(bytes, _) => base64_len(bytes.len()) / 32 * 33 + 33,
            Field::Map(fields) => room(fields),
        };
        64 + text_room(key) + value
    };
    fields.iter().map(one).sum()
}

/// An upper bound of the bytes of a text that is written with escapes, of which the longest for one
/// byte is `\u0000`.
fn text_room(text: &str) -> usize {
    let is_special = |byte: &u8| !matches!(byte, b' '..=b'~') || matches!(byte, b'"' | b'\\');
    text.len() + 5 * text.bytes().filter(|byte| is_special(byte)).count()
}
