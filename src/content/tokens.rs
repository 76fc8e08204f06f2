//! Tokens of known services, by their prefixes: what secret scanners look for, with lengths and
//! alphabets as in the rules of gitleaks (`config/gitleaks.toml`) and GitHub's secret scanning.

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

const fn token(
    kind: &'static str,
    prefix: &'static str,
    alphabet: Alphabet,
    least: usize,
    most: usize,
) -> ServiceToken {
    ServiceToken { kind, prefix, alphabet, length: (least, most) }
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

static TOKENS: &[ServiceToken] = &[
    token("an age identity", "AGE-SECRET-KEY-1", Upper, 58, 58),
    token("an age identity", "AGE-SECRET-KEY-PQ-1", Upper, 58, ANY),
    token("a 1Password service account token", "ops_eyJ", Base64, 250, ANY),
    token("an Adobe client secret", "p8e-", Alphanumeric, 32, 32),
    token("an Alibaba Cloud access key", "LTAI", Alphanumeric, 20, 20),
    token("an Anthropic key", "sk-ant-", UrlSafe, 40, ANY),
    token("an Artifactory key", "AKCp", Alphanumeric, 69, 69),
    token("an Artifactory token", "cmVmd", Alphanumeric, 59, 59),
    token("an Atlassian token", "ATATT3", Base64Url, 186, 186),
    token("an AWS access key", "AKIA", Upper, 16, 16),
    token("an AWS access key", "ASIA", Upper, 16, 16),
    token("an AWS Bedrock key", "ABSK", Base64, 109, 271),
    token("a Databricks token", "dapi", Hexadecimal, 32, 32),
    token("a DigitalOcean token", "dop_v1_", Hexadecimal, 64, 64),
    token("a DigitalOcean token", "doo_v1_", Hexadecimal, 64, 64),
    token("a DigitalOcean token", "dor_v1_", Hexadecimal, 64, 64),
    token("a Docker Hub token", "dckr_pat_", UrlSafe, 27, 27),
    token("a Docker Hub token", "dckr_oat_", UrlSafe, 32, 32),
    token("a Doppler token", "dp.pt.", Alphanumeric, 43, 43),
    token("a Dynatrace token", "dt0c01.", Dotted, 89, 89),
    token("a Fly.io token", "fo1_", UrlSafe, 43, 43),
    token("a Fly.io token", "fm2_", Base64, 100, ANY),
    token("a GitHub token", "ghp_", Alphanumeric, 36, ANY),
    token("a GitHub token", "gho_", Alphanumeric, 36, ANY),
    token("a GitHub token", "ghu_", Alphanumeric, 36, ANY),
    token("a GitHub token", "ghs_", Alphanumeric, 36, ANY),
    token("a GitHub token", "ghr_", Alphanumeric, 36, ANY),
    token("a GitHub token", "github_pat_", Word, 82, 82),
    token("a GitLab token", "glpat-", Dotted, 20, ANY),
    token("a GitLab token", "gldt-", UrlSafe, 20, ANY),
    token("a GitLab token", "glrt-", Dotted, 20, ANY),
    token("a GitLab token", "glcbt-", UrlSafe, 20, ANY),
    token("a GitLab token", "glptt-", Hexadecimal, 40, 40),
    token("a GitLab token", "glft-", UrlSafe, 20, ANY),
    token("a GitLab token", "glffct-", UrlSafe, 20, ANY),
    token("a GitLab token", "glsoat-", UrlSafe, 20, ANY),
    token("a GitLab token", "glimt-", UrlSafe, 25, ANY),
    token("a GitLab token", "glagent-", UrlSafe, 50, ANY),
    token("a GitLab token", "gloas-", UrlSafe, 64, 64),
    token("a GitLab token", "GR1348941", UrlSafe, 20, 20),
    token("a Google API key", "AIza", UrlSafe, 35, 35),
    token("a Google OAuth client secret", "GOCSPX-", UrlSafe, 28, 28),
    token("a Grafana token", "glsa_", Word, 41, 41),
    token("a Grafana token", "glc_", Base64, 32, 400),
    token("a HashiCorp Vault token", "hvs.", UrlSafe, 90, ANY),
    token("a HashiCorp Vault token", "hvb.", UrlSafe, 138, ANY),
    token("a Heroku key", "HRKU-AA", UrlSafe, 58, 58),
    token("a Hugging Face token", "hf_", Alphanumeric, 34, 37),
    token("a Hugging Face token", "api_org_", Alphanumeric, 34, 34),
    token("a Laravel application key", "base64:", Base64, 44, 44),
    token("a Linear key", "lin_api_", Alphanumeric, 40, 40),
    token("a Notion token", "ntn_", Alphanumeric, 46, 46),
    token("an npm token", "npm_", Alphanumeric, 36, 36),
    token("an Octopus Deploy key", "API-", Upper, 26, 26),
    token("an OpenAI key", "sk-proj-", UrlSafe, 40, ANY),
    token("an OpenAI key", "sk-svcacct-", UrlSafe, 40, ANY),
    token("an OpenAI key", "sk-admin-", UrlSafe, 40, ANY),
    token("an OpenShift token", "sha256~", UrlSafe, 43, 43),
    token("a Perplexity key", "pplx-", Alphanumeric, 48, 48),
    token("a PlanetScale token", "pscale_tkn_", Dotted, 32, 64),
    token("a PlanetScale token", "pscale_oauth_", Dotted, 32, 64),
    token("a PlanetScale password", "pscale_pw_", Dotted, 32, 64),
    token("a Postman key", "PMAK-", UrlSafe, 59, 59),
    token("a Prefect key", "pnu_", Alphanumeric, 36, 36),
    token("a Pulumi token", "pul-", Hexadecimal, 40, 40),
    token("a PyPI token", "pypi-AgEIcHlwaS5vcmc", UrlSafe, 50, ANY),
    token("a RubyGems key", "rubygems_", Hexadecimal, 48, 48),
    token("a SendGrid key", "SG.", Dotted, 66, 66),
    token("a Brevo key", "xkeysib-", UrlSafe, 81, 81),
    token("a Sentry token", "sntryu_", Hexadecimal, 64, 64),
    token("a Sentry token", "sntrys_eyJ", Base64, 60, ANY),
    token("a Shopify token", "shpat_", Hexadecimal, 32, 32),
    token("a Shopify token", "shpca_", Hexadecimal, 32, 32),
    token("a Shopify token", "shppa_", Hexadecimal, 32, 32),
    token("a Shopify secret", "shpss_", Hexadecimal, 32, 32),
    token("a Slack token", "xoxb-", UrlSafe, 20, ANY),
    token("a Slack token", "xoxp-", UrlSafe, 20, ANY),
    token("a Slack token", "xoxa-", UrlSafe, 20, ANY),
    token("a Slack token", "xoxs-", UrlSafe, 20, ANY),
    token("a Slack token", "xoxe-", UrlSafe, 20, ANY),
    token("a Slack token", "xoxr-", UrlSafe, 20, ANY),
    token("a Slack token", "xapp-", UrlSafe, 20, ANY),
    token("a Slack webhook", "hooks.slack.com/services/", Base64, 40, 56),
    token("a Square token", "sq0atp-", UrlSafe, 22, 60),
    token("a Square secret", "sq0csp-", UrlSafe, 22, 60),
    token("a Stripe key", "sk_live_", Alphanumeric, 10, 99),
    token("a Stripe key", "rk_live_", Alphanumeric, 10, 99),
    token("a Stripe webhook secret", "whsec_", Base64, 32, 99),
    token("a Tailscale key", "tskey-", UrlSafe, 20, ANY),
    token("a Twilio key", "SK", Hexadecimal, 32, 32),
];

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
    use super::token_in;
    use crate::unit::support::assert_linear;

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
