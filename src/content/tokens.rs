//! Tokens of known services, by their prefixes: what secret scanners look for. `tokens.tsv` lists
//! them, with lengths and alphabets as in the rules of gitleaks (`config/gitleaks.toml`) and
//! GitHub's secret scanning.

use std::sync::LazyLock;

struct ServiceToken {
    /// What messages call one, with its article.
    kind: &'static str,
    prefix: &'static str,
    alphabet: Alphabet,
    least: usize,
    most: usize,
}

impl ServiceToken {
    /// Whether what starts here is one, and looks random.
    fn starts(&self, text: &str) -> bool {
        let Some(body) = text.strip_prefix(self.prefix) else { return false };
        let body: Vec<u8> =
            body.bytes().take(self.most + 1).take_while(|byte| (self.alphabet)(*byte)).collect();
        // AWS's own examples end in `EXAMPLE`.
        (self.least..=self.most).contains(&body.len())
            && !body.ends_with(b"EXAMPLE")
            && varied(&body)
    }
}

type Alphabet = fn(u8) -> bool;

/// As the table names them.
const ALPHABETS: [(&str, Alphabet); 8] = [
    ("Upper", |byte| byte.is_ascii_uppercase() || byte.is_ascii_digit()),
    ("Alphanumeric", |byte| byte.is_ascii_alphanumeric()),
    ("Word", |byte| byte.is_ascii_alphanumeric() || byte == b'_'),
    ("UrlSafe", |byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte)),
    ("Dotted", is_dotted),
    ("Hexadecimal", |byte| byte.is_ascii_hexdigit()),
    ("Base64", |byte| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte)),
    ("Base64Url", |byte| byte.is_ascii_alphanumeric() || b"-_=".contains(&byte)),
];

fn is_dotted(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_-.".contains(&byte)
}

/// No token is longer than this.
const ANY: usize = 2048;
/// Fewer different characters than this are a placeholder such as `ghp_xxxx`.
const DIFFERENT: usize = 6;
/// The shortest token with its prefix.
const SHORTEST: usize = 18;

static TOKENS: LazyLock<Vec<ServiceToken>> =
    LazyLock::new(|| lines().filter_map(of_line).collect());

fn lines() -> impl Iterator<Item = &'static str> {
    include_str!("tokens.tsv").lines().filter(|line| !line.starts_with('#'))
}

/// A line of the table; a test holds that each is one.
fn of_line(line: &'static str) -> Option<ServiceToken> {
    let fields: Vec<&str> = line.split('\t').collect();
    let [kind, prefix, alphabet, least, most] = *fields.as_slice() else { return None };
    let (_, alphabet) = *ALPHABETS.iter().find(|(name, _)| *name == alphabet)?;
    let most = if most == "-" { ANY } else { most.parse().ok()? };
    Some(ServiceToken { kind, prefix, alphabet, least: least.parse().ok()?, most })
}

/// What kind of token a text contains anywhere.
pub(crate) fn token_in(text: &str) -> Option<&'static str> {
    if text.len() < SHORTEST {
        return None;
    }
    let mut before: u8 = 0;
    for (at, byte) in text.bytes().enumerate() {
        let starts_word = byte.is_ascii_alphabetic() && !before.is_ascii_alphanumeric();
        before = byte;
        if !starts_word {
            continue;
        }
        let rest = text.get(at..).unwrap_or_default();
        if let Some(token) = TOKENS.iter().find(|token| token.starts(rest)) {
            return Some(token.kind);
        }
    }
    // Last, so that the words of a text without any need not be told apart.
    let holds_jwt = text.contains(JSON_START)
        && text.split(|c: char| !u8::try_from(c).is_ok_and(is_dotted)).any(is_jwt);
    holds_jwt.then_some("a JSON Web Token")
}

/// Whether bytes are not a few that repeat.
fn varied(bytes: &[u8]) -> bool {
    let mut seen = Vec::with_capacity(DIFFERENT);
    for byte in bytes {
        if !seen.contains(byte) {
            seen.push(*byte);
        }
        if seen.len() == DIFFERENT {
            return true;
        }
    }
    false
}

/// `{"` in base64: how a part of a JSON Web Token starts.
const JSON_START: &str = "eyJ";

/// Whether the last three parts of a dotted word are a token: RFC 7519 and 7515, three parts of
/// base64url, the first two JSON objects.
fn is_jwt(word: &str) -> bool {
    let mut parts = word.rsplitn(4, '.');
    let (Some(signature), Some(claims), Some(header)) = (parts.next(), parts.next(), parts.next())
    else {
        return false;
    };
    // The first place is the longest header.
    let start = header.match_indices(JSON_START).find(|(at, _)| {
        let before = header.get(..*at).unwrap_or_default();
        !before.ends_with(|c: char| c.is_ascii_alphanumeric())
    });
    start.is_some_and(|(at, _)| header.len() - at >= 16)
        && claims.starts_with(JSON_START)
        && signature.len() >= 20
        && varied(signature.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::{TOKENS, lines, token_in};
    use crate::unit::support::assert_linear;

    #[test]
    fn every_line_of_the_table_is_read() {
        assert_eq!(TOKENS.len(), lines().count());
    }

    /// Characters that look random.
    fn body(length: usize, alphabet: &str) -> String {
        let alphabet: Vec<char> = alphabet.chars().collect();
        (0..length)
            .map(|index| alphabet[(index * 7 + index * index * 3) % alphabet.len()])
            .collect()
    }

    const LETTERS: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

    #[test]
    fn known_prefixes_with_their_lengths() {
        for (kind, prefix, length) in [
            ("a GitHub token", "ghp_", 36),
            ("a GitLab token", "glpat-", 20),
            ("a Slack token", "xoxb-", 40),
            ("a Google API key", "AIza", 35),
            ("a Slack webhook", "hooks.slack.com/services/", 44),
            ("an Artifactory key", "AKCp", 69),
        ] {
            let token = format!("{prefix}{}", body(length, LETTERS));
            for text in [token.clone(), format!("url = \"https://x/{token}\"")] {
                assert_eq!(token_in(&text), Some(kind), "{prefix}");
            }
            // Too short, a placeholder, inside a word.
            for text in [
                format!("{prefix}{}", body(8, LETTERS)),
                format!("{prefix}{}", "x".repeat(length)),
                format!("x{token}"),
            ] {
                assert_eq!(token_in(&text), None, "{text}");
            }
        }
        let upper = format!("AKIA{}", body(16, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"));
        let hexadecimal = format!("pul-{}", body(40, "0123456789abcdef"));
        let bech32 = body(58, "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L");
        // 32 bytes, as `php artisan key:generate` writes them.
        let laravel = "base64:3Kmk0HwVwbhSFIJXQq9qmTWr0EeiCdmbUqSRp6WkGFU=";
        // Of RFC 7519, section 3.1.
        let jwt = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4M\
            TkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU\
            1p1r_wW1gFWFOEjXk";
        for (text, expected) in [
            (format!("{upper}A"), None),
            (upper, Some("an AWS access key")),
            (format!("{hexadecimal}0"), None),
            (hexadecimal, Some("a Pulumi token")),
            (laravel.to_owned(), Some("a Laravel application key")),
            // AWS's documentation.
            ("AKIAIOSFODNN7EXAMPLE".to_owned(), None),
            (format!("age1{}", bech32.to_lowercase()), None),
            (format!("AGE-SECRET-KEY-1{bech32}"), Some("an age identity")),
            (format!("Bearer {jwt}"), Some("a JSON Web Token")),
            ("eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0.x".to_owned(), None),
            ("eyJhIjoxfQ".to_owned(), None),
        ] {
            assert_eq!(token_in(&text), expected, "{text}");
        }
    }

    /// Texts that hold nothing and look like it at every place. Once each of them was read anew
    /// from every prefix to its end.
    #[test]
    fn as_many_prefixes_as_fit_take_linear_time() {
        // The last has runs of just the length at which every start would do.
        let run = format!("{} ", "xoxb-".repeat(102));
        let pieces = "eyJ. eyJ- eyJhbGciOiJIUzI1NiJ9. xoxb- xoxb-. hvs. AKIA- ghp_ SG. npm_ghp_";
        for piece in pieces.split(' ').chain([run.as_str()]) {
            assert_linear(piece, 1 << 12, |size| {
                assert_eq!(token_in(&piece.repeat(size / piece.len())), None, "{piece}")
            });
        }
    }

    #[test]
    fn a_json_web_token_is_the_end_of_a_word() {
        let signature = body(43, LETTERS);
        let jwt = format!("eyJhbGciOiJIUzI1NiJ9.eyJhIjoxfQ.{signature}");
        for before in ["eyJ.", "x.", "eyJ-"] {
            assert_eq!(token_in(&format!("{before}{jwt}")), Some("a JSON Web Token"), "{before}");
        }
        for text in [format!("{jwt}.x"), format!("x{jwt}"), format!("eyJ.eyJhIjoxfQ.{signature}")] {
            assert_eq!(token_in(&text), None, "{text}");
        }
    }
}
