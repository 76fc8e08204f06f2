//! Names that are changed together with what a Secret holds: they end with a version, a date or a
//! hash.

/// Length of the suffix that kustomize gives a name.
const HASH_LENGTH: usize = 10;
/// The characters of that suffix: hexadecimal digits, without vowels and what looks like one (kyaml
/// `hasher.go`, `encode`).
const HASH_CHARACTERS: &str = "2456789bcdfghkmt";
/// As short as git abbreviates a commit.
const HEXADECIMAL_MIN: usize = 7;
/// Fewest digits of a date without dashes, or of a build's number. Fewer may be a port, or count
/// Secrets: `db-2`.
const DIGITS_MIN: usize = 6;
/// What stands before the number of a version.
const MARKS: [&str; 6] = ["v", "r", "rev", "ver", "version", "gen"];
/// What stands behind a version that is not final.
const STAGES: [&str; 4] = ["alpha", "beta", "rc", "pre"];

/// Whether a name ends like those that kustomize makes, or with a part of a hash in hexadecimal.
pub(crate) fn ends_with_hash(name: &str) -> bool {
    name.rsplit_once('-').is_some_and(|(_, hash)| {
        let kustomize =
            hash.len() == HASH_LENGTH && hash.chars().all(|c| HASH_CHARACTERS.contains(c));
        let has = |kind: fn(&u8) -> bool| hash.bytes().any(|byte| kind(&byte));
        let hexadecimal =
            hash.len() >= HEXADECIMAL_MIN && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
        // No word has a digit in it, and a date no letter.
        kustomize || hexadecimal && has(u8::is_ascii_digit) && has(u8::is_ascii_alphabetic)
    })
}

/// Whether a name ends with a version or a date: `db-v2`, `db-r7`, `db-1.2.3`, `db-1.2.3-rc1`,
/// `db-2026-11-25`, `db-20261125`. There has to be something before it.
pub(crate) fn ends_with_version(name: &str) -> bool {
    let Some((rest, last)) = name.rsplit_once('-') else {
        // `db.v2`.
        return name.rsplit_once('.').is_some_and(|(_, last)| is_marked(last));
    };
    let is_stage = STAGES.iter().any(|stage| {
        last.strip_prefix(stage)
            .is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.'))
    });
    is_version(last)
        || is_date(rest, last)
        || is_stage && rest.rsplit('-').next().is_some_and(is_version)
}

/// `v2`, `1.2.3`, `20261125`, `20261125t0800`.
fn is_version(part: &str) -> bool {
    let numbers = |text: &str| !text.is_empty() && text.split('.').all(is_digits);
    let label = part.rsplit('.').next().unwrap_or_default();
    let digits = part.split(['t', 'z']).filter(|digits| !digits.is_empty());
    let long = part.starts_with(|c: char| c.is_ascii_digit())
        && part.len() >= DIGITS_MIN
        && digits.clone().all(is_digits);
    is_marked(part) || is_marked(label) || part.contains('.') && numbers(part) || long
}

/// `v2`, `r7`, `v1.2`.
fn is_marked(part: &str) -> bool {
    MARKS
        .iter()
        .any(|mark| part.strip_prefix(mark).is_some_and(|number| number.split('.').all(is_digits)))
}

/// `2026-11-25`, `2026-11`: the last part is a day or a month, and a year stands before it.
fn is_date(rest: &str, last: &str) -> bool {
    let two = |part: &str| part.len() == 2 && is_digits(part);
    let year = |part: &str| {
        part.len() == 4 && is_digits(part) && (part.starts_with("20") || part.starts_with("19"))
    };
    let mut before = rest.rsplit('-');
    let (first, second) = (before.next().unwrap_or_default(), before.next().unwrap_or_default());
    two(last) && (year(first) || two(first) && year(second))
}

fn is_digits(part: &str) -> bool {
    !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_and_dates() {
        for name in
            "db-v2 db-2026-11-25 db-20261125 db-1.2.3 db-r7 db-2026-11 db-v1.2.3 db-1.2.3-rc1 \
             db-1.2.3-rc.1 db-v2-beta db-rev12 db.v2
            db-20261125t0800 db-20261125t080000z db-1764057600 my-db-gen3 \
            sh.helm.release.v1.db.v12 db-1.2"
                .split_whitespace()
        {
            assert!(ends_with_version(name), "{name}");
        }
        for name in "db db-2 db-01 db-5432 db-production db-v db-r db-server api-v1-token db-rc1 \
            db-alpha db-11-25 db-x.y 1.2.3 v2 db-vault
            db.example.com db-1a db-tz db-2026 shard-11-25"
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
        for name in [
            "app",
            "app-production",
            "app-defaced",
            "app-1234567",
            "app-3f2a9",
            "app-8fb7cfch8",
            "3f2a9c1",
        ] {
            assert!(!ends_with_hash(name), "{name}");
        }
    }
}
