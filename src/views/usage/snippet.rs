//! A manifest to paste from, line by line.

use crate::diag::phrases::capitalized;
use crate::diag::private_keys::{hidden, is_in};
use crate::emit::scalar::push_scalar;
use crate::secret::Secret;

pub(crate) struct Snippet {
    pub(crate) text: String,
}

impl Snippet {
    /// An object's head. Everything that uses a Secret has to be in its namespace.
    pub(crate) fn new(
        title: &str,
        api_version: &str,
        kind: &str,
        name: &str,
        secret: &Secret,
    ) -> Self {
        let text =
            title.split("; ").map(|sentence| format!("# {}.\n", capitalized(sentence))).collect();
        let mut snippet = Self { text };
        snippet.line(0, &format!("apiVersion: {api_version}"));
        snippet.line(0, &format!("kind: {kind}"));
        snippet.line(0, "metadata:");
        snippet.pair(2, "name", name);
        if let Some(namespace) = &secret.namespace {
            snippet.pair(2, "namespace", namespace);
        }
        snippet
    }

    pub(crate) fn pod(title: &str, secret: &Secret) -> Self {
        let mut snippet = Self::new(title, "v1", "Pod", "app", secret);
        snippet.lines(&["spec:", "  containers:", "    - name: app", "      image: app"]);
        snippet
    }

    pub(crate) fn line(&mut self, indent: usize, line: &str) {
        self.text.extend(std::iter::repeat_n(' ', indent));
        self.text.push_str(line);
        self.text.push('\n');
    }

    pub(crate) fn lines(&mut self, lines: &[&str]) {
        lines.iter().for_each(|line| self.line(0, line));
    }

    /// `KEY: VALUE`, the value quoted where it has to be.
    pub(crate) fn pair(&mut self, indent: usize, key: &str, value: &str) {
        self.text.extend(std::iter::repeat_n(' ', indent));
        self.text.push_str(key);
        self.text.push_str(": ");
        push_scalar(&mut self.text, &hidden(value));
        self.text.push('\n');
    }

    /// `KEY: PATH`, which is plain where its parts are.
    pub(crate) fn path(&mut self, indent: usize, key: &str, path: &str) {
        let plain = path
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'.'));
        if plain && path.starts_with('/') && !is_in(path) {
            self.line(indent, &format!("{key}: {path}"))
        } else {
            self.pair(indent, key, path)
        }
    }

    /// `- VALUE`.
    pub(crate) fn item(&mut self, indent: usize, value: &str) {
        self.text.extend(std::iter::repeat_n(' ', indent));
        self.text.push_str("- ");
        push_scalar(&mut self.text, &hidden(value));
        self.text.push('\n');
    }
}
