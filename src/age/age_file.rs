//! An age file whose header was read, and how to open it with keys that are at hand.

use std::borrow::Cow;
use std::io::{self, BufRead, Read};

use age::armor::ArmoredReader;
use age::secrecy::SecretString;
use age::{DecryptError, Decryptor, Identity};
use zeroize::Zeroizing;

use super::{Damage, MAX_WORK_FACTOR, header::Header};
use crate::content::{Age, BYTE_ORDER_MARK, Content, conflict::conflict_marker};
use crate::secret::bytes::SecretBytes;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FileFault {
    NotAge(Content),
    Damaged(Damage),
    WrongPassphrase,
    /// Its passphrase asks for more work than is done: the exponent of scrypt's N.
    WorkFactor(u8),
    TooLarge(usize),
}

pub(crate) struct AgeFile<'a> {
    binary: Cow<'a, [u8]>,
    pub(crate) header: Header,
}

impl<'a> AgeFile<'a> {
    pub(crate) fn read(bytes: &'a [u8]) -> Result<Self, FileFault> {
        let binary = match Content::of(bytes) {
            Content::Age(Age::Binary) => Cow::Borrowed(bytes),
            Content::Age(Age::Armored) => Cow::Owned(unarmor(bytes)?),
            content => return Err(FileFault::NotAge(content)),
        };
        match Content::of(&binary) {
            Content::Age(Age::Binary) => {}
            newer @ Content::Age(Age::NewerVersion) => return Err(FileFault::NotAge(newer)),
            _ => return Err(FileFault::Damaged(Damage::Altered)),
        }
        let header = Header::read(&binary).map_err(FileFault::Damaged)?;
        let file = AgeFile { binary, header };
        // A malformed header is reported as that, whatever keys there are.
        file.decryptor()?;
        Ok(file)
    }

    fn decryptor(&self) -> Result<Decryptor<HeaderAtOnce<'_>>, FileFault> {
        let input = HeaderAtOnce { rest: &self.binary, header_len: self.header.len };
        Decryptor::new_buffered(input).map_err(|_| FileFault::Damaged(Damage::Altered))
    }

    /// The plaintext, whole or not at all, of at most `limit` bytes; `None` if no key matches.
    pub(crate) fn open<'k>(
        &self,
        keys: impl Iterator<Item = &'k dyn Identity>,
        limit: usize,
    ) -> Result<Option<SecretBytes>, FileFault> {
        let reader = match self.decryptor()?.decrypt(keys) {
            Ok(reader) => reader,
            Err(DecryptError::NoMatchingKeys) => return Ok(None),
            Err(DecryptError::DecryptionFailed) if self.header.is_passphrase() => {
                return Err(FileFault::WrongPassphrase);
            }
            // Never printed: the Display of ExcessiveWork subtracts with overflow.
            Err(_) => return Err(FileFault::Damaged(Damage::Altered)),
        };
        // The plaintext is shorter than the file; room for all of it, and the probe at the end,
        // leaves no copies behind.
        let room = self.binary.len().min(limit).saturating_add(64);
        let mut plain = Zeroizing::new(Vec::with_capacity(room));
        let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
        // Chunks come out before the end is known to be genuine: nothing is given out until all of
        // it was read.
        if reader.take(most).read_to_end(&mut plain).is_err() {
            return Err(FileFault::Damaged(Damage::Altered));
        }
        if plain.len() > limit {
            return Err(FileFault::TooLarge(limit));
        }
        Ok(Some(SecretBytes::new(std::mem::take(&mut *plain))))
    }

    pub(crate) fn open_with_passphrase(
        &self,
        passphrase: &SecretBytes,
        limit: usize,
    ) -> Result<SecretBytes, FileFault> {
        self.check_work()?;
        // age's passphrases are UTF-8 everywhere, so other bytes can't be the right one.
        let passphrase = passphrase.expose_str().ok_or(FileFault::WrongPassphrase)?;
        let mut key = age::scrypt::Identity::new(SecretString::from(passphrase.to_owned()));
        key.set_max_work_factor(MAX_WORK_FACTOR);
        let plain = self.open(std::iter::once(&key as &dyn Identity), limit)?;
        plain.ok_or(FileFault::WrongPassphrase)
    }

    pub(crate) fn check_work(&self) -> Result<(), FileFault> {
        match self.header.work_factor {
            Some(factor) if factor > MAX_WORK_FACTOR => Err(FileFault::WorkFactor(factor)),
            Some(_) => Ok(()),
            None => Err(FileFault::Damaged(Damage::Altered)),
        }
    }
}

const ARMOR_END: &str = "-----END AGE ENCRYPTED FILE-----";

/// The armor in a spec as age wants it: no blanks around any line, no empty lines before or after,
/// lines ended by LF. In a spec it is indented as its author likes; in a file it isn't. Text that
/// is no armor stays what it is.
pub(crate) fn dedent_armor(text: &str) -> String {
    let text = text.trim_start_matches(BYTE_ORDER_MARK).trim();
    text.lines().flat_map(|line| [line.trim(), "\n"]).collect()
}

fn unarmor(bytes: &[u8]) -> Result<Vec<u8>, FileFault> {
    let altered = FileFault::Damaged(Damage::Altered);
    let text = std::str::from_utf8(bytes).map_err(|_| altered)?;
    let armor = text.trim_start_matches(BYTE_ORDER_MARK).trim();
    if conflict_marker(armor).is_some() {
        return Err(FileFault::Damaged(Damage::Conflict));
    }
    if armor.contains(ARMOR_END) && !armor.ends_with(ARMOR_END) {
        return Err(FileFault::Damaged(Damage::TextAfterArmor));
    }
    if let Some(binary) = read_armor(armor) {
        return Ok(binary);
    }
    Err(match read_armor(&dedent_armor(armor)) {
        Some(_) => FileFault::Damaged(Damage::BlanksInArmor),
        None => altered,
    })
}

fn read_armor(armor: &str) -> Option<Vec<u8>> {
    let mut binary = Vec::with_capacity(armor.len() / 4 * 3);
    // age's error may name a symbol of the text.
    ArmoredReader::new(armor.as_bytes()).read_to_end(&mut binary).ok()?;
    Some(binary)
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
        let header_len = std::mem::take(&mut self.header_len);
        let (header, rest) = self.rest.split_at_checked(header_len).unwrap_or((self.rest, &[]));
        buffer.extend_from_slice(header);
        self.rest = rest;
        Ok(header.len())
    }
}
