//! Questions to the person at the terminal itself, so that stdin and stdout stay free for data.

use std::fs::OpenOptions;
use std::io::{BufRead as _, BufReader, Write as _};

/// Asks until one of the letters is typed. `None`: there is no terminal, or its input has ended.
pub(crate) fn choose(question: &str, letters: &[char]) -> Option<char> {
    let mut terminal = OpenOptions::new().read(true).write(true).open("/dev/tty").ok()?;
    let mut input = BufReader::new(terminal.try_clone().ok()?);
    loop {
        write!(terminal, "{question} ").ok()?;
        let mut line = String::new();
        if input.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let typed = line.trim().to_lowercase();
        let letter = letters.iter().find(|letter| typed.starts_with(**letter));
        if let Some(letter) = letter {
            return Some(*letter);
        }
    }
}

/// Whether there is anyone to ask.
pub(crate) fn has_terminal() -> bool {
    OpenOptions::new().read(true).write(true).open("/dev/tty").is_ok()
}
