//! Credentials of registries as people name them: `ghcr.io.password`, or `password` alone where a
//! Secret has one registry.

use std::collections::BTreeSet;

use super::held::Use;
use crate::diag::phrases::{code, one_of};
use crate::diag::{Diagnostic, diagnostic};
use crate::spec::edit::values::path_at;
use crate::spec::language::RegistryTable;
use crate::structure::KeyPath;

/// What a credential of a registry is called.
pub(crate) fn key(server: &str, field: &str) -> String {
    format!("{server}.{field}")
}

/// The registry and the field that a key names.
fn parts(key: &str) -> Option<(&str, &str)> {
    key.rsplit_once('.').filter(|(_, field)| RegistryTable::CREDENTIALS.contains(field))
}

/// The whole name of a credential, where only its field is named. Nothing if that is no field, or
/// if the Secret has no registries.
pub(crate) fn whole_key<'u>(
    name: &str,
    field: &str,
    uses: impl Iterator<Item = &'u Use>,
) -> Result<Option<String>, Box<Diagnostic>> {
    if !RegistryTable::CREDENTIALS.contains(&field) {
        return Ok(None);
    }
    let servers: BTreeSet<&str> = uses.filter_map(|it| it.registry.as_deref()).collect();
    let mut keys = servers.iter().map(|server| key(server, field));
    if servers.len() <= 1 {
        return Ok(keys.next());
    }
    let (name, field, count) = (code(name), code(field), servers.len());
    let problem = diagnostic!(USAGE, "{name} has {count} registries, so {field} is not unique");
    Err(Box::new(problem.help(format!("write {}", one_of(keys)))))
}

/// Where a credential that is not there yet belongs in the spec: beside the others of its registry.
pub(crate) fn place<'u>(
    text: &str,
    new: &str,
    mut uses: impl Iterator<Item = &'u Use>,
) -> Option<KeyPath> {
    let (server, field) = parts(new)?;
    let beside = uses.find(|it| it.registry.as_deref() == Some(server))?;
    let path = path_at(text, beside.span?)?;
    Some(path.before(path.segments().len().checked_sub(1)?).child(field))
}

/// That a Secret has no such registry, where it has others.
pub(crate) fn unknown<'u>(
    name: &str,
    new: &str,
    uses: impl Iterator<Item = &'u Use>,
) -> Option<Diagnostic> {
    let (server, field) = parts(new)?;
    let servers: BTreeSet<&str> = uses.filter_map(|it| it.registry.as_deref()).collect();
    if servers.is_empty() || servers.contains(server) {
        return None;
    }
    let known = one_of(servers.iter().map(|server| key(server, field)));
    let problem = diagnostic!(USAGE, "{} has no registry {}", code(name), code(server));
    Some(problem.help(format!("write {known}, or add the registry to the spec")))
}
