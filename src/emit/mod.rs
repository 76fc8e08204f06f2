//! Secrets as text: YAML documents, a JSON list, the hash suffix, and the check that what was
//! written reads back as what was meant.

pub(crate) mod docker_json;
pub(crate) mod encode;
pub(crate) mod file_name;
pub(crate) mod files;
pub(crate) mod hash;
pub(crate) mod json;
pub(crate) mod kustomization;
pub(crate) mod read_back;
pub(crate) mod scalar;
pub(crate) mod yaml;

use crate::secret::Secret;

/// An upper bound of the bytes that these Secrets take as YAML or JSON.
///
/// The writers reserve it in one piece: a buffer that grows by moving would leave copies of secrets
/// in freed memory.
fn room(secrets: &[Secret]) -> usize {
    // The longest escape of one byte is `\u0000`; 40 is more than indentation, quotes and
    // punctuation of any entry.
    let text = |text: &str| 6 * text.len() + 40;
    let texts = |map: &std::collections::BTreeMap<String, String>| {
        map.iter().map(|(key, value)| text(key) + text(value)).sum::<usize>()
    };
    let one = |secret: &Secret| {
        let data: usize = secret
            .data
            .iter()
            .map(|(key, value)| text(key) + encode::base64_len(value.len()) / 32 * 33 + 80)
            .sum();
        let names =
            text(&secret.name) + secret.namespace.as_deref().map_or(0, text) + text(&secret.type_);
        // 256: the field names of one Secret.
        256 + names + texts(&secret.labels) + texts(&secret.annotations) + data
    };
    64 + secrets.iter().map(one).sum::<usize>()
}
