//! Questions to whoever sits at the terminal, which stay away from stdin and stdout.

use std::fs::OpenOptions;
use std::io::{BufRead as _, BufReader, Write as _};

use crate::diag::phrases::printable;
use crate::encrypted::consent::Ask;

/// The terminal of this process.
pub(crate) struct Tty;

impl Ask for Tty {
    fn yes_or_no(&self, question: &str) -> Option<bool> {
        let name = if cfg!(windows) { "CONIN$" } else { "/dev/tty" };
        let mut tty = OpenOptions::new().read(true).write(true).open(name).ok()?;
        write!(tty, "{} [y/N] ", printable(question)).ok()?;
        let mut line = String::new();
        BufReader::new(tty).read_line(&mut line).ok()?;
        Some(matches!(line.trim().to_ascii_lowercase().as_str(), "y" | "yes"))
    }
}
