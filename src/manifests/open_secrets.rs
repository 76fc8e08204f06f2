//! Which Secrets of a file of manifests hold values that anybody can read: base64 is no encryption.

use std::ops::Range;

use super::documents::{self, Piece};
use super::node::{JsonNode, JsonNodeKind};
use super::objects::{Object, objects};
use super::{json, mask, yaml};
use crate::content::pem::has_private_key;
use crate::content::shapes::is_literal;
use crate::content::{Age, BYTE_ORDER_MARK, Content};
use crate::diag::mask::Mask;
use crate::go::base64;

/// A Secret with a value that anybody can read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OpenSecret {
    /// `NAMESPACE/NAME`, the name alone, or nothing.
    pub id: String,
    /// Where the first such value's key stands.
    pub key: Range<usize>,
    /// The document that it stands in.
    pub document: Range<usize>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct OpenSecrets {
    pub secrets: Vec<OpenSecret>,
    /// Where documents start that speak of a Secret and that can't be read: templates of Helm,
    /// mistakes.
    pub unread: Vec<usize>,
    /// What messages may quote.
    pub mask: Mask,
}

/// Looks through a text as kubectl reads it. Values that are encrypted, stand for others or are
/// public are no matter: ciphertext of SOPS, placeholders, references, certificates.
pub(crate) fn open_secrets(text: &str) -> OpenSecrets {
    let mut found = OpenSecrets::default();
    if documents::is_json(text) {
        let mut at = text.len() - text.trim_start_matches(BYTE_ORDER_MARK).len();
        while text.get(at..).is_some_and(|rest| !rest.trim().is_empty()) {
            let rest = text.get(at..).unwrap_or_default();
            at += rest.len() - rest.trim_start().len();
            let Ok((node, end)) = json::read(text, at) else {
                yaml(text, at, &mut found);
                break;
            };
            document(&node, at..end, &mut found);
            at = end;
        }
    } else {
        yaml(text, 0, &mut found);
    }
    found.mask = mask::mask(text, found.secrets.iter().map(|secret| secret.key.clone()).collect());
    found
}

fn yaml(text: &str, start: usize, found: &mut OpenSecrets) {
    let mut read_to = start;
    for piece in documents::split(text, start) {
        match piece {
            Piece::Document(range) => {
                read_to = range.end;
                match yaml::read(text, range.clone()) {
                    Ok(Some(node)) => document(&node, range, found),
                    Ok(None) => {}
                    Err(_) if speaks_of_a_secret(text.get(range.clone()).unwrap_or_default()) => {
                        found.unread.push(range.start)
                    }
                    Err(_) => {}
                }
            }
            // kubectl gives up here; what surrounds the line, and all behind it, is no document.
            Piece::BadSeparator(range)
                if speaks_of_a_secret(text.get(read_to..).unwrap_or_default()) =>
            {
                found.unread.push(range.start)
            }
            Piece::BadSeparator(_) => {}
        }
    }
}

/// Whether somewhere in a text that can't be read `kind: Secret` is said, as YAML or as JSON.
fn speaks_of_a_secret(document: &str) -> bool {
    document.lines().any(|line| {
        let line = line.replace(['"', '\'', ' ', '\t'], "");
        line.match_indices("kind:Secret").any(|(at, said)| {
            !line
                .get(at + said.len()..)
                .is_some_and(|rest| rest.starts_with(|c: char| c.is_alphanumeric()))
        })
    })
}

fn document(node: &JsonNode<'_>, range: Range<usize>, found: &mut OpenSecrets) {
    for object in objects(node) {
        // One whose kind is misspelt is meant as a Secret all the same; what is misspelt is said
        // elsewhere.
        let (Object::Secret(secret, _) | Object::Misnamed { object: secret, .. }) = object else {
            continue;
        };
        let fields = ["data", "stringData"]
            .into_iter()
            .filter_map(|field| secret.get(field).map(|data| (field, data)));
        let open = fields
            .flat_map(|(field, data)| {
                data.members().iter().filter(move |member| is_open(&member.value, field == "data"))
            })
            .next();
        if let Some(member) = open {
            found.secrets.push(OpenSecret {
                id: id(secret),
                key: member.key_range.clone(),
                document: range.clone(),
            });
        }
    }
}

fn id(secret: &JsonNode<'_>) -> String {
    let part = |field: &str| {
        secret.get("metadata").and_then(|metadata| metadata.get(field)).and_then(JsonNode::text)
    };
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

    fn ids(text: &str) -> Vec<String> {
        open_secrets(text).secrets.into_iter().map(|secret| secret.id).collect()
    }

    fn secret(rest: &str) -> String {
        format!("apiVersion: v1\nkind: Secret\nmetadata: {{name: db, namespace: shop}}\n{rest}\n")
    }

    #[test]
    fn what_anybody_can_read() {
        for rest in [
            "data: {password: aHVudGVyMg==}",
            "stringData:\n  host: ''\n  password: hunter2",
            "stringData: {pin: 1234}",
            "data: {keystore: /u0AAA==}",
            "kind: secret\ndata: {password: aHVudGVyMg==}",
            "data: {password: not base64 at all}",
            "stringData: {a: 'ENC[AES256_GCM,data:x]', b: hunter2}",
        ] {
            assert_eq!(ids(&secret(rest)), ["shop/db"], "{rest}");
        }
        let list = format!(
            "{{\"kind\":\"List\",\"apiVersion\":\"v1\",\"items\":[{}]}}",
            r#"{"kind":"Secret","data":{"a":"aHVudGVyMg=="}}"#
        );
        assert_eq!(ids(&list), [""]);
        assert_eq!(
            ids(&format!("kind: ConfigMap\n---\n{}", secret("data: {a: aHVudGVyMg==}"))),
            ["shop/db"]
        );
    }

    #[test]
    fn what_nobody_learns_from() {
        for rest in [
            "type: kubernetes.io/service-account-token",
            "data: {}",
            "data: {password: ''}",
            "stringData: \
             {password: 'ENC[AES256_GCM,data:aHVudGVyMg==,iv:x,tag:y,type:str]'}\nsops: \
             {version: 3.11.0}",
            "data: {password: 'ENC[AES256_GCM,data:x]'}",
            "stringData: \
             {password: '<path:secret/data/db#password>', b: '${PASSWORD}', c: 'ref+vault://x'}",
            "stringData: \
             {ca.crt: \"-----BEGIN CERTIFICATE-----\\nMIIB\\n-----END CERTIFICATE-----\\n\"}",
        ] {
            assert_eq!(ids(&secret(rest)), [""; 0], "{rest}");
        }
        assert_eq!(
            ids("kind: SealedSecret\napiVersion: bitnami.com/v1alpha1\nspec: \
                {encryptedData: {a: AgB}}"),
            [""; 0]
        );
        assert_eq!(ids("kind: ConfigMap\ndata: {a: hunter2}"), [""; 0]);
    }

    #[test]
    fn what_can_not_be_read_is_told() {
        let helm = "a: 1\n---\nkind: Secret\nstringData:\n  {{- range .Values.x }}\n  a: b\n";
        assert_eq!(open_secrets(helm).unread, [9]);
        assert_eq!(open_secrets("kind: Secret\n--- !x\nkind: ConfigMap\n").unread, [13]);
        assert_eq!(open_secrets("{\"kind\": \"Secret\", x: [}").unread, [0]);
        assert_eq!(open_secrets("a: [\n").unread, [0; 0]);
        assert_eq!(open_secrets("kind: SecretStore\na: [\n").unread, [0; 0]);
    }
}
