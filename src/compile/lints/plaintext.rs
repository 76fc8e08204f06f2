//! Secrets that stand in plain text in a spec, or in a file that it reads as it is.

use super::names::{Promise, is_connection, promise};
use super::settings::is_setting;
use super::strings::{Role, SpecString, each_string};
use crate::compile::resolve::{Evidence, ValueUse};
use crate::content::shapes::{has_connection_password, is_literal, shape_of, without_expressions};
use crate::go::base64;
use crate::secret::kind::SSH_PRIVATE_KEY;
use crate::source::Span;
use crate::spec::{Entry, Spec, value::How};
use crate::template::Engine;

pub(crate) const CONNECTION_PASSWORD: &str = "a connection string with a password";

#[derive(Clone, Copy, Debug)]
pub(crate) struct Plaintext<'s> {
    pub span: Span,
    pub why: Why<'s>,
    /// What the string is: it says what can stand in its place.
    pub role: Role,
    /// Whether it is put together from other strings.
    pub has_template: bool,
    pub entry: Option<&'s Entry>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Why<'s> {
    /// It stands where a password goes: under this key.
    Key(&'s str),
    /// It has the shape of one: what kind, with its article.
    Shape(&'static str),
}

pub(crate) fn in_spec(spec: &Spec) -> Vec<Plaintext<'_>> {
    let mut found = Vec::new();
    each_string(spec, &mut |string| {
        let SpecString { span, role, entry, text, .. } = string;
        let has_template = role.is_template() && (text.contains("{{") || text.contains("{%"));
        let plaintext = |why| Plaintext { span, why, role, has_template, entry };
        found.extend(why(&string).map(plaintext));
    });
    found
}

/// Files that are read as they are and hold something with a secret's shape: the path, where it was
/// asked for, and what kind. Those outside of the root are not in the repository.
pub(crate) fn in_files(evidence: &Evidence) -> Vec<(&str, ValueUse, &'static str)> {
    let mut found = Vec::new();
    for (wanted @ (how, path), used) in &evidence.uses {
        let is_inside = !path.starts_with('/') && !path.split('/').any(|part| part == "..");
        if let (How::File, true, Some(Ok(bytes))) = (how, is_inside, evidence.fetched.get(wanted))
            && let Some(kind) = bytes.expose_str().and_then(shape_of)
        {
            found.push((path.as_str(), *used, kind));
        }
    }
    found
}

fn why<'s>(string: &SpecString<'s>) -> Option<Why<'s>> {
    if string.role == Role::Base64 {
        // The bytes count, not their encoding; what does not decode is an error of its own.
        let encoded = Some(string.text).filter(|text| !Engine::is_template(text))?;
        let bytes = base64::decode(encoded.as_bytes()).ok()?;
        let text = bytes.expose_str();
        let is_secret = is_promised(string, text) && text.is_none_or(is_literal);
        return match text.and_then(shape_of) {
            Some(kind) => Some(Why::Shape(kind)),
            None => is_secret.then_some(Why::Key(string.key)),
        };
    }
    if let Some(kind) = shape_of(string.text) {
        return Some(Why::Shape(kind));
    }
    if is_connection(string.key) && has_connection_password(string.text) {
        return Some(Why::Shape(CONNECTION_PASSWORD));
    }
    (is_promised(string, Some(string.text)) && says_it_itself(string))
        .then_some(Why::Key(string.key))
}

/// Whether the place of a string makes a secret of this text. Labels, paths and the like are no
/// such place, whatever their keys say.
fn is_promised(string: &SpecString<'_>, text: Option<&str>) -> bool {
    // Of these there is no other literal that could be right than one with the shape of a key.
    let is_ssh_key = |entry: &Entry| entry.kind.field_of(SSH_PRIVATE_KEY) == Some(string.key);
    if string.role.is_public() || string.entry.is_some_and(is_ssh_key) {
        return false;
    }
    match promise(string.key) {
        Promise::Nothing => false,
        Promise::Mention => !text.is_some_and(is_setting),
        Promise::Secret => true,
    }
}

/// Whether the secret itself is in the string: a template that takes it from a source, or from
/// variables alone, only says where it is.
fn says_it_itself(string: &SpecString<'_>) -> bool {
    let text = string.text;
    // A switch, such as `requirePassword = true`.
    if matches!(text, "true" | "false") {
        return false;
    }
    if !string.role.is_template() || !Engine::is_template(text) {
        return is_literal(text);
    }
    !text.contains("sources") && without_expressions(text).chars().any(char::is_alphanumeric)
}
