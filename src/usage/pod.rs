//! Secrets in a Pod: variables, files, pull credentials.

use crate::diag::words::visible;
use crate::manifest::Secret;

use super::snippet::Snippet;
use super::{Subject, not_for_shells};

/// Longest name of a volume: a DNS label (RFC 1123).
const LABEL: usize = 63;

/// Whether a key is a name of a variable that shells can read (POSIX, 8.1). Kubernetes takes more.
pub(super) fn is_variable(key: &str) -> bool {
    key.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// A variable for each key that can be one; `None` if none can.
pub(super) fn env(subject: &Subject<'_>) -> Option<Snippet> {
    let keys: Vec<&str> = subject.keys.iter().copied().filter(|key| is_variable(key)).collect();
    if keys.is_empty() {
        return None;
    }
    let mut snippet = Snippet::pod("A variable for each key; write another name where the program wants another", subject.secret);
    snippet.line(6, "env:");
    for key in keys {
        snippet.pair(8, "- name", key);
        snippet.lines(&["          valueFrom:", "            secretKeyRef:"]);
        snippet.pair(14, "name", &subject.secret.name);
        snippet.pair(14, "key", key);
    }
    Some(snippet)
}

/// All keys at once.
pub(super) fn env_from(subject: &Subject<'_>) -> Snippet {
    let odd: Vec<String> = not_for_shells(&subject.keys).into_iter().map(visible).collect();
    let title = match odd.as_slice() {
        [] => "All keys as variables, also those that come later".to_owned(),
        odd => format!("All keys as variables, also those that come later; shells can't read {}", odd.join(", ")),
    };
    let mut snippet = Snippet::pod(&title, subject.secret);
    snippet.lines(&["      envFrom:", "        - secretRef:"]);
    snippet.pair(12, "name", &subject.secret.name);
    snippet
}

/// The keys as files. With `rename`, only these keys and those that are not mentioned keep their names.
pub(super) fn volume(subject: &Subject<'_>, rename: &[(&str, &str)], title: &str) -> Snippet {
    let title = format!("{title}; a user that is not root needs spec.securityContext.fsGroup to read them");
    let mut snippet = mounted(&title, subject.secret);
    if !rename.is_empty() {
        snippet.line(8, "items:");
        for key in &subject.keys {
            let path = rename.iter().find(|(from, _)| from == key).map_or(*key, |(_, to)| to);
            snippet.pair(10, "- key", key);
            snippet.pair(12, "path", path);
        }
    }
    snippet
}

/// A volume of the Secret as far as its files.
pub(super) fn mounted(title: &str, secret: &Secret) -> Snippet {
    let name = volume_name(&secret.name);
    let mut snippet = Snippet::pod(title, secret);
    snippet.line(6, "volumeMounts:");
    snippet.pair(8, "- name", &name);
    snippet.pair(10, "mountPath", &format!("/etc/secrets/{}", secret.name));
    snippet.lines(&["          readOnly: true", "  volumes:"]);
    snippet.pair(4, "- name", &name);
    snippet.line(6, "secret:");
    snippet.pair(8, "secretName", &secret.name);
    snippet.line(8, "defaultMode: 0400");
    snippet
}

/// A name for a volume: that of the Secret, as a label.
fn volume_name(name: &str) -> String {
    let label: String = name.chars().map(|c| if c == '.' { '-' } else { c }).take(LABEL).collect();
    label.trim_end_matches('-').to_owned()
}

/// Credentials for the Pod's own images.
pub(super) fn pull(subject: &Subject<'_>) -> Snippet {
    let mut snippet = Snippet::pod("For the images of one Pod", subject.secret);
    snippet.line(2, "imagePullSecrets:");
    snippet.pair(4, "- name", &subject.secret.name);
    snippet
}
