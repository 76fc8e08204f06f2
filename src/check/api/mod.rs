//! The API server's verdict on a Secret that is to be created: every rule of `ValidateSecret`, in its order.
//!
//! Source: `pkg/apis/core/validation/validation.go` (`ValidateSecret`) and `staging/src/k8s.io/apimachinery/pkg/api/validation/objectmeta.go`
//! of Kubernetes 1.36. The verdicts are the contract, the server's texts are not.

pub mod data;
pub mod messages;
pub mod metadata;
pub mod names;
pub mod object_meta;
pub mod repair;
pub mod types;

use std::collections::BTreeSet;

use super::field::Field;
use crate::go::json::JsonFault;
use crate::secret::Secret;
use names::{KeyMisfit, Misfit};
use object_meta::MoreMetadata;

/// Most bytes that the values of `data` may have together.
pub const DATA_MAX: usize = 1_048_576;
/// Most bytes that the keys and values of all annotations may have together.
pub const ANNOTATIONS_MAX: usize = 262_144;

/// One thing that the API server refuses. Holds no byte of a data value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// What it is about.
    pub field: Field,
    /// Which rule, and how it is broken.
    pub rule: Rule,
}

impl Violation {
    /// The type of cause that the API server would give.
    pub fn kind(&self) -> Kind {
        match self.rule {
            Rule::NameMissing | Rule::ServiceAccountMissing | Rule::KeyMissing { .. } | Rule::NoneOf { .. } | Rule::EmptyValue { .. } => {
                Kind::Required
            }
            Rule::AnnotationsTooLarge { .. } | Rule::DataTooLarge { .. } => Kind::TooLong,
            Rule::Name { .. }
            | Rule::GenerateName { .. }
            | Rule::GeneratedName { .. }
            | Rule::Generation
            | Rule::OwnerVersion { .. }
            | Rule::OwnerEmpty { .. }
            | Rule::OwnerEvent { .. }
            | Rule::Controllers
            | Rule::Finalizer { .. }
            | Rule::FinalizersExclude
            | Rule::FinalizerUnqualified { .. }
            | Rule::Namespace { .. }
            | Rule::LabelKey { .. }
            | Rule::LabelValue { .. }
            | Rule::AnnotationKey { .. }
            | Rule::DataKey { .. }
            | Rule::NotJsonObject { .. } => Kind::Invalid,
        }
    }
}

/// The API server's types of causes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A value that is not allowed.
    Invalid,
    /// Nothing where something must be.
    Required,
    /// Too many bytes.
    TooLong,
}

impl Kind {
    /// As in the `reason` of the server's answer.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Invalid => "FieldValueInvalid",
            Kind::Required => "FieldValueRequired",
            Kind::TooLong => "FieldValueTooLong",
        }
    }
}

/// A broken rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rule {
    /// The Secret has no name.
    NameMissing,
    /// The name is no DNS subdomain.
    Name {
        /// The name.
        name: String,
        /// Why not.
        misfit: Misfit,
    },
    /// A `generateName` that is no DNS subdomain.
    GenerateName {
        /// The prefix.
        name: String,
        /// Why not.
        misfit: Misfit,
    },
    /// The name that is made of a `generateName` is no DNS subdomain.
    GeneratedName {
        /// The prefix.
        prefix: String,
        /// The name, with `x` for random characters.
        name: String,
        /// Why not.
        misfit: Misfit,
        /// Whether there is a [`Rule::GenerateName`] too, which says the same.
        told: bool,
    },
    /// A `generation` below zero.
    Generation,
    /// An owner whose `apiVersion` names no version.
    OwnerVersion {
        /// Which, counted from 0.
        index: usize,
    },
    /// An owner with an empty field.
    OwnerEmpty {
        /// Which, counted from 0.
        index: usize,
        /// The field.
        field: &'static str,
    },
    /// An owner that is an Event.
    OwnerEvent {
        /// Which, counted from 0.
        index: usize,
    },
    /// More than one owner is the controller.
    Controllers,
    /// A finalizer that is no qualified name.
    Finalizer {
        /// Which, counted from 0.
        index: usize,
        /// It.
        name: String,
        /// Why not.
        misfit: KeyMisfit,
    },
    /// `orphan` and `foregroundDeletion` at once.
    FinalizersExclude,
    /// A finalizer without a domain that is none of Kubernetes' own.
    FinalizerUnqualified {
        /// Which, counted from 0.
        index: usize,
        /// It.
        name: String,
        /// Whether nothing else was said about it.
        first: bool,
    },
    /// The namespace is no DNS label.
    Namespace {
        /// The namespace.
        namespace: String,
        /// Why not.
        misfit: Misfit,
    },
    /// A label's key.
    LabelKey {
        /// The key.
        key: String,
        /// What is wrong with it.
        misfit: KeyMisfit,
    },
    /// A label's value.
    LabelValue {
        /// The label's key.
        key: String,
        /// The value.
        value: String,
        /// What is wrong with it.
        misfit: Misfit,
    },
    /// An annotation's key.
    AnnotationKey {
        /// The key.
        key: String,
        /// What is wrong with it.
        misfit: KeyMisfit,
    },
    /// All annotations together are larger than [`ANNOTATIONS_MAX`].
    AnnotationsTooLarge {
        /// How large, in bytes.
        bytes: usize,
        /// The key of the largest.
        largest: String,
    },
    /// A key of `data`.
    DataKey {
        /// The key.
        key: String,
        /// What is wrong with it.
        misfit: Misfit,
    },
    /// All values together are larger than [`DATA_MAX`].
    DataTooLarge {
        /// How large, in bytes.
        bytes: usize,
        /// The key of the largest.
        largest: String,
        /// Whether there are values that are not known, and not counted.
        at_least: bool,
    },
    /// A token without the annotation that names its service account, or with an empty one.
    ServiceAccountMissing,
    /// A data key that the type requires.
    KeyMissing {
        /// The type.
        type_: &'static str,
        /// The key.
        key: &'static str,
        /// A key of the Secret that was perhaps meant to be it.
        instead: Option<String>,
    },
    /// None of several data keys of which the type requires one. The server reports it at each of them.
    NoneOf {
        /// The type.
        type_: &'static str,
        /// The keys.
        keys: &'static [&'static str],
        /// A key of the Secret that was perhaps meant to be one of them, and which.
        instead: Option<(String, &'static str)>,
        /// Whether this is the first of the reports.
        first: bool,
    },
    /// A data key whose value must not be empty, and is.
    EmptyValue {
        /// The type.
        type_: &'static str,
        /// The key.
        key: &'static str,
    },
    /// A value that must be a JSON object, and is not.
    NotJsonObject {
        /// The type.
        type_: &'static str,
        /// Its key.
        key: &'static str,
        /// Why not.
        fault: JsonFault,
    },
}

/// What is not known of a Secret's data in this run, because an identity is missing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unknown {
    /// Data keys that the Secret will have, with values that are not known. They need not be in its `data`; if they are, that value is not looked at.
    pub keys: BTreeSet<String>,
    /// Whether there may be further keys, so that none can be called missing.
    pub open: bool,
}

/// Everything that the API server would refuse a Secret for, were it created; nothing when it would take it. An empty namespace is the request's.
///
/// Keys in `unknown` are judged by their names alone. Time is linear in the size of the Secret.
pub fn violations(secret: &Secret, more: &MoreMetadata, unknown: &Unknown) -> Vec<Violation> {
    let mut found = metadata::violations(secret, more);
    found.extend(data::violations(secret, unknown));
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::bytes::SecretBytes;

    fn secret(type_: &str, data: &[(&str, &str)]) -> Secret {
        let data = data.iter().map(|(key, value)| (key.to_string(), SecretBytes::from(*value))).collect();
        Secret { name: "x".into(), type_: type_.into(), data, ..Secret::default() }
    }

    fn fields(secret: &Secret, unknown: &Unknown) -> Vec<String> {
        violations(secret, &MoreMetadata::default(), unknown).iter().map(|violation| violation.field.to_string()).collect()
    }

    fn keys(names: &[&str]) -> Unknown {
        Unknown { keys: names.iter().map(|name| name.to_string()).collect(), open: false }
    }

    #[test]
    fn a_value_that_is_not_known_counts_as_present_and_good() {
        assert_eq!(fields(&secret("kubernetes.io/tls", &[("tls.crt", "")]), &keys(&["tls.key"])), [""; 0]);
        assert_eq!(fields(&secret("kubernetes.io/ssh-auth", &[]), &keys(&["ssh-privatekey"])), [""; 0]);
        assert_eq!(fields(&secret("kubernetes.io/dockerconfigjson", &[]), &keys(&[".dockerconfigjson"])), [""; 0]);
        // Also when a placeholder stands in the data.
        assert_eq!(fields(&secret("kubernetes.io/ssh-auth", &[("ssh-privatekey", "")]), &keys(&["ssh-privatekey"])), [""; 0]);
        assert_eq!(fields(&secret("kubernetes.io/dockercfg", &[(".dockercfg", "[")]), &keys(&[".dockercfg"])), [""; 0]);
        assert_eq!(fields(&secret("kubernetes.io/tls", &[]), &keys(&["tls.key"])), ["data[tls.crt]"]);
    }

    #[test]
    fn the_name_of_a_key_is_judged_even_if_its_value_is_not_known() {
        assert_eq!(fields(&secret("Opaque", &[("a b", "")]), &keys(&["a b", "c d"])), ["data[a b]", "data[c d]"]);
    }

    #[test]
    fn nothing_is_missing_where_more_keys_may_come() {
        let open = Unknown { keys: BTreeSet::new(), open: true };
        for row in crate::check::api::types::TYPES {
            let mut any = secret(row.name, &[]);
            any.annotations.insert("kubernetes.io/service-account.name".into(), "default".into());
            assert_eq!(fields(&any, &open), [""; 0], "{}", row.name);
        }
        assert_eq!(fields(&secret("kubernetes.io/ssh-auth", &[("ssh-privatekey", "")]), &open), ["data[ssh-privatekey]"]);
    }

    #[test]
    fn too_much_is_too_much_whatever_else_comes() {
        let large = secret("Opaque", &[("a", &"a".repeat(DATA_MAX)), ("b", "b")]);
        let found = violations(&large, &MoreMetadata::default(), &keys(&["c"]));
        assert!(
            matches!(found.as_slice(), [Violation { rule: Rule::DataTooLarge { bytes: 1_048_577, largest, at_least: true }, .. }] if largest == "a")
        );
        assert_eq!(fields(&large, &keys(&["a"])), [""; 0]);
    }
}
