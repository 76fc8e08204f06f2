//! Texts that have a secret's shape, wherever they stand: private keys, tokens, passwords in URLs
//! and connection strings.

use std::borrow::Cow;

pub(crate) use super::placeholder::EXPRESSION;
use super::placeholder::{is_filler, is_placeholder};
use super::tokens::token_in;
use super::{ciphertext, pem::has_private_key};
use crate::template::Engine;

pub(crate) const URL_PASSWORD: &str = "a URL with a password";

/// What kind of secret a text holds, with its article. Of a template, the text around its
/// expressions counts.
pub(crate) fn shape_of(text: &str) -> Option<&'static str> {
    let literal = &literal_part(text);
    if has_private_key(literal) {
        return Some("a private key");
    }
    // Expressions may hold a token as a string; a token itself never holds an expression.
    token_in(text).or_else(|| has_url_password(literal).then_some(URL_PASSWORD))
}

/// Whether a connection string holds a password: `password=...` as in libpq and ADO.NET,
/// `user:password@tcp(...)` as in Go.
pub(crate) fn has_connection_password(text: &str) -> bool {
    let text = &literal_part(text);
    let mut pairs = text.split([';', ' ', '&', '?', ',']).filter_map(|part| part.split_once('='));
    let named = pairs.any(|(key, value)| {
        let key = key.trim();
        (key.eq_ignore_ascii_case("password") || key.eq_ignore_ascii_case("pwd"))
            && is_literal(value.trim().trim_matches(['\'', '"']))
    });
    let mut go = ["@tcp(", "@unix("].iter().filter_map(|network| text.split_once(network));
    named
        || go
            .any(|(user, _)| user.split_once(':').is_some_and(|(_, password)| is_literal(password)))
}

fn literal_part(text: &str) -> Cow<'_, str> {
    if Engine::is_template(text) { without_expressions(text).into() } else { text.into() }
}

/// The text with a mark in place of every expression, tag and comment.
pub(crate) fn without_expressions(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, close, inside)) = first_tag(rest) {
        out.push_str(before);
        out.push(EXPRESSION);
        rest = inside.split_once(close).map_or("", |(_, rest)| rest);
    }
    out.push_str(rest);
    out
}

/// The text before the first expression, tag or comment, what ends that, and the text after its
/// start.
fn first_tag(text: &str) -> Option<(&str, &'static str, &str)> {
    text.match_indices('{').find_map(|(at, _)| {
        let (before, tag) = text.split_at_checked(at)?;
        let tags = [("{{", "}}"), ("{%", "%}"), ("{#", "#}")];
        tags.into_iter().find_map(|(open, close)| Some((before, close, tag.strip_prefix(open)?)))
    })
}

/// Whether a text is itself what is meant, and not empty, encrypted, made by an expression, or a
/// placeholder: a variable of whatever name, `none` and a single `*` hide nothing either.
pub(crate) fn is_literal(text: &str) -> bool {
    let text = text.trim();
    let variable = text.strip_prefix('$').is_some_and(|name| {
        !name.is_empty()
            && name.chars().all(|c| c.is_ascii_uppercase() || c == '_' || c.is_ascii_digit())
    });
    let nothing = ["none", "null"].iter().any(|word| text.eq_ignore_ascii_case(word));
    !(text.is_empty()
        || text.contains(EXPRESSION)
        || ciphertext::is_sops_value(text)
        || is_filler(text, 1)
        || is_placeholder(text)
        || variable
        || nothing)
}

/// RFC 3986, section 3.2.1: `scheme://user:password@host`. The password ends at the last `@` before
/// the host's end.
fn has_url_password(text: &str) -> bool {
    text.match_indices("://").any(|(at, separator)| {
        let has_scheme = text
            .get(..at)
            .is_some_and(|before| before.ends_with(|c: char| c.is_ascii_alphanumeric()));
        let rest = text.get(at + separator.len()..).unwrap_or_default();
        let end = rest.find(|c: char| {
            matches!(c, '/' | '?' | '#' | '"' | '\'' | '<' | '`' | '\\') || c.is_whitespace()
        });
        let authority = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
        let user = authority.rsplit_once('@').map(|(user, _)| user);
        has_scheme
            && user.and_then(|user| user.split_once(':')).is_some_and(|(name, password)| {
                // As every manual has it: `https://user:password@example.com`.
                let example = matches!(
                    (name, password),
                    ("user" | "username" | "USER", "pass" | "password" | "PASSWORD")
                );
                is_literal(password) && !example
            })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::unit::support::assert_linear;

    #[test]
    fn passwords_in_urls() {
        let urls = "mysql://app:hunter2@db/shop redis://:hunter2@cache:6379 \
            amqps://a:b@{{vars.host}} see,https://u:p%40ss@x.example/y";
        for url in urls.split(' ') {
            assert_eq!(shape_of(url), Some("a URL with a password"), "{url}");
        }
        let urls = "mysql://app@db/shop https://example.com/a:b@c mysql://app:{{sources.db}}@db \
            mysql://{{sources.a}}:{{sources.b|urlencode}}@h/d https://example.com:8080/ \
            https://u:${PASSWORD}@x https://u:$PASSWORD@x https://u:<password>@x \
            https://user:password@example.com mysql://app:@db user:pass@host mailto:a@b \
            http://[::1]:80/x@y mysql://a:p-{{sources.x}}@db";
        for url in urls.split(' ') {
            assert_eq!(shape_of(url), None, "{url}");
        }
    }

    #[test]
    fn private_keys() {
        let body = "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v";
        let pem = |label: &str, body: &str| {
            format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n")
        };
        let key = Some("a private key");
        for (text, expected) in [
            (pem("PRIVATE KEY", body), key),
            (pem("RSA PRIVATE KEY", body), key),
            (pem("OPENSSH PRIVATE KEY", body), key),
            (pem("PGP PRIVATE KEY BLOCK", body), key),
            (pem("CERTIFICATE", body) + &pem("PRIVATE KEY", body), key),
            (pem("CERTIFICATE", body), None),
            (pem("PUBLIC KEY", body), None),
            (pem("ENCRYPTED PRIVATE KEY", body), None),
            (pem("AGE ENCRYPTED FILE", body), None),
            (pem("PRIVATE KEY", "{{ sources.key }}"), None),
            (pem("RSA PRIVATE KEY", &format!("Proc-Type: 4,ENCRYPTED\n\n{body}")), None),
            ("grep -e '-----BEGIN PRIVATE KEY-----'".to_owned(), None),
            ("-----BEGIN PRIVATE KEY-----\n".repeat(3), None),
        ] {
            assert_eq!(shape_of(&text), expected, "{text}");
        }
    }

    #[test]
    fn connection_strings() {
        for (text, expected) in [
            ("host=db user=app password=hunter2", true),
            ("Server=db;Database=x;User Id=a;Password=hunter2;", true),
            ("app:hunter2@tcp(db:3306)/shop", true),
            ("host=db user=app", false),
            ("app@tcp(db:3306)/shop", false),
            ("host=db password={{ sources.db }}", false),
            ("app:{{ sources.db }}@tcp(db)/shop", false),
            ("password=", false),
        ] {
            assert_eq!(has_connection_password(text), expected, "{text}");
        }
    }

    /// Texts that look like a secret or an expression at every place.
    #[test]
    fn what_starts_often_takes_linear_time() {
        let pieces = "-----BEGIN PRIVATE KEY-----\n|-----BEGIN ENCRYPTED PRIVATE \
            KEY-----\n|-----BEGIN PRIVATE KEY-----\nENCRYPTED\n|-----BEGIN \
            |-----END|://|a://b:|a://b:@|x://$|{{}}|{%%}|{#}|{|{{|password=;|a:@tcp(|@unix(|= ";
        for piece in pieces.split('|') {
            assert_linear(piece, 1 << 14, |size| {
                // The last line once took all others along.
                let text = format!("{}\nENCRYPTED", piece.repeat(size / piece.len()));
                std::hint::black_box((shape_of(&text), has_connection_password(&text)));
            });
        }
    }

    #[test]
    fn expressions_are_not_text() {
        for (text, expected) in [
            ("a{{ b }}c{% if d %}e{# f #}", "a\u{1}c\u{1}e\u{1}"),
            ("a {{ b", "a \u{1}"),
            ("{a}{ {b} {{{c}}}", "{a}{ {b} \u{1}}"),
            ("{#} a #}b{%} c %}d", "\u{1}b\u{1}d"),
        ] {
            assert_eq!(without_expressions(text), expected);
        }
    }
}
