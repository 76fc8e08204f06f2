//! Mistakes in `[recipients]` and `[[encrypt]]`.

use std::collections::BTreeMap;

use super::edit::key_literal;
use super::language::{EncryptRule, TopLevel};
use super::node::Text;
use super::read::{SpecReader, respelt};
use crate::age::messages::{RecipientOrigin, bad_recipient};
use crate::age::{self, RecipientKind};
use crate::diag::diagnostic;
use crate::diag::phrases::code;

/// The keys of each name.
type People<'s> = BTreeMap<&'s str, &'s [Text]>;

pub(crate) fn check(reader: &mut SpecReader, top: &TopLevel) {
    let recipients = top.recipients.list();
    let by_name: People<'_> =
        recipients.iter().map(|(name, texts)| (name.value.as_str(), texts.as_slice())).collect();
    for (name, texts) in recipients {
        for text in texts {
            if let Err(bad) = age::Recipient::parse(&text.value) {
                let problem = bad_recipient(RecipientOrigin::Name(&name.value), &bad);
                reader.problems.push(problem.at(text.span, ""));
                // A secret key that was pasted here must not be quoted.
                let token = text.span.start..text.span.end;
                reader.visible.retain(|range| *range != token);
            }
        }
    }
    for rule in top.encrypt.list() {
        if let Some(path) = rule.path.get()
            && let Err(error) = glob::Pattern::new(&path.value)
        {
            reader.problems.push(
                diagnostic!(INVALID_VALUE, "{} is not a valid glob", code(&path.value))
                    .at(path.span, error.msg)
                    .help(
                        "use `*` for part of a name, `**` between slashes for folders, and `[a-z]` \
                         for one character",
                    ),
            );
        }
        check_audience(reader, &by_name, rule);
        for to in rule.to.list() {
            if !by_name.contains_key(to.value.as_str()) {
                let known = recipients.iter().map(|(name, _)| name.value.as_str());
                let help = match age::Recipient::parse(&to.value) {
                    Ok(_) => "write the key in `[recipients]`, and its name here".to_owned(),
                    Err(_) => format!(
                        "add it to `[recipients]`: `{} = \"age1...\"`",
                        key_literal(&to.value)
                    ),
                };
                let problem = diagnostic!(RECIPIENT, "unknown recipient {}", code(&to.value))
                    .at(to.span, "not in `[recipients]`")
                    .help(help);
                reader.problems.push(respelt(problem, to, known));
            }
        }
    }
}

/// A rule needs somebody to encrypt for, and age refuses to mix post-quantum keys with others.
fn check_audience(reader: &mut SpecReader, people: &People<'_>, rule: &EncryptRule) {
    if let (Some(span), Some([])) = (rule.to.key, rule.to.value.as_deref()) {
        reader.problems.push(
            diagnostic!(INVALID_VALUE, "`to` is empty, so no one can read these files")
                .at(span, "")
                .help("name at least one recipient of `[recipients]`"),
        );
    }
    let (mut post_quantum, mut others) = (Vec::new(), Vec::new());
    for to in rule.to.list() {
        for key in people.get(to.value.as_str()).copied().unwrap_or_default() {
            match age::Recipient::parse(&key.value).map(|recipient| recipient.kind().clone()) {
                // What a plugin makes is known when it runs.
                Err(_) | Ok(RecipientKind::Plugin(_)) => {}
                Ok(kind) if kind.is_post_quantum() => post_quantum.push(to),
                Ok(_) => others.push(to),
            }
        }
    }
    if let (Some(one), Some(other)) = (post_quantum.first(), others.first()) {
        let (name, of) = (code(&one.value), code(&other.value));
        reader.problems.push(
            diagnostic!(RECIPIENT, "a rule can't mix post-quantum recipients with others")
                .at(one.span, format!("{name} has a post-quantum key"))
                .also(other.span, format!("{of} has one of another kind"))
                .note(
                    "a quantum computer could open the file by the other key, so age refuses to \
                     write such a file",
                )
                .help("use only post-quantum recipients in the rule, or only others"),
        );
    }
}
