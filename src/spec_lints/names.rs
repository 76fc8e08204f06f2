//! Keys that say what they hold: which names promise a password, and which what anybody may know.

/// Words that say: what is here is secret.
const SECRET_WORDS: &[&str] =
    &["password", "passwd", "passphrase", "passcode", "pwd", "pass", "secret", "token", "credential", "credentials", "apikey", "authkey"];

/// Pairs of words that say it together: `API_KEY`, `privateKey`.
const SECRET_PAIRS: &[[&str; 2]] = &[
    ["api", "key"],
    ["private", "key"],
    ["access", "key"],
    ["auth", "key"],
    ["encryption", "key"],
    ["signing", "key"],
    ["master", "key"],
    ["license", "key"],
];

/// Last words that say: this is about a secret, and not the secret. `PASSWORD_FILE`, `tokenUrl`, `SECRET_NAME`.
const ABOUT: &[&str] = &[
    "file",
    "files",
    "path",
    "paths",
    "dir",
    "directory",
    "url",
    "uri",
    "endpoint",
    "host",
    "hostname",
    "port",
    "address",
    "name",
    "names",
    "id",
    "ids",
    "ttl",
    "age",
    "expiry",
    "expires",
    "expiration",
    "lifetime",
    "timeout",
    "interval",
    "rotation",
    "duration",
    "length",
    "len",
    "size",
    "min",
    "max",
    "count",
    "limit",
    "cost",
    "rounds",
    "type",
    "kind",
    "algorithm",
    "alg",
    "method",
    "mode",
    "format",
    "encoding",
    "version",
    "policy",
    "header",
    "field",
    "param",
    "parameter",
    "prefix",
    "suffix",
    "cookie",
    "issuer",
    "audience",
    "scope",
    "scopes",
    "enabled",
    "disabled",
    "required",
    "hint",
    "ref",
    "location",
    "namespace",
    "backend",
    "provider",
    "store",
    "engine",
    "user",
    "username",
    "usage",
    "description",
    "reset",
    "hash",
    "salt",
];

/// Last words of what anybody may know, and what is often the same in several places.
const PUBLIC: &[&str] = &[
    "user",
    "username",
    "login",
    "name",
    "host",
    "hostname",
    "server",
    "port",
    "address",
    "addr",
    "url",
    "uri",
    "endpoint",
    "domain",
    "database",
    "db",
    "dbname",
    "schema",
    "email",
    "mail",
    "from",
    "region",
    "zone",
    "bucket",
    "id",
    "cert",
    "crt",
    "certificate",
    "ca",
    "cacert",
    "chain",
    "hosts",
    "issuer",
    "audience",
    "path",
    "file",
    "dir",
    "level",
    "mode",
    "env",
    "environment",
    "version",
    "type",
];

/// The words of a key in lower case: `dbRootPassword`, `DB_ROOT_PASSWORD` and `db.root-password` have the same.
fn words(key: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    let characters: Vec<char> = key.chars().collect();
    for (index, &c) in characters.iter().enumerate() {
        if !c.is_alphanumeric() {
            words.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
            continue;
        }
        let before = index.checked_sub(1).and_then(|before| characters.get(before));
        let next = characters.get(index + 1);
        // `dbPassword`, and in `APIKey` the `K`.
        let starts = c.is_uppercase()
            && (before.is_some_and(|before| before.is_lowercase() || before.is_numeric())
                || (before.is_some_and(|before| before.is_uppercase()) && next.is_some_and(|next| next.is_lowercase())));
        if starts {
            words.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
        }
        word.extend(c.to_lowercase());
    }
    words.extend((!word.is_empty()).then_some(word));
    words
}

/// Whether a key promises a secret: `DB_PASSWORD`, `api-key`, `clientSecret`, and not `PASSWORD_FILE` or `TOKEN_URL`.
pub fn promises_secret(key: &str) -> bool {
    let words = words(key);
    // `PASSWORD_1` is one, as `password1` is.
    let words: Vec<&str> =
        words.iter().map(|word| word.trim_end_matches(|c: char| c.is_ascii_digit())).filter(|word| !word.is_empty()).collect();
    if words.last().is_none_or(|last| ABOUT.contains(last)) || words.contains(&"public") {
        return false;
    }
    let glued = |word: &str| ["password", "passwd", "passphrase", "secretkey"].iter().any(|end| word.ends_with(end));
    words.iter().any(|word| SECRET_WORDS.contains(word) || glued(word))
        || words.iter().zip(words.iter().skip(1)).any(|(first, second)| SECRET_PAIRS.contains(&[first, second]))
}

/// Whether a key says that it holds what anybody may know: `DB_USER`, `tls.crt`.
pub fn is_public(key: &str) -> bool {
    words(key).last().is_some_and(|last| PUBLIC.contains(&last.as_str()))
}

/// Whether a key says that it holds how to reach a database, in which a password may be.
pub fn is_connection(key: &str) -> bool {
    let words = words(key);
    words.iter().any(|word| ["dsn", "conninfo", "jdbc"].contains(&word.as_str()))
        || words
            .iter()
            .zip(words.iter().skip(1))
            .any(|(first, second)| first == "connection" && ["string", "strings"].contains(&second.as_str()))
        || words.last().is_some_and(|last| last == "connectionstring")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_casing_and_separator() {
        for key in [
            "password",
            "PASSWORD",
            "DB_PASSWORD",
            "MYSQL_ROOT_PASSWORD",
            "dbPassword",
            "db.password",
            "redis-password",
            "PGPASSWORD",
            "passwd",
            "passphrase",
            "DB_PASS",
            "secret",
            "CLIENT_SECRET",
            "clientSecret",
            "SECRET_KEY_BASE",
            "AWS_SECRET_ACCESS_KEY",
            "token",
            "API_TOKEN",
            "authToken",
            "GITHUB_TOKEN",
            "api-key",
            "apiKey",
            "APIKey",
            "API_KEY",
            "APIKEY",
            "privateKey",
            "private_key",
            "credentials",
            "PASSWORD_1",
            "password2",
            "WORDPRESS_DB_PASSWORD",
            "app.Password",
        ] {
            assert!(promises_secret(key), "{key}");
        }
    }

    #[test]
    fn what_is_only_about_a_secret() {
        for key in [
            "PASSWORD_FILE",
            "passwordFile",
            "TOKEN_URL",
            "tokenUrl",
            "SECRET_NAME",
            "secretName",
            "TOKEN_ID",
            "AWS_ACCESS_KEY_ID",
            "TOKEN_TTL",
            "PASSWORD_MIN_LENGTH",
            "passwordPolicy",
            "TOKEN_HEADER",
            "PASSWORD_HASH",
            "CREDENTIALS_PATH",
            "PUBLIC_TOKEN",
            "key",
            "KEY",
            "tls.key",
            "compass",
            "passenger",
            "bypass_list",
            "tokenizer",
            "secretary",
            "user",
            "monkey",
            "keyboard",
            "",
            "PUBLIC_API_KEY",
            "host",
            "pass_through_mode",
        ] {
            assert!(!promises_secret(key), "{key}");
        }
    }

    #[test]
    fn public_and_connections() {
        assert!(["DB_USER", "username", "tls.crt", "DATABASE_HOST", "ca.crt"].iter().all(|key| is_public(key)));
        assert!(!["DB_PASSWORD", "token", "tls.key", "value"].iter().any(|key| is_public(key)));
        assert!(["DSN", "db_dsn", "ConnectionString", "CONNECTION_STRING"].iter().all(|key| is_connection(key)));
        assert!(!["connection", "host", "designs"].iter().any(|key| is_connection(key)));
    }
}
