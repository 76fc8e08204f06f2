//! Questions to whoever sits at the terminal, which stay away from stdin and stdout.

use std::fs::{File, OpenOptions};
use std::io::{BufRead as _, BufReader, Write as _};

use crate::diag::phrases::printable;
use crate::encrypted::consent::Ask;

/// The terminal of this process.
pub(crate) struct Tty;

impl Ask for Tty {
    fn yes_or_no(&self, question: &str) -> Option<bool> {
        let mut tty = tty()?;
        write!(tty, "{} [y/N] ", printable(question)).ok()?;
        let mut line = String::new();
        BufReader::new(tty).read_line(&mut line).ok()?;
        Some(matches!(line.trim().to_ascii_lowercase().as_str(), "y" | "yes"))
    }
}

/// Asks until one of the letters is typed. `None`: there is no terminal, or its input has ended.
pub(crate) fn choose(question: &str, letters: &[char]) -> Option<char> {
    let mut tty = tty()?;
    let mut input = BufReader::new(tty.try_clone().ok()?);
    loop {
        write!(tty, "{} ", printable(question)).ok()?;
        let mut line = String::new();
        if input.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let typed = line.trim().to_ascii_lowercase();
        let letter = letters.iter().find(|letter| typed.starts_with(**letter));
        if let Some(letter) = letter {
            return Some(*letter);
        }
    }
}

/// Whether there is anyone to ask.
pub(crate) fn has_terminal() -> bool {
    tty().is_some()
}

fn tty() -> Option<File> {
    let name = if cfg!(windows) { "CONIN$" } else { "/dev/tty" };
    OpenOptions::new().read(true).write(true).open(name).ok()
}
