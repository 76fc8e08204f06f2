//! The header of an age file of which perhaps only the start was read.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::age::age_file::AgeFile;
use crate::age::header::Header;
use crate::age::{Damage, FileFault};
use crate::content::{Age, Content};

/// `is_whole`: these are all bytes of the file, so that more of it can be checked.
pub(crate) fn header(bytes: &[u8], is_whole: bool) -> Result<Header, FileFault> {
    if is_whole {
        return AgeFile::read(bytes).map(|file| file.header);
    }
    match Content::of(bytes) {
        Content::Age(Age::Binary) => Header::read(bytes).map_err(FileFault::Damaged),
        Content::Age(Age::Armored) => {
            let binary = unarmored_start(bytes).ok_or(FileFault::Damaged(Damage::Altered))?;
            Header::read(&binary).map_err(FileFault::Damaged)
        }
        content => Err(FileFault::NotAge(content)),
    }
}

fn unarmored_start(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut binary = Vec::new();
    let mut lines =
        bytes.split(|byte| *byte == b'\n').skip_while(|line| !line.starts_with(b"-----BEGIN"));
    lines.next()?;
    for line in lines {
        let line = line.trim_ascii_end();
        // The last line is cut anywhere.
        if line.len() != 64 {
            break;
        }
        binary.extend(STANDARD.decode(line).ok()?);
    }
    Some(binary)
}
