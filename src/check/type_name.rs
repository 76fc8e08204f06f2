//! Types that are near to one that Kubernetes knows, or that hold exactly what one of those holds.
//! The API server takes them all as types of somebody's own, and then checks nothing; who looks for
//! the type that was meant does not find the Secret.

use super::finding::{Finding, Spot};
use super::subject::{Origin, Subject};
use crate::diag::phrases::{self, code};
use crate::diag::{Diagnostic, diagnostic};
use crate::secret::kind;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TypeFault {
    Spelling(&'static str),
    Near(&'static str),
    /// It has the data keys of this type: it is a type of somebody's own with no others, or
    /// `Opaque` with the key of a pull secret.
    Data(&'static str),
}

/// What stands before or behind a type's word, folded.
const DOMAINS: [&str; 5] = ["bootstrapkubernetesio", "kubernetesio", "kubernetes", "k8sio", "k8s"];
const SLIPS: usize = 2;
/// Shorter words are near to everything, and longer ones to nothing.
const NEAR_MIN: usize = 5;
const NEAR_MAX: usize = 80;

pub(crate) fn findings(subject: &Subject<'_>) -> Option<Finding> {
    let name = &subject.secret.type_;
    let is_known = !subject.unknown.open && subject.unknown.keys.is_empty();
    let keys = subject.secret.data.keys().map(String::as_str);
    let fault = name_fault(name).or_else(|| data_fault(name, keys).filter(|_| is_known))?;
    let finding = Finding::new(diagnostic(fault, name, subject.origin), Spot::Type);
    let TypeFault::Spelling(right) = fault else { return Some(finding) };
    Some(finding.edit(right, format!("write the type as {}", code(right))))
}

fn name_fault(name: &str) -> Option<TypeFault> {
    if name.is_empty() || kind::of_type(name).is_some() || name.len() > NEAR_MAX {
        return None;
    }
    if name.trim().is_empty() {
        return Some(TypeFault::Near(kind::OPAQUE));
    }
    // The word stands alone or with the domain of Kubernetes; `acme.io/tls` is acme's.
    let folded = fold(name);
    let word = DOMAINS
        .iter()
        .find_map(|domain| folded.strip_prefix(domain).or_else(|| folded.strip_suffix(domain)));
    let is_alone = word.is_none();
    let word = word.unwrap_or(&folded);
    let singular = word.strip_suffix('s').unwrap_or(word);
    for (kind, right) in kind::built_ins() {
        if fold(right) == folded || kind.spellings.contains(&word) {
            return Some(TypeFault::Spelling(right));
        }
        if kind.near_misses.contains(&word) || kind.near_misses.contains(&singular) {
            return Some(TypeFault::Near(right));
        }
    }
    let is_slip = |right: &str| strsim::osa_distance(&folded, &fold(right)) <= SLIPS;
    let mut types = kind::built_ins().filter(|(_, right)| right.contains('/'));
    if let Some((_, right)) = types.find(|(_, right)| is_slip(right)) {
        return Some(TypeFault::Near(right));
    }
    if is_alone && word.len() < NEAR_MIN {
        return None;
    }
    let spellings = kind::built_ins().flat_map(|(kind, _)| kind.spellings.iter().copied());
    let near = phrases::nearest(word, spellings)?;
    let (_, right) = kind::built_ins().find(|(kind, _)| kind.spellings.contains(&near))?;
    Some(TypeFault::Near(right))
}

fn fold(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn data_fault<'a>(name: &str, keys: impl Iterator<Item = &'a str> + Clone) -> Option<TypeFault> {
    let has = |key: &str| keys.clone().any(|other| other == key);
    let is_opaque = name == kind::OPAQUE;
    // A type with a domain has a program that looks for it.
    let is_known = kind::of_type(name).is_some() || name.contains('/');
    if !is_opaque && is_known || name_fault(name).is_some() {
        return None;
    }
    for (kind, type_) in kind::built_ins() {
        let telling = kind.telling_keys();
        let is_filled = |key| telling.contains(&key) || kind.field_of(key).is_some();
        if is_opaque && kind.is_pull_secret() && telling.iter().any(|key| has(key)) {
            return Some(TypeFault::Data(type_));
        }
        let has_all = !telling.is_empty() && telling.iter().all(|key| has(key));
        if !is_opaque && has_all && keys.clone().all(is_filled) {
            return Some(TypeFault::Data(type_));
        }
    }
    None
}

fn diagnostic(fault: TypeFault, name: &str, origin: Origin) -> Diagnostic {
    let name = code(name);
    let unchecked = "Kubernetes accepts any type, but does not check the data of unknown types";
    let instead = |right: &str| match (origin, kind::of_type(right)) {
        (Origin::Spec, Some(kind)) => format!("write the Secret as {}", kind.table.name),
        _ => format!("write `type: {right}`"),
    };
    match fault {
        TypeFault::Spelling(right) | TypeFault::Near(right) => {
            let right_name = code(right);
            let found =
                diagnostic!(TYPE_MISSPELT, "unknown type {name}: did you mean {right_name}?");
            // In a manifest the repair of a spelling says it all.
            let is_repaired = matches!(fault, TypeFault::Spelling(_)) && origin == Origin::Manifest;
            found.note(unchecked).maybe_help((!is_repaired).then(|| instead(right)))
        }
        TypeFault::Data(right) => diagnostic!(
            TYPE_MISSPELT,
            "a Secret of type {name} has the data keys of a {} Secret",
            code(right)
        )
        .note(
            "programs that look for the other type, as the kubelet does for pull secrets, silently \
             ignore it",
        )
        .help(instead(right)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_near_to_those_of_kubernetes() {
        use TypeFault::{Near, Spelling};
        for (names, fault) in [
            ("opaque generic kubernetes.io/opaque", Some(Spelling(kind::OPAQUE))),
            ("tls k8s/tls tls.kubernetes.io kubernetes.io.tls", Some(Spelling(kind::TLS))),
            ("docker-registry .dockerconfigjson", Some(Spelling(kind::DOCKER_CONFIG_JSON))),
            ("kubernetes.io/dockerconfig imagePullSecrets", Some(Near(kind::DOCKER_CONFIG_JSON))),
            ("kubernetes.io/service-acount-token", Some(Near(kind::SERVICE_ACCOUNT_TOKEN))),
            ("kubernets.io/tls kubernetes.com/tls", Some(Near(kind::TLS))),
            ("kubernetes.io/ssh", Some(Near(kind::SSH_AUTH))),
            ("secret", Some(Near(kind::OPAQUE))),
            ("bootstrap.kubernetes.io/Token", Some(Spelling(kind::BOOTSTRAP_TOKEN))),
            ("Opaque kubernetes.io/rbd kubernetes.io/tls helm.sh/release.v1 acme.io/tls", None),
            ("cluster.x-k8s.io/secret kubermatic.io/tls acme.k8s.io/tls kcp/kube-secret", None),
            ("kubernetes/acme connection.crossplane.io/v1alpha1 socket token", None),
        ] {
            for name in names.split(' ') {
                assert_eq!(name_fault(name), fault, "{name}");
            }
        }
    }

    #[test]
    fn data_of_another_type() {
        let pair = ["tls.crt", "tls.key"];
        for (name, keys, fault) in [
            ("shop-pair", vec!["tls.crt", "tls.key", "ca.crt"], Some(TypeFault::Data(kind::TLS))),
            ("shop-pair", vec!["tls.crt", "tls.key", "more"], None),
            ("shop-pair", vec!["tls.crt"], None),
            // Its name has a fault already.
            ("tls", pair.to_vec(), None),
            ("Opaque", pair.to_vec(), None),
            ("acme-pull", vec![".dockercfg"], Some(TypeFault::Data(kind::DOCKER_CFG))),
            (kind::SSH_AUTH, vec!["ssh-privatekey"], None),
        ] {
            assert_eq!(data_fault(name, keys.iter().copied()), fault, "{name} {keys:?}");
        }
    }
}
