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
    TopLevel = "the spec", "A list of Kubernetes Secrets by type, compiled by mintage into YAML." {
        version: Version = "version", "Version of the spec language: 1. May be left out.";
        vars: Data = "vars",
            "Plain values for templates, as `{{ vars.NAME }}`: strings, integers, booleans, lists, \
             tables. Never secret, not templates themselves.";
        defaults: Defaults = "defaults",
            "Metadata that every Secret starts from; a Secret's own keys win.";
        environments: Map<Environment> = "environments",
            "Environments by name. A spec that has any is built for one of them, chosen with \
             `--env`.";
        default_env: PublicText = "default-env",
            "The environment to build for when neither `--env` nor `MINTAGE_ENV` names one.";
        identities: List<PublicText> = "identities",
            "age identity files inside the root that are committed on purpose, such as a \
             development key.";
        recipients: Map<PublicTexts> = "recipients",
            "Who may read encrypted files: names for people, each with an age recipient or an SSH \
             public key, or a list of several.";
        encrypt: List<EncryptRule> = "encrypt",
            "Which recipients an encrypted file gets; the first rule whose path matches wins.";
        sources: Map<SourceFile> = "sources",
            "Files that several values read from, each decrypted once: `{{ sources.NAME.key }}` or \
             `{ source = \"NAME\", key = \"...\" }`.";
        lint: Lint = "lint", "Levels of lints for the whole spec.";
    }

    Defaults = "`[defaults]`", "Metadata that every Secret starts from." {
        namespace: PublicText = "namespace", "Namespace of every Secret that names none itself.";
        labels: Map<PublicText> = "labels", "Labels of every Secret.";
        annotations: Map<PublicText> = "annotations", "Annotations of every Secret.";
    }

    Environment = "an environment",
        "What differs in this environment; merged over the file: tables key by key, everything \
         else replaced." {
        vars: Data = "vars", "Values over those of `[vars]`.";
        defaults: Defaults = "defaults", "Metadata over that of `[defaults]`.";
        identities: List<PublicText> = "identities",
            "Identity files in place of the file's `identities`.";
    }

    EncryptRule = "`[[encrypt]]`", "A rule that says who may read the encrypted files of a path." {
        path: PublicText = "path",
            "A glob from the folder of this file: `*` within a name, `**` across folders.",
            Required;
        to: List<PublicText> = "to", "Names from `[recipients]`.", Required;
    }

    Lint = "`lint`",
        "Levels of lints, by code. The table nearest to the finding wins, but a `-D` on the \
         command line always holds." {
        allow: List<PublicText> = "allow", "Codes of lints to silence.";
        warn: List<PublicText> = "warn", "Codes of lints that warn.";
        deny: List<PublicText> = "deny", "Codes of lints that are errors.";
    }

    /// What every list of Secrets has besides its own keys; `name` and the namespaces stand apart
    /// because not every list has them.
    Names {
        name: PublicText = "name", "`metadata.name`: a DNS subdomain, lowercase.", Required;
        namespace: PublicText = "namespace",
            "`metadata.namespace`. Without one here or in `[defaults]` the manifest has none, and \
             kustomize, Argo CD or kubectl's context sets it.";
        namespaces: List<PublicText> = "namespaces",
            "Several namespaces: one Secret in each. Instead of `namespace`.";
    }

    /// What every list of Secrets has besides its own keys, names aside.
    Common {
        labels: Map<PublicText> = "labels", "`metadata.labels`, over those of `[defaults]`.";
        annotations: Map<PublicText> = "annotations",
            "`metadata.annotations`, over those of `[defaults]`.";
        immutable: Bool = "immutable",
            "`immutable`: the API server rejects later changes of the data.";
        data: Map<Value> = "data", "Data keys and their values.";
        data_from: List<DataFromFile> = "data-from",
            "Structured files of which every top-level key becomes a data key.";
        for_each: ForEach = "for-each",
            "One Secret for each item: a path such as `\"vars.tenants\"`, or a list or table \
             itself. In scope as `each.key`, `each.value`, `each.index`.";
        environments: List<PublicText> = "environments",
            "Environments in which this Secret is built; left out in any other.";
        hash_suffix: Bool = "hash-suffix",
            "Append the suffix to the name that kustomize would give.";
        lint: Lint = "lint", "Levels of lints for this Secret.";
    }

    RegistryTable = "a registry", "Credentials for one container registry." {
        server: PublicText = "server",
            "The registry as image names begin with it, such as `ghcr.io`; for Docker Hub \
             `https://index.docker.io/v1/` or `docker.io`.", Required;
        username: Value = "username", "User name.", Required;
        password: Value = "password", "Password or token.", Required;
        email: Value = "email", "Email address; registries ignore it.";
    }

    /// Keys of everything that may come out of a file.
    FileKeys {
        file: PublicText = "file",
            "A file, byte for byte. The path is relative to the spec's folder.", Source;
        age: PublicText = "age", "An age file, binary or armored, decrypted.", Source;
        armor: SecretText = "armor",
            "Armored age text in the spec itself, indented or not, decrypted.", Source;
        sops: PublicText = "sops", "A SOPS file, decrypted. Not built by this version.", Source;
        env_var: PublicText = "env-var",
            "An environment variable, if allowed with `--allow-env-var`.", Source;
        format: FormatName = "format", "The structure of the file, where its name does not say.";
        decode: Decode = "decode",
            "Decode the bytes: of a value after reading and selecting, of a file before it is \
             parsed.";
        optional: Bool = "optional",
            "What is missing, a file or a key in it, is left out instead of failing.";
    }

    /// Further keys of what fills data keys.
    UseKeys {
        source: PublicText = "source", "A `[sources.NAME]`.", Source;
        override_: Bool = "override",
            "Replace what an earlier source gave a data key; otherwise that is an error.";
    }

    ValueKeys {
        value: SecretText = "value", "A literal string, not a template.", Source;
        base64: SecretText = "base64", "Base64, decoded; padding and alphabet are checked.", Source;
        json: Tree = "json", "The tree as JSON, its strings rendered as templates first.", Source;
        yaml: Tree = "yaml", "The tree as YAML, its strings rendered as templates first.", Source;
        toml: Tree = "toml", "The tree as TOML, its strings rendered as templates first.", Source;
        dotenv: Tree = "dotenv",
            "The table as `KEY=VALUE` lines, its strings rendered as templates first.", Source;
        concat: List<Value> = "concat",
            "Values one after another; a text without a final line break gets one between parts.",
            Source;
        key: PublicText = "key",
            "One value inside a structured file, as `a.b[0]`; quoting as in TOML.";
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
    doc: "Secret bytes: exactly one source, and any modifiers.",
    fields: &[FileKeys::FIELDS, UseKeys::FIELDS, ValueKeys::FIELDS],
};

pub(crate) static DATA_FROM: Table = Table {
    name: "an entry of `data-from`",
    doc: "A structured file of which every top-level key becomes a data key.",
    fields: &[FileKeys::FIELDS, UseKeys::FIELDS],
};

pub(crate) static SOURCE: Table = Table {
    name: "`[sources.NAME]`",
    doc: "A file that several values read from, decrypted once.",
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
