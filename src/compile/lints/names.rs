//! Keys that say what they hold: which names promise a password, and which what anybody may know.

/// Words that say: what is here is secret.
const SECRET: &str = "password passwd passphrase passcode pwd secret token credential credentials \
    creds apikey authkey psk";

/// Ends of words that are written together: `PGPASSWORD`, `secretkey`.
const GLUED: [&str; 8] = [
    "password",
    "passwd",
    "passphrase",
    "secretkey",
    "accesskey",
    "apikey",
    "token",
    "clientsecret",
];

/// Pairs of words that say it together: `API_KEY`, `privateKey`; `db_key_base` is GitLab's,
/// `FERNET_KEY` Airflow's.
const SECRET_PAIRS: [[&str; 2]; 16] = [
    ["secret", "key"],
    ["api", "key"],
    ["private", "key"],
    ["access", "key"],
    ["auth", "key"],
    ["encryption", "key"],
    ["signing", "key"],
    ["master", "key"],
    ["license", "key"],
    ["hmac", "key"],
    ["fernet", "key"],
    ["account", "key"],
    ["storage", "key"],
    ["shared", "key"],
    ["key", "base"],
    ["erlang", "cookie"],
];

/// Pairs that name another Secret, or a key in one, as values of Helm charts do: `existingSecret`,
/// `passwordKey`.
const REFERENCE_PAIRS: [[&str; 2]; 3] =
    [["existing", "secret"], ["pull", "secret"], ["password", "key"]];

/// Words after a secret that say: this is about it, and not itself. `PASSWORD_FILE`, `tokenUrl`,
/// `SECRET_ROTATION_DAYS`. Words that may also tell whose it is, such as `server`, `admin` or
/// `email`, are not among them.
const ABOUT: &str = "
    file files path paths dir directory url uri endpoint host hostname port address location \
    namespace link page route
    name names id ids ref refs label labels title description hint help prompt placeholder
    ttl age expiry expire expires expired expiration lifetime lifespan timeout interval duration \
    validity valid until since
    date time timestamp mtime ctime created updated changed
    day days hour hours minute minutes second seconds month months week weeks
    rotation rotate refresh renew renewal retention history grace period leeway skew window delay
    length len size min max minimum maximum count limit limits quota rate per bucket threshold \
    retries attempts tries lockout
    cost rounds iterations memory parallelism
    type kind algorithm algorithms alg algo method methods mode format encoding encoder encryption \
    version scheme style strategy
    policy policies rule rules requirements strength complexity entropy charset characters regex \
    pattern
    validation validator validators validate verification check checks hash hasher hashers salt
    header headers field param parameter prefix suffix cookie issuer audience scope scopes claim \
    claims realm role roles group groups
    enabled disabled required optional allowed support feature
    backend provider providers store storage cache engine driver plugin manager management broker \
    generator generation handler
    exchange introspection revocation grant class factory impl adapter resolver converter \
    extractor filter source
    arn region var variable
    table column index schema collection topic mount volume
    user username usage login reset change recovery authentication authorization authenticator \
    through";

/// Words before a secret that make of it a switch or a number: `MYSQL_ALLOW_EMPTY_PASSWORD`,
/// `USE_TOKEN`, `MAX_TOKEN`.
const SWITCHES: &str = "
    use uses using enable enabled enables disable disabled require required requires allow allowed \
    allows deny need needs with without no
    is has can should must empty random onetime skip pass auto generate generated show hide force \
    check verify validate rotate reset change
    expire remember max min num number count total";

/// Last words of what anybody may know, and what is often the same in several places.
const PUBLIC: &str = "
    user username login name host hostname server port address addr url uri endpoint domain \
    database db dbname schema email mail from
    region zone bucket id cert crt certificate ca cacert chain hosts issuer audience path file dir \
    level mode env environment version
    type";

/// The words of a key in lower case: `dbRootPassword`, `DB_ROOT_PASSWORD` and `db.root-password`
/// have the same.
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
                || (before.is_some_and(|before| before.is_uppercase())
                    && next.is_some_and(|next| next.is_lowercase())));
        if starts {
            words.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
        }
        word.extend(c.to_lowercase());
    }
    words.extend((!word.is_empty()).then_some(word));
    words
}

/// What a key says about its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Promise {
    /// Nothing that is secret: `DB_USER`, `PASSWORD_FILE`.
    Nothing,
    /// It speaks of a secret, and the value says whether it is one: `PASSWORD_PROD`,
    /// `USE_TOKEN_AUTH`.
    Mention,
    /// It is a secret: `DB_PASSWORD`, `api-key`, `clientSecret`.
    Secret,
}

/// What a key promises. As in any English compound, the last word says what it is.
pub(crate) fn promise(key: &str) -> Promise {
    let words = words(key);
    // `PASSWORD_1` is one, as `password1` is.
    let words: Vec<&str> = words
        .iter()
        .map(|word| word.trim_end_matches(|c: char| c.is_ascii_digit()))
        .filter(|word| !word.is_empty())
        .collect();
    // The half of an AppRole's login that is secret; on its own a `SECRET_ID` may as well name a
    // Secret.
    let is_app_role = words.ends_with(&["secret", "id"])
        && words.iter().any(|word| is_in("vault approle bao openbao", word));
    if is_app_role {
        return Promise::Secret;
    }
    let is_reference =
        words.windows(2).any(|pair| REFERENCE_PAIRS.iter().any(|known| known == pair));
    if is_reference || words.iter().any(|word| matches!(*word, "public" | "publishable")) {
        return Promise::Nothing;
    }
    let Some(count) = (1..=words.len())
        .rev()
        .find(|count| words.get(..*count).is_some_and(|part| ends_secret(part, words.len())))
    else {
        return Promise::Nothing;
    };
    let (with, after) = words.split_at_checked(count).unwrap_or_default();
    let before = with.split_last().map(|(_, before)| before).unwrap_or_default();
    if after.is_empty() && !before.iter().any(|word| is_in(SWITCHES, word)) {
        return Promise::Secret;
    }
    // `PASSWORD_RESET_KEY` is a key, whatever for.
    let about = after.last() != Some(&"key") && after.iter().any(|word| is_in(ABOUT, word));
    if about { Promise::Nothing } else { Promise::Mention }
}

/// Whether the first words of a key, which has so many, end in a secret.
fn ends_secret(words: &[&str], count: usize) -> bool {
    let last = words.last().copied().unwrap_or_default();
    // `DB_PASS` is one; `PASS_RATE` passes something.
    let pass = last == "pass" && words.len() == count;
    pass || is_in(SECRET, last)
        || GLUED.iter().any(|end| last.ends_with(end))
        || SECRET_PAIRS.iter().any(|pair| words.ends_with(pair))
}

/// Whether a list has a word.
pub(crate) fn is_in(list: &str, word: &str) -> bool {
    list.split_ascii_whitespace().any(|listed| listed == word)
}

/// Whether a key says that it holds what anybody may know: `DB_USER`, `tls.crt`.
pub(crate) fn is_public(key: &str) -> bool {
    words(key).last().is_some_and(|last| is_in(PUBLIC, last))
}

/// Whether a key says that it holds how to reach a database, in which a password may be.
pub(crate) fn is_connection(key: &str) -> bool {
    let words = words(key);
    words.iter().any(|word| ["dsn", "conninfo", "jdbc"].contains(&word.as_str()))
        || words.iter().zip(words.iter().skip(1)).any(|(first, second)| {
            first == "connection" && ["string", "strings"].contains(&second.as_str())
        })
        || words.last().is_some_and(|last| last == "connectionstring")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all_promise(promised: Promise, keys: &str) {
        for key in keys.split_ascii_whitespace() {
            assert_eq!(promise(key), promised, "{key}");
        }
    }

    #[test]
    fn any_casing_and_separator() {
        all_promise(
            Promise::Secret,
            "password PASSWORD DB_PASSWORD dbPassword db.password redis-password app.Password \
             passwd passphrase DB_PASS secret
            CLIENT_SECRET clientSecret token API_TOKEN authToken api-key apiKey APIKey API_KEY \
            APIKEY privateKey private_key credentials
            PASSWORD_1 password2",
        );
    }

    /// Of images, charts and operators: MySQL, PostgreSQL, Redis, MongoDB, RabbitMQ, MinIO,
    /// Keycloak, Grafana, GitLab, Harbor, Vault, Argo CD, oauth2-proxy, cert-manager, external-dns,
    /// Airflow, Gitea, n8n, Django, Rails, Spring, Next.js, WordPress and clouds.
    #[test]
    fn secrets_of_known_programs() {
        all_promise(
            Promise::Secret,
            "MYSQL_ROOT_PASSWORD MARIADB_PASSWORD POSTGRES_PASSWORD PGPASSWORD REDIS_PASSWORD \
             redis-replication-password
            MONGO_INITDB_ROOT_PASSWORD RABBITMQ_DEFAULT_PASS RABBITMQ_ERLANG_COOKIE \
            MINIO_ROOT_PASSWORD MINIO_SECRET_KEY secretkey
            accesskey KC_DB_PASSWORD KC_BOOTSTRAP_ADMIN_PASSWORD KC_HTTPS_KEY_STORE_PASSWORD \
            GF_SECURITY_ADMIN_PASSWORD
            GF_SECURITY_SECRET_KEY GF_AUTH_GENERIC_OAUTH_CLIENT_SECRET initial_root_password \
            shared_runners_registration_token
            db_key_base otp_key_base secret_key_base HARBOR_ADMIN_PASSWORD JOBSERVICE_SECRET \
            REGISTRY_HTTP_SECRET REGISTRY_PASSWD
            VAULT_TOKEN admin.password server.secretkey webhook.github.secret \
            dex.github.clientSecret OAUTH2_PROXY_COOKIE_SECRET
            OAUTH2_PROXY_CLIENT_SECRET api-token secret-access-key tsig-secret-key CF_API_TOKEN \
            CF_API_KEY
            EXTERNAL_DNS_RFC2136_TSIG_SECRET VAULT_SECRET_ID approle-secret-id \
            AIRFLOW__CORE__FERNET_KEY
            GITEA__security__INTERNAL_TOKEN LFS_JWT_SECRET N8N_ENCRYPTION_KEY
            DJANGO_SECRET_KEY DJANGO_SUPERUSER_PASSWORD RAILS_MASTER_KEY SECRET_KEY_BASE \
            JWT_SECRET spring.datasource.password
            server.ssl.key-store-password NEXTAUTH_SECRET STRIPE_SECRET_KEY STRIPE_WEBHOOK_SECRET \
            SENTRY_AUTH_TOKEN
            AWS_SECRET_ACCESS_KEY AZURE_CLIENT_SECRET AZURE_STORAGE_KEY OPENAI_API_KEY \
            GITHUB_TOKEN WORDPRESS_DB_PASSWORD
            WORDPRESS_AUTH_KEY SMTP_PASS ELASTIC_PASSWORD WIFI_PSK TOKEN_SECRET",
        );
    }

    #[test]
    fn what_the_value_has_to_say() {
        all_promise(
            Promise::Mention,
            "USE_TOKEN_AUTH ALLOW_EMPTY_PASSWORD MYSQL_ALLOW_EMPTY_PASSWORD \
             MYSQL_RANDOM_ROOT_PASSWORD MYSQL_ONETIME_PASSWORD
            REQUIRE_PASSWORD requirePassword OAUTH2_PROXY_PASS_ACCESS_TOKEN SECRET_KEY_BASE_DUMMY \
            PASSWORD_ACCESS PASSWORD_PROD
            TOKEN_GITHUB PASSWORD_ADMIN SECRET_VALUE GOOGLE_CREDENTIALS_JSON TOKEN_KEY \
            PASSWORD_RESET_KEY PASSWORD_RESET_TOKEN MAX_TOKEN
            AUTO_GENERATE_PASSWORD",
        );
    }

    #[test]
    fn what_is_only_about_a_secret() {
        all_promise(
            Promise::Nothing,
            "PASSWORD_FILE passwordFile TOKEN_URL tokenUrl SECRET_NAME secretName TOKEN_ID \
             AWS_ACCESS_KEY_ID TOKEN_TTL
            PASSWORD_MIN_LENGTH passwordPolicy TOKEN_HEADER PASSWORD_HASH CREDENTIALS_PATH \
            PUBLIC_TOKEN key KEY tls.key compass
            passenger bypass_list tokenizer secretary user monkey keyboard PUBLIC_API_KEY host \
            pass_through_mode",
        );
        assert_eq!(promise(""), Promise::Nothing);
    }

    #[test]
    fn settings_of_known_programs() {
        all_promise(
            Promise::Nothing,
            "TOKEN_REFRESH SECRET_ROTATION_DAYS PASS_RATE PASS_THROUGH SECRET_MANAGER \
             SECRET_MANAGER_PROJECT TOKEN_BUCKET_RATE
            PASSWORD_LOGIN TOKENS_PER_MINUTE TOKEN_PER_MINUTE TOKEN_VALIDATION SECRET_BACKEND_ROLE \
            SECRET_BACKEND_KWARGS
            PasswordAuthentication default_password_lifetime validate_password.policy \
            password_encryption POSTGRES_PASSWORD_FILE
            KC_PASSWORD_POLICY GF_AUTH_GENERIC_OAUTH_TOKEN_URL GF_USERS_PASSWORD_HINT \
            OAUTH2_PROXY_CLIENT_SECRET_FILE
            OAUTH2_PROXY_COOKIE_REFRESH admin.passwordMtime robot_token_duration token_expiration \
            rfc2136TSIGSecretAlg existingSecret
            auth.existingSecretPasswordKey secretKeys.adminPasswordKey imagePullSecret \
            privateKeySecretRef PASSWORD_RESET_TIMEOUT
            PASSWORD_HASHERS AUTH_PASSWORD_VALIDATORS AUTH_PASSWORD_BROKER \
            AUTH_PASSWORD_RESET_TOKEN_TABLE SANCTUM_TOKEN_PREFIX
            jwt.token.validity JWT_ACCESS_TOKEN_EXPIRES_IN ACCESS_TOKEN_EXPIRE_MINUTES \
            REFRESH_TOKEN_LIFESPAN PASSWORD_COMPLEXITY
            PASSWORD_HASH_ALGO PASSWORD_CHECK_PWN MIN_PASSWORD_LENGTH NEXT_PUBLIC_MAPBOX_TOKEN \
            STRIPE_PUBLISHABLE_KEY
            xpack.security.authc.token.enabled MAX_TOKENS TOKEN_LIMIT VAULT_SECRET_MOUNT \
            SECRET_STORE_KIND SECRET_ARN TOKEN_SERVICE_URL
            TOKEN_FACTORY_CLASS PASSWORD_ENV_VAR API_KEY_HEADER apiKeyName CREDENTIALS_PROVIDER \
            session_token_cookie PASSWORD_MAX_AGE
            ENCRYPTION_KEY_VERSION",
        );
    }

    #[test]
    fn public_and_connections() {
        assert!(
            ["DB_USER", "username", "tls.crt", "DATABASE_HOST", "ca.crt"]
                .iter()
                .all(|key| is_public(key))
        );
        assert!(!["DB_PASSWORD", "token", "tls.key", "value"].iter().any(|key| is_public(key)));
        assert!(
            ["DSN", "db_dsn", "ConnectionString", "CONNECTION_STRING"]
                .iter()
                .all(|key| is_connection(key))
        );
        assert!(!["connection", "host", "designs"].iter().any(|key| is_connection(key)));
    }
}
