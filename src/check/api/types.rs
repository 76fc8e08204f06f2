//! The Secret types that Kubernetes knows, one row each: what the API server requires of them.
//!
//! Source: `ValidateSecret` in `pkg/apis/core/validation/validation.go` and the constants in `pkg/apis/core/types.go`. Any other type is taken
//! as it is, without a requirement: `opaque` and `kubernetes.io/TLS` too.

/// What the API server requires of a type, beyond what it requires of every Secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Nothing more.
    Nothing,
    /// An annotation that is not empty.
    Annotation(&'static str),
    /// Each of these data keys; their values may be empty.
    AllOf(&'static [&'static str]),
    /// At least one of these data keys; its value may be empty.
    OneOf(&'static [&'static str]),
    /// This data key, with a value that is not empty.
    NonEmpty(&'static str),
    /// This data key, with a JSON object as its value.
    JsonObject(&'static str),
}

/// A Secret type.
#[derive(Debug)]
pub struct SecretType {
    /// As `type:` says it.
    pub name: &'static str,
    /// What it needs.
    pub needs: Needs,
}

/// The type of a Secret that names none.
pub const OPAQUE: &str = "Opaque";
/// A certificate and its key.
pub const TLS: &str = "kubernetes.io/tls";
/// A private key for ssh.
pub const SSH_AUTH: &str = "kubernetes.io/ssh-auth";
/// A user name and a password.
pub const BASIC_AUTH: &str = "kubernetes.io/basic-auth";
/// A token of a ServiceAccount, which the cluster fills in.
pub const SERVICE_ACCOUNT_TOKEN: &str = "kubernetes.io/service-account-token";
/// Credentials for registries, in the form of `~/.docker/config.json`.
pub const DOCKER_CONFIG_JSON: &str = "kubernetes.io/dockerconfigjson";
/// Credentials for registries, in the older form of `~/.dockercfg`.
pub const DOCKER_CFG: &str = "kubernetes.io/dockercfg";
/// A token that lets a node join; the API server itself requires nothing of it, see [`crate::check::token`].
pub const BOOTSTRAP_TOKEN: &str = "bootstrap.kubernetes.io/token";
/// The data key of [`DOCKER_CONFIG_JSON`].
pub const DOCKER_CONFIG_JSON_KEY: &str = ".dockerconfigjson";
/// The data key of [`DOCKER_CFG`].
pub const DOCKER_CFG_KEY: &str = ".dockercfg";
/// The annotation that names the service account of a token.
pub const SERVICE_ACCOUNT_NAME: &str = "kubernetes.io/service-account.name";

/// Every type with a meaning of its own.
pub static TYPES: &[SecretType] = &[
    SecretType { name: OPAQUE, needs: Needs::Nothing },
    SecretType { name: BASIC_AUTH, needs: Needs::OneOf(&["username", "password"]) },
    SecretType { name: SSH_AUTH, needs: Needs::NonEmpty("ssh-privatekey") },
    SecretType { name: TLS, needs: Needs::AllOf(&["tls.crt", "tls.key"]) },
    SecretType { name: DOCKER_CONFIG_JSON, needs: Needs::JsonObject(DOCKER_CONFIG_JSON_KEY) },
    SecretType { name: DOCKER_CFG, needs: Needs::JsonObject(DOCKER_CFG_KEY) },
    SecretType { name: SERVICE_ACCOUNT_TOKEN, needs: Needs::Annotation(SERVICE_ACCOUNT_NAME) },
    SecretType { name: BOOTSTRAP_TOKEN, needs: Needs::Nothing },
];

/// The row of a type, if Kubernetes gives it a meaning. Upper and lower case count.
pub fn find(name: &str) -> Option<&'static SecretType> {
    TYPES.iter().find(|row| row.name == name)
}
