//! The manifests that put mintage beside Argo CD's repo-server: the plugin's configuration, and a
//! patch that adds the sidecar.
//!
//! Source: `docs/operator-manual/config-management-plugins.md` of argoproj/argo-cd.

/// A sidecar. Its texts hold nothing that would end a quoted string of YAML.
pub(crate) struct Sidecar<'a> {
    /// The plugin's name, which Applications use; a DNS label.
    pub name: &'a str,
    pub image: &'a str,
    /// The Secret that holds the identity, under the key `identity`.
    pub identity_secret: &'a str,
    /// Whether folders with a `mintage.toml` are taken for ours although the Application names no
    /// plugin.
    pub discover: bool,
}

impl Sidecar<'_> {
    pub(crate) fn plugin(&self) -> String {
        let discover = if self.discover { "  discover:\n    fileName: mintage.toml\n" } else { "" };
        format!(
            "apiVersion: argoproj.io/v1alpha1
kind: ConfigManagementPlugin
metadata:
  name: \"{}\"
spec:
  generate:
    command: [mintage, argocd, generate]
{discover}  parameters:
    dynamic:
      command: [mintage, argocd, parameters]
  # mintage runs nothing from the repository and fetches nothing.
  preserveFileMode: false
  provideGitCreds: false
",
            self.name
        )
    }

    pub(crate) fn config_map(&self) -> String {
        let plugin: String = self.plugin().lines().map(|line| format!("    {line}\n")).collect();
        format!(
            "# The plugin's configuration: kubectl apply -n argocd -f FILE
# The server reads it when it starts: after a change, kubectl rollout restart -n argocd \
deployment/argocd-repo-server
apiVersion: v1
kind: ConfigMap
metadata:
  name: {}-plugin
  labels:
    app.kubernetes.io/part-of: argocd
data:
  plugin.yaml: |
{plugin}",
            self.name
        )
    }

    pub(crate) fn patch(&self) -> String {
        include_str!("sidecar.yaml")
            .replace("NAME", self.name)
            .replace("IDENTITY_SECRET", self.identity_secret)
            .replace("IMAGE", self.image)
    }
}

/// Whether a text looks like a reference to an image; `reference.go` of distribution/reference has
/// the whole grammar.
pub(crate) fn is_image(text: &str) -> bool {
    let plain =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '/' | ':' | '@');
    text.len() <= 512
        && text.chars().all(plain)
        && text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.ends_with(|c: char| c.is_ascii_alphanumeric())
}
