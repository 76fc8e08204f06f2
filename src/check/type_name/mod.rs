//! Types that are near to one that Kubernetes knows, or that hold exactly what one of those holds.
//! The API server takes them all as types of somebody's own, and then checks nothing; who looks for
//! the type that was meant does not find the Secret.

pub(crate) mod messages;

use super::finding::{Finding, Spot};
use super::subject::Subject;
use crate::diag::phrases;
use crate::secret::kind;

/// What is wrong with a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TypeFault {
    /// It is another spelling of this type.
    Spelling(&'static str),
    /// It is near to this type.
    Near(&'static str),
    /// It is white space.
    Blank,
    /// It has the prefix of Kubernetes, which knows nothing like it.
    Unknown,
    /// A type of somebody's own with exactly the data of this type.
    Data(&'static str),
    /// `Opaque`, with the data key of this type for pull secrets.
    PullSecret(&'static str),
}

/// Prefixes that are Kubernetes' own.
const PREFIXES: [&str; 3] = ["bootstrap.kubernetes.io/", "kubernetes.io/", "k8s.io/"];
/// What people put before a type's word, or behind it, in place of that.
const OTHER_PREFIXES: [&str; 5] =
    ["kubernetes/", "k8s/", "kubernetes.io.", "kubernetes.io:", "kubernetes.io-"];
const SUFFIXES: [&str; 3] = [".bootstrap.kubernetes.io", ".kubernetes.io", ".k8s.io"];
/// The domain of most types, and how many slips of the pen it is still that.
const DOMAIN: &str = "kubernetes.io";
const SLIPS: usize = 2;
/// Types that bear the prefix and are others': of volume plugins that Kubernetes has or had
/// (`pkg/volume/iscsi`, `rbd`, `glusterfs`, `scaleio`, `storageos`, `quobyte`), and of Rook.
const FOREIGN: [&str; 7] = [
    "kubernetes.io/iscsi-chap",
    "kubernetes.io/rbd",
    "kubernetes.io/glusterfs",
    "kubernetes.io/scaleio",
    "kubernetes.io/storageos",
    "kubernetes.io/quobyte",
    "kubernetes.io/rook",
];
/// Domains of programs that have types of their own and look for them, whatever data they hold:
/// `cluster.x-k8s.io/secret`, `helm.sh/release.v1`, `istio.io/ca-root`,
/// `connection.crossplane.io/v1alpha1`, `rke.cattle.io/machine-plan`, `goharbor.io/htpasswd`.
const CONSUMERS: [&str; 21] = [
    "argoproj.io",
    "cattle.io",
    "cert-manager.io",
    "crossplane.io",
    "deckhouse.io",
    "external-secrets.io",
    "fluxcd.io",
    "gardener.cloud",
    "goharbor.io",
    "hashicorp.com",
    "helm.sh",
    "istio.io",
    "konghq.com",
    "linkerd.io",
    "openshift.io",
    "projectsveltos.io",
    "rook.io",
    "strimzi.io",
    "tekton.dev",
    "upbound.io",
    "x-k8s.io",
];
/// Shorter words are near to everything.
const NEAR_MIN: usize = 5;

/// What is wrong with the name of a type.
pub(crate) fn name_fault(name: &str) -> Option<TypeFault> {
    if name.is_empty() || kind::of_type(name).is_some() || FOREIGN.contains(&name) {
        return None;
    }
    let lower: String =
        name.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_lowercase()).collect();
    if lower.is_empty() {
        return Some(TypeFault::Blank);
    }
    if let Some((_, right)) = kind::built_ins().find(|(_, name)| name.eq_ignore_ascii_case(&lower))
    {
        return Some(TypeFault::Spelling(right));
    }
    let own = PREFIXES.iter().find_map(|prefix| lower.strip_prefix(prefix));
    let other = || OTHER_PREFIXES.iter().find_map(|prefix| lower.strip_prefix(prefix));
    let behind = || SUFFIXES.iter().find_map(|suffix| lower.strip_suffix(suffix));
    // The word stands alone or with the domain of Kubernetes; `acme.io/tls` is acme's.
    let word = fold(own.or_else(other).or_else(behind).unwrap_or(&lower));
    if let Some(right) = spelled(&word) {
        return Some(TypeFault::Spelling(right));
    }
    let meant = || {
        let (_, right) =
            kind::built_ins().find(|(kind, _)| kind.near_misses.contains(&word.as_str()))?;
        Some(TypeFault::Near(right))
    };
    let near = || {
        let spellings = kind::built_ins().flat_map(|(kind, _)| kind.spellings.iter().copied());
        let near = phrases::nearest(&word, spellings)
            .filter(|_| own.is_some() || word.len() >= NEAR_MIN)?;
        spelled(near).map(TypeFault::Near)
    };
    meant()
        .or_else(|| misspelt_domain(&lower))
        .or_else(near)
        .or_else(|| own.map(|_| TypeFault::Unknown))
}

/// The type that has this spelling.
fn spelled(word: &str) -> Option<&'static str> {
    kind::built_ins().find(|(kind, _)| kind.spellings.contains(&word)).map(|(_, name)| name)
}

/// The type with this word, if the domain is nearly that of Kubernetes: `kubernets.io/tls`.
fn misspelt_domain(name: &str) -> Option<TypeFault> {
    let (domain, word) = name.split_once('/')?;
    let word = fold(word);
    let right = spelled(&word)?;
    let near =
        domain.len() <= DOMAIN.len() + SLIPS && strsim::osa_distance(domain, DOMAIN) <= SLIPS;
    near.then_some(TypeFault::Near(right))
}

fn fold(word: &str) -> String {
    word.chars().filter(|c| !matches!(c, '-' | '_' | '.')).collect()
}

/// Whether a program is known to look for types of this domain.
fn has_consumer(name: &str) -> bool {
    let domain = name.split_once('/').map_or("", |(domain, _)| domain);
    CONSUMERS.iter().any(|consumer| {
        domain.strip_suffix(consumer).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    })
}

/// What is wrong with the type of these data keys.
pub(crate) fn data_fault<'a>(
    name: &str,
    keys: impl Iterator<Item = &'a str> + Clone,
) -> Option<TypeFault> {
    let has = |key: &str| keys.clone().any(|other| other == key);
    let opaque = name == kind::OPAQUE;
    if !opaque && kind::of_type(name).is_some() || name_fault(name).is_some() || has_consumer(name)
    {
        return None;
    }
    for (kind, type_) in kind::built_ins() {
        let telling = kind.telling_keys();
        if opaque {
            if kind.is_pull_secret() && telling.iter().any(|key| has(key)) {
                return Some(TypeFault::PullSecret(type_));
            }
        } else if !telling.is_empty()
            && telling.iter().all(|key| has(key))
            && keys.clone().all(|key| telling.contains(&key) || kind.field_of(key).is_some())
        {
            return Some(TypeFault::Data(type_));
        }
    }
    None
}

/// The findings about a Secret's type.
pub(crate) fn findings(subject: &Subject<'_>) -> Vec<Finding> {
    let secret = subject.secret;
    let known = !subject.unknown.open && subject.unknown.keys.is_empty();
    let data =
        || data_fault(&secret.type_, secret.data.keys().map(String::as_str)).filter(|_| known);
    let Some(fault) = name_fault(&secret.type_).or_else(data) else { return Vec::new() };
    let finding =
        Finding::new(messages::diagnostic(fault, &secret.type_, subject.origin), Spot::Type);
    vec![match fault {
        TypeFault::Spelling(right) => finding.edit(right, messages::edit(right)),
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
            ("opaque", Some(Spelling(kind::OPAQUE))),
            ("generic", Some(Spelling(kind::OPAQUE))),
            ("kubernetes.io/opaque", Some(Spelling(kind::OPAQUE))),
            ("tls", Some(Spelling(kind::TLS))),
            ("kubernetes.io/TLS", Some(Spelling(kind::TLS))),
            ("kubernetes.io/tls ", Some(Spelling(kind::TLS))),
            ("docker-registry", Some(Spelling(kind::DOCKER_CONFIG_JSON))),
            (".dockerconfigjson", Some(Spelling(kind::DOCKER_CONFIG_JSON))),
            ("kubernetes.io/dockerconfig", Some(Near(kind::DOCKER_CONFIG_JSON))),
            ("kubernetes.io/basic_auth", Some(Spelling(kind::BASIC_AUTH))),
            ("kubernetes.io/bootstrap-token", Some(Spelling(kind::BOOTSTRAP_TOKEN))),
            ("kubernetes.io/service-acount-token", Some(Near(kind::SERVICE_ACCOUNT_TOKEN))),
            ("kubernetes.io/foo", Some(Unknown)),
            ("kubernetes.io/rbd", None),
            ("kubernetes.io/tls", None),
            ("Opaque", None),
            ("helm.sh/release.v1", None),
            ("acme.io/tls", None),
            ("cluster.x-k8s.io/secret", None),
            ("my-app", None),
            (" ", Some(TypeFault::Blank)),
            ("\t\n", Some(TypeFault::Blank)),
            ("kubernetes/tls", Some(Spelling(kind::TLS))),
            ("Kubernetes.io / tls", Some(Spelling(kind::TLS))),
            ("k8s.io/tls", Some(Spelling(kind::TLS))),
            ("k8s/tls", Some(Spelling(kind::TLS))),
            ("tls.kubernetes.io", Some(Spelling(kind::TLS))),
            ("kubernetes.io.tls", Some(Spelling(kind::TLS))),
            ("kubernets.io/tls", Some(Near(kind::TLS))),
            ("kubernetes.com/tls", Some(Near(kind::TLS))),
            ("kubernetes.io/ssl", Some(Near(kind::TLS))),
            ("kubermatic.io/tls", None),
            ("acme.k8s.io/tls", None),
            ("ssh", Some(Near(kind::SSH_AUTH))),
            ("ssh-auth", Some(Spelling(kind::SSH_AUTH))),
            ("kubernetes.io/sshauth", Some(Spelling(kind::SSH_AUTH))),
            ("kubernetes.io/ssh", Some(Near(kind::SSH_AUTH))),
            ("basic", Some(Near(kind::BASIC_AUTH))),
            ("basicauth", Some(Spelling(kind::BASIC_AUTH))),
            ("secret", Some(Near(kind::OPAQUE))),
            ("imagePullSecret", Some(Near(kind::DOCKER_CONFIG_JSON))),
            ("imagePullSecrets", Some(Near(kind::DOCKER_CONFIG_JSON))),
            ("kubernetes.io/docker-registry", Some(Spelling(kind::DOCKER_CONFIG_JSON))),
            ("bootstrap.kubernetes.io/Token", Some(Spelling(kind::BOOTSTRAP_TOKEN))),
            ("kubernetes.io/rook", None),
            ("kcp/kube-secret", None),
            ("kubernetes/acme", None),
            ("addons.cluster.x-k8s.io/resource-set", None),
            ("connection.crossplane.io/v1alpha1", None),
            ("socket", None),
            ("token", None),
        ] {
            assert_eq!(name_fault(name), fault, "{name}");
        }
    }

    #[test]
    fn data_of_another_type() {
        let fault = |name: &str, keys: &[&str]| data_fault(name, keys.iter().copied());
        assert_eq!(
            fault("acme.io/cert", &["tls.crt", "tls.key", "ca.crt"]),
            Some(TypeFault::Data(kind::TLS))
        );
        assert_eq!(fault("acme.io/cert", &["tls.crt", "tls.key", "more"]), None);
        assert_eq!(fault("acme.io/cert", &["tls.crt"]), None);
        for name in [
            "cluster.x-k8s.io/secret",
            "bootstrap.cluster.x-k8s.io/x",
            "istio.io/key-and-cert",
            "helm.sh/release.v1",
        ] {
            assert_eq!(fault(name, &["tls.crt", "tls.key"]), None, "{name}");
        }
        assert_eq!(
            fault("my-istio.io/cert", &["tls.crt", "tls.key"]),
            Some(TypeFault::Data(kind::TLS))
        );
        assert_eq!(fault("cert", &[".dockercfg"]), None);
        assert_eq!(fault("acme.io/pull", &[".dockercfg"]), Some(TypeFault::Data(kind::DOCKER_CFG)));
        assert_eq!(fault("Opaque", &["tls.crt", "tls.key"]), None);
        assert_eq!(
            fault("Opaque", &[".dockerconfigjson", "x"]),
            Some(TypeFault::PullSecret(kind::DOCKER_CONFIG_JSON))
        );
        assert_eq!(fault("tls", &["tls.crt", "tls.key"]), None);
        assert_eq!(fault(kind::SSH_AUTH, &["ssh-privatekey"]), None);
    }
}
