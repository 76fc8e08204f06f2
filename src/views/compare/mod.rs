//! Two sets of Secrets, compared: what `build` would change in a folder, a file, or what a cluster
//! gives. Facts here; the renderers beside this file show them, with values masked so that nothing
//! can be guessed from the mask.

pub(crate) mod change;
pub(crate) mod formats;
pub(crate) mod text;

use std::collections::{BTreeMap, BTreeSet};

use crate::emit::hash::HASH_DIGITS;
use crate::manifests::ManifestSecret;
use crate::secret::Secret;
use change::{Change, ChangeKind};

#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct CompareRules<'r> {
    /// The namespace of Secrets that name none, on both sides.
    pub namespace: Option<&'r str>,
    /// Secrets that only a cluster has go away too, and so do its further labels and annotations.
    pub prune: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Comparison<'s> {
    /// Secrets that differ: those of the spec in its order, then those that go away, by
    /// namespace and name.
    pub changes: Vec<Change<'s>>,
    pub equal: usize,
    /// How many a cluster has besides, which are none of ours.
    pub others: usize,
    /// How many Secrets are new only because they name no namespace: there is one of that name in
    /// some namespace.
    pub unplaced: usize,
}

impl Comparison<'_> {
    fn count(&self, kind: ChangeKind) -> usize {
        self.changes.iter().filter(|change| change.kind() == kind).count()
    }
}

type Id<'s> = (Option<&'s str>, &'s str);

/// Compares what a spec gives, `after`, with what is there, `before`. Of two Secrets there with one
/// name the later counts, as with `kubectl apply`.
///
/// A Secret whose name ends in a hash of its data is compared with the one that has another hash,
/// if there is one only.
pub(crate) fn compare<'s>(
    before: &'s [ManifestSecret],
    after: &'s [Secret],
    rules: CompareRules<'s>,
) -> Comparison<'s> {
    let id = |secret: &'s Secret| -> Id<'s> {
        (secret.namespace.as_deref().or(rules.namespace), secret.name.as_str())
    };
    let mut there: BTreeMap<Id<'s>, &'s ManifestSecret> =
        before.iter().map(|found| (id(&found.secret), found)).collect();
    let renamed = renamed(&there, &after.iter().map(id).collect());
    let mut comparison = Comparison::default();
    for secret in after {
        let key = id(secret);
        let key_there = renamed.get(&key).copied().unwrap_or(key);
        let Some(found) = there.remove(&key_there) else {
            comparison.changes.push(Change::of(None, Some(secret), false));
            continue;
        };
        let lenient = found.from_server && !rules.prune;
        match Change::of(Some(&found.secret), Some(secret), lenient) {
            change if change.kind() == ChangeKind::Equal => comparison.equal += 1,
            change => comparison.changes.push(change),
        }
    }
    let names: BTreeSet<&str> = there.keys().filter(|id| id.0.is_some()).map(|id| id.1).collect();
    for change in &comparison.changes {
        if let Change { before: None, after: Some(secret), .. } = change
            && id(secret).0.is_none()
            && names.contains(secret.name.as_str())
        {
            comparison.unplaced += 1;
        }
    }
    for found in there.into_values() {
        if found.from_server && !rules.prune {
            comparison.others += 1;
        } else {
            comparison.changes.push(Change::of(Some(&found.secret), None, false));
        }
    }
    comparison
}

/// Secrets that are there under the same name but for its hash: wanted id and id there.
fn renamed<'s>(
    there: &BTreeMap<Id<'s>, &'s ManifestSecret>,
    wanted: &BTreeSet<Id<'s>>,
) -> BTreeMap<Id<'s>, Id<'s>> {
    let by_base = |ids: Vec<Id<'s>>| {
        let mut by_base: BTreeMap<Id<'s>, Vec<Id<'s>>> = BTreeMap::new();
        for id in ids {
            if let Some(base) = base(id.1) {
                by_base.entry((id.0, base)).or_default().push(id);
            }
        }
        by_base
    };
    let old = by_base(there.keys().filter(|id| !wanted.contains(*id)).copied().collect());
    let new = by_base(wanted.iter().filter(|id| !there.contains_key(*id)).copied().collect());
    // Of several nobody can tell which was the last one.
    let pairs =
        new.iter().filter_map(|(base, new)| match (new.as_slice(), old.get(base)?.as_slice()) {
            ([new], [old]) => Some((*new, *old)),
            _ => None,
        });
    pairs.collect()
}

/// The name before its hash; `None` if it does not end in one.
fn base(name: &str) -> Option<&str> {
    let (base, hash) = name.rsplit_once('-')?;
    let is_hash = hash.len() == 10 && hash.chars().all(|c| HASH_DIGITS.contains(c));
    (is_hash && !base.is_empty()).then_some(base)
}

#[cfg(test)]
mod tests {
    use super::change::{IMMUTABLE, TYPE};
    use super::*;
    use crate::emit::hash::kustomize_suffix;

    fn secret(name: &str, data: &[(&str, &str)]) -> Secret {
        let data = data.iter().map(|(key, value)| ((*key).to_owned(), (*value).into())).collect();
        Secret {
            name: name.into(),
            namespace: Some("shop".into()),
            type_: "Opaque".into(),
            data,
            ..Secret::default()
        }
    }

    fn there<const N: usize>(secrets: [Secret; N], from_server: bool) -> Vec<ManifestSecret> {
        secrets.map(|secret| ManifestSecret { secret, from_server }).into()
    }

    /// The changes, as words, and how many Secrets are equal, others and unplaced.
    fn result(before: &[ManifestSecret], after: &[Secret], rules: CompareRules<'_>) -> String {
        let Comparison { changes, equal, others, unplaced } = compare(before, after, rules);
        let mut words = Vec::new();
        for change in changes {
            words.push(format!("{} {}", change.kind().name(), change.id()));
            for part in change.data {
                words.push(format!("{} {}", part.kind().name(), part.key.unwrap_or_default()));
            }
        }
        format!("{}; {equal} {others} {unplaced}", words.join(", "))
    }

    const PLAIN: CompareRules<'_> = CompareRules { namespace: None, prune: false };

    #[test]
    fn the_next_hash_is_the_same_secret() {
        let [first, second] = ["db-8fb7cfch84", "db-8fb7cfch85"].map(|name| secret(name, &[]));
        let after = [secret("db-46f8b28mk5", &[])];
        let before = there([first.clone()], true);
        assert_eq!(result(&before, &after, PLAIN), "changed shop/db-46f8b28mk5; 0 0 0");
        // Which of two was the last one, nothing says.
        let before = there([first, second], true);
        assert_eq!(result(&before, &after, PLAIN), "added shop/db-46f8b28mk5; 0 2 0");
    }

    #[test]
    fn what_a_server_refuses() {
        let frozen = Secret { immutable: Some(true), ..secret("a", &[("k", "1")]) };
        let before = there([frozen.clone()], true);
        for (after, refused) in [
            (Secret { immutable: Some(true), ..secret("a", &[("k", "2")]) }, Some(IMMUTABLE)),
            (Secret { immutable: Some(false), ..frozen.clone() }, Some(IMMUTABLE)),
            (Secret { type_: "x/y".into(), ..frozen.clone() }, Some(TYPE)),
            (Secret { labels: [("a".into(), "b".into())].into(), ..frozen.clone() }, None),
        ] {
            let after = [after];
            assert_eq!(compare(&before, &after, PLAIN).changes[0].refused, refused);
        }
        // Not immutable is not said.
        let before = there([Secret { immutable: Some(false), ..secret("a", &[]) }], false);
        assert_eq!(result(&before, &[secret("a", &[])], PLAIN), "; 1 0 0");
    }

    #[test]
    fn hashes_are_recognised() {
        let suffix = kustomize_suffix(&secret("", &[("k", "v")]));
        assert_eq!(base(&format!("a-b-{suffix}")), Some("a-b"));
        for name in ["db", "db-8fb7cfch8", "db-8fb7cfch841", "db-8fb7cfcha4", "-8fb7cfch84"] {
            assert_eq!(base(name), None, "{name}");
        }
    }
}
