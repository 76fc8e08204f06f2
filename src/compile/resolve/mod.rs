//! Runs the plan: reads, decrypts, selects and renders, until every data key has its bytes.

pub(crate) mod ciphertext;
pub(crate) mod evidence;
pub(crate) mod fetch;
pub(crate) mod files;
pub(crate) mod messages;
pub(crate) mod prefetch;
pub(crate) mod registries;
pub(crate) mod resolver;
pub(crate) mod slot;
pub(crate) mod templates;
pub(crate) mod value;

use std::collections::{BTreeMap, BTreeSet};

use minijinja::value::Value as Scope;

use super::expand::{Planned, TextMap};
use super::render::{Place, Renderer};
use crate::age::Keyring;
use crate::check::subject::Unknown;
use crate::diag::diagnostic;
use crate::diag::phrases::code;
use crate::secret::Secret;
use crate::secret::bytes::SecretBytes;
use crate::source::Span;
use crate::spec::Spec;
use crate::world::World;
use resolver::{Got, Resolver};

pub(crate) use evidence::{Evidence, ValueUse};
pub(crate) use fetch::{FetchFault, Fetched, Wanted};
pub(crate) use messages::read_error;
pub(crate) use slot::{Fill, slots, visit_values};

/// What to do about an age file that no identity opens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Locked {
    /// It is an error: everything has to be built.
    #[default]
    Fail,
    /// What is in it stays unknown, and checks that need it are left out.
    LeaveOut,
    /// It is the fault of identities that can't be used, which was reported.
    Reported,
}

/// A Secret with its bytes, and where each part of it was written.
pub(crate) struct Resolved<'s> {
    /// The plan it comes from.
    pub planned: &'s Planned<'s>,
    /// The Secret, without a hash suffix.
    pub secret: Secret,
    /// For each registry in the order of the docker config, its place in the spec's `registries`.
    pub registries: Vec<usize>,
    /// Where each data key was written.
    pub keys: BTreeMap<String, Span>,
    /// What could not be known in this run.
    pub unknown: Unknown,
    /// Whether a part of the data failed, and was reported.
    pub failed: bool,
}

/// Resolves the data of every planned Secret, and gives what was read on the way. Faults are
/// reported once for each cause.
pub(crate) fn resolve<'s>(
    spec: &'s Spec,
    planned: &'s [Planned<'s>],
    world: &dyn World,
    keyring: &Keyring,
    locked: Locked,
    scope: Scope,
    renderer: &mut Renderer<'_>,
) -> (Vec<Resolved<'s>>, Evidence) {
    let mut resolver = Resolver::new(spec, scope, world, keyring, locked, renderer);
    resolver.prefetch(planned);
    let resolved = planned.iter().map(|planned| secret(planned, &mut resolver)).collect();
    (resolved, resolver.into_evidence())
}

fn secret<'s>(planned: &'s Planned<'s>, resolver: &mut Resolver<'_, '_, 's>) -> Resolved<'s> {
    let values = |map: &TextMap| {
        map.iter().map(|(key, (_, value))| (key.clone(), value.value.clone())).collect()
    };
    let mut resolved = Resolved {
        planned,
        secret: Secret {
            name: planned.name.value.clone(),
            namespace: planned.namespace.as_ref().map(|namespace| namespace.value.clone()),
            labels: values(&planned.labels),
            annotations: values(&planned.annotations),
            immutable: planned.entry.common.immutable.value,
            type_: planned.type_.value.clone(),
            data: BTreeMap::new(),
        },
        registries: Vec::new(),
        keys: BTreeMap::new(),
        unknown: Unknown { keys: BTreeSet::new(), open: false },
        failed: planned.failed,
    };
    let place =
        Place { entry: planned.entry, item: planned.item.as_deref(), secret: Some(planned.id()) };
    for slot in slots(planned) {
        let (key, got, overrides) = match slot.fill {
            Fill::Value(key, value) => {
                (key, resolver.value(value, &planned.scope, &place), value.modifiers.override_)
            }
            Fill::Text(key, text) => (key, resolver.text(text, &planned.scope, &place), false),
            Fill::Joined(key, texts) => {
                (key, resolver.joined(texts, &planned.scope, &place), false)
            }
            Fill::Usage(text) => match resolver.metadata(text, &planned.scope, &place) {
                Some(usage) => (
                    format!("usage-bootstrap-{usage}"),
                    Got::Bytes(SecretBytes::from("true")),
                    false,
                ),
                None => {
                    resolved.failed = true;
                    continue;
                }
            },
            Fill::Registries(key, registries) => {
                let (got, order) = resolver.registries(key, registries, &planned.scope, &place);
                resolved.registries = order;
                (key.to_owned(), got, false)
            }
            Fill::File(file) => {
                match resolver.whole_file(file, &planned.scope, &place) {
                    Some(Ok(entries)) => {
                        for (key, bytes) in entries {
                            put(
                                &mut resolved,
                                resolver,
                                &place,
                                key,
                                Got::Bytes(bytes),
                                slot.span,
                                file.override_,
                            );
                        }
                    }
                    Some(Err(())) => resolved.failed = true,
                    None => resolved.unknown.open = true,
                }
                continue;
            }
        };
        put(&mut resolved, resolver, &place, key, got, slot.span, overrides);
    }
    resolved
}

/// Puts bytes under a data key, unless an earlier slot has it already.
fn put(
    resolved: &mut Resolved<'_>,
    resolver: &mut Resolver<'_, '_, '_>,
    place: &Place<'_>,
    key: String,
    got: Got,
    span: Span,
    overrides: bool,
) {
    match got {
        Got::Absent => return,
        Got::Failed => resolved.failed = true,
        _ => {}
    }
    if let (Some(first), false) = (resolved.keys.get(&key), overrides) {
        let diagnostic =
            diagnostic!(DUPLICATE_DATA_KEY, "the data key {} is given twice", code(&key))
                .at(span, "the second")
                .also(*first, "the first")
                .help("remove one, or write `override = true` in the second if it should win");
        resolver.report(diagnostic, place);
        resolved.failed = true;
        return;
    }
    resolved.secret.data.remove(&key);
    resolved.unknown.keys.remove(&key);
    resolved.keys.insert(key.clone(), span);
    match got {
        Got::Bytes(bytes) => {
            resolved.secret.data.insert(key, bytes);
        }
        // A value that failed is treated as one that is not known: what depends on it is not
        // reported again.
        Got::Unknown | Got::Failed => {
            resolved.unknown.keys.insert(key);
        }
        Got::Absent => {}
    }
}
