//! Lints about what the API server takes and tools or people stumble over later: tokens that never
//! end, Secrets that `kubectl apply` or etcd can't handle, copies in annotations, data that can't
//! be changed.

pub(crate) mod apply_size;
pub(crate) mod versioned_name;

use std::collections::BTreeMap;

use super::api::{ANNOTATIONS_MAX, DATA_MAX};
use super::finding::{Finding, Spot};
use super::subject::{Origin, Subject};
use crate::diag::phrases::{all_of, code, number, plural};
use crate::diag::{Diagnostic, diagnostic};
use crate::secret::{Secret, kind};

pub(crate) const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";
/// Most bytes of a request that etcd takes, unless `--max-request-bytes` says otherwise
/// (`DefaultMaxRequestBytes` in etcd's `embed/config.go`).
const ETCD_MAX: usize = 1_572_864;

pub(crate) fn findings(subject: &Subject<'_>) -> Vec<Finding> {
    let (secret, more) = (subject.secret, subject.more);
    let mut found = Vec::new();
    let mut add = |diagnostic: Diagnostic, at: Spot| found.push(Finding::new(diagnostic, at));
    // Without an account there is no token, and the API server refuses it.
    let account = secret.annotations.get(kind::SERVICE_ACCOUNT_ANNOTATION);
    if secret.type_ == kind::SERVICE_ACCOUNT_TOKEN && account.is_some_and(|name| !name.is_empty()) {
        add(endless_token(), Spot::Type);
    }
    // `apply` takes no generated names.
    if more.generate_name.is_empty()
        && let Some(size) = apply_size::too_large(secret)
    {
        add(too_large_for_apply(secret, size), Spot::Secret);
    }
    if let Some(size) = etcd_size(secret) {
        add(too_large_for_etcd(secret, size), Spot::Secret);
    }
    if let Some(first) = more.server_fields.first() {
        add(server_fields(&more.server_fields), Spot::Metadata(first));
    }
    if secret.annotations.contains_key(LAST_APPLIED) {
        add(last_applied(), Spot::AnnotationKey(LAST_APPLIED.to_owned()));
    }
    let has_hash = match subject.origin {
        Origin::Spec => subject.hashed,
        Origin::Manifest if !more.generate_name.is_empty() => true,
        Origin::Manifest => versioned_name::ends_with_hash(&secret.name),
    };
    let changes = has_hash || versioned_name::ends_with_version(&secret.name);
    if secret.immutable == Some(true) && !changes {
        add(immutable_name(secret, subject.origin), Spot::Immutable);
    }
    found
}

fn text_size(texts: &BTreeMap<String, String>) -> usize {
    texts.iter().map(|(key, value)| key.len() + value.len()).sum()
}

/// Whether the API server refuses a Secret for its size, so that no other limit matters.
fn is_refused(secret: &Secret) -> bool {
    secret.data.values().map(|value| value.len()).sum::<usize>() > DATA_MAX
        || text_size(&secret.annotations) > ANNOTATIONS_MAX
}

/// The bytes of keys and values, if those alone are more than etcd takes. A dry run of the server
/// does not show that, a create does.
fn etcd_size(secret: &Secret) -> Option<usize> {
    let data: usize = secret.data.iter().map(|(key, value)| key.len() + value.len()).sum();
    let size = data + text_size(&secret.labels) + text_size(&secret.annotations);
    (size > ETCD_MAX && !is_refused(secret)).then_some(size)
}

fn endless_token() -> Diagnostic {
    diagnostic!(SERVICE_ACCOUNT_TOKEN, "a service account token in a Secret never expires")
        .note(
            "anyone who reads it can use it until the Secret is deleted; Kubernetes stopped \
             creating such Secrets in 1.24",
        )
        .help(
            "mount a projected `serviceAccountToken` volume in a Pod: the kubelet renews its token",
        )
        .help(
            "outside of Pods, request a token that expires: `kubectl create token NAME \
             --duration=1h`, or the TokenRequest API",
        )
}

fn too_large_for_apply(secret: &Secret, size: usize) -> Diagnostic {
    let (size, max) = (plural(size, "byte"), number(ANNOTATIONS_MAX));
    diagnostic!(APPLY_SIZE, "{} is too large for `kubectl apply`", code(&secret.id()))
        .note(format!(
            "`kubectl apply` stores the manifest in an annotation: {size} here, while the limit \
             for all annotations is {max}"
        ))
        .help(
            "use `kubectl apply --server-side`, or `ServerSideApply=true` in Argo CD, which store \
             no copy",
        )
}

fn too_large_for_etcd(secret: &Secret, size: usize) -> Diagnostic {
    let (size, max) = (plural(size, "byte"), number(ETCD_MAX));
    diagnostic!(ETCD_SIZE, "{} is too large for etcd", code(&secret.id()))
        .note(format!(
            "data, labels and annotations are {size}; etcd's limit for a request is {max}"
        ))
        .note(
            "a dry run does not show this; `kubectl create` fails with `etcdserver: request is too \
             large`",
        )
        .help("split it into several Secrets")
}

fn server_fields(fields: &[&str]) -> Diagnostic {
    diagnostic!(SERVER_FIELDS, "only the server should set {}", all_of(fields))
        .note(match fields.contains(&"resourceVersion") {
            true => {
                "`kubectl create` fails if `resourceVersion` is set, and `kubectl apply` fails \
                 with a conflict if it is old"
            }
            false => "the server overwrites or ignores what a manifest sets there",
        })
        .help("remove what comes from `kubectl get -o yaml`")
}

fn last_applied() -> Diagnostic {
    diagnostic!(LAST_APPLIED, "the annotation {} contains a copy of the Secret", code(LAST_APPLIED))
        .note(
            "it contains the data, and tools that hide Secret data still print and log annotations",
        )
        .help("remove it: `kubectl apply` adds it on its own")
}

fn immutable_name(secret: &Secret, origin: Origin) -> Diagnostic {
    let name = if secret.name.is_empty() { "a Secret".to_owned() } else { code(&secret.name) };
    diagnostic!(IMMUTABLE_NAME, "{name} is immutable, but its name does not change with its data")
        .note(
            "a change can't be applied until the Secret is deleted, and running Pods keep the old \
             data",
        )
        .help(match origin {
            Origin::Spec => "add `hash-suffix = true`, so that new data gets a new name",
            Origin::Manifest => {
                "give it a name with a hash of its data, as kustomize's `secretGenerator` does, or \
                 remove `immutable`"
            }
        })
}
