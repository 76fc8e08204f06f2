//! The table of every code: its name, its level, one line of what it means, and its page for
//! `mintage explain`.

use super::Level;

/// A check, as the command line, `[lint]`, JSON and the docs name it.
#[derive(Debug)]
pub(crate) struct Code {
    /// In kebab-case, stable once released.
    pub name: &'static str,
    /// Level unless `[lint]` or the command line say otherwise. Only warnings can be changed.
    pub level: Level,
    /// Whether it is about what no consumer could use though the API server takes it: an error in a
    /// spec, and in finished manifests a warning like any other.
    pub beyond_server: bool,
    /// Whether it is a lint that is an error unless `[lint]` or the command line say otherwise.
    pub denied: bool,
    /// What it means, in one line.
    pub summary: &'static str,
    /// Markdown: why the check exists, a bad and a good example.
    pub explanation: &'static str,
}

impl Code {
    /// Why the check exists: the page up to its examples, in one line.
    pub(crate) fn reason(&self) -> String {
        let reason = self.explanation.split("\n## ").next().unwrap_or_default();
        reason.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The level of a finding where nothing sets another.
    pub(crate) fn usual_level(&self) -> Level {
        if self.denied { Level::Error } else { self.level }
    }

    /// Whether `[lint]` and `-A/-W/-D` may change its level in a spec.
    pub(crate) fn is_lint(&self) -> bool {
        self.level == Level::Warning
    }
}

/// A code is compared by identity: each stands in the table once.
impl PartialEq for Code {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

impl Eq for Code {}

pub(crate) fn find(name: &str) -> Option<&'static Code> {
    ALL.iter().copied().find(|code| code.name == name)
}

/// Former names of lints, and what they are called now; `None` where the lint is gone.
static FORMER: [(&str, Option<&Code>); 14] = [
    ("surrounding-space", Some(&TRAILING_LINE_BREAK)),
    ("tls-weak-key", Some(&TLS_WEAK)),
    ("tls-weak-signature", Some(&TLS_WEAK)),
    ("ssh-legacy-format", Some(&SSH_FORMAT)),
    ("ssh-line-breaks", Some(&SSH_FORMAT)),
    ("type-keys", Some(&TYPE_MISSPELT)),
    ("unused-var", Some(&UNUSED)),
    ("unused-source", Some(&UNUSED)),
    ("unused-recipient", Some(&UNUSED)),
    ("unused-environment", Some(&UNUSED)),
    ("unused-file", Some(&UNUSED)),
    ("username-colon", None),
    ("registry-helper", None),
    ("kustomize-annotation", None),
];

/// What became of the lint with this former name: `Some(None)` if it is gone.
pub(crate) fn former(name: &str) -> Option<Option<&'static Code>> {
    FORMER.iter().find(|(old, _)| *old == name).map(|(_, now)| *now)
}

/// Whether a finding is about the surroundings of a run, such as a missing identity, and not about
/// the spec.
pub(crate) fn is_about_surroundings(code: &Code) -> bool {
    [
        &USAGE,
        &CANNOT_READ,
        &CANNOT_WRITE,
        &FOREIGN_FILES,
        &READ_BACK,
        &NO_IDENTITY,
        &NO_MATCHING_IDENTITY,
        &PASSPHRASE,
        &BAD_IDENTITY,
        &ENV_VAR,
    ]
    .contains(&code)
}

macro_rules! codes {
    (@is BeyondServer BeyondServer) => { true };
    (@is Denied Denied) => { true };
    (@is $asked:ident $($other:ident)?) => { false };
    ($($id:ident $name:literal $level:ident $($mark:ident)? : $summary:literal;)*) => {
        $(
            #[doc = $summary]
            pub(crate) static $id: Code = Code {
                name: $name,
                level: Level::$level,
                beyond_server: codes!(@is BeyondServer $($mark)?),
                denied: codes!(@is Denied $($mark)?),
                summary: $summary,
                explanation: include_str!(concat!("explain/", $name, ".md")),
            };
        )*
        /// Every code, in the order of the table.
        pub(crate) static ALL: &[&Code] = &[$(&$id),*];
    };
}

codes! {
    // The spec's text and structure.
    TOML_SYNTAX "toml-syntax" Error: "the spec is not TOML";
    NOT_UTF8 "not-utf8" Error: "a text is not UTF-8";
    TOO_LARGE "too-large" Error: "a file is larger than mintage reads";
    RUN_LIMIT "run-limit" Error: "the specs read or produce more than the limits of a run";
    UNKNOWN_KEY "unknown-key" Error: "a key that the spec language does not have";
    WRONG_TYPE "wrong-type" Error: "a value of another TOML type than its key takes";
    MISSING_KEY "missing-key" Error: "a key that must be there is not";
    CONFLICTING_KEYS "conflicting-keys" Error: "keys that exclude each other";
    INVALID_VALUE "invalid-value" Error: "a value that its key does not take";
    UNKNOWN_ENVIRONMENT "unknown-environment" Error: "an environment that the spec does not \
        declare, or none chosen";
    UNKNOWN_SOURCE "unknown-source" Error: "a source that the spec does not declare";
    UNKNOWN_CODE "unknown-code" Error: "a check that does not exist, or whose level is fixed";
    NOT_YET "not-yet" Error: "a part of the language that this version does not build";
    NO_SECRETS "no-secrets" Error: "nothing to build";
    FOR_EACH "for-each" Error: "`for-each` does not lead to a list or table of `[vars]`";
    RECIPIENT "recipient" Error: "a recipient that age does not know";
    // Templates.
    TEMPLATE_SYNTAX "template-syntax" Error: "a template does not parse";
    UNDEFINED_VARIABLE "undefined-variable" Error: "a template names a variable that is not \
        defined";
    TEMPLATE_FAILED "template-failed" Error: "a template parses but can't be rendered";
    TEMPLATE_LIMIT "template-limit" Error: "a template takes too many steps, too deep a recursion \
        or too much output";
    SECRET_IN_METADATA "secret-in-metadata" Error: "decrypted data where Kubernetes does not hide \
        it";
    // Values and files.
    FILE_NOT_FOUND "file-not-found" Error: "a file of the spec does not exist";
    FILE_OUTSIDE_ROOT "file-outside-root" Error: "a path leaves the directory of the spec";
    FILE_UNREADABLE "file-unreadable" Error: "a file can't be read";
    BAD_BASE64 "bad-base64" Error: "base64 that does not decode";
    BAD_STRUCTURE "bad-structure" Error: "a structured file does not parse";
    UNKNOWN_FORMAT "unknown-format" Error: "the structure of a file is not known";
    NO_SUCH_KEY "no-such-key" Error: "a key that a structured file does not have";
    NOT_A_SCALAR "not-a-scalar" Error: "a key leads to something that has no plain text";
    ENV_VAR "env-var" Error: "an environment variable that is not allowed or not set";
    DUPLICATE_DATA_KEY "duplicate-data-key" Error: "two sources give one data key";
    // age.
    NOT_AGE "not-age" Error: "a file that should be age-encrypted is not";
    AGE_DAMAGED "age-damaged" Error: "an age file is truncated or altered";
    AGE_WORK_FACTOR "age-work-factor" Error: "a passphrase would take too much work to check";
    NO_IDENTITY "no-identity" Error: "an age file is encrypted and no identity was given";
    NO_MATCHING_IDENTITY "no-matching-identity" Error: "an age file is encrypted for other \
        identities";
    PASSPHRASE "passphrase" Error: "a passphrase is wrong or can't be asked for";
    BAD_IDENTITY "bad-identity" Error: "an identity file holds no usable identity";
    // What the API server refuses.
    NAME "name" Error: "a name that the API server refuses";
    NAMESPACE "namespace" Error: "a namespace that the API server refuses";
    LABEL "label" Error: "a label that the API server refuses";
    ANNOTATION "annotation" Error: "an annotation that the API server refuses";
    DATA_KEY "data-key" Error: "a data key that the API server refuses";
    TOO_MUCH_DATA "too-much-data" Error: "a Secret with more data than Kubernetes takes";
    MISSING_DATA_KEY "missing-data-key" Error: "a data key that the Secret's type requires is \
        missing";
    METADATA "metadata" Error: "another field of the metadata that the API server refuses";
    SERVICE_ACCOUNT "service-account" Error: "a token Secret without a service account";
    DUPLICATE_SECRET "duplicate-secret" Error BeyondServer: "two Secrets with one namespace and \
        name";
    // Finished manifests.
    MANIFEST_SYNTAX "manifest-syntax" Error: "a manifest that is neither YAML nor JSON, as kubectl \
        reads them";
    MANIFEST_KIND "manifest-kind" Error: "a manifest that is meant as a Secret, and that no server \
        takes for one";
    UNKNOWN_FIELD "unknown-field" Error: "a field that a manifest's objects do not have";
    DUPLICATE_FIELD "duplicate-field" Error: "a field that a manifest has twice";
    FIELD_TYPE "field-type" Error: "a field of a manifest with a value of another type than it \
        takes";
    YAML_PLAIN "yaml-plain" Warning: "a word or number without quotes that YAML does not read as \
        text";
    TYPE_META "type-meta" Warning: "a Secret that does not say its `apiVersion` and `kind`";
    // What no consumer could use.
    TLS_CERTIFICATE "tls-certificate" Error BeyondServer: "a TLS certificate that can't be read";
    TLS_KEY "tls-key" Error BeyondServer: "a TLS private key that can't be used";
    TLS_PAIR "tls-pair" Error BeyondServer: "a TLS private key that does not belong to its \
        certificate";
    SSH_KEY "ssh-key" Error BeyondServer: "an ssh private key that can't be used";
    DOCKER_CONFIG "docker-config" Error BeyondServer: "registry credentials that no kubelet can \
        read";
    BOOTSTRAP_TOKEN "bootstrap-token" Error BeyondServer: "a bootstrap token that would never work";
    // The run itself.
    USAGE "usage" Error: "an option that can't be used as it is given";
    CANNOT_READ "cannot-read" Error: "a file that the command line names can't be read";
    CANNOT_WRITE "cannot-write" Error: "the result can't be written";
    FOREIGN_FILES "foreign-files" Error: "files that mintage did not write stand where its output \
        would go";
    OUTPUT_DIFFERS "output-differs" Error: "the output differs from what would be written";
    READ_BACK "read-back" Error: "the result does not read back as what was meant";
    // What is about to be committed.
    COMMITTED_SECRET "committed-secret" Error: "a secret in plain text in a file that is about to \
        be committed";
    // KRM functions and plugins.
    RESOURCE_LIST "resource-list" Error: "the input of the function is not a `ResourceList`";
    FUNCTION_CONFIG "function-config" Error: "a config of the function that it can't use";
    KUSTOMIZATION "kustomization" Error: "a kustomization that names a missing file";
    KUSTOMIZE_PLUGIN "kustomize-plugin" Error: "a plugin that kustomize can't run";
    // Lints.
    AGE_ENCRYPTED "age-encrypted" Warning Denied: "an age file in the place of the secret that it \
        holds";
    SOPS_ENCRYPTED "sops-encrypted" Warning Denied: "what SOPS encrypted in the place of the \
        secret";
    PLACEHOLDER "placeholder" Warning: "a placeholder that nothing replaced";
    TEXT_ENCODING "text-encoding" Warning: "a text in UTF-16, or with a byte order mark";
    COMMITTED_IDENTITY "committed-identity" Warning: "an age identity is committed beside the spec";
    TLS_CHAIN "tls-chain" Warning: "an incomplete certificate chain, or one in the wrong order";
    TLS_EXPIRED "tls-expired" Warning: "a certificate that is no longer valid";
    TLS_EXPIRES_SOON "tls-expires-soon" Warning: "a certificate that is valid for less than 30 \
        days more";
    TLS_NOT_YET_VALID "tls-not-yet-valid" Warning: "a certificate that is not valid yet";
    TLS_NAMES "tls-names" Warning: "a server's certificate without any host name";
    TLS_AUTHORITY "tls-authority" Warning: "an authority's certificate in the place of a server's";
    TLS_PEM "tls-pem" Warning: "certificates in a form that some programs don't read";
    TLS_WEAK "tls-weak" Warning: "a certificate with a short RSA key or a broken signature hash";
    TLS_CA "tls-ca" Warning: "a `ca.crt` without the certificate of an authority";
    SSH_PASSPHRASE "ssh-passphrase" Warning: "an ssh private key under a passphrase";
    SSH_FORMAT "ssh-format" Warning: "an ssh private key in a format or in lines that some \
        programs do not read";
    FLUX_IDENTITY "flux-identity" Warning: "an `identity` beside `known_hosts` that Flux can't \
        read as an ssh key";
    KNOWN_HOSTS "known-hosts" Warning: "lines of `known_hosts` that ssh does not read";
    REGISTRY_SERVER "registry-server" Warning: "a registry's name that the kubelet never uses";
    REGISTRY_PREFIX "registry-prefix" Warning: "registry credentials that are used for more than \
        one organisation";
    REGISTRY_DUPLICATE "registry-duplicate" Warning: "two entries for one registry";
    TRAILING_LINE_BREAK "trailing-line-break" Warning: "a name, password or token that ends in a \
        line break or has white space around it";
    EMPTY_VALUE "empty-value" Warning: "a value that is empty, and does not say so itself";
    TYPE_MISSPELT "type-misspelt" Warning: "a type that is almost one of Kubernetes, or whose data \
        belongs to another type";
    TOKEN_EXPIRED "token-expired" Warning: "a bootstrap token that has ended";
    SERVICE_ACCOUNT_TOKEN "service-account-token" Warning: "a service account's token that does \
        not end";
    APPLY_SIZE "apply-size" Warning: "a Secret that is too large for client-side `kubectl apply`";
    ETCD_SIZE "etcd-size" Warning: "a Secret that is too large for etcd";
    SERVER_FIELDS "server-fields" Warning: "a manifest with fields that the server sets";
    LAST_APPLIED "last-applied" Warning: "an annotation that holds a copy of the Secret";
    IMMUTABLE_NAME "immutable-name" Warning: "an immutable Secret whose name does not change with \
        its data";
    PLAINTEXT_SECRET "plaintext-secret" Warning: "a secret in plain text in the spec, or in a file \
        that it reads";
    REPEATED_VALUE "repeated-value" Warning: "the same secret out of two encrypted files";
    UNUSED "unused" Warning: "a variable, source, recipient, environment or age file that nothing \
        uses";
    KUSTOMIZE_FUNCTION "kustomize-function" Warning: "a function that kubectl skips without a word";
    IDENTITY_PERMISSIONS "identity-permissions" Warning: "an identity file that other users can \
        read";
    // What was left out.
    LEFT_OUT "left-out" Note: "a check that could not be made";
}
