//! The API server's verdict on a Secret that is to be created: every rule of `ValidateSecret`, in
//! its order.
//!
//! Source: `pkg/apis/core/validation/validation.go` (`ValidateSecret`) and
//! `staging/src/k8s.io/apimachinery/pkg/api/validation/objectmeta.go` of Kubernetes 1.36. The
//! verdicts are the contract, the server's texts are not.

pub(crate) mod data;
pub(crate) mod messages;
pub(crate) mod metadata;
pub(crate) mod names;
pub(crate) mod object_meta;
pub(crate) mod repair;
pub(crate) mod violation;

use super::subject::Unknown;
use crate::secret::Secret;
use object_meta::MoreMetadata;
use violation::Violation;

/// Everything that the API server would refuse a Secret for, were it created; nothing when it would
/// take it. An empty namespace is the request's.
///
/// Keys in `unknown` are judged by their names alone. Time is linear in the size of the Secret.
pub(crate) fn violations(
    secret: &Secret,
    more: &MoreMetadata,
    unknown: &Unknown,
) -> Vec<Violation> {
    let mut found = metadata::violations(secret, more);
    found.extend(data::violations(secret, unknown));
    found
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::violation::{DATA_MAX, Rule};
    use super::*;
    use crate::secret::bytes::SecretBytes;

    fn secret(type_: &str, data: &[(&str, &str)]) -> Secret {
        let data =
            data.iter().map(|(key, value)| (key.to_string(), SecretBytes::from(*value))).collect();
        Secret { name: "x".into(), type_: type_.into(), data, ..Secret::default() }
    }

    fn fields(secret: &Secret, unknown: &Unknown) -> Vec<String> {
        violations(secret, &MoreMetadata::default(), unknown)
            .iter()
            .map(|violation| violation.field.to_string())
            .collect()
    }

    fn keys(names: &[&str]) -> Unknown {
        Unknown { keys: names.iter().map(|name| name.to_string()).collect(), open: false }
    }

    #[test]
    fn a_value_that_is_not_known_counts_as_present_and_good() {
        assert_eq!(
            fields(&secret("kubernetes.io/tls", &[("tls.crt", "")]), &keys(&["tls.key"])),
            [""; 0]
        );
        assert_eq!(
            fields(&secret("kubernetes.io/ssh-auth", &[]), &keys(&["ssh-privatekey"])),
            [""; 0]
        );
        assert_eq!(
            fields(&secret("kubernetes.io/dockerconfigjson", &[]), &keys(&[".dockerconfigjson"])),
            [""; 0]
        );
        // Also when a placeholder stands in the data.
        assert_eq!(
            fields(
                &secret("kubernetes.io/ssh-auth", &[("ssh-privatekey", "")]),
                &keys(&["ssh-privatekey"])
            ),
            [""; 0]
        );
        assert_eq!(
            fields(
                &secret("kubernetes.io/dockercfg", &[(".dockercfg", "[")]),
                &keys(&[".dockercfg"])
            ),
            [""; 0]
        );
        assert_eq!(
            fields(&secret("kubernetes.io/tls", &[]), &keys(&["tls.key"])),
            ["data[tls.crt]"]
        );
    }

    #[test]
    fn the_name_of_a_key_is_judged_even_if_its_value_is_not_known() {
        assert_eq!(
            fields(&secret("Opaque", &[("a b", "")]), &keys(&["a b", "c d"])),
            ["data[a b]", "data[c d]"]
        );
    }

    #[test]
    fn nothing_is_missing_where_more_keys_may_come() {
        let open = Unknown { keys: BTreeSet::new(), open: true };
        for (_, name) in crate::secret::kind::built_ins() {
            let mut any = secret(name, &[]);
            any.annotations.insert("kubernetes.io/service-account.name".into(), "default".into());
            assert_eq!(fields(&any, &open), [""; 0], "{}", name);
        }
        assert_eq!(
            fields(&secret("kubernetes.io/ssh-auth", &[("ssh-privatekey", "")]), &open),
            ["data[ssh-privatekey]"]
        );
    }

    #[test]
    fn too_much_is_too_much_whatever_else_comes() {
        let large = secret("Opaque", &[("a", &"a".repeat(DATA_MAX)), ("b", "b")]);
        let found = violations(&large, &MoreMetadata::default(), &keys(&["c"]));
        assert!(matches!(
            found.as_slice(),
            [Violation {
                rule: Rule::DataTooLarge { bytes: 1_048_577, largest, at_least: true },
                ..
            }] if largest == "a"
        ));
        assert_eq!(fields(&large, &keys(&["a"])), [""; 0]);
    }
}
