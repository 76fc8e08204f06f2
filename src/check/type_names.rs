//! Types that are near to one that Kubernetes knows, or that hold exactly what one of those holds. The API server takes them all as types
//! of somebody's own, and then checks nothing; who looks for the type that was meant does not find the Secret.

use super::finding::{Finding, Spot};
use super::verdict::Subject;
use super::{type_words, types};
use crate::diag::words;

/// What is wrong with a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TypeFault {
    /// It is another spelling of this type.
    Spelling(&'static str),
    /// It is near to this type.
    Near(&'static str),
    /// It has the prefix of Kubernetes, which knows nothing like it.
    Unknown,
    /// A type of somebody's own with exactly the data of this type.
    Data(&'static str),
    /// `Opaque`, with the data key of this type for pull secrets.
    PullSecret(&'static str),
}

/// How types are called, without prefix, case and punctuation; `kubectl create secret` has words of its own.
const SPELLINGS: [(&str, &str); 10] = [
    ("opaque", types::OPAQUE),
    ("generic", types::OPAQUE),
    ("tls", types::TLS),
    ("basicauth", types::BASIC_AUTH),
    ("sshauth", types::SSH_AUTH),
    ("dockerconfigjson", types::DOCKER_CONFIG_JSON),
    ("dockerregistry", types::DOCKER_CONFIG_JSON),
    ("dockercfg", types::DOCKER_CFG),
    ("serviceaccounttoken", types::SERVICE_ACCOUNT_TOKEN),
    ("bootstraptoken", types::BOOTSTRAP_TOKEN),
];
/// As near to the older form as to the newer, which is meant.
const CONFIG: &str = "dockerconfig";
/// Prefixes that people put before them.
const PREFIXES: [&str; 3] = ["bootstrap.kubernetes.io/", "kubernetes.io/", "k8s.io/"];
/// Types that volume plugins of Kubernetes have or had: `pkg/volume/iscsi`, `rbd`, `glusterfs`, `scaleio`, `storageos`, `quobyte`.
const PLUGINS: [&str; 6] = [
    "kubernetes.io/iscsi-chap",
    "kubernetes.io/rbd",
    "kubernetes.io/glusterfs",
    "kubernetes.io/scaleio",
    "kubernetes.io/storageos",
    "kubernetes.io/quobyte",
];
/// A type, the data keys that it needs, and one more that it may have.
const DATA: [(&str, &[&str], &str); 4] = [
    (types::TLS, &["tls.crt", "tls.key"], "ca.crt"),
    (types::SSH_AUTH, &["ssh-privatekey"], "known_hosts"),
    (types::DOCKER_CONFIG_JSON, &[types::DOCKER_CONFIG_JSON_KEY], ""),
    (types::DOCKER_CFG, &[types::DOCKER_CFG_KEY], ""),
];
/// Shorter words are near to everything.
const NEAR_MIN: usize = 5;

/// What is wrong with the name of a type.
pub fn name_fault(name: &str) -> Option<TypeFault> {
    if name.is_empty() || types::find(name).is_some() || PLUGINS.contains(&name) {
        return None;
    }
    let lower = name.trim().to_ascii_lowercase();
    let tail = PREFIXES.iter().find_map(|prefix| lower.strip_prefix(prefix));
    let word = tail.unwrap_or(&lower);
    let folded: String = word.chars().filter(|c| !matches!(c, '-' | '_' | '.' | ' ')).collect();
    if let Some((_, right)) = SPELLINGS.iter().find(|(spelling, _)| *spelling == folded) {
        return Some(TypeFault::Spelling(right));
    }
    if folded == CONFIG {
        return Some(TypeFault::Near(types::DOCKER_CONFIG_JSON));
    }
    let near =
        words::nearest(&folded, SPELLINGS.iter().map(|(spelling, _)| *spelling)).filter(|_| tail.is_some() || folded.len() >= NEAR_MIN);
    let near = near.and_then(|near| SPELLINGS.iter().find(|(spelling, _)| *spelling == near));
    // The word stands alone or after the prefix; `acme.io/tls` is acme's.
    near.map(|(_, right)| TypeFault::Near(right)).or_else(|| tail.map(|_| TypeFault::Unknown))
}

/// What is wrong with the type of these data keys.
pub fn data_fault<'a>(name: &str, keys: impl Iterator<Item = &'a str> + Clone) -> Option<TypeFault> {
    let has = |key: &str| keys.clone().any(|other| other == key);
    let opaque = name == types::OPAQUE;
    if !opaque && types::find(name).is_some() || name_fault(name).is_some() {
        return None;
    }
    for (type_, needed, may) in DATA {
        if opaque {
            let pull = [types::DOCKER_CONFIG_JSON, types::DOCKER_CFG].contains(&type_);
            if pull && needed.iter().any(|key| has(key)) {
                return Some(TypeFault::PullSecret(type_));
            }
        } else if needed.iter().all(|key| has(key)) && keys.clone().all(|key| needed.contains(&key) || key == may) {
            return Some(TypeFault::Data(type_));
        }
    }
    None
}

/// The findings about a Secret's type.
pub fn findings(subject: &Subject<'_>) -> Vec<Finding> {
    let secret = subject.secret;
    let known = !subject.unknown.open && subject.unknown.keys.is_empty();
    let data = || data_fault(&secret.type_, secret.data.keys().map(String::as_str)).filter(|_| known);
    let Some(fault) = name_fault(&secret.type_).or_else(data) else { return Vec::new() };
    let finding = Finding::new(type_words::diagnostic(fault, &secret.type_, subject.origin), Spot::Type);
    vec![match fault {
        TypeFault::Spelling(right) => finding.edit(right, type_words::edit(right)),
        _ => finding,
    }]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_near_to_those_of_kubernetes() {
        use TypeFault::{Near, Spelling, Unknown};
        for (name, fault) in [
            ("opaque", Some(Spelling(types::OPAQUE))),
            ("generic", Some(Spelling(types::OPAQUE))),
            ("kubernetes.io/opaque", Some(Spelling(types::OPAQUE))),
            ("tls", Some(Spelling(types::TLS))),
            ("kubernetes.io/TLS", Some(Spelling(types::TLS))),
            ("kubernetes.io/tls ", Some(Spelling(types::TLS))),
            ("docker-registry", Some(Spelling(types::DOCKER_CONFIG_JSON))),
            (".dockerconfigjson", Some(Spelling(types::DOCKER_CONFIG_JSON))),
            ("kubernetes.io/dockerconfig", Some(Near(types::DOCKER_CONFIG_JSON))),
            ("kubernetes.io/basic_auth", Some(Spelling(types::BASIC_AUTH))),
            ("kubernetes.io/bootstrap-token", Some(Spelling(types::BOOTSTRAP_TOKEN))),
            ("kubernetes.io/service-acount-token", Some(Near(types::SERVICE_ACCOUNT_TOKEN))),
            ("kubernetes.io/foo", Some(Unknown)),
            ("kubernetes.io/rbd", None),
            ("kubernetes.io/tls", None),
            ("Opaque", None),
            ("helm.sh/release.v1", None),
            ("acme.io/tls", None),
            ("cluster.x-k8s.io/secret", None),
            ("my-app", None),
            ("ssh", None),
        ] {
            assert_eq!(name_fault(name), fault, "{name}");
        }
    }

    #[test]
    fn data_of_another_type() {
        let fault = |name: &str, keys: &[&str]| data_fault(name, keys.iter().copied());
        assert_eq!(fault("acme.io/cert", &["tls.crt", "tls.key", "ca.crt"]), Some(TypeFault::Data(types::TLS)));
        assert_eq!(fault("acme.io/cert", &["tls.crt", "tls.key", "more"]), None);
        assert_eq!(fault("acme.io/cert", &["tls.crt"]), None);
        assert_eq!(fault("acme.io/pull", &[".dockercfg"]), Some(TypeFault::Data(types::DOCKER_CFG)));
        assert_eq!(fault("Opaque", &["tls.crt", "tls.key"]), None);
        assert_eq!(fault("Opaque", &[".dockerconfigjson", "x"]), Some(TypeFault::PullSecret(types::DOCKER_CONFIG_JSON)));
        assert_eq!(fault("tls", &["tls.crt", "tls.key"]), None);
        assert_eq!(fault(types::SSH_AUTH, &["ssh-privatekey"]), None);
    }
}
