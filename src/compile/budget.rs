//! What a run may use: limits that keep its memory small whatever a spec says, and what is left of
//! them.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use crate::diag::phrases::{code, plural};
use crate::diag::{Diagnostic, diagnostic};
use crate::template::MAX_STEPS;
use crate::world::MAX_FILE_BYTES;

/// The limits of a run, by the names that `--limit` has for them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limits {
    pub secrets: usize,
    /// Bytes of the files that specs name, and of their plaintext.
    pub read: usize,
    /// Bytes of all values, before they are encoded.
    pub made: usize,
    /// Steps of all templates.
    pub steps: usize,
    /// Bytes of memory that scrypt takes for the files with a passphrase, one after the other.
    pub scrypt: usize,
    /// Bytes of one file, a spec or what it names. It has no name of its own: `read` raises it too.
    pub file: usize,
    /// Bytes of memory that scrypt takes for one file. `scrypt` raises it too.
    pub scrypt_file: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            secrets: 20_000,
            read: 64 * MIB,
            made: 64 * MIB,
            steps: MAX_STEPS,
            scrypt: 16 * SCRYPT_BYTES,
            file: MAX_FILE_BYTES,
            scrypt_file: SCRYPT_BYTES,
        }
    }
}

/// What a value, label or annotation takes besides its bytes: a key, and its places in the spec.
pub(crate) const VALUE_BYTES: usize = 128;

const MIB: usize = 1024 * 1024;

/// What age's own work factor takes, 18.
const SCRYPT_BYTES: usize = 256 * MIB;

impl Limits {
    /// For specs of other people, in a program that other people's specs share: the container of
    /// Argo CD's plugin, or kustomize in a controller. Their authors can't raise them.
    pub(crate) const SHARED: Self = Self {
        secrets: 5_000,
        read: 16 * MIB,
        made: 16 * MIB,
        steps: MAX_STEPS / 4,
        scrypt: 4 * SCRYPT_BYTES,
        file: MAX_FILE_BYTES,
        scrypt_file: SCRYPT_BYTES,
    };

    /// Sets one by `NAME=SIZE`; the size can end with `K`, `M` or `G`. False if it is not that.
    pub(crate) fn set(&mut self, text: &str) -> bool {
        let Some((name, size)) = text.split_once('=') else { return false };
        let (digits, unit) = match size.strip_suffix(['K', 'M', 'G']) {
            Some(digits) if size.ends_with('K') => (digits, 1024),
            Some(digits) if size.ends_with('M') => (digits, MIB),
            Some(digits) => (digits, 1024 * MIB),
            None => (size, 1),
        };
        let number = digits.parse::<usize>().ok().and_then(|number| number.checked_mul(unit));
        let limit = match name {
            "secrets" => &mut self.secrets,
            "read" => &mut self.read,
            "made" => &mut self.made,
            "steps" => &mut self.steps,
            "scrypt" => &mut self.scrypt,
            _ => return false,
        };
        let Some(number) = number else { return false };
        *limit = number;
        match name {
            "read" => self.file = number.max(MAX_FILE_BYTES),
            "scrypt" => self.scrypt_file = number.max(SCRYPT_BYTES),
            _ => {}
        }
        true
    }
}

#[derive(Default)]
pub(crate) struct Budget {
    limits: Limits,
    secrets: AtomicUsize,
    read: AtomicUsize,
    made: AtomicUsize,
    scrypt: AtomicUsize,
    /// Whether that a limit was exceeded is among the findings.
    is_exhausted: AtomicBool,
}

impl Budget {
    pub(crate) fn new(limits: Limits) -> Self {
        Self { limits, ..Self::default() }
    }

    /// Whether so many more Secrets are within the limit.
    pub(crate) fn secrets(&self, count: usize) -> bool {
        let before = self.secrets.fetch_add(count, Ordering::Relaxed);
        before.saturating_add(count) <= self.limits.secrets
    }

    pub(crate) fn file_limit(&self) -> usize {
        self.limits.file
    }

    pub(crate) fn is_exhausted(&self) -> bool {
        self.is_exhausted.load(Ordering::Relaxed)
    }

    /// Notes that one limit was exceeded. False if another was before: what follows from it is not
    /// reported again.
    pub(crate) fn exhaust(&self) -> bool {
        !self.is_exhausted.swap(true, Ordering::Relaxed)
    }

    /// How many more bytes can be read.
    pub(crate) fn unread(&self) -> usize {
        self.limits.read.saturating_sub(self.read.load(Ordering::Relaxed))
    }

    pub(crate) fn read(&self, bytes: usize) -> bool {
        self.read.fetch_add(bytes, Ordering::Relaxed).saturating_add(bytes) <= self.limits.read
    }

    pub(crate) fn made(&self, bytes: usize) -> bool {
        self.made.fetch_add(bytes, Ordering::Relaxed).saturating_add(bytes) <= self.limits.made
    }

    /// Bytes of memory that scrypt can take for one file.
    pub(crate) fn scrypt_limit(&self) -> usize {
        self.limits.scrypt_file
    }

    pub(crate) fn scrypt(&self, bytes: usize) -> bool {
        self.scrypt.fetch_add(bytes, Ordering::Relaxed).saturating_add(bytes) <= self.limits.scrypt
    }

    pub(crate) fn too_many_secrets(&self) -> Diagnostic {
        exceeded("the specs produce", self.limits.secrets, "Secret", "secrets")
    }

    pub(crate) fn too_much_read(&self) -> Diagnostic {
        exceeded("the specs read", self.limits.read, "byte", "read")
    }

    pub(crate) fn too_much_scrypt(&self) -> Diagnostic {
        exceeded("the files with passphrases take", self.limits.scrypt, "byte", "scrypt")
            .note("each counts the memory that scrypt takes: 256 MiB if `age -p` encrypted it")
    }

    pub(crate) fn too_much_made(&self) -> Diagnostic {
        exceeded("the values take", self.limits.made, "byte", "made")
    }
}

fn exceeded(what: &str, most: usize, unit: &str, name: &str) -> Diagnostic {
    diagnostic!(RUN_LIMIT, "{what} more than {}", plural(most, unit)).help(format!(
        "raise the limit with {} if this is intended",
        code(&format!("--limit {name}=SIZE"))
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_units() {
        let mut limits = Limits::default();
        for text in ["secrets=100000", "read=2G", "made=3K", "steps=4M"] {
            assert!(limits.set(text), "{text}");
        }
        let (read, made, steps) = (2048 * MIB, 3 * 1024, 4 * MIB);
        let expected = Limits { secrets: 100_000, read, made, steps, file: read, ..limits };
        assert_eq!(limits, expected);
        // What messages propose helps, however little more it is.
        for (text, file) in [("read=17M", 17 * MIB), ("read=1M", MAX_FILE_BYTES)] {
            assert!(limits.set(text));
            assert_eq!(limits.file, file);
        }
        assert!(limits.set("scrypt=1G"));
        assert_eq!((limits.scrypt, limits.scrypt_file), (1024 * MIB, 1024 * MIB));
        for bad in "|secrets|secrets=|secrets=-1|step=1|read=1T|read=99999999999G".split('|') {
            assert!(!limits.set(bad), "{bad}");
        }
    }
}
