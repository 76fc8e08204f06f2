//! The verdict on resolved Secrets: the API server's rules, what no consumer could use, duplicates.
//! Findings point into the spec.

use std::collections::HashMap;

use super::expand::TextMap;
use super::resolve::Resolved;
use super::run::{Place, Run};
use crate::check::api::object_meta::MoreMetadata;
use crate::check::finding::{Edit, Finding, RegistryField, Spot};
use crate::check::subject::{Origin, Subject};
use crate::check::verdict;
use crate::diag::phrases::{all_of, code};
use crate::diag::{Diagnostic, Fix, codes, diagnostic};
use crate::emit::hash::kustomize_suffix;
use crate::secret::Secret;
use crate::secret::kind::{Own, TOKEN_ID};
use crate::source::{SourceMap, Span};
use crate::spec::edit::{replace_string, trim_value};
use crate::spec::language::RegistryTable;
use crate::spec::value::Source;

/// Where the first Secret of each namespace and name was written; grows over all specs of a run.
pub(crate) type Seen = HashMap<(Option<String>, String), Span>;

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
        let judged = JudgedSecret { resolved: &resolved, at };
        for diagnostic in judged.findings(run.sources) {
            let place = judged.place();
            run.report_at(diagnostic, &place);
        }
        if let Some(diagnostic) = judged.duplicate(seen) {
            let place = judged.place();
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
    at: Option<i64>,
}

impl<'j> JudgedSecret<'j, '_> {
    fn place(&self) -> Place<'j> {
        let planned = self.resolved.planned;
        Place {
            entry: planned.entry,
            item: planned.item.as_deref(),
            secret: Some(self.resolved.secret.id()),
            scope: planned.scope.clone(),
        }
    }

    fn findings(&self, sources: &SourceMap) -> Vec<Diagnostic> {
        let resolved = self.resolved;
        let mut unknown = resolved.unknown.clone();
        // What failed was reported; what is missing because of it is not a finding of its own.
        unknown.open |= resolved.failed;
        let more = MoreMetadata::default();
        let subject = Subject {
            secret: &resolved.secret,
            more: &more,
            unknown: &unknown,
            origin: Origin::Spec,
            at: self.at,
            hashed: resolved.planned.entry.common.hash_suffix.value == Some(true),
            servers: !resolved.registries.is_empty(),
        };
        let mut findings = verdict::findings(&subject);
        self.leave_out_consequences(&mut findings);
        findings.retain(|finding| !self.is_meant_empty(finding));
        let mut findings: Vec<Diagnostic> =
            findings.into_iter().map(|finding| self.place_in_spec(finding, sources)).collect();
        findings.extend(self.required_keys(unknown.open));
        findings
    }

    /// The finding with its place, and the list's own key where a data key that it fills is
    /// missing.
    fn place_in_spec(&self, mut finding: Finding, sources: &SourceMap) -> Diagnostic {
        let kind = self.resolved.planned.entry.kind;
        let missing = match &finding.at {
            Spot::DataKey(key)
                if !self.resolved.keys.contains_key(key)
                    && !finding.diagnostic.causes.is_empty() =>
            {
                kind.field_of(key)
            }
            _ => None,
        };
        let fix = finding.edit.as_ref().and_then(|edit| self.fix(&finding.at, edit, sources));
        // Otherwise it becomes a help.
        finding.edit.take_if(|_| fix.is_some());
        let mut diagnostic = finding.place(|spot| self.span_of(spot));
        diagnostic.fixes.extend(fix);
        diagnostic.maybe_help(
            missing.map(|field| format!("write `{field} = ...` in {}", kind.table.name)),
        )
    }

    /// A bad id of a bootstrap token makes a bad name where the name follows from it.
    fn leave_out_consequences(&self, findings: &mut Vec<Finding>) {
        let follows = self.resolved.planned.entry.names.name.key.is_none();
        let id = Spot::DataKey(TOKEN_ID.to_owned());
        if follows && findings.iter().any(|finding| finding.at == id) {
            findings.retain(|finding| finding.at != Spot::Name);
        }
    }

    /// Whether an empty value is written as `""`.
    fn is_meant_empty(&self, finding: &Finding) -> bool {
        let Spot::DataKey(key) = &finding.at else { return false };
        finding.diagnostic.code == &codes::EMPTY_VALUE
            && self.resolved.planned.entry.value_of(key).is_some_and(|value| match &value.source {
                Source::Template(text) => text.value.is_empty(),
                Source::Literal(text) => text.is_empty(),
                _ => false,
            })
    }

    /// An edit as a change of the spec, where the spec says this text and nothing else, and the
    /// change gives no key twice.
    fn fix(&self, spot: &Spot, edit: &Edit, sources: &SourceMap) -> Option<Fix> {
        let secret = &self.resolved.secret;
        let (new, title) = match edit {
            Edit::Text { value, title } => (value.as_str(), title),
            Edit::Trim { .. } => return self.trim(spot, sources),
        };
        let old = match spot {
            Spot::Name => &secret.name,
            Spot::Namespace => secret.namespace.as_ref()?,
            Spot::Type => &secret.type_,
            Spot::LabelKey(key) if !secret.labels.contains_key(new) => key,
            Spot::LabelValue(key) => secret.labels.get(key)?,
            Spot::AnnotationKey(key) if !secret.annotations.contains_key(new) => key,
            Spot::AnnotationValue(key) => secret.annotations.get(key)?,
            Spot::DataKey(key) if !secret.data.contains_key(new) => key,
            Spot::Registry { index, field: RegistryField::Server, .. } => {
                &self.registry(*index)?.server.get()?.value
            }
            _ => return None,
        };
        replace_string(self.span_of(spot), old, new, title, sources)
    }

    /// `trim = true` for the value at a part.
    fn trim(&self, spot: &Spot, sources: &SourceMap) -> Option<Fix> {
        let value = match spot {
            Spot::DataKey(key) | Spot::DataValue(key) => self.resolved.planned.entry.value_of(key),
            Spot::Registry { index, field, .. } => match field {
                RegistryField::Server => None,
                RegistryField::Username => self.registry(*index)?.username.get(),
                RegistryField::Password => self.registry(*index)?.password.get(),
            },
            _ => None,
        };
        trim_value(value?, sources)
    }

    /// Where the spec says what a finding is about.
    fn span_of(&self, spot: &Spot) -> Span {
        let planned = self.resolved.planned;
        let header = planned.entry.span;
        let key_of = |map: &TextMap, key: &str| map.get(key).map_or(header, |(span, _)| *span);
        let value_of =
            |map: &TextMap, key: &str| map.get(key).map_or(header, |(_, value)| value.span);
        match spot {
            Spot::Name => planned.name.span,
            Spot::Namespace => {
                planned.namespace.as_ref().map_or(header, |namespace| namespace.span)
            }
            Spot::Type => planned.type_.span,
            Spot::Immutable => planned.entry.common.immutable.key.unwrap_or(header),
            Spot::LabelKey(key) => key_of(&planned.labels, key),
            Spot::LabelValue(key) => value_of(&planned.labels, key),
            Spot::AnnotationKey(key) => key_of(&planned.annotations, key),
            Spot::AnnotationValue(key) => value_of(&planned.annotations, key),
            Spot::DataKey(key) | Spot::DataValue(key) => self.key_span(key),
            Spot::Registry { data_key, index, field } => {
                self.registry_span(data_key, *index, *field)
            }
            Spot::Secret
            | Spot::ApiVersion
            | Spot::Kind
            | Spot::GenerateName
            | Spot::Metadata(_)
            | Spot::Finalizer(_)
            | Spot::Owner(..) => header,
        }
    }

    fn key_span(&self, key: &str) -> Span {
        self.resolved.keys.get(key).copied().unwrap_or(self.resolved.planned.entry.span)
    }

    /// One of `registries`, counted as they are written into the config.
    fn registry(&self, index: usize) -> Option<&RegistryTable> {
        let index = self.resolved.registries.get(index)?;
        let Own::Registries(_, own) = &self.resolved.planned.entry.own else { return None };
        own.registries.list().get(*index)
    }

    /// A field of one of `registries`, or the data key where the config comes whole.
    fn registry_span(&self, data_key: &str, index: usize, field: RegistryField) -> Span {
        let Some(registry) = self.registry(index) else { return self.key_span(data_key) };
        let span = match field {
            RegistryField::Server => registry.server.get().map(|server| server.span),
            RegistryField::Username => registry.username.get().map(|username| username.span),
            RegistryField::Password => registry.password.get().map(|password| password.span),
        };
        span.unwrap_or_else(|| self.key_span(data_key))
    }

    /// `required-keys` of a custom type.
    fn required_keys(&self, open: bool) -> Vec<Diagnostic> {
        let Own::Custom(own) = &self.resolved.planned.entry.own else { return Vec::new() };
        if open {
            return Vec::new();
        }
        let missing: Vec<&crate::spec::node::Text> = own
            .required_keys
            .list()
            .iter()
            .filter(|key| !self.resolved.keys.contains_key(&key.value))
            .collect();
        missing
            .into_iter()
            .map(|key| {
                let present = all_of(self.resolved.keys.keys());
                let diagnostic =
                    diagnostic!(MISSING_DATA_KEY, "the data key {} is missing", code(&key.value))
                        .at(key.span, "required here");
                if present.is_empty() {
                    diagnostic.help("the Secret has no data")
                } else {
                    diagnostic.help(format!("the Secret has {present}"))
                }
            })
            .collect()
    }

    fn duplicate(&self, seen: &mut Seen) -> Option<Diagnostic> {
        let secret = &self.resolved.secret;
        let span = self.resolved.planned.name.span;
        let first = seen.insert((secret.namespace.clone(), secret.name.clone()), span)?;
        let place =
            secret.namespace.as_deref().map_or("without a namespace".to_owned(), |namespace| {
                format!("in the namespace {}", code(namespace))
            });
        let diagnostic =
            diagnostic!(DUPLICATE_SECRET, "two Secrets {place} are named {}", code(&secret.name));
        let diagnostic = if first == span {
            diagnostic.at(span, "")
        } else {
            diagnostic.at(span, "the second").also(first, "the first")
        };
        Some(diagnostic.help(
            "give each its own name or namespace; in `for-each`, put `{{ each.key }}` or \
             `{{ each.value }}` into the name",
        ))
    }
}
