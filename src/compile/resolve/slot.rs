//! Which data keys a Secret gets and from what: the list's own keys, `data` and `data-from`, in the
//! order of the file.

use crate::compile::expand::Planned;
use crate::secret::kind::{DESCRIPTION, EXPIRATION, EXTRA_GROUPS, Fills, TOKEN_ID, TOKEN_SECRET};
use crate::source::Span;
use crate::spec::node::Text;
use crate::spec::record::Record;
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
    Registries(&'static str, &'s [Record]),
    /// Every top-level key of a file.
    File(&'s WholeFile),
}

/// The slots of a Secret.
pub(crate) fn slots<'s>(planned: &Planned<'s>) -> Vec<Slot<'s>> {
    let record = &planned.entry.record;
    let mut slots = own_slots(planned);
    slots.extend(
        record.values("data").iter().map(|(key, value)| Slot {
            span: key.span,
            fill: Fill::Value(key.value.clone(), value),
        }),
    );
    slots.extend(
        record.data_from().iter().map(|file| Slot { span: file.span, fill: Fill::File(file) }),
    );
    slots.sort_by_key(|slot| slot.span);
    slots
}

fn own_slots<'s>(planned: &Planned<'s>) -> Vec<Slot<'s>> {
    let record = &planned.entry.record;
    let span = |key: &str| record.key_span(key).unwrap_or(record.span);
    match planned.entry.kind.fills {
        Fills::Keys(pairs) => pairs
            .iter()
            .filter_map(|(key, data_key)| {
                Some(Slot {
                    span: span(key),
                    fill: Fill::Value((*data_key).to_owned(), record.value(key)?),
                })
            })
            .collect(),
        Fills::Registries { data_key } => {
            let mut slots = Vec::new();
            if record.key_span("registries").is_some() {
                slots.push(Slot {
                    span: span("registries"),
                    fill: Fill::Registries(data_key, record.list("registries")),
                });
            }
            slots.extend(record.value("config").map(|config| Slot {
                span: span("config"),
                fill: Fill::Value(data_key.to_owned(), config),
            }));
            slots
        }
        Fills::ServiceAccount => Vec::new(),
        Fills::BootstrapToken => {
            let mut slots: Vec<Slot<'s>> = Vec::new();
            for key in [TOKEN_ID, DESCRIPTION, EXPIRATION] {
                slots.extend(
                    record.text(key).map(|text| Slot {
                        span: text.span,
                        fill: Fill::Text(key.to_owned(), text),
                    }),
                );
            }
            slots.extend(record.value(TOKEN_SECRET).map(|value| Slot {
                span: span(TOKEN_SECRET),
                fill: Fill::Value(TOKEN_SECRET.to_owned(), value),
            }));
            slots.extend(
                record
                    .texts("usages")
                    .iter()
                    .map(|usage| Slot { span: usage.span, fill: Fill::Usage(usage) }),
            );
            if record.key_span(EXTRA_GROUPS).is_some() {
                let groups = record.texts(EXTRA_GROUPS);
                slots.push(Slot {
                    span: span(EXTRA_GROUPS),
                    fill: Fill::Joined(EXTRA_GROUPS.to_owned(), groups),
                });
            }
            slots
        }
    }
}

/// Calls `visit` for every value of a slot, inner values of `concat` and credentials of registries
/// included.
pub(crate) fn visit_values<'s>(fill: &Fill<'s>, visit: &mut impl FnMut(&'s Value)) {
    match fill {
        Fill::Value(_, value) => visit_value(value, visit),
        Fill::Registries(_, registries) => {
            for registry in registries.iter() {
                for key in ["username", "password", "email"] {
                    if let Some(value) = registry.value(key) {
                        visit_value(value, visit);
                    }
                }
            }
        }
        _ => {}
    }
}

fn visit_value<'s>(value: &'s Value, visit: &mut impl FnMut(&'s Value)) {
    visit(value);
    if let crate::spec::value::Source::Concat(parts) = &value.source {
        parts.iter().for_each(|part| visit_value(part, visit));
    }
}
