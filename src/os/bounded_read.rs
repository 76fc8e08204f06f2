//! Reading up to a limit into memory that is wiped, and the system's reasons why not.

use std::io::Read;
use std::{io, mem};

use zeroize::Zeroizing;

use crate::secret::bytes::SecretBytes;

/// All that `reader` has, or `None` if that is more than `limit` bytes. `expected` is how many
/// bytes are probably there; a right guess means one allocation. A buffer that has to grow is
/// wiped, not moved by the allocator, so no copy stays behind.
pub(crate) fn read_at_most(
    mut reader: impl Read,
    expected: u64,
    limit: usize,
) -> io::Result<Option<SecretBytes>> {
    // One byte more than expected: the read that finds the end needs room.
    let expected = usize::try_from(expected).unwrap_or(limit).min(limit).max(1024) + 1;
    let mut buffer = Zeroizing::new(vec![0; expected]);
    let mut filled = 0;
    loop {
        let Some(room) = buffer.get_mut(filled..).filter(|room| !room.is_empty()) else {
            if filled > limit {
                return Ok(None);
            }
            let mut larger = Zeroizing::new(vec![0; (filled * 2).min(limit + 1)]);
            let (start, _) = larger.split_at_mut(filled);
            start.copy_from_slice(&buffer);
            buffer = larger;
            continue;
        };
        match reader.read(room) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    if filled > limit {
        return Ok(None);
    }
    buffer.truncate(filled);
    Ok(Some(SecretBytes::new(mem::take(&mut *buffer))))
}

/// A text as far as its first part with a NUL, which no format accepts: `/dev/zero` has no end.
pub(crate) struct UntilNul<R> {
    reader: R,
    has_ended: bool,
}

impl<R> UntilNul<R> {
    pub(crate) fn new(reader: R) -> Self {
        Self { reader, has_ended: false }
    }
}

impl<R: Read> Read for UntilNul<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        if self.has_ended {
            return Ok(0);
        }
        let count = self.reader.read(to)?;
        self.has_ended = to.iter().take(count).any(|byte| *byte == 0);
        Ok(count)
    }
}

/// What the system says about a failure, in lower case and without its number: `permission denied`.
pub(crate) fn system_words(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    let mut chars = text.chars();
    chars.next().map(|first| first.to_lowercase().chain(chars).collect()).unwrap_or_default()
}

/// What to do if the system takes no file of such a name.
pub(crate) fn shorter_name(error: &io::Error) -> Option<String> {
    let help = "choose shorter names: most systems allow 255 bytes for a file or a folder";
    (error.kind() == io::ErrorKind::InvalidFilename).then(|| help.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives a byte or two at a time, like a pipe.
    struct Drip<'a>(&'a [u8]);

    impl Read for Drip<'_> {
        fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
            let some = to.len().min(2);
            self.0.read(&mut to[..some])
        }
    }

    #[test]
    fn limit_is_inclusive_whatever_was_expected() {
        for size in [0_usize, 1, 1023, 1024, 1025, 2048, 4096, 5000] {
            let bytes: Vec<u8> = (0..size).map(|index| (index % 251) as u8).collect();
            for expected in [0, size as u64, 10_000, u64::MAX] {
                for limit in [0, 1, 1024, 1025, 4096, 5000, 6000] {
                    let got = read_at_most(Drip(&bytes), expected, limit).unwrap();
                    let want = (size <= limit).then(|| SecretBytes::from(bytes.as_slice()));
                    assert!(got == want, "{size} bytes, {expected} expected, limit {limit}");
                }
            }
        }
    }
}
