//! Secrets in a Pod: variables, files, pull credentials.

use super::snippet::Snippet;
use super::{UsedSecret, not_for_shells};
use crate::diag::phrases::printable;
use crate::secret::Secret;

/// Longest name of a volume: a DNS label (RFC 1123).
const LABEL: usize = 63;

/// Whether a key is a name of a variable that shells can read (POSIX, 8.1). Kubernetes takes more.
pub(crate) fn is_variable(key: &str) -> bool {
    key.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// A variable for each key that can be one; `None` if none can.
pub(crate) fn env(subject: &UsedSecret<'_>) -> Option<Snippet> {
    let keys: Vec<&str> = subject.keys.iter().copied().filter(|key| is_variable(key)).collect();
    if keys.is_empty() {
        return None;
    }
    let mut snippet = Snippet::pod(
        "A variable for each key; write another name where the program wants another",
        subject.secret,
    );
    snippet.line(6, "env:");
    for key in keys {
        snippet.pair(8, "- name", key);
        snippet.lines(&["          valueFrom:", "            secretKeyRef:"]);
        snippet.pair(14, "name", &subject.secret.name);
        snippet.pair(14, "key", key);
    }
    Some(snippet)
}

pub(crate) fn env_from(subject: &UsedSecret<'_>) -> Snippet {
    let odd: Vec<String> = not_for_shells(&subject.keys).into_iter().map(printable).collect();
    let title = match odd.as_slice() {
        [] => "All keys as variables, also those that come later".to_owned(),
        odd => format!(
            "All keys as variables, also those that come later; shells can't read {}",
            odd.join(", ")
        ),
    };
    let mut snippet = Snippet::pod(&title, subject.secret);
    snippet.lines(&["      envFrom:", "        - secretRef:"]);
    snippet.pair(12, "name", &subject.secret.name);
    snippet
}

pub(crate) struct MountedFiles<'f> {
    pub(crate) title: &'f str,
    pub(crate) path: &'f str,
    /// Keys whose files have another name. Nothing: every key is a file of its name.
    pub(crate) rename: &'f [(&'f str, &'f str)],
    /// A variable that tells the program the folder.
    pub(crate) variable: Option<&'f str>,
}

pub(crate) fn volume(subject: &UsedSecret<'_>, files: &MountedFiles<'_>) -> Snippet {
    let title = format!(
        "{}; a user that is not root needs spec.securityContext.fsGroup to read them",
        files.title
    );
    let mut snippet = mounted(&title, subject.secret, files);
    if !files.rename.is_empty() {
        let path =
            |key| files.rename.iter().find(|(from, _)| *from == key).map_or(key, |(_, to)| *to);
        items(&mut snippet, subject.keys.iter().map(|key| (*key, path(*key))));
    }
    snippet
}

/// A volume of the Secret as far as its files.
pub(crate) fn mounted(title: &str, secret: &Secret, files: &MountedFiles<'_>) -> Snippet {
    let name = volume_name(&secret.name);
    let mut snippet = Snippet::pod(title, secret);
    if let Some(variable) = files.variable {
        snippet.line(6, "env:");
        snippet.pair(8, "- name", variable);
        snippet.path(10, "value", files.path);
    }
    snippet.line(6, "volumeMounts:");
    snippet.pair(8, "- name", &name);
    snippet.path(10, "mountPath", files.path);
    snippet.lines(&["          readOnly: true", "  volumes:"]);
    snippet.pair(4, "- name", &name);
    snippet.line(6, "secret:");
    snippet.pair(8, "secretName", &secret.name);
    snippet.line(8, "defaultMode: 0400");
    snippet
}

pub(crate) fn items<'k>(snippet: &mut Snippet, items: impl Iterator<Item = (&'k str, &'k str)>) {
    snippet.line(8, "items:");
    for (key, path) in items {
        snippet.pair(10, "- key", key);
        snippet.pair(12, "path", path);
    }
}

/// The folder for a Secret that no program looks for anywhere.
pub(crate) fn folder(secret: &Secret) -> String {
    format!("/etc/secrets/{}", secret.name)
}

/// A name for a volume: that of the Secret, as a label.
fn volume_name(name: &str) -> String {
    let label: String = name.chars().map(|c| if c == '.' { '-' } else { c }).take(LABEL).collect();
    label.trim_end_matches('-').to_owned()
}

pub(crate) fn pull(subject: &UsedSecret<'_>) -> Snippet {
    let mut snippet = Snippet::pod("For the images of one Pod", subject.secret);
    snippet.line(2, "imagePullSecrets:");
    snippet.pair(4, "- name", &subject.secret.name);
    snippet
}
