//! The v1 Secret as data: what the compiler makes and what the emitters write.

pub(crate) mod bytes;
pub(crate) mod kind;

use std::collections::BTreeMap;

use bytes::SecretBytes;

/// A Kubernetes Secret, complete: `data` holds the decoded bytes. Maps are sorted, as they are
/// written.
///
/// ```
/// let (name, namespace) = ("app".into(), Some("shop".into()));
/// let secret = mintage::Secret { name, namespace, ..mintage::Secret::default() };
/// assert_eq!(secret.id(), "shop/app");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Secret {
    /// `metadata.name`, with the hash suffix where the spec asks for one.
    pub name: String,
    /// `metadata.namespace`; without one, kustomize, Argo CD or kubectl's context sets it.
    pub namespace: Option<String>,
    /// `metadata.labels`.
    pub labels: BTreeMap<String, String>,
    /// `metadata.annotations`.
    pub annotations: BTreeMap<String, String>,
    /// `immutable`, written only when the spec says it.
    pub immutable: Option<bool>,
    /// `type`, for example `kubernetes.io/tls`. Never empty.
    pub type_: String,
    /// `data`, decoded.
    pub data: BTreeMap<String, SecretBytes>,
}

impl Secret {
    /// `NAMESPACE/NAME`, or the name alone: how messages and `--only` call a Secret.
    pub fn id(&self) -> String {
        match &self.namespace {
            Some(namespace) => format!("{namespace}/{}", self.name),
            None => self.name.clone(),
        }
    }
}
