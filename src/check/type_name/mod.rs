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
    /// A type of somebody's own with exactly the data of this type.
    Data(&'static str),
    /// `Opaque`, with the data key of this type for pull secrets.
    PullSecret(&'static str),
}

/// What stands before a type's word, or is written there in place of that.
const PREFIXES: [&str; 8] = [
    "bootstrap.kubernetes.io/",
    "kubernetes.io/",
    "k8s.io/",
    "kubernetes/",
    "k8s/",
    "kubernetes.io.",
    "kubernetes.io:",
    "kubernetes.io-",
];
/// The same, written behind the word.
const SUFFIXES: [&str; 3] = [".bootstrap.kubernetes.io", ".kubernetes.io", ".k8s.io"];
/// The domain of most types, and how many slips of the pen it is still that.
const DOMAIN: &str = "kubernetes.io";
const SLIPS: usize = 2;
/// Shorter words are near to everything.
const NEAR_MIN: usize = 5;

/// What is wrong with the name of a type.
pub(crate) fn name_fault(name: &str) -> Option<TypeFault> {
    if name.is_empty() || kind::of_type(name).is_some() {
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
    // The word stands alone or with the domain of Kubernetes; `acme.io/tls` is acme's.
    let before = PREFIXES.iter().find_map(|prefix| lower.strip_prefix(prefix));
    let behind = || SUFFIXES.iter().find_map(|suffix| lower.strip_suffix(suffix));
    let word = fold(before.or_else(behind).unwrap_or(&lower));
    if let Some(right) = spelled(&word) {
        return Some(TypeFault::Spelling(right));
    }
    let singular = word.strip_suffix('s').unwrap_or(&word);
    if let Some((_, right)) = kind::built_ins()
        .find(|(kind, _)| [&word, singular].iter().any(|word| kind.near_misses.contains(word)))
    {
        return Some(TypeFault::Near(right));
    }
    if let Some(fault) = misspelt_domain(&lower) {
        return Some(fault);
    }
    let spellings = kind::built_ins().flat_map(|(kind, _)| kind.spellings.iter().copied());
    let is_telling = before.is_some() || word.len() >= NEAR_MIN;
    let near = phrases::nearest(&word, spellings).filter(|_| is_telling)?;
    spelled(near).map(TypeFault::Near)
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

/// What is wrong with the type of these data keys.
pub(crate) fn data_fault<'a>(
    name: &str,
    keys: impl Iterator<Item = &'a str> + Clone,
) -> Option<TypeFault> {
    let has = |key: &str| keys.clone().any(|other| other == key);
    let opaque = name == kind::OPAQUE;
    // A type with a domain has a program that looks for it.
    let known = kind::of_type(name).is_some() || name.contains('/');
    if !opaque && known || name_fault(name).is_some() {
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
        use TypeFault::{Near, Spelling};
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
            ("kubernetes.io/foo", None),
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
            fault("shop-pair", &["tls.crt", "tls.key", "ca.crt"]),
            Some(TypeFault::Data(kind::TLS))
        );
        assert_eq!(fault("shop-pair", &["tls.crt", "tls.key", "more"]), None);
        assert_eq!(fault("shop-pair", &["tls.crt"]), None);
        for name in ["acme.io/cert", "cluster.x-k8s.io/secret", "istio.io/key-and-cert"] {
            assert_eq!(fault(name, &["tls.crt", "tls.key"]), None, "{name}");
        }
        assert_eq!(fault("cert", &[".dockercfg"]), None);
        assert_eq!(fault("acme-pull", &[".dockercfg"]), Some(TypeFault::Data(kind::DOCKER_CFG)));
        assert_eq!(fault("Opaque", &["tls.crt", "tls.key"]), None);
        assert_eq!(
            fault("Opaque", &[".dockerconfigjson", "x"]),
            Some(TypeFault::PullSecret(kind::DOCKER_CONFIG_JSON))
        );
        assert_eq!(fault("tls", &["tls.crt", "tls.key"]), None);
        assert_eq!(fault(kind::SSH_AUTH, &["ssh-privatekey"]), None);
    }
}
