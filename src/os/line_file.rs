//! Files that are lists of lines, such as `.gitignore`: a line that is missing is added, and what
//! is there stays.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

use super::signals;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Added {
    /// Every line was there.
    Nothing,
    /// The file was made with all lines.
    File,
    /// These lines were added at the end.
    Lines(Vec<String>),
}

/// Adds those of the lines that the file does not have. Blank lines and comments, with `#`, are
/// written only into a new file.
pub(crate) fn add(path: &Path, lines: &[&str]) -> io::Result<Added> {
    let there = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let text: String = lines.iter().flat_map(|line| [line, "\n"]).collect();
            create(path, &text)?;
            return Ok(Added::File);
        }
        Err(error) => return Err(error),
    };
    let has = |line: &str| there.lines().any(|known| known.trim() == line);
    let is_rule = |line: &str| !line.is_empty() && !line.starts_with('#');
    let missing: Vec<&str> =
        lines.iter().copied().filter(|line| is_rule(line) && !has(line)).collect();
    if missing.is_empty() {
        return Ok(Added::Nothing);
    }
    let mut text = String::new();
    if !there.is_empty() && !there.ends_with('\n') {
        text.push('\n');
    }
    missing.iter().for_each(|line| text.extend([line, "\n"]));
    // One write of a few bytes at the end, which keeps links, modes and everything that is there.
    signals::after(|| {
        let mut file = OpenOptions::new().append(true).open(path)?;
        let before = file.metadata()?.len();
        file.write_all(text.as_bytes()).inspect_err(|_| {
            // A part of a line would be another line.
            let _ = file.set_len(before);
        })
    })?;
    Ok(Added::Lines(missing.into_iter().map(str::to_owned).collect()))
}

/// Writes a file that is not there yet: all of it, or none.
pub(crate) fn create(path: &Path, text: &str) -> io::Result<()> {
    signals::after(|| {
        let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
        file.write_all(text.as_bytes()).inspect_err(|_| {
            // The next run would keep a part.
            let _ = fs::remove_file(path);
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_lines_are_added_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(".gitignore");
        let lines = ["# plaintext", "*.dec", "/rendered/"];
        assert_eq!(add(&path, &lines).unwrap(), Added::File);
        assert_eq!(fs::read_to_string(&path).unwrap(), "# plaintext\n*.dec\n/rendered/\n");
        assert_eq!(add(&path, &lines).unwrap(), Added::Nothing);
        fs::write(&path, "a\n  *.dec\nlast").unwrap();
        assert_eq!(add(&path, &lines).unwrap(), Added::Lines(vec!["/rendered/".to_owned()]));
        assert_eq!(fs::read_to_string(&path).unwrap(), "a\n  *.dec\nlast\n/rendered/\n");
    }
}
