//! The table of Secret types: one row each, and the only place that spells a built-in type or its
//! data keys.
//!
//! What is checked beyond a row (`check::verdict`) and what `mintage use` prints (`views::usage`)
//! matches on [`BuiltIn`], so that the compiler names every place that a new type needs.
//!
//! Source of the requirements: `ValidateSecret` in `pkg/apis/core/validation/validation.go` and the
//! constants in `pkg/apis/core/types.go` of Kubernetes. The API server takes any other type as it
//! is and requires nothing of it, `opaque` and `kubernetes.io/TLS` too.

use crate::source::Span;
use crate::spec::language::{Common, Names, RegistryTable};
use crate::spec::read::{SpecReader, TomlEntry};
use crate::spec::shape::{Field, Presence, Shape, Table};
use crate::spec::takes::{Date, Keys, List, PublicText, Visit, Walk, table};
use crate::spec::value::Value;

/// The type of a Secret that names none.
pub(crate) const OPAQUE: &str = "Opaque";
pub(crate) const BASIC_AUTH: &str = "kubernetes.io/basic-auth";
pub(crate) const SSH_AUTH: &str = "kubernetes.io/ssh-auth";
pub(crate) const TLS: &str = "kubernetes.io/tls";
/// Credentials for registries, in the form of `~/.docker/config.json`.
pub(crate) const DOCKER_CONFIG_JSON: &str = "kubernetes.io/dockerconfigjson";
/// Credentials for registries, in the older form of `~/.dockercfg`.
pub(crate) const DOCKER_CFG: &str = "kubernetes.io/dockercfg";
pub(crate) const SERVICE_ACCOUNT_TOKEN: &str = "kubernetes.io/service-account-token";
pub(crate) const BOOTSTRAP_TOKEN: &str = "bootstrap.kubernetes.io/token";

// Data keys.
pub(crate) const USERNAME: &str = "username";
pub(crate) const PASSWORD: &str = "password";
pub(crate) const SSH_PRIVATE_KEY: &str = "ssh-privatekey";
pub(crate) const KNOWN_HOSTS: &str = "known_hosts";
pub(crate) const TLS_CERT: &str = "tls.crt";
pub(crate) const TLS_KEY: &str = "tls.key";
pub(crate) const CA_CERT: &str = "ca.crt";
pub(crate) const DOCKER_CONFIG_JSON_KEY: &str = ".dockerconfigjson";
pub(crate) const DOCKER_CFG_KEY: &str = ".dockercfg";
pub(crate) const TOKEN_ID: &str = "token-id";
pub(crate) const TOKEN_SECRET: &str = "token-secret";
pub(crate) const DESCRIPTION: &str = "description";
pub(crate) const EXPIRATION: &str = "expiration";
/// Further groups of a bootstrap token, separated by commas.
pub(crate) const EXTRA_GROUPS: &str = "auth-extra-groups";
/// What a bootstrap token can be used for, as kubeadm calls it, and the data key that says so.
pub(crate) const TOKEN_USAGES: [(&str, &str); 2] =
    [("authentication", "usage-bootstrap-authentication"), ("signing", "usage-bootstrap-signing")];
/// What the cluster fills into the token of a service account
/// (`pkg/controller/serviceaccount/tokens_controller.go`).
pub(crate) const FILLED_BY_CLUSTER: [&str; 3] = [CA_CERT, "namespace", "token"];

/// The annotation that names the account of a service account token.
pub(crate) const SERVICE_ACCOUNT_ANNOTATION: &str = "kubernetes.io/service-account.name";
/// What the name of a bootstrap token's Secret starts with; the token's id follows.
pub(crate) const BOOTSTRAP_NAME_PREFIX: &str = "bootstrap-token-";
/// The only namespace where Kubernetes looks for bootstrap tokens.
pub(crate) const BOOTSTRAP_NAMESPACE: &str = "kube-system";

/// The types that Kubernetes gives a meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BuiltIn {
    Opaque,
    BasicAuth,
    SshAuth,
    Tls,
    DockerConfigJson,
    DockerCfg,
    ServiceAccountToken,
    BootstrapToken,
}

/// A row of the table.
#[derive(Debug)]
pub(crate) struct Kind {
    /// The built-in type, and its name; `None` where the entry of the spec names the type.
    pub built_in: Option<BuiltIn>,
    pub type_: Option<&'static str>,
    pub list: &'static str,
    pub table: Table,
    /// What the API server requires of the type, beyond what it requires of every Secret.
    pub requires: Requires,
    /// Other spellings of the type, without prefix, case and punctuation; `kubectl create secret`
    /// has words of its own.
    pub spellings: &'static [&'static str],
    /// Words that say what such a Secret is for, and that people write where the type belongs.
    pub near_misses: &'static [&'static str],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Requires {
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

const fn value(name: &'static str, data_key: &'static str, doc: &'static str) -> Field {
    Field { name, shape: Shape::Value, presence: Presence::Optional, doc, fills: Some(data_key) }
}

const fn required(field: Field) -> Field {
    Field { presence: Presence::Required, ..field }
}

table! {
    /// The own keys of `[[dockerconfigjson]]` and `[[dockercfg]]`.
    Registries {
        registries: List<RegistryTable> = "registries", "Credentials, one registry each.";
        config: Value = "config", "A complete Docker config file, instead of `registries`.";
    }

    ServiceAccount {
        service_account: PublicText = "service-account",
            "A service account in the same namespace.", Required;
    }

    BootstrapToken {
        token_id: PublicText = TOKEN_ID,
            "The public part, 6 characters of `a-z0-9`; the Secret is named after it.", Required;
        token_secret: Value = TOKEN_SECRET,
            "The secret part, 16 characters of `a-z0-9`.", Required;
        description: PublicText = DESCRIPTION, "What the token is for.";
        expiration: Date = EXPIRATION, "Expiry, as an RFC 3339 timestamp [default: never].";
        usages: List<PublicText> = "usages", "What the token can do: `authentication`, `signing`.";
        extra_groups: List<PublicText> = EXTRA_GROUPS,
            "Additional groups, each `system:bootstrappers:...`.";
    }

    Custom {
        type_: PublicText = "type", "`type`.", Required;
        required_keys: List<PublicText> = "required-keys", "Data keys that the Secret must have.";
    }
}

/// The rows: the list, the built-in type with its name, and the documentation of the list; then the
/// other fields of [`Kind`].
macro_rules! kinds {
    ($($list:literal $(= $built_in:ident, $type_:ident)?, $doc:literal {
        $fields:expr, $requires:expr, $spellings:expr, $near_misses:expr
    })*) => {
        pub(crate) static ALL: &[Kind] = &[$(Kind {
            built_in: kinds!(@some $(BuiltIn::$built_in)?),
            type_: kinds!(@some $($type_)?),
            list: $list,
            table: Table { name: concat!("`[[", $list, "]]`"), doc: $doc, fields: $fields },
            requires: $requires,
            spellings: $spellings,
            near_misses: $near_misses,
        }),*];
    };
    (@some $value:expr) => { Some($value) };
    (@some) => { None };
}

kinds! {
    "opaque" = Opaque, OPAQUE, "Secrets with any data keys (`Opaque`)." {
        &[Names::FIELDS, &[], Common::FIELDS],
        Requires::Nothing,
        &["opaque", "generic"], &["secret"]
    }
    "basic-auth" = BasicAuth, BASIC_AUTH,
    "A user name, a password or both (`kubernetes.io/basic-auth`)." {
        &[Names::FIELDS, &[
            value("username", USERNAME, "User name."),
            value("password", PASSWORD, "Password or token."),
        ], Common::FIELDS],
        Requires::OneOf(&[USERNAME, PASSWORD]),
        &["basicauth"], &["basic"]
    }
    "ssh-auth" = SshAuth, SSH_AUTH, "An SSH private key (`kubernetes.io/ssh-auth`)." {
        &[Names::FIELDS, &[
            required(value("private-key", SSH_PRIVATE_KEY, "The private key.")),
            value("known-hosts", KNOWN_HOSTS, "Host keys, as in a `known_hosts` file."),
        ], Common::FIELDS],
        Requires::NonEmpty(SSH_PRIVATE_KEY),
        &["sshauth"], &["ssh", "sshkey", "sshprivatekey"]
    }
    "tls" = Tls, TLS, "A certificate and its private key (`kubernetes.io/tls`)." {
        &[Names::FIELDS, &[
            required(value("cert", TLS_CERT, "The certificate as PEM, followed by its chain.")),
            required(value("key", TLS_KEY, "The private key of the certificate, as PEM.")),
            value("ca", CA_CERT,
                "The CA certificate as PEM, for consumers that read `ca.crt`."),
        ], Common::FIELDS],
        Requires::AllOf(&[TLS_CERT, TLS_KEY]),
        &["tls"], &["ssl", "cert", "certificate"]
    }
    "dockerconfigjson" = DockerConfigJson, DOCKER_CONFIG_JSON,
    "Pull credentials for registries (`kubernetes.io/dockerconfigjson`)." {
        &[Names::FIELDS, Registries::FIELDS, Common::FIELDS],
        Requires::JsonObject(DOCKER_CONFIG_JSON_KEY),
        &["dockerconfigjson", "dockerregistry"],
        // `dockerconfig` is as near to the older form, which hardly anyone means.
        &["docker", "dockerconfig", "imagepullsecret", "pullsecret", "registry"]
    }
    "dockercfg" = DockerCfg, DOCKER_CFG,
    "Pull credentials in the old format (`kubernetes.io/dockercfg`)." {
        &[Names::FIELDS, Registries::FIELDS, Common::FIELDS],
        Requires::JsonObject(DOCKER_CFG_KEY),
        &["dockercfg"], &[]
    }
    "service-account-token" = ServiceAccountToken, SERVICE_ACCOUNT_TOKEN,
    "A token that the cluster fills in (`kubernetes.io/service-account-token`)." {
        &[Names::FIELDS, ServiceAccount::FIELDS, Common::FIELDS],
        Requires::Annotation(SERVICE_ACCOUNT_ANNOTATION),
        &["serviceaccounttoken"], &["serviceaccount"]
    }
    "bootstrap-token" = BootstrapToken, BOOTSTRAP_TOKEN,
    "A token for joining nodes (`bootstrap.kubernetes.io/token`). It sets the name and namespace." {
        // Name and namespace follow from the token, so the list has no fields for them.
        &[BootstrapToken::FIELDS, Common::FIELDS],
        // The API server itself requires nothing of it: see `check::token`.
        Requires::Nothing,
        &["bootstraptoken"], &["bootstrap"]
    }
    "custom", "Secrets of any other type." {
        &[Names::FIELDS, Custom::FIELDS, Common::FIELDS],
        Requires::Nothing,
        &[], &[]
    }
}

/// The row of a type, if Kubernetes gives it a meaning. Upper and lower case count, as they do to
/// the API server.
pub(crate) fn of_type(name: &str) -> Option<&'static Kind> {
    ALL.iter().find(|kind| kind.type_ == Some(name))
}

pub(crate) fn built_in(name: &str) -> Option<BuiltIn> {
    of_type(name)?.built_in
}

pub(crate) fn built_ins() -> impl Iterator<Item = (&'static Kind, &'static str)> {
    ALL.iter().filter_map(|kind| Some((kind, kind.type_?)))
}

impl Kind {
    /// The list's own field that fills a data key.
    pub(crate) fn field_of(&self, data_key: &str) -> Option<&'static str> {
        if self.is_pull_secret() && self.telling_keys() == [data_key] {
            return Some("registries");
        }
        self.table.fields().find(|field| field.fills == Some(data_key)).map(|field| field.name)
    }

    pub(crate) fn is_pull_secret(&self) -> bool {
        matches!(self.built_in, Some(BuiltIn::DockerConfigJson | BuiltIn::DockerCfg))
    }

    /// The data keys that give the type away: a Secret that has all of them, and no key that the
    /// list does not fill, holds what one of this type holds. Empty where keys tell nothing.
    pub(crate) fn telling_keys(&self) -> &[&'static str] {
        match &self.requires {
            Requires::AllOf(keys) => keys,
            Requires::NonEmpty(key) | Requires::JsonObject(key) => std::slice::from_ref(key),
            Requires::OneOf(_) | Requires::Annotation(_) | Requires::Nothing => &[],
        }
    }
}

/// The own keys of an entry; the definition of its list says which of them it can have.
#[derive(Debug, Default)]
pub(crate) struct Own {
    pub values: Vec<OwnValue>,
    pub registries: Registries,
    pub service_account: ServiceAccount,
    pub token: BootstrapToken,
    pub custom: Custom,
}

/// A value under a list's own key, which fills a data key.
#[derive(Debug)]
pub(crate) struct OwnValue {
    pub name: &'static str,
    pub key: Span,
    pub data_key: &'static str,
    pub value: Value,
}

impl Own {
    pub(crate) fn read(&mut self, reader: &mut SpecReader, entry: &TomlEntry<'_>) -> bool {
        let Field { name, fills: Some(data_key), .. } = *entry.field else {
            return self.registries.read(reader, entry)
                || self.service_account.read(reader, entry)
                || self.token.read(reader, entry)
                || self.custom.read(reader, entry);
        };
        let (key, value) = (entry.key, reader.value(name, entry.value));
        self.values.extend(value.map(|value| OwnValue { name, key, data_key, value }));
        true
    }
}

impl Walk for Own {
    fn walk<'s>(&'s self, key: &'s str, visit: Visit<'_, 's>) {
        for own in &self.values {
            own.value.walk(own.name, visit);
        }
        self.registries.walk(key, visit);
        self.service_account.walk(key, visit);
        self.token.walk(key, visit);
        self.custom.walk(key, visit);
    }
}
