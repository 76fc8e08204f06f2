//! The Secret types: a row each, with the list of the spec that makes it, its own keys, and what they fill.

use crate::spec::language::{ENTRY, ENTRY_NAME, Field, REGISTRY, Shape, Table};

/// A Secret type.
#[derive(Debug)]
pub struct Kind {
    /// The list of the spec, and what messages call it.
    pub table: Table,
    /// The list's key in the spec.
    pub list: &'static str,
    /// `type`; `None` where the entry says it.
    pub type_: Option<&'static str>,
    /// Which data keys the list's own keys fill.
    pub fills: Fills,
}

/// What the own keys of a list fill.
#[derive(Debug)]
pub enum Fills {
    /// Each key that is there fills a data key: pairs of key and data key.
    Keys(&'static [(&'static str, &'static str)]),
    /// `registries` or `config` fill this one data key.
    Registries {
        /// `.dockerconfigjson` or `.dockercfg`.
        data_key: &'static str,
    },
    /// `service-account` becomes an annotation; the cluster fills the data.
    ServiceAccount,
    /// A bootstrap token: name, namespace and data follow from its keys.
    BootstrapToken,
}

/// The annotation that names the account of a token Secret.
pub const SERVICE_ACCOUNT_ANNOTATION: &str = "kubernetes.io/service-account.name";

const fn field(name: &'static str, shape: Shape, required: bool, doc: &'static str) -> Field {
    Field { name, shape, required, doc }
}

macro_rules! kind {
    ($list:literal, $type_:expr, $fills:expr, $doc:literal, $own:expr) => {
        Kind {
            table: Table { name: concat!("`[[", $list, "]]`"), doc: $doc, fields: &[ENTRY_NAME, $own, ENTRY] },
            list: $list,
            type_: $type_,
            fills: $fills,
        }
    };
}

static REGISTRIES: &[Field] = &[
    field("registries", Shape::List(&REGISTRY), false, "Credentials, one registry each."),
    field("config", Shape::Value, false, "A whole docker config file, instead of `registries`."),
];

static BOOTSTRAP_TOKEN: &[Field] = &[
    field("token-id", Shape::Text, true, "The public half, 6 characters of `a-z0-9`; the Secret is named after it."),
    field("token-secret", Shape::Value, true, "The secret half, 16 characters of `a-z0-9`."),
    field("description", Shape::Text, false, "What the token is for."),
    field("expiration", Shape::Date, false, "When the token ends, as RFC 3339; without it, never."),
    field("usages", Shape::Texts, false, "What the token may do: `authentication`, `signing`."),
    field("auth-extra-groups", Shape::Texts, false, "Further groups, each `system:bootstrappers:...`."),
];

/// Every list of Secrets.
pub static ALL: &[Kind] = &[
    kind!("opaque", Some("Opaque"), Fills::Keys(&[]), "Secrets of any keys (`Opaque`).", &[]),
    kind!(
        "basic-auth",
        Some("kubernetes.io/basic-auth"),
        Fills::Keys(&[("username", "username"), ("password", "password")]),
        "A user name and a password (`kubernetes.io/basic-auth`); one of the two at least.",
        &[field("username", Shape::Value, false, "User name."), field("password", Shape::Value, false, "Password or token.")]
    ),
    kind!(
        "ssh-auth",
        Some("kubernetes.io/ssh-auth"),
        Fills::Keys(&[("private-key", "ssh-privatekey"), ("known-hosts", "known_hosts")]),
        "An ssh private key (`kubernetes.io/ssh-auth`).",
        &[
            field("private-key", Shape::Value, true, "The private key."),
            field("known-hosts", Shape::Value, false, "Host keys, as in a `known_hosts` file."),
        ]
    ),
    kind!(
        "tls",
        Some("kubernetes.io/tls"),
        Fills::Keys(&[("cert", "tls.crt"), ("key", "tls.key"), ("ca", "ca.crt")]),
        "A certificate and its private key (`kubernetes.io/tls`).",
        &[
            field("cert", Shape::Value, true, "The certificate, PEM; the chain after it."),
            field("key", Shape::Value, true, "The private key of the certificate, PEM."),
            field("ca", Shape::Value, false, "The certificate of the authority, PEM, for consumers that read `ca.crt`."),
        ]
    ),
    kind!(
        "dockerconfigjson",
        Some("kubernetes.io/dockerconfigjson"),
        Fills::Registries { data_key: ".dockerconfigjson" },
        "Pull credentials for registries (`kubernetes.io/dockerconfigjson`).",
        REGISTRIES
    ),
    kind!(
        "dockercfg",
        Some("kubernetes.io/dockercfg"),
        Fills::Registries { data_key: ".dockercfg" },
        "Pull credentials in the old form (`kubernetes.io/dockercfg`).",
        REGISTRIES
    ),
    kind!(
        "service-account-token",
        Some("kubernetes.io/service-account-token"),
        Fills::ServiceAccount,
        "A token that the cluster fills in (`kubernetes.io/service-account-token`).",
        &[field("service-account", Shape::Text, true, "The service account, in the same namespace.")]
    ),
    Kind {
        // Name and namespace follow from the token, so the list has no keys for them.
        table: Table {
            name: "`[[bootstrap-token]]`",
            doc: "A token with which nodes join (`bootstrap.kubernetes.io/token`); name and namespace follow from it.",
            fields: &[BOOTSTRAP_TOKEN, ENTRY],
        },
        list: "bootstrap-token",
        type_: Some("bootstrap.kubernetes.io/token"),
        fills: Fills::BootstrapToken,
    },
    kind!(
        "custom",
        None,
        Fills::Keys(&[]),
        "Secrets of a type of one's own.",
        &[field("type", Shape::Text, true, "`type`."), field("required-keys", Shape::Plains, false, "Data keys that must be there."),]
    ),
];

/// The list with this key.
pub fn find(list: &str) -> Option<&'static Kind> {
    ALL.iter().find(|kind| kind.list == list)
}

impl Kind {
    /// The list's own key that fills a data key.
    pub fn field_of(&self, data_key: &str) -> Option<&'static str> {
        match self.fills {
            Fills::Keys(pairs) => pairs.iter().find(|(_, key)| *key == data_key).map(|(field, _)| *field),
            Fills::Registries { data_key: own } if own == data_key => Some("registries"),
            _ => None,
        }
    }
}
