//! The passphrase for machines without a terminal: from a file descriptor, a file or a variable.

use std::{env, path::Path};

use super::bounded_read::system_words;
use super::files::{self, Accept, ReadFault};
use super::{inputs::Inputs, texts};
use crate::diag::phrases::{code, number};
use crate::diag::{Diagnostic, codes, diagnostic};
use crate::secret::bytes::SecretBytes;

const VARIABLE: &str = "MINTAGE_PASSPHRASE";
const FILE_VARIABLE: &str = "MINTAGE_PASSPHRASE_FILE";

/// Longest file with a passphrase, in bytes.
const MAX_BYTES: usize = 64 * 1024;

/// One passphrase for all that asks for one.
#[derive(Clone, Debug)]
pub(crate) struct Passphrase {
    pub bytes: SecretBytes,
    /// Where it is from, in words.
    pub origin: String,
    /// What to change if it is wrong, in words.
    place: String,
}

/// Reads the passphrase from the first of `--passphrase-fd`, `MINTAGE_PASSPHRASE_FILE` and
/// `MINTAGE_PASSPHRASE` that is given. Of a file or a descriptor, one final line break is not part
/// of it: editors and `echo` add it.
pub(crate) fn gather(
    descriptor: Option<u32>,
    inputs: &mut Inputs,
) -> Result<Option<Passphrase>, Diagnostic> {
    let variable = |name| env::var_os(name).filter(|value| !value.is_empty());
    if let Some(number) = descriptor {
        let origin = format!("`--passphrase-fd {number}`");
        let bytes = read_descriptor(number, &origin, inputs)?;
        let place = format!("the passphrase that {origin} reads");
        return Ok(Some(Passphrase { bytes, origin, place }));
    }
    if let Some(path) = variable(FILE_VARIABLE) {
        let path = Path::new(&path);
        let origin = format!("{}, from {}", code(&path.to_string_lossy()), code(FILE_VARIABLE));
        let read = files::read(path, Accept::Pipes, MAX_BYTES);
        let (bytes, found) = read.map_err(|fault| {
            unreadable(&origin, fault).help(format!("correct or unset {}", code(FILE_VARIABLE)))
        })?;
        inputs.add("a passphrase", &path.to_string_lossy(), Some(path), &found);
        let place = format!("the passphrase in {}", code(&path.to_string_lossy()));
        return Ok(Some(Passphrase { bytes: without_line_break(bytes, &origin)?, origin, place }));
    }
    Ok(variable(VARIABLE).map(|value| Passphrase {
        bytes: SecretBytes::new(value.into_encoded_bytes()),
        origin: code(VARIABLE),
        place: code(VARIABLE),
    }))
}

fn read_descriptor(
    number: u32,
    origin: &str,
    inputs: &mut Inputs,
) -> Result<SecretBytes, Diagnostic> {
    let file = match number {
        0 => texts::stdin().map_err(ReadFault::Io).and_then(|file| {
            let found = file.metadata().map_err(ReadFault::Io)?;
            Ok((file, found))
        }),
        1 | 2 => {
            return Err(diagnostic!(USAGE, "{origin} can't be read: it is for output")
                .help("pass 0 (stdin), or 3 or more, as in `--passphrase-fd 3 3<FILE`"));
        }
        // There is no other way to take over a descriptor without `unsafe`. On Linux, a file is
        // opened anew, and read from its start.
        _ => files::open(Path::new(&format!("/dev/fd/{number}")), Accept::Pipes),
    };
    let read = file.and_then(|(file, found)| {
        inputs.add("a passphrase", origin, None, &found);
        files::read_open(file, found.len(), MAX_BYTES)
    });
    match read {
        Ok(bytes) => without_line_break(bytes, origin),
        Err(ReadFault::Missing) => {
            Err(diagnostic!(USAGE, "{origin} can't be read: the file descriptor is not open")
                .help("open it in the same command, as in `--passphrase-fd 3 3<FILE`"))
        }
        Err(fault) => Err(unreadable(origin, fault)),
    }
}

fn unreadable(origin: &str, fault: ReadFault) -> Diagnostic {
    let why = match fault {
        ReadFault::Missing => "it does not exist".to_owned(),
        ReadFault::TooLarge => format!("it is larger than {} bytes", number(MAX_BYTES)),
        fault => system_words(&fault.into_io()),
    };
    diagnostic!(PASSPHRASE, "can't read the passphrase from {origin}: {why}")
}

fn without_line_break(bytes: SecretBytes, origin: &str) -> Result<SecretBytes, Diagnostic> {
    let held = bytes.expose();
    let line = held.strip_suffix(b"\n").unwrap_or(held);
    let line = line.strip_suffix(b"\r").filter(|_| line.len() < held.len()).unwrap_or(line);
    if line.is_empty() {
        return Err(diagnostic!(PASSPHRASE, "the passphrase from {origin} is empty"));
    }
    Ok(SecretBytes::from(line))
}

impl Passphrase {
    /// Adds to findings that say that this passphrase is wrong where it is from, and whether it
    /// looks as if something was added to it on the way. Nothing of it is shown.
    pub(crate) fn explain(&self, diagnostics: &mut [Diagnostic]) {
        for found in diagnostics.iter_mut().filter(|found| found.code == &codes::PASSPHRASE) {
            let help = match self.surplus() {
                Some((what, verb)) => {
                    found.notes.push(format!("{} {what}", self.place));
                    format!(
                        "remove {verb} from {}, if it is not part of the passphrase",
                        self.place
                    )
                }
                None => format!("correct {}", self.place),
            };
            match found.helps.first_mut() {
                Some(first) => *first = help,
                None => found.helps.push(help),
            }
        }
    }

    /// What a shell or an editor may have added: what is wrong with it, and what to remove.
    fn surplus(&self) -> Option<(&'static str, &'static str)> {
        match self.bytes.expose() {
            [.., b'\n' | b'\r'] => Some(("ends with a line break", "the line break")),
            [b'\n' | b'\r', ..] => Some(("starts with a line break", "the line break")),
            [.., b' ' | b'\t'] => Some(("ends with a blank", "the blank")),
            [b' ' | b'\t', ..] => Some(("starts with a blank", "the blank")),
            [0xEF, 0xBB, 0xBF, ..] => {
                Some(("starts with a byte order mark", "the byte order mark"))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::without_line_break;
    use crate::secret::bytes::SecretBytes;

    #[test]
    fn one_final_line_break_is_not_part_of_it() {
        for (text, expected) in [
            ("a", Some("a")),
            ("a\n", Some("a")),
            ("a\r\n", Some("a")),
            ("a\n\n", Some("a\n")),
            ("a\r", Some("a\r")),
            (" a \n", Some(" a ")),
            ("\n", None),
            ("", None),
        ] {
            let bytes = without_line_break(SecretBytes::from(text), "`FILE`");
            assert_eq!(
                bytes.ok().map(|bytes| bytes.expose().to_vec()),
                expected.map(|text| text.as_bytes().to_vec()),
                "{text:?}"
            );
        }
    }
}
