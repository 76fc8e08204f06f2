//! Credentials of registries as people name them: `ghcr.io.password`, or `password` alone where a
//! Secret has one registry.

use std::collections::BTreeSet;

use super::held::{Elsewhere, Held, Use};
use crate::diag::phrases::{code, one_of, some_of};
use crate::diag::{Diagnostic, diagnostic};
use crate::secret::kind::Requires;
use crate::spec::Entry;
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

/// That a Secret with credentials of registries has none that is called so. Further data keys of
/// such a Secret are a slip, unless the spec has them.
pub(crate) fn unknown<'u>(
    name: &str,
    new: &str,
    entry: &Entry,
    uses: impl Iterator<Item = &'u Use>,
) -> Option<Diagnostic> {
    if !matches!(entry.kind.requires, Requires::JsonObject(_)) {
        return None;
    }
    let uses: Vec<&Use> = uses.collect();
    let servers: BTreeSet<&str> = uses.iter().filter_map(|it| it.registry.as_deref()).collect();
    let problem = match parts(new) {
        Some((server, _)) if servers.contains(server) => return None,
        Some((server, _)) => {
            diagnostic!(USAGE, "{} has no registry {}", code(name), code(server))
        }
        None => diagnostic!(USAGE, "{} has no key {}", code(name), code(new)),
    };
    if servers.is_empty() {
        return Some(problem.help(without_servers(entry, &uses)));
    }
    let of_server = |server: &str| RegistryTable::CREDENTIALS.map(|field| key(server, field));
    Some(match parts(new) {
        Some((_, field)) => {
            let known = one_of(servers.iter().map(|server| key(server, field)));
            problem.help(format!("write {known}, or add the registry to the spec"))
        }
        None if servers.contains(new) => problem.help(format!("write {}", one_of(of_server(new)))),
        None => {
            let servers: Vec<&str> = servers.into_iter().collect();
            problem
                .note(format!("it has credentials for {}", some_of(&servers)))
                .help(format!("write {}", one_of(of_server("SERVER"))))
        }
    })
}

fn without_servers(entry: &Entry, uses: &[&Use]) -> String {
    if entry.broken {
        return "run `mintage check`: the entry of the Secret in the spec has mistakes".to_owned();
    }
    let is_single = |it: &&&Use| it.held != Held::Elsewhere(Elsewhere::Registries);
    let keys: Vec<&str> =
        uses.iter().filter(is_single).filter_map(|it| it.data_key.as_deref()).collect();
    match keys.is_empty() {
        true => "add the registry to `registries` in the spec".to_owned(),
        false => format!("write {}", one_of(keys)),
    }
}
