//! What makes registry credentials useless although the API server takes them: the kubelet's view
//! of a `.dockerconfigjson` or `.dockercfg`.
//!
//! Source: `pkg/credentialprovider/config.go` and `secrets/secrets.go` of Kubernetes. One field of
//! a wrong type, or one `auth` that does not decode, makes the kubelet drop all the credentials,
//! those of other registries and of other pull secrets too. Field names match in any case there.
//!
//! Facts name no registry, since the names come out of a secret value; they count entries instead.

use zeroize::Zeroizing;

use crate::go::json::JsonShape;

/// Which of docker's two forms a value is to have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DockerForm {
    /// `{"auths": {"REGISTRY": {...}}}`, for `kubernetes.io/dockerconfigjson`.
    ConfigJson,
    /// `{"REGISTRY": {...}}`, for `kubernetes.io/dockercfg`.
    Cfg,
}

/// Why registry credentials are of no use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DockerFault {
    /// There is not one registry in it.
    NoRegistry {
        /// Whether credential helpers stand there, which the kubelet does not run.
        helpers: bool,
    },
    /// It has docker's other form than the one given here.
    OtherForm(DockerForm),
    /// `auths` is something else than an object.
    AuthsShape(JsonShape),
    /// `HttpHeaders` is something else than an object of strings.
    HeadersShape,
    /// There are registries, but for none of them anything to log in with.
    NoCredentials {
        /// Whether credential helpers stand there, which the kubelet does not run.
        helpers: bool,
    },
    /// One entry is useless.
    Entry {
        /// Which, counted from 1.
        number: usize,
        /// Why.
        problem: EntryProblem,
    },
}

/// Why the entry of a registry is of no use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EntryProblem {
    /// It is something else than an object.
    Shape(JsonShape),
    /// A field that must be a string is something else.
    Field {
        /// The field: `username`, `password`, `email` or `auth`.
        field: &'static str,
        /// What it is.
        found: JsonShape,
    },
    /// `auth` is not base64.
    AuthBase64,
    /// `auth` decodes to something without a `:`.
    AuthColon,
}

impl DockerFault {
    /// Whether it makes the kubelet fail with an error, for every image of the Pod, instead of only
    /// finding no credentials here.
    pub(crate) fn breaks_kubelet(self) -> bool {
        match self {
            DockerFault::NoRegistry { .. }
            | DockerFault::OtherForm(_)
            | DockerFault::NoCredentials { .. } => false,
            DockerFault::Entry { problem: EntryProblem::Shape(JsonShape::Null), .. } => false,
            DockerFault::AuthsShape(_) | DockerFault::HeadersShape | DockerFault::Entry { .. } => {
                true
            }
        }
    }
}

/// The entry of a registry, as the kubelet decodes it. Has no `Debug`: it holds secrets.
pub(crate) struct RegistryEntry {
    /// Which, counted from 1.
    pub number: usize,
    /// The registry's key.
    pub server: Zeroizing<String>,
    /// `username` as it stands.
    pub username: Zeroizing<String>,
    /// `password` as it stands.
    pub password: Zeroizing<String>,
    /// What `auth` decodes to, which goes before the other two.
    pub auth: Option<Login>,
    /// Whether there is an `identitytoken` or `registrytoken`, of which the kubelet knows nothing.
    pub token: bool,
}

/// A user name and a password.
pub(crate) struct Login {
    /// What stands before the first `:`.
    pub username: Zeroizing<Vec<u8>>,
    /// What stands after it.
    pub password: Zeroizing<Vec<u8>>,
}

impl RegistryEntry {
    /// The user name that the kubelet logs in with.
    pub(crate) fn user(&self) -> &[u8] {
        self.auth.as_ref().map_or(self.username.as_bytes(), |login| &login.username)
    }

    /// The password that the kubelet logs in with.
    pub(crate) fn secret(&self) -> &[u8] {
        self.auth.as_ref().map_or(self.password.as_bytes(), |login| &login.password)
    }
}

/// Registry credentials as the kubelet reads them.
pub(crate) struct Credentials {
    /// What makes them useless.
    pub faults: Vec<DockerFault>,
    /// The entries that count.
    pub entries: Vec<RegistryEntry>,
    /// Keys that are there twice: the numbers of the entry that is dropped and of the one that
    /// counts.
    pub repeated: Vec<(usize, usize)>,
}
