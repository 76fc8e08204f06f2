//! Faults of age files, identities and recipients in words.

pub(crate) mod decrypt;
pub(crate) mod identity;
pub(crate) mod not_age;
pub(crate) mod recipient;

use crate::diag::phrases::{code, visible};

pub(crate) use decrypt::decrypt_fault;
pub(crate) use identity::bad_identity;
pub(crate) use recipient::bad_recipient;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encrypted<'a> {
    /// A file, by its path as the spec has it.
    File(&'a str),
    Armor,
}

impl Encrypted<'_> {
    fn name(self) -> String {
        match self {
            Encrypted::File(path) => code(path),
            Encrypted::Armor => "the text of `armor`".to_owned(),
        }
    }

    /// The file in a shell command; a stand-in for texts that are no file.
    fn argument(self) -> String {
        match self {
            Encrypted::File(path) => shell(path),
            Encrypted::Armor => "FILE".to_owned(),
        }
    }

    /// A command that encrypts what the file holds now.
    fn encrypt_command(self) -> String {
        let file = self.argument();
        match self {
            Encrypted::File(_) => {
                format!("`age -r RECIPIENT -o {file}.new {file} && mv {file}.new {file}`")
            }
            Encrypted::Armor => "`age -a -r RECIPIENT FILE`".to_owned(),
        }
    }
}

/// Where an identity is from. Origins that bring their own quotes keep them.
fn origin(origin: &str) -> String {
    if origin.contains('`') { visible(origin) } else { code(origin) }
}

fn shell(path: &str) -> String {
    let path = visible(path);
    let plain = |c: char| {
        c.is_alphanumeric()
            || matches!(c, '/' | '.' | '-' | '_' | '+' | '=' | ':' | ',' | '@' | '%')
    };
    if !path.is_empty() && !path.starts_with('-') && path.chars().all(plain) {
        return path;
    }
    let dashed = if path.starts_with('-') { "./" } else { "" };
    format!("'{dashed}{}'", path.replace('\'', r"'\''"))
}

/// The memory that scrypt takes with N = 2^`work_factor` and age's r = 8: 2^(`work_factor` + 10)
/// bytes.
fn memory(work_factor: u8) -> String {
    match work_factor {
        ..20 => format!("{} MiB", 1u64 << work_factor.saturating_sub(10)),
        20..40 => format!("{} GiB", 1u64 << (work_factor - 20)),
        _ => "more memory than there is".to_owned(),
    }
}

const GIVE_IDENTITY: &str = "with `-i FILE`, in `MINTAGE_IDENTITY` (the key itself) or in \
    `MINTAGE_IDENTITY_FILE` (its path)";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_words_of_a_shell() {
        assert_eq!(shell("secrets/a.age"), "secrets/a.age");
        assert_eq!(shell("my key's.age"), r"'my key'\''s.age'");
        assert_eq!(shell("-x"), "'./-x'");
    }

    #[test]
    fn memory_of_scrypt() {
        assert_eq!(
            (memory(18), memory(20), memory(22)),
            ("256 MiB".to_owned(), "1 GiB".to_owned(), "4 GiB".to_owned())
        );
        assert_eq!(memory(255), "more memory than there is");
    }
}
