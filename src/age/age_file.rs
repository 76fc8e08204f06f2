//! An age file whose header was read, and how to open it with keys that are at hand.

use std::borrow::Cow;
use std::io;
use std::io::{BufRead, Read};

use age::secrecy::SecretString;
use age::{DecryptError, Decryptor, Identity};

use super::armor::unarmor;
use super::header::Header;
use super::{Damage, MAX_WORK_FACTOR};
use crate::content::{Age, Content};
use crate::secret::bytes::SecretBytes;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ReadFault {
    NotAge(Content),
    Damaged(Damage),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OpenFault {
    NoMatch,
    WrongPassphrase,
    /// It asks for more work than is done.
    WorkFactor(u8),
    Damaged(Damage),
    TooLarge,
}

pub(crate) struct AgeFile<'a> {
    binary: Cow<'a, [u8]>,
    pub(crate) header: Header,
}

impl<'a> AgeFile<'a> {
    pub(crate) fn read(bytes: &'a [u8]) -> Result<Self, ReadFault> {
        let binary = match Content::of(bytes) {
            Content::Age(Age::Binary) => Cow::Borrowed(bytes),
            Content::Age(Age::Armored) => Cow::Owned(unarmor(bytes).map_err(ReadFault::Damaged)?),
            content => return Err(ReadFault::NotAge(content)),
        };
        match Content::of(&binary) {
            Content::Age(Age::Binary) => {}
            newer @ Content::Age(Age::NewerVersion) => return Err(ReadFault::NotAge(newer)),
            _ => return Err(ReadFault::Damaged(Damage::Armor)),
        }
        let header = Header::read(&binary).map_err(ReadFault::Damaged)?;
        let file = AgeFile { binary, header };
        // A malformed header is reported as that, whatever keys there are.
        file.decryptor().map_err(ReadFault::Damaged)?;
        Ok(file)
    }

    fn decryptor(&self) -> Result<Decryptor<HeaderAtOnce<'_>>, Damage> {
        let input = HeaderAtOnce { rest: &self.binary, header_len: self.header.len };
        Decryptor::new_buffered(input).map_err(|error| match error {
            DecryptError::Io(_) => Damage::NoPayload,
            _ => Damage::Header,
        })
    }

    /// The plaintext, whole or not at all, of at most `limit` bytes.
    pub(crate) fn open<'k>(
        &self,
        keys: impl Iterator<Item = &'k dyn Identity>,
        limit: usize,
    ) -> Result<SecretBytes, OpenFault> {
        let decryptor = self.decryptor().map_err(OpenFault::Damaged)?;
        let reader = decryptor.decrypt(keys).map_err(|error| match error {
            // Never printed: the Display of ExcessiveWork subtracts with overflow.
            DecryptError::ExcessiveWork { required, .. } => OpenFault::WorkFactor(required),
            DecryptError::NoMatchingKeys => OpenFault::NoMatch,
            DecryptError::DecryptionFailed => OpenFault::Damaged(Damage::Stanza),
            DecryptError::InvalidMac => OpenFault::Damaged(Damage::HeaderMac),
            _ => OpenFault::Damaged(Damage::Header),
        })?;
        // The plaintext is shorter than the file; room for all of it, and the probe at the end,
        // leaves no copies behind.
        let mut plain =
            SecretBuffer::with_capacity(self.binary.len().min(limit).saturating_add(64));
        let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
        // Chunks come out before the end is known to be genuine: nothing is given out until all of
        // it was read.
        reader
            .take(most)
            .read_to_end(&mut plain.0)
            .map_err(|_| OpenFault::Damaged(Damage::Payload))?;
        if plain.0.len() > limit {
            return Err(OpenFault::TooLarge);
        }
        Ok(plain.finish())
    }

    pub(crate) fn open_with_passphrase(
        &self,
        passphrase: &SecretBytes,
        limit: usize,
    ) -> Result<SecretBytes, OpenFault> {
        self.check_work()?;
        // age's passphrases are UTF-8 everywhere, so other bytes can't be the right one.
        let passphrase = passphrase.expose_str().ok_or(OpenFault::WrongPassphrase)?;
        let mut key = age::scrypt::Identity::new(SecretString::from(passphrase.to_owned()));
        key.set_max_work_factor(MAX_WORK_FACTOR);
        self.open(std::iter::once(&key as &dyn Identity), limit).map_err(|fault| match fault {
            OpenFault::Damaged(Damage::Stanza) => OpenFault::WrongPassphrase,
            fault => fault,
        })
    }

    /// Refuses a passphrase file that would take more work than [`MAX_WORK_FACTOR`].
    pub(crate) fn check_work(&self) -> Result<(), OpenFault> {
        match self.header.work_factor {
            Some(factor) if factor > MAX_WORK_FACTOR => Err(OpenFault::WorkFactor(factor)),
            Some(_) => Ok(()),
            None => Err(OpenFault::Damaged(Damage::Header)),
        }
    }
}

/// Plaintext that is still growing, zeroized if it is dropped before it is complete.
struct SecretBuffer(zeroize::Zeroizing<Vec<u8>>);

impl SecretBuffer {
    fn with_capacity(capacity: usize) -> Self {
        Self(zeroize::Zeroizing::new(Vec::with_capacity(capacity)))
    }

    fn finish(mut self) -> SecretBytes {
        SecretBytes::new(std::mem::take(&mut *self.0))
    }
}

/// A reader that hands out the whole header as if it were one line: age's parser begins again after
/// each line, which is quadratic in a file of many.
struct HeaderAtOnce<'a> {
    rest: &'a [u8],
    header_len: usize,
}

impl Read for HeaderAtOnce<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.rest.read(buffer)
    }
}

impl BufRead for HeaderAtOnce<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        Ok(self.rest)
    }

    fn consume(&mut self, amount: usize) {
        self.rest.consume(amount);
    }

    fn read_until(&mut self, _byte: u8, buffer: &mut Vec<u8>) -> io::Result<usize> {
        let (header, rest) = self
            .rest
            .split_at_checked(std::mem::take(&mut self.header_len))
            .unwrap_or((self.rest, &[]));
        buffer.extend_from_slice(header);
        self.rest = rest;
        Ok(header.len())
    }
}
