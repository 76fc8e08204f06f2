//! Tokens of known services, by their prefixes: what secret scanners look for. `tokens.tsv` lists
//! them, with lengths and alphabets as in the rules of gitleaks (`config/gitleaks.toml`) and
//! GitHub's secret scanning.

use std::sync::LazyLock;

use Alphabet::{Alphanumeric, Base64, Base64Url, Dotted, Hexadecimal, Upper, UrlSafe, Word};

/// How tokens of a service look.
struct ServiceToken {
    /// What messages call one, with its article.
    kind: &'static str,
    prefix: &'static str,
    /// Which characters follow.
    alphabet: Alphabet,
    /// How many of them, at least and at most.
    length: (usize, usize),
}

impl ServiceToken {
    /// A line of the table; a test holds that each is one.
    fn of_line(line: &'static str) -> Option<Self> {
        let mut fields = line.split('\t');
        let (kind, prefix) = (fields.next()?, fields.next()?);
        let alphabet = fields.next()?;
        let alphabet = ALPHABETS.into_iter().find(|known| format!("{known:?}") == alphabet)?;
        let least = fields.next()?.parse().ok()?;
        let most = match fields.next()? {
            "-" => ANY,
            most => most.parse().ok()?,
        };
        Some(Self { kind, prefix, alphabet, length: (least, most) })
    }
}

/// Characters that a token consists of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Alphabet {
    Upper,
    Alphanumeric,
    Word,
    UrlSafe,
    Dotted,
    Hexadecimal,
    Base64,
    Base64Url,
}

impl Alphabet {
    fn has(self, byte: u8) -> bool {
        match self {
            Self::Upper => byte.is_ascii_uppercase() || byte.is_ascii_digit(),
            Self::Alphanumeric => byte.is_ascii_alphanumeric(),
            Self::Word => byte.is_ascii_alphanumeric() || byte == b'_',
            Self::UrlSafe => byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'),
            Self::Dotted => byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'),
            Self::Hexadecimal => byte.is_ascii_hexdigit(),
            Self::Base64 => byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'='),
            Self::Base64Url => byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'='),
        }
    }
}

/// No token is longer than this.
const ANY: usize = 2048;

const ALPHABETS: [Alphabet; 8] =
    [Upper, Alphanumeric, Word, UrlSafe, Dotted, Hexadecimal, Base64, Base64Url];

const TABLE: &str = include_str!("tokens.tsv");

static TOKENS: LazyLock<Vec<ServiceToken>> =
    LazyLock::new(|| lines().filter_map(ServiceToken::of_line).collect());

fn lines() -> impl Iterator<Item = &'static str> {
    TABLE.lines().filter(|line| !line.starts_with('#'))
}

/// Fewer different characters than this are a placeholder such as `ghp_xxxx`.
const DIFFERENT: usize = 6;

/// The shortest token with its prefix.
const SHORTEST: usize = 18;

/// What kind of token a text holds anywhere. One pass: most texts hold none.
pub(crate) fn token_in(text: &str) -> Option<&'static str> {
    if text.len() < SHORTEST {
        return None;
    }
    let mut runs = ALPHABETS.map(|alphabet| Run { alphabet, end: 0, dull: false });
    let mut before: u8 = 0;
    for (at, byte) in text.bytes().enumerate() {
        let starts_word = byte.is_ascii_alphabetic() && !before.is_ascii_alphanumeric();
        before = byte;
        if !starts_word {
            continue;
        }
        let rest = text.get(at..).unwrap_or_default();
        let found = TOKENS.iter().find(|token| {
            let mut run = runs.iter_mut().filter(|run| run.alphabet == token.alphabet);
            rest.starts_with(token.prefix)
                && run
                    .any(|run| run.is_token(text.as_bytes(), at + token.prefix.len(), token.length))
        });
        if let Some(token) = found {
            return Some(token.kind);
        }
    }
    // Last, so that the words of a text without any need not be told apart.
    let holds_jwt = text.contains(JSON_START)
        && text.split(|c: char| !u8::try_from(c).is_ok_and(|byte| Dotted.has(byte))).any(is_jwt);
    holds_jwt.then_some("a JSON Web Token")
}

/// Characters of one alphabet in a row, the last ones that were looked at: where prefix follows on
/// prefix, they are still read only once.
struct Run {
    alphabet: Alphabet,
    /// Where they end. From any place inside, they go on to here.
    end: usize,
    /// Whether they are a few that repeat, from some place on. Then they are from every later one.
    dull: bool,
}

impl Run {
    /// Whether what starts here is as long as a token, and looks random.
    fn is_token(&mut self, text: &[u8], start: usize, (least, most): (usize, usize)) -> bool {
        let rest = text.get(start..).unwrap_or_default();
        if start >= self.end {
            let length =
                rest.iter().position(|byte| !self.alphabet.has(*byte)).unwrap_or(rest.len());
            (self.end, self.dull) = (start + length, false);
        }
        let body = text.get(start..self.end).unwrap_or_default();
        // AWS's own examples end in `EXAMPLE`.
        if self.dull || !(least..=most).contains(&body.len()) || body.ends_with(b"EXAMPLE") {
            return false;
        }
        self.dull = !varied(body);
        !self.dull
    }
}

/// Whether bytes are not a few that repeat.
fn varied(bytes: &[u8]) -> bool {
    let mut seen = [false; 256];
    bytes.iter().for_each(|byte| {
        seen.get_mut(usize::from(*byte)).into_iter().for_each(|seen| *seen = true)
    });
    seen.iter().filter(|seen| **seen).count() >= DIFFERENT
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

    /// Bytes that look random.
    fn body(length: usize, alphabet: &str) -> String {
        let alphabet: Vec<char> = alphabet.chars().collect();
        (0..length)
            .map(|index| alphabet[(index * 7 + index * index * 3) % alphabet.len()])
            .collect()
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
            ("a Slack webhook", "hooks.slack.com/services/", 44),
            ("a Notion token", "ntn_", 46),
            ("an Artifactory key", "AKCp", 69),
        ] {
            let token = format!("{prefix}{}", body(length, letters));
            assert_eq!(token_in(&token), Some(kind), "{prefix}");
            assert_eq!(token_in(&format!("url = \"https://x/{token}\"")), Some(kind), "{prefix}");
            assert_eq!(
                token_in(&format!("{prefix}{}", body(8, letters))),
                None,
                "{prefix} too short"
            );
            assert_eq!(
                token_in(&format!("{prefix}{}", "x".repeat(length))),
                None,
                "{prefix} a placeholder"
            );
            assert_eq!(token_in(&format!("x{token}")), None, "{prefix} inside a word");
        }
        let upper = body(16, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567");
        assert_eq!(token_in(&format!("AKIA{upper}")), Some("an AWS access key"));
        assert_eq!(token_in(&format!("AKIA{upper}A")), None);
        let hexadecimal = body(40, "0123456789abcdef");
        assert_eq!(token_in(&format!("pul-{hexadecimal}")), Some("a Pulumi token"));
        assert_eq!(token_in(&format!("pul-{hexadecimal}0")), None);
        // 32 bytes, as `php artisan key:generate` writes them.
        assert_eq!(
            token_in("base64:3Kmk0HwVwbhSFIJXQq9qmTWr0EeiCdmbUqSRp6WkGFU="),
            Some("a Laravel application key")
        );
        // AWS's documentation.
        assert_eq!(token_in("AKIAIOSFODNN7EXAMPLE"), None);
    }

    #[test]
    fn age_identities_and_no_recipients() {
        let body = body(58, "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L");
        assert_eq!(token_in(&format!("AGE-SECRET-KEY-1{body}")), Some("an age identity"));
        assert_eq!(token_in(&format!("age1{}", body.to_lowercase())), None);
    }

    /// Texts that hold nothing and look like it at every place. Once each of them was read anew
    /// from every prefix to its end.
    #[test]
    fn as_many_prefixes_as_fit_take_linear_time() {
        for piece in [
            "eyJ.",
            "eyJ-",
            "eyJhbGciOiJIUzI1NiJ9.",
            "xoxb-",
            "xoxb-.",
            "hvs.",
            "AKIA-",
            "ghp_",
            "SG.",
            "npm_ghp_",
        ] {
            assert_linear(piece, 1 << 14, |size| {
                assert_eq!(token_in(&piece.repeat(size / piece.len())), None, "{piece}")
            });
        }
        // Runs of just the length at which every start would do.
        let run = format!("{} ", "xoxb-".repeat(102));
        assert_linear("xoxb- 102 times", 1 << 14, |size| {
            assert_eq!(token_in(&run.repeat(size / run.len())), None)
        });
    }

    #[test]
    fn a_token_may_follow_on_what_is_none() {
        let letters = "abcdefghijklmnopqrstuvwxyz0123456789";
        let token = format!("xoxb-{}", body(40, letters));
        for before in ["xoxb-xoxb-", "eyJ.eyJ.", "glpat-", "ghp_-", "npm_ghp_-"] {
            assert!(token_in(&format!("{before}{token}")).is_some(), "{before}");
        }
        let signature = body(43, letters);
        let jwt = format!("eyJhbGciOiJIUzI1NiJ9.eyJhIjoxfQ.{signature}");
        for before in ["eyJ.", "x.", "eyJ-"] {
            assert_eq!(token_in(&format!("{before}{jwt}")), Some("a JSON Web Token"), "{before}");
        }
        for text in [format!("{jwt}.x"), format!("x{jwt}"), format!("eyJ.eyJhIjoxfQ.{signature}")] {
            assert_eq!(token_in(&text), None, "{text}");
        }
    }

    #[test]
    fn json_web_tokens() {
        // RFC 7519, section 3.1.
        let jwt = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.\
            eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290\
            Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        assert_eq!(token_in(jwt), Some("a JSON Web Token"));
        assert_eq!(token_in(&format!("Bearer {jwt}")), Some("a JSON Web Token"));
        assert_eq!(
            token_in("eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0.x"),
            None
        );
        assert_eq!(token_in("eyJhIjoxfQ"), None);
    }
}
