//! Lints about names and passwords themselves: a line break or white space that got into them, or
//! nothing at all.
//!
//! Only values of which it is plain what they are: those of `basic-auth`, the logins of registries,
//! and in other Secrets one-line values whose data key ends in a word such as `password`. Nothing
//! of a value gets out of here but what is wrong with it.

use super::finding::{Edit, Finding, Spot};
use super::subject::{Origin, Subject};
use crate::diag::{Diagnostic, codes, diagnostic, phrases::code};
use crate::secret::kind;

/// Ends of data keys, without `-`, `_` and `.`, whose values are used as they are.
const CREDENTIALS: &str = "password passwd passphrase pwd token secret apikey accesskey secretkey \
    accesskeyid username";

pub(crate) fn findings(subject: &Subject<'_>) -> Vec<Finding> {
    let type_ = subject.secret.type_.as_str();
    let is_basic = type_ == kind::BASIC_AUTH;
    if !is_basic && type_ != kind::OPAQUE && kind::of_type(type_).is_some() {
        return Vec::new();
    }
    let mut found = Vec::new();
    for key in subject.secret.data.keys() {
        let Some(value) = subject.value(key) else { continue };
        let is_login = is_basic && matches!(key.as_str(), kind::USERNAME | kind::PASSWORD);
        if !value.is_empty() && !is_login && !is_credential(key, value) {
            continue;
        }
        let (at, origin) = (Spot::DataKey(key.clone()), subject.origin);
        found.extend(space_findings(value, &code(key), origin, true, at));
    }
    found
}

/// Whether a data key promises one name, password or token, and the value is one line of text.
/// `htpasswd` is a file, whose last line ends.
fn is_credential(key: &str, value: &[u8]) -> bool {
    let folded = key.to_lowercase().replace(['-', '_', '.'], "");
    let line = without_line_breaks(value);
    CREDENTIALS.split(' ').any(|word| folded.ends_with(word))
        && !folded.ends_with("htpasswd")
        && !line.contains(&b'\n')
        && std::str::from_utf8(line).is_ok()
}

fn without_line_breaks(value: &[u8]) -> &[u8] {
    let mut line = value;
    while let [rest @ .., b'\n' | b'\r'] = line {
        line = rest;
    }
    line
}

/// The findings about the white space of a value that messages call `who`, with `trim = true` as
/// the repair of a line break in a spec, if the value has a place to write it. In JSON, such as the
/// key of a service account that serves as a password, white space around it means nothing.
pub(crate) fn space_findings(
    value: &[u8],
    who: &str,
    origin: Origin,
    can_trim: bool,
    at: Spot,
) -> Vec<Finding> {
    let (line, trimmed) = (without_line_breaks(value), value.trim_ascii());
    let finding = |diagnostic: Diagnostic| Finding::new(diagnostic, at.clone());
    if value.is_empty() {
        let empty = diagnostic!(EMPTY_VALUE, "{who} is empty")
            .help("set a value or remove it; if it should be empty, write `\"\"`");
        return vec![finding(empty)];
    }
    match trimmed {
        [] => {
            let blank = diagnostic!(TRAILING_LINE_BREAK, "{who} contains only whitespace");
            return vec![finding(blank.help("check the content of its source"))];
        }
        [b'{', .., b'}'] | [b'[', .., b']'] => return Vec::new(),
        _ => {}
    }
    let mut found = Vec::new();
    if line.len() < value.len() {
        let ends = diagnostic!(TRAILING_LINE_BREAK, "{who} ends in a line break")
            .note("it is sent as part of the value, and the server rejects it");
        found.push(if can_trim && origin == Origin::Spec {
            Finding { edit: Some(Edit::Trim), ..finding(ends) }
        } else {
            finding(ends.help(
                "encode it without the line break: `printf %s VALUE | base64 -w0`, not `echo`",
            ))
        });
    }
    if trimmed.len() < line.len() {
        found.push(finding(
            diagnostic!(TRAILING_LINE_BREAK, "{who} has leading or trailing whitespace")
                .note("it is part of the value")
                .help("remove it from the source")
                .help(format!("{} if it is intended", origin.allow(&codes::TRAILING_LINE_BREAK))),
        ));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_promise_one_line() {
        for key in "DB_PASSWORD api-key AWS_SECRET_ACCESS_KEY github.token clientSecret".split(' ')
        {
            assert!(is_credential(key, b"x\n"), "{key}");
        }
        for key in ["passwords.txt", "token.yaml", "tls.key", "config", "secretName", ".htpasswd"] {
            assert!(!is_credential(key, b"x\n"), "{key}");
        }
        assert!(!is_credential("token", b"two\nlines\n"));
        assert!(!is_credential("token", b"\xff\n"));
    }
}
