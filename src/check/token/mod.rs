//! Bootstrap tokens: what makes one that the API server takes fail silently later.
//!
//! Sources: `staging/src/k8s.io/cluster-bootstrap/token` and `.../util/secrets`, and the
//! authenticator in `plugin/pkg/auth/authenticator/token/bootstrap` of Kubernetes. They compare
//! bytes: a line break at the end of a value breaks the token, and an expiry that does not parse
//! counts as over, upon which the token cleaner deletes the Secret.

pub(crate) mod messages;

use super::subject::Unknown;
use crate::go::time::{self, TimeFault, Timestamp};
use crate::secret::Secret;
use crate::secret::kind::{
    BOOTSTRAP_NAME_PREFIX as NAME_PREFIX, BOOTSTRAP_NAMESPACE as NAMESPACE, EXPIRATION,
    EXTRA_GROUPS, TOKEN_ID, TOKEN_SECRET, TOKEN_USAGES as USAGES,
};

/// What every further group starts with.
pub(crate) const GROUP_PREFIX: &str = "system:bootstrappers:";

/// Length of an id, in bytes.
pub(crate) const ID_LENGTH: usize = 6;
/// Length of the secret part, in bytes.
pub(crate) const SECRET_LENGTH: usize = 16;
/// Longest name of a group after its prefix, in bytes.
const GROUP_MAX: usize = 256;

/// Why a bootstrap token would not work. Holds no byte of a data value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TokenFault {
    /// It is in another namespace than [`NAMESPACE`].
    Namespace(String),
    /// The name is not [`NAME_PREFIX`] and an id.
    Name(String),
    /// A data key that is missing: [`TOKEN_ID`] or [`TOKEN_SECRET`].
    Missing(&'static str),
    /// The id is not 6 of `a-z`, `0-9`.
    Id(PartFault),
    /// The id in the data is another than that in the name.
    IdNotInName,
    /// The secret part is not 16 of `a-z`, `0-9`.
    Secret(PartFault),
    /// A usage that is neither exactly `true` nor `false`.
    Usage {
        /// Its data key.
        key: &'static str,
        /// Whether it would be right without white space around it.
        space: bool,
    },
    /// No usage is `true`.
    NoUsage,
    /// One of the further groups.
    Group {
        /// Which, counted from 1.
        number: usize,
        /// Why not.
        fault: GroupFault,
    },
    /// The time at which it ends.
    Expiration(TimeFault),
    /// It has ended. Only known where there is a time to compare with, so [`faults`] does not say
    /// it.
    Expired,
}

/// Why the id or the secret part of a token is not one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PartFault {
    /// There is nothing.
    Empty,
    /// It would be right without the white space around it.
    Space,
    /// It is a whole token, `ID.SECRET`.
    WholeToken,
    /// It would be right in lower case.
    UpperCase,
    /// It has another length than this, in bytes.
    Length {
        /// What it should be.
        right: usize,
    },
    /// It holds something else than `a-z`, `0-9`.
    Character,
}

/// Why a group is not one that a token can give.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum GroupFault {
    /// There is nothing between two commas, or at the end.
    Empty,
    /// White space stands around it.
    Space,
    /// It does not start with [`GROUP_PREFIX`].
    Prefix,
    /// After the prefix stands something else than `a-z`, `0-9`, `:` and `-`.
    Character,
    /// Nothing, `:` or `-` stands at its end.
    End,
    /// It has more than 256 bytes after the prefix.
    TooLong,
}

/// Everything that would keep a Secret of the type `bootstrap.kubernetes.io/token` from working. A
/// namespace that is not there is set by others.
///
/// Values of the keys in `unknown` are not judged; nothing is missing if further keys may come.
pub(crate) fn faults(secret: &Secret, unknown: &Unknown) -> Vec<TokenFault> {
    let value = |key: &str| {
        if unknown.keys.contains(key) {
            None
        } else {
            secret.data.get(key).map(|value| value.expose())
        }
    };
    let missing =
        |key: &str| !unknown.open && !unknown.keys.contains(key) && !secret.data.contains_key(key);
    let mut found = Vec::new();

    if let Some(namespace) = secret
        .namespace
        .as_ref()
        .filter(|namespace| !namespace.is_empty() && *namespace != NAMESPACE)
    {
        found.push(TokenFault::Namespace(namespace.clone()));
    }
    let named = id_of_name(&secret.name);
    if named.is_none() {
        found.push(TokenFault::Name(secret.name.clone()));
    }
    found.extend(
        [TOKEN_ID, TOKEN_SECRET].into_iter().filter(|key| missing(key)).map(TokenFault::Missing),
    );
    if let Some(id) = value(TOKEN_ID) {
        match part(id, ID_LENGTH) {
            Err(fault) => found.push(TokenFault::Id(fault)),
            Ok(()) if named.is_some_and(|named| named.as_bytes() != id) => {
                found.push(TokenFault::IdNotInName)
            }
            Ok(()) => {}
        }
    }
    found.extend(
        value(TOKEN_SECRET)
            .and_then(|secret| part(secret, SECRET_LENGTH).err())
            .map(TokenFault::Secret),
    );
    usages(value, missing, &mut found);
    found.extend(value(EXTRA_GROUPS).into_iter().flat_map(extra_groups));
    if let Some(Err(fault)) = value(EXPIRATION).filter(|time| !time.is_empty()).map(time::parse) {
        found.push(TokenFault::Expiration(fault));
    }
    found
}

/// Whether a token that ends at `end` has ended `now`, in seconds of Unix time: at that very second
/// it has (`GetExpiration` in `cluster-bootstrap/util/secrets`).
pub(crate) fn has_ended(end: Timestamp, now: i64) -> bool {
    end <= Timestamp { seconds: now, nanos: 0 }
}

/// The id in the name of a token Secret.
pub(crate) fn id_of_name(name: &str) -> Option<&str> {
    name.strip_prefix(NAME_PREFIX).filter(|id| is_part(id.as_bytes(), ID_LENGTH))
}

/// Whether `text` is a whole token, `ID.SECRET`, as a joining node gives it.
pub(crate) fn is_token(text: &[u8]) -> bool {
    let Some((id, rest)) = text.split_at_checked(ID_LENGTH) else { return false };
    is_part(id, ID_LENGTH)
        && rest.strip_prefix(b".").is_some_and(|secret| is_part(secret, SECRET_LENGTH))
}

fn is_part(text: &[u8], length: usize) -> bool {
    text.len() == length
        && text.iter().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
}

/// Whether `text` is an id or a secret part: `right` characters of `a-z` and `0-9`, and nothing
/// else.
pub(crate) fn part(text: &[u8], right: usize) -> Result<(), PartFault> {
    if is_part(text, right) {
        return Ok(());
    }
    let trimmed = text.trim_ascii();
    Err(if trimmed.is_empty() {
        PartFault::Empty
    } else if is_token(trimmed) {
        PartFault::WholeToken
    } else if is_part(trimmed, right) {
        PartFault::Space
    } else if trimmed.len() != right {
        PartFault::Length { right }
    } else if trimmed.iter().all(u8::is_ascii_alphanumeric) {
        PartFault::UpperCase
    } else {
        PartFault::Character
    })
}

/// What is wrong with the value of [`EXTRA_GROUPS`]: one bad group keeps the token from
/// authenticating at all. An empty value means none.
pub(crate) fn extra_groups(value: &[u8]) -> Vec<TokenFault> {
    if value.is_empty() {
        return Vec::new();
    }
    // Kubernetes does not trim.
    let groups = value.split(|byte| *byte == b',').enumerate();
    groups
        .filter_map(|(index, text)| {
            Some(TokenFault::Group { number: index + 1, fault: group(text).err()? })
        })
        .collect()
}

/// Whether `text` is a group that a token can give: `system:bootstrappers:`, then up to 256 of
/// `a-z`, `0-9`, `:` and `-`, the last not of these two.
pub(crate) fn group(text: &[u8]) -> Result<(), GroupFault> {
    let trimmed = text.trim_ascii();
    if trimmed.is_empty() {
        return Err(GroupFault::Empty);
    }
    if trimmed.len() != text.len() {
        return Err(GroupFault::Space);
    }
    let name = text.strip_prefix(GROUP_PREFIX.as_bytes()).ok_or(GroupFault::Prefix)?;
    let is_end = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    if !name.iter().all(|byte| is_end(byte) || matches!(byte, b':' | b'-')) {
        return Err(GroupFault::Character);
    }
    if !name.last().is_some_and(is_end) {
        return Err(GroupFault::End);
    }
    if name.len() > GROUP_MAX { Err(GroupFault::TooLong) } else { Ok(()) }
}

/// A usage counts only if it is exactly `true`; `false` says openly that it does not.
fn usages<'a>(
    value: impl Fn(&str) -> Option<&'a [u8]>,
    missing: impl Fn(&str) -> bool,
    found: &mut Vec<TokenFault>,
) {
    let mut used = false;
    let mut bad = false;
    for (_, key) in USAGES {
        match value(key) {
            Some(b"true") => used = true,
            Some(b"false") => {}
            Some(other) => {
                bad = true;
                found.push(TokenFault::Usage {
                    key,
                    space: matches!(other.trim_ascii(), b"true" | b"false"),
                });
            }
            // What is not known may be `true`.
            None => used |= !missing(key),
        }
    }
    if !used && !bad {
        found.push(TokenFault::NoUsage);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::bytes::SecretBytes;

    fn token(changes: &[(&str, &str)]) -> Vec<TokenFault> {
        let good = [
            (TOKEN_ID, "abcdef"),
            (TOKEN_SECRET, "0123456789abcdef"),
            ("usage-bootstrap-authentication", "true"),
            ("usage-bootstrap-signing", "true"),
        ];
        let mut secret = Secret {
            name: "bootstrap-token-abcdef".into(),
            namespace: Some("kube-system".into()),
            ..Secret::default()
        };
        for (key, value) in good.iter().chain(changes) {
            match *key {
                "name" => secret.name = value.to_string(),
                "namespace" => secret.namespace = Some(value.to_string()),
                _ => drop(secret.data.insert(key.to_string(), SecretBytes::from(*value))),
            }
        }
        faults(&secret, &Unknown::default())
    }

    #[test]
    fn a_token_that_works() {
        assert_eq!(token(&[]), []);
        assert_eq!(
            token(&[(EXPIRATION, ""), (EXTRA_GROUPS, ""), ("usage-bootstrap-signing", "false")]),
            []
        );
        assert_eq!(token(&[("namespace", "")]), []);
    }

    #[test]
    fn a_token_that_does_not() {
        assert_eq!(token(&[("namespace", "default")]), [TokenFault::Namespace("default".into())]);
        assert_eq!(token(&[("name", "token")]), [TokenFault::Name("token".into())]);
        assert_eq!(token(&[("name", "bootstrap-token-012345")]), [TokenFault::IdNotInName]);
        assert_eq!(token(&[(TOKEN_ID, "abcde")]), [TokenFault::Id(PartFault::Length { right: 6 })]);
        assert_eq!(token(&[(TOKEN_ID, "ABCDEF")]), [TokenFault::Id(PartFault::UpperCase)]);
        assert_eq!(
            token(&[(TOKEN_SECRET, "0123456789abcdef\n")]),
            [TokenFault::Secret(PartFault::Space)]
        );
        assert_eq!(
            token(&[(TOKEN_SECRET, "abcdef.0123456789abcdef")]),
            [TokenFault::Secret(PartFault::WholeToken)]
        );
        assert_eq!(
            token(&[(TOKEN_SECRET, "0123456789abcde_")]),
            [TokenFault::Secret(PartFault::Character)]
        );
        let key = "usage-bootstrap-signing";
        assert_eq!(token(&[(key, "true\n")]), [TokenFault::Usage { key, space: true }]);
        assert_eq!(token(&[(key, "yes")]), [TokenFault::Usage { key, space: false }]);
        assert_eq!(
            token(&[(key, "false"), ("usage-bootstrap-authentication", "false")]),
            [TokenFault::NoUsage]
        );
        assert_eq!(
            token(&[(EXPIRATION, "2030-01-01")]),
            [TokenFault::Expiration(TimeFault::DateOnly)]
        );
        let groups = "system:bootstrappers:a, system:bootstrappers:b,system:masters,";
        assert_eq!(
            token(&[(EXTRA_GROUPS, groups)]),
            [
                TokenFault::Group { number: 2, fault: GroupFault::Space },
                TokenFault::Group { number: 3, fault: GroupFault::Prefix },
                TokenFault::Group { number: 4, fault: GroupFault::Empty },
            ]
        );
    }

    #[test]
    fn the_length_of_a_group() {
        assert_eq!(group(format!("{GROUP_PREFIX}{}", "a".repeat(256)).as_bytes()), Ok(()));
        assert_eq!(
            group(format!("{GROUP_PREFIX}{}", "a".repeat(257)).as_bytes()),
            Err(GroupFault::TooLong)
        );
        assert_eq!(group(GROUP_PREFIX.as_bytes()), Err(GroupFault::End));
    }

    #[test]
    fn what_is_not_known_is_not_judged() {
        let secret = Secret { name: "bootstrap-token-abcdef".into(), ..Secret::default() };
        let all = [TOKEN_ID, TOKEN_SECRET, "usage-bootstrap-signing"].map(String::from);
        assert_eq!(faults(&secret, &Unknown { keys: all.into(), open: false }), []);
        assert_eq!(faults(&secret, &Unknown { open: true, ..Unknown::default() }), []);
        let none =
            [TokenFault::Missing(TOKEN_ID), TokenFault::Missing(TOKEN_SECRET), TokenFault::NoUsage];
        assert_eq!(faults(&secret, &Unknown::default()), none);
    }
}
