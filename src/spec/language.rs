//! The spec language as data: every table with its keys, what each takes, and one sentence of
//! documentation.
//!
//! The reader checks specs against these tables and the JSON Schema is generated from them, so the
//! two can't drift apart.

use crate::structure::Format;

/// A table of the language.
#[derive(Debug)]
pub(crate) struct Table {
    /// What messages call it: `[[tls]]`, `a registry`.
    pub name: &'static str,
    /// What it is, for the schema.
    pub doc: &'static str,
    /// Its keys.
    pub fields: &'static [&'static [Field]],
}

impl Table {
    /// Every key of the table.
    pub(crate) fn fields(&self) -> impl Iterator<Item = &'static Field> {
        self.fields.iter().flat_map(|fields| fields.iter())
    }

    /// The key with this name.
    pub(crate) fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields().find(|field| field.name == name)
    }
}

/// A key of a table.
#[derive(Debug)]
pub(crate) struct Field {
    /// As it is written.
    pub name: &'static str,
    /// What it takes.
    pub shape: Shape,
    /// Whether it must be there.
    pub required: bool,
    /// What it means, in a sentence or two.
    pub doc: &'static str,
}

/// What a key takes.
#[derive(Debug)]
pub(crate) enum Shape {
    /// `true` or `false`.
    Bool,
    /// The integer 1.
    Version,
    /// A string that is not a template and holds nothing secret.
    Plain,
    /// One of these strings.
    Word(&'static [&'static str]),
    /// A list of strings that are not templates.
    Plains,
    /// A table of strings that are not templates.
    PlainMap,
    /// A string that is a template without access to `sources`: metadata and paths.
    Text,
    /// A list of such strings.
    Texts,
    /// A table of such strings.
    TextMap,
    /// A string that may be secret and is a template with access to `sources`.
    SecretText,
    /// A string that may be secret and is no template.
    SecretPlain,
    /// A table of plain data.
    DataTable,
    /// A table whose strings are templates with access to `sources`; the tree is written in a
    /// format.
    Tree,
    /// A path into `[vars]`, or plain data itself.
    ForEach,
    /// A value: see [`VALUE`].
    Value,
    /// A table of values.
    Values,
    /// A list of values.
    ValueList,
    /// A list of tables with a source and modifiers.
    DataFrom,
    /// A table with these keys.
    Table(&'static Table),
    /// Tables by name.
    Map(&'static Table),
    /// A list of tables.
    List(&'static Table),
    /// A date or a string that is a template with access to `sources`.
    Date,
}

const fn field(name: &'static str, shape: Shape, doc: &'static str) -> Field {
    Field { name, shape, required: false, doc }
}

const fn required(name: &'static str, shape: Shape, doc: &'static str) -> Field {
    Field { name, shape, required: true, doc }
}

/// The file itself, without the lists of Secrets: those are the rows of [`crate::secret::kind`].
pub(crate) static SPEC: Table = Table {
    name: "the spec",
    doc: "A list of Kubernetes Secrets by type, compiled by mintage into YAML.",
    fields: &[&[
        field("version", Shape::Version, "Version of the spec language: 1. May be left out."),
        field(
            "vars",
            Shape::DataTable,
            "Plain values for templates, as `{{ vars.NAME }}`: strings, integers, booleans, lists, \
             tables. Never secret, not templates themselves.",
        ),
        field(
            "defaults",
            Shape::Table(&DEFAULTS),
            "Metadata that every Secret starts from; a Secret's own keys win.",
        ),
        field(
            "environments",
            Shape::Map(&ENVIRONMENT),
            "Environments by name. A spec that has any is built for one of them, chosen with \
             `--env`.",
        ),
        field(
            "default-env",
            Shape::Plain,
            "The environment to build for when neither `--env` nor `MINTAGE_ENV` names one.",
        ),
        field(
            "identities",
            Shape::Texts,
            "age identity files inside the root that are committed on purpose, such as a \
             development key.",
        ),
        field(
            "recipients",
            Shape::PlainMap,
            "Who may read encrypted files: names for people, each with an age recipient or an ssh \
             public key.",
        ),
        field(
            "encrypt",
            Shape::List(&ENCRYPT),
            "Which recipients an encrypted file gets; the first rule whose path matches wins.",
        ),
        field(
            "sources",
            Shape::Map(&SOURCE),
            "Files that several values read from, each decrypted once: `{{ sources.NAME.key }}` or \
             `{ source = \"NAME\", key = \"...\" }`.",
        ),
        field("lint", Shape::Table(&LINT), "Levels of lints for the whole spec."),
    ]],
};

/// `[defaults]`.
pub(crate) static DEFAULTS: Table = Table {
    name: "`[defaults]`",
    doc: "Metadata that every Secret starts from.",
    fields: &[&[
        field("namespace", Shape::Text, "Namespace of every Secret that names none itself."),
        field("labels", Shape::TextMap, "Labels of every Secret."),
        field("annotations", Shape::TextMap, "Annotations of every Secret."),
    ]],
};

/// `[environments.NAME]`.
pub(crate) static ENVIRONMENT: Table = Table {
    name: "an environment",
    doc: "What differs in this environment; merged over the file: tables key by key, everything \
        else replaced.",
    fields: &[&[
        field("vars", Shape::DataTable, "Values over those of `[vars]`."),
        field("defaults", Shape::Table(&DEFAULTS), "Metadata over that of `[defaults]`."),
        field("identities", Shape::Texts, "Identity files in place of the file's `identities`."),
    ]],
};

/// `[[encrypt]]`.
pub(crate) static ENCRYPT: Table = Table {
    name: "`[[encrypt]]`",
    doc: "A rule that says who may read the encrypted files of a path.",
    fields: &[&[
        required(
            "path",
            Shape::Plain,
            "A glob from the root: `*` within a name, `**` across directories.",
        ),
        required("to", Shape::Plains, "Names from `[recipients]`."),
    ]],
};

/// `[lint]`, in the spec and in a Secret's entry.
pub(crate) static LINT: Table = Table {
    name: "`lint`",
    doc: "Levels of lints, by code. The table nearest to the finding wins, but a `-D` on the \
        command line always holds.",
    fields: &[&[
        field("allow", Shape::Plains, "Codes of lints that say nothing."),
        field("warn", Shape::Plains, "Codes of lints that warn."),
        field("deny", Shape::Plains, "Codes of lints that are errors."),
    ]],
};

/// What every list of Secrets has besides its own keys; `name` and the namespaces stand apart
/// because not every list has them.
pub(crate) static ENTRY_NAME: &[Field] = &[
    required("name", Shape::Text, "`metadata.name`: a DNS subdomain, lower case."),
    field(
        "namespace",
        Shape::Text,
        "`metadata.namespace`. Without one here or in `[defaults]` the manifest has none, and \
         kustomize, Argo CD or kubectl's context sets it.",
    ),
    field(
        "namespaces",
        Shape::Texts,
        "Several namespaces: one Secret in each. Instead of `namespace`.",
    ),
];

/// What every list of Secrets has besides its own keys, names aside.
pub(crate) static ENTRY: &[Field] = &[
    field("labels", Shape::TextMap, "`metadata.labels`, over those of `[defaults]`."),
    field("annotations", Shape::TextMap, "`metadata.annotations`, over those of `[defaults]`."),
    field(
        "immutable",
        Shape::Bool,
        "`immutable`: the API server refuses later changes of the data.",
    ),
    field("data", Shape::Values, "Data keys and their values."),
    field(
        "data-from",
        Shape::DataFrom,
        "Structured files of which every top-level key becomes a data key.",
    ),
    field(
        "for-each",
        Shape::ForEach,
        "One Secret for each item: a path such as `\"vars.tenants\"`, or a list or table itself. \
         In scope as `each.key`, `each.value`, `each.index`.",
    ),
    field(
        "environments",
        Shape::Plains,
        "Environments in which this Secret is built; left out in any other.",
    ),
    field("hash-suffix", Shape::Bool, "Append the suffix to the name that kustomize would give."),
    field("lint", Shape::Table(&LINT), "Levels of lints for this Secret."),
];

/// A registry of `dockerconfigjson` and `dockercfg`.
pub(crate) static REGISTRY: Table = Table {
    name: "a registry",
    doc: "Credentials for one container registry.",
    fields: &[&[
        required(
            "server",
            Shape::Text,
            "The registry as image names begin with it, such as `ghcr.io`; for Docker Hub \
             `https://index.docker.io/v1/` or `docker.io`.",
        ),
        required("username", Shape::Value, "User name."),
        required("password", Shape::Value, "Password or token."),
        field("email", Shape::Value, "Mail address; registries ignore it."),
    ]],
};

/// The sources of a value: a table of a value has exactly one.
pub(crate) static VALUE_SOURCES: &[Field] = &[
    field("value", Shape::SecretPlain, "The string as it stands, not a template."),
    field("base64", Shape::SecretText, "Base64, decoded; padding and alphabet are checked."),
    field("file", Shape::Text, "A file, byte for byte. The path starts at the spec's directory."),
    field("age", Shape::Text, "An age file, binary or armored, decrypted."),
    field(
        "armor",
        Shape::SecretText,
        "Armored age text that stands in the spec itself, indented or not, decrypted.",
    ),
    field("sops", Shape::Text, "A SOPS file, decrypted. Not built by this version."),
    field("source", Shape::Text, "A `[sources.NAME]`."),
    field("env-var", Shape::Text, "An environment variable, if allowed with `--allow-env-var`."),
    field("json", Shape::Tree, "The tree as JSON, its strings rendered as templates first."),
    field("yaml", Shape::Tree, "The tree as YAML, its strings rendered as templates first."),
    field("toml", Shape::Tree, "The tree as TOML, its strings rendered as templates first."),
    field(
        "dotenv",
        Shape::Tree,
        "The table as `KEY=VALUE` lines, its strings rendered as templates first.",
    ),
    field(
        "concat",
        Shape::ValueList,
        "Values one after another; a text that lacks its last newline gets one between parts.",
    ),
];

/// What may be done to a value after it is read.
pub(crate) static VALUE_MODIFIERS: &[Field] = &[
    field(
        "key",
        Shape::Text,
        "One value inside a structured file, as `a.b[0]`; quoting as in TOML.",
    ),
    field(
        "format",
        Shape::Word(Format::NAMES),
        "The structure of the file, where its name does not say.",
    ),
    field("decode", Shape::Word(&["base64"]), "Decode the bytes after reading and selecting."),
    field("template", Shape::Bool, "Render the bytes as a template."),
    field("trim", Shape::Bool, "Remove trailing line breaks."),
    field(
        "optional",
        Shape::Bool,
        "A missing file or key leaves the data key out instead of failing.",
    ),
    field(
        "override",
        Shape::Bool,
        "Replace what an earlier source gave this data key; otherwise that is an error.",
    ),
];

/// A value that is a table.
pub(crate) static VALUE: Table = Table {
    name: "a value",
    doc: "Secret bytes: exactly one source, and any modifiers.",
    fields: &[VALUE_SOURCES, VALUE_MODIFIERS],
};

/// An element of `data-from`.
pub(crate) static DATA_FROM: Table = Table {
    name: "an element of `data-from`",
    doc: "A structured file of which every top-level key becomes a data key.",
    fields: &[&[
        field("file", Shape::Text, "A file."),
        field("age", Shape::Text, "An age file, decrypted."),
        field(
            "armor",
            Shape::SecretText,
            "Armored age text that stands in the spec itself, decrypted.",
        ),
        field("sops", Shape::Text, "A SOPS file, decrypted. Not built by this version."),
        field("source", Shape::Text, "A `[sources.NAME]`."),
        field(
            "env-var",
            Shape::Text,
            "An environment variable, if allowed with `--allow-env-var`.",
        ),
        field(
            "format",
            Shape::Word(Format::NAMES),
            "The structure of the file, where its name does not say.",
        ),
        field("decode", Shape::Word(&["base64"]), "Decode the file before it is parsed."),
        field("optional", Shape::Bool, "A missing file gives no keys instead of failing."),
        field(
            "override",
            Shape::Bool,
            "Replace what earlier sources gave; otherwise that is an error.",
        ),
    ]],
};

/// `[sources.NAME]`.
pub(crate) static SOURCE: Table = Table {
    name: "a source",
    doc: "A file that several values read from, decrypted once.",
    fields: &[&[
        field("file", Shape::Text, "A file."),
        field("age", Shape::Text, "An age file, decrypted."),
        field(
            "armor",
            Shape::SecretPlain,
            "Armored age text that stands in the spec itself, decrypted.",
        ),
        field("sops", Shape::Text, "A SOPS file, decrypted. Not built by this version."),
        field(
            "env-var",
            Shape::Text,
            "An environment variable, if allowed with `--allow-env-var`.",
        ),
        field(
            "format",
            Shape::Word(Format::NAMES),
            "The structure of the file, where its name does not say.",
        ),
        field("decode", Shape::Word(&["base64"]), "Decode the file before it is parsed."),
        field(
            "optional",
            Shape::Bool,
            "A missing file leaves the source empty instead of failing.",
        ),
    ]],
};
