//! The verdict on resolved Secrets: the API server's rules, what no consumer could use, duplicates. Findings point into the spec.

use std::collections::HashMap;

use crate::check::api::{self, Rule, Violation};
use crate::check::field::Field;
use crate::check::token::TokenFault;
use crate::check::{api_words, docker, docker_words, key_words, ssh, tls, token, token_words};
use crate::diag::words::{all_of, code};
use crate::diag::{Diagnostic, codes};
use crate::emit::hash::kustomize_suffix;
use crate::expand::TextMap;
use crate::kinds::Fills;
use crate::manifest::Secret;
use crate::render::{Place, Renderer};
use crate::resolve::Resolved;
use crate::source::Span;

/// Where the first Secret of each namespace and name was written; grows over all specs of a run.
pub type Seen = HashMap<(Option<String>, String), Span>;

/// Judges the Secrets of a spec and gives those that are complete, in their order.
pub fn judge(resolved: Vec<Resolved<'_>>, seen: &mut Seen, renderer: &mut Renderer<'_>) -> Vec<Secret> {
    let mut secrets = Vec::with_capacity(resolved.len());
    for mut resolved in resolved {
        let complete = !resolved.failed && !resolved.unknown.open && resolved.unknown.keys.is_empty();
        if resolved.planned.entry.record.boolean("hash-suffix") == Some(&true) && complete {
            resolved.secret.name = format!("{}-{}", resolved.secret.name, kustomize_suffix(&resolved.secret));
        }
        let judged = Judged { resolved: &resolved };
        for diagnostic in judged.findings() {
            let place = judged.place();
            renderer.report(place.tell(diagnostic), Some(place.entry));
        }
        if let Some(diagnostic) = judged.duplicate(seen) {
            let place = judged.place();
            renderer.report(place.tell(diagnostic), Some(place.entry));
        }
        if complete {
            secrets.push(resolved.secret);
        }
    }
    secrets
}

struct Judged<'j, 's> {
    resolved: &'j Resolved<'s>,
}

impl<'j> Judged<'j, '_> {
    fn place(&self) -> Place<'j> {
        let planned = self.resolved.planned;
        Place { entry: planned.entry, item: planned.item.as_deref(), secret: Some(self.resolved.secret.id()) }
    }

    fn findings(&self) -> Vec<Diagnostic> {
        let resolved = self.resolved;
        let mut unknown = resolved.unknown.clone();
        // What failed was reported; what is missing because of it is not a finding of its own.
        unknown.open |= resolved.failed;
        let violations = api::violations(&resolved.secret, &unknown);
        let mut findings: Vec<Diagnostic> = violations.iter().filter_map(|violation| self.word(violation)).collect();
        findings.extend(self.required_keys(unknown.open));
        findings.extend(self.type_findings());
        findings
    }

    /// The finding for a violation; none for one that says again what another does.
    fn word(&self, violation: &Violation) -> Option<Diagnostic> {
        let kind = self.resolved.planned.entry.kind;
        let mut diagnostic = api_words::diagnostic(violation)?;
        if let Field::DataKey(key) = &violation.field {
            let field = kind.field_of(key).filter(|_| !self.resolved.keys.contains_key(key));
            diagnostic = diagnostic.maybe_help(field.map(|field| format!("write `{field} = ...` in {}", kind.table.name)));
        }
        Some(diagnostic.at(self.span_of(violation), ""))
    }

    /// Where the spec says what a violation is about.
    fn span_of(&self, violation: &Violation) -> Span {
        let planned = self.resolved.planned;
        let header = planned.entry.record.span;
        let key_of = |map: &TextMap, key: &str| map.get(key).map_or(header, |(span, _)| *span);
        match (&violation.rule, &violation.field) {
            (Rule::LabelKey { key, .. }, _) => key_of(&planned.labels, key),
            (Rule::LabelValue { key, .. }, _) => planned.labels.get(key).map_or(header, |(_, value)| value.span),
            (Rule::AnnotationKey { key, .. } | Rule::AnnotationsTooLarge { largest: key, .. }, _) => key_of(&planned.annotations, key),
            (Rule::DataTooLarge { largest, .. }, _) => self.key_span(largest),
            (_, Field::Name) => planned.name.span,
            (_, Field::Namespace) => planned.namespace.as_ref().map_or(header, |namespace| namespace.span),
            (_, Field::Annotation(key)) => key_of(&planned.annotations, key),
            (_, Field::DataKey(key)) => self.key_span(key),
            _ => header,
        }
    }

    fn key_span(&self, key: &str) -> Span {
        self.resolved.keys.get(key).copied().unwrap_or(self.resolved.planned.entry.record.span)
    }

    /// `required-keys` of a custom type.
    fn required_keys(&self, open: bool) -> Vec<Diagnostic> {
        let record = &self.resolved.planned.entry.record;
        if open {
            return Vec::new();
        }
        let missing: Vec<&crate::spec::node::Text> =
            record.texts("required-keys").iter().filter(|key| !self.resolved.keys.contains_key(&key.value)).collect();
        missing
            .into_iter()
            .map(|key| {
                let present = all_of(self.resolved.keys.keys());
                let diagnostic = Diagnostic::new(&codes::MISSING_DATA_KEY, format!("the data key {} is missing", code(&key.value)))
                    .at(key.span, "required here");
                if present.is_empty() {
                    diagnostic.help("the Secret has no data")
                } else {
                    diagnostic.help(format!("the Secret has {present}"))
                }
            })
            .collect()
    }

    /// What no consumer of the type could use.
    fn type_findings(&self) -> Vec<Diagnostic> {
        let data = &self.resolved.secret.data;
        let bytes = |key: &str| data.get(key).map(crate::secret_bytes::SecretBytes::expose);
        match self.resolved.secret.type_.as_str() {
            "kubernetes.io/tls" => self.tls(bytes("tls.crt"), bytes("tls.key")),
            "kubernetes.io/ssh-auth" => self.ssh(bytes("ssh-privatekey")),
            "kubernetes.io/dockerconfigjson" => self.docker(".dockerconfigjson", bytes(".dockerconfigjson"), docker::Form::ConfigJson),
            "kubernetes.io/dockercfg" => self.docker(".dockercfg", bytes(".dockercfg"), docker::Form::Cfg),
            // A token that is made in another way than by its list is judged by whoever made it.
            "bootstrap.kubernetes.io/token" if matches!(self.resolved.planned.entry.kind.fills, Fills::BootstrapToken) => self.token(),
            _ => Vec::new(),
        }
    }

    fn ssh(&self, key: Option<&[u8]>) -> Vec<Diagnostic> {
        // The API server refuses an empty one already.
        let Some(key) = key.filter(|key| !key.is_empty()) else { return Vec::new() };
        let faults = ssh::private_key_faults(key);
        faults.into_iter().filter_map(key_words::ssh).map(|diagnostic| diagnostic.at(self.key_span("ssh-privatekey"), "")).collect()
    }

    fn docker(&self, key: &str, bytes: Option<&[u8]>, form: docker::Form) -> Vec<Diagnostic> {
        let Some(bytes) = bytes else { return Vec::new() };
        docker::faults(bytes, form).into_iter().map(|fault| docker_words::diagnostic(fault, form).at(self.key_span(key), "")).collect()
    }

    fn token(&self) -> Vec<Diagnostic> {
        let faults = token::faults(&self.resolved.secret, &self.resolved.unknown);
        faults.iter().map(|fault| token_words::diagnostic(fault).at(self.key_span(token_key(fault)), "")).collect()
    }

    fn tls(&self, certificate: Option<&[u8]>, key: Option<&[u8]>) -> Vec<Diagnostic> {
        let faults = match (certificate, key) {
            (Some(certificate), Some(key)) => tls::pair_faults(certificate, key),
            (Some(certificate), None) => tls::cert_faults(certificate),
            (None, Some(key)) => tls::key_faults(key),
            (None, None) => Vec::new(),
        };
        let span = |field| match field {
            tls::Field::Certificate => self.key_span("tls.crt"),
            tls::Field::Key => self.key_span("tls.key"),
        };
        faults
            .iter()
            .map(|fault| {
                let diagnostic = key_words::tls(fault).at(span(fault.field()), key_words::label(fault, fault.field()));
                match fault.other_field() {
                    Some(other) => diagnostic.also(span(other), key_words::label(fault, other)),
                    None => diagnostic,
                }
            })
            .collect()
    }

    fn duplicate(&self, seen: &mut Seen) -> Option<Diagnostic> {
        let secret = &self.resolved.secret;
        let span = self.resolved.planned.name.span;
        let first = seen.insert((secret.namespace.clone(), secret.name.clone()), span)?;
        let place = secret
            .namespace
            .as_deref()
            .map_or("without a namespace".to_owned(), |namespace| format!("in the namespace {}", code(namespace)));
        let diagnostic = Diagnostic::new(&codes::DUPLICATE_SECRET, format!("two Secrets {place} are named {}", code(&secret.name)));
        let diagnostic = if first == span { diagnostic.at(span, "") } else { diagnostic.at(span, "the second").also(first, "the first") };
        Some(
            diagnostic.help("give each its own name or namespace; in `for-each`, put `{{ each.key }}` or `{{ each.value }}` into the name"),
        )
    }
}

/// The data key that a fault of a bootstrap token is about.
fn token_key(fault: &TokenFault) -> &'static str {
    match fault {
        TokenFault::Missing(key) | TokenFault::Usage { key, .. } => key,
        TokenFault::Id(_) | TokenFault::IdNotInName | TokenFault::Name(_) | TokenFault::Namespace(_) => token::TOKEN_ID,
        TokenFault::Secret(_) => token::TOKEN_SECRET,
        TokenFault::Group { .. } => token::EXTRA_GROUPS,
        TokenFault::Expiration(_) => token::EXPIRATION,
        TokenFault::NoUsage => "",
    }
}
