//! Questions to whoever sits at the terminal, which stay away from stdin and stdout.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead as _, BufReader, Write as _};

use super::bounded_read::system_words;
use super::hidden_input::{self, Rest};
use crate::diag::phrases::printable;
use crate::diag::{Diagnostic, diagnostic};
use crate::encrypted::consent::Ask;
use crate::secret::bytes::SecretBytes;

/// The terminal of this process.
pub(crate) struct Tty;

impl Ask for Tty {
    fn yes_or_no(&self, about: &[String], question: &str) -> Option<bool> {
        let mut tty = tty()?;
        for line in about {
            writeln!(tty, "{}", printable(line)).ok()?;
        }
        write!(tty, "{} [y/N] ", printable(question)).ok()?;
        let line = line_of(&mut BufReader::new(tty))?;
        Some(matches!(line.trim().to_ascii_lowercase().as_str(), "y" | "yes"))
    }
}

/// Asks until one of the letters is typed. `None`: there is no terminal, or its input has ended.
pub(crate) fn choose(question: &str, letters: &[char]) -> Option<char> {
    let mut tty = tty()?;
    let mut input = BufReader::new(tty.try_clone().ok()?);
    loop {
        write!(tty, "{} ", printable(question)).ok()?;
        let line = line_of(&mut input).filter(|line| !line.is_empty())?;
        let typed = line.trim().to_ascii_lowercase();
        let letter = letters.iter().find(|letter| typed.starts_with(**letter));
        if let Some(letter) = letter {
            return Some(*letter);
        }
    }
}

/// A line, of whatever bytes; empty at the end of the input.
fn line_of(input: &mut BufReader<File>) -> Option<String> {
    let mut line = Vec::new();
    input.read_until(b'\n', &mut line).ok()?;
    Some(String::from_utf8_lossy(&line).into_owned())
}

/// Whether there is anyone to ask.
pub(crate) fn has_terminal() -> bool {
    tty().is_some()
}

fn tty() -> Option<File> {
    let name = if cfg!(windows) { "CONIN$" } else { "/dev/tty" };
    OpenOptions::new().read(true).write(true).open(name).ok()
}

fn nothing_typed() -> Diagnostic {
    diagnostic!(USAGE, "nothing was typed, and nothing was changed")
        .help("pass `--raw` and stdin if the value is meant to be empty")
}

/// Asks twice for a value without showing what is typed. `what` says what it is for.
pub(crate) fn new_value(what: &str) -> Result<SecretBytes, Box<Diagnostic>> {
    let ask = |prompt: &str, rest: Rest| {
        hidden_input::ask(prompt, rest).map_err(|error| {
            let problem = match error.kind() {
                io::ErrorKind::UnexpectedEof => return Box::new(nothing_typed()),
                io::ErrorKind::InvalidData => {
                    diagnostic!(USAGE, "what was typed {error}, and nothing was changed")
                }
                _ => diagnostic!(USAGE, "the terminal can't be asked: {}", system_words(&error)),
            };
            let help = "pass the value on stdin, or with `--from-file FILE` or `--generate`";
            Box::new(problem.help(help))
        })
    };
    // Both may be typed at once. Lines that were pasted differ, or are too many.
    let first = ask(&format!("New value of {}: ", printable(what)), Rest::Keep)?;
    if first.is_empty() {
        hidden_input::discard();
        return Err(Box::new(nothing_typed()));
    }
    if ask("The same again: ", Rest::Refuse)? == first {
        return Ok(first);
    }
    Err(Box::new(diagnostic!(USAGE, "the two values differ, and nothing was changed")))
}
