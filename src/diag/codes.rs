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
    /// Whether it is about the surroundings of a run, such as a missing identity, not about a spec.
    pub of_run: bool,
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

    pub(crate) fn page(&self) -> String {
        let level = match self.level {
            Level::Warning if self.denied => "error; `[lint]`, `-A` and `-W` change that",
            Level::Warning => "warning; `[lint]`, `-A`, `-W` and `-D` change that",
            Level::Error | Level::Note => self.level.name(),
        };
        let mut summary = self.summary.to_owned();
        if let Some(first) = summary.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        format!("# {}\n\n{summary} ({level})\n\n{}", self.name, self.explanation)
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

/// Former names of lints, and what they are called now; `None` if the lint is gone.
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

macro_rules! codes {
    (@is BeyondServer BeyondServer) => { true };
    (@is Denied Denied) => { true };
    (@is OfRun OfRun) => { true };
    (@is $asked:ident $($other:ident)?) => { false };
    ($($id:ident $name:literal $level:ident $($mark:ident)? : $summary:literal;)*) => {
        $(
            #[doc = $summary]
            pub(crate) static $id: Code = Code {
                name: $name,
                level: Level::$level,
                beyond_server: codes!(@is BeyondServer $($mark)?),
                denied: codes!(@is Denied $($mark)?),
                of_run: codes!(@is OfRun $($mark)?),
                summary: $summary,
                explanation: include_str!(concat!("explain/", $name, ".md")),
            };
        )*
        pub(crate) static ALL: &[&Code] = &[$(&$id),*];
    };
}

codes! {
    // The spec's text and structure.
    TOML_SYNTAX "toml-syntax" Error: "the spec is not valid TOML";
    NOT_UTF8 "not-utf8" Error: "text is not UTF-8";
    TOO_LARGE "too-large" Error: "a file exceeds the size limit";
    RUN_LIMIT "run-limit" Error: "the specs exceed a limit of the run";
    UNKNOWN_KEY "unknown-key" Error: "an unknown key in the spec";
    WRONG_TYPE "wrong-type" Error: "a value has the wrong TOML type for its key";
    MISSING_KEY "missing-key" Error: "a required key is missing";
    CONFLICTING_KEYS "conflicting-keys" Error: "keys that can't be used together";
    INVALID_VALUE "invalid-value" Error: "a value that its key does not allow";
    UNKNOWN_ENVIRONMENT "unknown-environment" Error: "an undeclared environment, or none chosen";
    UNKNOWN_SOURCE "unknown-source" Error: "an undeclared source";
    UNKNOWN_CODE "unknown-code" Error: "an unknown check, or one whose level is fixed";
    NOT_YET "not-yet" Error: "a feature that this version does not support yet";
    NO_SECRETS "no-secrets" Error: "the spec has no Secrets to build";
    FOR_EACH "for-each" Error: "`for-each` is not a list or table in `[vars]`";
    RECIPIENT "recipient" Error: "an invalid recipient";
    // Templates.
    TEMPLATE_SYNTAX "template-syntax" Error: "a template does not parse";
    UNDEFINED_VARIABLE "undefined-variable" Error: "a template uses an undefined variable";
    TEMPLATE_FAILED "template-failed" Error: "a template parses but can't be rendered";
    TEMPLATE_LIMIT "template-limit" Error: "a template exceeds a limit on steps, depth or output";
    SECRET_IN_METADATA "secret-in-metadata" Error: "decrypted data that Kubernetes would show";
    // Values and files.
    FILE_NOT_FOUND "file-not-found" Error: "a file that the spec reads does not exist";
    FILE_OUTSIDE_ROOT "file-outside-root" Error: "a path is outside the spec's folder";
    FILE_UNREADABLE "file-unreadable" Error: "a file can't be read";
    BAD_BASE64 "bad-base64" Error: "invalid base64";
    BAD_STRUCTURE "bad-structure" Error: "a structured file does not parse";
    UNKNOWN_FORMAT "unknown-format" Error: "the format of a structured file is unknown";
    NO_SUCH_KEY "no-such-key" Error: "a structured file does not contain the key";
    NOT_A_SCALAR "not-a-scalar" Error: "a key selects something that is not a single value";
    ENV_VAR "env-var" Error OfRun: "an environment variable is not allowed or not set";
    DUPLICATE_DATA_KEY "duplicate-data-key" Error: "a data key is set twice";
    // age.
    NOT_AGE "not-age" Error: "a file that must be age-encrypted is not";
    AGE_DAMAGED "age-damaged" Error: "an age file is truncated or altered";
    AGE_WORK_FACTOR "age-work-factor" Error: "the work factor of a passphrase is too high";
    NO_IDENTITY "no-identity" Error OfRun: "an age file is encrypted, and no identity was given";
    NO_MATCHING_IDENTITY "no-matching-identity" Error OfRun: "no identity can decrypt an age file";
    PASSPHRASE "passphrase" Error OfRun: "a passphrase is wrong or missing";
    BAD_IDENTITY "bad-identity" Error OfRun: "an identity file contains no usable identity";
    // What the API server rejects.
    NAME "name" Error: "a name that the API server rejects";
    NAMESPACE "namespace" Error: "a namespace that the API server rejects";
    LABEL "label" Error: "a label that the API server rejects";
    ANNOTATION "annotation" Error: "an annotation that the API server rejects";
    DATA_KEY "data-key" Error: "a data key that the API server rejects";
    TOO_MUCH_DATA "too-much-data" Error: "a Secret has more data than Kubernetes accepts";
    MISSING_DATA_KEY "missing-data-key" Error: "the Secret's type requires another data key";
    METADATA "metadata" Error: "another metadata field that the API server rejects";
    SERVICE_ACCOUNT "service-account" Error: "a token Secret without a service account";
    DUPLICATE_SECRET "duplicate-secret" Error BeyondServer: "two Secrets share a namespace and \
        name";
    // Finished manifests.
    MANIFEST_SYNTAX "manifest-syntax" Error: "kubectl can't parse a manifest as YAML or JSON";
    MANIFEST_KIND "manifest-kind" Error: "an almost correct `kind` or `apiVersion`";
    UNKNOWN_FIELD "unknown-field" Error: "an unknown field in a manifest";
    DUPLICATE_FIELD "duplicate-field" Error: "a field is set twice in a manifest";
    FIELD_TYPE "field-type" Error: "a field in a manifest has a value of the wrong type";
    YAML_PLAIN "yaml-plain" Warning: "an unquoted value that YAML does not read as a string";
    TYPE_META "type-meta" Warning: "a Secret without `apiVersion` or `kind`";
    // What no consumer could use.
    TLS_CERTIFICATE "tls-certificate" Error BeyondServer: "a TLS certificate can't be read";
    TLS_KEY "tls-key" Error BeyondServer: "a TLS private key can't be used";
    TLS_PAIR "tls-pair" Error BeyondServer: "a TLS private key does not match its certificate";
    SSH_KEY "ssh-key" Error BeyondServer: "an SSH private key can't be used";
    DOCKER_CONFIG "docker-config" Error BeyondServer: "unreadable registry credentials";
    BOOTSTRAP_TOKEN "bootstrap-token" Error BeyondServer: "a bootstrap token that can't work";
    // The run itself.
    USAGE "usage" Error OfRun: "an option is used incorrectly";
    CANNOT_READ "cannot-read" Error OfRun: "a file from the command line can't be read";
    CANNOT_WRITE "cannot-write" Error OfRun: "the output can't be written";
    FOREIGN_FILES "foreign-files" Error OfRun: "mintage would overwrite files from elsewhere";
    OUTPUT_DIFFERS "output-differs" Error: "the files on disk differ from the output";
    STALE_READERS "stale-readers" Error: "encrypted files whose readers differ from the rules";
    NEW_READERS "new-readers" Error OfRun: "new readers of an encrypted file were not confirmed";
    READ_BACK "read-back" Error OfRun: "the output does not parse back to the same data";
    // What is about to be committed.
    COMMITTED_SECRET "committed-secret" Error: "a secret in plain text is about to be committed";
    // KRM functions and plugins.
    RESOURCE_LIST "resource-list" Error: "the input of the function is not a `ResourceList`";
    FUNCTION_CONFIG "function-config" Error: "the config of the function is invalid";
    KUSTOMIZATION "kustomization" Error: "a kustomization lists a file that does not exist";
    KUSTOMIZE_PLUGIN "kustomize-plugin" Error: "kustomize can't run a plugin";
    GIT_DIFF "git-diff" Warning: "`git diff` can't show the keys of age files";
    // Lints.
    AGE_ENCRYPTED "age-encrypted" Warning Denied: "a value is still an age file";
    SOPS_ENCRYPTED "sops-encrypted" Warning Denied: "a value is still encrypted with SOPS";
    PLACEHOLDER "placeholder" Warning: "a value is still a placeholder";
    TEXT_ENCODING "text-encoding" Warning: "text in UTF-16, or with a byte order mark";
    COMMITTED_IDENTITY "committed-identity" Warning: "an identity file is stored next to the spec";
    TLS_CHAIN "tls-chain" Warning: "an incomplete certificate chain, or one in the wrong order";
    TLS_EXPIRED "tls-expired" Warning: "a certificate has expired";
    TLS_EXPIRES_SOON "tls-expires-soon" Warning: "a certificate expires in less than 30 days";
    TLS_NOT_YET_VALID "tls-not-yet-valid" Warning: "a certificate is not valid yet";
    TLS_NAMES "tls-names" Warning: "a server certificate has no host names";
    TLS_AUTHORITY "tls-authority" Warning: "a CA certificate instead of a server certificate";
    TLS_PEM "tls-pem" Warning: "certificates in a form that some programs can't read";
    TLS_WEAK "tls-weak" Warning: "a certificate with a short RSA key or a broken signature hash";
    TLS_CA "tls-ca" Warning: "`ca.crt` does not contain a CA certificate";
    SSH_PASSPHRASE "ssh-passphrase" Warning: "an SSH private key is protected by a passphrase";
    SSH_FORMAT "ssh-format" Warning: "an SSH private key in a form that some programs can't read";
    FLUX_IDENTITY "flux-identity" Warning: "Flux can't read `identity` as an SSH key";
    KNOWN_HOSTS "known-hosts" Warning: "lines in `known_hosts` that SSH ignores";
    REGISTRY_SERVER "registry-server" Warning: "a registry name that the kubelet never uses";
    REGISTRY_PREFIX "registry-prefix" Warning: "registry credentials used for several \
        organizations";
    REGISTRY_DUPLICATE "registry-duplicate" Warning: "two entries for one registry";
    TRAILING_LINE_BREAK "trailing-line-break" Warning: "whitespace around a name, password or \
        token";
    EMPTY_VALUE "empty-value" Warning: "a value is empty, and the spec does not say so";
    TYPE_MISSPELT "type-misspelt" Warning: "a misspelled type, or one that does not fit the data";
    TOKEN_EXPIRED "token-expired" Warning: "a bootstrap token has expired";
    SERVICE_ACCOUNT_TOKEN "service-account-token" Warning: "a token that never expires";
    APPLY_SIZE "apply-size" Warning: "a Secret is too large for client-side `kubectl apply`";
    ETCD_SIZE "etcd-size" Warning: "a Secret is too large for etcd";
    SERVER_FIELDS "server-fields" Warning: "a manifest sets fields that only the server sets";
    LAST_APPLIED "last-applied" Warning: "an annotation contains a copy of the Secret";
    IMMUTABLE_NAME "immutable-name" Warning: "an immutable Secret whose name never changes";
    PLAINTEXT_SECRET "plaintext-secret" Warning: "a secret in plain text in the spec or its files";
    REPEATED_VALUE "repeated-value" Warning: "two encrypted files contain the same secret";
    UNUSED "unused" Warning: "an unused variable, source, recipient, environment or age file";
    KUSTOMIZE_FUNCTION "kustomize-function" Warning: "kubectl silently skips a function";
    READERS_DIFFER "readers-differ" Warning: "the readers of an age file differ from the rules";
    IDENTITY_PERMISSIONS "identity-permissions" Warning: "other users can read an identity file";
    // What was skipped.
    LEFT_OUT "left-out" Note: "a check was skipped";
}
