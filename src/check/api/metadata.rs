//! What the API server requires of a Secret's metadata.

use super::names;
use super::object_meta::MoreMetadata;
use super::violation::{ANNOTATIONS_MAX, FieldPath, Rule, Violation};
use crate::secret::Secret;

/// In the server's order: generateName, name, namespace, labels, annotations and their size, and
/// what specs never say.
pub(crate) fn violations(secret: &Secret, more: &MoreMetadata) -> Vec<Violation> {
    let mut found = Vec::new();
    more.generate_name(&mut found);
    name(secret, more, &mut found);
    namespace(secret, &mut found);
    labels(secret, &mut found);
    annotations(secret, &mut found);
    more.others(&mut found);
    found
}

fn name(secret: &Secret, more: &MoreMetadata, found: &mut Vec<Violation>) {
    if secret.name.is_empty() && !more.generate_name.is_empty() {
        let told = !found.is_empty();
        let name = more.generated_name();
        for misfit in names::subdomain(&name) {
            let rule = Rule::GeneratedName {
                prefix: more.generate_name.clone(),
                name: name.clone(),
                misfit,
                told,
            };
            found.push(Violation { field: FieldPath::Name, rule });
        }
        return;
    }
    if secret.name.is_empty() {
        found.push(Violation { field: FieldPath::Name, rule: Rule::NameMissing });
        return;
    }
    for misfit in names::subdomain(&secret.name) {
        found.push(Violation {
            field: FieldPath::Name,
            rule: Rule::Name { name: secret.name.clone(), misfit },
        });
    }
}

/// Without a namespace, or with an empty one, the server takes that of the request.
fn namespace(secret: &Secret, found: &mut Vec<Violation>) {
    let Some(namespace) = secret.namespace.as_ref().filter(|namespace| !namespace.is_empty())
    else {
        return;
    };
    for misfit in names::dns_label(namespace) {
        found.push(Violation {
            field: FieldPath::Namespace,
            rule: Rule::Namespace { namespace: namespace.clone(), misfit },
        });
    }
}

/// Labels have no limit together.
fn labels(secret: &Secret, found: &mut Vec<Violation>) {
    for (key, value) in &secret.labels {
        for misfit in names::label_key(key) {
            found.push(Violation {
                field: FieldPath::Labels,
                rule: Rule::LabelKey { key: key.clone(), misfit },
            });
        }
        for misfit in names::label_value(value) {
            let rule = Rule::LabelValue { key: key.clone(), value: value.clone(), misfit };
            found.push(Violation { field: FieldPath::Labels, rule });
        }
    }
}

/// Values of annotations are free; together with their keys they have a limit.
fn annotations(secret: &Secret, found: &mut Vec<Violation>) {
    for key in secret.annotations.keys() {
        for misfit in names::annotation_key(key) {
            found.push(Violation {
                field: FieldPath::Annotations,
                rule: Rule::AnnotationKey { key: key.clone(), misfit },
            });
        }
    }
    let size = |(key, value): &(&String, &String)| key.len() + value.len();
    let bytes: usize = secret.annotations.iter().map(|pair| size(&pair)).sum();
    if bytes > ANNOTATIONS_MAX {
        let largest = secret
            .annotations
            .iter()
            .max_by_key(size)
            .map(|(key, _)| key.clone())
            .unwrap_or_default();
        found.push(Violation {
            field: FieldPath::Annotations,
            rule: Rule::AnnotationsTooLarge { bytes, largest },
        });
    }
}
