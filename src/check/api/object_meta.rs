//! Metadata that finished manifests may have and specs never say: what the API server requires of
//! it.
//!
//! Source: `staging/src/k8s.io/apimachinery/pkg/api/validation/objectmeta.go`
//! (`ValidateObjectMetaAccessorWithOpts`, `validateOwnerReference`), `.../generic.go`
//! (`maskTrailingDash`), `pkg/apis/core/validation` (`validateKubeFinalizerName`) and
//! `as/storage/names/generate.go`.

use super::names;
use super::violation::{FieldPath, Rule, Violation};

/// The fields of `metadata` beyond those of a [`crate::Secret`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct MoreMetadata {
    /// `generateName`.
    pub generate_name: String,
    /// `generation`.
    pub generation: i64,
    /// `finalizers`.
    pub finalizers: Vec<String>,
    /// `ownerReferences`.
    pub owners: Vec<Owner>,
    /// Fields with a value that only the server sets, such as `uid`, in the order of the manifest.
    /// A real create with a `resourceVersion` fails, though a dry run does not.
    pub server_fields: Vec<&'static str>,
}

/// An element of `ownerReferences`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Owner {
    /// `apiVersion`.
    pub api_version: String,
    /// `kind`.
    pub kind: String,
    /// `name`.
    pub name: String,
    /// `uid`.
    pub uid: String,
    /// `controller`.
    pub controller: bool,
}

/// What stands for the five random characters that the server appends to a `generateName`.
const RANDOM: &str = "xxxxx";
/// So many bytes of a `generateName` are kept.
const GENERATED_MAX: usize = 58;
/// Finalizers without a domain.
const STANDARD_FINALIZERS: [&str; 3] = ["kubernetes", "orphan", "foregroundDeletion"];

impl MoreMetadata {
    /// The name that the server makes of `generateName`, with `xxxxx` for what is random.
    pub(crate) fn generated_name(&self) -> String {
        let mut end = self.generate_name.len().min(GENERATED_MAX);
        while !self.generate_name.is_char_boundary(end) {
            end -= 1;
        }
        format!("{}{RANDOM}", self.generate_name.get(..end).unwrap_or_default())
    }

    /// `generateName`: a subdomain, but for a dash at its end, of which the server takes the byte
    /// before it for a letter too.
    pub(crate) fn generate_name(&self, found: &mut Vec<Violation>) {
        if self.generate_name.is_empty() {
            return;
        }
        let masked = match self.generate_name.strip_suffix('-') {
            Some(rest) if !rest.is_empty() => {
                let mut end = rest.len() - 1;
                while !rest.is_char_boundary(end) {
                    end -= 1;
                }
                // Of a character of several bytes the server replaces the last byte only, which
                // leaves no character.
                let kept =
                    if end + 1 == rest.len() { rest.get(..end).unwrap_or_default() } else { rest };
                format!("{kept}a")
            }
            _ => self.generate_name.clone(),
        };
        for misfit in names::subdomain(&masked) {
            let rule = Rule::GenerateName { name: self.generate_name.clone(), misfit };
            found.push(Violation { field: FieldPath::GenerateName, rule });
        }
    }

    /// The other fields, in the server's order: generation, owners, finalizers.
    pub(crate) fn others(&self, found: &mut Vec<Violation>) {
        if self.generation < 0 {
            found.push(Violation { field: FieldPath::Generation, rule: Rule::Generation });
        }
        for (index, owner) in self.owners.iter().enumerate() {
            owner.violations(index, found);
        }
        if self.owners.iter().filter(|owner| owner.controller).count() > 1 {
            found.push(Violation { field: FieldPath::Owners, rule: Rule::Controllers });
        }
        for (index, finalizer) in self.finalizers.iter().enumerate() {
            for misfit in names::label_key(finalizer) {
                let rule = Rule::Finalizer { index, name: finalizer.clone(), misfit };
                found.push(Violation { field: FieldPath::Finalizers, rule });
            }
        }
        let has = |name: &str| self.finalizers.iter().any(|finalizer| finalizer == name);
        if has("orphan") && has("foregroundDeletion") {
            found.push(Violation { field: FieldPath::Finalizers, rule: Rule::FinalizersExclude });
        }
        for (index, finalizer) in self.finalizers.iter().enumerate() {
            if !finalizer.contains('/') && !STANDARD_FINALIZERS.contains(&finalizer.as_str()) {
                let first = names::label_key(finalizer).is_empty();
                let rule = Rule::FinalizerUnqualified { index, name: finalizer.clone(), first };
                found.push(Violation { field: FieldPath::Finalizer(index), rule });
            }
        }
    }
}

impl Owner {
    fn violations(&self, index: usize, found: &mut Vec<Violation>) {
        let mut refuse = |field: &'static str, rule: Rule| {
            found.push(Violation { field: FieldPath::Owner(field), rule })
        };
        let (group, version) = group_version(&self.api_version);
        if version.is_empty() {
            refuse("apiVersion", Rule::OwnerVersion { index });
        }
        for (field, value) in [("kind", &self.kind), ("name", &self.name), ("uid", &self.uid)] {
            if value.is_empty() {
                refuse(field, Rule::OwnerEmpty { index, field });
            }
        }
        // An Event comes and goes by itself.
        if group.is_empty() && version == "v1" && self.kind == "Event" {
            found.push(Violation { field: FieldPath::Owners, rule: Rule::OwnerEvent { index } });
        }
    }
}

/// Group and version in `GROUP/VERSION` or `VERSION`, which is of the core group, as `/VERSION` is;
/// nothing where there are more slashes.
fn group_version(api_version: &str) -> (&str, &str) {
    match api_version.split_once('/') {
        None => ("", api_version),
        Some((_, version)) if version.contains('/') => ("", ""),
        Some(parts) => parts,
    }
}
