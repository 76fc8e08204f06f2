//! Bootstrap tokens: what makes one that the API server takes fail silently later.
//!
//! Sources: `staging/src/k8s.io/cluster-bootstrap/token` and `.../util/secrets`, and the
//! authenticator in `plugin/pkg/auth/authenticator/token/bootstrap` of Kubernetes. They compare
//! bytes: a line break at the end of a value breaks the token, and an expiry that does not parse
//! counts as over, upon which the token cleaner deletes the Secret.

use super::finding::{Finding, Spot};
use super::subject::{Origin, Subject};
use crate::diag::phrases::{code, number, one_of};
use crate::diag::{Diagnostic, diagnostic};
use crate::go::time::{self, Timestamp};
use crate::secret::kind::{
    BOOTSTRAP_NAME_PREFIX as NAME_PREFIX, BOOTSTRAP_NAMESPACE as NAMESPACE, EXPIRATION,
    EXTRA_GROUPS, TOKEN_ID, TOKEN_SECRET, TOKEN_USAGES as USAGES,
};

const GROUP_PREFIX: &str = "system:bootstrappers:";
const GROUP_MAX: usize = 256;
const ID_LENGTH: usize = 6;
const SECRET_LENGTH: usize = 16;

/// What keeps a token from working. A namespace that is not there is set by others.
pub(crate) fn findings(subject: &Subject<'_>) -> Vec<Finding> {
    let (secret, origin) = (subject.secret, subject.origin);
    let at = |key: &str| Spot::DataKey(key.to_owned());
    let mut found = Vec::new();
    let mut add = |diagnostic: Diagnostic, at: Spot| found.push(Finding::new(diagnostic, at));

    if let Some(namespace) = &secret.namespace
        && !namespace.is_empty()
        && namespace != NAMESPACE
    {
        add(wrong_namespace(namespace), Spot::Namespace);
    }
    let named = id_of_name(&secret.name);
    if named.is_none() {
        add(wrong_name(&secret.name, origin), Spot::Name);
    }
    for (key, length) in [(TOKEN_ID, ID_LENGTH), (TOKEN_SECRET, SECRET_LENGTH)] {
        match subject.value(key) {
            None if subject.lacks(key) => {
                let name = code(key);
                let missing = diagnostic!(BOOTSTRAP_TOKEN, "the bootstrap token has no {name}");
                add(missing.help(format!("add {name}")), at(key));
            }
            Some(value) if !is_part(value, length) => add(wrong_part(key, value, length), at(key)),
            Some(id) if key == TOKEN_ID && named.is_some_and(|named| named.as_bytes() != id) => {
                add(other_id(origin), at(key));
            }
            _ => {}
        }
    }
    // `false` says openly that a usage does not count; what is not known may be `true`.
    let mut may_be_used = false;
    for (_, key) in USAGES {
        let value = subject.value(key);
        may_be_used |= value.map_or(!subject.lacks(key), |value| value != b"false");
        if value.is_some_and(|value| value != b"true" && value != b"false") {
            add(wrong_usage(key), at(key));
        }
    }
    if !may_be_used {
        add(no_usage(), Spot::Secret);
    }
    for number in bad_groups(subject.value(EXTRA_GROUPS).unwrap_or_default()) {
        add(wrong_group(number), at(EXTRA_GROUPS));
    }
    let now = subject.at.map(|seconds| Timestamp { seconds, nanos: 0 });
    if let Some(text) = subject.value(EXPIRATION).filter(|text| !text.is_empty()) {
        match time::parse(text) {
            None => add(wrong_expiration(), at(EXPIRATION)),
            // At that very second it has (`GetExpiration` in `cluster-bootstrap/util/secrets`).
            Some(end) if now.is_some_and(|now| end <= now) => add(expired(), at(EXPIRATION)),
            Some(_) => {}
        }
    }
    found
}

pub(crate) fn id_of_name(name: &str) -> Option<&str> {
    name.strip_prefix(NAME_PREFIX).filter(|id| is_part(id.as_bytes(), ID_LENGTH))
}

fn is_part(text: &[u8], length: usize) -> bool {
    text.len() == length
        && text.iter().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
}

/// The numbers, from 1, of groups that a token can't give; an empty value means none. Kubernetes
/// does not trim, and one bad group keeps the token from authenticating at all.
pub(crate) fn bad_groups(value: &[u8]) -> Vec<usize> {
    let groups = value.split(|byte| *byte == b',').enumerate();
    let bad = groups.filter(|(_, group)| !value.is_empty() && !is_group(group));
    bad.map(|(index, _)| index + 1).collect()
}

/// Whether `text` is `system:bootstrappers:`, then up to 256 of `a-z`, `0-9`, `:` and `-`, the last
/// not of these two.
fn is_group(text: &[u8]) -> bool {
    let is_end = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    text.strip_prefix(GROUP_PREFIX.as_bytes()).is_some_and(|name| {
        name.len() <= GROUP_MAX
            && name.iter().all(|byte| is_end(byte) || matches!(byte, b':' | b'-'))
            && name.last().is_some_and(is_end)
    })
}

fn wrong_namespace(namespace: &str) -> Diagnostic {
    let right = code(NAMESPACE);
    diagnostic!(BOOTSTRAP_TOKEN, "the bootstrap token is in the namespace {}", code(namespace))
        .note(format!("Kubernetes looks for bootstrap tokens only in {right}"))
        .help(format!("set the namespace to {right}"))
}

fn wrong_name(name: &str, origin: Origin) -> Diagnostic {
    diagnostic!(BOOTSTRAP_TOKEN, "a bootstrap token can't be named {}", code(name))
        .note(format!(
            "Kubernetes finds a token by its name: {} and the {ID_LENGTH} characters of its {}",
            code(NAME_PREFIX),
            code(TOKEN_ID)
        ))
        .help(name_by_id(origin))
}

fn other_id(origin: Origin) -> Diagnostic {
    let id = code(TOKEN_ID);
    diagnostic!(BOOTSTRAP_TOKEN, "{id} differs from the id in the Secret's name")
        .note("Kubernetes finds a token by its name, and then compares the id byte for byte")
        .help(name_by_id(origin))
}

fn name_by_id(origin: Origin) -> String {
    match origin {
        Origin::Spec => "remove the name: it follows from the id".to_owned(),
        Origin::Manifest => format!("write the name {}, followed by the id", code(NAME_PREFIX)),
    }
}

const TRIM: &str = "remove the whitespace: add `trim = true` in a spec, or encode with `printf %s \
    VALUE | base64 -w0` for a manifest";

fn wrong_part(key: &str, value: &[u8], length: usize) -> Diagnostic {
    let key = code(key);
    let found = if is_part(value.trim_ascii(), length) {
        diagnostic!(BOOTSTRAP_TOKEN, "{key} has leading or trailing whitespace").help(TRIM)
    } else {
        let shape = format!("{length} lowercase letters or digits");
        diagnostic!(BOOTSTRAP_TOKEN, "{key} must be {shape}").help(format!("use {shape}"))
    };
    found.note("Kubernetes compares it byte for byte with the node's token")
}

fn wrong_usage(key: &str) -> Diagnostic {
    diagnostic!(BOOTSTRAP_TOKEN, "{} is neither `true` nor `false`", code(key))
        .note("Kubernetes treats everything but exactly `true` as `false`")
        .help("write `true` or `false`, in lowercase and without whitespace")
}

fn no_usage() -> Diagnostic {
    let keys = USAGES.map(|(_, key)| key);
    diagnostic!(BOOTSTRAP_TOKEN, "the bootstrap token has no valid usage")
        .note(format!("neither {} is `true`", keys.map(code).join(" nor ")))
        .help(format!(
            "set {} or both to `true`; in a spec, set `usages` to {} or both",
            one_of(keys),
            one_of(USAGES.map(|(usage, _)| usage))
        ))
}

fn wrong_group(index: usize) -> Diagnostic {
    let place = format!("group {} in {}", number(index), code(EXTRA_GROUPS));
    diagnostic!(BOOTSTRAP_TOKEN, "{place} is not a group that a token can give")
        .note(format!(
            "a group must be {} and up to {GROUP_MAX} of `a` to `z`, `0` to `9`, `:` and `-`, and \
             end with a letter or digit",
            code(GROUP_PREFIX)
        ))
        .note("a single invalid group makes the whole token unusable")
        .help(
            "write groups such as `system:bootstrappers:kubeadm:default-node-token`, separated by \
             `,` without spaces",
        )
}

fn wrong_expiration() -> Diagnostic {
    diagnostic!(BOOTSTRAP_TOKEN, "{} is not an RFC 3339 timestamp", code(EXPIRATION))
        .note(
            "Kubernetes treats a timestamp that it can't parse as expired, and deletes the Secret",
        )
        .help(
            "write a date and time with an offset and without whitespace, such as \
             `2030-01-31T00:00:00Z` or `2030-01-31T00:00:00+02:00`",
        )
}

fn expired() -> Diagnostic {
    diagnostic!(TOKEN_EXPIRED, "this bootstrap token has expired")
        .note(
            "nodes can no longer join with it, and the cluster deletes the Secret soon after it is \
             applied",
        )
        .help("create a token that expires later, or remove this one")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::subject::Unknown;
    use crate::secret::Secret;

    fn found(secret: &Secret, unknown: &Unknown) -> Vec<Spot> {
        let subject = Subject { unknown, ..Subject::of(secret, Origin::Spec) };
        findings(&subject).into_iter().map(|one| one.at).collect()
    }

    #[test]
    fn what_is_not_known_is_not_judged() {
        let secret = Secret { name: "bootstrap-token-abcdef".into(), ..Secret::default() };
        let all = [TOKEN_ID, TOKEN_SECRET, "usage-bootstrap-signing"].map(String::from);
        assert_eq!(found(&secret, &Unknown { keys: all.into(), open: false }), []);
        assert_eq!(found(&secret, &Unknown { open: true, ..Unknown::default() }), []);
        let missing = [TOKEN_ID, TOKEN_SECRET].map(|key| Spot::DataKey(key.into()));
        let none = [missing.as_slice(), &[Spot::Secret]].concat();
        assert_eq!(found(&secret, &Unknown::default()), none);
    }
}
