//! Documents that SOPS encrypted: their values are ciphertext, and `sops` beside them says how.

use std::ops::Range;

use super::node::JsonNode;
use super::objects::{Object, objects};
use crate::content::sops;

/// How many Secrets a document holds that SOPS encrypted, and where its `sops` stands; `None` if it
/// is no such document.
pub(crate) fn secrets(node: &JsonNode<'_>) -> Option<(usize, Range<usize>)> {
    let member = node.members().iter().find(|member| member.key == "sops")?;
    let is_value =
        |value: Option<&JsonNode<'_>>| value.and_then(JsonNode::text).is_some_and(sops::is_value);
    if !is_value(member.value.get("mac")) {
        return None;
    }
    // Without an `encrypted_regex`, its kind is encrypted, too.
    let count = if is_value(node.get("kind")) {
        1
    } else {
        let is_secret = |object: &&Object<'_, '_>| {
            matches!(object, Object::Secret(..) | Object::Misnamed { .. })
        };
        objects(node).iter().filter(is_secret).count()
    };
    (count > 0).then(|| (count, member.key_range.clone()))
}
