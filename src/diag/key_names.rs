//! Which keys messages may show. One quote, brace or indent gone wrong makes keys of values, so a
//! key is shown only if it looks like a name that a person gave.

use super::private_keys::{self, MASK};

/// Longest name of a key that Kubernetes takes, with a prefix.
const LONGEST: usize = 253;
/// Of a word with fewer characters nothing is worth hiding.
const SHORT_WORD: usize = 6;
/// Nor of several names of a template with fewer characters together, operators aside.
const SHORT_NAMES: usize = 5;
/// Words of more characters than this have no second group of digits.
const LONG_WORD: usize = 9;
/// Letters that a word of several capitals has for each, on the average: `oAuthClientId`.
const LETTERS_A_HUMP: usize = 3;
/// Small letters that stand alone among others, of which base64 has many. Not counted are the first
/// letter of a word, and the `s` of a plural: `oAuthURLs`.
const MOST_ALONE: usize = 1;

/// Whether a key of a manifest or of a structured file may be shown: it has only characters that
/// data keys, labels, annotations and variables have, and its words are words.
pub(crate) fn is_key(key: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let (prefix, name) = key.split_once('/').unwrap_or(("", key));
    let is_domain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-.".contains(c);
    !key.is_empty()
        && key.len() <= LONGEST
        && prefix.chars().all(is_domain)
        && name.chars().all(plain)
        && has_words(key)
}

/// The same of a key of a spec, where other characters stand in quotes.
pub(crate) fn is_quoted_key(key: &str) -> bool {
    let is_mark = |c: char| c.is_control() || "\"'`{}[]=#,;\\".contains(c);
    !key.contains(is_mark) && has_words(key)
}

/// Whether names of a template may be shown that mean nothing to it: their letters and digits must
/// look like a word also together, and have digits in only one place.
pub(crate) fn is_template_name(names: &str) -> bool {
    let letters: String = names.chars().filter(|c| c.is_alphanumeric()).collect();
    let groups = letters.split(|c: char| !c.is_ascii_digit()).filter(|digits| !digits.is_empty());
    is_quoted_key(names) && is_word(&letters) && (letters.len() < SHORT_NAMES || groups.count() < 2)
}

/// A key of a manifest or of a structured file as messages show it.
pub(crate) fn shown_key(key: &str) -> &str {
    if is_key(key) { key } else { MASK }
}

fn has_words(key: &str) -> bool {
    !private_keys::is_in(key) && key.split(|c: char| !c.is_ascii_alphanumeric()).all(is_word)
}

/// Whether letters and digits in a row are a word, such as `oauth2ClientId`, and not as generators
/// of passwords mix them.
fn is_word(word: &str) -> bool {
    let (mut numbers, mut humps, mut letters) = (0, 1, 0);
    let mut before = ' ';
    for c in word.chars() {
        letters += usize::from(c.is_ascii_alphabetic());
        numbers += usize::from(c.is_ascii_digit() && !before.is_ascii_digit());
        humps += usize::from(c.is_ascii_uppercase() && before.is_ascii_lowercase());
        before = c;
    }
    word.len() < SHORT_WORD
        || numbers < 2
            && (humps < 3 || letters >= humps * LETTERS_A_HUMP)
            && letters_alone(word) <= MOST_ALONE
        || numbers == 2 && humps < 3 && word.len() <= LONG_WORD
        || word.bytes().all(|byte| Some(&byte) == word.as_bytes().first())
}

fn letters_alone(word: &str) -> usize {
    let is_small = |at: Option<&u8>| at.is_some_and(u8::is_ascii_lowercase);
    let bytes = word.as_bytes();
    let alone = bytes.windows(2).enumerate().filter(|(before, pair)| {
        let [other, letter] = pair else { return false };
        let is_alone = is_small(Some(letter)) && !is_small(Some(other));
        is_alone && *letter != b's' && !is_small(bytes.get(before + 2))
    });
    alone.count()
}

#[cfg(test)]
mod tests {
    use super::{is_key, is_quoted_key};

    #[test]
    fn names_are_told_from_values() {
        let names = "tls.crt .dockerconfigjson MYSQL_ROOT_PASSWORD id_ed25519 oauth2ClientId \
            AWS_S3_KEY x509v3 appsettings.Production.json app.kubernetes.io/part-of sha256sum \
            openshift.io/token-secret.value auth0-2024-11-28 xOAuthClientIDToken aaaaaaaa a1b2c \
            db-8fb7cf h2o k8s HTTPSProxyURL xAPIKeyIDsAndURLs iPhoneXrName eCommerceAppId";
        for name in names.split_whitespace() {
            assert!(is_key(name) && is_quoted_key(name), "{name}");
        }
        let values = "c2VjcmV0aHVudGVyMg Qx7Zp9Kd2 password=hunter2 a:b a+b {hunter2} \
            Example.com/x \
            ZWUzZmY4ZWEyZ 4f8a1c9e7b2d hunter2\n pQ4rT8vW aBcDeFgH 550e8400-e29b41d4-a716 a/b/c";
        for value in values.split(' ').chain(["", "password hunter2", "ü"]) {
            assert!(!is_key(value), "{value}");
        }
        for name in ["my key", "größe", "a/b c"] {
            assert!(is_quoted_key(name), "{name}");
        }
        for value in ["c2VjcmV0aHVudGVyMg", "a = b", "{hunter2}", "say \"x\""] {
            assert!(!is_quoted_key(value), "{value}");
        }
    }
}
