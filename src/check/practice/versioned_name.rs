//! Names that are changed together with what a Secret holds: they end with a version, a date or a
//! hash.

use crate::emit::hash::HASH_DIGITS;

/// Of kustomize's suffix of a name: hexadecimal digits, without vowels and what looks like one
/// (kyaml `hasher.go`, `encode`).
const HASH_LENGTH: usize = 10;
/// As short as Git abbreviates a commit.
const HEXADECIMAL_MIN: usize = 7;
/// Fewest digits of a date, or of a build's number. Fewer may be a port, or count Secrets: `db-2`.
const DIGITS_MIN: usize = 6;
const MARKS: [&str; 6] = ["v", "r", "rev", "ver", "version", "gen"];
const STAGES: [&str; 4] = ["alpha", "beta", "rc", "pre"];

/// Whether a name ends like those that kustomize makes, or with a part of a hash in hexadecimal.
pub(crate) fn ends_with_hash(name: &str) -> bool {
    let Some((_, hash)) = name.rsplit_once('-') else { return false };
    let has_only = |allowed: fn(char) -> bool| hash.chars().all(allowed);
    let is_kustomizes = hash.len() == HASH_LENGTH && has_only(|c| HASH_DIGITS.contains(c));
    let is_hexadecimal = hash.len() >= HEXADECIMAL_MIN && has_only(|c| c.is_ascii_hexdigit());
    // No word has a digit in it, and a date no letter.
    let is_mixed =
        hash.contains(|c: char| c.is_ascii_digit()) && hash.contains(char::is_alphabetic);
    is_kustomizes || is_hexadecimal && is_mixed
}

/// Whether a name ends with a version or a date: `db-v2`, `db-r7`, `db-1.2.3`, `db-1.2.3-rc1`,
/// `db-2026-11-25`, `db-20261125t0800z`. There has to be something before it.
pub(crate) fn ends_with_version(name: &str) -> bool {
    let is_number = |c: char| c.is_ascii_digit() || c == '.';
    let is_stage = |last: &str| STAGES.contains(&last.trim_end_matches(is_number));
    let name = match name.rsplit_once('-') {
        Some((rest, last)) if is_stage(last) => rest,
        _ => name,
    };
    // Between the digits of a timestamp.
    let name = name.replace(['t', 'z'], "");
    let rest = name.trim_end_matches(|c| is_number(c) || c == '-');
    let tail = name.get(rest.len()..).unwrap_or_default();
    let has_mark = MARKS.iter().any(|mark| {
        rest.strip_suffix(mark).is_some_and(|before| before.ends_with(['-', '.']))
            && tail.starts_with(|c: char| c.is_ascii_digit())
    });
    let digits = tail.chars().filter(char::is_ascii_digit).count();
    let has_dots = tail.trim_start_matches(['-', '.']).contains('.');
    has_mark || !rest.is_empty() && (digits >= DIGITS_MIN || has_dots)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_and_dates() {
        for name in
            "db-v2 db-2026-11-25 db-20261125 db-1.2.3 db-r7 db-2026-11 db-v1.2.3 db-1.2.3-rc1 \
             db-1.2.3-rc.1 db-v2-beta db-rev12 db.v2 db-20261125t0800 db-20261125t080000z \
             db-1764057600 my-db-gen3 sh.helm.release.v1.db.v12 db-1.2"
                .split_whitespace()
        {
            assert!(ends_with_version(name), "{name}");
        }
        for name in
            "db db-2 db-01 db-5432 db-production db-v db-r db-server api-v1-token db-rc1 db-alpha \
             db-11-25 db-x.y 1.2.3 v2 db-vault db.example.com db-1a db-tz db-2026 shard-11-25"
                .split_whitespace()
                .chain([""])
        {
            assert!(!ends_with_version(name), "{name}");
        }
    }

    #[test]
    fn hashes() {
        for name in ["app-8fb7cfch84", "app-3f2a9c1", "app-e3b0c44298fc1c149afbf4c8996fb924"] {
            assert!(ends_with_hash(name), "{name}");
        }
        for name in "app app-production app-defaced app-1234567 app-3f2a9 app-8fb7cfch8 3f2a9c1"
            .split_whitespace()
        {
            assert!(!ends_with_hash(name), "{name}");
        }
    }
}
