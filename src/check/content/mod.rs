//! Values that are not what they stand for: ciphertext that nothing decrypted, placeholders that
//! nothing replaced, texts in another encoding. [`crate::content`] says what a value is.

pub(crate) mod messages;

use std::collections::BTreeSet;

use super::finding::{Finding, Spot};
use super::subject::{Origin, Subject};
use crate::content::{Content, has_byte_order_mark};
use crate::diag::{codes, phrases::code};

/// Ends of data keys whose values are templates for another program.
const TEMPLATES: [&str; 8] =
    [".tpl", ".tmpl", ".gotmpl", ".ctmpl", ".template", ".j2", ".hbs", ".erb"];

#[derive(Default)]
pub(crate) struct Found {
    findings: Vec<Finding>,
    /// Data keys with ciphertext: what it holds can't be judged.
    pub ciphertext: BTreeSet<String>,
}

impl Found {
    /// Looks at every value. In a spec, what gives a value its bytes speaks of ciphertext.
    pub(crate) fn of(subject: &Subject<'_>) -> Self {
        let (mut found, origin) = (Self::default(), subject.origin);
        for key in subject.secret.data.keys() {
            let Some(value) = subject.value(key) else { continue };
            let content = Content::of(value);
            if content.is_ciphertext() {
                found.ciphertext.insert(key.clone());
            }
            let diagnostic = match content {
                _ if content.is_ciphertext() && origin == Origin::Spec => continue,
                _ if content.is_age_file() => messages::age(key, origin),
                Content::Sops => messages::sops(key, origin),
                Content::Placeholder if TEMPLATES.iter().any(|end| key.ends_with(end)) => continue,
                Content::Placeholder => messages::placeholder(&code(key), origin),
                Content::Utf16 => messages::utf16(key, origin),
                _ if has_byte_order_mark(value) => messages::byte_order_mark(key, origin),
                _ => continue,
            };
            found.findings.push(Finding::new(diagnostic, Spot::DataKey(key.clone())));
        }
        found
    }

    /// Adds the findings, and those of the type's own rules: one cause, one finding. Where a rule
    /// refuses a placeholder, it says that it is one.
    pub(crate) fn merge(mut self, found: &mut Vec<Finding>, typed: Vec<Finding>) {
        for mut finding in std::mem::take(found).into_iter().chain(typed) {
            let is_about_value =
                finding.diagnostic.code.beyond_server || finding.diagnostic.is_lint();
            let own = self.findings.iter().position(|own| is_about_value && own.at == finding.at);
            if let Some(index) = own {
                let own = self.findings.remove(index);
                if own.diagnostic.code == &codes::PLACEHOLDER {
                    if finding.diagnostic.is_lint() {
                        self.findings.insert(index, own);
                        continue;
                    }
                    finding.diagnostic.notes.insert(0, messages::NOT_REPLACED.to_owned());
                }
            }
            found.push(finding);
        }
        found.append(&mut self.findings);
    }
}
