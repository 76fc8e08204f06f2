//! Values that are not what they stand for: ciphertext that nothing decrypted, placeholders that
//! nothing replaced, texts in another encoding. [`crate::content`] says what a value is.

pub(crate) mod messages;

use std::collections::BTreeSet;

use super::finding::{Finding, Spot};
use super::subject::{Origin, Subject};
use crate::content::{Content, has_byte_order_mark};
use crate::diag::Diagnostic;
use crate::diag::phrases::code;

/// Ends of data keys whose values are templates for another program.
const TEMPLATES: [&str; 8] =
    [".tpl", ".tmpl", ".gotmpl", ".ctmpl", ".template", ".j2", ".hbs", ".erb"];

/// What was found about the values of a Secret.
#[derive(Default)]
pub(crate) struct Found {
    findings: Vec<Finding>,
    /// Data keys with ciphertext: what it holds can't be judged.
    pub ciphertext: BTreeSet<String>,
    placeholders: BTreeSet<String>,
}

impl Found {
    /// Looks at every value. In a spec, what gives a value its bytes speaks of ciphertext.
    pub(crate) fn of(subject: &Subject<'_>) -> Self {
        let mut found = Self::default();
        for key in subject.secret.data.keys() {
            let Some(value) = subject.value(key) else { continue };
            let content = Content::of(value);
            if content.is_ciphertext() {
                found.ciphertext.insert(key.clone());
            } else if content == Content::Placeholder {
                if TEMPLATES.iter().any(|end| key.ends_with(end)) {
                    continue;
                }
                found.placeholders.insert(key.clone());
            }
            let told = content.is_ciphertext() && subject.origin == Origin::Spec;
            let diagnostic = if told { None } else { diagnostic(key, value, content, subject) };
            found.findings.extend(
                diagnostic.map(|diagnostic| Finding::new(diagnostic, Spot::DataKey(key.clone()))),
            );
        }
        found
    }

    /// Adds the findings, and those of the type's own rules: one cause, one finding. Where a rule
    /// refuses a placeholder, it says that it is one.
    pub(crate) fn merge(mut self, found: &mut Vec<Finding>, typed: Vec<Finding>) {
        for mut finding in std::mem::take(found).into_iter().chain(typed) {
            let code = finding.diagnostic.code;
            let about_value = code.beyond_server || finding.diagnostic.is_lint();
            let own = self.findings.iter().position(|own| about_value && own.at == finding.at);
            if let Some(own) = own {
                let placeholder =
                    matches!(&finding.at, Spot::DataKey(key) if self.placeholders.contains(key));
                if placeholder && finding.diagnostic.is_lint() {
                    continue;
                }
                if placeholder {
                    finding.diagnostic.notes.insert(0, messages::NOT_REPLACED.to_owned());
                }
                self.findings.remove(own);
            }
            found.push(finding);
        }
        found.append(&mut self.findings);
    }
}

/// What there is to say about a value.
fn diagnostic(
    key: &str,
    value: &[u8],
    content: Content,
    subject: &Subject<'_>,
) -> Option<Diagnostic> {
    match content {
        _ if content.is_age_file() => Some(messages::age(key, subject.origin)),
        Content::Sops => Some(messages::sops(key, subject.origin)),
        Content::Placeholder => Some(messages::placeholder(&code(key), subject.origin)),
        Content::Utf16 => Some(messages::utf16(key, subject.origin)),
        _ if has_byte_order_mark(value) => Some(messages::byte_order_mark(key, subject.origin)),
        _ => None,
    }
}
