//! The spec language: every table with its keys, what each takes, and one sentence of
//! documentation.
//!
//! [`table`] makes of each the struct that a spec is after reading, the description that the reader
//! checks specs against, and the one that the JSON Schema is generated from, so they can't drift
//! apart.

use super::shape::Table;
use super::takes::{
    Bool, Data, DataFrom, Decode, ForEach, Format, Keys, List, Map, OneValue, Plain, PlainMap,
    Plains, SecretPlain, SecretText, Text, TextMap, Texts, Tree, ValueList, Values, Version, table,
};

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
        default_env: Plain = "default-env",
            "The environment to build for when neither `--env` nor `MINTAGE_ENV` names one.";
        identities: Texts = "identities",
            "age identity files inside the root that are committed on purpose, such as a \
             development key.";
        recipients: PlainMap = "recipients",
            "Who may read encrypted files: names for people, each with an age recipient or an ssh \
             public key.";
        encrypt: List<EncryptRule> = "encrypt",
            "Which recipients an encrypted file gets; the first rule whose path matches wins.";
        sources: Map<SourceFile> = "sources",
            "Files that several values read from, each decrypted once: `{{ sources.NAME.key }}` or \
             `{ source = \"NAME\", key = \"...\" }`.";
        lint: Lint = "lint", "Levels of lints for the whole spec.";
    }
}

table! {
    /// `[defaults]`.
    Defaults = "`[defaults]`", "Metadata that every Secret starts from." {
        namespace: Text = "namespace", "Namespace of every Secret that names none itself.";
        labels: TextMap = "labels", "Labels of every Secret.";
        annotations: TextMap = "annotations", "Annotations of every Secret.";
    }
}

table! {
    /// `[environments.NAME]`.
    Environment = "an environment",
        "What differs in this environment; merged over the file: tables key by key, everything \
         else replaced." {
        vars: Data = "vars", "Values over those of `[vars]`.";
        defaults: Defaults = "defaults", "Metadata over that of `[defaults]`.";
        identities: Texts = "identities", "Identity files in place of the file's `identities`.";
    }
}

table! {
    /// `[[encrypt]]`.
    EncryptRule = "`[[encrypt]]`", "A rule that says who may read the encrypted files of a path." {
        path: Plain = "path",
            "A glob from the root: `*` within a name, `**` across directories.", required;
        to: Plains = "to", "Names from `[recipients]`.", required;
    }
}

table! {
    /// `[lint]`, in the spec and in a Secret's entry.
    Lint = "`lint`",
        "Levels of lints, by code. The table nearest to the finding wins, but a `-D` on the \
         command line always holds." {
        allow: Plains = "allow", "Codes of lints that say nothing.";
        warn: Plains = "warn", "Codes of lints that warn.";
        deny: Plains = "deny", "Codes of lints that are errors.";
    }
}

table! {
    /// What every list of Secrets has besides its own keys; `name` and the namespaces stand apart
    /// because not every list has them.
    Names {
        name: Text = "name", "`metadata.name`: a DNS subdomain, lower case.", required;
        namespace: Text = "namespace",
            "`metadata.namespace`. Without one here or in `[defaults]` the manifest has none, and \
             kustomize, Argo CD or kubectl's context sets it.";
        namespaces: Texts = "namespaces",
            "Several namespaces: one Secret in each. Instead of `namespace`.";
    }
}

table! {
    /// What every list of Secrets has besides its own keys, names aside.
    Common {
        labels: TextMap = "labels", "`metadata.labels`, over those of `[defaults]`.";
        annotations: TextMap = "annotations", "`metadata.annotations`, over those of `[defaults]`.";
        immutable: Bool = "immutable",
            "`immutable`: the API server refuses later changes of the data.";
        data: Values = "data", "Data keys and their values.";
        data_from: DataFrom = "data-from",
            "Structured files of which every top-level key becomes a data key.";
        for_each: ForEach = "for-each",
            "One Secret for each item: a path such as `\"vars.tenants\"`, or a list or table \
             itself. In scope as `each.key`, `each.value`, `each.index`.";
        environments: Plains = "environments",
            "Environments in which this Secret is built; left out in any other.";
        hash_suffix: Bool = "hash-suffix",
            "Append the suffix to the name that kustomize would give.";
        lint: Lint = "lint", "Levels of lints for this Secret.";
    }
}

table! {
    /// A registry of `dockerconfigjson` and `dockercfg`.
    RegistryTable = "a registry", "Credentials for one container registry." {
        server: Text = "server",
            "The registry as image names begin with it, such as `ghcr.io`; for Docker Hub \
             `https://index.docker.io/v1/` or `docker.io`.", required;
        username: OneValue = "username", "User name.", required;
        password: OneValue = "password", "Password or token.", required;
        email: OneValue = "email", "Mail address; registries ignore it.";
    }
}

table! {
    /// The sources of a value: a table of a value has exactly one.
    ValueSources {
        value: SecretPlain = "value", "The string as it stands, not a template.";
        base64: SecretText = "base64", "Base64, decoded; padding and alphabet are checked.";
        file: Text = "file", "A file, byte for byte. The path starts at the spec's directory.";
        age: Text = "age", "An age file, binary or armored, decrypted.";
        armor: SecretText = "armor",
            "Armored age text that stands in the spec itself, indented or not, decrypted.";
        sops: Text = "sops", "A SOPS file, decrypted. Not built by this version.";
        source: Text = "source", "A `[sources.NAME]`.";
        env_var: Text = "env-var", "An environment variable, if allowed with `--allow-env-var`.";
        json: Tree = "json", "The tree as JSON, its strings rendered as templates first.";
        yaml: Tree = "yaml", "The tree as YAML, its strings rendered as templates first.";
        toml: Tree = "toml", "The tree as TOML, its strings rendered as templates first.";
        dotenv: Tree = "dotenv",
            "The table as `KEY=VALUE` lines, its strings rendered as templates first.";
        concat: ValueList = "concat",
            "Values one after another; a text that lacks its last newline gets one between parts.";
    }
}

table! {
    /// What may be done to a value after it is read.
    ValueModifiers {
        key: Text = "key", "One value inside a structured file, as `a.b[0]`; quoting as in TOML.";
        format: Format = "format", "The structure of the file, where its name does not say.";
        decode: Decode = "decode", "Decode the bytes after reading and selecting.";
        template: Bool = "template", "Render the bytes as a template.";
        trim: Bool = "trim", "Remove trailing line breaks.";
        optional: Bool = "optional",
            "A missing file or key leaves the data key out instead of failing.";
        override_: Bool = "override",
            "Replace what an earlier source gave this data key; otherwise that is an error.";
    }
}

/// A value that is a table.
pub(crate) static VALUE: Table = Table {
    name: "a value",
    doc: "Secret bytes: exactly one source, and any modifiers.",
    fields: &[ValueSources::FIELDS, ValueModifiers::FIELDS],
};

table! {
    /// An element of `data-from`.
    DataFromFile = "an element of `data-from`",
        "A structured file of which every top-level key becomes a data key." {
        file: Text = "file", "A file.";
        age: Text = "age", "An age file, decrypted.";
        armor: SecretText = "armor", "Armored age text that stands in the spec itself, decrypted.";
        sops: Text = "sops", "A SOPS file, decrypted. Not built by this version.";
        source: Text = "source", "A `[sources.NAME]`.";
        env_var: Text = "env-var", "An environment variable, if allowed with `--allow-env-var`.";
        format: Format = "format", "The structure of the file, where its name does not say.";
        decode: Decode = "decode", "Decode the file before it is parsed.";
        optional: Bool = "optional", "A missing file gives no keys instead of failing.";
        override_: Bool = "override",
            "Replace what earlier sources gave; otherwise that is an error.";
    }
}

table! {
    /// `[sources.NAME]`.
    SourceFile = "a source", "A file that several values read from, decrypted once." {
        file: Text = "file", "A file.";
        age: Text = "age", "An age file, decrypted.";
        armor: SecretPlain = "armor", "Armored age text that stands in the spec itself, decrypted.";
        sops: Text = "sops", "A SOPS file, decrypted. Not built by this version.";
        env_var: Text = "env-var", "An environment variable, if allowed with `--allow-env-var`.";
        format: Format = "format", "The structure of the file, where its name does not say.";
        decode: Decode = "decode", "Decode the file before it is parsed.";
        optional: Bool = "optional", "A missing file leaves the source empty instead of failing.";
    }
}
