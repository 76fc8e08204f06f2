//! Runs the plan: reads, decrypts, selects and renders, until every data key has its bytes.

pub(crate) mod ciphertext;
pub(crate) mod fetch;
pub(crate) mod messages;
pub(crate) mod reads;
pub(crate) mod registries;
pub(crate) mod resolver;
pub(crate) mod slot;
pub(crate) mod templates;
pub(crate) mod value;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use minijinja::value::Value as Scope;

use super::expand::{Planned, TextMap};
use super::run::Run;
use crate::age::Keyring;
use crate::check::subject::Unknown;
use crate::diag::{diagnostic, phrases::code};
use crate::secret::{Secret, bytes::SecretBytes};
use crate::source::Span;
use resolver::{Got, Missing, Resolver};

pub(crate) use super::options::Locked;
pub(crate) use fetch::{FetchFault, Fetched, Wanted, WantedList};
pub(crate) use messages::read_error;
pub(crate) use reads::Reads;
pub(crate) use resolver::{Evidence, ValueUse};
pub(crate) use slot::{Fill, slots};

/// A Secret with its bytes, and where each part of it was written.
pub(crate) struct Resolved<'s> {
    pub planned: &'s Planned<'s>,
    /// Without a hash suffix.
    pub secret: Secret,
    /// For each registry in the order of the docker config, its place in the spec's `registries`.
    pub registries: Vec<usize>,
    pub keys: BTreeMap<String, Span>,
    pub unknown: Unknown,
    /// Whether a part of the data failed, and was reported.
    pub failed: bool,
}

/// Resolves the data of every planned Secret, and gives what was read on the way. `scope` holds the
/// variables for paths of `[sources]`. Faults are reported once for each cause.
pub(crate) fn resolve<'s>(
    planned: &'s [Planned<'s>],
    keyring: &Keyring,
    locked: Locked,
    scope: Scope,
    run: &mut Run<'_>,
) -> (Vec<Resolved<'s>>, Evidence) {
    let mut resolver = Resolver {
        run,
        keyring,
        locked,
        scope,
        evidence: Evidence::default(),
        parsed: HashMap::new(),
        sources: BTreeMap::new(),
        template_files: HashMap::new(),
        reported: BTreeSet::new(),
        looked_at: BTreeSet::new(),
    };
    resolver.read_ahead(planned);
    let resolved = planned.iter().map(|planned| resolver.secret(planned)).collect();
    (resolved, resolver.evidence)
}

impl Resolver<'_, '_> {
    fn secret<'s>(&mut self, planned: &'s Planned<'s>) -> Resolved<'s> {
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
        let place = planned.place();
        for slot in slots(planned) {
            if self.run.budget.is_exhausted() {
                resolved.failed = true;
                break;
            }
            let mut overrides = false;
            let filled: Vec<(String, Got)> = match slot.fill {
                Fill::Value(key, value) => {
                    overrides = value.modifiers.override_;
                    vec![(key.to_owned(), self.value(value, &place))]
                }
                Fill::Texts(key, texts) => {
                    let texts = texts.iter().map(|text| self.run.text(text, &place));
                    let texts: Option<Vec<String>> = texts.collect();
                    let joined = texts.map(|texts| SecretBytes::from(texts.join(",")));
                    vec![(key.to_owned(), joined.ok_or(Missing::Failed))]
                }
                Fill::Usage(text) => match self.run.text(text, &place) {
                    Some(usage) => {
                        vec![(format!("usage-bootstrap-{usage}"), Ok(SecretBytes::from("true")))]
                    }
                    None => {
                        resolved.failed = true;
                        continue;
                    }
                },
                Fill::Registries(key, registries) => {
                    let config = self.registries(key, registries, &place);
                    let config = config.map(|(bytes, order)| {
                        resolved.registries = order;
                        bytes
                    });
                    vec![(key.to_owned(), config)]
                }
                Fill::File(file) => {
                    overrides = file.modifiers.override_;
                    match self.whole_file(file, &place) {
                        Ok(entries) => {
                            entries.into_iter().map(|(key, bytes)| (key, Ok(bytes))).collect()
                        }
                        Err(missing) => {
                            resolved.failed |= missing == Missing::Failed;
                            resolved.unknown.open |= missing == Missing::Unknown;
                            continue;
                        }
                    }
                }
            };
            for (key, got) in filled {
                if got == Err(Missing::Absent) {
                    continue;
                }
                resolved.failed |= got == Err(Missing::Failed);
                if let (Some(first), false) = (resolved.keys.get(&key), overrides) {
                    let message = format!("the data key {} is set twice", code(&key));
                    let diagnostic = diagnostic!(DUPLICATE_DATA_KEY, "{message}")
                        .at(slot.span, "the second")
                        .also(*first, "the first")
                        .help(if slot.fill.can_override() {
                            "remove one, or add `override = true` to the second to make it win"
                        } else {
                            "remove one of them"
                        });
                    self.run.report_at(diagnostic, &place);
                    resolved.failed = true;
                    continue;
                }
                resolved.secret.data.remove(&key);
                resolved.unknown.keys.remove(&key);
                resolved.keys.insert(key.clone(), slot.span);
                match got {
                    Ok(bytes) => {
                        resolved.secret.data.insert(key, bytes);
                    }
                    // A value that failed is treated as one that is not known: what depends on it
                    // is not reported again.
                    Err(_) => {
                        resolved.unknown.keys.insert(key);
                    }
                }
            }
        }
        resolved
    }
}
