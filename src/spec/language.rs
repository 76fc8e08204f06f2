//! The spec language: every table with its keys, what each takes, and one sentence of
//! documentation.
//!
//! [`table`] makes of each the struct that a spec is after reading, the description that the reader
//! checks specs against, and the one that the JSON Schema is generated from, so they can't drift
//! apart.

use super::generate::Recipe;
use super::read::{SpecReader, TomlValue};
use super::shape::{Key, Shape, Table};
use super::takes::{
    Bool, Data, Decode, ForEach, FormatName, Keys, List, Map, PublicText, PublicTexts, SecretText,
    Takes, Tree, Version, table, takes,
};
use super::value::Value;

table! {
    /// The file itself, without the lists of Secrets: those are the rows of
    /// [`crate::secret::kind`].
    TopLevel = "the spec", "Kubernetes Secrets by type, which mintage compiles into YAML." {
        version: Version = "version", "Version of the spec language: 1. Optional.";
        vars: Data = "vars",
            "Plain values for templates, used as `{{ vars.NAME }}`: strings, integers, booleans, \
             lists, tables. They are never secret and can't contain templates.";
        defaults: Defaults = "defaults",
            "Metadata for every Secret. A Secret's own keys override it.";
        environments: Map<Environment> = "environments",
            "Environments by name. If there are any, each build is for one of them; choose it with \
             `--env`.";
        default_env: PublicText = "default-env",
            "The environment to build for if neither `--env` nor `MINTAGE_ENV` is set.";
        identities: List<PublicText> = "identities",
            "age identity files in the spec's folder that are committed on purpose, such as a \
             development key.";
        recipients: Map<PublicTexts> = "recipients",
            "Who can decrypt the files: names, each with an age recipient or an SSH public key, or \
             a list of several.";
        encrypt: List<EncryptRule> = "encrypt",
            "Recipients of encrypted files, by path. The first rule that matches applies.";
        sources: Map<SourceFile> = "sources",
            "Files that several values read, each decrypted once. Use them as \
             `{{ sources.NAME.key }}` or `{ source = \"NAME\", key = \"...\" }`.";
        lint: Lint = "lint", "Levels of lints for the whole spec.";
    }

    Defaults = "`[defaults]`", "Metadata for every Secret." {
        namespace: PublicText = "namespace", "Namespace of every Secret that does not set its own.";
        labels: Map<PublicText> = "labels", "Labels of every Secret.";
        annotations: Map<PublicText> = "annotations", "Annotations of every Secret.";
    }

    Environment = "an environment",
        "Settings of this environment, which override those of the spec. Tables are merged key by \
         key; everything else is replaced." {
        vars: Data = "vars", "Values that override those in `[vars]`.";
        defaults: Defaults = "defaults", "Metadata that overrides `[defaults]`.";
        identities: List<PublicText> = "identities",
            "Identity files that replace the spec's `identities`.";
    }

    EncryptRule = "`[[encrypt]]`", "A rule that says who can decrypt the files of a path." {
        path: PublicText = "path",
            "A glob from the folder of this file: `*` matches in a name, `**` across folders.",
            Required;
        to: List<PublicText> = "to", "Names from `[recipients]`.", Required;
    }

    Lint = "`lint`",
        "Levels of lints, by code. The table closest to the finding applies, but `-D` on the \
         command line overrides it." {
        allow: List<PublicText> = "allow", "Lints that are not reported.";
        warn: List<PublicText> = "warn", "Lints that are warnings.";
        deny: List<PublicText> = "deny", "Lints that are errors.";
    }

    /// What every list of Secrets has besides its own keys; `name` and the namespaces stand apart
    /// because not every list has them.
    Names {
        name: PublicText = "name", "`metadata.name`: a lowercase DNS subdomain.", Required;
        namespace: PublicText = "namespace",
            "`metadata.namespace`. If it is not set here or in `[defaults]`, kustomize, Argo CD or \
             kubectl's context sets it.";
        namespaces: List<PublicText> = "namespaces",
            "Several namespaces instead of `namespace`: one Secret in each.";
    }

    /// What every list of Secrets has besides its own keys, names aside.
    Common {
        labels: Map<PublicText> = "labels", "`metadata.labels`; override those of `[defaults]`.";
        annotations: Map<PublicText> = "annotations",
            "`metadata.annotations`; override those of `[defaults]`.";
        immutable: Bool = "immutable",
            "`immutable`: the API server rejects changes to the data.";
        data: Map<Value> = "data", "Data keys and their values.";
        data_from: List<DataFromFile> = "data-from",
            "Structured files. Each of their top-level keys becomes a data key.";
        for_each: ForEach = "for-each",
            "One Secret per item: a path such as `\"vars.tenants\"`, or the list or table itself. \
             Templates can use `each.key`, `each.value` and `each.index`.";
        environments: List<PublicText> = "environments",
            "Build this Secret only in these environments.";
        hash_suffix: Bool = "hash-suffix",
            "Append the same hash suffix to the name as kustomize would.";
        lint: Lint = "lint", "Levels of lints for this Secret.";
    }

    RegistryTable = "a registry", "Credentials for one container registry." {
        server: PublicText = "server",
            "The registry, as at the start of image names, such as `ghcr.io`. For Docker Hub: \
             `https://index.docker.io/v1/` or `docker.io`.", Required;
        username: Value = "username", "User name.", Required;
        password: Value = "password", "Password or token.", Required;
        email: Value = "email", "Email address; registries ignore it.";
    }

    /// Keys of everything that may come out of a file.
    FileKeys {
        file: PublicText = "file",
            "A file, byte for byte. Its path is relative to the spec's folder.", Source;
        age: PublicText = "age", "An age file, binary or armored. It is decrypted.", Source;
        armor: SecretText = "armor",
            "Armored age text in the spec itself; can be indented. It is decrypted.", Source;
        sops: PublicText = "sops", "A SOPS file. Not supported by this version.", Source;
        env_var: PublicText = "env-var",
            "An environment variable, if allowed with `--allow-env-var`.", Source;
        format: FormatName = "format", "The format of the file, if its name does not say it.";
        decode: Decode = "decode",
            "Decode the bytes: of a value after it is read and selected, of a file before it is \
             parsed.";
        optional: Bool = "optional",
            "If the file, or the key in it, is missing, leave it out instead of failing.";
    }

    /// Further keys of what fills data keys.
    UseKeys {
        source: PublicText = "source", "The name of a `[sources.NAME]`.", Source;
        override_: Bool = "override",
            "Replace the data key's value from an earlier source, which is otherwise an error.";
    }

    ValueKeys {
        value: SecretText = "value", "A literal string, not a template.", Source;
        base64: SecretText = "base64", "Base64, decoded. Padding and alphabet are checked.", Source;
        json: Tree = "json", "A tree, written as JSON. Its strings are templates.", Source;
        yaml: Tree = "yaml", "A tree, written as YAML. Its strings are templates.", Source;
        toml: Tree = "toml", "A tree, written as TOML. Its strings are templates.", Source;
        dotenv: Tree = "dotenv",
            "A table, written as `KEY=VALUE` lines. Its strings are templates.", Source;
        concat: List<Value> = "concat",
            "Values, joined. Text without a final line break gets one between the parts.",
            Source;
        key: PublicText = "key",
            "One value in a structured file, such as `a.b[0]`. Quote keys as in TOML.";
        template: Bool = "template", "Render the bytes as a template.";
        trim: Bool = "trim", "Remove trailing line breaks.";
        generate: Recipe = "generate",
            "How `mintage generate` makes the value if it is missing in the age file; building \
             never does.";
    }

    /// Further keys of a `[sources.NAME]`.
    SourceKeys {
        generate: Map<Recipe> = "generate",
            "Keys of the age file that `mintage generate` makes if they are missing: key paths, \
             quoted if they have dots, each with how it is made.";
    }
}

pub(crate) static VALUE: Table = Table {
    name: "a value",
    doc: "A secret value: exactly one source, and any modifiers.",
    fields: &[FileKeys::FIELDS, UseKeys::FIELDS, ValueKeys::FIELDS],
};

pub(crate) static DATA_FROM: Table = Table {
    name: "an entry of `data-from`",
    doc: "A structured file. Each of its top-level keys becomes a data key.",
    fields: &[FileKeys::FIELDS, UseKeys::FIELDS],
};

pub(crate) static SOURCE: Table = Table {
    name: "`[sources.NAME]`",
    doc: "A file that several values read, decrypted once.",
    fields: &[FileKeys::FIELDS, SourceKeys::FIELDS],
};

takes! {
    DataFromFile -> Value, Shape::Table(&DATA_FROM);
    |reader, key, value| reader.table(key, value)
        .and_then(|table| reader.value_table(table, key.at, &DATA_FROM));

    SourceFile -> Value, Shape::Table(&SOURCE);
    |reader, key, value| reader.table(key, value)
        .and_then(|table| reader.value_table(table, key.at, &SOURCE));
}

impl RegistryTable {
    pub(crate) const CREDENTIALS: [&str; 3] = ["username", "password", "email"];

    /// What is there of the credentials, by their names.
    pub(crate) fn credentials(&self) -> impl Iterator<Item = (&'static str, &Value)> {
        let values = [self.username.get(), self.password.get(), self.email.get()];
        let named = Self::CREDENTIALS.into_iter().zip(values);
        named.filter_map(|(name, value)| Some((name, value?)))
    }
}
