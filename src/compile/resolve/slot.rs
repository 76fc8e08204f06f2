//! Which data keys a Secret gets and from what: the list's own keys, `data` and `data-from`, in the
//! order of the file.

use std::slice::from_ref;

use crate::compile::expand::Planned;
use crate::secret::kind::{
    DESCRIPTION, EXPIRATION, EXTRA_GROUPS, Registries, Requires, TOKEN_ID, TOKEN_SECRET,
};
use crate::source::Span;
use crate::spec::value::{Source, Value};
use crate::spec::{Entry, language::RegistryTable, node::Text};

pub(crate) struct Slot<'s> {
    /// The key of the spec that says so.
    pub span: Span,
    pub fill: Fill<'s>,
}

pub(crate) enum Fill<'s> {
    /// One data key.
    Value(&'s str, &'s Value),
    /// One data key from strings without secrets, joined with commas.
    Texts(&'static str, &'s [Text]),
    /// One data key that holds `true`: a usage of a bootstrap token, named by a string.
    Usage(&'s Text),
    /// One data key with the credentials of registries.
    Registries(&'static str, &'s [RegistryTable]),
    /// Every top-level key of a file.
    File(&'s Value),
}

impl<'s> Fill<'s> {
    /// Whether it is a table, which can say `override = true`.
    pub(crate) fn can_override(&self) -> bool {
        match self {
            Fill::Value(_, value) => !matches!(value.source, Source::Template(_)),
            Fill::File(_) => true,
            Fill::Texts(..) | Fill::Usage(_) | Fill::Registries(..) => false,
        }
    }

    /// The data key, of what fills just one.
    pub(crate) fn data_key(&self) -> Option<&'s str> {
        match self {
            Fill::Value(key, _) => Some(key),
            _ => None,
        }
    }

    pub(crate) fn each_value(&self, visit: &mut dyn FnMut(&'s Value)) {
        match self {
            Fill::Value(_, value) | Fill::File(value) => value.each_part(visit),
            Fill::Registries(_, registries) => {
                for (_, value) in registries.iter().flat_map(RegistryTable::credentials) {
                    value.each_part(visit);
                }
            }
            Fill::Texts(..) | Fill::Usage(_) => {}
        }
    }
}

pub(crate) fn slots<'s>(planned: &Planned<'s>) -> Vec<Slot<'s>> {
    let mut slots = Vec::new();
    let mut add = |span: Span, fill| slots.push(Slot { span, fill });
    let Entry { kind, own, common, .. } = planned.entry;
    for own in &own.values {
        add(own.key, Fill::Value(own.data_key, &own.value));
    }
    if let Requires::JsonObject(data_key) = kind.requires {
        let Registries { registries, config } = &own.registries;
        // That both are given was reported.
        if let (Some(key), Some(config)) = (config.key, config.get()) {
            add(key, Fill::Value(data_key, config));
        } else if let (Some(key), Some(tables)) = (registries.key, registries.get()) {
            add(key, Fill::Registries(data_key, tables));
        }
    }
    let token = &own.token;
    for (data_key, text) in [
        (TOKEN_ID, &token.token_id),
        (DESCRIPTION, &token.description),
        (EXPIRATION, &token.expiration),
    ] {
        if let Some(text) = text.get() {
            add(text.span, Fill::Texts(data_key, from_ref(text)));
        }
    }
    if let (Some(key), Some(value)) = (token.token_secret.key, token.token_secret.get()) {
        add(key, Fill::Value(TOKEN_SECRET, value));
    }
    for usage in token.usages.list() {
        add(usage.span, Fill::Usage(usage));
    }
    if let (Some(key), Some(groups)) = (token.extra_groups.key, token.extra_groups.get()) {
        add(key, Fill::Texts(EXTRA_GROUPS, groups));
    }
    for (key, value) in common.data.list() {
        add(key.span, Fill::Value(&key.value, value));
    }
    for file in common.data_from.list() {
        add(file.span, Fill::File(file));
    }
    slots.sort_by_key(|slot| slot.span);
    slots
}
