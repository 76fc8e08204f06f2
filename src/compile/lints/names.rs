//! Keys that say what they hold: which names promise a password, and which what anybody may know.
//! `words.tsv` has the words.

use std::{collections::HashSet, sync::LazyLock};

static WORDS: LazyLock<HashSet<(&str, &str)>> = LazyLock::new(|| {
    let lists = include_str!("words.tsv").lines().filter_map(|line| line.split_once('\t'));
    lists.flat_map(|(list, words)| words.split(' ').map(move |word| (list, word))).collect()
});

pub(crate) fn is_in(list: &str, word: &str) -> bool {
    WORDS.contains(&(list, word))
}

fn is_pair_in(list: &str, pair: &[&str]) -> bool {
    is_in(list, &pair.join("-"))
}

/// The words of a key in lower case: `dbRootPassword`, `DB_ROOT_PASSWORD` and `db.root-password`
/// have the same.
fn words(key: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = ' ';
    let mut characters = key.chars().peekable();
    while let Some(c) = characters.next() {
        // `dbPassword`, and in `APIKey` the `K`.
        let is_last_capital =
            before.is_uppercase() && characters.peek().is_some_and(|next| next.is_lowercase());
        let starts =
            c.is_uppercase() && (before.is_lowercase() || before.is_numeric() || is_last_capital);
        if starts || !c.is_alphanumeric() {
            words.push(String::new());
        }
        if let (true, Some(word)) = (c.is_alphanumeric(), words.last_mut()) {
            word.extend(c.to_lowercase());
        }
        before = c;
    }
    words.retain(|word| !word.is_empty());
    words
}

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
    let words = words.iter().map(|word| word.trim_end_matches(|c: char| c.is_ascii_digit()));
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    // The half of an AppRole's login that is secret; on its own a `SECRET_ID` may as well name a
    // Secret.
    if words.ends_with(&["secret", "id"])
        && words.iter().any(|word| ["vault", "approle", "bao", "openbao"].contains(word))
    {
        return Promise::Secret;
    }
    if words.windows(2).any(|pair| is_pair_in("reference-pair", pair))
        || words.iter().any(|word| matches!(*word, "public" | "publishable"))
    {
        return Promise::Nothing;
    }
    let ends_secret = |count: &usize| match words.get(..*count) {
        Some([.., before, last]) if is_pair_in("secret-pair", &[before, last]) => true,
        // `DB_PASS` is one; `PASS_RATE` passes something.
        Some([.., last]) => is_secret_word(last) || (*last == "pass" && *count == words.len()),
        _ => false,
    };
    let Some(count) = (1..=words.len()).rev().find(ends_secret) else { return Promise::Nothing };
    let (with, after) = words.split_at(count);
    let before = with.split_last().map_or(&[][..], |(_, before)| before);
    match after.last() {
        None if !before.iter().any(|word| is_in("switch", word)) => Promise::Secret,
        // `PASSWORD_RESET_KEY` is a key, whatever for.
        Some(last) if *last != "key" && after.iter().any(|word| is_in("about", word)) => {
            Promise::Nothing
        }
        _ => Promise::Mention,
    }
}

fn is_secret_word(word: &str) -> bool {
    let glued = "password passwd passphrase secretkey accesskey apikey token clientsecret";
    is_in("secret", word) || glued.split(' ').any(|end| word.ends_with(end))
}

/// Whether a key says that it holds what anybody may know: `DB_USER`, `tls.crt`.
pub(crate) fn is_public(key: &str) -> bool {
    words(key).last().is_some_and(|last| is_in("public", last))
}

/// Whether a key says that it holds how to reach a database, in which a password may be.
pub(crate) fn is_connection(key: &str) -> bool {
    let words = words(key);
    words.iter().any(|word| ["dsn", "conninfo", "jdbc"].contains(&word.as_str()))
        || words.last().is_some_and(|last| last == "connectionstring")
        || words.windows(2).any(|pair| {
            matches!(pair, [first, second] if first == "connection"
                && (second == "string" || second == "strings"))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_known_programs() {
        let names = include_str!("../../../tests/unit/key_names.tsv");
        let mut count = 0;
        for (promised, keys) in names.lines().filter_map(|line| line.split_once('\t')) {
            for key in keys.split(' ') {
                assert_eq!(format!("{:?}", promise(key)), promised, "{key}");
                count += 1;
            }
        }
        assert!(count > 200, "{count}");
        assert_eq!(promise(""), Promise::Nothing);
    }

    #[test]
    fn public_and_connections() {
        for (keys, expected) in [
            ("DB_USER tls.crt DATABASE_HOST", (true, false)),
            ("DB_PASSWORD tls.key connection designs", (false, false)),
            ("db_dsn ConnectionString CONNECTION_STRING", (false, true)),
        ] {
            for key in keys.split(' ') {
                assert_eq!((is_public(key), is_connection(key)), expected, "{key}");
            }
        }
    }
}
