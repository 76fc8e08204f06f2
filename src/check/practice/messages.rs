//! The sentences for what tools or people stumble over later.

use super::{ETCD_MAX, LAST_APPLIED, PracticeFault};
use crate::check::api::ANNOTATIONS_MAX;
use crate::check::subject::Origin;
use crate::diag::phrases::{all_of, code, number, plural};
use crate::diag::{Diagnostic, diagnostic};
use crate::secret::Secret;

/// The finding for a fault of a Secret, without a place.
pub(crate) fn diagnostic(fault: &PracticeFault, secret: &Secret, origin: Origin) -> Diagnostic {
    match fault {
        PracticeFault::ServiceAccountToken => diagnostic!(
            SERVICE_ACCOUNT_TOKEN,
            "the token of a service account in a Secret never ends"
        )
        .note(
            "anyone who has read it once can use it until the Secret is deleted; Kubernetes itself \
             stopped making such Secrets in 1.24",
        )
        .help(
            "in a Pod, mount a token with `projected` and `serviceAccountToken`: the kubelet \
             renews it",
        )
        .help(
            "elsewhere, ask for one that ends: `kubectl create token NAME --duration=1h`, or the \
             TokenRequest API",
        ),
        PracticeFault::ApplySize(size) => diagnostic!(
            APPLY_SIZE,
            "{} is too large for `kubectl apply`",
            code(&secret.id())
        )
        .note(format!(
            "it keeps the manifest in an annotation, {} here, and all annotations together may \
             have {}",
            plural(*size, "byte"),
            number(ANNOTATIONS_MAX)
        ))
        .help(
            "use `kubectl apply --server-side`, or `ServerSideApply=true` in Argo CD: they keep no \
             copy",
        ),
        PracticeFault::EtcdSize(size) => diagnostic!(
            ETCD_SIZE,
            "{} is too large for etcd",
            code(&secret.id())
        )
        .note(format!(
            "data, labels and annotations have {}, and etcd takes {} of a request",
            plural(*size, "byte"),
            number(ETCD_MAX)
        ))
        .note(
            "neither a dry run nor the API server's own checks show that; a create fails with \
             `etcdserver: request is too large`",
        )
        .help("split it into several Secrets"),
        PracticeFault::ServerFields(fields) => {
            let diagnostic = diagnostic!(
                SERVER_FIELDS,
                "the metadata has {}, which the server sets",
                all_of(fields)
            );
            let diagnostic = if fields.contains(&"resourceVersion") {
                diagnostic.note(
                    "a create with `resourceVersion` fails, and an apply with an old one is \
                     refused as a conflict",
                )
            } else {
                diagnostic.note("the server overwrites or ignores what a manifest says there")
            };
            diagnostic.help("remove it; it comes from `kubectl get -o yaml`")
        }
        PracticeFault::LastApplied => {
            let diagnostic = diagnostic!(
                LAST_APPLIED,
                "the annotation {} holds a copy of the Secret",
                code(LAST_APPLIED)
            )
            .note(
                "it has the data too, and annotations are printed and logged by what hides the \
                 data of Secrets",
            );
            match origin {
                Origin::Spec => diagnostic.help("leave it out: `kubectl apply` writes it itself"),
                Origin::Manifest => diagnostic.help(
                    "remove it; it comes from `kubectl get -o yaml`, and `kubectl apply` writes it \
                     itself",
                ),
            }
        }
        PracticeFault::ImmutableName => {
            let name =
                if secret.name.is_empty() { "a Secret".to_owned() } else { code(&secret.name) };
            diagnostic!(
                IMMUTABLE_NAME,
                "{name} is immutable and keeps its name when its data changes"
            )
            .note(
                "then nothing can be applied until someone deletes it, and Pods that run keep the \
                 old data",
            )
            .help(match origin {
                Origin::Spec => "write `hash-suffix = true`: other data gets another name",
                Origin::Manifest => {
                    "give it a name with a hash of its data, as kustomize's `secretGenerator` \
                     does, or leave `immutable` out"
                }
            })
        }
    }
}
