//! The verdict on resolved Secrets: the API server's rules, what no consumer could use, duplicates.
//! Findings point into the spec.

use super::run::{Place, Run};
use super::{expand::TextMap, resolve::Resolved};
use crate::check::finding::{self, Edit, Finding, Locate, RegistryField, Seen, Spot};
use crate::check::subject::{Origin, Subject};
use crate::check::{api::object_meta::MoreMetadata, verdict};
use crate::diag::phrases::{code, nearest};
use crate::diag::{Diagnostic, Fix, codes, diagnostic};
use crate::emit::hash::kustomize_suffix;
use crate::secret::{Secret, kind::TOKEN_ID};
use crate::source::{SourceMap, Span};
use crate::spec::edit::{key_literal, replace_string, trim_value};
use crate::spec::value::{Source, Value};
use crate::spec::{Entry, language::RegistryTable};

/// Judges the Secrets of a spec and gives those that are complete, in their order.
/// `at` is the time for expiry checks.
pub(crate) fn judge(
    resolved: Vec<Resolved<'_>>,
    at: Option<i64>,
    seen: &mut Seen,
    run: &mut Run<'_>,
) -> Vec<Secret> {
    let mut secrets = Vec::with_capacity(resolved.len());
    for mut resolved in resolved {
        let complete =
            !resolved.failed && !resolved.unknown.open && resolved.unknown.keys.is_empty();
        if resolved.planned.entry.common.hash_suffix.value == Some(true) && complete {
            resolved.secret.name =
                format!("{}-{}", resolved.secret.name, kustomize_suffix(&resolved.secret));
        }
        let judged = JudgedSecret { resolved: &resolved, sources: &*run.sources };
        let mut diagnostics = judged.findings(at);
        diagnostics.extend(judged.duplicate(seen));
        let secret = Some(resolved.secret.id());
        let place = Place { secret, ..resolved.planned.place() };
        for diagnostic in diagnostics {
            run.report_at(diagnostic, &place);
        }
        if complete {
            secrets.push(resolved.secret);
        }
    }
    secrets
}

struct JudgedSecret<'j, 's> {
    resolved: &'j Resolved<'s>,
    sources: &'j SourceMap,
}

impl Locate for JudgedSecret<'_, '_> {
    fn span(&self, spot: &Spot) -> Span {
        let planned = self.resolved.planned;
        let header = planned.entry.span;
        let key_of = |map: &TextMap, key: &str| map.get(key).map_or(header, |(span, _)| *span);
        let value_of =
            |map: &TextMap, key: &str| map.get(key).map_or(header, |(_, value)| value.span);
        match spot {
            Spot::Name => planned.name.span,
            Spot::Namespace => planned.namespace.as_ref().map_or(header, |text| text.span),
            Spot::Type => planned.type_.span,
            Spot::Immutable => planned.entry.common.immutable.key.unwrap_or(header),
            Spot::LabelKey(key) => key_of(&planned.labels, key),
            Spot::LabelValue(key) => value_of(&planned.labels, key),
            Spot::AnnotationKey(key) => key_of(&planned.annotations, key),
            Spot::AnnotationValue(key) => value_of(&planned.annotations, key),
            Spot::DataKey(key) | Spot::DataValue(key) => self.key_span(key),
            // A config may come whole, without a registry of its own here.
            Spot::Registry { data_key, index, field } => self
                .registry(*index)
                .and_then(|registry| match field {
                    RegistryField::Server => registry.server.get().map(|text| text.span),
                    RegistryField::Username => registry.username.get().map(|value| value.span),
                    RegistryField::Password => registry.password.get().map(|value| value.span),
                })
                .unwrap_or_else(|| self.key_span(data_key)),
            Spot::Secret
            | Spot::GenerateName
            | Spot::Metadata(_)
            | Spot::Finalizer(_)
            | Spot::Owner(..) => header,
        }
    }

    /// An edit as a change of the spec, where the spec says this text and nothing else, and the
    /// change gives no key twice.
    fn fix(&self, spot: &Spot, edit: &Edit) -> Option<Fix> {
        let (new, title) = match edit {
            Edit::Text { value, title } => (value, title),
            Edit::Trim => return trim_value(self.value(spot)?, self.sources),
        };
        let old = match spot {
            Spot::Registry { index, field: RegistryField::Server, .. } => {
                &self.registry(*index)?.server.get()?.value
            }
            _ => finding::editable(&self.resolved.secret, spot, new)?,
        };
        replace_string(self.span(spot), old, new, title, self.sources)
    }

    /// An empty value that is written as `""` is meant.
    fn is_told(&self, finding: &Finding) -> bool {
        finding.diagnostic.code == &codes::EMPTY_VALUE
            && matches!(finding.at, Spot::DataKey(_))
            && self.value(&finding.at).is_some_and(|value| match &value.source {
                Source::Template(text) => text.value.is_empty(),
                Source::Literal(text) => text.is_empty(),
                _ => false,
            })
    }
}

const ONE_REGISTRY: &str = "write at least one: `registries = [{ server = \"ghcr.io\", username = \
    \"...\", password = { age = \"FILE.age\" } }]`";

impl JudgedSecret<'_, '_> {
    fn findings(&self, at: Option<i64>) -> Vec<Diagnostic> {
        let resolved = self.resolved;
        let mut unknown = resolved.unknown.clone();
        // What failed was reported; what is missing because of it is not a finding of its own.
        unknown.open |= resolved.failed;
        let subject = Subject {
            secret: &resolved.secret,
            more: &MoreMetadata::default(),
            unknown: &unknown,
            origin: Origin::Spec,
            at,
            hashed: resolved.planned.entry.common.hash_suffix.value == Some(true),
            servers: !resolved.registries.is_empty(),
        };
        let mut findings = verdict::findings(&subject);
        // A bad id of a bootstrap token makes a bad name where the name follows from it.
        let follows = resolved.planned.entry.names.name.key.is_none();
        let id = Spot::DataKey(TOKEN_ID.to_owned());
        if follows && findings.iter().any(|finding| finding.at == id) {
            findings.retain(|finding| finding.at != Spot::Name);
        }
        let account = &resolved.planned.entry.own.service_account.service_account;
        if account.key.is_some() && account.get().is_none() {
            findings.retain(|finding| finding.diagnostic.code != &codes::SERVICE_ACCOUNT);
        }
        for finding in &mut findings {
            self.say_field(finding);
        }
        let mut diagnostics = finding::diagnostics(findings, self);
        if !unknown.open {
            self.required_keys(&mut diagnostics);
        }
        diagnostics
    }

    /// The list's own field where a data key that it fills is missing, or says nothing.
    fn say_field(&self, finding: &mut Finding) {
        let Entry { kind, own, .. } = self.resolved.planned.entry;
        let registries = own.registries.registries.get();
        if finding.diagnostic.code == &codes::DOCKER_CONFIG && registries.is_some_and(Vec::is_empty)
        {
            finding.diagnostic.helps = vec![ONE_REGISTRY.to_owned()];
        }
        if let Spot::DataKey(key) = &finding.at
            && !self.resolved.keys.contains_key(key)
            && !finding.diagnostic.causes.is_empty()
            && let Some(field) = kind.field_of(key)
        {
            let help = format!("write `{field} = ...` in {}", kind.table.name);
            finding.diagnostic.helps.push(help);
        }
    }

    fn value(&self, spot: &Spot) -> Option<&Value> {
        match spot {
            Spot::DataKey(key) | Spot::DataValue(key) => self.resolved.planned.entry.value_of(key),
            Spot::Registry { index, field: RegistryField::Username, .. } => {
                self.registry(*index)?.username.get()
            }
            Spot::Registry { index, field: RegistryField::Password, .. } => {
                self.registry(*index)?.password.get()
            }
            _ => None,
        }
    }

    fn key_span(&self, key: &str) -> Span {
        self.resolved.keys.get(key).copied().unwrap_or(self.resolved.planned.entry.span)
    }

    /// One of `registries`, counted as they are written into the config.
    fn registry(&self, index: usize) -> Option<&RegistryTable> {
        let index = self.resolved.registries.get(index)?;
        self.resolved.planned.entry.own.registries.registries.list().get(*index)
    }

    fn required_keys(&self, diagnostics: &mut Vec<Diagnostic>) {
        let keys = &self.resolved.keys;
        for key in self.resolved.planned.entry.own.custom.required_keys.list() {
            if keys.contains_key(&key.value) {
                continue;
            }
            let help = match nearest(&key.value, keys.keys().map(String::as_str)) {
                Some(near) => format!("rename {} to {}", code(near), code(&key.value)),
                None => format!("add `data.{} = ...`", key_literal(&key.value)),
            };
            diagnostics.push(
                diagnostic!(MISSING_DATA_KEY, "the data key {} is missing", code(&key.value))
                    .at(key.span, "required here")
                    .help(help),
            );
        }
    }

    fn duplicate(&self, seen: &mut Seen) -> Option<Diagnostic> {
        let span = self.resolved.planned.name.span;
        let duplicate = finding::duplicate(&self.resolved.secret, span, seen)?;
        let Entry { names, common, .. } = self.resolved.planned.entry;
        Some(duplicate.help(if common.for_each.key.is_some() {
            "include `{{ each.key }}` in the name, or give each Secret its own name or namespace"
        } else if names.namespaces.key.is_some() {
            "list each namespace once, and give each Secret its own name"
        } else {
            "give each Secret its own name or namespace"
        }))
    }
}
