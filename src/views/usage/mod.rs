//! How a Secret is used: whole manifests to paste from, with the Secret's right name and keys that
//! it has.

pub(crate) mod pod;
pub(crate) mod snippet;
#[cfg(test)]
mod tests;
pub(crate) mod typed;

use std::collections::BTreeSet;

use super::inspect::{Hash, Inspected};
use crate::secret::Secret;
use crate::secret::kind::{self, BuiltIn, DOCKER_CONFIG_JSON_KEY, SSH_PRIVATE_KEY};
use pod::MountedFiles;
use snippet::Snippet;

/// What snippets are made of: nothing secret.
pub(crate) struct UsedSecret<'i> {
    secret: &'i Secret,
    keys: Vec<&'i str>,
    /// Host names of its certificate, where that is public.
    hosts: Vec<String>,
}

/// Snippets for the Secret's type as YAML documents, a comment before each. No value is in them.
pub(crate) fn yaml(inspected: &Inspected) -> String {
    let keys: Vec<&str> = inspected.keys.iter().map(|key| key.name.as_str()).collect();
    let hosts = typed::hosts(inspected);
    let subject = UsedSecret { secret: &inspected.secret, keys, hosts };
    let mut comments = Vec::new();
    match inspected.hash {
        Hash::None => {}
        Hash::Known => comments.push(
            "The Secret's name ends in a hash of its data, and changes with it: so must the \
             manifests that use it.",
        ),
        Hash::Unknown => {
            comments.push(
                "The Secret's name ends in a hash of its data, which is not known without an \
                 identity: it is missing below.",
            );
        }
    }
    if inspected.more_keys {
        comments.push(
            "The Secret has more keys, out of a file that no identity at hand opens: they are \
             missing below.",
        );
    }
    let mut out: String = comments.iter().map(|comment| format!("# {comment}\n")).collect();
    let snippets = snippets(&subject);
    for (index, snippet) in snippets.iter().enumerate() {
        if index > 0 || !out.is_empty() {
            out.push_str("---\n");
        }
        out.push_str(&snippet.text);
    }
    out
}

fn snippets(subject: &UsedSecret<'_>) -> Vec<Snippet> {
    let path = pod::folder(subject.secret);
    let files = |title| MountedFiles { title, path: &path, rename: &[], variable: None };
    match kind::built_in(&subject.secret.type_) {
        Some(BuiltIn::Tls) => {
            vec![
                typed::ingress(subject),
                typed::gateway(subject),
                pod::volume(subject, &files("The key pair as files")),
            ]
        }
        Some(BuiltIn::DockerConfigJson) => {
            let config = MountedFiles {
                rename: &[(DOCKER_CONFIG_JSON_KEY, "config.json")],
                variable: Some("DOCKER_CONFIG"),
                ..files("For programs that pull and push themselves, as their config.json")
            };
            vec![pod::pull(subject), typed::pull_account(subject), pod::volume(subject, &config)]
        }
        Some(BuiltIn::DockerCfg) => vec![pod::pull(subject), typed::pull_account(subject)],
        Some(BuiltIn::SshAuth) => {
            let git_sync = MountedFiles {
                path: "/etc/git-secret",
                rename: &[(SSH_PRIVATE_KEY, "ssh")],
                ..files("The key as a file that ssh accepts, where git-sync looks for it")
            };
            vec![pod::volume(subject, &git_sync)]
        }
        Some(BuiltIn::ServiceAccountToken) => {
            vec![typed::token_account(subject), typed::token_volume(subject)]
        }
        Some(BuiltIn::BootstrapToken) => vec![typed::join(subject)],
        Some(BuiltIn::Opaque | BuiltIn::BasicAuth) | None => {
            let mut all: Vec<Snippet> = pod::env(subject).into_iter().collect();
            all.push(pod::env_from(subject));
            all.push(pod::volume(subject, &files("Every key as a file")));
            all
        }
    }
}

/// Keys that are no names of variables for a shell (POSIX, 8.1), quoted for a comment.
fn not_for_shells<'k>(keys: &[&'k str]) -> BTreeSet<&'k str> {
    keys.iter().copied().filter(|key| !pod::is_variable(key)).collect()
}
