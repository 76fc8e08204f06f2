//! What the API server requires of a Secret's metadata.
//!
//! Source: `staging/src/k8s.io/apimachinery/pkg/api/validation/objectmeta.go`
//! (`ValidateObjectMetaAccessorWithOpts`, `validateOwnerReference`) and `pkg/apis/core/validation`
//! (`validateKubeFinalizerName`).

use super::object_meta::{MoreMetadata, Owner};
use super::{ANNOTATIONS_MAX, INVALID, REQUIRED, Refused, TOO_LONG, messages, names, repair};
use crate::check::{finding::Spot, subject::Subject};
use crate::diag::codes;
use crate::secret::Secret;

const STANDARD_FINALIZERS: [&str; 3] = ["kubernetes", "orphan", "foregroundDeletion"];

/// In the server's order.
pub(super) fn check(subject: &Subject<'_>, refused: &mut Refused) {
    let (secret, more) = (subject.secret, subject.more);
    name(subject, refused);
    // Without a namespace, or with an empty one, the server takes that of the request.
    if let Some(namespace) = secret.namespace.as_ref().filter(|namespace| !namespace.is_empty()) {
        for misfit in names::dns_label(namespace) {
            let found = messages::namespace(namespace, &misfit);
            refused
                .invalid("metadata.namespace", Spot::Namespace, found)
                .repair(repair::dns_label(namespace));
        }
    }
    labels(secret, refused);
    annotations(secret, refused);
    if more.generation < 0 {
        let (at, found) = (Spot::Metadata("generation"), messages::generation());
        refused.invalid("metadata.generation", at, found);
    }
    owners(more, refused);
    finalizers(more, refused);
}

fn name(subject: &Subject<'_>, refused: &mut Refused) {
    let (secret, more) = (subject.secret, subject.more);
    let prefix = &more.generate_name;
    // What follows a prefix stands apart from it.
    let better_prefix = || repair::subdomain(prefix).map(|prefix| format!("{prefix}-"));
    let mut is_told = false;
    if !prefix.is_empty() {
        for misfit in names::subdomain(&more.masked_generate_name()) {
            let found = messages::generate_name(prefix, &misfit);
            refused
                .invalid("metadata.generateName", Spot::GenerateName, found)
                .repair(better_prefix());
            is_told = true;
        }
    }
    if !secret.name.is_empty() {
        for misfit in names::subdomain(&secret.name) {
            let found = messages::name(&secret.name, &misfit);
            refused
                .invalid("metadata.name", Spot::Name, found)
                .repair(repair::subdomain(&secret.name));
        }
        return;
    }
    if prefix.is_empty() {
        refused.add(REQUIRED, "metadata.name", Spot::Name, messages::name_missing());
        return;
    }
    let name = more.generated_name();
    for misfit in names::subdomain(&name) {
        if is_told {
            refused.again(INVALID, "metadata.name");
        } else {
            let found = messages::generated_name(prefix, &name, &misfit);
            refused.invalid("metadata.name", Spot::GenerateName, found).repair(better_prefix());
        }
    }
}

fn labels(secret: &Secret, refused: &mut Refused) {
    for (key, value) in &secret.labels {
        for misfit in names::label_key(key) {
            let found = messages::key(&codes::LABEL, "label key", key, &misfit);
            refused
                .invalid("metadata.labels", Spot::LabelKey(key.clone()), found)
                .repair(repair::label_key(key));
        }
        for misfit in names::label_value(value) {
            let found = messages::label_value(key, value, &misfit);
            refused
                .invalid("metadata.labels", Spot::LabelValue(key.clone()), found)
                .repair(repair::label_value(value));
        }
    }
}

fn annotations(secret: &Secret, refused: &mut Refused) {
    let at = |key: &str| Spot::AnnotationKey(key.to_owned());
    for key in secret.annotations.keys() {
        for misfit in names::annotation_key(key) {
            let found = messages::key(&codes::ANNOTATION, "annotation key", key, &misfit);
            refused.invalid("metadata.annotations", at(key), found).repair(repair::label_key(key));
        }
    }
    let sizes = || secret.annotations.iter().map(|(key, value)| (key.len() + value.len(), key));
    let bytes: usize = sizes().map(|(size, _)| size).sum();
    if let Some((_, largest)) = sizes().max_by_key(|(size, _)| *size)
        && bytes > ANNOTATIONS_MAX
    {
        let found = messages::annotations_too_large(bytes, largest);
        refused.add(TOO_LONG, "metadata.annotations", at(largest), found);
    }
}

fn owners(more: &MoreMetadata, refused: &mut Refused) {
    const OWNERS: &str = "metadata.ownerReferences";
    for (index, owner) in more.owners.iter().enumerate() {
        let Owner { api_version, kind, name, uid, .. } = owner;
        // Group and version in `GROUP/VERSION` or `VERSION`, which is of the core group, as
        // `/VERSION` is; nothing where there are more slashes.
        let (group, version) = match api_version.split_once('/') {
            None => ("", api_version.as_str()),
            Some((_, version)) if version.contains('/') => ("", ""),
            Some(parts) => parts,
        };
        let fields = [("apiVersion", version), ("kind", kind), ("name", name), ("uid", uid)];
        for (field, _) in fields.into_iter().filter(|(_, value)| value.is_empty()) {
            let (path, at) = (format!("{OWNERS}.{field}"), Spot::Owner(index, field));
            refused.invalid(&path, at, messages::owner_without(index, field));
        }
        // An Event comes and goes by itself.
        if group.is_empty() && version == "v1" && kind == "Event" {
            refused.invalid(OWNERS, Spot::Owner(index, "kind"), messages::owner_event(index));
        }
    }
    if more.owners.iter().filter(|owner| owner.controller).count() > 1 {
        refused.invalid(OWNERS, Spot::Metadata("ownerReferences"), messages::controllers());
    }
}

fn finalizers(more: &MoreMetadata, refused: &mut Refused) {
    const FINALIZERS: &str = "metadata.finalizers";
    for (index, finalizer) in more.finalizers.iter().enumerate() {
        for misfit in names::label_key(finalizer) {
            let found = messages::finalizer(index, finalizer, &misfit);
            refused
                .invalid(FINALIZERS, Spot::Finalizer(index), found)
                .repair(repair::label_key(finalizer));
        }
    }
    let has = |name: &str| more.finalizers.iter().any(|finalizer| finalizer == name);
    if has("orphan") && has("foregroundDeletion") {
        refused.invalid(FINALIZERS, Spot::Metadata("finalizers"), messages::finalizers_exclude());
    }
    for (index, finalizer) in more.finalizers.iter().enumerate() {
        if finalizer.contains('/') || STANDARD_FINALIZERS.contains(&finalizer.as_str()) {
            continue;
        }
        let path = format!("{FINALIZERS}[{index}]");
        if names::label_key(finalizer).is_empty() {
            let found = messages::finalizer_unqualified(finalizer);
            refused.invalid(&path, Spot::Finalizer(index), found);
        } else {
            refused.again(INVALID, &path);
        }
    }
}
