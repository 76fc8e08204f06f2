//! Which data keys a Secret gets and from what: the list's own keys, `data` and `data-from`, in the
//! order of the file.

use crate::compile::expand::Planned;
use crate::secret::kind::{DESCRIPTION, EXPIRATION, EXTRA_GROUPS, Own, TOKEN_ID, TOKEN_SECRET};
use crate::source::Span;
use crate::spec::language::RegistryTable;
use crate::spec::node::Text;
use crate::spec::value::{Value, WholeFile};

/// Something that fills data keys.
pub(crate) struct Slot<'s> {
    /// The key of the spec that says so.
    pub span: Span,
    /// What it fills and from what.
    pub fill: Fill<'s>,
}

/// What a slot fills.
pub(crate) enum Fill<'s> {
    /// One data key from a value.
    Value(String, &'s Value),
    /// One data key from a string without secrets.
    Text(String, &'s Text),
    /// One data key from strings joined with commas.
    Joined(String, &'s [Text]),
    /// One data key that holds `true`: a usage of a bootstrap token, named by a string.
    Usage(&'s Text),
    /// One data key with the credentials of registries.
    Registries(&'static str, &'s [RegistryTable]),
    /// Every top-level key of a file.
    File(&'s WholeFile),
}

/// The slots of a Secret.
pub(crate) fn slots<'s>(planned: &Planned<'s>) -> Vec<Slot<'s>> {
    let common = &planned.entry.common;
    let mut slots = own_slots(&planned.entry.own);
    slots.extend(
        common.data.list().iter().map(|(key, value)| Slot {
            span: key.span,
            fill: Fill::Value(key.value.clone(), value),
        }),
    );
    let files = common.data_from.list();
    slots.extend(files.iter().map(|file| Slot { span: file.span, fill: Fill::File(file) }));
    slots.sort_by_key(|slot| slot.span);
    slots
}

fn own_slots(own: &Own) -> Vec<Slot<'_>> {
    let mut slots = Vec::new();
    let mut add = |span: Span, fill| slots.push(Slot { span, fill });
    match own {
        Own::Values(values) => {
            for own in values {
                add(own.key, Fill::Value(own.data_key.to_owned(), &own.value));
            }
        }
        Own::Registries(data_key, own) => {
            if let Some(key) = own.registries.key {
                add(key, Fill::Registries(data_key, own.registries.list()));
            }
            if let (Some(key), Some(config)) = (own.config.key, own.config.get()) {
                add(key, Fill::Value((*data_key).to_owned(), config));
            }
        }
        Own::BootstrapToken(own) => {
            for (data_key, text) in [
                (TOKEN_ID, &own.token_id),
                (DESCRIPTION, &own.description),
                (EXPIRATION, &own.expiration),
            ] {
                if let Some(text) = text.get() {
                    add(text.span, Fill::Text(data_key.to_owned(), text));
                }
            }
            if let (Some(key), Some(value)) = (own.token_secret.key, own.token_secret.get()) {
                add(key, Fill::Value(TOKEN_SECRET.to_owned(), value));
            }
            for usage in own.usages.list() {
                add(usage.span, Fill::Usage(usage));
            }
            if let Some(key) = own.extra_groups.key {
                add(key, Fill::Joined(EXTRA_GROUPS.to_owned(), own.extra_groups.list()));
            }
        }
        Own::ServiceAccount(_) | Own::Custom(_) => {}
    }
    slots
}

/// Calls `visit` for every value of a slot, inner values of `concat` and credentials of registries
/// included.
pub(crate) fn visit_values<'s>(fill: &Fill<'s>, visit: &mut impl FnMut(&'s Value)) {
    match fill {
        Fill::Value(_, value) => value.each_part(visit),
        Fill::Registries(_, registries) => {
            for registry in registries.iter() {
                for part in [&registry.username, &registry.password, &registry.email] {
                    if let Some(value) = part.get() {
                        value.each_part(visit);
                    }
                }
            }
        }
        _ => {}
    }
}
