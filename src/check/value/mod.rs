//! Lints about names and passwords themselves: a line break or white space that got into them, or
//! nothing at all.
//!
//! Only values of which it is plain what they are: those of `basic-auth`, the logins of registries,
//! and in other Secrets one-line values whose data key ends in a word such as `password`. Nothing
//! of a value gets out of here but what is wrong with it.

pub(crate) mod messages;

use super::finding::{Finding, RegistryField, Spot};
use super::registry::credentials::{Credentials, RegistryEntry};
use super::registry::{self, Names};
use super::subject::{Origin, Subject};
use crate::secret::kind;

/// What is wrong with a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ValueFault {
    /// There is nothing.
    Empty,
    /// It is nothing but white space.
    Blank,
    /// It ends in a line break.
    LineBreak,
    /// White space stands before it, after it, or both.
    Space {
        /// Before it.
        before: bool,
        /// After it, line breaks at the very end left aside.
        after: bool,
    },
}

/// Whose value it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Holder {
    /// A data key.
    Key(String),
    /// The user name for a registry, as messages call it.
    User(String),
    /// The password for a registry.
    Password(String),
    /// The password in the `auth` of a registry.
    Auth(String),
}

/// Ends of data keys, without `-`, `_` and `.`, whose values are used as they are.
const CREDENTIALS: [&str; 11] = [
    "password",
    "passwd",
    "passphrase",
    "pwd",
    "token",
    "secret",
    "apikey",
    "accesskey",
    "secretkey",
    "accesskeyid",
    "username",
];

/// What is wrong with the white space of a value. In JSON, such as the key of a service account
/// that serves as a password, white space around it means nothing.
pub(crate) fn space_faults(value: &[u8]) -> Vec<ValueFault> {
    if value.is_empty() {
        return vec![ValueFault::Empty];
    }
    let line = without_line_breaks(value);
    let space = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_whitespace);
    if line.trim_ascii().is_empty() {
        return vec![ValueFault::Blank];
    }
    if let [b'{', .., b'}'] | [b'[', .., b']'] = line.trim_ascii() {
        return Vec::new();
    }
    let (before, after) = (space(line.first()), space(line.last()));
    let mut found = Vec::new();
    if line.len() < value.len() {
        found.push(ValueFault::LineBreak);
    }
    if before || after {
        found.push(ValueFault::Space { before, after });
    }
    found
}

/// Findings about the values of `basic-auth` and of types without rules of their own.
pub(crate) fn findings(subject: &Subject<'_>) -> Vec<Finding> {
    let type_ = subject.secret.type_.as_str();
    let basic = type_ == kind::BASIC_AUTH;
    if !basic && type_ != kind::OPAQUE && kind::of_type(type_).is_some() {
        return Vec::new();
    }
    let mut found = Vec::new();
    for key in subject.secret.data.keys() {
        let Some(value) = subject.value(key) else { continue };
        let faults = if basic && matches!(key.as_str(), "username" | "password")
            || is_credential(key, value)
        {
            space_faults(value)
        } else if value.is_empty() {
            vec![ValueFault::Empty]
        } else {
            Vec::new()
        };
        let holder = Holder::Key(key.clone());
        found.extend(
            faults
                .into_iter()
                .map(|fault| finding(fault, &holder, subject.origin, Spot::DataKey(key.clone()))),
        );
    }
    found
}

/// The finding for a fault, with `trim = true` as the repair of a line break where there is a spec
/// to write it into.
fn finding(fault: ValueFault, holder: &Holder, origin: Origin, spot: Spot) -> Finding {
    let finding = Finding::new(messages::diagnostic(fault, holder, origin), spot);
    let trimmed = fault == ValueFault::LineBreak
        && origin == Origin::Spec
        && !matches!(holder, Holder::Auth(_));
    if trimmed { finding.trim(messages::TRIM) } else { finding }
}

/// Findings about the logins of registries.
pub(crate) fn registry_findings(
    subject: &Subject<'_>,
    config: &Credentials,
    key: &'static str,
) -> Vec<Finding> {
    let names = Names::new(config, key, subject.servers);
    let mut found = Vec::new();
    // What is wrong with the config itself comes first.
    for entry in config.entries.iter().filter(|_| config.faults.is_empty()) {
        let name = registry::messages::name(&names, entry.number);
        for (field, fault) in login_faults(entry) {
            let holder = match field {
                RegistryField::Username => Holder::User(name.clone()),
                _ if entry.auth.is_some() && entry.password.is_empty() => {
                    Holder::Auth(name.clone())
                }
                _ => Holder::Password(name.clone()),
            };
            let spot = registry::spot(subject, key, entry.number, field);
            found.push(finding(fault, &holder, subject.origin, spot));
        }
    }
    found
}

/// What is wrong with a login, and whether with `username` or `password`.
fn login_faults(entry: &RegistryEntry) -> Vec<(RegistryField, ValueFault)> {
    let colon = entry.username.contains(':');
    // `auth` goes before the two fields. But if it was made of them, their faults are told, not
    // those of wrongly split halves.
    let (user, password): (&[u8], &[u8]) = if colon && !entry.password.is_empty() {
        (entry.username.as_bytes(), entry.password.as_bytes())
    } else {
        (entry.user(), entry.secret())
    };
    if user.is_empty() && password.is_empty() || entry.token && password.is_empty() {
        return Vec::new();
    }
    let mut found: Vec<(RegistryField, ValueFault)> =
        space_faults(user).into_iter().map(|fault| (RegistryField::Username, fault)).collect();
    found.extend(space_faults(password).into_iter().map(|fault| (RegistryField::Password, fault)));
    found
}

/// Whether a data key promises one name, password or token, and the value is one line of text.
/// `htpasswd` is a file, whose last line ends.
fn is_credential(key: &str, value: &[u8]) -> bool {
    let folded: String = key
        .chars()
        .filter(|c| !matches!(c, '-' | '_' | '.'))
        .flat_map(char::to_lowercase)
        .collect();
    let line = without_line_breaks(value);
    CREDENTIALS.iter().any(|word| folded.ends_with(word))
        && !folded.ends_with("htpasswd")
        && !line.contains(&b'\n')
        && std::str::from_utf8(line).is_ok()
}

fn without_line_breaks(value: &[u8]) -> &[u8] {
    let mut line = value;
    while let Some(shorter) = line.strip_suffix(b"\n").or_else(|| line.strip_suffix(b"\r")) {
        line = shorter;
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::registry::credentials::DockerForm;
    use crate::check::registry::decode::read;

    #[test]
    fn white_space_around() {
        let space = |before, after| ValueFault::Space { before, after };
        for (value, faults) in [
            ("pass word", vec![]),
            ("{\"type\": \"service_account\"}\n", vec![]),
            ("", vec![ValueFault::Empty]),
            (" \n", vec![ValueFault::Blank]),
            ("p\n", vec![ValueFault::LineBreak]),
            ("p\r\n\n", vec![ValueFault::LineBreak]),
            ("\tp", vec![space(true, false)]),
            (" p \n", vec![ValueFault::LineBreak, space(true, true)]),
        ] {
            assert_eq!(space_faults(value.as_bytes()), faults, "{value:?}");
        }
    }

    #[test]
    fn keys_that_promise_one_line() {
        for key in [
            "password",
            "DB_PASSWORD",
            "api-key",
            "apiKey",
            "AWS_SECRET_ACCESS_KEY",
            "github.token",
            "client-secret",
        ] {
            assert!(is_credential(key, b"x\n"), "{key}");
        }
        for key in ["passwords.txt", "token.yaml", "tls.key", "config", "secretName", ".htpasswd"] {
            assert!(!is_credential(key, b"x\n"), "{key}");
        }
        assert!(!is_credential("token", b"two\nlines\n"));
        assert!(!is_credential("token", b"\xff\n"));
    }

    #[test]
    fn logins_of_registries() {
        let faults = |entry: &str| {
            let config = read(format!(r#"{{"ghcr.io":{entry}}}"#).as_bytes(), DockerForm::Cfg);
            config.entries.iter().flat_map(login_faults).collect::<Vec<_>>()
        };
        assert_eq!(faults(r#"{"username":"u","password":"p"}"#), []);
        // What `echo u:p | base64` makes.
        assert_eq!(
            faults(r#"{"auth":"dTpwCg=="}"#),
            [(RegistryField::Password, ValueFault::LineBreak)]
        );
        assert_eq!(faults(r#"{"username":"a:b","password":"p","auth":"YTpiOnA="}"#), []);
        assert_eq!(
            faults(r#"{"username":"u","password":"","auth":"dTo="}"#),
            [(RegistryField::Password, ValueFault::Empty)]
        );
        assert_eq!(faults(r#"{"username":"u","identitytoken":"t"}"#), []);
    }
}
