//! Everything that there is to say about a Secret, for specs and finished manifests alike: the API
//! server's rules, what no consumer could use, and lints.

use super::finding::Finding;
use super::registry::{self, decode::DockerForm};
use super::subject::{Origin, Subject};
use super::{api, content, practice, ssh, tls, token, type_name, value};
use crate::diag::{Level, codes};
use crate::secret::kind::{self, BuiltIn, DOCKER_CFG_KEY, DOCKER_CONFIG_JSON_KEY};

/// All findings about a Secret. What the API server refuses comes first, and is an error; in a
/// finished manifest everything else is a warning, because the server takes it.
pub(crate) fn findings(subject: &Subject<'_>) -> Vec<Finding> {
    let mut found = api::findings(subject);
    let content = content::Found::of(subject);
    let mut unknown = subject.unknown.clone();
    unknown.keys.extend(content.ciphertext.iter().cloned());
    let subject = &Subject { unknown: &unknown, ..*subject };
    let mut beyond = type_findings(subject);
    if subject.origin == Origin::Manifest {
        for finding in beyond.iter_mut().filter(|finding| finding.diagnostic.code.beyond_server) {
            finding.diagnostic.level = finding.diagnostic.level.min(Level::Warning);
        }
    }
    content.merge(&mut found, beyond);
    found.extend(value::findings(subject));
    found.extend(type_name::findings(subject));
    found.extend(practice::findings(subject));
    found
}

/// What no consumer of the type could use, or should look at.
fn type_findings(subject: &Subject<'_>) -> Vec<Finding> {
    let mut found = match kind::built_in(&subject.secret.type_) {
        Some(BuiltIn::Tls) => tls::findings(subject),
        Some(BuiltIn::DockerConfigJson) => {
            registry::findings(subject, DOCKER_CONFIG_JSON_KEY, DockerForm::ConfigJson)
        }
        Some(BuiltIn::DockerCfg) => registry::findings(subject, DOCKER_CFG_KEY, DockerForm::Cfg),
        Some(BuiltIn::BootstrapToken) => token::findings(subject),
        Some(
            BuiltIn::Opaque | BuiltIn::BasicAuth | BuiltIn::SshAuth | BuiltIn::ServiceAccountToken,
        )
        | None => untyped_tls_findings(subject),
    };
    // Their readers go by more than the type.
    found.append(&mut ssh::findings(subject));
    found
}

/// Data under the keys of a TLS Secret in one of another type, as webhooks and operators have it.
/// The type promises nothing, so only what no reader can use is said; and a spec, where an error
/// could not be allowed, may hold any pair.
fn untyped_tls_findings(subject: &Subject<'_>) -> Vec<Finding> {
    let dates = [&codes::TLS_EXPIRED, &codes::TLS_EXPIRES_SOON, &codes::TLS_NOT_YET_VALID];
    let is_pair = |code| subject.origin == Origin::Manifest && code == &codes::TLS_PAIR;
    let is_said = |code| dates.contains(&code) || is_pair(code);
    tls::findings(subject).into_iter().filter(|finding| is_said(finding.diagnostic.code)).collect()
}
