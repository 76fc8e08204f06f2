//! Tokens of known services, by their prefixes: what secret scanners look for, with lengths and alphabets as in the rules of gitleaks
//! (`config/gitleaks.toml`) and GitHub's secret scanning.

/// How tokens of a service look.
struct Token {
    /// What messages call one, with its article.
    kind: &'static str,
    prefix: &'static str,
    /// Which characters follow.
    alphabet: fn(u8) -> bool,
    /// How many of them, at least and at most.
    length: (usize, usize),
}

const fn token(kind: &'static str, prefix: &'static str, alphabet: fn(u8) -> bool, least: usize, most: usize) -> Token {
    Token { kind, prefix, alphabet, length: (least, most) }
}

fn upper(byte: u8) -> bool {
    byte.is_ascii_uppercase() || byte.is_ascii_digit()
}

fn alphanumeric(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
}

fn word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn url_safe(byte: u8) -> bool {
    word(byte) || byte == b'-'
}

fn dotted(byte: u8) -> bool {
    url_safe(byte) || byte == b'.'
}

fn hexadecimal(byte: u8) -> bool {
    byte.is_ascii_hexdigit()
}

/// No token is longer than this.
const ANY: usize = 512;

static TOKENS: &[Token] = &[
    token("an age identity", "AGE-SECRET-KEY-1", upper, 58, 58),
    token("an age identity", "AGE-SECRET-KEY-PQ-1", upper, 58, ANY),
    token("an AWS access key", "AKIA", upper, 16, 16),
    token("an AWS access key", "ASIA", upper, 16, 16),
    token("a GitHub token", "ghp_", alphanumeric, 36, ANY),
    token("a GitHub token", "gho_", alphanumeric, 36, ANY),
    token("a GitHub token", "ghu_", alphanumeric, 36, ANY),
    token("a GitHub token", "ghs_", alphanumeric, 36, ANY),
    token("a GitHub token", "ghr_", alphanumeric, 36, ANY),
    token("a GitHub token", "github_pat_", word, 82, 82),
    token("a GitLab token", "glpat-", dotted, 20, ANY),
    token("a GitLab token", "gldt-", url_safe, 20, ANY),
    token("a GitLab token", "glrt-", dotted, 20, ANY),
    token("a GitLab token", "glcbt-", url_safe, 20, ANY),
    token("a Slack token", "xoxb-", url_safe, 20, ANY),
    token("a Slack token", "xoxp-", url_safe, 20, ANY),
    token("a Slack token", "xoxa-", url_safe, 20, ANY),
    token("a Slack token", "xoxs-", url_safe, 20, ANY),
    token("a Slack token", "xapp-", url_safe, 20, ANY),
    token("a Stripe key", "sk_live_", alphanumeric, 10, 99),
    token("a Stripe key", "rk_live_", alphanumeric, 10, 99),
    token("a Google API key", "AIza", url_safe, 35, 35),
    token("a Google OAuth client secret", "GOCSPX-", url_safe, 28, 28),
    token("an npm token", "npm_", alphanumeric, 36, 36),
    token("a PyPI token", "pypi-AgEIcHlwaS5vcmc", url_safe, 50, ANY),
    token("a Docker Hub token", "dckr_pat_", url_safe, 27, 27),
    token("a Docker Hub token", "dckr_oat_", url_safe, 32, 32),
    token("a Hugging Face token", "hf_", alphanumeric, 34, 37),
    token("an OpenAI key", "sk-proj-", url_safe, 40, ANY),
    token("an Anthropic key", "sk-ant-", url_safe, 40, ANY),
    token("a DigitalOcean token", "dop_v1_", hexadecimal, 64, 64),
    token("a SendGrid key", "SG.", dotted, 66, 66),
    token("a HashiCorp Vault token", "hvs.", url_safe, 90, ANY),
];

/// Fewer different characters than this are a placeholder such as `ghp_xxxx`.
const DIFFERENT: usize = 6;

/// The shortest token with its prefix.
const SHORTEST: usize = 18;

/// What kind of token a text holds anywhere. One pass: most texts hold none.
pub fn token_in(text: &str) -> Option<&'static str> {
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
        if let Some(token) = TOKENS.iter().find(|token| rest.starts_with(token.prefix) && is_token(rest.as_bytes(), token)) {
            return Some(token.kind);
        }
        if rest.starts_with("eyJ") && is_jwt(rest) {
            return Some("a JSON Web Token");
        }
    }
    None
}

fn is_token(word: &[u8], token: &Token) -> bool {
    let (least, most) = token.length;
    // One more than fits shows that the word goes on, and so is something else.
    let body = word.iter().skip(token.prefix.len()).copied();
    let body: Vec<u8> = body.take_while(|byte| (token.alphabet)(*byte)).take(most + 1).collect();
    // AWS's own examples end in `EXAMPLE`.
    (least..=most).contains(&body.len()) && !body.ends_with(b"EXAMPLE") && varied(&body)
}

/// Whether bytes are not a few that repeat.
fn varied(bytes: &[u8]) -> bool {
    let mut seen = [false; 256];
    bytes.iter().for_each(|byte| seen.get_mut(usize::from(*byte)).into_iter().for_each(|seen| *seen = true));
    seen.iter().filter(|seen| **seen).count() >= DIFFERENT
}

/// RFC 7519 and 7515: three parts of base64url, the first two JSON objects, `{"`.
fn is_jwt(word: &str) -> bool {
    let end = word.bytes().position(|byte| !dotted(byte)).unwrap_or(word.len());
    let parts: Vec<&str> = word.get(..end).unwrap_or_default().splitn(4, '.').collect();
    match parts.as_slice() {
        [header, claims, signature] => {
            header.len() >= 16 && claims.starts_with("eyJ") && signature.len() >= 20 && varied(signature.as_bytes())
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::token_in;

    /// Bytes that look random.
    fn body(length: usize, alphabet: &str) -> String {
        let alphabet: Vec<char> = alphabet.chars().collect();
        (0..length).map(|index| alphabet[(index * 7 + index * index * 3) % alphabet.len()]).collect()
    }

    #[test]
    fn known_prefixes_with_their_lengths() {
        let letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
        for (kind, prefix, length) in [
            ("a GitHub token", "ghp_", 36),
            ("a GitHub token", "github_pat_", 82),
            ("a GitLab token", "glpat-", 20),
            ("a Slack token", "xoxb-", 40),
            ("a Stripe key", "sk_live_", 24),
            ("a Google API key", "AIza", 35),
            ("an npm token", "npm_", 36),
            ("a Docker Hub token", "dckr_pat_", 27),
            ("a Hugging Face token", "hf_", 34),
        ] {
            let token = format!("{prefix}{}", body(length, letters));
            assert_eq!(token_in(&token), Some(kind), "{prefix}");
            assert_eq!(token_in(&format!("url = \"https://x/{token}\"")), Some(kind), "{prefix}");
            assert_eq!(token_in(&format!("{prefix}{}", body(8, letters))), None, "{prefix} too short");
            assert_eq!(token_in(&format!("{prefix}{}", "x".repeat(length))), None, "{prefix} a placeholder");
            assert_eq!(token_in(&format!("x{token}")), None, "{prefix} inside a word");
        }
        let upper = body(16, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567");
        assert_eq!(token_in(&format!("AKIA{upper}")), Some("an AWS access key"));
        assert_eq!(token_in(&format!("AKIA{upper}A")), None);
        // AWS's documentation.
        assert_eq!(token_in("AKIAIOSFODNN7EXAMPLE"), None);
    }

    #[test]
    fn age_identities_and_no_recipients() {
        let body = body(58, "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L");
        assert_eq!(token_in(&format!("AGE-SECRET-KEY-1{body}")), Some("an age identity"));
        assert_eq!(token_in(&format!("age1{}", body.to_lowercase())), None);
    }

    #[test]
    fn json_web_tokens() {
        // RFC 7519, section 3.1.
        let jwt = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        assert_eq!(token_in(jwt), Some("a JSON Web Token"));
        assert_eq!(token_in(&format!("Bearer {jwt}")), Some("a JSON Web Token"));
        assert_eq!(token_in("eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0.x"), None);
        assert_eq!(token_in("eyJhIjoxfQ"), None);
    }
}
