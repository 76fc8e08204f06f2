//! The manifests that put mintage beside Argo CD's repo-server: the plugin's configuration, and a
//! patch that adds the sidecar.
//!
//! Source: `docs/operator-manual/config-management-plugins.md` of argoproj/argo-cd.

use std::fmt::Write as _;

/// The variable that the sidecar finds its identity by.
const IDENTITY_FILE: &str = "/var/run/secrets/mintage/identity";

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
    /// `plugin.yaml`: what the plugin server reads.
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
        let mut text = format!(
            "# The plugin's configuration: kubectl apply -n argocd -f FILE
# The server reads it when it starts: after a change, kubectl rollout restart -n argocd \
deployment/argocd-repo-server
apiVersion: v1
kind: ConfigMap
metadata:
  name: {0}-plugin
  labels:
    app.kubernetes.io/part-of: argocd
data:
  plugin.yaml: |
",
            self.name
        );
        for line in self.plugin().lines() {
            // A string takes everything.
            let _ = writeln!(text, "    {line}");
        }
        text
    }

    /// The strategic merge patch of the repo-server's Deployment.
    pub(crate) fn patch(&self) -> String {
        let Self { name, image, identity_secret, .. } = self;
        format!(
            "# The sidecar: kubectl patch -n argocd deployment argocd-repo-server --patch-file FILE
# or, with kustomize, an entry of `patches` next to Argo CD's own manifests.
# It needs the identity: kubectl create -n argocd secret generic {identity_secret} \
--from-file=identity=KEYFILE
apiVersion: apps/v1
kind: Deployment
metadata:
  name: argocd-repo-server
spec:
  template:
    spec:
      containers:
        - name: \"{name}\"
          image: \"{image}\"
          command: [/var/run/argocd/argocd-cmp-server]
          env:
            - name: MINTAGE_IDENTITY_FILE
              value: {IDENTITY_FILE}
          securityContext:
            runAsNonRoot: true
            # The user of the plugin server; the socket is shared with the repo-server, which is \
            the same.
            runAsUser: 999
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
            capabilities:
              drop: [ALL]
            seccompProfile:
              type: RuntimeDefault
          volumeMounts:
            - name: var-files
              mountPath: /var/run/argocd
            - name: plugins
              mountPath: /home/argocd/cmp-server/plugins
            - name: {name}-plugin
              mountPath: /home/argocd/cmp-server/config/plugin.yaml
              subPath: plugin.yaml
            # A copy of the repository for every request; not shared with other plugins.
            - name: {name}-tmp
              mountPath: /tmp
            - name: {name}-identity
              mountPath: /var/run/secrets/mintage
              readOnly: true
      volumes:
        - name: {name}-plugin
          configMap:
            name: {name}-plugin
        - name: {name}-tmp
          emptyDir: {{}}
        - name: {name}-identity
          secret:
            secretName: \"{identity_secret}\"
            items:
              - key: identity
                path: identity
"
        )
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
