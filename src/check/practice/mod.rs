//! Lints about what the API server takes and tools or people stumble over later: tokens that never
//! end, Secrets that `kubectl apply` can't handle, copies in annotations, data that
//! can't be changed.

pub(crate) mod apply_size;
pub(crate) mod messages;
pub(crate) mod versioned_name;

use std::collections::BTreeMap;

use super::api::{ANNOTATIONS_MAX, DATA_MAX};
use super::finding::{Finding, Spot};
use super::subject::{Origin, Subject};
use crate::secret::{Secret, kind};

/// The annotation in which client-side `kubectl apply` keeps the manifest.
pub(crate) const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";
/// Most bytes of a request that etcd takes, unless `--max-request-bytes` says otherwise
/// (`DefaultMaxRequestBytes` in etcd's `embed/config.go`).
pub(crate) const ETCD_MAX: usize = 1_572_864;
/// What somebody should look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PracticeFault {
    /// A token of a service account that does not end.
    ServiceAccountToken,
    /// So many bytes that client-side `kubectl apply` can't keep the manifest in an annotation.
    ApplySize(usize),
    /// So many bytes that etcd does not take the Secret.
    EtcdSize(usize),
    /// Fields of the metadata that the server sets.
    ServerFields(Vec<&'static str>),
    /// The annotation of `kubectl apply` stands in the manifest.
    LastApplied,
    /// `immutable` with a name that stays the same when the data changes.
    ImmutableName,
}

impl PracticeFault {
    fn spot(&self) -> Spot {
        match self {
            PracticeFault::ServiceAccountToken => Spot::Type,
            PracticeFault::ApplySize(_) | PracticeFault::EtcdSize(_) => Spot::Secret,
            PracticeFault::ServerFields(fields) => {
                fields.first().map_or(Spot::Secret, |field| Spot::Metadata(field))
            }
            PracticeFault::LastApplied => Spot::AnnotationKey(LAST_APPLIED.to_owned()),
            PracticeFault::ImmutableName => Spot::Immutable,
        }
    }
}

/// What there is to look at.
pub(crate) fn faults(subject: &Subject<'_>) -> Vec<PracticeFault> {
    let secret = subject.secret;
    let mut found = Vec::new();
    // Without an account there is no token, and the API server refuses it.
    let account = secret
        .annotations
        .get(kind::SERVICE_ACCOUNT_ANNOTATION)
        .is_some_and(|name| !name.is_empty());
    if secret.type_ == kind::SERVICE_ACCOUNT_TOKEN && account {
        found.push(PracticeFault::ServiceAccountToken);
    }
    // `apply` takes no generated names.
    if subject.more.generate_name.is_empty() {
        found.extend(apply_size::too_large(secret).map(PracticeFault::ApplySize));
    }
    found.extend(etcd_size(secret).map(PracticeFault::EtcdSize));
    if !subject.more.server_fields.is_empty() {
        found.push(PracticeFault::ServerFields(subject.more.server_fields.clone()));
    }
    if secret.annotations.contains_key(LAST_APPLIED) {
        found.push(PracticeFault::LastApplied);
    }
    let named_anew = match subject.origin {
        Origin::Spec => subject.hashed,
        Origin::Manifest => {
            !subject.more.generate_name.is_empty() || versioned_name::ends_with_hash(&secret.name)
        }
    };
    let named_anew = named_anew || versioned_name::ends_with_version(&secret.name);
    if secret.immutable == Some(true) && !named_anew {
        found.push(PracticeFault::ImmutableName);
    }
    found
}

/// The findings about a Secret.
pub(crate) fn findings(subject: &Subject<'_>) -> Vec<Finding> {
    let found = faults(subject).into_iter();
    found
        .map(|fault| {
            Finding::new(messages::diagnostic(&fault, subject.secret, subject.origin), fault.spot())
        })
        .collect()
}

/// The bytes of keys and values, if those alone are more than etcd takes. A dry run of the server
/// does not show that, a create does.
fn etcd_size(secret: &Secret) -> Option<usize> {
    let texts = |map: &BTreeMap<String, String>| {
        map.iter().map(|(key, value)| key.len() + value.len()).sum::<usize>()
    };
    let data: usize = secret.data.iter().map(|(key, value)| key.len() + value.len()).sum();
    let size = data + texts(&secret.labels) + texts(&secret.annotations);
    // What is too much for the API server is refused for that.
    let refused = secret.data.values().map(|value| value.len()).sum::<usize>() > DATA_MAX
        || texts(&secret.annotations) > ANNOTATIONS_MAX;
    (size > ETCD_MAX && !refused).then_some(size)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::api::object_meta::MoreMetadata;
    use crate::check::subject::Unknown;

    fn found(
        secret: &Secret,
        origin: Origin,
        generate_name: &str,
        hashed: bool,
    ) -> Vec<PracticeFault> {
        let more = MoreMetadata { generate_name: generate_name.into(), ..MoreMetadata::default() };
        let unknown = Unknown::default();
        faults(&Subject {
            secret,
            more: &more,
            unknown: &unknown,
            origin,
            at: None,
            hashed,
            servers: false,
        })
    }

    #[test]
    fn immutable_needs_a_name_that_changes() {
        let named =
            |name: &str| Secret { name: name.into(), immutable: Some(true), ..Secret::default() };
        let fault = [PracticeFault::ImmutableName];
        assert_eq!(found(&named("app"), Origin::Spec, "", false), fault);
        assert_eq!(found(&named("app"), Origin::Spec, "", true), []);
        assert_eq!(found(&named("app-8fb7cfch84"), Origin::Spec, "", false), fault);
        assert_eq!(found(&named("app-8fb7cfch84"), Origin::Manifest, "", false), []);
        assert_eq!(found(&named("app-production"), Origin::Manifest, "", false), fault);
        assert_eq!(found(&named("app-3f2a9c1"), Origin::Spec, "", false), fault);
        assert_eq!(found(&named("app-3f2a9c1"), Origin::Manifest, "", false), []);
        assert_eq!(found(&named("app-v2"), Origin::Spec, "", false), []);
        assert_eq!(found(&named("app-v2"), Origin::Manifest, "", false), []);
        assert_eq!(found(&named(""), Origin::Manifest, "app-", false), []);
        assert_eq!(
            found(&Secret { immutable: Some(false), ..named("app") }, Origin::Manifest, "", false),
            []
        );
    }

    #[test]
    fn the_rest() {
        let secret = Secret {
            type_: kind::SERVICE_ACCOUNT_TOKEN.into(),
            annotations: [(LAST_APPLIED, "{}"), (kind::SERVICE_ACCOUNT_ANNOTATION, "app")]
                .map(|(key, value)| (key.into(), value.into()))
                .into(),
            ..Secret::default()
        };
        let all = [PracticeFault::ServiceAccountToken, PracticeFault::LastApplied];
        assert_eq!(found(&secret, Origin::Spec, "", false), all);
    }
}
