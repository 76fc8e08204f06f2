//! The name suffix that `kustomize`'s secretGenerator gives: same content, same name; other
//! content, other name.

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::encode::{Base64Form, base64_len};
use crate::go::json::write::{push_string, string_len};
use crate::secret::Secret;

/// The annotation that asks kustomize for the suffix, and goes away with that.
pub(crate) const NEEDS_HASH: &str = "kustomize.config.k8s.io/needs-hash";

/// Hexadecimal digits as kustomize writes them, with those replaced that could spell words (api
/// `hasher.go`, `encode`).
pub(crate) const HASH_DIGITS: &str = "gh2k456789mbcdtf";

/// Whether a Secret asks kustomize for its suffix: what Go's `strconv.ParseBool` takes for true.
pub(crate) fn is_asked_for(secret: &Secret) -> bool {
    secret
        .annotations
        .get(NEEDS_HASH)
        .is_some_and(|value| ["1", "t", "T", "TRUE", "true", "True"].contains(&value.as_str()))
}

/// The ten characters that kustomize appends to a generated Secret's name, after a hyphen.
///
/// They depend on `data` and `type` alone: kustomize means to hash the name too but looks it up at
/// a path that does not exist (api `hasher.go`), so it is always empty there; namespace, labels,
/// annotations and `immutable` don't count.
pub(crate) fn kustomize_suffix(secret: &Secret) -> String {
    let mut hasher = Sha256::new();
    hasher.update(b"{\"data\":{");
    for (index, (key, value)) in secret.data.iter().enumerate() {
        let room = string_len(key) + base64_len(value.len()) / 32 * 33 + 80;
        let mut entry = Zeroizing::new(String::with_capacity(room));
        entry.push_str(if index == 0 { "" } else { "," });
        push_string(&mut entry, key);
        entry.push(':');
        Base64Form::Generated.push(&mut entry, value.expose());
        hasher.update(entry.as_bytes());
    }
    let mut text = String::from("},\"kind\":\"Secret\",\"name\":\"\",\"type\":");
    push_string(&mut text, &secret.type_);
    text.push('}');
    hasher.update(text.as_bytes());
    let digest = hasher.finalize();
    let digits = digest.iter().take(5).flat_map(|byte| [byte >> 4, byte & 15]);
    digits.filter_map(|digit| HASH_DIGITS.chars().nth(usize::from(digit))).collect()
}
