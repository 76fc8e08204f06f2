//! Which Secrets of a file of manifests hold values that anybody can read: base64 is no encryption.

use std::ops::Range;

use super::mask;
use super::node::{JsonNode, JsonNodeKind};
use super::objects::{Object, all_objects};
use super::read::{Document, ManifestText, read};
use crate::content::{Age, Content, pem::has_private_key, shapes::is_literal};
use crate::diag::{key_names::is_key, mask::Mask};
use crate::go::base64;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OpenSecret {
    /// `NAMESPACE/NAME`, the name alone, or nothing.
    pub id: String,
    /// Where the first such value's key stands.
    pub key: Range<usize>,
    pub document: Range<usize>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct OpenSecrets {
    pub secrets: Vec<OpenSecret>,
    /// Where documents start that speak of a Secret and that can't be read: templates of Helm,
    /// mistakes.
    pub unread: Vec<usize>,
    pub mask: Mask,
}

/// Looks through a text as kubectl reads it. Values that are encrypted, stand for others or are
/// public are no matter: ciphertext of SOPS, placeholders, references, certificates.
pub(crate) fn open_secrets(source: ManifestText<'_>) -> OpenSecrets {
    let read = read(source);
    let (mut found, mut keys) = (OpenSecrets::default(), Vec::new());
    for Document { node, range } in &read.documents {
        for object in all_objects(node) {
            // One whose kind is misspelt is meant as a Secret all the same.
            if let Object::Secret(secret, _) | Object::Misnamed { object: secret, .. } = object
                && let Some((key, is_shown)) = open_key(secret)
            {
                keys.extend(is_shown.then(|| key.clone()));
                found.secrets.push(OpenSecret { id: id(secret), key, document: range.clone() });
            }
        }
    }
    for fault in read.faults {
        if speaks_of_a_secret(source.token(&fault.unread)) {
            found.unread.push(fault.at);
        }
    }
    found.mask = mask::mask(source.text, keys);
    found
}

/// Whether somewhere in a text that can't be read `kind: Secret` is said, as YAML or as JSON.
fn speaks_of_a_secret(document: &str) -> bool {
    document.lines().any(|line| {
        let line = line.replace(['"', '\'', ' ', '\t'], "");
        line.split("kind:Secret").skip(1).any(|rest| !rest.starts_with(char::is_alphanumeric))
    })
}

/// Where the key of the first such value stands, and whether it may be shown.
fn open_key(secret: &JsonNode<'_>) -> Option<(Range<usize>, bool)> {
    ["data", "stringData"].into_iter().find_map(|field| {
        let mut members = secret.get(field)?.members().iter();
        let open = members.find(|member| is_open(&member.value, field == "data"))?;
        Some((open.key_range.clone(), is_key(&open.key)))
    })
}

fn id(secret: &JsonNode<'_>) -> String {
    let part = |field: &str| secret.get("metadata")?.get(field)?.text();
    match (part("namespace"), part("name")) {
        (Some(namespace), Some(name)) => format!("{namespace}/{name}"),
        (None, Some(name)) => name.to_owned(),
        _ => String::new(),
    }
}

fn is_open(value: &JsonNode<'_>, encoded: bool) -> bool {
    let text = match &value.kind {
        JsonNodeKind::String(text) => text.as_ref(),
        // A number or `true` without quotes: no server takes it, but there it stands.
        JsonNodeKind::Number(_) | JsonNodeKind::Bool(_) => return true,
        JsonNodeKind::Null | JsonNodeKind::Array(_) | JsonNodeKind::Object(_) => return false,
    };
    let decoded = if encoded { base64::decode(text.as_bytes()).ok() } else { None };
    match &decoded {
        // Bytes that are no text are a key or a store of keys.
        Some(bytes) if bytes.expose_str().is_none() => true,
        Some(bytes) => is_open_text(bytes.expose_str().unwrap_or_default()),
        None => is_open_text(text),
    }
}

fn is_open_text(text: &str) -> bool {
    let trimmed = text.trim();
    let content = Content::of(trimmed.as_bytes());
    let sealed = matches!(content, Content::Age(Age::Armored) | Content::Placeholder);
    let public = trimmed.starts_with("-----BEGIN CERTIFICATE-----") && !has_private_key(trimmed);
    is_literal(trimmed) && !sealed && !public
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceMap;

    fn look(text: &str) -> OpenSecrets {
        open_secrets(ManifestText { file: SourceMap::new().add("a.yaml", ""), text })
    }

    #[test]
    fn what_anyone_can_read() {
        for (rest, is_open) in [
            ("data: {password: aHVudGVyMg==}", true),
            ("stringData:\n  host: ''\n  password: hunter2", true),
            ("stringData: {pin: 1234}", true),
            ("data: {keystore: /u0AAA==}", true),
            ("kind: secret\ndata: {password: aHVudGVyMg==}", true),
            ("data: {password: not base64 at all}", true),
            ("stringData: {a: 'ENC[AES256_GCM,data:x]', b: hunter2}", true),
            ("data: {password: ''}", false),
            ("data: {password: 'ENC[AES256_GCM,data:x]'}", false),
            ("stringData: {a: '<path:secret/data/db#p>', b: '${P}', c: 'ref+vault://x'}", false),
            ("stringData: {a: '-----BEGIN CERTIFICATE-----'}", false),
        ] {
            let head = "apiVersion: v1\nkind: Secret\nmetadata: {name: db, namespace: shop}\n";
            let found = look(&format!("kind: ConfigMap\n---\n{head}{rest}\n")).secrets;
            let ids: Vec<&str> = found.iter().map(|secret| secret.id.as_str()).collect();
            let expected: &[&str] = if is_open { &["shop/db"] } else { &[] };
            assert_eq!(ids, expected, "{rest}");
        }
        assert_eq!(look("kind: ConfigMap\ndata: {a: hunter2}").secrets, []);
    }

    #[test]
    fn what_can_not_be_read_is_told() {
        for (text, unread) in [
            ("a: 1\n---\nkind: Secret\nstringData:\n  {{- range .Values.x }}\n", Some(9)),
            ("kind: Secret\n--- !x\nkind: ConfigMap\n", Some(13)),
            ("{\"kind\": \"Secret\", x: [}", Some(0)),
            ("a: [\n", None),
            ("kind: SecretStore\na: [\n", None),
        ] {
            assert_eq!(look(text).unread, unread.into_iter().collect::<Vec<_>>(), "{text}");
        }
    }
}
